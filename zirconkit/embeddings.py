"""The space of textures: a grain as a vector, and what may be read from a map of such vectors.

A network's last hidden layer turns each grain into a few numbers, its embedding (Nathwani et al., 2023, section 3.6). A
map (PCA, t-SNE, UMAP) draws these vectors in two or three dimensions. Here is what tells structure from luck: every
figure comes with an interval over grains and with what shuffled grains give.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy import stats
from scipy.stats import rankdata
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.neighbors import KNeighborsRegressor, kneighbors_graph

from zirconkit.evaluation.intervals import bootstrap

__all__ = ["Reading", "agreement", "cluster_agreement", "correlations", "embed", "neighbour_r2"]

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


def correlations(points, table, columns, seed=0):
    """Spearman's rank correlation of every axis with every measured column.

    Parameters
    ----------
    points : array, shape (n, axes)
    table : DataFrame, n rows
        Of a grain without a value (NaN) nothing is used.
    columns : list of str
    seed : int

    Returns
    -------
    DataFrame
        One row for each axis (1, 2 ...) and column: axis, column, and a `Reading`: value; low, high (grains drawn
        anew); luck: below this 95 % of shuffled columns stay, up or down. NaN of fewer than three grains.
    """
    rows = []
    for column in columns:
        values = table[column].to_numpy(float)
        known = np.isfinite(values)
        for axis, places in enumerate(np.asarray(points)[known].T, 1):
            reading = _rank_correlation(places, values[known], seed)
            rows.append([axis, column, *reading])
    return pd.DataFrame(rows, columns=["axis", "column", *Reading._fields])


def _rank_correlation(places, values, seed):
    """Spearman's rank correlation of two columns of numbers: Reading."""
    n = len(values)
    if n < 3:
        return Reading(*[np.nan] * 4)

    def rho(rows, axis=-1):
        a, b = (_standardised(rankdata(column[rows], axis=axis), axis) for column in (places, values))
        return (a * b).mean(axis=axis)

    everyone = np.arange(n)
    value, luck = float(rho(everyone)), float(1.96 / np.sqrt(n - 1))
    if np.isnan(value):  # all are alike
        return Reading(np.nan, np.nan, np.nan, luck)
    how = {"n_resamples": SHUFFLES, "method": "percentile", "random_state": np.random.default_rng(seed)}
    drawn = stats.bootstrap([everyone], rho, vectorized=True, **how).bootstrap_distribution
    low, high = np.nanpercentile(drawn, [2.5, 97.5])
    return Reading(value, float(low), float(high), luck)


def _standardised(ranks, axis):
    """Ranks brought to mean 0 and spread 1; NaN where all are alike."""
    centred = ranks - ranks.mean(axis=axis, keepdims=True)
    spread = ranks.std(axis=axis, keepdims=True)
    return np.divide(centred, spread, out=np.full_like(centred, np.nan), where=spread > 0)


def neighbour_r2(points, values, k=10, seed=0):
    """How well a grain's property is known from the k other grains nearest to it: R² of the mean of their ranks.

    The same whichever way the axes are turned, unlike `correlations`. Ranks, so that a few odd grains do not decide.

    Parameters
    ----------
    points : array, shape (n, d)
    values : array, shape (n,)
        NaN where nobody knows.
    k, seed : int

    Returns
    -------
    Reading
        1: known exactly; 0 or less: no better than saying the mean to every grain. The 95 % interval is over grains;
        95 % of 200 shuffles of the values stay below luck. NaN where k or fewer grains have a value.
    """
    values = np.asarray(values, float)
    known = np.isfinite(values)
    if known.sum() <= k:
        return Reading(*[np.nan] * 4)
    points = np.asarray(points)[known]
    ranks = rankdata(values[known])
    guessed = _from_neighbours(points, ranks, k)

    def r2(rows):
        return _r2(ranks[rows], guessed[rows])

    everyone = np.arange(len(ranks))
    low, high = bootstrap(r2, [everyone], n_resamples=SHUFFLES, seed=seed)
    rng = np.random.default_rng(seed)
    shuffled = np.transpose([rng.permutation(ranks) for _ in range(SHUFFLES)])
    by_luck = _r2(shuffled, _from_neighbours(points, shuffled, k))
    luck = np.percentile(by_luck, 95)
    return Reading(float(r2(everyone)), float(low), float(high), float(luck))


def _from_neighbours(points, values, k):
    """The mean value of each grain's k nearest neighbours, itself left out; array of the shape of `values`."""
    return KNeighborsRegressor(k).fit(points, values).predict(None)


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
