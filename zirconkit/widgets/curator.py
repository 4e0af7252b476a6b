"""Grains one by one: accept, reject, cut and merge them; what was done is an edit list."""

import cv2
import ipywidgets as ui
import numpy as np

from zirconkit import plots
from zirconkit.segmentation.edits import apply_edits
from zirconkit.widgets.explorers import _png, _rgb

__all__ = ["Curator", "cut_line", "zoom"]


def cut_line(labels, number, angle=0.0, offset=0.0):
    """A straight cut through a grain.

    Parameters
    ----------
    labels : array of int, shape (height, width)
    number : int
        The grain.
    angle, offset : float
        Of the line: in degrees from the row direction, anticlockwise; and from the grain's centre of mass, in pixels,
        to the left of the line's direction.

    Returns
    -------
    list of two [row, column]
        One pixel outside the grain at either end, so that neighbours stay whole.
    """
    places = np.argwhere(labels == number)
    turn = np.deg2rad(angle)
    along, left = np.array([-np.sin(turn), np.cos(turn)]), np.array([-np.cos(turn), -np.sin(turn)])
    middle = places.mean(axis=0) + offset * left
    crossed = places[abs((places - middle) @ left) <= 1] @ along - middle @ along
    first, last = (crossed.min() - 1, crossed.max() + 1) if len(crossed) else (-1, 1)
    return [np.rint(middle + end * along).astype(int).tolist() for end in (first, last)]


def zoom(image, labels, number, line=None, margin=25, side=420):
    """One grain and its surroundings, large, outlined in orange among its neighbours in blue.

    Parameters
    ----------
    image, labels : arrays, shape (height, width)
    number : int
    line : two [row, column], optional
        A planned cut, drawn in green.
    margin, side : int
        Pixels around the grain; pixels of the result's longer side.

    Returns
    -------
    array of uint8, shape (height, width, 3)
    """
    rows, columns = np.nonzero(labels == number)
    top, left = max(0, rows.min() - margin), max(0, columns.min() - margin)
    window = (slice(top, rows.max() + margin + 1), slice(left, columns.max() + margin + 1))
    scale = side / max(image[window].shape)
    grey = cv2.resize(image[window], None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    big = cv2.resize(labels[window].astype(np.float32), grey.shape[::-1], interpolation=cv2.INTER_NEAREST).astype(int)
    picture = plots.outlined(grey, np.where(big == number, 0, big), colour=plots.COLOURS["batholith"], thickness=2)
    own = plots.outlined(np.zeros_like(grey), big == number, thickness=2)
    picture = np.where(own.any(axis=2, keepdims=True), own, picture)
    if line is not None:
        start, stop = np.rint((np.array(line) - [top, left]) * scale).astype(int)[:, ::-1].tolist()
        cv2.line(picture, start, stop, _rgb("accent"), 2)
    return picture


class Curator:
    """Look at grains one by one and accept, reject, cut or merge them; what was done is an edit list.

    Works without a front end too: `reject`, `cut`, `merge` and `undo` are plain methods; `panel` puts buttons on them.

    Parameters
    ----------
    image, labels : arrays, shape (height, width)
        A mount and its segmentation; not changed. `Curator.labels` has the edits so far applied.

    Attributes
    ----------
    edits : list of dict
        For `segmentation.save_edits` and `segmentation.apply_edits`.
    accepted : list of [row, column]
        One place in each grain that was looked at and found good.
    """

    def __init__(self, image, labels):
        self.image, self._start = image, labels
        self.edits, self.accepted = [], []
        self.labels = apply_edits(labels, [])

    def place(self, number):
        """A pixel of a grain as far from its outline as can be, [row, column]."""
        mask = np.pad(self.labels == number, 1).astype(np.uint8)
        if not mask.any():
            raise ValueError(f"there is no grain {number}: the numbers go from 1 to {self.labels.max()}")
        column, row = cv2.minMaxLoc(cv2.distanceTransform(mask, cv2.DIST_L2, 3))[3]
        return [row - 1, column - 1]

    def _do(self, edit):
        self.labels = apply_edits(self.labels, [edit])
        self.edits.append(edit)

    def accept(self, number):
        """Note that a grain is good as it is; no edit."""
        self.accepted.append(self.place(number))

    def reject(self, number):
        """Erase a grain."""
        self._do({"do": "erase", "at": self.place(number)})

    def merge(self, number, other):
        """Make one grain of two."""
        self._do({"do": "merge", "at": [self.place(number), self.place(other)]})

    def cut(self, number, angle=0.0, offset=0.0):
        """Part a grain along `cut_line`."""
        self._do({"do": "cut", "line": cut_line(self.labels, number, angle, offset)})

    def undo(self):
        """Take the last edit back."""
        if self.edits:
            self.edits.pop()
            self.labels = apply_edits(self._start, self.edits)

    def panel(self):
        """The curator as a widget: ipywidgets.VBox."""
        grain = ui.BoundedIntText(1, 1, max(1, int(self.labels.max())), description="grain")
        other = ui.BoundedIntText(1, 1, max(1, int(self.labels.max())), description="and grain")
        angle = ui.IntSlider(0, -90, 90, description="angle (°)", continuous_update=False)
        offset = ui.IntSlider(0, -40, 40, description="offset (px)", continuous_update=False)
        picture, said = ui.Image(format="png", width=420), ui.HTML()

        def update(_=None):
            n = int(self.labels.max())
            if n == 0:
                said.value = "no grains are left; undo brings the last one back"
                return
            grain.max = other.max = n
            line = cut_line(self.labels, grain.value, angle.value, offset.value)
            picture.value = _png(zoom(self.image, self.labels, grain.value, line))
            said.value = f"grains: {n}, edits: {len(self.edits)}, accepted: {len(self.accepted)}"

        def button(name, action, forward=0):
            def press(_):
                try:
                    action()
                    grain.value = min(grain.value + forward, max(1, int(self.labels.max())))
                    update()
                except ValueError as error:
                    said.value = str(error)

            made = ui.Button(description=name, layout=ui.Layout(width="90px"))
            made.on_click(press)
            return made

        accept = button("accept", lambda: self.accept(grain.value), forward=1)
        reject = button("reject", lambda: self.reject(grain.value))
        cut = button("cut", lambda: self.cut(grain.value, angle.value, offset.value))
        merge = button("merge", lambda: self.merge(grain.value, other.value))
        rows = [[grain, accept, reject, button("undo", self.undo)], [angle, offset, cut], [other, merge, said]]
        for control in (grain, angle, offset):
            control.observe(update, "value")
        update()
        return ui.VBox([*map(ui.HBox, rows), picture])
