"""Notebook 13: elements switched on, three witnesses of one grain, specimens, its questions right and wrong."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from zirconkit import plots, spectra, widgets
from zirconkit.exercises import chemistry
from zirconkit.spectra.fitting import ENERGIES
from zirconkit.spectra.switching import BOARD
from zirconkit.synthetic import chemistry as grown_chemistry
from zirconkit.synthetic import minerals, specimens, witnesses
from zirconkit.synthetic import spectra as grown


@pytest.fixture(autouse=True)
def asked_as_before():
    """The checks ask for what was grown last: afterwards that is the notebook's own again."""
    yield
    chemistry.grown_spectrum(0)
    chemistry.mystery(0)


# ---------------------------------------------------------------- elements switched on


@pytest.fixture(scope="module")
def zircon():
    return spectra.measured(*grown.grow(minerals.as_weights(minerals.ideal("zircon")), counts=100_000, seed=1))


def test_phosphorus_takes_zirconium_s_counts_only_as_long_as_zirconium_is_off(zircon):
    alone, together = spectra.switched(zircon, ["O", "Si", "P"]), spectra.switched(zircon, ["O", "Si", "P", "Zr"])
    assert alone.idle == () and together.idle == ("P",)
    assert together.explained > alone.explained + 0.2
    assert together.parts["Zr"].sum() > 10 * together.parts["P"].sum()


def test_no_element_explains_nothing_and_all_explain_most(zircon):
    none, every = spectra.switched(zircon, []), spectra.switched(zircon, BOARD)
    assert none.parts == {} and abs(none.explained) < 1e-9
    assert every.explained > 0.85 and {"O", "Si", "Zr"} == set(BOARD) - set(every.idle) - {"Hf"}


def test_the_bench_says_what_is_on():
    bench = widgets.ElementBench(*chemistry.grown_spectrum(5))
    bench.panel()
    assert bench.said.value == "<b>no element is switched on</b>"
    before = bench.picture.value
    bench.buttons["O"].value = bench.buttons["Zr"].value = True
    assert re.search(r"O, Zr: \d\d% of the peaks explained; each has something", bench.said.value)
    assert bench.picture.value != before


@pytest.mark.parametrize("seed", [0, 3, 4])
def test_the_formula_of_a_grown_spectrum_explains_it(seed):
    """So that the exercise can be solved: every element of it has something to do, and little is left."""
    energy, counts = chemistry.grown_spectrum(seed)
    spectrum = spectra.measured(energy, counts)
    elements = [name for name in BOARD if minerals.atoms_in(chemistry.FORMULAS[chemistry.right_mineral()[0]])[
        minerals.ELEMENTS.index(name)]]  # fmt: skip
    found = spectra.switched(spectrum, elements)
    most = spectra.switched(spectrum, BOARD).explained
    assert found.idle == () and found.explained > 0.8 * most


def test_the_name_of_ones_own_spectrum_and_an_element_that_misleads():
    chemistry.grown_spectrum(0)
    question = chemistry.mineral
    assert question.is_right(("Xenotime", "zr")) and question.is_right(chemistry.right_mineral())
    assert "needs Si, Zr" in question.verdict(("zircon", "P"))
    assert "needs Ce" in question.verdict(("monazite", "Zr"))
    assert "one of these names" in question.verdict(("gold", "Zr"))
    assert "one of the board's elements" in question.verdict(("xenotime", "Au"))
    assert "is in its formula" in question.verdict(("xenotime", "Y"))
    assert "fills no peak even alone" in question.verdict(("xenotime", "Cl"))
    assert "keeps most" in question.verdict(("xenotime", "Al"))
    assert "a mineral and an element" in question.verdict("xenotime")
    chemistry.grown_spectrum(9)
    assert question.is_right(("pyrite", "F")) and not question.is_right(("xenotime", "Zr"))


@pytest.mark.parametrize("seed", range(12))
def test_in_each_spectrum_an_element_misleads(seed):
    chemistry.grown_spectrum(seed)
    assert chemistry.mineral.is_right(chemistry.right_mineral())


# ---------------------------------------------------------------- three witnesses of one grain


def test_raman_bands_lie_where_they_are_known():
    shifts = np.arange(100.0, 1200.0, 1)
    known = {"quartz": 464, "zircon": 1008, "apatite": 964, "calcite": 1086, "anatase": 144, "baryte": 988}
    for mineral, place in known.items():
        assert abs(shifts[witnesses.raman(mineral, shifts).argmax()] - place) <= 2


