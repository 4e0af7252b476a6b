"""What the course contains, read from the notebooks' own scripts: every list of notebooks is made of it."""

import re
from typing import NamedTuple

from zirconkit.course.profiles import notebooks

__all__ = ["Entry", "contents", "contents_table"]

TITLE = re.compile(r"^# \d+ · ([^:\n]+)", re.MULTILINE)
IDEA = re.compile(r"^\*\*The idea:\*\* (.+)\.$", re.MULTILINE)
MINUTES = re.compile(r"\*\*Time\*\* (core )?(\d+) min (?:to teach|\(exercises in it\)), (going deeper )?(\d+) min")


class Entry(NamedTuple):
    """One notebook: its two-digit number, file name, title, idea, and how long it takes, in words."""

    number: str
    file: str
    title: str
    idea: str
    time: str


def contents():
    """The notebooks of the course, in teaching order: list of Entry; a ValueError if one's text lacks a part."""
    return [_entry(path) for path in notebooks()]


def _entry(path):
    script = path.parent / "scripts" / f"{path.stem}.py"
    text = re.sub(r"(?m)^# ?", "", script.read_text(encoding="utf-8"))
    found = [pattern.search(text) for pattern in (TITLE, IDEA, MINUTES)]
    if None in found:
        raise ValueError(f"{path} must say its title, its idea and its minutes")
    title, idea, minutes = found
    has_core, first, has_depth, second = minutes.groups()
    what = ("core", "going deeper") if has_core and has_depth else ("to teach", "of exercises")
    time = f"{first} min {what[0]}, {second} {what[1]}"
    return Entry(path.name[:2], path.name, title[1], idea[1], time)


def contents_table(folder=""):
    """The course as a table in Markdown, each title linked to its notebook; `folder` stands before the file names."""
    lines = ["| | notebook | the idea | time |", "| --- | --- | --- | --- |"]
    for entry in contents():
        link = f"[{entry.title}]({folder}{entry.file})"
        lines.append(f"| {entry.number} | {link} | {entry.idea} | {entry.time} |")
    return "\n".join(lines)
