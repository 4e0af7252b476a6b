"""The triangle in which petrographers place a sandstone: quartz, feldspar, lithic fragments."""

import matplotlib.pyplot as plt
import numpy as np

from zirconkit.plots.palette import LINES

__all__ = ["qfl_triangle"]

CORNERS = np.array([[0.5, np.sqrt(3) / 2], [0.0, 0.0], [1.0, 0.0]])  # quartz, feldspar, lithic fragments


def place(parts):
    """Where parts of 100 lie in the triangle: array, shape (..., 2)."""
    parts = np.asarray(parts, float)
    return parts / parts.sum(axis=-1, keepdims=True) @ CORNERS


def qfl_triangle(named, joined=(), clouds=None):
    """Rocks in the triangle of quartz (Q), feldspar (F) and lithic fragments (L), all parts of 100: a Figure.

    Parameters
    ----------
    named : dict of str to array, shape (n, 3)
        What is shown, by name: quartz, feldspar and lithic fragments of each rock (`thin_sections.qfl`).
    joined : (str, str), optional
        Two of the names, of as many rocks, such as truth and what was found: a line joins the ring of the first to the
        dot of the second.
    clouds : dict of str to array, shape (n, 3), optional
        Small dots under the others, by name: the same rock many times, as chance and error might have it.
    """
    fig, ax = plt.subplots(figsize=(6, 5.4), layout="constrained")
    ax.plot(*place([[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]]).T, color="0.2", lw=1.2)
    for share in (20, 40, 60, 80):
        for corner in range(3):
            ends = np.full((2, 3), 0.0)
            ends[:, corner] = share
            ends[0, (corner + 1) % 3] = ends[1, (corner + 2) % 3] = 100 - share
            ax.plot(*place(ends).T, color="0.85", lw=0.7, zorder=0)
    for name, parts in (clouds or {}).items():
        ax.plot(*place(parts).T, ".", color="0.6", ms=2, alpha=0.5, label=name, zorder=1)
    if joined:
        for pair in zip(*(place(named[name]) for name in joined)):
            ax.plot(*np.transpose(pair), color="0.2", lw=1.2, zorder=1)
    for (name, parts), colour, marker in zip(named.items(), LINES, "os^Dv*"):
        ring = name in joined[:1]
        size, inside = (64, "none") if ring else (14 if joined else 36, colour)
        ax.scatter(*place(parts).T, facecolors=inside, edgecolors=colour, marker=marker, s=size, label=name, zorder=2)
    for (x, y), text, where in zip(CORNERS, ("quartz 100 %", "feldspar 100 %", "lithic fragments 100 %"), (1, -1, -1)):
        ax.annotate(text, (x, y), (0, 9 * where), textcoords="offset points", ha="center", va="center", fontsize=9)
    ax.set(xlim=(-0.22, 1.22), ylim=(-0.1, 0.96), aspect="equal")
    ax.axis("off")
    ax.legend(loc="upper left", frameon=False, fontsize=9)
    return fig
