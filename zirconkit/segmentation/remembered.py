"""What was outlined and measured once is read from disk the next time.

A file for each result, under a digest of all that it depends on: what the computation is given, the code of this
package and the versions of the libraries that it calls. What is found is therefore never stale. A cache that cannot be
written, or a file that cannot be read, costs time and nothing else.
"""

import hashlib
import io
import os
import shutil
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import pandas as pd

from zirconkit import files

__all__ = ["clear", "folder", "remembered", "remembered_table", "usage"]

LIMIT = 500_000_000  # bytes on disk
LIBRARIES = ("numpy", "scipy", "scikit-image", "pandas")


def folder():
    """Where outlines and measurements are kept: `segmented` in the kit's cache."""
    return files.cache_folder() / "segmented"


def usage():
    """How many results are on disk, and their bytes."""
    return files.usage(folder().glob("*.npz"))


def clear():
    """Delete them all; they can always be computed again."""
    shutil.rmtree(folder(), ignore_errors=True)


def remembered(compute, *given):
    """The arrays that `compute(*given)` gives, from disk where they were computed before.

    Parameters
    ----------
    compute : function
        Of this package; gives a dict of names to arrays, none of them of objects.
    *given
        Arrays, or things whose `repr` says all that the result depends on; functions count by their name.

    Returns
    -------
    dict of str to array
    """
    path = folder() / f"{compute.__name__}-{_digest(given)}.npz"
    found = _read(path)
    if found is None:
        found = compute(*given)
        _write(path, found)
    return found


def remembered_table(compute, *given):
    """The same for a function that gives a table with rows 0 to n - 1: DataFrame."""

    def columns(*given):
        table = compute(*given)
        return {name: _plain(table[name].to_numpy()) for name in table}

    columns.__name__ = compute.__name__
    return pd.DataFrame(remembered(columns, *given))


def _plain(column):
    """A column without Python objects: text as NumPy keeps it."""
    return column.astype(str) if column.dtype == object else column


def _digest(given):
    digest = hashlib.sha256(_code().encode())
    for each in given:
        if isinstance(each, np.ndarray):
            digest.update(f"{each.dtype} {each.shape}".encode())
            digest.update(np.ascontiguousarray(each))
        else:
            digest.update(getattr(each, "__name__", repr(each)).encode())
        digest.update(b"\0")
    return digest.hexdigest()[:32]


@lru_cache(maxsize=1)
def _code():
    """The state of the code: a digest of this package's modules, and versions. OpenCV goes by several names."""
    import cv2

    sources = sorted(Path(__file__).parent.glob("*.py"))
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    return " ".join([digest, cv2.__version__, *map(version, LIBRARIES)])


def _read(path):
    """The arrays of a file, freshly dated, or None if there is none that can be read."""
    try:
        with np.load(path, allow_pickle=False) as kept:
            found = dict(kept)
        os.utime(path)
    except (OSError, ValueError, EOFError, BadZipFile):
        return None
    return found


def _write(path, arrays):
    content = io.BytesIO()
    np.savez_compressed(content, **arrays)
    try:
        files.make_folder(path.parent)
        files.write_whole(path, content.getbuffer())
    except OSError:
        return
    files.drop_oldest(path.parent.glob("*.npz"), LIMIT)
