"""Thousands of image files in, folders of grains out: `zirconkit segment` on all cores, or on a Dask cluster.

Beside the folders lies `.jobs`, a note for each image that is finished. A second call goes on where the first stopped:
what has a note, its image and its settings unchanged, is not done again.
"""

import hashlib
import json
import os
from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

import joblib
import pandas as pd
from filelock import FileLock, Timeout

from zirconkit import __version__, jobs
from zirconkit.files import make_folder, write_whole
from zirconkit.mounts.sheets import find_sheet
from zirconkit.segmentation.files import output_names, segment_file
from zirconkit.segmentation.whole import Segmented, warn_of_scales

__all__ = ["NOTES", "Task", "alone_in", "fingerprint", "gather", "read_note", "segment_many", "tasks_of"]

NOTES = ".jobs"
DOUBTFUL = "parted", "low_solidity"  # flags: cut from a neighbour, or ragged
FEW = 16  # images; fewer are done here, one by one, and leave no notes, unless somebody asks for workers


class Task(NamedTuple):
    """One image to do: where it lies, where its results go, and how."""

    path: Path
    target: Path
    method: str
    known: dict

    def __str__(self):
        return str(self.path)


def segment_many(paths, folder, method="watershed", scheduler=None, n_jobs=None, **known):
    """Segment images on all cores, each as by `segment_file`; a bad one does not stop the rest.

    Of 16 images and more, and where workers are asked for: what was done before, and has not changed, is not done
    again, and at the end the tables of all become one, `grains.csv` and (where pyarrow is installed) `grains.parquet`.
    One warning says of which images nobody knows the scale.

    Parameters
    ----------
    paths : list of Path
    folder : path
    method : str
    scheduler : str, optional
        Address of a Dask cluster.
    n_jobs : int, optional
        Processes of this machine; by default all cores.
    **known
        What `segment_file` takes: weights, cube, um_per_px, page, invert.

    Yields
    ------
    path : Path
    summary : dict or None
        grains, kept, doubtful (numbers of kept grains whose outline may be wrong: `DOUBTFUL`), um_per_px, factor.
    error : Exception or None
        What went wrong with this image.

    Raises
    ------
    ValueError
        If no names can be found that tell the images' folders apart.
    OSError
        If another call is at work in the folder, or no scheduler answers.
    """
    tasks = tasks_of(paths, folder, method, known)
    several = len(tasks) >= FEW or bool(scheduler or n_jobs)
    scales = {}
    with alone_in(folder) if several else nullcontext():
        results = jobs.run(_noted if several else _cut, tasks, scheduler, (n_jobs or -1) if several else 1)
        for task, summary, error in results:
            if summary:
                scales[task.path.name] = _for_its_scale(summary)
            yield task.path, summary, error
        if several:
            gather(tasks, folder)
    warn_of_scales(scales)


def _for_its_scale(summary):
    """What `warn_of_scales` looks at, without the image."""
    return Segmented(None, None, range(summary["grains"]), summary["um_per_px"], summary["factor"])


def tasks_of(paths, folder, method, known):
    """One `Task` for each image."""
    names = output_names(paths)
    return [Task(Path(path), Path(folder) / name, method, known) for path, name in zip(paths, names)]


def alone_in(folder):
    """A lock on a folder of results: OSError if another call is at work in it."""
    folder = make_folder(Path(folder))
    make_folder(folder / NOTES)
    lock = FileLock(folder / NOTES / "lock", timeout=0)
    try:
        lock.acquire()
    except Timeout:
        raise OSError(f"another call is at work in {folder}: wait for it, or choose another folder") from None
    return lock


def _cut(task):
    """Segment one image: what was found, as a dict."""
    found = segment_file(task.path, task.target, task.method, **task.known)
    kept = found.table[found.table["kept"]]
    doubtful = kept["flags"].str.contains("|".join(DOUBTFUL))
    summary = {"grains": len(found.table), "kept": len(kept), "doubtful": kept.loc[doubtful, "grain"].tolist()}
    return summary | {"um_per_px": found.um_per_px, "factor": float(found.factor)}


def _noted(task):
    """Segment one image, unless there is a note that it is done; what was found goes into the note."""
    key = fingerprint(task)
    note = task.target.parent / NOTES / f"{task.target.name}.json"
    done = read_note(note, key)
    if done and (task.target / "grains.csv").is_file():
        return done
    found = _cut(task)
    write_whole(note, json.dumps({"key": key, "found": found}))
    return found


def fingerprint(task, *further):
    """A digest of all that the result of a task depends on: the image, its edit list, its sheet, and the settings."""
    path = task.path
    beside = [
        path,
        path.with_name(f"{path.name}.edits.json"),
        find_sheet(path.parent) if path.parent.is_dir() else None,
    ]
    states = [_state(each) for each in beside]
    content = json.dumps([states, task.method, joblib.hash(task.known), __version__, *further], default=str)
    return hashlib.sha256(content.encode()).hexdigest()


def _state(path):
    """What tells that a file is another: its size, and when it was written; None where there is none."""
    if path is None or not path.is_file():
        return None
    found = path.stat()
    return str(path), found.st_size, found.st_mtime_ns


def read_note(note, key):
    """What a finished job has noted; None if there is none, or it is of other settings."""
    try:
        content = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content["found"] if content.get("key") == key else None


def gather(tasks, folder):
    """One table of the grains of all images, a row each, by image: `grains.csv`, and `grains.parquet`.

    Written bit by bit, so that memory does not grow with the number of images.
    """
    folder = Path(folder)
    part = folder / NOTES / "grains.csv.part"
    columns = None
    with part.open("w", encoding="utf-8", newline="") as file:
        for task in tasks:
            own = task.target / "grains.csv"
            if own.is_file():
                table = pd.read_csv(own, dtype={"flags": str}).fillna({"flags": ""})
                table.insert(0, "sample", task.target.name)
                table.to_csv(file, index=False, header=columns is None, columns=columns)
                columns = columns or list(table)
    if columns:
        os.replace(part, folder / "grains.csv")
        _write_parquet(folder / "grains.csv", folder / "grains.parquet")


def _write_parquet(table, path):
    """The same table as Parquet; nothing where pyarrow is not installed."""
    try:
        from pyarrow import csv, parquet
    except ImportError:
        return
    part = path.with_name(f".{path.name}.part")
    text = csv.ConvertOptions(column_types={"sample": "string", "flags": "string"}, strings_can_be_null=False)
    with csv.open_csv(table, convert_options=text) as batches, parquet.ParquetWriter(part, batches.schema) as writer:
        for batch in batches:
            writer.write_batch(batch)
    os.replace(part, path)
