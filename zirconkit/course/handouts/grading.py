"""Hand-ins on their way to nbgrader: found under whatever name they have, and with the cells that were deleted."""

import copy
import re

import nbformat

from zirconkit.course.handouts.lessons import answer_cells, questions

__all__ = ["CONFIG", "restored", "untouched"]

TIME_LIMIT = 300  # s a cell: the slowest cell of a lesson takes half a minute on two cores
CONFIG = f'''\
"""How nbgrader grades this course: `nbgrader generate_assignment NAME`, `nbgrader autograde NAME`,
`nbgrader generate_feedback NAME`, in this folder.
"""

import os
import shutil
import sys
import tempfile
from pathlib import Path

from nbgrader.converters import Autograde
from nbgrader.preprocessors import Execute

os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])  # alembic is there


class InItsOwnFolder(Execute):
    """Runs a hand-in in a copy of its folder that lies elsewhere: what an answer deletes there is nobody's."""

    def preprocess(self, nb, resources, *more, **other):
        place = resources["metadata"]["path"]
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch:
            folder = Path(scratch) / "own" / "folder"
            shutil.copytree(place, folder)
            resources["metadata"]["path"] = str(folder)
            try:
                return super().preprocess(nb, resources, *more, **other)
            finally:
                resources["metadata"]["path"] = place


c = get_config()  # noqa: F821
c.Execute.timeout = {TIME_LIMIT}  # s a cell: an answer that loops for ever is stopped then, and the rest is graded
c.ClearSolutions.code_stub = {{"python": ""}}  # what stands above a solution is the student's cell
c.Autograde.autograde_preprocessors = [
    InItsOwnFolder if each is Execute else each for each in Autograde.autograde_preprocessors.default_args[0]
]
'''
SECRETS = re.compile(r"(?ms)^### BEGIN (SOLUTION|HIDDEN TESTS)$.*?^### END \1$\n?")


def released(source):
    """A notebook as nbgrader releases it: its source without solutions and hidden tests."""
    notebook = copy.deepcopy(source)
    for cell in notebook.cells:
        cell.source = SECRETS.sub("", cell.source).rstrip("\n")
    return notebook


def restored(hand_in, source):
    """A hand-in with the code cells that were deleted from it, and with the marks that a program dropped.

    A cell is known again by its mark, its id, or its text. One that is not is put behind the one that it stood behind.

    Parameters
    ----------
    hand_in, source : NotebookNode
        What a student handed in, and nbgrader's source of it.

    Returns
    -------
    notebook : NotebookNode
    missing : int
        How many cells were put back.
    """
    notebook, missing, place = copy.deepcopy(hand_in), 0, 0
    for cell in released(source).cells:
        if cell.cell_type != "code":
            continue
        at = _found(cell, notebook.cells)
        if at is None:
            notebook.cells.insert(place, cell)
            missing, at = missing + 1, place
        elif "nbgrader" in cell.metadata:
            notebook.cells[at].metadata["nbgrader"] = cell.metadata["nbgrader"]
        place = at + 1
    return _without_doubled_ids(notebook), missing


def untouched(hand_in, source):
    """The exercises whose answer cells are as they were handed out: list of str.

    Parameters
    ----------
    hand_in, source : NotebookNode
        What `restored` gives, and nbgrader's source of it.
    """
    own = {_mark(cell): _source(cell) for cell in hand_in.cells}
    handed_out, names = released(source), []
    for name in questions(handed_out):
        cells = answer_cells(handed_out, name)
        if all(own.get(_mark(cell)) == _source(cell) for cell in cells):
            names.append(name)
    return names


def _found(cell, cells):
    """Where a cell stands among others: its place, or None."""
    for key in (_mark, _id, _source):
        wanted = key(cell)
        for place, other in enumerate(cells):
            if wanted and key(other) == wanted:
                return place
    return None


def _mark(cell):
    return cell.metadata.get("nbgrader", {}).get("grade_id")


def _id(cell):
    return cell.get("id")


def _source(cell):
    return cell.source.strip()


def _without_doubled_ids(notebook):
    """The same notebook, in today's format, with an id of its own for each cell."""
    notebook.nbformat_minor = max(notebook.nbformat_minor, 5)
    seen = set()
    for number, cell in enumerate(notebook.cells):
        if cell.get("id") in seen or not cell.get("id"):
            cell["id"] = f"own-{number}"
        seen.add(cell["id"])
    nbformat.validate(notebook)
    return notebook
