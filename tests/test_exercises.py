"""Every question accepts every right answer, explains wrong ones, and survives nonsense."""

import importlib
import pkgutil
import re

import cv2
import keras
import numpy as np
import pytest
from scipy.stats import ttest_rel
from sklearn.metrics import roc_auc_score

from zirconkit import exercises
from zirconkit.convolution import convolve
from zirconkit.exercises import (
    classifiers,
    convolution,
    dataset,
    regularization,
    scores,
    segmentation,
    shortcuts,
    start,
    transfer,
)
from zirconkit.exercises.core import NOT_ATTEMPTED, Question, function, number
from zirconkit.exercises.predictions import Prediction
from zirconkit.grains import normalise_exposure


def questions(kind=Question):
    for info in pkgutil.iter_modules(exercises.__path__):
        module = importlib.import_module(f"zirconkit.exercises.{info.name}")
        for name, value in vars(module).items():
            if isinstance(value, kind):
                yield pytest.param(value, id=f"{info.name}.{name}")


def cost_by_loop(y, p, t, missed, wasted):
    return sum(missed if k and q < t else wasted if not k and q >= t else 0 for k, q in zip(y, p)) / len(y)


def by_median(values, sample):
    return values - np.array([np.median(values[sample == name]) for name in sample])


def by_rank(values, sample):
    """Ranks within the mount, from 0 to 1."""
    ranks = np.array([(values[sample == name] <= value).sum() for value, name in zip(values, sample)])
    return (ranks - 0.5) / np.array([(sample == name).sum() for name in sample])


def out_of_place(values, sample):
    return np.concatenate([values[sample == name] - values[sample == name].mean() for name in np.unique(sample)])


def by_ratio(values, sample):
    return values / np.array([values[sample == name].mean() for name in sample])


@pytest.mark.parametrize("question", list(questions()))
def test_its_own_answer_is_right_and_nonsense_is_not(question, capsys):
    assert question.is_right(question.answer)
    question.check(question.answer)
    assert capsys.readouterr().out.startswith("Right. ")
    question.check(...)
    assert capsys.readouterr().out.strip() == NOT_ATTEMPTED
    for nonsense in (None, "nonsense", [], {}, -12345.678, print, object()):
        said = question.verdict(nonsense)
        assert isinstance(said, str) and len(said) > 15, (nonsense, said)
    question.solution()
    assert question.because in capsys.readouterr().out
    seen = question.hints_seen
    for hint in (*question.hints[seen:], question.hints[-1]):  # one after the other, then the last one again
        question.hint()
        assert capsys.readouterr().out.strip() == hint


MOUNTS = [f"M{number}" for number in range(8)]  # of the bench that dataset.plant_leak's solution is tried on


def sides(test):
    """A plan that sends the named mounts to the test and all others to train."""
    return {name: "test" if name in test.split() else "train" for name in MOUNTS}


def planted_by_hand(bench, clean=None, **changes):
    """Four mounts dealt out, all others to train; and a clean split."""
    leaky = sides("") | dict.fromkeys(["M0", "M3", "M4", "M7"], "dealt") | changes
    return {"leaky": leaky, "clean": sides("M0 M4") if clean is None else clean}


def plain_iou(a, b):
    return (a & b).sum() / max((a | b).sum(), 1)


def nan_iou(a, b):
    union = (a | b).sum()
    return (a & b).sum() / union if union else np.nan


def epsilon_loss(y, p):
    return float(np.mean(np.where(y == 1, -np.log(p + 1e-9), -np.log(1 - p + 1e-9))))


def paired_t(a, b):
    d = [one - other for one, other in zip(a, b)]
    mean = sum(d) / len(d)
    return mean / (sum((each - mean) ** 2 for each in d) / (len(d) - 1) / len(d)) ** 0.5


def by_counter(losses, patience):
    """Early stopping with a counter."""
    best, kept, waited = np.inf, 0, 0
    for epoch, loss in enumerate(losses, 1):
        waited += 1
        if loss < best:
            best, kept, waited = loss, epoch, 0
        if waited >= patience:
            break
    return [kept, epoch]


def both_ways(loss, w, b, step=1e-3):
    """Slopes by a step to either side."""
    along_w = (loss(w + step, b) - loss(w - step, b)) / (2 * step)
    return along_w, (loss(w, b + step) - loss(w, b - step)) / (2 * step)


def multiplied(image, mask):
    import cv2

    return cv2.convertScaleAbs(image, alpha=127 / np.median(image[mask]))


