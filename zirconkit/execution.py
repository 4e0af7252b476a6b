"""Running notebooks through papermill, each in a process of its own.

The kernel is of this very interpreter, whatever others are installed. A crash stops no other notebook, and the memory
of each can be measured.
"""

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

__all__ = ["execute"]

POLL = 0.1  # s between two looks at a kernel's memory
_CHECKOUT = Path(__file__).parents[1]


@dataclass
class _Job:
    name: str
    process: subprocess.Popen
    folder: Path  # papermill's notebook and log, until it is done
    started: float
    peak: int = 0

    def look(self):
        """Note the memory of the kernel, which is papermill's child, and of its own children."""
        with suppress(psutil.Error):  # one may end while we look
            family = psutil.Process(self.process.pid).children(recursive=True)
            self.peak = max(self.peak, sum(process.memory_info().rss for process in family))

    def stop(self):
        """End papermill, the kernel and its children."""
        family = []
        with suppress(psutil.NoSuchProcess):
            family = psutil.Process(self.process.pid).children(recursive=True)
        for process in [self.process, *family]:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        self.process.wait()


def execute(paths, folder, parameters, jobs=1):
    """Execute notebooks through papermill, and say so in a line as each is done.

    Parameters
    ----------
    paths : list of Path
    folder : Path
        Gets the executed notebooks; they run in it.
    parameters : dict
        For the cell tagged `parameters`. A name that this cell does not assign makes the notebook fail.
    jobs : int

    Yields
    ------
    dict
        name, status ("ok" or "failed"), seconds, peak_rss_mb, error (one line, or None).
    """
    from ipykernel.kernelspec import write_kernel_spec
    from tqdm import tqdm

    waiting, running = list(paths), []
    with tempfile.TemporaryDirectory() as scratch, tqdm(total=len(waiting), unit="notebook", disable=None) as bar:
        scratch = Path(scratch)
        write_kernel_spec(scratch / "kernels" / "python3")  # this interpreter, whatever other kernels are installed
        try:
            while waiting or running:
                while waiting and len(running) < jobs:
                    running.append(_start(waiting.pop(0), folder, parameters, scratch))
                time.sleep(POLL)
                for job in list(running):
                    job.look()
                    if job.process.poll() is not None:
                        running.remove(job)
                        entry = _finish(job, folder)
                        bar.update()
                        with bar.external_write_mode():
                            print(_line(entry), flush=True)
                        yield entry
        finally:
            for job in running:
                job.stop()


def _start(path, folder, parameters, scratch):
    own = scratch / path.stem
    own.mkdir()
    unknown = set(parameters) - set(_assigned(path))
    if unknown:
        words = ["-c", f"raise SystemExit({'the parameters cell does not assign ' + ', '.join(sorted(unknown))!r})"]
    else:
        words = ["-m", "papermill", str(path), str(own / path.name), "-k", "python3", "--cwd", str(folder)]
        words += ["--no-progress-bar", "--start-timeout", "300"]
        for name, value in parameters.items():
            words += ["-r" if isinstance(value, str) else "-p", name, str(value)]
    with open(own / "log", "w") as log:
        process = subprocess.Popen(
            [sys.executable, *words], stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=_environment(scratch)
        )
    return _Job(path.stem, process, own, time.monotonic())


def _assigned(path):
    import papermill

    return papermill.inspect_notebook(path)


def _environment(kernels):
    env = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3", PYDEVD_DISABLE_FILE_VALIDATION="1")
    env["JUPYTER_PATH"] = os.pathsep.join(filter(None, [str(kernels), env.get("JUPYTER_PATH")]))
    if (_CHECKOUT / "pyproject.toml").is_file():  # not installed, perhaps
        env["PYTHONPATH"] = os.pathsep.join(filter(None, [str(_CHECKOUT), env.get("PYTHONPATH")]))
    for name in ("ZIRCONKIT_DATA", "ZIRCONKIT_CACHE"):
        if env.get(name):
            env[name] = str(Path(env[name]).resolve())
    return env


def _finish(job, folder):
    executed = job.folder / f"{job.name}.ipynb"
    error = _error(executed, job.folder / "log") if job.process.returncode else None
    if executed.is_file():
        part = folder / f".{executed.name}.part"
        part.write_bytes(executed.read_bytes())
        os.replace(part, folder / executed.name)
    seconds = round(time.monotonic() - job.started, 1)
    status = "failed" if job.process.returncode else "ok"
    return {"name": job.name, "status": status, "seconds": seconds, "peak_rss_mb": job.peak // 10**6, "error": error}


def _error(executed, log):
    """What stopped a notebook, in a line: its own error and the number of the cell, or else papermill's last words."""
    if executed.is_file():
        for cell in json.loads(executed.read_text(encoding="utf-8"))["cells"]:
            for output in cell.get("outputs", []):
                if output["output_type"] == "error":
                    text = " ".join(f"{output['ename']}: {output['evalue']}".split())
                    return f"{text} (in cell [{cell['execution_count']}])"
    text = log.read_text(encoding="utf-8", errors="replace").strip()
    if "DeadKernelError" in text:
        return "the kernel died, perhaps for want of memory: close other programs, or run fewer notebooks at a time"
    return text.splitlines()[-1] if text else "papermill stopped without a word"


def _line(entry):
    ending = f": {entry['error']}" if entry["error"] else ""
    return f"{entry['name']:<28}{entry['status']:<7}{entry['seconds']:6.0f} s {entry['peak_rss_mb']:6d} MB{ending}"
