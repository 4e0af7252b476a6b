"""The shape of a section: a zircon's faces, a cut through them, and what wear and damage did to its outline.

A zircon is the intersection of half-spaces: prisms {100}, {110} and pyramids {101}, {211}, each face as far from the
growth centre as it grew fast; an apatite, of the habit "hexagonal", that of {10-10}, {11-20}, {10-11} and {0001}. On
the plane of a polished mount u(x) = max over faces of (n . x) / d is 0 at the centre and 1 at the rim. Outlines are
signed distances in half-widths, negative inside, combined by a maximum: new damage is one more function. They use
exactly rounded operations only, so that a grain has the same pixels on every computer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import permutations, product
from typing import NamedTuple

import numpy as np

from zirconkit.synthetic.zoning import Section, growth, ripple

__all__ = ["Shape", "Specimen", "crystal_faces", "cut", "fit_specimen", "lay_on_pixels"]

A_OVER_C = 6.607 / 5.982  # zircon's cell edges, angstrom (Hazen & Finger, 1979)
APATITE_A_OVER_C = 9.397 / 6.878  # fluorapatite's (Hughes, Cameron & Crowley, 1989)
MARGIN = 9  # pixels of resin kept around a grain: the glow of its buried flanks fits in


class Shape(NamedTuple):
    """What the outline of a section is to be; `crystals.grow` says what the words mean."""

    habit: str
    aspect: float
    broken: int
    bays: int
    roughness: float
    abrasion: float = 0.0  # by transport in a river: 0 as it grew, 1 a pebble


class Finish(NamedTuple):
    """How far a crystal is from a perfect one; lengths in half-widths."""

    irregular: float  # relative spread between the faces of a form
    rounding: float  # of corners
    warp: float  # of faces
    wear: float  # of corners that damage leaves


EUHEDRAL = Finish(irregular=0.08, rounding=0.04, warp=0.02, wear=0.03)
ROUNDED = 0.6  # what abrasion adds to the rounding, at most
ANHEDRAL = Finish(irregular=0.12, rounding=0.12, warp=0.10, wear=0.06)


# ---------------------------------------------------------------- a crystal and its cut


def form(h, k, l):  # noqa: E741 (Miller indices are called h, k, l)
    """Unit normals of all faces of a tetragonal form {hkl}, shape (faces, 3)."""
    faces = set()
    for a, b in permutations((h, k)):
        for s, t, v in product((1, -1), repeat=3):
            faces.add((a * s, b * t, l * v))
    normals = np.array(sorted(faces)) * (1, 1, A_OVER_C)
    return normals / np.linalg.norm(normals, axis=1, keepdims=True)


FORMS = [form(1, 0, 0), form(1, 1, 0), form(1, 0, 1), form(2, 1, 1)]
NORMALS = np.concatenate(FORMS)
FORM_OF_FACE = np.repeat(np.arange(4), [len(faces) for faces in FORMS])


def rotation(angle):
    """The matrix that turns points (x, y) by an angle in radians."""
    cosine, sine = np.cos(angle), np.sin(angle)
    return np.array([[cosine, -sine], [sine, cosine]])


def hexagonal_form(h, k, l):  # noqa: E741
    """Unit normals of all faces of a hexagonal form {hkil} of apatite, shape (faces, 3)."""
    across = np.array([h, (h + 2 * k) / np.sqrt(3)])
    heights = sorted({l * APATITE_A_OVER_C, -l * APATITE_A_OVER_C})
    turns = np.arange(6) * np.pi / 3 if across.any() else [0.0]
    faces = [[*(rotation(turn) @ across), height] for height in heights for turn in turns]
    return np.array(faces) / np.linalg.norm(faces, axis=1, keepdims=True)


HEXAGONAL = [hexagonal_form(1, 0, 0), hexagonal_form(1, 1, 0), hexagonal_form(1, 0, 1), hexagonal_form(0, 0, 1)]
HEXAGONAL_NORMALS = np.concatenate(HEXAGONAL)
FORM_OF_HEXAGONAL = np.repeat(np.arange(4), [len(faces) for faces in HEXAGONAL])


def crystal_faces(elongation, irregular, rng):
    """How far each face of `NORMALS` lies from the growth centre, in half-widths of the {100} prism; shape (32,).

    `elongation` is the half-length along c (to the tip of {101}) over the half-width: 1 a bipyramid, 3 a slender prism.
    `irregular` is the relative spread between the faces of a form and, doubled, how far off its middle growth began.
    """
    _, _, rise = np.abs(FORMS[2][0])  # |x|, |y|, |z| of a normal of {101}
    wide, _, high = np.abs(FORMS[3][0])  # and of {211}
    shoulder = max(elongation - 1 / A_OVER_C, 0)  # height at which {100} meets {101}
    prism = rng.uniform(0.95, 1.45)
    pyramid = elongation * rise
    steep = (wide + high * shoulder) * rng.uniform(0.92, 1.2)
    of_form = np.array([1, prism, pyramid, steep])
    spread = rng.normal(1, irregular, len(NORMALS))
    distances = of_form[FORM_OF_FACE] * spread.clip(0.7, 1.3)
    start = rng.normal(0, 2 * irregular, 3)
    return np.maximum(distances + NORMALS @ start, 0.5)


def hexagonal_faces(elongation, irregular, rng):
    """The same for each face of `HEXAGONAL_NORMALS`, an apatite: two prisms, a pyramid, a flat end; shape (26,)."""
    rise = HEXAGONAL[2][0, 2]
    flat_end = elongation * rng.uniform(0.65, 1.0)
    pyramid = elongation * abs(rise) * rng.uniform(0.9, 1.1)
    of_form = np.array([1, rng.uniform(1.02, 1.25), pyramid, flat_end])
    spread = rng.normal(1, irregular, len(HEXAGONAL_NORMALS))
    distances = of_form[FORM_OF_HEXAGONAL] * spread.clip(0.7, 1.3)
    start = rng.normal(0, 2 * irregular, 3)
    return np.maximum(distances + HEXAGONAL_NORMALS @ start, 0.5)


def cut(distances, tilt, azimuth, depth, normals=NORMALS):
    """Cut the crystal by a plane: on it each face is linear, u = p x + q y + r, x along the trace of c.

    `distances` come from `crystal_faces`, or from `hexagonal_faces` with the `normals` of those; `tilt` is c's angle to
    the plane and `azimuth` a turn about c, in radians; `depth` is 0 through the growth centre, 1 where the plane grazes
    the surface. Returns rows (p, q, r).
    """
    cosine, sine = np.cos(azimuth), np.sin(azimuth)
    flat = np.cos(tilt)
    normal = np.array([cosine * flat, sine * flat, np.sin(tilt)])
    across = np.array([-sine, cosine, 0])
    along = np.cross(normal, across)
    nearest = normals @ normal / distances
    surface = 1 / nearest.max()  # how far out a plane of this direction still meets the crystal
    centre = depth * surface * normal
    axes = np.stack([along, across, centre])
    return normals @ axes.T / distances[:, None]


def random_cut(distances, habit, rng, normals=NORMALS):
    """Cut a crystal as grains lie in a mount: along c but for some degrees; equant ones now and then across c."""
    across_c = habit == "equant" and rng.random() < 0.3
    tilt = rng.normal(1.35, 0.1) if across_c else rng.normal(0, 0.14)
    azimuth = rng.uniform(0, 2 * np.pi)
    depth = abs(rng.normal(0, 0.3))
    return cut(distances, tilt, azimuth, min(depth, 0.6), normals)


def coarse_grid(elongation):
    """Points x, y that cover the section of any crystal of this elongation, 40 x 50, in half-widths."""
    half_x = 1.5 * max(elongation, 1.4)
    half_y = 2.0
    grid = np.mgrid[-half_y:half_y:40j, -half_x:half_x:50j]
    y, x = grid.astype(np.float32)
    return x, y


def cell_area(x, y):
    """The area that each point of a regular grid stands for."""
    width = x[0, 1] - x[0, 0]
    height = y[1, 0] - y[0, 0]
    return float(width) * float(height)


def showing(planes, x, y, form_of_face=FORM_OF_FACE):
    """The faces that grow at any of the points x, y, with their forms: float32 rows (p, q, r, form)."""
    _, face = growth(planes, x, y)
    with_form = np.c_[planes, form_of_face]
    seen = np.unique(face)
    return np.float32(with_form[seen])


# ---------------------------------------------------------------- outlines: functions of x, y


def polygon(planes, rounding):
    """The section's own outline; its corners blunted."""
    steepness = np.hypot(planes[:, 0], planes[:, 1])
    slope = np.maximum(steepness, 0.25)
    from_rim = planes[:, :3] - np.float32([0, 0, 1])
    in_half_widths = from_rim.T / slope
    p, q, r = in_half_widths[:, :, None, None]

    def distance(x, y):
        values = p * x + q * y + r
        top = values.max(axis=0)
        near = np.maximum(values - top + rounding, 0)
        squares = (near**2).sum(axis=0)
        return top + squares / (4 * rounding) - rounding / 4

    return distance


