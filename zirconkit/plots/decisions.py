"""Answers and what hangs on them: probabilities by class, confusions, calibration, costs."""

from itertools import cycle

import matplotlib.pyplot as plt
import numpy as np

from zirconkit.plots.canvas import axes_for, without_ticks
from zirconkit.plots.mysteries import mount_dots
from zirconkit.plots.palette import GREY, LINES, class_colours
from zirconkit.plots.pictures import draw_grain
from zirconkit.plots.scores import of_each_class

__all__ = ["answers", "by_mount", "calibrated", "confusion", "confusions", "cost_curves", "heaps", "surest"]


def _panels(rows, columns, height, sharey=True):
    """Panels, 10 inches wide at most and as high as said, on one scale or each on its own: a figure, and its Axes."""
    size = (min(3.3 * columns, 10), height * rows)
    return plt.subplots(rows, columns, figsize=size, sharey=sharey, layout="constrained", squeeze=False)


def answers(results, classes, threshold=0.5):
    """What models answer for the grains of each class, a panel of its own scale for each (the paper's Figure 8).

    Parameters
    ----------
    results : dict of str to (y, probability)
        Of two classes the probability of the second, shape (n,). Of more that of each, shape (n, classes): a row of
        panels for each class.
    classes : sequence of str
    threshold : float
        Drawn as a line.
    """
    asked = classes[1:] if len(classes) == 2 else classes
    fig, axes = _panels(len(asked), len(results), 3.1, sharey=False)
    for column, (title, (y, probability)) in zip(axes.T, results.items()):
        column[0].set_title(title)
        of_each = of_each_class(probability, classes)
        for ax, name in zip(column, asked):
            _histograms(ax, np.asarray(y), of_each[name], classes)
            ax.axvline(threshold, ls=":", color="black")
            ax.set_xlabel(f"probability of {name}")
            ax.set_xlim(0, 1)
            ax.set_ylim(0, 1.25 * ax.get_ylim()[1])  # room for the legend
    for ax in axes[:, 0]:
        ax.set_ylabel("share of the class's grains")
    axes[0, 0].legend(fontsize=8)
    return fig


def _histograms(ax, y, probability, classes):
    """How a probability is spread over the grains of each class, which count the same however many they are."""
    looks = zip(class_colours(classes).items(), cycle(["--", "-", "-.", ":"]))
    bins = np.linspace(0, 1, 21)
    for number, ((name, colour), style) in enumerate(looks):
        part = probability[y == number]
        shares = np.full(len(part), 1 / max(1, len(part)))
        ax.hist(part, bins, weights=shares, color=colour, alpha=0.35)
        ax.hist(part, bins, weights=shares, color=colour, histtype="step", lw=1.5, ls=style, label=name)


def heaps(y, probability, classes, threshold, ax=None):
    """The answers for the grains of each class, and a threshold: one panel of `answers`, small.

    Parameters
    ----------
    y : array of 0 and 1, shape (n,)
    probability : array of float, shape (n,)
        Of the second class.
    classes : sequence of str
        Two.
    threshold : float
    ax : matplotlib Axes, optional
    """
    ax = axes_for(ax, 4.2, 2.2)
    _histograms(ax, np.asarray(y), np.asarray(probability), classes)
    ax.axvline(threshold, ls=":", color="black")
    ax.set_xlabel(f"probability of {classes[1]}")
    ax.set_xlim(0, 1)
    ax.legend(fontsize=8)
    return ax.figure


def by_mount(y, probability, mount, classes, ax=None):
    """The answers for the grains of each mount, a row for each mount by their mean, which is a black line.

    Parameters
    ----------
    y : array of 0 and 1, shape (n,)
    probability : array of float, shape (n,)
        Of the second class.
    mount : array of str, shape (n,)
    classes : sequence of str
        Two.
    ax : matplotlib Axes, optional
    """
    y, probability, mount = np.asarray(y), np.asarray(probability), np.asarray(mount)
    fig = mount_dots(probability, y, mount, classes, f"probability of {classes[1]}", ax)
    (ax or fig.axes[0]).set_xlim(0, 1)
    return fig


def surest(images, probability, rows, classes):
    """Grains with their answers: a line for each class, a block of columns for each kind of answer.

    Parameters
    ----------
    images : array, shape (n, height, width, channels)
    probability : array of float, shape (n,)
        Of the second class; it stands above each grain, behind its row, in the colour of what the grain is called.
    rows : dict of str to dict of str to array of int
        What `explain.extremes_by_class` returns.
    classes : sequence of str
        Two.
    """
    kinds = list(next(iter(rows.values())))
    n = max(1, max(len(found) for of_class in rows.values() for found in of_class.values()))
    size = (1.02 * n * len(kinds) + 0.6, 2.7)
    fig = plt.figure(figsize=size, layout="constrained")
    blocks = fig.subfigures(1, len(kinds), wspace=0.04)
    colours = list(class_colours(classes).values())
    for block, kind in zip(np.atleast_1d(blocks), kinds):
        block.suptitle(kind, fontsize=10)
        axes = block.subplots(len(rows), n, squeeze=False)
        without_ticks(axes.flat)
        for line, (name, of_class) in zip(axes, rows.items()):
            _answered(line, images, probability, of_class[kind], colours)
            if kind == kinds[0]:
                line[0].set_ylabel(name, fontsize=9)
    return fig


