"""Every figure of the course: one palette that colour-blind readers can tell apart, axes with units, alt text.

Functions that draw take data and return a matplotlib Figure, new or that of the given Axes; `show` puts it into the
notebook with its description. `outlined` and `match_map` return pictures.
"""

from zirconkit.plots.base import COLOURS, show
from zirconkit.plots.clues import compared
from zirconkit.plots.doubts import answers, by_size, calibrated, cost_curves
from zirconkit.plots.explanations import evidence, feature_grid, feature_map, truth_scores
from zirconkit.plots.pictures import convolution_step, gallery, match_map, mount, outlined
from zirconkit.plots.scores import curves, feature_by_class, intervals, roc, spreads
from zirconkit.plots.spaces import highlighted, pictured, scene, turned

__all__ = [
    "COLOURS", "answers", "by_size", "calibrated", "compared", "convolution_step", "cost_curves", "curves",
    "evidence", "feature_by_class", "feature_grid", "feature_map", "gallery", "highlighted", "intervals", "match_map",
    "mount", "outlined", "pictured", "roc", "scene", "show", "spreads", "truth_scores", "turned",
]  # fmt: skip
