"""The scene of `plots.scene`, live: the crop of the grain under the mouse, or of a given number, beside it."""

import cv2
import ipywidgets as ui
import plotly.graph_objects as go

from zirconkit.plots.pictures import as_picture
from zirconkit.widgets.common import picture_png

__all__ = ["crop_png", "hover_crops"]

SIDE = 192  # px, of a crop on the screen


def crop_png(image):
    """A crop, enlarged to 192 pixels a side without smoothing, as the bytes of a PNG.

    `image` is an array of uint8, shape (height, width) or (height, width, channels).
    """
    large = cv2.resize(as_picture(image), (SIDE, SIDE), interpolation=cv2.INTER_NEAREST)
    return picture_png(large)


def hover_crops(scene, images):
    """A scene that is live, and beside it the crop of the grain that the mouse is on: ipywidgets.HBox.

    Whoever has no mouse writes the number of a dot, from 0 on, or steps through them with the arrow keys.

    Parameters
    ----------
    scene : plotly Figure
        What `plots.scene` returns.
    images : array of uint8, shape (n, height, width, channels)
        The grains of the scene, in its order.
    """
    figure = go.FigureWidget(scene)
    picture = ui.Image(value=crop_png(images[0]), format="png", width=SIDE)
    said = ui.HTML("hold the mouse over a dot, or choose one by its number")
    number = ui.BoundedIntText(0, 0, len(images) - 1, description="dot")
    words = {}
    for trace in figure.data:
        for row, text in zip(trace.customdata, trace.text):
            words[int(row)] = f"{trace.name}<br>{text}"

    def show(row):
        picture.value = crop_png(images[row])
        said.value = words[row]

    def on_hover(trace, points, _):
        if points.point_inds:
            show(int(trace.customdata[points.point_inds[0]]))

    for trace in figure.data:
        trace.on_hover(on_hover)
    number.observe(lambda change: show(change["new"]), "value")
    return ui.HBox([figure, ui.VBox([picture, said, number])])
