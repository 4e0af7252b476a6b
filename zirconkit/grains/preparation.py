"""What is taken out of a crop before it is learned from: exposure, turn and size, and what lies around the grain."""

import cv2
import numpy as np

from zirconkit.grains.crops import SQUARE, fit_square
from zirconkit.grains.data import resize, resized

__all__ = ["REPAIRS", "align", "level_and_even", "normalise_exposure", "repaired"]

REPAIRS = ("exposure", "alignment", "masking")
FINER = 4  # an aligned grain is drawn so many times too large, then shrunk


def normalise_exposure(images, masks):
    """Set each grain's median to mid-grey (127), so that how brightly a mount was exposed says nothing.

    Parameters
    ----------
    images : array of uint8, shape (n, height, width, channels)
    masks : array of bool, shape (n, height, width)
        True on the grain; what lies around it is scaled alike.

    Returns
    -------
    array of uint8, the shape of `images`
    """
    evened = np.empty_like(images)
    for image, mask, out in zip(images, masks, evened):
        median = max(np.median(image[mask]), 1)
        scaled = cv2.convertScaleAbs(image, alpha=127 / median)
        out[:] = scaled.reshape(image.shape)
    return evened


def align(images, masks, size=32, fill=0.92):
    """Turn each grain's long axis level and scale it to one length: turn and size are gone, proportions stay.

    The long axis is that of the ellipse of equal second moments. The grain is drawn four times too large and shrunk
    by averaging, so that fine zoning fades and does not alias.

    Parameters
    ----------
    images : array of uint8, shape (n, height, width, channels)
    masks : array of bool, shape (n, height, width)
        True on the grain.
    size : int
        Side of the result, in pixels.
    fill : float
        Share of `size` that the grain's longer extent takes.

    Returns
    -------
    array of uint8, shape (n, size, size, channels)
    """
    n, channels = len(images), images.shape[3]
    aligned = np.zeros((n, size, size, channels), np.uint8)
    for image, mask, out in zip(images, masks, aligned):
        out[:] = _warped(image, _level(mask, size, fill), size)
    return aligned


def _level(mask, size, fill):
    """The affine map, shape (2, 3), that turns a grain level and makes it fill its share of a finer square."""
    turn = _turn(mask)
    rows, columns = np.nonzero(mask)
    points = turn @ np.stack([columns, rows])
    low, high = points.min(axis=1), points.max(axis=1)
    extent = (high - low).max() + 1
    scale = FINER * size * fill / extent
    centre = FINER * size / 2 - 0.5
    shift = centre - scale * (low + high) / 2
    return np.c_[scale * turn, shift]


def _turn(mask):
    """The rotation, shape (2, 2), that turns a grain's long axis level: that of its ellipse of equal second moments."""
    moments = cv2.moments(mask.astype(np.uint8), binaryImage=True)
    covariance = moments["mu11"]
    difference = moments["mu20"] - moments["mu02"]
    angle = 0.5 * np.arctan2(2 * covariance, difference)
    cos, sin = np.cos(angle), np.sin(angle)
    return np.array([[cos, sin], [-sin, cos]])


def _warped(image, affine, size):
    """An image under an affine map of pixels, drawn finer than wanted and shrunk: shape (size, size, channels)."""
    channels = np.moveaxis(image, -1, 0)  # one by one: OpenCV warps four at most
    finer = FINER * size
    large = [cv2.warpAffine(channel, affine, (finer, finer)) for channel in channels]
    return np.dstack([resized(channel, size) for channel in large])


def repaired(grains, repairs=REPAIRS, size=32):
    """Grains as a network is shown them: the published crop, with some or all of three accidents taken out of it.

    Parameters
    ----------
    grains : Grains
        Whole and not shrunk: `from_mounts(found, size=160, square=160)`.
    repairs : collection of str
        Of "exposure" (`normalise_exposure`), "alignment" (`align`) and "masking" (black around the grain); without
        alignment the central 90 x 90 px are shrunk, as published. Another word: a ValueError.
    size : int
        Side of the result, in pixels.
    """
    unknown = set(repairs) - set(REPAIRS)
    if unknown:
        raise ValueError(f"there is no repair {min(unknown)!r}: there are {', '.join(REPAIRS)}")
    images, masks = grains.images, grains.masks
    if "masking" in repairs:
        images = images * masks[..., None]
    if "exposure" in repairs:
        images = normalise_exposure(images, masks)
    if "alignment" in repairs:
        shown = masks[..., None].astype(np.uint8) * 255
        inside = align(shown, masks, size)
        return grains.with_images(align(images, masks, size), inside[..., 0] > 0)
    middle = [np.stack([fit_square(each, SQUARE) for each in kind]) for kind in (images, masks)]
    return resize(grains.with_images(*middle), size)


def level_and_even(grains, size=32):
    """Grains alone on black, exposed evenly, turned level and scaled to one length: `repaired` in all three ways."""
    return repaired(grains, REPAIRS, size)
