"""In a real browser: the scene turns, a hover shows a crop, the feature-map widget follows its controls, no errors."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import nbformat
import pytest

ROOT = Path(__file__).parents[1]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
SWITCHES = [
    "--no-sandbox", "--use-gl=angle", "--use-angle=swiftshader", "--enable-unsafe-swiftshader", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
]  # fmt: skip
SCENE = """\
import numpy as np
from zirconkit import plots, widgets
rng = np.random.default_rng(0)
images = np.arange(40, dtype=np.uint8)[:, None, None, None] * 6 + rng.integers(0, 5, (40, 32, 32, 1), dtype=np.uint8)
classes = ["porphyry", "batholith"] * 20
live = widgets.hover_crops(plots.scene(rng.normal(size=(40, 3)), classes, [f"grain {n}" for n in range(40)]), images)
live
"""
MAPS = """\
import numpy as np
from zirconkit import widgets
rng = np.random.default_rng(0)
maps = {"C1": rng.random((3, 32, 32, 6)), "S2": rng.random((3, 16, 16, 6))}
widgets.feature_map_browser(rng.integers(0, 255, (3, 32, 32, 1), dtype=np.uint8), maps)
"""
THRESHOLD = """\
import numpy as np
from zirconkit import widgets
rng = np.random.default_rng(0)
y = np.repeat([0, 1], 50)
images = rng.integers(0, 255, (100, 32, 32, 1), dtype=np.uint8)
answers = {"one": np.linspace(0.005, 0.995, 100)}
classes = ("batholith", "porphyry")
display(widgets.threshold_mover(y, answers, classes))
widgets.answer_browser(images, y, answers, classes)
"""
GREY = """image => {
  const canvas = document.createElement("canvas"), side = image.naturalWidth
  canvas.width = canvas.height = side
  canvas.getContext("2d").drawImage(image, 0, 0)
  const data = canvas.getContext("2d").getImageData(0, 0, side, side).data
  return data.filter((_, i) => i % 4 == 0).reduce((a, b) => a + b) / side ** 2
}"""


@pytest.fixture(scope="module")
def browser():
    """A headless chromium; skips, visibly, where it or Playwright is missing."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install playwright"
    )
    if CHROMIUM is None:
        pytest.skip("there is no chromium here: apt install chromium")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """The address of a JupyterLab that serves an empty folder, and the folder."""
    pytest.importorskip("jupyterlab", reason="jupyterlab is not installed: pip install -e .[lab]")
    folder = tmp_path_factory.mktemp("lab")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    words = [sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}", "--ip=127.0.0.1"]
    words += ["--IdentityProvider.token=", f"--ServerApp.root_dir={folder}", "--LabApp.news_url=None"]
    words += ["--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--ServerApp.port_retries=0"]
    env = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3", PYTHONPATH=str(ROOT), JUPYTER_PREFER_ENV_PATH="1")
    env |= {name: str(folder / "." / name.lower()) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR")}
    with (folder / "log").open("w") as log:
        server = subprocess.Popen(words, stdout=log, stderr=log, env=env)
    address, end = f"http://127.0.0.1:{port}", time.monotonic() + 120
    try:
        while not _answers(f"{address}/api"):
            assert server.poll() is None and time.monotonic() < end, (folder / "log").read_text()[-2000:]
            time.sleep(0.2)
        yield address, folder
    finally:
        server.terminate()
        server.wait(20)


def _answers(address):
    try:
        return urlopen(address, timeout=2).status == 200
    except (URLError, OSError):
        return False


@pytest.fixture(scope="module")
def desk(browser, lab):
    """A page of JupyterLab on a notebook with one cell, and what its console has complained of."""
    address, folder = lab
    kernel = {"kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}}
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("")], metadata=kernel)
    nbformat.write(notebook, folder / "desk.ipynb")
    page, complaints = browser.new_page(viewport={"width": 1300, "height": 1000}), []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto(f"{address}/lab/tree/desk.ipynb?reset")
    page.get_by_text("| Idle").wait_for(timeout=40_000)
    yield page, complaints
    page.close()


