"""A network under a slider: what it says of one image, and two maps of why, within hundredths of a second."""

from functools import partial
from typing import NamedTuple

import cv2
import numpy as np

from zirconkit.explain.layers import expose_layers
from zirconkit.explain.maps import _blurred, _last_convolution, _squares, _weighted_maps

__all__ = ["Reading", "reader"]


class Reading(NamedTuple):
    """What a network says of one image, and why; the maps have the image's height and width."""

    p: float  # of class 1
    occlusion: np.ndarray
    grad_cam: np.ndarray


def reader(model):
    """Open a network once, for many questions.

    Parameters
    ----------
    model : keras.Model
        One that ends in one sigmoid neurone and has a convolution.

    Returns
    -------
    callable
        From an image as the model takes it, float32 of shape (height, width, channels), to a `Reading`: the maps are
        those of `occlusion` and `grad_cam`, towards class 1.
    """
    import tensorflow as tf

    network, layer = expose_layers(model), _last_convolution(model)
    weighted_maps = tf.function(partial(_weighted_maps, network, layer))

    @tf.function(reduce_retracing=True)
    def logits_of(images):
        _, logits = network(images, training=False)
        return logits[:, 0]

    def read(image):
        image = np.asarray(image, np.float32)
        squares = list(_squares(image.shape[:2], max(2, len(image) // 8)))
        hidden = _one_hidden_in_each(image, squares)
        before, *after = logits_of(np.concatenate([image[None], hidden])).numpy()
        occlusion = _mean_fall(before - np.array(after), squares, image.shape[:2])
        (cam,) = weighted_maps(tf.constant(image[None]), tf.constant([1])).numpy()
        grad_cam = cv2.resize(np.maximum(cam, 0), image.shape[1::-1])
        return Reading(float(1 / (1 + np.exp(-before))), occlusion, grad_cam)

    return read


def _one_hidden_in_each(image, squares):
    """Copies of an image, in each of which one square is blurred: shape (squares, height, width, channels)."""
    side = squares[0][1].stop
    blurred = _blurred(image, side / 1.5)
    hidden = np.repeat(image[None], len(squares), axis=0)
    for copy, (_, *square) in zip(hidden, squares):
        copy[tuple(square)] = blurred[tuple(square)]
    return hidden


def _mean_fall(falls, squares, shape):
    """At each pixel the mean fall of the squares that cover it; 0 where it rises."""
    total, covered = np.zeros((2, *shape), np.float32)
    for fall, (_, *square) in zip(falls, squares):
        total[tuple(square)] += fall
        covered[tuple(square)] += 1
    return np.maximum(total / covered, 0)
