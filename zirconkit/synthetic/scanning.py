"""How the microscope scans a synthetic mount: tile by tile, each with faults of its own, and marks that come later.

Tiles, seams, burn marks, charging, shifts and noise are those that the real mounts show; `mounts` says which of their
figures were measured.
"""

from dataclasses import dataclass, replace
from itertools import pairwise, product
from typing import NamedTuple

import cv2
import numpy as np

from zirconkit.samples import TILE
from zirconkit.synthetic.placing import window

__all__ = ["PAD", "Fault", "Tile", "add_noise", "recorded", "scan", "scratch", "tiles"]

PAD = 16  # scene beyond the mount's edges, so that a shifted tile finds something to show


@dataclass(frozen=True)
class Tile:
    """One field of the microscope: its rows and columns of the mount, and whether it was recorded."""

    rows: slice
    columns: slice
    present: bool = True

    @property
    def window(self):
        """The tile as an index into an image."""
        return self.rows, self.columns

    @property
    def corner(self):
        """Row and column of its first pixel."""
        return self.rows.start, self.columns.start

    @property
    def shape(self):
        """Height and width; a tile at the mount's edge may be cut off."""
        height = self.rows.stop - self.rows.start
        width = self.columns.stop - self.columns.start
        return height, width


class Fault(NamedTuple):
    """What the microscope does to one tile."""

    shift: np.ndarray  # rows and columns by which the stage missed, in pixels
    gain: float  # of what shines
    floor: float  # grey of clean resin
    burn: float  # depth of the parked beam's track, 0 to 1
    seams: np.ndarray  # grey levels that the seams at the top and at the left add


# ---------------------------------------------------------------- tiles


def parts(side, phase):
    """The tiles along a side of the mount, as slices; the first and the last may be cut off."""
    end = int(side)
    inner = range(int(phase), end, TILE)
    ends = sorted({0, end, *inner})
    return [slice(*pair) for pair in pairwise(ends)]


def outwardness(cells, recipe):
    """How far from the mount's middle each tile lies: 0 there, 1 at the middle of a side."""
    corner = np.array([tile.corner for tile in cells])
    shape = np.array([tile.shape for tile in cells])
    middle = corner + shape / 2
    half = np.array([recipe.height, recipe.width]) / 2
    down, right = (middle / half - 1).T
    return np.hypot(down, right)


def are_present(cells, outward, missing):
    """Which tiles were recorded: the outermost are left out first, while the mount's share of missing ones allows."""
    area = np.array([np.prod(tile.shape) for tile in cells])
    allowed = 1.1 * missing * area.sum()
    present = np.ones(len(cells), bool)
    outermost_first = np.argsort(-outward)
    outer = (outward > 0.8).sum()
    for number in outermost_first[:outer]:
        lacking = area[~present].sum() + area[number]
        present[number] = lacking > allowed
    return present


def tiles(recipe, rng):
    """The scan's tiles as a list of `Tile`; outer tiles go missing first, up to the recipe's share of the mount."""
    rows = parts(recipe.height, recipe.phase_row)
    columns = parts(recipe.width, recipe.phase_col)
    cells = [Tile(*window) for window in product(rows, columns)]
    outward = outwardness(cells, recipe) + rng.normal(0, 0.05, len(cells))
    present = are_present(cells, outward, recipe.missing)
    return [replace(tile, present=here) for tile, here in zip(cells, present)]


def recorded(cells, recipe):
    """Which pixels of a mount were recorded: bool, the mount's shape."""
    shape = int(recipe.height), int(recipe.width)
    present = np.zeros(shape, bool)
    for tile in cells:
        present[tile.window] = tile.present
    return present


# ---------------------------------------------------------------- the faults of each tile


def random_faults(cells, recipe, rng):
    """Draw the `Fault` of each tile."""
    n = len(cells)
    present = [tile.present for tile in cells]
    misses = np.rint(rng.laplace(0, 0.9, (n, 2)))
    shifts = misses.clip(-6, 6).astype(int)
    gains = rng.normal(1, 0.08, n)
    floors = recipe.background * rng.normal(1, 0.12, n)
    gains /= gains[present].mean()
    burns = rng.uniform(0.15, 0.5, n)
    burns *= rng.random(n) < 0.5
    brightness = 1.5 + 0.25 * recipe.background
    seams = brightness * rng.uniform(0.7, 1.3, (n, 2))
    return [Fault(*fault) for fault in zip(shifts, gains, floors, burns, seams)]


def shifted(tile, shift):
    """Where a tile lies on the scene, which is larger than the mount by `PAD` on each side."""
    corner = shift + PAD + tile.corner
    return window(corner, tile.shape)


