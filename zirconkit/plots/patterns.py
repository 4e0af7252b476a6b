"""Powder patterns, and the sticks that are laid on them."""

import matplotlib.pyplot as plt
import numpy as np

from zirconkit.plots.palette import COLOURS, LINES

__all__ = ["fingerprints", "laid_sticks", "parts_of_a_pattern"]

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


def fingerprints(two_theta, patterns):
    """Patterns one below the other, by name: Figure."""
    fig, axes = plt.subplots(
        len(patterns), 1, figsize=(9.5, 1.1 * len(patterns) + 0.6), sharex=True, layout="constrained"
    )
    for ax, (name, pattern) in zip(np.atleast_1d(axes), patterns.items()):
        ax.plot(two_theta, np.sqrt(np.maximum(pattern, 0)), color="black", lw=0.8)
        ax.set_yticks([])
        ax.set_ylabel(name, rotation=0, ha="right", va="center")
    np.atleast_1d(axes)[-1].set_xlabel(ANGLE)
    return fig


def parts_of_a_pattern(two_theta, counts, curves, background):
    """A measured pattern, the sum that was fitted, its parts, and what is left over: Figure."""
    fig, (top, low) = plt.subplots(2, 1, figsize=(9.5, 4.4), sharex=True, height_ratios=[3, 1], layout="constrained")
    fitted = sum(curves.values()) + background
    top.plot(two_theta, counts, color=COLOURS["quiet"], lw=0.9, label="measured")
    for (name, curve), colour in zip(curves.items(), (*LINES[:2], *LINES[3:5], "black")):
        top.plot(two_theta, curve + background, color=colour, lw=0.9, label=name)
    top.set_ylabel("counts")
    top.legend(fontsize=8, frameon=False)
    low.plot(two_theta, counts - fitted, color=COLOURS["quiet"], lw=0.8)
    low.axhline(0, color="black", lw=0.6)
    low.set(xlabel=ANGLE, ylabel="left over", xlim=(two_theta[0], two_theta[-1]))
    return fig
