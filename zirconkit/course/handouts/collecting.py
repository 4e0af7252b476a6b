"""Collecting: one table of a class from the students' own files, and their notebooks laid out for nbgrader."""

import json
import shutil
from pathlib import Path
from typing import NamedTuple

import nbformat
import pandas as pd

from zirconkit import files
from zirconkit.course.handouts.grading import restored
from zirconkit.course.handouts.lessons import topic
from zirconkit.course.handouts.roster import folder_name
from zirconkit.course.profiles import notebooks
from zirconkit.exercises.card import CARD, sound
from zirconkit.handover import FILE

__all__ = ["class_table", "collect", "missed_most"]

COLUMNS = ["student", "notebook", "kind", "name", "done", "tries", "hints"]
CARDS = f"*{Path(FILE).stem}*.json"  # "zirconkit_course (1).json" as well
LARGEST = 1_000_000  # bytes of a student's file that is read


class HandIn(NamedTuple):
    """What one student handed in: a folder, whatever lies in it."""

    student: str
    folder: Path

    def found(self, pattern):
        """Its files that fit a pattern, the newest last; neither links nor Jupyter's checkpoints."""
        there = []
        for path in self.folder.rglob(pattern):
            if path.is_file() and not path.is_symlink() and ".ipynb_checkpoints" not in path.parts:
                there.append(path)
        return sorted(there, key=lambda path: (path.stat().st_mtime, str(path)))


def collect(folder, out):
    """Write `class.csv` and say what most of the class miss; lay hand-ins out where an nbgrader course was handed out.

    Parameters
    ----------
    folder : path
        Holds a folder for each student, named after her, with what she handed in.
    out : path
        Where `hand_out` wrote, or an empty folder. Gets `class.csv` (student, notebook, kind, name, done, tries, hints)
        and, where there is `nbgrader/source/`, `nbgrader/submitted/`.

    Raises
    ------
    ValueError
        If there is no such folder, or none in it.
    """
    hand_ins = _hand_ins(Path(folder))
    out = files.make_folder(Path(out).resolve())
    table = class_table(hand_ins)
    files.write_whole(out / "class.csv", table.to_csv(index=False))
    print(f"{table['student'].nunique()} of {len(hand_ins)} students with a score card, in {out / 'class.csv'}")
    for line in missed_most(table):
        print(line)
    if (out / "nbgrader" / "source").is_dir():
        _lay_out(hand_ins, out / "nbgrader")


def _hand_ins(folder):
    """The students' folders: list of HandIn."""
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder: a folder for each student is wanted in it")
    inside = [path for path in sorted(folder.iterdir()) if path.is_dir() and folder_name(path.name)]
    if not inside:
        raise ValueError(
            f"{folder} holds no folders: one for each student is wanted, with her notebooks and her {FILE}"
        )
    known = {}
    for path in inside:
        key = folder_name(path.name).casefold()
        if key in known:
            raise ValueError(f"{folder}: {known[key]} and {path.name} are one name as a folder: rename one")
        known[key] = path.name
    return [HandIn(path.name, path) for path in inside]


def class_table(hand_ins):
    """What was predicted, tried and solved, and no more: DataFrame, a row for each student and thing that is asked."""
    numbers = {}
    for path in notebooks():
        numbers[topic(nbformat.read(path, as_version=4))] = path.name[:2]
    rows = []
    for hand_in in hand_ins:
        for key, value in sorted(_kept_by(hand_in).items()):
            number = numbers.get(key.removeprefix(CARD)) if key.startswith(CARD) else None
            if number:
                rows += [(hand_in.student, number, *row) for row in _rows(sound(value))]
    return pd.DataFrame(rows, columns=COLUMNS)


def _kept_by(hand_in):
    """What a student's file holds: dict; empty, and said, where there is none that can be read."""
    found = [path for path in hand_in.found(CARDS) if path.stat().st_size < LARGEST]
    if not found:
        print(f"{hand_in.student}: no {FILE}")
        return {}
    try:
        kept = json.loads(found[-1].read_text(encoding="utf-8"))
    except (ValueError, OSError):
        kept = None
    if not isinstance(kept, dict):
        print(f"{hand_in.student}: {found[-1].name} cannot be read")
        return {}
    return kept


def _rows(card):
    """The rows of one card, without student and notebook: generator of tuples."""
    for name in card["predicted"]:
        yield "prediction", str(name)[:40], 1, 1, 0
    for name, counts in card["exercises"].items():
        yield "exercise", str(name)[:40], int(counts["solved"] > 0), counts["tries"], counts["hints"]


def missed_most(table, most=5):
    """The exercises that most of those who worked on their notebook did not solve: a line for each, the worst first."""
    exercises = table[table["kind"] == "exercise"]
    by_name = exercises.groupby(["notebook", "name"])["done"].agg(["size", "sum"])
    by_name["open"] = by_name["size"] - by_name["sum"]
    by_name["share"] = by_name["open"] / by_name["size"]
    worst = by_name[by_name["open"] > 0].sort_values(["share", "open"], ascending=False, kind="stable")
    lines = []
    for (number, name), row in worst.head(most).iterrows():
        lines.append(f"{number} {name}: {row['open']:.0f} of {row['size']:.0f} have not solved it")
    return lines


def _lay_out(hand_ins, course):
    """Put each student's notebooks where nbgrader looks for them, under the names that it knows."""
    for path in sorted((course / "source").glob("*/*.ipynb")):
        source = nbformat.read(path, as_version=4)
        for hand_in in hand_ins:
            found = _notebook_of(hand_in, topic(source))
            if found is None:
                print(f"{hand_in.student}: no {path.name} that can be read")
                continue
            place = files.make_folder(course / "submitted" / folder_name(hand_in.student) / path.stem)
            notebook, missing = restored(found, source)
            files.write_whole(place / path.name, nbformat.writes(notebook))
            if missing:
                print(
                    f"{hand_in.student}: {path.name} lacked {missing} cells; they are put back as they were handed out"
                )
            for beside in hand_in.found("*.edits.json"):
                shutil.copyfile(beside, place / beside.name)
            for kept in hand_in.found(CARDS)[-1:]:
                shutil.copyfile(kept, place / FILE)


def _notebook_of(hand_in, wanted):
    """The newest notebook of a hand-in with these exercises, whatever its name: NotebookNode, or None."""
    fitting = None
    for path in hand_in.found("*.ipynb"):
        try:
            notebook = nbformat.read(path, as_version=4)
        except Exception as error:  # whatever a student calls a notebook
            print(f"{hand_in.student}: {path.name} is no notebook ({type(error).__name__})")
            continue
        if topic(notebook) == wanted:
            fitting = notebook
    return fitting
