"""Grown sandstone in thin section: a field in plane and in crossed polarized light, and the phase of each pixel.

It stands in for fields of 1.2 mm x 0.9 mm seen at 3 um a pixel. Grains are cells that grew around points until they met
their neighbours (a Voronoi diagram in which each point has its own size, length and direction). Between crossed
polarizers a crystal's colour follows from physics: retardation = thickness x birefringence, which the polarizers turn
into a colour (Michel-Levy's chart), times how far the crystal is turned from extinction. What a phase looks like
otherwise was set by eye: quartz clear and even, potassium feldspar dusty and with a grid, plagioclase in twin lamellae,
lithic fragments as many small crystals.

Where it breaks down: nothing is compacted, altered or replaced; there are no micas among the framework grains, no
calcite, no heavy minerals; pores, clay and ore are one background, as in the masks of the real fields.
"""

from typing import NamedTuple

import cv2
import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

__all__ = ["PHASES", "Sandstone", "grow_sandstone", "interference_colour"]

PHASES = "background", "feldspar", "lithic", "plagioclase", "quartz"  # their numbers: the order of the real masks
BACKGROUND, FELDSPAR, LITHIC, PLAGIOCLASE, QUARTZ = range(5)
SHAPE = 300, 400  # px
UM_PER_PX = 3.0
BIREFRINGENCE = {FELDSPAR: 0.007, LITHIC: 0.009, PLAGIOCLASE: 0.010, QUARTZ: 0.009}
BANDS_NM = (580, 610, 640), (520, 545, 570), (440, 465, 490)  # what a camera's red, green and blue see
PLANE = {  # colour in plane light (red, green, blue), and how dusty
    FELDSPAR: ((205, 198, 188), 0.5), LITHIC: ((186, 172, 150), 0.9),
    PLAGIOCLASE: ((210, 204, 194), 0.4), QUARTZ: ((222, 220, 216), 0.12),
}  # fmt: skip


class Sandstone(NamedTuple):
    """A grown field and its truth.

    Attributes
    ----------
    ppl, xpl : array of uint8, shape (height, width, 3)
        In plane and in crossed polarized light; red, green, blue.
    phases : array of uint8, shape (height, width)
        The number in `PHASES` of each pixel.
    labels : array of int32, shape (height, width)
        0 background, 1..n grains.
    grains : DataFrame
        A row for each grain: grain, phase, turned (radians from extinction), tilt (share of the birefringence shown).
    """

    ppl: np.ndarray
    xpl: np.ndarray
    phases: np.ndarray
    labels: np.ndarray
    grains: pd.DataFrame


def grow_sandstone(seed, shape=SHAPE, thickness_um=None):
    """Grow one field; the same for the same seed.

    Parameters
    ----------
    seed : int
    shape : (int, int)
        Height and width, px of `UM_PER_PX`.
    thickness_um : float, optional
        Of the section, 30 where it was ground well; by default drawn between 25 and 36. Nothing else depends on it.

    Returns
    -------
    Sandstone
    """
    rng = np.random.default_rng(seed)
    drawn = rng.uniform(25, 36)
    thickness = thickness_um or drawn
    labels = _pack(shape, rng)
    grains = _minerals(labels.max(), rng)
    phases = np.append(BACKGROUND, grains["phase"])[labels].astype(np.uint8)
    ppl, xpl = _ground(shape, rng)
    for grain in grains.itertuples():
        _paint(ppl, xpl, labels == grain.grain, grain, thickness, rng)
    edges = cv2.morphologyEx(np.float32(labels), cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)) > 0
    ppl[edges] *= rng.uniform(0.7, 0.95)
    return Sandstone(_camera(ppl, rng), _camera(xpl, rng, crossed=True), phases, labels, grains)


def interference_colour(retardation_nm):
    """Red, green and blue in 0..1 between crossed polarizers, fully turned: the given shape, and 3.

    The share of a wavelength that passes is sin^2(pi x retardation / wavelength).
    """
    retardation = np.asarray(retardation_nm, float)[..., None, None]
    phase = np.pi * retardation / np.array(BANDS_NM)
    amplitude = np.sin(phase)
    passed = amplitude**2
    return passed.mean(axis=-1)


# ---------------------------------------------------------------- where grains lie, and what they are


