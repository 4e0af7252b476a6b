"""One training as a row of a table: its settings and its scores.

A trial depends on nothing but its row: it gives the same numbers wherever it runs.
"""

import os
import threading
from difflib import get_close_matches

import numpy as np
from sklearn.model_selection import StratifiedKFold

from zirconkit import __version__
from zirconkit.convolution import output_size
from zirconkit.networks.logs import log_scores

__all__ = ["SETTINGS", "checked", "known", "split", "train"]

# What a configuration may set, and what it is if it does not: as published, where the paper says it.
SETTINGS = {
    "model": "lenet", "size": 32, "kernel": 3, "stride": 1, "padding": "same", "activation": "relu",
    "batch_norm": False, "dropout": 0.5, "l1": 0.0, "l2": 0.0, "augment": "all", "grains": "as published",
    "optimizer": "adam", "learning_rate": 1e-3, "batch_size": 32, "epochs": 200, "patience": 0,
}  # fmt: skip
# The words that a setting may have; for augment, which of `training.augmentation`'s layers.
AUGMENT = {"none": slice(0), "flips": slice(1), "geometry": slice(3), "exposure": slice(3, 5), "all": slice(5)}
WORDS = {
    "model": ("lenet", "mlp"),
    "padding": ("same", "valid"),
    "activation": ("relu", "tanh", "sigmoid", "elu"),
    "augment": tuple(AUGMENT),
    "grains": ("as published", "level and even"),
    "optimizer": ("adam", "sgd", "rmsprop"),
}
_ONE_AT_A_TIME = threading.Lock()  # Keras's seeds are the process's


def known(found, allowed):
    """Raise a ValueError if a dict has a key that is not allowed, with the nearest one that is."""
    for key in found:
        if key not in allowed:
            close = get_close_matches(key, allowed, 1) or [", ".join(allowed)]
            raise ValueError(f"there is no setting {key!r}: did you mean {close[0]}?")


def checked(name, settings):
    """The settings of a configuration as they are to be trained, whole numbers as float where due.

    A ValueError says which of them cannot be trained; `name` is what it calls the configuration.
    """
    known(settings, SETTINGS)
    settings = {key: _as_kind(value, type(SETTINGS[key])) for key, value in settings.items()}
    for key, value in settings.items():
        _check_value(f"{name}: {key}", value, SETTINGS[key], WORDS.get(key))
    for key in ("size", "kernel", "stride", "learning_rate", "batch_size", "epochs"):
        if settings[key] <= 0:
            raise ValueError(f"{name}: {key} must be more than 0")
    if settings["model"] == "lenet":
        _check_lenet(name, **{key: settings[key] for key in ("size", "kernel", "stride", "padding")})
    return settings


def _as_kind(value, kind):
    return float(value) if kind is float and type(value) is int else value


def _check_value(what, value, usual, words):
    """Raise a ValueError if a setting is not of the kind of its usual value, or not among the words it may have."""
    kind = type(usual)
    if type(value) is not kind or (kind in (int, float) and not 0 <= value < np.inf):
        raise ValueError(f"{what} must be of the kind of {usual!r}, not {value!r}")
    if words and value not in words:
        raise ValueError(f"{what} must be one of {', '.join(words)}, not {value!r}")


