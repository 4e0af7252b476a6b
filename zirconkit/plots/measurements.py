"""What was measured on the grains, class by class."""

import matplotlib.pyplot as plt
import numpy as np

from zirconkit.plots.canvas import axes_for, blank, grid
from zirconkit.plots.palette import GREY, class_colours

__all__ = ["feature_by_class", "spreads"]


def feature_by_class(table, column, label, classes=None, ax=None):
    """How a measured quantity is spread over the classes: each dot is a grain, a bar stands at the median.

    Parameters
    ----------
    table : DataFrame
        Has `column` and class_name.
    column : str
    label : str
        Of the axis, with the unit.
    classes : sequence of str, optional
        From the lowest row up; by default those in the table, sorted.
    ax : matplotlib Axes, optional
    """
    classes = list(classes or sorted(table["class_name"].dropna().unique()))
    n, rng = len(classes), np.random.default_rng(0)
    ax = axes_for(ax, 5, 0.6 + 0.9 * n)
    for row, (name, colour) in enumerate(class_colours(classes).items()):
        is_class = table["class_name"] == name
        values = table.loc[is_class, column].to_numpy(float)
        height = row + rng.uniform(-0.28, 0.28, len(values))
        ax.plot(values, height, ".", ms=4, alpha=0.5, color=colour)
        if np.isfinite(values).any():
            median = np.nanmedian(values)
            ax.plot([median, median], [row - 0.38, row + 0.38], color="black", lw=2)
    ax.set_xlabel(label)
    ax.set_yticks(range(n), classes)
    ax.set_ylim(-0.6, n - 0.4)
    return ax.figure


def spreads(table, measures):
    """Real beside synthetic grains, a panel for each measure: 5 to 95 % (thin), 25 to 75 % (thick) and median (dot).

    Parameters
    ----------
    table : DataFrame
        What `benchmarks/realism.py` writes: measure, class_name, real_05 ... real_95, synthetic_05 ... synthetic_95.
    measures : dict
        From the name of a measure to the label of its axis, with the unit.
    """
    rows = -(-len(measures) // 4)
    fig, axes = plt.subplots(rows, 4, figsize=(10, 1.75 * rows), sharey=True, layout="constrained", squeeze=False)
    table = table.set_index(["class_name", "measure"]).sort_index()
    colours = class_colours(table.index.unique("class_name"))
    for ax, (measure, label) in zip(axes.flat, measures.items()):
        names = []
        for name, colour in colours.items():
            points = table.loc[(name, measure)]
            _spread(ax, len(names), points.filter(regex="^synthetic_[0-9]"), GREY)
            _spread(ax, len(names) + 1, points.filter(regex="^real_[0-9]"), colour)
            names += [f"{name}, grown", f"{name}, real"]
        ax.set_xlabel(label)
        ax.set_yticks(range(len(names)), names)
        ax.set_ylim(-0.6, len(names) - 0.4)
        grid(ax, "x")
    blank(axes.flat[len(measures) :])
    return fig


def _spread(ax, height, points, colour):
    """The 5, 25, 50, 75 and 95 % points of a measure as two bars and a dot."""
    low, lower, middle, upper, high = points
    ax.hlines(height, low, high, color=colour, lw=1.5)
    ax.hlines(height, lower, upper, color=colour, lw=5)
    ax.plot(middle, height, "o", color="black", ms=4, zorder=3)
