"""Slides: a question for each prediction, every figure of the core, nothing from the network, nothing cut off."""

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from test_browser import browser  # noqa: F401

from zirconkit import course
from zirconkit.course import slides

PATHS = course.profiles.notebooks()
STORED = {path.stem: nbformat.read(path, as_version=4) for path in PATHS}
each = pytest.mark.parametrize("notebook", STORED.values(), ids=STORED)
# A PNG of 400 x 100 px: its head is all that is asked for its shape.
WIDE = "iVBORw0KGgoAAAANSUhEUgAAAZAAAABkCAAAAAB"


@pytest.fixture(scope="module")
def pages(tmp_path_factory):
    return slides.write(tmp_path_factory.mktemp("slides"))


def core(notebook):
    return [cell for cell in notebook.cells if "depth" not in cell.metadata.get("tags", [])]


def asked(notebook, kind):
    """Names of the core's predictions or exercises, in order."""
    tags = [tag for cell in core(notebook) for tag in cell.metadata.get("tags", []) if tag.startswith(f"{kind}:")]
    return list(dict.fromkeys(tag.split(":")[1] for tag in tags))


@each
def test_there_is_a_slide_for_each_question_and_each_figure_of_the_core(notebook):
    deck = slides.slides(notebook)
    assert [slide.kind for slide in deck].count("title") == 1 and deck[0].kind == "title"
    assert [slide.name for slide in deck if slide.kind == "predict"] == asked(notebook, "predict")
    assert [slide.name for slide in deck if slide.kind == "exercise"] == asked(notebook, "exercise")
    outputs = [output for cell in core(notebook) for output in cell.get("outputs", [])]
    figures = [output for output in outputs if "image/png" in output.get("data", {})]
    drawn = [slide for slide in deck if slide.kind == "figure"]
    assert [slide.image for slide in drawn] == [figure.data["image/png"] for figure in figures]
    assert [slide.alt for slide in drawn] == [figure.metadata["image/png"]["alt"] for figure in figures]
    assert all(slide.text for slide in deck if slide.kind in ("predict", "exercise", "idea", "seen", "away", "discuss"))
    assert all(len(slide.text.split()) <= slides.ROOM for slide in deck if slide.kind == "predict" and slide.name)
    assert "away" in {slide.kind for slide in deck}


def test_pages_need_no_network_and_have_their_headings_in_order(pages):
    assert [page.stem for page in pages] == list(STORED)
    for page in pages:
        html = page.read_text(encoding="utf-8")
        assert not re.search(r"""(src|href)=["']?(https?:)?//|url\(|@import|fetch\(""", html), page
        images = re.findall(r"<img[^>]*>", html)
        assert images and all(re.search(r'src="data:image/png;base64,', image) for image in images)
        assert all(re.search(r'alt="[^"]+"', image) for image in images)
        assert re.findall(r"<h(\d)", html) == ["1"] + ["2"] * (html.count("<section") - 1)


def planted(*cells):
    """A notebook whose first text is its title."""
    return new_notebook(cells=[new_markdown_cell("# 4 · Planted: a title"), *cells])


def figure(alt, tags=()):
    output = new_output("display_data", {"image/png": WIDE}, metadata={"image/png": {"alt": alt, "of": "grown"}})
    return new_code_cell("show()", outputs=[output], metadata={"tags": list(tags)})


def test_what_we_see_stands_beside_one_figure_and_behind_several():
    seen = new_markdown_cell("**What we see.** A first thing. And a second one.\n\n## Next\n\nMore.")
    again = new_markdown_cell(seen.source)
    deck = slides.slides(planted(figure("one"), seen, figure("two"), figure("three"), again))
    text = "A first thing. And a second one."
    rest = [("figure", "Next", ""), ("figure", "Next", ""), ("seen", "Next", text)]
    assert [slide[:3] for slide in deck[1:]] == [("figure", "Planted", text), *rest]


def test_only_whole_sentences_that_fit_are_kept():
    long = "This one has five words. " + "Here are five words more. " * 20
    found = slides._first_sentences(long, 23)
    assert found.count(".") == 4 and found.endswith("words more.")
    assert slides._first_sentences("A sentence too long for it.", 3) == "A sentence too long for it."
    assert slides._first_sentences("So 0.5 is guessing. Then.", 4) == "So 0.5 is guessing."


def test_the_depth_stays_away_and_a_question_shows_the_figure_before_it():
    question = new_markdown_cell("## A guess\n\n**Predict.** How many?", metadata={"tags": ["predict:many"]})
    depth = new_markdown_cell("**What we see.** Nothing. **Discuss.**", metadata={"tags": ["depth"]})
    deck = slides.slides(planted(figure("one"), question, depth, figure("two", ["depth"])))
    assert [slide.kind for slide in deck] == ["title", "figure", "predict"]
    assert deck[2].alt == "one" and deck[2].heading == "A guess" and deck[2].text == "**Predict.** How many?"


