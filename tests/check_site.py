"""`make check-site`: axe-core looks at pages of the site in a browser. It comes from npm, into build/axe."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from test_browser import browser  # noqa: F401

from zirconkit.course import site, slides

ROOT = Path(__file__).parents[1]
AXE = ROOT / "build/axe/node_modules/axe-core/axe.min.js"
EVERY = [*sorted(site.PAGES), "index.html", "search.html?q=batch", f"slides/{slides.notebooks()[0].stem}.html"]
EVERY += [f"{path.stem}.html" for path in slides.notebooks()]


@pytest.fixture(scope="module")
def axe():
    """Source of axe-core."""
    if not AXE.is_file():
        if not shutil.which("npm"):
            pytest.skip("there is no npm here: apt install npm")
        words = ["npm", "install", "--silent", "--no-save", "--prefix", ROOT / "build/axe", "axe-core@4"]
        subprocess.run(list(map(os.fspath, words)), check=True)
    return AXE.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def first_page():
    return site.build(ROOT / "build/site").as_uri()


@pytest.mark.parametrize("name", EVERY)
def test_axe_finds_nothing(browser, axe, first_page, name):  # noqa: F811
    view = browser.new_page(viewport={"width": 1300, "height": 900})
    view.goto(first_page.replace("index.html", name))
    view.evaluate(axe)
    found = view.evaluate("axe.run({preload: false})")["violations"]
    view.close()
    assert [(each["impact"], each["id"], each["nodes"][0]["html"]) for each in found] == []
