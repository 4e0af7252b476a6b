"""The same mount under another microscope: domain randomisation, ingredient by ingredient.

What a network learned on the grown mounts as they are, it knows of one microscope only: black resin, one exposure, one
scale. So each crop that it learns from is changed at random, farther than any one microscope would (domain
randomisation: Tobin et al., 2017, 10.1109/IROS.2017.8202133). The bounds were chosen, not measured. Where they break
down: a grown crystal stays a luminescent one, whatever the ground it lies on; nothing is relief, polish or shadow.
"""

import cv2
import numpy as np

__all__ = ["INGREDIENTS", "another_view", "crop_of"]

SCALES = 0.6, 1.6  # by how much a crop is shrunk or enlarged
ON_A_GRAIN = 0.75  # share of the crops that lie around a grain; the others may hold resin only


def log_uniform(rng, low, high):
    """A number drawn evenly in its logarithm."""
    return np.exp(rng.uniform(np.log(low), np.log(high)))


def crop_of(mount, side, rng, scaled=True):
    """A square of a mount at a random scale, turned and mirrored at random: grey (float32) and labels, side x side.

    Parameters
    ----------
    mount : SyntheticMount
    side : int
        px
    rng : numpy Generator
    scaled : bool
        False leaves the mount's own scale.
    """
    factor = log_uniform(rng, *SCALES) if scaled else 1
    taken = round(side / factor)
    window = window_around(mount, taken, rng)
    turns = rng.integers(4)
    grey, labels = (np.rot90(layer[window], turns) for layer in (mount.image, mount.labels))
    if rng.random() < 0.5:
        grey, labels = grey.T, labels.T
    how = cv2.INTER_AREA if factor < 1 else cv2.INTER_LINEAR
    grey = cv2.resize(np.float32(grey), (side, side), interpolation=how)
    labels = cv2.resize(np.float32(labels), (side, side), interpolation=cv2.INTER_NEAREST_EXACT)
    return grey, labels.astype(np.int32)


def window_around(mount, side, rng):
    """A square of a mount, a pair of slices: mostly around a grain."""
    shape = np.array(mount.image.shape)
    place = rng.random(2) * shape
    if rng.random() < ON_A_GRAIN:
        grain = mount.grains.iloc[rng.integers(len(mount.grains))]
        place = np.nan_to_num([grain["row"], grain["col"]]) + rng.uniform(-0.4, 0.4, 2) * side
    top, left = np.clip(place - side / 2, 0, shape - side).astype(int)
    return np.s_[top : top + side, left : left + side]


def another_view(grey, labels, rng, ingredients):
    """A crop as another microscope would have shown it: uint8, the crop's shape.

    Parameters
    ----------
    grey : array of float32, shape (height, width)
        Grey levels as grown.
    labels : array of int, the same shape
        0 resin, a number a grain.
    rng : numpy Generator
    ingredients : sequence of str
        Of `INGREDIENTS`; each comes in a share of the crops.
    """
    recorded = cv2.dilate(grey, np.ones((9, 9))) > 0  # missing tiles stay black
    view = grey
    for name, (share, change) in CHANGES.items():
        drawn = rng.random() < share
        if drawn and name in ingredients:
            view = change(view, labels > 0, rng)
    levels = np.rint(view * recorded).clip(0, 255)
    return levels.astype(np.uint8)


# ---------------------------------------------------------------- the ingredients: grey, grains, rng -> grey


def expose(grey, grains, rng):
    """Brighter or darker, and along another curve."""
    curve = rng.uniform(0.85, 1.15)
    gain = log_uniform(rng, 0.3, 2)
    return gain * 255 * (grey / 255) ** curve


def dim(grey, grains, rng):
    """Growth zones that hardly shine, with what glow they have: the outer parts of the grains on one side of a line."""
    depth = cv2.distanceTransform(np.uint8(grains), cv2.DIST_L2, 3)
    height, width = grey.shape
    down, right = rng.uniform(-1, 1, 2)
    plane = down * np.linspace(-1, 1, height)[:, None] + right * np.linspace(-1, 1, width)
    zone = (depth < log_uniform(rng, 2, 20)) & (plane > rng.uniform(-1, 0.5))
    share = cv2.GaussianBlur(np.float32(zone), (0, 0), 0.7)
    resin = dark_level(grey, grains)
    return resin + (grey - resin) * (1 - rng.uniform(0.3, 0.9) * share)


