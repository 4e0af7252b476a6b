"""The questions of notebook 14."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from scipy.spatial.distance import cdist
from sklearn.ensemble import RandomForestClassifier

from zirconkit import dreams
from zirconkit.exercises.core import Question, function, number, numbers
from zirconkit.exercises.predictions import Prediction, between, points

__all__ = [
    "Sculpted", "blurred", "codes", "copying", "fooling", "how_long", "moved", "room", "sculpted", "sculpture", "search", "told", "yours_or_ours",
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


def _reveal_moved(guess, found):
    """`guess`: two shares in hundredths; `found`: Intervals, of told apart and covered."""
    told_apart, covered = found
    return f"You said {guess[0]:g} told apart and {guess[1]:g} covered, of a hundred. Found: {told_apart:.2f} and {covered:.2f}."


moved = Prediction(points(2, 0, 100), _reveal_moved)

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

# ---------------------------------------------------------------- where codes are drawn


def codes_like(learned, many):
    middle = learned.mean(axis=0)
    together = np.cov(learned.T)
    return np.random.default_rng(0).multivariate_normal(middle, together, many)


def _judge_codes(answer):
    student = function(answer)
    rng = np.random.default_rng(0)
    mixing = np.array([[1.5, 0, 0], [-1.2, 0.5, 0], [0, 0, 0.3]])
    learned = rng.normal(size=(400, 3)) @ mixing.T + [0.0, -1.0, 2.0]
    found = numbers(student(learned.copy(), 4000))
    if found.shape != (4000, 3):
        return f"4000 codes of three numbers are wanted, shape (4000, 3); these have the shape {found.shape}."
    if cdist(found[:200], learned).min(axis=1).max() < 1e-6:
        return "these are learned codes themselves: what is drawn from them are learned grains, rebuilt, and no dreams."
    if np.abs(found.mean(axis=0) - learned.mean(axis=0)).max() > 0.15:
        return f"the means of your codes are {_listed(found.mean(axis=0))}; of the learned ones {_listed(learned.mean(axis=0))}."
    wanted, spread = np.cov(learned.T), np.cov(found.T)
    if np.abs(np.diag(spread) / np.diag(wanted) - 1).max() > 0.15:
        return f"the variances of your codes are {_listed(np.diag(spread))}; of the learned ones {_listed(np.diag(wanted))}."
    if np.abs(spread - wanted).max() > 0.3:
        return (
            f"each number is spread as it should be, but where number 1 is large, number 2 is small among the learned (covariance {wanted[0, 1]:.2f}); "
            f"yours have {spread[0, 1]:.2f}. `np.cov` of all numbers keeps that."
        )
    return None


def _listed(values):
    return ", ".join(f"{each:.2f}" for each in values)


codes = Question(
    hints=(
        "A normal distribution of four numbers is fixed by where its middle is and by how the numbers vary, alone and together. Both can be taken from the learned codes.",
        "Learned codes (0, 4), (1, 3), (2, 2) have the mean (1, 3); where the first number is larger by 1, the second is smaller by 1. Codes such as (0.5, 3.5) fit, (2, 4) does not.",
        "`learned.mean(axis=0)` is the mean; `np.cov(learned.T)` the covariance, with `.T` because np.cov wants a row for each number. Then "
        "`np.random.default_rng(0).multivariate_normal(mean, covariance, many)`.",
    ),
    answer=codes_like,
    filled=(
        """\
def my_codes(learned, many):
    middle = learned.mean(axis=0)
    together = np.cov(learned.T)
    return np.random.default_rng(0).multivariate_normal(middle, together, many)""",
    ),
    judge=_judge_codes,
    because="The decoder has learned to draw where it was given codes. The second term of the loss pulls them towards the standard normal, and did not bring them all the way; so codes "
    "are drawn where the learned ones lie. Whether the dreams are any better is for the judge to say.",
)


def yours_or_ours(question, student):
    """What a student wrote for a question, if it is right; else the kit's answer, so that the notebook goes on."""
    return student if question.is_right(student) else question.answer


# ---------------------------------------------------------------- a fraud

PASSES = {"told apart": 0.6, "covered": 0.85, "copied": 0.65}  # at most, at least, at most


