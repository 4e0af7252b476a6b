"""`make check-browser`: every notebook in JupyterLab, in a browser, to its end; each instrument is moved.

Pictures of the pages and of the instruments stay in build/browser. `ONLY=03` looks at one notebook.
"""

import os
import shutil
from pathlib import Path

import nbformat
import pytest
from test_browser import browser, lab  # noqa: F401

from zirconkit import course

ROOT = Path(__file__).parents[1]
PICTURES = ROOT / "build/browser"
PATHS = course.profiles.notebooks()
END = 900_000  # ms, for a notebook in `quick` on a busy machine
CONTROLS = ".noUi-handle, select, .widget-toggle-button:not(.mod-active), input[type=checkbox], input[type=number]"
WIDGETS = ".jp-OutputArea-output:has(.jupyter-widgets)"
# What is to be seen: the words, and the pictures, whose address changes with them.
LOOK = "area => area.innerText + [...area.querySelectorAll('img')].map(each => each.src).join()"
# Folded cells show no number.
ALL_RUN = """() => {
  const numbers = [...document.querySelectorAll(".jp-CodeCell .jp-InputPrompt")].map(each => each.innerText)
  return numbers.filter(Boolean).length > 5 && numbers.filter(Boolean).every(each => /[0-9]/.test(each))
}"""
EYE = "plot => plot._fullLayout.scene._scene.getCamera().eye"


@pytest.fixture(scope="module", autouse=True)
def in_quick():
    """The profile of the kernels, and an empty folder for pictures."""
    os.environ["ZIRCONKIT_PROFILE"] = "quick"
    PICTURES.mkdir(parents=True, exist_ok=True)
    yield
    del os.environ["ZIRCONKIT_PROFILE"]


@pytest.fixture(scope="module")
def whole_lab(in_quick, lab):  # noqa: F811
    """A JupyterLab that keeps all cells of a notebook on the page, not only those in sight."""
    address, folder = lab
    settings = folder / "jupyter_config_dir/lab/user-settings/@jupyterlab/notebook-extension"
    settings.mkdir(parents=True)
    (settings / "tracker.jupyterlab-settings").write_text('{"windowingMode": "none"}', encoding="utf-8")
    return address, folder


def run_to_the_end(page, address, path):
    """Open a notebook, run all its cells, and wait until the kernel rests; save it."""
    page.goto(f"{address}/lab/tree/{path.name}?reset")
    page.get_by_text("| Idle").wait_for(timeout=60_000)
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Run All Cells", exact=True).click()

    page.wait_for_function(ALL_RUN, timeout=END)
    page.get_by_text("| Idle").wait_for(timeout=60_000)
    page.keyboard.press("Control+s")


def move(page, area):
    """Move the controls of an instrument one after the other, until something changes on the screen."""
    area.scroll_into_view_if_needed()
    before = area.evaluate(LOOK)
    controls = area.locator(CONTROLS)
    for number in range(controls.count()):
        control = controls.nth(number)
        if not control.is_visible() or control.is_disabled():
            continue
        kind = control.evaluate("each => each.tagName == 'SELECT' ? 'select' : each.type || each.className")
        if kind == "select":
            control.select_option(index=1)
        elif "noUi" in kind:
            at_end = control.get_attribute("aria-valuenow") == control.get_attribute("aria-valuemax")
            control.press("ArrowLeft" if at_end else "ArrowRight")
        elif kind == "number":
            control.press("ArrowUp")
            control.press("Enter")
        else:
            control.click()
        for _ in range(20):
            page.wait_for_timeout(250)
            if area.evaluate(LOOK) != before:
                return True
    return False


def turn(page, plot):
    """Turn a scene by the mouse; whether its eye moved."""
    plot.scroll_into_view_if_needed()
    box, before = plot.bounding_box(), plot.evaluate(EYE)
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2 + 120, box["y"] + box["height"] / 2 + 30, steps=8)
    page.mouse.up()
    page.wait_for_timeout(500)
    return plot.evaluate(EYE) != before


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_notebook_runs_to_its_end_and_its_instruments_move(browser, whole_lab, path):  # noqa: F811
    address, folder = whole_lab
    shutil.copyfile(path, folder / path.name)
    page, complaints = browser.new_page(viewport={"width": 1300, "height": 1000}), []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    run_to_the_end(page, address, path)
    still = []
    instruments = page.locator(WIDGETS)
    count = instruments.count()
    for number in range(count):
        area = instruments.nth(number)
        scene = area.locator(".js-plotly-plot:has(.gl-container)")
        moved = turn(page, scene.first) if scene.count() else move(page, area)
        area.screenshot(path=PICTURES / f"{path.stem}_{number}.png")
        still += [] if moved else [f"{number}: {area.inner_text()[:80]}"]
    page.screenshot(path=PICTURES / f"{path.stem}.png")
    page.wait_for_timeout(1000)
    page.close()
    stored = nbformat.read(folder / path.name, as_version=4)
    outputs = [output for cell in stored.cells for output in cell.get("outputs", [])]
    assert [output.evalue for output in outputs if output.output_type == "error"] == []
    assert count and still == [] and complaints == []
