"""The space of textures: a grain as a vector, and what may be read from a map of such vectors.

A network's last hidden layer turns each grain into a few numbers, its embedding (Nathwani et al., 2023, section 3.6). A
map (PCA, t-SNE, UMAP) draws these vectors in two or three dimensions. Here is what tells structure from luck: every
figure comes with an interval over grains and with what shuffled grains give.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats
from scipy.spatial.distance import pdist
from scipy.stats import rankdata
from sklearn.cluster import KMeans
from sklearn.linear_model import Ridge
from sklearn.metrics import adjusted_rand_score
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.neighbors import KNeighborsRegressor, kneighbors_graph
from sklearn.preprocessing import StandardScaler

from zirconkit.evaluation.intervals import bootstrap

__all__ = [
    "Knobs", "Reading", "agreement", "axes_of", "cluster_agreement", "embed", "linear_r2", "neighbour_r2",
    "standardised", "what_stays",
]  # fmt: skip

SHUFFLES = 200  # and as many bootstrap resamples


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


def what_stays(maps, table, columns, groups, k=10):
    """How much of one map is found again on others of the same grains: 1 all, 0 what luck gives.

    Parameters
    ----------
    maps : sequence of arrays, shape (n, dimensions)
        The first is the one that the others are held against: a map, or the space that they are of.
    table, columns
        As in `axes_of`. Without columns nothing is said of axes.
    groups : sequence of str, n
        Such as samples.
    k : int

    Returns
    -------
    dict of str to float
        neighbours (share of the k nearest), axis (whether axis 1 follows the same column most, the same way; NaN
        without columns), gaps (Kendall's τ of the gaps between the groups' middles; NaN of two groups); means over the
        other maps.
    """
    first, *others = maps
    stays = [(agreement(first, other, k).mean(), _same_axis(first, other, table, columns)) for other in others]
    neighbours, axis = np.mean(stays, axis=0)
    gaps = _gaps(first, groups)
    orders = [stats.kendalltau(gaps, _gaps(other, groups)).statistic for other in others if len(gaps) > 1]
    by_luck = k / (len(first) - 1), 1 / (2 * max(1, len(columns)))
    return {
        "neighbours": _beyond_luck(neighbours, by_luck[0]),
        "axis": _beyond_luck(axis, by_luck[1]),
        "gaps": float(np.mean(orders)) if orders else np.nan,  # 0 for luck already
    }


def _beyond_luck(share, luck):
    """A share on a scale from 0, what luck gives, to 1."""
    return float((share - luck) / (1 - luck))


def _same_axis(one, other, table, columns):
    """Whether axis 1 of two maps follows one column most, and the same way; NaN without columns."""
    if not len(columns):
        return np.nan
    a, b = (axes_of(points, table, columns)[1] for points in (one, other))
    name = a.abs().idxmax()
    return name == b.abs().idxmax() and np.sign(a[name]) == np.sign(b[name])


def _gaps(points, groups):
    """The distance between the middles of every two groups, one after the other."""
    middles = pd.DataFrame(np.asarray(points)).groupby(np.asarray(groups)).mean()
    return pdist(middles)


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
