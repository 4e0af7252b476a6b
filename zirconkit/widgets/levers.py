"""Sliders on the recipe that cuts grains out of a mount, and on a crystal in its box."""

import ipywidgets as ui

from zirconkit import plots, segmentation
from zirconkit.evaluation import proportion_interval
from zirconkit.widgets.common import figure_png, follow, slider

__all__ = ["LEVERS", "lever_explorer", "turning_crystal", "words_of_fates"]

# Of each lever of the published recipe its value, and from where to where it can be moved.
LEVERS = {
    "low": (20, 1, 254),
    "high": (255, 2, 500),
    "dilation": (4, 1, 9),
    "smallest": (40, 5, 80),
    "largest": (90, 50, 200),
}


def words_of_fates(found):
    """Recall with its 95 % interval over grains, and precision, of a `segmentation.Fates`: str."""
    recall = proportion_interval(found.saved.sum(), len(found.grains))
    counts = f"{found.saved.sum()} of {len(found.grains)} grains saved, {found.kept} outlines kept"
    precision = f"{found.precision:.2f}" if found.kept else "not to be had"
    return f"{counts}: recall {recall:.2f}, precision {precision}"


def lever_explorer(image, truth, cut_out, um_per_px=None):
    """Move the levers of a recipe; who is saved, recall and precision follow: ipywidgets.VBox.

    Parameters
    ----------
    image : array of uint8, shape (height, width)
    truth : array of int, shape (height, width)
    cut_out : callable
        The notebook's own recipe: takes the image and, by name, each of `LEVERS`; returns the outlines that it keeps
        and those that it drops.
    um_per_px : float, optional
    """
    controls = {name: slider(name, *range_) for name, range_ in LEVERS.items()}
    picture, said = ui.Image(format="png", width=1000), ui.HTML()
    drawn, lie = plots.edged(image, truth), segmentation.how_they_lie(truth)

    def update():
        settings = {name: control.value for name, control in controls.items()}
        found = segmentation.fates(*cut_out(image, **settings), truth)
        limits = settings["smallest"], settings["largest"]
        picture.value = figure_png(plots.fates(drawn, lie, found, um_per_px, limits))
        said.value = f"<b>{words_of_fates(found)}</b>"

    follow(controls.values(), update)
    edges, sizes = list(controls.values())[:3], list(controls.values())[3:]
    return ui.VBox([ui.HBox(edges), ui.HBox(sizes), said, picture])


def turning_crystal(length=80, width=30):
    """Turn a crystal, make it longer or wider; its upright box and whether it is kept follow: ipywidgets.VBox."""
    angle = slider("angle (°)", 0, 0, 90)
    long, wide = slider("length (px)", length, 20, 150), slider("width (px)", width, 10, 100)
    picture = ui.Image(format="png", width=300)
    said = ui.HTML()

    def update():
        box = segmentation.upright_box(long.value, wide.value, angle.value)
        is_kept = segmentation.fits_published_box(*box)
        picture.value = figure_png(plots.turning(long.value, wide.value, [angle.value]))
        feret = (long.value**2 + wide.value**2) ** 0.5
        same = f"area {long.value * wide.value} px², Feret diameter {feret:.0f} px at every angle"
        said.value = f"box {box[0]:.1f} × {box[1]:.1f} px: <b>{'kept' if is_kept else 'dropped'}</b>; {same}"

    follow([angle, long, wide], update)
    return ui.VBox([ui.HBox([angle, long, wide]), said, picture])
