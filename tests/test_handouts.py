"""Hand-outs: each set is what it says, variants have one right answer each, hand-ins are graded and survived."""

import copy
import importlib
import io
import json
import pkgutil
import re
import zipfile
from pathlib import Path
from types import SimpleNamespace

import nbformat
import numpy as np
import pytest

from zirconkit import course, exercises, grains, mounts
from zirconkit.course.guide import page
from zirconkit.course.handouts import collect, hand_out, packing
from zirconkit.course.handouts.grading import restored
from zirconkit.course.handouts.lessons import answer_cells, check_cells, named, questions, tags
from zirconkit.course.handouts.roster import folder_name, read_roster
from zirconkit.course.handouts.sets import core, for_grading, for_lecturers, for_students, solved, varied
from zirconkit.exercises import dataset, transfer
from zirconkit.exercises.core import NOT_ATTEMPTED
from zirconkit.exercises.diagnoses import diagnoses
from zirconkit.exercises.filling import filled_cells
from zirconkit.exercises.variants import vary, varying

ROOT = Path(__file__).parents[1]
NOTEBOOKS = course.notebooks()
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
READ = {path: nbformat.read(path, as_version=4) for path in NOTEBOOKS}
ASKING = [path for path in NOTEBOOKS if questions(READ[path])]
each_asking = pytest.mark.parametrize("path", ASKING, ids=lambda path: path.stem)


def sources(notebook):
    return [cell.source for cell in notebook.cells]


def code(notebook):
    return [cell.source for cell in notebook.cells if cell.cell_type == "code"]


# ---------------------------------------------------------------- sets


@each
def test_the_students_set_is_the_notebook_without_outputs_and_answers(path):
    lesson, mine = READ[path], for_students(READ[path])
    nbformat.validate(mine)
    assert sources(mine) == sources(lesson)
    assert not any(cell.get("outputs") or cell.get("execution_count") for cell in mine.cells)
    assert any(cell.get("outputs") for cell in lesson.cells)  # the notebook itself is as it was


@each_asking
def test_every_exercise_is_answered_in_the_solution_set_and_nothing_else_is_changed(path):
    """Whether each solution passes its check, `benchmarks/grading.py` tries by running them."""
    lesson, ready = READ[path], solved(READ[path])
    for before, after in zip(lesson.cells, ready.cells, strict=True):
        if before.source != after.source:
            assert "answer" in tags(before) and f"exercise:{named(before)}" in tags(before)
    for name in questions(lesson):
        cells, stubs = answer_cells(ready, name), answer_cells(lesson, name)
        assert cells and len(check_cells(lesson, name)) == 1, name
        for cell, stub in zip(cells, stubs):
            assert cell.source != stub.source and not re.search(r"= \.\.\.|return \.\.\.", cell.source), name
            compile(cell.source, name, "exec")
            for variable in re.findall(r"(?m)^(?:def )?(my_\w+)", stub.source):
                assert variable in cell.source, f"{name} leaves {variable} out"


@each_asking
def test_the_lecturers_set_has_its_notes_where_they_belong(path):
    guide = page(path.name[:2])
    ready = for_lecturers(READ[path], guide)
    nbformat.validate(ready)
    assert code(ready) == code(solved(READ[path]))
    assert all(text in ready.cells[0].source for text in guide.values())
    notes = {cell.id.removeprefix("note-"): i for i, cell in enumerate(ready.cells) if "lecturer" in tags(cell)}
    for name, question in questions(ready).items():
        assert ready.cells[notes[name] - 1] == check_cells(ready, name)[0]
        note = ready.cells[notes[name]].source
        assert all(part in note for part in (question.because, *question.hints))
        assert len(diagnoses(question)) >= 2 and all(said in note for _, said in diagnoses(question)), name
    for name, place in list(notes.items())[1:]:
        for thought in re.findall(rf"(?m)^- (.*`{name}`.*)$", guide["What students think first"]):
            assert thought in ready.cells[place].source


