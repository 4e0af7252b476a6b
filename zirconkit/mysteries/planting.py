"""Sets in which class is a toss of the coin, except for what was planted.

Grains of the four small grown mounts are dealt out anew, at random, to twelve mounts, and the mounts to two classes. So
nothing in a grain says which class its mount has. As on real mounts, each mount has its own exposure, its own resin
and a little its own size. Then one thing, or nothing, is planted. What this stands in for: what an operator, a
microscope or a person who labels may do to a set. Where it ends: one cause a set, and always a strong one.
"""

from typing import NamedTuple

import cv2
import numpy as np
import pandas as pd

from zirconkit import grains as gr
from zirconkit import mounts, samples
from zirconkit.grains import Grains
from zirconkit.mysteries.looking import long_axis

__all__ = ["CAUSES", "Case", "causes_of", "grown_pool", "plant", "series", "tampered"]

CAUSES = ("exposure", "resin", "size", "turn", "mark", "leak", "circular", "nothing")
DECK = (*CAUSES, "nothing")  # a series is dealt from it
MOUNTS, EACH = 6, 19  # of each class, and grains on each mount
SIDE = 90  # px, of an image
LONGEST = 88  # px; a longer grain would leave the image when it is turned
RESIN, GRAIN = 28.0, 0.62  # grey of the resin; brightness of a grain against its crop, so that nothing saturates

# How strong what is planted is: set so that its own measure reaches a ROC-AUC of 0.75 to 0.9 (a test holds it).
EXPOSURE, STAINED, LARGER = 1.22, 1.2, 1.17  # times for the one class, divided by it for the other
SPREAD = 20  # degrees, about the direction in which grains of the one class lie
MARKED, MARKS = (0.12, 0.78), 0.3  # share with a mark, of each class, and where nothing is planted
TWINS = 0.74  # share of the grains that have a twin
NOISE_IN_LABEL = 1.0  # standard deviations of the aspect ratio that the labeller is off by

GIVEN = ("field relations and U–Pb age", "whole-rock chemistry", "the rock in hand specimen", "the drill log")
BY_LOOK = (
    "its zircons in these images: long ones are porphyry",
    "shape of the zircons, by eye, on the screen",
    "elongation of the zircons in the CL images",
)


class Case(NamedTuple):
    """A set to look at: grains (images with resin around, masks, sample and class_name), and a sheet for its mounts.

    The sheet has a row for each mount: sample, class_name, class_given_by.
    """

    grains: Grains
    sheet: pd.DataFrame


def grown_pool(grains=None):
    """The grains that all sets are dealt from: those of the four grown mounts that ship, if they fit when turned.

    Parameters
    ----------
    grains : Grains, optional
        All grains of these four mounts in images of 90 px, where they are at hand: that saves some seconds.
    """
    if grains is None:
        grains = gr.from_mounts(mounts.embedded(), size=SIDE, progress=False)
    longest = grains.table["feret_px"]
    return grains[(longest <= LONGEST).to_numpy()]


def causes_of(seed, n=5):
    """What was planted in each of the first n sets of a series: list of str, of `CAUSES`."""
    order = np.random.default_rng([seed, 8]).permutation(len(DECK))
    return [DECK[i] for i in order[:n]]


def series(pool, seed, number):
    """A set of a series: a `Case`. What was planted, `causes_of` knows; who looks should not."""
    cause = causes_of(seed, number + 1)[number]
    return plant(pool, cause, 1000 * seed + number)


