"""How much higher is the ROC-AUC of random folds than that of mounts that were left out? Four scorers, both data sets.

The grains of notebook 07 (those to learn from and those of the test mounts), the scorers of notebook 07: aspect ratio,
a random forest on shape and zoning, a logistic regression on Lite0's pooled features of grains turned level and
evenly exposed, and of grains as they lie. Splits: five random folds; one mount, or one lithology, at a time left out
(answers of different models pooled); pairs of mounts left out. Two gaps, each with its interval over mounts: random
folds less one mount (or lithology) left out, all pooled; random folds less pairs left out, on the same pairs. Prints
one JSON line: the gaps. With `--save` the table goes to data/results/leakage.csv. The real mounts are added where
`ZIRCONKIT_DATA` names their folder. A minute a data set.
"""

import argparse
import json
import os

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import LeaveOneGroupOut, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

from zirconkit import evaluation, mounts, samples
from zirconkit import grains as gr
from zirconkit.networks import backbones, transfer

FEATURES = ["aspect_ratio", "solidity", "contrast", "rim_over_core", "oscillation", "inclusion_fraction"]


class Forest(RandomForestClassifier):
    """A random forest that has its answer under the name that other classifiers use."""

    def decision_function(self, x):
        return self.predict_proba(x)[:, 1]


def logistic(strength):
    plain = LogisticRegression(C=strength, class_weight="balanced", max_iter=2000)
    return make_pipeline(StandardScaler(), plain)


def drawn(data):
    """The grains to learn from and those of the test mounts, neighbours blackened, 90 px."""
    found = mounts.labelled(data)
    parts = gr.published_split(gr.from_mounts(found, size=90, mask_neighbours=True))
    return gr.concatenate(parts)


def scorers(grains):
    """For each scorer the model and what it learns from."""
    backbone = backbones.lite0(96)
    level = gr.level_and_even(grains, 90).images

    def pooled(images):
        return transfer.features(backbone, images, backbone.end).astype(np.float32).mean(axis=(1, 2))

    measured = grains.table[FEATURES].fillna(grains.table[FEATURES].median()).to_numpy(float)
    forest = Forest(100, min_samples_leaf=3, class_weight="balanced", random_state=0)
    return {
        "aspect ratio": (logistic(1), measured[:, :1]),
        "forest": (forest, measured),
        "Lite0": (logistic(0.01), pooled(level)),
        "Lite0, as they lie": (logistic(0.01), pooled(grains.images)),
    }


def difference(y, one, other):
    return evaluation.auc_difference(y, one, other).value


def splits(model, x, y, sample, lithology):
    """For each split its name and the ROC-AUC as an Interval."""
    random = evaluation.random_folds(model, x, y)
    by_pairs, left_out = evaluation.within_pairs(y, random, sample), evaluation.pairs_left_out(model, x, y, sample)
    yield "random folds, pooled (over grains)", evaluation.auc_interval(y, random)
    yield "random folds, by pairs", evaluation.pairs_interval(by_pairs)
    for name, groups in (("mounts", sample), ("lithologies", lithology)):
        how = {"groups": groups, "cv": LeaveOneGroupOut(), "method": "decision_function"}
        answers = cross_val_predict(model, x, y, **how)
        yield f"{name} left out, pooled", evaluation.auc_interval(y, answers, groups=sample)
        yield f"gap, {name} left out", evaluation.score_interval(difference, y, random, answers, groups=sample)
    yield "pairs left out", evaluation.pairs_interval(left_out)
    yield "gap, pairs left out", evaluation.gap(by_pairs, left_out)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", action="store_true", help="write data/results/leakage.csv")
    options, rows = parser.parse_args(), []
    here, path = os.environ.get("ZIRCONKIT_DATA"), samples.DATA / "results" / "leakage.csv"
    for data in ("synthetic", *([here] if here else [])):
        grains = drawn(data)
        kind, y, sample = "real" if data == here else "synthetic", grains.y, grains.table["sample"].to_numpy()
        lithology = samples.sheet()["lithology"].reindex(sample).to_numpy()
        n_mounts = {f"{label}_mounts": len(np.unique(sample[y == k])) for k, label in enumerate(samples.CLASSES)}
        for name, (model, x) in tqdm(scorers(grains).items(), desc=kind):
            for split, (value, low, high) in splits(model, x, y, sample, lithology):
                row = {"grains": kind, "scorer": name, "split": split, "value": value, "low": low, "high": high}
                rows.append(row | {"n": len(y)} | n_mounts)
    table = pd.DataFrame(rows).round(4)
    if options.save:
        if path.is_file() and not here:  # the real mounts' rows are kept, where they cannot be had
            table = pd.concat([table, pd.read_csv(path).query("grains == 'real'")])
        table.to_csv(path, index=False)
    gaps = table[table["split"].str.startswith("gap")].set_index(["grains", "scorer", "split"])[
        ["value", "low", "high"]
    ]
    print(json.dumps({" / ".join(key): row.tolist() for key, row in gaps.iterrows()}))


if __name__ == "__main__":
    main()
