"""The questions of notebook 11."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import ndimage

from zirconkit.exercises.core import Question, Unusable, choice, function, number
from zirconkit.exercises.predictions import Prediction, between

__all__ = [
    "Drawn", "boundary_f1", "boundary_score", "drawn", "drawn_outline", "grey_ground", "one_pixel", "overlap", "skips",
]  # fmt: skip

# ---------------------------------------------------------------- predictions


def _reveal_one_pixel(guess, result):
    """`guess`: an IoU; `result`: that of the outline one pixel out, and one pixel in."""
    out, within = result
    near = "close" if abs(guess - out) < 0.04 else "too high" if guess > out else "too low"
    return (
        f"You said {guess:.2f}. One pixel too far out, IoU is {out:.2f} ({near}); one pixel too far in, {within:.2f}."
    )


one_pixel = Prediction(between(0, 1), _reveal_one_pixel)


def _reveal_grey_ground(guess, f1):
    """`guess`, `f1`: F1 of the watershed on the grey ground, as guessed and as measured."""
    near = "close" if abs(guess - f1) < 0.05 else "too high" if guess > f1 else "too low"
    return f"You said {guess:.2f}. On the grey ground the watershed has F1 {f1:.2f} ({near})."


grey_ground = Prediction(between(0, 1), _reveal_grey_ground)

# ---------------------------------------------------------------- one's own outline

GOOD = 0.85  # IoU of an outline drawn by hand; half a pixel off all around has less


@dataclass(frozen=True)
class Drawn:
    """A drawn mask and the true one: bool, shape (height, width)."""

    mask: Any
    truth: Any


def drawn_outline(mask, truth):
    """What was drawn beside the truth; `...` stays `...`."""
    return ... if mask is ... else Drawn(mask, truth)


def iou(found, truth):
    shared = np.sum(found & truth)
    either = np.sum(found | truth)
    return shared / either


def traced(truth):
    return truth.copy()


def _judge_drawn(answer):
    if callable(answer):
        truth = np.hypot(*np.mgrid[-8:9, -8:9]) < 6
        answer = Drawn(function(answer)(truth), truth)
    if (
        not isinstance(answer, Drawn)
        or not isinstance(answer.mask, np.ndarray)
        or answer.mask.shape != answer.truth.shape
    ):
        return "a mask as large as the patch is wanted: drawn_outline(desk.mask(), truth)."
    mask = np.asarray(answer.mask, bool)
    if not mask.any():
        return "no pixel is inside your outline: give each row its first and its last column."
    found = iou(mask, answer.truth)
    if found >= GOOD:
        return None
    extra, lost = np.sum(mask & ~answer.truth), np.sum(answer.truth & ~mask)
    side = "too wide" if extra > lost else "too narrow"
    return (
        f"IoU is {found:.2f}, {GOOD} is wanted. {extra} pixels of resin are inside your outline and {lost} pixels of the grain "
        f"outside: it is {side}."
    )


drawn = Question(
    hints=(
        "Begin with the middle row: where does the grey jump on the left, where on the right?",
        "In a row with the grey levels 5 6 30 90 95 88 40 6 the plateau is about 90. Half of it is 45, so the grain runs from the "
        "level 90 to the level 88: columns 3 to 5. The 30 and the 40 are glow.",
        "Read again the line under the picture: it says how many rows are empty. A row's first and last column both count as grain.",
    ),
    answer=traced,
    judge=_judge_drawn,
    because="Half of the grey of the rim is where the grain ends: outside that, the pixels glow, because light spreads by a pixel or two. "
    "A few pixels decide here: the grain is small.",
    filled=("my_outline = truth.copy()  # the true one; yours need not be as good",),
)

# ---------------------------------------------------------------- intersection over union


def _judge_overlap(answer):
    student = function(answer)
    found, truth = np.zeros((6, 8), bool), np.zeros((6, 8), bool)
    found[1:4, 1:5], truth[2:6, 3:8] = True, True  # 12, 20, and 4 that they share
    value = number(student(found.copy(), truth.copy()))
    known = {
        4
        / 12: "that is the share of what was *found* that is true. Resin cut off would cost nothing: divide by what either holds.",
        4
        / 20: "that is the share of the *truth* that was found. An outline round the whole patch would have 1: divide by what either holds.",
        8
        / 32: "that is the Dice coefficient, twice the shared over the sum. IoU divides what both hold by what either holds.",
        24 / 48: "that is accuracy: it counts the resin that both leave out, too.",
        4 / 32: "the shared pixels were counted twice below the line: what either holds is 28 here, not 12 + 20.",
    }
    for wrong, why in known.items():
        if np.isclose(value, wrong):
            return why
    if not np.isclose(value, 4 / 28):
        return f"masks of 12 and 20 pixels that share 4 have IoU 4/28 = 0.143; yours gives {value:.3f}."
    same = number(student(truth.copy(), truth.copy()))
    return None if np.isclose(same, 1) else f"a mask with itself has IoU 1; yours gives {same:.3f}."


overlap = Question(
    hints=(
        "Two counts: pixels that are in both masks, and pixels that are in at least one.",
        "Masks of 3 and 4 pixels that share 2: either holds 3 + 4 − 2 = 5, so IoU is 2/5. In NumPy `a & b` is both, `a | b` either.",
        "Read again the sentence that defines IoU; `np.sum(mask)` counts the pixels of a mask.",
    ),
    answer=iou,
    judge=_judge_overlap,
    because="Resin that both leave out is in neither count, so a large background cannot flatter it.",
    filled=("def my_iou(found, truth):\n    return np.sum(found & truth) / np.sum(found | truth)",),
)

# ---------------------------------------------------------------- skip connections

skips = Question(
    hints=(
        "Compare the two maps at the outline and in the middle of a grain: where do they differ?",
        "Pooling by 2 makes one number of four pixels. After three poolings one number stands for 64 pixels: which question can it "
        "still answer, *is there a grain*, or *where exactly does it end*?",
        "Read again, in `u_net`, what `Concatenate` joins, and where `same_size` comes from.",
    ),
    answer="c",
    judge=choice(
        "c",
        {
            "a": "without skips it finds bright grains as well: look at the middle of the map.",
            "b": "both have the same poolings and look equally far; what differs is what is handed over afterwards.",
            "d": "both may learn as long as they like; the numbers in the bottom still stand for 8 × 8 pixels each.",
        },
    ),
    because="Down in the U one number stands for 8 × 8 pixels: enough to know that there is a grain, too coarse to know where it ends. "
    "The skip connection hands over the maps from before the pooling.",
)

# ---------------------------------------------------------------- boundary F1


def boundary_f1(found, truth, tolerance=1):
    """How well the outermost pixels of two masks agree, from 0 to 1; neither may be empty.

    Parameters
    ----------
    found, truth : array of bool, of one shape
    tolerance : float
        px
    """
    edges = [mask & ~ndimage.binary_erosion(mask) for mask in (found, truth)]
    near = [ndimage.distance_transform_edt(~edge) <= tolerance for edge in edges]
    precision = near[1][edges[0]].mean()
    recall = near[0][edges[1]].mean()
    return 2 * precision * recall / max(precision + recall, 1e-9)


def _judge_boundary(answer):
    student = function(answer)
    truth = np.hypot(*np.mgrid[-20:21, -20:21]) < 12
    cases = {
        "the truth itself": truth,
        "an outline 1 px out": ndimage.binary_dilation(truth),
        "an outline 4 px out": np.hypot(*np.mgrid[-20:21, -20:21]) < 16,
        "half of the grain": truth & (np.arange(41) < 20),
    }
    for name, mask in cases.items():
        try:
            value = number(student(mask.copy(), truth.copy(), 1))
        except Unusable as unusable:
            return str(unusable)
        wanted = boundary_f1(mask, truth)
        if np.isclose(value, iou(mask, truth), atol=1e-6) and not np.isclose(value, wanted, atol=0.05):
            return (
                f"for {name} it gives {value:.2f}: that is IoU, of whole areas; here only the outermost pixels count."
            )
        if not np.isclose(np.nan_to_num(value), np.nan_to_num(wanted), atol=0.05):
            return f"for {name} it should give about {np.nan_to_num(wanted):.2f}, yours gives {value:.2f}."
    return None


boundary_score = Question(
    hints=(
        "Three steps: the outermost pixels of each mask; which of them lie within the tolerance of the other's; precision, recall and F1.",
        "Ten outermost pixels found, eight of them near a true one: precision 0.8. Twelve true ones, nine near a found one: recall "
        "0.75. F1 is 2 × 0.8 × 0.75 / 1.55 = 0.77.",
        "`mask & ~ndimage.binary_erosion(mask)` are the outermost pixels; `ndimage.distance_transform_edt(~edge)` says how far each "
        "pixel is from an edge.",
    ),
    answer=boundary_f1,
    judge=_judge_boundary,
    because="It asks about the outline alone, with the same tolerance for small and large grains; IoU forgives a large grain a wider error.",
    filled=(
        """\
from scipy import ndimage


def my_boundary_f1(found, truth, tolerance):
    edges = [mask & ~ndimage.binary_erosion(mask) for mask in (found, truth)]
    near = [ndimage.distance_transform_edt(~edge) <= tolerance for edge in edges]
    precision = near[1][edges[0]].mean()
    recall = near[0][edges[1]].mean()
    return 2 * precision * recall / max(precision + recall, 1e-9)""",
    ),
)
