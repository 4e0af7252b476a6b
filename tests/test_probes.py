"""Each probe sees its own clue and no other; pairs of mounts are left out fairly."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from zirconkit import evaluation, probes
from zirconkit.grains import Grains


def planted(clue, n=120, seed=0):
    """Ellipses of noisy texture in resin, whose classes differ in one clue; masked, and with their surroundings."""
    rng, images, inside = np.random.default_rng(seed), [], []
    y = np.arange(n) % 2
    rows, columns = np.mgrid[-45:45, -45:45]
    for k in y:
        height = 36 if clue == "silhouette" and k else 28
        way = np.hypot(rows / height, columns / 24)  # from core to rim
        mask = way < 1
        phase = rng.uniform(0, 2 * np.pi)  # each grain begins its zones anew
        zoning = 0.18 * np.sin(way * (24 if clue == "texture" and k else 12) + phase)
        grey = (rng.uniform(90, 110) + 60 * (clue == "brightness" and k)) * (
            1 + zoning + rng.normal(0, 0.02, mask.shape)
        )
        resin = rng.uniform(20, 30) + 25 * (clue == "background" and k)
        images.append(np.where(mask, grey, resin).clip(1, 255))
        inside.append(mask)
    around, inside = np.array(images, np.uint8)[..., None], np.array(inside)
    table = pd.DataFrame({"sample": "A", "class_name": np.where(y, "porphyry", "batholith")})
    return Grains(around * inside[..., None], inside, table), Grains(around, inside, table)


def found(x, y, model=None):
    model = model or LogisticRegression(max_iter=1000)
    return evaluation.auc_interval(y, evaluation.random_folds(model, x, y))


@pytest.mark.parametrize("clue", ["silhouette", "texture", "brightness", "background"])
def test_each_probe_finds_the_clue_that_was_planted_and_no_other(clue):
    grains, around = planted(clue)
    seen = {
        "silhouette": probes.silhouette(grains),
        "texture": probes.strips(grains),
        "brightness": probes.brightness(grains),
        "background": probes.background(around)[0],
    }
    for name, x in seen.items():
        auc = found(x, grains.y, probes.classifier() if name == "texture" else None).value
        if name == clue:
            assert auc > 0.95
        else:
            assert abs(auc - 0.5) < 0.15, name  # three standard errors


def zoned(height, width, waves, rng, turn=0.0):
    """An ellipse of so many zones from core to rim, turned by so many degrees, with noise: image and mask."""
    rows, columns = np.mgrid[-45:45, -45:45]
    cos, sin = np.cos(np.radians(turn)), np.sin(np.radians(turn))
    way = np.hypot((cos * columns + sin * rows) / width, (cos * rows - sin * columns) / height)
    zones = np.sin(2 * np.pi * (waves * way + rng.random()))  # each grain begins its zones anew
    grey = rng.uniform(90, 110) * (1 + 0.2 * zones) + rng.normal(0, 4, way.shape)
    return np.where(way < 1, grey, 0).clip(0, 255).astype(np.uint8)[..., None], way < 1


def of_two_kinds(ones, zeros, n=80, seed=0):
    """Grains, every second of which is of one kind: height and width, drawn between bounds, and zones."""
    rng, pairs = np.random.default_rng(seed), []
    for k in np.arange(n) % 2:
        low, high, waves = ones if k else zeros
        size = rng.uniform(low, high)
        pairs.append(zoned(size[0], size[1], waves, rng, rng.uniform(0, 180)))
    images, masks = (np.stack(part) for part in zip(*pairs))
    table = pd.DataFrame({"sample": "A", "class_name": np.where(np.arange(n) % 2, "porphyry", "batholith")})
    return Grains(images, masks, table)


@pytest.mark.parametrize(
    ("ones", "zeros", "told"),
    [
        (((32, 32), (40, 40), 2), ((16, 16), (20, 20), 2), False),  # twice as large
        (((12, 34), (16, 40), 2), ((21, 21), (26, 26), 2), False),  # long, and round
        (((20, 20), (30, 30), 4), ((20, 20), (30, 30), 2), True),  # more zones
    ],
)
def test_a_strip_tells_texture_and_neither_size_nor_outline(ones, zeros, told):
    grains = of_two_kinds(ones, zeros)
    auc = found(probes.strips(grains), grains.y, probes.classifier()).value
    assert auc > 0.95 if told else abs(auc - 0.5) < 0.18  # three standard errors


def test_a_strip_does_not_turn_with_its_grain_nor_with_exposure():
    image, mask = zoned(18, 36, 2, np.random.default_rng(0), turn=0)
    turned, turned_mask = zoned(18, 36, 2, np.random.default_rng(0), turn=50)
    table = pd.DataFrame({"sample": "A", "class_name": ["porphyry"] * 3})
    brighter = (image * 1.5).astype(np.uint8)
    grains = Grains(np.stack([image, turned, brighter]), np.stack([mask, turned_mask, mask]), table)
    strips = probes.strips(grains)
    assert strips.shape == (3, 7, 16, 1)
    assert np.abs(strips[0] - strips[2]).max() < 0.05
    assert np.abs(strips[0] - strips[1]).mean() < 0.07 < strips.std()


def test_the_background_is_resin_beyond_the_halo_and_a_grain_that_fills_its_box_has_none():
    rows, columns = np.mgrid[-45:45, -45:45]
    distance = np.hypot(rows, columns) - 20
    shining = [np.where(distance < 0, grey, np.where(distance < 6, grey / 2, 9)) for grey in (100, 200)]
    filled = np.full((90, 90), 120.0)
    around = np.array([*shining, filled], np.uint8)[..., None]
    table = pd.DataFrame({"sample": "A", "class_name": ["porphyry", "batholith", "porphyry"]})
    inside = np.array([distance < 0, distance < 0, distance < 99])
    grains = Grains(around, inside, table)
    levels, kept = probes.background(grains, clear=7)
    assert kept.tolist() == [True, True, False] and (levels == 9).all()
    levels, _ = probes.background(grains, clear=1)
    assert levels[0, 2] < levels[1, 2]  # the halo gives the grain's brightness away


def test_of_several_channels_each_clue_shows_all():
    one, _ = planted("texture", n=10)
    around = planted("texture", n=10)[1]
    three = around.with_images(np.concatenate([around.images, 255 - around.images, around.images // 2], axis=-1))
    strips = probes.strips(three)
    assert strips.shape == (10, 7, 16, 3)
    assert (strips[..., :1] == probes.strips(one)).all()  # no matter what is around
    assert np.abs(strips[..., 2] - strips[..., 0]).max() < 0.04  # half as bright
    assert (probes.brightness(three)[:, :1] == probes.brightness(one)).all()
    assert probes.brightness(three)[:, 1] == pytest.approx(255 - probes.brightness(one)[:, 0])
    levels, _ = probes.background(three)
    assert levels.shape == (10, 9) and (levels.reshape(10, 3, 3)[..., 0] == probes.background(around)[0]).all()
    assert (probes.silhouette(three) == probes.silhouette(one)).all()


def mounts_with_exposure(rng, numbers=(4, 4), grains=20):
    sample = np.repeat(np.arange(sum(numbers)), grains)
    y = (sample < numbers[0]).astype(int)
    return (rng.normal(size=sum(numbers))[sample] + 0.5 * rng.normal(size=len(y)))[:, None], y, sample


def test_left_out_pairs_are_fair_to_mounts_that_differ_in_exposure_only_and_random_folds_are_not():
    rng, held, folds = np.random.default_rng(0), [], []
    for _ in range(30):
        x, y, sample = mounts_with_exposure(rng)
        held.append(evaluation.pairs_interval(evaluation.pairs_left_out(LogisticRegression(), x, y, sample)))
        folds.append(found(np.hstack([x, x**2, x**3]), y)[0])
    held = np.array(held)
    assert abs(held[:, 0].mean() - 0.5) < 0.05
    assert np.mean((held[:, 1] <= 0.5) & (held[:, 2] >= 0.5)) >= 0.8
    assert np.mean(folds) > 0.6


def test_pairs_left_out_find_a_clue_that_holds_on_every_mount():
    x, y, sample = mounts_with_exposure(np.random.default_rng(1), (3, 2))
    table = evaluation.pairs_left_out(probes.classifier(), x + 6 * y[:, None], y, sample)
    assert table.shape == (3, 2)
    mean, low, high = evaluation.pairs_interval(table)
    assert low <= mean <= high
    assert mean > 0.9
    few = evaluation.pairs_left_out(probes.classifier(), x[sample < 4], y[sample < 4], sample[sample < 4])
    assert few.shape == (3, 1) and few.isna().all(axis=None)


@pytest.mark.parametrize("kind", probes.DISTURBANCES)
def test_a_disturbance_of_no_strength_changes_nothing_and_a_strong_one_does(kind):
    grains, _ = planted("texture", n=8)
    none, strong = {"resolution": (1, 6), "rotation": (0, 45), "blur": (0, 4)}.get(kind, (0, 0.4))
    assert (probes.disturb(grains.images, kind, none) == grains.images).all()
    changed = probes.disturb(grains.images, kind, strong)
    assert changed.shape == grains.images.shape
    assert changed.dtype == np.uint8
    assert np.abs(changed.astype(float) - grains.images).mean() > 4


@pytest.mark.parametrize("kind", ["blur", "exposure", "resolution", "rotation"])
def test_a_disturbance_does_to_each_channel_what_it_does_to_one(kind):
    images = planted("texture", n=4)[1].images
    strength = {"rotation": 30, "exposure": -0.3}.get(kind, 2)
    five = np.concatenate([images, 255 - images, images, images // 2, images], axis=-1)
    worse = probes.disturb(five, kind, strength, seed=3)
    for channel in range(5):
        assert (worse[..., [channel]] == probes.disturb(five[..., [channel]], kind, strength, seed=3)).all()


def test_an_unknown_disturbance_is_refused():
    with pytest.raises(ValueError, match="there is no disturbance 'fog': use noise, blur"):
        probes.disturb(np.zeros((1, 8, 8, 1), np.uint8), "fog", 1)
