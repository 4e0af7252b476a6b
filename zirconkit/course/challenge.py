"""A challenge set: mounts that nobody has labelled, answers in a folder of the lecturer's, and what a hand-in is worth.

Each mount holds zircons of both classes, as river sand does. For each grain a class asks for the probability that it is
a porphyry's, for each mount for the share of porphyry zircons with a 90 % interval. Ranking and honesty about one's own
doubt bring equally many points.
"""

from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pandas as pd
from scipy.ndimage import distance_transform_edt
from tqdm.auto import tqdm

from zirconkit import evaluation, synthetic
from zirconkit.files import make_folder, write_whole
from zirconkit.synthetic.mounts import encoded

__all__ = ["Result", "in_words", "make", "points", "score"]

REACH = 6  # px; so far from a grain may a point lie that stands for it
MISS = 20  # what an interval pays for each unit by which it misses: 2 / (1 - 0.9), Gneiting and Raftery (2007)
WORST = 0.25  # mean distance between predicted and observed share from which calibration brings nothing
COLUMNS = {"grains.csv": ["sample", "row", "col", "probability"], "shares.csv": ["sample", "share", "low", "high"]}
RULES = """# The challenge

{n} mounts, {names}. Each holds zircons of porphyries and of batholiths, mixed; on each mount the share is another, and
nobody has labelled them. They were grown by the program that grew the course's mounts, at 2 micrometres a pixel.

Hand in a folder with two tables:

- `grains.csv`, a line for each grain that you found: `sample`, `row`, `col` (a point on the grain, in pixels),
  `probability` (that it is a porphyry's, 0 to 1). A grain that you leave out counts as 0.5.
- `shares.csv`, a line for each mount: `sample`, `share` (of its zircons that are porphyry zircons, 0 to 1), `low` and
  `high` (a range that you expect to hold the true share nine times in ten).

Points, 100 in all:

- 50 for ranking: none for a ROC-AUC of 0.5, all for 1.
- 25 for calibration: of grains that you call porphyry with 0.7, seven in ten should be. None where predicted and
  observed shares are {worst} apart or more in the mean, over five groups of grains.
- 25 for your ranges: each costs its width, and {miss} times the distance by which it misses the true share. A range
  from 0 to 1 brings nothing and costs nothing.
"""


class Result(NamedTuple):
    """What a hand-in reached: points, and what they come from."""

    points: float
    auc: evaluation.Interval  # over grains
    off: float  # mean distance between predicted and observed share of porphyry grains, over five groups
    held: int  # ranges that hold the true share
    n_ranges: int
    range_cost: float  # mean over the mounts
    n_found: int  # zircons with a probability
    n_zircons: int
    n_elsewhere: int  # points on no zircon, or on one that has a point already


def make(out, seed, n_mounts=6):
    """Grow a challenge set.

    Parameters
    ----------
    out : path
        Gets `students` (mounts, rules, two empty tables) and `lecturer` (label images, classes, the seed).
    seed : int
        Whoever knows it can grow the answers.
    n_mounts : int

    Raises
    ------
    OSError
        If the folder cannot be written, or holds a challenge already.
    """
    out = Path(out)
    if (out / "students").exists() or (out / "lecturer").exists():
        raise OSError(f"{out} holds a challenge already: name another folder")
    students, lecturer = make_folder(out / "students"), make_folder(out / "lecturer")
    shares = np.random.default_rng(seed).uniform(0.1, 0.9, n_mounts)
    names = [f"sand_{number}" for number in range(1, n_mounts + 1)]
    answers = []
    for number, name in enumerate(tqdm(names, desc="mounts", unit="mount", leave=False)):
        mount = synthetic.grow_mixture(shares[number], seed * 1000 + number)
        write_whole(students / f"{name}.png", encoded(mount.image))
        write_whole(lecturer / f"{name}.png", encoded(np.uint16(mount.labels)))
        answers.append(mount.grains[["grain", "class_name"]].assign(sample=name))
    write_whole(lecturer / "answers.csv", pd.concat(answers)[["sample", "grain", "class_name"]].to_csv(index=False))
    write_whole(lecturer / "seed.txt", f"{seed}\n")
    rules = RULES.format(n=n_mounts, names=", ".join(names), worst=WORST, miss=MISS)
    write_whole(students / "RULES.md", rules)
    write_whole(students / "grains.csv", ",".join(COLUMNS["grains.csv"]) + "\n")
    blank = pd.DataFrame({"sample": names}).reindex(columns=COLUMNS["shares.csv"])
    write_whole(students / "shares.csv", blank.to_csv(index=False))


