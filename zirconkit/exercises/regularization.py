"""The questions of notebook 05."""

import math

import numpy as np

from zirconkit.evaluation import paired_difference, stopping
from zirconkit.exercises.core import Question, Unusable, function, items, number, numbers
from zirconkit.exercises.predictions import Prediction, between, points
from zirconkit.exercises.variants import Varied


def _meet_curve(guess, result):
    guessed, was = (", ".join(f"{value:.2f}" for value in values) for values in (guess, result))
    ends = "up" if result[-1] > min(result) + 0.05 else "down or level"
    yours = "up" if guess[-1] > min(guess) + 0.05 else "down or level"
    agree = "You saw that coming." if ends == yours else "That is what surprises most people."
    return f"You guessed {guessed}; it was {was}. At the end yours goes {yours}, the real one {ends}. {agree}"


def _meet_gain(guess, result):
    value, low, high = result
    inside = "inside" if low <= guess <= high else "outside"
    nothing = "0 lies in it, too" if low <= 0 <= high else "0 lies outside"
    return (
        f"You expected {guess:+.2f}; your runs say {value:+.3f}, {abs(guess - value):.2f} away. "
        f"Your guess lies {inside} their interval ({low:+.3f} to {high:+.3f}); {nothing}."
    )


def _read_patience(patience_, others=None):
    """A patience, and for how many other curves it is enough: two whole numbers."""
    found, many = number(patience_), number(others)
    if found < 1 or found % 1:
        raise Unusable(f"the patience is a whole number from 1, this is {found:g}.")
    if not 0 <= many <= 9 or many % 1:
        raise Unusable(f"how many of the other curves is a whole number from 0, this is {many:g}.")
    return int(found), int(many)


def _meet_patience(guess, needed):
    found, many = guess
    first, *others = needed
    enough = sum(each <= found for each in others)
    agrees = "as you found" if found == first else f"you found {found}"
    return f"This curve needs {first}, {agrees}. Your patience is enough for {enough} of the other {len(others)}; you expected {many}."


curve = Prediction(points(4, 0, 5), _meet_curve)
gain = Prediction(between(-0.5, 0.5), _meet_gain)
patience = Prediction(_read_patience, _meet_patience)


_HONEST = {"flips", "rotation", "brightness", "contrast"}

honest_change = Question(
    hints=(
        "Ask of each change: could the same grain look like this in another mount, on another day?",
        "Two changes from outside the list. Moved by three pixels: the grain is what it was, only the frame is another, so that is true. A bright rim "
        "painted around it: no accident of the mount gives a grain a rim, so that is not.",
        "Read again the two sentences above the figure of the changes, and look at what each column does to size, shape and grey.",
    ),
    answer=_HONEST,
    judge=lambda answer: _judge_changes(answer),
    because="How a grain lies, which side is up and how the detector was set are accidents. Its proportions are not: porphyry grains are longer, so a "
    "stretched grain gets another answer with the old label. Nor is its size. And yet zoom gains 0.04 on the bench, resolved: it teaches the network "
    "to ignore size, which may help. A gain does not make a claim true, and a true claim need not gain: look at brightness and contrast.",
)

_WHY_NOT = {
    "stretch": "a stretched grain has another aspect ratio, and that is what tells the classes apart best: its label would be a lie.",
    "invert": "a detector gives more where more light comes from; no setting turns bright zones into dark ones.",
    "zoom": "where all images have one scale the same grain keeps its size and the width of its growth bands. Zoom may be useful, but it shows another grain.",
}


def _judge_changes(answer):
    words = items(answer, 'a list of words is wanted, such as ["stretch", "invert"].')
    chosen = {str(word).strip().lower() for word in words}
    unknown = chosen - _HONEST - set(_WHY_NOT)
    if unknown:
        return f"there is no {sorted(unknown)[0]!r} in the list."
    if chosen & set(_WHY_NOT):
        return _WHY_NOT[min(chosen & set(_WHY_NOT))]
    if chosen != _HONEST:
        return f"{sorted(_HONEST - chosen)[0]!r} is an accident of the mount or of the detector too: why leave it out?"
    return None


