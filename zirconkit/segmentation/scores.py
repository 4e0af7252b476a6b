"""How well a segmentation agrees with the truth, grain by grain."""

import numpy as np
import pandas as pd
from skimage.metrics import contingency_table

__all__ = ["WHY_LOST", "grain_overlaps", "lost_grains", "segmentation_scores"]

WHY_LOST = "shares an outline", "has none", "its outline does not fit"


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
    numbers, areas = np.unique(labels, return_counts=True)
    true_numbers, true_areas = np.unique(truth, return_counts=True)
    table = contingency_table(labels, truth)  # sparse: a row for every number up to the largest
    shared = table[numbers][:, true_numbers].toarray()
    either = areas[:, None] + true_areas - shared
    iou = shared / either
    grains = numbers != 0
    true_grains = true_numbers != 0
    of_grains = iou[grains][:, true_grains]
    return numbers[grains], true_numbers[true_grains], of_grains


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
    _, _, iou = grain_overlaps(labels, truth)
    n, n_truth = iou.shape
    result = {"n": n, "n_truth": n_truth}
    for threshold in (50, 75):
        matched = _matched(iou, threshold / 100)
        result[f"matched_{threshold}"] = matched
        result[f"precision_{threshold}"] = _share(matched, n)
        result[f"recall_{threshold}"] = _share(matched, n_truth)
        result[f"f1_{threshold}"] = _share(2 * matched, n + n_truth)
    best = iou[iou >= 0.5]
    result["mean_iou"] = float(best.mean()) if len(best) else np.nan
    return result


def lost_grains(labels, truth):
    """Why each true grain without a match (IoU of at least 0.5) is lost: one of `WHY_LOST`.

    An outline holds a grain if more than half of the grain lies in it. A grain shares an outline if that holds another
    true grain as well; it has none if no outline holds it; else it is alone in an outline that is too wide or too
    narrow.

    Parameters
    ----------
    labels, truth : array of int, shape (height, width)
        As in `grain_overlaps`.

    Returns
    -------
    Series of str
        Indexed by the numbers of the lost grains.
    """
    numbers, grains, iou = grain_overlaps(labels, truth)
    areas = np.bincount(truth.ravel())[grains]
    shared = contingency_table(labels, truth)[numbers][:, grains].toarray()
    holds = shared > areas / 2
    company = holds.sum(axis=1) > 1
    shares_one = holds[company].any(axis=0)
    has_none = ~holds.any(axis=0)
    why = np.select([shares_one, has_none], WHY_LOST[:2], WHY_LOST[2])
    matched = (iou >= 0.5).any(axis=0)
    return pd.Series(why[~matched], index=grains[~matched], dtype=object)


def _share(part, whole):
    """What part of the whole it is; NaN where there is no whole."""
    return part / whole if whole else np.nan


def _matched(iou, threshold):
    """How many grains match one of the other image."""
    hits = iou >= threshold
    found = np.count_nonzero(hits.any(axis=1))
    true = np.count_nonzero(hits.any(axis=0))
    return min(found, true)  # IoU of exactly one half could pair a grain twice: the side that has fewer counts
