"""The glossary has every notebook's terms, with the sentence that defines them, and is up to date."""

import re

import nbformat
import pytest

from zirconkit import course
from zirconkit.course.glossary import FILE, glossary, terms

TEXT = """\
Some say **leak**. The answer **leaks** if a grain's
brother is known. The *mean* is known.

- **Means** are averages of many numbers. They are many.
"""


BOLD = {
    "leak": "The answer **leaks** if a grain's brother is known.",
    "mean": "**Means** are averages of many numbers.",
}
TOGETHER = "*mean*, *average*: a sum, shared."


@pytest.mark.parametrize(
    ("listed", "wanted"),
    [
        ("leak · mean, median", BOLD | {"median": ""}),
        (f"*leak*: a drop, lost · {TOGETHER}", {"leak": "a drop, lost.", "mean": TOGETHER, "average": TOGETHER}),
        ("*Base*: below. *Head*: on top.", {"Base": "below.", "Head": "on top."}),
    ],
)
def test_a_term_has_the_sentence_that_defines_it(tmp_path, listed, wanted):
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell(text) for text in (TEXT, f"**Terms.** {listed}")]
    )
    nbformat.write(notebook, tmp_path / "05_test.ipynb")
    found = terms(tmp_path / "05_test.ipynb")
    assert {term.name: term.sentence for term in found} == wanted
    assert {term.notebook for term in found} == {"05_test.ipynb"}


def test_the_glossary_is_up_to_date_and_has_every_term_of_every_notebook():
    folder = course.notebooks()[0].parent
    text = (folder / FILE).read_text(encoding="utf-8")
    assert text == glossary(), "run: make notebooks"
    headings = re.findall(r"(?m)^\*\*(.+)\*\*$", text)
    assert len(set(headings)) == len(headings) > 90
    for path in course.notebooks():
        for term in terms(path):
            assert term.name.casefold() in {name.casefold() for name in headings}
            assert f"]({path.name})" in text
