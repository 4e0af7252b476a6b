"""Image files in, folders of grains out: what `zirconkit segment` does. A result is written whole or not at all."""

import os
import shutil
from pathlib import Path

import cv2
import numpy as np

from zirconkit import segmentation
from zirconkit.files import make_folder
from zirconkit.mounts import at, read_image

__all__ = ["segment_file", "segment_files"]

OURS = ("labels.png", "grains.csv", "crops")
MAX_LABEL = np.iinfo(np.uint16).max


def segment_files(paths, folder, method="watershed", um_per_px=None):
    """Segment images one after the other, each as by `segment_file`; a bad one does not stop the rest.

    Yields
    ------
    path : Path
    table : DataFrame or None
    error : Exception or None
        What went wrong with this image.

    Raises
    ------
    ValueError
        If two images would share a folder.
    """
    by_stem = {}
    for path in map(Path, paths):
        twin = by_stem.setdefault(path.stem.casefold(), path)
        if twin is not path:
            raise ValueError(f"{twin} and {path} would both be written to {Path(folder) / path.stem}: rename one")
    for path in by_stem.values():
        try:
            yield path, segment_file(path, folder, method, um_per_px), None
        except Exception as error:
            yield path, None, error


def segment_file(path, folder, method="watershed", um_per_px=None):
    """Segment one image into `folder/<stem>`: labels.png (uint16), grains.csv and crops/<grain>.png (8-bit grey).

    `um_per_px` is the scale in micrometres per pixel, by default that of the paper's mounts for those named in Table 1.
    An edit list that lies beside the image, `<image file name>.edits.json`, is replayed before grains are measured.
    An earlier result is replaced once the new one is complete; other files in that folder stay. Returns the table, as
    `segmentation.describe` gives it.

    Raises
    ------
    ValueError
        If the image cannot be used, or holds more grains than 16 bits can number, or its edit list does not fit.
    OSError
        If something cannot be read or written.
    """
    image = read_image(path)
    labels, table = segmentation.segment(image, method, um_per_px or at(path).um_per_px, path)
    if labels.max(initial=0) > MAX_LABEL:
        raise ValueError(f"{path} has {labels.max()} grains, a label image holds {MAX_LABEL}: cut the image into parts")
    target = make_folder(Path(folder)) / Path(path).stem
    new = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        _write_result(new, image, labels, table)
        _swap(new, target)
    except OSError as error:
        mend = "make room or name another folder; what was there before is untouched"
        raise OSError(f"{target} cannot be written ({error.strerror or error}): {mend}") from None
    finally:
        shutil.rmtree(new, ignore_errors=True)
    return table


def _write_result(folder, image, labels, table):
    """Write the label image, the table and the crops into a new folder."""
    crops = folder / "crops"
    crops.mkdir(parents=True)
    _write_png(folder / "labels.png", labels.astype(np.uint16))
    table.to_csv(folder / "grains.csv", index=False, float_format="%.6g")
    for grain in table.itertuples():
        crop = image[grain.row_min : grain.row_max, grain.col_min : grain.col_max]
        _write_png(crops / f"{grain.grain}.png", crop)


def _write_png(path, image):
    path.write_bytes(cv2.imencode(".png", image)[1])  # imwrite would return False on a full disk and say nothing


def _swap(new, target):
    """Put a finished folder in the place of an earlier one, which moves back should anything fail."""
    if not target.is_dir():
        new.rename(target)
        return
    shutil.copytree(target, new, ignore=lambda at, _: OURS if at == str(target) else (), dirs_exist_ok=True)
    old = target.rename(new.with_suffix(".old"))
    try:
        new.rename(target)
    except BaseException:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
