"""What notebook 00 stands on: the board, the rule, the atlas and its truth, real grains or a line, the map."""

import json
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import matplotlib.pyplot as plt
import nbformat
import numpy as np
import pandas as pd
import pytest
from matplotlib.patches import FancyArrowPatch
from scipy import ndimage

from zirconkit import course, evaluation, files, mounts, plots, synthetic, widgets
from zirconkit.course.contents import Entry, _earlier
from zirconkit.exercises import start as ex

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "notebooks/00_start_here.ipynb"


# ---------------------------------------------------------------- the board, and what is committed

GRAINS = np.random.default_rng(0).integers(0, 200, (12, 40, 40, 1), dtype=np.uint8)
TRUTH = np.array([1, 0] * 6)


def board(images=GRAINS):
    return widgets.SortingBoard(images, ("batholith", "porphyry"), TRUTH[: len(images)])


def test_the_board_knows_what_was_called_and_judges_only_when_all_is_sorted():
    mine = board()
    assert mine.called is ...
    mine._buttons[4].index = 1
    assert mine.called == {5: 1} and "1 of 12 sorted" in mine._said.value and mine._judge.disabled
    mine.judge()
    assert "right" not in mine._said.value and not mine._buttons[4].disabled
    mine.call([1, 3, 5, 7, 9, 2])  # five of the six porphyries, and a batholith: 10 right
    assert mine.called == {number: int(number in {1, 2, 3, 5, 7, 9}) for number in range(1, 13)}
    mine._judge.click()
    assert mine._said.value == "10 of 12 right: 0.83 (0.55–0.95). The interval leaves out 0.50, what a coin gets."
    marks = [verdict.value for verdict in mine._verdicts]
    assert [("✓" in mark) for mark in marks] == [True, False] + [True] * 8 + [False, True]
    assert "batholith" in marks[1] and "porphyry" in marks[10] and all(b.disabled for b in mine._buttons)


@pytest.mark.parametrize(("right", "coin"), [(2, "leaves out"), (3, "holds"), (9, "holds"), (10, "leaves out")])
def test_the_score_of_a_board_has_its_interval_beside_the_coin(right, coin):
    share = evaluation.proportion_interval(right, 12)
    assert f"{right / 12:.2f} ({share.low:.2f}–{share.high:.2f}). The interval {coin}" in widgets.score_words(right, 12)


@pytest.mark.parametrize(
    ("guess", "says"),
    [
        ({1: 1, 2: 0}, "not sorted yet: 3, 4, 5, 6, 7, 8, 9, 10, 11, 12"),
        ({0: 1}, "sort the grains on the board"),
        ([2, 13], "numbers from 1 to 12"),
        ([2.5], "numbers from 1 to 12"),
        ("2, 5", "sort the grains on the board"),
    ],
)
def test_calls_that_are_none_are_not_kept(guess, says, capsys):
    ex.by_eye.commit(guess)
    assert says in capsys.readouterr().out and ex.by_eye.committed is None


def test_calls_by_board_and_by_list_are_met_alike(capsys):
    mine = board()
    mine.call([1, 3, 5])
    for guess in (mine.called, [1, 3, 5]):
        ex.by_eye.commit(guess)
        assert ex.by_eye.committed == {1, 3, 5}
        capsys.readouterr()
        ex.by_eye.meet(TRUTH)
        said = capsys.readouterr().out
        assert "right about 9 of 12, a share of 0.75 (0.47–0.91)" in said and "holds 0.50" in said
    ex.again.commit([1, 3, 5, 7, 9, 11])
    ex.again.meet((TRUTH, 3))
    assert "a difference of +0.75 (+0.38 to +0.91), which is resolved" in capsys.readouterr().out
    ex.again.meet((TRUTH, 10))
    assert "+0.17 (-0.10 to +0.45), which is not resolved" in capsys.readouterr().out
    ex.again.meet((TRUTH, None))
    assert "difference" not in capsys.readouterr().out


def test_a_difference_of_shares_is_newcombes():
    """His two examples, from the paper's Table II, method 10."""
    first, second = evaluation.shares_difference(56, 70, 48, 80), evaluation.shares_difference(9, 10, 3, 10)
    assert first == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert second == pytest.approx((0.6, 0.1705, 0.8090), abs=5e-5)
    turned = evaluation.shares_difference(48, 80, 56, 70)
    assert turned == pytest.approx((-first.value, -first.high, -first.low))


