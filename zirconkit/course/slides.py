"""Slides of a notebook, made from what is stored in it: its questions, figures and last words, one offline page."""

import base64
import re
import struct
from pathlib import Path
from typing import NamedTuple

import nbformat

from zirconkit import files
from zirconkit.course.profiles import notebooks

__all__ = ["Slide", "page", "slides", "write"]

TEMPLATE = Path(__file__).with_name("slides.html.j2")
ROOM = 140  # words that fit below a heading
BRIEF = 40  # words beside a figure
QUESTION = re.compile(r"\*\*[^*]*(\?|Predict|Guess|Call|Walk)[^*]*\*\*")
SENTENCE = re.compile(r"(?<=[.!?]) (?=[\"“*`A-Z0-9])")
HEADING = re.compile(r"(?m)^#+ (.+)$")
SEEN = "**What we see.**"


class Slide(NamedTuple):
    """One slide, and what is on it.

    Its kind is "title", "idea", "predict", "figure", "seen", "exercise", "discuss" or "away".
    """

    kind: str
    heading: str
    text: str = ""  # Markdown
    name: str = ""  # of a prediction or exercise
    image: str = ""  # PNG, in base64
    alt: str = ""
    of: str = ""  # where the data of a figure come from


def slides(notebook):
    """The slides of a notebook as it is stored: the core's questions, figures, exercises, and what to take away.

    Parameters
    ----------
    notebook : NotebookNode
        With its outputs.

    Returns
    -------
    list of Slide
        In the notebook's order. A figure has the first sentences of the *What we see* below it, if it is the only one
        since the last; else these stand on a slide of their own.
    """
    cells = [cell for cell in notebook.cells if "depth" not in _tags(cell)]
    heading = _title(cells)
    deck = [Slide("title", heading)]
    for cell in cells:
        if cell.cell_type == "code":
            deck += _figures(cell, heading)
            continue
        named = [each for each in HEADING.findall(cell.source) if not each.startswith("Exercise")]
        heading = named[-1] if named and deck[1:] and named[-1] != deck[0].heading else heading
        _add_text(deck, cell, _short(heading))
    return _last_of_each_question(deck)


def _tags(cell):
    return cell.metadata.get("tags", [])


def _title(cells):
    """The heading of the first text: "3 · Convolution and pooling: nine numbers that see"."""
    first = next(cell for cell in cells if cell.cell_type == "markdown")
    return HEADING.search(first.source)[1]


def _short(heading):
    """A title without its number and what follows the colon."""
    return re.sub(r"^\d+ · ([^:]+).*$", r"\1", heading)


def _figures(cell, heading):
    """The figures that a cell shows, with the texts that are stored beside them."""
    found = []
    for output in cell.get("outputs", []):
        image = output.get("data", {}).get("image/png")
        if image:
            about = output.metadata["image/png"]
            found.append(Slide("figure", _short(heading), image=image, alt=about["alt"], of=about.get("of", "")))
    return found


def _add_text(deck, cell, heading):
    """Add what of a text belongs on slides, at the end of the deck."""
    paragraphs = cell.source.split("\n\n")
    for paragraph in paragraphs:
        if paragraph.startswith(SEEN):
            _add_seen(deck, paragraph.removeprefix(SEEN).strip())
        elif paragraph.startswith("**Discuss"):
            deck.append(Slide("discuss", "Discuss", paragraph))
    names = dict(tag.split(":") for tag in _tags(cell) if ":" in tag)
    if "predict" in names:
        deck.append(_prediction(deck[-1], heading, _question(paragraphs), names["predict"]))
    if "exercise" in names:
        deck.append(_exercise(cell.source, names["exercise"]))
    _add_frame(deck, paragraphs)


def _add_seen(deck, text):
    """Put what is to be seen beside the one figure before it that has no text yet, or behind several."""
    last, before = deck[-1], deck[-2]
    if last.kind != "figure":
        return
    if before.kind == "figure" and not before.text:
        deck.append(Slide("seen", last.heading, _first_sentences(text, 2 * BRIEF)))
    else:
        deck[-1] = last._replace(text=_first_sentences(text, BRIEF))


def _first_sentences(text, most):
    """As many whole sentences as have at most so many words; the first one in any case."""
    first, *others = SENTENCE.split(" ".join(text.split()))
    kept = first
    for each in others:
        if len(f"{kept} {each}".split()) > most:
            break
        kept = f"{kept} {each}"
    return kept


