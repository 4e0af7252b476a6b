"""What the widgets share: pictures as an `ipywidgets.Image` wants them, and controls that are followed."""

from io import BytesIO

import cv2
import ipywidgets as ui
import matplotlib.pyplot as plt

from zirconkit.plots.canvas import legible

__all__ = ["figure_png", "follow", "picture_png", "slider"]


def picture_png(picture):
    """The bytes of a picture, uint8 of shape (height, width), grey, or (height, width, 3), red, green and blue."""
    if picture.ndim == 3:
        picture = cv2.cvtColor(picture, cv2.COLOR_RGB2BGR)
    return cv2.imencode(".png", picture)[1].tobytes()


def figure_png(fig):
    """The bytes of a matplotlib Figure, which is closed."""
    png = BytesIO()
    legible(fig)
    fig.savefig(png, format="png", dpi=100)
    plt.close(fig)
    return png.getvalue()


def slider(name, value, low, high):
    """A slider over whole numbers that tells of a new one once it is let go: ipywidgets.IntSlider."""
    return ui.IntSlider(value, low, high, description=name, continuous_update=False)


def follow(controls, update):
    """Call `update` now, and again whenever one of the controls has another value."""
    for control in controls:
        control.observe(lambda _: update(), "value")
    update()
