"""A bench on which a student labels grains: a way of asking takes turns with chance, and the clock runs."""

from html import escape
from time import perf_counter
from typing import NamedTuple

import ipywidgets as ui
import numpy as np
import pandas as pd

from zirconkit import labelling
from zirconkit.evaluation import shares_difference
from zirconkit.plots.pictures import stretched
from zirconkit.widgets.common import picture_png

__all__ = ["LabelBench", "bench_words", "small_pool"]

CHANCE = "at random"
SIDE = 200  # px, of a grain on the screen
ORACLE = (4.0, 3.0)  # seconds that `call_truly` takes over a grain that a way asked for, and a random one; made up


class Asked(NamedTuple):
    """A grain that was asked for and labelled: which way asked, its row, what she called it, and in what time."""

    way: str
    row: int
    called: int
    seconds: float


def bench_words(table):
    """What both ways led to: str of HTML.

    Parameters
    ----------
    table : DataFrame
        As `LabelBench.table` gives it.
    """
    lines = [_line(way, row) for way, row in table.iterrows()]
    gap = _more_often(table)
    lines.append(
        f"Right more often where {table.index[0]} asked: {gap:+.2f} (an interval that holds 0 resolves nothing)."
    )
    return "<br>".join(lines)


def _line(way, row):
    """What one way led to: str of HTML."""
    asked = (
        f"asked <b>{escape(way)}</b>: {row['labels']:.0f} labelled in {row['in all']:.1f} s, {row['agreed']:.0f} right"
    )
    return f"{asked}; a classifier of these labels ranks grains of the new mounts with ROC-AUC {row['auc']:.2f}."


def _more_often(table):
    """How much more often she is right of grains that a way asked for than of random ones: Interval."""
    asked, chance = (row[["agreed", "labels"]].astype(int) for _, row in table.iterrows())
    return shares_difference(*asked, *chance)


class LabelBench:
    """Label grains; a way of asking and chance take turns, and which of them asked is not said before the end.

    Works without a front end too: `asking`, `call` and `table` are plain; `panel` puts buttons on them.

    Parameters
    ----------
    images : array of uint8, shape (n, height, width, channels)
    pool, test : tuple of (x, y)
        The grains as numbers, shape (n, numbers), with what they are; and grains of mounts that nobody labels.
    classes : sequence of str
        Two.
    model : scikit-learn classifier with predict_proba and decision_function
    first : array of int
        Rows that are labelled to begin with, at least one of each class.
    seed : int
    way : str
        Which way of asking takes turns with chance: one of `labelling.ASKING`, such as "farthest" or "least sure".

    Attributes
    ----------
    record : list of Asked
        Every grain that was labelled.
    asking : tuple of (str, int)
        The way that asks now, and the row of its grain.

    Raises
    ------
    ValueError
        If there is no such way of asking, or it is chance itself.
    """

    def __init__(self, images, pool, test, classes, model, first, seed=0, way="farthest"):  # noqa: PLR0913 - its parts
        known = sorted(set(labelling.ASKING) - {CHANCE})
        if way not in known:
            raise ValueError(f"a way of asking is {' or '.join(known)}, not {way!r}")
        self.ways = (way, CHANCE)
        self.images, self.classes, self.model = images, tuple(classes), model
        self.pool, self.test, self.first = pool, test, list(first)
        self.record, self.rng = [], np.random.default_rng(seed)
        self.asking = self._next()

    def named(self, way):
        """What is named for a way of asking: array of int, `labelling.HIDDEN` where nobody has."""
        names = labelling.hide(self.pool[1], self.first)
        for each in self.record:
            if each.way == way:
                names[each.row] = each.called
        return names

    def _next(self):
        """The way whose turn it is and the grain that it asks for."""
        way = self.ways[len(self.record) % 2]
        choose = labelling.ASKING[way]
        return way, choose(self.model, self.pool[0], self.named(way), self.rng)

    def call(self, called, seconds=np.nan):
        """Label the grain that is asked for, 0 or 1, in so many seconds; the next one is asked for."""
        if called not in (0, 1):
            raise ValueError(f"a grain is called 0 or 1 here, for {' or '.join(self.classes)}, not {called!r}")
        self.record.append(Asked(*self.asking, called, seconds))
        self.asking = self._next()

    def call_truly(self, n):
        """Let an oracle label the next n grains, which is what somebody without a front end does."""
        for _ in range(n):
            way, row = self.asking
            self.call(int(self.pool[1][row]), ORACLE[self.ways.index(way)])

    def table(self):
        """What each way led to: DataFrame, a row for each way.

        Columns: labels; agreed, those that were right; seconds, of a grain in the median; in all, seconds of all; auc.
        A time is NaN where a grain was labelled without a clock.
        """
        rows = {}
        for way in self.ways:
            mine = [each for each in self.record if each.way == way]
            right = sum(self.pool[1][each.row] == each.called for each in mine)
            seconds = [each.seconds for each in mine] or [np.nan]
            times = {"seconds": np.median(seconds), "in all": np.sum(seconds)}
            rows[way] = {"labels": len(mine), "agreed": right, **times, "auc": self._score(way)}
        return pd.DataFrame(rows).T

    def price(self, of=20):
        """How many of so many random labels its way of asking has to save: Interval, as `labelling.labels_to_save`."""
        asked, random = (self._right_and_seconds(way) for way in self.ways)
        return labelling.labels_to_save(asked, random, of)

    def _right_and_seconds(self, way):
        """Of each grain that was labelled for a way, whether it was right, and in what time: list of tuple."""
        mine = [each for each in self.record if each.way == way]
        return [(self.pool[1][each.row] == each.called, each.seconds) for each in mine]

    def _score(self, way):
        """ROC-AUC on the mounts that nobody labels, of what was labelled for this way."""
        names = self.named(way)
        there = names != labelling.HIDDEN
        learn = self.pool[0][there], names[there]
        return labelling.scores_along(self.model, learn, self.test, [there.sum()])[0]

    def panel(self):
        """The bench as a widget: ipywidgets.VBox."""
        return _Panel(self).box()


