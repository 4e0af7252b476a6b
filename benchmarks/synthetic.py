"""Are the synthetic mounts as hard as the real ones? Prints one JSON line; progress goes to stderr.

Each figure has a band that the real mounts of Nathwani et al. (2023) set, or that keeps the lessons honest:

growth_s_per_2mpx        under 5, on one core
watershed_f1             0.90 to 0.99, mean over mounts (real: 0.977)
published_kept           crops of the published recipe over Table 1's n, each mount: 1/1.5 to 1.5 on average over seeds
auc_aspect_ratio         0.75 to 0.95, QVC055 against QVC075 (real: 0.86 to 0.90)
auc_area, auc_solidity   as a shortcut no better than in the real data (0.78 to 0.87; 0.79 to 0.88)
auc_mean_grey            (real: 0.63)
deviation                largest relative miss of a median (diameter, aspect, grey) against the recipe's measured one
lenet_auc                0.85 to 0.96, five folds over the 13 labelled mounts, background masked (real: 0.90)
lenet_auc_by_sample      leave one sample out: lower by 0.02 to 0.15

Run with OMP_NUM_THREADS=1 for the timing; takes about twenty minutes.
"""

import json
import sys
import time

import keras
import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

from zirconkit import evaluation, grains, models, samples, segmentation, synthesis, training

SEEDS = (0, 1, 2)
FEATURES = ("aspect_ratio", "area_px", "solidity", "mean_grey")


def one_mount(sample, seed):
    """Figures of one mount, its table of grains and its crops."""
    started = time.process_time()
    mount = synthesis.grow_mount(sample, seed)
    seconds = time.process_time() - started
    labels, table = segmentation.segment(mount.image)
    scores = evaluation.segmentation_scores(labels, mount.labels)
    truth = segmentation.describe(mount.image, mount.labels)
    recipe = synthesis.SAMPLES.loc[sample]
    measured = {"diameter": "equivalent_diameter_px", "aspect": "aspect_ratio", "grey": "mean_grey"}
    figures = {
        "sample": sample,
        "seed": seed,
        "seconds": seconds / mount.image.size * 2e6,
        "f1": scores["f1_50"],
        "crops": len(segmentation.published_boxes(mount.image)),
        **{name: truth[column].median() / recipe[f"{name}_50"] - 1 for name, column in measured.items()},
    }
    table = table[table["kept"]].rename(columns={"label": "grain"})
    table = table.assign(sample=sample, label=samples.sheet().label[sample])
    images = grains.cut(
        mount.image, labels, table.rename(columns={"grain": "label", "label": "class"}), mask_neighbours=True
    )
    print(figures, file=sys.stderr)
    return figures, grains.Grains(images, table)


def pair_aucs(table):
    """ROC-AUC of single features on the test pair; a feature that runs the other way counts as its mirror image."""
    pair = table[table["sample"].isin(samples.TEST)]
    aucs = {f: roc_auc_score(pair["label"] == "porphyry", pair[f]) for f in FEATURES}
    return {f"auc_{f.removesuffix('_px')}": max(a, 1 - a) for f, a in aucs.items()}


def lenet_auc(crops, fold, epochs=60):
    """ROC-AUC of a LeNet on grains that it never saw: of all grains together, and its spread over the folds.

    A fold of one class has no ROC-AUC of its own: the spread is then NaN.
    """
    parts = []
    for number in np.unique(fold):
        keras.utils.set_random_seed(int(number))
        model = training.compile_model(models.lenet())
        training.fit(model, crops[fold != number], epochs=epochs, progress=False)
        aside = crops[fold == number]
        parts.append(pd.DataFrame({"y": aside.y, "p": training.predict(model, aside), "fold": number}))
        keras.backend.clear_session()
    all_folds = pd.concat(parts)
    each = [roc_auc_score(part.y, part.p) for part in parts if part.y.nunique() == 2]
    return float(roc_auc_score(all_folds.y, all_folds.p)), float(np.std(each)) if len(each) == len(parts) else np.nan


def main():
    found = {seed: [one_mount(sample, seed) for sample in synthesis.SAMPLES.index] for seed in SEEDS}
    figures = pd.DataFrame([one for mounts in found.values() for one, _ in mounts])
    crops = {
        seed: grains.Grains(
            np.concatenate([g.images for _, g in mounts]), pd.concat([g.table for _, g in mounts], ignore_index=True)
        )
        for seed, mounts in found.items()
    }
    pair = pd.DataFrame([pair_aucs(one.table) for one in crops.values()])
    kept = (figures.groupby("sample")["crops"].mean() / samples.sheet()["n"].astype(float)).dropna()
    used = crops[0][(crops[0].table["sample"] != "QVC041").to_numpy()]
    fold = np.zeros(len(used), int)
    for number, (_, aside) in enumerate(StratifiedKFold(5, shuffle=True, random_state=0).split(used.images, used.y)):
        fold[aside] = number
    mean, spread = lenet_auc(used, fold)
    by_sample, _ = lenet_auc(used, pd.factorize(used.table["sample"])[0])
    result = {
        "benchmark": "synthetic",
        "growth_s_per_2mpx": round(figures["seconds"].mean(), 2),
        "watershed_f1": round(figures["f1"].mean(), 3),
        "watershed_f1_worst": round(figures["f1"].min(), 3),
        "published_kept": [round(kept.min(), 2), round(kept.median(), 2), round(kept.max(), 2)],
        **{name: [round(pair[name].min(), 2), round(pair[name].max(), 2)] for name in pair},
        "deviation": round(float(figures[["diameter", "aspect", "grey"]].abs().max().max()), 3),
        "lenet_auc": round(mean, 3),
        "lenet_auc_spread": round(spread, 3),
        "lenet_auc_by_sample": round(by_sample, 3),
        "crops": len(crops[0]),
    }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
