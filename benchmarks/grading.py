"""Does a class get the marks that it earned? Thirty students, each with grains and numbers of her own, in `quick`.

Each hands in notebook 02 three times: filled in, half filled in, and empty. nbgrader grades all of them as the course
folder says that `zirconkit handout` writes. With --sets the sets of every notebook are run instead: that of students,
of solutions, of lecturers, the core of the first and a varied one of the second. Prints one JSON line: how many there
were, and those that did not get what they earned; with --sets what failed, which solutions do not pass, and, apart from
these, which cannot pass on the few grains of `quick` (their check says so). Needs nbgrader (`pip install
'zirconkit[grading]'`).
"""

import argparse
import contextlib
import io
import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path

import nbformat

from zirconkit.course import notebooks
from zirconkit.course.execution import execute
from zirconkit.course.guide import page
from zirconkit.course.handouts import collect, hand_out
from zirconkit.course.handouts.lessons import answer_cells, check_cells, module, questions, tags
from zirconkit.course.handouts.sets import POINTS, core, for_lecturers, for_students, solved, varied
from zirconkit.exercises.filling import filled_cells
from zirconkit.exercises.variants import vary

KINDS = ("filled", "half", "empty")
TOO_FEW = "not resolved with so few grains"  # what a check says where no answer could pass in `quick`


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--sets", action="store_true", help="run the sets of every notebook instead")
    parser.add_argument("--students", type=int, default=30)
    parser.add_argument("--notebooks", nargs="+", metavar="NN", help="default: 02, with --sets all")
    args = parser.parse_args()
    os.environ["ZIRCONKIT_PROFILE"] = "quick"
    with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(sys.stderr):
        if args.sets:
            result = run_sets(args.notebooks or (), Path(folder))
        else:
            result = grade((args.notebooks or ["02"])[0], args.students, Path(folder))
    print(json.dumps(result))


# ---------------------------------------------------------------- sets


def run_sets(names, folder):
    """Run the sets of notebooks: what failed, which solutions do not pass, which cores are too long."""
    ran, failures, too_few, cores = 0, [], [], {}
    for path in notebooks(names):
        lesson = nbformat.read(path, as_version=4)
        cores[path.name[:2]] = counted(core(lesson))
        for kind, notebook in sets_of(path, lesson).items():
            place = folder / kind
            place.mkdir(exist_ok=True)
            nbformat.write(notebook, folder / path.name)
            (entry,) = execute([folder / path.name], place, {})
            ran += 1
            executed = nbformat.read(place / path.name, as_version=4)
            if entry["error"]:
                failures.append(f"{kind} {path.stem}: {entry['error']}")
            elif kind not in ("students", "core"):
                for name, said in not_right(executed):
                    known = too_few if TOO_FEW in said else failures
                    known.append(f"{kind} {path.stem} {name}: {said[:200]}")
    failures += [f"core {number}: {counts}" for number, counts in cores.items() if not within(*counts)]
    return {"sets": ran, "failures": failures, "too_few_grains": too_few, "cores": cores}


def sets_of(path, lesson):
    """The sets that are run: dict of kind to notebook."""
    made = {
        "students": for_students(lesson),
        "solution": solved(lesson),
        "lecturers": for_lecturers(lesson, page(path.name[:2])),
        "core": for_students(core(lesson)),
    }
    vary(module(lesson), 1)  # the kit's answers to the other numbers
    made["varied solution"] = solved(varied(lesson, 1))
    vary(module(lesson), 0)
    return made


def counted(lesson):
    """Words (prose, prints, tables), figures, exercises and predictions of a notebook as stored, without its frame."""
    words, figures, names = 0, 0, {"exercise": set(), "predict": set()}
    for cell in lesson.cells:
        if "frame" in tags(cell):
            continue
        for kind, _, name in (tag.partition(":") for tag in tags(cell)):
            names.get(kind, set()).add(name)
        outputs = cell.get("outputs", [])
        printed = [output.text for output in outputs if output.get("name") == "stdout"]
        shown = [output.get("data", {}) for output in outputs]
        printed += [data["text/plain"] for data in shown if "text/html" in data and "image/png" not in data]
        prose = [cell.source] if cell.cell_type == "markdown" else []
        words += sum(len(re.findall(r"\w+", text)) for text in prose)
        words += sum(len(re.findall(r"[^\W\d_]{2,}", text)) for text in printed)
        figures += sum("image/png" in data for data in shown)
    return words, figures, len(names["exercise"]), len(names["predict"])


def within(words, figures, exercises, predictions):
    """Whether a core is one that a class of 50 minutes can do."""
    return words <= 1500 and figures <= 8 and 2 <= exercises <= 3 and predictions >= 1


def not_right(executed):
    """The exercises of an executed notebook that are not right: generator of name and what the check says."""
    for name in questions(executed):
        shown = "".join(output.get("text", "") for cell in check_cells(executed, name) for output in cell.outputs)
        if not shown.startswith("Right."):
            yield name, shown


# ---------------------------------------------------------------- grading


def grade(number, n_students, folder):
    """Let a class hand in, collect and grade; who did not get what she earned."""
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import PyFileConfigLoader

    (path,) = notebooks([number])
    lesson = nbformat.read(path, as_version=4)
    earned, hand_ins, out = {}, folder / "hand-ins", folder / "course"
    for seed in range(1, n_students + 1):
        for kind in KINDS:
            notebook, points = handed_in(lesson, seed, kind)
            earned[f"s{seed:02d}_{kind}"] = points
            place = hand_ins / f"s{seed:02d}_{kind}"
            place.mkdir(parents=True)
            nbformat.write(notebook, place / path.name)
    hand_out(out, ("lecturers",), names=[number])
    collect(hand_ins, out)
    course = out / "nbgrader"
    os.chdir(course)
    config = PyFileConfigLoader("nbgrader_config.py", str(course)).load_config()
    config.CourseDirectory.root = str(course)
    api = NbGraderAPI(config=config)
    said = {"release": api.generate_assignment(path.stem)}
    started = time.perf_counter()
    for student in earned:
        with contextlib.redirect_stderr(io.StringIO()):
            said[student] = api.autograde(path.stem, student)
        print(student, marks(course, path.stem, student), earned[student], flush=True)
    seconds = (time.perf_counter() - started) / len(earned)
    failures = [f"{student}: {log['log'][-300:]}" for student, log in said.items() if not log["success"]]
    for student, points in earned.items():
        found = marks(course, path.stem, student)
        if found != points:
            failures.append(f"{student}: {found} points, earned {points}")
    return {"hand_ins": len(earned), "seconds_each": round(seconds, 1), "failures": failures}


def handed_in(lesson, seed, kind):
    """A student's notebook with the numbers of a seed, and the points that it earns."""
    mine = for_students(varied(lesson, seed))
    vary(module(lesson), seed)
    points = 0
    for place, (name, question) in enumerate(questions(lesson).items()):
        if kind == "empty" or (kind == "half" and place % 2):
            continue
        cells = answer_cells(mine, name)
        for cell, source in zip(cells, filled_cells(question, [cell.source for cell in cells])):
            cell.source = source
        points += POINTS["depth" in cells[0].metadata["tags"]]
    vary(module(lesson), 0)
    return mine, points


def marks(course, stem, student):
    """The points that nbgrader gave."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{course}/gradebook.db") as book:
        return book.find_submission(stem, student).score


if __name__ == "__main__":
    main()
