"""Grains that are drawn: codes with gaps and codes as blobs, and rows of pictures beside their scores."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy.spatial.distance import cdist

from zirconkit.plots.canvas import blank, grid
from zirconkit.plots.palette import BLACK, COLOURS, LINES
from zirconkit.plots.pictures import draw_grain

__all__ = ["codes_and_blobs", "covered_and_copied", "rows_and_scores"]

REACH = 3.2  # spreads: how far the panels of codes go
SIDE, PITCH, LOW = 0.72, 1.06, 0.4  # inches: of a picture, from row to row, below the last row
BESIDE, WIDE = 1.14, 1.27  # inches: a panel of scores, and from one to the next
TALLER = 0.55  # inches: what a first row of histograms has more than a row of pictures
NAMED = 0.75  # inches: for the names of the rows, left of their scores
NEAR = 5  # neighbours: a circle of the sketch goes out to the fifth nearest, as `dreams.coverage` has it
HUES = {"real": "silver", "dreamt": LINES[2], "grown": LINES[0]}


def codes_and_blobs():
    """A drawing of codes of two numbers: single ones with gaps between them, and blobs within one cloud."""
    rng = np.random.default_rng(3)
    corners = np.array([[-2.2, 1.8], [2.1, 2.0], [1.9, -2.1], [-1.6, -2.3]])
    single = np.repeat(corners, 4, axis=0) + rng.normal(scale=0.28, size=(16, 2))
    turns = np.arange(16) * 2.4  # as the seeds of a sunflower lie: everywhere
    middles = 0.36 * np.sqrt(np.arange(16)) * np.array([np.cos(turns), np.sin(turns)])
    fig, axes = plt.subplots(1, 2, figsize=(7, 3.4), layout="constrained")
    _single_codes(axes[0], single)
    _blobs(axes[1], middles.T)
    for ax in axes:
        ax.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), aspect="equal")
        ax.set_xlabel("number 1 of the code", fontsize=9)
        ax.set_ylabel("number 2 of the code", fontsize=9)
    return fig


def _single_codes(ax, codes):
    """Dots, and a question in the gap between them."""
    ax.plot(*codes.T, "o", ms=5, color=BLACK)
    ax.plot(0, 0, "x", ms=9, mew=2, color=LINES[1])
    ax.text(0, -0.3, "what does this\ncode draw?", ha="center", va="top", fontsize=9)
    ax.set_title("autoencoder: each grain a point", fontsize=10)


def _blobs(ax, middles):
    """Circles that overlap around their middles, within the cloud from which dreams are drawn."""
    for middle in middles:
        ax.add_patch(plt.Circle(middle, 0.7, color=LINES[0], alpha=0.2, lw=0))
    ax.plot(*middles.T, "o", ms=4, color=BLACK)
    ax.add_patch(plt.Circle((0, 0), 2, fill=False, ls="--", color=BLACK))
    ax.text(0, 2.3, "most dreams are drawn in here", ha="center", va="bottom", fontsize=9)
    ax.set_title("VAE: each grain a blob", fontsize=10)


def covered_and_copied():
    """A drawing of two scores: originals with circles that hold a drawing or none, and dreams between two grains."""
    fig, axes = plt.subplots(1, 2, figsize=(9, 3.9), width_ratios=[1.4, 1], layout="constrained")
    _covered(axes[0])
    _copied(axes[1])
    for ax in axes:
        ax.set(xticks=[], yticks=[], aspect="equal")
        ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.02), ncols=3, fontsize=9, frameon=False, handlelength=1)
    return fig


def _covered(ax):
    """Two groups of originals, and a circle around each: green, where a drawing lies within."""
    group = np.array([[-0.5, 0.9], [0.6, 0.8], [1.0, -0.2], [0.1, -0.9], [-0.9, -0.3], [0.0, 0.1]])
    originals = np.concatenate([group, 0.8 * group[:, ::-1] + [3.9, 0]])
    drawings = np.array([[-1.5, 0.4], [-1.6, 0.7], [-1.3, 0.6], [2.3, 2.2], [1.8, -2.4]])
    reach = np.sort(cdist(originals, originals), axis=1)[:, NEAR]  # the nearest of all is each itself
    held = cdist(originals, drawings).min(axis=1) <= reach
    for middle, radius, holds in zip(originals, reach, held):
        ax.add_patch(plt.Circle(middle, radius, fill=False, color=LINES[0] if holds else "silver", lw=1.4))
    ax.plot(*originals[held].T, "o", ms=6, color=LINES[0], label="covered")
    ax.plot(*originals[~held].T, "o", ms=6, color=BLACK, mfc="white", label="not covered")
    ax.plot(*drawings.T, "x", ms=8, mew=2, color=LINES[1], label="drawing")
    ax.set_title(f"covered: {held.sum()} of {len(held)} originals", fontsize=10)


def _copied(ax):
    """Learned grains, as many set aside, and two dreams: a line to the nearest of each kind, the shorter one bold."""
    learned = np.array([[0.4, 0.5], [2.0, 2.6], [3.9, 0.6], [0.3, 3.2]])
    aside = np.array([[1.9, 0.3], [0.2, 1.8], [3.6, 2.9], [3.0, 1.7]])
    for dream in np.array([[0.9, 0.9], [2.5, 1.9]]):
        ends = [each[cdist([dream], each).argmin()] for each in (learned, aside)]
        apart = np.linalg.norm(ends - dream, axis=1)
        for end, far in zip(ends, apart):
            ax.plot(*np.transpose([dream, end]), color=BLACK, lw=2.5 if far == apart.min() else 0.8, zorder=1)
        ax.plot(*dream, "x", ms=9, mew=2, color=LINES[1])
    ax.plot(*learned.T, "o", ms=7, color=LINES[0], label="learned")
    ax.plot(*aside.T, "s", ms=7, color=BLACK, mfc="white", label="set aside")
    ax.plot([], [], "x", ms=8, mew=2, color=LINES[1], label="dream")
    ax.set_title("copied: 1 of 2 dreams is nearer to a learned grain", fontsize=10)


def rows_and_scores(rows, scores, lines, names):
    """Rows of pictures, what each is written above it, and beside them its scores: dots with 95 % intervals.

    Parameters
    ----------
    rows : dict of str to array in 0..1, shape (n, size, size, 1), or to DataFrame
        From what a row is to its pictures. The first may have, in their place, what share of grains lies where, with
        columns measure, kind (real, dreamt or grown), from, to and share.
    scores : dict of str to DataFrame, indexed as the rows
        From what is scored to value, low and high; a row without a value stays empty.
    lines : dict of str to dict of str to float
        For each score what a dotted line means, and where it stands.
    names : list of str
        Of the rows, in short: they stand beside the scores.
    """
    many = max(len(each) for each in rows.values() if not isinstance(each, pd.DataFrame))
    taller = TALLER * any(isinstance(each, pd.DataFrame) for each in rows.values())
    left, high = many * SIDE + 0.2 + NAMED, len(rows) * PITCH + taller
    fig = plt.figure(figsize=(left + len(scores) * WIDE, LOW + high + 0.25))
    for place, (name, images) in enumerate(rows.items(), 1):
        low = LOW + high - taller - place * PITCH
        shown = _spread if isinstance(images, pd.DataFrame) else _pictured
        first = shown(fig, low, images, many)
        first.set_title(name, loc="left", fontsize=10)
    for place, (title, table) in enumerate(scores.items()):
        ax = _placed(fig, left + place * WIDE, LOW, BESIDE, high)
        _scored(ax, table.loc[list(rows)], lines.get(title, {}), taller)
        ax.set_title(title, fontsize=10)
        if place == 0:
            ax.set_yticks(range(len(rows)), names, fontsize=9)
            ax.tick_params("y", length=0)
    return fig


def _placed(fig, x, y, width, height):
    """A panel at a place of a figure, all in inches from its lower left corner."""
    wide, high = fig.get_size_inches()
    return fig.add_axes((x / wide, y / high, width / wide, height / high))


def _pictured(fig, low, images, many):
    """The pictures of one row, side by side; returns the first panel."""
    panels = [_placed(fig, k * SIDE, low, SIDE - 0.03, SIDE - 0.03) for k in range(len(images))]
    blank(panels)
    for ax, image in zip(panels, images):
        draw_grain(ax, image, 1)
    return panels[0]


def _spread(fig, low, table, many):
    """How each measure is spread, real grains filled and the others as lines, side by side; returns the first panel."""
    measures = table["measure"].unique()
    wide = many * SIDE / len(measures)
    size = wide - 0.25, SIDE + TALLER - 0.22
    panels = [_placed(fig, k * wide + 0.05, low + 0.22, *size) for k in range(len(measures))]
    for ax, measure in zip(panels, measures):
        _histograms(ax, table[table["measure"] == measure])
        ax.set_xlabel(measure.replace("_", " "), fontsize=8, labelpad=1)
    panels[0].legend(fontsize=8, frameon=False, borderpad=0, labelspacing=0.2, handlelength=1)
    return panels[0]


def _histograms(ax, table):
    """Shares of real, dreamt and grown grains over one measure."""
    for kind, shares in table.groupby("kind", sort=False):
        edges = [*shares["from"], shares["to"].max()]
        ax.stairs(shares["share"], edges, fill=kind == "real", color=HUES[kind], lw=1.3, label=kind)
    ax.set(yticks=[])
    ax.tick_params(labelsize=8, pad=1, length=2)


def _scored(ax, table, lines, taller):
    """A dot and its interval in the height of each row, its value above it; dotted lines, and what they mean."""
    top = -0.66 - taller / PITCH
    rows = np.arange(len(table))
    for meaning, at in lines.items():
        ax.axvline(at, ls=":", color=COLOURS["quiet"])
        side = "right" if at <= 0.5 else "left"
        ax.text(at, len(table) - 0.7, f" {meaning} ", ha=side, va="bottom", fontsize=8)
    ax.hlines(rows, table["low"], table["high"], color=LINES[0], lw=8)
    ax.plot(table["value"], rows, "o", ms=3, color=BLACK)
    clear = {"facecolor": "white", "edgecolor": "none", "pad": 0.4}  # a dotted line stops at a label
    for row, value in zip(rows, table["value"]):
        if np.isfinite(value):
            ax.text(np.clip(value, 0.1, 0.9), row - 0.16, f"{value:.2f}", ha="center", fontsize=9, bbox=clear)
    ax.set(xlim=(-0.1, 1.2), ylim=(len(table) - 0.66, top), yticks=[])
    ax.set_xticks([0, 0.5, 1], ["0", "0.5", "1"], fontsize=9)
    grid(ax, "x")
