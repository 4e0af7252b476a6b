"""Many runs and what chance makes of them: sweeps, the lead of the best, and what a test of a given size can see."""

import matplotlib.pyplot as plt
import numpy as np

from zirconkit.plots.canvas import axes_for, grid
from zirconkit.plots.palette import GREY, LINES

__all__ = ["audited", "leads", "powers", "runs"]


def runs(table, columns, order=None):
    """Scores of single runs, a dot for each seed, and their mean; a line for each setting, a panel for each score.

    Parameters
    ----------
    table : DataFrame
        One row for each run: `name`, the setting, and the scores.
    columns : dict of str to str
        From a column to what stands below its panel.
    order : sequence of str, optional
        The settings from the bottom up; by default by the mean of the first score.
    """
    means = table.groupby("name", sort=False)[list(columns)].mean()
    order = list(means.sort_values(next(iter(columns))).index if order is None else order)
    size = (4.7 * len(columns) + 0.8, 0.3 * len(order) + 1.4)
    fig, axes = plt.subplots(
        1, len(columns), figsize=size, sharex=True, sharey=True, layout="constrained", squeeze=False
    )
    places = table["name"].map(order.index)
    for ax, (column, label) in zip(axes[0], columns.items()):
        ax.plot(table[column], places, "o", ms=4, alpha=0.5, color=LINES[0], label="one seed")
        ax.plot(means.loc[order, column], range(len(order)), "|", ms=14, mew=2.5, color=LINES[2], label="mean")
        ax.axvline(0.5, ls=":", color=GREY)
        ax.set_xlabel(label)
        grid(ax, "x")
    axes[0, 0].set_yticks(range(len(order)), order)
    axes[0, 0].set_ylim(-0.6, len(order) - 0.4)
    axes[0, 0].legend(fontsize=8, loc="lower left", bbox_to_anchor=(0, 1), ncols=2, frameon=False)
    return fig


def leads(by_luck, found):
    """How far the best of several equal settings leads by luck, as histograms, and the lead that was found.

    Parameters
    ----------
    by_luck : dict of str to array of float
        Leads of simulated sweeps, by the source of the luck.
    found : float
    """
    ax = axes_for(None, 7, 2.8)
    bins = np.arange(0, 0.12, 0.005)
    for colour, (name, values) in zip(LINES, by_luck.items()):
        shares = np.full(len(values), 1 / len(values))
        ax.hist(values, bins, weights=shares, histtype="step", lw=2, color=colour, label=name)
    ax.axvline(found, color="black", ls=":", lw=2, label=f"found: {found:.3f}")
    ax.set_xlabel("lead of the best of seven equal settings over the published one (ROC-AUC)")
    ax.set_ylabel("share of simulated sweeps")
    ax.legend(fontsize=8)
    return ax.figure


def powers(tables, label):
    """Power against the true difference, with its 95 % interval as a band, a line for each table.

    Parameters
    ----------
    tables : dict of str to DataFrame, indexed by the true difference
        value, low, high.
    label : str
        Below the axis.
    """
    ax = axes_for(None, 6.4, 3.2)
    for colour, style, (name, table) in zip(LINES, (":", "--", "-", "-."), tables.items()):
        ax.fill_between(table.index, table["low"], table["high"], color=colour, alpha=0.15, lw=0)
        ax.plot(table.index, table["value"], "o", ls=style, ms=4, color=colour, label=name)
    ax.axhline(0.8, ls="--", lw=0.8, color=GREY)
    ax.set_xlabel(label)
    ax.set_ylabel("power (share resolved)")
    ax.set_ylim(0, 1.02)
    ax.legend(fontsize=8)
    grid(ax)
    return ax.figure


def audited(differences, resolved, verdicts):
    """Differences between models, each model of a row against each of a column, on a grey that says how sure they are.

    Parameters
    ----------
    differences : DataFrame, indexed by model, a column for each model
        NaN where there is nothing to compare.
    resolved : DataFrame of the same form
        The place of a verdict in `verdicts`.
    verdicts : sequence of str
        From the surest, which is darkest, to none, which is white.
    """
    n = len(verdicts)
    shades = np.linspace(0.75, 0, n)
    ax = axes_for(None, 9, 3.9)
    for (row, column), value in np.ndenumerate(differences.to_numpy()):
        if np.isnan(value):
            continue
        shade = shades[int(resolved.iloc[row, column])]
        square = plt.Rectangle((column - 0.5, row - 0.5), 1, 1, fc=str(1 - shade), ec="black", lw=0.6)
        ax.add_patch(square)
        ink = "white" if shade > 0.5 else "black"
        ax.text(column, row, f"{value:.2f}", ha="center", va="center", color=ink, fontsize=9)
    rows, columns = differences.shape
    ax.set_xticks(range(columns), differences.columns, fontsize=8)
    ax.set_yticks(range(rows), differences.index, fontsize=8)
    ax.set(xlim=(-0.6, columns - 0.4), ylim=(rows - 0.4, -0.6))
    for side in ax.spines.values():
        side.set_visible(False)
    ax.tick_params(length=0)
    ax.xaxis.tick_top()  # there every column has a square, as every row has at the right
    ax.yaxis.tick_right()
    patches = [plt.Rectangle((0, 0), 1, 1, fc=str(1 - shade), ec="black", lw=0.6) for shade in shades]
    ax.legend(patches, verdicts, fontsize=8, loc="lower left", frameon=False)
    return ax.figure
