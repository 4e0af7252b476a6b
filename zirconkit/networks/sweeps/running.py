"""Many trainings as one table: configurations x seeds x folds in, one tidy CSV out, on one machine or a Dask cluster.

A configuration is a TOML file, such as those in data/sweeps. Each training is a job of its own that depends on nothing
but its row of the plan: it gives the same numbers wherever it runs. A finished job is a file under `jobs/` in the
output folder, written in one move, and is never run again.
"""

import hashlib
import json
import tomllib
import zlib
from concurrent.futures.process import BrokenProcessPool
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from filelock import FileLock, Timeout
from joblib import Parallel, delayed
from tqdm.auto import tqdm

from zirconkit import __version__, files, mounts, samples
from zirconkit import grains as gr
from zirconkit.networks.sweeps import trials

__all__ = ["load_grains", "plan", "read", "run"]

# What the file says about the sweep as a whole. With `folds = 1` a fifth of `n_grains` is left aside, once, as
# published; with more folds each of them once.
SWEEP = {"data": "synthetic", "n_grains": 678, "seeds": 3, "folds": 1, "settings": {}, "configurations": {}, "grid": {}}


def read(path):
    """A sweep's file, checked; what it leaves out is filled in from `SWEEP`.

    Parameters
    ----------
    path : path
        Of a TOML file, or the name of one in data/sweeps, "regularization" say.

    Returns
    -------
    dict

    Raises
    ------
    ValueError
        If it is no TOML, or has an unknown key, a setting of the wrong kind, or a network that cannot be built.
    """
    named = samples.DATA / "sweeps" / f"{path}.toml"
    path = named if named.is_file() else Path(path)
    if not path.is_file():
        ready = ", ".join(sorted(file.stem for file in named.parent.glob("*.toml")))
        raise FileNotFoundError(f"there is no file {path}: name one, or a ready-made sweep ({ready})")
    try:
        sweep = SWEEP | tomllib.loads(path.read_text(encoding="utf-8"))
        trials.known(sweep, SWEEP)
        for key in ("settings", "configurations", "grid"):
            if not isinstance(sweep[key], dict):
                raise ValueError(f"{key} must be a table, not {sweep[key]!r}")
        for name, settings in _configurations(sweep):
            trials.check(name, settings)
        for key in ("n_grains", "seeds", "folds"):
            if not isinstance(sweep[key], int) or sweep[key] < 1:
                raise ValueError(f"{key} must be a whole number from 1 up, not {sweep[key]!r}")
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path} is not TOML: {error}") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return sweep


def _configurations(sweep):
    """Name and settings of each: every named configuration with every combination of the grid."""
    for (name, own), values in product(
        (sweep["configurations"] or {"": {}}).items(), product(*map(_as_list, sweep["grid"].values()))
    ):
        point = dict(zip(sweep["grid"], values))
        label = ", ".join(filter(None, [name, *(f"{key} {value}" for key, value in point.items())]))
        yield label or "as published", trials.SETTINGS | sweep["settings"] | own | point


def _as_list(values):
    return values if isinstance(values, list) else [values]


def plan(sweep):
    """The jobs of a sweep as a table, a row each: name, the settings, seed, fold.

    Parameters
    ----------
    sweep : dict
        What `read` returns.

    Returns
    -------
    DataFrame
        A ValueError says so if two configurations are one and the same.
    """
    configurations = list(_configurations(sweep))
    for i, (name, settings) in enumerate(configurations):
        twins = [other for other, same in configurations[:i] if same == settings]
        if twins:
            raise ValueError(f"the configurations {twins[0]!r} and {name!r} are the same")
    return pd.DataFrame(
        {"name": name, **settings, "seed": seed, "fold": fold}
        for (name, settings), seed, fold in product(configurations, range(sweep["seeds"]), range(sweep["folds"]))
    )


def load_grains(sweep, jobs):
    """The grains that the jobs need: dict from (grains, size) to two Grains, those to learn from and the test.

    They are split by `grains.published_split`.
    """
    found = mounts.labelled(sweep["data"])
    return {
        (kind, int(size)): gr.published_split(_cut(found, kind, int(size)), sweep["n_grains"])
        for kind, size in sorted(set(zip(jobs["grains"], jobs["size"])))
    }


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
    out = files.make_folder(Path(out) / "jobs").parent
    jobs = plan(sweep)
    try:
        with FileLock(out / ".lock", timeout=0):
            _check_version(out)
            data = load_grains(sweep, jobs)
            for learning, _ in data.values():
                trials.split(learning, 0, sweep["folds"])
            paths = _files(jobs, data, sweep["folds"], out / "jobs")
            try:
                _work(jobs.to_dict("records"), paths, data, sweep["folds"], scheduler, n_jobs, progress)
            finally:
                results = _gather(jobs, paths, out)
            return results
    except Timeout:
        raise OSError(f"another sweep is at work in {out}: wait for it, or choose another folder") from None


