"""Intervals around a score: over grains, and over mounts."""

import warnings

import numpy as np
from scipy.special import expit, logit
from scipy.stats import binomtest, bootstrap, norm, rankdata, t

__all__ = [
    "auc_difference", "auc_interval", "auc_interval_by_sample", "bootstrap_interval", "interval_by_sample",
    "proportion_interval",
]  # fmt: skip

_Z = norm.ppf(0.975)


def proportion_interval(successes, n):
    """A proportion and its 95 % interval (Wilson, 1927, which stays inside 0..1 and honest for few grains).

    Returns
    -------
    value, low, high : float
        NaN where n is 0.
    """
    if n == 0:
        return np.nan, np.nan, np.nan
    low, high = binomtest(int(successes), int(n)).proportion_ci(method="wilson")
    return successes / n, float(low), float(high)


def _placements(y, score):
    """Share of the other class that each grain of class 1, then of class 0, beats (DeLong et al., 1988); ties half."""
    y, score = np.asarray(y).astype(bool), np.asarray(score, float)
    if not np.isfinite(score).all():
        raise ValueError("the scores hold NaN or infinity: a grain without a score cannot be ranked")
    n_pos, n_neg = int(y.sum()), int((~y).sum())
    if n_pos == 0 or n_neg == 0:
        raise ValueError("a ROC-AUC needs grains of both classes, these are all of one")
    everywhere = rankdata(score)
    positive = (everywhere[y] - rankdata(score[y])) / n_neg
    negative = 1 - (everywhere[~y] - rankdata(score[~y])) / n_pos
    return positive, negative


def _variance(placements):
    return sum(part.var(ddof=1) / len(part) if len(part) > 1 else np.nan for part in placements)


def auc_interval(y, score):
    """ROC-AUC and its 95 % interval over grains (DeLong et al., 1988, on the logit scale: it covers well near 1).

    Parameters
    ----------
    y : array of 0 and 1, shape (n,)
    score : array of float, shape (n,)
        Higher means more like class 1. A missing class or a score that is not finite raises a ValueError.

    Returns
    -------
    auc, low, high : float
        With a perfect ranking the variance is zero and says nothing: the bound is then `0.05 ** (1 / m)` for the
        smaller class's m grains, the share of wins that m wins out of m still leave possible.
    """
    placements = _placements(y, score)
    auc = float(placements[0].mean())
    if auc in (0.0, 1.0):
        bound = 0.05 ** (1 / min(len(part) for part in placements))
        return (auc, bound, 1.0) if auc else (auc, 0.0, 1 - bound)
    half = _Z * np.sqrt(_variance(placements)) / (auc * (1 - auc))
    return auc, *map(float, expit(logit(auc) + np.array([-half, half])))


def auc_difference(y, score, other):
    """How much better one score ranks than another on the same grains, with a paired 95 % interval (DeLong, 1988).

    The arguments are as in `auc_interval`.

    Returns
    -------
    difference, low, high : float
        ROC-AUC of `score` minus that of `other`; an interval across 0 means: these grains cannot tell which is better.
    """
    difference = [a - b for a, b in zip(_placements(y, score), _placements(y, other))]
    value = float(difference[0].mean())
    half = _Z * np.sqrt(_variance(difference))
    return value, float(value - half), float(value + half)


def auc_interval_by_sample(y, score, sample):
    """ROC-AUC and its 95 % interval over mounts: what it might be with other mounts like these.

    DeLong's variance with whole mounts in place of grains (Obuchowski, 1997), on the logit scale, with Student's t for
    so few mounts (Welch's degrees of freedom). A bootstrap that draws mounts anew is too narrow for 4 and 10 of them.

    Parameters
    ----------
    y, score, sample : array, shape (n,)
        sample is the mount of each grain; a class with fewer than two raises a ValueError: one mount cannot say how
        much mounts differ.

    Returns
    -------
    auc, low, high : float
    """
    y, sample = np.asarray(y).astype(bool), np.asarray(sample)
    placements = _placements(y, score)
    auc, variances, freedom = float(placements[0].mean()), [], []
    for part, mounts in zip(placements, (sample[y], sample[~y])):
        names, which = np.unique(mounts, return_inverse=True)
        if len(names) < 2:
            raise ValueError("an interval over mounts needs at least two mounts of each class")
        sums = np.bincount(which, part - auc)
        variances.append(len(names) / (len(names) - 1) * np.sum(sums**2) / len(part) ** 2)
        freedom.append(len(names) - 1)
    if auc in (0.0, 1.0):
        bound = 0.05 ** (1 / (min(freedom) + 1))  # as in `auc_interval`, with mounts
        return (auc, bound, 1.0) if auc else (auc, 0.0, 1 - bound)
    half = _t_sd(variances, freedom) / (auc * (1 - auc))
    return auc, *map(float, expit(logit(auc) + np.array([-half, half])))


def _t_sd(variances, freedom):
    """Half the width of a 95 % interval around a sum of parts whose variances are known from few mounts each."""
    variances, freedom = np.asarray(variances), np.asarray(freedom)
    if not variances.any():
        return 0.0
    return t.ppf(0.975, variances.sum() ** 2 / np.sum(variances**2 / freedom)) * np.sqrt(variances.sum())


def bootstrap_interval(statistic, y, *scores, n_resamples=999, seed=0):
    """Any score and its 95 % interval over grains, which are drawn anew within each class (BCa: Efron, 1987).

    Parameters
    ----------
    statistic : callable
        From (y, *scores) to a number: `sklearn.metrics.average_precision_score`, or a difference of two models.
    y : array of 0 and 1, shape (n,)
    *scores : array, shape (n,)
        One or more: all rows of a grain are drawn together, so that models are compared on the same grains.
    n_resamples, seed : int

    Returns
    -------
    value, low, high : float
    """
    y, scores = np.asarray(y), [np.asarray(score) for score in scores]

    def of(*rows):
        rows = np.concatenate(rows).astype(int)
        return statistic(y[rows], *(score[rows] for score in scores))

    classes = [np.flatnonzero(y == k) for k in np.unique(y)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # all resamples alike, as with a perfect ranking: handled below
        found = bootstrap(
            classes, of, n_resamples=n_resamples, vectorized=False, random_state=np.random.default_rng(seed)
        )
    low, high = found.confidence_interval
    if np.isnan(low + high):
        low, high = np.percentile(found.bootstrap_distribution, [2.5, 97.5])
    return float(statistic(y, *scores)), float(low), float(high)


def interval_by_sample(statistic, sample, y, *scores):
    """Any score and its 95 % interval over mounts: one mount at a time left out (jackknife), Student's t.

    The other arguments are as in `bootstrap_interval`; `sample` is the mount of each grain. A class with fewer than two
    mounts raises a ValueError. For a ROC-AUC `auc_interval_by_sample` does better near 1.

    Returns
    -------
    value, low, high : float
    """
    y, sample, scores = np.asarray(y), np.asarray(sample), [np.asarray(score) for score in scores]
    variances, freedom = [], []
    for k in np.unique(y):
        names = np.unique(sample[y == k])
        if len(names) < 2:
            raise ValueError("an interval over mounts needs at least two mounts of each class")
        left = [sample != name for name in names]
        without = [statistic(y[rows], *(score[rows] for score in scores)) for rows in left]
        variances.append((len(names) - 1) * np.var(without))
        freedom.append(len(names) - 1)
    value, half = float(statistic(y, *scores)), _t_sd(variances, freedom)
    return value, float(value - half), float(value + half)
