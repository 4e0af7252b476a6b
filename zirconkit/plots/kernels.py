"""Kernels, and what lights up where they are laid on a grain."""

import re

import cv2
import matplotlib.pyplot as plt
import numpy as np

from zirconkit.convolution import bench, convolve, in_target, lights
from zirconkit.plots.canvas import blank, without_ticks
from zirconkit.plots.palette import GREEN, rgb

__all__ = ["before_and_after", "kernels_and_maps", "light_map", "painted", "signed_map"]

STEPS = 21  # of colour: few enough to be seen as steps on purpose
ZOOM = 3


def painted(kernel, task):
    """The four grains of the bench and what a kernel lights up in them: green in the target, white elsewhere.

    Parameters
    ----------
    kernel : array of float, shape (3, 3)
    task : str
        Of `convolution.TASKS`.

    Returns
    -------
    array of uint8, shape (408, 816, 3)
        Above the grains, below the light, drawn so that the strongest answer of all four is as bright as can be.
    """
    grains = bench()
    answers = [lights(grown.image, kernel) for grown in grains]
    strongest = max(lit.max() for lit in answers) or 1.0
    above = np.hstack([np.repeat(grown.image[..., None], 3, axis=2) for grown in grains])
    lamps = [_lamp(lit / strongest, in_target(grown, lit, kernel, task)) for grown, lit in zip(grains, answers)]
    picture = np.vstack([above, np.hstack(lamps)])
    return cv2.resize(picture, None, fx=ZOOM, fy=ZOOM, interpolation=cv2.INTER_NEAREST)


def _lamp(brightness, in_place):
    """Light from black, 0, to white or green, 1: uint8, shape (height, width, 3); faint light is drawn brighter."""
    white = np.full(3, 255.0)
    green = np.array(rgb(GREEN)) * (255 / max(rgb(GREEN)))
    colour = white + in_place[..., None] * (green - white)
    return (brightness[..., None] ** 0.6 * colour).astype(np.uint8)


def signed_map(ax, values, limit=None):
    """Draw a feature map: green where it is positive, purple where it is negative, white at 0; the image."""
    limit = limit or abs(values).max() or 1
    colours = plt.get_cmap("PRGn", STEPS)
    image = ax.imshow(values, cmap=colours, vmin=-limit, vmax=limit)
    ax.set(xlabel="column (px)", ylabel="row (px)")
    ax.locator_params(integer=True)
    return image


def light_map(ax, values):
    """Draw what a ReLU leaves of a feature map: its positive values, on black."""
    ax.imshow(np.maximum(values, 0), cmap="gray", vmin=0)
    ax.set(xlabel="column (px)", ylabel="row (px)")


def kernels_and_maps(kernels, image):
    """Kernels with their weights, and below each its map of an image, on a scale of its own.

    Parameters
    ----------
    kernels : dict of str to array, shape (3, 3)
        At most six; the names become titles.
    image : array, shape (height, width)

    Returns
    -------
    matplotlib Figure
    """
    fig, axes = plt.subplots(2, len(kernels), figsize=(10, 4.2), squeeze=False, layout="constrained")
    for (upper, lower), (name, kernel) in zip(axes.T, kernels.items()):
        _weights(upper, kernel, 12)
        upper.set_title(name, fontsize=9)
        response = convolve(image, kernel)
        if (kernel >= 0).all():  # a map without signs: grey
            lower.imshow(response, cmap="gray", vmin=0)
        else:
            signed_map(lower, response)
        lower.set(xlabel="", ylabel="")
    without_ticks(axes.flat)
    return fig


def before_and_after(mine, before, after, image):
    """A student's kernels, and those of a first layer before and after its training; below each its map of an image.

    Parameters
    ----------
    mine : dict of str to array, shape (3, 3)
    before, after : arrays, shape (n, 3, 3)
    image : array, shape (height, width)

    Returns
    -------
    matplotlib Figure
    """
    own, n = len(mine), len(mine) + len(after)
    fig, axes = plt.subplots(3, n, figsize=(10, 4), layout="constrained")
    blank(axes[0, :own])
    for ax, kernel in zip(axes[0, own:], before):
        _weights(ax, kernel, 8)
    for column, kernel in enumerate([*mine.values(), *after]):
        _weights(axes[1, column], np.asarray(kernel, float).reshape(3, 3), 8)
        signed_map(axes[2, column], convolve(image, np.reshape(kernel, (3, 3))))
        axes[2, column].set(xlabel="", ylabel="")
    without_ticks(axes.flat)
    for ax, name in zip(axes[1], mine):
        ax.set_title(name, fontsize=9)
    for number, ax in enumerate(axes[0, own:]):
        ax.set_title(f"LeNet's {number + 1}", fontsize=9)
    axes[0, own].set_ylabel("before")
    axes[1, own].set_ylabel("after")
    axes[2, 0].set_ylabel("map")
    return fig


def _weights(ax, kernel, size):
    """A kernel as coloured squares with its weights in them."""
    limit = 1.6 * abs(kernel).max() or 1
    ax.imshow(kernel, cmap="PRGn", vmin=-limit, vmax=limit)
    for (row, column), weight in np.ndenumerate(kernel):
        said = "1/9" if np.isclose(weight, 1 / 9) else re.sub(r"^(-?)0\.", r"\1.", f"{round(weight, 2) + 0.0:g}")
        ax.text(column, row, said, ha="center", va="center", fontsize=size)
