"""The course as a whole: profiles, where the notebooks are, running and rebuilding them, and the doctor.

Loads nothing but the standard library: `doctor` must run where the rest cannot.
"""

from zirconkit.course.profiles import PROFILES, notebooks, profile, setup_cell

__all__ = ["PROFILES", "notebooks", "profile", "setup_cell"]