def test_a_lecturers_cell_is_kept_for_lecturers_only():
    lesson = copy.deepcopy(READ[NOTEBOOKS[0]])
    own = nbformat.v4.new_markdown_cell("For you alone.", id="own", metadata={"tags": ["lecturer"]})
    lesson.cells.insert(5, own)
    assert own.source in sources(for_lecturers(lesson, page("00")))
    assert not any(own.source in sources(make(lesson)) for make in (for_students, solved, for_grading))


@each_asking
def test_the_core_is_short_and_asks_for_what_is_left(path):
    """DESIGN's counts: 1,500 words, 2 or 3 exercises; figures are counted in `test_notebooks.py`."""
    lesson = core(READ[path])
    left = [cell for cell in lesson.cells if "frame" not in tags(cell) and cell.cell_type == "markdown"]
    assert sum(len(re.findall(r"\w+", cell.source)) for cell in left) <= 1500
    assert 2 <= len(questions(lesson)) <= 3 < len(questions(READ[path]))
    assert not any("depth" in tags(cell) for cell in lesson.cells)
    (card,) = [source for source in code(lesson) if "score_card(ex" in source]
    only = re.search(r"only=(\[.*\])", card)[1]
    assert set(questions(lesson)) <= set(json.loads(only.replace("'", '"')))


@each
def test_an_old_notebook_passes_through(path):
    if path in ASKING:
        return
    assert code(solved(READ[path])) == code(for_grading(READ[path])) == code(READ[path])


def test_an_exercise_of_which_no_solution_is_known_is_named():
    lesson = copy.deepcopy(READ[ASKING[0]])
    name = next(iter(questions(lesson)))
    (cell,) = answer_cells(lesson, name)
    cell.source = "my_first = ...\nmy_second = ..."
    with pytest.raises(ValueError, match=f"exercise {name}: 2 variables to fill in"):
        solved(lesson)


# ---------------------------------------------------------------- variants

VARYING = [
    pytest.param(module, name, id=f"{module}.{name}")
    for module in (info.name for info in pkgutil.iter_modules(exercises.__path__))
    for name in varying(importlib.import_module(f"zirconkit.exercises.{module}"))
]
SEEDS = range(100)


def varies(path):
    return any(question.variants for question in questions(READ[path]).values())


@pytest.mark.parametrize(("module", "name"), VARYING)
def test_a_hundred_variants_have_one_right_answer_each(module, name):
    """Its own; neither that of a neighbour nor what comes of a known mistake; and each mistake is known by one name."""
    own = vars(importlib.import_module(f"zirconkit.exercises.{module}"))[name]
    variants = own.variants
    made = {seed: variants.make(**variants.drawn(seed)) for seed in SEEDS}
    assert variants.drawn(0) == variants.numbers[0] and made[0].answer == own.answer
    for seed, question in made.items():
        assert question.is_right(question.answer), seed
        assert variants.drawn(seed) != variants.drawn(seed + 1)
        assert not question.is_right(variants.make(**variants.drawn(seed + 1)).answer), seed
        for wrong, said in getattr(question.judge, "why_not", {}).items():
            assert question.verdict(wrong) == said, (seed, wrong)
        texts = [*question.hints, question.because]
        assert not re.search(r"\d\.\d{7}|\bnan\b", " ".join(texts))
        assert len(question.hints) == len(own.hints) and question.verdict(...) == NOT_ATTEMPTED


@pytest.mark.parametrize(("module", "name"), VARYING)
def test_variants_are_as_hard_as_each_other(module, name):
    """As many mistakes to make, and numbers of the same kind and size."""
    variants = vars(importlib.import_module(f"zirconkit.exercises.{module}"))[name].variants
    made = [variants.make(**numbers) for numbers in variants.numbers]
    known = [len(getattr(question.judge, "why_not", {})) for question in made]
    assert max(known) - min(known) <= 1
    for key, value in variants.numbers[0].items():
        others = [numbers[key] for numbers in variants.numbers]
        assert all(type(other) is type(value) and value / 4 <= other <= 4 * value for other in others), key


