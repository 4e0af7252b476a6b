"""From grains in a mount to a data set: crops, one size, a table beside them, fair splits, files.

The published crop (Nathwani et al., 2023, section 2.1): cut the grain's bounding box out of the mount, pad or crop it
about its centre to 90 x 90 px, shrink it to 32 x 32. Zeros pad, although the resin of the mounts is not black: notebook
02 shows what that does.
"""

from zirconkit.grains.crops import crop, cut, example, fit_square, from_mounts
from zirconkit.grains.data import Grains
from zirconkit.grains.preparation import align, masks, normalise_exposure
from zirconkit.grains.saving import load, load_npz, save, save_npz
from zirconkit.grains.splits import published_split, stratified_split, test_split

__all__ = [
    "Grains", "align", "crop", "cut", "example", "fit_square", "from_mounts", "load", "load_npz", "masks",
    "normalise_exposure", "published_split", "save", "save_npz", "stratified_split", "test_split",
]  # fmt: skip
