"""A walk on the loss of one neurone: by hand, in fog or with a map, and by gradient at a rate of one's own."""

import ipywidgets as ui
import numpy as np

from zirconkit import plots
from zirconkit.widgets.common import figure_png, follow

__all__ = ["descent_explorer", "valley_walk", "walk_words"]


def walk_words(losses):
    """What a walk by hand has come to, in a sentence: str.

    Parameters
    ----------
    losses : sequence of float
        Of each place, the start first.
    """
    moves, now = len(losses) - 1, losses[-1]
    if not moves:
        return f"you start at a loss of {now:.3f}; move a slider"
    way = "down" if now < losses[-2] else "up" if now > losses[-2] else "level"
    return f"move {moves} went {way}: loss {now:.3f}; the lowest so far {min(losses):.3f}"


def valley_walk(land, loss, start=(0.0, 0.0)):
    """Walk with two sliders, weight and bias; each move is kept, and the map lies in fog until it is lifted.

    Parameters
    ----------
    land : plots.Landscape
    loss : callable
        From weight and bias to the loss.
    start : pair of float
        Weight and bias, drawn to the nearest tenth.

    Returns
    -------
    ipywidgets.VBox
    """
    ends = {"w": land.w, "b": land.b}
    begin = [float(np.clip(round(value, 1), line[0], line[-1])) for value, line in zip(start, ends.values())]
    weight, bias = (
        ui.FloatSlider(value, min=line[0], max=line[-1], step=0.1, description=name, continuous_update=False)
        for (name, line), value in zip(ends.items(), begin)
    )
    fog = ui.Checkbox(True, description="fog", indent=False)
    again = ui.Button(description="start again")
    picture, said = ui.Image(format="png", width=850), ui.HTML()
    path = []

    def update():
        here = weight.value, bias.value
        if not path or path[-1] != here:
            path.append(here)
        picture.value = figure_png(plots.walked(land, path, fog.value))
        said.value = walk_words([loss(*place) for place in path])

    def restart(_):
        path.clear()
        weight.value, bias.value = begin
        path[:] = [tuple(begin)]
        update()

    again.on_click(restart)
    follow([weight, bias, fog], update)
    return ui.VBox([ui.HBox([weight, bias, fog, again]), said, picture])


def descent_explorer(land, descend, rate=0.1):
    """Move the learning rate; the whole walk downhill follows: ipywidgets.VBox.

    Parameters
    ----------
    land : plots.Landscape
    descend : callable
        From a learning rate to the walk, an array of weight, bias and loss, shape (steps, 3).
    rate : float
        Where the slider begins.
    """
    control = ui.FloatLogSlider(
        rate, min=-2, max=2, step=0.1, description="learning rate", continuous_update=False,
        style={"description_width": "initial"}, readout_format=".2f",
    )  # fmt: skip
    picture, said = ui.Image(format="png", width=850), ui.HTML()

    def update():
        path = descend(control.value)
        uphill = int(np.sum(np.diff(path[:, 2]) > 0))
        picture.value = figure_png(plots.descended(land, path, control.value))
        said.value = f"after {len(path) - 1} steps: loss {path[-1, 2]:.3f}; {uphill} of them went uphill"

    follow([control], update)
    return ui.VBox([ui.HBox([control, said]), picture])
