"""A spectrum with only some elements switched on: what their lines explain, and which of them find nothing to do.

The background, and the sum and escape peaks, are those of the whole fit; the lines of the elements that are switched on
are laid on what rises above it, all at once, none less than nothing. So two elements whose lines overlap share the
counts there, and the one without a line elsewhere may get none.
"""

from typing import NamedTuple

import numpy as np
from scipy.optimize import nnls

from zirconkit.spectra.fitting import ENERGIES, FAMILIES, HIGHEST, LOWEST, Fit, family_peaks, fit
from zirconkit.spectra.reading import rebinned

__all__ = ["BOARD", "Measured", "Switched", "measured", "switched"]

BOARD = ("O", "F", "Na", "Mg", "Al", "Si", "P", "S", "Cl", "K", "Ca", "Ti", "Mn", "Fe", "Zn", "Y", "Zr", "Ba", "La",
         "Ce", "Hf", "Th")  # fmt: skip
IDLE = 0.01  # an element that gets a smaller share of the counts in lines explains nothing
_SEEN = (ENERGIES > LOWEST) & (ENERGIES < HIGHEST)


class Measured(NamedTuple):
    """A spectrum on the kit's channels, its whole fit, and the peaks of all families of lines there."""

    counts: np.ndarray
    whole: Fit
    peaks: np.ndarray


class Switched(NamedTuple):
    """What some elements explain.

    `parts` are the counts in each channel that each element gets, by its name; `explained` is the share of all that
    rises above the background; `idle` are the elements that find next to nothing, by name.
    """

    parts: dict
    explained: float
    idle: tuple


def measured(energy_kev, counts, kv=15.0):
    """A spectrum, ready for elements to be switched on: a `Measured`. Two arrays of one length, and the beam's keV."""
    on_channels = rebinned(energy_kev, counts)
    whole = fit(on_channels, kv)
    peaks = family_peaks(kv, whole)
    return Measured(on_channels, whole, peaks)


def switched(spectrum, elements):
    """What the lines of some elements explain of a spectrum: a `Switched`.

    Parameters
    ----------
    spectrum : Measured
    elements : sequence of str
        Some of `BOARD`.
    """
    own = [number for number, (element, _) in enumerate(FAMILIES) if element in elements]
    rises = spectrum.counts - spectrum.whole.background
    chance = np.sqrt(np.maximum(spectrum.whole.model, 1))
    amounts = np.zeros(len(FAMILIES))
    if own:
        matrix = (spectrum.peaks[own] / chance)[:, _SEEN]
        amounts[own], _ = nnls(matrix.T, (rises / chance)[_SEEN])
    curves = amounts[:, None] * spectrum.peaks
    parts = {}
    for element in elements:
        mine = [number for number in own if FAMILIES[number][0] == element]
        parts[element] = curves[mine].sum(axis=0)
    left = rises - curves.sum(axis=0)
    explained = 1 - np.abs(left[_SEEN]).sum() / np.abs(rises[_SEEN]).sum()
    total = curves.sum()
    idle = tuple(element for element, curve in parts.items() if curve.sum() <= IDLE * total)
    return Switched(parts, float(explained), idle)
