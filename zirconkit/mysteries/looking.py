"""What can be measured on grains of unknown history, and what a classifier scores by each of it.

Each probe sees one clue. It learns from some grains and ranks the others; a split says which: random grains, whole
mounts, or whole mounts with the look-alikes of their grains kept out of what is learned from.
"""

from functools import cached_property
from itertools import product

import cv2
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from zirconkit.evaluation import auc_interval
from zirconkit.probes import strips

__all__ = [
    "PROBES", "SPLITS", "Look", "answers", "brightest_corner", "folds", "long_axis", "measured", "pixel_score",
]  # fmt: skip

# Of each probe the columns of `measured` that it sees; "texture" sees strips.
PROBES = {
    "grain grey": ("grain_grey",),
    "resin grey": ("resin_grey",),
    "corners": ("corner",),
    "size": ("area_px",),
    "direction": ("cos_twice", "sin_twice"),
    "outline": ("aspect_ratio", "solidity"),
    "texture": (),
}
LABELS = {
    "grain grey": "mean grey of the grain",
    "resin grey": "mean grey of the resin",
    "corners": "grey of the brightest corner less the resin's",
    "size": "area (px)",
    "direction": "long axis, degrees from level",
    "outline": "aspect ratio",
}
SPLITS = ("grains", "mounts", "mounts, look-alikes out")
CLEAR = 7  # px around a grain that do not count as resin: its glow
SKIN = 2  # px along the outline that do not count as grain
CORNER = 8  # px, side of a corner
ALIKE = 0.85  # correlation of two strips from which on grains are taken for the same
NEIGHBOURS = 3


def long_axis(mask):
    """Centre (x, y) of a grain, and the direction of its long axis in degrees from level, counter-clockwise up."""
    m = cv2.moments(mask.astype(np.uint8), binaryImage=True)
    area = m["m00"]
    centre = m["m10"] / area, m["m01"] / area
    difference = m["mu20"] - m["mu02"]
    angle = 0.5 * np.arctan2(2 * m["mu11"], difference)
    return centre, float(np.degrees(angle))


_ENDS = (slice(CORNER), slice(-CORNER, None))
_CORNERS = list(product(_ENDS, _ENDS))


def brightest_corner(image, mask):
    """By how much the brightest pixels of a picture's brightest corner exceed what is around the grain, in grey."""
    brightest = [np.percentile(image[corner], 90) for corner in _CORNERS]
    around = np.median(image[~mask])
    return max(brightest) - around


def measured(grains, corners=brightest_corner):
    """One row of numbers for each grain: DataFrame with the columns that `PROBES` names, and angle_deg.

    Parameters
    ----------
    grains : Grains
        Grey, with resin around them.
    corners : callable
        What looks into the corners: from an image and a mask, shape (height, width), to one number.
    """
    rows = []
    for image, mask in zip(grains.images[..., 0], grains.masks):
        row = _outline(mask)
        row |= _greys(image, mask)
        row["corner"] = float(corners(image, mask))
        rows.append(row)
    return pd.DataFrame(rows)


def _outline(mask):
    """Area, direction, aspect ratio and solidity of a grain."""
    shown = mask.astype(np.uint8)
    m = cv2.moments(shown, binaryImage=True)
    row = {"area_px": m["m00"]}
    covariance = [[m["mu20"], m["mu11"]], [m["mu11"], m["mu02"]]]
    short, long = np.linalg.eigvalsh(covariance)
    row["aspect_ratio"] = np.sqrt(long / max(short, 1))
    row["angle_deg"] = long_axis(mask)[1]
    twice = np.radians(2 * row["angle_deg"])
    row["cos_twice"] = np.cos(twice)
    row["sin_twice"] = np.sin(twice)
    row["solidity"] = _solidity(shown)
    return row


