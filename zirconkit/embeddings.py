"""The space of textures: a grain as a vector, and what may be read from a map of such vectors.

A network's last hidden layer turns each grain into a few numbers, its embedding (Nathwani et al., 2023, section 3.6). A
map (PCA, t-SNE, UMAP) draws these vectors in two or three dimensions. Here is what tells structure from luck: every
figure comes with an interval over grains and with what shuffled grains give.
"""

from itertools import pairwise
from typing import NamedTuple

import cv2
import numpy as np
import pandas as pd
from scipy.stats import rankdata
from sklearn.cluster import KMeans
from sklearn.linear_model import Ridge
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.neighbors import KNeighborsRegressor, kneighbors_graph
from sklearn.preprocessing import StandardScaler

from zirconkit.evaluation.intervals import bootstrap

__all__ = [
    "Knobs", "Reading", "agreement", "axes_of", "cluster_agreement", "embed", "largest_by_luck", "leaders",
    "linear_r2", "neighbour_r2", "standardised", "zoning_by_hand",
]  # fmt: skip

SHUFFLES = 200  # and as many bootstrap resamples
WAYS = ("rising", "falling")
WIDTHS = (0.7, 1.4, 2.8, 5.6)  # px; blurs between which the bands of grey lie


class Reading(NamedTuple):
    """What may be read from a space of grains: a value, the ends of its 95 % interval, and what luck gives.

    Of shuffled grains 95 % stay below luck. NaN for each of the four that cannot be had from these grains.
    """

    value: float
    low: float
    high: float
    luck: float


def embed(model, grains, layer=None):
    """What a layer makes of each grain, as one vector.

    Parameters
    ----------
    model : keras.Model
        The kit's own, what `transfer.assemble` returns, or what `exports.load` reads.
    grains : grains.Grains, or array as the model takes it, shape (n, height, width, channels)
        Cut to the model's size; of Grains the grey levels are as in `explain.prepare_input`.
    layer : str, optional
        One of `explain.expose_layers`'s; by default the one in front of the last layer with weights. Of feature maps
        the means are taken.

    Returns
    -------
    array of float32, shape (n, neurones or channels)

    Raises
    ------
    ValueError
        If the grains are of another size, or there is no such layer.
    """
    import keras

    from zirconkit.explain import expose_layers, prepare_input

    images, network = prepare_input(model, grains), expose_layers(model)
    outputs = network.output[0]
    layer = layer or _last_hidden(model)
    if layer not in outputs:
        raise ValueError(f"{model.name} has no layer {layer!r}: it has {', '.join(outputs)}")
    part = keras.Model(network.input, outputs[layer])
    batches = [images[start : start + 32] for start in range(0, len(images), 32)]
    values = np.concatenate([np.asarray(part(batch, training=False)) for batch in batches])
    return values.mean(axis=(1, 2)) if values.ndim == 4 else values.reshape(len(values), -1)


def _last_hidden(model):
    """The name of the layer from which the last layer with weights takes its numbers."""
    from zirconkit.explain.layers import layers_of

    layers = layers_of(model)
    learned = [place for place, layer in enumerate(layers) if layer.weights]
    return layers[learned[-1] - 1].name


def agreement(points, others, k=10):
    """How many of each grain's k nearest neighbours in one space are among its k nearest in another.

    Parameters
    ----------
    points, others : arrays, shapes (n, d) and (n, e)
        The same grains, row by row, in two embeddings or maps.
    k : int
        Fewer than n.

    Returns
    -------
    array of float in 0..1, shape (n,)
        Luck gives k / (n − 1) on average.
    """
    n, m = len(points), len(others)
    if n != m or not 0 < k < n:
        raise ValueError(f"{n} and {m} points, k = {k}: wanted as many of both, and more than k")
    near = kneighbors_graph(points, k)  # 1 for each neighbour, of which the grain itself is none
    others_near = kneighbors_graph(others, k)
    shared = near.multiply(others_near).sum(axis=1)
    return np.asarray(shared).ravel() / k


def axes_of(points, table, columns):
    """Spearman's rank correlation of every axis of a map with every measured column.

    Parameters
    ----------
    points : array, shape (n, axes)
    table : DataFrame, n rows
        Of a grain without a value (NaN) nothing is used.
    columns : sequence of str

    Returns
    -------
    DataFrame
        A row for each column, a column for each axis (1, 2 ...); NaN where all values are alike.
    """
    places = pd.DataFrame(np.asarray(points), columns=range(1, np.shape(points)[1] + 1))
    found = {}
    for name in columns:
        values = pd.Series(table[name].to_numpy(float))
        is_known = values.notna()
        ranks = places[is_known].rank()
        found[name] = ranks.corrwith(values[is_known].rank())
    return pd.DataFrame(found).T


