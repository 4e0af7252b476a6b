"""What the course contains, read from the notebooks' own scripts: every list of notebooks is made of it."""

import re
from typing import NamedTuple

from zirconkit.course.profiles import notebooks

__all__ = ["Entry", "contents", "contents_table"]

TITLE = re.compile(r"^# \d+ · ([^:\n]+)", re.MULTILINE)
IDEA = re.compile(r"^\*\*The idea:\*\* (.+)\.$", re.MULTILINE)
MINUTES = re.compile(r"\*\*Time\*\* (\d+) min to teach, (\d+) min of exercises")


class Entry(NamedTuple):
    """One notebook: its two-digit number, file name, title and idea; minutes to teach it and minutes of exercises."""

    number: str
    file: str
    title: str
    idea: str
    teaching: int
    exercises: int


def contents():
    """The notebooks of the course, in teaching order: list of Entry; a ValueError if one's first cell lacks a part."""
    return [_entry(path) for path in notebooks()]


def _entry(path):
    script = path.parent / "scripts" / f"{path.stem}.py"
    _, first, *_ = re.split(r"(?m)^# %%.*\n", script.read_text(encoding="utf-8"))
    text = re.sub(r"(?m)^# ?", "", first)
    found = [pattern.search(text) for pattern in (TITLE, IDEA, MINUTES)]
    if None in found:
        raise ValueError(f"{path} must begin with its title, its idea and its minutes")
    title, idea, minutes = found
    teaching, exercises = map(int, minutes.groups())
    return Entry(path.name[:2], path.name, title[1], idea[1], teaching, exercises)


def contents_table(folder=""):
    """The course as a table in Markdown, each title linked to its notebook; `folder` stands before the file names."""
    lines = ["| | notebook | the idea | to teach + exercises |", "| --- | --- | --- | --- |"]
    for entry in contents():
        link = f"[{entry.title}]({folder}{entry.file})"
        lines.append(f"| {entry.number} | {link} | {entry.idea} | {entry.teaching} + {entry.exercises} min |")
    return "\n".join(lines)
