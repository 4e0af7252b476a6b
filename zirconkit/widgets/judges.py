"""A classifier's answers in the hand: grains by how sure it is of them, and a threshold that can be moved."""

import base64
from html import escape

import ipywidgets as ui
import numpy as np

from zirconkit.evaluation import at_threshold
from zirconkit.explain import extremes_by_class
from zirconkit.plots import class_colours, heaps
from zirconkit.widgets.common import figure_png, follow
from zirconkit.widgets.hover import crop_png

__all__ = ["answer_browser", "answered_grains", "threshold_mover", "threshold_words"]

SHOWN = 6  # grains at a time
KINDS = ("surest right", "surest wrong", "least sure")


def answered_grains(images, probability, rows):
    """Grains side by side, each with its number and its answer: str of HTML.

    Parameters
    ----------
    images : array of uint8, shape (n, height, width, channels)
    probability : array of float, shape (n,)
    rows : sequence of int
        Which grains, by row: that is the number below each.
    """
    figures = []
    for row in rows:
        said = f"grain {row}: {probability[row]:.2f}"
        picture = base64.b64encode(crop_png(images[row])).decode()
        image = f'<img width="120" alt="{said}" src="data:image/png;base64,{picture}">'
        figures.append(
            f'<figure style="display:inline-block;margin:4px">{image}<figcaption>{said}</figcaption></figure>'
        )
    return "".join(figures) or "no such grain"


def answer_browser(images, y, answers, classes):
    """Leaf through test grains by how sure a classifier is of them: ipywidgets.VBox.

    Parameters
    ----------
    images : array of uint8, shape (n, height, width, channels)
    y : array of 0 and 1, shape (n,)
    answers : dict of str to array of float, shape (n,)
        Of each classifier the probability of the second class.
    classes : sequence of str
        Two.
    """
    rows = {name: extremes_by_class(y, p, classes, n=len(y)) for name, p in answers.items()}
    model = ui.Dropdown(options=list(answers), description="classifier")
    is_class = ui.Dropdown(options=list(classes)[::-1], description="grains of")
    kind = ui.Dropdown(options=KINDS, description="show")
    page = ui.BoundedIntText(1, 1, 1, description="page")
    said, shown = ui.HTML(), ui.HTML()

    def update():
        found = rows[model.value][is_class.value][kind.value]
        page.max = max(1, -(-len(found) // SHOWN))
        start = SHOWN * (page.value - 1)
        shown.value = answered_grains(images, answers[model.value], found[start : start + SHOWN])
        what = f"{kind.value} first: {len(found)} grains of {escape(is_class.value)}, page {page.value} of {page.max}"
        said.value = f"{what}; the number after the colon is the probability of {escape(classes[1])}"

    follow([model, is_class, kind, page], update)
    return ui.VBox([ui.HBox([model, is_class, kind, page]), said, shown])


def threshold_words(calls, classes, missed, wasted):
    """A confusion matrix and what follows from it: str of HTML.

    Parameters
    ----------
    calls : evaluation.Calls
    classes : sequence of str
        Two.
    missed, wasted : float
        What a grain of the second class that is missed costs, and a grain of the first that is called the second.
    """
    names = [escape(name) for name in classes]
    heads = "".join(f"<th>called {name}</th>" for name in names)
    lines = [f"<tr><th></th>{heads}</tr>"]
    for name, colour, counts in zip(names, class_colours(classes).values(), calls.counts):
        cells = "".join(f'<td style="text-align:right">{count}</td>' for count in counts)
        lines.append(f'<tr><th style="color:{colour}">is {name}</th>{cells}</tr>')
    shares = [("accuracy", calls.accuracy), ("precision", calls.precision), ("recall", calls.recall)]
    words = [f"{name} {'–' if np.isnan(value) else format(value, '.2f')}" for name, value in shares]
    words.append(f"mean cost {calls.cost(missed, wasted):.2f}")
    return f"<table>{''.join(lines)}</table><p>{', '.join(words)}</p>"


def threshold_mover(y, answers, classes, missed=3, wasted=1):
    """Move a threshold; the confusion matrix, its scores and the cost follow: ipywidgets.VBox.

    Parameters
    ----------
    y : array of 0 and 1, shape (n,)
    answers : dict of str to array of float, shape (n,)
        Of each classifier the probability of the second class.
    classes : sequence of str
        Two.
    missed, wasted : float
        As in `threshold_words`.
    """
    model = ui.Dropdown(options=list(answers), description="classifier")
    threshold = ui.FloatSlider(0.5, min=0, max=1, step=0.01, description="threshold", continuous_update=False)
    picture, said = ui.Image(format="png", width=420), ui.HTML()

    def update():
        probability = answers[model.value]
        calls = at_threshold(y, probability, threshold.value)
        said.value = threshold_words(calls, classes, missed, wasted)
        picture.value = figure_png(heaps(y, probability, classes, threshold.value))

    follow([model, threshold], update)
    return ui.VBox([ui.HBox([model, threshold]), ui.HBox([picture, said])])
