"""Who stands on which side of a split, and what a coin says of it."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.patches import Rectangle

from zirconkit.plots.canvas import axes_for, grid
from zirconkit.plots.palette import LINES, class_colours, name_classes

__all__ = ["coin_rows", "medians_by_mount", "split_blocks"]

NAMED = 0.045  # of the longest bar: a narrower block has no room for its name
UPRIGHT = 0.018  # nor has one narrower than this if the name stands upright
SHORT = 4  # letters of a name that may stand upright


def split_blocks(grains, parts, shared=(), ax=None):
    """A bar for each part of a split, a block for each mount; mounts in more than one part are hatched.

    Parameters
    ----------
    grains : Grains
    parts : array of str, shape (n,)
    shared : sequence of str
        Those mounts.
    ax : matplotlib Axes, optional
    """
    counts = grains.table.assign(part=parts).groupby(["part", "class_name", "sample"]).size()
    names = [name for name in ("train", "validation", "test") if name in counts.index]
    named = ax is not None  # in the bench the cards name the colours, and a legend takes time
    ax = ax if named else _block_axes(len(names))
    longest = counts.groupby("part").sum().max()
    for row, name in enumerate(names[::-1]):
        _bar_of_blocks(ax, row, counts[name], set(shared), class_colours(grains.classes))
        _name_blocks(ax, row, counts[name], set(shared), longest)
    ax.set_yticks(range(len(names)), names[::-1])
    ax.set_xlabel("grains; each block is a mount" + (", hatched: in more than one part" if len(shared) else ""))
    ax.set(xlim=(0, 1.01 * longest), ylim=(-0.5, len(names) - 0.5))
    if not ax.figure.legends:  # one is enough for two panels
        name_classes(ax.figure, grains.classes, always=named)
    return ax.figure


def _block_axes(n_bars):
    """Axes whose place is known: to find it would cost half of the time of a move in `widgets.SplitBench`."""
    height = 0.5 * n_bars + 0.9
    fig, ax = plt.subplots(figsize=(7.6, height))
    fig.subplots_adjust(left=0.11, right=0.99, bottom=0.5 / height, top=1 - 0.33 / height)
    return ax


def _bar_of_blocks(ax, row, counts, shared, colours):
    """One part: its mounts side by side; `counts` has the grains of each, by class and mount. Limits are left alone."""
    left = 0
    for (kind, mount), n in counts.items():
        hatch = "////" if mount in shared else None
        block = Rectangle((left, row - 0.36), n, 0.72, facecolor=colours[kind], edgecolor="white", hatch=hatch)
        ax.add_artist(block)
        left += n


def _name_blocks(ax, row, counts, shared, longest):
    """Write on each block which mount it is: upright where it is narrow and whole; on a narrow hatched one nothing."""
    middles = (counts.cumsum() - counts / 2).to_numpy()
    for (_, mount), n, middle in zip(counts.index, counts, middles):
        name, upright = mount.removeprefix("QVC"), n <= NAMED * longest
        if upright and (n <= UPRIGHT * longest or len(name) > SHORT or mount in shared):
            continue
        dark = {"bbox": {"fc": "white", "ec": "none", "pad": 1, "alpha": 0.85}}
        how = dark if mount in shared else {"color": "white"}
        ax.text(middle, row, name, ha="center", va="center", fontsize=8, rotation=90 * upright, **how)


def coin_rows(rows, diamonds=None, label="ROC-AUC"):
    """Scores of many tosses, a row for each name: each dot is one toss, a black bar the mean, dotted what guessing has.

    Parameters
    ----------
    rows : dict of str to array of float
        From the top down.
    diamonds : dict of str to float, optional
        One more score of a row, such as that of the classes.
    label : str
    """
    ax = axes_for(None, 8.5, 0.5 * len(rows) + 1.2)
    ax.axvline(0.5, ls=":", color="black", lw=1)
    for place, (name, scores) in zip(range(len(rows) - 1, -1, -1), rows.items()):
        spread = np.linspace(-0.2, 0.2, len(scores))
        ax.plot(scores, place + spread, "o", ms=4, color=LINES[0], alpha=0.6, label="a toss of the coin")
        ax.plot([np.mean(scores)] * 2, [place - 0.33, place + 0.33], color="black", lw=2.5, label="mean of the tosses")
        if diamonds:
            ax.plot(diamonds[name], place, "D", ms=8, color=LINES[1], mec="white", label="claimed for the true classes")
    ax.set_yticks(range(len(rows)), list(rows)[::-1])
    ax.set_ylim(-0.5, len(rows) - 0.5)
    ax.set_xlim(0, 1)
    ax.set_xlabel(f"{label}; dotted: guessing")
    grid(ax, "x")
    known = dict(zip(*ax.get_legend_handles_labels()[::-1]))
    ax.figure.legend(known.values(), known.keys(), fontsize=8, loc="outside upper center", ncols=3, frameon=False)
    return ax.figure


def medians_by_mount(table, before, after, labels):
    """What the grains of each mount have in common, before and after a change: two panels, sorted by `before`.

    Bars reach from the lower to the upper quartile of the grains, with the median. Each panel has its own scale, and
    the second says by how much it is the finer one.

    Parameters
    ----------
    table : DataFrame
        sample and class_name of each grain.
    before, after : array of float, shape (n,)
    labels : two of str
        Of the axes, with the unit.
    """
    order = pd.Series(before).groupby(table["sample"].to_numpy()).median().sort_values().index
    kinds = table.groupby("sample")["class_name"].first()
    colours = class_colours(sorted(kinds.unique()))
    fig, axes = plt.subplots(1, 2, figsize=(9, max(2.6, 0.26 * len(order) + 0.9)), sharey=True, layout="constrained")
    for ax, values, label in zip(axes, (before, after), labels):
        for row, sample in enumerate(order):
            low, middle, high = np.quantile(values[(table["sample"] == sample).to_numpy()], [0.25, 0.5, 0.75])
            ax.plot([low, high], [row, row], lw=6, color=colours[kinds[sample]], solid_capstyle="butt", alpha=0.55)
            ax.plot(middle, row, "o", ms=6, color=colours[kinds[sample]], mec="black")
        ax.set_xlabel(label)
        grid(ax, "x")
    axes[0].set_yticks(range(len(order)), order)
    finer = np.ptp(axes[0].get_xlim()) / np.ptp(axes[1].get_xlim())
    if finer >= 1.5:
        axes[1].set_title(f"after: this axis is {finer:.0f} times finer", fontsize=9)
        axes[0].set_title("before", fontsize=9)
    name_classes(fig, colours)
    return fig
