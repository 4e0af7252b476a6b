"""The questions of notebook 09."""

import numpy as np

from zirconkit.exercises.core import Question, function, near, number, numbers
from zirconkit.exercises.predictions import Prediction, ranked
from zirconkit.widgets.grain_bench import KNOBS

__all__ = [
    "idle_channel",
    "one_knob",
    "owed",
    "receptive_field",
    "what_moves_it",
    "write_change",
    "write_share",
]

# ---------------------------------------------------------------- prediction

KNOB_OF = {"a": "aspect", "b": "brightness", "c": "outline", "d": "size", "e": "strength"}
_WORDS = {"a": "aspect ratio", "b": "brightness", "c": "outline", "d": "size", "e": "zoning strength"}


def _reveal_order(guess, moved):
    """`moved` is how far p moves with each property, up or down: dict by its name in `KNOB_OF`."""
    by_letter = {letter: abs(moved[name]) for letter, name in KNOB_OF.items()}
    order = sorted(by_letter, key=by_letter.get, reverse=True)
    said = ", ".join(f"{_WORDS[letter]} ({by_letter[letter]:.2f})" for letter in order)
    first = "You put the same property first." if guess[0] == order[0] else f"You put {_WORDS[guess[0]]} first."
    ties = "With another seed, neighbours a few hundredths apart may change places."
    measured = f"Measured on the network as published, from what moves p most: {said}."
    return f"{measured} Your order was {guess}, this one is {''.join(order)}. {first} {ties}"


what_moves_it = Prediction(ranked("abcde"), _reveal_order)

# ---------------------------------------------------------------- the bench


def _judge_one_knob(answer):
    if isinstance(answer, dict) and not answer:
        return "keep a grain as one and another as other, then run both cells again."
    if not isinstance(answer, dict) or set(answer) != {"turned", "change", "best"}:
        return "the bench's own outcome is wanted: grain_bench.outcome()."
    turned, change, best = answer["turned"], abs(answer["change"]), answer["best"]
    if not turned:
        return "both grains are the same: keep one, turn a knob, then keep the other."
    if len(turned) > 1:
        return f"they differ in {' and '.join(turned)}: which of these moved p? Between the two, turn one knob only."
    if change < 0.8 * best:
        return f"{turned[0]} moves p by {change:.2f}; from the start grain one knob moves it by {best:.2f}. Try each knob from end to end."
    return None


def keep_widest(bench):
    """Keep the two grains between which one knob moves p most, of nine places of each: the bench's outcome."""
    answers = {}
    for name, (low, high, step) in KNOBS.items():
        places = np.round(np.linspace(low, high, 9) / step) * step
        for value in places.clip(low, high).tolist():
            bench.properties = bench.start
            bench.turn(name, value)
            answers.setdefault(name, {})[value] = next(iter(bench.answers().values())).p
    best = max(answers, key=lambda name: np.ptp(list(answers[name].values())))
    for which, choose in (("one", min), ("other", max)):
        bench.properties = bench.start
        bench.turn(best, choose(answers[best], key=answers[best].get))
        bench.keep(which)
    return bench.outcome()


one_knob = Question(
    hints=(
        "Press *back to the start*, then turn one knob from end to end and watch p. Which of the nine moves it most?",
        "Say *size* takes p from 0.71 to 0.64: that is 0.07. If *turn* takes it from 0.71 to 0.70, size is the better knob of the two. Do so for all nine.",
        "Read again what is above the bench. Keep the grain where p is lowest as one, and where it is highest, on the same knob, as the other.",
    ),
    answer={"turned": ["brightness"], "change": 0.5, "best": 0.5},
    judge=_judge_one_knob,
    because="All else was the same, so this one property moved the answer. No map of evidence was needed, and no guess. It is one grain, though.",
    filled=(
        "my_pair = ex.keep_widest(grain_bench)  # turns each knob from end to end, and keeps the two ends of the best",
    ),
)


def mean_change(low, high):
    change = high - low
    return change.mean(), 1.96 * change.std(ddof=1) / np.sqrt(len(change))


