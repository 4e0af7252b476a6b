"""X-ray spectra: with elements switched on, at few counts, and what their minerals are called."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from zirconkit.plots.palette import COLOURS, LINES

__all__ = ["by_counts", "group_confusion", "overlap_at_2_kev", "switched_on"]

ENERGY = "energy (keV)"
CROWDED = (1.2, 3.4)  # keV; where lines of many elements lie close together


def switched_on(energy_kev, spectrum, found):
    """A spectrum and what each element that is switched on explains: whole (logarithmic), and 1.2 to 3.4 keV: Figure.

    Parameters
    ----------
    energy_kev : array, shape (channels,)
    spectrum : spectra.switching.Measured
    found : spectra.switching.Switched
    """
    fig, (whole, near) = plt.subplots(1, 2, figsize=(9.8, 3.6), width_ratios=[3, 2], layout="constrained")
    ground = spectrum.whole.background
    whole_sum = ground + sum(found.parts.values())
    for ax in (whole, near):
        ax.step(energy_kev, spectrum.counts, where="mid", color=COLOURS["quiet"], lw=0.8, label="measured")
        ax.plot(energy_kev, ground, color=COLOURS["quiet"], lw=0.8, ls=":", label="background")
        ax.fill_between(energy_kev, ground, whole_sum, color=COLOURS["quiet"], alpha=0.2, lw=0, label="sum of elements")
        for number, (element, curve) in enumerate(found.parts.items()):
            colour = LINES[number % len(LINES)]
            risen = np.where(curve > 0.003 * curve.max(), ground + curve, np.nan)
            ax.plot(energy_kev, risen, color=colour, lw=1.3)
            if element not in found.idle:
                _name_part(ax, energy_kev, np.maximum(ground + curve, spectrum.counts), curve, element, colour)
    top = spectrum.counts.max()
    whole.set(yscale="log", xlim=(0.4, 9.8), ylim=(max(top / 3000, 0.8), 4 * top))
    whole.set_title("the whole, on a logarithmic scale", fontsize=10)
    inside = (energy_kev > CROWDED[0]) & (energy_kev < CROWDED[1])
    near.set(xlim=CROWDED, ylim=(0, 1.25 * spectrum.counts[inside].max() + 1))
    near.set_title("1.2 to 3.4 keV, on a linear scale", fontsize=10)
    whole.set(xlabel=ENERGY, ylabel="counts per channel")
    whole.legend(fontsize=8, frameon=False, loc="upper right")
    near.set(xlabel=ENERGY)
    return fig


def _name_part(ax, energy_kev, curve, part, element, colour):
    """An element's name above its highest peak, on the whole spectrum, and on the near one if it lies there."""
    place = np.argmax(part)
    if part[place] > 0:
        ax.annotate(element, (energy_kev[place], curve[place]), (0, 5), textcoords="offset points", ha="center",
                    fontsize=9, color=colour, weight="bold", clip_on=True, annotation_clip=True,
                    bbox={"fc": "white", "ec": "none", "pad": 0.5, "alpha": 0.7})  # fmt: skip


def overlap_at_2_kev(energy_kev, clean, counted, mean):
    """Clean spectra of minerals near 2 keV, and spectra of few counts of the same: Figure.

    Parameters
    ----------
    energy_kev : array, shape (channels,)
    clean : dict of str to array
        By mineral, the share of the counts in each channel.
    counted : dict of str to array
        The same minerals, counts.
    mean : int
        How many counts such a spectrum has on average.
    """
    fig, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.3), layout="constrained")
    for (name, curve), colour in zip(clean.items(), LINES):
        left.plot(energy_kev, 100 * curve, color=colour, lw=1.4, label=name)
    left.axvline(2.013, color=COLOURS["quiet"], lw=0.8, ls=":")
    left.axvline(2.042, color=COLOURS["quiet"], lw=0.8, ls="--")
    left.set(xlim=(1.5, 2.6), xlabel=ENERGY, ylabel="share of all counts (% a channel)", title="without chance")
    left.text(2.0, left.get_ylim()[1] * 0.96, "P K", ha="right", va="top", fontsize=8)
    left.text(2.055, left.get_ylim()[1] * 0.96, "Zr L", va="top", fontsize=8)
    for row, ((name, counts), colour) in enumerate(zip(counted.items(), LINES)):
        places = np.repeat(energy_kev, counts)
        right.plot(places, np.full(len(places), -row), "|", color=colour, ms=14, mew=1)
        right.text(0.3, -row + 0.32, f"{name}, {counts.sum()} counts", fontsize=8)
    right.set(xlim=(0.2, 8), ylim=(-len(counted) + 0.4, 0.7), yticks=[], xlabel=ENERGY)
    right.set_title(f"what a short stop gives: {mean} counts on average")
    left.legend(fontsize=8, frameon=False, loc="upper right")
    return fig


