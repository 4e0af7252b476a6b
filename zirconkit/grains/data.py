"""The data set of every notebook: images, masks and a table that belong together, row by row."""

from dataclasses import dataclass

import cv2
import numpy as np
import pandas as pd

from zirconkit import samples

__all__ = ["Grains", "concatenate", "resize", "resized"]


@dataclass(frozen=True)
class Grains:
    """Images, masks and a table that belong together, row by row.

    Parameters
    ----------
    images : array of uint8, shape (n, height, width, channels)
    masks : array of bool, shape (n, height, width)
        True on the grain.
    table : DataFrame, n rows
        sample, grain (its number in the sample's label image), class_name (None where nobody said) and whatever was
        measured.
    classes : tuple of str, optional
        The names of the classes in scikit-learn's order, which is sorted: their places are `y`. Of two the second is
        the positive one. By default those in the table; the paper's two, where there are no others.

    Raises
    ------
    ValueError
        If the shapes do not belong together, or the table names a class that is not among `classes`.
    """

    images: np.ndarray
    masks: np.ndarray
    table: pd.DataFrame
    classes: tuple = ()

    def __post_init__(self):
        _check_shapes(self.images, self.masks, len(self.table))
        object.__setattr__(self, "classes", _classes(self.table, self.classes))

    def __len__(self):
        return len(self.table)

    def __getitem__(self, rows):
        """The grains of a boolean mask, a slice or a list of positions, with their rows of the table."""
        table = self.table.iloc[rows].reset_index(drop=True)
        return Grains(self.images[rows], self.masks[rows], table, self.classes)

    def with_images(self, images, masks=None):
        """The same grains as they look in other images: Grains; with masks of their own, if the size is another."""
        return Grains(images, self.masks if masks is None else masks, self.table, self.classes)

    def two_classes(self):
        """The same grains with two classes, as a sigmoid wants them: the last against all others, "(a + b)"."""
        if len(self.classes) <= 2:
            return self
        *others, last = self.classes
        rest = f"({' + '.join(others)})"
        print(f"{len(self.classes)} classes: here {last} is told from the others, {rest}.")
        names = self.table["class_name"].map(lambda name: name if name == last or pd.isna(name) else rest)
        return Grains(self.images, self.masks, self.table.assign(class_name=names), tuple(sorted((rest, last))))

    @property
    def y(self):
        """Class of each grain, its place in `classes`: array of int, shape (n,); a ValueError if one has none."""
        places = pd.Index(self.classes).get_indexer(self.table["class_name"])
        if (places == -1).any():
            unknown = self.table["sample"][places == -1]
            names = ", ".join(unknown.astype(str).unique())
            mend = "name it in the folder's samples.csv, or leave them out"
            raise ValueError(f"{len(unknown)} grains have no class (samples {names}): {mend}")
        return places

    @property
    def x(self):
        """What a network takes: float32 in 0..1, shape (n, height, width, channels)."""
        return self.images.astype(np.float32) / 255


def _check_shapes(images, masks, n):
    """ValueError if images and masks do not belong together, or to a table of n rows."""
    if images.ndim != 4 or images.dtype != np.uint8 or len(images) != n:
        wanted = "images must be uint8 (n, height, width, channels) with a table row each"
        raise ValueError(f"{wanted}; these are {images.dtype} {images.shape} with {n} rows")
    size = images.shape[:3]
    if masks.shape != size or masks.dtype != bool:
        wanted = f"masks must be bool {size}, as the images are"
        raise ValueError(f"{wanted}; these are {masks.dtype} {masks.shape}")


def _classes(table, classes):
    """The given classes as a tuple, or those of a table; ValueError if the table has others, or they are not sorted."""
    named = set(table["class_name"].dropna()) if "class_name" in table else set()
    if not classes:
        return samples.CLASSES if named <= set(samples.CLASSES) else tuple(sorted(named))
    in_order = list(classes) == sorted(set(classes))
    if not in_order or not named <= set(classes):
        names = ", ".join(sorted(named))
        raise ValueError(f"classes must be sorted and hold all of the table's ({names}), not {', '.join(classes)}")
    return tuple(classes)


def concatenate(parts):
    """Several Grains of one image size and the same classes as one, in their order."""
    images = np.concatenate([part.images for part in parts])
    masks = np.concatenate([part.masks for part in parts])
    table = pd.concat([part.table for part in parts], ignore_index=True)
    return Grains(images, masks, table, parts[0].classes)


def resize(grains, size):
    """The same grains, each image shrunk (or enlarged) to `size` x `size` px; a mask holds all that shows the grain."""
    images = [resized(image, size) for image in grains.images]
    shown = grains.masks.astype(np.uint8) * 255
    shares = [resized(mask, size) for mask in shown]
    masks = np.stack(shares)[..., 0] > 0
    return grains.with_images(np.stack(images), masks)


def resized(picture, size):
    """A picture shrunk (or enlarged) to a square: shape (size, size, channels); each pixel is the mean of its area."""
    small = cv2.resize(picture, (size, size), interpolation=cv2.INTER_AREA)
    return small.reshape(size, size, -1)
