"""What can be measured on each grain: its shape, its zoning, and what there is to say against it."""

import cv2
import numpy as np
import pandas as pd
from scipy import ndimage
from skimage.measure import regionprops

from zirconkit.samples import UM_PER_PX
from zirconkit.segmentation.geometry import depth_in, feret
from zirconkit.segmentation.scaling import rescale
from zirconkit.segmentation.stitching import find_stitching

__all__ = ["checked", "describe", "fits_published_box", "published_size", "whole_and_sized"]

# What is measured on a grain, in the order of the table's columns.
MEASURES = {
    "grain": int,
    "row_min": int,
    "col_min": int,
    "row_max": int,
    "col_max": int,
    "area_px": int,
    "equivalent_diameter_px": float,
    "aspect_ratio": float,
    "solidity": float,
    "mean_grey": float,
    "std_grey": float,
    "major_px": float,
    "minor_px": float,
    "feret_px": float,
    "orientation_deg": float,
    "contrast": float,
    "rim_over_core": float,
    "oscillation": float,
    "wavelength_px": float,
    "inclusion_fraction": float,
    "touching": bool,
    "parted": bool,
    "saturated": bool,
}

SHAPES = {  # by scikit-image's names
    "grain": "label",
    "area_px": "area",
    "equivalent_diameter_px": "equivalent_diameter_area",
    "solidity": "solidity",
    "major_px": "axis_major_length",
    "minor_px": "axis_minor_length",
}
BOX = ("row_min", "col_min", "row_max", "col_max")
ZONING = ("contrast", "rim_over_core", "oscillation", "wavelength_px", "inclusion_fraction")

SKIN = 2  # px; the outermost pixel of a grain is half resin
SPOT = 4  # px; a smaller dark spot is noise, no inclusion
NEAR = 2  # px; grains that are no farther apart touch
SMALL = 500  # px; a smaller grain is a fragment, or too few pixels to show zoning
LARGE = 120  # px across (Feret); a longer object is more than one grain, or another mineral


def checked(image):
    """The image itself, if it is one: two dimensions of 8-bit grey."""
    image = np.asarray(image)
    if image.ndim != 2 or image.dtype != np.uint8:
        wanted = "wanted a uint8 image of shape (height, width)"
        raise ValueError(f"{wanted}, this is {image.dtype} of shape {image.shape}")
    return np.ascontiguousarray(image)


def fits_published_box(width, height):
    """The size filter of Nathwani et al. (2023): boxes with 40 < width < 90 and 40 < height < 90, in pixels."""
    return (width > 40) & (width < 90) & (height > 40) & (height < 90)


def _measure(region, labels, factor):
    """What is measured on one grain, a region of `skimage.measure.regionprops`, as a row by the names of `MEASURES`."""
    own = region.image_intensity[region.image].astype(float)
    row = {name: region[theirs] for name, theirs in SHAPES.items()}
    row |= zip(BOX, region.bbox)
    row |= _zoning_at(factor, region)
    row["aspect_ratio"] = row["major_px"] / max(row["minor_px"], 1)
    row["feret_px"] = feret(region.image)
    row["orientation_deg"] = np.degrees(region.orientation)
    row["mean_grey"] = own.mean()
    row["std_grey"] = own.std()
    row["saturated"] = np.mean(own == 255) > 0.01
    row["touching"] = _touches(region, labels, _pixels(NEAR, factor))
    row["parted"] = row["touching"] and _touches(region, labels, _pixels(1, factor))
    return row


def _pixels(length, factor):
    """A length of the working scale in whole pixels of the image's own, at least one."""
    return max(1, round(length / factor))


def _zoning_at(factor, region):
    """The figures of `_zoning` with the grain as large as at the working scale; the wavelength in its own pixels."""
    grey = rescale(region.image_intensity, factor).astype(float)
    grain = rescale(region.image, factor)
    depth = depth_in(np.pad(grain, 1))[1:-1, 1:-1]  # outside the box is outside the grain
    figures = _zoning(grey, depth)
    figures["wavelength_px"] /= factor
    return figures


