"""Notebook 06: its plain cells outside the kit, its counts of weights, and what it shows and says of them."""

import builtins
import inspect
import re
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import keras
import nbformat
import numpy as np
import pandas as pd
import pytest
import requests
import tensorflow as tf
from keras import layers
from PIL import Image

from zirconkit import evaluation, plots, widgets
from zirconkit import grains as gr
from zirconkit.exercises import transfer as ex
from zirconkit.messages import ZirconkitWarning
from zirconkit.networks import backbones, transfer, weights

NOTEBOOK = Path(__file__).parents[1] / "notebooks/06_transfer_learning.ipynb"
ANSWERS = {"exercise:frozen_model": ("stage_1", ex.model_on), "exercise:stage_two": ("stage_2", ex.free_the_last)}
MAY_IMPORT = {"keras", "numpy", "sklearn"}


def cells():
    return nbformat.read(NOTEBOOK, as_version=4).cells


def tags(cell):
    return cell.metadata.get("tags", [])


def printed():
    outputs = [output for cell in cells() for output in cell.get("outputs", [])]
    return "".join(output.get("text", "") for output in outputs)


# ---------------------------------------------------------------- outside the kit


def plain_cells():
    """The code of the cells tagged `plain`, in their order; where a student is to type, a right answer."""
    for cell in cells():
        if "plain" not in tags(cell):
            continue
        asked = [tag for tag in tags(cell) if tag in ANSWERS]
        if asked:
            name, answer = ANSWERS[asked[0]]
            yield f"{inspect.getsource(answer)}\n{name} = {answer.__name__}\n"
        else:
            yield cell.source


def only_keras(name, given=None, *rest):
    """`__import__` for a student's own namespace: her cells name Keras, NumPy and scikit-learn, and nothing else."""
    is_from_a_cell = (given or {}).get("__name__") == "a student's notebook"
    if is_from_a_cell and name.split(".")[0] not in MAY_IMPORT:
        raise ImportError(f"the plain cells import {name}")
    return builtins.__import__(name, given, *rest)


def run_plainly(base, crops, crops_aside):
    """Run the plain cells in an empty namespace; what they leave: dict."""
    space = {"__name__": "a student's notebook", "__builtins__": {**vars(builtins), "__import__": only_keras}}
    (images, labels), (images_aside, labels_aside) = crops, crops_aside
    space |= {"images": images, "labels": labels, "images_aside": images_aside, "labels_aside": labels_aside}
    space |= {"base": base, "SEED": 0, "stage_1_epochs": 40, "stage_2_epochs": 1}
    for code in plain_cells():
        exec(compile(code, "plain cell", "exec"), space)
    return space


def striped(n, seed):
    """Crops of 64 px, finely striped where the class is 1, in noise: uint8, shape (n, 64, 64, 1), and classes."""
    rng = np.random.default_rng(seed)
    labels = np.arange(n) % 2
    across = np.arange(64)[None, None]
    wave = np.sin(2 * np.pi * across / np.where(labels, 6, 9)[:, None, None] + rng.uniform(0, 6, (n, 1, 1)))
    noisy = 120 + 25 * wave + rng.normal(0, 45, (n, 64, 64))
    return np.clip(noisy, 0, 255).astype(np.uint8)[..., None], labels


def through_a_folder(folder, images, labels):
    """The same crops, written as PNG files and read again, as somebody without the kit would."""
    folder.mkdir()
    for number, (image, label) in enumerate(zip(images, labels)):
        Image.fromarray(image[..., 0]).save(folder / f"{number:03d}_{label}.png")
    files = sorted(folder.glob("*.png"))
    read = np.stack([np.asarray(Image.open(file)) for file in files])[..., None]
    return read, np.array([int(file.stem[-1]) for file in files])


@pytest.fixture(scope="module")
def both_ways(tmp_path_factory):
    """What the plain cells leave: with the kit's base, and with that base from a file and crops from a folder."""
    folder = tmp_path_factory.mktemp("student")
    crops, crops_aside = striped(100, 0), striped(40, 1)
    base = backbones.lite0(64).base()
    base.save(folder / "base.keras")
    here = run_plainly(base, crops, crops_aside)
    loaded = keras.models.load_model(folder / "base.keras")
    from_files = [through_a_folder(folder / name, *each) for name, each in (("l", crops), ("v", crops_aside))]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(keras.applications, "VGG16", lambda **_: here["vgg16"])  # built once: its weights play no part
        return here, run_plainly(loaded, *from_files)


