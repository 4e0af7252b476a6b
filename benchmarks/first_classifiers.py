"""What the classifiers of notebook 04 score on the held-out test samples, and how far their seeds scatter.

Prints one JSON line, `{data: {"n_train": ..., "n_test": ..., "features": {name: auc}, "networks": {model:
{"validation": [...], "test": [...]}}}}`, for the synthetic set and, where `ZIRCONKIT_DATA` names them, the real mounts.
With `--save` the networks' rows on the synthetic set go into data/results/first_classifiers.csv, the bands of notebook
04.
"""

import argparse
import json
import os
import warnings

import keras
import pandas as pd

from zirconkit import course, evaluation, mounts, samples
from zirconkit import grains as gr
from zirconkit.networks import models, training

FEATURES = ("aspect_ratio", "solidity", "area_px", "mean_grey", "oscillation")


def networks(train, test, epochs, seeds):
    """One row a network and seed: the validation and the test ROC-AUC after the last epoch."""
    learning, validation = gr.stratified_split(train, 0.2, seed=0)
    for seed in range(seeds):
        for name, build in (("MLP", models.mlp), ("LeNet", models.lenet)):
            keras.utils.set_random_seed(seed)
            model = training.compile_model(build())
            augment = training.augmentation(seed) if name == "LeNet" else None
            history = training.fit(model, learning, validation, epochs=epochs, augment=augment, seed=seed)
            auc = evaluation.auc_interval(test.y, training.predict(model, test)).value
            yield {"model": name, "seed": seed, "validation": history.history["val_auc"][-1], "test": auc}
            keras.backend.clear_session()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--save", action="store_true", help="write data/results/first_classifiers.csv")
    options = parser.parse_args()
    warnings.filterwarnings("ignore", message="left out")
    result = {}
    for data in ("synthetic", "quellaveco") if os.environ.get("ZIRCONKIT_DATA") else ("synthetic",):
        found = [mount for mount in mounts.find(data) if mount.role != "unused"]
        train, test = gr.test_split(gr.from_mounts(found, mask_neighbours=True))
        rows = pd.DataFrame(networks(train, test, course.PROFILES["lesson"]["epochs"], options.seeds)).round(4)
        if options.save and data == "synthetic":
            (samples.DATA / "results").mkdir(exist_ok=True)
            rows.to_csv(samples.DATA / "results" / "first_classifiers.csv", index=False)
        result[data] = {
            "n_train": len(train),
            "n_test": len(test),
            "features": {
                name: round(evaluation.auc_interval(test.y, test.table[name].fillna(0)).value, 3) for name in FEATURES
            },
            "networks": {name: part[["validation", "test"]].to_dict("list") for name, part in rows.groupby("model")},
        }
    print(json.dumps(result))


if __name__ == "__main__":
    main()
