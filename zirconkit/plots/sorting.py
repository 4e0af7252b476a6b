"""Grains to be sorted by eye, the atlas of what to look for, and what a score of a few grains can say."""

import matplotlib.pyplot as plt
import numpy as np

from zirconkit.evaluation import proportion_interval
from zirconkit.plots.canvas import grid, without_ticks
from zirconkit.plots.palette import BLACK, GREEN, GREY, PINK, class_colours
from zirconkit.plots.pictures import as_picture, scale_bar, stretched

__all__ = ["atlas", "few_grains", "numbered", "revealed"]

DARK = "#101014"  # behind pictures whose own ground is black


def _dark_panels(rows, columns, width, height):
    """Panels for pictures on a dark ground: a figure and an array of Axes."""
    fig, axes = plt.subplots(
        rows, columns, figsize=(width, height), squeeze=False, layout="constrained", facecolor=DARK
    )
    fig.get_layout_engine().set(w_pad=0.02, h_pad=0.02, wspace=0.01, hspace=0.01)
    without_ticks(axes.flat)
    for ax in axes.flat:
        ax.set_facecolor(DARK)
        ax.spines[:].set_visible(False)
    return fig, axes


def _draw(ax, image):
    picture = stretched(image)
    ax.imshow(picture, cmap="gray", vmin=0, vmax=255, interpolation="bicubic")


def _add_scale(axes, images, um_per_px):
    """A scale bar on the darkest picture, in its darkest corner; all pictures have one scale."""
    darkest = int(np.argmin([as_picture(image).mean() for image in images]))
    scale_bar(axes[darkest], as_picture(images[darkest]), um_per_px, fontsize=8)


def numbered(images, columns=6, names=None, um_per_px=None):
    """Grains on a dark ground, each with its number, from 1, or its name, and each as bright as it can be.

    Parameters
    ----------
    images : sequence of arrays of uint8, each (height, width) or (height, width, channels)
    columns : int
    names : sequence of str, optional
    um_per_px : float, optional
        Micrometres per pixel; with it, one picture has a scale bar.
    """
    rows = -(-len(images) // columns)
    fig, axes = _dark_panels(rows, columns, 8.6, 8.6 * rows / columns)
    for name, ax, image in zip(names or range(1, len(images) + 1), axes.flat, images):
        _draw(ax, image)
        ax.text(0.04, 0.95, name, transform=ax.transAxes, color="white", fontsize=13, va="top", weight="bold")
    if um_per_px is not None:
        _add_scale(axes.flat, images, um_per_px)
    return fig


def revealed(images, y, classes, called=None):
    """Grains in one row for each class, named in its colour; with the calls, each has a tick or a cross.

    Parameters
    ----------
    images : array of uint8, shape (n, height, width, channels)
    y, called : arrays of 0 and 1, shape (n,)
        What the grains are; what they were called, or None.
    classes : sequence of str
        Two.
    """
    columns = max(np.bincount(y, minlength=2))
    fig, axes = _dark_panels(2, columns, 7.6, 15.2 / columns + 0.3)
    for row, (name, colour) in enumerate(class_colours(classes).items()):
        members = np.flatnonzero(y == row)
        for ax, member in zip(axes[1 - row], members):
            _draw(ax, images[member])
            right = None if called is None else called[member] == row
            mark = {None: "", True: "  ✓", False: "  ✗"}[right]
            shade = "white" if right is None else GREEN if right else PINK
            ax.set_title(f"{member + 1}{mark}", color=shade, fontsize=11, pad=2)
        axes[1 - row, 0].set_ylabel(name, color="white", fontsize=12, backgroundcolor=colour, labelpad=8)
    return fig


def few_grains(n, scores, reference=0.5):
    """What n calls can say: the 95 % interval of each possible number of right ones, and where some scores lie.

    Parameters
    ----------
    n : int
    scores : dict of str to int
        From a name to how many of n were right.
    reference : float
        What a coin gets; intervals that hold it are grey.
    """
    fig, ax = plt.subplots(figsize=(7.5, 3.3), layout="constrained")
    rights = np.arange(n + 1)
    low, high = np.array([proportion_interval(right, n)[1:] for right in rights]).T
    resolved = (low > reference) | (high < reference)
    ax.axhline(reference, ls=":", color=BLACK, lw=1)
    ax.vlines(rights, low, high, color=np.where(resolved, GREEN, GREY), lw=5, alpha=0.8)
    ax.plot(rights, rights / n, "o", color=BLACK, ms=4)
    for place, (name, right) in enumerate(scores.items()):
        above = 1.06 + 0.12 * place
        ax.annotate(name, (right, high[right]), (right, above), ha="center", fontsize=9, arrowprops={"arrowstyle": "-"})
    ax.set_xlabel(f"right out of {n}")
    ax.set_ylabel("share that would be right\nof many such grains")
    ax.set_xticks(rights)
    ax.set_ylim(-0.03, 1.1 + 0.12 * len(scores))
    ax.set_yticks(np.arange(0, 1.01, 0.25))
    grid(ax, "y")
    return fig


def atlas(plates, real):
    """One column for each texture: a grown grain, the same with the texture drawn in, and a real one where there is.

    Parameters
    ----------
    plates : list of synthetic.Plate
    real : dict of str to (str, array of uint8)
        As `mounts.real_textures` gives it; may be empty.
    """
    rows = 3 if real else 2
    fig, axes = _dark_panels(rows, len(plates), 10, 1.5 * rows + 0.25)
    for column, each in zip(axes.T, plates):
        _draw(column[0], each.image)
        column[0].set_title(each.texture, color="white", fontsize=10, pad=3)
        _draw(column[1], each.image)
        column[1].imshow(_line(each.mark))
        if each.texture in real:
            sample, image = real[each.texture]
            _draw(column[2], image)
            column[2].set_xlabel(sample, color="white", fontsize=8, labelpad=2)
    for ax, name in zip(axes[:, 0], ("grown", "what to see", "real")):
        ax.set_ylabel(name, color="white", fontsize=9)
    return fig


def _line(mark):
    """A line as a picture with a transparent ground: array of float, shape (height, width, 4)."""
    picture = np.zeros((*mark.shape, 4))
    picture[mark, :3] = np.array([0, 200, 140]) / 255
    picture[mark, 3] = 1
    return picture
