"""The questions of notebook 03."""

import numpy as np

from zirconkit.convolution import TASKS, as_kernel, convolve, light, output_size, pool
from zirconkit.convolution.painting import COVERED
from zirconkit.exercises.core import Question, Unusable, choice, function, items, near, number, numbers
from zirconkit.exercises.predictions import Prediction, between, one_of
from zirconkit.exercises.variants import Varied

# ---------------------------------------------------------------- predictions

SIDES = ("left", "right", "top", "bottom", "all")


def _meet_side(guess, result):
    if guess == result:
        return f"You said {guess}, and so it is: {result}."
    return f"You said {guess}; it is the {result} side, where the grey levels rise as one goes to the right."


def _meet_machine(guess, result):
    best = max(result)
    reached = ", ".join(f"{share:.2f}" for share in result)
    said = (
        "more than you gave it" if best > guess + 0.05 else "less" if best < guess - 0.05 else "about what you gave it"
    )
    return f"You gave the machine {guess:.2f}; its starts reached {reached}. The best is {said}."


side = Prediction(one_of(*SIDES), _meet_side)
machine = Prediction(between(0, 1), _meet_machine)
costly = Prediction(
    between(0, 100),
    lambda guess, result: (
        f"You said {guess:g} % for the three convolutions; they have {result:.0f} % of all parameters."
    ),
)


# ---------------------------------------------------------------- kernels to paint


def _kernel(answer):
    """What a student painted, as an array; Unusable, with a sentence, if it is no kernel."""
    try:
        return as_kernel(answer)
    except ValueError as error:
        raise Unusable(f"{error}.") from None


def _too_little(kernel, found, task):
    """What to say of a kernel that lights up next to nothing; None of another."""
    if not kernel.any():
        return "all nine weights are 0, so nothing lights up."
    if found.covered >= COVERED:
        return None
    said = f"only {found.covered:.0%} of the {task} is lit, and a tenth is wanted"
    return f"{said}: the weights sum to {kernel.sum():g}, look whether they are too far below 0, or point elsewhere."


def _judge_flank(answer):
    kernel = _kernel(answer)
    task = "lower left flank"
    found = light(kernel, task)
    if found.share >= TASKS[task] and found.covered >= COVERED:
        return None
    share = f"{found.share:.2f} of the light is green, {TASKS[task]:.2f} are wanted"
    to_right = kernel[:, 2].sum() - kernel[:, 0].sum()
    to_top = kernel[0].sum() - kernel[2].sum()
    if kernel.any() and (to_right <= 0 or to_top <= 0):
        missing = "from left to right" if to_right <= 0 else "from bottom to top"
        return f"{share}. At a lower left flank the grey levels rise to the right and to the top; your weights do not rise {missing}."
    if too_little := _too_little(kernel, found, task):
        return too_little
    if kernel.sum() >= 0:
        return f"{share}. The direction is right, the rest is zoning inside. Your weights sum to {kernel.sum():g}: what sum turns bright ground dark?"
    return f"{share}. The direction and the sign of the sum are right: go on with both, in small steps."


lower_left = Question(
    hints=(
        "Two things in turn: first the direction, as you would turn the two columns of the first kernel. Then look at what still shines inside.",
        "A smaller case, for the top flank. [[-1, -1, -1], [0, 0, 0], [1, 1, 1]] lights it up, and much of the zoning. With −2 in place of each 0 the "
        "weights sum to −6: on ground of grey 100 they give −600, a ReLU makes 0 of it, and only a step out of the black is still strong enough.",
        "Read again what the sum of the weights does to even grey, and watch the sum beside the cells.",
    ),
    answer=[[-1, 2, 2], [-2, -1, 2], [-2, -2, -1]],
    judge=_judge_flank,
    because="Weights that rise to the upper right choose the direction; a sum below 0 keeps bright ground dark, so that a step out of the black "
    "shines and a step between two zones does not. In a layer the bias can do the same.",
)


def _judge_zoning(answer):
    kernel = _kernel(answer)
    task = "zoning"
    found = light(kernel, task)
    if found.share >= TASKS[task] and found.covered >= COVERED:
        return None
    share = f"{found.share:.2f} of the light is green, {TASKS[task]:.2f} are wanted"
    weight = abs(kernel).sum()
    if kernel.sum() > 0.1 * weight:
        return f"{share}. Your weights sum to {kernel.sum():g}, so they answer to brightness, which the grain without zoning has, too."
    if too_little := _too_little(kernel, found, task):
        return too_little
    slope = np.hypot(kernel[:, 2].sum() - kernel[:, 0].sum(), kernel[0].sum() - kernel[2].sum())
    if slope > 0.15 * weight:
        return f"{share}. Your weights rise to one side: they answer to a step, and the outline is the largest step. What does a thin line have that a step lacks?"
    return f"{share}. No side is preferred, which is right: now weigh the middle against what lies around it."


