"""Powder patterns, and the sticks that are laid on them."""

import matplotlib.pyplot as plt
import numpy as np

from zirconkit.plots.palette import COLOURS, LINES

__all__ = ["bragg_sketch", "fingerprints", "laid_sticks", "parts_of_a_pattern"]

ANGLE = "2θ for Cu Kα (°)"


def laid_sticks(two_theta, counts, laid, title=""):
    """A pattern with a mineral's sticks below it, green on a peak, pink elsewhere: Figure."""
    fig, (top, low) = plt.subplots(2, 1, figsize=(9.5, 4), sharex=True, height_ratios=[3, 1], layout="constrained")
    top.plot(two_theta, np.sqrt(counts), color="black", lw=0.8)
    top.set(ylabel="√counts", title=title)
    heights = np.sqrt(laid.strength / 100)
    for hit, colour in ((True, LINES[0]), (False, LINES[1])):
        some = laid.hits == hit
        low.vlines(laid.angles[some], 0, heights[some], color=colour, lw=1.6)
        top.vlines(laid.angles[some], 0, np.sqrt(counts).max(), color=colour, lw=0.6, alpha=0.4)
    low.set(xlabel=ANGLE, ylabel="√strength", ylim=(0, 1.05), xlim=(two_theta[0], two_theta[-1]))
    return fig


def bragg_sketch(theta=25.0):
    """Two rays on two planes, the longer way of the lower one in green, theta and 2 theta marked (degrees): Figure."""
    fig, ax = plt.subplots(figsize=(7, 3), layout="constrained")
    angle = np.radians(theta)
    along = np.array([np.cos(angle), np.sin(angle)])
    back = along * (-1, 1)
    for depth in (0, -1):
        ax.axhline(depth, color=COLOURS["quiet"], lw=1)
        for way in (back, along):
            ax.plot(*np.array([(0, depth), 3.2 * way + (0, depth)]).T, color="black", lw=1)
    longer = np.sin(angle)
    for way in (back, along):
        ax.plot(*np.array([(0, -1), longer * way + (0, -1)]).T, color=COLOURS["accent"], lw=4)
        ax.plot(*np.array([(0, 0), longer * way + (0, -1)]).T, color=COLOURS["quiet"], lw=0.8, ls=":")
    ax.plot(*np.array([(0, 0), 2.2 * along * (1, -1)]).T, color=COLOURS["quiet"], lw=0.8, ls="--")
    _arc(ax, 1.2, 180 - theta, 180, "θ")
    _arc(ax, 1.2, 0, theta, "θ")
    _arc(ax, 1.9, -theta, theta, "2θ")
    ax.annotate("", (-2.6, 0), (-2.6, -1), arrowprops={"arrowstyle": "<->"})
    ax.text(-2.7, -0.5, "d", ha="right", va="center", style="italic")
    ax.text(0, -1.15, "each green piece: d sin θ", ha="center", va="top")
    ax.set(aspect="equal", xlim=(-3.2, 3.2), ylim=(-1.5, 1.5))
    ax.axis("off")
    return fig


def _arc(ax, radius, start, end, name):
    """An angle at the origin from start to end (degrees), named in its middle."""
    turn = np.radians(np.linspace(start, end, 30))
    ax.plot(radius * np.cos(turn), radius * np.sin(turn), color="black", lw=0.8)
    middle = np.radians(start + 0.6 * (end - start))
    ax.text(1.12 * radius * np.cos(middle), 1.12 * radius * np.sin(middle), name, ha="center", va="center")


def fingerprints(two_theta, patterns):
    """Patterns one below the other, by name, as square roots and on one scale: Figure."""
    fig, axes = plt.subplots(
        len(patterns), 1, figsize=(9.5, 1.1 * len(patterns) + 0.6), sharex=True, sharey=True, layout="constrained"
    )
    for ax, (name, pattern) in zip(np.atleast_1d(axes), patterns.items()):
        ax.plot(two_theta, np.sqrt(np.maximum(pattern, 0)), color="black", lw=0.8)
        ax.set_yticks([])
        ax.set_ylabel(name, rotation=0, ha="right", va="center")
    np.atleast_1d(axes)[-1].set_xlabel(ANGLE)
    fig.supylabel("√height")
    return fig


def parts_of_a_pattern(two_theta, counts, curves, background):
    """A pattern and the sum that was fitted, its parts, and the difference, all as square roots: Figure."""
    fig, axes = plt.subplots(3, 1, figsize=(9.5, 6), sharex=True, height_ratios=[3, 3, 1.5], layout="constrained")
    whole, parts, low = axes
    fitted = sum(curves.values()) + background
    whole.plot(two_theta, np.sqrt(counts), color=COLOURS["quiet"], lw=2.4, alpha=0.6, label="mixture")
    whole.plot(two_theta, np.sqrt(fitted), color="black", lw=0.9, label="fitted sum")
    for (name, curve), colour in zip(curves.items(), (*LINES[:2], *LINES[3:])):
        parts.plot(two_theta, np.sqrt(curve), color=colour, lw=1.1, label=name)
    low.plot(two_theta, np.sqrt(counts) - np.sqrt(fitted), color=COLOURS["quiet"], lw=0.8)
    low.axhline(0, color="black", lw=0.6)
    whole.set_ylabel("√counts")
    parts.set_ylabel("√counts, parts")
    low.set(xlabel=ANGLE, ylabel="left over", xlim=(two_theta[0], two_theta[-1]))
    for ax in (whole, parts):
        ax.legend(fontsize=8, frameon=False, loc="upper right")
    return fig
