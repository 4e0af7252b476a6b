"""The recipe of Nathwani et al. (2023, section 2.1), to the letter: Canny edges, outer contours, a size filter."""

import cv2
import numpy as np

from zirconkit.segmentation.measurements import checked, fits_published_box

__all__ = ["cut_out", "published", "published_boxes"]

MIN_AREA = 100  # px; less is dust


def cut_out(image, low=20, high=255, dilation=4, smallest=40, largest=90):
    """The recipe with its levers: the outermost contours of the dilated Canny edges, kept by the size of their boxes.

    Parameters
    ----------
    image : array of uint8, shape (height, width)
    low, high : int
        Canny's thresholds.
    dilation : int
        Side of the kernel of ones that thickens the edges, once; px.
    smallest, largest : int
        Between these lie the width and the height of a box that is kept; px.

    Returns
    -------
    kept, dropped : lists of arrays of int, each shape (points, 1, 2)
        As `cv2.findContours` gives them.
    """
    edges = cv2.Canny(checked(image), low, high)
    thick = cv2.dilate(edges, np.ones((dilation, dilation)))
    outlines, _ = cv2.findContours(thick, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    kept, dropped = [], []
    for outline in outlines:
        sides = cv2.boundingRect(outline)[2:]
        fits = smallest < min(sides) and max(sides) < largest
        (kept if fits else dropped).append(outline)
    return kept, dropped


def published_boxes(image):
    """The boxes that the published recipe keeps, as it finds them: list of (x, y, width, height), in pixels."""
    kept, _ = cut_out(image)
    return [cv2.boundingRect(outline) for outline in kept]


def published(image, stitching=None):
    """Grains by the recipe of Nathwani et al. (2023): Canny edges, dilated, outer contours, filled.

    Like every method it is called with the mount's `stitching`, and has no use for it: the recipe knows no tiles.

    Returns
    -------
    array of int32, shape (height, width)
        0 background, 1..n: every contour of at least 100 px, and the boxes that the recipe keeps.
    """
    image = checked(image)
    kept, dropped = cut_out(image)
    filled = cv2.drawContours(np.zeros_like(image), kept + dropped, -1, 1, cv2.FILLED)
    _, pieces, boxes, _ = cv2.connectedComponentsWithStats(filled, connectivity=8)
    _, _, width, height, area = boxes.T
    keep = (area >= MIN_AREA) | fits_published_box(width, height)
    keep[0] = False  # the background
    numbers = np.where(keep, np.cumsum(keep), 0).astype(np.int32)
    return numbers[pieces]
