"""Planted physics must come back out of the pixels of a synthetic zircon."""

import numpy as np
import pytest
from scipy import ndimage
from skimage.measure import regionprops

from zirconkit.synthetic import crystals, shapes
from zirconkit.synthetic.zoning import growth, zoning_signal


def shape_of(crystal):
    return regionprops(crystal.mask.astype(np.uint8))[0]


def test_faces_are_those_of_zircon():
    assert [len(form) for form in shapes.FORMS] == [4, 4, 8, 16]
    assert np.allclose(np.linalg.norm(shapes.NORMALS, axis=1), 1)
    steepness = np.degrees(np.arccos(np.abs(shapes.FORMS[2][:, 2])))
    assert np.allclose(steepness, 42.16, atol=0.05)  # (001) to (101), the angle that mineralogy books give


def test_same_seed_same_bytes_other_seed_other_crystal():
    one, same, other = (crystals.grow(inclusions=1, bays=1, broken=1, seed=seed) for seed in (3, 3, 4))
    assert one.image.tobytes() == same.image.tobytes() and one.truth == same.truth
    assert one.image.shape != other.image.shape or not np.array_equal(one.image, other.image)


@pytest.mark.parametrize("habit, aspect", [("prismatic", 1.6), ("prismatic", 2.6), ("equant", 1.2), ("anhedral", 1.5)])
def test_aspect_ratio_and_size_are_met(habit, aspect):
    grown = [shape_of(crystals.grow(diameter=50, aspect=aspect, habit=habit, seed=seed)) for seed in range(12)]
    ratio = np.array([g.axis_major_length / g.axis_minor_length for g in grown]) / aspect
    assert abs(np.median(ratio) - 1) < 0.03 and np.all(np.abs(ratio - 1) < 0.12)
    assert np.allclose([g.equivalent_diameter_area for g in grown], 50, rtol=0.04)


def test_damage_makes_hollows():
    """A convex crystal loses solidity by bites and breaks, and none of it is left on the far side of a break."""
    solid, bitten, broken = (
        np.mean([shape_of(crystals.grow(seed=seed, **damage)).solidity for seed in range(12)])
        for damage in ({}, {"bays": 2}, {"broken": 1})
    )
    assert solid > 0.955
    assert bitten < solid - 0.015 and broken < solid - 0.01
    beyond = [((g := crystals.grow(broken=1, seed=seed)).u[~g.mask] < 0.9).sum() for seed in range(12)]
    assert np.min(beyond) > 30  # crystal that would have been there


def test_growth_is_0_at_the_centre_1_at_the_rim_and_convex():
    distances = shapes.crystal_faces(2.0, 0.0, np.random.default_rng(0))
    planes = shapes.cut(distances, tilt=0.0, azimuth=0.0, depth=0.0)
    y, x = np.mgrid[-2:2:101j, -2:2:101j]
    u, face = growth(planes, x, y)
    assert u[50, 50] == pytest.approx(0, abs=1e-12) and u.argmin() == 50 * 101 + 50
    assert u[75, 50] == pytest.approx(1)  # a prism face is one half-width from the centre
    assert len(np.unique(shapes.FORM_OF_FACE[face[u < 1]])) >= 2  # prism and pyramid sectors
    assert np.all(u[:, 1:-1] <= (u[:, :-2] + u[:, 2:]) / 2 + 1e-9)


@pytest.mark.parametrize("wavelength", [5.0, 8.0])
def test_zoning_wavelength_comes_back(wavelength):
    """Bands of a given thickness are that many pixels of growth apart, though their wavelength drifts.

    The same signal with bands too wide to be seen is taken off: what is left is the oscillation, without the noise.
    """
    measured = []
    for seed in range(24):
        (u, banded), (_, bandless) = (
            zoning_signal(40.0, length, 0.3, np.random.default_rng(seed)) for length in (wavelength, 1e6)
        )
        slope = np.diff(banded - bandless)
        power = np.abs(np.fft.rfft(slope * np.hanning(slope.size), 8192)) ** 2
        measured.append(40 * (u[1] - u[0]) * 8192 / power.argmax())
    assert np.median(measured) == pytest.approx(wavelength, rel=0.12)


