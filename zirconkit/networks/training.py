"""Training: the paper's augmentation, and `fit` with progress and exact scores at each epoch.

`fit` is what `model.fit` of Keras is, in one fast path: the augmentation of an epoch is one call, and all its steps are
one TensorFlow graph. For networks as small as LeNet the way in and out of Python costs more than the arithmetic;
`benchmarks/train_speed.py` compares time and result with `model.fit`.
"""

from dataclasses import dataclass
from functools import partial

import keras
import numpy as np
import tensorflow as tf
from keras import layers
from tqdm.auto import tqdm

from zirconkit.networks.logs import log_scores, must_be_finite
from zirconkit.networks.models import output_activation

__all__ = ["Data", "augmentation", "compile_model", "fit", "fix_chance", "natural_loss", "predict"]

# The loss for what a model ends in, as section 2.4.4 of the paper has it for the first.
LOSSES = {
    "sigmoid": "binary_crossentropy",
    "softmax": "sparse_categorical_crossentropy",
    "linear": "mean_squared_error",
}


CHANGES = ("flips", "rotation", "zoom", "brightness", "contrast")  # of `augmentation`, in its order


@dataclass(frozen=True)
class Data:
    """What a network learns from where it is not `Grains`: spectra, features, images with numbers to predict.

    Parameters
    ----------
    x : array, shape (n, ...)
        To learn from it may be anything that has a length and gives the rows of an array of row numbers, such as
        `transfer.RandomViews`: it is asked once an epoch.
    y : array, shape (n,) or (n, ...)
        Whole numbers from 0 up for classes, float for what is to be predicted as a number.
    """

    x: np.ndarray
    y: np.ndarray

    def __post_init__(self):
        if len(self.x) != len(self.y):
            raise ValueError(f"{len(self.x)} rows of x do not go with {len(self.y)} of y")


def fix_chance(seed):
    """Same seed, same machine, same numbers to the last bit: for the whole process, and somewhat slower.

    Sets `keras.utils.set_random_seed` and TensorFlow's op determinism. Call it before the model is built.
    """
    keras.utils.set_random_seed(seed)
    tf.config.experimental.enable_op_determinism()


def augmentation(seed=0, only=CHANGES):
    """The paper's random changes (section 2.4.1): flips, rotation 0.2, zoom 0.4, brightness and contrast 0.2.

    Keras's 0.2 of a turn is 72 degrees either way. Its brightness and contrast layers assume 0..255 unless told
    otherwise; the images here are 0..1.

    Parameters
    ----------
    seed : int
    only : sequence of str
        Which of them: "flips", "rotation", "zoom", "brightness", "contrast". Another word: a ValueError.

    Returns
    -------
    keras.Sequential
        From and to (n, height, width, channels) in 0..1; changes images only when called with `training=True`.
    """
    unknown = set(only) - set(CHANGES)
    if unknown:
        raise ValueError(f"there is no change {min(unknown)!r}: there are {', '.join(CHANGES)}")
    every = (
        layers.RandomFlip(seed=seed),
        layers.RandomRotation(0.2, fill_mode="constant", seed=seed + 1),
        layers.RandomZoom(0.4, fill_mode="constant", seed=seed + 2),
        layers.RandomBrightness(0.2, value_range=(0, 1), seed=seed + 3),
        layers.RandomContrast(0.2, value_range=(0, 1), seed=seed + 4),
    )
    chosen = [layer for name, layer in zip(CHANGES, every) if name in only]
    return keras.Sequential(chosen, name="augmentation")


def natural_loss(model):
    """The loss that goes with what a model ends in, by Keras's name for it: str; a ValueError if there is none.

    Cross-entropy for a sigmoid and for a softmax, the mean squared error for what ends in no activation.
    """
    activation = output_activation(model)
    if activation not in LOSSES:
        raise ValueError(f"{model.name} ends in {activation}, for which there is no usual loss: call model.compile")
    return LOSSES[activation]


