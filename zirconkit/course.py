"""The course as a whole: what a profile means, where the notebooks are, and running them."""

import json
import os
import re
import tomllib
from contextlib import closing
from operator import itemgetter
from pathlib import Path
from types import SimpleNamespace

from zirconkit import downloads, mounts
from zirconkit.execution import execute

__all__ = ["PROFILES", "notebooks", "profile", "run", "setup_cell"]

# What notebooks read as numbers. quick: tests, seconds; lesson: the committed outputs; full: the paper's own settings.
PROFILES = {
    "quick": {"epochs": 3, "seeds": 1, "repeats": 3},
    "lesson": {"epochs": 20, "seeds": 3, "repeats": 12},
    "full": {"epochs": 200, "seeds": 10, "repeats": 50},
}
_PACKAGE = Path(__file__).parent
_CHECKOUT = _PACKAGE.parent
_SETUP = """\
# Finds zirconkit, here or in a folder nearby, and installs what it needs and is missing; leaves alone what is there.
import sys
from importlib.util import find_spec
from pathlib import Path

here = Path.cwd()
for folder in (here, *here.parents, *here.glob("*/")):
    if getattr(find_spec("zirconkit"), "origin", None) is None and (folder / "zirconkit/__init__.py").is_file():
        sys.path.insert(0, str(folder))
if getattr(find_spec("zirconkit"), "origin", None) is None:
    ABSENT
from zirconkit import doctor

doctor.install_missing()"""
_ADVICE = "no zirconkit: unpack its folder beside this notebook, or %pip install --no-deps PATH"

_PAGE = """\
{% extends "lab/index.html.j2" %}
{% block data_png %}{# nbconvert's own leaves the alt text out #}
<div class="jp-RenderedImage jp-OutputArea-output {{ extra_class }}">
{%- set alt = output | get_metadata("alt", "image/png") or "a figure without a description" %}
<img src="data:image/png;base64,{{ output.data["image/png"] }}" alt="{{ alt | e }}">
</div>
{% endblock %}"""


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
    folder = next(place / "notebooks" for place in (_CHECKOUT, _PACKAGE) if (place / "notebooks").is_dir())
    known = {path.stem: path for path in sorted(folder.glob("[0-9][0-9]_*.ipynb"))}
    by_name = {stem[:2]: path for stem, path in known.items()} | known
    wanted = [by_name.get(name) or by_name.get(name.zfill(2)) for name in names]
    if None in wanted:
        raise ValueError(f"there is no notebook {names[wanted.index(None)]}: there are {', '.join(known)}")
    return sorted(set(wanted)) if names else list(known.values())


def setup_cell():
    """Source of the set-up cell, the same in every notebook: it installs from the address in pyproject.toml, if any."""
    project = tomllib.loads((_CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    url = project.get("urls", {}).get("repository")
    install = f'get_ipython().run_line_magic("pip", "install -q --no-deps git+{url}")'
    return _SETUP.replace("ABSENT", install if url else f'raise ModuleNotFoundError("{_ADVICE}")')


def run(names=(), data="synthetic", profile_name="lesson", jobs=1, out="build/course", seed=0):
    """Run notebooks and keep what comes out: the executed notebooks, a page of each, and report.json.

    Parameters
    ----------
    names : list of str
        As for `notebooks`.
    data, profile_name, seed
        The notebooks' parameters DATA, PROFILE and SEED. The mounts are made ready before the first notebook starts.
    jobs : int
        Notebooks at a time.
    out : path

    Returns
    -------
    dict
        What report.json holds after each notebook: `{"notebooks": [...]}`, with the entries of `execution.execute`.
    """
    paths = notebooks(names)
    if data not in ("synthetic", "quellaveco"):
        data = str(Path(data).resolve())
    mounts.find(data, profile(profile_name).name)
    out = downloads.make_folder(Path(out).resolve())
    report = {"notebooks": []}
    _write(out / "report.json", json.dumps(report))
    with closing(execute(paths, out, {"DATA": data, "PROFILE": profile_name, "SEED": seed}, jobs)) as entries:
        for entry in entries:
            report["notebooks"] = sorted([*report["notebooks"], entry], key=itemgetter("name"))
            if (out / f"{entry['name']}.ipynb").is_file():
                _write(out / f"{entry['name']}.html", _page(out / f"{entry['name']}.ipynb"))
            _write(out / "report.json", json.dumps(report, indent=1))
    print(f"the pages are in {out}, what each took in report.json")
    return report


def _write(path, text):
    part = path.with_name(f".{path.name}.part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)


def _page(notebook):
    """HTML of an executed notebook, with its pictures and their alt text; links to notebooks lead to pages."""
    from jinja2 import DictLoader
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(extra_loaders=[DictLoader({"page.html.j2": _PAGE})], template_file="page.html.j2")
    page, _ = exporter.from_filename(str(notebook))
    return re.sub(r'(href="\d\d_\w+)\.ipynb', r"\1.html", page)
