"""What all tests share: a cache of their own, and the real mounts where they are."""

import os
import shutil
import tempfile
from pathlib import Path

import pytest


def pytest_configure(config):
    """One cache for the whole run and all its workers: mounts are grown once, and the user's cache is left alone."""
    os.environ.pop("ZIRCONKIT_PROFILE", None)
    os.environ["ZIRCONKIT_OFFLINE"] = "1"  # no test waits for a network, or depends on one
    if os.environ.get("ZIRCONKIT_DATA"):
        os.environ["ZIRCONKIT_DATA"] = str(Path(os.environ["ZIRCONKIT_DATA"]).resolve())  # notebooks run elsewhere
    if hasattr(config, "workerinput"):  # a worker for each core: what it starts keeps to one, or all wait for all
        for name in ("TF_NUM_INTRAOP_THREADS", "TF_NUM_INTEROP_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
            os.environ[name] = "1"
    else:
        config.zirconkit_cache = os.environ["ZIRCONKIT_CACHE"] = tempfile.mkdtemp(prefix="zirconkit-tests-")


def pytest_unconfigure(config):
    if hasattr(config, "zirconkit_cache"):
        shutil.rmtree(config.zirconkit_cache, ignore_errors=True)


@pytest.fixture
def zirconkit(capfd):
    """Run a command; gives its exit status, standard output and standard error, of libraries in C, too."""
    from zirconkit import cli

    def run(*words):
        try:
            status = cli.main([str(word) for word in words])
        except SystemExit as leave:
            status = leave.code
        out, err = capfd.readouterr()
        return status, out, err

    return run


@pytest.fixture(scope="session")
def real_mounts():
    """Folder of the paper's mounts; skips, visibly, where they are not at hand."""
    folder = os.environ.get("ZIRCONKIT_DATA")
    if not folder:
        pytest.skip("the real mounts are not here: ZIRCONKIT_DATA names no folder")
    return Path(folder)
