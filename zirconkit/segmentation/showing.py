"""What to show of a mount: at the working scale, where grains are, and which of them touch."""

import cv2
import numpy as np
from scipy import ndimage

from zirconkit.segmentation.scaling import rescale

__all__ = ["at_working_scale", "fullest_window", "half_way", "rescaled_truth", "touching_patch"]

DIMMEST = 40  # grey level that parts grains from resin on the paper's mounts
ENOUGH = 0.02  # share of a window that is grain, at least
GRAIN = 300  # px; what is smaller does not count as one of the grains that touch


def at_working_scale(segmented):
    """The image and the labels of a `Segmented` at the scale at which its grains were sought, and um a pixel there."""
    image, labels, factor = segmented.image, segmented.labels, segmented.factor
    if factor == 1:
        return image, labels, segmented.um_per_px
    image = rescale(image, factor)
    labels = _as_large_as(image, labels)
    return image, labels, segmented.um_per_px and segmented.um_per_px / factor


def rescaled_truth(mount, image):
    """The true label image of a mount as large as its image at the working scale: int32, (height, width)."""
    return _as_large_as(image, mount.truth())


def _as_large_as(image, labels):
    return cv2.resize(labels, image.shape[::-1], interpolation=cv2.INTER_NEAREST)


def fullest_window(labels, size=(400, 600), first=(250, 400)):
    """A window of a mount, two slices: that whose corner is `first` if it holds grains, else the one that holds most.

    A smaller mount is shown whole.
    """
    size = np.minimum(size, labels.shape)
    corner = np.minimum(first, labels.shape - size)
    window = tuple(slice(start, start + side) for start, side in zip(corner, size))
    if np.mean(labels[window] > 0) >= ENOUGH:
        return window
    sums = cv2.integral((labels > 0).astype(np.uint8))
    height, width = size
    inside = sums[height:, width:] - sums[height:, :-width] - sums[:-height, width:] + sums[:-height, :-width]
    corner = np.unravel_index(inside.argmax(), inside.shape)
    return tuple(slice(int(start), int(start + side)) for start, side in zip(corner, size))


def half_way(image, labels):
    """A grey level between resin and grains: 40, as on the paper's mounts, or if that parts them badly the middle."""
    if not labels.any() or labels.all():
        return DIMMEST
    grain, resin = np.median(image[labels > 0]), np.median(image[labels == 0])
    middle = (grain + resin) / 2
    return DIMMEST if 1.5 * resin < DIMMEST < 0.8 * grain else float(middle)


def touching_patch(labels, patches):
    """The number of the largest patch that holds two or three grains; of the largest one, if there is none such."""
    counts = np.bincount(patches.ravel())
    counts[0] = 0
    best, most = int(counts.argmax()), 0
    for patch, box in enumerate(ndimage.find_objects(patches), 1):
        inside = patches[box] == patch
        sizes = np.bincount(labels[box][inside])[1:]
        sizes = sizes[sizes > GRAIN]
        if 2 <= len(sizes) <= 3 and sizes.sum() > most:
            best, most = patch, sizes.sum()
    return best
