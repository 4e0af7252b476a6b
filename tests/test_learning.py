"""When to stop, what a paired difference says, what the figures of notebook 05 draw, and the slider on the patience."""

import itertools

import ipywidgets as ui
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from zirconkit import evaluation, plots, samples, widgets
from zirconkit.exercises import regularization
from zirconkit.networks import training


@pytest.mark.parametrize("patience", [1, 2, 3, 5, 30])
@pytest.mark.parametrize("seed", range(4))
def test_stopping_is_what_keras_does(patience, seed):
    """The callback itself, told of each epoch of a curve."""
    losses = np.random.default_rng(seed).uniform(0.4, 0.8, 20)
    model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    stop = keras.callbacks.EarlyStopping("val_loss", patience=patience, restore_best_weights=True)
    stop.set_model(model)
    stop.on_train_begin()
    model.stop_training = False
    for epoch, loss in enumerate(losses):
        stop.on_epoch_end(epoch, {"val_loss": loss})
        if model.stop_training:
            break
    assert evaluation.stopping(losses, patience) == (stop.best_epoch + 1, epoch + 1)


def test_the_smallest_patience_keeps_the_lowest_loss_and_one_less_does_not():
    for seed in range(20):
        losses = np.random.default_rng(seed).uniform(size=30)
        best, enough = int(losses.argmin()) + 1, evaluation.smallest_patience(losses)
        assert evaluation.stopping(losses, enough)[0] == best
        assert enough == 1 or evaluation.stopping(losses, enough - 1)[0] != best


def test_a_paired_difference_is_the_paired_t_test_and_covers_the_truth():
    rng, held = np.random.default_rng(0), []
    for _ in range(400):
        common = rng.normal(size=5)
        a, b = common + rng.normal(0.3, 0.2, 5), common + rng.normal(0, 0.2, 5)
        value, low, high = evaluation.paired_difference(a, b)
        held.append(low <= 0.3 <= high)
    wanted = stats.ttest_rel(a, b).confidence_interval(0.95)
    assert (low, high) == pytest.approx((wanted.low, wanted.high)) and value == pytest.approx(np.mean(a - b))
    assert np.mean(held) == pytest.approx(0.95, abs=0.03)
    assert np.isnan(evaluation.paired_difference([0.8], [0.7])[1:]).all()


def test_each_change_can_be_had_by_itself_and_is_the_one_of_the_whole():
    whole = training.augmentation(3).layers
    for name, layer in zip(training.CHANGES, whole):
        (alone,) = training.augmentation(3, [name]).layers
        assert type(alone) is type(layer)
        assert alone.get_config() | {"name": ""} == layer.get_config() | {"name": ""}
    with pytest.raises(ValueError, match="there is no change 'stretch': there are flips, rotation"):
        training.augmentation(0, ["flips", "stretch"])


def test_the_slider_says_where_training_ends():
    losses = [0.7, 0.6, 0.65, 0.5, 0.55, 0.56, 0.57, 0.3]
    explorer = widgets.patience_explorer(losses, 1)
    (control, said), picture = explorer.children[0].children, explorer.children[1]
    assert isinstance(control, ui.IntSlider) and "ends after epoch 3, keeps epoch 2, loss 0.600" in said.value
    before = bytes(picture.value)
    control.value = 4
    assert "ends after epoch 8, keeps epoch 8, loss 0.300" in said.value and bytes(picture.value) != before
    assert before.startswith(b"\x89PNG")


def test_gains_are_sorted_and_filled_only_where_their_interval_leaves_out_zero():
    rows = {
        "no": [0.03, -0.02, 0.01],
        "sure": [0.05, 0.06, 0.07],
        "YOURS": [0.02, 0.1, -0.03],
        "loss": [-0.05, -0.06, -0.05],
    }
    fig = plots.gains(rows, "YOURS")
    (ax,) = fig.axes
    assert [label.get_text() for label in ax.get_yticklabels()] == ["loss", "no", "YOURS", "sure"]
    marks = [line for line in ax.lines if line.get_marker() in ("o", "D")]
    assert [mark.get_marker() for mark in marks] == ["o", "o", "D", "o"]
    assert [mark.get_markerfacecolor() == "white" for mark in marks] == [False, True, True, False]
    seeds = [line for line in ax.lines if line.get_marker() == "."]
    assert [list(line.get_xdata()) for line in seeds] == [rows[name] for name in ("loss", "no", "YOURS", "sure")]
    wanted = stats.ttest_1samp(rows["sure"], 0).confidence_interval(0.95)
    intervals = [line for line in ax.lines if line.get_marker() == "None" and len(set(line.get_ydata())) == 1]
    assert list(intervals[-1].get_xdata()) == pytest.approx([wanted.low, wanted.high])
    plt.close(fig)


