"""Grains by what a network has learned: a U-Net says of each pixel whether it is resin, inside a grain, or its rim.

It was trained in Keras on grown mounts alone (`networks.unet`), and runs here in NumPy, tile by tile: what comes out is
the same to rounding, and nothing needs TensorFlow. Grains that touch are parted as the watershed does it.
"""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from itertools import product
from pathlib import Path

import numpy as np
from threadpoolctl import threadpool_limits

from zirconkit import samples
from zirconkit.segmentation.measurements import checked
from zirconkit.segmentation.parting import grains_in
from zirconkit.segmentation.stitching import find_stitching

__all__ = ["BOUNDARY", "INSIDE", "RESIN", "WEIGHTS", "as_input", "network", "probabilities", "read_weights", "shipped"]

RESIN, INSIDE, BOUNDARY = range(3)  # the classes
WEIGHTS = samples.DATA / "networks/grains.npz"
TILE = 768  # px; side of what is looked at in one piece, at most
MARGIN = 56  # px; beyond that nothing that a pixel's answer depends on: a multiple of `STEP`
BAND = 8192  # px; of a convolution that are computed in one go: they fit into the processor's cache
STEP = 8  # px; what three poolings make one of
WORKERS = 2  # tiles at a time


def as_input(image):
    """Grey levels as the network takes them: their square root, in which noise is alike in dark and in bright."""
    return np.sqrt(np.float32(image) / 255)


# ---------------------------------------------------------------- weights


@cache
def shipped():
    """The weights that come with the kit, checked against their digest: as `read_weights`."""
    card = json.loads(WEIGHTS.with_suffix(".json").read_text(encoding="utf-8"))
    if hashlib.sha256(WEIGHTS.read_bytes()).hexdigest() != card["sha256"]:
        raise ValueError(f"{WEIGHTS} is not the file that the kit came with: install the kit again")
    return read_weights(WEIGHTS)