def _touches(region, labels, near):
    """Whether another grain lies within so many pixels."""
    top, left, bottom, right = region.bbox
    rows = slice(max(top - near, 0), bottom + near)
    columns = slice(max(left - near, 0), right + near)
    around = labels[rows, columns]
    own = around == region.label
    others = (around > 0) & ~own
    if not others.any():
        return False
    reached = cv2.dilate(own.astype(np.uint8), _square(near)) > 0
    return np.any(reached & others)


def _square(near):
    """A kernel that reaches so many pixels to each side."""
    return np.ones((2 * near + 1, 2 * near + 1))


def _zoning(grey, depth):
    """Five figures of one grain's zoning, from its grey and each pixel's distance to the outline; see `describe`."""
    figures = dict.fromkeys(ZONING, np.nan)
    inner = depth >= SKIN
    if inner.sum() < 30 or not grey[inner].any():
        return figures
    dark = inner & (grey < 0.5 * np.median(grey[inner]))
    clean = inner & ~dark
    mean = grey[clean].mean()
    figures["contrast"] = grey[clean].std() / mean
    figures["inclusion_fraction"] = _spots(dark) / inner.sum()
    figures["rim_over_core"] = _rim_over_core(grey, depth, clean)
    profile = _profile(grey[clean], depth[clean])
    if len(profile) >= 8:
        waves = _detrended(profile) / mean
        figures["oscillation"] = waves.std()
        figures["wavelength_px"] = _wavelength(waves)
    return figures


def _spots(dark):
    """Area of the dark spots that are no noise, in pixels."""
    spots, _ = ndimage.label(dark)
    sizes = np.bincount(spots.ravel())[1:]
    inclusions = sizes[sizes >= SPOT]
    return inclusions.sum()


def _rim_over_core(grey, depth, clean):
    """Mean grey of the outer third of the depth over that of the inner third; NaN where one of them is empty."""
    deepest = depth.max()
    rim = clean & (depth < deepest / 3)
    core = clean & (depth > deepest * 2 / 3)
    if rim.any() and core.any():
        return grey[rim].mean() / grey[core].mean()
    return np.nan


def _profile(grey, depth):
    """Mean grey by the distance to the outline, a pixel a step, from the skin inwards."""
    ring = depth.astype(int) - SKIN
    sums = np.bincount(ring, grey)
    counts = np.bincount(ring)
    return sums / np.maximum(counts, 1)


def _detrended(profile):
    """A profile less the parabola that fits it best."""
    x = np.linspace(-1, 1, len(profile))
    parabola = np.polyfit(x, profile, 2)
    trend = np.polyval(parabola, x)
    return profile - trend


def _wavelength(waves):
    """Where the power spectrum of a profile has its peak, in pixels."""
    tapered = waves * np.hanning(len(waves))
    spectrum = np.fft.rfft(tapered, 256)
    power = np.abs(spectrum) ** 2
    peak = np.argmax(power)
    return 256 / max(peak, 1)


def _on_seam(labels, stitching):
    """The grains that lie on both sides of a seam."""
    across_rows = _on_both_sides(labels, stitching.rows)
    across_columns = _on_both_sides(labels.T, stitching.columns)
    return np.union1d(across_rows, across_columns)


def _on_both_sides(labels, rows):
    """What the pixels of some rows have in common with those above."""
    above = labels[rows - 1]
    below = labels[rows]
    return below[above == below]


def _cut_off(labels, missing, near):
    """The grains at the image's edge or within so many pixels of what is missing."""
    reached = cv2.dilate(missing.astype(np.uint8), _square(near))
    gone = reached > 0
    gone[[0, -1]] = True
    gone[:, [0, -1]] = True
    return np.unique(labels[gone])


def published_size(table):
    """The published size filter on a table's boxes. It favours diagonal grains over upright ones."""
    return fits_published_box(table["col_max"] - table["col_min"], table["row_max"] - table["row_min"])