def _judge_change(answer):
    rng = np.random.default_rng(3)
    low = rng.uniform(0.1, 0.7, 40)
    high = low + 0.1 + rng.normal(0, 0.03, 40)
    found = numbers(function(answer)(low.copy(), high.copy()))
    if found.shape != (2,):
        return "two numbers are wanted, the mean change and the half width: return mean, half."
    mean, half = found
    change = high - low
    wanted, error = change.mean(), change.std(ddof=1) / np.sqrt(40)
    if np.isclose(mean, -wanted):
        return "the sign is turned round: p at the high dose, less p at the low one."
    if not np.isclose(mean, wanted):
        return f"the mean change should be {wanted:.3f} here, yours is {mean:.3f}: take high − low for each grain, then the mean."
    known = (
        (1.96 * change.std(ddof=1), "that is how far single grains scatter; the *mean* of n grains scatters less, by the root of n."),
        (1.96 * np.sqrt(low.var(ddof=1) / 40 + high.var(ddof=1) / 40), "you treat low and high as different grains. They are the same ones: take the standard deviation of the differences."),
        (error, "that is the standard error; half of a 95 % interval is 1.96 times as wide."),
        (2 * 1.96 * error, "that is the whole width; half of it is wanted."),
    )  # fmt: skip
    for wrong, why in known:
        if np.isclose(half, wrong, rtol=0.005):
            return why
    if not abs(half / (1.96 * error) - 1) < 0.06:  # 2 for 1.96, and ddof 0, are fine
        return f"the half width should be {1.96 * error:.4f} here, yours is {half:.4f}."
    return None


write_change = Question(
    hints=(
        "Each grain is asked twice. What is the one number for each grain that matters?",
        "Three grains, low 0.2, 0.5, 0.8 and high 0.3, 0.6, 0.9: each changes by 0.1, so the mean is 0.1 and the half width 0, however much the grains differ.",
        "Read again how notebook 7 pairs two models: differences first, then the standard deviation over the root of their number, times 1.96.",
    ),
    answer=mean_change,
    judge=_judge_change,
    because="Each grain is its own control: how grains differ from each other drops out, and the interval is narrow. That is what an intervention buys.",
)

# ---------------------------------------------------------------- trust


def _judge_owed(answer):
    value = number(answer)
    if 0.09 <= value <= 0.15:
        return None
    if value > 1:
        return "give a share, from 0 to 1, not percent."
    known = (
        (0.86, 0.02, "that is the whole share. What would the map of a network that learned nothing have there?"),
        (0.74, 0.03, "that is what the shuffled weights' map has there: it is to be taken off."),
        (0.19, 0.025, "that is the star, the mean over four planted features: which marks are of zoning?"),
        (0.45, 0.03, "that is test 1, across: the share that is owed to learning stands upwards."),
        (0.29, 0.04, "that is another method: look at the colours of the stars, and at the circles of that colour."),
    )
    for wrong, around, why in known:
        if abs(value - wrong) <= around:
            return why
    return f"{value:g} is not where the three circles of that colour lie: which mark is zoning, and which colour integrated gradients?"


owed = Question(
    hints=(
        "Which mark stands for planted zoning, and which colour for integrated gradients? Which axis takes the shuffled weights into account?",
        "Another case: occlusion and planted inclusions are the green triangles. They lie at 0.42 to 0.50 upwards, so nearly half of the map is owed to learning.",
        "Read again what test 2 asks, above the picture, and its last half sentence.",
    ),
    answer=0.12,
    judge=_judge_owed,
    because="With shuffled weights 74 % of the map lie on the zoning already: the method multiplies by the grain's grey, and the zoning is most of the grain. "
    "What was learned adds 0.12. A share without that of a network that knows nothing is half a sentence.",
)


def my_share(evidence, truth):
    return evidence[truth].sum() / evidence.sum()


def _judge_share(answer):
    student = function(answer)
    evidence, truth = np.zeros((32, 32)), np.zeros((32, 32), bool)
    truth[8:16, 8:24] = True  # 128 of 1,024 pixels
    evidence[10, 10], evidence[12, 20], evidence[2, 2], evidence[30, 5], evidence[4, 4] = 2, 6, 1, 0.5, 0.5
    value = number(student(evidence.copy(), truth.copy()))
    for wrong, why in (
        (8.0, "that is the sum on the truth: what share is it of the whole map?"),
        (0.125, "that is the truth's share of the image, which a constant map gets. Where are the map's numbers?"),
        (0.4, "you count pixels that are above 0; add up the map's *values*."),
        (0.2, "that is the share that lies beside the truth."),
        (8 / 128, "that is the mean on the truth; the share is a sum over a sum."),
        (8 / 1024, "that is the sum on the truth over the number of pixels; divide by the sum of the whole map."),
        (0.8 / 128, "you divide by the truth's pixels, too; the share is a sum over a sum."),
        (80.0, "give a share, from 0 to 1, not percent."),
    ):
        if np.isclose(value, wrong):
            return why
    if not np.isclose(value, 0.8):
        return (
            f"of a map whose numbers sum to 10, 8 of them on the truth, the share should be 0.8; yours is {value:.3g}."
        )
    if not np.isclose(number(student(np.ones((32, 32)), truth)), 0.125):
        return "a constant map should get the truth's share of the image, here 128 of 1,024 pixels."
    return None


