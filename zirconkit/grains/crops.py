"""From grains in a mount to a data set: crops, one size, a table beside them, fair splits, files.

The published crop (Nathwani et al., 2023, section 2.1): cut the grain's bounding box out of the mount, pad or crop it
about its centre to 90 x 90 px, shrink it to 32 x 32. Zeros pad, although the resin of the mounts is not black: notebook
02 shows what that does.
"""

import cv2
import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from zirconkit import mounts as sources
from zirconkit import segmentation
from zirconkit.grains.data import Grains

__all__ = ["crop", "cut", "example", "fit_square", "from_mounts"]


def crop(image, box):
    """A copy of what an image shows in a box: row_min, col_min, row_max, col_max; the maxima are one past the end."""
    top, left, bottom, right = (int(value) for value in box)
    return image[top:bottom, left:right].copy()


def fit_square(image, size=90):
    """Pad with zeros, or crop, about the centre to a square of `size` px, as the paper does.

    With an odd remainder the extra pixel is below and to the right.
    """
    for axis, length in enumerate(image.shape):
        start = max(0, (length - size) // 2)
        image = image.take(range(start, min(length, start + size)), axis=axis)
    short = [size - length for length in image.shape]
    return np.pad(image, [(missing // 2, missing - missing // 2) for missing in short])


def cut(image, labels, table, size=32, square=90, mask_neighbours=False):
    """The grains of a mount as images of one size.

    Parameters
    ----------
    image : array of uint8, shape (height, width)
    labels : array of int, shape (height, width)
    table : DataFrame
        One row a wanted grain: label (its number in `labels`), row_min, col_min, row_max, col_max.
    size, square : int
        Side of the result and of the square it is shrunk from, in pixels; 32 and 90 in the paper.
    mask_neighbours : bool
        Blacken what is not this grain: resin, halo, neighbours.

    Returns
    -------
    array of uint8, shape (n, size, size, 1)
    """
    images = np.zeros((len(table), size, size, 1), np.uint8)
    boxes = table[["row_min", "col_min", "row_max", "col_max"]].to_numpy()
    for row, (number, box) in enumerate(zip(table["label"], boxes)):
        window = crop(image, box)
        if mask_neighbours:
            window[crop(labels, box) != number] = 0
        images[row, ..., 0] = cv2.resize(fit_square(window, square), (size, size), interpolation=cv2.INTER_AREA)
    return images


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
    """
    if not found:
        raise ValueError("there are no mounts to take grains from")
    images, tables = [], []
    for mount in tqdm(found, desc="mounts", unit="mount", disable=not progress, leave=False):
        image = mount.image()
        labels, table = segmentation.segment(image, method)
        table = table[table["kept"]]
        images.append(cut(image, labels, table, size, square, mask_neighbours))
        table = table.rename(columns={"label": "grain"})
        table.insert(0, "sample", mount.sample)
        table.insert(2, "label", mount.label)
        tables.append(table)
    return Grains(np.concatenate(images), pd.concat(tables, ignore_index=True))


def example(data="synthetic", seed=0):
    """One clearly zoned grain to look at: array of uint8, shape (90, 90).

    Parameters
    ----------
    data : str
        As in `mounts.find`.
    seed : int
        Which of the mount's six most strongly banded grains.
    """
    found = {mount.sample: mount for mount in sources.find(data, "quick")}
    mount = found.get("QVC055") or next(iter(found.values()))
    image = mount.image()
    labels, table = segmentation.segment(image)
    table = table[table["kept"] & (table["feret_px"] < 90) & (table["flags"] == "")]
    if table.empty:
        raise ValueError(f"{mount.path.name} has no grain that fits into 90 px")
    best = table.nlargest(6, "oscillation")
    return cut(image, labels, best.iloc[[seed % len(best)]], size=90)[0, ..., 0]
