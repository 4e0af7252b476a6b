"""Grow one synthetic zircon, cut it, and look at the section in cathodoluminescence.

`shapes` sets the crystal's faces, cuts it and damages its outline; `zoning` paints the inside by the growth coordinate;
here the two come together, and the grain is lit.

What breaks down: brightness follows no chemistry; stages of growth differ by chance, by no history of a magma; grains
lie level, and none is out of focus.
"""

from dataclasses import replace
from typing import NamedTuple

import numpy as np

from zirconkit.synthetic.shapes import Shape, fit_specimen, lay_on_pixels
from zirconkit.synthetic.zoning import (
    Zoning,
    add_core,
    add_fractures,
    add_inclusions,
    add_rim,
    add_stage,
    texture,
)

__all__ = ["Crystal", "grow"]


class Crystal(NamedTuple):
    """A zircon, grown and cut."""

    image: np.ndarray  # float32, shape (height, width): brightness, about 1 inside, with the glow around
    mask: np.ndarray  # bool: the pixels of the grain
    u: np.ndarray  # float: growth coordinate, 0 at the centre and 1 at the rim
    truth: dict  # what was grown


def worn(section, rng):
    """The faces as they were before wear and uneven growth: here and there the outline cuts the outermost zones."""
    planes = section.planes.copy()
    chance = rng.lognormal(0, 0.07, (len(planes), 1))
    planes[:, :3] *= np.float32(chance)
    return replace(section, planes=planes)


def expose(level, mask, strength, skew):
    """Bring zoning to its strength, the standard deviation over the mean, and skew it; flat sections stay flat."""
    inside = level[mask]
    spread = max(inside.std(), 0.5 * strength)
    contrast = (strength / spread) ** 0.85
    level = (level - inside.mean()) * contrast
    if skew:
        level = np.expm1(skew * level) / skew
    return 1 + level


def facing(distance, direction):
    """How squarely the flank under each pixel faces a direction (radians, anticlockwise from the right): -1 to 1."""
    down, right = np.gradient(distance)
    rightwards = right * np.cos(direction)
    downwards = down * np.sin(direction)
    towards = rightwards - downwards
    steepness = np.hypot(right, down)
    return towards / np.maximum(steepness, 1e-3)


def bright_facet(distance, direction, uneven, light, rng):
    """How much brighter the flank is that faces the detector: a facet of some pixels along the outline."""
    towards = np.maximum(facing(distance, direction), 0)
    patchiness = 1 + 0.5 * uneven
    lit = light * towards**3 * patchiness.clip(0)
    width = rng.gamma(3, 0.6) + 1
    facet = np.clip(width + distance + 0.5 * uneven, 0, 1)
    return lit * facet


def flank_glow(distance, uneven, rng):
    """The glow of flanks that are buried in the resin, against the distance outside of the outline."""
    outside = np.maximum(distance, 0)
    reach = rng.uniform(1.6, 2.2) * (1 + 0.1 * uneven)
    brightness = rng.uniform(0.11, 0.27)
    fall = (outside / reach.clip(0.8)) ** 1.5
    return brightness * np.exp(-fall)


def light_edges(level, distance, section, light, rng):
    """Light the flank towards the detector (above, a little to the left), dim the rest, let buried flanks glow.

    A grain stands a little out of the resin, and this flank shows as a bright facet; `distance` is in pixels.
    """
    direction = rng.normal(1.95, 0.3)
    uneven = section.ripple(rng, 1.2)
    facet = bright_facet(distance, direction, uneven, light, rng)
    inside = np.minimum(distance, 0)
    darkening = rng.uniform(0.06, 0.32)
    shade = darkening * np.exp(inside / 2.5)
    glow = flank_glow(distance, uneven, rng)
    cover = np.clip(0.38 - distance, 0, 1)  # the share of each pixel that the grain covers
    grain = level * (1 + facet) * (1 - shade)
    image = grain * cover + glow * (1 - cover)
    return image.astype(np.float32)


def grow(  # noqa: PLR0913 (people type these words in notebooks: one crystal, a keyword a property)
    diameter=56.0,
    aspect=2.0,
    habit="prismatic",
    zoning="oscillatory",
    wavelength=6.0,
    strength=0.2,
    core="none",
    rim="none",
    inclusions=0,
    fractures=0,
    broken=0,
    bays=0,
    roughness=1.0,
    stages=0,
    skew=0.5,
    light=0.4,
    abrasion=0.0,
    seed=0,
):
    """Grow one zircon and cut it; returns a `Crystal`.

    Parameters
    ----------
    diameter, aspect : float
        Of the section: equivalent diameter in pixels (2 um each on the paper's mounts); aspect ratio by second moments.
    habit, zoning : {"prismatic", "equant", "anhedral", "hexagonal"}, {"oscillatory", "sector", "patchy", "none"}
        Equant grains may be cut across c; anhedral ones are rounded and irregular; hexagonal ones are apatites.
    wavelength, strength : float
        Thickness of a pair of bands under a prism face, in pixels; their amplitude relative to the mean brightness.
    core, rim : {"none", "resorbed", "xenocryst"}, {"none", "bright", "dark"}
    inclusions, fractures, broken, bays : int
        How many inclusions, cracks, breaks across the crystal and bites out of the rim; `roughness` of 1 is usual.
    stages : int
        Older stages of growth inside, each with a habit of its own, some cut by resorption.
    skew, light : float
        Above 0 bright zones stand out, below 0 dark ones; how much the flank towards the detector outshines the rest.
    abrasion : float
        How far transport has rounded the outline: 0 as it grew, 1 a pebble.
    seed : int
    """
    shape_seed, look_seed = np.random.SeedSequence(seed).spawn(2)
    rng = np.random.default_rng(look_seed)
    specimen = fit_specimen(Shape(habit, aspect, broken, bays, roughness, abrasion), shape_seed)
    section = lay_on_pixels(specimen, diameter, angle=rng.uniform(0, 2 * np.pi))
    x, y, scale = section.x, section.y, section.scale
    distance = np.float32(scale) * specimen.outline(x, y)
    mask = distance < 0

    zones = Zoning(zoning, wavelength, strength)
    level = texture(worn(section, rng), zones, rng)
    for _ in range(stages):
        level = add_stage(level, section, zones, rng)
    if core != "none":
        level = add_core(level, core, section, strength, rng)
    if zoning != "none":
        level = expose(level, mask, strength, skew)
    if rim != "none":
        depth = -scale * specimen.grown(x, y)
        level = add_rim(level, rim, depth, x, y, rng)
    level, found = add_inclusions(level, distance, inclusions, rng)
    level = add_fractures(level, fractures, section, rng)
    level = level.clip(0.06, None)
    image = light_edges(level, distance, section, light, rng)

    u, _ = section.growth()
    truth = {
        "habit": "fragment" if broken else habit,
        "zoning": zoning,
        "core": core,
        "rim": rim,
        "inclusions": found,
        "stages": stages,
        "fractures": fractures,
        "wavelength_px": wavelength if zoning == "oscillatory" else np.nan,
    }
    return Crystal(image, mask, u, truth)
