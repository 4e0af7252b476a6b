"""Thousands of image files in, folders of grains out: `zirconkit segment` on all cores, or on a Dask cluster."""

from contextlib import nullcontext
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from zirconkit import jobs
from zirconkit.files import as_parquet, whole
from zirconkit.mounts.sheets import find_sheet
from zirconkit.segmentation.files import output_names, segment_file
from zirconkit.segmentation.whole import Segmented, warn_of_scales

__all__ = ["Task", "fingerprint", "gather", "segment_many", "tasks_of"]

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
        If another call is at work in the folder, no scheduler answers, or there is no room left on the disk.
    """
    tasks = tasks_of(paths, folder, method, known)
    several = len(tasks) >= FEW or bool(scheduler or n_jobs)
    scales, done = {}, set()
    with jobs.alone_in(folder) if several else nullcontext():
        results = jobs.run(_noted if several else _cut, tasks, scheduler, (n_jobs or -1) if several else 1)
        for task, summary, error in results:
            if summary:
                done.add(task.target)
                scales[task.path.name] = _for_its_scale(summary)
            yield task.path, summary, error
        if several:
            gather([task for task in tasks if task.target in done], folder)
    warn_of_scales(scales)


def _for_its_scale(summary):
    """What `warn_of_scales` looks at, without the image."""
    return Segmented(None, None, range(summary["grains"]), summary["um_per_px"], summary["factor"])


def tasks_of(paths, folder, method, known):
    """One `Task` for each image."""
    names = output_names(paths)
    return [Task(Path(path), Path(folder) / name, method, known) for path, name in zip(paths, names)]


def _cut(task):
    """Segment one image: what was found, as a dict."""
    found = segment_file(task.path, task.target, task.method, **task.known)
    kept = found.table[found.table["kept"]]
    doubtful = kept["flags"].str.contains("|".join(DOUBTFUL))
    summary = {"grains": len(found.table), "kept": len(kept), "doubtful": kept.loc[doubtful, "grain"].tolist()}
    return summary | {"um_per_px": found.um_per_px, "factor": float(found.factor)}


def _noted(task):
    """Segment one image, unless there is a note that it is done; what was found goes into the note."""
    return jobs.once(_cut, task, fingerprint(task), task.target, task.target / "grains.csv")


def fingerprint(task, *further):
    """A digest of all that the result of a task depends on: the image, its edit list, its sheet, and the settings."""
    path = task.path
    edits = path.with_name(f"{path.name}.edits.json")
    sheet = find_sheet(path.parent) if path.parent.is_dir() else None
    return jobs.digest([path, edits, sheet], task.method, task.known, *further)


def gather(tasks, folder):
    """One table of the grains of all images, a row each, by image: `grains.csv`, and `grains.parquet`.

    Written bit by bit, so that memory does not grow with the number of images; of no tasks nothing is written.
    """
    if not tasks:
        return
    path = Path(folder) / "grains.csv"
    columns = None
    with whole(path) as [part], part.open("w", encoding="utf-8", newline="") as file:
        for task in tasks:
            table = pd.read_csv(task.target / "grains.csv", dtype={"flags": str}).fillna({"flags": ""})
            table.insert(0, "sample", task.target.name)
            table.to_csv(file, index=False, header=columns is None, columns=columns)
            columns = columns or list(table)
    as_parquet(path, ["sample", "flags"])
