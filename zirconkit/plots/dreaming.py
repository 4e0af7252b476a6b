"""Grains that are drawn: codes with gaps and codes as blobs, and rows of pictures beside their scores."""

import matplotlib.pyplot as plt
import numpy as np

from zirconkit.plots.canvas import blank, grid
from zirconkit.plots.palette import BLACK, COLOURS, LINES
from zirconkit.plots.pictures import draw_grain

__all__ = ["codes_and_blobs", "rows_and_scores"]

REACH = 3.2  # spreads: how far the panels of codes go


def codes_and_blobs():
    """A drawing of codes of two numbers: single ones with gaps between them, and blobs within one cloud."""
    rng = np.random.default_rng(3)
    corners = np.array([[-2.3, 1.9], [2.2, 2.3], [1.9, -2.1], [-1.6, -2.4]])
    single = np.repeat(corners, 4, axis=0) + rng.normal(scale=0.28, size=(16, 2))
    middles = 0.5 * single + rng.normal(scale=0.2, size=(16, 2))
    fig, axes = plt.subplots(1, 2, figsize=(7.4, 3.5), layout="constrained")
    _single_codes(axes[0], single)
    _blobs(axes[1], middles)
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
        ax.add_patch(plt.Circle(middle, 0.7, color=LINES[0], alpha=0.22, lw=0))
    ax.plot(*middles.T, "o", ms=4, color=BLACK)
    ax.add_patch(plt.Circle((0, 0), 2, fill=False, ls="--", color=BLACK))
    ax.plot(0, 0, "x", ms=9, mew=2, color=LINES[1])
    ax.text(0, 2.15, "most dreams are drawn in here", ha="center", va="bottom", fontsize=9)
    ax.set_title("VAE: each grain a blob", fontsize=10)


def rows_and_scores(rows, scores, lines):
    """Rows of pictures, what each is written before it, and beside them its scores: dots with 95 % intervals.

    Parameters
    ----------
    rows : dict of str to array in 0..1, shape (n, size, size, 1), or to str
        From what a row is to its pictures, or to words that stand in their place.
    scores : dict of str to DataFrame, indexed as the rows
        From what is scored to value, low and high; a row without a value stays empty.
    lines : dict of str to dict of str to float
        For each score what a dotted line means, and where it stands.
    """
    many = max(len(each) for each in rows.values() if not isinstance(each, str))
    fig = plt.figure(figsize=(10, 0.95 * len(rows) + 1.1), layout="constrained")
    widths = [2.1] + many * [1] + len(scores) * [1.9]
    places = fig.add_gridspec(len(rows), len(widths), width_ratios=widths)
    for row, (name, images) in enumerate(rows.items()):
        _named(fig.add_subplot(places[row, 0]), name)
        _pictured(fig, places[row, 1 : many + 1], images)
    for column, (title, table) in enumerate(scores.items(), many + 1):
        ax = fig.add_subplot(places[:, column])
        _scored(ax, table.loc[list(rows)], lines.get(title, {}))
        ax.set_title(title, fontsize=9)
    return fig


def _named(ax, name):
    """What a row is, in a panel of its own."""
    blank([ax])
    ax.text(0, 0.5, name, va="center", fontsize=9, transform=ax.transAxes)


def _pictured(fig, place, images):
    """The pictures of one row side by side, or words in their place."""
    if isinstance(images, str):
        ax = fig.add_subplot(place)
        ax.set(xticks=[], yticks=[])
        ax.text(0.5, 0.5, images, ha="center", va="center", fontsize=9, transform=ax.transAxes)
        return
    cells = place.subgridspec(1, len(images))
    for cell, image in zip(cells, images):
        ax = fig.add_subplot(cell)
        blank([ax])
        draw_grain(ax, image, 1)


def _scored(ax, table, lines):
    """A dot and its interval in the height of each row, its value above it; dotted lines, and what they mean."""
    rows = np.arange(len(table))
    for meaning, at in lines.items():
        ax.axvline(at, ls=":", color=COLOURS["quiet"])
        ax.text(at, len(table) - 0.53, meaning, ha="center", va="bottom", fontsize=8)
    ax.hlines(rows, table["low"], table["high"], color=LINES[0], lw=3)
    ax.plot(table["value"], rows, "o", ms=6, color=BLACK)
    for row, value in zip(rows, table["value"]):
        if np.isfinite(value):
            ax.text(value, row - 0.14, f"{value:.2f}", ha="center", fontsize=9)
    ax.set(xlim=(-0.08, 1.08), ylim=(len(table) - 0.5, -0.5), yticks=[])
    ax.set_xticks([0, 0.5, 1], ["0", "0.5", "1"])
    grid(ax, "x")
