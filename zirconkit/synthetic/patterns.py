"""Powder patterns grown with their truth: which minerals, how much of each, how large their cells and crystallites.

They stand in for X-ray powder patterns of rocks, ores and soils from a laboratory diffractometer (Bragg-Brentano,
Cu K-alpha or another tube). Varied are: cells (solid solution, strain), crystallite size (Scherrer) and microstrain,
preferred orientation (March-Dollase), line intensities beyond that, K-alpha2 and a trace of K-beta, zero shift and
displacement of the sample, background, an amorphous hump, and the noise of counting. They break down where nobody
models it here: absorption contrast of coarse grains, stacking faults beyond the bands of clays, surface roughness,
monochromators, detectors' tails, and minerals that the table lacks.
"""

from dataclasses import dataclass, field

import numpy as np

from zirconkit.synthetic import powder_lines
from zirconkit.synthetic.powder_lines import CU, angle_of, metric_of, polarization

__all__ = [
    "Phase",
    "Truth",
    "aspect_of",
    "grow",
    "lines",
    "march_dollase",
    "mix",
    "profile",
    "recipe",
    "render",
    "width_of",
]

ALPHA2 = (1.544426 / CU, 0.5)  # wavelength against K-alpha1, and intensity
BETA = 1.392250 / CU
RADIUS = 173.0  # mm, of the goniometer
PLATES = 100  # nm: minerals whose crystallites are usually smaller are plates


@dataclass(frozen=True)
class Phase:
    """One mineral in a mixture: its structure, weight fraction, cell, crystallite size and microstrain, orientation.

    `march` is the March-Dollase ratio: 1 none, below 1 plates that lie flat on the plane `axis`. `scatter` holds a
    factor for each line, or is None. `aspect` says how many times wider than thick crystallites are.
    """

    structure: powder_lines.Structure
    weight: float = 1.0
    cell: tuple = None
    size_nm: float = 120.0
    strain: float = 0.0
    march: float = 1.0
    scatter: np.ndarray = None
    aspect: float = 1.0


@dataclass(frozen=True)
class Truth:
    """All that makes a pattern: phases, and what the instrument and the preparation add."""

    phases: tuple
    wavelength: float = CU
    zero: float = 0.0  # degrees 2 theta
    displacement_mm: float = 0.0
    width: float = 0.06  # degrees, of the instrument
    lorentz: float = 0.5  # share of the Lorentzian in the profile
    beta: float = 0.0  # K-beta against K-alpha1
    background: tuple = (0.0, 0.0, 0.0)  # of the strongest line: flat, towards small angles, a hump of amorphous matter
    counts: float = None  # in the strongest line; None for no noise
    seed: int = 0
    known: dict = field(default_factory=dict)


def aspect_of(structure):
    """How many times wider than thick crystallites of a mineral usually are: 3 for clays and their like, else 1."""
    return 3.0 if structure.size_nm < PLATES else 1.0


def march_dollase(ratio, cosine2):
    """The March-Dollase factor for planes whose angle to the preferred axis has this cosine, squared (Dollase 1986)."""
    return (ratio**2 * cosine2 + (1 - cosine2) / ratio) ** -1.5


def _cosine2(hkl, axis, metric):
    """cos² of the angles between planes and an axis."""
    axis = np.asarray(axis, float)
    dots = hkl @ metric @ axis
    lengths = np.einsum("ij,jk,ik->i", hkl, metric, hkl)
    own_length = axis @ metric @ axis
    return dots**2 / (lengths * own_length)


def lines(phase, wavelength=CU):
    """Where the lines of a phase lie and how strong they are: 2 theta in degrees, and intensity.

    The intensities are on the scale of `mix`: weight times reference intensity ratio for the strongest line of a powder
    without orientation, measured with Cu K-alpha.
    """
    structure = phase.structure
    metric = metric_of(phase.cell or structure.cell)
    d = np.einsum("ij,jk,ik->i", structure.hkl, metric, structure.hkl) ** -0.5
    angles = angle_of(d, wavelength)
    strength = structure.i * phase.weight * structure.rir
    if wavelength != CU:
        strength = strength * polarization(angles) / polarization(angle_of(structure.d))
    if phase.march != 1:
        strength = strength * march_dollase(phase.march, _cosine2(structure.hkl, structure.axis, metric))
    if phase.scatter is not None:
        strength = strength * phase.scatter
    seen = np.isfinite(angles)  # the lines come by falling d: the first so many
    return angles[seen], strength[seen]


def width_of(phase, two_theta, truth, cosine2=1.0):
    """Full width at half maximum, degrees 2 theta: instrument, Scherrer (K = 0.9) and microstrain, by their squares.

    `cosine2` is cos² of the angles between the planes and c*, along which plates are thin.
    """
    theta = np.radians(two_theta) / 2
    across = (1 - cosine2) / phase.aspect**2
    thick = phase.size_nm / np.sqrt(cosine2 + across)
    seen_length = 10 * thick * np.cos(theta)
    by_size = 0.9 * truth.wavelength / seen_length
    by_strain = 4 * phase.strain * np.tan(theta)
    size = np.degrees(by_size)
    strain = np.degrees(by_strain)
    squares = truth.width**2 + size**2 + strain**2
    return np.sqrt(squares)


def profile(offset, width, lorentz):
    """A pseudo-Voigt line of area 1 at these distances from its middle, in the units of the width (FWHM)."""
    squared = (offset / width) ** 2
    bell = np.exp(-4 * np.log(2) * squared)
    bell_of_area_1 = bell * np.sqrt(4 * np.log(2) / np.pi)
    cauchy = 2 / np.pi / (1 + 4 * squared)
    gauss_part = (1 - lorentz) * bell_of_area_1
    both = lorentz * cauchy + gauss_part
    return both / width


