"""The questions of notebook 16."""

import numpy as np

from zirconkit.evaluation.fractions import naive_counts
from zirconkit.exercises.core import NOT_ATTEMPTED, Question, Unusable, choice, function, items, number, numbers
from zirconkit.exercises.predictions import Prediction, between

__all__ = ["by_chance", "cries", "drifted", "farther", "unmix", "worth"]

# ---------------------------------------------------------------- predictions

ASKED = ("network", "outline", "background")


def _three(*guesses):
    """Three ROC-AUCs."""
    return [between(0, 1)(guess) for guess in guesses]


def _reveal_worth(guess, found):
    """`guess`: three numbers; `found`: Interval by what was asked."""
    lines = [f"{name}: you said {mine:.2f}, the card {found[name]:.2f}" for name, mine in zip(ASKED, guess)]
    return "\n".join(lines)


worth = Prediction(_three, _reveal_worth)


def _reveal_cries(guess, found):
    return f"You said {guess:g} of 35; {found} of them are below 0.01. Chance alone would make 0.35."


cries = Prediction(between(0, 35), _reveal_cries)

# ---------------------------------------------------------------- what chance does to a clue


def spread_between(medians, classes):
    """The share of the spread of some numbers that lies between the classes."""
    medians, classes = np.asarray(medians, float), np.asarray(classes)
    middle = medians.mean()
    parts = [np.sum(classes == name) * (medians[classes == name].mean() - middle) ** 2 for name in np.unique(classes)]
    return sum(parts) / np.sum((medians - middle) ** 2)


def dealt_by_chance(medians, classes, spread, rng):
    as_is = spread(medians, classes)
    dealt = np.array([spread(medians, rng.permutation(classes)) for _ in range(999)])
    return (np.sum(dealt >= as_is) + 1) / 1000


TWELVE = np.repeat(["a", "b", "c"], 4)
CLUES = {
    "a clue that leans to one class": np.array([0.0, 4, 2, 7, 5, 3, 9, 6, 11, 8, 10, 1]),
    "a clue that does not": np.array([3.0, 9, 1, 7, 4, 8, 2, 6, 5, 11, 0, 10]),
    "a clue that follows the classes": np.arange(12.0),
}


def _judge_chance(answer):
    student = function(answer)
    rng = np.random.default_rng(0)
    for name, medians in CLUES.items():
        found = number(student(medians.copy(), TWELVE.copy(), spread_between, np.random.default_rng(1)))
        wanted = dealt_by_chance(medians, TWELVE, spread_between, rng)
        if not abs(found - wanted) <= 0.06:  # NaN is not
            return _of_chance(name, found, wanted)
    return None


def _of_chance(name, found, wanted):
    """What is wrong with a share of dealings, in a sentence."""
    said = f"for {name} it gives {found:.2f}, about {wanted:.2f} is wanted"
    if abs(found - (1 - wanted)) < 0.06:
        return f"{said}: count the dealings whose spread is at least as large, not those below it."
    if found > 1:
        return f"{said}: a share of the dealings lies between 0 and 1; divide by 1,000."
    if found == 1:
        return f"{said}: did you deal anew each time? `rng.permutation(classes)` gives another order at each call."
    return f"{said}: deal the classes anew to the samples 999 times, and keep the medians as they are."


by_chance = Question(
    hints=(
        "Under chance alone any sample could have had any class. So deal the classes to the samples at random, many times.",
        "A smaller case: medians 1, 2, 8, 9 and classes a, a, b, b. Dealt as a, b, a, b or b, a, b, a the classes hardly "
        "differ; dealt as a, a, b, b or b, b, a, a they do as much as observed. So a third of all six dealings does.",
        "`dealt = [spread(medians, rng.permutation(classes)) for _ in range(999)]`; then count what is at least as "
        "large as `spread(medians, classes)`, add 1 and divide by 1,000. Read again under *A clue, or chance?*.",
    ),
    answer=dealt_by_chance,
    filled=(
        """\
def my_chance(medians, classes, spread, rng):
    as_is = spread(medians, classes)
    dealt = np.array([spread(medians, rng.permutation(classes)) for _ in range(999)])
    return (np.sum(dealt >= as_is) + 1) / 1000""",
    ),
    judge=_judge_chance,
    because="Twelve samples are twelve draws, however many grains they hold. A clue that a third of all dealings "
    "matches is no finding; with two samples a class even a perfect one is matched once in fifteen.",
)

