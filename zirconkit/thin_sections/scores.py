"""How good a map of phases is: pixels right, and for each phase how much of it and of what was called it is in both."""

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix

from zirconkit.synthetic.sandstones import PHASES

__all__ = ["confusion", "per_field", "scores"]


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
    named = dict(zip((f"jaccard_{phase}" for phase in PHASES), jaccard))
    return {"accuracy": right.sum() / table.sum(), "mean_jaccard": float(np.nanmean(jaccard)), **named}


def per_field(fields, found):
    """Scores of each field by itself: DataFrame with name, section and what `scores` gives.

    Parameters
    ----------
    fields : list of Field
    found : list of array of int
        A map of phases for each.
    """
    rows = [scores(confusion(field.phases, phases)) for field, phases in zip(fields, found)]
    names = [{"name": field.name, "section": field.section} for field in fields]
    return pd.DataFrame([{**name, **row} for name, row in zip(names, rows)])
