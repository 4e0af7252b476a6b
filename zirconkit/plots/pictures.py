"""Mounts, grains and kernels as pictures."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import CenteredNorm
from skimage.segmentation import find_boundaries

from zirconkit.convolution import convolve
from zirconkit.plots.canvas import axes_for, blank, without_ticks
from zirconkit.plots.palette import AMBER, GREEN, class_colours, rgb

__all__ = [
    "as_picture", "as_rgb", "convolution_step", "draw_grain", "gallery", "mount", "outlined", "side_by_side",
    "stretched",
]  # fmt: skip


def as_picture(image):
    """An image of any number of channels as it can be drawn.

    Parameters
    ----------
    image : array, shape (height, width) or (height, width, channels)

    Returns
    -------
    array, shape (height, width) or (height, width, 3)
        Three channels are red, green and blue; one, and the mean of any other number, is grey.
    """
    image = np.asarray(image)
    if image.ndim == 2 or image.shape[2] == 3:
        return image
    if image.shape[2] == 1:
        return image[..., 0]
    return image.mean(axis=2).astype(image.dtype)


def as_rgb(image, gain=1.0):
    """An image of any number of channels in red, green and blue, brightened: uint8, shape (height, width, 3)."""
    picture = np.clip(as_picture(image) * gain, 0, 255).astype(np.uint8)
    return picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, axis=2)


def stretched(image):
    """An image whose brightest spots are white, so that nobody judges a grain by its exposure.

    Parameters
    ----------
    image : array of uint8, shape (height, width) or (height, width, channels)

    Returns
    -------
    array of uint8, shape (height, width) or (height, width, 3)
        Scaled so that 1 pixel in 200 is white, or nearly.
    """
    picture = as_picture(image)
    white = max(np.percentile(picture, 99.5), 1)
    return np.clip(picture * (255 / white), 0, 255).astype(np.uint8)


def _edges(labels, thickness):
    """Where the outlines of grains are, so many pixels wide: array of bool, shape (height, width)."""
    edge = find_boundaries(labels, mode="inner")
    for _ in range(thickness - 1):
        below, right = np.roll(edge, 1, axis=0), np.roll(edge, 1, axis=1)
        edge = edge | below | right
    return edge


def outlined(image, labels, gain=1.0, colour=AMBER, thickness=1):
    """A mount with the outline of every grain drawn on it: array of uint8, shape (height, width, 3).

    Parameters
    ----------
    image : array, shape (height, width) or (height, width, channels)
    labels : array of int, shape (height, width)
    gain : float
        Brightening of the grey levels, for the eye only.
    colour : str
    thickness : int
        Of the outline, in pixels; more than 1 where the picture will be shrunk.
    """
    picture = as_rgb(image, gain)
    picture[_edges(labels, thickness)] = rgb(colour)
    return picture


def mount(image, title="", ax=None, um_per_px=None, gain=1.0):
    """A mount or a part of it, with a scale bar where the scale is known.

    Parameters
    ----------
    image : array of uint8, shape (height, width) or (height, width, channels)
    title : str
    ax : matplotlib Axes, optional
    um_per_px : float, optional
        Micrometres per pixel, as in `Mount.um_per_px`.
    gain : float
        Brightening of grey levels, for the eye only.
    """
    height, width = image.shape[:2]
    ax = axes_for(ax, 9, 9 * height / width)
    bright = np.clip(as_picture(image) * gain, 0, 255).astype(np.uint8)
    ax.imshow(bright, cmap="gray", vmin=0, vmax=255)
    ax.set_title(title)
    without_ticks([ax])
    if um_per_px is not None:
        scale_bar(ax, bright, um_per_px)
    return ax.figure


def scale_bar(ax, image, um_per_px, fontsize=None):
    """A bar of a round length, about a fifth of the width, in the darkest corner of an image."""
    height, width = image.shape[:2]
    length = _round_length(width * um_per_px / 5)
    left, row = _darkest_corner(image, length / um_per_px)
    right = left + length / um_per_px
    ax.plot([left, right], [row, row], color="white", lw=3, solid_capstyle="butt")
    middle, above = (left + right) / 2, row - 0.015 * height
    ax.text(middle, above, f"{length:.15g} µm", color="white", ha="center", va="bottom", fontsize=fontsize)


def _darkest_corner(image, length):
    """Where a bar of this length in pixels, with its words above, covers least light: its left end and its row."""
    height, width = image.shape[:2]
    top = round(0.13 * height)
    places = [(left, row) for row in (0.95 * height, top) for left in (0.04 * width, 0.96 * width - length)]

    def light(place):
        left, row = place
        covered = image[
            max(0, round(row - 0.1 * height)) : round(row + 0.02 * height), round(left) : round(left + length)
        ]
        return round(float(covered.mean())) if covered.size else 0

    return min(places, key=light)


def _round_length(wanted):
    """The nearest of 1, 2, 5, 10, 20, 50 ..., in micrometres; down to a nanometre, up to half a metre."""
    powers = 10.0 ** np.arange(-3, 6)
    lengths = np.outer(powers, [1, 2, 5]).ravel()
    return lengths[np.argmin(abs(lengths - wanted))]


def gallery(images, titles=None, columns=8, width=9, vmax=255, colours=None):
    """Grains side by side.

    Parameters
    ----------
    images : sequence of arrays, each (height, width) or (height, width, channels)
    titles, colours : sequence of str, optional
        Of the images; of the titles.
    columns : int
    width : float
        Of the figure, in inches.
    vmax : float
        What is drawn white.
    """
    rows = -(-len(images) // columns)
    tallest = max((len(image) / image.shape[1] for image in images), default=1)  # of its width
    room = tallest + (0.2 if titles else 0.02)
    size = (width, rows * width / columns * room)
    fig, axes = plt.subplots(rows, columns, figsize=size, squeeze=False, layout="constrained")
    blank(axes.flat)
    for number, (ax, image) in enumerate(zip(axes.flat, images)):
        draw_grain(ax, image, vmax)
        if titles is not None:
            colour = colours[number] if colours else "black"
            ax.set_title(titles[number], fontsize=8, color=colour)
    return fig


def side_by_side(columns, names, white=200):
    """Grains in several ways: a line for each grain, a column for each way.

    Parameters
    ----------
    columns : dict of str to array of uint8, shape (n, height, width, channels)
    names : sequence of str
        What stands before each line, in the colour of the class of that name.
    white : float
        What is drawn white.
    """
    n = len(names)
    size = (1.35 * len(columns) + 0.4, 1.3 * n + 0.3)
    fig, axes = plt.subplots(n, len(columns), figsize=size, squeeze=False, layout="constrained")
    without_ticks(axes.flat)
    colours = class_colours(set(names))
    for place, (title, images) in enumerate(columns.items()):
        axes[0, place].set_title(title, fontsize=9)
        for ax, image in zip(axes[:, place], images):
            draw_grain(ax, image, white)
    for ax, name in zip(axes[:, 0], names):
        ax.set_ylabel(name, fontsize=8, color=colours[name])
    return fig


def draw_grain(ax, image, white):
    """An image of any channels from black, 0, to what is drawn white; matplotlib scales grey levels, but no colours."""
    picture = as_picture(image)
    if picture.ndim == 3:
        picture = as_rgb(np.rint(picture * (255 / (white or 1))))
    ax.imshow(picture, cmap="gray", vmin=0, vmax=white)


def convolution_step(image, kernel, row, column):
    """One position of a small kernel: its window, the pixels x the kernel = the products, and the feature map so far.

    Parameters
    ----------
    image, kernel : arrays, shapes (height, width) and (k, l)
    row, column : int
        Of the feature map, which is filled row by row up to there.
    """
    feature_map = convolve(image, kernel)
    height, width = kernel.shape
    patch = image[row : row + height, column : column + width]
    fig, axes = plt.subplots(1, 5, figsize=(10, 2.8), width_ratios=[3, 2, 2, 2, 3], layout="constrained")
    axes[0].imshow(image, cmap="gray")
    _mark(axes[0], row, column, kernel.shape)
    _numbers(axes[1], "pixels there", patch)
    _numbers(axes[2], "× kernel", kernel)
    _numbers(axes[3], "= products", patch * kernel)
    limit = abs(feature_map).max() or 1
    so_far = np.where(_filled(feature_map.shape, row, column), feature_map, np.nan)
    axes[4].imshow(so_far, cmap="PRGn", vmin=-limit, vmax=limit)
    _mark(axes[4], row, column, (1, 1))
    axes[4].set_title(f"sum: {feature_map[row, column]:.4g}")
    return fig


def _filled(shape, row, column):
    """Which places of a feature map have had their turn, up to this one."""
    turn = np.arange(shape[0] * shape[1]).reshape(shape)
    return turn <= turn[row, column]


def _mark(ax, row, column, shape):
    """Frame a window of (height, width) px, and name the axes."""
    height, width = shape
    frame = plt.Rectangle((column - 0.5, row - 0.5), width, height, fill=False, color=GREEN, lw=2)
    ax.add_patch(frame)
    ax.set(xlabel="column (px)", ylabel="row (px)", facecolor="0.8")
    ax.locator_params(integer=True)


def _numbers(ax, title, values):
    """A small array with its numbers written in it, on colours pale enough to read them."""
    pale = CenteredNorm(0, 3.0 * abs(values).max() + 1)
    ax.imshow(values, cmap="PRGn", norm=pale)
    for (row, column), value in np.ndenumerate(values):
        number = round(float(value), 2)
        ax.text(column, row, f"{number:g}", ha="center", va="center")
    ax.set_title(title)
    without_ticks([ax])
