"""Hands on: thin ipywidgets over pure functions.

What a widget shows comes from a function that works, and is tested, without one; each stands in the notebook beside a
static figure that says the same with no front end.
"""

from zirconkit.widgets.curator import Curator, cut_line, zoom
from zirconkit.widgets.dreaming import DreamBench, dream_words
from zirconkit.widgets.elements import ElementBench, element_words
from zirconkit.widgets.explorers import feature_map_browser, kernel_stepper
from zirconkit.widgets.freezing import freezing_slider, layers_until, learn_in
from zirconkit.widgets.grain_bench import KNOBS, GrainBench, answer_words, as_seen
from zirconkit.widgets.hover import crop_png, hover_crops
from zirconkit.widgets.judges import answer_browser, answered_grains, threshold_mover, threshold_words
from zirconkit.widgets.labelling import LabelBench, bench_words
from zirconkit.widgets.leaving import ControlBench, SandBench, control_words, sand_words
from zirconkit.widgets.levers import LEVERS, lever_explorer, turning_crystal, words_of_fates
from zirconkit.widgets.lying import LyingBench, left_over, lying_curve
from zirconkit.widgets.mapping import MapBench, map_words
from zirconkit.widgets.mystery import MysteryBench, probe_words
from zirconkit.widgets.outliner import OutlineDesk, drawn_mask, outline_words
from zirconkit.widgets.painter import KernelPainter, painter_words, rivals
from zirconkit.widgets.patience import patience_explorer
from zirconkit.widgets.rules import rule_explorer, rule_score
from zirconkit.widgets.sorting import SortingBoard, score_words
from zirconkit.widgets.splitting import SplitBench, split_words
from zirconkit.widgets.sticks import StickBench, stick_words
from zirconkit.widgets.valley import descent_explorer, valley_walk, walk_words

__all__ = [
    "KNOBS", "LEVERS", "ControlBench", "Curator", "DreamBench", "ElementBench", "GrainBench", "KernelPainter",
    "LabelBench", "LyingBench", "MapBench", "MysteryBench", "OutlineDesk", "SandBench", "SortingBoard",
    "SplitBench", "StickBench", "answer_browser", "answer_words", "answered_grains", "as_seen", "bench_words",
    "control_words", "crop_png", "cut_line", "descent_explorer", "drawn_mask", "dream_words", "element_words",
    "feature_map_browser", "freezing_slider", "hover_crops", "kernel_stepper", "layers_until", "learn_in",
    "left_over", "lever_explorer", "lying_curve", "map_words", "outline_words", "painter_words",
    "patience_explorer", "probe_words", "rivals", "rule_explorer", "rule_score", "sand_words", "score_words",
    "split_words", "stick_words", "threshold_mover", "threshold_words", "turning_crystal", "valley_walk",
    "walk_words", "words_of_fates", "zoom",
]  # fmt: skip
