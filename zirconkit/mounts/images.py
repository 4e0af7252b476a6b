"""Reading an image as it is: any depth, colour, page or contrast in, 8-bit grey out, and a word on what was done."""

import warnings
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import cv2
import numpy as np
from PIL import Image

from zirconkit.mounts import overlays
from zirconkit.mounts.damage import check_whole, silent
from zirconkit.mounts.scales import scale_in_file

__all__ = ["ENDINGS", "Picture", "decode", "read", "read_image"]

ENDINGS = (".png", ".tif", ".tiff", ".jpg", ".jpeg", ".bmp")
MIN_SIDE = 16  # px; a smaller image cannot hold a grain of 40 px and is a mistake
MAX_PIXELS = 2**30  # more than that OpenCV does not decode
WIDE = (
    2**14
)  # of 65,536 levels; 16-bit numbers that span fewer hold 10, 12 or 14 bits, and would lose them in a cut to 8


@dataclass(frozen=True)
class Picture:
    """One page of an image file, ready to be segmented.

    Attributes
    ----------
    grey : array of uint8, shape (height, width)
    left_out : array of bool, shape (height, width)
        Data bars, scale bars, captions and transparent parts: nothing was recorded there. In `grey` it has the grey of
        the background.
    um_per_px : float or None
        Micrometres per pixel, if the file says so plausibly (`scales`).
    notes : tuple of str
        What was done to it that its owner should know, a sentence each.
    """

    grey: np.ndarray
    left_out: np.ndarray
    um_per_px: float | None
    notes: tuple


def read(path, page=1, invert=False):
    """Read one page of an image file as 8-bit grey, and say what was done to it.

    Colour is weighed to grey as OpenCV's `IMREAD_GRAYSCALE` does, which is how the published recipe reads its mounts;
    where the weights leave a coloured glow dark, each pixel takes its brightest channel. Of 16 bits the upper 8 are
    taken, unless the numbers span less than a quarter of them: then what the file holds is spread over 256 levels, one
    range for the whole image, and so are floating-point numbers.

    Parameters
    ----------
    path : path
    page : int
        Counted from 1.
    invert : bool
        Make bright dark: for images whose background is the bright phase.

    Returns
    -------
    Picture

    Raises
    ------
    OSError
        If the file is missing, a folder, or may not be read.
    ValueError
        If it is empty, damaged, no image, too small (16 px a side) or too large (2^30 px), or has no such page.
    """
    path = Path(path)
    data = _read_bytes(path)
    header = _header(data)
    notes = []
    if header is not None:
        _check_size(path, header.size)
    check_whole(path, data)
    pages = _count_pages(path, data, header, page)
    if pages > 1 and page == 1:
        others = "page 2" if pages == 2 else f"pages 2 to {pages}"
        notes.append(f"{path} has {pages} pages: page 1 is read, {others} left out (--page N reads another)")
    raw = _pixels(path, data, page, cv2.IMREAD_ANYDEPTH | cv2.IMREAD_ANYCOLOR)
    _check_size(path, raw.shape[1::-1])
    grey = _to_grey(path, data, raw, page, notes)
    left_out = _transparent(data, header, grey.shape)
    burnt_in = overlays.find(grey)
    if burnt_in.any():
        notes.append(f"{path}: a data bar, scale bar or caption is left out")
        left_out |= burnt_in
    grey = overlays.blank(grey, left_out)
    if invert:
        grey = 255 - grey
    elif _background_is_bright(grey):
        notes.append(f"{path}: the background seems to be the bright phase; if so, --invert finds the dark grains")
    return Picture(grey, left_out, scale_in_file(data, header), tuple(notes))


def read_image(path):
    """Read an image as 8-bit grey, without a word on what was done: uint8, shape (height, width); as in `read`."""
    return read(path).grey


def decode(path, flag=cv2.IMREAD_UNCHANGED, page=1):
    """The pixels of an image file under one of OpenCV's flags; refusals as in `read`."""
    data = _read_bytes(Path(path))
    check_whole(path, data)
    return _pixels(path, data, page, flag)


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


@contextmanager
def _any_size():
    """Let Pillow open headers of large images: the size is checked here."""
    usual = Image.MAX_IMAGE_PIXELS
    Image.MAX_IMAGE_PIXELS = None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        Image.MAX_IMAGE_PIXELS = usual


def _header(data):
    """What Pillow makes of a file's header, nothing decoded; None where it knows no such file."""
    with _any_size():
        try:
            return Image.open(BytesIO(data))
        except Exception:  # Pillow raises what its many readers raise
            return None


