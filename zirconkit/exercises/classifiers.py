"""The questions of notebook 04."""

import numpy as np

from zirconkit.evaluation import paired_difference
from zirconkit.exercises.core import NOT_ATTEMPTED, Question, Unusable, choice, function, number, numbers
from zirconkit.exercises.predictions import Prediction, between, one_of
from zirconkit.exercises.variants import Varied

__all__ = [
    "backwards", "by_hand", "cross_entropy", "curve", "even_exposure", "evened_score", "express", "goes_by", "mended",
    "rate", "slope", "who_won", "write_loss",
]  # fmt: skip

# ---------------------------------------------------------------- predictions


def _read_curve(middle, steepness=None):
    """The middle and the steepness of a curve: two floats."""
    return between(0, 20)(middle), between(-20, 20)(steepness)


def _reveal_curve(guess, result):
    """`result` is the lowest curve's middle and steepness, the loss of the guess, and the lowest."""
    middle, steepness, of_guess, lowest = result
    return (
        f"You drew a middle of {guess[0]:g} and a steepness of {guess[1]:g}, loss {of_guess:.3f}. "
        f"The bottom has {middle:.2f} and {steepness:.1f}, loss {lowest:.3f}."
    )


def _reveal_rate(guess, result):
    """`result` is the loss after ten steps of the guess, the best rate tried and its loss."""
    of_guess, best, lowest = result
    size = "far too small" if guess < best / 10 else "too large" if guess > 2 * best else "near the best"
    return f"Ten steps at {guess:g} end at a loss of {of_guess:.3f}; the best rate tried, {best:.2g}, at {lowest:.3f}. Yours is {size}."


def _reveal_cause(guess, result):
    """`result` is the rank correlation with each measurement, in the first place on the test."""
    strongest_of_all = max(result, key=lambda name: abs(result[name]))
    said = ", ".join(f"{name} {value:+.2f}" for name, value in result.items())
    verdict = "You saw it." if guess == strongest_of_all else f"They follow {strongest_of_all} most."
    return f"You said {guess}. On the test mounts LeNet's rank correlations are: {said}. {verdict}"


def _reveal_evened(guess, result):
    """`result` is the mean score over ten seeds with the exposure evened out, and the gain with its interval."""
    mean, gain = result
    verdict = "better" if gain.low > 0 else "worse" if gain.high < 0 else "not resolved"
    return (
        f"You said {guess:.2f}. Over ten seeds LeNet goes from {mean - gain.value:.2f} to {mean:.2f}: "
        f"a gain of {gain:+.2f}, {verdict}."
    )


curve = Prediction(_read_curve, _reveal_curve)
by_hand = Prediction(
    between(0, 20),
    lambda guess, lowest: f"By hand you came down to {guess:.3f}; the bottom of the valley lies at {lowest:.3f}.",
)
rate = Prediction(between(0.001, 1000), _reveal_rate)
goes_by = Prediction(one_of("aspect ratio", "area", "brightness"), _reveal_cause)
evened_score = Prediction(between(0, 1), _reveal_evened)

# ---------------------------------------------------------------- core


def slope_by_trying(loss, w, b):
    tiny, here = 1e-4, loss(w, b)
    return (loss(w + tiny, b) - here) / tiny, (loss(w, b + tiny) - here) / tiny


def _judge_slope(answer):
    student = function(answer)
    for w, b in ((0.0, 0.0), (1.0, -2.0), (-0.5, 3.0)):
        found = numbers(student(lambda w, b: (w - 1) ** 2 + 3 * (b + 1) ** 2 + 0.5 * w * b + 0.7, w, b))
        if found.shape != (2,):
            return "two numbers are wanted, the slope along w and the slope along b: return slope_w, slope_b."
        wanted = np.array([2 * (w - 1) + 0.5 * b, 6 * (b + 1) + 0.5 * w])
        if np.allclose(found, wanted, atol=0.1):
            continue
        return _slope_mistake(found, wanted) or (
            f"on the test landscape, at w = {w:g} and b = {b:g}, the slopes are {wanted[0]:.2f} and {wanted[1]:.2f}; "
            f"yours are {found[0]:.3g} and {found[1]:.3g}."
        )
    return None


