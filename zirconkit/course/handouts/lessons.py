"""What a notebook says of itself by the tags of its cells: exercises, answers, checks, depth."""

import importlib
import re
from types import ModuleType

from zirconkit.exercises.core import Question
from zirconkit.exercises.predictions import Prediction

__all__ = ["answer_cells", "asked", "check_cells", "module", "named", "questions", "tags", "topic"]

TOPIC = re.compile(r"from zirconkit\.exercises import (\w+) as ex\b")


def tags(cell):
    """The tags of a cell: list of str."""
    return cell.metadata.get("tags", [])


def topic(notebook):
    """The module of `zirconkit.exercises` that a notebook imports as `ex`: its name; None where it imports none."""
    for cell in notebook.cells:
        found = TOPIC.search(cell.source)
        if found and cell.cell_type == "code":
            return found[1]
    return None


def module(notebook):
    """That module itself; an empty one where a notebook has none."""
    name = topic(notebook)
    return importlib.import_module(f"zirconkit.exercises.{name}") if name else ModuleType("none")


def questions(notebook):
    """The questions that a notebook asks by its tags: dict of name to Question, in the notebook's order."""
    known = vars(module(notebook))
    found = {}
    for name in asked(notebook):
        if isinstance(known.get(name), Question):
            found[name] = known[name]
    return found


def asked(notebook):
    """The names of predictions and exercises that a notebook's tags name, in its order: list of str."""
    known = module(notebook)
    names = dict.fromkeys(filter(None, (named(cell) for cell in notebook.cells)))
    return [name for name in names if isinstance(getattr(known, name, None), (Question, Prediction))]


def named(cell):
    """The name of the exercise or prediction that a cell's tags name; None if they name none."""
    for tag in tags(cell):
        kind, _, name = tag.partition(":")
        if kind in ("exercise", "predict"):
            return name
    return None


def answer_cells(notebook, name):
    """The cells in which an exercise is answered, in order."""
    return [cell for cell in notebook.cells if "answer" in tags(cell) and f"exercise:{name}" in tags(cell)]


def check_cells(notebook, name):
    """The cells that judge an exercise, in order."""
    return [cell for cell in notebook.cells if "check" in tags(cell) and f"ex.{name}.check(" in cell.source]
