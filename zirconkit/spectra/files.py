"""Files of spectra in, names of minerals out: what `zirconkit minerals` does."""

from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from zirconkit.files import make_folder, meant, write_whole
from zirconkit.spectra import fitting, naming
from zirconkit.spectra.drawing import draw
from zirconkit.spectra.reading import Spectrum, read_spectrum, read_table, rebinned
from zirconkit.synthetic.minerals import minerals
from zirconkit.synthetic.spectra import Instrument

__all__ = ["Named", "listed", "name_files", "name_spectrum", "spectrum_files"]

ENDINGS = (".msa", ".emsa", ".csv", ".txt")

SHOWN = 5  # minerals a spectrum
USUAL_KV = 15.0
FAINTEST = 0.004  # of a spectrum's lines; fainter ones are not named


class Named(NamedTuple):
    """A spectrum and what was found in it; `answers` are probabilities, most probable first."""

    spectrum: Spectrum
    fit: fitting.Fit
    answers: pd.Series
    lines: pd.DataFrame


def listed():
    """The minerals that can be named: DataFrame with mineral, group, same_as and source."""
    return minerals().drop(columns="members").reset_index()


def spectrum_files(words):
    """The files that words mean: files as they are; the spectra in a folder; of `*.msa` what fits. List of Path."""
    return meant(words, ENDINGS, "spectra")


def name_spectrum(spectrum: Spectrum):
    """Take a spectrum apart and name its mineral: a `Named`."""
    kv = spectrum.kv or USUAL_KV
    takeoff = spectrum.takeoff_deg or 35.0
    counts = rebinned(spectrum.energy_kev, spectrum.counts)
    fit = fitting.fit(counts, kv)
    instrument = Instrument(kv=kv, takeoff_deg=takeoff)
    weights = fitting.compositions(fit.counts[None], instrument)
    probabilities = naming.name(weights).iloc[0]
    answers = probabilities.sort_values(ascending=False, kind="stable")
    lines = fitting.found_lines(fit, kv, FAINTEST)
    return Named(spectrum, fit, answers, lines)


def name_files(paths, folder):
    """Name the minerals of files one after the other; a bad one does not stop the rest.

    Writes, into `folder`, minerals.csv (file, mineral, probability: the five most probable of each), lines.csv (file,
    line, energy_kev, measured_kev, counts) and a figure for each spectrum. Tables of analyses (.csv with columns of
    oxides or elements) are named row by row, as FILE:ROW, and get no figure.

    Yields
    ------
    path : Path
    answers : Series or None
        Probabilities, most probable first; of a table those of its first row.
    error : Exception or None

    Raises
    ------
    OSError
        If the folder cannot be written.
    """
    folder = make_folder(Path(folder))
    paths = [Path(path) for path in paths]
    rows, lines = [], []
    for path, label in zip(paths, _labels(paths)):
        try:
            answers, found = _named(path, label, folder)
        except Exception as error:
            yield path, None, error
            continue
        rows += answers
        lines.append(found)
        _write(folder, rows, lines)
        yield path, answers[0][1], None
    _write(folder, rows, lines)


def _labels(paths):
    """What each file is called: its name, or its whole path where another has the same name."""
    counts = Counter(path.name.casefold() for path in paths)
    return [path.name if counts[path.name.casefold()] == 1 else str(path) for path in paths]


def _named(path, label, folder):
    """The answers to a file, a pair of label and Series for each spectrum or row, and a table of lines."""
    try:
        spectrum = read_spectrum(path)
    except ValueError as error:
        if path.suffix.lower() != ".csv":
            raise
        return _rows_of(path, label, error), pd.DataFrame()
    named = name_spectrum(spectrum)
    stem = label if label == path.name else label.strip("/").replace("/", "_")
    write_whole(folder / f"{stem}.png", draw(named, label))
    return [(label, named.answers)], named.lines.assign(file=label)


def _rows_of(path, label, error):
    """The answers to each row of a table; `error` is why it is no spectrum, raised where it is no table either."""
    try:
        weights = read_table(path)
    except (ValueError, pd.errors.ParserError) as problem:
        raise ValueError(f"{error}; as a table: {problem}") from None
    answers = naming.name(weights.to_numpy())
    rows = []
    for number, (_, answer) in enumerate(answers.iterrows(), start=1):
        most_probable_first = answer.sort_values(ascending=False, kind="stable")
        rows.append((f"{label}:{number}", most_probable_first))
    return rows


def _write(folder, rows, lines):
    """The two tables, as far as they go."""
    table = [
        {"file": label, "mineral": mineral, "probability": round(float(share), 4)}
        for label, answers in rows
        for mineral, share in answers[:SHOWN].items()
    ]
    named = pd.DataFrame(table, columns=["file", "mineral", "probability"])
    write_whole(folder / "minerals.csv", named.to_csv(index=False))
    columns = ["file", "line", "energy_kev", "measured_kev", "counts"]
    found = pd.concat([pd.DataFrame(columns=columns), *lines]) if lines else pd.DataFrame(columns=columns)
    write_whole(folder / "lines.csv", found.reindex(columns=columns).to_csv(index=False, float_format="%.6g"))
