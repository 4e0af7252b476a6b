"""The notebooks: built as DESIGN says, in step with their scripts, and running in `quick` on both data sets."""

import ast
import contextlib
import importlib
import os
import re
import shutil
import sys
import time
from pathlib import Path

import cv2
import nbformat
import numpy as np
import psutil
import pytest

from zirconkit import course, mounts
from zirconkit.course import execution, rebuild, running, survey
from zirconkit.exercises.core import Question
from zirconkit.exercises.predictions import Prediction

ROOT = Path(__file__).parents[1]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
SCRIPTS = sorted((ROOT / "notebooks/scripts").glob("*.py"))
each = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


def code_cells(notebook):
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def test_every_script_has_its_notebook_and_is_numbered():
    assert [path.stem for path in NOTEBOOKS] == [path.stem for path in SCRIPTS]
    assert all(re.fullmatch(r"\d\d_[a-z_]+", path.stem) for path in NOTEBOOKS)


@each
def test_a_notebook_and_its_script_are_one_text(path):
    assert not rebuild.differs(path.parent / "scripts" / f"{path.stem}.py"), "run: make notebooks"


def tags(cell):
    return cell.metadata.get("tags", [])


def is_experiment(path):
    """Whether a notebook is of the new form, which opens with a question: DESIGN's second section."""
    return any(tag.startswith("predict:") for cell in read(path).cells for tag in tags(cell))


EXPERIMENTS = [path for path in NOTEBOOKS if is_experiment(path)]
each_experiment = pytest.mark.parametrize("path", EXPERIMENTS, ids=lambda path: path.stem)


def test_what_has_become_an_experiment_stays_one():
    known = {f"{number:02d}" for number in range(11)} | {"11", "12", "14", "15", "16"}
    assert {path.name[:2] for path in EXPERIMENTS} >= known


@each
def test_a_notebook_has_the_skeleton(path):
    cells = read(path).cells
    prose = [cell.source for cell in cells if cell.cell_type == "markdown"]
    assert re.match(rf"# {int(path.stem[:2])} · \S", prose[0])
    assert all(word in "".join(prose[:2]) for word in ("**You will**", "**You need**", "**Time**"))
    setup, parameters = code_cells(read(path))[:2]
    assert setup.source == course.setup_cell() and setup.metadata.jupyter.source_hidden
    assert parameters.metadata.tags == ["parameters"]
    assert parameters.source == 'DATA = "synthetic"\nPROFILE = "lesson"\nSEED = 0'
    assert "**What we see" in "".join(prose) and "Take away" in "".join(prose)
    assert "\n".join(prose).count("### Exercise") >= 3 or path in EXPERIMENTS
    after = NOTEBOOKS[NOTEBOOKS.index(path) + 1 :]
    assert not after or after[0].name in "".join(prose[-3:])


@each_experiment
def test_an_experiment_opens_with_a_question_and_its_core_is_short(path):
    """As DESIGN has it: only folded cells above the question; a core of 1,500 words, 8 figures and 2 or 3 exercises."""
    cells = read(path).cells
    question = next(i for i, cell in enumerate(cells) if cell.cell_type == "markdown")
    assert all(
        i == 1 or cell.metadata.get("jupyter", {}).get("source_hidden") for i, cell in enumerate(cells[:question])
    )
    assert any(tag.startswith("predict:") for tag in tags(cells[question]))
    core = [cell for cell in cells if "frame" not in tags(cell) and "depth" not in tags(cell)]
    words = sum(len(re.findall(r"\w+", cell.source)) for cell in core if cell.cell_type == "markdown")
    figures = sum("image/png" in output.get("data", {}) for cell in core for output in cell.get("outputs", []))
    named = {tag for cell in core for tag in tags(cell) if tag.startswith("exercise:")}
    assert words <= 1500 and figures <= 8 and 2 <= len(named) <= 3


