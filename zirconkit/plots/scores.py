"""Measurements, learning curves and scores, with their spread."""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import roc_curve

from zirconkit.evaluation import auc_interval
from zirconkit.plots.base import COLOURS

__all__ = ["curves", "feature_by_class", "intervals", "roc", "spreads"]


def feature_by_class(table, column, label, ax=None):
    """How a measured quantity is spread over the two classes: a dot a grain, a bar at the median.

    Parameters
    ----------
    table : DataFrame
        Has `column` and class_name.
    column : str
    label : str
        Of the axis, with the unit.
    ax : matplotlib Axes, optional
    """
    ax = ax or plt.subplots(figsize=(5, 2.4), layout="constrained")[1]
    rng = np.random.default_rng(0)
    for position, name in enumerate(("batholith", "porphyry")):
        values = table.loc[table["class_name"] == name, column].to_numpy(float)
        height = position + rng.uniform(-0.28, 0.28, len(values))
        ax.plot(values, height, ".", ms=4, alpha=0.5, color=COLOURS[name])
        ax.plot([np.nanmedian(values)] * 2, [position - 0.38, position + 0.38], color="black", lw=2)
    ax.set(xlabel=label, yticks=[0, 1], yticklabels=["batholith", "porphyry"], ylim=(-0.6, 1.6))
    return ax.figure


def curves(histories, score="auc", label="ROC-AUC", ax=None):
    """Learning curves: training dashed, validation solid; the mean over seeds with the range as a band.

    Parameters
    ----------
    histories : dict of str to list of keras.callbacks.History
        For each model, `training.fit`'s result of each seed.
    score, label : str
        "loss", "accuracy" or "auc", and what it is called on the axis.
    ax : matplotlib Axes, optional
    """
    ax = ax or plt.subplots(figsize=(7, 3.8), layout="constrained")[1]
    for colour, (name, runs) in zip(("porphyry", "batholith", "accent", "second"), histories.items()):
        for column, style in ((score, "--"), (f"val_{score}", "-")):
            values = np.array([run.history[column] for run in runs])
            epochs = np.arange(1, values.shape[1] + 1)
            kind = "validation" if column.startswith("val_") else "training"
            ax.plot(epochs, values.mean(axis=0), style, color=COLOURS[colour], label=f"{name}, {kind}")
            ax.fill_between(epochs, values.min(axis=0), values.max(axis=0), color=COLOURS[colour], alpha=0.15, lw=0)
    ax.set(xlabel="epoch", ylabel=label)
    ax.grid(alpha=0.3)
    ax.legend(fontsize=8)
    return ax.figure


def roc(results, ax=None):
    """ROC curves with their area and its 95 % interval in the legend.

    Parameters
    ----------
    results : dict of str to (y, score)
        Classes 0 and 1, and a score that is higher for class 1.
    ax : matplotlib Axes, optional
    """
    ax = ax or plt.subplots(figsize=(8.2, 4.4), layout="constrained")[1]
    ax.plot([0, 1], [0, 1], ":", color=COLOURS["quiet"], label="guessing: 0.50")
    names = ("porphyry", "batholith", "accent", "second", "warn", "quiet")
    styles = ("-", "--", "-.", "-", "--", "-.")
    for colour, style, (name, (y, score)) in zip(names, styles, results.items()):
        wrong, right, _ = roc_curve(y, score)
        text = "{}: {:.2f} ({:.2f}–{:.2f})".format(name, *auc_interval(y, score))
        ax.plot(wrong, right, style, color=COLOURS[colour], label=text)
    ax.set(xlabel="batholith grains wrongly called porphyry (share)", ylabel="porphyry grains found (share)")
    ax.set_aspect("equal")
    title = "ROC-AUC (95 % interval over grains)"
    ax.legend(fontsize=8, loc="center left", bbox_to_anchor=(1.02, 0.5), title=title, title_fontsize=8)
    ax.grid(alpha=0.3)
    return ax.figure


def intervals(table, label="ROC-AUC", reference=0.5, ax=None):
    """Values with their 95 % intervals, one row each, sorted as given, beside a reference line.

    Parameters
    ----------
    table : DataFrame, indexed by name
        value, low, high.
    label : str
    reference : float
        What guessing gives.
    ax : matplotlib Axes, optional
    """
    ax = ax or plt.subplots(figsize=(7, 0.42 * len(table) + 1.1), layout="constrained")[1]
    rows = np.arange(len(table))[::-1]
    ax.axvline(reference, ls=":", color=COLOURS["quiet"])
    ax.hlines(rows, table["low"], table["high"], color=COLOURS["batholith"], lw=2)
    ax.plot(table["value"], rows, "o", color=COLOURS["porphyry"])
    for row, value in zip(rows, table["value"]):
        ax.text(value, row + 0.18, f"{value:.2f}", ha="center", fontsize=8)
    ax.set(yticks=rows, yticklabels=table.index, xlabel=label, ylim=(-0.6, len(table) - 0.3))
    ax.grid(axis="x", alpha=0.3)
    return ax.figure


def spreads(table, measures):
    """Real beside synthetic grains, a panel a measure: 5 to 95 % (thin), 25 to 75 % (thick) and median (dot).

    Parameters
    ----------
    table : DataFrame
        What `benchmarks/realism.py` writes: measure, class_name, real_05 ... real_95, synthetic_05 ... synthetic_95.
    measures : dict
        From the name of a measure to the label of its axis, with the unit.
    """
    rows = -(-len(measures) // 4)
    fig, axes = plt.subplots(rows, 4, figsize=(10, 1.75 * rows), sharey=True, layout="constrained", squeeze=False)
    table = table.set_index(["measure", "class_name"])
    bars = [(kind, source) for kind in ("batholith", "porphyry") for source in ("synthetic", "real")]
    names = [f"{kind}, {'grown' if source == 'synthetic' else source}" for kind, source in bars]
    for ax, (name, label) in zip(axes.flat, measures.items()):
        for height, (kind, source) in enumerate(bars):
            low, lower, middle, upper, high = table.loc[(name, kind)].filter(regex=f"^{source}_[0-9]")
            colour = COLOURS[kind] if source == "real" else COLOURS["quiet"]
            ax.hlines([height] * 2, [low, lower], [high, upper], color=colour, lw=[1.5, 5])
            ax.plot(middle, height, "o", color="black", ms=4, zorder=3)
        ax.set(xlabel=label, yticks=range(4), yticklabels=names, ylim=(-0.6, 3.6))
        ax.grid(axis="x", alpha=0.3)
    for ax in axes.flat[len(measures) :]:
        ax.axis("off")
    return fig
