"""Many files, one after the other on all cores or on a Dask cluster: nothing lost, nothing done twice.

A job is a function of one picklable task. What it finds out it writes to disk itself, whole; what it returns is small.
So memory is bounded, whoever is killed loses the jobs in flight and no other, and a second call goes on: beside the
results lies `.jobs`, a note for each job that is finished. What has a note, its files and its settings unchanged, is
not done again.
"""

import hashlib
import json
import logging
import shutil
from collections import deque
from concurrent.futures import FIRST_COMPLETED, CancelledError, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import closing, contextmanager
from pathlib import Path

import joblib
from filelock import FileLock, Timeout
from joblib.externals.loky import get_reusable_executor

from zirconkit import __version__
from zirconkit.files import DiskFull, make_folder, write_whole
from zirconkit.messages import own_warnings

__all__ = ["NOTES", "alone_in", "connect", "digest", "once", "run"]

NOTES = ".jobs"
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

    Raises
    ------
    DiskFull
        As soon as a job finds no room for what it writes: the others would find none, either.
    OSError
        If no scheduler or worker answers, or the scheduler goes away.
    """
    if scheduler:
        results = _on_a_cluster(do, tasks, scheduler)
    elif n_jobs == 1 or len(tasks) == 1:
        results = (_here(do, task) for task in tasks)
    else:
        results = _on_this_machine(do, tasks, joblib.cpu_count() if n_jobs == -1 else n_jobs)
    with closing(results):
        for task, result, error in results:
            if isinstance(error, DiskFull):
                raise DiskFull(f"{error}, and a second call goes on")
            yield task, result, error


@contextmanager
def alone_in(folder):
    """Inside, no other call is at work in a folder of results; what killed ones left half-written is gone.

    Raises
    ------
    OSError
        If another call is at work in it, or it cannot be written.
    """
    folder = make_folder(Path(folder))
    notes = make_folder(folder / NOTES)
    try:
        lock = FileLock(notes / "lock", timeout=0).acquire()
    except Timeout:
        raise OSError(f"another call is at work in {folder}: wait for it, or choose another folder") from None
    with lock:
        _tidy(folder)
        try:
            yield
        finally:
            _tidy(folder)


def _tidy(folder):
    """Delete halves of files and folders that killed workers left; what was on its way back goes there."""
    for old in folder.glob(".*.????????.old"):
        target = folder / old.name[1 : -len(".????????.old")]
        if not target.exists():
            old.rename(target)
    for left in (*folder.glob(".*.????????.old"), *folder.glob(".*.????????.new")):
        shutil.rmtree(left, ignore_errors=True)
    for left in (*folder.glob(".*.????????.part"), *(folder / NOTES).glob(".*.????????.part")):
        left.unlink(missing_ok=True)


def digest(paths, *settings):
    """A digest of all that the result of a job depends on: the state of files, there or not, and its settings."""
    states = [_state(path) for path in paths]
    content = json.dumps([states, joblib.hash(settings), __version__])
    return hashlib.sha256(content.encode()).hexdigest()


def _state(path):
    """What tells that a file is another: its size, and when it was written; None where there is none."""
    if path is None or not path.is_file():
        return None
    found = path.stat()
    return str(path), found.st_size, found.st_mtime_ns


def once(do, task, key, target, proof):
    """Do a job, unless there is a note that it is done; what was found goes into the note.

    Parameters
    ----------
    do : function
        Takes the task; gives what JSON can keep.
    task : object
    key : str
        `digest` of what the result depends on.
    target : Path
        Where in the folder of results the job writes: a file or a folder.
    proof : Path
        The file that is there if it has written.
    """
    note = target.parent / NOTES / f"{target.name}.json"
    found = _read_note(note, key)
    if found is None or not proof.is_file():
        found = do(task)
        write_whole(note, json.dumps({"key": key, "found": found}))
    return found


def _read_note(note, key):
    """What a finished job has noted; None if there is no note, or it is of other settings."""
    try:
        content = json.loads(note.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return content["found"] if content.get("key") == key else None


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
    try:
        while waiting or flying:
            while waiting and len(flying) < AHEAD * workers:
                number, task = waiting.popleft()
                flying[executor.submit(_there, do, task)] = number
            for future in wait(flying, return_when=FIRST_COMPLETED).done:
                yield flying.pop(future), future.result()
    finally:
        wait([future for future in flying if not future.cancel()])  # nobody is left at work in the folder


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
            except CancelledError:
                raise OSError(f"the Dask scheduler at {address} went away: a second call goes on") from None
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

    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what it has to say, errors say here in a sentence
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
