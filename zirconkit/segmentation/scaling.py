"""The scale at which a mount is worked on: the one at which its grains are as large as those of the paper's mounts.

The watershed and the measures of zoning were made for zircons of some 50 px, 2 um a pixel. An image of another scale
is enlarged or shrunk to that one first; and where its grains are larger or smaller still, as quartz is, or where
nobody knows the scale, it is taken to the size at which they are of that kind. Labels come back at the image's own
scale.
"""

import cv2
import numpy as np
from skimage.measure import regionprops

from zirconkit.samples import UM_PER_PX

__all__ = ["enlarge_labels", "first_factor", "next_factor", "rescale"]

USUAL = (28.0, 72.0)  # px; equivalent diameter of a mount's typical grain at which the method is at home
TARGET = 50.0  # px; where it is taken to, if it lies outside
SAME = 0.1  # a scale this close to the wanted one, as a share of it, is left as it is
SMALLEST = 88  # px; the longer side of an image that is worked on: what fills it is not too large for one grain
MOST = 4.0  # times that an image is enlarged at most, and only up to so many pixels
LARGEST = 2**25


def first_factor(shape, um_per_px):
    """By how much to enlarge (or, below 1, to shrink) an image so that a pixel is 2 um; 1 where nobody knows its scale.

    An image that would be too small then is shrunk less.
    """
    if um_per_px is None:
        return 1.0
    factor = um_per_px / UM_PER_PX
    return _bounded(factor, shape)


def _bounded(factor, shape):
    """The nearest factor that an image of this shape can be worked on at; 1 where it makes no odds."""
    factor = max(factor, min(1.0, SMALLEST / max(shape)))
    room = (LARGEST / np.prod(shape, dtype=float)) ** 0.5
    factor = min(factor, MOST, max(1.0, room))
    return 1.0 if abs(factor - 1) <= SAME else float(factor)


def next_factor(labels, factor, shape):
    """The factor at which the typical grain of a label image, found at `factor`, would be of the usual size.

    `factor` itself, if it is. Where there are no grains, they may be too large to be seen as such: the smallest at
    which the image can be worked on. `shape` is that of the image at its own scale.
    """
    diameter = typical_diameter(labels)
    if np.isnan(diameter):
        return _bounded(0, shape)
    if USUAL[0] <= diameter <= USUAL[1]:
        return factor
    return _bounded(factor * TARGET / diameter, shape)


def typical_diameter(labels):
    """Equivalent diameter of the grain in the middle, by area, of all grains: px; NaN without grains.

    By area, so that fragments do not count. Grains cut by the image's edge are left out where others are left.
    """
    grains = regionprops(labels)
    height, width = labels.shape
    whole = [g for g in grains if g.bbox[0] and g.bbox[1] and g.bbox[2] < height and g.bbox[3] < width]
    areas = np.sort([g.area for g in whole or grains])
    if not len(areas):
        return np.nan
    middle = np.searchsorted(areas.cumsum(), areas.sum() / 2)
    return float(2 * np.sqrt(areas[middle] / np.pi))


def rescale(image, factor):
    """An image, uint8 or bool, enlarged or shrunk by a factor."""
    if factor == 1:
        return image
    size = tuple(max(1, round(side * factor)) for side in image.shape[::-1])
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_CUBIC
    if image.dtype == bool:
        return cv2.resize(image.astype(np.uint8) * 255, size, interpolation=cv2.INTER_AREA) > 127
    return cv2.resize(image, size, interpolation=how)


def enlarge_labels(labels, shape):
    """A label image at another size: each grain's outline is drawn anew, smooth, where it was.

    Parameters
    ----------
    labels : array of int, shape (height, width)
    shape : tuple of two int
        The wanted size.

    Returns
    -------
    array of int32
        A grain that would vanish has no number; the others keep theirs.
    """
    if labels.shape == tuple(shape):
        return labels
    new = np.zeros(shape, np.int32)
    across = np.divide(shape, labels.shape)
    for grain in regionprops(labels):
        top, left, bottom, right = grain.bbox
        mask = np.pad(grain.image, 1).astype(np.float32)
        low = np.maximum(np.floor((np.array([top, left]) - 1) * across).astype(int), 0)
        high = np.minimum(np.ceil((np.array([bottom, right]) + 1) * across).astype(int), shape)
        rows = (np.arange(low[0], high[0]) + 0.5) / across[0] - 0.5 - (top - 1)
        columns = (np.arange(low[1], high[1]) + 0.5) / across[1] - 0.5 - (left - 1)
        grid = np.meshgrid(columns.astype(np.float32), rows.astype(np.float32))
        drawn = cv2.remap(mask, *grid, cv2.INTER_LINEAR) > 0.5
        window = new[low[0] : high[0], low[1] : high[1]]
        window[drawn & (window == 0)] = grain.label
    return new
