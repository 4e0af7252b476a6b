"""A network with all its layers in view, and images as it takes them."""

from itertools import takewhile
from typing import Any, NamedTuple

import numpy as np

from zirconkit.grains import Grains

__all__ = ["expose_layers", "feature_maps", "layers_of", "prepare_input", "without_channel"]


class _Step(NamedTuple):
    """A layer of a network, what it takes there (None where that is not known) and what it gives."""

    layer: Any
    taken: Any
    given: Any


def expose_layers(model):
    """The same network with all its layers in view.

    Parameters
    ----------
    model : keras.Model
        Built of layers in a row, or of models that are; a branching part is opened, but not what is nested in it.

    Returns
    -------
    keras.Model
        From images to ({name of layer: its output}, logits). The logits are what the last layer adds up before its
        sigmoid or softmax, or what it gives, if it has neither: shape (n, 1) or (n, classes). The model's weights are
        shared; those of the last layer are copied.

    Raises
    ------
    ValueError
        If the model ends otherwise, for example in a convolution or a ReLU.
    """
    import keras

    images = keras.Input(model.input_shape[1:])
    steps = _walk(model, images)
    outputs = {step.layer.name: step.given for step in steps}
    return keras.Model(images, (outputs, _logits(model, steps[-1])))


def _walk(part, x):
    """Lead x through a layer or a model: a list of steps, in the network's order."""
    import keras

    if not isinstance(part, keras.Model):
        return [_Step(part, x, part(x))]
    if isinstance(part, keras.Sequential):
        steps = []
        for layer in part.layers:
            steps += _walk(layer, x)
            x = steps[-1].given
        return steps
    *inner, last = part.layers[1:]
    inside = keras.Model(part.input, [*(layer.output for layer in inner), last.input])
    *given, taken = inside(x)
    steps = [_Step(layer, None, each) for layer, each in zip(inner, given)]
    return steps + _walk(last, taken)


def _logits(model, last):
    """What the last layer of a model adds up before a sigmoid or softmax; a ValueError if that cannot be had."""
    import keras

    layer, logits = last.layer, None
    activation = getattr(layer, "activation", keras.activations.linear)
    if isinstance(layer, keras.layers.Softmax):
        activation = keras.activations.softmax
    squashes = activation in (keras.activations.sigmoid, keras.activations.softmax)
    if activation is keras.activations.linear:
        logits = last.given
    elif squashes and isinstance(layer, keras.layers.Dense):
        logits = _without_activation(last)
    elif squashes and isinstance(layer, (keras.layers.Activation, keras.layers.Softmax)):
        logits = last.taken
    if logits is None or len(logits.shape) != 2:
        wanted = "not in neurones with a sigmoid, a softmax or no activation"
        raise ValueError(f"{model.name} ends in {layer.name}, {wanted}: there is no logit to explain")
    return logits


def _without_activation(last):
    """What a dense layer adds up: by a copy without activation, of the same weights."""
    import keras

    dense = last.layer
    name = f"{dense.name}_logits"
    copy = keras.layers.Dense(dense.units, use_bias=dense.use_bias, dtype=dense.dtype_policy, name=name)
    logits = copy(last.taken)
    copy.set_weights(dense.get_weights())
    return logits


def layers_of(model):
    """The layers of a model in their order, those of the models in it, too: list of keras.layers.Layer."""
    import keras

    steps = _walk(model, keras.Input(model.input_shape[1:]))
    return [step.layer for step in steps]


def prepare_input(model, images):
    """Images as the model takes them: array of float32, shape (n, height, width, channels).

    Grains become 0..1, as the kit trains, unless the model brings 0..255 down itself: by a Rescaling, in front of its
    first layer with weights, that leaves a span of 5 at most. Where what stands in front may be made for either (a
    Normalization, a Lambda, another Rescaling, plain arithmetic), nothing is guessed: say it by giving an array,
    `grains.images` or `grains.x`.

    Parameters
    ----------
    model : keras.Model
    images : grains.Grains, or array as the model takes it, shape (n, height, width, channels)

    Raises
    ------
    ValueError
        If there are no images, they are of another size than the model takes, or of Grains its range is not clear.
    """
    if isinstance(images, Grains):
        images = images.images if _takes_bytes(model) else images.x
    images = np.asarray(images, np.float32)
    wanted = model.input_shape[1:]
    if images.shape[1:] != wanted or not len(images):
        size = " × ".join(map(str, wanted))
        mend = f"cut them with size={wanted[0]}"
        raise ValueError(f"{model.name} takes images of {size}, these are {images.shape}: {mend}")
    return images


def _takes_bytes(model):
    """Whether a model takes 0..255 rather than 0..1; a ValueError where its first layers do not tell."""
    entrance = takewhile(lambda step: not _has_weights(step), _operations(model))
    changing = [step for step in entrance if not _keeps_range(step)]
    if not changing:
        return False
    scale = getattr(changing[0], "scale", np.nan)
    span = 255 * np.max(np.abs(scale))  # between what becomes of black and of white, if white is 255
    if span <= 5:
        return True
    if span >= 100:
        return False
    mend = "give it grains.images or grains.x, whichever it learned from"
    raise ValueError(f"{model.name} changes grey levels by {changing[0].name}, for 0..255 or for 0..1: {mend}")


def _operations(part):
    """What a model does with images, step by step: layers, those of the models in it, and plain arithmetic."""
    import keras

    if not isinstance(part, keras.Model):
        return [part]
    steps = getattr(part, "operations", part.layers)  # of a Sequential there are only layers
    return [inner for step in steps for inner in _operations(step)]


def _has_weights(step):
    """Whether a step of a model was learned; a Normalization was not, it has measured the data."""
    import keras

    return bool(getattr(step, "weights", [])) and not isinstance(step, keras.layers.Normalization)


def _keeps_range(step):
    """Whether black stays black and white white: true of a layer of Keras without weights, but for a few."""
    import keras

    changes = (keras.layers.Rescaling, keras.layers.Normalization, keras.layers.Lambda)
    return isinstance(step, keras.layers.Layer) and not isinstance(step, changes)


def feature_maps(model, images):
    """What every layer that gives maps makes of the images.

    Parameters
    ----------
    model : keras.Model
        As in `expose_layers`.
    images : grains.Grains, or array as the model takes it, shape (n, height, width, channels)

    Returns
    -------
    dict of str to array of float32, shape (n, height, width, channels)
        In the network's order, the layers' own names. None in it: a ValueError.
    """
    network, images = expose_layers(model), prepare_input(model, images)
    outputs, _ = network(images, training=False)
    maps = {name: np.asarray(each) for name, each in outputs.items() if len(each.shape) == 4}
    if not maps:
        raise ValueError(f"{model.name} has no convolution, so there are no feature maps")
    return maps


def without_channel(model, layer, channel):
    """A copy of a model in which one channel of a convolution, or one neurone, is switched off: its weights are 0.

    A batch normalization behind it turns the 0 into another constant, which says as little.

    Parameters
    ----------
    model : keras.Model
    layer : str
        Its name.
    channel : int
        From 0 up. No such layer or channel: a ValueError.
    """
    import keras

    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    kinds = (keras.layers.Conv2D, keras.layers.Dense)
    found = {each.name: each for each in layers_of(copy) if isinstance(each, kinds)}
    if layer not in found or not 0 <= channel < found[layer].kernel.shape[-1]:
        raise ValueError(f"{model.name} has no convolution or dense layer {layer!r} with a channel {channel}")
    weights = found[layer].get_weights()
    for array in weights:
        array[..., channel] = 0
    found[layer].set_weights(weights)
    return copy
