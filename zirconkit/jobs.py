"""Many files, one after the other on all cores or on a Dask cluster: nothing lost, nothing done twice.

A job is a function of one picklable task. What it finds out it writes to disk itself, whole; what it returns is small.
So memory is bounded, whoever is killed loses the jobs in flight and no other, and a second call goes on.
"""

from collections import deque
from concurrent.futures import FIRST_COMPLETED, wait
from concurrent.futures.process import BrokenProcessPool

from joblib import cpu_count
from joblib.externals.loky import get_reusable_executor

from zirconkit.messages import own_warnings

__all__ = ["connect", "run"]

ANSWER = 10  # s that a scheduler has to answer
AHEAD = 2  # jobs for each worker that wait in line: what is not handed out yet needs no memory
DEATHS = 3  # of workers, after which each job has one of its own


class Died(OSError):
    """The worker of a job died on it."""


def run(do, tasks, scheduler=None, n_jobs=-1):
    """Do a job for each task; results come as they are finished.

    Parameters
    ----------
    do : function
        Of a module, so that a worker finds it; takes a task.
    tasks : list
    scheduler : str, optional
        Address of a Dask scheduler, whose workers need zirconkit and see the same disk. Without one: here.
    n_jobs : int
        Processes of this machine; -1 takes all cores, 1 none but this one.

    Yields
    ------
    task, result, error
        result is None where there is an error. Of a job whose worker died three times the error says so, and the
        others go on.
    """
    if scheduler:
        yield from _on_a_cluster(do, tasks, scheduler)
    elif n_jobs == 1 or len(tasks) == 1:
        yield from (_here(do, task) for task in tasks)
    else:
        yield from _on_this_machine(do, tasks, cpu_count() if n_jobs == -1 else n_jobs)


def _here(do, task):
    try:
        return task, do(task), None
    except Exception as error:
        return task, None, error


def _there(do, task):
    """As a worker does it: an error is an answer, too."""
    with own_warnings():
        _, result, error = _here(do, task)
    return result, error


def _on_this_machine(do, tasks, workers):
    waiting, done = deque(enumerate(tasks)), set()
    for death in range(DEATHS + 1):
        several = workers if death < DEATHS else 1
        try:
            for number, answer in _pooled(do, waiting, several):
                done.add(number)
                yield tasks[number], *answer
        except BrokenProcessPool:
            pass
        waiting = deque((number, task) for number, task in enumerate(tasks) if number not in done)
        if not waiting:
            return
    for _, task in waiting:
        yield task, *_alone(do, task)


def _pooled(do, waiting, workers):
    """Hand out jobs while there are some, a few ahead of the workers: yields a number and its answer."""
    executor = get_reusable_executor(max_workers=workers, timeout=20)
    flying = {}
    while waiting or flying:
        while waiting and len(flying) < AHEAD * workers:
            number, task = waiting.popleft()
            flying[executor.submit(_there, do, task)] = number
        for future in wait(flying, return_when=FIRST_COMPLETED).done:
            yield flying.pop(future), future.result()


def _alone(do, task):
    """One job in a process of its own, which may die on it."""
    executor = get_reusable_executor(max_workers=1, timeout=20)
    try:
        return executor.submit(_there, do, task).result()
    except BrokenProcessPool:
        return None, Died(f"{task}: the worker died on it each time (out of memory?)")


def _on_a_cluster(do, tasks, address):
    """The scheduler itself gives the job of a worker that died to another one."""
    from distributed import KilledWorker, as_completed

    with connect(address) as client:
        ahead = AHEAD * max(1, sum(client.nthreads().values()))
        waiting = deque(tasks)
        flying = {}
        for task in [waiting.popleft() for _ in range(min(ahead, len(waiting)))]:
            flying[client.submit(_there, do, task, pure=False)] = task
        finished = as_completed(list(flying))
        for future in finished:
            task = flying.pop(future)
            try:
                answer = future.result()
            except KilledWorker:
                answer = None, Died(f"{task}: every worker died on it (out of memory?)")
            if waiting:
                following = waiting.popleft()
                more = client.submit(_there, do, following, pure=False)
                flying[more] = following
                finished.add(more)
            yield task, *answer


def connect(address):
    """A client of a Dask cluster that has a worker; OSError in one sentence if there is none."""
    try:
        from distributed import Client
    except ImportError:
        raise OSError("a Dask cluster needs the package distributed: pip install distributed") from None

    try:
        client = Client(address, timeout=ANSWER)
    except (OSError, ValueError):
        mend = f"start one with `dask scheduler`, and workers with `dask worker {address}`"
        raise OSError(f"no Dask scheduler answers at {address}: {mend}") from None
    try:
        client.wait_for_workers(1, timeout=30)
    except TimeoutError:
        client.close()
        raise OSError(f"the Dask scheduler at {address} has no workers: `dask worker {address}`") from None
    return client
