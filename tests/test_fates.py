"""Who is saved and who is lost: planted grains, levers, a turning crystal, and the edit list that goes on."""

import inspect
import json
import re
from itertools import product
from pathlib import Path
from time import process_time

import cv2
import ipywidgets as ui
import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest
from scipy.spatial.distance import pdist

from zirconkit import course, evaluation, mounts, plots, samples, segmentation, widgets
from zirconkit.exercises import segmentation as ex

ROOT = Path(__file__).parents[1]
SAVED, DROPPED, NONE = segmentation.FATES


LABELS, EDITS = ex.rescue.answer.run["labels"], ex.rescue.answer.answer


@pytest.fixture(scope="module")
def embedded():
    return {mount.sample: mount for mount in mounts.embedded()}


@pytest.fixture(scope="module")
def qvc075(embedded):
    return embedded["QVC075"].image(), embedded["QVC075"].truth()


def rectangle(left, top, right, bottom):
    """An outline as OpenCV gives it, corners included."""
    return np.array([[[left, top]], [[right, top]], [[right, bottom]], [[left, bottom]]], np.int32)


def planted():
    """Grains 2, 5, 6 and 9, one more than half covered by its outline, one less, and two in one outline."""
    truth = np.zeros((100, 200), np.int32)
    truth[10:30, 10:30], truth[10:30, 50:70], truth[10:30, 90:110], truth[10:30, 110:130] = 2, 5, 6, 9
    return truth


def test_a_grain_is_saved_dropped_or_has_no_outline_of_its_own():
    truth = planted()
    kept = [rectangle(10, 10, 29, 29), rectangle(90, 10, 129, 29)]  # grain 2 to the pixel; 6 and 9 as one
    found = segmentation.fates(kept, [rectangle(50, 10, 69, 21)], truth)  # 12 of 20 rows of grain 5
    assert found.grains.tolist() == [2, 5, 6, 9]
    assert found.fate.tolist() == [SAVED, DROPPED, SAVED, NONE]  # of the pair one has an IoU of exactly one half
    assert found.kept == 2 and found.recall == 0.5 and found.precision == 1
    wide = [rectangle(10, 10, 29, 29), rectangle(88, 10, 131, 29)]
    found = segmentation.fates(wide, [rectangle(50, 10, 69, 17)], truth)
    assert found.fate.tolist() == [SAVED, NONE, NONE, NONE] and (found.recall, found.precision) == (0.25, 0.5)
    nothing = segmentation.fates([], [], truth)
    assert nothing.recall == 0 and np.isnan(nothing.precision)
    assert np.isnan(segmentation.fates([], [], truth * 0).recall)


def test_outlines_are_matched_as_label_images_are(qvc075):
    """Against `grain_overlaps`, which knows nothing of contours."""
    image, truth = qvc075
    kept, _ = segmentation.cut_out(image)
    labels = np.zeros(truth.shape, np.int32)
    for number, outline in enumerate(kept, 1):
        cv2.drawContours(labels, [outline], -1, number, cv2.FILLED)
    _, true_numbers, overlaps = segmentation.grain_overlaps(labels, truth)
    found = segmentation.fates(kept, [], truth)
    assert np.array_equal(found.saved, (overlaps >= 0.5).any(axis=0)) and found.grains.tolist() == true_numbers.tolist()
    matched = true_numbers[overlaps.argmax(axis=1)] * (overlaps.max(axis=1) >= 0.5)
    assert segmentation.outlined_grains(kept, truth).tolist() == matched.tolist()


def test_a_move_of_a_lever_is_worked_out_in_a_blink(qvc075):
    image, truth = qvc075
    begun = process_time()
    segmentation.fates(*segmentation.cut_out(image, dilation=2), truth)
    assert process_time() - begun < 0.2


def test_levers_let_more_or_fewer_boxes_pass(qvc075):
    image, truth = qvc075
    kept, dropped = segmentation.cut_out(image)
    assert [cv2.boundingRect(outline) for outline in kept] == segmentation.published_boxes(image)
    wider, rest = segmentation.cut_out(image, smallest=20, largest=110)
    assert len(wider) > len(kept) and len(wider) + len(rest) == len(kept) + len(dropped)
    moved = segmentation.fates(*segmentation.cut_out(image, **ex.levers.answer.answer), truth)
    published = segmentation.fates(kept, dropped, truth)
    assert moved.recall > 0.7 > 0.3 > published.recall and moved.precision > published.precision


