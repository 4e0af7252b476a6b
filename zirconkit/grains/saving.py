"""Data sets as files: a plain folder, or one compressed file; no pickle."""

from io import StringIO
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from zirconkit import files
from zirconkit.grains.data import Grains

__all__ = ["load", "load_npz", "save", "save_npz"]


def save(grains, folder):
    """Write a plain folder: table.csv, classes.txt and, named by its row, each grain's image and mask as PNG.

    Never overwrites a data set. Images have 1 or 3 channels (red, green, blue); `save_npz` takes any number.
    """
    folder = Path(folder)
    table, masks, channels = folder / "table.csv", folder / "masks", grains.images.shape[3]
    if table.exists():
        raise FileExistsError(f"{folder} holds a data set already: choose another folder or delete it")
    if channels not in (1, 3):
        raise ValueError(f"a PNG has 1 or 3 channels, not {channels}: use save_npz")
    masks.mkdir(parents=True, exist_ok=True)
    for row, (image, mask) in enumerate(zip(grains.images, grains.masks)):
        name = f"{row:05d}.png"
        _write(folder / name, image[..., ::-1])
        _write(masks / name, mask.astype(np.uint8) * 255)
    (folder / "classes.txt").write_text("\n".join(grains.classes), encoding="utf-8")
    files.write_whole(table, grains.table.to_csv(index=False))  # last: a folder without it is not a data set


def _write(path, picture):
    if not cv2.imwrite(str(path), picture):
        raise OSError(f"cannot write {path}: is the disk full or the folder read-only?")


def _read(path):
    picture = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    if picture is None:
        raise OSError(f"{path} is missing or damaged: save the data set again")
    return picture.reshape(*picture.shape[:2], -1)[..., ::-1]


def _read_table(file):
    return pd.read_csv(file, dtype={"flags": str}).fillna({"flags": ""})


def load(folder):
    """Read what `save` wrote; returns Grains."""
    folder = Path(folder)
    if not (folder / "table.csv").is_file():
        raise FileNotFoundError(f"{folder} holds no data set: table.csv is missing")
    table = _read_table(folder / "table.csv")
    names = [f"{row:05d}.png" for row in range(len(table))]
    images = np.stack([_read(folder / name) for name in names])
    masks = np.stack([_read(folder / "masks" / name) for name in names])
    classes = (folder / "classes.txt").read_text(encoding="utf-8")
    return Grains(images, masks[..., 0] > 0, table, tuple(classes.splitlines()))


def save_npz(grains, path):
    """Write one compressed file: images, masks and classes, and the table as CSV text; no pickle."""
    table = np.array(grains.table.to_csv(index=False))
    classes = np.array(grains.classes)
    np.savez_compressed(path, images=grains.images, masks=grains.masks, table=table, classes=classes)


def load_npz(path):
    """Read what `save_npz` wrote, without unpickling anything; returns Grains."""
    with np.load(path, allow_pickle=False) as data:
        images, masks = data["images"], data["masks"]
        table = _read_table(StringIO(str(data["table"])))
        classes = tuple(map(str, data["classes"]))
    return Grains(images, masks, table, classes)