def test_the_students_cells_run_without_the_kit_and_score_alike(both_ways):
    here, elsewhere = both_ways
    assert here["after_stage_2"] > 0.8  # it has learned
    for score in ("after_stage_1", "after_stage_2"):
        assert abs(here[score] - elsewhere[score]) <= 0.02


def test_stage_two_changes_the_last_convolution_and_no_stored_mean(both_ways):
    here, _ = both_ways
    fresh = backbones.lite0(64).base()
    changed = [
        layer.name
        for layer, before in zip(here["base"].layers, fresh.layers)
        if any(not np.array_equal(a, b) for a, b in zip(layer.get_weights(), before.get_weights()))
    ]
    assert changed == ["block10_project_conv"] and here["kept"]


def test_the_plain_cells_tell_the_papers_numbers_of_weights(both_ways):
    here, _ = both_ways
    vgg16 = here["vgg16"]
    assert here["on_vgg16"].count_params() == 14_784_513 and here["learnable"](here["on_vgg16"]) == 2_429_633
    assert here["learnable"](ex.model_on(vgg16)) == 69_825
    text = printed()
    for said in (
        "14,784,513 weights, 69,825 learn",
        "stage 2: 2,429,633 weights",
        "10,347,009 weights learn, 2,752 do",
    ):
        assert said in text


# ---------------------------------------------------------------- what it teaches of Keras


def test_a_call_without_training_does_not_protect_batch_normalization_but_freezing_does():
    """Keras 3's `fit` overrides training=False: the notebook says so, and this would tell if it changed."""
    base = ex.toy_base()
    x, y = np.random.default_rng(0).random((8, 12, 12, 3)), np.arange(8) % 2
    model = ex.model_on(base)

    def means_after_fitting():
        model.compile("adam", "binary_crossentropy")
        before = base.get_layer("first_bn").get_weights()[2]
        model.fit(x, y, verbose=0)
        return np.abs(base.get_layer("first_bn").get_weights()[2] - before).max()

    assert means_after_fitting() == 0
    base.trainable = True
    assert means_after_fitting() > 0


def test_a_base_hands_out_layers_that_can_learn_and_leaves_its_backbone_alone():
    backbone = backbones.lite0(64)
    base = backbone.base()
    assert base.trainable_weights and not backbone.network.trainable_weights
    assert base.output_shape == (None, 4, 4, 112)
    x = np.random.default_rng(0).random((2, 64, 64, 3), dtype=np.float32)
    original = keras.Model(backbone.network.input, backbone.network.get_layer(backbone.end).output)
    np.testing.assert_allclose(base(x, training=False), original(x, training=False), atol=1e-5)


class Hungry:
    """A model whose memory suffices for so many images at a time."""

    def __init__(self, most):
        self.most, self.weights, self.tried = most, [0], []

    def get_weights(self):
        return list(self.weights)

    def set_weights(self, weights):
        self.weights = list(weights)

    def fit(self, x, y, batch_size, epochs):
        self.tried.append((batch_size, self.weights[0]))
        self.weights[0] += 1  # what a fit that stops half way leaves
        if batch_size > self.most:
            raise tf.errors.ResourceExhaustedError(None, None, "out of memory")
        return f"{epochs} epochs"


def test_a_batch_that_does_not_fit_is_halved_aloud_and_begun_anew():
    model = Hungry(8)
    with pytest.warns(ZirconkitWarning) as said:
        assert transfer.fit_sparing(model, None, None, epochs=3) == "3 epochs"
    assert model.tried == [(32, 0), (16, 0), (8, 0)]
    assert [str(each.message).split(": ")[1] for each in said] == ["going on with 16", "going on with 8"]


@pytest.mark.filterwarnings("ignore:memory does not suffice")
def test_memory_that_does_not_suffice_for_one_image_is_said():
    with pytest.raises(MemoryError, match="take a smaller size"):
        transfer.fit_sparing(Hungry(0), None, None, batch_size=4, epochs=1)


