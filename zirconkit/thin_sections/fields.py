"""Fields of a rock in thin section: where they are, and what is in their files."""

import re
import warnings
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

from zirconkit import files
from zirconkit.messages import ZirconkitWarning
from zirconkit.mounts.images import decode
from zirconkit.synthetic.sandstones import PHASES, UM_PER_PX, grow_sandstone

__all__ = ["Field", "check_same", "factor_of", "find", "grown", "read_light", "reduced"]

LONG_SIDE = 400  # px; of what the network looks at, where nobody knows the scale
MIN_SIDE = 16  # px


class Field(NamedTuple):
    """A field at the scale at which the network looks at it.

    Attributes
    ----------
    name, section : str
        Fields of one section are not independent: whatever is split, is split by section.
    ppl, xpl : array of uint8, shape (height, width, 3)
        In plane and in crossed polarized light; red, green, blue.
    phases : array of uint8, shape (height, width)
        The number in `synthetic.sandstones.PHASES` of each pixel.
    """

    name: str
    section: str
    ppl: np.ndarray
    xpl: np.ndarray
    phases: np.ndarray


def grown(seeds):
    """Grown fields, each a section of its own: list of Field. They need no network and no files."""
    rocks = {seed: grow_sandstone(seed) for seed in seeds}
    return [Field(f"grown{seed}", f"grown{seed}", rock.ppl, rock.xpl, rock.phases) for seed, rock in rocks.items()]


def find(folder=None):
    """Real fields of a folder: list of Field, by name; those of `zirconkit fetch thin_sections` where none is named.

    The folder has `paralelos/NAME_….jpg`, `cruzados/NAME_….jpg` and `masks/NAME_….tiff`. What lacks one of the three,
    or whose three are not of one size, is named in a warning and left out. The number in front of a name is the
    section's (2a and 2b: section 2); names like image039 and image047 count as one section, as nobody says otherwise.

    Raises
    ------
    OSError
        If there is no such folder, or not one whole field in it.
    """
    folder = Path(folder) if folder else files.cache_folder() / "thin_sections"
    plane = sorted(folder.glob("paralelos/*"))
    if not plane:
        mend = "zirconkit fetch thin_sections brings some, --to DIR to where you like"
        raise FileNotFoundError(f"{folder} has no fields in it (paralelos/*.jpg, cruzados, masks): {mend}")
    fields = []
    for path in plane:
        try:
            fields.append(_field(folder, path))
        except (OSError, ValueError) as error:
            warnings.warn(f"{error}: this field is left out", ZirconkitWarning, stacklevel=2)
    if not fields:
        raise FileNotFoundError(f"{folder} has no field of which both lights and the mask can be used")
    return fields


def _field(folder, path):
    name = path.stem.split("_")[0]
    crossed = _only(folder / "cruzados", f"{name}_*")
    mask = _only(folder / "masks", f"{name}_*")
    ppl, xpl = read_light(path), read_light(crossed)
    phases = _read_mask(mask)
    check_same(path, ppl, crossed, xpl)
    check_same(path, ppl, mask, phases)
    factor = factor_of(ppl.shape)
    small = reduced(phases, factor, cv2.INTER_NEAREST)
    return Field(name, _section(name), reduced(ppl, factor), reduced(xpl, factor), small)


def _only(folder, pattern):
    found = sorted(folder.glob(pattern))
    if len(found) != 1:
        raise FileNotFoundError(f"{folder} has {len(found)} files {pattern}, not one")
    return found[0]


def _section(name):
    numbered = re.match(r"\d+", name)
    return numbered[0] if numbered else re.sub(r"[\d_-]+$", "", name)


def read_light(path):
    """A photograph of a field: uint8, shape (height, width, 3); red, green, blue.

    Raises
    ------
    OSError
        If it is missing or may not be read.
    ValueError
        If it is no image, a damaged one, too small, or grey: without colour it cannot be in two lights.
    """
    image = decode(path, cv2.IMREAD_COLOR)
    height, width = image.shape[:2]
    if min(height, width) < MIN_SIDE:
        raise ValueError(f"{path} is {width}×{height} px, too small for a field: give {MIN_SIDE} px a side or more")
    if (image == image[..., :1]).all():
        raise ValueError(f"{path} is grey: phases are told apart by colour, give the colour photograph")
    red_first = image[..., ::-1]
    return np.ascontiguousarray(red_first)


def _read_mask(path):
    mask = decode(path, cv2.IMREAD_UNCHANGED)
    if mask.ndim != 2 or mask.max() >= len(PHASES):
        raise ValueError(f"{path} is no mask: one channel with the numbers 0 to {len(PHASES) - 1} is wanted")
    return mask.astype(np.uint8)


def check_same(path, image, other_path, other):
    """ValueError if two images of a field are not of one size."""
    height, width = image.shape[:2]
    size = other.shape[:2]
    if size != (height, width):
        sizes = f"{path} is {width}×{height} px and {other_path} {size[1]}×{size[0]}"
        raise ValueError(f"{sizes}: give the same field, pixel by pixel")


def factor_of(shape, um_per_px=None):
    """By how much a field is shrunk (below 1) for the network: to its scale, or to `LONG_SIDE`; never enlarged."""
    factor = um_per_px / UM_PER_PX if um_per_px else LONG_SIDE / max(shape[:2])
    return min(factor, 1)


def reduced(image, factor, how=cv2.INTER_AREA):
    """An image shrunk by a factor: sides are rounded, none below one px."""
    height, width = (max(round(side * factor), 1) for side in image.shape[:2])
    return cv2.resize(image, (width, height), interpolation=how)
