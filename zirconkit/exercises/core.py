"""Questions that check themselves: the same in Jupyter, Colab, Binder and a plain Python prompt."""

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass
from numbers import Real
from typing import Any

__all__ = ["Question", "choice", "near", "number"]

NOT_ATTEMPTED = "Not attempted. Replace the ... above and run both cells again. Stuck? Call .show_hint()"


@dataclass(frozen=True)
class Question:
    """One exercise of a notebook.

    Parameters
    ----------
    hint : str
        A push in the right direction, not the answer.
    answer : object
        A right answer; a function, where the answer is code.
    judge : callable
        Takes the student's answer and returns None when it is right, else one sentence: what was found, what was wanted,
        where to look.
    because : str
        Why the answer is what it is; shown with a right answer and with the solution.
    """

    hint: str
    answer: Any
    judge: Callable[[Any], str | None]
    because: str

    def verdict(self, answer):
        """What is wrong with an answer, in one sentence; None when it is right. Code that fails is an answer too."""
        if answer is ...:
            return NOT_ATTEMPTED
        try:
            return self.judge(answer)
        except Exception as error:
            return f"it stopped with {type(error).__name__}: {error}"

    def is_right(self, answer):
        """True when the answer is right: what automatic grading asks."""
        return self.verdict(answer) is None

    def check(self, answer):
        """Print the verdict, or *right* with the reason."""
        wrong = self.verdict(answer)
        if wrong is None:
            print(f"Right. {self.because}")
        else:
            print(wrong if wrong is NOT_ATTEMPTED else f"Not yet: {wrong}")

    def show_hint(self):
        """Print the hint."""
        print(self.hint)

    def solution(self):
        """Print a right answer and why it is right."""
        print(inspect.getsource(self.answer) if callable(self.answer) else f"answer = {self.answer!r}")
        print(self.because)


def number(answer):
    """The answer as a float; a TypeError, in a sentence for the student, if it is not one number."""
    if hasattr(answer, "item") and getattr(answer, "size", 0) == 1:
        answer = answer.item()
    if answer is None:
        raise TypeError("one number is wanted, this is nothing: a function gives a number back by `return`")
    if isinstance(answer, bool) or not isinstance(answer, Real):
        raise TypeError(f"one number is wanted, this is a {type(answer).__name__}")
    return float(answer)


def near(right, why_not, otherwise, tolerance=1e-5):
    """A judge for a number.

    Parameters
    ----------
    right : float
    why_not : dict of float to str
        What to say to numbers that come of a known mistake.
    otherwise : str
        What to say to others; `{value}` stands for the student's.
    tolerance : float
        Relative.
    """

    def judge(answer):
        value = number(answer)
        if math.isclose(value, right, rel_tol=tolerance):
            return None
        said = [why for wrong, why in why_not.items() if math.isclose(value, wrong, rel_tol=tolerance)]
        return (said or [otherwise])[0].format(value=f"{value:g}")

    return judge


def choice(right, why_not):
    """A judge for a letter; `why_not` tells for each wrong letter why. "C", " c " and "(c)" are "c"."""

    def judge(answer):
        letters = sorted([right, *why_not])
        letter = answer.strip(" ().").lower() if isinstance(answer, str) else None
        return (
            why_not.get(letter)
            if letter in letters
            else f"answer with one letter in quotes, one of {', '.join(letters)}."
        )

    return judge
