"""Scores, with their spread."""

from itertools import chain

import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import roc_curve

from zirconkit.evaluation import auc_interval
from zirconkit.plots.canvas import axes_for, grid
from zirconkit.plots.palette import COLOURS, GREY, LINES, class_colours

__all__ = ["band", "by_size", "compared", "draws", "each_seed", "intervals", "left_out", "of_each_class", "roc"]

_STYLES = ("-", "--", "-.", "-", "--", "-.")


def band(ax, x, low, high, colour):
    """What lies between two curves, pale."""
    ax.fill_between(x, low, high, color=colour, alpha=0.15, lw=0)


def roc(results, classes):
    """ROC curves with their area and its 95 % interval in the legend.

    Parameters
    ----------
    results : dict of str to (y, score)
        Of two classes a score that is higher for the second, shape (n,): one curve for each model. Of more a score for
        each, shape (n, classes): a curve for each model and class, that class against all others.
    classes : sequence of str
    """
    ax = axes_for(None, 8.2, 4.4)
    ax.plot([0, 1], [0, 1], ":", color=GREY, label="guessing: 0.50")
    if len(classes) == 2:
        _roc_of_two(ax, results, classes)
    else:
        _roc_of_many(ax, results, classes)
    ax.set_aspect("equal")
    title = "ROC-AUC (95 % interval over grains)"
    ax.legend(fontsize=8, loc="center left", bbox_to_anchor=(1.02, 0.5), title=title, title_fontsize=8)
    grid(ax)
    return ax.figure


def _roc_of_two(ax, results, classes):
    """A curve for each model, in a colour of its own."""
    first, second = classes
    for colour, style, (name, (y, score)) in zip(LINES, _STYLES, results.items()):
        of_second = of_each_class(score, classes)[second]
        is_second = np.asarray(y) == 1
        _roc_curve(ax, name, is_second, of_second, color=colour, ls=style)
    ax.set_xlabel(f"{first} grains wrongly called {second} (share)")
    ax.set_ylabel(f"{second} grains found (share)")


def _roc_of_many(ax, results, classes):
    """A curve for each model and class, in the class's colour; each model has its line style."""
    colours = class_colours(classes)
    for style, (name, (y, score)) in zip(_STYLES, results.items()):
        of_each = of_each_class(score, classes)
        for number, class_name in enumerate(classes):
            is_class = np.asarray(y) == number
            title = f"{name}, {class_name}"
            _roc_curve(ax, title, is_class, of_each[class_name], color=colours[class_name], ls=style)
    ax.set_xlabel("grains of other classes wrongly called it (share)")
    ax.set_ylabel("grains of the class found (share)")


def _roc_curve(ax, name, is_class, score, color, ls):
    """The curve of one score for a class or not, named with its area."""
    wrong, right, _ = roc_curve(is_class, score)
    value, low, high = auc_interval(is_class.astype(int), score)
    label = f"{name}: {value:.2f} ({low:.2f}–{high:.2f})"
    ax.plot(wrong, right, color=color, ls=ls, label=label)


def of_each_class(score, classes):
    """Scores or probabilities by class: dict of str to array, shape (n,); of two classes the second alone.

    Parameters
    ----------
    score : array, shape (n, classes), or of two classes (n,) for the second
    classes : sequence of str
    """
    score = np.asarray(score)
    if len(classes) > 2:
        return dict(zip(classes, score.T, strict=True))
    of_second = score[:, 1] if score.ndim == 2 else score
    return {classes[1]: of_second}


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
    ax = axes_for(ax, 7, 0.42 * len(table) + 1.1)
    rows = np.arange(len(table))[::-1]
    ax.axvline(reference, ls=":", color=GREY)
    ax.hlines(rows, table["low"], table["high"], color=GREY, lw=2)
    ax.plot(table["value"], rows, "o", color="black")
    clear = {"facecolor": "white", "edgecolor": "none", "pad": 0.4}  # the reference line stops at a label
    for row, value in zip(rows, table["value"]):
        ax.text(value, row + 0.18, f"{value:.2f}", ha="center", fontsize=8, bbox=clear)
    ax.set_xlabel(label)
    ax.set_yticks(rows, table.index)
    ax.set_ylim(-0.6, len(table) - 0.3)
    grid(ax, "x")
    return ax.figure


def left_out(table, places, label):
    """Scores with one thing left out at a time, beside a band of those with nothing left out, which chance moves.

    Parameters
    ----------
    table : DataFrame
        Columns without (what; "nothing" in several rows), and one of scores for each place.
    places : dict of str to str
        Columns of `table`, and what stands above their panels.
    label : str
        What the scores are.

    Returns
    -------
    matplotlib Figure
    """
    is_whole = table["without"] == "nothing"
    whole, parts = table[is_whole], table[~is_whole]
    rows = np.arange(len(parts))[::-1]
    size = 9.5, 0.3 * len(parts) + 1.2
    fig, axes = plt.subplots(1, len(places), figsize=size, sharey=True, layout="constrained")
    for ax, (column, title) in zip(axes, places.items()):
        ax.axvspan(whole[column].min(), whole[column].max(), color=GREY, alpha=0.3, lw=0)
        ax.plot(whole[column], np.full(len(whole), len(parts)), "|", color="black", ms=10)
        ax.plot(parts[column], rows, "o", color=LINES[0])
        ax.set_title(title, fontsize=10)
        ax.set_xlabel(label)
        grid(ax)
    axes[0].set_yticks([len(parts), *rows], [f"nothing ({len(whole)} seeds)", *parts["without"]])
    axes[0].set_ylabel("left out")
    return fig


