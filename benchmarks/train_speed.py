"""What training as published takes, and what `training.fit` takes, and whether the models are equally good.

The published way (Nathwani et al., 2023, section 2.4): augmentation layers inside the model, Keras's own `fit`, batches of
32, loss, accuracy and ROC-AUC of both sets at each epoch; 542 grains to learn from and 136 to validate on, as there. Both ways
start from the same weights and run in turns in one process. Times are the median epoch, after ten to warm up.

Prints one JSON line; validation ROC-AUC is the mean over the last ten epochs of each run, then over five seeds.
"""

import json
import time

import numpy as np

from zirconkit import models, mounts, training  # before Keras: switches oneDNN on
from zirconkit import grains as gr

# isort: split
import keras

EPOCHS, SEEDS, WARM_UP = 100, 5, 10


class Clock(keras.callbacks.Callback):
    """Notes when each epoch ended."""

    def on_train_begin(self, logs=None):
        self.ends = []

    def on_epoch_end(self, epoch, logs=None):
        self.ends.append(time.perf_counter())

    def seconds(self):
        return np.diff(self.ends)[WARM_UP:]


def published(weights, train, validation, seed, clock):
    lenet = models.lenet()
    lenet.set_weights(weights)
    model = keras.Sequential([keras.Input(train.x.shape[1:]), *training.augmentation(seed).layers, *lenet.layers])
    metrics = ["accuracy", keras.metrics.AUC(name="auc")]
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy", metrics=metrics)
    aside = (validation.x, validation.y)
    model.fit(
        train.x,
        train.y,
        validation_data=aside,
        batch_size=32,
        epochs=EPOCHS,
        callbacks=[clock, Rank(validation)],
        verbose=0,
    )


def main():
    pass


if __name__ == "__main__":
    main()
