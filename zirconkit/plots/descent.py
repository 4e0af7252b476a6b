"""One neurone on one feature: its curve, the loss as a landscape over weight and bias, and walks on it."""

from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
from scipy.special import expit

from zirconkit.plots.canvas import grid
from zirconkit.plots.palette import COLOURS, LINES, class_colours

__all__ = ["Landscape", "backwards", "bends", "curve_on_grains", "descended", "descents", "walked"]

MARGINS = {"left": 0.08, "right": 0.97, "bottom": 0.17, "top": 0.9, "wspace": 0.25}  # by hand: a layout costs 0.1 s


class Landscape(NamedTuple):
    """What a walk of weight and bias goes over.

    Attributes
    ----------
    feature : array of float, shape (n,)
        Of each grain. The neurone gets it less its mean, over its standard deviation.
    y : array of 0 and 1, shape (n,)
    classes : sequence of str
        Two.
    w, b : array of float
        Of the map's columns and rows.
    loss : array of float, shape (len(b), len(w))
    """

    feature: np.ndarray
    y: np.ndarray
    classes: tuple
    w: np.ndarray
    b: np.ndarray
    loss: np.ndarray


def curve_on_grains(feature, y, classes, ax=None):
    """Grains of two classes at heights 0 and 1 over a feature, each dot is one grain; the curves come on top."""
    if ax is None:
        _, ax = plt.subplots(figsize=(7, 3), layout="constrained")
    height = y + np.random.default_rng(0).uniform(-0.045, 0.045, len(y))
    for number, (name, colour) in enumerate(class_colours(classes).items()):
        is_class = y == number
        ax.plot(feature[is_class], height[is_class], "o", ms=5, alpha=0.6, color=colour)
        ax.text(0.99, 0.8 if number else 0.2, f"{name} grains", color=colour, fontsize=9, ha="right", va="center",
                transform=ax.transAxes)  # fmt: skip
    ax.set_xlabel("aspect ratio (length / width)")
    ax.set_ylabel(f"probability of {classes[1]}")
    ax.set_ylim(-0.1, 1.1)
    grid(ax)
    return ax.figure


def walked(land, path, fog=False):
    """Where a walk over weight and bias has led: the curve that is the last place, and the trail on the map.

    Parameters
    ----------
    land : Landscape
    path : array of float, shape (steps, 2) or (steps, 3)
        Weight and bias of each place.
    fog : bool
        Hide the map, and show the trail alone.
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.5), gridspec_kw=MARGINS)
    curve_on_grains(land.feature, land.y, land.classes, left)
    mean, spread = land.feature.mean(), land.feature.std()
    line = np.linspace(*left.get_xlim(), 200)
    w, b = path[-1][:2]
    left.plot(line, expit(w * (line - mean) / spread + b), color="black", lw=2)
    _map(right, land, fog)
    right.set_title("fog" if fog else "loss: dark is low, 0.05 from line to line", fontsize=10)
    _trail(right, np.asarray(path), LINES[1])
    return fig


def descended(land, path, rate):
    """A walk downhill: its loss after each step, and its trail on the map.

    Parameters
    ----------
    land : Landscape
    path : array of float, shape (steps, 3)
        Weight, bias and loss of each place.
    rate : float
        The learning rate.
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.5), gridspec_kw=MARGINS)
    left.plot(path[:, 2], "o-", ms=4, color=LINES[1])
    left.axhline(np.log(2), ls=":", color=COLOURS["quiet"])
    left.text(0.5 * len(path), np.log(2), "½ to every grain", fontsize=8, ha="center", va="bottom")
    left.set(xlabel="step", ylabel="loss", ylim=(0.9 * land.loss.min(), max(1.0, 1.05 * path[:, 2].max())))
    grid(left)
    _map(right, land)
    _trail(right, path, LINES[1])
    right.set_title(f"learning rate {rate:.3g}", fontsize=10)
    return fig


