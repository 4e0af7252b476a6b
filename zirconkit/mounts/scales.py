"""How many micrometres a pixel is, as far as an image file says so.

Microscopes write it into tags of their own; TIFF, PNG and JPEG have a resolution, which is as often the printer's.
"""

import re
from io import BytesIO
from xml.etree import ElementTree

import tifffile

__all__ = ["plausible", "scale_in_file"]

FINEST, COARSEST = 0.01, 50.0  # um/px; beyond these no mount was photographed
DPI = (72, 96, 150, 300, 600, 1200)  # of screens and printers
UNITS = {
    "nm": 1e-3, "nanometer": 1e-3, "nanometre": 1e-3,
    "um": 1.0, "µm": 1.0, "μm": 1.0, "\\u00b5m": 1.0, "micron": 1.0, "microns": 1.0, "micrometer": 1.0,
    "micrometre": 1.0, "mm": 1e3, "millimeter": 1e3, "cm": 1e4, "m": 1e6, "inch": 25400.0, "in": 25400.0,
}  # fmt: skip


def plausible(um_per_px):
    """Whether a mount can have been photographed at so many micrometres a pixel; no printer's resolution can be it."""
    if not FINEST <= um_per_px <= COARSEST:
        return False
    dpi = 25400 / um_per_px
    return all(abs(dpi - usual) > 0.005 * usual for usual in DPI)


def scale_in_file(data, header):
    """Micrometres per pixel as a file says: the first of its sources that is plausible; None where none is.

    Parameters
    ----------
    data : bytes
        The whole file.
    header : PIL.Image.Image or None
        The same file, opened.
    """
    found = []
    if data[:2] in (b"II", b"MM"):
        found += _tiff_scales(data)
    if header is not None:
        found += _printed(header)
    return next((value for value in found if value is not None and plausible(value)), None)


def _printed(header):
    """From the resolution of a PNG (pHYs) or JPEG."""
    dpi = header.info.get("dpi") if header.format in ("PNG", "JPEG") else None
    if not dpi or not dpi[0] or abs(dpi[0] - dpi[1]) > 0.01 * dpi[0]:
        return []
    return [25400 / float(dpi[0])]


def _tiff_scales(data):
    """From the tags of microscopes first, then ImageJ's, OME's, and the plain resolution: list of float or None."""
    found = []
    try:
        with tifffile.TiffFile(BytesIO(data)) as file:
            for source in (_fei, _zeiss, _tescan, _olympus, _ome, _imagej, _resolution):
                found.append(_tried(source, file))
    except Exception:  # a damaged directory is refused elsewhere
        return found
    return found


def _tried(source, file):
    """What one source says; None where its tags are absent or not as they should be."""
    try:
        return source(file)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, ZeroDivisionError, ElementTree.ParseError):
        return None


def _fei(file):
    """FEI and Thermo Fisher: metres."""
    return float(file.fei_metadata["Scan"]["PixelWidth"]) * 1e6


def _zeiss(file):
    """Zeiss SEM: a name, a value, a unit."""
    tags = file.sem_metadata
    _, value, unit = tags.get("ap_image_pixel_size") or tags["ap_pixel_size"]
    return float(value) * UNITS[unit.lower()]


def _tescan(file):
    """TESCAN: lines of `PixelSizeX=...`, in metres, in tag 50431."""
    tag = file.pages[0].tags[50431].value
    text = tag if isinstance(tag, str) else bytes(tag).decode("latin-1")
    return float(re.search(r"PixelSizeX\s*=\s*([0-9.eE+-]+)", text)[1]) * 1e6


def _olympus(file):
    """Olympus SIS: metres."""
    return float(file.sis_metadata["pixelsizex"]) * 1e6


def _ome(file):
    """OME-XML: PhysicalSizeX with its unit, micrometres by default."""
    root = ElementTree.fromstring(file.ome_metadata)
    pixels = next(element for element in root.iter() if element.tag.endswith("Pixels"))
    return float(pixels.attrib["PhysicalSizeX"]) * UNITS[pixels.attrib.get("PhysicalSizeXUnit", "µm").lower()]


def _imagej(file):
    """ImageJ: pixels per unit in the resolution, the unit in the description."""
    unit = file.imagej_metadata["unit"].lower()
    return UNITS[unit] / _pixels_per_unit(file)


def _resolution(file):
    """The plain TIFF resolution, per inch or per centimetre."""
    unit = {2: UNITS["inch"], 3: UNITS["cm"]}[int(file.pages[0].tags["ResolutionUnit"].value)]
    return unit / _pixels_per_unit(file)


def _pixels_per_unit(file):
    x, y = (file.pages[0].tags[name].value for name in ("XResolution", "YResolution"))
    x, y = x[0] / x[1], y[0] / y[1]
    if abs(x - y) > 0.01 * x:
        raise ValueError("pixels that are not square")
    return x
