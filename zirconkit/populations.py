"""What the grains of a synthetic sample are like: recipes, one a sample, drawn within what its class allows.

`data/synthetic_classes.csv` says, for porphyry and batholith, between which bounds a sample's parameters lie; a random
recipe draws each of them once. Exposure, grain size and background have the same bounds in both classes, so that over
many samples they say nothing about the class (domain randomisation: Tobin et al., 2017, 10.1109/IROS.2017.8202133).
"""

import numpy as np
import pandas as pd

from zirconkit import samples

__all__ = ["random_recipe"]

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
