"""The palette of every figure, and how a figure gets into a notebook."""

import base64
from io import BytesIO

import matplotlib.pyplot as plt
from IPython.display import display
from PIL import Image

__all__ = ["COLOURS", "show"]

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
