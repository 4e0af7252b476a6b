"""Sample sheets: which image is of which class, as people write it down, in spreadsheets of all countries.

A sheet is `samples.csv` (or .tsv, .txt, .xlsx) beside the images. Its columns are sample and class (label is read,
too), and if one likes role, um_per_px, channels, page and invert; others are kept.
"""

import re
import unicodedata
import warnings
from importlib.util import find_spec
from io import StringIO
from itertools import takewhile
from pathlib import Path

import numpy as np
import pandas as pd

from zirconkit import samples
from zirconkit.messages import ZirconkitWarning

__all__ = ["ROLES", "find_sheet", "read_sheet", "sample_name"]

ROLES = ("train", "test", "unused")
ENDINGS = (".csv", ".tsv", ".txt", ".xlsx")  # in the order in which they are looked for
USUAL = {"role": "train", "um_per_px": "", "channels": "1", "page": "1", "invert": "no"}
ALLOWED = {"role": ROLES, "channels": ("1", "3"), "invert": ("yes", "no")}
EXAMPLE = "its first line is sample,class and a line for each image follows, for example S1,porphyry"
NO_BREAK_SPACES = "\ufeff\u200b\xa0"


def sample_name(path):
    """The sample that an image shows: its file name without the ending, umlauts composed (NFC)."""
    return unicodedata.normalize("NFC", Path(path).stem)


def find_sheet(folder):
    """The sample sheet of a folder, whatever the case of its name; None where there is none."""
    there = {path.name.lower(): path for path in sorted(Path(folder).iterdir()) if path.is_file()}
    return next((there[f"samples{ending}"] for ending in ENDINGS if f"samples{ending}" in there), None)


def read_sheet(path, images):
    """Read a sample sheet and check it.

    Comma, semicolon or tab; UTF-8 with or without its mark, UTF-16 or Windows-1252; blank rows, stray spaces and
    capitals do not matter, nor do endings in the samples' names. One warning names the images without a row and the
    rows without an image.

    Parameters
    ----------
    path : Path
    images : list of Path

    Returns
    -------
    DataFrame, indexed by sample
        class_name, role, um_per_px (float, NaN where nobody said), channels, page (int), invert (bool), and others as
        they stand there.

    Raises
    ------
    ValueError
        If it cannot be used; the message is a sentence that says where and why.
    """
    sheet = _with_known_columns(path, _rows(path))
    sheet["sample"] = _matched(sheet["sample"], images)
    _check_cells(path, sheet)
    sheet = _with_images(path, sheet, images)
    sheet["class_name"] = _of_one_spelling(sheet["class_name"])
    twice = sheet["sample"][sheet["sample"].duplicated()]
    if len(twice):
        raise ValueError(f"{path} names {twice.iloc[0]} twice: keep one line")
    sheet["um_per_px"] = pd.to_numeric(_with_points(sheet["um_per_px"]))
    sheet["channels"] = sheet["channels"].astype(int)
    sheet["page"] = sheet["page"].astype(int)
    sheet["invert"] = sheet["invert"] == "yes"
    return sheet.set_index("sample")


def _rows(path):
    """The table in a file, all of it text: no blank rows, no stray spaces, "" where a cell is empty."""
    table = _read_excel(path) if path.suffix.lower() == ".xlsx" else _read_text(path)
    table = table.fillna("").astype(str)
    table = table.apply(lambda column: column.map(_clean))
    filled = (table != "").any(axis=1)
    return table[filled].reset_index(drop=True)


def _clean(cell):
    """Text without stray spaces, marks and quotes around it, its umlauts composed."""
    return unicodedata.normalize("NFC", cell.strip(NO_BREAK_SPACES + " \t\r\n"))


def _read_excel(path):
    if find_spec("openpyxl") is None:
        raise ValueError(f"{path} needs the package openpyxl (pip install openpyxl), or save it as CSV: samples.csv")
    try:
        return pd.read_excel(path, dtype=str, keep_default_na=False)
    except Exception as error:  # of a zip, of XML, of openpyxl
        raise ValueError(f"{path} is no Excel workbook that can be read ({error}): save it as CSV") from None


def _read_text(path):
    text = _decoded(path.read_bytes())
    text = re.sub(r"^sep=.\r?\n", "", text)  # Excel's own hint
    lines = text.splitlines()
    blank = list(takewhile(lambda line: not line.strip(NO_BREAK_SPACES + " \t,;"), lines))
    text = "\n".join(lines[len(blank) :])
    first = text.partition("\n")[0]
    delimiter = max("\t;,", key=first.count)
    try:
        return pd.read_csv(StringIO(text), sep=delimiter, dtype=str, keep_default_na=False, skipinitialspace=True)
    except (ValueError, pd.errors.ParserError) as error:
        reason = str(error).strip().splitlines()[0]
        raise ValueError(f"{path} is no table ({reason}): {EXAMPLE}") from None


