"""Where grain mounts come from: grown, downloaded, or your own.

`find` answers for every notebook. "synthetic" needs no network: four mounts come with the kit, the rest are grown once
into a cache. "quellaveco" is the data of Nathwani et al. (2023): from the folder that `ZIRCONKIT_DATA` names, or
downloaded (`files`). Anything else is a folder of yours.
"""

import hashlib
import os
import warnings
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
from filelock import FileLock
from PIL.PngImagePlugin import PngImageFile
from tqdm import tqdm

from zirconkit import files, samples, synthetic
from zirconkit.messages import ZirconkitWarning

__all__ = ["Mount", "at", "embedded", "find", "generator_version", "labelled", "read_image"]

MIN_SIDE = 16  # px; a smaller image cannot hold a grain of 40 px and is a mistake
IMAGES = (".png", ".tif", ".tiff", ".jpg", ".jpeg", ".bmp")
ROLES = ("train", "test", "unused")


@dataclass(frozen=True)
class Mount:
    """One grain mount: where its image lies and what is known about it.

    Attributes
    ----------
    sample : str
        The image's file name without the ending.
    path : Path
    class_name : str or None
        None where nobody said.
    role : "train", "test" or "unused"
        "unused" is left out of training and scoring.
    um_per_px : float or None
        Micrometres per pixel; None where nobody said.
    truth_path : Path or None
        Label image drawn or grown with it (0 background, 1..n).
    channels : 1 or 3
        3 where its colours mean something, as the sample sheet says.
    """

    sample: str
    path: Path
    class_name: str | None
    role: str
    um_per_px: float | None
    truth_path: Path | None
    channels: int = 1

    def image(self):
        """The mount as 8-bit grey: uint8, shape (height, width)."""
        return read_image(self.path)

    def colour(self):
        """The mount as red, green and blue: uint8, shape (height, width, 3)."""
        return cv2.cvtColor(_decode(self.path, cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)

    def truth(self):
        """The true label image: int32, shape (height, width); None where there is none."""
        return self.truth_path and _decode(self.truth_path, cv2.IMREAD_UNCHANGED).astype(np.int32)

    def truth_table(self):
        """What is known of each true grain: DataFrame whose column grain is the number in `truth`; None without one."""
        table = self.truth_path and self.truth_path.with_suffix(".csv")
        return pd.read_csv(table) if table and table.is_file() else None


def read_image(path):
    """Read an image as the published recipe does: 8-bit grey, by OpenCV's `IMREAD_GRAYSCALE`.

    Colour is weighed to grey, 16 bits are cut to 8, transparency is ignored.

    Returns
    -------
    array of uint8, shape (height, width)

    Raises
    ------
    OSError
        If the file is missing, a folder, or may not be read.
    ValueError
        If it is empty, truncated, no image, of floating-point numbers, or smaller than 16 px a side.
    """
    image = _decode(path, cv2.IMREAD_GRAYSCALE)
    if min(image.shape) < MIN_SIDE:
        size = "×".join(map(str, image.shape[::-1]))
        raise ValueError(f"{path} is {size} px, too small for a mount: give an image of {MIN_SIDE} px a side or more")
    return image


def _decode(path, flag):
    data = _read_bytes(Path(path))
    raw = np.frombuffer(data, np.uint8)
    if data.startswith(b"\x89PNG"):
        try:
            PngImageFile(BytesIO(data)).verify()  # walks through the checksums without decoding, and stays quiet
        except Exception as error:
            raise ValueError(f"{path} is truncated or damaged ({error}): copy or download it again") from None
    else:
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)  # we say what is wrong, in one sentence
        image = cv2.imdecode(raw, cv2.IMREAD_UNCHANGED)
        if image is not None and image.dtype not in (np.uint8, np.uint16):
            raise ValueError(f"{path} holds {image.dtype} numbers: save it as 8-bit or 16-bit grey")
    image = cv2.imdecode(raw, flag)
    if image is None:
        raise ValueError(f"{path} is no image that can be read, or a damaged one: export it as PNG or TIFF again")
    return image


def _read_bytes(path):
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder: name the images in it, for example {path / '*.png'}")
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise FileNotFoundError(f"{path} does not exist: check the name and the folder") from None
    except OSError as error:
        raise OSError(f"{path} cannot be read ({error.strerror}): check who may read it") from None
    if not data:
        raise ValueError(f"{path} is empty: copy or download it again")
    return data