def _slope_mistake(found, wanted):
    """What went wrong with two slopes, where it is a known mistake; else None."""
    if np.allclose(found, -wanted, atol=0.1):
        return "the sign is turned round: the loss after the tiny step less the loss before it."
    if np.allclose(found[::-1], wanted, atol=0.1):
        return "the two are swapped: first the slope along w, then that along b."
    if np.allclose(found, wanted.sum(), atol=0.2):
        return "you move w and b at once: move one, and leave the other where it is."
    if np.abs(found).max() < 0.1 < np.abs(wanted).max():
        return "that is by how much the loss changed; divide it by the step, so that it is per unit."
    return None


slope = Question(
    hints=(
        "Stand at (w, b) and ask loss twice: where you are, and a tiny step to the side. What is a slope? Rise over run.",
        "One direction, with a step of 0.001: if loss(2, 0) is 0.500 and loss(2.001, 0) is 0.5004, the slope along w is "
        "0.0004 / 0.001 = 0.4. The second direction is the same with b.",
        "Read again the sentence in which the gradient is defined.",
    ),
    answer=slope_by_trying,
    judge=_judge_slope,
    because="Two slopes cost three losses. LeNet has 22,029 weights: trying would cost 22,030 losses for a single step.",
)


def evened(image, mask):
    factor = 127 / np.median(image[mask])
    return np.clip(np.rint(image * factor), 0, 255).astype(np.uint8)


def _planted_grain(exposure):
    """A grain of a dark and a bright half and a few bright spots before resin of another grey: image and mask."""
    image = np.full((24, 24), 40.0)
    mask = np.zeros((24, 24), bool)
    mask[6:18, 4:20] = True
    image[6:18, 4:20] = 60
    image[6:13, 4:20] = 80
    image[6:9, 4:12] = 200
    return np.clip(np.rint(exposure * image), 0, 255).astype(np.uint8), mask


def _judge_exposure(answer):
    student, seen = function(answer), []
    for exposure in (0.4, 1.0, 1.6):
        image, mask = _planted_grain(exposure)
        found = numbers(student(image.copy(), mask.copy()))
        if found.shape != image.shape:
            return f"an image of {image.shape} comes out as {found.shape}: one image is wanted, of the same size."
        wrong = _exposure_mistake(found, image, mask)
        if wrong:
            return wrong
        seen.append(found[mask])
    if np.abs(seen[0] - seen[2]).max() > 8:
        return "the same grain, dark and bright, still comes out as two: multiply by a factor; adding a shift leaves the contrast as it was."
    return None


def _exposure_mistake(found, image, mask):
    """What is wrong with an image that should be even, in one sentence; None if nothing is."""
    factor = 127 / np.median(image[mask])
    wrapped = (np.rint(image * factor).astype(int) % 256)[mask]
    if (image[mask] * factor > 255.5).any() and np.abs(found[mask] - wrapped).max() <= 1.5:
        return "bright pixels have turned dark: a uint8 ends at 255 and begins again at 0; np.clip(…, 0, 255) first."
    if found.min() < 0 or found.max() > 255:
        return f"grey levels run from 0 to 255, yours from {found.min():.0f} to {found.max():.0f}: np.clip them."
    middle = np.median(found[mask])
    if abs(middle - 127) <= 1.5:
        return None
    if abs(middle - 1) < 0.1:
        return "you divide by the median, so that it becomes 1; mid-grey is 127."
    if abs(np.median(found) - 127) <= 1.5:
        return "the median of the whole image is now 127; but the resin is not the grain: image[mask] is."
    if abs(middle - 127 * np.median(image[mask]) / image[mask].mean()) <= 1.5:
        return "the *mean* of the grain is now 127; a few bright spots pull a mean up, so take the median."
    return (
        f"the grain's median should become 127; for a grain with {np.median(image[mask]):g} yours becomes {middle:.0f}."
    )


