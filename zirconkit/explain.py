"""What a network sees: feature maps, maps of what speaks for a class, and how far such maps can be trusted.

Works on any Keras model that ends in one sigmoid neurone: the kit's own, what `transfer.assemble` returns, what
`exports.load` reads. Maps explain the *logit*, what that neurone adds up before the sigmoid: where the probability is
near 0 or 1 the sigmoid is flat and its gradient says nothing. On grown grains that differ in one feature only the truth
is known, and a map can be marked with `share_on` (notebook 09, `benchmarks/explanations.py`).
"""

import cv2
import numpy as np
from scipy.stats import rankdata

from zirconkit.grains import Grains

__all__ = [
    "extremes", "feature_maps", "fed", "grad_cam", "integrated_gradients", "occlusion", "opened",
    "randomisation_check", "randomised", "share_on", "similarity", "without_channel",
]  # fmt: skip


def opened(model):
    """The same network with all its layers in view.

    Parameters
    ----------
    model : keras.Model
        Built of layers in a row, or of models that are; a branching part is opened, but not what is nested in it.
        One that does not end in one sigmoid neurone: a ValueError.

    Returns
    -------
    keras.Model
        From images to ({name of layer: its output}, logit), the logit of shape (n, 1). It shares the model's weights;
        those of the last neurone are copied.
    """
    import keras

    images = keras.Input(model.input_shape[1:])
    steps = _walk(model, images)
    last, taken, _ = steps[-1]
    if getattr(last, "units", 0) != 1 or last.activation is not keras.activations.sigmoid:
        raise ValueError(f"{model.name} ends in {last.name}, not in one sigmoid neurone: there is no logit to explain")
    neurone = keras.layers.Dense(1, use_bias=last.use_bias, dtype=last.dtype_policy, name="logit")
    logit = neurone(taken)
    neurone.set_weights(last.get_weights())
    return keras.Model(images, ({layer.name: given for layer, _, given in steps}, logit))


def _walk(part, x):
    """Lead x through a layer or a model: a list of (layer, what it took, what it gave), in the network's order."""
    import keras

    if not isinstance(part, keras.Model):
        return [(part, x, part(x))]
    if isinstance(part, keras.Sequential):
        steps = []
        for layer in part.layers:
            steps += _walk(layer, x)
            x = steps[-1][2]
        return steps
    *inner, last = part.layers[1:]
    *given, taken = keras.Model(part.input, [*(layer.output for layer in inner), last.input])(x)
    return [*((layer, None, each) for layer, each in zip(inner, given)), *_walk(last, taken)]


def _layers(model):
    import keras

    return [layer for layer, *_ in _walk(model, keras.Input(model.input_shape[1:]))]


def fed(model, images):
    """Images as the model takes them, float32; of Grains, 0..255 where a Rescaling comes first, else 0..1."""
    import keras

    if isinstance(images, Grains):
        rescales = any(isinstance(layer, keras.layers.Rescaling) for layer in model.layers[:2])
        images = images.images if rescales else images.x
    images = np.asarray(images, np.float32)
    if images.shape[1:] != model.input_shape[1:] or not len(images):
        wanted, size = " × ".join(map(str, model.input_shape[1:])), model.input_shape[1]
        raise ValueError(f"{model.name} takes images of {wanted}, these are {images.shape}: cut them with size={size}")
    return images


def feature_maps(model, images):
    """What every layer that gives maps makes of the images.

    Parameters
    ----------
    model : keras.Model
    images : grains.Grains, or array as the model takes it, shape (n, height, width, channels)

    Returns
    -------
    dict of str to array of float32, shape (n, height, width, channels)
        In the network's order, the layers' own names. None in it: a ValueError.
    """
    maps = opened(model)(fed(model, images), training=False)[0]
    maps = {name: np.asarray(each) for name, each in maps.items() if len(each.shape) == 4}
    if not maps:
        raise ValueError(f"{model.name} has no convolution, so there are no feature maps")
    return maps