def _answered(line, images, probability, rows, colours):
    """A line of grains, each under its answer; panels that are left over are empty."""
    for ax in line[len(rows) :]:
        ax.set_frame_on(False)
    for ax, row in zip(line, rows):
        draw_grain(ax, images[row], 255)
        called = int(probability[row] >= 0.5)
        ax.set_title(f"grain {row}: {probability[row]:.2f}", fontsize=8, color=colours[called])


def confusions(calls, classes):
    """Confusion matrices side by side, a panel for each threshold.

    Parameters
    ----------
    calls : dict of str to evaluation.Calls
        By what stands above the panel.
    classes : sequence of str
        Two.
    """
    fig, axes = plt.subplots(1, len(calls), figsize=(2.8 * len(calls), 2.6), layout="constrained", squeeze=False)
    for ax, (title, found) in zip(axes[0], calls.items()):
        confusion(found.counts, classes, ax, bar=ax is axes[0, -1])
        ax.set_title(title, fontsize=10)
    for ax in axes[0, 1:]:
        ax.set_ylabel("")
        ax.tick_params(labelleft=False)
    return fig


def confusion(counts, classes, ax=None, bar=True):
    """How many grains of each class are called what: counts, on the share of the row as grey.

    Parameters
    ----------
    counts : array of int, shape (classes, classes)
        A row for each true class, a column for each answer, as `sklearn.metrics.confusion_matrix` gives them.
    classes : sequence of str
    ax : matplotlib Axes, optional
    bar : bool
        Whether the greys are explained beside it.
    """
    counts, n = np.asarray(counts), len(classes)
    ax = axes_for(ax, 2.2 + 0.9 * n, 1.4 + 0.8 * n)
    total = counts.sum(axis=1, keepdims=True)
    shares = counts / np.maximum(total, 1)
    drawn = ax.imshow(shares, cmap="Greys", vmin=0, vmax=1)
    for (row, column), count in np.ndenumerate(counts):
        colour = "white" if shares[row, column] > 0.5 else "black"
        ax.text(column, row, f"{count}", ha="center", va="center", color=colour)
    ax.set_xlabel("called")
    ax.set_ylabel("is")
    ax.set_xticks(range(n), classes)
    ax.set_yticks(range(n), classes)
    for tick, colour in zip(ax.get_yticklabels(), class_colours(classes).values()):
        tick.set_color(colour)
    if bar:
        ax.figure.colorbar(drawn, ax=ax, label="share of the class's grains")
    return ax.figure


def calibrated(tables, class_name):
    """Share of a class among grains of like probability, with 95 % intervals, a panel for each model.

    Parameters
    ----------
    tables : dict of str to DataFrame
        What `evaluation.calibration` returns.
    class_name : str
        The class whose probability it is.
    """
    fig, axes = _panels(1, len(tables), 3.1)
    for ax, (title, table) in zip(axes[0], tables.items()):
        ax.plot([0, 1], [0, 1], ":", color=GREY, label="as promised")
        ax.vlines(table["predicted"], table["low"], table["high"], color=LINES[0], lw=2)
        ax.plot(table["predicted"], table["observed"], "o-", lw=0.8, color=LINES[0], label="found")
        ax.set_title(title)
        ax.set_xlabel(f"mean probability of {class_name}")
        ax.set(xlim=(-0.03, 1.03), ylim=(-0.03, 1.03), aspect="equal")
    axes[0, 0].set_ylabel(f"share that is {class_name}")
    axes[0, 0].legend(fontsize=8, loc="upper left")
    return fig


def cost_curves(tables, lines, theory):
    """Cost against threshold with its 95 % interval, a panel for each model, beside the costs that need no model.

    Parameters
    ----------
    tables : dict of str to DataFrame
        What `evaluation.costs` returns.
    lines : dict of str to float
        Costs to compare with.
    theory : float
        The best threshold for calibrated probabilities, drawn as a line.
    """
    fig, axes = _panels(1, len(tables), 3.5)
    for ax, (title, table) in zip(axes[0], tables.items()):
        ax.fill_between(table.index, table["low"], table["high"], color=LINES[0], alpha=0.2, lw=0)
        ax.plot(table.index, table["cost"], color=LINES[0], label="by threshold")
        for (label, cost), style in zip(lines.items(), ("--", "-.")):
            ax.axhline(cost, ls=style, color=GREY, label=label)
        ax.axvline(theory, ls=":", color="black", label="cheapest, if the answers were probabilities")
        ax.set_title(title)
        ax.set_xlabel("threshold")
        ax.set(xlim=(0, 1.01), ylim=(0, None))
    axes[0, 0].set_ylabel("mean cost of a grain (wasted trips)")
    handles, labels = axes[0, 0].get_legend_handles_labels()
    fig.legend(handles, labels, fontsize=8, loc="outside lower center", ncols=4)
    return fig