def _check_lenet(name, size, kernel, stride, padding):
    """Follow the side of an image through LeNet's three convolutions and poolings."""
    side = size
    for number, step in enumerate((stride, 1, 1), start=1):
        try:
            output_size(side, kernel)  # larger than the image makes no sense, whatever is padded
            side = -(-side // step) if padding == "same" else output_size(side, kernel, step)
            side = output_size(side, 2, 2)
        except ValueError:
            shape = f"a {kernel} × {kernel} kernel and a pooling of 2 do not fit into {side} px at layer {number}"
            raise ValueError(f"{name} cannot be built: {shape} (image {size} px, stride {stride})") from None


def split(grains, fold, folds):
    """Grains to learn from and to validate on; one fold of several, or the first of five if there is but one."""
    parts = max(folds, 5) if folds == 1 else folds
    counts = np.bincount(grains.y, minlength=len(grains.classes))
    if counts.min() < parts:
        raise ValueError(f"{counts.min()} grains of a class do not fill {parts} folds: a fold would be of one class")
    cuts = list(StratifiedKFold(parts, shuffle=True, random_state=0).split(grains.images, grains.y))
    learning, validation = cuts[fold]
    return grains[learning], grains[validation]


def train(job, grains, test, folds):
    """One job: build, train, score.

    Parameters
    ----------
    job : dict
        A row of `plan`.
    grains, test : grains.Grains
        Those of `load_grains`; the test may be empty.
    folds : int

    Returns
    -------
    row : dict
        The job and its scores after the last epoch (with patience, after the best one): loss, accuracy and auc of
        train (as the network learns), validation and test; NaN and the reason under `error` if it diverged.
    curves : dict of str to list of float
        What `training.fit` logged.
    """
    # A process is a core, and keeps quiet. TensorFlow looks at this when it is imported.
    os.environ.setdefault("TF_NUM_INTRAOP_THREADS", "1")
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    learning, validation = split(grains, job["fold"], folds)
    row = job | {"n_train": len(learning), "n_validation": len(validation), "n_test": len(test)}
    row |= {"error": "", "zirconkit": __version__}
    with _ONE_AT_A_TIME:
        model, log, error = _trained(job, learning, validation)
        row["parameters"] = model.count_params()
        if error:
            return row | {"error": error}, {}
        best = int(np.argmin(log.history["val_loss"])) if job["patience"] else -1
        row |= {f"train_{score}": log.history[score][best] for score in ("loss", "accuracy", "auc")}
        row["epochs_run"] = len(log.epoch)
        row |= _scores(model, {"validation": validation, "test": test})
    return row, {name: np.round(values, 5).tolist() for name, values in log.history.items()}


def _trained(job, learning, validation):
    """Build and train a job's model; returns it, its History, and what went wrong, "" if nothing did."""
    from zirconkit.networks import training

    training.fix_chance(job["seed"])
    model, augment, callbacks = _build(job, learning)
    how = {"augment": augment, "callbacks": callbacks, "seed": job["seed"], "progress": False}
    try:
        log = training.fit(model, learning, validation, job["epochs"], batch_size=job["batch_size"], **how)
    except FloatingPointError as error:
        return model, None, str(error)
    return model, log, ""


def _scores(model, parts):
    """Loss, accuracy and auc of each part that has grains, named after it; clears Keras's memory of the model."""
    from zirconkit.networks import training

    found = {}
    for name, part in parts.items():
        if len(part):
            found |= log_scores(part.y, training.predict(model, part), f"{name}_")
    training.keras.backend.clear_session()
    return found


def _build(job, grains):
    """Compiled model for such grains, augmentation or None, and callbacks of a job."""
    import keras

    from zirconkit.networks import models, training

    what = {"classes": len(grains.classes), "channels": grains.images.shape[-1]}
    if job["model"] == "mlp":
        model = models.mlp(job["size"], **what)
    else:
        names = ("size", "kernel", "stride", "padding", "activation", "batch_norm", "dropout", "l1", "l2")
        model = models.lenet(**{name: job[name] for name in names}, **what)
    optimizer = {"class_name": job["optimizer"], "config": {"learning_rate": job["learning_rate"]}}
    model.compile(optimizer=keras.optimizers.deserialize(optimizer), loss=training.natural_loss(model))
    _seed(model, job["seed"])
    layers = training.augmentation(job["seed"]).layers[AUGMENT[job["augment"]]]
    stop = keras.callbacks.EarlyStopping("val_loss", patience=job["patience"], restore_best_weights=True)
    return model, keras.Sequential(layers) if layers else None, [stop] if job["patience"] else []


def _seed(model, seed):
    """Start weights and dropout from this seed: Keras draws on the process's, and so do a Dask worker's threads."""
    for number, layer in enumerate(model.layers):
        if hasattr(layer, "kernel"):
            draw = type(layer.kernel_initializer)(seed=1000 * seed + number)
            layer.kernel.assign(draw(layer.kernel.shape))
        if hasattr(layer, "seed_generator"):
            layer.seed_generator.state.assign([seed, number << 16])
