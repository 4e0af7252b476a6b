"""What the microscope leaves on a mount: tiles and their seams, missing tiles, the glow and charging of the resin.

Images are uint8 of shape (height, width), and so are those that come back.
"""

from itertools import pairwise

import cv2
import numpy as np
from skimage.filters import threshold_otsu

from zirconkit.samples import TILE

__all__ = ["missing_tiles", "seams", "subtract_resin"]


def seams(image):
    """Rows and columns where two tiles meet: a bright line of 1 px every 500 px, at a phase of the mount's own.

    Returns
    -------
    rows, columns : arrays of int
        The first line of every tile but the first; empty where the mount isn't stitched.
    """
    found = []
    for lines in (image[:, ::4].astype(np.int16), image[::4].T.astype(np.int16)):  # a quarter of each line will do
        n = len(lines)
        ridge = np.zeros(-(-n // TILE) * TILE)
        ridge[2 : n - 2] = np.clip(2 * lines[2:-2] - lines[:-4] - lines[4:], -12, 12).mean(axis=1)
        comb = ridge.reshape(-1, TILE).mean(axis=0)
        spread = np.median(np.abs(comb - np.median(comb)))
        phase = np.argmax(comb)
        stitched = comb[phase] > max(np.median(comb) + 16 * spread, 2)
        found.append(np.arange(phase or TILE, n, TILE) if stitched else np.arange(0))
    return tuple(found)


def missing_tiles(image):
    """Where nothing was recorded, as a bool array: exactly 0 over a square of 51 px or more, in a mount with seams."""
    if not any(len(lines) for lines in seams(image)):
        return np.zeros(image.shape, bool)
    return cv2.morphologyEx((image == 0).astype(np.uint8), cv2.MORPH_OPEN, np.ones((51, 51), np.uint8)).astype(bool)


def subtract_resin(image):
    """The mount with its resin at 0: each tile less its own level, row by row where charging streaks it.

    Missing tiles are 0 too. A mount without seams is taken in squares of 500 px.
    """
    recorded = ~missing_tiles(image)
    clear = np.zeros_like(image)
    if not recorded.any():
        return clear
    resin = recorded & (image <= threshold_otsu(image[recorded][::7]))
    lines = [found if len(found) else range(TILE, n, TILE) for found, n in zip(seams(image), image.shape)]
    rows, columns = ([0, *inner, n] for inner, n in zip(lines, image.shape))
    for top, bottom in pairwise(rows):
        for left, right in pairwise(columns):
            tile = np.s_[top:bottom, left:right]
            if resin[tile].any():
                clear[tile] = cv2.subtract(image[tile], _resin_level(image[tile], resin[tile]))
    clear[~recorded] = 0
    return clear


def _resin_level(tile, resin):
    """Median grey of a tile's resin; of each row's, where the rows differ by more than noise."""
    level = np.median(tile[resin])
    n = resin.sum(axis=1)
    ordered = np.sort(np.where(resin, tile, 255), axis=1)
    rows = np.where(n > 30, ordered[np.arange(len(tile)), n // 2], level)
    streaked = np.std(np.diff(rows)) > 0.5
    return np.broadcast_to(rows[:, None] if streaked else level, tile.shape).astype(np.uint8)
