"""A sweep runs each job once, gives the same rows wherever it runs, outlives its workers, and refuses nonsense."""

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from zirconkit import course, jobs, samples
from zirconkit.cli import main
from zirconkit.grains import Grains
from zirconkit.networks import sweeps
from zirconkit.networks.sweeps import trials

SWEEPS = samples.DATA / "sweeps"


def planted(n=60, size=32, seed=0):
    """A bright bar, upright in class 1 and level in class 0, under noise."""
    rng, y = np.random.default_rng(seed), np.arange(n) % 2
    images = rng.integers(0, 120, (n, size, size, 1))
    for image, k in zip(images, y):
        image[(slice(4, 28), slice(12, 16)) if k else (slice(12, 16), slice(4, 28))] += 60
    table = pd.DataFrame({"class_name": np.where(y == 1, "porphyry", "batholith")})
    return Grains(images.astype(np.uint8), np.ones((n, size, size), bool), table)


@pytest.fixture
def grains_at_hand(monkeypatch):
    """Planted grains in the place of mounts: sweeps are about jobs, not about cutting grains."""
    monkeypatch.setattr(sweeps.running, "load_grains", planted_grains)


def planted_grains(sweep, jobs):
    return {("as published", 32): (planted(), planted(20))}


def write(folder, text):
    path = folder / "sweep.toml"
    path.write_text(text)
    return path


SIX = "seeds = 3\n[settings]\nepochs = 2\nmodel = 'mlp'\naugment = 'none'\n[grid]\nlearning_rate = [0.001, 0.003]\n"


# ---------------------------------------------------------------- the plan


def test_every_named_configuration_meets_every_point_of_the_grid_seed_and_fold(tmp_path):
    text = "seeds = 2\nfolds = 3\n[configurations]\na = {}\nb = { dropout = 0 }\n"
    text += "[grid]\nsize = [32, 64]\nkernel = [3, 5]\n"
    jobs = sweeps.plan(sweeps.read(write(tmp_path, text)))
    assert len(jobs) == 2 * 4 * 2 * 3 and not jobs.duplicated().any()
    assert jobs["name"].unique()[0] == "a, size 32, kernel 3"
    assert set(jobs.loc[jobs["name"].str.startswith("b"), "dropout"]) == {0.0}
    assert (jobs["learning_rate"] == 0.001).all() and (jobs["epochs"] == 200).all()  # as published


@pytest.mark.parametrize("path", sorted(SWEEPS.glob("*.toml")), ids=lambda path: path.stem)
def test_ready_made_sweeps_can_be_planned(path):
    sweep = sweeps.read(path.stem)
    assert len(sweeps.plan(sweep)) >= 50 and sweep == sweeps.read(path)


def test_the_shipped_sweeps_are_in_the_full_profile():
    full = course.PROFILES["full"]
    for name in ("regularization", "five_folds"):
        jobs = sweeps.plan(sweeps.read(name))
        assert (jobs["epochs"] == full["epochs"]).all() and jobs["seed"].nunique() == full["seeds"]
    assert sweeps.plan(sweeps.read("five_folds"))["fold"].nunique() == 5


def test_the_hyperparameters_of_the_paper_are_all_there():
    jobs = sweeps.plan(sweeps.read("hyperparameters"))
    for setting in ("size", "learning_rate", "optimizer", "activation", "padding", "stride", "kernel"):
        assert jobs[setting].nunique() > 1, setting


WRONG = {
    "[settings]\nlearing_rate = 0.1": "no setting 'learing_rate': did you mean learning_rate",
    "seed = 3": "did you mean seeds",
    "seeds = 0": "seeds must be a whole number from 1 up",
    "[settings]\nlearning_rate = 'fast'": "learning_rate must be of the kind of 0.001, not 'fast'",
    "[settings]\nlearning_rate = 0": "learning_rate must be more than 0",
    "[settings]\noptimizer = 'adams'": "optimizer must be one of adam, sgd, rmsprop",
    "[settings]\nkernel = 40": "cannot be built: a 40 × 40 kernel",
    "[settings]\nkernel = 9": "do not fit into 8 px at layer 3",
    "[settings]\nstride = 4\npadding = 'valid'": "cannot be built",
    "[configurations]\na = {}\nb = { dropout = 0.5 }": "'a' and 'b' are the same",
    "settings = 5\n": "settings must be a table",
    "seeds = = 3": "is not TOML",
}


@pytest.mark.parametrize(("text", "says"), WRONG.items())
def test_a_sweep_that_cannot_be_run_says_so_in_one_sentence(text, says, tmp_path, capsys):
    assert main(["sweep", str(write(tmp_path, text)), "--out", str(tmp_path / "out")]) == 1
    said = capsys.readouterr().err
    assert says in said and said.count("\n") == 1, said


