"""The curator's edits replay to what it shows; the widgets say something and can be pressed."""

import cv2
import ipywidgets as ui
import matplotlib.pyplot as plt
import numpy as np
import pytest

from zirconkit import plots, segmentation, widgets


def mount():
    """Two grains, and two more that one label holds together by a neck."""
    labels = np.zeros((80, 120), np.int32)
    labels[10:30, 10:30], labels[10:30, 50:90] = 1, 2
    labels[50:70, 20:45], labels[58:62, 45:50], labels[50:70, 50:75] = 3, 3, 3
    return np.where(labels > 0, 120, 5).astype(np.uint8), labels


def buttons(panel):
    flat = [child for row in panel.children if isinstance(row, ui.HBox) for child in row.children]
    return {child.description: child for child in flat if isinstance(child, ui.Button)}, flat


def test_a_cut_line_parts_the_grain_at_its_neck_and_nothing_else():
    _, labels = mount()
    labels[40:79, 76:82] = 4  # a neighbour beside the twins, in the line's way
    line = widgets.cut_line(labels, 3, angle=90)
    assert line[0][1] == line[1][1] and 45 <= line[0][1] <= 50
    parted = segmentation.apply_edits(labels, [{"do": "cut", "line": line}])
    assert parted.max() == 5 and (parted > 0).sum() == (labels > 0).sum()
    (_, first), (_, last) = widgets.cut_line(labels, 3, angle=0)
    assert (first, last) == (19, 75)  # from resin to the neighbour's first column, not through it


def test_offset_moves_the_line_to_its_left():
    _, labels = mount()
    labels[30, 50:90] = 2  # 21 rows now: the centre lies on row 20
    assert widgets.cut_line(labels, 2, angle=0, offset=5)[0][0] == widgets.cut_line(labels, 2, angle=0)[0][0] - 5


def test_the_curator_replays():
    image, labels = mount()
    curator = widgets.Curator(image, labels)
    curator.reject(1)
    curator.cut(2, angle=90)
    assert curator.labels.max() == 3
    curator.merge(1, 2)
    assert curator.labels.max() == 2
    assert np.array_equal(segmentation.apply_edits(labels, curator.edits), curator.labels)
    curator.undo()
    assert np.array_equal(segmentation.apply_edits(labels, curator.edits), curator.labels) and len(curator.edits) == 2
    curator.accept(1)
    row, column = curator.accepted[0]
    assert curator.labels[row, column] == 1
    with pytest.raises(ValueError, match="no grain 99"):
        curator.reject(99)
    assert len(curator.edits) == 2


def test_the_panel_presses_through_to_the_edit_list():
    curator = widgets.Curator(*mount())
    pressed, flat = buttons(curator.panel())
    grain = next(child for child in flat if getattr(child, "description", "") == "grain")
    pressed["accept"].click()
    assert grain.value == 2 and len(curator.accepted) == 1
    pressed["reject"].click()
    assert curator.labels.max() == 2 and grain.max == 2
    pressed["undo"].click()
    assert curator.labels.max() == 3 and curator.edits == []
    angle = next(child for child in flat if getattr(child, "description", "").startswith("angle"))
    grain.value, angle.value = 3, 90
    pressed["cut"].click()
    assert curator.labels.max() == 4


def test_rejecting_everything_leaves_a_panel_that_can_undo():
    curator = widgets.Curator(*mount())
    pressed, flat = buttons(curator.panel())
    for _ in range(3):
        pressed["reject"].click()
    assert curator.labels.max() == 0 and "no grains" in flat[-1].value
    pressed["reject"].click()
    pressed["undo"].click()
    assert curator.labels.max() == 1


def test_zoom_outlines_the_grain_and_its_neighbours():
    image, labels = mount()
    picture = widgets.zoom(image, labels, 2, line=[[5, 60], [35, 60]])
    assert picture.dtype == np.uint8 and max(picture.shape[:2]) == 420
    for colour in (plots.COLOURS["warn"], "#56B4E9", plots.COLOURS["accent"]):
        assert (picture == list(bytes.fromhex(colour[1:]))).all(axis=2).sum() > 50


@pytest.mark.parametrize("channels", [1, 3, 5])
def test_a_mount_of_any_channels_can_be_curated(channels):
    grey, labels = mount()
    image = np.repeat(grey[..., None], channels, axis=2)
    assert np.array_equal(widgets.zoom(image, labels, 2), widgets.zoom(grey, labels, 2))
    pressed, flat = buttons(widgets.Curator(image, labels).panel())
    pressed["reject"].click()
    assert flat[-1].value == "grains: 2, edits: 1, accepted: 0"


def test_a_crop_keeps_its_colours_on_the_way_to_the_screen():
    image = np.zeros((4, 4, 3), np.uint8)
    image[..., 0] = 200  # red
    large = cv2.cvtColor(cv2.imdecode(np.frombuffer(widgets.crop_png(image), np.uint8), 1), cv2.COLOR_BGR2RGB)
    assert large.shape == (192, 192, 3) and (large == [200, 0, 0]).all()


def test_what_cannot_be_done_is_said_in_the_panel():
    curator = widgets.Curator(*mount())
    pressed, flat = buttons(curator.panel())
    grain = next(child for child in flat if getattr(child, "description", "") == "grain")
    pressed["merge"].click()  # the grain with itself
    assert grain.value == 1 and not curator.edits and not flat[-1].value.startswith("grains:")


def test_the_stepper_walks_and_tells_the_sum():
    image = np.arange(48, dtype=np.uint8).reshape(6, 8)
    kernels = {"right": np.array([[-1, 0, 1]] * 3), "down": np.array([[-1, 0, 1]] * 3).T}
    panel = widgets.kernel_stepper(image, kernels)
    name, play, step, said = panel.children[0].children
    assert step.max == play.max == 4 * 6 - 1 and said.value == "row 0, column 0: 6"
    before = panel.children[1].value
    step.value, name.value = 7, "down"
    assert said.value == "row 1, column 1: 48"
    assert panel.children[1].value != before and bytes(before[:4]) == b"\x89PNG"


def test_a_step_shows_its_numbers_and_leaves_the_rest_open():
    image = np.arange(48, dtype=np.uint8).reshape(6, 8)
    kernel = np.array([[-1, 0, 1]] * 3)
    fig = plots.convolution_step(image, kernel, 1, 2)
    numbers = [[text.get_text() for text in ax.texts] for ax in fig.axes[1:4]]
    assert numbers[0][0] == "10" and numbers[1][:3] == ["-1", "0", "1"] and numbers[2][:3] == ["-10", "0", "12"]
    assert fig.axes[4].get_title() == "sum: 6"
    assert np.ma.count(np.ma.masked_invalid(fig.axes[4].images[0].get_array())) == 9  # a row of 6, and 3
    plt.close(fig)


def test_the_curator_goes_on_with_the_list_beside_the_mount_and_writes_it(tmp_path):
    image = np.zeros((60, 120), np.uint8)
    labels = np.zeros((60, 120), np.int32)
    labels[10:40, 10:50], labels[10:40, 60:110] = 1, 2
    path = tmp_path / "mount.png"
    curator = widgets.Curator(image, labels, path)
    curator.reject(1)
    buttons(curator.panel())[0]["save"].click()
    assert segmentation.load_edits(f"{path}.edits.json") == curator.edits
    again = widgets.Curator(image, labels, path)
    assert again.edits == curator.edits and np.array_equal(again.labels, curator.labels)
    again.undo()
    assert again.labels.max() == 2
    with pytest.raises(ValueError, match="no file of the mount"):
        widgets.Curator(image, labels).save()