def _check_size(path, size):
    width, height = size
    size = f"{path} is {width}×{height} px"
    if width * height > MAX_PIXELS:
        raise ValueError(f"{size}, more than {MAX_PIXELS} px can be read at once: cut it into parts")
    if min(width, height) < MIN_SIDE:
        raise ValueError(f"{size}, too small for a mount: give an image of {MIN_SIDE} px a side or more")


def _count_pages(path, data, header, page):
    """How many pages of the first one's size a file has; ValueError if the wanted one is not among them."""
    pages = 1
    if header is not None and header.format == "TIFF":
        size = header.size
        for number in range(1, getattr(header, "n_frames", 1)):
            header.seek(number)
            pages += header.size == size  # others are thumbnails
        header.seek(0)
    if not 1 <= page <= pages:
        there = "one page" if pages == 1 else f"{pages} pages"
        raise ValueError(f"{path} has {there}, no page {page}")
    return pages


def _pixels(path, data, page, flag):
    raw = np.frombuffer(data, np.uint8)
    with silent():
        if page == 1:
            image = cv2.imdecode(raw, flag)
        else:
            done, pages = cv2.imdecodemulti(raw, flag, range=(page - 1, page))
            image = pages[0] if done else None
    if image is None:
        raise ValueError(f"{path} is no image that can be read, or a damaged one: export it as PNG or TIFF again")
    return image


def _to_grey(path, data, raw, page, notes):
    """8-bit grey of what was decoded: uint8, shape (height, width); what was done goes into `notes`."""
    raw, note = _to_8_bits(path, raw)
    if note:
        notes.append(note)
    if raw.ndim == 2:
        return raw
    if (raw[..., 0] == raw[..., 1]).all() and (raw[..., 0] == raw[..., 2]).all():
        return np.ascontiguousarray(raw[..., 0])
    grey = cv2.cvtColor(raw, cv2.COLOR_BGR2GRAY) if note else _pixels(path, data, page, cv2.IMREAD_GRAYSCALE)
    brightest = raw.max(axis=2)
    in_grey, at_best = (np.percentile(each[::4, ::4], 99.5) for each in (grey, brightest))
    if in_grey < 0.5 * at_best:
        notes.append(f"{path} glows in one colour: each pixel takes its brightest channel")
        return brightest
    return grey


def _to_8_bits(path, raw):
    """The same image as uint8, and a sentence on how, where it isn't the usual way."""
    if raw.dtype == np.uint8:
        return raw, None
    if not np.isfinite(raw).all():
        raise ValueError(f"{path} holds numbers that are not finite: save it as 8-bit or 16-bit grey")
    low, high = float(raw.min()), float(raw.max())
    if raw.dtype == np.uint16 and high - low >= WIDE:
        return (raw >> 8).astype(np.uint8), None
    if np.issubdtype(raw.dtype, np.floating) and not 0 <= low <= high <= 1:
        raise ValueError(f"{path} holds {raw.dtype} numbers from {low:g} to {high:g}: save it as 8-bit or 16-bit grey")
    if np.issubdtype(raw.dtype, np.floating):
        return np.rint(raw * 255).astype(np.uint8), f"{path} holds numbers from 0 to 1: 1 is shown as 255"
    if 0 <= low <= high / 2:
        low = 0.0  # black stays black
    spread = np.rint((raw - low) * (255 / max(high - low, 1)))
    kind = f"{path} holds {8 * raw.itemsize}-bit numbers from {raw.min()} to {raw.max()}"
    return spread.astype(np.uint8), f"{kind}: they are spread over 256 grey levels, {low:g} to {high:g}"


def _transparent(data, header, shape):
    """Where an image is fully transparent: array of bool."""
    if header is None or header.mode not in ("LA", "PA", "RGBA"):
        return np.zeros(shape, bool)
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    if image is None or image.ndim != 3 or image.shape[2] != 4 or image.shape[:2] != shape:
        return np.zeros(shape, bool)
    return image[..., 3] == 0


def _background_is_bright(grey):
    """Whether what lies along the image's edge, and most of it, is brighter than the rest."""
    recorded = grey[grey > 0]
    if not len(recorded) or recorded.min() == recorded.max():
        return False
    level, _ = cv2.threshold(np.ascontiguousarray(recorded[::7]), 0, 255, cv2.THRESH_OTSU)
    bright = grey > level
    edge = np.concatenate([bright[:3].ravel(), bright[-3:].ravel(), bright[:, :3].ravel(), bright[:, -3:].ravel()])
    return edge.mean() > 0.6 and bright.mean() > 0.6
