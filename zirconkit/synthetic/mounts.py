"""Lay synthetic zircons out as a whole SEM-CL mount, with the microscope's faults and pixel-exact truth.

The mounts stand in for the 14 of Nathwani et al. (2023): the same names, classes, sizes and numbers of grains. Each row
of `data/synthetic_samples.csv` is a recipe. For eleven samples the 5/25/50/75/95 % points of diameter, aspect ratio and
grey, the resin's grey, the tiles' phase, the missing share and touching grains were measured on the real mounts. On the
seven of them that `benchmarks/realism.py` compares, `strength`, `skew`, `light` and `inclusions` were set so that the
grey within a grain spreads, leans, shines and darkens as there. QVC009, QVC074 and QVC083 were not at hand: they follow
Table 1's notes and have its n / 0.43 grains, as the published recipe keeps 43 % elsewhere (median). Shares of habits,
zoning, cores, rims, breaks and bays were chosen beside real mounts; each sample has its own.

Where the data break down: class lies in shape and zoning as recipes mix them, so a network learns what a recipe says,
nothing about magma; in a mount grains differ by chance only; charging and cracks are drawn; no grain is out of focus.
Trust a score on these mounts as a test of a method, not as a statement on rocks.
"""

from collections import namedtuple
from itertools import pairwise, product
from pathlib import Path
from zlib import crc32

import cv2
import numpy as np
import pandas as pd
from scipy.ndimage import center_of_mass

from zirconkit import samples
from zirconkit.files import write_whole
from zirconkit.synthetic import crystals
from zirconkit.synthetic.recipes import population

__all__ = ["EMBEDDED", "SAMPLES", "SyntheticMount", "grow", "grow_mount", "save"]

SAMPLES = pd.read_csv(samples.DATA / "synthetic_samples.csv", index_col="sample")
EMBEDDED = ("QVC055", "QVC061", "QVC075", "QVC082")  # the mounts that data/mounts holds
VERSION = 1  # raise it when the generator draws other pixels or other truth: what is cached grows anew
TILE = 500  # pixels
PAD = 16  # scene beyond the mount's edges, so that a shifted tile finds something to show
SyntheticMount = namedtuple("SyntheticMount", "name image labels grains")
SyntheticMount.__doc__ = (
    "A mount: image (uint8), labels (int32, 0 resin, 1..n), grains (DataFrame, one row a true grain)."
)


def dice(sample, purpose, seed):
    """An own generator for each purpose, so that changing one artefact leaves the grains as they are."""
    return np.random.default_rng([seed, crc32(f"{sample} {purpose}".encode())])


def tiles(recipe, rng):
    """The scan's tiles as a list of (rows, columns, present), two slices and a bool; outer tiles go missing first."""
    y = sorted({0, int(recipe.height), *range(int(recipe.phase_row), int(recipe.height), TILE)})
    x = sorted({0, int(recipe.width), *range(int(recipe.phase_col), int(recipe.width), TILE)})
    cells = [(slice(*rows), slice(*columns)) for rows, columns in product(pairwise(y), pairwise(x))]
    area = np.array([(r.stop - r.start) * (c.stop - c.start) for r, c in cells])
    middle = np.array([((r.start + r.stop) / recipe.height, (c.start + c.stop) / recipe.width) for r, c in cells]) - 1
    outward, present = np.hypot(*middle.T) + rng.normal(0, 0.05, len(cells)), np.ones(len(cells), bool)
    for i in np.argsort(-outward)[: (outward > 0.8).sum()]:
        present[i] = area[~present].sum() + area[i] > 1.1 * recipe.missing * area.sum()
    return [(*cell, here) for cell, here in zip(cells, present)]


def window(corner, shape):
    """The part of an array that an image of some shape covers from a corner on, as two slices."""
    return tuple(slice(start, start + length) for start, length in zip(corner, shape))


