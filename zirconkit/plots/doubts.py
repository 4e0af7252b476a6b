"""Answers and how far to trust them: probabilities by class, calibration, costs, scores against size."""

import matplotlib.pyplot as plt
import numpy as np

from zirconkit.plots.base import COLOURS

__all__ = ["answers", "by_size", "calibrated", "cost_curves"]

_ORDER = ("porphyry", "batholith", "accent", "second")


def _panels(n, height=3.1):
    return plt.subplots(1, n, figsize=(3.3 * n, height), sharey=True, layout="constrained", squeeze=False)


def answers(results, threshold=0.5):
    """What a model answers for the grains of either class, a panel a model (the paper's Figure 8).

    Parameters
    ----------
    results : dict of str to (y, probability)
        Classes 0 and 1; the probability is that of class 1 (porphyry).
    threshold : float
        Drawn as a line.
    """
    fig, axes = _panels(len(results))
    for ax, (name, (y, probability)) in zip(axes[0], results.items()):
        for k, label in enumerate(("batholith", "porphyry")):
            part = np.asarray(probability)[np.asarray(y) == k]
            style = {"bins": np.linspace(0, 1, 21), "weights": np.full(len(part), 1 / max(1, len(part)))}
            ax.hist(part, **style, color=COLOURS[label], alpha=0.35)
            ax.hist(part, **style, color=COLOURS[label], histtype="step", lw=1.5, ls="-" if k else "--", label=label)
        ax.axvline(threshold, ls=":", color="black")
        ax.set(title=name, xlabel="probability of porphyry", xlim=(0, 1))
    axes[0, 0].set_ylabel("share of the class's grains")
    axes[0, 0].legend(fontsize=8)
    return fig


def calibrated(tables):
    """Share of porphyry among grains of like probability, with 95 % intervals, a panel a model.

    Parameters
    ----------
    tables : dict of str to DataFrame
        What `evaluation.calibration` returns.
    """
    fig, axes = _panels(len(tables), 3.5)
    for ax, (name, table) in zip(axes[0], tables.items()):
        ax.plot([0, 1], [0, 1], ":", color=COLOURS["quiet"], label="as promised")
        ax.vlines(table["predicted"], table["low"], table["high"], color=COLOURS["batholith"], lw=2)
        ax.plot(table["predicted"], table["observed"], "o-", lw=0.8, color=COLOURS["porphyry"], label="found")
        ax.set(title=name, xlabel="mean probability of porphyry", xlim=(0, 1), ylim=(0, 1), aspect="equal")
    axes[0, 0].set_ylabel("share that is porphyry")
    axes[0, 0].legend(fontsize=8, loc="upper left")
    return fig


def cost_curves(tables, lines, theory):
    """Cost against threshold with its 95 % interval, a panel a model, beside the costs that need no model.

    Parameters
    ----------
    tables : dict of str to DataFrame
        What `decisions.costs` returns.
    lines : dict of str to float
        Costs to compare with.
    theory : float
        The best threshold for calibrated probabilities, drawn as a line.
    """
    fig, axes = _panels(len(tables), 3.5)
    for ax, (name, table) in zip(axes[0], tables.items()):
        ax.fill_between(table.index, table["low"], table["high"], color=COLOURS["porphyry"], alpha=0.2, lw=0)
        ax.plot(table.index, table["cost"], color=COLOURS["porphyry"], label="by threshold")
        for (label, cost), style in zip(lines.items(), ("--", "-.")):
            ax.axhline(cost, ls=style, color=COLOURS["batholith"], label=label)
        ax.axvline(theory, ls=":", color="black", label="theory")
        ax.set(title=name, xlabel="threshold", xlim=(0, 1.01), ylim=(0, None))
    axes[0, 0].set_ylabel("cost a grain (wasted trips)")
    fig.legend(*axes[0, 0].get_legend_handles_labels(), fontsize=8, loc="outside lower center", ncols=4)
    return fig


def by_size(tables, label="ROC-AUC", reference=0.5, ax=None):
    """A score against the number of grains to learn from: middle and band, a line a name.

    Parameters
    ----------
    tables : dict of str to DataFrame, indexed by number of grains
        value, low, high.
    label : str
    reference : float
        What guessing gives.
    ax : matplotlib Axes, optional
    """
    ax = ax or plt.subplots(figsize=(5, 3.6), layout="constrained")[1]
    for colour, style, (name, table) in zip(_ORDER, ("-", "--", "-.", ":"), tables.items()):
        ax.fill_between(table.index, table["low"], table["high"], color=COLOURS[colour], alpha=0.15, lw=0)
        ax.plot(table.index, table["value"], "o", ls=style, ms=4, color=COLOURS[colour], label=name)
    sizes = sorted({size for table in tables.values() for size in table.index})
    ax.axhline(reference, ls=":", color=COLOURS["quiet"])
    ax.set(xscale="log", xlabel="grains to learn from", ylabel=label)
    ax.set_xticks(sizes, [str(size) for size in sizes], fontsize=8)
    ax.minorticks_off()
    ax.grid(alpha=0.3)
    return ax.figure
