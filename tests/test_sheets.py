"""Sample sheets as spreadsheets of several countries save them: what is read, what is refused, what is said."""

import unicodedata
from importlib.util import find_spec
from itertools import product

import cv2
import numpy as np
import pandas as pd
import pytest

from zirconkit import mounts
from zirconkit.messages import ZirconkitWarning
from zirconkit.mounts import sheets

GREY = np.random.default_rng(0).integers(0, 256, (20, 20), dtype=np.uint8)
ROWS = [["sample", "class", "um_per_px", "role"], ["S1", "skarn", "1,5", ""], ["Zürich", "vein", "", "test"]]


@pytest.fixture
def folder(tmp_path):
    """Two images: S1 and Zürich."""
    for name in ("S1", "Zürich"):
        (tmp_path / f"{name}.png").write_bytes(cv2.imencode(".png", GREY)[1])
    return tmp_path


def written(rows, delimiter):
    """A table as a spreadsheet saves it: cells that hold the delimiter in quotes."""
    return [delimiter.join(f'"{cell}"' if delimiter in cell else cell for cell in row) for row in rows]


def assert_read(folder):
    s1, zurich = mounts.find(folder)
    assert (s1.sample, s1.class_name, s1.um_per_px, s1.role) == ("S1", "skarn", 1.5, "train")
    assert (zurich.sample, zurich.class_name, zurich.um_per_px, zurich.role) == ("Zürich", "vein", None, "test")


