"""The scores of a classifier, as tables with intervals."""

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score

from zirconkit.evaluation.intervals import auc_interval, bootstrap_interval, proportion_interval

__all__ = ["calibration", "probability_scores", "scores"]


def scores(y, probability, threshold=0.5):
    """Accuracy, precision, recall and ROC-AUC, each with its 95 % interval over grains.

    Parameters
    ----------
    y : array of 0 and 1, shape (n,)
    probability : array of float, shape (n,)
        Of class 1 (porphyry).
    threshold : float
        From here on a grain is called porphyry.

    Returns
    -------
    DataFrame, indexed by score
        value, low, high, n (the grains that the score counts).
    """
    y, called = np.asarray(y).astype(bool), np.asarray(probability) >= threshold
    right = {"accuracy": called == y, "precision": y[called], "recall": called[y]}
    rows = {name: (*proportion_interval(hits.sum(), len(hits)), len(hits)) for name, hits in right.items()}
    rows["ROC-AUC"] = (*auc_interval(y, probability), len(y))
    return pd.DataFrame.from_dict(rows, orient="index", columns=["value", "low", "high", "n"]).rename_axis("score")


def probability_scores(y, probability):
    """PR-AUC, log loss and Brier score, each with its 95 % interval over grains and what knowing nothing gives.

    Parameters
    ----------
    y : array of 0 and 1, shape (n,)
    probability : array of float, shape (n,)
        Of class 1. In the log loss the probability of what is true counts as 1e-7 at least, as in Keras.

    Returns
    -------
    DataFrame, indexed by score
        value, low, high, baseline: always answering the share of class 1.
    """
    y, probability = np.asarray(y), np.asarray(probability, float)
    known = {
        "PR-AUC": average_precision_score,
        "log loss": lambda y, p: -np.log(np.where(y == 1, p, 1 - p).clip(1e-7)).mean(),
        "Brier score": lambda y, p: np.mean((p - y) ** 2),
    }
    share = np.full(len(y), y.mean())
    rows = {name: (*bootstrap_interval(score, y, probability), score(y, share)) for name, score in known.items()}
    columns = ["value", "low", "high", "baseline"]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("score")


def calibration(y, probability, bins=5):
    """Do 70 of 100 grains that are called porphyry with 0.7 turn out to be porphyry?

    Parameters
    ----------
    y : array of 0 and 1, shape (n,)
    probability : array of float, shape (n,)
    bins : int
        Of equally many grains, sorted by probability; fewer where probabilities are equal.

    Returns
    -------
    DataFrame, a row a bin
        predicted (mean probability), observed (share of class 1) with its 95 % interval low, high; n.
    """
    table = pd.DataFrame({"y": np.asarray(y), "p": np.asarray(probability, float)})
    rows = []
    lots = np.searchsorted(np.unique(np.quantile(table["p"], np.arange(1, bins) / bins)), table["p"])
    for _, part in table.groupby(lots):
        rows.append([part["p"].mean(), *proportion_interval(part["y"].sum(), len(part)), len(part)])
    return pd.DataFrame(rows, columns=["predicted", "observed", "low", "high", "n"])