def as_grown(smooth, finish, roughness, rng):
    """An outline with faces that bend and are gritty."""
    amount = finish.warp * roughness
    warp_x = ripple(rng, 1.6)
    warp_y = ripple(rng, 1.6)
    grit = ripple(rng, 0.3)

    def distance(x, y):
        x_bent = x + amount * warp_x(x, y)
        y_bent = y + amount * warp_y(x, y)
        bent = smooth(x_bent, y_bent)
        return bent + 0.008 * roughness * grit(x, y)

    return distance


def break_line(inside, rng):
    """A break, straight or conchoidal, that takes away 10 to 50 % of the points `inside`, shape (2, n)."""
    angle = rng.choice([0, np.pi]) + rng.normal(0, 0.5)
    bend = rng.normal(0, 0.2)
    tooth = rng.uniform(0.005, 0.03)
    nx = float(np.cos(angle))
    ny = float(np.sin(angle))
    shell = ripple(rng, 1.2)
    jag = ripple(rng, 0.3)
    across = np.array([nx, ny]) @ inside
    kept = rng.uniform(0.5, 0.9)
    where = float(np.quantile(across, kept))

    def distance(x, y):
        along = y * nx - x * ny
        edge = x * nx + y * ny - where
        edge += bend * along**2
        edge += 0.06 * shell(along, along)
        return edge + tooth * jag(along, along)

    return distance