def _solidity(shown):
    """The share of its convex outline that a grain fills."""
    contours, _ = cv2.findContours(shown, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    largest = max(contours, key=cv2.contourArea)
    hull = cv2.convexHull(largest)
    convex = cv2.contourArea(hull)
    return cv2.contourArea(largest) / max(convex, 1)


def _greys(image, mask):
    """Mean grey of a grain without its skin, and of the resin beyond its glow."""
    shown = mask.astype(np.uint8)
    core = cv2.erode(shown, _square(SKIN)) > 0
    resin = cv2.dilate(shown, _square(CLEAR)) == 0
    for corner in _CORNERS:
        resin[corner] = False
    grain = image[core if core.any() else mask]
    return {"grain_grey": grain.mean(), "resin_grey": image[resin].mean()}


def _square(reach):
    """A kernel that reaches so many pixels to each side."""
    side = 2 * reach + 1
    return np.ones((side, side))


def folds(y, groups, split, seed=0):
    """What is learned from and what is ranked: list of pairs of arrays of row numbers.

    Parameters
    ----------
    y : array of 0 and 1, shape (n,)
    groups : array of str, shape (n,)
        The mount of each grain.
    split : str
        "grains": five random folds. Otherwise one mount of each class aside, then the next two, and so on.
    seed : int
    """
    if split == "grains":
        return list(StratifiedKFold(5, shuffle=True, random_state=seed).split(y, y))
    ones = np.unique(groups[y == 1])
    zeros = np.unique(groups[y == 0])
    n = max(len(ones), len(zeros))
    pairs = zip(np.resize(ones, n), np.resize(zeros, n))  # those of the rarer class come again
    parts = []
    for pair in pairs:
        aside = np.isin(groups, pair)
        parts.append((np.flatnonzero(~aside), np.flatnonzero(aside)))
    return parts


def answers(model, x, y, parts, twins=None):
    """A model's answers for grains that it did not learn from: array of float, shape (n,).

    Parameters
    ----------
    model : scikit-learn classifier
        With predict_proba.
    x : array of float, shape (n, features)
    y : array of 0 and 1, shape (n,)
    parts : list of pairs of arrays
        What `folds` returns.
    twins : array of bool, shape (n, n), optional
        Which grains look alike: what is like a grain that is ranked is not learned from.
    """
    answer = np.full(len(y), 0.5)
    for learns, aside in parts:
        if twins is not None:
            seen = twins[np.ix_(learns, aside)].any(axis=1)
            learns = learns[~seen]
        model.fit(x[learns], y[learns])
        answer[aside] = model.predict_proba(x[aside])[:, 1]
    return answer


def pixel_score(grains):
    """What a classifier of the pixels alone has on mounts left out: ROC-AUC, a float.

    A logistic regression on pictures of 24 × 24 px, held back so far (C = 0.01) that it can learn from fewer pictures
    than pixels: it sees any mark that lies in one place, and what is brighter altogether.

    Parameters
    ----------
    grains : Grains
        Grey, of two classes.
    """
    small = [cv2.resize(image, (24, 24), interpolation=cv2.INTER_AREA) for image in grains.images[..., 0]]
    pixels = np.reshape(small, (len(small), -1))
    mount = grains.table["sample"].to_numpy()
    parts = folds(grains.y, mount, "mounts")
    weighed = make_pipeline(StandardScaler(), LogisticRegression(C=0.01))
    answer = answers(weighed, pixels, grains.y, parts)
    return auc_interval(grains.y, answer, groups=mount).value


class Look:
    """What is measured on a set, once, and what its probes score.

    Parameters
    ----------
    grains : Grains
        Of two classes, with resin around; `sample` is the mount.
    corners : callable
        As in `measured`.

    Attributes
    ----------
    grains, y, mount
        The set, its classes as 0 and 1, and the mount of each grain.
    """

    def __init__(self, grains, corners=brightest_corner):
        self.grains, self.corners = grains, corners
        self.y = grains.y
        self.mount = grains.table["sample"].to_numpy()
        self._answers = {}

    @cached_property
    def numbers(self):
        """What was measured on each grain: DataFrame."""
        return measured(self.grains, self.corners)

    @cached_property
    def texture(self):
        """The strip of each grain, from core to rim: array of float, shape (n, features)."""
        unrolled = strips(self.grains)
        return unrolled.reshape(len(unrolled), -1)

    @cached_property
    def twins(self):
        """Which grains look alike: array of bool, shape (n, n); False on the diagonal."""
        alike = np.corrcoef(self.texture) > ALIKE
        np.fill_diagonal(alike, False)
        return alike

    def label(self, probe):
        """What the axis of the dots says."""
        if probe == "texture":
            return f"answer by texture: 1 is {self.grains.classes[1]}"
        return LABELS[probe]

    def shown(self, probe, split):
        """One number of each grain to look at: what the probe sees, or, of a texture, what it answers."""
        if probe == "texture":
            return self.answer(probe, split)
        column = "angle_deg" if probe == "direction" else PROBES[probe][0]
        return self.numbers[column].to_numpy()

    def answer(self, probe, split):
        """What a probe answers for each grain when others are learned from: array of float, shape (n,)."""
        if split not in SPLITS:
            raise ValueError(f"there is no split {split!r}: there are {', '.join(SPLITS)}")
        if (probe, split) not in self._answers:
            self._answers[probe, split] = self._answered(probe, split)
        return self._answers[probe, split]

    def _answered(self, probe, split):
        parts = folds(self.y, self.mount, split)
        twins = self.twins if split == SPLITS[2] else None
        if probe == "texture":
            nearest = KNeighborsClassifier(NEIGHBOURS, weights="distance")
            return answers(nearest, self.texture, self.y, parts, twins)
        weighed = make_pipeline(StandardScaler(), LogisticRegression())
        columns = list(PROBES[probe])
        x = self.numbers[columns].to_numpy()
        return answers(weighed, x, self.y, parts, twins)

    def score(self, probe, split):
        """ROC-AUC of a probe and its 95 % interval: over grains for a split of grains, else over mounts; Interval."""
        over = None if split == "grains" else self.mount
        return auc_interval(self.y, self.answer(probe, split), groups=over)
