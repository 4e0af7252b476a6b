"""What a lecturer hands out and collects: sets of notebooks, variants, an nbgrader course, a table of the class."""

from zirconkit.course.handouts.collecting import collect
from zirconkit.course.handouts.handing import AUDIENCES, hand_out

__all__ = ["AUDIENCES", "collect", "hand_out"]