def test_each_witness_is_blind_somewhere_and_another_is_not():
    rutile, anatase = (witnesses.CANDIDATES.index(name) for name in ("rutile", "anatase"))
    apart = {}
    for name in witnesses.KINDS:
        clean = witnesses.kind(name).clean
        np.testing.assert_allclose(clean.sum(axis=1), 1)
        apart[name] = np.abs(clean[rutile] - clean[anatase]).sum()
    assert apart["X-rays"] == 0 and apart["Raman"] > 0.05 and apart["diffraction"] > 0.05


def test_counts_of_a_witness_are_those_of_its_mineral():
    rng = np.random.default_rng(0)
    counts = witnesses.measure("Raman", "quartz", 20_000, rng)
    assert abs(counts.sum() - 20_000) < 800
    logs = counts @ np.log(witnesses.kind("Raman").clean).T
    assert witnesses.CANDIDATES[logs.argmax()] == "quartz"


@pytest.mark.parametrize("seed", range(6))
def test_a_mystery_can_be_solved_and_misleads_who_adds_all(seed):
    grain = chemistry.mystery(seed)
    logs = {name: grain.counts[name] @ np.log(witnesses.kind(name).clean).T for name in witnesses.KINDS}
    prices, best = {}, {}
    for left_out in witnesses.KINDS:
        a, b = (logs[name] for name in witnesses.KINDS if name != left_out)
        prices[left_out] = a.max() + b.max() - (a + b).max()
        best[left_out] = witnesses.CANDIDATES[(a + b).argmax()]
    cheapest = min(prices, key=prices.get)
    mineral, liar, given = chemistry.right_grain()
    assert (best[cheapest], cheapest) == (grain.mineral, grain.liar) == (mineral, liar)
    np.testing.assert_allclose(given, [prices[name] for name in witnesses.KINDS])
    assert len({witnesses.CANDIDATES[each.argmax()] for each in logs.values()}) == 3
    assert witnesses.CANDIDATES[sum(logs.values()).argmax()] != grain.mineral


def test_who_lies_wrong_answers_are_told_apart():
    grain = chemistry.mystery(0)
    prices = chemistry.right_grain()[2]
    judged = chemistry.liar.verdict
    assert judged((grain.mineral, grain.liar, prices)) is None
    assert judged([grain.mineral.upper(), grain.liar.lower(), np.round(prices, 1)]) is None
    assert chemistry.liar.is_right(chemistry.liar.answer)
    other = next(name for name in witnesses.KINDS if name != grain.liar)
    summed = witnesses.CANDIDATES[sum(grain.counts[name] @ np.log(witnesses.kind(name).clean).T
                                      for name in witnesses.KINDS).argmax()]  # fmt: skip
    assert "not the liar" in judged((grain.mineral, other, prices))
    assert "what the sum of all three says" in judged((summed, other, prices))
    assert "the liar is found" in judged(("monazite", grain.liar, prices))
    assert "do not agree" in judged(("monazite", other, prices))
    assert "second word" in judged((grain.mineral, "touch", prices))
    for odd in ("quartz", ("gold", "Raman", prices), (grain.mineral, grain.liar)):
        assert "three prices are wanted" in judged(odd)


def test_prices_that_are_not_those_of_the_pairs():
    grain = chemistry.mystery(0)
    prices = chemistry.right_grain()[2]
    with_prices = {
        "in another order": prices[::-1],
        "three prices are wanted: of": prices[:2],
        "without diffraction is another": [*prices[:2], prices[2] + 1],
        "without X-rays is another": [prices[0] + 0.2, *prices[1:]],
    }
    for says, given in with_prices.items():
        assert says in chemistry.liar.verdict((grain.mineral, grain.liar, given))


# ---------------------------------------------------------------- joining


def sigmoid(a, b):
    from keras import layers

    return layers.Dense(1, activation="sigmoid")(layers.Dense(16, activation="relu")(layers.Concatenate()([a, b])))


def added(a, b):
    from keras import layers

    return layers.Add()([layers.Dense(1)(a), layers.Dense(1)(b)])


def one_only(a, b):
    from keras import layers

    return layers.Dense(1)(layers.Dense(16, activation="relu")(a))


def wide(a, b):
    from keras import layers

    return layers.Concatenate()([a, b])


@pytest.mark.parametrize(
    ("join", "says"),
    [(sigmoid, "leave the activation"), (added, "late fusion"), (one_only, "second branch"), (wide, "one number"),
     (lambda a, b: 3, "layer's output"), (lambda a, b: one_only(b, a), "first branch"), (7, "a function is wanted")],
)  # fmt: skip
def test_joints_that_do_not_join_are_told_why(join, says):
    assert says in chemistry.join.verdict(join)


def test_a_joint_is_right_and_the_notebook_goes_on_without_one():
    assert chemistry.join.is_right(chemistry.joined)
    assert chemistry.yours_or_ours(lambda a, b: ..., chemistry.join) is chemistry.joined


# ---------------------------------------------------------------- specimens, splits, scores, blanks


