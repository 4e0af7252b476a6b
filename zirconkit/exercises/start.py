"""The questions of notebook 00."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from zirconkit.evaluation import Interval, proportion_interval, shares_difference
from zirconkit.exercises.core import NOT_ATTEMPTED, Question, Unusable, choice, function, items, near, number
from zirconkit.exercises.predictions import Prediction, between
from zirconkit.exercises.scores import Answered, with_run
from zirconkit.exercises.variants import Varied
from zirconkit.samples import UM_PER_PX

__all__ = [
    "SIX", "again", "by_eye", "finest_band", "new_mounts", "one_rule", "perfect_score", "read_six", "shares_right",
    "tried", "with_run", "write_lazy",
]  # fmt: skip

# ---------------------------------------------------------------- sorting by eye

TWELVE = range(1, 13)
_WANTED = "sort the grains on the board, or give a list of numbers from 1 to 12, such as [2, 5]."


def _read_calls(guess):
    """Which of twelve grains were called the second class: set of int from 1 to 12.

    `guess` is a list of them, or what a `widgets.SortingBoard` knows: dict of number to 0 or 1.
    """
    if isinstance(guess, dict):
        return _read_board(guess)
    try:
        called = {number(each) for each in items(guess, _WANTED)}
    except Unusable:
        raise Unusable(_WANTED) from None
    if not called <= set(TWELVE):  # nor 2.5, nor NaN
        raise Unusable(_WANTED)
    return {int(each) for each in called}


def _read_board(calls):
    if not set(calls) <= set(TWELVE) or not all(call in (0, 1) for call in calls.values()):
        raise Unusable(_WANTED)
    open_ones = sorted(set(TWELVE) - set(calls))
    if open_ones:
        raise Unusable(f"not sorted yet: {', '.join(map(str, open_ones))}.")
    return {grain for grain, call in calls.items() if call}


def _right(called, y):
    """How many of twelve calls are right."""
    mine = np.isin(TWELVE, list(called))
    return int((mine == np.asarray(y, bool)).sum())


def _reveal_calls(called, y):
    """`y` is what the grains are: 1 for the second class, shape (12,)."""
    right = _right(called, y)
    share = proportion_interval(right, 12)
    coin = "holds 0.50, so a coin might have done it" if share.low <= 0.5 <= share.high else "leaves out 0.50, a coin's"
    return f"You are right about {right} of 12, a share of {share:.2f}. The interval {coin}."


by_eye = Prediction(_read_calls, _reveal_calls)


def _reveal_again(called, result):
    """`result` is what the grains are, and how many of the first twelve were right, or None."""
    y, before = result
    said = _reveal_calls(called, y)
    if before is None:
        return said
    change = shares_difference(_right(called, y), 12, before, 12)
    verdict = "not resolved" if change.low <= 0 <= change.high else "resolved"
    return f"{said} Of the first twelve it was {before}: a difference of {change:+.2f}, which is {verdict}."


again = Prediction(_read_calls, _reveal_again)

# ---------------------------------------------------------------- reading textures

_WOULD = {
    "oscillatory": "in oscillatory zoning many thin bands run round the whole crystal",
    "sector": "sectors are wedges of one grey each, which meet near the middle",
    "core": "a core is a smaller crystal inside, turned its own way, and in our drawings its own bands run along its edge",
    "rim": "a rim is one thin last layer, all along the outline, and leaves what lies below whole",
    "resorption": "where there was resorption, older bands end at an inner surface as if cut",
    "inclusion": "an inclusion is a small dark spot with a sharp edge",
    "fracture": "a fracture is a thin line that crosses the bands from side to side",
}
SIX = dict(zip("ABCDEF", ("resorption", "core", "rim", "resorption", "sector", "core")))


def _judge_six(answer):
    if not isinstance(answer, dict) or set(answer) != set(SIX):
        return 'a dict with the letters from A to F is wanted, such as {"A": "rim", "B": "core", ...}.'
    empty = [letter for letter, word in answer.items() if word is ...]
    if len(empty) == len(SIX):
        return NOT_ATTEMPTED
    if empty:
        return f"still to read: {', '.join(empty)}."
    words = {letter: word.strip().lower() if isinstance(word, str) else word for letter, word in answer.items()}
    for letter, word in words.items():
        if word not in list(_WOULD):
            return f"{letter}: {word!r} is none of the seven words: {', '.join(_WOULD)}."
    wrong = [letter for letter in SIX if words[letter] != SIX[letter]]
    if wrong:
        first = wrong[0]
        return f"{6 - len(wrong)} of 6 are right. Look at {first} again: {_WOULD[words[first]]}. Is that what you see?"
    return None


read_six = Question(
    hints=(
        "Begin with the grey patch inside: does it have an edge of its own, and do its bands run along that edge?",
        "A core and resorption both show something older inside. Do its bands run along its edge (core), or do they end "
        "at the edge as if cut (resorption)? In the atlas the fifth grain has bands that are cut.",
        "Go back to the atlas and hold the row 'what to see' beside each of the six.",
    ),
    answer=SIX,
    judge=_judge_six,
    because="You have just labelled images by their textures. With enough such labels a network can be taught to do the same.",
)

# ---------------------------------------------------------------- a rule of one's own


def shares_right(rule, *tables):
    """The share of grains of each table about which a rule is right: list of Interval.

    Parameters
    ----------
    rule : callable
        From a dict with the numbers of a grain to the name of a class.
    *tables : DataFrame
        With the rule's numbers and class_name.

    Raises
    ------
    Unusable
        If the rule fails, or says something that is no class.
    """
    student, found = function(rule), []
    for table in tables:
        classes = sorted(table["class_name"].unique())
        grains = table.drop(columns="class_name").to_dict("records")
        called = [_class_said(student(grain), classes) for grain in grains]
        found.append(proportion_interval(int((called == table["class_name"]).sum()), len(table)))
    return found


def tried(rule, *tables):
    """As `shares_right`; an empty list where the rule fails, which its check has said."""
    try:
        return shares_right(rule, *tables)
    except Unusable:
        return []


def _class_said(said, classes):
    if said is None:
        raise Unusable("the rule gives nothing back: it needs a `return` on every way through it.")
    if not isinstance(said, str) or said not in classes:
        raise Unusable(f"a rule says {' or '.join(map(repr, classes))} of a grain; yours says {str(said)[:30]!r}.")
    return said


def _judge_rule(given):
    rule = given.answer if isinstance(given, Answered) else given
    table = given.run["known"] if isinstance(given, Answered) else _PLANTED
    (share,) = shares_right(rule, table)
    words = {rule(grain) for grain in table.drop(columns="class_name").to_dict("records")}
    if len(words) == 1:
        return f"it says {words.pop()} of every grain: right about half, eyes closed. Let it look at a number of the grain."
    if share.high < 0.5:
        return f"it is right about {share:.2f} of the grains that you looked at: turn it round."
    if share.low <= 0.5:
        return (
            f"it is right about {share:.2f} of the grains that you looked at, which a coin might reach: in the figure, "
            "where do the two colours lie apart?"
        )
    return None


def shape_rule(grain):
    return "porphyry" if grain["aspect_ratio"] > 1.6 else "batholith"


def _planted():
    """Forty grains whose class their shape tells; the other numbers do not."""
    is_porphyry = np.arange(40) % 2 == 1
    wobble = np.linspace(-0.2, 0.2, 40)
    columns = {
        "aspect_ratio": np.where(is_porphyry, 2.0, 1.3) + wobble,
        "equivalent_diameter_px": 50 + 20 * wobble,
        "mean_grey": 120 + 50 * wobble,
        "solidity": 0.95 + 0.1 * wobble,
        "class_name": np.where(is_porphyry, "porphyry", "batholith"),
    }
    return pd.DataFrame(columns)


_PLANTED = _planted()

one_rule = Question(
    hints=(
        "Look for a number whose two heaps lie apart in the figure. Is there a reason why it should differ between the "
        "two magmas, and not only between two mounts?",
        'Suppose it were weight, in µg: `if grain["weight"] > 3:` and, one line further in, `return "porphyry"`; then, '
        'without `if`, `return "batholith"`. Read the threshold off the axis, between the two heaps.',
        "Read again what you saw when the twelve were revealed: what had the porphyry grains in common?",
    ),
    answer=shape_rule,
    judge=_judge_rule,
    because="It tells the grains apart on which you chose it. Whether it tells the classes apart is not known yet: that takes "
    "other mounts. Notebook 4 begins with a machine that finds such a threshold by itself.",
)


def _read_new(share, reason=None, solved=False):
    """The share and the reason; `solved` says whether the rule is right more often than a coin where it was made."""
    if not solved:
        raise Unusable("first the rule: it has to be right more often than a coin on the mounts that you looked at.")
    value = between(0, 1)(share)
    if not isinstance(reason, str) or len(reason.split()) < 3:
        raise Unusable("a reason is wanted too, in quotes: why could it differ between two mounts of one class?")
    return value, reason


def _reveal_new(guess, scores):
    """`scores` are what the first rule got on the new mounts, and what the rule of now gets: two of Interval."""
    (share, reason), (first, now) = guess, scores
    said = f"You said {share:.2f}, and what could differ: {reason.strip(' .')}. On the other mounts it is {first:.2f}. "
    if first.high < 0.5:
        said += "There your rule is turned round: its number tells the first two mounts apart, not the classes."
    elif first.low <= 0.5:
        said += "There it is not resolved from a coin."
    else:
        said += "There, too, it is right more often than a coin."
    if now != first:
        said += (
            f" That is the score of your first rule, and it counts. This one gets {now:.2f}, but these are no longer new "
            "mounts: you had heard from them before you wrote it."
        )
    return said


@dataclass
class ScoredOnce(Prediction):
    """A prediction of a score on mounts that are new only once: the first that is met is kept.

    Attributes
    ----------
    first : list of evaluation.Interval or None
        The score of the first that was met, and whatever came with it.
    """

    first: list[Interval] | None = None

    def meet(self, result):
        """As `Prediction.meet`, with the first score beside that of now.

        `result` is a list that begins with the score, and is empty where there is none.
        """
        if self.committed is None or not result:
            return
        self.first = self.first or result
        super().meet((self.first[0], result[0]))


new_mounts = ScoredOnce(_read_new, _reveal_new)

# ---------------------------------------------------------------- going deeper


def lazy(learned, tested):
    word = max(set(learned), key=learned.count)
    return tested.count(word) / len(tested)


_LABELLED = [((432, 318, 0), (25, 46, 0)), ((10, 30, 0), (30, 10, 0)), ((5, 6, 9), (4, 8, 3))]


def _labels(counts):
    return [word for word, n in zip(("porphyry", "batholith", "skarn"), counts) for _ in range(n)]


def _in_words(labels):
    return ", ".join(f"{labels.count(word)} {word}" for word in dict.fromkeys(labels))


def _judge_lazy(answer):
    student = function(answer)
    for learned, tested in (map(_labels, pair) for pair in _LABELLED):
        value, wanted, n = number(student(list(learned), list(tested))), lazy(learned, tested), len(tested)
        if np.isclose(value, wanted):
            continue
        said = f"learned from {_in_words(learned)}, tested on {_in_words(tested)}, you give {value:.3g}: "
        if np.isclose(value, 100 * wanted):
            return f"{said}that is in percent; an accuracy is a share, from 0 to 1."
        if np.isclose(value, wanted * n):
            return f"{said}that is how many it gets right; divide by how many were tested."
        if np.isclose(value, lazy(tested, tested)):
            return f"{said}that is the most frequent word of the test, which a machine cannot know beforehand."
        if np.isclose(value, lazy(learned, learned)):
            return f"{said}that is its share right where it learned; count in the labels of the test."
        return f"{said}it should be {wanted:.3f}."
    return None


write_lazy = Question(
    hints=(
        'How often does a word stand in a list? `learned.count("porphyry")`.',
        'Learned from ["a", "b", "b"], the machine says "b" of every grain; of ["a", "b", "a", "a"] it is right about '
        "one: 1 / 4 = 0.25.",
        "`max(set(learned), key=learned.count)` is the most frequent word; `len(tested)` counts the test.",
    ),
    answer=lazy,
    judge=_judge_lazy,
    because="Learned from 432 porphyry and 318 batholith images, it says porphyry, and is right about 25 of 71: 0.35. "
    "scikit-learn calls it DummyClassifier.",
)

FULL = 90  # px across, of a crop


def _band_for(side):
    """The question of the finest band in a crop that is shrunk to so many pixels across."""
    pixel = UM_PER_PX * FULL / side
    known = {
        2 * UM_PER_PX: "4 µm are two pixels of the mount; in the shrunk picture the pixels are wider.",
        pixel: "that is one pixel of the shrunk picture: a light and a dark layer need two.",
        4 * pixel: "that is four pixels of the shrunk picture: for one light and one dark layer two are enough.",
        2 * UM_PER_PX * side / FULL: (
            f"fewer pixels over the same grain are wider, not narrower: turn {side} / {FULL} round."
        ),
        2: "2 is a number of pixels, or the width of one on the mount: how many µm are two in the shrunk picture?",
    }
    otherwise = f"you have {{value}} µm. Two pixels of the shrunk picture, each 2 µm · {FULL} / {side} wide."
    return Question(
        hints=(
            "How many µm is a crop wide, and into how many pixels is that divided once it is shrunk?",
            "At 100 px of 1 µm, shrunk to 50 px: a pixel is then 100 / 50 = 2 µm wide, and two of them 4 µm.",
            "Read again how wide a pixel of the mount is, and how many there are before and after.",
        ),
        answer=2 * pixel,
        judge=near(2 * pixel, known, otherwise, tolerance=0.01),
        because=f"Two pixels of {pixel:.1f} µm. Finer bands are blurred into one grey: what the picture does not hold no "
        "network can find. Sampling theory calls it the Nyquist limit. On the mount itself it is 4 µm.",
    )


finest_band = Varied(
    lambda side: (f"that this crop, shrunk to {side} pixels across, can show at all?",),
    _band_for,
    tuple({"side": side} for side in (32, 36, 24, 40, 30, 20)),
).own()

perfect_score = Question(
    hints=(
        "What do two grains of one mount share besides their class?",
        "Suppose one mount had been photographed twice as bright. Could a machine call all its grains right without "
        "looking at a texture? Would that help with the next mount?",
        "Think of your rule: on which grains did you choose it, and on which was it judged?",
    ),
    answer="d",
    judge=choice(
        "d",
        {
            "a": "it was asked about mounts that it had learned from, never about a new one.",
            "b": "nobody has looked at what it goes by: the exposure or the polish of each mount would do as well.",
            "c": "it may know each mount by heart: all its grains share one exposure, one polish and one label.",
        },
    ),
    because="Grains of a mount share exposure, polish, resin and rock. To know the mount is to know the label. So test on mounts "
    "that the machine never saw; notebook 2 is about that.",
)
