"""The edit list that goes from notebook 01 to the notebooks behind it."""

import os
from pathlib import Path

from zirconkit.course.handover import hand_over, handed_over
from zirconkit.segmentation import apply_edits, load_edits, save_edits

__all__ = ["edit_list", "hand_over_edits", "mended"]


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


def mended(mount, labels, data):
    """A label image as the student mended it in notebook 01: after the edit list that she handed over, if it fits.

    A sentence says whether it was replayed, or why not; where there is none, nothing is said.

    Parameters
    ----------
    mount : mounts.Mount
    labels : array of int, shape (height, width)
        Its label image before any edits.
    data : str
        The data set, as it was given to `hand_over_edits`.

    Returns
    -------
    array of int, shape (height, width)
        `labels` itself where no list is to be had.
    """
    path = _edits_of(mount)
    if not path.is_file():
        return labels
    if _of_which_data().get(mount.path.name, str(data)) != str(data):
        print(f"{path} is not of the {data} mount {mount.sample}: it is passed over.")
        return labels
    try:
        edits = load_edits(path)
        after = apply_edits(labels, edits)
    except (ValueError, OSError) as error:
        print(f"{path} is passed over, it is damaged or of another mount ({error}).")
        return labels
    print(f"{mount.sample}: your edits of notebook 1 ({len(edits)}) are replayed.")
    return after


def _edits_of(mount):
    """Where the student's edit list of a mount lies, in the working folder."""
    return Path(f"{mount.path.name}.edits.json")


def _of_which_data():
    """The data set that each list was made for: dict of str to str, by the name of the image's file."""
    known = handed_over("edits")
    return known if isinstance(known, dict) else {}