class _Panel:
    """The grain that is asked for, two buttons, and one that tells."""

    def __init__(self, bench):
        self.bench = bench
        self.picture = ui.Image(format="png", width=SIDE, height=SIDE)
        self.said, self.told = ui.HTML(), ui.HTML()
        self.buttons = [self._button(name, lambda _, k=k: self.press(k)) for k, name in enumerate(bench.classes)]
        self.tell = self._button("stop, and tell me", lambda _: self.stop())
        self.show()

    def _button(self, text, action):
        button = ui.Button(description=text, layout=ui.Layout(width="180px"))
        button.on_click(action)
        return button

    def show(self):
        """The grain whose turn it is; the clock starts."""
        _, row = self.bench.asking
        self.picture.value = picture_png(stretched(self.bench.images[row]))
        self.said.value = f"{len(self.bench.record)} labelled. What is this one?"
        self.since = perf_counter()

    def press(self, called):
        """Label it, with the time that it took."""
        self.bench.call(called, perf_counter() - self.since)
        self.told.value = ""
        self.show()

    def stop(self):
        """Say what both ways led to; one may go on afterwards."""
        if len(self.bench.record) < len(self.bench.ways):
            self.told.value = "Label a grain for each way first, two in all."
            return
        self.told.value = bench_words(self.bench.table())

    def box(self):
        """Everything in its place: ipywidgets.VBox."""
        return ui.VBox([self.said, self.picture, ui.HBox([*self.buttons, self.tell]), self.told])


def small_pool(n=60):
    """Pictures with a bright part, narrow or wide, as a small bench takes them: images, pool, test."""
    rng = np.random.default_rng(0)
    y = np.arange(n) % 2
    x = rng.normal(size=(n, 2)) + 2.0 * y[:, None]
    wide = 16 + 4 * x[:, 0]
    is_bright = np.arange(32) < wide[:, None]
    rows = np.where(is_bright, 200, 40).astype(np.uint8)
    images = np.repeat(rows[:, None, :, None], 32, axis=1)
    return images, (x, y), (x[30:] * 1.1, y[30:])