def _pack(shape, rng):
    """Grains that grew until they met: label image, int32; some room between them stays free."""
    height, width = shape
    size = np.exp(rng.uniform(np.log(14), np.log(38)))  # px; mean radius
    count = max(int(0.45 * height * width / size**2), 3)
    centres = _spread(rng.random((4 * count, 2)) * shape, count)
    radii = size * np.exp(rng.normal(0, 0.35, count))
    ratios = np.exp(rng.uniform(0, 0.35, count))
    angles = rng.uniform(0, np.pi, count)
    warp = [_clouds(shape, rng, size / 3) * size * 0.12 for _ in range(2)]
    rows, columns = np.mgrid[:height, :width] + np.array(warp)
    nearest = np.full(shape, np.inf)
    second = np.full(shape, np.inf)
    labels = np.zeros(shape, np.int32)
    for number, ((row, column), radius, ratio, angle) in enumerate(zip(centres, radii, ratios, angles), 1):
        down = rows - row
        right = columns - column
        along = (down * np.sin(angle) + right * np.cos(angle)) / ratio
        across = (down * np.cos(angle) - right * np.sin(angle)) * ratio
        away = np.hypot(along, across) / radius
        closer = away < nearest
        second = np.where(closer, nearest, np.minimum(second, away))
        labels[closer] = number
        nearest = np.minimum(nearest, away)
    reach = rng.uniform(0.65, 1.05)
    labels[nearest > reach] = 0
    gap = rng.uniform(0.03, 0.25)
    labels[second - nearest < gap] = 0
    _, renumbered = np.unique(labels, return_inverse=True)
    return np.int32(renumbered.reshape(shape))


def _spread(points, count):
    """Some of many points, each next one far from those before: the first of them, then the loneliest."""
    chosen = [0]
    away = np.hypot(*(points - points[0]).T)
    while len(chosen) < count:
        chosen.append(int(away.argmax()))
        from_last = points - points[chosen[-1]]
        away = np.minimum(away, np.hypot(*from_last.T))
    return points[chosen]


def _minerals(count, rng):
    """What each grain is, in the mixture of one rock: DataFrame."""
    shares = rng.dirichlet([2, 4, 1.6, 3])
    return pd.DataFrame(
        {
            "grain": np.arange(1, count + 1),
            "phase": rng.choice([FELDSPAR, LITHIC, PLAGIOCLASE, QUARTZ], count, p=shares),
            "turned": rng.uniform(0, np.pi / 2, count),
            "tilt": np.sin(rng.uniform(0.4, np.pi / 2, count)) ** 2,
        }
    )


# ---------------------------------------------------------------- what is between the grains


def _clouds(shape, rng, width):
    """A smooth random field: mean 0, standard deviation 1."""
    field = cv2.GaussianBlur(rng.standard_normal(shape), (0, 0), width)
    return (field - field.mean()) / max(field.std(), 1e-9)


def _ground(shape, rng):
    """Clay, pores in blue resin, ore: plane and crossed light, float, (height, width, 3)."""
    patches = _clouds(shape, rng, rng.uniform(6, 20))[..., None]
    pore = patches > rng.uniform(-0.5, 2.5)
    ore = _clouds(shape, rng, 3) > rng.uniform(2, 3)
    fine = _clouds(shape, rng, 0.8).clip(-2, 2)[..., None]
    brown = np.array([150, 135, 108]) * rng.uniform(0.65, 1.15)
    brown = brown + rng.normal(0, 8, 3)
    blue = np.array([60, 130, 195]) + rng.normal(0, 25, 3)
    clay = brown + 14 * fine + 10 * patches
    ppl = np.where(pore, blue + 5 * fine, clay)
    specks = _clouds(shape, rng, 1.0)[..., None] - rng.uniform(1, 2)
    dark = np.array([34, 27, 20]) * rng.uniform(0.3, 1.3)
    xpl = np.where(pore, (4, 8, 24), dark + 5 * fine)
    xpl = xpl + np.maximum(specks, 0) * ~pore * np.array([70, 65, 50])
    ppl[ore] = 35
    xpl[ore] = 8
    return ppl, xpl


# ---------------------------------------------------------------- what a grain looks like


def _paint(ppl, xpl, inside, grain, thickness, rng):
    """Draw one grain into both images, in place."""
    window = _box(inside)
    mask = inside[window]
    shape = mask.shape
    colour, dusty = PLANE[grain.phase]
    dust = np.clip(_clouds(shape, rng, 0.9), -2, 1) + 0.6 * _clouds(shape, rng, 5)
    strength = 22 * dusty * rng.uniform(0.3, 1.6)
    tone = np.array(colour) * rng.uniform(0.9, 1.08)
    stained = rng.uniform(0, 45) * (dusty > 0.3)
    tone = tone - stained * np.array([0.4, 0.6, 1.0])
    if grain.phase == LITHIC:
        tone = tone * rng.uniform(0.6, 1.1)
    ppl[window][mask] = (tone + strength * dust[..., None])[mask]
    turned, shown = _optics(grain, shape, rng)
    retardation = 1000 * thickness * BIREFRINGENCE[grain.phase] * shown
    crossed = 255 * np.sin(2 * turned)[..., None] ** 2 * interference_colour(retardation)
    crossed *= 1 + 0.25 * dusty * np.clip(dust, -2, 1)[..., None]
    xpl[window][mask] = crossed[mask]