def _prediction(last, heading, text, name):
    """What is asked; with it, once more and smaller, the figure just before it that nothing has been said of."""
    asked = Slide("predict", heading, text, name)
    if last.kind != "figure" or last.text:
        return asked
    return asked._replace(image=last.image, alt=last.alt, of=last.of)


def _question(paragraphs):
    """What is asked, and as much of what stands before it as fits."""
    asks = [place for place, each in enumerate(paragraphs) if QUESTION.search(each)]
    first = asks[0] if asks else len(paragraphs) - 1
    kept = paragraphs[first:]
    for before in reversed(paragraphs[:first]):
        fits = len(" ".join([before, *kept]).split()) <= ROOM
        if not fits or before.startswith(("#", SEEN)):
            break
        kept.insert(0, before)
    return "\n\n".join(kept)


def _exercise(source, name):
    """The title of an exercise and the beginning of its text."""
    title, text = re.search(r"(?s)### (Exercise: [^\n]+)\n+(.+)", source).groups()
    kept = ""
    for paragraph in text.split("\n\n"):
        whole = f"{kept}\n\n{paragraph}"
        kept = whole if len(whole.split()) <= ROOM else kept
    return Slide("exercise", title, kept.strip() or _first_sentences(text, ROOM), name)


def _add_frame(deck, paragraphs):
    """The idea, where it is said, with the objectives; and, at the end, what to take away, sentence by sentence."""
    for paragraph in paragraphs:
        if paragraph.startswith("**The idea:**"):
            will = [each for each in paragraphs if each.startswith("**You will**")]
            deck.append(Slide("idea", "The idea", "\n\n".join([paragraph, *map(_as_list, will)])))
        elif paragraph.startswith("**Take away.**"):
            points = SENTENCE.split(paragraph.removeprefix("**Take away.**").strip())
            deck.append(Slide("away", "Take away", "\n".join(f"- {each}" for each in points)))


def _as_list(objectives):
    points = objectives.removeprefix("**You will**").strip().rstrip(".").split(" · ")
    return "**You will**\n\n" + "\n".join(f"- {each}" for each in points)


def _last_of_each_question(deck):
    """Of texts that prepare one and the same question only the last."""
    last = {slide.name: place for place, slide in enumerate(deck) if slide.kind == "predict"}
    return [slide for place, slide in enumerate(deck) if slide.kind != "predict" or last[slide.name] == place]


def choices(text):
    """What a class may answer: the words or letters that a question offers; none where it wants a number.

    Parameters
    ----------
    text : str
        Markdown of a question.
    """
    letters = re.findall(r"(?m)(?:^- |[,:] )\*\*([a-z])\*\* ", text) or re.findall(r"\(([a-z])\) ", text)
    offered = re.split("Choose|Write|Guess", text)[-1]
    found = letters or re.findall(r'"([a-z][a-z ]*)"', offered)
    return found if len(found) > 1 else []


def page(notebook):
    """The slides of a notebook as one page of HTML that needs no network: str."""
    from jinja2 import Environment

    deck = slides(notebook)
    template = Environment(autoescape=True).from_string(TEMPLATE.read_text(encoding="utf-8"))
    return template.render(deck=map(_laid_out, deck), title=deck[0].heading)


def _laid_out(slide):
    """What the template needs of a slide: dict."""
    from nbconvert.filters import markdown2html

    html = markdown2html(slide.text)
    offered = choices(slide.text) if slide.kind == "predict" else []
    return {**slide._asdict(), "html": html, "layout": _layout(slide), "choices": offered}


def _layout(slide):
    """How a slide is laid out, as the classes of its style: by how many words it has and by its figure's shape."""
    words = len(slide.text.split())
    length = "few" if words <= 45 else "some" if words <= 85 else "many"
    if not slide.image:
        return length
    width, height = struct.unpack(">II", base64.b64decode(slide.image[:32])[16:24])  # of a PNG's head
    if slide.kind == "predict":
        return "many broad" if width > 3.2 * height else "many"
    shape = "tall" if width < 1.7 * height else "wide"
    return f"{shape} bare" if not words else shape if length == "few" else f"{shape} long"


def write(out, names=()):
    """Write the slides of notebooks into a folder, a page each.

    Parameters
    ----------
    out : path
        Made, if it is not there.
    names : list of str
        As for `notebooks`.

    Returns
    -------
    list of Path
        Of the pages.
    """
    folder = files.make_folder(Path(out))
    written = []
    for path in notebooks(names):
        written.append(folder / f"{path.stem}.html")
        files.write_whole(written[-1], page(nbformat.read(path, as_version=4)))
    return written
