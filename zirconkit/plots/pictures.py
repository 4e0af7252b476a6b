"""Mounts, grains and kernels as pictures."""

import matplotlib.pyplot as plt
import numpy as np
from skimage.segmentation import find_boundaries

from zirconkit.convolution import convolve
from zirconkit.evaluation import grain_overlaps
from zirconkit.plots.base import COLOURS

__all__ = ["convolution_step", "gallery", "match_map", "mount", "outlined"]


def outlined(image, labels, gain=1.0, colour=COLOURS["warn"], thickness=1):
    """A mount in grey with the outline of every grain drawn on it: array of uint8, shape (height, width, 3).

    Parameters
    ----------
    image, labels : arrays, shape (height, width)
    gain : float
        Brightening of the grey levels, for the eye only.
    colour : str
    thickness : int
        Of the outline, in pixels; more than 1 where the picture will be shrunk.
    """
    grey = np.clip(image * gain, 0, 255).astype(np.uint8)
    edge = find_boundaries(labels, mode="inner")
    for _ in range(thickness - 1):
        edge = edge | np.roll(edge, 1, axis=0) | np.roll(edge, 1, axis=1)
    picture = np.repeat(grey[..., None], 3, axis=2)
    picture[edge] = np.array(plt.matplotlib.colors.to_rgb(colour)) * 255
    return picture


def mount(image, title="", ax=None, um_per_px=2.0, gain=1.0):
    """A mount or a part of it, with a scale bar.

    Parameters
    ----------
    image : array of uint8, shape (height, width) or (height, width, 3)
    title : str
    ax : matplotlib Axes, optional
    um_per_px : float
        Micrometres per pixel.
    gain : float
        Brightening of grey levels, for the eye only.
    """
    height, width = image.shape[:2]
    if ax is None:
        _, ax = plt.subplots(figsize=(9, 9 * height / width), layout="constrained")
    ax.imshow(np.clip(image * gain, 0, 255).astype(np.uint8), cmap="gray", vmin=0, vmax=255)
    nice = np.array([10, 20, 50, 100, 200, 500, 1000, 2000])
    length = nice[np.argmin(abs(nice - width * um_per_px / 5))]
    left, top = 0.04 * width, 0.95 * height
    ax.plot([left, left + length / um_per_px], [top, top], color="white", lw=3, solid_capstyle="butt")
    middle = left + length / um_per_px / 2
    ax.text(middle, top - 0.015 * height, f"{length} µm", color="white", ha="center", va="bottom")
    ax.set(title=title, xticks=[], yticks=[])
    return ax.figure


def gallery(images, titles=None, columns=8, width=9, cmap="gray", vmax=255, colours=None):
    """Grains side by side.

    Parameters
    ----------
    images : sequence of arrays, each (height, width) or (height, width, 1)
    titles, colours : sequence of str, optional
        Of the images; of the titles.
    columns : int
    width : float
        Of the figure, in inches.
    cmap : str
    vmax : float
        What is drawn white.
    """
    rows = -(-len(images) // columns)
    size = (width, rows * width / columns * (1.2 if titles else 1.02))
    fig, axes = plt.subplots(rows, columns, figsize=size, squeeze=False, layout="constrained")
    for ax in axes.flat:
        ax.axis("off")
    for number, (ax, image) in enumerate(zip(axes.flat, images)):
        ax.imshow(np.squeeze(image), cmap=cmap, vmin=0, vmax=vmax)
        if titles is not None:
            ax.set_title(titles[number], fontsize=8, color=colours[number] if colours else "black")
    return fig


def match_map(image, labels, truth, iou=0.5, gain=1.0):
    """Where a segmentation is right: found grains green, missed ones orange, invented or badly drawn ones purple.

    A grain counts as found from an overlap of `iou` on; the other parameters and the result are as in `outlined`.
    """
    numbers, true_numbers, overlaps = grain_overlaps(labels, truth)
    hits = overlaps >= iou
    found = np.isin(labels, numbers[hits.any(axis=1)])
    known = np.isin(truth, true_numbers[hits.any(axis=0)])
    picture = outlined(image, np.where(known, truth, 0), gain, COLOURS["accent"], 3)
    for kind, colour in ((np.where(known, 0, truth), "porphyry"), (np.where(found, 0, labels), "second")):
        edge = outlined(np.zeros_like(image), kind, 1, COLOURS[colour], 3)
        picture = np.where(edge.any(axis=2, keepdims=True), edge, picture)
    return picture


def convolution_step(image, kernel, row, column):
    """One position of a small kernel: its window, the pixels x the kernel = the products, and the feature map so far.

    Parameters
    ----------
    image, kernel : arrays, shapes (height, width) and (k, l)
    row, column : int
        Of the feature map, which is filled row by row up to there.
    """
    feature_map = convolve(image, kernel)
    patch = image[row : row + kernel.shape[0], column : column + kernel.shape[1]]
    to_come = np.arange(feature_map.size).reshape(feature_map.shape) > row * feature_map.shape[1] + column
    fig, axes = plt.subplots(1, 5, figsize=(10, 2.8), width_ratios=[3, 2, 2, 2, 3], layout="constrained")
    axes[0].imshow(image, cmap="gray")
    limit = abs(feature_map).max() or 1
    axes[4].imshow(np.where(to_come, np.nan, feature_map), cmap="PuOr", vmin=-limit, vmax=limit)
    corner = (column - 0.5, row - 0.5)
    for ax, (height, width) in ((axes[0], kernel.shape), (axes[4], (1, 1))):
        ax.add_patch(plt.Rectangle(corner, width, height, fill=False, color=COLOURS["accent"], lw=2))
        ax.set(xlabel="column (px)", ylabel="row (px)", facecolor="0.8")
        ax.locator_params(integer=True)
    titles = ("pixels there", "× kernel", "= products")
    for ax, title, values in zip(axes[1:4], titles, (patch, kernel, patch * kernel)):
        ax.imshow(values, cmap="PuOr", norm=plt.matplotlib.colors.CenteredNorm(0, 3.0 * abs(values).max() + 1))
        for (i, j), value in np.ndenumerate(values):
            ax.text(j, i, f"{round(float(value), 2):g}", ha="center", va="center")
        ax.set(title=title, xticks=[], yticks=[])
    axes[4].set_title(f"sum: {feature_map[row, column]:.4g}")
    return fig
