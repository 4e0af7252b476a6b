"""The roster: whom a hand-out is for."""

import csv
import re
import unicodedata
from io import StringIO
from pathlib import Path
from typing import NamedTuple

__all__ = ["Student", "folder_name", "read_roster"]

LONGEST = 60  # letters of a folder's name
DEVICES = re.compile(r"(?i)(con|prn|aux|nul|com\d|lpt\d)(\..*)?")  # Windows has other plans for these names


class Student(NamedTuple):
    """One line of a roster: the name as it stands there, the folder's name, and the seed of the variant, from 1."""

    name: str
    folder: str
    seed: int


def read_roster(path):
    """Read a roster: CSV, its first column the names, below a head line; comma, semicolon or tab.

    Returns
    -------
    list of Student
        Their seeds are the numbers of their lines, so that neighbours have seeds that follow each other, and who is
        added at the end changes nothing for the others.

    Raises
    ------
    ValueError
        If there is no name, or two names that would share a folder; the sentence says in which lines.
    """
    students, lines = [], {}
    for number, name in _names(Path(path)):
        folder = folder_name(name)
        if not folder:
            raise ValueError(f"{path}, line {number}: {name!r} has no letter or digit to name a folder by")
        key = folder.casefold()
        if key in lines:
            raise ValueError(f"{path}: {name} in line {number} has the folder of line {lines[key]}: make them differ")
        lines[key] = number
        students.append(Student(name, folder, len(students) + 1))
    if not students:
        raise ValueError(f"{path} holds no students: a line of headings is wanted, then a name in each line")
    return students


def folder_name(name):
    """A name as a folder's on any computer, and as nbgrader takes it: plain letters, digits, `_`, `-`, `.`."""
    plain = unicodedata.normalize("NFKD", name).replace("ß", "ss")
    kept = "".join(letter for letter in plain if not unicodedata.combining(letter))
    folder = re.sub(r"[^\w.-]+|_+", "_", kept)[:LONGEST].strip("._- ")
    return f"{folder}_" if DEVICES.fullmatch(folder) else folder


def _names(path):
    """The first column below the head line, blank lines left out: list of (number of the line, name)."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        text = path.read_text(encoding="cp1252", errors="replace")
    head = text.partition("\n")[0]
    delimiter = max(",;\t", key=head.count)
    names = []
    rows = csv.reader(StringIO(text), delimiter=delimiter)
    for row in rows:
        name = " ".join(row[0].split()) if row else ""
        if name and rows.line_num > 1:
            names.append((rows.line_num, name))
    return names
