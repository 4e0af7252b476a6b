"""What the grains of a synthetic sample are like: a recipe a sample, and the grains that it asks for.

`data/synthetic_classes.csv` says, for porphyry and batholith, between which bounds a sample's parameters lie; a random
recipe draws each of them once. Exposure, grain size and background have the same bounds in both classes, so that over
many samples they say nothing about the class (domain randomisation: Tobin et al., 2017, 10.1109/IROS.2017.8202133).
"""

import numpy as np
import pandas as pd
from scipy.interpolate import interp1d

from zirconkit import samples

__all__ = ["complete", "mixed_recipes", "population", "random_recipe", "random_scan", "within_bounds"]

CLASSES = pd.read_csv(samples.DATA / "synthetic_classes.csv", index_col="parameter")
SCORES = {"05": -1.645, "25": -0.674, "50": 0, "75": 0.674, "95": 1.645}  # normal scores of the five percentiles


def within_bounds(class_name, rng, bounds=CLASSES):
    """Draw each parameter once between the bounds of a class: evenly, or evenly in its logarithm."""
    n = len(bounds)  # parameters
    low = bounds[f"{class_name}_low"]
    high = bounds[f"{class_name}_high"]
    span = high - low
    even = low + span * rng.random(n)
    times = high / low.where(low > 0, 1)
    even_in_log = low * times ** rng.random(n)
    return even.where(bounds["law"] == "uniform", even_in_log)


def percentiles(median, spread, base):
    """The 5/25/50/75/95 % points of a lognormal distribution that starts at `base`, by their names."""
    return {point: base + (median - base) * np.exp(spread * score) for point, score in SCORES.items()}


def random_scan(rng):
    """What the microscope has to do with, as a Series: size and grains are the same in all, faults are not."""
    row, column = rng.integers(0, samples.TILE, 2)
    scan = {
        "height": 1300,
        "width": 1300,
        "phase_row": row,
        "phase_col": column,
        "n_grains": 90,
        "missing": 0.05,
        "charged": rng.random() < 0.1,
        "burn": rng.choice(["left", "top"]),
    }
    return pd.Series(scan)


def random_recipe(class_name, seed):
    """Draw the recipe of a new sample of a class.

    Parameters
    ----------
    class_name : "porphyry" or "batholith"
    seed : int

    Returns
    -------
    Series
        What a row of data/synthetic_samples.csv holds: a mount of 1300 x 1300 px with 90 grains. Its name is the class
        and the seed, for example "batholith-3".
    """
    number = samples.CLASSES.index(class_name)
    rng = np.random.default_rng([seed, number])
    recipe = within_bounds(class_name, rng)
    scan = random_scan(rng)
    return complete(recipe, scan).rename(f"{class_name}-{seed}")


def complete(recipe, scan):
    """A recipe from parameters between bounds and what the microscope has to do with: a Series."""
    for what, base in (("diameter", 0), ("aspect", 1), ("grey", 0)):
        spread = recipe.get(f"{what}_spread", 0.15)
        points = percentiles(recipe[f"{what}_50"], spread, base)
        for point, value in points.items():
            recipe[f"{what}_{point}"] = value
    return pd.concat([recipe.astype(object), scan])


def mixed_recipes(seed):
    """A random recipe of each class that agree in all in which the classes do not differ: dict of class to Series."""
    recipes = {class_name: random_recipe(class_name, seed) for class_name in ("porphyry", "batholith")}
    porphyry, batholith = (CLASSES[[f"{name}_low", f"{name}_high"]].to_numpy() for name in recipes)
    differ = CLASSES.index[(porphyry != batholith).any(axis=1)]
    stems = {name.split("_")[0] for name in differ}
    first, second = recipes.values()
    alike = [name for name in first.index if name.split("_")[0] not in stems]
    second[alike] = first[alike]
    return recipes


def draw(recipe, what, n, rng):
    """Draw n values from a distribution given by its 5/25/50/75/95 % points: log value is linear in normal score."""
    points = [recipe[f"{what}_{point}"] for point in SCORES]
    scores = list(SCORES.values())
    logs = np.log(points)
    log_value = interp1d(scores, logs, fill_value="extrapolate")
    normal = rng.normal(size=n).clip(-2.2, 2.2)
    return np.exp(log_value(normal))


def choose(names, shares, n, rng):
    """Draw n of the names; the last one has what the shares leave."""
    rest = 1 - sum(shares)
    return rng.choice(names, n, p=[*shares, rest])


def population(recipe, rng):
    """What each grain of a mount is to be, as a DataFrame: arguments of `crystals.grow`, grey and contaminant."""
    n = int(recipe.n_grains)
    grains = pd.DataFrame({what: draw(recipe, what, n, rng) for what in ("diameter", "aspect", "grey")})
    add_habit(grains, recipe, rng)
    add_inside(grains, recipe, rng)
    add_amounts(grains, recipe, rng)
    add_contaminants(grains, recipe, rng)
    grains["seed"] = rng.integers(2**31, size=n)
    return grains


def add_habit(grains, recipe, rng):
    """Short grains are equant, long ones prismatic, a share of both anhedral."""
    aspect = grains["aspect"].clip(1.03)
    grains["aspect"] = aspect
    grains["habit"] = np.where(aspect < 1.4, "equant", "prismatic")
    anhedral = rng.random(len(grains)) < recipe.anhedral
    grains.loc[anhedral, "habit"] = "anhedral"


def add_inside(grains, recipe, rng):
    """Draw the kinds of zoning, core and rim by their shares."""
    n = len(grains)
    zoning = [recipe.sector, recipe.patchy, recipe.unzoned]
    core = [0.7 * recipe.core, 0.3 * recipe.core]
    rim = [recipe.bright_rim, recipe.dark_rim]
    grains["zoning"] = choose(["sector", "patchy", "none", "oscillatory"], zoning, n, rng)
    grains["core"] = choose(["resorbed", "xenocryst", "none"], core, n, rng)
    grains["rim"] = choose(["bright", "dark", "none"], rim, n, rng)


def add_amounts(grains, recipe, rng):
    """Draw how much of each property a grain has, and how many of each feature, around the recipe's own figures."""
    n = len(grains)
    wavelength = recipe.wavelength * rng.lognormal(0, 0.25, n)
    grains["wavelength"] = wavelength.clip(3.5, 14)
    grains["strength"] = recipe.strength * rng.lognormal(0, 0.25, n)
    grains["roughness"] = recipe.roughness * rng.lognormal(0, 0.3, n)
    grains["inclusions"] = rng.poisson(recipe.inclusions * rng.gamma(1, 1, n))  # few grains have most of them
    grains["broken"] = rng.poisson(recipe.broken, n)
    grains["stages"] = rng.poisson(recipe.stages, n)
    grains["skew"] = recipe["skew"] + rng.normal(0, 0.3, n)  # Series.skew is a method
    grains["light"] = recipe.light * rng.gamma(1, 1, n)  # few grains stand out far
    grains["fractures"] = rng.poisson(recipe.fractures, n)
    grains["bays"] = rng.poisson(recipe.bays, n)


def add_contaminants(grains, recipe, rng):
    """Make a share of the grains apatite and the like: dull, rounded, unzoned."""
    contaminant = rng.random(len(grains)) < recipe.contaminant
    grains["contaminant"] = contaminant
    foreign = {"habit": "anhedral", "zoning": "none", "core": "none", "rim": "none", "broken": 0}
    for column, value in foreign.items():
        grains.loc[contaminant, column] = value
    grains.loc[contaminant, "grey"] *= 0.5
