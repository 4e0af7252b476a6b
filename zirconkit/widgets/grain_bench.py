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
        self.readers = readers
        self.start = start
        self.properties = start
        self.seed = seed
        self.kept = {}

    def turn(self, name, value):
        """Put a knob to a value; a ValueError if there is no such knob or it does not turn so far."""
        if name not in KNOBS:
            raise ValueError(f"there is no knob {name!r}: there are {', '.join(KNOBS)}")
        low, high, _ = KNOBS[name]
        if not low <= value <= high:
            raise ValueError(f"{name} goes from {low} to {high}, not to {value}")
        change = {name: value}
        self.properties = self.properties._replace(**change)

    def grown(self):
        """The grain as the knobs stand: a `doses.Dosed`."""
        return grow_dosed(self.properties, self.seed)

    def answers(self):
        """What each network says of it: dict of str to `explain.Reading`."""
        image = as_seen(self.grown())
        return {name: read(image) for name, read in self.readers.items()}

    def keep(self, which):
        """Keep the grain as "one" or as "other" of two."""
        self.kept[which] = self.properties, self.first(self.properties).p

    def outcome(self, usual):
        """How the two grains that were kept differ, and what is usual; an empty dict if they are not both there.

        Parameters
        ----------
        usual : dict of str to (mean, half)
            By property: the mean change of p over many grains, from little to much, and half of its 95 % interval.

        Returns
        -------
        dict
            turned: the names of the properties in which they differ. Where it is one, change: of p from the grain with
            less of it to the one with more; mean and half: the usual ones of this property; most: the largest mean of
            any property, up or down, that is resolved from 0.
        """
        if len(self.kept) < 2:
            return {}
        one, p = self.kept["one"]
        other, q = self.kept["other"]
        turned = [name for name, a, b in zip(one._fields, one, other) if a != b]
        if len(turned) != 1:
            return {"turned": turned}
        (name,) = turned
        is_more = getattr(other, name) > getattr(one, name)
        mean, half = usual[name]
        resolved = [abs(mean) for mean, half in usual.values() if abs(mean) > half]
        most = max(resolved, default=0)
        change = q - p if is_more else p - q
        return {"turned": turned, "change": change, "mean": mean, "half": half, "most": most}

    def first(self, properties):
        """What the first network says of a grain: an `explain.Reading`."""
        read = next(iter(self.readers.values()))
        grown = grow_dosed(properties, self.seed)
        return read(as_seen(grown))

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
    said = []
    for name, p in answers.items():
        moved = round(p - before[name], 2) + 0.0  # no -0.00
        said.append(f"{escape(name)}: <b>p = {p:.2f}</b> ({moved:+.2f} from the start)")
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
        knob = kind(min=low, max=high, step=step, description=NAMES[name], continuous_update=False)
        knob.value = getattr(self.bench.properties, name)
        knob.style.description_width = "190px"  # the longest name
        knob.layout.width = "420px"
        return knob

    def update(self):
        """Show what the knobs make."""
        for name, slider in self.sliders.items():
            self.bench.turn(name, slider.value)
        answers = self.bench.answers()
        chosen = answers[self.maps_of.value]
        grown = self.bench.grown()
        picture = plots.on_the_bench(grown.image, chosen)
        self.picture.value = picture_png(picture)
        p = {name: reading.p for name, reading in answers.items()}
        self.said.value = answer_words(p, self.before)

    def _keep(self, which):
        self.bench.keep(which)
        kept = [f"{name}: p = {p:.2f}" for name, (_, p) in self.bench.kept.items()]
        self.told.value = "Kept: " + ", ".join(kept)

    def _back(self, _):
        for name, slider in self.sliders.items():
            slider.value = getattr(self.bench.start, name)

    def box(self):
        """Everything, laid out."""
        back = ui.Button(description="back to the start")
        back.on_click(self._back)
        one = ui.Button(description="keep as one")
        one.on_click(lambda _: self._keep("one"))
        other = ui.Button(description="keep as other")
        other.on_click(lambda _: self._keep("other"))
        sliders = list(self.sliders.values())
        columns = [ui.VBox(sliders[:5]), ui.VBox(sliders[5:])]
        line = ui.HBox([self.maps_of, back, one, other])
        return ui.VBox([ui.HBox(columns), line, self.said, self.picture, self.told])
