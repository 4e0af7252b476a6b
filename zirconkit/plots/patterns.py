"""Powder patterns, and the sticks that are laid on them."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.ticker import MultipleLocator

from zirconkit.plots.palette import COLOURS, LINES

__all__ = [
    "bragg_sketch",
    "crowded",
    "fingerprints",
    "laid_sticks",
    "looked_at",
    "mixture_errors",
    "one_on_another",
    "parts_of_a_pattern",
    "peak_misses",
]

ANGLE = "2θ for Cu Kα (°)"


def _with_degrees(ax):
    """An axis of angles with a number every ten degrees, and a small tick at each."""
    ax.set_xlabel(ANGLE)
    ax.xaxis.set_major_locator(MultipleLocator(10))
    ax.xaxis.set_minor_locator(MultipleLocator(1))


def laid_sticks(two_theta, counts, laid, title=""):
    """A pattern with a mineral's sticks below it, green on a peak, pink elsewhere, and how well they lie: Figure."""
    fig, (top, low) = plt.subplots(2, 1, figsize=(9.5, 4), sharex=True, height_ratios=[3, 1], layout="constrained")
    top.plot(two_theta, np.sqrt(counts), color="black", lw=0.8)
    said = f"on peaks {laid.on_peaks:.2f}, explained {laid.explained:.2f}, score {laid.score:.2f}"
    top.set(ylabel="√counts", title=f"{title}: {said}" if title else said)
    heights = np.sqrt(laid.strength / 100)
    for hit, colour in ((True, LINES[0]), (False, LINES[1])):
        some = laid.hits == hit
        low.vlines(laid.angles[some], 0, heights[some], color=colour, lw=1.6)
        top.vlines(laid.angles[some], 0, np.sqrt(counts).max(), color=colour, lw=1.2, alpha=0.6)
    low.set(ylabel="√strength", ylim=(0, 1.05), xlim=(two_theta[0], two_theta[-1]))
    _with_degrees(low)
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


def crowded(middles, counts, even, asked):
    """How many minerals have a peak near each angle, beside an even spread, with one angle marked: Figure.

    Parameters
    ----------
    middles, counts : array of shape (n,)
        Degrees, and minerals.
    even : float
        Minerals that an even spread would give everywhere.
    asked : (angle, count)
    """
    fig, ax = plt.subplots(figsize=(9.5, 2.8), layout="constrained")
    ax.step(middles, counts, where="mid", color=COLOURS["quiet"], lw=1, label="in the table")
    ax.axhline(even, color="black", lw=1, ls="--", label="spread evenly")
    ax.plot(*asked, "o", color=LINES[0], ms=8, label=f"at {asked[0]}°")
    ax.set(ylabel="minerals with\na peak there", ylim=(0, 1.25 * np.max(counts)), xlim=(middles[0], middles[-1]))
    ax.legend(fontsize=8, frameon=False, loc="upper right", ncols=3)
    _with_degrees(ax)
    return fig


def fingerprints(two_theta, patterns, marked=()):
    """Patterns one below the other, by name, as square roots and on one scale, and angles marked in each: Figure."""
    fig, axes = plt.subplots(
        len(patterns), 1, figsize=(9.5, 1.1 * len(patterns) + 0.6), sharex=True, sharey=True, layout="constrained"
    )
    for ax, (name, pattern) in zip(np.atleast_1d(axes), patterns.items()):
        ax.plot(two_theta, np.sqrt(np.maximum(pattern, 0)), color="black", lw=0.8)
        for angle in marked:
            ax.axvline(angle, color=LINES[0], lw=1, ls=":")
        ax.set_yticks([])
        ax.set_ylabel(name, rotation=0, ha="right", va="center")
    _with_degrees(np.atleast_1d(axes)[-1])
    fig.supylabel("√height")
    return fig


def parts_of_a_pattern(two_theta, counts, curves, background, near):
    """A pattern and the sum that was fitted, its parts, as square roots, and the residuals in counts: Figure.

    Parameters
    ----------
    two_theta, counts, background : array of shape (n,)
    curves : dict of str to array of shape (n,)
    near : (from, to)
        Degrees; this piece is drawn once more, wider, on the right.
    """
    fig, axes = plt.subplots(
        3, 2, figsize=(9.5, 6), sharex="col", sharey="row", height_ratios=[3, 3, 1.5], width_ratios=[2.6, 1],
        layout="constrained",
    )  # fmt: skip
    fitted = sum(curves.values()) + background
    for whole, parts, low in axes.T:
        _laid_over(whole, low, two_theta, counts, fitted, ("mixture", "fitted sum"))
        for (name, curve), colour in zip(curves.items(), (*LINES[:2], *LINES[3:])):
            parts.plot(two_theta, np.sqrt(curve), color=colour, lw=1.1, label=name)
    (whole, closer), (parts, _), (low, wide) = axes
    closer.set_title(f"{near[0]}° to {near[1]}°, wider", fontsize=9)
    whole.set_ylabel("√counts")
    parts.set_ylabel("√counts of each part")
    parts.set_title("drawn as square roots; only the counts themselves add up", fontsize=9)
    low.set(ylabel="residual:\nmixture less\nsum (counts)", xlim=(two_theta[0], two_theta[-1]))
    _with_degrees(low)
    wide.set(xlabel="2θ (°)", xlim=near)
    for ax in (whole, parts):
        ax.legend(fontsize=8, frameon=False, loc="upper left")
    return fig