# ---------------------------------------------------------------- the paper's networks, where something is missing


def source_with(text):
    """The code of the only cell that has a text in it."""
    (found,) = [cell.source for cell in cells() if cell.cell_type == "code" and text in cell.source]
    return found


def small_alexnet():
    return keras.Sequential([keras.Input((224, 224, 1)), layers.GlobalAveragePooling2D(), layers.Dense(1, "sigmoid")])


@pytest.fixture
def run_heavy_cells(tmp_path, monkeypatch, capsys):
    """Run the cells of VGG-16 and AlexNet as in `full`, with an empty cache and no network; what they leave, and say.

    AlexNet is a small network here, since what is tested is what happens around it.
    """
    monkeypatch.setenv("ZIRCONKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(Path, "home", lambda: tmp_path)

    def no_network(*_, **__):
        raise requests.ConnectionError("unreachable")

    monkeypatch.setattr(weights.pooch, "retrieve", no_network)
    crops, aside = striped(20, 0), striped(8, 1)
    space = {"keras": keras, "layers": layers, "np": np, "backbones": backbones, "transfer": transfer}
    space |= {"evaluation": evaluation, "partial": partial, "gpus": [], "alexnet": small_alexnet}
    space |= {
        "profile": SimpleNamespace(name="full", epochs=1),
        "min": lambda *_: 1,
        "stage_1": ex.model_on,
        "stage_2": ex.free_the_last,
    }
    space |= dict(zip(("images", "labels", "images_aside", "labels_aside"), (*crops, *aside)))

    def run(path=None, **other):
        definitions = source_with("WEIGHTS = None").replace("WEIGHTS = None", f"WEIGHTS = {path and str(path)!r}")
        loop = source_with("recipes = {")
        here = space | other
        for code in (source_with("def front("), definitions, loop):
            exec(compile(code, "cell", "exec"), here)
        return here["ran"], capsys.readouterr().out

    return run


def test_with_neither_network_nor_weights_the_lesson_goes_on_with_lite0_and_says_so(run_heavy_cells):
    ran, said = run_heavy_cells()
    assert set(ran) == {"AlexNet"} and "AlexNet: validation ROC-AUC" in said
    for way in ("padded", "resized"):
        assert f"VGG-16, {way} did not run: no connection to https://storage.googleapis.com" in said
    assert said.count("The lesson goes on with Lite0.") == 2
    assert keras.mixed_precision.global_policy().name == "float32"


@pytest.mark.parametrize("spoil", ["half", "not weights", "of another network", "absent"])
def test_a_spoiled_weights_file_is_named_and_the_lesson_goes_on(run_heavy_cells, tmp_path, spoil):
    path = tmp_path / "mine.weights.h5"
    small_alexnet().save_weights(path)
    if spoil == "half":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    elif spoil == "not weights":
        path.write_text("these are no weights")
    elif spoil == "absent":
        path.unlink()
    ran, said = run_heavy_cells(path)
    sentence = {"of another network": "of another network than vgg16", "absent": "there is no file"}
    assert sentence.get(spoil, "is damaged, or no Keras weights file") in said
    assert set(ran) == {"AlexNet"} and said.count("The lesson goes on with Lite0.") == 2


@pytest.mark.filterwarnings("ignore:memory does not suffice for 32")
def test_a_batch_too_large_for_the_memory_is_halved_aloud_in_the_notebook(run_heavy_cells, monkeypatch):
    fit, tried = keras.Model.fit, []

    def fits_eight(model, x, y, batch_size, **how):
        tried.append(batch_size)
        if batch_size > 8:
            raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")
        return fit(model, x, y, batch_size=batch_size, **how)

    monkeypatch.setattr(keras.Sequential, "fit", fits_eight)
    with pytest.warns(ZirconkitWarning, match="memory does not suffice for 16 images at a time: going on with 8"):
        ran, _ = run_heavy_cells()
    assert tried == [32, 16, 8] and ran["AlexNet"].shape == (8,)


@pytest.mark.filterwarnings("ignore:memory does not suffice")
def test_memory_for_no_image_at_all_ends_a_network_and_not_the_lesson(run_heavy_cells, monkeypatch):
    def never(*_, **__):
        raise tf.errors.ResourceExhaustedError(None, None, "OOM when allocating tensor")

    monkeypatch.setattr(keras.Sequential, "fit", never)
    ran, said = run_heavy_cells()
    assert ran == {} and "AlexNet did not run: memory does not suffice for a single image" in said


# ---------------------------------------------------------------- the instrument and the figures

PARTS = [("first", 100), ("second", 2_000), ("third", 30_000)]


def test_the_slider_counts_what_learns():
    assert [widgets.learn_in(PARTS, free, 7) for free in range(4)] == [7, 30_007, 32_007, 32_107]
    with pytest.raises(ValueError, match="from 0 to 3 layers"):
        widgets.learn_in(PARTS, 4, 7)
    panel = widgets.freezing_slider(PARTS, 7)
    (free, said), picture = panel.children[0].children, panel.children[1]
    before = picture.value
    free.value = 1
    assert "30,007</b> of 32,107 weights learn (93.5%)" in said.value and picture.value != before


def test_the_task_of_the_instrument_has_one_answer():
    """On VGG-16 itself: stage 2 of the paper frees one convolution; no other number of them gives its count."""
    vgg16 = keras.applications.VGG16(weights=None, include_top=False, input_shape=(224, 224, 3))
    parts = [(layer.name, layer.count_params()) for layer in vgg16.layers if layer.count_params()]
    learn = [widgets.learn_in(parts, free, 69_825) for free in range(len(parts) + 1)]
    assert [free for free, count in enumerate(learn) if count == 2_429_633] == [1] and learn[-1] == 14_784_513
    assert widgets.layers_until(0.9, parts, 69_825) == 7 and learn[7] > 0.9 * learn[-1] > learn[6]


def test_two_of_three_feeds_are_not_the_makers():
    fed = ex.feeds(np.array([0, 127, 255], np.uint8))
    assert {letter: [round(float(level), 2) for level in levels] for letter, levels in fed.items()} == {
        "a": [-0.5, 0, 0.5], "b": [-0.99, 0, 1], "c": [0, 0.99, 1.99],
    }  # fmt: skip


def test_the_diagram_colours_frozen_unfrozen_and_head():
    ax = plots.freezing(PARTS, 1, 7).axes[0]
    colours = [bar.get_facecolor() for bar in ax.patches]
    assert colours[0] == colours[1] and len(set(colours)) == 3
    assert [bar.get_height() for bar in ax.patches] == [100, 2_000, 30_000, 7]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["frozen", "unfrozen", "new head"]
    assert "30 k" in [text.get_text() for text in ax.texts]


def test_lite0_is_cut_behind_its_eleventh_block_and_drawn_so():
    parts = backbones.lite0_parts(backbones.lite0(32).classifier)
    names = [name for name, _ in parts]
    assert names[:2] == ["stem", "block 0"] and names[11:14] == ["block 10", "10, last conv.", "block 11"]
    assert sum(count for _, count in parts[:13]) + 18_625 == 735_553  # as the cells print it
    assert dict(parts)["10, last conv."] + 18_625 == 93_889
    ax = plots.freezing(parts[:13], 1, 18_625, cut=parts[13:]).axes[0]
    frozen, unfrozen, *cut, head = [bar.get_facecolor() for bar in ax.patches[11:]]
    assert len(cut) == len(parts) - 13 and set(cut) == {(1, 1, 1, 1)} and len({frozen, unfrozen, head, cut[0]}) == 4
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["frozen", "unfrozen", "new head", "cut off"]


def test_a_grain_on_its_mount_is_what_the_mount_shows_there():
    image = (np.arange(600) % 250).astype(np.uint8).reshape(20, 30)
    found = [SimpleNamespace(sample=name, image=lambda k=k: image + k) for k, name in enumerate(("one", "two"))]
    grain = {"sample": "two", "row_min": 4, "col_min": 10, "row_max": 9, "col_max": 14}
    table = pd.DataFrame([grain])
    np.testing.assert_array_equal(gr.on_its_mount(found, table.iloc[0], margin=2), (image + 1)[2:11, 8:16])
    at_the_edge = table.assign(row_min=1, col_min=0).iloc[0]
    np.testing.assert_array_equal(gr.on_its_mount(found, at_the_edge, margin=2), (image + 1)[0:11, 0:16])


def test_the_figure_of_draws_has_a_line_and_a_dot_for_each():
    left, right = plots.draws({"borrowed": [[0.7, 0.8], [0.6, 0.9]], "own": [[0.5, 0.6], [0.6, 0.7]]}, every=10).axes
    assert [list(line.get_ydata()) for line in left.lines[:4:2]] == [[0.7, 0.8], [0.6, 0.9]]
    assert left.lines[0].get_marker() == left.lines[1].get_marker() != left.lines[2].get_marker()
    joined = [
        list(line.get_ydata()) for line in right.lines if len(line.get_ydata()) == 2 and line.get_marker() == "None"
    ]
    assert list(left.lines[0].get_xdata()) == [10, 20] and joined[:2] == [[0.8, 0.6], [0.9, 0.7]]
    assert [label.get_text() for label in right.get_xticklabels()] == ["borrowed", "own"]


def test_maps_lie_over_the_whole_grain_and_a_flat_one_shows_nothing():
    maps = np.zeros((4, 4, 2))
    maps[0, 3, 0] = 1
    grain, strong, flat = plots.maps_on_grain(np.zeros((64, 64), np.uint8), maps, [0, 1]).axes
    overlay = strong.images[1]
    assert overlay.get_extent() == strong.images[0].get_extent() == [0, 64, 64, 0]
    assert overlay.get_array()[0, 3, 3] > 0.5 and overlay.get_array()[1:, :, 3].max() == 0
    assert flat.images[1].get_array()[..., 3].max() == 0 and len(grain.images) == 1


def test_guesses_are_met_beside_what_came_out(capsys):
    ex.few_grains.commit(0.8)
    ex.few_grains.meet([0.84, 0.78])
    ex.free_layers.commit(2, 40)
    assert ex.free_layers.committed is None
    ex.free_layers.commit(2, 9)
    ex.free_layers.meet((2_429_633, 7))
    said = capsys.readouterr().out
    assert (
        "You said 0.80." in said
        and "came to 0.81 on average (validation ROC-AUC of each draw: 0.84, 0.78)" in said
        and "freed 2 of the 13" in said
    )
    assert "as the paper did: 2,429,633 weights" in said and "you said 9; 7 convolutions are needed" in said
    for prediction in (ex.few_grains, ex.free_layers):
        prediction.committed, prediction.met = None, False


@pytest.mark.parametrize(
    "moved, kept",
    [((0.2, 0), "trainable"), ((0, 0.2), "training"), ((0, 0), "both"), ((0.1, 0.2), "neither")],
)
def test_what_keeps_the_stored_means_is_told_by_how_far_they_moved(capsys, moved, kept):
    ex.what_protects.commit("Training")
    ex.what_protects.meet(dict(zip(("training", "trainable"), moved)))
    assert f"You said training. What keeps the stored means in fit: {kept}." in capsys.readouterr().out
    ex.what_protects.committed, ex.what_protects.met = None, False


@pytest.mark.parametrize("low, high, better", [(-0.3, -0.1, "ruler"), (0.1, 0.3, "lite0"), (-0.1, 0.1, "neither")])
def test_the_ruler_or_lite0_is_better_only_where_that_is_resolved(capsys, low, high, better):
    ex.ruler.commit("lite0")
    ex.ruler.meet(evaluation.Interval((low + high) / 2, low, high))
    assert capsys.readouterr().out.endswith(f"resolve to be better: {better}.\n")
    ex.ruler.committed, ex.ruler.met = None, False


def test_the_sister_of_lite0_that_keras_fetches_has_the_layer_at_which_it_is_cut():
    whole = keras.applications.EfficientNetB0(weights=None, include_top=False, input_shape=(64, 64, 3))
    assert "block5c_add" in source_with("EfficientNetB0")
    assert whole.get_layer("block5c_add").output.shape == backbones.lite0(64).base().output.shape == (None, 4, 4, 112)


def test_the_notebook_shows_no_network_of_edges_and_no_class_without_a_name():
    text = "\n".join(cell.source for cell in cells() if cell.cell_type == "markdown")
    assert "of edges" not in text and "in a minute" not in text
    assert "13 minutes against 12 hours: same network, same two cores" in text
    assert not re.search(r"class \d+ 0\.", printed())
