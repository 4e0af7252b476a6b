"""Powder patterns from the files that laboratories write: two columns of text in many dresses, and PANalytical .xrdml.

Not read: Bruker's .raw and .brml, Rigaku's .ras binary relatives and other vendors' own formats: no small, well-kept
reader of them exists for Python; every instrument's program exports two columns (.xy).
"""

import re
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from zirconkit.files import meant
from zirconkit.synthetic.powder_lines import CU

__all__ = ["ENDINGS", "TUBES", "Pattern", "pattern_files", "read", "wavelength_of"]

ENDINGS = (".xy", ".csv", ".dat", ".txt", ".xrdml", ".xye", ".asc", ".tsv", ".chi")
TUBES = {"Cu": CU, "Co": 1.788965, "Fe": 1.936042, "Cr": 2.289700, "Mo": 0.709300, "Ag": 0.559422}  # K-alpha1, Å
MEANS = {"Cu": 1.541838, "Co": 1.790260, "Fe": 1.937355, "Cr": 2.291002, "Mo": 0.710730, "Ag": 0.560871}
SHORTEST = 100  # points
LARGEST = 50_000_000  # bytes
OTHERS = (".raw", ".brml", ".ras", ".rd", ".uxd", ".sd")


@dataclass(frozen=True)
class Pattern:
    """A measured pattern: rising angles 2 theta in degrees, counts, wavelength in Å, and whether the file says it."""

    path: Path
    two_theta: np.ndarray
    counts: np.ndarray
    wavelength: float = CU
    stated: bool = False


def wavelength_of(text):
    """The wavelength that a word means: "Co", or a number in Å; ValueError if it means none."""
    if text.capitalize() in TUBES:
        return TUBES[text.capitalize()]
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = 0.0
    if not 0.2 < value < 3:
        raise ValueError(f"{text!r} is no wavelength: name a tube ({', '.join(TUBES)}) or give a number in Å")
    return _line_of(value)


def _line_of(value):
    """K-alpha1 of the tube whose line, or mean of the doublet, this is; else the value itself."""
    for tube, line in TUBES.items():
        if min(abs(value - line), abs(value - MEANS[tube])) < 0.0012:
            return line
    return value


def pattern_files(words):
    """The files that words mean: files as they are, there or not; the patterns in a folder; of `*.xy` what fits.

    A text file (`.txt`) with the name of a pattern on each line is a list of them, as seen from where it lies.
    """
    named = meant(words, ENDINGS, "patterns")
    paths = [each for path in named for each in _of_list(path) or [path]]
    return list(dict.fromkeys(paths))


def _of_list(path):
    """The files that a list names; none where a file is no list."""
    if path.suffix.lower() != ".txt" or not path.is_file() or path.stat().st_size > LARGEST:
        return []
    lines = path.read_text(encoding="utf-8-sig", errors="replace").splitlines()
    names = [line.strip() for line in lines if line.strip()]
    is_list = all(name.lower().endswith((*ENDINGS, *OTHERS)) for name in names)
    return [path.parent / name for name in names] if is_list else []


def read(path, wavelength=None):
    """A pattern from a file; `wavelength` in Å counts where the file does not say.

    Raises
    ------
    OSError
        If it cannot be opened.
    ValueError
        If it is no pattern; one sentence says why and what to do.
    """
    path = Path(path)
    if path.suffix.lower() in OTHERS:
        raise ValueError(f"{path} is of a vendor's own format, which this kit does not read: export two columns (.xy)")
    if not path.exists():
        raise FileNotFoundError(f"there is no file {path}")
    if path.stat().st_size > LARGEST:
        raise ValueError(f"{path} is larger than a pattern can be: give it two columns, angle and counts")
    content = path.read_bytes()
    if not content.strip():
        raise ValueError(f"{path} is empty: export the pattern again")
    if path.suffix.lower() == ".xrdml" or content.lstrip()[:5] == b"<?xml":
        two_theta, counts, stated = _xrdml(path, content)
    else:
        two_theta, counts, stated = _columns(path, _text(path, content))
    problem = _problem(two_theta, counts)
    if problem:
        raise ValueError(f"{path}: {problem}")
    return Pattern(path, two_theta, np.maximum(counts, 0), stated or wavelength or CU, bool(stated or wavelength))


def _text(path, content):
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return content.decode("utf-16", errors="replace")
    if b"\0" in content[:4096]:
        raise ValueError(f"{path} is no text: export two columns, angle and counts (.xy)")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("latin-1")


# ---------------------------------------------------------------- two columns of text


def _columns(path, text):
    """Angles, counts, and the wavelength where a line of the head says it (else None)."""
    rows = [line.strip() for line in text.splitlines()]
    data = [row for row in rows if row and re.match(r"[-+.]?\d", row)]
    head = "\n".join(row for row in rows if row and row not in set(data[:3000]))[:20000]
    if not data:
        raise ValueError(f"{path} holds no numbers: a pattern has two columns, angle and counts")
    if path.suffix.lower() == ".dat" and len(_words(data[0])) == 3 and len(data) > 2 and len(_words(data[1])) > 3:
        return (*_blocks(data), _stated(head))
    values = [_words(row) for row in data]
    _check_commas(path, data, values)
    values = [row for row in values if len(row) >= 2]
    if len(values) < len(data) / 2:
        raise ValueError(f"{path} has one column: a pattern has two, angle and counts")
    try:
        pairs = np.array([[_number(word) for word in row[:2]] for row in values])
    except ValueError:
        raise ValueError(f"{path} has words among its numbers: a pattern has two columns, angle and counts") from None
    return pairs[:, 0], pairs[:, 1], _stated(head)


