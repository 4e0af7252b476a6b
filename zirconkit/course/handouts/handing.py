"""Handing out: the sets of all notebooks in their folders, one zip for students, a course for nbgrader."""

import csv
import re
from io import StringIO
from pathlib import Path

import nbformat

from zirconkit import files
from zirconkit.course import glossary
from zirconkit.course.guide import page
from zirconkit.course.handouts import packing
from zirconkit.course.handouts.grading import CONFIG
from zirconkit.course.handouts.lessons import questions
from zirconkit.course.handouts.roster import read_roster
from zirconkit.course.handouts.sets import core, for_grading, for_lecturers, for_students, solved, varied
from zirconkit.course.profiles import notebooks

__all__ = ["AUDIENCES", "hand_out"]

AUDIENCES = ("students", "solutions", "lecturers")


def hand_out(out, audiences=AUDIENCES, core_only=False, names=(), roster=None):
    """Write the sets that are asked for; print a line for each.

    Parameters
    ----------
    out : path
        Gets `students/` with `zirconkit_students.zip`, `solutions/`, `lecturers/`, and for the last an `nbgrader/`
        course. Files of the same names are replaced.
    audiences : collection of str
        Of `AUDIENCES`.
    core_only : bool
        Leave the depth out.
    names : list of str
        Numbers of notebooks (default: all).
    roster : path, optional
        CSV with a student in each line: each gets a folder and a zip with other grains and other numbers, and
        `lecturers/variants.csv` says whose are which.
    """
    out = files.make_folder(Path(out).resolve())
    students = read_roster(roster) if roster else []
    lessons = {}
    for path in notebooks(names):
        lesson = nbformat.read(path, as_version=4)
        lessons[path.name] = core(lesson) if core_only else lesson
    if "students" in audiences:
        _for_students(out, lessons, students)
    if "solutions" in audiences:
        _write(out / "solutions", {name: solved(lesson) for name, lesson in lessons.items()})
    if "lecturers" in audiences:
        _write(out / "lecturers", {name: for_lecturers(lesson, page(name[:2])) for name, lesson in lessons.items()})
        _for_nbgrader(out / "nbgrader", lessons)
        if students:
            files.write_whole(out / "lecturers" / "variants.csv", _key(lessons, students))


def _write(folder, lessons):
    """Write notebooks and their glossary into a folder, and say so; their content, dict of name to bytes."""
    files.make_folder(folder)
    written = {name: nbformat.writes(lesson).encode() for name, lesson in lessons.items()}
    written[glossary.FILE] = _glossary(lessons)
    for name, content in written.items():
        files.write_whole(folder / name, content)
    print(f"{len(lessons)} {'notebook' if len(lessons) == 1 else 'notebooks'} in {folder}")
    return written


def _glossary(names):
    """The glossary for a set: bytes; of notebooks that are not in it the number stays, the link goes."""
    kept = re.sub(r"\[(\d\d)\]\((.+?)\)", lambda link: link[0] if link[2] in names else link[1], glossary.stored())
    return kept.encode()


def _for_students(out, lessons, students):
    """The common set with its zip, or a set and a zip for each student."""
    wheel = packing.wheel()
    if not students:
        written = _write(out / "students", {name: for_students(lesson) for name, lesson in lessons.items()})
        files.write_whole(out / "zirconkit_students.zip", _zip(written, wheel))
        print(f"to send to students: {out / 'zirconkit_students.zip'}")
    for student in students:
        own = {name: for_students(varied(lesson, student.seed)) for name, lesson in lessons.items()}
        written = _write(out / "students" / student.folder, own)
        files.write_whole(out / "students" / f"{student.folder}.zip", _zip(written, wheel))


def _zip(written, wheel):
    """What a student unpacks: bytes."""
    readme = packing.README.format(wheel=packing.wheel_name(), first=min(written))
    content = {"README.txt": readme.encode(), packing.wheel_name(): wheel, **written}
    return packing.zipped({f"zirconkit_course/{name}": each for name, each in content.items()})


def _for_nbgrader(folder, lessons):
    """A course folder as nbgrader wants it: an assignment for each notebook that asks something."""
    for name, lesson in lessons.items():
        if questions(lesson):
            stem = Path(name).stem
            assignment = files.make_folder(folder / "source" / stem)
            files.write_whole(assignment / name, nbformat.writes(for_grading(lesson)))
            files.write_whole(assignment / glossary.FILE, _glossary([name]))
    files.write_whole(files.make_folder(folder) / "nbgrader_config.py", CONFIG)
    print(f"a course for nbgrader, for after --collect, in {folder}")


def _key(lessons, students):
    """Whose numbers are which, and the right answer to them: CSV as text."""
    text = StringIO()
    table = csv.writer(text)
    table.writerow(["student", "folder", "seed", "notebook", "exercise", "numbers", "answer"])
    for student in students:
        for name, lesson in lessons.items():
            changed = _varying(lesson)
            for exercise, question in changed.items():
                numbers = question.variants.drawn(student.seed)
                answer = question.variants.make(**numbers).answer
                shown = ", ".join(f"{key} {value}" for key, value in numbers.items())
                table.writerow([*student, name[:2], exercise, shown, answer])
            if not changed:
                table.writerow([*student, name[:2], "", "", ""])
    return text.getvalue()


def _varying(lesson):
    """The questions of a notebook that have variants: dict of name to Question."""
    return {name: each for name, each in questions(lesson).items() if each.variants}
