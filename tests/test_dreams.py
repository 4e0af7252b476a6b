"""Dreamt grains are judged: planted copies, a collapse and a blur are caught, other real grains pass."""

import cv2
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from zirconkit import dreams


def grown(n, seed):
    """Ellipses with rings, lying level: images of float32, shape (n, 32, 32, 1); each of its own shape and rings."""
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[-1:1:32j, -1:1:32j]
    images = []
    for ratio, rings, phase in zip(rng.uniform(1.1, 2.5, n), rng.uniform(4, 12, n), rng.uniform(0, 6, n)):
        away = np.hypot(columns / 0.9, rows * ratio / 0.9)
        images.append(np.where(away < 1, 0.5 + 0.2 * np.sin(rings * away + phase), 0))
    return np.float32(images)[..., None]


LEARNED, ASIDE, OTHERS = grown(150, 0), grown(150, 1), grown(150, 2)


def grainy(images, spread, seed=3):
    noise = spread * np.random.default_rng(seed).normal(size=images.shape)
    return np.clip(images + noise * (images > 0), 0, 1).astype(np.float32)


def test_a_copying_model_is_caught_and_others_are_not():
    copies = grainy(LEARNED, 0.03)
    assert dreams.copied(copies, LEARNED, ASIDE).low > 0.9
    found = dreams.copied(OTHERS, LEARNED, ASIDE)
    assert found.low < 0.5 < found.high
    apart, which = dreams.nearest(copies, LEARNED)
    assert (which == np.arange(150)).all() and apart.max() < 0.03
    assert dreams.nearest(LEARNED, LEARNED)[0].max() < 1e-3


def test_dreams_that_are_all_one_grain_say_little():
    same = grainy(np.repeat(OTHERS[:1], 150, axis=0), 0.001)
    found = dreams.copied(same, LEARNED, ASIDE)
    assert found.value in (0, 1) and found.high - found.low > 0.7


def test_as_many_learned_grains_as_set_aside_are_asked():
    """With more of the one than of the other, whoever dreams well would seem to copy."""
    found = dreams.copied(OTHERS, np.concatenate([LEARNED, grown(600, 4)]), ASIDE)
    assert found.low < 0.55


def test_a_collapsed_model_is_caught_and_others_are_not():
    real = dreams.measured(ASIDE)
    collapsed = grainy(np.repeat(LEARNED[:2], 75, axis=0), 0.01)
    fine = dreams.coverage(real, dreams.measured(OTHERS))
    poor = dreams.coverage(real, dreams.measured(collapsed))
    assert fine.covered.low > 0.8 and fine.believable.low > 0.8
    assert poor.covered.high < 0.3


def test_the_grains_that_are_covered_are_named():
    rng = np.random.default_rng(0)
    real = np.concatenate([rng.normal(size=(60, 2)), 20 + rng.normal(size=(40, 2))])
    found = dreams.covered_grains(real, 20 + rng.normal(size=(300, 2)))
    assert not found[:60].any() and found[60:].mean() > 0.9
    assert dreams.covered_grains(real, real).all()
    fair = rng.normal(size=(100, 2))
    share = dreams.coverage(real, fair).covered.value
    assert dreams.covered_grains(real, fair).mean() == pytest.approx(share)


def test_what_there_is_not_is_not_believed():
    rng = np.random.default_rng(0)
    real = pd.DataFrame(rng.normal(size=(200, 3)))
    far = rng.normal(size=(200, 3)) + 9
    cloud = dreams.coverage(real, far)
    assert cloud.covered.value == cloud.believable.value == 0
    strewn = np.concatenate([rng.normal(size=(100, 3)), far[:100]])
    cloud = dreams.coverage(real, strewn)
    assert 0.4 < cloud.believable.value < 0.6 and cloud.covered.value > 0.7


def test_shape_and_zoning_are_measured_on_the_picture():
    table = dreams.measured(grown(60, 5))
    assert table.notna().all(axis=None)
    wide = np.zeros((1, 32, 32, 1), np.float32)
    cv2.ellipse(wide[0, ..., 0], (16, 16), (13, 6), 0, 0, 360, 0.5, -1)
    wide[0, 0, 0] = 0.6  # a speck is no grain
    found = dreams.measured(wide).iloc[0]
    assert found["aspect_ratio"] == pytest.approx(2.1, abs=0.15) and found["solidity"] > 0.95
    assert found["filled"] == pytest.approx(np.pi * 13.5 * 6.5 / 1024, rel=0.1) and found["contrast"] < 1e-3
    blurred = np.stack([cv2.GaussianBlur(image, (0, 0), 2)[..., None] for image in grown(60, 5)])
    assert dreams.measured(blurred)["fine bands"].mean() < table["fine bands"].mean() - 0.3
    for grey in (0, 0.1, 0.5):  # of which nothing is a grain, or all
        flat = np.full((1, 32, 32, 1), grey, np.float32)
        assert np.isfinite(dreams.measured(flat)).all(axis=None)


def test_real_and_dreamt_are_told_apart_where_they_differ_and_only_there():
    def fit(x, y):
        model = LogisticRegression(max_iter=2000).fit(x.reshape(len(x), -1), y)
        return lambda others: model.predict(others.reshape(len(others), -1))

    assert dreams.told_apart(fit, ASIDE, ASIDE * np.float32(0.5)).low > 0.9
    found = dreams.told_apart(fit, ASIDE, OTHERS[:100])
    assert found.low < 0.55 and found.high - found.low < 0.15


def test_badly_rebuilt_pixels_of_the_grain_count_and_no_others():
    rebuilt = ASIDE[:10].copy()
    rebuilt[:, :2, :2] = 0.9  # outside of all grains
    assert np.allclose(dreams.odd_pixels(ASIDE[:10], rebuilt), 0)
    inside = ASIDE[:10] - np.float32(0.1) * (ASIDE[:10] > 0)
    assert np.allclose(dreams.odd_pixels(ASIDE[:10], inside), 0.1, atol=1e-4)
