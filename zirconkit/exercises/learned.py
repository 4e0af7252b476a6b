"""The questions of notebook 11."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import ndimage

from zirconkit.exercises.core import Question, Unusable, function, number
from zirconkit.exercises.predictions import Prediction, between, one_of

__all__ = [
    "Drawn", "boundary_f1", "boundary_score", "drawn", "drawn_outline", "f1_of", "grain_f1", "grey_ground", "no_skips",
    "one_pixel", "overlap", "plagioclase", "real_rocks",
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

_WITHOUT_SKIPS = {
    "a": "Dim grains shrink, but stay: how bright a grain is against its surroundings is still there, further down",
    "b": "It sees as far as before: the poolings are the same, and the diagram's numbers with them",
    "c": "That is what the maps show, once there was time to learn",
    "d": "Resin stays even: what it draws is enlarged from a coarse map, which has no room for the noise of single pixels",
}


def _reveal_no_skips(guess, inside):
    """`guess`: a letter; `inside`: IoU of *inside* with skip connections, and without."""
    with_, without = inside
    return f"You said {guess}. {_WITHOUT_SKIPS[guess]}. IoU of *inside*: {with_:.2f} with skip connections, {without:.2f} without."


no_skips = Prediction(one_of(*_WITHOUT_SKIPS), _reveal_no_skips)


def _reveal_real_rocks(guess, accuracies):
    """`guess`: an accuracy; `accuracies`: that of the network on real rocks, and that of naming no grain there."""
    real, nothing = accuracies
    near = "close" if abs(guess - real) < 0.05 else "too high" if guess > real else "too low"
    return f"You said {guess:.2f}. On real rocks it is {real:.2f} ({near}); to name no grain at all has {nothing:.2f}."


real_rocks = Prediction(between(0, 1), _reveal_real_rocks)


def _reveal_plagioclase(guess, grains):
    """`guess`: a share; `grains`: how many of plagioclase are named so, and how many there are."""
    right, there = grains
    share = right / there
    near = "close" if abs(guess - share) < 0.05 else "too high" if guess > share else "too low"
    return f"You said {guess:.2f}. Of {there} grains of plagioclase {right} are named so, {share:.2f} ({near})."


plagioclase = Prediction(between(0, 1), _reveal_plagioclase)

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
        "In a row with the grey levels 5 6 30 60 95 92 40 6 the plateau is about 95. At its first glow the grain runs over columns 2 to "
        "6, half-way up over 3 to 5, fully bright over 4 and 5. Which rule gives the higher IoU in rows 8 to 12?",
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

# ---------------------------------------------------------------- F1 from a table of IoU


def f1_of(iou, least):
    """F1 from the IoU of each drawn outline (rows) with each true grain (columns); a match has at least `least`."""
    matched = np.sum(iou >= least)
    return 2 * matched / sum(iou.shape)


TABLE = np.array(
    [[0.9, 0.0, 0.0, 0.0, 0.0], [0.0, 0.75, 0.1, 0.0, 0.0], [0.0, 0.0, 0.6, 0.0, 0.2], [0.0, 0.3, 0.0, 0.0, 0.0]]
)


def _judge_f1(answer):
    student = function(answer)
    value = number(student(TABLE.copy(), 0.5))
    known = {
        3 / 4: "that is precision, the share of the *drawn* outlines that match: grains that are lost cost nothing.",
        3 / 5: "that is recall, the share of the *true* grains that match: outlines too many cost nothing.",
        3 / 9: "that is half of it: each match is one drawn outline and one true grain, so it counts twice.",
        3
        / 6: "that is matched over what is in either list, an IoU of lists. F1 divides twice the matched by drawn + true.",
        3 / 20: "that divides by all pairs of an outline and a grain; drawn + true are 4 + 5 here, not 4 × 5.",
    }
    for wrong, why in known.items():
        if np.isclose(value, wrong):
            return why
    if not np.isclose(value, 6 / 9):
        return f"of 4 drawn and 5 true, 3 match at 0.5: F1 is 6/9 = 0.667; yours gives {value:.3f}."
    strict = number(student(TABLE.copy(), 0.75))
    if np.isclose(strict, 2 / 9):
        return "right at 0.5; at 0.75 an IoU of exactly 0.75 is a match, too: at *least* 0.75."
    if not np.isclose(strict, 4 / 9):
        return f"right at 0.5; at 0.75 two of the three matches are left, F1 is 4/9 = 0.444; yours gives {strict:.3f}."
    none = number(student(np.zeros((2, 3)), 0.5))
    return None if np.isclose(none, 0) else f"where nothing matches F1 is 0; yours gives {none:.3f}."


grain_f1 = Question(
    hints=(
        "How many drawn outlines are there, how many true grains, and how many pairs reach the threshold? Three counts are all.",
        "Two drawn, three true, one match: F1 is 2 × 1 / (2 + 3) = 0.4. A table of two rows and three columns has "
        "`iou.shape == (2, 3)`.",
        "Read again how section 1 defines F1. `np.sum(iou >= 0.5)` counts the entries of a table that are at least 0.5.",
    ),
    answer=f1_of,
    judge=_judge_f1,
    because="One true grain has one match at most from IoU 0.5 on, so counting entries counts pairs. Every outline too many and every "
    "lost grain makes the lower line larger.",
    filled=("def my_f1(iou, least):\n    return 2 * np.sum(iou >= least) / sum(iou.shape)",),
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
