"""Notebook 11: outlines drawn by hand, its questions with right and wrong answers."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from scipy import ndimage

from zirconkit import plots, widgets
from zirconkit.exercises import learned
from zirconkit.segmentation.network import contrasts

DISC = np.hypot(*np.mgrid[-12:13, -12:13]) < 9


def test_rows_become_a_mask_and_its_score_follows_the_sliders():
    mask = widgets.drawn_mask([(0, 0), (2, 4), (0, 3)], 6)
    assert mask.sum(axis=1).tolist() == [0, 3, 4] and mask[1, 2] and mask[1, 4] and not mask[1, 5]
    desk = widgets.OutlineDesk(np.uint8(100 * DISC), DISC)
    assert "IoU 0.00" in desk.said.value and "17 rows of the grain are empty" in desk.said.value
    before = desk.picture.value
    for row, inside in zip(desk.rows, DISC):
        columns = np.flatnonzero(inside)
        row.value = (columns[0], columns[-1]) if len(columns) else (0, 0)
    np.testing.assert_array_equal(desk.mask(), DISC)
    assert "IoU 1.00" in desk.said.value and "empty" not in desk.said.value and desk.picture.value != before


@pytest.mark.parametrize(
    ("mask", "says"),
    [
        (ndimage.binary_dilation(DISC, iterations=2), "too wide"),
        (ndimage.binary_erosion(DISC, iterations=2), "too narrow"),
        (np.zeros_like(DISC), "no pixel is inside"),
        (DISC[:5], "as large as the patch"),
    ],
)
def test_an_outline_that_is_off_is_told_on_which_side(mask, says):
    assert says in learned.drawn.verdict(learned.drawn_outline(mask, DISC))


def test_a_good_outline_is_right_and_none_is_not_attempted():
    assert learned.drawn.verdict(learned.drawn_outline(DISC, DISC)) is None
    assert learned.drawn_outline(..., DISC) is ...
    assert learned.drawn.verdict(learned.traced) is None


WRONG_IOU = {
    "what was *found*": lambda a, b: (a & b).sum() / a.sum(),
    "of the *truth*": lambda a, b: (a & b).sum() / b.sum(),
    "Dice": lambda a, b: 2 * (a & b).sum() / (a.sum() + b.sum()),
    "accuracy": lambda a, b: (a == b).mean(),
    "counted twice": lambda a, b: (a & b).sum() / (a.sum() + b.sum()),
    "4/28": lambda a, b: 0.6,
}


@pytest.mark.parametrize("says", WRONG_IOU)
def test_scores_that_are_no_iou_are_named(says):
    assert says in learned.overlap.verdict(WRONG_IOU[says])


def test_right_answers_are_right():
    assert learned.overlap.verdict(learned.iou) is None
    assert learned.boundary_score.verdict(learned.boundary_f1) is None
    assert learned.skips.verdict("C") is None
    assert all(learned.skips.verdict(letter) for letter in "abd")


@pytest.mark.parametrize(
    "wrong",
    [
        lambda found, truth, tolerance: learned.iou(found, truth),
        lambda found, truth, tolerance: learned.boundary_f1(found, truth, 0),
        lambda found, truth, tolerance: 1.0,
        lambda found, truth, tolerance: None,
    ],
)
def test_scores_that_are_no_boundary_f1_are_not_right(wrong):
    assert learned.boundary_score.verdict(wrong)


def test_a_guess_of_one_pixel_is_met(capsys):
    learned.one_pixel.commit(0.95)
    learned.one_pixel.meet((0.75, 0.7))
    assert "too high" in capsys.readouterr().out
    learned.one_pixel.commit(1.2)
    assert "Not kept" in capsys.readouterr().out


@pytest.mark.parametrize(("guess", "says"), [(0.8, "(close)"), (0.95, "too high"), (0.3, "too low"), (87, "Not kept")])
def test_a_guess_for_the_grey_ground_is_met(guess, says, capsys):
    learned.grey_ground.commit(guess)
    learned.grey_ground.meet(0.77)
    assert says in capsys.readouterr().out


def test_pictures_wider_than_tall_leave_no_empty_band():
    low, square = (plots.gallery([np.zeros((rows, 60))] * 4, columns=2, width=6) for rows in (30, 60))
    assert low.get_figheight() == pytest.approx(0.52 * 6) and square.get_figheight() == pytest.approx(1.02 * 6)
    plt.close("all")


def test_contrast_is_against_the_ground_around_each_grain():
    image, labels = np.full((60, 120), 50, np.uint8), np.zeros((60, 120), int)
    image[:, 60:] = 90
    for number, left in ((1, 20), (2, 85)):
        labels[20:40, left : left + 20] = number
    image[labels == 1], image[labels == 2] = 80, 95
    np.testing.assert_allclose(contrasts(image, labels), [np.inf, 30, 5])
