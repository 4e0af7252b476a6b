"""What labels are worth: scores, or gains, by the number of labels."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.lines import Line2D

from zirconkit.plots.canvas import grid
from zirconkit.plots.palette import GREY, LINES

__all__ = ["by_labels"]


def by_labels(panels, ways, label, zero=None, hues=LINES):
    """A line for each way over the number of labels, with 95 % intervals, a panel for each set: matplotlib Figure.

    Parameters
    ----------
    panels : dict of str to DataFrame
        By title; columns what (the way), labels, value, low, high.
    ways : dict of str to str
        The ways to draw, and what each is called.
    label : str
        What the values are.
    zero : float, optional
        Where a dotted line stands.
    hues : sequence of str, optional
        A colour for each way, at least as many as ways.
    """
    shared = {"sharey": True, "squeeze": False, "layout": "constrained"}
    middle = (len(ways) - 1) / 2
    apart = 0.45 / max(len(ways), 2)
    fig, axes = plt.subplots(1, len(panels), figsize=(9.5, 3.6), **shared)
    for ax, (title, table) in zip(axes[0], panels.items()):
        drawn = table["what"].isin(ways)
        counts = sorted(set(table.loc[drawn, "labels"]))
        places = dict(zip(counts, range(len(counts))))
        for number, way in enumerate(ways):
            _line(ax, table[table["what"] == way], places, hues[number], apart * (number - middle))
        if zero is not None:
            ax.axhline(zero, ls=":", color=GREY)
        ax.set(xlabel="labelled grains", xticks=range(len(counts)), xticklabels=counts)
        ax.set_title(title, fontsize=10)
        grid(ax, "y")
    axes[0, 0].set_ylabel(label)
    keys = [Line2D([], [], marker="o", color=hue, label=name) for hue, name in zip(hues, ways.values())]
    columns = len(ways) if len(ways) <= 4 else 3
    fig.legend(handles=keys, fontsize=9, loc="outside upper center", ncols=columns, frameon=False)
    return fig


def _line(ax, part, places, hue, shift):
    """One way's values and intervals, moved aside a little so that intervals do not hide each other."""
    part = part.sort_values("labels")
    at = np.array([places[count] for count in part["labels"]]) + shift
    ax.plot(at, part["value"], "o-", ms=4, lw=1, color=hue)
    ax.vlines(at, part["low"], part["high"], color=hue, lw=2)
