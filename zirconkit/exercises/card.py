"""The score card: what of a notebook was predicted, solved, and with how many hints."""

from zirconkit.exercises.core import Question
from zirconkit.exercises.predictions import Prediction

__all__ = ["score_card"]


def score_card(questions):
    """Print a line for each prediction and question of a notebook, and how many were solved.

    Parameters
    ----------
    questions : module
        Of this folder, as a notebook imports it.
    """
    solved = []
    for name, each in vars(questions).items():
        if isinstance(each, Prediction):
            print(f"predict  {name:20s} {_how_far(each)}")
        if isinstance(each, Question):
            solved.append(each.solved)
            hints = f"{each.hints_seen} of {len(each.hints)} hints" if each.hints_seen else "no hint"
            print(f"exercise {name:20s} {'solved' if each.solved else 'open'}, {hints}")
    print(f"{sum(solved)} of {len(solved)} exercises solved")


def _how_far(prediction):
    """How far a prediction got, in words."""
    if prediction.committed is None:
        return "no guess"
    return "met" if prediction.met else "committed, not met yet"
