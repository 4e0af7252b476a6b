"""Figures: what is drawn is what was counted, for any classes, in the colours that are theirs."""

import re
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from zirconkit import evaluation, plots
from zirconkit.plots import canvas
from zirconkit.plots.palette import BLUE, ORANGE

ROOT = Path(__file__).parents[1]
TWO = ("batholith", "porphyry")
THREE = ("garnet", "titanite", "zircon")


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def coordinates(ax, label):
    return next(np.array(line.get_xydata()) for line in ax.lines if line.get_label() == label)


def test_answers_are_shares_of_each_class_whatever_their_number():
    y = np.array([0] * 40 + [1] * 10)
    p = np.array([0.11] * 30 + [0.91] * 10 + [0.91] * 9 + [0.31])
    ax = plots.answers({"model": (y, p)}, TWO).axes[0]
    bars = {}
    for patch in ax.patches:
        if hasattr(patch, "get_height"):
            bars.setdefault(to_hex(patch.get_facecolor()), []).append(patch.get_height())
    for name, heights in (("batholith", {2: 0.75, 18: 0.25}), ("porphyry", {6: 0.1, 18: 0.9})):
        found = bars[plots.COLOURS[name].lower()]
        assert {i: round(height, 6) for i, height in enumerate(found) if height} == heights


def test_answers_draw_a_panel_a_model_and_a_class_without_grains():
    fig = plots.answers({"one": ([1, 1], [0.2, 0.8]), "two": ([1, 0], [0.2, 0.8])}, TWO, threshold=0.3)
    assert [ax.get_title() for ax in fig.axes] == ["one", "two"]
    assert all(line.get_xdata()[0] == 0.3 for ax in fig.axes for line in ax.lines)


def test_calibration_is_drawn_where_it_was_counted():
    rng = np.random.default_rng(0)
    p = rng.random(200)
    table = evaluation.calibration(rng.random(200) < p, p)
    ax = plots.calibrated({"model": table}, "zircon").axes[0]
    assert ax.get_xlabel() == "mean probability of zircon" and ax.get_ylabel() == "share that is zircon"
    assert coordinates(ax, "found") == pytest.approx(table[["predicted", "observed"]].to_numpy())
    bars = np.array([segment[:, 1] for segment in ax.collections[0].get_segments()])
    assert bars == pytest.approx(table[["low", "high"]].to_numpy())


def test_cost_curves_stand_beside_the_costs_that_need_no_model():
    y, p = np.repeat([1, 0], 50), np.linspace(0, 1, 100)[::-1]
    table = evaluation.costs(y, p, 3, 1, np.linspace(0, 1.01, 50))
    ax = plots.cost_curves({"model": table}, {"always go": 0.5, "never go": 1.5}, 0.25).axes[0]
    assert coordinates(ax, "by threshold")[:, 1] == pytest.approx(table["cost"].to_numpy())
    assert coordinates(ax, "always go")[0, 1] == table["cost"].iloc[0] == 0.5
    assert coordinates(ax, "never go")[0, 1] == table["cost"].iloc[-1] == 1.5
    assert coordinates(ax, "cheapest, if the answers were probabilities")[0, 0] == 0.25


def test_sizes_are_labelled_once_each_and_bands_are_the_intervals():
    one = pd.DataFrame({"value": [0.6, 0.7], "low": [0.5, 0.65], "high": [0.7, 0.75]}, index=[50, 100])
    ax = plots.by_size({"one": one, "two": (one + 0.1).rename({50: 25})}).axes[0]
    assert [label.get_text() for label in ax.get_xticklabels()] == ["25", "50", "100"]
    assert coordinates(ax, "two").tolist() == [[25, pytest.approx(0.7)], [100, pytest.approx(0.8)]]
    band = ax.collections[0].get_paths()[0].vertices
    assert (band[:, 1].min(), band[:, 1].max()) == (0.5, 0.75)


def test_compared_rows_hold_their_intervals_and_the_reference_is_a_line_or_a_mark_a_name():
    one = pd.DataFrame({"value": [0.6, 0.7], "low": [0.5, 0.65], "high": [0.7, 0.75]}, index=["a", "b"])
    other = pd.DataFrame({"value": [0.8], "low": [0.7], "high": [0.9]}, index=["b"])  # "a" is left open
    for reference, marks in ((0.5, [0.5, 0.5]), ({"a": 0.3, "b": 0.4}, [0.3, 0.4])):
        ax = plots.compared({"one": one, "other": other}, reference=reference).axes[0]
        assert list(ax.lines[0].get_xdata()) == marks
        assert [tick.get_text() for tick in ax.get_yticklabels()] == ["a", "b"]
        assert coordinates(ax, "one")[:, 0] == pytest.approx([0.6, 0.7])
        assert coordinates(ax, "other")[:, 0] == pytest.approx([np.nan, 0.8], nan_ok=True)
        above, below = coordinates(ax, "one")[1, 1], coordinates(ax, "other")[1, 1]
        assert 0 < above - below < 0.5  # side by side, in the row of their name
        ends = [path.vertices[:, 0].tolist() for path in ax.collections[0].get_paths()]
        assert ends == [[0.5, 0.7], [0.65, 0.75]]


