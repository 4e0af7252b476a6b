"""The questions of notebook 07."""

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from zirconkit.evaluation import paired_difference, proportion_interval
from zirconkit.exercises.core import Question, Unusable, function, items, near, number, numbers
from zirconkit.exercises.predictions import Prediction, between

__all__ = [
    "Answered", "call_eight", "enough_grains", "evidence_card", "how_wide", "more_mounts", "own_sweep", "rare_porphyry", "readings", "with_run", "write_cost", "write_gain",
]  # fmt: skip


class Answered(NamedTuple):
    """A student's answer, and what this run of the notebook found."""

    answer: Any
    run: dict


def with_run(answer, **run):
    """A student's answer beside what this run found, for a question that compares the two; `...` stays `...`."""
    parts = answer.values() if isinstance(answer, dict) else [answer]
    return ... if all(part is ... for part in parts) else Answered(answer, run)


# ---------------------------------------------------------------- predictions


def _read_eight(guess):
    """Which of eight grains were called: set of int from 1 to 8."""
    wanted = "a list of grain numbers from 1 to 8 is wanted, such as [2, 5]."
    called = items(guess, wanted)
    try:
        found = {number(each) for each in called}
    except Unusable:
        raise Unusable(wanted) from None
    if not found <= set(range(1, 9)):  # nor 2.5, nor NaN
        raise Unusable(wanted)
    return {int(each) for each in found}


def _reveal_eight(called, result):
    """`result` is what the eight are, and what the network calls them: two arrays of 0 and 1."""
    truth, network = (np.asarray(each) for each in result)
    mine = np.isin(np.arange(1, 9), list(called)).astype(int)
    right, its = int((mine == truth).sum()), int((network == truth).sum())
    interval = proportion_interval(right, 8)
    return (
        f"You called {right} of 8 right; with only eight grains that stands for anything from "
        f"{interval.low:.0%} to {interval.high:.0%} of such grains. The network called {its} of the same eight right."
    )


call_eight = Prediction(_read_eight, _reveal_eight)


def _reveal_width(guess, times):
    nearer = (
        "You expected less doubt than there is." if guess < 0.8 * times else "You expected more doubt than there is."
    )
    verdict = "A good guess." if 0.8 * times <= guess <= 1.25 * times else nearer
    return f"You said {guess:g} times as wide, it is {times:.1f} times as wide over mounts. {verdict}"


how_wide = Prediction(between(0.1, 100), _reveal_width)

# ---------------------------------------------------------------- core


def mean_cost(y, p, threshold, missed, wasted):
    y, goes = np.asarray(y), np.asarray(p) >= threshold
    return np.mean(missed * (y == 1) * ~goes + wasted * (y == 0) * goes)


def _judge_cost(answer):
    student = function(answer)
    y, p = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0, 0]), np.array([0.9, 0.7, 0.4, 0.1, 0.8, 0.6, 0.55, 0.58, 0.2, 0.05])
    for threshold, missed, wasted in ((0.5, 10.0, 1.0), (0.15, 4.0, 3.0), (0.75, 2.0, 5.0), (0.7, 8.0, 1.0)):
        value = numbers(student(y.copy(), p.copy(), threshold, missed, wasted))
        wanted = mean_cost(y, p, threshold, missed, wasted)
        if value.shape != ():
            return f"one number is wanted, the mean over the grains; yours has shape {value.shape}."
        if np.isclose(value, wanted):
            continue
        if threshold == 0.7:  # one grain has just this probability
            return "a grain whose p *is* the threshold is called porphyry: somebody goes from the threshold on (>=)."
        if np.isclose(value, len(y) * wanted):
            return "that is the sum; divide by the number of grains."
        if np.isclose(value, mean_cost(y, p, threshold, wasted, missed)):
            return "the costs are swapped: `missed` is paid for porphyry (y = 1) below the threshold."
        if np.isclose(value, mean_cost(1 - y, p, threshold, missed, wasted)):
            return "the classes are swapped: porphyry is y = 1, and from the threshold on somebody goes."
        per_class = missed * np.mean(p[y == 1] < threshold) + wasted * np.mean(p[y == 0] >= threshold)
        if np.isclose(value, per_class):
            return "you divide each kind of mistake by its own class; divide both by all grains."
        return f"threshold {threshold}, missed {missed:g}, wasted {wasted:g}: it should be {wanted:.3f}, yours is {value:.3f}."


