"""Where could a score come from? The same grains with all but one clue taken away, and what is left to learn from.

A *probe* is a plain classifier that sees one clue only: the silhouette, a strip of texture, the brightness, the resin
around the grain. What it scores, a network may have scored by the same clue.

    grains = gr.from_mounts(found, size=90)
    table = evaluation.pairs_left_out(probes.classifier(), probes.silhouette(grains), grains.y, grains.table["sample"])
    mean, low, high = evaluation.pairs_interval(table)

Grains come as they lie in their boxes, not shrunk, with or without what is around them; their masks say which part is
the grain. Of images with several channels each clue shows all, channel by channel.
"""

from functools import partial

import cv2
import numpy as np
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

__all__ = [
    "DISTURBANCES", "background", "brightness", "classifier", "disturb", "silhouette", "strips",
]  # fmt: skip

SIDE = 24  # of a silhouette, in pixels
DIRECTIONS, STEPS, FINER = 16, 7, 3  # of a strip of texture; readings to each step and direction
WAY = 0.3, 0.9  # of the way from core to outline, where a strip begins and ends


def silhouette(grains):
    """The outline only: 1 on the grain, 0 around it; array of float32, shape (n, 24, 24, 1)."""
    small = [cv2.resize(mask.astype(np.float32), (SIDE, SIDE), interpolation=cv2.INTER_AREA) for mask in grains.masks]
    return np.stack(small)[..., None]


def strips(grains):
    """The texture only: from core to rim in 16 directions, the outline rolled out to a straight line.

    Rays start at the grain's deepest point, the first along its long axis. Each is walked from 0.3 to 0.9 of the way to
    the outline in 7 steps, however long it is, and three readings by three rays are averaged at each step. So grains of
    all sizes and outlines give the same straight strip: columns are directions, rows run from core to rim.

    Parameters
    ----------
    grains : Grains

    Returns
    -------
    array of float32, shape (n, 7, 16, channels)
        Grey over the strip's median, of each channel, so that brightness is not seen either.
    """
    unrolled = [_unrolled(image, mask) for image, mask in zip(grains.images, grains.masks)]
    return np.stack(unrolled)


def _unrolled(image, mask):
    """The strip of one grain, shape (7, 16, channels)."""
    row, column, _ = _deepest(mask)
    turns = np.linspace(0, 2 * np.pi, FINER * DIRECTIONS, endpoint=False)
    angles = _long_axis(mask) + turns
    ways = np.linspace(*WAY, FINER * STEPS)[:, None]
    walked = ways * _to_outline(mask, row, column, angles)
    across = np.float32(column + walked * np.cos(angles))
    down = np.float32(row + walked * np.sin(angles))

    def read(channel):
        grey = np.float32(cv2.remap(channel, across, down, cv2.INTER_LINEAR))
        blocks = grey.reshape(STEPS, FINER, DIRECTIONS, FINER)
        return blocks.mean(axis=(1, 3))

    strip = _by_channel(read, image)
    medians = np.median(strip, axis=(0, 1))
    return strip / np.maximum(medians, 1)


def _long_axis(mask):
    """The direction of a grain's long axis, that of its ellipse of equal second moments, in radians."""
    moments = cv2.moments(mask.astype(np.uint8), binaryImage=True)
    return 0.5 * np.arctan2(2 * moments["mu11"], moments["mu20"] - moments["mu02"])


def _to_outline(mask, row, column, angles):
    """How far it is from a point inside a grain to where each ray first leaves it, in pixels."""
    far = np.hypot(*mask.shape)
    steps = np.arange(0, far, 0.5)[:, None]
    framed = np.pad(mask, 1)
    height, width = framed.shape
    down = np.rint(row + 1 + steps * np.sin(angles))
    across = np.rint(column + 1 + steps * np.cos(angles))
    rows = down.astype(int).clip(0, height - 1)
    columns = across.astype(int).clip(0, width - 1)
    first_outside = framed[rows, columns].argmin(axis=0)
    return steps[first_outside, 0]


def _deepest(mask):
    """The point of a grain that is farthest from its outline: row, column, and how far it is, in pixels."""
    framed = np.pad(mask, 1).astype(np.uint8)  # a grain that reaches the edge of its box ends there
    depth = cv2.distanceTransform(framed, cv2.DIST_L2, 5)
    place = depth.argmax()
    row, column = np.unravel_index(place, depth.shape)
    return row - 1, column - 1, depth.flat[place]


