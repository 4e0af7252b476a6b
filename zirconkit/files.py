"""The paper's own mounts, fetched and checked, the folder in which mounts are kept, and files written whole.

14 SEM-CL images of Nathwani et al. (2023), GPL-3, from the repository that the paper's data statement names, at one
fixed commit. `data/quellaveco.csv` has each file's checksums. Nothing of it is part of the kit. Data sets of others are
had in the same way, by name: `data/real_sets.csv` has their repositories, checksums and licences.
"""

import errno
import glob
import hashlib
import os
import secrets
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import numpy as np
import pandas as pd
import pooch
import requests
from filelock import FileLock
from tqdm import tqdm

from zirconkit import samples

__all__ = [
    "SETS", "URL", "DiskFull", "as_parquet", "cache_folder", "drop_oldest", "fetch", "fetch_one", "fetch_set",
    "is_verified", "make_folder", "meant", "read_arrays", "registry", "set_registry", "unwritable", "usage",
    "verified", "whole", "write_together", "write_whole",
]  # fmt: skip

COMMIT = "c48776546559c3793dae9ad4e5a5b51223dc98f7"
URL = f"https://raw.githubusercontent.com/ChetanNathwani/zirconCNN/{COMMIT}/TIMA_Images/"
FULL = (errno.ENOSPC, errno.EDQUOT)  # no room on the disk, or none left of what a user may have there
SETS = ("thin_sections", "rockjock", "eds", "lepr", "namib")  # names in data/real_sets.csv


class DiskFull(OSError):
    """There is no room for what is to be written. Of many jobs the others would fare no better."""


def unwritable(path, error):
    """What to raise where a file cannot be written: one sentence with the mend; a `DiskFull` where there is no room."""
    kind = DiskFull if error.errno in FULL else OSError
    reason = os.strerror(error.errno) if error.errno else str(error)
    mend = "make room or name another folder; what was there before is untouched"
    told = kind(f"{path} cannot be written ({reason}): {mend}")
    told.strerror = reason
    return told


def cache_folder():
    """Where mounts are kept between runs: `ZIRCONKIT_CACHE`, or the system's own place for caches."""
    return Path(os.environ.get("ZIRCONKIT_CACHE") or pooch.os_cache("zirconkit"))


def meant(words, endings, kind):
    """The files that words mean: files as they are, there or not; those of a folder; of `*.xy` what fits.

    Parameters
    ----------
    words : list of str or path
    endings : sequence of str
        What files of a folder end with, in lower case; others are passed over.
    kind : str
        What such files are called, in the plural.

    Returns
    -------
    list of Path
        Each once.

    Raises
    ------
    FileNotFoundError
        If a folder holds none, or no file fits a pattern.
    """
    found = [path for word in map(str, words) for path in _meant_by(word, endings, kind)]
    return list(dict.fromkeys(found))


def _meant_by(word, endings, kind):
    if Path(word).is_dir():
        inside = sorted(path for path in Path(word).iterdir() if path.suffix.lower() in endings)
        if not inside:
            raise FileNotFoundError(f"{word} holds no {kind}: give it {', '.join(endings)} files")
        return inside
    if Path(word).exists() or not glob.has_magic(word):
        return [Path(word)]
    fitting = sorted(glob.glob(word, recursive=True))
    if not fitting:
        raise FileNotFoundError(f"no file fits {word}: check the name and the folder")
    return list(map(Path, fitting))


