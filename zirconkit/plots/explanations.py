"""What a network sees: feature maps, maps of evidence on the grains, and how well they hit the truth."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from zirconkit.plots.canvas import blank, grid, say_if_flat, without_ticks
from zirconkit.plots.palette import BLACK, GREEN, GREY, PINK
from zirconkit.plots.pictures import as_picture, draw_grain

__all__ = ["evidence", "feature_grid", "feature_map", "truth_scores"]


def feature_map(image, feature_map, title=""):
    """One feature map beside its grain; the map on its own scale, with a colour bar.

    Parameters
    ----------
    image : array, shape (height, width) or (height, width, channels)
    feature_map : array, shape (rows, columns)
    title : str
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3.2), layout="constrained")
    left.imshow(as_picture(image), cmap="gray")
    left.set_title("the grain")
    left.set(xlabel="column (px)", ylabel="row (px)")
    drawn = right.imshow(feature_map, cmap="viridis")
    right.set_title(title)
    right.set(xlabel="column of the map", ylabel="row of the map")
    fig.colorbar(drawn, ax=right, label="response")
    return fig


def feature_grid(maps, channels=5):
    """The first channels of every layer for one grain, a column for each layer, as the paper's Figure 11.

    Each map is drawn on its own scale; one that is the same throughout says so.

    Parameters
    ----------
    maps : dict of str to array, shape (rows, columns, channels)
    channels : int
    """
    width, height = 1.5 * len(maps), 1.45 * channels + 0.4
    fig, axes = plt.subplots(channels, len(maps), figsize=(width, height), layout="constrained", squeeze=False)
    for column, (name, each) in zip(axes.T, maps.items()):
        size = " × ".join(map(str, each.shape))
        column[0].set_title(f"{name}\n{size}", fontsize=9)
        shown = np.moveaxis(each[..., :channels], -1, 0)
        for ax, channel in zip(column, shown):
            ax.imshow(channel, cmap="viridis")
            say_if_flat(ax, channel)
        blank(column[len(shown) :])
    for channel, ax in enumerate(axes[:, 0]):
        ax.set_ylabel(f"channel {channel}", fontsize=8)
    without_ticks(axes.flat)
    return fig


def evidence(images, maps, masks=None, titles=None):
    """Grains in the top row and below them a row for each method: where it finds evidence, each map on its own scale.

    Parameters
    ----------
    images : array of uint8, shape (n, height, width, channels)
        All on one scale, black to the brightest grey of any.
    maps : dict of str to array, shape (n, height, width)
    masks : array of bool, shape (n, height, width), optional
        Outlined in each picture: where the class lies.
    titles : sequence of str, optional
        Of the grains.
    """
    n, rows = len(images), 1 + len(maps)
    size = (1.2 * n + 1.0, 1.22 * rows + 0.3)
    fig, axes = plt.subplots(rows, n, figsize=size, layout="constrained", squeeze=False)
    axes[0, 0].set_ylabel("grain", fontsize=8)
    for ax, image in zip(axes[0], images):
        draw_grain(ax, image, images.max())
        say_if_flat(ax, image)
    for row, (name, pictures) in zip(axes[1:], maps.items()):
        row[0].set_ylabel(name, fontsize=8)
        for ax, picture in zip(row, pictures):
            ax.imshow(picture, cmap="viridis")
            say_if_flat(ax, picture)
    if titles is not None:
        for ax, title in zip(axes[0], titles):
            ax.set_title(title, fontsize=8)
    if masks is not None:
        _outline(axes, masks)
    without_ticks(axes.flat)
    return fig


def _outline(axes, masks):
    """Draw each grain's mask on its picture and its maps, a column of panels."""
    for column, mask in zip(axes.T, masks):
        for ax in column:
            ax.contour(mask, [0.5], colors=PINK, linewidths=1.1)


def truth_scores(table):
    """What share of each method's maps lies where the class lies: a panel for each carrier, a dot for each seed.

    With its 95 % interval. Hollow: the same method on the network with shuffled weights, mean and range of several
    shufflings. Dotted: what a constant map gets.

    Parameters
    ----------
    table : DataFrame
        What `benchmarks/explanations.py` writes: carrier, method, seed, area; share, low, high; share_shuffled,
        shuffled_low, shuffled_high.
    """
    carriers, methods = table["carrier"].unique(), table["method"].unique()[::-1]
    rows = -(-len(carriers) // 2)
    fig, axes = plt.subplots(rows, 2, figsize=(9.5, 3.1 * rows), sharey=True, layout="constrained", squeeze=False)
    for ax, carrier in zip(axes.flat, carriers):
        part = table[table["carrier"] == carrier]
        _shares(ax, part, methods)
        ax.set_title(carrier)
        ax.set_xlabel("share of the map on the truth")
        ax.set_xlim(0, 1)
        ax.set_yticks(range(len(methods)), methods)
        grid(ax, "x")
    blank(axes.flat[len(carriers) :])
    axes[0, 1].legend(fontsize=8, title="weights", title_fontsize=8)
    return fig


def _shares(ax, table, methods):
    """The scores of every method and seed for one carrier, a row for each method, its seeds side by side."""
    rows = pd.Index(methods).get_indexer(table["method"])
    beside = table["seed"] - table["seed"].mean()
    places = rows + 0.16 * beside.to_numpy()
    ax.axvline(table["area"].mean(), ls=":", color=GREY, label="constant map")
    ax.hlines(places, table["low"], table["high"], color=GREEN)
    ax.plot(table["share"], places, "o", ms=4, color=GREEN, label="learned")
    ax.hlines(places, table["shuffled_low"], table["shuffled_high"], color=BLACK, lw=0.8)
    ax.plot(table["share_shuffled"], places, "o", ms=4, mfc="none", color=BLACK, label="shuffled")
