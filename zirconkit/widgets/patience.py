"""A slider on the patience of early stopping."""

import ipywidgets as ui

from zirconkit import plots
from zirconkit.evaluation import stopping
from zirconkit.widgets.common import figure_png, follow, slider

__all__ = ["patience_explorer"]


def patience_explorer(losses, patience=3):
    """Move the patience of early stopping; where training ends and which epoch it keeps follow: ipywidgets.VBox.

    Parameters
    ----------
    losses : sequence of float
        The validation loss of each epoch of a training that went on to its end.
    patience : int
        Where the slider begins.
    """
    control = slider("patience", patience, 1, len(losses))
    picture, said = ui.Image(format="png", width=700), ui.HTML()

    def update():
        kept, last = stopping(losses, control.value)
        fig = plots.stopping(losses, kept, last)
        picture.value = figure_png(fig)
        said.value = f"ends after epoch {last}, keeps epoch {kept}, loss {losses[kept - 1]:.3f}"

    follow([control], update)
    return ui.VBox([ui.HBox([control, said]), picture])