def compile_model(model, learning_rate=1e-3):
    """Adam, as published (section 2.4.4), on the loss that goes with the model's end (`natural_loss`); the model."""
    model.compile(optimizer=keras.optimizers.Adam(learning_rate), loss=natural_loss(model))
    return model


def predict(model, data, batch_size=256):
    """What a model predicts for each row, with dropout and augmentation off, a batch at a time.

    Parameters
    ----------
    model : keras.Model
    data : grains.Grains, `Data`, or array as the model takes it, shape (n, ...)
    batch_size : int

    Returns
    -------
    array of float32, shape (n,) or (n, ...)
        (n,) of a model with one output, such as the probability of class 1; else the shape of its output.
    """
    x = getattr(data, "x", data)
    answer = partial(model, training=False)
    predicted = _predicted(answer, x, batch_size)
    has_one_output = predicted.shape[1:] == (1,)
    return predicted[:, 0] if has_one_output else predicted


def _predicted(answer, x, batch_size=256):
    """What a function makes of all rows of x, a batch at a time: array of float32."""
    batches = (np.asarray(x[start : start + batch_size], np.float32) for start in range(0, len(x), batch_size))
    return np.concatenate([np.asarray(answer(batch), np.float32) for batch in batches])


def _one_epoch(model, batch_size):
    """A compiled function: rows, their truth and their weights (or None) once through the network, batch by batch.

    It returns what the network predicted on the way, while it learned.
    """
    model.optimizer.build(model.trainable_variables)

    @tf.function(reduce_retracing=True)
    def epoch(x, y, weight):
        n = tf.shape(x)[0]
        predicted = tf.TensorArray(tf.float32, size=(n + batch_size - 1) // batch_size, infer_shape=False)
        for start in tf.range(0, n, batch_size):
            batch = slice(start, start + batch_size)
            counts = None if weight is None else weight[batch]
            with tf.GradientTape() as tape:
                y_pred = model(x[batch], training=True)
                loss = model.compute_loss(x[batch], y[batch], y_pred, counts)
                scaled = model.optimizer.scale_loss(loss)  # under mixed_float16 apply_gradients divides by it again
            gradients = tape.gradient(scaled, model.trainable_variables)
            model.optimizer.apply_gradients(zip(gradients, model.trainable_variables))
            predicted = predicted.write(start // batch_size, tf.cast(y_pred, tf.float32))
        return predicted.concat()

    return epoch


def _weights(y, class_weight, sample_weight):
    """What each row counts in the loss: array of float32, shape (n,); None where all count alike."""
    if class_weight is None and sample_weight is None:
        return None
    weight = np.ones(len(y)) if sample_weight is None else np.asarray(sample_weight)
    if class_weight is not None:
        weight = weight * [class_weight.get(k, 1) for k in y]
    return np.float32(weight)


def _is_classifier(model, y):
    """Whether y are classes, and the model says how probable they are."""
    are_classes = y.ndim == 1 and y.dtype.kind in "iub"
    return are_classes and output_activation(model) in ("sigmoid", "softmax")


def _check_classes(model, y, which):
    """Raise a ValueError if a classifier's set has but one class, or one that the model does not know."""
    if not _is_classifier(model, y):
        return
    if len(np.unique(y)) < 2:
        raise ValueError(f"the {which} set is all of one class")
    known = max(2, model.output_shape[-1])
    if y.max() >= known:
        raise ValueError(f"the {which} set has more classes than the {known} that {model.name} tells apart")


def _scoring(model, y):
    """A function that scores all predictions at once: loss, compiled metrics, and what a classifier is judged by."""
    classifies, loss = _is_classifier(model, y), keras.losses.get(model.loss)
    by_cross_entropy = classifies and model.loss == natural_loss(model)

    def score(y, predicted, prefix=""):
        must_be_finite(predicted)
        model.reset_metrics()
        scores = model.compute_metrics(None, y, predicted)  # its "loss" is still empty
        if classifies:
            scores |= log_scores(y, predicted[:, 0] if predicted.shape[1] == 1 else predicted)
        if not by_cross_entropy:
            scores["loss"] = np.mean(loss(y, predicted))
        return {f"{prefix}{name}": float(value) for name, value in scores.items()}

    return score


def _judging(model, validation, score):
    """A function that scores a validation set, with dropout and augmentation off; {} where there is none."""
    if validation is None:
        return lambda: {}
    x, y = validation.x, np.asarray(validation.y)
    _check_classes(model, y, "validation")
    answer = tf.function(partial(model, training=False), reduce_retracing=True)
    return lambda: score(y, _predicted(answer, x), "val_")


def _worth_showing(logs):
    """What a progress bar has room for: one score, of the validation set where there is one."""
    name = next(name for name in ("val_auc", "auc", "val_loss", "loss") if name in logs)
    return {name: f"{logs[name]:.3g}"}


def fit(  # noqa: PLR0913 - the names are those of `model.fit`, which students know
    model, train, validation=None, epochs=40, augment=None, batch_size=32, seed=0, class_weight=None,
    sample_weight=None, callbacks=(), progress=True,
):  # fmt: skip
    """Train a compiled model, whatever its loss, and log the scores of every epoch.

    Parameters
    ----------
    model : keras.Model
        Compiled, with one input and one output.
    train, validation : grains.Grains, or `Data`, or anything else with x and y
    epochs, batch_size : int
    augment : keras.Model, optional
        What `augmentation` returns; None for none.
    seed : int
        Of the order of the rows; `keras.utils.set_random_seed` or `fix_chance`, called before the model is built, set
        the rest.
    class_weight : dict of int to float, optional
        What a row of each class counts in the loss.
    sample_weight : array of float, shape (n,), optional
        What each row counts in the loss; if both are there, they are multiplied.
    callbacks : list of keras.callbacks.Callback
        Told of each epoch's begin and end (not of batches), such as `EarlyStopping`.
    progress : bool
        Show a bar.

    Returns
    -------
    keras.callbacks.History
        Its `history` has a list for each score, with a value an epoch: loss, the metrics that the model was compiled
        with, and, of a classifier (a sigmoid neurone or a softmax, on classes that are whole numbers), accuracy and
        auc (`logs.log_scores`); with a validation set the same as val_loss, ... Each is computed on all predictions of
        the epoch at once. As in Keras's own log the training scores are gathered while the network learns, with
        dropout and augmentation on. The loss is without penalties (L1, L2) and weights.

    Raises
    ------
    ValueError
        If a classifier's set has one class only, or one that the model does not know.
    FloatingPointError
        If training diverges.
    """
    x, y = train.x, np.asarray(train.y)
    _check_classes(model, y, "training")
    weight = _weights(y, class_weight, sample_weight)
    change = tf.identity if augment is None else tf.function(partial(augment, training=True))
    learn = _one_epoch(model, batch_size)
    score = _scoring(model, y)
    judge = _judging(model, validation, score)
    history = keras.callbacks.History()
    model.stop_training = False
    watchers = keras.callbacks.CallbackList([*callbacks, history], model=model)
    watchers.on_train_begin()
    first = model._initial_epoch or 0  # where keras.callbacks.BackupAndRestore goes on
    bar = tqdm(range(first, epochs), desc=model.name, unit="epoch", disable=not progress, leave=False)
    for epoch in bar:
        watchers.on_epoch_begin(epoch)
        rows = np.random.default_rng([seed, epoch]).permutation(len(y))
        counts = None if weight is None else weight[rows]
        predicted = learn(change(tf.constant(x[rows])), y[rows], counts)
        logs = score(y[rows], predicted.numpy()) | judge()
        watchers.on_epoch_end(epoch, logs)
        bar.set_postfix(_worth_showing(logs))
        if model.stop_training:
            break
    watchers.on_train_end()
    return history
