"""The scores of a classifier, of two classes or of many, as tables with intervals."""

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix

from zirconkit.evaluation.auc import auc_interval, checked, classes_of
from zirconkit.evaluation.intervals import proportion_interval, score_interval, table

__all__ = ["calibration", "confusion", "probability_scores", "scores"]


def scores(y, probability):
    """Accuracy, precision, recall and ROC-AUC, each with its 95 % interval over grains.

    Parameters
    ----------
    y : array of int, shape (n,)
        The class of each grain.
    probability : array of float, shape (n,) or (n, classes)
        Of two classes: that of class 1; from ½ on a grain is called so. Of many: a column for each class; a grain is
        called by the largest. For one class against the rest give `y == k` and `probability[:, k]`.

    Returns
    -------
    DataFrame, indexed by score
        value, low, high, n (the grains that the score counts). Of many classes precision, recall and ROC-AUC are means
        over the classes (macro), and their F1 stands beside them. The intervals: Wilson's for shares, the bootstrap for
        their macro means (`score_interval`), `auc_interval`'s. NaN as there.
    """
    y, probability = checked(y, probability)
    if probability.ndim == 2:
        return _scores_of_many(y, probability)
    called = probability >= 0.5
    hits = {"accuracy": called == y, "precision": y[called], "recall": called[y == 1]}
    rows, counted = {}, []
    for name, each in hits.items():
        rows[name] = proportion_interval(each.sum(), len(each))
        counted.append(len(each))
    rows["ROC-AUC"] = auc_interval(y, probability)
    counted.append(len(y))
    return table(rows).assign(n=counted).rename_axis("score")


def _scores_of_many(y, probability):
    """`scores` with a column of probabilities for each class."""
    called = probability.argmax(axis=1)
    right = np.sum(called == y)
    rows = {"accuracy": proportion_interval(right, len(y))}
    for place, name in enumerate(("precision", "recall", "F1")):

        def macro(y, called, place=place):
            each = _one_against_the_rest(y, called, classes_of(probability))[place]
            return each.mean()

        rows[f"macro {name}"] = score_interval(macro, y, called)
    rows["macro ROC-AUC"] = auc_interval(y, probability)
    return table(rows).assign(n=len(y)).rename_axis("score")


def _one_against_the_rest(y, called, n_classes):
    """Precision, recall and F1 of each class: arrays, shape (classes,); NaN of a class that has no grain.

    By counting, since a bootstrap asks a thousand times: scikit-learn's own, with the same values, takes fifty times
    as long. A class that is never called has a precision of 0, as there.
    """
    right = np.bincount(y[called == y], minlength=n_classes)
    are = np.bincount(y, minlength=n_classes).astype(float)
    are[are == 0] = np.nan
    called_so = np.bincount(called, minlength=n_classes)
    recall = right / are
    f1 = 2 * right / (are + called_so)
    precision = right / np.maximum(called_so, 1)
    return np.where(np.isnan(are), np.nan, precision), recall, f1


def confusion(y, predicted, classes):
    """How many grains of each class are called what.

    Parameters
    ----------
    y, predicted : array of int, shape (n,)
        What the grains are and what they are called: places in `classes`.
    classes : sequence of str

    Returns
    -------
    DataFrame of int, shape (classes, classes)
        One row for each class as it is, one column for each as it is called.
    """
    counts = confusion_matrix(y, predicted, labels=range(len(classes)))
    return pd.DataFrame(counts, pd.Index(classes, name="is"), pd.Index(classes, name="called"))


def probability_scores(y, probability):
    """PR-AUC, log loss and Brier score, each with its 95 % interval over grains and what knowing nothing gives.

    Parameters
    ----------
    y : array of int, shape (n,)
        The class of each grain.
    probability : array of float, shape (n,) or (n, classes)
        Of two classes: that of class 1. Of many: a column for each class.

    Returns
    -------
    DataFrame, indexed by score
        value, low, high, baseline: always answering the share of each class. Of many classes PR-AUC is the mean over
        the classes, each against the rest; the Brier score is their sum, as Brier (1950) has it: 0 to 2. In the log
        loss the probability of what is true counts as 1e-7 at least, as in Keras (scikit-learn's stops at 2e-16, so
        that one grain can weigh more than twice as much). NaN where a class has no grain, and as in `score_interval`.
    """
    y, probability = checked(y, probability)
    shares = np.bincount(y, minlength=classes_of(probability)) / len(y)
    often = np.empty_like(probability)
    often[:] = shares[1] if probability.ndim == 1 else shares
    known = {"PR-AUC": _pr_auc, "log loss": _log_loss, "Brier score": _brier_score}
    rows, baseline = {}, []
    for name, score in known.items():
        rows[name] = score_interval(score, y, probability)
        baseline.append(score(y, often))
    return table(rows).assign(baseline=baseline).rename_axis("score")


def _pr_auc(y, probability):
    if len(np.unique(y)) < classes_of(probability):
        return np.nan
    if probability.ndim == 1:
        return _average_precision(y, probability)
    each = [_average_precision(y == k, column) for k, column in enumerate(probability.T)]
    return np.mean(each)


def _average_precision(is_one, probability):
    """The precision at each threshold, averaged over the grains of the class that it finds.

    scikit-learn's `average_precision_score`, without its checks: a bootstrap asks a thousand times, and they take most
    of the time.
    """
    order = np.argsort(-probability, kind="stable")
    found = np.cumsum(is_one[order])
    last_of_equals = np.flatnonzero(np.diff(probability[order], append=-np.inf))
    precision = found[last_of_equals] / (last_of_equals + 1)
    newly_found = np.diff(found[last_of_equals], prepend=0)
    return (newly_found * precision).sum() / found[-1]


def _log_loss(y, probability):
    if probability.ndim == 1:
        of_truth = np.where(y == 1, probability, 1 - probability)
    else:
        of_truth = probability[np.arange(len(y)), y]
    return -np.log(of_truth.clip(1e-7)).mean()


def _brier_score(y, probability):
    """The mean squared distance of the probabilities from the truth; of many classes summed over them."""
    if probability.ndim == 1:
        return np.mean((probability - y) ** 2)
    is_true = y[:, None] == np.arange(probability.shape[1])
    return np.mean((probability - is_true) ** 2, axis=0).sum()


def calibration(y, probability, bins=5):
    """Do 70 of 100 grains that are called porphyry with 0.7 turn out to be porphyry?

    Parameters
    ----------
    y : array of 0 and 1, shape (n,)
    probability : array of float, shape (n,)
        Of class 1.
    bins : int
        Of equally many grains, sorted by probability; fewer where probabilities are equal.

    Returns
    -------
    DataFrame
        One row for each bin: predicted (mean probability), observed (share of class 1) with its 95 % interval low,
        high; n.
    """
    y, probability = np.asarray(y), np.asarray(probability, float)
    edges = np.quantile(probability, np.arange(1, bins) / bins)
    lots = np.searchsorted(np.unique(edges), probability)
    rows = []
    for lot in np.unique(lots):
        inside = lots == lot
        predicted, n = probability[inside].mean(), inside.sum()
        observed = proportion_interval(y[inside].sum(), n)
        rows.append([predicted, *observed, n])
    return pd.DataFrame(rows, columns=["predicted", "observed", "low", "high", "n"])
