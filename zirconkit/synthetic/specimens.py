"""Tables of analyses, many spots on few specimens: the structure of many published sets of minerals.

A specimen has a composition within the range of its mineral, off by what alteration, inclusions and another laboratory
change (`BETWEEN`); its spots differ from it by little, as spots on one polished piece do. They stand in for tables of
EDS analyses, and break down where a specimen is zoned. How far specimens differ was set so that a forest which learned
one specimen of each misses others about as often as it does on real ones (`benchmarks/one_specimen.py`).
"""

import numpy as np
import pandas as pd

from zirconkit.synthetic import minerals
from zirconkit.synthetic.xrays import ELEMENTS

__all__ = ["MEASURED", "NAMES", "grow_specimens"]

MEASURED = ("Na", "Mg", "Al", "Si", "P", "K", "Ca", "Ti", "Cr", "Mn", "Fe")
NAMES = ("albite", "apatite", "augite", "biotite", "chlorite", "enstatite", "hornblende", "kaolinite", "labradorite",
         "microcline", "montmorillonite", "muscovite", "oligoclase", "palygorskite", "pigeonite", "spinel", "titanite",
         "vermiculite")  # fmt: skip
SPREAD, NOISE = 0.04, 0.002  # of an element's share from spot to spot: relative, and absolute
BETWEEN, FOREIGN = 0.2, 0.01  # the same from specimen to specimen


def grow_specimens(specimens, spots, seed=0, names=NAMES):
    """Grow a table of analyses: DataFrame with mineral, specimen, and the share of each of `MEASURED` in their sum.

    Parameters
    ----------
    specimens : int
        Of each mineral.
    spots : int
        On each specimen.
    seed : int
    names : sequence of str
        Of the minerals, as `data/minerals.csv` has them.
    """
    rng = np.random.default_rng(seed)
    places = [ELEMENTS.index(element) for element in MEASURED]
    tables = []
    for mineral in names:
        for number in range(specimens):
            atoms = minerals.draw(mineral, 1, rng)[0, places]
            pure = atoms / atoms.sum()
            foreign = FOREIGN * rng.exponential(size=len(places)) * rng.integers(0, 2, len(places))
            shares = pure * np.exp(rng.normal(0, BETWEEN, len(places))) + foreign
            varied = shares * np.exp(rng.normal(0, SPREAD, (spots, len(places))))
            measured = np.maximum(varied + rng.normal(0, NOISE, varied.shape), 0)
            table = pd.DataFrame(measured / measured.sum(axis=1, keepdims=True), columns=list(MEASURED))
            table.insert(0, "specimen", f"{mineral} {number + 1}")
            table.insert(0, "mineral", mineral)
            tables.append(table)
    return pd.concat(tables, ignore_index=True)
