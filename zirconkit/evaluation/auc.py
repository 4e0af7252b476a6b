"""ROC-AUC: how well a score ranks, of two classes or of many, with intervals over grains and over mounts."""

import numpy as np
import pandas as pd
from scipy.special import expit, logit
from scipy.stats import norm, rankdata
from sklearn.utils import check_consistent_length

from zirconkit.evaluation.intervals import Interval, rows_by_class, welch_half_width

__all__ = ["auc_difference", "auc_interval", "checked", "classes_of"]

_Z = norm.ppf(0.975)


def auc_interval(y, score, groups=None):
    """ROC-AUC and its 95 % interval: over grains or, with `groups`, over mounts.

    Over grains: the variance of DeLong et al. (1988). Over mounts: the same with whole mounts in place of grains
    (Obuchowski, 1997), and Student's t for so few of them; a bootstrap that draws mounts anew is too narrow for 4 and
    10 mounts. Both on the logit scale, which covers well near 1.

    Of many classes: each against the rest, and the mean over the classes (macro). DeLong's idea carries over: each
    grain adds to the ROC-AUC of its own class as one of it, and to the others' as one of the rest. The variance within
    the classes of what the grains add is the variance of the macro mean. In simulations of three classes it holds the
    truth in 93 to 95 of 100 sets, in 90 where a class has five grains only.

    Parameters
    ----------
    y : array of int, shape (n,)
        The class of each grain.
    score : array of float, shape (n,) or (n, classes)
        Of two classes: higher means more like class 1. Of many: a column for each class, such as its probability.
    groups : array, shape (n,), optional
        The mount of each grain.

    Returns
    -------
    Interval
        All NaN where a class has no grain; low and high NaN where one has fewer than two grains or, with `groups`,
        fewer than two mounts: one mount cannot say how much mounts differ. With a perfect ranking the variance is zero
        and says nothing: the bound is then `0.05 ** (1 / m)` for the smallest class's m grains or mounts, the share of
        wins that m wins out of m still leave possible.

    Raises
    ------
    ValueError
        If the arrays do not fit together, or a score is not finite.
    """
    y, score = checked(y, score, groups)
    auc, placements = _ranking(y, score)
    if auc in (0.0, 1.0):
        return _perfect(auc, _fewest(y, groups))
    half = _half_width(y, placements, groups)
    reach = half / (auc * (1 - auc))
    low = expit(logit(auc) - reach)
    high = expit(logit(auc) + reach)
    return Interval(auc, float(low), float(high))


def auc_difference(y, score, other, groups=None):
    """How much better one score ranks than another on the same grains, with a paired 95 % interval (DeLong, 1988).

    The arguments are as in `auc_interval`.

    Returns
    -------
    Interval
        ROC-AUC of `score` minus that of `other`; an interval across 0 means: these grains cannot tell which is better.
        NaN as in `auc_interval`.
    """
    y, score = checked(y, score, groups)
    _, other = checked(y, other)
    auc, placements = _ranking(y, score)
    other_auc, other_placements = _ranking(y, other)
    value = auc - other_auc
    half = _half_width(y, placements - other_placements, groups)
    return Interval(value, float(value - half), float(value + half))


def checked(y, score, groups=None):
    """Classes as int and scores as float; a ValueError says in a sentence if they do not belong together."""
    check_consistent_length(y, score, groups)
    y = np.asarray(y).astype(int)
    score = np.asarray(score, float)
    if not np.isfinite(score).all():
        raise ValueError("the scores hold NaN or infinity: a grain without a score cannot be ranked")
    there, n_classes = np.unique(y), classes_of(score)
    if not np.isin(there, range(n_classes)).all():
        raise ValueError(f"scores of shape {score.shape} are for {n_classes} classes, y holds {there.tolist()}")
    return y, score


def classes_of(score):
    """How many classes scores are for: one column is for two, that of class 1."""
    return 2 if score.ndim == 1 else score.shape[1]


def _ranking(y, score):
    """The ROC-AUC (of many classes the macro mean), and what each grain adds to it: float and array, shape (n,)."""
    sizes = np.bincount(y, minlength=classes_of(score))
    if sizes.min() == 0:
        return np.nan, np.full(len(y), np.nan)
    if score.ndim == 1:
        positive = y == 1
        placements = _placements(positive, score)
        return float(placements[positive].mean()), placements
    aucs, added = [], np.zeros(len(y))
    for k, column in enumerate(score.T):
        positive = y == k
        placements = _placements(positive, column)
        aucs.append(placements[positive].mean())
        share_of_rest = sizes[y] / (len(y) - sizes[k])
        added += np.where(positive, placements, share_of_rest * placements)
    return float(np.mean(aucs)), added / len(sizes)


def _placements(positive, score):
    """The share of the other class that each grain is ranked right against (DeLong et al., 1988); ties count half."""
    everywhere = rankdata(score)
    placements = np.empty(len(score))
    for mine in (positive, ~positive):
        beaten = everywhere[mine] - rankdata(score[mine])  # grains of the other class
        others = np.sum(~mine)
        placements[mine] = beaten / others
    placements[~positive] = 1 - placements[~positive]
    return placements


def _half_width(y, placements, groups):
    """Half the 95 % interval of a mean of placements, before it is put on the logit scale."""
    if groups is not None:
        return _half_width_over_mounts(y, placements, np.asarray(groups))
    variances = [_variance(placements[rows]) for rows in rows_by_class(y)]
    return _Z * np.sqrt(sum(variances))


def _variance(part):
    """Variance of the mean of one class's placements; NaN of one grain."""
    return part.var(ddof=1) / len(part) if len(part) > 1 else np.nan


def _half_width_over_mounts(y, placements, groups):
    """The same, if whole mounts are drawn (Obuchowski, 1997); NaN of one mount of a class."""
    variances, freedom = [], []
    for rows in rows_by_class(y):
        part = placements[rows]
        names, mount = np.unique(groups[rows], return_inverse=True)
        m = len(names)
        if m < 2:
            return np.nan
        sums = np.bincount(mount, part - part.mean())
        variance = m / (m - 1) * np.sum(sums**2) / len(part) ** 2
        variances.append(variance)
        freedom.append(m - 1)
    return welch_half_width(variances, freedom)


def _fewest(y, groups):
    """How many grains or, with groups, mounts the smallest class has."""
    units = np.arange(len(y)) if groups is None else np.asarray(groups)
    return int(pd.Series(units).groupby(y).nunique().min())


def _perfect(auc, fewest):
    """The interval of a ROC-AUC of 0 or 1, by the number of grains or mounts of the smallest class."""
    if fewest < 2:
        return Interval(auc, np.nan, np.nan)
    bound = 0.05 ** (1 / fewest)
    return Interval(auc, bound, 1.0) if auc else Interval(auc, 0.0, 1 - bound)
