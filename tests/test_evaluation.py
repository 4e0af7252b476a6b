"""Scores: against known values, against brute force, and intervals that cover what they promise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

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
