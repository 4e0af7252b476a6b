"""The `zirconkit` command: what it writes, what it says, and its exit status, with good input and bad."""

import errno
import os
import re
import signal
import subprocess
import sys
import time
import warnings
from functools import partial
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from test_mounts import GREY, bad_files, server  # noqa: F401

from zirconkit import mounts, samples, segmentation
from zirconkit.course import running
from zirconkit.messages import ZirconkitWarning
from zirconkit.segmentation import files as segmentation_files
from zirconkit.segmentation import segment_mount

BOX = {"row_min", "col_min", "row_max", "col_max"}
SHAPE = {"area_px", "equivalent_diameter_px", "aspect_ratio", "solidity", "mean_grey", "std_grey"}
MOUNT = mounts.embedded()[-1].path


def contents(folder):
    """Every file below a folder with its bytes, hidden ones too."""
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


# ---------------------------------------------------------------- segment


@pytest.mark.parametrize("method", ["published", "watershed"])
def test_segment_writes_labels_table_and_crops(zirconkit, tmp_path, method):
    status, out, err = zirconkit("segment", MOUNT, "--method", method, "--out", tmp_path)
    assert (status, err) == (0, "") and out.startswith(f"{MOUNT.stem}: ")
    folder, image = tmp_path / MOUNT.stem, mounts.read_image(MOUNT)
    labels = cv2.imread(str(folder / "labels.png"), cv2.IMREAD_UNCHANGED)
    table = pd.read_csv(folder / "grains.csv", keep_default_na=False)
    assert labels.dtype == np.uint16 and labels.shape == image.shape
    assert list(table["grain"]) == list(range(1, labels.max() + 1))
    assert {"grain", "kept", "flags"} | BOX | SHAPE <= set(table)
    assert {path.name for path in (folder / "crops").iterdir()} == {f"{number}.png" for number in table["grain"]}
    for grain in table.itertuples():
        box = np.s_[grain.row_min : grain.row_max, grain.col_min : grain.col_max]
        crop = cv2.imread(str(folder / "crops" / f"{grain.grain}.png"), cv2.IMREAD_UNCHANGED)
        np.testing.assert_array_equal(crop, image[box])
        assert (labels == grain.grain).sum() == (labels[box] == grain.grain).sum() == grain.area_px
    kept = table[table["kept"].astype(str) == "True"]
    told = f"{MOUNT.stem}: {len(table)} grains, {len(kept)} kept"
    doubtful = kept.loc[kept["flags"].str.contains("parted|low_solidity"), "grain"]
    assert len(doubtful) > 0 and out.strip() == f"{told}; outlines to look at: {', '.join(map(str, doubtful))}"
    assert {path.name for path in tmp_path.iterdir()} == {MOUNT.stem}


def test_published_keeps_table_1s_grains_on_every_real_mount(zirconkit, tmp_path, real_mounts):
    paths = sorted(real_mounts.glob("QVC*.png"))
    status, out, _ = zirconkit("segment", *paths, "--method", "published", "--out", tmp_path)
    kept = {name: int(n) for name, n in re.findall(r"(\w+): \d+ grains, (\d+) kept", out)}
    published = samples.sheet()["n"].fillna(45)  # QVC041 is not in Table 1; the recipe gives 45
    assert status == 0 and kept == {path.stem: published[path.stem] for path in paths}


