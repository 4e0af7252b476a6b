"""Search and match: which clean pattern of the table is most like the measured one. The method that must be beaten."""

from functools import cache

import numpy as np

from zirconkit.diffraction.preparing import GRID, comparable
from zirconkit.synthetic import powder_lines
from zirconkit.synthetic.patterns import Phase, Truth, aspect_of, render

__all__ = ["SHIFTS", "cosines", "search", "templates"]

SHIFTS = np.arange(-8, 9)  # steps of the grid: 0.32 degrees to either side
KINDS = ((1.0, 1.0), (0.3, 1.0), (1.0, 0.6))  # crystallite size against the usual, March-Dollase ratio


@cache
def templates():
    """Clean patterns of all structures, by size and orientation: (structures, kinds, grid), each as `comparable`."""
    truth = Truth((), width=0.12)
    rows = []
    for structure in powder_lines.structures():
        for size, march in KINDS:
            phase = Phase(structure, size_nm=structure.size_nm * size, march=march, aspect=aspect_of(structure))
            rows.append(render(phase, GRID, truth))
    shown = comparable(np.array(rows))
    by_kind = shown.reshape(len(powder_lines.structures()), len(KINDS), -1)
    return by_kind.astype(np.float32)


def cosines(prepared):
    """The cosine of a prepared pattern with each mineral, the best over structures, sizes, orientations and shifts.

    Returns
    -------
    array of shape (minerals,)
        In the order of `powder_lines.names`.
    """
    clean = templates()
    if not prepared.any():
        return np.zeros(len(powder_lines.names()))
    first, last = np.flatnonzero(prepared)[[0, -1]]
    flat = clean.reshape(-1, len(GRID))
    shifted = np.array([np.roll(prepared, shift) for shift in SHIFTS], np.float32)
    lengths = np.linalg.norm(flat[:, first : last + 1], axis=1)
    found = (flat @ shifted.T).max(axis=1) / np.maximum(lengths, 0.3)
    by_structure = found.reshape(len(clean), -1).max(axis=1)
    return best_of_minerals(by_structure)


def best_of_minerals(values):
    """The largest value among the structures of each mineral: array in the order of `powder_lines.names`."""
    place = {name: k for k, name in enumerate(powder_lines.names())}
    names = [structure.mineral for structure in powder_lines.structures()]
    where = [place[name] for name in names]
    best = np.full(len(place), -np.inf)
    np.maximum.at(best, where, values)
    return best


def search(prepared, count=3):
    """The minerals most like a prepared pattern, best first: list of (name, cosine)."""
    found = cosines(prepared)
    names = powder_lines.names()
    best = []
    for place in np.argsort(-found)[:count]:
        best.append((names[place], float(found[place])))
    return best