@each_asking
def test_a_varied_notebook_has_its_numbers_in_its_text_and_in_its_checks(path):
    lesson = READ[path]
    mine, neighbours = varied(lesson, 17), varied(lesson, 18)
    nbformat.validate(mine)
    differ = [cell for cell, other in zip(mine.cells, neighbours.cells) if cell.source != other.source]
    assert any("SEED = 17" in cell.source for cell in differ)
    for name, question in questions(lesson).items():
        if question.variants:
            assert sum("vary(ex, 17)" in source for source in code(mine)) == 1
            texts = question.variants.texts(**question.variants.drawn(17))
            assert all(text in "\n".join(sources(mine)) for text in texts), name
            assert not texts or any(named(cell) == name for cell in differ)
    for source in code(mine):
        compile(source.replace("get_ipython", "print"), path.stem, "exec")


def test_varied_checks_judge_the_varied_numbers():
    fresh = SimpleNamespace(equal_weights=copy.copy(dataset.equal_weights))
    vary(fresh, 1)
    right = fresh.equal_weights.variants.make(**fresh.equal_weights.variants.drawn(1)).answer
    assert fresh.equal_weights.is_right(right) and not fresh.equal_weights.is_right({0: 3, 1: 1})
    vary(fresh, 0)
    assert fresh.equal_weights.is_right({0: 3, 1: 1})


def test_varied_feeds_hold_the_varied_slips():
    grey = np.array([0, 127, 255], np.uint8)
    for seed in range(len(transfer.find_the_slip.variants.numbers)):
        vary(transfer, seed)
        fed, slips = transfer.feeds(grey), transfer.find_the_slip.answer
        as_made = [letter for letter in "abc" if np.allclose(fed[letter], (grey - 127.0) / 128)]
        assert len(slips) == 2 and set(as_made) == set("abc") - set(slips)
        for letter, (scale, offset) in slips.items():
            assert np.allclose(fed[letter], grey * scale + offset, atol=1e-6)
    vary(transfer, 0)


def test_every_notebook_of_the_first_eight_has_numbers_that_vary():
    assert all(questions(READ[path]) and varies(path) for path in NOTEBOOKS if path.name[:2] < "08")


def test_a_text_that_no_longer_holds_its_numbers_is_named():
    (path,) = course.notebooks(["02"])
    lesson = copy.deepcopy(READ[path])
    for cell in lesson.cells:
        cell.source = cell.source.replace("600 porphyry", "many porphyry")
    with pytest.raises(ValueError, match="0 cells hold the text of equal_weights"):
        varied(lesson, 1)


@pytest.mark.parametrize("seed", [25, 39])  # few grains of the dealt-out mounts fall to the test
def test_the_kits_own_leak_is_found_with_other_grains_too(seed):
    found = grains.from_mounts(mounts.embedded(), size=90, progress=False).two_classes()
    measured = found.table[["mean_grey", "std_grey", "contrast", "area_px", "aspect_ratio", "solidity"]]
    bench = SimpleNamespace(grains=found, x=measured.fillna(0).to_numpy(float), seed=seed)
    assert dataset.plant_leak.is_right(dataset.planted(dataset.plan_splits(bench), bench))


# ---------------------------------------------------------------- rosters


def roster(tmp_path, text, encoding="utf-8"):
    path = tmp_path / "roster.csv"
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_a_roster_is_read_as_spreadsheets_save_it(tmp_path, encoding):
    path = roster(tmp_path, 'Name;Group\r\nJosé Peña;1\r\n\r\n" Weiß,  Jo ";2\r\n;3\r\n', encoding)
    assert [student[:2] for student in read_roster(path)] == [("José Peña", "Jose_Pena"), ("Weiß, Jo", "Weiss_Jo")]
    assert [student.seed for student in read_roster(path)] == [1, 2]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("name\nAda\nBo\nAda\n", "Ada in line 4 has the folder of line 2"),
        ("name\nJosé\nJOSE\n", "JOSE in line 3 has the folder of line 2"),
        ("name\nAda\n../..\n", "line 3: '../..' has no letter"),
        ("name\n", "holds no students"),
        ("", "holds no students"),
    ],
)
def test_doubled_odd_and_missing_names_are_said(tmp_path, text, says):
    with pytest.raises(ValueError, match=re.escape(says)):
        read_roster(roster(tmp_path, text))


