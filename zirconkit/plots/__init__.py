"""Every figure of the course: one palette that colour-blind readers can tell apart, axes with units, alt text.

Functions that draw take data, with the names of the classes where they matter, and return a matplotlib Figure, new or
that of the given Axes; `show` puts it into the notebook with its description. `class_colours` gives each class its
colour. `outlined` and `match_map` return pictures.
"""

from zirconkit.plots.canvas import show
from zirconkit.plots.decisions import answers, calibrated, confusion, confusions, cost_curves, heaps, surest
from zirconkit.plots.descent import Landscape, backwards, bends, curve_on_grains, descended, descents, walked
from zirconkit.plots.explanations import evidence, feature_grid, feature_map, truth_scores
from zirconkit.plots.learning import bands, bench, certainty, changed, stopping, weight_histograms
from zirconkit.plots.measurements import feature_by_class, spreads
from zirconkit.plots.networks import freezing, maps_on_grain
from zirconkit.plots.palette import COLOURS, class_colours, name_classes
from zirconkit.plots.pictures import convolution_step, gallery, match_map, mount, outlined, side_by_side
from zirconkit.plots.scores import by_size, compared, intervals, roc
from zirconkit.plots.spaces import highlighted, pictured, scene, turned
from zirconkit.plots.sweeps import leads, powers, runs

__all__ = [
    "COLOURS", "Landscape", "answers", "backwards", "bands", "bench", "bends", "by_size", "calibrated", "certainty",
    "changed", "class_colours", "compared", "confusion", "confusions", "convolution_step", "cost_curves",
    "curve_on_grains", "descended", "descents", "evidence", "feature_by_class", "feature_grid",
    "feature_map", "freezing", "gallery", "heaps", "highlighted", "intervals", "leads", "maps_on_grain", "match_map",
    "mount", "name_classes", "outlined", "pictured", "powers", "roc", "runs", "scene", "show", "side_by_side",
    "spreads", "stopping", "surest", "truth_scores", "turned", "walked", "weight_histograms",
]  # fmt: skip
