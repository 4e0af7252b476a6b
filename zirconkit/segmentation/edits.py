"""The edit list: what a person mends by hand after a segmentation, written down so that it can be replayed.

An edit names positions, (row, column) in pixels, and never label numbers: numbers change when a setting changes, places
do not. A list of edits is plain JSON, can stand beside the image under version control, and says who changed what. One
that lies beside an image as `<image file name>.edits.json` is replayed whenever that file is segmented.

`{"do": "cut", "line": [[row, col], [row, col]]}` parts a grain in two along a line;
`{"do": "erase", "at": [row, col]}` takes a grain away;
`{"do": "merge", "at": [[row, col], [row, col]]}` makes one grain of two;
`{"do": "add", "polygon": [[row, col], ...]}` draws a grain, where no other grain is.
"""

import json
from pathlib import Path

import numpy as np
from scipy import ndimage
from skimage import draw
from skimage.segmentation import relabel_sequential
from tqdm import tqdm

from zirconkit import files

__all__ = ["apply_edits", "load_edits", "replay_edits", "save_edits"]

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
    labels, _, _ = relabel_sequential(np.asarray(labels).astype(np.int32))
    for number, edit in enumerate(edits, start=1):
        try:
            _apply(labels, edit)
        except (KeyError, TypeError):
            raise ValueError(f"edit {number} is not of a known form: {json.dumps(edit, default=str)}") from None
        except ValueError as error:
            raise ValueError(f"edit {number} ({edit['do']}): {error}") from None
    return relabel_sequential(labels)[0]


def _apply(labels, edit):
    """Replay one edit, in place; KeyError or TypeError if it is of no known form."""
    do = _EDITS[edit["do"]]
    places = {key: value for key, value in edit.items() if key != "do"}
    do(labels, **places)


def _position(value):
    """A [row, column] pair, rounded to a pixel."""
    pair = np.rint(np.asarray(value, dtype=float))
    if pair.shape != (2,) or not np.isfinite(pair).all():
        raise ValueError(f"{value} is no [row, column] position")
    return pair.astype(int).tolist()


def _grain_at(labels, value):
    """The number of the grain under a position; ValueError outside the image and on the background."""
    height, width = labels.shape
    row, column = place = _position(value)
    if not (0 <= row < height and 0 <= column < width):
        raise ValueError(f"{place} lies outside the image of {height} rows and {width} columns")
    if labels[row, column] == 0:
        raise ValueError(f"there is no grain at {place}")
    return labels[row, column]


def _cut(labels, line):
    """Part every grain that the line crosses; the line's own pixels stay with the larger side, so no area is lost."""
    start, end = (_position(value) for value in line)
    pixels = _pixels_between(start, end, labels.shape)
    below = labels[pixels]
    crossed = np.unique(below[below > 0])
    parted = [_part(labels, number, pixels) for number in crossed]
    if not any(parted):
        raise ValueError(f"the line from {start} to {end} parts no grain in two")


def _pixels_between(start, end, shape):
    """The rows and the columns of a line's pixels, as far as they lie in the image."""
    height, width = shape
    rows, columns = draw.line(*start, *end)
    in_height = (rows >= 0) & (rows < height)
    in_width = (columns >= 0) & (columns < width)
    inside = in_height & in_width
    return rows[inside], columns[inside]


def _part(labels, number, pixels):
    """Cut one grain along a line of pixels, in place; True if it fell in two (or more) pieces."""
    grain = labels == number
    grain[pixels] = False
    pieces, _ = ndimage.label(grain)  # four neighbours: nothing leaks through a diagonal line
    sizes = np.bincount(pieces.ravel(), minlength=2)[1:]
    by_size = np.argsort(-sizes) + 1
    smaller = [piece for piece in by_size[1:] if sizes[piece - 1] >= SPECK]
    for piece in smaller:
        labels[pieces == piece] = labels.max() + 1
    return bool(smaller)


def _erase(labels, at):
    """Make a grain background."""
    labels[labels == _grain_at(labels, at)] = 0


def _merge(labels, at):
    """Give the second grain the number of the first."""
    first, second = (_grain_at(labels, place) for place in at)
    if first == second:
        raise ValueError(f"{at[0]} and {at[1]} lie in the same grain")
    other = labels == second
    labels[other] = first


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
    files.write_whole(path, f"[\n{lines}\n]\n")


def load_edits(path):
    """Read an edit list: list of dict. A missing file raises a FileNotFoundError, one of another form a ValueError."""
    try:
        edits = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no edit list at {path}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{path} is not a readable edit list: it is no text (UTF-8)") from None
    except ValueError as error:  # not JSON
        raise ValueError(f"{path} is not a readable edit list: {error}") from None
    entries = edits if isinstance(edits, list) else [None]
    for number, edit in enumerate(entries, start=1):
        if not isinstance(edit, dict) or edit.get("do") not in _EDITS:
            raise ValueError(f'{path} is not an edit list: entry {number} has no "do" of {", ".join(_EDITS)}')
    return edits


def replay_edits(labels, image_path, list_path=None):
    """A label image as a person mended it: after the edit list that lies beside its image, if one does.

    The list of `QVC075.png` is `QVC075.png.edits.json`, in the same folder, unless `list_path` names another. That it
    was replayed is said in a line.

    Returns
    -------
    array of int32, shape (height, width)

    Raises
    ------
    ValueError
        If the list cannot be read, or does not fit: the image, or the way it is segmented, is another than it was.
    """
    path = Path(list_path or f"{image_path}.edits.json")
    if not path.is_file():
        return labels
    edits = load_edits(path)
    try:
        mended = apply_edits(labels, edits)
    except ValueError as error:
        mend = "mend the list, move it away, or segment as you did when you made it"
        raise ValueError(f"{path} does not fit its image: {error}; {mend}") from None
    tqdm.write(
        f"replayed {path.name}: {len(edits)} edit{'' if len(edits) == 1 else 's'}"
    )  # above a bar, if there is one
    return mended
