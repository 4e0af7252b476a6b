"""How good is it, and how sure are we: scores with intervals.

Every score comes with a 95 % interval. Two sources of doubt are kept apart: few grains (`auc_interval`, `scores`) and
few mounts (`auc_interval_by_sample`, `interval_by_sample`): a class is fixed by mount, so a score that would change
with other mounts is not sure, however many grains stand behind it.
"""

from zirconkit.evaluation.decisions import costs, differences, drawn_scores
from zirconkit.evaluation.intervals import (
    auc_difference,
    auc_interval,
    auc_interval_by_sample,
    bootstrap_interval,
    interval_by_sample,
    proportion_interval,
)  # fmt: skip
from zirconkit.evaluation.pairs import gap, pairs_interval, pairs_left_out, random_folds, within_pairs
from zirconkit.evaluation.scores import calibration, probability_scores, scores
from zirconkit.segmentation.scores import grain_overlaps, segmentation_scores

__all__ = [
    "auc_difference", "auc_interval", "auc_interval_by_sample", "bootstrap_interval", "calibration", "costs",
    "differences", "drawn_scores", "gap", "grain_overlaps", "interval_by_sample", "pairs_interval", "pairs_left_out",
    "probability_scores", "proportion_interval", "random_folds", "scores", "segmentation_scores", "within_pairs",
]  # fmt: skip
