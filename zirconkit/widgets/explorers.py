"""Sliders on what a notebook explains: thresholds, kernels, feature maps."""

import cv2
import ipywidgets as ui
import numpy as np

from zirconkit import plots
from zirconkit.convolution import convolve
from zirconkit.plots.palette import AMBER, GREEN, rgb
from zirconkit.plots.pictures import as_picture, as_rgb
from zirconkit.widgets.common import figure_png, follow, picture_png, slider

__all__ = ["boxes_drawn", "feature_map_browser", "kernel_stepper", "threshold_explorer"]


def boxes_drawn(image, kept, dropped):
    """A mount, brightened, with the boxes that a recipe keeps (green) and drops (orange).

    Parameters
    ----------
    image : array of uint8, shape (height, width) or (height, width, channels)
    kept, dropped : list of (x, y, width, height)
        As OpenCV gives them, in pixels.

    Returns
    -------
    array of uint8, shape (height, width, 3)
    """
    bright = cv2.convertScaleAbs(as_picture(image), alpha=1.5)
    picture = as_rgb(bright)
    for boxes, colour in ((dropped, AMBER), (kept, GREEN)):
        for x, y, width, height in boxes:
            corner, opposite = (x, y), (x + width - 1, y + height - 1)
            cv2.rectangle(picture, corner, opposite, rgb(colour), 3)
    return picture


def threshold_explorer(image, find_boxes):
    """Sliders for the two Canny thresholds; boxes and counts follow: ipywidgets.VBox.

    `find_boxes(image, low, high)`, the notebook's own function, returns the kept and the dropped boxes.
    """
    low, high = slider("low", 20, 1, 255), slider("high", 255, 1, 400)
    picture, count = ui.Image(format="png", width=900), ui.HTML()

    def update():
        kept, dropped = find_boxes(image, low.value, high.value)
        drawn = boxes_drawn(image, kept, dropped)
        picture.value = picture_png(drawn)
        count.value = f"<b>{len(kept)}</b> boxes kept (green), {len(dropped)} dropped (orange)"

    follow([low, high], update)
    return ui.VBox([ui.HBox([low, high, count]), picture])


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
