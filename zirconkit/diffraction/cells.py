"""How large is the cell, how large are the crystallites: least squares on indexed peaks, and Scherrer's formula."""

from typing import NamedTuple

import numpy as np
from scipy.optimize import least_squares
from scipy.signal import find_peaks, peak_widths

from zirconkit.synthetic.powder_lines import CU, angle_of, spacing_of

__all__ = ["Cell", "Peaks", "free_parameters", "indexed", "peaks", "refine", "scherrer"]

SHAPE = 0.9  # Scherrer's constant, for widths at half maximum


class Peaks(NamedTuple):
    """Peaks of a pattern: places in degrees 2 theta, heights above the ground, full widths at half maximum."""

    two_theta: np.ndarray
    height: np.ndarray
    width: np.ndarray


class Cell(NamedTuple):
    """A refined cell: a, b, c (Å), alpha, beta, gamma (degrees); their standard errors; the zero shift in degrees."""

    cell: np.ndarray
    error: np.ndarray
    zero: float
    residuals: np.ndarray


def peaks(two_theta, counts, least=0.02):
    """The peaks of a pattern that stand out by at least this share of its range, each placed by a parabola: Peaks."""
    counts = np.asarray(counts, float)
    ground = np.percentile(counts, 5)
    found, about = find_peaks(counts, prominence=least * np.ptp(counts), distance=3)
    left, middle, right = (np.maximum(counts[found + step] - ground, 1e-9) for step in (-1, 0, 1))
    left, middle, right = np.log(left), np.log(middle), np.log(right)
    bend = 2 * middle - left - right
    moved = np.where(bend > 0, 0.5 * (right - left) / np.maximum(bend, 1e-9), 0).clip(-1, 1)
    step = np.median(np.diff(two_theta))
    widths = peak_widths(counts, found, rel_height=0.5)[0] * step
    return Peaks(two_theta[found] + moved * step, about["prominences"], widths)


def indexed(found, mineral, wavelength=CU, within=0.2, least=5):
    """Peaks with the line of a `powder_lines.Structure` that each belongs to: 2 theta (n,), and hkl (n, 3).

    A line counts if it is strong (`least` of 100) and the only strong one near its peak: what overlaps is left out.
    """
    angles = angle_of(mineral.d, wavelength)
    strong = (mineral.i >= least) & np.isfinite(angles)
    places = angles[strong]
    planes = mineral.hkl[strong]
    kept, which = [], []
    for place in found.two_theta:
        near = np.flatnonzero(np.abs(places - place) < within)
        if len(near) == 1:
            kept.append(place)
            which.append(planes[near[0]])
    return np.array(kept), np.array(which).reshape(-1, 3)


def free_parameters(cell):
    """Which of a cell's six parameters are free, and which equal another: list of lists of places, one a freedom."""
    _, b, c, alpha, beta, gamma = cell
    lengths = [[0]]
    for place, value in ((1, b), (2, c)):
        same = next((group for group in lengths if abs(cell[group[0]] - value) < 1e-6), None)
        if same:
            same.append(place)
        else:
            lengths.append([place])
    angles = [[place] for place, value in ((3, alpha), (4, beta), (5, gamma)) if value not in (90, 120)]
    return lengths + angles


def refine(two_theta, hkl, start, wavelength=CU, loss="linear"):
    """The cell and the zero shift that fit indexed peaks best, by least squares on 2 theta: a Cell.

    `loss` is that of `scipy.optimize.least_squares`: "soft_l1" lets an outlier pull less.

    Raises
    ------
    ValueError
        If there are fewer peaks than unknowns.
    """
    start = np.asarray(start, float)
    groups = free_parameters(start)
    if len(two_theta) <= len(groups) + 1:
        raise ValueError(
            f"{len(two_theta)} peaks are too few for {len(groups)} parameters and a zero shift: index more"
        )
    first = np.array([start[group[0]] for group in groups] + [0.0])

    def cell_of(values):
        cell = start.copy()
        for group, value in zip(groups, values):
            cell[group] = value
        return cell

    def residuals(values):
        return angle_of(spacing_of(hkl, cell_of(values)), wavelength) + values[-1] - two_theta

    fitted = least_squares(residuals, first, x_scale=np.maximum(np.abs(first) * 1e-3, 0.01), loss=loss, f_scale=0.02)
    rest = residuals(fitted.x)
    spread = (rest @ rest) / (len(rest) - len(first))
    errors = np.sqrt(np.diag(np.linalg.pinv(fitted.jac.T @ fitted.jac)) * spread)
    error = np.zeros(6)
    for group, value in zip(groups, errors):
        error[group] = value
    return Cell(cell_of(fitted.x), error, float(fitted.x[-1]), rest)


def scherrer(width, two_theta, wavelength=CU, instrument=0.0):
    """Crystallite size, nm, from a width at half maximum (degrees 2 theta), less the instrument's, by their squares."""
    broadening = np.radians(np.sqrt(np.maximum(np.square(width) - np.square(instrument), 1e-12)))
    return SHAPE * wavelength / (10 * broadening * np.cos(np.radians(two_theta) / 2))
