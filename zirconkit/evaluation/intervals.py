"""Intervals around any score: over grains, and over mounts."""

import warnings
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats
from sklearn.utils import check_consistent_length

__all__ = [
    "Interval", "bootstrap", "gains", "paired_difference", "proportion_interval", "rows_by_class", "score_interval",
    "shares_difference", "table", "welch_half_width",
]  # fmt: skip


class Interval(NamedTuple):
    """A value and the ends of its 95 % interval; NaN for each of the three that cannot be had from these grains.

    `f"{interval:.2f}"` writes 0.85 (0.78–0.90), with a sign +0.03 (-0.05 to +0.11), and says so where there is nothing.
    """

    value: float
    low: float
    high: float

    def __format__(self, spec):
        if not spec:
            return str(self)
        if np.isnan(self.value):
            return "not to be had with these mounts"
        value, low, high = (format(each, spec) for each in self)
        if np.isnan(self.low + self.high):
            return f"{value} (interval not to be had with these mounts)"
        between = " to " if spec.startswith("+") else "–"
        return f"{value} ({low}{between}{high})"


def table(intervals):
    """Intervals as a table.

    Parameters
    ----------
    intervals : dict of Interval (or another NamedTuple, such as `embeddings.Reading`)
        By name. Names that are tuples become levels of the index.

    Returns
    -------
    DataFrame
        One row for each name, with the fields as columns: value, low, high.
    """
    rows = list(intervals.values())
    columns = rows[0]._fields if rows else Interval._fields
    names = pd.Index(intervals.keys())
    return pd.DataFrame(rows, names, columns, dtype=float)


def proportion_interval(successes, n):
    """A proportion and its 95 % interval (Wilson, 1927, which stays inside 0..1 and honest for few grains).

    Returns
    -------
    Interval
        NaN where n is 0.
    """
    if n == 0:
        return Interval(np.nan, np.nan, np.nan)
    test = stats.binomtest(int(successes), int(n))
    low, high = test.proportion_ci(method="wilson")
    return Interval(successes / n, float(low), float(high))


def shares_difference(successes, n, others, m):
    """The share successes / n less the share others / m, of things that do not belong together in pairs: Interval.

    By the two Wilson intervals (Newcombe, 1998, Statistics in Medicine 17, 873–890, method 10).
    """
    one, two = proportion_interval(successes, n), proportion_interval(others, m)
    down = np.hypot(one.value - one.low, two.high - two.value)
    up = np.hypot(one.high - one.value, two.value - two.low)
    value = one.value - two.value
    return Interval(value, float(value - down), float(value + up))


def paired_difference(a, b):
    """The mean difference a − b of runs that belong together, such as those with one seed: Interval.

    Student's t on the differences: it leaves out 0 where they hold together. It knows of other runs only, not of other
    grains or mounts.

    Parameters
    ----------
    a, b : array of float, shape (n,)
        Scores of n runs each; of fewer than two runs the ends are NaN.
    """
    difference = np.asarray(a, float) - np.asarray(b, float)
    n = len(difference)
    if n < 2:
        return Interval(float(difference.mean()), np.nan, np.nan)
    half = stats.t.ppf(0.975, n - 1) * difference.std(ddof=1) / np.sqrt(n)
    return Interval(float(difference.mean()), float(difference.mean() - half), float(difference.mean() + half))


def gains(scores, against):
    """What each way gains against one of them, run by run.

    Parameters
    ----------
    scores : DataFrame
        One row for each run, such as a seed; one column for each way.
    against : str
        The column that the others are measured against.

    Returns
    -------
    DataFrame, indexed by way
        mean of its scores; value, low, high of the gain (`paired_difference`).
    """
    rival = scores[against]
    differences = {name: paired_difference(scores[name], rival) for name in scores}
    found = table(differences)
    found.insert(0, "mean", scores.mean())
    return found


