"""Pattern files in; a table, a figure each and one page out: what `zirconkit phases` does."""

import base64
import html
from contextlib import nullcontext
from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import NamedTuple
from urllib.parse import quote

import pandas as pd

from zirconkit import files, jobs
from zirconkit.diffraction import identifying, matching, preparing, reading, rockjock
from zirconkit.diffraction.drawing import draw

__all__ = ["COLUMNS", "in_words", "other_tube", "phases_in", "phases_of_files", "write"]

COLUMNS = ["file", "phase", "probability", "weight_percent", "low", "high"]
DOUBTFUL, BETTER = 0.8, 0.12  # cosine below which another tube is tried, and how much better it must be
OTHER_TUBES = ("Co", "Mo", "Fe", "Cr")
FEW = 16  # patterns; fewer are done here, one by one, and leave no notes, unless somebody asks for workers
DRAWING = Lock()  # workers of a cluster may be threads, and matplotlib draws one figure at a time


class Task(NamedTuple):
    """One pattern to name: where it lies, where its figure goes, and what is known of it."""

    path: Path
    figure: Path
    elements: list | None
    wavelength: float | None

    def __str__(self):
        return str(self.path)


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


def phases_of_files(paths, folder, workers=(None, None), **known):
    """Identify what is in files, on all cores; a bad file stops no other. At the end the table and the page are made.

    Of 16 patterns and more, and where workers are asked for, what was done before, and has not changed, is not done
    again; there is `phases.parquet`, too, where pyarrow is installed; and the page refers to the figures beside it.

    Parameters
    ----------
    paths : list of Path
    folder : path
    workers : (str or None, int or None)
        Address of a Dask cluster; without one, processes of this machine, by default all cores.
    **known
        What `phases_in` takes: elements, wavelength.

    Yields
    ------
    path : Path
    rows : list or None
        As `identifying.Answer` has them.
    error : Exception or None

    Raises
    ------
    OSError
        If another call is at work in the folder, no scheduler answers, or there is no room left on the disk.
    """
    folder = files.make_folder(Path(folder))
    identifying.allowed(known.get("elements"))  # what is wrong with the elements is said before anything is read
    tasks = _tasks_of(paths, folder, **known)
    scheduler, n_jobs = workers
    several = len(tasks) >= FEW or bool(scheduler or n_jobs)
    found = {}
    with jobs.alone_in(folder) if several else nullcontext():
        results = jobs.run(_noted if several else _named, tasks, scheduler, (n_jobs or -1) if several else 1)
        for task, rows, error in results:
            if rows:
                found[task.figure] = rows
            yield task.path, rows, error
        done = [(task.path, task.figure, found[task.figure]) for task in tasks if task.figure in found]
        if done:
            write(folder, done, several)


def _tasks_of(paths, folder, elements=None, wavelength=None):
    """One `Task` for each pattern."""
    return [Task(path, folder / f"{name}.png", elements, wavelength) for path, name in zip(paths, _names(paths))]


def _named(task):
    """Identify what is in one file and draw it: the rows of the answer, plain numbers."""
    answer = phases_in(task.path, task.elements, task.wavelength)
    with DRAWING:
        picture = _picture(answer, task.path.name)
    files.write_whole(task.figure, picture)
    return [(name, *map(float, numbers)) for name, *numbers in answer.rows]


def _noted(task):
    """The same, unless there is a note that it is done."""
    key = jobs.digest([task.path], task.elements, task.wavelength, str(rockjock.folder()))
    return jobs.once(_named, task, key, task.figure, task.figure)


def in_words(rows):
    """An answer in a line: the phases that are more likely there than not, or that nothing is."""
    sure = [row for row in rows if row[1] >= 0.5]
    if not sure:
        name, probability, *_ = rows[0]
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


def write(folder, done, several=False):
    """phases.csv, a row for each file and phase, and phases.html, a page that needs no network.

    Parameters
    ----------
    folder : Path
    done : list of (path, path of the figure, rows)
    several : bool
        Write phases.parquet, too, and leave the figures beside the page, which shows each when it comes into sight.
    """
    names = [path.name for path, *_ in done]
    labels = [str(path) if names.count(path.name) > 1 else path.name for path, *_ in done]
    rows = [(label, *row) for label, (_, _, own) in zip(labels, done) for row in own]
    table = pd.DataFrame(rows, columns=COLUMNS)
    table["probability"] = table["probability"].round(4)
    table[COLUMNS[3:]] = table[COLUMNS[3:]].round(2)
    with files.whole(folder / "phases.csv", folder / "phases.html") as [csv, page]:
        table.to_csv(csv, index=False, lineterminator="\n")
        with page.open("w", encoding="utf-8", newline="") as file:
            file.writelines(_page(done, several))
    if several:
        files.as_parquet(folder / "phases.csv", ["file", "phase"])


def _picture(answer, title):
    import matplotlib.pyplot as plt

    fig, content = draw(answer, title), BytesIO()
    fig.savefig(content, format="png", dpi=100)
    plt.close(fig)
    return content.getvalue()


def _page(done, several):
    """The page, part by part: yields HTML."""
    style = (
        "body{font:16px sans-serif;max-width:64em;margin:2em auto;padding:0 1em}td,th{padding:.2em 1em;text-align:left}"
    )
    style += "img{max-width:100%}"
    yield (
        f'<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Phases</title><style>{style}</style></head>'
        f"<body><h1>Phases</h1><p>Weights sum to 100 % over the phases that the kit knows; what is unknown or glass is "
        f"not weighed.</p>"
    )
    for path, figure, rows in done:
        source = quote(figure.name) if several else _inside(figure)
        yield _section(path, source, rows)
    yield "</body></html>\n"


def _inside(figure):
    """A figure as an address that holds all of it."""
    return f"data:image/png;base64,{base64.b64encode(figure.read_bytes()).decode()}"


def _section(path, source, rows):
    """What the page says of one pattern."""
    lines = "".join(
        f"<tr><td>{name}</td><td>{p:.2f}</td><td>{weight:.1f}</td><td>{low:.1f}–{high:.1f}</td></tr>"
        for name, p, weight, low, high in rows
    )
    alt = f"Pattern {path.name} with the lines of {rows[0][0]} and what is left over."
    return (
        f"<h2>{html.escape(path.name)}</h2><table><tr><th>phase</th><th>probability</th><th>weight, %</th>"
        f"<th>95 % interval</th></tr>{lines}</table>"
        f'<img loading="lazy" alt="{html.escape(alt)}" src="{source}">'
    )
