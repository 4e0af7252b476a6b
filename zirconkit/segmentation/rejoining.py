"""Pieces of one crystal put together again, which a fracture or a notch had parted.

Two grains that touch make a dented outline; the two halves of a broken crystal make a whole one. So what lies side by
side and fills its convex hull when taken together is one grain. In the paper's mounts no two neighbours do.
"""

import cv2
import numpy as np
from skimage.measure import regionprops

from zirconkit.segmentation.geometry import hull

__all__ = ["rejoin"]

GAP = 6  # px; a fracture is no wider
WHOLE = 0.905  # of the convex hull; two neighbours that fill more of it together are one crystal
PROMISING = 0.80  # the same before the fracture between them is filled


def rejoin(labels):
    """Join neighbours that are whole together, the best pair first, and fill the fracture between them.

    Parameters
    ----------
    labels : array of int, shape (height, width)
        0 background, one number a grain. Changed in place.

    Returns
    -------
    array of int, the same
        The numbers of grains that were joined to another are gone.
    """
    grains = {grain.label: grain for grain in regionprops(labels)}
    hulls = {number: hull(grain.image) + np.array(grain.bbox[1::-1]) for number, grain in grains.items()}
    areas = {number: int(grain.area) for number, grain in grains.items()}
    pairs = _neighbours(labels, grains.values())
    while True:
        best, share, filled = _best_pair(labels, pairs, hulls, areas)
        if share <= WHOLE:
            return labels
        kept, gone = best
        box, mask = filled
        labels[box][mask] = kept
        hulls[kept] = cv2.convexHull(np.concatenate([hulls[kept], hulls.pop(gone)]))[:, 0]
        areas[kept] = int(mask.sum())
        del areas[gone]
        pairs = {_renamed(pair, gone, kept): None for pair in pairs if set(pair) != {kept, gone}}


def _renamed(pair, gone, kept):
    """A pair of numbers after one took over another's grain: the smaller first."""
    return tuple(sorted(kept if number == gone else number for number in pair))


def _neighbours(labels, grains):
    """The pairs of grains that are no farther apart than a fracture is wide: dict of (smaller, larger) to None."""
    pairs = {}
    kernel = np.ones((2 * GAP + 1, 2 * GAP + 1), np.uint8)
    for grain in grains:
        window = labels[_around(grain.bbox)]
        others = (window > 0) & (window != grain.label)
        if others.any():
            reached = cv2.dilate((window == grain.label).astype(np.uint8), kernel) > 0
            for number in np.unique(window[reached & others]):
                pairs[min(number, grain.label), max(number, grain.label)] = None
    return pairs


def _around(box):
    """A box, half open, and as much around it as a fracture is wide: a pair of slices."""
    top, left, bottom, right = box
    return np.s_[max(top - GAP, 0) : bottom + GAP, max(left - GAP, 0) : right + GAP]


def _best_pair(labels, pairs, hulls, areas):
    """The pair that fills most of its hull when joined, how much of it, and where: a pair of slices and a mask there.

    What is found out about a pair is kept as its value in `pairs`.
    """
    best, highest, filled = None, 0.0, None
    for pair, known in pairs.items():
        if known is None:
            known = pairs[pair] = _joined(labels, pair, hulls, areas)
        if known[0] > highest:
            best, (highest, filled) = pair, known
    return best, highest, filled


def _joined(labels, pair, hulls, areas):
    """How much of its hull a pair fills when joined, and where it is; 0 and None for pairs that do not come near."""
    one, other = pair
    corners = cv2.convexHull(np.concatenate([hulls[one], hulls[other]]))
    around = cv2.contourArea(corners)
    if areas[one] + areas[other] < PROMISING * around:
        return 0.0, None
    left, top, width, height = cv2.boundingRect(corners.astype(np.int32))
    box = _around((top, left, top + height, left + width))
    window = labels[box]
    own = (window == one) | (window == other)
    closed = cv2.morphologyEx(np.pad(own.astype(np.uint8), GAP), cv2.MORPH_CLOSE, _DISK)[GAP:-GAP, GAP:-GAP]
    mask = (closed > 0) & (own | (window == 0))
    pieces, _ = cv2.connectedComponents(mask.astype(np.uint8))
    if pieces != 2:  # the background and one grain
        return 0.0, None
    return mask.sum() / around, (box, mask)


_DISK = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (GAP + 1, GAP + 1))
