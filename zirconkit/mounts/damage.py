"""Whether an image file is whole. Decoders go on where a file is damaged, and say so on standard error at most."""

import os
import sys
import tempfile
import zlib
from contextlib import contextmanager
from io import BytesIO

import cv2
import numpy as np
import tifffile
from PIL import Image
from PIL.PngImagePlugin import PngImageFile

__all__ = ["check_whole", "silent"]


DEFLATE = (8, 32946)  # the numbers of this compression in TIFF


def check_whole(path, data):
    """ValueError in one sentence if the bytes of a PNG, JPEG, TIFF or BMP file are not all there, or are not sound.

    PNG has checksums; in a JPEG the decoder complains of what it had to skip; of a TIFF the strips must lie in the
    file, and unpack where they are packed by Deflate, of a BMP the pixels.
    """
    kinds = {b"\x89PNG": _png, b"\xff\xd8\xff": _jpeg, b"II": _tiff, b"MM": _tiff, b"BM": _bmp}
    for start, check in kinds.items():
        if data.startswith(start):
            problem = check(data)
            if problem:
                raise ValueError(f"{path} is truncated or damaged ({problem}): copy or download it again")


@contextmanager
def silent():
    """Inside, OpenCV and the decoders below it print nothing; yields a list that holds what they said, afterwards."""
    if hasattr(cv2, "setLogLevel"):  # OpenCV 4
        cv2.setLogLevel(0)
    else:
        cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
    said = []
    sys.stderr.flush()
    kept = os.dup(2)
    with tempfile.TemporaryFile() as words:
        os.dup2(words.fileno(), 2)
        try:
            yield said
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            words.seek(0)
            said.extend(words.read().decode(errors="replace").splitlines())


def _png(data):
    try:
        PngImageFile(BytesIO(data)).verify()  # walks through the checksums without decoding, and stays quiet
    except Exception as error:
        return str(error) or "it ends too early"
    return None


def _jpeg(data):
    if b"\xff\xd9" not in data[-1024:]:
        return "it ends too early"
    with silent() as said:
        cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_REDUCED_GRAYSCALE_8)
    return said[0] if said else None


def _tiff(data):
    try:
        with tifffile.TiffFile(BytesIO(data)) as file:
            if not len(file.pages):
                return "it ends too early"
            for page in file.pages:
                ends = [start + count for start, count in zip(page.dataoffsets, page.databytecounts)]
                if max(ends, default=0) > len(data) or not ends:
                    return "it ends too early"
                if page.compression in DEFLATE:
                    for start, end in zip(page.dataoffsets, ends):
                        zlib.decompress(data[start:end])  # has a checksum, which OpenCV does not look at
    except zlib.error:
        return "its compressed data are not sound"
    except Exception:  # tifffile raises what it meets
        return "its directory cannot be read"
    return None


def _bmp(data):
    try:
        Image.open(BytesIO(data)).load()
    except Exception:  # Pillow raises what its many readers raise
        return "it ends too early"
    return None
