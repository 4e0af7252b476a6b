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
CLIPPED = 99  # per cent of a map's values whose size the colours still tell


def painted(kernel, task):
    """The four grains of the bench and what a kernel lights up in them: green in the target, white elsewhere.

    Parameters
    ----------
    kernel : array of float, shape (3, 3)
    task : str
        Of `convolution.TASKS`.

    Returns
    -------
    array of uint8, shape (408, 816, 3), or (612, 816, 3) for the zoning
        Above the grains, with the flank outlined in green where it is the target; under them, for the zoning, their
        twins; below the light, drawn so that the strongest answer of all four is as bright as can be.
    """
    grains = bench()
    strongest = max(lights(grown.image, kernel).max() for grown in grains)
    rows = [[_grey(grown.image) for grown in grains]]
    if task == "zoning":
        rows.append([_grey(grown.twin) for grown in grains])
    rows.append([_lit(grown, kernel, task, strongest) for grown in grains])
    picture = np.vstack([np.hstack(row) for row in rows])
    large = _enlarged(picture)
    if task == "lower left flank":
        flanks = np.hstack([grown.flank for grown in grains])
        outlines, _ = cv2.findContours(_enlarged(flanks.astype(np.uint8)), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
        cv2.drawContours(large, outlines, -1, _bright_green().tolist(), 2)
    return large


def _grey(image):
    """A grey image with three channels."""
    return np.repeat(image[..., None], 3, axis=2)


def _enlarged(picture):
    """A picture with each pixel as a square of `ZOOM` x `ZOOM`."""
    return cv2.resize(picture, None, fx=ZOOM, fy=ZOOM, interpolation=cv2.INTER_NEAREST)


def _lit(grown, kernel, task, strongest=None):
    """What a kernel lights up in one grain of the bench, green in the target: uint8, shape (68, 68, 3)."""
    lit = lights(grown.image, kernel)
    strongest = strongest or lit.max() or 1.0
    return _lamp(lit / strongest, in_target(grown, lit, kernel, task))


def _bright_green():
    """The palette's green, as bright as can be: array of float, red, green and blue to 255."""
    return np.array(rgb(GREEN)) * (255 / max(rgb(GREEN)))


def _lamp(brightness, in_place):
    """Light from black, 0, to white or green, 1: uint8, shape (height, width, 3); faint light is drawn brighter."""
    white = np.full(3, 255.0)
    colour = white + in_place[..., None] * (_bright_green() - white)
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
    """Kernels with their weights, and below each its map of an image, on a scale of its own, the largest 1 % clipped.

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
            signed_map(lower, response, np.percentile(abs(response), CLIPPED))
        lower.set(xlabel="", ylabel="")
    without_ticks(axes.flat)
    return fig


def before_and_after(mine, before, after, image):
    """Kernels made for a task, with their light; and a first layer's before and after its training, with its maps.

    Parameters
    ----------
    mine : dict of str to (array of shape (3, 3), str)
        Title, kernel and task of each; the weights are shown as colours alone.
    before, after : arrays, shape (n, 3, 3)
    image : array, shape (height, width)
        What the layer looks at; its maps share one scale.

    Returns
    -------
    matplotlib Figure
    """
    own = len(mine)
    fig, axes = plt.subplots(3, own + 1 + len(after), figsize=(10, 3.9), layout="constrained")
    for column, (name, (kernel, task)) in zip(axes.T, mine.items()):
        _made_for(column, np.reshape(kernel, (3, 3)).astype(float), task)
        column[0].set_title(name, fontsize=9)
    for ax, said in zip(axes[:, 0], ("grain", "kernel", "light")):
        ax.set_ylabel(said)
    blank(axes[:2, own])
    axes[2, own].imshow(image, cmap="gray")
    axes[2, own].set_title("LeNet's\ngrain", fontsize=9)
    _layer(fig, axes[:, own + 1 :], [before, after], image)
    without_ticks(axes.flat)
    return fig


def _made_for(column, kernel, task):
    """A grain of the bench, a kernel as colours, and its light on the grain, in three axes."""
    grown = bench()[0]
    column[0].imshow(grown.image, cmap="gray")
    _squares(column[1], kernel)
    column[2].imshow(_lit(grown, kernel, task))


def _layer(fig, axes, before_after, image):
    """The kernels of a layer before and after its training, in two rows, and the maps of the latter, in a third."""
    for row, said, kernels in zip(axes, ("before", "after"), before_after):
        row[0].set_ylabel(said)
        for ax, kernel in zip(row, kernels):
            _weights(ax, kernel, 8)
    maps = [convolve(image, kernel) for kernel in before_after[1]]
    limit = np.max(np.abs(maps))
    for number, (ax, values) in enumerate(zip(axes[2], maps)):
        axes[0, number].set_title(f"LeNet's {number + 1}", fontsize=9)
        drawn = signed_map(ax, values, limit)
        ax.set(xlabel="", ylabel="")
    axes[2, 0].set_ylabel("map")
    fig.colorbar(drawn, ax=axes[2], label="sum\n(grey levels)")


def _weights(ax, kernel, size):
    """A kernel as coloured squares with its weights in them."""
    _squares(ax, kernel)
    for (row, column), weight in np.ndenumerate(kernel):
        said = "1/9" if np.isclose(weight, 1 / 9) else re.sub(r"^(-?)0\.", r"\1.", f"{round(weight, 2) + 0.0:g}")
        ax.text(column, row, said, ha="center", va="center", fontsize=size)


def _squares(ax, kernel):
    """A kernel as coloured squares."""
    limit = 1.6 * abs(kernel).max() or 1
    ax.imshow(kernel, cmap="PRGn", vmin=-limit, vmax=limit)