def make_folder(folder):
    """Make a folder with its parents, or say in one sentence (OSError) why it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(13, "Permission denied")
    except OSError as error:
        kind = DiskFull if error.errno in FULL else OSError
        raise kind(f"the folder {folder} cannot be written ({error.strerror}): name one that can") from None
    return folder


@contextmanager
def whole(*paths):
    """Files written in one go, all or none: whoever looks finds the old ones or the new, never a half.

    Inside, write to hidden files of names of their own, which then take the places of `paths`. Two processes that write
    the same file do not meet; the later one wins.

    Parameters
    ----------
    *paths : Path
        In folders that are there.

    Yields
    ------
    list of Path
        The files to write, in the order of `paths`.

    Raises
    ------
    OSError
        If something cannot be written, in one sentence; what was there before is untouched, and nothing is left beside
        it. It is a `DiskFull` where there is no room.
    """
    parts = [path.with_name(f".{path.name}.{secrets.token_hex(4)}.part") for path in paths]
    try:
        yield parts
        for part, path in zip(parts, paths):
            os.replace(part, path)
    except OSError as error:
        where = paths[0] if len(paths) == 1 else paths[0].parent
        raise unwritable(where, error) from None
    finally:
        for part in parts:
            part.unlink(missing_ok=True)


def write_whole(path, content):
    """Write one file as `whole` does.

    Parameters
    ----------
    path : path
        In a folder that is there.
    content : bytes-like or str
        Text is written as UTF-8, its line ends as they are.
    """
    path = Path(path)
    write_together(path.parent, {path.name: content})


def write_together(folder, contents):
    """Write files of a folder as `whole` does, all or none: `contents` has what `write_whole` takes, by name."""
    with whole(*[folder / name for name in contents]) as parts:
        for part, content in zip(parts, contents.values()):
            part.write_bytes(content.encode() if isinstance(content, str) else content)


def as_parquet(table, texts):
    """The same table as Parquet beside a .csv file, bit by bit; nothing where pyarrow is not installed.

    Parameters
    ----------
    table : Path
        The .csv file.
    texts : list of str
        Columns that are text even where they look like numbers.
    """
    try:
        from pyarrow import csv, parquet
    except ImportError:
        return
    text = csv.ConvertOptions(column_types=dict.fromkeys(texts, "string"), strings_can_be_null=False)
    with (
        whole(table.with_suffix(".parquet")) as [part],
        csv.open_csv(table, convert_options=text) as batches,
        parquet.ParquetWriter(part, batches.schema) as writer,
    ):
        for batch in batches:
            writer.write_batch(batch)


def usage(paths):
    """How many files there are, and their bytes."""
    sizes = [path.stat().st_size for path in paths]
    return len(sizes), sum(sizes)


def drop_oldest(paths, limit):
    """Delete the files that were used longest ago, until all together have at most `limit` bytes."""
    kept = [(path.stat(), path) for path in paths]
    excess = sum(stat.st_size for stat, _ in kept) - limit
    for stat, path in sorted(kept, key=lambda file: file[0].st_mtime_ns):
        if excess <= 0:
            break
        path.unlink(missing_ok=True)
        excess -= stat.st_size


def registry():
    """The published files: DataFrame indexed by file with git_blob_sha1, size_bytes and sha256 (NA where not known)."""
    return pd.read_csv(samples.DATA / "quellaveco.csv", index_col="file", dtype={"size_bytes": "Int64"})


def is_verified(path, entry):
    """Whether a file is there and has the size and checksums of its row of `registry`, as far as they are known.

    git_blob_sha1 is SHA-1 over `blob`, a space, the size in digits, a zero byte and the content.
    """
    return path.is_file() and _matches(path.read_bytes(), entry)


def _matches(content, entry):
    """Whether bytes are those that a row of `registry` names."""
    size = len(content)
    sha256 = hashlib.sha256(content).hexdigest()
    git_blob_sha1 = hashlib.sha1(b"blob %d\0" % size + content).hexdigest()
    found = {"size_bytes": size, "sha256": sha256, "git_blob_sha1": git_blob_sha1}
    known = entry.dropna().to_dict()
    return known.items() <= found.items()


def verified(folder):
    """The paths of the published mounts that are in a folder and verified."""
    return [folder / file for file, entry in registry().iterrows() if is_verified(folder / file, entry)]


def fetch(folder=None, progress=True):
    """Download the paper's 14 mounts into a folder, by default in the cache; returns the list of their paths.

    What is there and verified is not fetched again; a partial file starts over.

    Raises
    ------
    OSError
        If the network or the disk fails; or, once the others are fetched, if a file is not there or not the right one.
    """
    folder = Path(folder) if folder else cache_folder() / "quellaveco"
    paths = [folder / file for file in registry().index]
    if len(verified(folder)) < len(paths):
        with FileLock(make_folder(folder) / ".lock"):  # another process may be faster
            there = verified(folder)
            rows = registry()
            lacking = [path for path in paths if path not in there]
            problems = [_fetch_one(path, URL + path.name, rows.loc[path.name], progress) for path in lacking]
        if any(problems):
            raise OSError("; ".join(filter(None, problems)) + ": run zirconkit fetch again later")
    return paths


def fetch_one(file, patience=(3, 10)):
    """One of the paper's mounts in the cache, downloaded if it is not there: its path.

    Parameters
    ----------
    file : str
        A name of `registry`.
    patience : (float, float)
        Seconds to wait for the connection, and for the next bytes.

    Raises
    ------
    OSError
        If it is not to be had; at once where the environment variable `ZIRCONKIT_OFFLINE` is set.
    """
    path = cache_folder() / "quellaveco" / file
    with FileLock(make_folder(path.parent) / ".lock"):
        if is_verified(path, registry().loc[file]):
            return path
        if os.environ.get("ZIRCONKIT_OFFLINE"):
            raise ConnectionError(f"{file} is not here, and ZIRCONKIT_OFFLINE forbids to fetch it")
        problem = _fetch_one(path, URL + file, registry().loc[file], progress=False, timeout=patience)
    if problem:
        raise OSError(problem)
    return path


def set_registry(name):
    """The files of another data set: DataFrame with url, file (its place in a folder), size_bytes and checksums."""
    table = pd.read_csv(samples.DATA / "real_sets.csv", dtype={"size_bytes": "Int64"})
    own = table[table["set"] == name].copy()
    if own.empty:
        raise ValueError(f"there is no data set {name}: there are {', '.join(SETS)}")
    own["url"] = "https://raw.githubusercontent.com/" + own["repository"] + "/" + own["commit"] + "/" + own["path"]
    return own.reset_index(drop=True)


def fetch_set(name, folder=None, progress=True):
    """Download another data set into a folder, by default in the cache: the folder, and how many files it has.

    What is there and verified is not fetched again.

    Raises
    ------
    ValueError
        If there is no such set.
    OSError
        As in `fetch`.
    """
    rows = set_registry(name)
    folder = Path(folder) if folder else cache_folder() / name
    checks = rows[["size_bytes", "git_blob_sha1", "sha256"]]
    problems = []
    with FileLock(make_folder(folder) / ".lock"):
        for row, (_, entry) in zip(rows.itertuples(), checks.iterrows()):
            path = folder / row.file
            if not is_verified(path, entry):
                make_folder(path.parent)
                problems.append(_fetch_one(path, row.url, entry, progress))
    if any(problems):
        raise OSError("; ".join(filter(None, problems)) + ": run zirconkit fetch again later")
    return folder, len(rows)


def _fetch_one(path, url, entry, progress, timeout=30):
    """Fetch, check, and only then write. Returns what was wrong with this one file, or None."""
    content = BytesIO()
    bar = tqdm(desc=path.name, total=1, unit="B", unit_scale=True, leave=False, delay=0.3, disable=not progress)
    try:
        pooch.HTTPDownloader(progressbar=bar, timeout=timeout)(url, content, None)
        if not _matches(content.getvalue(), entry):
            return f"{path.name} came with a wrong checksum"
        write_whole(path, content.getvalue())
    except requests.HTTPError as error:
        return f"{url} answered {error.response.status_code}"
    except requests.RequestException:
        raise ConnectionError(f"no connection to {url}: check the network and run zirconkit fetch again") from None
    finally:
        bar.close()


def read_arrays(path):
    """The arrays of an .npz file of weights: dict of name to array. Nothing that the file says is run.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is damaged, or no .npz file.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file of weights at {path}")
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except Exception:  # NumPy and zipfile raise what they please
        raise ValueError(f"{path} is damaged, or no .npz file of weights") from None