def score(hand_in, lecturer):
    """Score a hand-in: a folder with `grains.csv` and `shares.csv`, against the folder `lecturer` of `make`.

    Returns
    -------
    Result

    Raises
    ------
    OSError
        If a table is not there, or the answers.
    ValueError
        If a table cannot be judged; the sentence names it, and the line where there is one.
    """
    answers = pd.read_csv(Path(lecturer) / "answers.csv")
    zircons = answers[answers["class_name"] != "contaminant"].set_index(["sample", "grain"])
    is_porphyry = (zircons["class_name"] == "porphyry").astype(int)
    samples = list(answers["sample"].unique())
    grains, shares = _table(hand_in, "grains.csv", samples), _table(hand_in, "shares.csv", samples)
    said = _by_grain(grains, Path(lecturer), samples)
    probability = said.reindex(is_porphyry.index)
    found = probability.notna()
    truth = is_porphyry.groupby("sample").mean()
    costs = _costs(shares.set_index("sample").reindex(truth.index), truth)
    y, p = is_porphyry.to_numpy(), probability.fillna(0.5).to_numpy()
    auc = evaluation.auc_interval(y, p)
    groups = evaluation.calibration(y, p)
    off = np.average((groups["predicted"] - groups["observed"]).abs(), weights=groups["n"])
    held = int((costs["missed"] == 0).sum())
    range_cost = float(costs["cost"].mean())
    return Result(
        points(auc.value, off, range_cost), auc, float(off), held, len(costs), range_cost,
        int(found.sum()), len(y), len(grains) - int(found.sum()),
    )  # fmt: skip


def points(auc, off, range_cost):
    """Points of 100: 50 for ranking, 25 for calibration, 25 for the ranges, none of them below 0."""
    ranking = 50 * max(0.0, 2 * auc - 1)
    calibration = 25 * max(0.0, 1 - off / WORST)
    ranges = 25 * max(0.0, 1 - range_cost)
    return ranking + calibration + ranges


def in_words(result):
    """A result in one line."""
    ranking = f"ROC-AUC {result.auc:.2f}"
    calibration = f"probabilities off by {result.off:.2f}"
    ranges = f"{result.held} of {result.n_ranges} ranges hold, each costs {result.range_cost:.2f}"
    zircons = f"{result.n_found} of {result.n_zircons} zircons, {result.n_elsewhere} points elsewhere"
    return f"{result.points:.0f} points; {ranking}; {calibration}; {ranges}; {zircons}"


def _table(hand_in, name, samples):
    """A table of a hand-in, checked: numbers from 0 to 1 where they stand for shares, samples that there are."""
    path = Path(hand_in) / name
    if not path.is_file():
        raise FileNotFoundError(f"{hand_in} has no {name}")
    try:
        table = pd.read_csv(path, sep=None, engine="python")
    except (ValueError, pd.errors.ParserError) as error:
        raise ValueError(f"{path} is no table: {error}") from None
    missing = [column for column in COLUMNS[name] if column not in table]
    if missing:
        raise ValueError(f"{path} has no column {missing[0]}: it needs {', '.join(COLUMNS[name])}")
    table["sample"] = table["sample"].astype(str)
    numbers = COLUMNS[name][1:]
    table[numbers] = table[numbers].apply(_as_numbers)
    within = [column for column in numbers if column not in ("row", "col")]
    faults = {
        "no mount of the challenge": ~table["sample"].isin(samples),
        "something that is no number": table[numbers].isna().any(axis=1),
        "a share or probability outside 0 to 1": ~table[within].apply(lambda column: column.between(0, 1)).all(axis=1),
    }
    if name == "shares.csv":
        faults["low above high"] = table["low"] > table["high"]
        faults["a mount twice"] = table["sample"].duplicated()
    for what, at in faults.items():
        if at.any():
            raise ValueError(f"{path}, line {int(np.flatnonzero(at)[0]) + 2}: {what}")
    return table


def _as_numbers(column):
    """A column as float; what is no number is NaN, a decimal comma is understood."""
    text = column.astype(str).str.replace(",", ".", regex=False)
    return pd.to_numeric(text, errors="coerce")


def _by_grain(table, lecturer, samples):
    """The probability of each true grain on which a point lies, the first one where there are several: Series."""
    parts = []
    for sample in samples:
        labels = cv2.imread(str(lecturer / f"{sample}.png"), cv2.IMREAD_UNCHANGED).astype(int)
        away, nearest = distance_transform_edt(labels == 0, return_indices=True)
        rows = table[table["sample"] == sample]
        inside = rows["row"].between(0, labels.shape[0] - 1) & rows["col"].between(0, labels.shape[1] - 1)
        rows = rows[inside]
        at = rows["row"].round().astype(int).to_numpy(), rows["col"].round().astype(int).to_numpy()
        grain = labels[tuple(axis[at] for axis in nearest)]
        part = rows.assign(grain=grain)[away[at] <= REACH]
        parts.append(part)
    return pd.concat(parts).drop_duplicates(["sample", "grain"]).set_index(["sample", "grain"])["probability"]


def _costs(shares, truth):
    """What each range costs, and by how much it misses; a mount that was left out has the range from 0 to 1."""
    low, high = shares["low"].fillna(0.0), shares["high"].fillna(1.0)
    missed = np.maximum(0, low - truth) + np.maximum(0, truth - high)
    return pd.DataFrame({"missed": missed, "cost": high - low + MISS * missed})