def test_spots_of_a_specimen_are_alike_and_specimens_are_not():
    table = specimens.grow_specimens(4, 10, seed=3)
    shares = table[list(specimens.MEASURED)]
    np.testing.assert_allclose(shares.sum(axis=1), 1)
    within = shares.groupby(table["specimen"]).std().mean().mean()
    middles = shares.groupby([table["mineral"], table["specimen"]]).mean()
    between = middles.groupby("mineral").std().mean().mean()
    assert len(table) == 18 * 40 and between > 3 * within


def by_rows(table):
    return np.arange(len(table)) % 2 == 0


def half_of_the_minerals(table):
    return (table["mineral"] == "quartz").to_numpy()


def all_of_one(table):
    return (table["mineral"] == "quartz") | table["specimen"].str.endswith("1")


@pytest.mark.parametrize(
    ("split", "says"),
    [(by_rows, "on both sides"), (half_of_the_minerals, "no test of"), (all_of_one, "nobody learned"),
     (lambda table: np.ones(len(table), bool), "all rows are on one side"),
     (lambda table: table.index, "True or False"),
     (lambda table: table["gold"], "it stopped with KeyError")],
)  # fmt: skip
def test_splits_that_leak_are_told_what_leaks(split, says):
    assert says in chemistry.honest.verdict(split)


def test_whole_specimens_are_an_honest_split():
    assert chemistry.honest.is_right(chemistry.parted)
    assert chemistry.honest.is_right(lambda table: table["specimen"].str.endswith("2"))


@pytest.mark.parametrize(
    ("score", "says"),
    [(lambda t, c: (t == c).mean(), "accuracy"), (lambda t, c: 3 * chemistry.macro_f1(t, c), "divide"),
     (lambda t, c: np.mean([(c == n)[t == n].mean() for n in np.unique(t)]), "recall"),
     (lambda t, c: 0.1, "yours gives")],
)  # fmt: skip
def test_scores_that_are_no_macro_f1_are_named(score, says):
    assert says in chemistry.macro.verdict(score)


def test_macro_f1_is_scikit_learn_s():
    from sklearn.metrics import f1_score

    rng = np.random.default_rng(0)
    true, called = rng.choice(list("abcd"), (2, 60))
    assert np.isclose(chemistry.macro_f1(true, called), f1_score(true, called, average="macro"))
    assert chemistry.macro.is_right(chemistry.macro_f1)


def in_place(images, measured, chance):
    images[chance < 1 / 3], measured[chance > 2 / 3] = 0, 0
    return images, measured


def both_gone(images, measured, chance):
    keep = (chance >= 1 / 3).astype("float32")
    return images * keep[:, None, None, None], measured * keep[:, None]


@pytest.mark.parametrize(
    ("blank", "says"),
    [(in_place, "take copies"), (both_gone, "neither image nor spectrum"), (lambda i, s, c: i, "two arrays"),
     (lambda i, s, c: (i[1:], s), "in the shapes"), (lambda i, s, c: (i.copy(), s.copy()), "images are blank where"),
     (lambda i, s, c: (chemistry.blanked(i, s, c)[0], s.copy()), "spectra are blank where")],
)  # fmt: skip
def test_blanks_that_are_not_what_is_wanted(blank, says):
    assert says in chemistry.blank.verdict(blank)


def test_blanks_that_are():
    assert chemistry.blank.is_right(chemistry.blanked)


def test_predictions_are_met(capsys):
    rows = (
        (chemistry.agree, 84, 0.84, "84 of 100"),
        (chemistry.gain, 0.9, (0.91, 0.8), "both networks together have 0.91"),
        (chemistry.unseen, 90, 0.7, "right for 70 of 100"),
    )
    for prediction, guess, result, says in rows:
        prediction.commit(guess)
        prediction.meet(result)
        assert says in capsys.readouterr().out
        prediction.commit(...)


def test_zircons_chemistry_knows_nothing_of_the_grain_but_its_class():
    y = np.repeat([0, 1], 400)
    hafnium, thorium = grown_chemistry.zircons(y, np.random.default_rng(0))
    assert 0.004 < hafnium[y == 1].mean() - hafnium[y == 0].mean() < 0.006
    assert abs(np.corrcoef(hafnium[y == 0], thorium[y == 0])[0, 1]) < 0.1
    shapes = grown_chemistry.zircon_spectra(y[:4], 500, seed=1)
    assert shapes.shape == (4, 225) and np.allclose((shapes**2).sum(axis=1), 1, atol=1e-5)


# ---------------------------------------------------------------- figures


