"""Maps of what speaks for a class, by three methods. The heavier imports wait until a map is drawn."""

import cv2
import numpy as np

from zirconkit.explain.layers import expose_layers, layers_of, prepare_input

__all__ = ["grad_cam", "integrated_gradients", "occlusion"]


def _for_each(towards, images, network):
    """The class that is asked for of each image, array of int32, shape (n,); a ValueError if there is no such class."""
    towards = np.broadcast_to(towards, len(images))
    last = max(1, network.output[1].shape[-1] - 1)
    if not np.isin(towards, range(last + 1)).all():
        raise ValueError(f"towards is the number of a class, 0 to {last}, not {np.unique(towards).tolist()}")
    return towards.astype(np.int32)


def _batches(images, towards):
    """A few images at a time with their classes, as tensors: 128 of 32 x 32 px, fewer of larger ones."""
    import tensorflow as tf

    for rows in _slices(len(images), images[0].size):
        yield tf.constant(images[rows]), tf.constant(towards[rows])


def _slices(n, pixels):
    """Slices of n images of so many pixels, a batch each."""
    size = max(1, 2**17 // pixels)
    return [slice(start, start + size) for start in range(0, n, size)]


def _of_class(logits, towards):
    """The logit of each image's class, shape (n,): a single neurone's is that of class 1, minus it that of class 0."""
    import tensorflow as tf

    if logits.shape[1] == 1:
        logits = tf.concat([-logits, logits], axis=1)
    return tf.gather(logits, towards, axis=1, batch_dims=1)


def grad_cam(model, images, towards=1, layer=None):
    """Grad-CAM: the maps of a layer, each weighted by how much it moves the logit (Selvaraju et al., 2017).

    Parameters
    ----------
    model, images
        As in `feature_maps`.
    towards : int or array of int, shape (n,)
        The class, its place in `Grains.classes`, for which the evidence is mapped: that of its logit. A network that
        ends in one neurone has the logit of class 1, and minus it is that of class 0.
    layer : str, optional
        By default the last convolution. A network without one: a ValueError.

    Returns
    -------
    array of float32, shape (n, height, width)
        Not negative; as coarse as the layer's maps, enlarged to the image.
    """
    images, network = prepare_input(model, images), expose_layers(model)
    towards = _for_each(towards, images, network)
    layer = layer or last_convolution(model)
    outputs = network.output[0]
    if layer not in outputs or len(outputs[layer].shape) != 4:
        raise ValueError(f"{model.name} has no maps of a layer {layer!r}: take occlusion or integrated_gradients")
    return enlarged_cams(network, layer, images, towards)


def enlarged_cams(network, layer, images, towards):
    """What `grad_cam` draws of a layer, by a network with all its layers in view."""
    cams = [_weighted_maps(network, layer, *batch) for batch in _batches(images, towards)]
    height, width = images.shape[1:3]
    evidence = np.maximum(np.concatenate(cams), 0)
    return np.stack([cv2.resize(each, (width, height)) for each in evidence])


def last_convolution(model):
    """Its name; "convolution" where there is none."""
    import keras

    names = [each.name for each in layers_of(model) if isinstance(each, keras.layers.Conv2D)]
    return names[-1] if names else "convolution"


def _weighted_maps(network, layer, images, towards):
    """The sum of a layer's maps, each times the mean of the logit's gradient over it: shape (n, rows, columns)."""
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(images)
        outputs, logits = network(images, training=False)
        score = _of_class(logits, towards)
    maps = outputs[layer]
    weights = tf.reduce_mean(tape.gradient(score, maps), axis=(1, 2), keepdims=True)
    return tf.reduce_sum(weights * maps, axis=-1).numpy()


def integrated_gradients(model, images, towards=1, steps=16):
    """Integrated gradients: pixel x gradient, averaged from black to the image (Sundararajan et al., 2017).

    With their signs the values of a grain add up to its logit less that of a black image, the better the more `steps`.
    Those of several channels are added up. The arguments are as in `grad_cam`; returns the positive part, shape
    (n, height, width).
    """
    import tensorflow as tf

    images, network = prepare_input(model, images), expose_layers(model)
    towards = _for_each(towards, images, network)
    image, step = np.divmod(np.arange(len(images) * steps), steps)  # of each shade of each image
    gradient = np.zeros_like(images)
    for rows in _slices(len(image), images[0].size):
        shades = images[image[rows]] * ((step[rows] + 0.5) / steps)[:, None, None, None]
        found = _gradient(network, tf.constant(shades, tf.float32), tf.constant(towards[image[rows]]))
        np.add.at(gradient, image[rows], found.numpy() / steps)
    return np.maximum((images * gradient).sum(axis=-1), 0)


def _gradient(network, images, towards):
    """How the logit of each image's class changes with its pixels: a tensor of the images' shape."""
    import tensorflow as tf

    with tf.GradientTape() as tape:
        tape.watch(images)
        _, logits = network(images, training=False)
        score = _of_class(logits, towards)
    return tape.gradient(score, images)


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
    images, network = prepare_input(model, images), expose_layers(model)
    towards = _for_each(towards, images, network)
    return mean_falls(scoring(network), images, towards, patch)


def mean_falls(score, images, towards, patch=None):
    """What `occlusion` draws, by a function from images and their classes to logits."""
    side = patch or max(2, images.shape[1] // 8)
    blurred = np.stack([_blurred(image, side / 1.5) for image in images])
    fall = np.zeros(images.shape[:3], np.float32)
    covered = np.zeros_like(fall)
    before = score(images, towards)
    squares = list(_squares(images.shape[1:3], side))
    for rows in _slices(len(squares), images.size):
        some = squares[rows]
        hidden = np.concatenate([_with_blur(images, blurred, square) for square in some])
        after = score(hidden, np.tile(towards, len(some)))
        falls = before - after.reshape(len(some), -1)
        for square, each in zip(some, falls):
            fall[square] += each[:, None, None]
            covered[square] += 1
    return np.maximum(fall / covered, 0)


def _with_blur(images, blurred, square):
    """Copies of the images, blurred in one square."""
    hidden = images.copy()
    hidden[square] = blurred[square]
    return hidden


def _blurred(image, sigma):
    """An image smoothed by a Gaussian, channel by channel; shape as before."""
    smooth = cv2.GaussianBlur(image, (0, 0), sigma)
    return smooth.reshape(image.shape)  # OpenCV drops the axis of a single channel


def scoring(network):
    """A function from images and their classes to logits, array of float32, shape (n,)."""
    import tensorflow as tf

    @tf.function(reduce_retracing=True)
    def logits_of_class(images, towards):
        _, logits = network(images, training=False)
        return _of_class(logits, towards)

    def score(images, towards):
        return np.concatenate([logits_of_class(*batch) for batch in _batches(images, towards)])

    return score


def _squares(shape, side):
    """Squares that cover images of (height, width) px, half a side apart: each an index into an array of images."""
    half = side // 2
    step = max(1, half)
    for top in range(0, shape[0] - half, step):
        for left in range(0, shape[1] - half, step):
            rows, columns = slice(top, top + side), slice(left, left + side)
            yield (slice(None), rows, columns)
