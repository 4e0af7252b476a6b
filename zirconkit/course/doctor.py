"""What works here, what doesn't, and the exact fix.

Loads nothing but the standard library until it is asked: it must run where the rest cannot.
"""

import importlib
import os
import socket
import subprocess
import sys
import tomllib
from importlib import metadata
from importlib.util import find_spec
from pathlib import Path
from shutil import disk_usage, which
from typing import NamedTuple

__all__ = ["Check", "checks", "install_missing", "table"]

PYTHON = ((3, 11), (3, 14))  # from, and before
MEMORY_GB = 1.5  # what a notebook may take
DISK_GB = 1  # the grown and the fetched mounts, features of networks, what a run writes
HOST = "raw.githubusercontent.com"  # of the paper's mounts
# What shows widgets in JupyterLab must be of ipywidgets' own generation: major versions of both.
GENERATIONS = {"7": "1", "8": "3"}
# Import names that differ from the package's. Several packages can stand behind one: any of them will do.
MODULES = {
    "opencv-python-headless": "cv2",
    "umap-learn": "umap",
    "pillow": "PIL",
    "scikit-image": "skimage",
    "scikit-learn": "sklearn",
    "tensorflow-cpu": "tensorflow",
}
_PYPROJECT = Path(__file__).parents[2] / "pyproject.toml"
_TRY_TENSORFLOW = "import tensorflow as tf; print(tf.__version__, len(tf.config.list_physical_devices('GPU')))"


class Check(NamedTuple):
    """One line of the table: status is "ok", "note" (the course runs all the same) or "fail"; mend is what to type."""

    name: str
    status: str
    detail: str
    mend: str = ""


def checks():
    """Look at everything that the course needs: list of Check. None of them "fail" means that the course can run."""
    packages = _packages()
    results = [_python(), *packages]
    if find_spec("tensorflow"):
        results.append(_tensorflow())
        results.append(_gpu(results[-1]))
    if all(check.status == "ok" for check in packages):
        real = _real_mounts()
        results += [_computer(), _home(), _cache(), _disk(), real, _kernel(), _widgets()]
        results += [_network()] if real.mend else []
    return results


def table(results):
    """The checks as text, a line each, and below it what to type for those that are not ok."""
    width = max(len(check.name) for check in results)
    lines = []
    for check in results:
        lines.append(f"{check.status:<6}{check.name:<{width}}  {check.detail}")
    for check in results:
        if check.mend:
            lines.append(f"{check.name}: {check.mend}")
    return "\n".join(lines)


def requirements():
    """The packages that the kit needs on this machine: list of packaging's Requirement."""
    from packaging.requirements import Requirement

    if _PYPROJECT.is_file():
        pyproject = tomllib.loads(_PYPROJECT.read_text(encoding="utf-8"))
        lines = pyproject["project"]["dependencies"]
    else:
        lines = [line for line in metadata.requires("zirconkit") or [] if "extra ==" not in line]
    needs = [Requirement(line) for line in lines]
    return [need for need in needs if need.marker is None or need.marker.evaluate()]


def missing():
    """The needed packages of which no version at all can be imported: list of str, as pip wants them."""
    return [f"{need.name}{need.specifier}" for need in requirements() if find_spec(_module(need)) is None]


def install_missing():
    """Install what is missing, and leave alone what is there, whatever its version; RuntimeError if pip cannot."""
    wanted = missing()
    if not wanted:
        return
    names = ", ".join(wanted)
    print("installing", names)
    done = _python_runs("-m", "pip", "install", "-q", *wanted)
    if done.returncode:
        raise RuntimeError(f"pip could not install {names} ({_last(done)}): check the network, run this cell again")
    importlib.invalidate_caches()


def _python_runs(*words, timeout=None):
    env = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3")
    return subprocess.run([sys.executable, *words], capture_output=True, text=True, timeout=timeout, env=env)


def _last(done):
    return (done.stderr.strip().splitlines() or ["it gave no reason"])[-1]


def _module(need):
    return MODULES.get(need.name, need.name.replace("-", "_"))


def _pip(*words):
    return " ".join([sys.executable, "-m", "pip", "install", *(f'"{word}"' for word in words)])


def _python():
    version = ".".join(map(str, sys.version_info[:3]))
    if PYTHON[0] <= sys.version_info < PYTHON[1]:
        return Check("Python", "ok", version)
    return Check("Python", "fail", f"{version}, wanted 3.11 to 3.13", "install Python 3.12, from python.org say")


def _packages():
    try:
        needs = requirements()
    except ModuleNotFoundError:
        return [Check("packaging", "fail", "not installed", _pip("packaging"))]
    providers = metadata.packages_distributions()
    problems = []
    for need in needs:
        installed = [metadata.version(name) for name in set(providers.get(_module(need), []))]
        if find_spec(_module(need)) is None:
            installed = ["not installed"]
        elif not installed or any(need.specifier.contains(version, prereleases=True) for version in installed):
            continue
        mend = _pip(f"{need.name}{need.specifier}")
        problems.append(Check(need.name, "fail", f"{installed[0]}, wanted {need.specifier}", mend))
    return problems or [Check("packages", "ok", f"all {len(needs)} here and of a wanted version")]


