"""What was outlined and measured once is read from disk the next time.

A file for each result, under a digest of all that it depends on: what the computation is given, the code of this
package and of `samples`, the network's weights, and the versions of the libraries that it calls. What is found is
therefore never stale. A file begins with a digest of the rest, so that a damaged one is known. A cache that cannot be
written, or a file that cannot be read, costs time and nothing else.
"""

import hashlib
import io
import os
import shutil
from functools import lru_cache
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pandas as pd

from zirconkit import files, samples

__all__ = ["clear", "folder", "remembered", "remembered_table", "usage"]

LIMIT = 500_000_000  # bytes on disk
SEAL = 32  # bytes of the digest
ENDING = ".sealed"
LIBRARIES = ("numpy", "scipy", "scikit-image", "pandas")


def folder():
    """Where outlines and measurements are kept: `segmented` in the kit's cache."""
    return files.cache_folder() / "segmented"


def _kept():
    return folder().glob(f"*{ENDING}")


def usage():
    """How many results are on disk, and their bytes."""
    return files.usage(_kept())


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
        Arrays, dicts of them, or things whose `repr` says all that the result depends on; functions count by their
        name.

    Returns
    -------
    dict of str to array
    """
    path = folder() / f"{compute.__name__}-{_digest(given)}{ENDING}"
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
    for each in _flat(given):
        if isinstance(each, np.ndarray):
            digest.update(f"{each.dtype} {each.shape}".encode())
            digest.update(np.ascontiguousarray(each))
        else:
            digest.update(getattr(each, "__name__", repr(each)).encode())
        digest.update(b"\0")
    return digest.hexdigest()[:32]


def _flat(given):
    """Things, and for a dict its names and values: yields them."""
    for each in given:
        if isinstance(each, dict):
            for pair in each.items():
                yield from pair
        else:
            yield each


@lru_cache(maxsize=1)
def _code():
    """The state of the code: a digest of this package, `samples` and the weights, and versions.

    OpenCV goes by several names.
    """
    import cv2

    code = sorted(Path(__file__).parent.glob("*.py"))
    weights = sorted((samples.DATA / "networks").iterdir())
    sources = [*code, Path(samples.__file__), *weights]
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sources)).hexdigest()
    return " ".join([digest, cv2.__version__, *map(version, LIBRARIES)])


def _read(path):
    """The arrays of a file, freshly dated, or None if there is none, or a damaged one."""
    try:
        content = path.read_bytes()
        os.utime(path)
    except OSError:
        return None
    seal, arrays = content[:SEAL], content[SEAL:]
    if seal != hashlib.sha256(arrays).digest():
        return None
    with np.load(io.BytesIO(arrays), allow_pickle=False) as kept:
        return dict(kept)


def _write(path, arrays):
    packed = io.BytesIO()
    np.savez_compressed(packed, **arrays)
    seal = hashlib.sha256(packed.getbuffer()).digest()
    try:
        files.make_folder(path.parent)
        files.write_whole(path, seal + packed.getvalue())
    except OSError:
        return
    files.drop_oldest(_kept(), LIMIT)