def find(data="synthetic", profile="lesson"):
    """The mounts of a data set, in the order of their names.

    Parameters
    ----------
    data : str or path
        "synthetic", "quellaveco", or a folder of images. What is known of them comes from its `samples.csv`: sample and
        class (any two or more names) and, if you like, role, um_per_px and channels; without one, from Table 1 of the
        paper for the samples named there.
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
        If `samples.csv` cannot be used.
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
        raise FileNotFoundError(f"{folder} holds no images: mounts are {', '.join(IMAGES)} files in the folder itself")
    sheet = folder / "samples.csv"
    return _mounts(paths, _read_sheet(sheet, paths) if sheet.is_file() else _paper_sheet())


def embedded():
    """The four synthetic mounts that come with the kit, two of each class: list of Mount."""
    return _mounts(_images(samples.DATA / "mounts"), _paper_sheet())


def _images(folder):
    paths = [path for path in folder.iterdir() if path.suffix.lower() in IMAGES and not path.name.startswith(".")]
    paths.sort(key=lambda path: path.stem)
    for path, after in pairwise(paths):
        if path.stem == after.stem:
            raise ValueError(f"{folder} holds two images named {path.stem}: a sample has one image, rename or move one")
    return paths


def at(path):
    """The mount of one image file, with what Table 1 says of its name: a Mount."""
    return _mounts([Path(path)], _paper_sheet())[0]


def labelled(data="synthetic", profile="lesson"):
    """The mounts of a data set that are there to learn from and to test on: those of `find` with a class and a role."""
    return [mount for mount in find(data, profile) if mount.role != "unused" and mount.class_name]


def _mounts(paths, sheet):
    return [_mount(path, sheet.loc[path.stem] if path.stem in sheet.index else None) for path in paths]


def _mount(path, row):
    """The mount of an image; `row` is its row of the sample sheet, or None."""
    truth_path = _truth_of(path)
    if row is None:
        return Mount(path.stem, path, None, "unused", None, truth_path)
    scale = None if pd.isna(row["um_per_px"]) else float(row["um_per_px"])
    channels = int(row["channels"])
    return Mount(path.stem, path, row["class_name"], row["role"], scale, truth_path, channels)


def _truth_of(path):
    """The true label image of a mount, in a folder `truth` beside it or one further up; None where there is none."""
    name = f"{path.stem}.png"
    places = [folder / "truth" / name for folder in path.parents[:2]]
    return next(filter(Path.is_file, places), None)


def _paper_sheet():
    """Table 1, for mounts that come without a sheet of their own."""
    return samples.sheet().assign(um_per_px=samples.UM_PER_PX, channels=1)


def _read_sheet(path, images):
    """A folder's sample sheet, checked: DataFrame by sample of class_name, role, um_per_px, channels, and others."""
    try:
        sheet = pd.read_csv(path, dtype=str, skipinitialspace=True, encoding="utf-8-sig")
    except (ValueError, pd.errors.ParserError) as error:
        raise ValueError(f"{path} is no table ({error}): it needs the columns sample,class") from None
    if "class" not in sheet:
        sheet = sheet.rename(columns={"label": "class"})
    missing = [column for column in ("sample", "class") if column not in sheet]
    if missing:
        raise ValueError(f"{path} lacks the column {' and '.join(missing)}: its first line must be sample,class")
    sheet = sheet.rename(columns={"class": "class_name"})
    for column, usual in (("role", "train"), ("um_per_px", ""), ("channels", "1")):
        if column not in sheet:
            sheet[column] = usual
        sheet[column] = sheet[column].fillna(usual)
    _check_cells(path, sheet)
    _check_samples(path, sheet, {image.stem for image in images})
    sheet["um_per_px"] = pd.to_numeric(_with_points(sheet["um_per_px"]))
    return sheet.set_index("sample")


def _with_points(column):
    """Numbers as text, those with a decimal comma too, as Python reads them."""
    return column.str.replace(",", ".", regex=False)


def _check_cells(path, sheet):
    """Say in one sentence which cell of a sample sheet cannot be used."""
    for column, allowed in (("role", ROLES), ("channels", ("1", "3"))):
        known = sheet[column].isin(allowed)
        _refuse(path, sheet[~known], column, f"it must be one of {', '.join(allowed)}")
    classes = sheet["class_name"].fillna("").str.strip()
    nameless = sheet["sample"][classes == ""]
    if len(nameless):
        raise ValueError(f"{path} gives {nameless.iloc[0]} no class: write one, or take the line out")
    written = _with_points(sheet["um_per_px"]).replace("", "1")  # nothing is no mistake
    scales = pd.to_numeric(written, errors="coerce")
    usable = (scales > 0) & np.isfinite(scales)
    _refuse(path, sheet[~usable], "um_per_px", "it must be micrometres per pixel, above 0")


def _refuse(path, wrong, column, wanted):
    """A ValueError that names the first row that is wrong, if any is, with what stands in one of its columns."""
    if len(wrong):
        name, value = wrong.iloc[0][["sample", column]]
        raise ValueError(f"{path} gives {name} the {column} {value!r}: {wanted}")


def _check_samples(path, sheet, stems):
    """Say in one sentence if a sample sheet names a sample twice or without an image, or has one class only."""
    twice = sheet["sample"][sheet["sample"].duplicated()]
    if len(twice):
        raise ValueError(f"{path} names {twice.iloc[0]} twice: keep one line")
    unknown = set(sheet["sample"]) - stems
    if unknown:
        names = ", ".join(sorted(map(str, unknown)))
        raise ValueError(f"{path} names {names}, but {path.parent} holds no such image: add it or take the line out")
    if sheet["class_name"].nunique() < 2:
        raise ValueError(f"{path} has one class only: it needs mounts of two or more")


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
