"""Other numbers of the same exercises: for hand-outs in which neighbours cannot copy from each other."""

from collections.abc import Callable
from dataclasses import dataclass

from zirconkit.exercises.core import Question

__all__ = ["Varied", "vary", "varying"]


@dataclass(frozen=True)
class Varied:
    """What of an exercise may be other numbers.

    Parameters
    ----------
    texts : callable
        From the numbers, by name, to the parts of the notebook that they stand in, each in one cell, be it text or
        code: tuple of str; empty where they stand in what the run makes.
    make : callable
        From the numbers to the Question.
    numbers : tuple of dict
        As hard as each other, each with an answer of its own; the first are the notebook's own.
    """

    texts: Callable[..., tuple[str, ...]]
    make: Callable[..., Question]
    numbers: tuple[dict, ...]

    def drawn(self, seed):
        """The numbers of a seed; 0 has the notebook's own, and seeds that follow each other have different ones."""
        return self.numbers[seed % len(self.numbers)]

    def own(self):
        """The question with the notebook's own numbers, which knows the others."""
        question = self.make(**self.numbers[0])
        question.variants = self
        return question


def varying(questions):
    """The questions of a module that have variants: dict of name to Question."""
    found = {}
    for name, each in vars(questions).items():
        if isinstance(each, Question) and each.variants:
            found[name] = each
    return found


def vary(questions, seed):
    """Give the questions of a module, in place, the numbers of a seed: what a varied notebook calls at its beginning."""
    for question in varying(questions).values():
        other = question.variants.make(**question.variants.drawn(seed))
        for part in ("hints", "answer", "judge", "because"):
            setattr(question, part, getattr(other, part))
