"""The paper's own mounts, fetched and checked, the folder in which mounts are kept, and files written whole.

14 SEM-CL images of Nathwani et al. (2023), GPL-3, from the repository that the paper's data statement names, at one
fixed commit. `data/quellaveco.csv` has each file's checksums. Nothing of it is part of the kit.
"""

import hashlib
import os
import secrets
from io import BytesIO
from pathlib import Path

import pandas as pd
import pooch
import requests
from filelock import FileLock
from tqdm import tqdm

from zirconkit import samples

__all__ = [
    "URL", "cache_folder", "drop_oldest", "fetch", "fetch_one", "fetch_set", "is_verified", "make_folder", "registry",
    "sets", "usage", "verified", "write_whole",
]  # fmt: skip

COMMIT = "c48776546559c3793dae9ad4e5a5b51223dc98f7"
URL = f"https://raw.githubusercontent.com/ChetanNathwani/zirconCNN/{COMMIT}/TIMA_Images/"


def cache_folder():
    """Where mounts are kept between runs: `ZIRCONKIT_CACHE`, or the system's own place for caches."""
    return Path(os.environ.get("ZIRCONKIT_CACHE") or pooch.os_cache("zirconkit"))


def make_folder(folder):
    """Make a folder with its parents, or say in one sentence (OSError) why it cannot be written."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError(13, "Permission denied")
    except OSError as error:
        raise OSError(f"the folder {folder} cannot be written ({error.strerror}): name one that can") from None
    return folder


def write_whole(path, content):
    """Write a file in one go: whoever looks finds the old file or the new one, never a half.

    The content goes into a hidden file of a name of its own beside `path`, which then takes the place of `path`. Two
    processes that write the same file do not meet; the later one wins.

    Parameters
    ----------
    path : path
        In a folder that is there.
    content : bytes-like or str
        Text is written as UTF-8, its line ends as they are.

    Raises
    ------
    OSError
        If it cannot be written; what was there before is untouched, and nothing is left beside it.
    """
    path = Path(path)
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        part.write_bytes(content.encode() if isinstance(content, str) else content)
        os.replace(part, path)
    finally:
        part.unlink(missing_ok=True)


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
            problems = [_fetch_one(path, progress) for path in paths if path not in there]
        if any(problems):
            raise OSError("; ".join(filter(None, problems)) + ": run zirconkit fetch again later")
    return paths


def sets():
    """Other people's data, to be fetched by name: DataFrame of set, file, url, size_bytes, git_blob_sha1, sha256."""
    return pd.read_csv(samples.DATA / "fetched.csv", dtype={"size_bytes": "Int64"})


def fetch_set(name, folder=None, progress=True):
    """Download a set of `sets` into a folder, by default one of its name in the cache; returns the list of its paths.

    Raises
    ------
    ValueError
        If there is no such set.
    OSError
        If the network or the disk fails, or a file is not the right one.
    """
    rows = sets()
    rows = rows[rows["set"] == name]
    if rows.empty:
        raise ValueError(f"there is no data set {name}: there are quellaveco, {', '.join(sets()['set'].unique())}")
    folder = make_folder(Path(folder) if folder else cache_folder() / name)
    problems = []
    with FileLock(folder / ".lock"):
        for row in rows.itertuples():
            entry = pd.Series({key: getattr(row, key) for key in ("size_bytes", "git_blob_sha1", "sha256")})
            if not is_verified(folder / row.file, entry):
                problems.append(_fetch_one(folder / row.file, progress, url=row.url, entry=entry))
    if any(problems):
        raise OSError("; ".join(filter(None, problems)) + f": run zirconkit fetch {name} again later")
    return [folder / file for file in rows["file"]]


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
        problem = _fetch_one(path, progress=False, timeout=patience)
    if problem:
        raise OSError(problem)
    return path


def _fetch_one(path, progress, timeout=30, url=None, entry=None):
    """Fetch, check, and only then write. Returns what was wrong with this one file, or None."""
    url = url or URL + path.name
    entry = registry().loc[path.name] if entry is None else entry
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
    except OSError as error:
        raise OSError(f"{path} cannot be written ({error.strerror}): make room or name another folder") from None
    finally:
        bar.close()
