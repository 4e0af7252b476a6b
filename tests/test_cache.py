"""Features are computed once, never stale, never half-written; the cache keeps to its limit and can fail."""

import os
import re
from pathlib import Path

import numpy as np
import pytest

from zirconkit.cli import main
from zirconkit.networks import cache

IMAGES = np.random.default_rng(0).random((6, 4, 4, 1)).astype("float32")


@pytest.fixture(autouse=True)
def own_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("ZIRCONKIT_CACHE", str(tmp_path))


class Doubling:
    """Computes, and remembers of how many images."""

    def __init__(self):
        self.batches = []

    def __call__(self, images):
        self.batches.append(len(images))
        return 2 * images


def test_each_image_is_computed_once_in_batches():
    compute = Doubling()
    found = cache.cached(IMAGES, compute, "twice", "float32", batch_size=4, progress=False)
    np.testing.assert_array_equal(found, 2 * IMAGES)
    assert compute.batches == [4, 2]
    mixed = np.concatenate([IMAGES[3:4], IMAGES[:1] / 2, IMAGES[1:2]])
    np.testing.assert_array_equal(cache.cached(mixed, compute, "twice", "float32", progress=False), 2 * mixed)
    assert compute.batches == [4, 2, 1]
    assert cache.usage()[0] == 7 and not list(cache.folder().rglob("*.part"))


def test_another_setting_is_another_feature():
    for key, dtype, images in (
        ("a", "float32", IMAGES), ("b", "float32", IMAGES), ("a", "float16", IMAGES),
        ("a", "float32", (255 * IMAGES).astype("uint8")), ("a", "float32", IMAGES.reshape(6, 2, 8, 1)),
    ):  # fmt: skip
        compute = Doubling()
        assert cache.cached(images, compute, key, dtype, progress=False).dtype == dtype
        assert compute.batches == [6]


def test_a_damaged_file_is_computed_again():
    cache.cached(IMAGES, Doubling(), "a", progress=False)
    files = sorted(cache.folder().rglob("*.npy"))
    files[0].write_bytes(files[0].read_bytes()[:-3])
    files[1].write_bytes(b"")
    compute = Doubling()
    np.testing.assert_allclose(cache.cached(IMAGES, compute, "a", progress=False), 2 * IMAGES, rtol=1e-3)
    assert compute.batches == [2]


def test_the_cache_keeps_to_its_limit_and_drops_what_was_used_longest_ago(monkeypatch):
    first = cache.cached(IMAGES, Doubling(), "a", progress=False)
    files = list(cache.folder().rglob("*.npy"))
    for age, path in enumerate(files):
        os.utime(path, (1000 - age, 1000 - age))
    size = files[0].stat().st_size
    oldest = files[-2:]
    monkeypatch.setattr(cache, "LIMIT", 5 * size)
    cache.cached(IMAGES[:1], Doubling(), "b", progress=False)
    assert cache.usage() == (5, 5 * size)
    assert not any(path.exists() for path in oldest)
    np.testing.assert_array_equal(cache.cached(IMAGES, Doubling(), "a", progress=False), first)


def test_values_that_are_no_numbers_are_not_kept():
    with pytest.raises(ValueError, match="no numbers as float16: take float32"):
        cache.cached(IMAGES, lambda images: 1e6 * (1 + images), "a", progress=False)
    with pytest.raises(ValueError, match="no numbers as float32: look at the images"):
        cache.cached(IMAGES, lambda images: images * np.nan, "b", "float32", progress=False)
    assert cache.usage() == (0, 0)


def test_a_full_disk_costs_the_cache_and_not_the_result(monkeypatch):
    def full(path, content):
        with path.open("wb") as file:
            file.write(content[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.warns(UserWarning, match=r"No space left on device\): going on without the cache") as warned:
        found = cache.cached(IMAGES, Doubling(), "a", "float32", batch_size=2, progress=False)
    np.testing.assert_array_equal(found, 2 * IMAGES)
    assert len(warned) == 1 and not [path for path in cache.folder().rglob("*") if path.is_file()]


def test_a_cache_that_cannot_be_made_costs_a_warning(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("ZIRCONKIT_CACHE", str(tmp_path / "file"))
    with pytest.warns(UserWarning, match="cannot be written .* going on without the cache"):
        cache.cached(IMAGES, Doubling(), "a", progress=False)


def test_the_command_shows_and_clears(capsys):
    cache.cached(IMAGES, Doubling(), "a", progress=False)
    assert main(["cache"]) == 0
    assert re.search(r"6 features, .* MB, in .*features", capsys.readouterr().out)
    assert main(["cache", "--clear"]) == 0
    assert cache.usage() == (0, 0) and "0 features" in capsys.readouterr().out
