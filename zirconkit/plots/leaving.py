"""Out of the lab: the lines of a card, a control chart, shares of a sand beside the truth, samples by their ages."""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.lines import Line2D
from skimage.measure import regionprops

from zirconkit.plots.canvas import axes_for, grid
from zirconkit.plots.palette import COLOURS, LINES, class_colours

__all__ = ["age_curves", "card_lines", "control_chart", "largest_grains", "sand_shares"]

KINDS = {"network": LINES[0], "one number": LINES[5], "clue": LINES[3]}
BAND = 3  # standard deviations that are shaded


def largest_grains(image, labels, n):
    """The largest grains of a label image, each alone on a black square of one side: list of arrays."""
    regions = sorted(regionprops(labels), key=lambda region: -region.area)[:n]
    side = max(max(region.image.shape) for region in regions)
    cut = [np.where(region.image, image[region.slice], 0) for region in regions]
    return [_in_the_middle(each, side) for each in cut]


def _in_the_middle(picture, side):
    """A picture in the middle of a black square."""
    height, width = picture.shape
    above, left = (side - height) // 2, (side - width) // 2
    return np.pad(picture, ((above, side - height - above), (left, side - width - left)))


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
    below.set_xlabel(
        "delivery; a dot is an image (pink: the limit; amber: the chart rings for this number; triangle: for another)"
    )
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
    marks = [
        Line2D([], [], marker="o", color="black", label="corrected, 95 %"),
        Line2D([], [], marker="x", ls="", color="black", label="counted"),
        Line2D([], [], marker="_", ms=16, ls="", color="black", label="truth"),
    ]
    fig.legend(handles=marks, fontsize=8, loc="outside upper center", ncols=3, frameon=False)
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
