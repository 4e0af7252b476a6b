"""Notebook 11: outlines drawn by hand, its questions with right and wrong answers."""

import matplotlib.pyplot as plt
import numpy as np
import pytest
from scipy import ndimage

from zirconkit import plots, segmentation, widgets
from zirconkit.exercises import learned
from zirconkit.segmentation.network import contrasts

DISC = np.hypot(*np.mgrid[-12:13, -12:13]) < 9


def test_rows_become_a_mask_and_its_score_follows_the_sliders():
    mask = widgets.drawn_mask([(0, 0), (2, 4), (0, 3)], 6)
    assert mask.sum(axis=1).tolist() == [0, 3, 4] and mask[1, 2] and mask[1, 4] and not mask[1, 5]
    desk = widgets.OutlineDesk(np.uint8(100 * DISC), DISC)
    assert "IoU 0.00" in desk.said.value and "17 rows of the grain are empty" in desk.said.value
    assert "rows drawn" not in desk.said.value
    desk.rows[12].value = (4, 20)  # the grain's 17 columns
    assert "In the rows drawn: 1.00." in desk.said.value
    desk.rows[12].value = (3, 21)
    assert "In the rows drawn: 0.89." in desk.said.value and "16 rows of the grain are empty" in desk.said.value
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
    assert learned.grain_f1.verdict(learned.f1_of) is None


WRONG_F1 = {
    "precision": lambda iou, least: (iou >= least).sum() / iou.shape[0],
    "recall": lambda iou, least: (iou >= least).sum() / iou.shape[1],
    "half of it": lambda iou, least: (iou >= least).sum() / sum(iou.shape),
    "IoU of lists": lambda iou, least: (iou >= least).sum() / (sum(iou.shape) - (iou >= least).sum()),
    "all pairs": lambda iou, least: (iou >= least).mean(),
    "0.667": lambda iou, least: iou.max(axis=0).mean(),
    "*least* 0.75": lambda iou, least: 2 * (iou > least).sum() / sum(iou.shape),
    "4/9": lambda iou, least: 2 * (iou >= 0.5).sum() / sum(iou.shape),
    "nothing matches": lambda iou, least: learned.f1_of(iou, least) if (iou >= least).any() else 1,
}


@pytest.mark.parametrize("says", WRONG_F1)
def test_scores_that_are_no_f1_of_grains_are_named(says):
    assert says in learned.grain_f1.verdict(WRONG_F1[says])


@pytest.mark.parametrize(
    ("guess", "says"),
    [
        ("a", "further down"),
        ("B", "the poolings are the same"),
        ("c", "0.80 with"),
        ("d", "no room for the noise"),
        ("e", "Not kept"),
    ],
)
def test_a_guess_for_a_network_without_skips_is_met(guess, says, capsys):
    learned.no_skips.commit(guess)
    learned.no_skips.meet((0.8, 0.6))
    assert says in capsys.readouterr().out


def test_lost_grains_are_told_apart_by_what_outlines_hold():
    truth, drawn = np.zeros((40, 100), int), np.zeros((40, 100), int)
    for number, left in enumerate((2, 14, 30, 50, 80), 1):
        truth[10:20, left : left + 10] = number
    drawn[10:20, 2:24] = 1  # two in one
    drawn[4:26, 29:44] = 2  # much too wide
    drawn[10:20, 80:90] = 3  # right; the fourth has none
    why = segmentation.lost_grains(drawn, truth)
    together, none, unfit = segmentation.WHY_LOST
    assert why.to_dict() == {1: together, 2: together, 3: unfit, 4: none}
    assert (segmentation.lost_grains(0 * drawn, truth) == none).all()


def test_a_u_is_as_deep_as_it_has_widths_and_says_how_far_it_sees():
    fig = plots.u_shape(64, (8, 16, 32))
    words = " ".join(text.get_text() for text in fig.axes[0].texts)
    assert all(f"{side} × {side}, {maps} maps" in words for side, maps in ((64, 8), (32, 16), (16, 32)))
    assert all(f"sees {seen} × {seen} px" in words for seen in (5, 14, 32)) and words.count("maps") == 5
    plt.close("all")


def test_a_cloud_lies_in_the_triangle_where_its_parts_say():
    fig = plots.qfl_triangle({"rock": np.array([[100, 0, 0]])}, clouds={"again": np.array([[0, 100, 0], [50, 50, 0]])})
    dots = next(line for line in fig.axes[0].lines if line.get_label() == "again")
    np.testing.assert_allclose(dots.get_xydata(), [[0, 0], [0.25, np.sqrt(3) / 4]])
    plt.close("all")


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


@pytest.mark.parametrize(("guess", "says"), [(0.36, "(close)"), (0.9, "too high"), (0.1, "too low"), (34, "Not kept")])
def test_a_guess_for_real_rocks_is_met(guess, says, capsys):
    learned.real_rocks.commit(guess)
    learned.real_rocks.meet((0.34, 0.3))
    said = capsys.readouterr().out
    assert says in said and ("no grain at all has 0.30" in said) == (guess <= 1)


@pytest.mark.parametrize(("guess", "says"), [(0.2, "(close)"), (0.8, "too high"), (0.0, "too low"), (10, "Not kept")])
def test_a_guess_for_plagioclase_is_met(guess, says, capsys):
    learned.plagioclase.commit(guess)
    learned.plagioclase.meet((10, 43))
    said = capsys.readouterr().out
    assert says in said and ("Of 43 grains of plagioclase 10 are named so, 0.23" in said) == (guess <= 1)


def test_of_two_that_are_joined_the_first_is_a_ring_and_the_second_fits_in_it():
    rocks = {"true": np.array([[60, 20, 20]]), "named": np.array([[50, 30, 20]])}
    ring, dot = plots.qfl_triangle(rocks, joined=("true", "named")).axes[0].collections
    assert len(ring.get_facecolors()) == 0 and len(dot.get_facecolors()) == 1 and ring.get_sizes() > 2 * dot.get_sizes()
    plt.close("all")


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
