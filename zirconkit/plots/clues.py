"""Scores of the same clues under different splits, side by side."""

import matplotlib.pyplot as plt
import numpy as np

from zirconkit.plots.base import COLOURS

__all__ = ["compared"]


def compared(tables, label="ROC-AUC", reference=0.5, ax=None):
    """Values with their 95 % intervals, a row a name, a colour a table; what a table lacks is left open.

    Parameters
    ----------
    tables : dict of str to DataFrame, indexed by name
        From what is said in the legend to value, low, high.
    label : str
    reference : float, or dict of str to float
        What guessing gives: a dotted line, or a short black one for each name.
    ax : matplotlib Axes, optional
    """
    names = list(dict.fromkeys(name for table in tables.values() for name in table.index))
    ax = ax or plt.subplots(figsize=(8, 0.5 * len(names) + 1.2), layout="constrained")[1]
    if isinstance(reference, dict):
        ax.plot([reference.get(name, np.nan) for name in names], np.arange(len(names))[::-1], "|k", ms=22, mew=1.5)
    else:
        ax.axvline(reference, ls=":", color=COLOURS["quiet"])
    heights = np.linspace(0.17, -0.17, len(tables))
    for height, colour, (title, table) in zip(heights, ("porphyry", "batholith", "accent"), tables.items()):
        table = table.reindex(names)
        rows = np.arange(len(names))[::-1] + height
        ax.hlines(rows, table["low"], table["high"], color=COLOURS[colour], lw=2)
        ax.plot(table["value"], rows, "o", ms=5, color=COLOURS[colour], label=title)
    ax.set(yticks=np.arange(len(names))[::-1], yticklabels=names, xlabel=label, ylim=(-0.6, len(names) - 0.4))
    ax.grid(axis="x", alpha=0.3)
    ax.legend(fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=len(tables), frameon=False)
    return ax.figure
