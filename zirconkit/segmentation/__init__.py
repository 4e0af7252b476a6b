"""From a mount to grains: three ways to outline them, what is measured on them, and mending by hand.

`published` is the recipe of Nathwani et al. (2023, section 2.1), to the letter. `watershed` finds the grains that it
loses, `network` does so by what a U-Net learned from grown mounts; behind both stands `parting`, for grains that touch.
All take an image, uint8 of shape (height, width), and return a label image; `describe` makes a table of it,
with flags in place of silent drops; `scaling` sees to it that a grain is as large as they expect. What a person mends
by hand is an edit list (`edits`). `whole` goes the whole way from a mount to its table, `files` does it for image
files, `outlines` draws what came of it, `showing` picks what to look at, `scores` compares with a truth, `fates` tells
what became of each true grain.
"""

from zirconkit.segmentation.edits import apply_edits, load_edits, replay_edits, save_edits
from zirconkit.segmentation.fates import FATES, Fates, fates, how_they_lie, outlined_grains, upright_box
from zirconkit.segmentation.measurements import checked, describe, fits_published_box, published_size, whole_and_sized
from zirconkit.segmentation.network import as_input, network, probabilities
from zirconkit.segmentation.published import cut_out, published, published_boxes
from zirconkit.segmentation.scores import WHY_LOST, grain_overlaps, lost_grains, segmentation_scores
from zirconkit.segmentation.showing import at_working_scale, fullest_window, half_way, rescaled_truth, touching_patch
from zirconkit.segmentation.watershed import watershed
from zirconkit.segmentation.whole import KEEP, METHODS, Segmented, segment, segment_mount, warn_of_scales

__all__ = [
    "FATES", "KEEP", "METHODS", "WHY_LOST", "Fates", "Segmented", "apply_edits", "as_input", "at_working_scale",
    "checked", "cut_out", "describe", "fates", "fits_published_box", "fullest_window", "grain_overlaps", "half_way",
    "how_they_lie", "load_edits", "lost_grains", "network", "outlined_grains", "probabilities", "published",
    "published_boxes", "published_size", "replay_edits", "rescaled_truth", "save_edits", "segment", "segment_mount",
    "segmentation_scores", "touching_patch", "upright_box", "warn_of_scales", "watershed", "whole_and_sized",
]  # fmt: skip