@pytest.mark.parametrize("name", ["../../etc/passwd", "con", "a/b\\c:d*e?", ".hidden", "x" * 300, "李 伟", "-rf"])
def test_a_folders_name_stays_in_its_folder(name, tmp_path):
    folder = folder_name(name)
    assert folder and (tmp_path / folder).parent == tmp_path and len(folder) <= 61
    assert not re.search(r"[/\\:*?+\s]", folder) and folder[0] not in ".-" and folder.lower() != "con"


# ---------------------------------------------------------------- handing out


def test_the_command_writes_what_is_asked_for(zirconkit, tmp_path):
    status, _, err = zirconkit("handout", "--out", tmp_path, "--for", "students", "--notebooks", "2", "--core")
    assert (status, err) == (0, "")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["students", "zirconkit_students.zip"]
    names = sorted(path.name for path in (tmp_path / "students").iterdir())
    assert names == [course.notebooks(["02"])[0].name, "GLOSSARY.md"]
    assert zirconkit("handout", "--out", tmp_path, "--students", tmp_path / "none.csv")[0] == 1
    assert zirconkit("handout", "--out", tmp_path, "--collect", tmp_path / "none")[0] == 1


def test_each_student_gets_a_zip_of_her_own_and_the_lecturer_a_key(tmp_path):
    hand_out(tmp_path, ("students", "lecturers"), names=["02", "04"], roster=roster(tmp_path, "name\nAda\nBo\n"))
    unpacked = {}
    for name in ("Ada", "Bo"):
        with zipfile.ZipFile(tmp_path / "students" / f"{name}.zip") as archive:
            unpacked[name] = {Path(entry).name: archive.read(entry) for entry in archive.namelist()}
    names = set(unpacked["Ada"])
    own = {path.name for path in course.notebooks(["02", "04"])}
    assert names == {"README.txt", "GLOSSARY.md", packing.wheel_name(), *own}
    linked = re.findall(rb"\]\(([^#)]+)\)", unpacked["Ada"]["GLOSSARY.md"])
    assert {name.decode() for name in linked} == own  # no link leads out of the set
    for name in own:
        marks = re.findall(rb"\(GLOSSARY\.md#([\w-]+)\)", unpacked["Ada"][name])
        assert marks and all(b'<a id="%s">' % mark in unpacked["Ada"]["GLOSSARY.md"] for mark in marks)
    for name in names:
        assert (unpacked["Ada"][name] != unpacked["Bo"][name]) == name.endswith(".ipynb"), name
    key = (tmp_path / "lecturers" / "variants.csv").read_text()
    assert key.count("\nAda,") == key.count("\nBo,") == 2 and "Ada,Ada,1,04,express," in key and "equal_weights" in key


def test_the_wheel_is_one_that_pip_takes(tmp_path):
    """Every file is recorded with its hash, and nothing of a student's or a computer's is among them."""
    with zipfile.ZipFile(io.BytesIO(packing.wheel())) as archive:
        names = archive.namelist()
        assert archive.testzip() is None and len(set(names)) == len(names)
        info = packing.wheel_name().split("-py3")[0] + ".dist-info"
        recorded = [line.split(",")[0] for line in archive.read(f"{info}/RECORD").decode().splitlines()]
        assert recorded == names and f"{info}/METADATA" in names
        assert "zirconkit = zirconkit.cli:main" in archive.read(f"{info}/entry_points.txt").decode()
    assert {"zirconkit/data/README.md", f"zirconkit/notebooks/{NOTEBOOKS[0].name}", "zirconkit/cli.py"} <= set(names)
    assert not [name for name in names if "zirconkit_course.json" in name or "__pycache__" in name]
    assert not [name for name in names if "LECTURERS" in name or "/guide/" in name]  # they have good answers in them


