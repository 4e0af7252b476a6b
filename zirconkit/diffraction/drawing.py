"""The figure of a pattern: measured, fitted, background, the sticks of each phase, and what is left over."""

import matplotlib

from zirconkit.diffraction.preparing import GRID
from zirconkit.synthetic import powder_lines

__all__ = ["COLOURS", "draw", "sticks"]

# Okabe and Ito (2008), without the two that the course's classes wear.
COLOURS = ("#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000", "#F0E442", "#5E5E5E")


def sticks(mineral):
    """The lines of a mineral's first structure within the grid: 2 theta for Cu K-alpha, intensity (strongest 100)."""
    structure = next(each for each in powder_lines.structures() if each.mineral == mineral)
    angles = powder_lines.angle_of(structure.d)
    inside = (angles >= GRID[0]) & (angles <= GRID[-1])
    return angles[inside], structure.i[inside]


def draw(answer, title):
    """A matplotlib Figure of an `identifying.Answer`; none of it needs a screen."""
    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    named = [row for row in answer.rows if row[0] != "unknown" and (row[1] >= 0.5 or row[2] >= 1)][: len(COLOURS)]
    heights = [4, max(0.35 * len(named), 0.4), 1.2]
    fig, (top, middle, bottom) = plt.subplots(3, 1, figsize=(10, 6), sharex=True, height_ratios=heights)
    fitted = sum(answer.fit.curves.values()) + answer.fit.background
    top.plot(GRID, answer.gridded, color="#5E5E5E", lw=0.9, label="measured")
    top.plot(GRID, fitted, color="#009E73", lw=0.9, label="sum of the phases")
    top.plot(GRID, answer.fit.background, color="#5E5E5E", lw=0.8, ls=":", label="background")
    top.set_ylabel("counts")
    top.set_title(title, loc="left", fontsize=10)
    top.legend(frameon=False, fontsize=8)
    for place, (row, colour) in enumerate(zip(named, COLOURS)):
        angles, strength = sticks(row[0])
        middle.vlines(angles + answer.fit.shift, -place, -place + 0.85 * (strength / 100) ** 0.5, color=colour, lw=1.1)
        text = f"{row[0]}, {row[2]:.0f} %, p {row[1]:.2f}"
        middle.text(GRID[-1] + 0.4, -place, text, fontsize=8, va="bottom")
    middle.set_yticks([])
    middle.set_ylabel("lines", fontsize=8)
    bottom.plot(GRID, answer.gridded - fitted, color="#5E5E5E", lw=0.7)
    bottom.axhline(0, color="#000000", lw=0.5)
    bottom.set_ylabel("left over")
    bottom.set_xlabel("2θ for Cu Kα, degrees")
    bottom.set_xlim(GRID[0], GRID[-1])
    fig.subplots_adjust(left=0.08, right=0.78, top=0.94, bottom=0.09, hspace=0.08)
    return fig
