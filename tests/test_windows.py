"""What would fail on Windows, as far as another machine can tell: modules, file names, paths and encodings."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

from zirconkit import files

ROOT = Path(__file__).parents[1]
SOURCES = [*sorted((ROOT / "zirconkit").rglob("*.py")), *sorted((ROOT / "notebooks/scripts").glob("*.py"))]
ELSEWHERE = {"fcntl", "grp", "pty", "pwd", "readline", "resource", "syslog", "termios", "tty"}
RESERVED = re.compile(r"(^|/)(con|prn|aux|nul|com\d|lpt\d)(\.|$)", re.IGNORECASE)


def calls(tree):
    """Each call in a file with the last part of what is called."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            yield node, getattr(node.func, "attr", getattr(node.func, "id", ""))


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_file_uses_nothing_that_windows_lacks(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not imported & ELSEWHERE
    for call, name in calls(tree):
        place, words = f"{path.name}:{call.lineno}", {word.arg for word in call.keywords}
        assert name not in {"symlink", "symlink_to", "fork", "mkfifo", "getuid", "geteuid", "chown"}, place
        if name in {"open", "read_text", "write_text"} and _is_text(call):
            assert "encoding" in words, f"{place}: Windows would use an encoding of its own"


def _is_text(call):
    """Whether a call of `open`, or of a path's own, is for text; PIL.Image and others have an `open`, too."""
    own = isinstance(call.func, ast.Name)
    if not own and ast.unparse(call.func.value) in {"Image", "about", "archive", "h5py", "os"}:
        return False
    if not own and call.func.attr != "open":
        return True
    modes = [each.value for each in call.args[own : own + 1] if isinstance(each, ast.Constant)]
    modes += [word.value.value for word in call.keywords if word.arg == "mode"]
    return "b" not in "".join(map(str, modes))


def test_every_file_name_can_be_had_on_windows():
    listed = subprocess.run(["git", "ls-files", "-sz"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    entries = [line.split("\t") for line in listed.stdout.split("\0") if line]
    assert entries and not [name for mode, name in entries if mode.startswith("120000")]  # symbolic links
    names = [name for _, name in entries]
    for name in names:
        assert not re.search(r'[:*?"<>|\\]|[ .]$', name) and not RESERVED.search(name), name
        assert len(name) < 150
    assert len({name.casefold() for name in names}) == len(names)


def test_the_readmes_windows_lines_are_those_of_the_makefile():
    """The same steps, with Windows's separators, and no word that only a Unix shell knows."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    lines = re.search(r"On Windows.*?```\n(.*?)```", readme, re.DOTALL)[1].splitlines()
    assert lines[0] == "py -m venv .venv" and all(line.startswith(r".venv\Scripts\python -m ") for line in lines[1:])
    without = re.search(r"--no-deps (.+)", (ROOT / "Makefile").read_text(encoding="utf-8"))[1]
    assert any("-r requirements.txt" in line for line in lines) and any(
        f"--no-deps {without}" in line for line in lines
    )
    assert not re.search(r"&&|\$|\bexport\b|;|'", "\n".join(lines))


def test_a_file_is_written_whole_where_the_path_has_spaces(tmp_path):
    folder = files.make_folder(tmp_path / "my course (1)" / "Zirkone für alle")
    files.write_whole(folder / "Notiz 1.txt", "größer")
    assert (folder / "Notiz 1.txt").read_text(encoding="utf-8") == "größer" and len(list(folder.iterdir())) == 1
