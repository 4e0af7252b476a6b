"""A model as it leaves the lab: a `.keras` file with all that is needed to use it on new images, and to doubt it.

Beside the network it holds how grains are prepared, what models that had not seen their sample said of the training
grains (so that shares can be corrected), and where training grains lie among the network's own features (so that what
is unlike all of them is known). All of that is plain JSON: nothing that a file says is run.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from scipy.spatial import cKDTree

from zirconkit.deployment.preparing import MEASURES
from zirconkit.evaluation import fractions as fr
from zirconkit.networks import exports

__all__ = ["Deployed", "Likeness", "load", "packed"]

ATTACHED = "deployment"
FORMAT = 1
NEIGHBOURS = 5
AXES = 8  # of the network's features that are kept
MOST = 2000  # grains that are remembered
RARE = 0.99  # of training grains are nearer to those of other samples than what is called unlike


@dataclass(frozen=True)
class Likeness:
    """Where training grains lie, by the network's features and by measured shapes.

    Attributes
    ----------
    middle, axes : arrays, shapes (features,) and (features, AXES)
        From the network's features to a few standardized numbers.
    usual, spread : arrays, shape (measures,)
        Median and standard deviation of each of `MEASURES`.
    grains : array, shape (n, axes + measures)
    limit : float
        Mean distance to the nearest `NEIGHBOURS` from which on a grain is unlike all of them.
    """

    middle: np.ndarray
    axes: np.ndarray
    usual: np.ndarray
    spread: np.ndarray
    grains: np.ndarray
    limit: float

    @classmethod
    def learned(cls, features, measures, groups, seed=0):
        """From the features, (n, features), and measures, (n, measures), of training grains, and their samples."""
        middle = features.mean(axis=0)
        _, sizes, axes = np.linalg.svd(features - middle, full_matrices=False)
        n_axes = min(AXES, int(np.sum(sizes > 1e-3 * sizes[0])))
        axes = axes[:n_axes].T / (sizes[:n_axes] / np.sqrt(len(features)))
        usual = np.nan_to_num(np.nanmedian(measures, axis=0))
        spread = np.nan_to_num(np.nanstd(measures, axis=0)).clip(1e-6)
        fresh = cls(middle, axes, usual, spread, np.empty((0, 0)), np.inf)
        places = fresh.places(features, measures)
        drawn = np.sort(np.random.default_rng(seed).permutation(len(places))[:MOST])
        places, groups = places[drawn], np.asarray(groups)[drawn]
        distances = np.concatenate([_nearest(places[groups != name], places[groups == name]) for name in set(groups)])
        limit = float(np.quantile(distances, RARE)) if len(set(groups)) > 1 else np.inf
        return cls(middle, axes, usual, spread, places, limit)

    def places(self, features, measures):
        """Where grains lie: array, shape (n, axes + measures)."""
        seen = (features - self.middle) @ self.axes
        standard = (measures - self.usual) / self.spread
        known = np.nan_to_num(standard)
        return np.hstack([seen, known])

    def unlike(self, places):
        """Whether each is farther from all training grains than these are from those of other samples: bool, (n,)."""
        return _nearest(self.grains, places) > self.limit

    def as_json(self):
        """Plain lists of numbers."""
        arrays = {name: np.round(getattr(self, name), 5).tolist() for name in _ARRAYS}
        return arrays | {"limit": self.limit if np.isfinite(self.limit) else None}

    @classmethod
    def from_json(cls, content):
        """The opposite; what is no number is refused by NumPy with a ValueError."""
        arrays = {name: np.asarray(content[name], float) for name in _ARRAYS}
        limit = np.inf
        if content["limit"] is not None:
            limit = float(content["limit"])
        return cls(**arrays, limit=limit)


_ARRAYS = ("middle", "axes", "usual", "spread", "grains")


def _nearest(known, places):
    """The mean distance of each place to the nearest known ones."""
    if not len(known) or not len(places):
        return np.zeros(len(places))
    tree = cKDTree(known)
    count = min(NEIGHBOURS, len(known))
    distances, _ = tree.query(places, k=count)
    return distances.reshape(len(places), -1).mean(axis=1)


@dataclass(frozen=True)
class Deployed:
    """A model to use: the network, its classes, the side of its grains, what it errs and what it knows.

    Attributes
    ----------
    network : keras.Model
    classes : tuple of str
    channels : int
    errors : evaluation.fractions.Errors or None
        None where no sample could be left out.
    likeness : Likeness
    method : str
        How the training images were segmented.
    """

    network: object
    classes: tuple
    channels: int
    errors: fr.Errors | None
    likeness: Likeness
    method: str

    @property
    def size(self):
        """Side of the grains that the network takes, px."""
        return self.network.input_shape[1]


def packed(network, classes, called, likeness):
    """A model as the .keras file that `load` reads: bytes.

    Parameters
    ----------
    network : keras.Model
    classes : tuple of str
    called : dict of str to list, or None
        y, called and sample of each training grain: what it is, and what a model said that had not seen its sample.
    likeness : Likeness
    """
    content = {"format": FORMAT, "called": called, "likeness": likeness.as_json(), "method": "watershed"}
    return exports.packed(network, classes, **{ATTACHED: content})


def load(path):
    """Read a model that `packed` made: a `Deployed`; nothing that the file says is run.

    Raises
    ------
    FileNotFoundError, ValueError
        If there is no such file, or it could run code, is damaged, or was not written by `zirconkit train`.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no model {path}: name the model.keras that zirconkit train wrote")
    content = exports.attached(path, ATTACHED)
    stranger = f"{path} was not made by zirconkit train: it says neither how grains are prepared nor what it errs"
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ValueError(stranger)
    network = exports.load(path)
    if len(network.classes) < 2:
        raise ValueError(stranger)
    shape = network.input_shape
    if len(shape) != 4 or shape[1] != shape[2] or shape[3] not in (1, 3):
        raise ValueError(f"{path} takes {shape[1:]}, no square pictures of 1 or 3 channels: train it anew")
    if max(2, network.output_shape[-1]) != len(network.classes):
        said = max(2, network.output_shape[-1])
        raise ValueError(
            f"{path} names {len(network.classes)} classes, but its network tells {said} apart: train it anew"
        )
    try:
        known = _errors(content["called"], len(network.classes))
        likeness = Likeness.from_json(content["likeness"])
        _check(network, likeness)
        return Deployed(network, network.classes, shape[3], known, likeness, str(content["method"]))
    except (KeyError, TypeError, ValueError, IndexError):
        raise ValueError(f"{path} is damaged: what it says of its training does not fit; train it anew") from None


def _check(network, likeness):
    if likeness.grains.shape[1] != likeness.axes.shape[1] + len(MEASURES):
        raise ValueError("other measures")


def _errors(called, n_classes):
    """What the file says of left-out samples as `Errors`; None where it has nothing to say."""
    if called is None:
        return None
    y, said = (np.asarray(called[name], int) for name in ("y", "called"))
    if not len(y) == len(said) == len(called["sample"]) or y.min() < 0 or max(y.max(), said.max()) >= n_classes:
        raise ValueError("rows")
    return fr.errors(y, said, np.asarray(called["sample"], str), n_classes)
