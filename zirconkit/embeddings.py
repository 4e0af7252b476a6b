"""The space of textures: a grain as a vector, and what may be read from a map of such vectors.

A network's last hidden layer turns each grain into a few numbers, its embedding (Nathwani et al., 2023, section 3.6). A
map (PCA, t-SNE, UMAP) draws these vectors in two or three dimensions. Here is what tells structure from luck: every
figure comes with an interval over grains and with what shuffled grains give.
"""

import numpy as np
import pandas as pd
from scipy.stats import rankdata
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score
from sklearn.neighbors import NearestNeighbors

__all__ = ["agreement", "cluster_agreement", "correlations", "embed", "readable"]


def embed(model, grains, layer=None):
    """What a layer makes of each grain, as one vector.

    Parameters
    ----------
    model : keras.Model
        The kit's own, what `transfer.assemble` returns, or what `exports.load` reads.
    grains : grains.Grains, or array as the model takes it, shape (n, height, width, channels)
        Cut to the model's size. Of Grains a model that rescales inside gets 0..255, any other 0..1.
    layer : str, optional
        One of `explain.opened`'s; by default what the last neurone takes. Of feature maps the means are taken.

    Returns
    -------
    array of float32, shape (n, neurones or channels)

    Raises
    ------
    ValueError
        If the grains are of another size, or there is no such layer.
    """
    import keras

    from zirconkit.explain import fed, opened

    images, network = fed(model, grains), opened(model)
    names = list(network.output[0])
    if (layer or names[-2]) not in names:
        raise ValueError(f"{model.name} has no layer {layer!r}: it has {', '.join(names)}")
    part = keras.Model(network.input, network.output[0][layer or names[-2]])
    values = [np.asarray(part(images[start : start + 32], training=False)) for start in range(0, len(images), 32)]
    values = np.concatenate(values)
    return values.mean(axis=(1, 2)) if values.ndim == 4 else values.reshape(len(values), -1)


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
    if len(points) != len(others) or not 0 < k < len(points):
        raise ValueError(f"{len(points)} and {len(others)} points, k = {k}: wanted as many of both, and more than k")
    one, other = (NearestNeighbors(n_neighbors=k).fit(each).kneighbors()[1] for each in (points, others))
    return np.array([len(np.intersect1d(a, b)) for a, b in zip(one, other)]) / k


def _bootstrap(score, rows, seed, n=200):
    """The 95 % interval of a score over n rows drawn anew; `score` takes an array of row numbers."""
    rng = np.random.default_rng(seed)
    return np.nanpercentile([score(rng.integers(rows, size=rows)) for _ in range(n)], [2.5, 97.5])


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
        A row for each axis (1, 2 ...) and column: axis, column, value; low, high (95 %, grains drawn anew); luck: below
        this 95 % of shuffled columns stay, up or down.
    """
    rows = []
    for column in columns:
        known = table[column].notna().to_numpy()
        values = table[column].to_numpy(float)[known]
        for axis, place in enumerate(np.asarray(points)[known].T, 1):

            def rho(drawn, place=place, values=values):
                return np.corrcoef(rankdata(place[drawn]), rankdata(values[drawn]))[0, 1]

            low, high = _bootstrap(rho, len(values), seed)
            luck = 1.96 / np.sqrt(max(len(values) - 1, 1))
            rows.append([axis, column, rho(np.arange(len(values))), low, high, luck])
    return pd.DataFrame(rows, columns=["axis", "column", "value", "low", "high", "luck"])


def readable(points, values, k=10, seed=0):
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
    value, low, high, luck : float
        1: known exactly; 0 or less: no better than saying the mean to every grain. The 95 % interval is over grains;
        95 % of 200 shuffles of the values stay below luck.
    """
    known = np.isfinite(np.asarray(values, float))
    if known.sum() <= k:
        raise ValueError(f"{known.sum()} grains with a value are too few for {k} neighbours each")
    near = NearestNeighbors(n_neighbors=k).fit(np.asarray(points)[known]).kneighbors()[1]  # never the grain itself
    ranks = rankdata(np.asarray(values, float)[known])

    def r2(ranks, guessed):
        return 1 - np.sum((ranks - guessed) ** 2) / max(np.sum((ranks - ranks.mean()) ** 2), 1e-9)

    guessed, rng = ranks[near].mean(axis=1), np.random.default_rng(seed)
    low, high = _bootstrap(lambda rows: r2(ranks[rows], guessed[rows]), len(ranks), seed)
    shuffles = [rng.permutation(ranks) for _ in range(200)]
    luck = np.percentile([r2(each, each[near].mean(axis=1)) for each in shuffles], 95)
    return r2(ranks, guessed), low, high, luck


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
    value, low, high, luck : float
        1: clusters and labels are the same; 0: as alike as luck makes them. The 95 % interval (jackknife) is over
        grains, the clusters as they are; 95 % of 200 shuffles of the labels stay below luck.
    """
    names, labels = np.unique(np.asarray(labels, str), return_inverse=True)
    clusters = clusters or len(names)
    found = KMeans(clusters, n_init=10, random_state=seed).fit_predict(points)
    value, rng = adjusted_rand_score(labels, found), np.random.default_rng(seed)
    # No bootstrap: the index counts pairs, and a grain that is drawn twice always agrees with itself.
    _, first, many = np.unique(labels * clusters + found, return_index=True, return_counts=True)
    without = [adjusted_rand_score(np.delete(labels, row), np.delete(found, row)) for row in first]
    half = 1.96 * np.sqrt((len(labels) - 1) * np.cov(without, fweights=many, ddof=0))
    luck = np.percentile([adjusted_rand_score(rng.permutation(labels), found) for _ in range(200)], 95)
    return value, value - half, value + half, luck
