"""The bench on which kernels are painted, its two tasks, and what notebook 03 says of them and of LeNet's kernels."""

import ast
import re
import time
from pathlib import Path

import cv2
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest
from scipy.signal import convolve2d, correlate2d

from zirconkit import evaluation, plots, samples, widgets
from zirconkit.convolution import (
    KERNELS,
    TASKS,
    as_kernel,
    bench,
    convolve,
    light,
    lights,
    output_size,
    random_shares,
    unseen,
)
from zirconkit.exercises import convolution as ex

EDGE = KERNELS["vertical edge"]
RIGHT = {
    "lower left flank": (
        [[-1, 2, 2], [-2, -1, 2], [-2, -2, -1]],
        [[0, 1, 1], [-2, 0, 1], [-2, -2, 0]],
        [[0, 1, 1], [-1, -1, 1], [-1, -1, 0]],
    ),
    "zoning": (
        KERNELS["Laplacian"],
        [[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]],
        [-1, 2, -1] * 3,
    ),
}
WRONG = {
    "lower left flank": {
        "rise from bottom to top": EDGE,
        "rise from left to right": KERNELS["horizontal edge"],
        "what sum turns bright ground dark": [[0, 1, 1], [-1, 0, 1], [-1, -1, 0]],
        "the weights sum to -25": [[-4, 0, 2], [-5, -4, 0], [-5, -5, -4]],
        "in small steps": [[0, 1, 1], [-1, -0.2, 1], [-1, -1, 0]],
        "all nine weights are 0": np.zeros((3, 3)),
    },
    "zoning": {
        "answer to brightness": KERNELS["blur"],
        "answer to a step": EDGE,
        "rise to one side": [[0, 0, 0], [-1, 1, 0], [0, 0, 0]],
        "only 0% of the zoning": [[0, 0, 0], [0, -1, 0], [0, 0, 0]],
        "weigh the middle": [[-1, 1, -1], [1, 0.5, 1], [-1, 1, -1]],
        "all nine weights are 0": np.zeros((3, 3)),
    },
}
CHECKS = {"lower left flank": ex.lower_left, "zoning": ex.zoning}
each_task = pytest.mark.parametrize("task", TASKS)


def test_a_twin_has_the_same_outline_and_no_zones():
    for grown in bench():
        ground = grown.twin < 20  # outside, and the glow has faded
        assert np.array_equal(grown.image[ground], grown.twin[ground]) and not (ground & grown.inside).any()
        assert grown.twin[grown.inside].std() < 6 and grown.image[grown.inside].std() > 12


def test_the_flank_lies_on_the_outline_at_the_lower_left():
    for grown in bench():
        middle = np.argwhere(grown.inside).mean(axis=0)
        down, right = np.argwhere(grown.flank).mean(axis=0) - middle
        assert down > 5 and right < -5 and not (grown.flank & grown.inside).any()


def test_light_is_the_positive_part_of_a_convolution_and_has_no_scale():
    image = bench()[0].image
    wanted = np.maximum(convolve(image, EDGE), 0) / 6
    assert np.allclose(lights(image, EDGE)[1:-1, 1:-1], wanted, atol=1e-3)
    for task in TASKS:
        assert light(EDGE, task) == pytest.approx(light(5 * EDGE, task), abs=1e-4)
    assert light(np.zeros((3, 3)), "zoning") == (0, 0)


def test_brightness_is_no_zoning_and_a_top_flank_no_lower_left_one():
    assert light(KERNELS["blur"], "zoning").share < 0.2
    assert light(-KERNELS["horizontal edge"], "lower left flank").share > 5 * light(-EDGE, "lower left flank").share


@each_task
def test_the_bar_lies_above_every_rival_and_can_be_reached(task):
    best, chance = widgets.rivals(task)
    assert max(best, chance) < TASKS[task] - 0.1
    assert (random_shares(task) >= TASKS[task]).mean() < 0.02
    for kernel in RIGHT[task]:
        assert CHECKS[task].verdict(kernel) is None


def test_unseen_grains_are_others_and_harder_to_please():
    assert not {grown.image.tobytes() for grown in unseen()} & {grown.image.tobytes() for grown in bench()}
    for task, kernels in RIGHT.items():
        for kernel in map(as_kernel, kernels):
            there = light(kernel, task, unseen())
            assert TASKS[task] - 0.1 < there.share < light(kernel, task).share + 0.02 and there.covered > 0.1


@each_task
def test_wrong_kernels_are_told_why(task):
    for said, kernel in WRONG[task].items():
        assert re.search(said, CHECKS[task].verdict(kernel) or ""), (said, CHECKS[task].verdict(kernel))
    for other, kernels in RIGHT.items():
        if other != task:
            assert all(CHECKS[task].verdict(kernel) for kernel in kernels)


@pytest.mark.parametrize("bad", [[["a", 1, 2]] * 3, [[1, 2], [3]], "12345678", 3, None, [[np.nan] * 3] * 3, print])
def test_what_is_no_kernel_gives_one_sentence(bad):
    with pytest.raises(ValueError, match=r"numbers|finite") as error:
        as_kernel(bad)
    said = ex.zoning.verdict(bad)
    assert said == f"{error.value}." and said.count(". ") == 0


