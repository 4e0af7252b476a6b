"""The lecturers' guide, the reading list and the formula sheet: built, whole, and true of the notebooks."""

import json
import re
from pathlib import Path

import numpy as np
import pytest

from zirconkit import convolution, course, evaluation, segmentation
from zirconkit.course import guide
from zirconkit.course.contents import Entry

ROOT = Path(__file__).parents[1]
FOLDER = ROOT / "notebooks"
ENTRIES = course.contents()
LATER = Entry("17", "17_later.ipynb", "Learned segmentation", "an idea", "", ("04", "07"), 50, 60, 70)
CELLS = {entry.number: json.loads((FOLDER / entry.file).read_text(encoding="utf-8"))["cells"] for entry in ENTRIES}


def tags(cell):
    return cell["metadata"].get("tags", [])


def asked(number, depth):
    """The predictions and exercises of a notebook, with those of the depth or without."""
    cells = [cell for cell in CELLS[number] if depth or "depth" not in tags(cell)]
    return {tag.split(":")[1] for cell in cells for tag in tags(cell) if ":" in tag}


def sections(number):
    """The headings behind a notebook's core."""
    texts = [
        "".join(cell["source"]) for cell in CELLS[number] if "depth" in tags(cell) and cell["cell_type"] == "markdown"
    ]
    return [each for text in texts for each in re.findall(r"(?m)^##+ (?!Exercise)(.+)$", text)]


def named(steps):
    """What stands in backticks, and in italics with a capital letter, in a route."""
    text = " ".join(step.text for step in steps)
    return set(re.findall(r"`([a-z_0-9]+)`", text)), set(re.findall(r"\*([A-Z][^*]+)\*", text))


# Those of the form in which a notebook opens with a question; the others have no names to hold a page to.
EXPERIMENTS = [
    entry for entry in ENTRIES if any(tag.startswith("predict:") for cell in CELLS[entry.number] for tag in tags(cell))
]
each_page = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.number)
each_experiment = pytest.mark.parametrize("entry", EXPERIMENTS, ids=lambda entry: entry.number)


def test_what_is_committed_is_what_is_built():
    assert (FOLDER / "LECTURERS.md").read_text(encoding="utf-8") == guide.guide(), "run: make notebooks"
    assert (FOLDER / "READING.md").read_text(encoding="utf-8") == guide.reading_list(), "run: make notebooks"


@each_page
def test_a_page_has_all_that_a_lecturer_asks_for(entry):
    page = guide.page(entry.number)
    assert len(re.findall(r'(?m)^- \*\*"', page["What students think first"])) >= 5
    prompts = re.findall(r"(?m)^\d\. \*.+?\* (.+)$", page["To discuss"])
    assert 2 <= len(prompts) <= 3 and all("good answer" in prompt for prompt in prompts)
    assert len(re.findall(r"(?m)^- ", page["What can go wrong"])) >= 3


@each_page
def test_routes_are_as_long_as_they_say(entry):
    for length in guide.LENGTHS:
        assert sum(step.minutes for step in guide.route(entry.number, length)) == length


@each_experiment
def test_routes_have_the_minutes_of_the_notebook(entry):
    for length in guide.LENGTHS:
        steps = guide.route(entry.number, length)
        minutes = {part: sum(step.minutes for step in steps if step.part == part) for part in ("core", "deeper")}
        assert minutes["core"] == entry.core
        assert minutes["deeper"] == entry.deeper if length == 180 else minutes["deeper"] <= entry.deeper


@each_experiment
def test_routes_name_each_question_and_each_section(entry):
    core, all_of_it = asked(entry.number, depth=False), asked(entry.number, depth=True)
    short, long = (
        guide.route(entry.number, 50),
        [step for length in (50, 90, 180) for step in guide.route(entry.number, length)],
    )
    assert named(short)[0] == core
    names, titles = named(long)
    assert names == all_of_it
    assert titles <= set(sections(entry.number)) and set(sections(entry.number)) - {"To discuss"} <= titles


