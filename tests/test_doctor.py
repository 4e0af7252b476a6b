"""What the doctor finds, what it prescribes, and what it installs."""

import subprocess
import sys
from collections import namedtuple
from types import SimpleNamespace

import psutil
import pytest
from packaging.requirements import Requirement

from zirconkit import cli
from zirconkit.course import doctor


def by_name(checks):
    return {check.name: check for check in checks}


def needs(monkeypatch, *lines):
    monkeypatch.setattr(doctor, "requirements", lambda: [Requirement(line) for line in lines])


def test_this_environment_can_run_the_course(capsys):
    assert cli.main(["doctor"]) == 0
    out = capsys.readouterr().out
    for word in (
        "Python",
        "packages",
        "TensorFlow",
        "GPU",
        "computer",
        "home",
        "cache",
        "disk",
        "real mounts",
        "Jupyter kernel",
        "widgets",
    ):
        assert f" {word} " in out
    assert "fail " not in out and len(out.splitlines()) < 17


def test_a_missing_or_old_package_fails_with_the_line_that_mends_it(monkeypatch, capsys):
    needs(monkeypatch, "numpy>=2", "nosuchpackage>=3.1", "pandas>=99")
    monkeypatch.setattr(doctor, "_tensorflow", lambda: doctor.Check("TensorFlow", "ok", "2.21.0"))
    found = by_name(doctor.checks())
    assert found["nosuchpackage"].status == found["pandas"].status == "fail" and "numpy" not in found
    assert found["nosuchpackage"].mend == f'{sys.executable} -m pip install "nosuchpackage>=3.1"'
    assert found["pandas"].detail.endswith(", wanted >=99")
    assert cli.main(["doctor"]) == 1
    assert 'pip install "pandas>=99"' in capsys.readouterr().out


def test_the_kits_own_packages_are_those_of_pyproject():
    names = {need.name for need in doctor.requirements()}
    assert {"numpy", "opencv-python-headless", "papermill", "keras"} <= names
    assert len({"tensorflow", "tensorflow-cpu"} & names) == 1
    assert "pytest" not in names and "jupyterlab" not in names  # extras
    assert doctor.missing() == []


def test_without_the_checkout_the_installed_metadata_says_the_same(monkeypatch, tmp_path):
    lines = ["numpy>=2.0", "tensorflow>=2; sys_platform == 'nowhere'", 'pytest>=8; extra == "dev"']
    monkeypatch.setattr(doctor, "_PYPROJECT", tmp_path / "pyproject.toml")
    monkeypatch.setattr(doctor.metadata, "requires", lambda name: lines)
    assert [str(need) for need in doctor.requirements()] == ["numpy>=2.0"]


def test_only_what_is_missing_is_installed(monkeypatch, capsys):
    asked = []
    monkeypatch.setattr(
        subprocess, "run", lambda words, **_: asked.append(words) or SimpleNamespace(returncode=0, stderr="")
    )
    needs(monkeypatch, "numpy>=99", "opencv-python-headless>=4", "scikit-image>=0.1")
    doctor.install_missing()
    assert asked == [] and capsys.readouterr().out == ""  # an old version is left alone; any OpenCV counts
    needs(monkeypatch, "numpy>=99", "nosuchpackage>=3.1")
    doctor.install_missing()
    assert [words[1:] for words in asked] == [["-m", "pip", "install", "-q", "nosuchpackage>=3.1"]]


def test_a_failing_installation_is_one_sentence(monkeypatch):
    failed = SimpleNamespace(returncode=1, stderr="a long story\nERROR: no network\n")
    monkeypatch.setattr(subprocess, "run", lambda words, **_: failed)
    needs(monkeypatch, "nosuchpackage")
    with pytest.raises(RuntimeError, match=r"^pip could not install nosuchpackage \(ERROR: no network\): check"):
        doctor.install_missing()


