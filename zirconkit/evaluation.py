"""How good is it, and how sure are we: scores with intervals.

Every score comes with a 95 % interval. Two sources of doubt are kept apart: few grains (`auc_interval`, `scores`) and
few mounts (`auc_interval_by_sample`): a class is fixed by mount, so a score that would change with other mounts is not
sure, however many grains stand behind it.
"""

import numpy as np
import pandas as pd
from scipy.stats import binomtest, norm, rankdata

__all__ = [
    "auc_difference", "auc_interval", "auc_interval_by_sample", "grain_overlaps", "log_scores", "proportion_interval",
    "scores", "segmentation_scores",
]  # fmt: skip

_Z = norm.ppf(0.975)


def proportion_interval(successes, n):
    """A proportion and its 95 % interval (Wilson, 1927, which stays inside 0..1 and honest for few grains).

    Returns
    -------
    value, low, high : float
        NaN where n is 0.
    """
    if n == 0:
        return np.nan, np.nan, np.nan
    low, high = binomtest(int(successes), int(n)).proportion_ci(method="wilson")
    return successes / n, float(low), float(high)


def _placements(y, score):
    """Share of the other class that each grain of class 1, then of class 0, beats (DeLong et al., 1988); ties half."""
    y, score = np.asarray(y).astype(bool), np.asarray(score, float)
    if not np.isfinite(score).all():
        raise ValueError("the scores hold NaN or infinity: a grain without a score cannot be ranked")
    n_pos, n_neg = int(y.sum()), int((~y).sum())
    if n_pos == 0 or n_neg == 0:
        raise ValueError("a ROC-AUC needs grains of both classes, these are all of one")
    everywhere = rankdata(score)
    positive = (everywhere[y] - rankdata(score[y])) / n_neg
    negative = 1 - (everywhere[~y] - rankdata(score[~y])) / n_pos
    return positive, negative


def _variance(placements):
    return sum(part.var(ddof=1) / len(part) if len(part) > 1 else np.nan for part in placements)


def auc_interval(y, score):
    """ROC-AUC and its 95 % interval over grains (DeLong et al., 1988, on the logit scale: it covers well near 1).

    Parameters
    ----------
    y : array of 0 and 1, shape (n,)
    score : array of float, shape (n,)
        Higher means more like class 1. A missing class or a score that is not finite raises a ValueError.

    Returns
    -------
    auc, low, high : float
        With a perfect ranking the variance is zero and says nothing: the bound is then `0.05 ** (1 / m)` for the
        smaller class's m grains, the share of wins that m wins out of m still leave possible.
    """
    placements = _placements(y, score)
    auc = float(placements[0].mean())
    if auc in (0.0, 1.0):
        bound = 0.05 ** (1 / min(len(part) for part in placements))
        return (auc, bound, 1.0) if auc else (auc, 0.0, 1 - bound)
    half = _Z * np.sqrt(_variance(placements)) / (auc * (1 - auc))
    low, high = 1 / (1 + np.exp(-(np.log(auc / (1 - auc)) + np.array([-half, half]))))
    return auc, float(low), float(high)


def auc_difference(y, score, other):
    """How much better one score ranks than another on the same grains, with a paired 95 % interval (DeLong, 1988).

    The arguments are as in `auc_interval`.

    Returns
    -------
    difference, low, high : float
        ROC-AUC of `score` minus that of `other`; an interval across 0 means: these grains cannot tell which is better.
    """
    difference = [a - b for a, b in zip(_placements(y, score), _placements(y, other))]
    value = float(difference[0].mean())
    half = _Z * np.sqrt(_variance(difference))
    return value, float(value - half), float(value + half)


