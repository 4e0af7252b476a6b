"""What a zircon's section shows inside of its outline: growth zones, sectors, older crystals, inclusions, fractures.

A section is a set of faces, rows (p, q, r, form): u = p x + q y + r is 1 where a face ended up, and u(x) = max over
faces is the growth coordinate. Oscillatory zoning is a signal of u: bands in bursts, of drifting wavelength, fractal
noise, thin lines and a few steps (Hoskin, 2000, 10.1016/S0016-7037(00)00387-5). A crystal grows in stages, each with
faces and brightness of its own; resorption between two of them cuts the older zones. Sectors, patches, cores, rims,
inclusions and fractures follow the atlas of Corfu et al. (2003, 10.2113/0530469).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

__all__ = [
    "Section",
    "Zoning",
    "add_core",
    "add_fractures",
    "add_inclusions",
    "add_rim",
    "add_stage",
    "growth",
    "ripple",
    "texture",
    "zoning_signal",
]

FORMS = 4  # kinds of faces
WAVES = 6  # in a ripple
TURN = 2 * np.pi  # radians
U_MAX = 1.5  # zones are drawn up to here, beyond the rim: the outline may lie outside of u = 1
SHARES = {"oscillatory": (1, 0.3), "sector": (0.4, 1), "patchy": (0.3, 0.3), "none": (0, 0)}  # of bands, of sectors


@dataclass(frozen=True)
class Section:
    """A section through a crystal, laid on the pixels of an image.

    Attributes
    ----------
    planes : array of float32, shape (faces, 4)
        The faces, as rows (p, q, r, form).
    x, y : arrays, shape (height, width)
        Where each pixel lies on the section, in half-widths of the crystal.
    scale : float
        Pixels per half-width.
    """

    planes: np.ndarray
    x: np.ndarray
    y: np.ndarray
    scale: float

    def growth(self):
        """Growth coordinate and growing face at each pixel, as `growth` gives them."""
        return growth(self.planes, self.x, self.y)

    def ripple(self, rng, wavelength):
        """The height of a new `ripple` at each pixel."""
        return ripple(rng, wavelength)(self.x, self.y)


class Zoning(NamedTuple):
    """What the growth zones are to look like."""

    kind: str  # "oscillatory", "sector", "patchy" or "none"
    wavelength: float  # thickness of a pair of bands under a prism face, in pixels
    strength: float  # amplitude relative to the mean brightness


def growth(planes, x, y):
    """Growth coordinate u (0 centre, 1 rim) and the row of `planes` that is growing, at points x, y of the section."""
    p, q, r = planes.T[:3, :, None, None]
    values = p * x + q * y + r
    u = values.max(axis=0)
    face = values.argmax(axis=0)
    return u, face


def ripple(rng, wavelength):
    """A smooth random function of x, y (2-D), of unit variance: plane waves, parabolic arcs in place of sines."""
    angle = rng.uniform(0, TURN, WAVES)
    phase = rng.random(WAVES)
    length = wavelength * rng.uniform(0.6, 1.6, WAVES)
    k = 1 / length
    kx = k * np.cos(angle)
    ky = k * np.sin(angle)
    kx, ky, start = np.float32([kx, ky, phase])[:, :, None, None]
    unit = np.float32(np.sqrt(1.875 / WAVES))

    def height(x, y):
        turns = kx * x + ky * y + start
        turns -= np.floor(turns) + np.float32(0.5)
        arcs = turns * (8 - 16 * np.abs(turns))
        return arcs.sum(axis=0) * unit

    return height


def turned(x, y, angle):
    """Coordinates along and across a direction that lies `angle` radians from the x axis."""
    cosine = np.cos(angle)
    sine = np.sin(angle)
    along = x * cosine + y * sine
    across = y * cosine - x * sine
    return along, across


def coverage(depth):
    """The share of each pixel, 0 to 1, that lies inside of an edge; `depth` is how far inside its middle is, in px."""
    return np.clip(depth + 0.5, 0, 1)


# ---------------------------------------------------------------- the zones of one crystal


def bands(u, scale, wavelength, rng):
    """Oscillatory bands between -1 and 1: they come in bursts, and their wavelength drifts."""
    walk = np.cumsum(rng.normal(0, 1, u.size))
    count = U_MAX * scale / wavelength  # of pairs of bands
    drift = walk * 0.9 * np.sqrt(count / u.size)
    slow = u * rng.uniform(0.6, 1.8) + rng.random()
    bursts = 0.4 + 0.8 * np.sin(TURN * slow)
    fast = u * scale / wavelength + rng.random()
    wave = np.sin(TURN * fast + drift)
    sharp = np.tanh(3 * wave)
    return bursts.clip(0, 1) * sharp


def fractal(size, waves, rng):
    """Noise of `size` values: the amplitude of its waves, one to `waves`, falls with the root of the frequency."""
    frequency = np.arange(1, waves + 1)
    real, imaginary = rng.normal(size=(2, waves)) / frequency**0.5
    spectrum = np.r_[0, real + 1j * imaginary]
    noise = np.fft.irfft(spectrum, 2 * size)
    return noise[:size]


def lines(u, count, rng):
    """Thin lines, bright or dark: of `count` places, one in four has a line."""
    height = rng.normal(size=count)
    height *= rng.random(count) < 0.25
    place = np.linspace(0, U_MAX, count)
    return np.interp(u, place, height)


def steps(u, rng):
    """Four levels with sharp walls between them; cores tend to be bright."""
    walls = np.sort(rng.uniform(0.2, 0.95, 3))
    levels = rng.normal((1.8, 0.5, -0.4, -0.8), 1)
    number = np.searchsorted(walls, u)
    return levels[number]


def zoning_signal(scale, wavelength, strength, rng):
    """Brightness about 0 against u: bands, fractal noise, lines and steps; `scale` is pixels per half-width."""
    u = np.linspace(0, U_MAX, 600)
    waves = max(int(scale), 6)  # down to waves of 3 px
    signal = 1.1 * bands(u, scale, wavelength, rng)
    noise = fractal(u.size, waves, rng)
    signal += 0.45 * noise / noise.std()
    thin = lines(u, 2 * waves, rng)  # a px or two
    signal += 0.7 * steps(u, rng)
    signal += 0.8 * thin
    return u, strength * signal


def mottling(section, rng):
    """What shows without any zoning: faint clouds about 1, and the pits of the polish."""
    clouds = section.ripple(rng, 3.0)
    specks = section.ripple(rng, 0.6)
    level = 1 + 0.07 * clouds + 0.03 * specks
    depth = 0.035 * rng.random() ** 3
    pits = rng.standard_normal(level.shape, np.float32)
    return level + np.float32(depth) * pits


def wavering(section, rng):
    """Growth coordinate and growing face, read a little beside each pixel: no zone is drawn with a ruler."""
    x, y = section.x, section.y
    waver = ripple(rng, 0.9)
    reach = np.float32(0.6 / section.scale)
    right = reach * waver(x, y)
    down = reach * waver(y, x)
    return growth(section.planes, x + right, y + down)


def sector_tones(planes, rng):
    """The brightness of each face's sector; faces of one form are alike, but for a chance of their own."""
    by_form = rng.normal(0, 0.8, FORMS)
    by_face = rng.normal(0, 0.5, len(planes))
    form = planes[:, 3].astype(int)
    return by_form[form] + by_face