def bay(edge, rng):
    """A bite out of the rim at one of the points `edge`, as resorption, a plucked inclusion or a chip leaves it."""
    place = rng.integers(edge.shape[1])
    x0, y0 = edge[:, place].tolist()
    radius = rng.uniform(0.12, 0.34)
    stretch = rng.uniform(0.7, 1.5)
    wobble = ripple(rng, 0.5)

    def distance(x, y):
        dx = (x - x0) * stretch
        dy = (y - y0) / stretch
        away = np.sqrt(dx**2 + dy**2)
        return radius - away + 0.05 * wobble(x, y)

    return distance


def random_damage(smooth, grid, shape, rng):
    """The breaks and bays of a `Shape`, strewn over an outline whose points x, y are `grid`."""
    points = np.array([axis.ravel() for axis in grid], float)
    depth = -smooth(*grid).ravel()
    inside = points[:, depth > 0]
    damages = [break_line(inside, rng) for _ in range(shape.broken)]
    if shape.bays:
        nearest_first = np.argsort(np.abs(depth))
        edge = points[:, nearest_first[:40]]
        damages += [bay(edge, rng) for _ in range(shape.bays)]
    return damages


def blunt_max(one, other, rounding):
    """The larger of two distances; where they meet, the corner is worn off."""
    near = np.maximum(rounding - np.abs(one - other), 0)
    return np.maximum(one, other) + near**2 / (4 * rounding)


def damaged(grown, damages, wear):
    """An outline without what its damages took away."""

    def distance(x, y):
        edge = grown(x, y)
        for damage in damages:
            edge = blunt_max(edge, damage(x, y), wear)
        return edge

    return distance


