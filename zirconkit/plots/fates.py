"""Who is saved and who is lost when grains are cut out of a mount, and why a bounding box depends on the angle."""

import cv2
import matplotlib.pyplot as plt
import numpy as np

from zirconkit.plots.canvas import grid, without_ticks
from zirconkit.plots.palette import AMBER, GREEN, GREY, PINK, rgb
from zirconkit.plots.pictures import as_rgb
from zirconkit.plots.pictures import mount as draw_mount
from zirconkit.segmentation import FATES, upright_box

__all__ = ["edged", "fates", "turning"]

COLOURS = dict(zip(FATES, (GREEN, AMBER, PINK)))
MARKERS = dict(zip(FATES, "osX"))
LONGEST = 1000  # px; a larger mount is drawn smaller
WHITE = 1.5  # grey levels are brightened by so much, for the eye
ANGLES = (0, 45, 90)  # degrees


def edged(image, truth):
    """A mount as it is drawn, and where in it the outlines of the true grains run.

    Parameters
    ----------
    image : array of uint8, shape (height, width)
    truth : array of int, shape (height, width)

    Returns
    -------
    picture : array of uint8, shape (rows, columns, 3)
        At most 1,000 px long.
    edges : array of int, shape (rows, columns)
        The number of a grain on its outline, else 0.
    shrunk : float
        Pixels of the picture for each of the mount's.
    """
    shrunk = min(1.0, LONGEST / max(truth.shape))
    size = tuple(round(side * shrunk) for side in truth.shape[::-1])
    picture = as_rgb(cv2.resize(image, size, interpolation=cv2.INTER_AREA), WHITE)
    numbers = cv2.resize(truth.astype(np.uint16), size, interpolation=cv2.INTER_NEAREST)
    around = np.ones((7, 7))
    inner = (cv2.erode(numbers, around) == numbers) & (cv2.dilate(numbers, around) == numbers)
    return picture, np.where(inner, 0, numbers).astype(int), shrunk


def fates(drawn, lie, found, um_per_px=None, limits=()):
    """True grains by their fate: outlined on the mount, and by the sides of their upright boxes.

    Parameters
    ----------
    drawn : tuple
        What `edged` returns.
    lie : DataFrame
        What `segmentation.how_they_lie` returns.
    found : segmentation.Fates
    um_per_px : float, optional
        Of the mount.
    limits : sequence of float
        What the smaller side must exceed and the larger stay below, marked by dashed lines, in pixels.
    """
    picture, edges, shrunk = drawn
    fig, (left, right) = plt.subplots(1, 2, figsize=(10, 5.4), width_ratios=[2.1, 1], layout="constrained")
    colour_of = np.zeros((edges.max() + 1, 3), np.uint8)
    for fate, colour in COLOURS.items():
        colour_of[found.grains[found.fate == fate]] = rgb(colour)
    on_edge = edges > 0
    coloured = picture.copy()
    coloured[on_edge] = colour_of[edges[on_edge]]
    draw_mount(coloured, "", left, um_per_px and um_per_px / shrunk)
    unit, length = ("px", 1) if um_per_px is None else ("µm", um_per_px)
    for fate, colour in COLOURS.items():
        is_it = found.fate == fate
        ones = lie[is_it]
        label = f"{fate}: {is_it.sum()}"
        sides = ones[["box_width_px", "box_height_px"]] * length
        right.plot(sides.max(axis=1), sides.min(axis=1), MARKERS[fate], ms=5, color=colour, label=label)
    for limit, draw in zip(limits, (right.axhline, right.axvline)):
        draw(limit * length, color=GREY, ls="--", lw=1)
    right.set(xlim=(0, None), ylim=(0, None))
    right.set_xlabel(f"larger side of the true grain's box ({unit})")
    right.set_ylabel(f"smaller side ({unit})")
    grid(right)
    right.legend(fontsize=8, loc="lower center", bbox_to_anchor=(0.5, 1), ncols=1, frameon=False)
    return fig


def turning(length, width, angles=ANGLES, fits=(40, 90)):
    """A crystal, drawn as a rectangle, at some angles, each in its upright box.

    Parameters
    ----------
    length, width : float
        In pixels.
    angles : sequence of float
        In degrees, from level.
    fits : tuple of float
        Between what a side of the box must lie for the crystal to be kept, in pixels.
    """
    fig, axes = plt.subplots(1, len(angles), figsize=(2 * len(angles), 2.6), layout="constrained", squeeze=False)
    side = 0.6 * max(fits[1], np.hypot(length, width))
    for ax, angle in zip(axes[0], angles):
        box = upright_box(length, width, angle)
        is_kept = fits[0] < min(box) and max(box) < fits[1]
        turn = np.deg2rad(angle)
        along = np.array([np.cos(turn), np.sin(turn)]) * length / 2
        across = np.array([-np.sin(turn), np.cos(turn)]) * width / 2
        corners = [along + across, along - across, -along - across, across - along]
        ax.add_patch(plt.Polygon(corners, color=GREY))
        colour, style, said = (GREEN, "-", "kept") if is_kept else (AMBER, "--", "dropped")
        frame = plt.Rectangle(np.negative(box) / 2, *box, fill=False, color=colour, lw=2.5, ls=style)
        ax.add_patch(frame)
        ax.set(xlim=(-side, side), ylim=(-side, side), aspect="equal")
        ax.set_title(f"{angle:g}°: {said}", fontsize=10)
        ax.set_xlabel(f"{box[0]:.0f} × {box[1]:.0f} px")
    without_ticks(axes[0])
    return fig
