"""Who stands on which side of a split, and what a coin says of it."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from zirconkit.plots.canvas import axes_for, grid
from zirconkit.plots.palette import LINES, class_colours, name_classes

__all__ = ["coin_rows", "medians_by_mount", "split_blocks"]

NAMED = 0.045  # of the longest bar: a narrower block has no room for its name


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
    table = grains.table.assign(part=parts)
    counts = table.groupby(["part", "class_name", "sample"]).size()
    names = [name for name in ("train", "validation", "test") if name in counts.index]
    colours = class_colours(grains.classes)
    ax = axes_for(ax, 9, 0.55 * len(names) + 0.9)
    longest = counts.groupby("part").sum().max()
    for row, name in enumerate(names[::-1]):
        left = 0
        for (kind, sample), n in counts[name].items():
            hatch = "////" if sample in shared else None
            ax.barh(row, n, 0.72, left, color=colours[kind], edgecolor="white", hatch=hatch)
            if n > NAMED * longest:
                said = ax.text(left + n / 2, row, sample.removeprefix("QVC"), ha="center", va="center", fontsize=8)
                said.set_bbox({"fc": "white", "ec": "none", "pad": 1, "alpha": 0.85})
            left += n
    ax.set_yticks(range(len(names)), names[::-1])
    ax.set_xlabel("grains; each block is a mount" + (", hatched: in more than one part" if len(shared) else ""))
    ax.set_xlim(0, 1.01 * longest)
    name_classes(ax.figure, grains.classes)
    return ax.figure


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
    ax = axes_for(None, 8.5, 0.62 * len(rows) + 1)
    ax.axvline(0.5, ls=":", color="black", lw=1)
    for place, (name, scores) in zip(range(len(rows) - 1, -1, -1), rows.items()):
        spread = np.linspace(-0.2, 0.2, len(scores))
        ax.plot(scores, place + spread, "o", ms=4, color=LINES[0], alpha=0.6, label="a toss of the coin")
        ax.plot([np.mean(scores)] * 2, [place - 0.33, place + 0.33], color="black", lw=2.5, label="mean of the tosses")
        if diamonds:
            ax.plot(diamonds[name], place, "D", ms=8, color=LINES[1], mec="white", label="true classes")
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

    Bars reach from the lower to the upper quartile of the grains, with the median.

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
    name_classes(fig, colours)
    return fig