def test_a_way_to_30_px_is_judged_by_the_formula():
    for said, wrong in {
        "One too few": (3, 0),
        "Too many": (3, 3),
        "90 px become 43": (2, 0),
        "which s makes about 30": (4, 1),
        "nothing but zeros": (4, 16),
        "at least 1": (0, 1),
        "two whole numbers": (3, 1.5),
    }.items():
        assert said in ex.side_of_30.verdict(wrong), said
    assert "in this order" in ex.side_of_30.verdict(3) and "in this order" in ex.side_of_30.verdict((3, 1, 0))
    for right in ((3, 1), [3, 2], np.array([3, 1])):
        assert ex.side_of_30.verdict(right) is None
        assert output_size(90, 5, *map(int, right)) == 30


def test_two_libraries_agree_for_one_of_the_three_kernels_alone():
    (path,) = (Path(__file__).parents[1] / "notebooks/scripts").glob("03_*.py")
    options = dict(re.findall(r"^# - \*\*(\w)\*\* `(\[\[.*\]\])`$", path.read_text(), re.MULTILINE))
    assert [*options] == ["a", "b", "c"]
    image = bench()[0].image.astype(float)
    for letter, said in {"a": "left and right", "b": None, "c": "diagonal"}.items():
        kernel = np.array(ast.literal_eval(options[letter]))
        agree = np.allclose(convolve2d(image, kernel, "valid"), correlate2d(image, kernel, "valid"))
        assert agree == (said is None)
        assert agree == (ex.half_turn.verdict(letter) is None) and (agree or said in ex.half_turn.verdict(letter))
    assert "one letter" in ex.half_turn.verdict("d") and "one letter" in ex.half_turn.verdict(2)


def test_the_example_of_the_rules_is_what_right_minus_left_gets():
    assert light(EDGE, "lower left flank") == pytest.approx((0.27, 0.64), abs=0.005)


def test_guesses_of_notebook_03_are_met(capsys):
    for prediction, guess, result, said in (
        (ex.side, "Right", "left", "You said right; it is the left side"),
        (ex.side, "left", "left", "and so it is"),
        (ex.machine, 0.5, [0.99, 0.0], "reached 0.99, 0.00. The best is more than"),
        (ex.costly, 80, 25.3, "You said 80 % for the three convolutions; they have 25 %"),
    ):
        prediction.commit(guess)
        prediction.meet(result)
        assert said in capsys.readouterr().out
        prediction.commit(...)


# ---------------------------------------------------------------- the widget and the figures


def test_a_cell_changes_the_picture_and_the_number():
    paint = widgets.KernelPainter(EDGE)
    picture, said = bytes(paint.picture.value), paint.said.value
    assert "<b>0.27</b>" in said and "sum to 0" in said and picture.startswith(b"\x89PNG")
    paint.cells[4].value = -2
    assert bytes(paint.picture.value) != picture and paint.said.value != said and "sum to -2" in paint.said.value
    assert paint.kernel() == [[-1, 0, 1], [-1, -2, 1], [-1, 0, 1]]
    paint.task.value = "zoning"
    assert "wanted 0.78" in paint.said.value
    start = time.process_time()
    for weight in range(5):
        paint.cells[0].value = weight
    assert time.process_time() - start < 5 * 0.2


def test_green_falls_into_the_target_and_white_elsewhere():
    picture = plots.painted(EDGE, "lower left flank")
    height, width = bench()[0].image.shape
    assert picture.shape == (2 * 3 * height, 4 * 3 * width, 3)
    below = picture[3 * height :: 3, : 3 * width : 3]
    green = below[..., 1] > below[..., 0].astype(int) + 10
    white = (below[..., 0] == below[..., 1]) & (below[..., 0] > 10)
    flank = bench()[0].flank
    assert green[flank].sum() > 30 and not green[~flank].any() and white[~flank].sum() > 30
    assert not white[flank].any()
    above = picture[: 3 * height]
    framed = above[..., 1] > above[..., 0].astype(int) + 100
    far = cv2.dilate(np.hstack([grown.flank for grown in bench()]).astype(np.uint8), np.ones((5, 5))) == 0
    assert framed.sum() > 1000 and not framed[::3, ::3][far].any()


def test_the_zoning_is_painted_over_the_twins():
    height, width = bench()[0].image.shape
    picture = plots.painted(EDGE, "zoning")[::3, ::3]
    assert picture.shape == (3 * height, 4 * width, 3)
    assert np.array_equal(picture[height : 2 * height, :width, 0], bench()[0].twin)
    assert not plots.painted(np.zeros((3, 3)), "zoning")[6 * height :].any()


