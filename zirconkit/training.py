"""Training: the paper's augmentation, `fit` with progress and ROC-AUC at each epoch, cross-validation."""

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
    return model.predict(grains.x, batch_size=256, verbose=0)[:, 0]


class _Scores(keras.callbacks.Callback):
    """Writes down loss, accuracy and ROC-AUC of each set after each epoch, with dropout and augmentation off."""

    def __init__(self, sets, bar):
        super().__init__()
        self.sets, self.bar, self.rows = sets, bar, []

    def on_epoch_end(self, epoch, logs=None):
        row = {"epoch": epoch + 1}
        for prefix, grains in self.sets.items():
            probability = predict(self.model, grains).astype(float)
            if not np.isfinite(probability).all():
                raise FloatingPointError(
                    f"the network's output is not a number in epoch {epoch + 1}: lower the learning rate"
                )
            row[f"{prefix}loss"] = log_loss(grains.y, probability, labels=[0, 1])
            row[f"{prefix}accuracy"] = float(np.mean((probability >= 0.5) == grains.y))
            row[f"{prefix}auc"] = roc_auc_score(grains.y, probability)
        self.rows.append(row)
        self.bar.update()
        self.bar.set_postfix(auc=f"{row['auc']:.2f}", **({"val": f"{row['val_auc']:.2f}"} if "val_auc" in row else {}))


def _batches(grains, augment, batch_size, seed):
    """Shuffled batches for one epoch; the epoch's augmentation is one call, which is faster than one per batch."""
    data = tf.data.Dataset.from_tensor_slices((grains.x, grains.y.astype(np.float32)[:, None]))
    data = data.shuffle(len(grains), seed=seed)
    if augment is None:
        return data.batch(batch_size)
    data = data.batch(len(grains)).map(lambda x, y: (augment(x, training=True), y))
    return data.rebatch(batch_size).prefetch(1)


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
        Of the order of the grains. What else is random is set by `keras.utils.set_random_seed` before the model is built.
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
    with tqdm(total=epochs, desc=model.name, unit="epoch", disable=not progress, leave=False) as bar:
        watch = _Scores(sets, bar)
        model.fit(_batches(train, augment, batch_size, seed), epochs=epochs, verbose=0, callbacks=[watch])
    return pd.DataFrame(watch.rows)


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
