"""What becomes of each true grain when outlines are found and some of them kept."""

from typing import NamedTuple

import cv2
import numpy as np
import pandas as pd
from skimage.measure import regionprops

from zirconkit.segmentation.geometry import feret

__all__ = ["FATES", "Fates", "fates", "how_they_lie", "outlined_grains", "upright_box"]

FATES = ("saved", "dropped by size", "no outline of its own")
SAME = 0.5  # intersection over union from which on an outline is that of a grain


class Fates(NamedTuple):
    """What became of the grains of a mount.

    `grains` are their numbers in the truth, int, shape (n,); `fate` says of each which of `FATES` it met, str, shape
    (n,); `kept` is how many outlines were kept.
    """

    grains: np.ndarray
    fate: np.ndarray
    kept: int

    @property
    def saved(self):
        """Whether each grain was saved: array of bool, shape (n,)."""
        return self.fate == FATES[0]

    @property
    def recall(self):
        """The share of the true grains that were saved; NaN where there is none."""
        return float(self.saved.mean()) if len(self.grains) else np.nan

    @property
    def precision(self):
        """The share of the kept outlines that are those of a grain; NaN where none was kept."""
        return min(1.0, self.saved.sum() / self.kept) if self.kept else np.nan


def fates(kept, dropped, truth):
    """What became of each true grain: saved, outlined but dropped, or without an outline of its own.

    An outline is that of a grain from an intersection over union (IoU) of one half on.

    Parameters
    ----------
    kept, dropped : sequence of arrays of int, each shape (points, 1, 2)
        Outlines as `cv2.findContours` gives them, in pixels.
    truth : array of int, shape (height, width)
        0 background, 1..n.

    Returns
    -------
    Fates
    """
    areas = np.bincount(truth.ravel())
    grains = np.flatnonzero(areas)
    grains = grains[grains > 0]
    of_kept, of_dropped = (outlined_grains(outlines, truth, areas) for outlines in (kept, dropped))
    is_kept, is_dropped = np.isin(grains, of_kept), np.isin(grains, of_dropped)
    fate = np.select([is_kept, is_dropped], FATES[:2], FATES[2])
    return Fates(grains, fate, len(kept))


def outlined_grains(outlines, truth, areas=None):
    """The number of the true grain that each outline is that of; 0 where it is that of none: array of int, shape (n,).

    Parameters
    ----------
    outlines, truth
        As in `fates`.
    areas : array of int, optional
        Pixels of each number of the truth, if they have been counted.
    """
    areas = np.bincount(truth.ravel()) if areas is None else areas
    return np.array([_grain_of(outline, truth, areas) for outline in outlines], int)


def _grain_of(outline, truth, areas):
    """The number of the true grain whose outline this is, or 0."""
    left, top, width, height = cv2.boundingRect(outline)
    mask = np.zeros((height, width), np.uint8)
    cv2.drawContours(mask, [outline - [left, top]], -1, 1, cv2.FILLED)
    inside = truth[top : top + height, left : left + width][mask > 0]
    shared = np.bincount(inside, minlength=len(areas))
    shared[0] = 0
    best = int(shared.argmax())
    either = len(inside) + areas[best] - shared[best]
    return best if best and shared[best] / either >= SAME else 0


def upright_box(length, width, angle):
    """Width and height of the upright box of a rectangle that lies at an angle.

    Parameters
    ----------
    length, width : float
        Of the rectangle, in pixels.
    angle : float or array of float
        From the horizontal to its long side, in degrees.
    """
    turn = np.deg2rad(angle)
    across, up = abs(np.cos(turn)), abs(np.sin(turn))
    box_width = length * across + width * up
    box_height = length * up + width * across
    return box_width, box_height


def how_they_lie(truth):
    """How long each true grain is, and how it lies: DataFrame indexed by grain, in the order of `Fates.grains`.

    Parameters
    ----------
    truth : array of int, shape (height, width)

    Returns
    -------
    DataFrame
        length_px, Feret's diameter; angle_deg, from 0, the long axis lies level, to 90, it stands upright;
        aspect_ratio; box_width_px and box_height_px, of its upright box.
    """
    rows = []
    for region in regionprops(truth):
        top, left, bottom, right = region.bbox
        angle = 90 - abs(np.degrees(region.orientation))
        aspect_ratio = region.axis_major_length / max(region.axis_minor_length, 1)
        rows.append((region.label, feret(region.image), angle, aspect_ratio, right - left, bottom - top))
    columns = ["grain", "length_px", "angle_deg", "aspect_ratio", "box_width_px", "box_height_px"]
    return pd.DataFrame(rows, columns=columns).set_index("grain")
