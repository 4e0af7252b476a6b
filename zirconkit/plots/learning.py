"""How networks learn: curves of many runs, where one stops, what holds it back, and how sure it is in the end."""

import cv2
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.lines import Line2D

from zirconkit.evaluation import paired_difference
from zirconkit.plots.canvas import axes_for, grid, without_ticks
from zirconkit.plots.palette import COLOURS, LINES, class_colours
from zirconkit.plots.scores import band

__all__ = ["bands", "certainty", "changed", "compared_curves", "gains", "stopping", "weight_histograms"]


def bands(curves, names, score, label, ax=None, parts=("training", "validation")):
    """Shipped learning curves: the mean over seeds and their range; training dashed, validation solid.

    Parameters
    ----------
    curves : DataFrame
        of_seeds ("mean", "min", "max"), name, epoch, and each score, of validation grains as "val_" and its name.
    names : sequence of str
    score, label : str
        Such as "auc", and what it is called on the axis.
    ax : matplotlib Axes, optional
    parts : sequence of str
        "training", "validation" or both.
    """
    ax = axes_for(ax, 5, 3.6)
    kinds = {"training": (score, "--"), "validation": (f"val_{score}", "-")}
    by_name = curves.set_index(["of_seeds", "name"])
    for colour, name in zip(LINES, names):
        mean, low, high = (by_name.loc[(how, name)] for how in ("mean", "min", "max"))
        for part in parts:
            column, style = kinds[part]
            ax.plot(mean["epoch"], mean[column], style, color=colour, label=f"{name}, {part}")
            band(ax, mean["epoch"], low[column], high[column], colour)
    ax.set_xlabel("epoch")
    ax.set_ylabel(label)
    grid(ax)
    ax.legend(fontsize=8)
    return ax.figure


def compared_curves(curves, names, score, label, ax=None):
    """Shipped validation curves of several ways to train: means over the seeds, and at the right where the seeds end.

    The means run over five stored epochs, too, or the steps of a small validation set would hide them. The bar at the
    right reaches from the lowest to the highest seed after the last epoch.

    Parameters
    ----------
    curves : DataFrame
        As for `bands`.
    names : sequence of str
    score, label : str
        Such as "auc", and what it is called on the axis.
    ax : matplotlib Axes, optional
    """
    ax = axes_for(ax, 5, 3.6)
    by_name = curves.set_index(["of_seeds", "name"]).sort_values("epoch")
    column = f"val_{score}"
    for place, (colour, name) in enumerate(zip(LINES, names)):
        mean, low, high = (by_name.loc[(how, name)] for how in ("mean", "min", "max"))
        smooth = mean[column].rolling(5, center=True, min_periods=1).mean()
        last = mean["epoch"].iloc[-1]
        beside = last * (1.03 + 0.03 * place)
        ax.plot(mean["epoch"], smooth, color=colour, lw=2, label=name)
        ax.plot([beside] * 2, [low[column].iloc[-1], high[column].iloc[-1]], color=colour, lw=3, solid_capstyle="butt")
    ax.set_xlabel("epoch")
    ax.set_ylabel(label)
    grid(ax)
    return ax.figure


def gains(differences, mine=None, label="gain in validation ROC-AUC over plain LeNet, same seed", ax=None):
    """What each way to train gains over a common one, seed by seed, with the interval of the mean; the best on top.

    A dot is one seed; the line is the 95 % interval of the mean difference (`evaluation.paired_difference`), its marker
    filled where the interval leaves out 0.

    Parameters
    ----------
    differences : dict of str to array of float
        For each way the differences of its runs, which belong together in pairs.
    mine : str, optional
        Whose row is one's own, and has another colour.
    label : str
        Below the axis.
    ax : matplotlib Axes, optional
    """
    names = sorted(differences, key=lambda name: np.mean(differences[name]))
    ax = axes_for(ax, 8.5, 0.34 * len(names) + 1.3)
    for place, name in enumerate(names):
        values = np.asarray(differences[name])
        gain = paired_difference(values, np.zeros(len(values)))
        colour, marker = (LINES[1], "D") if name == mine else (LINES[0], "o")
        face = colour if _leaves_out_zero(gain) else "white"
        ax.plot(values, np.full(len(values), place - 0.28), ".", ms=5, color=colour, alpha=0.5)
        ax.plot([gain.low, gain.high], [place, place], color=colour, lw=2)
        ax.plot(gain.value, place, marker, ms=8, mew=2, color=colour, markerfacecolor=face)
    ax.axvline(0, color="black", lw=1)
    ax.set_yticks(range(len(names)), names)
    ax.set_ylim(-0.85, len(names) - 0.45)  # also of a single row
    ax.set_xlabel(label)
    grid(ax, "x")
    _gains_key(ax)
    return ax.figure


def _leaves_out_zero(interval):
    return interval.low > 0 or interval.high < 0


def _gains_key(ax):
    """What the marks of `gains` mean, above the Axes."""
    dot = {"ls": "", "marker": ".", "ms": 5, "alpha": 0.5}
    line = {"ls": "-", "lw": 2, "marker": "o", "ms": 8, "mew": 2}
    marks = {
        "one seed": dot,
        "mean and 95 % interval: resolved": line,
        "not resolved": line | {"markerfacecolor": "white"},
    }
    handles = [Line2D([], [], color=LINES[0], label=words, **look) for words, look in marks.items()]
    ax.legend(handles=handles, fontsize=8, loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False)