def _box(inside):
    """The smallest window that has all of a grain: a pair of slices."""
    rows = np.flatnonzero(inside.any(axis=1))
    columns = np.flatnonzero(inside.any(axis=0))
    return slice(rows[0], rows[-1] + 1), slice(columns[0], columns[-1] + 1)


def _optics(grain, shape, rng):
    """How far each pixel is turned from extinction (radians), and what share of its birefringence it shows."""
    turned = np.full(shape, grain.turned)
    shown = np.full(shape, grain.tilt)
    look = {QUARTZ: _undulose, PLAGIOCLASE: _twinned, FELDSPAR: _gridded, LITHIC: _crystals}
    looking = look[grain.phase]
    return looking(turned, shown, rng)


def _undulose(turned, shown, rng):
    """Quartz: even, or extinction sweeps through it."""
    return turned + rng.exponential(0.035) * _clouds(turned.shape, rng, 12), shown


def _stripes(shape, rng, angle, width):
    """Lamellae of uneven width: a field of -1 and 1."""
    rows, columns = np.indices(shape)
    across = rows * np.cos(angle) - columns * np.sin(angle)
    across = (across - across.min()).astype(int)
    widths = rng.gamma(3, width / 3, across.max() + 2)
    steps = np.cumsum(np.maximum(widths, 1))
    number = np.searchsorted(steps, across)
    return np.where(number % 2, 1, -1)


def _twinned(turned, shown, rng):
    """Plagioclase: lamellae that go dark one after the other; in a few grains none is to be seen."""
    if rng.random() < 0.15:
        return turned, shown
    direction = rng.uniform(0, np.pi)
    width = rng.uniform(2, 7)
    stripes = _stripes(turned.shape, rng, direction, width)
    return turned + stripes * rng.uniform(0.06, 0.35), shown


def _gridded(turned, shown, rng):
    """Potassium feldspar: plain, a soft grid of two sets of twins (microcline), or threads of albite (perthite)."""
    kind, angle = rng.random(), rng.uniform(0, np.pi)
    if kind < 0.35:
        return turned + 0.05 * _clouds(turned.shape, rng, 6), shown
    first = _clouds(turned.shape, rng, 0.7)
    threads = _smear(first, angle)
    if kind < 0.7:
        return turned + 0.12 * (threads + _smear(_clouds(turned.shape, rng, 0.7), angle + np.pi / 2)), shown
    return turned + 0.2 * (threads > 0.9), shown


def _smear(field, angle, length=11):
    """A field drawn out along a direction; standard deviation 1 again."""
    kernel = np.zeros((length, length), np.float32)
    half = length // 2
    reach = half * np.cos(angle), half * np.sin(angle)
    start = [round(half - step) for step in reach]
    end = [round(half + step) for step in reach]
    cv2.line(kernel, start, end, 1.0)
    drawn = cv2.filter2D(field, -1, kernel / kernel.sum())
    return drawn / max(drawn.std(), 1e-9)


def _crystals(turned, shown, rng):
    """Lithic fragment: many small crystals (chert, quartzite, volcanic ground mass), each turned its own way."""
    height, width = turned.shape
    size = np.exp(rng.uniform(np.log(1.2), np.log(7)))
    count = max(int(height * width / size**2), 2)
    centres = rng.random((count, 2)) * turned.shape
    pixels = np.stack(np.indices(turned.shape), axis=-1)
    _, crystal = cKDTree(centres).query(pixels)
    glass = rng.choice([0, 0.3, 0.8])
    directions = rng.uniform(0, np.pi / 2, count)
    shares = rng.uniform(0.05, 1, count)
    shares = shares * (rng.random(count) > glass)
    return directions[crystal], shares[crystal]


def _camera(light, rng, crossed=False):
    """What a camera makes of it: exposure, cast, blur, noise; uint8."""
    low, high = (0.8, 2.2) if crossed else (0.9, 1.12)
    gain = np.exp(rng.uniform(np.log(low), np.log(high))) if crossed else rng.uniform(low, high)
    cast = rng.normal(0, 0.1 if crossed else 0.04, 3)
    blueness = crossed * rng.random()
    cast = np.exp(cast + blueness * np.array([-0.15, 0, 0.1]))
    width = rng.uniform(0.4, 0.9)
    seen = cv2.GaussianBlur(light * gain * cast, (0, 0), width)
    noise = rng.uniform(0.5, 3)
    seen = seen + rng.normal(0, noise, light.shape)
    return np.rint(seen).clip(0, 255).astype(np.uint8)
