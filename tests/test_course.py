"""Profiles, the set-up cell, and running notebooks: report, memory, failures, parameters, interruptions."""

import json
import os
import subprocess
import sys
from pathlib import Path

import nbformat
import psutil
import pytest

from zirconkit import course
from zirconkit.course import profiles, running

PARAMETERS = 'DATA = "synthetic"\nPROFILE = "lesson"\nSEED = 0'
FIGURE = """\
from base64 import b64decode, b64encode
from IPython.display import display
pixel = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
display({"image/png": pixel}, metadata={"image/png": {"alt": 'a "grey" <pixel>'}}, raw=True)"""
SPAWN = """\
import subprocess, sys
mine = bytearray(200_000_000)
subprocess.run([sys.executable, "-c", "import time; child = bytearray(200_000_000); time.sleep(1.5)"])"""


def test_a_profile_is_a_set_of_numbers_and_the_environment_has_the_last_word(monkeypatch):
    assert list(course.PROFILES) == ["quick", "lesson", "full"]
    assert len({frozenset(numbers) for numbers in course.PROFILES.values()}) == 1  # the same names in each
    full = course.profile("full")
    assert (full.name, full.epochs, full.seeds) == ("full", 200, 10)  # the paper's own settings
    monkeypatch.setenv("ZIRCONKIT_PROFILE", "quick")
    assert course.profile("lesson").name == "quick"
    monkeypatch.setenv("ZIRCONKIT_PROFILE", "hasty")
    with pytest.raises(ValueError, match="no profile 'hasty': use quick, lesson, full"):
        course.profile("lesson")


# ---------------------------------------------------------------- the set-up cell


def run_setup(folder):
    """Run the set-up cell in a folder, with a Python that has no packages."""
    code = course.setup_cell() + "\nimport zirconkit; print(zirconkit.__file__)"
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run([sys.executable, "-S", "-c", code], cwd=folder, env=env, capture_output=True, text=True)