def render(phase, two_theta, truth):
    """One phase on angles 2 theta (n,), rising, no background and no noise: intensity per degree."""
    angles, strength = lines(phase, truth.wavelength)
    metric = metric_of(phase.cell or phase.structure.cell)
    thin = _cosine2(phase.structure.hkl[: len(angles)], (0, 0, 1), metric)
    widths = width_of(phase, angles, truth, thin)
    theta = np.radians(angles) / 2
    shift = truth.zero - np.degrees(2 * truth.displacement_mm / RADIUS * np.cos(theta))
    parts = [(1.0, 1.0), ALPHA2] + ([(BETA, truth.beta)] if truth.beta else [])
    middles = [2 * np.degrees(np.arcsin(np.minimum(np.sin(theta) * ratio, 1))) + shift for ratio, _ in parts]
    heights = np.concatenate([strength * share for _, share in parts])
    return _drawn(two_theta, np.concatenate(middles), np.tile(widths, len(parts)), heights, truth.lorentz)


def _drawn(two_theta, middles, widths, heights, lorentz):
    """Lines with these middles, widths and areas, each as far as it can be seen: array of shape (n,)."""
    step = (two_theta[-1] - two_theta[0]) / (len(two_theta) - 1)
    total = np.zeros(len(two_theta))
    narrow = widths < 0.35
    for some, reach in ((narrow, 4.0), (~narrow, 25.0)):  # degrees
        reach = int(np.ceil(reach / step))
        nearest = np.searchsorted(two_theta, middles[some])
        where = nearest[:, None] + np.arange(-reach, reach + 1)
        inside = (where >= 0) & (where < len(two_theta))
        where = np.clip(where, 0, len(two_theta) - 1)
        offset = two_theta[where] - middles[some, None]
        values = heights[some, None] * profile(offset, widths[some, None], lorentz)
        total += np.bincount(where.ravel(), (values * inside).ravel(), len(two_theta))
    return total


def mix(two_theta, truth):
    """A whole pattern: counts, or relative intensity where `truth.counts` is None. Array of shape (n,)."""
    clean = sum(render(phase, two_theta, truth) for phase in truth.phases)
    top = clean.max() or 1.0
    flat, steep, hump = truth.background
    middle = angle_of(3.8, truth.wavelength)
    ground = flat + steep * np.exp(-(two_theta - two_theta[0]) / 8)
    ground = ground + hump * np.exp(-(((two_theta - middle) / 7) ** 2))
    if truth.counts is None:
        return clean / top + ground
    rng = np.random.default_rng(truth.seed)
    return rng.poisson((clean / top + ground) * truth.counts).astype(float)


def recipe(structure, rng, weight=1.0):
    """A phase drawn at random: another cell, size, strain, orientation and scatter of its intensities."""
    cell = np.array(structure.cell)
    cell[:3] *= 1 + rng.normal(0, 0.0015) + rng.normal(0, 0.001, 3) * _free(structure.cell)
    if structure.size_nm < 10:  # swelling clays: as much water between the layers as the air has given them
        cell[2] *= np.exp(rng.normal(0, 0.05))
    size = structure.size_nm * np.exp(rng.normal(0, 0.5))
    aspect = np.exp(rng.uniform(0.5, 1.6)) if structure.size_nm < PLATES else 1.0
    strain = abs(rng.normal(0, 0.0008))
    march = np.exp(-abs(rng.normal(0, 0.45))) if rng.random() < 0.8 else np.exp(abs(rng.normal(0, 0.2)))
    scatter = np.exp(rng.normal(0, 0.4, len(structure.d)))
    return Phase(structure, weight, tuple(cell), size, strain, march, scatter, aspect)


def _free(cell):
    """Which axes of a cell may change by themselves: those that equal no other stay with it."""
    a, b, c = cell[:3]
    same = np.array([1.0, float(abs(a - b) > 1e-4), float(min(abs(c - a), abs(c - b)) > 1e-4)])
    return np.zeros(3) if same.sum() == 1 else same * [abs(a - b) > 1e-4, 1, 1]


def grow(two_theta, minerals, weights, seed, **instrument):
    """A pattern of a mixture with its truth: the array of counts, and the Truth that made it.

    Parameters
    ----------
    two_theta : array of shape (n,)
        Degrees, rising.
    minerals : sequence of str
        Names of `powder_lines.names`; of several structures of a mineral one is drawn.
    weights : sequence of float
        Weight fractions.
    seed : int
        Same seed, same pattern.
    **instrument
        Fields of `Truth` that are not to be drawn, such as zero=0.1 or counts=None.
    """
    rng = np.random.default_rng(seed)
    phases = []
    for mineral, weight in zip(minerals, weights):
        choice = [structure for structure in powder_lines.structures() if structure.mineral == mineral]
        if not choice:
            raise ValueError(f"{mineral} is not in the table: `zirconkit phases --list` prints what is")
        phases.append(recipe(choice[rng.integers(len(choice))], rng, weight))
    drawn = {
        "zero": rng.normal(0, 0.05),
        "displacement_mm": rng.normal(0, 0.05),
        "width": rng.uniform(0.05, 0.15),
        "lorentz": rng.uniform(0.2, 0.9),
        "beta": 0.01 * (rng.random() < 0.2),
        "background": (rng.uniform(0.005, 0.05), rng.uniform(0, 0.1), rng.uniform(0, 0.05)),
        "counts": np.exp(rng.uniform(np.log(1000), np.log(30000))),
        "seed": seed,
    }
    truth = Truth(tuple(phases), **(drawn | instrument))
    return mix(two_theta, truth), truth
