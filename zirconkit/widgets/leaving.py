"""Out of the lab by hand: a control chart whose rate of false alarms is set, and a sand that is mixed."""

import ipywidgets as ui
import numpy as np
import pandas as pd

from zirconkit import plots
from zirconkit.deployment.watching import CALM, DISTANCES
from zirconkit.evaluation import control
from zirconkit.evaluation import fractions as fr
from zirconkit.widgets.common import figure_png, follow, slider

__all__ = ["ControlBench", "SandBench", "control_words", "sand_words", "small_batches"]


def control_words(rate, table):
    """How often a chart rang, by delivery, beside what it would do without any drift: str of HTML.

    Parameters
    ----------
    rate : float
    table : DataFrame
        delivery, alarm.
    """
    rang = table[table["alarm"]].groupby("delivery").size()
    said = ", ".join(f"{name} {count}" for name, count in rang.items()) or "none"
    some = 1 - (1 - rate) ** len(table)
    expected = rate * len(table)
    usual = (
        f"{len(table)} images without any drift would bring about {expected:.1f}, one or more in {some:.0%} of cases"
    )
    return f"Alarms at a rate of {rate:g}: <b>{said}</b>. At this rate {usual}."


class ControlBench:
    """A chart over deliveries: set its rate of false alarms, and look at one number after the other.

    Parameters
    ----------
    batches : DataFrame
        As `watch` writes batches.csv: delivery, batch, and a column `z NAME` for each number.
    limits : DataFrame
        rate, limit: of the reference.
    Attributes
    ----------
    rate : ipywidgets.SelectionSlider
    number : ipywidgets.Dropdown
    said : ipywidgets.HTML
    """

    def __init__(self, batches, limits):
        self.batches = batches
        self.limits = dict(zip(limits["rate"], limits["limit"]))
        columns = [name for name in batches if name.startswith("z ")]
        self.names = [name[2:] for name in columns]
        self.z = batches[columns].to_numpy(float)
        self.rate = ui.SelectionSlider(options=list(self.limits), value=max(self.limits), description="rate")
        self.rate.continuous_update = False
        self.number = ui.Dropdown(options=self.names, description="number")
        self.said, self.picture = ui.HTML(), ui.Image(format="png", width=900)

    def run(self, rate):
        """The chart at a rate: sums, shape (batches, numbers), and alarms, shape (batches,)."""
        usual, spread = np.zeros(self.z.shape[1]), np.ones(self.z.shape[1])
        falls = ~np.isin(self.names, DISTANCES)
        chart = control.Chart(usual, spread, self.limits[rate], rate, CALM, falls)
        return control.run_chart(self.z, chart)

    def table(self, rate):
        """What rang at a rate: DataFrame with delivery, batch, alarm and the number that had moved most."""
        sums, alarm = self.run(rate)
        most = [self.names[place] for place in sums.argmax(axis=1)]
        return self.batches[["delivery", "batch"]].assign(alarm=alarm, most=most)

    def figure(self, rate, name):
        """The chart of one number: matplotlib Figure."""
        sums, rang = self.run(rate)
        place = self.names.index(name)
        shown = pd.DataFrame({"z": self.z[:, place], "sum": sums[:, place], "rang": rang})
        deliveries = self.batches["delivery"].to_numpy(str)
        title = f"{name} at a rate of {rate:g}"
        return plots.control_chart(shown, deliveries, self.limits[rate], title)

    def panel(self):
        """The controls, the words and the chart: ipywidgets.VBox."""

        def update():
            rate = self.rate.value
            table = self.table(rate)
            figure = self.figure(rate, self.number.value)
            self.said.value = control_words(rate, table)
            self.picture.value = figure_png(figure)

        follow([self.rate, self.number], update)
        return ui.VBox([ui.HBox([self.rate, self.number]), self.said, self.picture])