def plant(pool, cause, seed):
    """Deal grains out at random to mounts and classes, and plant a cause.

    Parameters
    ----------
    pool : Grains
        At least 228, whose longest extent fits into their image: `grown_pool`.
    cause : str
        One of `CAUSES`. Of sets with nothing planted every second is of grains whose outline does tell the class,
        with classes that were given by something else: a true difference, and no shortcut.
    seed : int

    Returns
    -------
    Case
    """
    if cause not in CAUSES:
        raise ValueError(f"{cause!r} cannot be planted: there are {', '.join(CAUSES)}")
    rng = np.random.default_rng([seed, CAUSES.index(cause)])
    is_true = cause == "nothing" and rng.random() < 0.5
    settings = _dealt(pool, rng, by_outline=is_true or cause == "circular")
    change = _CHANGES.get(cause)
    if change:
        change(settings, rng)
    return Case(_photographed(pool, settings, rng), _sheet(settings, cause, rng))


def tampered(grains, change):
    """Grains whose pictures somebody changed, who knew the class: Grains.

    Parameters
    ----------
    grains : Grains
        Grey, of two classes.
    change : callable
        From an image, a mask, both of shape (height, width), and whether it is of the second class, to an image.
    """
    parts = zip(grains.images[..., 0], grains.masks, grains.y)
    changed = [change(image.astype(float), mask.copy(), bool(k)) for image, mask, k in parts]
    whole = np.rint(changed).clip(0, 255).astype(np.uint8)
    return grains.with_images(whole[..., None])