def test_zoning_follows_growth_and_absent_zoning_does_not():
    explained = {}
    for zoning in ("oscillatory", "none"):
        grain = crystals.grow(diameter=80, zoning=zoning, strength=0.3, seed=5)
        inside = ndimage.binary_erosion(grain.mask, iterations=5)
        bins = (grain.u[inside] * 60).astype(int)
        means = ndimage.mean(grain.image[inside], bins, bins)
        explained[zoning] = means.std() / grain.image[inside].mean()
    assert explained["oscillatory"] > 3 * explained["none"]


def test_inclusions_are_dark_counted_and_inside():
    for seed in range(6):
        grain = crystals.grow(zoning="none", diameter=70, inclusions=3, seed=seed)
        _, n = ndimage.label((grain.image < 0.5) & ndimage.binary_erosion(grain.mask, iterations=2))
        assert grain.truth["inclusions"] <= 3 and n <= grain.truth["inclusions"]
        assert grain.truth["inclusions"] == 0 or n >= 1


@pytest.mark.parametrize("rim, sign", [("bright", 1), ("dark", -1)])
def test_rims_stand_out_but_not_along_a_break(rim, sign):
    contrast = []
    for seed in range(10):
        grain, plain = (crystals.grow(zoning="none", rim=r, diameter=70, seed=seed) for r in (rim, "none"))
        depth = ndimage.distance_transform_edt(grain.mask)
        edge, inner = (depth > 1) & (depth < 2.5), depth > 6
        ratio = [g.image[edge].mean() / g.image[inner].mean() for g in (grain, plain)]
        contrast.append(ratio[0] - ratio[1])
    assert sign * np.mean(contrast) > 0.1


def test_an_older_stage_cuts_the_zoning_inside_only():
    plain, staged = (crystals.grow(diameter=80, stages=n, light=0.0, seed=2) for n in (0, 2))
    assert np.array_equal(plain.mask, staged.mask) and staged.truth["stages"] == 2
    inside = ndimage.distance_transform_edt(plain.mask) > 5
    change = np.abs(staged.image / staged.image[inside].mean() - plain.image / plain.image[inside].mean())
    assert change[inside & (plain.u < 0.3)].mean() > 0.02


def test_the_flank_towards_the_detector_shines():
    """The detector stands above: the upper edge of a lit grain is brighter than that of an unlit one, the lower not."""
    ratio = {"upper": [], "lower": []}
    for seed in range(10):
        lit, unlit = (crystals.grow(zoning="none", light=light, seed=seed) for light in (1.0, 0.0))
        depth = ndimage.distance_transform_edt(lit.mask)
        slope, edge = np.gradient(ndimage.gaussian_filter(depth, 1))[0], (depth > 1) & (depth < 3)
        for name, side in (("upper", slope > 0.7), ("lower", slope < -0.7)):
            ratio[name].append(lit.image[edge & side].mean() / unlit.image[edge & side].mean())
    assert np.mean(ratio["upper"]) > 1.25 and np.mean(ratio["lower"]) == pytest.approx(1, abs=0.02)


def test_skew_makes_bright_or_dark_zones_stand_out():
    third = {}
    for skew in (-1.5, 0.0, 1.5):
        grains = [crystals.grow(diameter=80, strength=0.3, skew=skew, light=0.0, seed=seed) for seed in range(8)]
        inside = [grain.image[ndimage.distance_transform_edt(grain.mask) > 6] for grain in grains]
        third[skew] = np.mean([np.mean((grey / grey.mean() - 1) ** 3) for grey in inside])
    assert third[-1.5] < third[0.0] < third[1.5]


def test_truth_names_what_was_grown():
    truth = crystals.grow(habit="anhedral", zoning="patchy", core="xenocryst", rim="dark", fractures=2, seed=1).truth
    assert truth["habit"] == "anhedral" and truth["zoning"] == "patchy" and truth["core"] == "xenocryst"
    assert truth["rim"] == "dark" and truth["fractures"] == 2 and np.isnan(truth["wavelength_px"])
    assert crystals.grow(broken=1, seed=1).truth["habit"] == "fragment"
    assert crystals.grow(wavelength=7.5, seed=1).truth["wavelength_px"] == 7.5
