"""Training: the paper's augmentation, and `fit` with progress and ROC-AUC at each epoch.

`fit` is what `model.fit` of Keras is, in one fast path: the augmentation of an epoch is one call, and all its steps are
one TensorFlow graph. For networks as small as LeNet the way in and out of Python costs more than the arithmetic;
`benchmarks/train_speed.py` compares time and result with `model.fit`.
"""

import json
import os
import zlib
from functools import partial
from pathlib import Path

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from tqdm.auto import tqdm

from zirconkit.networks.logs import log_scores

__all__ = ["answers", "augmentation", "compile_model", "fit", "fix_chance", "predict"]


def fix_chance(seed):
    """Same seed, same machine, same numbers to the last bit: for the whole process, and somewhat slower.

    Sets `keras.utils.set_random_seed` and TensorFlow's op determinism. Call it before the model is built.
    """
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


def augmentation(seed=0):
    """The paper's random changes (section 2.4.1): flips, rotation 0.2, zoom 0.4, brightness and contrast 0.2.

    Keras's 0.2 of a turn is 72 degrees either way. Its brightness and contrast layers assume 0..255 unless told
    otherwise; the images here are 0..1.

    Parameters
    ----------
    seed : int

    Returns
    -------
    keras.Sequential
        From and to (n, height, width, 1) in 0..1; changes images only when called with `training=True`.
    """
    return keras.Sequential(
        [
            layers.RandomFlip(seed=seed),
            layers.RandomRotation(0.2, fill_mode="constant", seed=seed + 1),
            layers.RandomZoom(0.4, fill_mode="constant", seed=seed + 2),
            layers.RandomBrightness(0.2, value_range=(0, 1), seed=seed + 3),
            layers.RandomContrast(0.2, value_range=(0, 1), seed=seed + 4),
        ],
        name="augmentation",
    )


def compile_model(model, learning_rate=1e-3):
    """Adam on binary cross-entropy, as published (section 2.4.4); returns the model."""
    model.compile(optimizer=keras.optimizers.Adam(learning_rate), loss="binary_crossentropy")
    return model


def predict(model, grains):
    """Probability of porphyry for each grain; array of float, shape (n,)."""
    return answers(model, grains.x)[:, 0]


def answers(model, x, batch_size=256):
    """What a model says to each row of x, as float32, a batch at a time, with dropout and augmentation off."""
    parts = (np.asarray(x[start : start + batch_size], np.float32) for start in range(0, len(x), batch_size))
    return np.concatenate([np.asarray(model(part, training=False)) for part in parts])