def test_compared_curves_are_means_over_five_epochs_and_bars_of_the_seeds_at_the_end():
    epochs = np.arange(1, 11)
    parts = [
        pd.DataFrame({"of_seeds": how, "name": "none", "epoch": epochs, "val_auc": 0.1 * epochs + shift})
        for how, shift in (("mean", 0), ("min", -0.3), ("max", 0.2))
    ]
    fig = plots.compared_curves(pd.concat(parts), ["none"], "auc", "ROC-AUC")
    curve, bar = fig.axes[0].lines
    assert curve.get_ydata()[2:8] == pytest.approx(0.1 * epochs[2:8])  # the mean of a straight line is the line
    assert curve.get_ydata()[0] == pytest.approx(0.2)  # the first has the two that follow
    assert list(bar.get_ydata()) == pytest.approx([0.7, 1.2]) and min(bar.get_xdata()) > 10
    plt.close(fig)


def test_each_change_is_drawn_at_its_strength():
    image = np.zeros((32, 32))
    image[12:20, 8:24] = 0.5
    fig = plots.changed(image)
    columns = {ax.get_title(): place for place, ax in enumerate(fig.axes[:6])}
    drawn = {
        name: [fig.axes[row * 6 + place].images[0].get_array() for row in range(3)] for name, place in columns.items()
    }
    assert all((rows[1] == image).all() for rows in drawn.values())
    area = {name: [(rows[row] > 0.25).sum() / (image > 0.25).sum() for row in (0, 2)] for name, rows in drawn.items()}
    assert area["zoom"] == pytest.approx([1 / 1.4**2, 1 / 0.6**2], rel=0.15) and area["rotation"] == pytest.approx(
        [1, 1], rel=0.1
    )
    assert area["stretch"] == pytest.approx([1, 1], rel=0.15)
    less, more = (np.ptp(np.argwhere(drawn["stretch"][row] > 0.25), axis=0) + 1 for row in (0, 2))
    assert less[0] > 8 and less[1] < 16 and more[0] < 8 and more[1] > 16
    assert drawn["brightness"][2][16, 16] == pytest.approx(0.7) and drawn["brightness"][0].min() == 0
    plt.close(fig)


def test_shares_of_small_weights_are_counted():
    half = np.array([0.0, 0.001, 0.7, -0.9], "float32")  # as Keras has them
    fig = plots.weight_histograms({"half": half, "none": np.full(10, 0.2)})
    assert [ax.get_title() for ax in fig.axes] == ["half: 50% nearly 0", "none: 0% nearly 0"]
    assert sum(patch.get_height() for patch in fig.axes[0].patches) == 4  # what lies beyond the edge is at the edge
    plt.close(fig)


def test_a_patience_meets_the_curves_of_the_other_seeds(capsys):
    """Seed by seed 5, 3, 6, 5, 9 are needed: 5 is enough for two of the four others, 6 for three."""
    for found, said in (
        (5, "as you found. Your patience is enough for 2"),
        (6, "you found 6. Your patience is enough for 3"),
    ):
        regularization.patience.commit(found, 4)
        regularization.patience.meet([5, 3, 6, 5, 9])
        assert capsys.readouterr().out.endswith(f"This curve needs 5, {said} of the other 4; you expected 4.\n")
    for wrong, said in (((0, 1), "whole number from 1"), ((2.5, 1), "whole number from 1"), ((5, -1), "from 0")):
        regularization.patience.commit(*wrong)
        assert said in capsys.readouterr().out and regularization.patience.committed is None


