"""Where could a score come from? The same grains with all but one clue taken away, and what is left to learn from.

A *probe* is a plain classifier that sees one clue only: the silhouette, a disk of texture, the brightness, the resin
around the grain. What it scores, a network may have scored by the same clue.

    grains = gr.from_mounts(found, size=90, mask_neighbours=True)
    table = evaluation.pairs_left_out(probes.classifier(), probes.silhouette(grains), grains.y, grains.table["sample"])
    mean, low, high = evaluation.pairs_interval(table)
"""

import cv2
import numpy as np
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

__all__ = [
    "DISTURBANCES", "background", "brightness", "classifier", "disturb", "silhouette", "texture_disk",
]  # fmt: skip


def silhouette(grains, size=24):
    """The outline only: 1 on the grain, 0 around it; array of float32, shape (n, size, size, 1)."""
    return _shrunk(grains.masks.astype(np.float32), size)


def texture_disk(grains, radius=12):
    """The texture only: a disk of one size about each grain's deepest point, so that neither outline nor size is seen.

    Parameters
    ----------
    grains : Grains
        Not shrunk, neighbours blackened: `from_mounts(..., size=90, mask_neighbours=True)`.
    radius : int
        In pixels. The disk stays 2 px clear of the outline.

    Returns
    -------
    disks : array of float32, shape (m, 2 radius + 1, 2 radius + 1, 1)
        Grey over the disk's median, so that brightness is not seen either; 0 outside the disk.
    kept : array of bool, shape (n,)
        False for grains too small to hold the disk; m are True.
    """
    rows, columns = np.mgrid[-radius : radius + 1, -radius : radius + 1]
    inside, disks, kept = np.hypot(rows, columns) <= radius, [], []
    for image, mask in zip(grains.images[..., 0], grains.masks):
        depth = cv2.distanceTransform(np.pad(mask, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
        kept.append(depth.max() > radius + 2)
        if kept[-1]:
            row, column = np.unravel_index(depth.argmax(), depth.shape)
            disk = image[row - radius : row + radius + 1, column - radius : column + radius + 1] * inside
            disks.append(disk / max(np.median(disk[inside]), 1))
    return np.array(disks, np.float32).reshape(-1, *inside.shape, 1), np.array(kept)


def brightness(grains):
    """Mean grey of each grain: array of float, shape (n, 1). The crops must have their neighbours blackened."""
    return np.array([[image[mask].mean()] for image, mask in zip(grains.images[..., 0], grains.masks)])


def background(grains, around, clear=6):
    """The resin around each grain only: the 10th, 50th and 90th percentile of its grey.

    Parameters
    ----------
    grains, around : Grains
        The same grains of `from_mounts` with `mask_neighbours` True and False. The zeros that pad a crop do not count;
        neighbours that reach into the box do.
    clear : int
        How many pixels next to the grain do not count either: its halo, which shines 6 px far and tells how bright the
        *grain* is.

    Returns
    -------
    levels : array of float, shape (m, 3)
    kept : array of bool, shape (n,)
        False for grains that fill their box; m are True.
    """
    levels, kept, square = [], [], np.ones((2 * clear + 1,) * 2)
    for image, mask in zip(around.images[..., 0], grains.masks):
        resin = image[~cv2.dilate(mask.astype(np.uint8), square).astype(bool) & (image > 0)]
        kept.append(len(resin) > 0)
        if kept[-1]:
            levels.append(np.percentile(resin, [10, 50, 90]))
    return np.reshape(levels, (-1, 3)), np.array(kept)


def _shrunk(images, size):
    return np.stack([cv2.resize(image, (size, size), interpolation=cv2.INTER_AREA) for image in images])[..., None]


def classifier():
    """What the probes learn with: numbers standardized, 90 % of their variance in main components, an SVM.

    The components come from the covariances: the same ones, three times as fast as from the grains themselves.
    """
    return make_pipeline(StandardScaler(), PCA(0.9, svd_solver="covariance_eigh"), SVC(class_weight="balanced"))


def _noise(images, strength, rng):
    return images + rng.normal(0, 255 * strength, images.shape)


def _blur(images, sigma, rng):
    return np.stack([cv2.GaussianBlur(image, (0, 0), max(sigma, 1e-3)) for image in images])


def _exposure(images, change, rng):
    return images * (1 + change)


def _resolution(images, factor, rng):
    size = images.shape[1]
    small = (max(2, round(size / factor)),) * 2
    shrunk = (cv2.resize(image, small, interpolation=cv2.INTER_AREA) for image in images)
    return np.stack([cv2.resize(image, (size, size), interpolation=cv2.INTER_LINEAR) for image in shrunk])


def _rotation(images, degrees, rng):
    size = images.shape[1]
    turns = (
        cv2.getRotationMatrix2D(((size - 1) / 2,) * 2, sign * degrees, 1) for sign in rng.choice((-1, 1), len(images))
    )
    return np.stack([cv2.warpAffine(image, turn, (size, size)) for image, turn in zip(images, turns)])


# For each disturbance how, and in what its strength is measured; 0 (for resolution 1) leaves the images as they are.
DISTURBANCES = {
    "noise": (_noise, "standard deviation, share of white"),
    "blur": (_blur, "standard deviation, px"),
    "exposure": (_exposure, "change, share"),
    "resolution": (_resolution, "coarser by a factor of"),
    "rotation": (_rotation, "degrees, either way"),
}


def disturb(images, kind, strength, seed=0):
    """The same crops, worse: what another microscope, operator or mount might have made of them.

    Parameters
    ----------
    images : array of uint8, shape (n, size, size, 1)
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
    changed = DISTURBANCES[kind][0](images[..., 0].astype(np.float32), strength, np.random.default_rng(seed))
    return np.clip(np.rint(changed), 0, 255).astype(np.uint8)[..., None]
