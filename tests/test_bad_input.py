"""What people give by mistake: one sentence each, an exit status, nothing half-written, no library's own words."""

import io
import struct
import zlib

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image

from zirconkit import mounts
from zirconkit.mounts import damage

GREY = mounts.embedded()[1].image()[300:500, 300:600]
OTHERS = ("numpy", "opencv", "cv2", "libpng", "libtiff", "libjpeg", "traceback", "errno", "nan", " inf", "ufunc", "0x")


def encoded(ending, image=GREY, *options):
    return cv2.imencode(ending, image, list(options))[1].tobytes()


def tiff(image=GREY, **how):
    out = io.BytesIO()
    tifffile.imwrite(out, image, photometric="minisblack", **how)
    return out.getvalue()


def cut(data, share):
    return data[: int(len(data) * share)]


def flipped(data, share):
    """The bytes with eight of them turned over, at a share of the length."""
    damaged = bytearray(data)
    at = int(len(data) * share)
    damaged[at : at + 8] = bytes(byte ^ 255 for byte in damaged[at : at + 8])
    return bytes(damaged)


def huge_png():
    """A PNG that says it has 40,000 x 40,000 px."""
    head = b"IHDR" + struct.pack(">IIBBBBB", 40_000, 40_000, 8, 0, 0, 0, 0)
    body = b"IDAT" + zlib.compress(b"\0" * 100)
    chunks = [struct.pack(">I", len(part) - 4) + part + struct.pack(">I", zlib.crc32(part)) for part in (head, body)]
    return (
        b"\x89PNG\r\n\x1a\n"
        + b"".join(chunks)
        + struct.pack(">I", 0)
        + b"IEND"
        + struct.pack(">I", zlib.crc32(b"IEND"))
    )


PNG, JPEG, BMP, TIFF = encoded(".png"), encoded(".jpg"), encoded(".bmp"), tiff()
PACKED = tiff(compression="zlib")
PNG16 = encoded(".png", GREY.astype(np.uint16) * 257)
SHARES = (0.02, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99)

IMAGES = {
    "empty.png": b"",
    "empty.tif": b"",
    "one byte.png": b"\x89",
    "text.png": b"this is no image",
    "table.jpg": b"sample,class\nS1,skarn\n",
    "page.png": b"<!DOCTYPE html><html><body>404 Not Found</body></html>",
    "pointer.tif": b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n",
    "archive.tif": b"PK\x03\x04" + bytes(200),
    "zeros.tif": bytes(5000),
    "zeros.png": bytes(5000),
    "pdf.png": b"%PDF-1.7\n" + bytes(200),
    "noise.jpg": np.random.default_rng(0).bytes(5000),
    "magic only.png": b"\x89PNG\r\n\x1a\n",
    "magic only.jpg": b"\xff\xd8\xff\xe0",
    "magic only.tif": b"II*\0",
    "magic only.bmp": b"BM",
    "big-endian magic.tif": b"MM\0*\0\0\0\x08",
    "huge.png": huge_png(),
    "pixel.png": encoded(".png", GREY[:1, :1]),
    "row.png": encoded(".png", GREY[:1]),
    "column.tif": encoded(".tif", GREY[:, :1]),
    "thin.jpg": encoded(".jpg", GREY[:15]),
    "far floats.tif": tiff(GREY * np.float32(9)),
    "negative floats.tif": tiff(GREY / np.float32(255) - np.float32(0.5)),
    "holes.tif": tiff(np.where(GREY > 50, np.nan, GREY / 255).astype(np.float32)),
    "infinite.tif": tiff(np.where(GREY > 50, np.inf, GREY / 255).astype(np.float32)),
    "double.tif": tiff(GREY * 7.0),
    "complex.tif": tiff(GREY.astype(np.complex64)),
    **{f"cut at {share}.png": cut(PNG, share) for share in SHARES},
    **{f"cut at {share}, 16 bits.png": cut(PNG16, share) for share in SHARES},
    **{f"cut at {share}.jpg": cut(JPEG, share) for share in SHARES},
    **{f"cut at {share}.bmp": cut(BMP, share) for share in SHARES},
    **{f"cut at {share}.tif": cut(TIFF, share) for share in SHARES},
    **{f"cut at {share}, packed.tif": cut(PACKED, share) for share in SHARES},
    **{f"flipped at {share}.png": flipped(PNG, share) for share in SHARES[:-1]},
    **{f"flipped at {share}, packed.tif": flipped(PACKED, share) for share in SHARES[2:-1]},
}


def assert_one_sentence(err, *names):
    """One line by zirconkit, in its own words, that names what is wrong."""
    lines = err.splitlines()
    assert len(lines) == 1, err
    assert lines[0].startswith("zirconkit: ") and len(lines[0]) > 30
    assert not any(word in lines[0].lower() for word in OTHERS), lines[0]
    assert all(str(name) in lines[0] for name in names), lines[0]


@pytest.mark.parametrize("name", IMAGES)
def test_a_bad_image(zirconkit, tmp_path, name):
    path = tmp_path / name
    path.write_bytes(IMAGES[name])
    status, out, err = zirconkit("segment", path, "--um-per-px", 2, "--out", tmp_path / "out")
    assert (status, out) == (1, "")
    assert_one_sentence(err, path)
    assert not (tmp_path / "out").exists()


