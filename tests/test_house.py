"""The house rules: light to import, modules small and in order, what is pinned agrees with what is declared."""

import ast
import os
import re
import subprocess
import sys
import time
import tomllib
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "zirconkit"
# In the order in which a grain travels: a module imports what stands before it.
ORDER = [
    "samples", "zoning", "crystals", "populations", "synthesis", "downloads", "mounts", "curation", "tiles",
    "measurements", "segmentation", "batch", "grains", "overlaps", "evaluation", "probes", "decisions", "convolution",
    "models", "training", "trials", "sweeps", "pretrained", "activations", "backbones", "transfer", "exports",
    "explain", "embeddings", "plots", "widgets", "hover", "exercises", "execution", "course", "doctor", "cli",
    "__main__",
]  # fmt: skip
WITH_TENSORFLOW = {"models", "training", "backbones", "transfer"}
MODULES = sorted(PACKAGE.rglob("*.py"))


def step(path):
    """The step of the pipeline that a file belongs to."""
    return path.relative_to(PACKAGE).with_suffix("").parts[0]


def imported(path):
    """The package's own modules that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module == "zirconkit":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").startswith("zirconkit.")):
            assert node.level == 0, f"{path}: relative import"
            yield node.module.split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("zirconkit."))


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_module_imports_only_what_stands_above_it(path):
    if path == PACKAGE / "__init__.py":
        assert list(imported(path)) == []
        return
    assert step(path) in ORDER, "give the new module its place in ORDER"
    below = [name for name in imported(path) if name in ORDER and ORDER.index(name) > ORDER.index(step(path))]
    assert below == []


def code_lines(path):
    """Lines of a file that are neither blank nor comment nor docstring."""
    text = path.read_text(encoding="utf-8")
    lines = {n for n, line in enumerate(text.splitlines(), 1) if line.strip() and not line.lstrip().startswith("#")}
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)) and ast.get_docstring(node) is not None:
            lines -= set(range(node.body[0].lineno, node.body[0].end_lineno + 1))
    return len(lines)


def test_modules_and_package_stay_small():
    """Docstrings do not count towards the package: a bound that does would be met by cutting them."""
    lines = {str(path.relative_to(PACKAGE)): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {name: n for name, n in lines.items() if n >= 300} == {}
    prose = [path for path in MODULES if path.parent.name == "exercises" and path.name != "core.py"]  # mostly questions
    assert sum(map(code_lines, prose)) < 1000
    assert sum(map(code_lines, set(MODULES) - set(prose))) < 3750


def python(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_importing_the_package_is_instant_and_loads_nothing_heavy():
    heavy = "{'tensorflow', 'keras', 'matplotlib', 'cv2', 'pandas', 'numpy'} & set(sys.modules)"
    assert python(f"import sys, zirconkit; print({heavy})") == "set()\n"
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        python("import zirconkit")
        seconds.append(time.perf_counter() - start)  # the interpreter's own start included
    assert min(seconds) < 0.3


def test_only_the_modules_that_train_load_tensorflow():
    names = [
        f"zirconkit.{step(path)}"
        for path in PACKAGE.iterdir()
        if path.suffix == ".py" or path.name in ("exercises", "plots")
    ]
    names = sorted(set(names) - {f"zirconkit.{name}" for name in {*WITH_TENSORFLOW, "__init__", "__main__"}})
    names += [f"zirconkit.exercises.{path.stem}" for path in (PACKAGE / "exercises").glob("[a-z]*.py")]
    code = f"import importlib, sys\nfor name in {names}:\n    importlib.import_module(name)\n"
    code += "    assert 'tensorflow' not in sys.modules and 'keras' not in sys.modules, name\nprint('none')"
    assert python(code) == "none\n"


def pins(path):
    lines = [line for line in path.read_text().splitlines() if line and not line.startswith("#")]
    assert all("==" in line for line in lines), "PyPI packages at one version only"
    return set(lines)


def test_binder_has_the_same_versions_and_no_test_tools():
    everything, binder = pins(ROOT / "requirements.txt"), pins(ROOT / "binder/requirements.txt")
    assert binder < everything
    names = {line.split("==")[0] for line in binder}
    assert not names & {"pytest", "hypothesis", "ruff", "nbval"} and "jupyterlab" in names
    assert (ROOT / "binder/runtime.txt").read_text() == "python-3.12\n"
    assert os.access(ROOT / "binder/postBuild", os.X_OK)
    assert (ROOT / "binder/postBuild").read_text().splitlines()[1:] == ["set -e", "pip install --no-deps ."]


def test_every_declared_package_is_pinned_within_its_range():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    pinned = [Requirement(line) for line in pins(ROOT / "requirements.txt")]
    for need in map(Requirement, chain(project["dependencies"], *project["optional-dependencies"].values())):
        versions = [str(pin.specifier)[2:] for pin in pinned if pin.name == need.name]
        assert versions and all(need.specifier.contains(version) for version in versions), need.name


def test_every_package_that_is_imported_is_declared():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    modules = {
        "opencv_python_headless": "cv2",
        "scikit_image": "skimage",
        "scikit_learn": "sklearn",
        "pillow": "PIL",
        "umap_learn": "umap",
    }
    lines = [*project["dependencies"], *project["optional-dependencies"]["cluster"]]
    declared = {re.split(r"\W", line.replace("-", "_"))[0] for line in lines}
    declared = {modules.get(name, name) for name in declared} | {"zirconkit"}
    # What a declared package cannot be without: pooch's requests, ipykernel's IPython and Jupyter, nbconvert's jinja2,
    # keras's h5py.
    declared |= {"requests", "IPython", "jupyter_client", "jinja2", "h5py"}
    for path in MODULES:
        tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        found = {alias.name.split(".")[0] for node in tree if isinstance(node, ast.Import) for alias in node.names}
        tree = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        found |= {node.module.split(".")[0] for node in tree if isinstance(node, ast.ImportFrom) and node.module}
        assert found - declared - set(sys.stdlib_module_names) == set(), path


def test_no_path_of_a_machine_and_no_real_mount_is_in_the_repository():
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True)
    if listed.returncode:
        pytest.skip("not a git checkout")
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path.suffix in {".py", ".md", ".ipynb", ".toml", ".txt", ".csv", ""} and path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            assert not re.search(r"/(root|home|Users|tmp)/\w", text), name
        assert path.stat().st_size < 1_500_000 if path.is_file() else True, name
