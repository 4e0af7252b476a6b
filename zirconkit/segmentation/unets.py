"""What a trained U-Net says of an image of any size: its weights, read safely, and OpenCV that runs it tile by tile.

The networks were trained in Keras (`networks.unet`). What comes out here is the same to rounding, and nothing needs
TensorFlow.
"""

from itertools import product

import cv2
import numpy as np

from zirconkit.files import read_arrays
from zirconkit.segmentation.onnx import unet_model

__all__ = ["MARGIN", "read_weights", "run"]

TILE = 768  # px; side of what is looked at in one piece, at most
MARGIN = 56  # px; beyond that nothing that a pixel's answer depends on: a multiple of `STEP`
STEP = 8  # px; what three poolings make one of


def read_weights(path, channels, classes):
    """The weights of a U-Net of three poolings, from an .npz file; nothing that the file says is run.

    Parameters
    ----------
    path : path
    channels, classes : int
        How many the network must have.

    Returns
    -------
    dict of str to array of float32
        `LAYER.kernel`, shape (height, width, in, out), and `LAYER.bias`, shape (out,), by the names of `networks.unet`.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is damaged, no such file, or of another network.
    """
    arrays = read_arrays(path)
    if not all(np.issubdtype(array.dtype, np.number) for array in arrays.values()):
        raise ValueError(f"{path} has weights of another network: what it holds are no numbers")
    weights = {name: np.float32(array) for name, array in arrays.items()}
    problem = _problem(weights, channels, classes)
    if problem:
        raise ValueError(f"{path} has weights of another network: {problem}")
    return weights


def _problem(weights, channels, classes):
    """Why weights are not those of a U-Net with so many channels and classes; None if they are."""
    width, widths = channels, []
    for name in _layers():
        kernel, bias = (weights.get(f"{name}.{kind}") for kind in ("kernel", "bias"))
        if kernel is None or bias is None:
            return f"{name} is missing"
        side = 1 if name == "classes" else 3
        if name.startswith("up") and name.endswith("a"):
            width += widths.pop()
        wanted = (side, side, width, kernel.shape[-1] if kernel.ndim else 0)
        if name == "down0a" and kernel.shape[:2] == (3, 3) and kernel.shape[2] != channels:
            return f"it takes {kernel.shape[2]} channels, not {channels}"
        if kernel.shape != wanted or bias.shape != wanted[-1:]:
            return f"{name} does not fit"
        if not (np.isfinite(kernel).all() and np.isfinite(bias).all()):
            return f"{name} has values that are no numbers"
        width = wanted[-1]
        if name.startswith("down") and name.endswith("b"):
            widths.append(width)
    if width != classes:
        return f"it tells {width} classes apart, not {classes}"
    return None


def _layers():
    """The names of the layers, in the order in which an image passes them."""
    halves = ["down0", "down1", "down2", "bottom", "up2", "up1", "up0"]
    return [*(f"{name}{which}" for name in halves for which in "ab"), "classes"]


def run(planes, weights, tile=TILE):
    """How probable each class is at each pixel: array of float16, shape (classes, height, width).

    Parameters
    ----------
    planes : array of float32, shape (channels, height, width)
        An image as the network takes it, of any size: it is mirrored at its edges, and looked at in tiles of one shape
        that overlap by all that an answer depends on.
    weights : dict of str to array
        As from `read_weights`.
    tile : int
        Side of a tile without its margin, px, at most; a multiple of 8.
    """
    channels, *sides = planes.shape
    whole = [side + -side % STEP for side in sides]
    more = [(MARGIN, MARGIN + to - side) for side, to in zip(sides, whole)]
    around = np.pad(planes, [(0, 0), *more], mode="symmetric")
    (height, tops), (width, lefts) = (_parts(side, tile) for side in whole)
    shape = (channels, height + 2 * MARGIN, width + 2 * MARGIN)
    model = np.frombuffer(unet_model(weights, shape), np.uint8)
    net = cv2.dnn.readNetFromONNX(model)
    maps = np.empty((len(weights["classes.bias"]), *sides), np.float16)
    for top, left in product(tops, lefts):
        net.setInput(np.ascontiguousarray(around[None, :, top : top + shape[1], left : left + shape[2]]))
        inner = net.forward()[0, :, MARGIN:-MARGIN, MARGIN:-MARGIN]
        there = maps[:, top : top + height, left : left + width]
        there[:] = inner[:, : there.shape[1], : there.shape[2]]
    return maps


def _parts(side, tile):
    """A side of the image in parts of one length, none longer than a tile: that length, and where each begins."""
    count = -(-side // tile)
    length = -(-side // (count * STEP)) * STEP
    starts = [min(number * length, side - length) for number in range(count)]
    return length, starts