def auc_interval_by_sample(y, score, sample, n_resamples=1000, seed=0):
    """ROC-AUC and its 95 % interval over mounts: whole samples are drawn anew, within each class (cluster bootstrap).

    Parameters
    ----------
    y, score, sample : array, shape (n,)
        sample is the mount of each grain; a class with fewer than two raises a ValueError: one mount cannot say how
        much mounts differ.

    Returns
    -------
    auc, low, high : float
    """
    y, score, sample = np.asarray(y), np.asarray(score, float), np.asarray(sample)
    mounts = [[np.flatnonzero((sample == s) & (y == c)) for s in np.unique(sample[y == c])] for c in (0, 1)]
    if min(map(len, mounts)) < 2:
        raise ValueError("resampling mounts needs at least two mounts of each class")
    rng = np.random.default_rng(seed)
    resampled = []
    for _ in range(n_resamples):
        drawn = [group[i] for group in mounts for i in rng.integers(len(group), size=len(group))]
        rows = np.concatenate(drawn)
        resampled.append(_placements(y[rows], score[rows])[0].mean())
    low, high = np.percentile(resampled, [2.5, 97.5])
    return float(_placements(y, score)[0].mean()), float(low), float(high)


def log_scores(y, probability, prefix=""):
    """What a training log needs at each epoch, in a third of a millisecond, where scikit-learn takes seven.

    Parameters
    ----------
    y : array of 0 and 1, shape (n,)
    probability : array of float, shape (n,)
        Of class 1; a FloatingPointError says so if it is not finite.
    prefix : str
        Of the names.

    Returns
    -------
    dict
        loss (cross-entropy, probabilities clipped at 1e-7 as in Keras), accuracy, auc.
    """
    probability = np.asarray(probability, float)
    if not np.isfinite(probability).all():
        raise FloatingPointError("the network's output is no longer finite: lower the learning rate")
    truth = np.where(y == 1, probability, 1 - probability)
    return {
        f"{prefix}loss": float(-np.log(truth.clip(1e-7)).mean()),
        f"{prefix}accuracy": float(np.mean((probability >= 0.5) == y)),
        f"{prefix}auc": float(_placements(y, probability)[0].mean()),
    }


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


def grain_overlaps(labels, truth):
    """Intersection over union (IoU) of every found grain with every true one.

    Parameters
    ----------
    labels, truth : array of int, shape (height, width)
        0 is background, every other number one grain. Two sizes raise a ValueError.

    Returns
    -------
    numbers, true_numbers : array of int
        The grains of either image.
    iou : array of float, shape (len(numbers), len(true_numbers))
    """
    if labels.shape != truth.shape:
        raise ValueError(f"the label image is {labels.shape}, the truth {truth.shape}: they must be of one size")
    (numbers, found), (true_numbers, true) = (np.unique(image, return_inverse=True) for image in (labels, truth))
    shared = np.zeros((len(numbers), len(true_numbers)))
    np.add.at(shared, (found.ravel(), true.ravel()), 1)
    iou = shared / (shared.sum(axis=1, keepdims=True) + shared.sum(axis=0, keepdims=True) - shared)
    return numbers[numbers != 0], true_numbers[true_numbers != 0], iou[numbers != 0][:, true_numbers != 0]


def segmentation_scores(labels, truth):
    """Compare a label image with the truth, grain by grain.

    A found grain and a true one match when their intersection over union (IoU) reaches 0.5 or 0.75; at these
    thresholds a grain can match one other at most.

    Parameters
    ----------
    labels, truth : array of int, shape (height, width)
        As in `grain_overlaps`.

    Returns
    -------
    dict
        n, n_truth; matched, precision, recall and f1 at `_50` and `_75`; mean_iou of the grains matched at 0.5.
    """
    iou = grain_overlaps(labels, truth)[2]
    n, n_truth = iou.shape
    result = {"n": n, "n_truth": n_truth}
    for threshold in (50, 75):
        # IoU of exactly one half could pair a grain twice: count matched grains on the side that has fewer.
        hits = iou >= threshold / 100
        matched = int(min(hits.any(axis=1).sum(), hits.any(axis=0).sum()))
        result[f"matched_{threshold}"] = matched
        result[f"precision_{threshold}"] = matched / n if n else np.nan
        result[f"recall_{threshold}"] = matched / n_truth if n_truth else np.nan
        result[f"f1_{threshold}"] = 2 * matched / (n + n_truth) if n + n_truth else np.nan
    best = iou[iou >= 0.5]
    result["mean_iou"] = float(best.mean()) if len(best) else np.nan
    return result
