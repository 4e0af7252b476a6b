"""Two photographs of a field in, phases and modes out: what `zirconkit segment --task phases` does."""

import hashlib
import json
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
import pandas as pd

from zirconkit import samples
from zirconkit.mounts.damage import silent
from zirconkit.segmentation.files import replace_folder
from zirconkit.synthetic.sandstones import PHASES
from zirconkit.thin_sections.fields import check_same, factor_of, read_light, reduced
from zirconkit.thin_sections.modes import modes

__all__ = ["COLOURS", "WEIGHTS", "Segmented", "overlay", "segment_field", "shipped"]

OURS = "phases.png", "overlay.png", "modes.csv"
WEIGHTS = samples.DATA / "networks/phases.npz"
COLOURS = {  # red, green, blue; of the palette of `plots`, none the blue of epoxy in pores
    "background": (94, 94, 94), "feldspar": (204, 121, 167), "lithic": (0, 0, 0),
    "plagioclase": (0, 158, 115), "quartz": (240, 228, 66),
}  # fmt: skip
LEAST_LIGHT = 3  # grey levels of spread; a photograph with less shows nothing


class Segmented(NamedTuple):
    """A field and what was found on it.

    `phases` is uint8, of the photographs' size, with numbers in `PHASES`; `table` as `modes` gives it; `learned_from`
    what the weights say of themselves.
    """

    phases: np.ndarray
    table: pd.DataFrame
    learned_from: str


def shipped():
    """The path of the kit's own weights, which have seen grown fields only; ValueError if they are damaged."""
    card = json.loads(WEIGHTS.with_suffix(".json").read_text(encoding="utf-8"))
    if hashlib.sha256(WEIGHTS.read_bytes()).hexdigest() != card["sha256"]:
        raise ValueError(f"{WEIGHTS} is not the file that the kit came with: install the kit again")
    return WEIGHTS


def segment_field(ppl_path, xpl_path, target, weights=None, um_per_px=None):
    """Name the phase of each pixel of a field, and write phases.png, overlay.png and modes.csv into a folder.

    Parameters
    ----------
    ppl_path, xpl_path : path
        The same field, pixel by pixel, in plane and in crossed polarized light; in colour. With weights of a network
        that looks at one light only, the other may be None.
    target : path
        A folder; it is made. What was there under these names is replaced once all is written, other files stay.
    weights : path, optional
        A file that `benchmarks/thin_sections.py --train` made; by default `shipped`.
    um_per_px : float, optional
        Of the photographs. Without it, a field is taken to be as wide as those that were learned from, 1.2 mm.

    Returns
    -------
    Segmented

    Raises
    ------
    ValueError
        If a photograph or the weights cannot be used, or the two photographs are of different size.
    OSError
        If something cannot be read or written.
    """
    photographs = _photographs(ppl_path, xpl_path)
    with silent():  # TensorFlow talks while it loads
        from zirconkit.networks import phases as networks

        model, kind, card = networks.load(weights or shipped())
    wanted = ("ppl", "xpl") if kind.lights == "both" else (kind.lights,)
    _check_lights(wanted, photographs)
    first = photographs[wanted[0]]
    factor = factor_of(first.shape, um_per_px)
    looked_at = networks.stacked(*(reduced(photographs[light], factor) for light in wanted))
    probable = networks.probabilities(model, looked_at)
    phases = _most_probable(probable, first.shape[:2])
    learned_from = str(card.get("learned from", "unknown fields"))
    table = modes(phases, card.get("errors")).assign(weights=f"learned from {learned_from}")
    picture = overlay(first, phases)
    replace_folder(Path(target), OURS, lambda folder: _write(folder, picture, phases, table))
    return Segmented(phases, table, learned_from)


def _photographs(ppl_path, xpl_path):
    """What there is of the two, by light; ValueError if they are not of one size."""
    named = {"ppl": ppl_path, "xpl": xpl_path}
    found = {light: read_light(path) for light, path in named.items() if path}
    for light, image in found.items():
        if np.ptp(image[::7, ::7]) < LEAST_LIGHT:
            raise ValueError(f"{named[light]} has one colour all over: it shows no rock")
    if len(found) == 2:
        check_same(ppl_path, found["ppl"], xpl_path, found["xpl"])
    return found


def _check_lights(wanted, there):
    names = {"ppl": "the field in plane light", "xpl": "--xpl FILE, the same field between crossed polarizers"}
    for light in wanted:
        if light not in there:
            raise ValueError(f"these weights look at {' and '.join(wanted)}: give {names[light]}")


def _most_probable(probable, shape):
    """The number of the most probable phase at each pixel of the photographs: uint8, of the wanted shape."""
    best, phases = np.full(shape, -1, np.float32), np.zeros(shape, np.uint8)
    for number in range(probable.shape[-1]):
        layer = np.ascontiguousarray(probable[..., number])
        whole = cv2.resize(layer, shape[::-1], interpolation=cv2.INTER_LINEAR)
        phases[whole > best] = number
        best = np.maximum(best, whole)
    return phases


def overlay(ppl, phases, strength=0.45):
    """The field with each phase in its colour, what is between the grains left as it is: uint8, (height, width, 3)."""
    colours = np.array([COLOURS[phase] for phase in PHASES], np.uint8)
    mixed = cv2.addWeighted(ppl, 1 - strength, colours[phases], strength, 0)
    return np.where(phases[..., None] > 0, mixed, ppl)


def _write(folder, picture, phases, table):
    """Write the three files into a new folder."""
    folder.mkdir()
    for name, image in (("phases.png", phases), ("overlay.png", picture[..., ::-1])):
        (folder / name).write_bytes(cv2.imencode(".png", image)[1])
    table.to_csv(folder / "modes.csv", index=False, float_format="%.2f")
