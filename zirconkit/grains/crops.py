"""Crops: each grain cut out of its mount, all of one size.

The published crop (Nathwani et al., 2023, section 2.1): cut the grain's bounding box out of the mount, pad or crop it
about its centre to 90 x 90 px, shrink it to 32 x 32. Zeros pad, although the resin of the mounts is not black: notebook
02 shows what that does.
"""

import warnings
from typing import NamedTuple

import numpy as np
import pandas as pd
from tqdm.auto import tqdm

from zirconkit import samples, segmentation
from zirconkit.grains.data import Grains, resized
from zirconkit.messages import ZirconkitWarning

__all__ = ["Zoned", "contaminants", "crop", "cut", "fit_square", "from_mounts", "on_its_mount", "why_not_kept", "zoned"]

SQUARE = 90  # px; side of the published crop
BOX = ["row_min", "col_min", "row_max", "col_max"]
GROUND = 4  # px that a grain to look at keeps around it


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
    windows = list(_windows(image, labels, table))
    part = _Part([w for w, _ in windows], [m for _, m in windows], table, 1.0, channels, 0.0)
    return _squares(part, size, square, mask_neighbours)


def _windows(image, labels, table):
    """What each grain's box shows, and where in it the grain is: yields an image and a mask."""
    boxes = table[BOX].to_numpy()
    for number, box in zip(table["grain"], boxes):
        yield crop(image, box), crop(labels, box) == number


def from_mounts(found, method="watershed", size=32, square=None, mask_neighbours=False, progress=True):
    """Segment mounts, measure their grains and cut out the ones to keep: Grains, mount by mount, a row as `describe`d.

    Parameters
    ----------
    found : list of `mounts.Mount`
    method : "watershed" or "published"
    size, square, mask_neighbours
        As in `cut`; `square` is in pixels of the working scale (`segmentation.scaling`), so that a crop shows the same
        at whatever magnification. By default 90, as in the paper, for its mounts; with others among them, if their
        grains are longer, the side that holds 95 of 100 whole.
    progress : bool
        Show a bar.

    Returns
    -------
    Grains
        As many channels as the mounts have. The table begins with sample, grain, class_name and role ("train" or
        "test", from the sample sheet). Grains are as a person mended them, where an edit list lies beside the image
        (`segmentation.replay_edits`). Mounts of which nothing is kept are named in one warning.

    Raises
    ------
    ValueError
        If there are no mounts, or nothing is kept of any, or they are grey and coloured, or an edit list does not fit
        its image.
    """
    if not found:
        raise ValueError("there are no mounts to take grains from")
    if len({mount.channels for mount in found}) > 1:
        raise ValueError("some of the mounts have 1 channel, others 3: give all the same channels in the sample sheet")
    parts, reasons, scales = [], [], {}
    for mount in tqdm(found, desc="mounts", unit="mount", disable=not progress, leave=False):
        segmented = segmentation.segment_mount(mount, method)
        part = _kept(mount, segmented)
        parts.append(part)
        scales[mount.path.name] = segmented._replace(image=None, labels=None)
        if not len(part.table):
            reasons.append(f"{mount.sample} ({why_not_kept(segmented.table)})")
    _warn_of(found, reasons)
    segmentation.warn_of_scales(scales)
    square = square or _common_side(parts)
    pairs = [_squares(part, size, square, mask_neighbours) for part in parts]
    images, masks = (np.concatenate(kind) for kind in zip(*pairs))
    tables = [part.table for part in parts if len(part.table)]
    return Grains(images, masks, pd.concat(tables, ignore_index=True))


class _Part(NamedTuple):
    """The kept grains of a mount, not yet of one size: windows, masks, the table, and the factor to working scale."""

    windows: list
    masks: list
    table: pd.DataFrame
    factor: float
    channels: int
    own_side: float  # of a square that holds 95 of 100 of its grains, in pixels of the working scale; 0 for the paper's


def _kept(mount, segmented):
    kept = segmented.table[segmented.table["kept"]]
    picture = segmented.image if mount.channels == 1 else mount.colour()
    pairs = list(_windows(picture, segmented.labels, kept))
    windows, masks = [window for window, _ in pairs], [mask for _, mask in pairs]
    longest = [max(mask.shape) * segmented.factor for mask in masks]
    foreign = mount.sample not in samples.sheet().index
    side = np.percentile(longest, 95) if foreign and longest else 0.0
    return _Part(windows, masks, _with_names(kept, mount), segmented.factor, mount.channels, float(side))


def _common_side(parts):
    """The side of the square that all grains are cut to, in pixels of the working scale."""
    return max(SQUARE, *(int(np.ceil(part.own_side)) for part in parts))


def _squares(part, size, square, mask_neighbours):
    """The grains of a part, each in a square of one size: images and masks, as `cut` gives them."""
    own_square = max(1, round(square / part.factor))
    images = np.zeros((len(part.table), size, size, part.channels), np.uint8)
    masks = np.zeros((len(part.table), size, size), bool)
    for row, (window, grain) in enumerate(zip(part.windows, part.masks)):
        if mask_neighbours:
            window[~grain] = 0
        images[row] = resized(fit_square(window, own_square), size)
        whole = fit_square(grain, own_square).astype(np.uint8) * 255
        masks[row] = resized(whole, size)[..., 0] > 0
    return images, masks


