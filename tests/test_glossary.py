"""The glossary has every notebook's terms, with the sentence that defines them, and is up to date."""

import re

import nbformat
import pytest

from zirconkit import course
from zirconkit.course.glossary import FILE, anchor, glossary, main, terms, with_links

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
    headings = re.findall(r'(?m)^<a id="[a-z0-9_-]+"></a>\*\*(.+)\*\*$', text)
    assert len(set(headings)) == len(headings) > 90
    for path in course.notebooks():
        for term in terms(path):
            assert term.name.casefold() in {name.casefold() for name in headings}
            assert f"]({path.name})" in text


# ---------------------------------------------------------------- links

LINKED = {
    "leak · *mean*, R²: `a b`.": "[leak](GLOSSARY.md#leak) · *[mean](GLOSSARY.md#mean)*, [R²](GLOSSARY.md#r2): "
    "[`a b`](GLOSSARY.md#a-b).",
    "*Base*: below, *CL* (light), *Bo's*: more.": "*[Base](GLOSSARY.md#base)*: below, *[CL](GLOSSARY.md#cl)* (light), "
    "*[Bo's](GLOSSARY.md#bos)*: more.",
}


@pytest.mark.parametrize("listed", LINKED)
def test_each_term_is_linked_once_and_what_it_is_stays_the_same(tmp_path, listed):
    text = f"It is known.\n\n**Terms.** {listed}\n\n**Read on.** leak · mean"
    linked = with_links(text)
    assert linked == text.replace(listed, LINKED[listed]) == with_links(linked)
    found = []
    for name, source in (("a", text), ("b", linked)):
        nbformat.write(
            nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(source)]), tmp_path / f"{name}.ipynb"
        )
        found.append([term[:2] for term in terms(tmp_path / f"{name}.ipynb")])
    assert found[0] == found[1]


def test_the_terms_of_every_notebook_are_linked_to_marks_of_their_own():
    folder = course.notebooks()[0].parent
    marks = re.findall(r'<a id="([^"]+)">', (folder / FILE).read_text(encoding="utf-8"))
    assert len(marks) == len(set(marks))
    unlinked = []
    for path in course.notebooks():
        for text in (
            path.read_text(encoding="utf-8"),
            (folder / f"scripts/{path.stem}.py").read_text(encoding="utf-8"),
        ):
            linked = re.findall(r"\]\(GLOSSARY\.md#([^)]+)\)", text)
            if linked != [anchor(term.name) for term in terms(path)]:
                unlinked.append(path.stem)
    assert unlinked == [], "run: make notebooks"
    assert {anchor(term.name) for path in course.notebooks() for term in terms(path)} == set(marks)


def test_links_are_set_into_scripts_and_notebooks_and_outputs_stay(tmp_path, monkeypatch):
    (tmp_path / "scripts").mkdir()
    (tmp_path / "scripts" / "05_test.py").write_text("# %% [markdown]\n# **Terms.** leak\n\n# %%\nleak = 1\n")
    cells = [nbformat.v4.new_markdown_cell("**Terms.** leak"), nbformat.v4.new_code_cell("'**Terms.** leak'")]
    cells[1].outputs = [nbformat.v4.new_output("stream", text="**Terms.** leak")]
    path = tmp_path / "05_test.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    monkeypatch.setattr("zirconkit.course.glossary.notebooks", lambda: [path])
    for _ in range(2):
        main()
        notebook = nbformat.read(path, as_version=4)
        assert notebook.cells[0].source == "**Terms.** [leak](GLOSSARY.md#leak)"
        assert notebook.cells[1] == cells[1]
        script = (tmp_path / "scripts" / "05_test.py").read_text()
        assert script == "# %% [markdown]\n# **Terms.** [leak](GLOSSARY.md#leak)\n\n# %%\nleak = 1\n"
        assert '<a id="leak"></a>**leak**' in (tmp_path / FILE).read_text()