ENCODINGS = {
    "utf-8": "utf-8",
    "utf-8 with its mark": "utf-8-sig",
    "utf-16": "utf-16",
    "utf-16 without a mark": "utf-16-le",
    "windows-1252": "cp1252",
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_delimiters_encodings_and_line_ends(folder, encoding, delimiter, line_end):
    lines = written(ROWS, delimiter)
    text = line_end.join([*lines, ""])
    (folder / "samples.csv").write_bytes(text.encode(ENCODINGS[encoding]))
    assert_read(folder)


def changed(change):
    """The lines of the sheet after a change of its rows."""
    rows = [list(row) for row in ROWS]
    change(rows)
    return "\n".join(written(rows, ";")) + "\n"


def set_cell(row, column, value):
    def change(rows):
        rows[row][column] = value

    return change


PLAIN = changed(lambda rows: None)
VARIANTS = {
    "label for class": changed(set_cell(0, 1, "label")),
    "capital columns": changed(lambda rows: rows.__setitem__(0, ["Sample", "CLASS", "Um_Per_Px", "Role"])),
    "spaces in columns": changed(lambda rows: rows.__setitem__(0, [" sample", "class ", "um per px", "role "])),
    "micro sign": changed(set_cell(0, 2, "µm_per_px")),
    "slash in the unit": changed(set_cell(0, 2, "µm/px")),
    "decimal point": changed(set_cell(1, 2, "1.5")),
    "trailing space in the class": changed(set_cell(1, 1, "skarn ")),
    "leading space in the class": changed(set_cell(1, 1, "  skarn")),
    "no-break space": changed(set_cell(1, 1, "skarn\xa0")),
    "space in the sample": changed(set_cell(1, 0, " S1 ")),
    "ending in the sample": changed(set_cell(1, 0, "S1.png")),
    "capital ending": changed(set_cell(1, 0, "S1.PNG")),
    "small sample": changed(set_cell(1, 0, "s1")),
    "capital umlaut": changed(set_cell(2, 0, "ZÜRICH")),
    "decomposed umlaut": changed(set_cell(2, 0, unicodedata.normalize("NFD", "Zürich"))),
    "capital role": changed(set_cell(2, 3, "TEST")),
    "space in the role": changed(set_cell(2, 3, " test ")),
    "quotes": '"sample";"class";"um_per_px";"role"\n"S1";"skarn";"1,5";""\n"Zürich";"vein";"";"test"\n',
    "blank rows": PLAIN + ";;;\n;;;\n",
    "blank rows in between": PLAIN.replace("\nZ", "\n;;;\n\nZ"),
    "rows of spaces": PLAIN + " ; ; ; \n",
    "no last line end": PLAIN.rstrip("\n"),
    "blank first row": ";;;\n" + PLAIN,
    "empty first lines": "\n\n" + PLAIN,
    "the hint of Excel": "sep=;\n" + PLAIN,
    "a column more": "\n".join(line + f";{note}" for line, note in zip(PLAIN.splitlines(), "x12")) + "\n",
    "columns in another order": "\n".join(written([row[::-1] for row in ROWS], ";")) + "\n",
    "trailing delimiters": "\n".join(line + ";;" for line in PLAIN.splitlines()) + "\n",
    "zero-width mark twice": "\ufeff" + PLAIN,
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("name", VARIANTS)
def test_what_people_write_otherwise_is_read_alike(folder, name):
    (folder / "samples.csv").write_text(VARIANTS[name], encoding="utf-8-sig")
    assert_read(folder)


@pytest.mark.parametrize("name", ["Samples.csv", "SAMPLES.CSV", "samples.tsv", "samples.txt", "samples.xlsx"])
def test_other_names_of_the_sheet(folder, name):
    if name.endswith("xlsx"):
        pytest.importorskip("openpyxl")
        pd.DataFrame(ROWS[1:], columns=ROWS[0]).to_excel(folder / name, index=False)
    else:
        (folder / name).write_text(PLAIN, encoding="utf-8")
    assert_read(folder)


def test_a_workbook_without_openpyxl_gets_a_sentence(folder, monkeypatch):
    (folder / "samples.xlsx").write_bytes(b"PK")
    monkeypatch.setattr(sheets, "find_spec", lambda name: None)
    with pytest.raises(ValueError, match=r"samples.xlsx needs the package openpyxl .*, or save it as CSV"):
        mounts.find(folder)


@pytest.mark.skipif(find_spec("openpyxl") is None, reason="openpyxl is not installed")
def test_a_damaged_workbook_gets_a_sentence(folder):
    (folder / "samples.xlsx").write_bytes(b"PK no workbook")
    with pytest.raises(ValueError, match="no Excel workbook that can be read"):
        mounts.find(folder)


def test_classes_that_differ_in_capitals_are_one(folder):
    for spelling, other in product(["Porphyry", "PORPHYRY ", "porphyry"], ["batholith", " Batholith"]):
        (folder / "samples.csv").write_text(f"sample,class\nS1,{spelling}\nZürich,{other}\n", encoding="utf-8")
        assert [mount.class_name for mount in mounts.find(folder)] == ["porphyry", "batholith"]


def test_a_file_name_from_a_mac_is_found(folder):
    """macOS writes umlauts in two parts, a sheet has them in one."""
    (folder / "Zürich.png").rename(folder / (unicodedata.normalize("NFD", "Zürich") + ".png"))
    (folder / "samples.csv").write_text(PLAIN, encoding="utf-8")
    assert_read(folder)


def test_capitals_count_where_they_tell_samples_apart(folder):
    (folder / "s1.png").write_bytes((folder / "S1.png").read_bytes())
    (folder / "samples.csv").write_text("sample,class\nS1,skarn\ns1,vein\nZürich,vein\n", encoding="utf-8")
    found = {mount.sample: mount.class_name for mount in mounts.find(folder)}
    assert found == {"S1": "skarn", "s1": "vein", "Zürich": "vein"}


def test_images_without_a_row_and_rows_without_an_image_are_named_once(folder):
    (folder / "S3.png").write_bytes((folder / "S1.png").read_bytes())
    (folder / "samples.csv").write_text("sample,class\nS1,skarn\nZürich,vein\nS9,vein\n", encoding="utf-8")
    with pytest.warns(ZirconkitWarning) as said:
        found = mounts.find(folder)
    (own,) = [warning for warning in said if warning.category is ZirconkitWarning]
    assert "names S9, of which there is no image" in str(own.message)
    assert "does not name S3" in str(own.message)
    assert [(mount.sample, mount.class_name) for mount in found][1] == ("S3", None)


def test_columns_of_ones_own_are_kept(folder):
    (folder / "samples.csv").write_text("sample,class,Cored by\nS1,skarn,Ana\nZürich,vein,\n", encoding="utf-8")
    images = sorted(folder.glob("*.png"))
    assert sheets.read_sheet(folder / "samples.csv", images).loc["S1", "Cored by"] == "Ana"


def test_page_and_contrast_come_from_the_sheet(folder):
    text = "sample,class,page,invert\nS1,skarn,1,Yes\nZürich,vein,,\n"
    (folder / "samples.csv").write_text(text, encoding="utf-8")
    s1, zurich = mounts.find(folder)
    assert (s1.invert, zurich.invert, zurich.page) == (True, False, 1)
    assert np.array_equal(s1.image(), 255 - zurich.image())
