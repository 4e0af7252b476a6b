"""Three classes with made-up names, in colour, all the way: from a sheet to a model that somebody else can use."""

import cv2
import keras
import matplotlib.pyplot as plt
import numpy as np
import pytest
from sklearn.metrics import f1_score

from zirconkit import embeddings, evaluation, explain, mounts, plots
from zirconkit import grains as gr
from zirconkit.networks import exports, models, training

CLASSES = ("barren", "skarn", "vein")
ROWS, COLUMNS, CELL = 4, 6, 96  # grains a mount, one in each cell of so many pixels


def planted_mount(k, rng):
    """A mount in colour, uint8: grains of one grey, and on each a spot in the colour of its class, left or right."""
    picture = np.full((ROWS * CELL, COLUMNS * CELL, 3), 12.0)
    y, x = np.mgrid[:CELL, :CELL] - CELL / 2
    for row in range(ROWS):
        for column in range(COLUMNS):
            across, along = rng.uniform(16, 20), rng.uniform(26, 34)
            cell = picture[row * CELL : (row + 1) * CELL, column * CELL : (column + 1) * CELL]
            cell[(x / along) ** 2 + (y / across) ** 2 < 1] = rng.uniform(90, 130)
            spot = np.hypot(x - rng.choice([-12, 12]), y - rng.uniform(-4, 4)) < 7
            cell[spot, k] += 90
    noisy = picture + rng.normal(0, 3, picture.shape)
    return noisy.clip(0, 255).astype(np.uint8)


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """Nine mounts in a folder with a sheet, three of each class, one of them to test on."""
    folder, lines = tmp_path_factory.mktemp("coloured"), ["sample,class,role,um_per_px,channels"]
    rng = np.random.default_rng(5)
    for k, name in enumerate(CLASSES):
        for number, role in enumerate(("train", "train", "test")):
            cv2.imwrite(str(folder / f"{name}{number}.png"), planted_mount(k, rng)[..., ::-1])
            lines.append(f"{name}{number},{name},{role},1.25,3")
    (folder / "samples.csv").write_text("\n".join(lines) + "\n")
    return mounts.labelled(folder)


@pytest.fixture(scope="module")
def grains(found):
    return gr.from_mounts(found, size=32, square=80, progress=False)


@pytest.fixture(scope="module")
def parts(grains):
    return gr.test_split(grains)


@pytest.fixture(scope="module")
def model(parts):
    keras.utils.set_random_seed(1)
    model = training.compile_model(models.lenet(classes=3, channels=3, dropout=0.2), 3e-3)
    training.fit(model, *parts, epochs=30, seed=1, progress=False)
    return model


def test_the_sheet_reaches_the_grains(grains, parts):
    assert grains.classes == CLASSES and grains.images.shape[1:] == (32, 32, 3)
    assert len(grains) >= 0.95 * 9 * ROWS * COLUMNS
    assert np.allclose(grains.table["feret_um"], 1.25 * grains.table["feret_px"])
    learning, test = parts
    assert set(test.table["sample"]) == {f"{name}2" for name in CLASSES}
    assert not set(learning.table["sample"]) & set(test.table["sample"])
    assert np.bincount(test.y).min() > 20


def test_a_planted_three_class_set_is_learned(model, parts):
    _, test = parts
    probability = training.predict(model, test)
    assert probability.shape == (len(test), 3) and np.allclose(probability.sum(axis=1), 1, atol=1e-5)
    called = probability.argmax(axis=1)
    assert f1_score(test.y, called, average="macro") >= 0.9
    interval = evaluation.auc_interval(test.y, probability)
    assert 0.85 < interval.low <= interval.value <= interval.high <= 1
    table = evaluation.confusion(test.y, called, test.classes)
    assert list(table.index) == list(CLASSES) and np.trace(table) >= 0.9 * len(test)


def test_grad_cam_finds_the_spot_of_each_class(model, parts):
    """The evidence for a class lies on its spot more than elsewhere, and more than that for another class."""
    _, test = parts
    shown = test.x.max(axis=3) - test.x.min(axis=3)  # the grains are grey, the spots are not
    spots = shown > 0.5 * shown.max(axis=(1, 2), keepdims=True)
    maps = explain.grad_cam(model, test, towards=test.y)
    on_spot = np.nanmedian(explain.share_on(maps, spots))
    assert on_spot > 1.5 * spots.mean()  # a constant map gets the spots' share of the picture
    others = explain.grad_cam(model, test, towards=(test.y + 1) % 3)
    assert np.nanmedian(explain.share_on(others, spots)) < on_spot


def test_grains_of_a_class_lie_together_in_the_embedding(model, parts):
    _, test = parts
    points = embeddings.embed(model, test)
    assert points.shape == (len(test), 32)
    found = embeddings.cluster_agreement(points, test.table["class_name"])
    assert found.value > 0.7 > found.luck


def test_the_model_travels_with_the_names_of_its_classes(model, parts, tmp_path):
    _, test = parts
    entrance = [keras.Input(model.input_shape[1:]), keras.layers.Rescaling(1 / 255)]
    exports.save(keras.Sequential([*entrance, *model.layers]), tmp_path / "rocks.keras", {}, test.classes)
    back = exports.load(tmp_path / "rocks.keras")
    assert tuple(back.classes) == CLASSES
    assert np.allclose(exports.predict(back, test.images), training.predict(model, test), atol=1e-5)
    assert "barren, skarn, vein" in (tmp_path / "rocks.md").read_text(encoding="utf-8")


def test_the_figures_name_the_classes(model, parts):
    learning, test = parts
    figures = [
        plots.feature_by_class(learning.table, "aspect_ratio", "aspect ratio"),
        plots.roc({"LeNet": (test.y, training.predict(model, test))}, test.classes),
    ]
    for figure in figures:
        texts = {text.get_text() for text in figure.findobj(plt.Text)}
        assert all(any(name in text for text in texts) for name in CLASSES), texts
        assert not any("porphyry" in text for text in texts)
        plt.close(figure)
