"""`make check-platforms`: the course on other Pythons, versions and machines. A row each; `ONLY=offline` tries one.

A row passes, fails, or is skipped with what it lacked here. Each makes its own environment below build/platforms, from
a clone of what is committed, and leaves its log there. `PROFILE=lesson` runs the notebooks at length (default: quick).
"""

import json
import os
import re
import shutil
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[1]
PLACE = ROOT / "build/platforms"
PROFILE = os.environ.get("PROFILE") or "quick"
MB = 1500  # of memory, a notebook
BINDER_MB = 2000
SUITS = "import sys, venv, ensurepip; sys.exit(sys.version_info[:2] != ({}, {}))"
# What Google Colab carried in August 2026, as far as the kit asks for it.
COLAB = [
    "tensorflow-cpu==2.20.*", "keras==3.13.2", "numpy==2.1.3", "pandas==2.2.*", "scipy", "scikit-learn==1.6.1",
    "scikit-image==0.25.2", "opencv-python-headless==4.12.*", "plotly==5.24.1", "ipywidgets==7.7.1", "ipython==7.34.*",
    "ipykernel==6.17.*", "matplotlib", "pillow", "psutil", "requests", "tqdm", "packaging", "filelock", "joblib",
]  # fmt: skip
LOOPBACK = """import fcntl, os, socket, struct, sys
fcntl.ioctl(socket.socket(), 0x8914, struct.pack("16sh", b"lo", 0x41))  # up and running; there is no route beyond it
os.execvp(sys.argv[1], sys.argv[1:])"""


@pytest.fixture
def place(request):
    """An empty folder for this row; what is large in it goes afterwards."""
    folder = PLACE / re.sub(r"\W+", "_", request.node.name.removeprefix("test_"))
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    yield folder
    for large in ("clone", "env", "cache"):
        shutil.rmtree(folder / large, ignore_errors=True)


def clone(place):
    """A clone of what is committed."""
    run(place, "git", "clone", "-q", ROOT, place / "clone")
    return place / "clone"


def run(place, *words, cwd=ROOT, **env):
    """Run a command with its words in the row's log; it must succeed."""
    with (place / "log").open("a", encoding="utf-8") as log:
        log.write(f"$ {' '.join(map(str, words))}\n")
        log.flush()
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("ZIRCONKIT", "PYTEST"))}
        done = subprocess.run(list(map(os.fspath, words)), cwd=cwd, env=clean | env, stdout=log, stderr=log)
    assert done.returncode == 0, (place / "log").read_text(encoding="utf-8")[-3000:]


def course(place, python, cwd, *notebooks, before=(), **env):
    """Run notebooks; each must end well and in little memory. Gives the largest, in MB."""
    words = [python, "-m", "zirconkit", "run", *notebooks, "--profile", PROFILE, "--out", place / "course"]
    run(place, *before, *words, cwd=cwd, ZIRCONKIT_CACHE=str(place / "cache"), **env)
    report = json.loads((place / "course/report.json").read_text(encoding="utf-8"))["notebooks"]
    assert report and all(entry["status"] == "ok" for entry in report)
    largest = max(entry["peak_rss_mb"] for entry in report)
    assert largest < MB
    return largest


def python_of(major, minor):
    """The command of this Python with venv; skips where there is none."""
    kept = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    candidates = [f"python{major}.{minor}", *sorted(map(str, kept.glob(f"{major}.{minor}.*/bin/python")))]
    for candidate in candidates:
        if shutil.which(candidate) and not subprocess.run([candidate, "-c", SUITS.format(major, minor)]).returncode:
            return candidate
    pytest.skip(f"there is no Python {major}.{minor} with venv here")


def environment(place, python, *wanted, cwd=ROOT):
    """The Python of a new environment in which this is installed."""
    run(place, python, "-m", "venv", place / "env")
    python = place / "env/bin/python"
    run(place, python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *wanted, cwd=cwd)
    return python


def needs(*programs):
    """Skip where a program is missing."""
    for program in programs:
        if not shutil.which(program):
            pytest.skip(f"{program} is not installed here")


def needs_root():
    """Skip where one is not root."""
    if os.geteuid():
        pytest.skip("only root can try this")


# ---------------------------------------------------------------- Pythons and versions


@pytest.mark.parametrize("minor", [11, 12, 13])
def test_python(place, minor):
    """What `make run` does, from a clone, with this Python."""
    there = clone(place)
    run(place, python_of(3, minor), "-m", "venv", there / ".venv")
    run(place, "make", "setup", cwd=there)
    course(place, there / ".venv/bin/python", there)


@pytest.mark.parametrize("target", ["run", "test"])
def test_debian_13(place, target):
    """A machine with nothing but Debian 13's python3, python3-venv, make and git."""
    needs_root()
    needs("debootstrap", "chroot", "mount")
    root = PLACE / "trixie"
    if not (root / "usr/bin/python3").exists():
        packages = "python3,python3-venv,make,git,ca-certificates"
        run(place, "debootstrap", "--variant=minbase", f"--include={packages}", "trixie", root)
    for name in ("resolv.conf", "hosts", "ssl/certs/ca-certificates.crt"):
        shutil.copyfile(Path("/etc") / name, root / "etc" / name)
    shutil.rmtree(root / "srv/clone", ignore_errors=True)
    run(place, "git", "clone", "-q", ROOT, root / "srv/clone")
    with mounted(root, "proc", "dev"):
        passed = [f"{name}={value}" for name, value in os.environ.items() if re.match("(?i)pip_|ssl_|.*_proxy", name)]
        words = ["env", "-i", "PATH=/usr/sbin:/usr/bin", "HOME=/srv", "LANG=C.UTF-8", *passed]
        run(place, *words, "chroot", root, "make", "-C", "/srv/clone", target)


