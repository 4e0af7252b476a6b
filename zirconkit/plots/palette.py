"""The colours of every figure, and who wears them."""

from itertools import cycle

from matplotlib.colors import to_rgb
from matplotlib.lines import Line2D

__all__ = ["COLOURS", "LINES", "class_colours", "name_classes", "rgb"]

# Okabe and Ito's palette (2008): safe for the common colour-vision deficiencies. And a grey.
ORANGE, BLUE, GREEN, AMBER = "#D55E00", "#0072B2", "#009E73", "#E69F00"
PINK, SKY, YELLOW, BLACK, GREY = "#CC79A7", "#56B4E9", "#F0E442", "#000000", "#7F7F7F"

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
