"""Where mounts come from: reading images, the cache, your own folder, and the download against a local server."""

import hashlib
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pandas as pd
import pytest
from test_files import fill_the_disk

from zirconkit import files, mounts, samples, synthetic
from zirconkit.messages import ZirconkitWarning
from zirconkit.mounts import sources

GREY = np.random.default_rng(0).integers(0, 256, (40, 50), dtype=np.uint8)


@pytest.fixture
def folder(tmp_path):
    """Three images of your own: a, b and c."""
    for name in "abc":
        cv2.imwrite(str(tmp_path / f"{name}.png"), GREY)
    return tmp_path


# ---------------------------------------------------------------- reading


def test_colour_depth_and_transparency_are_read_as_opencv_does(tmp_path):
    rng = np.random.default_rng(1)
    for name, image in {
        "rgb16.png": rng.integers(0, 65536, (40, 50, 3), dtype=np.uint16),
        "grey16.png": rng.integers(0, 65536, (40, 50), dtype=np.uint16),
        "rgba.png": rng.integers(1, 256, (40, 50, 4), dtype=np.uint8),
        "grey.tif": GREY,
        "grey16.tif": rng.integers(0, 65536, (40, 50), dtype=np.uint16),
    }.items():
        path = str(tmp_path / name)
        cv2.imwrite(path, image)
        read = mounts.read_image(path)
        assert read.dtype == np.uint8 and read.shape == (40, 50), name
        np.testing.assert_array_equal(read, cv2.imread(path, cv2.IMREAD_GRAYSCALE), err_msg=name)


