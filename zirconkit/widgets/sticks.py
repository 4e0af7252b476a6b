"""Drag the sticks of a mineral over a pattern until they fit."""

import ipywidgets as ui

from zirconkit import plots
from zirconkit.diffraction import sticks
from zirconkit.widgets.common import figure_png, follow, slider

__all__ = ["StickBench", "stick_words"]


def stick_words(mineral, laid):
    """How well a mineral's sticks lie, in a sentence: str."""
    return (
        f"{mineral}: {laid.on_peaks:.0%} of the sticks' strength lies on peaks, {laid.explained:.0%} of the peaks' "
        f"height has a stick; score {laid.score:.2f}"
    )


class StickBench:
    """A pattern, and the sticks of one of some minerals, moved by a zero shift and stretched with the cell.

    Attributes
    ----------
    mineral : ipywidgets.Dropdown
    shift : ipywidgets.IntSlider
        Hundredths of a degree.
    stretch : ipywidgets.IntSlider
        Tenths of a per mille of the cell's lengths.
    said : ipywidgets.HTML
    """

    def __init__(self, two_theta, counts, minerals):
        self.two_theta, self.counts = two_theta, counts
        self.mineral = ui.Dropdown(options=sorted(minerals), description="mineral")
        self.shift = slider("shift, 0.01°", 0, -40, 40)
        self.stretch = slider("cell, 0.1 ‰", 0, -60, 60)
        self.said, self.picture = ui.HTML(), ui.Image(format="png", width=950)

    def laid(self):
        """How the sticks lie now: `sticks.Laid`."""
        stretch = 1 + self.stretch.value / 10_000
        return sticks.laid(self.two_theta, self.counts, self.mineral.value, self.shift.value / 100, stretch)

    def panel(self):
        """The controls, the words and the picture: ipywidgets.VBox."""

        def update():
            found = self.laid()
            self.said.value = f"<b>{stick_words(self.mineral.value, found)}</b>"
            self.picture.value = figure_png(plots.laid_sticks(self.two_theta, self.counts, found))

        follow([self.mineral, self.shift, self.stretch], update)
        return ui.VBox([ui.HBox([self.mineral, self.shift, self.stretch]), self.said, self.picture])
