"""A notebook, and a text in Markdown, as the body of a page that needs no network."""

import html
import re
from itertools import count
from pathlib import Path
from typing import NamedTuple

__all__ = ["Body", "body_of_notebook", "body_of_text", "pygments_css", "slug"]

HERE = Path(__file__).parent
HEADING = re.compile(r"<h([1-6])[^>]*>(.*?)</h\1>", re.DOTALL)
WITH_KEYS = '<div class="table" tabindex="0" role="region"'
FORMULA = re.compile(r"\$([^$\n]+)\$")
TEXTS = {
    "LECTURERS.md": "guide.html",
    "GLOSSARY.md": "glossary.html",
    "FORMULAS.md": "formulas.html",
    "READING.md": "reading.html",
}


class Body(NamedTuple):
    """What stands on a page, and the pictures that belong to it: file name in the site to bytes."""

    html: str
    pictures: dict


def body_of_notebook(notebook, name):
    """The cells of a notebook with their stored outputs: Body.

    Parameters
    ----------
    notebook : NotebookNode
        Its figures get the name of their file (`metadata.filenames`).
    name : str
        What the names of its pictures begin with.
    """
    from nbconvert import TemplateExporter
    from nbconvert.filters import Highlight2HTML

    exporter = TemplateExporter(
        template_name="base",
        template_file=str(HERE / "notebook.html.j2"),
        filters={"highlight_code": Highlight2HTML(pygments_lexer="ipython3")},
        preprocessors=["nbconvert.preprocessors.ExtractOutputPreprocessor"],
    )
    resources = {"unique_key": name, "output_files_dir": "figures"}
    text, resources = exporter.from_notebook_node(notebook, resources)
    return Body(_finished(text), resources.get("outputs", {}))


def body_of_text(markdown):
    """A text in Markdown; its formulas become MathML, which browsers draw by themselves: Body."""
    from latex2mathml.converter import convert
    from nbconvert.filters import markdown2html

    text = FORMULA.sub(lambda found: convert(html.unescape(found[1])), markdown2html(markdown))
    return Body(_finished(text), {})


def slug(heading):
    """What a heading is called in an address, as GitHub and JupyterLab do."""
    words = html.unescape(re.sub(r"<[^>]+>", "", heading)).strip().lower()
    return re.sub(r"[^\w\- ]", "", words).replace(" ", "-")


def _finished(text):
    """Names for headings, links to pages in place of files, and what is wider than the page can be reached by keys."""
    taken = {}

    def named(found):
        level, heading = found.groups()
        heading = re.sub(r'<a class="anchor-link".*?</a>', "", heading)
        name = slug(heading)
        taken[name] = taken.get(name, -1) + 1
        name = f"{name}-{taken[name]}" if taken[name] else name
        return f'<h{level} id="{name}">{heading}</h{level}>'

    text = HEADING.sub(named, text)
    text = re.sub(r'(href="\d\d_\w+)\.ipynb', r"\1.html", text)
    for source, page in TEXTS.items():
        text = text.replace(f'href="{source}', f'href="{page}')
    text = text.replace("<pre", '<pre tabindex="0"').replace("<th></th>", "<td></td>")
    text = re.sub(r"<table[^>]*>", "<table>", text)
    number = count(1)
    return re.sub('<div class="table"', lambda _: f'{WITH_KEYS} aria-label="Table {next(number)}"', text)


def pygments_css():
    """The colours of code."""
    from pygments.formatters import HtmlFormatter

    return HtmlFormatter(style="default").get_style_defs(".highlight")
