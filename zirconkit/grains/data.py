"""The data set of every notebook: images and a table that belong together, row by row."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from zirconkit import samples

__all__ = ["Grains"]


@dataclass(frozen=True)
class Grains:
    """Images and a table that belong together, row by row.

    Parameters
    ----------
    images : array of uint8, shape (n, height, width, 1)
    table : DataFrame, n rows
        sample, grain (its number in the sample's label image), label ("porphyry", "batholith" or missing) and whatever
        was measured.
    """

    images: np.ndarray
    table: pd.DataFrame

    def __post_init__(self):
        images, n = self.images, len(self.table)
        if images.ndim != 4 or images.dtype != np.uint8 or len(images) != n:
            wanted = "images must be uint8 (n, height, width, 1) with a table row each"
            raise ValueError(f"{wanted}; these are {images.dtype} {images.shape} with {n} rows")

    def __len__(self):
        return len(self.table)

    def __getitem__(self, rows):
        """The grains of a boolean mask, a slice or a list of positions, with their rows of the table."""
        return Grains(self.images[rows], self.table.iloc[rows].reset_index(drop=True))

    @property
    def y(self):
        """Class of each grain: 1 porphyry, 0 batholith; int array of shape (n,)."""
        unknown = ~self.table["label"].isin(samples.CLASSES)
        if unknown.any():
            names = ", ".join(self.table["sample"][unknown].unique())
            mend = "name it in the folder's samples.csv, or leave them out"
            raise ValueError(f"{unknown.sum()} grains have no class (samples {names}): {mend}")
        return self.table["label"].eq("porphyry").to_numpy().astype(int)

    @property
    def x(self):
        """What a network takes: float32 in 0..1, shape (n, height, width, 1)."""
        return self.images.astype(np.float32) / 255
