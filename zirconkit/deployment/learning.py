"""A folder of images with a sample sheet in, a model with its card out: what `zirconkit train` does."""

import warnings
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from zirconkit import files, mounts, segmentation
from zirconkit.deployment import cards, models
from zirconkit.deployment.cards import score_of
from zirconkit.deployment.preparing import MEASURES, clues, prepared
from zirconkit.evaluation import auc_difference
from zirconkit.evaluation.shortcuts import deal_samples
from zirconkit.messages import ZirconkitWarning
from zirconkit.segmentation.many import segment_many

__all__ = ["Learned", "Lot", "gather", "train"]

FEWEST = 8  # kept grains of a class, of fewer nothing is learned


class Lot:
    """The kept grains of labelled images: a table, and the pictures of any size.

    Attributes
    ----------
    mounts : list of mounts.Mount
    table : DataFrame
        sample, grain, class_name, role, what was measured, and what `preparing.clues` found around each.
    classes : tuple of str
    """

    def __init__(self, found):
        self.mounts = found
        names = {mount.class_name for mount in found}
        self.classes = tuple(sorted(names))
        self._segmented = {mount.sample: segmentation.segment_mount(mount) for mount in found}
        tables = [self._kept(mount) for mount in found]
        self.table = pd.concat(tables, ignore_index=True)

    def _kept(self, mount):
        found = self._segmented[mount.sample]
        kept = found.table[found.table["kept"]]
        if kept.empty:
            warnings.warn(f"no grain is kept of {mount.path}: it is left out", ZirconkitWarning, stacklevel=4)
        named = kept.assign(sample=mount.sample, class_name=mount.class_name, role=mount.role)
        return named.join(clues(found.image, found.labels, kept).drop(columns="brightness")).assign(
            brightness=kept["mean_grey"], um_per_px=np.nan if found.um_per_px is None else found.um_per_px
        )

    @cached_property
    def y(self):
        """Class of each grain: array of int."""
        return pd.Index(self.classes).get_indexer(self.table["class_name"])

    @property
    def samples(self):
        """Sample of each grain: array of str."""
        return self.table["sample"].to_numpy(str)

    @property
    def measures(self):
        """`MEASURES` of each grain: array of float, shape (n, measures)."""
        return self.table[list(MEASURES)].to_numpy(float)

    @property
    def learned(self):
        """Which grains are there to learn from: array of bool; the others are the sheet's test."""
        return (self.table["role"] != "test").to_numpy()

    def pictures(self, size):
        """The grains as a network is shown them: array of uint8, shape (n, size, size, channels)."""
        parts = [self._prepared(mount, size).images for mount in self.mounts]
        return np.concatenate(parts)

    def masks(self, size):
        """Where in the pictures each grain is: array of bool, shape (n, size, size)."""
        return np.concatenate([self._prepared(mount, size).masks for mount in self.mounts])

    def _prepared(self, mount, size):
        found = self._segmented[mount.sample]
        picture = found.image if mount.channels == 1 else mount.colour()
        kept = found.table["kept"]
        grains = found.table[kept]
        return prepared(picture, found.labels, grains, size)


def train(data, out, jobs=None):
    """Learn from a folder: writes grains/ (as `segment` does), grains.csv, model.keras, card.md and card.json.

    Parameters
    ----------
    data : path
        A folder of images with a sample sheet.
    out : path
    jobs : int, optional
        Processes; by default all cores.

    Returns
    -------
    card : dict
        What the card says.
    failures : list of Exception
        Of images that could not be used; the others were.

    Raises
    ------
    ValueError
        If there is nothing to learn from; the grains that were cut are written all the same.
    OSError
        If the folder is not there, or `out` cannot be written.
    """
    out = files.make_folder(Path(out))
    failures = _cut_all(data, out / "grains", jobs)
    lot = gather(data)
    files.write_whole(out / "grains.csv", lot.table.to_csv(index=False, float_format="%.6g"))
    _check(lot, out)
    learned = _learn(lot)
    card = cards.make(lot, learned)
    called = _called(lot, learned)
    likeness = _likeness(lot, learned.network)
    table = lot.table if learned.chosen is None else _with_answers(lot, learned)
    contents = {
        "grains.csv": table.to_csv(index=False, float_format="%.6g"),
        "card.json": cards.as_json(card),
        "card.md": cards.as_markdown(card),
        "model.keras": models.packed(learned.network, lot.classes, called, likeness),
    }
    files.write_together(out, contents)  # a card never lies beside another model than its own
    return card, failures


