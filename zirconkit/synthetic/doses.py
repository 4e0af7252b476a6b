"""One zircon under the knobs: grown by its properties, so that one of them can change while all else stays.

`crystals.grow` throws one set of dice for a whole grain: with another rim its inclusions lie elsewhere. Here every step
has dice of its own, and all grains lie on a canvas of one size. So a rim changes the pixels under it and no others; the
third inclusion leaves the first two where they are; a brighter grain is the same grain. Where a property moves the
outline (aspect ratio, outline, size, turn), the zones move along with it.

What breaks down: these grains are whole, single crystals, one stage of growth, banded, without core or fracture. A
mount's grains are more varied, so what a network says here it says of this kind of grain.
"""

from functools import lru_cache
from typing import NamedTuple

import cv2
import numpy as np
import pandas as pd

from zirconkit.synthetic.crystals import light_edges
from zirconkit.synthetic.mounts import SAMPLES, dice
from zirconkit.synthetic.recipes import population
from zirconkit.synthetic.scanning import add_noise
from zirconkit.synthetic.shapes import Shape, fit_specimen, lay_on_pixels
from zirconkit.synthetic.zoning import inclusion, mottling, rim_cover, wavering, zoning_signal

__all__ = ["NAMES", "Dosed", "Properties", "draw_properties", "grow_dosed", "grown_population"]

SIDE = 90  # px of a grain's picture: the published crop
HALF = 47  # px to each side of the canvas's middle; what lies beyond the crop is for the blur
PER_HALF_WIDTH = 18.0  # px, of an ordinary grain: zones are drawn for it, so that all sizes have the same ones
LIGHT, SKEW, ROUGHNESS, BLUR = 0.3, 0.3, 0.8, 0.6
DEEP, LARGEST = 0.2, 3.0  # inclusions: half-widths below the outline, px of the radius
RIMS = {"none": 0.0, "bright": 0.5, "dark": -0.4}  # contrast, on average
STEPS = ("shape", "mottling", "wavering", "zones", "fading", "rim", "inclusions", "light", "noise")


# What a figure calls each property, with its unit; a crop of 90 px becomes 32 px of the network.
NAMES = {
    "aspect": "aspect ratio",
    "outline": "rounded outline",
    "strength": "zoning strength",
    "wavelength": "wavelength (px of the crop)",
    "rim": "rim contrast",
    "inclusions": "inclusions",
    "brightness": "brightness",
    "size": "size (px of the crop)",
    "turn": "turn (°)",
}


class Properties(NamedTuple):
    """What a grain is to be like: one knob each."""

    aspect: float = 1.8  # length over width, by second moments
    outline: float = 0  # 0 sharp faces (euhedral), 1 rounded ones (anhedral); nothing between
    strength: float = 0.2  # of the zoning: standard deviation over the mean grey
    wavelength: float = 6.0  # of the zoning, px of 2 um: thickness of a pair of bands
    rim: float = 0.0  # contrast of the outermost zone: above 0 bright, below 0 dark, 0 none
    inclusions: int = 0
    brightness: float = 110  # mean grey before rim and inclusions, 0 to 255
    size: float = 44  # equivalent diameter, px of 2 um
    turn: float = 20  # degrees


class Dosed(NamedTuple):
    """A grain grown by its properties; arrays of shape (90, 90)."""

    image: np.ndarray  # uint8, black around the grain
    mask: np.ndarray  # bool: the pixels of the grain
    spots: np.ndarray  # float, 0 to 1: how much of its light the inclusions take from each pixel


def grow_dosed(properties, seed=0):
    """Grow one zircon by its properties; returns a `Dosed`.

    Parameters
    ----------
    properties : Properties
    seed : int
        Of all that the properties leave open: the faces, the bands, where inclusions lie, noise.
    """
    rounded = properties.outline >= 0.5
    specimen = _specimen(properties.aspect, rounded, seed)
    angle = np.deg2rad(properties.turn)
    section = lay_on_pixels(specimen, properties.size, angle, HALF)
    x, y = section.x, section.y
    distance = np.float32(section.scale) * specimen.outline(x, y)
    mask = distance < 0
    plain = _zoned(section, mask, properties, seed)
    depth = -section.scale * specimen.grown(x, y)
    cover = rim_cover(depth, x, y, _dice(seed, "rim"))
    rim = 1 + properties.rim * cover
    dice = _inclusions(properties.inclusions, seed)
    light = _light_left(_deep(specimen), section, distance, dice)

    usual = _lit(plain, distance, section, seed)
    shining = _lit(plain * rim * light, distance, section, seed)
    grey = properties.brightness / usual[mask].mean() * shining
    blurred = cv2.GaussianBlur(grey, (0, 0), BLUR)
    image = add_noise(blurred, _dice(seed, "noise")) * mask
    spots = (1 - light) * mask
    return Dosed(_middle(image), _middle(mask), _middle(spots))


