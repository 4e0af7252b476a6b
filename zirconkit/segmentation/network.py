"""Grains by what a network has learned: a U-Net says of each pixel whether it is resin, inside a grain, or its rim.

It was trained in Keras on grown mounts alone (`networks.unet`), and runs here without TensorFlow (`unets`). Grains that
touch are parted as the watershed does it.
"""

import hashlib
import json
from functools import cache

import cv2
import numpy as np
from scipy import ndimage
from skimage.segmentation import relabel_sequential

from zirconkit import samples
from zirconkit.segmentation import unets
from zirconkit.segmentation.measurements import checked
from zirconkit.segmentation.parting import grains_in
from zirconkit.segmentation.stitching import find_stitching

__all__ = ["BOUNDARY", "INSIDE", "RESIN", "WEIGHTS", "as_input", "network", "probabilities", "read_weights", "shipped"]

RESIN, INSIDE, BOUNDARY = range(3)  # the classes
WEIGHTS = samples.DATA / "networks/grains.npz"
GRAIN = 0.3  # probability of resin; less is grain: the best of 0.3, 0.4 and 0.5 on grown mounts, black and grey
FAINT = 0.2  # of a typical grain's contrast; as dark as what the watershed leaves out


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
    """Grains by what a network has learned from grown mounts: where it thinks resin improbable.

    Touching grains are parted at their necks and the pieces of a fractured crystal put together again, as in
    `watershed`; what hardly stands out beside the others is glow, a bubble or another mineral, and is left out.
    `stitching` is that of the mount, if it is known already; `weights` as in `probabilities`.

    Returns
    -------
    array of int32, shape (height, width)
        0 background, 1..n: what has at least 100 px.
    """
    image = checked(image)
    stitching = stitching or find_stitching(image)
    grain = probabilities(image, weights)[RESIN] < GRAIN
    labels = grains_in(grain & ~stitching.missing)
    lit = contrasts(image, labels)
    faint = lit < FAINT * np.median(lit[1:]) if labels.any() else lit < 0
    return relabel_sequential(np.where(faint[labels], 0, labels))[0]


def contrasts(image, labels):
    """By how much each grain is brighter, on average, than the ground 5 to 10 px away: array, shape (n + 1,).

    Entry 0 is infinite; black is ground that was not recorded, and a grain without any ground counts from 0.
    """
    found = [np.inf]
    for number, (rows, columns) in enumerate(ndimage.find_objects(labels), 1):
        window = np.s_[max(rows.start - 10, 0) : rows.stop + 10, max(columns.start - 10, 0) : columns.stop + 10]
        grey, own = image[window], labels[window] == number
        far, near = (cv2.dilate(np.uint8(own), np.ones((side, side), np.uint8)) for side in (21, 11))
        ground = (far > near) & (labels[window] == 0) & (grey > 0)
        level = np.median(grey[ground]) if ground.any() else 0
        found.append(grey[own].mean() - level)
    return np.array(found)
