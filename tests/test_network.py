"""Grains by the network: tiles that leave no trace, weights that run nothing, grains where they were planted."""

import json
import sys

import cv2
import numpy as np
import pandas as pd
import pytest
from skimage.draw import ellipse

from zirconkit import mounts, segmentation
from zirconkit.segmentation import unets
from zirconkit.segmentation.network import WEIGHTS, as_input, probabilities, read_weights, shipped
from zirconkit.segmentation.onnx import unet_model
from zirconkit.synthetic import SyntheticMount
from zirconkit.synthetic.microscopes import CHANGES, INGREDIENTS, another_view, crop_of

network = sys.modules["zirconkit.segmentation.network"]  # the face has a function of this name
MOUNT = mounts.embedded()[-1]


def planted(ground, bright, shape=(250, 300)):
    """Four grains on a ground, two of them touching at their tips, with noise and blur; image and truth."""
    rng = np.random.default_rng(1)
    grey, truth = np.full(shape, float(ground)), np.zeros(shape, np.int32)
    for row, column, angle in ((60, 60, 0.3), (180, 70, 1.2), (130, 180, 0), (130, 238, 0)):
        inside = ellipse(row, column, 17, 30, shape=shape, rotation=angle)
        truth[inside] = truth.max() + 1
        grey[inside] = ground + bright * rng.uniform(0.9, 1.1)
    grey = cv2.GaussianBlur(grey, (0, 0), 0.8)
    grey += rng.normal(size=shape) * np.sqrt(0.1 + 0.035 * grey)
    return np.rint(grey).clip(0, 255).astype(np.uint8), truth


@pytest.fixture(scope="module")
def window():
    """A window of an embedded mount and its truth."""
    box = np.s_[750:950, 400:640]
    return MOUNT.image()[box], MOUNT.truth()[box]


@pytest.mark.parametrize(("ground", "bright"), [(4, 110), (70, 110)])
def test_planted_grains_are_found_on_black_and_on_grey_ground(ground, bright):
    image, truth = planted(ground, bright)
    scores = segmentation.segmentation_scores(segmentation.network(image), truth)
    assert scores["n"] == scores["n_truth"] == scores["matched_75"] == 4


def test_tiles_leave_no_trace(window):
    image = window[0][:130, :110]
    whole = probabilities(image)
    assert whole.shape == (3, *image.shape)
    np.testing.assert_allclose(whole.sum(axis=0, dtype=np.float32), 1, atol=2e-3)
    np.testing.assert_allclose(unets.run(as_input(image)[None], shipped(), tile=64), whole, atol=2e-3)


@pytest.mark.parametrize("shape", [(16, 16), (17, 90)])
def test_an_image_may_be_smaller_than_a_tile_and_of_any_size(shape):
    image = np.full(shape, 5, np.uint8)
    assert probabilities(image).shape == (3, *shape)
    labels = segmentation.network(image)
    assert labels.shape == shape and labels.dtype == np.int32 and labels.max() == 0


