"""Every figure of the course: one palette that colour-blind readers can tell apart, axes with units, alt text.

Functions that draw take data and return a matplotlib Figure, new or that of the given Axes; `show` puts it into the
notebook with its description. `outlined` and `match_map` return pictures.
"""

import base64
from io import BytesIO

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from PIL import Image
from skimage.segmentation import find_boundaries
from sklearn.metrics import roc_curve

from zirconkit.convolution import convolve
from zirconkit.evaluation import auc_interval, grain_overlaps

__all__ = [
    "COLOURS", "convolution_step", "curves", "feature_by_class", "gallery", "intervals", "match_map", "mount",
    "outlined", "roc", "show", "spreads",
]  # fmt: skip

# Okabe and Ito's palette (2008): safe for the common colour-vision deficiencies.
COLOURS = {
    "porphyry": "#D55E00",
    "batholith": "#0072B2",
    "accent": "#009E73",
    "warn": "#E69F00",
    "second": "#CC79A7",
    "quiet": "#7F7F7F",
}


def show(fig, alt):
    """Display a figure with a text for those who cannot see it, and close it.

    The picture is stored with 256 colours, which a reader does not notice and which keeps notebooks small.

    Parameters
    ----------
    fig : matplotlib Figure
    alt : str
        One sentence: what is drawn and what it shows.
    """
    raw, small = BytesIO(), BytesIO()
    fig.savefig(raw, format="png", dpi=100, bbox_inches="tight")
    plt.close(fig)
    Image.open(raw).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(small, format="png", optimize=True)
    picture = base64.b64encode(small.getvalue()).decode()
    display({"image/png": picture, "text/plain": alt}, metadata={"image/png": {"alt": alt}}, raw=True)


def outlined(image, labels, gain=1.0, colour=COLOURS["warn"], thickness=1):
    """A mount in grey with the outline of every grain drawn on it: array of uint8, shape (height, width, 3).

    Parameters
    ----------
    image, labels : arrays, shape (height, width)
    gain : float
        Brightening of the grey levels, for the eye only.
    colour : str
    thickness : int
        Of the outline, in pixels; more than 1 where the picture will be shrunk.
    """
    grey = np.clip(image * gain, 0, 255).astype(np.uint8)
    edge = find_boundaries(labels, mode="inner")
    for _ in range(thickness - 1):
        edge = edge | np.roll(edge, 1, axis=0) | np.roll(edge, 1, axis=1)
    picture = np.repeat(grey[..., None], 3, axis=2)
    picture[edge] = np.array(plt.matplotlib.colors.to_rgb(colour)) * 255
    return picture


def mount(image, title="", ax=None, um_per_px=2.0, gain=1.0):
    """A mount or a part of it, with a scale bar.

    Parameters
    ----------
    image : array of uint8, shape (height, width) or (height, width, 3)
    title : str
    ax : matplotlib Axes, optional
    um_per_px : float
        Micrometres per pixel.
    gain : float
        Brightening of grey levels, for the eye only.
    """
    height, width = image.shape[:2]
    if ax is None:
        _, ax = plt.subplots(figsize=(9, 9 * height / width), layout="constrained")
    ax.imshow(np.clip(image * gain, 0, 255).astype(np.uint8), cmap="gray", vmin=0, vmax=255)
    nice = np.array([10, 20, 50, 100, 200, 500, 1000, 2000])
    length = nice[np.argmin(abs(nice - width * um_per_px / 5))]
    left, top = 0.04 * width, 0.95 * height
    ax.plot([left, left + length / um_per_px], [top, top], color="white", lw=3, solid_capstyle="butt")
    middle = left + length / um_per_px / 2
    ax.text(middle, top - 0.015 * height, f"{length} µm", color="white", ha="center", va="bottom")
    ax.set(title=title, xticks=[], yticks=[])
    return ax.figure