def whole_and_sized(table):
    """A size filter blind to orientation: at least 500 px, at most 120 px across (Feret), not cut off at an edge."""
    barring = {"small", "large", "edge"}
    return table["flags"].str.split(";").map(barring.isdisjoint).astype(bool)


def describe(image, labels, um_per_px=None, keep=whole_and_sized, stitching=None, factor=1.0):
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
    0.85), small (under 500 px), large (over 120 px across), parted (shares its outline with another grain: one object
    was parted there). Pixels of these sizes, of the measures of zoning and of `keep` are those of the working scale;
    where the scale is known and the grains are large, small is half of that, but not under 2,000 square micrometres.

    Parameters
    ----------
    image : array of uint8, shape (height, width)
    labels : array of int, shape (height, width)
        0 background, one number a grain.
    um_per_px : float, optional
        Micrometres per pixel; without it the columns in micrometres are empty.
    keep : function
        Takes the table, flags included, and says which grains to keep.
    stitching : Stitching, optional
        The mount's, if it is known already (`stitching.find_stitching`).
    factor : float
        From the image's own scale to the working scale (`scaling`).

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
    regions = regionprops(labels.astype(np.int32, copy=False), intensity_image=image)
    rows = [_measure(region, labels, factor) for region in regions]
    measures = pd.DataFrame(rows, columns=list(MEASURES))
    measures = measures.astype(MEASURES)  # the same in an empty table
    stitching = stitching or find_stitching(image)
    flags = _flags(measures, labels, stitching, factor)
    flags["small"] = measures["area_px"] < _smallest(um_per_px, factor)
    table = measures.drop(columns=["touching", "parted", "saturated"])
    _add_micrometres(table, um_per_px)
    table["flags"] = _joined(flags)
    table["kept"] = keep(_at_working_scale(table, factor))
    return table


def _smallest(um_per_px, factor):
    """Area of the smallest grain that is no fragment, in the image's own pixels."""
    at_working_scale = SMALL / factor**2
    if um_per_px is None:
        return at_working_scale
    at_2_um = SMALL * (UM_PER_PX / um_per_px) ** 2
    return min(at_working_scale, max(at_2_um, at_working_scale / 2))


def _at_working_scale(table, factor):
    """A table of grains with its boxes, lengths and areas in pixels of the working scale."""
    if factor == 1:
        return table
    lengths = [name for name in table if name in BOX or (name.endswith("_px") and name != "area_px")]
    scaled = table.copy()
    scaled[lengths] = table[lengths] * factor
    scaled["area_px"] = table["area_px"] * factor**2
    return scaled


def _flags(measures, labels, stitching, factor):
    """What there is to say against each grain: DataFrame of bool, a column a flag."""
    flags = pd.DataFrame(index=measures.index)
    flags["touching"] = measures["touching"]
    flags["seam"] = measures["grain"].isin(_on_seam(labels, stitching))
    flags["edge"] = measures["grain"].isin(_cut_off(labels, stitching.missing, _pixels(NEAR, factor)))
    flags["dim"] = measures["mean_grey"] < 0.5 * measures["mean_grey"].median()
    flags["saturated"] = measures["saturated"]
    flags["low_solidity"] = measures["solidity"] < 0.85
    flags["small"] = False
    flags["large"] = measures["feret_px"] * factor > LARGE
    flags["parted"] = measures["parted"]
    return flags


def _joined(flags):
    """The names of each grain's flags, joined by ";"."""
    names = [";".join(flags.columns[row]) for row in flags.to_numpy(bool)]
    return pd.Series(names, dtype=str)


def _add_micrometres(table, um_per_px):
    """Give each column in pixels a twin in micrometres, in square micrometres for the area; empty without a scale."""
    scale = np.nan if um_per_px is None else um_per_px
    in_pixels = [name for name in table if name.endswith("_px")]
    for column in in_pixels:
        power = 2 if column == "area_px" else 1
        twin = column.removesuffix("_px") + "_um"
        table[twin] = table[column] * scale**power
