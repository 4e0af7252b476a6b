"""What can be measured on each grain: its shape, its zoning, and what there is to say against it."""

import cv2
import numpy as np
import pandas as pd
from scipy import ndimage
from scipy.spatial.distance import pdist
from skimage.measure import regionprops

from zirconkit.segmentation.stitching import missing_tiles, seams

__all__ = ["checked", "describe", "fits_published_box", "hull", "published_size", "whole_and_sized"]


def checked(image):
    """The image itself, if it is one: two dimensions of 8-bit grey."""
    image = np.asarray(image)
    if image.ndim != 2 or image.dtype != np.uint8:
        raise ValueError(f"wanted a uint8 image of shape (height, width), this is {image.dtype} of shape {image.shape}")
    return np.ascontiguousarray(image)


def fits_published_box(width, height):
    """The size filter of Nathwani et al. (2023): boxes with 40 < width < 90 and 40 < height < 90, in pixels."""
    return (width > 40) & (width < 90) & (height > 40) & (height < 90)


def hull(grain):
    """Corners of the convex hull of a grain's pixels, pixel corners included, shape (n, 2), in pixels."""
    outline = np.concatenate(cv2.findContours(grain.astype(np.uint8), cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)[0])
    corners = np.concatenate([np.add(outline, (x, y)) for x in (0, 1) for y in (0, 1)])
    return cv2.convexHull(corners.astype(np.int32))[:, 0]


def _zoning(grey, depth):
    """Five figures of one grain's zoning, from its grey and each pixel's distance to the outline; see `describe`."""
    inner = depth >= 2  # the outermost pixel is half resin
    names = ("contrast", "rim_over_core", "oscillation", "wavelength_px", "inclusion_fraction")
    measures = dict.fromkeys(names, np.nan)
    if inner.sum() < 30 or not grey[inner].any():
        return measures
    spots, _ = ndimage.label(inner & (grey < 0.5 * np.median(grey[inner])))
    sizes = np.bincount(spots.ravel())[1:]
    clean = inner & (spots == 0)
    mean = grey[clean].mean()
    measures["contrast"] = grey[clean].std() / mean
    measures["inclusion_fraction"] = sizes[sizes >= 4].sum() / inner.sum()
    rim, core = clean & (depth < depth.max() / 3), clean & (depth > depth.max() * 2 / 3)
    if rim.any() and core.any():
        measures["rim_over_core"] = grey[rim].mean() / grey[core].mean()
    ring = depth[clean].astype(int) - 2
    profile = np.bincount(ring, grey[clean]) / np.maximum(np.bincount(ring), 1)
    if len(profile) >= 8:
        x = np.linspace(-1, 1, len(profile))
        waves = (profile - np.polyval(np.polyfit(x, profile, 2), x)) / mean
        power = np.abs(np.fft.rfft(waves * np.hanning(len(x)), 256)) ** 2
        measures["oscillation"] = waves.std()
        measures["wavelength_px"] = 256 / max(np.argmax(power), 1)
    return measures


def _measure(grain, labels):
    """One row of the table: a grain (a region of `skimage.measure.regionprops`) in its label image."""
    top, left, bottom, right = grain.bbox
    depth = cv2.distanceTransform(np.pad(grain.image, 1).astype(np.uint8), cv2.DIST_L2, 5)[1:-1, 1:-1]
    grey = grain.image_intensity.astype(float)
    near = labels[max(top - 2, 0) : bottom + 2, max(left - 2, 0) : right + 2]
    reach = cv2.dilate((near == grain.label).astype(np.uint8), np.ones((5, 5)))
    return {
        "grain": grain.label,
        **dict(zip(("row_min", "col_min", "row_max", "col_max"), grain.bbox)),
        "area_px": int(grain.area),
        "equivalent_diameter_px": grain.equivalent_diameter_area,
        "aspect_ratio": grain.axis_major_length / max(grain.axis_minor_length, 1),
        "solidity": float(grain.solidity),
        "mean_grey": grey[grain.image].mean(),
        "std_grey": grey[grain.image].std(),
        "major_px": grain.axis_major_length,
        "minor_px": grain.axis_minor_length,
        "feret_px": pdist(hull(grain.image).astype(float)).max(),  # largest distance between pixel corners
        "orientation_deg": np.degrees(grain.orientation),
        **_zoning(grey, depth),
        "touching": bool(np.any(reach & (near > 0) & (near != grain.label))),
        "saturated": bool(np.mean(grey[grain.image] == 255) > 0.01),
    }