def _one_epoch(model, batch_size):
    """A compiled function: shuffled images, classes and weights once through the network, batch by batch.

    It returns the probabilities that the network gave on the way, while it learned.
    """
    model.optimizer.build(model.trainable_variables)

    @tf.function(reduce_retracing=True)
    def epoch(x, y, weight):
        n = tf.shape(x)[0]
        seen = tf.TensorArray(tf.float32, size=(n + batch_size - 1) // batch_size, infer_shape=False)
        for start in tf.range(0, n, batch_size):
            batch = slice(start, start + batch_size)
            with tf.GradientTape() as tape:
                answers = model(x[batch], training=True)
                loss = model.compute_loss(x[batch], y[batch], answers, weight[batch])
                scaled = model.optimizer.scale_loss(loss)  # under mixed_float16 apply_gradients divides by it again
            gradients = tape.gradient(scaled, model.trainable_variables)
            model.optimizer.apply_gradients(zip(gradients, model.trainable_variables))
            seen = seen.write(start // batch_size, tf.cast(answers, tf.float32))
        return seen.concat()

    return epoch


def _learning(model, train, augment, batch_size, seed, class_weight):
    """A function that trains for the epoch of a number and returns its scores, taken while the network learned."""
    step, x, y = _one_epoch(model, batch_size), train.x, train.y.astype(np.float32)[:, None]
    weight = np.array([(class_weight or {}).get(k, 1) for k in train.y], np.float32)[:, None]
    change = tf.identity if augment is None else tf.function(partial(augment, training=True))

    def learn(epoch):
        order = np.random.default_rng([seed, epoch]).permutation(len(x))
        seen = step(change(tf.constant(x[order])), tf.constant(y[order]), tf.constant(weight[order]))
        return log_scores(train.y[order], seen.numpy()[:, 0])

    return learn


def _judging(model, validation):
    """A function that returns the scores on the validation grains, with dropout and augmentation off."""
    answer, x = tf.function(partial(model, training=False)), tf.constant(validation.x)
    return lambda: log_scores(validation.y, answer(x).numpy()[:, 0], "val_")


class _Checkpoint:
    """Weights, optimizer, the state of every random layer and the history so far, in one file without pickle."""

    def __init__(self, path, model, augment, made_with):
        optimizer = {**model.optimizer.get_config(), "name": type(model.optimizer).__name__}  # else adam, adam_1 ...
        self.path, self.made_with = Path(path), json.dumps([model.name, optimizer, *made_with])
        self.variables = [*model.variables, *model.optimizer.variables, *(augment.variables if augment else [])]

    def load(self):
        """Put everything back as it was after the last finished epoch; the history so far, empty without a file."""
        if not self.path.is_file():
            return {}
        with np.load(self.path, allow_pickle=False) as kept:
            values = [kept[f"arr_{number}"] for number in range(len(kept.files) - 2)]
            same = str(kept["made_with"]) == self.made_with and len(values) == len(self.variables)
            if not same or any(value.shape != tuple(v.shape) for value, v in zip(values, self.variables)):
                raise ValueError(
                    f"{self.path} is of another training (network, grains or settings): choose another file"
                )
            for value, variable in zip(values, self.variables):
                variable.assign(value)
            return json.loads(str(kept["history"]))

    def save(self, history):
        """Replace the file in one move, so that an interruption leaves the old one or the new one."""
        part = self.path.with_name(self.path.name + ".part")
        with part.open("wb") as file:
            values = [np.asarray(variable) for variable in self.variables]
            np.savez(file, *values, made_with=self.made_with, history=json.dumps(history))
        os.replace(part, self.path)


def fit(
    model, train, validation=None, epochs=40, augment=None, batch_size=32, seed=0, class_weight=None, callbacks=(),
    checkpoint=None, progress=True,
):  # fmt: skip
    """Train a compiled model and log the scores of every epoch.

    Parameters
    ----------
    model : keras.Model
        Compiled; from (n, height, width, 1) to the probability of class 1.
    train, validation : grains.Grains
    epochs, batch_size : int
    augment : keras.Model, optional
        What `augmentation` returns; None for none.
    seed : int
        Of the order of the grains; `keras.utils.set_random_seed` or `fix_chance`, called before the model is built, set
        the rest.
    class_weight : dict of int to float, optional
        What a grain of each class, 0 and 1, counts in the loss.
    callbacks : list of keras.callbacks.Callback
        Told of each epoch's begin and end (not of batches), such as `EarlyStopping`.
    checkpoint : path, optional
        A file (.npz) written after each epoch. If it is there already, training goes on behind its last epoch, as if
        it had never stopped. Not together with callbacks, whose state it does not keep.
    progress : bool
        Show a bar.

    Returns
    -------
    keras.callbacks.History
        Its `history` has loss, accuracy, auc and, with a validation set, val_loss, val_accuracy, val_auc: a list each,
        a value an epoch. As in Keras's own log the training scores are gathered while the network learns, with dropout
        and augmentation on. The loss is the cross-entropy, without penalties (L1, L2) and class weights.

    Raises
    ------
    ValueError
        If a set has one class only, or the checkpoint is of another training.
    FloatingPointError
        If training diverges.
    """
    for kind, grains in (("training", train), ("validation", validation)):
        if grains is not None and len(np.unique(grains.y)) < 2:
            raise ValueError(f"the {kind} grains are all of one class")
    if checkpoint and callbacks:
        raise ValueError("a checkpoint does not keep the state of callbacks: use one or the other")
    learn = _learning(model, train, augment, batch_size, seed, class_weight)
    judge = dict if validation is None else _judging(model, validation)
    history, model.stop_training = keras.callbacks.History(), False
    watchers = keras.callbacks.CallbackList([*callbacks, history], model=model)
    watchers.on_train_begin()
    if checkpoint:
        settings = [batch_size, seed, class_weight, augment is None, zlib.crc32(train.images.tobytes())]
        kept = _Checkpoint(checkpoint, model, augment, settings)
        history.history = kept.load()
        history.epoch = list(range(len(history.history.get("loss", []))))
    bar = tqdm(range(len(history.epoch), epochs), desc=model.name, unit="epoch", disable=not progress, leave=False)
    for epoch in bar:
        watchers.on_epoch_begin(epoch)
        logs = learn(epoch) | judge()
        watchers.on_epoch_end(epoch, logs)
        bar.set_postfix(auc=f"{logs.get('val_auc', logs['auc']):.2f}")
        if checkpoint:
            kept.save(history.history)
        if model.stop_training:
            break
    watchers.on_train_end()
    return history
