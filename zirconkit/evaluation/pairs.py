"""Scores on pairs of mounts, one of either class: what a random split hides, and an interval over mounts."""

from contextlib import contextmanager
from itertools import product

import numpy as np
import pandas as pd
from joblib import Parallel, delayed, parallel_config
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from sklearn.utils import check_consistent_length
from threadpoolctl import threadpool_limits

from zirconkit.evaluation.auc import auc_interval
from zirconkit.evaluation.intervals import Interval, welch_half_width

__all__ = ["gap", "pairs_interval", "pairs_left_out", "random_folds", "within_pairs"]


@contextmanager
def _a_core_each():
    """Fits side by side, a core each: twice as fast as one by one on all cores, and no standstill beside other work."""
    with threadpool_limits(1), parallel_config("threading", n_jobs=-1):
        yield


def random_folds(model, x, y, seed=0):
    """Scores of grains that the model did not see, in five random folds; grains of one mount are on both sides.

    Parameters
    ----------
    model : scikit-learn classifier with a decision_function
    x : array, shape (n, ...)
    y : array of int, shape (n,)
    seed : int

    Returns
    -------
    array of float, shape (n,); of more than two classes (n, classes)
        Fewer folds where a class has fewer than five grains; NaN throughout where one has none or a single one.
    """
    _, many = np.unique(y, return_counts=True)
    if len(many) < 2 or many.min() < 2:
        return np.full(len(y), np.nan)
    folds = StratifiedKFold(min(5, many.min()), shuffle=True, random_state=seed)
    flat = np.reshape(x, (len(x), -1))
    with _a_core_each():
        return cross_val_predict(model, flat, y, cv=folds, method="decision_function")


def pairs_left_out(model, x, y, groups):
    """ROC-AUC on each pair of mounts, one of either class, of a model that learned from all the others.

    Both mounts of a pair are scored by one model, and neither class is favoured: what says nothing of the class has
    about 0.5 on average, rather less, since the mounts that are left pull the other way. (Leave out one mount at a
    time, and the scores of different models are compared; each of them has also learned that the class left out is
    rarer.)

    Parameters
    ----------
    model : scikit-learn classifier with a decision_function
    x : array, shape (n, ...)
    y : array of 0 and 1, shape (n,)
    groups : array, shape (n,)
        The mount of each grain.

    Returns
    -------
    DataFrame
        One row for each mount of class 1 (porphyry), one column for each of class 0 (batholith). All NaN where a class
        has one mount only: without it nothing would be left to learn from.
    """
    y, flat, groups = _checked(y, np.reshape(x, (len(x), -1)), groups)
    table = _no_scores_yet(y, groups)
    if min(table.shape) < 2:
        return table

    def auc(one, other):
        out = np.isin(groups, (one, other))
        fitted = clone(model)
        fitted.fit(flat[~out], y[~out])
        score = fitted.decision_function(flat[out])
        return auc_interval(y[out], score).value

    with _a_core_each():
        aucs = Parallel()(delayed(auc)(one, other) for one, other in product(*table.axes))
    table[:] = np.reshape(aucs, table.shape)
    return table


def within_pairs(y, score, groups):
    """ROC-AUC on each pair of mounts, one of either class, of scores at hand; beside `pairs_left_out`.

    Parameters
    ----------
    y : array of 0 and 1, shape (n,)
    score : array of float, shape (n,)
    groups : array, shape (n,)
        The mount of each grain.

    Returns
    -------
    DataFrame
        One row for each mount of class 1 (porphyry), one column for each of class 0 (batholith). NaN where a grain of
        a pair has no score.
    """
    y, score, groups = _checked(y, score, groups)
    table = _no_scores_yet(y, groups)
    for one, other in product(*table.axes):
        pair = np.isin(groups, (one, other))
        if np.isfinite(score[pair]).all():
            found = auc_interval(y[pair], score[pair])
            table.loc[one, other] = found.value
    return table


def _checked(y, x, groups):
    """The three as arrays; ValueError if they do not fit together or there are more classes than two."""
    check_consistent_length(y, x, groups)
    y = np.asarray(y)
    known = np.isin(y, (0, 1))
    if not known.all():
        raise ValueError(f"pairs of mounts are of two classes, 0 and 1; y holds {np.unique(y).tolist()}")
    return y, np.asarray(x), np.asarray(groups)


def _no_scores_yet(y, groups):
    """A table of NaN with one row for each mount of class 1 and one column for each of class 0."""
    ones = np.unique(groups[y == 1])
    zeros = np.unique(groups[y == 0])
    return pd.DataFrame(np.nan, ones, zeros)


def pairs_interval(table):
    """Mean ROC-AUC over pairs of mounts, and its 95 % interval over mounts (Student's t, Welch's degrees of freedom).

    The models share most of what they learned from, so their scores do not vary freely: the variance is widened by the
    tested over the learned share (Nadeau and Bengio, 2003, *Machine Learning* 52, 239-281). Still too narrow: meant for
    95 %, it holds the truth in 81 to 89 % of simulated sets of mounts of which nothing can be learned
    (`benchmarks/intervals.py`).

    Parameters
    ----------
    table : DataFrame
        What `pairs_left_out` returns.

    Returns
    -------
    Interval
        Within 0 and 1; low and high are NaN where a class has fewer than two mounts.
    """
    mean = float(table.mean(axis=None))
    if min(table.shape) < 2:
        return Interval(mean, np.nan, np.nan)
    variances, freedom = [], []
    for means in (table.mean(axis=1), table.mean(axis=0)):
        m = len(means)
        tested_over_learned = 1 / (m - 1)
        variances.append(means.var(ddof=1) * (1 / m + tested_over_learned))
        freedom.append(m - 1)
    half = welch_half_width(variances, freedom)
    low, high = np.clip([mean - half, mean + half], 0, 1).tolist()
    return Interval(mean, low, high)


def gap(seen, unseen):
    """How much a score is flattered by having seen the mounts: mean difference over pairs of mounts, and its interval.

    Parameters
    ----------
    seen, unseen : DataFrame
        ROC-AUC on each pair of mounts: of `within_pairs`, whose scores may come from random folds, and of
        `pairs_left_out`.

    Returns
    -------
    Interval
        Over mounts, as in `pairs_interval`; within −1 and 1.
    """
    halved = pairs_interval((1 + seen - unseen) / 2)  # a difference of −1 to 1 as a share of 0 to 1
    return Interval(*(2 * value - 1 for value in halved))
