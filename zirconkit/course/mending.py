"""The edit list that goes from notebook 01 to the notebooks behind it."""

import contextlib
import io
import os
import warnings
from dataclasses import replace
from pathlib import Path

from zirconkit.handover import hand_over, handed_over
from zirconkit.segmentation import apply_edits, save_edits, segment_mount

__all__ = ["curated", "edit_list", "hand_over_edits"]


def edit_list(mount, data):
    """Where a student's edit list of a mount lies, as `widgets.Curator` wants it: str, without `.edits.json`.

    A list that was handed over for the same mount of another data set is put aside, and a sentence says so.
    """
    path, of_data = _edits_of(mount), _of_which_data().get(mount.path.name, str(data))
    if path.is_file() and of_data != str(data):
        aside = f"{path}.{Path(of_data).name}"
        os.replace(path, aside)
        hand_over("edits", _of_which_data() | {mount.path.name: str(data)})
        print(f"{path} is of the {of_data} mount: it is kept as {aside}, and a new list begun.")
    return mount.path.name


def hand_over_edits(edits, mount, labels, data):
    """Keep an edit list for the notebooks to come, as `<image>.edits.json` in the working folder; say so in a sentence.

    Parameters
    ----------
    edits : list of dict
        As `segmentation.apply_edits` replays it. One that does not fit is not kept, and the sentence says why.
    mount : mounts.Mount
    labels : array of int, shape (height, width)
        Its label image before the edits.
    data : str
        The data set: grown and real mounts have the same names.
    """
    try:
        after = apply_edits(labels, edits)
    except (ValueError, TypeError) as error:
        print(f"The edit list is not kept: {error}.")
        return
    path = _edits_of(mount)
    try:
        save_edits(edits, path)
    except OSError as error:
        print(f"{path} cannot be written here ({error.strerror}): later notebooks will do without.")
        return
    hand_over("edits", _of_which_data() | {mount.path.name: str(data)})
    print(f"Kept in {path}: {labels.max()} grains before your edits ({len(edits)}), {after.max()} after.")


def curated(found, data):
    """The same mounts with the edit lists of notebook 01 that lie in the working folder; what is not used is said.

    Parameters
    ----------
    found : list of mounts.Mount
    data : str
        The data set, as it was given to `hand_over_edits`.

    Returns
    -------
    list of mounts.Mount
    """
    lists = {path.name: path for path in sorted(Path().glob("*.edits.json"))}
    mounts = []
    for mount in found:
        path = lists.pop(_edits_of(mount).name, None)
        used = path and _is_of(mount, path, data) and _fits(mount, path)
        mounts.append(replace(mount, edits=path) if used else mount)
    for name in lists:
        print(f"{name} is of no mount of this lesson: it is left out.")
    if not any(mount.edits for mount in mounts):
        print("No edit list of notebook 01 is used here: the grains are as the watershed outlined them.")
    return mounts


def _is_of(mount, path, data):
    """Whether an edit list was made for this data set, or nobody knows; if not, a sentence says so."""
    of_data = _of_which_data().get(mount.path.name, str(data))
    if of_data != str(data):
        print(f"{path} is of the {of_data} mount: it is left out.")
    return of_data == str(data)


def _fits(mount, path):
    """Whether an edit list fits the grains of a mount; if it does not, a sentence says why."""
    try:
        with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()):  # all is said once more below
            warnings.simplefilter("ignore")
            segment_mount(replace(mount, edits=path))
    except ValueError as error:
        print(f"Left out: {error}.")
        return False
    return True


def _edits_of(mount):
    """Where the student's edit list of a mount lies, in the working folder."""
    return Path(f"{mount.path.name}.edits.json")


def _of_which_data():
    """The data set that each list was made for: dict of str to str, by the name of the image's file."""
    known = handed_over("edits")
    return known if isinstance(known, dict) else {}