def _blocks(data):
    """A .dat of first angle, step, last angle, and then counts in rows."""
    first, step, _ = map(float, _words(data[0]))
    counts = np.array([float(word) for row in data[1:] for word in _words(row)])
    return first + step * np.arange(len(counts)), counts


def _words(row):
    """The words of a row: parted by semicolons, tabs or blanks if there are any, else by commas."""
    if ";" in row:
        parts = row.split(";")
    elif re.search(r"\S[\t ]+\S", row) and not re.search(r",\s", row):
        parts = row.split()
    else:
        parts = row.split(",")
    return [part.strip() for part in parts if part.strip()]


def _number(word):
    """A number with a point or a decimal comma."""
    return float(word.replace(",", "."))


def _check_commas(path, data, values):
    """Counts written as 1,234 are refused: they cannot be told from decimals, or they fall into more columns."""
    split = any(("," in row) and not re.search(r"[;\t ]", row) for row in data[:50])
    odd = split and len({len(row) for row in values}) > 1
    grouped = [row for row in values if len(row) >= 2 and re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d+)?", row[1])]
    pointed = any("." in row[0] for row in values[:50] if row)
    if odd or (grouped and (pointed or len(grouped) > 0.9 * len(values))):
        raise ValueError(f"{path} has counts with commas (1,234): write them without")


def _stated(head):
    """The wavelength that a head says: WAVELENGTH=1.541838, Lambda: 1.5406, Anode Cu; None where it says none."""
    found = re.search(r"(?:wave\s*-?_?length|lambda|k-?_?alpha_?1?)\D{0,25}?(\d[.,]\d{2,})", head, re.IGNORECASE)
    wavelength = _number(found.group(1)) if found else np.nan
    if 0.2 < wavelength < 3:
        return _line_of(wavelength)
    found = re.search(r"(?:anode|tube|radiation|target)\W{1,15}(Cu|Co|Fe|Cr|Mo|Ag)\b", head, re.IGNORECASE)
    return TUBES[found.group(1).capitalize()] if found else None


# ---------------------------------------------------------------- .xrdml


def _xrdml(path, content):
    """The first scan of a PANalytical .xrdml: angles, counts, wavelength."""
    if b"<!ENTITY" in content:
        raise ValueError(f"{path} is no .xrdml file that an instrument writes")
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError:
        raise ValueError(f"{path} is a damaged .xrdml file: export it again") from None
    for element in root.iter():
        element.tag = element.tag.rpartition("}")[2]
    counts = next((found for name in ("counts", "intensities") for found in root.iter(name)), None)
    axis = next((found for found in root.iter("positions") if found.get("axis") == "2Theta"), None)
    if counts is None or axis is None or not (counts.text or "").strip():
        raise ValueError(f"{path} holds no scan over 2 theta")
    counts = np.array(counts.text.split(), float)
    places = [axis.findtext(name) for name in ("startPosition", "endPosition")]
    if all(places):
        two_theta = np.linspace(float(places[0]), float(places[1]), len(counts))
    else:
        two_theta = np.array((axis.findtext("listPositions") or "0").split(), float)
    alpha = root.find(".//kAlpha1")
    return two_theta, counts, _line_of(float(alpha.text)) if alpha is not None else None


# ---------------------------------------------------------------- is it a pattern?


def _problem(two_theta, counts):
    """Why two columns are no powder pattern, as a sentence; None if they are one."""
    if len(two_theta) != len(counts) or len(two_theta) < SHORTEST:
        points = min(len(two_theta), len(counts))
        return f"it has {points} points; a pattern has at least {SHORTEST}: measure a longer range"
    if not (np.isfinite(two_theta).all() and np.isfinite(counts).all()):
        return "it has values that are no numbers: export it again"
    steps = np.diff(two_theta)
    if not (steps > 0).all():
        return _order_problem(two_theta, counts, steps)
    uneven = np.percentile(steps, 98) > 4 * np.percentile(steps, 2)
    if uneven and two_theta[-1] < 60:
        return "the first column looks like d-spacings: convert it to degrees 2 theta"
    if two_theta[0] < 0 or two_theta[-1] > 180:
        return f"the first column runs from {two_theta[0]:g} to {two_theta[-1]:g}, which are no degrees 2 theta"
    if two_theta[-1] - two_theta[0] < 10:
        return f"it spans {two_theta[-1] - two_theta[0]:.1f} degrees; at least 10 are needed: measure a longer range"
    return _counts_problem(counts)


def _order_problem(two_theta, counts, steps):
    if (np.diff(counts) > 0).all() or ((np.diff(counts) >= 0).mean() > 0.999 and counts[-1] < 180):
        return "its two columns are swapped: angles come first, then counts"
    if (steps < 0).all():
        even = np.percentile(-steps, 98) < 4 * np.percentile(-steps, 2)
        if not even and two_theta[0] < 60:
            return "the first column looks like d-spacings: convert it to degrees 2 theta"
        return "its degrees fall: turn the rows round so that the angles rise"
    return "its angles do not rise from row to row: one scan a file, angles first, then counts"


def _counts_problem(counts):
    top = counts.max()
    if counts.min() < -0.002 * max(top, 0) or (counts < 0).mean() > 0.01:
        return "it has negative counts: give the pattern as measured, before a background is taken off"
    if top <= 0 or np.ptp(counts) == 0:
        return "it has no peaks: all counts are alike"
    return None
