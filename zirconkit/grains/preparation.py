"""What is taken out of a crop before it is learned from: exposure, turn and size."""

import cv2
import numpy as np
from scipy.ndimage import binary_fill_holes

__all__ = ["align", "masks", "normalise_exposure"]


def masks(images):
    """Where each masked grain is: what is above 0 in `cut(..., mask_neighbours=True)`, holes filled.

    From an array of uint8, shape (n, height, width, 1), to one of bool, shape (n, height, width).
    """
    return np.stack([binary_fill_holes(image[..., 0] > 0) for image in images])


def normalise_exposure(images, masks):
    """Set each grain's median to mid-grey (127), so that how brightly a mount was exposed says nothing.

    Parameters
    ----------
    images : array of uint8, shape (n, height, width, 1)
    masks : array of bool, shape (n, height, width)
        True on the grain; what lies around it is scaled alike.

    Returns
    -------
    array of uint8, the shape of `images`
    """
    medians = [max(np.median(image[mask]), 1) for image, mask in zip(images, masks)]
    return np.stack([cv2.convertScaleAbs(image, alpha=127 / m)[..., None] for image, m in zip(images, medians)])


def align(images, masks, size=32, fill=0.92):
    """Turn each grain's long axis level and scale it to one length: turn and size are gone, proportions stay.

    The long axis is that of the ellipse of equal second moments. The grain is drawn four times too large and shrunk
    by averaging, so that fine zoning fades and does not alias.

    Parameters
    ----------
    images : array of uint8, shape (n, height, width, 1)
    masks : array of bool, shape (n, height, width)
        True on the grain.
    size : int
        Side of the result, in pixels.
    fill : float
        Share of `size` that the grain's longer extent takes.

    Returns
    -------
    array of uint8, shape (n, size, size, 1)
    """
    aligned = np.zeros((len(images), size, size, 1), np.uint8)
    for image, mask, out in zip(images, masks, aligned):
        moments, points = cv2.moments(mask.astype(np.uint8), binaryImage=True), np.stack(np.nonzero(mask)[::-1])
        angle = 0.5 * np.arctan2(2 * moments["mu11"], moments["mu20"] - moments["mu02"])
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        low, high = (turn @ points).min(1), (turn @ points).max(1)
        scale = 4 * size * fill / ((high - low).max() + 1)
        affine = np.c_[scale * turn, 2 * size - 0.5 - scale * (low + high) / 2]
        out[..., 0] = cv2.resize(
            cv2.warpAffine(image, affine, (4 * size,) * 2), (size,) * 2, interpolation=cv2.INTER_AREA
        )
    return aligned
