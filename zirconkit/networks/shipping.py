"""Two small networks for grains of any mineral, with their preprocessing inside, to be used outside of the course.

LeNet learns from nothing but the grains; a head on EfficientNet-Lite0 learns from activations that are computed once.
Both take grains as `deployment.preparing` leaves them, levels 0 to 255, and give equal weight to every class, however
many grains it has.
"""

import keras
import numpy as np
from keras import layers
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from zirconkit.networks import backbones, models, training, transfer

__all__ = ["NETWORKS", "SIDES", "inner_features", "probabilities", "train_lenet", "train_lite0"]

SIDES = {"lenet": 32, "lite0": 96}  # px of the grains that each takes
EPOCHS = 60
STRENGTH = 0.03  # of the head's regularization: C of scikit-learn


def train_lenet(images, y, n_classes, epochs=EPOCHS, seed=0):
    """LeNet with dropout on grains that are also flipped: a keras.Model from levels 0 to 255 to probabilities.

    Parameters
    ----------
    images : array of uint8, shape (n, 32, 32, channels)
    y : array of int, shape (n,)
    n_classes : int
    epochs, seed : int
    """
    keras.utils.set_random_seed(seed)
    inner = training.compile_model(models.lenet(SIDES["lenet"], n_classes, images.shape[-1]))
    data = training.Data(np.float32(images) / 255, y)
    augment = training.augmentation(seed, only=("flips",))
    training.fit(inner, data, None, epochs, augment=augment, seed=seed, class_weight=_balanced(y), progress=False)
    return keras.Sequential(
        [keras.Input(images.shape[1:]), layers.Rescaling(1 / 255), *inner.layers], name="lenet_grains"
    )


def _balanced(y):
    """What a grain of each class counts, so that all classes count alike: dict."""
    counts = np.bincount(y)
    return {k: len(y) / (len(counts) * max(count, 1)) for k, count in enumerate(counts)}


def train_lite0(images, y, n_classes, epochs=None, seed=0):
    """The same with a frozen EfficientNet-Lite0 and a linear head on its pooled feature maps; grains of 96 px."""
    backbone = backbones.lite0(SIDES["lite0"])
    maps = transfer.features(backbone, images, backbone.end, progress=False)
    pooled = np.float32(maps).mean(axis=(1, 2))
    scale = StandardScaler().fit(pooled)
    head = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=2000)
    head.fit(scale.transform(pooled), y)
    dense = models.last_layer(n_classes)
    model = keras.Sequential(
        [
            keras.Input(images.shape[1:]),
            layers.Rescaling(1 / 255),
            backbone.until(backbone.end, images.shape[1:]),
            layers.GlobalAveragePooling2D(),
            dense,
        ],
        name="lite0_grains",
    )
    kernel = head.coef_ / scale.scale_  # the scaling becomes part of the weights
    dense.set_weights([np.float32(kernel.T), np.float32(head.intercept_ - kernel @ scale.mean_)])
    return model


NETWORKS = {"lenet": train_lenet, "lite0": train_lite0}


def probabilities(model, images):
    """How probable each class is for each grain: array of float, shape (n, classes)."""
    if not len(images):
        return np.zeros((0, max(2, model.output_shape[-1])))
    p = np.float64(training.predict(model, images, 64))
    return np.stack([1 - p, p], axis=1) if p.ndim == 1 else p


def inner_features(model, images):
    """What the last layer but one says of each grain: array of float32, shape (n, features)."""
    inner = keras.Sequential([keras.Input(model.input_shape[1:]), *model.layers[:-1]])
    if not len(images):
        return np.zeros((0, inner.output_shape[-1]), np.float32)
    return training.predict(inner, images, 64)
