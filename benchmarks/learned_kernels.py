"""The first-layer kernels of ten LeNets, before and after 200 epochs: what notebook 03 sets beside a student's own.

LeNet as published (dropout, augmentation, Adam at 0.001), on the training grains of the synthetic set, a fifth of them
kept for validation; and the same with its first layer frozen at its random start. About eight minutes on two idle
cores; prints one JSON line: mean and standard deviation of the validation ROC-AUC of both, the paired difference with
its 95 % interval, and how alike a kernel is after the training to what it was before. With `--save` the table goes into
data/results.
"""

import argparse
import json

import keras
import numpy as np
import pandas as pd
from tqdm import tqdm

from zirconkit import evaluation, mounts, samples
from zirconkit import grains as gr
from zirconkit.networks import models, training
from zirconkit.networks.sweeps.trials import split

EPOCHS, SEEDS = 200, 10
WEIGHTS = [f"w{row}{column}" for row in range(3) for column in range(3)]


def kernels_of(model, **about):
    """A row for each kernel of a model's first layer: its nine weights, row by row, and its bias."""
    kernel, bias = model.layers[0].get_weights()
    table = pd.DataFrame(kernel[:, :, 0].reshape(9, -1).T, columns=WEIGHTS)
    table["bias"] = bias
    table.insert(0, "filter", range(len(table)))
    return table.assign(**about)


def trained(seed, learning, validation, frozen=False):
    """A LeNet before its training as a table of kernels; the model after it, and its validation ROC-AUC."""
    keras.utils.set_random_seed(seed)
    model = models.lenet(dropout=0.5)
    model.layers[0].trainable = not frozen
    training.compile_model(model)
    before = kernels_of(model, seed=seed, epoch=0)
    augment = training.augmentation(seed)
    log = training.fit(model, learning, validation, EPOCHS, augment=augment, seed=seed, progress=False)
    return before, model, log.history["val_auc"][-1]


def one_run(seed, learning, validation):
    """The kernels of a training before and after it, and its score with a free and with a frozen first layer."""
    before, model, free = trained(seed, learning, validation)
    after = kernels_of(model, seed=seed, epoch=EPOCHS)
    _, _, frozen = trained(seed, learning, validation, frozen=True)
    keras.backend.clear_session()
    return pd.concat([before, after]).assign(val_auc=free, val_auc_frozen=frozen)


def alike(table):
    """The correlation of each kernel's nine weights after the training with those before: array."""
    before, after = (table.loc[table["epoch"] == epoch, WEIGHTS].to_numpy() for epoch in (0, EPOCHS))
    return np.array([np.corrcoef(*pair)[0, 1] for pair in zip(before, after)])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", action="store_true", help="write data/results/learned_kernels.csv")
    options = parser.parse_args()
    grains = gr.from_mounts(mounts.labelled("synthetic"), size=32, mask_neighbours=True, progress=False)
    chosen, _ = gr.published_split(grains, 678)
    learning, validation = split(chosen, 0, 1)
    table = pd.concat([one_run(seed, learning, validation) for seed in tqdm(range(SEEDS), disable=None)])
    if options.save:
        columns = ["seed", "epoch", "filter", *WEIGHTS, "bias", "val_auc", "val_auc_frozen"]
        table[columns].round(4).to_csv(samples.DATA / "results" / "learned_kernels.csv", index=False)
    auc = table.groupby("seed")[["val_auc", "val_auc_frozen"]].first()
    found = {name: [auc[name].mean(), auc[name].std()] for name in auc}
    found["free less frozen"] = evaluation.paired_difference(auc["val_auc"], auc["val_auc_frozen"])
    found["alike"] = np.percentile(alike(table), [5, 50, 95])
    print(json.dumps({name: np.round(values, 3).tolist() for name, values in found.items()}))


if __name__ == "__main__":
    main()