def _dealt(pool, rng, by_outline):
    """What each grain of a set is and how it is photographed: DataFrame."""
    n = 2 * MOUNTS * EACH
    drawn = rng.permutation(len(pool))[:n]
    if by_outline:
        drawn = drawn[_by_length(pool, drawn, rng)]
    named = rng.permutation(2 * MOUNTS)
    mount = np.repeat(named, EACH)
    classes = np.repeat([0, 1], n // 2)
    settings = pd.DataFrame({"grain": drawn, "mount": mount, "y": classes})
    settings["angle"] = rng.uniform(-90, 90, n)
    settings["scale"] = 0.84 * _of_mounts(0.03, mount, rng)
    settings["exposure"] = _of_mounts(0.09, mount, rng)
    settings["exposure"] *= rng.lognormal(0, 0.05, n)
    settings["resin"] = _of_mounts(0.1, mount, rng)
    settings["resin"] *= rng.lognormal(0, 0.2, n)
    settings["mark"] = rng.random(n) < MARKS
    return settings


def _of_mounts(spread, mount, rng):
    """A factor for each grain, the same for all grains of a mount."""
    factors = rng.lognormal(0, spread, 2 * MOUNTS)
    return factors[mount]


def _by_length(pool, drawn, rng):
    """The order of grains by their aspect ratio as a labeller sees it, who is a little off: the short half first."""
    aspect = pool.table["aspect_ratio"].to_numpy()[drawn]
    noise = rng.normal(0, NOISE_IN_LABEL * aspect.std(), len(drawn))
    order = np.argsort(aspect + noise)
    short, long = np.array_split(order, 2)
    mixed = rng.permutation(short), rng.permutation(long)
    return np.concatenate(mixed)


def _two_ways(y, factor):
    """Times a factor for class 1, divided by it for class 0."""
    return np.where(y == 1, factor, 1 / factor)


def _evened(values, y):
    """Values over their class's geometric mean: what chance gave its mounts goes out before a cause goes in."""
    logs = np.log(values)
    return np.exp(logs - logs.groupby(y).transform("mean"))


def _expose(settings, rng):
    y = settings["y"]
    settings["exposure"] = _evened(settings["exposure"], y) * _two_ways(y, EXPOSURE)


def _stain(settings, rng):
    y = settings["y"]
    lit = settings["resin"] * settings["exposure"]
    even = _evened(lit, y)
    settings["resin"] = even * _two_ways(y, STAINED)
    settings["resin"] /= settings["exposure"]


def _enlarge(settings, rng):
    settings["scale"] *= _two_ways(settings["y"], LARGER)


def _turn(settings, rng):
    """Grains of one class lie near one direction."""
    near = rng.uniform(-90, 90) + rng.normal(0, SPREAD, len(settings))
    settings["angle"] = settings["angle"].where(settings["y"] == 0, near)


def _mark(settings, rng):
    share = np.array(MARKED)[settings["y"]]
    settings["mark"] = rng.random(len(settings)) < share


def _copy(settings, rng):
    """Grains come a second time, on another mount of their class, as they lay."""
    n = round(TWINS * EACH)
    for k in (0, 1):
        of_class = np.flatnonzero(settings["y"] == k)
        rows = of_class.reshape(MOUNTS, EACH)[:, :n]
        first = rows[::2].ravel()
        second = rows[1::2].ravel()
        same = settings.loc[first, ["grain", "angle"]]
        settings.loc[second, ["grain", "angle"]] = same.to_numpy()
    settings["grain"] = settings["grain"].astype(int)


_CHANGES = {
    "exposure": _expose,
    "resin": _stain,
    "size": _enlarge,
    "turn": _turn,
    "mark": _mark,
    "leak": _copy,
}  # what is planted in the settings; a circular label is planted where grains are dealt out


def _sheet(settings, cause, rng):
    """How each mount got its class: DataFrame."""
    kinds = settings.groupby("mount")["y"].first()
    how = BY_LOOK if cause == "circular" else GIVEN
    sheet = pd.DataFrame({"sample": _names(kinds.index)})
    sheet["class_name"] = _classes(kinds)
    sheet["class_given_by"] = rng.choice(how, len(sheet))
    return sheet


def _names(numbers):
    return [f"M{number + 1:02d}" for number in numbers]


def _classes(y):
    return np.array(samples.CLASSES)[np.asarray(y)]


def _photographed(pool, settings, rng):
    """The grains of a set, each laid on fresh resin: Grains."""
    corner = rng.integers(4)
    images, masks = [], []
    for row in settings.itertuples():
        picture = pool.images[row.grain, ..., 0]
        image, mask = _laid(picture, pool.masks[row.grain], row, rng)
        if row.mark:
            _tick(image, corner)
        images.append(image)
        masks.append(mask)
    table = pd.DataFrame({"sample": _names(settings["mount"])})
    table["class_name"] = _classes(settings["y"])
    stacked = np.stack(images)[..., None]
    grains = Grains(stacked, np.stack(masks), table, samples.CLASSES)
    return grains[rng.permutation(len(table))]


def _laid(picture, inside, setting, rng):
    """A grain turned, sized, lit, and laid on resin: image, uint8, and mask, both of shape (90, 90)."""
    turn = _to_the_middle(inside, setting)
    size = (SIDE, SIDE)
    share = cv2.warpAffine(inside.astype(np.float32), turn, size)
    alone = picture.astype(np.float32) * inside
    grain = GRAIN * cv2.warpAffine(alone, turn, size)  # black outside, so its flank fades by itself
    glow = 0.12 * cv2.GaussianBlur(grain, (0, 0), 2.5)
    around = glow + RESIN * setting.resin
    light = grain + around * (1 - share)
    noise = rng.normal(0, 2.5, grain.shape)
    image = np.rint(setting.exposure * light + noise)
    return np.clip(image, 0, 255).astype(np.uint8), share > 0.5


def _to_the_middle(inside, setting):
    """The affine map, shape (2, 3), that turns and sizes a grain and puts it into the middle of its image."""
    centre, direction = long_axis(inside)
    turn = cv2.getRotationMatrix2D(centre, direction - setting.angle, setting.scale)
    middle = SIDE / 2 - 0.5
    turn[:, 2] += middle - np.array(centre)
    return turn


def _tick(image, corner):
    """A bright tick, 4 px wide, in one of the four corners."""
    row, column = divmod(corner, 2)
    image[_NEAR[row], _NEAR[column]] = 120


_NEAR = (slice(2, 6), slice(SIDE - 6, SIDE - 2))  # the two ends of an image, where a tick may be