def test_a_guessed_gain_meets_the_interval_and_so_does_nothing(capsys):
    for result, said in (
        (
            (0.03, -0.01, 0.07),
            "0.02 away. Your guess lies inside their interval (-0.010 to +0.070); 0 lies in it, too.",
        ),
        ((0.09, 0.06, 0.12), "0.04 away. Your guess lies outside their interval (+0.060 to +0.120); 0 lies outside."),
    ):
        regularization.gain.commit(0.05)
        regularization.gain.meet(result)
        assert capsys.readouterr().out.endswith(said + "\n")


# ---------------------------------------------------------------- what ships with notebook 05


@pytest.fixture(scope="module")
def shipped():
    return pd.read_csv(samples.DATA / "results/regularization_bench.csv")


def test_the_bench_that_ships_is_whole(shipped):
    assert shipped.groupby("name").size().eq(200).all() and shipped["name"].nunique() == 12
    assert sorted(shipped["epoch"].unique()) == list(range(3, 61, 3)) and set(shipped["seed"]) == set(range(10))


def test_on_the_bench_something_beats_nothing_and_something_does_not(shipped):
    """The exercise can be solved, with the lesson's five seeds, and not by everything."""
    last = shipped[shipped["epoch"] == 36].pivot(index="seed", columns="name", values="val_auc")
    by_ten = {name: evaluation.paired_difference(last[name], last["none"]) for name in last if name != "none"}
    assert by_ten["augmentation"].low > 0.03 and by_ten["rotation"].low > 0.02
    lost = {name for name, each in by_ten.items() if each.high < 0}
    assert by_ten["zoom"].low > 0 and lost == {"L1", "dropout + augmentation"}  # as the text says
    idle = {name for name, each in by_ten.items() if each.low < 0 < each.high}
    assert idle == {"L2", "batch normalization", "brightness", "contrast"} and by_ten["dropout"].low > 0
    assert evaluation.paired_difference(last["dropout"][:5], last["none"][:5]).low < 0  # five do not resolve it
    by_five = evaluation.paired_difference(last["augmentation"][:5], last["none"][:5])
    assert by_five.low > 0


def test_four_times_the_test_resolves_what_three_times_does_not():
    """The exercise on the size of a test: its answer, and what it says of one that is nearly enough."""
    sets = {times: evaluation.differences(0.88, 0.81, 0, (25 * times, 46 * times), 200) for times in (3, 4)}
    half = {times: np.median(found["high"] - found["low"]) / 2 for times, found in sets.items()}
    assert half[4] < 0.07 < half[3] and half[3] == pytest.approx(0.076, abs=0.003)


def test_which_differences_of_table_2_are_resolved():
    """What notebook 05 says of the paper's test column: one is resolved whatever the answers, one is a near miss."""
    paper = samples.published_scores().query("model == 'LeNet-5'").set_index("regularization")["test_auc"]

    def half(one, other, correlation):
        sets = evaluation.differences(paper[one], paper[other], correlation, (25, 46), 180)
        return np.median(sets["high"] - sets["low"]) / 2

    assert half("dropout + augmentation", "none", 0) == pytest.approx(0.132, abs=0.006)  # of the exercise
    assert half("dropout", "augmentation", 0) == pytest.approx(0.139, abs=0.006)  # less than 0.17
    near = half("dropout + augmentation", "augmentation", 0)
    assert near == pytest.approx(0.146, abs=0.006) and near > 0.14
    assert half("dropout + augmentation", "augmentation", 0.5) < 0.13
    for one, other in (("dropout", "none"), ("dropout", "dropout + augmentation"), ("dropout + augmentation", "none")):
        assert half(one, other, 0) > abs(paper[one] - paper[other])
    of_seeds = pd.read_csv(samples.DATA / "results/regularization.csv").groupby("name")["test_auc"].std()

    def resolved(one, other):
        whole = np.hypot(half(one, other, 0.5), 1.96 * np.hypot(*of_seeds[[one, other]]))
        return abs(paper[one] - paper[other]) > whole

    four = ["none", "dropout", "augmentation", "dropout + augmentation"]
    pairs = itertools.combinations(four, 2)
    assert [pair for pair in pairs if resolved(*pair)] == [("dropout", "augmentation")]
