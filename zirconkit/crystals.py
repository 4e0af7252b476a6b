"""Grow one synthetic zircon, cut it, and look at the section in cathodoluminescence.

A zircon is the intersection of half-spaces: prisms {100}, {110} and pyramids {101}, {211}, each face as far from the
growth centre as it grew fast. On the plane of a polished mount u(x) = max over faces of (n . x) / d is 0 at the centre
and 1 at the rim: concentric zoning is a signal of u, and the face that gives the maximum names the growth sector.
Oscillatory zoning is a sine of drifting phase, 1/f noise and a few steps (Hoskin, 2000, 10.1016/S0016-7037(00)00387-5);
sectors, patches, cores, rims, inclusions and fractures follow the atlas of Corfu et al. (2003, 10.2113/0530469).
Outlines are signed distances in half-widths, negative inside, combined by `max`: new damage is one more function. They
use exactly rounded operations only, so that a grain has the same pixels on every computer.

What breaks down: growth rates never change, so habit does not drift inside a crystal; older surfaces cut zones only at
a core and at the outline; brightness follows no chemistry.
"""

from collections import namedtuple
from itertools import permutations, product

import numpy as np

__all__ = ["Crystal", "crystal_faces", "cut", "grow", "growth", "zoning_signal"]

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


def growth(planes, x, y):
    """Growth coordinate u (0 centre, 1 rim) and the row of `planes` that is growing, at points x, y of the section."""
    p, q, r = planes.T[:3, :, None, None]
    values = p * x + q * y + r
    face = values.argmax(0)
    return np.take_along_axis(values, face[None], 0)[0], face


def polygon(planes, rounding):
    """The section's own outline, as a function of x, y; its corners blunted."""
    slope = np.maximum(np.hypot(planes[:, 0], planes[:, 1]), 0.25)
    p, q, r = ((planes[:, :3] - np.float32([0, 0, 1])) / slope[:, None]).T[:, :, None, None]

    def distance(x, y):
        values = p * x + q * y + r
        top = values.max(0)
        return top + (np.maximum(values - top + rounding, 0) ** 2).sum(0) / (4 * rounding) - rounding / 4

    return distance


def ripple(rng, wavelength, waves=6):
    """A smooth random function of unit variance: plane waves, parabolic arcs in place of sines."""
    angle, phase = rng.uniform(0, 2 * np.pi, waves), rng.random(waves)
    k = 1 / (wavelength * rng.uniform(0.6, 1.6, waves))
    table = np.float32([k * np.cos(angle), k * np.sin(angle), phase]).T

    def height(x, y):
        total = np.zeros_like(x)
        for kx, ky, start in table:
            t = kx * x + ky * y + start
            t -= np.floor(t) + np.float32(0.5)
            total += t * (8 - 16 * np.abs(t))
        return total * np.float32(np.sqrt(1.875 / waves))

    return height


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
        return np.maximum.reduce([grown(x, y), *(damage(x, y) for damage in damages)])

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


def zoning_signal(scale, wavelength, strength, rng):
    """Brightness about 0 against u: steps, oscillation in bursts and 1/f noise; `scale` is pixels per half-width."""
    u = np.linspace(0, 1.5, 600)
    drift = np.cumsum(rng.normal(0, 1, u.size)) * 0.9 * np.sqrt(1.5 * scale / wavelength / u.size)
    bursts = 0.55 + 0.45 * np.sin(2 * np.pi * (u * rng.uniform(0.6, 1.8) + rng.random()))
    oscillation = bursts * np.sin(2 * np.pi * (u * scale / wavelength + rng.random()) + drift)
    spectrum = rng.normal(size=(2, 40)) / np.arange(1, 41)
    pink = np.fft.irfft(np.r_[0, spectrum[0] + 1j * spectrum[1]], 2 * u.size)[: u.size]
    walls, levels = np.sort(rng.uniform(0.2, 0.95, 3)), rng.normal((1.8, 0.5, -0.4, -0.8), 1)  # cores tend to be bright
    return u, strength * (oscillation + 0.5 * pink / pink.std() + 0.7 * levels[np.searchsorted(walls, u)])


def texture(zoning, planes, x, y, scale, wavelength, strength, rng):
    """One kind of zoning, over a faint mottling."""
    level = 1 + 0.09 * ripple(rng, 3.0)(x, y) + 0.025 * ripple(rng, 0.6)(x, y)
    u, face = growth(planes, x, y)
    banding, sectors = {"oscillatory": (1, 0.2), "sector": (0.4, 1), "patchy": (0.3, 0.3), "none": (0, 0)}[zoning]
    level += np.interp(u, *zoning_signal(scale, wavelength, banding * strength, rng)).astype(np.float32)
    by_form, by_face = rng.normal(0, 0.8, len(FORMS)), rng.normal(0, 0.5, len(planes))
    level += (sectors * strength * (by_form[planes[:, 3].astype(int)] + by_face))[face]
    for _ in range(rng.integers(2, 6) * (zoning == "patchy")):  # patches with the crystal's own edges, a little frayed
        size, (cx, cy) = rng.uniform(0.2, 0.6), rng.normal(0, 0.6, 2)
        patch = growth(planes, (x - cx) / size, (y - cy) / size)[0] + 0.15 * ripple(rng, 0.7)(x, y)
        level += rng.normal(-0.4, 1.2) * strength * np.clip((1 - patch) * scale * size + 0.5, 0, 1)
    return level


