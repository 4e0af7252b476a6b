"""What a program grows, with its truth: crystals, zoning, recipes of samples, whole mounts.

The mounts need no network, look like the real ones, measured, and bring a label image and a table of each grain.
"""

from zirconkit.synthetic.mounts import EMBEDDED, SAMPLES, VERSION, SyntheticMount, grow, grow_mount, save
from zirconkit.synthetic.recipes import population, random_recipe

__all__ = [
    "EMBEDDED",
    "SAMPLES",
    "VERSION",
    "SyntheticMount",
    "grow",
    "grow_mount",
    "population",
    "random_recipe",
    "save",
]