def test_kernels_are_drawn_with_their_maps():
    fig = plots.kernels_and_maps(KERNELS, bench()[0].image)
    assert len(fig.axes) == 10 and [text.get_text() for text in fig.axes[2].texts] == ["1/9"] * 9
    after = np.random.default_rng(0).normal(size=(6, 3, 3))
    mine = {"mine": (RIGHT["zoning"][2], "zoning")}
    fig = plots.before_and_after(mine, np.zeros((6, 3, 3)), after, np.eye(20))
    grid = np.reshape(fig.axes[:24], (3, 8))
    for ax, kernel in zip(grid[2, 2:], after):
        assert np.allclose(ax.images[0].get_array(), convolve(np.eye(20), kernel))
    assert len({ax.images[0].get_clim() for ax in grid[2, 2:]}) == 1  # one scale
    light_of_mine = grid[2, 0].images[0].get_array()
    assert light_of_mine.shape == (*bench()[0].image.shape, 3) and light_of_mine[..., 1].max() > 200
    assert not grid[1, 0].texts and len(grid[1, 2].texts) == 9
    plt.close("all")


# ---------------------------------------------------------------- what notebook 03 says


@pytest.fixture(scope="module")
def learned():
    table = pd.read_csv(samples.DATA / "results/learned_kernels.csv")
    assert len(table) == 10 * 2 * 6 and set(table["epoch"]) == {0, 200}
    return table


def kernels(table):
    names = [f"w{row}{column}" for row in range(3) for column in range(3)]
    return [table.loc[table["epoch"] == epoch, names].to_numpy() for epoch in (0, 200)]


def test_the_machine_climbs_where_the_notebook_says_so():
    (path,) = (Path(__file__).parents[1] / "notebooks").glob("03_*.ipynb")
    shown = str(nbformat.read(path, as_version=4))
    rows = [f"{task}{what}" for task in ("flank", "zoning") for what in ("", ", unseen", ", lit")]
    numbers = [
        [float(n) for n in re.search(rf"\n *{row} +((?:\d\.\d+ *)+)", shown.replace("\\n", "\n"))[1].split()]
        for row in rows
    ]
    table = dict(zip(rows, np.array(numbers)))  # four starts, the well-known kernel, the solution
    assert (table["flank"][:3] > 0.9).all() and (table["flank, lit"][:3] < 0.14).all() and table["flank"][3] == 0
    assert (
        table["flank, lit"][5] > 0.3
        and (table["flank, unseen"][[0, 1, 2, 5]] < table["flank"][[0, 1, 2, 5]] - 0.03).all()
    )
    assert table["flank, unseen"][4] == table["flank"][4]
    alive = table["zoning"] > 0
    assert (table["zoning, unseen"] < table["zoning"] - 0.05)[alive].all() and alive.sum() == 5
    assert table["zoning"][4] < table["zoning"][:4].max() < table["zoning"][5]
    assert light(-KERNELS["Laplacian"], "zoning").share == pytest.approx(0.86, abs=0.005)


def test_the_first_layer_of_lenet_keeps_its_pattern_and_can_be_done_without(learned):
    before, after = kernels(learned)
    alike = [np.corrcoef(pair)[0, 1] for pair in zip(before, after)]
    assert np.median(alike) == pytest.approx(0.97, abs=0.01)
    sums = kernels(learned[learned["seed"] == 0])[1].sum(axis=1)  # of the six that are shown
    assert [*sums.argsort()[-2:]] == [1, 5] and sums[[1, 5]] == pytest.approx([0.6, 1.0], abs=0.04)
    scores = learned.groupby("seed")[["val_auc", "val_auc_frozen"]].first()
    assert scores["val_auc"].mean() == pytest.approx(0.86, abs=0.005)
    gain = evaluation.paired_difference(scores["val_auc"], scores["val_auc_frozen"])
    assert gain.low < 0 < gain.high and gain.high < 0.01


def slope(kernel):
    """The share of a kernel's squared weights that rises in some direction, by least squares on the nine places."""
    places = np.argwhere(np.ones((3, 3))) - 1
    rise = places.T @ kernel / 6
    return 6 * (rise**2).sum() / (kernel**2).sum()


def test_training_adds_slopes_to_the_kernels_of_lenet(learned):
    shares = [[slope(kernel) for kernel in each] for each in kernels(learned)]
    before, after = np.reshape(shares, (2, 10, 6)).mean(axis=2)
    change = evaluation.paired_difference(after, before)
    assert change.value == pytest.approx(0.12, abs=0.005) and change.low > 0.08
    assert slope(EDGE.ravel()) == pytest.approx(1) and slope(KERNELS["Laplacian"].ravel()) == pytest.approx(0)


def test_what_helps_depends_on_the_width_and_the_direction_of_the_zones():
    """The table of notebook 03: how much stronger upright zones come out, against noise, whose gain is known."""
    across = np.arange(202)

    def against_noise(name, wavelength):
        zones = np.tile(np.sin(2 * np.pi * across / wavelength + 1), (30, 1))
        return convolve(zones, KERNELS[name]).std() / zones.std() / np.sqrt((KERNELS[name] ** 2).sum())

    assert against_noise("vertical edge", 4) > 2 and against_noise("horizontal edge", 4) < 1e-9
    assert against_noise("sharpen", 4) < 0.6 and against_noise("sharpen", 8) < 0.6
    assert against_noise("blur", 4) == pytest.approx(1, abs=0.01) and against_noise("blur", 8) > 2
