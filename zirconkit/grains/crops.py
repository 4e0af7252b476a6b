"""Crops: each grain cut out of its mount, all of one size.

The published crop (Nathwani et al., 2023, section 2.1): cut the grain's bounding box out of the mount, pad or crop it
about its centre to 90 x 90 px, shrink it to 32 x 32. Zeros pad, although the resin of the mounts is not black: notebook
02 shows what that does.
"""

import cv2
import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from zirconkit import mounts, segmentation
from zirconkit.grains.data import Grains

__all__ = ["crop", "cut", "example", "fit_square", "from_mounts"]

BOX = ["row_min", "col_min", "row_max", "col_max"]


def crop(image, box):
    """A copy of what an image shows in a box: row_min, col_min, row_max, col_max; the maxima are one past the end."""
    top, left, bottom, right = (int(value) for value in box)
    return image[top:bottom, left:right].copy()


def fit_square(image, size=90):
    """Pad with zeros, or crop, about the centre to a square of `size` px, as the paper does.

    `image` has the shape (height, width) or (height, width, channels). With an odd remainder the extra pixel is below
    and to the right.
    """
    for axis, length in enumerate(image.shape[:2]):
        start = max(0, (length - size) // 2)
        image = image.take(range(start, min(length, start + size)), axis=axis)
    short = [size - length for length in image.shape[:2]] + [0] * (image.ndim - 2)
    return np.pad(image, [(missing // 2, missing - missing // 2) for missing in short])


def cut(image, labels, table, size=32, square=90, mask_neighbours=False):
    """The grains of a mount as images of one size, and where in them each grain is.

    Parameters
    ----------
    image : array of uint8, shape (height, width) or (height, width, channels)
    labels : array of int, shape (height, width)
    table : DataFrame
        One row a wanted grain: grain (its number in `labels`), row_min, col_min, row_max, col_max.
    size, square : int
        Side of the result and of the square it is shrunk from, in pixels; 32 and 90 in the paper.
    mask_neighbours : bool
        Blacken what is not this grain: resin, halo, neighbours.

    Returns
    -------
    images : array of uint8, shape (n, size, size, channels)
    masks : array of bool, shape (n, size, size)
        True where a pixel shows any of the grain.
    """
    channels = image.shape[2] if image.ndim == 3 else 1
    images = np.zeros((len(table), size, size, channels), np.uint8)
    masks = np.zeros((len(table), size, size), bool)
    for row, (number, box) in enumerate(zip(table["grain"], table[BOX].to_numpy())):
        window = crop(image, box)
        grain = crop(labels, box) == number
        if mask_neighbours:
            window[~grain] = 0
        images[row] = _shrunk(window, square, size).reshape(size, size, channels)
        masks[row] = _shrunk(grain.astype(np.uint8) * 255, square, size) > 0
    return images, masks


def _shrunk(window, square, size):
    return cv2.resize(fit_square(window, square), (size, size), interpolation=cv2.INTER_AREA)


def from_mounts(found, method="watershed", size=32, square=90, mask_neighbours=False, progress=True):
    """Segment mounts, measure their grains and cut out the ones to keep: Grains, mount by mount, a row as `describe`d.

    Parameters
    ----------
    found : list of `mounts.Mount`
    method : "watershed" or "published"
    size, square, mask_neighbours
        As in `cut`.
    progress : bool
        Show a bar.

    Returns
    -------
    Grains
        As many channels as the mounts have. The table begins with sample, grain, class_name and role ("train" or
        "test", from the sample sheet).
    """
    if not found:
        raise ValueError("there are no mounts to take grains from")
    images, masks, tables = [], [], []
    for mount in tqdm(found, desc="mounts", unit="mount", disable=not progress, leave=False):
        labels, table = segmentation.segment(mount.image(), method, mount.um_per_px)
        table = table[table["kept"]]
        picture = mount.image() if mount.channels == 1 else mount.colour()
        cut_out, inside = cut(picture, labels, table, size, square, mask_neighbours)
        images.append(cut_out)
        masks.append(inside)
        tables.append(_with_names(table, mount))
    return Grains(np.concatenate(images), np.concatenate(masks), pd.concat(tables, ignore_index=True))


def _with_names(table, mount):
    """A table of grains with what the sample sheet says of their mount."""
    table = table.copy()
    table.insert(0, "sample", mount.sample)
    table.insert(2, "class_name", mount.class_name)
    table.insert(3, "role", mount.role)
    return table


def example(data="synthetic", seed=0):
    """One clearly zoned grain to look at: array of uint8, shape (90, 90).

    Parameters
    ----------
    data : str
        As in `mounts.find`.
    seed : int
        Which of the mount's six most strongly banded grains.
    """
    found = {mount.sample: mount for mount in mounts.find(data, "quick")}
    mount = found.get("QVC055") or next(iter(found.values()))
    image = mount.image()
    labels, table = segmentation.segment(image)
    table = table[table["kept"] & (table["feret_px"] < 90) & (table["flags"] == "")]
    if table.empty:
        raise ValueError(f"{mount.path.name} has no grain that fits into 90 px")
    best = table.nlargest(6, "oscillation")
    images, _ = cut(image, labels, best.iloc[[seed % len(best)]], size=90)
    return images[0, ..., 0]
