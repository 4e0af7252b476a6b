"""Is what comes in still what it was? Distances to a reference, and charts with a set rate of false alarms.

A batch is the grains of one image or delivery. Two batches of one source differ by more than chance, since grains of
one mount are alike; so a new batch is held against how much the batches of the reference differ among themselves, and
never against grains as if each were a draw of its own.
"""

from typing import NamedTuple

import numpy as np
from scipy.spatial.distance import cdist

__all__ = ["Chart", "calibrated", "ks_distance", "mmd", "run_chart"]

SLACK = 0.25  # standard deviations: half of the smallest shift that is to be found
HEAD = 0.68  # of the limit, with which the first sums start: drift from the beginning is found soon
CHAINS, SETTLING, LENGTH = 1000, 600, 1200  # of the simulation: charts, batches before and while alarms are counted


def ks_distance(a, b):
    """The largest difference of two cumulative distributions (Kolmogorov–Smirnov), 0 to 1; NaN where one is empty."""
    a, b = (np.sort(np.asarray(each, float)[np.isfinite(each)]) for each in (a, b))
    if not len(a) or not len(b):
        return np.nan
    every = np.concatenate([a, b])
    below = [np.searchsorted(each, every, side="right") / len(each) for each in (a, b)]
    return float(np.abs(below[0] - below[1]).max())


def mmd(a, b, width=None):
    """The maximum mean discrepancy of two clouds of points under a Gaussian kernel (Gretton et al., 2012).

    Parameters
    ----------
    a, b : arrays, shapes (n, features) and (m, features)
        Standardized.
    width : float, optional
        Of the kernel; by default the median distance among all points.

    Returns
    -------
    float
        The square of it, unbiased: about 0, now and then below, where both are from one source. NaN of fewer than two.
    """
    if min(len(a), len(b)) < 2:
        return np.nan
    within_a, within_b, across = cdist(a, a, "sqeuclidean"), cdist(b, b, "sqeuclidean"), cdist(a, b, "sqeuclidean")
    if width is None:
        width = max(np.sqrt(np.median(across)), 1e-9)
    alike = [np.exp(-each / (2 * width**2)) for each in (within_a, within_b, across)]
    n, m = len(a), len(b)
    mean_a = (alike[0].sum() - n) / (n * (n - 1))
    mean_b = (alike[1].sum() - m) / (m * (m - 1))
    return float(mean_a + mean_b - 2 * alike[2].mean())


class Chart(NamedTuple):
    """Two-sided cumulative sums (CUSUM; Page, 1954) of several numbers at once, with a set rate of false alarms.

    Attributes
    ----------
    middle, spread : arrays, shape (numbers,)
        Mean and standard deviation over undrifted batches.
    limit : float
        In standard deviations; a sum above it is an alarm, after which all sums start anew, at 0.
    rate : float
        Alarms for each undrifted batch.
    head : float
        Share of the limit with which the first sums start.
    falls : array of bool, shape (numbers,)
        Whether a fall of a number is a drift, too; of a distance it is none.
    """

    middle: np.ndarray
    spread: np.ndarray
    limit: float
    rate: float
    head: float
    falls: np.ndarray | bool = True


def calibrated(undrifted, rate, head=HEAD, seed=0, falls=True):
    """A chart that sounds an alarm at a set rate among batches like those given: a `Chart`.

    The limit is found by simulation: undrifted batches are drawn again and again, with all their numbers together, so
    that the rate holds for the chart as a whole, whatever the numbers' distributions and however they hang together.

    Parameters
    ----------
    undrifted : array of float, shape (batches, numbers)
        Many, such as a few thousand resampled ones.
    rate : float
        Between 0 and 0.5.
    head : float
        Share of the limit with which the first sums start (Lucas and Crosier, 1982): the more, the sooner a drift is
        found that was there from the beginning, and the more false alarms come early. The rate is that of the long run.
    seed : int
    falls : array of bool, shape (numbers,), or bool
        As `Chart` has it.
    """
    if not 0 < rate < 0.5:
        raise ValueError(f"a rate of false alarms lies between 0 and 0.5, not at {rate}")
    undrifted = np.asarray(undrifted, float)
    middle, spread = undrifted.mean(axis=0), undrifted.std(axis=0)
    spread = np.where(spread > 1e-12, spread, np.inf)  # what never changes never counts
    standard = (undrifted - middle) / spread
    low, high = 0.5, 60.0
    for _ in range(15):
        limit = (low + high) / 2
        low, high = (limit, high) if _alarms(standard, limit, seed, falls) > rate else (low, limit)
    return Chart(middle, spread, float((low + high) / 2), rate, head, falls)


def _alarms(standard, limit, seed, falls):
    """How many alarms for each batch many charts sound that run side by side on drawn batches."""
    rng = np.random.default_rng(seed)
    up = np.zeros((CHAINS, standard.shape[1]))
    down = up.copy()
    count = 0
    for step in range(SETTLING + LENGTH):
        now = standard[rng.integers(len(standard), size=CHAINS)]
        up = np.maximum(up + now - SLACK, 0)
        down = np.where(falls, np.maximum(down - now - SLACK, 0), 0)
        alarm = (np.maximum(up, down) > limit).any(axis=1)
        count += alarm.sum() if step >= SETTLING else 0
        up[alarm] = down[alarm] = 0
    return count / (CHAINS * LENGTH)


def run_chart(values, known):
    """Where a chart sounds an alarm.

    Parameters
    ----------
    values : array of float, shape (batches, numbers)
        Of new batches, in the order of time.
    known : Chart

    Returns
    -------
    sums : array of float, shape (batches, numbers)
        The larger of the two sums of each number, before it starts anew.
    alarm : array of bool, shape (batches,)
    """
    standard = (np.asarray(values, float) - known.middle) / known.spread
    start = np.full(standard.shape[1], known.head * known.limit)
    up, down = start, start
    sums, alarm = np.empty_like(standard), np.zeros(len(standard), bool)
    for number, now in enumerate(standard):
        up = np.maximum(up + now - SLACK, 0)
        down = np.where(known.falls, np.maximum(down - now - SLACK, 0), 0)
        sums[number] = np.maximum(up, down)
        alarm[number] = (sums[number] > known.limit).any()
        if alarm[number]:
            up, down = np.zeros_like(start), np.zeros_like(start)
    return sums, alarm
