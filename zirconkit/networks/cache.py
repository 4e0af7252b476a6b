"""What a frozen network makes of an image, its features, computed once and kept on disk.

A file an image, under the image's own content and the settings of whoever computes: what is found is never stale. Files
come into being in one move, so that none is half-written, and the oldest go when the cache is full.
"""

import hashlib
import io
import os
import shutil
import warnings

import numpy as np
from tqdm.auto import tqdm

from zirconkit import files
from zirconkit.messages import ZirconkitWarning

__all__ = ["cached", "clear", "folder", "usage"]

LIMIT = 4_000_000_000  # bytes on disk
FORMAT = "1"  # of the files: part of every key


def folder():
    """Where features are kept: `features` in the kit's cache."""
    return files.cache_folder() / "features"


def usage():
    """How many features are on disk, one an image and setting, and their bytes."""
    return files.usage(folder().rglob("*.npy"))


def clear():
    """Delete all features on disk; they can always be computed again."""
    shutil.rmtree(folder(), ignore_errors=True)


def cached(images, compute, key, dtype="float16", batch_size=32, progress=True):
    """What `compute` makes of each image, from disk where it is there.

    Parameters
    ----------
    images : array, shape (n, height, width, channels)
        n from 1 up.
    compute : callable
        From such an array of at most `batch_size` images to an array of float with a row each.
    key : str
        Says everything that the result depends on besides the image: weights, layer, size, preprocessing.
    dtype : "float16" or "float32"
        Of the result. float16 has 11 bits: a relative error of 0.0005, in half the room.
    progress : bool
        Show a bar while something is computed.

    Returns
    -------
    array of `dtype`, shape (n, ...)

    Raises
    ------
    ValueError
        If a feature is no number, or too large for float16.
    """
    home = folder() / _setting(key, dtype, images)
    paths = [home / f"{_digest(np.ascontiguousarray(image))[:32]}.npy" for image in images]
    found, missing = _Rows(len(images), dtype), []
    for number, path in enumerate(paths):
        row = _read(path, dtype)
        if row is None:
            missing.append(number)
        else:
            found[number] = row
    if not missing:
        return found.array
    writable = _make(home)
    batches = (images[missing[start : start + batch_size]] for start in range(0, len(missing), batch_size))
    computed = (row for batch in batches for row in _checked(compute(batch), dtype))
    bar = tqdm(computed, total=len(missing), desc="features", unit="image", disable=not progress, leave=False)
    for number, row in zip(missing, bar):
        found[number] = row
        writable = writable and _write(paths[number], row)
    files.drop_oldest(folder().rglob("*.npy"), LIMIT)
    return found.array


def _setting(key, dtype, images):
    """The name of the folder for all that is computed in one way."""
    parts = [FORMAT, key, np.dtype(dtype).name, str(images.dtype), str(images.shape[1:])]
    return _digest("\0".join(parts).encode())[:16]


def _digest(content):
    return hashlib.sha256(content).hexdigest()


class _Rows:
    """An array whose shape is known with its first row; with a list of rows it would be in memory twice."""

    def __init__(self, n, dtype):
        self.n, self.dtype, self.array = n, dtype, None

    def __setitem__(self, number, row):
        if self.array is None:
            self.array = np.empty((self.n, *row.shape), self.dtype)
        self.array[number] = row


def _checked(found, dtype):
    with np.errstate(over="ignore"):
        values = np.asarray(found).astype(dtype)
    if not np.isfinite(values).all():
        advice = "take float32" if np.isfinite(found).all() else "look at the images and the weights"
        raise ValueError(f"some features are no numbers as {np.dtype(dtype).name}: {advice}")
    return values


def _read(path, dtype):
    """The array of a file, freshly dated, or None if there is none that can be read."""
    try:
        row = np.load(path, allow_pickle=False)
        os.utime(path)
    except (OSError, ValueError, EOFError):
        return None
    return row if row.dtype == dtype else None


def _make(home):
    try:
        files.make_folder(home)
    except OSError as error:
        warnings.warn(f"{error}; going on without the cache", ZirconkitWarning, stacklevel=4)
        return False
    return True


def _write(path, row):
    """Write a file in one move; False, with a warning, if the disk does not let us."""
    content = io.BytesIO()
    np.save(content, row, allow_pickle=False)
    try:
        files.write_whole(path, content.getbuffer())
    except OSError as error:
        advice = "going on without the cache; zirconkit cache --clear makes room"
        warnings.warn(f"{path.parent} cannot be written ({error.strerror}): {advice}", ZirconkitWarning, stacklevel=4)
        return False
    return True
