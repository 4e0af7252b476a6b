"""What the microscope leaves on a mount: tiles and their seams, missing tiles, the glow and charging of the resin.

Images are uint8 of shape (height, width), and so are those that come back.
"""

from dataclasses import dataclass
from itertools import pairwise, product

import cv2
import numpy as np
from skimage.filters import threshold_otsu

from zirconkit.samples import TILE
from zirconkit.segmentation.scaling import rescale

__all__ = ["Stitching", "find_stitching", "missing_tiles", "seams", "subtract_resin"]

NEXT = 16  # px; no two seams are so near to each other or to the image's edge
FEW = 256  # px; in a smaller image a row holds more grain than resin, and says nothing of charging
BLACK = 51  # px; side of a square that is exactly 0 where nothing was recorded


@dataclass(frozen=True)
class Stitching:
    """How a mount was put together: found once, it serves every step that asks for it.

    Attributes
    ----------
    rows, columns : arrays of int
        Where two tiles meet, as in `seams`.
    missing : array of bool, shape (height, width)
        Where nothing was recorded, as in `missing_tiles`.
    """

    rows: np.ndarray
    columns: np.ndarray
    missing: np.ndarray

    def tiles(self):
        """The tiles, as pairs of slices; along a side without seams, squares of 500 px."""
        height, width = self.missing.shape
        return product(_pieces(self.rows, height), _pieces(self.columns, width))

    def rescaled(self, factor):
        """The same for the mount enlarged or shrunk by a factor."""
        if factor == 1:
            return self
        missing = rescale(self.missing, factor)
        height, width = missing.shape
        rows = np.clip(np.rint(self.rows * factor).astype(int), 1, height - 1)
        columns = np.clip(np.rint(self.columns * factor).astype(int), 1, width - 1)
        return Stitching(np.unique(rows), np.unique(columns), missing)


def _pieces(lines, length):
    """The slices between lines, from the first pixel to the last."""
    inner = lines if len(lines) else range(TILE, length, TILE)
    return [slice(start, stop) for start, stop in pairwise([0, *inner, length])]


def find_stitching(image, left_out=None):
    """The seams and the missing tiles of a mount: a Stitching.

    `left_out`, bool of the image's shape, is where nothing was recorded for another reason (`images.Picture`).
    """
    rows, columns = seams(image)
    stitched = len(rows) or len(columns)
    missing = _black_squares(image) if stitched else np.zeros(image.shape, bool)
    if left_out is not None:
        missing |= left_out
    return Stitching(rows, columns, missing)


def seams(image):
    """Rows and columns where two tiles meet: a bright line of 1 px from side to side.

    In the paper's mounts there is one every 500 px, at a phase of the mount's own; they are looked for together, since
    one alone hardly stands out. Where there are none, tiles of another size are found if each of their seams does.

    Returns
    -------
    rows, columns : arrays of int
        The first line of every tile but the first; empty where the mount isn't stitched.
    """
    both = [_ridges(image[:, ::4]), _ridges(image[::4].T)]  # a quarter of each line will do
    rows, columns = map(_regular_lines, both)
    if not len(rows) and not len(columns):
        rows, columns = map(_single_lines, both)
    return rows, columns


def _regular_lines(steps):
    """Which lines are brighter than those beside them, one every 500; empty if none stand out."""
    n = len(steps) + 4
    ridge = np.zeros(-(-n // TILE) * TILE)  # whole tiles
    ridge[2 : n - 2] = np.clip(steps, -12, 12).mean(axis=1)
    comb = ridge.reshape(-1, TILE).mean(axis=0)
    phase = np.argmax(comb)
    if comb[phase] <= _outstanding(comb):
        return np.arange(0)
    return np.arange(phase or TILE, n, TILE)


def _ridges(lines):
    """How much brighter each pixel is than those two lines before and behind, summed: shape (n - 4, width)."""
    lines = lines.astype(np.int16)
    return 2 * lines[2:-2] - lines[:-4] - lines[4:]


def _outstanding(values):
    """From where a value stands out from the others, and from noise."""
    usual = np.median(values)
    spread = np.median(np.abs(values - usual))
    return max(usual + 16 * spread, 2)


def _single_lines(steps):
    """Lines that stand out by themselves, over three quarters of their length; those next to a better one left out."""
    ridge = np.clip(steps, -12, 12).mean(axis=1)
    across = (steps > 0).mean(axis=1)
    found = np.flatnonzero((ridge > _outstanding(ridge)) & (across > 0.75))
    best = [line for line in found if ridge[line] == ridge[max(line - NEXT, 0) : line + NEXT + 1].max()]
    inner = [line + 2 for line in best if NEXT <= line <= len(steps) - NEXT]
    return np.array(inner, dtype=int)


def missing_tiles(image):
    """Where nothing was recorded, as a bool array: exactly 0 over a square of 51 px or more, in a mount with seams."""
    return find_stitching(image).missing


def _black_squares(image):
    """Where a square of 51 px or more is exactly 0: array of bool."""
    black = (image == 0).astype(np.uint8)
    square = np.ones((BLACK, BLACK), np.uint8)
    opened = cv2.morphologyEx(black, cv2.MORPH_OPEN, square)
    return opened.astype(bool)


def subtract_resin(image, stitching=None):
    """The mount with its resin at 0: each tile less its own level, row by row where charging streaks it.

    Missing tiles are 0 too. A mount without seams is taken in squares of 500 px. `stitching` is that of the mount, if
    it is known already.
    """
    stitching = stitching or find_stitching(image)
    recorded = ~stitching.missing
    clear = np.zeros_like(image)
    if not recorded.any():
        return clear
    sample = image[recorded][::7]
    resin = recorded & (image <= threshold_otsu(sample))
    level_of = _row_levels if max(image.shape) > FEW else _resin_level
    for tile in stitching.tiles():
        if resin[tile].any():
            level = level_of(image[tile], resin[tile])
            clear[tile] = cv2.subtract(image[tile], level)
    clear[stitching.missing] = 0
    return clear


def _resin_level(tile, resin):
    """Median grey of a tile's resin, an array of its shape."""
    return np.full_like(tile, np.median(tile[resin]))


def _row_levels(tile, resin):
    """Median grey of a tile's resin; of each row's, where the rows differ by more than noise."""
    level = np.median(tile[resin])
    n = resin.sum(axis=1)
    ordered = np.sort(np.where(resin, tile, 255), axis=1)  # the resin comes first
    medians = ordered[np.arange(len(tile)), n // 2]
    rows = np.where(n > 30, medians, level)
    steps = np.diff(rows)  # none in a strip of one row
    streaked = len(steps) > 0 and np.std(steps) > 0.5
    levels = rows[:, None] if streaked else level
    return np.broadcast_to(levels, tile.shape).astype(np.uint8)
