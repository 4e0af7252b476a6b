"""The shipped table of powder lines: minerals, their structures, and where a structure's lines lie.

`data/diffraction/minerals.csv` has a row a structure (a mineral may have several: a solid solution, other stackings),
with its cell, space group, chemistry, reference intensity ratio and the paper of the structure;
`data/diffraction/lines.csv` a row a line. Both are made by `python benchmarks/powder_table.py`.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from zirconkit import samples

__all__ = ["CU", "Structure", "angle_of", "metric_of", "names", "polarization", "spacing_of", "structures", "table"]

CU = 1.540598  # Å, Cu K-alpha1: what the intensities in the table are for
FOLDER = samples.DATA / "diffraction"


class Structure(NamedTuple):
    """One structure of a mineral, and its powder lines.

    `hkl` has shape (n, 3); `d` in Å and `i` (strongest 100, for Cu K-alpha) have shape (n,). `rir` is the strongest
    line against that of corundum at equal weights. `axis` is the hkl of the plane that crystals like to lie on.
    """

    name: str
    mineral: str
    elements: frozenset
    cell: tuple
    rir: float
    size_nm: float
    axis: tuple
    hkl: np.ndarray
    d: np.ndarray
    i: np.ndarray


@cache
def table():
    """A row a structure: DataFrame of structure, mineral, formula, elements, group, cell, rir, size_nm, axis, paper."""
    return pd.read_csv(FOLDER / "minerals.csv", keep_default_na=False, na_values={"rir": [""]})


@cache
def structures():
    """All structures of the table with their lines, in its order: tuple of Structure."""
    lines = pd.read_csv(FOLDER / "lines.csv")
    by_structure = lines.groupby("structure", sort=False)
    groups = dict(tuple(by_structure))
    rows = table().itertuples()
    return tuple(_structure(row, groups[row.structure]) for row in rows)


def _structure(row, lines):
    cell = (row.a, row.b, row.c, row.alpha, row.beta, row.gamma)
    axis = tuple(map(int, row.axis.split()))
    columns = lines[["h", "k", "l"]].to_numpy(float), lines["d"].to_numpy(), lines["i"].to_numpy()
    return Structure(
        row.structure, row.mineral, frozenset(row.elements.split()), cell, row.rir, row.size_nm, axis, *columns
    )


@cache
def names():
    """The minerals of the table in alphabetical order: tuple of str."""
    return tuple(sorted(set(table()["mineral"])))


def metric_of(cell):
    """The reciprocal metric tensor of a cell (a, b, c in Å; alpha, beta, gamma in degrees): (3, 3), 1/Å².

    Cells may be many: arrays of shape (6, n) give (n, 3, 3).
    """
    lengths, angles = np.split(np.asarray(cell, float), 2)
    cosines = np.cos(np.radians(angles))
    cosines[np.abs(cosines) < 1e-12] = 0
    direct = np.einsum("i...,j...->...ij", lengths, lengths)
    for first, second, which in ((1, 2, 0), (0, 2, 1), (0, 1, 2)):
        direct[..., first, second] *= cosines[which]
        direct[..., second, first] *= cosines[which]
    return np.linalg.inv(direct)


def spacing_of(hkl, cell):
    """Lattice spacings d, Å, of reflections (n, 3) in a cell: array of shape (n,)."""
    return np.einsum("ij,jk,ik->i", hkl, metric_of(cell), hkl) ** -0.5


def angle_of(d, wavelength=CU):
    """Bragg's law: 2 theta in degrees for spacings d in Å; NaN where the wavelength is too long for a reflection."""
    sine = wavelength / (2 * np.asarray(d, float))
    return 2 * np.degrees(np.arcsin(np.where(sine < 1, sine, np.nan)))


def polarization(two_theta):
    """The Lorentz and polarization factors of a powder in Bragg-Brentano geometry without a monochromator."""
    theta = np.radians(two_theta) / 2
    return (1 + np.cos(2 * theta) ** 2) / (np.sin(theta) ** 2 * np.cos(theta))
