"""What one notebook hands to another: a small file in the working folder, one for each student."""

import json
import os
from pathlib import Path

from filelock import FileLock

from zirconkit import files

__all__ = ["FILE", "hand_over", "handed_over"]

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
