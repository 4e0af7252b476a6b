"""Ten seeds of each way to hold a LeNet back, 60 epochs each: what a student's own runs of notebook 05 land among.

One change at a time, on the grains of the notebook (synthetic set), with its seeds: seed by seed the same first weights
and the same order of grains, so that differences are paired; dropout draws seeds of its own, so that with it the dense
layers begin elsewhere. At three times the published learning rate sixty epochs show what 200 do; the notebook has 36.
About ten minutes on two idle cores; prints one JSON line, mean and standard deviation of the validation ROC-AUC after
the last epoch. With `--save` the table goes into data/results.
"""

import argparse
import json

import keras
import pandas as pd
from tqdm import tqdm

from zirconkit import grains as gr
from zirconkit import mounts, samples
from zirconkit.networks import models, training
from zirconkit.networks.sweeps.trials import split

EPOCHS, SEEDS, EVERY, RATE = 60, 10, 3, 3e-3
# What LeNet gets, and which changes of the images.
VARIANTS = {
    "none": ({}, ()),
    "dropout": ({"dropout": 0.5}, ()),
    "L1": ({"l1": 0.001}, ()),
    "L2": ({"l2": 0.003}, ()),
    "batch normalization": ({"batch_norm": True}, ()),
    **{name: ({}, (name,)) for name in training.CHANGES},
    "augmentation": ({}, training.CHANGES),
    "dropout + augmentation": ({"dropout": 0.5}, training.CHANGES),
}


def one_run(name, seed, learning, validation):
    """The scores of every third epoch of a training: DataFrame."""
    how, changes = VARIANTS[name]
    keras.utils.set_random_seed(seed)
    model = training.compile_model(models.lenet(**({"dropout": 0.0} | how)), RATE)
    augment = training.augmentation(seed, changes) if changes else None
    log = training.fit(model, learning, validation, EPOCHS, augment=augment, seed=seed, progress=False)
    table = pd.DataFrame(log.history)[["loss", "auc", "val_loss", "val_auc"]]
    table.insert(0, "epoch", range(1, EPOCHS + 1))
    keras.backend.clear_session()
    return table[table["epoch"] % EVERY == 0].assign(name=name, seed=seed)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", action="store_true", help="write data/results/regularization_bench.csv")
    options = parser.parse_args()
    grains = gr.from_mounts(mounts.labelled("synthetic"), size=32, mask_neighbours=True)
    chosen, _ = gr.published_split(grains, 678)
    learning, validation = split(chosen, 0, 1)
    jobs = [(name, seed) for seed in range(SEEDS) for name in VARIANTS]
    table = pd.concat([one_run(*job, learning, validation) for job in tqdm(jobs, disable=None)])
    table = table.sort_values(["name", "seed", "epoch"])
    if options.save:
        columns = ["name", "seed", "epoch", "loss", "auc", "val_loss", "val_auc"]
        table[columns].round(4).to_csv(samples.DATA / "results" / "regularization_bench.csv", index=False)
    last = table[table["epoch"] == EPOCHS].groupby("name", sort=False)["val_auc"]
    print(json.dumps(last.agg(["mean", "std"]).round(3).T.to_dict()))


if __name__ == "__main__":
    main()
