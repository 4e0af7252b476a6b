"""What is learned from and what is kept aside.

A grain's mount fixes its class, its exposure and its neighbours: only `test_split` is fair to a new sample.
"""

import numpy as np
from sklearn.model_selection import train_test_split

from zirconkit import samples

__all__ = ["published_split", "stratified_split", "test_split"]


def stratified_split(grains, share=0.2, seed=0):
    """Set a share of the grains of each class aside at random; returns the rest and the ones aside, both Grains."""
    rest, aside = train_test_split(np.arange(len(grains)), test_size=share, random_state=seed, stratify=grains.y)
    return grains[rest], grains[aside]


def test_split(grains, test_samples=samples.TEST):
    """Hold whole samples out, by default the paper's QVC055 and QVC075; returns train and test, both Grains.

    A test sample without grains here raises a ValueError, as does a test that leaves nothing to train on.
    """
    missing = sorted(set(test_samples) - set(grains.table["sample"]))
    if missing:
        raise ValueError(f"no grains of the test sample {', '.join(missing)} are here")
    held_out = grains.table["sample"].isin(test_samples).to_numpy()
    if held_out.all():
        raise ValueError("every grain belongs to a test sample: nothing is left to train on")
    return grains[~held_out], grains[held_out]


def published_split(grains, n=678):
    """Hold the paper's test samples out, as far as they are here, and draw as many grains as it had to learn from.

    None is held out where the others have not both classes. The draw is always the same and keeps the share of each
    class; it takes all, if there are no more than n. Returns learning (to train and to validate on) and test, both
    Grains; test may be of one class, or empty.
    """
    others = grains.table[~grains.table["sample"].isin(samples.TEST)]
    here = set(samples.TEST) & set(grains.table["sample"]) if others["label"].nunique() == 2 else ()
    learning, test = test_split(grains, here)
    if n < len(learning):
        rows, _ = train_test_split(np.arange(len(learning)), train_size=n, random_state=0, stratify=learning.y)
        learning = learning[np.sort(rows)]
    return learning, test
