"""How good a map of phases is: pixels right, and for each phase how much of it and of what was called it is in both."""

import numpy as np
from sklearn.metrics import confusion_matrix

from zirconkit.synthetic.sandstones import PHASES

__all__ = ["confusion", "scores"]


def confusion(truth, found):
    """Pixels by true phase (rows) and phase found (columns): array of int, (phases, phases)."""
    return confusion_matrix(np.ravel(truth), np.ravel(found), labels=range(len(PHASES)))


def scores(table):
    """Accuracy, Jaccard index of each phase and their mean, from a `confusion`: dict of float.

    The Jaccard index (intersection over union) of a phase is NaN where it neither is nor was found: then it is left out
    of the mean.
    """
    right = np.diag(table).astype(float)
    union = table.sum(axis=0) + table.sum(axis=1) - right
    jaccard = np.divide(right, union, out=np.full(len(right), np.nan), where=union > 0)
    named = {f"jaccard_{phase}": value for phase, value in zip(PHASES, jaccard)}
    accuracy = right.sum() / table.sum()
    return {"accuracy": accuracy, "mean_jaccard": float(np.nanmean(jaccard)), **named}
