"""What the course contains, read from the notebooks' own scripts: every list of notebooks is made of it."""

import re
from typing import NamedTuple

from zirconkit.course.profiles import notebooks

__all__ = ["Entry", "contents", "contents_table"]

TITLE = re.compile(r"^# \d+ · ([^:\n]+)", re.MULTILINE)
IDEA = re.compile(r"^\*\*The idea:\*\* (.+)\.$", re.MULTILINE)
NEEDS = re.compile(r"\*\*You need\*\* (.+?)\*\*Time", re.DOTALL)
MINUTES = re.compile(r"\*\*Time\*\* (core )?(\d+) min (?:to teach|\(exercises in it\)), (going deeper )?(\d+) min")
SECONDS = re.compile(r"\b(\d+) s to run")


class Entry(NamedTuple):
    """One notebook: its two-digit number, file name, title, idea, how long it takes, and which it needs."""

    number: str
    file: str
    title: str
    idea: str
    time: str  # in words
    needs: tuple[str, ...]  # two-digit numbers of earlier notebooks
    core: int  # minutes of class
    deeper: int  # minutes of class behind the core
    seconds: int  # to run, in `lesson`


def contents():
    """The notebooks of the course, in teaching order: list of Entry; a ValueError if one's text lacks a part."""
    return [_entry(path) for path in notebooks()]


def _entry(path):
    script = path.parent / "scripts" / f"{path.stem}.py"
    text = re.sub(r"(?m)^# ?", "", script.read_text(encoding="utf-8"))
    found = [pattern.search(text) for pattern in (TITLE, IDEA, NEEDS, MINUTES, SECONDS)]
    if None in found:
        raise ValueError(f"{path} must say its title, its idea, what it needs, its minutes and its seconds")
    title, idea, needs, minutes, seconds = found
    has_core, first, has_depth, second = minutes.groups()
    what = ("core", "going deeper") if has_core and has_depth else ("to teach", "of exercises")
    time = f"{first} min {what[0]}, {second} {what[1]}"
    earlier = _earlier(needs[1], path.name[:2])
    lengths = map(int, (first, second, seconds[1]))
    return Entry(path.name[:2], path.name, title[1], idea[1], time, earlier, *lengths)


def _earlier(words, own):
    """The notebooks before `own` that are named in words, what stands in parentheses left out: tuple of str."""
    plain = re.sub(r"\([^)]*\)", "", words)
    named = {number.zfill(2) for number in re.findall(r"\b\d{1,2}\b", plain)}
    return tuple(sorted(number for number in named if number < own))


def contents_table(folder=""):
    """The course as a table in Markdown, each title linked to its notebook; `folder` stands before the file names."""
    lines = ["| | notebook | the idea | after | time |", "| --- | --- | --- | --- | --- |"]
    for entry in contents():
        link = f"[{entry.title}]({folder}{entry.file})"
        after = ", ".join(entry.needs) or "–"
        row = entry.number, link, entry.idea, after, entry.time
        lines.append(f"| {' | '.join(row)} |")
    return "\n".join(lines)
