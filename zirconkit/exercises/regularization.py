"""The questions of notebook 05."""

import numpy as np

from zirconkit.exercises.core import Question, choice, function, items, near, number

by_heart = Question(
    hints=(
        "Loss punishes being sure and wrong. Does the order of the grains, which ROC-AUC looks at, have to change for that?",
    ),
    answer="c",
    judge=choice(
        "c",
        {
            "a": "then the loss on training grains would be high too; it is close to 0.",
            "b": "its ROC-AUC on validation grains is well above 0.5: it ranks far better than guessing.",
            "d": "a wrong computation would show on the training grains too.",
        },
    ),
    because="The order of the validation grains has hardly changed, but the wrong answers have become certain ones: −log p grows "
    "without bound. Whoever needs a ranking loses little, whoever needs a probability loses all.",
)

kept_scale = Question(
    hints=(
        "On average a quarter of the values is set to 0. By what must the others grow, for the sum to stay the same on average?",
    ),
    answer=4 / 3,
    judge=near(
        4 / 3,
        {
            0.75: "that is what a value is *multiplied with at prediction time* in the original paper; Keras makes up for it in training.",
            4: "that would make up for three quarters dropped.",
            2: "that is for a dropout of 0.5.",
            0.25: "that is the share that is dropped.",
            1: "then the sum would be a quarter smaller in training than in prediction.",
        },
        "you have {value}. Three values of four stay; what they are multiplied with must make up for the fourth.",
        tolerance=0.01,
    ),
    because="1 / (1 − 0.25) = 4/3. So the next layer sees the same sum on average, and at prediction time nothing need be changed.",
)

honest_change = Question(
    hints=(
        "Ask of each: could the *same grain* look so in another mount, on another day? And: would a geologist still give it the same class?",
    ),
    answer={"flip", "rotate", "brightness"},
    judge=lambda answer: _judge_changes(answer),
    because="How a grain lies and how the detector was set are accidents. Its proportions are not: porphyry grains are longer, so a "
    "stretched grain gets another answer with the old label. Inverted grey does not occur: resin would glow.",
)

_WHY_NOT = {
    "stretch": "a stretched grain has another aspect ratio, and that is what tells the classes apart best: its label would be a lie.",
    "invert": "a detector gives more where more light comes from; no setting turns bright zones into dark ones.",
}


def _judge_changes(answer):
    words = items(answer, 'a list of words is wanted, such as ["flip", "invert"].')
    chosen = {str(word).strip().lower() for word in words}
    allowed = {"flip", "rotate", "brightness"}
    unknown = chosen - allowed - set(_WHY_NOT)
    if unknown:
        return f"there is no {sorted(unknown)[0]!r} in the list."
    if chosen & set(_WHY_NOT):
        return _WHY_NOT[min(chosen & set(_WHY_NOT))]
    if chosen != allowed:
        return f"{sorted(allowed - chosen)[0]!r} is an accident of the mount or of the detector too: why leave it out?"
    return None


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
        "d = a − b, seed by seed. Mean of d, divided by its standard error: standard deviation (ddof=1) over the root of n.",
    ),
    answer=seed_spread,
    judge=_judge_spread,
    because="Below about 2 the difference is within what other seeds would have given: no difference that you may report. And even "
    "above it, seeds are only one source of doubt: grains and mounts are two others.",
)

optimistic = Question(
    hints=("On which grains was the best epoch chosen? And on which grains is the score then given?",),
    answer="b",
    judge=choice(
        "b",
        {
            "a": "it is measured on grains that chose the epoch: of 200 tries the luckiest.",
            "c": "the weights did not see those grains, but the *choice of the epoch* did.",
            "d": "the test grains chose nothing.",
        },
    ),
    because="Whoever picks the best of many by a score may not report that score. The epoch is a hyper-parameter; choose it on validation "
    "grains, report on others.",
)
