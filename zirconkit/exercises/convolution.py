"""The questions of notebook 03."""

import numpy as np

from zirconkit.convolution import KERNELS, convolve, pool
from zirconkit.exercises.core import Question, choice, function, near, number, numbers


def _judge_flat(answer):
    value = number(answer)
    if value:
        return f"you have {value:g}. Multiply 100 by each of the nine weights and add up: what do the weights sum to?"


flat_grain = Question(
    hints=("Every pixel is 100. Take the 100 out of the sum: what is left inside?",),
    answer=0,
    judge=_judge_flat,
    because="The weights sum to 0, so where nothing changes nothing answers, in a bright grain or a dark one: the kernel does "
    "not see how bright the image is as a whole.",
)


def mystery_map(image):
    """The map of Exercise 2, for a grey image (height, width)."""
    return convolve(image, -KERNELS["horizontal edge"])


which_kernel = Question(
    hints=(
        "Walk down through the upper edge of the grain: dark first, then bright. For which kernel is that sum negative?",
    ),
    answer="c",
    judge=choice(
        "c",
        {
            "a": "this one answers to the left and right flanks; the map answers to the upper and lower ones.",
            "b": "the direction is right. Now the sign: at the upper edge, what is below is brighter than what is above.",
            "d": "all its weights are positive, and so would the map be; this one has both signs.",
        },
    ),
    because="At the upper edge the three pixels above are dark and the three below bright: above minus below is negative. A kernel "
    "and its negative find the same edges; a ReLU behind them (negative becomes 0) keeps the one side or the other.",
)

halving = Question(
    hints=(
        "The window's left edge stands at 0, 2, 4 ... What is the last start at which five pixels still fit into 32?",
    ),
    answer=14,
    judge=near(
        14,
        {
            13: "that is the number of steps; the starting position counts too.",
            13.5: "that is the number of steps with a half; a half step is not taken, and the start counts too.",
            14.5: "half a position does not exist: a rest that is too short for a whole step is left over.",
            15: "the window would then reach over the edge: it starts at 0, 2, ..., 26, and from 28 on five do not fit.",
            28: "that is stride 1; with stride 2 every other position is left out.",
            16: "that needs padding. Without it the window has to stay inside.",
            196: "that is the number of values in the map; its side is asked for.",
        },
        "you have {value}. (32 − 5) / 2, rounded down, are the steps; add 1 for the start.",
    ),
    because="The starts are 0, 2, ..., 26: (32 − 5) // 2 + 1 = 14. The last column of pixels is never looked at.",
)

bigger_images = Question(
    hints=("Which rows of the table know the size of the image? After three halvings 64 px are 8.",),
    answer=71_181,
    judge=near(
        71_181,
        {
            22_029: "the convolutions stay as they are, the dense layer does not: it has a weight for every value it is given.",
            88_116: "not everything grows fourfold: a convolution has the same weights for an image of any size.",
            65_568: "that is the dense layer alone.",
            38_413: "the sides double, so the values in a map are four times as many, not twice.",
            71_149: "the biases of the dense layer: one for each of its 32 neurones.",
        },
        "you have {value}. 60 + 880 + 4,640 stay; the dense layer takes 8 × 8 × 32 values to 32 neurones; the last stays.",
    ),
    because="60 + 880 + 4,640 + (8·8·32 + 1)·32 + 33 = 71,181: only the dense layer grows, and it is nearly all there is. (Section "
    "3.3 of the paper gives 33,765 and 156,645 for 32 and 64 px: another variant, which it does not describe.)",
)


def my_convolution(image, kernel):
    k, wide = kernel.shape
    height, width = image.shape[0] - k + 1, image.shape[1] - wide + 1
    feature_map = np.zeros((height, width))
    for row in range(height):
        for column in range(width):
            patch = image[row : row + k, column : column + wide]
            feature_map[row, column] = np.sum(patch * kernel)
    return feature_map


def _judge_convolution(answer):
    student = function(answer)
    image = np.random.default_rng(0).integers(0, 256, (9, 7), dtype=np.uint8)
    kernel = np.array([[1, 2, 0], [0, -1, 0], [0, 0, -3]])
    wanted = convolve(image, kernel)
    out = numbers(student(image.copy(), kernel.copy()))
    shapes = {
        (9, 7): "so you padded, or kept the image's size; here the window stays inside",
        (5, 7): "so rows and columns are swapped",
        (6, 4): "so the last row and column are missing: there are n − k + 1 positions",
        (8, 6): "so there is one position too many: there are n − k + 1",
    }
    if out.shape != wanted.shape:
        size = "×".join(map(str, out.shape)) or "a single number"
        return (
            f"a 9×7 image and a 3×3 kernel give a 7×5 map, yours is {size}, {shapes.get(out.shape, 'see n − k + 1')}."
        )
    mistakes = {
        "your kernel is turned by 180°: that is a mathematician's convolution; networks do not flip.": kernel[
            ::-1, ::-1
        ],
        "your kernel is transposed: its rows belong on the image's rows.": kernel.T,
    }
    for said, other in mistakes.items():
        if np.allclose(out, convolve(image, other)):
            return said
    if np.allclose(out, wanted.astype(int).astype(np.uint8)) or np.allclose(out, wanted.clip(0, 255)):
        return (
            "the sums do not fit into 0..255 and were cut or wrapped: make the map with np.zeros, which holds floats."
        )
    if not np.allclose(out, wanted):
        row, column = np.unravel_index(np.argmax(~np.isclose(out, wanted)), wanted.shape)
        return (
            f"at row {row}, column {column} the sum should be {wanted[row, column]:g}, yours is {out[row, column]:g}."
        )


write_it_yourself = Question(
    hints=("Two loops over the positions; inside, the patch times the kernel, summed.",),
    answer=my_convolution,
    judge=_judge_convolution,
    because="It agrees with OpenCV's filter2D and SciPy's correlate2d. Keras does the same for many kernels and channels at once.",
)


def _judge_unnoticed(answer):
    a = numbers(answer)
    if a.shape != (6, 6):
        return f"a 6×6 array is wanted, this has the shape {a.shape}."
    shifted = np.roll(a, 1, axis=1)
    if np.array_equal(shifted, a):
        return (
            "the map itself does not change when it is shifted: put something in that does, such as one bright value."
        )
    if not np.array_equal(pool(shifted), pool(a)):
        return "its pooled map changes. Which columns share a block? A bright value must stay inside its own."


unnoticed_shift = Question(
    hints=(
        "Blocks are columns 0 and 1, 2 and 3, 4 and 5. From where can one bright value step right without leaving its block?",
    ),
    answer=[[0] * 6, [0] * 6, [0, 0, 1, 0, 0, 0], [0] * 6, [0] * 6, [0] * 6],
    judge=_judge_unnoticed,
    because="A bright value in an even column stays in its block. In an odd column it would have left it: pooling forgives half of "
    "the shifts by 1 px, and which half depends on where the grid of blocks happens to lie.",
)