# ---------------------------------------------------------------- collecting


def card(**exercises):
    done = {name: {"solved": solved, "tries": tries, "hints": 0} for name, (solved, tries) in exercises.items()}
    return {"predicted": {"coin": [0.9, 0.5]}, "exercises": done}


@pytest.fixture
def class_folder(tmp_path):
    """Four students: two with a card, one whose file is damaged, one with none."""
    folder = tmp_path / "hand-ins"
    kept = {
        "Ada": {"card:dataset": card(plant_leak=(1, 2), even_out=(0, 5)), "by_eye": {"right": 9, "of": 12}},
        "Bo": {"card:dataset": card(plant_leak=(0, 1), even_out=(0, 0)), "card:none": 3, "note": "I am ill"},
    }
    for name in ("Ada", "Bo", "Cy", "Di"):
        (folder / name).mkdir(parents=True)
    for name, content in kept.items():
        (folder / name / "zirconkit_course.json").write_text(json.dumps(content))
    (folder / "Cy" / "zirconkit_course.json").write_text('{"card:dataset": {"exerc')
    return folder


def test_a_class_becomes_one_table_and_what_most_miss_is_named(class_folder, tmp_path, capsys):
    collect(class_folder, tmp_path / "out")
    rows = (tmp_path / "out" / "class.csv").read_text().splitlines()
    assert rows == [
        "student,notebook,kind,name,done,tries,hints",
        "Ada,02,prediction,coin,1,1,0",
        "Ada,02,exercise,plant_leak,1,2,0",
        "Ada,02,exercise,even_out,0,5,0",
        "Bo,02,prediction,coin,1,1,0",
        "Bo,02,exercise,plant_leak,0,1,0",
        "Bo,02,exercise,even_out,0,0,0",
    ]  # no guess, no note, nothing else of a student
    said = capsys.readouterr().out
    assert "Cy: zirconkit_course.json cannot be read" in said and "Di: no zirconkit_course.json" in said
    assert "2 of 4 students with a score card" in said
    worst = said[said.index("02 ") :].splitlines()
    assert worst == ["02 even_out: 2 of 2 have not solved it", "02 plant_leak: 1 of 2 have not solved it"]


@pytest.mark.parametrize(
    "odd", [[], "x", {"exercises": {"a": 3, "b": {"solved": "yes", "tries": -1}}}, {"predicted": 1}]
)
def test_a_card_of_a_strange_form_does_no_harm(class_folder, tmp_path, odd):
    (class_folder / "Cy" / "zirconkit_course.json").write_text(json.dumps({"card:dataset": odd}))
    collect(class_folder, tmp_path / "out")
    assert "Cy,02,exercise,b,0,0,0" in (tmp_path / "out" / "class.csv").read_text() or "b" not in str(odd)


def test_renamed_files_are_found_and_links_and_doubled_folders_are_not_taken(class_folder, tmp_path, capsys):
    kept = class_folder / "Ada" / "zirconkit_course.json"
    kept.rename(class_folder / "Ada" / "zirconkit_course (1).json")
    (class_folder / "Di" / "zirconkit_course.json").symlink_to(class_folder / "Bo" / "zirconkit_course.json")
    collect(class_folder, tmp_path / "out")
    text = (tmp_path / "out" / "class.csv").read_text()
    assert text.count("\nAda,") == 3 and "Di," not in text
    (class_folder / "bo").mkdir()
    with pytest.raises(ValueError, match="are one name as a folder"):
        collect(class_folder, tmp_path / "out")