# ---------------------------------------------------------------- the rule


def grains_of(shift, n=40, seed=0):
    """A table in which porphyry grains are longer, and larger by so much."""
    is_porphyry = np.arange(2 * n) % 2 == 1
    rng = np.random.default_rng(seed)
    table = pd.DataFrame({"aspect_ratio": rng.normal(np.where(is_porphyry, 2.0, 1.3), 0.2)})
    table["equivalent_diameter_px"] = rng.normal(60 + shift * (is_porphyry - 0.5), 5)
    return table.assign(class_name=np.where(is_porphyry, "porphyry", "batholith"))


def by(column, threshold):
    return lambda grain: "porphyry" if grain[column] > threshold else "batholith"


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (by("aspect_ratio", 1.65), None),
        (by("equivalent_diameter_px", 60), None),  # where it was made; what it is worth elsewhere comes later
        (by("aspect_ratio", 9), "it says batholith of every grain"),
        (lambda grain: "batholith" if grain["aspect_ratio"] > 1.65 else "porphyry", "turn it round"),
        (by("aspect_ratio", 2.3), "not resolved from a coin|which a coin might reach"),
        (by("length", 1), "it stopped with KeyError"),
        (lambda grain: grain["aspect_ratio"] > 1.6, "yours says 'False'"),
        (lambda grain: None, "needs a `return`"),
        (lambda grain: "Porphyry", "'batholith' or 'porphyry' of a grain"),
    ],
)
def test_a_rule_has_to_beat_a_coin_where_it_was_made(rule, says):
    said = ex.one_rule.verdict(ex.with_run(rule, known=grains_of(20)))
    assert said is None if says is None else any(words in said for words in says.split("|")), said


WHY = "one rock was sieved finer."


@pytest.fixture
def new_mounts(monkeypatch):
    """The prediction as it is before anybody has met it."""
    for name, value in (("first", None), ("committed", None), ("met", False)):
        monkeypatch.setattr(ex.new_mounts, name, value)
    return ex.new_mounts


@pytest.mark.parametrize(
    ("guess", "says"),
    [
        ((0.8, WHY, False), "first the rule"),
        ((80, WHY, True), "a number from 0 to 1 is wanted"),
        ((0.8, "because", True), "a reason is wanted too"),
        ((0.8, 3, True), "a reason is wanted too"),
        ((0.8, ..., True), "No guess yet"),
    ],
)
def test_a_prediction_for_new_mounts_needs_a_rule_a_share_and_a_reason(new_mounts, guess, says, capsys):
    new_mounts.commit(*guess)
    new_mounts.meet(ex.tried(by("aspect_ratio", 1.65), grains_of(20)))
    said = capsys.readouterr().out
    assert says in said and said.count("\n") == 1
    assert new_mounts.committed is None and new_mounts.first is None and not new_mounts.met


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (by("aspect_ratio", 1.65), "There, too, it is right more often than a coin."),
        (by("equivalent_diameter_px", 60), "turned round: its number tells the first two mounts apart"),
        (lambda grain: "batholith", "not resolved from a coin"),
    ],
)
def test_a_prediction_for_new_mounts_is_met_by_what_the_rule_does_there(new_mounts, rule, says, capsys):
    new_mounts.commit(0.8, WHY, True)
    new_mounts.meet(ex.tried(rule, grains_of(-20, seed=1)))
    said = capsys.readouterr().out
    assert f"You said 0.80, and what could differ: {WHY} On the other mounts" in said
    assert says in said and "no longer new" not in said


def test_new_mounts_are_new_once(new_mounts, capsys):
    other = grains_of(-20, seed=1)
    first, second = (ex.tried(rule, other) for rule in (by("equivalent_diameter_px", 60), by("aspect_ratio", 1.65)))
    new_mounts.commit(0.8, WHY, True)
    new_mounts.meet([])  # a rule that fails
    assert new_mounts.first is None and not new_mounts.met
    new_mounts.meet(first)
    new_mounts.meet(first)
    assert "no longer new" not in capsys.readouterr().out
    new_mounts.commit(0.9, WHY, True)
    new_mounts.meet(second)
    said = capsys.readouterr().out
    assert new_mounts.first == first and f"This one gets {second[0]:.2f}, but these are no longer new" in said


