"""Which share of a sand is of each class: quantification, which is not counting.

A classifier that errs moves every share towards the middle: of a sand without a single porphyry grain it calls some of
them porphyry all the same. How often it errs is known from samples that it did not learn from (`Errors`), and can be
taken out again: from the counts (adjusted counts: Forman, 2008, 10.1007/s10618-008-0097-y) or from the probabilities
(EM prior shift: Saerens et al., 2002, 10.1162/089976602753284446). Both assume that within a class grains look as they
did in training: transport, another microscope or a class that nobody trained breaks them.
"""

from itertools import combinations
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats

__all__ = ["Errors", "adjusted_counts", "em_prior_shift", "errors", "fractions", "naive_counts"]

STEPS = {2: 400, 3: 60, 4: 24, 5: 14}  # of a side of the grid of shares, by the number of classes
FEWEST_STEPS = 8
LEVEL = 0.95


class Errors(NamedTuple):
    """What a classifier calls grains of known classes that it did not learn from.

    Attributes
    ----------
    rates : array, shape (classes, classes)
        Of the grains of each class (row) the share that is called each class (column).
    chance, between : arrays, shape (classes, classes, classes)
        Covariances of each row: from the few grains that are known; from samples that differ.
    freedom : array of int, shape (classes,)
        Degrees of freedom behind `between`: samples of the class less one.
    """

    rates: np.ndarray
    chance: np.ndarray
    between: np.ndarray
    freedom: np.ndarray


def errors(y, called, groups, n_classes):
    """The rates of error of a classifier, and how sure they are: `Errors`.

    Within a class the grains of a sample are alike, so the rates differ between samples by more than chance: that
    part is estimated by moments, and a new sand has its own share of it.

    Parameters
    ----------
    y, called : array of int, shape (n,)
        What the grains are and what they are called, by models that had not seen their sample.
    groups : array, shape (n,)
        The sample of each grain.
    n_classes : int

    Raises
    ------
    ValueError
        If a class has no grain.
    """
    y, called, groups = (np.asarray(each) for each in (y, called, groups))
    rates = np.zeros((n_classes, n_classes))
    chance = np.zeros((n_classes, n_classes, n_classes))
    between = np.zeros_like(chance)
    freedom = np.zeros(n_classes, int)
    for k in range(n_classes):
        own = y == k
        if not own.any():
            raise ValueError(f"class {k} has no grain: nobody knows how often it is taken for another")
        shown = np.eye(n_classes)[called[own]]
        rates[k] = (shown.sum(axis=0) + 0.5 / n_classes) / (own.sum() + 0.5)
        chance[k] = _multinomial(rates[k]) / own.sum()
        between[k] = _between(shown, groups[own])
        freedom[k] = len(np.unique(groups[own])) - 1
    return Errors(rates, chance, between, freedom)


def _multinomial(shares):
    """The covariance of one draw."""
    return np.diag(shares) - np.outer(shares, shares)


def _between(shown, groups):
    """How much the rates of a new sample differ from the mean of those that are known, beyond chance: covariance.

    The variance between the samples' own rates less what chance alone makes of so few grains, by moments; never
    negative. A mean of m samples is off by a mth of it, so a new one by (1 + 1/m).
    """
    names = np.unique(groups)
    m = len(names)
    if m < 2:
        return np.zeros((shown.shape[1],) * 2)
    means = np.array([shown[groups == name].mean(axis=0) for name in names])
    sizes = np.array([np.sum(groups == name) for name in names])
    spread = np.cov(means.T)
    by_chance = _multinomial(shown.mean(axis=0)) * np.mean(1 / sizes)
    values, vectors = np.linalg.eigh(np.atleast_2d(spread) - by_chance)
    positive = (vectors * values.clip(0)) @ vectors.T
    return positive * (1 + 1 / m)


def naive_counts(called, n_classes):
    """The share that is called each class, which is not the share that is of it: array, shape (classes,)."""
    counts = np.bincount(called, minlength=n_classes)
    return counts / max(counts.sum(), 1)


def adjusted_counts(called, rates):
    """Shares of the classes that make what was called most likely, given the rates of error: array, shape (classes,).

    Where no share falls below 0 they solve `counts = rates.T @ shares`, as adjusted counts do; else they are the
    most likely ones on the edge. By EM, which stays inside.

    Parameters
    ----------
    called : array of int, shape (n,)
    rates : array, shape (classes, classes)
        As `Errors` has them.
    """
    counts = naive_counts(called, len(rates))
    shares = np.full(len(rates), 1 / len(rates))
    for _ in range(2000):
        parts = shares[:, None] * rates
        belongs = parts / parts.sum(axis=0).clip(1e-12)
        new = belongs @ counts
        moved = np.abs(new - shares).max()
        shares = new
        if moved < 1e-7:
            break
    return shares / shares.sum()


