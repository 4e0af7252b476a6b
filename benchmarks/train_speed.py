"""What training as published takes, what `training.fit` takes, and whether the models are equally good.

The published way (Nathwani et al., 2023, section 2.4): augmentation layers inside the model, Keras's own `fit`, batches
of 32, loss, accuracy and ROC-AUC of both sets at each epoch; 542 grains to learn from and 136 to validate on, as there.
For each of five seeds both ways start from the same weights, one after the other in one process.

Prints one JSON line. Seconds are the median epoch after ten to warm up; validation ROC-AUC is the mean over the last
twenty epochs of each run, then over the seeds, with its standard deviation over them.
"""

import json
import time

import numpy as np

from zirconkit import evaluation  # before Keras: switches oneDNN on
from zirconkit.networks import models, sweeps, training
from zirconkit.networks.sweeps import trials

# isort: split
import keras
from tqdm import tqdm

EPOCHS, SEEDS, WARM_UP = 100, 5, 10


class Watch(keras.callbacks.Callback):
    """Seconds of each epoch; validation ROC-AUC after each of the last twenty, exact (Keras's own metric is binned)."""

    def __init__(self, validation):
        super().__init__()
        self.validation, self.seconds, self.auc = validation, [], []

    def on_epoch_begin(self, epoch, logs=None):
        self.start = time.perf_counter()

    def on_epoch_end(self, epoch, logs=None):
        self.seconds.append(time.perf_counter() - self.start)
        if epoch >= EPOCHS - 20:
            answers = training.predict(self.model, self.validation)
            self.auc.append(evaluation.auc_interval(self.validation.y, answers).value)


def as_published(lenet, learning, validation, seed, watch):
    parts = [keras.Input(learning.x.shape[1:]), *training.augmentation(seed).layers, *lenet.layers]
    model, metrics = keras.Sequential(parts), ["accuracy", keras.metrics.AUC(name="auc")]
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy", metrics=metrics)
    aside = (validation.x, validation.y[:, None])
    how = {"epochs": EPOCHS, "batch_size": 32, "callbacks": [watch], "verbose": 0}
    model.fit(learning.x, learning.y[:, None], validation_data=aside, **how)


def by_the_kit(lenet, learning, validation, seed, watch):
    training.compile_model(lenet)
    how = {"augment": training.augmentation(seed), "callbacks": [watch], "seed": seed, "progress": False}
    training.fit(lenet, learning, validation, EPOCHS, **how)


def main():
    sweep = sweeps.read("regularization")
    grains, _ = sweeps.load_grains(sweep, sweeps.plan(sweep).query("grains == 'as published'"))["as published", 32]
    learning, validation = trials.split(grains, 0, 1)
    found = {"published": [], "kit": []}
    for seed in tqdm(range(SEEDS), desc="seeds"):
        keras.utils.set_random_seed(seed)
        weights = models.lenet().get_weights()
        for name, way in (("published", as_published), ("kit", by_the_kit)):
            keras.utils.set_random_seed(seed)
            lenet, watch = models.lenet(), Watch(validation)
            lenet.set_weights(weights)
            way(lenet, learning, validation, seed, watch)
            found[name].append((np.median(watch.seconds[WARM_UP:]), np.mean(watch.auc)))
            keras.backend.clear_session()
    seconds, auc = ({name: np.array(runs)[:, column] for name, runs in found.items()} for column in (0, 1))
    result = {"benchmark": "train_speed", "n_train": len(learning), "n_validation": len(validation)}
    result |= {f"{name}_s_per_epoch": round(float(np.median(each)), 4) for name, each in seconds.items()}
    result["ratio"] = round(float(np.median(seconds["published"] / seconds["kit"])), 2)
    result["ratio_by_seed"] = np.round(seconds["published"] / seconds["kit"], 2).tolist()
    result |= {f"auc_{name}": round(float(each.mean()), 4) for name, each in auc.items()}
    result |= {f"auc_{name}_sd": round(float(each.std(ddof=1)), 4) for name, each in auc.items()}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
