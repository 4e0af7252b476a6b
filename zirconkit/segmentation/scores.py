"""How well a segmentation agrees with the truth, grain by grain."""

import numpy as np

__all__ = ["grain_overlaps", "segmentation_scores"]


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
