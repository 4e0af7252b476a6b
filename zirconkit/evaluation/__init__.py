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
    shares_difference,
    table,
)
from zirconkit.evaluation.leaks import coin_scores, judged_split, parts_of, shared_mounts, three_splits
from zirconkit.evaluation.learning import smallest_patience, stopping
from zirconkit.evaluation.pairs import gap, pairs_interval, pairs_left_out, random_folds, within_pairs
from zirconkit.evaluation.scores import calibration, confusion, probability_scores, scores
from zirconkit.segmentation.scores import grain_overlaps, segmentation_scores

__all__ = [
    "Calls", "Interval", "at_threshold", "auc_difference", "auc_interval", "calibration", "coin_scores", "confusion",
    "costs", "differences", "drawn_scores", "gains", "gap", "grain_overlaps", "judged_split", "paired_difference",
    "pairs_interval", "pairs_left_out", "parts_of", "probability_scores", "proportion_interval", "random_folds",
    "score_interval", "scores", "segmentation_scores", "shared_mounts", "shares_difference", "smallest_patience",
    "stopping", "table", "three_splits", "within_pairs",
]  # fmt: skip
