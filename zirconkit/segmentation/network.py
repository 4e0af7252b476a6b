"""Grains by what a network has learned: a U-Net says of each pixel whether it is resin, inside a grain, or its rim.

It was trained in Keras on grown mounts alone (`networks.unet`), and runs here without TensorFlow (`unets`). Grains that
touch are parted as the watershed does it.
"""

import hashlib
import json
from functools import cache

import numpy as np

from zirconkit import samples
from zirconkit.segmentation import unets
from zirconkit.segmentation.measurements import checked
from zirconkit.segmentation.parting import grains_in
from zirconkit.segmentation.stitching import find_stitching

__all__ = ["BOUNDARY", "INSIDE", "RESIN", "WEIGHTS", "as_input", "network", "probabilities", "read_weights", "shipped"]

RESIN, INSIDE, BOUNDARY = range(3)  # the classes
WEIGHTS = samples.DATA / "networks/grains.npz"


def as_input(image):
    """Grey levels as the network takes them: their square root, in which noise is alike in dark and in bright."""
    return np.sqrt(np.float32(image) / 255)


def read_weights(path):
    """The weights of a U-Net for grains, from one grey channel to three classes: as `unets.read_weights`."""
    return unets.read_weights(path, channels=1, classes=3)


@cache
def shipped():
    """The weights that come with the kit, checked against their digest: as `read_weights`."""
    card = json.loads(WEIGHTS.with_suffix(".json").read_text(encoding="utf-8"))
    if hashlib.sha256(WEIGHTS.read_bytes()).hexdigest() != card["sha256"]:
        raise ValueError(f"{WEIGHTS} is not the file that the kit came with: install the kit again")
    return read_weights(WEIGHTS)


def probabilities(image, weights=None):
    """How probable resin, the inside of a grain, and its rim are at each pixel: float16, shape (3, height, width).

    `image` is uint8 (height, width), of any size; `weights` as from `read_weights`, by default `shipped`.
    """
    planes = as_input(checked(image))[None]
    return unets.run(planes, weights or shipped())


def network(image, stitching=None, weights=None):
    """Grains by what a network has learned from grown mounts: what is more probably grain than resin.

    Touching grains are parted at their necks and the pieces of a fractured crystal put together again, as in
    `watershed`. `stitching` is that of the mount, if it is known already; `weights` as in `probabilities`.

    Returns
    -------
    array of int32, shape (height, width)
        0 background, 1..n: what has at least 100 px.
    """
    image = checked(image)
    stitching = stitching or find_stitching(image)
    grain = probabilities(image, weights)[RESIN] < 0.5
    return grains_in(grain & ~stitching.missing)