def _dice(seed, step):
    """The generator of a step."""
    return np.random.default_rng([seed, STEPS.index(step)])


@lru_cache(maxsize=512)
def _specimen(aspect, rounded, seed):
    """The crystal of a seed, cut: a `shapes.Specimen`. It is the costliest step, and most knobs leave it as it is."""
    habit = "anhedral" if rounded else "prismatic"
    shape = Shape(habit, aspect, 0, 0, ROUGHNESS)
    step = STEPS.index("shape")
    shape_seed = np.random.SeedSequence([seed, step])
    return fit_specimen(shape, shape_seed)


def _zoned(section, mask, properties, seed):
    """Growth zones of the wanted strength over a faint mottling: brightness, about 1 inside."""
    u, _ = wavering(section, _dice(seed, "wavering"))
    as_if = properties.wavelength * PER_HALF_WIDTH / section.scale
    dice = _dice(seed, "zones")
    signal = zoning_signal(PER_HALF_WIDTH, as_if, 1.0, dice)
    dice = _dice(seed, "fading")
    fading = 1 + 0.7 * section.ripple(dice, 1.5)
    zones = np.interp(u, *signal)
    zones *= fading.clip(0, 2.2)
    zones -= zones[mask].mean()
    spread = zones[mask].std()
    zones *= properties.strength / spread
    skewed = np.expm1(SKEW * zones) / SKEW
    level = mottling(section, _dice(seed, "mottling"))
    return level + skewed


def _inclusions(count, seed):
    """A generator for each inclusion, so that one more leaves those before it as they are: list."""
    return [np.random.default_rng([seed, STEPS.index("inclusions"), number]) for number in range(int(count))]


def _deep(specimen):
    """The crystal's points that lie well below its outline: array, shape (2, n), in half-widths."""
    points = specimen.inside
    x, y = np.float32(points)[:, None]
    (distance,) = specimen.outline(x, y)
    is_deep = distance < -DEEP
    return points[:, is_deep]


def _light_left(points, section, distance, dice):
    """The share of its light that inclusions leave each pixel.

    Each has its place among the crystal's own points, which come in a fixed order: it turns and grows with the grain.
    """
    slope_y, slope_x = np.gradient(distance)
    light = np.ones(distance.shape, np.float32)
    for one in dice:
        number = int(one.random() * points.shape[1])
        x, y = points[:, number]
        right = section.x - x
        down = section.y - y
        away = right**2 + down**2
        nearest = away.argmin()
        centre = np.unravel_index(nearest, away.shape)
        outward = np.arctan2(slope_y[centre], slope_x[centre])
        radius = min(one.lognormal(0.3, 0.7), LARGEST)
        light = light * inclusion(light.shape, centre, radius, outward, one)
    return light


def _lit(level, distance, section, seed):
    """A grain's brightness under the detector, which does not turn along."""
    return light_edges(level.clip(0.06, None), distance, section, LIGHT, _dice(seed, "light"))


def _middle(picture):
    """The middle of the canvas: the published square."""
    start = (len(picture) - SIDE) // 2
    return picture[start : start + SIDE, start : start + SIDE]


# ---------------------------------------------------------------- what grains are like in the grown mounts


@lru_cache(maxsize=1)
def grown_population():
    """The properties of all zircons of the 14 grown mounts, as their recipes ask for them: DataFrame.

    Outline, rim and turn are put into numbers: anhedral 1, any other habit 0; a bright rim 0.5, a dark one -0.4, which
    is what they have on average; a turn from 0 to 180 degrees by chance.
    """
    mounts = [population(recipe, dice(name, "population", 0)) for name, recipe in SAMPLES.iterrows()]
    plans = pd.concat(mounts)
    zircons = plans[~plans["contaminant"]]
    table = zircons.rename(columns={"grey": "brightness", "diameter": "size"})
    table = table.reset_index(drop=True)
    table["rim"] = table["rim"].map(RIMS)
    is_rounded = table["habit"] == "anhedral"
    table["outline"] = is_rounded.astype(float)
    rng = np.random.default_rng(0)
    table["turn"] = rng.uniform(0, 180, len(table))
    return table[list(Properties._fields)]


def draw_properties(n, seed=0):
    """The `Properties` of n zircons, drawn from the grown population: list."""
    rows = grown_population().sample(n, random_state=seed)
    return [Properties(*row) for row in rows.itertuples(index=False)]
