"""Is a grain zircon? A mount's cube of X-ray spectra, its grains' spectra, and what a few hundred counts can say.

Each count votes: a spectrum is compared with those that zircon and every other mineral of the table would give, under
several microscopes drawn at random; the sum of the logarithms over its counts is how well it fits each (a multinomial
likelihood), and Bayes' rule makes a probability of it. No peak is fitted: that would need thousands of counts.
"""

from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.special import logsumexp

from zirconkit.spectra.fitting import CHANNELS, ENERGIES, STEP
from zirconkit.spectra.reading import REACH, rebinned
from zirconkit.synthetic import minerals, spectra

__all__ = ["BLOCK", "Cube", "filtered", "grain_spectra", "read_cube", "zircon_probability"]

BLOCK = 8  # px of the image; what one spectrum covers, each way
SEEN = (ENERGIES > 0.9) & (ENERGIES < 9.8)  # below, the window and the coat decide
MICROSCOPES, DRAWN = 16, 3  # whose spectra are compared, and compositions of each mineral
FEWEST = 5  # counts; with fewer nothing is said
FLOOR = 0.02  # share of a spectrum that may come from anywhere: neighbours, resin, noise


class Cube(NamedTuple):
    """Spectra of a mount: counts, shape (rows, columns, channels), and the channels' energies in keV."""

    counts: np.ndarray
    energy_kev: np.ndarray
    path: Path | None = None


def read_cube(path):
    """Read the spectra of a mount: a `Cube`.

    Parameters
    ----------
    path : str or path
        An .npz file with `counts`, shape (height/8, width/8, channels), and `energy_kev`, shape (channels,). Cubes as
        instruments write them are read where the package rosettasciio is installed.

    Raises
    ------
    OSError
        If there is no such file.
    ValueError
        If it holds no such arrays, or they do not fit each other.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file of spectra at {path}")
    counts, energy = _of_npz(path) if path.suffix.lower() == ".npz" else _of_instrument(path)
    problem = _problem(counts, energy)
    if problem:
        raise ValueError(f"{path} cannot be used: {problem}")
    return Cube(counts, energy.astype(float), path)


def _of_npz(path):
    try:
        with np.load(path, allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
    except Exception:  # NumPy and zipfile raise what they please
        raise ValueError(f"{path} is damaged, or no .npz file of numbers") from None
    missing = {"counts", "energy_kev"} - set(arrays)
    if missing:
        raise ValueError(f"{path} has no array {min(missing)}: it needs counts and energy_kev")
    return arrays["counts"], arrays["energy_kev"]


def _of_instrument(path):
    """Counts and energies of an instrument's own file, by rosettasciio."""
    try:
        import rsciio
    except ImportError:
        mend = "save the spectra as .npz (counts, energy_kev), or pip install rosettasciio"
        raise ValueError(f"{path} is no .npz file: {mend}") from None
    ending = path.suffix.lower().removeprefix(".")
    plugins = [plugin for plugin in rsciio.IO_PLUGINS if ending in plugin["file_extensions"]]
    for plugin in plugins:
        for signal in _read_by(plugin, path):
            axis = signal["axes"][-1]
            if np.ndim(signal["data"]) == 3 and "ev" in str(axis.get("units", "")).lower():
                energy = axis["offset"] + axis["scale"] * np.arange(axis["size"])
                return np.asarray(signal["data"]), energy / (1000 if axis["units"].lower() == "ev" else 1)
    raise ValueError(f"{path} holds no cube of X-ray spectra that rosettasciio reads")


def _read_by(plugin, path):
    from importlib import import_module

    try:
        return import_module(plugin["api"]).file_reader(str(path))
    except Exception:  # a reader that does not know the file raises what it pleases
        return []


def _problem(counts, energy):
    """Why two arrays are no spectra of a mount; None if they are."""
    if counts.ndim != 3 or energy.ndim != 1 or counts.shape[-1] != len(energy):
        return (
            f"counts has shape {counts.shape}, energy_kev {energy.shape}: wanted (rows, columns, channels), (channels,)"
        )
    if counts.dtype.kind not in "uif" or energy.dtype.kind not in "uif":
        return "its arrays are no numbers"
    if not (np.isfinite(counts).all() and np.isfinite(energy).all()) or (counts < 0).any():
        return "it has counts below zero, or values that are no numbers"
    if len(energy) < 2 or (np.diff(energy) <= 0).any():
        return "its energies do not rise"
    if not REACH <= energy[-1] <= 200:
        return f"its energies go up to {energy[-1]:.3g}: they must be in keV, to {REACH:g} keV at least"
    return None


