"""What is learned from and what is kept aside.

A grain's mount fixes its class, its exposure and its neighbours: only `test_split` on whole mounts is fair to a new
sample.
"""

import warnings

import numpy as np
from sklearn.model_selection import train_test_split

from zirconkit import samples
from zirconkit.messages import ZirconkitWarning

__all__ = ["held_out", "published_split", "stratified_split", "subset", "test_split"]

N_PUBLISHED = 678  # grains that the paper had to learn from and to validate on
FEW = 5  # grains of a class to learn from: of fewer no fifth can be set aside once more


def stratified_split(grains, share=0.2, seed=0):
    """Set a share of the grains of each class aside at random; returns the rest and the ones aside, both Grains."""
    rows = np.arange(len(grains))
    rest, aside = train_test_split(rows, test_size=share, random_state=seed, stratify=grains.y)
    return grains[rest], grains[aside]


def test_split(grains, share=0.2, seed=0):
    """Hold the test out: whole mounts, where the sample sheet or the paper names them; else a random share.

    Parameters
    ----------
    grains : Grains
        The test are the samples whose `role` is "test"; where none is, the paper's QVC055 and QVC075.
    share, seed : float, int
        Of the random share, as in `stratified_split`. It is taken where no test sample is here, and, with a warning,
        where the test samples are of one class, or without them fewer than five grains of a class are left to learn.

    Returns
    -------
    learning, test : Grains
    """
    held_out = _test_rows(grains.table)
    if not held_out.any():
        return stratified_split(grains, share, seed)
    learning, test = grains[~held_out], grains[held_out]
    fewest = min(np.sum(learning.y == k) for k in set(grains.y))
    if fewest >= FEW and len(set(test.y)) > 1:
        return learning, test
    names = ", ".join(sorted(test.table["sample"].unique()))
    lacks = "too few grains of a class to learn from"
    if not fewest or len(set(test.y)) < 2:
        lacks = "one side without a class"
    words = f"holding out {names} would leave {lacks}: the test is a random share of all grains"
    warnings.warn(words, ZirconkitWarning, stacklevel=2)
    return stratified_split(grains, share, seed)


def held_out(learning, test):
    """What a test holds, in words: "QVC055 and QVC075", or "a random share", if grains of its mounts are learned."""
    names = sorted(set(test.table["sample"]))
    if set(names) & set(learning.table["sample"]):
        return "a random share"
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _test_rows(table):
    """Which rows of a table belong to test samples: array of bool, shape (n,)."""
    held_out = table["sample"].isin(samples.TEST)
    if "role" in table and table["role"].eq("test").any():
        held_out = table["role"].eq("test")
    return held_out.to_numpy()


def subset(grains, n, seed=0):
    """n of the grains, drawn at random with each class's share as it is, in their order; all, if there are no more."""
    if n >= len(grains):
        return grains
    rows = np.arange(len(grains))
    drawn, _ = train_test_split(rows, train_size=n, random_state=seed, stratify=grains.y)
    return grains[np.sort(drawn)]


def published_split(grains, n=N_PUBLISHED):
    """Hold the test out as `test_split` does, and draw as many of the others as the paper had; the same at every call.

    Returns
    -------
    learning, test : Grains
        To train and to validate on; to score.
    """
    learning, test = test_split(grains)
    return subset(learning, n), test
