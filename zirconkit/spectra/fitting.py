"""Which elements are in a spectrum, and how much of each: peaks fitted together, then a correction for the matrix.

A spectrum is taken as a sum of what each element's K, L or M lines would make of it, a smooth background, and the
escape and sum peaks that follow from the spectrum itself; none of the parts may be negative. The energy scale and the
width of the peaks are then mended by what the rest looks like, and the fit is made once more. From the intensities the
composition follows without standards: whatever composition would give them (`synthetic.xrays`).
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np
from scipy.linalg import solve_triangular
from scipy.optimize import nnls

from zirconkit.synthetic import spectra, xrays

__all__ = ["CHANNELS", "ENERGIES", "FAMILIES", "STEP", "Fit", "compositions", "family_peaks", "fit", "main_lines"]

STEP, CHANNELS = 0.02, 501
ENERGIES = STEP * np.arange(CHANNELS)  # keV; the channels that every spectrum is brought to
LOWEST, LOW, HIGHEST = 0.42, 0.87, 9.9  # keV; what is fitted: oxygen and fluorine up to LOW, then all others
NOT_SOUGHT = frozenset([
    "H", "Li", "Be", "B", "C", "N", "Br", "Rb", "I", "Cs", "Tl", "Pt", "Se", "In", "Te", "Ga", "Ge", "Tb",
    "Ho", "Eu", "Tm", "Cd",
])  # fmt: skip
UNLIKELY = frozenset([
    "As", "Au", "Ag", "Bi", "Hg", "Sb", "Mo", "Nb", "Ta", "Hf", "Th", "U", "Sc", "V", "Co", "Pr", "Sm", "Gd",
    "Dy", "Er", "Yb", "W", "Sn",
])  # fmt: skip
DOUBT = 0.3  # how much rather the fit takes a common element than an unlikely one where they look alike
ROUNDS = 4
CORRECTIONS = 8  # for the matrix, one after the other


def _families():
    """The shells' families that a spectrum is sought for: list of (element, letter)."""
    table = xrays.lines()
    seen = table["energy_kev"].between(LOWEST + 0.05, HIGHEST - 0.1)
    pairs = zip(table["element"][seen], table["shell"][seen].str[0])
    return tuple(pair for pair in dict.fromkeys(pairs) if pair[0] not in NOT_SOUGHT)


FAMILIES = _families()
_RARE = np.array([element in UNLIKELY for element, _ in FAMILIES])


class Fit(NamedTuple):
    """A spectrum taken apart.

    `counts` are those of each of `FAMILIES`; `offset_kev`, `gain` and `fwhm_mn_ev` say how the energy scale and the
    resolution are; `model` and `background` are arrays over `ENERGIES`.
    """

    counts: np.ndarray
    offset_kev: float
    gain: float
    fwhm_mn_ev: float
    model: np.ndarray
    background: np.ndarray


@lru_cache(maxsize=32)
def _shares(kv):
    """A matrix (families, lines): the share of each line in the X-rays of its family at a beam of so many keV."""
    table = xrays.lines()
    strength = table["vacancies"] * table["yield"] * table["share"]
    u = np.maximum(kv / table["edge_kev"], 1.0001)
    strength = strength * np.log(u) / (u * table["edge_kev"] ** 2)
    strength = strength.to_numpy() * spectra.passed(table["energy_kev"].to_numpy(), spectra.Instrument())
    names = list(zip(table["element"], table["shell"].str[0]))
    matrix = np.array([[value if name == family else 0 for value, name in zip(strength, names)] for family in FAMILIES])
    whole = matrix.sum(axis=1, keepdims=True)
    return matrix / np.maximum(whole, 1e-30)


@lru_cache(maxsize=256)
def _parts(kv, offset, gain, fwhm):
    """The families' peaks and the background's shapes on `ENERGIES`: two arrays of rows of area 1."""
    instrument = spectra.Instrument(kv=kv, offset_kev=offset, gain=gain, fwhm_mn_ev=fwhm, layers=(), coat_nm=0)
    borders = np.arange(CHANNELS + 1) - 0.5
    edges = STEP * borders
    lines = xrays.lines()["energy_kev"].to_numpy()
    each = spectra.peaks_at(lines, edges, instrument)
    peaks = _shares(kv) @ each
    return peaks, _backgrounds(kv)


def family_peaks(kv, found):
    """The peaks of each of `FAMILIES` on `ENERGIES`, rows of area 1, on the energy scale that a `Fit` found."""
    rounded_kv = float(np.round(np.clip(kv, 5, 30)))
    peaks, _ = _parts(rounded_kv, found.offset_kev, found.gain, found.fwhm_mn_ev)
    return peaks


