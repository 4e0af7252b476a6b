"""What labels are worth: scores, or gains, by the number of labels."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.lines import Line2D

from zirconkit.plots.canvas import grid
from zirconkit.plots.palette import BLACK, GREY, LINES

__all__ = ["by_labels"]

HALF = 0.36  # of the way from one count to the next: half of a rival's bar


def by_labels(panels, ways, label, zero=None, hues=LINES, rival=None):
    """A line for each way over the number of labels, with 95 % intervals, a panel for each set: matplotlib Figure.

    Beside a dotted line or a rival, a point is filled where its interval misses them, and open where it does not.

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
    rival : dict of str to str, optional
        One more way, and what it is called: a black bar at each count, across all ways, to compare them with.
    """
    rival = rival or {}
    shared = {"sharey": True, "squeeze": False, "layout": "constrained"}
    fig, axes = plt.subplots(1, len(panels), figsize=(9.5, 3.6), **shared)
    for ax, (title, table) in zip(axes[0], panels.items()):
        drawn = table[table["what"].isin([*ways, *rival])]
        bars = drawn[drawn["what"].isin(rival)]
        judged = drawn.assign(beside=drawn["labels"].map(_compared_with(bars, zero)))
        places = _panel(ax, judged, ways, hues)
        _bars(ax, bars, places)
        if zero is not None:
            ax.axhline(zero, ls=":", color=GREY)
        ax.set_title(title, fontsize=10)
    axes[0, 0].set_ylabel(label)
    keys = [Line2D([], [], lw=3, color=BLACK, label=name) for name in rival.values()]
    keys += [Line2D([], [], marker="o", color=hue, label=name) for hue, name in zip(hues, ways.values())]
    if rival or zero is not None:
        fills = {"resolved": GREY, "not resolved": "white"}
        keys += [Line2D([], [], marker="o", ls="", color=GREY, mfc=fill, label=said) for said, fill in fills.items()]
    columns = len(keys) if len(keys) <= 5 else 4
    fig.legend(handles=keys, fontsize=9, loc="outside upper center", ncols=columns, frameon=False)
    return fig


def _compared_with(bars, zero):
    """What an interval is set beside at a count of labels: a function of the count, NaN if there is nothing."""
    known = dict(zip(bars["labels"], bars["value"]))
    otherwise = np.nan if zero is None else zero
    return lambda count: known.get(count, otherwise)


def _panel(ax, table, ways, hues):
    """All ways of one set; returns the place of each count on the axis: dict of int to int."""
    counts = sorted(set(table["labels"]))
    places = dict(zip(counts, range(len(counts))))
    middle = (len(ways) - 1) / 2
    apart = 0.45 / max(len(ways), 2)
    for number, way in enumerate(ways):
        part = table[table["what"] == way]
        _line(ax, part, places, hues[number], apart * (number - middle))
    ax.set(
        xlabel="labelled grains (points of one number stand side by side)",
        xticks=range(len(counts)),
        xticklabels=counts,
    )
    grid(ax, "y")
    return places


def _line(ax, part, places, hue, shift):
    """One way's values and intervals, moved aside a little so that intervals do not hide each other."""
    part = part.sort_values("labels")
    at = np.array([places[count] for count in part["labels"]]) + shift
    ax.vlines(at, part["low"], part["high"], color=hue, lw=2)
    ax.plot(at, part["value"], lw=1, color=hue)
    holds = part["beside"].between(part["low"], part["high"]).to_numpy()
    ax.plot(at[~holds], part["value"][~holds], "o", ms=5, color=hue, zorder=4)
    ax.plot(at[holds], part["value"][holds], "o", ms=5, color=hue, mfc="white", zorder=4)


def _bars(ax, part, places):
    """A rival's values, each as a bar that reaches across the ways at its count."""
    at = np.array([places[count] for count in part["labels"]])
    ax.hlines(part["value"], at - HALF, at + HALF, color=BLACK, lw=2.5, zorder=3)