even_exposure = Question(
    hints=(
        "By which factor must a grain be multiplied so that its median becomes 127?",
        "A grain with pixels 20, 40, 90 has a median of 40; times 127/40 they become 63.5, 127 and 286, which is drawn as "
        "255. `image[mask]` holds the pixels of the grain alone.",
        "Read again the line on exposure, above the figure of the repairs.",
    ),
    answer=evened,
    judge=_judge_exposure,
    because="Whatever the detector was set to, each grain now has one brightness. And with it goes what was true of brightness.",
)


VERDICTS = ("better", "worse", "not resolved")


def _judge_mended(answer):
    """`answer` holds the gains on other mounts, and the verdict on their interval."""
    if not isinstance(answer, tuple) or len(answer) != 2:
        return "two things are wanted: (my_gains, my_verdict)."
    gains, verdict = answer
    if gains is ... and verdict is ...:
        return NOT_ATTEMPTED
    gains = numbers(gains) if gains is not ... else np.array([])
    if gains.ndim != 1 or len(gains) < 2 or not np.isfinite(gains).all():
        return (
            "my_gains wants a gain for each pair of mounts: on_others of your two repairs less on_others of none. "
            'Where fewer than two pairs are printed above, set DATA = "synthetic" and PROFILE = "lesson".'
        )
    if np.abs(gains).max() > 1:
        return "a difference of two ROC-AUCs lies between −1 and 1."
    if np.ptp(gains) == 0:
        return "all gains are the same to the last digit: are these different mounts?"
    wrong = _verdict_mistake(paired_difference(gains, np.zeros(len(gains))), verdict)
    if wrong is None and gains.min() <= 0:
        said = ", ".join(f"{gain:+.2f}" for gain in gains)
        return f"the verdict is right, but LeNet is not mended, not every pair gains: {said}. Which other two might?"
    return wrong


def _verdict_mistake(gain, verdict):
    """What is wrong with a verdict on a gain, an Interval, in one sentence; None if nothing is."""
    wanted = VERDICTS[0] if gain.low > 0 else VERDICTS[1] if gain.high < 0 else VERDICTS[2]
    said = f"{gain:+.2f}"
    word = verdict.strip(" .").lower() if isinstance(verdict, str) else verdict
    if word not in VERDICTS:
        return f"gains of {said}: my_verdict wants one of these, in quotes: {', '.join(VERDICTS)}."
    if word != wanted and word == "better":
        return f"a mean above 0 is not enough: {said}. Where does the lower end of the interval lie?"
    if word != wanted:
        return f"{said}: a difference is resolved if this interval leaves out 0. Does it?"
    return None


mended = Question(
    hints=(
        "Which of the three changes LeNet's score at all on the test mounts? And which takes away what its answers follow?",
        'For exposure and masking it would read on_others(("exposure", "masking")) - on_others(()). Gains of +0.02, +0.20 '
        "and +0.11 have a mean of 0.11 and a standard error of 0.052; for three pairs the interval is 4.3 of these wide on "
        "either side, ±0.22. It holds 0.",
        "Read again what *resolved* means, below the first figure of scores, and the table of the repairs.",
    ),
    answer=([0.12, 0.31, 0.22], "not resolved"),
    judge=_judge_mended,
    because="The interval is over mounts, not over seeds, and it is wide: three pairs are few, and mounts differ more than seeds.",
    filled=(
        """\
my_reason = "alignment alone gained most, and exposure is what the answers ran along with"
# An example of such gains. Yours take a minute or two: on_others(("exposure", "alignment")) - on_others(())
my_gains = [0.12, 0.31, 0.22]  # one for each pair
my_verdict = "not resolved\"""",
    ),
)

# ---------------------------------------------------------------- going deeper

