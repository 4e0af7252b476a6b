"""Where each grain of a synthetic mount lies, how they shine, and what lies among them that is no grain.

Grains are strewn around the mount's middle, as somebody drops them; a share of them touches a neighbour or lies just
under it, as on the real mounts.
"""

from typing import NamedTuple

import cv2
import numpy as np

__all__ = ["Layout", "add_distractors", "paint", "place", "window"]

ATTEMPTS = 2000  # to find a grain a place


class Distractor(NamedTuple):
    """Something that is no grain."""

    per_megapixel: float
    smallest: float  # radius, in pixels
    largest: float


DISTRACTORS = {
    "fragment": Distractor(6, 1, 3),
    "dim": Distractor(2, 10, 22),
    "dark": Distractor(5, 10, 40),
    "bubble": Distractor(3, 10, 30),
}


def window(corner, shape):
    """The part of an array that an image of some shape covers from a corner on, as two slices."""
    return tuple(slice(start, start + length) for start, length in zip(corner, shape))


# ---------------------------------------------------------------- a place for each grain


class Layout:
    """A mount while grains are laid into it.

    Attributes
    ----------
    room : array of bool
        Where grains may lie.
    labels : array of int32
        Whose each pixel is: 0 nobody's, else the number of a grain, from 1 in the order in which they were laid.
    corners, shapes : lists
        Of the image of each grain that lies: its upper left corner (row, column), and its shape.
    """

    def __init__(self, room):
        self.room = room
        self.labels = np.zeros(room.shape, np.int32)
        self.corners = []
        self.shapes = []

    def is_free(self, corner, mask, claim):
        """Whether a grain can lie here: inside of the mount, mostly where there is room, and `claim` is nobody's."""
        beyond = corner + mask.shape > self.room.shape
        if (corner < 0).any() or beyond.any():
            return False
        here = window(corner, mask.shape)
        share = self.room[here][mask].mean()
        taken = self.labels[here][claim]
        return share > 0.6 and not taken.any()

    def lay(self, corner, mask):
        """Lay a grain under those that lie already."""
        self.corners.append(corner)
        self.shapes.append(mask.shape)
        here = window(corner, mask.shape)
        free = mask & (self.labels[here] == 0)
        self.labels[here][free] = len(self.corners)


def neighbourhood(number, touching, rng):
    """Draw whether a grain lies close to another one, and how many pixels it keeps off others; below 0 it lies under.

    The first five are alone in any case.
    """
    kind = rng.random() if number > 4 else 1.0
    if kind < touching:
        return True, -rng.integers(0, 4)
    if kind < touching + 0.2:
        return True, rng.integers(2, 6)
    return False, rng.integers(1, 7)


def claimed(mask, gap):
    """The pixels that must be nobody's: the grain and a gap around it; less than the grain where the gap is below 0."""
    side = 2 * abs(gap) + 1
    kernel = np.ones((side, side))
    change = cv2.erode if gap < 0 else cv2.dilate
    claim = change(mask.astype(np.uint8), kernel)
    return claim > 0


def strewn(size, shape, rng):
    """A corner for an image of some shape: its middle anywhere, most often around that of the mount."""
    spread = 0.18 if rng.random() < 0.75 else 0.3
    middle = size * rng.normal(0.5, spread, 2)
    corner = middle - np.array(shape) / 2
    return corner.astype(int)


