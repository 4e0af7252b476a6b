"""What was outlined once comes from disk, to the last bit; whatever it depends on makes it another result."""

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from zirconkit import files, mounts, samples
from zirconkit.cli import main
from zirconkit.segmentation import remembered, save_edits, segment_mount, whole


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ZIRCONKIT_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def mount(tmp_path):
    image = cv2.imread(str(samples.DATA / "mounts" / "QVC075.png"), cv2.IMREAD_GRAYSCALE)
    path = tmp_path / "one.png"
    cv2.imwrite(str(path), image[:300, :300])
    return mounts.at(path, um_per_px=2.0)


@pytest.fixture
def computed(monkeypatch):
    """The names of what is computed, in order, not what comes from disk."""
    names = []
    for name in ("_outlined", "describe"):
        inner = getattr(whole, name)
        monkeypatch.setattr(whole, name, lambda *given, inner=inner, name=name: names.append(name) or inner(*given))
    return names


def test_the_second_look_computes_nothing_and_gives_the_same(mount, computed):
    first = segment_mount(mount)
    assert computed == ["_outlined", "describe"] and len(first.table) > 3
    again = segment_mount(mount)
    assert computed == ["_outlined", "describe"]
    np.testing.assert_array_equal(again.labels, first.labels)
    assert again.labels.dtype == first.labels.dtype and again[3:] == first[3:]
    plain = whole.describe(first.image, first.labels, 2.0, whole.KEEP["watershed"], None, first.factor)
    pd.testing.assert_frame_equal(again.table, plain, check_exact=True)


def test_a_mount_without_grains_is_remembered_too(tmp_path, computed):
    cv2.imwrite(str(tmp_path / "dark.png"), np.random.default_rng(0).integers(0, 9, (200, 200)).astype("uint8"))
    dark = mounts.at(tmp_path / "dark.png")
    assert len(segment_mount(dark).table) == len(segment_mount(dark).table) == 0
    assert computed == ["_outlined", "describe"]


def test_method_scale_pixels_edits_and_code_each_make_another_result(mount, computed, monkeypatch):
    segment_mount(mount)
    segment_mount(mount, "published")
    segment_mount(replace(mount, um_per_px=1.0))
    assert len(computed) == 6
    image = cv2.imread(str(mount.path), cv2.IMREAD_GRAYSCALE)
    image[0, 0] ^= 1
    cv2.imwrite(str(mount.path), image)
    segment_mount(mount)
    assert len(computed) == 8
    monkeypatch.setattr(remembered, "_code", lambda: "another state of the code")
    segment_mount(mount)
    assert len(computed) == 10


def test_an_edit_is_seen_although_the_outlines_are_remembered(mount, computed):
    before = segment_mount(mount)
    gone = int(before.table["grain"].iloc[0])
    row, column = (int(values[len(values) // 2]) for values in np.nonzero(before.labels == gone))
    save_edits([{"do": "erase", "at": [row, column]}], Path(f"{mount.path}.edits.json"))
    after = segment_mount(mount)
    assert len(after.table) == len(before.table) - 1 and computed.count("_outlined") == 1


@pytest.mark.parametrize("damage", [lambda content: b"", lambda content: content[:-40], lambda content: b"no archive"])
def test_a_damaged_file_is_computed_again(mount, computed, damage):
    first = segment_mount(mount)
    for path in remembered.folder().glob("*.sealed"):
        path.write_bytes(damage(path.read_bytes()))
    again = segment_mount(mount)
    assert len(computed) == 4
    pd.testing.assert_frame_equal(again.table, first.table)


@pytest.mark.parametrize("share", np.linspace(0, 0.99, 12))
def test_a_changed_byte_is_noticed_wherever_it_lies(mount, computed, share):
    first = segment_mount(mount)
    for path in remembered.folder().glob("*.sealed"):
        content = bytearray(path.read_bytes())
        content[int(share * len(content))] ^= 0xFF
        path.write_bytes(content)
    again = segment_mount(mount)
    assert len(computed) == 4
    np.testing.assert_array_equal(again.labels, first.labels)
    pd.testing.assert_frame_equal(again.table, first.table, check_exact=True)


def test_without_a_place_to_write_it_is_computed_each_time(mount, computed, monkeypatch):
    (mount.path.parent / "file").write_text("in the way")
    monkeypatch.setenv("ZIRCONKIT_CACHE", str(mount.path.parent / "file"))
    assert len(segment_mount(mount).table) == len(segment_mount(mount).table)
    assert len(computed) == 4


def test_the_oldest_go_when_it_is_full(mount, monkeypatch):
    segment_mount(mount)
    monkeypatch.setattr(remembered, "LIMIT", remembered.usage()[1])
    segment_mount(mount, "published")
    count, size = remembered.usage()
    assert 0 < count < 4 and size <= remembered.LIMIT


def test_the_command_shows_and_clears(mount, capsys):
    segment_mount(mount)
    assert main(["cache"]) == 0
    assert "2 outlines and tables of mounts" in capsys.readouterr().out
    assert main(["cache", "--clear"]) == 0
    assert remembered.usage() == (0, 0) and "0 outlines" in capsys.readouterr().out
    assert files.usage([]) == (0, 0)
