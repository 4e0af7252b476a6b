"""Zipped hand-ins: what is read of them, unpacked into a folder of its own, or a sentence that says why not."""

import os
import time
import zipfile
import zlib
from pathlib import PurePosixPath

__all__ = ["unpack"]

WANTED = (".ipynb", ".json")  # nothing else of a hand-in is read
LARGEST = 200_000_000  # bytes of these in one zip, unpacked


def unpack(path, folder):
    """Unpack the notebooks and the students' files of a zip; the times at which they were saved stay theirs.

    Parameters
    ----------
    path : path
        Of the zip.
    folder : path
        Empty; nothing is written outside it.

    Raises
    ------
    ValueError
        If it is no zip, has a password, leads out of its folder or is too large; the sentence says which.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in _wanted(archive):
                written = archive.extract(entry, folder)
                saved = time.mktime((*entry.date_time, 0, 0, -1))
                os.utime(written, (saved, saved))
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise ValueError(f"it cannot be unpacked ({error})") from None


def _wanted(archive):
    """The entries of a zip that are read: list of ZipInfo."""
    entries = []
    for entry in archive.infolist():
        place = PurePosixPath(entry.filename.replace("\\", "/"))
        if place.is_absolute() or ".." in place.parts or ":" in entry.filename:
            raise ValueError(f"{entry.filename!r} leads out of its folder")
        beside = "__MACOSX" in place.parts or place.name.startswith(".")  # what a Mac adds
        if place.suffix.lower() in WANTED and not beside and not entry.is_dir():
            entries.append(entry)
    size = sum(entry.file_size for entry in entries)
    if size > LARGEST:
        raise ValueError(f"it holds {size // 10**6} MB of notebooks, more than {LARGEST // 10**6}")
    return entries
