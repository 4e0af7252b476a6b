"""Sliders on what a notebook explains: kernels, feature maps."""

import ipywidgets as ui
import numpy as np

from zirconkit import plots
from zirconkit.convolution import convolve
from zirconkit.widgets.common import figure_png, follow, slider

__all__ = ["feature_map_browser", "kernel_stepper"]


def kernel_stepper(image, kernels):
    """Walk a kernel over a small image, by hand or playing: ipywidgets.VBox.

    Parameters
    ----------
    image : array, shape (height, width)
    kernels : dict of str to array
        All of one shape.
    """
    maps = {name: convolve(image, kernel) for name, kernel in kernels.items()}
    shape = next(iter(maps.values())).shape
    name = ui.Dropdown(options=list(kernels), description="kernel")
    step = slider("position", 0, 0, shape[0] * shape[1] - 1)
    play = ui.Play(max=step.max, interval=500)
    ui.jslink((play, "value"), (step, "value"))
    picture, said = ui.Image(format="png", width=900), ui.HTML()

    def update():
        row, column = np.unravel_index(step.value, shape)
        fig = plots.convolution_step(image, kernels[name.value], row, column)
        picture.value = figure_png(fig)
        number = maps[name.value][row, column]
        said.value = f"row {row}, column {column}: {number:.4g}"

    follow([name, step], update)
    return ui.VBox([ui.HBox([name, play, step, said]), picture])


def feature_map_browser(images, maps):
    """Leaf through grains, layers and channels: ipywidgets.VBox.

    Parameters
    ----------
    images : array, shape (n, height, width, channels)
    maps : dict of str to array, shape (n, rows, columns, channels)
        What `explain.feature_maps` returns for them.
    """
    layer = ui.Dropdown(options=list(maps), description="layer")
    grain = slider("grain", 0, 0, len(images) - 1)
    channel = slider("channel", 0, 0, maps[layer.value].shape[-1] - 1)
    picture, said = ui.Image(format="png", width=700), ui.HTML()

    def update():
        of_layer = maps[layer.value]
        channel.max = of_layer.shape[-1] - 1
        shown = of_layer[grain.value, ..., channel.value]
        title = f"{layer.value}, channel {channel.value}"
        fig = plots.feature_map(images[grain.value], shown, title)
        picture.value = figure_png(fig)
        size = " × ".join(map(str, shown.shape))
        said.value = f"{size}, from {shown.min():.3g} to {shown.max():.3g}"

    follow([layer, grain, channel], update)
    return ui.VBox([ui.HBox([layer, grain, channel]), said, picture])
