"""The questions of notebook 09."""

import numpy as np

from zirconkit.exercises.core import Question, choice, function, near, number

receptive_field = Question(
    hints=(
        "Go backwards from one number of C5: it sees 3 × 3 numbers of S4. Each of these is the largest of 2 × 2 of C3, so 6 of C3 in a row. "
        "These see 6 + 2 numbers of S2. And so on, down to the image.",
    ),
    answer=18,
    judge=near(
        18,
        {
            3: "that is how many numbers of S4 it sees. How many pixels of the image do these depend on?",
            7: "that would be three convolutions without pooling between them; each pooling doubles the step.",
            9: "that would be kernels of three side by side; neighbouring windows overlap, and pooling widens the step.",
            22: "almost: that is S6, one pooling later.",
            8: "that is a number of C3: one convolution and one pooling fewer.",
            10: "that is a number of S4; C5 sees three of these side by side.",
            16: "pooling doubles, and each convolution adds 2: start from the 3 numbers of S4 and go backwards.",
            32: "that is the whole image. It is not far off, but count: 3, doubled, plus 2, doubled, plus 2.",
        },
        "you have {value}. Backwards: 3, doubled by the pooling, plus 2 for the convolution, doubled, plus 2.",
    ),
    because="3 of S4, 6 of C3, 8 of S2, 16 of C1, 18 pixels. One number of C1 sees 3 pixels, of C3 8, of C5 18: the deeper, the broader.",
)

idle_channel = Question(
    hints=("A committee of 32 decides as before when one of them stays away. Has he nothing to say?",),
    answer="c",
    judge=choice(
        "c",
        {
            "a": "without it the others may say the same thing: it may be of use and yet not missed.",
            "b": "a map that rises and falls may still not be missed: the others may say the same.",
            "d": "learning rate and epochs change the weights, not what follows when one channel is missing.",
        },
    ),
    because="Others may show what it shows. Switching off *one* tells what is missed without it, not what it does. And the "
    "grains for which it matters may not be among those set aside.",
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
    hints=("The numbers of the map where the truth is True: evidence[truth]. Their sum, over the sum of all.",),
    answer=my_share,
    judge=_judge_share,
    because="8 of 10. A constant map gets the truth's share of the image: that is the score to beat.",
)

edge_detector = Question(
    hints=("What does an edge detector know of the network? And what does the check change?",),
    answer="b",
    judge=choice(
        "b",
        {
            "a": "it scores high when the class happens to lie at edges; it would draw the same lines for any question and any network.",
            "c": "that it is sharp says how fine its pixels are, not what the network did.",
            "d": "it computes something real, the edges. It just says nothing about the network.",
        },
    ),
    because="A map that does not change when the network forgets everything cannot tell you what the network learned. On a question whose answer "
    "lies at edges it still hits the truth, by luck. So ask both: does it hit what is known, *and* does it depend on the weights?",
)
