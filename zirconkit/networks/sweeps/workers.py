"""Who does the jobs of a sweep: processes of this machine, or a Dask cluster."""

from concurrent.futures import as_completed
from pathlib import Path
from typing import NamedTuple

from joblib import cpu_count
from joblib.externals.loky import get_reusable_executor

from zirconkit.grains import Grains
from zirconkit.jobs import connect
from zirconkit.messages import own_warnings
from zirconkit.networks.sweeps import trials

__all__ = ["Job", "on_a_cluster", "on_this_machine"]


class Job(NamedTuple):
    """One training: the file for its result, its row of the plan, the grains to learn from and the test, the folds."""

    file: Path
    settings: dict
    learning: Grains
    test: Grains
    folds: int


def do(job):
    """Train; returns the job's file, the row of its scores, and its curves."""
    with own_warnings():
        return job.file, *trials.train(job.settings, job.learning, job.test, job.folds)


def on_this_machine(jobs, n_jobs):
    """Results as they come. Even a single job runs in a worker: in this process TensorFlow may have other threads."""
    workers = min(len(jobs), cpu_count() if n_jobs == -1 else n_jobs)
    executor = get_reusable_executor(max_workers=workers, timeout=20)
    for future in as_completed([executor.submit(do, job) for job in jobs]):
        yield future.result()


def on_a_cluster(jobs, address):
    """Results as they come. The scheduler itself gives the job of a worker that died to another one."""
    from distributed import as_completed as as_completed_there

    with connect(address) as client:
        # The grains are the result of a task, which can be had again if the worker that holds them dies.
        parts = [part for job in jobs for part in (job.learning, job.test)]
        held = {id(part): client.submit(_same, part, pure=False) for part in parts}
        futures = [_submit(client, job, held) for job in jobs]
        for future in as_completed_there(futures):
            yield future.result()


def _submit(client, job, held):
    """Hand one job to the cluster, its grains as what their task will give."""
    learning, test = held[id(job.learning)], held[id(job.test)]
    return client.submit(_do_there, job.file, job.settings, learning, test, job.folds, key=f"zirconkit-{job.file.stem}")


def _do_there(*job):
    return do(Job(*job))


def _same(part):
    return part