write_cost = Question(
    hints=(
        "Two kinds of grains cost something. Which kind costs `missed`, and which costs `wasted`?",
        "Three grains: y = [1, 1, 0], p = [0.9, 0.2, 0.6], threshold 0.5, missed 3, wasted 1. The first costs 0, the "
        "second 3, the third 1: mean 4/3. In NumPy `(y == 1) & (p < threshold)` marks the second.",
        "Read again 'What a threshold costs', and the cell that counts for the confusion matrices.",
    ),
    answer=mean_cost,
    judge=_judge_cost,
    because="No model is needed to decide: if p is right, going costs wasted × (1 − p) on average and staying missed × p, "
    "so go where p is above wasted / (wasted + missed). ½ is right only if both mistakes cost the same.",
)

BETWEEN, WITHIN = 0.12, 0.42  # standard deviations: from mount to mount, and of a grain within its mount
PLANS = {"now": (10, 60), "ten times the grains of each mount": (10, 600), "twice the mounts": (20, 60)}


def _doubt(n_mounts, grains_each, between=BETWEEN):
    """The standard error of a share of right calls over so many mounts, with so many grains of each."""
    return np.sqrt(between**2 / n_mounts + WITHIN**2 / (n_mounts * grains_each))


def _judge_doubts(answer):
    wanted = f"{len(PLANS)} numbers are wanted, in the order of the text, such as [0.05, 0.04, 0.03]."
    given = [number(each) for each in items(answer, wanted)]
    if len(given) != len(PLANS):
        return wanted
    for found, (plan, (n_mounts, grains_each)) in zip(given, PLANS.items()):
        right = _doubt(n_mounts, grains_each)
        if abs(found - right) < 0.0006:
            continue
        return f"{plan}: {_why_not_that_doubt(found, n_mounts, grains_each)}"
    return None


def _why_not_that_doubt(found, n_mounts, grains_each):
    """What is wrong with a standard error, in one sentence."""
    now = PLANS["now"]
    known = {
        _doubt(
            n_mounts, grains_each, between=0
        ): "that takes all grains for independent: the part of the mounts, b²/m, is missing.",
        np.sqrt(
            BETWEEN**2 / n_mounts + WITHIN**2 / grains_each
        ): "w² is divided by *all* grains, m × n, and not by those of one mount.",
        np.sqrt(
            BETWEEN**2 + WITHIN**2 / grains_each
        ): "that is the doubt about one mount; here the mean is over m of them.",
        BETWEEN / np.sqrt(n_mounts): "that is the part of the mounts alone; the grains add w²/(m × n).",
        _doubt(*now): "that is the doubt as it is now; which of m and n has changed?",
        _doubt(20, 30): "each mount brings 60 grains, the new ones as well.",
        _doubt(100, 60): "that is ten times the *mounts*; here it is ten times the grains of each.",
    }
    for value, why in known.items():
        if abs(found - value) < 0.0006:
            return why
    if abs(found - _doubt(n_mounts, grains_each) ** 2) < 0.0003:
        return "that is its square: take the root."
    return f"you have {found:g}. Put m = {n_mounts} and n = {grains_each} into √(b²/m + w²/(m × n))."


more_mounts = Question(
    hints=(
        "Which of m and n changes in each plan? How many grains are there in all?",
        "With b = 0.3, w = 0.4, 4 mounts and 25 grains of each: 0.09 / 4 + 0.16 / 100 = 0.0241, and its root is 0.155.",
        "The formula stands above the three plans; `np.sqrt` takes the root.",
    ),
    answer=[_doubt(*plan) for plan in PLANS.values()],
    judge=_judge_doubts,
    because="Ten times the grains, at 6,000 in all, take less than a tenth off the doubt; twice the mounts, at 1,200, take off "
    "almost a third. Whoever counts 600 independent grains believes in 0.017, less than half of what the doubt is.",
)

