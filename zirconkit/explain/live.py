"""A network under a slider: what it says of one image, and two maps of why, within hundredths of a second."""

from typing import NamedTuple

import numpy as np

from zirconkit.explain.layers import expose_layers
from zirconkit.explain.maps import enlarged_cams, last_convolution, mean_falls, scoring

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
    network = expose_layers(model)
    layer = last_convolution(model)
    score = scoring(network)
    towards = np.array([1], np.int32)

    def read(image):
        image = np.asarray(image, np.float32)
        images = image[None]
        (logit,) = score(images, towards)
        (occlusion,) = mean_falls(score, images, towards)
        (grad_cam,) = enlarged_cams(network, layer, images, towards)
        p = 1 / (1 + np.exp(-logit))
        return Reading(float(p), occlusion, grad_cam)

    return read