def without_channel(model, layer, channel):
    """A copy of a model in which one channel of a convolution, or one neurone, is switched off: its weights are 0.

    A batch normalization behind it turns the 0 into another constant, which says as little.
    """
    import keras

    copy, kinds = keras.models.clone_model(model), (keras.layers.Conv2D, keras.layers.Dense)
    copy.set_weights(model.get_weights())
    found = [each for each in _layers(copy) if each.name == layer and isinstance(each, kinds)]
    if not found or not 0 <= channel < found[0].kernel.shape[-1]:
        raise ValueError(f"{model.name} has no convolution or dense layer {layer!r} with a channel {channel}")
    weights = found[0].get_weights()
    for array in weights:
        array[..., channel] = 0
    found[0].set_weights(weights)
    return copy


def _evidence(maps, towards):
    """What speaks for a class: the positive part of maps for class 1, the negative part for class 0."""
    sign = np.where(np.broadcast_to(towards, len(maps)) == 1, 1, -1)[:, None, None]
    return np.maximum(np.float32(sign) * maps, 0)


def _batches(images):
    """A few images at a time, as tensors: 128 of 32 x 32 px, fewer of larger ones."""
    import tensorflow as tf

    size = max(1, 2**17 // images[0].size)
    return [tf.constant(images[start : start + size]) for start in range(0, len(images), size)]


def grad_cam(model, images, towards=1, layer=None):
    """Grad-CAM: the maps of a layer, each weighted by how much it moves the logit (Selvaraju et al., 2017).

    Parameters
    ----------
    model, images
        As in `feature_maps`.
    towards : int or array of int, shape (n,)
        The class, 1 or 0, for which the evidence is mapped: that of the logit, or of minus the logit.
    layer : str, optional
        By default the last convolution. A network without one: a ValueError.

    Returns
    -------
    array of float32, shape (n, height, width)
        Not negative; as coarse as the layer's maps, enlarged to the image.
    """
    import keras
    import tensorflow as tf

    images, network = fed(model, images), opened(model)
    convolutions = [each.name for each in _layers(model) if isinstance(each, keras.layers.Conv2D)]
    layer = layer or (convolutions or ["convolution"])[-1]
    if layer not in network.output[0] or len(network.output[0][layer].shape) != 4:
        raise ValueError(f"{model.name} has no maps of a layer {layer!r}: take occlusion or integrated_gradients")
    cams = []
    for batch in _batches(images):
        with tf.GradientTape() as tape:
            tape.watch(batch)
            maps, logit = network(batch, training=False)
        weight = tf.reduce_mean(tape.gradient(logit, maps[layer]), axis=(1, 2), keepdims=True)
        cams.append(tf.reduce_sum(weight * maps[layer], axis=-1).numpy())
    return np.stack([cv2.resize(each, images.shape[2:0:-1]) for each in _evidence(np.concatenate(cams), towards)])


def integrated_gradients(model, images, towards=1, steps=16):
    """Integrated gradients: pixel x gradient, averaged from black to the image (Sundararajan et al., 2017).

    With their signs the values of a grain add up to its logit less that of a black image, the better the more `steps`.
    The arguments are as in `grad_cam`; returns the positive part, shape (n, height, width).
    """
    import tensorflow as tf

    images, network = fed(model, images), opened(model)
    maps = []
    for batch in _batches(images):
        gradient = tf.zeros_like(batch)
        for step in range(steps):
            with tf.GradientTape() as tape:
                shade = batch * ((step + 0.5) / steps)
                tape.watch(shade)
                logit = network(shade, training=False)[1]
            gradient += tape.gradient(logit, shade) / steps
        maps.append(tf.reduce_sum(batch * gradient, axis=-1).numpy())
    return _evidence(np.concatenate(maps), towards)


def occlusion(model, images, towards=1, patch=None):
    """Occlusion: by how much the logit falls when a square of the image is blurred (after Zeiler and Fergus, 2014).

    They hide it behind grey. In an image of a grain a grey or black square is a feature itself, an inclusion or a hole;
    blurred by a Gaussian as wide as two thirds of the square it keeps its brightness and loses what it shows.

    Parameters
    ----------
    model, images, towards
        As in `grad_cam`.
    patch : int, optional
        Side of the square, in pixels; by default an eighth of the image's. It moves by half of its side.

    Returns
    -------
    array of float32, shape (n, height, width)
        At each pixel the mean fall of the squares that cover it; 0 where it rises.
    """
    import keras
    import tensorflow as tf

    images, network = fed(model, images), opened(model)
    answer = tf.function(keras.Model(network.input, network.output[1]), reduce_retracing=True)
    side = patch or max(2, images.shape[1] // 8)
    step = max(1, side // 2)
    blurred = np.stack([cv2.GaussianBlur(each, (0, 0), side / 1.5).reshape(each.shape) for each in images])
    fall, covered = (np.zeros(images.shape[:3], np.float32) for _ in range(2))
    before = np.concatenate([answer(batch) for batch in _batches(images)])
    for row in range(0, images.shape[1] - side // 2, step):
        for column in range(0, images.shape[2] - side // 2, step):
            square = (slice(None), slice(row, row + side), slice(column, column + side))
            hidden = images.copy()
            hidden[square] = blurred[square]
            fall[square] += (before - np.concatenate([answer(batch) for batch in _batches(hidden)]))[:, None]
            covered[square] += 1
    return _evidence(fall / covered, towards)


def randomised(model, seed=0):
    """A copy of a model that knows nothing: the numbers of each of its weight arrays are shuffled."""
    import keras

    rng, copy = np.random.default_rng(seed), keras.models.clone_model(model)
    copy.set_weights([rng.permutation(array.ravel()).reshape(array.shape) for array in model.get_weights()])
    return copy


def similarity(maps, others):
    """Spearman's rank correlation of two maps of each grain, pixel by pixel; array of float, shape (n,).

    A flat map has no ranks: 1 if the other one is flat too (nothing has changed), else 0.
    """
    a, b = (rankdata(each.reshape(len(each), -1), axis=1) for each in (maps, others))
    a, b = (each - each.mean(axis=1, keepdims=True) for each in (a, b))
    norm = np.sqrt((a**2).sum(axis=1) * (b**2).sum(axis=1))
    flat = ~a.any(axis=1) & ~b.any(axis=1)
    return np.where(norm > 0, (a * b).sum(axis=1) / np.where(norm > 0, norm, 1), flat)


def share_on(maps, masks):
    """What share of each map's sum lies on a mask; array of float, shape (n,), NaN where a map is 0 throughout.

    A constant map gets the mask's share of the image: that is the score of knowing nothing.
    """
    maps = np.maximum(maps, 0)
    total = maps.sum(axis=(1, 2))
    return np.where(total > 0, (maps * masks).sum(axis=(1, 2)) / np.where(total > 0, total, 1), np.nan)


def extremes(y, probability, n=6):
    """Rows of the most right, the most wrong and the least sure answers: dict of str to array of int, n or fewer each.

    `probability` is of class 1; right and wrong are on either side of ½.
    """
    probability = np.asarray(probability)
    truth = np.where(np.asarray(y) == 1, probability, 1 - probability)
    order, unsure = np.argsort(truth, kind="stable"), np.argsort(abs(truth - 0.5), kind="stable")
    right, wrong = order[::-1][truth[order[::-1]] > 0.5], order[truth[order] < 0.5]
    return {"most right": right[:n], "most wrong": wrong[:n], "least sure": unsure[:n]}


def randomisation_check(method, model, images, seeds=range(5), limit=0.5):
    """Does a map change when the network forgets what it learned? If not, it shows the image (Adebayo et al., 2018).

    Parameters
    ----------
    method : callable
        From (model, images), as in `feature_maps`, to maps of shape (n, height, width).
    seeds : sequence of int
        Of the networks with shuffled weights; single ones differ a lot, so take several.
    limit : float
        Passed if the median `similarity`, over grains and seeds, is below; our line, the paper draws none.

    Returns
    -------
    dict
        median, low and high (5 and 95 % of grains and seeds), blank (the share of maps that are 0 throughout without
        the learned weights: they count as similarity 0), passed.
    """
    before = method(model, images)
    after = np.stack([method(randomised(model, seed), images) for seed in seeds])
    low, median, high = np.percentile([similarity(before, each) for each in after], [5, 50, 95]).tolist()
    blank = float((after.max(axis=(2, 3)) == 0).mean())
    return {"median": median, "low": low, "high": high, "blank": blank, "passed": median < limit}
