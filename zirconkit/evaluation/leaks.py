"""Splits that leak: which grains stand on which side, which mounts are shared, and a coin for each mount that tells.

The scorer is the cheapest there is: a grain is scored by the share of class 1 among the 15 grains most like it that
are learned from. Which these are does not depend on the labels, so many labels are tried at once.

The coin test: each mount is called heads or tails by a coin. Nothing in a grain knows how it fell, so the true score is
0.5; whatever is above that comes from having met the mount.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.stats import rankdata

__all__ = [
    "CHOICES", "PARTS", "Split", "coin_scores", "counted", "judged_split", "nearest", "neighbour_auc", "parts_of",
    "shared_mounts", "three_splits",
]  # fmt: skip

PARTS = ("train", "validation", "test")
CHOICES = (*PARTS, "dealt")
SHARES = (0.6, 0.2, 0.2)  # of a mount that is dealt out, in the order of PARTS
NEIGHBOURS = 15
COINS = 40  # tosses of a split
SURE = 100  # where a verdict hangs on them
EASY = 0.8  # the score of the classes of one that does not leak, or more
HEAVY = 0.62  # the coin score of the one of `three_splits` that leaks, or more
TRIES = 40  # at most, of each


def parts_of(sample, plan, seed=0):
    """The part that each grain goes to: array of str, shape (n,).

    Parameters
    ----------
    sample : array of str, shape (n,)
        The mount of each grain.
    plan : dict of str to str
        For each mount one of `CHOICES`: its grains go there as a whole, or are dealt out at random, 60 to 20 to 20.
    seed : int

    Raises
    ------
    ValueError
        If a mount is missing, or is none of these, or goes nowhere that there is.
    """
    _check_plan(sample, plan)
    parts = np.array([plan[name] for name in sample], dtype="<U10")
    dealt = np.flatnonzero(parts == "dealt")
    rng = np.random.default_rng(seed)
    parts[dealt] = rng.choice(PARTS, len(dealt), p=SHARES)
    return parts


def _check_plan(sample, plan):
    """ValueError, in one sentence, if a plan does not fit the mounts."""
    wanted = f"each mount needs one of {', '.join(CHOICES)}"
    if not isinstance(plan, dict):
        raise ValueError(f"a plan is a dict from mounts to parts, such as {{'{sample[0]}': 'train'}}")
    known = set(sample)
    missing = sorted(known - set(plan))
    strange = sorted(str(name) for name in set(plan) - known)
    odd = sorted(str(name) for name in known & set(plan) if plan[name] not in CHOICES)
    if missing:
        raise ValueError(f"the plan has no part for {', '.join(missing)}: {wanted}")
    if strange:
        raise ValueError(f"there is no mount {', '.join(strange)} here")
    if odd:
        raise ValueError(f"{odd[0]} goes to {plan[odd[0]]!r}: {wanted}")


def shared_mounts(sample, parts):
    """The mounts whose grains stand in more than one part, sorted: list of str."""
    table = pd.DataFrame({"sample": sample, "part": parts})
    n_parts = table.groupby("sample")["part"].nunique()
    shared = n_parts.index[n_parts > 1]
    return sorted(shared)


def nearest(x, learns, asked, k=NEIGHBOURS):
    """The grains most like each asked one, among those that are learned from.

    Parameters
    ----------
    x : array of float, shape (n, features)
        Each feature counts by its standard deviation over the grains that are learned from.
    learns, asked : array of bool, shape (n,)
    k : int
        At most; all, if fewer are learned from.

    Returns
    -------
    array of int, shape (asked, k)
        Their rows in `x`.
    """
    rows = np.flatnonzero(learns)
    mean, spread = x[learns].mean(axis=0), x[learns].std(axis=0)
    spread[spread == 0] = 1
    scaled = (x - mean) / spread
    ours, theirs = scaled[asked], scaled[learns]
    our_squares = np.sum(ours**2, axis=1)[:, None]
    their_squares = np.sum(theirs**2, axis=1)
    distance = our_squares + their_squares - 2 * ours @ theirs.T
    k = min(k, len(rows))
    order = np.argpartition(distance, k - 1, axis=1)
    return rows[order[:, :k]]


def neighbour_auc(y, near, asked):
    """ROC-AUC of the asked grains, each scored by the mean label of its neighbours.

    Parameters
    ----------
    y : array of 0 and 1, shape (n,) or (labellings, n)
    near : array of int, shape (asked, k)
        As `nearest` gives it.
    asked : array of bool, shape (n,)

    Returns
    -------
    float, or array of float, shape (labellings,)
        NaN where the asked grains are of one class.
    """
    y = np.asarray(y)
    share = y[..., near].mean(axis=-1)
    ranks, truth = rankdata(share, axis=-1), y[..., asked]
    ones = truth.sum(axis=-1)
    zeros = truth.shape[-1] - ones
    above = np.sum(ranks * truth, axis=-1) - ones * (ones + 1) / 2
    pairs = np.maximum(ones * zeros, 1)
    return np.where(ones * zeros > 0, above / pairs, np.nan)[()]


def coin_scores(x, sample, learns, asked, n_tosses=COINS, seed=0):
    """The coin test of a split: ROC-AUC for labels that a coin gave to whole mounts. What does not leak has 0.5.

    A toss calls half of the mounts heads. Where mounts are asked about of which nothing is learned, each toss counts
    twice, the second time with heads and tails swapped for these: what luck gives once it takes the other time, and a
    split without a leak has a mean of exactly 0.5, by construction.

    Returns
    -------
    array of float, shape (n_tosses,) or less
        Tosses are left out that give one side, or what is learned from, a single label; empty where none is left.
    """
    names, mount = np.unique(sample, return_inverse=True)
    if not (learns.any() and asked.any()) or len(names) < 2:
        return np.array([])
    unlearned = np.isin(np.arange(len(names)), mount[asked]) & ~np.isin(np.arange(len(names)), mount[learns])
    n_drawn = n_tosses // 2 if unlearned.any() else n_tosses
    rng = np.random.default_rng(seed)
    order = rng.permuted(np.tile(np.arange(len(names)), (n_drawn, 1)), axis=1)
    once = order < len(names) // 2
    drawn = np.concatenate([once, once ^ unlearned]) if unlearned.any() else once
    coin = drawn.astype(int)[:, mount]
    two_sided = np.ptp(coin[:, learns], axis=1) * np.ptp(coin[:, asked], axis=1) > 0
    if not two_sided.any():
        return np.array([])
    return neighbour_auc(coin[two_sided], nearest(x, learns, asked), asked)


class Split(NamedTuple):
    """What a split is worth.

    `parts` is an array of str, shape (n,), as `parts_of` gives it; `shared` the mounts in more than one part; `table` a
    DataFrame with one row for each part: grains, the grains of either class, score (ROC-AUC of the classes), coin (mean
    of the coin scores) and coin_sd. Nothing is learned from validation and test; what cannot be had is NaN.
    """

    parts: np.ndarray
    shared: list
    table: pd.DataFrame


def judged_split(grains, x, plan, seed=0):
    """A plan for the mounts carried out, counted and scored: a `Split`.

    Parameters
    ----------
    grains : Grains
        Of two classes.
    x : array of float, shape (n, features)
        What a grain is compared by.
    plan : dict of str to str
        As in `parts_of`, which says what is wrong with one.
    seed : int
    """
    sample = grains.table["sample"].to_numpy()
    parts = parts_of(sample, plan, seed)
    table = counted(grains, parts)
    learns = parts == "train"
    for part in PARTS[1:]:
        asked = parts == part
        if not (learns.any() and asked.any()):
            continue
        table.loc[part, "score"] = neighbour_auc(grains.y, nearest(x, learns, asked), asked)
        coins = coin_scores(x, sample, learns, asked, seed=seed)
        if len(coins):
            table.loc[part, ["coin", "coin_sd"]] = coins.mean(), coins.std()
    return Split(parts, shared_mounts(sample, parts), table)


def counted(grains, parts):
    """How many grains of each class a part has: DataFrame with the columns of `Split.table`, the scores still NaN."""
    rows = {}
    for part in PARTS:
        y = grains.y[parts == part]
        rows[part] = [len(y), *np.bincount(y, minlength=2), np.nan, np.nan, np.nan]
    return pd.DataFrame.from_dict(rows, orient="index", columns=["grains", *grains.classes, "score", "coin", "coin_sd"])


# ---------------------------------------------------------------- splits of somebody else


def three_splits(grains, x, seed=0):
    """Three splits into train and test, one of which leaks: dict of "A", "B", "C" to array of str, shape (n,).

    Two hold out whole mounts, one of them such as are easily told apart. Of the third the test holds grains of two
    mounts that stand in training, too; its coin score is well above 0.5 and, where there are mounts enough, its score
    on the classes is not the highest.

    Parameters
    ----------
    grains : Grains
        Of two classes, with two mounts or more of each.
    x : array of float, shape (n, features)
    seed : int
        Another one gives other splits, and another letter.

    Raises
    ------
    ValueError
        If a class has fewer than two mounts.
    """
    rng = np.random.default_rng([seed, 2])
    sample = grains.table["sample"].to_numpy()
    mounts = [np.unique(sample[grains.y == k]) for k in (0, 1)]
    if min(map(len, mounts)) < 2:
        raise ValueError("three splits take two mounts or more of each class")

    def drawn(shared, off):
        """The split that is least off what is wanted, of as many as it takes to find one that is not off at all."""
        least = None
        for _ in range(TRIES):
            parts = _held_out(mounts, sample, rng, shared)
            score, coin = _class_and_coin(grains, x, sample, parts, seed)
            found = off(parts, score, coin), score, parts
            if least is None or found[0] < least[0]:
                least = found
            if least[0] <= 0:
                break
        return least[1:]

    high, first = drawn(False, lambda parts, score, coin: EASY - score)
    other, second = drawn(False, lambda parts, score, coin: int((parts == first).all()))
    highest = max(high, other)
    _, leaky = drawn(True, lambda parts, score, coin: HEAVY - coin if score < highest or coin < HEAVY else 0.001)
    letters = rng.permutation(["A", "B", "C"]).tolist()
    named = dict(zip(letters, (first, second, leaky)))
    return {letter: named[letter] for letter in sorted(named)}


def _held_out(mounts, sample, rng, shared):
    """Whole mounts of each class to test on; `shared` says whether half of the grains of some are learned from."""
    aside = []
    for names in mounts:
        n = 1 if len(names) < 4 else 2
        aside.append(rng.permutation(names)[:n])
    parts = np.where(np.isin(sample, np.concatenate(aside)), "test", "train")
    if shared:
        both = [names[0] for names in aside] if rng.random() < 0.5 or len(aside[0]) == 1 else aside[rng.integers(2)]
        half = np.isin(sample, both) & (rng.random(len(sample)) < 0.5)
        parts[half] = "train"
    return parts


def _class_and_coin(grains, x, sample, parts, seed):
    """The score of a split's test on the classes, and the mean of its coin scores."""
    learns, asked = parts == "train", parts == "test"
    score = neighbour_auc(grains.y, nearest(x, learns, asked), asked)
    coins = coin_scores(x, sample, learns, asked, n_tosses=SURE, seed=seed)
    return score, coins.mean() if len(coins) else np.nan
