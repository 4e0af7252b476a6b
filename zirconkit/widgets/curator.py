"""Grains one by one: accept, reject, cut and merge them; what was done is an edit list."""

import os
from pathlib import Path

import cv2
import ipywidgets as ui
import numpy as np

from zirconkit import plots
from zirconkit.plots.palette import GREEN, SKY, rgb
from zirconkit.plots.pictures import as_picture
from zirconkit.segmentation.edits import apply_edits, load_edits, save_edits
from zirconkit.segmentation.scores import segmentation_scores
from zirconkit.widgets.common import follow, picture_png, slider

__all__ = ["Curator", "cut_line", "zoom"]

MARGIN = 25  # px of the mount around a grain that is shown large
SIDE = 420  # px, the longer side of that picture


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
    along = np.array([-np.sin(turn), np.cos(turn)])
    left = np.array([-np.cos(turn), -np.sin(turn)])
    middle = places.mean(axis=0) + offset * left
    off_line = abs((places - middle) @ left)
    crossed = places[off_line <= 1] @ along - middle @ along  # how far along the line its pixels are
    if not len(crossed):
        crossed = np.zeros(1)
    ends = np.array([[crossed.min() - 1], [crossed.max() + 1]])
    return np.rint(middle + ends * along).astype(int).tolist()


def zoom(image, labels, number, line=None):
    """One grain and its surroundings, large, outlined in amber among its neighbours in pale blue.

    Parameters
    ----------
    image : array of uint8, shape (height, width) or (height, width, channels)
    labels : array of int, shape (height, width)
    number : int
    line : two [row, column], optional
        A planned cut, drawn in green.

    Returns
    -------
    array of uint8, shape (height, width, 3)
        420 px along its longer side.
    """
    rows, columns = (_with_margin(places) for places in np.nonzero(labels == number))
    part, numbers = as_picture(image)[rows, columns], labels[rows, columns]
    scale = SIDE / max(numbers.shape)
    large = cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC)
    size = large.shape[1], large.shape[0]
    numbers = cv2.resize(numbers.astype(np.float32), size, interpolation=cv2.INTER_NEAREST).astype(int)
    is_own = numbers == number
    picture = plots.outlined(large, numbers * ~is_own, colour=SKY, thickness=2)
    picture = plots.outlined(picture, is_own, thickness=2)
    if line is not None:
        _draw_line(picture, np.subtract(line, [rows.start, columns.start]) * scale)
    return picture


def _with_margin(places):
    """The rows, or the columns, that a grain takes up, and some around them: a slice."""
    return slice(max(0, places.min() - MARGIN), places.max() + MARGIN + 1)


def _draw_line(picture, ends):
    """A green line between two [row, column], into the picture."""
    (row, column), (last_row, last_column) = np.rint(ends).astype(int).tolist()
    cv2.line(picture, (column, row), (last_column, last_row), rgb(GREEN), 2)


class Curator:
    """Look at grains one by one and accept, reject, cut or merge them; what was done is an edit list.

    Works without a front end too: `reject`, `cut`, `merge` and `undo` are plain methods; `panel` puts buttons on them.

    Parameters
    ----------
    image : array of uint8, shape (height, width) or (height, width, channels)
        A mount.
    labels : array of int, shape (height, width)
        Its segmentation, before any edits; not changed. `Curator.labels` has the edits so far applied.
    image_path : path, optional
        The mount's file. An edit list that lies beside it is taken up where it ended, and `save` writes it there. One
        that is damaged, or of another mount, is named in a sentence and passed over; `save` moves it aside.
    truth : array of int, shape (height, width), optional
        The true label image: the panel then says recall and precision.

    Attributes
    ----------
    edits : list of dict
        For `segmentation.save_edits` and `segmentation.apply_edits`.
    accepted : list of [row, column]
        One place in each grain that was looked at and found good.
    """

    def __init__(self, image, labels, image_path=None, truth=None):
        self.image, self._start, self.truth = image, labels, truth
        self.list_path = None if image_path is None else Path(f"{image_path}.edits.json")
        self.accepted = []
        self._unfit = False
        self.edits, self.labels = self._begun()

    def _begun(self):
        """The edits that lie beside the mount, and the labels after them; none, and why in a sentence, if unfit."""
        if self.list_path is not None and self.list_path.is_file():
            try:
                edits = load_edits(self.list_path)
                return edits, apply_edits(self._start, edits)
            except ValueError as error:
                self._unfit = True
                print(f"{self.list_path.name} is passed over, it is damaged or of another mount ({error}).")
        return [], apply_edits(self._start, [])

    def place(self, number):
        """A pixel of a grain as far from its outline as can be, [row, column]."""
        mask = np.pad(self.labels == number, 1).astype(np.uint8)
        if not mask.any():
            raise ValueError(f"there is no grain {number}: the numbers go from 1 to {self.labels.max()}")
        depth = cv2.distanceTransform(mask, cv2.DIST_L2, 3)
        _, _, _, (column, row) = cv2.minMaxLoc(depth)
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

    def save(self):
        """Write the edit list beside the mount's file, where `segment` looks for it; a ValueError if none was given."""
        if self.list_path is None:
            raise ValueError("no file of the mount was given: save the list with segmentation.save_edits")
        if self._unfit:
            os.replace(self.list_path, f"{self.list_path}.unfit")
            self._unfit = False
        save_edits(self.edits, self.list_path)

    def score(self):
        """Recall and precision of the labels as they are now, in words; "" without a truth."""
        if self.truth is None:
            return ""
        score = segmentation_scores(self.labels, self.truth)
        found = f"{score['matched_50']} of {score['n_truth']} grains found"
        return f"{found}: recall {score['recall_50']:.3f}, precision {score['precision_50']:.3f}"

    def panel(self, number=1):
        """The curator as a widget that begins with this grain: ipywidgets.VBox."""
        return _Panel(self, number).box()


