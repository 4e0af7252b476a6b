"""Image files in, folders of grains out: what `zirconkit segment` does. A result is written whole or not at all."""

import re
import secrets
import shutil
from collections import Counter
from pathlib import Path

import cv2
import numpy as np

from zirconkit.files import make_folder, unwritable
from zirconkit.mounts import at, sample_name
from zirconkit.segmentation.outlines import draw_outlines
from zirconkit.segmentation.whole import segment_mount
from zirconkit.spectra import filtered

__all__ = ["cut_file", "output_names", "replace_folder", "segment_file", "write_result"]

OURS = ("labels.png", "outlines.png", "grains.csv", "crops")
MAX_LABEL = np.iinfo(np.uint16).max


def output_names(paths):
    """A name for what comes of each image: its own without the ending; among namesakes with what tells them apart.

    That is the folder (`A/CL.tif`, `B/CL.tif`: A_CL, B_CL) or the ending (`S1.png`, `S1.tif`: S1_png, S1_tif), or both.

    Returns
    -------
    list of str
        As many as `paths`, no two alike, be it in capitals only.

    Raises
    ------
    ValueError
        If an image is named twice, or folders of one name hold namesakes.
    """
    paths = [Path(path) for path in paths]
    ways = [
        sample_name,
        lambda path: f"{_folder_name(path)}_{sample_name(path)}",
        lambda path: f"{sample_name(path)}_{path.suffix[1:]}",
        lambda path: f"{_folder_name(path)}_{sample_name(path)}_{path.suffix[1:]}",
    ]
    names = [sample_name(path) for path in paths]
    for way in ways[1:]:
        twins = _twins(names)
        trial = [way(path) if twin else name for path, name, twin in zip(paths, names, twins)]
        if sum(_twins(trial)) < sum(twins):
            names = trial
    for name, path, twin in zip(names, paths, _twins(names)):
        if twin:
            raise ValueError(f"two of the images would both be written to {name} (one is {path}): rename one")
    return names


def _folder_name(path):
    return path.resolve().parent.name


def _twins(names):
    """Whether each name is another's, too, capitals aside: list of bool."""
    folded = [name.casefold() for name in names]
    counts = Counter(folded)
    return [counts[name] > 1 for name in folded]


def segment_file(path, target, method="watershed", weights=None, cube=None, **known):
    """Segment one image into a folder: labels.png (uint16), outlines.png, grains.csv, crops/<grain>.png (8-bit grey).

    `weights` as in `segment`, `known` is what `mounts.at` takes; the scale comes from a sample sheet beside the image,
    from `um_per_px`, or from the file. An edit list that lies beside the image, `<image file name>.edits.json`, is
    replayed before grains are measured. With a `cube` of X-ray spectra (`spectra.read_cube`) the table has the columns
    zircon (how probable) and counts, and what is no zircon has the flag not_zircon and is not kept. An earlier result
    is replaced once the new one is complete; other files in that folder stay. Returns the `segmentation.Segmented`.

    Raises
    ------
    ValueError
        If the image cannot be used, or holds more grains than 16 bits can number, or its edit list does not fit.
    OSError
        If something cannot be read or written.
    """
    found = cut_file(path, method, weights, cube, **known)
    write_result(target, found)
    return found


def cut_file(path, method="watershed", weights=None, cube=None, **known):
    """What `segment_file` finds, not written: a `segmentation.Segmented`."""
    found = segment_mount(at(path, **known), method, weights)
    if cube is not None:
        found = found._replace(table=filtered(found.table, found.labels, cube))
    count = found.labels.max(initial=0)
    if count > MAX_LABEL:
        raise ValueError(f"{path} has {count} grains, a label image holds {MAX_LABEL}: cut the image into parts")
    return found


def write_result(target, found, **pages):
    """Write what was found into a folder, with pages: their text, by names without the ending .html."""
    names = [f"{name}.html" for name in pages]

    def write(folder):
        _write_result(folder, found)
        for name, text in zip(names, pages.values()):
            (folder / name).write_bytes(text.encode())

    replace_folder(Path(target), (*OURS, *names), write)


def replace_folder(target, ours, write):
    """Write a result into a folder whole or not at all; what was there of `ours` goes, other files stay.

    Parameters
    ----------
    target : path
    ours : tuple of str
        Names of the files and folders that a result consists of.
    write : function
        Makes the folder that it is given, and writes all of them into it.

    Raises
    ------
    OSError
        If it cannot be written; an earlier result is untouched.
    """
    make_folder(target.parent)
    new = target.with_name(f".{target.name}.{secrets.token_hex(4)}.new")
    try:
        write(new)
        _swap(new, target, ours)
    except OSError as error:
        raise unwritable(target, _first(error)) from None
    finally:
        shutil.rmtree(new, ignore_errors=True)


def _first(error):
    """What went wrong first: of what shutil gathers it keeps the words alone."""
    number = re.search(r"\[Errno (\d+)\]", str(error)) if isinstance(error, shutil.Error) else None
    return OSError(int(number[1]), "") if number else error


def _write_result(folder, found):
    """Write the label image, the outlines, the table and the crops into a new folder."""
    crops = folder / "crops"
    crops.mkdir(parents=True)
    _write_png(folder / "labels.png", found.labels.astype(np.uint16))
    outlines = draw_outlines(found.image, found.labels, found.table, found.um_per_px)
    _write_png(folder / "outlines.png", outlines[..., ::-1])
    found.table.to_csv(folder / "grains.csv", index=False, float_format="%.6g")
    for grain in found.table.itertuples():
        crop = found.image[grain.row_min : grain.row_max, grain.col_min : grain.col_max]
        _write_png(crops / f"{grain.grain}.png", crop)


def _write_png(path, image):
    path.write_bytes(cv2.imencode(".png", image)[1])  # imwrite would return False on a full disk and say nothing


def _swap(new, target, ours):
    """Put a finished folder in the place of an earlier one, which moves back should anything fail."""
    if not target.is_dir():
        new.rename(target)
        return
    shutil.copytree(target, new, ignore=lambda at, _: ours if at == str(target) else (), dirs_exist_ok=True)
    old = target.rename(new.with_suffix(".old"))
    try:
        new.rename(target)
    except BaseException:
        old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)