@lru_cache(maxsize=32)
def _backgrounds(kv):
    """Smooth shapes that a background is made of: continuum of light and heavy matter behind thin and thick windows."""
    rows = []
    windows = [(("nitride", 60),), (("polymer", 400), ("aluminium", 80)), (("beryllium", 8000),)]
    for formula in ({"C": 1}, {"Si": 0.47, "O": 0.53}, {"Fe": 0.7, "O": 0.3}, {"Pb": 1}):
        weights = np.zeros((1, len(xrays.ELEMENTS)))
        for name, share in formula.items():
            weights[0, xrays.ELEMENTS.index(name)] = share
        for layers in windows:
            instrument = spectra.Instrument(kv=kv, layers=layers, coat_nm=0)
            rows.append(spectra.background(weights, instrument, 0.0, STEP, CHANNELS)[0])
    hard = np.exp(-ENERGIES / 8)
    rows += [hard, hard[::-1], np.exp(-ENERGIES / 1.2)]
    rows = np.array(rows)
    return rows / rows.sum(axis=1, keepdims=True)


def fit(counts, kv):
    """Take a spectrum apart: a `Fit`.

    Parameters
    ----------
    counts : array, shape (CHANNELS,)
        On `ENERGIES`.
    kv : float
        Energy of the beam.
    """
    kv = float(np.round(np.clip(kv, 5, 30)))
    follow = _followers(counts)
    scale = (0.0, 1.0, 130.0)
    for turn in range(ROUNDS):
        peaks, smooth = _parts(kv, *scale)
        high = _high(kv)
        found, model = _solved(counts, peaks * high[:, None], np.concatenate([smooth, follow]), ENERGIES > LOW)
        if turn < ROUNDS - 1:
            scale = _mended(counts, found[: len(FAMILIES)], kv, scale, model)
    amounts = found[: len(FAMILIES)] * high
    low = ~high & _may_be(amounts)
    light, light_model = _solved(counts, peaks * low[:, None], np.concatenate([smooth, follow]), ENERGIES <= LOW)
    background = np.where(ENERGIES > LOW, model, light_model)
    amounts += light[: len(FAMILIES)] * low
    model = background
    return Fit(amounts, *scale, model, model - amounts @ peaks)


@lru_cache(maxsize=32)
def _high(kv):
    """Which families have most of their X-rays above LOW: array of bool."""
    energies = _shares(kv) @ xrays.lines()["energy_kev"].to_numpy()
    return energies > LOW


def _may_be(amounts):
    """Which families may have lines below LOW: oxygen, fluorine, and elements that were found above it."""
    there = {element for (element, _), amount in zip(FAMILIES, amounts) if amount > 0.003 * amounts.sum()}
    there |= {"O", "F"}
    return np.array([element in there for element, _ in FAMILIES])


def _followers(counts):
    """Sum and escape peaks that follow from a spectrum: array (2, CHANNELS), rows of area 1 or 0."""
    sums = np.convolve(counts, counts)[:CHANNELS]
    leaving = counts * spectra.escaped(np.maximum(ENERGIES, 0.1))
    shift = round(spectra.SI_K / STEP)
    escapes = np.append(leaving[shift:], np.zeros(shift))
    rows = np.array([sums, escapes])
    return rows / np.maximum(rows.sum(axis=1, keepdims=True), 1e-30)


def _solved(counts, peaks, others, window):
    """How much of each part there is, and the sum of the parts: weighted by the chance in the counts."""
    window = window & (ENERGIES > LOWEST) & (ENERGIES < HIGHEST)
    smooth = np.convolve(counts, np.ones(5) / 5, mode="same")
    weight = (1 / np.sqrt(np.maximum(smooth, 1) + (0.01 * smooth) ** 2))[window]
    parts = np.concatenate([peaks, others])
    used = np.flatnonzero(parts[:, window].any(axis=1))
    matrix = (parts[used][:, window] * weight).T
    gram = matrix.T @ matrix
    unlikely = np.append(_RARE, np.zeros(len(others)))[used]
    size = np.diag(gram).copy()
    gram[np.diag_indices(len(used))] += size * ((DOUBT * unlikely) ** 2 + 1e-8)
    amounts = np.zeros(len(parts))
    amounts[used] = _not_negative(
        gram / np.sqrt(np.outer(size, size)), matrix.T @ (counts[window] * weight) / np.sqrt(size)
    )
    amounts[used] /= np.sqrt(size)
    return amounts, amounts @ parts


def _not_negative(gram, target):
    """The amounts, none below 0, at which 1/2 x G x - b x is least: by the triangular root of G."""
    root = np.linalg.cholesky(gram)
    amounts, _ = nnls(root.T, solve_triangular(root, target, lower=True), maxiter=2000)
    return amounts