@contextmanager
def executed(desk, source):
    """The page when its cell has run; in the end, what the console complained of must be nothing."""
    page, complaints = desk
    complaints.clear()
    page.locator(".jp-CodeCell .cm-content").first.click()
    page.keyboard.press("Control+A")
    page.keyboard.insert_text("%reset -f\nimport ipywidgets\nipywidgets.Widget.close_all()\n" + source)
    page.keyboard.press("Control+Enter")
    yield page
    assert page.locator(".jp-RenderedText[data-mime-type*=err]").count() == 0
    assert complaints == []


def picture(page):
    return page.locator(".jp-OutputArea-output img").first


def test_the_scene_turns_and_a_hover_shows_the_crop(desk):
    with executed(desk, SCENE) as page:
        canvas = page.locator(".js-plotly-plot .gl-container canvas").first
        canvas.wait_for(timeout=40_000)
        box, eye = canvas.bounding_box(), "plot => plot._fullLayout.scene._scene.getCamera().eye"
        plot = page.locator(".js-plotly-plot").first
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        waits, before = page.get_by_text("hold the mouse over a dot"), plot.evaluate(eye)
        assert waits.count() == 1
        page.mouse.move(*middle)
        page.mouse.down()
        page.mouse.move(middle[0] + 120, middle[1] + 30, steps=8)
        page.mouse.up()
        page.wait_for_timeout(500)
        assert plot.evaluate(eye) != before
        for step in range(150):  # until the mouse meets a dot
            page.mouse.move(middle[0] + 25 * (step % 15 - 7), middle[1] + 20 * (step // 15 - 5), steps=2)
            page.wait_for_timeout(60)
            if waits.count() == 0:
                break
        page.wait_for_timeout(500)
        said = page.get_by_text("grain ").last.inner_text()
        kind, number = re.fullmatch(r"(\w+)\s+grain (\d+)", said).groups()
        assert kind == ["porphyry", "batholith"][int(number) % 2]
        assert picture(page).evaluate(GREY) == pytest.approx(
            6 * int(number) + 2, abs=0.5
        )  # the crop of that very grain
        page.locator(".jp-OutputArea-output input[type=number]").press("ArrowUp")  # without a mouse
        page.keyboard.press("Enter")
        page.get_by_text(re.compile("grain 1$")).wait_for(timeout=10_000)


def test_the_feature_map_widget_follows_its_controls(desk):
    with executed(desk, MAPS) as page:
        picture(page).wait_for(timeout=40_000)
        first = picture(page).evaluate("image => image.src")
        assert page.get_by_text("32 × 32, from").count() == 1
        page.locator(".jp-OutputArea-output select").first.select_option("S2")
        page.get_by_text("16 × 16, from").wait_for(timeout=10_000)
        assert picture(page).evaluate("image => image.src") != first


PATIENCE = """\
from zirconkit import widgets
widgets.patience_explorer([0.7, 0.6, 0.65, 0.5, 0.55, 0.56, 0.57, 0.3], 1)
"""


def test_keys_alone_reach_the_slider_on_the_patience_and_move_the_end(desk):
    with executed(desk, PATIENCE) as page:
        page.get_by_text("ends after epoch 3, keeps epoch 2").wait_for(timeout=40_000)
        before = picture(page).evaluate("image => image.src")
        page.keyboard.press("Escape")
        page.locator(".jp-OutputArea-output").first.evaluate("area => { area.tabIndex = -1; area.focus() }")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('role')") == "slider"
        for _ in range(3):
            page.keyboard.press("ArrowRight")
        page.get_by_text("ends after epoch 8, keeps epoch 8").wait_for(timeout=10_000)
        assert picture(page).evaluate("image => image.src") != before


def test_the_threshold_moves_the_counts_and_the_browser_turns_to_the_surest_wrong(desk):
    with executed(desk, THRESHOLD) as page:
        page.get_by_text("accuracy 1.00").wait_for(timeout=40_000)
        handle = page.locator(".jp-OutputArea-output .noUi-handle").first
        handle.focus()
        for _ in range(10):
            handle.press("ArrowRight")
        page.get_by_text("recall 0.80").wait_for(timeout=10_000)
        assert page.locator("figure").count() == 6
        page.get_by_text("grain 99: 0.99").wait_for(timeout=10_000)
        page.locator(".jp-OutputArea-output select").last.select_option("least sure")
        page.get_by_text("grain 50: 0.5").wait_for(timeout=10_000)


FREEZING = """\
from zirconkit import widgets
widgets.freezing_slider([("first", 100), ("second", 2000), ("last", 30000)], 70)
"""


def test_the_slider_on_frozen_layers_moves_what_learns(desk):
    with executed(desk, FREEZING) as page:
        page.get_by_text("of 32,170 weights learn (0.2%)").wait_for(timeout=40_000)
        before = picture(page).evaluate("image => image.src")
        page.locator(".jp-OutputArea-output .noUi-handle").first.press("ArrowRight")
        page.get_by_text("of 32,170 weights learn (93.5%)").wait_for(timeout=10_000)
        assert picture(page).evaluate("image => image.src") != before


SORTING = """\
import numpy as np
from zirconkit import widgets
rng = np.random.default_rng(0)
images = rng.integers(0, 255, (3, 90, 90, 1), dtype=np.uint8)
board = widgets.SortingBoard(images, ("batholith", "porphyry"), [1, 0, 1])
board.panel
"""


def test_grains_are_sorted_on_the_board_and_judged(desk):
    with executed(desk, SORTING) as page:
        page.get_by_text("0 of 3 sorted").wait_for(timeout=40_000)
        last = page.get_by_role("button", name="How many are right?")
        assert last.is_disabled()
        porphyry = page.locator(".jp-OutputArea-output .widget-toggle-button", has_text="porphyry")
        for number in range(3):
            porphyry.nth(number).click()
            page.get_by_text(f"{number + 1} of 3 sorted").wait_for(timeout=10_000)
        last.click()
        page.get_by_text("2 of 3 right: 0.67").wait_for(timeout=10_000)
        assert page.get_by_text("✓ porphyry").count() == 2 and page.get_by_text("✗ batholith").count() == 1
        assert porphyry.first.is_disabled() and last.is_disabled()


RULE = """\
import pandas as pd
from zirconkit import widgets
table = pd.DataFrame({"size": range(101), "class_name": ["batholith"] * 60 + ["porphyry"] * 41})
widgets.rule_explorer(table, {"size": "size (px)"})
"""


def test_the_threshold_of_a_rule_moves_how_often_it_is_right(desk):
    with executed(desk, RULE) as page:
        page.get_by_text("above 50: porphyry. Right about 0.91").wait_for(timeout=40_000)
        before = picture(page).evaluate("image => image.src")
        handle = page.locator(".jp-OutputArea-output .noUi-handle").first
        for _ in range(9):
            handle.press("ArrowRight")
        page.get_by_text("above 59: porphyry. Right about 1.00").wait_for(timeout=10_000)
        assert picture(page).evaluate("image => image.src") != before


LEVERS = """\
import numpy as np
from zirconkit import segmentation, widgets
truth = np.zeros((200, 300), np.int32)
truth[20:80, 20:70], truth[20:50, 120:150], truth[120:170, 20:70] = 1, 2, 3
truth[120:170, 150:194], truth[120:170, 197:241] = 4, 5
widgets.lever_explorer(np.where(truth > 0, 120, 5).astype(np.uint8), truth, segmentation.cut_out, 2.0)
"""


def test_a_lever_moves_the_recall_and_the_picture(desk):
    """The dilation, two steps down: the pair that had melted together is saved."""
    with executed(desk, LEVERS) as page:
        page.get_by_text("2 of 5 grains saved, 2 outlines kept: recall 0.40").wait_for(timeout=40_000)
        before = picture(page).evaluate("image => image.src")
        dilation = page.locator(".jp-OutputArea-output .noUi-handle").nth(2)
        for _ in range(2):
            dilation.press("ArrowLeft")
        page.get_by_text("4 of 5 grains saved, 4 outlines kept: recall 0.80").wait_for(timeout=10_000)
        assert picture(page).evaluate("image => image.src") != before


PAINTING = """\
from zirconkit import widgets
from zirconkit.convolution import KERNELS
widgets.KernelPainter(KERNELS["vertical edge"])
"""


def test_a_kernel_is_painted_and_the_light_and_its_number_follow(desk):
    with executed(desk, PAINTING) as page:
        page.get_by_text("0.27 of the light is green").wait_for(timeout=60_000)
        before = picture(page).evaluate("image => image.src")
        middle = page.locator(".jp-OutputArea-output input[type=number]").nth(4)
        middle.fill("-2")
        middle.press("Enter")
        page.get_by_text("the weights sum to -2").wait_for(timeout=10_000)
        assert page.get_by_text("0.27 of the light is green").count() == 0
        after = picture(page).evaluate("image => image.src")
        assert after != before
        page.locator(".jp-OutputArea-output select").select_option("zoning")
        page.get_by_text("(wanted 0.78)").wait_for(timeout=10_000)
        assert picture(page).evaluate("image => image.src") != after


SPLITS = """\
import numpy as np, pandas as pd
from zirconkit import widgets
from zirconkit.grains import Grains
names, kinds = np.repeat(["M0", "M1", "M2", "M3"], 50), np.repeat(["batholith", "porphyry"], 100)
table = pd.DataFrame({"sample": names, "grain": np.tile(range(50), 4), "class_name": kinds})
blank = np.zeros((200, 1, 1, 1), np.uint8)
x = np.repeat([0.0, 9, 3, 6], 50)[:, None] + np.random.default_rng(0).normal(size=(200, 1))
bench = widgets.SplitBench(Grains(blank, blank[..., 0] > 0, table), x)
bench.panel()
"""


def test_a_mount_that_is_moved_changes_the_split_and_its_coin_score(desk):
    with executed(desk, SPLITS) as page:
        page.get_by_text("4 mounts stand in more than one part").wait_for(timeout=40_000)
        before = picture(page).evaluate("image => image.src")
        page.get_by_role("button", name="all mounts to train").click()
        page.get_by_text("No mount is shared between the parts.").wait_for(timeout=10_000)
        cards = page.locator(".jp-OutputArea-output .widget-toggle-buttons")
        for card in (0, 2):  # one mount of each class
            cards.nth(card).get_by_role("button", name="test", exact=True).click()
        page.get_by_role("cell", name="0.50 ±").wait_for(timeout=10_000)  # whole mounts: what a coin deserves
        cards.nth(0).get_by_role("button", name="dealt", exact=True).click()
        page.get_by_text("1 mount stands in more than one part: M0").wait_for(timeout=10_000)
        assert page.get_by_role("cell", name="0.50 ±").count() == 0
        assert picture(page).evaluate("image => image.src") != before
        page.get_by_role("button", name="keep as my leaky split").click()
        page.get_by_text("Kept as your leaky split").wait_for(timeout=10_000)


VALLEY = """\
import numpy as np
from zirconkit import plots, widgets
w, b = np.linspace(-3, 5, 9), np.linspace(-3, 3, 7)
bowl = lambda w, b: 0.5 + (w - 1) ** 2 + 2 * b**2
land = plots.Landscape(np.arange(4.0), np.array([0, 0, 1, 1]), ("a", "b"), w, b, bowl(w[None], b[:, None]))
display(widgets.valley_walk(land, bowl))
widgets.descent_explorer(land, lambda rate: np.array([(0, 0, 1.5), (rate, 0, bowl(rate, 0))]), 1.0)
"""


def test_the_walk_goes_downhill_by_hand_and_by_rate(desk):
    with executed(desk, VALLEY) as page:
        page.get_by_text("you start at a loss of 1.500").wait_for(timeout=40_000)
        before = picture(page).evaluate("image => image.src")
        handles = page.locator(".jp-OutputArea-output .noUi-handle")
        handles.first.press("ArrowRight")
        page.get_by_text("move 1 went down: loss 1.310").wait_for(timeout=10_000)
        foggy = picture(page).evaluate("image => image.src")
        assert foggy != before
        page.locator(".jp-OutputArea-output input[type=checkbox]").first.uncheck()
        page.wait_for_function("old => document.querySelector('.jp-OutputArea-output img').src != old", arg=foggy)
        assert page.get_by_text("move 1 went down").count() == 1
        page.get_by_text("after 1 steps: loss 0.500; 0 of them went uphill").wait_for(timeout=10_000)
        handles.last.press("ArrowRight")
        page.get_by_text("after 1 steps: loss 0.567").wait_for(timeout=10_000)


MYSTERY = """\
from zirconkit import mysteries, widgets
bench = widgets.MysteryBench(mysteries.grown_pool(), seed=3)
bench.panel()
"""


def test_a_probe_is_chosen_on_a_mystery_set_and_a_verdict_is_kept(desk):
    with executed(desk, MYSTERY) as page:
        page.get_by_text("grain grey, split by grains: ROC-AUC").wait_for(timeout=60_000)
        before = picture(page).evaluate("image => image.src")
        choose = page.locator(".jp-OutputArea-output select")
        choose.nth(1).select_option("resin grey")
        page.get_by_text("resin grey, split by grains: ROC-AUC").wait_for(timeout=20_000)
        choose.nth(2).select_option("mounts")
        page.get_by_text("over mounts; the interval leaves out 0.5").wait_for(timeout=20_000)
        assert picture(page).evaluate("image => image.src") != before
        page.get_by_text("the sheet of this set").click()
        page.get_by_text("class given by").wait_for(timeout=10_000)
        choose.nth(3).select_option("resin")
        page.get_by_role("button", name="keep my verdict").click()
        page.get_by_text("Kept for set 1: resin, 50 % sure. 4 sets without a verdict.").wait_for(timeout=20_000)


GRAIN_BENCH = """\
from zirconkit import explain, widgets
def read(image):
    return explain.Reading(float(image.sum() / 300), image[..., 0], image[..., 0])
bench = widgets.GrainBench({"its light": read})
bench.panel()
"""


def test_a_knob_changes_the_grain_and_the_answer_and_two_grains_are_kept(desk):
    with executed(desk, GRAIN_BENCH) as page:
        page.get_by_text("(+0.00 from the start)").wait_for(timeout=40_000)
        page.get_by_role("button", name="keep as one").click()
        page.get_by_text("Kept: one: p =").wait_for(timeout=10_000)
        before = picture(page).evaluate("image => image.src")
        brightness = page.locator(".jp-OutputArea-output .noUi-handle").nth(6)
        for _ in range(4):
            brightness.press("ArrowRight")
        page.wait_for_function("old => document.querySelector('.jp-OutputArea-output img').src != old", arg=before)
        page.get_by_text(re.compile(r"\(\+0\.[1-9]\d from the start\)")).wait_for(timeout=10_000)
        page.get_by_role("button", name="keep as other").click()
        page.get_by_text(re.compile(r"Kept: one: p = .*, other: p =")).wait_for(timeout=10_000)
        page.get_by_role("button", name="back to the start").click()
        page.get_by_text("(+0.00 from the start)").wait_for(timeout=10_000)


KNOBS = """\
from zirconkit import widgets
from zirconkit.widgets.mapping import small_maps
widgets.MapBench(*small_maps()).panel()
"""


def test_a_knob_of_a_map_turns_it_and_the_map_is_kept(desk):
    with executed(desk, KNOBS) as page:
        page.get_by_text("of the first map's 10.0").wait_for(timeout=40_000)
        before = picture(page).evaluate("image => image.src")
        knobs = page.locator(".jp-OutputArea-output .widget-toggle-buttons")
        knobs.nth(3).get_by_role("button", name="random", exact=True).click()
        page.wait_for_function("old => document.querySelector('.jp-OutputArea-output img').src != old", arg=before)
        turned = picture(page).evaluate("image => image.src")
        page.locator(".jp-OutputArea-output select").select_option("mean grey")
        page.wait_for_function("old => document.querySelector('.jp-OutputArea-output img').src != old", arg=turned)
        page.get_by_role("button", name="keep as the other").click()
        page.get_by_text("Kept as the other: 15, 0.1, 0, random.").wait_for(timeout=10_000)


OUTLINE = """\
import numpy as np
from zirconkit import widgets
disc = np.hypot(*np.mgrid[-3:4, -3:4]) < 3
widgets.OutlineDesk(np.uint8(100 * disc), disc)
"""


def test_a_row_of_an_outline_is_drawn_and_scored(desk):
    with executed(desk, OUTLINE) as page:
        page.get_by_text("IoU 0.00").wait_for(timeout=40_000)
        before = picture(page).evaluate("image => image.src")
        page.locator(".jp-OutputArea-output .noUi-handle-upper").nth(3).press("ArrowRight")
        page.wait_for_function("old => document.querySelector('.jp-OutputArea-output img').src != old", arg=before)
        page.get_by_text(re.compile(r"IoU 0\.0[1-9]")).wait_for(timeout=10_000)


STICKS = """\
from zirconkit import widgets
from zirconkit.exercises import diffraction as ex
bench = widgets.StickBench(*ex.grown_powder(0), ex.POWDERS)
bench.panel()
"""


def test_sticks_are_dragged_over_a_pattern_and_the_score_follows(desk):
    with executed(desk, STICKS) as page:
        page.get_by_text(re.compile(r"barite: .* score 0\.\d\d")).wait_for(timeout=40_000)
        before = picture(page).evaluate("image => image.src")
        page.locator(".jp-OutputArea-output select").select_option("gypsum")
        page.wait_for_function("old => document.querySelector('.jp-OutputArea-output img').src != old", arg=before)
        page.get_by_text(re.compile(r"gypsum: .* score")).wait_for(timeout=10_000)
        moved = picture(page).evaluate("image => image.src")
        shift = page.locator(".jp-OutputArea-output .noUi-handle").nth(0)
        for _ in range(5):
            shift.press("ArrowLeft")
        page.wait_for_function("old => document.querySelector('.jp-OutputArea-output img').src != old", arg=moved)


LYING = """\
from zirconkit import widgets
from zirconkit.exercises import diffraction as ex
two_theta, counts, mineral = ex.lying_powder(0)
bench = widgets.LyingBench(two_theta, counts, ex.structure_of(mineral))
bench.panel()
"""


def test_a_computed_pattern_lies_flatter_and_less_is_left_over(desk):
    with executed(desk, LYING) as page:
        page.get_by_text(re.compile(r"r = 1\.00: 0\.\d+ of the counts")).wait_for(timeout=40_000)
        before = picture(page).evaluate("image => image.src")
        ratio = page.locator(".jp-OutputArea-output .noUi-handle").nth(0)
        for _ in range(5):
            ratio.press("ArrowLeft")
        page.wait_for_function("old => document.querySelector('.jp-OutputArea-output img').src != old", arg=before)
        page.get_by_text(re.compile(r"r = 0\.9\d: 0\.\d+ of the counts")).wait_for(timeout=10_000)


LABELS = """\
from sklearn.linear_model import LogisticRegression
from zirconkit import widgets
from zirconkit.widgets.labelling import small_pool
bench = widgets.LabelBench(*small_pool(), ("dark", "bright"), LogisticRegression(), [0, 1])
bench.panel()
"""


def test_grains_are_named_and_the_bench_tells_of_both_ways(desk):
    with executed(desk, LABELS) as page:
        page.get_by_text("0 labelled. What is this one?").wait_for(timeout=40_000)
        before = picture(page).evaluate("image => image.src")
        page.get_by_role("button", name="dark", exact=True).click()
        page.get_by_text("1 labelled. What is this one?").wait_for(timeout=10_000)
        page.wait_for_function("old => document.querySelector('.jp-OutputArea-output img').src != old", arg=before)
        page.get_by_role("button", name="bright", exact=True).click()
        page.get_by_text("2 labelled. What is this one?").wait_for(timeout=10_000)
        page.get_by_role("button", name="stop, and tell me").click()
        page.get_by_text("ranks grains of the new mounts with ROC-AUC").first.wait_for(timeout=10_000)
        page.get_by_text("Right more often where farthest asked").first.wait_for(timeout=10_000)


DREAMS = """\
from zirconkit import widgets
from zirconkit.widgets.dreaming import small_decoder
widgets.DreamBench(small_decoder, [0.0, 0.0]).panel()
"""


def test_a_number_of_a_code_changes_the_grain_and_the_code_is_kept(desk):
    with executed(desk, DREAMS) as page:
        page.get_by_text("aspect ratio 1.").wait_for(timeout=40_000)
        before = picture(page).evaluate("image => image.src")
        handle = page.locator(".jp-OutputArea-output .noUi-handle").first
        for _ in range(10):
            handle.press("ArrowRight")
        page.wait_for_function("old => document.querySelector('.jp-OutputArea-output img').src != old", arg=before)
        page.get_by_text("aspect ratio 2.").wait_for(timeout=10_000)
        page.get_by_role("button", name="keep as the one").click()
        page.get_by_text("Kept as the one: 1.0, 0.0.").wait_for(timeout=10_000)


ELEMENTS = """\
from zirconkit import widgets
from zirconkit.exercises import chemistry as ex
bench = widgets.ElementBench(*ex.grown_spectrum(5))
bench.panel()
"""


def test_elements_are_switched_on_and_the_spectrum_is_explained(desk):
    with executed(desk, ELEMENTS) as page:
        page.get_by_text("no element is switched on").wait_for(timeout=40_000)
        before = picture(page).evaluate("image => image.src")
        page.get_by_role("button", name="P", exact=True).click()
        page.get_by_text(re.compile(r"^P: \d+% of the peaks explained; each has")).wait_for(timeout=10_000)
        page.wait_for_function("old => document.querySelector('.jp-OutputArea-output img').src != old", arg=before)
        page.get_by_role("button", name="Zr", exact=True).click()
        page.get_by_text(re.compile(r"^P, Zr: \d+% .* next to nothing to do: P")).wait_for(timeout=10_000)


CHART = """\
from zirconkit import widgets
from zirconkit.widgets.leaving import small_batches
widgets.ControlBench(*small_batches()).panel()
"""


def test_a_lower_rate_leaves_the_delivery_that_drifted(desk):
    with executed(desk, CHART) as page:
        page.get_by_text("Alarms at a rate of 0.2").wait_for(timeout=40_000)
        before = picture(page).evaluate("image => image.src")
        handle = page.locator(".jp-OutputArea-output .noUi-handle").first
        handle.press("ArrowLeft")
        handle.press("ArrowLeft")
        page.get_by_text("Alarms at a rate of 0.001: C 2.").wait_for(timeout=10_000)
        page.wait_for_function("old => document.querySelector('.jp-OutputArea-output img').src != old", arg=before)
