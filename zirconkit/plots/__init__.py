"""Every figure of the course: one palette that colour-blind readers can tell apart, axes with units, alt text.

Functions that draw take data, with the names of the classes where they matter, and return a matplotlib Figure, new or
that of the given Axes; `show` puts it into the notebook with its description. `class_colours` gives each class its
colour. `outlined` returns a picture.
"""

from zirconkit.plots.canvas import show
from zirconkit.plots.decisions import answers, by_mount, calibrated, confusion, confusions, cost_curves, heaps, surest
from zirconkit.plots.descent import Landscape, backwards, bends, curve_on_grains, descended, descents, walked
from zirconkit.plots.doses import dose_changes, dose_curves, dose_pairs, on_the_bench, two_tests
from zirconkit.plots.dreaming import codes_and_blobs, covered_and_copied, rows_and_scores
from zirconkit.plots.explanations import evidence, feature_grid, feature_map, truth_scores
from zirconkit.plots.fates import edged, fates, turning
from zirconkit.plots.kernels import before_and_after, kernels_and_maps, light_map, painted, signed_map
from zirconkit.plots.labels import by_labels
from zirconkit.plots.learning import bands, certainty, changed, compared_curves, gains, stopping, weight_histograms
from zirconkit.plots.leaving import age_curves, called_twice, card_lines, control_chart, dealt_clues, sand_shares
from zirconkit.plots.maps import course_map
from zirconkit.plots.measurements import feature_by_class, spreads
from zirconkit.plots.mysteries import (
    clue_views,
    hold_or_miss,
    mount_dots,
    pushes,
    scored_mounts,
    some_of_each,
    two_lines,
    worse_pictures,
)
from zirconkit.plots.networks import freezing, maps_on_grain, u_shape
from zirconkit.plots.palette import COLOURS, LINES, class_colours, name_classes
from zirconkit.plots.patterns import (
    bragg_sketch,
    crowded,
    fingerprints,
    laid_sticks,
    looked_at,
    mixture_errors,
    one_on_another,
    parts_of_a_pattern,
    peak_misses,
)
from zirconkit.plots.pictures import convolution_step, gallery, mount, outlined, side_by_side, stretched
from zirconkit.plots.scores import by_size, compared, draws, each_seed, intervals, left_out, roc
from zirconkit.plots.sorting import atlas, few_grains, numbered, revealed
from zirconkit.plots.spaces import guests, highlighted, map_and_axes, map_panels, pictured, probed, scene
from zirconkit.plots.spectra import by_counts, group_confusion, overlap_at_2_kev, switched_on
from zirconkit.plots.splits import coin_rows, medians_by_mount, split_blocks
from zirconkit.plots.sweeps import audited, leads, powers, runs
from zirconkit.plots.triangles import qfl_triangle
from zirconkit.plots.witnesses import added_logits, measurements_of_one, prices_of_names, two_of_each, two_witnesses

__all__ = [
    "COLOURS", "LINES", "Landscape", "added_logits", "age_curves", "answers", "atlas", "audited", "backwards",
    "bands", "before_and_after", "bends", "bragg_sketch", "by_counts", "by_labels", "by_mount", "by_size",
    "calibrated", "called_twice", "card_lines", "certainty", "changed", "class_colours", "clue_views",
    "codes_and_blobs", "coin_rows", "compared", "compared_curves", "confusion", "confusions", "control_chart",
    "convolution_step", "cost_curves", "course_map", "covered_and_copied", "crowded", "curve_on_grains",
    "dealt_clues", "descended", "descents", "dose_changes", "dose_curves", "dose_pairs", "draws", "each_seed",
    "edged", "evidence", "fates", "feature_by_class", "feature_grid", "feature_map", "few_grains", "fingerprints",
    "freezing", "gains", "gallery", "group_confusion", "guests", "heaps", "highlighted", "hold_or_miss",
    "intervals", "kernels_and_maps", "laid_sticks", "leads", "left_out", "light_map", "looked_at", "map_and_axes",
    "map_panels", "maps_on_grain", "measurements_of_one", "medians_by_mount", "mixture_errors", "mount",
    "mount_dots", "name_classes", "numbered", "on_the_bench", "one_on_another", "outlined", "overlap_at_2_kev",
    "painted", "parts_of_a_pattern", "peak_misses", "pictured", "powers", "prices_of_names", "probed", "pushes",
    "qfl_triangle", "revealed", "roc", "rows_and_scores", "runs", "sand_shares", "scene", "scored_mounts", "show",
    "side_by_side", "signed_map", "some_of_each", "split_blocks", "spreads", "stopping", "stretched", "surest",
    "switched_on", "truth_scores", "turning", "two_lines", "two_of_each", "two_tests", "two_witnesses", "u_shape",
    "walked", "weight_histograms", "worse_pictures",
]  # fmt: skip