def gallery(images, titles=None, columns=8, width=9, cmap="gray", vmax=255, colours=None):
    """Grains side by side.

    Parameters
    ----------
    images : sequence of arrays, each (height, width) or (height, width, 1)
    titles, colours : sequence of str, optional
        Of the images; of the titles.
    columns : int
    width : float
        Of the figure, in inches.
    cmap : str
    vmax : float
        What is drawn white.
    """
    rows = -(-len(images) // columns)
    size = (width, rows * width / columns * (1.2 if titles else 1.02))
    fig, axes = plt.subplots(rows, columns, figsize=size, squeeze=False, layout="constrained")
    for ax in axes.flat:
        ax.axis("off")
    for number, (ax, image) in enumerate(zip(axes.flat, images)):
        ax.imshow(np.squeeze(image), cmap=cmap, vmin=0, vmax=vmax)
        if titles is not None:
            ax.set_title(titles[number], fontsize=8, color=colours[number] if colours else "black")
    return fig


def match_map(image, labels, truth, iou=0.5, gain=1.0):
    """Where a segmentation is right: found grains green, missed ones orange, invented or badly drawn ones purple.

    A grain counts as found from an overlap of `iou` on; the other parameters and the result are as in `outlined`.
    """
    numbers, true_numbers, overlaps = grain_overlaps(labels, truth)
    hits = overlaps >= iou
    found = np.isin(labels, numbers[hits.any(axis=1)])
    known = np.isin(truth, true_numbers[hits.any(axis=0)])
    picture = outlined(image, np.where(known, truth, 0), gain, COLOURS["accent"], 3)
    for kind, colour in ((np.where(known, 0, truth), "porphyry"), (np.where(found, 0, labels), "second")):
        edge = outlined(np.zeros_like(image), kind, 1, COLOURS[colour], 3)
        picture = np.where(edge.any(axis=2, keepdims=True), edge, picture)
    return picture


def feature_by_class(table, column, label, ax=None):
    """How a measured quantity is spread over the two classes: a dot a grain, a bar at the median.

    Parameters
    ----------
    table : DataFrame
        Has `column` and "label".
    column : str
    label : str
        Of the axis, with the unit.
    ax : matplotlib Axes, optional
    """
    ax = ax or plt.subplots(figsize=(5, 2.4), layout="constrained")[1]
    rng = np.random.default_rng(0)
    for position, name in enumerate(("batholith", "porphyry")):
        values = table.loc[table["label"] == name, column].to_numpy(float)
        height = position + rng.uniform(-0.28, 0.28, len(values))
        ax.plot(values, height, ".", ms=4, alpha=0.5, color=COLOURS[name])
        ax.plot([np.nanmedian(values)] * 2, [position - 0.38, position + 0.38], color="black", lw=2)
    ax.set(xlabel=label, yticks=[0, 1], yticklabels=["batholith", "porphyry"], ylim=(-0.6, 1.6))
    return ax.figure


def curves(histories, score="auc", label="ROC-AUC", ax=None):
    """Learning curves: training dashed, validation solid; the mean over seeds with the range as a band.

    Parameters
    ----------
    histories : dict of str to list of keras.callbacks.History
        For each model, `training.fit`'s result of each seed.
    score, label : str
        "loss", "accuracy" or "auc", and what it is called on the axis.
    ax : matplotlib Axes, optional
    """
    ax = ax or plt.subplots(figsize=(7, 3.8), layout="constrained")[1]
    for colour, (name, runs) in zip(("porphyry", "batholith", "accent", "second"), histories.items()):
        for column, style in ((score, "--"), (f"val_{score}", "-")):
            values = np.array([run.history[column] for run in runs])
            epochs = np.arange(1, values.shape[1] + 1)
            kind = "validation" if column.startswith("val_") else "training"
            ax.plot(epochs, values.mean(axis=0), style, color=COLOURS[colour], label=f"{name}, {kind}")
            ax.fill_between(epochs, values.min(axis=0), values.max(axis=0), color=COLOURS[colour], alpha=0.15, lw=0)
    ax.set(xlabel="epoch", ylabel=label)
    ax.grid(alpha=0.3)
    ax.legend(fontsize=8)
    return ax.figure


def roc(results, ax=None):
    """ROC curves with their area and its 95 % interval in the legend.

    Parameters
    ----------
    results : dict of str to (y, score)
        Classes 0 and 1, and a score that is higher for class 1.
    ax : matplotlib Axes, optional
    """
    ax = ax or plt.subplots(figsize=(8.2, 4.4), layout="constrained")[1]
    ax.plot([0, 1], [0, 1], ":", color=COLOURS["quiet"], label="guessing: 0.50")
    names = ("porphyry", "batholith", "accent", "second", "warn", "quiet")
    styles = ("-", "--", "-.", "-", "--", "-.")
    for colour, style, (name, (y, score)) in zip(names, styles, results.items()):
        wrong, right, _ = roc_curve(y, score)
        text = "{}: {:.2f} ({:.2f}–{:.2f})".format(name, *auc_interval(y, score))
        ax.plot(wrong, right, style, color=COLOURS[colour], label=text)
    ax.set(xlabel="batholith grains wrongly called porphyry (share)", ylabel="porphyry grains found (share)")
    ax.set_aspect("equal")
    title = "ROC-AUC (95 % interval over grains)"
    ax.legend(fontsize=8, loc="center left", bbox_to_anchor=(1.02, 0.5), title=title, title_fontsize=8)
    ax.grid(alpha=0.3)
    return ax.figure


def intervals(table, label="ROC-AUC", reference=0.5, ax=None):
    """Values with their 95 % intervals, one row each, sorted as given, beside a reference line.

    Parameters
    ----------
    table : DataFrame, indexed by name
        value, low, high.
    label : str
    reference : float
        What guessing gives.
    ax : matplotlib Axes, optional
    """
    ax = ax or plt.subplots(figsize=(7, 0.42 * len(table) + 1.1), layout="constrained")[1]
    rows = np.arange(len(table))[::-1]
    ax.axvline(reference, ls=":", color=COLOURS["quiet"])
    ax.hlines(rows, table["low"], table["high"], color=COLOURS["batholith"], lw=2)
    ax.plot(table["value"], rows, "o", color=COLOURS["porphyry"])
    for row, value in zip(rows, table["value"]):
        ax.text(value, row + 0.18, f"{value:.2f}", ha="center", fontsize=8)
    ax.set(yticks=rows, yticklabels=table.index, xlabel=label, ylim=(-0.6, len(table) - 0.3))
    ax.grid(axis="x", alpha=0.3)
    return ax.figure


def spreads(table, measures):
    """Real beside synthetic grains, a panel a measure: 5 to 95 % (thin), 25 to 75 % (thick) and median (dot).

    Parameters
    ----------
    table : DataFrame
        What `benchmarks/realism.py` writes: measure, class_name, real_05 ... real_95, synthetic_05 ... synthetic_95.
    measures : dict
        From the name of a measure to the label of its axis, with the unit.
    """
    rows = -(-len(measures) // 4)
    fig, axes = plt.subplots(rows, 4, figsize=(10, 1.75 * rows), sharey=True, layout="constrained", squeeze=False)
    table = table.set_index(["measure", "class_name"])
    bars = [(kind, source) for kind in ("batholith", "porphyry") for source in ("synthetic", "real")]
    names = [f"{kind}, {'grown' if source == 'synthetic' else source}" for kind, source in bars]
    for ax, (name, label) in zip(axes.flat, measures.items()):
        for height, (kind, source) in enumerate(bars):
            low, lower, middle, upper, high = table.loc[(name, kind)].filter(regex=f"^{source}_[0-9]")
            colour = COLOURS[kind] if source == "real" else COLOURS["quiet"]
            ax.hlines([height] * 2, [low, lower], [high, upper], color=colour, lw=[1.5, 5])
            ax.plot(middle, height, "o", color="black", ms=4, zorder=3)
        ax.set(xlabel=label, yticks=range(4), yticklabels=names, ylim=(-0.6, 3.6))
        ax.grid(axis="x", alpha=0.3)
    for ax in axes.flat[len(measures) :]:
        ax.axis("off")
    return fig


def convolution_step(image, kernel, row, column):
    """One position of a small kernel: its window, the pixels x the kernel = the products, and the feature map so far.

    Parameters
    ----------
    image, kernel : arrays, shapes (height, width) and (k, l)
    row, column : int
        Of the feature map, which is filled row by row up to there.
    """
    feature_map = convolve(image, kernel)
    patch = image[row : row + kernel.shape[0], column : column + kernel.shape[1]]
    to_come = np.arange(feature_map.size).reshape(feature_map.shape) > row * feature_map.shape[1] + column
    fig, axes = plt.subplots(1, 5, figsize=(10, 2.8), width_ratios=[3, 2, 2, 2, 3], layout="constrained")
    axes[0].imshow(image, cmap="gray")
    limit = abs(feature_map).max() or 1
    axes[4].imshow(np.where(to_come, np.nan, feature_map), cmap="PuOr", vmin=-limit, vmax=limit)
    corner = (column - 0.5, row - 0.5)
    for ax, (height, width) in ((axes[0], kernel.shape), (axes[4], (1, 1))):
        ax.add_patch(plt.Rectangle(corner, width, height, fill=False, color=COLOURS["accent"], lw=2))
        ax.set(xlabel="column (px)", ylabel="row (px)", facecolor="0.8")
        ax.locator_params(integer=True)
    titles = ("pixels there", "× kernel", "= products")
    for ax, title, values in zip(axes[1:4], titles, (patch, kernel, patch * kernel)):
        ax.imshow(values, cmap="PuOr", norm=plt.matplotlib.colors.CenteredNorm(0, 3.0 * abs(values).max() + 1))
        for (i, j), value in np.ndenumerate(values):
            ax.text(j, i, f"{round(float(value), 2):g}", ha="center", va="center")
        ax.set(title=title, xticks=[], yticks=[])
    axes[4].set_title(f"sum: {feature_map[row, column]:.4g}")
    return fig
