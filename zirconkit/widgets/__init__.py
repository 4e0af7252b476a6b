"""Hands on: thin ipywidgets over pure functions.

What a widget shows comes from a function that works, and is tested, without one; each stands in the notebook beside a
static figure that says the same with no front end.
"""

from zirconkit.widgets.curator import Curator, cut_line, zoom
from zirconkit.widgets.explorers import boxes_drawn, feature_map_browser, kernel_stepper, threshold_explorer
from zirconkit.widgets.freezing import freezing_slider, layers_until, learn_in
from zirconkit.widgets.hover import crop_png, hover_crops
from zirconkit.widgets.judges import answer_browser, answered_grains, threshold_mover, threshold_words
from zirconkit.widgets.patience import patience_explorer

__all__ = [
    "Curator", "answer_browser", "answered_grains", "boxes_drawn", "crop_png", "cut_line", "feature_map_browser",
    "freezing_slider", "hover_crops", "kernel_stepper", "layers_until", "learn_in", "patience_explorer",
    "threshold_explorer", "threshold_mover", "threshold_words", "zoom",
]  # fmt: skip
