"""The questions of notebook 04."""

import numpy as np

from zirconkit.evaluation import paired_difference
from zirconkit.exercises.core import NOT_ATTEMPTED, Question, Unusable, choice, function, number, numbers
from zirconkit.exercises.predictions import Prediction, between, one_of

__all__ = [
    "backwards", "by_hand", "cross_entropy", "curve", "even_exposure", "express", "goes_by", "mended", "rate", "slope",
    "strongest", "who_won", "write_loss",
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
    verdict = "You saw it." if guess == strongest_of_all else f"It follows the {strongest_of_all} most."
    return f"You said {guess}. On the test mounts LeNet's rank correlations are: {said}. {verdict}"


def _reveal_strongest(guess, gains):
    """`gains` is the mean gain of each repair alone over ten seeds."""
    best = max(gains, key=gains.get)
    said = ", ".join(f"{name} {gain:+.2f}" for name, gain in gains.items())
    return f"You said {guess}. Alone, over ten seeds, they bring: {said}. {'You saw it.' if guess == best else f'It is {best}.'}"


curve = Prediction(_read_curve, _reveal_curve)
by_hand = Prediction(
    between(0, 20),
    lambda guess, lowest: f"By hand you came down to {guess:.3f}; the bottom of the valley lies at {lowest:.3f}.",
)
rate = Prediction(between(0.001, 1000), _reveal_rate)
goes_by = Prediction(one_of("aspect ratio", "area", "brightness"), _reveal_cause)
strongest = Prediction(one_of("exposure", "alignment", "masking"), _reveal_strongest)

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


def _judge_mended(answer):
    gains = numbers(answer)
    if gains.ndim != 1 or len(gains) < 2 or not np.isfinite(gains).all():
        return "the gains of two seeds or more are wanted: run the line that is commented out."
    if np.abs(gains).max() > 1:
        return "a difference of two ROC-AUCs lies between −1 and 1."
    if np.ptp(gains) == 0:
        return "all gains are the same to the last digit: are these runs of different seeds?"
    value, low, high = paired_difference(gains, np.zeros(len(gains)))
    said = f"{value:+.3f}, with an interval from {low:+.3f} to {high:+.3f}"
    if high < 0:
        return f"this is resolved, and for the worse: {said}. Take that repair out again."
    if low <= 0 and value > 0.02:
        return f"a gain, but not resolved: {said}. The seeds scatter too much; add a repair, or take more seeds."
    if low <= 0:
        return f"not resolved: {said}. That accident is not what LeNet fell for: look at the table of what it goes by."
    return None


mended = Question(
    hints=(
        "Which accident of a grain goes with what LeNet follows? Look at its rank correlations, and at the pictures of the repairs.",
        "Gains of +0.02, +0.20 and +0.11 have a mean of 0.11 and a standard error of 0.052; for three seeds the interval is 4.3 of "
        "these wide on either side, ±0.22, and holds 0. Five such seeds need 2.8 of a smaller one.",
        "Read again the table of ten seeds: which rows have an interval that lies above 0?",
    ),
    answer=[0.12, 0.19, 0.15, 0.22, 0.14],
    judge=_judge_mended,
    because="The interval of the paired gain leaves out 0: other seeds would gain, too. It speaks of these two mounts alone.",
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

express = Question(
    hints=(
        "Two different questions: is there a setting of the weights that draws this curve? And does training come to it?",
        "A table with a row for each of sixty grains draws a perfect curve through them. What does it say of the next grain?",
        "Read again what the figure shows, and what it does not.",
    ),
    answer="b",
    judge=choice(
        "b",
        {
            "a": "that a setting of the weights exists does not mean that walking downhill comes to it.",
            "c": "weights that fit these sixty may draw anything between them: new grains are another question.",
            "d": "it does say something: what one neurone cannot draw, no training can make it draw.",
        },
    ),
    because="A network that can express a curve may still not learn it, and one that has learned it may fail on new mounts.",
)

who_won = Question(
    hints=(
        "Is 0, no difference, inside the interval? And does that show that there is none?",
        "A scale says: the two stones differ by 3 g, give or take 8. Which one is heavier? Are they of equal weight?",
        "Read again what *resolved* means, below the first table of scores.",
    ),
    answer="c",
    judge=choice(
        "c",
        {
            "a": "the interval holds 0, and negative values down to −0.05: B may well be the better one.",
            "b": "not to see a difference is not to see that there is none: +0.11 is possible too.",
            "d": "nothing here says what more grains would show.",
        },
    ),
    because="The difference is not resolved. Write the interval, and do not rank.",
)