def test_what_the_check_lets_through_can_be_built_and_what_it_stops_cannot():
    """Against Keras itself, over sizes, kernels, strides and paddings."""
    from zirconkit.networks import models

    rng, built = np.random.default_rng(0), {True: 0, False: 0}
    for _ in range(60):
        how = {"size": int(rng.integers(8, 40)), "kernel": int(rng.integers(1, 8)), "stride": int(rng.integers(1, 4))}
        how["padding"] = ("same", "valid")[rng.integers(2)]
        try:
            trials.checked("x", trials.SETTINGS | how)
            fits = True
        except ValueError:
            fits = False
        if fits:
            assert models.lenet(**how).output_shape == (None, 1)
        elif how["padding"] == "valid":
            with pytest.raises(ValueError):
                models.lenet(**how)
        built[fits] += 1
    assert min(built.values()) > 5


# ---------------------------------------------------------------- one job


def test_folds_share_no_grain_and_leave_each_aside_once():
    grains = planted(50)
    grains.table["number"] = range(50)
    parts = [trials.split(grains, fold, 5) for fold in range(5)]
    assert sorted(np.concatenate([aside.table["number"] for _, aside in parts])) == list(range(50))
    for learning, aside in parts:
        assert not set(learning.table["number"]) & set(aside.table["number"]) and aside.y.mean() == 0.5
    once = trials.split(grains, 0, 1)[1].table["number"].tolist()
    assert once == parts[0][1].table["number"].tolist()  # one fold: the first of five


def test_a_fold_of_one_class_is_refused():
    grains = planted(50)[np.r_[0, 1:50:2]]  # one grain of class 0
    with pytest.raises(ValueError, match="a fold would be of one class"):
        trials.split(grains, 0, 5)


# ---------------------------------------------------------------- running


@pytest.fixture(scope="module")
def six_jobs(tmp_path_factory):
    """A folder with the sweep of six jobs as two workers of this machine have run it, and its rows."""
    folder = tmp_path_factory.mktemp("six")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sweeps.running, "load_grains", planted_grains)
        return folder, sweeps.run(sweeps.read(write(folder, SIX)), folder / "out", n_jobs=2, progress=False)


@pytest.fixture
def here(six_jobs, tmp_path, grains_at_hand):
    """The sweep of six jobs, a folder of its own with what was run, and its rows."""
    folder, results = six_jobs
    shutil.copytree(folder / "out", tmp_path / "here")
    return sweeps.read(write(tmp_path, SIX)), tmp_path / "here", results


def rows(folder):
    return pd.read_csv(folder / "results.csv").drop(columns="error")


def test_joblib_goes_on_and_runs_nothing_twice(here):
    sweep, out, results = here
    assert len(results) == 6 and results["seed"].tolist() == [0, 1, 2] * 2 and (results["error"] == "").all()
    assert results["validation_auc"].min() > 0.6 and results["validation_loss"].nunique() == 6  # learned; seeds differ
    curves = pd.read_csv(out / "curves.csv")
    last = curves.groupby(["name", "seed"], sort=False)["val_loss"].last().to_numpy()
    np.testing.assert_allclose(last, results["validation_loss"], atol=1e-4)

    files = sorted((out / "jobs").glob("*.json"))
    times = {file: file.stat().st_mtime_ns for file in files}
    times.pop(files[2])
    files[2].unlink()
    (out / "results.csv").unlink()
    before = rows_of(results)
    again = sweeps.run(sweep, out, n_jobs=1, progress=False)
    assert rows_of(again) == before  # the lost one is the same again, to the last bit
    assert {file: file.stat().st_mtime_ns for file in times} == times  # the others were not run

    more = sweep | {"seeds": 4}
    assert len(sweeps.run(more, out, n_jobs=1, progress=False)) == 8
    assert {file: file.stat().st_mtime_ns for file in times} == times


def rows_of(results):
    return json.loads(results.to_json(orient="records"))


def test_a_cluster_of_two_workers_one_killed_half_way_gives_the_rows_of_joblib(here, tmp_path):
    from distributed import LocalCluster

    sweep, out, _ = here
    away, killed = tmp_path / "away", []
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None, silence_logs=50) as cluster:
            victim = cluster.workers[0].pid if hasattr(cluster.workers[0], "pid") else cluster.workers[0].process.pid

            def kill():
                while not list((away / "jobs").glob("*.json")):
                    time.sleep(0.02)
                os.kill(victim, signal.SIGKILL)
                killed.append(len(list((away / "jobs").glob("*.json"))))

            thread = threading.Thread(target=kill)
            thread.start()
            results = sweeps.run(sweep, away, cluster.scheduler_address, progress=False)
            thread.join()
    assert 1 <= killed[0] < 6  # half-way
    assert len(results) == 6 and not results.duplicated(["name", "seed", "fold"]).any()
    pd.testing.assert_frame_equal(rows(away), rows(out), check_exact=True)


KILL = """
import os, signal, sys
sys.path.insert(0, "tests")
import test_sweeps
from zirconkit.networks import sweeps
parts = test_sweeps.planted(), test_sweeps.planted(20)
sweeps.running.load_grains = lambda sweep, jobs: {("as published", 32): parts}
keep = sweeps.running._keep
def once(*result):
    keep(*result)
    os.kill(os.getpid(), signal.SIGKILL)
sweeps.running._keep = once
sweeps.run(sweeps.read(sys.argv[1]), sys.argv[2], n_jobs=1, progress=False)
"""


