"""The questions of notebook 15."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from zirconkit import labelling
from zirconkit.exercises.core import Question, Unusable, function, number, numbers
from zirconkit.exercises.predictions import Prediction

__all__ = [
    "Priced", "choose", "labelled", "one_mount", "pays", "priced", "saves", "self_train", "worth", "your_round",
]  # fmt: skip

# ---------------------------------------------------------------- predictions

SIGNS = {"+": "better", "-": "worse", "=": "not resolved"}


def _signs(many):
    """A reader of so many signs, of +, - and =, whatever stands between them."""

    def read(guess):
        signs = [sign for sign in str(guess).replace("−", "-") if sign in SIGNS]
        if not isinstance(guess, str) or len(signs) != many:
            raise Unusable(f'{many} signs are wanted, each +, - or =, in quotes, such as "{"+=-"[:many]}".')
        return "".join(signs)

    return read


def _found(gain):
    """The sign of a gain with its interval: "=" where the interval holds 0."""
    if gain.low <= 0 <= gain.high:
        return "="
    return "+" if gain.value > 0 else "-"


def _reveal_worth(guess, gains):
    """`guess`: three signs; `gains`: Interval by letter, over ten pairs of mounts."""
    found = "".join(map(_found, gains.values()))
    right = sum(one == other for one, other in zip(guess, found))
    said = ", ".join(f"({letter}) {gain:+.3f}" for letter, gain in gains.items())
    return f"You said {guess}, ten pairs of mounts say {found}: {right} of 3. Gains in ROC-AUC: {said}. Does your reason still hold?"


worth = Prediction(_signs(3), _reveal_worth)


def _reveal_saves(guess, saved):
    """`guess`: two signs; `saved`: Interval by letter, labels of 20."""
    found = "".join(map(_found, saved.values()))
    right = sum(one == other for one, other in zip(guess, found))
    said = ", ".join(f"({letter}) {spared:+.1f}" for letter, spared in saved.items())
    return f"You said {guess}, ten pairs of mounts say {found}: {right} of 2. Labels saved of 20: {said}. Does your reason still hold?"


saves = Prediction(_signs(2), _reveal_saves)

# ---------------------------------------------------------------- one round of self-training


def one_round(model, x, labels, sure):
    known = labels != -1
    model.fit(x[known], labels[known])
    p = model.predict_proba(x)
    surely = p.max(axis=1) >= sure
    called = p.argmax(axis=1)
    return np.where(~known & surely, called, labels)


def _planted_round():
    """Two heaps on a line and a grain between them; a person has labelled one grain of the left heap wrongly."""
    heap = np.linspace(2, 3, 10)
    x = np.concatenate([-heap, heap, [-1.2]])[:, None]
    labels = np.repeat([0, 1, -1], [10, 10, 1])
    labels[[4, 8, 13, 17]] = -1
    labels[2] = 1  # wrongly
    return x, labels


def _judge_round(answer):
    student = function(answer)
    x, labels = _planted_round()
    wanted = one_round(LogisticRegression(C=10), x, labels, 0.8)
    given = labels.copy()
    found = numbers(student(LogisticRegression(C=10), x.copy(), given, 0.8))
    if found.shape != labels.shape:
        return f"{len(labels)} labels are wanted, one for each grain; these have the shape {found.shape}."
    if np.array_equal(found, wanted):
        return None
    known = labels != -1
    if not np.array_equal(found[known], labels[known]):
        return "it changes a label that a person gave: that stays, right or wrong; label only the grains with -1."
    if found[-1] != -1:
        return (
            "it labels the grain in the middle, of which the model is not sure: leave it at -1 until p reaches `sure`."
        )
    if np.array_equal(found, labels):
        return "no grain got a label, and for four the model is sure enough: where the larger p is at least `sure`, put the class."
    exchanged = np.where(wanted != labels, 1 - wanted, wanted)
    if np.array_equal(found, exchanged):
        return "the classes are exchanged: `p.argmax(axis=1)` is the column with the larger p, which is the class."
    return f"the planted grains should be {wanted.tolist()}, yours are {found.astype(int).tolist()}. Was the model fitted to labelled grains only?"


self_train = Question(
    hints=(
        "Four steps: which grains are labelled; fit to these alone; how probable is each class of every grain; label those of which the model is sure.",
        "Three grains with p = (0.95, 0.05), (0.60, 0.40) and (0.10, 0.90), none of them labelled, sure = 0.8: they become 0, stay -1, "
        "become 1. A grain that a person labelled keeps that label, whatever p says.",
        "`known = labels != -1` picks the labelled ones, `model.predict_proba(x).max(axis=1)` is how sure the model is of each grain, "
        "`.argmax(axis=1)` of what; `np.where(condition, one, other)` joins them. Read again the sentence above the exercise.",
    ),
    answer=one_round,
    filled=(
        """\