def _tensorflow():
    """Import TensorFlow in another process: it takes half a gigabyte, and may crash on an old computer."""
    try:
        done = _python_runs("-c", _TRY_TENSORFLOW, timeout=300)
    except subprocess.TimeoutExpired:
        return Check("TensorFlow", "fail", "not imported within 5 minutes", "close other programs and try again")
    if done.returncode:
        package = next(need.name for need in requirements() if _module(need) == "tensorflow")
        return Check("TensorFlow", "fail", _last(done), _pip("--force-reinstall", package))
    version, gpus = done.stdout.split()[-2:]
    return Check("TensorFlow", "ok", f"{version}, sees {gpus} GPU")


def _gpu(tensorflow):
    """Whether a card is used, given TensorFlow's own check: none is needed, but one that lies idle is worth a word."""
    gpus = tensorflow.detail.partition(", sees ")[2]
    if gpus and not gpus.startswith("0 "):
        return Check("GPU", "ok", f"{gpus} in use")
    if which("nvidia-smi"):
        mend = "make setup GPU=1 (on Colab: Runtime, Change runtime type, GPU, before anything else)"
        return Check("GPU", "note", "an NVIDIA driver is here, but TensorFlow sees no card", mend)
    return Check("GPU", "ok", "none (none is needed)")


def _computer():
    import psutil

    free = psutil.virtual_memory().available / 1e9
    detail = f"{psutil.cpu_count()} cores, {free:.1f} GB of memory free"
    if free < MEMORY_GB:
        return Check("computer", "note", detail, f"close other programs: a notebook may take {MEMORY_GB} GB")
    return Check("computer", "ok", detail)


def _cache():
    from zirconkit.files import cache_folder, make_folder

    try:
        return Check("cache", "ok", f"{_short(make_folder(cache_folder()))} can be written")
    except OSError as error:
        return Check("cache", "fail", str(error), "set ZIRCONKIT_CACHE to a folder that can be written")


def _home():
    """Whether the user's own folder can be written: JupyterLab needs it, `zirconkit run` does not."""
    if os.access(Path.home(), os.W_OK):
        return Check("home", "ok", "can be written")
    mend = "set HOME (on Windows USERPROFILE) to a folder that can be written"
    return Check("home", "note", f"{Path.home()} cannot be written: JupyterLab will not start there", mend)


def _disk():
    from zirconkit.files import cache_folder

    folder = cache_folder().resolve()
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    free = disk_usage(there).free / 1e9
    if free < DISK_GB:
        mend = "zirconkit cache --clear, delete what is not needed, or set ZIRCONKIT_CACHE to a folder on another disk"
        return Check("disk", "fail", f"{free:.1f} GB free for the cache, wanted {DISK_GB}", mend)
    return Check("disk", "ok", f"{free:.0f} GB free")


def _network():
    """Whether the host of the real mounts can be reached; the course needs no network."""
    if os.environ.get("ZIRCONKIT_OFFLINE"):
        return Check("network", "note", "not tried: ZIRCONKIT_OFFLINE is set", "unset it to fetch real mounts")
    try:
        socket.create_connection((HOST, 443), timeout=3).close()
    except OSError as error:
        mend = "the course runs without; for real mounts set ZIRCONKIT_DATA to a folder that has them"
        return Check("network", "note", f"{HOST} cannot be reached ({error})", mend)
    return Check("network", "ok", f"{HOST} answers")


def _real_mounts():
    from zirconkit.files import cache_folder, registry, verified

    folder = Path(os.environ.get("ZIRCONKIT_DATA") or cache_folder() / "quellaveco")
    there, published = len(verified(folder)), len(registry())
    detail = f"{there} of {published} in {_short(folder)}"
    if there == published:
        return Check("real mounts", "ok", detail)
    return Check("real mounts", "note", f"{detail} (the synthetic ones need none)", "zirconkit fetch")


def _kernel():
    from jupyter_client.kernelspec import KernelSpecManager

    python = KernelSpecManager().get_kernel_spec("python3").argv[0]
    this = os.path.abspath(sys.executable)
    if os.sep not in python or os.path.abspath(python) == this:
        return Check("Jupyter kernel", "ok", "python3 is this Python")
    mend = f"{sys.executable} -m ipykernel install --user --name zirconkit, then choose the kernel zirconkit in Jupyter"
    return Check("Jupyter kernel", "note", f"python3 is another Python, {_short(python)}", mend)


def _widgets():
    """Whether JupyterLab can show the instruments; elsewhere (Colab, an editor) others see to that."""
    if not find_spec("jupyterlab"):
        return Check("widgets", "ok", "JupyterLab is not installed here: Colab and editors have their own")
    ours = metadata.version("ipywidgets")
    wanted = GENERATIONS.get(ours.split(".")[0])
    shown_by = metadata.version("jupyterlab_widgets") if find_spec("jupyterlab_widgets") else "none"
    detail = f"ipywidgets {ours}, jupyterlab_widgets {shown_by}, JupyterLab {metadata.version('jupyterlab')}"
    if shown_by.split(".")[0] == wanted:
        return Check("widgets", "ok", detail)
    mend = f"{_pip('--upgrade', 'jupyterlab>=4.2', 'ipywidgets>=8')}, then start JupyterLab again"
    return Check("widgets", "fail", f"{detail}: the instruments will not be shown", mend)


def _short(path):
    return str(path).replace(str(Path.home()), "~", 1)