def on_its_mount(found, grain, margin=8):
    """What a mount shows of a grain and around it, at the mount's own resolution.

    Parameters
    ----------
    found : list of `mounts.Mount`
    grain : Series
        A row of the table of `Grains`: its `sample`, and the grain's box.
    margin : int
        Around the box, px; less where the mount ends.

    Returns
    -------
    array of uint8, shape (height, width)
    """
    (mount,) = [each for each in found if each.sample == grain["sample"]]
    top, left, bottom, right = (int(value) for value in grain[BOX])
    top, left = max(0, top - margin), max(0, left - margin)
    box = top, left, bottom + margin, right + margin
    return crop(mount.image(), box)


def why_not_kept(table):
    """Why grains of a table are not kept, in words: "30 large, 8 edge"; "none found" of an empty table."""
    if table.empty:
        return "none found"
    reasons = table.loc[~table["kept"], "flags"].str.split(";").explode().value_counts()
    barring = [f"{count} {name}" for name, count in reasons.items() if name in ("edge", "small", "large")]
    return ", ".join(barring)


def _warn_of(found, reasons):
    """Name the mounts of which nothing is kept; ValueError if that is so of all."""
    if len(reasons) == len(found):
        raise ValueError(f"no grain is kept on any mount: {'; '.join(reasons)}")
    if reasons:
        warnings.warn(f"nothing is kept of {'; '.join(reasons)}", ZirconkitWarning, stacklevel=3)


def _with_names(table, mount):
    """A table of grains with what the sample sheet says of their mount."""
    table = table.copy()
    table.insert(0, "sample", mount.sample)
    table.insert(2, "class_name", mount.class_name)
    table.insert(3, "role", mount.role)
    return table


class Zoned(NamedTuple):
    """A grain to look at: `image`, uint8 of shape (90, 90); its `sample`; `um_per_px` of the image, None if unknown."""

    image: np.ndarray
    sample: str
    um_per_px: float | None


def zoned(found, seed=0):
    """One clearly zoned grain of QVC055, or of the first mount with grains where there is no such sample: a `Zoned`.

    Parameters
    ----------
    found : list of `mounts.Mount`
    seed : int
        Which of the mount's six most strongly banded grains. Where none is kept that fits into 90 px and is free of
        flags, it is one of those that come nearest to it.
    """
    order = sorted(found, key=lambda mount: mount.sample != "QVC055")
    for mount in order:
        segmented = segmentation.segment_mount(mount)
        if len(segmented.table):
            break
    else:
        raise ValueError(f"no grain to look at in {', '.join(mount.path.name for mount in found)}")
    square = round(SQUARE / segmented.factor)
    chosen = _with_ground(_most_zoned(segmented, seed), segmented.labels.shape)
    images, _ = cut(segmented.image, segmented.labels, chosen, size=SQUARE, square=square)
    um_per_px = segmented.um_per_px and segmented.um_per_px * square / SQUARE
    return Zoned(images[0, ..., 0], mount.sample, um_per_px)


def _with_ground(table, shape):
    """Rows whose boxes are wider by `GROUND` px on each side, so that no flank is cut: DataFrame."""
    wider = table.copy()
    for side, length in zip(("row", "col"), shape):
        wider[f"{side}_min"] = (table[f"{side}_min"] - GROUND).clip(lower=0)
        wider[f"{side}_max"] = (table[f"{side}_max"] + GROUND).clip(upper=length)
    return wider


def _most_zoned(segmented, seed):
    """The row of one of the six most strongly banded grains of a mount: DataFrame."""
    table = segmented.table
    fits = table["feret_px"] * segmented.factor < SQUARE
    blameless = table["flags"] == ""
    wishes = [table["kept"] & fits & blameless, table["kept"] & fits, table["kept"], table["area_px"] > 0]
    good = next(table[wish] for wish in wishes if wish.any())
    best = good.nlargest(6, "oscillation") if good["oscillation"].notna().any() else good.nlargest(6, "area_px")
    return best.iloc[[seed % len(best)]]


def contaminants(found, table):
    """Which grains are no zircons, by the truth of grown mounts: array of bool, a row for each.

    Parameters
    ----------
    found : list of mounts
        Those without a truth have none.
    table : DataFrame
        Of a `Grains`, with its boxes.
    """
    foreign = np.zeros(len(table), bool)
    samples_of = table["sample"].to_numpy(str)
    for mount in found:
        told = mount.truth_table()
        if told is not None:
            here = np.flatnonzero(samples_of == mount.sample)
            foreign[here] = _are_foreign(mount.truth(), told, table.iloc[here])
    return foreign


def _are_foreign(truth, told, table):
    """Whether most of what is true in each box is a contaminant: list of bool."""
    known = told.set_index("grain")["contaminant"]
    answers = []
    for box in table[["row_min", "col_min", "row_max", "col_max"]].to_numpy():
        inside = np.bincount(crop(truth, box).ravel())[1:]
        answers.append(bool(inside.any() and known[inside.argmax() + 1]))
    return answers
