"""Does the students' zip do what its README says? Unpacked in an empty folder, in a fresh environment, with no network.

The zip is made as `zirconkit handout` makes it. Once, with a network, its wheel and JupyterLab are installed into an
environment of their own (2 GB, some minutes); then notebook 00 runs in a process that has no network but its own
computer, with nothing of this checkout in sight. Prints one JSON line: whether it ran to its end, how long the install
and the run took, how large zip and environment are, whether a network could be reached. Needs Linux with `unshare`;
the environment is removed at the end.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import zipfile
from contextlib import redirect_stdout
from pathlib import Path

import nbformat

from zirconkit.course.handouts import hand_out

# Inside: this computer's own address up, for the kernel; a look whether the world can be reached; then the notebook.
INSIDE = """\
import fcntl, os, socket, struct, sys

with socket.socket() as own:
    fcntl.ioctl(own, 0x8914, struct.pack("16sh", b"lo", 0x41))
with socket.socket() as out:
    out.settimeout(5)
    print("network:", out.connect_ex(("1.1.1.1", 443)) == 0, flush=True)
os.execv(sys.executable, [sys.executable, "-m", *sys.argv[1:]])
"""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--notebook", default="00", metavar="NN")
    args = parser.parse_args()
    if shutil.which("unshare") is None:
        raise SystemExit("unshare is not here: it takes the network away, on Linux")
    with tempfile.TemporaryDirectory(prefix="zirconkit-zip-") as folder, redirect_stdout(sys.stderr):
        result = tried(Path(folder), args.notebook)
    print(json.dumps(result))


def tried(folder, number):
    """Hand out, unpack, install, cut the network, run: what came of it."""
    course, packed = unpacked(folder)
    environment = {"PATH": os.environ["PATH"], "HOME": str(folder / "home"), "TF_CPP_MIN_LOG_LEVEL": "3"}
    (folder / "home").mkdir()
    started = time.perf_counter()
    python = installed(folder / "venv", course)
    ready = time.perf_counter()
    (notebook,) = course.glob(f"{number}_*.ipynb")
    words = ["jupyter", "nbconvert", "--to", "notebook", "--execute", "--inplace", "--log-level", "WARN", notebook.name]
    inside = ["unshare", "-rn", str(python), "-c", INSIDE, *words]
    done = subprocess.run(inside, cwd=course, env=environment, stdout=subprocess.PIPE, text=True)
    executed = nbformat.read(notebook, as_version=4)
    return {
        "notebook": notebook.stem,
        "ran_to_its_end": done.returncode == 0 and at_its_end(executed),
        "network": "network: True" in done.stdout,
        "install_s": round(ready - started),
        "run_s": round(time.perf_counter() - ready),
        "zip_mb": round(packed / 1e6, 1),
        "environment_mb": round(size(folder / "venv") / 1e6),
        "packages": len(list((folder / "venv").glob("lib/*/site-packages/*.dist-info"))),
    }


def unpacked(folder):
    """The students' zip, unpacked where nothing else is: its folder, and its size in bytes."""
    hand_out(folder / "out", ("students",))
    path = folder / "out" / "zirconkit_students.zip"
    packed = path.stat().st_size
    with zipfile.ZipFile(path) as archive:
        archive.extractall(folder / "empty")
    shutil.rmtree(folder / "out")
    return folder / "empty" / "zirconkit_course", packed


def installed(place, course):
    """A fresh environment, with what the README says: its Python."""
    subprocess.run([sys.executable, "-m", "venv", place], check=True, stdout=sys.stderr)
    python = place / "bin" / "python"
    (wheel,) = course.glob("*.whl")
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", wheel, "jupyterlab"]
    subprocess.run(command, check=True, stdout=sys.stderr, env=env)
    return python


def at_its_end(notebook):
    """Whether each code cell ran, and none with an error."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]
    fine = all(cell.execution_count for cell in cells)
    return fine and not any(output.output_type == "error" for cell in cells for output in cell.outputs)


def size(folder):
    """Bytes of what lies in a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())


if __name__ == "__main__":
    main()
