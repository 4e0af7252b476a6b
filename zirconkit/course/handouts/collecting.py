"""Collecting: one table of a class from the students' own files, and their notebooks laid out for nbgrader."""

import json
import shutil
import tempfile
from pathlib import Path
from typing import NamedTuple

import nbformat
import pandas as pd

from zirconkit import files
from zirconkit.course.handouts.grading import restored, untouched
from zirconkit.course.handouts.lessons import topic
from zirconkit.course.handouts.roster import folder_name
from zirconkit.course.handouts.unpacking import unpack
from zirconkit.course.profiles import notebooks
from zirconkit.exercises.card import CARD, sound
from zirconkit.handover import FILE

__all__ = ["class_table", "collect", "missed_most"]

COLUMNS = ["student", "notebook", "kind", "name", "done", "tries", "hints"]
CARDS = f"*{Path(FILE).stem}*.json"  # "zirconkit_course (1).json" as well
LARGEST = 1_000_000  # bytes of a student's file that is read
LARGEST_NOTEBOOK = 50_000_000  # bytes
PACKED = (".rar", ".7z", ".gz", ".tar", ".xz")  # of which nothing is read


class HandIn(NamedTuple):
    """What one student handed in: folders, whatever lies in them, and what her own file says."""

    student: str
    folders: tuple[Path, ...]
    kept: dict

    def found(self, pattern):
        """Its files that fit a pattern, the newest last; neither links nor Jupyter's checkpoints."""
        there = []
        for folder in self.folders:
            for path in folder.rglob(pattern):
                if path.is_file() and not path.is_symlink() and ".ipynb_checkpoints" not in path.parts:
                    there.append(path)
        return sorted(there, key=lambda path: (path.stat().st_mtime, str(path)))


def collect(folder, out):
    """Write `class.csv` and say what most of the class miss; lay hand-ins out where an nbgrader course was handed out.

    Parameters
    ----------
    folder : path
        Holds a folder or a zip for each student, named after her, with what she handed in; zips in a folder are read,
        too. A zip that cannot be read is named and left out.
    out : path
        Where `hand_out` wrote, or an empty folder. Gets `class.csv` (student, notebook, kind, name, done, tries, hints)
        and, where there is `nbgrader/source/`, `nbgrader/submitted/`.

    Raises
    ------
    ValueError
        If there is no such folder, or none in it.
    """
    with tempfile.TemporaryDirectory() as scratch:
        hand_ins = _hand_ins(Path(folder), Path(scratch))
        target = files.make_folder(Path(out).resolve())
        _collect(hand_ins, target)


def _collect(hand_ins, out):
    """What `collect` does with what it found."""
    table = class_table(hand_ins)
    files.write_whole(out / "class.csv", table.to_csv(index=False))
    print(f"{table['student'].nunique()} of {len(hand_ins)} students with a score card, in {out / 'class.csv'}")
    for line in missed_most(table):
        print(line)
    if (out / "nbgrader" / "source").is_dir():
        _lay_out(hand_ins, out / "nbgrader")


def _hand_ins(folder, scratch):
    """What the students handed in, zips unpacked into `scratch`: list of HandIn."""
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder: a folder for each student is wanted in it")
    inside = [path for path in sorted(folder.iterdir()) if folder_name(_student(path))]
    if not inside:
        wanted = f"one for each student is wanted, with her notebooks and her {FILE}"
        raise ValueError(f"{folder} holds neither folders nor zips: {wanted}")
    known = {}
    for path in inside:
        key = folder_name(_student(path)).casefold()
        if key in known:
            raise ValueError(f"{folder}: {known[key]} and {path.name} are one name as a folder: rename one")
        known[key] = path.name
    return [_hand_in(path, scratch / str(number)) for number, path in enumerate(inside)]


def _student(path):
    """Whose a folder or a zip is; "" if it is neither."""
    if path.is_dir():
        return path.name
    return path.stem if path.suffix.lower() == ".zip" and not path.is_symlink() else ""