SLOPES = {"w2": -0.934, "b2": -0.622, "w1": 1.245, "b1": 0.622}
_BACKWARDS = {
    "w2": {
        -0.622: "w2: that is the slope at z₂; w₂ was multiplied by h on the way, so multiply by h.",
        0.622: "w2: that is the slope at h; on the way to w₂ the factor is h, not w₂.",
        0.934: "w2: the size is right, the sign is not: p − y is negative.",
    },
    "b2": {-0.934: "b2: a bias is only added, so its factor is 1, not h.", 0.622: "b2: p − y is negative."},
    "w1": {
        -1.245: "w1: the slope changes its sign on the way back through w₂ = −1.",
        0.622: "w1: that is the slope at z₁; w₁ was multiplied by x = 2, so multiply by x.",
        0.934: "w1: the factor is what w₁ was multiplied by on the way forward: x, not h.",
        -0.622: "w1: go back through w₂, then multiply by x.",
    },
    "b1": {
        -0.622: "b1: the slope has to go back through w₂ = −1 first.",
        1.245: "b1: a bias is only added: its factor is 1.",
    },
}


def _judge_backwards(answer):
    if not isinstance(answer, dict) or set(answer) != set(SLOPES):
        raise Unusable(f"a dict with these entries is wanted: {', '.join(SLOPES)}.")
    empty = [name for name, value in answer.items() if value is ...]
    if len(empty) == len(SLOPES):
        return NOT_ATTEMPTED
    if empty:
        return f"still to fill: {', '.join(empty)}."
    for name, wanted in SLOPES.items():
        value = number(answer[name])
        if abs(value - wanted) <= 0.006:
            continue
        known = [why for wrong, why in _BACKWARDS[name].items() if abs(value - wrong) <= 0.006]
        return (
            known[0]
            if known
            else f"{name} should come from the slope at its neurone times one factor; yours is {value:g}."
        )
    return None


backwards = Question(
    hints=(
        "Begin at the end: the slope at z₂ is there. Which factor leads from z₂ to w₂, which to b₂, which to h?",
        "Were w₂ = 3 and h = 4, and the slope at z₂ 0.5: the slope for w₂ is 0.5 × 4 = 2, for b₂ 0.5, and at h 0.5 × 3 = 1.5.",
        "Read again the rules above the picture, one arrow at a time, from right to left.",
    ),
    answer=SLOPES,
    judge=_judge_backwards,
    because="Each number is used once on the way back, so all slopes together cost about as much as two losses.",
)


def cross_entropy(y, p):
    p = np.clip(p, 1e-7, 1 - 1e-7)
    return -np.mean(y * np.log(p) + (1 - y) * np.log(1 - p))


def _judge_loss(answer):
    student = function(answer)
    y, p = np.array([1, 1, 0, 0]), np.array([0.9, 0.2, 0.3, 0.6])
    value, wanted = numbers(student(y.copy(), p.copy())), cross_entropy(y, p)
    if value.shape != ():
        return f"one number is wanted, the mean over the grains; yours has shape {value.shape}."
    if abs(value + wanted) < 1e-6:
        return "the sign is turned round: logarithms of numbers below 1 are negative, a loss is not."
    if abs(value - len(y) * wanted) < 1e-6:
        return "that is the sum; take the mean, so that it does not grow with the number of grains."
    if abs(value - wanted / np.log(2)) < 1e-6 or abs(value - wanted / np.log(10)) < 1e-6:
        return "a logarithm to another base: take np.log, as networks do."
    if abs(value - cross_entropy(1 - y, p)) < 1e-6:
        return "the classes are swapped: −log p belongs to y = 1."
    if not abs(value - wanted) <= 1e-4:
        return f"for y = {y.tolist()} and p = {p.tolist()} it should be {wanted:.4f}, yours is {value:.4f}."
    return _loss_at_the_ends(student)


def _loss_at_the_ends(student):
    """What is wrong with a loss where p is 0 or 1, in one sentence; None if nothing is."""
    with np.errstate(all="ignore"):
        perfect = number(student(np.array([1, 0]), np.array([1.0, 0.0])))
        sure = number(student(np.array([1]), np.array([0.0])))
    if not abs(perfect) < 1e-3:
        return f"for perfect answers (p = y) it should be 0, yours is {perfect}: 0 × log 0 makes nan. Clip p first."
    if not 5 < sure < np.inf:
        return f"sure and wrong (p = 0 for y = 1) should cost a lot, but not without end; yours is {sure}."
    return None


