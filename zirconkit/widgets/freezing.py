"""A slider on what of a network may learn."""

import ipywidgets as ui

from zirconkit import plots
from zirconkit.widgets.common import figure_png, follow, slider

__all__ = ["freezing_slider", "layers_until", "learn_in"]


def learn_in(parts, free, head):
    """How many weights learn if the last layers of a base and the head may.

    Parameters
    ----------
    parts : list of (str, int)
        The layers of the base that have weights, in order: name and number of weights.
    free : int
        How many of them, counted from the last, may learn; a ValueError if there are not so many.
    head : int
        Number of weights of the head.

    Returns
    -------
    int
    """
    if not 0 <= free <= len(parts):
        raise ValueError(f"from 0 to {len(parts)} layers can be free, not {free}")
    unfrozen = parts[len(parts) - free :]
    return head + sum(count for _, count in unfrozen)


def layers_until(share, parts, head):
    """How many of the last layers must be free until at least a share, 0 to 1, of all weights learns: int."""
    whole = learn_in(parts, len(parts), head)
    return next(free for free in range(len(parts) + 1) if learn_in(parts, free, head) >= share * whole)


def freezing_slider(parts, head):
    """Free the last layers of a base, one after the other; how many weights learn is said: ipywidgets.VBox.

    `parts` and `head` as in `learn_in`.
    """
    free = slider("free", 0, 0, len(parts))
    picture, said = ui.Image(format="png", width=900), ui.HTML()
    whole = head + sum(count for _, count in parts)

    def update():
        picture.value = figure_png(plots.freezing(parts, free.value, head))
        learn = learn_in(parts, free.value, head)
        said.value = f"<b>{learn:,}</b> of {whole:,} weights learn ({learn / whole:.1%})"

    follow([free], update)
    return ui.VBox([ui.HBox([free, said]), picture])
