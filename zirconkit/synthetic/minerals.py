"""Minerals and what they may consist of: formulas, end members, compositions drawn at random.

`data/minerals.csv` has a row for each mineral: its group, its end members, each with the least and the greatest share,
other names that chemistry cannot tell from it, and where the ranges are from. Shares are drawn evenly between their
bounds and scaled to 1: an idealization, natural compositions are not even.
"""

import re
from functools import cache

import numpy as np
import pandas as pd

from zirconkit import samples
from zirconkit.synthetic.xrays import ELEMENTS, elements

__all__ = ["as_weights", "atoms_in", "draw", "ideal", "minerals", "mixed"]

PART = re.compile(r"([A-Z][a-z]?)(\d*\.?\d*)")


@cache
def minerals():
    """The minerals: DataFrame, index mineral, with group, members, same_as and source."""
    return pd.read_csv(samples.DATA / "minerals.csv", index_col="mineral", keep_default_na=False)


def atoms_in(formula):
    """The atoms of a formula without brackets ("CaTiSiO5", "Na0.33Al2O3"): array in the order of `ELEMENTS`.

    Raises
    ------
    ValueError
        If it is no formula, or has an element that the kit has no X-ray lines of.
    """
    parts = PART.findall(formula)
    if not parts or "".join(name + number for name, number in parts) != formula:
        raise ValueError(f"{formula!r} is no formula like CaTiSiO5")
    atoms = np.zeros(len(ELEMENTS))
    for name, number in parts:
        if name not in ELEMENTS:
            raise ValueError(f"{formula} has {name}, of which the kit has no X-ray lines")
        atoms[ELEMENTS.index(name)] += float(number or 1)
    return atoms


def as_weights(atoms):
    """Mass fractions of atoms: array of the same shape, rows summing to 1."""
    masses = np.asarray(atoms) * elements()["weight"].to_numpy()
    return masses / masses.sum(axis=-1, keepdims=True)


@cache
def _members(name):
    """The end members of a mineral: atoms (members, elements), least and greatest shares."""
    parts = [part.split() for part in minerals().loc[name, "members"].split(";")]
    atoms = np.array([atoms_in(formula) for formula, _, _ in parts])
    bounds = np.array([[float(low), float(high)] for _, low, high in parts])
    return atoms, bounds[:, 0], bounds[:, 1]


def ideal(name):
    """The atoms of a mineral in the middle of its range: array of shape (elements,). KeyError for an unknown name."""
    atoms, low, high = _members(name)
    shares = (low + high) / 2
    return shares @ atoms / shares.sum()


def draw(name, n, rng):
    """Compositions of a mineral at random: atoms, array of shape (n, elements)."""
    atoms, low, high = _members(name)
    shares = rng.uniform(low, high, (n, len(low)))
    sums = shares.sum(axis=1, keepdims=True)
    return shares @ atoms / sums


def mixed(n, rng, names=None):
    """Compositions of no mineral: mixtures of two, and odd elements together: atoms, array of shape (n, elements).

    A third are two minerals of the table in one spot, the rest are one to five elements at random.
    """
    names = list(names or minerals().index)
    atoms = np.zeros((n, len(ELEMENTS)))
    for row in range(n):
        if rng.random() < 1 / 3:
            first, second = rng.choice(names, 2, replace=False)
            share = rng.uniform(0.25, 0.75)
            atoms[row] = share * as_weights(ideal(first)) + (1 - share) * as_weights(ideal(second))
            atoms[row] /= elements()["weight"].to_numpy()
        else:
            chosen = rng.choice(len(ELEMENTS), rng.integers(1, 6), replace=False)
            atoms[row, chosen] = rng.uniform(0.1, 1, len(chosen))
            atoms[row, ELEMENTS.index("O")] += rng.choice([0, 1]) * rng.uniform(0, 4)
    return atoms