def em_prior_shift(probability, prior=None, steps=500):
    """Shares of the classes by what a classifier holds probable, corrected for the shares that it expects.

    Parameters
    ----------
    probability : array, shape (n, classes)
        Of each grain, as the classifier says.
    prior : array, shape (classes,), optional
        The shares in its training; equal ones, where classes were given equal weight.

    Returns
    -------
    array, shape (classes,)
    """
    probability = np.asarray(probability, float)
    n_classes = probability.shape[1]
    prior = np.full(n_classes, 1 / n_classes) if prior is None else np.asarray(prior, float)
    shares = prior.copy()
    for _ in range(steps):
        weighed = probability * (shares / prior)
        posterior = weighed / weighed.sum(axis=1, keepdims=True).clip(1e-12)
        new = posterior.mean(axis=0)
        moved = np.abs(new - shares).max()
        shares = new
        if moved < 1e-7:
            break
    return shares


def fractions(called, known, names):
    """The share of each class in a sand, with its 95 % interval.

    The interval holds every share for which what was called is no surprise: a grid of all shares is tried, each with
    its own variance (few grains in the sand, few known grains, samples that differ), and one share at a time is
    profiled over the others.

    Parameters
    ----------
    called : array of int, shape (n,)
        What each grain of the sand is called.
    known : Errors
    names : sequence of str

    Returns
    -------
    DataFrame
        class, fraction, low, high; a row a class. NaN without grains; low and high are 0 and 1 where the classifier
        cannot tell the classes apart.
    """
    n_classes = len(names)
    if len(called) == 0:
        return pd.DataFrame({"class": names, "fraction": np.nan, "low": np.nan, "high": np.nan})
    best = adjusted_counts(called, known.rates)
    shares = np.vstack([_grid(n_classes), best])
    misfit = _misfit(shares, naive_counts(called, n_classes), len(called), known)
    fits = misfit - misfit.min() <= _limit(best, len(called), known)
    step = 0.5 / _steps(n_classes)
    low = (shares[fits].min(axis=0) - step).clip(0)
    high = (shares[fits].max(axis=0) + step).clip(max=1)
    return pd.DataFrame(
        {"class": names, "fraction": best, "low": np.minimum(low, best), "high": np.maximum(high, best)}
    )


def _limit(shares, n, known):
    """How much worse than the best a share may fit: the square of Student's t.

    Its degrees of freedom are those of the samples of each class, and more the less of the variance comes from samples
    that differ (Welch, 1947).
    """
    expected = shares @ known.rates
    of_samples = shares**2 * known.between.trace(axis1=1, axis2=2)
    of_chance = shares**2 @ known.chance.trace(axis1=1, axis2=2) + np.trace(_multinomial(expected)) / n
    unsure = np.sum(of_samples**2 / np.maximum(known.freedom, 1))
    freedom = (of_samples.sum() + of_chance) ** 2 / max(unsure, 1e-12)
    return stats.t.ppf((1 + LEVEL) / 2, freedom) ** 2


def _steps(n_classes):
    return STEPS.get(n_classes, FEWEST_STEPS)


def _grid(n_classes):
    """Shares that add up to 1, on a regular grid: array, shape (m, classes)."""
    n = _steps(n_classes)
    bars = np.array(list(combinations(range(n + n_classes - 1), n_classes - 1)))
    walls = np.hstack([np.full((len(bars), 1), -1), bars, np.full((len(bars), 1), n + n_classes - 1)])
    return (np.diff(walls, axis=1) - 1) / n


def _misfit(shares, counts, n, known):
    """How surprising what was called would be, for each row of shares: squared distance in standard deviations.

    Twice the negative logarithm of a normal likelihood, whose variance is that of the row's own shares.
    """
    expected = shares @ known.rates
    spread = np.einsum("mk,kij->mij", shares**2, known.chance + known.between)
    chance = np.einsum("mi,ij->mij", expected, np.eye(expected.shape[1])) - np.einsum("mi,mj->mij", expected, expected)
    covariance = (spread + chance / n)[:, :-1, :-1]  # the last count is what the others leave
    covariance += 1e-9 * np.eye(covariance.shape[-1])
    off = (counts - expected)[:, :-1]
    distance = np.einsum("mi,mi->m", off, np.linalg.solve(covariance, off[..., None])[..., 0])
    _, volume = np.linalg.slogdet(covariance)
    return distance + volume