zoning = Question(
    hints=(
        "The outline is one step, from dark to bright. A zone is two steps close together: up and down again. Which weights see the second and not the first?",
        "A smaller case, in one row: on a step 0, 0, 9, 9 the weights −1, 0, 1 give 9 and 9; −1, 2, −1 give −9 and 9. On a line 0, 9, 0 the first give 0, "
        "the second 18: twice what they give on a step.",
        "Read again how the score is made: where the grain without zones lights up as well, the light counts as white.",
    ),
    answer=[[0, -1, 0], [-1, 4, -1], [0, -1, 0]],
    judge=_judge_zoning,
    because="Middle against surroundings, with a sum of 0: a kernel of this kind is called a Laplacian. It takes the difference of differences, so a line gives "
    "twice what a step of the same height gives.",
)


# ---------------------------------------------------------------- sizes and costs


WAY = "two whole numbers are wanted, in this order: (stride, padding)."


def _judge_way(answer):
    way = [number(part) for part in items(answer, WAY)]
    if len(way) != 2 or not all(part.is_integer() for part in way):
        return WAY
    stride, padding = map(int, way)
    if stride < 1 or padding < 0:
        return "a stride is at least 1 px, and a padding at least 0."
    if padding >= 5:
        return f"with {padding} zeros on either side a kernel of 5 px often sees nothing but zeros: stay below 5, and change the stride."
    found = output_size(90, 5, stride, padding)
    if found == 30:
        return None
    said = f"90 px become {found}: (90 + {2 * padding} − 5) / {stride}, rounded down, + 1"
    if stride == 3 and found == 29:
        return f"{said}. One too few: with which padding is there room for one more step?"
    if stride == 3:
        return f"{said}. Too many steps fit: take less padding."
    return f"{said}. A stride of s leaves about every s-th place: which s makes about 30 of 90?"


side_of_30 = Question(
    hints=(
        "Two things in turn: which stride leaves about a third of the places? Then look how many px are missing.",
        "A smaller case: of 32 px a kernel of 3 px is to make 16. A stride of 2 gives (32 − 3) / 2, rounded down, + 1 = 15. "
        "With one zero on either side it is (32 + 2 − 3) / 2, rounded down, + 1 = 16.",
        "Read again the formula for the side of the map: padding counts twice in it.",
    ),
    answer=(3, 1),
    judge=_judge_way,
    because="(90 + 2 − 5) / 3 = 29 steps, and the start: 30. Two zeros on either side do as well: 89 / 3 is rounded down to 29.",
)


