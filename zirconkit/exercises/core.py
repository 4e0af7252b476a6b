"""Questions that check themselves: the same in Jupyter, Colab, Binder and a plain Python prompt."""

import inspect
import math
from collections.abc import Callable
from dataclasses import dataclass, field
from numbers import Real
from typing import Any

import numpy as np

__all__ = ["Question", "Unusable", "choice", "function", "items", "near", "number", "numbers"]

NOT_ATTEMPTED = "Not attempted. Replace the ... above and run both cells again. Stuck? Call .hint()"


class Unusable(Exception):
    """What a student gave cannot be judged; the message is a sentence for the student."""


@dataclass
class Question:
    """One exercise of a notebook; its name is that of its variable.

    Parameters
    ----------
    hints : tuple of str
        In steps, shown one by one: a nudge, a smaller case worked out, where to read again. None is the answer.
    answer : object
        A right answer; a function, where the answer is code.
    judge : callable
        Takes the student's answer and returns None when it is right, else one sentence: what was found, what was wanted,
        where to look. It takes what it is given through `function`, `items`, `number` and `numbers`, which raise
        Unusable; any other error is a fault of its own.
    because : str
        Why the answer is what it is; shown with a right answer and with the solution.
    filled : tuple of str
        Source of the notebook's answer cells in the solution set, where it does not follow from `answer`: where the run
        decides, or several variables are wanted.
    variants : variants.Varied or None
        Other numbers of the same exercise, for a hand-out in which neighbours cannot copy.

    Attributes
    ----------
    solved : bool
        Whether the answer that was checked last is right.
    tries : int
        How often an answer was checked.
    hints_seen : int
    """

    hints: tuple[str, ...]
    answer: Any
    judge: Callable[[Any], str | None]
    because: str
    filled: tuple[str, ...] = ()
    variants: Any = None
    solved: bool = field(default=False, init=False)
    tries: int = field(default=0, init=False)
    hints_seen: int = field(default=0, init=False)

    def verdict(self, answer):
        """What is wrong with an answer, in one sentence; None when it is right. Code that fails is an answer too.

        Raises
        ------
        RuntimeError
            If the judge itself fails, which says nothing about the answer.
        """
        if answer is ...:
            return NOT_ATTEMPTED
        try:
            return self.judge(answer)
        except Unusable as unusable:
            return str(unusable)
        except Exception as error:
            raise RuntimeError("this check has a fault, your answer may well be right: please report it") from error

    def is_right(self, answer):
        """True when the answer is right: what automatic grading asks."""
        return self.verdict(answer) is None

    def check(self, answer):
        """Print the verdict, or *right* with the reason."""
        wrong = self.verdict(answer)
        self.solved = wrong is None
        self.tries += wrong != NOT_ATTEMPTED
        if self.solved:
            print(f"Right. {self.because}")
        else:
            print(wrong if wrong == NOT_ATTEMPTED else f"Not yet: {wrong}")

    def hint(self):
        """Print the next hint; after the last one, that one again."""
        last = len(self.hints) - 1
        print(self.hints[min(self.hints_seen, last)])
        self.hints_seen = min(self.hints_seen + 1, len(self.hints))

    def solution(self):
        """Print a right answer and why it is right."""
        print(inspect.getsource(self.answer) if callable(self.answer) else f"answer = {self.answer!r}")
        print(self.because)


def number(answer):
    """The answer as a float; Unusable if it is not one number."""
    if hasattr(answer, "item") and getattr(answer, "size", 0) == 1:
        answer = answer.item()
    if answer is None:
        raise Unusable("one number is wanted, this is nothing: a function gives a number back by `return`.")
    if isinstance(answer, bool) or not isinstance(answer, Real):
        raise Unusable(f"one number is wanted, this is a {type(answer).__name__}.")
    try:
        return float(answer)
    except OverflowError:
        raise Unusable("one number is wanted; this one is too large for a computer's.") from None


def numbers(answer):
    """The answer as an array of float, of whatever shape; Unusable if it is none."""
    if answer is None:
        raise Unusable("numbers are wanted, this is nothing: a function gives them back by `return`.")
    try:
        return np.asarray(answer, float)
    except Exception:
        raise Unusable(f"numbers are wanted, this {type(answer).__name__} holds something else.") from None


def items(answer, wanted):
    """What a list, tuple or set holds, as a list; Unusable, with a sentence that says what is wanted, if it is none."""
    if isinstance(answer, str):
        raise Unusable(wanted)
    try:
        return list(answer)
    except Exception:
        raise Unusable(wanted) from None


def function(answer):
    """The student's function, to be called as it is; Unusable if the answer is none, or when it raises something.

    One that gives `...` back is not attempted yet.
    """
    if not callable(answer):
        raise Unusable("a function is wanted: give its name, without calling it.")

    def call(*given):
        try:
            found = answer(*given)
        except Exception as error:
            raise Unusable(f"it stopped with {type(error).__name__}: {error}") from error
        if found is ...:
            raise Unusable(NOT_ATTEMPTED)
        return found

    return call


def near(right, why_not, otherwise, tolerance=1e-5):
    """A judge for a number; its attribute `why_not` is what it knows of wrong ones.

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
        known = [why for wrong, why in why_not.items() if math.isclose(value, wrong, rel_tol=tolerance)]
        said = known[0] if known else otherwise
        return said.format(value=f"{value:g}")

    judge.why_not = why_not
    return judge


def choice(right, why_not):
    """A judge for a letter; `why_not`, its attribute, too, tells for each wrong letter why. " C" and "(c)" are "c"."""

    def judge(answer):
        letters = sorted([right, *why_not])
        letter = answer.strip(" ().").lower() if isinstance(answer, str) else None
        if letter not in letters:
            return f"answer with one letter in quotes, one of {', '.join(letters)}."
        return why_not.get(letter)

    judge.why_not = why_not
    return judge
