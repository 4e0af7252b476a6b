"""The paper's own mounts, fetched and checked, and the folder in which mounts are kept.

14 SEM-CL images of Nathwani et al. (2023), GPL-3, from the repository that the paper's data statement names, at one
fixed commit. `data/quellaveco.csv` has each file's checksums. Nothing of it is part of the kit.
"""

import hashlib
import os
from pathlib import Path

import pandas as pd
from filelock import FileLock

from zirconkit import samples

__all__ = ["URL", "cache_folder", "fetch", "is_verified", "make_folder", "registry"]

COMMIT = "c48776546559c3793dae9ad4e5a5b51223dc98f7"
URL = f"https://raw.githubusercontent.com/ChetanNathwani/zirconCNN/{COMMIT}/TIMA_Images/"


def cache_folder():
    """Where mounts are kept between runs: `ZIRCONKIT_CACHE`, or the system's own place for caches."""
    import pooch

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


def registry():
    """The published files: DataFrame indexed by file with git_blob_sha1, size_bytes and sha256 (NA where not known)."""
    return pd.read_csv(samples.DATA / "quellaveco.csv", index_col="file", dtype={"size_bytes": "Int64"})


def is_verified(path, entry):
    """Whether a file is there and is the published one.

    Parameters
    ----------
    path : Path
    entry : row of `registry`
        git_blob_sha1 is SHA-1 over `blob`, a space, the size in digits, a zero byte and the content.

    Returns
    -------
    bool
    """
    if not path.is_file():
        return False
    content = path.read_bytes()
    blob = b"blob %d\0" % len(content) + content
    found = {"git_blob_sha1": hashlib.sha1(blob).hexdigest(), "size_bytes": len(content)}
    found["sha256"] = hashlib.sha256(content).hexdigest()
    return all(pd.isna(entry[name]) or entry[name] == value for name, value in found.items())


def fetch(folder=None, progress=True):
    """Download the paper's mounts. What is there and verified is not fetched again; a partial file starts over.

    Parameters
    ----------
    folder : path, optional
        Where to put them; in the cache by default.
    progress : bool
        Show a bar.

    Returns
    -------
    list of Path
        The 14 images.

    Raises
    ------
    OSError
        If the network or the disk fails; or, once the others are fetched, if a file is not there or not the right one.
    """
    folder = Path(folder) if folder else cache_folder() / "quellaveco"
    wanted = [file for file, entry in registry().iterrows() if not is_verified(folder / file, entry)]
    if wanted:
        with FileLock(make_folder(folder) / ".lock"):
            problems = [_fetch_one(folder / file, registry().loc[file], progress) for file in wanted]
        if any(problems):
            raise OSError("; ".join(filter(None, problems)) + ": run zirconkit fetch again later")
    return [folder / file for file in registry().index]


def _fetch_one(path, entry, progress):
    """Fetch, check, and only then give the file its name. Returns what was wrong with this one file, or None."""
    if is_verified(path, entry):  # another process was faster
        return None
    part = path.with_name(path.name + ".part")
    try:
        refused = _download(URL + path.name, part, progress)
        if refused:
            return refused
        if not is_verified(part, entry):
            return f"{path.name} came with a wrong checksum"
        os.replace(part, path)
    except OSError as error:
        if not error.strerror:
            raise
        raise OSError(f"{path} cannot be written ({error.strerror}): make room or name another folder") from None
    finally:
        part.unlink(missing_ok=True)


def _download(url, part, progress):
    import requests
    from pooch import HTTPDownloader
    from tqdm import tqdm

    name = url.rpartition("/")[2]  # the total comes with the answer
    with tqdm(desc=name, total=1, unit="B", unit_scale=True, leave=False, delay=0.3, disable=not progress) as bar:
        try:
            HTTPDownloader(progressbar=bar)(url, part, None)
        except requests.HTTPError as error:
            return f"{url} answered {error.response.status_code}"
        except requests.RequestException:
            raise ConnectionError(f"no connection to {url}: check the network and run zirconkit fetch again") from None