def _larger_for(side):
    """The question of LeNet's parameters for images of a side in px, a multiple of 8."""
    values = (side // 8) ** 2 * 32  # of the last maps
    dense = (values + 1) * 32
    count, own = 5_580 + dense + 33, 22_029
    factor = count / own
    return Question(
        hints=(
            "Which layers know the size of the image? A convolution has the same weights for each place.",
            "A smaller case: 16 px are 2 px after three halvings, so the first dense layer takes 2 × 2 × 32 = 128 values to 32 neurones: (128 + 1) × 32 = 4,128 parameters; "
            "with 5,580 of the convolutions and 33 of the last neurone that is 9,741.",
            "Read again the function that counts LeNet's parameters: only one of its terms depends on the side of the last map.",
        ),
        answer=count,
        judge=near(
            count,
            {
                own: "the convolutions stay as they are, the dense layer does not: it has a weight for every value it is given.",
                round(
                    own * (side / 32) ** 2
                ): "not everything grows with the area: a convolution has the same weights for an image of any size.",
                dense: "that is the dense layer alone.",
                (512 * side // 32 + 1) * 32
                + 5_613: "the values in a map grow with the area of the image, not with its side.",
                count - 32: "the biases of the dense layer: one for each of its 32 neurones.",
            },
            f"you have {{value}}. The convolutions keep their 5,580; the dense layer takes {side // 8} × {side // 8} × 32 values to 32 neurones; the last neurone keeps its 33.",
        ),
        because=f"5,580 + ({side // 8}·{side // 8}·32 + 1)·32 + 33 = {count:,}, {factor:.1f} times 22,029: only the dense layer grows, and it is nearly all there is. Section 3.3 of the paper gives "
        "33,765 and 156,645 for 32 and 64 px: another variant, which it does not describe.",
    )


bigger_images = Varied(
    lambda side: (f"is to get images of {side} × {side} px.",),
    _larger_for,
    tuple({"side": side} for side in (64, 48, 72, 40)),  # each nearest to another factor of the guess
).own()


# ---------------------------------------------------------------- a convolution of one's own


def my_convolution(image, kernel):
    k, wide = kernel.shape
    height, width = image.shape[0] - k + 1, image.shape[1] - wide + 1
    feature_map = np.zeros((height, width))
    for row in range(height):
        for column in range(width):
            patch = image[row : row + k, column : column + wide]
            feature_map[row, column] = np.sum(patch * kernel)
    return feature_map


_SHAPES = {
    (9, 7): "so you padded, or kept the image's size; here the window stays inside",
    (5, 7): "so rows and columns are swapped",
    (6, 4): "so the last row and column are missing: there are n − k + 1 positions",
    (8, 6): "so there is one position too many: there are n − k + 1",
}


def _judge_convolution(answer):
    student = function(answer)
    image = np.random.default_rng(0).integers(0, 256, (9, 7), dtype=np.uint8)
    kernel = np.array([[1, 2, 0], [0, -1, 0], [0, 0, -3]])
    wanted = convolve(image, kernel)
    out = numbers(student(image.copy(), kernel.copy()))
    if out.shape != wanted.shape:
        size = "×".join(map(str, out.shape)) or "a single number"
        return (
            f"a 9×7 image and a 3×3 kernel give a 7×5 map, yours is {size}, {_SHAPES.get(out.shape, 'see n − k + 1')}."
        )
    if np.allclose(out, wanted):
        return None
    if np.allclose(out, convolve(image, kernel[::-1, ::-1])):
        return "your kernel is turned by 180°: that is a mathematician's convolution; networks do not flip."
    if np.allclose(out, convolve(image, kernel.T)):
        return "your kernel is transposed: its rows belong on the image's rows."
    if np.allclose(out, wanted.astype(int).astype(np.uint8)) or np.allclose(out, wanted.clip(0, 255)):
        return (
            "the sums do not fit into 0..255 and were cut or wrapped: make the map with np.zeros, which holds floats."
        )
    row, column = np.unravel_index(np.argmax(~np.isclose(out, wanted)), wanted.shape)
    return f"at row {row}, column {column} the sum should be {wanted[row, column]:g}, yours is {out[row, column]:g}."


write_it_yourself = Question(
    hints=(
        "Two loops over the positions; inside, the patch times the kernel, summed. First: how many rows and columns has the map?",
        "For an image of 4 × 5 and a kernel of 3 × 3: np.zeros((2, 3)) holds the map; at row 1, column 2 the patch is image[1:4, 2:5].",
        "Look again at the figure of one step: pixels there × kernel = products, and their sum.",
    ),
    answer=my_convolution,
    judge=_judge_convolution,
    because="It agrees with OpenCV's filter2D and SciPy's correlate2d. Keras does the same for many kernels and channels at once.",
)


half_turn = Question(
    hints=(
        "One of the two functions turns the kernel by 180° first. What must a kernel be like for that to change nothing?",
        "A smaller case: [[1, 2], [3, 4]] turned by 180° is [[4, 3], [2, 1]], another kernel; [[1, 2], [2, 1]] turned is [[1, 2], [2, 1]], itself.",
        "Read again the first lines of this section, and the comparison with the kernel turned, [::-1, ::-1]: rows and columns both run backwards.",
    ),
    answer="b",
    judge=choice(
        "b",
        {
            "a": "it is the same when left and right are swapped, but a turn by 180° swaps top and bottom as well: look at its first and its last row.",
            "c": "it is the same when rows and columns are swapped, which is a mirror along the diagonal: a turn by 180° takes its first weight, 1, to the place of its last, 0.",
        },
    ),
    because="Read from its last weight back to its first, b gives the same nine numbers, so turning it changes nothing. A mirror image, left and right or along "
    "the diagonal, is another thing than a turn.",
)


# ---------------------------------------------------------------- a shift that goes unnoticed


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
    return None


unnoticed_shift = Question(
    hints=(
        "One bright value in a map of zeros will do. From where can it step right without leaving its block?",
        "A smaller case: the row 0, 5, 0, 0 has the blocks 0, 5 and 0, 0, and pools to 5, 0. Shifted it is 0, 0, 5, 0 and pools to 0, 5: noticed.",
        "Read again how pooling lays its blocks: columns 0 and 1, 2 and 3, 4 and 5.",
    ),
    answer=[[0] * 6, [0] * 6, [0, 0, 1, 0, 0, 0], [0] * 6, [0] * 6, [0] * 6],
    judge=_judge_unnoticed,
    because="A bright value in an even column stays in its block. In an odd column it would have left it: pooling forgives half of "
    "the shifts by 1 px, and which half depends on where the grid of blocks happens to lie.",
)
