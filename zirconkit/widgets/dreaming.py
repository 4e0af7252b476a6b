"""Sliders on the numbers of a code: the grain that a decoder draws from it follows."""

import ipywidgets as ui
import numpy as np

from zirconkit import dreams
from zirconkit.widgets.common import follow, picture_png

__all__ = ["DreamBench", "dream_words", "small_decoder"]

REACH = 3.0  # spreads: so far a slider goes either way
SIDE = 260  # px, of a grain on the screen
KEPT = ("one", "other")


def dream_words(image):
    """What a drawn grain measures: str."""
    row = dreams.measured(image[None]).iloc[0]
    return (
        f"aspect ratio {row['aspect_ratio']:.2f}, solidity {row['solidity']:.2f}, "
        f"fills {row['filled']:.0%} of the image, contrast {row['contrast']:.2f}"
    )


class DreamBench:
    """Turn the numbers of a code, and see the grain; keep two, and walk from one to the other.

    Works without a front end too: `draw`, `keep` and `between` are plain; `panel` puts sliders on them.

    Parameters
    ----------
    decode : callable
        From codes, shape (n, numbers), to images in 0..1, shape (n, size, size, 1).
    start : array, shape (numbers,)
        Where the sliders begin.

    Attributes
    ----------
    code : array of float, shape (numbers,)
        Where they stand.
    kept : dict
        The codes that were kept as "one" and as "other"; `...` for one that was not.
    """

    def __init__(self, decode, start):
        self.decode = decode
        self.code = np.clip(np.asarray(start, float), -REACH, REACH)
        self.kept = dict.fromkeys(KEPT, ...)

    def draw(self, code=None):
        """The grain of a code, by default of where the sliders stand: float in 0..1, shape (size, size, 1)."""
        code = self.code if code is None else np.asarray(code, float)
        return np.asarray(self.decode(np.float32(code)[None]))[0]

    def move(self, number, value):
        """Set one number of the code, within −3 and 3."""
        self.code[number] = np.clip(value, -REACH, REACH)

    def keep(self, name):
        """Keep the code as "one" or as "other"."""
        self.kept[name] = self.code.copy()

    def panel(self):
        """The bench as a widget: ipywidgets.VBox."""
        return _Panel(self).box()


class _Panel:
    """A slider for each number of a code, and the grain."""

    def __init__(self, bench):
        self.bench = bench
        self.picture = ui.Image(format="png", width=SIDE, height=SIDE)
        self.said, self.told = ui.HTML(), ui.HTML()
        self.sliders = []
        for number, value in enumerate(bench.code, 1):
            slider = ui.FloatSlider(value, min=-REACH, max=REACH, step=0.1, description=f"number {number}")
            slider.layout.width = "420px"
            self.sliders.append(slider)
        follow(self.sliders, self.update)

    def update(self):
        """Draw the grain of where the sliders stand."""
        for number, slider in enumerate(self.sliders):
            self.bench.move(number, slider.value)
        image = self.bench.draw()
        self.picture.value = picture_png(np.uint8(np.rint(255 * image[..., 0])))
        self.said.value = dream_words(image)

    def _button(self, name):
        button = ui.Button(description=f"keep as the {name}", layout=ui.Layout(width="160px"))

        def press(_):
            self.bench.keep(name)
            self.told.value = f"Kept as the {name}: {', '.join(f'{each:.1f}' for each in self.bench.kept[name])}."

        button.on_click(press)
        return button

    def box(self):
        """Everything in its place: ipywidgets.VBox."""
        keeping = ui.HBox([self._button(name) for name in KEPT])
        return ui.VBox([*self.sliders, self.picture, self.said, keeping, self.told])


def small_decoder(codes):
    """Draws ellipses of 32 px, as a bench takes it: the first number is how long they are, the second how bright."""
    codes = np.asarray(codes, float)
    rows, columns = np.mgrid[-1:1:32j, -1:1:32j]
    ratio = np.exp(0.3 * codes[:, 0])[:, None, None] * 1.6
    inside = np.hypot(columns / 0.9, rows * ratio / 0.9) < 1
    bright = 0.5 + 0.1 * codes[:, 1][:, None, None]
    return (inside * bright)[..., None]
