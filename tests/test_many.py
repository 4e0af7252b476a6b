"""Many files at once: a disk that fills up, a Dask cluster of real processes, models and folders that do not fit."""

import errno
import os
import pickle
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest
from test_diffraction import COUNTS, TEXT, written

from zirconkit import files, jobs
from zirconkit.deployment import models, watching
from zirconkit.diffraction import reports
from zirconkit.evaluation import control


def fill_the_disk(path, content):
    """What Path.write_bytes does on a full disk."""
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@pytest.fixture
def disk(tmp_path):
    """A disk of 16 MB of its own: its folder, and a function that leaves so many kB of it free."""
    folder = tmp_path / "disk"
    folder.mkdir()
    words = ["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(words, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        mounted = False
    if not mounted:
        pytest.skip("a small disk is mounted by root alone, on Linux")
    ballast = folder / "ballast"

    def leave(kilobytes):
        ballast.unlink(missing_ok=True)
        state = os.statvfs(folder)
        ballast.write_bytes(bytes(max(0, state.f_bavail * state.f_frsize - 1024 * kilobytes)))

    yield folder, leave
    subprocess.run(["umount", "-l", str(folder)], check=True)


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    """Ten small images of four grains each, and one that is damaged."""
    folder = tmp_path_factory.mktemp("data")
    rng = np.random.default_rng(0)
    for number in range(10):
        image = rng.normal(8, 2, (200, 240)).clip(0, 255).astype(np.uint8)
        for row, col in ((50, 60), (50, 180), (150, 60), (150, 180)):
            cv2.ellipse(image, (col, row), (35, 20), rng.uniform(0, 180), 0, 360, 120, -1)
        cv2.imwrite(str(folder / f"S{number}.png"), image)
    (folder / "samples.csv").write_text(
        "\n".join(["sample,class,um_per_px", *(f"S{number},a,2" for number in range(10))])
    )
    (folder / "S5.png").write_bytes(b"no image")
    return folder


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A model of two classes that has learned nothing."""
    from zirconkit.networks import shipping

    rng = np.random.default_rng(0)
    images, y = rng.integers(0, 255, (24, 32, 32, 1), dtype=np.uint8), np.arange(24) % 2
    network = shipping.train_lenet(images, y, 2, epochs=1)
    features, measures = shipping.inner_features(network, images), rng.normal(size=(24, 6))
    likeness = models.Likeness.learned(features, measures, np.arange(24) // 6)
    path = tmp_path_factory.mktemp("model") / "model.keras"
    path.write_bytes(models.packed(network, ("a", "b"), None, likeness))
    return path, likeness


def every_row_once(folder, images=9, grains=4):
    table = pd.read_csv(folder / "grains.csv")
    assert len(table) == images * grains and not table.duplicated(["sample", "grain"]).any()
    return table


def half_written(folder):
    return [path for path in folder.rglob(".*") if path.suffix in (".part", ".new", ".old")]


# ---------------------------------------------------------------- a full disk


def test_of_several_files_all_are_written_or_none(tmp_path, monkeypatch):
    files.write_together(tmp_path, {"a": "1", "b": "1"})
    write, count = Path.write_bytes, iter(range(9))
    monkeypatch.setattr(Path, "write_bytes", lambda *given: (write, fill_the_disk)[next(count)](*given))
    with pytest.raises(files.DiskFull, match=f"{tmp_path} cannot be written .No space left on device.: make room"):
        files.write_together(tmp_path, {"a": "2", "b": "2"})
    assert [(tmp_path / name).read_text() for name in "ab"] == ["1", "1"] and len(list(tmp_path.iterdir())) == 2


def work(task):
    if task == "large":
        raise files.DiskFull("there is no room")
    return task


def test_a_full_disk_stops_all_jobs_at_once():
    done = []
    with pytest.raises(files.DiskFull, match="no room, and a second call goes on"):
        for task, *_ in jobs.run(work, ["a", "large", "b"], n_jobs=1):
            done.append(task)
    assert done == ["a"]
    told = files.unwritable("x", OSError(errno.ENOSPC, ""))
    again = pickle.loads(pickle.dumps(told))  # as it comes from a worker
    assert isinstance(again, files.DiskFull) and str(again) == str(told)


def test_what_killed_workers_left_is_gone_and_what_was_moved_aside_is_back(tmp_path):
    for name in (".S1.0123abcd.new", ".S1.0123abcd.old", ".S2.0123abcd.old", "S1", ".mine"):
        (tmp_path / name).mkdir()
    (tmp_path / ".grains.csv.0123abcd.part").write_text("half")
    with jobs.alone_in(tmp_path), pytest.raises(OSError, match="another call is at work"), jobs.alone_in(tmp_path):
        pass
    assert {path.name for path in tmp_path.iterdir()} == {"S1", "S2", ".mine", jobs.NOTES}


@pytest.mark.parametrize("command", ["segment", "classify"])
def test_images_on_a_full_disk(disk, data, zirconkit, command, request):
    folder, leave = disk
    out = folder / "out"
    model = [request.getfixturevalue("model")[0]] if command == "classify" else []
    words = (command, *model, data, "--jobs", 1, "--out", out)
    leave(600)
    status, said, err = zirconkit(*words)
    lines = [line for line in err.splitlines() if line.startswith("zirconkit: ")]
    assert status == 1 and len(lines) == 1 and "(No space left on device): make room" in lines[0]
    finished = {path: path.stat().st_mtime_ns for path in out.glob("S*/labels.png")}
    assert 1 <= said.count("4 grains") == len(finished) < 9 and not half_written(out)
    leave(12_000)
    status, said, err = zirconkit(*words)
    assert status == 1 and said.count("4 grains") == 9 and "S5.png" in err  # the damaged one, and no other
    assert {path: path.stat().st_mtime_ns for path in finished} == finished
    before = every_row_once(out)
    os.utime(data / "S7.png")
    leave(1)
    assert zirconkit(*words)[0] == 1
    pd.testing.assert_frame_equal(every_row_once(out), before)
    assert not half_written(out)


def draw_at_once(task):
    """What a pattern's job does, without looking at the pattern."""
    files.write_whole(task.figure, bytes(40_000))
    return [("quartz", 0.9, 100.0, 90.0, 100.0)]


def test_patterns_on_a_full_disk_and_watch(disk, zirconkit, tmp_path, monkeypatch):
    folder, leave = disk
    monkeypatch.setattr(reports, "_named", draw_at_once)
    for number in range(3):
        (tmp_path / f"p{number}.xy").write_text("")
    words = ("phases", *sorted(tmp_path.glob("*.xy")), "--jobs", 1, "--out", folder / "out")
    leave(70)
    status, said, err = zirconkit(*words)
    assert status == 1 and said.count("quartz") in (1, 2) and err.count("make room") == 1
    leave(900)
    assert zirconkit(*words)[0] == 0
    table = pd.read_csv(folder / "out" / "phases.csv")
    assert set(table["file"]) == {"p0.xy", "p1.xy", "p2.xy"} and not table.duplicated(["file", "phase"]).any()

    monkeypatch.setattr(watching, "DRAWN", 50)
    monkeypatch.setattr(control, "LENGTH", 20)
    monkeypatch.setattr(control, "SETTLING", 10)
    usual = grain_table(tmp_path / "usual", {})
    assert zirconkit("watch", usual, usual, "--out", folder / "w")[0] == 0
    before = {path.name: path.read_bytes() for path in (folder / "w").iterdir()}
    leave(4)
    status, _, err = zirconkit("watch", usual, usual, usual, "--out", folder / "w")
    assert status == 1 and f"{folder / 'w'} cannot be written (No space left on device): make room" in err
    assert {path.name: path.read_bytes() for path in (folder / "w").iterdir()} == before


# ---------------------------------------------------------------- patterns


def test_a_list_of_patterns_is_done_once_and_each_row_is_there_once(zirconkit, tmp_path, monkeypatch):
    monkeypatch.setenv("ZIRCONKIT_CACHE", str(tmp_path / "cache"))
    (tmp_path / "bad.xy").write_text("1 2\n3 4\n")
    written(tmp_path / "a b.xy", (TEXT, COUNTS))
    (tmp_path / "list.txt").write_text("a b.xy\nbad.xy\nmissing.xy\n")
    out = tmp_path / "out"
    status, said, err = zirconkit("phases", tmp_path / "list.txt", "--jobs", 1, "--out", out)
    assert status == 1 and said.count("quartz") == 1 and "2 points" in err and "there is no file" in err
    table = pd.read_csv(out / "phases.csv")
    assert set(table["file"]) == {"a b.xy"} and 'src="a%20b.png"' in (out / "phases.html").read_text()
    if (out / "phases.parquet").is_file():
        pd.testing.assert_frame_equal(pd.read_parquet(out / "phases.parquet"), table, check_dtype=False)
    monkeypatch.setattr(reports, "phases_in", None)  # nothing is identified again
    status, again, _ = zirconkit("phases", tmp_path / "a b.xy", "--jobs", 1, "--out", out)
    assert status == 0 and again == said
    pd.testing.assert_frame_equal(pd.read_csv(out / "phases.csv"), table)


# ---------------------------------------------------------------- a cluster


def dask(*words):
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    code = "import sys; from distributed.cli import dask_%s as it; it.main(sys.argv[1:])" % words[0]  # noqa: UP031
    return subprocess.Popen([sys.executable, "-c", code, *words[1:], "--no-dashboard"], **quiet)


def test_a_cluster_gives_the_rows_of_this_machine_though_a_worker_is_killed(data, zirconkit, tmp_path):
    pytest.importorskip("distributed", reason="pip install zirconkit[cluster]")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    address = f"tcp://127.0.0.1:{port}"
    started = [dask("scheduler", "--host", "127.0.0.1", "--port", str(port))]
    started += [dask("worker", address, "--nthreads", "1", "--no-nanny") for _ in range(2)]

    def kill():
        deadline = time.monotonic() + 120
        while not list(tmp_path.glob("far/.jobs/*.json")) and time.monotonic() < deadline:
            time.sleep(0.02)
        started[1].kill()

    killer = threading.Thread(target=kill)
    killer.start()
    try:
        status, _, err = zirconkit("segment", data, "--scheduler", address, "--out", tmp_path / "far")
        killer.join()
        assert status == 1 and "S5.png" in err and "Traceback" not in err
    finally:
        for process in started:
            process.kill()
            process.wait(30)
    zirconkit("segment", data, "--jobs", 1, "--out", tmp_path / "here")
    pd.testing.assert_frame_equal(every_row_once(tmp_path / "far"), every_row_once(tmp_path / "here"))


# ---------------------------------------------------------------- what does not fit


def test_models_of_other_channels_or_classes_are_refused_in_a_sentence(model, data, zirconkit, tmp_path):
    import keras

    path, likeness = model
    for channels, outputs, names, sentence in (
        (2, 1, ("a", "b"), "no square pictures of 1 or 3 channels"),
        (1, 3, ("a", "b"), "names 2 classes, but its network tells 3 apart"),
        (1, 1, (), "was not made by zirconkit train"),
    ):
        layers = [keras.Input((32, 32, channels)), keras.layers.Flatten(), keras.layers.Dense(outputs)]
        other = tmp_path / "other.keras"
        other.write_bytes(models.packed(keras.Sequential(layers), names, None, likeness))
        for words in (("classify", other, data), ("export", other, "--to", "onnx")):
            status, out, err = zirconkit(*words, "--out", tmp_path / "out")
            assert (status, out, err.count("\n")) == (1, "", 1) and sentence in err
    (tmp_path / "text.keras").write_text("no model")
    (tmp_path / "list.txt").write_text("")
    for words, sentence in (
        (("classify", tmp_path / "text.keras", data), "was not made by zirconkit train"),
        (("classify", tmp_path / "none.keras", data), "there is no model"),
        (("classify", path, tmp_path / "list.txt"), "is empty"),
        (("segment", tmp_path / "list.txt"), "is empty"),
        (("phases", tmp_path / "list.txt"), "is empty"),
    ):
        status, out, err = zirconkit(*words, "--out", tmp_path / "out")
        assert (status, out, err.count("\n")) == (1, "", 1) and sentence in err


def grain_table(folder, columns, batches=6):
    """A folder as `segment` or `classify` writes it, of made-up grains."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"sample": np.repeat([f"B{k}" for k in range(batches)], 8), "kept": True, "flags": ""})
    table = table.assign(grain=range(8 * batches), mean_grey=rng.normal(100, 5, 8 * batches), **columns)
    table.to_csv(folder / "grains.csv", index=False)
    return folder


def test_a_reference_of_another_kind_is_refused_in_a_sentence(zirconkit, tmp_path):
    cut = grain_table(tmp_path / "cut", {})
    two = grain_table(tmp_path / "two", {"p_a": 0.5, "p_b": 0.5, "called": "a"})
    three = grain_table(tmp_path / "three", {"p_a": 0.4, "p_b": 0.3, "p_c": 0.3, "called": "a"})
    other = tmp_path / "other"
    other.mkdir()
    (other / "grains.csv").write_text("name,age\nA,3\n")
    for reference, new, sentence in (
        (cut, two, "has a, b, the reference"),
        (two, three, "has a, b, c, the reference"),
        (other, cut, "is no table of grains"),
        (tmp_path / "nowhere", cut, "has no grains.csv"),
    ):
        status, out, err = zirconkit("watch", reference, new, "--out", tmp_path / "out")
        assert (status, out, err.count("\n")) == (1, "", 1) and sentence in err
    assert not (tmp_path / "out").exists()
