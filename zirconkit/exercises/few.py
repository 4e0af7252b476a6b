"""The questions of notebook 15."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.linear_model import LogisticRegression

from zirconkit import labelling
from zirconkit.exercises.core import Question, Unusable, choice, function, number, numbers
from zirconkit.exercises.predictions import Prediction, one_of

__all__ = ["Named", "choose", "labelled", "named_on", "one_mount", "saves", "self_train", "worth"]

# ---------------------------------------------------------------- predictions

SIGNS = {"+": "better", "-": "worse", "=": "not resolved"}


def _signs(guess):
    """A reader of three signs, of +, - and =, whatever stands between them."""
    signs = [sign for sign in str(guess).replace("−", "-") if sign in SIGNS]
    if not isinstance(guess, str) or len(signs) != 3:
        raise Unusable('three signs are wanted, each +, - or =, in quotes, such as "+=-".')
    return "".join(signs)


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
    return f"You said {guess}, ten pairs of mounts say {found}: {right} of 3. Gains in ROC-AUC: {said}."


worth = Prediction(_signs, _reveal_worth)


def _reveal_saves(guess, saved):
    """`guess`: one of three words; `saved`: Interval, labels of 20."""
    found = {"+": "saves", "-": "costs", "=": "not resolved"}[_found(saved)]
    verdict = "as you said" if guess == found else f"you said: {guess}"
    return f"Ten pairs of mounts say: {found}, {saved:+.1f} labels of 20; {verdict}."


saves = Prediction(one_of("saves", "costs", "not resolved"), _reveal_saves)

# ---------------------------------------------------------------- one round of self-training


def one_round(model, x, named, sure):
    known = named != -1
    model.fit(x[known], named[known])
    p = model.predict_proba(x)
    surely = p.max(axis=1) >= sure
    called = p.argmax(axis=1)
    return np.where(~known & surely, called, named)


def _planted_round():
    """Two heaps on a line and a grain between them; somebody has named one grain of the left heap wrongly."""
    heap = np.linspace(2, 3, 10)
    x = np.concatenate([-heap, heap, [-1.2]])[:, None]
    named = np.repeat([0, 1, -1], [10, 10, 1])
    named[[4, 8, 13, 17]] = -1
    named[2] = 1  # wrongly
    return x, named


def _judge_round(answer):
    student = function(answer)
    x, named = _planted_round()
    wanted = one_round(LogisticRegression(C=10), x, named, 0.8)
    given = named.copy()
    found = numbers(student(LogisticRegression(C=10), x.copy(), given, 0.8))
    if found.shape != named.shape:
        return f"{len(named)} names are wanted, one for each grain; these have the shape {found.shape}."
    if np.array_equal(found, wanted):
        return None
    known = named != -1
    if not np.array_equal(found[known], named[known]):
        return "it renames a grain that somebody had named: what a person says stays, right or wrong; name only those with -1."
    if found[-1] != -1:
        return (
            "it names the grain in the middle, of which the model is not sure: leave it at -1 until p reaches `sure`."
        )
    if np.array_equal(found, named):
        return "no grain got a name, and four are sure enough: where the larger p is at least `sure`, put the class."
    exchanged = np.where(wanted != named, 1 - wanted, wanted)
    if np.array_equal(found, exchanged):
        return "the classes are exchanged: `p.argmax(axis=1)` is the column with the larger p, which is the class."
    return f"the planted grains should be {wanted.tolist()}, yours are {found.astype(int).tolist()}. Was the model fitted to named grains only?"


self_train = Question(
    hints=(
        "Four steps: which grains are named; fit to these alone; how probable is each class of every grain; name those that are sure.",
        "Three grains with p = (0.95, 0.05), (0.60, 0.40) and (0.10, 0.90), none of them named, sure = 0.8: they become 0, stay -1, "
        "become 1. A grain that somebody had named keeps that, whatever p says.",
        "`known = named != -1` picks the named ones, `model.predict_proba(x).max(axis=1)` is how sure the model is of each grain, "
        "`.argmax(axis=1)` of what; `np.where(condition, one, other)` joins them. Read again the sentence above the exercise.",
    ),
    answer=one_round,
    filled=(
        """\
