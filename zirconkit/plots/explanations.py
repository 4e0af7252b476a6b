"""What a network sees: feature maps, maps of evidence on the grains, and how well they hit the truth."""

import matplotlib.pyplot as plt
import numpy as np

from zirconkit.plots.base import COLOURS

__all__ = ["evidence", "feature_grid", "feature_map", "truth_scores"]


def feature_map(image, feature_map, title=""):
    """One feature map beside its grain; the map on its own scale, with a colour bar.

    Parameters
    ----------
    image : array, shape (height, width) or (height, width, 1)
    feature_map : array, shape (rows, columns)
    title : str
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(7, 3.2), layout="constrained")
    left.imshow(np.squeeze(image), cmap="gray")
    left.set(title="the grain", xlabel="column (px)", ylabel="row (px)")
    drawn = right.imshow(feature_map, cmap="viridis")
    right.set(title=title, xlabel="column of the map", ylabel="row of the map")
    fig.colorbar(drawn, ax=right, label="response")
    return fig


def feature_grid(maps, channels=5):
    """The first channels of every layer for one grain, a column a layer, as the paper's Figure 11.

    Each map is drawn on its own scale; one that is the same throughout says so.

    Parameters
    ----------
    maps : dict of str to array, shape (rows, columns, channels)
    channels : int
    """
    size = (1.5 * len(maps), 1.45 * channels + 0.4)
    fig, axes = plt.subplots(channels, len(maps), figsize=size, layout="constrained", squeeze=False)
    for column, (name, each) in zip(axes.T, maps.items()):
        column[0].set_title(f"{name}\n{' × '.join(map(str, each.shape))}", fontsize=9)
        for channel, ax in enumerate(column):
            ax.set(xticks=[], yticks=[])
            if channel >= each.shape[-1]:
                ax.axis("off")
                continue
            ax.imshow(each[..., channel], cmap="viridis")
            if np.ptp(each[..., channel]) == 0:
                ax.text(0.5, 0.5, "flat", ha="center", color="white", fontsize=9, transform=ax.transAxes)
    for channel, ax in enumerate(axes[:, 0]):
        ax.set_ylabel(f"channel {channel}", fontsize=8)
    return fig


def evidence(images, maps, masks=None, titles=None):
    """Grains in the top row and below them a row a method: where it finds evidence, each map on its own scale.

    Parameters
    ----------
    images : array of uint8, shape (n, height, width, 1)
        All on one scale, black to the brightest grey of any.
    maps : dict of str to array, shape (n, height, width)
    masks : array of bool, shape (n, height, width), optional
        Outlined in each picture: where the class lies.
    titles : sequence of str, optional
        Of the grains.
    """
    rows = {"grain": images[..., 0], **maps}
    size = (1.2 * len(images) + 1.0, 1.22 * len(rows) + 0.3)
    fig, axes = plt.subplots(len(rows), len(images), figsize=size, layout="constrained", squeeze=False)
    for row, (name, pictures) in zip(axes, rows.items()):
        row[0].set_ylabel(name, fontsize=8)
        for number, (ax, picture) in enumerate(zip(row, pictures)):
            scale = {"cmap": "gray", "vmin": 0, "vmax": images.max()} if name == "grain" else {"cmap": "viridis"}
            ax.imshow(picture, **scale)
            ax.set(xticks=[], yticks=[])
            if masks is not None:
                ax.contour(masks[number], [0.5], colors=COLOURS["porphyry"], linewidths=0.9)
            if name == "grain" and titles is not None:
                ax.set_title(titles[number], fontsize=8)
            if not np.ptp(picture):
                ax.text(0.5, 0.5, "flat", ha="center", color="white", fontsize=9, transform=ax.transAxes)
    return fig


def truth_scores(table):
    """What share of each method's maps lies where the class lies: a panel a carrier, a dot a seed, its 95 % interval.

    Hollow: the same method on the network with shuffled weights, mean and range of several shufflings. Dotted: what a
    constant map gets.

    Parameters
    ----------
    table : DataFrame
        What `benchmarks/explanations.py` writes: carrier, method, seed, area; share, low, high; share_shuffled,
        shuffled_low, shuffled_high.
    """
    names, methods = table["carrier"].unique(), table["method"].unique()[::-1]
    size = (9.5, 3.1 * -(-len(names) // 2))
    fig, axes = plt.subplots(-(-len(names) // 2), 2, figsize=size, sharey=True, layout="constrained", squeeze=False)
    for ax, name in zip(axes.flat, names):
        part = table[table["carrier"] == name]
        places = np.array([np.flatnonzero(methods == method)[0] for method in part["method"]], float)
        places += 0.16 * (part["seed"] - part["seed"].mean()).to_numpy()
        ax.axvline(part["area"].mean(), ls=":", color=COLOURS["quiet"])
        ax.hlines(places, part["low"], part["high"], color=COLOURS["porphyry"])
        ax.plot(part["share"], places, "o", ms=4, color=COLOURS["porphyry"], label="learned")
        ax.hlines(places, part["shuffled_low"], part["shuffled_high"], color=COLOURS["batholith"], lw=0.8)
        ax.plot(part["share_shuffled"], places, "o", ms=4, mfc="none", color=COLOURS["batholith"], label="shuffled")
        ax.set(title=name, xlim=(0, 1), yticks=range(len(methods)), yticklabels=methods)
        ax.set_xlabel("share of the map where the class lies")
        ax.grid(axis="x", alpha=0.3)
    for ax in axes.flat[len(names) :]:
        ax.axis("off")
    axes[0, 1].legend(fontsize=8, title="weights", title_fontsize=8)
    return fig
