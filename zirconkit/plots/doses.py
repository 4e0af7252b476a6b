"""One property of a grain changed at a time: the grains, what networks answer, and how far the answers move."""

import cv2
import matplotlib.pyplot as plt
import numpy as np
from matplotlib import colormaps

from zirconkit.plots.canvas import blank, grid, without_ticks
from zirconkit.plots.palette import AMBER, BLACK, GREEN, LINES, PINK

__all__ = ["dose_changes", "dose_curves", "dose_pairs", "on_the_bench", "two_tests"]

PANEL = 210  # px of a picture on the bench


def on_the_bench(image, reading):
    """A grain, the same as a network sees it, and two maps of why: array of uint8, shape (210, 840, 3).

    Parameters
    ----------
    image : array of uint8, shape (height, width)
    reading : explain.Reading
        Its maps, each on its own scale, have the size at which the network sees.
    """
    side = len(reading.occlusion)
    seen = cv2.resize(image, (side, side), interpolation=cv2.INTER_AREA)
    grey, viridis = colormaps["gray"], colormaps["viridis"]
    occlusion = viridis(_stretched(reading.occlusion))
    grad_cam = viridis(_stretched(reading.grad_cam))
    pictures = (grey(image), grey(seen), occlusion, grad_cam)
    return np.hstack([_panel(each) for each in pictures])


def _stretched(evidence):
    """A map from 0 to 1; one that is 0 throughout stays so."""
    return evidence / max(evidence.max(), 1e-12)


def _panel(picture):
    """A picture of colours from 0 to 1, enlarged to one size: array of uint8, shape (210, 210, 3)."""
    large = cv2.resize(picture[..., :3], (PANEL, PANEL), interpolation=cv2.INTER_NEAREST)
    return np.uint8(255 * large)


def dose_pairs(pairs):
    """The same grain with little and with much of each property: a column for each.

    Parameters
    ----------
    pairs : dict of str to (image, image)
        Two arrays of uint8, shape (height, width); the name is the column's title.
    """
    n = len(pairs)
    fig, axes = plt.subplots(2, n, figsize=(9.5, 2.5), layout="constrained", squeeze=False)
    for column, (name, images) in zip(axes.T, pairs.items()):
        column[0].set_title(name.replace(" (", "\n("), fontsize=8)
        for ax, image in zip(column, images):
            ax.imshow(image, cmap="gray", vmin=0, vmax=255)
    for ax, word in zip(axes[:, 0], ("little", "much")):
        ax.set_ylabel(word, fontsize=8)
    without_ticks(axes.flat)
    return fig