# A data set: what is wrong with a folder. Each is a dict of file names to contents, and a word of the sentence.
TWO = {"a.png": PNG, "b.png": PNG}
SHEETS = {
    "empty": ("", "no table"),
    "blank": ("\n\n;;\n", "no table"),
    "header only": ("sample,class\n", "names none of the images"),
    "no header": ("a,skarn\nb,vein\n", "lacks the column sample and class"),
    "no sample": ("image,class\na,skarn\nb,vein\n", "lacks the column sample"),
    "no class": ("sample,kind\na,skarn\nb,vein\n", "lacks the column class"),
    "one class": ("sample,class\na,skarn\nb,skarn\n", "one class only"),
    "one class in capitals": ("sample,class\na,skarn\nb,SKARN\n", "one class only"),
    "a class missing": ("sample,class\na,skarn\nb,\n", "gives b no class"),
    "a sample missing": ("sample,class\na,skarn\n,vein\n", "a line without a sample"),
    "a sample twice": ("sample,class\na,skarn\na,vein\nb,vein\n", "names a twice"),
    "a sample twice, once with its ending": ("sample,class\na,skarn\na.png,vein\nb,vein\n", "names a twice"),
    "no image of them": ("sample,class\nx,skarn\ny,vein\n", "names none of the images"),
    "too many cells": ("sample,class\na,skarn,1,2\nb,vein\n", "samples.csv"),
    "a role": ("sample,class,role\na,skarn,judge\nb,vein,test\n", "gives a the role 'judge'"),
    "a scale in words": ("sample,class,um_per_px\na,skarn,two\nb,vein,2\n", "gives a the um_per_px 'two'"),
    "a scale of 0": ("sample,class,um_per_px\na,skarn,0\nb,vein,2\n", "gives a the um_per_px '0'"),
    "a scale below 0": ("sample,class,um_per_px\na,skarn,-2\nb,vein,2\n", "gives a the um_per_px '-2'"),
    "a scale with its unit": ("sample,class,um_per_px\na,skarn,2 um\nb,vein,2\n", "gives a the um_per_px '2 um'"),
    "an endless scale": ("sample,class,um_per_px\na,skarn,1e999\nb,vein,2\n", "gives a the um_per_px"),
    "two channels": ("sample,class,channels\na,skarn,2\nb,vein,1\n", "gives a the channels '2'"),
    "page 0": ("sample,class,page\na,skarn,0\nb,vein,1\n", "gives a the page '0'"),
    "page first": ("sample,class,page\na,skarn,first\nb,vein,1\n", "gives a the page 'first'"),
    "invert perhaps": ("sample,class,invert\na,skarn,perhaps\nb,vein,no\n", "gives a the invert 'perhaps'"),
    "open quotes": ('sample,class\n"a,skarn\nb,vein\n', "samples.csv"),
    "an image": (PNG, "samples.csv"),
    "zeros": (bytes(300), "samples.csv"),
    "json": ('[{"sample": "a", "class": "skarn"}]', "samples.csv"),
}
FOLDERS = {
    **{f"sheet: {kind}": ({**TWO, "samples.csv": text}, words) for kind, (text, words) in SHEETS.items()},
    "no images": ({"notes.txt": b"x"}, "holds no images"),
    "nothing": ({}, "holds no images"),
    "twins": ({"a.png": PNG, "a.tif": TIFF}, "two images named a"),
    "none that can be read": ({"a.png": b"x", "b.png": b""}, "no image can be read"),
    "a workbook that is none": ({**TWO, "samples.xlsx": b"PK x"}, "samples.xlsx"),
}


def fill(folder, files):
    for name, content in files.items():
        (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)


@pytest.mark.parametrize("kind", FOLDERS)
def test_a_bad_data_set(zirconkit, tmp_path, kind):
    files, sentence = FOLDERS[kind]
    (tmp_path / "data").mkdir()
    fill(tmp_path / "data", files)
    status, out, err = zirconkit(
        "run", "03", "--profile", "quick", "--data", tmp_path / "data", "--out", tmp_path / "out"
    )
    assert (status, out) == (1, "")
    assert_one_sentence(err, sentence)
    assert not (tmp_path / "out").exists()


EDITS = {
    "empty": "",
    "half": "[{",
    "no list": '{"do": "erase", "at": [1, 1]}',
    "a number": "7",
    "another deed": '[{"do": "paint", "at": [1, 1]}]',
    "no deed": '[{"at": [1, 1]}]',
    "no place": '[{"do": "erase"}]',
    "outside": '[{"do": "erase", "at": [9999, 9999]}]',
    "below 0": '[{"do": "erase", "at": [-5, 3]}]',
    "on the background": '[{"do": "erase", "at": [0, 0]}]',
    "three numbers": '[{"do": "erase", "at": [1, 2, 3]}]',
    "words": '[{"do": "erase", "at": ["a", "b"]}]',
    "a line of one end": '[{"do": "cut", "line": [[1, 2]]}]',
    "a cut through nothing": '[{"do": "cut", "line": [[0, 0], [0, 5]]}]',
    "a merge with itself": '[{"do": "merge", "at": [[0, 0], [0, 0]]}]',
    "a corner": '[{"do": "add", "polygon": [[1, 2]]}]',
    "a polygon outside": '[{"do": "add", "polygon": [[9000, 1], [9000, 9], [9009, 9]]}]',
    "bytes": b"\xff\xfe\xff",
}


