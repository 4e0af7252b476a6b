"""Hand-ins as they come: zipped, packed otherwise, damaged, too large, solved with buttons alone."""

import copy
import json
import os
import zipfile

import nbformat
import pytest

from zirconkit import course
from zirconkit.course.handouts import collect, collecting, unpacking
from zirconkit.course.handouts.lessons import answer_cells, questions
from zirconkit.course.handouts.sets import for_grading, for_students
from zirconkit.handover import FILE

(PATH,) = course.notebooks(["02"])
LESSON = nbformat.read(PATH, as_version=4)
SOLVED = {"card:dataset": {"exercises": {"plant_leak": {"solved": 1, "tries": 2, "hints": 0}}}}
ROW = "Ada,02,exercise,plant_leak,1,2,0"


@pytest.fixture
def class_folder(tmp_path):
    """An empty folder of hand-ins, and a course for nbgrader with notebook 02."""
    source = tmp_path / "out" / "nbgrader" / "source" / PATH.stem
    source.mkdir(parents=True)
    nbformat.write(for_grading(LESSON), source / PATH.name)
    (tmp_path / "hand-ins").mkdir()
    return tmp_path / "hand-ins"


def zipped(path, **files):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def homework(notebook=None, kept=SOLVED):
    """What a student hands in: dict of name to text."""
    return {
        f"zirconkit_course/{PATH.name}": nbformat.writes(notebook or for_students(LESSON)),
        f"zirconkit_course/{FILE}": json.dumps(kept),
        f"__MACOSX/zirconkit_course/._{PATH.name}": "\0\5",
        "zirconkit_course/zirconkit-1.0-py3-none-any.whl": "kit",
    }


def collected(folder):
    """The rows of the class's table, and the notebooks that lie ready for nbgrader."""
    out = folder.parent / "out"
    collect(folder, out)
    ready = [str(path.relative_to(out / "nbgrader" / "submitted")) for path in out.rglob("submitted/*/*/*.ipynb")]
    return (out / "class.csv").read_text().splitlines()[1:], ready


@pytest.mark.parametrize("place", ["Ada.zip", "Ada/my homework.ZIP"])
def test_a_zipped_hand_in_is_read_wherever_it_lies(class_folder, place, capsys):
    path = class_folder / place
    path.parent.mkdir(exist_ok=True)
    zipped(path, **homework())
    assert collected(class_folder) == ([ROW], [f"Ada/{PATH.stem}/{PATH.name}"])
    assert [each.name for each in class_folder.rglob("*") if each.is_file()] == [path.name]  # unpacked elsewhere
    assert "is no notebook" not in capsys.readouterr().out


def test_of_several_hand_ins_the_newest_counts(class_folder):
    (class_folder / "Ada").mkdir()
    old, new = class_folder / "Ada" / "first.zip", class_folder / "Ada" / FILE
    with zipfile.ZipFile(old, "w") as archive:
        archive.writestr(zipfile.ZipInfo(FILE, (2020, 1, 1, 0, 0, 0)), "{}")
    new.write_text(json.dumps(SOLVED))
    assert collected(class_folder)[0] == [ROW]
    os.utime(new, (0, 0))
    assert collected(class_folder)[0] == []


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("escapes", "leads out of its folder"),
        ("absolute", "leads out of its folder"),
        ("large", "MB of notebooks, more than"),
        ("cut off", "cannot be unpacked"),
        ("no zip", "cannot be unpacked"),
    ],
)
def test_a_zip_that_will_not_do_is_named_and_stops_nobody_else(class_folder, fault, says, capsys, monkeypatch):
    path = class_folder / "Bo.zip"
    names = {"escapes": "../../Ada/evil.ipynb", "absolute": "/evil.ipynb"}
    zipped(path, **homework(), **{names.get(fault, "x.txt"): "{}"})
    content = path.read_bytes()
    if fault == "large":
        monkeypatch.setattr(unpacking, "LARGEST", 1000)
    else:
        (class_folder / "Ada").mkdir()
        (class_folder / "Ada" / FILE).write_text(json.dumps(SOLVED))
    if fault == "cut off":
        path.write_bytes(content[: len(content) // 2])
    if fault == "no zip":
        path.write_text("my homework")
    rows, ready = collected(class_folder)
    assert ready == [] and rows == ([] if fault == "large" else [ROW])
    said = [line for line in capsys.readouterr().out.splitlines() if line.startswith("Bo: Bo.zip is not read: ")]
    assert len(said) == 1 and says in said[0]
    assert not list(class_folder.parent.rglob("evil*"))


def test_what_cannot_be_read_is_said(class_folder, capsys, monkeypatch):
    (class_folder / "Ada").mkdir()
    (class_folder / "Ada" / "a.rar").write_text("x")
    (class_folder / "Ada" / "broken.ipynb").write_text('{"cells": 3')
    (class_folder / "Ada" / "large.ipynb").write_text(" " * 1000)
    monkeypatch.setattr(collecting, "LARGEST_NOTEBOOK", 900)
    assert collected(class_folder) == ([], [])
    said = capsys.readouterr().out
    assert "Ada: a.rar is not read: ask for a zip" in said and "broken.ipynb is no notebook" in said
    assert "large.ipynb is larger than" in said and f"Ada: no {PATH.name} that can be read" in said
    empty = class_folder.parent / "empty"
    empty.mkdir()
    (empty / "notes.txt").write_text("")
    with pytest.raises(ValueError, match="holds neither folders nor zips"):
        collect(empty, class_folder.parent / "out")
    (class_folder / "ada.zip").write_text("")
    with pytest.raises(ValueError, match="are one name as a folder"):
        collect(class_folder, class_folder.parent / "out")


def test_what_was_solved_with_buttons_alone_is_left_to_the_lecturer(class_folder, capsys):
    """A new run cannot press them; what stands in the answer cell it can judge."""
    typed = for_students(copy.deepcopy(LESSON))
    answer_cells(typed, "plant_leak")[0].source = "my_splits = {}"
    for name, notebook, kept in (("Ada", None, SOLVED), ("Bo", typed, SOLVED), ("Cy", None, {})):
        zipped(class_folder / f"{name}.zip", **homework(notebook, kept))
    collected(class_folder)
    table = (class_folder.parent / "out" / "nbgrader" / "by_hand.csv").read_text().splitlines()
    assert table == ["student,notebook,exercise", f"Ada,{PATH.stem},plant_leak"]
    assert f"Ada: {PATH.stem} plant_leak was solved with buttons" in capsys.readouterr().out
    assert "plant_leak" in questions(LESSON)