write_share = Question(
    hints=(
        "How much of the map lies on the truth, and how much is there in all?",
        "A map of 2 × 2 numbers, 3, 1, 0, 0, and a truth that holds the first and the third: 3 of 4 lie on it, so 0.75.",
        "Read again the sentence above the exercise: a share is a sum over a sum. evidence[where] are the numbers on the truth.",
    ),
    answer=my_share,
    judge=_judge_share,
    because="8 of 10. A constant map gets the truth's share of the image: that is the score to beat.",
)

# ---------------------------------------------------------------- layers

receptive_field = Question(
    hints=(
        "Go backwards from one number of C7: it sees 3 × 3 numbers of S6. How many numbers of C5 in a row do these see?",
        "A smaller case, C3: 3 numbers of S2 in a row, doubled by the pooling are 6 of C1, and these see 6 + 2 = 8 pixels.",
        "Read again *the receptive field* in notebook 3: each pooling doubles, each convolution adds 2.",
    ),
    answer=38,
    judge=near(
        38,
        {
            3: "that is how many numbers of S6 it sees. How many pixels of the image do these depend on?",
            9: "that would be four convolutions without pooling between them; each pooling doubles.",
            18: "that is a number of C5: one convolution and one pooling fewer.",
            20: "you add 2 to what C5 sees. But neighbouring numbers of S6 lie 8 px apart in the image.",
            22: "that is a number of S6; C7 sees three of these side by side.",
            32: "that is the whole image, the side of which is no limit here: count, and see.",
            36: "nearly: that is how many numbers of C1 it sees; C1 adds 2 pixels more.",
            46: "that is a number of S8, one pooling later.",
            54: "that would be three fields of C5 side by side, but they overlap.",
        },
        "you have {value}. Backwards: 3, doubled by the pooling, plus 2 for the convolution, and so on, down to the image.",
    ),
    because="3 of S6, 6 of C5, 8 of S4, 16 of C3, 18 of S2, 36 of C1, 38 pixels: more than the image has. Then every number may depend on every pixel.",
)


def _judge_idle(answer):
    found = numbers(answer)
    if found.shape != (2,):
        return "two numbers are wanted: without the one channel, and without both."
    without_one, without_both = found
    if np.isclose(without_one, 0.425):
        return "the logit of each grain is halved, not the ROC-AUC: does the order of the grains change?"
    if np.isclose(without_one, 0.5):
        return "without the one the other still tells the grains apart: what does it say of them?"
    if not np.isclose(without_one, 0.85):
        return f"without the one you have {without_one:g}. Write down the logits of three grains, with and without it: which is first?"
    known = (
        (
            0,
            "without both every grain gets the same logit, the bias. A ROC-AUC of 0 would be a perfect order, turned round.",
        ),
        (0.85, "without both, what is left that could tell one grain from another?"),
        (0.425, "half of a score is no score: what is the ROC-AUC of equal answers for all grains?"),
    )
    for wrong, why in known:
        if np.isclose(without_both, wrong):
            return why
    if not np.isclose(without_both, 0.5):
        return f"without both you have {without_both:g}: all grains get the same answer, the bias."
    return None


idle_channel = Question(
    hints=(
        "The ROC-AUC asks for the order of the grains only. What happens to the order?",
        "Another case: three grains with logits 1 + 1, 2 + 2 and 5 + 5, and a bias of −3. Without the one channel: −2, −1 and 2.",
        "Read again in notebook 4 what the ROC-AUC of answers is that are all equal.",
    ),
    answer=(0.85, 0.5),
    judge=_judge_idle,
    because="Each *p* moves, the order stays: the ROC-AUC does not change, though the network lives by this channel as much as by the other. "
    "Switching off one tells what is missed without it, not what it does; switching off both tells more.",
)
