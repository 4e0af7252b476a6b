"""Predictions: what a student writes down before the result is shown, and meets again beside it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from zirconkit.exercises.core import Unusable, number

__all__ = ["Prediction", "between", "one_of", "points", "ranked"]

NO_GUESS = "No guess yet. Replace the ... above and run both cells again."


@dataclass
class Prediction:
    """A guess that is committed before the result is shown; its name is that of its variable.

    Parameters
    ----------
    read : callable
        From what was typed, one argument for each of the notebook's variables, to the guess; raises Unusable, with a
        sentence, if it is none: `between`, `one_of`, `points`, `ranked`.
    reveal : callable
        From the guess and the result to one sentence that sets them side by side.

    Attributes
    ----------
    committed : object or None
    met : bool
        Whether the guess was set beside the result.
    """

    read: Callable[..., Any]
    reveal: Callable[[Any, Any], str]
    committed: Any = None
    met: bool = False

    def commit(self, *guess):
        """Keep a guess; `...` is none, so that an unfilled notebook runs through. What is no guess is said."""
        self.committed, self.met = None, False
        if any(part is ... for part in guess):
            print(NO_GUESS)
            return
        try:
            self.committed = self.read(*guess)
        except Unusable as unusable:
            print(f"Not kept: {unusable}")
        else:
            print("Kept. You meet it again below.")

    def meet(self, result):
        """Print the guess beside the result; nothing, where nothing was committed."""
        if self.committed is not None:
            self.met = True
            print(self.reveal(self.committed, result))


def between(low, high):
    """A reader of one number from low to high."""

    def read(guess):
        value = number(guess)
        if not low <= value <= high:
            raise Unusable(f"a number from {low:g} to {high:g} is wanted, this is {value:g}.")
        return value

    return read


def one_of(*words):
    """A reader of one of these words, in capitals or not."""

    def read(guess):
        word = guess.strip(" ().").lower() if isinstance(guess, str) else None
        if word not in words:
            raise Unusable(f"one of these is wanted, in quotes: {', '.join(words)}.")
        return word

    return read


def points(n, low, high):
    """A reader of a curve as n numbers from low to high: a list, which becomes an array of float, shape (n,)."""

    def read(guess):
        try:
            values = np.array([number(value) for value in guess])
        except TypeError:
            raise Unusable(f"a list of {n} numbers is wanted, such as {[high] * n}.") from None
        if len(values) != n:
            raise Unusable(f"{n} numbers are wanted, these are {len(values)}.")
        if not ((values >= low) & (values <= high)).all():  # NaN is not
            raise Unusable(
                f"numbers from {low:g} to {high:g} are wanted, yours run from {values.min():g} to {values.max():g}."
            )
        return values

    return read


def ranked(letters):
    """A reader of an order of these letters, such as "bca": a string, whatever stands between them."""

    def read(guess):
        order = "".join(filter(str.isalpha, guess)).lower() if isinstance(guess, str) else ""
        if sorted(order) != sorted(letters):
            raise Unusable(f'all of {", ".join(letters)} are wanted, each once, in quotes, such as "{letters[::-1]}".')
        return order

    return read
