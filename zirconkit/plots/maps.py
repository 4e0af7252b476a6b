"""The course as a map: which notebook stands on which."""

import textwrap

import matplotlib.pyplot as plt

from zirconkit.plots.palette import GREEN, GREY

__all__ = ["course_map"]

WIDTH, HEIGHT = 0.84, 0.62  # of a box, where columns and rows are 1 apart


def course_map(entries):
    """Notebooks as boxes, each to the right of those that it needs; arrows come from those that it follows directly.

    Parameters
    ----------
    entries : list of course.contents.Entry
        In teaching order; of each number, title and needs are drawn.
    """
    places, before = _places(entries), _before(entries)
    columns, rows = (max(place[axis] for place in places.values()) + 1 for axis in (0, 1))
    fig, ax = plt.subplots(figsize=(10, 1.15 * rows + 0.2), layout="constrained")
    for entry in entries:
        column, row = places[entry.number]
        ax.add_patch(
            plt.Rectangle((column - WIDTH / 2, row - HEIGHT / 2), WIDTH, HEIGHT, fc="#F2FAF7", ec=GREEN, lw=1.5)
        )
        title = textwrap.fill(entry.title, 14, break_long_words=False)
        ax.text(column, row, f"{entry.number}\n{title}", ha="center", va="center", fontsize=8.5)
        for need in _direct(entry.needs, before):
            _arrow(ax, places[need], places[entry.number])
    ax.set(xlim=(-0.5, columns - 0.5), ylim=(rows - 0.5, -0.5))
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


def _before(entries):
    """All notebooks that come before each on some way: dict of str to set of str."""
    before = {}
    for entry in entries:
        before[entry.number] = set(entry.needs).union(*(before[need] for need in entry.needs))
    return before


def _direct(needs, before):
    """Those of the needs that no other of them has behind it."""
    return [need for need in needs if not any(need in before[other] for other in needs)]


def _arrow(ax, start, end):
    """An arrow from the right side of a box to the left side of another; a long one bends out of the way."""
    tail, head = (start[0] + WIDTH / 2, start[1]), (end[0] - WIDTH / 2, end[1])
    bend = 0.0 if end[0] - start[0] == 1 else 0.35
    looks = {"arrowstyle": "->", "color": GREY, "connectionstyle": f"arc3,rad={bend}", "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", head, tail, arrowprops=looks)
