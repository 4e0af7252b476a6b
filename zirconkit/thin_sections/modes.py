"""Modal composition: what share of a field each phase covers, and how sure that is."""

import numpy as np
import pandas as pd

from zirconkit.synthetic.sandstones import PHASES

__all__ = ["modes", "qfl", "shares"]

TILES = 4, 5  # rows and columns of patches that are drawn anew
DRAWS = 1000


def shares(phases):
    """Area per cent of each phase in a map of their numbers: array, one value for each of `PHASES`."""
    counts = np.bincount(np.ravel(phases), minlength=len(PHASES))
    return 100 * counts / counts.sum()


def modes(phases, errors=None, seed=0):
    """Area per cent of each phase, with a 95 % interval for the rock that the field was taken from.

    Two things make it unsure. Another field of the same rock would hold other grains: patches of the field are drawn
    anew, with replacement (a block bootstrap, as neighbouring pixels are of one grain). And whoever named the pixels
    errs: one of the `errors` made on other fields is added, with either sign.

    Parameters
    ----------
    phases : array of int, shape (height, width)
        Numbers in `PHASES`.
    errors : array, shape (n, phases), optional
        Area per cent found less area per cent true, of n fields that a network had not learned from.
    seed : int

    Returns
    -------
    DataFrame
        Columns phase, number, area_percent, low, high; a row for each of `PHASES`.
    """
    rng = np.random.default_rng(seed)
    counts = _patches(np.asarray(phases))
    picked = rng.integers(len(counts), size=(DRAWS, len(counts)))
    drawn = counts[picked].sum(axis=1)
    percent = 100 * drawn / drawn.sum(axis=1, keepdims=True)
    if errors is not None and len(errors):
        made = np.asarray(errors)[rng.integers(len(errors), size=DRAWS)]
        signs = rng.choice([-1, 1], (DRAWS, 1))
        percent = percent + made * signs
    low, high = np.percentile(percent, [2.5, 97.5], axis=0).clip(0, 100)
    value = shares(phases)
    table = {"phase": PHASES, "number": range(len(PHASES)), "area_percent": value}
    return pd.DataFrame({**table, "low": np.minimum(low, value), "high": np.maximum(high, value)})


def _patches(phases):
    """Pixels of each phase in each patch of a field: array, shape (patches, phases)."""
    counts = []
    for band in np.array_split(phases, TILES[0]):
        for patch in np.array_split(band, TILES[1], axis=1):
            counts.append(np.bincount(patch.ravel(), minlength=len(PHASES)))
    return np.array(counts)


def qfl(percent):
    """Quartz, feldspar and lithic fragments of 100: three numbers, NaN where there is no grain at all.

    Parameters
    ----------
    percent : sequence
        Area per cent of each of `PHASES`. Potassium feldspar and plagioclase count as feldspar; what lies between the
        grains counts as nothing.
    """
    _, feldspar, lithic, plagioclase, quartz = percent
    parts = np.array([quartz, feldspar + plagioclase, lithic], float)
    total = parts.sum()
    return 100 * parts / total if total else np.full(3, np.nan)
