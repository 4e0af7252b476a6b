"""One grain measured in three ways: X-ray spectrum, Raman spectrum, powder pattern, each with its truth.

They stand in for three instruments that look at the same grain, and see different things of it: elements, bonds, and
the distances between planes of atoms. Each instrument is ideal here, its clean curves are known exactly, and what is
measured differs from them by counts; a share of `STRAY` comes from anywhere. Real instruments add the faults that
`spectra` and `patterns` grow. Raman bands are in `data/raman_bands.csv`, rounded, their heights rough: real ones
change with how a crystal lies to the light.
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from zirconkit import samples
from zirconkit.synthetic import minerals, patterns, powder_lines, spectra

__all__ = ["CANDIDATES", "KINDS", "Kind", "kind", "measure", "raman"]

CANDIDATES = ("albite", "almandine", "anatase", "apatite", "aragonite", "baryte", "calcite", "dolomite", "microcline",
              "monazite", "quartz", "rutile", "titanite", "zircon")  # fmt: skip
KINDS = ("X-rays", "Raman", "diffraction")
SAME_ELEMENTS = {"anatase": "rutile", "aragonite": "calcite"}  # what X-rays of elements cannot tell apart
IN_POWDERS = {"apatite": "fluorapatite", "baryte": "barite"}  # what the table of powder lines calls them
STRAY = {"X-rays": 0.3, "Raman": 0.9, "diffraction": 0.9}  # of all counts: neighbours, fluorescence, the holder


class Kind(NamedTuple):
    """A kind of measurement: its axis, what stands on it, and the clean curve of each candidate, rows of sum 1."""

    axis: np.ndarray
    label: str
    clean: np.ndarray


def raman(mineral, shifts):
    """The Raman spectrum of a mineral at some shifts, 1/cm: array (n,); Lorentzian bands, no fluorescence."""
    table = pd.read_csv(samples.DATA / "raman_bands.csv")
    bands = table[table["mineral"] == mineral]
    offset = shifts - bands[["shift_cm"]].to_numpy()
    relative = 2 * offset / bands[["width_cm"]].to_numpy()
    shapes = bands[["height"]].to_numpy() / (1 + relative**2)
    return shapes.sum(axis=0)


@cache
def kind(name):
    """One of `KINDS`, with the clean curves of all `CANDIDATES` in their order: a `Kind`."""
    axis, label, curves = {"X-rays": _x_rays, "Raman": _raman, "diffraction": _diffraction}[name]()
    shares = curves / curves.sum(axis=1, keepdims=True)
    stray = STRAY[name]
    return Kind(axis, label, (1 - stray) * shares + stray / len(axis))


def _x_rays():
    energies = 0.04 * np.arange(12, 240)
    names = [SAME_ELEMENTS.get(name, name) for name in CANDIDATES]
    weights = minerals.as_weights(np.array([minerals.ideal(name) for name in names]))
    shapes = spectra.expected(weights, spectra.Instrument(), energies[0], 0.04, len(energies))
    return energies, "energy (keV)", shapes


def _raman():
    shifts = np.arange(100.0, 1200.0, 4)
    return shifts, "Raman shift (1/cm)", np.array([raman(name, shifts) for name in CANDIDATES])


def _diffraction():
    angles = np.arange(15, 60, 0.1)
    first = {each.mineral: each for each in reversed(powder_lines.structures())}
    curves = []
    for name in CANDIDATES:
        phase = patterns.Phase(first[IN_POWDERS.get(name, name)])
        curves.append(patterns.mix(angles, patterns.Truth((phase,), width=0.2)))
    return angles, "2θ for Cu Kα (°)", np.array(curves)


def measure(name, mineral, counts, rng):
    """Measure a candidate in one way, with so many counts on average: array of int, one for each channel.

    Parameters
    ----------
    name : str
        Of `KINDS`.
    mineral : str
        Of `CANDIDATES`.
    counts : float
    rng : NumPy Generator
    """
    clean = kind(name).clean[CANDIDATES.index(mineral)]
    return rng.poisson(counts * clean)
