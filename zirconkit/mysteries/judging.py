"""How good verdicts were: what was found, what was accused for nothing, and how sureness fits with being right."""

from typing import NamedTuple

import numpy as np

__all__ = ["Judged", "judged", "judged_words"]


class Judged(NamedTuple):
    """Verdicts beside the truth, counted.

    found, planted : int
        Sets with something planted that was named, and all of these.
    false_alarms, untampered : int
        Sets with nothing planted in which something was named, and all of these.
    right : int
        Of all.
    brier : float
        Mean of (how sure − right)², where right is 1 or 0 (Brier, 1950): 0 is best; always ½ has 0.25.
    """

    found: int
    planted: int
    false_alarms: int
    untampered: int
    right: int
    brier: float


def judged(verdicts, causes):
    """Set verdicts beside what was planted.

    Parameters
    ----------
    verdicts : list of (str, float)
        For each set the cause that is named, and how sure she is that this is right, 0 to 1.
    causes : list of str
        What was planted.

    Returns
    -------
    Judged
    """
    named, sure = zip(*verdicts)
    causes = np.array(causes)
    right = np.array(named) == causes
    planted = causes != "nothing"
    off = np.array(sure, float) - right
    found = np.sum(right & planted)
    alarms = np.sum(~right & ~planted)
    counts = found, planted.sum(), alarms, np.sum(~planted), right.sum()
    return Judged(*map(int, counts), float(np.mean(off**2)))


def judged_words(found):
    """A `Judged` in a sentence."""
    return (
        f"{found.found} of {found.planted} planted causes found, {found.false_alarms} false alarms on "
        f"{found.untampered} sets with nothing planted; Brier score {found.brier:.2f} (0 is best, always ½ sure 0.25)"
    )
