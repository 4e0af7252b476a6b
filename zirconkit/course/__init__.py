"""The course as a whole: profiles, where the notebooks are, whether data are enough for them, running, the doctor.

Loads nothing but the standard library: `doctor` must run where the rest cannot.
"""

from zirconkit.course.contents import contents, contents_table
from zirconkit.course.profiles import PROFILES, notebooks, profile, setup_cell

__all__ = [
    "PROFILES", "contents", "contents_table", "curated", "edit_list", "enough", "hand_over", "hand_over_edits",
    "handed_over", "notebooks", "profile", "setup_cell",
]  # fmt: skip


def enough(number, found):
    """The mounts that a notebook goes on with; see `survey.enough`."""
    from zirconkit.course import survey  # loads pandas

    return survey.enough(number, found)


def hand_over(name, value):
    """Keep a value for the notebooks to come; see `handover.hand_over`."""
    from zirconkit import handover

    handover.hand_over(name, value)


def handed_over(name):
    """What an earlier notebook kept under a name, or None; see `handover.handed_over`."""
    from zirconkit import handover

    return handover.handed_over(name)


def edit_list(mount, data):
    """Where a student's edit list of a mount lies; see `mending.edit_list`."""
    from zirconkit.course import mending

    return mending.edit_list(mount, data)


def hand_over_edits(edits, mount, labels, data):
    """Keep an edit list for the notebooks to come; see `mending.hand_over_edits`."""
    from zirconkit.course import mending

    mending.hand_over_edits(edits, mount, labels, data)


def curated(found, data):
    """The same mounts with the edit lists of notebook 01 in the working folder; see `mending.curated`."""
    from zirconkit.course import mending

    return mending.curated(found, data)
