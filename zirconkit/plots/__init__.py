"""Every figure of the course: one palette that colour-blind readers can tell apart, axes with units, alt text.

Functions that draw take data, with the names of the classes where they matter, and return a matplotlib Figure, new or
that of the given Axes; `show` puts it into the notebook with its description. `class_colours` gives each class its
colour. `outlined` and `match_map` return pictures.
"""

from zirconkit.plots.canvas import show
from zirconkit.plots.decisions import answers, calibrated, confusion, cost_curves
from zirconkit.plots.explanations import evidence, feature_grid, feature_map, truth_scores
from zirconkit.plots.measurements import feature_by_class, spreads
from zirconkit.plots.networks import freezing, maps_on_grain
from zirconkit.plots.palette import COLOURS, class_colours, name_classes
from zirconkit.plots.pictures import convolution_step, gallery, match_map, mount, outlined
from zirconkit.plots.scores import by_size, compared, curves, intervals, roc
from zirconkit.plots.spaces import highlighted, pictured, scene, turned

__all__ = [
    "COLOURS", "answers", "by_size", "calibrated", "class_colours", "compared", "confusion", "convolution_step",
    "cost_curves", "curves", "evidence", "feature_by_class", "feature_grid", "feature_map", "freezing", "gallery",
    "highlighted", "intervals", "maps_on_grain", "match_map", "mount", "name_classes", "outlined", "pictured", "roc",
    "scene", "show", "spreads", "truth_scores", "turned",
]  # fmt: skip
