"""Whether a data set of one's own is enough for a lesson: its mounts, what is kept of them, what each notebook needs.

The kit's own sets are enough for all; nothing is looked at there.
"""

import warnings
from functools import lru_cache
from typing import NamedTuple

import pandas as pd
from tqdm.auto import tqdm

from zirconkit.mounts.sheets import EXAMPLE

__all__ = ["NEEDS", "Need", "enough", "lacking", "survey", "survey_table"]


class Need(NamedTuple):
    """What a notebook needs: kept grains of each class, mounts of each class, classes."""

    grains: int
    mounts: int
    classes: int


# By notebook; one that is not named needs one mount with a grain.
NEEDS = {
    "00": Need(15, 1, 2),
    "02": Need(10, 2, 2),
    "04": Need(15, 1, 2),
    "05": Need(15, 1, 2),
    "06": Need(15, 1, 2),
    "07": Need(15, 2, 2),
    "08": Need(15, 2, 2),
    "09": Need(15, 1, 2),
    "10": Need(50, 1, 2),
    "13": Need(15, 2, 2),
    "14": Need(50, 1, 2),
    "15": Need(15, 2, 2),
    "16": Need(15, 1, 2),
}
ONE_GRAIN = Need(1, 1, 0)
FEWEST = 5  # kept grains of a class, among those to learn from and among those of the test: fewer give no interval


def survey(found):
    """What there is on each mount: DataFrame with sample, class, role, um_per_px, grains, kept, why_not (in words).

    Each mount is segmented once in a session; that takes about a second a mount.
    """
    rows = [_looked_at(mount, mount.path.stat().st_mtime_ns) for mount in _bar(found)]
    columns = ["sample", "class", "role", "um_per_px", "grains", "kept", "why_not"]
    return pd.DataFrame(rows, columns=columns)


def _bar(found):
    return tqdm(found, desc="looking at your mounts", unit="mount", leave=False, disable=len(found) < 4)


@lru_cache(maxsize=4096)
def _looked_at(mount, modified):
    """One row of the survey."""
    from zirconkit import grains as gr
    from zirconkit import segmentation

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what is to be said of an image was said when it was found
        found = segmentation.segment_mount(mount)
    table = found.table
    scale = found.um_per_px or float("nan")
    kept = int(table["kept"].sum())
    return mount.sample, mount.class_name, mount.role, scale, len(table), kept, gr.why_not_kept(table)


def lacking(number, table):
    """What a notebook lacks in a survey, in words; "" if nothing.

    Parameters
    ----------
    number : str
        Of the notebook, two digits.
    table : DataFrame
        As `survey` gives it.
    """
    need = NEEDS.get(number, ONE_GRAIN)
    if need.classes and table["class"].isna().all():
        return f"a sheet, samples.csv, beside the images ({EXAMPLE})"
    usable = table[(table["kept"] > 0) & (table["role"] != "unused")] if need.classes else table[table["kept"] > 0]
    by_class = usable.groupby("class")["kept"].agg(["size", "sum"])
    if not len(usable):
        return "a mount with a grain that is kept"
    if len(by_class) < need.classes:
        return f"{need.classes} classes, here {'is' if len(by_class) == 1 else 'are'} {len(by_class)}"
    for name, (mounts, grains) in by_class.iterrows():
        if grains < need.grains:
            return f"{need.grains} kept grains of each class, here are {grains} of {name}"
        if mounts < need.mounts:
            return f"{need.mounts} mounts of each class, here is {mounts} of {name}"
    by_role = usable.groupby(["class", "role"])["kept"].sum() if need.classes else pd.Series(dtype=int)
    for (name, role), grains in by_role.items():
        if grains < FEWEST:
            return f"{FEWEST} kept grains of each class and role, here are {grains} of {name}, {role}"
    return ""


def enough(number, found):
    """The mounts that a notebook goes on with: those of `found` of which grains are kept, if they are enough for it.

    If not, a sentence says what is lacking, and the notebook goes on with the four synthetic mounts that come with the
    kit. Of the kit's own data sets all are returned that have a class and a role, where these are needed.

    Parameters
    ----------
    number : str
        Of the notebook, two digits.
    found : list of `mounts.Mount`
        As `mounts.find` gives it, be there a sample sheet or not.

    Returns
    -------
    list of `mounts.Mount`
    """
    from zirconkit import mounts

    if _of_the_kit(found):
        return [mount for mount in found if _has_its_place(mount)] if number in NEEDS else found
    table = survey(found)
    lack = lacking(number, table)
    if lack:
        print(f"Your data have too little for this notebook: it needs {lack}. It goes on with grown mounts.")
        return mounts.embedded()
    empty = table.loc[table["kept"] == 0, "sample"]
    for sample, why in table.loc[table["kept"] == 0, ["sample", "why_not"]].itertuples(index=False):
        print(f"Left out: {sample}, of which no grain is kept ({why}).")
    return [m for m in found if m.sample not in set(empty) and (number not in NEEDS or _has_its_place(m))]


def _has_its_place(mount):
    """Whether somebody said what class a mount is of, and that it is to learn from or to test on."""
    return mount.class_name is not None and mount.role != "unused"


def _of_the_kit(found):
    """Whether mounts are one of the kit's sets, grown or published, or most of it: at least four mounts, no other."""
    from zirconkit import samples

    names = {mount.sample for mount in found}
    return len(names) >= 4 and names <= set(samples.sheet().index)


def survey_table(found, numbers):
    """The survey as text for people, and below it a line for each notebook that lacks something.

    Parameters
    ----------
    found : list of `mounts.Mount`
    numbers : list of str
        Of the notebooks, two digits.
    """
    table = survey(found)
    scales = table["um_per_px"].map(lambda scale: f"{scale:g}" if scale == scale else "unknown")
    shown = table.assign(um_per_px=scales).fillna("-")
    lines = [shown.to_string(index=False)]
    lacks = {}
    for number in numbers:
        lacks.setdefault(lacking(number, table), []).append(number)
    for lack, which in lacks.items():
        if lack:
            who, they = ("notebook", "needs") if len(which) == 1 else ("notebooks", "need")
            lines.append(f"{who} {', '.join(which)} {they} {lack}: there the lesson goes on with grown mounts")
    return "\n".join(lines)
