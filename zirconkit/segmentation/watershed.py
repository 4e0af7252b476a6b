"""Grains by what they are: brighter than the resin, with outlines at half of their rim's brightness."""

import cv2
import numpy as np
from scipy import ndimage
from skimage.filters import threshold_li
from skimage.measure import regionprops
from skimage.morphology import local_maxima, reconstruction
from skimage.segmentation import watershed as flood

from zirconkit.segmentation.measurements import (
    checked,
    hull,
)
from zirconkit.segmentation.stitching import subtract_resin

__all__ = ["watershed"]

MIN_AREA = 100  # px; less is dust
MAX_HOLE = 300  # px; a larger hole in a rough outline is resin between grains that touch in a ring, no inclusion
GLOW = 4  # px; a grain's light reaches about this far into the resin
SLIM = 5  # px; half-width that a part must have to be a grain of its own
ROUGH = 0.07  # of a typical grain's brightness: a rough outline, glow and all
DARK = 0.2  # of a typical grain's brightness; what is darker on average is glow, a bubble or another mineral
NECK = 0.7  # of the half-width of the slimmer grain: where touching grains are parted


def _levels(clear):
    """Grey of a rough outline and of the darkest grain: shares of a typical grain's, the first well above the noise."""
    typical = np.median(clear[clear >= threshold_li(clear[clear > 0][::7])])
    one, other = clear[::4, 1:], clear[::4, :-1]
    noise = np.median(cv2.absdiff(one, other)[one > 0]) / 0.95 if one.any() else 0
    return max(ROUGH * typical, 5 * noise), DARK * typical


def _shave(grey, grain):
    """Move an outline in to where the grey falls to half of the rim beside it, through the glow and no further."""
    depth = cv2.distanceTransform(grain.astype(np.uint8), cv2.DIST_L2, 5)
    rim = ((depth >= 2) & (depth < 6)).astype(np.float32)
    weight, brightness = cv2.blur(rim, (9, 9)), cv2.blur(rim * grey, (9, 9))
    return grain & ((depth >= GLOW) | (grey * weight >= 0.5 * brightness))


def _clean(grain):
    """Fill the inclusions and take off what is thinner than 3 px: seams and scratches."""
    holes, _ = ndimage.label(~np.pad(grain, 1))
    inclusion = np.bincount(holes.ravel()) <= MAX_HOLE
    inclusion[[0, holes[0, 0]]] = False  # the grain itself and the outside
    grain = grain | inclusion[holes][1:-1, 1:-1]
    return cv2.morphologyEx(grain.astype(np.uint8), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))


def _part(grain):
    """Part touching grains at their necks: a watershed of the distance to the outline.

    Every hilltop of that distance starts a grain, if the saddle to the next one is lower than `NECK` times its own
    height: on the logarithm a ratio is a difference, and reconstruction takes away the hills that rise by less.
    """
    depth = cv2.distanceTransform(grain.astype(np.uint8), cv2.DIST_L2, 5)
    height = np.log(np.maximum(depth, 1))
    hills = reconstruction(np.maximum(height + np.log(NECK), 0), height)
    seeds, n = ndimage.label(local_maxima(hills, connectivity=2), np.ones((3, 3)))
    slim = np.r_[False, ndimage.maximum(depth, seeds, range(1, n + 1)) < SLIM]
    seeds[slim[seeds]] = 0
    return flood(-height, seeds, mask=grain) if seeds.any() else grain.astype(int)


def _grains(grey, rough):
    """The grains in one rough outline: yields where in the box each lies, a pair of slices, and its mask there."""
    grain = np.pad(rough, 1)
    for _ in range(2):
        grain = _shave(np.pad(grey, 1), grain)
    for piece in regionprops(ndimage.label(_clean(grain[1:-1, 1:-1]))[0]):
        if piece.area_filled > 0.92 * cv2.contourArea(hull(piece.image)):
            yield piece.slice, piece.image_filled
            continue
        parts = _part(piece.image)
        for part in range(1, parts.max() + 1):
            filled = ndimage.binary_fill_holes(parts == part)
            yield piece.slice, filled & ((parts == part) | (parts == 0))


def watershed(image):
    """Grains by what they are: brighter than the resin, with outlines at half of their rim's brightness.

    The resin goes to 0 (`tiles.subtract_resin`); a low threshold gives rough outlines, which move in to half of the
    rim's brightness; grains that touch, as a badly filled convex hull tells, are parted at their necks by a watershed
    (Beucher and Lantuejoul, 1979).

    Returns
    -------
    array of int32, shape (height, width)
        0 background, 1..n: what has at least 100 px and is brighter than a glow.
    """
    clear = subtract_resin(checked(image))
    labels = np.zeros(clear.shape, np.int32)
    if not clear.any():
        return labels
    (rough_level, dark_level), n = _levels(clear), 0
    _, rough, boxes, _ = cv2.connectedComponentsWithStats((clear >= rough_level).astype(np.uint8), connectivity=4)
    for number, (x, y, width, height, area) in enumerate(boxes):
        if number == 0 or area < MIN_AREA:  # 0 is the resin
            continue
        box = np.s_[y : y + height, x : x + width]
        grey = clear[box].astype(np.float32)
        for inner, mask in _grains(grey, rough[box] == number):
            free = mask & (labels[box][inner] == 0)
            if free.sum() >= MIN_AREA and grey[inner][free].mean() >= dark_level:
                n += 1
                labels[box][inner][free] = n
    return labels
