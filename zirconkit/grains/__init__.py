"""From grains in a mount to a data set: crops and masks, one size, a table beside them, fair splits, files."""

from zirconkit.grains.crops import (
    Zoned,
    contaminants,
    crop,
    cut,
    fit_square,
    from_mounts,
    on_its_mount,
    why_not_kept,
    zoned,
)
from zirconkit.grains.data import Grains, concatenate, resize
from zirconkit.grains.preparation import REPAIRS, align, level_and_even, normalise_exposure, repaired
from zirconkit.grains.saving import load, load_npz, save, save_npz
from zirconkit.grains.splits import held_out, published_split, stratified_split, subset, test_split

__all__ = [
    "REPAIRS", "Grains", "Zoned", "align", "concatenate", "contaminants", "crop", "cut", "fit_square", "from_mounts",
    "held_out", "level_and_even", "load", "load_npz", "normalise_exposure", "on_its_mount", "published_split",
    "repaired", "resize", "save", "save_npz", "stratified_split", "subset", "test_split", "why_not_kept", "zoned",
]  # fmt: skip
