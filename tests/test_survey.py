"""Data of one's own before a lesson: what is on each mount, what a notebook lacks, and what it goes on with."""

import cv2
import numpy as np
import pandas as pd
import pytest

from zirconkit import course, grains, mounts
from zirconkit.course import survey


def table(*rows):
    columns = ["sample", "class", "role", "um_per_px", "grains", "kept", "why_not"]
    return pd.DataFrame([[*row, ""] for row in rows], columns=columns)


PLENTY = [(name, kind, "train", 2.0, 90, 80) for name, kind in zip("abcd", ("skarn", "skarn", "vein", "vein"))]


def test_plenty_is_enough_for_every_notebook():
    for entry in course.contents():
        assert survey.lacking(entry.number, table(*PLENTY)) == ""


@pytest.mark.parametrize(
    ("number", "rows", "words"),
    [
        ("04", [("a", None, "unused", 2.0, 90, 80)], "a sheet, samples.csv"),
        ("04", [("a", "skarn", "train", 2.0, 90, 80)], "2 classes, here is 1"),
        ("04", [PLENTY[0], ("c", "vein", "train", 2.0, 90, 3)], "15 kept grains of each class, here are 3 of vein"),
        ("04", [PLENTY[0], ("c", "vein", "train", 2.0, 90, 0)], "2 classes, here is 1"),
        ("07", [PLENTY[0], PLENTY[1], PLENTY[2]], "2 mounts of each class, here is 1 of vein"),
        ("03", [("a", None, "unused", 2.0, 9, 0)], "a mount with a grain that is kept"),
        ("03", [("a", None, "unused", 2.0, 9, 1)], ""),
        ("01", [("a", "skarn", "train", 2.0, 1, 1), ("b", "vein", "train", 2.0, 1, 1)], ""),
    ],
)
def test_what_a_notebook_lacks(number, rows, words):
    lack = survey.lacking(number, table(*rows))
    assert lack.startswith(words) and (words or lack == "")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two mounts with grains and one that has none, of two classes."""
    place = tmp_path_factory.mktemp("own")
    for name, mount in zip(("one", "two"), mounts.embedded()[1:3]):
        cv2.imwrite(str(place / f"{name}.png"), mount.image())
    noise = np.random.default_rng(0).integers(0, 8, (300, 300), dtype=np.uint8)
    cv2.imwrite(str(place / "none.png"), noise)
    rows = ["sample,class,um_per_px", "one,skarn,2", "two,vein,2", "none,vein,"]
    (place / "samples.csv").write_text("\n".join(rows) + "\n")
    return place


def test_the_table_says_what_is_on_each_mount_and_which_notebooks_need_more(folder):
    text = survey.survey_table(mounts.find(folder), ["01", "04", "07"])
    lines = {line.split()[0]: line.split() for line in text.splitlines()}
    assert lines["none"][3:6] == ["unknown", "0", "0"] and lines["one"][1:4] == ["skarn", "train", "2"]
    found = grains.from_mounts([mount for mount in mounts.find(folder) if mount.sample == "two"], progress=False)
    assert int(lines["two"][5]) == len(found)
    assert "notebook 07 needs 2 mounts of each class, here is 1 of " in text
    assert "notebook 01" not in text and "notebook 04" not in text


def test_a_mount_without_grains_is_left_out_and_named(folder, capsys):
    found = course.enough("04", mounts.find(folder))
    assert [mount.sample for mount in found] == ["one", "two"]
    assert capsys.readouterr().out == "Left out: none, of which no grain is kept (none found).\n"


def test_too_little_goes_on_with_grown_mounts_and_says_so(folder, capsys):
    assert course.enough("07", mounts.find(folder)) == mounts.embedded()
    said = capsys.readouterr().out
    assert said.startswith("Your data have too little for this notebook: it needs 2 mounts of each class")
    assert said.endswith("It goes on with grown mounts.\n") and said.count("\n") == 1


def test_the_kits_own_sets_are_not_looked_at(monkeypatch):
    monkeypatch.setattr(survey, "survey", None)
    assert course.enough("07", mounts.find("synthetic", "quick")) == mounts.embedded()


def test_three_classes_become_two_that_name_all(capsys):
    three = pd.DataFrame({"class_name": ["vein", "skarn", "barren", "skarn"]})
    found = grains.Grains(np.zeros((4, 8, 8, 1), np.uint8), np.ones((4, 8, 8), bool), three)
    two = found.two_classes()
    assert two.classes == ("(barren + skarn)", "vein") and two.y.tolist() == [1, 0, 0, 0]
    assert capsys.readouterr().out == "3 classes: here vein is told from the others, (barren + skarn).\n"
    assert two.two_classes() is two
