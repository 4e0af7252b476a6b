"""A notebook that comes later joins by itself; what it must bring with it is asked of every notebook."""

import re
import shutil
from pathlib import Path

import nbformat
import pytest

from zirconkit import course
from zirconkit.course import glossary, guide, profiles
from zirconkit.course.handouts import hand_out
from zirconkit.course.handouts.lessons import questions, topic

ROOT = Path(__file__).parents[1]
NOTEBOOKS = course.notebooks()
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
TESTS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "tests").glob("test_*.py")}


@each
def test_a_notebook_brings_its_terms_its_page_and_its_tests(path):
    lesson = nbformat.read(path, as_version=4)
    assert len(glossary.terms(path)) >= 5
    assert set(guide.page(path.name[:2])) == set(guide.SECTIONS)
    code = "\n".join(cell.source for cell in lesson.cells if cell.cell_type == "code")
    instruments = set(re.findall(r"\bwidgets\.([A-Za-z]\w+)", code))
    moved = set(re.findall(r"\w+", TESTS["test_browser.py"]))
    assert instruments & moved, "no instrument of this notebook is moved in tests/test_browser.py"
    text = "\n".join(TESTS.values())
    untried = [name for name in questions(lesson) if not re.search(rf"\b({topic(lesson)}|ex)\.{name}\b", text)]
    assert untried == [], "exercises that no test answers"


@pytest.fixture
def a_longer_course(tmp_path, monkeypatch):
    """A checkout that has a notebook 17 as well, a copy of 02 with a term of its own."""
    folder = tmp_path / "notebooks"
    shutil.copytree(ROOT / "notebooks", folder)
    (folder / "guide" / "17.md").unlink(missing_ok=True)
    (path,) = course.notebooks(["02"])
    lesson = nbformat.read(path, as_version=4)
    for cell in lesson.cells:
        cell.source = re.sub(r"(\*\*Terms\.\*\*) .+", r"\1 *later*: what is not there yet", cell.source)
    nbformat.write(lesson, folder / "17_later.ipynb")
    monkeypatch.setattr(profiles, "_CHECKOUT", tmp_path)
    return folder


def test_a_notebook_that_comes_later_is_handed_out_once_it_has_its_page(a_longer_course, tmp_path):
    glossary.main()
    text = (a_longer_course / glossary.FILE).read_text(encoding="utf-8")
    assert "**later**\n- what is not there yet. [17](17_later.ipynb)" in text
    out = tmp_path / "out"
    hand_out(out, ("students", "solutions"), names=["17"])
    assert (out / "students" / "17_later.ipynb").is_file() and (out / "solutions" / "17_later.ipynb").is_file()
    with pytest.raises(ValueError, match="notebook 17 has no page of the guide"):
        hand_out(out, ("lecturers",), names=["17"])
    shutil.copyfile(ROOT / "notebooks" / "guide" / "02.md", a_longer_course / "guide" / "17.md")
    hand_out(out, ("lecturers",), names=["17"])
    assert (out / "lecturers" / "17_later.ipynb").is_file()
    assert (out / "nbgrader" / "source" / "17_later" / "17_later.ipynb").is_file()


def test_a_notebook_without_terms_is_refused(a_longer_course):
    path = a_longer_course / "17_later.ipynb"
    path.write_text(path.read_text().replace("**Terms.**", "**Words.**"))
    with pytest.raises(ValueError, match=r"17_later\.ipynb has no terms for the glossary"):
        glossary.main()
