"""The score card: what of a notebook was predicted, tried and solved, and with how many hints."""

import json

from zirconkit.exercises.core import Question
from zirconkit.exercises.predictions import Prediction
from zirconkit.handover import hand_over, handed_over

__all__ = ["CARD", "score_card", "sound"]

CARD = "card:"  # and the topic: where a card lies in the student's file
COUNTS = ("solved", "tries", "hints")


def score_card(questions, only=None):
    """Print a line for each prediction and question of a notebook, and how many were solved; keep it in the student's file.

    `zirconkit_course.json` in the working folder then says what was predicted, tried and solved. A later run adds to
    it: what was solved once stays solved.

    Parameters
    ----------
    questions : module
        Of this folder, as a notebook imports it.
    only : list of str, optional
        Names of predictions and questions, where a hand-out leaves some of them out.
    """
    asked = {name: each for name, each in vars(questions).items() if only is None or name in only}
    guesses = {name: each for name, each in asked.items() if isinstance(each, Prediction)}
    exercises = {name: each for name, each in asked.items() if isinstance(each, Question)}
    for name, each in guesses.items():
        print(f"predict  {name:20s} {_how_far(each)}")
    for name, each in exercises.items():
        hints = f"{each.hints_seen} of {len(each.hints)} hints" if each.hints_seen else "no hint"
        print(f"exercise {name:20s} {'solved' if each.solved else 'open'}, {hints}")
    print(f"{sum(each.solved for each in exercises.values())} of {len(exercises)} exercises solved")
    _keep(questions.__name__.split(".")[-1], guesses, exercises)


def _how_far(prediction):
    """How far a prediction got, in words."""
    if prediction.committed is None:
        return "no guess"
    return "met" if prediction.met else "committed, not met yet"


def sound(card):
    """What of a card is of a card's form, whoever wrote it: dict with predicted and exercises, which may be empty."""
    parts = card if isinstance(card, dict) else {}
    predicted, exercises = (parts.get(part) for part in ("predicted", "exercises"))
    counted = {}
    for name, counts in exercises.items() if isinstance(exercises, dict) else ():
        if isinstance(counts, dict):
            counted[name] = {count: _count(counts.get(count)) for count in COUNTS}
    return {"predicted": predicted if isinstance(predicted, dict) else {}, "exercises": counted}


def _count(value):
    return value if isinstance(value, int) and 0 <= value < 10_000 else 0


def _keep(topic, guesses, exercises):
    """Put a card into the student's file, beside the best of what is there."""
    card = sound(handed_over(CARD + topic))
    for name, each in guesses.items():
        if each.committed is not None:
            card["predicted"][name] = _plain(each.committed)
    for name, each in exercises.items():
        now = {"solved": int(each.solved), "tries": each.tries, "hints": each.hints_seen}
        old = card["exercises"].get(name, now)
        card["exercises"][name] = {count: max(now[count], old[count]) for count in COUNTS}
    hand_over(CARD + topic, card)


def _plain(guess):
    """A guess as JSON holds it: sets and arrays as lists."""
    return json.loads(json.dumps(guess, default=_listed))


def _listed(value):
    return value.tolist() if hasattr(value, "tolist") else list(value)
