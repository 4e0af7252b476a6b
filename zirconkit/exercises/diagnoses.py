"""What checks say to wrong answers: the misconceptions that a lecturer should know."""

import ast
import inspect
import textwrap

__all__ = ["diagnoses"]

SHORTEST = 6  # words of a sentence that is a diagnosis


def diagnoses(question):
    """What a question says to wrong answers.

    Returns
    -------
    list of (str, str)
        The wrong answer, "" where many are meant, and the sentence. Of judges that do not list them in `why_not` the
        sentences are read in their source and in that of the functions that they call; `…` stands for what they fill in.
    """
    known = getattr(question.judge, "why_not", None)
    if known is not None:
        return [(str(wrong), said) for wrong, said in known.items()]
    said = {}
    for sentence in _sentences(question.judge, set()):
        said[sentence] = None
    return [("", sentence) for sentence in said]


def _sentences(function, seen):
    """The sentences in the source of a function and of those of its module that it names: generator of str."""
    seen.add(function)
    tree = _parsed(function)
    parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
    about = ast.get_docstring(tree, clean=False) if isinstance(tree, ast.FunctionDef) else None
    places = [node for node in ast.walk(tree) if hasattr(node, "lineno")]
    for node in sorted(places, key=lambda node: (node.lineno, node.col_offset)):
        text = "" if id(node) in parts else _text(node)
        if len(text.split()) >= SHORTEST and text != about:
            yield text
    for name in sorted({node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}):
        called = function.__globals__.get(name)
        if inspect.isfunction(called) and called.__module__ == function.__module__ and called not in seen:
            yield from _sentences(called, seen)


def _parsed(function):
    """The node of a function or lambda; of a lambda that stands in a longer statement nothing but itself."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    kinds = ast.Lambda if function.__name__ == "<lambda>" else ast.FunctionDef
    return next(node for node in ast.walk(tree) if isinstance(node, kinds))


def _text(node):
    """What a node of source says, "" if nothing."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if not isinstance(node, ast.JoinedStr):
        return ""
    return "".join(part.value if isinstance(part, ast.Constant) else "…" for part in node.values)