@each_experiment
def test_every_question_of_an_experiment_is_asked_answered_and_judged(path):
    """A text tagged with its name, a cell to type in, and one that calls it; a score card at the end."""
    cells = read(path).cells
    topic = re.search(r"from zirconkit.exercises import (\w+) as ex\n", "\n".join(cell.source for cell in cells))[1]
    module = importlib.import_module(f"zirconkit.exercises.{topic}")
    known = {name: each for name, each in vars(module).items() if isinstance(each, (Question, Prediction))}
    asked = {tag.split(":")[1] for cell in cells for tag in tags(cell) if tag.startswith(("exercise:", "predict:"))}
    code = "\n".join(cell.source for cell in cells if cell.cell_type == "code")
    assert asked == set(known) and len([each for each in known.values() if isinstance(each, Question)]) >= 4
    for name, each in known.items():
        verbs = ("check",) if isinstance(each, Question) else ("commit", "meet")
        assert all(f"ex.{name}.{verb}(" in code for verb in verbs), name
        if isinstance(each, Question):
            assert len(each.hints) == 3, name
    assert "score_card(ex)" in code and "answer = ..." not in code


@each_experiment
def test_choices_are_of_one_length(path):
    """So that nobody can tell the right one by its length."""
    for cell in read(path).cells:
        lengths = [len(option) for option in re.findall(r"(?m)^- \*\*[a-d]\*\* (.+)$", cell.source)]
        assert not lengths or max(lengths) <= 1.4 * min(lengths), cell.source


@each_experiment
def test_every_figure_of_an_experiment_says_where_its_data_come_from(path):
    for output in figures_of(path):
        assert output.metadata["image/png"].get("of"), output.metadata["image/png"]["alt"]


@each
def test_links_between_notebooks_lead_somewhere(path):
    for cell in read(path).cells:
        for target in re.findall(r"\]\((\w+\.ipynb)", cell.source):
            assert (path.parent / target).is_file(), target


@each
def test_a_notebook_is_stored_clean_and_small(path):
    notebook = read(path)
    assert path.stat().st_size < 1_000_000
    assert set(notebook.metadata) == {"kernelspec", "language_info"}
    assert [cell.id for cell in notebook.cells] == [f"cell-{i:02d}" for i in range(len(notebook.cells))]
    for cell in code_cells(notebook):
        assert len(cell.source.splitlines()) <= 30, cell.source[:60]
        assert cell.execution_count
        for output in cell.outputs:
            assert output.output_type != "error"
            assert "image/png" not in output.get("data", {}) or output.metadata["image/png"]["alt"].strip()
            assert "image/svg+xml" not in output.get("data", {})
    assert rebuild.clean(notebook) == []  # no warning, no path of somebody's machine
    assert sum(bool(cell.outputs) for cell in code_cells(notebook)) >= 5


@each
def test_every_exercise_runs_unfilled(path):
    sources = [cell.source for cell in code_cells(read(path))]
    checks = [source for source in sources if re.search(r"\.check\(", source)]
    assert len(checks) >= 3
    shown = "".join(str(output.get("text", "")) for cell in code_cells(read(path)) for output in cell.outputs)
    assert shown.count("Not attempted") >= 3


def test_without_an_address_there_are_no_badges():
    if "install -q --no-deps git+" in course.setup_cell():
        pytest.skip("the repository's address is set")
    texts = [path.read_text(encoding="utf-8") for path in [*SCRIPTS, *NOTEBOOKS, ROOT / "README.md"]]
    assert not [text[:80] for text in texts if re.search("colab.research.google|mybinder.org|shields.io", text)]


def test_every_list_of_notebooks_is_made_from_the_notebooks():
    entries = course.contents()
    assert [entry.file for entry in entries] == [path.name for path in NOTEBOOKS]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert course.contents_table("notebooks/") in readme
    shown = [output["data"]["text/markdown"] for cell in code_cells(read(NOTEBOOKS[0])) for output in cell.outputs
             if "text/markdown" in output.get("data", {})]  # fmt: skip
    assert shown == [course.contents_table()]
    scripts = [path.read_text(encoding="utf-8") for path in SCRIPTS]
    assert not [text[:60] for text in [readme, *scripts] if "will follow" in text]


# ---------------------------------------------------------------- running


def watched(words, env, log):
    """Run a command, its output into a file; returns its exit status and the most that its descendants had, in MB.

    Of a notebook's run these are the kernel and what it starts.
    """
    peak = 0
    with log.open("w") as file:
        process = psutil.Popen(words, env=env, stdout=file, stderr=file)
        while process.poll() is None:
            used = 0
            for child in process.children(recursive=True):
                with contextlib.suppress(psutil.Error):  # it may end while we look
                    used += child.memory_info().rss
            peak = max(peak, used)
            time.sleep(0.1)
    return process.returncode, peak / 1e6


