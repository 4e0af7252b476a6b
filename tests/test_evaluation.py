"""Scores: against known values, against brute force, and intervals that cover what they promise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logit
from scipy.stats import norm, t
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    log_loss,
    precision_recall_fscore_support,
    roc_auc_score,
)

from zirconkit import evaluation
from zirconkit.evaluation import intervals


def grains(rng, n=(25, 46), shift=1.8):
    """Class and score of two normal populations; the true ROC-AUC of shift 1.8 is Phi(1.8 / sqrt 2) = 0.8985."""
    y = np.repeat([1, 0], n)
    return y, rng.normal(size=sum(n)) + shift * y


def test_wilson_matches_the_textbook():
    # Newcombe (1998), table I: 15 of 148 gives 0.0624 to 0.1605.
    assert evaluation.proportion_interval(15, 148) == pytest.approx((15 / 148, 0.0624, 0.1605), abs=1e-4)
    assert evaluation.proportion_interval(10, 10)[2] == pytest.approx(1)
    assert np.isnan(evaluation.proportion_interval(0, 0)).all()


def test_auc_interval_covers_the_truth_near_95_percent_of_the_time():
    rng = np.random.default_rng(1)
    covered = [low <= 0.8985 <= high for _, low, high in (evaluation.auc_interval(*grains(rng)) for _ in range(1500))]
    assert 0.93 <= np.mean(covered) <= 0.97


@given(st.lists(st.tuples(st.booleans(), st.integers(-3, 3)), min_size=2, max_size=30))
def test_auc_equals_sklearn_with_ties(rows):
    y, score = map(np.array, zip(*rows))
    if y.all() or not y.any():
        assert np.isnan(evaluation.auc_interval(y, score)).all()
    else:
        auc, low, high = evaluation.auc_interval(y, score)
        assert auc == pytest.approx(roc_auc_score(y, score))
        assert np.isnan(low) or 0 <= low <= auc <= high <= 1


def test_a_perfect_ranking_still_has_doubt():
    y = np.repeat([0, 1], [40, 10])
    auc, low, high = evaluation.auc_interval(y, y)
    assert (auc, high) == (1.0, 1.0) and low == pytest.approx(0.05**0.1)
    assert evaluation.auc_interval(y, -y)[1:] == (0.0, pytest.approx(1 - 0.05**0.1))


def test_paired_difference_is_narrower_than_two_intervals_and_antisymmetric():
    rng = np.random.default_rng(2)
    y, score = grains(rng, (60, 60))
    other = score + 0.3 * rng.normal(size=len(score))
    value, low, high = evaluation.auc_difference(y, score, other)
    assert value == pytest.approx(roc_auc_score(y, score) - roc_auc_score(y, other))
    single = evaluation.auc_interval(y, score)
    assert high - low < (single[2] - single[1]) / 2
    assert evaluation.auc_difference(y, other, score)[0] == pytest.approx(-value)
    assert evaluation.auc_difference(y, score, score) == (0, 0, 0)


def test_resampling_mounts_is_wider_when_mounts_differ_in_exposure():
    rng = np.random.default_rng(3)
    y = np.repeat([0, 1], 200)
    sample = np.array([f"{c}{i % 4}" for i, c in enumerate(y)])
    exposure = dict(zip(np.unique(sample), rng.normal(size=8)))
    score = np.array([exposure[s] for s in sample]) + 0.3 * rng.normal(size=400)
    _, low, high = evaluation.auc_interval(y, score)
    _, low_mounts, high_mounts = evaluation.auc_interval(y, score, sample)
    assert high_mounts - low_mounts > 3 * (high - low)


def exposures(rng, numbers=(4, 10), between=1.0):
    """Scores that know the mount and nothing of the class, so that the true ROC-AUC over mounts is 0.5."""
    sample = np.repeat(np.arange(sum(numbers)), rng.integers(20, 120, sum(numbers)))
    score = rng.normal(0, between, sum(numbers))[sample] + rng.normal(size=len(sample))
    return (sample >= numbers[0]).astype(int), score, sample


@pytest.mark.parametrize("numbers", [(4, 10), (2, 6)])
def test_an_interval_over_mounts_covers_where_one_over_grains_does_not(numbers):
    rng, by_mount, by_grain = np.random.default_rng(5), [], []
    for _ in range(400):
        y, score, sample = exposures(rng, numbers)
        _, low, high = evaluation.auc_interval(y, score, sample)
        by_mount.append(low <= 0.5 <= high)
        _, low, high = evaluation.auc_interval(y, score)
        by_grain.append(low <= 0.5 <= high)
    assert np.mean(by_mount) >= 0.9 and np.mean(by_grain) < 0.35


def test_with_a_grain_a_mount_both_intervals_are_one_but_for_students_t():
    y, score = grains(np.random.default_rng(6), (12, 9))
    _, low, high = evaluation.auc_interval(y, score)
    _, low_mounts, high_mounts = evaluation.auc_interval(y, score, np.arange(21))
    ratio = (logit(high_mounts) - logit(low_mounts)) / (logit(high) - logit(low))
    assert t.ppf(0.975, 19) / norm.ppf(0.975) <= ratio <= t.ppf(0.975, 8) / norm.ppf(0.975)  # Welch: between 8 and 19


def test_mounts_ranked_perfectly_leave_more_doubt_than_their_grains():
    y = np.repeat([0, 1], 60)
    sample = np.repeat(["a", "b", "c", "d", "e"], [30, 30, 20, 20, 20])
    assert evaluation.auc_interval(y, y, sample) == (1, pytest.approx(0.05**0.5), 1)
    assert evaluation.auc_interval(y, -y, sample) == (0, 0, pytest.approx(1 - 0.05**0.5))
    assert evaluation.auc_interval(y, y)[1] > 0.9


def test_leaving_out_mounts_gives_students_interval_of_their_mean():
    """Of a mean over equal mounts, whose jackknife is known: mean of the mounts, +- t sd / sqrt m."""
    rng = np.random.default_rng(7)
    of_mount = rng.normal(size=6)
    sample, score = np.repeat(np.arange(6), 40), np.repeat(of_mount, 40)
    found = evaluation.score_interval(lambda y, score: score.mean(), np.ones(240, int), score, groups=sample)
    half = t.ppf(0.975, 5) * of_mount.std(ddof=1) / np.sqrt(6)
    assert found == pytest.approx((of_mount.mean(), of_mount.mean() - half, of_mount.mean() + half))


def test_bootstrap_agrees_with_intervals_that_are_known():
    rng = np.random.default_rng(8)
    score = rng.normal(size=150)
    mean = evaluation.score_interval(lambda y, s: s.mean(), np.ones(150, int), score, n_resamples=4000)
    half = t.ppf(0.975, 149) * score.std(ddof=1) / np.sqrt(150)
    assert mean == pytest.approx((score.mean(), score.mean() - half, score.mean() + half), abs=0.02)
    right = np.arange(200) < 160
    accuracy = evaluation.score_interval(lambda y, r: r.mean(), np.ones(200, int), right, n_resamples=4000)
    assert accuracy == pytest.approx(evaluation.proportion_interval(160, 200), abs=0.02)


def test_the_bootstrap_draws_both_models_on_the_same_grains_and_each_class_by_itself():
    y, score = grains(np.random.default_rng(9))
    assert evaluation.score_interval(lambda y, a, b: np.mean(a - b), y, score, score, n_resamples=99) == (0, 0, 0)
    assert evaluation.score_interval(lambda y, s: y.mean(), y, score, n_resamples=99) == (25 / 71,) * 3
    other = score + np.random.default_rng(10).normal(size=71)

    def difference(y, a, b):
        return roc_auc_score(y, a) - roc_auc_score(y, b)

    found = evaluation.score_interval(difference, y, score, other, n_resamples=600)
    assert found == pytest.approx(evaluation.auc_difference(y, score, other), abs=0.03)


def test_probability_scores_are_sklearns_and_stand_beside_knowing_nothing():
    rng = np.random.default_rng(11)
    p = rng.uniform(0.02, 0.98, 120)
    y = (rng.random(120) < p).astype(int)
    table = evaluation.probability_scores(y, p)
    known = [average_precision_score(y, p), log_loss(y, p), brier_score_loss(y, p)]
    assert table["value"].tolist() == pytest.approx(known)
    share = y.mean()
    entropy = -share * np.log(share) - (1 - share) * np.log(1 - share)
    assert table["baseline"].tolist() == pytest.approx([share, entropy, share * (1 - share)])
    assert (table["low"] < table["value"]).all() and (table["value"] < table["high"]).all()
    sure = evaluation.probability_scores(np.array([0, 1] * 20), np.array([0.0, 1.0] * 20))
    assert sure.loc["PR-AUC", ["value", "low", "high"]].tolist() == [1, 1, 1]
    assert sure.loc["log loss", "value"] < 1e-6 and sure.loc["Brier score", "value"] == 0


def test_calibration_counts_lots_of_equal_size_and_holds_what_is_calibrated():
    table = evaluation.calibration([0, 0, 1, 0, 1, 1], [0.1, 0.2, 0.3, 0.7, 0.8, 0.9], bins=2)
    assert table["n"].tolist() == [3, 3] and table["predicted"].tolist() == pytest.approx([0.2, 0.8])
    assert table["observed"].tolist() == pytest.approx([1 / 3, 2 / 3])
    assert table.loc[0, ["low", "high"]].tolist() == pytest.approx(evaluation.proportion_interval(1, 3)[1:])
    rng = np.random.default_rng(12)
    p = rng.random(20_000)
    honest = evaluation.calibration(rng.random(20_000) < p, p, bins=10)
    assert (honest["n"] == 2000).all() and (honest["observed"] - honest["predicted"]).abs().max() < 0.035  # 3 errors
    boastful = evaluation.calibration(rng.random(20_000) < p / 2, p, bins=10)
    assert (boastful["high"] < boastful["predicted"])[1:].all()


def test_scores_count_what_they_say():
    table = evaluation.scores([1, 1, 1, 0, 0], [0.9, 0.8, 0.2, 0.7, 0.1])
    assert table.loc["accuracy", ["value", "n"]].tolist() == [0.6, 5]
    assert table.loc["precision", ["value", "n"]].tolist() == [pytest.approx(2 / 3), 3]
    assert table.loc["recall", ["value", "n"]].tolist() == [pytest.approx(2 / 3), 3]
    assert table.loc["ROC-AUC", "value"] == pytest.approx(5 / 6)
    assert (table.low <= table.value).all() and (table.value <= table.high).all()
    with pytest.raises(ValueError, match="NaN"):
        evaluation.scores([0, 1], [0.1, np.nan])


# ---------------------------------------------------------------- many classes


def three_classes(rng, sizes, mounts=0, between=0.0):
    """Classes, a score for each and mounts: a grain of class k has the score of k higher; mounts may add their own."""
    y = np.repeat([0, 1, 2], sizes)
    mount = np.concatenate([m * max(mounts, 1) + np.arange(n) % max(mounts, 1) for m, n in enumerate(sizes)])
    own = rng.normal(0, between, (3 * max(mounts, 1), 3))[mount] if mounts else 0
    return y, rng.normal(size=(len(y), 3)) + np.array([1.0, 1.6, 2.2]) * np.eye(3)[y] + own, mount


def softmax(scores):
    return np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)


@pytest.mark.parametrize("sizes", [(30, 30, 30), (8, 25, 90)])
def test_the_macro_auc_is_sklearns_and_does_not_care_which_class_is_called_what(sizes):
    y, scores, _ = three_classes(np.random.default_rng(20), sizes)
    p = softmax(scores).round(2)  # with ties
    p[:, 0] = 1 - p[:, 1] - p[:, 2]
    found = evaluation.auc_interval(y, p)
    assert found.value == pytest.approx(roc_auc_score(y, p, multi_class="ovr", average="macro"))
    assert found.low < found.value < found.high
    order = np.array([2, 0, 1])
    assert evaluation.auc_interval(order[y], p[:, np.argsort(order)]) == pytest.approx(found)


def test_of_two_columns_the_macro_auc_and_its_interval_are_those_of_one():
    y, score = grains(np.random.default_rng(21))
    p = 1 / (1 + np.exp(-score))
    columns, mount = np.column_stack([1 - p, p]), np.where(y, np.arange(71) % 4, 4 + np.arange(71) % 5)
    for groups in (None, mount):
        assert evaluation.auc_interval(y, columns, groups) == pytest.approx(evaluation.auc_interval(y, p, groups))
    other = columns[:, ::-1] * np.array([1, 0.5])
    found = evaluation.auc_difference(y, columns, other)
    assert found == pytest.approx(evaluation.auc_difference(y, p, 1 - p))


@pytest.mark.parametrize("sizes", [(25, 25, 25), (10, 25, 80)])
def test_the_interval_of_a_macro_auc_holds_the_truth_near_95_percent_of_the_time(sizes):
    rng = np.random.default_rng(22)
    y, scores, _ = three_classes(rng, 2000 * np.array(sizes))
    truth, held = roc_auc_score(y, softmax(scores), multi_class="ovr"), []
    y, scores, _ = three_classes(rng, 2000 * np.array(sizes))
    truth = (truth + evaluation.auc_interval(y, softmax(scores)).value) / 2
    for _ in range(1000):
        y, scores, _ = three_classes(rng, sizes)
        _, low, high = evaluation.auc_interval(y, softmax(scores))
        held.append(low <= truth <= high)
    assert 0.93 <= np.mean(held) <= 0.97


def test_the_macro_aucs_formula_agrees_with_the_bootstrap_and_a_paired_difference_is_narrower():
    rng = np.random.default_rng(23)
    y, scores, _ = three_classes(rng, (30, 60, 40))
    other = scores + 0.4 * rng.normal(size=scores.shape)

    def macro(y, scores):
        return np.mean([roc_auc_score(y == k, scores[:, k]) for k in range(3)])

    found = evaluation.auc_interval(y, scores)
    assert evaluation.score_interval(macro, y, scores, n_resamples=300) == pytest.approx(found, abs=0.015)
    difference = evaluation.auc_difference(y, scores, other)
    assert difference.value == pytest.approx(macro(y, scores) - macro(y, other))
    assert difference.high - difference.low < (found.high - found.low) * 0.75


def test_a_macro_interval_over_mounts_covers_where_one_over_grains_does_not():
    """Scores that know the mount and nothing of the class: the truth over mounts is 0.5."""
    rng, by_mount, by_grain = np.random.default_rng(24), [], []
    for _ in range(300):
        y, _, mount = three_classes(rng, (120, 200, 160), mounts=5)
        scores = rng.normal(size=(15, 3))[mount] + rng.normal(size=(len(y), 3))
        by_mount.append(evaluation.auc_interval(y, scores, mount))
        by_grain.append(evaluation.auc_interval(y, scores))
    held = [np.mean([low <= 0.5 <= high for _, low, high in each]) for each in (by_mount, by_grain)]
    assert held[0] >= 0.9 and held[1] < 0.5


def test_scores_of_many_classes_are_sklearns_macro_means():
    y, scores, _ = three_classes(np.random.default_rng(25), (20, 35, 50))
    p = softmax(scores)
    called, table = p.argmax(axis=1), evaluation.scores(y, p)
    known = precision_recall_fscore_support(y, called, average="macro")[:3]
    assert table["value"].tolist() == pytest.approx([np.mean(called == y), *known, evaluation.auc_interval(y, p).value])
    assert (table["n"] == 105).all() and (table["low"] < table["value"]).all()
    assert (table["value"] < table["high"]).all()
    never = np.where(called == 0, 1, called)  # a class that is never called: no precision, no F1, as in scikit-learn
    known = precision_recall_fscore_support(y, never, average="macro", zero_division=0)[:3]
    found = evaluation.scores(y, np.eye(3)[never])["value"]
    assert found[["macro precision", "macro recall", "macro F1"]].tolist() == pytest.approx(known)


def test_probability_scores_of_many_classes_are_sklearns():
    y, scores, _ = three_classes(np.random.default_rng(26), (20, 25, 30))
    p = softmax(scores)
    table = evaluation.probability_scores(y, p)
    one_hot, shares = np.eye(3)[y], np.array([20, 25, 30]) / 75
    known = [
        average_precision_score(one_hot, p, average="macro"),
        log_loss(y, p),
        ((p - one_hot) ** 2).sum(axis=1).mean(),
    ]
    assert table["value"].tolist() == pytest.approx(known)
    nothing = [1 / 3, -np.sum(shares * np.log(shares)), 1 - np.sum(shares**2)]
    assert table["baseline"].tolist() == pytest.approx(nothing)
    assert (table["low"] < table["value"]).all() and (table["value"] < table["high"]).all()


def test_a_confusion_counts_what_is_called_what():
    found = evaluation.confusion([0, 0, 1, 2, 2, 2], [0, 1, 1, 2, 2, 0], ("basalt", "gabbro", "tuff"))
    assert found.loc["basalt"].tolist() == [1, 1, 0] and found.loc["tuff"].tolist() == [1, 0, 2]
    assert found["gabbro"].tolist() == [1, 1, 0] and found.to_numpy().sum() == 6


# ---------------------------------------------------------------- what cannot be had


def test_what_cannot_be_had_is_nan_and_nothing_is_raised():
    y, score, mount = np.array([0, 0, 0, 1, 1, 1]), np.array([0.1, 0.4, 0.3, 0.2, 0.8, 0.9]), np.repeat(["a", "b"], 3)
    one = evaluation.auc_interval(np.ones(6), score)
    assert isinstance(one, evaluation.Interval) and np.isnan(one).all()
    assert np.isnan(evaluation.auc_difference(np.ones(6), score, score)).all()
    for found in (
        evaluation.auc_interval(y, score, mount),  # one mount of each class
        evaluation.auc_interval(y, y, mount),  # and ranked perfectly
        evaluation.auc_difference(y, score, score**2, mount),
        evaluation.score_interval(lambda y, s: s.mean(), y, score, groups=mount),
        evaluation.auc_interval(y[2:], score[2:]),  # a class with one grain
        evaluation.score_interval(lambda y, s: s.mean(), y[2:], score[2:]),
        evaluation.pairs_interval(evaluation.within_pairs(y, score, mount)),
    ):
        assert np.isfinite(found.value) and np.isnan(found.low) and np.isnan(found.high)
    seen, unseen = evaluation.within_pairs(y, score, mount), evaluation.pairs_left_out(None, score, y, mount)
    assert np.isnan(evaluation.pairs_interval(unseen)).all() and np.isnan(evaluation.gap(seen, unseen)).all()
    assert np.isnan(evaluation.auc_interval([0, 1, 1], np.eye(3)[[0, 1, 1]])).all()  # no grain of the third class
    assert evaluation.scores(np.zeros(5), np.linspace(0, 0.4, 5)).loc["ROC-AUC"].isna().tolist() == [True] * 3 + [False]
    assert evaluation.probability_scores(np.ones(5), np.full(5, 0.5)).loc["PR-AUC"].isna().all()
    assert evaluation.costs([0, 1, 1], [0.1, 0.2, 0.9], 3, 1, [0.5])[["low", "high"]].isna().all(axis=None)


@pytest.mark.parametrize(
    "wrong, said",
    [
        (lambda: evaluation.auc_interval([0, 1, 1], [0.1, 0.2]), "inconsistent numbers of samples"),
        (lambda: evaluation.auc_interval([0, 1], [0.1, 0.2], ["a"]), "inconsistent numbers of samples"),
        (lambda: evaluation.auc_interval([0, 1, 2], [0.1, 0.2, 0.3]), "for 2 classes, y holds"),
        (lambda: evaluation.auc_interval([0, 1], [0.1, np.inf]), "NaN or infinity"),
        (lambda: evaluation.scores([0, 1, 3], np.eye(3)), "for 3 classes, y holds"),
        (lambda: evaluation.within_pairs([0, 1, 2], [1, 2, 3], ["a", "b", "c"]), "of two classes"),
        (lambda: evaluation.score_interval(np.mean, [0, 1], [1, 2, 3]), "inconsistent numbers of samples"),
    ],
)
def test_what_does_not_fit_together_is_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        wrong()


def test_intervals_stand_in_a_table_by_name():
    found = {("C1", 3): evaluation.Interval(0.5, 0.4, 0.6), ("C3", 0): evaluation.Interval(0.7, np.nan, np.nan)}
    table = evaluation.table(found)
    assert table.columns.tolist() == ["value", "low", "high"] and table.loc["C1"].index.tolist() == [3]
    assert table.loc[("C3", 0), "value"] == 0.7 and np.isnan(table.loc[("C3", 0), "low"])
    assert evaluation.table({}).columns.tolist() == ["value", "low", "high"]


def test_a_bootstrap_of_many_numbers_is_that_of_each():
    values = np.random.default_rng(27).gamma(2, size=(40, 3))
    strata = [np.arange(15), np.arange(15, 40)]
    for method in ("percentile", "BCa"):
        low, high = intervals.bootstrap(lambda rows: values[rows].mean(axis=0), strata, method, 200)
        each = [intervals.bootstrap(lambda rows, k=k: values[rows, k].mean(), strata, method, 200) for k in range(3)]
        assert np.transpose([low, high]) == pytest.approx(np.array(each))


def squares(*boxes):
    image = np.zeros((60, 60), int)
    for number, (top, left, side) in enumerate(boxes, 1):
        image[top : top + side, left : left + side] = number
    return image


def test_segmentation_scores_on_planted_squares():
    truth = squares((0, 0, 10), (20, 20, 10), (40, 40, 10))
    found = squares((0, 0, 10), (20, 22, 10), (0, 40, 10))  # exact; moved 2 px, IoU 80 / 120; invented
    result = evaluation.segmentation_scores(found, truth)
    assert (result["n"], result["n_truth"], result["matched_50"], result["matched_75"]) == (3, 3, 2, 1)
    assert result["f1_50"] == pytest.approx(2 / 3) and result["f1_75"] == pytest.approx(1 / 3)
    assert result["mean_iou"] == pytest.approx((1 + 80 / 120) / 2)


def test_nothing_found_and_nothing_there():
    empty = np.zeros((60, 60), int)
    assert evaluation.segmentation_scores(empty, squares((0, 0, 10)))["f1_50"] == 0
    assert np.isnan(evaluation.segmentation_scores(empty, empty)["f1_50"])
    with pytest.raises(ValueError, match="one size"):
        evaluation.segmentation_scores(empty, empty[:5])


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1))
def test_segmentation_scores_do_not_depend_on_numbering(seed):
    rng = np.random.default_rng(seed)
    truth, found = (squares(*[(r, c, 8) for r in range(0, 50, 12) for c in range(0, 50, 12)]) for _ in range(2))
    found = np.roll(found, rng.integers(-4, 5, 2), axis=(0, 1))
    renumber = np.concatenate([[0], 1 + rng.permutation(found.max())])
    assert evaluation.segmentation_scores(found, truth) == evaluation.segmentation_scores(renumber[found], truth)


def test_calibration_keeps_equal_answers_together_and_loses_none():
    assert evaluation.calibration([0, 1] * 5, [0.5] * 10)["n"].tolist() == [10]
    wrong = evaluation.calibration([1, 0] * 20, [0.0, 1.0] * 20)
    assert wrong[["predicted", "observed", "n"]].to_numpy().tolist() == [[0, 1, 20], [1, 0, 20]]
