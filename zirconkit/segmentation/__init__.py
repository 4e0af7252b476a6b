"""From a mount to grains: two ways to outline them, what is measured on them, and mending by hand.

`published` is the recipe of Nathwani et al. (2023, section 2.1), to the letter. `watershed` finds the grains that it
loses. Both take a mount, uint8 of shape (height, width), and return a label image; `describe` makes a table of it, with
flags in place of silent drops. What a person mends by hand is an edit list (`edits`). `files` does the same for whole
image files, `scores` compares with a truth.
"""

from zirconkit.segmentation.edits import apply_edits, load_edits, replay_edits, save_edits
from zirconkit.segmentation.measurements import checked, describe, published_size, whole_and_sized
from zirconkit.segmentation.published import published, published_boxes
from zirconkit.segmentation.scores import grain_overlaps, segmentation_scores
from zirconkit.segmentation.stitching import find_stitching
from zirconkit.segmentation.watershed import watershed

__all__ = [
    "KEEP", "METHODS", "apply_edits", "describe", "grain_overlaps", "load_edits", "published", "published_boxes",
    "replay_edits", "save_edits", "segment", "segmentation_scores", "watershed",
]  # fmt: skip

METHODS = {"published": published, "watershed": watershed}

KEEP = {"published": published_size, "watershed": whole_and_sized}


def segment(image, method="watershed", um_per_px=None, path=None):
    """Outline the grains of a mount (uint8, height x width) with one of `METHODS`, and measure them.

    `um_per_px` is the scale in micrometres per pixel, None where nobody knows it. `path` is the image's file, if an
    edit list that lies beside it is to be replayed (`edits.replay_edits`).

    Returns
    -------
    labels : array of int32, shape (height, width)
    table : DataFrame
        As in `describe`; kept is the method's own size filter.
    """
    if method not in METHODS:
        raise ValueError(f"no segmentation method {method!r}: there are {', '.join(METHODS)}")
    image = checked(image)
    stitching = find_stitching(image)
    labels = METHODS[method](image, stitching)
    if path is not None:
        labels = replay_edits(labels, path)
    return labels, describe(image, labels, um_per_px, KEEP[method], stitching)
