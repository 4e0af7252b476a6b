"""Maps of grains: flat ones, and a scene that turns under the hand."""

from itertools import cycle
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import plotly.graph_objects as go
from matplotlib.lines import Line2D
from matplotlib.offsetbox import AnnotationBbox, OffsetImage

from zirconkit.plots.canvas import blank
from zirconkit.plots.palette import AMBER, GREEN, GREY, LINES, PINK, class_colours
from zirconkit.plots.pictures import as_picture
from zirconkit.samples import CLASSES

__all__ = ["guests", "highlighted", "map_and_axes", "map_panels", "pictured", "probed", "scene"]

_PALETTE = (GREEN, PINK, AMBER, GREY)
_SYMBOLS = ("circle", "diamond", "square", "x")  # by plotly's names


class _Group(NamedTuple):
    """Some of the grains, and how they are drawn."""

    name: str
    rows: np.ndarray
    colour: str
    symbol: str


def _groups(groups, colours):
    """The grains of each group, in the order of the names; colours that come again come with another symbol."""
    names = sorted(set(groups))
    if colours is None:
        colours = dict(zip(names, cycle(_PALETTE))) | class_colours(CLASSES)
    for number, name in enumerate(names):
        rows = np.flatnonzero(np.asarray(groups) == name)
        round_of_colours = number // len(_PALETTE)
        symbol = _SYMBOLS[(number + round_of_colours) % len(_SYMBOLS)]
        yield _Group(name, rows, colours[name], symbol)


def scene(xyz, groups, said, colours=None, name="UMAP"):
    """A map in three dimensions that turns when it is dragged and tells of each grain under the mouse.

    Parameters
    ----------
    xyz : array, shape (n, 3)
    groups : sequence of str, n
        Class, sample or lithology of each grain: its colour and marker, and a line of the legend.
    said : sequence of str, n
        What to tell of each grain.
    colours : dict of str to str, optional
        Of the groups, such as `class_colours`. By default four that come again, and the paper's classes have theirs.
    name : str
        Of the axes.

    Returns
    -------
    plotly Figure
        Each trace's `customdata` has the numbers of its grains; `widgets.hover_crops` shows their crops.
    """
    figure = go.Figure()
    for group in _groups(groups, colours):
        x, y, z = np.asarray(xyz, float)[group.rows].T
        dots = go.Scatter3d(x=x, y=y, z=z, mode="markers", name=str(group.name), customdata=group.rows)
        dots.marker = {"size": 4, "color": group.colour, "symbol": group.symbol, "opacity": 0.8}
        dots.text = [str(said[row]) for row in group.rows]
        dots.hoverinfo = "text+name"
        figure.add_trace(dots)
    for number, axis in enumerate(("xaxis", "yaxis", "zaxis"), 1):
        figure.layout.scene[axis].title.text = f"{name} {number}"
    figure.update_layout(width=620, height=520, margin={"l": 0, "r": 0, "t": 0, "b": 0})
    return figure


