"""Knobs on one grown grain under the eyes of networks: the grain, the answers, and two maps of why."""

from html import escape

import cv2
import ipywidgets as ui
import numpy as np

from zirconkit import plots
from zirconkit.synthetic.doses import NAMES, Properties, grow_dosed
from zirconkit.widgets.common import follow, picture_png

__all__ = ["KNOBS", "GrainBench", "answer_words", "as_seen"]

# Of each property from where to where its knob turns, and its step.
KNOBS = {
    "aspect": (1.0, 3.0, 0.1),
    "outline": (0, 1, 1),
    "strength": (0.02, 0.5, 0.02),
    "wavelength": (3.0, 12.0, 0.5),
    "rim": (-0.5, 0.7, 0.1),
    "inclusions": (0, 10, 1),
    "brightness": (30, 230, 10),
    "size": (20, 70, 2),
    "turn": (0, 180, 10),
}
START = Properties()
GRID = 9  # places of a knob that the best single turn is sought at


def as_seen(grown, size=32):
    """A grown grain as a network sees it: float32, 0 to 1, shape (size, size, 1)."""
    small = cv2.resize(grown.image, (size, size), interpolation=cv2.INTER_AREA)
    return small[..., None] / np.float32(255)


class GrainBench:
    """Turn one property of a grain, and see what networks answer.

    Works without a front end too: `turn`, `answers`, `keep`, `outcome` are plain methods; `panel` puts sliders on them.

    Parameters
    ----------
    readers : dict of str to callable
        What `explain.reader` returns, by the name of the network. The first one is scored.
    start : Properties
    seed : int
        Of the grain.

    Attributes
    ----------
    properties : Properties
        As the knobs stand.
    kept : dict
        What was kept as "one" and as "other": properties and p of the first network.
    """

    def __init__(self, readers, start=START, seed=0):
        self.readers, self.start, self.seed = readers, start, seed
        self.properties = start
        self.kept = {}

    def turn(self, name, value):
        """Put a knob to a value; a ValueError if there is no such knob or it does not turn so far."""
        if name not in KNOBS:
            raise ValueError(f"there is no knob {name!r}: there are {', '.join(KNOBS)}")
        low, high, _ = KNOBS[name]
        if not low <= value <= high:
            raise ValueError(f"{name} goes from {low} to {high}, not to {value}")
        self.properties = self.properties._replace(**{name: value})

    def grown(self):
        """The grain as the knobs stand: a `doses.Dosed`."""
        return grow_dosed(self.properties, self.seed)

    def answers(self):
        """What each network says of it: dict of str to `explain.Reading`."""
        image = as_seen(self.grown())
        return {name: read(image) for name, read in self.readers.items()}

    def keep(self, which):
        """Keep the grain as "one" or as "other" of two."""
        first = next(iter(self.answers().values()))
        self.kept[which] = self.properties, first.p

    def outcome(self):
        """How the two grains that were kept differ; `...` if they are not both there.

        Returns
        -------
        dict
            turned: the names of the properties in which they differ; change: of p from "one" to "other"; best: the
            largest change of p, up or down, that one knob makes from the start.
        """
        if set(self.kept) != {"one", "other"}:
            return ...
        (one, p), (other, q) = self.kept["one"], self.kept["other"]
        turned = [name for name in KNOBS if getattr(one, name) != getattr(other, name)]
        return {"turned": turned, "change": q - p, "best": self._widest()}

    def _widest(self):
        """The largest difference in p between two places of one knob, all others as they were at the start."""
        read = next(iter(self.readers.values()))
        widest = 0.0
        for name, (low, high, step) in KNOBS.items():
            places = np.unique(np.round(np.linspace(low, high, GRID) / step) * step).clip(low, high)
            knobs = [self.start._replace(**{name: value}) for value in places.tolist()]
            p = [read(as_seen(grow_dosed(each, self.seed))).p for each in knobs]
            widest = max(widest, max(p) - min(p))
        return widest

    def panel(self):
        """The bench as a widget: ipywidgets.VBox."""
        return _Panel(self).box()


def answer_words(answers, before):
    """What networks say, and how far from the start: str of HTML.

    Parameters
    ----------
    answers, before : dict of str to float
        p of each network now, and at the start.
    """
    said = [
        f"{escape(name)}: <b>p = {p:.2f}</b> ({p - before[name]:+.2f} from the start)" for name, p in answers.items()
    ]
    return "; ".join(said)


class _Panel:
    """The sliders of a bench, and what they lead to."""

    def __init__(self, bench):
        self.bench = bench
        self.before = {name: reading.p for name, reading in bench.answers().items()}
        self.sliders = {name: self._slider(name) for name in KNOBS}
        self.maps_of = ui.Dropdown(options=list(bench.readers), description="maps of")
        self.picture, self.said, self.told = ui.Image(format="png", width=860), ui.HTML(), ui.HTML()
        follow([*self.sliders.values(), self.maps_of], self.update)

    def _slider(self, name):
        low, high, step = KNOBS[name]
        kind = ui.IntSlider if isinstance(step, int) else ui.FloatSlider
        how = {"min": low, "max": high, "step": step, "description": NAMES[name], "continuous_update": False}
        return kind(getattr(self.bench.properties, name), style={"description_width": "110px"}, **how)

    def update(self):
        """Show what the knobs make."""
        for name, slider in self.sliders.items():
            self.bench.turn(name, slider.value)
        answers = self.bench.answers()
        chosen = answers[self.maps_of.value]
        self.picture.value = picture_png(plots.on_the_bench(self.bench.grown().image, chosen))
        self.said.value = answer_words({name: each.p for name, each in answers.items()}, self.before)

    def _keep(self, which):
        self.bench.keep(which)
        kept = [f"{name}: p = {p:.2f}" for name, (_, p) in self.bench.kept.items()]
        self.told.value = "Kept: " + ", ".join(kept)

    def _back(self, _):
        for name, slider in self.sliders.items():
            slider.value = getattr(self.bench.start, name)

    def box(self):
        """Everything, laid out."""
        buttons = [ui.Button(description=words) for words in ("back to the start", "keep as one", "keep as other")]
        buttons[0].on_click(self._back)
        buttons[1].on_click(lambda _: self._keep("one"))
        buttons[2].on_click(lambda _: self._keep("other"))
        thirds = np.array_split(list(self.sliders.values()), 3)
        knobs = ui.HBox([ui.VBox(list(third)) for third in thirds])
        return ui.VBox([knobs, ui.HBox([self.maps_of, *buttons]), self.said, self.picture, self.told])
