"""What a zircon's section shows inside of its outline: growth zones, sectors, older crystals, inclusions, fractures.

A section is a set of faces, rows (p, q, r, form): u = p x + q y + r is 1 where a face ended up, and u(x) = max over
faces is the growth coordinate. Oscillatory zoning is a signal of u: bands in bursts, of drifting wavelength, fractal
noise, thin lines and a few steps (Hoskin, 2000, 10.1016/S0016-7037(00)00387-5). A crystal grows in stages, each with
faces and brightness of its own; resorption between two of them cuts the older zones. Sectors, patches, cores, rims,
inclusions and fractures follow the atlas of Corfu et al. (2003, 10.2113/0530469).
"""

import numpy as np

__all__ = ["add_core", "add_fractures", "add_inclusions", "add_rim", "add_stage", "growth", "ripple", "texture"]

FORMS = 4  # kinds of faces


def growth(planes, x, y):
    """Growth coordinate u (0 centre, 1 rim) and the row of `planes` that is growing, at points x, y of the section."""
    p, q, r = planes.T[:3, :, None, None]
    values = p * x + q * y + r
    return values.max(0), values.argmax(0)


def ripple(rng, wavelength, waves=6):
    """A smooth random function of unit variance: plane waves, parabolic arcs in place of sines."""
    angle, phase = rng.uniform(0, 2 * np.pi, waves), rng.random(waves)
    k = 1 / (wavelength * rng.uniform(0.6, 1.6, waves))
    table = np.float32([k * np.cos(angle), k * np.sin(angle), phase])

    def height(x, y):
        kx, ky, start = table.reshape(3, waves, *[1] * x.ndim)
        t = kx * x + ky * y + start
        t -= np.floor(t) + np.float32(0.5)
        return (t * (8 - 16 * np.abs(t))).sum(0) * np.float32(np.sqrt(1.875 / waves))

    return height


def zoning_signal(scale, wavelength, strength, rng):
    """Brightness about 0 against u: bands, fractal noise, lines and steps; `scale` is pixels per half-width."""
    u = np.linspace(0, 1.5, 600)
    drift = np.cumsum(rng.normal(0, 1, u.size)) * 0.9 * np.sqrt(1.5 * scale / wavelength / u.size)
    bursts = (0.4 + 0.8 * np.sin(2 * np.pi * (u * rng.uniform(0.6, 1.8) + rng.random()))).clip(0, 1)
    oscillation = bursts * np.tanh(3 * np.sin(2 * np.pi * (u * scale / wavelength + rng.random()) + drift))
    spectrum = rng.normal(size=(2, n := max(int(scale), 6))) / np.arange(1, n + 1) ** 0.5  # down to waves of 3 px
    fractal = np.fft.irfft(np.r_[0, spectrum[0] + 1j * spectrum[1]], 2 * u.size)[: u.size]
    lines = rng.normal(size=2 * n) * (rng.random(2 * n) < 0.25)  # thin, a px or two
    walls, levels = np.sort(rng.uniform(0.2, 0.95, 3)), rng.normal((1.8, 0.5, -0.4, -0.8), 1)  # cores tend to be bright
    signal = 1.1 * oscillation + 0.45 * fractal / fractal.std() + 0.7 * levels[np.searchsorted(walls, u)]
    return u, strength * (signal + 0.8 * np.interp(u, np.linspace(0, 1.5, 2 * n), lines))


def texture(zoning, planes, x, y, scale, wavelength, strength, rng):
    """One kind of zoning, over a faint mottling; zones waver, and fade along their length."""
    level = 1 + 0.07 * ripple(rng, 3.0)(x, y) + 0.03 * ripple(rng, 0.6)(x, y)
    level += np.float32(0.035 * rng.random() ** 3) * rng.standard_normal(x.shape, np.float32)  # pits of the polish
    waver, fade = ripple(rng, 0.9), ripple(rng, 1.5)
    u, face = growth(planes, x + np.float32(0.6 / scale) * waver(x, y), y + np.float32(0.6 / scale) * waver(y, x))
    banding, sectors = {"oscillatory": (1, 0.3), "sector": (0.4, 1), "patchy": (0.3, 0.3), "none": (0, 0)}[zoning]
    bands = np.interp(u, *zoning_signal(scale, wavelength, banding * strength, rng)).astype(np.float32)
    level += bands * (1 + 0.7 * fade(x, y)).clip(0, 2.2)
    by_form, by_face = rng.normal(0, 0.8, FORMS), rng.normal(0, 0.5, len(planes))
    level += (sectors * strength * (by_form[planes[:, 3].astype(int)] + by_face))[face]
    for _ in range(rng.integers(2, 6) * (zoning == "patchy")):  # patches with the crystal's own edges, a little frayed
        size, (cx, cy) = rng.uniform(0.2, 0.6), rng.normal(0, 0.6, 2)
        patch = growth(planes, (x - cx) / size, (y - cy) / size)[0] + 0.15 * ripple(rng, 0.7)(x, y)
        level += rng.normal(-0.8, 1.0) * strength * np.clip((1 - patch) * scale * size + 0.5, 0, 1)
    return level


