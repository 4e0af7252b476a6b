"""Compositions by the whole pattern of a spectrum: every mineral of the table comes back, and chance does no harm."""

import numpy as np
import pytest

from zirconkit import spectra
from zirconkit.synthetic import minerals, xrays
from zirconkit.synthetic import spectra as grown

NAMES = list(minerals.minerals().index)
HIDDEN = ("H", "Li", "Be", "B")  # no line of theirs is seen: the others sum to 1
COUNTS = 1e6
OTHER = grown.Instrument(
    kv=20.0,
    takeoff_deg=29.0,
    fwhm_mn_ev=141.3,
    layers=(("polymer", 350.0), ("aluminium", 90.0), ("carbon", 60.0), ("silicon", 20.0)),
    coat_nm=28.0,
    offset_kev=-0.0087,
    gain=1.0013,
    l_factor=1.2,
    m_factor=0.8,
    background=1.5,
    pile_up=0.01,
)


def seen(weights):
    """Mass fractions of what has a line that is seen, scaled to 1."""
    places = [xrays.ELEMENTS.index(name) for name in HIDDEN]
    kept = np.delete(weights, places)
    return kept / kept.sum()


def noiseless(name, instrument):
    """The truth of a mineral's ideal formula, and its spectrum without chance."""
    weights = minerals.as_weights(minerals.ideal(name))
    return seen(weights), COUNTS * grown.expected(weights, instrument)[0]


def told(instrument):
    """What a reader of the spectrum knows: not the scale, the width, the background or the pile-up."""
    plain = grown.Instrument()
    unknown = "offset_kev", "gain", "fwhm_mn_ev", "background", "pile_up"
    return instrument._replace(**{field: getattr(plain, field) for field in unknown})


def worst(name, instrument):
    """The largest relative error of an element above 1 % by mass."""
    truth, counts = noiseless(name, instrument)
    found = seen(spectra.weighed(counts, told(instrument)))
    there = truth > 0.01
    return np.abs(found[there] / truth[there] - 1).max()


@pytest.mark.parametrize("kv", [15.0, 20.0])
def test_planted_compositions_come_back_within_5_percent(kv):
    """Every mineral of the table, from a spectrum without chance: in turn at 15 and at 20 kV, to be quick."""
    names = NAMES[kv == 20.0 :: 2]
    errors = {name: worst(name, grown.Instrument(kv=kv)) for name in names}
    assert {name: error for name, error in errors.items() if error > 0.05} == {}


@pytest.mark.parametrize("name", NAMES[3::10])
def test_they_come_back_under_another_detector_with_its_scale_off(name):
    """Every tenth mineral; scale, width, background and pile-up are not told."""
    assert worst(name, OTHER) < 0.05


def test_chance_moves_a_composition_little_and_adds_no_elements():
    instrument = grown.Instrument(kv=20.0)
    truth, shape = noiseless("augite", instrument)
    counts = np.random.default_rng(7).poisson(shape / 5)
    found = seen(spectra.weighed(counts, instrument))
    assert np.abs(found - truth).sum() < 0.03
    assert found[truth == 0].sum() < 0.005


def test_a_coat_is_not_taken_for_the_mineral_s_carbon():
    carbon = xrays.ELEMENTS.index("C")
    for name, share in (("quartz", 0.0), ("calcite", 0.12)):
        instrument = grown.Instrument(coat_nm=30.0)
        _, counts = noiseless(name, instrument)
        assert abs(spectra.weighed(counts, instrument)[carbon] - share) < 0.005


def test_a_spectrum_of_a_few_counts_is_refused():
    with pytest.raises(ValueError, match="too few counts"):
        spectra.weighed(np.zeros(501), grown.Instrument())