def highlighted(xy, groups, colours, name="UMAP"):
    """A flat map once for each group, whose grains stand out from all others in grey; matplotlib Figure.

    Parameters
    ----------
    xy : array, shape (n, 2)
    groups : sequence of str, n
    colours : dict of str to str
        Of the groups to show, in this order.
    name : str
        Of the axes.
    """
    xy, groups, shown = np.asarray(xy), np.asarray(groups), len(colours)
    rows = -(-shown // 4)
    size = (9.5, 2.2 * rows + 0.3)
    fig, axes = plt.subplots(rows, 4, figsize=size, sharex=True, sharey=True, squeeze=False, layout="constrained")
    for ax, (group, colour) in zip(axes.flat, colours.items()):
        mine = groups == group
        ax.plot(*xy[~mine].T, ".", ms=2, color="0.8")
        ax.plot(*xy[mine].T, ".", ms=5, color=colour)
        ax.set_title(f"{group} ({mine.sum()})", fontsize=8)
        ax.tick_params(labelsize=8)
    for ax in axes.flat[max(0, shown - 4) : shown]:
        ax.tick_params(labelbottom=True)  # the lowest of its column, even where the last row is not full
    blank(axes.flat[shown:])
    fig.supxlabel(f"{name} 1", fontsize=9)
    fig.supylabel(f"{name} 2", fontsize=9)
    return fig


def pictured(xy, images, cells=16, name="UMAP"):
    """A flat map drawn with the grains themselves, one for each square of a grid that holds any; matplotlib Figure.

    Parameters
    ----------
    xy : array, shape (n, 2)
    images : array of uint8, shape (n, height, width, channels)
    cells : int
        Squares along the longer side.
    name : str
        Of the axes.
    """
    xy = np.asarray(xy)
    fig, ax = plt.subplots(figsize=(8, 7), layout="constrained")
    low, side = xy.min(axis=0), np.ptp(xy, axis=0).max() / cells or 1
    ax.set_xlim(xy[:, 0].min() - side, xy[:, 0].max() + side)
    ax.set_ylim(xy[:, 1].min() - side, xy[:, 1].max() + side)
    ax.set_aspect("equal")
    ax.set_xlabel(f"{name} 1")
    ax.set_ylabel(f"{name} 2")
    fig.draw_without_rendering()  # only now it is known how large a square comes out
    pixels = side * ax.transData.get_matrix()[0, 0]
    zoom = 0.95 * pixels / images.shape[1] * 72 / fig.dpi
    for middle, row in _one_of_each_square(xy, low, side):
        picture = OffsetImage(as_picture(images[row]), zoom=zoom, cmap="gray", clim=(0, 255))
        ax.add_artist(AnnotationBbox(picture, middle, frameon=False, pad=0))
    return fig


def _one_of_each_square(xy, low, side):
    """The middle of each square of a grid from `low` on that holds any points, and the row of that nearest to it."""
    squares = np.floor((xy - low) / side)
    for square in np.unique(squares, axis=0):
        is_inside = (squares == square).all(axis=1)
        inside = np.flatnonzero(is_inside)
        middle = low + (square + 0.5) * side
        away = np.hypot(*(xy[inside] - middle).T)
        yield middle, inside[np.argmin(away)]


def _dots(ax, xy, table, colour):
    """Grains as dots, coloured by class or by the ranks of a measure; what matplotlib drew of the latter."""
    if colour == "class_name":
        for name, hue in class_colours(sorted(set(table[colour]))).items():
            rows = table[colour].eq(name).to_numpy()
            ax.plot(*xy[rows].T, ".", ms=5, alpha=0.7, color=hue, label=name)
        return None
    ranks = table[colour].rank(pct=True)
    return ax.scatter(*xy.T, s=10, c=ranks, cmap="viridis", vmin=0, vmax=1)


def map_and_axes(xy, table, colour, axes, measures):
    """A flat map, and what its two axes follow: matplotlib Figure.

    Parameters
    ----------
    xy : array, shape (n, 2)
    table : DataFrame, n rows
    colour : str
        The column that colours the grains: `class_name`, or a measure.
    axes : DataFrame
        As `embeddings.axes_of` gives it.
    measures : dict of str to str
        What each column is called.
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(8.6, 3.9), width_ratios=(1.35, 1), layout="constrained")
    drawn = _dots(left, np.asarray(xy), table, colour)
    left.set(xlabel="UMAP 1", ylabel="UMAP 2", xticks=[], yticks=[])
    if drawn is None:
        fig.legend(fontsize=8, loc="outside upper left", ncols=3, frameon=False)
    else:
        bar = fig.colorbar(drawn, ax=left, ticks=(0, 1), label=f"{measures[colour]} (rank)", location="left")
        bar.ax.set_yticklabels(["lowest", "highest"])
    places = np.arange(len(axes))[::-1]
    for number, (shift, hue) in enumerate(((0.18, LINES[0]), (-0.18, LINES[1])), 1):
        right.barh(places + shift, axes[number], height=0.34, color=hue, label=f"UMAP {number}")
    right.axvline(0, color="black", lw=0.8)
    right.set(xlim=(-1, 1), yticks=places, xlabel="Spearman's ρ with the axis")
    right.set_yticklabels([measures[name] for name in axes.index], fontsize=9)
    right.legend(fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=2, frameon=False)
    return fig


def map_panels(maps, table, colour, label):
    """Several flat maps of the same grains, coloured by the ranks of one measure: matplotlib Figure.

    Parameters
    ----------
    maps : dict of str to array, shape (n, 2)
        By title, drawn three in a row.
    table : DataFrame, n rows
    colour : str
        A measured column.
    label : str
        What it is called.
    """
    rows = -(-len(maps) // 3)
    fig, axes = plt.subplots(rows, 3, figsize=(9, 2.7 * rows), squeeze=False, layout="constrained")
    for ax, (title, xy) in zip(axes.flat, maps.items()):
        drawn = _dots(ax, np.asarray(xy), table, colour)
        ax.set(xticks=[], yticks=[], xlabel="UMAP 1", ylabel="UMAP 2")
        ax.set_title(title, fontsize=9)
    blank(axes.flat[len(maps) :])
    bar = fig.colorbar(drawn, ax=axes, ticks=(0, 1), label=f"{label} (rank)", shrink=0.6)
    bar.ax.set_yticklabels(["lowest", "highest"])
    return fig


def guests(xy, placed, images, names):
    """A flat map in grey, and on it the pictures of guests that were placed afterwards: matplotlib Figure.

    Both axes have one scale, as in `pictured`.

    Parameters
    ----------
    xy : array, shape (n, 2)
    placed : array, shape (m, 2)
    images : sequence of m arrays of uint8
    names : sequence of str, m
    """
    xy, placed = np.asarray(xy), np.asarray(placed)
    fig, ax = plt.subplots(figsize=(8, 7), layout="constrained")
    ax.set_aspect("equal", adjustable="datalim")
    ax.plot(*xy.T, ".", ms=5, color="0.75")
    ax.plot(*placed.T, "o", ms=7, color=PINK, mec="black")
    sides = np.linspace(0, 1, len(names) + 2)[1:-1]
    order = np.argsort(placed[:, 0])
    for side, row in zip(sides, order):
        picture = OffsetImage(as_picture(images[row]), zoom=1.3, cmap="gray", clim=(0, 255))
        arrow = {"arrowstyle": "-", "color": PINK}
        box = AnnotationBbox(picture, placed[row], (side, 1.09), boxcoords="axes fraction", arrowprops=arrow, pad=0.1)
        ax.add_artist(box)
        ax.text(side, 1.16, names[row], ha="center", fontsize=8, transform=ax.transAxes)
    ax.set(xlabel="UMAP 1", ylabel="UMAP 2")
    return fig


def probed(panels, label, hues=LINES):
    """How well each property is known in several spaces, each panel by itself: matplotlib Figure.

    Parameters
    ----------
    panels : dict of str to DataFrame
        By title; columns of (the property), space, value, low, high. A property of which a panel has nothing is said
        not to be asked there.
    label : str
        What is measured, on an axis with a dotted line at 0.
    hues : sequence of str
        The spaces' colours.
    """
    everything = pd.concat(panels.values())
    properties, spaces = (list(dict.fromkeys(everything[name])) for name in ("of", "space"))
    hue_of = dict(zip(spaces, hues))
    size = (9.5, 1.3 + max(0.44, 0.14 * len(spaces)) * len(properties))
    shared = {"sharex": True, "sharey": True, "squeeze": False}
    fig, axes = plt.subplots(1, len(panels), figsize=size, layout="constrained", **shared)
    for ax, (title, table) in zip(axes[0], panels.items()):
        _intervals(ax, table, properties, hue_of)
        ax.axvline(0, ls=":", color=GREY)
        ax.set(xlabel=label, yticks=range(len(properties)), yticklabels=properties[::-1])
        ax.set_title(title, fontsize=10)
        ax.grid(axis="x", alpha=0.3)
    dots = [Line2D([], [], marker="o", ls="", color=hue, label=space) for space, hue in hue_of.items()]
    fig.legend(handles=dots, fontsize=9, loc="outside upper center", ncols=3, frameon=False)
    return fig


def _intervals(ax, table, properties, hue_of):
    """A dot and an interval for each space and property, from the top down."""
    known = set(table["of"])
    for number, (space, hue) in enumerate(hue_of.items()):
        part = table[table["space"] == space].set_index("of").reindex(properties)
        height = np.arange(len(properties))[::-1] + 0.3 - 0.6 * number / max(1, len(hue_of) - 1)
        ax.hlines(height, part["low"], part["high"], color=hue, lw=2)
        ax.plot(part["value"], height, "o", ms=5, color=hue, label=space)
    for place, name in enumerate(properties[::-1]):
        if name not in known:
            ax.text(0.5, place, "not asked", color=GREY, fontsize=9, va="center", transform=ax.get_yaxis_transform())
