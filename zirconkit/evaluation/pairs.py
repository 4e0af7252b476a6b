"""Scores on pairs of mounts, one of either class: what a random split hides, and an interval over mounts."""

from contextlib import contextmanager

import numpy as np
import pandas as pd
from joblib import Parallel, delayed, parallel_config
from scipy.stats import t
from sklearn.base import clone
from sklearn.model_selection import StratifiedKFold, cross_val_predict
from threadpoolctl import threadpool_limits

from zirconkit.evaluation.intervals import auc_interval

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
    y : array of 0 and 1, shape (n,)
    seed : int

    Returns
    -------
    array of float, shape (n,)
    """
    folds = StratifiedKFold(5, shuffle=True, random_state=seed)
    with _a_core_each():
        return cross_val_predict(model, np.reshape(x, (len(x), -1)), y, cv=folds, method="decision_function")


def pairs_left_out(model, x, y, sample):
    """ROC-AUC on each pair of mounts, a porphyry and a batholith, of a model that learned from all the others.

    Both mounts of a pair are scored by one model, and neither class is favoured: what says nothing of the class has 0.5
    on average. (Leave out one mount at a time, and the scores of different models are compared; each of them has also
    learned that the class left out is rarer.)

    Parameters
    ----------
    model : scikit-learn classifier with a decision_function
    x : array, shape (n, ...)
    y : array of 0 and 1, shape (n,)
    sample : array, shape (n,)
        The mount of each grain. A class with fewer than two raises a ValueError: nothing would be left to learn from.

    Returns
    -------
    DataFrame
        A row a porphyry mount, a column a batholith mount.
    """
    x, y, sample = np.reshape(x, (len(x), -1)), np.asarray(y), np.asarray(sample)
    mounts = [np.unique(sample[y == k]) for k in (1, 0)]
    if min(map(len, mounts)) < 2:
        raise ValueError("leaving out a pair of mounts needs at least two mounts of each class")

    def auc(one, other):
        out = np.isin(sample, (one, other))
        fitted = clone(model).fit(x[~out], y[~out])
        return auc_interval(y[out], fitted.decision_function(x[out]))[0]

    with _a_core_each():
        aucs = Parallel()(delayed(auc)(one, other) for one in mounts[0] for other in mounts[1])
    return pd.DataFrame(np.reshape(aucs, [len(names) for names in mounts]), *mounts)


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
    mean, low, high : float
    """
    means = [table.mean(axis=1), table.mean(axis=0)]
    variances = np.array([part.var(ddof=1) * (1 / len(part) + 1 / (len(part) - 1)) for part in means])
    freedom = np.array([len(part) - 1 for part in means])
    mean, total = float(np.mean(table)), variances.sum()
    half = t.ppf(0.975, total**2 / np.sum(variances**2 / freedom)) * np.sqrt(total) if total else 0.0
    return mean, float(max(0, mean - half)), float(min(1, mean + half))


def within_pairs(y, score, sample):
    """ROC-AUC on each pair of mounts, a porphyry and a batholith, of scores at hand; beside `pairs_left_out`.

    Parameters
    ----------
    y, score, sample : array, shape (n,)
        sample is the mount of each grain.

    Returns
    -------
    DataFrame
        A row a porphyry mount, a column a batholith mount.
    """
    y, score, sample = np.asarray(y), np.asarray(score), np.asarray(sample)
    mounts = [np.unique(sample[y == k]) for k in (1, 0)]
    rows = {(one, other): np.isin(sample, (one, other)) for one in mounts[0] for other in mounts[1]}
    return pd.Series({pair: auc_interval(y[at], score[at])[0] for pair, at in rows.items()}).unstack()


def gap(seen, unseen):
    """How much a score is flattered by having seen the mounts: mean difference over pairs of mounts, and its interval.

    Parameters
    ----------
    seen, unseen : DataFrame
        ROC-AUC on each pair of mounts: of `within_pairs`, whose scores may come from random folds, and of
        `pairs_left_out`.

    Returns
    -------
    gap, low, high : float
        95 % interval over mounts, as in `pairs_interval`; within −1 and 1.
    """
    return tuple(2 * value - 1 for value in pairs_interval((1 + seen - unseen) / 2))
