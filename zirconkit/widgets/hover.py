"""The scene of `plots.scene`, live: the crop of the grain under the mouse beside it."""

import cv2
import ipywidgets as ui
import numpy as np
import plotly.graph_objects as go

__all__ = ["beside", "crop_png"]


def crop_png(image, side=192):
    """A crop, enlarged to `side` pixels without smoothing, as the bytes of a PNG.

    `image` is an array of uint8, shape (height, width) or (height, width, 1).
    """
    large = cv2.resize(np.squeeze(image), (side, side), interpolation=cv2.INTER_NEAREST)
    return cv2.imencode(".png", large)[1].tobytes()


def beside(scene, images):
    """A scene that is live, and the crop of the grain that the mouse is on: ipywidgets.HBox.

    Parameters
    ----------
    scene : plotly Figure
        What `plots.scene` returns.
    images : array of uint8, shape (n, height, width, 1)
        The grains of the scene, in its order.
    """
    figure = go.FigureWidget(scene)
    picture = ui.Image(value=crop_png(images[0]), format="png", width=192)
    said = ui.HTML("hold the mouse over a dot")

    def show(trace, points, _):
        if points.point_inds:
            place = points.point_inds[0]
            picture.value = crop_png(images[int(trace.customdata[place])])
            said.value = f"{trace.name}<br>{trace.text[place]}"

    for trace in figure.data:
        trace.on_hover(show)
    return ui.HBox([figure, ui.VBox([picture, said])])
