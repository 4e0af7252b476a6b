"""Could a score come from something that is no property of the mineral? Asked of whole samples, not of grains."""

from math import factorial, prod

import numpy as np
import pandas as pd
from sklearn.model_selection import PredefinedSplit, cross_val_predict
from sklearn.naive_bayes import GaussianNB

from zirconkit.evaluation.auc import auc_interval
from zirconkit.evaluation.intervals import Interval

__all__ = ["deal_samples", "dealt_spreads", "one_feature", "permutation_p", "share_as_large", "smallest_p"]

PERMUTATIONS = 9999


def deal_samples(y, groups, most=5, seed=0):
    """Folds of whole samples, every class in every fold: the fold of each grain, array of int, shape (n,).

    As many folds as the class with the fewest samples has, at most `most`; None where a class has a single sample.
    """
    rng = np.random.default_rng(seed)
    by_class = [np.unique(groups[y == k]) for k in np.unique(y)]
    n_folds = min(most, *map(len, by_class))
    if n_folds < 2:
        return None
    fold_of = {}
    for names in by_class:
        for place, name in enumerate(rng.permutation(names)):
            fold_of[name] = place % n_folds
    return np.array([fold_of[name] for name in groups])


def one_feature(x, y, groups, folds):
    """How well one number ranks the classes, whole samples left out: the probabilities of a normal curve a class.

    Parameters
    ----------
    x : array of float, shape (n,)
        NaN is taken as the median.
    y, groups, folds : arrays, shape (n,)

    Returns
    -------
    Interval
        ROC-AUC, of many classes their mean; over samples.
    """
    x = pd.Series(np.asarray(x, float))
    x = x.fillna(x.median()).to_numpy()[:, None]
    if not np.ptp(x) > 0:  # all alike, or nowhere known
        return Interval(0.5, np.nan, np.nan)
    n_classes = y.max() + 1
    model = GaussianNB(priors=np.full(n_classes, 1 / n_classes))
    p = cross_val_predict(model, x, y, cv=PredefinedSplit(folds), method="predict_proba")
    return auc_interval(y, p[:, 1] if n_classes == 2 else p, groups)


def permutation_p(x, y, groups, seed=0):
    """How often samples dealt to the classes by chance would differ in a number as much as they do.

    Each sample counts once, by its median. Parameters as in `one_feature`.

    Returns
    -------
    float
        1 where all samples are alike.
    """
    as_is, dealt = dealt_spreads(x, y, groups, PERMUTATIONS, seed)
    return share_as_large(as_is, dealt)


def dealt_spreads(x, y, groups, n, seed=0):
    """How much of a number's spread lies between the classes, and how much does if the samples are dealt by chance.

    Each sample counts once, by its median.

    Parameters
    ----------
    x : array of float, shape (grains,)
    y, groups : arrays, shape (grains,)
    n : int
        Dealings.
    seed : int

    Returns
    -------
    as_is : float
        0 to 1; 0 where all samples are alike, or of one class.
    dealt : array of float, shape (n,)
    """
    table = pd.DataFrame({"x": np.asarray(x, float), "y": y, "sample": groups})
    medians = table.groupby("sample").agg(x=("x", "median"), y=("y", "first")).dropna()
    x, y = medians["x"].to_numpy(float), medians["y"].to_numpy()
    if np.ptp(x) == 0 or len(np.unique(y)) < 2:
        return 0.0, np.zeros(n)
    rng = np.random.default_rng(seed)
    shuffled = rng.permuted(np.tile(y, (n, 1)), axis=1)
    as_is = _between(x, y[None])
    return float(as_is[0]), _between(x, shuffled)


def share_as_large(as_is, dealt):
    """The share of dealings with a spread as large as the one that was found, which counts as one of them: float."""
    as_large = np.sum(dealt >= as_is - 1e-12)
    return float((1 + as_large) / (1 + len(dealt)))


def _between(x, labels):
    """How much of the spread of x lies between the classes, for each row of labels: array, shape (rows,)."""
    x = x - x.mean()
    parts = []
    for k in np.unique(labels):
        own = labels == k
        parts.append((own * x).sum(axis=1) ** 2 / own.sum(axis=1))
    return np.sum(parts, axis=0) / np.sum(x**2)


def smallest_p(y, groups):
    """The smallest value that `permutation_p` can have with so few samples, all classes apart: float."""
    counts = pd.DataFrame({"y": y, "sample": groups}).drop_duplicates("sample")["y"].value_counts()
    ways = factorial(int(counts.sum())) / prod(factorial(int(count)) for count in counts)
    return factorial(len(counts)) / ways
