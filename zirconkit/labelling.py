"""Few labels: which grains somebody has named, which to ask for next, and what a further label is worth.

Names are as scikit-learn's `semi_supervised` wants them: the place of a class, and -1 (`HIDDEN`) for a grain that
nobody has named. So its methods take them as they are. What is here is what it has not: drawing the first labels,
agreement of two views, three ways to choose the next grain, wrong labels, labels from few mounts, labels saved, and
the price that asking has.
"""

from itertools import product

import numpy as np
from sklearn.base import clone
from sklearn.isotonic import isotonic_regression

from zirconkit.evaluation import Interval, auc_interval

__all__ = [
    "ASKING", "HIDDEN", "asked_in_turn", "at_random", "farthest", "first_labels", "hide", "labels_needed",
    "labels_saved", "labels_to_save", "least_sure", "nearest_named", "pairs_of_mounts", "scores_along", "some_wrong",
    "two_views",
]  # fmt: skip

HIDDEN = -1  # instead of a class: nobody has named this grain
RESAMPLES = 500


def pairs_of_mounts(y, groups, n, seed=0):
    """Up to n different pairs of mounts, one of either class, that nobody is to label: list of (str, str).

    Parameters
    ----------
    y : array of 0 and 1, shape (rows,)
    groups : array, shape (rows,)
        The mount of each grain.
    n, seed : int

    Returns
    -------
    list of tuple
        Mount of class 1, mount of class 0.
    """
    y, groups = np.asarray(y), np.asarray(groups)
    ones, zeros = (np.unique(groups[y == k]).tolist() for k in (1, 0))
    pairs = list(product(ones, zeros))
    order = np.random.default_rng(seed).permutation(len(pairs))
    return [pairs[place] for place in order[:n]]


def first_labels(y, n, seed=0, groups=None, mounts=None):
    """The rows that somebody names: a grain of each class, as out of a textbook, and others drawn at random.

    Parameters
    ----------
    y : array of int, shape (rows,)
        What the grains are.
    n : int
        Labels, at least one for each class.
    seed : int or sequence of int
    groups : array, shape (rows,), optional
        The mount of each grain.
    mounts : int, optional
        Of each class so many mounts only are looked at; by default all. Half of the labels then are of each class.

    Returns
    -------
    array of int, shape (n,)

    Raises
    ------
    ValueError
        If there are fewer labels than classes, or fewer grains than labels.
    """
    y, rng = np.asarray(y), np.random.default_rng(seed)
    classes = np.unique(y)
    if n < len(classes) or n > len(y):
        raise ValueError(f"{n} labels for {len(y)} grains of {len(classes)} classes: one for each class is needed")
    if mounts is not None:
        return _from_few_mounts(y, np.asarray(groups), n, mounts, rng)
    first = [rng.choice(np.flatnonzero(y == k)) for k in classes]
    others = np.setdiff1d(np.arange(len(y)), first)
    return np.r_[first, rng.permutation(others)[: n - len(first)]]


