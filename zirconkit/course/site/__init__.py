"""`make site`: the executed course as pages that need no network, for a browser and a memory stick.

What is stored in the notebooks is shown, nothing is run. A page for each notebook, the texts beside the notebooks, all
figures, slides, and a search that works without a server.
"""

import argparse
import html
import io
import json
import re
from pathlib import Path
from typing import NamedTuple

import nbformat

from zirconkit import files
from zirconkit.course import slides
from zirconkit.course.contents import contents
from zirconkit.course.profiles import notebooks
from zirconkit.course.site.pages import HERE, TEXTS, body_of_notebook, body_of_text, pygments_css

__all__ = ["Figure", "build", "main"]

TITLE = "What can machine learning see in a mineral?"
PAGES = {
    "glossary.html": "Glossary",
    "formulas.html": "Formulas",
    "reading.html": "Reading list",
    "figures.html": "Figures",
    "guide.html": "For lecturers",
}
WIDE = ("index.html", "figures.html")
SECTION = re.compile(r'<h[1-4] id="([^"]*)"[^>]*>(.*?)</h[1-4]>', re.DOTALL)
TERM = re.compile(r'<p><a id="([^"]*)"></a><strong>(.+?)</strong></p>')
THUMBNAIL = (240, 240)  # px at the most


class Figure(NamedTuple):
    """A figure of a notebook: its file in the site, and what is to be seen on it."""

    file: str
    alt: str


def build(out):
    """Write the site into a folder: Path of its first page."""
    out = files.make_folder(Path(out))
    files.make_folder(out / "figures")
    entries = contents()
    figures, index = {}, []
    for place, entry in enumerate(entries):
        body, figures[entry.number] = _notebook(out, entry)
        _write(out, _page_name(entry), _title(entry), body, _turns(entries, place))
        index += _sections(_page_name(entry), _title(entry), body)
    index += _write_texts(out)
    _write_fronts(out, entries, figures)
    slides.write(out / "slides")
    files.write_whole(out / "index.js", f"const INDEX = {json.dumps(index, ensure_ascii=False)}\n")
    files.write_whole(out / "site.css", (HERE / "site.css").read_text(encoding="utf-8") + pygments_css())
    files.write_whole(out / "search.js", (HERE / "search.js").read_text(encoding="utf-8"))
    return out / "index.html"


def _page_name(entry):
    return entry.file.replace(".ipynb", ".html")


def _title(entry):
    return f"{entry.number} · {entry.title}"


def _notebook(out, entry):
    """The body of a notebook's page, and its figures: str, list of Figure."""
    path = notebooks([entry.number])[0]
    stored = nbformat.read(path, as_version=4)
    body = body_of_notebook(stored, entry.number)
    for name, picture in body.pictures.items():
        files.write_whole(out / name, picture)
    outputs = [output for cell in stored.cells for output in cell.get("outputs", [])]
    shown = [output.metadata["image/png"]["alt"] for output in outputs if "image/png" in output.get("data", {})]
    return body.html, list(map(Figure, body.pictures, shown))


def _turns(entries, place):
    """The notebooks before and after the one at this place: list of (relation, word, Entry)."""
    turns = []
    if place:
        turns.append(("prev", "Before", entries[place - 1]))
    if place + 1 < len(entries):
        turns.append(("next", "Next", entries[place + 1]))
    return turns


def _write(out, name, title, body, turns=()):
    """Write a page: the frame that all have round its body."""
    known = {"title": title, "body": body, "turns": turns, "pages": PAGES, "here": name, "wide": name in WIDE}
    files.write_whole(out / name, _render("frame", **known))


def _render(template, **known):
    from jinja2 import Environment, FileSystemLoader

    environment = Environment(loader=FileSystemLoader(HERE), autoescape=True)
    return environment.get_template(f"{template}.html.j2").render(**known)


def _sections(name, title, body):
    """What the search knows of a page, heading by heading: list of (page, anchor, title, heading, text)."""
    _, *parts = SECTION.split(body)
    sections = zip(parts[::3], parts[1::3], parts[2::3])
    return [(name, anchor, title, _plain(heading), _plain(text)) for anchor, heading, text in sections]


def _plain(text):
    """The words of a piece of HTML, without code and what programs print."""
    without = re.sub(r"(?s)<pre.*?</pre>|<details.*?</details>", "", text)
    words = html.unescape(re.sub(r"<[^>]+>", " ", without))
    return " ".join(words.split())


def _write_texts(out):
    """Write the pages of the texts beside the notebooks; what the search knows of them."""
    index = []
    for source, name in TEXTS.items():
        text = (notebooks()[0].parent / source).read_text(encoding="utf-8")
        body = TERM.sub(_with_name, body_of_text(text).html)
        _write(out, name, PAGES[name], body)
        index += _sections(name, PAGES[name], body)
    return index


def _with_name(found):
    """A term of the glossary as a heading, so that a search leads to it."""
    return f'<h2 id="{found[1]}" class="term">{found[2]}</h2>'


def _write_fronts(out, entries, figures):
    """Write the first page, the page of all figures and that of the search."""
    listed = []
    for entry in entries:
        thumbnail = f"figures/{entry.number}.png"
        _shrink(out / figures[entry.number][0].file, out / thumbnail)
        listed.append({**entry._asdict(), "page": _page_name(entry), "thumbnail": thumbnail})
    first = figures[entries[0].number][0]
    _write(out, "index.html", TITLE, _render("front", entries=listed, figure=first, title=TITLE))
    _write(out, "figures.html", "Figures", _render("figures", entries=listed, figures=figures))
    _write(out, "search.html", "Search", _render("search"))


def _shrink(source, target):
    """A small copy of a picture."""
    from PIL import Image

    picture, small = Image.open(source).convert("RGB"), io.BytesIO()
    picture.thumbnail(THUMBNAIL)
    picture.save(small, format="png", optimize=True)
    files.write_whole(target, small.getvalue())


def main(argv=None):
    """Write the site and say where it begins."""
    parser = argparse.ArgumentParser(description="The executed course as an offline site.")
    parser.add_argument("--out", default="build/site", metavar="DIR", help="default: build/site")
    print("open", build(parser.parse_args(argv).out))
