"""How far a map can be trusted: does it hang on what the network learned, does it lie where the truth lies?"""

import numpy as np
from scipy.stats import rankdata

__all__ = ["extremes", "extremes_by_class", "randomisation_check", "randomised", "share_on", "similarity"]

LIMIT = 0.5  # a map that is more alike than this without the learned weights fails; our line, the paper draws none


def randomised(model, seed=0):
    """A copy of a model that knows nothing: the numbers of each of its weight arrays are shuffled."""
    import keras

    rng = np.random.default_rng(seed)
    copy = keras.models.clone_model(model)
    copy.set_weights([rng.permutation(array.ravel()).reshape(array.shape) for array in model.get_weights()])
    return copy


def similarity(maps, others):
    """Spearman's rank correlation of two maps of each grain, pixel by pixel; array of float, shape (n,).

    A flat map has no ranks: 1 if the other one is flat too (nothing has changed), else 0.
    """
    a, b = _centred_ranks(maps), _centred_ranks(others)
    variance, other_variance = (a**2).sum(axis=1), (b**2).sum(axis=1)
    norm = np.sqrt(variance * other_variance)
    both_flat = (variance == 0) & (other_variance == 0)
    covariance = (a * b).sum(axis=1)
    return np.divide(covariance, norm, out=both_flat.astype(float), where=norm > 0)


def _centred_ranks(maps):
    """The rank of each pixel in its map, less the mean rank: shape (n, pixels)."""
    ranks = rankdata(maps.reshape(len(maps), -1), axis=1)
    return ranks - ranks.mean(axis=1, keepdims=True)


def share_on(maps, masks):
    """What share of each map's sum lies on a mask; array of float, shape (n,), NaN where a map is 0 throughout.

    A constant map gets the mask's share of the image: that is the score of knowing nothing.
    """
    maps = np.maximum(maps, 0)
    total = maps.sum(axis=(1, 2))
    on_mask = (maps * masks).sum(axis=(1, 2))
    share = on_mask / np.where(total > 0, total, 1)
    return np.where(total > 0, share, np.nan)


def extremes(y, probability, n=6):
    """Rows of the most right, the most wrong and the least sure answers.

    Parameters
    ----------
    y : array of int, shape (n_grains,)
        The true classes.
    probability : array of float, shape (n_grains,) or (n_grains, classes)
        Of class 1, where there are two; or of each class.
    n : int

    Returns
    -------
    dict of str to array of int, n or fewer each
        "most right", where the true class is the most probable one, and "most wrong", where another one is: by the
        probability of the true class. "least sure": where the true class and its strongest rival are the closest.
    """
    truth, rival = _truth_and_rival(np.asarray(y), np.asarray(probability, float))
    order = np.argsort(truth, kind="stable")
    descending = order[::-1]
    right = descending[(truth > rival)[descending]]
    wrong = order[(truth < rival)[order]]
    unsure = np.argsort(abs(truth - rival), kind="stable")
    return {"most right": right[:n], "most wrong": wrong[:n], "least sure": unsure[:n]}


def extremes_by_class(y, probability, classes, n=6):
    """`extremes` of each class by itself, so that the grains of the one do not crowd out those of the other.

    Parameters
    ----------
    y, probability, n
        As in `extremes`.
    classes : sequence of str

    Returns
    -------
    dict of str to dict of str to array of int
        By class, then by kind: "surest right", "surest wrong" and "least sure". A class that has no grains has no rows.
    """
    y, probability = np.asarray(y), np.asarray(probability, float)
    found = {}
    for number, name in enumerate(classes):
        rows = np.flatnonzero(y == number)
        kinds = extremes(y[rows], probability[rows], n)
        found[name] = {kind.replace("most", "surest"): rows[places] for kind, places in kinds.items()}
    return found


def _truth_and_rival(y, probability):
    """The probability of each grain's true class, and that of the most probable other one."""
    if probability.ndim == 1:
        truth = np.where(y == 1, probability, 1 - probability)
        return truth, 1 - truth
    is_true = y[:, None] == np.arange(probability.shape[1])
    rival = np.where(is_true, -np.inf, probability).max(axis=1)
    return probability[is_true], rival


def randomisation_check(method, model, images, seeds=range(5)):
    """Does a map change when the network forgets what it learned? If not, it shows the image (Adebayo et al., 2018).

    Parameters
    ----------
    method : callable
        From (model, images), as in `feature_maps`, to maps of shape (n, height, width). For another class than 1:
        `functools.partial(grad_cam, towards=2)`.
    seeds : sequence of int
        Of the networks with shuffled weights; single ones differ a lot, so take several.

    Returns
    -------
    dict
        median, low and high (5 and 95 % of grains and seeds) of the `similarity`; blank (the share of maps that are 0
        throughout without the learned weights: they count as similarity 0); passed: the median is below `LIMIT`.
    """
    before = method(model, images)
    ignorant = [randomised(model, seed) for seed in seeds]
    after = np.stack([method(each, images) for each in ignorant])
    alike = [similarity(before, each) for each in after]
    low, median, high = np.percentile(alike, [5, 50, 95]).tolist()
    strongest = after.max(axis=(2, 3))
    blank = float((strongest == 0).mean())
    return {"median": median, "low": low, "high": high, "blank": blank, "passed": median < LIMIT}