def stopping(losses, kept, last):
    """A validation curve, where early stopping ends it, and which epoch it keeps.

    Parameters
    ----------
    losses : sequence of float
        One for each epoch.
    kept, last : int
        As `evaluation.stopping` returns them.
    """
    ax = axes_for(None, 7, 3.2)
    epochs = np.arange(1, len(losses) + 1)
    ax.plot(epochs, losses, color=COLOURS["quiet"], alpha=0.5, label="had it gone on")
    ax.plot(epochs[:last], losses[:last], color=LINES[0], label="what training sees")
    of_the_kept = f"kept: epoch {kept}, loss {losses[kept - 1]:.2f}"
    ax.axvline(kept, color=LINES[1], ls="--", label=of_the_kept)
    ax.axvline(last, color="black", ls=":", label=f"ends after epoch {last}")
    ax.set_xlabel("epoch")
    ax.set_ylabel("validation loss")
    grid(ax)
    ax.legend(fontsize=8)
    return ax.figure


def changed(image):
    """A grain as it is, and as each change of the paper's augmentation makes it at its two extremes; and stretched.

    Parameters
    ----------
    image : array of float in 0..1, shape (height, width)
    """
    versions = _extremes(image)
    fig, axes = plt.subplots(3, len(versions), figsize=(1.6 * len(versions), 5.4), layout="constrained")
    for column, (name, (one, other)) in zip(axes.T, versions.items()):
        column[0].set_title(name, fontsize=10)
        for ax, (picture, words) in zip(column, (one, (image, "as it is"), other)):
            ax.imshow(picture, cmap="gray", vmin=0, vmax=1)
            ax.set_xlabel(words, fontsize=8)
    without_ticks(axes.flat)
    return fig


def _extremes(image):
    """For each change two images and the words below them: dict of str to ((image, words), (image, words)).

    The strengths are the paper's (section 2.4.1): 0.2 of a turn, a window of 60 to 140 %, a fifth of grey.
    """
    contrasted = {factor: np.clip((image - image.mean()) * factor + image.mean(), 0, 1) for factor in (0.8, 1.2)}
    return {
        "flips": ((image[::-1], "upside down"), (image[:, ::-1], "left to right")),
        "rotation": ((_moved(image, angle=-72), "by −72°"), (_moved(image, angle=72), "by +72°")),
        "zoom": ((_moved(image, scale=1 / 1.4), "size × 0.7"), (_moved(image, scale=1 / 0.6), "size × 1.7")),
        "brightness": ((np.clip(image - 0.2, 0, 1), "less 0.2"), (np.clip(image + 0.2, 0, 1), "plus 0.2")),
        "contrast": ((contrasted[0.8], "× 0.8"), (contrasted[1.2], "× 1.2")),
        "stretch": ((_moved(image, stretch=0.7), "twice as high"), (_moved(image, stretch=1.4), "twice as wide")),
    }


def _moved(image, angle=0, scale=1.0, stretch=1.0):
    """An image turned (degrees), drawn larger, and stretched sideways at one area, about its middle."""
    x, y = (side / 2 for side in image.shape[::-1])
    turned = cv2.getRotationMatrix2D((x, y), angle, scale)
    widened = np.array([[stretch, 0, x * (1 - stretch)], [0, 1 / stretch, y * (1 - 1 / stretch)], [0, 0, 1]])
    return cv2.warpAffine(image, turned @ widened, image.shape[::-1])


def weight_histograms(weights):
    """How large the weights of networks are: a panel for each, on one scale, with the share that is nearly 0.

    Parameters
    ----------
    weights : dict of str to array of float
    """
    fig, axes = plt.subplots(1, len(weights), figsize=(3.1 * len(weights), 2.8), sharey=True, layout="constrained")
    edges = np.linspace(-0.4, 0.4, 81)
    for ax, colour, (name, values) in zip(axes, LINES, weights.items()):
        inside = np.clip(np.asarray(values, float), -0.4, 0.4)  # in single precision the ends would fall outside
        ax.hist(inside, edges, color=colour)
        small = np.mean(np.abs(values) < 0.005)
        ax.set_title(f"{name}: {small:.0%} nearly 0", fontsize=10)
        ax.set_xlabel("weight")
    axes[0].set_yscale("log")
    axes[0].set_ylabel("number of weights")
    return fig


def certainty(y, answers, classes):
    """What a network answers for each class's grains, early and late, a panel for each moment.

    Parameters
    ----------
    y : array of 0 and 1, shape (n,)
    answers : dict of str to array of float, shape (n,)
        The probability of class 1 at each moment.
    classes : sequence of str
        Two.
    """
    fig, axes = plt.subplots(1, len(answers), figsize=(4.4 * len(answers), 3), sharey=True, layout="constrained")
    colours = class_colours(classes)
    for ax, (name, probability) in zip(np.atleast_1d(axes), answers.items()):
        parts = [probability[y == k] for k in (0, 1)]
        ax.hist(parts, np.linspace(0, 1, 11), color=[colours[each] for each in classes], label=list(classes))
        ax.set_title(name, fontsize=10)
        ax.set_xlabel(f"probability of {classes[1]}")
    np.atleast_1d(axes)[0].set_ylabel("grains")
    np.atleast_1d(axes)[0].legend(fontsize=8)
    return fig
