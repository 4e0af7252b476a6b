"""Pattern files in; a table, a figure each and one page out: what `zirconkit phases` does."""

import base64
import html
from io import BytesIO, StringIO
from pathlib import Path

import pandas as pd

from zirconkit import files
from zirconkit.diffraction import identifying, matching, preparing, reading, rockjock
from zirconkit.diffraction.drawing import draw

__all__ = ["COLUMNS", "in_words", "other_tube", "phases_in", "phases_of_files", "write"]

COLUMNS = ["file", "phase", "probability", "weight_percent", "low", "high"]
DOUBTFUL, BETTER = 0.8, 0.12  # cosine below which another tube is tried, and how much better it must be
OTHER_TUBES = ("Co", "Mo", "Fe", "Cr")


def phases_in(path, elements=None, wavelength=None):
    """What is in one file: an `identifying.Answer`. OSError or ValueError, in one sentence, if it cannot be said."""
    pattern = reading.read(path, wavelength)
    gridded = gridded_of(pattern)
    answer = identifying.identify(gridded, elements, rockjock.standards())
    if not pattern.stated:
        tube = other_tube(pattern, gridded)
        if tube:
            raise ValueError(
                f"{path} does not say its wavelength and fits {tube} K-alpha, not Cu: give --wavelength {tube}"
            )
    return answer


def gridded_of(pattern):
    """A pattern on the grid for Cu K-alpha; ValueError if too little of it lies there."""
    copper = preparing.to_copper(pattern.two_theta, pattern.wavelength)
    known = copper == copper
    gridded = preparing.on_grid(copper[known], pattern.counts[known]) if known.sum() > 1 else None
    if gridded is None or (gridded == gridded).sum() * preparing.STEP < 10:
        low, high = preparing.GRID[[0, -1]]
        raise ValueError(f"{pattern.path} has less than 10 degrees between {low:g} and {high:g} (Cu): measure there")
    return gridded


def other_tube(pattern, gridded):
    """The tube with which a pattern that says none would fit much better than with Cu; None where Cu will do."""
    best = matching.cosines(preparing.comparable(gridded)).max()
    if best >= DOUBTFUL:
        return None
    scores = {}
    for tube in OTHER_TUBES:
        trial = reading.Pattern(pattern.path, pattern.two_theta, pattern.counts, reading.TUBES[tube])
        try:
            scores[tube] = matching.cosines(preparing.comparable(gridded_of(trial))).max()
        except ValueError:
            continue
    tube = max(scores, key=scores.get, default=None)
    return tube if tube and scores[tube] > max(best + BETTER, 0.8) else None


def phases_of_files(paths, folder, elements=None, wavelength=None):
    """Identify files one after the other and write what was found: `write` at the end; a bad file stops no other.

    Yields
    ------
    path : Path
    answer : identifying.Answer or None
    error : Exception or None
    """
    folder = files.make_folder(Path(folder))
    identifying.allowed(elements)  # what is wrong with the elements is said before anything is read
    done = []
    for path, name in zip(paths, _names(paths)):
        try:
            answer = phases_in(path, elements, wavelength)
            picture = _picture(answer, path.name)
            files.write_whole(folder / f"{name}.png", picture)
            done.append((path, name, answer, picture))
            yield path, answer, None
        except (OSError, ValueError) as error:
            yield path, None, error
    if done:
        write(folder, done)


def in_words(answer):
    """An answer in a line: the phases that are more likely there than not, or that nothing is."""
    sure = [row for row in answer.rows if row[1] >= 0.5]
    if not sure:
        name, probability, *_ = answer.rows[0]
        return f"nothing is sure; most likely {name} (probability {probability:.2f})"
    words = []
    for name, _, weight, _, _ in sure:
        known = name != "unknown"
        words.append(f"{name} {weight:.0f} %" if known else name)
    return ", ".join(words)


def _names(paths):
    """A name for the figure of each file: its own without the ending, numbered among namesakes."""
    names, used = [], set()
    for path in paths:
        name, number = path.stem, 1
        while name.casefold() in used:
            number += 1
            name = f"{path.stem}_{number}"
        used.add(name.casefold())
        names.append(name)
    return names


def write(folder, done):
    """phases.csv, a row a file and phase, and phases.html, all figures on one page that needs no network."""
    names = [path.name for path, *_ in done]
    labels = [str(path) if names.count(path.name) > 1 else path.name for path, *_ in done]
    rows = [(label, *row) for label, (_, _, answer, _) in zip(labels, done) for row in answer.rows]
    table = pd.DataFrame(rows, columns=COLUMNS)
    table["probability"] = table["probability"].round(4)
    table[COLUMNS[3:]] = table[COLUMNS[3:]].round(2)
    text = StringIO()
    table.to_csv(text, index=False, lineterminator="\n")
    files.write_whole(folder / "phases.csv", text.getvalue())
    files.write_whole(folder / "phases.html", _page(done))


def _picture(answer, title):
    import matplotlib.pyplot as plt

    fig, content = draw(answer, title), BytesIO()
    fig.savefig(content, format="png", dpi=100)
    plt.close(fig)
    return content.getvalue()


def _page(done):
    parts = []
    for path, _, answer, picture in done:
        rows = "".join(
            f"<tr><td>{name}</td><td>{p:.2f}</td><td>{weight:.1f}</td><td>{low:.1f}–{high:.1f}</td></tr>"
            for name, p, weight, low, high in answer.rows
        )
        alt = f"Pattern {path.name} with the lines of {answer.rows[0][0]} and what is left over."
        parts.append(
            f"<h2>{html.escape(path.name)}</h2><table><tr><th>phase</th><th>probability</th><th>weight, %</th>"
            f"<th>95 % interval</th></tr>{rows}</table>"
            f'<img alt="{html.escape(alt)}" src="data:image/png;base64,{base64.b64encode(picture).decode()}">'
        )
    style = (
        "body{font:16px sans-serif;max-width:64em;margin:2em auto;padding:0 1em}td,th{padding:.2em 1em;text-align:left}"
    )
    style += "img{max-width:100%}"
    return (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Phases</title><style>{style}</style></head>'
        f"<body><h1>Phases</h1><p>Weights sum to 100 % over the phases that the kit knows; what is unknown or glass is "
        f"not weighed.</p>{''.join(parts)}</body></html>\n"
    )
