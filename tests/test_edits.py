"""The edit list: each edit does what it says, loses no area, can be replayed, and says clearly what it could not do."""

import json
import shutil

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zirconkit import grains, mounts, segmentation
from zirconkit.segmentation.edits import apply_edits, load_edits, save_edits
from zirconkit.segmentation.files import segment_file
from zirconkit.segmentation.many import segment_many


def two_grains():
    """A square of 20 x 20 px at (10, 10) and one of 10 x 10 px at (40, 40), numbered 3 and 7."""
    labels = np.zeros((60, 70), np.uint16)
    labels[10:30, 10:30] = 3
    labels[40:50, 40:50] = 7
    return labels


def numbers(labels):
    return sorted(set(np.unique(labels)) - {0})


CUT = {"do": "cut", "line": [[5, 20], [35, 20]]}
MERGE = {"do": "merge", "at": [[15, 12], [15, 28]]}


def test_no_edits_only_renumber():
    labels = two_grains()
    after = apply_edits(labels, [])
    assert after.dtype == np.int32
    assert numbers(after) == [1, 2]
    assert np.array_equal(after > 0, labels > 0)


def test_cut_gives_its_own_pixels_to_the_larger_side():
    after = apply_edits(two_grains(), [CUT])
    sizes = np.bincount(after.ravel())[1:]
    assert sorted(sizes) == [100, 180, 220]  # 9 columns; 10 columns and the line; the other grain
    assert after[20, 20] == after[20, 12] != after[20, 28]


def test_merge_undoes_cut():
    assert np.array_equal(apply_edits(two_grains(), [CUT, MERGE]), apply_edits(two_grains(), []))


def test_erase_and_add():
    square = [[39.5, 39.5], [39.5, 49.5], [49.5, 49.5], [49.5, 39.5]]
    after = apply_edits(two_grains(), [{"do": "erase", "at": [45, 45]}, {"do": "add", "polygon": square}])
    assert np.array_equal(after, apply_edits(two_grains(), []))


def test_add_leaves_other_grains_alone():
    corners = [[0, 0], [0, 69], [59, 69], [59, 0]]
    after = apply_edits(two_grains(), [{"do": "add", "polygon": corners}])
    assert numbers(after) == [1, 2, 3]
    assert np.array_equal(after == 1, two_grains() == 3)
    assert np.array_equal(after == 2, two_grains() == 7)


def test_input_is_not_changed():
    labels = two_grains()
    apply_edits(labels, [CUT, {"do": "erase", "at": [45, 45]}])
    assert np.array_equal(labels, two_grains())


@pytest.mark.parametrize(
    ("edit", "why"),
    [
        ({"do": "erase", "at": [0, 0]}, "no grain"),
        ({"do": "erase", "at": [500, 3]}, "outside"),
        ({"do": "erase", "at": [-1, 3]}, "outside"),
        ({"do": "erase", "at": [float("nan"), 3]}, "position"),
        ({"do": "erase", "at": [1, 2, 3]}, "position"),
        ({"do": "merge", "at": [[15, 12], [16, 12]]}, "same grain"),
        ({"do": "merge", "at": [[15, 12], [0, 0]]}, "no grain"),
        ({"do": "cut", "line": [[0, 0], [5, 5]]}, "parts no grain"),
        ({"do": "cut", "line": [[20, 20], [35, 20]]}, "parts no grain"),  # ends inside
        ({"do": "cut", "line": [[-90, -90], [-80, -80]]}, "parts no grain"),
        ({"do": "add", "polygon": [[1, 1], [2, 2]]}, "three"),
        ({"do": "add", "polygon": [[12, 12], [12, 20], [20, 20]]}, "free"),
        ({"do": "paint"}, "form"),
        ({"do": "erase"}, "form"),
        ({"do": "erase", "at": [15, 15], "colour": 3}, "form"),
        ("erase", "form"),
    ],
)
def test_an_edit_that_hits_nothing_says_which_and_why(edit, why):
    with pytest.raises(ValueError, match="edit 2") as error:
        apply_edits(two_grains(), [{"do": "erase", "at": [45, 45]}, edit])
    assert why in str(error.value)
    assert "\n" not in str(error.value)


@given(st.floats(0, 2 * np.pi), st.integers(-6, 6))
def test_a_cut_at_any_angle_keeps_the_area_and_adds_a_grain(angle, offset):
    rows, columns = np.mgrid[:80, :80]
    labels = ((rows - 40) ** 2 + (columns - 40) ** 2 < 20**2).astype(np.int32)
    along, across = np.array([np.sin(angle), np.cos(angle)]), np.array([np.cos(angle), -np.sin(angle)])
    middle = 40 + offset * across
    after = apply_edits(labels, [{"do": "cut", "line": [list(middle - 30 * along), list(middle + 30 * along)]}])
    assert np.array_equal(after > 0, labels > 0)
    assert numbers(after) == [1, 2]
    sides = [list(middle + 8 * across), list(middle - 8 * across)]
    assert np.array_equal(apply_edits(after, [{"do": "merge", "at": sides}]), labels)


