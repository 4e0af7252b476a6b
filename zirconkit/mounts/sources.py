"""Where grain mounts come from: grown, downloaded, or your own.

`find` answers for every notebook. "synthetic" needs no network: four mounts come with the kit, the rest are grown once
into a cache. "quellaveco" is the data of Nathwani et al. (2023): from the folder that `ZIRCONKIT_DATA` names, or
downloaded (`files`). Anything else is a folder of yours.
"""

import glob
import hashlib
import os
import warnings
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import pandas as pd
from filelock import FileLock
from tqdm import tqdm

from zirconkit import files, samples, synthetic
from zirconkit.messages import ZirconkitWarning
from zirconkit.mounts.data import Mount
from zirconkit.mounts.images import ENDINGS, read
from zirconkit.mounts.sheets import EXAMPLE, find_sheet, read_sheet, sample_name

__all__ = ["at", "embedded", "find", "generator_version", "image_files", "labelled", "provenance", "real_ones"]

SMALL = "QVC082.png"  # the smallest of the paper's mounts, 1.1 MB


def find(data="synthetic", profile="lesson"):
    """The mounts of a data set, in the order of their names.

    Parameters
    ----------
    data : str or path
        "synthetic", "quellaveco", or a folder of images. What is known of them comes from its sample sheet
        (`sheets`): sample and class (any two or more names) and, if you like, role, um_per_px, channels, page and
        invert; without one, from Table 1 of the paper for the samples named there. Images that cannot be read are
        named in one warning and left out.
    profile : str
        "quick" takes the four embedded synthetic mounts; with any other all 14 are grown.

    Returns
    -------
    list of Mount
        One warning names the mounts of `quellaveco` that are missing.

    Raises
    ------
    OSError
        If there is no such folder or image, or the download fails altogether.
    ValueError
        If the sample sheet cannot be used.
    """
    if str(data) == "synthetic":
        return embedded() if profile == "quick" else _grown()
    if str(data) == "quellaveco":
        return _quellaveco()
    folder = Path(data)
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is no folder: data is 'synthetic', 'quellaveco' or a folder of images")
    paths = _images(folder)
    if not paths:
        raise FileNotFoundError(f"{folder} holds no images: mounts are {', '.join(ENDINGS)} files in the folder itself")
    return _readable(_mounts(paths, _sheet_of(folder, paths)))


def _sheet_of(folder, paths):
    """The sample sheet of a folder, which must name two classes; Table 1 where there is none."""
    path = find_sheet(folder)
    if not path:
        return _paper_sheet()
    sheet = read_sheet(path, paths)
    if sheet["class_name"].nunique() < 2:
        raise ValueError(f"{path} has one class only: it needs mounts of two or more")
    return sheet


def _readable(found):
    """Those of your mounts whose images can be read; one warning names the others, and why. OSError if none is left."""
    problems = {mount.sample: _problem(mount.path, mount.path.stat().st_mtime_ns, mount.page) for mount in found}
    bad = list(filter(None, problems.values()))
    if len(bad) == len(found):
        raise OSError(f"no image can be read: {bad[0]}")
    if bad:
        warnings.warn(f"left out: {'; '.join(bad)}", ZirconkitWarning, stacklevel=3)
    return [mount for mount in found if not problems[mount.sample]]


@lru_cache(maxsize=4096)
def _problem(path, modified, page):
    """Why an image cannot be read; None where it can."""
    try:
        read(path, page)
    except (OSError, ValueError) as error:
        return str(error)
    return None


def embedded():
    """The four synthetic mounts that come with the kit, two of each class: list of Mount."""
    return _mounts(_images(samples.DATA / "mounts"), _paper_sheet())


def _images(folder):
    paths = _image_files(folder)
    for path, after in pairwise(paths):
        if sample_name(path) == sample_name(after):
            name = sample_name(path)
            raise ValueError(f"{folder} holds two images named {name}: a sample has one image, rename or move one")
    return paths


def _image_files(folder):
    paths = [path for path in folder.iterdir() if path.suffix.lower() in ENDINGS and not path.name.startswith(".")]
    return sorted(paths, key=sample_name)