def beside(grown, corners, shape, free, rng):
    """Push a grain of a shape towards one that lies already, from a random side; its last free corner, or None."""
    other, angle, best = rng.integers(len(corners)), rng.uniform(0, 2 * np.pi), None
    middle = corners[other] + (np.array(grown[other].mask.shape) - shape) // 2
    for reach in range(int(np.hypot(*shape) + np.hypot(*grown[other].mask.shape)) // 2, 0, -1):
        corner = (middle + reach * np.array([np.sin(angle), np.cos(angle)])).astype(int)
        if not free(corner):
            break
        best = corner
    return best


def place(grown, room, touching, rng):
    """Find each grain a place: strewn around the mount's middle, a share `touching` against or just under a neighbour.

    `room` (bool, the mount's shape) is where grains may lie. Returns labels and the corner of each crystal's image.
    """
    labels, corners, size = np.zeros(room.shape, np.int32), [], np.array(room.shape)
    for number, crystal in enumerate(grown):
        mask, kind = crystal.mask, rng.random() if number > 4 else 1.0
        close = kind < touching + 0.2
        gap = -rng.integers(0, 4) if kind < touching else rng.integers(2, 6) if close else rng.integers(1, 7)
        kernel = np.ones((2 * abs(gap) + 1, 2 * abs(gap) + 1))
        claim = (cv2.erode if gap < 0 else cv2.dilate)(mask.astype(np.uint8), kernel) > 0

        def free(corner, mask=mask, claim=claim):
            here = window(corner, mask.shape)
            inside = (corner >= 0).all() and (corner + mask.shape <= size).all()
            return inside and room[here][mask].mean() > 0.6 and not labels[here][claim].any()

        for _ in range(2000):
            strewn = size * rng.normal(0.5, 0.18 if rng.random() < 0.75 else 0.3, 2) - np.array(mask.shape) / 2
            corner = beside(grown, corners, mask.shape, free, rng) if close else strewn.astype(int)
            if corner is not None and free(corner):
                break
        else:
            raise RuntimeError(
                f"no room for grain {number + 1} of {len(grown)}: the recipe has too many or too big ones"
            )
        here = window(corner, mask.shape)
        labels[here][mask & (labels[here] == 0)] = number + 1
        corners.append(corner)
    return labels, corners


def paint(grown, greys, corners, shape):
    """All grains as one scene on black, float32 grey levels; where two glow, the brighter one shows."""
    scene = np.zeros(shape, np.float32)
    for crystal, grey, corner in zip(grown, greys, corners):
        here = window(corner, crystal.mask.shape)
        scene[here] = np.maximum(scene[here], crystal.image * (grey / crystal.image[crystal.mask].mean()))
    return cv2.GaussianBlur(scene, (0, 0), 0.6)  # the beam's spot: 80 % of the plateau in a grain's outermost pixel


def strew(scene, labels, rng):
    """Scatter what is no grain: fine fragments and dim grey minerals, added to the scene; dark minerals and bubbles.

    Returns the brightness of the resin relative to clean resin, float32, the shape of `scene`.
    """
    resin = np.ones(scene.shape, np.float32)
    radii = {"fragment": (1, 3), "dim": (10, 22), "dark": (10, 40), "bubble": (10, 30)}
    for kind in np.repeat(list(radii), rng.poisson(np.array([6, 2, 5, 3]) * scene.size / 1e6)):  # per megapixel
        half = int(1.3 * (radius := rng.uniform(*radii[kind]))) + 3
        here = window([rng.integers(0, n - 2 * half) for n in scene.shape], (2 * half, 2 * half))
        angle, reach = np.sort(rng.uniform(0, 2 * np.pi, 9)), radius * rng.uniform(0.6, 1.2, 9)
        points = np.stack([half + reach * np.cos(angle), half + reach * np.sin(angle)], 1)
        blot = np.zeros((2 * half, 2 * half), np.float32)
        cv2.fillPoly(blot, [np.rint(points).astype(np.int32)], 1)
        blot = cv2.GaussianBlur(blot, (0, 0), 0.7)
        if kind in ("fragment", "dim"):
            mottle = 1 + 2 * cv2.GaussianBlur(rng.standard_normal(blot.shape, np.float32), (0, 0), 1.5)
            blot *= mottle * (rng.uniform(30, 110) if kind == "fragment" else rng.uniform(3, 10)) * (labels[here] == 0)
            scene[here] = np.maximum(scene[here], blot)
        else:
            edge = np.clip(blot - np.roll(blot, rng.integers(1, 4), 0), -0.3, 1)  # lit from one side: a half-moon
            resin[here] += 0.5 * cv2.GaussianBlur(edge, (0, 0), 1.0) - rng.uniform(0.15, 0.5) * blot * (kind == "dark")
    return resin


def burn(image, rows, columns, where, depth):
    """Burn the parked beam's track into a tile: a dark line, 6 px wide, from its middle to the left or top, a dot."""
    row, column = (s.stop - TILE // 2 if s.start == 0 else s.start + TILE // 2 for s in (rows, columns))
    end = (column - TILE // 2, row) if where == "left" else (column, row - TILE // 2)
    track = cv2.line(np.zeros(image.shape, np.uint8), (column, row), end, 255, 6)
    cv2.circle(track, (column, row), 5, 255, -1)
    track = cv2.GaussianBlur(track[rows, columns], (0, 0), 1.0).astype(np.float32) / 255
    image[rows, columns] *= 1 - depth * track


def charge(height, streaked, rng):
    """Grey levels that charging adds to each row of a tile: a raised floor, or streaks along the scan."""
    walk = np.cumsum(rng.normal(0, 0.25, height))
    walk -= walk.mean()
    floor = 5 + 0.7 * np.abs(walk) + rng.gamma(0.25, 4.0, height) if streaked else 16 + walk
    return np.float32(floor.clip(0, 30))[:, None]


def scan(scene, resin, labels, cells, recipe, rng):
    """Scan a scene tile by tile, each with its own shift, gain, floor, burn mark and seam; missing tiles stay 0.

    Returns the image (float32, without noise) and the labels, shifted with the tiles.
    """
    image, truth = (np.zeros((int(recipe.height), int(recipe.width)), kind) for kind in (np.float32, np.int32))
    last = max(columns.start for _, columns, _ in cells)
    streaked = max(n for n, (_, columns, _) in enumerate(cells) if columns.stop == last)
    n, rim = len(cells), 1.5 + 0.25 * recipe.background
    shifts = np.rint(rng.laplace(0, 0.9, (n, 2))).clip(-6, 6).astype(int) + PAD
    gains, floors = rng.normal(1, 0.08, n), recipe.background * rng.normal(1, 0.12, n)
    gains /= np.mean(gains[[present for *_, present in cells]])
    depths, lifts = rng.uniform(0.15, 0.5, n) * (rng.random(n) < 0.5), rim * rng.uniform(0.7, 1.3, (n, 2))
    for number, (rows, columns, present) in enumerate(cells):
        if not present:
            continue
        dy, dx = shifts[number]
        shifted = slice(rows.start + dy, rows.stop + dy), slice(columns.start + dx, columns.stop + dx)
        truth[rows, columns] = labels[shifted]
        image[rows, columns] = gains[number] * scene[shifted] + floors[number] * resin[shifted]
        if recipe.charged and (columns.start == last or number == streaked):
            image[rows, columns] += charge(rows.stop - rows.start, number == streaked, rng)
        burn(image, rows, columns, recipe.burn, depths[number])
        for step, share in enumerate((1, 0.45, 0.2)):  # a seam is gone after 3 px
            image[rows.start + step, columns] += share * lifts[number, 0] * (rows.start > 0)
            image[rows, columns.start + step] += share * lifts[number, 1] * (columns.start > 0)
    return image, truth


def scratch(image, rng):
    """Draw the polishing's scratches, and rectangles that an earlier raster burnt in."""
    lines, size = np.zeros(image.shape, np.uint8), image.shape[::-1]
    for start, way in rng.random((rng.poisson(2), 2, 2)):
        cv2.line(lines, (start * size).astype(int), ((0.6 * start + 0.4 * way) * size).astype(int), 80, 1, cv2.LINE_AA)
    for corner in rng.random((rng.poisson(0.7), 2)):
        image[window((corner * 0.9 * image.shape).astype(int), rng.integers(60, 150, 2))] *= rng.uniform(0.7, 0.9)
    image *= 1 - lines.astype(np.float32) / 255


def truth_table(label, grains, grown, labels):
    """One row a grain: what it is, and where it lies on the mount (centre in pixels)."""
    number = np.arange(1, len(grains) + 1)
    table = pd.DataFrame({"label": number, "class_name": label})
    table.loc[grains.contaminant, "class_name"] = "contaminant"
    table[["row", "col"]] = np.round(center_of_mass(labels > 0, labels, number), 1)
    table = table.join(pd.DataFrame([crystal.truth for crystal in grown])).round({"wavelength_px": 2})
    table["wavelength_um"] = table.wavelength_px * samples.UM_PER_PX
    table["fragment"], table["contaminant"] = grains.broken > 0, grains.contaminant
    table["brightness"], table["area_px"] = grains.grey.round(1), np.bincount(labels.ravel())[1:]
    return table


def grow_mount(sample, seed=0):
    """Grow one of the 14 synthetic mounts; returns a `SyntheticMount`.

    Parameters
    ----------
    sample : str
        "QVC009" ... "QVC083", a row of `SAMPLES`; anything else raises a ValueError.
    seed : int
        0 gives the mounts that the course shows.
    """
    if sample not in SAMPLES.index:
        raise ValueError(f"no recipe for {sample!r}: data/synthetic_samples.csv has {', '.join(SAMPLES.index)}")
    return grow(SAMPLES.loc[sample], samples.sheet()["class_name"][sample], seed)


def grow(recipe, label, seed=0):
    """Grow the mount of a recipe: a row of `SAMPLES`, or what `populations.random_recipe` draws.

    The recipe's name is the mount's, `label` the class of its zircons. Returns a `SyntheticMount`.
    """
    sample = recipe.name
    cells, grains = tiles(recipe, dice(sample, "tiles", 0)), population(recipe, dice(sample, "population", seed))
    grown = [crystals.grow(**one) for one in grains.drop(columns=["grey", "contaminant"]).to_dict("records")]
    room = np.zeros((int(recipe.height), int(recipe.width)), bool)
    for rows, columns, present in cells:
        room[rows, columns] = present
    room = np.pad(room, PAD)
    labels, corners = place(grown, room, 0.65 * recipe.touching, dice(sample, "places", seed))
    scene = paint(grown, grains.grey, corners, room.shape)
    resin = strew(scene, labels, dice(sample, "distractors", seed))
    image, labels = scan(scene, resin, labels, cells, recipe, dice(sample, "scan", seed))
    scratch(image, dice(sample, "scratches", seed))
    noise = dice(sample, "noise", seed).standard_normal(image.shape, np.float32) * np.sqrt(0.1 + 0.035 * image)
    image = np.rint(image + noise).clip(0, 255).astype(np.uint8) * room[PAD:-PAD, PAD:-PAD]
    return SyntheticMount(sample, image, labels, truth_table(label, grains, grown, labels))


def save(mount, folder):
    """Write `NAME.png` (8-bit grey), `truth/NAME.png` (uint16 labels) and `truth/NAME.csv`, each in one go."""
    folder = Path(folder)
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    files = {f"truth/{mount.name}.csv": mount.grains.to_csv(index=False).encode()}
    for name, pixels in {mount.name: mount.image, f"truth/{mount.name}": np.uint16(mount.labels)}.items():
        files[f"{name}.png"] = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 6])[1]
    for name, content in files.items():
        write_whole(folder / name, content)


if __name__ == "__main__":
    for embedded in EMBEDDED:
        save(grow_mount(embedded), samples.DATA / "mounts")
