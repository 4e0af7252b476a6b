"""The questions of notebook 04."""

import numpy as np

from zirconkit.exercises.core import Question, choice, function, near, number, numbers

_GRADIENT = "that is the gradient; multiply it by the learning rate and subtract."
one_step = Question(
    hints=("p = 1 / (1 + exp(0)) = ½. Then (p − y)·x.",),
    answer=0.1,
    judge=near(
        0.1,
        {
            -0.1: "the size is right, the direction is not: step *down*, so subtract the gradient, which is negative here.",
            0.05: "that is the step of b; the gradient for w has the factor x = 2.",
            1: _GRADIENT,
            -1: _GRADIENT,
        },
        "you have {value}. At w = b = 0, p is ½; the gradient for w is (p − y)·x; the new w is w − rate × gradient.",
    ),
    because="(½ − 1)·2 = −1; w = 0 − 0.1·(−1) = 0.1. The weight rises, since a grain with large x was porphyry.",
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
    if abs(value - wanted) > 1e-4:
        return f"for y = {y.tolist()} and p = {p.tolist()} it should be {wanted:.4f}, yours is {value:.4f}."
    with np.errstate(all="ignore"):
        perfect = number(student(np.array([1, 0]), np.array([1.0, 0.0])))
        sure = number(student(np.array([1]), np.array([0.0])))
    if not abs(perfect) < 1e-3:
        return f"for perfect answers (p = y) it should be 0, yours is {perfect}: 0 × log 0 makes nan. Clip p first."
    if not sure > 5:
        return f"sure and wrong (p = 0 for y = 1) should cost a lot, yours is {sure}."


write_loss = Question(
    hints=("y * np.log(p) counts for y = 1; what counts for y = 0? And np.clip keeps p away from 0 and 1.",),
    answer=cross_entropy,
    judge=_judge_loss,
    because="It is Keras's binary_crossentropy, which clips p too. Being sure and wrong costs without limit: a network that "
    "overfits pays for it in validation loss long before its accuracy falls.",
)


second_convolution = Question(
    hints=("How many numbers does one filter have? It is 3 high, 3 wide and 6 deep, and has a bias.",),
    answer=880,
    judge=near(
        880,
        {
            864: "you left out the biases, one a filter.",
            160: "each filter looks at all 6 maps of the layer before, not at one.",
            144: "each filter looks at all 6 maps of the layer before, and has a bias.",
            55: "that is one filter; there are 16.",
            870: "the biases: one for each of the 16 filters, not one for each of the 6 maps.",
        },
        "you have {value}. A filter has 3 × 3 × 6 weights and one bias; there are 16.",
    ),
    because="16 × (3·3·6 + 1) = 880. It does not depend on the size of the image: the same window slides everywhere. That is how "
    "LeNet gets by with 22,029 parameters.",
)

who_won = Question(
    hints=("Is 0, no difference, inside the interval? And does that show that there is none?",),
    answer="b",
    judge=choice(
        "b",
        {
            "a": "the interval holds 0, and negative values down to −0.05: B may well be the better one.",
            "c": "not to see a difference is not to see that there is none: +0.11 is possible too.",
            "d": "nothing here says what more data would show.",
        },
    ),
    because="The difference is not resolved. Write the interval, and do not rank. Most rows of the paper's Table 2 are of this kind.",
)
