"""Figures of doubt: what is drawn is what was counted."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.colors import to_hex

from zirconkit import evaluation, plots


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def coordinates(ax, label):
    return next(np.array(line.get_xydata()) for line in ax.lines if line.get_label() == label)


def test_answers_are_shares_of_each_class_whatever_their_number():
    y = np.array([0] * 40 + [1] * 10)
    p = np.array([0.11] * 30 + [0.91] * 10 + [0.91] * 9 + [0.31])
    ax = plots.answers({"model": (y, p)}).axes[0]
    bars = {}
    for patch in ax.patches:
        if hasattr(patch, "get_height"):
            bars.setdefault(to_hex(patch.get_facecolor()), []).append(patch.get_height())
    for name, heights in (("batholith", {2: 0.75, 18: 0.25}), ("porphyry", {6: 0.1, 18: 0.9})):
        found = bars[plots.COLOURS[name].lower()]
        assert {i: round(height, 6) for i, height in enumerate(found) if height} == heights


def test_answers_draw_a_panel_a_model_and_a_class_without_grains():
    fig = plots.answers({"one": ([1, 1], [0.2, 0.8]), "two": ([1, 0], [0.2, 0.8])}, threshold=0.3)
    assert [ax.get_title() for ax in fig.axes] == ["one", "two"]
    assert all(line.get_xdata()[0] == 0.3 for ax in fig.axes for line in ax.lines)


def test_calibration_is_drawn_where_it_was_counted():
    rng = np.random.default_rng(0)
    p = rng.random(200)
    table = evaluation.calibration(rng.random(200) < p, p)
    ax = plots.calibrated({"model": table}).axes[0]
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
    assert coordinates(ax, "theory")[0, 0] == 0.25


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