def halved(losses, rng, by_all=False):
    """The epoch that the first half (or all) of the grains choose, on the second half less on the first."""
    grains = list(rng.permutation(len(losses[0])))
    one, two = grains[: len(grains) // 2], grains[len(grains) // 2 :]
    chosen_by = grains if by_all else one
    best = min(losses, key=lambda epoch: epoch[chosen_by].sum())
    return best[two].mean() - best[one].mean()


def loop_loss(y, p):
    return sum(-np.log(max(q if k else 1 - q, 1e-12)) for k, q in zip(y, p)) / len(y)


def gain_by_loop(y, one, other, tied=0.5):
    def auc(score):
        pairs = [(p > q) + tied * (p == q) for p in score[y == 1] for q in score[y == 0]]
        return sum(pairs) / len(pairs)

    return auc(one) - auc(other)


def carded(**changes):
    """A right evidence card with some entries changed, beside the run of the question's own answer."""
    card, run = scores.evidence_card.answer
    return scores.with_run(card | changes, **run)


def few_answers(yours, rows=(0, 1, 2), others=(0, 1, 0, 1), times=1):
    """What a student hands over who learned from a few grains, for `times` four validation grains of two classes."""
    return rows, list(yours) * times, [0, 1, 0, 1] * times, list(others) * times


THESE = {"score": 0.893, "interval": [0.83, 0.93], "cheap rival": 0.8, "against the rival": "ahead"}
THESE |= {"other claim": [0.8, 0.6, 1.0]}


def swept(*seeds, **changes):
    """Numbers of seeds for the sweep of the question's own answer."""
    run = scores.own_sweep.answer.run | changes
    return scores.with_run(list(seeds), **run)


def headed(base, freeze=True, training=False, sizes=(128, 32), **other):
    """A base and a head, as a student may write them."""
    import keras

    base.trainable = not freeze
    images = keras.Input(base.input_shape[1:])
    maps = base(images) if training is None else base(images, training=training)
    x = getattr(keras.layers, other.get("pool", "GlobalAveragePooling2D"))()(maps)
    for neurones in sizes:
        x = keras.layers.Dense(neurones, activation="relu")(x)
        x = keras.layers.Dropout(0.5)(x) if other.get("dropout", True) else x
    return keras.Model(images, keras.layers.Dense(1, activation=other.get("end", "sigmoid"))(x))


def with_a_loop_over_layers(base):
    model = headed(base)
    for layer in base.layers:
        layer.trainable = False
    return model


def frozen(base):
    base.trainable = False
    return base


def as_sequential(base):
    import keras

    return keras.Sequential([frozen(base), keras.layers.GlobalAveragePooling2D(), keras.layers.Dense(1)])


def by_name(model, base, name="last", rate=1e-4, loss="binary_crossentropy"):
    """Set one layer of the base free and compile anew."""
    import keras

    base.get_layer(name).trainable = True
    model.compile(keras.optimizers.Adam(rate), loss=loss)


BLANK = np.zeros((400, 400), np.uint8)


def moved(settings, **changes):
    """Levers beside the run of the question's own answer."""
    return segmentation.with_run(settings, **segmentation.levers.answer.run | changes)


def filtered(own, **changes):
    """A filter beside the outlines of the question's own answer."""
    return segmentation.with_run(own, **segmentation.feret_filter.answer.run | changes)


def cut_at(*columns):
    """Upright cuts through the three grains of the question's own answer."""
    edits = [{"do": "cut", "line": [[5, column], [55, column]]} for column in columns]
    return segmentation.with_run(edits, **segmentation.rescue.answer.run)


RIGHT = [
    (scores.rare_porphyry, 45 / 235),
    (scores.rare_porphyry, 0.19),
    (scores.more_mounts, (22, 36)),
    (scores.more_mounts, np.array([22, 36])),
    (scores.more_mounts, [23.0, 30]),
    (scores.enough_grains, 300),
    (scores.enough_grains, np.int64(390)),
    (scores.write_cost, cost_by_loop),
    (scores.write_cost, lambda *given: np.float64(cost_by_loop(*given))),
    (scores.write_gain, lambda y, a, b: roc_auc_score(y, a) - roc_auc_score(y, b)),
    (scores.write_gain, gain_by_loop),
    (scores.evidence_card, carded()),
    (scores.evidence_card, carded(claim="these mounts", over="grains", **THESE)),
    (scores.own_sweep, swept(27, 4, 12)),
    (scores.own_sweep, swept(24.0, np.int64(5), 11)),
    (shortcuts.remove_mounts, by_median),
    (shortcuts.remove_mounts, by_ratio),
    (shortcuts.remove_mounts, by_rank),
    (start.finest_band, 11.25),
    (start.finest_band, np.float32(11.3)),
    (start.perfect_score, " D "),
    (start.read_six, start.SIX),
    (segmentation.levers, moved({"dilation": np.int64(2), "smallest": 15.0, "largest": 120})),
    (segmentation.feret_filter, filtered(lambda outline: np.bool_(1000 < outline.area < 5000))),
    (segmentation.rescue, cut_at(57, 31)),
    (segmentation.rescue, cut_at(56, 32)),
    (segmentation.level_only, (80, 50)),
    (segmentation.level_only, np.array([89.5, 41])),
    (segmentation.blind_spot, 0.069),
    (segmentation.write_iou, plain_iou),
    (segmentation.write_iou, nan_iou),
    (dataset.even_out, lambda image, mask: normalise_exposure(image[None, ..., None], mask[None])[0, ..., 0]),
    (dataset.quieten, lambda image: cv2.fastNlMeansDenoising(image, None, 9, 5, 15)),
    (dataset.catch_leak, lambda theirs: ("b ", {"M2"})),
    (dataset.plant_leak, planted_by_hand),
    (dataset.equal_weights, {0: 3, 1: 1}),
    (dataset.equal_weights, {1: np.float64(0.5), 0: 1.5}),
    (dataset.what_leaks, lambda mount, rng: (list(range(60, 200)) * 10, range(60))),
    (dataset.fair_test, ["QVC075", "QVC028"]),
    (dataset.fair_test, ("QVC082", "QVC060", "QVC029")),
    (dataset.fair_test, {"QVC083", "QVC024"}),
    (classifiers.write_loss, epsilon_loss),
    (classifiers.write_loss, loop_loss),
    (classifiers.slope, both_ways),
    (classifiers.slope, lambda loss, w, b: np.array(both_ways(loss, w, b))),
    (classifiers.even_exposure, multiplied),
    (classifiers.even_exposure, lambda i, m: np.minimum(i.astype(float) * 127 / np.median(i[m]), 255)),
    (classifiers.mended, ([0.2, 0.15, 0.22], "better")),
    (classifiers.mended, (np.array([0.12, 0.28, 0.1]), " Not resolved.")),
    (classifiers.backwards, {"w1": 1.24, "b1": 0.62, "w2": np.float64(-0.9337), "b2": -0.62}),
    (classifiers.express, " C"),
    (classifiers.who_won, "(b)"),
    (regularization.honest_change, ["rotation", "Flips", "brightness", "contrast"]),
    (regularization.honest_change, ("contrast", "brightness", "flips", "rotation")),
    (regularization.is_it_a_difference, paired_t),
    (regularization.is_it_a_difference, lambda a, b: ttest_rel(a, b).statistic),
    (regularization.stopping_rule, by_counter),
    (regularization.beat_none, np.array([0.08, 0.05, 0.07, 0.02, 0.06])),
    (regularization.beat_none, [0.03] * 10),
    (regularization.milder, lambda p: 0.25 + p / 2),
    (regularization.milder, lambda p: 1 / (1 + (1 / p - 1) ** 0.2)),
    (regularization.test_size, 4.0),
    (regularization.optimism, halved),
    (transfer.find_the_slip, {"c": [0.0078, 0], "a": (0.0039, -0.5)}),
    (transfer.frozen_model, with_a_loop_over_layers),
    (transfer.stage_two, by_name),
    (transfer.beat_lenet, (np.arange(20), np.arange(20) % 2 + 0.1, np.arange(20) % 2, np.arange(20))),
    (convolution.write_it_yourself, lambda i, k: convolve(i, k).astype(int).tolist()),
    (convolution.unnoticed_shift, np.tile([1, 0], (6, 3)) * np.arange(6)[:, None]),
]

WRONG = [
    (scores.rare_porphyry, 0.9, "recall"),
    (scores.rare_porphyry, 0.9 / 1.1, "half"),
    (scores.rare_porphyry, 45 / 190, "all"),
    (scores.more_mounts, (10, 200), "0.0391.*more mounts, fewer grains"),
    (scores.more_mounts, (27, 11), "more grains of each, fewer mounts"),
    (scores.more_mounts, (26, 15), "more grains of each, fewer mounts"),
    (scores.more_mounts, (30, 36), "= 40.8 days; there are 30"),
    (scores.more_mounts, (10, 60), "used 16 of 30"),
    (scores.more_mounts, (20, 50), "0.0299.*more mounts, fewer grains"),
    (scores.more_mounts, (24, 25), "0.0299.*more grains of each, fewer mounts"),
    (scores.more_mounts, (22.5, 30), "whole numbers"),
    (scores.more_mounts, (22, np.inf), "whole numbers"),
    (scores.more_mounts, (0, 60), "at least 1"),
    (scores.more_mounts, 22, "two numbers"),
    (scores.more_mounts, [22, 36, 1], "two numbers"),
    (scores.enough_grains, 71, "one test of five"),
    (scores.enough_grains, 120, "batholith grains count as well"),
    (scores.enough_grains, 258, "not grow in proportion"),
    (scores.enough_grains, 800, "fewer"),
    (scores.enough_grains, -1, "a number of grains"),
    (scores.write_gain, lambda y, a, b: roc_auc_score(y, b) - roc_auc_score(y, a), "sign"),
    (scores.write_gain, lambda y, a, b: gain_by_loop(y, a, b, tied=0), "tied"),
    (scores.write_gain, lambda y, a, b: a.mean() - b.mean(), "should be"),
    (scores.write_gain, lambda y, a, b: a - b, "shape"),
    (scores.evidence_card, {"claim": "these mounts"}, "with_run"),
    (scores.evidence_card, carded(score=..., interval=...), "still to fill: score, interval."),
    (scores.evidence_card, carded(interval=(0.77, 0.83)), "'interval' is 0.77, 0.83"),
    (scores.evidence_card, carded(interval=0.4), "its ends"),
    (scores.evidence_card, carded(interval=[0.6]), "its ends"),
    (scores.evidence_card, carded(**{"cheap rival": 0.9}), "the better one, shape"),
    (scores.evidence_card, carded(threshold=0.5), "recall of 0.90"),
    (scores.evidence_card, carded(**{"false alarms": 29}), "between 0 and 1"),
    (scores.evidence_card, carded(**{"false alarms": 0.7}), "y_test == 0"),
    (scores.evidence_card, carded(**{"against the rival": "ahead"}), "leave out 0"),
    (scores.evidence_card, carded(**{"against the rival": "better"}), "one of ahead, behind"),
    (scores.evidence_card, carded(score="high"), "one number"),
    (scores.evidence_card, carded(claim="all rocks"), "one of the two"),
    (scores.evidence_card, carded(over="grains"), "needs an interval over mounts"),
    (scores.evidence_card, carded(claim="these mounts", over="grains"), "'score' is 0.8"),
    (scores.evidence_card, carded(**{"knowing nothing": 0.65}), "a coin"),
    (scores.evidence_card, carded(**{"not for": "sand"}), "five words"),
    (scores.evidence_card, carded(**{"why they differ": "other mounts"}), "drawn anew"),
    (scores.evidence_card, carded(**{"other claim": (0.8, 0.6, 1.0)}), "that you did not choose"),
    (scores.evidence_card, carded(**{"other claim": 0.89}), "three numbers"),
    (scores.own_sweep, swept(27, 2, 12), "rate 0.0001: .*above 1.96"),
    (scores.own_sweep, swept(99, 4, 12), "rate 0.01: .*either\\* side"),
    (scores.own_sweep, swept(60, 4, 12), "rate 0.01: .*fewer will do"),
    (scores.own_sweep, swept(27, 4, 9999), "64 px: fewer"),
    (scores.own_sweep, swept(3, 4, 12), "reaches 0.124 either way"),
    (scores.own_sweep, swept(27, 1, 12), "at least two seeds"),
    (scores.own_sweep, swept(27, 4), "list of 3 numbers"),
    (scores.own_sweep, swept(27, "few", 12), "one number"),
    (scores.own_sweep, swept(27, 4, 12, own=...), "the kit's settings"),
    (scores.own_sweep, [27, 4, 12], "with_run"),
    (scores.write_cost, lambda y, p, t, m, w: len(y) * scores.mean_cost(y, p, t, m, w), "sum"),
    (scores.write_cost, lambda y, p, t, m, w: scores.mean_cost(y, p, t, w, m), "costs are swapped"),
    (scores.write_cost, lambda y, p, t, m, w: scores.mean_cost(1 - y, p, t, m, w), "classes are swapped"),
    (scores.write_cost, lambda y, p, t, m, w: m * np.mean(p[y == 1] < t) + w * np.mean(p[y == 0] >= t), "own class"),
    (scores.write_cost, lambda y, p, t, m, w: m * ((y == 1) & (p < t)), "shape"),
    (shortcuts.circular, "A", "how they came to be labelled"),
    (shortcuts.circular, "c", "goes by the look, too"),
    (shortcuts.circular, "d", "had the labels"),
    (shortcuts.circular, "e", "make the score"),
    (shortcuts.remove_mounts, lambda v, s: v - v.mean(), "still differ"),
    (shortcuts.remove_mounts, lambda v, s: np.zeros(len(v)), "now alike"),
    (shortcuts.remove_mounts, lambda v, s: v.mean(), "one value for each grain"),
    (shortcuts.remove_mounts, lambda v, s: -shortcuts.by_mount_removed(v, s), "order"),
    (shortcuts.remove_mounts, out_of_place, "in its place"),
    (shortcuts.remove_mounts, lambda v, s: None, "return"),
    (scores.rare_porphyry, 19.15, "per cent"),
    (scores.rare_porphyry, 0.2, "two decimals"),
    (scores.write_cost, lambda y, p, t, m, w: np.mean(m * (y == 1) * (p <= t) + w * (y == 0) * (p > t)), ">="),
    (scores.write_cost, lambda y, p, t, m, w: None, "return"),
    (start.finest_band, 4, "two pixels of the mount"),
    (start.finest_band, 5.625, "one pixel of the shrunk picture"),
    (start.finest_band, 1.4222, "turn 32 / 90 round"),
    (start.finest_band, 2, "number of pixels"),
    (start.finest_band, True, "one number"),
    (start.perfect_score, "a", "never about a new one"),
    (start.perfect_score, "b", "exposure or the polish"),
    (start.perfect_score, "c", "each mount by heart"),
    (start.finest_band, 22.5, "four pixels"),
    (start.finest_band, 8, "you have 8 µm"),
    (segmentation.levers, moved({"low": 60, "high": 200}), "gain of 0.35 or more"),
    (segmentation.levers, moved({"dilation": 9, "smallest": 10, "largest": 200}), "precision falls from 1.00"),
    (segmentation.levers, moved({"thickness": 2}), "no lever 'thickness'"),
    (segmentation.levers, moved({"dilation": 2.5}), "whole number"),
    (segmentation.levers, moved({"low": np.inf}), "whole number"),
    (segmentation.levers, moved({"smallest": 10, "largest": 200}, other_image=BLANK), "not resolved"),
    (segmentation.levers, moved([2]), "a dict such as"),
    (segmentation.levers, {"dilation": 2}, "beside its run"),
    (segmentation.feret_filter, filtered(lambda outline: 30 < outline.width < 90), "turn an outline"),
    (
        segmentation.feret_filter,
        filtered(lambda outline: outline.feret < 110, other_grains=np.arange(50, 99)),
        "held-out",
    ),
    (segmentation.feret_filter, filtered(lambda outline: outline.feret > 10), "no single grain"),
    (segmentation.feret_filter, filtered(lambda outline: outline.feret > 1000), "in which unit"),
    (segmentation.feret_filter, filtered(lambda outline: outline.grain in (1, 2)), "not resolved"),
    (segmentation.feret_filter, filtered(lambda outline: outline.length > 40), "AttributeError"),
    (segmentation.feret_filter, filtered(lambda outline: None), "True or False"),
    (segmentation.feret_filter, filtered(5), "a function is wanted"),
    (segmentation.feret_filter, filtered(lambda outline: ...), "Not attempted"),
    (segmentation.rescue, segmentation.with_run([], **segmentation.rescue.answer.run), "0 rescued"),
    (segmentation.rescue, cut_at(32, 56, 86, 110, 134), "precision falls from 0.750"),
    (segmentation.rescue, cut_at(32, 56, 90, 95), "is lost by an edit"),
    (segmentation.rescue, cut_at(31), "1 rescued, 2 wanted"),
    (segmentation.rescue, cut_at(5), "edit 1 .*parts no grain"),
    (segmentation.rescue, segmentation.with_run([3], **segmentation.rescue.answer.run), "known form"),
    (segmentation.rescue, segmentation.with_run("cut", **segmentation.rescue.answer.run), "edit list is wanted"),
    (segmentation.level_only, [80, 42], "kept at 45°"),
    (segmentation.level_only, [80, 30], "wider than 40 px"),
    (segmentation.level_only, [100, 50], "box of 90 px"),
    (segmentation.level_only, 85, "two numbers"),
    (segmentation.blind_spot, 0.969, "on the kept grains"),
    (segmentation.blind_spot, 0.9, "on all 200"),
    (segmentation.blind_spot, 0, "rarer than on the mount"),
    (segmentation.blind_spot, -0.069, "higher one"),
    (segmentation.blind_spot, 0.43, "not of all 200"),
    (segmentation.blind_spot, 0.2, "0.2 it is not"),
    (segmentation.write_iou, lambda a, b: 2 * (a & b).sum() / (a.sum() + b.sum()), "Dice"),
    (segmentation.write_iou, lambda a, b: (a & b).sum() / (a.sum() + b.sum()), "twice"),
    (segmentation.write_iou, lambda a, b: int((a & b).sum()) / int((a | b).sum()), "ZeroDivisionError"),
    (dataset.even_out, lambda image, mask: image * (127 / np.median(image)), "resin included"),
    (dataset.even_out, lambda image, mask: image * (127 / image[mask].mean()), "mean was taken"),
    (dataset.even_out, lambda image, mask: image * (127 / image[mask].max()), "brightest pixel"),
    (dataset.even_out, lambda image, mask: image / (2 * np.median(image[mask])), "now one half"),
    (dataset.even_out, lambda image, mask: np.clip(image + 127 - np.median(image[mask]), 0, 255), "you add"),
    (dataset.even_out, lambda image, mask: image * (127 / np.median(image[mask])), "clip them"),
    (dataset.even_out, lambda image, mask: np.where(mask, dataset.even(image, mask), image), "around it"),
    (dataset.even_out, lambda image, mask: image, "127 is wanted"),
    (dataset.even_out, lambda image, mask: np.clip(image * 127 / np.median(image[mask]), 0, 255), "start anew at 0"),
    (dataset.even_out, lambda image, mask: image[mask], "comes out with shape"),
    (dataset.quieten, lambda image: cv2.GaussianBlur(image, (0, 0), 2), "zoning must stay"),
    (dataset.quieten, lambda image: cv2.medianBlur(image, 3), "of the noise may be left"),
    (dataset.quieten, lambda image: image, "100 % of the noise is left"),
    (dataset.quieten, lambda image: cv2.fastNlMeansDenoising(image, h=25), "zoning must stay"),
    (dataset.quieten, lambda image: np.full(image.shape, 12), "0 % of the zoning"),
    (dataset.quieten, lambda image: image[:90], "comes out with shape"),
    (dataset.catch_leak, lambda theirs: ("A", ["M2"]), "no mount on both sides"),
    (dataset.catch_leak, lambda theirs: ("B", ["M1"]), "stand on one side"),
    (dataset.catch_leak, lambda theirs: ("B", []), "1 mounts stand on both sides, and you name 0"),
    (dataset.catch_leak, lambda theirs: ("B", ["QVC055"]), "no mount of B"),
    (dataset.catch_leak, lambda theirs: ("D", ["M2"]), "a letter in quotes"),
    (dataset.catch_leak, lambda theirs: ("B", "M2"), "a list of mounts"),
    (dataset.catch_leak, lambda theirs: "B", "two things are wanted"),
    (dataset.plant_leak, lambda bench: planted_by_hand(bench)["leaky"], "your two splits is wanted"),
    (dataset.plant_leak, lambda bench: planted_by_hand(bench, clean=...), "no clean split yet"),
    (
        dataset.plant_leak,
        lambda bench: planted_by_hand(bench, M0="train", M3="train", M4="train", M7="train"),
        "nothing of a mount",
    ),
    (dataset.plant_leak, lambda bench: planted_by_hand(bench, M1="dealt", M2="dealt"), "6 of 8 mounts"),
    (dataset.plant_leak, lambda bench: planted_by_hand(bench, M0="train", M3="train"), "a tenth of all is wanted"),
    (
        dataset.plant_leak,
        lambda bench: planted_by_hand(bench, **sides("M1 M2 M5 M6") | {"M0": "dealt"}),
        "dilute a leak",
    ),
    (dataset.plant_leak, lambda bench: planted_by_hand(bench, M1=...), "M1 goes to"),
    (dataset.plant_leak, lambda bench: planted_by_hand(bench, clean={"M0": "train"}), "no part for M1, M2"),
    (dataset.plant_leak, lambda bench: planted_by_hand(bench, M9="train"), "no mount M9"),
    (dataset.plant_leak, lambda bench: planted_by_hand(bench, clean=dict.fromkeys(MOUNTS, "dealt")), "more than one"),
    (dataset.plant_leak, lambda bench: planted_by_hand(bench, clean=sides("M0 M1")), "test has no porphyry"),
    (dataset.plant_leak, lambda bench: planted_by_hand(bench, clean=sides("M0 M4 M5 M6 M7")), "train has no porphyry"),
    (dataset.plant_leak, lambda bench: planted_by_hand(bench, clean=sides("M0 M1 M2 M4 M5 M6")), "75 % of the grains"),
    (dataset.equal_weights, {0: 1, 1: 3}, "wrong way round"),
    (dataset.equal_weights, {0: 1, 1: 1}, "equal"),
    (dataset.equal_weights, {0: -3, 1: -1}, "positive"),
    (dataset.fair_test, "QVC055", "list"),
    (dataset.fair_test, ["QVC055", "QVC060"], "no batholith"),
    (dataset.fair_test, ["QVC074", "QVC075", "QVC082", "QVC083", "QVC055"], "training has no batholith"),
    (dataset.fair_test, ["QVC055", "QVC075"], "9 %"),
    (dataset.fair_test, ["QVC041", "QVC075"], "QVC041"),
    (
        dataset.what_leaks,
        lambda mount, rng: np.split(rng.permutation(np.repeat(range(200), 10)), [1600]),
        "both sides: split the gr",
    ),
    (dataset.what_leaks, lambda mount, rng: (np.repeat(range(40, 200), 10), np.arange(30)), "10 grains are in neither"),
    (dataset.what_leaks, lambda mount, rng: (np.repeat(range(50, 200), 10), np.arange(50)), "those of M2 are parted"),
    (
        dataset.what_leaks,
        lambda mount, rng: [np.repeat(part, 10) for part in np.split(np.arange(200), [160])],
        "more than once",
    ),
    (dataset.what_leaks, lambda mount, rng: np.split(np.arange(200), [160]), "wanted 10 times"),
    (dataset.what_leaks, lambda mount, rng: (np.repeat(range(100), 10), np.arange(100, 200)), "50 % of the grains"),
    (dataset.what_leaks, lambda mount, rng: (mount != "M0", mount == "M0"), "True and False are no rows"),
    (dataset.what_leaks, lambda mount, rng: np.arange(200), "two arrays"),
    (convolution.bigger_images, 22_029, "dense layer"),
    (convolution.bigger_images, 4 * 22_029, "with the area"),
    (convolution.write_it_yourself, lambda i, k: convolve(i, k[::-1, ::-1]), "180"),
    (convolution.write_it_yourself, lambda i, k: convolve(i, k.T), "transposed"),
    (convolution.write_it_yourself, lambda i, k: convolve(i, k).T, "swapped"),
    (convolution.write_it_yourself, lambda i, k: convolve(i, k, padding=1), "padded"),
    (convolution.write_it_yourself, lambda i, k: convolve(i, k)[:-1, :-1], "missing"),
    (convolution.write_it_yourself, lambda i, k: convolve(i, k).astype(int).astype(np.uint8), "0..255"),
    (convolution.write_it_yourself, lambda i, k: convolve(i, k) + 1, "should be"),
    (convolution.write_it_yourself, lambda i, k: convolve(i, k)[0, 0], "single number"),
    (convolution.unnoticed_shift, np.zeros((6, 6)), "does not change"),
    (convolution.unnoticed_shift, np.eye(6), "pooled map changes"),
    (convolution.unnoticed_shift, np.eye(4), "6×6"),
    (classifiers.write_loss, lambda y, p: -epsilon_loss(y, p), "sign"),
    (classifiers.write_loss, lambda y, p: epsilon_loss(y, p) * len(y), "sum"),
    (classifiers.write_loss, lambda y, p: -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p)), "nan"),
    (classifiers.write_loss, lambda y, p: epsilon_loss(y, p) / np.log(10), "another base"),
    (classifiers.slope, lambda loss, w, b: both_ways(loss, w, b)[0], "two numbers"),
    (classifiers.slope, lambda loss, w, b: both_ways(loss, w, b)[::-1], "swapped"),
    (classifiers.slope, lambda loss, w, b: tuple(-each for each in both_ways(loss, w, b)), "sign"),
    (classifiers.slope, lambda loss, w, b: (loss(w + 1e-4, b) - loss(w, b), loss(w, b + 1e-4) - loss(w, b)), "divide"),
    (classifiers.slope, lambda loss, w, b: ((loss(w + 1e-4, b + 1e-4) - loss(w, b)) / 1e-4,) * 2, "at once"),
    (classifiers.slope, lambda loss, w, b: (loss(w, b), loss(w, b)), "yours are"),
    (
        classifiers.even_exposure,
        lambda i, m: (i * (127 / np.median(i[m]))).astype(int).astype(np.uint8),
        "begins again",
    ),
    (classifiers.even_exposure, lambda i, m: i * (127 / np.median(i[m])), "np.clip them"),
    (classifiers.even_exposure, lambda i, m: np.clip(i * (127 / np.median(i)), 0, 255), "resin is not the grain"),
    (classifiers.even_exposure, lambda i, m: np.clip(i * (127 / i[m].mean()), 0, 255), "take the median"),
    (classifiers.even_exposure, lambda i, m: np.clip(i + (127 - np.median(i[m])), 0, 255), "multiply by a factor"),
    (classifiers.even_exposure, lambda i, m: i / np.median(i[m]), "mid-grey is 127"),
    (classifiers.even_exposure, lambda i, m: i[m], "one image is wanted"),
    (classifiers.even_exposure, lambda i, m: i, "should become 127"),
    (classifiers.mended, ([0.2], "better"), "a gain for each pair"),
    (classifiers.mended, (..., "better"), "a gain for each pair"),
    (classifiers.mended, ([0.1, 0.1, 0.1], "better"), "the same to the last digit"),
    (classifiers.mended, ([0.2, 0.15, 0.22], ...), "my_verdict wants one of these"),
    (classifiers.mended, ([0.02, 0.2, 0.11], "better"), "a mean above 0 is not enough"),
    (classifiers.mended, ([0.2, 0.15, 0.22], "not resolved"), "leaves out 0"),
    (classifiers.mended, ([-0.2, -0.15, -0.22], "worse"), "LeNet is not mended"),
    (classifiers.mended, ([-0.15, 0.6, 0.2], "not resolved"), "not every pair gains: -0.15, .0.60"),
    (classifiers.mended, (0.2, "better"), "a gain for each pair"),
    (classifiers.mended, [0.2, 0.15, 0.22], "two things are wanted"),
    (classifiers.mended, ([1.5, 1.4], "better"), "between −1 and 1"),
    (classifiers.backwards, {"w1": 1.245, "b1": 0.622, "w2": -0.622, "b2": -0.622}, "multiply by h"),
    (classifiers.backwards, {"w1": 1.245, "b1": 0.622, "w2": -0.934, "b2": -0.934}, "its factor is 1, not h"),
    (classifiers.backwards, {"w1": -1.245, "b1": 0.622, "w2": -0.934, "b2": -0.622}, "changes its sign"),
    (classifiers.backwards, {"w1": 1.245, "b1": -0.622, "w2": -0.934, "b2": -0.622}, "b1: the slope has to go back"),
    (classifiers.backwards, {"w1": 7, "b1": 0.622, "w2": -0.934, "b2": -0.622}, "yours is 7"),
    (classifiers.backwards, {"w1": ..., "b1": 0.622, "w2": -0.934, "b2": -0.622}, "still to fill: w1"),
    (classifiers.backwards, {"w": 1}, "a dict with these entries"),
    (classifiers.express, "a", "turns down at once"),
    (classifiers.express, "b", "never comes down"),
    (classifiers.express, "d", "a staircase"),
    (classifiers.who_won, "A", "leaves out 0"),
    (classifiers.who_won, "c", "other mounts differ"),
    (classifiers.who_won, "d", "side of ½"),
    (regularization.honest_change, "flips", "list of words"),
    (regularization.honest_change, ["flips", "rotation", "stretch", "brightness", "contrast"], "aspect ratio"),
    (regularization.honest_change, ["flips", "rotation", "invert", "brightness", "contrast"], "no setting turns"),
    (regularization.honest_change, ["flips", "rotation", "zoom", "brightness", "contrast"], "another grain"),
    (regularization.honest_change, ["flips", "rotation", "contrast"], "'brightness' is an accident"),
    (regularization.honest_change, ["flips", "shear"], "no 'shear'"),
    (regularization.is_it_a_difference, lambda a, b: (a - b).mean(), "own uncertainty"),
    (regularization.is_it_a_difference, lambda a, b: (a - b).mean() / (a - b).std(ddof=1), "root of n"),
    (regularization.is_it_a_difference, lambda a, b: (a - b).mean() / ((a - b).std() / 5**0.5), "ddof=1"),
    (regularization.is_it_a_difference, lambda a, b: paired_t(b, a), "turned round"),
    (regularization.stopping_rule, lambda losses, patience: losses[0], "two numbers"),
    (
        regularization.stopping_rule,
        lambda losses, patience: np.subtract(by_counter(losses, patience), 1),
        "count from 0",
    ),
    (regularization.stopping_rule, lambda losses, patience: by_counter(losses, patience)[::-1], "swapped"),
    (regularization.stopping_rule, lambda losses, patience: (by_counter(losses, patience)[0], 9), "ends after epoch 3"),
    (regularization.stopping_rule, lambda losses, patience: (np.argmin(losses) + 1, 9), "whole curve"),
    (regularization.stopping_rule, lambda losses, patience: (5, 7), "should be 2 and 3"),
    (regularization.beat_none, [0.01, -0.02, 0.0, 0.02, -0.01], "to the right"),
    (regularization.beat_none, [0.12, 0.01, 0.05, -0.03, 0.02], "not resolved"),
    (regularization.beat_none, [-0.05, -0.06, -0.07, -0.05, -0.04], "a loss"),
    (regularization.beat_none, [85, 82, 83, 84, 85], "between −1 and 1"),
    (regularization.beat_none, [0.02] * 5, "above 0.02"),
    (regularization.beat_none, 0.05, "five seeds"),
    (regularization.beat_none, [0.06, 0.1, 0.07], "five seeds"),
    (regularization.value_range, keras.layers.RandomBrightness(0.2), "0 to 255"),
    (regularization.value_range, keras.layers.RandomBrightness(0.9, value_range=(0, 1)), "moves grey levels|0 to 255"),
    (regularization.value_range, keras.layers.RandomBrightness(0.0, value_range=(0, 1)), "nothing changes"),
    (regularization.value_range, keras.layers.Flatten(), "keeps the shape"),
    (regularization.value_range, 0.2, "a layer is wanted"),
    (regularization.milder, lambda p: np.clip(p, 0.1, 0.9), "one and the same answer"),
    (regularization.milder, lambda p: np.full(len(p), 0.65), "one and the same answer"),
    (regularization.milder, lambda p: 0.9 - 0.8 * p, "upside down"),
    (regularization.milder, lambda p: 0.5 + 0.4 * np.sin(40 * p), "changed places"),
    (regularization.milder, lambda p: 0.001 + 0.998 * p, "from 1.34 only to 1.01"),
    (regularization.milder, lambda p: p - 0.5, "between 0 and 1"),
    (regularization.milder, lambda p: p * np.nan, "between 0 and 1"),
    (regularization.milder, lambda p: p.mean(), "200 went in"),
    (regularization.milder, 0.5, "a function is wanted"),
    (regularization.optimism, lambda losses, rng: 0.0, "always 0"),
    (regularization.optimism, lambda losses, rng: halved(losses, np.random.default_rng(1)), "same"),
    (regularization.optimism, lambda losses, rng: -halved(losses, rng), "turned round"),
    (regularization.optimism, lambda losses, rng: halved(losses, rng, by_all=True), "first half only"),
    (
        regularization.optimism,
        lambda losses, rng: losses[:, rng.permutation(60)[:30]].mean(axis=1).min(),
        "a loss itself",
    ),
    (regularization.optimism, lambda losses, rng: 2 * halved(losses, rng), "should be near"),
    (regularization.optimism, lambda losses, rng: losses, "one number"),
    (regularization.test_size, 2, "must be squared"),
    (regularization.test_size, 1.886, "must be squared"),
    (regularization.test_size, 3.56, "smallest .whole"),
    (regularization.test_size, 3, "0.076"),
    (regularization.test_size, 10, "a smaller test"),
    (regularization.test_size, 284, "number of grains"),
    (regularization.test_size, 1, "about 0.13"),
    (regularization.test_size, "four", "one number"),
    (transfer.frozen_model, lambda base: None, "keras.Model is wanted"),
    (transfer.frozen_model, lambda base: headed(base, freeze=False), "still learn"),
    (transfer.frozen_model, lambda base: headed(base, training=None), "training=None"),
    (transfer.frozen_model, lambda base: headed(base, training=True), "training=True"),
    (transfer.frozen_model, lambda base: headed(base, sizes=(512, 32)), r"\[512, 32, 1\] neurones"),
    (transfer.frozen_model, lambda base: headed(base, pool="Flatten"), "GlobalAveragePooling2D"),
    (transfer.frozen_model, lambda base: headed(base, dropout=False), "Dropout"),
    (transfer.frozen_model, lambda base: headed(base, end="linear"), "sigmoid"),
    (transfer.frozen_model, lambda base: frozen(base), "not part of your model"),
    (transfer.frozen_model, as_sequential, "Sequential"),
    (transfer.stage_two, lambda model, base: None, "nothing of the base learns"),
    (transfer.stage_two, lambda model, base: setattr(base, "trainable", True), "Batch normalization must stay frozen"),
    (transfer.stage_two, lambda model, base: setattr(base.get_layer("last"), "trainable", True), "compile the model"),
    (transfer.stage_two, lambda model, base: by_name(model, base, "first"), "first of the base learn"),
    (transfer.stage_two, lambda model, base: by_name(model, base, rate=1e-3), "0.001"),
    (transfer.stage_two, lambda model, base: by_name(model, base, loss="mse"), "binary_crossentropy"),
    (transfer.beat_lenet, few_answers([0.4, 0.5, 0.6, 0.45], times=20), "LeNet's 1.00.*does not lie above 0"),
    (transfer.beat_lenet, few_answers([0.4, 0.5, 0.3, 0.45], others=[0.2, 0.5, 0.3, 0.45], times=20), "above 0"),
    (transfer.beat_lenet, few_answers([0.4, 0.5, 0.6, 0.45]), "not resolved with so few grains: -0.50.* on 4 for"),
    (transfer.beat_lenet, few_answers([0.4, 0.5, 0.3, 0.45], others=[0.2, 0.9, 0.8, 0.7]), "PROFILE = .lesson."),
    (transfer.beat_lenet, few_answers([1, 0, 1, 0]), "below guessing"),
    (transfer.beat_lenet, few_answers([0.5] * 4), "same of every grain"),
    (transfer.beat_lenet, few_answers([0.5] * 3), "one probability for each"),
    (transfer.beat_lenet, few_answers([0, 1, 0, 1], rows=range(50)), "at most 30 different"),
    (transfer.beat_lenet, few_answers([0, 1, 0, 1], rows=[3] * 20), "at most 30 different"),
    (transfer.find_the_slip, "b", "two letters are wanted"),
    (transfer.find_the_slip, {"a": (1 / 255, -0.5), "b": (1 / 128, -1)}, "b is as Lite0's makers fed"),
    (transfer.find_the_slip, {"a": 1 / 255, "c": 1 / 128}, "two letters are wanted"),
    (transfer.find_the_slip, {"a": (255, -0.5), "c": (1 / 128, 0)}, "a: the scale is not 255.*its inverse"),
    (transfer.find_the_slip, {"a": (1 / 255, -0.5), "c": (1 / 255, 0)}, "c: the scale is not 0.0039"),
    (transfer.find_the_slip, {"a": (1 / 255, 0), "c": (1 / 128, 0)}, "a: the scale is right, the offset is not 0"),
]