def sand_words(shares):
    """Whether the intervals and the counts hold the truth of a sand, in a sentence: str."""
    held = (shares["low"] <= shares["truth"]) & (shares["truth"] <= shares["high"])
    off = (shares["counted"] - shares["truth"]).abs().max()
    mended = (shares["fraction"] - shares["truth"]).abs().max()
    counts = f"Counting is off by up to {off:.2f}, corrected by up to {mended:.2f}"
    return f"{counts}; {held.sum()} of {len(shares)} intervals hold the truth"


class SandBench:
    """Mix a sand from grains whose class is known, and see what counting and correcting make of it.

    Parameters
    ----------
    grains : DataFrame
        sample, class_name, called: by a model that had not seen the sample.
    classes : sequence of str
        Three.
    seed : int

    Attributes
    ----------
    first, second, grains_drawn : ipywidgets.IntSlider
        Per cent of the first two classes, the third is the rest; grains of the sand.
    """

    def __init__(self, grains, classes, seed=0):
        self.grains, self.classes, self.seed = grains, list(classes), seed
        self.first = slider(classes[0][:12], 10, 0, 100)
        self.second = slider(classes[1][:12], 30, 0, 100)
        self.grains_drawn = slider("grains", 120, 20, 400)
        self.again = ui.Button(description="another sand")
        self.said, self.picture = ui.HTML(), ui.Image(format="png", width=400)

    def mixed(self, shares, n, seed):
        """A sand of n grains: DataFrame with class, truth, counted, fraction, low and high.

        It comes from one sample of each class, drawn by chance; the errors are known from the other samples alone.
        """
        rng = np.random.default_rng(seed)
        sources = {name: rng.choice(own["sample"].unique()) for name, own in self.grains.groupby("class_name")}
        is_source = self.grains["sample"].isin(sources.values())
        known = self._errors(self.grains[~is_source])
        counts = rng.multinomial(n, shares)
        parts = [self._drawn(sources[name], count, rng) for name, count in zip(self.classes, counts)]
        called = np.concatenate(parts)
        found = fr.fractions(called, known, self.classes)
        return found.assign(truth=shares, counted=fr.naive_counts(called, len(self.classes)))

    def _codes(self, names):
        return pd.Index(self.classes).get_indexer(names)

    def _errors(self, others):
        y = self._codes(others["class_name"])
        called = self._codes(others["called"])
        mounts = others["sample"]
        n_classes = len(self.classes)
        return fr.errors(y, called, mounts, n_classes)

    def _drawn(self, sample, count, rng):
        """What so many grains of a sample are called: array of int."""
        is_own = self.grains["sample"] == sample
        own = self.grains.loc[is_own, "called"]
        codes = self._codes(own)
        return rng.choice(codes, count)

    def shares(self):
        """What the sliders say: three shares."""
        first = self.first.value / 100
        rest = 1 - first
        wanted = self.second.value / 100
        second = min(wanted, rest)
        return np.array([first, second, rest - second])

    def panel(self):
        """The controls, the words and the picture: ipywidgets.VBox."""

        def update():
            shares = self.mixed(self.shares(), self.grains_drawn.value, self.seed)
            self.said.value = f"<b>{sand_words(shares)}</b>"
            figure = plots.sand_shares(shares.assign(sand="your sand"), self.classes)
            self.picture.value = figure_png(figure)

        def renew(_):
            self.seed += 1
            update()

        self.again.on_click(renew)
        sliders = [self.first, self.second, self.grains_drawn]
        follow(sliders, update)
        return ui.VBox([ui.HBox(sliders), self.again, self.said, self.picture])


def small_batches():
    """Four deliveries of five images and two numbers, the third of which is brighter: batches and limits."""
    rng = np.random.default_rng(0)
    deliveries = np.repeat(list("ABCD"), 5)
    z = rng.normal(0, 0.5, (20, 2))
    z[:, 1] += 4 * (deliveries == "C")
    table = pd.DataFrame({"delivery": deliveries, "batch": np.arange(20), "z size": z[:, 0], "z brightness": z[:, 1]})
    return table, pd.DataFrame({"rate": [0.001, 0.01, 0.2], "limit": [6.0, 5.0, 0.2]})
