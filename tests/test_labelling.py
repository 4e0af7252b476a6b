"""Few labels: who is named, whom to ask next, and what a label is worth, on grains whose truth was planted."""

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from zirconkit import labelling
from zirconkit.labelling import HIDDEN


@pytest.fixture
def heaps():
    """Two heaps of sixty points that lie well apart along the first axis: x and y."""
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 60)
    x = rng.normal(size=(120, 3)) * [1, 3, 1]
    x[:, 0] += 5 * y
    return x, y


def test_each_class_has_a_first_label_and_no_grain_two():
    y = np.r_[np.zeros(200, int), 1]
    for seed in range(5):
        rows = labelling.first_labels(y, 20, seed)
        assert len(set(rows)) == 20 and 200 in rows
    assert (labelling.first_labels(y, 20, 3) == labelling.first_labels(y, 20, 3)).all()
    assert set(labelling.first_labels(y, 20, 3)) != set(labelling.first_labels(y, 20, 4))
    for wrong in (1, 202):
        with pytest.raises(ValueError, match="one for each class"):
            labelling.first_labels(y, wrong)


def test_labels_from_few_mounts_come_from_few_mounts_half_of_each_class():
    y = np.repeat([0, 1], 100)
    mount = np.repeat(np.arange(20), 10)
    for many in (1, 3, 10):
        rows = labelling.first_labels(y, 10, 0, mount, many)
        for k in (0, 1):
            assert np.sum(y[rows] == k) == 5
            assert len(set(mount[rows][y[rows] == k])) <= many
    assert len(set(mount[labelling.first_labels(y, 40, 0, mount, 10)])) > 10


def test_what_is_hidden_and_what_is_wrong():
    y = np.repeat([0, 1], 50)
    named = labelling.hide(y, [3, 70])
    assert named[3] == 0 and named[70] == 1 and (named == HIDDEN).sum() == 98
    wrong = labelling.some_wrong(y, 0.2, seed=1)
    assert (wrong != y).sum() == 20
    kept = labelling.some_wrong(named, 0.5, seed=1)
    assert (kept != named).sum() == 1 and ((kept == HIDDEN) == (named == HIDDEN)).all()


def test_pairs_of_mounts_are_different_and_of_either_class():
    y = np.array([0, 0, 0, 1, 1, 1])
    mount = np.array(list("aabcde"))
    pairs = labelling.pairs_of_mounts(y, mount, 10)
    assert (
        len(set(pairs)) == 6 and {one for one, _ in pairs} == set("cde") and {other for _, other in pairs} == set("ab")
    )
    assert len(labelling.pairs_of_mounts(y, mount, 4)) == 4


def test_agreement_of_two_views_learns_from_grains_that_nobody_named(heaps):
    """In what the named ones differ most, the two photographs of a grain do not agree."""
    x, y = heaps
    other = x * [1, -1, 1]
    rows = [np.argmax(x[:60, 1]), 60 + np.argmin(x[60:, 1])]  # they differ more along the second axis
    named = labelling.hide(y, rows)
    model = LogisticRegression()
    alone = model.fit(x[rows], y[rows]).score(x, y)
    assert labelling.two_views(model, x, other, named).score(x, y) > alone + 0.15


def test_a_view_that_disagrees_names_nobody(heaps):
    x, y = heaps
    fitted = LogisticRegression().fit(x, y)
    mirrored = x * [-1, 1, 1] + [5, 0, 0]
    agreed = labelling._agreed(fitted, x, mirrored, 0.8)
    assert (agreed == HIDDEN).all()
    agreed = labelling._agreed(fitted, x, x, 0.8)
    assert (agreed == y)[agreed != HIDDEN].mean() > 0.95 and (agreed != HIDDEN).sum() > 80
    assert (labelling._agreed(fitted, x, x, 1.01) == HIDDEN).all()


def test_each_way_of_asking_asks_for_what_it_says(heaps):
    x, y = heaps
    named = labelling.hide(y, [0, 60])
    rng = np.random.default_rng(0)
    model = LogisticRegression()
    row = labelling.least_sure(model, x, named, rng)
    sure = model.fit(x[[0, 60]], y[[0, 60]]).predict_proba(x).max(axis=1)
    assert sure[row] == np.delete(sure, [0, 60]).min()
    row = labelling.farthest(model, x, named, rng)
    apart = np.linalg.norm(x[:, None] - x[[0, 60]], axis=2).min(axis=1)
    assert row == apart.argmax()
    assert np.allclose(labelling.nearest_named(x, named), apart)
    drawn = {labelling.at_random(model, x, named, rng) for _ in range(2000)}
    assert drawn == set(range(120)) - {0, 60}