def _laid_over(top, low, two_theta, counts, curve, names):
    """A pattern and a curve over it on one axis, both as square roots, and on another their difference in counts."""
    top.plot(two_theta, np.sqrt(counts), color=COLOURS["quiet"], lw=2.4, alpha=0.6, label=names[0])
    top.plot(two_theta, np.sqrt(curve), color="black", lw=0.9, label=names[1])
    low.plot(two_theta, counts - curve, color=COLOURS["quiet"], lw=0.8)
    low.axhline(0, color="black", lw=0.6)


def one_on_another(two_theta, counts, curve, names):
    """A pattern, a computed one over it, both as square roots with a name, and the difference in counts: Figure."""
    fig, (top, low) = plt.subplots(2, 1, figsize=(9.5, 4), sharex=True, height_ratios=[3, 1], layout="constrained")
    _laid_over(top, low, two_theta, counts, curve, names)
    top.set_ylabel("√counts")
    top.legend(fontsize=8, frameon=False, loc="upper right")
    low.set(ylabel="grown less\ncomputed\n(counts)", xlim=(two_theta[0], two_theta[-1]))
    _with_degrees(low)
    return fig


def looked_at(two_theta, pattern, rows):
    """A pattern, and below it for each mineral its sticks and what a network's answer drew from each place: Figure.

    Parameters
    ----------
    two_theta, pattern : array of shape (n,)
    rows : dict of str to (angles, strengths, places, pulls, falls)
        Sticks with strengths up to 100; at places in degrees what pulls the answer, and how far it falls without them.
    """
    count = len(rows) + 1
    fig, axes = plt.subplots(count, 1, figsize=(9.5, 1.9 * count + 0.6), sharex=True, layout="constrained")
    axes[0].plot(two_theta, pattern, color="black", lw=0.8)
    axes[0].set(ylabel="√counts", xlim=(two_theta[0], two_theta[-1]), title=f"grown: {' with '.join(rows)}")
    values = np.concatenate([np.append(pulls, falls) for *_, pulls, falls in rows.values()])
    largest = values.max()
    lowest = min(-0.5 * largest, values.min())
    for ax, (name, (angles, strengths, places, pulls, falls)) in zip(axes[1:], rows.items()):
        heights = largest * np.sqrt(strengths / 100)
        ax.vlines(angles, 0, heights, color=COLOURS["quiet"], lw=1.2, label="sticks (without a scale)")
        ax.bar(places, pulls, width=0.8 * (places[1] - places[0]), color=LINES[0], alpha=0.6, label="pull")
        ax.plot(places, falls, ".-", color=LINES[1], lw=1, ms=5, label="fall where hidden")
        ax.axhline(0, color="black", lw=0.6)
        ax.set(ylabel=f"change of {name}'s\nlogit", ylim=(1.1 * lowest, 1.1 * largest))
    axes[1].legend(fontsize=8, frameon=False, loc="lower right", ncols=3)
    _with_degrees(axes[-1])
    return fig


def mixture_errors(errors, guessed):
    """Mean errors by mixture (rows) and method (columns), percentage points; one method, a guess, is dashed: Figure."""
    fig, ax = plt.subplots(figsize=(9.5, 3), layout="constrained")
    colours = iter((*LINES[:2], *LINES[3:]))
    for method in errors.columns:
        if method == guessed:
            ax.plot(errors.index, errors[method], color="black", lw=1, ls="--", label=method)
        else:
            ax.plot(errors.index, errors[method], "o-", color=next(colours), lw=1, label=method)
    ax.set(ylabel="mean error\n(percentage points)", ylim=(0, 1.3 * errors.to_numpy().max()))
    ax.legend(fontsize=8, frameon=False, loc="upper left", ncols=len(errors.columns))
    return fig


def peak_misses(places, misses):
    """How far each peak lies from where a fitted cell puts it, degrees, a panel a fit, on one scale: Figure."""
    fig, axes = plt.subplots(1, len(misses), figsize=(9.5, 2.6), sharey=True, layout="constrained")
    for ax, (name, values) in zip(axes, misses.items()):
        ax.axhline(0, color="black", lw=0.6)
        ax.vlines(places, 0, values, color=COLOURS["quiet"], lw=1)
        ax.plot(places, values, "o", color=LINES[0], ms=4)
        ax.set_title(name, fontsize=9)
        ax.set_xlabel(ANGLE)
    axes[0].set_ylabel("computed less\nread off (°)")
    return fig
