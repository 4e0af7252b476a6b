"""The questions of notebook 14."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from scipy.spatial.distance import cdist

from zirconkit import dreams
from zirconkit.exercises.core import Question, choice, function, number, numbers
from zirconkit.exercises.predictions import Prediction, points

__all__ = [
    "Sculpted", "copying", "how_long", "room", "sample", "sculpted", "sculpture", "search", "told", "worse_rebuilt", "yours_or_ours",
]  # fmt: skip

# ---------------------------------------------------------------- predictions


def _reveal_told(guess, result):
    """`guess`: two shares in percent; `result`: Intervals of the dreamt and of the grown ones, beside real mounts."""
    dreamt, grown = (Percent(*(100 * each for each in interval)) for interval in result)
    return (
        f"You said {guess[0]:g} % for dreamt and {guess[1]:g} % for grown grains, beside real mounts. Found: {dreamt.said()} and {grown.said()}; "
        "50 % is chance."
    )


@dataclass(frozen=True)
class Percent:
    """A share with its interval, in percent."""

    value: float
    low: float
    high: float

    def said(self):
        return f"{self.value:.0f} % ({self.low:.0f}–{self.high:.0f})"


told = Prediction(points(2, 0, 100), _reveal_told)


def _reveal_room(guess, found):
    """`guess`: two counts; `found`: those of the VAE and of the components."""
    vae, components = found
    return f"You said {guess[0]:g} of four for the VAE and {guess[1]:g} for the components. Found: {vae:g} and {components:g}."


room = Prediction(points(2, 0, 4), _reveal_room)

# ---------------------------------------------------------------- drawing a code


def sampled(mean, log_variance, chance):
    return mean + 2.718281828459045 ** (log_variance / 2) * chance


def _judge_sample(answer):
    student = function(answer)
    rng = np.random.default_rng(0)
    mean, log_variance, chance = rng.normal(size=(3, 6, 2))
    found = numbers(student(mean.copy(), log_variance.copy(), chance.copy()))
    spread = np.exp(log_variance / 2)
    wanted = mean + spread * chance
    if found.shape != wanted.shape:
        return f"six codes of two numbers are wanted, shape (6, 2); these have the shape {found.shape}."
    if np.allclose(found, wanted, atol=1e-4):
        return None
    known = {
        "that spreads by the variance: a spread is its square root, exp of half the logarithm.": mean
        + spread**2 * chance,
        "that spreads by the logarithm itself: exp of half of it is the spread.": mean + log_variance * chance,
        "the encoder's mean is missing: the code lies around it.": spread * chance,
        "there is no chance in it: spread times `chance` is added to the mean.": mean + spread,
        "every grain gets the same spread: use its own, exp of half its `log_variance`.": mean + chance,
    }
    for why, wrong in known.items():
        if np.allclose(found, wrong, atol=1e-4):
            return why
    return "the code should be the mean plus chance times the spread; a spread is exp(log_variance / 2)."


sample = Question(
    hints=(
        "A code is drawn around a mean, by a spread, one way or the other. Which of the three arguments is which?",
        "Mean 2, variance 9, chance −1: the spread is 3, the code 2 + 3 · (−1) = −1. The logarithm of the variance is 2.2, and exp(1.1) is 3.",
        "`ops.exp(log_variance / 2)` is the spread. Multiply by `chance`, add `mean`. Read again the sentence above the exercise.",
    ),
    answer=sampled,
    filled=(
        """\
def my_sample(mean, log_variance, chance):
    return mean + ops.exp(log_variance / 2) * chance""",
    ),
    judge=_judge_sample,
    because="Chance comes from outside and is only scaled and shifted. So a gradient can pass through the mean and the spread to the encoder: that is the "
    "reparametrisation trick, without which the encoder would get no gradient.",
)


def yours_or_ours(question, student):
    """What a student wrote for a question, if it is right; else the kit's answer, so that the notebook goes on."""
    return student if question.is_right(student) else question.answer


# ---------------------------------------------------------------- sculpting

LONG, SOLID = 90, 0.9  # percentile of the real aspect ratios; solidity


@dataclass(frozen=True)
class Sculpted:
    """A code that a student found, the bench that draws it, and the aspect ratio that is wanted."""

    code: Any
    bench: Any = field(repr=False)
    wanted: float


def how_long(real):
    """The aspect ratio that only one in ten of some grains exceeds: float, to one decimal."""
    return float(np.floor(10 * np.percentile(dreams.measured(real)["aspect_ratio"], LONG)) / 10)


def sculpture(code, bench, wanted):
    """A code, beside the bench that draws it and the aspect ratio that is wanted; `...` stays `...`."""
    return ... if code is ... else Sculpted(code, bench, wanted)


def search(bench, wanted):
    rng = np.random.default_rng(0)
    codes = rng.uniform(-3, 3, (400, len(bench.code)))
    table = dreams.measured(np.asarray(bench.decode(np.float32(codes))))
    fits = (table["aspect_ratio"] > wanted) & (table["solidity"] > SOLID)
    best = (table["solidity"] * fits).to_numpy().argmax()
    return codes[best]


