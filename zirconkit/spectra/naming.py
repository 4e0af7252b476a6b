"""Which mineral a composition is: how near it lies to compositions that each mineral may have.

Of each mineral of `data/minerals.csv` compositions are drawn; a measured one is compared with all of them, near ones
count more (a kernel density for each mineral; with one prior for all, Bayes' rule). What lies far from all of them is
*unknown*. How wide the kernel is, how much oxygen counts and where the unknown begins was chosen on grown spectra
(`benchmarks/spectra.py`), which also has the rivals: a softmax network, a logistic regression, the nearest ideal
composition and the nearest ideal spectrum.
"""

from functools import cache

import numpy as np
import pandas as pd
from scipy.special import logsumexp

from zirconkit.spectra.fitting import FAMILIES
from zirconkit.synthetic import minerals
from zirconkit.synthetic.xrays import ELEMENTS, elements

__all__ = ["UNKNOWN", "classes", "features", "library", "log_densities", "name"]

UNKNOWN = "unknown"
DRAWN = 60  # compositions of each mineral
WIDTH = 0.035  # of the kernel, in square roots of atomic shares
OXYGEN = 0.2  # by how much less oxygen counts: what a detector makes of its soft line is known least
FAR = 0.55  # a composition so far from a mineral is unknown rather than that mineral
SOUGHT = sorted({element for element, _ in FAMILIES} - {"O"})
_CATIONS = [ELEMENTS.index(element) for element in SOUGHT]
_OXYGEN = ELEMENTS.index("O")


def classes():
    """The names of the minerals, and last `UNKNOWN`: list of str."""
    return [*minerals.minerals().index, UNKNOWN]


def features(weights):
    """What minerals are told apart by: array of shape (n, features).

    Square roots of the atomic shares of all that is sought but oxygen, and oxygen's share of all atoms times `OXYGEN`.

    Parameters
    ----------
    weights : array, shape (n, elements)
        Mass fractions in the order of `synthetic.xrays.ELEMENTS`.
    """
    atoms = np.atleast_2d(weights) / elements()["weight"].to_numpy()
    others = atoms[:, _CATIONS]
    total = others.sum(axis=1, keepdims=True) + 1e-12
    oxygen = atoms[:, [_OXYGEN]]
    return np.concatenate([np.sqrt(others / total), OXYGEN * oxygen / (oxygen + total)], axis=1)


@cache
def library():
    """Features of compositions that each mineral may have: array of shape (minerals, `DRAWN`, features)."""
    rng = np.random.default_rng(5)
    names = minerals.minerals().index
    drawn = [minerals.draw(mineral, DRAWN, rng) for mineral in names]
    weights = [minerals.as_weights(atoms) for atoms in drawn]
    return np.array([features(each) for each in weights])


def log_densities(found):
    """How densely each mineral's compositions lie around features: logarithms, array (n, minerals)."""
    rows = []
    for row in found:
        squares = ((library() - row) ** 2).sum(axis=2)
        rows.append(logsumexp(-squares / (2 * WIDTH**2), axis=1) - np.log(DRAWN))
    return np.array(rows)


def name(weights):
    """Name minerals by their compositions: DataFrame, a column for each of `classes`, rows sum to 1.

    `weights` are mass fractions, array (n, elements).
    """
    known = log_densities(features(weights))
    unknown = np.full((len(known), 1), -(FAR**2) / (2 * WIDTH**2))
    logits = np.concatenate([known, unknown], axis=1)
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return pd.DataFrame(odds / odds.sum(axis=1, keepdims=True), columns=classes())
