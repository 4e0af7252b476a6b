"""How flat plates lie: a slider on the March-Dollase ratio of a computed pattern over a measured one."""

import ipywidgets as ui
import numpy as np

from zirconkit import plots
from zirconkit.synthetic import patterns
from zirconkit.widgets.common import figure_png, follow, slider

__all__ = ["LyingBench", "left_over", "lying_curve"]


def lying_curve(two_theta, counts, structure, march):
    """The pattern of one mineral at a March-Dollase ratio, with as many counts in all: array of shape (n,)."""
    truth = patterns.Truth((), width=0.12)
    curve = patterns.render(patterns.Phase(structure, march=march), two_theta, truth)
    scale = counts.sum() / curve.sum()
    return scale * curve


def left_over(counts, curve):
    """Which part of the counts lies elsewhere than in the curve: 0 for one and the same, 1 for nothing in common."""
    missed = np.abs(counts - curve)
    return float(missed.sum() / (2 * counts.sum()))


class LyingBench:
    """A powder's pattern, and that of the same mineral computed for the ratio on the slider.

    Attributes
    ----------
    march : ipywidgets.IntSlider
        Hundredths; it begins at 1, no order.
    said : ipywidgets.HTML
    """

    def __init__(self, two_theta, counts, structure):
        self.two_theta, self.counts, self.structure = two_theta, counts, structure
        self.march = slider("r, 0.01", 100, 20, 120)
        self.said, self.picture = ui.HTML(), ui.Image(format="png", width=950)

    def curve(self):
        """The computed pattern at the slider's ratio."""
        return lying_curve(self.two_theta, self.counts, self.structure, self.march.value / 100)

    def panel(self):
        """The slider, the words and the picture: ipywidgets.VBox."""

        def update():
            curve = self.curve()
            rest = left_over(self.counts, curve)
            names = (f"grown {self.structure.mineral}", f"computed, r = {self.march.value / 100:.2f}")
            self.said.value = f"<b>r = {self.march.value / 100:.2f}: {rest:.3f} of the counts lie elsewhere</b>"
            self.picture.value = figure_png(plots.one_on_another(self.two_theta, self.counts, curve, names))

        follow([self.march], update)
        return ui.VBox([self.march, self.said, self.picture])
