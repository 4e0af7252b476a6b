"""The course as a map: which notebook stands on which."""

import textwrap
from collections import Counter

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.patches import FancyArrowPatch
from matplotlib.path import Path

from zirconkit.plots.palette import GREEN, GREY

__all__ = ["course_map"]

WIDTH, HEIGHT = 0.84, 0.62  # of a box, where columns and rows are 1 apart
LANE, PORT = 0.08, 0.12  # between lines that run side by side, and between those that meet one side of a box


def course_map(entries):
    """Notebooks as boxes, each to the right of those that it needs; an arrow comes from each of these.

    Parameters
    ----------
    entries : list of course.contents.Entry
        In teaching order; of each number, title and needs are drawn.
    """
    places = _places(entries)
    columns, rows = (max(place[axis] for place in places.values()) + 1 for axis in (0, 1))
    fig, ax = plt.subplots(figsize=(10, 1.15 * rows + 0.4), layout="constrained")
    for entry in entries:
        column, row = places[entry.number]
        ax.add_patch(
            plt.Rectangle((column - WIDTH / 2, row - HEIGHT / 2), WIDTH, HEIGHT, fc="#F2FAF7", ec=GREEN, lw=1.5)
        )
        title = textwrap.fill(entry.title, 14, break_long_words=False)
        ax.text(column, row, f"{entry.number}\n{title}", ha="center", va="center", fontsize=8.5)
    for name, points in _routes(entries, places).items():
        looks = {"arrowstyle": "->", "mutation_scale": 10, "color": GREY, "shrinkA": 0, "shrinkB": 0}
        ax.add_patch(FancyArrowPatch(path=Path(points), gid=name, **looks))
    ax.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.55, -0.8))
    ax.axis("off")
    return fig


def _places(entries):
    """The column and row of each notebook: one column behind the last that it needs, in the first free row."""
    places = {}
    for entry in entries:
        column = 1 + max((places[need][0] for need in entry.needs), default=-1)
        row = sum(taken == column for taken, _ in places.values())
        places[entry.number] = column, row
    return places


def _routes(entries, places):
    """The corners of each arrow: dict of a name, such as "00 to 01", to a list of (x, y).

    An arrow to the next column, or along a row that is free, is straight; any other runs in a lane between the rows.
    """
    routes, used = {}, Counter()
    for entry in entries:
        for need in entry.needs:
            start, end = places[need], places[entry.number]
            straight = _free(start, end, places)
            corners = _straight(start, end) if straight else _by_lane(start, end, used)
            routes[f"{need} to {entry.number}"] = corners
    return routes


def _free(start, end, places):
    """Whether a straight line hits no other box: to the next column, or along one row with no box between."""
    if end[0] - start[0] == 1:
        return True
    if start[1] != end[1]:
        return False
    columns = [column for column, row in places.values() if row == start[1]]
    return not any(start[0] < column < end[0] for column in columns)


def _straight(start, end):
    """From the right side of a box to the left side of another, towards the corner that it comes from."""
    head = end[1] + PORT * np.sign(start[1] - end[1])
    right, left = start[0] + WIDTH / 2, end[0] - WIDTH / 2
    return [(right, start[1]), (left, head)]


def _by_lane(start, end, used):
    """Out of a box at its top or bottom, along a free lane above the lower of the two rows, and into the other box.

    `used` counts the lanes between rows and the lines that meet each side of a box; it is brought up to date.
    """
    gap = max(start[1], end[1])
    lane = gap - HEIGHT / 2 - LANE * (1 + used["lane", gap])
    corners = []
    for column, row in (start, end):
        side = -1 if row == gap else 1
        x = column + PORT * (used[column, row, side] - 1)
        y = row + side * HEIGHT / 2
        used[column, row, side] += 1
        corners.append([(x, y), (x, lane)])
    used["lane", gap] += 1
    return corners[0] + corners[1][::-1]