def asked(folder, cell):
    """What the set-up cell asks of pip, in a folder, where there is no kit."""
    code = f"{SHELL}\n{cell}"
    done = subprocess.run([sys.executable, "-S", "-c", code], cwd=folder, env={}, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture
def kit(tmp_path):
    """An unpacked kit, named like the package as a clone is, that only says that it was asked to install."""
    package = tmp_path / "home" / "zirconkit" / "zirconkit"
    package.mkdir(parents=True)
    (package / "__init__.py").write_text("")
    (package / "course").mkdir()
    (package / "course/doctor.py").write_text("def install_missing():\n    print('asked')\n")
    (package.parent / "notebooks").mkdir()
    return package.parent


def test_the_set_up_cell_finds_the_kit_around_and_below(kit):
    for place in (kit / "notebooks", kit, kit.parent):
        done = run_setup(place)
        assert done.returncode == 0, done.stderr
        assert done.stdout.splitlines() == ["asked", str(kit / "zirconkit" / "__init__.py")], place


def test_the_set_up_cell_says_what_to_do_when_the_kit_is_nowhere(tmp_path):
    done = run_setup(tmp_path)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("ModuleNotFoundError: no zirconkit: put its wheel")


SHELL = """\
import sys


class Shell:
    def run_line_magic(self, name, line):
        print(name, line)
        sys.exit()


get_ipython = Shell
"""


def test_the_set_up_cell_installs_an_uploaded_wheel(tmp_path):
    """The newest of those beside the notebook; only what pip is asked is seen, pip itself was tried by hand."""
    for name in (
        "zirconkit-0.1.0-py3-none-any (1).whl",
        "zirconkit-0.1.0-py3-none-any.whl",
        "other-9.0-py3-none-any.whl",
    ):
        (tmp_path / name).write_text("")
    assert (
        asked(tmp_path, course.setup_cell())
        == f'pip install -q --no-deps "{tmp_path}/zirconkit-0.1.0-py3-none-any.whl"'
    )


def test_the_set_up_cell_installs_from_the_projects_address_once_it_is_set(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text('[project.urls]\nrepository = "https://example.org/kit"\n')
    monkeypatch.setattr(profiles, "_CHECKOUT", tmp_path)
    cell = course.setup_cell()
    assert asked(tmp_path, cell) == 'pip install -q --no-deps "git+https://example.org/kit"' and "raise" not in cell
    (tmp_path / "zirconkit-0.1.0-py3-none-any.whl").write_text("")
    assert asked(tmp_path, cell).endswith('any.whl"')
    assert len(cell.splitlines()) <= 18


# ---------------------------------------------------------------- running


@pytest.fixture
def write(tmp_path):
    """Write a notebook with a parameters cell and the given code cells."""
    folder = tmp_path / "notebooks"
    folder.mkdir()

    def notebook(name, *cells, parameters=PARAMETERS):
        kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
        cells = [nbformat.v4.new_code_cell(code) for code in (parameters, *cells)]
        cells[0].metadata["tags"] = ["parameters"]
        cells.insert(0, nbformat.v4.new_markdown_cell("[next](01_next.ipynb), [mount](GLOSSARY.md#mount)"))
        path = folder / f"{name}.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel}), path)
        return path

    return notebook


def test_a_run_reports_each_notebook_and_one_failure_stops_no_other(write, tmp_path, monkeypatch, capsys):
    paths = [
        write("00_good", "import sys\nprint(sys.executable, DATA, PROFILE, SEED)", FIGURE),
        write("01_bad", "1 / 0", "print('never')"),
        write("02_unknown", "1", parameters='DATA = "synthetic"\nPROFILE = "lesson"'),
        write("03_dead", "import os\nos._exit(3)"),
        write("04_large", SPAWN),
    ]
    monkeypatch.setattr(running, "notebooks", lambda names: paths)
    out = tmp_path / "out"
    out.mkdir()
    (out / "zirconkit_course.json").write_text('{"by_eye": 1}')  # of another run: not for this one
    # Another python3 of this user must not be taken.
    (tmp_path / "jupyter/kernels/python3").mkdir(parents=True)
    spec = {"argv": ["/nowhere/python", "{connection_file}"], "display_name": "x", "language": "python"}
    (tmp_path / "jupyter/kernels/python3/kernel.json").write_text(json.dumps(spec))
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    monkeypatch.setenv("JUPYTER_PREFER_ENV_PATH", "0")

    report = running.run([], "synthetic", "quick", 2, out, seed=7)
    assert report == json.loads((out / "report.json").read_text())
    assert not (out / "zirconkit_course.json").exists()
    entries = report["notebooks"]
    assert all(list(entry) == ["name", "status", "seconds", "peak_rss_mb", "error"] for entry in entries)
    assert [(entry["name"], entry["status"]) for entry in entries] == [
        ("00_good", "ok"), ("01_bad", "failed"), ("02_unknown", "failed"), ("03_dead", "failed"), ("04_large", "ok"),
    ]  # fmt: skip
    good, bad, unknown, dead, large = entries
    assert good["error"] is None and bad["error"] == "ZeroDivisionError: division by zero (in cell [3])"
    assert unknown["error"] == "the parameters cell does not assign SEED"
    assert dead["error"].startswith("the kernel died")
    assert 400 < large["peak_rss_mb"] < 600 and 30 < good["peak_rss_mb"] < 200  # kernel and child, without papermill
    assert 1.5 < large["seconds"] < 60
    executed = nbformat.read(out / "00_good.ipynb", as_version=4)
    assert executed.cells[3].outputs[0].text == f"{sys.executable} synthetic quick 7\n"
    page = (out / "00_good.html").read_text()
    assert 'alt="a &#34;grey&#34; &lt;pixel&gt;"' in page or "alt='a \"grey\" &lt;pixel&gt;'" in page
    assert 'href="01_next.html"' in page and 'href="GLOSSARY.html#mount"' in page and "<title>00_good</title>" in page
    assert 'id="mount"' in (out / "GLOSSARY.html").read_text() and (out / "GLOSSARY.md").is_file()
    assert sorted(path.name for path in out.iterdir() if path.name.startswith(".")) == []
    printed = capsys.readouterr().out
    assert len(printed.splitlines()) == 6 and "ZeroDivisionError" in printed and str(out) in printed.splitlines()[-1]


def test_an_interrupted_run_leaves_a_valid_report_and_no_process(write, tmp_path, monkeypatch):
    paths = [write("00_quick", "1"), write("01_slow", "import time\ntime.sleep(600)")]
    monkeypatch.setattr(running, "notebooks", lambda names: paths)
    write_page, started = running._page, []
    others = psutil.Process().children(recursive=True)  # of tests before this one

    def interrupt(notebook):
        started.extend(child for child in psutil.Process().children(recursive=True) if child not in others)
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "_page", interrupt)
    with pytest.raises(KeyboardInterrupt):
        running.run([], "synthetic", "quick", 2, tmp_path / "out")
    monkeypatch.setattr(running, "_page", write_page)
    assert len(started) == 2  # papermill and the slow notebook's kernel
    assert not any(process.is_running() and process.status() != psutil.STATUS_ZOMBIE for process in started)
    assert json.loads((tmp_path / "out/report.json").read_text()) == {"notebooks": []}
    assert not list((tmp_path / "out").glob("01_slow*"))


def test_notebooks_are_named_by_number_or_name(monkeypatch, tmp_path):
    (tmp_path / "notebooks").mkdir()
    for name in ("00_start_here", "01_from_mount_to_grains", "10_space"):
        (tmp_path / "notebooks" / f"{name}.ipynb").write_text("")
    (tmp_path / "notebooks" / "scratch.ipynb").write_text("")
    monkeypatch.setattr(profiles, "_CHECKOUT", tmp_path)
    stems = [path.stem for path in course.notebooks()]
    assert stems == ["00_start_here", "01_from_mount_to_grains", "10_space"]
    assert [path.stem for path in course.notebooks(["10", "1", "00_start_here"])] == stems
    assert [path.stem for path in course.notebooks(["01"])] == stems[1:2]
    with pytest.raises(ValueError, match="no notebook 2: there are 00_start_here, "):
        course.notebooks(["2"])


def test_the_wheel_carries_the_notebooks(monkeypatch, tmp_path):
    (tmp_path / "package" / "notebooks").mkdir(parents=True)
    (tmp_path / "package" / "notebooks" / "00_a.ipynb").write_text("")
    monkeypatch.setattr(profiles, "_CHECKOUT", tmp_path / "site-packages")
    monkeypatch.setattr(profiles, "_PACKAGE", tmp_path / "package")
    assert [Path(path).stem for path in course.notebooks()] == ["00_a"]
