"""Grains of any size at any scale: the same grains at four magnifications, single crystals, fractured ones."""

import cv2
import numpy as np
import pytest
from test_images import CROP, MOUNT, save

from zirconkit import grains as gr
from zirconkit import mounts, segmentation
from zirconkit.messages import ZirconkitWarning
from zirconkit.segmentation import scaling

# ---------------------------------------------------------------- one mount at four magnifications


@pytest.fixture(scope="module")
def at_scales():
    """A grown mount at 0.5, 1, 2 and 4 um a pixel: its scores, table and median diameter of the kept, by scale."""
    image, truth = MOUNT.image(), MOUNT.truth()
    found = {}
    for um_per_px in (0.5, 1.0, 2.0, 4.0):
        size = tuple(round(side * 2 / um_per_px) for side in image.shape[::-1])
        how = cv2.INTER_AREA if um_per_px > 2 else cv2.INTER_CUBIC
        shown = cv2.resize(image, size, interpolation=how)
        same = cv2.resize(truth.astype(np.float32), size, interpolation=cv2.INTER_NEAREST).astype(int)
        labels, table = segmentation.segment(shown, um_per_px=um_per_px)
        scores = segmentation.segmentation_scores(labels, same)
        diameter = table.loc[table["kept"], "equivalent_diameter_um"].median()
        found[um_per_px] = scores["f1_50"], diameter, table
    return found


def test_the_same_grains_are_found_at_every_magnification(at_scales):
    scores = [f1 for f1, _, _ in at_scales.values()]
    assert min(scores) > 0.93 and max(scores) - min(scores) <= 0.03


def test_their_diameter_in_micrometres_is_the_same(at_scales):
    diameters = np.array([diameter for _, diameter, _ in at_scales.values()])
    assert np.ptp(diameters) <= 0.03 * np.median(diameters)


def test_as_many_are_kept_and_flagged_alike(at_scales):
    tables = {scale: table for scale, (_, _, table) in at_scales.items()}
    kept = [table["kept"].sum() for table in tables.values()]
    assert max(kept) - min(kept) <= 0.05 * max(kept)
    for flag in ("edge", "small", "touching"):
        shares = [table["flags"].str.contains(flag).mean() for table in tables.values()]
        assert max(shares) - min(shares) <= 0.06, flag


def test_zoning_is_measured_alike(at_scales):
    medians = [table.loc[table["kept"], ["contrast", "rim_over_core"]].median() for _, _, table in at_scales.values()]
    for name in ("contrast", "rim_over_core"):
        values = np.array([median[name] for median in medians])
        assert np.ptp(values) <= 0.1 * np.median(values), name


