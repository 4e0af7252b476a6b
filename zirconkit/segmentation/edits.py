"""The edit list: what a person mends by hand after a segmentation, written down so that it can be replayed.

An edit names positions, (row, column) in pixels, and never label numbers: numbers change when a setting changes, places
do not. A list of edits is plain JSON, can stand beside the image under version control, and says who changed what:

`{"do": "cut", "line": [[row, col], [row, col]]}` parts a grain in two along a line;
`{"do": "erase", "at": [row, col]}` takes a grain away;
`{"do": "merge", "at": [[row, col], [row, col]]}` makes one grain of two;
`{"do": "add", "polygon": [[row, col], ...]}` draws a grain, where no other grain is.
"""

import json
import os
from pathlib import Path

import numpy as np
from scipy import ndimage
from skimage import draw
from skimage.segmentation import relabel_sequential

__all__ = ["apply_edits", "load_edits", "save_edits"]

SPECK = 5  # px; a smaller piece that a cut leaves in a corner of the outline is no grain


def apply_edits(labels, edits):
    """Replay an edit list, in its order, on a label image (0 background, one number a grain), which is not changed.

    Returns
    -------
    array of int32, shape (height, width)
        Numbered 1..n without gaps.

    Raises
    ------
    ValueError
        If an edit is none of the four kinds, or hits nothing; the message says which one, counting from 1.
    """
    labels = relabel_sequential(np.asarray(labels).astype(np.int32))[0]
    for number, edit in enumerate(edits, start=1):
        try:
            _EDITS[edit["do"]](labels, **{key: value for key, value in edit.items() if key != "do"})
        except (KeyError, TypeError):
            raise ValueError(f"edit {number} is not of a known form: {json.dumps(edit, default=str)}") from None
        except ValueError as error:
            raise ValueError(f"edit {number} ({edit['do']}): {error}") from None
    return relabel_sequential(labels)[0]


def _position(value):
    """A [row, column] pair, rounded to a pixel."""
    pair = np.rint(np.asarray(value, dtype=float))
    if pair.shape != (2,) or not np.isfinite(pair).all():
        raise ValueError(f"{value} is no [row, column] position")
    return pair.astype(int).tolist()


def _grain_at(labels, value):
    """The number of the grain under a position; ValueError outside the image and on the background."""
    row, column = place = _position(value)
    if not (0 <= row < labels.shape[0] and 0 <= column < labels.shape[1]):
        raise ValueError(f"{place} lies outside the image of {labels.shape[0]} rows and {labels.shape[1]} columns")
    if labels[row, column] == 0:
        raise ValueError(f"there is no grain at {place}")
    return labels[row, column]


def _cut(labels, line):
    """Part every grain that the line crosses; the line's own pixels stay with the larger side, so no area is lost."""
    start, end = (_position(value) for value in line)
    rows, columns = draw.line(*start, *end)
    inside = (rows >= 0) & (rows < labels.shape[0]) & (columns >= 0) & (columns < labels.shape[1])
    rows, columns = rows[inside], columns[inside]
    parted = [_part(labels, number, rows, columns) for number in np.unique(labels[rows, columns]) if number]
    if not any(parted):
        raise ValueError(f"the line from {start} to {end} parts no grain in two")


def _part(labels, number, rows, columns):
    """Cut one grain along a line of pixels, in place; True if it fell in two (or more) pieces."""
    grain = labels == number
    grain[rows, columns] = False
    pieces, _ = ndimage.label(grain)  # four neighbours: nothing leaks through a diagonal line
    sizes = np.bincount(pieces.ravel(), minlength=2)[1:]
    smaller = [piece for piece in np.argsort(-sizes)[1:] + 1 if sizes[piece - 1] >= SPECK]
    for piece in smaller:
        labels[pieces == piece] = labels.max() + 1
    return bool(smaller)


def _erase(labels, at):
    """Make a grain background."""
    labels[labels == _grain_at(labels, at)] = 0


def _merge(labels, at):
    """Give the second grain the number of the first."""
    first, second = (_grain_at(labels, value) for value in at)
    if first == second:
        raise ValueError(f"{at[0]} and {at[1]} lie in the same grain")
    labels[labels == second] = first


def _add(labels, polygon):
    """Draw a grain on the background; other grains are not overwritten."""
    corners = np.asarray(polygon, dtype=float)
    if corners.ndim != 2 or corners.shape[1] != 2 or len(corners) < 3:
        raise ValueError("a polygon is a list of at least three [row, column] corners")
    rows, columns = draw.polygon(corners[:, 0], corners[:, 1], shape=labels.shape)
    free = labels[rows, columns] == 0
    if not free.any():
        raise ValueError("the polygon covers no free pixel inside the image")
    labels[rows[free], columns[free]] = labels.max() + 1


_EDITS = {"cut": _cut, "erase": _erase, "merge": _merge, "add": _add}


def save_edits(edits, path):
    """Write an edit list as JSON, one edit a line; the file is whole or not there at all."""
    lines = ",\n".join(map(json.dumps, edits))
    part = Path(f"{path}.part")
    part.write_text(f"[\n{lines}\n]\n", encoding="utf-8")
    os.replace(part, path)


def load_edits(path):
    """Read an edit list: list of dict. A missing file raises a FileNotFoundError, one of another form a ValueError."""
    try:
        edits = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no edit list at {path}") from None
    except ValueError as error:  # not UTF-8, or not JSON
        raise ValueError(f"{path} is not a readable edit list: {error}") from None
    for number, edit in enumerate(edits if isinstance(edits, list) else [None], start=1):
        if not isinstance(edit, dict) or edit.get("do") not in _EDITS:
            raise ValueError(f'{path} is not an edit list: entry {number} has no "do" of {", ".join(_EDITS)}')
    return edits
