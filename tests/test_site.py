"""The offline site: every link leads somewhere, nothing comes from the network, the search finds, keys reach all."""

import json
import re
from itertools import pairwise

import pytest
from test_browser import browser  # noqa: F401

from zirconkit import course
from zirconkit.course import site
from zirconkit.course.glossary import anchor, terms
from zirconkit.course.site.pages import body_of_text, slug

PATHS = course.profiles.notebooks()
ENTRIES = course.contents()


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """The folder of the site, and the text of each of its own pages."""
    folder = site.build(tmp_path_factory.mktemp("site")).parent
    return folder, {page.name: page.read_text(encoding="utf-8") for page in sorted(folder.glob("*.html"))}


def test_every_link_leads_to_a_file_and_to_a_place_in_it(built):
    folder, pages = built
    for name, text in pages.items():
        inside = set(re.findall(r'\bid="([^"]+)"', text))
        assert len(inside) == len(re.findall(r'\bid="', text)), name  # no name twice
        for target in re.findall(r'\b(?:href|src|action)="([^"]+)"', text):
            if re.match("https?:", target):
                continue
            file, _, place = target.partition("#")
            assert not file or (folder / file).is_file(), (name, target)
            there = pages.get(file, "") if file else text
            assert not place or f'id="{place}"' in there, (name, target)


def test_nothing_is_loaded_from_elsewhere(built):
    folder, pages = built
    for name, text in [*pages.items(), ("site.css", (folder / "site.css").read_text(encoding="utf-8"))]:
        assert not re.search(r"""<(?:script|img|iframe|source)[^>]*\ssrc=["']?(?:https?:)?//""", text), name
        assert not re.search(r"""<link[^>]*href=["']?(?:https?:)?//|url\(|@import|fetch\(|require\(""", text), name


def test_notebooks_follow_one_another(built):
    _, pages = built
    order = [path.with_suffix(".html").name for path in PATHS]
    assert re.findall(r'<h3><a href="([^"]+)">', pages["index.html"]) == order
    for before, after in pairwise(order):
        assert f'<a rel="next" href="{after}">' in pages[before] and f'<a rel="prev" href="{before}">' in pages[after]
    assert 'rel="prev"' not in pages[order[0]] and 'rel="next"' not in pages[order[-1]]


def test_the_first_page_shows_each_notebook_with_its_idea_and_time(built):
    front = built[1]["index.html"]
    for entry in ENTRIES:
        assert f"{entry.idea[1:]}.</p>" in front and f'src="figures/{entry.number}.png"' in front
    assert front.count(" min core, ") == len(ENTRIES) and front.count("<h1") == 1


def test_a_page_shows_what_is_stored(built):
    """As many figures as the notebook has, each with its description; folded cells are folded; formulas are drawn."""
    _, pages = built
    for path in PATHS:
        text, stored = pages[path.with_suffix(".html").name], json.loads(path.read_text(encoding="utf-8"))
        outputs = [output for cell in stored["cells"] for output in cell.get("outputs", [])]
        figures = text.count("<figure>")
        assert figures == sum("image/png" in output.get("data", {}) for output in outputs) > 0
        assert figures == len(re.findall(r'<img src="figures/[^"]+" alt="\w[^"]{20,}"', text))
        folded = sum(cell["metadata"].get("jupyter", {}).get("source_hidden", False) for cell in stored["cells"])
        assert text.count("<details>") == folded > 0
    assert pages["formulas.html"].count("<math ") > 30
    assert "$" not in re.sub(r"(?s)<code>.*?</code>", "", pages["formulas.html"])


def test_keys_and_readers_reach_everything(built):
    for name, text in built[1].items():
        assert '<html lang="en">' in text and text.count("<main ") == 1
        assert text.count("<pre") == text.count('<pre tabindex="0"') and "<th></th>" not in text, name
        levels = [int(level) for level in re.findall(r"<h(\d)", text)]
        assert levels[0] == 1 and all(b <= a + 1 for a, b in pairwise(levels)), (name, levels)


def test_a_text_gets_names_for_its_headings_and_mathml_for_its_formulas():
    text = body_of_text("# A `b` c\n\n## A b c\n\n[x](GLOSSARY.md#y) [z](03_convolution_and_pooling.ipynb), $a<b$").html
    assert 'id="a-b-c"' in text and 'id="a-b-c-1"' in text and "<mo>&#x0003C;</mo>" in text
    assert 'href="glossary.html#y"' in text and 'href="03_convolution_and_pooling.html"' in text
    assert slug("10 · The space of <em>textures</em>") == "10--the-space-of-textures"


def test_the_search_finds_a_term_of_each_notebook(browser, built):  # noqa: F811
    folder, _ = built
    view, asked_for, errors = browser.new_page(), [], []
    view.on("request", lambda request: asked_for.append(request.url))
    view.on("pageerror", lambda error: errors.append(str(error)))
    view.goto((folder / "index.html").as_uri())
    for entry, path in zip(ENTRIES, PATHS):
        term = terms(path)[0].name
        view.get_by_role("searchbox").fill(term.upper())
        view.keyboard.press("Enter")
        view.get_by_role("heading", name=f"{entry.number} · {entry.title}").wait_for(timeout=5_000)
        place = view.locator(f"#found a[href^='glossary.html#{anchor(term)}']").first
        assert place.inner_text().casefold() == term.casefold()
    view.goto((folder / "search.html").as_uri() + "?q=nosuchword")
    assert view.get_by_role("status").inner_text() == "“nosuchword” is found on 0 pages."
    assert all(url.startswith(("file:", "data:")) for url in asked_for) and errors == []
    view.close()
