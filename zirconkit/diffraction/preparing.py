"""A pattern made comparable: on one grid of angles for Cu K-alpha, its background taken off, square roots, length 1."""

import numpy as np
from scipy import ndimage

from zirconkit.synthetic.powder_lines import CU, angle_of

__all__ = ["GRID", "STEP", "background", "comparable", "on_grid", "to_copper"]

STEP = 0.04  # degrees 2 theta
GRID = np.round(np.arange(5, 65 + STEP / 2, STEP), 4)
WINDOW = 3.0  # degrees: what is wider than this is background


def to_copper(two_theta, wavelength):
    """Angles as Cu K-alpha1 would have given them; NaN where a spacing is too small for it."""
    d = wavelength / (2 * np.sin(np.radians(two_theta) / 2))
    return two_theta if wavelength == CU else angle_of(d)


def on_grid(two_theta, counts):
    """Counts on `GRID` (mean of what falls into a step, or between two points), NaN outside the range measured."""
    two_theta = np.asarray(two_theta, float)
    counts = np.asarray(counts, float)
    steps = np.diff(two_theta)
    step = np.median(steps)
    if step < 0.75 * STEP:
        points = round(STEP / step)
        counts = ndimage.uniform_filter1d(counts, points)
    return np.interp(GRID, two_theta, counts, left=np.nan, right=np.nan)


def background(counts, step=STEP, window=WINDOW):
    """What is left of counts (..., n) when all that is narrower than the window is cut off: smoothed, never above."""
    points = int(window / step) | 1
    size = [1] * (counts.ndim - 1) + [points]
    smooth = ndimage.uniform_filter1d(counts, max(int(0.2 / step), 1), axis=-1)
    opened = ndimage.grey_dilation(ndimage.grey_erosion(smooth, size), size)
    return np.minimum(ndimage.uniform_filter1d(opened, points, axis=-1), smooth)


def comparable(gridded):
    """Counts on `GRID` (..., n) without background, as square roots, of length 1; zero where nothing was measured."""
    seen = np.isfinite(gridded)
    filled = np.where(seen, gridded, np.nanmin(gridded, axis=-1, keepdims=True))
    above = np.maximum(filled - background(filled), 0)
    roots = np.sqrt(above * seen)
    return roots / np.maximum(np.linalg.norm(roots, axis=-1, keepdims=True), 1e-12)