def test_colour_and_16_bits_give_the_same_grains(zirconkit, tmp_path):
    grey = mounts.read_image(MOUNT)[:400, :500]
    wide = grey.astype(np.uint16) * 257
    kinds = {"grey": grey, "grey16": wide, "rgb16": np.dstack([wide] * 3), "rgba": np.dstack([grey] * 3 + [grey // 2])}
    for name, image in kinds.items():
        cv2.imwrite(str(tmp_path / f"{name}.png"), image)
    assert zirconkit("segment", *tmp_path.glob("*.png"), "--out", tmp_path / "out")[0] == 0
    tables = {(tmp_path / "out" / name / "grains.csv").read_text() for name in kinds}
    assert len(tables) == 1 and tables.pop().count("\n") > 3


def test_lengths_in_micrometres_follow_the_scale_and_are_empty_where_nobody_knows_it(zirconkit, tmp_path):
    cv2.imwrite(str(tmp_path / "mine.png"), mounts.read_image(MOUNT)[:400, :500])
    tables = []
    for words in ([], ["--um-per-px", "0.5"]):
        assert zirconkit("segment", tmp_path / "mine.png", *words, "--out", tmp_path / "out")[0] == 0
        tables.append(pd.read_csv(tmp_path / "out/mine/grains.csv"))
    unknown, known = tables
    lengths = [name for name in unknown if name.endswith("_um")]
    assert len(lengths) >= 5 and unknown[lengths].isna().all(axis=None)
    assert np.allclose(known["feret_um"], 0.5 * known["feret_px"], rtol=1e-4)
    assert np.allclose(known["area_um"], 0.25 * known["area_px"], rtol=1e-4)
    assert unknown.drop(columns=lengths).equals(known.drop(columns=lengths))


def test_an_image_of_100_megapixels_works(zirconkit, tmp_path):
    mount = mounts.read_image(MOUNT)
    image = np.zeros((10_000, 10_000), np.uint8)
    image[-mount.shape[0] :, -mount.shape[1] :] = mount
    cv2.imwrite(str(tmp_path / "large.png"), image, [cv2.IMWRITE_PNG_COMPRESSION, 1])
    status, out, _ = zirconkit("segment", tmp_path / "large.png", "--method", "published", "--out", tmp_path / "out")
    assert status == 0 and f", {len(segmentation.published_boxes(mount))} kept" in out


@pytest.mark.parametrize("name", ["black", "flat", "noise"])
def test_no_grains_is_a_warning_not_an_error(zirconkit, tmp_path, name):
    noise = np.random.default_rng(0).integers(0, 8, (200, 300))
    image = {"black": noise * 0, "flat": noise * 0 + 90, "noise": noise}[name]
    cv2.imwrite(str(tmp_path / "empty.png"), image.astype(np.uint8))
    for method in ("published", "watershed"):
        status, out, err = zirconkit("segment", tmp_path / "empty.png", "--method", method, "--out", tmp_path / "out")
        assert (status, out, err) == (0, "", f"zirconkit: warning: no grains in {tmp_path / 'empty.png'}\n")
        assert (tmp_path / "out/empty/grains.csv").read_text().startswith("grain,row_min")
        assert (tmp_path / "out/empty/grains.csv").read_text().count("\n") == 1
        assert cv2.imread(str(tmp_path / "out/empty/labels.png"), cv2.IMREAD_UNCHANGED).shape == (200, 300)


def test_a_bad_image_gets_a_sentence_and_the_others_are_done(zirconkit, tmp_path):
    files = bad_files(tmp_path)
    names = []
    for i, (name, (content, _)) in enumerate(files.items()):
        names.append(tmp_path / f"{i}-{name}")
        names[-1].write_bytes(content)
    names += [tmp_path / "nowhere.png"]
    status, out, err = zirconkit("segment", *names, MOUNT, "--out", tmp_path / "out")
    assert status == 1 and out.startswith(f"{MOUNT.stem}: ")
    lines = err.splitlines()
    assert len(lines) == len(names)
    for line, name, words in zip(lines, names, [*(words for _, words in files.values()), "not exist"]):
        assert line.startswith(f"zirconkit: {name} ") and words in line
    assert [path.name for path in (tmp_path / "out").iterdir()] == [MOUNT.stem]


def test_images_of_one_name_are_told_apart_by_folder_and_ending(zirconkit, tmp_path):
    grey = mounts.read_image(MOUNT)[600:1000, 500:1100]
    places = ["A/CL.tif", "B/CL.tif", "B/S1.png", "B/s1.tif", "B/other.png"]
    for place in places:
        (tmp_path / place).parent.mkdir(exist_ok=True)
        cv2.imwrite(str(tmp_path / place), grey)
    out = tmp_path / "out"
    status, said, _ = zirconkit("segment", *(tmp_path / place for place in places), "--out", out)
    assert status == 0 and said.count(" grains, ") == 5
    assert {path.name for path in out.iterdir()} == {"A_CL", "B_CL", "S1_png", "s1_tif", "other"}


def test_images_that_no_name_tells_apart_are_refused_before_anything_is_written(zirconkit, tmp_path):
    for place in ("a/x", "b/x"):
        (tmp_path / place).mkdir(parents=True)
        cv2.imwrite(str(tmp_path / place / "mount.png"), GREY)
    status, _, err = zirconkit("segment", *tmp_path.glob("*/x/mount.png"), "--out", tmp_path / "out")
    assert status == 1 and "rename one" in err and err.count("\n") == 1
    assert not (tmp_path / "out").exists()


def test_an_output_folder_that_cannot_be_written_is_named(zirconkit, tmp_path):
    (tmp_path / "file").write_text("mine")
    for out in (tmp_path / "file", tmp_path / "file" / "below"):
        status, _, err = zirconkit("segment", MOUNT, "--out", out)
        assert status == 1 and err.count("\n") == 1 and f"{out} cannot be written" in err
    (tmp_path / MOUNT.stem).write_text("mine")
    assert zirconkit("segment", MOUNT, "--out", tmp_path)[0] == 1
    assert contents(tmp_path) == {"file": b"mine", MOUNT.stem: b"mine"}


@pytest.mark.skipif(
    os.name == "nt" or not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere"
)
def test_a_read_only_folder_is_named(zirconkit, tmp_path):
    tmp_path.chmod(0o500)
    status, _, err = zirconkit("segment", MOUNT, "--out", tmp_path)
    tmp_path.chmod(0o700)
    assert status == 1 and f"{tmp_path} cannot be written (Permission denied)" in err


def test_a_full_disk_leaves_the_earlier_result_whole(zirconkit, tmp_path, monkeypatch):
    assert zirconkit("segment", MOUNT, "--method", "published", "--out", tmp_path)[0] == 0
    (tmp_path / MOUNT.stem / "edits.json").write_text("[]")
    before = contents(tmp_path)
    write, count = segmentation_files._write_png, iter(range(1000))

    def fill(path, image):
        if next(count) == 5:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        write(path, image)

    monkeypatch.setattr(segmentation_files, "_write_png", fill)
    status, _, err = zirconkit("segment", MOUNT, "--out", tmp_path)
    assert status == 1 and err.count("\n") == 1
    assert f"{tmp_path / MOUNT.stem} cannot be written (No space left on device): make room" in err
    assert contents(tmp_path) == before

    monkeypatch.setattr(segmentation_files, "_write_png", write)
    assert zirconkit("segment", MOUNT, "--out", tmp_path)[0] == 0
    after = contents(tmp_path)
    assert after[f"{MOUNT.stem}/edits.json"] == b"[]"  # what is not ours stays
    assert after[f"{MOUNT.stem}/grains.csv"] != before[f"{MOUNT.stem}/grains.csv"]
    labels = pd.read_csv(tmp_path / MOUNT.stem / "grains.csv")["grain"]
    assert len([name for name in after if "crops" in name]) == len(labels)  # none of the earlier crops


def test_more_grains_than_16_bits_can_number_are_refused(zirconkit, tmp_path, monkeypatch):
    crowd = np.arange(300 * 300, dtype=np.int32).reshape(300, 300)
    found = segmentation.Segmented(crowd.astype(np.uint8), crowd, pd.DataFrame(), None, 1.0)
    monkeypatch.setattr(segmentation_files, "segment_mount", lambda *given: found)
    status, _, err = zirconkit("segment", MOUNT, "--out", tmp_path)
    assert status == 1 and "89999 grains" in err and not contents(tmp_path)


def test_an_interrupted_segmentation_leaves_only_whole_results(tmp_path):
    for i in range(8):
        (tmp_path / f"mount{i}.png").write_bytes(MOUNT.read_bytes())
    out = tmp_path / "out"
    words = [sys.executable, "-m", "zirconkit", "segment", *map(str, sorted(tmp_path.glob("*.png"))), "--out", str(out)]
    process = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    deadline = time.monotonic() + 60
    while not list(out.glob("mount*")) and time.monotonic() < deadline:
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    err = process.communicate(timeout=60)[1]
    assert process.returncode == 130 and err.strip().splitlines()[-1].startswith("zirconkit: interrupted")
    done = [path for path in out.iterdir() if not path.name.startswith(".")]
    assert 1 <= len(done) < 8 and len(list(out.iterdir())) == len(done)
    for folder in done:
        n = pd.read_csv(folder / "grains.csv")["grain"].max()
        assert cv2.imread(str(folder / "labels.png"), cv2.IMREAD_UNCHANGED).max() == n
        assert len(list((folder / "crops").iterdir())) == n


def test_debug_shows_where_and_usage_is_status_2(zirconkit, tmp_path):
    with pytest.raises(FileNotFoundError):
        zirconkit("segment", tmp_path / "nowhere.png", "--out", tmp_path / "out", "--debug")
    with pytest.raises(FileNotFoundError):
        zirconkit("--debug", "segment", tmp_path / "nowhere.png", "--out", tmp_path / "out")
    for words in (
        [],
        ["segment", MOUNT],
        ["segment", MOUNT, "--method", "magic", "--out", "x"],
        ["run", "--jobs", "0"],
        ["segment", "x.png", "--um-per-px", "0", "--out", "x"],
        ["segment", "x.png", "--um-per-px", "two", "--out", "x"],
    ):
        assert zirconkit(*words)[0] == 2, words


# ---------------------------------------------------------------- warnings


def warn_of_everything(*arguments):
    """Segment as ever, with warnings of other packages and one of the kit's own."""
    for category in (UserWarning, RuntimeWarning, DeprecationWarning, FutureWarning):
        warnings.warn_explicit("theirs", category, "skimage/filters.py", 1, "skimage.filters")
    warnings.warn("ours", ZirconkitWarning, stacklevel=1)
    return segment_mount(*arguments)


def test_only_what_the_kit_warns_of_is_shown(zirconkit, tmp_path, monkeypatch):
    monkeypatch.setattr(segmentation_files, "segment_mount", warn_of_everything)
    show = warnings.showwarning
    status, out, err = zirconkit("segment", MOUNT, "--out", tmp_path)
    assert (status, err) == (0, "zirconkit: warning: ours\n") and out.startswith(MOUNT.stem)
    assert warnings.showwarning is show


SEGMENT_WITH_WARNINGS = """
import sys
sys.path.insert(0, sys.argv.pop(1))
from test_cli import segmentation_files, warn_of_everything
from zirconkit import cli
segmentation_files.segment_mount = warn_of_everything
sys.exit(cli.main())
"""


def test_who_asks_python_for_warnings_gets_them(tmp_path):
    """`python -W` has the last word: everybody's warnings are shown, or are errors, as it says."""
    words = ["-c", SEGMENT_WITH_WARNINGS, str(Path(__file__).parent), "segment", str(MOUNT), "--out", str(tmp_path)]
    shown = {}
    for option in ("default", "ignore::DeprecationWarning", "error::RuntimeWarning:skimage.filters"):
        shown[option] = subprocess.run([sys.executable, "-W", option, *words], capture_output=True, text=True)
    assert shown["default"].returncode == 0
    for line in ("UserWarning: theirs", "DeprecationWarning: theirs", "zirconkit: warning: ours\n"):
        assert line in shown["default"].stderr
        assert (line in shown["ignore::DeprecationWarning"].stderr) == ("Deprecation" not in line)
    stopped = shown["error::RuntimeWarning:skimage.filters"]
    assert stopped.returncode == 1 and "zirconkit: RuntimeWarning: theirs" in stopped.stderr


def test_segment_says_nothing_on_standard_error(tmp_path):
    """As people type it, in a process of its own: no warning, whatever the versions of the packages below."""
    for method in ("published", "watershed"):
        words = ["segment", str(MOUNT), "--method", method, "--out", str(tmp_path)]
        done = subprocess.run([sys.executable, "-m", "zirconkit", *words], capture_output=True, text=True)
        assert (done.returncode, done.stderr) == (0, "")


# ---------------------------------------------------------------- fetch, run, help


def test_fetch_says_where_the_mounts_are(zirconkit, server, tmp_path):  # noqa: F811
    status, out, _ = zirconkit("fetch", "--to", tmp_path / "here")
    assert (status, out) == (0, f"3 mounts, verified, in {tmp_path / 'here'}\n")
    server.close()
    assert zirconkit("fetch", "--to", tmp_path / "here")[0] == 0  # all there: no network needed
    status, out, err = zirconkit("fetch", "--to", tmp_path / "there")
    assert (status, out) == (1, "") and err.splitlines()[-1].startswith("zirconkit: no connection to http")
    status, _, err = zirconkit("run", "--data", "quellaveco", "--out", tmp_path / "out")
    assert status == 1 and "no connection" in err.splitlines()[-1] and not (tmp_path / "out").exists()


def test_run_refuses_what_it_cannot_run_before_it_starts(zirconkit, tmp_path):
    for name in "ab":
        cv2.imwrite(str(tmp_path / f"{name}.png"), GREY)
    (tmp_path / "samples.csv").write_text("sample,label\na,porphyry\nb,porphyry\n")
    run = partial(zirconkit, "run", "--profile", "quick", "--out", tmp_path / "out")
    for words, sentence in {
        ("--data", tmp_path): "samples.csv has one class only",
        ("--data", tmp_path / "nowhere"): "nowhere is no folder",
        ("99",): "there is no notebook 99",
    }.items():
        status, out, err = run(*words)
        assert (status, out, err.count("\n")) == (1, "", 1) and sentence in err
    assert not (tmp_path / "out").exists()


def test_run_fails_when_a_notebook_does(zirconkit, tmp_path, monkeypatch):
    for status in ("ok", "failed"):
        monkeypatch.setattr(running, "run", lambda *args, status=status: {"notebooks": [{"status": status}]})
        assert zirconkit("run", "--out", tmp_path)[0] == (status == "failed")


def test_an_interrupt_and_an_unforeseen_error_get_a_line_each(zirconkit, tmp_path, monkeypatch):
    for error, status, words in [(KeyboardInterrupt, 130, "interrupted"), (KeyError("x"), 1, "KeyError: 'x'")]:

        def fail(*args, error=error):
            raise error

        monkeypatch.setattr(running, "run", fail)
        got, _, err = zirconkit("run", "--out", tmp_path)
        assert got == status and words in err and err.count("\n") == 1


def test_help_is_instant_because_it_loads_nothing():
    code = "import sys, zirconkit.cli; zirconkit.cli._parser(); print({'numpy', 'pandas', 'cv2'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"
    done = subprocess.run([sys.executable, "-m", "zirconkit", "--help"], capture_output=True, text=True)
    assert done.returncode == 0 and all(word in done.stdout for word in ("doctor", "fetch", "segment", "run"))
