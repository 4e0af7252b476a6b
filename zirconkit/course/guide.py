"""The lecturers' guide and the reading list, built from what stands beside the notebooks.

Each notebook brings its page, `notebooks/guide/NN.md`; `front.md` there is the part before the pages. Nothing is edited
in what is built: `python -m zirconkit.course.guide` writes `notebooks/LECTURERS.md` and `notebooks/READING.md`.
"""

import re
from typing import NamedTuple

from zirconkit import files
from zirconkit.course.contents import contents
from zirconkit.course.profiles import notebooks

__all__ = ["LENGTHS", "SECTIONS", "Step", "guide", "main", "page", "reading_list", "route"]

SECTIONS = ("In class", "What students think first", "To discuss", "When it runs", "What can go wrong")
LENGTHS = (50, 90, 180)  # minutes of the routes of a page
LAST = "10"  # the course ends there; what comes later is an elective
SHORT = [("00",), ("01",), ("03",), ("04",), ("06",), ("09",)]
WEEK = [("00", "01"), ("02", "03"), ("04", "05"), ("06", "07"), ("08", "09", "10")]
TERM = [("00",), ("01",), ("02",), ("03",), ("04",), ("05",), ("06",), ("07",), ("08",), ("09", "10")]
STEP = re.compile(r"^\| (\d+) \| (core|deeper|class) \| (.+) \|$", re.MULTILINE)
READ_ON = re.compile(r"^\*\*Read on\.\*\*(.+?)(?:^\s*Next: |^# %%|^That was|\Z)", re.MULTILINE | re.DOTALL)
ADDRESS = re.compile(r"https?://[^\s,;]*[^\s,;:.]|arXiv:\d+\.\d+")


class Step(NamedTuple):
    """One line of a route: its minutes, whether they are the core's, the depth's or the class's own, what happens."""

    minutes: int
    part: str
    text: str


def guide():
    """The text of LECTURERS.md: the front part with its tables filled in, then the page of each notebook.

    Raises
    ------
    ValueError
        If a notebook has no page, or a page lacks a section.
    """
    entries = contents()
    plans = {
        "short": _plan("class", SHORT, entries),
        "week": _plan("half day", WEEK, entries),
        "term": _plan("week", TERM, entries),
        "missing": _left_out(entries),
        "electives": _electives(entries),
        "pages": " · ".join(f"[{entry.number}](#{_anchor(entry)})" for entry in entries),
    }
    front = (_folder() / "front.md").read_text(encoding="utf-8")
    for name, text in plans.items():
        front = front.replace(f"<!-- {name} -->", text)
    parts = [front.strip(), *map(_whole_page, entries)]
    text = "\n\n".join(parts) + "\n"
    return re.sub(r"\n{3,}", "\n\n", text)


def _folder():
    return notebooks()[0].parent / "guide"


def page(number):
    """What the page of a notebook says, section by section: dict of text, with the keys `SECTIONS`, in this order.

    Parameters
    ----------
    number : str
        Two digits.
    """
    path = _folder() / f"{number}.md"
    if not path.is_file():
        raise ValueError(f"notebook {number} has no page of the guide: write {path}")
    _, *parts = re.split(r"(?m)^## (.+)\n", path.read_text(encoding="utf-8"))
    found = dict(zip(parts[::2], map(str.strip, parts[1::2])))
    if tuple(found) != SECTIONS or not all(found.values()):
        raise ValueError(f"{path} must have these sections, in this order: {', '.join(SECTIONS)}")
    return found


def route(number, length):
    """The steps of a notebook's class of so many minutes: list of Step."""
    _, *parts = re.split(r"(?m)^### (\d+) minutes\n", page(number)["In class"])
    texts = dict(zip(map(int, parts[::2]), parts[1::2]))
    if tuple(texts) != LENGTHS:
        raise ValueError(f"the page of notebook {number} must have routes of {LENGTHS} minutes")
    return [Step(int(minutes), part, text) for minutes, part, text in STEP.findall(texts[length])]