def test_edit_list_round_trip(tmp_path):
    edits = [CUT, MERGE, {"do": "erase", "at": [45, 45]}, {"do": "add", "polygon": [[1, 1], [1, 9], [9, 9.5]]}]
    path = tmp_path / "edits.json"
    save_edits(edits, path)
    assert load_edits(path) == edits
    save_edits([], path)
    assert load_edits(path) == []
    assert [file.name for file in tmp_path.iterdir()] == ["edits.json"]


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"do": "cut"}', '[{"do": "paint"}]', "\ufeff[", "null"])
def test_a_broken_file_gives_one_clear_sentence(tmp_path, text):
    path = tmp_path / "edits.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"edits\.json") as error:
        load_edits(path)
    assert not isinstance(error.value, json.JSONDecodeError)
    assert "\n" not in str(error.value)


def test_not_text_and_not_there(tmp_path):
    (tmp_path / "edits.json").write_bytes(b"\xff\xfe\x00\x89")
    with pytest.raises(ValueError, match=r"edits\.json"):
        load_edits(tmp_path / "edits.json")
    with pytest.raises(FileNotFoundError, match=r"none\.json"):
        load_edits(tmp_path / "none.json")


# ---------------------------------------------------------------- beside an image


@pytest.fixture
def mount(tmp_path):
    """A copy of an embedded mount, in a folder of its own."""
    (shipped,) = (mount for mount in mounts.embedded() if mount.sample == "QVC082")
    return mounts.at(shutil.copy(shipped.path, tmp_path))


@pytest.fixture
def mended(mount):
    """The mount with an edit list beside it: its largest plain grain cut in two, the next one erased."""
    labels, table = segmentation.segment(mount.image())
    large, next_one = table[table["flags"] == ""].nlargest(2, "area_px").itertuples()
    rows, columns = np.nonzero(labels == large.grain)
    middle = int(np.median(columns))
    cut = {"do": "cut", "line": [[int(rows.min()) - 1, middle], [int(rows.max()) + 1, middle]]}
    erase = {"do": "erase", "at": np.argwhere(labels == next_one.grain)[0].tolist()}
    save_edits([cut, erase], f"{mount.path}.edits.json")
    return large, next_one


BOX = ["row_min", "col_min", "row_max", "col_max"]


def boxes(table):
    return set(table[BOX].itertuples(index=False, name=None))


def box(grain):
    return tuple(getattr(grain, side) for side in BOX)


def test_a_data_set_has_its_grains_as_they_were_mended(mount, mended, capsys):
    large, erased = mended
    path = mount.path.rename(mount.path.with_name("away.png"))
    before = grains.from_mounts([mounts.at(path)], size=160, square=160, progress=False)
    assert capsys.readouterr().out == ""
    path.rename(mount.path)
    after = grains.from_mounts([mount], size=160, square=160, progress=False)
    assert capsys.readouterr().out == "replayed QVC082.png.edits.json: 2 edits\n"

    assert boxes(before.table) - boxes(after.table) == {box(large), box(erased)}
    new = after.table[[row not in boxes(before.table) for row in after.table[BOX].itertuples(index=False, name=None)]]
    assert len(new) == 2 and new["area_px"].sum() == large.area_px
    assert set(new["flags"]) == {"touching;parted"}  # its halves lie side by side
    assert len(after) == len(before) == len(after.masks)
    assert after.masks.sum(axis=(1, 2)).tolist() == after.table["area_px"].tolist()


def test_an_image_file_is_segmented_as_it_was_mended(mount, mended, tmp_path, capsys):
    large, erased = mended
    table = segment_file(mount.path, tmp_path / "out" / "QVC082").table
    labels = cv2.imread(str(tmp_path / "out" / "QVC082" / "labels.png"), cv2.IMREAD_UNCHANGED)
    assert capsys.readouterr().out == "replayed QVC082.png.edits.json: 2 edits\n"
    assert not {box(large), box(erased)} & boxes(table)
    assert labels.max() == len(table) == len(segmentation.segment(mount.image())[1])  # one more, and one less
    (_, line), (_, place) = (list(edit.values()) for edit in load_edits(f"{mount.path}.edits.json"))
    assert labels[tuple(place)] == 0
    middle = line[0][1]
    across = labels[(large.row_min + large.row_max) // 2, middle - 3 : middle + 4]
    assert len(set(across)) == 2 and across.all()


def test_a_list_that_does_not_fit_is_named_and_stops_no_other_image(mount, tmp_path):
    other = shutil.copy(mount.path, tmp_path / "other.png")
    save_edits([{"do": "erase", "at": [0, 0]}], f"{mount.path}.edits.json")
    with pytest.raises(
        ValueError, match=r"QVC082\.png\.edits\.json does not fit .* edit 1 .*no grain at \[0, 0\]"
    ) as why:
        grains.from_mounts([mount], progress=False)
    assert "\n" not in str(why.value)
    results = segment_many([mount.path, other], tmp_path / "out")
    (_, no_summary, error), (_, summary, nothing) = results
    assert no_summary is None and "QVC082.png.edits.json" in str(error)
    assert nothing is None and summary["grains"] > 20
    (tmp_path / "other.png.edits.json").write_text("[")
    with pytest.raises(ValueError, match=r"other\.png\.edits\.json is not a readable edit list"):
        segment_file(other, tmp_path / "out" / "other")
