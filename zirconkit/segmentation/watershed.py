"""Grains by what they are: brighter than the resin, with outlines at half of their rim's brightness."""

import cv2
import numpy as np
from skimage.filters import threshold_li
from skimage.segmentation import relabel_sequential

from zirconkit.segmentation.geometry import depth_in
from zirconkit.segmentation.measurements import checked
from zirconkit.segmentation.parting import MIN_AREA, outlines, parted
from zirconkit.segmentation.rejoining import rejoin
from zirconkit.segmentation.stitching import subtract_resin

__all__ = ["watershed"]

GLOW = 4  # px; a grain's light reaches about this far into the resin
ROUGH = 0.07  # of a typical grain's brightness: a rough outline, glow and all
DARK = 0.2  # of a typical grain's brightness; what is darker on average is glow, a bubble or another mineral


def _levels(clear):
    """Grey of a rough outline and of the darkest grain: shares of a typical grain's, the first well above the noise."""
    sample = clear[clear > 0][::7]
    grains = clear[clear >= threshold_li(sample)]
    typical = np.median(grains)
    return max(ROUGH * typical, 5 * _noise(clear)), DARK * typical


def _noise(clear):
    """Standard deviation of the grey, from the median step between neighbours; 0 where nothing is left of the grey."""
    rows = clear[::4]
    one, other = rows[:, 1:], rows[:, :-1]
    lit = one > 0
    if not lit.any():
        return 0
    steps = cv2.absdiff(one, other)[lit]
    return np.median(steps) / 0.95


def _shave(grey, grain):
    """Move an outline in to where the grey falls to half of the rim beside it, through the glow and no further."""
    depth = depth_in(grain)
    rim = ((depth >= 2) & (depth < 6)).astype(np.float32)
    share = cv2.blur(rim, (9, 9))  # of the rim in what lies around each pixel
    light = cv2.blur(rim * grey, (9, 9))
    bright = grey * share >= 0.5 * light
    return grain & (bright | (depth >= GLOW))


def _grains(grey, rough):
    """The grains in one rough outline: yields where in the box each lies, a pair of slices, and its mask there."""
    around = np.pad(grey, 1)
    grain = np.pad(rough, 1)
    for _ in range(2):
        grain = _shave(around, grain)
    yield from parted(grain[1:-1, 1:-1])


def watershed(image, stitching=None):
    """Grains by what they are: brighter than the resin, with outlines at half of their rim's brightness.

    The resin goes to 0 (`stitching.subtract_resin`); a low threshold gives rough outlines, which move in to half of the
    rim's brightness; grains that touch, as a badly filled convex hull tells, are parted at their necks by a watershed
    (Beucher and Lantuejoul, 1979), and the pieces of a fractured crystal put together again (`rejoining`). `stitching`
    is that of the mount, if it is known already.

    Returns
    -------
    array of int32, shape (height, width)
        0 background, 1..n: what has at least 100 px and is brighter than a glow.
    """
    clear = subtract_resin(checked(image), stitching)
    labels = np.zeros(clear.shape, np.int32)
    if not clear.any():
        return labels
    rough_level, dark_level = _levels(clear)
    n = 0
    for box, rough in outlines(clear >= rough_level):
        grey = clear[box].astype(np.float32)
        for inner, mask in _grains(grey, rough):
            free = mask & (labels[box][inner] == 0)
            if free.sum() >= MIN_AREA and grey[inner][free].mean() >= dark_level:
                n += 1
                labels[box][inner][free] = n
    return relabel_sequential(rejoin(labels))[0]