def _hand_in(path, scratch):
    """A student's hand-in, from her folder or her zip."""
    student = _student(path)
    own = HandIn(student, (path,) if path.is_dir() else (), {})
    for packed in [each for each in own.found("*") if each.suffix.lower() in PACKED]:
        print(f"{student}: {packed.name} is not read: ask for a zip, or for the files themselves")
    zips = [each for each in own.found("*") if each.suffix.lower() == ".zip"] if own.folders else [path]
    unpacked = []
    for number, each in enumerate(zips):
        try:
            unpack(each, scratch / str(number))
            unpacked.append(scratch / str(number))
        except ValueError as error:
            print(f"{student}: {each.name} is not read: {error}")
    whole = own._replace(folders=(*own.folders, *unpacked))
    return whole._replace(kept=_kept_by(whole))


def class_table(hand_ins):
    """What was predicted, tried and solved, and no more: DataFrame, a row for each student and thing that is asked."""
    numbers = {}
    for path in notebooks():
        numbers[topic(nbformat.read(path, as_version=4))] = path.name[:2]
    rows = []
    for hand_in in hand_ins:
        for key, value in sorted(hand_in.kept.items()):
            number = numbers.get(key.removeprefix(CARD)) if key.startswith(CARD) else None
            if number:
                rows += [(hand_in.student, number, *row) for row in _rows(sound(value))]
    return pd.DataFrame(rows, columns=COLUMNS)


def _kept_by(hand_in):
    """What a student's file holds: dict; empty, and said, where there is none that can be read."""
    found = [path for path in hand_in.found(CARDS) if path.stat().st_size < LARGEST]
    if not found:
        print(f"{hand_in.student}: no {FILE}, so no score card; notebooks are graded without it")
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
    """Put each student's notebooks where nbgrader looks for them, under the names that it knows.

    What was solved with buttons alone cannot be run anew: `by_hand.csv` says whose points are to be given by hand.
    """
    by_hand, count = [], 0
    for path in sorted((course / "source").glob("*/*.ipynb")):
        source = nbformat.read(path, as_version=4)
        for hand_in in hand_ins:
            found = _notebook_of(hand_in, topic(source))
            if found is None:
                print(f"{hand_in.student}: no {path.name} that can be read")
                continue
            notebook, missing = restored(found, source)
            if missing:
                print(f"{hand_in.student}: {path.name} lacked {missing} cells; they are put back as handed out")
            place = course / "submitted" / folder_name(hand_in.student) / path.stem
            _put(hand_in, notebook, files.make_folder(place) / path.name)
            count += 1
            by_hand += [(hand_in.student, path.stem, name) for name in _by_buttons(hand_in, notebook, source)]
    print(f"{count} notebooks laid out for nbgrader in {course / 'submitted'}")
    table = pd.DataFrame(by_hand, columns=["student", "notebook", "exercise"])
    files.write_whole(course / "by_hand.csv", table.to_csv(index=False))
    for student, notebook, exercise in by_hand:
        print(
            f"{student}: {notebook} {exercise} was solved with buttons, which nbgrader cannot press: grade it by hand"
        )


def _put(hand_in, notebook, path):
    """Write a student's notebook, and beside it what the student's other notebooks handed on to it."""
    files.write_whole(path, nbformat.writes(notebook))
    for beside in hand_in.found("*.edits.json"):
        shutil.copyfile(beside, path.parent / beside.name)
    for kept in hand_in.found(CARDS)[-1:]:
        shutil.copyfile(kept, path.parent / FILE)


def _by_buttons(hand_in, notebook, source):
    """The exercises that a student's card calls solved and whose answer cells are as they were handed out."""
    done = sound(hand_in.kept.get(CARD + topic(source)))["exercises"]
    return [name for name in untouched(notebook, source) if done.get(name, {}).get("solved")]


def _notebook_of(hand_in, wanted):
    """The newest notebook of a hand-in with these exercises, whatever its name: NotebookNode, or None."""
    fitting = None
    for path in hand_in.found("*.ipynb"):
        if path.stat().st_size > LARGEST_NOTEBOOK:
            print(f"{hand_in.student}: {path.name} is larger than {LARGEST_NOTEBOOK // 10**6} MB: it is not read")
            continue
        try:
            notebook = nbformat.read(path, as_version=4)
        except Exception as error:  # whatever a student calls a notebook
            print(f"{hand_in.student}: {path.name} is no notebook ({type(error).__name__})")
            continue
        if topic(notebook) == wanted:
            fitting = notebook
    return fitting