_LOSSES = [0.69, 0.60, 0.62, 0.55, 0.56, 0.58, 0.57, 0.54, 0.70]


def _judge_rule(answer):
    student = function(answer)
    for patience_ in (1, 2, 4):
        wanted, found = stopping(_LOSSES, patience_), student(list(_LOSSES), patience_)
        values = numbers(found)
        if values.shape != (2,):
            return "two numbers are wanted, the epoch that is kept and the last one: return kept, last."
        if tuple(values) == wanted:
            continue
        given = f"for the losses {_LOSSES} and a patience of {patience_}"
        if tuple(values + 1) == wanted:
            return "you count from 0; the first epoch is 1."
        if tuple(values[::-1]) == wanted:
            return "the two are swapped: first the epoch that is kept, then the last one."
        if values[0] == wanted[0]:
            return f"{given} the kept epoch is right, but training ends after epoch {wanted[1]}, not {values[1]:g}: count the epochs since the lowest loss."
        if values[0] == np.argmin(_LOSSES) + 1:
            return f"{given} you keep the lowest loss of the whole curve, epoch {values[0]:g}: but training has ended before it."
        return (
            f"{given} kept and last should be {wanted[0]} and {wanted[1]}, yours are {values[0]:g} and {values[1]:g}."
        )
    return None


stopping_rule = Question(
    hints=(
        "Walk along the list with `for epoch, loss in enumerate(losses)` and remember where the lowest loss so far was.",
        "With losses 0.7, 0.5, 0.6, 0.6, 0.4 and a patience of 2: the lowest so far is epoch 2; epochs 3 and 4 are not lower; that makes two, "
        "so training ends after epoch 4 and keeps epoch 2. The 0.4 of epoch 5 is never seen.",
        "Look at the two lines in the figure of the stopped training, move its slider to 1, and read the sentence beside it.",
    ),
    answer=stopping,
    judge=_judge_rule,
    because="That is all of `EarlyStopping(patience=…, restore_best_weights=True)`: a memory for the lowest loss, and a counter.",
)


def _judge_bench(answer):
    differences = numbers(answer)
    if differences.ndim != 1 or len(differences) < 5 or not np.isfinite(differences).all():
        return "the differences of five seeds are wanted: remove the # from the line below it."
    if np.abs(differences).max() > 1:
        return "a difference of two ROC-AUCs lies between −1 and 1."
    value, low, high = paired_difference(differences, np.zeros(len(differences)))
    said = f"{value:+.3f}, with an interval from {low:+.3f} to {high:+.3f}"
    if high < 0:
        return f"this is resolved, and a loss: {said}. Hold the network back by something else."
    if low <= 0 and value > 0.02:
        return f"a gain, but not resolved: {said}. The seeds scatter too much for it: combine two ways that gain, and confirm again."
    if low <= 0:
        return f"not resolved: {said}. Look in the figure of the bench for what stands to the right of the line."
    if low <= 0.02:
        return f"resolved, but the interval is to lie above 0.02: {said}. Which two ways that gain could add up?"
    return None


beat_none = Question(
    hints=(
        "Which ways gain in the figure of the bench, and how wide would their intervals be with five seeds instead of ten? Could two of them add up?",
        "A way with a mean of 0.04 and a standard deviation of 0.035: with ten seeds ±0.025, resolved; with five 2.8 · 0.035 / √5 = ±0.044, not resolved.",
        "Read again what the standard error is, below the figure of the bench. Five seeds are what you have: so it is the mean that must become larger.",
    ),
    answer=[0.06, 0.10, 0.07, 0.09, 0.04],
    judge=_judge_bench,
    because="The interval of the paired difference lies above 0.02. Report it with the number of your attempts: a setting that gains no more than 0.02 "
    "passes one attempt in forty at most, and at least one of ten attempts in up to a fifth of all searches. The same 136 grains judged every attempt: of other grains or mounts it says nothing.",
    filled=(
        "my_bench = [0.06, 0.1, 0.07, 0.09, 0.04]  # an example of gains that pass\n"
        "# my_bench = confirm(my_changes, my_settings)  # your own; takes a minute",
    ),
)


