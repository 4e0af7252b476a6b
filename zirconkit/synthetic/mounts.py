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

from pathlib import Path
from typing import NamedTuple
from zlib import crc32

import cv2
import numpy as np
import pandas as pd
from scipy.ndimage import center_of_mass

from zirconkit import samples
from zirconkit.files import write_whole
from zirconkit.synthetic import crystals
from zirconkit.synthetic.placing import add_distractors, paint, place
from zirconkit.synthetic.recipes import mixed_recipes, population
from zirconkit.synthetic.scanning import PAD, add_noise, recorded, scan, scratch, tiles

__all__ = [
    "EMBEDDED", "SAMPLES", "VERSION", "SyntheticMount", "dice", "grow", "grow_mixture", "grow_mount", "mounted", "save",
]  # fmt: skip

SAMPLES = pd.read_csv(samples.DATA / "synthetic_samples.csv", index_col="sample")
EMBEDDED = ("QVC055", "QVC061", "QVC075", "QVC082")  # the mounts that data/mounts holds
# The generator's number: raise it when it draws other pixels or other truth, so that what is cached grows anew.
# 2: the truth table's column of grain numbers is `grain`; the pixels are those of 1.
VERSION = 2


class SyntheticMount(NamedTuple):
    """A mount and its truth."""

    name: str
    image: np.ndarray  # uint8, shape (height, width)
    labels: np.ndarray  # int32, the same shape: 0 resin, 1..n grains
    grains: pd.DataFrame  # a row for each true grain


def dice(sample, purpose, seed):
    """An own generator for each purpose, so that changing one artefact leaves the grains as they are."""
    return np.random.default_rng([seed, crc32(f"{sample} {purpose}".encode())])


def truth_table(grains, grown, labels):
    """A row for each grain: its number in `labels`, what it is, and where it lies on the mount (centre in pixels)."""
    number = np.arange(1, len(grains) + 1)
    centres = center_of_mass(labels > 0, labels, number)
    table = pd.DataFrame({"grain": number, "class_name": grains["class_name"]})
    table.loc[grains["contaminant"], "class_name"] = "contaminant"
    table[["row", "col"]] = np.round(centres, 1)
    truths = pd.DataFrame([crystal.truth for crystal in grown])
    table = table.join(truths.round({"wavelength_px": 2}))
    table["wavelength_um"] = table["wavelength_px"] * samples.UM_PER_PX
    table["fragment"] = grains["broken"] > 0
    table["contaminant"] = grains["contaminant"]
    table["brightness"] = grains["grey"].round(1)
    table["area_px"] = np.bincount(labels.ravel())[1:]
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
    class_name = samples.sheet()["class_name"][sample]
    return grow(SAMPLES.loc[sample], class_name, seed)


def grow_crystals(grains):
    """Grow each grain of a `population`: list of `crystals.Crystal`."""
    plans = grains.drop(columns=["grey", "contaminant", "class_name"]).to_dict("records")
    return [crystals.grow(**plan) for plan in plans]


def grow(recipe, class_name, seed=0):
    """Grow the mount of a recipe: a row of `SAMPLES`, or what `recipes.random_recipe` draws.

    The recipe's name is the mount's; `class_name` is what the truth says of its zircons. Returns a `SyntheticMount`.
    """
    grains = population(recipe, dice(recipe.name, "population", seed))
    return mounted(recipe, grains.assign(class_name=class_name), seed)


def grow_mixture(share, seed=0):
    """Grow a mount of zircons from both classes, as river sand brings them: returns a `SyntheticMount`.

    Both kinds were photographed in one session: all that does not differ between the classes is the same for them.

    Parameters
    ----------
    share : float
        Of porphyry grains, 0 to 1; met to the nearest of 90 grains.
    seed : int
    """
    recipes = mixed_recipes(seed)
    n = int(recipes["porphyry"].n_grains)
    n_porphyry = round(share * n)
    counts = {"porphyry": n_porphyry, "batholith": n - n_porphyry}
    parts = []
    for class_name, recipe in recipes.items():
        grains = population(recipe, dice(recipe.name, "population", seed))
        parts.append(grains.assign(class_name=class_name)[: counts[class_name]])
    order = dice("mixture", "order", seed).permutation(n)  # so that a grain's number says nothing of its class
    grains = pd.concat(parts, ignore_index=True).iloc[order].reset_index(drop=True)
    return mounted(recipes["porphyry"].rename(f"mixture-{seed}"), grains, seed)


def mounted(recipe, grains, seed):
    """Lay grains out as a mount: a `population` with a column class_name, in the resin and light of a recipe."""
    sample = recipe.name
    cells = tiles(recipe, dice(sample, "tiles", 0))
    present = recorded(cells, recipe)
    room = np.pad(present, PAD)

    grown = grow_crystals(grains)
    labels, corners = place(grown, room, 0.65 * recipe.touching, dice(sample, "places", seed))
    scene = paint(grown, grains["grey"], corners, room.shape)
    resin = add_distractors(scene, labels, dice(sample, "distractors", seed))

    image, labels = scan(scene, resin, labels, cells, recipe, dice(sample, "scan", seed))
    scratch(image, dice(sample, "scratches", seed))
    image = add_noise(image, dice(sample, "noise", seed)) * present
    truth = truth_table(grains, grown, labels)
    return SyntheticMount(sample, image, labels, truth)


def save(mount, folder):
    """Write `NAME.png` (8-bit grey), `truth/NAME.png` (uint16 labels) and `truth/NAME.csv`, each in one go."""
    folder = Path(folder)
    (folder / "truth").mkdir(parents=True, exist_ok=True)
    files = {
        f"truth/{mount.name}.csv": mount.grains.to_csv(index=False).encode(),
        f"{mount.name}.png": encoded(mount.image),
        f"truth/{mount.name}.png": encoded(np.uint16(mount.labels)),
    }
    for name, content in files.items():
        write_whole(folder / name, content)


def encoded(pixels):
    """The bytes of a PNG file."""
    _, content = cv2.imencode(".png", pixels, [cv2.IMWRITE_PNG_COMPRESSION, 6])
    return content.tobytes()