# ---------------------------------------------------------------- a section of the shape that is wanted


@dataclass(frozen=True)
class Specimen:
    """A crystal, cut and damaged; lengths in half-widths of its {100} prism.

    Attributes
    ----------
    planes : array, shape (faces, 4)
        The faces that show on the section, as rows (p, q, r, form).
    grown, outline : callables
        Distance of points x, y from the outline as it grew, and as damage left it; negative inside.
    inside : array, shape (2, n)
        Points of a regular grid inside of the outline.
    cell : float
        The area that each of these points stands for.
    """

    planes: np.ndarray
    grown: Callable
    outline: Callable
    inside: np.ndarray
    cell: float

    def area(self):
        """Of the section, by its points."""
        return self.inside.shape[1] * self.cell

    def axes(self):
        """The short and the long axis, as standard deviations: by second moments."""
        return np.sqrt(np.linalg.eigvalsh(np.cov(self.inside)))


def random_specimen(shape, elongation, rng):
    """Cut a crystal of an elongation at random and damage it as a `Shape` says; returns a `Specimen`."""
    finish = ANHEDRAL if shape.habit == "anhedral" else EUHEDRAL
    x, y = coarse_grid(elongation)
    if shape.habit == "hexagonal":
        distances = hexagonal_faces(elongation, finish.irregular, rng)
        planes = random_cut(distances, shape.habit, rng, HEXAGONAL_NORMALS)
        planes = showing(planes, x, y, FORM_OF_HEXAGONAL)
    else:
        distances = crystal_faces(elongation, finish.irregular, rng)
        planes = random_cut(distances, shape.habit, rng)
        planes = showing(planes, x, y)
    smooth = polygon(planes, finish.rounding + ROUNDED * shape.abrasion)
    grown = as_grown(smooth, finish, shape.roughness, rng)
    damages = random_damage(smooth, (x, y), shape, rng)
    outline = damaged(grown, damages, finish.wear)
    points = np.array([x, y], float)
    inside = points[:, outline(x, y) < 0]
    return Specimen(planes, grown, outline, inside, cell_area(x, y))


def fit_specimen(shape, seed):
    """Find the elongation whose section, cut and damaged by the dice of `seed`, comes closest to the aspect ratio."""
    closest, least = None, np.inf
    for dice in seed.spawn(3):  # other dice, if a break or the direction of the cut puts the aspect ratio out of reach
        elongation = max(shape.aspect, 1.0)
        for _ in range(4):
            specimen = random_specimen(shape, elongation, np.random.default_rng(dice))
            if specimen.inside.shape[1] < 2:  # nothing is left of it
                break
            short, long = specimen.axes()
            with np.errstate(divide="ignore"):  # of a sliver
                miss = abs(np.log(long / short / shape.aspect))
            if np.isnan(miss):
                break
            if miss < least:
                closest, least = specimen, miss
            if miss < 0.03:
                return closest
            correction = (shape.aspect * short / long) ** 1.2
            elongation = np.clip(elongation * correction, 0.85, 7)
    return closest


def lay_on_pixels(specimen, diameter, angle, half=None):
    """Turn a specimen by an angle and lay it on pixels, its equivalent diameter in px; returns its `Section`.

    The picture is as large as the grain needs, or, where `half` is given, so many pixels to each side of its centre.
    """
    area = specimen.area()
    scale = diameter * np.sqrt(np.pi / 4 / area)
    turn = rotation(angle)
    centre = specimen.inside.mean(axis=1)
    grain = turn @ (specimen.inside - centre[:, None])
    reach = np.abs(grain).max(axis=1)
    needed = (1.12 * scale * reach).astype(int) + MARGIN
    half_w, half_h = needed if half is None else (half, half)
    rows, columns = np.mgrid[-half_h : half_h + 1, -half_w : half_w + 1]
    pixels = np.array([columns, rows]) / scale
    points = np.tensordot(turn.T, pixels, 1)
    points += centre[:, None, None]
    x, y = points.astype(np.float32)
    return Section(specimen.planes, x, y, scale)
