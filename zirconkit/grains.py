"""From grains in a mount to a data set: crops, one size, a table beside them, fair splits, files.

The published crop (Nathwani et al., 2023, section 2.1): cut the grain's bounding box out of the mount, pad or crop it
about its centre to 90 x 90 px, shrink it to 32 x 32. Zeros pad, although the resin of the mounts is not black: notebook
02 shows what that does.
"""

from dataclasses import dataclass
from io import StringIO
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from scipy.ndimage import binary_fill_holes
from sklearn.model_selection import train_test_split
from tqdm.auto import tqdm

from zirconkit import mounts as sources
from zirconkit import samples, segmentation

__all__ = [
    "Grains", "align", "crop", "cut", "example", "fit_square", "from_mounts", "load", "load_npz", "masks",
    "normalise_exposure", "published_split", "save", "save_npz", "stratified_split", "test_split",
]  # fmt: skip


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


def crop(image, box):
    """A copy of what an image shows in a box: row_min, col_min, row_max, col_max; the maxima are one past the end."""
    top, left, bottom, right = (int(value) for value in box)
    return image[top:bottom, left:right].copy()


def fit_square(image, size=90):
    """Pad with zeros, or crop, about the centre to a square of `size` px, as the paper does.

    With an odd remainder the extra pixel is below and to the right.
    """
    for axis, length in enumerate(image.shape):
        start = max(0, (length - size) // 2)
        image = image.take(range(start, min(length, start + size)), axis=axis)
    short = [size - length for length in image.shape]
    return np.pad(image, [(missing // 2, missing - missing // 2) for missing in short])


def cut(image, labels, table, size=32, square=90, mask_neighbours=False):
    """The grains of a mount as images of one size.

    Parameters
    ----------
    image : array of uint8, shape (height, width)
    labels : array of int, shape (height, width)
    table : DataFrame
        One row a wanted grain: label (its number in `labels`), row_min, col_min, row_max, col_max.
    size, square : int
        Side of the result and of the square it is shrunk from, in pixels; 32 and 90 in the paper.
    mask_neighbours : bool
        Blacken what is not this grain: resin, halo, neighbours.

    Returns
    -------
    array of uint8, shape (n, size, size, 1)
    """
    images = np.zeros((len(table), size, size, 1), np.uint8)
    boxes = table[["row_min", "col_min", "row_max", "col_max"]].to_numpy()
    for row, (number, box) in enumerate(zip(table["label"], boxes)):
        window = crop(image, box)
        if mask_neighbours:
            window[crop(labels, box) != number] = 0
        images[row, ..., 0] = cv2.resize(fit_square(window, square), (size, size), interpolation=cv2.INTER_AREA)
    return images


def from_mounts(found, method="watershed", size=32, square=90, mask_neighbours=False, progress=True):
    """Segment mounts, measure their grains and cut out the ones to keep: Grains, mount by mount, a row as `describe`d.

    Parameters
    ----------
    found : list of `mounts.Mount`
    method : "watershed" or "published"
    size, square, mask_neighbours
        As in `cut`.
    progress : bool
        Show a bar.
    """
    if not found:
        raise ValueError("there are no mounts to take grains from")
    images, tables = [], []
    for mount in tqdm(found, desc="mounts", unit="mount", disable=not progress, leave=False):
        image = mount.image()
        labels, table = segmentation.segment(image, method)
        table = table[table["kept"]]
        images.append(cut(image, labels, table, size, square, mask_neighbours))
        table = table.rename(columns={"label": "grain"})
        table.insert(0, "sample", mount.sample)
        table.insert(2, "label", mount.label)
        tables.append(table)
    return Grains(np.concatenate(images), pd.concat(tables, ignore_index=True))


def masks(images):
    """Where each masked grain is: what is above 0 in `cut(..., mask_neighbours=True)`, holes filled.

    From an array of uint8, shape (n, height, width, 1), to one of bool, shape (n, height, width).
    """
    return np.stack([binary_fill_holes(image[..., 0] > 0) for image in images])


def normalise_exposure(images, masks):
    """Set each grain's median to mid-grey (127), so that how brightly a mount was exposed says nothing.

    Parameters
    ----------
    images : array of uint8, shape (n, height, width, 1)
    masks : array of bool, shape (n, height, width)
        True on the grain; what lies around it is scaled alike.

    Returns
    -------
    array of uint8, the shape of `images`
    """
    medians = [max(np.median(image[mask]), 1) for image, mask in zip(images, masks)]
    return np.stack([cv2.convertScaleAbs(image, alpha=127 / m)[..., None] for image, m in zip(images, medians)])


def align(images, masks, size=32, fill=0.92):
    """Turn each grain's long axis level and scale it to one length: turn and size are gone, proportions stay.

    The long axis is that of the ellipse of equal second moments. The grain is drawn four times too large and shrunk
    by averaging, so that fine zoning fades and does not alias.

    Parameters
    ----------
    images : array of uint8, shape (n, height, width, 1)
    masks : array of bool, shape (n, height, width)
        True on the grain.
    size : int
        Side of the result, in pixels.
    fill : float
        Share of `size` that the grain's longer extent takes.

    Returns
    -------
    array of uint8, shape (n, size, size, 1)
    """
    aligned = np.zeros((len(images), size, size, 1), np.uint8)
    for image, mask, out in zip(images, masks, aligned):
        moments, points = cv2.moments(mask.astype(np.uint8), binaryImage=True), np.stack(np.nonzero(mask)[::-1])
        angle = 0.5 * np.arctan2(2 * moments["mu11"], moments["mu20"] - moments["mu02"])
        turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
        low, high = (turn @ points).min(1), (turn @ points).max(1)
        scale = 4 * size * fill / ((high - low).max() + 1)
        affine = np.c_[scale * turn, 2 * size - 0.5 - scale * (low + high) / 2]
        out[..., 0] = cv2.resize(
            cv2.warpAffine(image, affine, (4 * size,) * 2), (size,) * 2, interpolation=cv2.INTER_AREA
        )
    return aligned


def example(data="synthetic", seed=0):
    """One clearly zoned grain to look at: array of uint8, shape (90, 90).

    Parameters
    ----------
    data : str
        As in `mounts.find`.
    seed : int
        Which of the mount's six most strongly banded grains.
    """
    found = {mount.sample: mount for mount in sources.find(data, "quick")}
    mount = found.get("QVC055") or next(iter(found.values()))
    image = mount.image()
    labels, table = segmentation.segment(image)
    table = table[table["kept"] & (table["feret_px"] < 90) & (table["flags"] == "")]
    if table.empty:
        raise ValueError(f"{mount.path.name} has no grain that fits into 90 px")
    best = table.nlargest(6, "oscillation")
    return cut(image, labels, best.iloc[[seed % len(best)]], size=90)[0, ..., 0]


# Splits. A grain's mount fixes its class, its exposure and its neighbours: only `test_split` is fair to a new sample.


def stratified_split(grains, share=0.2, seed=0):
    """Set a share of the grains of each class aside at random; returns the rest and the ones aside, both Grains."""
    rest, aside = train_test_split(np.arange(len(grains)), test_size=share, random_state=seed, stratify=grains.y)
    return grains[rest], grains[aside]


def test_split(grains, test_samples=samples.TEST):
    """Hold whole samples out, by default the paper's QVC055 and QVC075; returns train and test, both Grains.

    A test sample without grains here raises a ValueError, as does a test that leaves nothing to train on.
    """
    missing = sorted(set(test_samples) - set(grains.table["sample"]))
    if missing:
        raise ValueError(f"no grains of the test sample {', '.join(missing)} are here")
    held_out = grains.table["sample"].isin(test_samples).to_numpy()
    if held_out.all():
        raise ValueError("every grain belongs to a test sample: nothing is left to train on")
    return grains[~held_out], grains[held_out]


def published_split(grains, n=678):
    """Hold the paper's test samples out, as far as they are here, and draw as many grains as it had to learn from.

    None is held out where the others have not both classes. The draw is always the same and keeps the share of each
    class; it takes all, if there are no more than n. Returns learning (to train and to validate on) and test, both
    Grains; test may be of one class, or empty.
    """
    others = grains.table[~grains.table["sample"].isin(samples.TEST)]
    here = set(samples.TEST) & set(grains.table["sample"]) if others["label"].nunique() == 2 else ()
    learning, test = test_split(grains, here)
    if n < len(learning):
        rows, _ = train_test_split(np.arange(len(learning)), train_size=n, random_state=0, stratify=learning.y)
        learning = learning[np.sort(rows)]
    return learning, test


def save(grains, folder):
    """Write a plain folder: table.csv and one 8-bit PNG a grain, named by its row. Never overwrites a data set."""
    folder = Path(folder)
    if (folder / "table.csv").exists():
        raise FileExistsError(f"{folder} holds a data set already: choose another folder or delete it")
    folder.mkdir(parents=True, exist_ok=True)
    for row, image in enumerate(grains.images):
        if not cv2.imwrite(str(folder / f"{row:05d}.png"), image):
            raise OSError(f"cannot write {folder / f'{row:05d}.png'}: is the disk full or the folder read-only?")
    grains.table.to_csv(folder / "table.csv", index=False)  # last: a folder without it is not a data set


def _read_table(file):
    return pd.read_csv(file, dtype={"flags": str}).fillna({"flags": ""})


def load(folder):
    """Read what `save` wrote; returns Grains."""
    folder = Path(folder)
    if not (folder / "table.csv").is_file():
        raise FileNotFoundError(f"{folder} holds no data set: table.csv is missing")
    table = _read_table(folder / "table.csv")
    images = [sources.read_image(folder / f"{row:05d}.png") for row in range(len(table))]
    return Grains(np.stack(images)[..., None], table)


def save_npz(grains, path):
    """Write one compressed file: the images, and the table as CSV text; no pickle."""
    np.savez_compressed(path, images=grains.images, table=np.array(grains.table.to_csv(index=False)))


def load_npz(path):
    """Read what `save_npz` wrote, without unpickling anything; returns Grains."""
    with np.load(path, allow_pickle=False) as data:
        return Grains(data["images"], _read_table(StringIO(str(data["table"]))))