def image_files(words):
    """The image files that words mean: files, folders of images, and patterns, which not every shell expands.

    Parameters
    ----------
    words : list of str or path
        A file is taken as it is, be it there or not; of a folder the images in it; of a pattern (`*.png`, `**/CL.tif`)
        the images that fit; of a list (`.txt`) those that it names, one a line, as seen from where the list lies.

    Returns
    -------
    list of Path
        Each once, in the order of the words.

    Raises
    ------
    OSError
        If a folder holds no images, or nothing fits a pattern.
    """
    paths = []
    for word in map(str, words):
        if Path(word).is_dir():
            paths += _of_folder(Path(word))
        elif not Path(word).exists() and glob.has_magic(word):
            paths += _of_pattern(word)
        elif Path(word).suffix.lower() == ".txt" and Path(word).is_file():
            paths += _of_list(Path(word))
        else:
            paths.append(Path(word))
    first = {}
    for path in paths:
        first.setdefault(path.resolve(), path)
    return list(first.values())


def _of_folder(folder):
    paths = _image_files(folder)
    if not paths:
        raise FileNotFoundError(f"{folder} holds no images: give it {', '.join(ENDINGS)} files")
    return paths


def _of_list(path):
    """The images that a list names; those that are not there are said by whoever reads them."""
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError:
        raise ValueError(f"{path} is no list of images: write one name a line, as text (UTF-8)") from None
    names = [line.strip() for line in lines if line.strip()]
    if not names:
        raise ValueError(f"{path} is empty: write the name of an image on each line")
    return [path.parent / name for name in names]


def _of_pattern(pattern):
    fitting = [Path(name) for name in sorted(glob.glob(pattern, recursive=True))]
    paths = [path for path in fitting if path.suffix.lower() in ENDINGS and path.is_file()]
    if not paths:
        raise FileNotFoundError(f"no image fits {pattern}: check the name and the folder")
    return paths


def at(path, um_per_px=None, page=None, invert=False):
    """The mount of one image file, with what a sheet beside it, or Table 1 of the paper, says of its sample: a Mount.

    `um_per_px`, `page` and `invert` stand in for a sheet that does not say: where it gives a scale, that one counts. Of
    a sheet that cannot be used a warning says why, and the mount is as if there were none.
    """
    path = Path(path)
    sheet = find_sheet(path.parent) if path.parent.is_dir() else None
    known = _sheet_beside(sheet, sheet.stat().st_mtime_ns) if sheet else _paper_sheet()
    mount = _mounts([path], known)[0]
    scale = mount.um_per_px or um_per_px if sheet else um_per_px or mount.um_per_px
    if um_per_px and mount.um_per_px and um_per_px != mount.um_per_px:
        says = "its sheet" if sheet else "Table 1 of the paper, which knows a mount of this name,"
        text = f"{path}: {says} says {mount.um_per_px:g} µm per pixel, you say {um_per_px:g}; {scale:g} counts"
        warnings.warn(text, ZirconkitWarning, stacklevel=2)
    return replace(mount, um_per_px=scale, page=page or mount.page, invert=invert or mount.invert)


