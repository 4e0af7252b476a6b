"""Sets of grains that somebody may have tampered with, probes to find out by what, and a score for who looks.

    case = mysteries.series(mysteries.grown_pool(), seed=7, number=0)
    look = mysteries.Look(case.grains)
    look.score("resin grey", "mounts")

`planting` draws the sets, `looking` measures and scores them, `judging` says how good the verdicts were.
"""

from zirconkit.mysteries.judging import Judged, judged, judged_words
from zirconkit.mysteries.looking import PROBES, SPLITS, Look, answers, brightest_corner, folds, measured, pixel_score
from zirconkit.mysteries.planting import CAUSES, Case, causes_of, grown_pool, plant, series, tampered

__all__ = [
    "CAUSES", "PROBES", "SPLITS", "Case", "Judged", "Look", "answers", "brightest_corner", "causes_of", "folds",
    "grown_pool", "judged", "judged_words", "measured", "pixel_score", "plant", "series", "tampered",
]  # fmt: skip
