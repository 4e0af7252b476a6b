"""Decisions: costs by hand, thresholds where theory has them, simulated tests with the truth that was put in."""

import numpy as np
import pandas as pd
import pytest

from zirconkit import evaluation


def test_costs_are_those_counted_by_hand():
    y, p = [1, 1, 1, 0, 0], [0.9, 0.5, 0.1, 0.6, 0.2]
    table = evaluation.costs(y, p, missed=10, wasted=1, thresholds=[0, 0.15, 0.5, 0.55, 1.01])
    assert table["cost"].tolist() == pytest.approx([2 / 5, 12 / 5, 11 / 5, 21 / 5, 30 / 5])
    assert table.index.name == "threshold"


def test_who_always_or_never_goes_pays_a_sure_price_and_others_do_not():
    rng = np.random.default_rng(0)
    y, p = np.repeat([1, 0], [40, 60]), rng.random(100)
    table = evaluation.costs(y, p, 3, 1, [0, 0.5, 1.01])
    assert table.loc[0].tolist() == pytest.approx([0.6] * 3) and table.loc[1.01].tolist() == pytest.approx([1.2] * 3)
    assert table.loc[0.5, "low"] < table.loc[0.5, "cost"] < table.loc[0.5, "high"]


def test_the_interval_of_a_cost_holds_the_truth_near_95_percent_of_the_time():
    """Scores normal, threshold 0: 16 of 100 porphyry are missed, 16 of 100 batholith visited."""
    rng, held = np.random.default_rng(1), []
    y = np.repeat([1, 0], [100, 100])
    truth = 0.5 * 0.1587 * (3 + 1)
    for _ in range(300):
        found = evaluation.costs(y, rng.normal(size=200) + np.where(y, 1, -1), 3, 1, [0.0], 400).iloc[0]
        held.append(found["low"] <= truth <= found["high"])
    assert 0.9 <= np.mean(held) <= 0.98


@pytest.mark.parametrize("missed, wasted", [(1, 1), (4, 1), (1, 3)])
def test_calibrated_answers_are_cheapest_at_wasted_over_wasted_and_missed(missed, wasted):
    rng = np.random.default_rng(2)
    p = rng.random(200_000)
    y = (rng.random(200_000) < p).astype(int)
    table = evaluation.costs(y, p, missed, wasted, np.linspace(0, 1, 21), n_resamples=1)
    assert table["cost"].idxmin() == pytest.approx(wasted / (wasted + missed), abs=0.051)


def test_drawn_scores_have_the_aucs_and_the_correlation_asked_for():
    y, scores = evaluation.drawn_scores([0.8, 0.95], 0.7, (20_000, 30_000), np.random.default_rng(3))
    assert y.sum() == 20_000 and scores.shape == (2, 50_000)
    for auc, score in zip((0.8, 0.95), scores):
        assert evaluation.auc_interval(y, score)[0] == pytest.approx(auc, abs=0.006)
    for k in (0, 1):
        assert np.corrcoef(scores[:, y == k])[0, 1] == pytest.approx(0.7, abs=0.015)


def test_equal_models_are_told_apart_one_time_in_twenty_and_like_ones_more_easily():
    equal = evaluation.differences(0.85, 0.85, 0.5, (60, 60), n_sets=600)
    assert equal["resolved"].mean() == pytest.approx(0.05, abs=0.03)
    assert equal["difference"].mean() == pytest.approx(0, abs=0.006)
    power = [evaluation.differences(0.93, 0.85, r)["resolved"].mean() for r in (0, 0.5, 0.9)]
    assert power[0] < power[1] - 0.08 < power[2] - 0.3 and power[2] > 0.85
    assert evaluation.differences(0.93, 0.85, 0.5)["difference"].mean() == pytest.approx(0.08, abs=0.01)
    larger = evaluation.differences(0.93, 0.85, 0.5, (100, 184))["resolved"].mean()
    assert larger > 0.9 > power[1] + 0.3


def test_pairs_are_scored_by_their_own_grains_only():
    y = np.repeat([1, 1, 0, 0], 2)
    sample = np.repeat(["p", "q", "b", "c"], 2)
    score = np.array([3, 4, 1, 2, 0, 2.5, 5, 6.0])
    table = evaluation.within_pairs(y, score, sample)
    assert table.loc["p"].tolist() == [1, 0] and table.loc["q"].tolist() == [0.5, 0]
    assert table.index.tolist() == ["p", "q"] and table.columns.tolist() == ["b", "c"]


def test_the_gap_is_that_of_the_tables_either_way_and_as_unsure_as_they_are():
    rng = np.random.default_rng(4)
    unseen = pd.DataFrame(0.6 + 0.05 * rng.normal(size=(9, 4)))
    assert evaluation.gap(unseen + 0.1, unseen) == pytest.approx((0.1, 0.1, 0.1))
    seen = unseen + 0.1 + 0.03 * rng.normal(size=(9, 1))
    value, low, high = evaluation.gap(seen, unseen)
    assert value == pytest.approx(np.mean(seen - unseen)) and low < value < high
    assert evaluation.gap(unseen, seen) == pytest.approx((-value, -high, -low))
    mean, lower, upper = evaluation.pairs_interval(0.5 + seen - unseen)
    assert (value, low, high) == pytest.approx((mean - 0.5, lower - 0.5, upper - 0.5))


def test_random_folds_flatter_a_score_that_knows_the_mount_and_left_out_pairs_do_not():
    from sklearn.neighbors import KNeighborsClassifier

    class Nearest(KNeighborsClassifier):
        def decision_function(self, x):
            return self.predict_proba(x)[:, 1]

    rng = np.random.default_rng(5)
    sample = np.repeat(np.arange(12), 25)
    y, x = (sample >= 4).astype(int), rng.normal(size=(12, 3))[sample] + 0.1 * rng.normal(size=(300, 3))
    seen = evaluation.within_pairs(y, evaluation.random_folds(Nearest(), x, y), sample)
    value, low, _ = evaluation.gap(seen, evaluation.pairs_left_out(Nearest(), x, y, sample))
    assert value > 0.3 and low > 0