def my_round(model, x, labels, sure):
    known = labels != -1
    model.fit(x[known], labels[known])
    p = model.predict_proba(x)
    surely = p.max(axis=1) >= sure
    called = p.argmax(axis=1)
    return np.where(~known & surely, called, labels)""",
    ),
    judge=_judge_round,
    because="The model labels what it is sure of, and then learns from its own labels. Where it was surely wrong, nothing outside ever tells it, "
    "so it may learn that error, too. scikit-learn's `SelfTrainingClassifier` repeats this round until nobody is added, ten times at most unless told otherwise.",
)


def your_round(student):
    """A student's round of self-training, if it is right; else the kit's, so that the notebook goes on."""
    return student if self_train.is_right(student) else one_round


# ---------------------------------------------------------------- the labelling bench

ENOUGH = 8  # grains labelled for each way
TWENTY = 20  # random labels, which asking is to replace


@dataclass(frozen=True)
class Priced:
    """A bench on which grains were labelled, and what the student makes of its clock."""

    bench: Any = field(repr=False)
    numbers: Any


def priced(bench, numbers):
    """A bench and the three numbers that go with it; `...` stays `...`.

    Parameters
    ----------
    bench : widgets.LabelBench
        Or whatever has its `table`.
    numbers : sequence of three floats
        Right labels a minute of what the bench's way asked for, and at random; and how many of twenty random labels
        asking has to save.
    """
    return ... if numbers is ... else Priced(bench, numbers)


def price_of(table):
    asked, random = 60 * table["agreed"] / table["in all"]
    return [asked, random, TWENTY * (1 - asked / random)]


def price_truly(bench):
    bench.call_truly(20)  # an oracle labels twenty; a person's numbers depend on what she labels, and how fast
    return price_of(bench.table())


def _small_bench():
    """A bench of sixty dark or bright pictures: what the solution is tried on."""
    from zirconkit.widgets.labelling import LabelBench, small_pool

    return LabelBench(*small_pool(), ("dark", "bright"), LogisticRegression(), [0, 1])


def _judge_priced(answer):
    if callable(answer):
        bench = _small_bench()
        answer = Priced(bench, function(answer)(bench))
    if not isinstance(answer, Priced):
        return "give the bench and your three numbers: ex.priced(bench, my_price)."
    table = answer.bench.table()
    lacking = _not_enough(table)
    if lacking:
        return lacking
    found = numbers(answer.numbers)
    if found.shape != (3,):
        return f"three numbers are wanted, in square brackets; these have the shape {found.shape}."
    return _off_price(found, table)


def _not_enough(table):
    """Why a record does not say what a label costs: str, or None if it does."""
    fewest = int(table["labels"].min())
    if fewest < ENOUGH:
        return f"label {ENOUGH} grains for each way first, {2 * ENOUGH} in all; so far one has {fewest}."
    if not np.isfinite(table["in all"]).all():
        return "the clock is missing: press the buttons of the bench, which take the time."
    if table.loc["at random", "agreed"] == 0:
        return "of the random grains none was labelled rightly, so no price can be had: label a few more."
    return None


def _off_price(found, table):
    """What is wrong with three numbers beside a record: str, or None."""
    wanted = np.array(price_of(table))
    rates_fit = np.allclose(found[:2], wanted[:2], rtol=0.02, atol=0.06)
    if rates_fit and abs(found[2] - wanted[2]) < 0.5:
        return None
    if rates_fit and abs(found[2] - (TWENTY - wanted[2])) < 0.5:
        return (
            "both rates are right; the third is how many labels asking may take. How many of twenty does it then save?"
        )
    if rates_fit:
        return (
            f"both rates are right. In the time of {TWENTY} random labels, how many does asking get? The third number is "
            f"{TWENTY} less that; with your rates {wanted[2]:.1f} within a half."
        )
    wrong = {
        f"the two are exchanged: *{table.index[0]}* comes first, *at random* second.": wanted[1::-1],
        "that is a second, not a minute: times 60.": wanted[:2] / 60,
        "that counts all labels: only those that were right count.": 60 * table["labels"] / table["in all"],
        "that is 60 over the median: take all the time of a way, and the right labels only.": 60 / table["seconds"],
    }
    for why, rates in wrong.items():
        if np.allclose(found[:2], np.asarray(rates, float), rtol=0.02, atol=0.001):
            return why
    counts = [f"{row['agreed']:.0f} in {row['in all']:.1f} s" for _, row in table.iterrows()]
    return (
        f"right labels were {counts[0]} where {table.index[0]} asked, {counts[1]} at random: how many is that a minute?"
    )


labelled = Question(
    hints=(
        f"Label at least {ENOUGH} grains for each way ({2 * ENOUGH} in all) and press *stop, and tell me*: it prints the right labels and the seconds.",
        "9 right in 60 s are 9.0 a minute, 9 right in 45 s are 12.0. In the time of 20 random labels asking gets 20 · 9 / 12 = 15, so it has to save 5: [9.0, 12.0, 5.0].",
        "Right labels over seconds, times 60, for each way; the third is 20 · (1 − first / second), below 0 if the first is larger. "
        "`bench.table()` has *agreed* and *in all*, the seconds together. Read again the task: in the same time, how many labels does either way give?",
    ),
    answer=price_truly,
    filled=("my_price = ex.price_truly(bench)  # its code: ex.labelled.solution()",),
    judge=_judge_priced,
    because="A way of asking is paid for in time and in mistakes. If the grains that it asks for take longer or are labelled wrongly more often, asking has to save that many labels before it gains anything; "
    "if they do not, the third number is near 0 or below. Sixteen grains say it roughly: another sixteen would give other rates. How roughly, the line on your price below says.",
)


def pays(answer, saved):
    """What asking must save at a student's price, beside what it did save: str, a line for each kind of data.

    Both have a 95 % interval: over the student's own labels, and over mounts. The interval of the difference is joined
    from the two (as in Newcombe, 1998, method 10).

    Parameters
    ----------
    answer : Priced or ...
        As `priced` gives it.
    saved : dict of str to Interval
        Of twenty random labels, by kind of data, for the way that the bench asked by.
    """
    if not labelled.is_right(answer):
        return "No price of yours yet."
    need = answer.bench.price(TWENTY)
    must = f"At your price *{answer.bench.ways[0]}* must save {need:+.1f} of {TWENTY} random labels"
    lines = [f"{must} (95 % interval over your own). On ten pairs of mounts it saved"]
    lines += [f"{kind}: {spared:+.1f}: {_covers(spared, need)}" for kind, spared in saved.items()]
    return "\n".join(lines)


def _covers(spared, need):
    """Whether labels saved, an Interval, are more than have to be saved, another that is independent of it: str."""
    gain = spared.value - need.value
    down = np.hypot(spared.value - spared.low, need.high - need.value)
    up = np.hypot(spared.high - spared.value, need.value - need.low)
    if gain - down > 0:
        return "it pays"
    return "it does not pay" if gain + up < 0 else "not resolved"


# ---------------------------------------------------------------- a way of asking of one's own

BUDGET, POOLS = 14, range(4)


def least_sure(model, x, labels, rng):
    known = labels != -1
    model.fit(x[known], labels[known])
    surest = model.predict_proba(x).max(axis=1)
    surest[known] = 2.0  # never asked for again
    return int(surest.argmin())


def _planted_pool(seed):
    """A large heap of easy grains of either class, and fewer hard ones, told apart by another number: x, y and easy."""
    rng = np.random.default_rng(seed)
    y = np.arange(240) % 2
    x = rng.normal(size=(240, 6))
    easy = rng.random(240) < 0.75
    x[:, 0] += np.where(easy, 5.0, 0.0) * (2 * y - 1)
    x[:, 1] += np.where(easy, 0.0, 1.5) * (2 * y - 1)
    return x, y, easy


def _score_of(choose_row, seed):
    """ROC-AUC on the hard grains of a planted pool after `BUDGET` labels that somebody asked for."""
    x, y, _ = _planted_pool(seed)
    model = LogisticRegression()
    asked = labelling.asked_in_turn(choose_row, model, (x, y), [0, 1], BUDGET, seed)
    fresh, truth, simple = _planted_pool(seed + 100)
    learn, test = (x[asked], y[asked]), (fresh[~simple], truth[~simple])
    return labelling.scores_along(model, learn, test, [BUDGET])[0]


def _judge_choose(answer):
    student = function(answer)

    def checked(model, x, labels, rng):
        row = number(student(model, x.copy(), labels.copy(), rng))
        if row not in range(len(x)):
            raise Unusable(f"the row of a grain is wanted, a whole number from 0 to {len(x) - 1}; this is {row:g}.")
        if labels[int(row)] != labelling.HIDDEN:
            raise Unusable("it asks for a grain that has its label already: only those with -1 may be asked for.")
        return int(row)

    mine, chance = (np.mean([_score_of(way, seed) for seed in POOLS]) for way in (checked, labelling.at_random))
    if mine >= chance + 0.02:
        return None
    return (
        f"on four planted pools {BUDGET} labels that you asked for reach {mine:.2f}, random ones {chance:.2f}; {chance + 0.02:.2f} is wanted. "
        "Most grains there are easy: ask for those that teach something."
    )


choose = Question(
    hints=(
        "Which grain would a teacher ask about? Not one that the model is sure of. Or one unlike all that are labelled.",
        "Three unlabelled grains with p = (0.99, 0.01), (0.55, 0.45), (0.2, 0.8): the larger p is 0.99, 0.55 and 0.8, so ask for the second.",
        "Fit to the labelled grains as in `my_round`; take `.max(axis=1)` of the probabilities; make the labelled ones larger than 1; `argmin` "
        "is the row. Read again under *Which grain to ask about?* what both ways do.",
    ),
    answer=least_sure,
    filled=(
        """\
