"""Mounts as cards: each goes to training, validation or test, or is dealt out grain by grain; the scores follow."""

from html import escape

import ipywidgets as ui
import numpy as np

from zirconkit import plots
from zirconkit.evaluation import judged_split
from zirconkit.evaluation.leaks import CHOICES, PARTS
from zirconkit.plots import class_colours
from zirconkit.widgets.common import figure_png

__all__ = ["SplitBench", "split_words"]

LABELS = [("valid." if choice == "validation" else choice, choice) for choice in CHOICES]  # as wide as a button
ALL = {"dealt": "deal all grains out", "train": "all mounts to train"}
KEPT = {"leaky": "keep as my leaky split", "clean": "keep as my clean split"}


def split_words(split, classes):
    """A split in numbers: str of HTML.

    Parameters
    ----------
    split : evaluation.leaks.Split
    classes : sequence of str
        Two.
    """
    heads = ["grains", *classes, "score of the classes", "coin score (true: 0.50)"]
    lines = ["<tr><th></th>" + "".join(f"<th style='padding:0 8px'>{escape(head)}</th>" for head in heads) + "</tr>"]
    for part in PARTS:
        row = split.table.loc[part]
        counts = [f"{row[name]:.0f}" for name in ("grains", *classes)]
        coin = f"{row['coin']:.2f} ± {row['coin_sd']:.2f}" if np.isfinite(row["coin"]) else "–"
        score = f"{row['score']:.2f}" if np.isfinite(row["score"]) else "–"
        cells = "".join(f"<td style='text-align:right;padding:0 8px'>{cell}</td>" for cell in (*counts, score, coin))
        lines.append(f"<tr><th>{part}</th>{cells}</tr>")
    names = ", ".join(map(escape, split.shared))
    stand = "1 mount stands" if len(split.shared) == 1 else f"{len(split.shared)} mounts stand"
    said = f"{stand} in more than one part: {names}" if names else "No mount is shared between the parts."
    return f"<table>{''.join(lines)}</table><p>{said}</p>"


class SplitBench:
    """Build a split of mounts; what stands where, what is shared and what it scores follow.

    Works without a front end too: `put`, `put_all`, `keep` and `split` are plain methods; `panel` puts buttons on them.

    Parameters
    ----------
    grains : Grains
        Of two classes.
    x : array of float, shape (n, features)
        What grains are compared by.
    seed : int

    Attributes
    ----------
    grains, x, seed
        As given.
    plan : dict of str to str
        For each mount "train", "validation", "test" or "dealt". In the beginning all are dealt out.
    kept : dict
        The plans that were kept as "leaky" and as "clean"; `...` for one that was not.
    """

    def __init__(self, grains, x, seed=0):
        self.grains, self.x, self.seed = grains, x, seed
        kinds = grains.table.groupby("sample")["class_name"].first()
        self.mounts = sorted(kinds.index, key=lambda name: (kinds[name], name))
        self.plan = dict.fromkeys(self.mounts, "dealt")
        self.kept = dict.fromkeys(KEPT, ...)

    def put(self, mount, part):
        """Send a mount to a part, or deal it out; a ValueError if there is no such mount or part."""
        if mount not in self.plan:
            raise ValueError(f"there is no mount {mount} here: there are {', '.join(self.mounts)}")
        if part not in CHOICES:
            raise ValueError(f"{mount} cannot go to {part!r}: choose one of {', '.join(CHOICES)}")
        self.plan[mount] = part

    def put_all(self, part):
        """Send every mount to one part, or deal all out."""
        for mount in self.mounts:
            self.put(mount, part)

    def keep(self, name):
        """Keep the plan as it is now as "leaky" or as "clean"."""
        self.kept[name] = dict(self.plan)

    def split(self):
        """The plan carried out, counted and scored: an `evaluation.leaks.Split`."""
        return judged_split(self.grains, self.x, self.plan, self.seed)

    def panel(self):
        """The bench as a widget: ipywidgets.VBox."""
        return _Panel(self).box()


class _Panel:
    """The cards of a bench, and what they lead to."""

    def __init__(self, bench):
        self.bench = bench
        table = bench.grains.table
        colours, n_of = class_colours(bench.grains.classes), table["sample"].value_counts()
        kinds = table.groupby("sample")["class_name"].first()
        self.picture, self.said, self.told = ui.Image(format="png", width=760), ui.HTML(), ui.HTML()
        self.cards = {}
        for mount in bench.mounts:
            card = ui.ToggleButtons(options=LABELS, value=bench.plan[mount], style={"button_width": "64px"})
            card.observe(lambda change, mount=mount: self._moved(mount, change["new"]), "value")
            name = f'<b style="color:{colours[kinds[mount]]}">{escape(mount)}</b>, {n_of[mount]} grains'
            self.cards[mount] = ui.VBox([ui.HTML(name), card])
        self.quiet = False
        self.update()

    def _moved(self, mount, part):
        """A card was moved: by hand, or one of many at once."""
        self.bench.put(mount, part)
        if not self.quiet:
            self.update()

    def update(self):
        """Show what the plan leads to."""
        split = self.bench.split()
        self.picture.value = figure_png(plots.split_blocks(self.bench.grains, split.parts, split.shared))
        self.said.value = split_words(split, self.bench.grains.classes)

    def all_to(self, part):
        """Move every card, and look once."""
        self.quiet = True
        for card in self.cards.values():
            card.children[1].value = part
        self.quiet = False
        self.update()

    def keep(self, name):
        """Keep the plan, and say so."""
        self.bench.keep(name)
        self.told.value = f"Kept as your {name} split: run the cell of the exercise to have it judged."

    def _button(self, text, action, name):
        button = ui.Button(description=text, layout=ui.Layout(width="190px"))
        button.on_click(lambda _: action(name))
        return button

    def box(self):
        """Everything in its place: ipywidgets.VBox."""
        everything = ui.HBox([self._button(text, self.all_to, part) for part, text in ALL.items()])
        keeping = ui.HBox([self._button(text, self.keep, name) for name, text in KEPT.items()])
        layout = ui.Layout(grid_template_columns="repeat(auto-fill, 285px)")
        cards = ui.GridBox(list(self.cards.values()), layout=layout)
        return ui.VBox([everything, cards, self.picture, self.said, keeping, self.told])