def _judge_sculpture(answer):
    if callable(answer):
        from zirconkit.widgets.dreaming import DreamBench, small_decoder

        bench = DreamBench(small_decoder, [0.0, 0.0])
        answer = Sculpted(function(answer)(bench, 2.0), bench, 2.0)
    if not isinstance(answer, Sculpted):
        return "press *keep as the one* on the bench, and give ex.sculpture(my_code, bench, wanted)."
    code = numbers(answer.code)
    if code.shape != np.shape(answer.bench.code):
        return f"a code has {len(answer.bench.code)} numbers; this has the shape {code.shape}."
    if np.abs(code).max() > 3:
        return "within −3 and 3 on every slider: farther out hardly any grain was learned."
    row = dreams.measured(answer.bench.draw(code)[None]).iloc[0]
    long, solid = row["aspect_ratio"], row["solidity"]
    if long > answer.wanted and solid > SOLID:
        return None
    return (
        f"your grain has aspect ratio {long:.2f} and solidity {solid:.2f}; wanted are more than {answer.wanted:.1f} and more than {SOLID}. "
        + (
            "It falls apart: go back towards 0 on the other sliders."
            if solid <= SOLID
            else "Which slider makes it slimmer?"
        )
    )


sculpted = Question(
    hints=(
        "Move one slider from end to end and watch the aspect ratio; then the next. Which one makes grains slim?",
        "If number 1 goes from 1.3 at −3 to 2.2 at +3 and number 2 from 1.6 to 1.5, set number 1 to its end first, and improve with the others.",
        "Start from 0 on all sliders. Set the one with the largest change to the better end, then try the others in small steps; read "
        "the line under the grain, and press *keep as the one*.",
    ),
    answer=search,
    filled=("my_code = ex.search(bench, wanted)  # its code: ex.sculpted.solution()",),
    judge=_judge_sculpture,
    because="Nobody told the network what an aspect ratio is; it is one of the few things worth a number when a grain has to be rebuilt from four. A number seldom holds one "
    "property alone: turn another slider, and the length changes, too.",
)

# ---------------------------------------------------------------- does it copy?


def copied_share(dreamt, learned, aside):
    to_learned = cdist(dreamt, learned).min(axis=1)
    to_aside = cdist(dreamt, aside).min(axis=1)
    return np.mean(to_learned < to_aside)


def _judge_copying(answer):
    student = function(answer)
    rng = np.random.default_rng(0)
    learned, aside, fresh = rng.normal(size=(3, 40, 9))
    copies = learned[:30] + 0.05 * rng.normal(size=(30, 9))
    found = [number(student(each.copy(), learned.copy(), aside.copy())) for each in (copies, fresh)]
    wanted = [copied_share(each, learned, aside) for each in (copies, fresh)]
    if np.allclose(found, wanted, atol=0.01):
        return None
    if np.allclose(found, [1 - each for each in wanted], atol=0.01):
        return "the other way round: count the dreams that lie nearer to a grain that was *learned* from."
    if not 0 <= min(found) <= max(found) <= 1:
        return f"a share from 0 to 1 is wanted, yours are {found[0]:.2f} and {found[1]:.2f}."
    if found[0] < 0.9:
        return f"thirty planted copies should give 1.00, yours {found[0]:.2f}: of all distances of a dream the *smallest* counts, not the mean."
    return f"of fresh images it should be {wanted[1]:.2f}, yours is {found[1]:.2f}: compare, dream by dream, its two smallest distances."


copying = Question(
    hints=(
        "Each dream has two distances: to its nearest learned grain, and to its nearest grain set aside. Which is smaller, how often?",
        "Dreams at 1 and 6 on a line, learned 0 and 4, aside 3 and 7: the first is 1 from 0 and 2 from 3 (nearer to learned), the second 2 from 4 and 1 from 7. "
        "The share is 0.5.",
        "`cdist(dreamt, learned)` has a row for each dream and a column for each learned grain; `.min(axis=1)` is its nearest. "
        "The same for `aside`; then the mean of a comparison.",
    ),
    answer=copied_share,
    filled=(
        """\
def my_copied(dreamt, learned, aside):
    to_learned = cdist(dreamt, learned).min(axis=1)
    to_aside = cdist(dreamt, aside).min(axis=1)
    return np.mean(to_learned < to_aside)""",
    ),
    judge=_judge_copying,
    because="Grains set aside at random are as near to a fair dream as learned ones, so a share of one half speaks against copying. A small distance by itself says "
    "nothing: blurred pictures are near to everything.",
)

# ---------------------------------------------------------------- what is rebuilt badly

worse_rebuilt = Question(
    hints=(
        "What does a grain need for being rebuilt well from four numbers?",
        "A smooth grey disc and a banded crystal: of which does a drawing with four numbers miss more?",
        "Look again at the rebuilt grains: what of a grain is lost? Then ask who has least of it, a zircon or a dull, unzoned contaminant.",
    ),
    answer="c",
    judge=choice(
        "c",
        {
            "a": "only one or two grains in a hundred are contaminants in the recipes of these mounts, so they cannot be what it knows best.",
            "b": "the table has the same finding for principal components, which are no network and need no epochs.",
            "d": "the decoder draws every grain alike bright here, since exposure was evened out before.",
        },
    ),
    because="What is rebuilt badly is what has much detail, be it foreign or not. The next cell tests it twice: contaminants have less zoning, and blurred zircons are rebuilt better than sharp ones. One feature that a mineralogist would name, how "
    "dull a grain is beside its mount, finds it.",
)
