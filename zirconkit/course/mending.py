"""The edit list that goes from notebook 01 to the notebooks behind it."""

from pathlib import Path

from zirconkit.course.handover import hand_over, handed_over
from zirconkit.segmentation import apply_edits, load_edits, save_edits

__all__ = ["hand_over_edits", "mended"]


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
    print(f"Kept in {path}: {len(edits)} edits, {labels.max()} grains before, {after.max()} after.")


def mended(mount, labels, data):
    """A label image as the student mended it in notebook 01: after the edit list that she handed over, if it fits.

    A sentence says whether it was replayed, or why not; where none was handed over, nothing is said.

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
    if _of_which_data().get(mount.path.name) != str(data):
        print(f"{path} is not of the {data} mount {mount.sample}: it is passed over.")
        return labels
    try:
        edits = load_edits(path)
        after = apply_edits(labels, edits)
    except (ValueError, OSError) as error:
        print(f"{path} is passed over, it is damaged or of another mount ({error}).")
        return labels
    print(f"{mount.sample}: your {len(edits)} edits of notebook 1 are replayed.")
    return after


def _edits_of(mount):
    """Where the student's edit list of a mount lies, in the working folder."""
    return Path(f"{mount.path.name}.edits.json")


def _of_which_data():
    """The data set that each list was made for: dict of str to str, by the name of the image's file."""
    known = handed_over("edits")
    return known if isinstance(known, dict) else {}