def test_the_explorer_of_a_rule_scores_as_the_rule_does():
    table = grains_of(20)
    known = ex.shares_right(by("aspect_ratio", 1.65), table)[0]
    assert widgets.rule_score(table, "aspect_ratio", 1.65, "porphyry") == known
    assert widgets.rule_score(table, "aspect_ratio", 1.65, "batholith").value == pytest.approx(1 - known.value)
    explorer = widgets.rule_explorer(table, {"aspect_ratio": "aspect ratio", "equivalent_diameter_px": "size (px)"})
    (column, place, above), said, picture = explorer.children[0].children, explorer.children[1], explorer.children[2]
    before, begin = bytes(picture.value), time.process_time()
    column.value, above.value, place.value = "equivalent_diameter_px", "batholith", 0
    least = table["equivalent_diameter_px"].min()
    share = widgets.rule_score(table, "equivalent_diameter_px", least, "batholith")
    assert f"batholith. Right about {share:.2f} of 80" in said.value and bytes(picture.value) != before
    assert time.process_time() - begin < 3  # three moves; a clock in a test must be kind


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ({**ex.SIX, "A": "rim"}, "5 of 6 are right. Look at A again: a rim is one thin last layer"),
        ({**ex.SIX, "B": "resorption", "D": "core"}, "4 of 6 are right. Look at B again: where there was resorption"),
        ({**ex.SIX, "C": ...}, "still to read: C"),
        ({**ex.SIX, "C": "zoned"}, "'zoned' is none of the seven words"),
        ({"A": "rim"}, "a dict with the letters from A to F"),
    ],
)
def test_textures_that_are_misread_are_explained(answer, says):
    assert says in ex.read_six.verdict(answer)
    assert ex.read_six.is_right({letter: f" {word.title()} " for letter, word in ex.SIX.items()})


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (lambda learned, tested: ex.lazy(tested, tested), "cannot know beforehand"),
        (lambda learned, tested: ex.lazy(learned, learned), "its share right where it learned"),
        (lambda learned, tested: 100 * ex.lazy(learned, tested), "in percent"),
        (lambda learned, tested: ex.lazy(learned, tested) * len(tested), "divide by how many"),
        (lambda learned, tested: 0.5, "you give 0.5: it should be 0.352"),
        (lambda learned: 0.5, "it stopped with TypeError"),
        (lambda learned, tested: (pd.Series(tested) == pd.Series(learned).mode()[0]).mean(), None),
    ],
)
def test_a_lazy_machine_is_lazy_whatever_the_labels(function, says):
    said = ex.write_lazy.verdict(function)
    assert said is None if says is None else says in said


# ---------------------------------------------------------------- the atlas


@pytest.mark.parametrize("name", synthetic.TEXTURES)
def test_a_plate_marks_what_was_drawn(name):
    one, same, other = synthetic.plate(name, 3), synthetic.plate(name, 3), synthetic.plate(name, 4)
    assert one.image.shape == one.mask.shape == one.mark.shape == (100, 100) and one.image.dtype == np.uint8
    assert (one.image == same.image).all() and (one.image != other.image).any()
    assert one.mark.any() and not (one.mark & ~one.mask).any()
    assert one.image[one.mask].mean() > 8 * one.image[~ndimage.binary_dilation(one.mask, iterations=8)].mean()


@pytest.mark.parametrize("seed", range(4))
def test_marks_lie_on_dark_spots_below_bright_rims_and_on_cracks(seed):
    inclusion, rim = synthetic.plate("inclusion", seed), synthetic.plate("rim", seed)
    inner = ndimage.binary_erosion(inclusion.mask, iterations=4)
    spots = ndimage.binary_fill_holes(inclusion.mark) & inner
    assert not spots.any() or inclusion.image[spots].mean() < 0.85 * inclusion.image[inner & ~spots].mean()
    inside = ndimage.binary_fill_holes(rim.mark)
    below = ndimage.binary_erosion(inside, iterations=2)
    assert np.percentile(rim.image[rim.mask & ~inside], 75) > 1.1 * rim.image[below].mean()
    crack = synthetic.plate("fracture", seed)
    around = ndimage.binary_dilation(crack.mark, iterations=5) & ~ndimage.binary_dilation(crack.mark, iterations=2)
    local = np.median(crack.image[around & crack.mask])
    assert np.abs(crack.image[crack.mark].astype(float) - local).mean() > 0.1 * local


