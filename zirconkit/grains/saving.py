"""Data sets as files: a plain folder, or one compressed file; no pickle."""

from io import StringIO
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from zirconkit import mounts
from zirconkit.grains.data import Grains

__all__ = ["load", "load_npz", "save", "save_npz"]


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
    images = [mounts.read_image(folder / f"{row:05d}.png") for row in range(len(table))]
    return Grains(np.stack(images)[..., None], table)


def save_npz(grains, path):
    """Write one compressed file: the images, and the table as CSV text; no pickle."""
    np.savez_compressed(path, images=grains.images, table=np.array(grains.table.to_csv(index=False)))


def load_npz(path):
    """Read what `save_npz` wrote, without unpickling anything; returns Grains."""
    with np.load(path, allow_pickle=False) as data:
        return Grains(data["images"], _read_table(StringIO(str(data["table"]))))