@pytest.mark.parametrize(("question", "answer"), RIGHT)
def test_other_right_answers(question, answer):
    assert question.verdict(answer) is None


def test_keras_own_layer_mends_the_value_range():
    for fixed in (keras.layers.RandomBrightness(0.2, value_range=(0, 1)), keras.layers.RandomBrightness(0.1, (0, 1))):
        assert regularization.value_range.is_right(fixed)


@pytest.mark.parametrize(("question", "answer", "says"), WRONG)
def test_wrong_answers_are_explained(question, answer, says):
    said = question.verdict(answer)
    assert said and re.search(says, said.replace("%", " %").replace("  ", " ")), said


def bug(answer):
    """A judge that fails by itself, whatever it is given."""
    return [][number(answer)]


def bug_behind_a_call(answer):
    """A judge that fails after the student's function was called."""
    return function(answer)() / "two"


@pytest.mark.parametrize(("judge", "answer"), [(bug, 1), (bug_behind_a_call, lambda: 1)])
def test_a_judge_with_a_bug_does_not_blame_the_student(judge, answer, capsys):
    question = Question(hints=("",), answer=1, judge=judge, because="")
    for ask in (question.verdict, question.is_right, question.check):
        with pytest.raises(RuntimeError, match="this check has a fault, your answer may well be right") as error:
            ask(answer)
        assert isinstance(error.value.__cause__, TypeError)
    assert capsys.readouterr().out == ""


