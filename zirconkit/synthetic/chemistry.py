"""X-ray spectra of a grown mount: a mineral for each grain, the cube that a microscope would record, zircons by class.

Zircons are zircon; a grain that the truth calls a contaminant is one of the heavy or light minerals that heavy liquids
and magnets leave beside zircon. The shares were chosen, not counted.
"""

import numpy as np

from zirconkit.synthetic import minerals, spectra
from zirconkit.synthetic.xrays import ELEMENTS

__all__ = ["BLOCK", "CONTAMINANTS", "grain_minerals", "grow_cube", "zircon_spectra", "zircons"]

BLOCK = 8  # px of the image, each way, for one spectrum
CONTAMINANTS = {"apatite": 0.3, "titanite": 0.12, "monazite": 0.08, "xenotime": 0.05, "rutile": 0.08, "quartz": 0.15,
                "albite": 0.07, "microcline": 0.07, "almandine": 0.04, "pyrite": 0.04}  # fmt: skip
SHIFT = 0.0025  # of hafnium over zirconium, atoms: how much higher its mean lies in class 1; its spread is 0.003
RESIN = {"C": 0.72, "O": 0.2, "Cl": 0.004}


def grain_minerals(grains, seed=0):
    """The mineral of each grain: list of str.

    Parameters
    ----------
    grains : DataFrame
        The truth of a mount (`SyntheticMount.grains`), with its column contaminant.
    seed : int
    """
    rng = np.random.default_rng(seed)
    drawn = rng.choice(list(CONTAMINANTS), len(grains), p=np.array(list(CONTAMINANTS.values())))
    return [str(other) if foreign else "zircon" for other, foreign in zip(drawn, grains["contaminant"])]


def grow_cube(labels, names, counts=20, instrument=None, seed=0):
    """Grow the spectra of a mount, one for each block of 8 x 8 px: counts (rows, columns, channels) and keV (channels).

    Parameters
    ----------
    labels : array of int, shape (height, width)
        0 resin, 1..n grains.
    names : sequence of str
        The mineral of each grain, as from `grain_minerals`.
    counts : float
        Of each block, on average.
    instrument : synthetic.spectra.Instrument, optional
    seed : int
    """
    rng = np.random.default_rng(seed)
    instrument = instrument or spectra.Instrument()
    resin = np.array([RESIN.get(name, 0) for name in ELEMENTS])
    atoms = [minerals.draw(name, 1, rng)[0] for name in names]
    weights = np.array([resin / resin.sum(), *map(minerals.as_weights, atoms)])
    shapes = spectra.expected(weights, instrument)
    padded = np.pad(labels, [(0, -side % BLOCK) for side in labels.shape])
    rows, columns = (side // BLOCK for side in padded.shape)
    blocks = padded.reshape(rows, BLOCK, columns, BLOCK).swapaxes(1, 2).reshape(rows * columns, BLOCK**2)
    mixed = np.array([shapes[block].mean(axis=0) for block in blocks], np.float32)
    drawn = spectra.with_chance(mixed, np.full(len(mixed), counts), rng).astype(np.uint16)
    return drawn.reshape(rows, columns, -1), 0.02 * np.arange(drawn.shape[-1])


def zircons(y, rng):
    """Hafnium and thorium of zircons of two classes, atoms for each of Zr, Hf and Th: two arrays of shape (n,).

    Both lie a little higher in class 1, by chance all else: given the class they know nothing of a grain's picture.

    Parameters
    ----------
    y : array of int, shape (n,)
        0 or 1.
    rng : NumPy Generator
    """
    hafnium = np.clip(0.013 + SHIFT * (y - 0.5) * 2 + rng.normal(0, 0.003, len(y)), 0.003, None)
    thorium = np.clip(0.0006 + 0.0003 * (y - 0.5) + rng.normal(0, 0.0004, len(y)), 0, None)
    return hafnium, thorium


def zircon_spectra(y, counts, seed=0):
    """Spectra of the zircons of `zircons`, in 225 channels of 40 eV from 0.9 keV: array (n, 225).

    Square roots of shares, so that the chance in all channels is about alike.

    Parameters
    ----------
    y : array of int, shape (n,)
    counts : float
        Of each whole spectrum, on average.
    seed : int
    """
    rng = np.random.default_rng(seed)
    hafnium, thorium = zircons(y, rng)
    base, hf, th = (minerals.atoms_in(formula) for formula in ("ZrSiO4", "HfSiO4", "ThSiO4"))
    atoms = (1 - hafnium - thorium)[:, None] * base + hafnium[:, None] * hf + thorium[:, None] * th
    shapes = spectra.expected(minerals.as_weights(atoms), spectra.Instrument(kv=20))
    counted = spectra.with_chance(shapes, [counts] * len(y), rng)[:, 45:495]
    pooled = counted.reshape(len(y), -1, 2).sum(axis=2)
    return np.sqrt(pooled / pooled.sum(axis=1, keepdims=True)).astype(np.float32)
