"""What students answer, predict and are told: the questions of each notebook in a module of its own.

`core` has the question, `predictions` the guess that is met again, `card` the score card.
"""

from zirconkit.exercises.card import score_card
from zirconkit.exercises.predictions import Prediction

__all__ = ["Prediction", "score_card"]
