"""Scores: against known values, against brute force, and intervals that cover what they promise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.special import logit
from scipy.stats import norm, t
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score

from zirconkit import evaluation


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
        with pytest.raises(ValueError, match="both classes"):
            evaluation.auc_interval(y, score)
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
    _, low_mounts, high_mounts = evaluation.auc_interval_by_sample(y, score, sample)
    assert high_mounts - low_mounts > 3 * (high - low)
    with pytest.raises(ValueError, match="two mounts"):
        evaluation.auc_interval_by_sample(y, score, np.where(y, "a", "b"))


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
        _, low, high = evaluation.auc_interval_by_sample(y, score, sample)
        by_mount.append(low <= 0.5 <= high)
        _, low, high = evaluation.auc_interval(y, score)
        by_grain.append(low <= 0.5 <= high)
    assert np.mean(by_mount) >= 0.9 and np.mean(by_grain) < 0.35


def test_with_a_grain_a_mount_both_intervals_are_one_but_for_students_t():
    y, score = grains(np.random.default_rng(6), (12, 9))
    _, low, high = evaluation.auc_interval(y, score)
    _, low_mounts, high_mounts = evaluation.auc_interval_by_sample(y, score, np.arange(21))
    ratio = (logit(high_mounts) - logit(low_mounts)) / (logit(high) - logit(low))
    assert t.ppf(0.975, 19) / norm.ppf(0.975) <= ratio <= t.ppf(0.975, 8) / norm.ppf(0.975)  # Welch: between 8 and 19


def test_mounts_ranked_perfectly_leave_more_doubt_than_their_grains():
    y = np.repeat([0, 1], 60)
    sample = np.repeat(["a", "b", "c", "d", "e"], [30, 30, 20, 20, 20])
    assert evaluation.auc_interval_by_sample(y, y, sample) == (1, pytest.approx(0.05**0.5), 1)
    assert evaluation.auc_interval_by_sample(y, -y, sample) == (0, 0, pytest.approx(1 - 0.05**0.5))
    assert evaluation.auc_interval(y, y)[1] > 0.9


def test_leaving_out_mounts_gives_students_interval_of_their_mean():
    """Of a mean over equal mounts, whose jackknife is known: mean of the mounts, +- t sd / sqrt m."""
    rng = np.random.default_rng(7)
    of_mount = rng.normal(size=6)
    sample, score = np.repeat(np.arange(6), 40), np.repeat(of_mount, 40)
    found = evaluation.interval_by_sample(lambda y, score: score.mean(), sample, np.ones(240, int), score)
    half = t.ppf(0.975, 5) * of_mount.std(ddof=1) / np.sqrt(6)
    assert found == pytest.approx((of_mount.mean(), of_mount.mean() - half, of_mount.mean() + half))
    with pytest.raises(ValueError, match="two mounts"):
        evaluation.interval_by_sample(lambda y, score: score.mean(), np.zeros(240), np.ones(240, int), score)


def test_bootstrap_agrees_with_intervals_that_are_known():
    rng = np.random.default_rng(8)
    score = rng.normal(size=150)
    mean = evaluation.bootstrap_interval(lambda y, s: s.mean(), np.ones(150, int), score, n_resamples=4000)
    half = t.ppf(0.975, 149) * score.std(ddof=1) / np.sqrt(150)
    assert mean == pytest.approx((score.mean(), score.mean() - half, score.mean() + half), abs=0.02)
    right = np.arange(200) < 160
    accuracy = evaluation.bootstrap_interval(lambda y, r: r.mean(), np.ones(200, int), right, n_resamples=4000)
    assert accuracy == pytest.approx(evaluation.proportion_interval(160, 200), abs=0.02)


def test_the_bootstrap_draws_both_models_on_the_same_grains_and_each_class_by_itself():
    y, score = grains(np.random.default_rng(9))
    assert evaluation.bootstrap_interval(lambda y, a, b: np.mean(a - b), y, score, score, n_resamples=99) == (0, 0, 0)
    assert evaluation.bootstrap_interval(lambda y, s: y.mean(), y, score, n_resamples=99) == (25 / 71,) * 3
    other = score + np.random.default_rng(10).normal(size=71)

    def difference(y, a, b):
        return roc_auc_score(y, a) - roc_auc_score(y, b)

    found = evaluation.bootstrap_interval(difference, y, score, other, n_resamples=600)
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