def compared(tables, label="ROC-AUC", reference=0.5, ax=None):
    """Values with their 95 % intervals, a row for each name, a colour for each table; what one lacks is left open.

    Parameters
    ----------
    tables : dict of str to DataFrame, indexed by name
        From what is said in the legend to value, low, high.
    label : str
    reference : float, or dict of str to float
        What guessing gives: a dotted line, or a short black one for each name.
    ax : matplotlib Axes, optional
    """
    names = list(dict.fromkeys(chain(*(table.index for table in tables.values()))))
    rows = np.arange(len(names))[::-1]
    ax = axes_for(ax, 8, 0.5 * len(names) + 1.2)
    if isinstance(reference, dict):
        marks = [reference.get(name, np.nan) for name in names]
        ax.plot(marks, rows, "|k", ms=22, mew=1.5)
    else:
        ax.axvline(reference, ls=":", color=GREY)
    shifts = np.linspace(0.17, -0.17, len(tables)) if len(tables) > 1 else [0]
    for shift, colour, (title, table) in zip(shifts, LINES, tables.items()):
        table = table.reindex(names)
        places = rows + shift
        ax.hlines(places, table["low"], table["high"], color=colour, lw=2)
        ax.plot(table["value"], places, "o", ms=5, color=colour, label=title)
    ax.set_xlabel(label)
    ax.set_yticks(rows, names)
    ax.set_ylim(-0.6, len(names) - 0.4)
    grid(ax, "x")
    ax.legend(fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=len(tables), frameon=False)
    return ax.figure


def each_seed(scores, label="ROC-AUC", reference=0.5, ax=None):
    """The scores of several ways to answer, a line for each way, a mark for each seed, and their mean in black.

    Parameters
    ----------
    scores : dict of str to array of float, shape (seeds,)
        A way that knows no seed has one score.
    label : str
    reference : float
        Dotted.
    ax : matplotlib Axes, optional
    """
    ax = axes_for(ax, 8, 0.36 * len(scores) + 1.2)
    for place, values in enumerate(reversed(scores.values())):
        ax.plot(values, place + np.linspace(-0.15, 0.15, len(values)), "o", ms=5, color=LINES[0], alpha=0.7)
        ax.plot([np.mean(values)] * 2, [place - 0.3, place + 0.3], color="black", lw=2)
    ax.axvline(reference, ls=":", color=COLOURS["quiet"])
    ax.set_yticks(range(len(scores)), list(scores)[::-1])
    ax.set_xlabel(f"{label}; each mark is one seed, black: mean")
    grid(ax, "x")
    return ax.figure


def draws(curves, every=1):
    """ROC-AUC while networks learn, and in the end; each draw of the grains to learn from has its own mark.

    Parameters
    ----------
    curves : dict of str to list of lists of float
        From the name of a network to its draws, each the ROC-AUC after every so many epochs.
    every : int
        So many.

    Returns
    -------
    matplotlib Figure
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.4), layout="constrained", sharey=True)
    for number, pair in enumerate(zip(*curves.values())):
        ends, mark = [curve[-1] for curve in pair], "os^Dv"[number % 5]
        right.plot(range(len(ends)), ends, color=GREY, lw=1, zorder=1)
        for place, (colour, curve) in enumerate(zip(LINES, pair)):
            epochs = every * np.arange(1, len(curve) + 1)
            left.plot(epochs, curve, color=colour, lw=1.2, alpha=0.8, marker=mark, ms=4)
            right.plot(place, curve[-1], mark, ms=8, color=colour)
        right.annotate(
            f"draw {number + 1}", (0, ends[0]), (-12, 0), textcoords="offset points", ha="right", va="center"
        )
    for ax in (left, right):
        ax.axhline(0.5, ls=":", color=GREY)
        grid(ax, "y")
    left.set(xlabel="epoch", ylabel="validation ROC-AUC", title="each line is one draw, with a mark of its own")
    right.set(xlim=(-0.5, len(curves) - 0.5), title="in the end; a grey line joins a draw")
    right.set_xticks(range(len(curves)), [name.replace(" ", "\n", 1) for name in curves], fontsize=9)
    return fig


def by_size(tables, ax=None):
    """ROC-AUC against the number of grains to learn from: middle and band, a line for each name.

    Parameters
    ----------
    tables : dict of str to DataFrame, indexed by number of grains
        value, low, high.
    ax : matplotlib Axes, optional
    """
    ax = axes_for(ax, 5, 3.6)
    for colour, style, (name, table) in zip(LINES, ("-", "--", "-.", ":"), tables.items()):
        band(ax, table.index, table["low"], table["high"], colour)
        ax.plot(table.index, table["value"], "o", ls=style, ms=4, color=colour, label=name)
    ax.axhline(0.5, ls=":", color=GREY)
    ax.set_xscale("log")
    ax.set_xlabel("grains to learn from")
    ax.set_ylabel("ROC-AUC")
    sizes = sorted({size for table in tables.values() for size in table.index})
    ax.set_xticks(sizes, [str(size) for size in sizes], fontsize=8)
    ax.minorticks_off()
    grid(ax)
    return ax.figure
