"""Every figure of the course: one palette that colour-blind readers can tell apart, axes with units, alt text.

Functions that draw take data and return a matplotlib Figure, new or that of the given Axes; `show` puts it into the
notebook with its description. `outlined` and `match_map` return pictures.
"""

from zirconkit.plots.base import COLOURS, show
from zirconkit.plots.pictures import convolution_step, gallery, match_map, mount, outlined
from zirconkit.plots.scores import curves, feature_by_class, intervals, roc, spreads

__all__ = [
    "COLOURS", "convolution_step", "curves", "feature_by_class", "gallery", "intervals", "match_map", "mount",
    "outlined", "roc", "show", "spreads",
]  # fmt: skip