def brightness(grains):
    """Mean grey of each grain, channel by channel: array of float, shape (n, channels)."""
    return np.array([image[mask].mean(axis=0) for image, mask in zip(grains.images, grains.masks)])


def background(grains, clear=6):
    """The resin around each grain only: the 10th, 50th and 90th percentile of its grey, channel by channel.

    Parameters
    ----------
    grains : Grains
        With what is around them: `from_mounts` with `mask_neighbours` False. The zeros that pad a crop do not count;
        neighbours that reach into the box do.
    clear : int
        How many pixels next to the grain do not count either: its halo, which shines 6 px far and tells how bright the
        *grain* is.

    Returns
    -------
    levels : array of float, shape (m, 3 channels)
    kept : array of bool, shape (n,)
        False for grains that fill their box; m are True.
    """
    side = 2 * clear + 1
    square = np.ones((side, side))
    levels, kept = [], []
    for image, mask in zip(grains.images, grains.masks):
        taken = cv2.dilate(mask.astype(np.uint8), square) > 0
        padded = ~image.any(axis=-1)
        resin = image[~(taken | padded)]
        kept.append(len(resin) > 0)
        if len(resin):
            levels.append(np.percentile(resin, [10, 50, 90], axis=0))
    n_levels = 3 * grains.images.shape[3]
    return np.reshape(levels, (-1, n_levels)), np.array(kept)


def classifier():
    """What the probes learn with: numbers standardized, 90 % of their variance in main components, an SVM.

    The components come from the covariances: the same ones, three times as fast as from the grains themselves.
    """
    return make_pipeline(StandardScaler(), PCA(0.9, svd_solver="covariance_eigh"), SVC(class_weight="balanced"))


def _noise(images, strength, rng):
    return images + rng.normal(0, 255 * strength, images.shape)


def _blur(images, sigma, rng):
    def blurred(channel):
        return cv2.GaussianBlur(channel, (0, 0), max(sigma, 1e-3))

    return np.stack([_by_channel(blurred, image) for image in images])


def _exposure(images, change, rng):
    return images * (1 + change)


def _resolution(images, factor, rng):
    size = images.shape[1]
    fewer = max(2, round(size / factor))

    def coarser(channel):
        small = cv2.resize(channel, (fewer, fewer), interpolation=cv2.INTER_AREA)
        return cv2.resize(small, (size, size), interpolation=cv2.INTER_LINEAR)

    all_of_them = [_by_channel(coarser, image) for image in images]
    return np.stack(all_of_them)


def _rotation(images, degrees, rng):
    size = images.shape[1]
    middle = ((size - 1) / 2, (size - 1) / 2)
    turned = []
    for image, way in zip(images, rng.choice((-1, 1), len(images))):
        turn = cv2.getRotationMatrix2D(middle, way * degrees, 1)
        warp = partial(cv2.warpAffine, M=turn, dsize=(size, size))
        turned.append(_by_channel(warp, image))
    return np.stack(turned)


def _by_channel(change, image):
    """An image with each of its channels changed by itself: OpenCV takes four at most."""
    return np.dstack([change(np.ascontiguousarray(channel)) for channel in np.moveaxis(image, -1, 0)])


# For each disturbance how, and in what its strength is measured; 0 (for resolution 1) leaves the images as they are.
DISTURBANCES = {
    "noise": (_noise, "standard deviation, share of white"),
    "blur": (_blur, "standard deviation, px"),
    "exposure": (_exposure, "change of brightness, share"),
    "resolution": (_resolution, "coarser by a factor of"),
    "rotation": (_rotation, "degrees, either way"),
}


def disturb(images, kind, strength, seed=0):
    """The same crops, worse: what another microscope, operator or mount might have made of them.

    Parameters
    ----------
    images : array of uint8, shape (n, size, size, channels)
        All channels are treated alike, but each has its own noise.
    kind : str
        One of `DISTURBANCES`, which also says what `strength` is measured in.
    strength : float
    seed : int
        Of the noise and of the direction of turning.

    Returns
    -------
    array of uint8, the shape of `images`
    """
    if kind not in DISTURBANCES:
        raise ValueError(f"there is no disturbance {kind!r}: use {', '.join(DISTURBANCES)}")
    change, _ = DISTURBANCES[kind]
    changed = change(images.astype(np.float32), strength, np.random.default_rng(seed))
    return np.clip(np.rint(changed), 0, 255).astype(np.uint8)
