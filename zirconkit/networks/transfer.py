"""Transfer learning: a network that was trained on photographs learns zircons, with a head and its last convolution.

The frozen part makes the same features of the same image in every epoch. So they are computed once for a few augmented
views of each grain (`features`), and both stages of the published procedure (section 2.4.4) train on them.
"""

import hashlib
import warnings
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from zirconkit.messages import ZirconkitWarning
from zirconkit.networks import cache, training
from zirconkit.networks.models import last_layer

__all__ = [
    "RandomViews", "Stages", "assemble", "features", "fit_sparing", "head", "last_convolution", "train", "views",
]  # fmt: skip


class RandomViews:
    """Rows that are there in several views: whoever asks for some gets one view of each, drawn anew.

    To learn from, as the x of `training.Data`: each epoch sees each row once, in one of its views.

    Parameters
    ----------
    views : array, shape (n_views, n, ...)
    seed : int
    """

    def __init__(self, views, seed=0):
        self.views, self.rng = views, np.random.default_rng(seed)

    def __len__(self):
        return self.views.shape[1]

    def __getitem__(self, rows):
        which = self.rng.integers(len(self.views), size=len(rows))
        return self.views[which, rows]


class Stages(NamedTuple):
    """How the two published stages run (section 2.4.4).

    Attributes
    ----------
    epochs : tuple of int
        Of the head alone; of the head and the last convolution.
    n_views : int
        Each epoch sees each grain once, in one of so many augmented views.
    seed : int
        Of the head's weights, the order of the grains and the choice of views; the views are the same for every seed.
    """

    epochs: tuple = (200, 20)
    n_views: int = 16
    seed: int = 0


AS_PUBLISHED = Stages()


def head(channels, classes=2):
    """The published head on pooled feature maps, 128 and 32 neurones: 69,825 parameters for VGG-16's 512 channels."""
    return keras.Sequential(
        [
            keras.Input((channels,)),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(32, activation="relu"),
            layers.Dropout(0.5),
            last_layer(classes),
        ],
        name="head",
    )


def views(images, n, seed=0):
    """The images as they are, and n − 1 times changed by `training.augmentation`.

    Parameters
    ----------
    images : array of float32 in 0..1, shape (n_grains, height, width, 1)
    n, seed : int

    Returns
    -------
    array of float32, shape (n, n_grains, height, width, 1)
    """
    change = training.augmentation(seed)
    return np.stack([images, *(np.asarray(change(images, training=True)) for _ in range(n - 1))])