def test_crops_show_the_same_at_every_magnification(tmp_path):
    grey = MOUNT.image()[CROP]
    large = cv2.resize(grey, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    sets = []
    for name, image, um_per_px in (("small.png", grey, 2.0), ("large.png", large, 1.0)):
        mount = mounts.at(save(tmp_path, image, name), um_per_px=um_per_px)
        sets.append(gr.from_mounts([mount], size=32, progress=False))
    one, other = sets
    assert len(one) == len(other)
    difference = np.abs(one.images.astype(int) - other.images)
    assert np.median(difference.mean(axis=(1, 2, 3))) < 3


def test_labels_keep_their_places_when_enlarged():
    labels = np.zeros((40, 60), np.int32)
    labels[5:15, 10:30], labels[15:30, 10:30], labels[32, 50] = 1, 2, 3
    large = scaling.enlarge_labels(labels, (160, 240))
    for number in (1, 2):
        rows, columns = np.nonzero(large == number)
        small_rows, small_columns = np.nonzero(labels == number)
        assert rows.mean() == pytest.approx(4 * small_rows.mean() + 1.5, abs=0.5)
        assert columns.mean() == pytest.approx(4 * small_columns.mean() + 1.5, abs=0.5)
        assert len(rows) == pytest.approx(16 * len(small_rows), rel=0.02)


# ---------------------------------------------------------------- single crystals, far larger than a zircon at 2 um


def crystal(seed):
    """One zoned crystal that fills the picture, with fractures and noise: uint8, 880 x 1024, and its mask."""
    rng = np.random.default_rng(seed)
    axes = int(rng.uniform(180, 330)), int(rng.uniform(300, 400))
    turn = rng.uniform(0, 180)
    image = np.full((880, 1024), rng.uniform(8, 40))
    mask = cv2.ellipse(np.zeros(image.shape, np.uint8), (512, 440), axes, turn, 0, 360, 1, -1) > 0
    for share in np.arange(1, 0.1, -rng.uniform(0.08, 0.2)):
        zone = tuple(int(axis * share) for axis in axes)
        cv2.ellipse(image, (512, 440), zone, turn, 0, 360, rng.uniform(70, 220), -1)
    for _ in range(rng.integers(0, 6)):
        angle = rng.uniform(0, np.pi)
        reach = 0.8 * min(axes) * np.array([np.cos(angle), np.sin(angle)])
        middle = np.array([512, 440])
        ends = [tuple(np.rint(middle + sign * reach).astype(int).tolist()) for sign in (-1, 1)]
        cv2.line(image, *ends, 20, int(rng.integers(3, 9)))
    noisy = cv2.GaussianBlur(image, (0, 0), 2) + rng.normal(0, rng.uniform(2, 10), image.shape)
    return np.clip(noisy, 0, 255).astype(np.uint8), mask


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("um_per_px", [0.06, 0.13, None])
def test_a_single_crystal_is_one_grain_and_kept(seed, um_per_px):
    image, mask = crystal(seed)
    labels, table = segmentation.segment(image, um_per_px=um_per_px)
    assert len(table) == 1 and table["kept"].all()
    assert segmentation.segmentation_scores(labels, mask.astype(int))["mean_iou"] > 0.9


def test_without_a_scale_one_warning_says_so(tmp_path):
    image, _ = crystal(1)
    path = save(tmp_path, image)
    with pytest.warns(ZirconkitWarning) as said:
        grains = gr.from_mounts([mounts.at(path)], progress=False)
    (own,) = [warning for warning in said if warning.category is ZirconkitWarning]  # not those of other packages
    words = str(own.message)
    assert "nobody says how many micrometres a pixel is in image.png" in words
    assert "far larger than grains at 2 um a pixel" in words
    lengths = [name for name in grains.table if name.endswith("_um")]
    assert lengths and grains.table[lengths].isna().all(axis=None)


# ---------------------------------------------------------------- reflected light: bright crystals on grey, fractured


def prism(rng, length, width):
    """Corners of an elongated crystal with pointed ends, turned at random: shape (6, 2)."""
    tip = width * rng.uniform(0.3, 0.6)
    x, y = length / 2, width / 2
    corners = np.array([[-x, 0], [tip - x, -y], [x - tip, -y], [x, 0], [x - tip, y], [tip - x, y]])
    angle = rng.uniform(0, np.pi)
    cos, sin = np.cos(angle), np.sin(angle)
    return corners @ np.array([[cos, sin], [-sin, cos]])


def reflected_light(seed, side=1000, n=30):
    """Bright crystals of 70 to 200 px with fractures across and inclusions, on grey ground: image and truth."""
    rng = np.random.default_rng(seed)
    truth = np.zeros((side, side), np.int32)
    image = np.full((side, side), 100.0)
    while truth.max() < n:
        length = rng.uniform(70, 200)
        corners = prism(rng, length, length / rng.uniform(1.5, 3.5)) + rng.uniform(0, side, 2)
        mask = cv2.fillPoly(np.zeros((side, side), np.uint8), [np.rint(corners).astype(np.int32)], 1)
        if mask.sum() < 800 or truth[cv2.dilate(mask, np.ones((5, 5))) > 0].any():
            continue
        own = mask > 0
        truth[own] = truth.max() + 1
        image[own] = rng.uniform(160, 200)
        cracks = np.zeros_like(mask)
        for _ in range(rng.integers(0, 4)):
            ends = corners[rng.choice(6, 2, replace=False)] + rng.normal(0, 5, (2, 2))
            cv2.line(cracks, *np.rint(ends).astype(int).tolist(), 1, int(rng.integers(1, 4)))
        for _ in range(rng.integers(0, 5)):
            cv2.circle(cracks, tuple(np.argwhere(own)[rng.integers(own.sum())][::-1].tolist()), 3, 1, -1)
        image[own & (cracks > 0)] = rng.uniform(50, 120)
    image += np.linspace(-10, 10, side)
    image = cv2.GaussianBlur(image, (0, 0), 0.9) + rng.normal(0, 4, image.shape)
    return np.clip(image, 0, 255).astype(np.uint8), truth


def test_fractured_crystals_stay_in_one_piece():
    whole = right = kept = wrong = 0
    for seed in range(3):
        image, truth = reflected_light(seed)
        labels, table = segmentation.segment(image, um_per_px=1.95)
        numbers, true_numbers, overlap = segmentation.grain_overlaps(labels, truth)
        cut = np.unique(np.concatenate([truth[0], truth[-1], truth[:, 0], truth[:, -1]]))
        is_kept = np.isin(numbers, table.loc[table["kept"], "grain"])
        matched = overlap[is_kept] >= 0.5
        whole += (~np.isin(true_numbers, cut)).sum()
        right += matched.any(axis=0)[~np.isin(true_numbers, cut)].sum()
        kept += is_kept.sum()
        wrong += (~matched.any(axis=1)).sum()
    assert right / whole >= 0.85
    assert wrong / kept <= 0.08


def test_two_halves_of_a_crystal_are_joined_and_two_crystals_are_not():
    from zirconkit.segmentation.rejoining import rejoin

    halves = np.zeros((100, 160), np.int32)
    halves[30:70, 20:75], halves[30:70, 80:140] = 1, 2
    joined = rejoin(halves.copy())
    assert len(np.unique(joined)) == 2 and (joined[40:60, 76:79] > 0).all()
    crossed = np.zeros((140, 160), np.int32)
    crossed[50:90, 20:75], crossed[20:120, 80:120] = 1, 2
    np.testing.assert_array_equal(rejoin(crossed.copy()), crossed)
    apart = np.zeros((100, 160), np.int32)
    apart[30:70, 20:70], apart[30:70, 80:140] = 1, 2
    np.testing.assert_array_equal(rejoin(apart.copy()), apart)


def test_the_outlines_show_kept_and_not_kept_in_two_colours():
    from zirconkit.segmentation import outlines

    image = MOUNT.image()
    labels, table = segmentation.segment(image)
    picture = outlines.draw_outlines(image, labels, table, 2.0)
    assert picture.shape == (*image.shape, 3)
    green = (picture == outlines.KEPT).all(axis=2)
    pink = (picture == outlines.NOT_KEPT).all(axis=2)
    near = np.ones((7, 7), np.uint8)
    for grain in table.itertuples():
        own = cv2.dilate((labels == grain.grain).astype(np.uint8), near) > 0
        assert (green if grain.kept else pink)[own].any(), grain.grain
    assert [outlines.round_length(longest) for longest in (1, 1.9, 2, 4.99, 5, 99, 450)] == [1, 1, 2, 2, 5, 50, 200]
