"""Sticks on a pattern: how well the lines of one mineral lie on its peaks when a person has moved them there."""

from typing import NamedTuple

import numpy as np

from zirconkit.diffraction.cells import peaks
from zirconkit.diffraction.drawing import sticks

__all__ = ["ON_PEAK", "Laid", "laid", "moved"]

ON_PEAK = 0.12  # degrees: so near a peak a stick lies on it
LEAST = 4.0  # of 100: fainter sticks are not counted


class Laid(NamedTuple):
    """Sticks laid on a pattern: the share of their strength that lies on peaks, of the peaks' height that has a stick.

    `score` is the harmonic mean of both: 1 where every strong stick has its peak and every peak its stick.
    """

    angles: np.ndarray
    strength: np.ndarray
    hits: np.ndarray
    on_peaks: float
    explained: float
    score: float


def moved(mineral, zero=0.0, stretch=1.0):
    """The sticks of a mineral after a zero shift, degrees, and with all lengths of the cell times `stretch`."""
    angles, strength = sticks(mineral)
    sine = np.sin(np.radians(angles) / 2) / stretch
    return 2 * np.degrees(np.arcsin(np.minimum(sine, 1))) + zero, strength


def laid(two_theta, counts, mineral, zero=0.0, stretch=1.0):
    """How well the sticks of a mineral lie on a pattern: a Laid. Strengths and heights count by their square roots."""
    found = peaks(two_theta, counts, 0.03)
    angles, strength = moved(mineral, zero, stretch)
    seen = (strength >= LEAST) & (angles > two_theta[0]) & (angles < two_theta[-1])
    angles, strength = angles[seen], strength[seen]
    if not len(found.two_theta) or not len(angles):
        return Laid(angles, strength, np.zeros(len(angles), bool), 0.0, 0.0, 0.0)
    apart = np.abs(angles[:, None] - found.two_theta)
    hits = apart.min(axis=1) < ON_PEAK
    has = apart.min(axis=0) < ON_PEAK
    on_peaks = float(np.sqrt(strength)[hits].sum() / np.sqrt(strength).sum())
    explained = float(np.sqrt(found.height)[has].sum() / np.sqrt(found.height).sum())
    score = 2 * on_peaks * explained / max(on_peaks + explained, 1e-9)
    return Laid(angles, strength, hits, on_peaks, explained, score)
