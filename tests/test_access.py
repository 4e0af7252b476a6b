"""The course for everybody: colours that stay apart, letters that stand out, headings in order, links, descriptions."""

import re
from itertools import combinations, pairwise
from pathlib import Path
from urllib.parse import unquote

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pytest
from matplotlib.colors import to_hex, to_rgb
from skimage.color import rgb2lab

from zirconkit import course
from zirconkit.course.site.pages import slug
from zirconkit.plots import COLOURS, LINES, class_colours
from zirconkit.plots.canvas import legible
from zirconkit.plots.palette import ENOUGH, contrast, ink

ROOT = Path(__file__).parents[1]
STORED = {path.name: nbformat.read(path, as_version=4) for path in course.profiles.notebooks()}
each = pytest.mark.parametrize("name", STORED)

# How colours look to those who lack one kind of cone, in linear sRGB: Machado, Oliveira, Fernandes (2009), severity 1.
SEEN_BY = {
    "everybody": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}
APART = 15  # in CIE Lab; 2.3 is the least that one sees side by side


def lab(colour, matrix):
    """A colour as somebody sees it, in CIE Lab."""
    parts = np.array(to_rgb(colour))
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    seen = np.clip(np.array(matrix) @ linear, 0, 1)
    return rgb2lab(np.where(seen <= 0.0031308, seen * 12.92, 1.055 * seen ** (1 / 2.4) - 0.055))


@pytest.mark.parametrize("who", SEEN_BY)
def test_colours_that_stand_together_stay_apart(who):
    others = class_colours(["a", "b", "c", "d", "e"]).values()
    for together in (COLOURS.values(), [*LINES, *class_colours(["batholith", "porphyry"]).values()], others):
        seen = {to_hex(colour): lab(colour, SEEN_BY[who]) for colour in together}
        distances = {pair: np.linalg.norm(seen[pair[0]] - seen[pair[1]]) for pair in combinations(seen, 2)}
        assert min(distances.values()) >= APART, min(distances, key=distances.get)


def test_the_simulation_knows_whom_red_and_green_puzzle():
    red, green = "#C00000", "#6A6A00"  # alike to a deutan, far apart to others
    near, far = (np.linalg.norm(lab(red, SEEN_BY[who]) - lab(green, SEEN_BY[who])) for who in ("deutan", "everybody"))
    assert near < APART < 60 < far


def test_contrast_is_that_of_wcag():
    assert contrast("white", "black") == pytest.approx(21) and contrast("red", "red") == 1
    assert contrast("#767676", "white") == pytest.approx(4.54, abs=0.005)  # the lightest grey that may be read


@pytest.mark.parametrize("paper", ["white", "#111118", "0.93"])
def test_letters_stand_out_in_every_colour(paper):
    for colour in {*COLOURS.values(), *LINES, *class_colours("abcdef").values()}:
        shade = ink(colour, paper)
        assert contrast(shade, paper) >= ENOUGH
        assert contrast(colour, paper) < ENOUGH or to_hex(shade) == to_hex(colour)  # no more than needed


def test_letters_of_a_figure_are_made_legible_but_on_pictures():
    fig, (plain, picture) = plt.subplots(1, 2, facecolor="white")
    picture.imshow(np.zeros((2, 2)))
    told = plain.text(0, 0, "plain", color=COLOURS["porphyry"])
    boxed = plain.text(0, 0, "boxed", color="white", bbox={"fc": COLOURS["batholith"]})
    above = picture.set_title("above", color="0.8")
    on_it = picture.text(0, 0, "on it", color="white")
    fig.set_facecolor("black")
    legible(fig)
    assert contrast(told.get_color(), "white") >= ENOUGH and to_hex(told.get_color()) != to_hex("black")
    assert to_hex(boxed.get_color()) == to_hex(on_it.get_color()) == "#ffffff"
    assert to_hex(above.get_color()) == to_hex("0.8") and to_hex(plain.title.get_color()) == to_hex("black")
    plt.close(fig)


def prose(name):
    return [cell.source for cell in STORED[name].cells if cell.cell_type == "markdown"]


@each
def test_headings_skip_no_level(name):
    text = re.sub(r"(?s)```.*?```", "", "\n\n".join(prose(name)))
    levels = [len(marks) for marks in re.findall(r"(?m)^(#{1,6}) ", text)]
    assert levels[0] == 1 and all(after <= before + 1 for before, after in pairwise(levels))


@each
def test_figures_say_what_is_to_be_seen(name):
    """In words, not in the name of a file; and no two figures of a notebook in the same ones."""
    outputs = [output for cell in STORED[name].cells for output in cell.get("outputs", [])]
    alts = [output.metadata["image/png"]["alt"] for output in outputs if "image/png" in output.get("data", {})]
    assert len(set(alts)) == len(alts)
    for alt in alts:
        assert len(alt.split()) >= 6 and not re.search(r"\.png|^(figure|image|plot) of\b", alt, re.IGNORECASE), alt
        assert alt[0].isupper() or alt[0].isdigit(), alt


TEXTS = [
    path
    for path in ROOT.rglob("*.md")
    if not {".venv", "build", ".pytest_cache", "guide"} & set(path.relative_to(ROOT).parts)
]


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_of_a_text_lead_somewhere(path):
    text = path.read_text(encoding="utf-8")
    check_links(path, re.sub(r"(?s)```.*?```|`[^`\n]*`", "", text))


@each
def test_links_of_a_notebook_lead_somewhere(name):
    check_links(ROOT / "notebooks" / name, re.sub(r"`[^`\n]*`", "", "\n".join(prose(name))))


def check_links(path, text):
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"(https?|mailto):", target):
            continue
        file, _, place = unquote(target).partition("#")
        there = path.parent / file if file else path
        assert there.exists(), f"{path.name}: {target}"
        if place and there.suffix == ".md":
            text_there = there.read_text(encoding="utf-8")
            marks = re.findall(r'<a id="([^"]+)"></a>', text_there)
            headings = re.findall(r"(?m)^#+ (.+)$", text_there)
            assert place in [*marks, *map(slug, headings)], f"{path.name}: {target}"
