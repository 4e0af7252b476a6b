"""Networks that draw grains: an autoencoder and a variational one (Kingma and Welling, 2014, arXiv:1312.6114).

The encoder makes a few numbers of a grain, its code; the decoder draws a grain from a code. In a variational
autoencoder (VAE) a code is drawn at random around what the encoder says, and a second term of the loss holds the codes
together, so that a code that nobody has seen still gives a grain. `dreams` judges what comes out.
"""

import keras
import numpy as np
from keras import layers, ops

__all__ = ["Sampling", "code", "decoder", "draw", "encoder", "rebuilding_loss", "vae"]

CODE = 4  # numbers
SPREAD = 0.2  # grey, of 0..1: how far a pixel may be off, one standard deviation


@keras.saving.register_keras_serializable("zirconkit")
class Sampling(layers.Layer):
    """A code, drawn at random around the encoder's; what it strays from the standard normal is added to the loss.

    Parameters
    ----------
    weight : float
        What the second term of the loss counts: 1 in a VAE, 0 switches it off.
    noise : float
        Spread of what is drawn, in the encoder's own: 1 in a VAE, 0 takes the encoder's mean as the code.
    """

    def __init__(self, weight=1.0, noise=1.0, **kwargs):
        super().__init__(**kwargs)
        self.weight, self.noise = weight, noise
        self.seeds = keras.random.SeedGenerator(0)

    def call(self, inputs):
        """From the mean and the logarithm of the variance, shape (n, numbers) each, to codes of that shape."""
        mean, log_variance = inputs
        strays = -0.5 * ops.sum(1 + log_variance - mean**2 - ops.exp(log_variance), axis=1)
        self.add_loss(self.weight * ops.mean(strays))
        chance = keras.random.normal(ops.shape(mean), seed=self.seeds)
        return mean + self.noise * ops.exp(0.5 * log_variance) * chance

    def get_config(self):
        return {**super().get_config(), "weight": self.weight, "noise": self.noise}


def encoder(size=32, numbers=CODE):
    """From images in 0..1, shape (size, size, 1), to the mean and the logarithm of the variance of a code."""
    images = x = keras.Input((size, size, 1))
    for filters in (16, 32):
        x = layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu")(x)
    x = layers.Dense(64, activation="relu")(layers.Flatten()(x))
    mean = layers.Dense(numbers, name="mean")(x)
    log_variance = layers.Dense(numbers, name="log_variance")(x)
    return keras.Model(images, [mean, log_variance], name="encoder")


def decoder(size=32, numbers=CODE):
    """From a code to an image in 0..1, shape (size, size, 1)."""
    quarter = size // 4
    codes = keras.Input((numbers,))
    x = layers.Dense(quarter * quarter * 16, activation="relu")(codes)
    x = layers.Reshape((quarter, quarter, 16))(x)
    for filters in (32, 16):
        x = layers.Conv2DTranspose(filters, 3, strides=2, padding="same", activation="relu")(x)
    image = layers.Conv2D(1, 3, padding="same", activation="sigmoid")(x)
    return keras.Model(codes, image, name="decoder")


def rebuilding_loss(x, rebuilt):
    """The first term: how far a grain's pixels are off, squared, in spreads of `SPREAD`, summed: one number a grain."""
    off = (x - rebuilt) / SPREAD
    return 0.5 * ops.sum(off**2, axis=(1, 2, 3))


def vae(size=32, numbers=CODE, weights=(1.0, 1.0), noise=1.0):
    """A compiled VAE: images to images, its layers `encoder`, `code` and `decoder`.

    Parameters
    ----------
    size, numbers : int
        Side of the images, px; numbers of a code.
    weights : tuple of float
        What the two terms of the loss count: rebuilding the grain, and keeping codes together. 0 switches one off.
    noise : float
        As of `Sampling`. An autoencoder has noise 0 and weights (1, 0).
    """
    rebuild, together = weights
    images = keras.Input((size, size, 1))
    codes = Sampling(together, noise, name="code")(encoder(size, numbers)(images))
    model = keras.Model(images, decoder(size, numbers)(codes), name="vae")

    def loss(x, rebuilt):
        return rebuild * rebuilding_loss(x, rebuilt)

    model.compile(keras.optimizers.Adam(2e-3), loss)
    return model


def code(model, images):
    """The encoder's mean for each image, its code without chance: array of float32, shape (n, numbers)."""
    mean, _ = model.get_layer("encoder").predict(images, batch_size=256, verbose=0)
    return mean


def draw(model, codes):
    """The grains that a decoder draws from codes: array of float32 in 0..1, shape (n, size, size, 1)."""
    return model.get_layer("decoder").predict(np.asarray(codes, np.float32), batch_size=256, verbose=0)