class _Panel:
    """The buttons and sliders of a curator, and the grain that they are about."""

    def __init__(self, curator, number):
        self.curator = curator
        self.scored = curator.score()
        self.grain = ui.BoundedIntText(number, 1, self._last(), description="grain")
        self.other = ui.BoundedIntText(1, 1, self._last(), description="and grain")
        self.angle = slider("angle (°)", 0, -90, 90)
        self.offset = slider("offset (px)", 0, -40, 40)
        self.picture = ui.Image(format="png", width=SIDE)
        self.said = ui.HTML()
        follow([self.grain, self.angle, self.offset], self.update)

    def _last(self):
        """The number of the last grain; 1 where none is left."""
        return max(1, int(self.curator.labels.max()))

    def update(self):
        """Show the grain with the cut that is planned, and how far the work has come."""
        curator = self.curator
        if not curator.labels.any():
            self.said.value = "no grains are left; undo brings the last one back"
            return
        self.grain.max = self.other.max = self._last()
        number = self.grain.value
        line = cut_line(curator.labels, number, self.angle.value, self.offset.value)
        shown = zoom(curator.image, curator.labels, number, line)
        self.picture.value = picture_png(shown)
        done = f"edits: {len(curator.edits)}, accepted: {len(curator.accepted)}"
        said = [f"grains: {self._last()}, {done}", self.scored]
        self.said.value = "; ".join(filter(None, said))

    def accept(self):
        """Accept the grain and go on to the next."""
        self.curator.accept(self.grain.value)
        self.grain.value = min(self.grain.value + 1, self._last())

    def reject(self):
        """Erase the grain."""
        self.curator.reject(self.grain.value)

    def cut(self):
        """Part the grain as the sliders say."""
        self.curator.cut(self.grain.value, self.angle.value, self.offset.value)

    def merge(self):
        """Make one grain of this and the other."""
        self.curator.merge(self.grain.value, self.other.value)

    def undo(self):
        """Take the last edit back."""
        self.curator.undo()

    def save(self):
        """Write the edit list."""
        self.curator.save()

    def _button(self, action):
        """A button named after what it does; what cannot be done is said in its place."""

        def press(_):
            try:
                action()
                self.scored = self.curator.score()
                self.grain.value = min(self.grain.value, self._last())
                self.update()
                if action == self.save:
                    self.said.value = f"{len(self.curator.edits)} edits written to {self.curator.list_path.name}"
            except ValueError as error:
                self.said.value = str(error)

        button = ui.Button(description=action.__name__, layout=ui.Layout(width="90px"))
        button.on_click(press)
        return button

    def box(self):
        """Everything in its place: ipywidgets.VBox."""
        judging = [self.grain, *map(self._button, [self.accept, self.reject, self.undo])]
        cutting = [self.angle, self.offset, self._button(self.cut)]
        saving = [self._button(self.save)] if self.curator.list_path else []
        merging = [self.other, self._button(self.merge), *saving, self.said]
        rows = [ui.HBox(row) for row in (judging, cutting, merging)]
        return ui.VBox([*rows, self.picture])
