"""Answer cells filled in: what the solution set of a notebook holds."""

import ast
import inspect
import re
from pprint import pformat

from zirconkit.exercises.scores import Answered

__all__ = ["filled_cells"]


def filled_cells(question, stubs):
    """Source of a question's answer cells with a right answer in them.

    It is `question.filled`, where that is given; else it is made of `question.answer`, under the name that the cell has
    for it. What else stands in the cell stays.

    Parameters
    ----------
    question : Question
    stubs : list of str
        The cells as the student gets them.

    Returns
    -------
    list of str

    Raises
    ------
    ValueError
        If it does not follow from the answer what belongs into the cells: then the question wants `filled`.
    """
    if question.filled:
        return list(question.filled)
    if len(stubs) != 1:
        raise ValueError(f"{len(stubs)} answer cells: the question wants `filled`")
    answer = question.answer.answer if isinstance(question.answer, Answered) else question.answer
    if inspect.isfunction(answer):
        return [_with_function(stubs[0], answer)]
    return [_with_value(stubs[0], pformat(answer, width=100, sort_dicts=False))]


def _with_function(stub, answer):
    """A cell with a function: under the name of the one that is there, or handed over under that of a variable."""
    source = inspect.getsource(answer).rstrip()
    places = _open_places(stub)
    if places:
        return f"{source}\n\n\n{_name(places[0])} = {answer.__name__}"
    (there,) = [node.name for node in ast.parse(stub).body if isinstance(node, ast.FunctionDef)]
    return re.sub(rf"^def {answer.__name__}\(", f"def {there}(", source)


def _with_value(stub, text):
    """A cell with a value in its one open place."""
    places = _open_places(stub)
    if len(places) != 1:
        raise ValueError(f"{len(places)} variables to fill in: the question wants `filled`")
    lines = stub.splitlines()
    lines[places[0].lineno - 1 : places[0].end_lineno] = [f"{_name(places[0])} = {text}"]
    return "\n".join(lines)


def _open_places(stub):
    """The assignments of a cell that hold an ellipsis: list of ast.Assign."""
    found = []
    for node in ast.parse(stub).body:
        if isinstance(node, ast.Assign) and any(_is_ellipsis(part) for part in ast.walk(node.value)):
            found.append(node)
    return found


def _is_ellipsis(node):
    return isinstance(node, ast.Constant) and node.value is ...


def _name(assignment):
    return ast.unparse(assignment.targets[0])