@pytest.mark.parametrize("kind", EDITS)
def test_a_bad_edit_list(zirconkit, tmp_path, kind):
    fill(tmp_path, {"a.png": PNG, "a.png.edits.json": EDITS[kind]})
    status, out, err = zirconkit("segment", tmp_path / "a.png", "--um-per-px", 2, "--out", tmp_path / "out")
    assert (status, out) == (1, "")
    assert_one_sentence(err, "a.png.edits.json")
    assert not (tmp_path / "out").exists()


WORDS = {
    "a file that is not there": (["segment", "nowhere.png", "--out", "out"], 1),
    "a pattern that nothing fits": (["segment", "*.tif", "--out", "out"], 1),
    "a pattern that only a table fits": (["segment", "*.csv", "--out", "out"], 1),
    "a folder without images": (["segment", "empty", "--out", "out"], 1),
    "a page that is not there": (["segment", "a.png", "--page", "2", "--out", "out"], 1),
    "out is a file": (["segment", "a.png", "--um-per-px", "2", "--out", "samples.csv"], 1),
    "out below a file": (["segment", "a.png", "--um-per-px", "2", "--out", "samples.csv/x"], 1),
    "no such notebook": (["run", "77", "--out", "out"], 1),
    "no such data": (["run", "01", "--data", "nowhere", "--out", "out"], 1),
    "data is a file": (["run", "01", "--data", "a.png", "--out", "out"], 1),
    "no such sweep": (["sweep", "nothing", "--out", "out"], 1),
}


@pytest.mark.parametrize("kind", WORDS)
def test_bad_words(zirconkit, tmp_path, monkeypatch, kind):
    monkeypatch.chdir(tmp_path)
    fill(tmp_path, {"a.png": PNG, "samples.csv": "x"})
    (tmp_path / "empty").mkdir()
    words, wanted = WORDS[kind]
    status, out, err = zirconkit(*words)
    assert (status, out) == (wanted, "")
    lines = [line for line in err.splitlines() if "passed over" not in line]  # the sheet, which is none
    assert_one_sentence("\n".join(lines))
    assert not (tmp_path / "out").exists()


USAGE = [
    [],
    ["cut"],
    ["segment"],
    ["segment", "a.png"],
    ["segment", "--out", "x"],
    *(
        ["segment", "a.png", "--um-per-px", value, "--out", "x"]
        for value in ("0", "-1", "two", "inf", "nan", "", "2um")
    ),
    *(["segment", "a.png", "--page", value, "--out", "x"] for value in ("0", "-1", "one", "1.5")),
    ["segment", "a.png", "--method", "magic", "--out", "x"],
    *(["run", "--jobs", value, "--out", "x"] for value in ("0", "-2", "many")),
    ["run", "--profile", "slow", "--out", "x"],
    ["run"],
    ["fetch", "everything"],
]


@pytest.mark.parametrize("words", USAGE, ids=" ".join)
def test_wrong_usage_is_status_2(zirconkit, words):
    status, out, err = zirconkit(*words)
    assert (status, out) == (2, "") and err.startswith("usage: zirconkit")
    assert "Traceback" not in err


def test_there_are_at_least_150_kinds():
    assert sum(map(len, (IMAGES, FOLDERS, EDITS, WORDS, USAGE))) >= 150


# ---------------------------------------------------------------- what is sound is not refused


def sound():
    progressive = io.BytesIO()
    Image.fromarray(GREY).save(progressive, "JPEG", progressive=True, quality=60)
    with_trailer = JPEG + b"written by a microscope"
    return {
        "plain.png": PNG,
        "16 bits.png": PNG16,
        "plain.jpg": JPEG,
        "progressive.jpg": progressive.getvalue(),
        "trailer.jpg": with_trailer,
        "plain.bmp": BMP,
        "plain.tif": TIFF,
        "packed.tif": PACKED,
        "lzw.tif": encoded(".tif"),
        "tiled.tif": tiff(tile=(64, 64)),
        "big-endian.tif": tiff(byteorder=">"),
        "big.tif": tiff(bigtiff=True),
    }


@pytest.mark.parametrize("name", sound())
def test_a_sound_file_is_read(tmp_path, name):
    path = tmp_path / name
    path.write_bytes(sound()[name])
    away = np.abs(mounts.read_image(path).astype(int) - GREY)
    assert away.mean() < 3 if name.endswith("jpg") else not away.any()


def test_silence_ends_with_its_block(capfd):
    import os

    with damage.silent() as said:
        os.write(2, b"a library speaks\n")
    os.write(2, b"afterwards\n")
    assert said == ["a library speaks"] and capfd.readouterr().err == "afterwards\n"
