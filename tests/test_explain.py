"""What a network sees: maps are those of the cut model, explanations find what was planted and need the weights."""

import importlib.util
import re
from functools import partial
from pathlib import Path

import cv2
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from keras import layers

from zirconkit import embeddings, explain, plots, samples, widgets
from zirconkit.exercises import explanations as ex
from zirconkit.grains import Grains
from zirconkit.networks import backbones, exports, models, training, transfer

ROOT = Path(__file__).parents[1]
MINERALS = ("amphibole", "garnet", "titanite", "zircon")
METHODS = ("grad_cam", "occlusion", "integrated_gradients")
SHAPES = {
    "C1": (32, 32, 6), "S2": (16, 16, 6), "C3": (16, 16, 16), "S4": (8, 8, 16), "C5": (8, 8, 32), "S6": (4, 4, 32),
}  # fmt: skip


def constant(model, grains):
    return np.ones(grains.images.shape[:3])


def edges(model, grains):
    return np.abs(np.diff(grains.x[..., 0], axis=1, prepend=0))


def spotted(n, seed=0):
    """Grains of noise; class 1 has a bright spot of 4 x 4 px somewhere. With them where it is."""
    rng = np.random.default_rng(seed)
    images, masks = rng.integers(0, 120, (n, 32, 32, 1), dtype=np.uint8), np.zeros((n, 32, 32), bool)
    for number in range(0, n, 2):
        row, column = rng.integers(4, 24, 2)
        masks[number, row : row + 4, column : column + 4] = True
    images[masks] = 255
    table = pd.DataFrame({"sample": "A", "grain": range(n), "class_name": ["porphyry", "batholith"] * (n // 2)})
    return Grains(images, images[..., 0] > 0, table), masks


@pytest.fixture(scope="module")
def learned():
    """A LeNet that finds the spot, grains with a spot that it has not seen, and where the spot is."""
    keras.utils.set_random_seed(0)
    model = training.compile_model(models.lenet(dropout=0))
    training.fit(model, spotted(300)[0], epochs=8, progress=False)
    grains, masks = spotted(80, seed=1)
    assert np.mean((training.predict(model, grains) > 0.5) == grains.y) > 0.95
    return model, grains[grains.y == 1], masks[grains.y == 1]


@pytest.fixture(scope="module")
def assembled():
    backbone = backbones.lite0(64)
    return transfer.assemble(backbone, transfer.last_convolution(backbone), transfer.head(112), (32, 32, 1))


def logit(model, images):
    p = np.asarray(model(images, training=False), float)[:, 0]
    return np.log(p) - np.log1p(-p)


# ---------------------------------------------------------------- layers


def test_lenets_maps_have_the_papers_six_shapes_and_are_those_of_the_cut_model(learned):
    model, grains, _ = learned
    maps = explain.feature_maps(model, grains)
    assert [each.shape[1:] for each in maps.values()] == list(SHAPES.values())
    for name, each in maps.items():
        cut = keras.Sequential([keras.Input((32, 32, 1)), *model.layers[: list(maps).index(name) + 1]])
        assert np.array_equal(each, np.asarray(cut(grains.x, training=False))), name


def test_maps_are_those_of_the_cut_model_with_batch_norm_and_dropout_too():
    keras.utils.set_random_seed(1)
    model, x = models.lenet(batch_norm=True), spotted(4)[0].x
    maps = explain.feature_maps(model, x)
    assert len(maps) == 9  # three each of convolution, normalization, pooling
    for layer, each in zip(model.layers, maps.values()):
        x = np.asarray(layer(x, training=False))
        assert np.allclose(each, x, atol=1e-6), layer.name


def test_a_nested_model_is_opened_down_to_its_layers(assembled):
    grains = spotted(4)[0]
    maps, z = explain.expose_layers(assembled)(grains.images.astype("float32"), training=False)
    assert np.allclose(np.asarray(z)[:, 0], logit(assembled, grains.images.astype("float32")), atol=1e-3)
    inner = keras.Sequential([keras.Input((32, 32, 1)), *assembled.layers[:2]])  # up to what the frozen part gives
    assert "block10_project_conv" in maps
    frozen = maps["block9_add"]
    assert np.allclose(frozen, inner(grains.images.astype("float32"), training=False), atol=1e-3)


def test_a_channel_switched_off_is_silent_and_the_model_is_left_alone(learned):
    model, grains, _ = learned
    name, before = model.layers[2].name, [weight.copy() for weight in model.get_weights()]
    dull = explain.without_channel(model, name, 5)
    maps, others = explain.feature_maps(model, grains)[name], explain.feature_maps(dull, grains)[name]
    assert maps[..., 5].any() and not others[..., 5].any()
    assert np.array_equal(np.delete(maps, 5, axis=-1), np.delete(others, 5, axis=-1))
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights()))
    for wrong in ((name, 16), (name, -1), (model.layers[1].name, 0), ("C7", 0)):
        with pytest.raises(ValueError, match="no convolution or dense layer"):
            explain.without_channel(model, *wrong)


# ---------------------------------------------------------------- evidence


def test_explanations_find_the_planted_spot(learned):
    """A spot is 16 of 1,024 pixels, which is what knowing nothing scores; one of Grad-CAM's 8 x 8 numbers has 16, too,
    but a spot lies across up to four of them, and each is smeared over its neighbours when the map is enlarged."""
    model, grains, masks = learned
    share = {name: explain.share_on(getattr(explain, name)(model, grains), masks).mean() for name in METHODS}
    assert share["integrated_gradients"] > 0.5 and share["occlusion"] > 0.3 and share["grad_cam"] > 3 * masks.mean()


@pytest.mark.parametrize("name", METHODS)
def test_maps_for_the_other_class_are_what_speaks_against_this_one(learned, name):
    model, grains, _ = learned
    method, some = getattr(explain, name), grains[:6]
    towards = np.array([1, 0] * 3)
    mixed, ones, zeros = (method(model, some, towards=each) for each in (towards, 1, 0))
    assert mixed.shape == (6, 32, 32) and mixed.min() >= 0
    assert np.allclose(mixed, np.where(towards[:, None, None] == 1, ones, zeros), atol=1e-6)
    if name != "grad_cam":  # there each number is enlarged from 64, and neighbours of either sign overlap
        assert not (ones * zeros).any()


def test_integrated_gradients_add_up_to_the_logit(learned):
    model, grains, _ = learned
    some, black = grains[:8], np.zeros((1, 32, 32, 1), np.float32)
    both = [explain.integrated_gradients(model, some, towards, steps=200) for towards in (1, 0)]
    total = (both[0] - both[1]).sum(axis=(1, 2))
    assert np.allclose(total, logit(model, some.x) - logit(model, black), rtol=0.02, atol=0.05)


def test_grad_cam_is_known_where_pencil_and_paper_reach():
    """One convolution that copies the image into channel 0 and minus the image into 1; mean of 0 less mean of 1."""
    model = keras.Sequential(
        [
            keras.Input((4, 4, 1)),
            layers.Conv2D(2, 1, use_bias=False, name="copy"),
            layers.GlobalAveragePooling2D(),
            layers.Dense(1, activation="sigmoid", use_bias=False),
        ]
    )
    model.set_weights([np.array([[[[1.0, -1.0]]]]), np.array([[3.0], [-1.0]])])
    image = np.random.default_rng(0).normal(size=(2, 4, 4, 1)).astype("float32")
    wanted = np.maximum(4 / 16 * image[..., 0], 0)  # (3 x image + 1 x image) / 16 pixels
    assert np.allclose(explain.grad_cam(model, image), wanted, atol=1e-6)
    assert np.allclose(explain.grad_cam(model, image, layer="copy", towards=0), np.maximum(-image[..., 0] / 4, 0))


@pytest.mark.parametrize("side", [1, 4, 5])
def test_occlusion_of_a_blank_patch_changes_nothing_and_every_pixel_is_covered(learned, side):
    model, grains, _ = learned
    blank = np.full((2, 32, 32, 1), 0.3, np.float32)
    assert explain.occlusion(model, blank, patch=side).max() < 1e-5
    maps = explain.occlusion(model, grains[:2], patch=side)
    assert np.isfinite(maps).all() and maps.any(axis=(1, 2)).all()


def test_explain_works_on_every_model_of_the_kit_and_on_a_loaded_file(learned, assembled, tmp_path):
    model, grains, _ = learned
    some = grains[:2]
    exports.save(assembled, tmp_path / "whole.keras", {})
    model.save(tmp_path / "lenet.keras")
    loaded = {name: exports.load(tmp_path / f"{name}.keras") for name in ("whole", "lenet")}
    for name in METHODS:
        method = getattr(explain, name)
        assert np.allclose(method(loaded["lenet"], some), method(model, some), atol=1e-6)
        assert np.allclose(method(loaded["whole"], some), method(assembled, some), rtol=1e-3, atol=1e-4)
        if name != "grad_cam":
            assert method(models.mlp(), some).shape == (2, 32, 32)
    large = np.repeat(np.repeat(some.images, 3, axis=1), 3, axis=2)[:, :67, :67]
    large = some.with_images(large, large[..., 0] > 0)
    assert explain.grad_cam(models.alexnet(67), large).shape == (2, 67, 67)


def test_what_cannot_be_explained_says_so(learned):
    model, grains, _ = learned
    with pytest.raises(ValueError, match="take occlusion or integrated_gradients"):
        explain.grad_cam(models.mlp(), grains)
    with pytest.raises(ValueError, match="no maps of a layer 'C9'"):
        explain.grad_cam(model, grains, layer="C9")
    with pytest.raises(ValueError, match="no feature maps"):
        explain.feature_maps(models.mlp(), grains)
    with pytest.raises(ValueError, match="takes images of 64 × 64 × 1"):
        explain.feature_maps(models.lenet(64), grains)
    for last in (layers.Dense(2, activation="relu"), layers.Dense(2, activation="tanh")):
        bent = keras.Sequential([keras.Input((32, 32, 1)), layers.Flatten(), last])
        with pytest.raises(ValueError, match="there is no logit to explain"):
            explain.occlusion(bent, grains)
    with pytest.raises(ValueError, match="there is no logit to explain"):
        explain.occlusion(keras.Sequential([keras.Input((32, 32, 1)), layers.Conv2D(3, 1)]), grains)
    for towards in (2, -1, [0, 1] * (len(grains) // 2 - 1) + [0, 3]):
        with pytest.raises(ValueError, match="towards is the number of a class, 0 to 1"):
            explain.integrated_gradients(model, grains[: len(grains) // 2 * 2], towards)


# ---------------------------------------------------------------- grey levels


def opening_with(*first):
    return keras.Sequential(
        [keras.Input((32, 32, 1)), *first, layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(1, activation="sigmoid")]
    )


def test_grains_become_what_the_model_takes_wherever_it_rescales():
    grains = spotted(4)[0]
    nested = keras.Sequential([keras.Input((32, 32, 1)), layers.RandomFlip(), layers.Rescaling(1 / 127.5, -1)])
    inside = keras.Model(x := keras.Input((32, 32, 1)), layers.Rescaling([1 / 255])(layers.Resizing(16, 16)(x)))
    inverted = layers.Rescaling(-1 / 255, 1)
    for first in ([layers.Rescaling(1 / 255)], [layers.RandomRotation(0.1), inverted], [nested], [inside]):
        assert np.array_equal(explain.prepare_input(opening_with(*first), grains), grains.images)
    entrance = backbones.lite0(64).preprocessing((32, 32, 1))
    behind = [layers.Conv2D(2, 3), layers.Rescaling(1 / 255)]
    for first in (
        [],
        [layers.Rescaling(2, -1)],
        [layers.Rescaling(-1, 1)],
        [layers.Rescaling(255)],
        behind,
        [entrance],
    ):
        assert np.array_equal(explain.prepare_input(opening_with(*first), grains), grains.x)


def test_grey_levels_are_not_guessed_where_the_model_does_not_tell():
    grains = spotted(4)[0]
    images = keras.Input((32, 32, 1))
    divided = keras.Model(images, images / 255.0)
    measured = layers.Normalization()
    measured.adapt(grains.images)
    for first in (divided, measured, layers.Normalization(mean=100, variance=900), layers.Rescaling(0.1)):
        model = opening_with(first)
        with pytest.raises(ValueError, match=r"give it grains\.images or grains\.x"):
            explain.prepare_input(model, grains)
        assert np.array_equal(explain.prepare_input(model, grains.images), grains.images)


# ---------------------------------------------------------------- many classes


def coloured(n, seed=0, spots=1):
    """Grains of noise in three channels; each of three classes has a spot of 4 x 4 px in a channel of its own.

    A fourth class has none: else a network could tell one of them by what it lacks. With `spots=3` each grain has a
    spot of every channel, in quarters of their own. With them where the spot of each channel is: array of bool, shape
    (n, 3, 16, 16).
    """
    rng = np.random.default_rng(seed)
    images, truth = rng.integers(0, 120, (n, 16, 16, 3), dtype=np.uint8), np.zeros((n, 3, 16, 16), bool)
    for number in range(n):
        quarters = rng.permutation(4)
        for channel in range(3) if spots == 3 else {0, 1, 2} & {number % 4}:
            row, column = rng.integers(1, 4, 2) + 8 * np.array(divmod(quarters[channel], 2))
            truth[number, channel, row : row + 4, column : column + 4] = True
    images[np.moveaxis(truth, 1, -1)] = 255
    names = [MINERALS[number % 4] for number in range(n)]
    table = pd.DataFrame({"sample": "A", "grain": range(n), "class_name": names})
    return Grains(images, np.ones((n, 16, 16), bool), table, MINERALS), truth


@pytest.fixture(scope="module")
def four():
    """A small network with a softmax that tells four classes by the channel of their spot."""
    keras.utils.set_random_seed(0)
    convolutions = [layers.Conv2D(8, 3, padding="same", activation="relu") for _ in range(2)]
    last = layers.Dense(4, activation="softmax")
    model = keras.Sequential([keras.Input((16, 16, 3)), *convolutions, layers.GlobalAveragePooling2D(), last])
    grains, _ = coloured(400)
    model.compile(optimizer=keras.optimizers.Adam(1e-2), loss="sparse_categorical_crossentropy")
    model.fit(grains.x, grains.y, epochs=15, verbose=0)
    aside, _ = coloured(60, seed=1)
    assert np.mean(model.predict(aside.x, verbose=0).argmax(axis=1) == aside.y) > 0.95
    return model


@pytest.mark.parametrize("name", METHODS)
def test_each_class_is_found_where_it_was_planted_and_not_where_the_others_were(four, name):
    method, (grains, truth) = getattr(explain, name), coloured(30, seed=2, spots=3)
    maps = [method(four, grains, towards=k) for k in range(3)]
    share = np.array([[np.nanmean(explain.share_on(maps[k], truth[:, j])) for j in range(3)] for k in range(3)])
    own, others = np.diag(share), share[~np.eye(3, dtype=bool)].reshape(3, 2)
    assert (own > 2.5 * truth.mean()).all() and (own[:, None] > 2 * others).all()
    mixed = method(four, grains, towards=np.arange(30) % 3)
    assert all(np.allclose(mixed[k::3], maps[k][k::3], atol=1e-5) for k in range(3))
    with pytest.raises(ValueError, match="0 to 3"):
        method(four, grains, towards=4)


def test_logits_are_what_stands_before_the_softmax_wherever_it_stands(four):
    x = coloured(6)[0].x
    wanted = np.asarray(four(x, training=False))
    *body, last = four.layers
    linear = layers.Dense(4)
    models_of_it = {
        "in the last layer": four,
        "not there": keras.Sequential([four.inputs[0], *body, linear]),
        "an activation": keras.Sequential([four.inputs[0], *body, linear, layers.Activation("softmax")]),
        "a layer": keras.Sequential([four.inputs[0], *body, linear, layers.Softmax()]),
        "in a model": keras.Sequential([keras.Input((16, 16, 3)), keras.Model(four.inputs, four.outputs)]),
    }
    linear.set_weights(last.get_weights())
    for where, model in models_of_it.items():
        outputs, logits = explain.expose_layers(model)(x, training=False)
        assert logits.shape == (6, 4), where
        assert np.allclose(keras.ops.softmax(logits), wanted, atol=1e-6), where
        assert next(iter(outputs)) == four.layers[0].name, where
        assert np.allclose(embeddings.embed(model, x), outputs[four.layers[2].name], atol=1e-6), where


def test_channels_of_a_softmax_can_be_switched_off_and_the_check_asks_for_a_class(four):
    grains, _ = coloured(16, seed=3)
    dull = explain.without_channel(four, four.layers[-1].name, 2)
    logits = explain.expose_layers(dull)(grains.x, training=False)[1]
    assert not np.asarray(logits)[:, 2].any() and np.asarray(logits)[:, :2].any()
    check = explain.randomisation_check(partial(explain.grad_cam, towards=2), four, grains[grains.y == 2])
    assert check["passed"]


def test_extremes_of_many_classes_go_by_the_probability_of_the_true_one():
    y = [0, 1, 2, 2, 0]
    p = [[0.5, 0.3, 0.2], [0.1, 0.8, 0.1], [0.7, 0.2, 0.1], [0.34, 0.33, 0.33], [0.4, 0.3, 0.3]]
    found = explain.extremes(y, p, n=3)
    assert {kind: rows.tolist() for kind, rows in found.items()} == {
        "most right": [1, 0, 4],
        "most wrong": [2, 3],
        "least sure": [3, 4, 0],
    }
    probability = np.random.default_rng(0).random(50)
    y = np.arange(50) % 2
    both = [explain.extremes(y, each) for each in (probability, np.c_[1 - probability, probability])]
    assert all(np.array_equal(both[0][kind], both[1][kind]) for kind in found)


# ---------------------------------------------------------------- trust


def test_the_randomisation_check_fails_for_maps_that_never_ask_and_passes_for_those_that_do(learned):
    model, grains, _ = learned
    never = [explain.randomisation_check(method, model, grains) for method in (constant, edges)]
    assert [(check["passed"], check["median"]) for check in never] == [(False, 1), (False, 1)]
    for name in METHODS:
        check = explain.randomisation_check(getattr(explain, name), model, grains)
        assert check["passed"] and check["low"] <= check["median"] <= check["high"] <= 1, name


def test_shuffling_keeps_the_numbers_and_loses_what_they_knew(learned):
    model, _, _ = learned
    ignorant = explain.randomised(model, seed=3)
    for old, new in zip(model.get_weights(), ignorant.get_weights()):
        assert np.array_equal(np.sort(old.ravel()), np.sort(new.ravel()))
    assert not np.allclose(model.get_weights()[0], ignorant.get_weights()[0])
    assert all(map(np.array_equal, ignorant.get_weights(), explain.randomised(model, seed=3).get_weights()))


def test_similarity_is_spearmans_and_knows_flat_maps():
    from scipy.stats import spearmanr

    rng = np.random.default_rng(0)
    a, b = rng.random((2, 3, 8, 8)).round(1)  # with ties
    assert np.allclose(explain.similarity(a, b), [spearmanr(x.ravel(), y.ravel()).statistic for x, y in zip(a, b)])
    assert np.allclose(explain.similarity(a, -a), -1)
    flat = np.zeros((3, 8, 8))
    assert explain.similarity(a, flat).tolist() == [0, 0, 0] and explain.similarity(flat, flat + 2).tolist() == [
        1,
        1,
        1,
    ]


def test_share_on_scores_a_constant_map_by_the_masks_area():
    masks = np.zeros((2, 4, 4), bool)
    masks[0, :2], masks[1, 0, 0] = True, True
    assert explain.share_on(np.full((2, 4, 4), 7.0), masks).tolist() == [0.5, 1 / 16]
    assert explain.share_on(masks * 2.0, masks).tolist() == [1, 1]
    assert np.isnan(explain.share_on(np.zeros((2, 4, 4)), masks)).all()


def test_extremes_are_sorted_and_on_their_side_of_one_half():
    y, p = [1, 1, 1, 0, 0, 0], [0.9, 0.2, 0.55, 0.95, 0.1, 0.3]
    found = explain.extremes(y, p, n=2)
    assert {kind: rows.tolist() for kind, rows in found.items()} == {
        "most right": [4, 0],
        "most wrong": [3, 1],
        "least sure": [2, 5],
    }
    assert explain.extremes([1, 0], [0.9, 0.1])["most wrong"].tolist() == []


# ---------------------------------------------------------------- figures and the widget


def test_the_browser_follows_its_controls_and_never_leaves_a_layer(learned):
    model, grains, _ = learned
    maps = explain.feature_maps(model, grains[:3])
    panel = widgets.feature_map_browser(grains.images[:3], maps)
    layer, grain, channel = panel.children[0].children
    said, picture = panel.children[1:]
    assert grain.max == 2 and channel.max == 5 and said.value.startswith("32 × 32, from")
    before = picture.value
    layer.value, channel.value, grain.value = list(maps)[4], 31, 2
    shown = maps[layer.value][2, ..., 31]
    assert said.value == f"8 × 8, from {shown.min():.3g} to {shown.max():.3g}" and picture.value != before
    layer.value = next(iter(maps))
    assert channel.max == channel.value == 5 and said.value.startswith("32 × 32, from")


def test_the_figures_show_the_numbers_that_they_are_given():
    image, map_ = np.zeros((8, 8, 1)), np.arange(16.0).reshape(4, 4)
    fig = plots.feature_map(image, map_, "C1, channel 2")
    assert fig.axes[1].get_title() == "C1, channel 2" and np.array_equal(fig.axes[1].images[0].get_array(), map_)
    maps = {"C1": np.dstack([map_, np.ones((4, 4))]), "S2": np.ones((2, 2, 5))}
    grid = plots.feature_grid(maps, channels=3)
    assert [ax.get_title() for ax in grid.axes[:2]] == ["C1\n4 × 4 × 2", "S2\n2 × 2 × 5"]
    assert sum(len(ax.images) for ax in grid.axes) == 2 + 3
    assert sum(text.get_text() == "flat" for ax in grid.axes for text in ax.texts) == 1 + 3
    shown = plots.evidence(np.ones((2, 4, 4, 1)) * map_[..., None], {"cam": [map_, map_ * 0]}, titles=["a", "b"])
    assert [ax.get_title() for ax in shown.axes[:2]] == ["a", "b"] and shown.axes[2].get_ylabel() == "cam"
    assert [len(ax.texts) for ax in shown.axes] == [0, 0, 0, 1]
    plt.close("all")


# ---------------------------------------------------------------- the shipped table and the questions


@pytest.fixture(scope="module")
def table():
    return pd.read_csv(samples.DATA / "results" / "explanations.csv")


def test_the_shipped_scores_are_complete_and_their_intervals_hold_them(table):
    assert len(table) == 4 * 8 * 3 and (table.groupby(["carrier", "method"])["seed"].nunique() == 3).all()
    assert (table["grains"] >= 200).all() and (table["auc"] > 0.95).all()
    assert ((table["low"] <= table["share"]) & (table["share"] <= table["high"])).all()
    unasked = table[table["method"].isin(["constant map", "the grain's silhouette", "edges of the image"])]
    assert (unasked["similarity"] == 1).all() and (unasked["share"] == unasked["share_shuffled"]).all()
    knows_nothing = table[table["method"] == "constant map"]
    assert (knows_nothing["share"] == knows_nothing["area"]).all()


def test_what_notebook_09_says_of_them_is_so(table):
    mean = table.groupby(["method", "carrier"])[["share", "share_shuffled"]].mean().round(2)
    text = (ROOT / "notebooks/scripts/09_what_the_network_sees.py").read_text(encoding="utf-8")
    said = re.search(r"# - \*\*No method is best everywhere.*?\n#\n", text, re.S).group()
    share = {key: f"{row['share']:.2f}" for key, row in mean.iterrows()}
    rim = mean.loc["occlusion", "rim"]
    assert f"({rim['share']:.2f}, and {rim['share_shuffled']:.2f} with shuffled weights)" in said
    asked = ["Grad-CAM, last convolution", "Grad-CAM, first convolution", "occlusion", "integrated gradients"]
    best = mean["share"].unstack("carrier").loc[asked].idxmax()[list(table["carrier"].unique())]
    assert best.tolist() == ["integrated gradients"] * 2 + ["occlusion"] * 2
    assert all(share[method, carrier] in said for carrier, method in best.items())
    gain = (table["share"] - table["share_shuffled"]).groupby([table["method"], table["carrier"]]).mean()
    of_asked = gain.unstack("carrier").loc[asked]
    zoning = of_asked["zoning"]
    assert zoning.idxmin() == "integrated gradients"
    assert (
        "they come last on zoning: 0.12, against 0.27 of occlusion and 0.35 and 0.20 of Grad-CAM (last, first)" in said
    )
    named = ["integrated gradients", "occlusion", *asked[:2]]
    assert zoning[named].round(2).tolist() == [0.12, 0.27, 0.35, 0.20]
    same = ["rim", "inclusions", "outline"]  # "elsewhere both agree"
    assert of_asked[same].idxmax().equals(best[same])
    rims = of_asked["rim"]
    assert f"gain {rims['integrated gradients']:.2f}, occlusion {rims['occlusion']:.2f}" in said
    assert mean["share"].xs("outline", level="carrier").idxmax() == "edges of the image"
    ig = mean.loc["integrated gradients"].map(lambda value: f"{value:.2f}")
    for carrier in ("outline", "inclusions"):
        assert ig["share"][carrier] in said and ig["share_shuffled"][carrier] in said
    silhouette, cam = (mean["share"].loc[name] for name in ("the grain's silhouette", "Grad-CAM, last convolution"))
    assert (cam < silhouette).all()  # "stays below the silhouette on average on all four"
    last = table[table["method"] == "Grad-CAM, last convolution"]
    assert (last["share"] > last["carrier"].map(silhouette)).sum() == 1  # "one network of twelve is above it"
    less = (last["share"] < last["share_shuffled"]).groupby(last["carrier"]).sum()
    assert less["rim"] == less["outline"] == 2  # "two networks of three get less than with their weights shuffled"
    failed = (last["similarity"] >= 0.5).groupby(last["carrier"]).sum()
    assert failed.to_dict() == {"zoning": 1, "rim": 0, "inclusions": 2, "outline": 2}
    assert ((mean["share_shuffled"].loc["integrated gradients"] - silhouette).abs() < 0.09).all()


def test_the_benchmarks_pairs_differ_in_the_carrier_and_nowhere_else():
    spec = importlib.util.spec_from_file_location("bench_explanations", ROOT / "benchmarks/explanations.py")
    bench = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(bench)
    for carrier in ("rim", "inclusions"):
        grains, masks = bench.pairs(carrier, 12)
        without, having = grains.images[::2, ..., 0].astype(int), grains.images[1::2, ..., 0].astype(int)
        change, where = abs(having - without), masks[::2]
        assert (change.max(axis=(1, 2)) >= 15).all() and np.array_equal(where, masks[1::2])
        assert (change * where).sum() > 0.9 * change.sum()
        assert np.sign((having - without)[where].mean()) == (1 if carrier == "rim" else -1)


def black_hat(image, side=5):
    return cv2.morphologyEx(image, cv2.MORPH_BLACKHAT, np.ones((side, side), np.uint8))


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (black_hat, None),
        (lambda image: black_hat(image, 7), None),
        (lambda image: cv2.medianBlur(image, 7).astype(int) - image, None),
        (0.8, "function"),
        (lambda image: image[0], "as large as the image"),
        (lambda image: np.ones((32, 32)), "the same everywhere"),
        (lambda image: np.zeros((32, 32)), "the same everywhere"),
        (lambda image: 255 - image, "black ground"),
        (lambda image: image, "bright"),
        (lambda image: image > 0, "27 %"),
        (lambda image: np.where(image > 0, 255 - image, 0), "27 %"),
        (lambda image: 1 / 0, "ZeroDivisionError"),
    ],
)
def test_a_filter_is_judged_by_how_much_of_its_map_lies_on_inclusions(answer, says):
    found = ex.spot_filter.verdict(answer)
    assert found is None if says is None else says in found


def test_the_pairs_of_the_filter_differ_in_inclusions_only():
    without, having = (image.astype(int) for image in ex.inclusion_pair(3))
    apart = ex.where_apart(without, having)
    assert without.shape == (32, 32) and 5 < apart.sum() < 200 and (having - without)[apart].mean() < -10
    assert (without[apart] > 0).all() and not np.array_equal(without, ex.inclusion_pair(4)[0])