class Knobs(NamedTuple):
    """The settings of a UMAP that a student turns."""

    n_neighbors: int = 15
    min_dist: float = 0.1
    seed: int = 0
    start: str = "spectral"


def leaders(maps, table, columns):
    """What leads the first axis of each map: the column that it follows most, and which way.

    Parameters
    ----------
    maps : dict of Knobs to array, shape (n, dimensions)
    table, columns
        As in `axes_of`.

    Returns
    -------
    DataFrame
        A row for each column of the table; for each start and direction (such as "random, falling") the number of maps.
    """
    counts = pd.DataFrame(0, index=list(columns), columns=list(_kinds_of(maps)))
    for knobs, places in maps.items():
        rho = axes_of(places, table, columns)[1]
        name = rho.abs().idxmax()
        way = WAYS[int(rho[name] < 0)]
        counts.loc[name, f"{knobs.start}, {way}"] += 1
    return counts


def _kinds_of(maps):
    """Every start among the maps with each of two ways, as words."""
    for start in dict.fromkeys(knobs.start for knobs in maps):
        for way in WAYS:
            yield f"{start}, {way}"


def largest_by_luck(maps, cells, seed=0):
    """How many of so many maps come into the fullest of equal cells by luck: float, the mean of 1,000 throws."""
    rng = np.random.default_rng(seed)
    thrown = rng.multinomial(maps, np.full(cells, 1 / cells), size=1000)
    return float(thrown.max(axis=1).mean())


def zoning_by_hand(images, masks):
    """Five numbers of zoning, measured on small pictures themselves: what the pictures can tell, network or not.

    Parameters
    ----------
    images : array of uint8, shape (n, height, width, 1)
    masks : array of bool, shape (n, height, width)

    Returns
    -------
    array, shape (n, 5)
        Logarithms, so that no grain stands far out: how much the mean grey goes up and down from the outline inwards,
        less its slow trend; and how strong light and dark bands of four widths are, from fine to coarse.
        All are shares of the grain's mean grey.
    """
    found = [_zoning_of(image[..., 0], mask) for image, mask in zip(images, masks)]
    return np.log(np.array(found) + 0.01)


def _zoning_of(image, mask):
    """The five numbers of one grain."""
    if not image[mask].any():
        return [0.0] * 5
    grey = image / image[mask].mean()
    depth = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    inner = depth > 1.5 if (depth > 1.5).sum() > 8 else mask
    bands = [grey] + [cv2.GaussianBlur(grey, (0, 0), width) for width in WIDTHS]
    strengths = [(fine - coarse)[inner].std() for fine, coarse in pairwise(bands)]
    return [_ups_and_downs(grey[mask], depth[mask]), *strengths]


def _ups_and_downs(grey, depth):
    """Spread of the mean grey of rings, a pixel wide, less the parabola that fits it best."""
    ring = depth.astype(int)
    many = np.bincount(ring)
    profile = np.bincount(ring, grey)[many > 0] / many[many > 0]
    inside = profile[1:]  # the outermost ring is half resin
    if len(inside) < 4:
        return 0.0
    x = np.linspace(-1, 1, len(inside))
    trend = np.polyval(np.polyfit(x, inside, 2), x)
    return (inside - trend).std()


def neighbour_r2(points, values, k=10, seed=0):
    """How well a grain's property is known from the k other grains nearest to it: R² of the mean of their ranks.

    The same whichever way the axes are turned, unlike `axes_of`; but it asks about what decides who is near, which
    are the axes with the largest numbers. Ranks, so that a few odd grains do not decide.

    Parameters
    ----------
    points : array, shape (n, d)
        Of `standardised` points every axis counts alike.
    values : array, shape (n,)
        NaN where nobody knows.
    k, seed : int

    Returns
    -------
    Reading
        1: known exactly; 0 or less: no better than saying the mean to every grain. The 95 % interval is over grains;
        95 % of 200 shuffles of the values stay below luck. NaN where k or fewer grains have a value.
    """

    def guess(points, ranks):
        return KNeighborsRegressor(k).fit(points, ranks).predict(None)  # None: of each grain, itself left out

    return _reading(points, values, guess, k, seed)