@pytest.mark.parametrize("angle", [0, 8, 37.5, 45, 90, 135])
def test_the_upright_box_is_that_of_the_turned_corners(angle):
    turn = np.deg2rad(angle)
    corners = np.array([[40, 15], [40, -15], [-40, 15], [-40, -15]])
    turned = corners @ [[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]
    assert segmentation.upright_box(80, 30, angle) == pytest.approx(np.ptp(turned, axis=0))


@pytest.mark.parametrize(("turn", "angle"), [(0, 0), (20, 20), (90, 90), (150, 30), (-60, 60)])
def test_how_a_grain_lies_is_measured(turn, angle):
    truth = np.zeros((120, 120), np.int32)
    corners = cv2.boxPoints(((60, 60), (80, 30), turn))
    cv2.fillPoly(truth, [np.rint(corners).astype(int)], 3)
    lie = segmentation.how_they_lie(truth).loc[3]
    assert lie["angle_deg"] == pytest.approx(angle, abs=1.5)
    assert lie["length_px"] == pytest.approx(np.hypot(80, 30), rel=0.04) and lie["aspect_ratio"] == pytest.approx(
        80 / 30, rel=0.06
    )
    box = segmentation.upright_box(80, 30, turn)
    assert (lie["box_width_px"], lie["box_height_px"]) == pytest.approx(box, abs=2.5)


# ---------------------------------------------------------------- figures and widgets


def test_each_grain_is_drawn_in_the_colour_of_its_fate():
    truth = planted()
    found = segmentation.Fates(np.array([2, 5, 6, 9]), np.array([SAVED, DROPPED, NONE, NONE]), 1)
    picture, edges, shrunk = plots.edged(np.full(truth.shape, 40, np.uint8), truth)
    assert shrunk == 1 and picture.max() == 60 and set(np.unique(edges)) == {0, 2, 5, 6, 9}
    assert edges[20, 20] == 0 and edges[11, 11] == 2  # the outline, not the inside
    fig = plots.fates((picture, edges, shrunk), segmentation.how_they_lie(truth), found, 2.0)
    left, right = fig.axes
    drawn = left.images[0].get_array()
    colours = {2: "accent", 5: "warn", 6: "second", 9: "second"}
    for number, name in colours.items():
        assert (drawn[edges == number] == list(bytes.fromhex(plots.COLOURS[name][1:]))).all()
    assert [text.get_text() for text in right.get_legend().get_texts()] == [
        f"{SAVED}: 1",
        f"{DROPPED}: 1",
        f"{NONE}: 2",
    ]
    marked = plots.fates((picture, edges, shrunk), segmentation.how_they_lie(truth), found, 2.0, limits=(40, 90)).axes[
        1
    ]
    smaller, larger = marked.lines[3:]
    assert smaller.get_ydata()[0] == 80 and larger.get_xdata()[0] == 180 and len(right.lines) == 3
    assert right.lines[0].get_ydata() == [2 * 20] and right.lines[0].get_xdata() == [2 * 20]
    assert "µm" in right.get_ylabel() and "µm" in right.get_xlabel()
    plt.close(fig)


def test_a_large_mount_is_drawn_smaller_and_its_scale_bar_with_it():
    truth = np.zeros((1000, 2000), np.int32)
    truth[100:300, 100:300] = 1
    picture, edges, shrunk = plots.edged(np.zeros(truth.shape, np.uint8), truth)
    assert picture.shape == (500, 1000, 3) and edges.shape == (500, 1000) and shrunk == 0.5
    fig = plots.fates(
        (picture, edges, shrunk), segmentation.how_they_lie(truth), segmentation.fates([], [], truth), 2.0
    )
    (bar,) = fig.axes[0].lines
    (words,) = fig.axes[0].texts
    assert np.ptp(bar.get_xdata()) * 4 == pytest.approx(float(words.get_text().split()[0]))
    plt.close(fig)


def test_a_crystal_is_drawn_in_its_box_and_says_whether_it_is_kept():
    fig = plots.turning(80, 30, [0, 45])
    assert [ax.get_title() for ax in fig.axes] == ["0°: dropped", "45°: kept"]
    assert [ax.get_xlabel() for ax in fig.axes] == ["80 × 30 px", "78 × 78 px"]
    crystal, frame = fig.axes[1].patches
    corners = crystal.get_xy()
    assert np.ptp(corners, axis=0) == pytest.approx([frame.get_width(), frame.get_height()])
    plt.close(fig)


def sliders(panel):
    rows = [row for row in panel.children if isinstance(row, ui.HBox)]
    return {each.description: each for row in rows for each in row.children if isinstance(each, ui.IntSlider)}


def test_the_levers_move_the_words_and_the_picture(qvc075):
    image, truth = qvc075
    asked = []

    def recipe(image, **settings):
        asked.append(settings)
        return segmentation.cut_out(image, **settings)

    panel = widgets.lever_explorer(image[:500, :700], truth[:500, :700], recipe, 2.0)
    controls, (said, picture) = sliders(panel), panel.children[2:]
    published = dict(inspect.signature(segmentation.cut_out).parameters)
    assert asked == [{name: published[name].default for name in controls}]  # the sliders begin as published
    before, words = bytes(picture.value), said.value
    controls["dilation"].value = 2
    assert asked[-1] == asked[0] | {"dilation": 2} and said.value != words and bytes(picture.value) != before
    kept, dropped = segmentation.cut_out(image[:500, :700], dilation=2)
    found = segmentation.fates(kept, dropped, truth[:500, :700])
    assert f"{found.saved.sum()} of {len(found.grains)} grains saved, {len(kept)} outlines kept" in said.value
    controls["smallest"].value, controls["largest"].value = 80, 50  # nothing passes
    assert "0 outlines kept" in said.value and "precision not to be had" in said.value


def test_the_crystal_turns():
    panel = widgets.turning_crystal()
    controls, said, picture = sliders(panel), panel.children[1], panel.children[2]
    assert "box 80.0 × 30.0 px: <b>dropped" in said.value
    before = bytes(picture.value)
    controls["angle (°)"].value = 8
    assert "<b>kept" in said.value and bytes(picture.value) != before
    controls["length (px)"].value = 120
    assert "<b>dropped" in said.value and "Feret diameter 124 px" in said.value


def test_the_curator_says_what_an_edit_does_to_the_recall():
    labels, truth = ex.rescue.answer.run["labels"], ex.rescue.answer.run["truth"]
    curator = widgets.Curator(np.where(truth > 0, 120, 5).astype(np.uint8), labels, truth=truth)
    for edit in EDITS:
        curator._do(edit)
    panel = curator.panel(2)
    rows = [child for row in panel.children[:3] for child in row.children]
    buttons = {each.description: each for each in rows if isinstance(each, ui.Button)}
    grain, said = rows[0], rows[-1]
    assert grain.value == 2 and "6 of 6 grains found: recall 1.000, precision 1.000" in said.value
    buttons["reject"].click()
    assert "5 of 6 grains found: recall 0.833, precision 1.000" in said.value
    for _ in range(3):
        buttons["undo"].click()
    assert "3 of 6 grains found: recall 0.500, precision 0.750" in said.value
    assert widgets.Curator(labels, labels).score() == ""


@pytest.mark.parametrize(
    ("content", "why"), [("[{", "not a readable edit list"), ('[{"do": "erase", "at": [0, 0]}]', "there is no grain")]
)
def test_a_list_that_does_not_fit_is_passed_over_in_a_sentence_and_kept(content, why, tmp_path, capsys):
    labels = ex.rescue.answer.run["labels"]
    path = tmp_path / "QVC075.png.edits.json"
    path.write_text(content)
    curator = widgets.Curator(labels.astype(np.uint8), labels, tmp_path / "QVC075.png")
    said = capsys.readouterr().out
    assert why in said and said.count("\n") == 1 and curator.edits == [] and curator.labels.max() == labels.max()
    curator.reject(1)
    curator.save()
    assert segmentation.load_edits(path) == curator.edits
    assert (tmp_path / "QVC075.png.edits.json.unfit").read_text() == content


# ---------------------------------------------------------------- what goes on into notebook 02


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def a_mount(name="QVC075"):
    return mounts.Mount(name, Path("somewhere") / f"{name}.png", "batholith", "test", 2.0, None)


def test_edits_that_are_handed_over_are_kept_for_the_curator(folder, capsys):
    course.hand_over_edits(EDITS, a_mount(), LABELS, "synthetic")
    assert "QVC075.png.edits.json: 4 grains before your edits (2), 6 after" in capsys.readouterr().out
    assert segmentation.load_edits("QVC075.png.edits.json") == EDITS
    assert widgets.Curator(LABELS, LABELS, course.edit_list(a_mount(), "synthetic")).edits == EDITS


def test_edits_of_another_data_set_are_not_replayed_and_are_put_aside(folder, capsys):
    course.hand_over_edits(EDITS, a_mount(), LABELS, "quellaveco")
    capsys.readouterr()
    assert course.curated([a_mount()], "synthetic") == [a_mount()]
    assert "QVC075.png.edits.json is of the quellaveco mount: it is left out." in capsys.readouterr().out
    assert course.edit_list(a_mount(), "synthetic") == "QVC075.png"
    assert "kept as QVC075.png.edits.json.quellaveco" in capsys.readouterr().out
    assert (
        not Path("QVC075.png.edits.json").exists()
        and segmentation.load_edits("QVC075.png.edits.json.quellaveco") == EDITS
    )


@pytest.mark.parametrize("edits", [[{"do": "erase", "at": [0, 0]}], [1], 7])
def test_edits_that_do_not_fit_are_not_handed_over(edits, folder, capsys):
    course.hand_over_edits(edits, a_mount(), LABELS, "synthetic")
    assert capsys.readouterr().out.startswith("The edit list is not kept: ") and not list(folder.iterdir())


def test_a_hand_over_of_a_strange_form_does_no_harm(folder, capsys):
    Path("zirconkit_course.json").write_text(json.dumps({"edits": ["not", "a", "dict"]}))
    course.hand_over_edits(EDITS, a_mount(), LABELS, "synthetic")
    assert course.handed_over("edits") == {"QVC075.png": "synthetic"}


# ---------------------------------------------------------------- what notebook 01 shows and asks


@pytest.fixture(scope="module")
def notebook():
    return nbformat.read(ROOT / "notebooks/01_from_mount_to_grains.ipynb", as_version=4)


def defined_in(notebook, name):
    """A function as a cell of the notebook defines it."""
    (cell,) = [cell for cell in notebook.cells if f"def {name}(" in cell.source and cell.cell_type == "code"]
    tree = cell.source[cell.source.index(f"def {name}(") :]
    body = re.split(r"\n(?=\S)", tree)[0]
    scope = {"cv2": cv2, "np": np}
    exec(body, scope)
    return scope[name]


def test_the_recipe_in_the_cell_is_that_of_the_package(notebook, qvc075):
    recipe, (image, _) = defined_in(notebook, "cut_out"), qvc075
    for levers in ({}, {"low": 60, "high": 200, "dilation": 3, "smallest": 30, "largest": 80}):
        ours, theirs = segmentation.cut_out(image, **levers), recipe(image, **levers)
        assert [len(each) for each in ours] == [len(each) for each in theirs]
        assert all(np.array_equal(a, b) for a, b in zip(ours[0], theirs[0]))


def test_the_kits_levers_hold_on_the_mount_that_nobody_looked_at(embedded, qvc075):
    """As the exercise judges them, and Canny's thresholds by themselves do next to nothing, as its answer says."""
    image, truth = qvc075
    other = embedded["QVC055"]
    run = {"recipe": segmentation.cut_out, "image": image, "truth": truth}
    run |= {"other_image": other.image(), "other_truth": other.truth()}
    assert ex.levers.verdict(ex.with_run(ex.levers.answer.answer, **run)) is None
    for too_little in ({"smallest": 35}, {"smallest": 15}, {"dilation": 2}, {"smallest": 15, "largest": 110}):
        assert "a gain of 0.35" in ex.levers.verdict(ex.with_run(too_little, **run))
    assert "below the published" in ex.levers.verdict(ex.with_run({"dilation": 1, "smallest": 10}, **run))
    published = segmentation.fates(*segmentation.cut_out(image), truth).recall
    for alone in ({"low": 5}, {"low": 150}, {"high": 100}, {"high": 400}):
        moved = segmentation.fates(*segmentation.cut_out(image, **alone), truth).recall
        assert abs(moved - published) < 0.04


def outlines_of(mount, **levers):
    """The outlines of a mount as the notebook's table has them."""
    rows, truth = [], mount.truth()
    outlines = [each for part in segmentation.cut_out(mount.image(), **levers) for each in part]
    for outline in outlines:
        _, _, width, height = cv2.boundingRect(outline)
        corners = cv2.convexHull(outline)[:, 0]
        feret = pdist(corners).max() if len(corners) > 1 else 0
        rows.append({"width": width, "height": height, "area": cv2.contourArea(outline), "feret": feret})
    return pd.DataFrame(rows).assign(grain=segmentation.outlined_grains(outlines, truth))


def best_of(grid, least):
    """Of the (settings, kept outlines) of a grid the settings with most grains, at a precision of at least so much."""
    fit = [(table["grain"][table["grain"] > 0].nunique(), settings, len(table)) for settings, table in grid]
    most = max(hits for hits, _, kept in fit if hits >= least * kept)
    return [settings for hits, settings, kept in fit if hits == most and hits >= least * kept]


def test_the_kits_levers_and_limits_are_the_best_of_a_grid_on_one_mount(embedded):
    """On the grown QVC075 alone, as notebook 01 says; of those that tie, the levers are the tightest."""
    by_dilation = {dilation: outlines_of(embedded["QVC075"], dilation=dilation) for dilation in (1, 2, 3, 4, 5)}
    least = 30 / 34 - 0.02  # the published precision, and what may be lost
    grid = []
    for (dilation, table), smallest, largest in product(by_dilation.items(), range(10, 45, 5), range(90, 140, 10)):
        sides = table[["width", "height"]]
        fits = (sides > smallest).all(axis=1) & (sides < largest).all(axis=1)
        grid.append(({"dilation": dilation, "smallest": smallest, "largest": largest}, table[fits]))
    best = best_of(grid, least)
    assert max(best, key=lambda levers: levers["smallest"] - levers["largest"]) == ex.levers.answer.answer
    for dilation, name, lows, highs, ours in (
        (4, "feret", range(20, 55, 5), range(90, 140, 10), (30, 110)),
        (2, "feret", range(20, 55, 5), range(90, 140, 10), (25, 120)),
        (4, "area", range(200, 1300, 100), range(3000, 7000, 500), (400, 5000)),
    ):
        table = by_dilation[dilation]
        grid = [(limits, table[table[name].between(*limits, inclusive="neither")]) for limits in product(lows, highs)]
        assert ours in best_of(grid, least)


def test_a_feret_filter_saves_more_on_the_held_out_mount(embedded):
    run = {}
    for mount, prefix in (("QVC075", ""), ("QVC055", "other_")):
        run[f"{prefix}outlines"] = outlines_of(embedded[mount])
        run[f"{prefix}grains"] = np.unique(embedded[mount].truth())[1:]
    assert ex.feret_filter.verdict(ex.with_run(lambda outline: 30 < outline.feret < 110, **run)) is None
    assert ex.feret_filter.verdict(ex.with_run(lambda outline: 700 < outline.area < 5000, **run)) is None
    clumps = ex.feret_filter.verdict(ex.with_run(lambda outline: outline.feret > 30, **run))
    assert "on the mount that you worked on" in clumps and "no single grain" in clumps
    boxed = ex.with_run(lambda outline: 30 < min(outline.width, outline.height) < 100, **run)
    assert "turn an outline by 90°" in ex.feret_filter.verdict(boxed) or "not resolved" in ex.feret_filter.verdict(
        boxed
    )


def test_a_cut_rescues_grains_of_the_notebook(embedded):
    """Two of the eight outlines that are shown are several grains, and the kit flags one; cuts as in the panel."""
    looked, truth = segmentation.segment_mount(embedded["QVC075"]), embedded["QVC075"].truth()
    shown = looked.table[looked.table["area_px"] > 400].nsmallest(8, "solidity").set_index("grain")
    flagged = shown["flags"].str.contains("low_solidity")
    assert flagged[26] and not flagged[95] and flagged.sum() == 4
    for cuts, says in (
        ([(26, 70, -6), (95, 30, 16)], "None"),
        ([(26, 40, -6), (26, -90, 0)], "None"),
        ([(26, 70, -6)], "2 rescued, 3 wanted"),
        ([(27, 0, 0)], "0 rescued"),
        ([(26, 0, 40)], "parts no grain"),
    ):
        mine = widgets.Curator(looked.image, looked.labels, truth=truth)
        edits = [{"do": "cut", "line": widgets.cut_line(looked.labels, *cuts[0])}]
        if len(cuts) > 1:
            for cut in cuts:
                mine.cut(*cut)
            edits = mine.edits
        verdict = ex.rescue.verdict(ex.with_run(edits, labels=looked.labels, truth=truth))
        assert says in str(verdict)


def test_the_shipped_counts_are_table_1_and_the_gains_are_resolved():
    table = pd.read_csv(samples.DATA / "results/segmentation.csv")
    published = table[table["way"] == "the recipe as published"].dropna(subset="table_1").set_index("sample")
    assert (published["kept"] == published["table_1"]).all() and len(published) == 7
    assert (published["table_1"] == samples.sheet()["n"].reindex(published.index)).all()
    scored = table.dropna(subset="saved").set_index("way")
    assert (scored["there"] == 106).all() and (scored["gain_low"].drop("the recipe as published") > 0.2).all()
    moved = scored.loc["its levers moved by the kit"]
    assert moved["saved"] / moved["kept"] > 0.9 and evaluation.proportion_interval(moved["saved"], 106).low > 0.6
