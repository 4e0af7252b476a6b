"""From a segmented image to what a network is shown: each grain alone, level, evenly exposed, of one length.

A grain is prepared from its own pixels, whatever else lies on the image: so it looks the same to the network in
training, in a batch of thousands and on a phone. Size, turn, brightness and surroundings are kept from the network;
`clues` measures some of what was kept away, to be asked whether it knows the classes as well.
"""

from typing import NamedTuple

import cv2
import numpy as np
import pandas as pd

from zirconkit.grains import align, crop, fit_square, normalise_exposure

__all__ = ["CLUES", "MEASURES", "Prepared", "clues", "prepared"]

# What a person could measure instead, and what should say nothing of a mineral.
MEASURES = ("aspect_ratio", "solidity", "contrast", "rim_over_core", "oscillation", "inclusion_fraction")
CLUES = {
    "brightness": "mean grey of the grain",
    "background": "grey of what lies around the grain",
    "noise": "noise of what lies around the grain",
}
HALO = 5  # px next to a grain that do not count as what lies around it
BOX = ["row_min", "col_min", "row_max", "col_max"]


class Prepared(NamedTuple):
    """The grains of one image: images uint8, (n, size, size, channels); masks bool, (n, size, size)."""

    images: np.ndarray
    masks: np.ndarray


def prepared(picture, labels, table, size):
    """Each grain of a table as the network is shown it: `Prepared`.

    Parameters
    ----------
    picture : array of uint8, shape (height, width) or (height, width, 3)
    labels : array of int, shape (height, width)
    table : DataFrame
        A row a wanted grain: its number in `labels`, and its box.
    size : int
        Side of the result, px.
    """
    channels = 1 if picture.ndim == 2 else picture.shape[2]
    images = np.zeros((len(table), size, size, channels), np.uint8)
    masks = np.zeros((len(table), size, size), bool)
    for row, (number, box) in enumerate(zip(table["grain"], table[BOX].to_numpy())):
        window = crop(picture, box)
        mask = crop(labels, box) == number
        images[row], masks[row] = _level(window, mask, size)
    return Prepared(images, masks)


def _level(window, mask, size):
    """One grain, alone on black, its median at mid-grey, turned level and drawn to one length."""
    side = max(mask.shape) + 2
    own = mask if window.ndim == 2 else mask[..., None]
    alone = np.where(own, window, 0)
    square = fit_square(alone, side)
    picture = square.reshape(1, side, side, -1)
    where = fit_square(mask, side)[None]
    even = normalise_exposure(picture, where)
    shown = np.uint8(where)[..., None] * 255
    image = align(even, where, size)
    inside = align(shown, where, size)
    return image[0], inside[0, ..., 0] > 127


def clues(grey, labels, table):
    """What lies around each grain, and how bright it is: DataFrame with a column for each of `CLUES`.

    NaN where nothing lies around a grain but other grains.
    """
    rough = np.abs(cv2.Laplacian(grey, cv2.CV_32F))
    boxes = table[BOX].to_numpy()
    rows = [_around(grey, rough, labels, box) for box in boxes]
    found = pd.DataFrame(rows, columns=["background", "noise"], index=table.index)
    found.insert(0, "brightness", table["mean_grey"])
    return found


def _around(grey, rough, labels, box):
    """Median grey and roughness in a frame of half a grain around a box, less the glow of grains."""
    top, left, bottom, right = (int(value) for value in box)
    length = max(bottom - top, right - left)
    reach = HALO + length // 2
    rows = slice(max(top - reach, 0), bottom + reach)
    columns = slice(max(left - reach, 0), right + reach)
    side = 2 * HALO + 1
    grains = np.uint8(labels[rows, columns] > 0)
    halo = np.ones((side, side))
    taken = cv2.dilate(grains, halo)
    free = taken == 0
    if not free.any():
        return np.nan, np.nan
    levels = grey[rows, columns][free]
    roughness = rough[rows, columns][free]
    return np.median(levels), roughness.mean()