def beside(layout, mask, claim, rng):
    """Push a grain towards one that lies already, from a random side; its last free corner, or None."""
    other = rng.integers(len(layout.corners))
    angle = rng.uniform(0, 2 * np.pi)
    direction = np.array([np.sin(angle), np.cos(angle)])
    shape = np.array(layout.shapes[other])
    middle = layout.corners[other] + (shape - mask.shape) // 2
    diagonals = np.hypot(*mask.shape) + np.hypot(*shape)
    nearest = None
    for reach in range(int(diagonals) // 2, 0, -1):
        corner = (middle + reach * direction).astype(int)
        if not layout.is_free(corner, mask, claim):
            break
        nearest = corner
    return nearest


def find_corner(layout, mask, touching, rng):
    """A free corner for a grain; None if there is none after many attempts."""
    close, gap = neighbourhood(len(layout.corners), touching, rng)
    claim = claimed(mask, gap)
    size = np.array(layout.room.shape)
    for _ in range(ATTEMPTS):
        corner = strewn(size, mask.shape, rng)
        if close:
            corner = beside(layout, mask, claim, rng)
        if corner is not None and layout.is_free(corner, mask, claim):
            return corner
    return None


def place(grown, room, touching, rng):
    """Find each grain a place: strewn around the mount's middle, a share `touching` against or just under a neighbour.

    `room` (bool, the mount's shape) is where grains may lie. Returns labels and the corner of each crystal's image;
    raises a RuntimeError where no place is left.
    """
    layout = Layout(room)
    for number, crystal in enumerate(grown, start=1):
        corner = find_corner(layout, crystal.mask, touching, rng)
        if corner is None:
            raise RuntimeError(f"no room for grain {number} of {len(grown)}: the recipe has too many or too big ones")
        layout.lay(corner, crystal.mask)
    return layout.labels, layout.corners


def paint(grown, greys, corners, shape):
    """All grains as one scene on black, float32 grey levels; where two glow, the brighter one shows."""
    scene = np.zeros(shape, np.float32)
    for crystal, grey, corner in zip(grown, greys, corners):
        here = window(corner, crystal.mask.shape)
        inside = crystal.image[crystal.mask]
        factor = grey / inside.mean()
        grain = crystal.image * factor
        scene[here] = np.maximum(scene[here], grain)
    return cv2.GaussianBlur(scene, (0, 0), 0.6)  # the beam's spot: 80 % of the plateau in a grain's outermost pixel


# ---------------------------------------------------------------- what is no grain


def random_kinds(area, rng):
    """Draw which distractors lie on an area, in square pixels: their kinds, one a distractor."""
    density = np.array([each.per_megapixel for each in DISTRACTORS.values()])
    mean = density * area / 1e6
    number = rng.poisson(mean)
    return np.repeat(list(DISTRACTORS), number)


def random_place(shape, side, rng):
    """A square window somewhere in a scene."""
    corner = [rng.integers(0, length - side) for length in shape]
    return window(corner, (side, side))


def blot(side, radius, rng):
    """A polygon of nine corners with soft edges in the middle of a square: float32, 0 to 1."""
    angle = np.sort(rng.uniform(0, 2 * np.pi, 9))
    reach = radius * rng.uniform(0.6, 1.2, 9)
    middle = side // 2
    x = middle + reach * np.cos(angle)
    y = middle + reach * np.sin(angle)
    corners = np.rint(np.stack([x, y], axis=1))
    square = np.zeros((side, side), np.float32)
    cv2.fillPoly(square, [corners.astype(np.int32)], 1)
    return cv2.GaussianBlur(square, (0, 0), 0.7)


def shining(outline, kind, rng):
    """The grey levels of a zircon's fragment or of a dim mineral, mottled."""
    noise = rng.standard_normal(outline.shape, np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 1.5)
    mottle = 1 + 2 * soft
    low, high = (30, 110) if kind == "fragment" else (3, 10)
    return mottle * rng.uniform(low, high)


def hole(outline, kind, rng):
    """What a dark mineral or a bubble adds to the resin's brightness: lit from one side, it shows as a half-moon."""
    moved = np.roll(outline, rng.integers(1, 4), axis=0)
    edge = np.clip(outline - moved, -0.3, 1)
    change = 0.5 * cv2.GaussianBlur(edge, (0, 0), 1.0)
    darkness = rng.uniform(0.15, 0.5)
    if kind == "dark":
        change -= darkness * outline
    return change


def add_distractors(scene, labels, rng):
    """Scatter what is no grain: fine fragments and dim grey minerals, added to the scene; dark minerals and bubbles.

    Returns the brightness of the resin relative to clean resin, float32, the shape of `scene`.
    """
    resin = np.ones(scene.shape, np.float32)
    for kind in random_kinds(scene.size, rng):
        _, smallest, largest = DISTRACTORS[kind]
        radius = rng.uniform(smallest, largest)
        side = 2 * int(1.3 * radius) + 6
        here = random_place(scene.shape, side, rng)
        outline = blot(side, radius, rng)
        if kind in ("fragment", "dim"):
            grey = shining(outline, kind, rng) * (labels[here] == 0)
            scene[here] = np.maximum(scene[here], outline * grey)
        else:
            resin[here] += hole(outline, kind, rng)
    return resin