# ---------------------------------------------------------------- classes of any names


def test_the_papers_classes_keep_their_colours_and_others_never_get_them():
    assert plots.class_colours(TWO) == {"batholith": BLUE, "porphyry": ORANGE}
    three = plots.class_colours(THREE)
    assert list(three) == list(THREE) and three == plots.class_colours(THREE[::-1])
    mixed = plots.class_colours([*THREE, "porphyry"])
    assert mixed == three | {"porphyry": ORANGE}
    many = plots.class_colours([f"class {number}" for number in range(6)])
    assert len(set(many.values())) == 6 and not set(many.values()) & {BLUE, ORANGE}
    assert len(plots.class_colours([str(number) for number in range(20)])) == 20


def test_no_figure_names_the_papers_classes():
    for path in (ROOT / "zirconkit/plots").glob("*.py"):
        if path.name != "palette.py":
            assert not re.search("porphyry|batholith", path.read_text(encoding="utf-8")), path.name


def test_features_are_drawn_class_by_class_and_a_class_without_grains_keeps_its_row():
    table = pd.DataFrame({"class_name": ["zircon"] * 3 + ["garnet"] * 2 + [None], "size": [1.0, 2, 9, 4, np.nan, 7]})
    ax = plots.feature_by_class(table, "size", "size (px)", THREE).axes[0]
    assert [tick.get_text() for tick in ax.get_yticklabels()] == list(THREE)
    dots = {line.get_color(): line.get_xdata().tolist() for line in ax.lines if line.get_marker() == "."}
    colours = plots.class_colours(THREE)
    assert dots[colours["zircon"]] == [1, 2, 9] and dots[colours["titanite"]] == []
    medians = {line.get_ydata().mean(): line.get_xdata()[0] for line in ax.lines if line.get_color() == "black"}
    assert medians == {0: 4, 2: 2}
    own = plots.feature_by_class(table, "size", "size (px)").axes[0]
    assert [tick.get_text() for tick in own.get_yticklabels()] == ["garnet", "zircon"]


def test_answers_of_many_classes_have_a_row_of_panels_for_each():
    y = np.array([0, 0, 1, 2])
    p = np.array([[0.91, 0.05, 0.04], [0.5, 0.31, 0.19], [0.2, 0.7, 0.1], [0.1, 0.15, 0.75]])
    fig = plots.answers({"one": (y, p), "two": (y, p)}, THREE)
    assert [ax.get_xlabel() for ax in fig.axes] == [f"probability of {name}" for name in THREE for _ in range(2)]
    bars = {}
    for patch in fig.axes[0].patches:
        if hasattr(patch, "get_height"):
            bars.setdefault(to_hex(patch.get_facecolor()), []).append(patch.get_height())
    garnet = bars[plots.class_colours(THREE)["garnet"].lower()]
    assert {place: height for place, height in enumerate(garnet) if height} == {10: 0.5, 18: 0.5}
    assert [text.get_text() for text in fig.axes[0].get_legend().get_texts()] == list(THREE)


def test_roc_names_the_two_classes_on_its_axes_and_of_many_sets_each_against_the_rest():
    y, score = np.repeat([0, 1], 20), np.linspace(0, 1, 40)
    for of_two in (score, np.c_[1 - score, score]):
        ax = plots.roc({"model": (y, of_two)}, ("garnet", "zircon")).axes[0]
        assert ax.get_xlabel() == "garnet grains wrongly called zircon (share)"
        assert ax.get_ylabel() == "zircon grains found (share)"
        assert [line.get_label()[:11] for line in ax.lines] == ["guessing: 0", "model: 1.00"]
    y = np.repeat([0, 1, 2], 20)
    scores = np.eye(3)[y] + np.random.default_rng(0).normal(0, 0.1, (60, 3))
    scores[:, 2] *= -1  # of zircon everything is wrong
    ax = plots.roc({"model": (y, scores)}, THREE).axes[0]
    assert len(ax.lines) == 4
    colours = plots.class_colours(THREE)
    for name, area in zip(THREE, ("1.00", "1.00", "0.00")):
        (line,) = [line for line in ax.lines if line.get_label().startswith(f"model, {name}: {area} (")]
        assert line.get_color() == colours[name]


def test_spreads_have_two_bars_for_each_class_of_the_table():
    points = [f"{source}_{percent}" for source in ("real", "synthetic") for percent in ("05", "25", "50", "75", "95")]
    rows = [["size", name, *np.arange(10.0) + 10 * place] for place, name in enumerate(THREE)]
    table = pd.DataFrame(rows[::-1], columns=["measure", "class_name", *points])
    ax = plots.spreads(table, {"size": "size (px)"}).axes[0]
    names = [tick.get_text() for tick in ax.get_yticklabels()]
    assert names == [f"{name}, {source}" for name in THREE for source in ("grown", "real")]
    assert [line.get_xdata()[0] for line in ax.lines] == [7, 2, 17, 12, 27, 22]


