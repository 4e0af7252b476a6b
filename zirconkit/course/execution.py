"""Running notebooks through papermill, each in a process of its own.

The kernel is of this very interpreter, whatever others are installed. A crash stops no other notebook, and the memory
of each can be measured.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil
from tqdm import tqdm

__all__ = ["execute"]

POLL = 0.1  # s between two looks at a kernel's memory
# What TensorFlow logs while it loads, whatever TF_CPP_MIN_LOG_LEVEL says: nothing that a reader could mend.
CHATTER = re.compile(
    r"WARNING: All log messages before absl"
    r"|[IWE]\d{4} \d\d:\d\d:\S+ +\d+ \S+:\d+\] "
    r"|\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+: [IWE] "
)
_CHECKOUT = Path(__file__).parents[2]


@dataclass
class _Job:
    name: str
    process: subprocess.Popen
    folder: Path  # papermill's notebook and log, until it is done
    started: float
    peak: int = 0

    def kernel(self):
        """The kernel, which is papermill's child, and its own children: list of psutil.Process."""
        with suppress(psutil.NoSuchProcess):
            return psutil.Process(self.process.pid).children(recursive=True)
        return []

    def look(self):
        """Note how much memory is in use."""
        with suppress(psutil.Error):  # a process may end while we look
            self.peak = max(self.peak, sum(process.memory_info().rss for process in self.kernel()))

    def stop(self):
        """End papermill, the kernel and its children."""
        for process in [self.process, *self.kernel()]:
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

    waiting, running = list(paths), []
    bar = tqdm(total=len(waiting), unit="notebook", disable=None)
    with bar, tempfile.TemporaryDirectory(prefix=".", dir=folder) as scratch:
        write_kernel_spec(Path(scratch) / "kernels" / "python3")  # this interpreter, whatever others are installed
        try:
            while waiting or running:
                while waiting and len(running) < jobs:
                    running.append(_start(waiting.pop(0), folder, parameters, Path(scratch)))
                time.sleep(POLL)
                for job in list(running):
                    job.look()
                    if job.process.poll() is not None:
                        running.remove(job)
                        bar.update()
                        yield _finish(job, folder, bar)
        finally:
            for job in running:
                job.stop()


def _start(path, folder, parameters, scratch):
    from papermill import inspect_notebook

    own = scratch / path.stem
    own.mkdir()
    unknown = sorted(set(parameters) - set(inspect_notebook(path)))
    if unknown:
        words = ["-c", f"raise SystemExit('the parameters cell does not assign {', '.join(unknown)}')"]
    else:
        words = ["-m", "papermill", str(path), str(own / path.name), "-k", "python3", "--cwd", str(folder)]
        words += ["--no-progress-bar", "--start-timeout", "300"]
        for name, value in parameters.items():
            option = "-r" if isinstance(value, str) else "-p"  # as it stands, or as a number
            words += [option, name, str(value)]
    env = _environment(scratch)
    command = [sys.executable, *words]
    with open(own / "log", "w", encoding="utf-8") as log:
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=env)
    return _Job(path.stem, process, own, time.monotonic())


def _environment(kernels):
    env = dict(os.environ, TF_CPP_MIN_LOG_LEVEL="3", PYDEVD_DISABLE_FILE_VALIDATION="1")
    extra = {"JUPYTER_PATH": kernels}
    if (_CHECKOUT / "pyproject.toml").is_file():  # not installed, perhaps
        extra["PYTHONPATH"] = _CHECKOUT
    for name, path in extra.items():
        env[name] = os.pathsep.join(filter(None, [str(path), env.get(name)]))
    for name in ("ZIRCONKIT_DATA", "ZIRCONKIT_CACHE"):
        if env.get(name):
            env[name] = str(Path(env[name]).resolve())
    return env


def _finish(job, folder, bar):
    """Keep the executed notebook, print a line, and return the entry of the report."""
    seconds = round(time.monotonic() - job.started, 1)
    mb = job.peak // 10**6
    executed = job.folder / f"{job.name}.ipynb"
    status, error = "ok", None
    if job.process.returncode:
        status, error = "failed", _error(executed, job.folder / "log")
    if executed.is_file():
        _drop_chatter(executed)
        os.replace(executed, folder / executed.name)
    line = f"{job.name:<28}{status:<7}{seconds:6.0f} s {mb:6d} MB"
    with bar.external_write_mode():
        print(f"{line}: {error}" if error else line, flush=True)
    return {"name": job.name, "status": status, "seconds": seconds, "peak_rss_mb": mb, "error": error}


def _drop_chatter(executed):
    """Take TensorFlow's own log lines out of an executed notebook; what else stands on standard error stays."""
    notebook = json.loads(executed.read_text(encoding="utf-8"))
    for cell in notebook["cells"]:
        for output in cell.get("outputs", []):
            if output.get("name") == "stderr":
                lines = "".join(output["text"]).splitlines(keepends=True)
                output["text"] = [line for line in lines if not CHATTER.match(line)]
        if "outputs" in cell:
            cell["outputs"] = [output for output in cell["outputs"] if output.get("name") != "stderr" or output["text"]]
    executed.write_text(json.dumps(notebook, indent=1, ensure_ascii=False), encoding="utf-8")


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