@contextmanager
def mounted(root, *folders):
    """Bind folders of this machine into another root."""
    for folder in folders:
        subprocess.run(["mount", "--bind", f"/{folder}", root / folder], check=True)
    try:
        yield
    finally:
        for folder in folders:
            subprocess.run(["umount", "--lazy", root / folder], check=True)


@pytest.mark.parametrize("resolution", ["lowest-direct", "highest"])
def test_versions(place, resolution):
    """The oldest and the newest packages that pyproject.toml admits."""
    there, python = clone(place), environment(place, python_of(3, 11 if resolution == "lowest-direct" else 13), "uv")
    uv = [python, "-m", "uv", "pip", "install", "--quiet", "--python", python, "--resolution", resolution]
    run(place, *uv, "-e", ".[lab]", cwd=there)
    run(place, python, "-m", "pip", "freeze")
    course(place, python, there)


def test_colab_look_alike(place):
    """The set-up cell adds what Colab lacks, and changes nothing that is there."""
    python, there = environment(place, python_of(3, 13), *COLAB), clone(place)
    before = frozen(python)
    run(place, python, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", place / "content", there)
    first = "from IPython.testing.globalipapp import start_ipython\nstart_ipython()\n"
    cell = subprocess.run(
        [sys.executable, "-c", "from zirconkit import course; print(course.setup_cell())"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    run(place, python, "-c", first + cell, cwd=place / "content")
    after = frozen(python)
    assert {name: after.get(name) for name in before} == before
    course(place, python, place / "content", "00", "01", "03", "06", "10")


def frozen(python):
    """The packages of an environment: dict of name to version."""
    words = [python, "-m", "pip", "list", "--format", "json", "--disable-pip-version-check"]
    listed = subprocess.run(words, capture_output=True, text=True, check=True).stdout
    return {each["name"]: each["version"] for each in json.loads(listed)}


def test_binder_look_alike(place):
    """What binder/ alone installs; JupyterLab and a notebook together in Binder's memory."""
    there = clone(place)
    python = environment(place, python_of(3, 12), "-r", there / "binder/requirements.txt", cwd=there)
    path = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
    run(place, "bash", "binder/postBuild", cwd=there, PATH=path)
    words = [python, "-m", "jupyterlab", "--no-browser", "--allow-root", "--port=0", "--ServerApp.root_dir=notebooks"]
    with (place / "lab").open("w") as log, subprocess.Popen(words, cwd=there, stdout=log, stderr=log) as lab:
        try:
            largest = course(place, python, there)
            family = [psutil.Process(lab.pid), *psutil.Process(lab.pid).children(recursive=True)]
            own = sum(process.memory_info().rss for process in family) // 10**6
        finally:
            lab.terminate()
    assert own + largest < BINDER_MB, (own, largest)


# ---------------------------------------------------------------- machines and users


def test_offline(place):
    """No route to anywhere, nothing in the cache: what a class without a network has."""
    needs("unshare")
    if subprocess.run(["unshare", "-rn", "true"], stderr=subprocess.DEVNULL).returncode:
        pytest.skip("this machine lets nobody make a network of one's own (unshare -rn)")
    cut_off = ["unshare", "-rn", sys.executable, "-c", LOOPBACK]
    course(place, sys.executable, ROOT, before=cut_off)


def test_not_root(place):
    """A user without rights, in somebody else's checkout that he cannot write."""
    needs_root()
    needs("setpriv")
    as_nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    again = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import numpy'], check=True)"
    if subprocess.run([*as_nobody, sys.executable, "-c", again], cwd="/", stderr=subprocess.DEVNULL).returncode:
        pytest.skip(f"{sys.executable} lies where only root may read")
    for folder in ("home", "course", "cache"):
        (place / folder).mkdir()
        os.chown(place / folder, 65534, 65534)
    course(place, sys.executable, ROOT, "00", "01", before=as_nobody, HOME=str(place / "home"))


def test_home_that_cannot_be_written(place):
    """Jupyter, matplotlib and the kit all want a place of their own there."""
    course(place, sys.executable, ROOT, "00", "01", HOME="/dev/null/home")


def test_two_users_of_one_checkout(place):
    """At once, with one empty cache: each gets whole files."""
    words = [sys.executable, "-m", "zirconkit", "run", "01", "--profile", "quick", "--out"]
    env = dict(os.environ, ZIRCONKIT_CACHE=str(place / "cache"))
    both = [subprocess.Popen([*words, place / name], cwd=ROOT, env=env) for name in ("one", "other")]
    assert [process.wait() for process in both] == [0, 0]
    assert not list((place / "cache").rglob("*.part"))


def test_spaces_in_the_path(place):
    """As on most Windows machines."""
    folder = place / "my course (1)"
    run(place, "git", "clone", "-q", ROOT, folder)
    course(place, sys.executable, folder, "00", PYTHONPATH=str(folder))