@each_experiment
def test_what_a_page_quotes_stands_in_the_notebook(entry):
    known = "".join("".join(cell["source"]) for cell in CELLS[entry.number]) + " ".join(asked(entry.number, depth=True))
    known += (ROOT / "README.md").read_text(encoding="utf-8")
    for section, text in guide.page(entry.number).items():
        quoted = [each for each in re.findall(r"`([^`]+)`", text) if not each.startswith(("zirconkit", "make "))]
        assert [each for each in quoted if each not in known] == [], section


def test_a_notebook_that_comes_later_must_bring_its_page(monkeypatch):
    monkeypatch.setattr(guide, "contents", lambda: [*ENTRIES, LATER])
    with pytest.raises(ValueError, match="notebook 17 has no page of the guide"):
        guide.guide()


def test_a_notebook_that_comes_later_joins_with_its_page(monkeypatch):
    of = guide.page
    monkeypatch.setattr(guide, "contents", lambda: [*ENTRIES, LATER])
    monkeypatch.setattr(guide, "page", lambda number: of("00" if number == "17" else number))
    text = guide.guide()
    links = [f"[{each.number} {each.title}]({each.file})" for each in [*ENTRIES, LATER] if each.number > guide.LAST]
    assert f"Electives, each a class of its own: {', '.join(links)}." in text
    assert "[17](#17--learned-segmentation)" in text and "\n## 17 · Learned segmentation\n" in text
    assert "Core 50 min, going deeper 60 min; 70 s to run; after 04, 07." in text


@pytest.mark.parametrize("fault", ["a section less", "an empty one", "two the other way round"])
def test_a_page_with_a_fault_is_refused(tmp_path, monkeypatch, fault):
    parts = dict.fromkeys(guide.SECTIONS, "something")
    if fault == "a section less":
        del parts["To discuss"]
    elif fault == "an empty one":
        parts["To discuss"] = ""
    else:
        parts = dict(reversed(parts.items()))
    (tmp_path / "11.md").write_text("\n\n".join(f"## {title}\n\n{text}" for title, text in parts.items()))
    monkeypatch.setattr(guide, "_folder", lambda: tmp_path)
    with pytest.raises(ValueError, match="must have these sections"):
        guide.page("11")


def test_a_page_needs_all_three_routes(monkeypatch):
    monkeypatch.setattr(guide, "page", lambda number: {"In class": "### 50 minutes\n\n| 50 | core | all |"})
    with pytest.raises(ValueError, match="must have routes"):
        guide.route("00", 50)


def test_the_guide_counts_its_minutes_and_links_to_what_is_there():
    text = guide.guide()
    together = re.findall(r"\| \| together \| (\d+) min \| (\d+) min \|", text)
    short = [entry for entry in ENTRIES if (entry.number,) in guide.SHORT]
    whole = [entry for entry in ENTRIES if entry.number <= guide.LAST]
    minutes = [(str(sum(e.core for e in part)), str(sum(e.deeper for e in part))) for part in (short, whole, whole)]
    assert together == minutes
    assert "<!--" not in text
    for target in re.findall(r"\]\(([^)#]+)\)", text):
        assert (FOLDER / target).is_file(), target
    titles = {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in re.findall(r"(?m)^#+ (.+)$", text)}
    assert set(re.findall(r"\]\(#([^)]+)\)", text)) <= titles


# ---------------------------------------------------------------- what to read


def test_the_reading_list_has_each_work_once_and_each_notebooks_note():
    text = guide.reading_list()
    works = re.findall(r"(?m)^- (\w+).*?\(([12]\d{3})\)", text)
    assert len(works) == len(set(works)) > 25
    nathwani = text.split("- Nathwani")[1].split("\n- ")[0]
    assert "  - again in 01: section 2.1: the recipe.\n" in nathwani and "again in 07: sections 3.3 to 3.5" in nathwani
    addresses = re.findall(r"https://doi\.org/[^\s,;]*[^\s,;:.]", text)
    assert len(addresses) == len(set(addresses))


@each_experiment
def test_each_notebook_names_something_to_read(entry):
    references = guide._read_on(entry.file)
    assert 3 <= len(references) <= 6 and all(len(each.split()) >= 5 for each in references)


# ---------------------------------------------------------------- formulas