def my_choice(model, x, labels, rng):
    known = labels != -1
    model.fit(x[known], labels[known])
    surest = model.predict_proba(x).max(axis=1)
    surest[known] = 2.0  # never asked for again
    return int(surest.argmin())""",
    ),
    judge=_judge_choose,
    because="Three of four planted grains are easy, and most random labels go to them. A good way of asking goes to the others more often. Where grains "
    "are hard because they are mixed or damaged, it may buy labels that teach nothing: measure it, as the figure of section 3 does.",
)

# ---------------------------------------------------------------- labels and mounts

WANTED = 0.78
CHEAPEST = 10 * 1 + 2 * 5 + 25  # ten labels, one mount of each class, evening out: minutes, made up

PLANS = {
    10: "that is the labels alone; two mounts and evening out take time, too.",
    20: "as cropped, one mount of each class with ten labels has 0.61 only; if you meant evened out, that takes its 25 minutes, too.",
    35: "the mounts take time, too: one of each class makes two, 10 minutes.",
    40: "with five labels, one mount of each class has 0.76 only. Or did you count one mount? There are two classes.",
    55: "that reaches it with twenty labels of one mount of each class, or with ten of two: would fewer labels or fewer mounts do?",
    60: "as cropped, fifty labels of one mount of each class have 0.68: no line of that panel reaches 0.78.",
    65: "that reaches it, but with more mounts or labels than it takes: look at one mount of each class.",
}


def _judge_plan(answer):
    """What is wrong with the minutes of the cheapest plan; None if they are right."""
    value = number(answer)
    if value == CHEAPEST:
        return None
    return PLANS.get(value, _off_plan(value))


def _off_plan(value):
    """What to say to minutes that no known mistake leads to."""
    if value < CHEAPEST:
        return f"no plan reaches {WANTED:.2f} in {value:g} minutes: add up the labels, the mounts of both classes, and evening out if the panel says so."
    return f"a plan reaches {WANTED:.2f} in less time: which panel gets there at all, and with which fewest labels and mounts?"


one_mount = Question(
    hints=(
        "Which panel reaches 0.78 at all? In it, what is the fewest number of labels with a point above 0.78?",
        "Suppose three mounts of each class and twenty labels do, evened out: 6 mounts · 5 + 20 labels · 1 + 25 = 75 minutes. Do the same with the points that you have found.",
        "In the panel *evened out* all lie above 0.78 at ten labels. They have the same number of labels and are evened out alike; which has the fewest mounts?",
    ),
    answer=CHEAPEST,
    judge=_judge_plan,
    because="One mount of each class, ten labels, evened out: 10 + 10 + 25 = 45 minutes for a mean of 0.81 (0.76 to 0.85), so on your mounts it may still fall short. "
    "As cropped nothing reaches 0.78: fifty labels of all mounts have 0.74 (0.69 to 0.78). Evening out is paid once, however many labels follow.",
)
