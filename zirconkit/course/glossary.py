"""The glossary, made from the notebooks: their **Terms**, each with the sentence that defines it and where it stands.

`python -m zirconkit.course.glossary` writes notebooks/GLOSSARY.md anew. A term is defined by what stands behind it in
the list of terms (`*mount*: a block of resin`), or else by the first sentence that has it in bold letters.
"""

import re
from pathlib import Path
from typing import NamedTuple

import nbformat

from zirconkit import files
from zirconkit.course.profiles import notebooks

__all__ = ["Term", "glossary", "main", "terms"]

LIST = re.compile(r"\*\*Terms\.\*\* (.+)")
DEFINED = re.compile(r"((?:\*[^*]+\*(?:, )?)+): ([^·*]+)")  # *class*, *label*: what somebody said
SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[A-Z*`])|(?<=[.!?]\*\*)\s+|\n\s*\n|(?m:^- )")
SHORTEST = 4  # words of a sentence that tells something
FILE = "GLOSSARY.md"


class Term(NamedTuple):
    """One term of a notebook: the sentence is "" where the notebook says it without bold letters."""

    name: str
    sentence: str
    notebook: str  # its file name


def terms(path):
    """The terms of one notebook, in the order of its list: list of Term."""
    cells = nbformat.read(path, as_version=4).cells
    prose = [cell.source for cell in cells if cell.cell_type == "markdown"]
    listed = next((found[1] for found in map(LIST.search, prose) if found), "")
    said = {}
    for names, sentence in DEFINED.findall(listed):
        each = re.findall(r"\*([^*]+)\*", names)
        for name in each:
            said[name] = f"{names}: {sentence.strip(' .')}." if len(each) > 1 else f"{sentence.strip(' .')}."
    if not said:
        said = dict.fromkeys(re.split(r" · |, |: ", listed.replace("*", "").strip(" .")), "")
    sentences = [sentence for text in prose for sentence in SENTENCES.split(text)]
    found = []
    for name, sentence in said.items():
        if name:
            found.append(Term(name, sentence or _in_bold(name, sentences), path.name))
    return found


def _in_bold(name, sentences):
    """The first sentence that tells of a term in bold letters, on one line; "" if none does."""
    word = re.compile(rf"\*\*{re.escape(name)}(?:s|d|ed)?\*\*", re.IGNORECASE)
    for sentence in sentences:
        if word.search(sentence) and len(sentence.split()) >= SHORTEST:
            return " ".join(sentence.split())
    return ""


def glossary():
    """All terms, from A to Z, as Markdown: under each its sentences, linked to their notebooks."""
    by_name = {}
    for path in notebooks():
        for term in terms(path):
            by_name.setdefault(term.name.casefold(), []).append(term)
    lines = [
        "# Glossary",
        "",
        "Made from the notebooks (`python -m zirconkit.course.glossary`): what each says of its terms, and where.",
    ]
    for key in sorted(by_name, key=lambda name: name.strip("`")):
        same = by_name[key]
        lines += ["", f"**{same[0].name}**"]
        told = [term for term in same if term.sentence]
        for term in told:
            lines.append(f"- {term.sentence} [{term.notebook[:2]}]({term.notebook})")
        others = [f"[{term.notebook[:2]}]({term.notebook})" for term in same if not term.sentence]
        if others:
            lines.append(f"- {'also in' if told else 'see'} {', '.join(others)}")
    return "\n".join([*lines, ""])


def main():
    """Write the glossary beside the notebooks."""
    place = Path(notebooks()[0]).parent / FILE
    files.write_whole(place, glossary())
    print(place)


if __name__ == "__main__":
    main()
