"""Spectra from files: EMSA/MAS as instruments of several makers write it, two columns of numbers, tables of analyses.

EMSA/MAS (ISO 22029) is text: lines `#KEYWORD: value`, then counts (`DATATYPE` Y) or energy and counts (XY). The reader
is our own: the one well-kept package that reads it (rosettasciio) is under GPL-3 and brings Dask and Pint. Makers
differ in units (eV, keV, or a label that does not fit the numbers), separators, decimal signs and character sets: where
label and numbers disagree, the numbers count, for no X-ray detector reaches 200 keV and none has channels of 1 eV a
thousand times over.
"""

import re
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from zirconkit.spectra.fitting import CHANNELS, STEP
from zirconkit.synthetic.minerals import as_weights, atoms_in
from zirconkit.synthetic.xrays import ELEMENTS

__all__ = ["Spectrum", "read_spectrum", "read_table", "rebinned"]

FEWEST = 64  # channels
WIDEST = 200  # an energy axis that goes farther is in eV, not keV
REACH = 4.0  # keV; a spectrum must go at least so far
NUMBER = re.compile(r"[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?")
KEY = re.compile(r"#+\s*([^:\s]+)[^:]*:\s*(.*)")
OTHER_SIGNALS = {"ELS": "electron energy loss", "EELS": "electron energy loss", "WDS": "a crystal spectrometer",
                 "AES": "Auger electrons", "CLS": "cathodoluminescence", "XPS": "photoelectrons"}  # fmt: skip


class Spectrum(NamedTuple):
    """A measured spectrum: energies in keV and counts, arrays of one length; kv and takeoff_deg, None where unsaid."""

    energy_kev: np.ndarray
    counts: np.ndarray
    kv: float | None
    takeoff_deg: float | None


def read_spectrum(path):
    """Read the spectrum in a file: a `Spectrum`.

    Parameters
    ----------
    path : str or path
        EMSA/MAS (.msa, .emsa, .txt), or two columns, energy and counts (.csv, .txt).

    Raises
    ------
    OSError
        If there is no such file, or it cannot be read.
    ValueError
        If it holds no spectrum, or none of X-rays; one sentence that names the file.
    """
    path = Path(path)
    text = _text(path)
    header, rows = _parts(text)
    if not rows:
        raise ValueError(f"{path} holds no numbers after its header: is it a spectrum?")
    _check_signal(header, path)
    pairs = header.get("DATATYPE", "").strip().upper() == "XY" or (not header and len(_numbers(rows[0])) >= 2)
    energy, counts = _columns(rows, path) if pairs else _counts_alone(rows, header, path)
    unit = header.get("XUNITS", "")
    energy = _in_kev(energy, unit, path)
    kv = _kv(_number(header, "BEAMKV"))
    return _checked(Spectrum(energy, counts, kv, _takeoff(header)), path)


def _text(path):
    """The text of a file, in UTF-8 or else Latin-1, with plain line ends."""
    content = path.read_bytes()
    if not content.strip():
        raise ValueError(f"{path} is empty")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content[:1000]:
        raise ValueError(f"{path} is no text: save the spectrum as EMSA/MAS (.msa), which most instruments can")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


def _parts(text):
    """The header, keywords in capitals, and the lines of data."""
    header, rows = {}, []
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("#"):
            found = KEY.match(line)
            name = found[1].split("-")[0].upper() if found else line.strip("# ").upper()
            if name.startswith("ENDOFDATA"):
                break
            if found and not line.startswith("##"):
                header.setdefault(name, found[2].strip())
        elif NUMBER.match(line):
            rows.append(line)
    return header, rows


def _check_signal(header, path):
    """ValueError if a header says that the spectrum is none of X-rays."""
    signal = header.get("SIGNALTYPE", "EDS").split()
    if not signal:
        return
    other = OTHER_SIGNALS.get(signal[0].upper())
    if other:
        raise ValueError(f"{path} is a spectrum of {other}, not of X-rays by energy (EDS)")


def _numbers(line):
    """The numbers of a line: by commas, semicolons, tabs or blanks; decimal commas where `;` or tabs part."""
    if ";" in line or "\t" in line or re.fullmatch(r"\s*[-+]?\d+,\d+\s+[-+]?\d+(?:,\d+)?\s*", line):
        line = line.replace(",", ".")
    return [float(word) for word in NUMBER.findall(line)]


def _columns(rows, path):
    """Energies and counts of lines that hold both."""
    found = map(_numbers, rows)
    pairs = [numbers[:2] for numbers in found if len(numbers) >= 2]
    if len(pairs) < FEWEST:
        raise ValueError(f"{path} has {len(pairs)} lines of energy and counts: a spectrum has at least {FEWEST}")
    energy, counts = np.array(pairs).T
    return energy, counts


def _counts_alone(rows, header, path):
    """Energies and counts of lines that hold counts alone, one or several."""
    counts = np.array([number for row in rows for number in _numbers(row)])
    points = _number(header, "NPOINTS")
    if points and points < len(counts):
        counts = counts[: int(points)]
    step = _number(header, "XPERCHAN")
    if not step or step < 0:
        raise ValueError(f"{path} does not say how wide a channel is: it needs a line #XPERCHAN")
    first = _number(header, "OFFSET") or 0
    return first + step * np.arange(len(counts)), counts