write_loss = Question(
    hints=(
        "y * np.log(p) counts for y = 1 and is 0 for y = 0. What counts for y = 0?",
        "One grain of each class, p = 0.8 for the porphyry and 0.4 for the batholith: −log 0.8 = 0.22 and −log 0.6 = 0.51; "
        "the mean is 0.37. And np.clip(p, 1e-7, 1 - 1e-7) keeps p away from 0 and 1.",
        "Read again how a curve is scored, at the beginning.",
    ),
    answer=cross_entropy,
    judge=_judge_loss,
    because="It is Keras's binary_crossentropy, which clips p too. Being sure and wrong costs much, however rare it is.",
)

_LETTERS = "abcd"
_SHAPES = ((1, -2, 2, -1), (1, 1, -1, -1), (1, -1, -1, 1), (1, -1, 1, -1))  # the third is the plateau


def _options(height, place):
    """The weights of four options by their letters; `place` of the right one, from 1: dict of tuple."""
    turned = _SHAPES[3 - place :] + _SHAPES[: 3 - place]
    return {letter: tuple(height * weight for weight in shape) for letter, shape in zip(_LETTERS, turned)}


def _express_text(height, place):
    task = f"is to be 0 up to −2, rise to {height}, stay at {height} from −1 to 1, fall, and be 0 from 2 on."
    options = []
    for letter, weights in _options(height, place).items():
        shown = ", ".join(f"{weight:d}" for weight in weights).replace("-", "−")
        options.append(f"- **{letter}** {shown}")
    return ("\n".join([f"{task} With which weights?", "", *options]),)


def _express_for(height, place):
    """The question of the plateau of such a height, with its right answer at such a place."""
    h = height
    why_not = (
        f"from −1 on its slope is {h} − {2 * h} = −{h}: it turns down at once, a peak and a pit, no plateau.",
        f"its slopes are {h}, {2 * h}, {h} and 0: it rises all the way and never comes down.",
        None,
        f"its slopes are {h}, 0, {h} and 0: after the plateau it rises once more, a staircase.",
    )
    said = dict(zip(_LETTERS, why_not[3 - place :] + why_not[: 3 - place]))
    right = _LETTERS[place - 1]
    del said[right]
    return Question(
        hints=(
            "From left to right, each ReLU that sets in adds its weight to the slope. Which slopes has a plateau?",
            "The bump of the figure has the weights 1, −2, 1: its slope is 1 from −2 on, 1 − 2 = −1 from 0 on, and "
            "1 − 2 + 1 = 0 from 2 on.",
            "Read again the third panel, and the title above it.",
        ),
        answer=right,
        judge=choice(right, said),
        because=f"The slopes are {h}, 0, −{h}, 0. With enough ReLUs any curve can be drawn so. Whether training finds those "
        "weights, and whether the curve is right about new grains, are two other questions.",
    )


express = Varied(
    _express_text,
    _express_for,
    tuple({"height": height, "place": place} for height, place in ((1, 3), (2, 1), (3, 4), (2, 2), (4, 3), (3, 1))),
).own()

who_won = Question(
    hints=(
        "Which of the three intervals is one of the difference? And over what was it taken: grains, seeds or mounts?",
        "Two runners vary by 5 s from day to day, but on each day the first is 1 to 3 s ahead. Their times overlap. Is the "
        "first faster on this track? On another one?",
        "Read again what *resolved* means, and what no interval here knows, below the first figure of scores.",
    ),
    answer="b",
    judge=choice(
        "b",
        {
            "a": "both networks stumble over the same hard grains, so each interval is wide; that of the difference leaves out 0.",
            "c": "this interval is over grains of two mounts; how much other mounts differ, it cannot know.",
            "d": "a ROC-AUC is of ranks. Right calls need p on the right side of ½ as well.",
        },
    ),
    because="The paired difference is resolved, on these two mounts. For other mounts one needs other mounts.",
)
