"""The glossary, made from the notebooks: their **Terms**, each with the sentence that defines it and where it stands.

`python -m zirconkit.course.glossary` writes notebooks/GLOSSARY.md anew, and links each term in the lists of the scripts
and of the notebooks to its place there; outputs stay as they are. A term is defined by what stands behind it in the
list (`*mount*: a block of resin`), or else by the first sentence that has it in bold letters.
"""

import re
import unicodedata
from typing import NamedTuple

import nbformat

from zirconkit import files
from zirconkit.course.profiles import notebooks

__all__ = ["FILE", "Term", "anchor", "glossary", "main", "stored", "terms", "with_links"]

FILE = "GLOSSARY.md"
LIST = re.compile(r"(\*\*Terms\.\*\* )(.+)")
LINK = re.compile(rf"\[([^]]+)\]\({re.escape(FILE)}#[^)]*\)")
BETWEEN = re.compile(r"( · |, |: )")
DEFINED = re.compile(r"((?:\*[^*]+\*(?: \([^)]+\))?(?:, )?)+): ([^·*]+)")  # *class*, *label*: what somebody said
SENTENCES = re.compile(r"(?<=[.!?])\s+(?=[A-Z*`])|(?<=[.!?]\*\*)\s+|\n\s*\n|(?m:^- )")
SHORTEST = 4  # words of a sentence that tells something


class Term(NamedTuple):
    """One term of a notebook: the sentence is "" where the notebook says it without bold letters."""

    name: str
    sentence: str
    notebook: str  # its file name


def terms(path):
    """The terms of one notebook, in the order of its list: list of Term; a ValueError if it has no such list."""
    cells = nbformat.read(path, as_version=4).cells
    prose = [cell.source for cell in cells if cell.cell_type == "markdown"]
    listed = next((LINK.sub(r"\1", found[2]) for found in map(LIST.search, prose) if found), "")
    if not listed:
        raise ValueError(f"{path.name} has no terms for the glossary: **Terms.** *one*: what it is · *another*: …")
    said = {}
    for names, sentence in DEFINED.findall(listed):
        each = re.findall(r"\*([^*]+)\*", names)
        for name in each:
            said[name] = f"{names}: {sentence.strip(' .')}." if len(each) > 1 else f"{sentence.strip(' .')}."
    if not said:
        said = dict.fromkeys(BETWEEN.split(listed.replace("*", "").strip(" ."))[::2], "")
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
    from_a_to_z = sorted(by_name, key=lambda name: name.strip("`"))
    for key in from_a_to_z:
        same = by_name[key]
        lines += ["", f'<a id="{anchor(key)}"></a>**{same[0].name}**']
        told = [term for term in same if term.sentence]
        for term in told:
            lines.append(f"- {term.sentence} [{term.notebook[:2]}]({term.notebook})")
        others = [f"[{term.notebook[:2]}]({term.notebook})" for term in same if not term.sentence]
        if others:
            lines.append(f"- {'also in' if told else 'see'} {', '.join(others)}")
    return "\n".join([*lines, ""])


def stored():
    """The glossary as it lies beside the notebooks: text."""
    return (notebooks()[0].parent / FILE).read_text(encoding="utf-8")


# ---------------------------------------------------------------- links


def anchor(name):
    """The mark of a term in the glossary: small letters, digits and dashes."""
    plain = unicodedata.normalize("NFKD", name.casefold().replace("'", ""))
    return re.sub(r"[^a-z0-9_]+", "-", plain).strip("-")


def with_links(text):
    """A text with each term of its list of terms linked to the glossary; links that were there are made anew."""
    return LIST.sub(lambda found: found[1] + _linked(LINK.sub(r"\1", found[2])), text)


def _linked(listed):
    """A list of terms with links."""
    defined = list(DEFINED.finditer(listed))
    if not defined:
        parts = BETWEEN.split(listed)
        parts[::2] = map(_link, parts[::2])
        return "".join(parts)
    for found in reversed(defined):
        names = re.sub(r"\*[^*]+\*", lambda name: _link(name[0]), found[1])
        listed = listed[: found.start(1)] + names + listed[found.end(1) :]
    return listed


def _link(part):
    """A term with its link; stars and a full stop around it stay around it."""
    name = part.strip("* .")
    return part.replace(name, f"[{name}]({FILE}#{anchor(name)})")


def _renew_links(folder):
    """Set the links into the scripts and the notebooks of a folder."""
    for script in sorted((folder / "scripts").glob("[0-9][0-9]_*.py")):
        text = script.read_text(encoding="utf-8")
        files.write_whole(script, with_links(text))
    for path in sorted(folder.glob("[0-9][0-9]_*.ipynb")):
        notebook = nbformat.read(path, as_version=4)
        for cell in notebook.cells:
            if cell.cell_type == "markdown":
                cell.source = with_links(cell.source)
        files.write_whole(path, nbformat.writes(notebook) + "\n")


def main():
    """Set the links, and write the glossary beside the notebooks."""
    folder = notebooks()[0].parent
    _renew_links(folder)
    files.write_whole(folder / FILE, glossary())
    print(folder / FILE)


if __name__ == "__main__":
    main()