@pytest.mark.parametrize("seed", [10, 17, 22])
def test_sectors_are_marked_where_one_sees_them(seed):
    sector = synthetic.plate("sector", seed)
    inner = ndimage.binary_erosion(sector.mask, iterations=4)
    steep = ndimage.gaussian_gradient_magnitude(sector.image.astype(float), 1)
    assert np.median(steep[sector.mark & inner]) > 1.5 * np.median(steep[~sector.mark & inner])


@pytest.mark.parametrize("seed", [23, 31, 74])
def test_resorption_is_marked_along_the_cut_surface_alone(seed):
    """The grey jumps there, and no line is drawn within the patch."""
    plate = synthetic.plate("resorption", seed)
    mark, inner = plate.mark, ndimage.binary_erosion(plate.mask, iterations=4)
    steep = ndimage.gaussian_gradient_magnitude(plate.image.astype(float), 1)
    assert mark.sum() > 20 and np.median(steep[mark & inner]) > 1.3 * np.median(steep[~mark & inner])
    patch = ndimage.binary_fill_holes(ndimage.binary_closing(mark, iterations=12))
    assert not (mark & ndimage.binary_erosion(patch, iterations=3)).any()


@pytest.mark.parametrize("seed", [379, 7])
def test_the_cores_to_be_read_lie_well_inside_their_hosts(seed):
    plate = synthetic.plate("core", seed)
    core = ndimage.binary_fill_holes(plate.mark)
    assert core.sum() > 0.12 * plate.mask.sum()
    assert ndimage.distance_transform_edt(plate.mask)[core].min() >= 5  # rings of the host pass outside it


def test_a_texture_that_is_none_is_refused():
    with pytest.raises(ValueError, match="no texture 'zoned': there are oscillatory, sector, core"):
        synthetic.plate("zoned")


def _is_scale(artist):
    return isinstance(artist, plt.Text) and "µm" in artist.get_text()


def test_figures_of_sorted_grains_say_what_is_right():
    fig = plots.revealed(GRAINS, TRUTH, ("batholith", "porphyry"), called=1 - TRUTH)
    assert [ax.get_title() for ax in fig.axes[:2]] == ["1  ✗", "3  ✗"]
    assert fig.axes[0].get_ylabel() == "porphyry" and fig.axes[6].get_ylabel() == "batholith"
    plain = plots.revealed(GRAINS, TRUTH, ("batholith", "porphyry"))
    assert [ax.get_title() for ax in plain.axes[:2]] == ["1", "3"]
    few = plots.few_grains(12, {"you": 9})
    bars = few.axes[0].collections[0].get_segments()
    assert [segment[0][1] > 0.5 for segment in bars] == [False] * 10 + [True] * 3
    assert [text.get_text() for text in few.axes[0].texts] == ["you"]
    atlas = plots.atlas([synthetic.plate("rim"), synthetic.plate("core")], {"core": ("QVC082", GRAINS[0])})
    assert len(plots.numbered(GRAINS, um_per_px=2.0).axes[0].figure.findobj(match=_is_scale)) == 1
    assert not plots.numbered(GRAINS).findobj(match=_is_scale)
    assert len(atlas.axes) == 6 and atlas.axes[5].get_xlabel() == "QVC082"
    assert len(plots.atlas([synthetic.plate("rim")], {}).axes) == 2
    plt.close("all")