def dark_level(grey, grains):
    """Grey of the resin in a crop: 0 where it shows none."""
    return np.median(grey[~grains]) if not grains.all() else 0


def lay_on_ground(grey, grains, rng):
    """Grains on a ground that is itself grey, up to bright, and textured; as often as not they glow and zone less."""
    level = rng.uniform(5, 150)
    ground = level * (1 + texture(grey.shape, rng))
    if rng.random() < 0.5:
        grey = even(grey, grains, rng)
    brightest = np.percentile(grey[grains], 95) if grains.any() else 100
    gain = rng.uniform(0.35, 1) * (250 - level) / max(brightest, 20)
    covered = rng.uniform(0, 0.4) * cv2.GaussianBlur(np.float32(grains), (0, 0), 0.8)
    rim = cv2.GaussianBlur(np.float32(grains), (0, 0), 1) - cv2.GaussianBlur(np.float32(grains), (0, 0), 2.5)
    relief = rng.uniform(-0.3, 1) * level * np.minimum(rim, 0)  # what stands higher is polished round at its edge
    return min(gain, 2) * grey + ground * (1 - covered) + relief


def even(grey, grains, rng):
    """Grains as reflected light shows them: little zoning, no glow around."""
    resin = dark_level(grey, grains)
    typical = np.median(grey[grains]) if grains.any() else resin
    inside = cv2.GaussianBlur(np.float32(grains), (0, 0), 0.6)
    zoned = typical + rng.uniform(0.1, 0.8) * (grey - typical)
    glowing = resin + rng.uniform(0, 0.5) * (grey - resin)
    return inside * zoned + (1 - inside) * glowing


def texture(shape, rng):
    """Coarse and fine unevenness of a ground, around 0."""
    uneven = np.zeros(shape, np.float32)
    for low, high, strength in ((8, 40, 0.15), (0.7, 3, 0.06)):
        width = log_uniform(rng, low, high)
        field = cv2.GaussianBlur(rng.standard_normal(shape, np.float32), (0, 0), width)
        uneven += rng.uniform(0, strength) * field / max(field.std(), 1e-6)
    return uneven.clip(-0.6, 0.6)


def shade(grey, grains, rng):
    """Brighter towards one side, and lifted towards one side."""
    height, width = grey.shape
    down = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    right = np.linspace(-1, 1, width, dtype=np.float32)
    brighter, lifted = (rng.uniform(-1, 1) * down + rng.uniform(-1, 1) * right for _ in range(2))
    return grey * (1 + 0.2 * brighter) + 20 * (lifted - lifted.min())


def charge(grey, grains, rng):
    """Streaks along the scan, as charging leaves them."""
    height = len(grey)
    unrest = rng.uniform(0.1, 0.8)
    walk = np.cumsum(rng.normal(0, unrest, height))
    strength = rng.uniform(1, 8)
    streaks = rng.gamma(0.25, strength, height)
    rows = np.float32(walk - walk.min() + streaks)
    return grey + rows[:, None]


def stitch(grey, grains, rng):
    """Two tiles meet: another gain and another floor on one side, a bright line between."""
    stitched = grey.copy()
    along = stitched if rng.random() < 0.5 else stitched.T
    place = rng.integers(4, len(along) - 4)
    along[place:] = along[place:] * rng.uniform(0.8, 1.25) + rng.uniform(0, 6)
    for step, share in enumerate((1, 0.45, 0.2)):
        along[place + step] += share * rng.uniform(2, 10)
    return stitched


def defocus(grey, grains, rng):
    """Out of focus."""
    return cv2.GaussianBlur(grey, (0, 0), log_uniform(rng, 0.3, 1.2))


def add_noise(grey, grains, rng):
    """Noise whose variance grows with the grey level."""
    steady = log_uniform(rng, 0.05, 60)
    growing = log_uniform(rng, 0.01, 0.3)
    noise = rng.standard_normal(grey.shape, np.float32)
    variance = steady + growing * np.maximum(grey, 0)
    return grey + noise * np.sqrt(variance)


CHANGES = {  # in the order in which light passes them: the share of the crops, and what is done
    "zones": (0.35, dim),
    "exposure": (1, expose),
    "ground": (0.5, lay_on_ground),
    "gradient": (0.3, shade),
    "rows": (0.25, charge),
    "seams": (0.25, stitch),
    "blur": (0.4, defocus),
    "noise": (0.7, add_noise),
}
INGREDIENTS = ("scale", *CHANGES)
