"""X-ray spectra (EDS) grown from a composition, with their truth: what a detector makes of a mineral's X-rays.

They stand in for a point or a grain measured with the energy-dispersive detector of a scanning electron microscope: the
X-rays of `xrays`, a carbon coat, the window and dead layer of the detector, its resolution, escape and sum peaks, an
energy scale that is off by a little, and counts by chance (Poisson). `any_instrument` draws a microscope at random, and
farther than any one microscope would differ, so that what learns from such spectra does not lean on one detector.

Where they break down: a flat, thick, polished grain only; no neighbour that shines in, no rough powder, no charging;
the charge that a detector loses at low energies is left out.
"""

from functools import lru_cache
from typing import NamedTuple

import numpy as np

from zirconkit.synthetic import xrays

__all__ = [
    "Instrument",
    "any_instrument",
    "coat_share",
    "coated",
    "expected",
    "grow",
    "line_shapes",
    "responses",
    "width_kev",
    "with_chance",
]

SI_K = 1.740  # keV; what escapes from a silicon detector
FANO = 2.5e-3  # keV; how the squared width grows with energy (Fiori and Newbury, 1978)
MN_K = 5.895  # keV; where makers state the resolution
TO_SIGMA = 1 / 2.3548
WINDOWS = {  # material: its elements by mass, and g/cm3
    "polymer": ({"C": 0.7, "O": 0.2, "N": 0.1}, 1.4),
    "nitride": ({"Si": 0.6, "N": 0.4}, 3.2),
    "beryllium": ({"Be": 1.0}, 1.85),
    "aluminium": ({"Al": 1.0}, 2.7),
    "silicon": ({"Si": 1.0}, 2.33),
    "carbon": ({"C": 1.0}, 2.0),
}


class Instrument(NamedTuple):
    """A microscope and its detector.

    Layers are thicknesses in nm by the names of `WINDOWS`; `coat_nm` is the carbon on the specimen. `offset_kev` and
    `gain` are the faults of the energy scale: a line at E is found at offset + gain E. `l_factor` and `m_factor`
    multiply the yields of L and M shells, `background` the continuum. `pile_up` is the share of counts in sum peaks.
    """

    kv: float = 15.0
    takeoff_deg: float = 35.0
    fwhm_mn_ev: float = 128.0
    layers: tuple = (("nitride", 100), ("aluminium", 30), ("silicon", 50))
    coat_nm: float = 15.0
    offset_kev: float = 0.0
    gain: float = 1.0
    l_factor: float = 1.0
    m_factor: float = 1.0
    background: float = 1.0
    pile_up: float = 0.003


def any_instrument(rng):
    """A microscope drawn at random: an `Instrument`. `rng` is a NumPy Generator."""
    layers = _any_layers(rng)
    kv = rng.choice([10, 12, 15, 20, 25], p=[0.1, 0.1, 0.4, 0.3, 0.1])
    takeoff_deg = rng.uniform(28, 45)
    fwhm_mn_ev = rng.uniform(121, 150)
    is_coated = rng.choice([0, 1])
    coat_nm = is_coated * rng.uniform(5, 40)
    return Instrument(
        kv=float(kv),
        takeoff_deg=takeoff_deg,
        fwhm_mn_ev=fwhm_mn_ev,
        layers=layers,
        coat_nm=coat_nm,
        offset_kev=rng.normal(0, 0.006),
        gain=1 + rng.normal(0, 0.001),
        l_factor=np.exp(rng.normal(0, 0.2)),
        m_factor=np.exp(rng.normal(0, 0.3)),
        background=np.exp(rng.normal(0.2, 0.4)),
        pile_up=np.exp(rng.uniform(np.log(3e-4), np.log(0.03))),
    )


def _any_layers(rng):
    """Window, dirt and dead layer of a detector drawn at random: tuple of names of `WINDOWS` with thicknesses in nm."""
    kind = rng.choice(["nitride", "polymer", "beryllium", "none"], p=[0.4, 0.4, 0.1, 0.1])
    nitride = ("nitride", rng.uniform(40, 200))
    on_nitride = ("aluminium", rng.uniform(10, 60))
    polymer = ("polymer", rng.uniform(200, 500))
    on_polymer = ("aluminium", rng.uniform(20, 120))
    beryllium = ("beryllium", rng.uniform(5000, 12000))
    windows = {
        "nitride": (nitride, on_nitride),
        "polymer": (polymer, on_polymer),
        "beryllium": (beryllium,),
        "none": (),
    }
    log_dirt_nm = rng.uniform(np.log(5), np.log(400))
    dirt = ("carbon", np.exp(log_dirt_nm))
    dead = ("silicon", rng.uniform(10, 100))
    return *windows[kind], dirt, dead


def width_kev(energies, fwhm_mn_ev):
    """Standard deviation of a line at some energies, keV, by the resolution at Mn Kα in eV."""
    squared = (fwhm_mn_ev / 1000) ** 2 + FANO * (np.asarray(energies) - MN_K)
    return np.sqrt(np.maximum(squared, 0.03**2)) * TO_SIGMA


def passed(energies, instrument):
    """The share of X-rays that pass coat, window and dead layer of an instrument: array like `energies`."""
    mu = xrays.absorption(energies)
    depth = np.zeros(len(energies))
    takeoff = np.radians(instrument.takeoff_deg)
    slanted_nm = instrument.coat_nm / np.sin(takeoff)
    coat = ("carbon", slanted_nm)
    for name, nm in (*instrument.layers, coat):
        parts, density = WINDOWS[name]
        shares = [share * mu[xrays.ELEMENTS.index(element)] for element, share in parts.items()]
        material = sum(shares)
        depth += material * density * nm * 1e-7
    return np.exp(-depth)