# ---------------------------------------------------------------- the evidence card

UNIT = {"these mounts": "grains", "new mounts": "mounts"}
FIELDS = (
    "claim", "score", "low", "high", "over", "knowing nothing", "cheap rival", "false alarms", "surest wrong", "not for",
)  # fmt: skip
WHERE = {
    "score": "it is printed above the filled-in card, in the line of your claim",
    "low": "it stands in brackets behind the score, in the line of your claim and your unit",
    "high": "it stands in brackets behind the score, in the line of your claim and your unit",
    "cheap rival": "the score of the aspect ratio on the same grains is printed in the line of your claim",
    "false alarms": "set the instrument to Lite0 frozen, and move the threshold as far right as one in ten missed allows",
    "surest wrong": "set the browser to Lite0 frozen, to the class asked for and to 'surest wrong', and read the first number (-1 if none)",
}


def _judge_card(given):
    card, run = _card_and_run(given)
    empty = [name for name in FIELDS if card.get(name, ...) is ...]
    if empty:
        return f"still to fill: {', '.join(empty)}."
    claim = card["claim"]
    if claim not in UNIT:
        return "the claim is about 'these mounts' or about 'new mounts'; write one of the two."
    if card["over"] != UNIT[claim]:
        return (
            f"a claim about {claim} needs an interval over {UNIT[claim]}: what else could be different the next time?"
        )
    return _judge_numbers(card, run) or _judge_words(card)


def _card_and_run(given):
    """The card and what the run found; Unusable if it is something else."""
    if not isinstance(given, Answered):
        raise Unusable("a card beside its run is wanted: ex.with_run(my_card, **evidence).")
    if not isinstance(given.answer, dict):
        raise Unusable(f"a card is a dict with these entries: {', '.join(FIELDS)}.")
    return given


def _judge_numbers(card, run):
    """What of the card's numbers is not what the run found, in one sentence; None if all agree as rounded."""
    wanted = (
        {"knowing nothing": 0.5} | run[card["claim"]] | {name: run[name] for name in ("false alarms", "surest wrong")}
    )
    for name, value in wanted.items():
        found = number(card[name])
        if np.isclose(found, value, rtol=0, atol=0.0051, equal_nan=True):
            continue
        if name == "knowing nothing":
            return f"'knowing nothing' is {found:g}: which ROC-AUC has a coin?"
        return f"'{name}' is {found:g}, this run has another value: {WHERE[name]}."
    return None


def _judge_words(card):
    """Whether the card says in a sentence what it is not for."""
    words = card["not for"].split() if isinstance(card["not for"], str) else []
    if len(words) < 5:
        return (
            "'not for' needs a sentence of five words or more: for whom, or for which grains, would the score mislead?"
        )
    return None


_A_RUN = {
    "these mounts": {"score": 0.89, "low": 0.83, "high": 0.93, "cheap rival": 0.88},
    "new mounts": {"score": 0.8, "low": 0.6, "high": 1.0, "cheap rival": 0.75},
    "false alarms": 20,
    "surest wrong": 7,
}
_A_CARD = {
    "claim": "new mounts",
    "score": 0.8,
    "low": 0.6,
    "high": 1.0,
    "over": "mounts",
    "knowing nothing": 0.5,
    "cheap rival": 0.75,
    "false alarms": 20,
    "surest wrong": 7,
    "not for": "river sand, where hardly any grain is of the class asked for",
}