@lru_cache(maxsize=64)
def _sheet_beside(sheet, modified):
    """The sheet of a folder for images one by one: which others it names, or does not, is no matter."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ZirconkitWarning)
            return read_sheet(sheet, _image_files(sheet.parent))
    except ValueError as error:
        warnings.warn(f"{error}; it is passed over", ZirconkitWarning, stacklevel=3)
        return _paper_sheet()


def labelled(data="synthetic", profile="lesson"):
    """The mounts of a data set that are there to learn from and to test on: those of `find` with a class and a role.

    Raises
    ------
    ValueError
        If there is none: nobody said which image is of which class.
    """
    found = [mount for mount in find(data, profile) if mount.role != "unused" and mount.class_name]
    if not found:
        raise ValueError(f"{data} has no sample sheet: write samples.csv beside the images; {EXAMPLE}")
    return found


def provenance(found):
    """Whether mounts are "grown", "real", or "grown and real", as figures say it; grown ones have a table of truth."""
    kinds = {"real" if mount.truth_table() is None else "grown" for mount in found}
    return " and ".join(sorted(kinds))


def _mounts(paths, sheet):
    names = map(sample_name, paths)
    return [_mount(path, sheet.loc[name] if name in sheet.index else None) for path, name in zip(paths, names)]


def _mount(path, row):
    """The mount of an image; `row` is its row of the sample sheet, or None."""
    name, truth_path = sample_name(path), _truth_of(path)
    if row is None:
        return Mount(name, path, None, "unused", None, truth_path)
    scale = None if pd.isna(row["um_per_px"]) else float(row["um_per_px"])
    further = {"channels": int(row["channels"]), "page": int(row["page"]), "invert": bool(row["invert"])}
    return Mount(name, path, row["class_name"], row["role"], scale, truth_path, **further)


def _truth_of(path):
    """The true label image of a mount, in a folder `truth` beside it or one further up; None where there is none."""
    name = f"{path.stem}.png"
    places = [folder / "truth" / name for folder in path.parents[:2]]
    return next(filter(Path.is_file, places), None)


def _paper_sheet():
    """Table 1, for mounts that come without a sheet of their own."""
    return samples.sheet().assign(um_per_px=samples.UM_PER_PX, channels=1, page=1, invert=False)


def _grow_one(name, folder):
    synthetic.save(synthetic.grow_mount(name, seed=0), folder)


def generator_version():
    """Names the generator of synthetic mounts: its number, and twelve digits of the tables that it reads."""
    tables = b"".join(path.read_bytes() for path in sorted(samples.DATA.glob("synthetic_*.csv")))
    return f"{synthetic.VERSION}-{hashlib.sha256(tables).hexdigest()[:12]}"


def _grown():
    """All synthetic mounts, from a folder whose name changes with the generator: what it holds is never stale."""
    folder = files.cache_folder() / f"synthetic-{generator_version()}"
    if _missing(folder):
        with FileLock(files.make_folder(folder) / ".lock"):  # another process may be growing them just now
            _grow_all(_missing(folder), folder)
    names = sorted(synthetic.SAMPLES.index)
    paths = [folder / f"{name}.png" for name in names]
    return _mounts(paths, _paper_sheet())


def _missing(folder):
    """The names of the synthetic mounts that a folder does not hold, with their truth."""
    wanted = {name: (f"{name}.png", f"truth/{name}.png", f"truth/{name}.csv") for name in synthetic.SAMPLES.index}
    return [name for name, parts in wanted.items() if not all((folder / part).is_file() for part in parts)]


def _grow_all(names, folder):
    from joblib import Parallel, cpu_count, delayed, parallel_config
    from joblib.externals.loky import get_reusable_executor

    workers = min(2, cpu_count(), len(names)) or 1
    with parallel_config("loky", idle_worker_timeout=20):  # should this process be killed, its workers soon end, too
        grown = Parallel(n_jobs=workers, return_as="generator")(delayed(_grow_one)(name, folder) for name in names)
        list(tqdm(grown, total=len(names), desc="growing mounts", unit="mount", disable=not names))
    if workers > 1:
        get_reusable_executor().shutdown()  # idle workers would keep their memory


def _quellaveco():
    folder, failure = os.environ.get("ZIRCONKIT_DATA"), None
    if not folder:
        folder = files.cache_folder() / "quellaveco"
        try:
            files.fetch(folder)
        except OSError as error:
            failure = error
    there = files.verified(Path(folder))
    if not there:
        raise failure or FileNotFoundError(f"ZIRCONKIT_DATA is {folder}, which holds none of the published mounts")
    missing = set(files.registry().index) - {path.name for path in there}
    if missing:
        reason = failure or f"not in {folder}, or not the published file"
        names = ", ".join(Path(file).stem for file in sorted(missing))
        warnings.warn(f"left out: {names} ({reason})", ZirconkitWarning, stacklevel=3)
    return _mounts(there, _paper_sheet())


def real_ones():
    """The paper's mounts that are to be had in a moment, to show a real grain: list of Mount, in the order of names.

    Where `ZIRCONKIT_DATA` names a folder, those in it. Else those of the cache; and where there are none, the smallest
    is downloaded, 1.1 MB, and checked. Without a network the list is empty, within seconds.
    """
    folder = os.environ.get("ZIRCONKIT_DATA")
    there = files.verified(Path(folder or files.cache_folder() / "quellaveco"))
    if not there and not folder:
        with suppress(OSError):
            there = [files.fetch_one(SMALL)]
    return _mounts(there, _paper_sheet())
