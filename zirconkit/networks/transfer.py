"""Transfer learning: a network that was trained on photographs learns zircons, with a head and its last convolution.

The frozen part gives the same activations for the same image in every epoch. So they are computed once for a few
augmented views of each grain (`activations`), and both stages of the published procedure (section 2.4.4) train on them.
"""

import hashlib
import warnings

import keras
import numpy as np
import tensorflow as tf
from keras import layers

from zirconkit.messages import ZirconkitWarning
from zirconkit.networks import cache, training

__all__ = ["Activations", "RandomView", "activations", "assemble", "head", "last_convolution", "train", "views"]


class Activations:
    """What a network trains on in place of images: x, of any shape (n, ...), and the classes y of n grains."""

    def __init__(self, x, y):
        if len(x) != len(y):
            raise ValueError(f"{len(x)} activations do not go with {len(y)} classes")
        self.x, self.y = x, y


def head(channels, dropout=0.5):
    """The published head on pooled feature maps, 128 and 32 neurones: 69,825 parameters for VGG-16's 512 channels."""
    return keras.Sequential(
        [
            keras.Input((channels,)),
            layers.Dense(128, activation="relu"),
            layers.Dropout(dropout),
            layers.Dense(32, activation="relu"),
            layers.Dropout(dropout),
            layers.Dense(1, activation="sigmoid", dtype="float32"),
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


def activations(backbone, images, layer=None, dtype="float16", batch_size=None, progress=True):
    """What a backbone makes of images at a named layer; each image is computed once and kept on disk.

    Parameters
    ----------
    backbone : backbones.Backbone
    images : array of uint8, or of float in 0..1, shape (n, height, width, 1) or (n, height, width, 3)
    layer : str, optional
        By default `backbone.cut`, the last layer before the last convolution.
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
    images, layer = _images(images), layer or backbone.cut
    model = backbone.until(layer, images.shape[1:])
    weights = hashlib.sha256(b"".join(np.ascontiguousarray(array) for array in model.get_weights())).hexdigest()
    key = f"{backbone.name} {layer} {backbone.size} {backbone.scale} {backbone.offset} {backbone.backwards} {weights}"
    batch_size = batch_size or max(1, 400_000 // backbone.size**2)
    return cache.cached(images, _sparing(model), key, dtype, batch_size, progress=progress)


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


def _sparing(model):
    """A function from a batch to what the model makes of it, in halves where memory does not suffice."""
    answer = tf.function(lambda batch: model(batch, training=False))

    def compute(batch):
        try:
            return answer(tf.constant(batch)).numpy()
        except tf.errors.ResourceExhaustedError:
            half = len(batch) // 2
            if not half:
                raise MemoryError("memory does not suffice for a single image: take a smaller size") from None
        text = f"memory does not suffice for {2 * half} images at a time: going on with {half}"
        warnings.warn(text, ZirconkitWarning, stacklevel=2)
        return np.concatenate([compute(batch[:half]), compute(batch[half:])])

    return compute


class RandomView(layers.Layer):
    """From numbers of grains to activations, each of one of the grain's views, drawn anew at every call.

    Stands where `training.fit` wants an augmentation.

    Parameters
    ----------
    kept : array, shape (n_views, n_grains, ...)
    seed : int
    """

    def __init__(self, kept, seed=0):
        super().__init__(name="random_view", trainable=False)
        self.kept, self.chance = kept, keras.random.SeedGenerator(seed)

    def call(self, grains, training=None):
        view = keras.random.randint(tf.shape(grains), 0, len(self.kept), seed=self.chance)
        drawn = tf.numpy_function(lambda *which: self.kept[which], [view, tf.cast(grains, tf.int32)], self.kept.dtype)
        return tf.ensure_shape(drawn, (None, *self.kept.shape[2:]))  # drawn by NumPy: a tensor would be a second copy


def last_convolution(backbone):
    """From `backbone.cut` to `backbone.end`: a copy of the layers, of which the last convolution alone can learn."""
    original = backbone.tail()
    tail = keras.models.clone_model(original)
    tail.set_weights(original.get_weights())
    for layer in tail.layers:
        layer.trainable = False
    last = [layer for layer in tail.layers if isinstance(layer, layers.Conv2D)][-1]
    last.trainable = True
    return tail


def assemble(backbone, tail, head, shape):
    """The whole model, from crops in 0..255 of shape (height, width, 1) to the probability of class 1.

    Preprocessing is inside, in ordinary layers; the last convolution is that of `tail`.
    """
    parts = [keras.Input(shape), layers.Rescaling(1 / 255), backbone.until(backbone.cut, shape), tail]
    return keras.Sequential([*parts, layers.GlobalAveragePooling2D(), head], name=f"{backbone.name}_zircon")


def train(
    backbone, learning, validation, epochs=(200, 20), n_views=16, seed=0, dropout=0.5, dtype="float16", rows=None,
    progress=True,
):  # fmt: skip
    """Both published stages on cached activations (section 2.4.4).

    The head alone, Adam at 1e-3; then the head and the last convolution, Adam at 1e-4.

    Parameters
    ----------
    backbone : backbones.Backbone
        Is left as it is.
    learning, validation : grains.Grains
    epochs : tuple of int
        Of the two stages.
    n_views : int
        Each epoch sees each grain once, in one of so many augmented views.
    seed : int
        Of the head's weights, the order of the grains and the choice of views; the views are the same for every seed.
    dropout : float
        Of the head.
    dtype : "float16" or "float32"
        Of the cached activations.
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
    keras.utils.set_random_seed(seed)
    how, shape = {"dtype": dtype, "progress": progress}, learning.x.shape[1:]
    seen = activations(backbone, views(learning.x, n_views).reshape(-1, *shape), **how)
    seen = seen.reshape(n_views, len(learning), *seen.shape[1:])
    y = learning.y
    if rows is not None:
        seen, y = seen[:, rows], y[rows]
    aside = Activations(activations(backbone, validation.x, **how), validation.y)
    tail = last_convolution(backbone)
    top = head(tail.output_shape[-1], dropout)
    pooled = keras.Sequential([tail, layers.GlobalAveragePooling2D()])
    short = RandomView(np.stack([training.answers(pooled, view, 16) for view in seen]), seed)
    short_aside = Activations(training.answers(pooled, aside.x, 16), aside.y)
    numbers, how = Activations(np.arange(len(y)), y), {"seed": seed, "progress": progress}
    training.compile_model(top, 1e-3)
    first = training.fit(top, numbers, short_aside, epochs[0], augment=short, **how)
    whole = keras.Sequential([*pooled.layers, top], name=f"{backbone.name}_fine")
    training.compile_model(whole, 1e-4)
    second = training.fit(whole, numbers, aside, epochs[1], augment=RandomView(seen, seed), **how)
    return assemble(backbone, tail, top, shape), [first, second]