def charged_tiles(cells):
    """Numbers of the tiles that charge: those of the last column, and (a second list) the lowest one beside it."""
    starts = [tile.columns.start for tile in cells]
    stops = [tile.columns.stop for tile in cells]
    last = max(starts)
    column = [number for number, start in enumerate(starts) if start == last]
    beside = [number for number, stop in enumerate(stops) if stop == last]
    return column, beside[-1:]


def charge(height, streaked, rng):
    """Grey levels that charging adds to each row of a tile: a raised floor, or streaks along the scan."""
    walk = np.cumsum(rng.normal(0, 0.25, height))
    walk -= walk.mean()
    floor = 16 + walk
    if streaked:
        streaks = rng.gamma(0.25, 4.0, height)
        floor = 5 + 0.7 * np.abs(walk) + streaks
    column = np.float32(floor.clip(0, 30))
    return column[:, None]


def tile_middle(side):
    """Where the middle of a whole tile lies along one side; the mount's first tile may lack its beginning."""
    return side.stop - TILE // 2 if side.start == 0 else side.start + TILE // 2


def burn(image, tile, where, depth):
    """Burn the parked beam's track into a tile: a dark line, 6 px wide, from its middle to the left or top, a dot."""
    half = TILE // 2
    row = tile_middle(tile.rows)
    column = tile_middle(tile.columns)
    end = (column - half, row) if where == "left" else (column, row - half)
    track = np.zeros(image.shape, np.uint8)
    cv2.line(track, (column, row), end, 255, 6)
    cv2.circle(track, (column, row), 5, 255, -1)
    soft = cv2.GaussianBlur(track[tile.window], (0, 0), 1.0)
    share = soft.astype(np.float32) / 255
    image[tile.window] *= 1 - depth * share


def brighten_seams(image, tile, seams):
    """Brighten a tile's first rows and columns, where another tile ends; a seam is 3 px wide at most."""
    top, left = seams
    row, column = tile.corner
    for step, share in enumerate((1, 0.45, 0.2)):
        if row > 0:
            image[row + step : row + step + 1, tile.columns] += share * top
        if column > 0:
            image[tile.rows, column + step : column + step + 1] += share * left


def scan(scene, resin, labels, cells, recipe, rng):
    """Scan a scene tile by tile, each with its own shift, gain, floor, burn mark and seam; missing tiles stay 0.

    Parameters
    ----------
    scene, resin, labels : arrays, shape (height + 2 PAD, width + 2 PAD)
        Grey levels of what shines; brightness of the resin relative to clean resin; whose each pixel is.
    cells : list of Tile
    recipe : Series
    rng : numpy Generator

    Returns
    -------
    image, truth : arrays, shape (height, width)
        Grey levels (float32, without noise), and the labels (int32), shifted with the tiles.
    """
    shape = int(recipe.height), int(recipe.width)
    image = np.zeros(shape, np.float32)
    truth = np.zeros(shape, np.int32)
    raised, streaked = charged_tiles(cells) if recipe.charged else ([], [])
    faults = random_faults(cells, recipe, rng)
    for number, (tile, fault) in enumerate(zip(cells, faults)):
        if not tile.present:
            continue
        there = shifted(tile, fault.shift)
        truth[tile.window] = labels[there]
        image[tile.window] = fault.gain * scene[there] + fault.floor * resin[there]
        if number in raised + streaked:
            height, _ = tile.shape
            image[tile.window] += charge(height, number in streaked, rng)
        burn(image, tile, recipe.burn, fault.burn)
        brighten_seams(image, tile, fault.seams)
    return image, truth


# ---------------------------------------------------------------- what comes later


def scratch_lines(shape, rng):
    """How much the polishing's scratches darken each pixel, 0 to 1; each is up to 0.4 of the mount long."""
    lines = np.zeros(shape, np.uint8)
    size = shape[::-1]
    for start, way in rng.random((rng.poisson(2), 2, 2)):
        end = 0.6 * start + 0.4 * way
        first = (start * size).astype(int)
        last = (end * size).astype(int)
        cv2.line(lines, first, last, 80, 1, cv2.LINE_AA)
    return lines.astype(np.float32) / 255


def scratch(image, rng):
    """Draw the polishing's scratches, and rectangles that an earlier raster burnt in."""
    lines = scratch_lines(image.shape, rng)
    for place in rng.random((rng.poisson(0.7), 2)):
        corner = (place * 0.9 * image.shape).astype(int)
        shape = rng.integers(60, 150, 2)
        raster = window(corner, shape)
        image[raster] *= rng.uniform(0.7, 0.9)
    image *= 1 - lines


def add_noise(image, rng):
    """Noise whose variance grows with the grey level, then whole grey levels: uint8."""
    variance = 0.1 + 0.035 * image
    noise = rng.standard_normal(image.shape, np.float32)
    noisy = image + noise * np.sqrt(variance)
    grey = np.rint(noisy).clip(0, 255)
    return grey.astype(np.uint8)
