"""How much of each element is in a spectrum, by the whole pattern: for an instrument that is known.

A spectrum is a sum of what each element makes of it. What one gram of an element makes depends on all the others, which
stop electrons and absorb X-rays; so the present estimate of the composition says how the parts look (`synthetic.xrays`,
`synthetic.spectra`), their amounts in the spectrum are the next estimate, and so on until nothing changes. The K, L and
M lines of an element stand in the proportion that the physics says; the continuum and the coat's carbon follow, too.
The scale of energies and the width of peaks are mended on the way, from where `fitting` found them.

Elements without a line above `LOWEST` (hydrogen, lithium, beryllium, boron) cannot be found: the others sum to 1. Where
window, coat or yields are not known, `fitting.compositions` is the safer way: there each element goes by one family.
The carbon of a coat that was not told is taken for the specimen's.
"""

from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from scipy.optimize import nnls

from zirconkit.spectra.fitting import CHANNELS, ENERGIES, FAMILIES, HIGHEST, STEP, compositions, fit
from zirconkit.synthetic import spectra, xrays

__all__ = ["weighed"]

LOWEST = 0.2  # keV; carbon's line is at 0.28
ROUNDS = 6
CLEAR = {1: 0, 3: 3}  # after these rounds an element must be so many standard deviations above zero to be kept
ROUGH = 0.01  # how far the model is trusted, as a share of the counts
TRACE = 1e-6  # mass fraction at which an element that was not found is tried
_WINDOW = (ENERGIES > LOWEST) & (ENERGIES < HIGHEST)
_CARBON = xrays.ELEMENTS.index("C")


class _Solved(NamedTuple):
    """Amounts of the elements, how many standard deviations they are above zero, and what is left to explain.

    `parts` are the columns that were used, and `left` the rest of the counts; both are divided by the chance in them.
    """

    amounts: np.ndarray
    clear: np.ndarray
    parts: np.ndarray
    left: np.ndarray


def weighed(counts, instrument):
    """The composition that would make a spectrum: mass fractions in the order of `xrays.ELEMENTS`, summing to 1.

    Parameters
    ----------
    counts : array, shape (CHANNELS,)
        On `fitting.ENERGIES`.
    instrument : synthetic.spectra.Instrument
        Beam, take-off angle, layers, coat and the factors of L and M yields count. Scale, width, background and pile-up
        are found. Behind a window that lets no carbon through (beryllium), carbon is left out, too.

    Raises
    ------
    ValueError
        If no element stands out of the background: too few counts.
    """
    taken = fit(counts, instrument.kv)
    scaled = instrument._replace(offset_kev=taken.offset_kev, gain=taken.gain, fwhm_mn_ev=taken.fwhm_mn_ev)
    rough = compositions(taken.counts[None], scaled)
    seen = spectra.coated(rough, scaled)[0]
    sought = _sought()
    for turn in range(ROUNDS):
        parts = _parts(sought, seen, scaled)
        solved = _solved(counts, parts, _others(counts, seen, scaled))
        if not solved.amounts.any():
            raise ValueError("no element stands out of the background: the spectrum has too few counts")
        seen = np.zeros(len(xrays.ELEMENTS))
        seen[sought] = solved.amounts / solved.amounts.sum()
        if turn in CLEAR:
            sought = sought[solved.clear > CLEAR[turn]]
        if turn >= min(CLEAR):
            scaled = _mended(solved, counts, solved.amounts @ parts, scaled)
    return _uncoated(seen, instrument)


@cache
def _sought():
    """The numbers of the elements that are sought: those of `fitting`, and carbon."""
    names = {"C"} | {element for element, _ in FAMILIES}
    return np.array([number for number, name in enumerate(xrays.ELEMENTS) if name in names])


@cache
def _places():
    """The number of each line's element."""
    return np.array([xrays.ELEMENTS.index(name) for name in xrays.lines()["element"]])


