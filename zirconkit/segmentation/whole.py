"""The whole way from an image to labels and a table: at which scale, by which method, mended how, measured how."""

import warnings
from functools import partial
from typing import NamedTuple

import numpy as np
import pandas as pd

from zirconkit.messages import ZirconkitWarning
from zirconkit.segmentation.edits import replay_edits
from zirconkit.segmentation.measurements import checked, describe, published_size, whole_and_sized
from zirconkit.segmentation.network import network
from zirconkit.segmentation.published import published
from zirconkit.segmentation.remembered import remembered, remembered_table
from zirconkit.segmentation.scaling import enlarge_labels, first_factor, next_factor, rescale
from zirconkit.segmentation.stitching import find_stitching
from zirconkit.segmentation.watershed import watershed

__all__ = ["KEEP", "METHODS", "Segmented", "segment", "segment_mount", "warn_of_scales"]

METHODS = {"published": published, "watershed": watershed, "network": network}
KEEP = {"published": published_size, "watershed": whole_and_sized, "network": whole_and_sized}
LOOKS = 4  # at most, at a mount whose grains are of an unusual size
FAR_LARGER = 0.5  # a mount that has to be shrunk by more has objects far larger than the paper's zircons


class Segmented(NamedTuple):
    """A mount and what was found on it.

    `image` is uint8 (height, width); `labels` int32 of that shape, 0 background, 1..n; `table` as `describe` gives it;
    `um_per_px` the scale or None; `factor` that to the scale at which the grains were sought (`scaling`).
    """

    image: np.ndarray
    labels: np.ndarray
    table: pd.DataFrame
    um_per_px: float | None
    factor: float


def segment(image, method="watershed", um_per_px=None, weights=None):
    """Outline the grains of an image (uint8, height x width) with one of `METHODS`, and measure them.

    `um_per_px` is the scale in micrometres per pixel, None where nobody knows it. `weights` are the network's, if they
    are to be others than those that come with the kit (`network.read_weights`).

    Returns
    -------
    labels : array of int32, shape (height, width)
    table : DataFrame
        As in `describe`; kept is the method's own size filter.
    """
    image = checked(image)
    stitching = find_stitching(image)
    labels, factor = _outlined(image, _way(method, weights), um_per_px, stitching)
    return labels, describe(image, labels, um_per_px, KEEP[method], stitching, factor)


def segment_mount(mount, method="watershed", weights=None):
    """Outline and measure the grains of a mount, at the scale that its sheet or else its file says: a `Segmented`.

    What is printed over it is left out; an edit list that lies beside its image is replayed (`edits.replay_edits`).
    What was computed before comes from the kit's cache (`remembered`). `weights` as in `segment`. The errors are those
    of `images.read` and `replay_edits`.
    """
    picture = mount.picture()
    um_per_px = mount.um_per_px or picture.um_per_px
    seen = picture.grey, picture.left_out
    outlines = remembered(_outlines, *seen, um_per_px, method, weights)
    labels, factor = outlines["labels"], float(outlines["factor"])
    labels = replay_edits(labels, mount.path, mount.edits)
    table = remembered_table(_table, *seen, um_per_px, method, labels, factor)
    return Segmented(picture.grey, labels, table, um_per_px, factor)


def _outlines(grey, left_out, um_per_px, method, weights):
    """The label image of a mount, and the factor to the scale at which the grains were sought, as a dict."""
    labels, factor = _outlined(grey, _way(method, weights), um_per_px, find_stitching(grey, left_out))
    return {"labels": labels, "factor": np.array(factor)}


def _table(grey, left_out, um_per_px, method, labels, factor):
    """What is measured of the outlined grains of a mount: as `describe`."""
    stitching = find_stitching(grey, left_out)
    return describe(grey, labels, um_per_px, KEEP[method], stitching, factor)


def _way(method, weights):
    """A method as a function of an image and its stitching."""
    if method not in METHODS:
        raise ValueError(f"no segmentation method {method!r}: there are {', '.join(METHODS)}")
    if weights is None:
        return METHODS[method]
    if method != "network":
        raise ValueError(f"the method {method} has no weights: only network takes them")
    return partial(network, weights=weights)


def _outlined(image, way, um_per_px, stitching):
    """The label image of a mount at its own scale, and the factor to the scale at which the grains were sought."""
    factor = first_factor(image.shape, um_per_px)
    labels = _at(factor, image, way, stitching)
    looks = 1 if way is published else LOOKS  # to the letter
    for _ in range(looks - 1):
        wanted = next_factor(labels, factor, image.shape)
        if wanted == factor:
            break
        factor = wanted
        labels = _at(factor, image, way, stitching)
    return enlarge_labels(labels, image.shape), factor


def _at(factor, image, way, stitching):
    """The label image of a mount enlarged or shrunk by a factor, at that scale."""
    return way(rescale(image, factor), stitching.rescaled(factor))


def warn_of_scales(segmented):
    """Say once of which images nobody knows the scale, and in which the objects are far larger than zircons at 2 um.

    Parameters
    ----------
    segmented : dict
        File names to `Segmented`.
    """
    unknown = {name: found for name, found in segmented.items() if found.um_per_px is None and len(found.table)}
    if not unknown:
        return
    words = [f"nobody says how many micrometres a pixel is in {_list(unknown)}: lengths in um stay empty"]
    larger = [name for name, found in unknown.items() if found.factor < FAR_LARGER]
    if larger:
        words.append(f"the objects in {_list(larger)} are far larger than grains at 2 um a pixel")
    mend = "(mend: --um-per-px, or the column um_per_px in samples.csv)"
    warnings.warn(f"{'; '.join(words)} {mend}", ZirconkitWarning, stacklevel=3)


def _list(names):
    names = list(map(str, names))
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""
    return ", ".join(names[:3]) + more