def test_the_formula_sheet_leads_to_notebooks_and_is_in_order():
    rows = [line for line in (FOLDER / "FORMULAS.md").read_text(encoding="utf-8").splitlines() if ".ipynb" in line]
    assert len(rows) >= 40
    for row in rows:
        cells = re.split(r"(?<!\\) \| ", row.strip("| "))
        assert len(cells) == 4 and all(cells), row
        assert cells[1].count("$") % 2 == cells[2].count("$") % 2 == 0, row
        for number, target in re.findall(r"\[(\d\d)\]\(([^)]+)\)", cells[3]):
            assert target.startswith(number) and (FOLDER / target).is_file()


def test_formulas_of_grains_agree_with_the_kit():
    box = segmentation.upright_box(80, 30, 30.0)
    assert np.allclose(box, (80 * 3**0.5 / 2 + 15, 40 + 30 * 3**0.5 / 2))
    labels = np.zeros((60, 80), np.int32)
    labels[10:50, 20:60] = 1  # a square of 40 px
    image = np.where(labels > 0, 120, 4).astype(np.uint8)
    row = segmentation.describe(image, labels).iloc[0]
    assert row["feret_px"] == pytest.approx(40 * 2**0.5) and row["aspect_ratio"] == pytest.approx(1, abs=0.01)
    assert row["equivalent_diameter_px"] == pytest.approx((4 * 1600 / np.pi) ** 0.5)
    shifted = np.roll(labels, 20, axis=1)
    assert segmentation.grain_overlaps(labels, shifted)[2][0, 0] == pytest.approx(800 / 2400)  # IoU


def test_formulas_of_convolutions_agree_with_the_kit():
    for n, p, k, s, d in ((90, 0, 3, 1, 1), (90, 1, 5, 3, 1), (32, 2, 3, 2, 2)):
        assert convolution.output_size(n, k, s, p, d) == (n + 2 * p - (d * (k - 1) + 1)) // s + 1
    layers = [(3, 1), (2, 2), (3, 1), (2, 2), (3, 1)]
    assert convolution.receptive_field(layers) == [3, 4, 8, 10, 18]
    lenet = sum(f * (9 * c + 1) for f, c in ((6, 1), (16, 6), (32, 16))) + 32 * (512 + 1) + 1 * (32 + 1)
    assert lenet == 22_029  # DESIGN's, and the paper's


def test_formulas_of_scores_agree_with_the_kit():
    rng = np.random.default_rng(0)
    y = np.repeat([1, 0], [7, 9])
    score = np.round(rng.normal(size=16) + y, 1)
    above = score[y == 1][:, None] - score[y == 0]
    auc = evaluation.auc_interval(y, score).value
    assert auc == pytest.approx(np.mean((above > 0) + 0.5 * (above == 0)))
    ranks = [np.sum(score < each) + (np.sum(score == each) + 1) / 2 for each in score]
    assert auc == pytest.approx((sum(ranks[:7]) - 7 * 8 / 2) / (7 * 9))
    calls = evaluation.at_threshold([1, 1, 1, 0, 0], [0.9, 0.8, 0.1, 0.7, 0.2], 0.5)
    assert calls.recall == calls.precision == 2 / 3 and calls.cost(3, 1) == (3 * 1 + 1 * 1) / 5
    r, f, pi = 0.9, 0.2, 0.05
    assert evaluation.Calls(900, 100, 3800, 15_200).precision == pytest.approx(r * pi / (r * pi + f * (1 - pi)))


def test_formulas_of_doubt_agree_with_the_kit():
    k, n, z = 9, 12, 1.959964
    half = z / (n + z**2) * (k * (n - k) / n + z**2 / 4) ** 0.5
    middle = (k + z**2 / 2) / (n + z**2)
    assert evaluation.proportion_interval(k, n) == pytest.approx((k / n, middle - half, middle + half))
    for n, t in ((3, 4.3), (5, 2.8), (10, 2.3)):
        d = np.random.default_rng(n).normal(size=n)
        found = evaluation.paired_difference(d, np.zeros(n))
        assert (found.high - found.value) / (d.std(ddof=1) / n**0.5) == pytest.approx(t, abs=0.05)