@pytest.mark.parametrize("how", labelling.ASKING)
def test_nobody_is_asked_twice(how, heaps):
    x, y = heaps
    asked = labelling.asked_in_turn(labelling.ASKING[how], LogisticRegression(), (x[50:70], y[50:70]), [0, 15], 20)
    assert sorted(asked) == list(range(20)) and list(asked[:2]) == [0, 15]


def test_the_farthest_grain_finds_a_small_heap_that_chance_misses(heaps):
    x, y = heaps
    few = np.full((4, 3), [40.0, 0, 0])
    x, y = np.r_[x, few], np.r_[y, [0] * 4]
    asked = labelling.asked_in_turn(labelling.farthest, None, (x, y), [0, 60], 4)
    assert asked[2] >= 120


def test_scores_rise_with_labels_where_there_is_something_to_learn(heaps):
    x, y = heaps
    order = labelling.first_labels(y, 120, 0)
    scores = labelling.scores_along(LogisticRegression(), (x[order], y[order]), (x, y), (2, 20, 120))
    assert scores[-1] > 0.98 and scores[0] < scores[-1]


def test_labels_needed_on_a_curve():
    counts, scores = (10, 20, 40), np.array([0.6, 0.7, 0.8])
    assert labelling.labels_needed(counts, scores, 0.65) == pytest.approx(15)
    assert labelling.labels_needed(counts, scores, 0.5) == 10
    assert np.isnan(labelling.labels_needed(counts, scores, 0.9))
    dip = np.array([0.6, 0.8, 0.7])  # a curve that falls is made level
    assert labelling.labels_needed(counts, dip, 0.74) == pytest.approx(10 + 10 * 0.14 / 0.15)


def test_labels_saved_finds_a_planted_saving_and_none_where_there_is_none():
    rng = np.random.default_rng(0)
    counts = np.arange(2, 62, 4)
    shared = 0.02 * rng.normal(size=(10, 1))
    random = 0.5 + 0.4 * (1 - np.exp(-counts / 20)) + shared
    twice = 0.5 + 0.4 * (1 - np.exp(-counts / 10)) + shared + 0.005 * rng.normal(size=(10, len(counts)))
    found = labelling.labels_saved(counts, twice, random, 30)
    assert found.low < 15 < found.high and found.low > 10
    found = labelling.labels_saved(counts, random + 0.01 * rng.normal(size=random.shape), random, 30)
    assert found.low < 0.5 and found.high > -0.5
    worse = labelling.labels_saved(counts, np.full(random.shape, 0.6), random, 30)
    assert worse.value == 30 - counts[-1]


def named(right, many, seconds):
    """So many labels, the first of them right, each in so many seconds."""
    is_right = np.arange(many) < right
    return np.c_[is_right, np.full(many, seconds)]


def test_what_asking_has_to_save_is_the_random_labels_that_fit_in_its_time():
    found = labelling.labels_to_save(named(8, 8, 4.0), named(8, 8, 3.0))
    assert found == pytest.approx((5, 5, 5))  # all right at one speed: every draw is the same
    assert labelling.labels_to_save(named(8, 8, 3.0), named(8, 8, 4.0)).value == pytest.approx(20 - 20 * 4 / 3)
    assert labelling.labels_to_save(named(6, 8, 3.0), named(8, 8, 3.0), of=40).value == pytest.approx(10)
    assert np.isfinite(labelling.labels_to_save(named(0, 8, 3.0), named(1, 8, 3.0))).all()


def test_the_interval_of_a_price_narrows_with_labels_and_holds_the_planted_price():
    few, many = (labelling.labels_to_save(named(6 * n, 8 * n, 3.0), named(6 * n, 8 * n, 3.0)) for n in (1, 16))
    assert few.low < -8 and few.high > 8  # eight labels a way: about ten of twenty
    assert few.high - few.low > 3 * (many.high - many.low)
    rng, held = np.random.default_rng(0), []
    for seed in range(20):
        asked, random = (np.c_[rng.random(60) < share, rng.lognormal(1, 0.5, 60)] for share in (0.6, 0.8))
        found = labelling.labels_to_save(asked, random, seed=seed)
        held.append(found.low <= 5 <= found.high)
    assert np.mean(held) > 0.85
