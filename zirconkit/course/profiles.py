"""The course as a whole: what a profile means, where the notebooks are, and running them."""

import os
import tomllib
from pathlib import Path
from types import SimpleNamespace

__all__ = ["PROFILES", "notebooks", "profile", "setup_cell"]

# What notebooks read as numbers. quick: tests, seconds; lesson: the committed outputs; full: the paper's own settings.
PROFILES = {
    "quick": {"epochs": 3, "seeds": 1, "repeats": 3, "grains": 200},
    "lesson": {"epochs": 20, "seeds": 3, "repeats": 12, "grains": 678},
    "full": {"epochs": 200, "seeds": 10, "repeats": 50, "grains": 678},
}
_PACKAGE = Path(__file__).parents[1]
_CHECKOUT = _PACKAGE.parent
_SETUP = """\
# @title Set-up: finds zirconkit, here or nearby, and installs what is missing; leaves alone what is there
import sys
from importlib.util import find_spec
from pathlib import Path

here = Path.cwd()
for folder in (here, *here.parents, *here.glob("*/")):
    if getattr(find_spec("zirconkit"), "origin", None) is None and (folder / "zirconkit/__init__.py").is_file():
        sys.path.insert(0, str(folder))
if getattr(find_spec("zirconkit"), "origin", None) is None:
    wheels = sorted(here.glob("zirconkit-*.whl"))  # uploaded beside this notebook
    ABSENT
    get_ipython().run_line_magic("pip", f'install -q --no-deps "{wheels[-1]}"')
from zirconkit.course import doctor

doctor.install_missing()"""
_ADVICE = "no zirconkit: put its wheel (zirconkit-*.whl) or its folder beside this notebook"


def profile(name):
    """The numbers of a profile and its `name`; the environment variable `ZIRCONKIT_PROFILE` has the last word.

    Returns a SimpleNamespace; raises a ValueError if `PROFILES` has no such name.
    """
    name = os.environ.get("ZIRCONKIT_PROFILE") or name
    if name not in PROFILES:
        raise ValueError(f"there is no profile {name!r}: use {', '.join(PROFILES)}")
    return SimpleNamespace(name=name, **PROFILES[name])


def notebooks(names=()):
    """The notebooks of the course, in teaching order: list of Path.

    Parameters
    ----------
    names : list of str
        Numbers ("1", "01") or whole names ("01_from_mount_to_grains"), else a ValueError; all, if empty.
    """
    known = sorted(_folder().glob("[0-9][0-9]_*.ipynb"))
    if not names:
        return known
    wanted = set()
    for name in names:
        fitting = [path for path in known if path.stem == name or path.stem[:2] == name.zfill(2)]
        if not fitting:
            there = ", ".join(path.stem for path in known)
            raise ValueError(f"there is no notebook {name}: there are {there}")
        wanted.update(fitting)
    return sorted(wanted)


def _folder():
    """Where the notebooks are: in a checkout beside the package, installed from a wheel inside it."""
    places = [_CHECKOUT / "notebooks", _PACKAGE / "notebooks"]
    return next(place for place in places if place.is_dir())


def setup_cell():
    """Source of the set-up cell, the same in every notebook.

    It installs from a wheel beside the notebook, else from the address in pyproject.toml, if there is one.
    """
    pyproject = tomllib.loads((_CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))
    url = pyproject["project"].get("urls", {}).get("repository")
    if url:
        absent = f'wheels = wheels or ["git+{url}"]'
    else:
        absent = f'if not wheels:\n        raise ModuleNotFoundError("{_ADVICE}")'
    return _SETUP.replace("ABSENT", absent)
