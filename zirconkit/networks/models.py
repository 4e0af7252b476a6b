"""The paper's networks in plain Keras, uncompiled, with the published sizes as defaults.

Each leads from images in 0..1, shape (size, size, channels) with `size` in pixels, to the probability of class 1, or,
with more than two classes, to one probability for each. The last layer is float32 under any policy: in half precision a
sigmoid is 0 or 1 too soon.
"""

import keras
from keras import layers

__all__ = ["alexnet", "last_layer", "lenet", "mlp", "output_activation"]


def last_layer(classes, penalty=None):
    """One sigmoid neurone for two classes, a softmax for more.

    Parameters
    ----------
    classes : int
        How many there are.
    penalty : keras.regularizers.Regularizer, optional
        On the weights.
    """
    if classes < 2:
        raise ValueError(f"a classifier needs two classes or more, not {classes}")
    neurones, activation = (1, "sigmoid") if classes == 2 else (classes, "softmax")
    return layers.Dense(neurones, activation=activation, dtype="float32", kernel_regularizer=penalty)


def output_activation(model):
    """What a model ends in: "sigmoid", "softmax", "linear" (nothing), or another of Keras's activations."""
    last = model
    while isinstance(last, keras.Model):
        last = last.layers[-1]
    if isinstance(last, layers.Softmax):
        return "softmax"
    activation = getattr(last, "activation", keras.activations.linear)
    return getattr(activation, "__name__", str(activation))


def mlp(size=32, classes=2, channels=1):
    """Multilayer perceptron, the paper's baseline: 128 and 32 neurones (section 2.4); 135,361 parameters at 32 px."""
    return keras.Sequential(
        [
            keras.Input((size, size, channels)),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(32, activation="relu"),
            last_layer(classes),
        ],
        name="mlp",
    )


def lenet(  # noqa: PLR0913 - students type its hyper-parameters by name, as the paper lists them
    size=32, classes=2, channels=1, dropout=0.5, kernel=3, stride=1, padding="same", activation="relu",
    batch_norm=False, l1=0.0, l2=0.0,
):  # fmt: skip
    """LeNet-5 as the paper modifies it: three 3 x 3 convolutions, max pooling, ReLU, dropout (section 2.4.1, Figure 3).

    The text pads only the first convolution; the published 22,029 parameters need all three padded, so all three are.

    Parameters
    ----------
    size : int
        Side of the image, in pixels.
    classes, channels : int
        How many there are.
    dropout : float
        Share of neurones silenced in each of the two dropout layers; 0 for none.
    kernel, stride : int
        Side of the three kernels; step of the first convolution; in pixels.
    padding, activation : str
        As in `keras.layers.Conv2D`.
    batch_norm : bool
        Normalise after each convolution.
    l1, l2 : float
        Penalty on the weights of all convolutions and dense layers.
    """
    penalty = keras.regularizers.L1L2(l1, l2) if l1 or l2 else None
    how = {"activation": activation, "kernel_regularizer": penalty}
    model = keras.Sequential([keras.Input((size, size, channels))], name="lenet")
    for filters, step in ((6, stride), (16, 1), (32, 1)):
        model.add(layers.Conv2D(filters, kernel, step, padding, **how))
        if batch_norm:
            model.add(layers.BatchNormalization())
        model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dropout(dropout))
    model.add(layers.Dense(32, **how))
    model.add(layers.Dropout(dropout))
    model.add(last_layer(classes, penalty))
    return model


def alexnet(size=224, classes=2, channels=1):
    """AlexNet as the paper modifies it: batch normalization, one channel, a head for two classes (section 2.4.2).

    10,347,009 parameters that learn and 2,752 that do not (means and variances) at 224 px. Neither the paddings nor the
    place of the dropout is published; these paddings give the published number of parameters.

    Parameters
    ----------
    size : int
        Side of the image, in pixels; from 67 up.
    classes, channels : int
        How many there are.
    """
    if size < 67:
        raise ValueError(f"AlexNet's three poolings leave nothing of {size} px: at least 67 are needed")
    model = keras.Sequential([keras.Input((size, size, channels))], name="alexnet")
    for filters, kernel, stride, padding, pool in (
        (96, 11, 4, "valid", True), (256, 5, 1, "same", True), (384, 3, 1, "same", False), (384, 3, 1, "same", False),
        (256, 3, 1, "same", True),
    ):  # fmt: skip
        model.add(layers.Conv2D(filters, kernel, stride, padding, activation="relu"))
        model.add(layers.BatchNormalization())
        if pool:
            model.add(layers.MaxPooling2D(3, 2))
    model.add(layers.Flatten())
    for neurones in (1024, 64):
        model.add(layers.Dense(neurones, activation="relu"))
        model.add(layers.Dropout(0.5))
    model.add(last_layer(classes))
    return model
