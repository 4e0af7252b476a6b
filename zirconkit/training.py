"""Training: the paper's augmentation, `fit` with progress and ROC-AUC at each epoch, cross-validation."""

from functools import partial

import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers
from sklearn.metrics import log_loss, roc_auc_score
from tqdm.auto import tqdm

__all__ = ["augmentation", "compile_model", "cross_validate", "fit", "predict"]


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
    x = grains.x
    parts = [model(x[start : start + 256], training=False) for start in range(0, len(x), 256)]
    return np.concatenate([np.asarray(part)[:, 0] for part in parts])


def _one_epoch(model, batch_size):
    """A compiled function that takes shuffled images and classes once through the network, batch by batch.

    What `model.fit` does, with all steps of an epoch in one TensorFlow graph: for a network as small as LeNet the way
    in and out of Python costs more than the arithmetic.
    """
    model.optimizer.build(model.trainable_variables)

    @tf.function(reduce_retracing=True)
    def epoch(x, y):
        for start in tf.range(0, tf.shape(x)[0], batch_size):
            images, classes = x[start : start + batch_size], y[start : start + batch_size]
            with tf.GradientTape() as tape:
                loss = model.compute_loss(images, classes, model(images, training=True))
            gradients = tape.gradient(loss, model.trainable_variables)
            model.optimizer.apply_gradients(zip(gradients, model.trainable_variables))

    return epoch


def _scores(y, probability, prefix):
    """Loss, accuracy and ROC-AUC of one set of grains."""
    if not np.isfinite(probability).all():
        raise FloatingPointError("the network's output is no longer finite: lower the learning rate")
    return {
        f"{prefix}loss": log_loss(y, probability, labels=[0, 1]),
        f"{prefix}accuracy": float(np.mean((probability >= 0.5) == y)),
        f"{prefix}auc": roc_auc_score(y, probability),
    }


def fit(model, train, validation=None, epochs=40, augment=None, batch_size=32, seed=0, progress=True):
    """Train a compiled model and keep the score of every epoch.

    Parameters
    ----------
    model : keras.Model
        Compiled; from (n, height, width, 1) to the probability of class 1.
    train, validation : grains.Grains
    epochs, batch_size : int
    augment : keras.Model, optional
        What `augmentation` returns; None for none.
    seed : int
        Of the order of the grains; `keras.utils.set_random_seed`, called before the model is built, sets the rest.
    progress : bool
        Show a bar.

    Returns
    -------
    DataFrame
        One row an epoch: epoch, loss, accuracy, auc and, with a validation set, val_loss, val_accuracy, val_auc. Unlike
        Keras's own log, the training scores are taken after the epoch with dropout and augmentation off, as the
        validation scores are, so that the two can be compared.

    Raises
    ------
    ValueError
        If a set has one class only.
    FloatingPointError
        If training diverges.
    """
    sets = {"": train} if validation is None else {"": train, "val_": validation}
    for prefix, grains in sets.items():
        if len(np.unique(grains.y)) < 2:
            raise ValueError(f"the {'validation' if prefix else 'training'} grains are all of one class")
    x, y, rng, rows = train.x, train.y.astype(np.float32)[:, None], np.random.default_rng(seed), []
    step = _one_epoch(model, batch_size)
    forward = tf.function(partial(model, training=False), reduce_retracing=True)
    change = None if augment is None else tf.function(partial(augment, training=True))
    seen = {prefix: (tf.constant(grains.x), grains.y) for prefix, grains in sets.items()}
    for number in tqdm(range(1, epochs + 1), desc=model.name, unit="epoch", disable=not progress, leave=False):
        order = rng.permutation(len(x))
        images = tf.constant(x[order])
        step(images if change is None else change(images), tf.constant(y[order]))
        row = {"epoch": number}
        for prefix, (shown, classes) in seen.items():
            row |= _scores(classes, forward(shown).numpy()[:, 0].astype(float), prefix)
        rows.append(row)
    return pd.DataFrame(rows)


def cross_validate(build, grains, fold, epochs=40, augment=True, seed=0, progress=True):
    """Train once per fold on the other folds, so that every grain is predicted by a model that never saw it.

    Parameters
    ----------
    build : callable
        Returns a fresh, uncompiled model.
    grains : grains.Grains
    fold : array of int, shape (n,)
        Fold of each grain, 0, 1, 2 ...
    epochs : int
    augment : bool
        Use the paper's augmentation.
    seed : int
        Fold k trains with seed + k.
    progress : bool

    Returns
    -------
    scores : DataFrame
        One row a fold: fold, n, accuracy, auc.
    probability : array of float, shape (n,)
        Out of fold, of class 1.
    """
    probability, rows = np.full(len(grains), np.nan), []
    for number in tqdm(np.unique(fold), desc="folds", unit="fold", disable=not progress, leave=False):
        keras.utils.set_random_seed(seed + int(number))
        aside = fold == number
        model = compile_model(build())
        fit(model, grains[~aside], epochs=epochs, augment=augmentation(seed) if augment else None, progress=progress)
        probability[aside] = predict(model, grains[aside])
        y = grains.y[aside]
        accuracy = float(np.mean((probability[aside] >= 0.5) == y))
        rows.append(
            {"fold": int(number), "n": len(y), "accuracy": accuracy, "auc": roc_auc_score(y, probability[aside])}
        )
        keras.backend.clear_session()
    return pd.DataFrame(rows), probability