# ---------------------------------------------------------------- the delivery that drifted

CAUSES = {
    "a": "a brighter beam moves the brightness of grains and the background, and neither leaves its band there.",
    "b": "a wrong scale moves the size, and nothing else; read the size of that delivery again.",
    "d": "another river moves the shares of the classes; all three stay within their bands there.",
}


THREE = "a delivery, a number and a letter are wanted, three strings in quotes."


def _judge_drifted(answer):
    given = items(answer, THREE)
    if any(each is ... for each in given):
        return NOT_ATTEMPTED
    if len(given) != 3 or not all(isinstance(each, str) for each in given):
        raise Unusable(THREE)
    delivery, number_of_it, cause = given[0].strip().upper(), given[1].strip().lower(), given[2]
    if delivery not in set("ABCDE"):
        raise Unusable("the deliveries are A, B, C, D and E.")
    if delivery != "D":
        return (
            f"{delivery} is as it should be. Lower the rate until false alarms are rarer than one in thirty images: "
            "which delivery rings even then?"
        )
    if number_of_it != "noise":
        return _of_number(number_of_it)
    return choice("c", CAUSES)(cause)


def _of_number(name):
    """What is wrong with a number that did not make the delivery ring, in a sentence."""
    if name == "size":
        return "the size leaves the middle on two images of that delivery and is back on the next: its sum stays low."
    return f"the sum of {name} stays below the limit there: show one number after the other, and look for amber bars."


drifted = Question(
    hints=(
        "At a rate of 0.2 one image in five rings without any drift. What rings at 0.01, or at 0.002?",
        "A smaller case: four numbers; in one delivery *brightness* and *background* lie at +4, the others in the band. "
        "Both rose together, so more light came in, and grains of the same size and shape were there.",
        "Set the rate to 0.002, note the delivery, then go through the list of numbers: which one leaves the band there, "
        "and in which direction? Read again what each number measures, under *Charts*; background and noise stand in section 2.",
    ),
    answer=("D", "noise", "c"),
    filled=('my_delivery = "D"\nmy_number = "noise"\nmy_cause = "c"',),
    judge=_judge_drifted,
    because="Its noise fell to a fraction, and brightness, background and size stayed. A filter was switched on in the "
    "microscope's software. No grain looks wrong to the eye; the card was written for pictures without that filter.",
)

# ---------------------------------------------------------------- shares of a sand


def solved(called, rates):
    counts = np.bincount(called, minlength=len(rates)) / len(called)
    shares = np.linalg.solve(rates.T, counts).clip(0)
    return shares / shares.sum()


RATES = np.array([[0.6, 0.3, 0.1], [0.2, 0.7, 0.1], [0.1, 0.15, 0.75]])
MIXED = ((0.1, 0.3, 0.6), (0.0, 0.2, 0.8), (0.8, 0.1, 0.1), (1 / 3, 1 / 3, 1 / 3), (0.05, 0.9, 0.05))


def _sand(shares, rng):
    y = rng.choice(3, 2000, p=shares)
    return np.array([rng.choice(3, p=RATES[k]) for k in y])


