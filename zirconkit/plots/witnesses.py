"""Several witnesses of one grain, or of many: their measurements, what they say, and what it costs to agree."""

import matplotlib.pyplot as plt
import numpy as np

from zirconkit.plots.palette import COLOURS, LINES

__all__ = ["added_logits", "measurements_of_one", "prices_of_names", "two_of_each", "two_witnesses"]

ZIRCON_LINES = {"Si": 1.74, "Zr": 2.04, "Hf": 7.9}  # keV
NEAR_HAFNIUM = (7.3, 8.5)  # keV


def two_of_each(pictures, shares, means, energy_kev, colours):
    """Picture and spectrum of one zircon of each class; near hafnium's line beside the mean of the class: Figure.

    Parameters
    ----------
    pictures : sequence of array, shape (height, width)
        One of each class, in the order of `colours`.
    shares, means : sequence of array, shape (channels,)
        That zircon's spectrum, and the mean of its class, as shares of all counts.
    energy_kev : array, shape (channels,)
    colours : dict of str to str
        By class.
    """
    fig, axes = plt.subplots(1, 4, figsize=(9.8, 2.9), width_ratios=[1.4, 1.4, 3, 2.6], layout="constrained")
    fig.get_layout_engine().set(w_pad=0.08)
    *shown, whole, near = axes
    for ax, picture, name in zip(shown, pictures, colours):
        ax.imshow(picture, cmap="gray")
        ax.set_title(name, fontsize=10)
        ax.set_axis_off()
    for own, mean, (name, colour) in zip(shares, means, colours.items()):
        whole.step(energy_kev, 100 * own, where="mid", color=colour, lw=0.8)
        near.step(energy_kev, 100 * own, where="mid", color=colour, lw=0.8, alpha=0.7, label=f"this {name}")
        near.plot(energy_kev, 100 * mean, color=colour, lw=2.4, label=f"mean {name}")
    whole.set(yscale="log", ylim=(0.01, 60), xlabel="energy (keV)", ylabel="share of all counts (%)")
    whole.set_title("their spectra, on a logarithmic scale", fontsize=10)
    for element, place in ZIRCON_LINES.items():
        height = 100 * max(own[np.argmin(np.abs(energy_kev - place))] for own in shares)
        side = "right" if element == "Si" else "center"
        whole.annotate(element, (place, height), (0, 5), textcoords="offset points", ha=side, fontsize=9)
    inside = (energy_kev > NEAR_HAFNIUM[0]) & (energy_kev < NEAR_HAFNIUM[1])
    near.axvline(ZIRCON_LINES["Hf"], color=COLOURS["quiet"], lw=0.8, ls=":")
    near.set(xlim=NEAR_HAFNIUM, ylim=(0, 165 * max(own[inside].max() for own in shares)), xlabel="energy (keV)")
    near.set_title("near hafnium's line (dotted)", fontsize=10)
    near.legend(fontsize=8, frameon=False, ncols=2, loc="upper center", columnspacing=1, handlelength=1.2)
    return fig


def _clouds(ax, first, second, y, colours):
    """Two numbers of each grain, coloured by class."""
    for number, (name, colour) in enumerate(colours.items()):
        own = y == number
        ax.scatter(first[own], second[own], s=14, color=colour, alpha=0.6, lw=0, label=name)


def two_witnesses(first, second, y, names, colours):
    """What two witnesses say of each grain, by class: Figure.

    Parameters
    ----------
    first, second : array, shape (n,)
        Of each grain.
    y : array of int, shape (n,)
    names : (str, str)
        Of the two axes.
    colours : dict of str to str
        By class, in the order of `y`.
    """
    fig, ax = plt.subplots(figsize=(5.6, 3.8), layout="constrained")
    _clouds(ax, first, second, y, colours)
    ax.set(xlabel=names[0], ylabel=names[1])
    fig.legend(*ax.get_legend_handles_labels(), fontsize=8, frameon=False, ncols=2, loc="outside upper center")
    return fig


def added_logits(logits, y, distances, colours):
    """Two witnesses' logits against each other, and the bells of both and of their sum: Figure.

    Parameters
    ----------
    logits : dict of str to array, shape (n,)
        By name: the first, the second, and their sum.
    y : array of int, shape (n,)
    distances : dict of str to float
        By the same names, how far apart the bells stand, in widths of a bell; the axes count in such widths, too.
    colours : dict of str to str
        By class, in the order of `y`.
    """
    fig = plt.figure(figsize=(9.8, 4.8), layout="constrained")
    grid = fig.add_gridspec(3, 2)
    cloud = fig.add_subplot(grid[:, 0], aspect="equal")
    placed = {name: _in_widths(values, y) for name, values in logits.items()}
    first, second, _ = placed
    _clouds(cloud, placed[first], placed[second], y, colours)
    cloud.set(xlabel=f"logit of the {first}, in widths of a bell", ylabel=f"logit of the {second}, in widths of a bell")
    _triangle(cloud, placed[first], placed[second], y, [distances[name] for name in logits])
    top = None
    for row, (name, values) in enumerate(placed.items()):
        top = fig.add_subplot(grid[row, 1], sharex=top)
        _bells(top, values, y, colours)
        top.set_title(f"{name}: d = {distances[name]:.1f}", fontsize=10, loc="left")
        top.tick_params(labelbottom=row == len(logits) - 1)
    top.set_xlabel(f"logit, in widths of a bell; the middle of {next(iter(colours))} is 0")
    fig.legend(*cloud.get_legend_handles_labels(), fontsize=8, frameon=False, ncols=4, loc="outside upper center")
    return fig