evidence_card = Question(
    hints=(
        "Begin with the claim. Everything else on the card follows from it: the unit, the score, the interval.",
        "Suppose the line says 'new mounts: 0.80; over grains (0.77–0.83), over mounts (0.60–1.00)'. A card that claims "
        "'new mounts' takes 0.80, 0.60 and 1.00, and over 'mounts'.",
        "Numbers: the lines printed above the filled-in card. Counts and grains: the two instruments.",
    ),
    answer=with_run(_A_CARD, **_A_RUN),
    judge=_judge_card,
    because="The interval fits the claim, the rival and the coin stand beside the score, and the reader knows what it is not for.",
)

# ---------------------------------------------------------------- going deeper

rare_porphyry = Question(
    hints=(
        "Take 1,000 grains of the sand. How many of each class are there?",
        "In a sand of half and half: of 1,000 grains 450 are rightly called porphyry and 100 wrongly; 450 / 550 = 0.82.",
        "Precision is defined where the confusion matrix is counted: of the grains *called* porphyry, how many are.",
    ),
    answer=0.9 * 50 / (0.9 * 50 + 0.2 * 950),
    judge=near(
        0.9 * 50 / (0.9 * 50 + 0.2 * 950),
        {
            100 * 45 / 235: "that is in per cent: give it as a share, between 0 and 1.",
            0.2: "close, but two decimals are wanted: of 1,000 grains, how many are called porphyry, and how many of these are?",
            0.9: "that is the recall: of the porphyry grains. Precision asks of the grains *called* porphyry.",
            0.8: "that is the share of batholith grains called batholith; precision looks at those called porphyry.",
            0.9 / 1.1: "that is the precision where half of the grains are porphyry; here 1 in 20 is.",
            0.045: "that is the share of all grains that are porphyry and called so: divide by all that are called porphyry.",
            0.05: "that is what calling everything porphyry would give; this classifier does better.",
            45 / 190: "divide by *all* that are called porphyry, the right and the wrong ones.",
        },
        "you have {value}. Of 1,000 grains: 0.9 × 50 rightly called porphyry, 0.2 × 950 wrongly. Precision is right ÷ all called.",
        tolerance=0.015,
    ),
    because="45 / (45 + 190) = 0.19. The same classifier on a test set of half and half has 0.82. Recall and ROC-AUC do not depend "
    "on how rare porphyry is; precision, accuracy and PR-AUC do. A share is a property of the test set, too.",
)


def auc_gain(y, one, other):
    def auc(score):
        above = score[y == 1][:, None] - score[y == 0]
        return np.mean((above > 0) + 0.5 * (above == 0))

    return auc(one) - auc(other)


def _judge_gain(answer):
    student = function(answer)
    rng = np.random.default_rng(7)
    y = np.repeat([1, 0], [6, 9])
    one, other = rng.normal(size=(2, 15)) + y
    ties = np.round(one)
    for a, b, are_tied in ((one, other, False), (other, one, False), (one, 0 * one, True), (ties, other, True)):
        value = numbers(student(y.copy(), a.copy(), b.copy()))
        wanted = auc_gain(y, a, b)
        if value.shape != ():
            return f"one number is wanted, the difference of two ROC-AUCs; yours has shape {value.shape}."
        if np.isclose(value, wanted):
            continue
        if np.isclose(value, -wanted):
            return "the sign is wrong: it is the first score's ROC-AUC less the second's."
        if are_tied:
            return "a pair that is tied counts one half: neither of the two grains is ranked above the other."
        return f"for two scores of 6 and 9 grains it should be {wanted:.3f}, yours is {value:.3f}."
    return None


write_gain = Question(
    hints=(
        "A ROC-AUC is the share of pairs, one grain of each class, that are ranked right. Write that for one score first.",
        "With y = [1, 1, 0], one = [0.9, 0.4, 0.5] one of two pairs is right: 0.5. `one[y == 1][:, None] > one[y == 0]` "
        "is a table of all pairs.",
        "Read again the two sentences on pairing, and what notebook 4 says about ROC-AUC.",
    ),
    answer=auc_gain,
    judge=_judge_gain,
    because="Both scores see the same grains, so a hard grain costs both, and their difference is surer than either score.",
)


# ---------------------------------------------------------------- a sweep of one's own