def read_weights(path):
    """The weights of a U-Net for grains, from an .npz file; nothing that the file says is run.

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
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file of weights at {path}")
    try:
        with np.load(path, allow_pickle=False) as file:
            weights = {name: np.float32(file[name]) for name in file.files}
    except Exception:  # NumPy and zipfile raise what they please
        raise ValueError(f"{path} is damaged, or no .npz file of weights") from None
    problem = _problem(weights)
    if problem:
        raise ValueError(f"{path} has weights of another network: {problem}")
    return weights


def _problem(weights):
    """Why weights are not those of a U-Net from one channel to three classes; None if they are."""
    width, widths = 1, []
    for name in _layers():
        kernel, bias = (weights.get(f"{name}.{kind}") for kind in ("kernel", "bias"))
        if kernel is None or bias is None:
            return f"{name} is missing"
        side = 1 if name == "classes" else 3
        if name.startswith("up") and name.endswith("a"):
            width += widths.pop()
        wanted = (side, side, width, kernel.shape[-1] if kernel.ndim else 0)
        if kernel.shape != wanted or bias.shape != wanted[-1:]:
            return f"{name} does not fit"
        if not (np.isfinite(kernel).all() and np.isfinite(bias).all()):
            return f"{name} has values that are no numbers"
        width = wanted[-1]
        if name.startswith("down") and name.endswith("b"):
            widths.append(width)
    if width != 3:
        return f"it tells {width} classes apart, not 3"
    return None


def _layers():
    """The names of the layers, in the order in which an image passes them."""
    halves = ["down0", "down1", "down2", "bottom", "up2", "up1", "up0"]
    return [*(f"{name}{which}" for name in halves for which in "ab"), "classes"]


# ---------------------------------------------------------------- from an image to probabilities


def probabilities(image, weights=None, tile=TILE):
    """How probable each class is at each pixel: array of float16, shape (3, height, width).

    Parameters
    ----------
    image : array of uint8, shape (height, width)
        Of any size: it is mirrored at its edges, and looked at in tiles that overlap by all that an answer depends on.
    weights : dict of str to array, optional
        As from `read_weights`; by default `shipped`.
    tile : int
        Side of a tile without its margin, px, at most; a multiple of 8.
    """
    weights = weights or shipped()
    height, width = checked(image).shape
    whole = [-side % STEP for side in image.shape]
    around = np.pad(image, [(MARGIN, MARGIN + more) for more in whole], mode="symmetric")
    maps = np.empty((3, height, width), np.float16)

    def look(window):
        rows, columns = window
        seen = around[rows.start : rows.stop + 2 * MARGIN, columns.start : columns.stop + 2 * MARGIN]
        inner = _forward(as_input(seen)[None], weights)[:, MARGIN:-MARGIN, MARGIN:-MARGIN]
        there = maps[:, rows, columns]
        there[:] = inner[:, : there.shape[1], : there.shape[2]]

    sides = (height + whole[0], width + whole[1])
    windows = product(*(_parts(side, tile) for side in sides))
    with threadpool_limits(1, user_api="blas"), ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(look, windows))
    return maps


def _parts(side, tile):
    """A side of the image in parts of nearly one length, none longer than a tile: slices."""
    count = -(-side // tile)
    length = -(-side // (count * STEP)) * STEP
    return [slice(start, min(start + length, side)) for start in range(0, side, length)]


def _forward(x, weights):
    """A tile through the network: from (1, height, width), sides a multiple of 8, to (3, height, width)."""
    skips = []
    for step in range(3):
        x = _two_convolutions(x, weights, f"down{step}")
        skips.append(x)
        channels, height, width = x.shape
        x = x.reshape(channels, height // 2, 2, width // 2, 2).max(axis=(2, 4))
    x = _two_convolutions(x, weights, "bottom")
    for step in reversed(range(3)):
        x = x.repeat(2, axis=1).repeat(2, axis=2)
        x = np.concatenate([skips.pop(), x])
        x = _two_convolutions(x, weights, f"up{step}")
    return _softmax(x, weights)


def _two_convolutions(x, weights, name):
    for which in "ab":
        x = _convolve(x, weights[f"{name}{which}.kernel"], weights[f"{name}{which}.bias"])
    return x


def _convolve(x, kernel, bias):
    """A 3 x 3 convolution with zeros around, and ReLU, a band of rows at a time: (in, height, width) to (out, ...)."""
    _, height, width = x.shape
    out = np.empty((len(bias), height, width), np.float32)
    lines = [np.ascontiguousarray(line.reshape(-1, len(bias)).T) for line in kernel]
    step = max(BAND // width, 2)
    for top in range(0, height, step):
        bottom = min(top + step, height)
        flat = _side_by_side(x, top, bottom)
        size = (bottom - top) * width
        band = lines[0] @ flat[:, :size] + bias[:, None]
        band += lines[1] @ flat[:, width : width + size]
        band += lines[2] @ flat[:, 2 * width :]
        out[:, top:bottom] = np.maximum(band, 0).reshape(len(bias), -1, width)
    return out


def _side_by_side(x, top, bottom):
    """Each pixel's left neighbour, itself and its right one, of a band and a row more on either side: flat rows."""
    channels, height, width = x.shape
    three = np.zeros((3, channels, bottom - top + 2, width), np.float32)
    first, last = max(top - 1, 0), min(bottom + 1, height)
    rows = x[:, first:last]
    into = three[:, :, first - top + 1 : last - top + 1]
    into[0, :, :, 1:] = rows[:, :, :-1]
    into[1] = rows
    into[2, :, :, :-1] = rows[:, :, 1:]
    return three.reshape(3 * channels, -1)


def _softmax(x, weights):
    kernel, bias = weights["classes.kernel"], weights["classes.bias"]
    height, width = x.shape[1:]
    logits = kernel[0, 0].T @ x.reshape(len(x), -1) + bias[:, None]
    odds = np.exp(logits - logits.max(axis=0))
    return (odds / odds.sum(axis=0)).reshape(-1, height, width)


# ---------------------------------------------------------------- from probabilities to grains


def network(image, stitching=None):
    """Grains by what a network has learned from grown mounts: what is more probably grain than resin.

    Touching grains are parted at their necks and the pieces of a fractured crystal put together again, as in
    `watershed`. `stitching` is that of the mount, if it is known already.

    Returns
    -------
    array of int32, shape (height, width)
        0 background, 1..n: what has at least 100 px.
    """
    image = checked(image)
    stitching = stitching or find_stitching(image)
    grain = probabilities(image)[RESIN] < 0.5
    return grains_in(grain & ~stitching.missing)