def escaped(energies):
    """The share of a line found 1.74 keV too low, because a photon of silicon left the detector (Reed and Ware)."""
    silicon = xrays.ELEMENTS.index("Si")
    all_energies = np.array([SI_K, *energies])
    mu = xrays.absorption(all_energies)[silicon]
    own = mu[0]
    there = np.maximum(mu[1:], 1e-3)
    kept = own / there * np.log1p(there / own)
    share = 0.5 * 0.05 * 0.92 * (1 - kept)
    above_edge = energies > 1.839
    return np.where(above_edge, share, 0)


@lru_cache(maxsize=64)
def responses(instrument, start, step, channels):
    """What one X-ray of each line makes of each channel: array of shape (lines, channels).

    Parameters
    ----------
    instrument : Instrument
    start, step : float
        The first channel's centre and the channels' width, keV.
    channels : int
    """
    return line_shapes(xrays.lines(), instrument, start, step, channels)


def line_shapes(table, instrument, start, step, channels):
    """As `responses`, for some of the lines: `table` has rows of `xrays.lines`."""
    energies = table["energy_kev"].to_numpy()
    factors = {"K": 1, "L": instrument.l_factor, "M": instrument.m_factor}
    families = table["shell"].str[0].map(factors)
    share = passed(energies, instrument) * families.to_numpy()
    escape = escaped(energies)
    borders = np.arange(channels + 1) - 0.5
    edges = start + step * borders
    stays = (1 - escape)[:, None]
    leaves = escape[:, None]
    lowered = np.maximum(energies - SI_K, 0.01)
    found = stays * peaks_at(energies, edges, instrument)
    found += leaves * peaks_at(lowered, edges, instrument)
    return found * share[:, None]


def peaks_at(energies, edges, instrument):
    """Gaussian peaks of area 1 where the instrument puts these energies: array (energies, channels)."""
    from scipy.special import ndtr

    places = instrument.offset_kev + instrument.gain * energies
    sigma = width_kev(energies, instrument.fwhm_mn_ev)
    below = ndtr((edges - places[:, None]) / sigma[:, None])
    return np.diff(below, axis=1)


def expected(weights, instrument, start=0.0, step=0.02, channels=501):
    """Spectra without chance: array of shape (n, channels), each row summing to 1.

    Parameters
    ----------
    weights : array, shape (n, elements)
        Mass fractions in the order of `xrays.ELEMENTS`.
    instrument : Instrument
    start, step : float
        keV
    channels : int
    """
    weights = np.atleast_2d(weights)
    seen = coated(weights, instrument)
    emitted = xrays.line_intensities(seen, instrument.kv, instrument.takeoff_deg)
    spectra = emitted @ responses(instrument, start, step, channels)
    spectra += background(weights, instrument, start, step, channels)
    spectra /= spectra.sum(axis=1, keepdims=True)
    first = round(start / step)
    return _with_sums(spectra, instrument.pile_up, first)


def coat_share(instrument):
    """The share of the beam's path that lies in the coat of carbon."""
    return min(instrument.coat_nm / 1000, 0.05)


def coated(weights, instrument):
    """Mass fractions of what the beam meets, specimen and coat: array like `weights`, shape (n, elements)."""
    share = coat_share(instrument)
    carbon = xrays.ELEMENTS.index("C")
    seen = (1 - share) * weights
    seen[:, carbon] += share
    return seen


def background(weights, instrument, start, step, channels):
    """The continuum as the detector has it: array (n, channels)."""
    from scipy.ndimage import gaussian_filter1d

    energies = start + step * np.arange(channels)
    corrected = (energies - instrument.offset_kev) / instrument.gain
    true = np.maximum(corrected, 0.05)
    emitted = xrays.continuum(weights, true, instrument.kv, instrument.takeoff_deg)
    detected = emitted * passed(true, instrument) * step * instrument.background
    above_threshold = energies > 0.1  # electronics cut off what is lower
    sharp = np.where(above_threshold, detected, 0)
    width = width_kev(1.8, instrument.fwhm_mn_ev)
    return gaussian_filter1d(sharp, width / step, axis=1)


def _with_sums(spectra, share, first):
    """Spectra in which a share of the counts are two that came at once; `first` is the number of the first channel."""
    n = spectra.shape[1]
    waves = np.fft.rfft(spectra, 2 * n)
    sums = np.fft.irfft(waves**2, 2 * n)
    moved = np.zeros_like(spectra)
    if first >= 0:
        moved[:, first:] = sums[:, : n - first]
    else:
        moved[:] = sums[:, -first : n - first]
    alone = (1 - share) * spectra
    both = alone + share * moved
    sums_of_rows = both.sum(axis=1, keepdims=True)
    return both / sums_of_rows


def with_chance(spectra, counts, rng):
    """Counts by chance: Poisson numbers of the mean `counts` times each row; array of int, like `spectra`."""
    means = np.asarray(counts, float).reshape(-1, 1) * spectra
    return rng.poisson(np.maximum(means, 0))


def grow(weights, instrument=None, counts=200_000, seed=0, step=0.02, channels=501):
    """Grow the spectrum of one composition: energies in keV and counts, two arrays of shape (channels,).

    Parameters
    ----------
    weights : array, shape (elements,)
        Mass fractions in the order of `xrays.ELEMENTS`.
    instrument : Instrument, optional
        By default one with a silicon-nitride window at 15 kV.
    counts : int
        Of the whole spectrum, on average.
    seed : int
    step : float
        Width of a channel, keV.
    channels : int
    """
    microscope = instrument or Instrument()
    shape = expected(weights, microscope, 0.0, step, channels)
    rng = np.random.default_rng(seed)
    counted = with_chance(shape, counts, rng)
    energies = step * np.arange(channels)
    return energies, counted[0]
