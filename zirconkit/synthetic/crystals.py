"""Grow one synthetic zircon, cut it, and look at the section in cathodoluminescence.

A zircon is the intersection of half-spaces: prisms {100}, {110} and pyramids {101}, {211}, each face as far from the
growth centre as it grew fast. On the plane of a polished mount u(x) = max over faces of (n . x) / d is 0 at the centre
and 1 at the rim: `zoning` paints the inside by it. Outlines are signed distances in half-widths, negative inside,
combined by a maximum: new damage is one more function. They use exactly rounded operations only, so that a grain has
the same pixels on every computer.

What breaks down: brightness follows no chemistry; stages of growth differ by chance, by no history of a magma; grains
lie level, and none is out of focus.
"""

from collections import namedtuple
from itertools import permutations, product

import numpy as np

from zirconkit.synthetic.zoning import (
    add_core,
    add_fractures,
    add_inclusions,
    add_rim,
    add_stage,
    growth,
    ripple,
    texture,
)

__all__ = ["Crystal", "crystal_faces", "cut", "grow", "growth"]

A_OVER_C = 6.607 / 5.982  # zircon's cell edges, angstrom (Hazen & Finger, 1979)
MARGIN = 9  # pixels of resin kept around a grain: the glow of its buried flanks fits in
Crystal = namedtuple("Crystal", "image mask u truth")  # brightness (about 1) with glow, pixels, growth coordinate, dict


def form(h, k, l):  # noqa: E741 (Miller indices are called h, k, l)
    """Unit normals of all faces of a tetragonal form {hkl}, shape (faces, 3)."""
    signed = {(a * s, b * t, l * v) for a, b in permutations((h, k)) for s, t, v in product((1, -1), repeat=3)}
    normals = np.array(sorted(signed)) * (1, 1, A_OVER_C)
    return normals / np.linalg.norm(normals, axis=1, keepdims=True)


FORMS = [form(1, 0, 0), form(1, 1, 0), form(1, 0, 1), form(2, 1, 1)]
NORMALS = np.concatenate(FORMS)
FORM_OF_FACE = np.repeat(np.arange(4), [len(faces) for faces in FORMS])


def crystal_faces(elongation, irregular, rng):
    """How far each face of `NORMALS` lies from the growth centre, in half-widths of the {100} prism; shape (32,).

    `elongation` is the half-length along c (to the tip of {101}) over the half-width: 1 a bipyramid, 3 a slender prism.
    `irregular` is the relative spread between the faces of a form and, doubled, how far off its middle growth began.
    """
    tip, steep = np.abs(FORMS[2]).max(0), np.sort(np.abs(FORMS[3][0]))  # |x|, |y|, |z| of {101}; 1, 1.10, 2 of {211}
    shoulder = max(elongation - 1 / A_OVER_C, 0)  # height at which {100} meets {101}
    distances = np.array([1, rng.uniform(0.95, 1.45), elongation * tip[2], 0])
    distances[3] = (steep[2] + steep[1] * shoulder) * rng.uniform(0.92, 1.2)
    faces = distances[FORM_OF_FACE] * rng.normal(1, irregular, len(NORMALS)).clip(0.7, 1.3)
    return np.maximum(faces + NORMALS @ rng.normal(0, 2 * irregular, 3), 0.5)


def cut(distances, tilt, azimuth, depth):
    """Cut the crystal by a plane: on it each face is linear, u = p x + q y + r, x along the trace of c.

    `distances` come from `crystal_faces`; `tilt` is c's angle to the plane and `azimuth` a turn about c, in radians;
    `depth` is 0 through the growth centre, 1 where the plane grazes the surface. Returns rows (p, q, r).
    """
    normal = np.array([np.cos(azimuth) * np.cos(tilt), np.sin(azimuth) * np.cos(tilt), np.sin(tilt)])
    across = np.array([-np.sin(azimuth), np.cos(azimuth), 0])
    surface = 1 / (NORMALS @ normal / distances).max()
    return NORMALS @ np.stack([np.cross(normal, across), across, depth * surface * normal]).T / distances[:, None]


def polygon(planes, rounding):
    """The section's own outline, as a function of x, y; its corners blunted."""
    slope = np.maximum(np.hypot(planes[:, 0], planes[:, 1]), 0.25)
    p, q, r = ((planes[:, :3] - np.float32([0, 0, 1])) / slope[:, None]).T[:, :, None, None]

    def distance(x, y):
        values = p * x + q * y + r
        top = values.max(0)
        return top + (np.maximum(values - top + rounding, 0) ** 2).sum(0) / (4 * rounding) - rounding / 4

    return distance