def _files(jobs, data, folds, folder):
    """Where each job's result is kept: a name made of its settings, its seed and its grains."""
    prints = {key: zlib.crc32(b"".join(part.images.tobytes() for part in parts)) for key, parts in data.items()}
    files = []
    for job in jobs.drop(columns="name").to_dict("records"):
        content = json.dumps([job, folds, prints[job["grains"], job["size"]]], sort_keys=True)
        files.append(folder / f"{hashlib.sha256(content.encode()).hexdigest()[:16]}.json")
    return files


def _work(jobs, files, data, folds, scheduler, n_jobs, progress):
    """Run what has no file yet; after a worker has died, what it left, up to three times."""
    bar = tqdm(total=len(files), initial=sum(file.exists() for file in files), unit="job", disable=not progress)
    with bar:
        for _ in range(3):
            waiting = [
                (file, job, *data[job["grains"], job["size"]], folds)
                for file, job in zip(files, jobs)
                if not file.exists()
            ]
            if not waiting:
                return
            try:
                for file, row, curves in _on_a_cluster(waiting, scheduler) if scheduler else _here(waiting, n_jobs):
                    _keep(file, row, curves)
                    bar.update()
            except BrokenProcessPool:
                continue
    raise OSError("workers died three times (out of memory?): use fewer at a time; finished jobs are kept")


def _do(file, job, grains, test, folds):
    return file, *trials.train(job, grains, test, folds)


def _here(waiting, n_jobs):
    return Parallel(n_jobs, return_as="generator_unordered")(delayed(_do)(*one) for one in waiting)


def _on_a_cluster(waiting, address):
    """Results as they come. The scheduler itself gives the job of a worker that died to another one."""
    from distributed import Client, as_completed

    try:
        client = Client(address, timeout=10)
    except (OSError, ValueError):
        mend = f"start one with `dask scheduler`, and workers with `dask worker {address}`"
        raise OSError(f"no Dask scheduler answers at {address}: {mend}") from None
    with client:
        try:
            client.wait_for_workers(1, timeout=30)
        except TimeoutError:
            raise OSError(f"the Dask scheduler at {address} has no workers: `dask worker {address}`") from None
        # The grains are the result of a task, which can be had again if the worker that holds them dies.
        held = {id(part): client.submit(_same, part, pure=False) for one in waiting for part in one[2:4]}
        futures = [
            client.submit(_do, file, job, held[id(grains)], held[id(test)], folds, key=f"zirconkit-{file.stem}")
            for file, job, grains, test, folds in waiting
        ]
        for future in as_completed(futures):
            yield future.result()


def _same(part):
    return part


def _keep(file, row, curves):
    """Write a finished job in one move."""
    if row["zirconkit"] != __version__:
        raise ValueError(f"a worker runs zirconkit {row['zirconkit']}, this is {__version__}: install one version")
    part = file.with_suffix(".part")
    part.write_text(json.dumps({"row": row, "curves": curves}), encoding="utf-8")
    part.replace(file)


def _check_version(out):
    if (out / "results.csv").is_file():
        there = pd.read_csv(out / "results.csv")
        versions = set(there["zirconkit"].astype(str)) if "zirconkit" in there else {"of another kind"}
        if versions - {__version__}:
            words = f"{out / 'results.csv'} is from zirconkit {', '.join(sorted(versions))}, this is {__version__}"
            raise ValueError(f"{words}: choose another folder")


def _gather(jobs, files, out):
    """Put what is finished into results.csv and curves.csv, in the order of the plan; the names are the plan's."""
    rows, curves = [], []
    for file, name in zip(files, jobs["name"]):
        if file.exists():
            done = json.loads(file.read_text(encoding="utf-8"))
            rows.append(done["row"] | {"name": name})
            epochs = pd.DataFrame(done["curves"])
            epochs.insert(0, "epoch", np.arange(1, len(epochs) + 1))
            curves.append(epochs.assign(name=name, seed=rows[-1]["seed"], fold=rows[-1]["fold"]))
    results = pd.DataFrame(rows)
    for table, name in ((results, "results.csv"), (pd.concat(curves) if curves else pd.DataFrame(), "curves.csv")):
        table.to_csv(out / f"{name}.part", index=False)
        (out / f"{name}.part").replace(out / name)
    return results