def test_noise_holds_no_grains():
    noise = np.random.default_rng(0).integers(0, 256, (100, 120)).astype(np.uint8)
    assert segmentation.network(noise).max() == 0 == segmentation.network(noise // 20).max()


def test_labels_have_no_gaps_and_stay_clear_of_what_was_not_recorded(window):
    image, truth = window
    labels = segmentation.network(image)
    assert set(np.unique(labels)) == set(range(labels.max() + 1))
    assert segmentation.segmentation_scores(labels, truth)["f1_50"] >= 0.9
    missing = np.zeros(image.shape, bool)
    missing[:, :120] = True
    none = np.arange(0)
    kept = segmentation.network(image, segmentation.stitching.Stitching(none, none, missing))
    assert not kept[missing].any() and kept.any()


# ---------------------------------------------------------------- weights


def saved(tmp_path, change):
    weights = dict(shipped())
    change(weights)
    np.savez(tmp_path / "other.npz", **weights)
    return tmp_path / "other.npz"


OTHERS = {
    "it takes 3 channels, not 1": lambda weights: weights.update({"down0a.kernel": np.zeros((3, 3, 3, 8))}),
    "missing": lambda weights: weights.pop("up1b.kernel"),
    "does not fit": lambda weights: weights.update({"down1a.kernel": np.zeros((3, 3, 3, 12))}),
    "no numbers": lambda weights: weights.update({"classes.bias": np.full(3, np.nan)}),
    "6 classes": lambda weights: weights.update(
        {name: np.tile(weights[name], 2) for name in ("classes.kernel", "classes.bias")}
    ),
    "damaged": lambda weights: weights.update({"bottoma.bias": np.array([print], object)}),
}


@pytest.mark.parametrize("problem", OTHERS)
def test_weights_of_another_network_are_refused_in_a_sentence(tmp_path, problem):
    path = saved(tmp_path, OTHERS[problem])
    with pytest.raises(ValueError, match=problem):
        read_weights(path)


def test_no_weights_and_no_archive_are_refused(tmp_path):
    with pytest.raises(FileNotFoundError, match="no file of weights"):
        read_weights(tmp_path / "nowhere.npz")
    path = tmp_path / "half.npz"
    path.write_bytes(WEIGHTS.read_bytes()[:5000])
    with pytest.raises(ValueError, match="damaged"):
        read_weights(path)


def test_shipped_weights_are_small_and_checked(tmp_path, monkeypatch):
    assert WEIGHTS.stat().st_size < 1_000_000
    path = tmp_path / "grains.npz"
    path.write_bytes(WEIGHTS.read_bytes())
    path.with_suffix(".json").write_text(json.dumps({"sha256": "0" * 64}))
    monkeypatch.setattr(network, "WEIGHTS", path)
    with pytest.raises(ValueError, match="not the file that the kit came with"):
        shipped.__wrapped__()


# ---------------------------------------------------------------- the command


def test_segment_by_the_network_writes_what_the_others_write(zirconkit, tmp_path, window):
    image, truth = window
    cv2.imwrite(str(tmp_path / "mine.png"), image)
    words = ("segment", tmp_path / "mine.png", "--method", "network", "--um-per-px", 2, "--out", tmp_path / "out")
    status, out, err = zirconkit(*words)
    table = pd.read_csv(tmp_path / "out/mine/grains.csv", keep_default_na=False)
    labels = cv2.imread(str(tmp_path / "out/mine/labels.png"), cv2.IMREAD_UNCHANGED)
    assert (status, err) == (0, "")
    told = f"mine: {len(table)} grains, {table['kept'].sum()} kept"
    doubtful = table[table["kept"] & table["flags"].str.contains("parted|low_solidity")]["grain"]
    told += f"; outlines to look at: {', '.join(map(str, doubtful))}" if len(doubtful) else ""
    assert out == f"weights: grains.npz, as it comes with the kit\n{told}\n"
    assert segmentation.segmentation_scores(labels, truth)["f1_50"] >= 0.9
    assert list(table["grain"]) == list(range(1, labels.max() + 1)) and table["feret_um"].gt(0).all()


def test_weights_of_ones_own_are_used_and_named(zirconkit, tmp_path, window):
    cv2.imwrite(str(tmp_path / "mine.png"), window[0])
    path = saved(tmp_path, lambda weights: weights.update({"classes.bias": np.array([99.0, 0, 0])}))
    words = ("segment", tmp_path / "mine.png", "--um-per-px", 2, "--out", tmp_path / "out")
    assert zirconkit(*words, "--method", "network")[0] == 0
    status, out, err = zirconkit(*words, "--method", "network", "--weights", path)
    assert status == 0 and out.splitlines()[0] == f"weights: {path}" and "no grains" in err
    status, _, err = zirconkit(*words, "--weights", path)
    assert status == 1 and "--weights goes with --method network" in err
    status, _, err = zirconkit(*words, "--method", "network", "--weights", tmp_path / "none.npz")
    assert status == 1 and err.count("\n") == 1 and "no file of weights" in err


def test_colours_and_a_truth_of_another_size_are_refused():
    with pytest.raises(ValueError, match="uint8 image of shape"):
        probabilities(np.zeros((90, 90, 3), np.uint8))
    with pytest.raises(ValueError, match="of one size"):
        segmentation.segmentation_scores(segmentation.network(np.zeros((40, 40), np.uint8)), np.zeros((40, 41), int))


# ---------------------------------------------------------------- what it learns from


@pytest.fixture(scope="module")
def grown():
    return SyntheticMount(MOUNT.sample, MOUNT.image(), MOUNT.truth(), MOUNT.truth_table())


def test_every_ingredient_changes_the_grey_and_none_the_missing_tiles(grown):
    grey, labels = crop_of(grown, 96, np.random.default_rng(3))
    assert grey.shape == labels.shape == (96, 96) and labels.any()
    grey[:, :30] = 0
    for name, (_, change) in CHANGES.items():
        assert np.abs(change(grey.copy(), labels > 0, np.random.default_rng(0)) - grey).mean() > 0.1, name
    view = another_view(grey, labels, np.random.default_rng(0), INGREDIENTS)
    assert view.dtype == np.uint8 and not view[:, :20].any() and view[:, 40:].any()
    plain = another_view(grey, labels, np.random.default_rng(0), ())
    np.testing.assert_array_equal(plain, np.rint(grey))


def test_the_outermost_pixel_of_each_grain_is_boundary():
    from zirconkit.networks.unet import target

    labels = np.zeros((9, 14), np.int32)
    labels[2:7, 2:7], labels[2:7, 7:12] = 1, 2
    classes = target(labels)
    assert ((classes > 0) == (labels > 0)).all()
    assert (classes[3:6, 3:6] == 1).all() and (classes[3:6, 8:11] == 1).all() and (classes == 1).sum() == 18


def test_crops_are_the_same_for_the_same_seed_and_a_network_learns_from_them(grown):
    from zirconkit.networks import unet

    crops = unet.Crops([grown], steps=2, batch=2, side=32, seed=5)
    again = unet.Crops([grown], INGREDIENTS[1:], steps=2, batch=2, side=32, seed=5)
    (x, y), (other, _) = crops[1], again[1]
    assert x.shape == (2, 32, 32, 1) and y.shape == (2, 32, 32)
    np.testing.assert_array_equal(x, crops[1][0])
    assert (x != other).any() and (x != crops[0][0]).any()
    small = unet.unet(widths=(2, 3), batch_norm=False)
    before = small.get_weights()
    assert all((one != other).any() for one, other in zip(before, unet.train(small, crops, 0.01).get_weights()))


def test_what_was_learned_runs_without_keras_as_with_it_normalization_and_all(grown, tmp_path):
    from zirconkit.networks import unet

    model, rng = unet.unet(), np.random.default_rng(0)
    for layer in model.layers:
        if layer.name.endswith("_norm"):
            layer.set_weights([rng.uniform(0.5, 2, array.shape) for array in layer.get_weights()])
    (tmp_path / "mine.npz").write_bytes(unet.packed(model))
    weights = read_weights(tmp_path / "mine.npz")
    assert weights.keys() == shipped().keys()
    image = grown.image[750:790, 400:448]
    around = as_input(np.pad(image, unets.MARGIN, mode="symmetric"))
    net = cv2.dnn.readNetFromONNX(np.frombuffer(unet_model(weights, (1, *around.shape)), np.uint8))
    net.setInput(around[None, None])
    there = net.forward()[0]
    for way, at_most in ((model, 0.01), (unet.load(weights), 1e-4)):
        maps = np.moveaxis(np.asarray(way(around[None, ..., None]))[0], -1, 0)
        np.testing.assert_allclose(there, maps, atol=at_most)
    inner = there[:, unets.MARGIN : -unets.MARGIN, unets.MARGIN : -unets.MARGIN]
    np.testing.assert_allclose(probabilities(image, weights), inner, atol=1e-3)
