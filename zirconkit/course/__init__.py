"""The course as a whole: profiles, where the notebooks are, running and rebuilding them, and the doctor.

Loads nothing but the standard library: `doctor` must run where the rest cannot.
"""

from zirconkit.course.contents import contents, contents_table
from zirconkit.course.profiles import PROFILES, notebooks, profile, setup_cell

__all__ = ["PROFILES", "contents", "contents_table", "notebooks", "profile", "setup_cell"]
