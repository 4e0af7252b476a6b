"""Out of the lab: the lines of a card, a control chart, shares of a sand beside the truth, samples by their ages."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.lines import Line2D

from zirconkit.plots.canvas import axes_for, grid, without_ticks
from zirconkit.plots.palette import COLOURS, LINES, class_colours

__all__ = ["age_curves", "called_twice", "card_lines", "control_chart", "dealt_clues", "sand_shares"]

KINDS = {"network": LINES[0], "one number": LINES[5], "clue": LINES[3]}
BAND = 3  # standard deviations that are shaded


def called_twice(shown):
    """Grains as they came and after a change, with what they are and what they were called each time.

    Parameters
    ----------
    shown : DataFrame
        class, before and after (pictures), called_before, called_after; a row for each grain.
    """
    n = len(shown)
    fig, axes = plt.subplots(2, n, figsize=(1.6 * n, 4.2), squeeze=False, layout="constrained")
    without_ticks(axes.flat)
    ways = {"as it came": ("before", "called_before"), "smoothed": ("after", "called_after")}
    for line, (way, (picture, call)) in zip(axes, ways.items()):
        line[0].set_ylabel(way, fontsize=10)
        for ax, (_, grain) in zip(line, shown.iterrows()):
            ax.imshow(grain[picture], cmap="gray", vmin=0, vmax=255)
            ax.set_xlabel(f"called\n{grain[call]}", fontsize=9)
    for ax, name in zip(axes[0], shown["class"]):
        ax.set_title(f"{name} grain", fontsize=9)
    return fig


def dealt_clues(dealt):
    """How much of each clue's spread lies between the classes, beside what samples dealt by chance give.

    The first clue has a large panel, the others small ones beside it. What is as large as found is shaded.

    Parameters
    ----------
    dealt : dict of str to (float, array of float)
        What was found, and what each dealing gives, 0 to 1; as `shortcuts.dealt_spreads` has it.
    """
    first, *others = dealt
    layout = [[first, name] for name in others]
    fig, axes = plt.subplot_mosaic(layout, figsize=(9.5, 5), width_ratios=(1.4, 1), layout="constrained")
    for name, (found, spreads) in dealt.items():
        _dealings(axes[name], name, found, spreads)
    axes[first].set_ylabel("dealings")
    for name in (first, others[-1]):
        axes[name].set_xlabel("share of the spread between the classes, %")
    bars = Line2D([], [], color=COLOURS["quiet"], lw=6, alpha=0.4, label="dealt by chance")
    tail = Line2D([], [], color=COLOURS["warn"], lw=6, label="of these, at least what was found")
    mean = Line2D([], [], color=COLOURS["quiet"], ls=":", label="their mean")
    line = Line2D([], [], color="black", lw=2, label="what was found")
    fig.legend(handles=[bars, tail, mean, line], fontsize=9, loc="outside upper center", ncols=4, frameon=False)
    return fig


def _dealings(ax, name, found, spreads):
    """The histogram of one clue."""
    start = 100 * found % 2.5  # so that a bar begins at what was found
    edges = np.arange(start - 2.5, 102.5, 2.5)
    per_cent = 100 * spreads
    as_large = spreads >= found - 1e-12
    ax.hist(per_cent, edges, color=COLOURS["quiet"], alpha=0.4)
    ax.hist(per_cent[as_large], edges, color=COLOURS["warn"])
    ax.axvline(100 * found, color="black", lw=2)
    ax.axvline(per_cent.mean(), color=COLOURS["quiet"], ls=":")
    said = f"{as_large.sum()} + 1 of {len(spreads)} + 1 dealings reach {found:.0%}"
    ax.set_title(f"{name}: {said}", fontsize=9)
    ax.set_xlim(0, 100)


def card_lines(lines, ax=None):
    """What a network, single numbers and clues are worth, each with its interval over samples, line by line.

    Parameters
    ----------
    lines : DataFrame
        kind (one of `KINDS`), what, value, low, high; NaN where there is no interval.
    ax : matplotlib Axes, optional
    """
    ax = axes_for(ax, 7, 0.3 * len(lines) + 1)
    for place, row in enumerate(lines.itertuples()):
        colour = KINDS[row.kind]
        ax.plot([row.low, row.high], [place, place], color=colour, lw=2)
        ax.plot(row.value, place, "o", color=colour)
    ax.axvline(0.5, color=COLOURS["quiet"], ls=":")
    ax.set_yticks(range(len(lines)), lines["what"], fontsize=8)
    ax.invert_yaxis()
    ax.set_xlabel("ROC-AUC on whole samples left out, 95 % over samples (dotted: chance)")
    grid(ax, "x")
    there = [kind for kind in KINDS if (lines["kind"] == kind).any()]
    dots = [Line2D([], [], marker="o", color=KINDS[kind]) for kind in there]
    ax.figure.legend(dots, there, fontsize=8, loc="outside upper center", ncols=3, frameon=False)
    return ax.figure


def control_chart(shown, deliveries, limit, name):
    """One number of every batch, and its cumulative sum below; a bar where the sum passes the limit.

    A triangle where the chart rang and this number's sum did not pass the limit.

    Parameters
    ----------
    shown : DataFrame
        z (standard deviations), sum, and rang (bool); a row for each batch in the order of time.
    deliveries : array of str
        Of each batch.
    limit : float
    name : str
        Of the number, and perhaps at which rate.
    """
    fig, (above, below) = plt.subplots(2, sharex=True, figsize=(9, 4), layout="constrained")
    places = np.arange(len(shown))
    above.axhspan(-BAND, BAND, color=COLOURS["quiet"], alpha=0.12)
    above.plot(places, shown["z"], "o", color="black", ms=4)
    below.plot(places, shown["sum"], "-o", color="black", ms=4)
    below.axhline(limit, color=COLOURS["second"], lw=2)
    for ax in (above, below):
        for place in np.flatnonzero(shown["sum"] > limit):
            ax.axvspan(place - 0.4, place + 0.4, color=COLOURS["warn"], alpha=0.5, lw=0)
        for place in np.flatnonzero(deliveries[1:] != deliveries[:-1]):
            ax.axvline(place + 0.5, color=COLOURS["quiet"], lw=0.8)
    above.margins(y=0.1)
    above.set_ylabel("standard deviations", fontsize=9)
    above.set_title(f"{name} (shaded: within {BAND} standard deviations)", fontsize=10)
    below.set_ylabel("cumulative sum", fontsize=9)
    top = max(1.4 * limit, shown["sum"].max() * 1.15)
    below.set_ylim(0, top)
    elsewhere = shown["rang"] & (shown["sum"] <= limit)
    others = np.flatnonzero(elsewhere)
    below.plot(others, np.full(len(others), 0.93 * top), "v", color=COLOURS["quiet"], ms=7)
    names = list(dict.fromkeys(deliveries))
    middles = [places[deliveries == each].mean() for each in names]
    below.set_xticks(middles, names)
    below.set_xlabel("delivery; each dot is an image")
    marks = [
        Line2D([], [], color=COLOURS["second"], lw=2, label="the limit"),
        Line2D([], [], color=COLOURS["warn"], lw=8, alpha=0.5, label="the chart rings for this number"),
    ]
    if len(others):
        marks.append(Line2D([], [], marker="v", ls="", color=COLOURS["quiet"], label="it rings for another number"))
    fig.legend(handles=marks, fontsize=9, loc="outside upper center", ncols=3, frameon=False)
    return fig


def sand_shares(shares, classes):
    """Shares of each class in some sands: counted, corrected with the interval, and the truth where it is known.

    Parameters
    ----------
    shares : DataFrame
        sand, class, counted, fraction, low, high, and perhaps truth, count_low and count_high.
    classes : sequence of str
    """
    sands = list(dict.fromkeys(shares["sand"]))
    fig, axes = plt.subplots(
        1, len(sands), figsize=(min(2 * len(sands) + 2, 10), 3.4), sharey=True, layout="constrained"
    )
    colours = class_colours(classes)
    for ax, sand in zip(np.atleast_1d(axes), sands):
        own = shares[shares["sand"] == sand].set_index("class").loc[list(classes)]
        for place, (name, row) in enumerate(own.iterrows()):
            _share(ax, place, row, colours[name])
        ax.set_title(sand, fontsize=10)
        ax.set_xticks(range(len(classes)), classes, fontsize=8, rotation=40, ha="right")
        ax.set_xlim(-0.5, len(classes) - 0.5)
        ax.set_ylim(-0.03, 1.03)
        grid(ax, "y")
    np.atleast_1d(axes)[0].set_ylabel("share of the grains")
    has_interval = "count_low" in shares
    counted = "counted, with the interval of a count" if has_interval else "counted"
    line = "-" if has_interval else ""
    marks = [
        Line2D([], [], marker="o", lw=3, color=COLOURS["quiet"], label="corrected, 95 % (in the colour of the class)"),
        Line2D([], [], marker="x", ls=line, lw=0.8, color="black", label=counted),
        Line2D([], [], marker="_", ms=16, ls="", color="black", label="truth"),
    ]
    columns = min(3, len(sands))
    fig.legend(handles=marks, fontsize=8, loc="outside upper center", ncols=columns, frameon=False)
    return fig


def _share(ax, place, row, colour):
    """One class of one sand."""
    ax.plot([place, place], [row["low"], row["high"]], color=colour, lw=3)
    ax.plot(place, row["fraction"], "o", color=colour)
    ax.plot(place + 0.25, row["counted"], "x", color="black")
    if "count_low" in row:
        ax.plot([place + 0.25] * 2, [row["count_low"], row["count_high"]], color="black", lw=0.8)
    if "truth" in row:
        ax.plot([place - 0.35, place + 0.35], [row["truth"]] * 2, color="black", lw=1)


def age_curves(ages, ax=None):
    """The cumulative distribution of the ages of each sample.

    Parameters
    ----------
    ages : dict of str to array of float
        Ma.
    ax : matplotlib Axes, optional
    """
    ax = axes_for(ax, 7, 3.2)
    styles = ("-", "--", ":")
    for place, (name, own) in enumerate(ages.items()):
        heights = np.arange(1, len(own) + 1) / len(own)
        colour, style = LINES[place % len(LINES)], styles[place // len(LINES) % len(styles)]
        ax.step(np.sort(own), heights, where="post", color=colour, ls=style, lw=1.2, label=name)
    ax.set_xlabel("age of a zircon, Ma")
    ax.set_ylabel("share that is younger")
    ax.figure.legend(fontsize=8, loc="outside right upper", frameon=False, ncols=1 + len(ages) // 12)
    grid(ax)
    return ax.figure
