"""What are unlabelled grains worth beside 5, 10, 20 or 50 labelled ones, and which grain should be labelled next?

Grains are shown alone, evenly exposed, level and of one length. EfficientNet-Lite0 makes 112 numbers of each, of which
20 directions are kept (standardised, PCA; neither sees a label). Every run leaves a pair of mounts out, one of either
class, which nobody labels and everything is scored on (ROC-AUC); labels are drawn from the other mounts.

* `methods`: logistic regression on the labelled grains alone ("supervised"), the same on two measured shapes, LeNet on
  their pixels, and three that look at the unlabelled grains, too: self-training, label spreading, agreement of two
  views; self-training also with the unlabelled grains of the two mounts. `gain` is against "supervised", paired.
* `asking`: a scripted oracle names the grain that is asked for: least sure, farthest; `gain` against "at random", which
  are the very labels of "supervised" and begin with the same two grains.
* `saved`: the labels that asking saves at the score of so many random ones.
* `wrong`: a share of the labels is the other class's; `mounts`: as many labels, of one or more mounts of each class,
  half of each; `gain` against none wrong, and against all mounts. `mounts, as cropped`: the same with grains that are
  alone, but neither evenly exposed nor level nor of one length.
* `less aspect ratio`: what each method has more than aspect ratio alone, paired; `evening out`: what as many labels of
  as many mounts have more if grains are evened out than as cropped, paired.

Ten runs (pairs of mounts), twelve draws of labels in each, which are nested: the ten of a draw are among its twenty.
LeNet has the first draw only, and its gain is against that draw. Intervals are Student's t over the runs, which share
mounts: for new mounts they are too narrow.

Prints one JSON line; with `--save` the table goes to data/results/few_labels.csv. The real mounts are added where
`ZIRCONKIT_DATA` names their folder. About ten minutes on one core.
"""

import argparse
import json
import os
from itertools import product
from typing import NamedTuple

import keras
import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.semi_supervised import LabelSpreading, SelfTrainingClassifier
from tqdm import tqdm

from zirconkit import evaluation, labelling, mounts, samples
from zirconkit import grains as gr
from zirconkit.networks import backbones, models, training, transfer

SEEDS, DRAWS = 10, 12
LABELS = (5, 10, 20, 50)
COUNTS = (2, 3, 4, 5, 7, 10, 14, 20, 28, 40, 50, 60)
SHAPES = ["aspect_ratio", "solidity"]


class Set(NamedTuple):
    """A data set: two views of each grain as numbers, and as cropped; its measured shapes, pictures, class, mount."""

    views: tuple
    cropped: np.ndarray
    shapes: np.ndarray
    grains: gr.Grains
    y: np.ndarray
    sample: np.ndarray


class Run(NamedTuple):
    """One pair of mounts left out: views, crops and shapes as directions, and which rows are unseen."""

    views: tuple
    cropped: np.ndarray
    shapes: np.ndarray
    unseen: np.ndarray


def data_set(name):
    found = mounts.labelled(name)
    whole = gr.from_mounts(found, size=160, square=160, progress=False)
    grains = gr.level_and_even(whole, 64)
    backbone = backbones.lite0()
    turned = grains.images[:, ::-1, ::-1]
    brighter = np.uint8(np.clip(1.25 * turned, 0, 255))
    cropped = gr.repaired(whole, ("masking",), 64).images
    looks = (grains.images, brighter, cropped)
    maps = [transfer.features(backbone, images, "block10_add", progress=False) for images in looks]
    *views, cropped = (np.float32(each).mean(axis=(1, 2)) for each in maps)
    shapes = np.log(grains.table[SHAPES].to_numpy(float))
    return Set(tuple(views), cropped, shapes, gr.resize(grains, 32), grains.y, grains.table["sample"].to_numpy(str))


def run_of(data, pair):
    unseen = np.isin(data.sample, pair)
    directions, of_crops = (
        make_pipeline(StandardScaler(), PCA(20, random_state=0)).fit(each[~unseen])
        for each in (data.views[0], data.cropped)
    )
    shapes = StandardScaler().fit(data.shapes[~unseen])
    views = tuple(map(directions.transform, data.views))
    return Run(views, of_crops.transform(data.cropped), shapes.transform(data.shapes), unseen)


def regression(c=0.03):
    return LogisticRegression(C=c, class_weight="balanced", max_iter=500)