def test_what_the_students_function_raises_is_the_students():
    def stops(*given):
        raise KeyError("mean")

    question = Question(hints=("",), answer=1, judge=bug_behind_a_call, because="")
    assert question.verdict(stops) == "it stopped with KeyError: 'mean'"
    assert question.verdict(lambda *given: ...) == NOT_ATTEMPTED
    assert transfer.beat_lenet.verdict((..., ..., [0, 1], [0.2, 0.4])) == NOT_ATTEMPTED
    assert question.verdict(3) == "a function is wanted: give its name, without calling it."


ODD = [
    None, True, "text", b"bytes", 1j, np.nan, np.inf, -np.inf, 10**400, [], {}, set(), object(), print, range(3),
    [[1], [1, 2]], ["a"], [True], [[]], [{}], [3], [np.nan] * 135, (x for x in [object()]),
    np.array("text"), np.array(5), np.zeros(3), np.zeros((3, 3)), np.array([None]),
    {0: np.nan, 1: np.nan}, {0: "a", 1: None}, {0: 1, 1: 10**400}, [{"do": 3}],
    [{"do": "cut", "line": 5}], [{"do": "merge", "at": [[1, 2]] * 3}], [{"do": "add", "polygon": "abc"}],
]  # fmt: skip


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("question", list(questions()))
def test_no_odd_answer_is_right_or_makes_a_judge_fail(question):
    for odd in ODD:
        assert isinstance(question.verdict(odd), str), odd
        if callable(question.answer):
            assert isinstance(question.verdict(lambda *given, odd=odd: odd), str), odd


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("question", [segmentation.levers, segmentation.feret_filter, segmentation.rescue])
def test_no_odd_answer_beside_its_run_is_right_or_makes_a_judge_fail(question):
    for odd in [*ODD, *({"dilation": odd} for odd in ODD)]:
        assert isinstance(question.verdict(segmentation.with_run(odd, **question.answer.run)), str), odd
        by_function = segmentation.with_run(lambda *given, odd=odd: odd, **question.answer.run)
        assert isinstance(question.verdict(by_function), str), odd


