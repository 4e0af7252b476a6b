"""Images in; what each grain is, and which share of each sample is of each class, out: what `zirconkit classify` does.

Each image is a job that ends with a folder and a note; the tables of all are gathered at the end.
"""

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from zirconkit import files, jobs
from zirconkit.deployment import models, pages
from zirconkit.deployment.preparing import MEASURES, clues, prepared
from zirconkit.evaluation import fractions as fr
from zirconkit.mounts import at
from zirconkit.segmentation.files import cut_file, write_result
from zirconkit.segmentation.many import Task, fingerprint, gather, tasks_of

__all__ = ["UNLIKE", "classify_many"]

UNLIKE = "unlike_anything_in_training"
FEW = 8  # images; fewer are not worth workers that load TensorFlow


class Work(NamedTuple):
    """One image to classify: its `Task`, and the model's file with its digest."""

    task: Task
    model: str
    digest: str

    @property
    def path(self):
        return self.task.path

    @property
    def target(self):
        return self.task.target

    def __str__(self):
        return str(self.task.path)


def classify_many(model, paths, out, scheduler=None, n_jobs=-1, um_per_px=None):
    """Classify the grains of images; a bad one does not stop the rest, and a second call goes on.

    `out` gets a folder for each image, as `segment` writes it, with a page; `grains.csv` (and `grains.parquet`) with a
    row for each grain of each image; `fractions.csv` with the share of each class in each sample, and
    `fractions_by_method.csv` with what others than the kit's way would say; `index.html`.

    Parameters
    ----------
    model : path
    paths : list of Path
    out : path
    scheduler : str, optional
    n_jobs : int
    um_per_px : float, optional

    Yields
    ------
    path, summary (dict or None), error (Exception or None)

    Raises
    ------
    ValueError, OSError
        If the model is none, or cannot be trusted; before anything is done.
    """
    deployed = models.load(model)
    digest = hashlib.sha256(Path(model).read_bytes()).hexdigest()
    known = {"um_per_px": um_per_px}
    todo = [Work(task, str(Path(model).resolve()), digest) for task in tasks_of(paths, out, deployed.method, known)]
    finished = set()
    with jobs.alone_in(out):
        for work, summary, error in jobs.run(_noted, todo, scheduler, n_jobs if len(todo) >= FEW else 1):
            if summary:
                finished.add(work.target)
            yield work.path, summary, error
        done = [work for work in todo if work.target in finished]
        gather(done, out)
        _sum_up(done, deployed, Path(out))


@lru_cache(maxsize=1)
def _loaded(model, digest):
    """A worker loads a model once."""
    return models.load(model)


def _noted(work):
    """Classify the grains of one image, unless that is done; the note of what was found: dict."""
    key = fingerprint(work.task, work.digest)
    return jobs.once(_classify, work, key, work.target, work.target / "index.html")


def _classify(work):
    """Classify the grains of one image: what was found, as a dict."""
    deployed = _loaded(work.model, work.digest)
    found = cut_file(work.path, work.task.method, **work.task.known)
    mount = at(work.path, **work.task.known)
    picture = found.image if deployed.channels == 1 else mount.colour()
    table = answered(deployed, picture, found)
    page = pages.image_page(work, picture, found.labels, table, shares_of(table, deployed))
    write_result(work.target, found._replace(table=table), index=page)
    return {"grains": len(table), "kept": int(table["kept"].sum())}


def answered(deployed, picture, found):
    """The table of a segmented image with what the model says of each grain: DataFrame.

    Beside what was measured: `called`, `p_CLASS` for each class, whether the grain is unlike anything in training
    (which is a flag, too), and the network's own features, for `watch`.
    """
    from zirconkit.networks import shipping

    table = found.table.copy()
    images = prepared(picture, found.labels, table, deployed.size).images
    p = shipping.probabilities(deployed.network, images)
    features = shipping.inner_features(deployed.network, images)
    places = deployed.likeness.places(features, table[list(MEASURES)].to_numpy(float))
    unlike = deployed.likeness.unlike(places)
    table["called"] = np.array(deployed.classes)[p.argmax(axis=1)] if len(table) else ""
    for place, name in enumerate(deployed.classes):
        table[f"p_{name}"] = p[:, place]
    table[UNLIKE] = unlike
    table["flags"] = [
        ";".join(filter(None, [flags, "unlike" if odd else ""])) for flags, odd in zip(table["flags"], unlike)
    ]
    table = table.join(clues(found.image, found.labels, table)[["background", "noise"]])
    for axis in range(deployed.likeness.axes.shape[1]):
        table[f"feature_{axis + 1}"] = places[:, axis]
    return table


def shares_of(table, deployed):
    """The share of each class among the kept grains of a sample, with its interval: DataFrame.

    Grains that are unlike anything in training are left out: the classes do not hold for them. NaN for the interval
    where the model knows nothing of its errors.
    """
    counted = table[table["kept"] & ~table[UNLIKE]]
    called = pd.Index(deployed.classes).get_indexer(counted["called"])
    if deployed.errors is not None:
        return fr.fractions(called, deployed.errors, list(deployed.classes))
    naive = fr.naive_counts(called, len(deployed.classes))
    return pd.DataFrame({"class": deployed.classes, "fraction": naive, "low": np.nan, "high": np.nan})


def by_method(table, deployed):
    """The same by other ways: what was called, counted; adjusted counts; EM prior shift; and how many grains."""
    counted = table[table["kept"] & ~table[UNLIKE]]
    called = pd.Index(deployed.classes).get_indexer(counted["called"])
    p = counted[[f"p_{name}" for name in deployed.classes]].to_numpy(float)
    n = len(deployed.classes)
    ways = {"class": deployed.classes, "counted": fr.naive_counts(called, n)}
    if deployed.errors is not None and len(called):
        ways["adjusted_counts"] = fr.adjusted_counts(called, deployed.errors.rates)
    if len(called):
        ways["em_prior_shift"] = fr.em_prior_shift(p)
    return pd.DataFrame(ways).assign(grains=len(called), unlike=int((table["kept"] & table[UNLIKE]).sum()))


def _sum_up(done, deployed, out):
    """Fractions of all samples, and the page that leads to those of the images."""
    shares, ways, links = [], [], []
    for work in done:
        table = pd.read_csv(work.target / "grains.csv", dtype={"flags": str, "called": str})
        own = shares_of(table, deployed)
        name = work.target.name
        shares.append(own.assign(sample=name)[["sample", "class", "fraction", "low", "high"]])
        ways.append(by_method(table, deployed).assign(sample=name))
        links.append((name, len(table), int(table["kept"].sum()), own))
    if not shares:
        return
    others = pd.concat(ways)
    order = ["sample", *[name for name in others if name != "sample"]]
    contents = {
        "fractions.csv": pd.concat(shares).to_csv(index=False, float_format="%.4g"),
        "fractions_by_method.csv": others[order].to_csv(index=False, float_format="%.4g"),
        "index.html": pages.index_page(links, deployed),
    }
    files.write_together(out, contents)