def dose_curves(curves, names):
    """Mean answer against each property, a panel for each, a line for each network with its band over grains.

    Parameters
    ----------
    curves : dict of str to dict of str to (values, p)
        By network, then by property: array of n values, and of p, shape (grains, n).
    names : dict of str to str
        What the axis of each property says.
    """
    properties = list(next(iter(curves.values())))
    columns = 5
    rows = -(-len(properties) // columns)
    size = (9.5, 2.1 * rows + 0.3)
    fig, axes = plt.subplots(rows, columns, figsize=size, sharey=True, layout="constrained", squeeze=False)
    for ax, name in zip(axes.flat, properties):
        for colour, (network, of) in zip(LINES, curves.items()):
            _mean_with_band(ax, *of[name], colour, network)
        ax.set_xlabel(names[name], fontsize=9)
        ax.set_ylim(0, 1)
        grid(ax)
    for row in axes:
        row[0].set_ylabel("mean p")
    blank(axes.flat[len(properties) :])
    handles, labels = axes.flat[0].get_legend_handles_labels()
    axes.flat[-1].legend(handles, labels, fontsize=8, loc="center", frameon=False)
    return fig


def _mean_with_band(ax, values, p, colour, label):
    """The mean over grains, and its 95 % interval."""
    mean = p.mean(axis=0)
    spread = p.std(axis=0, ddof=1)
    half = 1.96 * spread / np.sqrt(len(p))
    low, high = mean - half, mean + half
    ax.fill_between(values, low, high, color=colour, alpha=0.2, lw=0)
    ax.plot(values, mean, "o-", ms=3, color=colour, label=label)


def dose_changes(table, names):
    """How far p moves with each property: a panel for each data set, five networks and their mean for each training.

    Parameters
    ----------
    table : DataFrame
        What `benchmarks/dose_response.py` writes: data, training, network ("all" for the mean), property; change, low,
        high.
    names : dict of str to str
        What each property is called.
    """
    sets = table["data"].unique()
    fig, axes = plt.subplots(
        1, len(sets), figsize=(9.5, 3.9), sharex=True, sharey=True, layout="constrained", squeeze=False
    )
    for ax, data in zip(axes[0], sets):
        part = table[table["data"] == data]
        for number, (training, rows) in enumerate(part.groupby("training", sort=False)):
            beside = 0.17 - 0.34 * number
            _changes(ax, rows, names, beside, LINES[number], training)
        ax.axvline(0, ls=":", color=BLACK, lw=1)
        ax.set_title(f"learned on {data} mounts", fontsize=9)
        ax.set_xlabel("change of p, 10 % to 90 % point")
        grid(ax, "x")
    axes[0, 0].set_yticks(range(len(names)), list(names.values())[::-1])
    handles, labels = axes[0, 0].get_legend_handles_labels()
    fig.legend(handles, labels, fontsize=8, loc="outside upper center", ncols=4, frameon=False)
    return fig


def _changes(ax, table, names, beside, colour, label):
    """One training: each network a small dot, the mean of all a large one with its interval."""
    places = {name: len(names) - 1 - number + beside for number, name in enumerate(names)}
    rows = table["property"].map(places)
    of_all = table["network"] == "all"
    mean, single = table[of_all], table[~of_all]
    ax.hlines(rows[of_all], mean["low"], mean["high"], color=colour, lw=4, alpha=0.3)
    ax.plot(mean["change"], rows[of_all], "D", ms=6, color=colour, mec="white", mew=0.5, label=label)
    ax.plot(single["change"], rows[~of_all], "o", ms=3.5, color=colour, mec="white", mew=0.4)


MARKS = {"zoning": ("o", GREEN), "rim": ("s", PINK), "inclusions": ("^", AMBER), "outline": ("D", BLACK)}


def two_tests(table, asked):
    """Test 1 against test 2, a panel for each method: what a map keeps without the learned weights, and gains by them.

    Parameters
    ----------
    table : DataFrame
        What `benchmarks/explanations.py` writes: method, carrier, similarity, share, share_shuffled.
    asked : sequence of str
        The methods that ask the network, a panel for each; the others share one, named.
    """
    table = table.assign(gain=table["share"] - table["share_shuffled"], similarity=table["similarity"].abs())
    fig, axes = plt.subplots(2, 3, figsize=(9.5, 5.6), sharex=True, sharey=True, layout="constrained")
    for ax, method in zip(axes.flat, asked):
        part = table[table["method"] == method]
        fails = (part["similarity"] > 0.5).sum()
        _both_tests(ax, part, f"{method}: {fails} of {len(part)} fail test 1")
        ax.plot(
            part["similarity"].mean(), part["gain"].mean(), "*", ms=15, mfc="none", mec=BLACK, label="mean", zorder=7
        )
    dummies = table[~table["method"].isin(asked)]
    ax = axes.flat[len(asked)]
    _both_tests(ax, dummies, "dummies: never ask the network")
    _name_heaps(ax, dummies)
    blank(axes.flat[len(asked) + 1 :])
    handles, labels = axes.flat[0].get_legend_handles_labels()
    axes.flat[-1].legend(handles, labels, fontsize=9, loc="center", frameon=False)
    fig.supxlabel("test 1: similarity to the map of shuffled weights, without its sign (fails right of ½)", fontsize=9)
    fig.supylabel("test 2: gain (share on the truth, learned less shuffled)", fontsize=9)
    return fig


def _both_tests(ax, table, title):
    """One panel: a mark for each network, its shape that of what was planted."""
    for number, (carrier, (mark, colour)) in enumerate(MARKS.items()):
        part = table[table["carrier"] == carrier]
        style = {"ms": 7, "color": colour, "mec": BLACK, "mew": 0.8, "zorder": 6 - number}
        ax.plot(part["similarity"], part["gain"], mark, **style, label=f"taught {carrier}")
    ax.axvline(0.5, ls=":", color=BLACK, lw=1)
    ax.axhline(0, ls=":", color=BLACK, lw=1)
    ax.set_title(title, fontsize=9)
    ax.set_xlim(-0.05, 1.05)
    ax.tick_params(labelsize=8, labelbottom=True)
    grid(ax)


def _name_heaps(ax, table):
    """What lies in the two heaps on the line of no gain: methods that change with the weights by chance, or never."""
    similarity = table.groupby("method", sort=False)["similarity"].mean()
    changes = similarity < 0.5
    ax.text(-0.02, 0.04, "\n".join(similarity.index[changes]), fontsize=8, va="bottom")
    ax.text(1.02, 0.04, "\n".join(similarity.index[~changes]), fontsize=8, ha="right", va="bottom")