def add_stage(level, zoning, planes, x, y, scale, wavelength, strength, rng):
    """An older stage of growth: other faces led, and half of the time resorption cut its zones before the next."""
    size, (cx, cy) = rng.uniform(0.35, 0.85), rng.normal(0, 0.08, 2).astype(np.float32)
    older, surface = (planes.copy() for _ in range(2))
    older[:, :3] /= np.float32(size * rng.lognormal(0, 0.15, (len(planes), 1)))
    inside = 1 - growth(older, x - cx, y - cy)[0]
    if rng.random() < 0.5:
        surface[:, :3] /= np.float32(0.85 * size * rng.lognormal(0, 0.25, (len(planes), 1)))
        inside = np.minimum(inside, 1 + 0.06 * ripple(rng, 0.8)(x, y) - growth(surface, x - cx, y - cy)[0])
    weight, tone = np.clip(inside * scale * size + 0.5, 0, 1), strength * rng.normal(0.3, 1)
    old = tone + texture(zoning, older, x - cx, y - cy, scale * size, wavelength, strength, rng)
    seam = rng.choice([0, -1.8, 1.5], p=[0.65, 0.2, 0.15]) * strength  # a dark moat or a bright line marks the surface
    line = np.exp(-((np.minimum(inside, 3) * scale * size + 1) ** 2) / rng.uniform(0.5, 3))
    return level * (1 - weight) + old * weight + seam * line


def add_core(level, core, planes, x, y, scale, strength, rng):
    """Overgrow an older core: "resorbed" (rounded, homogeneous) or "xenocryst" (turned, with its own zoning)."""
    turn, (cx, cy) = rng.uniform(0, np.pi) * (core == "xenocryst"), rng.normal(0, 0.1, 2)
    xr, yr = (x - cx) * np.cos(turn) + (y - cy) * np.sin(turn), (y - cy) * np.cos(turn) - (x - cx) * np.sin(turn)
    inner = rng.uniform(0.3, 0.6) + 0.06 * ripple(rng, 0.9)(x, y) - growth(planes, xr, yr)[0]
    weight = np.clip(inner * scale + 0.5, 0, 1)
    tone = 1 + rng.choice([-1, 1], p=[0.6, 0.4]) * rng.uniform(0.15, 0.4)
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
        radius = rng.lognormal(0.3, 0.7)
        room = np.flatnonzero(distance < (-radius - 1 if rng.random() < 0.8 else 0))
        if room.size:
            at = np.unravel_index(rng.choice(room), level.shape)
            dy, dx, angle = row - at[0], col - at[1], np.arctan2(slope[0][at], slope[1][at]) + rng.normal(0, 0.3)
            across, along = dx * np.cos(angle) + dy * np.sin(angle), dy * np.cos(angle) - dx * np.sin(angle)
            stretch, found = rng.choice([1, 1.4, 2.2]), found + 1
            weight = np.clip(radius - np.hypot(along / stretch, across * stretch**0.5) + 0.5, 0, 1)
            level = level * (1 - rng.uniform(0.5, 0.95) * weight)
    return level, found


def add_fractures(level, count, x, y, scale, rng):
    """Hair-thin wandering cracks across the grain, dark (open) or, one in four, bright (healed)."""
    for _ in range(count):
        angle, wander = rng.uniform(0, np.pi), ripple(rng, 0.8)(x, y)
        across = x * np.cos(angle) + y * np.sin(angle) - rng.normal(0, 0.35) + 0.05 * wander
        weight = np.clip(rng.uniform(0.7, 1.1) - np.abs(across) * scale, 0, 1)
        level = level * (1 + (0.35 if rng.random() < 0.25 else -0.6) * weight)
    return level