def mirrored(learned, many):
    return learned[:many, :, ::-1]


@cache
def _planted(n=150):
    """Made-up grains, no two sides alike: learned ones and as many set aside, each shape (n, 32, 32, 1)."""
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[-1:1:32j, -1:1:32j]
    images = []
    low, high = (1.1, -0.5, -0.5, -0.5, 5), (2.2, 0.5, 0.5, 0.5, 12)
    for ratio, tip, side, top, rings in rng.uniform(low, high, (2 * n, 5)):
        width = ratio / ((1 + tip * columns) * (1 + top * np.sign(rows)))
        inside = np.hypot(columns / 0.9, rows * width / 0.9) < 1
        bands = 0.15 * np.sin(rings * np.hypot(columns - side, rows * ratio - top))
        images.append(inside * (0.5 + bands + 0.5 * side * columns + 0.5 * top * rows))
    both = np.float32(images)[..., None].clip(0, 1)
    return both[:n], both[n:]


def _forest(x, y):
    return RandomForestClassifier(50, min_samples_leaf=3, random_state=0).fit(x, y).predict


def _scores(drawn, learned, aside):
    """The three measures of drawn pictures: dict of str to Interval.

    Parameters
    ----------
    drawn, learned, aside : array in 0..1, shapes (n, size, size, 1)
    """
    originals, measures = dreams.measured(aside), dreams.measured(drawn)
    return {
        "told apart": dreams.told_apart(_forest, originals.to_numpy(), measures.to_numpy()),
        "covered": dreams.coverage(originals, measures).covered,
        "copied": dreams.copied(drawn, learned, aside),
    }


def _judge_fraud(answer):
    learned, aside = _planted()
    drawn = numbers(function(answer)(learned.copy(), len(aside)))
    if drawn.shape != aside.shape:
        return f"{len(aside)} pictures are wanted, shape {aside.shape}; yours have the shape {drawn.shape}."
    if not (np.isfinite(drawn).all() and 0 <= drawn.min() <= drawn.max() <= 1):
        return f"grey from 0 to 1 is wanted; yours goes from {drawn.min():.2f} to {drawn.max():.2f}. `np.clip` keeps it within."
    found = _scores(np.float32(drawn), learned, aside)
    if found["covered"].value < PASSES["covered"]:
        return f"*covered* catches you: {found['covered']:.2f}, and at least {PASSES['covered']} is wanted. Start from as many different learned grains as you return, and keep their six measures."
    if found["copied"].value > PASSES["copied"]:
        return f"*copied* catches you: {found['copied']:.2f}, and at most {PASSES['copied']} is wanted. Pixel by pixel, your pictures lie on learned ones: let no pixel stay where it was, and the grain what it is."
    if found["told apart"].value > PASSES["told apart"]:
        return f"the judge catches you: *told apart* is {found['told apart']:.2f}, and at most {PASSES['told apart']} is wanted. Which of the six measures have you changed?"
    return None


fooling = Question(
    hints=(
        "*Told apart* and *covered* look at six measures, *copied* at pixels. Learned pictures themselves fail only one of the three.",
        "Take the row of pixels 0, 3, 9, 0 and write it as 0, 9, 3, 0: its mean, its width and its steps are the same, and it is far from what it was.",
        "Section 3 says what each measure looks at. Is there a way to turn a picture over that changes no shape and no zoning? `x[:, ::-1]` takes the rows of each picture from the last to the first.",
    ),
    answer=mirrored,
    filled=(
        """\
def my_fraud(learned, many):
    return learned[:many, :, ::-1]""",
    ),
    judge=_judge_fraud,
    because="The measures of a mirrored grain are those of the grain, and its pixels are new; so nothing invented passes for a good model. A measure catches the cheating that somebody has thought of: "
    "here, ask for the nearest grain among the learned ones and their mirror images.",
)

# ---------------------------------------------------------------- what is rebuilt badly


def _reveal_blurred(guess, found):
    """`guess`: hundredths; `found`: an Interval of ROC-AUC."""
    return f"You said {guess:g} of a hundred. Found on real mounts: {found:.2f}; 0.50 is chance, and below it blurred zircons are rebuilt better than sharp ones."


blurred = Prediction(between(0, 100), _reveal_blurred)
