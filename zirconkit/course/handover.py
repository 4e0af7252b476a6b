"""What one notebook hands to another: a small file in the working folder, one for each student."""

import contextlib
import io
import json
import os
import warnings
from dataclasses import replace
from pathlib import Path

from filelock import FileLock

from zirconkit import files

__all__ = ["FILE", "curated", "hand_over", "handed_over"]

FILE = "zirconkit_course.json"


def hand_over(name, value):
    """Keep a value for the notebooks to come, under a name; what other names hold stays.

    Where the file cannot be written, or an earlier one cannot be read, a sentence says so, and the lesson goes on. An
    unreadable file is kept beside the new one, as `zirconkit_course.json.unreadable`.

    Parameters
    ----------
    name : str
    value : what JSON holds
        Numbers, words, lists and dicts of these.
    """
    json.dumps(value)  # what cannot be kept is a fault of the notebook, and shown as one
    try:
        with FileLock(f".{FILE}.lock"):  # notebooks may run side by side
            kept = _read()
            if kept is None:
                os.replace(FILE, f"{FILE}.unreadable")
                print(f"{FILE} could not be read: it is kept as {FILE}.unreadable, and a new one begun.")
            files.write_whole(FILE, json.dumps({**(kept or {}), name: value}, indent=1))
    except OSError as error:
        print(f"{FILE} cannot be written here ({error.strerror}): later notebooks will do without.")


def handed_over(name):
    """What an earlier notebook kept under a name; None where there is nothing, or nothing that can be read."""
    return (_read() or {}).get(name)


def _read():
    """What the file holds: dict, empty where there is no file; None where it cannot be read, or is no such file."""
    path = Path(FILE)
    if not path.exists():
        return {}
    try:
        kept = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError):
        return None
    return kept if isinstance(kept, dict) else None


def curated(found, data="synthetic"):
    """The same mounts with the edit lists of notebook 01 that lie in the working folder; a sentence says which.

    A list is named after the image, `QVC075.png.edits.json`, or after the data set and the image,
    `synthetic_QVC075.png.edits.json`. One that does not fit its mount, or is of no mount here, is named and left out.

    Parameters
    ----------
    found : list of `mounts.Mount`
    data : str
        The data set, as `mounts.find` takes it.

    Returns
    -------
    list of `mounts.Mount`
    """
    lists = {path.name.removesuffix(".edits.json"): path for path in sorted(Path().glob("*.edits.json"))}
    mended, used = [], set()
    for mount in found:
        names = {mount.path.name, f"{Path(data).name}_{mount.path.name}"} & set(lists)
        path = lists[max(names, key=len)] if names else None
        used |= names
        mended.append(replace(mount, edits=path) if path and _fits(mount, path) else mount)
    for name in sorted(set(lists) - used):
        print(f"{lists[name].name} is of no mount of this lesson: it is left out.")
    if not any(mount.edits for mount in mended):
        print("No edit list of notebook 01 is used here: the grains are as the watershed outlined them.")
    return mended


def _fits(mount, path):
    """Whether an edit list fits the grains of a mount; if it does not, a sentence says why."""
    from zirconkit import segmentation

    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):  # all is said once more below
            warnings.simplefilter("ignore")
            segmentation.segment_mount(replace(mount, edits=path))
    except ValueError as error:
        print(f"Left out: {error}.")
        return False
    return True
