"""Maps of grains: flat, turned, and a scene that turns under the hand."""

from itertools import cycle
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import plotly.graph_objects as go
from matplotlib.offsetbox import AnnotationBbox, OffsetImage

from zirconkit.plots.canvas import blank
from zirconkit.plots.palette import AMBER, GREEN, GREY, PINK, class_colours
from zirconkit.plots.pictures import as_picture
from zirconkit.samples import CLASSES

__all__ = ["highlighted", "pictured", "scene", "turned"]

_PALETTE = (GREEN, PINK, AMBER, GREY)
_MARKERS = (("o", "circle"), ("D", "diamond"), ("s", "square"), ("X", "x"))  # of matplotlib and of plotly


class _Group(NamedTuple):
    """Some of the grains, and how they are drawn."""

    name: str
    rows: np.ndarray
    colour: str
    marker: str
    symbol: str  # the marker's name in plotly


def _groups(groups, colours):
    """The grains of each group, in the order of the names; colours that come again come with another marker."""
    names = sorted(set(groups))
    if colours is None:
        colours = dict(zip(names, cycle(_PALETTE))) | class_colours(CLASSES)
    for number, name in enumerate(names):
        rows = np.flatnonzero(np.asarray(groups) == name)
        round_of_colours = number // len(_PALETTE)
        marker, symbol = _MARKERS[(number + round_of_colours) % len(_MARKERS)]
        yield _Group(name, rows, colours[name], marker, symbol)


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


def turned(xyz, groups, colours=None, name="UMAP"):
    """The same map on paper: two views of it, a quarter turn apart about the third axis; matplotlib Figure.

    The parameters are as in `scene`.
    """
    fig, axes = plt.subplots(1, 2, figsize=(9.5, 4.4), subplot_kw={"projection": "3d"}, layout="constrained")
    for ax, angle in zip(axes, (-60, 30)):
        for group in _groups(groups, colours):
            x, y, z = np.asarray(xyz)[group.rows].T
            dots = ax.scatter(x, y, z, s=26, c=group.colour, marker=group.marker, lw=0, depthshade=False)
            dots.set(alpha=0.8, label=group.name)
        ax.view_init(20, angle)
        ax.tick_params(labelsize=8)
        ax.set_xlabel(f"{name} 1")
        ax.set_ylabel(f"{name} 2")
        ax.set_zlabel(f"{name} 3")
        ax.set_box_aspect((4, 4, 3.4), zoom=0.95)
    fig.legend(*axes[0].get_legend_handles_labels(), fontsize=8, ncols=4, loc="outside lower center")
    return fig


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
