"""The sets: what students, graders and lecturers get of one notebook. Each function returns a new notebook."""

import copy
import re

import nbformat

from zirconkit.course.handouts.lessons import answer_cells, asked, check_cells, module, questions, tags
from zirconkit.exercises.diagnoses import diagnoses
from zirconkit.exercises.filling import filled_cells
from zirconkit.exercises.variants import varying

__all__ = ["core", "for_grading", "for_lecturers", "for_students", "solved", "varied"]

POINTS = {True: 1, False: 2}  # of an exercise in the depth, or in the core
CARD = "score_card(ex)"
CALL = """
from zirconkit.exercises.variants import vary

vary(ex, {seed})  # these are your numbers"""
IMPORT = re.compile(r"(?m)^from zirconkit\.exercises import \w+ as ex\b.*$")


def for_students(notebook):
    """As it is, without outputs; exercises carry the marks by which nbgrader knows them."""
    return _marked(_bare(notebook))


def solved(notebook):
    """With every exercise filled in, without outputs; a ValueError names the exercise of which no solution is known."""
    notebook = _bare(notebook)
    for name, question in questions(notebook).items():
        cells = answer_cells(notebook, name)
        for cell, source in zip(cells, _filled(name, question, cells)):
            cell.source = source
    return notebook


def for_lecturers(notebook, page):
    """The solution set with the lecturer's own cells, and with notes where they belong.

    At the top stands the notebook's page of the guide; under each check what students think first, why the answer is
    right, what the check says to wrong ones, and the hints.

    Parameters
    ----------
    notebook : NotebookNode
    page : dict of str
        As `guide.page` gives it.
    """
    ready = _with_own_cells(solved(notebook), notebook)
    thoughts = re.split(r"(?m)^- ", page["What students think first"])[1:]
    known = questions(ready)
    for name in asked(ready):
        said = [thought.strip() for thought in thoughts if f"`{name}`" in thought]
        note = _note(name, said, known.get(name))
        places = [place for place, cell in enumerate(ready.cells) if _judges(cell, name)]
        if note and places:
            ready.cells.insert(places[0] + 1, _for_you(note, f"note-{name}"))
    sections = [f"## {section}\n\n{text}" for section, text in page.items()]
    ready.cells.insert(0, _for_you("\n\n".join(sections), "note-page"))
    return ready


def _with_own_cells(ready, notebook):
    """A set with the cells for lecturers alone where they stand in the notebook."""
    kept = {cell.id: cell for cell in ready.cells}
    ready.cells = [kept.get(cell.id) or copy.deepcopy(cell) for cell in notebook.cells]
    return ready


def _judges(cell, name):
    """Whether a cell checks an exercise or commits a prediction."""
    return "check" in tags(cell) and re.search(rf"\bex\.{name}\.(check|commit)\(", cell.source)


def _for_you(text, name):
    return nbformat.v4.new_markdown_cell(text, id=name, metadata={"tags": ["lecturer"]})


def for_grading(notebook):
    """The source that nbgrader makes its release of: answers and solutions in one cell, checks with a hidden test."""
    notebook = _marked(_bare(notebook))
    for name, question in questions(notebook).items():
        cells = answer_cells(notebook, name)
        for cell, source in zip(cells, _filled(name, question, cells)):
            cell.source = f"{cell.source}\n### BEGIN SOLUTION\n{source}\n### END SOLUTION"
        for cell in check_cells(notebook, name)[:1]:
            test = f'assert ex.{name}.solved, "not solved"'
            cell.source = f"{cell.source}\n### BEGIN HIDDEN TESTS\n{test}\n### END HIDDEN TESTS"
    return notebook


def core(notebook):
    """Without the depth; the score card asks for what is left."""
    notebook = copy.deepcopy(notebook)
    notebook.cells = [cell for cell in notebook.cells if not _is_deep(cell)]
    only = f"score_card(ex, only={asked(notebook)})"
    for cell in notebook.cells:
        cell.source = cell.source.replace(CARD, only)
    return notebook


def varied(notebook, seed):
    """With the grains and the numbers of a seed: in the parameters, in the texts and in the checks.

    Raises
    ------
    ValueError
        If the text of an exercise does not hold the numbers that are to change.
    """
    notebook = copy.deepcopy(notebook)
    others = {name: each for name, each in varying(module(notebook)).items() if name in asked(notebook)}
    for cell in notebook.cells:
        if "parameters" in tags(cell):
            cell.source = re.sub(r"(?m)^SEED = .*$", f"SEED = {seed}", cell.source)
    for name, question in others.items():
        _put_numbers(notebook, name, question.variants, seed)
    if others:
        _put_call(notebook, seed)
    return notebook


def _put_numbers(notebook, name, variants, seed):
    """Set the numbers of a seed into the texts of an exercise."""
    for own, other in zip(variants.texts(**variants.numbers[0]), variants.texts(**variants.drawn(seed))):
        places = [cell for cell in notebook.cells if own in cell.source]
        if len(places) != 1:
            said = f"{len(places)} cells hold the text of {name}, {own!r}"
            raise ValueError(f"{said}: it must stand in one, word for word")
        places[0].source = places[0].source.replace(own, other)


def _put_call(notebook, seed):
    """Make the notebook's checks know the numbers of a seed, in the line under which it imports them."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.source = IMPORT.sub(rf"\g<0>{CALL.format(seed=seed)}", cell.source)


def _is_deep(cell):
    return "depth" in tags(cell) or cell.source.startswith("# Going deeper")


def _bare(notebook):
    """Without outputs and without the lecturer's own cells."""
    notebook = copy.deepcopy(notebook)
    notebook.cells = [cell for cell in notebook.cells if "lecturer" not in tags(cell)]
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return notebook


def _marked(notebook):
    """With nbgrader's marks on the cells that are answered and judged."""
    for name in questions(notebook):
        for number, cell in enumerate(answer_cells(notebook, name)):
            _mark(cell, f"answer-{name}" + (f"-{number + 1}" if number else ""))
        for cell in check_cells(notebook, name)[:1]:
            _mark(cell, f"check-{name}", POINTS["depth" in tags(cell)])
    return notebook


def _mark(cell, name, points=None):
    """Mark a cell as an answer, or, with points, as what judges one."""
    judges = points is not None
    mark = {"schema_version": 3, "grade_id": name, "task": False}
    mark |= {"grade": judges, "locked": judges, "solution": not judges}
    if judges:
        mark["points"] = points
        cell.metadata |= {"deletable": False, "editable": False}
    cell.metadata["nbgrader"] = nbformat.from_dict(mark)


def _filled(name, question, cells):
    """The cells of an exercise filled in: list of str."""
    try:
        return filled_cells(question, [cell.source for cell in cells])
    except ValueError as error:
        raise ValueError(f"exercise {name}: {error}") from error


def _note(name, thoughts, question):
    """What a lecturer reads under the check of an exercise or a prediction; "" if there is nothing to say."""
    lines = []
    if thoughts:
        lines += ["What students think first:", "", *(f"- {thought}" for thought in thoughts), ""]
    if question:
        lines += [f"Why it is so: {question.because}", "", "What the check says to wrong answers:", ""]
        for wrong, said in diagnoses(question):
            lines.append(f"- {f'`{wrong}`: ' if wrong else ''}{said}")
        lines += ["", "Hints, one after the other:", ""]
        lines += [f"{number}. {hint}" for number, hint in enumerate(question.hints, 1)]
    return "\n".join([f"**For lecturers: {name}**", "", *lines]) if lines else ""
