"""What a score is good for: thresholds by cost, and what a small test can tell apart."""

import numpy as np
import pandas as pd
from scipy.stats import norm

from zirconkit.evaluation.auc import auc_difference
from zirconkit.evaluation.intervals import bootstrap, rows_by_class

__all__ = ["costs", "differences", "drawn_scores"]


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