def test_figures_show_what_they_are_given(zircon):
    fig = plots.switched_on(ENERGIES, zircon, spectra.switched(zircon, ["Si", "Zr"]))
    assert [text.get_text() for text in fig.axes[0].texts] == ["Si", "Zr"]
    groups = {"a": "one", "b": "one", "c": "two"}
    fig = plots.group_confusion(["a", "a", "b", "c"], ["a", "b", "b", "c"], groups)
    np.testing.assert_allclose(fig.axes[0].images[0].get_array(), [[0.5, 0.5, 0], [0, 1, 0], [0, 0, 1]])
    assert len(fig.axes[0].patches) == 2
    fig = plots.by_counts([5, 50], {"zircon": np.array([[0.2, 0.5, 0.8], [0.9, 1, 1]])})
    np.testing.assert_allclose(fig.axes[0].lines[0].get_ydata(), [0.5, 1])
    fig = plots.group_confusion(["a", "c", "c", "c"], ["a", "b", "b", "c"], groups)
    assert [text.get_text() for text in fig.axes[0].texts] == ["c → b"]
    fig = plots.switched_on(ENERGIES, zircon, spectra.switched(zircon, ["P", "Zr"]))
    assert [text.get_text() for text in fig.axes[0].texts] == ["Zr"]
    plt.close("all")


def test_a_measurement_lies_over_the_lines_of_what_it_names():
    axis, clean = np.arange(3.0), np.array([0.2, 0.2, 0.6])
    fig = plots.measurements_of_one({"touch": (axis, np.array([0, 1, 4]), "force", "talc", clean)} | {
        "smell": (axis, np.array([1, 0, 0]), "force", "gypsum", clean[::-1])})  # fmt: skip
    first, second = fig.axes
    assert first.get_title() == "touch: 5 counts\ngreen: lines of talc" and "gypsum" in second.get_title()
    heights = first.collections[0].get_paths()[0].vertices
    assert heights[:, 1].max() < first.get_ylim()[1] == 5 and heights[heights[:, 1].argmax(), 0] == 2
    plt.close("all")


def test_the_liar_is_framed_and_the_cheapest_name_comes_first():
    axis, clean = np.arange(3.0), np.array([0.2, 0.2, 0.6])
    one = (axis, np.array([0, 1, 4]), "force", "talc", clean)
    fig = plots.measurements_of_one({"touch": one, "smell": one}, liar="smell")
    widths = [ax.spines["top"].get_linewidth() for ax in fig.axes]
    assert widths[1] > 2 * widths[0] and "smell: the liar" in fig.axes[1].get_title()
    costs = pd.DataFrame({"touch": [0, 9, 1], "smell": [7, 0, 1], "taste": [9, 0, 6]}, ["talc", "gypsum", "calcite"])
    fig = plots.prices_of_names(costs, "taste")
    assert [text.get_text() for text in fig.axes[0].get_xticklabels()] == ["calcite", "talc", "gypsum"]
    assert [text.get_text() for text in fig.axes[0].texts] == ["price 2.0", "all three\nadded"]
    plt.close("all")


def test_another_grain_leaves_the_one_that_is_asked_for():
    grain = chemistry.mystery(0)
    assert (chemistry.another_grain().counts["Raman"] != grain.counts["Raman"]).any()
    assert chemistry.right_grain()[:2] == (grain.mineral, grain.liar)


def test_the_bells_of_a_sum_stand_as_far_apart_as_their_numbers_do():
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 3000)
    logits = {"picture": rng.normal(y, 1), "spectrum": rng.normal(2 * y, 1)}
    logits["sum"] = logits["picture"] + logits["spectrum"]
    fig = plots.added_logits(logits, y, dict(zip(logits, (1, 2, 2.2))), {"one": "black", "two": "red"})
    gaps = [ax.lines[1].get_xdata()[0] - ax.lines[0].get_xdata()[0] for ax in fig.axes[1:]]
    np.testing.assert_allclose(gaps, [1, 2, 3 / 2**0.5], atol=0.15)
    sides = fig.axes[0].lines[0]
    assert fig.axes[0].get_aspect() == 1
    np.testing.assert_allclose(sides.get_xdata(), [0, 1, 1, 0], atol=0.1)
    np.testing.assert_allclose(sides.get_ydata(), [0, 0, 2, 0], atol=0.1)
    plt.close("all")


def test_a_zircon_of_each_class_is_shown_with_its_spectrum():
    energy = np.arange(1.0, 9.9, 0.04)
    flat = np.full(len(energy), 1 / len(energy))
    pair = (np.zeros((4, 4)), np.ones((4, 4)))
    fig = plots.two_of_each(pair, (flat, flat), (flat, flat), energy, {"one": "black", "two": "red"})
    assert [ax.get_title() for ax in fig.axes[:2]] == ["one", "two"]
    assert [text.get_text() for text in fig.axes[2].texts] == ["Si", "Zr", "Hf"]
    plt.close("all")