def patch(section, strength, rng):
    """What a patch adds to the brightness; it has the crystal's own edges, a little frayed."""
    size = rng.uniform(0.2, 0.6)
    cx, cy = rng.normal(0, 0.6, 2)
    x = (section.x - cx) / size
    y = (section.y - cy) / size
    u, _ = growth(section.planes, x, y)
    waves = section.ripple(rng, 0.7)
    frayed = u + 0.15 * waves
    depth = (1 - frayed) * section.scale * size
    tone = rng.normal(-0.8, 1.0) * strength
    return tone * coverage(depth)


def texture(section, zoning, rng):
    """One kind of `Zoning` over a faint mottling: brightness about 1; zones waver, and fade along their length."""
    banding, sectoring = SHARES[zoning.kind]
    level = mottling(section, rng)
    u, face = wavering(section, rng)
    fading = 1 + 0.7 * section.ripple(rng, 1.5)
    signal = zoning_signal(section.scale, zoning.wavelength, banding * zoning.strength, rng)
    zones = np.interp(u, *signal)
    level += zones.astype(np.float32) * fading.clip(0, 2.2)
    tones = sectoring * zoning.strength * sector_tones(section.planes, rng)
    level += tones[face]
    patches = rng.integers(2, 6)
    if zoning.kind == "patchy":
        for _ in range(patches):
            level += patch(section, zoning.strength, rng)
    return level


# ---------------------------------------------------------------- what lies inside of it: older crystals


def shrunk(planes, size, spread, rng):
    """The faces of a smaller crystal, each of which grew a little faster or slower than by `size` alone."""
    smaller = planes.copy()
    chance = rng.lognormal(0, spread, (len(planes), 1))
    smaller[:, :3] /= np.float32(size * chance)
    return smaller


def older_section(section, size, rng):
    """The section through an older stage of the crystal, its centre nearby."""
    middle = rng.normal(0, 0.08, 2)
    cx, cy = middle.astype(np.float32)
    x = section.x - cx
    y = section.y - cy
    planes = shrunk(section.planes, size, 0.15, rng)
    return Section(planes, x, y, section.scale * size)


def resorbed(section, older, size, rng):
    """How far inside of the surface that resorption left of an older stage: 1 at the centre, 0 on the surface."""
    planes = shrunk(section.planes, 0.85 * size, 0.25, rng)
    waves = section.ripple(rng, 0.8)
    edge = 1 + 0.06 * waves
    u, _ = growth(planes, older.x, older.y)
    return edge - u


