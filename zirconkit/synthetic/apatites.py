"""Apatites of three made-up populations, and sands in which rivers mix them: another mineral than the course's.

`data/apatite_populations.csv` says between which bounds the parameters of a sample lie: igneous ones are hexagonal
prisms with oscillatory zoning, hydrothermal ones patchy, full of inclusions and rimmed, metamorphic ones rounded and
nearly unzoned. Exposure, size and background have the same bounds in all, so that they say nothing of the population.
The populations are made up for exercises: no rock gave these figures.

What breaks down: a river here only rounds outlines, grain by grain, and brings all sizes alike; real transport breaks
grains, sorts them by size and dissolves some.
"""

from zlib import crc32

import cv2
import numpy as np
import pandas as pd

from zirconkit import samples
from zirconkit.synthetic.mounts import SyntheticMount, dice, mounted
from zirconkit.synthetic.recipes import complete, population, random_scan, within_bounds

__all__ = ["POPULATIONS", "apatite_recipe", "at_scale", "grow_apatites", "grow_sand"]

BOUNDS = pd.read_csv(samples.DATA / "apatite_populations.csv", index_col="parameter")
POPULATIONS = ("hydrothermal", "igneous", "metamorphic")
SIDE = 640  # px of a mount


def apatite_recipe(name, seed, n_grains=30, side=SIDE):
    """Draw the recipe of a new sample of a population: a Series named by both, for example "igneous-3"."""
    if name not in POPULATIONS:
        raise ValueError(f"there is no population {name!r}: there are {', '.join(POPULATIONS)}")
    rng = np.random.default_rng([seed, crc32(name.encode())])
    recipe = within_bounds(name, rng, BOUNDS)
    scan = random_scan(rng)
    scan["height"] = scan["width"] = side
    scan["n_grains"] = n_grains
    scan["missing"] = scan["charged"] = 0
    return complete(recipe, scan).rename(f"{name}-{seed}")


def apatites_of(recipe, class_name, seed=0):
    """The grains of a recipe as `recipes.population` plans them, with the habit of apatite: DataFrame."""
    grains = population(recipe, dice(recipe.name, "population", seed))
    is_crystal = grains["habit"] != "anhedral"
    grains.loc[is_crystal, "habit"] = "hexagonal"
    return grains.assign(class_name=class_name)


def grow_apatites(name, seed=0, n_grains=30):
    """Grow a mount of one population at 2 um a pixel: returns a `mounts.SyntheticMount`."""
    recipe = apatite_recipe(name, seed, n_grains)
    return mounted(recipe, apatites_of(recipe, name, seed), seed)


def grow_sand(shares, seed=0, abrasion=0.0, n_grains=40):
    """Grow a mount of river sand: populations mixed in known shares, rounded by transport; a `SyntheticMount`.

    All were photographed in one session: what the microscope does is the same for them.

    Parameters
    ----------
    shares : dict of str to float
        Of `POPULATIONS`; met to the nearest grain. They must add up to 1.
    seed : int
    abrasion : float
        0 leaves outlines as they grew, 1 makes pebbles; grains differ by a fifth.
    n_grains : int
    """
    if abs(sum(shares.values()) - 1) > 1e-6:
        raise ValueError(f"the shares add up to {sum(shares.values()):g}, not to 1")
    recipes = {name: apatite_recipe(name, seed, n_grains) for name in shares}
    first = next(iter(recipes.values()))
    parts = []
    for (name, recipe), n in zip(recipes.items(), _counts(list(shares.values()), n_grains)):
        alike = [key for key in recipe.index if key.split("_")[0] in ("grey", "diameter", "light")]
        recipe[alike] = first[alike]
        parts.append(apatites_of(recipe, name, seed)[:n])
    order = dice("sand", "order", seed).permutation(n_grains)
    grains = pd.concat(parts, ignore_index=True).iloc[order].reset_index(drop=True)
    wear = dice("sand", "abrasion", seed).lognormal(0, 0.2, n_grains)
    grains["abrasion"] = np.clip(abrasion * wear, 0, 1)
    lasting = dice("sand", "bays", seed).random(n_grains) > grains["abrasion"]
    grains["bays"] = grains["bays"] * lasting  # what is rounded has no sharp bites left
    return mounted(first.rename(f"sand-{seed}"), grains, seed)


def _counts(shares, n):
    """Whole numbers in the proportion of shares that add up to n: the largest remainders are rounded up."""
    wanted = np.array(shares) * n
    counts = np.floor(wanted).astype(int)
    short = n - counts.sum()
    by_remainder = np.argsort(counts - wanted, kind="stable")
    counts[by_remainder[:short]] += 1
    return counts


def at_scale(mount, um_per_px):
    """A mount as a microscope of another resolution shows it: a `SyntheticMount`; a pixel was 2 um."""
    factor = samples.UM_PER_PX / um_per_px
    sides = mount.image.shape[::-1]
    size = tuple(round(side * factor) for side in sides)
    how = cv2.INTER_CUBIC if factor > 1 else cv2.INTER_AREA
    image = cv2.resize(mount.image, size, interpolation=how)
    labels = cv2.resize(mount.labels, size, interpolation=cv2.INTER_NEAREST)
    return SyntheticMount(mount.name, image, labels, mount.grains)