def _whole_page(entry):
    """A notebook's page under its title, every heading one level lower."""
    sections = page(entry.number)
    lines = [f"## {entry.number} · {entry.title}", f"[The notebook]({entry.file}): {entry.idea}."]
    needs = f"after {', '.join(entry.needs)}" if entry.needs else "the first one"
    lines.append(f"Core {entry.core} min, going deeper {entry.deeper} min; {entry.seconds} s to run; {needs}.")
    for title, text in sections.items():
        lowered = re.sub(r"(?m)^(#+ )", r"#\1", text)
        lines += [f"### {title}", lowered]
    return "\n\n".join(lines)


def _anchor(entry):
    """Where GitHub and JupyterLab put the title of a page."""
    words = f"{entry.number} · {entry.title}".lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


def _plan(unit, plan, entries):
    """A route through several notebooks as a table: what is when, minutes of the cores, minutes behind them."""
    by_number = {entry.number: entry for entry in entries}
    lines = [f"| {unit} | notebooks | core | going deeper |", "| --- | --- | ---: | ---: |"]
    core = deeper = 0
    for place, numbers in enumerate(plan, 1):
        here = [by_number[number] for number in numbers]
        titles = ", ".join(f"[{each.number} {each.title}]({each.file})" for each in here)
        minutes, more = sum(each.core for each in here), sum(each.deeper for each in here)
        lines.append(f"| {place} | {titles} | {minutes} min | {more} min |")
        core, deeper = core + minutes, deeper + more
    lines.append(f"| | together | {core} min | {deeper} min |")
    return "\n".join(lines)


def _left_out(entries):
    """What notebooks of the short route need from those that it leaves out, in words."""
    taken = [number for numbers in SHORT for number in numbers]
    lacks = {entry.number: [each for each in entry.needs if each not in taken] for entry in entries}
    said = [f"{number} builds on {' and '.join(lacks[number])}" for number in taken if lacks[number]]
    return "; ".join(said)


def _electives(entries):
    """A line on the notebooks behind the course's last; empty while there are none."""
    later = [entry for entry in entries if entry.number > LAST]
    named = ", ".join(f"[{each.number} {each.title}]({each.file})" for each in later)
    return f"Electives, each a class of its own: {named}." if later else ""


# ---------------------------------------------------------------- what to read


def reading_list():
    """The text of READING.md: each notebook's own *Read on*; what several name is listed once, with each one's note."""
    by_notebook, first = {}, {}
    for entry in contents():
        for reference in _read_on(entry.file):
            key = _key(reference)
            if key in first:
                first[key].append(f"  - again in {entry.number}: {_note(reference)}")
            else:
                first[key] = [f"- {reference}"]
                by_notebook.setdefault(entry, []).append(first[key])
    parts = ["# To read on", "What each notebook names at its end. What several name stands under the first of them."]
    for entry, references in by_notebook.items():
        parts.append(f"## {entry.number} · [{entry.title}]({entry.file})")
        lines = [line for reference in references for line in reference]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _read_on(name):
    """The references of a notebook, one text each; none where it has no such list."""
    script = _folder().parent / "scripts" / name.replace(".ipynb", ".py")
    text = re.sub(r"(?m)^# ?(?!%%)", "", script.read_text(encoding="utf-8"))
    found = READ_ON.search(text)
    if found is None:
        return []
    listed = found[1].strip()
    references = re.split(r"(?m)^- ", listed)[1:] if listed.startswith("- ") else listed.split(" · ")
    whole = [" ".join(each.split()) for each in references]
    return [each if each.endswith((".", "?")) else f"{each}." for each in whole]


def _key(reference):
    """By what a reference is known again: its first author and year, else its address."""
    year = re.search(r"\(([12]\d{3})\)", reference)
    return f"{reference.split()[0].strip(',')} {year[1]}" if year else ADDRESS.search(reference)[0]


def _note(reference):
    """What is said of a reference, behind its address or its pages."""
    address = ADDRESS.search(reference)
    note = reference[address.end() :] if address else reference.partition(": ")[2]
    return note.lstrip(",.: ")


def main():
    """Write both texts beside the notebooks."""
    folder = _folder().parent
    files.write_whole(folder / "LECTURERS.md", guide())
    files.write_whole(folder / "READING.md", reading_list())


if __name__ == "__main__":
    main()
