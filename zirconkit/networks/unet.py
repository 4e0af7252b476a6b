"""A small U-Net that learns where one grain ends, from grown mounts alone (Ronneberger et al., 2015).

It goes down, from pixels to places, and up again; at each step up the maps of the same size are handed over (skip
connections), so that the outline is as sharp as the image. `segmentation.network` runs what was trained here, in NumPy.
"""

import io

import cv2
import keras
import numpy as np
from joblib import Parallel, delayed
from keras import layers

from zirconkit import samples
from zirconkit.segmentation.network import BOUNDARY, INSIDE, as_input
from zirconkit.synthetic import grow, random_recipe
from zirconkit.synthetic.microscopes import INGREDIENTS, another_view, crop_of

__all__ = ["Crops", "grown_mounts", "load", "packed", "target", "train", "unet"]

WIDTHS = 8, 16, 32, 96  # channels at each size, from the image's own down
CLASSES = 3  # resin, inside, boundary


def two_convolutions(x, channels, name, batch_norm):
    """Two 3 x 3 convolutions, each with batch normalization, if wanted, and ReLU."""
    for which in "ab":
        x = layers.Conv2D(channels, 3, padding="same", use_bias=not batch_norm, name=f"{name}{which}")(x)
        if batch_norm:
            x = layers.BatchNormalization(name=f"{name}{which}_norm")(x)
        x = layers.ReLU()(x)
    return x


def unet(widths=WIDTHS, classes=CLASSES, channels=1, batch_norm=True):
    """The network, uncompiled: images of any size that the poolings divide, to a probability for each class and pixel.

    Parameters
    ----------
    widths : sequence of int
        Channels at each size.
    classes, channels : int
        How many there are.
    batch_norm : bool
        Normalise after each convolution, as one does to learn from nothing; `load` has it in the convolutions.
    """
    x = images = keras.Input((None, None, channels))
    skips = []
    for step, width in enumerate(widths[:-1]):
        x = two_convolutions(x, width, f"down{step}", batch_norm)
        skips.append(x)
        x = layers.MaxPooling2D()(x)
    x = two_convolutions(x, widths[-1], "bottom", batch_norm)
    for step in reversed(range(len(skips))):
        x = layers.UpSampling2D()(x)
        x = layers.Concatenate()([skips[step], x])
        x = two_convolutions(x, widths[step], f"up{step}", batch_norm)
    maps = layers.Conv2D(classes, 1, activation="softmax", name="classes")(x)
    return keras.Model(images, maps, name="unet")


def target(labels):
    """The class of each pixel of a label image: 0 resin, 1 inside, 2 a grain's outermost pixel; int32, its shape."""
    numbers = np.float32(labels)
    square = np.ones((3, 3), np.uint8)
    differs = cv2.dilate(numbers, square) != cv2.erode(numbers, square)
    return np.where(labels > 0, np.where(differs, BOUNDARY, INSIDE), 0).astype(np.int32)


class Crops(keras.utils.PyDataset):
    """Batches of crops of grown mounts, each seen by another microscope: the same for the same seed.

    Parameters
    ----------
    mounts : list of SyntheticMount
    ingredients : sequence of str
        Of `microscopes.INGREDIENTS`: what may differ between crops.
    steps, batch, side, seed : int
        How many batches, of how many crops, of how many px; chance.
    """

    def __init__(self, mounts, ingredients=INGREDIENTS, steps=100, batch=16, side=128, seed=0):
        super().__init__()
        self.mounts, self.ingredients = mounts, ingredients
        self.steps, self.batch, self.side, self.seed = steps, batch, side, seed

    def __len__(self):
        return self.steps

    def __getitem__(self, step):
        rng = np.random.default_rng([self.seed, step])
        pairs = [self.one(rng) for _ in range(self.batch)]
        x, y = map(np.stack, zip(*pairs))
        return x[..., None], y

    def one(self, rng):
        """One crop as the network takes it, and the class of each of its pixels."""
        mount = self.mounts[rng.integers(len(self.mounts))]
        grey, labels = crop_of(mount, self.side, rng, "scale" in self.ingredients)
        return as_input(another_view(grey, labels, rng, self.ingredients)), target(labels)


def grown_mounts(seeds, jobs=-1):
    """Mounts of random recipes of both classes, one of each for each seed: list of SyntheticMount."""
    wanted = [(name, seed) for seed in seeds for name in samples.CLASSES]
    return Parallel(jobs)(delayed(grow)(random_recipe(name, seed), name, seed) for name, seed in wanted)


def train(model, crops, rate, verbose=0):
    """Train a U-Net once through all crops, the rate falling to nothing: the model."""
    falling = keras.optimizers.schedules.CosineDecay(rate, len(crops))
    model.compile(keras.optimizers.Adam(falling), "sparse_categorical_crossentropy")
    model.fit(crops, epochs=1, shuffle=False, verbose=verbose)
    return model


def packed(model):
    """The weights of a U-Net as an .npz file, which `segmentation.network` reads: bytes.

    What batch normalization does to a trained network's maps is part of the convolution before it: a factor and a bias
    for each channel. Half precision is enough.
    """
    named = {}
    for layer in model.layers:
        if isinstance(layer, layers.Conv2D):
            kernel, bias = _with_norm(model, layer)
            named[f"{layer.name}.kernel"] = kernel.astype(np.float16)
            named[f"{layer.name}.bias"] = bias.astype(np.float16)
    file = io.BytesIO()
    np.savez_compressed(file, **named)
    return file.getvalue()


def _with_norm(model, convolution):
    """Kernel and bias of a convolution and the normalization behind it, in one."""
    if convolution.use_bias:
        return convolution.get_weights()
    norm = model.get_layer(f"{convolution.name}_norm")
    gamma, beta, mean, variance = norm.get_weights()
    factor = gamma / np.sqrt(variance + norm.epsilon)
    return convolution.get_weights()[0] * factor, beta - mean * factor


def load(weights):
    """The Keras model of weights as `segmentation.network.read_weights` gives them: to look into, or to train on."""
    model = unet(batch_norm=False)
    for layer in model.layers:
        if layer.weights:
            layer.set_weights([weights[f"{layer.name}.kernel"], weights[f"{layer.name}.bias"]])
    return model