def test_a_confusion_figure_has_every_count_where_it_belongs():
    counts = np.array([[12, 3, 0], [1, 20, 4], [0, 0, 0]])
    fig = plots.confusion(counts, THREE)
    ax = fig.axes[0]
    assert {text.get_position(): text.get_text() for text in ax.texts} == {
        (column, row): str(counts[row, column]) for row in range(3) for column in range(3)
    }
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("called", "is")
    for ticks in (ax.get_xticklabels(), ax.get_yticklabels()):
        assert [tick.get_text() for tick in ticks] == list(THREE)
    shares = ax.images[0].get_array()
    assert shares[0].tolist() == [0.8, 0.2, 0] and not shares[2].any()
    assert [tick.get_color() for tick in ax.get_yticklabels()] == list(plots.class_colours(THREE).values())


# ---------------------------------------------------------------- pictures


def test_a_scale_bar_is_as_long_as_it_says_and_there_is_none_without_a_scale():
    image = np.zeros((100, 400), np.uint8)
    assert not plots.mount(image).axes[0].lines and not plots.mount(image).axes[0].texts
    for um_per_px in (0.02, 0.5, 2.0, 35.0):
        ax = plots.mount(image, um_per_px=um_per_px).axes[0]
        length = np.ptp(ax.lines[0].get_xdata()) * um_per_px
        assert ax.texts[0].get_text() == f"{length:.6g} µm"
        assert 0.5 < length / (400 * um_per_px / 5) < 2


@pytest.mark.parametrize("light", [np.s_[80:], np.s_[:, :200], np.s_[60:, 200:]])
def test_a_scale_bar_lies_where_it_is_dark(light):
    image = np.zeros((100, 400), np.uint8)
    image[light] = 90
    (bar,) = plots.mount(image, um_per_px=1.0).axes[0].lines
    (left, right), row = bar.get_xdata(), round(bar.get_ydata()[0])
    assert not image[row - 8 : row + 1, round(left) : round(right)].any()


@pytest.mark.parametrize("channels", [1, 2, 3, 5])
def test_pictures_of_any_channels_are_drawn(channels):
    rng = np.random.default_rng(0)
    images = rng.integers(0, 100, (3, 16, 16, channels), dtype=np.uint8)
    labels = np.zeros((16, 16), int)
    labels[4:12, 4:12] = 1
    picture = plots.outlined(images[0], labels, gain=2)
    assert picture.shape == (16, 16, 3) and picture[4, 4].tolist() == [230, 159, 0]
    grey = np.repeat(images[0], 3, axis=2) if channels == 1 else np.repeat(images[0].mean(axis=2)[..., None], 3, axis=2)
    wanted = images[0] if channels == 3 else grey.astype(np.uint8)
    assert np.array_equal(picture[labels == 0], 2 * wanted[labels == 0])
    for fig in (
        plots.gallery(images, vmax=100),
        plots.mount(images[0]),
        plots.feature_map(images[0], labels),
        plots.evidence(images, {"map": images[..., 0]}),
        plots.pictured(rng.random((3, 2)), images),
    ):
        fig.canvas.draw()


def test_white_is_white_in_grey_and_in_colour():
    grey = np.full((4, 4, 1), 50, np.uint8)
    shown = plots.gallery([grey, np.repeat(grey, 3, axis=2)], vmax=50).axes
    assert shown[0].images[0].get_clim() == (0, 50) and (shown[1].images[0].get_array() == 255).all()


def test_a_scene_takes_the_colours_that_it_is_given():
    names = [*THREE, "apatite", "rutile"] * 2
    colours, xyz = plots.class_colours(names), np.random.default_rng(0).random((10, 3))
    figure = plots.scene(xyz, names, names, colours, name="PCA")
    assert {trace.name: trace.marker.color for trace in figure.data} == colours
    assert figure.layout.scene.zaxis.title.text == "PCA 3"


def test_a_figure_says_what_it_shows_and_where_its_data_come_from(monkeypatch):
    shown = []
    for of in (None, "grown", "real"):
        fig, ax = plt.subplots(figsize=(3, 2))
        ax.plot([0, 1])
        monkeypatch.setattr(canvas, "display", lambda data, metadata, raw: shown.append(metadata["image/png"]))
        plots.show(fig, alt="A line.", of=of)
        said = [text.get_text() for text in fig.texts]
        assert said == ([f"{of} data"] if of else [])
    assert shown == [{"alt": "A line."}, {"alt": "A line.", "of": "grown"}, {"alt": "A line.", "of": "real"}]