def auc(fitted, x, y):
    if hasattr(fitted, "decision_function"):
        score = fitted.decision_function(x)
    else:
        score = np.nan_to_num(fitted.predict_proba(x)[:, 1], nan=0.5)  # a grain that no neighbour links to a label
    return evaluation.auc_interval(y, score).value


def lenet(grains, rows, unseen, seed):
    """A LeNet on the pixels of the labelled grains alone, with flips."""
    keras.utils.set_random_seed(seed)
    model = training.compile_model(models.lenet(32))
    flips = keras.Sequential([keras.layers.RandomFlip(seed=seed)])
    training.fit(model, grains[rows], epochs=100, augment=flips, seed=seed, progress=False)
    found = evaluation.auc_interval(grains.y[unseen], training.predict(model, grains[unseen])).value
    keras.backend.clear_session()
    return found


def by_method(data, run, labels, seed, draw):
    """ROC-AUC of each method, from one draw of labels: yields method and score."""
    pool, unseen, y = np.flatnonzero(~run.unseen), run.unseen, data.y
    rows = pool[labelling.first_labels(y[pool], labels, [seed, draw])]
    named = labelling.hide(y, rows)
    x, other = run.views
    training_self = SelfTrainingClassifier(regression(), threshold=0.9)
    spreading = LabelSpreading("knn", n_neighbors=10, alpha=0.5)
    yield "supervised", auc(regression().fit(x[rows], y[rows]), x[unseen], y[unseen])
    yield "two shapes", auc(regression(1).fit(run.shapes[rows], y[rows]), run.shapes[unseen], y[unseen])
    yield "self-training", auc(training_self.fit(x[pool], named[pool]), x[unseen], y[unseen])
    yield "label spreading", auc(spreading.fit(x[pool], named[pool]), x[unseen], y[unseen])
    yield "two views", auc(labelling.two_views(regression(), x[pool], other[pool], named[pool]), x[unseen], y[unseen])
    yield "self-training, new mounts at hand", auc(training_self.fit(x, named), x[unseen], y[unseen])
    if draw == 0:
        yield "LeNet", lenet(data.grains, rows, unseen, seed)


def by_asking(data, run, seed, draw):
    """ROC-AUC along the labels that an oracle was asked for: yields way and array."""
    pool, x, y = np.flatnonzero(~run.unseen), run.views[0], data.y
    drawn = labelling.first_labels(y[pool], COUNTS[-1], [seed, draw])
    first = drawn[: COUNTS[0]]
    for how, choose in labelling.ASKING.items():
        if how == "at random":
            asked = drawn  # the draw that the other parts have, too
        else:
            asked = labelling.asked_in_turn(choose, regression(), (x[pool], y[pool]), first, COUNTS[-1], [seed, draw])
        learn = x[pool[asked]], y[pool[asked]]
        yield how, labelling.scores_along(regression(), learn, (x[run.unseen], y[run.unseen]), COUNTS)


def by_wrong(data, run, labels, seed, draw):
    pool, x, y = np.flatnonzero(~run.unseen), run.views[0], data.y
    rows = pool[labelling.first_labels(y[pool], labels, [seed, draw])]
    for share in (0, 0.1, 0.2, 0.3, 0.4):
        named = labelling.some_wrong(y[rows], share, [seed, draw])
        yield share, auc(regression().fit(x[rows], named), x[run.unseen], y[run.unseen]) if len(set(named)) > 1 else 0.5


def by_mounts(data, run, x, labels, seed, draw):
    pool, y = np.flatnonzero(~run.unseen), data.y
    for many in (1, 2, 3, 8):
        rows = pool[labelling.first_labels(y[pool], labels, [seed, draw], data.sample[pool], many)]
        yield many, auc(regression().fit(x[rows], y[rows]), x[run.unseen], y[run.unseen])


