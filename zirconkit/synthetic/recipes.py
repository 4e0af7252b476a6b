"""What the grains of a synthetic sample are like: a recipe a sample, and the grains that it asks for.

`data/synthetic_classes.csv` says, for porphyry and batholith, between which bounds a sample's parameters lie; a random
recipe draws each of them once. Exposure, grain size and background have the same bounds in both classes, so that over
many samples they say nothing about the class (domain randomisation: Tobin et al., 2017, 10.1109/IROS.2017.8202133).
"""

import numpy as np
import pandas as pd
from scipy.interpolate import interp1d

from zirconkit import samples

__all__ = ["population", "random_recipe"]

CLASSES = pd.read_csv(samples.DATA / "synthetic_classes.csv", index_col="parameter")
SCORES = {"05": -1.645, "25": -0.674, "50": 0, "75": 0.674, "95": 1.645}  # normal scores of the five percentiles


def random_recipe(label, seed):
    """Draw the recipe of a new sample of a class.

    Parameters
    ----------
    label : "porphyry" or "batholith"
    seed : int

    Returns
    -------
    Series
        What a row of data/synthetic_samples.csv holds: a mount of 1300 x 1300 px with 90 grains. Its name is the class
        and the seed, for example "batholith-3".
    """
    rng = np.random.default_rng([seed, samples.CLASSES.index(label)])
    low, high = CLASSES[f"{label}_low"], CLASSES[f"{label}_high"]
    even = low + (high - low) * rng.random(len(CLASSES))
    ratio = low * (high / low.where(low > 0, 1)) ** rng.random(len(CLASSES))
    recipe = even.where(CLASSES["law"] == "uniform", ratio)
    for what, base in (("diameter", 0), ("aspect", 1), ("grey", 0)):
        spread = recipe.get(f"{what}_spread", 0.15)
        for point, score in SCORES.items():
            recipe[f"{what}_{point}"] = base + (recipe[f"{what}_50"] - base) * np.exp(spread * score)
    row, column = rng.integers(0, 500, 2)
    fixed = {"height": 1300, "width": 1300, "phase_row": row, "phase_col": column, "n_grains": 90, "missing": 0.05}
    fixed |= {"charged": rng.random() < 0.1, "burn": rng.choice(["left", "top"])}
    return pd.concat([recipe.astype(object), pd.Series(fixed)]).rename(f"{label}-{seed}")


def draw(recipe, what, n, rng):
    """Draw n values from a distribution given by its 5/25/50/75/95 % points: log value is linear in normal score."""
    points = np.log([recipe[f"{what}_{point}"] for point in SCORES])
    line = interp1d(list(SCORES.values()), points, fill_value="extrapolate")
    return np.exp(line(rng.normal(size=n).clip(-2.2, 2.2)))


def choose(names, shares, n, rng):
    """Draw n of the names; the last one has what the shares leave."""
    return rng.choice(names, n, p=[*shares, 1 - sum(shares)])


def population(recipe, rng):
    """What each grain of a mount is to be, as a DataFrame: arguments of `crystals.grow`, grey and contaminant."""
    n = int(recipe.n_grains)
    grains = pd.DataFrame({what: draw(recipe, what, n, rng) for what in ("diameter", "aspect", "grey")})
    grains["aspect"] = grains.aspect.clip(1.03)
    grains["habit"] = np.where(grains.aspect < 1.4, "equant", "prismatic")
    grains.loc[rng.random(n) < recipe.anhedral, "habit"] = "anhedral"
    zoning = [recipe.sector, recipe.patchy, recipe.unzoned]
    grains["zoning"] = choose(["sector", "patchy", "none", "oscillatory"], zoning, n, rng)
    grains["core"] = choose(["resorbed", "xenocryst", "none"], [0.7 * recipe.core, 0.3 * recipe.core], n, rng)
    grains["rim"] = choose(["bright", "dark", "none"], [recipe.bright_rim, recipe.dark_rim], n, rng)
    grains["wavelength"] = (recipe.wavelength * rng.lognormal(0, 0.25, n)).clip(3.5, 14)
    grains["strength"] = recipe.strength * rng.lognormal(0, 0.25, n)
    grains["roughness"] = recipe.roughness * rng.lognormal(0, 0.3, n)
    grains["inclusions"] = rng.poisson(recipe.inclusions * rng.gamma(1, 1, n))
    grains["broken"] = rng.poisson(recipe.broken, n)
    grains["stages"] = rng.poisson(recipe.stages, n)
    grains["skew"] = recipe["skew"] + rng.normal(0, 0.3, n)  # Series.skew is a method
    grains["light"] = recipe.light * rng.gamma(1, 1, n)  # few grains stand out far
    grains["fractures"], grains["bays"] = rng.poisson(recipe.fractures, n), rng.poisson(recipe.bays, n)
    grains["contaminant"] = rng.random(n) < recipe.contaminant  # apatite and the like: dull, rounded, unzoned
    foreign = {"habit": "anhedral", "zoning": "none", "core": "none", "rim": "none", "broken": 0}
    grains.loc[grains.contaminant, list(foreign)] = list(foreign.values())
    grains.loc[grains.contaminant, "grey"] *= 0.5
    grains["seed"] = rng.integers(2**31, size=n)
    return grains