def features(backbone, images, layer=None, dtype="float16", batch_size=None, progress=True):
    """What a backbone makes of images at a named layer; each image is computed once and kept on disk.

    Those of the last frozen layer are called bottleneck features.

    Parameters
    ----------
    backbone : backbones.Backbone
    images : array of uint8, or of float in 0..1, shape (n, height, width, 1) or (n, height, width, 3)
    layer : str, optional
        By default `backbone.bottleneck`, the last layer before the last convolution.
    dtype : "float16" or "float32"
    batch_size : int, optional
        Images at a time; by default as many as fit in 2 GB with the network. If memory does not suffice, fewer are
        taken, with a warning.
    progress : bool
        Show a bar.

    Returns
    -------
    array of `dtype`, shape (n, height, width, channels) of the layer

    Raises
    ------
    ValueError
        If the images are of the wrong shape or range, or there is no such layer.
    """
    images = _images(images)
    layer = layer or backbone.bottleneck
    model = backbone.until(layer, images.shape[1:])
    key = _fingerprint(backbone, layer, model)
    fitting = max(1, 400_000 // backbone.size**2)
    return cache.cached(
        images, _sparing(_traced_once(model, images.shape[1:])), key, dtype, batch_size or fitting, progress
    )


def _fingerprint(backbone, layer, model):
    """All that the features of an image depend on, besides the image."""
    arrays = [np.ascontiguousarray(array) for array in model.get_weights()]
    weights = hashlib.sha256(b"".join(arrays)).hexdigest()
    preprocessing = [backbone.size, backbone.scale, backbone.offset, backbone.backwards]
    arithmetic = [model.compute_dtype, backbone.network.layers[-1].compute_dtype]
    parts = [backbone.name, layer, *preprocessing, *arithmetic, weights]
    return " ".join(map(str, parts))


def _images(images):
    """Images as float32 in 0..1, or one sentence about what is wrong with them."""
    images = np.asarray(images)
    if images.ndim != 4 or images.shape[-1] not in (1, 3) or not len(images):
        raise ValueError(f"images must be (n, height, width, 1 or 3) with n from 1 up, not {images.shape}")
    if images.dtype == np.uint8:
        return images.astype(np.float32) / 255
    if images.dtype.kind != "f":
        raise ValueError(f"images must be 8-bit, or float in 0..1, not {images.dtype}")
    if not (images.min() >= 0 and images.max() <= 1):  # true of NaN, too
        raise ValueError(f"images of float must be in 0..1; these run from {images.min():g} to {images.max():g}")
    return images.astype(np.float32, copy=False)


def _traced_once(model, shape):
    """A function from a batch of any length to what a model makes of it, by one graph, the last batch included."""
    signature = [tf.TensorSpec((None, *shape), tf.float32)]
    graph = tf.function(lambda batch: model(batch, training=False), input_signature=signature)
    return lambda batch: graph(tf.constant(batch)).numpy()


def _sparing(answer):
    """The same function from a batch to its answer, in halves where memory does not suffice."""

    def compute(batch):
        try:
            return answer(batch)
        except tf.errors.ResourceExhaustedError:
            half = len(batch) // 2
            if not half:
                raise MemoryError("memory does not suffice for a single image: take a smaller size") from None
        text = f"memory does not suffice for {2 * half} images at a time: going on with {half}"
        warnings.warn(text, ZirconkitWarning, stacklevel=2)
        return np.concatenate([compute(batch[:half]), compute(batch[half:])])

    return compute


def fit_sparing(model, x, y, batch_size=32, **how):
    """`model.fit`; where memory does not suffice for a batch, from the start with half as many, and a warning.

    Parameters
    ----------
    model : keras.Model
        Compiled.
    x, y : arrays
    batch_size : int
        To try first.
    **how
        What else `model.fit` takes.

    Returns
    -------
    keras.callbacks.History

    Raises
    ------
    MemoryError
        If memory does not suffice for a single image.
    """
    start = model.get_weights()
    while True:
        try:
            return model.fit(x, y, batch_size=batch_size, **how)
        except tf.errors.ResourceExhaustedError:
            model.set_weights(start)
            batch_size //= 2
        if not batch_size:
            raise MemoryError("memory does not suffice for a single image: take a smaller size")
        text = f"memory does not suffice for {2 * batch_size} images at a time: going on with {batch_size}"
        warnings.warn(text, ZirconkitWarning, stacklevel=2)


def last_convolution(backbone):
    """A copy of the layers from `backbone.bottleneck` to `backbone.end`, of which the last convolution alone can learn.

    Batch normalization is frozen, too, and so goes by the means and variances that it has seen in its training.
    """
    original = backbone.tail()
    tail = keras.models.clone_model(original)
    tail.set_weights(original.get_weights())
    for layer in tail.layers:
        layer.trainable = False
    last = [layer for layer in tail.layers if isinstance(layer, layers.Conv2D)][-1]
    last.trainable = True
    return tail


def assemble(backbone, tail, head, shape):
    """The whole model, from crops in 0..255, shape (height, width, channels), to what the head says.

    Preprocessing is inside, in ordinary layers; the last convolution is that of `tail`.
    """
    parts = [keras.Input(shape), layers.Rescaling(1 / 255), backbone.until(backbone.bottleneck, shape), tail]
    return keras.Sequential([*parts, layers.GlobalAveragePooling2D(), head], name=f"{backbone.name}_zircon")


def train(backbone, learning, validation, stages=AS_PUBLISHED, rows=None, progress=True):
    """Both published stages on features that are computed once (section 2.4.4).

    The head alone, Adam at 1e-3; then the head and the last convolution, Adam at 1e-4.

    Parameters
    ----------
    backbone : backbones.Backbone
        Is left as it is.
    learning, validation : grains.Grains
        Of two classes or more.
    stages : Stages
    rows : array of int, optional
        Learn from these grains of `learning` only. The views are those of all, and need not be computed anew.
    progress : bool

    Returns
    -------
    model : keras.Model
        The whole of it (`assemble`).
    histories : list of keras.callbacks.History
        Of the two stages.
    """
    keras.utils.set_random_seed(stages.seed)
    seen = _features_of_views(backbone, learning.x, stages.n_views, progress)
    unseen = features(backbone, validation.x, progress=progress)
    y = learning.y
    if rows is not None:
        seen, y = seen[:, rows], y[rows]
    tail = last_convolution(backbone)
    top = head(tail.output_shape[-1], len(learning.classes))
    pooled = keras.Sequential([tail, layers.GlobalAveragePooling2D()])
    whole = keras.Sequential([*pooled.layers, top], name=f"{backbone.name}_fine")

    def stage(model, x, x_validation, learning_rate, epochs):
        data = training.Data(RandomViews(x, stages.seed), y)
        aside = training.Data(x_validation, validation.y)
        training.compile_model(model, learning_rate)
        return training.fit(model, data, aside, epochs, seed=stages.seed, progress=progress)

    short = np.stack([training.predict(pooled, view, 16) for view in seen])
    short_unseen = training.predict(pooled, unseen, 16)
    first = stage(top, short, short_unseen, 1e-3, stages.epochs[0])
    second = stage(whole, seen, unseen, 1e-4, stages.epochs[1])
    model = assemble(backbone, tail, top, learning.images.shape[1:])
    return model, [first, second]


def _features_of_views(backbone, images, n_views, progress):
    """Array of float16, shape (n_views, n_grains, height, width, channels)."""
    seen = views(images, n_views)
    one_by_one = seen.reshape(-1, *images.shape[1:])
    found = features(backbone, one_by_one, progress=progress)
    return found.reshape(n_views, len(images), *found.shape[1:])