WORDS = ("better", "worse", "not resolved")


def _judge_sweep(given):
    if not isinstance(given, Answered):
        raise Unusable("a reading beside its sweep is wanted: ex.with_run(my_reading, sweep=sweep, own=my_settings).")
    if given.run["own"] is ...:
        return "these are the kit's settings. Choose three of your own in `my_settings`, run the sweep, read that."
    wanted = readings(given.run["sweep"])
    reading = items(given.answer, f"a list of {len(wanted)} words is wanted, each one of {', '.join(WORDS)}.")
    if len(reading) != len(wanted) or not set(reading) <= set(WORDS):
        return f"a list of {len(wanted)} words is wanted, each one of {', '.join(WORDS)}."
    for said, (name, (mean, half, word)) in zip(reading, wanted.items()):
        in_doubt = abs(abs(mean) - half) < 0.001  # as printed, the interval ends at 0
        if said != word and not in_doubt:
            return f"{name}: you say {said}. Look whether {mean:+.3f} ± {half:.3f} leaves out 0, and on which side."
    return None


def readings(sweep):
    """The paired difference of each setting from the first one over its seeds: mean, half its 95 % interval, a word."""
    table = sweep.pivot(index="seed", columns="name", values="validation_auc")
    first, *others = sweep["name"].unique()
    found = {}
    for name in others:
        mean, low, high = paired_difference(table[name], table[first])
        half = (high - low) / 2
        word = "not resolved" if abs(mean) <= half else WORDS[int(mean < 0)]
        found[name] = mean, half, word
    return found


_A_SWEEP = pd.DataFrame(
    {
        "name": np.repeat(["as published", "rate 0.01", "rate 0.0001", "64 px"], 3),
        "seed": [0, 1, 2] * 4,
        "validation_auc": [0.70, 0.72, 0.74, 0.50, 0.51, 0.52, 0.80, 0.83, 0.83, 0.69, 0.75, 0.73],
    }
)

own_sweep = Question(
    hints=(
        "Each run of a setting has a partner: the published setting with the same seed. Read the differences.",
        "Differences of −0.20, −0.21 and −0.22 have a mean of −0.21 and ± 0.025: 0 lies outside, so the word is worse. "
        "Differences of −0.01, +0.03 and −0.01 have ± 0.06: not resolved.",
        "The table below your sweep has a line for each setting; the word depends on 0 being inside or outside.",
    ),
    answer=with_run(["worse", "better", "not resolved"], sweep=_A_SWEEP, own=[{}, {}, {}]),
    judge=_judge_sweep,
    because="Seeds are one source of luck. The validation grains are another, and they were the same in all your runs.",
)

LEAST_GRAINS, MOST_GRAINS = 290, 400  # there the simulated power is 0.73 and 0.86


def _judge_grains(answer):
    value = number(answer)
    if LEAST_GRAINS <= value <= MOST_GRAINS:
        return None
    if value < 0 or value != value:
        return "a number of grains is wanted."
    if value <= 90:
        return (
            f"with {value:g} grains such a difference is resolved in about one test of five; four of five are wanted."
        )
    if value <= 150:
        return f"{value:g} are too few in all. Are these the porphyry grains alone? The batholith grains count as well."
    if value < LEAST_GRAINS:
        return f"with {value:g} grains the power is below 0.8: it does not grow in proportion to the grains. Try some more."
    return f"with {value:g} grains the power is above 0.8 by far: fewer will do."


enough_grains = Question(
    hints=(
        "Put larger numbers into the list of the cell above, and run it again.",
        "Suppose 100 grains have a power of 0.30 and 200 of 0.55: then 150 may have 0.43, and 0.8 lies beyond both.",
        "Read again the definition of power, and what the grey line of the figure stands for.",
    ),
    answer=350,
    judge=_judge_grains,
    because="It takes about 350 grains, five times the paper's 71, and one knows that before the first grain is mounted. More "
    "grains help against the noise of grains; for new rocks it takes more mounts.",
)
