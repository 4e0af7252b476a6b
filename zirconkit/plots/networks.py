"""Networks as diagrams: what of them is frozen, what learns, and what is new."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import Patch

from zirconkit.plots.palette import AMBER, GREEN, GREY

__all__ = ["freezing", "maps_on_grain", "u_shape"]


def freezing(parts, free, head, cut=()):
    """A network as a row of bars, as high as each layer has weights: frozen grey, unfrozen amber, the head green.

    Parameters
    ----------
    parts : list of (str, int)
        The layers of the base that have weights, in order: name and number of weights.
    free : int
        How many of them, counted from the last, may learn.
    head : int
        Number of weights of the new head, which always learns.
    cut : sequence of (str, int)
        Layers of the borrowed network behind the base, which are not used: empty bars with a broken edge.

    Returns
    -------
    matplotlib Figure
    """
    every = [*parts, *cut, ("head", head)]
    names, weights = [name for name, _ in every], np.array([count for _, count in every])
    fills = [GREY] * (len(parts) - free) + [AMBER] * free + ["white"] * len(cut) + [GREEN]
    places = np.arange(len(every))
    fig, ax = plt.subplots(figsize=(9.5, 3), layout="constrained")
    bars = ax.bar(places, weights, color=fills, width=0.8)
    for bar in bars[len(parts) : -1]:
        bar.set(edgecolor=GREY, linestyle="--")
    for place, count in zip(places, weights):
        ax.text(place, count * 1.15, _short(count), ha="center", fontsize=8)
    ax.set(yscale="log", ylim=(weights.min() / 3, weights.max() * 12))
    ax.set(xlabel="from the image, left, to the answer, right", ylabel="weights")
    ax.set_xticks(places, names, rotation=45, ha="right", fontsize=8)
    kinds = {"frozen": GREY, "unfrozen": AMBER, "new head": GREEN}
    handles = [Patch(color=colour, label=name) for name, colour in kinds.items()]
    if cut:
        handles.append(Patch(facecolor="white", edgecolor=GREY, linestyle="--", label="cut off"))
    ax.legend(handles=handles, fontsize=8, ncols=len(handles), loc="upper left")
    return fig


def _short(count):
    """A number of weights with three digits at most: 1,792 is 1.79 k."""
    if count < 1e3:
        return f"{count}"
    if count < 1e6:
        return f"{count / 1e3:.3g} k"
    return f"{count / 1e6:.3g} M"


def maps_on_grain(image, maps, channels):
    """Feature maps laid over the darkened grain from which they come: what is strong is amber.

    Parameters
    ----------
    image : array of uint8, shape (height, width)
    maps : array of float, shape (rows, columns, n_channels)
    channels : list of int
        Which of them to draw, each on its own scale.

    Returns
    -------
    matplotlib Figure
        The grain, then a panel for each channel.
    """
    fig, axes = plt.subplots(1, len(channels) + 1, figsize=(9.5, 2.2), layout="constrained")
    extent = (0, image.shape[1], image.shape[0], 0)
    for ax in axes:
        ax.imshow(image, cmap="gray", extent=extent, vmin=0, vmax=255 if ax is axes[0] else 600)
        ax.set(xticks=[], yticks=[])
    axes[0].set_title("the grain", fontsize=9)
    for ax, channel in zip(axes[1:], channels):
        strong = np.clip(maps[..., channel] - np.median(maps[..., channel]), 0, None)
        strong = np.sqrt(strong / max(strong.max(), 1e-9))  # so that the weaker half is seen, too
        overlay = np.zeros((*strong.shape, 4))
        overlay[..., :3] = (0.90, 0.62, 0.0)
        overlay[..., 3] = 0.9 * strong
        ax.imshow(overlay, extent=extent, interpolation="bilinear")
        ax.set_title(f"map {channel}", fontsize=9)
    return fig


def u_shape(side, widths):
    """A U-Net as a diagram: how large the maps are at each height, how many, and how far each of their numbers sees.

    Each height has two 3 x 3 convolutions; pooling by two leads down.

    Parameters
    ----------
    side : int
        Of the image, px.
    widths : sequence of int
        Maps at each height, from the image's own down.

    Returns
    -------
    matplotlib Figure
        Skip connections are green.
    """
    fig, ax = plt.subplots(figsize=(9.5, 3.9), layout="constrained")
    bottom = len(widths) - 1
    last = 2 * bottom
    for height, (width, seen) in enumerate(zip(widths, _seen(len(widths)))):
        size = side // 2**height
        maps = f"{size} × {size}, {width} maps"
        _boxed(ax, height, -height, f"{maps}\neach number sees {seen} × {seen} px")
        if height < bottom:
            _boxed(ax, last - height, -height, maps)
            _arrow(ax, (height + 0.68, -height), (last - height - 0.42, -height), GREEN, 2)
            _arrow(ax, (height + 0.1, -height - 0.25), (height + 0.8, -height - 0.75), GREY)
            _arrow(ax, (last - height - 0.8, -height - 0.75), (last - height - 0.1, -height - 0.25), GREY)
    ax.text(last / 2, 0.1, "skip connections", color=GREEN, ha="center", fontsize=9)
    ax.text(0.2, -1.6, "pooling halves\nthe side", color=GREY, ha="center", fontsize=9)
    ax.text(last - 0.2, -1.6, "enlarging\ndoubles it", color=GREY, ha="center", fontsize=9)
    _arrow(ax, (0, 0.45), (0, 0.2), GREY)
    _arrow(ax, (last, 0.2), (last, 0.45), GREY)
    ax.text(0, 0.5, f"image, {side} × {side}", ha="center", fontsize=9)
    ax.text(last, 0.5, f"3 probabilities\nfor each of {side} × {side} pixels", ha="center", fontsize=9)
    ax.set(xlim=(-0.7, last + 0.7), ylim=(-bottom - 0.5, 0.9))
    ax.axis("off")
    return fig


def _seen(heights):
    """Over how many pixels a number sees after the two convolutions of each height: yields int."""
    seen, step = 1, 1
    for _ in range(heights):
        seen += 4 * step
        yield seen
        seen += step
        step *= 2


def _boxed(ax, x, y, text):
    box = {"boxstyle": "round", "facecolor": "white", "edgecolor": GREY}
    ax.text(x, y, text, ha="center", va="center", fontsize=8, bbox=box)


def _arrow(ax, start, end, colour, width=1.2):
    ax.annotate("", end, start, arrowprops={"arrowstyle": "->", "color": colour, "lw": width})
