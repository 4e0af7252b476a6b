"""A rule in the hand: one number of a grain, and a threshold."""

from html import escape

import ipywidgets as ui

from zirconkit import plots
from zirconkit.evaluation import proportion_interval
from zirconkit.widgets.common import figure_png, follow

__all__ = ["rule_explorer", "rule_score"]


def rule_score(table, column, threshold, above):
    """The share of grains about which a rule is right that calls what lies above a threshold one class: an Interval.

    Parameters
    ----------
    table : DataFrame
        Has `column` and class_name, of two classes.
    column : str
    threshold : float
    above : str
        The class that grains above the threshold are called; the others are called the other one.
    """
    called_above = table[column] > threshold
    right = (table["class_name"] == above) == called_above
    return proportion_interval(int(right.sum()), len(table))


def rule_explorer(table, labels):
    """Choose a number and move a threshold; how many grains the rule is right about follows: ipywidgets.VBox.

    Parameters
    ----------
    table : DataFrame
        As in `rule_score`.
    labels : dict of str to str
        From a column to its name on the axis, with the unit.
    """
    classes = sorted(table["class_name"].unique())
    column = ui.Dropdown(options=[(label, name) for name, label in labels.items()], description="number")
    place = ui.IntSlider(50, 0, 100, description="threshold", readout=False, continuous_update=False)
    above = ui.Dropdown(options=classes[::-1], description="above it is")
    picture, said = ui.Image(format="png", width=520), ui.HTML()

    def update():
        values = table[column.value]
        threshold = values.min() + place.value / 100 * (values.max() - values.min())
        fig = plots.feature_by_class(table, column.value, labels[column.value], classes)
        fig.axes[0].axvline(threshold, color="black", ls="--")
        picture.value = figure_png(fig)
        share = rule_score(table, column.value, threshold, above.value)
        said.value = f"above {threshold:.3g}: {escape(above.value)}. Right about {share:.2f} of {len(table)} grains"

    follow([column, place, above], update)
    return ui.VBox([ui.HBox([column, place, above]), said, picture])
