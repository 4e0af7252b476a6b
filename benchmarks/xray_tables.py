"""Makes the three tables of X-ray data that spectra are grown from, out of the package xraydb.

xraydb (public domain; Elam, Ravel and Sieber, 2002, 10.1016/S0969-806X(01)00227-4, and sources named there) brings a
database of 20 MB and SQLAlchemy; spectra of minerals need a hundredth of it. So the kit ships three tables instead:

- data/elements.csv: element, z, weight (g/mol).
- data/xray_lines.csv: a row for each line: element, line, shell, energy_kev, share (of the X-rays of that shell), yield
  (fluorescence yield of the shell), edge_kev, vacancies (electrons of the shell, and what Coster-Kronig transitions
  bring to it from the shells below).
- data/xray_absorption.csv: element, energy_kev, cm2_per_g (photoelectric mass attenuation) on a grid of energies that
  has each absorption edge twice, just below and just above.

Needs `pip install xraydb`; prints one JSON line.
"""

import json
from importlib.metadata import version

import numpy as np
import pandas as pd
import xraydb

from zirconkit import samples

ELEMENTS = [
    "H", "Li", "Be", "B", "C", "N", "O", "F", "Na", "Mg", "Al", "Si", "P", "S", "Cl", "K", "Ca", "Sc", "Ti",
    "V", "Cr", "Mn", "Fe", "Co", "Ni", "Cu", "Zn", "Ga", "Ge", "As", "Se", "Br", "Rb", "Sr", "Y", "Zr", "Nb",
    "Mo", "Ag", "Cd", "In", "Sn", "Sb", "Te", "I", "Cs", "Ba", "La", "Ce", "Pr", "Nd", "Sm", "Eu", "Gd", "Tb",
    "Dy", "Ho", "Er", "Yb", "Hf", "Ta", "W", "Pt", "Au", "Hg", "Tl", "Pb", "Bi", "Th", "U",
]  # fmt: skip
LOWEST, HIGHEST = 0.15, 25.0  # keV
WEAKEST = 0.01  # of a shell's X-rays
ELECTRONS = {"K": 2, "L1": 2, "L2": 2, "L3": 4, "M1": 2, "M2": 2, "M3": 4, "M4": 4, "M5": 6}
FED_BY = {"L2": ["L1"], "L3": ["L1", "L2"], "M4": ["M1", "M2", "M3"], "M5": ["M1", "M2", "M3", "M4"]}
# Kβ over Kα where the 3p shell is not full, which xraydb makes far too strong (Khan and Karimi, 1980,
# 10.1002/xrs.1300090110): none below aluminium.
WEAK_BETA = {"Mg": 0.0, "Na": 0.0, "Al": 0.013, "Si": 0.027, "P": 0.044, "S": 0.062, "Cl": 0.081}
ONE = {"Ka1": "Ka", "Ka2": "Ka", "Kb1": "Kb", "Kb3": "Kb", "Kb2": "Kb", "La1": "La", "La2": "La", "Lb3": "Lb3",
       "Lb4": "Lb3", "Lg2": "Lg2", "Lg3": "Lg2", "Lb2,15": "Lb2"}  # fmt: skip


def lines_of(element):
    """The lines of an element between the two bounds, those that no detector resolves as one: list of dicts."""
    edges = xraydb.xray_edges(element)
    rows = {}
    for name, line in xraydb.xray_lines(element).items():
        shell = "M5" if line.initial_level == "M4,5" else line.initial_level
        energy = line.energy / 1000
        if line.intensity < WEAKEST or not LOWEST < energy < HIGHEST or shell not in ELECTRONS:
            continue
        if edges[shell].fyield == 0:
            continue
        rows.setdefault((ONE.get(name, name), shell), []).append((energy, line.intensity))
    table = []
    for (name, shell), parts in rows.items():
        energies, shares = np.transpose(parts)
        share = shares.sum()
        if shell == "K" and element in WEAK_BETA:
            beta = WEAK_BETA[element] / (1 + WEAK_BETA[element])
            share = 1 - beta if name == "Ka" else beta
        if share < WEAKEST:
            continue
        table.append({
            "element": element,
            "line": name,
            "shell": shell,
            "energy_kev": round(float(energies @ shares / shares.sum()), 4),
            "share": round(float(share), 4),
            "yield": float(f"{edges[shell].fyield:.4g}"),
            "edge_kev": round(edges[shell].energy / 1000, 4),
            "vacancies": round(vacancies(element, shell), 2),
        })  # fmt: skip
    return table


def vacancies(element, shell):
    """The electrons of a shell, and the vacancies that wander into it from the shells that lie deeper."""
    known = xraydb.xray_edges(element)
    fed = [below for below in FED_BY.get(shell, []) if below in known]
    return ELECTRONS[shell] + sum(ELECTRONS[below] * min(moved(element, below, shell), 1) for below in fed)


def moved(element, start, end):
    """The share of vacancies that wander from one shell into another; 0 where none is known."""
    try:
        return float(xraydb.ck_probability(element, start, end))
    except (ValueError, IndexError, TypeError, AttributeError):
        return 0.0


def absorption_of(element):
    """The mass attenuation coefficient of an element on a grid that has each edge twice: list of rows."""
    edges = [edge.energy / 1000 for edge in xraydb.xray_edges(element).values()]
    near = [edge * factor for edge in edges for factor in (0.9998, 1.0002) if LOWEST < edge < HIGHEST]
    grid = np.unique(np.round([*np.geomspace(0.1, HIGHEST, 50), *near], 5))
    clear = [energy for energy in grid if all(abs(energy / edge - 1) > 1e-4 for edge in edges)]
    values = xraydb.mu_elam(element, np.array(clear) * 1000, kind="photo")
    return [(element, energy, f"{value:.4g}") for energy, value in zip(clear, values)]


def main():
    lines = pd.DataFrame([row for element in ELEMENTS for row in lines_of(element)])
    lines.to_csv(samples.DATA / "xray_lines.csv", index=False)
    rows = [row for element in ELEMENTS for row in absorption_of(element)]
    absorption = pd.DataFrame(rows, columns=["element", "energy_kev", "cm2_per_g"])
    absorption.to_csv(samples.DATA / "xray_absorption.csv", index=False)
    kinds = [(name, xraydb.atomic_number(name), round(xraydb.atomic_mass(name), 3)) for name in ELEMENTS]
    elements = pd.DataFrame(kinds, columns=["element", "z", "weight"])
    elements.to_csv(samples.DATA / "elements.csv", index=False)
    counts = {"elements": len(elements), "lines": len(lines), "absorption": len(absorption)}
    print(json.dumps({"xraydb": version("xraydb")} | counts))


if __name__ == "__main__":
    main()
