"""The house rules: light to import, modules small and in order, what is pinned agrees with what is declared."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "zirconkit"
# The rooms, in the order in which data travel: a room imports what stands above it, never below.
ROOMS = [
    "messages", "samples", "files", "jobs", "handover", "synthetic", "spectra", "mounts", "segmentation", "grains",
    "convolution", "diffraction", "networks", "evaluation", "thin_sections", "probes", "deployment", "mysteries",
    "explain", "embeddings", "labelling", "dreams", "plots", "widgets", "exercises", "course", "cli",
    "__main__",
]  # fmt: skip
MODULES = sorted(PACKAGE.rglob("*.py"))


def module_name(path):
    """ "zirconkit.grains.crops" for zirconkit/grains/crops.py; a package's own name for its __init__.py."""
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room(module):
    """The room of a module: the part of its name behind "zirconkit."."""
    return module.split(".")[1]


NAMES = {module_name(path): path for path in MODULES}


def imported(path):
    """The package's own modules that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").split(".")[0] == "zirconkit"):
            assert node.level == 0, f"{path}: relative import"
            inner = [f"{node.module}.{alias.name}" for alias in node.names]
            yield from (name if name in NAMES else node.module for name in inner)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "zirconkit")


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_room_imports_only_what_stands_above_it(path):
    needed = [name for name in imported(path) if name != "zirconkit"]
    if path == PACKAGE / "__init__.py":
        assert needed == []
        return
    own = room(module_name(path))
    assert own in ROOMS, "give the new room its place in ROOMS"
    assert [name for name in needed if ROOMS.index(room(name)) > ROOMS.index(own)] == []


def test_no_module_imports_itself_round_a_circle():
    """Not even inside a room: a module that needs another is read after it. Importing a room reads its __init__."""
    waiting = {name: set(imported(path)) - {name, "zirconkit"} for name, path in NAMES.items()}
    while ready := [name for name, needs in waiting.items() if not needs & set(waiting)]:
        for name in ready:
            del waiting[name]
    assert waiting == {}


def test_the_kit_warns_in_its_own_category():
    """The command line shows no other; so a plain warning would never be seen."""
    for path in MODULES:
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) == "warnings.warn":
                assert ast.unparse(call.args[1]) == "ZirconkitWarning", f"{path}:{call.lineno}"


def python(code):
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout


def test_importing_the_package_loads_nothing_heavy():
    """How long it takes stands in `benchmarks/import_time.py`: a clock in a test tells of the machine's other work."""
    heavy = "{'tensorflow', 'keras', 'matplotlib', 'cv2', 'pandas', 'numpy'} & set(sys.modules)"
    assert python(f"import sys, zirconkit; print({heavy})") == "set()\n"


def test_the_map_names_every_room_in_its_order():
    import zirconkit

    named = re.findall(r"^    (\w+) ", zirconkit.__doc__, re.MULTILINE)
    assert named == [room for room in ROOMS if room != "__main__"]


def test_only_the_room_of_networks_loads_tensorflow():
    """Of that room, too, what does not train is light: sweeps plan and gather, the cache and other people's weights."""
    heavy = ("zirconkit.networks.models", "zirconkit.networks.training", "zirconkit.networks.backbones",
             "zirconkit.networks.transfer", "zirconkit.networks.recipes", "zirconkit.networks.unet",
             "zirconkit.networks.phases", "zirconkit.networks.powder", "zirconkit.networks.generative",
             "zirconkit.networks.shipping",
             "zirconkit.__main__")  # fmt: skip
    names = sorted(set(NAMES) - set(heavy))
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
    steps = (ROOT / "binder/postBuild").read_text().splitlines()[1:]
    assert steps[:2] == ["set -e", "pip install --no-deps ."] and "import umap" in steps[2] and len(steps) == 3


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
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *extras["cluster"], *extras["edge"], *extras["site"]]
    declared = {re.split(r"\W", line.replace("-", "_"))[0] for line in lines}
    declared = {modules.get(name, name) for name in declared} | {"zirconkit"}
    # What a declared package cannot be without: pooch's requests, ipykernel's IPython and Jupyter, nbconvert's jinja2
    # and pygments, keras's h5py. And rosettasciio, which reads cubes of spectra where somebody has it: it is GPL.
    declared |= {"requests", "IPython", "jupyter_client", "jinja2", "pygments", "h5py", "rsciio"}
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


@pytest.mark.skipif(not shutil.which("make"), reason="make is not installed")
@pytest.mark.parametrize(
    ("gpu", "there", "not_there"), [("1", "tensorflow[and-cuda]", "cat req"), ("0", "cat req", "cuda")]
)
def test_set_up_for_a_gpu_takes_the_other_tensorflow(gpu, there, not_there):
    words = ["make", "-n", "-B", "setup", f"GPU={gpu}"]
    planned = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert there in planned and not_there not in planned
    pinned = (ROOT / "requirements.txt").read_text()
    assert len(re.findall(r"(?m)^tensorflow-cpu==", pinned)) == 1  # what the plan replaces
