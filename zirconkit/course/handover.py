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
            kept = _read() or {}
            files.write_whole(FILE, json.dumps({**kept, name: value}, indent=1))
    except OSError as error:
        print(f"{FILE} cannot be written here ({error.strerror}): later notebooks will do without.")


def handed_over(name):
    """What an earlier notebook kept under a name; None where there is nothing."""
    kept = _read() if Path(FILE).is_file() else None
    return (kept or {}).get(name)


def _read():
    """What the file holds: dict; None where there is none. What is no such file is put aside, and said."""
    try:
        kept = json.loads(Path(FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (ValueError, OSError):
        kept = None
    if not isinstance(kept, dict):
        os.replace(FILE, f"{FILE}.unreadable")
        print(f"{FILE} could not be read: it is kept as {FILE}.unreadable, and a new one begun.")
        return None
    return kept
