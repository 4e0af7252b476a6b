"""The recipe of Nathwani et al. (2023, section 2.1), to the letter: Canny edges, outer contours, a size filter."""

import cv2
import numpy as np

from zirconkit.segmentation.measurements import checked, fits_published_box

__all__ = ["published", "published_boxes"]

MIN_AREA = 100  # px; less is dust


def _outer_contours(image):
    """The outermost contours of the dilated Canny edges: thresholds 20 and 255, a 4 x 4 kernel, once."""
    edges = cv2.Canny(checked(image), 20, 255)
    thick = cv2.dilate(edges, np.ones((4, 4)))
    contours, _ = cv2.findContours(thick, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    return contours


def published_boxes(image):
    """The boxes that the published recipe keeps, as it finds them: list of (x, y, width, height), in pixels."""
    boxes = [cv2.boundingRect(contour) for contour in _outer_contours(image)]
    return [box for box in boxes if fits_published_box(*box[2:])]


def published(image, stitching=None):
    """Grains by the recipe of Nathwani et al. (2023): Canny edges, dilated, outer contours, filled.

    Like every method it is called with the mount's `stitching`, and has no use for it: the recipe knows no tiles.

    Returns
    -------
    array of int32, shape (height, width)
        0 background, 1..n: every contour of at least 100 px, and the boxes that the recipe keeps.
    """
    image = checked(image)
    contours = _outer_contours(image)
    filled = cv2.drawContours(np.zeros_like(image), contours, -1, 1, cv2.FILLED)
    _, pieces, boxes, _ = cv2.connectedComponentsWithStats(filled, connectivity=8)
    _, _, width, height, area = boxes.T
    keep = (area >= MIN_AREA) | fits_published_box(width, height)
    keep[0] = False  # the background
    numbers = np.where(keep, np.cumsum(keep), 0).astype(np.int32)
    return numbers[pieces]
