"""A board on which grains are sorted by eye, and the score with its interval."""

import ipywidgets as ui
import numpy as np

from zirconkit.evaluation import proportion_interval
from zirconkit.plots.palette import GREEN, PINK
from zirconkit.plots.pictures import stretched
from zirconkit.widgets.common import picture_png

__all__ = ["SortingBoard", "score_words"]

SIDE = 118  # px, of a grain on the screen
COLUMNS = 6


def score_words(right, n):
    """How many of n calls were right, with the interval, and whether it holds what a coin gets: str."""
    share = proportion_interval(right, n)
    coin = "leaves out" if share.low > 0.5 or share.high < 0.5 else "holds"
    return f"{right} of {n} right: {share:.2f}. The interval {coin} 0.50, what a coin gets."


class SortingBoard:
    """Sort grains into two classes, one button each; a last button says how many are right, and ends it.

    Parameters
    ----------
    images : array of uint8, shape (n, height, width, channels)
    classes : sequence of str
        Two.
    y : array of 0 and 1, shape (n,)
        What the grains are; not shown before the last button is pressed.

    Attributes
    ----------
    panel : ipywidgets.VBox
        The board itself, to be displayed.
    """

    def __init__(self, images, classes, y):
        self.classes, self._y = tuple(classes), np.asarray(y)
        self._buttons = [self._choice(number) for number in range(1, len(images) + 1)]
        self._verdicts = [ui.HTML("&nbsp;") for _ in images]
        self._said = ui.HTML()
        self._judge = ui.Button(description="How many are right?", button_style="primary")
        self._judge.layout.width = "auto"
        self._judge.on_click(lambda _: self.judge())
        cards = map(self._card, images, self._buttons, self._verdicts)
        columns = f"repeat({COLUMNS}, {SIDE + 10}px)"
        grid = ui.GridBox(list(cards), layout=ui.Layout(grid_template_columns=columns, grid_gap="8px 4px"))
        self.panel = ui.VBox([grid, ui.HBox([self._judge, self._said])])
        self._follow()

    def _choice(self, number):
        """The two buttons of a grain."""
        below = ui.Layout(width=f"{SIDE + 8}px")  # so narrow that one button lies below the other
        tips = [f"grain {number}: {name}" for name in self.classes]
        button = ui.ToggleButtons(options=self.classes, value=None, tooltips=tips, layout=below)
        button.style.button_width = f"{SIDE}px"
        button.observe(lambda _: self._follow(), "value")
        return button

    def _card(self, image, button, verdict):
        """A grain with its number, its buttons, and room for the verdict."""
        picture = ui.Image(value=picture_png(stretched(image)), format="png", width=SIDE, height=SIDE)
        number = ui.HTML(f"<b>{self._buttons.index(button) + 1}</b>")
        return ui.VBox([ui.HBox([number, verdict]), picture, button])

    @property
    def called(self):
        """What each grain was called so far: dict of its number, from 1, to 0 or 1; `...` before the first."""
        places = {number: button.index for number, button in enumerate(self._buttons, 1)}
        return {number: place for number, place in places.items() if place is not None} or ...

    def call(self, numbers):
        """Sort all grains at once: those of these numbers, from 1, into the second class, the others into the first."""
        for number, button in enumerate(self._buttons, 1):
            button.index = int(number in numbers)

    def judge(self):
        """Say how many calls are right, and mark each; after that the buttons stay as they are."""
        called = self.called
        if called is ... or len(called) < len(self._y):
            return
        right = np.array(list(called.values())) == self._y
        for button, verdict, good, truth in zip(self._buttons, self._verdicts, right, self._y):
            colour, mark = (GREEN, "✓") if good else (PINK, "✗")
            verdict.value = f'<b style="color:{colour}">{mark} {self.classes[truth]}</b>'
            button.disabled = True
        self._judge.disabled = True
        self._said.value = score_words(int(right.sum()), len(right))

    def _follow(self):
        """Say how many are sorted, and let the last button be pressed once all are."""
        done = 0 if self.called is ... else len(self.called)
        self._judge.disabled = done < len(self._y)
        self._said.value = f"{done} of {len(self._y)} sorted"
