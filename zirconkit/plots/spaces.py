"""Maps of grains: flat, turned, and a scene that turns under the hand."""

import matplotlib.pyplot as plt
import numpy as np
import plotly.graph_objects as go
from matplotlib.offsetbox import AnnotationBbox, OffsetImage

from zirconkit.plots.base import COLOURS

__all__ = ["highlighted", "pictured", "scene", "turned"]

_SHAPES = (("o", "circle"), ("D", "diamond"), ("s", "square"), ("X", "x"))  # of matplotlib and of plotly


def _looks(groups):
    """Name, rows, colour and shape of each group: classes have their colours, others all but those."""
    palette = [COLOURS[name] for name in ("accent", "second", "warn", "quiet")]
    for number, name in enumerate(sorted(set(groups))):
        colour = COLOURS.get(name, palette[number % len(palette)])
        shape = _SHAPES[number % 2 if name in COLOURS else (number + number // len(palette)) % len(_SHAPES)]
        yield name, np.flatnonzero(np.asarray(groups) == name), colour, shape


def scene(xyz, groups, said, name="UMAP"):
    """A map in three dimensions that turns when it is dragged and tells of each grain under the mouse.

    Parameters
    ----------
    xyz : array, shape (n, 3)
    groups : sequence of str, n
        Class, sample or lithology of each grain: its colour and marker, and a line of the legend.
    said : sequence of str, n
        What to tell of each grain.
    name : str
        Of the axes.

    Returns
    -------
    plotly Figure
        Each trace's `customdata` has the numbers of its grains; `hover.beside` shows their crops.
    """
    figure = go.Figure()
    for group, rows, colour, (_, symbol) in _looks(groups):
        x, y, z = np.asarray(xyz, float)[rows].T
        text, marker = [str(said[row]) for row in rows], {"size": 4, "color": colour, "symbol": symbol, "opacity": 0.8}
        how = {"mode": "markers", "name": str(group), "text": text, "hoverinfo": "text+name"}
        figure.add_trace(go.Scatter3d(x=x, y=y, z=z, customdata=rows, marker=marker, **how))
    axes = {f"{axis}axis": {"title": {"text": f"{name} {number}"}} for number, axis in enumerate("xyz", 1)}
    figure.update_layout(scene=axes, width=620, height=520, margin={"l": 0, "r": 0, "t": 0, "b": 0})
    return figure


def turned(xyz, groups, name="UMAP", angles=(-60, 30)):
    """The same map on paper: two views of it, turned by `angles` (degrees) about the third axis; matplotlib Figure.

    The other parameters are as in `scene`.
    """
    fig, axes = plt.subplots(1, len(angles), figsize=(9.5, 4.4), subplot_kw={"projection": "3d"}, layout="constrained")
    for ax, angle in zip(axes, angles):
        for group, rows, colour, (marker, _) in _looks(groups):
            x, y, z = np.asarray(xyz)[rows].T
            ax.scatter(x, y, z, s=26, c=colour, marker=marker, alpha=0.8, lw=0, label=group, depthshade=False)
        ax.view_init(20, angle)
        ax.tick_params(labelsize=8)
        ax.set(xlabel=f"{name} 1", ylabel=f"{name} 2", zlabel=f"{name} 3")
        ax.set_box_aspect((4, 4, 3.4), zoom=0.95)
    fig.legend(*axes[0].get_legend_handles_labels(), fontsize=8, ncols=4, loc="outside lower center")
    return fig


def highlighted(xy, groups, colours, columns=4, name="UMAP"):
    """A flat map once for each group, whose grains stand out from all others in grey; matplotlib Figure.

    Parameters
    ----------
    xy : array, shape (n, 2)
    groups : sequence of str, n
    colours : dict of str to str
        Of the groups to show, in this order.
    columns : int
    name : str
        Of the axes.
    """
    rows = -(-len(colours) // columns)
    fig, axes = plt.subplots(
        rows, columns, figsize=(9.5, 2.2 * rows + 0.3), sharex=True, sharey=True, squeeze=False, layout="constrained"
    )
    for ax in axes.flat[len(colours) :]:
        ax.axis("off")
    for ax in axes.flat[max(0, len(colours) - columns) : len(colours)]:
        ax.tick_params(labelbottom=True)  # the lowest of its column, even where the last row is not full
    for ax, (group, colour) in zip(axes.flat, colours.items()):
        mine = np.asarray(groups) == group
        ax.plot(*np.asarray(xy)[~mine].T, ".", ms=2, color="0.8")
        ax.plot(*np.asarray(xy)[mine].T, ".", ms=5, color=colour)
        ax.set_title(f"{group} ({mine.sum()})", fontsize=8)
        ax.tick_params(labelsize=8)
    fig.supxlabel(f"{name} 1", fontsize=9)
    fig.supylabel(f"{name} 2", fontsize=9)
    return fig


def pictured(xy, images, cells=16, name="UMAP"):
    """A flat map drawn with the grains themselves, one for each square of a grid that holds any; matplotlib Figure.

    Parameters
    ----------
    xy : array, shape (n, 2)
    images : array of uint8, shape (n, height, width, 1)
    cells : int
        Squares along the longer side.
    name : str
        Of the axes.
    """
    xy = np.asarray(xy)
    fig, ax = plt.subplots(figsize=(8, 7), layout="constrained")
    low, side = xy.min(axis=0), np.ptp(xy, axis=0).max() / cells or 1
    ax.set(xlabel=f"{name} 1", ylabel=f"{name} 2", aspect="equal")
    ax.set(xlim=(low[0] - side, xy[:, 0].max() + side), ylim=(low[1] - side, xy[:, 1].max() + side))
    fig.draw_without_rendering()  # only now it is known how large a square comes out
    zoom = 0.95 * side * ax.transData.get_matrix()[0, 0] / images.shape[1] * 72 / fig.dpi
    squares = np.floor((xy - low) / side).astype(int)
    for square in np.unique(squares, axis=0):
        inside = np.flatnonzero((squares == square).all(axis=1))
        middle = low + (square + 0.5) * side
        best = inside[np.argmin(((xy[inside] - middle) ** 2).sum(axis=1))]
        picture = OffsetImage(images[best, ..., 0], zoom=zoom, cmap="gray", clim=(0, 255))
        ax.add_artist(AnnotationBbox(picture, middle, frameon=False, pad=0))
    return fig