def test_python_memory_cache_and_tensorflow_are_judged(monkeypatch, tmp_path):
    version = namedtuple("version", "major minor micro releaselevel serial")
    monkeypatch.setattr(sys, "version_info", version(3, 10, 4, "final", 0))
    assert doctor._python().status == "fail" and "3.10.4" in doctor._python().detail
    monkeypatch.undo()

    monkeypatch.setattr(psutil, "virtual_memory", lambda: SimpleNamespace(available=1.2e9))
    assert doctor._computer().status == "note" and "1.2 GB" in doctor._computer().detail
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ZIRCONKIT_CACHE", str(tmp_path / "file"))
    assert doctor._cache().status == "fail" and "ZIRCONKIT_CACHE" in doctor._cache().mend
    monkeypatch.setenv("ZIRCONKIT_DATA", str(tmp_path))
    assert doctor._real_mounts()[1:] == (
        "note", f"0 of 14 in {doctor._short(tmp_path)} (the synthetic ones need none)", "zirconkit fetch",
    )  # fmt: skip
    crash = SimpleNamespace(returncode=-4, stderr="Illegal instruction\n")
    monkeypatch.setattr(subprocess, "run", lambda *_, **__: crash)
    assert doctor._tensorflow()[1:3] == ("fail", "Illegal instruction")


def test_home_disk_and_network_are_judged(monkeypatch, tmp_path):
    assert doctor._home().status == "ok"
    monkeypatch.setenv("HOME", "/dev/null/home")
    monkeypatch.setenv("USERPROFILE", "/dev/null/home")
    assert doctor._home().status == "note" and "set HOME" in doctor._home().mend

    monkeypatch.setenv("ZIRCONKIT_CACHE", str(tmp_path / "not/yet/there"))
    monkeypatch.setattr(doctor, "disk_usage", lambda place: SimpleNamespace(free=3e8 if place == tmp_path else 0))
    assert doctor._disk()[1:3] == ("fail", "0.3 GB free for the cache, wanted 1") and "--clear" in doctor._disk().mend
    monkeypatch.setattr(doctor, "disk_usage", lambda place: SimpleNamespace(free=5e9))
    assert doctor._disk().status == "ok"

    assert "ZIRCONKIT_OFFLINE is set" in doctor._network().detail
    monkeypatch.delenv("ZIRCONKIT_OFFLINE")
    monkeypatch.setattr(doctor.socket, "create_connection", lambda *_, **__: SimpleNamespace(close=lambda: None))
    assert doctor._network().status == "ok"

    def no_route(*_, **__):
        raise OSError(101, "Network is unreachable")

    monkeypatch.setattr(doctor.socket, "create_connection", no_route)
    assert doctor._network().status == "note" and "unreachable" in doctor._network().detail


@pytest.mark.parametrize(
    ("ipywidgets", "shown_by", "status"),
    [("8.1.9", "3.0.17", "ok"), ("7.7.1", "1.1.1", "ok"), ("8.1.9", "1.1.1", "fail"), ("7.7.1", "3.0.17", "fail")],
)
def test_widgets_of_two_generations_are_not_shown(monkeypatch, ipywidgets, shown_by, status):
    versions = {"ipywidgets": ipywidgets, "jupyterlab_widgets": shown_by, "jupyterlab": "4.6.6"}
    monkeypatch.setattr(doctor, "find_spec", lambda name: True)
    monkeypatch.setattr(doctor.metadata, "version", versions.get)
    found = doctor._widgets()
    assert found.status == status and bool(found.mend) == (status == "fail")
    monkeypatch.setattr(doctor, "find_spec", lambda name: None)
    assert doctor._widgets().status == "ok"


def test_the_real_mounts_are_counted(real_mounts):
    assert doctor._real_mounts().detail.startswith(f"{len(list(real_mounts.glob('QVC*.png')))} of 14 in ")


@pytest.mark.parametrize(
    ("detail", "driver", "status", "says"),
    [
        ("2.21.0, sees 2 GPU", None, "ok", "2 GPU in use"),
        ("2.21.0, sees 0 GPU", None, "ok", "none is needed"),
        ("2.21.0, sees 0 GPU", "/usr/bin/nvidia-smi", "note", "sees no card"),
        ("killed", None, "ok", "none is needed"),
    ],
)
def test_a_card_that_lies_idle_is_worth_a_word(monkeypatch, detail, driver, status, says):
    monkeypatch.setattr(doctor, "which", lambda name: driver)
    found = doctor._gpu(doctor.Check("TensorFlow", "ok", detail))
    assert found.status == status and says in found.detail
    assert bool(found.mend) == (status == "note") and (status == "ok" or "make setup GPU=1" in found.mend)