def blunt_max(one, other, rounding):
    """The larger of two distances; where they meet, the corner is worn off."""
    return np.maximum(one, other) + np.maximum(rounding - np.abs(one - other), 0) ** 2 / (4 * rounding)


def break_line(inside, rng):
    """A break, straight or conchoidal, that takes away 10 to 50 % of the points `inside`, shape (2, n)."""
    angle, bend, tooth = rng.choice([0, np.pi]) + rng.normal(0, 0.5), rng.normal(0, 0.2), rng.uniform(0.005, 0.03)
    nx, ny, shell, jag = float(np.cos(angle)), float(np.sin(angle)), ripple(rng, 1.2), ripple(rng, 0.3)
    where = float(np.quantile(np.array([nx, ny]) @ inside, rng.uniform(0.5, 0.9)))

    def distance(x, y):
        along = y * nx - x * ny
        return x * nx + y * ny - where + bend * along**2 + 0.06 * shell(along, along) + tooth * jag(along, along)

    return distance


def bay(edge, rng):
    """A bite out of the rim at one of the points `edge`, as resorption, a plucked inclusion or a chip leaves it."""
    x0, y0 = (float(v) for v in edge[:, rng.integers(edge.shape[1])])
    radius, stretch, wobble = rng.uniform(0.12, 0.34), rng.uniform(0.7, 1.5), ripple(rng, 0.5)
    return lambda x, y: radius - np.sqrt(((x - x0) * stretch) ** 2 + ((y - y0) / stretch) ** 2) + 0.05 * wobble(x, y)


def section(habit, elongation, broken, bays, roughness, rng):
    """Cut a crystal at random and damage its outline.

    Returns the faces that matter (rows p, q, r, form), the outline as grown and as damaged, and a coarse grid x, y.
    """
    rounded = habit == "anhedral"
    distances = crystal_faces(elongation, 0.12 if rounded else 0.08, rng)
    tilt = rng.normal(1.35, 0.1) if habit == "equant" and rng.random() < 0.3 else rng.normal(0, 0.14)
    planes = cut(distances, tilt, rng.uniform(0, 2 * np.pi), min(abs(rng.normal(0, 0.3)), 0.6))
    half_x, half_y = 1.5 * max(elongation, 1.4), 2.0
    y, x = np.mgrid[-half_y:half_y:40j, -half_x:half_x:50j].astype(np.float32)
    planes = np.float32(np.c_[planes, FORM_OF_FACE][np.unique(growth(planes, x, y)[1])])
    warp_x, warp_y, grit = ripple(rng, 1.6), ripple(rng, 1.6), ripple(rng, 0.3)
    shape, amount = polygon(planes, 0.12 if rounded else 0.04), (0.10 if rounded else 0.02) * roughness
    points, depth = np.array([x.ravel(), y.ravel()], float), -shape(x, y).ravel()
    damages = [break_line(points[:, depth > 0], rng) for _ in range(broken)]
    damages += [bay(points[:, np.argsort(np.abs(depth))[:40]], rng) for _ in range(bays)]

    def grown(x, y):
        return shape(x + amount * warp_x(x, y), y + amount * warp_y(x, y)) + 0.008 * roughness * grit(x, y)

    def outline(x, y):
        edge = grown(x, y)
        for damage in damages:
            edge = blunt_max(edge, damage(x, y), 0.06 if rounded else 0.03)
        return edge

    return planes, grown, outline, x, y


def fit_section(habit, aspect, broken, bays, roughness, seed):
    """Find the elongation whose section, cut and damaged by the dice of `seed`, comes closest to an aspect ratio.

    Returns planes and outlines as `section` does, (area, centre x, centre y), and the grid points inside, shape (2, n).
    """
    best, miss = None, np.inf
    for trial in range(12):
        if trial % 4 == 0:  # other dice, if a break or the direction of the cut puts the aspect ratio out of reach
            elongation, (dice,) = max(aspect, 1.0), seed.spawn(1)
        *found, x, y = section(habit, elongation, broken, bays, roughness, np.random.default_rng(dice))
        inside = np.array([x, y], float)[:, found[2](x, y) < 0]
        short, long = np.sqrt(np.linalg.eigvalsh(np.cov(inside)))
        if abs(np.log(long / short / aspect)) < miss:
            miss, cell = abs(np.log(long / short / aspect)), float(x[0, 1] - x[0, 0]) * float(y[1, 0] - y[0, 0])
            best = *found, (inside.shape[1] * cell, *inside.mean(1)), inside
        if miss < 0.03:
            break
        elongation = np.clip(elongation * (aspect * short / long) ** 1.2, 0.85, 7)
    return best


