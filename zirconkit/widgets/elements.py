"""Switch elements on, and see what they explain of a spectrum."""

import ipywidgets as ui

from zirconkit import plots
from zirconkit.spectra import switching
from zirconkit.spectra.fitting import ENERGIES
from zirconkit.widgets.common import figure_png, follow

__all__ = ["ElementBench", "element_words"]


def element_words(found, most):
    """What the elements that are switched on explain, in a sentence: str.

    Parameters
    ----------
    found : spectra.switching.Switched
    most : float
        What all elements of the board explain together.
    """
    if not found.parts:
        return "no element is switched on"
    said = f"{', '.join(found.parts)}: {max(found.explained, 0) / most:.0%} of the peaks explained"
    return said + (f"; next to nothing to do: {', '.join(found.idle)}" if found.idle else "; each has something to do")


class ElementBench:
    """A spectrum and a board of elements, each a button.

    Attributes
    ----------
    buttons : dict of str to ipywidgets.ToggleButton
    said : ipywidgets.HTML
    """

    def __init__(self, energy_kev, counts, kv=15.0, board=switching.BOARD):
        self.spectrum = switching.measured(energy_kev, counts, kv)
        self.most = switching.switched(self.spectrum, board).explained
        layout = ui.Layout(width="52px")
        self.buttons = {name: ui.ToggleButton(description=name, layout=layout) for name in board}
        self.said, self.picture = ui.HTML(), ui.Image(format="png", width=950)

    def found(self):
        """What those that are switched on explain: `spectra.switching.Switched`."""
        on = [name for name, button in self.buttons.items() if button.value]
        return switching.switched(self.spectrum, on)

    def panel(self):
        """The board, the words and the picture: ipywidgets.VBox."""

        def update():
            found = self.found()
            self.said.value = f"<b>{element_words(found, self.most)}</b>"
            self.picture.value = figure_png(plots.switched_on(ENERGIES, self.spectrum, found))

        buttons = list(self.buttons.values())
        follow(buttons, update)
        board = ui.HBox(buttons, layout=ui.Layout(flex_flow="row wrap"))
        return ui.VBox([board, self.said, self.picture])
