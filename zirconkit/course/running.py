"""Running the course: the executed notebooks, a page of each, and a report."""

import json
import re
from contextlib import closing
from operator import itemgetter
from pathlib import Path

import nbformat

from zirconkit import files, mounts
from zirconkit.course import glossary
from zirconkit.course.execution import execute
from zirconkit.course.profiles import notebooks, profile
from zirconkit.course.survey import survey_table
from zirconkit.handover import FILE

__all__ = ["run"]

_PAGE = """\
{% extends "lab/index.html.j2" %}
{% block data_png %}{# nbconvert's own leaves the alt text out #}
<div class="jp-RenderedImage jp-OutputArea-output {{ extra_class }}">
{%- set alt = output | get_metadata("alt", "image/png") or "a figure without a description" %}
<img src="data:image/png;base64,{{ output.data["image/png"] }}" alt="{{ alt | e }}">
</div>
{% endblock %}"""


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
    _announce(mounts.find(data, profile(profile_name).name), data, paths)
    out = files.make_folder(Path(out).resolve())
    (out / FILE).unlink(missing_ok=True)  # what a run hands from notebook to notebook is its own
    _write_glossary(out)
    report = {"notebooks": []}
    files.write_whole(out / "report.json", json.dumps(report))
    parameters = {"DATA": data, "PROFILE": profile_name, "SEED": seed}
    with closing(execute(paths, out, parameters, jobs)) as entries:
        for entry in entries:
            executed = out / f"{entry['name']}.ipynb"
            if executed.is_file():
                files.write_whole(executed.with_suffix(".html"), _page(executed))
            report["notebooks"].append(entry)
            report["notebooks"].sort(key=itemgetter("name"))
            files.write_whole(out / "report.json", json.dumps(report, indent=1))
    print(f"the pages are in {out}, what each took in report.json")
    return report


def _announce(found, data, paths):
    """Say of a data set of one's own what is on its mounts, and which notebooks need more."""
    if data in ("synthetic", "quellaveco"):
        return
    print(survey_table(found, [path.name[:2] for path in paths]))


def _write_glossary(out):
    """Put the glossary, to which notebooks and pages link, beside them."""
    text = glossary.stored()
    files.write_whole(out / glossary.FILE, text)
    alone = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell(text)])
    files.write_whole((out / glossary.FILE).with_suffix(".html"), _html(alone, "Glossary"))


def _page(path):
    """HTML of an executed notebook."""
    return _html(nbformat.read(path, as_version=4), path.stem)


def _html(notebook, title):
    """HTML of a notebook, with its pictures and their alt text; links to notebooks and the glossary lead to pages."""
    from jinja2 import DictLoader
    from nbconvert import HTMLExporter

    exporter = HTMLExporter(extra_loaders=[DictLoader({"page.html.j2": _PAGE})], template_file="page.html.j2")
    page, _ = exporter.from_notebook_node(notebook, {"metadata": {"name": title}})
    return re.sub(r'(href="(?:\d\d_\w+|GLOSSARY))\.(?:ipynb|md)', r"\1.html", page)