def _mended(counts, found, kv, scale, model):
    """Offset, gain and width, each moved by what the rest of a fit asks for (one step of Gauss and Newton)."""
    steps = 0.004, 0.001, 4.0
    changes = []
    for number, step in enumerate(steps):
        moved = list(scale)
        moved[number] += step
        changes.append(found @ _parts(kv, *moved)[0] - found @ _parts(kv, *scale)[0])
    window = (ENERGIES > LOW) & (ENERGIES < HIGHEST)
    weight = 1 / np.sqrt(np.maximum(model, 1) + (0.02 * model) ** 2)
    matrix = (np.array(changes) * weight)[:, window].T
    rest = ((counts - model) * weight)[window]
    damped = np.concatenate([matrix, np.diag(0.02 * np.linalg.norm(matrix, axis=0))])
    moves, *_ = np.linalg.lstsq(damped, np.append(rest, np.zeros(3)), rcond=None)
    offset, gain, fwhm = np.add(scale, np.multiply(steps, np.clip(moves, -6, 6)))
    rounded = round(float(np.clip(offset, -0.03, 0.03)), 3), round(float(np.clip(gain, 0.994, 1.006)), 4)
    return *rounded, round(float(np.clip(fwhm, 110, 175)) / 2) * 2.0


@lru_cache(maxsize=32)
def main_lines(kv):
    """For each element the family it is measured by: dict of element to a number in `FAMILIES`.

    The innermost shell whose lines lie above 0.9 keV and that the beam excites well; O and F by their K lines.
    """
    table = xrays.lines()
    chosen = {}
    for number, (element, letter) in enumerate(FAMILIES):
        own = (table["element"] == element) & (table["shell"].str[0] == letter)
        rows = table[own]
        brightness = rows["share"] * rows["yield"] * rows["vacancies"]
        strongest = rows.loc[brightness.idxmax()]
        well = kv > 1.3 * strongest["edge_kev"]
        seen = strongest["energy_kev"] > 0.85 or element in ("O", "F")
        if well and seen and element not in chosen:
            chosen[element] = number
    return chosen


def compositions(counts, instrument):
    """Compositions that would give these intensities: mass fractions of what was sought, array (n, elements).

    Parameters
    ----------
    counts : array, shape (n, families)
        As in `Fit`.
    instrument : synthetic.spectra.Instrument
        Of which beam, take-off angle, layers and coat count.
    """
    chosen = main_lines(instrument.kv)
    places = [xrays.ELEMENTS.index(name) for name in chosen]
    measured = np.maximum(counts[:, list(chosen.values())], 0)
    own = belongs(chosen, instrument)
    weights = np.zeros((len(counts), len(xrays.ELEMENTS)))
    weights[:, places] = 1 / len(places)
    shares = np.full(measured.shape, 1 / len(places))
    for _ in range(CORRECTIONS):
        emitted = xrays.line_intensities(weights, instrument.kv, instrument.takeoff_deg) @ own
        shares = measured * shares / np.maximum(emitted, 1e-30)
        shares = shares / np.maximum(shares.sum(axis=1, keepdims=True), 1e-30)
        weights[:, places] = np.maximum(shares, 1e-9)
        weights /= weights.sum(axis=1, keepdims=True)
    weights[weights < 1e-8] = 0
    return weights


def belongs(chosen, instrument):
    """A matrix (lines, elements) that sums what the detector sees of each element's lines."""
    table = xrays.lines()
    energies = table["energy_kev"].to_numpy()
    factors = table["shell"].str[0].map({"K": 1, "L": instrument.l_factor, "M": instrument.m_factor}).to_numpy()
    seen = spectra.passed(energies, instrument) * factors
    names = list(zip(table["element"], table["shell"].str[0]))
    matrix = np.zeros((len(table), len(chosen)))
    for column, number in enumerate(chosen.values()):
        own = np.array([name == FAMILIES[number] for name in names])
        matrix[own, column] = seen[own]
    return matrix


def found_lines(fit, kv, faintest):
    """The lines of the elements that a fit found: DataFrame with line, energy_kev, measured_kev and counts.

    Parameters
    ----------
    fit : Fit
    kv : float
    faintest : float
        Share of the counts in all lines that a line must have; it must stand out of the background, too.
    """
    table = xrays.lines()
    shares = _shares(float(np.round(np.clip(kv, 5, 30))))
    counts = fit.counts @ shares
    rows = table.assign(line=table["element"] + " " + table["line"], counts=counts)
    rows = rows[rows["energy_kev"].between(LOWEST, HIGHEST)]
    near = np.array([fit.background[np.abs(ENERGIES - energy) < 0.07].sum() for energy in rows["energy_kev"]])
    clear = (rows["counts"] > faintest * counts.sum()) & (rows["counts"] > 3 * np.sqrt(near + 1))
    rows = rows[clear]
    measured = fit.offset_kev + fit.gain * rows["energy_kev"]
    return rows.assign(measured_kev=measured)[["line", "energy_kev", "measured_kev", "counts"]].reset_index(drop=True)
