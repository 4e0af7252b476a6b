"""The course as a whole: profiles, where the notebooks are, whether data are enough for them, running, the doctor.

Loads nothing but the standard library: `doctor` must run where the rest cannot.
"""

from zirconkit.course.contents import contents, contents_table
from zirconkit.course.profiles import PROFILES, notebooks, profile, setup_cell

__all__ = ["PROFILES", "contents", "contents_table", "enough", "notebooks", "profile", "setup_cell"]


def enough(number, found):
    """The mounts that a notebook goes on with; see `survey.enough`."""
    from zirconkit.course import survey  # loads pandas

    return survey.enough(number, found)
