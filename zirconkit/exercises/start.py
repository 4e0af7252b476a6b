"""The questions of notebook 00."""

import numpy as np
import pandas as pd

from zirconkit.evaluation import proportion_interval, shares_difference
from zirconkit.exercises.core import NOT_ATTEMPTED, Question, Unusable, choice, function, items, near, number
from zirconkit.exercises.predictions import Prediction, between
from zirconkit.exercises.scores import Answered, with_run
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
    "core": "a core is a smaller crystal inside, turned its own way, with bands of its own",
    "rim": "a rim is one last band, all along the outline",
    "resorption": "where there was resorption, older bands end abruptly at a surface",
    "inclusion": "an inclusion is a small dark spot with a sharp edge",
    "fracture": "a fracture is a thin line that crosses the bands from side to side",
}
SIX = dict(zip("ABCDEF", ("fracture", "core", "oscillatory", "inclusion", "resorption", "sector")))


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
        "Begin with what does not follow the outline at all: lines that cross the grain, and dark spots.",
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
    run = given.run if isinstance(given, Answered) else _PLANTED
    known, new = shares_right(rule, run["known"], run["new"])
    words = {rule(grain) for grain in run["known"].drop(columns="class_name").to_dict("records")}
    if len(words) == 1:
        return f"it says {words.pop()} of every grain: right about half, eyes closed. Let it look at a number of the grain."
    if known.high < 0.5:
        return f"it is right about {known:.2f} of the grains that you looked at: turn it round."
    if known.low <= 0.5:
        return (
            f"it is right about {known:.2f} of the grains that you looked at, which a coin might reach: in the figure, "
            "where do the two colours lie apart?"
        )
    if new.high < 0.5:
        return (
            f"right about {known:.2f} on the mounts that you looked at, but about {new:.2f} on new ones, where it is "
            "turned round! Your number tells those two mounts apart, not the classes. Take another number."
        )
    if new.low <= 0.5:
        return (
            f"right about {known:.2f} on the mounts that you looked at, about {new:.2f} on new ones: there it is not "
            "resolved from a coin. Take another number, or another threshold."
        )
    return None


def shape_rule(grain):
    return "porphyry" if grain["aspect_ratio"] > 1.6 else "batholith"


def _planted():
    """Two tables of 40 grains: shape tells the classes apart in both, size only in the first, grey only in the new."""
    is_porphyry = np.arange(40) % 2 == 1
    wobble = np.linspace(-0.2, 0.2, 40)
    shape = {"aspect_ratio": np.where(is_porphyry, 2.0, 1.3) + wobble, "solidity": 0.95 + 0 * wobble}
    names = {"class_name": np.where(is_porphyry, "porphyry", "batholith")}
    large, small = np.where(is_porphyry, 60, 40) + 20 * wobble, np.where(is_porphyry, 40, 60) + 20 * wobble
    known = shape | {"equivalent_diameter_px": large, "mean_grey": 120 + 50 * wobble}
    new = shape | {"equivalent_diameter_px": small, "mean_grey": np.where(is_porphyry, 180.0, 120.0)}
    return {"known": pd.DataFrame(known | names), "new": pd.DataFrame(new | names)}


_PLANTED = _planted()

one_rule = Question(
    hints=(
        "Look for a number whose two heaps lie apart in the figure. Is there a reason why it should differ between the "
        "two magmas, and not only between two mounts?",
        'Suppose solidity were it: `if grain["solidity"] > 0.95:` and, one line further in, `return "porphyry"`; then, '
        'without `if`, `return "batholith"`. Read the threshold off the axis, between the two heaps.',
        "Read again what you saw when the twelve were revealed: what had the porphyry grains in common?",
    ),
    answer=shape_rule,
    judge=_judge_rule,
    because="It holds on mounts that it never met. That is the only score that counts here, and notebook 4 begins with it: a "
    "machine that finds the threshold by itself.",
)


def _reveal_new(guess, share):
    nearer = "You expected more." if guess > share.high else "You expected less." if guess < share.low else ""
    return f"You said {guess:.2f}; on mounts that your rule had never met it is {share:.2f}. {nearer}".rstrip()


new_mounts = Prediction(between(0, 1), _reveal_new)

# ---------------------------------------------------------------- going deeper


def lazy(labels):
    return max(labels.count(word) for word in labels) / len(labels)


def _judge_lazy(answer):
    student = function(answer)
    for porphyry, batholith, other in ((25, 46, 0), (30, 10, 0), (5, 6, 9)):
        labels = ["porphyry"] * porphyry + ["batholith"] * batholith + ["skarn"] * other
        value, wanted, n = number(student(list(labels))), lazy(labels), len(labels)
        if np.isclose(value, wanted):
            continue
        given = ", ".join(f"{labels.count(word)} {word}" for word in dict.fromkeys(labels))
        if np.isclose(value, 100 * wanted):
            return f"for {given} you give {value:g}, which is in percent: an accuracy is a share, from 0 to 1."
        if np.isclose(value, wanted * n):
            return f"for {given} you give {value:g}: that is how many it gets right; divide by how many there are."
        if np.isclose(value, batholith / n):
            return f"for {given} your machine says batholith; it should say what is most frequent in these labels."
        if np.isclose(value, min(labels.count(word) for word in labels) / n):
            return f"for {given} that is the rarest word: the lazy machine says the most frequent one."
        return f"for {given} it should be {wanted:.3f}, yours is {value:.3f}."
    return None


write_lazy = Question(
    hints=(
        'How often does a word stand in a list? `labels.count("porphyry")`.',
        'For ["a", "b", "b", "c"] the machine says "b" four times and is right twice: 2 / 4 = 0.5.',
        "`set(labels)` has each word once, `max(...)` takes the largest of several numbers, `len(labels)` counts all.",
    ),
    answer=lazy,
    judge=_judge_lazy,
    because="scikit-learn calls it DummyClassifier. An accuracy says little until this number stands beside it.",
)

finest_band = Question(
    hints=(
        "One pixel for the light layer, one for the dark one. How long are the two together?",
        "At 0.5 µm a pixel it would be 1 µm: one pixel of 0.5 µm light, one of 0.5 µm dark.",
        "Read again how wide a pixel of these mounts is.",
    ),
    answer=2 * UM_PER_PX,
    judge=near(
        2 * UM_PER_PX,
        {
            2: "2 is the number of pixels, or the width of one of them: how many µm are two pixels?",
            1: "1 µm is half a pixel: within one pixel light and dark are averaged to one grey.",
            8: "8 µm are four pixels: for one light and one dark layer two are enough.",
        },
        "you have {value} µm. Two pixels, one light and one dark; a pixel is 2 µm wide.",
    ),
    because="Two pixels of 2 µm. Finer bands, and zircon has them down to less than 1 µm, are blurred into one grey: what "
    "the picture does not hold no network can find. Sampling theory calls it the Nyquist limit.",
)

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
            "b": "a perfect score says nothing of what more grains, from other mounts, would show.",
            "c": "it repeats the labels that it was given; it would repeat wrong ones as well.",
        },
    ),
    because="Grains of a mount share exposure, polish, resin and rock. To know the mount is to know the label. So test on mounts "
    "that the machine never saw; notebook 2 is about that.",
)
