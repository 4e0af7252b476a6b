"""Running a sweep: what is not finished yet is trained, what is finished is kept and gathered.

Each training is a job of its own that depends on nothing but its row of the plan: it gives the same numbers wherever it
runs. A finished job is a file under `jobs/` in the output folder, written in one move, and is never run again.
"""

import hashlib
import json
import zlib
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import numpy as np
import pandas as pd
from filelock import FileLock, Timeout
from tqdm.auto import tqdm

from zirconkit import __version__, mounts
from zirconkit import grains as gr
from zirconkit.files import make_folder, write_whole
from zirconkit.networks.sweeps import trials
from zirconkit.networks.sweeps.plans import plan
from zirconkit.networks.sweeps.workers import Job, on_a_cluster, on_this_machine

__all__ = ["load_grains", "run"]


def load_grains(sweep, jobs):
    """The grains that the jobs need: dict from (grains, size) to two Grains, those to learn from and the test.

    They are split by `grains.published_split`.
    """
    found = mounts.labelled(sweep["data"])
    kinds = jobs[["grains", "size"]].drop_duplicates().sort_values(["grains", "size"])
    data = {}
    for kind, size in kinds.itertuples(index=False):
        grains = _cut(found, kind, int(size))
        data[kind, int(size)] = gr.published_split(grains, sweep["n_grains"])
    return data


def _cut(found, kind, size):
    if kind == "as published":
        return gr.from_mounts(found, size=size, mask_neighbours=True)
    return gr.level_and_even(gr.from_mounts(found, size=160, square=160), size)


def run(sweep, out, scheduler=None, n_jobs=-1, progress=True):
    """Run the jobs of a sweep that are not finished yet.

    Parameters
    ----------
    sweep : dict
        What `read` returns.
    out : path
        Folder: `results.csv` (a row a job, as `trials.train` makes it), `curves.csv` (a row a job and epoch) and
        `jobs/`. A second call on it goes on where the first one stopped.
    scheduler : str, optional
        Address of a Dask scheduler, "tcp://host:8786"; its workers need zirconkit. Without one the jobs run here.
    n_jobs : int
        Processes, of this machine; -1 takes all cores.
    progress : bool
        Show a bar.

    Returns
    -------
    DataFrame
        What is in `results.csv`.

    Raises
    ------
    ValueError
        If a fold would be of one class, or the folder has results of another version of zirconkit.
    OSError
        If the folder cannot be written or is in use, or no scheduler or worker answers.
    """
    out = make_folder(Path(out) / "jobs").parent
    table = plan(sweep)
    try:
        with FileLock(out / ".lock", timeout=0):
            _check_version(out)
            jobs = _jobs(table, load_grains(sweep, table), sweep["folds"], out / "jobs")
            try:
                _work(jobs, scheduler, n_jobs, progress)
            finally:
                results = _gather(table["name"], [job.file for job in jobs], out)
            return results
    except Timeout:
        raise OSError(f"another sweep is at work in {out}: wait for it, or choose another folder") from None


def _jobs(table, data, folds, folder):
    """The rows of a plan as jobs: list of Job."""
    for learning, _ in data.values():
        trials.split(learning, 0, folds)  # a ValueError, if a fold would be of one class
    prints = {key: zlib.crc32(b"".join(part.images.tobytes() for part in parts)) for key, parts in data.items()}
    jobs = []
    for settings in table.to_dict("records"):
        key = settings["grains"], settings["size"]
        file = folder / _file_name(settings, folds, prints[key])
        jobs.append(Job(file, settings, *data[key], folds))
    return jobs


def _file_name(settings, folds, print_of_grains):
    """Where a job's result is kept: a name made of its settings, its seed and its grains, not of what it is called."""
    own = {key: value for key, value in settings.items() if key != "name"}
    content = json.dumps([own, folds, print_of_grains], sort_keys=True)
    digest = hashlib.sha256(content.encode()).hexdigest()
    return f"{digest[:16]}.json"


def _work(jobs, scheduler, n_jobs, progress):
    """Run what has no file yet; after a worker has died, what it left, up to three times."""
    finished = sum(job.file.exists() for job in jobs)
    with tqdm(total=len(jobs), initial=finished, unit="job", disable=not progress) as bar:
        for _ in range(3):
            waiting = [job for job in jobs if not job.file.exists()]
            if not waiting:
                return
            try:
                results = on_a_cluster(waiting, scheduler) if scheduler else on_this_machine(waiting, n_jobs)
                for file, row, curves in results:
                    _keep(file, row, curves)
                    bar.update()
            except BrokenProcessPool:
                continue
    raise OSError("workers died three times (out of memory?): use fewer at a time; finished jobs are kept")


def _keep(file, row, curves):
    """Write a finished job in one move."""
    if row["zirconkit"] != __version__:
        raise ValueError(f"a worker runs zirconkit {row['zirconkit']}, this is {__version__}: install one version")
    write_whole(file, json.dumps({"row": row, "curves": curves}))


def _check_version(out):
    """Raise a ValueError if a folder's results are of another version of zirconkit."""
    if not (out / "results.csv").is_file():
        return
    there = pd.read_csv(out / "results.csv")
    versions = set(there["zirconkit"].astype(str)) if "zirconkit" in there else {"of another kind"}
    if versions - {__version__}:
        words = f"{out / 'results.csv'} is from zirconkit {', '.join(sorted(versions))}, this is {__version__}"
        raise ValueError(f"{words}: choose another folder")


def _gather(names, paths, out):
    """Put what is finished into results.csv and curves.csv, in the order of the plan; the names are the plan's."""
    rows, curves = [], []
    for file, name in zip(paths, names):
        if file.exists():
            done = json.loads(file.read_text(encoding="utf-8"))
            row = done["row"] | {"name": name}
            rows.append(row)
            curves.append(_curves(done["curves"], row))
    results = pd.DataFrame(rows)
    write_whole(out / "results.csv", results.to_csv(index=False))
    write_whole(out / "curves.csv", (pd.concat(curves) if curves else pd.DataFrame()).to_csv(index=False))
    return results


def _curves(logged, row):
    """One job's curves as a table, a row an epoch."""
    table = pd.DataFrame(logged)
    table.insert(0, "epoch", np.arange(1, len(table) + 1))
    return table.assign(name=row["name"], seed=row["seed"], fold=row["fold"])
