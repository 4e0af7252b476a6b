"""Grains by what they are: brighter than the resin, with outlines at half of their rim's brightness."""

import cv2
import numpy as np
from scipy import ndimage
from skimage.filters import threshold_li
from skimage.measure import regionprops
from skimage.morphology import local_maxima, reconstruction
from skimage.segmentation import relabel_sequential
from skimage.segmentation import watershed as flood

from zirconkit.segmentation.geometry import depth_in, hull
from zirconkit.segmentation.measurements import checked
from zirconkit.segmentation.rejoining import rejoin
from zirconkit.segmentation.stitching import subtract_resin

__all__ = ["watershed"]

MIN_AREA = 100  # px; less is dust
MAX_HOLE = 300  # px; a larger hole in a rough outline is resin between grains that touch in a ring, no inclusion
GLOW = 4  # px; a grain's light reaches about this far into the resin
SLIM = 5  # px; half-width that a part must have to be a grain of its own
ROUGH = 0.07  # of a typical grain's brightness: a rough outline, glow and all
DARK = 0.2  # of a typical grain's brightness; what is darker on average is glow, a bubble or another mineral
NECK = 0.7  # of the half-width of the slimmer grain: where touching grains are parted
CONVEX = 0.92  # of the convex hull; a grain that fills less of it may be two


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


def _grains(grey, rough):
    """The grains in one rough outline: yields where in the box each lies, a pair of slices, and its mask there."""
    around = np.pad(grey, 1)
    grain = np.pad(rough, 1)
    for _ in range(2):
        grain = _shave(around, grain)
    pieces, _ = ndimage.label(_clean(grain[1:-1, 1:-1]))
    for piece in regionprops(pieces):
        if piece.area_filled > CONVEX * cv2.contourArea(hull(piece.image)):
            yield piece.slice, piece.image_filled
        else:
            for part in _filled_parts(piece.image):
                yield piece.slice, part


def _rough_outlines(clear, level):
    """What is brighter than a level and larger than dust: yields its box, a pair of slices, and its mask there."""
    bright = (clear >= level).astype(np.uint8)
    _, numbers, boxes, _ = cv2.connectedComponentsWithStats(bright, connectivity=4)
    for number, (x, y, width, height, area) in enumerate(boxes):
        if number == 0 or area < MIN_AREA:  # 0 is the resin
            continue
        box = np.s_[y : y + height, x : x + width]
        yield box, numbers[box] == number


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
    for box, rough in _rough_outlines(clear, rough_level):
        grey = clear[box].astype(np.float32)
        for inner, mask in _grains(grey, rough):
            free = mask & (labels[box][inner] == 0)
            if free.sum() >= MIN_AREA and grey[inner][free].mean() >= dark_level:
                n += 1
                labels[box][inner][free] = n
    return relabel_sequential(rejoin(labels))[0]