def _decoded(data):
    """Text of one of the encodings that spreadsheets write."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    if data[1:2] == b"\0":
        return data.decode("utf-16-le", errors="replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252", errors="replace")


def _with_known_columns(path, table):
    """The same table with the columns that the kit knows under their own names, each of them there."""
    table.columns = [_column_name(column) for column in table.columns]
    if "class" not in table:
        table = table.rename(columns={"label": "class"})
    missing = [column for column in ("sample", "class") if column not in table]
    if missing:
        raise ValueError(f"{path} lacks the column {' and '.join(missing)}: {EXAMPLE}")
    table = table.loc[:, ~table.columns.duplicated()].rename(columns={"class": "class_name"})
    for column, usual in USUAL.items():
        if column not in table:
            table[column] = usual
        table[column] = table[column].replace("", usual).str.lower()
    table["invert"] = table["invert"].replace({"1": "yes", "true": "yes", "0": "no", "false": "no"})
    return table


def _column_name(column):
    """The name of a column as the kit knows it: capitals, spaces and the sign for micro do not matter."""
    text = _clean(str(column))
    plain = re.sub(r"[\s-]+", "_", text.lower()).replace("µ", "u").replace("μ", "u").replace("/", "_per_")
    return plain if plain in (*USUAL, "sample", "class", "label") else text


def _matched(names, images):
    """The names in a sheet as those of the images that they mean: without ending; without case where that is clear."""
    stems = [sample_name(image) for image in images]
    by_fold = {}
    for stem, image in zip(stems, images):
        by_fold.setdefault(stem.casefold(), []).append(stem)
        by_fold.setdefault(f"{stem}{image.suffix}".casefold(), []).append(stem)

    def match(name):
        if name in stems:
            return name
        meant = set(by_fold.get(name.casefold(), []))
        return meant.pop() if len(meant) == 1 else name

    return names.map(match)


def _with_points(column):
    """Numbers as text, those with a decimal comma too, as Python reads them."""
    return column.str.replace(",", ".", regex=False)


def _check_cells(path, sheet):
    """Say in one sentence which cell of a sample sheet cannot be used."""
    nameless = sheet[sheet["sample"] == ""]
    if len(nameless):
        raise ValueError(
            f"{path} has a line without a sample (class {nameless['class_name'].iloc[0]!r}): name its image"
        )
    for column, allowed in ALLOWED.items():
        known = sheet[column].isin(allowed)
        _refuse(path, sheet[~known], column, f"it must be one of {', '.join(allowed)}")
    nameless = sheet["sample"][sheet["class_name"] == ""]
    if len(nameless):
        raise ValueError(f"{path} gives {nameless.iloc[0]} no class: write one, or take the line out")
    written = _with_points(sheet["um_per_px"]).replace("", "1")  # nothing is no mistake
    scales = pd.to_numeric(written, errors="coerce")
    usable = (scales > 0) & np.isfinite(scales)
    _refuse(path, sheet[~usable], "um_per_px", "it must be micrometres per pixel, above 0")
    counted = sheet["page"].str.fullmatch("[1-9][0-9]{0,5}")
    _refuse(path, sheet[~counted], "page", "pages are counted from 1")


def _refuse(path, wrong, column, wanted):
    """A ValueError that names the first row that is wrong, if any is, with what stands in one of its columns."""
    if len(wrong):
        name, value = wrong.iloc[0][["sample", column]]
        raise ValueError(f"{path} gives {name} the {column} {value!r}: {wanted}")


def _with_images(path, sheet, images):
    """The rows that have an image; one warning names those that have none, and the images that have no row."""
    stems = [sample_name(image) for image in images]
    there = sheet["sample"].isin(stems)
    if not there.any():
        raise ValueError(f"{path} names none of the images beside it ({', '.join(stems[:3])}, ...): {EXAMPLE}")
    rowless = sorted(set(stems) - set(sheet["sample"]))
    words = []
    if not there.all():
        words.append(f"it names {_list(sheet['sample'][~there])}, of which there is no image")
    if rowless:
        words.append(f"it does not name {_list(rowless)}, which is left out of learning and testing")
    if words:
        warnings.warn(f"{path}: {'; '.join(words)}", ZirconkitWarning, stacklevel=5)
    return sheet[there].reset_index(drop=True)


def _list(names):
    names = list(names)
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return ", ".join(names[:5]) + more


def _of_one_spelling(classes):
    """Class names, those that differ in capitals only as one: the paper's spelling, or the first in the sheet."""
    spelling = {name.casefold(): name for name in samples.CLASSES}
    return classes.map(lambda name: spelling.setdefault(name.casefold(), name))
