"""What a sweep is to train: a TOML file, checked, and the table of its jobs."""

import tomllib
from itertools import product
from pathlib import Path

import pandas as pd

from zirconkit import samples
from zirconkit.networks.sweeps import trials

__all__ = ["SWEEP", "plan", "read"]

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
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is no TOML, or has an unknown key, a setting of the wrong kind, or a network that cannot be built.
    """
    path = _find(path)
    try:
        sweep = SWEEP | tomllib.loads(path.read_text(encoding="utf-8"))
        _check(sweep)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"{path} is not TOML: {error}") from None
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return sweep


def _find(path):
    named = samples.DATA / "sweeps" / f"{path}.toml"
    path = named if named.is_file() else Path(path)
    if not path.is_file():
        ready = ", ".join(sorted(file.stem for file in named.parent.glob("*.toml")))
        raise FileNotFoundError(f"there is no file {path}: name one, or a ready-made sweep ({ready})")
    return path


def _check(sweep):
    """Raise a ValueError about a sweep that cannot be run."""
    trials.known(sweep, SWEEP)
    for key in ("settings", "configurations", "grid"):
        if not isinstance(sweep[key], dict):
            raise ValueError(f"{key} must be a table, not {sweep[key]!r}")
    for _ in _configurations(sweep):  # each is checked as it comes
        pass
    for key in ("n_grains", "seeds", "folds"):
        if not isinstance(sweep[key], int) or sweep[key] < 1:
            raise ValueError(f"{key} must be a whole number from 1 up, not {sweep[key]!r}")


def _configurations(sweep):
    """Name and settings of each, checked: every named configuration with every combination of the grid."""
    named = sweep["configurations"] or {"": {}}
    points = product(*map(_as_list, sweep["grid"].values()))
    for (name, own), values in product(named.items(), points):
        point = dict(zip(sweep["grid"], values))
        words = [f"{key} {value}" for key, value in point.items()]
        title = ", ".join([name, *words] if name else words) or "as published"
        settings = trials.SETTINGS | sweep["settings"] | own | point
        yield title, trials.checked(title, settings)


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
    jobs = product(configurations, range(sweep["seeds"]), range(sweep["folds"]))
    return pd.DataFrame({"name": name, **settings, "seed": seed, "fold": fold} for (name, settings), seed, fold in jobs)
