"""One zip that works offline after one `pip install`: notebooks, how to begin, and the kit's own wheel."""

import base64
import hashlib
import io
import zipfile
from importlib import metadata
from pathlib import Path

from zirconkit import __version__
from zirconkit.course.profiles import notebooks
from zirconkit.handover import FILE

__all__ = ["README", "wheel", "wheel_name", "zipped"]

_PACKAGE = Path(__file__).parents[2]
_CHECKOUT = _PACKAGE.parent
FOR_LECTURERS = ("guide", "LECTURERS.md")  # beside the notebooks: what good answers have
_STAMP = (2020, 1, 1, 0, 0, 0)  # of every file in a zip: the same content is the same zip
_WHEEL = "Wheel-Version: 1.0\nGenerator: zirconkit\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
README = """\
The notebooks of this course, and the kit that they need. Python 3.11 to 3.13.

Once, with a network, in this folder (5 to 10 minutes, 3 GB):

  Linux and macOS:   python3 -m venv .venv
                     .venv/bin/python -m pip install {wheel} jupyterlab
  Windows:           py -m venv .venv
                     .venv\\Scripts\\python -m pip install {wheel} jupyterlab

Then, without one:

  Linux and macOS:   .venv/bin/python -m jupyter lab {first}
  Windows:           .venv\\Scripts\\python -m jupyter lab {first}

In a notebook press Shift+Enter from the top, cell by cell; the first takes up to a minute.

On Colab: open a notebook there, put {wheel} into its Files pane, run the first cell.

Hand in the notebooks, under the names that they have, and zirconkit_course.json, which lies beside them once you have
run the last cell of one: it says what you predicted, tried and solved. Your answers are run anew when they are graded:
what you did with buttons must stand in the answer cell as text, such as what print(bench.kept) shows.
"""


def wheel_name():
    """The file name of the kit's wheel."""
    return f"zirconkit-{__version__}-py3-none-any.whl"


def wheel():
    """The kit as a wheel, as it is here, changed or not: bytes. It needs neither network nor build tools.

    Raises
    ------
    ValueError
        If the kit is not installed, not even from its folder (`pip install -e .`): then nobody knows what it needs.
    """
    try:
        about = metadata.distribution("zirconkit")
    except metadata.PackageNotFoundError:
        raise ValueError("zirconkit is not installed here: run make setup, or pip install -e . in its folder") from None
    info = f"zirconkit-{__version__}.dist-info"
    files = _package_files()
    files[f"{info}/METADATA"] = (about.read_text("METADATA") or "").encode()
    files[f"{info}/entry_points.txt"] = (about.read_text("entry_points.txt") or "").encode()
    files[f"{info}/WHEEL"] = _WHEEL.encode()
    record = [f"{name},sha256={_digest(content)},{len(content)}" for name, content in files.items()]
    files[f"{info}/RECORD"] = "\n".join([*record, f"{info}/RECORD,,", ""]).encode()
    return zipped(files)


def _package_files():
    """What is in the wheel: dict of name to bytes."""
    places = {"zirconkit": _PACKAGE, "zirconkit/notebooks": notebooks()[0].parent}
    if (_CHECKOUT / "data").is_dir():
        places["zirconkit/data"] = _CHECKOUT / "data"
    files = {}
    for inside, folder in places.items():
        for path in sorted(folder.rglob("*")):
            parts = path.relative_to(folder).parts
            if path.is_file() and not any(_is_private(part) for part in parts):
                files["/".join((inside, *parts))] = path.read_bytes()
    return files


def _is_private(part):
    """Whether a file or folder is not for students: the guide, and what Python, Jupyter and a student leave behind."""
    return part in ("__pycache__", *FOR_LECTURERS) or part.startswith((".", FILE)) or ".edits.json" in part


def _digest(content):
    return base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()


def zipped(files):
    """A zip of files: bytes; dict of name to bytes in."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, _STAMP)
            packed = name.endswith((".whl", ".png", ".npz"))
            entry.compress_type = zipfile.ZIP_STORED if packed else zipfile.ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, content)
    return buffer.getvalue()
