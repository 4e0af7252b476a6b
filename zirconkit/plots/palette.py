"""The colours of every figure, and who wears them."""

from itertools import cycle

import numpy as np
from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D

__all__ = ["COLOURS", "LINES", "class_colours", "contrast", "ink", "name_classes", "rgb"]

# Okabe and Ito's palette (2008): safe for the common colour-vision deficiencies. And a grey, so dark that none of them
# makes it green's or pink's double.
ORANGE, BLUE, GREEN, AMBER = "#D55E00", "#0072B2", "#009E73", "#E69F00"
PINK, SKY, YELLOW, BLACK, GREY = "#CC79A7", "#56B4E9", "#F0E442", "#000000", "#5E5E5E"

COLOURS = {
    "porphyry": ORANGE,
    "batholith": BLUE,
    "accent": GREEN,
    "warn": AMBER,
    "second": PINK,
    "quiet": GREY,
}
# Of what is compared in a figure, in this order; orange and blue are the classes' own.
LINES = (GREEN, PINK, BLACK, AMBER, SKY, GREY)

ENOUGH = 4.5  # contrast that letters need, WCAG 2.2, level AA

_OF_THE_PAPER = ("batholith", "porphyry")
_OF_OTHERS = (GREEN, PINK, AMBER, SKY, BLACK, YELLOW)


def class_colours(classes):
    """The colour of each class, the same in every figure: dict of str to str, in the order of the classes.

    The paper's two have theirs. Other names get those that are left, in the order of the sorted names; from the seventh
    on they come again.

    Parameters
    ----------
    classes : sequence of str
        All that there are, as in `Grains.classes`: a part of them may get other colours.
    """
    others = sorted(set(classes) - set(_OF_THE_PAPER))
    colours = dict(zip(others, cycle(_OF_OTHERS)))
    for name in _OF_THE_PAPER:
        colours[name] = COLOURS[name]
    return {name: colours[name] for name in classes}


def name_classes(fig, classes, always=False):
    """Say above a figure which colour is which class, unless they are the paper's, whose colours the text names.

    Parameters
    ----------
    fig : matplotlib Figure
    classes : sequence of str or None
        None is what has no class: it has no colour.
    always : bool
        The paper's classes, too.
    """
    named = sorted({name for name in classes if isinstance(name, str)})
    if not named or (set(named) <= set(_OF_THE_PAPER) and not always):
        return
    dots = [Line2D([], [], marker="o", ls="", color=colour) for colour in class_colours(named).values()]
    fig.legend(dots, named, fontsize=9, loc="outside upper center", ncols=min(4, len(named)), frameon=False)


def rgb(colour):
    """Red, green and blue of a colour, each 0 to 255: tuple of int."""
    return tuple(round(255 * part) for part in to_rgb(colour))


def contrast(first, second):
    """How far two colours stand out from each other, 1 to 21, as WCAG 2.2 reckons it."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour):
    """Relative luminance in sRGB, 0 to 1."""
    parts = np.array(to_rgb(colour))
    linear = np.where(parts <= 0.04045, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
    return linear @ (0.2126, 0.7152, 0.0722)


def ink(colour, paper="white"):
    """A shade of a colour in which letters can be read on a paper of another: the colour itself, if that will do.

    On light paper it is mixed with black, on dark paper with white, until the contrast is `ENOUGH`.

    Returns
    -------
    tuple of float
        Red, green and blue, 0 to 1.
    """
    parts, end = np.array(to_rgb(colour)), float(_luminance(paper) < 0.18)
    for share in np.linspace(0, 1, 21):
        mixed = tuple(parts + share * (end - parts))
        if contrast(mixed, paper) >= ENOUGH:
            break
    return mixed