def _judge_range(answer):
    if not callable(answer):
        return "a layer is wanted, such as layers.RandomBrightness(0.2)."
    rng = np.random.default_rng(0)
    images = rng.uniform(0.2, 0.6, (16, 8, 8, 1)).astype("float32")
    change = function(lambda given: np.asarray(answer(given, training=True), float))
    brighter = change(images)
    if brighter.shape != images.shape:
        return f"images of shape {images.shape} come out as {brighter.shape}: a change of brightness keeps the shape."
    moved = (brighter - images).mean(axis=(1, 2, 3))
    if not np.isfinite(brighter).all() or brighter.max() > 1.01 or np.abs(moved).max() > 0.45:
        return f"grey levels from 0.2 to 0.6 come out from {brighter.min():.1f} to {brighter.max():.1f}: the layer still takes them for 0 to 255."
    if np.abs(moved).max() < 0.01:
        return "nothing changes: is the strength 0, or the change not random?"
    if np.abs(moved).max() > 0.25:
        return f"it moves grey levels by up to {np.abs(moved).max():.2f}; the paper's strength is 0.2."
    return None


def mended(images, training=True):
    """keras.layers.RandomBrightness(0.2, value_range=(0, 1))"""
    shift = np.random.default_rng(0).uniform(-0.2, 0.2, (len(images), 1, 1, 1))
    return np.clip(images + shift, 0, 1) if training else images


value_range = Question(
    hints=(
        "The layer has an argument that tells it which grey levels are black and white.",
        "For images of 0 to 255 a change of 0.2 is 51 grey levels. For images of −1 to 1 you would write `value_range=(-1, 1)`.",
        "Call `help(layers.RandomBrightness)` and read on `value_range`.",
    ),
    answer=mended,
    judge=_judge_range,
    because="In Keras: layers.RandomBrightness(0.2, value_range=(0, 1)). No error would have told you: look at what goes in.",
    filled=("my_brightness = layers.RandomBrightness(0.2, value_range=(0, 1))",),
)


def seed_spread(a, b):
    difference = np.asarray(a) - np.asarray(b)
    return difference.mean() / (difference.std(ddof=1) / np.sqrt(len(difference)))


def _judge_spread(answer):
    student = function(answer)
    a, b = [0.84, 0.88, 0.86, 0.90, 0.82], [0.83, 0.85, 0.87, 0.88, 0.83]
    value, wanted = number(student(np.array(a), np.array(b))), seed_spread(a, b)
    if abs(value + wanted) < 1e-6:
        return "the sign is turned round: a minus b."
    if abs(value - wanted / np.sqrt(len(a))) < 1e-6:
        return "that is mean over standard deviation; the *mean* of n seeds scatters less, by the root of n."
    population = wanted * np.sqrt(len(a) / (len(a) - 1))
    if abs(value - population) < 1e-6:
        return "np.std divides by n unless told otherwise: for few seeds take ddof=1."
    if abs(value - np.mean(np.subtract(a, b))) < 1e-9:
        return "that is the mean difference itself: divide it by its own uncertainty."
    if not abs(value - wanted) <= 1e-6:  # not a number is not right
        return f"for a = {a} and b = {b} it should be {wanted:.3f}, yours is {value:.3f}."
    return None


is_it_a_difference = Question(
    hints=(
        "First the differences, seed by seed: d = a − b. Everything else is about d.",
        "For d = 0.01, 0.03 the mean is 0.02, the standard deviation (ddof=1) 0.0141, the standard error 0.0141 / √2 = 0.01: so 2.",
        "Read again what the standard error is, below the figure of the bench. np.std has an argument for samples.",
    ),
    answer=seed_spread,
    judge=_judge_spread,
    because="Below about 2 the difference is within what other seeds would have given: no difference that you may report. And even "
    "above it, seeds are only one source of doubt: grains and mounts are two others.",
)


