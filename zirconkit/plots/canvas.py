"""How a figure begins, and how it gets into a notebook."""

import base64
from io import BytesIO

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from PIL import Image

from zirconkit.plots.palette import COLOURS, ink

__all__ = ["axes_for", "blank", "grid", "legible", "say_if_flat", "show", "without_ticks"]


def show(fig, alt, of=None):
    """Display a figure with a text for those who cannot see it, and close it.

    The picture is stored with 256 colours, which a reader does not notice and which keeps notebooks small.

    Parameters
    ----------
    fig : matplotlib Figure
    alt : str
        One sentence: what is drawn and what it shows.
    of : str, optional
        Where the data come from, as `mounts.provenance` says it ("grown", "real"), or "published"; it stands in the
        figure's lower right corner.
    """
    if of:
        fig.text(1, -0.01, f"{of} data", ha="right", va="top", fontsize=8, color=COLOURS["quiet"], style="italic")
    legible(fig)
    raw, small = BytesIO(), BytesIO()
    fig.savefig(raw, format="png", dpi=100, bbox_inches="tight", pil_kwargs={"compress_level": 0})  # packed below
    plt.close(fig)
    picture = Image.open(raw).convert("RGB")
    few_colours = picture.quantize(256, dither=Image.Dither.NONE)
    few_colours.save(small, format="png", optimize=True)
    data = {"image/png": base64.b64encode(small.getvalue()).decode(), "text/plain": alt}
    about = {"alt": alt, "of": of} if of else {"alt": alt}
    display(data, metadata={"image/png": about}, raw=True)


def legible(fig):
    """Darken or lighten the letters of a figure where they do not stand out; those on pictures are left as they are."""
    for text in fig.findobj(plt.Text):
        paper = _paper(text, fig)
        if paper is not None and text.get_text().strip():
            text.set_color(ink(text.get_color(), paper))


def _paper(text, fig):
    """The colour behind a text; None where it stands on a picture."""
    box, ax = text.get_bbox_patch(), text.axes
    if box is not None:
        return box.get_facecolor()
    if ax is None or text not in ax.texts:
        return fig.get_facecolor()
    return None if ax.images or ax.collections else ax.get_facecolor()


def axes_for(ax, width, height):
    """The given Axes, or those of a new figure of this size, in inches."""
    if ax is None:
        _, ax = plt.subplots(figsize=(width, height), layout="constrained")
    return ax


def blank(axes):
    """Leave panels empty that have nothing to show."""
    for ax in axes:
        ax.axis("off")


def without_ticks(axes):
    """Panels of pictures, whose pixels need no numbers."""
    for ax in axes:
        ax.set(xticks=[], yticks=[])


def grid(ax, axis="both"):
    """Faint lines to read values from, along "x", "y" or "both"."""
    ax.grid(axis=axis, alpha=0.3)


def say_if_flat(ax, picture):
    """Write "flat" on a picture that is the same throughout, which its colour map would not tell."""
    if not np.ptp(picture):
        ax.text(0.5, 0.5, "flat", ha="center", color="white", fontsize=9, transform=ax.transAxes)