def test_a_stretched_picture_is_as_bright_as_it_can_be_whatever_its_exposure():
    dim = (GRAINS[0] // 4).astype(np.uint8)
    assert plots.stretched(dim).max() == 255 and plots.stretched(np.zeros((5, 5), np.uint8)).max() == 0
    assert np.corrcoef(plots.stretched(dim).ravel(), dim.ravel())[0, 1] > 0.99


# ---------------------------------------------------------------- real grains, where they can be had


@pytest.fixture
def small_mount(tmp_path, monkeypatch):
    """A server that has one mount, a cache of one's own, and nothing in it."""
    source = tmp_path / "source"
    source.mkdir()
    content = (ROOT / "data/mounts/QVC082.png").read_bytes()
    (source / "QVC082.png").write_bytes(content)
    row = {"size_bytes": len(content), "sha256": None, "git_blob_sha1": None}
    monkeypatch.setattr(files, "registry", lambda: pd.DataFrame(row, index=pd.Index(["QVC082.png"], name="file")))
    handler = partial(SimpleHTTPRequestHandler, directory=str(source))
    web = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    for variable in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy", "ZIRCONKIT_DATA", "ZIRCONKIT_OFFLINE"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("ZIRCONKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(files, "URL", f"http://127.0.0.1:{web.server_port}/")
    yield SimpleNamespace(source=source, web=web)
    web.shutdown()
    web.server_close()


def test_one_small_mount_is_fetched_once_and_checked(small_mount, monkeypatch):
    (mount,) = mounts.real_ones()
    assert mount.sample == "QVC082" and mount.path.parent == files.cache_folder() / "quellaveco"
    assert set(mounts.real_textures([mount])) == set(synthetic.TEXTURES)
    (small_mount.source / "QVC082.png").unlink()
    assert mounts.real_ones() == [mount]  # from the cache
    mount.path.write_bytes(b"damaged")
    assert mounts.real_ones() == []
    (small_mount.source / "QVC082.png").write_bytes(b"another file")
    with pytest.raises(OSError, match=r"QVC082\.png came with a wrong checksum"):
        files.fetch_one("QVC082.png")


def test_without_a_network_or_where_it_is_forbidden_there_is_none_and_nobody_waits(small_mount, monkeypatch, tmp_path):
    begin = time.perf_counter()
    monkeypatch.setattr(files, "URL", "http://127.0.0.1:9/")  # nobody listens there
    assert mounts.real_ones() == []
    monkeypatch.setenv("ZIRCONKIT_OFFLINE", "1")
    monkeypatch.setattr(files, "_fetch_one", None)  # not even tried
    assert mounts.real_ones() == []
    with pytest.raises(ConnectionError, match="ZIRCONKIT_OFFLINE forbids"):
        files.fetch_one("QVC082.png")
    monkeypatch.delenv("ZIRCONKIT_OFFLINE")
    monkeypatch.setenv("ZIRCONKIT_DATA", str(tmp_path))  # a folder that holds none: only that one counts
    assert mounts.real_ones() == [] and time.perf_counter() - begin < 5


def test_real_grains_are_taken_where_the_mounts_are(real_mounts, monkeypatch):
    found = [mount for mount in mounts.real_ones() if mount.sample in {"QVC055", "QVC082"}]
    if len(found) < 2:
        pytest.skip("QVC055 and QVC082 are not both here")
    both, small = mounts.real_textures(found), mounts.real_textures(found[1:])
    assert list(both) == list(small) == list(synthetic.TEXTURES)
    assert {sample for sample, _ in small.values()} == {"QVC082"} and both["sector"][0] == "QVC055"
    for _, picture in [*both.values(), *small.values()]:
        assert picture.shape == (100, 100) and picture[40:60, 40:60].mean() > 30  # a grain, no resin


# ---------------------------------------------------------------- the notebook itself


def cell_with(words):
    cells = nbformat.read(NOTEBOOK, as_version=4).cells
    (cell,) = [cell for cell in cells if cell.cell_type == "code" and words in cell.source]
    return cell


@pytest.mark.parametrize("there", [True, False])
def test_the_notebook_shows_a_real_zircon_or_says_in_a_line_that_it_cannot(there, monkeypatch, capsys):
    """The cell itself, as it is stored, with a mount at hand and without."""
    grown = mounts.embedded()
    monkeypatch.setattr(mounts, "real_ones", lambda: grown[3:] if there else [])
    shown = []
    monkeypatch.setattr(plots, "show", lambda fig, alt, of: (shown.append(of), plt.close(fig)))
    cell = cell_with("mounts.real_ones()")
    names = {"mounts": mounts, "plots": plots, "plt": plt, "used": grown, "made": "grown"}
    exec("from zirconkit import samples\n" + cell.source, names)
    said = capsys.readouterr().out
    assert shown == (["real"] if there else ["grown"]) and said.startswith("No real zircon") != there
    assert said.count("\n") == (0 if there else 1)
    stored = "".join(output.get("text", "") for output in cell.outputs)
    assert stored.startswith("No real zircon can be shown") and "10.1029/2022JB025933" in stored


def test_what_was_sorted_is_kept_for_notebook_04(tmp_path, monkeypatch):
    """The cell that hands over, with nine calls of twelve right, and with none."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(plots, "show", lambda fig, alt, of: plt.close(fig))
    table = pd.DataFrame({"sample": ["QVC055"] * 12, "grain": np.arange(12) + 5})
    names = {"plots": plots, "course": course, "np": np, "DATA": "synthetic"}
    names["twelve"] = SimpleNamespace(y=TRUTH, table=table)
    source = cell_with('course.hand_over("by_eye"').source
    exec(source, names | {"called": None})
    assert course.handed_over("by_eye") is None
    called = np.where(np.arange(12) < 3, 1 - TRUTH, TRUTH)
    exec(source, names | {"called": called})
    kept = course.handed_over("by_eye")
    assert (kept["right"], kept["of"], kept["data"]) == (9, 12, "synthetic")
    assert kept["y"] == TRUTH.tolist() and kept["called"] == called.tolist() and kept["grain"] == list(range(5, 17))
    assert json.loads((tmp_path / "zirconkit_course.json").read_text())["by_eye"] == kept


def test_the_map_is_drawn_from_the_notebooks_as_they_are():
    entries = course.contents()
    (output,) = cell_with("plots.course_map(").outputs
    alt = output.metadata["image/png"]["alt"]
    assert alt == "; ".join(
        f"{e.number} {e.title}" + (f" after {', '.join(e.needs)}" if e.needs else "") for e in entries
    )
    assert entries[0].needs == () and all(entry.needs for entry in entries[1:])


def lines_of(fig):
    """Each arrow of a map as points closely along it: dict of its name, such as "00 to 01", to array (n, 2)."""
    arrows = [patch for patch in fig.axes[0].patches if isinstance(patch, FancyArrowPatch)]
    return {arrow.get_gid(): arrow._path_original.interpolated(200).vertices for arrow in arrows}


def test_the_map_of_the_course_has_an_arrow_for_each_need_and_none_is_hidden():
    entries = course.contents()
    assert {"02", "03"} <= set({entry.number: entry.needs for entry in entries}["04"])
    fig = plots.course_map(entries)
    lines = lines_of(fig)
    assert set(lines) == {f"{need} to {entry.number}" for entry in entries for need in entry.needs}
    boxes = [patch for patch in fig.axes[0].patches if isinstance(patch, plt.Rectangle)]
    for name, line in lines.items():
        assert not any(box.get_bbox().padded(-1e-6).contains(*point) for box in boxes for point in line), name
    heads = {tuple(line[-1].round(3)) for line in lines.values()}
    assert len(heads) == len(lines)  # each arrow has a head of its own
    plt.close(fig)


def test_a_map_has_boxes_in_columns_and_an_arrow_from_each_need():
    def entry(number, *needs):
        return Entry(number, "", f"title {number}", "", "", needs, 50, 40, 20)

    fig = plots.course_map([entry("00"), entry("01", "00"), entry("02", "00"), entry("03", "00", "01")])
    texts = fig.axes[0].texts
    boxes = {text.get_text().split("\n")[0]: text.get_position() for text in texts if text.get_text()}
    assert boxes == {"00": (0, 0), "01": (1, 0), "02": (1, 1), "03": (2, 0)}
    assert set(lines_of(fig)) == {"00 to 01", "00 to 02", "00 to 03", "01 to 03"}
    assert lines_of(fig)["00 to 03"][:, 1].min() < -0.31  # above 01, which lies between
    plt.close(fig)


@pytest.mark.parametrize(
    ("words", "needs"),
    [
        ("notebooks 2 (splits; 32 px), 4 (ROC-AUC) and 6.", ("02", "04", "06")),
        ("notebook 12 (leakage).", ()),
        ("a little Python.", ()),
    ],
)
def test_what_a_notebook_needs_is_read_from_its_words(words, needs):
    assert _earlier(words, "07") == needs