def _overconfident():
    """Answers that rank most of 200 grains right and are far too sure of it: arrays of truth and probability."""
    rng = np.random.default_rng(5)
    y = np.repeat([0, 1], 100)
    return y, 1 / (1 + np.exp(-8 * rng.normal(2 * y - 1, 1.6).clip(-1.9, 1.9)))


def _loss(y, p):
    return -np.log(np.where(y == 1, p, 1 - p).clip(1e-7)).mean()


def _fault_of_form(p, milder):
    """What is wrong with new probabilities before one asks what they achieve; None if nothing."""
    if milder.shape != p.shape:
        return f"one answer for each grain is wanted: {len(p)} went in, an array of shape {milder.shape} came out."
    if not ((milder >= 0) & (milder <= 1)).all():  # NaN is not
        return f"probabilities lie between 0 and 1; yours run from {milder.min():.2f} to {milder.max():.2f}."
    return None


def _judge_milder(answer):
    y, p = _overconfident()
    student = function(answer)
    milder = numbers(student(p.copy()))
    fault = _fault_of_form(p, milder)
    if fault:
        return fault
    different = np.diff(np.sort(p)) > 1e-9
    steps = np.diff(milder[np.argsort(p)])[different]
    if (steps < 0).all():
        return "now batholith grains get the higher probabilities: the ranking is turned upside down."
    if (steps < 0).any():
        return "some grains have changed places, and with them the ROC-AUC: a higher answer must stay the higher one."
    if (steps <= 0).any():
        return "many grains now have one and the same answer, so they are no longer ranked: the ROC-AUC changes."
    before, after = _loss(y, p), _loss(y, milder)
    if after > 0.65:
        return f"the order is kept, but on answers that are as sure as these the loss goes from {before:.2f} only to {after:.2f}: pull them further from 0 and 1."
    return None


def squeezed(p):
    return 0.1 + 0.8 * p


milder = Question(
    hints=(
        "The ROC-AUC asks only which of two grains has the higher answer. Which functions keep every such order?",
        "Answers of 0.001, 0.5 and 0.999 halfway to 0.5 are 0.2505, 0.5 and 0.7495: the order stays, and the dearest mistake costs −log 0.2505 = 1.4 instead of 6.9.",
        "Look at the two panels of answers, stopped and at the end: the right one is to look more like the left one.",
    ),
    answer=squeezed,
    judge=_judge_milder,
    because="The order of the grains is what it was, and the loss has fallen without anything learned: confidence and ranking are two things. "
    "Whether of 100 grains with an answer of 0.7 some 70 are porphyry is a third thing, calibration: notebook 7.",
)


def one_split(losses, rng):
    grains = rng.permutation(losses.shape[1])
    first, second = np.array_split(grains, 2)
    epoch = losses[:, first].mean(axis=1).argmin()
    return losses[epoch, second].mean() - losses[epoch, first].mean()


def _invented_losses():
    """Of 30 epochs and 60 grains; all epochs are equally good, so that the lowest is lowest by luck."""
    rng = np.random.default_rng(8)
    return 0.6 + rng.normal(0, 0.1, 60) + rng.normal(0, 0.3, (30, 60))


def _mean_split(split, losses, repeats=300):
    """The mean over many splits, and whether they differ: float and bool."""
    rng = np.random.default_rng(0)
    values = [number(split(losses.copy(), rng)) for _ in range(repeats)]
    return np.mean(values), np.ptp(values) > 1e-9


def _judge_optimism(answer):
    losses = _invented_losses()
    value, differs = _mean_split(function(answer), losses)
    wanted, _ = _mean_split(one_split, losses)
    if abs(value) < 1e-9:
        return "it is always 0: the half that chooses the epoch must not score it."
    if not differs:
        return "every call returns the same: halve the grains by rng.permutation, anew at each call."
    if abs(value - wanted) < 0.2 * wanted:
        return None
    if abs(value + wanted) < 0.2 * wanted:
        return "the sign is turned round: the loss on the second half, less that on the first."
    if abs(value) < 0.2 * wanted:
        return "on average it is 0, as if the first half had not chosen: the epoch is to be the lowest on the first half only."
    if value > 0.3:
        return "that is as large as a loss itself: the difference of two is wanted, both of the chosen epoch."
    return f"on invented losses, where all epochs are equally good, it should be near {wanted:.2f} on average, yours is {value:.2f}: is it one epoch for all grains, and two halves?"