def all_runs(name):
    """A row for each score: part, what, labels, seed, draw, auc."""
    data, rows = data_set(name), []
    pairs = labelling.pairs_of_mounts(data.y, data.sample, SEEDS)
    for (seed, pair), draw in tqdm(list(product(enumerate(pairs), range(DRAWS))), desc=name):
        run = run_of(data, pair)
        about = {"seed": seed, "draw": draw}
        for labels in LABELS:
            rows += [_row("methods", *each, labels, about) for each in by_method(data, run, labels, seed, draw)]
            rows += [_row("wrong", *each, labels, about) for each in by_wrong(data, run, labels, seed, draw)]
            for part, x in {"mounts": run.views[0], "mounts, as cropped": run.cropped}.items():
                rows += [_row(part, *each, labels, about) for each in by_mounts(data, run, x, labels, seed, draw)]
        for how, scores in by_asking(data, run, seed, draw):
            rows += [_row("asking", how, score, count, about) for count, score in zip(COUNTS, scores)]
        unseen, pool = run.unseen, ~run.unseen
        x, y = run.views[0], data.y
        whole = auc(regression().fit(x[pool], y[pool]), x[unseen], y[unseen])
        aspect = evaluation.auc_interval(y[unseen], data.shapes[unseen, 0]).value
        rows += [_row("methods", "every label", whole, 0, about)]
        rows += [_row("methods", "aspect ratio", aspect, 0, about)]
    return pd.DataFrame(rows)


def _row(part, what, score, labels, about):
    return {"part": part, "what": str(what), "labels": labels, "auc": score, **about}


RIVALS = {"methods": "supervised", "asking": "at random", "wrong": "0", "mounts": "8", "mounts, as cropped": "8"}


def summary(rows, name):
    """A row for each part, way and number of labels: mean and gain, with intervals over the runs."""
    scores = rows.set_index(["part", "what", "labels", "seed", "draw"])["auc"].unstack(["seed", "draw"])
    for (part, what, labels), draws in scores.iterrows():
        runs = draws.groupby("seed").mean()
        value = evaluation.paired_difference(runs, np.zeros(len(runs)))
        row = {"data": name, "part": part, "what": what, "labels": labels, "runs": len(runs), **value._asdict()}
        rival = (part, RIVALS[part], labels)
        if rival in scores.index and what != RIVALS[part]:
            gains = (draws - scores.loc[rival]).groupby("seed").mean()  # over the draws that both have
            gain = evaluation.paired_difference(gains, np.zeros(len(gains)))
            row |= {f"gain{end}": each for end, each in zip(("", "_low", "_high"), gain)}
        yield row


def differences(rows, name):
    """Paired differences of rows that the summary does not set side by side: a row for each."""
    means = rows.groupby(["part", "what", "labels", "seed"])["auc"].mean().unstack("seed")
    ruler = means.loc[("methods", "aspect ratio", 0)]
    for (what, labels), runs in means.loc["methods"].iterrows():
        if what != "aspect ratio":
            yield _difference("less aspect ratio", what, labels, runs, ruler, name)
    for (many, labels), runs in means.loc["mounts"].iterrows():
        cropped = means.loc[("mounts, as cropped", many, labels)]
        yield _difference("evening out", many, labels, runs, cropped, name)


def _difference(part, what, labels, runs, rival, name):
    found = evaluation.paired_difference(runs, rival)
    return {"data": name, "part": part, "what": what, "labels": labels, "runs": len(runs), **found._asdict()}


def saved(rows, name):
    """The labels that each way of asking saves against random choice."""
    means = rows[rows["part"] == "asking"].groupby(["what", "seed", "labels"])["auc"].mean().unstack("labels")
    for how, at in product(labelling.ASKING, (10, 20, 40)):
        if how != "at random":
            found = labelling.labels_saved(COUNTS, means.loc[how], means.loc["at random"], at)
            runs = len(means.loc[how])
            yield {"data": name, "part": "saved", "what": how, "labels": at, "runs": runs, **found._asdict()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", action="store_true", help="write data/results/few_labels.csv")
    options = parser.parse_args()
    rows = []
    for kind, name in {"grown": "synthetic", "real": "quellaveco"}.items():
        if kind == "grown" or os.environ.get("ZIRCONKIT_DATA"):
            scores = all_runs(name)
            rows += [*summary(scores, kind), *differences(scores, kind), *saved(scores, kind)]
    table = pd.DataFrame(rows).round(4)
    if options.save:
        table.to_csv(samples.DATA / "results" / "few_labels.csv", index=False)
    chosen = table[(table["part"].isin(["methods", "saved"]))]
    said = {}
    for row in chosen.to_dict("records"):
        said[f"{row['data']}, {row['part']}, {row['what']}, {row['labels']}"] = [row["value"], row["low"], row["high"]]
    print(json.dumps({"benchmark": "few_labels", **said}))


if __name__ == "__main__":
    main()
