"""Are dreamt grains any good? Real or dreamt, copied or new, all kinds or a few: judged, not admired.

Each question has a number with an interval, and something to hold it against: other real grains, which are as good as
dreams can be. Images are float in 0..1, shape (n, size, size, 1), on black.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from skimage.measure import label, regionprops
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import NearestNeighbors
from sklearn.preprocessing import StandardScaler

from zirconkit.embeddings import zoning_by_hand
from zirconkit.evaluation import Interval, proportion_interval

__all__ = [
    "Cloud",
    "copied",
    "coverage",
    "covered_grains",
    "measured",
    "nearest",
    "odd_pixels",
    "outlines",
    "told_apart",
]

INK = 0.15  # grey, of 0..1: what is brighter belongs to a grain
NEAR = 5  # neighbours


def outlines(images):
    """The largest bright patch of each image, its grain: array of bool, shape (n, size, size).

    The frame, a pixel wide, is none of it; where nothing is bright, all within the frame.
    """
    return np.stack([_largest(image[..., 0] > INK) for image in images])


def _largest(bright):
    """The largest patch of a mask within the frame; all within it, where there is none."""
    inside = np.pad(bright[1:-1, 1:-1], 1)
    patches = label(inside)
    sizes = np.bincount(patches.ravel())[1:]
    if len(sizes) == 0:
        return np.pad(np.ones_like(bright[1:-1, 1:-1]), 1)
    return patches == sizes.argmax() + 1


def measured(images):
    """Shape and zoning of each image, measured on itself, be it real or dreamt: DataFrame.

    Returns
    -------
    DataFrame
        aspect_ratio, solidity; filled, the share of the image that the grain takes; contrast, the spread of its grey
        over the mean; zoning and fine bands, as `embeddings.zoning_by_hand` has them.
    """
    masks = outlines(images)
    rows = [_shape(image[..., 0], mask) for image, mask in zip(images, masks)]
    table = pd.DataFrame(rows)
    grey = np.uint8(np.rint(255 * np.clip(images, 0, 1)))
    by_hand = zoning_by_hand(grey, masks)
    table["zoning"], table["fine bands"] = by_hand[:, 0], by_hand[:, 1]
    return table


def _shape(image, mask):
    """Four measures of one grain."""
    (grain,) = regionprops(mask.astype(np.uint8))
    inside = image[mask]
    return {
        "aspect_ratio": grain.axis_major_length / max(grain.axis_minor_length, 1),
        "solidity": grain.solidity,
        "filled": mask.mean(),
        "contrast": inside.std() / max(inside.mean(), 1e-3),
    }


def told_apart(fit, real, dreamt, folds=2, seed=0):
    """The share of grains that are rightly called real or dreamt by something that did not see them: Interval.

    0.5: nobody can tell; 1: everybody. The same between two draws of real grains says what that takes.

    Parameters
    ----------
    fit : callable
        From images, or measures, and classes (1 for real) to a function from images to classes.
    real, dreamt : array, shapes (n, ...) and (m, ...)
        As many are taken of the one as of the other.
    folds, seed : int
    """
    n, rng = min(len(real), len(dreamt)), np.random.default_rng(seed)
    some = [rng.permutation(len(each))[:n] for each in (real, dreamt)]
    x = np.concatenate([real[some[0]], dreamt[some[1]]])
    y = np.repeat([1, 0], n)
    right = 0
    for rows, aside in StratifiedKFold(folds, shuffle=True, random_state=seed).split(y, y):
        answer = fit(x[rows], y[rows])
        right += int(np.sum(answer(x[aside]) == y[aside]))
    return proportion_interval(right, 2 * n)


def nearest(images, others):
    """How far each image is from the nearest other, and which that is: arrays of float and int, shape (n,).

    Root mean square of the differences of grey, over the pixels.
    """
    flat, rest = (np.reshape(each, (len(each), -1)) for each in (images, others))
    found = NearestNeighbors(n_neighbors=1, algorithm="brute").fit(rest)
    apart, which = found.kneighbors(flat)
    return apart[:, 0] / np.sqrt(flat.shape[1]), which[:, 0]


def copied(dreamt, learned, aside, seed=0):
    """How often a dream lies nearer to a grain that was learned from than to any of as many that were not: Interval.

    0.5: it has not copied; more: it has. The grains aside are of the same mounts, set aside at random (after Meehan et
    al., 2020, arXiv:2004.05675). Dreams that share their nearest grain fall together, on whichever side that one is:
    the interval counts them as one.

    Parameters
    ----------
    dreamt, learned, aside : array, shape (n, ...)
        As many of those that were learned from are drawn as were set aside; a copy of one that is not drawn counts by
        chance.
    seed : int
    """
    n, rng = min(len(learned), len(aside)), np.random.default_rng(seed)
    some, rest = (each[rng.permutation(len(each))[:n]] for each in (learned, aside))
    _, which = nearest(dreamt, np.concatenate([some, rest]))
    share = float(np.mean(which < n))
    shares = np.bincount(which) / len(dreamt)
    independent = 1 / np.sum(shares**2)  # as many grains of equal shares would be as uncertain
    found = proportion_interval(round(share * independent), round(independent))
    return found._replace(value=share)


class Cloud(NamedTuple):
    """How a cloud of dreams lies on a cloud of real grains: two shares, Intervals.

    Attributes
    ----------
    covered : Interval
        Of the real grains: a dream lies as near as its fifth nearest real neighbour. Few: kinds are missing.
    believable : Interval
        Of the dreams: it lies so near to a real grain. Few: they are nothing that there is.
    """

    covered: Interval
    believable: Interval


def coverage(real, dreamt, seed=0):
    """Are all kinds dreamt, and is what is dreamt a kind? By measures, each standardised on the real grains: Cloud.

    After Naeem et al. (2020, arXiv:2002.09797), coverage, and Kynkäänniemi et al. (2019), precision.

    Parameters
    ----------
    real, dreamt : DataFrame or array, shape (n, measures)
        As many are taken of the one as of the other, since more dreams cover more.
    seed : int
    """
    scaler = StandardScaler().fit(np.asarray(real))
    n, rng = min(len(real), len(dreamt)), np.random.default_rng(seed)
    points, others = (scaler.transform(np.asarray(each))[rng.permutation(len(each))[:n]] for each in (real, dreamt))
    reach = _reach(points)
    covered = _to_nearest(points, others) <= reach
    apart = np.linalg.norm(others[:, None] - points, axis=2)
    believed = (apart <= reach).any(axis=1)
    return Cloud(proportion_interval(covered.sum(), n), proportion_interval(believed.sum(), n))


def covered_grains(real, dreamt):
    """Which real grains have a dream as near as their fifth nearest real neighbour: array of bool, shape (n,).

    By measures, each standardised on the real grains; the mean is what `coverage` calls covered.

    Parameters
    ----------
    real, dreamt : DataFrame or array, shapes (n, measures) and (m, measures)
    """
    scaler = StandardScaler().fit(np.asarray(real))
    points = scaler.transform(np.asarray(real))
    others = scaler.transform(np.asarray(dreamt))
    return _to_nearest(points, others) <= _reach(points)


def _reach(points):
    """Each point's distance to its fifth nearest neighbour: array of float, shape (n,)."""
    tree = NearestNeighbors(n_neighbors=NEAR).fit(points)
    apart, _ = tree.kneighbors()
    return apart[:, -1]


def _to_nearest(points, others):
    """How far each point is from the nearest of some others: array of float, shape (n,)."""
    tree = NearestNeighbors(n_neighbors=1).fit(others)
    apart, _ = tree.kneighbors(points)
    return apart[:, 0]


def odd_pixels(images, rebuilt):
    """How badly each grain is rebuilt: root mean square difference of grey over its own pixels; array, shape (n,)."""
    masks = outlines(images)
    off = (images - rebuilt)[..., 0] ** 2
    return np.sqrt((off * masks).sum(axis=(1, 2)) / masks.sum(axis=(1, 2)))
