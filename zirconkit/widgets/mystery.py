"""Sets that somebody may have tampered with: choose a probe and a split, look, name the cause, say how sure."""

from html import escape

import ipywidgets as ui

from zirconkit import plots
from zirconkit.mysteries import CAUSES, PROBES, SPLITS, Look, brightest_corner, series
from zirconkit.widgets.common import figure_png, follow, picture_png

__all__ = ["MysteryBench", "probe_words"]

HEADS = {"sample": "mount", "class_name": "class", "class_given_by": "class given by"}


def probe_words(look, probe, split):
    """What a probe scores with a split, in a sentence: str."""
    score = look.score(probe, split)
    is_inside = score.low <= 0.5 <= score.high
    over = "grains" if split == "grains" else "mounts"
    holds = "holds" if is_inside else "leaves out"
    return f"{probe}, split by {split}: ROC-AUC {score:.2f} over {over}; the interval {holds} 0.5"


class MysteryBench:
    """Mystery sets one after the other, each looked at with probes and splits; verdicts are kept.

    Works without a front end too: `case`, `look` and `keep` are plain methods; `panel` puts controls on them.

    Parameters
    ----------
    pool : Grains
        What the sets are dealt from: `mysteries.grown_pool`.
    seed : int
        The student's own.
    n : int
        How many sets there are.
    corners : callable
        What looks into the corners, such as a function of the student's: from a grain's image and mask to one number.

    Attributes
    ----------
    pool, seed, n, corners
        As given.
    verdicts : list
        For each set (cause, how sure) or `...`.
    """

    def __init__(self, pool, seed, n=5, corners=brightest_corner):
        self.pool, self.corners = pool, corners
        self.seed, self.n = seed, n
        self.verdicts = [...] * n
        self._cases = {}
        self._looks = {}

    def case(self, number):
        """The set of this number, from 0: a `mysteries.Case`."""
        if number not in self._cases:
            self._cases[number] = series(self.pool, self.seed, number)
        return self._cases[number]

    def look(self, number):
        """What is measured on this set: a `mysteries.Look`."""
        if number not in self._looks:
            case = self.case(number)
            look = self._looks[number] = Look(case.grains, self.corners)
            _ = look.numbers, look.texture  # measured now, so that a move takes a tenth of a second
        return self._looks[number]

    def keep(self, number, cause, sure):
        """Keep a verdict on a set: a cause, and how sure, 0 to 1; a ValueError if there is no such cause."""
        if cause not in CAUSES:
            raise ValueError(f"there is no cause {cause!r}: there are {', '.join(CAUSES)}")
        self.verdicts[number] = (cause, sure)

    def panel(self):
        """The bench as a widget: ipywidgets.VBox."""
        return _Panel(self).box()


class _Panel:
    """The controls of a bench, and what they lead to."""

    def __init__(self, bench):
        self.bench = bench
        self.number = ui.Dropdown(options=[(f"set {i + 1}", i) for i in range(bench.n)], description="look at")
        self.probe = ui.Dropdown(options=list(PROBES), description="probe")
        self.split = ui.Dropdown(options=SPLITS, description="split by")
        self.cause = ui.Dropdown(options=CAUSES, value="nothing", description="verdict")
        self.sure = ui.IntSlider(50, 0, 100, 5, description="% sure", continuous_update=False)
        self.picture, self.said = ui.Image(format="png", width=760), ui.HTML()
        self.grains, self.which = ui.Image(format="png", width=760), ui.HTML()
        self.sheet, self.told = ui.HTML(), ui.HTML()

    def update_set(self):
        """Show another set: some of its grains and its sheet."""
        case = self.bench.case(self.number.value)
        picture = plots.two_lines(case.grains)
        self.grains.value = picture_png(picture)
        self.which.value = _lines_words(case.grains.classes)
        self.sheet.value = _sheet_words(case.sheet)
        self.told.value = ""

    def update_score(self):
        """Show what the probe sees and scores."""
        look = self.bench.look(self.number.value)
        chosen = self.probe.value, self.split.value
        fig = plots.scored_mounts(look, *chosen)
        self.picture.value = figure_png(fig)
        said = escape(probe_words(look, *chosen))
        self.said.value = f"<b>{said}</b>"

    def keep(self, _):
        """Keep the verdict, and say what is left."""
        number, cause, sure = self.number.value, self.cause.value, self.sure.value
        self.bench.keep(number, cause, sure / 100)
        left = self.bench.verdicts.count(...)
        kept = f"Kept for set {number + 1}: {cause}, {sure} % sure."
        self.told.value = f"{kept} {left} sets without a verdict."

    def box(self):
        """Everything in its place: ipywidgets.VBox."""
        button = ui.Button(description="keep my verdict")
        button.on_click(self.keep)
        follow([self.number], self.update_set)
        follow([self.number, self.probe, self.split], self.update_score)
        choices = ui.HBox([self.number, self.probe, self.split])
        verdict = ui.HBox([self.cause, self.sure, button])
        return ui.VBox([choices, self.said, self.picture, self.which, self.grains, self.sheet, verdict, self.told])


def _lines_words(classes):
    """Which class is above, and which below: str of HTML."""
    colours = plots.class_colours(classes)
    below, above = (f'<b style="color:{colours[name]}">{escape(name)}</b>' for name in classes)
    return f"eight grains of {above} above, eight of {below} below"


def _sheet_words(sheet):
    """A sheet as a table that opens: str of HTML."""
    named = sheet.sort_values("sample").rename(columns=HEADS)
    table = named.to_html(index=False, border=0)
    return f"<details><summary>the sheet of this set</summary>{table}</details>"
