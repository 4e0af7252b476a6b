"""`make notebooks`: notebooks from their scripts, executed in `lesson`, without what changes from run to run.

The scripts are what people edit. A notebook is rebuilt when its cells differ from its script's; `--all` rebuilds every
one, which is due when the package has changed what they show.
"""

import argparse
import os
import re
import sys
import tempfile
from pathlib import Path

import jupytext
import nbformat

from zirconkit import course
from zirconkit.course.execution import execute

__all__ = ["clean", "differs", "main", "read_script"]

NOTEBOOKS = Path(__file__).resolve().parents[2] / "notebooks"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
WIDGET = "application/vnd.jupyter.widget-view+json"
_PLACES = [str(NOTEBOOKS.parent), str(Path.home()), tempfile.gettempdir()]
BANNED = re.compile("|".join(["Warning", " at 0x[0-9a-f]{6}", *map(re.escape, _PLACES)]))


def main(argv=None):
    """Rebuild what changed, or what is named; exit status 1 if a notebook failed or shows what it should not."""
    parser = argparse.ArgumentParser(description="Rebuild notebooks from scripts.")
    parser.add_argument("names", nargs="*", metavar="NN", help="numbers of notebooks (default: those that changed)")
    parser.add_argument("--all", action="store_true", help="all, changed or not")
    args = parser.parse_args(argv)
    scripts = sorted((NOTEBOOKS / "scripts").glob("[0-9][0-9]_*.py"))
    for script in scripts:
        _renew_setup(script)
    if args.names:
        scripts = [script for script in scripts if script.name[:2] in {name.zfill(2) for name in args.names}]
    elif not args.all:
        scripts = [script for script in scripts if differs(script)]
    with tempfile.TemporaryDirectory() as scratch:
        return _rebuild(scripts, Path(scratch))


def _rebuild(scripts, scratch):
    drafts, status = [], 0
    for script in scripts:
        drafts.append(scratch / f"{script.stem}.ipynb")
        nbformat.write(read_script(script), drafts[-1])
    (scratch / "executed").mkdir()
    for entry in execute(drafts, scratch / "executed", {}):
        notebook = f"{entry['name']}.ipynb"
        executed = nbformat.read(scratch / "executed" / notebook, as_version=4)
        problems = [entry["error"]] if entry["error"] else clean(executed)
        if problems:
            print(f"{notebook} stays as it was: {'; '.join(problems)}", file=sys.stderr)
            status = 1
        else:
            nbformat.write(executed, NOTEBOOKS / notebook)
    return status


def _renew_setup(script):
    """Put the set-up cell of today into a script: the repository's address may have changed."""
    cell = course.setup_cell()
    first, *_, last = map(re.escape, cell.splitlines())
    old = script.read_text(encoding="utf-8")
    new = re.sub(f"(?s){first}.*?{last}", lambda _: cell, old)
    if new != old:
        script.write_text(new, encoding="utf-8")


def read_script(script):
    """The notebook that a script describes, without outputs; cells are numbered by position, tags are kept."""
    notebook = jupytext.read(script)
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    for i, cell in enumerate(notebook.cells):
        _tidy(cell, i)
    return notebook


def _tidy(cell, i):
    """Number a cell, keep its tags and what a grade book wrote to it, and fold it if it begins with a title."""
    cell.id = f"cell-{i:02d}"
    kept = {key: cell.metadata[key] for key in ("tags", "nbgrader") if cell.metadata.get(key)}
    if cell.cell_type == "code" and cell.source.startswith("# @title"):
        kept |= {"cellView": "form", "jupyter": {"source_hidden": True}}  # Colab's word and JupyterLab's
    cell.metadata = nbformat.from_dict(kept)


def differs(script):
    """Whether a script's notebook is missing, has other cells, or was never executed."""
    path = script.parents[1] / f"{script.stem}.ipynb"
    if not path.is_file():
        return True
    mine = read_script(script).cells
    theirs = nbformat.read(path, as_version=4).cells
    if any(cell.cell_type == "code" and cell.source and not cell.execution_count for cell in theirs):
        return True
    return [_text(cell) for cell in mine] != [_text(cell) for cell in theirs]


def _text(cell):
    return cell.cell_type, cell.source, dict(cell.metadata)


def clean(notebook):
    """Take out of an executed notebook what changes from run to run, in place: times, widgets, progress bars.

    Parameters
    ----------
    notebook : NotebookNode

    Returns
    -------
    list of str
        What it shows and should not: a warning, a path of this machine, the address of an object.
    """
    notebook.metadata = nbformat.from_dict({"kernelspec": KERNEL, "language_info": {"name": "python"}})
    problems = []
    for i, cell in enumerate(notebook.cells):
        _tidy(cell, i)
        for output in cell.get("outputs", []):
            for words in sorted(set(BANNED.findall(_shown(output)))):
                problems.append(f"cell [{cell.execution_count}] shows {words!r}")
        if cell.cell_type == "code":
            cell.outputs = [output for output in cell.outputs if not _passes_away(output)]
    return problems


def _shown(output):
    """All text of an output; not its picture, whose letters may spell anything."""
    texts = [output.get("text", "")]
    for kind, content in output.get("data", {}).items():
        if kind != "image/png":
            texts.append(str(content))
    return " ".join(texts)


def _passes_away(output):
    return output.get("name") == "stderr" or WIDGET in output.get("data", {})


if __name__ == "__main__":
    os.environ["ZIRCONKIT_DATA"] = os.devnull  # no pixel of a real mount may reach a committed output
    sys.exit(main())