def my_round(model, x, named, sure):
    known = named != -1
    model.fit(x[known], named[known])
    p = model.predict_proba(x)
    surely = p.max(axis=1) >= sure
    called = p.argmax(axis=1)
    return np.where(~known & surely, called, named)""",
    ),
    judge=_judge_round,
    because="The model names what it is sure of, and then learns from its own names. Where it was surely wrong, it learns that, too: "
    "nothing outside ever tells it. scikit-learn's `SelfTrainingClassifier` repeats this round until nobody is added.",
)

# ---------------------------------------------------------------- the labelling bench

ENOUGH = 8  # grains named for each way
WORDS = ("more", "less", "not resolved")


@dataclass(frozen=True)
class Named:
    """A bench on which grains were named, and what the student reads off it."""

    bench: Any = field(repr=False)
    word: Any


def named_on(bench, word):
    """A bench and the word that goes with it; `...` stays `...`.

    Parameters
    ----------
    bench : widgets.LabelBench
        Or whatever has `table` and `agreement`.
    word : str
        One of "more", "less", "not resolved".
    """
    return ... if word is ... else Named(bench, word)


def named_truly(bench):
    bench.call_truly(20)  # an oracle names twenty; a person's word depends on what she named
    agreement = bench.agreement()
    if agreement.low <= 0 <= agreement.high:
        return "not resolved"
    return "more" if agreement.value > 0 else "less"


def _small_bench():
    """A bench of sixty dark or bright pictures: what the solution is tried on."""
    from zirconkit.widgets.labelling import LabelBench, small_pool

    return LabelBench(*small_pool(), ("dark", "bright"), LogisticRegression(), [0, 1])


def _judge_named(answer):
    if callable(answer):
        bench = _small_bench()
        answer = Named(bench, function(answer)(bench))
    if not isinstance(answer, Named):
        return "give the bench and your word: named_on(bench, my_word)."
    table = answer.bench.table()
    fewest = int(table["labels"].min())
    if fewest < ENOUGH:
        return f"name {ENOUGH} grains for each way first, {2 * ENOUGH} in all; so far one has {fewest}."
    word = str(answer.word).strip().lower()
    if word not in WORDS:
        return f"one of these is wanted, in quotes: {', '.join(WORDS)}."
    agreement = answer.bench.agreement()
    wanted = "not resolved" if agreement.low <= 0 <= agreement.high else "more" if agreement.value > 0 else "less"
    if word == wanted:
        return None
    counts = [f"{row['agreed']:.0f} of {row['labels']:.0f}" for _, row in table.iterrows()]
    return (
        f"of the grains that it was least sure of you were right about {counts[0]}, of the random ones about {counts[1]}: "
        f"a difference of {agreement:+.2f}. Does this interval hold 0?"
    )


labelled = Question(
    hints=(
        f"Name at least {ENOUGH} grains for each way ({2 * ENOUGH} in all), press *stop, and tell me*, and compare the two shares that were right.",
        "10 of 12 right against 9 of 12 are 0.83 and 0.75: a difference of +0.08 with an interval from about −0.24 to +0.38, which holds "
        "0. The word is *not resolved*, although one share is larger.",
        "`bench.agreement()` gives the difference with its interval. It leaves out 0 only if the shares lie far apart. Read again what "
        "the text says of two shares.",
    ),
    answer=named_truly,
    filled=("my_word = ex.named_truly(bench)  # its code: ex.labelled.solution()",),
    judge=_judge_named,
    because="A grain on which the model hesitates is often one on which people do. Whoever asks for it gets more slips of the pen, and pays in "
    "seconds: both belong to the price of active learning. A dozen labels each rarely resolve it; that is a finding about a dozen labels.",
)

# ---------------------------------------------------------------- a way of asking of one's own

BUDGET, POOLS = 14, range(4)


def least_sure(model, x, named, rng):
    known = named != -1
    model.fit(x[known], named[known])
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

    def checked(model, x, named, rng):
        row = number(student(model, x.copy(), named.copy(), rng))
        if row not in range(len(x)):
            raise Unusable(f"the row of a grain is wanted, a whole number from 0 to {len(x) - 1}; this is {row:g}.")
        if named[int(row)] != labelling.HIDDEN:
            raise Unusable("it asks for a grain that has its name already: only those with -1 may be asked for.")
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
        "Which grain would a teacher ask about? Not one that the model is sure of. Or one unlike all that were named.",
        "Three unnamed grains with p = (0.99, 0.01), (0.55, 0.45), (0.2, 0.8): the larger p is 0.99, 0.55 and 0.8, so ask for the second.",
        "Fit to the named grains as in `my_round`; take `.max(axis=1)` of the probabilities; make the named ones larger than 1; `argmin` "
        "is the row. Read again under *Which grain to ask about?* what both ways do.",
    ),
    answer=least_sure,
    filled=(
        """\
def my_choice(model, x, named, rng):
    known = named != -1
    model.fit(x[known], named[known])
    surest = model.predict_proba(x).max(axis=1)
    surest[known] = 2.0  # never asked for again
    return int(surest.argmin())""",
    ),
    judge=_judge_choose,
    because="Three of four planted grains are easy, and random labels go to them. Yours went where the border runs. On grains whose hard cases "
    "are hard because they are mixed or damaged, the same rule buys labels that teach nothing: measure it, as the figure does.",
)

# ---------------------------------------------------------------- labels and mounts

one_mount = Question(
    hints=(
        "At fifty labels, find the point where the laboratory stands now. Each option is another point of the figure.",
        "If one point is at 0.60 and two others are at 0.63 and 0.70, the changes are worth 0.03 and 0.10. Do the same with the four options.",
        "Options a, c and d stay in the panel *as cropped*; option b moves to the same line of the other panel. Read the four heights at fifty.",
    ),
    answer="b",
    judge=choice(
        "b",
        {
            "a": "from one to all mounts the mean rises by 0.06; read how far it is to the same line of the other panel.",
            "c": "from one to two mounts the mean rises by 0.03, which is not even the most within this panel.",
            "d": "from one to three mounts the mean rises by 0.05, which is not even the most within this panel.",
        },
    ),
    because="Evened out, the same fifty grains have 0.85 instead of 0.68; fifty of all mounts as cropped have 0.74. Exposure, direction and length "
    "differ from grain to grain and from mount to mount, and a classifier of few labels spends them on that. Evening out costs no label.",
)
