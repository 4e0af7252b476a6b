"""Depth, hull and length of a grain, which several steps ask for."""

import cv2
import numpy as np
from scipy.spatial.distance import pdist

__all__ = ["depth_in", "feret", "hull"]

CORNERS = ((0, 0), (0, 1), (1, 0), (1, 1))  # of a pixel, from its upper left one


def depth_in(grain):
    """Distance of each of a grain's pixels to the nearest one outside, in pixels: float32, the shape of its mask."""
    return cv2.distanceTransform(grain.astype(np.uint8), cv2.DIST_L2, 5)


def hull(grain):
    """Corners of the convex hull of a grain's pixels, pixel corners included, shape (n, 2), in pixels."""
    mask = grain.astype(np.uint8)
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    pixels = np.concatenate(outlines)
    corners = [np.add(pixels, corner) for corner in CORNERS]
    points = np.concatenate(corners)
    return cv2.convexHull(points.astype(np.int32))[:, 0]


def feret(grain):
    """The largest distance between two corners of a grain's pixels (Feret's diameter), in pixels."""
    corners = hull(grain).astype(float)
    return float(pdist(corners).max())