def add_core(level, core, planes, x, y, scale, strength, rng):
    """Overgrow an older core: "resorbed" (rounded, homogeneous) or "xenocryst" (turned, with its own zoning)."""
    turn, (cx, cy) = rng.uniform(0, np.pi) * (core == "xenocryst"), rng.normal(0, 0.1, 2)
    xr, yr = (x - cx) * np.cos(turn) + (y - cy) * np.sin(turn), (y - cy) * np.cos(turn) - (x - cx) * np.sin(turn)
    inner = rng.uniform(0.3, 0.6) + 0.06 * ripple(rng, 0.9)(x, y) - growth(planes, xr, yr)[0]
    weight = np.clip(inner * scale + 0.5, 0, 1)
    tone = 1 + rng.choice([-1, 1], p=[0.45, 0.55]) * rng.uniform(0.15, 0.4)
    zoning = "oscillatory" if core == "xenocryst" else "none"
    return level * (1 - weight) + tone * weight * texture(zoning, planes, xr, yr, scale, 4.5, strength, rng)


def add_rim(level, rim, depth, x, y, rng):
    """A last growth zone, "bright" or "dark", 1.5 to 4.5 px wide, older than breaks; `depth` is below it, in px."""
    tone, uneven = rng.uniform(0.3, 0.7) if rim == "bright" else -rng.uniform(0.3, 0.5), ripple(rng, 2.0)(x, y)
    return level * (1 + tone * np.clip(rng.uniform(1.5, 4.5) * (1 + 0.4 * uneven) + 0.5 - depth, 0, 1))


def add_inclusions(level, distance, count, rng):
    """Dark inclusions (apatite, melt) along the zones, one in five open to the rim; also returns how many fit."""
    (row, col), slope, found = np.indices(level.shape), np.gradient(distance), 0
    for _ in range(count):
        radius = rng.lognormal(0.65, 0.45)
        room = np.flatnonzero(distance < (-radius - 1 if rng.random() < 0.8 else 0))
        if room.size:
            at = np.unravel_index(rng.choice(room), level.shape)
            dy, dx, angle = row - at[0], col - at[1], np.arctan2(slope[0][at], slope[1][at]) + rng.normal(0, 0.3)
            across, along = dx * np.cos(angle) + dy * np.sin(angle), dy * np.cos(angle) - dx * np.sin(angle)
            stretch, found = rng.choice([1, 1.4, 2.2]), found + 1
            weight = np.clip(radius - np.hypot(along / stretch, across * stretch**0.5) + 0.5, 0, 1)
            level = level * (1 - rng.uniform(0.75, 0.95) * weight)
    return level, found


def add_fractures(level, count, x, y, scale, rng):
    """Hair-thin wandering cracks across the grain, dark (open) or, one in four, bright (healed)."""
    for _ in range(count):
        angle, wander = rng.uniform(0, np.pi), ripple(rng, 0.8)(x, y)
        across = x * np.cos(angle) + y * np.sin(angle) - rng.normal(0, 0.35) + 0.05 * wander
        weight = np.clip(rng.uniform(0.7, 1.1) - np.abs(across) * scale, 0, 1)
        level = level * (1 + (0.35 if rng.random() < 0.25 else -0.6) * weight)
    return level


def light_edges(level, distance, rng):
    """Light up the flank towards the detector (above, to the left), let buried flanks glow; `distance` in pixels."""
    (gy, gx), towards = np.gradient(distance), rng.normal(2.2, 0.7)
    facing = (gx * np.cos(towards) - gy * np.sin(towards)) / np.maximum(np.hypot(gx, gy), 1e-3)
    lit = rng.gamma(1.6, 0.12) * np.maximum(facing, 0) - 0.1 * np.maximum(-facing, 0)
    glow = rng.uniform(0.14, 0.3) * np.exp(-np.maximum(distance, 0) / (1.6 - 0.56 * facing * rng.random()))
    cover = np.clip(0.38 - distance, 0, 1)
    return (level * (1 + lit * np.exp(np.minimum(distance, 0) / 1.6)) * cover + glow * (1 - cover)).astype(np.float32)


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
    inclusions, fractures, broken, bays, seed : int
        How many inclusions, cracks, breaks across the crystal and bites out of the rim; `roughness` of 1 is usual.
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
    level = texture(zoning, planes, x, y, scale, wavelength, strength, rng)
    if core != "none":
        level = add_core(level, core, planes, x, y, scale, strength, rng)
    if rim != "none":
        level = add_rim(level, rim, -scale * grown(x, y), x, y, rng)
    level, found = add_inclusions(level, distance, inclusions, rng)
    level = add_fractures(level, fractures, x, y, scale, rng).clip(0.06, None)
    truth = {"habit": "fragment" if broken else habit, "zoning": zoning, "core": core, "rim": rim, "inclusions": found}
    truth |= {"fractures": fractures, "wavelength_px": wavelength if zoning == "oscillatory" else np.nan}
    return Crystal(light_edges(level, distance, rng), distance < 0, growth(planes, x, y)[0], truth)