def test_a_sweep_that_was_killed_goes_on(here, tmp_path):
    out, root = tmp_path / "killed", Path(__file__).parents[1]
    words = [sys.executable, "-c", KILL, str(tmp_path / "sweep.toml"), str(out)]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}  # its workers would hold a pipe open
    process = subprocess.Popen(words, cwd=root, start_new_session=True, **quiet)
    assert process.wait() == -signal.SIGKILL
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    finished = {file: file.stat().st_mtime_ns for file in (out / "jobs").glob("*.json")}
    assert len(finished) == 1
    sweeps.run(here[0], out, n_jobs=1, progress=False)
    pd.testing.assert_frame_equal(rows(out), rows(here[1]), check_exact=True)
    assert {file: file.stat().st_mtime_ns for file in finished} == finished


def test_three_classes_in_colour_make_the_same_table(tmp_path, monkeypatch):
    """A band of light in one of three places, in three channels."""
    y = np.arange(90) % 3
    images = np.random.default_rng(0).integers(0, 60, (90, 32, 32, 3))
    for image, k in zip(images, y):
        image[10 * k : 10 * k + 8] += 100
    table = pd.DataFrame({"class_name": np.array(["apatite", "quartz", "zircon"])[y]})
    grains = Grains(images.astype(np.uint8), np.ones((90, 32, 32), bool), table)
    parts = {("as published", 32): (grains[:60], grains[60:])}
    monkeypatch.setattr(sweeps.running, "load_grains", lambda sweep, jobs: parts)
    text = "seeds = 1\n[settings]\nepochs = 15\nlearning_rate = 0.003\naugment = 'none'\n"
    text += "[grid]\nmodel = ['lenet', 'mlp']\n"
    results = sweeps.run(sweeps.read(write(tmp_path, text)), tmp_path / "out", n_jobs=1, progress=False)
    assert results["parameters"].tolist() == [22_029 + 6 * 9 * 2 + 33 * 2, 135_361 + 2 * 1024 * 128 + 33 * 2]
    assert results["test_auc"].min() > 0.95 and results["validation_accuracy"].min() > 0.6
    with pytest.raises(ValueError, match="4 grains of a class do not fill 5 folds"):
        trials.split(grains[np.r_[0:90:3, 1:90:3, 2:14:3]], 0, 1)


def test_a_training_that_diverges_is_a_row_with_its_reason(tmp_path, grains_at_hand):
    text = "seeds = 1\n[settings]\nepochs = 3\nmodel = 'mlp'\noptimizer = 'sgd'\n[grid]\nlearning_rate = [0.01, 1e30]\n"
    results = sweeps.run(sweeps.read(write(tmp_path, text)), tmp_path / "out", n_jobs=1, progress=False)
    assert results["error"].tolist()[0] == "" and "lower the learning rate" in results["error"][1]
    assert np.isfinite(results["validation_auc"][0]) and np.isnan(results["validation_auc"][1])


def test_what_stands_in_the_way_is_said_and_nothing_is_lost(here, tmp_path, monkeypatch, capsys):
    _, out, _ = here
    old = tmp_path / "old"
    shutil.copytree(out, old)
    table = rows(old)
    table["zirconkit"] = "0.0.1"
    table.to_csv(old / "results.csv", index=False)
    before = (old / "results.csv").read_bytes()
    config = str(tmp_path / "sweep.toml")
    assert main(["sweep", config, "--out", str(old)]) == 1
    assert "is from zirconkit 0.0.1" in capsys.readouterr().err and (old / "results.csv").read_bytes() == before
    with sweeps.running.FileLock(out / ".lock"):
        assert main(["sweep", config, "--out", str(out)]) == 1
    assert "another sweep is at work" in capsys.readouterr().err
    monkeypatch.setattr(jobs, "ANSWER", 1)
    assert main(["sweep", config, "--out", str(tmp_path / "new"), "--scheduler", "tcp://127.0.0.1:9"]) == 1
    said = capsys.readouterr().err
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in said and "Traceback" not in said
    assert main(["sweep", "regularisation", "--out", str(out)]) == 1
    assert "ready-made sweep (five_folds, hyperparameters, regularization)" in capsys.readouterr().err


def test_the_grains_of_a_sweep_are_as_many_as_wanted_and_the_test_is_kept_apart():
    sweep = sweeps.plans.SWEEP | {"n_grains": 100, "data": str(samples.DATA / "mounts")}
    jobs = pd.DataFrame({"grains": ["as published", "level and even"], "size": [32, 64]})
    data = sweeps.load_grains(sweep, jobs)
    assert set(data) == {("as published", 32), ("level and even", 64)}
    for (_, size), (learning, test) in data.items():
        assert len(learning) == 100 and learning.images.shape[1:] == test.images.shape[1:] == (size, size, 1)
        assert set(test.table["sample"]) == set(samples.TEST) and not set(learning.table["sample"]) & set(samples.TEST)
    one, other = (part[0].table[["sample", "grain"]] for part in data.values())
    pd.testing.assert_frame_equal(one, other)  # the same grains, in two guises
