"""Crops: each grain cut out of its mount, all of one size.

The published crop (Nathwani et al., 2023, section 2.1): cut the grain's bounding box out of the mount, pad or crop it
about its centre to 90 x 90 px, shrink it to 32 x 32. Zeros pad, although the resin of the mounts is not black: notebook
02 shows what that does.
"""

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from zirconkit import mounts, segmentation
from zirconkit.grains.data import Grains, resized

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
    height, width = image.shape[:2]
    rows, above, below = _fit(height, size)
    columns, left, right = _fit(width, size)
    channels = [(0, 0)] * (image.ndim - 2)
    padding = [(above, below), (left, right), *channels]
    return np.pad(image[rows, columns], padding)


def _fit(length, size):
    """What a side keeps, a slice, and how many pixels it lacks before and behind that."""
    start = max(0, (length - size) // 2)
    kept = slice(start, start + size)
    missing = max(0, size - length)
    before = missing // 2
    return kept, before, missing - before


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
    boxes = table[BOX].to_numpy()
    for row, (number, box) in enumerate(zip(table["grain"], boxes)):
        window = crop(image, box)
        grain = crop(labels, box) == number
        if mask_neighbours:
            window[~grain] = 0
        images[row] = resized(fit_square(window, square), size)
        whole = fit_square(grain, square).astype(np.uint8) * 255
        masks[row] = resized(whole, size)[..., 0] > 0
    return images, masks


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
        "test", from the sample sheet). Grains are as a person mended them, where an edit list lies beside the image
        (`segmentation.replay_edits`).

    Raises
    ------
    ValueError
        If there are no mounts, or an edit list does not fit its image.
    """
    if not found:
        raise ValueError("there are no mounts to take grains from")
    images, masks, tables = [], [], []
    for mount in tqdm(found, desc="mounts", unit="mount", disable=not progress, leave=False):
        image = mount.image()
        labels, table = segmentation.segment(image, method, mount.um_per_px, mount.path)
        kept = table[table["kept"]]
        picture = image if mount.channels == 1 else mount.colour()
        cut_out, inside = cut(picture, labels, kept, size, square, mask_neighbours)
        images.append(cut_out)
        masks.append(inside)
        tables.append(_with_names(kept, mount))
    table = pd.concat(tables, ignore_index=True)
    return Grains(np.concatenate(images), np.concatenate(masks), table)


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
    fits = table["feret_px"] < 90
    blameless = table["flags"] == ""
    good = table[table["kept"] & fits & blameless]
    if good.empty:
        raise ValueError(f"{mount.path.name} has no grain that fits into 90 px")
    best = good.nlargest(6, "oscillation")
    chosen = best.iloc[[seed % len(best)]]
    images, _ = cut(image, labels, chosen, size=90)
    return images[0, ..., 0]
