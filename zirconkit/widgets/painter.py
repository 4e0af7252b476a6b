"""Nine cells to paint a kernel in, over what it lights up."""

import ipywidgets as ui
import numpy as np

from zirconkit.convolution import KERNELS, TASKS, light, random_shares
from zirconkit.plots import painted
from zirconkit.widgets.common import follow, picture_png

__all__ = ["KernelPainter", "painter_words", "rivals"]

WELL_KNOWN = ("vertical edge", "horizontal edge", "blur", "sharpen")
LARGEST = 9.0  # of a weight


def rivals(task):
    """What a task is measured against: the best of four well-known kernels, and the 95 % point of random ones."""
    best = max(light(KERNELS[name], task).share for name in WELL_KNOWN)
    return best, float(np.percentile(random_shares(task), 95))


def painter_words(kernel, task):
    """How well a kernel does a task, in a line of HTML.

    Parameters
    ----------
    kernel : array of float, shape (3, 3)
    task : str
        Of `convolution.TASKS`.
    """
    found = light(kernel, task)
    best, chance = rivals(task)
    words = f"<b>{found.share:.2f}</b> of the light is green (wanted {TASKS[task]:.2f})"
    words += f", {found.covered:.0%} of the target is lit"
    against = (
        f"two edge kernels, blur and sharpen reach {best:.2f} at most, 95 of 100 random kernels less than {chance:.2f}"
    )
    return f"{words}; the weights sum to {kernel.sum():g}.<br>{against}."


class KernelPainter(ui.VBox):
    """Nine cells, the task, the score, and the picture: change a cell, and all follows.

    Parameters
    ----------
    kernel : array, shape (3, 3)
        Where the cells begin.
    """

    def __init__(self, kernel):
        narrow = ui.Layout(width="76px")
        self.cells = [
            ui.BoundedFloatText(float(weight), min=-LARGEST, max=LARGEST, step=0.5, layout=narrow)
            for weight in np.ravel(kernel)
        ]
        self.task = ui.Dropdown(options=list(TASKS), description="light up")
        self.said = ui.HTML()
        self.picture = ui.Image(format="png", width=800)
        follow([*self.cells, self.task], self._update)
        square = ui.GridBox(self.cells, layout=ui.Layout(grid_template_columns="repeat(3, 82px)"))
        super().__init__([ui.HBox([square, ui.VBox([self.task, self.said])]), self.picture])

    def kernel(self):
        """What the cells hold: list of three rows."""
        weights = [cell.value for cell in self.cells]
        return [weights[:3], weights[3:6], weights[6:]]

    def _update(self):
        """Draw and say what the cells make."""
        kernel = np.array(self.kernel())
        self.picture.value = picture_png(painted(kernel, self.task.value))
        self.said.value = painter_words(kernel, self.task.value)