def _from_few_mounts(y, groups, n, mounts, rng):
    """n rows, as many of each class as of the other, from so many mounts of each."""
    rows = []
    for k, many in ((0, n // 2), (1, n - n // 2)):
        names = np.unique(groups[y == k])
        chosen = rng.permutation(names)[:mounts]
        there = np.flatnonzero((y == k) & np.isin(groups, chosen))
        rows.extend(rng.permutation(there)[:many])
    return np.array(rows)


def hide(y, rows):
    """The classes of some rows, and `HIDDEN` everywhere else: array of int, the shape of y."""
    named = np.full(len(y), HIDDEN)
    named[rows] = np.asarray(y)[rows]
    return named


def some_wrong(named, share, seed=0):
    """The same names, a share of which is the other class's: array of int.

    Parameters
    ----------
    named : array of int, shape (rows,)
        0, 1 or `HIDDEN`.
    share : float
        0..1; met to the nearest grain.
    seed : int or sequence of int
    """
    named = np.array(named)
    there = np.flatnonzero(named != HIDDEN)
    drawn = np.random.default_rng(seed).permutation(there)
    wrong = drawn[: round(share * len(there))]
    named[wrong] = 1 - named[wrong]
    return named


def two_views(model, x, other, named, sure=0.8, rounds=5):
    """Learn from few names and from agreement: a grain counts as named if both its views are called alike, and surely.

    A view is the grain as another photograph might show it, such as turned and brighter. What both views agree on is
    kept for one more round of learning (after Sohn et al., 2020, FixMatch, arXiv:2001.07685, here without a network).

    Parameters
    ----------
    model : scikit-learn classifier with a predict_proba
        Unfitted.
    x, other : array, shape (rows, numbers)
        The two views, row by row.
    named : array of int, shape (rows,)
        `HIDDEN` where nobody has named the grain.
    sure : float
        The least probability of the class that both views are called.
    rounds : int

    Returns
    -------
    classifier
        Fitted to both views of the named grains, and of those that were agreed on.
    """
    named = np.asarray(named)
    believed = named
    for _ in range(rounds):
        known = believed != HIDDEN
        both = np.concatenate([x[known], other[known]])
        fitted = clone(model).fit(both, np.tile(believed[known], 2))
        believed = np.where(named == HIDDEN, _agreed(fitted, x, other, sure), named)
    return fitted


def _agreed(fitted, x, other, sure):
    """What both views of a grain are called, `HIDDEN` where they disagree or one is not sure: array of int."""
    one, two = fitted.predict_proba(x), fitted.predict_proba(other)
    called = fitted.classes_[one.argmax(axis=1)]
    alike = one.argmax(axis=1) == two.argmax(axis=1)
    least = np.minimum(one.max(axis=1), two.max(axis=1))
    return np.where(alike & (least >= sure), called, HIDDEN)


# ---------------------------------------------------------------- which grain to ask for


def at_random(model, x, named, rng):
    """A grain that nobody has named, drawn at random: int, its row."""
    return int(rng.choice(np.flatnonzero(named == HIDDEN)))


def least_sure(model, x, named, rng):
    """The grain that a model, fitted to what is named, is least sure of (Lewis and Gale, 1994): int, its row."""
    known = named != HIDDEN
    fitted = clone(model).fit(x[known], named[known])
    surest = fitted.predict_proba(x).max(axis=1)
    return int(np.argmin(np.where(known, np.inf, surest)))


def farthest(model, x, named, rng):
    """The grain that lies farthest from every named one (Sener and Savarese, 2018): int, its row.

    Names play no part in it, only who has one.
    """
    away = nearest_named(x, named)
    return int(np.argmax(np.where(named == HIDDEN, away, -np.inf)))


def nearest_named(x, named):
    """How far each grain lies from the nearest named one: array of float, shape (rows,)."""
    squares = np.sum(x**2, axis=1)
    there = x[named != HIDDEN]
    products = x @ there.T
    apart = squares[:, None] - 2 * products + np.sum(there**2, axis=1)
    return np.sqrt(apart.min(axis=1).clip(0))


ASKING = {"at random": at_random, "least sure": least_sure, "farthest": farthest}


def asked_in_turn(choose, model, pool, first, n, seed=0):
    """A scripted oracle: names the first grains, then each grain that it is asked for, truly: array of int, n rows.

    Parameters
    ----------
    choose : callable
        One of `ASKING`, or another from (model, x, named, rng) to a row.
    model : scikit-learn classifier with a predict_proba
    pool : tuple of (x, y)
        The grains as numbers, shape (rows, numbers), and what the oracle knows, shape (rows,).
    first : array of int
        The rows that are named to begin with.
    n : int
        Labels in all.
    seed : int or sequence of int

    Returns
    -------
    array of int, shape (n,)
        The rows in the order in which they were named.
    """
    (x, y), rng = pool, np.random.default_rng(seed)
    asked = list(first)
    while len(asked) < n:
        row = choose(model, x, hide(y, asked), rng)
        asked.append(row)
    return np.array(asked)


# ---------------------------------------------------------------- what labels are worth


def scores_along(model, learn, test, counts):
    """ROC-AUC on grains of other mounts after so many labels: array of float, one for each count.

    Parameters
    ----------
    model : scikit-learn classifier with a decision_function
    learn, test : tuple of (x, y)
        To learn from, in the order in which the grains were named; to score on.
    counts : sequence of int
    """
    (x, y), (x_test, y_test) = learn, test
    found = []
    for count in counts:
        fitted = clone(model).fit(x[:count], y[:count])
        auc = auc_interval(y_test, fitted.decision_function(x_test))
        found.append(auc.value)
    return np.array(found)


def labels_needed(counts, scores, wanted):
    """How many labels a wanted score takes on a curve that may only rise (isotonic regression): float.

    Parameters
    ----------
    counts : sequence of int
        Labels, rising.
    scores : array, shape (len(counts),)
    wanted : float

    Returns
    -------
    float
        Between two counts by a straight line; the first count, if already that has the score; NaN, if none has it.
    """
    rising = isotonic_regression(scores)
    if wanted > rising[-1]:
        return np.nan
    place = int(np.argmax(rising >= wanted))
    if place == 0:
        return float(counts[0])
    ends = rising[place - 1 : place + 1]
    return float(np.interp(wanted, ends, counts[place - 1 : place + 1]))


def labels_saved(counts, scores, rival, at, seed=0):
    """How many labels a way of choosing saves: those of a rival less its own, at the rival's score: Interval.

    Parameters
    ----------
    counts : sequence of int
        Labels, rising.
    scores, rival : array, shape (runs, len(counts))
        Of runs that belong together, row by row.
    at : int
        One of the counts: the rival's labels.
    seed : int

    Returns
    -------
    Interval
        Negative: it needs more than the rival. The interval is over runs (bootstrap). Where the score is never reached,
        the last count stands for what it needs: such a loss is at least as large as stated.
    """
    scores, rival = np.asarray(scores), np.asarray(rival)
    place = list(counts).index(at)

    def saved(rows):
        wanted = isotonic_regression(rival[rows].mean(axis=0))[place]
        needed = labels_needed(counts, scores[rows].mean(axis=0), wanted)
        own = labels_needed(counts, rival[rows].mean(axis=0), wanted)
        return min(own, at) - (counts[-1] if np.isnan(needed) else needed)

    runs, rng = len(scores), np.random.default_rng(seed)
    drawn = [saved(rng.integers(runs, size=runs)) for _ in range(RESAMPLES)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Interval(float(saved(np.arange(runs))), float(low), float(high))


def labels_to_save(asked, random, of=20, seed=0):
    """How many of so many random labels asking has to save before it pays, at one person's speed and slips: Interval.

    Parameters
    ----------
    asked, random : array of float, shape (labels, 2)
        Of each label that was asked for, or was a random grain's: 1 if it was right, else 0; and its seconds.
    of : int
        Right random labels, which asking is to replace.
    seed : int

    Returns
    -------
    Interval
        Negative: right labels of asked grains came faster. The 95 % interval is over the labels of this person, drawn
        again within either kind (bootstrap). Where none of the random ones is right, half a one stands for it.
    """
    asked, random = np.asarray(asked, float), np.asarray(random, float)
    rng = np.random.default_rng(seed)
    drawn = [_to_save(_again(asked, rng), _again(random, rng), of) for _ in range(RESAMPLES)]
    low, high = np.percentile(drawn, [2.5, 97.5])
    return Interval(float(_to_save(asked, random, of)), float(low), float(high))


def _again(rows, rng):
    """As many rows, drawn with replacement."""
    return rows[rng.integers(len(rows), size=len(rows))]


def _to_save(asked, random, of):
    """What is missing of so many random labels after the time that these take."""
    right, seconds = asked.sum(axis=0)
    right_random, seconds_random = random.sum(axis=0)
    rate = max(right_random, 0.5) / seconds_random
    return of * (1 - right / seconds / rate)
