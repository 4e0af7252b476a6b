"""How good is it, and how sure are we: scores with intervals.

Every score is an `Interval`: a value with its 95 % interval. Two sources of doubt are kept apart: few grains, and, with
`groups`, few mounts. A class is fixed by mount, so a score that would change with other mounts is not sure, however
many grains stand behind it. What cannot be had is NaN.
"""

from zirconkit.evaluation.auc import auc_difference, auc_interval
from zirconkit.evaluation.decisions import Calls, at_threshold, costs, differences, drawn_scores
from zirconkit.evaluation.intervals import (
    Interval,
    gains,
    paired_difference,
    proportion_interval,
    score_interval,
    table,
)
from zirconkit.evaluation.learning import smallest_patience, stopping
from zirconkit.evaluation.pairs import gap, pairs_interval, pairs_left_out, random_folds, within_pairs
from zirconkit.evaluation.scores import calibration, confusion, probability_scores, scores
from zirconkit.segmentation.scores import grain_overlaps, segmentation_scores

__all__ = [
    "Calls", "Interval", "at_threshold", "auc_difference", "auc_interval", "calibration", "confusion", "costs",
    "differences", "drawn_scores", "gains", "gap", "grain_overlaps", "paired_difference", "pairs_interval",
    "pairs_left_out", "probability_scores", "proportion_interval", "random_folds", "score_interval", "scores",
    "segmentation_scores", "smallest_patience", "stopping", "table", "within_pairs",
]  # fmt: skip