def score_interval(statistic, y, *scores, groups=None, n_resamples=999, seed=0):
    """Any score and its 95 % interval: over grains or, with `groups`, over mounts.

    Over grains: these are drawn anew within each class (`bootstrap`, BCa). Over mounts: one mount at a time is left out
    (jackknife), and the interval is Student's t with Welch's degrees of freedom. For a ROC-AUC `auc_interval` does
    better near 1.

    Parameters
    ----------
    statistic : callable
        From (y, *scores) to a number: `sklearn.metrics.average_precision_score`, or a difference of two models.
    y : array of int, shape (n,)
        The class of each grain.
    *scores : array, shape (n, ...)
        One or more: what belongs to one grain is drawn together, so that models are compared on the same grains.
    groups : array, shape (n,), optional
        The mount of each grain.
    n_resamples, seed : int
        Of the bootstrap.

    Returns
    -------
    Interval
        low and high are NaN where a class has fewer than two grains or, with `groups`, fewer than two mounts.
    """
    check_consistent_length(y, *scores, groups)
    y = np.asarray(y)
    scores = [np.asarray(score) for score in scores]

    def of_rows(rows):
        drawn = [score[rows] for score in scores]
        return statistic(y[rows], *drawn)

    value = float(statistic(y, *scores))
    if groups is None:
        low, high = bootstrap(of_rows, rows_by_class(y), "BCa", n_resamples, seed)
    else:
        half = _jackknife_half_width(of_rows, y, np.asarray(groups))
        low, high = value - half, value + half
    return Interval(value, float(low), float(high))


def rows_by_class(y):
    """The row numbers of each class's grains, the strata of a bootstrap: list of arrays of int."""
    return [np.flatnonzero(y == k) for k in np.unique(y)]


def bootstrap(statistic, strata, method="percentile", n_resamples=999, seed=0):
    """Ends of the 95 % interval of a statistic of grains, which are drawn anew within each stratum.

    Parameters
    ----------
    statistic : callable
        From an array of row numbers to a number, or to an array of numbers.
    strata : list of arrays of int
        The row numbers of each stratum, such as those of each class.
    method : "percentile" or "BCa"
        BCa corrects for bias and skewness (Efron, 1987) and takes one more statistic for each grain.
    n_resamples, seed : int

    Returns
    -------
    low, high : float, or arrays as the statistic gives
        NaN where a stratum has fewer than two grains. Where all resamples are alike BCa has nothing to say; then they
        are the percentiles, and of equal size.
    """
    if min(map(len, strata)) < 2:
        return np.nan, np.nan

    def of_drawn(*rows):
        return statistic(np.concatenate(rows).astype(int))

    how = {"n_resamples": n_resamples, "random_state": np.random.default_rng(seed), "vectorized": False}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of resamples that are all alike, as with a perfect ranking
        found = stats.bootstrap(strata, of_drawn, method=method, **how)
        percentiles = np.nanpercentile(found.bootstrap_distribution, [2.5, 97.5], axis=-1)
    ends = np.array(found.confidence_interval)
    return tuple(np.where(np.isnan(ends.sum(axis=0)), percentiles, ends))


def _jackknife_half_width(statistic, y, groups):
    """Half the 95 % interval of a statistic of rows, one mount at a time left out; NaN for one mount of a class."""
    variances, freedom = [], []
    for k in np.unique(y):
        names = np.unique(groups[y == k])
        if len(names) < 2:
            return np.nan
        without = [statistic(np.flatnonzero(groups != name)) for name in names]
        variances.append((len(names) - 1) * np.var(without))
        freedom.append(len(names) - 1)
    return welch_half_width(variances, freedom)


def welch_half_width(variances, freedom):
    """Half the 95 % interval of a sum of independent parts, whose variances are known from a few mounts each.

    Student's t with the degrees of freedom of Welch (1947).

    Parameters
    ----------
    variances, freedom : sequence of float
        Of each part: its variance (NaN, if nobody knows) and the degrees of freedom that this was estimated with.

    Returns
    -------
    float
    """
    variances, freedom = np.asarray(variances), np.asarray(freedom)
    total = variances.sum()
    if total == 0:
        return 0.0
    freedom_of_total = total**2 / np.sum(variances**2 / freedom)
    return stats.t.ppf(0.975, freedom_of_total) * np.sqrt(total)