def _on_seam(image, labels):
    """The grains that lie on both sides of a seam."""
    (rows, columns), crossing = seams(image), [0]
    for one, other in ((labels[rows - 1], labels[rows]), (labels[:, columns - 1], labels[:, columns])):
        crossing = np.union1d(crossing, one[one == other])
    return crossing


def _cut_off(image, labels):
    """The grains at the image's edge or within 2 px of a missing tile."""
    gone = cv2.dilate(missing_tiles(image).astype(np.uint8), np.ones((5, 5))) > 0
    gone[[0, -1]] = gone[:, [0, -1]] = True
    return np.unique(labels[gone])


def published_size(table):
    """The published size filter on a table's boxes. It favours diagonal grains over upright ones."""
    return fits_published_box(table["col_max"] - table["col_min"], table["row_max"] - table["row_min"])


def whole_and_sized(table):
    """A size filter blind to orientation: at least 500 px, at most 120 px across (Feret), not cut off at an edge."""
    cut_off = table["flags"].str.split(";").map(lambda names: "edge" in names).astype(bool)
    return (table["area_px"] >= 500) & (table["feret_px"] <= 120) & ~cut_off


def describe(image, labels, um_per_px=None, keep=whole_and_sized):
    """Measure every grain of a label image.

    Shapes are scikit-image's `regionprops`. The zoning measures leave out the outermost 2 px and, all but the last,
    dark spots; they are ratios, so that exposure doesn't change them:

    - contrast: standard deviation over mean of the grey; near 0 for an unzoned grain.
    - rim_over_core: mean grey of the outer third over the inner third, by distance to the outline; above 1, a bright
      rim.
    - oscillation: of the profile of mean grey against distance to the outline, less its slow trend (a parabola), the
      standard deviation over the mean grey. Growth layers parallel to the outline raise it.
    - wavelength_px: the length at which that profile repeats itself (peak of its power spectrum). Both are NaN in a
      grain less than 20 px wide.
    - inclusion_fraction: share of the area in spots of at least 4 px darker than half of the grain's median.

    Flags: touching (another grain within 2 px), seam (crosses one), edge (cut by the image's edge or a missing tile),
    dim (under half as bright as the mount's median grain), saturated (over 1 % of it at 255), low_solidity (below
    0.85), small (under 500 px).

    Parameters
    ----------
    image : array of uint8, shape (height, width)
    labels : array of int, shape (height, width)
        0 background, one number a grain.
    um_per_px : float, optional
        Micrometres per pixel; without it the columns in micrometres are empty.
    keep : function
        Takes the table, flags included, and says which grains to keep.

    Returns
    -------
    DataFrame, one row a grain
        grain (its number in `labels`); row_min, col_min, row_max, col_max (the box, half open); area_px and lengths
        (`..._px`), and the same in micrometres (`..._um`; areas in square micrometres); the measures above; flags,
        joined by ";"; kept.
    """
    image, labels = checked(image), np.asarray(labels)
    if labels.shape != image.shape:
        raise ValueError(f"the label image is {labels.shape}, the image {image.shape}: they do not belong together")
    grains = regionprops(labels.astype(np.int32, copy=False), intensity_image=image)
    nobody = regionprops(np.ones((3, 3), np.int32), intensity_image=np.zeros((3, 3), np.uint8))
    rows = [_measure(grain, labels) for grain in grains or nobody]
    table = pd.DataFrame(rows).iloc[: len(grains)].copy()  # with no grain, an empty table of the same columns
    for column in [name for name in table if name.endswith("_px")]:
        scale = np.nan if um_per_px is None else um_per_px ** (2 if column == "area_px" else 1)
        table[column.removesuffix("_px") + "_um"] = table[column] * scale
    flags = {
        "touching": table.pop("touching"),
        "seam": table["grain"].isin(_on_seam(image, labels)),
        "edge": table["grain"].isin(_cut_off(image, labels)),
        "dim": table["mean_grey"] < 0.5 * table["mean_grey"].median(),
        "saturated": table.pop("saturated"),
        "low_solidity": table["solidity"] < 0.85,
        "small": table["area_px"] < 500,
    }
    flags = pd.DataFrame(flags)
    table["flags"] = pd.Series([";".join(flags.columns[row]) for row in flags.to_numpy(bool)], dtype=str)
    table["kept"] = keep(table)
    return table