optimism = Question(
    hints=(
        "Two steps: which epoch has the lowest mean loss on the first half? And what is the loss of that same epoch on the second?",
        "Two epochs, four grains, losses [[0.2, 0.9, 0.4, 0.7], [0.5, 0.5, 0.5, 0.5]]. If grains 0 and 2 choose: 0.3 against 0.5, so the first epoch. On "
        "grains 1 and 3 it has 0.8: the difference is 0.5. If 1 and 3 choose it is the second epoch, and the difference 0.",
        "Read the exercise again: rng.permutation(n) shuffles the numbers 0 to n − 1, and losses[:, some].mean(axis=1) has a value for each epoch.",
    ),
    answer=one_split,
    judge=_judge_optimism,
    because="Of many epochs the lowest is partly the best and partly the luckiest, and only the luck does not carry over to other grains. The more epochs and the "
    "fewer grains, the more luck; half of the grains have more of it than all. So choose the epoch on validation grains, and report on others.",
)


def _size_mistake(times, half, gap):
    """What is wrong with a number of times as many grains; None if it is the smallest whole one that resolves `gap`."""
    law = (half / gap) ** 2
    least = math.ceil(law)
    if times == least:
        return None
    if min(abs(times - law**0.5), abs(times - math.ceil(law**0.5))) < 0.12:
        return (
            f"at {times:g} times the grains the half width is still {half / times**0.5:.2f}: the width shrinks with the *root* of "
            "the number, so the ratio of the widths must be squared."
        )
    if times == least - 1:
        return f"nearly: at {times:g} times the grains the half width is {half / times**0.5:.3f}, and the difference is {gap:.2f}."
    if least - 1 < times < least:
        return "that is the law; the smallest *whole* number that suffices is wanted."
    if least < times <= 20:
        return "that resolves it, but a smaller test would, too."
    if times > 20:
        return "that looks like a number of grains: how many times the paper's 25 and 46 is it?"
    return f"at {times:g} times the grains the half width would be about {half / max(times, 0.01) ** 0.5:.2f}, and the difference is {gap:.2f}."


def _size_for(high, low, half):
    """The question of a test large enough for two such ROC-AUCs, of which the paper's size gives such a half width."""
    gap = round(high - low, 2)
    law = (half / gap) ** 2
    least = math.ceil(law)
    return Question(
        hints=(
            f"The paper's size gives ± {half:.3f}, and {gap:.2f} is wanted. What happens when you double both numbers of grains?",
            "A mean of 100 numbers scatters by a tenth of one number's spread, a mean of 400 by a twentieth: four times the numbers, half the width.",
            "Run the line of the answer cell with (25, 46) and with (50, 92): by which factor does the width shrink?",
        ),
        answer=least,
        judge=lambda answer: _size_mistake(number(answer), half, gap),
        because=f"The width shrinks with the root of the number: ({half:.3f} / {gap:.2f})² = {law:.1f}, so {least} times the grains, {71 * least} in all. "
        "It is an interval over grains: more grains of the same two mounts would say nothing about a third mount.",
    )


test_size = Varied(
    lambda high, low, half: (
        f"One network has a ROC-AUC of {high:.2f} and another {low:.2f}: not resolved.",
        f"evaluation.differences({high:.2f}, {low:.2f}, 0, (25, 46), 100)",
    ),
    _size_for,
    tuple(
        {"high": high, "low": low, "half": half}  # the half width: the median of many tests of the paper's size
        for high, low, half in ((0.88, 0.81, 0.132), (0.90, 0.82, 0.126), (0.90, 0.85, 0.119), (0.92, 0.87, 0.108))
    ),
).own()