def worn(planes, rng):
    """The faces as they were before wear and uneven growth: here and there the outline cuts the outermost zones."""
    return planes * np.float32([(t, t, t, 1) for t in rng.lognormal(0, 0.07, len(planes))])


def expose(level, mask, strength, skew):
    """Bring zoning to its strength, the standard deviation over the mean, and skew it; flat sections stay flat."""
    level = (level - level[mask].mean()) * (strength / max(level[mask].std(), 0.5 * strength)) ** 0.85
    return 1 + (np.expm1(skew * level) / skew if skew else level)


def light_edges(level, distance, x, y, light, rng):
    """Light the flank towards the detector (above, a little to the left), dim the rest, let buried flanks glow.

    A grain stands a little out of the resin, and this flank shows as a bright facet; `distance` is in pixels.
    """
    (gy, gx), towards, uneven = np.gradient(distance), rng.normal(1.95, 0.3), ripple(rng, 1.2)(x, y)
    facing = (gx * np.cos(towards) - gy * np.sin(towards)) / np.maximum(np.hypot(gx, gy), 1e-3)
    lit = light * np.maximum(facing, 0) ** 3 * (1 + 0.5 * uneven).clip(0)
    facet = np.clip(rng.gamma(3, 0.6) + 1 + distance + 0.5 * uneven, 0, 1)
    shade = rng.uniform(0.06, 0.32) * np.exp(np.minimum(distance, 0) / 2.5)
    reach = rng.uniform(1.6, 2.2) * (1 + 0.1 * uneven)
    glow = rng.uniform(0.11, 0.27) * np.exp(-((np.maximum(distance, 0) / reach.clip(0.8)) ** 1.5))
    cover = np.clip(0.38 - distance, 0, 1)
    return (level * (1 + lit * facet) * (1 - shade) * cover + glow * (1 - cover)).astype(np.float32)


def grow(
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
    seed=0,
):
    """Grow one zircon and cut it; returns a `Crystal`.

    Parameters
    ----------
    diameter, aspect : float
        Of the section: equivalent diameter in pixels (2 um each on the paper's mounts); aspect ratio by second moments.
    habit, zoning : {"prismatic", "equant", "anhedral"}, {"oscillatory", "sector", "patchy", "none"}
        Equant grains may be cut across c; anhedral ones are rounded and irregular.
    wavelength, strength : float
        Thickness of a pair of bands under a prism face, in pixels; their amplitude relative to the mean brightness.
    core, rim : {"none", "resorbed", "xenocryst"}, {"none", "bright", "dark"}
    inclusions, fractures, broken, bays : int
        How many inclusions, cracks, breaks across the crystal and bites out of the rim; `roughness` of 1 is usual.
    stages : int
        Older stages of growth inside, each with a habit of its own, some cut by resorption.
    skew, light : float
        Above 0 bright zones stand out, below 0 dark ones; how much the flank towards the detector outshines the rest.
    """
    shape_seed, look_seed = np.random.SeedSequence(seed).spawn(2)
    rng = np.random.default_rng(look_seed)
    planes, grown, outline, (area, cx, cy), inside = fit_section(habit, aspect, broken, bays, roughness, shape_seed)
    scale, angle = diameter * np.sqrt(np.pi / 4 / area), rng.uniform(0, 2 * np.pi)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    half_w, half_h = (1.12 * scale * np.abs(turn @ (inside - [[cx], [cy]])).max(1)).astype(int) + MARGIN
    pixels = np.mgrid[-half_h : half_h + 1, -half_w : half_w + 1][::-1] / scale
    x, y = (np.tensordot(turn.T, pixels, 1) + np.reshape([cx, cy], (2, 1, 1))).astype(np.float32)
    distance = outline(x, y) * np.float32(scale)
    level = texture(zoning, worn(planes, rng), x, y, scale, wavelength, strength, rng)
    for _ in range(stages):
        level = add_stage(level, zoning, planes, x, y, scale, wavelength, strength, rng)
    if core != "none":
        level = add_core(level, core, planes, x, y, scale, strength, rng)
    if zoning != "none":
        level = expose(level, distance < 0, strength, skew)
    if rim != "none":
        level = add_rim(level, rim, -scale * grown(x, y), x, y, rng)
    level, found = add_inclusions(level, distance, inclusions, rng)
    level = add_fractures(level, fractures, x, y, scale, rng).clip(0.06, None)
    truth = {"habit": "fragment" if broken else habit, "zoning": zoning, "core": core, "rim": rim, "inclusions": found}
    truth |= {"stages": stages, "fractures": fractures}
    truth["wavelength_px"] = wavelength if zoning == "oscillatory" else np.nan
    return Crystal(light_edges(level, distance, x, y, light, rng), distance < 0, growth(planes, x, y)[0], truth)
