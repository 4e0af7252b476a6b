"""The knobs of a map: each setting's map was drawn before, so that turning one takes no time."""

from html import escape

import ipywidgets as ui
import numpy as np
import pandas as pd

from zirconkit import embeddings, plots
from zirconkit.widgets.common import figure_png, follow

__all__ = ["MapBench", "map_words", "small_maps"]

KEPT = {"one": "keep as the one", "other": "keep as the other"}


def map_words(space, places, first, k=10):
    """How many of the ten nearest a map keeps: str of HTML.

    Parameters
    ----------
    space, places, first : arrays, n rows
        The grains' vectors, their places on this map, and on the first one.
    """
    of_space, of_first = (embeddings.agreement(other, places, k).mean() * k for other in (space, first))
    return f"Of the {k} nearest in the full space {of_space:.1f} are nearest here, of the first map's {of_first:.1f}."


class MapBench:
    """Maps of the same grains by setting: turn the knobs, colour the grains, keep two.

    Works without a front end too: `draw`, `axes` and `keep` are plain methods; `panel` puts knobs on them.

    Parameters
    ----------
    maps : dict of embeddings.Knobs to array, shape (n, 2)
        One for each combination of the settings that occur; the first is the one that others are held against.
    space : array, shape (n, d)
        What the maps are of.
    table : DataFrame, n rows
        With `class_name` and the measures.
    measures : dict of str to str
        What each column of the table that may colour the grains is called.

    Attributes
    ----------
    maps, space, table, measures
        As given.
    kept : dict
        The settings that were kept as "one" and as "other"; `...` for one that was not.
    """

    def __init__(self, maps, space, table, measures):
        self.maps, self.space, self.table, self.measures = maps, space, table, measures
        self.kept = dict.fromkeys(KEPT, ...)

    def axes(self, knobs):
        """What the axes of a map follow: `embeddings.axes_of` with every measure."""
        return embeddings.axes_of(self.maps[knobs], self.table, self.measures)

    def draw(self, knobs, colour="class_name"):
        """The map of a setting and what its axes follow: matplotlib Figure."""
        return plots.map_and_axes(self.maps[knobs], self.table, colour, self.axes(knobs), self.measures)

    def words(self, knobs):
        """What a map keeps, in words: `map_words`."""
        first = next(iter(self.maps.values()))
        return map_words(self.space, self.maps[knobs], first)

    def keep(self, name, knobs):
        """Keep a setting as "one" or as "other"; a ValueError if there is no map of it."""
        if knobs not in self.maps:
            raise ValueError(f"there is no map of {knobs}")
        self.kept[name] = knobs

    def panel(self):
        """The bench as a widget: ipywidgets.VBox."""
        return _Panel(self).box()


class _Panel:
    """The knobs of a bench, and the map that they lead to."""

    def __init__(self, bench):
        self.bench = bench
        self.picture, self.said, self.told = ui.Image(format="png", width=860), ui.HTML(), ui.HTML()
        first = next(iter(bench.maps))
        self.knobs = {}
        for name, value in zip(embeddings.Knobs._fields, first):
            options = sorted({getattr(knobs, name) for knobs in bench.maps}, key=str if name == "start" else None)
            self.knobs[name] = ui.ToggleButtons(
                options=options, value=value, description=name, style={"button_width": "80px"}
            )
        names = {"class": "class_name"} | {title: column for column, title in bench.measures.items()}
        self.colour = ui.Dropdown(options=list(names.items()), description="colour")
        follow([*self.knobs.values(), self.colour], self.update)

    def setting(self):
        """Where the knobs stand: embeddings.Knobs."""
        return embeddings.Knobs(*(knob.value for knob in self.knobs.values()))

    def update(self):
        """Show the map of where the knobs stand."""
        setting = self.setting()
        self.picture.value = figure_png(self.bench.draw(setting, self.colour.value))
        self.said.value = self.bench.words(setting)

    def _button(self, name, text):
        button = ui.Button(description=text, layout=ui.Layout(width="150px"))

        def press(_):
            self.bench.keep(name, self.setting())
            self.told.value = escape(f"Kept as the {name}: {', '.join(map(str, self.setting()))}.")

        button.on_click(press)
        return button

    def box(self):
        """Everything in its place: ipywidgets.VBox."""
        keeping = ui.HBox([self._button(name, text) for name, text in KEPT.items()])
        return ui.VBox([*self.knobs.values(), self.colour, self.picture, self.said, keeping, self.told])


def small_maps(n=40):
    """Four small maps of points whose brightness is known: maps, space, table and measures, as `MapBench` takes them.

    With seed 1 the map is as with seed 0; from the random start it is turned by a quarter.
    """
    rng = np.random.default_rng(0)
    space = rng.normal(size=(n, 5))
    flat = space[:, :2]
    table = pd.DataFrame({"class_name": np.where(flat[:, 1] > 0, "porphyry", "batholith"), "mean_grey": flat[:, 0]})
    table["area_px"] = rng.permutation(n)
    quarter = np.array([[0, 1], [-1, 0]])
    turns = {"spectral": np.eye(2), "random": quarter}
    maps = {embeddings.Knobs(seed=seed, start=start): flat @ turns[start] for start in turns for seed in (0, 1)}
    return maps, space, table, {"mean_grey": "mean grey", "area_px": "area"}