def _number(header, name):
    """The number that a keyword has, or None."""
    text = header.get(name, "")
    found = NUMBER.search(text.replace(",", "."))
    return float(found[0]) if found else None


def _in_kev(energy, unit, path):
    """An energy axis in keV: by its unit, unless the numbers cannot be that."""
    reach = np.abs(energy).max()
    if not np.isfinite(reach) or reach == 0:
        raise ValueError(f"{path} has no energy axis")
    electronvolts = re.search(r"(?<![kK])e\s*v", unit, re.IGNORECASE) is not None
    if reach > WIDEST or (electronvolts and reach > 2 * REACH * 10):
        return energy / 1000
    return energy


def _kv(number):
    """The beam in kV; who wrote it in V meant it so."""
    if number is None or number <= 0:
        return None
    kv = number / 1000 if number > 400 else number
    return kv if 2 < kv < 50 else None


def _takeoff(header):
    for name in ("ELEVANGLE", "TAKEOFF"):
        angle = _number(header, name)
        if angle and 10 < angle < 80:
            return angle
    return None


def _checked(spectrum, path):
    """A spectrum that can be used, or a ValueError."""
    energy, counts = spectrum.energy_kev, spectrum.counts
    problem = None
    if len(counts) < FEWEST:
        problem = f"{len(counts)} channels, a spectrum has at least {FEWEST}"
    elif not (np.isfinite(counts).all() and np.isfinite(energy).all()):
        problem = "values that are no numbers"
    elif (np.diff(energy) <= 0).any():
        problem = "energies that do not rise from line to line"
    elif energy[-1] < REACH:
        problem = f"energies up to {energy[-1]:.3g} keV only, minerals need {REACH:g} keV and more"
    elif np.maximum(counts, 0).sum() < 20:
        problem = "next to no counts"
    if problem:
        raise ValueError(f"{path} has {problem}")
    return spectrum._replace(counts=np.maximum(counts, 0))


def rebinned(energy_kev, counts):
    """Counts on the channels that the kit works with: array of shape (..., CHANNELS), each count kept where it lies.

    Parameters
    ----------
    energy_kev : array, shape (channels,)
        Centres, rising.
    counts : array, shape (..., channels)
    """
    middles = (energy_kev[1:] + energy_kev[:-1]) / 2
    first, last = 2 * energy_kev[0] - middles[0], 2 * energy_kev[-1] - middles[-1]
    edges = np.concatenate([[first], middles, [last]])
    wanted = STEP * (np.arange(CHANNELS + 1) - 0.5)
    flat = np.reshape(counts, (-1, len(energy_kev)))
    sums = np.concatenate([np.zeros((len(flat), 1)), np.cumsum(flat, axis=1)], axis=1)
    at = np.array([np.interp(wanted, edges, row) for row in sums])
    return np.diff(at, axis=1).reshape(*np.shape(counts)[:-1], CHANNELS)


def read_table(path):
    """Read analyses from a table: DataFrame of mass fractions, a column for each element, rows as in the file.

    Parameters
    ----------
    path : str or path
        A .csv file with columns of oxides (`SiO2`, `FeO`, ...) in mass per cent, or of elements (`Si`, `Fe`, ...) in
        atomic per cent; other columns are passed over, empty fields are zero. Of a table with both, oxides count.

    Raises
    ------
    OSError
        If it cannot be read.
    ValueError
        If it has no such columns, or a row without numbers.
    """
    path = Path(path)
    table = pd.read_csv(path, sep=None, engine="python", encoding="latin-1")
    oxides, single = _columns_of(table)
    names = oxides or single
    if len(names) < 3:
        raise ValueError(f"{path} has no columns like SiO2, Al2O3, FeO (mass per cent) or Si, Al, Fe (atomic per cent)")
    values = table[list(names)].apply(pd.to_numeric, errors="coerce").fillna(0).clip(lower=0).to_numpy()
    if not values.any(axis=1).all():
        row = int(np.flatnonzero(~values.any(axis=1))[0]) + 2
        raise ValueError(f"{path} has no numbers in line {row}")
    formulas = np.array([atoms_in(formula) for formula in names.values()])
    mass = values @ as_weights(formulas) if oxides else as_weights(values @ formulas)
    return pd.DataFrame(mass / mass.sum(axis=1, keepdims=True), columns=list(ELEMENTS), index=table.index)


def _columns_of(table):
    """The columns of oxides and those of elements: two dicts of column to formula."""
    oxides, single = {}, {}
    for column in table.columns:
        name = str(column).split("(")[0].split()[0] if str(column).strip() else ""
        if name in ELEMENTS:
            single[column] = name
        elif re.fullmatch(r"[A-Z][a-z]?\d*O\d*", name) or name in ("F", "Cl"):
            with_known = name.replace("FeOT", "FeO")
            oxides[column] = with_known
    if oxides:
        oxides |= {column: name for column, name in single.items() if name in ("F", "Cl", "S")}
    return oxides, single