def test_guesses_of_notebook_01_are_met_by_what_happened(capsys):
    segmentation.saved.commit(85)
    segmentation.saved.meet((0.283, 0.206, 0.375))
    assert "saves 28 of 100, interval 21 to 38: your guess lies above it" in capsys.readouterr().out
    segmentation.saved.commit(30)
    segmentation.saved.meet((0.283, 0.206, 0.375))
    assert "inside it" in capsys.readouterr().out
    segmentation.turning.commit(20)
    segmentation.turning.meet((7.2, 82.8))
    assert "You said 20 of 90 degrees; the box passes from 7.2° to 82.8°, through 76 of 90" in capsys.readouterr().out
    segmentation.alone.commit("high")
    segmentation.alone.meet("smallest 15")
    assert "You said that `high` saves most by itself: it is `smallest`" in capsys.readouterr().out
    segmentation.alone.commit("smallest")
    segmentation.alone.meet("smallest 15")
    assert "and it does" in capsys.readouterr().out


def _flat(guess):
    """The numbers of a guess: one, a curve, or a set."""
    return list(guess) if isinstance(guess, set) else np.ravel(guess)


@pytest.mark.parametrize("prediction", list(questions(Prediction)))
def test_no_odd_guess_is_kept_in_silence_or_stops_the_lesson(prediction, capsys):
    for odd in [*ODD, "nonsense", -1e9]:
        prediction.commit(odd)
        kept = capsys.readouterr().out.startswith("Kept. ")
        assert kept == (prediction.committed is not None)
        assert not kept or all(map(np.isfinite, _flat(prediction.committed))), odd  # array(5) is a number


def test_guesses_of_notebook_05_are_met_by_what_happened(capsys):
    regularization.curve.commit([0.5, 0.4, 0.3, 0.2])
    regularization.curve.meet([0.52, 0.58, 1.06, 1.64])
    assert "yours goes down or level, the real one up" in capsys.readouterr().out
    regularization.gain.commit(0.01)
    regularization.gain.meet((0.07, 0.02, 0.12))
    assert "outside their interval (+0.020 to +0.120)" in capsys.readouterr().out
