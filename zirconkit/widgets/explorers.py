"""Hands on: thin ipywidgets over pure functions.

What a widget shows comes from a function that works, and is tested, without one; each stands in the notebook beside a
static figure that says the same with no front end.
"""

from io import BytesIO

import cv2
import ipywidgets as ui
import matplotlib.pyplot as plt
import numpy as np

from zirconkit import plots
from zirconkit.convolution import convolve

__all__ = ["boxes_drawn", "feature_map_browser", "kernel_stepper", "threshold_explorer"]


def _png(picture):
    """Bytes of an RGB picture for an `ipywidgets.Image`."""
    return cv2.imencode(".png", cv2.cvtColor(picture, cv2.COLOR_RGB2BGR))[1].tobytes()


def _rgb(colour):
    return tuple(bytes.fromhex(plots.COLOURS[colour][1:]))


def boxes_drawn(image, kept, dropped, gain=1.5):
    """A mount with the boxes that a recipe keeps (green) and drops (orange): array of uint8, shape (height, width, 3).

    Boxes are (x, y, width, height) as OpenCV gives them, in pixels; `gain` brightens, for the eye only.
    """
    picture = cv2.cvtColor(cv2.convertScaleAbs(image, alpha=gain), cv2.COLOR_GRAY2RGB)
    for boxes, colour in ((dropped, "warn"), (kept, "accent")):
        for x, y, width, height in boxes:
            cv2.rectangle(picture, (x, y), (x + width - 1, y + height - 1), _rgb(colour), 3)
    return picture


def threshold_explorer(image, find_boxes):
    """Sliders for the two Canny thresholds; boxes and counts follow: ipywidgets.VBox.

    `find_boxes(image, low, high)`, the notebook's own function, returns the kept and the dropped boxes.
    """
    low = ui.IntSlider(20, 1, 255, description="low", continuous_update=False)
    high = ui.IntSlider(255, 1, 400, description="high", continuous_update=False)
    picture, count = ui.Image(format="png", width=900), ui.HTML()

    def update(_=None):
        kept, dropped = find_boxes(image, low.value, high.value)
        picture.value = _png(boxes_drawn(image, kept, dropped))
        count.value = f"<b>{len(kept)}</b> boxes kept (green), {len(dropped)} dropped (orange)"

    for slider in (low, high):
        slider.observe(update, "value")
    update()
    return ui.VBox([ui.HBox([low, high, count]), picture])


def kernel_stepper(image, kernels):
    """Walk a kernel over a small image, by hand or playing: ipywidgets.VBox.

    Parameters
    ----------
    image : array, shape (height, width)
    kernels : dict of str to array
        All of one shape.
    """
    shape = convolve(image, next(iter(kernels.values()))).shape
    name = ui.Dropdown(options=list(kernels), description="kernel")
    step = ui.IntSlider(0, 0, shape[0] * shape[1] - 1, description="position", continuous_update=False)
    play = ui.Play(max=step.max, interval=500)
    ui.jslink((play, "value"), (step, "value"))
    picture, said = ui.Image(format="png", width=900), ui.HTML()

    def update(_=None):
        row, column = np.unravel_index(step.value, shape)
        fig, png = plots.convolution_step(image, kernels[name.value], row, column), BytesIO()
        fig.savefig(png, format="png", dpi=100)
        plt.close(fig)
        picture.value = png.getvalue()
        said.value = f"row {row}, column {column}: {convolve(image, kernels[name.value])[row, column]:.4g}"

    for control in (name, step):
        control.observe(update, "value")
    update()
    return ui.VBox([ui.HBox([name, play, step, said]), picture])


def feature_map_browser(images, maps):
    """Leaf through grains, layers and channels: ipywidgets.VBox.

    Parameters
    ----------
    images : array, shape (n, height, width, 1)
    maps : dict of str to array, shape (n, rows, columns, channels)
        What `explain.feature_maps` returns for them.
    """
    layer = ui.Dropdown(options=list(maps), description="layer")
    grain = ui.IntSlider(0, 0, len(images) - 1, description="grain", continuous_update=False)
    channel = ui.IntSlider(0, 0, maps[layer.value].shape[-1] - 1, description="channel", continuous_update=False)
    picture, said = ui.Image(format="png", width=700), ui.HTML()

    def update(_=None):
        channel.max = maps[layer.value].shape[-1] - 1
        shown = maps[layer.value][grain.value, ..., channel.value]
        fig, png = plots.feature_map(images[grain.value], shown, f"{layer.value}, channel {channel.value}"), BytesIO()
        fig.savefig(png, format="png", dpi=100)
        plt.close(fig)
        picture.value = png.getvalue()
        said.value = f"{' × '.join(map(str, shown.shape))}, from {shown.min():.3g} to {shown.max():.3g}"

    for control in (layer, grain, channel):
        control.observe(update, "value")
    update()
    return ui.VBox([ui.HBox([layer, grain, channel]), said, picture])