def grain_spectra(labels, cube):
    """The spectrum of each grain of a label image: array of shape (grains, CHANNELS), on the kit's channels.

    Each block of 8 x 8 px gives its counts to the grain in it by the share of the block that the grain covers.

    Parameters
    ----------
    labels : array of int, shape (height, width)
        0 background, 1..n.
    cube : Cube

    Raises
    ------
    ValueError
        If the cube is not of this image's size.
    """
    shape = cube.counts.shape[:2]
    allowed = [{side // BLOCK, -(-side // BLOCK), round(side / BLOCK)} for side in labels.shape]
    if any(side not in sides for side, sides in zip(shape, allowed)):
        wanted = f"{-(-labels.shape[0] // BLOCK)} x {-(-labels.shape[1] // BLOCK)}"
        raise ValueError(f"{cube.path or 'the cube'} has {shape[0]} x {shape[1]} spectra, this image needs {wanted}")
    rows = np.minimum(np.arange(labels.shape[0]) // BLOCK, shape[0] - 1)
    columns = np.minimum(np.arange(labels.shape[1]) // BLOCK, shape[1] - 1)
    block = rows[:, None] * shape[1] + columns
    grains = labels > 0
    count = labels.max(initial=0)
    pairs, pixels = np.unique(labels[grains].astype(np.int64) * block.size + block[grains], return_counts=True)
    which, where = np.divmod(pairs, block.size)
    found = np.zeros((count, CHANNELS))
    spectra_there = rebinned(cube.energy_kev, cube.counts.reshape(-1, len(cube.energy_kev))[where])
    np.add.at(found, which - 1, spectra_there * (pixels / BLOCK**2)[:, None])
    return found


@cache
def _templates():
    """Logarithms of spectra of each mineral under several microscopes: array (minerals, kinds, channels seen)."""
    rng = np.random.default_rng(11)
    names = list(minerals.minerals().index)
    rows = []
    for _ in range(MICROSCOPES):
        instrument = spectra.any_instrument(rng)
        atoms = np.concatenate([minerals.draw(name, DRAWN, rng) for name in names])
        shapes = spectra.expected(minerals.as_weights(atoms), instrument, 0.0, STEP, CHANNELS)[:, SEEN]
        shapes /= shapes.sum(axis=1, keepdims=True)
        rows.append(shapes.reshape(len(names), DRAWN, -1))
    shapes = np.concatenate(rows, axis=1)
    return np.log((1 - FLOOR) * shapes + FLOOR / shapes.shape[-1]).astype(np.float32)


def log_likelihoods(counts):
    """How well spectra fit each mineral: logarithms, array (n, minerals); `counts` has shape (n, CHANNELS)."""
    seen = np.asarray(counts, np.float32)[:, SEEN]
    templates = _templates()
    minerals_and_kinds, channels = templates.shape[:2], templates.shape[2]
    rows = templates.reshape(-1, channels)
    fits = seen @ rows.T
    of_kinds = fits.reshape(len(seen), *minerals_and_kinds)
    return logsumexp(of_kinds.astype(float), axis=2)


def zircon_probability(counts):
    """How probable it is that each spectrum is zircon's: array (n,); NaN with fewer than 5 counts above 0.9 keV.

    One half is the probability beforehand, the other half is shared evenly among all other minerals.

    Parameters
    ----------
    counts : array, shape (n, CHANNELS)
    """
    fits = log_likelihoods(counts)
    zircon = list(minerals.minerals().index).index("zircon")
    others = np.delete(fits, zircon, axis=1)
    count = others.shape[1]
    rival = logsumexp(others, axis=1) - np.log(count)
    log_odds = np.clip(rival - fits[:, zircon], -700, 700)
    odds = np.exp(log_odds)
    probability = 1 / (1 + odds)
    seen = np.asarray(counts)[:, SEEN]
    enough = seen.sum(axis=1) >= FEWEST
    return np.where(enough, probability, np.nan)


def filtered(table, labels, cube):
    """A table of grains with the columns zircon and counts, and with the flag not_zircon on what is none.

    Parameters
    ----------
    table : DataFrame
        As `segmentation.describe` gives it.
    labels : array of int, shape (height, width)
    cube : Cube
    """
    rows = table["grain"].to_numpy(int) - 1
    counts = grain_spectra(labels, cube)[rows]
    zircon = zircon_probability(counts)
    other = zircon < 0.5
    kept = table["kept"] & ~other
    added = np.where(other, "not_zircon", "")
    both = zip(table["flags"], added)
    flags = [";".join(filter(None, pair)) for pair in both]
    sums = counts.sum(axis=1)
    whole = np.rint(sums).astype(int)
    return table.assign(flags=flags, kept=kept, zircon=zircon, counts=whole)