def test_a_question_is_asked_once_by_its_last_text():
    how = {"metadata": {"tags": ["predict:rate"]}}
    texts = new_markdown_cell("A rule.", **how), new_markdown_cell("**Predict.** Which rate?", **how)
    deck = slides.slides(planted(*texts))
    assert [slide.text for slide in deck if slide.kind == "predict"] == ["**Predict.** Which rate?"]


def test_a_class_chooses_among_what_is_offered():
    assert slides.choices('Write `"left"`, `"both sides"` or `"all"`; `paint` it.') == ["left", "both sides", "all"]
    assert slides.choices("Order them:\n\n- **a** grey\n- **b** size") == ["a", "b"]
    assert slides.choices("In order: **a** grey, **b** size, sharp or not, **c** zones.") == ["a", "b", "c"]
    assert slides.choices("How well is known (a) its size; (b) its grey?") == ["a", "b"]
    assert slides.choices('It says "yes" and "no". **By which?** Choose "size", "resin" or "texture".')[1] == "resin"
    assert slides.choices('They, "the paper", keep some. How many of 100? The levers are `low` and `high`.') == []


def test_the_command_writes_what_is_named(zirconkit, tmp_path):
    status, out, _ = zirconkit("slides", "3", "--out", tmp_path / "new")
    assert status == 0 and out == f"1 page of slides in {tmp_path / 'new'}\n"
    assert [path.name for path in (tmp_path / "new").iterdir()] == ["03_convolution_and_pooling.html"]
    status, _, err = zirconkit("slides", "99", "--out", tmp_path)
    assert status == 1 and err.startswith("zirconkit: there is no notebook 99")


# ---------------------------------------------------------------- in a browser

CUT_OFF = """() => [...document.querySelectorAll("section")].flatMap((section, i) => {
  document.querySelector("section.now").classList.remove("now")
  section.classList.add("now")
  const room = section.getBoundingClientRect(), hands = section.querySelector(".hands")
  const floor = hands ? hands.getBoundingClientRect().top : room.bottom
  const every = [...section.querySelectorAll("h1, h2, p, li, img, figcaption, td")]
  const parts = every.filter(each => !hands?.contains(each))
  const narrow = [...section.querySelectorAll(".hands li")].filter(each => each.scrollWidth > each.clientWidth)
  return parts.map(each => [each.getBoundingClientRect(), each.tagName])
    .filter(([box]) => box.right > room.right + 1 || box.bottom > floor + 1 || box.left < room.left - 1 || !box.width)
    .map(([box, tag]) => `${i + 1}: ${tag}`).concat(narrow.map(each => `${i + 1}: ${each.innerText}`))
})"""


def test_nothing_is_cut_off(browser, pages):  # noqa: F811
    view = browser.new_page(viewport={"width": 1280, "height": 720})
    for page in pages:
        view.goto(page.as_uri())
        assert view.evaluate(CUT_OFF) == [], page
    view.close()


def test_keys_move_and_a_box_takes_what_is_typed(browser, pages):  # noqa: F811
    view = browser.new_page(viewport={"width": 900, "height": 700})
    asked_for = []
    view.on("request", lambda request: asked_for.append(request.url))
    view.goto(pages[0].as_uri())
    number = view.locator("nav span")
    assert number.inner_text() == "1 of 21" and view.locator("h1").is_visible()
    moves = {
        "ArrowRight": 2,
        "Space": 3,
        "ArrowLeft": 2,
        "Shift+Space": 1,
        "PageUp": 1,
        "End": 21,
        "ArrowUp": 20,
        "Home": 1,
    }
    for key, wanted in moves.items():
        view.keyboard.press(key)
        assert number.inner_text() == f"{wanted} of 21", key
    view.goto(pages[0].as_uri() + "#3")
    box = view.locator("section.now .hands span").first
    box.click()
    view.keyboard.type("12 ")
    view.keyboard.press("ArrowRight")
    assert number.inner_text() == "3 of 21" and box.inner_text().strip() == "12"
    view.keyboard.press("Escape")
    view.keyboard.press("ArrowRight")
    assert number.inner_text() == "4 of 21"
    assert all(url.startswith(("file:", "data:")) for url in asked_for)
    room = view.locator("section.now").bounding_box()
    assert room["width"] <= 900 and room["height"] <= 700  # scaled to the window
    view.close()


def test_each_slide_is_a_printed_page(browser, pages):  # noqa: F811
    view = browser.new_page()
    view.goto(pages[7].as_uri())
    printed = view.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) == view.locator("section").count()
    view.close()
