"""A boundary drawn by hand, pixel by pixel: a first and a last column for each row, and how well that agrees."""

import ipywidgets as ui
import numpy as np

from zirconkit.plots.pictures import as_rgb
from zirconkit.widgets.common import follow, picture_png

__all__ = ["OutlineDesk", "drawn_mask", "outline_words"]

ZOOM = 16  # screen pixels for each of the patch
RED = 200, 30, 30


def drawn_mask(runs, width):
    """The mask of rows that run from a first to a last column, both in it: bool, shape (rows, width).

    A row that runs from 0 to 0 is empty.
    """
    columns = np.arange(width)
    first, last = np.array(runs).T[..., None]
    return (columns >= first) & (columns <= last) & (last > 0)


def outline_words(mask, truth):
    """How well a mask agrees with the true one, in a line of HTML."""
    shared, either = np.sum(mask & truth), np.sum(mask | truth)
    empty = np.sum(~mask.any(axis=1) & truth.any(axis=1))
    words = f"<b>IoU {shared / either:.2f}</b>: both hold {shared} pixels, either holds {either}"
    if not empty:
        return f"{words}."
    words = f"{words}; {empty} rows of the grain are empty."
    drawn = mask.any(axis=1)
    if not drawn.any():
        return words
    return f"{words}<br>In the rows drawn: {shared / np.sum(mask[drawn] | truth[drawn]):.2f}."


def enlarged(patch, mask):
    """A patch, each pixel as a square, with the sides of the mask in red: uint8, (height, width, 3)."""
    block = np.ones((ZOOM, ZOOM), np.uint8)
    picture = as_rgb(np.kron(patch, block), 1.6)
    large = np.kron(mask, block)
    for axis in (0, 1):
        picture[np.diff(large, axis=axis, prepend=0).astype(bool)] = RED
    return picture


class OutlineDesk(ui.HBox):
    """A range for each row of a patch, beside the patch as large squares, and the score of what is drawn.

    Parameters
    ----------
    patch : array of uint8, shape (height, width)
    truth : array of bool, the same shape
    """

    def __init__(self, patch, truth):
        self.patch, self.truth = patch, truth
        height, width = patch.shape
        layout = ui.Layout(width="330px", height=f"{ZOOM}px", margin="0")
        self.rows = [
            ui.IntRangeSlider(value=(0, 0), min=0, max=width - 1, description=f"row {row}", layout=layout)
            for row in range(height)
        ]
        self.said = ui.HTML()
        self.picture = ui.Image(format="png", width=ZOOM * width)
        follow(self.rows, self._update)
        super().__init__([ui.VBox(self.rows), ui.VBox([self.picture, self.said])])

    def mask(self):
        """What is drawn: bool, the patch's shape."""
        return drawn_mask([row.value for row in self.rows], self.patch.shape[1])

    def _update(self):
        """Draw and score what the rows say."""
        mask = self.mask()
        self.picture.value = picture_png(enlarged(self.patch, mask))
        self.said.value = outline_words(mask, self.truth)