def descents(land, paths):
    """Walks with several learning rates, a map for each: dict of float to array of float, shape (steps, 3)."""
    fig, axes = plt.subplots(1, len(paths), figsize=(10, 3.3), sharey=True, layout="constrained")
    for ax, (rate, path) in zip(axes, paths.items()):
        _map(ax, land)
        _trail(ax, path, LINES[1])
        title = f"learning rate {rate:g}: loss {path[-1, 2]:.3f}"
        ax.set_title(title, fontsize=10)
    for ax in axes[1:]:
        ax.set_ylabel("")
    return fig


def _map(ax, land, fog=False):
    """The loss over weight and bias, dark where it is low; every line is as far from the next in loss."""
    if not fog:
        levels = np.linspace(land.loss.min(), land.loss.min() + 1, 21)
        ax.contourf(land.w, land.b, land.loss, levels, cmap="Greys_r", extend="max")
        ax.contour(land.w, land.b, land.loss, levels, colors="white", linewidths=0.4)
    ax.set_facecolor("0.9")
    ax.set(xlabel="weight w", ylabel="bias b", xlim=land.w[[0, -1]], ylim=land.b[[0, -1]])


def _trail(ax, path, colour):
    """A trail with a cross where it begins and a disc where it is; places beyond the map are drawn at its edge."""
    w = np.clip(path[:, 0], *ax.get_xlim())
    b = np.clip(path[:, 1], *ax.get_ylim())
    ax.plot(w, b, "o-", ms=3, lw=1, color=colour)
    ax.plot(w[0], b[0], "X", ms=9, color="black", mec="white")
    ax.plot(w[-1], b[-1], "o", ms=9, color=colour, mec="white")


def backwards(forward, backward):
    """Two neurones in a row: the numbers that go forward above the line, and the slopes that come back below it.

    Parameters
    ----------
    forward, backward : dict of str to str
        What stands at "x", "w1", "z1", "h", "w2", "z2", "p" and "loss"; what is left out stays empty.
    """
    fig, ax = plt.subplots(figsize=(10, 2.3), layout="constrained")
    places = dict(zip(("x", "w1", "z1", "h", "w2", "z2", "p", "loss"), range(8)))
    for name, place in places.items():
        is_weight = name in ("w1", "w2")
        shape = {"boxstyle": "round,pad=0.5" if is_weight else "circle,pad=0.6", "fc": "white", "ec": "black"}
        title = {"w1": "w₁, b₁", "w2": "w₂, b₂", "z1": "z₁", "z2": "z₂"}.get(name, name)
        ax.text(place, 0, title, ha="center", va="center", fontsize=10, bbox=shape)
        ax.text(place, 0.5, forward.get(name, "").replace("-", "−"), ha="center", va="bottom", fontsize=9)
        came = backward.get(name, "").replace("-", "−")
        ax.text(place, -0.5, came, ha="center", va="top", fontsize=9, color=COLOURS["accent"])
    for place in range(7):
        ax.annotate("", (place + 0.72, 0.12), (place + 0.3, 0.12), arrowprops={"arrowstyle": "->"})
        back = {"arrowstyle": "->", "color": COLOURS["accent"]}
        ax.annotate("", (place + 0.3, -0.12), (place + 0.72, -0.12), arrowprops=back)
    ax.set(xlim=(-0.6, 7.6), ylim=(-1, 1))
    ax.axis("off")
    return fig


def bends(z, curves):
    """What neurones make of their sum z, a panel for each: dict of title to array, the shape of z."""
    fig, axes = plt.subplots(1, len(curves), figsize=(9, 2.4), layout="constrained")
    for ax, (title, values) in zip(axes, curves.items()):
        ax.plot(z, values, color="black")
        ax.set_title(title, fontsize=10)
        ax.set_xlabel("input")
        grid(ax)
    axes[0].set_ylabel("output")
    return fig