def _cut_all(data, folder, jobs):
    """Cut every image of a folder into grains, as `segment` does; what went wrong with which: list of Exception."""
    if not Path(data).is_dir():
        raise FileNotFoundError(f"{data} is no folder: name one that holds images and a sample sheet, samples.csv")
    paths = mounts.image_files([data])
    return [error for _, _, error in segment_many(paths, folder, n_jobs=jobs) if error]


def gather(data):
    """The kept grains of the labelled images of a folder: a `Lot`."""
    return Lot(mounts.labelled(data))


def _check(lot, out):
    """Raise a ValueError if there is too little to learn from."""
    found = lot.table[lot.learned].groupby("class_name").size()
    counts = found.reindex(lot.classes, fill_value=0)
    few = counts[counts < FEWEST]
    if len(few):
        words = ", ".join(f"{count} of {name}" for name, count in few.items())
        mend = f"at least {FEWEST} of each class are needed; what was cut is in {out / 'grains'}"
        raise ValueError(f"there are too few grains to learn from ({words}): {mend}")


class Learned(NamedTuple):
    """What training gave.

    Attributes
    ----------
    network : keras.Model
        Trained on all grains.
    name : str
        "lenet" or "lite0".
    answers : dict of str to array, shape (n, classes)
        Of each network what models said of the grains of samples that they had not seen; empty where no sample could
        be left out.
    folds : array of int, shape (n,), or None
    """

    network: object
    name: str
    answers: dict
    folds: np.ndarray | None

    @property
    def chosen(self):
        """The answers of the network that was chosen; None where there are none."""
        return self.answers.get(self.name)


def _learn(lot):
    """The network that whole samples left out speak for, trained on all: `Learned`."""
    from zirconkit.networks import shipping

    own = lot.learned
    y, samples, n_classes = lot.y[own], lot.samples[own], len(lot.classes)
    folds = deal_samples(y, samples)
    if folds is None:
        pictures = lot.pictures(shipping.SIDES["lenet"])[own]
        return Learned(shipping.train_lenet(pictures, y, n_classes), "lenet", {}, None)
    pictures = {name: lot.pictures(size)[own] for name, size in shipping.SIDES.items()}
    answers = {name: _left_out(shipping.NETWORKS[name], pictures[name], y, folds, n_classes) for name in pictures}
    name = better(y, answers, samples)
    return Learned(shipping.NETWORKS[name](pictures[name], y, n_classes), name, answers, folds)


def _left_out(train_one, pictures, y, folds, n_classes):
    """What models say of the grains of samples that they did not learn from: array, shape (n, classes)."""
    from zirconkit.networks import shipping

    answers = np.zeros((len(y), n_classes))
    for fold in np.unique(folds):
        aside = folds == fold
        model = train_one(pictures[~aside], y[~aside], n_classes)
        answers[aside] = shipping.probabilities(model, pictures[aside])
    return answers


def better(y, answers, samples):
    """LeNet, which is fifty times smaller, unless Lite0 ranks better by more than samples differ: its name."""
    lenet, lite0 = (score_of(answers[name]) for name in ("lenet", "lite0"))
    gain = auc_difference(y, lite0, lenet, samples)
    return "lite0" if gain.low > 0 else "lenet"


def _called(lot, learned):
    """What models said of samples that they had not seen, for the correction of shares; None where nobody knows."""
    if learned.chosen is None:
        return None
    own = lot.learned
    called = learned.chosen.argmax(axis=1)
    return {"y": lot.y[own].tolist(), "called": called.tolist(), "sample": lot.samples[own].tolist()}


def _likeness(lot, network):
    from zirconkit.networks import shipping

    own = lot.learned
    side = network.input_shape[1]
    features = shipping.inner_features(network, lot.pictures(side)[own])
    return models.Likeness.learned(features, lot.measures[own], lot.samples[own])


def _with_answers(lot, learned):
    """The table with what models said that had not seen a grain's sample; empty for the sheet's test samples."""
    table = lot.table.copy()
    for place, name in enumerate(lot.classes):
        table.loc[lot.learned, f"p_{name}"] = learned.chosen[:, place]
    return table
