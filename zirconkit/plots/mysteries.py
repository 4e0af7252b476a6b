"""Where a score could come from: mounts as dots, single clues, what a probe scores."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from zirconkit.plots.canvas import axes_for, grid, without_ticks
from zirconkit.plots.palette import BLACK, GREY, LINES, class_colours

__all__ = [
    "clue_views",
    "hold_or_miss",
    "mount_dots",
    "pushes",
    "scored_mounts",
    "some_of_each",
    "two_lines",
    "worse_pictures",
]

_STYLES = ("-", "--", "-.")  # of the models in `worse_pictures`
WHITE = 200  # grey level of a mystery set that is drawn white
BRIGHTER = 4  # times, so that the resin shows
FRAME = 3  # px, white, to each side of a grain


def mount_dots(values, y, mount, classes, label, ax=None):
    """One number of the grains of each mount: a row for each mount by its mean, which is a black line.

    Parameters
    ----------
    values : array of float, shape (n,)
    y : array of 0 and 1, shape (n,)
    mount : array of str, shape (n,)
    classes : sequence of str
        Two.
    label : str
        Of the axis, with the unit.
    ax : matplotlib Axes, optional
    """
    means = pd.Series(values).groupby(mount).mean().sort_values()
    order = means.index
    ax = axes_for(ax, 5, 0.24 * len(order) + 1)
    rows = order.get_indexer(mount)
    rng = np.random.default_rng(0)
    places = rows + rng.uniform(-0.3, 0.3, len(rows))
    for k, (name, colour) in enumerate(class_colours(classes).items()):
        mine = y == k
        ax.plot(values[mine], places[mine], "o", ms=2.5, alpha=0.45, mew=0, color=colour, label=name)
    ax.plot(means, range(len(order)), "|k", ms=11, mew=2, label="mean of the mount")
    ax.set_xlabel(label)
    ax.set_yticks(range(len(order)), order, fontsize=8)
    _legend_above(ax)
    return ax.figure


def _legend_above(ax):
    """Which dots are which, in a line above a panel."""
    ax.legend(fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=3, frameon=False, markerscale=1.2)


def scored_mounts(look, probe, split):
    """What a probe sees on each mount, and what it scores: dots, and a ROC-AUC with its interval.

    Parameters
    ----------
    look : mysteries.Look
    probe, split : str
        As `mysteries.Look.score` takes them.
    """
    fig = plt.figure(figsize=(7.6, 3.4))
    dots = fig.add_axes((0.07, 0.15, 0.55, 0.74))  # places that are known: to find them would cost half of a move
    shown = look.shown(probe, split)
    mount_dots(shown, look.y, look.mount, look.grains.classes, look.label(probe), dots)
    ax = fig.add_axes((0.67, 0.15, 0.3, 0.7))
    score = look.score(probe, split)
    ax.axvline(0.5, ls=":", color=GREY)
    ax.hlines(0, score.low, score.high, color=LINES[0], lw=3)
    ax.plot(score.value, 0, "o", ms=9, color=LINES[0])
    over = "grains" if split == "grains" else "mounts"
    ax.set_xlabel(f"ROC-AUC, 95 % over {over}")
    ax.set(xlim=(0, 1), ylim=(-1, 1), yticks=[])
    ax.set_title(f"{probe}\nsplit by {split}", fontsize=9)
    return fig


def hold_or_miss(intervals, truth=0.5, shown=40):
    """Intervals of simulated sets, each a line: green if it holds the truth, amber if it misses it.

    Parameters
    ----------
    intervals : dict of str to array of float, shape (sets, 2)
        From what the intervals are over to their ends.
    truth : float
    shown : int
        How many sets are drawn.
    """
    fig, axes = plt.subplots(1, len(intervals), figsize=(9, 3.8), sharey=True, layout="constrained")
    for ax, (over, ends) in zip(axes, intervals.items()):
        below, above = ends.T
        holds = (below <= truth) & (truth <= above)
        _lines(ax, ends[:shown], holds)
        ax.axvline(truth, ls=":", color=BLACK)
        ax.set_xlabel(f"ROC-AUC, 95 % interval over {over}")
        ax.set(xlim=(0, 1), yticks=[])
        ax.set_title(f"holds {truth:g} in {holds.mean():.0%} of {len(ends)} sets", fontsize=10)
    axes[0].set_ylabel("simulated sets")
    return fig


def _lines(ax, ends, holds):
    """Intervals as lines from the bottom up, those that miss dashed."""
    rows = np.arange(len(ends))
    for kind, colour, style in ((True, LINES[0], "-"), (False, LINES[3], "--")):
        mine = rows[holds[: len(ends)] == kind]
        low, high = ends[mine].T
        ax.hlines(mine, low, high, color=colour, ls=style, lw=2)


def clue_views(views, names, colours):
    """The same grains seen in several ways: a line for each grain, a column for each way.

    Parameters
    ----------
    views : dict of str to list of array
        From what is said above a column to a picture of each grain.
    names, colours : sequence of str
        Of the grains.
    """
    n, m = len(names), len(views)
    fig, axes = plt.subplots(n, m, figsize=(1.7 * m, 1.5 * n), layout="constrained", squeeze=False)
    without_ticks(axes.flat)
    for column, (title, pictures) in zip(axes.T, views.items()):
        column[0].set_title(title, fontsize=9)
        for ax, picture in zip(column, pictures):
            ax.imshow(picture, cmap="gray", vmin=0, vmax=255, aspect="auto")
    for ax, name, colour in zip(axes[:, 0], names, colours):
        ax.set_ylabel(name, fontsize=9, color=colour)
    return fig


def some_of_each(grains, each=8, seed=0):
    """A line of grains of each class, drawn at random, and below each line the same grains brighter, for the resin.

    Each grain stands under the name of its mount in the colour of its class.
    """
    shown = _drawn(grains.y, each, seed)
    fig, axes = plt.subplots(4, 1, figsize=(9, 5), layout="constrained")
    without_ticks(axes)
    table = grains.table.iloc[shown]
    colours = table["class_name"].map(class_colours(grains.classes))
    framed = np.pad(grains.images[shown, ..., 0], [(0, 0), (0, 0), (FRAME, FRAME)], constant_values=255)
    for line, ax in enumerate(axes):
        first = line // 2 * each  # each line of grains twice
        brighter = BRIGHTER if line % 2 else 1
        ax.imshow(np.hstack(framed[first : first + each]), cmap="gray", vmin=0, vmax=WHITE / brighter)
        ax.set_ylabel(f"{BRIGHTER} × brighter" if line % 2 else "as it is", fontsize=8)
    for place, (name, colour) in enumerate(zip(table["sample"], colours)):
        line, column = divmod(place, each)
        middle = (column + 0.5) * framed.shape[2]
        axes[2 * line].text(middle, -4, name, color=colour, fontsize=9, ha="center", va="bottom")
    return fig


def two_lines(grains, each=8, seed=0):
    """The same grains as one picture, which is drawn at once: array of uint8, class 1 above, class 0 below."""
    shown = _drawn(grains.y, each, seed)
    bright = np.minimum(grains.images[shown, ..., 0] * (255 / WHITE), 255)
    framed = np.pad(bright, [(0, 0), (2, 2), (2, 2)], constant_values=255)
    lines = [np.hstack(framed[:each]), np.hstack(framed[each:])]
    return np.vstack(lines).astype(np.uint8)


def _drawn(y, each, seed):
    """Row numbers of so many grains of class 1, then of class 0."""
    rng = np.random.default_rng(seed)
    shown = []
    for k in (1, 0):
        of_class = np.flatnonzero(y == k)
        shown.extend(rng.choice(of_class, each, replace=False))
    return shown


def pushes(values, x, names, label):
    """How far each measurement pushes the answer for each grain: a row for each measurement, each dot is a grain.

    Parameters
    ----------
    values : array of float, shape (n, measurements)
        Shapley values.
    x : array of float, shape (n, measurements)
        What was measured: low is drawn light, high dark.
    names : sequence of str
    label : str
        Of the axis.
    """
    ax = axes_for(None, 7.5, 0.45 * len(names) + 1.2)
    sizes = np.abs(values)
    lengths = sizes.mean(axis=0)
    order = np.argsort(lengths)
    rng = np.random.default_rng(0)
    scatter = rng.uniform(-0.28, 0.28, len(values))
    ax.axvline(0, ls=":", color=GREY)
    for row, column in enumerate(order):
        rank = x[:, column].argsort().argsort() / len(x)
        dots = ax.scatter(values[:, column], row + scatter, c=rank, cmap="viridis_r", s=18, vmin=0, vmax=1)
        dots.set(edgecolor=BLACK, linewidth=0.4)
    bar = ax.figure.colorbar(dots, ax=ax)
    bar.set_ticks([0, 1], labels=["lowest", "highest"])
    bar.set_label("value of the measurement", fontsize=8)
    ax.set_yticks(range(len(names)), np.array(names)[order])
    ax.set_xlabel(label)
    grid(ax, "x")
    return ax.figure


def worse_pictures(tables, labels):
    """ROC-AUC against how much worse the pictures are: a panel for each way, a line for each model.

    Intervals are vertical lines, a little apart.

    Parameters
    ----------
    tables : dict of str to dict of str to DataFrame, indexed by strength
        From the way to the models, each with value, low, high.
    labels : dict of str to str
        Of the axes: what the strength is measured in.
    """
    fig, axes = plt.subplots(1, len(tables), figsize=(10, 3), sharey=True, layout="constrained", squeeze=False)
    for ax, (kind, models) in zip(axes[0], tables.items()):
        for number, name in enumerate(models):
            table, colour = models[name], LINES[number]
            places = table.index + 0.03 * np.ptp(table.index) * (number - 1)
            ax.vlines(places, table["low"], table["high"], color=colour, lw=1.5)
            ax.plot(places, table["value"], "o", ls=_STYLES[number], ms=4, color=colour, label=name)
        ax.axhline(0.5, ls=":", color=GREY)
        ax.set_title(kind, fontsize=10)
        ax.set_xlabel(labels[kind], fontsize=8)
        grid(ax)
    axes[0][0].set_ylabel("ROC-AUC")
    handles = axes[0][0].get_legend_handles_labels()
    fig.legend(*handles, fontsize=8, loc="outside upper center", ncols=len(models), frameon=False)
    return fig