def _in_widths(values, y):
    """Values of two classes, counted in the width (standard deviation) of a class from the middle of the first."""
    parts = [values[y == number] for number in (0, 1)]
    width = np.sqrt(np.mean([part.var() for part in parts]))
    return (values - parts[0].mean()) / width


def _triangle(ax, first, second, y, lengths):
    """The middles of two clouds as crosses, joined by a right angle and its long side, each with its length."""
    (left, right), (low, high) = ([values[y == number].mean() for number in (0, 1)] for values in (first, second))
    ax.plot([left, right, right, left], [low, low, high, low], color="black", lw=1.6, zorder=4)
    ax.plot([left, right], [low, high], "X", color="black", mec="white", ms=9, zorder=5, label="middle of a class")
    across, up, along = lengths
    boxed = {"fontsize": 9, "zorder": 6, "bbox": {"fc": "white", "ec": "none", "pad": 1, "alpha": 0.85}}
    ax.annotate(f"{across:.1f}", ((left + right) / 2, low), (0, -12), textcoords="offset points", ha="center", **boxed)
    ax.annotate(f"{up:.1f}", (right, (low + high) / 2), (6, 0), textcoords="offset points", va="center", **boxed)
    middle = ((left + right) / 2, (low + high) / 2)
    ax.annotate(f"{along:.1f}", middle, (-8, 6), textcoords="offset points", ha="right", **boxed)


def _bells(ax, values, y, colours):
    """Histograms of two classes on one axis, each with its mean."""
    edges = np.arange(-4, 6.1, 0.25)
    for number, colour in enumerate(colours.values()):
        own = values[y == number]
        ax.hist(own, edges, color=colour, alpha=0.5)
        ax.axvline(own.mean(), color=colour, lw=1.4)
    ax.set_ylabel("zircons", fontsize=9)


def measurements_of_one(measurements, liar=None):
    """Several measurements of one grain beside each other, over the clean curve of a mineral: Figure.

    The clean curves are scaled to the height of the axes: only where they rise can be compared with the counts.

    Parameters
    ----------
    measurements : dict of str to (array, array, str, str, array)
        By kind: axis, counts, what stands on the axis, the mineral whose lines are drawn, that mineral's clean curve.
    liar : str, optional
        The kind that is of another grain: its panel is framed.
    """
    fig, axes = plt.subplots(1, len(measurements), figsize=(9.8, 2.8), layout="constrained")
    for ax, (name, (axis, counts, label, mineral, clean)) in zip(axes, measurements.items()):
        top = counts.max() + 1
        lines = clean - clean.min()
        ax.fill_between(axis, 0.95 * top * lines / lines.max(), color=COLOURS["accent"], alpha=0.45, lw=0.8)
        ax.vlines(axis, 0, counts, color="black", lw=1)
        said = "the liar" if name == liar else f"{counts.sum()} counts"
        ax.set_title(f"{name}: {said}\ngreen: lines of {mineral}", fontsize=10)
        ax.set(xlabel=label, ylim=(0, top))
        ax.yaxis.get_major_locator().set_params(integer=True)
        if name == liar:
            ax.spines[:].set(color=COLOURS["second"], linewidth=3)
    axes[0].set_ylabel("counts per channel")
    return fig


def prices_of_names(costs, liar):
    """What each mineral's name costs the two that agree, the cheapest first, and what the liar adds: Figure.

    Parameters
    ----------
    costs : DataFrame
        By mineral (rows) and kind (columns): how far its log-likelihood lies below that of the kind's favourite.
    liar : str
        The kind that is of another grain.
    """
    pair = [name for name in costs if name != liar]
    ordered = costs.loc[costs[pair].sum(axis=1).sort_values().index]
    fig, ax = plt.subplots(figsize=(9.8, 3), layout="constrained")
    bottom = np.zeros(len(ordered))
    for name, colour in zip(pair, (LINES[4], LINES[3])):
        ax.bar(ordered.index, ordered[name], bottom=bottom, color=colour, width=0.7, label=name)
        bottom = bottom + ordered[name].to_numpy()
    ax.bar(ordered.index, ordered[liar], bottom=bottom, fill=False, hatch="///", ec=LINES[1], width=0.7,
           label=f"{liar}, the liar")  # fmt: skip
    total = costs.sum(axis=1)
    cheapest = ordered.index.get_loc(total.idxmin())
    boxed = {"fontsize": 9, "textcoords": "offset points", "bbox": {"fc": "white", "ec": "none", "pad": 1}}
    ax.annotate(f"price {bottom[0]:.1f}", (-0.4, bottom[0]), (-6, 2), ha="right", **boxed)
    ax.annotate("all three\nadded", (cheapest, total.min()), (0, 4), ha="center", **boxed)
    ax.set_xlim(left=-1.7)
    ax.set(ylim=(0, 1.05 * total.max()), ylabel="below the favourite\n(log-likelihood)")
    ax.tick_params(axis="x", rotation=30)
    ax.legend(fontsize=8, frameon=False, ncols=3, loc="lower right", bbox_to_anchor=(1, 1))
    return fig