def test_deleted_cells_come_back_where_they_were():
    (path,) = course.notebooks(["02"])
    source, hand_in = for_grading(READ[path]), for_students(READ[path])
    (answer,) = answer_cells(hand_in, "even_out")
    answer.source = "my_even = print"
    whole, missing = restored(hand_in, source)
    assert missing == 0 and code(whole) == code(hand_in)
    gone = [*answer_cells(hand_in, "catch_leak"), *check_cells(hand_in, "catch_leak"), hand_in.cells[0]]
    hand_in.cells = [cell for cell in hand_in.cells if cell not in gone]
    mended, missing = restored(hand_in, source)
    assert missing == 3 and code(mended) == code(whole)  # and her answer stands
    for cell in hand_in.cells:
        cell.metadata.pop("nbgrader", None)
        cell.id = f"colab-{cell.id}"
    mended, missing = restored(hand_in, source)  # ids and marks are lost: known again by their text
    graded = [cell.metadata.nbgrader.grade_id for cell in mended.cells if "nbgrader" in cell.metadata]
    assert set(graded) >= {f"check-{name}" for name in questions(source)} and "my_even = print" in code(mended)
    assert code(mended).index("my_even = print") < code(mended).index(check_cells(whole, "even_out")[0].source)


# ---------------------------------------------------------------- grading

STEM, TINY = "02_from_grains_to_data", "99_tiny"
LOOPS = "import time\n\nwhile True:\n    time.sleep(0.01)"
DELETES = "import shutil\n\nfor place in ('.', '..', '../..'):\n    shutil.rmtree(place, ignore_errors=True)"


def tiny(loops="pass", deletes="pass"):
    """A notebook of two exercises that needs nothing of the kit: answers that loop or delete files."""
    cells = []
    for name, answer in (("loops", loops), ("deletes", deletes)):
        answer = nbformat.v4.new_code_cell(f"{name} = 1\n{answer}", id=f"answer-{name}")
        check = nbformat.v4.new_code_cell(f"assert {name}\nopen('kept', 'w').close()", id=f"check-{name}")
        answer.metadata.nbgrader = {"schema_version": 3, "grade_id": answer.id, "solution": True, "grade": False}
        check.metadata.nbgrader = {"schema_version": 3, "grade_id": check.id, "solution": False, "grade": True}
        check.metadata.nbgrader["points"] = 1
        for cell in (answer, check):
            cell.metadata.nbgrader |= {"task": False, "locked": cell is check}
            cells.append(cell)
    return nbformat.v4.new_notebook(cells=cells, metadata=READ[NOTEBOOKS[0]].metadata)


def answered(lesson, names, **own):
    """A student's notebook with the kit's answers to some exercises and answers of her own to others."""
    mine = for_students(lesson)
    for name, question in questions(lesson).items():
        cells = answer_cells(mine, name)
        if name in names:
            for cell, source in zip(cells, filled_cells(question, [cell.source for cell in cells])):
                cell.source = source
        if name in own:
            cells[0].source = own[name]
    return mine


def three_exercises():
    """Of notebook 02 what these exercises need, and no data: the whole is graded by `benchmarks/grading.py`."""
    lesson = nbformat.read(ROOT / "notebooks" / f"{STEM}.ipynb", as_version=4)
    kept = [
        nbformat.v4.new_code_cell("import numpy as np\n\nfrom zirconkit.exercises import dataset as ex", id="first")
    ]
    for name in ("even_out", "equal_weights", "fair_test"):
        judges = check_cells(lesson, name)
        kept += [cell for cell in lesson.cells if named(cell) == name or cell in judges]
    lesson.cells = kept
    return lesson


def weights_of(seed):
    """The answer to `equal_weights` with the numbers of a seed, as a student types it."""
    variants = dataset.equal_weights.variants
    return f"my_weights = {variants.make(**variants.drawn(seed)).answer}"