def contact(depth, strength, rng):
    """What marks the surface of an older stage: mostly nothing, else a dark moat or a bright line, 1 px above it."""
    tone = rng.choice([0, -1.8, 1.5], p=[0.65, 0.2, 0.15])
    width = rng.uniform(0.5, 3)
    above = (depth + 1) ** 2
    line = np.exp(-above / width)
    return tone * strength * line


def add_stage(level, section, zoning, rng):
    """An older stage of growth: other faces led, and half of the time resorption cut its zones before the next."""
    size = rng.uniform(0.35, 0.85)
    older = older_section(section, size, rng)
    u, _ = older.growth()
    inside = 1 - u
    if rng.random() < 0.5:
        inside = np.minimum(inside, resorbed(section, older, size, rng))
    depth = inside * section.scale * size
    tone = zoning.strength * rng.normal(0.3, 1)
    old = tone + texture(older, zoning, rng)
    weight = coverage(depth)
    covered = level * (1 - weight) + old * weight
    return covered + contact(depth, zoning.strength, rng)


def add_core(level, core, section, strength, rng):
    """Overgrow an older core: "resorbed" (rounded, homogeneous) or "xenocryst" (turned, with its own zoning)."""
    angle = rng.uniform(0, np.pi)
    if core == "resorbed":
        angle = 0.0
    cx, cy = rng.normal(0, 0.1, 2)
    across, down = section.x - cx, section.y - cy
    x, y = turned(across, down, angle)
    inner = Section(section.planes, x, y, section.scale)
    u, _ = inner.growth()
    radius = rng.uniform(0.3, 0.6)
    uneven = 0.06 * section.ripple(rng, 0.9)
    inside = radius + uneven - u
    weight = coverage(inside * section.scale)
    sign = rng.choice([-1, 1], p=[0.6, 0.4])
    tone = 1 + sign * rng.uniform(0.15, 0.4)
    kind = "oscillatory" if core == "xenocryst" else "none"
    old = texture(inner, Zoning(kind, 4.5, strength), rng)
    return level * (1 - weight) + tone * weight * old


# ---------------------------------------------------------------- what comes later: rim, inclusions, fractures


def add_rim(level, rim, depth, x, y, rng):
    """A last growth zone, "bright" or "dark", 1.5 to 4.5 px wide, older than breaks; `depth` is below it, in px."""
    contrast = rng.uniform(0.3, 0.7) if rim == "bright" else -rng.uniform(0.3, 0.5)
    return level * (1 + contrast * rim_cover(depth, x, y, rng))


def rim_cover(depth, x, y, rng):
    """The share of each pixel, 0 to 1, that an uneven rim covers; `depth` is below the surface, in px."""
    uneven = ripple(rng, 2.0)
    width = rng.uniform(1.5, 4.5)
    local = width * (1 + 0.4 * uneven(x, y))
    return np.clip(local + 0.5 - depth, 0, 1)


def add_inclusions(level, distance, count, rng):
    """Dark inclusions (apatite, melt) along the zones, one in five open to the rim.

    `distance` is each pixel's from the outline, in pixels, negative inside. Returns the level with inclusions, and how
    many of them found room.
    """
    slope_y, slope_x = np.gradient(distance)
    found = 0
    for _ in range(count):
        radius = rng.lognormal(0.3, 0.7)
        limit = -radius - 1 if rng.random() < 0.8 else 0
        room = np.flatnonzero(distance < limit)
        if room.size:
            centre = np.unravel_index(rng.choice(room), level.shape)
            outward = np.arctan2(slope_y[centre], slope_x[centre])
            level = level * inclusion(level.shape, centre, radius, outward, rng)
            found += 1
    return level, found


def inclusion(shape, centre, radius, outward, rng):
    """What an inclusion leaves of the brightness; it is as long as the zones run, `outward` is the way across them."""
    row, column = np.indices(shape)
    centre_row, centre_column = centre
    down = row - centre_row
    right = column - centre_column
    angle = outward + rng.normal(0, 0.3)
    across, along = turned(right, down, angle)
    stretch = rng.choice([1, 1.4, 2.2])
    reach = np.hypot(along / stretch, across * stretch**0.5)
    darkness = rng.uniform(0.5, 0.95)
    return 1 - darkness * coverage(radius - reach)


def add_fractures(level, count, section, rng):
    """Hair-thin wandering cracks across the grain, dark (open) or, one in four, bright (healed)."""
    for _ in range(count):
        angle = rng.uniform(0, np.pi)
        wander = section.ripple(rng, 0.8)
        across, _ = turned(section.x, section.y, angle)
        middle = rng.normal(0, 0.35)
        off = across - middle + 0.05 * wander
        away = np.abs(off) * section.scale
        width = rng.uniform(0.7, 1.1)
        weight = np.clip(width - away, 0, 1)
        contrast = 0.35 if rng.random() < 0.25 else -0.6
        level = level * (1 + contrast * weight)
    return level