def _parts(sought, seen, instrument):
    """What a gram of each element sought makes of the channels, in a specimen of that composition: array of rows."""
    place = _places()
    there = seen.copy()
    there[sought] = np.maximum(there[sought], TRACE)
    emitted = xrays.line_intensities(there[None], instrument.kv, instrument.takeoff_deg)[0]
    own = np.isin(place, sought)
    of_a_gram = emitted[own] / there[place[own]]
    shapes = _shapes(tuple(sought), instrument)
    belongs = sought[:, None] == place[own]
    return (belongs * of_a_gram) @ shapes


@lru_cache(maxsize=8)
def _shapes(sought, instrument):
    """What the instrument makes of each line of the elements sought: array (lines, channels)."""
    own = np.isin(_places(), sought)
    return spectra.line_shapes(xrays.lines()[own], instrument, ENERGIES[0], STEP, CHANNELS)


def _others(counts, seen, instrument):
    """What else there is: the continuum of that composition, and sums of two counts at once; rows."""
    specimen = _uncoated(seen, instrument)
    continuum = spectra.background(specimen[None], instrument, ENERGIES[0], STEP, CHANNELS)[0]
    sums = np.convolve(counts, counts)[:CHANNELS]
    return np.array([continuum, sums])


def _chance(counts):
    """The standard deviation of each channel's counts, with what the model is not trusted for."""
    smooth = np.convolve(counts, np.ones(5) / 5, mode="same")
    return np.sqrt(np.maximum(smooth, 1) + (ROUGH * smooth) ** 2)


def _solved(counts, parts, others):
    """How much of each part there is, none less than nothing: a `_Solved`."""
    rows = np.concatenate([parts, others])
    matrix = (rows / _chance(counts))[:, _WINDOW].T
    size = np.linalg.norm(matrix, axis=0)
    matrix = matrix / np.maximum(size, 1e-30)
    target = (counts / _chance(counts))[_WINDOW]
    found, distance = nnls(matrix, target, maxiter=5000)
    used = found > 0
    spread = np.linalg.pinv(matrix[:, used].T @ matrix[:, used])
    clear = np.zeros(len(rows))
    misfit = max(distance / np.sqrt(len(target)), 1)
    clear[used] = found[used] / np.sqrt(np.diag(spread)) / misfit
    amounts = found / np.maximum(size, 1e-30)
    return _Solved(amounts[: len(parts)], clear[: len(parts)], matrix[:, used], target - matrix @ found)


def _mended(solved, counts, lines, instrument):
    """An instrument with offset, gain and width moved by what is left (one step of Gauss and Newton).

    A small shift of a curve is its slope, a small widening its curvature.
    """
    slope = np.gradient(lines, STEP)
    curvature = np.gradient(slope, STEP)
    steps = np.array([0.002, 0.0005, 1.0])
    widening = instrument.fwhm_mn_ev * 1e-6 * spectra.TO_SIGMA**2
    changes = np.array([-slope, -ENERGIES * slope, widening * curvature]) * steps[:, None]
    moves_too = (changes / _chance(counts))[:, _WINDOW].T
    both = np.concatenate([solved.parts, moves_too], axis=1)
    answer, *_ = np.linalg.lstsq(both, solved.left, rcond=1e-10)
    offset, gain, fwhm = np.clip(answer[-3:], -6, 6) * steps
    return instrument._replace(
        offset_kev=instrument.offset_kev + offset,
        gain=instrument.gain + gain,
        fwhm_mn_ev=float(np.clip(instrument.fwhm_mn_ev + fwhm, 100, 200)),
    )


def _uncoated(seen, instrument):
    """Mass fractions of a specimen without its coat of carbon: those that `spectra.coated` would make these of."""
    weights = seen.copy()
    own = weights[_CARBON] - spectra.coat_share(instrument)
    weights[_CARBON] = max(own, 0)
    return weights / weights.sum()
