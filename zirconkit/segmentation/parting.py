"""Grains that touch, parted at their necks: what stands behind every way to outline them."""

import cv2
import numpy as np
from scipy import ndimage
from skimage.measure import regionprops
from skimage.morphology import local_maxima, reconstruction
from skimage.segmentation import relabel_sequential
from skimage.segmentation import watershed as flood

from zirconkit.segmentation.geometry import depth_in, hull
from zirconkit.segmentation.rejoining import rejoin

__all__ = ["MIN_AREA", "grains_in", "outlines", "parted"]

MIN_AREA = 100  # px; less is dust
MAX_HOLE = 300  # px; a larger hole in a rough outline is resin between grains that touch in a ring, no inclusion
SLIM = 5  # px; half-width that a part must have to be a grain of its own
NECK = 0.7  # of the half-width of the slimmer grain: where touching grains are parted
CONVEX = 0.92  # of the convex hull; a grain that fills less of it may be two


def grains_in(mask):
    """The grains of a mount whose outlines are known, parted where they touch, a fractured crystal in one piece.

    Parameters
    ----------
    mask : array of bool, shape (height, width)

    Returns
    -------
    array of int32, the same shape
        0 background, 1..n: what has at least 100 px.
    """
    labels = np.zeros(mask.shape, np.int32)
    n = 0
    for box, outline in outlines(mask):
        for inner, grain in parted(outline):
            free = grain & (labels[box][inner] == 0)
            if free.sum() >= MIN_AREA:
                n += 1
                labels[box][inner][free] = n
    return relabel_sequential(rejoin(labels))[0]


def outlines(mask):
    """What hangs together, by its sides, and is larger than dust: yields its box, a pair of slices, and its mask."""
    _, numbers, boxes, _ = cv2.connectedComponentsWithStats(mask.astype(np.uint8), connectivity=4)
    for number, (x, y, width, height, area) in enumerate(boxes):
        if number == 0 or area < MIN_AREA:  # 0 is the resin
            continue
        box = np.s_[y : y + height, x : x + width]
        yield box, numbers[box] == number


def parted(grain):
    """The grains in one outline: yields where in its box each lies, a pair of slices, and its mask there.

    Inclusions are filled, seams and scratches taken off. Grains that touch, as a badly filled convex hull tells, are
    parted at their necks by a watershed (Beucher and Lantuejoul, 1979).
    """
    pieces, _ = ndimage.label(_clean(grain))
    for piece in regionprops(pieces):
        if piece.area_filled > CONVEX * cv2.contourArea(hull(piece.image)):
            yield piece.slice, piece.image_filled
        else:
            for part in _filled_parts(piece.image):
                yield piece.slice, part


def _clean(grain):
    """Fill the inclusions and take off what is thinner than 3 px: seams and scratches."""
    holes, _ = ndimage.label(~np.pad(grain, 1))
    sizes = np.bincount(holes.ravel())
    inclusion = sizes <= MAX_HOLE
    inclusion[0] = False  # the grain itself
    inclusion[holes[0, 0]] = False  # the outside
    inside = inclusion[holes][1:-1, 1:-1]
    filled = (grain | inside).astype(np.uint8)
    return cv2.morphologyEx(filled, cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))


def _part(grain):
    """Part touching grains at their necks: a watershed of the distance to the outline.

    Every hilltop of that distance starts a grain, if the saddle to the next one is lower than `NECK` times its own
    height: on the logarithm a ratio is a difference, and reconstruction takes away the hills that rise by less.
    """
    depth = depth_in(grain)
    height = np.log(np.maximum(depth, 1))
    lowered = np.maximum(height + np.log(NECK), 0)
    hills = reconstruction(lowered, height)
    hilltops = local_maxima(hills, connectivity=2)
    with_corners = np.ones((3, 3))
    seeds, n = ndimage.label(hilltops, with_corners)
    half_widths = ndimage.maximum(depth, seeds, range(1, n + 1))
    slim = np.r_[False, half_widths < SLIM]
    seeds[slim[seeds]] = 0
    if not seeds.any():
        return grain.astype(int)
    return flood(-height, seeds, mask=grain)


def _filled_parts(grain):
    """The parts of touching grains, each with its own holes filled: yields masks."""
    parts = _part(grain)
    for number in range(1, parts.max() + 1):
        part = parts == number
        own = part | (parts == 0)
        yield ndimage.binary_fill_holes(part) & own
