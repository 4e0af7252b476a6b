"""The questions of notebook 01."""

import cv2
import numpy as np

from zirconkit.exercises.core import Question, choice, function, near, number
from zirconkit.segmentation.edits import apply_edits

turned_box = Question(
    hints=("How far does each side reach in the horizontal direction? cos 45° = sin 45° = 0.707.",),
    answer=95.5,
    judge=near(
        (100 + 35) / np.sqrt(2),
        {
            100 / np.sqrt(2): "that is the long side alone; the short side, at 45° too, adds its own projection.",
            np.hypot(
                100, 35
            ): "that is the rectangle's diagonal: the box would be that wide only if the diagonal lay level.",
        },
        "you have {value}. Project both sides on the horizontal and add: 100·cos 45° + 35·sin 45°.",
        tolerance=0.006,
    ),
    because="(100 + 35)·0.707 = 95.5 px, over 90: dropped, as it is when it lies straight (35 px high). In between it is high "
    "enough but even wider: this crystal is never kept, however it fell.",
)


def iou(a, b):
    union = np.logical_or(a, b).sum()
    return np.logical_and(a, b).sum() / union if union else 0.0


def _judge_iou(answer):
    student = function(answer)
    rng = np.random.default_rng(0)
    a, b = rng.random((2, 20, 30)) < 0.4
    value, wanted = number(student(a.copy(), b.copy())), iou(a, b)
    if abs(value - 2 * (a & b).sum() / (a.sum() + b.sum())) < 1e-9:
        return "that is the Dice score, 2·|A and B| / (|A| + |B|); IoU divides by the pixels of either, counted once."
    if abs(value - (a & b).sum() / (a.sum() + b.sum())) < 1e-9:
        return "you divide by the two areas added up, which counts the shared pixels twice."
    if abs(value - wanted) > 1e-9:
        return f"for two random masks it should be {wanted:.4f}, yours is {value:.4f}."
    empty = np.zeros_like(a)
    if number(student(a.copy(), empty.copy())) != 0:
        return "a mask and an empty one share nothing: 0 is wanted."
    with np.errstate(all="ignore"):
        nothing = number(student(empty.copy(), empty.copy()))
    if np.isinf(nothing):
        return "two empty masks give infinity: decide what should come out (0, 1 or nan) before you divide."


write_iou = Question(
    hints=("np.logical_and(a, b).sum() counts shared pixels; which function counts the pixels of either?",),
    answer=iou,
    judge=_judge_iou,
    because="1 px of shift costs a small grain 0.1 of IoU: that is why the truth's own accuracy limits any score. For two empty "
    "masks 0, 1 and nan can each be defended; division by zero cannot.",
)

which_mistake = Question(
    hints=("What would a network trained on A know about long grains? And would a test on A's grains notice?",),
    answer="b",
    judge=choice(
        "b",
        {
            "a": "what it keeps are grains, but are they grains like the rest?",
            "c": "one wrong grain in ten can be seen and taken out by hand; grains that were never kept cannot be looked at.",
            "d": "it does when the missed ones differ from the found ones: the training set is then a biased sample.",
        },
    ),
    because="Selection bias is invisible from inside: the test grains were selected in the same way. Only a look at what was "
    "left out shows it.",
)

TWINS = np.zeros((50, 70), np.int32)
cv2.circle(TWINS, (20, 25), 15, 1, cv2.FILLED)
cv2.circle(TWINS, (46, 25), 12, 1, cv2.FILLED)
TWINS.flags.writeable = False


def _judge_twins(answer):
    if not isinstance(answer, list):
        return f'an edit list is wanted, [{{"do": "cut", "line": [[row, column], [row, column]]}}]; this is {type(answer).__name__}.'
    try:
        parted = apply_edits(TWINS, answer)
    except ValueError as error:  # it says which edit, and why
        return f"{error}."
    if parted.max() != 2:
        return f"after your edits there are {parted.max()} grains, two are wanted. Does the line reach from resin to resin?"
    small, large = sorted(np.bincount(parted.ravel())[1:])
    if small + large != (TWINS > 0).sum():
        return "parts of the grains were lost or added: one cut is all it takes."
    if not 0.3 < small / (small + large) < 0.45:
        return f"the smaller grain has {small / (small + large):.0%} of the area; cut nearer to the neck, around column 34."


part_the_twins = Question(
    hints=(
        "Rows go down, columns go right. A cut is a line across the neck: its ends have the same column and lie in the black.",
    ),
    answer=[{"do": "cut", "line": [[5, 34], [45, 34]]}],
    judge=_judge_twins,
    because="The line runs across the neck, its ends outside the grain. Saved as JSON beside the image it can be replayed "
    "whenever the segmentation is run again.",
)
