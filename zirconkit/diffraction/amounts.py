"""How much of each: a pattern as a sum of standards, by non-negative least squares (full-pattern summation).

What RockJock and powdR do: a pattern of a mixture is the sum of the patterns of its phases, each times its weight and
divided by its reference intensity ratio, for a zero shift that is searched. Standards are measured ones where they are
had (`rockjock`), else patterns computed from the table.
"""

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy.optimize import nnls

from zirconkit.diffraction.preparing import GRID, STEP
from zirconkit.synthetic import powder_lines
from zirconkit.synthetic.patterns import Phase, Truth, aspect_of, render

__all__ = ["Fit", "Standards", "computed", "fit", "overview"]

SIZES = (1.0, 0.35)  # crystallite sizes of the computed standards, against the usual
MARCH = (1.0, 0.55)
REACH = 0.4  # degrees: how far the zero shift is searched
BLOCKS = 8  # parts of a pattern, of which one is left out at a time


@dataclass(frozen=True)
class Standards:
    """Patterns of pure minerals on `GRID`, one weight unit of each: (n, grid), and the mineral of each."""

    patterns: np.ndarray
    minerals: tuple

    def of(self, names):
        """Those of some minerals only."""
        wanted = [k for k, mineral in enumerate(self.minerals) if mineral in names]
        return Standards(self.patterns[wanted], tuple(self.minerals[k] for k in wanted))


@dataclass(frozen=True)
class Fit:
    """What came of a fit: weight fractions by mineral, their spread, zero shift in degrees, the curves, the misfit."""

    weights: dict
    spreads: dict
    shift: float
    curves: dict
    background: np.ndarray
    misfit: float  # Rwp: root of the weighted squares of the residual over those of the pattern


@cache
def computed():
    """Standards computed from the table, two sizes and two orientations of each structure."""
    truth = Truth((), width=0.1)
    rows, minerals = [], []
    for structure in powder_lines.structures():
        for size in SIZES:
            for march in MARCH:
                phase = Phase(structure, size_nm=structure.size_nm * size, march=march, aspect=aspect_of(structure))
                rows.append(render(phase, GRID, truth))
                minerals.append(structure.mineral)
    return Standards(np.array(rows), tuple(minerals))


@cache
def _ground():
    """What backgrounds are made of: flat, two falls towards large angles, a rise, and humps. (k, grid)."""
    start = GRID - GRID[0]
    humps = [np.exp(-(((GRID - middle) / 9) ** 2)) for middle in (18, 28, 40)]
    return np.array([np.ones_like(GRID), np.exp(-start / 2.5), np.exp(-start / 9), start / 60, *humps])


def fit(gridded, standards):
    """The best non-negative sum of standards for a pattern on `GRID` (NaN where not measured): a Fit.

    The zero shift is searched coarsely, then finely, within 0.4 degrees. Spreads come from eight fits with an eighth of
    the pattern left out each.
    """
    counts, weight = weighted(gridded)
    shifts = np.arange(-REACH, REACH + 1e-9, 0.08)
    best = min(shifts, key=lambda shift: _solve(counts, weight, standards, shift)[1])
    shifts = best + np.array([-0.04, -0.02, 0, 0.02, 0.04])
    best = min(shifts, key=lambda shift: _solve(counts, weight, standards, shift)[1])
    return _as_fit(counts, weight, standards, best)


@cache
def _plain():
    """One computed standard of each structure, of the usual size, with little orientation."""
    every = computed()
    wanted = np.arange(0, len(every.minerals), len(SIZES) * len(MARCH))
    return Standards(every.patterns[wanted], tuple(every.minerals[k] for k in wanted))


def overview(gridded, left):
    """A rough sum of the patterns of all minerals in `left`: weight fraction of each that has a part in it: dict."""
    standards = _plain().of(left)
    counts, weight = weighted(gridded)
    shifts = np.arange(-REACH, REACH + 1e-9, 0.08)
    amounts = min((_solve(counts, weight, standards, shift) for shift in shifts), key=lambda solved: solved[1])[0]
    return {
        name: share for name, share in _shares(standards.minerals, amounts[: len(standards.minerals)]).items() if share
    }


def weighted(gridded):
    """Counts with zeros where nothing was measured, and the weight of each point: the inverse of its noise."""
    seen = np.isfinite(gridded)
    counts = np.where(seen, gridded, 0)
    floor = 0.002 * counts.max()
    return counts, seen / np.sqrt(np.maximum(counts, floor))


def _solve(counts, weight, standards, shift):
    """Non-negative least squares at one zero shift: amounts of standards and of background, and the residual's norm."""
    columns = np.concatenate([_moved(standards.patterns, shift), _ground()])
    scale = np.maximum(np.linalg.norm(columns * weight, axis=1), 1e-12)
    matrix = (columns * (weight / scale[:, None])).T
    normal, right = matrix.T @ matrix, matrix.T @ (counts * weight)
    amounts = _nnls_normal(normal, right)
    squares = float((counts * weight) @ (counts * weight) - 2 * amounts @ right + amounts @ normal @ amounts)
    return amounts / scale, max(squares, 0) ** 0.5


def _nnls_normal(normal, right):
    """Non-negative least squares from the normal equations, which are much smaller than the pattern."""
    factor = np.linalg.cholesky(normal + 1e-9 * np.eye(len(normal)))
    return nnls(factor.T, np.linalg.solve(factor, right), maxiter=20 * len(normal))[0]


def _moved(patterns, shift):
    """Patterns moved along the grid by degrees."""
    whole = int(np.floor(shift / STEP))
    part = shift / STEP - whole
    low = np.roll(patterns, whole, axis=-1)
    return low if part < 1e-9 else (1 - part) * low + part * np.roll(patterns, whole + 1, axis=-1)


def _as_fit(counts, weight, standards, shift):
    """The Fit at one zero shift."""
    amounts, rest = _solve(counts, weight, standards, shift)
    used = np.flatnonzero(amounts[: len(standards.minerals)] > 0)
    patterns = _moved(standards.patterns[used], shift)
    names = [standards.minerals[k] for k in used]
    chosen = Standards(standards.patterns[used], tuple(names))
    weights = _shares(names, amounts[used])
    spreads = _jackknife(counts, weight, chosen, shift)
    curves = {}
    for name, amount, pattern in zip(names, amounts[used], patterns):
        curves[name] = curves.get(name, 0) + amount * pattern
    ground = amounts[len(standards.minerals) :] @ _ground()
    whole = np.linalg.norm(counts * weight)
    return Fit(weights, spreads, float(shift), curves, ground, rest / max(whole, 1e-12))


def _jackknife(counts, weight, standards, shift):
    """The spread of each mineral's weight fraction over fits with a part of the pattern left out: dict."""
    trials = []
    for part in np.array_split(np.arange(len(GRID)), BLOCKS):
        left = weight.copy()
        left[part] = 0
        if left.any() and standards.minerals:
            amounts, _ = _solve(counts, left, standards, shift)
            trials.append(_shares(standards.minerals, amounts))
    spreads = {}
    for name in set(standards.minerals):
        values = np.array([trial[name] for trial in trials])
        spreads[name] = float(np.sqrt((len(values) - 1) * values.var())) if trials else 0.0
    return spreads


def _shares(names, amounts):
    """Weight fractions by mineral; what follows behind the minerals is background."""
    amounts = amounts[: len(names)]
    total = amounts.sum()
    shares = {}
    for name, amount in zip(names, amounts):
        shares[name] = shares.get(name, 0.0) + (amount / total if total > 0 else 0.0)
    return shares
