"""What a score is good for: thresholds by cost, and what a small test can tell apart."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import norm

from zirconkit.evaluation.auc import auc_difference
from zirconkit.evaluation.intervals import bootstrap, rows_by_class

__all__ = ["Calls", "at_threshold", "costs", "differences", "drawn_scores"]


class Calls(NamedTuple):
    """What a threshold makes of the grains of two classes, as counts.

    Attributes
    ----------
    found, missed : int
        Grains of class 1 (porphyry) that are called so, and that are not.
    wasted, spared : int
        Grains of class 0 (batholith) that are called class 1, and that are not.
    """

    found: int
    missed: int
    wasted: int
    spared: int

    @property
    def counts(self):
        """The confusion matrix: array of int, shape (2, 2), a row for each class as it is, a column as it is called."""
        return np.array([[self.spared, self.wasted], [self.missed, self.found]])

    @property
    def accuracy(self):
        """Share of all grains that are called right."""
        return (self.found + self.spared) / max(1, sum(self))

    @property
    def precision(self):
        """Share of class 1 among the grains called so; NaN where none is."""
        called = self.found + self.wasted
        return self.found / called if called else np.nan

    @property
    def recall(self):
        """Share of the grains of class 1 that are called so; NaN where there is none."""
        are = self.found + self.missed
        return self.found / are if are else np.nan

    def cost(self, missed, wasted):
        """The mean cost of a grain, where one missed and one wasted trip cost so much."""
        return (missed * self.missed + wasted * self.wasted) / max(1, sum(self))


def at_threshold(y, probability, threshold):
    """Call each grain by a threshold and count.

    Parameters
    ----------
    y : array of 0 and 1, shape (n,)
    probability : array of float, shape (n,)
        Of class 1. From the threshold on a grain is called so.
    threshold : float

    Returns
    -------
    Calls
    """
    is_one = np.asarray(y) == 1
    called_one = np.asarray(probability) >= threshold
    found = int(np.sum(is_one & called_one))
    wasted = int(np.sum(~is_one & called_one))
    missed = int(is_one.sum()) - found
    spared = len(is_one) - found - missed - wasted
    return Calls(found, missed, wasted, spared)


def costs(y, probability, missed, wasted, thresholds, n_resamples=999):
    """What a threshold costs per grain: so much for each porphyry missed, so much for each trip to a batholith.

    Parameters
    ----------
    y : array of 0 and 1, shape (n,)
    probability : array of float, shape (n,)
        Of class 1 (porphyry). From the threshold on somebody goes.
    missed, wasted : float
        Cost of a missed porphyry and of a wasted trip, in one currency.
    thresholds : array of float
        1.01 is a way of writing "never go".
    n_resamples : int
        How often grains are drawn anew within each class for the interval (percentiles); the same at every call.

    Returns
    -------
    DataFrame, indexed by threshold
        cost (mean over the grains) with its 95 % interval low, high.
    """
    y, probability = np.asarray(y), np.asarray(probability, float)
    porphyry = (y == 1)[:, None]
    goes = probability[:, None] >= np.asarray(thresholds)
    each = missed * (porphyry & ~goes) + wasted * (goes & ~porphyry)

    def mean_cost(rows):
        return each[rows].mean(axis=0)

    low, high = bootstrap(mean_cost, rows_by_class(y), n_resamples=n_resamples)
    columns = {"cost": each.mean(axis=0), "low": low, "high": high}
    index = pd.Index(thresholds, name="threshold")
    return pd.DataFrame(columns, index)


def drawn_scores(aucs, correlation, n, rng):
    """Scores of imagined models on imagined grains: normal within each class, with the ROC-AUCs and correlation given.

    Parameters
    ----------
    aucs : list of float
        The true ROC-AUC of each model.
    correlation : float
        Between the scores of any two models within a class, 0 to 1: how much they see the same.
    n : (int, int)
        Grains of class 1 and of class 0.
    rng : numpy Generator

    Returns
    -------
    y : array of 0 and 1, shape (n,)
    scores : array of float, shape (models, n)
    """
    y = np.repeat([1, 0], n)
    shared = rng.normal(size=len(y))
    own = rng.normal(size=(len(aucs), len(y)))
    noise = np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own
    apart = np.sqrt(2) * norm.ppf(aucs)
    return y, noise + np.outer(apart, y)


def differences(auc, other, correlation, n=(25, 46), n_sets=300, seed=0):
    """What a paired test would find, if two models had these true ROC-AUCs: simulated test sets.

    Parameters
    ----------
    auc, other : float
        True ROC-AUC of the two models.
    correlation, n
        As in `drawn_scores`; the paper's test has 25 and 46 grains.
    n_sets, seed : int

    Returns
    -------
    DataFrame
        One row for each set: the difference of ROC-AUC found, with DeLong's paired 95 % interval low, high; resolved:
        it leaves out 0.
    """
    rng = np.random.default_rng(seed)
    rows = []
    for _ in range(n_sets):
        y, (one, two) = drawn_scores([auc, other], correlation, n, rng)
        rows.append(auc_difference(y, one, two))
    table = pd.DataFrame(rows, columns=["difference", "low", "high"])
    table["resolved"] = (table["low"] > 0) | (table["high"] < 0)
    return table
