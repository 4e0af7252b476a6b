"""Paint a kernel: nine numbers, four grown grains, and the share of their answer that falls where it should.

Each grain has a twin, grown from the same seed without any zoning: outline, glow and noise are the same, so whatever
lights up in the grain and not in its twin answers to the zoning. The flank of a grain is read from its true mask.
"""

from functools import cache
from typing import NamedTuple

import cv2
import numpy as np
from scipy.ndimage import distance_transform_edt, gaussian_filter

from zirconkit.grains import fit_square
from zirconkit.synthetic import crystals

__all__ = ["TASKS", "Grown", "Light", "as_kernel", "bench", "in_target", "light", "lights", "random_shares", "unseen"]

# What is to light up, and the share of all light that has to fall there.
TASKS = {"lower left flank": 0.6, "zoning": 0.78}
SEEDS = {1: 4, 3: 5, 7: 4, 10: 5}  # of the grains; the thickness of a pair of bands, in pixels
UNSEEN = {2: 4, 5: 5, 8: 4, 11: 5, 12: 4, 13: 5, 14: 4, 15: 5}
SIDE = 68  # px
LIT = 3  # grey levels from which on a pixel counts as lit, with weights whose absolute values sum to 1
COVERED = 0.1  # of the target, at least: a spark is no answer


class Grown(NamedTuple):
    """A grain to paint on; all arrays have the shape (68, 68)."""

    image: np.ndarray  # uint8
    twin: np.ndarray  # uint8: the same grain without zoning
    flank: np.ndarray  # bool: within 3 px of the outline, where it faces the lower left
    inside: np.ndarray  # bool: deeper than 3 px


class Light(NamedTuple):
    """How well a kernel does a task."""

    share: float  # of all light, as squared answers, that falls into the target; 0 where nothing lights up
    covered: float  # share of the target's pixels that light up


@cache
def bench():
    """The four grains: tuple of `Grown`, always the same."""
    return tuple(_grown(seed, wavelength) for seed, wavelength in SEEDS.items())


@cache
def unseen():
    """Eight grains on which nobody paints: tuple of `Grown`, always the same."""
    return tuple(_grown(seed, wavelength) for seed, wavelength in UNSEEN.items())


def _grown(seed, wavelength):
    """A grain and its twin."""
    zoned, bare = (
        crystals.grow(46, 1.5, wavelength=wavelength, strength=strength, skew=0.3, light=0, seed=seed)
        for strength in (0.25, 0)
    )
    noise = np.random.default_rng(seed).normal(0, 1.5, (SIDE, SIDE))
    image, twin = (_exposed(fit_square(crystal.image, SIDE), noise) for crystal in (zoned, bare))
    depth = _depth(fit_square(zoned.mask, SIDE))
    near = abs(depth) <= 3
    return Grown(image, twin, near & _faces_lower_left(depth), depth > 3)


def _exposed(brightness, noise):
    """Brightness, about 1 in the grain, as grey levels: uint8."""
    grey = 110 * brightness + 8 + noise
    return grey.clip(0, 255).astype(np.uint8)


def _depth(mask):
    """How far each pixel lies inside of an outline, in pixels; negative outside."""
    return distance_transform_edt(mask) - distance_transform_edt(~mask)


def _faces_lower_left(depth):
    """Where the way out of a grain leads to the lower left, by up to 45 degrees either way: bool."""
    down, right = np.gradient(gaussian_filter(depth, 2))
    outward = np.hypot(down, right)
    to_lower_left = (right - down) / np.sqrt(2)
    return to_lower_left >= outward * np.cos(np.pi / 4)


def as_kernel(values):
    """Nine numbers as a kernel: array of float, shape (3, 3).

    Raises
    ------
    ValueError
        In one sentence, if they are not nine finite numbers.
    """
    try:
        kernel = np.asarray(values, float)
    except (TypeError, ValueError, OverflowError):
        raise ValueError(
            "a kernel holds numbers only: three rows of three, such as [[0, 0, 0], [0, 1, 0], [0, 0, 0]]"
        ) from None
    if kernel.size != 9:
        raise ValueError(f"a kernel of three rows of three numbers is wanted, this holds {kernel.size}")
    if not np.isfinite(kernel).all():
        raise ValueError("one of the nine numbers is not finite")
    return kernel.reshape(3, 3)


def lights(image, kernel):
    """The positive answers of a kernel all over an image, the others 0: array of float32, as large as the image.

    Weights are scaled so that their absolute values sum to 1, and the border of the image goes on outside of it.
    """
    total = abs(kernel).sum() or 1.0
    answers = cv2.filter2D(image.astype(np.float32), -1, kernel / total, borderType=cv2.BORDER_REPLICATE)
    return np.maximum(answers, 0)


def in_target(grown, lit, kernel, task):
    """To what degree the light of each pixel falls where it should: array of float, 0 to 1.

    Parameters
    ----------
    grown : `Grown`
    lit : array, shape (68, 68)
        Its `lights`.
    kernel : array, shape (3, 3)
    task : str
        Of `TASKS`. For the zoning it is the share of the squared answer that the twin does not have.
    """
    if task == "lower left flank":
        return grown.flank.astype(float)
    without = lights(grown.twin, kernel)
    ratio = np.divide(without, lit, out=np.ones_like(lit), where=lit > 0)
    return 1 - np.minimum(ratio, 1) ** 2


def light(kernel, task, grains=None):
    """How well a kernel does a task on several grains together: a `Light`.

    Parameters
    ----------
    kernel : array of float, shape (3, 3)
    task : str
        Of `TASKS`.
    grains : sequence of `Grown`, optional
        Those of the bench, if not given.
    """
    good = every = lit_pixels = pixels = 0.0
    for grown in grains or bench():
        lit = lights(grown.image, kernel)
        energy = lit**2
        good += (energy * in_target(grown, lit, kernel, task)).sum()
        every += energy.sum()
        wanted = grown.flank if task == "lower left flank" else grown.inside
        lit_pixels += (lit[wanted] > LIT).sum()
        pixels += wanted.sum()
    return Light(float(good / every) if every else 0.0, float(lit_pixels / pixels))


@cache
def random_shares(task, n=300, seed=0):
    """The shares that kernels of random weights reach, 0 where they cover too little: array of float, shape (n,)."""
    kernels = np.random.default_rng(seed).normal(size=(n, 3, 3))
    found = [light(kernel, task) for kernel in kernels]
    return np.array([each.share if each.covered >= COVERED else 0.0 for each in found])