@each
def test_a_committed_notebook_still_runs_and_shows_what_it_showed_within_binders_memory(path, tmp_path):
    """nbval-lax, in `quick`, on the synthetic set: every cell runs, and marked cells show exactly what is stored."""
    words = [sys.executable, "-m", "pytest", "-q", "-p", "nbval.plugin", "-p", "no:cacheprovider", "-c", os.devnull]
    words += ["--rootdir", str(path.parent), "--nbval-lax", "--nbval-cell-timeout", "120", str(path)]
    env = dict(os.environ, ZIRCONKIT_PROFILE="quick", TF_CPP_MIN_LOG_LEVEL="3", PYDEVD_DISABLE_FILE_VALIDATION="1")
    env["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # nbval is all it needs
    status, peak_mb = watched(words, env, tmp_path / "log")
    assert status == 0, (tmp_path / "log").read_text()[-3000:]
    assert peak_mb < 1500  # Binder gives 2 GB


@each
def test_outputs_are_compared_where_they_cannot_differ(path):
    """Cells whose output hangs on no profile and no chance are marked: tables and checks, no figures."""
    marked = [cell for cell in code_cells(read(path)) if "nbval-check-output" in cell.metadata.get("tags", [])]
    assert len(marked) >= 3 and all(cell.outputs for cell in marked)
    assert not any("image/png" in output.get("data", {}) for cell in marked for output in cell.outputs)


@each
def test_the_page_of_a_notebook_shows_every_figure_with_its_description(path):
    page = running._page(path)
    outputs = [output for cell in code_cells(read(path)) for output in cell.outputs]
    figures = sum("image/png" in output.get("data", {}) for output in outputs)
    assert page.count('src="data:image/png') >= figures > 0
    assert "a figure without a description" not in page


def run(path, data, out):
    """Execute one notebook in `quick`; the entry of the report. The page of it is looked at above."""
    (entry,) = execution.execute([path], out, {"DATA": data, "PROFILE": "quick", "SEED": 0})
    return entry


@pytest.fixture(scope="module")
def some_real_mounts(tmp_path_factory, real_mounts):
    """Four of the real mounts: the test pair, and of each class one to learn from. More would cost minutes."""
    folder = tmp_path_factory.mktemp("real")
    for name in ("QVC055", "QVC060", "QVC075", "QVC082"):
        if (real_mounts / f"{name}.png").is_file():
            shutil.copy(real_mounts / f"{name}.png", folder)
    return folder


@each
@pytest.mark.filterwarnings("ignore:left out")
def test_a_notebook_runs_on_the_real_mounts(path, tmp_path, monkeypatch, some_real_mounts):
    monkeypatch.setenv("ZIRCONKIT_DATA", str(some_real_mounts))
    entry = run(path, "quellaveco", tmp_path)
    assert entry["status"] == "ok", entry["error"]
    assert entry["peak_rss_mb"] < 1500


@pytest.fixture(scope="module")
def two_mounts(tmp_path_factory):
    """A folder as a reader brings it: one mount of each class, none of them the paper's."""
    folder = tmp_path_factory.mktemp("own")
    for name, own in (("QVC061", "mine1"), ("QVC082", "mine2")):
        shutil.copy(ROOT / "data/mounts" / f"{name}.png", folder / f"{own}.png")
    (folder / "samples.csv").write_text("sample,label\nmine1,porphyry\nmine2,batholith\n")
    return folder


@each
def test_a_notebook_runs_on_two_mounts_of_ones_own(path, tmp_path, two_mounts):
    number = path.name[:2]
    if survey.lacking(
        number, survey.survey(mounts.find(two_mounts))
    ):  # then it does what it does above, with grown ones
        assert any(f'course.enough("{number}", ' in cell.source for cell in code_cells(read(path)))
        return
    entry = run(path, str(two_mounts), tmp_path)
    assert entry["status"] == "ok", entry["error"]


@pytest.fixture
def three_classes(tmp_path):
    """Six halves of grown mounts at 1 um a pixel, of three made-up classes; their sheet as Excel saves it in German."""
    folder = tmp_path / "three"
    folder.mkdir()
    rows = ["\ufeffsample;class;um_per_px"]
    for mount, name in zip(mounts.embedded()[1:], ("vein", "barren", "skarn")):
        large = cv2.resize(mount.image(), None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
        for half, part in enumerate(np.array_split(large, 2)):
            cv2.imwrite(str(folder / f"{name}{half}.png"), part)
            rows.append(f"{name}{half};{name} ;1,0")
    (folder / "samples.csv").write_text("\r\n".join([*rows, ";;", ""]), encoding="utf-8")
    return folder


def test_three_made_up_classes_go_through_a_lesson_by_their_names(three_classes, tmp_path):
    (path,) = course.notebooks(["04"])
    out = tmp_path / "out"
    out.mkdir()
    entry = run(path, str(three_classes), out)
    assert entry["status"] == "ok", entry["error"]
    text = (out / path.name).read_text(encoding="utf-8")
    assert "3 classes: here vein is told from the others, (barren + skarn)." in text
    alts = [output["metadata"]["image/png"]["alt"] for output in figures_of(out / path.name)]
    assert sum("vein" in alt for alt in alts) >= 1 and not any("porphyry" in alt for alt in alts)


def figures_of(path):
    """The outputs of an executed notebook that hold a picture."""
    for cell in read(path).cells:
        for output in cell.get("outputs", []):
            if "image/png" in output.get("data", {}):
                yield output


# ---------------------------------------------------------------- rebuilding

SCRIPT = """\
# %% [markdown]
# # 0 · A test

# %% tags=["parameters"]
DATA = "synthetic"

# %%
import sys
from IPython.display import display
print("kept", DATA)
print("100%|####", file=sys.stderr)
display({"text/plain": "Button()", "application/vnd.jupyter.widget-view+json": {"model_id": "a1"}}, raw=True)
"""


@pytest.fixture
def kitchen(tmp_path, monkeypatch):
    """A notebooks folder with one script."""
    (tmp_path / "scripts").mkdir()
    monkeypatch.setattr(rebuild, "NOTEBOOKS", tmp_path)
    (tmp_path / "scripts" / "00_test.py").write_text(SCRIPT)
    return tmp_path


def test_rebuilding_executes_what_changed_and_stores_it_clean(kitchen, capsys):
    script, notebook = kitchen / "scripts" / "00_test.py", kitchen / "00_test.ipynb"
    assert rebuild.differs(script)
    assert rebuild.main([]) == 0
    cells = read(notebook).cells
    assert [output.text for output in cells[2].outputs] == ["kept synthetic\n"]
    assert "papermill" not in notebook.read_text() and set(cells[1].metadata) == {"tags"}
    first = notebook.read_bytes()
    assert not rebuild.differs(script)
    capsys.readouterr()
    assert rebuild.main([]) == 0 and capsys.readouterr().out == ""  # nothing to do
    assert rebuild.main(["--all"]) == 0 and notebook.read_bytes() == first  # the same again, byte for byte

    script.write_text(
        SCRIPT + '\n# %%\nimport warnings\nwarnings.warn("x", UserWarning)\nprint(sys.prefix, object())\n'
    )
    assert rebuild.differs(script)
    assert rebuild.main(["0"]) == 1 and notebook.read_bytes() == first
    err = capsys.readouterr().err
    assert "00_test.ipynb stays as it was" in err and "'Warning'" in err and "' at 0x" in err
    script.write_text(SCRIPT + "\n# %%\n1 / 0\n")
    assert rebuild.main([]) == 1 and notebook.read_bytes() == first
    assert "ZeroDivisionError" in capsys.readouterr().err


def test_rebuilding_renews_the_set_up_cell(kitchen, monkeypatch):
    script = kitchen / "scripts" / "00_test.py"
    cell = course.setup_cell()
    script.write_text(SCRIPT + "\n# %%\n" + cell + "\n\n# %%\n1\n")
    monkeypatch.setattr(course, "setup_cell", lambda: cell.replace("here = Path.cwd()", "here = Path.cwd().parent"))
    rebuild._renew_setup(script)
    assert script.read_text() == SCRIPT + "\n# %%\n" + course.setup_cell() + "\n\n# %%\n1\n"
    ast.parse(script.read_text())
