"""A spectrum as a figure, its lines named."""

from io import BytesIO

import numpy as np

__all__ = ["draw", "draw_on"]

SYMBOLS = {"a": "α", "b": "β", "g": "γ", "l": "l", "n": "η", "z": "ζ"}
CLOSE = 0.11  # keV; lines that are nearer to each other are named together
SEEN = 0.2  # of the strongest line of such a group; a fainter one is not named


def in_words(line):
    """A line's name with a Greek letter: "Fe Ka" to "Fe Kα"."""
    element, name = line.split(" ")
    return f"{element} {name[0]}{SYMBOLS.get(name[1], name[1])}{name[2:]}"


def draw(named, title):
    """The figure of a `files.Named` as the bytes of a PNG file."""
    from matplotlib.figure import Figure

    fig = Figure(figsize=(9, 4), layout="constrained")
    ax = fig.subplots()
    draw_on(ax, named)
    best, share = named.answers.index[0], named.answers.iloc[0]
    ax.set_title(f"{title}: {best} ({share:.0%})", fontsize=10)
    content = BytesIO()
    fig.savefig(content, format="png", dpi=150)
    return content.getvalue()


def draw_on(ax, named):
    """Draw the counts of a spectrum, what was fitted, and the names of its lines on a Matplotlib axes."""
    from zirconkit.spectra.fitting import ENERGIES, STEP

    spectrum = named.spectrum
    seen = (spectrum.energy_kev > 0.2) & (spectrum.energy_kev < 10)
    width = np.median(np.diff(spectrum.energy_kev))
    ax.step(spectrum.energy_kev[seen], spectrum.counts[seen], where="mid", color="#5E5E5E", lw=0.8, label="measured")
    fitted = np.where((ENERGIES > 0.43) & (ENERGIES < 9.9), named.fit.model * width / STEP, np.nan)
    ax.plot(ENERGIES, fitted, color="#009E73", lw=1, label="fitted")
    top = max(spectrum.counts[seen].max(), 10)
    for place, words in _together(named.lines):
        height = np.nanmax(np.append(fitted[np.abs(ENERGIES - place) < 0.04], 1))
        ax.annotate(words, (place, height), (0, 4), textcoords="offset points", rotation=90, ha="center", fontsize=8)
    bottom = max(np.nanmin(fitted) / 3, 0.5)
    ax.set(yscale="log", xlim=(0, 10), ylim=(bottom, 60 * top), xlabel="energy (keV)", ylabel="counts a channel")
    ax.legend(loc="upper right", fontsize=8, frameon=False)


def _together(lines):
    """Places and names of lines; of those that lie close the strongest gives the place, faint ones are not named."""
    groups = []
    for row in lines.sort_values("counts", ascending=False).itertuples():
        near = [group for group in groups if abs(row.measured_kev - group[0].measured_kev) < CLOSE]
        if not near:
            groups.append([row])
        elif row.counts > SEEN * near[0][0].counts:
            near[0].append(row)
    labels = []
    for group in groups:
        names = [in_words(row.line) for row in group]
        labels.append((group[0].measured_kev, ", ".join(names)))
    return labels
