"""A walk downhill, the three repairs, what a repair gains, and what ships with notebook 04."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from zirconkit import evaluation, plots, widgets
from zirconkit import grains as gr
from zirconkit.exercises import classifiers
from zirconkit.exercises.core import NOT_ATTEMPTED


def bowl(w, b):
    return 0.5 + (w - 1) ** 2 + 2 * (b + 1) ** 2


@pytest.fixture
def land():
    """Eight grains, and a landscape whose lowest place is w = 1, b = −1."""
    feature, y = np.array([1.0, 1.2, 1.4, 1.9, 1.6, 2.0, 2.4, 3.0]), np.repeat([0, 1], 4)
    w, b = np.linspace(-3, 5, 9), np.linspace(-3, 3, 7)
    loss = bowl(w[None], b[:, None])
    return plots.Landscape(feature, y, ("batholith", "porphyry"), w, b, loss)


def rolled(rate, steps=10):
    w, b, path = 0.0, 0.0, []
    for _ in range(steps + 1):
        path.append((w, b, bowl(w, b)))
        w, b = w - rate * 2 * (w - 1), b - rate * 4 * (b + 1)
    return np.array(path)


def test_the_curve_on_the_grains_is_the_neurone_that_the_walk_has_come_to(land):
    fig = plots.walked(land, np.array([[0.0, 0.0], [2.0, -1.0]]))
    (curve,) = [line for line in fig.axes[0].lines if line.get_color() == "black"]
    x = (curve.get_xdata() - land.feature.mean()) / land.feature.std()
    assert curve.get_ydata() == pytest.approx(1 / (1 + np.exp(-(2 * x - 1))))
    assert fig.axes[1].collections  # the map
    plt.close(fig)


def test_in_fog_there_is_a_trail_and_no_map(land):
    fig = plots.walked(land, np.array([[0.0, 0.0], [2.0, -1.0], [9.0, 0.0]]), fog=True)
    assert not fig.axes[1].collections
    trail = fig.axes[1].lines[0]
    assert trail.get_xdata().tolist() == [0, 2, 5] and trail.get_ydata().tolist() == [0, -1, 0]  # drawn at the edge
    plt.close(fig)


def test_walks_of_several_rates_are_drawn_with_the_loss_that_they_end_at(land):
    fig = plots.descents(land, {rate: rolled(rate) for rate in (0.01, 0.25)})
    assert [ax.get_title() for ax in fig.axes] == [
        f"learning rate {rate}: loss {rolled(rate)[-1, 2]:.3f}" for rate in (0.01, 0.25)
    ]
    plt.close(fig)


def test_a_walk_by_hand_is_told_move_by_move():
    assert widgets.walk_words([0.7]).startswith("you start at a loss of 0.700")
    assert widgets.walk_words([0.7, 0.6]) == "move 1 went down: loss 0.600; the lowest so far 0.600"
    assert widgets.walk_words([0.7, 0.6, 0.8]) == "move 2 went up: loss 0.800; the lowest so far 0.600"
    assert widgets.walk_words([0.7, 0.6, 0.6]).startswith("move 2 went level")


def test_the_walk_follows_its_sliders_and_begins_again(land):
    walk = widgets.valley_walk(land, bowl, (0.04, 7.0))
    controls, said, picture = walk.children
    weight, bias, fog, again = controls.children
    assert (weight.value, bias.value) == (0.0, 3.0)  # drawn to a tenth, and onto the map
    first = bytes(picture.value)
    weight.value = 1.0
    bias.value = -1.0
    assert said.value == "move 2 went down: loss 0.500; the lowest so far 0.500" and bytes(picture.value) != first
    hidden = bytes(picture.value)
    fog.value = False
    assert "move 2" in said.value and bytes(picture.value) != hidden  # lifting the fog is no move
    again.click()
    assert said.value.startswith("you start at a loss of 33.5") and (weight.value, bias.value) == (0.0, 3.0)


def test_the_descent_follows_the_learning_rate(land):
    explorer = widgets.descent_explorer(land, rolled, 0.01)
    (control, said), picture = explorer.children[0].children, explorer.children[1]
    assert said.value == f"after 10 steps: loss {rolled(0.01)[-1, 2]:.3f}; 0 of them went uphill"
    first = bytes(picture.value)
    control.value = 10.0
    assert said.value.endswith("10 of them went uphill") and bytes(picture.value) != first


def test_slopes_that_go_back_stand_where_they_belong():
    fig = plots.backwards({"x": "2", "loss": "0.974"}, {"z2": "-0.622"})
    words = {text.get_text(): text.get_position() for text in fig.axes[0].texts}
    assert words["2"][0] == 0 and words["0.974"][0] == 7 and words["−0.622"][0] == 5
    assert words["−0.622"][1] < 0 < words["0.974"][1]
    plt.close(fig)


def test_the_slopes_of_the_exercise_are_those_that_trying_finds():
    weights = {"w2": -1.0, "b2": 1.0, "w1": 0.5, "b1": 0.5}

    def loss(w2, b2, w1, b1):
        z = w2 * max(0, w1 * 2 + b1) + b2
        return np.log1p(np.exp(-z))

    for name, value in weights.items():
        step = loss(**weights | {name: value + 1e-6}) - loss(**weights)
        assert classifiers.SLOPES[name] == pytest.approx(step / 1e-6, abs=6e-4)
    assert classifiers.backwards.verdict(dict.fromkeys(weights, ...)) == NOT_ATTEMPTED


# ---------------------------------------------------------------- the repairs


@pytest.fixture
def two_grains():
    """A level and a steep ellipse, one twice as bright and half as long as the other, in grey resin."""
    y, x = np.mgrid[:160, :160] - 79.5
    masks = np.stack([(x / 36) ** 2 + (y / 18) ** 2 <= 1, (y / 18) ** 2 + (x / 9) ** 2 <= 1])
    images = np.where(masks, np.array([60, 120])[:, None, None], 20).astype(np.uint8)[..., None]
    table = pd.DataFrame({"sample": ["a", "b"], "class_name": ["batholith", "porphyry"]})
    return gr.Grains(images, masks, table)


def test_without_a_repair_grains_are_the_published_crop(two_grains):
    plain = gr.repaired(two_grains, ())
    for image, whole in zip(plain.images, two_grains.images):
        wanted = gr.fit_square(whole, 90)
        assert np.array_equal(image[..., 0], gr.resize(two_grains.with_images(
            np.stack([wanted] * 2), np.ones((2, 90, 90), bool)), 32).images[0, ..., 0])  # fmt: skip
    assert plain.images.shape == (2, 32, 32, 1) and plain.masks.shape == (2, 32, 32)


def test_each_repair_takes_out_its_accident_and_no_other(two_grains):
    shown = {name: gr.repaired(two_grains, (name,)) for name in gr.REPAIRS}
    plain = gr.repaired(two_grains, ())

    def medians(grains):
        return [np.median(image[mask]) for image, mask in zip(grains.images[..., 0], grains.masks)]

    assert medians(shown["exposure"]) == pytest.approx([127, 127], abs=1)
    assert medians(shown["masking"]) == medians(plain) and medians(plain) == [60, 120]
    assert (shown["masking"].images[..., 0][~shown["masking"].masks] == 0).all()
    assert plain.images.min() == 20 and (shown["exposure"].images.min(axis=(1, 2, 3)) > 0).all()
    assert np.array_equal(shown["exposure"].masks, plain.masks)
    areas = shown["alignment"].masks.sum(axis=(1, 2))
    assert areas[0] == pytest.approx(areas[1], rel=0.1) and plain.masks[0].sum() > 3 * plain.masks[1].sum()
    assert medians(shown["alignment"]) == pytest.approx([60, 120], abs=2)


def test_repairs_add_up_and_an_unknown_one_is_named(two_grains):
    alone = gr.repaired(two_grains, gr.REPAIRS, 48)
    assert np.array_equal(alone.images, gr.level_and_even(two_grains, 48).images)
    two = gr.repaired(two_grains, ["masking", "exposure"])
    assert not two.images[..., 0][~two.masks].any() and np.median(two.images[1, ..., 0][two.masks[1]]) == 127
    with pytest.raises(ValueError, match="there is no repair 'size': there are exposure, alignment, masking"):
        gr.repaired(two_grains, ["size"])


def test_grains_stand_in_a_line_each_and_in_a_column_for_each_way(two_grains):
    ways = {"as cropped": two_grains.images, "dark": two_grains.images // 2}
    fig = plots.side_by_side(ways, ["batholith", "porphyry"])
    assert [ax.get_title() for ax in fig.axes[:2]] == ["as cropped", "dark"]
    assert [fig.axes[place].get_ylabel() for place in (0, 2)] == ["batholith", "porphyry"]
    assert fig.axes[3].images[0].get_array().max() == 60
    plt.close(fig)


def test_a_gain_is_the_paired_difference_against_one_of_the_ways():
    scores = pd.DataFrame({"none": [0.5, 0.6, 0.7], "mended": [0.7, 0.9, 0.9]})
    gains = evaluation.gains(scores, "none")
    assert gains.loc["none"].tolist() == pytest.approx([0.6, 0, 0, 0])
    assert gains.loc["mended", ["value", "low", "high"]].tolist() == pytest.approx(
        evaluation.paired_difference(scores["mended"], scores["none"])
    )
    assert gains.loc["mended", "mean"] == pytest.approx(2.5 / 3)


def test_intervals_wear_no_class_colour():
    fig = plots.intervals(pd.DataFrame({"value": [0.7], "low": [0.6], "high": [0.8]}, ["one"]))
    colours = [line.get_color() for line in fig.axes[0].lines]
    assert not {plots.COLOURS["porphyry"], plots.COLOURS["batholith"]} & set(colours)
    plt.close(fig)


def test_each_seed_has_its_mark_and_each_way_its_mean():
    fig = plots.each_seed({"one": np.array([0.9]), "many": np.array([0.5, 0.7])}, "AUC")
    marks = [line for line in fig.axes[0].lines if line.get_marker() == "o"]
    assert [line.get_xdata().tolist() for line in marks] == [[0.5, 0.7], [0.9]]  # from below
    means = [line.get_xdata()[0] for line in fig.axes[0].lines if line.get_color() == "black"]
    assert means == pytest.approx([0.6, 0.9])
    assert [text.get_text() for text in fig.axes[0].get_yticklabels()] == ["many", "one"]
    plt.close(fig)


# ---------------------------------------------------------------- predictions


def test_guesses_of_notebook_04_are_met_by_what_happened(capsys):
    classifiers.curve.commit(1.7, 3)
    classifiers.curve.meet((1.62, 1.9, 0.64, 0.62))
    assert "a middle of 1.7 and a steepness of 3, loss 0.640. The bottom has 1.62" in capsys.readouterr().out
    classifiers.curve.commit(1.7, ...)
    assert classifiers.curve.committed is None
    for rate, says in ((0.1, "far too small"), (5, "near the best"), (50, "too large")):
        classifiers.rate.commit(rate)
        classifiers.rate.meet((0.67, 5, 0.62))
        assert says in capsys.readouterr().out
    classifiers.goes_by.commit("Area")
    classifiers.goes_by.meet({"aspect ratio": 0.2, "area": -0.9, "brightness": 0.3})
    assert "You saw it." in capsys.readouterr().out
    classifiers.goes_by.meet({"aspect ratio": 0.2, "area": -0.1, "brightness": 0.3})
    assert "They follow brightness most." in capsys.readouterr().out
    classifiers.evened_score.commit(0.7)
    for gain, verdict in ((-0.01, "not resolved"), (0.2, "better"), (-0.2, "worse")):
        classifiers.evened_score.meet((0.5, evaluation.Interval(gain, gain - 0.03, gain + 0.03)))
        said = capsys.readouterr().out
        assert f"You said 0.70. Over ten seeds LeNet goes from {0.5 - gain:.2f} to 0.50: a gain of {gain:+.2f}" in said
        assert said.strip().endswith(f"{verdict}.")
    classifiers.by_hand.commit(0.63)
    classifiers.by_hand.meet(0.62)
    assert "0.630; the bottom of the valley lies at 0.620" in capsys.readouterr().out
