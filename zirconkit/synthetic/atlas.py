"""An atlas of textures: one grown zircon for each, and where on it the texture is, known because it was drawn.

The seven words are those of Corfu et al. (2003, 10.2113/0530469). A mount's grains mix them; here each grain shows one
and little else. What breaks down: nobody confuses these seven as real grains let one confuse them.
"""

from typing import NamedTuple

import numpy as np
from scipy.ndimage import binary_erosion, gaussian_filter

from zirconkit.synthetic.crystals import expose, light_edges
from zirconkit.synthetic.scanning import add_noise
from zirconkit.synthetic.shapes import Shape, fit_specimen, lay_on_pixels
from zirconkit.synthetic.zoning import (
    Zoning,
    add_core,
    add_fractures,
    add_inclusions,
    add_rim,
    coverage,
    older_section,
    resorbed,
    texture,
)

__all__ = ["TEXTURES", "Plate", "plate"]

SIDE = 100  # px of a plate; 200 um at the scale of the paper's mounts
DIAMETER = 66  # px, of the grains
GREY, RESIN = 125, 6  # of an ordinary spot, and around the grain
BLUR = 0.6  # px, of the microscope
SEEN = 0.1  # difference in brightness from which a sector stands out from its neighbour
CALM = Zoning("oscillatory", 9.0, 0.05)  # faint bands, against which the rest is seen


class Plate(NamedTuple):
    """A grain that shows one texture; arrays of shape (100, 100)."""

    texture: str
    image: np.ndarray  # uint8
    mask: np.ndarray  # bool: the pixels of the grain
    mark: np.ndarray  # bool: a line, 1 px wide, along the texture's own edges


def plate(name, seed=0):
    """Grow a zircon that shows one texture; returns a `Plate`.

    Parameters
    ----------
    name : str
        One of `TEXTURES`; another is a ValueError.
    seed : int
    """
    if name not in TEXTURES:
        raise ValueError(f"there is no texture {name!r}: there are {', '.join(TEXTURES)}")
    shape_seed, look_seed = np.random.SeedSequence([seed, list(TEXTURES).index(name)]).spawn(2)
    rng = np.random.default_rng(look_seed)
    specimen = fit_specimen(Shape("prismatic", 1.7, 0, 0, 1.0), shape_seed)
    section = lay_on_pixels(specimen, DIAMETER, angle=rng.uniform(0, 2 * np.pi))
    distance = np.float32(section.scale) * specimen.outline(section.x, section.y)
    mask = distance < 0
    level, mark = TEXTURES[name](section, distance, rng)
    lit = light_edges(level.clip(0.06, None), distance, section, 0.3, rng)
    blurred = gaussian_filter(GREY * lit + RESIN, BLUR)
    grey = add_noise(blurred, rng)
    pictures = (grey, mask, mark & mask)
    return Plate(name, *(_on_square(picture) for picture in pictures))


def _on_square(picture):
    """A picture in the middle of a square of 100 px, with resin's grey, or nothing, around it."""
    around = RESIN if picture.dtype == np.uint8 else 0
    square = np.full((SIDE, SIDE), around, picture.dtype)
    height, width = picture.shape[:2]
    from_rows, to_rows = _middles(height)
    from_columns, to_columns = _middles(width)
    square[to_rows, to_columns] = picture[from_rows, from_columns]
    return square


def _middles(side):
    """The middle of a side of a picture, and where it comes to lie on the square: two slices."""
    length = min(side, SIDE)
    start = (side - length) // 2
    target = (SIDE - length) // 2
    source = slice(start, start + length)
    return source, slice(target, target + length)


def _edge(part):
    """The outermost pixels of a part of a picture."""
    return part & ~binary_erosion(part)


# ---------------------------------------------------------------- how each is drawn: its brightness, and its edges


def _oscillatory(section, distance, rng):
    level = texture(section, Zoning("oscillatory", 8.0, 0.3), rng)
    u, _ = section.growth()
    lines = _edge(u < 0.5) | _edge(u < 0.8)
    return expose(level, distance < 0, 0.3, 0.3), lines


def _sector(section, distance, rng):
    level = texture(section, Zoning("sector", 9.0, 0.3), rng)
    _, face = section.growth()
    tone = np.zeros_like(level)  # of each sector; one that looks like its neighbour is not marked
    for each in np.unique(face[distance < 0]):
        tone[face == each] = level[(face == each) & (distance < 0)].mean()
    down, right = np.diff(tone, axis=0, prepend=tone[:1]), np.diff(tone, axis=1, prepend=tone[:, :1])
    return expose(level, distance < 0, 0.3, 0.3), np.maximum(abs(down), abs(right)) > SEEN


def _core(section, distance, rng):
    around = texture(section, CALM, rng)
    level = add_core(around, "xenocryst", section, 0.15, rng)
    return level, _edge(level != around)


def _rim(section, distance, rng):
    inside = texture(section, CALM, rng)
    level = add_rim(inside, "bright", -distance - 1, section.x, section.y, rng)
    untouched = level == inside
    within = distance < 0
    return level, _edge(untouched & within)


def _resorption(section, distance, rng):
    size = rng.uniform(0.7, 0.8)
    older = older_section(section, size, rng)
    u, _ = older.growth()
    cut = resorbed(section, older, size, rng)
    depth = np.minimum(1 - u, cut) * section.scale * size
    old = expose(texture(older, Zoning("oscillatory", 7.0, 0.3), rng), depth > 0, 0.25, 0.3)
    weight = coverage(depth)
    young = texture(section, CALM, rng)
    level = 1.1 * young * (1 - weight) + 0.85 * old * weight
    return level, _edge(depth > 0) & (cut < 1 - u)


def _inclusion(section, distance, rng):
    host = texture(section, CALM, rng)
    level, _ = add_inclusions(host, distance, 4, rng)
    darker = level < 0.98 * host
    return level, _edge(darker)


def _fracture(section, distance, rng):
    host = texture(section, CALM, rng)
    level = add_fractures(host, 2, section, rng)
    change = np.abs(level - host)
    return level, _edge(change > 0.02)


TEXTURES = {
    "oscillatory": _oscillatory,
    "sector": _sector,
    "core": _core,
    "rim": _rim,
    "resorption": _resorption,
    "inclusion": _inclusion,
    "fracture": _fracture,
}