def _judge_unmix(answer):
    student = function(answer)
    rng = np.random.default_rng(0)
    off, off_counted = [], []
    for shares in MIXED:
        called = _sand(shares, rng)
        found = numbers(student(called.copy(), RATES.copy()))
        if found.shape != (3,):
            raise Unusable(f"three shares are wanted, this has the shape {found.shape}.")
        if abs(found.sum() - 1) > 0.01 or found.min() < -1e-9:
            return f"shares lie between 0 and 1 and add up to 1; these are {np.round(found, 2).tolist()}."
        off.append(np.abs(found - shares).mean())
        off_counted.append(np.abs(naive_counts(called, 3) - shares).mean())
    return _of_shares(np.mean(off), np.mean(off_counted))


def _of_shares(off, off_counted):
    """What is wrong with corrected shares, in a sentence; None if nothing is."""
    said = f"on five planted sands your shares are off by {off:.3f} in the mean, counting by {off_counted:.3f}"
    if off <= off_counted / 3:
        return None
    if off > 1.2 * off_counted:
        return f"{said}: a row of `rates` is a true class, a column what it is called. Which of both do you sum over?"
    return f"{said}; at most a third of that is wanted. Solve counts = rates.T @ shares."


unmix = Question(
    hints=(
        "Each count is a sum: grains of that class that were called rightly, and grains of others that were called so.",
        "Two classes, called rightly 0.8 and 0.7 of the time: of a sand with the shares s and 1 − s, 0.8 s + 0.3 (1 − s) is "
        "called the first. If 0.55 is, then s = 0.25 / 0.5 = 0.5.",
        "`np.linalg.solve(rates.T, counts)` has the shares; clip what falls below 0, and divide by the sum. Read again "
        "under *How much of each?*.",
    ),
    answer=solved,
    filled=(
        """\
def my_shares(called, rates):
    counts = np.bincount(called, minlength=len(rates)) / len(called)
    shares = np.linalg.solve(rates.T, counts).clip(0)
    return shares / shares.sum()""",
    ),
    judge=_judge_unmix,
    because="The errors of a classifier are known from samples that it had not seen, and can be taken out of the counts. "
    "This holds as long as it errs on the sand as it does on those samples, which is what a chart watches.",
)

# ---------------------------------------------------------------- detrital zircons


def largest_gap(a, b):
    every = np.sort(np.concatenate([a, b]))
    below = [np.searchsorted(np.sort(each), every, side="right") / len(each) for each in (a, b)]
    return np.abs(below[0] - below[1]).max()


def _judge_farther(answer):
    student = function(answer)
    rng = np.random.default_rng(0)
    a, b = rng.normal(500, 100, 80), rng.normal(560, 100, 50)
    pairs = [(a, b), (a, a + 1000), (b, np.r_[b[:25], b[25:] + 2000]), (a, a)]
    for place, (one, other) in enumerate(pairs):
        found, wanted = number(student(one.copy(), other.copy())), largest_gap(one, other)
        if not abs(found - wanted) <= 1e-6:  # NaN is not
            said = f"for pair {place + 1} of four it gives {found:.3f}, {wanted:.3f} is wanted"
            return f"{said}: take the share that is younger at every age of both samples, and the largest difference."
    return None


farther = Question(
    hints=(
        "At an age, each sample has a share of grains that are as young or younger. Where do the two shares differ most?",
        "Ages 1, 2, 3 and 2, 3, 4: at 1 the shares are 1/3 and 0, at 2 they are 2/3 and 1/3, at 3 they are 1 and 2/3. So 1/3.",
        '`np.searchsorted(np.sort(a), ages, side="right") / len(a)` is the share at each of some ages; take all ages of both. '
        "Read again under *Zircons of a desert*.",
    ),
    answer=largest_gap,
    filled=(
        """\
def my_distance(a, b):
    ages = np.concatenate([a, b])
    shares = [np.searchsorted(np.sort(each), ages, side="right") / len(each) for each in (a, b)]
    return np.abs(shares[0] - shares[1]).max()""",
    ),
    judge=_judge_farther,
    because="It is the distance of Kolmogorov and Smirnov, and `watch` uses it, too. It needs no bins and no kernel.",
)