def linear_r2(points, values, seed=0):
    """How well a property is known from a weighted sum of a grain's numbers: a linear probe (Alain, Bengio, 2016).

    Ridge regression on `standardised` numbers; each fifth of the grains is guessed by weights fitted to the others.
    What a vector holds along any straight direction is found, however small its numbers are.

    Parameters
    ----------
    points : array, shape (n, d)
    values : array, shape (n,)
        NaN where nobody knows.
    seed : int
        Of the fifths.

    Returns
    -------
    Reading
        As of `neighbour_r2`; NaN where ten or fewer grains have a value.
    """
    probe = Ridge(10.0)
    fifths = KFold(5, shuffle=True, random_state=seed)

    def guess(points, ranks):
        return cross_val_predict(probe, standardised(points), ranks, cv=fifths)

    return _reading(points, values, guess, 10, seed)


def standardised(points):
    """Each column brought to mean 0 and spread 1, so that all count alike; a constant one stays 0.

    What lies more than 4 spreads out is set to 4: a neurone that answers to a single grain would else decide.
    """
    spread = StandardScaler().fit_transform(points)
    return spread.clip(-4, 4)


def _reading(points, values, guess, at_least, seed):
    """A Reading of the R² of guessed ranks, and of ranks that were shuffled.

    `guess` makes of points and of ranks, shape (m, columns), the guesses for all of them, each column by itself.
    """
    values = np.asarray(values, float)
    known = np.isfinite(values)
    if known.sum() <= at_least:
        return Reading(*[np.nan] * 4)
    ranks = rankdata(values[known])
    rng = np.random.default_rng(seed)
    shuffled = [rng.permutation(ranks) for _ in range(SHUFFLES)]
    columns = np.transpose([ranks, *shuffled])
    guessed = guess(np.asarray(points)[known], columns)
    value, *by_luck = _r2(columns, guessed)

    def r2(rows):
        return _r2(ranks[rows], guessed[rows, 0])

    low, high = bootstrap(r2, [np.arange(len(ranks))], n_resamples=SHUFFLES, seed=seed)
    luck = np.percentile(by_luck, 95)
    return Reading(float(value), float(low), float(high), float(luck))


def _r2(ranks, guessed):
    """R² of each column; a bootstrap asks so often that scikit-learn's own, with its checks, would take most of it."""
    missed = ranks - guessed
    strayed = ranks - ranks.mean(axis=0)
    spread = np.sum(strayed**2, axis=0)
    return 1 - np.sum(missed**2, axis=0) / np.maximum(spread, 1e-9)


def cluster_agreement(points, labels, clusters=None, seed=0):
    """K-means clusters against labels: the adjusted Rand index (Hubert and Arabie, 1985).

    Parameters
    ----------
    points : array, shape (n, d)
    labels : array, shape (n,)
        Samples, lithologies, classes.
    clusters : int, optional
        By default as many as there are labels.
    seed : int

    Returns
    -------
    Reading
        1: clusters and labels are the same; 0: as alike as luck makes them. The 95 % interval (jackknife) is over
        grains, the clusters as they are; 95 % of 200 shuffles of the labels stay below luck.
    """
    names, labels = np.unique(np.asarray(labels, str), return_inverse=True)
    means = KMeans(clusters or len(names), n_init=10, random_state=seed)
    found = means.fit_predict(points)
    value = adjusted_rand_score(labels, found)
    half = _rand_half_width(labels, found)
    rng = np.random.default_rng(seed)
    by_luck = [adjusted_rand_score(rng.permutation(labels), found) for _ in range(SHUFFLES)]
    luck = np.percentile(by_luck, 95)
    return Reading(value, value - half, value + half, float(luck))


def _rand_half_width(labels, found):
    """Half the 95 % interval of an adjusted Rand index, one grain at a time left out (jackknife).

    No bootstrap: the index counts pairs, and a grain that is drawn twice always agrees with itself. Of the grains with
    one label and one cluster it does not matter which is left out, so each such kind is tried once.
    """
    kinds = np.stack([labels, found])
    _, first, many = np.unique(kinds, axis=1, return_index=True, return_counts=True)
    without = []
    for row in first:
        others = np.delete(kinds, row, axis=1)
        without.append(adjusted_rand_score(*others))
    variance = (len(labels) - 1) * np.cov(without, fweights=many, ddof=0)
    return float(1.96 * np.sqrt(variance))