def graded(out, hand_ins):
    """A course in which four hand-ins were collected, graded and answered."""
    from nbgrader.api import Gradebook
    from nbgrader.apps import NbGraderAPI
    from traitlets.config import PyFileConfigLoader

    hand_out(out, ("lecturers",), names=["02"])
    lesson = three_exercises()
    nbformat.write(for_grading(lesson), out / "nbgrader" / "source" / STEM / f"{STEM}.ipynb")
    filled = answered(varied(lesson, 1), set(questions(lesson)) - {"equal_weights"}, equal_weights=weights_of(1))
    empty = for_students(lesson)
    gone = answer_cells(empty, "even_out") + check_cells(empty, "even_out")
    empty.cells = [cell for cell in empty.cells if cell not in gone]
    notebooks = {
        "Ada": (f"{STEM}.ipynb", filled),
        "Bo": ("my homework (1).ipynb", empty),
        "Cy": (f"{STEM}.ipynb", answered(lesson, ("equal_weights", "fair_test"))),
    }
    for student, (name, notebook) in notebooks.items():
        (hand_ins / student).mkdir()
        nbformat.write(notebook, hand_ins / student / name)
    collect(hand_ins, out)
    place = out / "nbgrader"
    for folder, notebook in (("source", tiny()), ("submitted/Di", tiny(LOOPS, DELETES))):
        (place / folder / TINY).mkdir(parents=True)
        nbformat.write(notebook, place / folder / TINY / f"{TINY}.ipynb")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ZIRCONKIT_PROFILE", "quick")
        patch.setenv("PYTHONPATH", str(ROOT))
        patch.chdir(place)
        config = PyFileConfigLoader("nbgrader_config.py", str(place)).load_config()
        config.CourseDirectory.root = str(place)
        api = NbGraderAPI(config=config)
        said = [api.generate_assignment(STEM), api.generate_assignment(TINY)]
        said += [api.autograde(STEM, student) for student in notebooks]
        said.append(api.generate_feedback(STEM, "Cy"))
        config.Execute.timeout = 3
        said.append(NbGraderAPI(config=config).autograde(TINY, "Di"))
        with Gradebook(f"sqlite:///{place}/gradebook.db") as book:
            marks = {student: book.find_submission(STEM, student) for student in notebooks}
            marks["Di"] = book.find_submission(TINY, "Di")
            scores = {student: (mark.score, mark.max_score) for student, mark in marks.items()}
    return {"place": place, "said": said, "scores": scores}


@pytest.mark.filterwarnings("ignore:Object of type")  # nbgrader's own
def test_a_class_is_graded_as_it_earned(tmp_path):
    """In one test: on two workers the class would be graded twice."""
    pytest.importorskip("nbgrader", reason="nbgrader is not installed (pip install 'zirconkit[grading]')")
    (tmp_path / "hand-ins").mkdir()
    result = graded(tmp_path / "course", tmp_path / "hand-ins")
    place = result["place"]
    assert not [each["log"] for each in result["said"] if not each["success"]]
    assert result["scores"] == {"Ada": (4, 4), "Bo": (0, 4), "Cy": (2, 4), "Di": (1, 2)}

    release = nbformat.read(place / "release" / STEM / f"{STEM}.ipynb", as_version=4)
    students = for_students(three_exercises())
    assert [source.strip() for source in sources(release)] == [source.strip() for source in sources(students)]
    page = (place / "feedback" / "Cy" / STEM / f"{STEM}.html").read_text(encoding="utf-8")
    assert f"{STEM} (Score: 2.0 / 4.0)" in page

    run = nbformat.read(place / "autograded" / "Di" / TINY / f"{TINY}.ipynb", as_version=4)
    stopped = [output.ename for output in run.cells[0].outputs if output.output_type == "error"]
    assert "CellTimeoutError" in stopped  # and what follows is graded
    for student in ("Ada", "Bo", "Cy"):  # an answer that deletes files deletes nothing of theirs
        for folder in ("submitted", "autograded"):
            assert (place / folder / student / STEM / f"{STEM}.ipynb").is_file()
    assert (place / "submitted" / "Di" / TINY / f"{TINY}.ipynb").is_file() and not list(place.rglob("kept"))