def by_counts(counts, curves, threshold=0.95):
    """How probable zircon is said to be, over counts, for each mineral: median and middle half of many: Figure.

    Parameters
    ----------
    counts : sequence of float
    curves : dict of str to array, shape (counts, spectra)
    threshold : float
    """
    fig, ax = plt.subplots(figsize=(8, 3.4), layout="constrained")
    for (name, values), colour in zip(curves.items(), LINES):
        low, middle, high = np.percentile(values, [25, 50, 75], axis=1)
        ax.fill_between(counts, low, high, color=colour, alpha=0.2, lw=0)
        ax.plot(counts, middle, "o-", color=colour, ms=3, lw=1.3, label=name)
    for level, text in ((threshold, "above: zircon"), (1 - threshold, "below: no zircon")):
        ax.axhline(level, color=COLOURS["quiet"], lw=0.7, ls=":")
        ax.text(counts[-1], level, text, fontsize=8, ha="right", va="top" if level > 0.5 else "bottom")
    ax.text(counts[-1], 0.5, "0.5: says nothing", fontsize=8, ha="right", va="center")
    ax.set(xscale="log", ylabel="probability of zircon", ylim=(-0.03, 1.03))
    ax.set_xlabel("counts in the spectrum, on average (logarithmic scale)")
    ax.set_xticks(list(counts), [f"{count:g}" for count in counts])
    ax.minorticks_off()
    ax.legend(fontsize=8, frameon=False, ncols=len(curves), loc="lower right", bbox_to_anchor=(1, 1))
    return fig


def group_confusion(truth, called, groups):
    """What minerals are called, as shares of each true one, ordered by group; lines part the groups: Figure.

    Parameters
    ----------
    truth, called : sequence of str
        Minerals.
    groups : dict of str to str
        The group of each mineral, in the order in which they are drawn.
    """
    order = list(groups)
    table = pd.crosstab(pd.Categorical(truth, order), pd.Categorical(called, order), normalize="index", dropna=False)
    shares = np.nan_to_num(table.to_numpy())
    fig, ax = plt.subplots(figsize=(8, 7), layout="constrained")
    picture = ax.imshow(shares, cmap="Greys", vmin=0, vmax=1)
    starts = [place for place, name in enumerate(order) if not place or groups[name] != groups[order[place - 1]]]
    ends = [*starts[1:], len(order)]
    for start, end in zip(starts, ends):
        box = plt.Rectangle(
            (start - 0.5, start - 0.5), end - start, end - start, fill=False, lw=1, ec=COLOURS["accent"]
        )
        ax.add_patch(box)
    middles = [(start + end - 1) / 2 for start, end in zip(starts, ends)]
    large = [(middle, groups[order[start]]) for middle, start, end in zip(middles, starts, ends) if end - start > 1]
    ax.set_yticks([middle for middle, _ in large], [name for _, name in large], fontsize=8)
    ax.set_xticks([middle for middle, _ in large], [name for _, name in large], fontsize=8, rotation=90)
    ax.set(xlabel="called, by group", ylabel="true, by group")
    _name_strays(ax, shares, order, groups)
    fig.colorbar(picture, ax=ax, shrink=0.6, label="share of the true mineral's spectra")
    return fig


def _name_strays(ax, shares, order, groups):
    """The two names beside each cell outside its group that holds more than half of a mineral's spectra."""
    for row, column in np.argwhere(shares > 0.5):
        true, called = order[row], order[column]
        if groups[true] != groups[called]:
            far = column > len(order) / 2
            ax.annotate(f"{true} → {called}", (column, row), (-4 if far else 4, 0), textcoords="offset points",
                        ha="right" if far else "left", va="center", fontsize=8)  # fmt: skip