def bad_files(tmp_path):
    """Name, content and a word of the sentence that is due."""
    good = cv2.imencode(".png", GREY)[1].tobytes()
    flipped = bytearray(good)
    flipped[len(good) // 2] ^= 255
    return {
        "empty.png": (b"", "empty"),
        "text.png": (b"no image at all", "no image"),
        "truncated.png": (good[: len(good) // 2], "truncated or damaged"),
        "endless.png": (good[:-6], "truncated or damaged"),
        "header.png": (good[:20], "truncated or damaged"),
        "flipped.png": (bytes(flipped), "truncated or damaged"),
        "truncated.jpg": (cv2.imencode(".jpg", GREY)[1].tobytes()[:700], "truncated or damaged"),
        "truncated.tif": (cv2.imencode(".tif", GREY)[1].tobytes()[:700], "truncated or damaged"),
        "float.tif": (cv2.imencode(".tif", GREY.astype(np.float32))[1].tobytes(), "float32 numbers"),
        "pixel.png": (cv2.imencode(".png", GREY[:1, :1])[1].tobytes(), "1×1 px, too small"),
        "strip.png": (cv2.imencode(".png", GREY[:15])[1].tobytes(), "50×15 px, too small"),
    }


def test_bad_images_are_refused_in_a_sentence(tmp_path, capfd):
    for name, (content, words) in bad_files(tmp_path).items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(ValueError, match=words) as refusal:
            mounts.read_image(tmp_path / name)
        assert str(tmp_path / name) in str(refusal.value) and "\n" not in str(refusal.value)
    with pytest.raises(FileNotFoundError, match=r"nowhere\.png does not exist"):
        mounts.read_image(tmp_path / "nowhere.png")
    with pytest.raises(IsADirectoryError, match="is a folder"):
        mounts.read_image(tmp_path)
    assert capfd.readouterr().err == ""  # no library speaks beside our sentence


# ---------------------------------------------------------------- synthetic


def test_the_embedded_mounts_are_two_of_each_class_with_their_truth():
    embedded = mounts.embedded()
    assert [mount.sample for mount in embedded] == ["QVC055", "QVC061", "QVC075", "QVC082"]
    assert sorted(mount.class_name for mount in embedded) == ["batholith"] * 2 + ["porphyry"] * 2
    assert mounts.find("synthetic", "quick") == embedded
    for mount in embedded:
        truth = mount.truth()
        assert truth.dtype == np.int32 and truth.shape == mount.image().shape
        np.testing.assert_array_equal(np.unique(truth), [0, *sorted(mount.truth_table()["grain"])])


@pytest.fixture
def two_samples(monkeypatch, tmp_path):
    """A cache that is empty and wants only the two mounts that grow fastest."""
    monkeypatch.setenv("ZIRCONKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(synthetic, "SAMPLES", synthetic.SAMPLES.loc[["QVC082", "QVC061"]])
    return tmp_path / "cache"


def test_grown_mounts_are_kept_and_grown_again_only_when_incomplete(two_samples, capfd):
    grown = mounts.find("synthetic")
    assert [mount.sample for mount in grown] == ["QVC061", "QVC082"]
    assert "growing mounts" in capfd.readouterr().err
    shipped = {mount.sample: mount for mount in mounts.embedded()}
    for mount in grown:  # the shipped ones are what the generator grows
        assert mount.path.read_bytes() == shipped[mount.sample].path.read_bytes()
        assert mount.truth_path.read_bytes() == shipped[mount.sample].truth_path.read_bytes()
    stamps = [mount.path.stat().st_mtime_ns for mount in grown]
    assert mounts.find("synthetic") == grown
    assert [mount.path.stat().st_mtime_ns for mount in grown] == stamps
    assert capfd.readouterr().err == ""

    grown[0].truth_path.unlink()
    assert mounts.find("synthetic")[0].truth() is not None
    assert grown[1].path.stat().st_mtime_ns == stamps[1]


def test_the_cache_changes_its_name_with_the_generator(two_samples, monkeypatch, tmp_path):
    monkeypatch.setattr(sources, "_grow_all", lambda names, folder: None)
    mounts.find("synthetic")
    monkeypatch.setattr(synthetic, "VERSION", synthetic.VERSION + 1)
    mounts.find("synthetic")
    assert len(list(two_samples.iterdir())) == 2


GROW = "from zirconkit import mounts, synthetic\nsynthetic.SAMPLES = synthetic.SAMPLES.loc[%r]\nmounts.find()"


def grow(*names):
    words = [sys.executable, "-c", GROW % list(names)]
    return subprocess.Popen(words, stderr=subprocess.PIPE, text=True, start_new_session=True)


def test_two_processes_share_the_cache(two_samples):
    both = [grow("QVC082"), grow("QVC082")]
    words = [process.communicate(timeout=120)[1] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sum("growing mounts" in word for word in words) == 1


def test_a_killed_growth_leaves_no_half_file(two_samples, monkeypatch):
    monkeypatch.setattr(synthetic, "SAMPLES", synthetic.SAMPLES.loc[["QVC082"]])
    process = grow("QVC082")
    deadline = time.monotonic() + 120
    while not list(two_samples.glob("synthetic-*/*.png")) and time.monotonic() < deadline:
        time.sleep(0.05)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    for image in two_samples.glob("synthetic-*/*.png"):
        assert mounts.read_image(image).any()
    (mount,) = mounts.find("synthetic")
    assert mount.image().any() and mount.truth().any() and len(mount.truth_table())


# ---------------------------------------------------------------- a folder of your own


def test_a_folder_takes_its_labels_from_its_sheet(folder):
    (folder / "samples.csv").write_text("sample,label,role\na,porphyry,\nb, batholith,test\n")
    (folder / "truth").mkdir()
    cv2.imwrite(str(folder / "truth" / "a.png"), np.uint16([[0, 300], [1, 2]]))
    a, b, c = mounts.find(folder)
    assert (a.class_name, a.role, b.class_name, b.role, c.class_name, c.role) == (
        "porphyry", "train", "batholith", "test", None, "unused",
    )  # fmt: skip
    np.testing.assert_array_equal(a.truth(), [[0, 300], [1, 2]])
    assert a.truth_table() is None and b.truth() is None


def test_without_a_sheet_the_papers_samples_have_the_papers_labels(folder):
    (folder / "a.png").rename(folder / "QVC075.png")
    found = {mount.sample: (mount.class_name, mount.role) for mount in mounts.find(folder)}
    assert found == {"QVC075": ("batholith", "test"), "b": (None, "unused"), "c": (None, "unused")}


@pytest.mark.parametrize(
    ("sheet", "words"),
    [
        ("sample,label\na,porphyry\nb,porphyry\n", "one class only"),
        ("sample,label\ny,porphyry\nzz,batholith\n", "names none of the images"),
        ("sample,kind\na,porphyry\n", "lacks the column class"),
        ("a,porphyry\nb,batholith\n", "lacks the column sample and class"),
        ("sample,class\na,porphyry\nb,\n", "gives b no class"),
        ("sample,class,um_per_px\na,porphyry,1\nb,granite,two\n", "gives b the um_per_px 'two'"),
        ("sample,class,um_per_px\na,porphyry,0\nb,granite,1\n", "gives a the um_per_px '0'"),
        ("sample,class,channels\na,porphyry,4\nb,granite,1\n", "gives a the channels '4'"),
        ("sample,label,role\na,porphyry,judge\nb,batholith,test\n", "gives a the role 'judge'"),
        ("sample,label\na,porphyry\na,batholith\n", "names a twice"),
        ("sample,label\na,porphyry,x,y\nb\n", "no table|must be one of|no class|names none"),
        ("", "no table"),
        ("\x89PNG\0\xff", "no table|lacks the column"),
    ],
)
def test_a_bad_sheet_is_refused_in_a_sentence(folder, sheet, words):
    (folder / "samples.csv").write_bytes(sheet.encode("latin-1"))
    with pytest.raises(ValueError, match=words) as refusal:
        mounts.find(folder)
    assert "samples.csv" in str(refusal.value) and "\n" not in str(refusal.value)


def test_a_folder_without_images_or_with_twins_is_refused(folder, tmp_path):
    cv2.imwrite(str(folder / "a.tif"), GREY)
    with pytest.raises(ValueError, match="two images named a"):
        mounts.find(folder)
    (tmp_path / "none").mkdir()
    with pytest.raises(FileNotFoundError, match="holds no images"):
        mounts.find(tmp_path / "none")
    with pytest.raises(FileNotFoundError, match="no folder"):
        mounts.find(tmp_path / "nowhere")


# ---------------------------------------------------------------- the paper's mounts


def test_the_registry_has_a_checksum_for_every_sample():
    registry = files.registry()
    assert [file.removesuffix(".png") for file in registry.index] == sorted(samples.sheet().index)
    assert registry["git_blob_sha1"].str.fullmatch("[0-9a-f]{40}").all()
    assert files.URL.endswith("/c48776546559c3793dae9ad4e5a5b51223dc98f7/TIMA_Images/")


def test_the_git_blob_checksum_is_gits(tmp_path):
    (tmp_path / "hello").write_bytes(b"hello\n")  # `echo hello | git hash-object --stdin`
    entry = pd.Series(
        {"git_blob_sha1": "ce013625030ba8dba906f756967f9e9ca394464a", "size_bytes": pd.NA, "sha256": pd.NA}
    )
    assert files.is_verified(tmp_path / "hello", entry)
    assert not files.is_verified(tmp_path / "hello", entry.replace({pd.NA: 7}))


@pytest.fixture
def server(tmp_path, monkeypatch):
    """Three mounts behind a web server of this machine; `asked` lists what was asked of it."""
    source, asked, cut, slow = tmp_path / "source", [], [], []
    source.mkdir()
    rows = {}
    for name in ("QVC055", "QVC075", "QVC082"):
        content = cv2.imencode(".png", np.roll(GREY, len(rows)))[1].tobytes()
        (source / f"{name}.png").write_bytes(content)
        sha1 = hashlib.sha1(b"blob %d\0" % len(content) + content).hexdigest()
        rows[f"{name}.png"] = {"git_blob_sha1": sha1, "size_bytes": len(content), "sha256": None}

    class Handler(SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(source))

        def do_GET(self):
            asked.append(self.path.lstrip("/"))
            time.sleep(0.5 if asked[-1] in slow else 0)
            if asked[-1] not in cut:
                return super().do_GET()
            self.send_response(200)
            self.send_header("Content-Length", "5000")
            self.end_headers()
            self.wfile.write(b"\x89PNG and then the line goes dead")

        def log_message(self, *args):
            pass

    web = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    for variable in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "all_proxy", "ZIRCONKIT_DATA"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(files, "registry", lambda: pd.DataFrame.from_dict(rows, orient="index").rename_axis("file"))
    monkeypatch.setattr(files, "URL", f"http://127.0.0.1:{web.server_port}/")
    monkeypatch.setenv("ZIRCONKIT_CACHE", str(tmp_path / "cache"))
    yield SimpleNamespace(
        source=source, asked=asked, cut=cut, slow=slow, close=lambda: (web.shutdown(), web.server_close())
    )
    web.shutdown()
    web.server_close()


def test_a_download_is_verified_kept_and_not_repeated(server, tmp_path, capfd):
    server.slow.append("QVC075.png")
    paths = files.fetch()
    assert [path.name for path in paths] == ["QVC055.png", "QVC075.png", "QVC082.png"]
    assert all(path.read_bytes() == (server.source / path.name).read_bytes() for path in paths)
    assert "QVC075.png: " in capfd.readouterr().err  # the bar
    server.asked.clear()
    assert [mount.sample for mount in mounts.find("quellaveco")] == ["QVC055", "QVC075", "QVC082"]
    assert server.asked == []

    paths[1].write_bytes(paths[1].read_bytes()[:100])  # damaged later
    paths[2].unlink()
    files.fetch(progress=False)
    assert server.asked == ["QVC075.png", "QVC082.png"]
    assert sorted(path.name for path in paths[0].parent.glob("QVC*")) == [path.name for path in paths]
    assert files.fetch(tmp_path / "elsewhere", progress=False)[0].parent == tmp_path / "elsewhere"


def test_a_wrong_or_missing_file_is_named_and_the_others_are_kept(server):
    (server.source / "QVC055.png").write_bytes(b"something else")
    (server.source / "QVC075.png").unlink()
    with pytest.raises(OSError, match=r"QVC055.png came with a wrong checksum; .*QVC075.png answered 404"):
        files.fetch(progress=False)
    folder = files.cache_folder() / "quellaveco"
    assert [path.name for path in folder.glob("QVC*")] == ["QVC082.png"]
    with pytest.warns(UserWarning, match="left out: QVC055, QVC075 .*wrong checksum") as record:
        assert [mount.sample for mount in mounts.find("quellaveco")] == ["QVC082"]
    assert len(record) == 1


def test_a_line_that_goes_dead_leaves_nothing_behind(server):
    server.cut.append("QVC055.png")
    with pytest.raises(OSError, match=r"QVC055\.png"):
        files.fetch(progress=False)
    assert not list((files.cache_folder() / "quellaveco").glob("*QVC055*"))


def test_without_a_network_there_is_one_sentence(server):
    server.close()
    for ask in (files.fetch, lambda: mounts.find("quellaveco")):
        with pytest.raises(ConnectionError, match=r"^no connection to http.*check the network") as refusal:
            ask()
        assert "\n" not in str(refusal.value)


def test_a_full_disk_is_named_and_leaves_nothing_behind(server, monkeypatch):
    monkeypatch.setattr(Path, "write_bytes", fill_the_disk)
    with pytest.raises(OSError, match=r"QVC055.png cannot be written \(No space left on device\)"):
        files.fetch(progress=False)
    assert not list((files.cache_folder() / "quellaveco").glob("*QVC*"))


def test_a_cache_that_cannot_be_made_is_named(server, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ZIRCONKIT_CACHE", str(tmp_path / "file"))
    with pytest.raises(OSError, match="file/quellaveco cannot be written"):
        files.fetch(progress=False)


def test_the_folder_that_the_environment_names_is_checked_too(server, monkeypatch):
    monkeypatch.setenv("ZIRCONKIT_DATA", str(server.source))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert [mount.role for mount in mounts.find("quellaveco")] == ["test", "test", "train"]
    (server.source / "QVC055.png").unlink()
    (server.source / "QVC075.png").write_bytes(b"something else")
    with pytest.warns(UserWarning, match="left out: QVC055, QVC075 "):
        assert [mount.sample for mount in mounts.find("quellaveco")] == ["QVC082"]
    monkeypatch.setenv("ZIRCONKIT_DATA", str(server.source.parent))
    with pytest.raises(FileNotFoundError, match="holds none of the published mounts"):
        mounts.find("quellaveco")
    assert server.asked == []


@pytest.mark.filterwarnings("ignore:left out")
def test_the_real_mounts_are_found_with_the_papers_labels(real_mounts):
    found = {mount.sample: mount for mount in mounts.find("quellaveco")}
    assert set(found) == {path.stem for path in real_mounts.glob("QVC*.png")}
    assert found["QVC041"].role == "unused" and found["QVC075"].role == "test"
    assert found["QVC075"].image().shape == (1081, 1469)
    if found["QVC075"].truth_path:
        assert found["QVC075"].truth().max() == 106


def test_a_sheet_names_any_classes_scales_and_roles(tmp_path):
    rng = np.random.default_rng(0)
    for name in "abc":
        cv2.imwrite(str(tmp_path / f"{name}.png"), rng.integers(0, 255, (40, 40, 3), dtype=np.uint8))
    (tmp_path / "samples.csv").write_text(
        'sample,class,role,um_per_px,channels,cored by\na,skarn,,"0,5",3,Ana\nb,barren,test,1.25,3,\nc,vein,,,,Bo\n'
    )
    a, b, c = mounts.labelled(tmp_path)
    assert [mount.class_name for mount in (a, b, c)] == ["skarn", "barren", "vein"]
    assert (a.um_per_px, b.um_per_px, c.um_per_px) == (0.5, 1.25, None)
    assert (b.role, c.role) == ("test", "train") and (a.channels, c.channels) == (3, 1)
    assert a.colour().shape == (40, 40, 3)
    assert np.array_equal(a.colour()[..., ::-1], cv2.imread(str(a.path)))


def test_the_papers_mounts_have_the_papers_scale_and_roles():
    found = {mount.sample: mount for mount in mounts.embedded()}
    assert {mount.um_per_px for mount in found.values()} == {2.0}
    assert {name for name, mount in found.items() if mount.role == "test"} == {"QVC055", "QVC075"}
    assert mounts.at("elsewhere/QVC055.tif").um_per_px == 2.0 and mounts.at("mine.png").um_per_px is None
    with pytest.warns(ZirconkitWarning, match="says 2 µm per pixel, you say 0.5; 0.5 counts"):
        assert mounts.at("elsewhere/QVC055.tif", um_per_px=0.5).um_per_px == 0.5


def test_words_are_expanded_to_images(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for name in ("b.png", "a.TIF", "sub/c.png", "sub/d.csv", "[x].png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"x")
    names = {
        ("*.png",): ["[x].png", "b.png"],
        (".",): ["[x].png", "a.TIF", "b.png"],
        ("sub",): ["sub/c.png"],
        ("**/*.png",): ["[x].png", "b.png", "sub/c.png"],
        ("[x].png",): ["[x].png"],
        ("b.png", "*.png", "sub/../b.png"): ["b.png", "[x].png"],
        ("nowhere.png",): ["nowhere.png"],
    }
    for words, wanted in names.items():
        assert [str(path) for path in mounts.image_files(words)] == wanted, words
    for word, sentence in (("*.jpg", "no image fits"), ("*.csv", "no image fits")):
        with pytest.raises(FileNotFoundError, match=sentence):
            mounts.image_files([word])


def test_without_a_sheet_there_is_nothing_to_learn_from_and_a_sentence_says_how_to_write_one(folder):
    with pytest.raises(ValueError, match=r"has no sample sheet: write samples.csv .*sample,class .* S1,porphyry"):
        mounts.labelled(folder)


def test_an_image_that_cannot_be_read_is_named_and_left_out(folder):
    (folder / "b.png").write_bytes(b"x")
    (folder / "samples.csv").write_text("sample,class\na,skarn\nb,vein\nc,vein\n")
    with pytest.warns(UserWarning, match=r"left out: .*b\.png is no image that can be read"):
        assert [mount.sample for mount in mounts.find(folder)] == ["a", "c"]
