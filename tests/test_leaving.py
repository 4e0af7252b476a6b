"""Notebook 16: its questions with right and wrong answers, its benches, its figures, the data that it is told on."""

from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from zirconkit import plots, samples
from zirconkit.deployment import watching
from zirconkit.evaluation import Interval, control
from zirconkit.evaluation.shortcuts import dealt_spreads, share_as_large
from zirconkit.exercises import leaving as ex
from zirconkit.widgets import ControlBench, SandBench, control_words, sand_words
from zirconkit.widgets.leaving import small_batches

FOLDER = samples.DATA / "apatites"
CLASSES = ["hydrothermal", "igneous", "metamorphic"]


@pytest.fixture
def bench():
    return ControlBench(*small_batches())


@pytest.fixture(scope="module")
def grains():
    table = pd.read_csv(FOLDER / "grains.csv")
    p = table[[f"p_{name}" for name in CLASSES]].to_numpy()
    return table.assign(called=np.array(CLASSES)[p.argmax(axis=1)])


def test_three_guesses_are_kept_and_met(capsys):
    ex.worth.commit(0.9, 0.7, 0.5)
    ex.worth.meet(
        {"network": Interval(0.81, 0.7, 0.9), "outline": Interval(0.7, 0.6, 0.8), "background": Interval(0.7, 0.4, 0.9)}
    )
    assert "network: you said 0.90, the card 0.81" in capsys.readouterr().out
    for wrong in ((0.9, 0.7, 1.2), ("high", 0.7, 0.5), (0.9, 0.7, None)):
        ex.worth.commit(*wrong)
        assert ex.worth.committed is None
    ex.cries.commit(3)
    ex.cries.meet(12)
    assert "You said 3 of 35; 12 of them" in capsys.readouterr().out
    ex.cries.commit(36)
    assert ex.cries.committed is None


def test_mounts_are_dealt_by_chance():
    assert ex.by_chance.is_right(ex.by_chance.answer)
    deal = ex.dealt_by_chance
    wrong = {
        "not those below it": lambda *given: 1 - deal(*given),
        "divide by 1,000": lambda *given: 999 * deal(*given) + 2,
        "deal anew each time": lambda *given: 1.0,
        "is wanted": lambda m, c, spread, rng: spread(m, c),
        "keep the medians": lambda *given: 0.5,
    }
    for said, answer in wrong.items():
        assert said in ex.by_chance.verdict(answer), said


def test_the_delivery_that_drifted_and_why():
    assert ex.drifted.is_right(("D", "noise", "c")) and ex.drifted.is_right(["d", " Noise", " (c)"])
    assert "B is as it should be" in ex.drifted.verdict(("B", "noise", "c"))
    assert "back on the next" in ex.drifted.verdict(("D", "size", "b"))
    assert "brightness stays below" in ex.drifted.verdict(("D", "brightness", "c"))
    for letter, word in (("a", "brighter beam"), ("b", "wrong scale"), ("d", "another river")):
        assert word in ex.drifted.verdict(("D", "noise", letter))
    assert ex.drifted.verdict(("D", ..., "c")).startswith("Not attempted")
    for odd in (("F", "noise", "c"), "D", ("D", "c"), ("D", "noise"), ("D", "noise", 3)):
        assert not ex.drifted.is_right(odd)


def test_a_sand_is_unmixed():
    assert ex.unmix.is_right(ex.unmix.answer)
    assert "add up to 1" in ex.unmix.verdict(lambda called, rates: np.ones(3))
    assert "a third of that is wanted" in ex.unmix.verdict(
        lambda called, rates: np.bincount(called, minlength=3) / len(called)
    )

    def turned(called, rates):
        shares = np.linalg.solve(rates, np.bincount(called, minlength=3) / len(called)).clip(0)
        return shares / shares.sum()

    assert not ex.unmix.is_right(turned)
    assert "three shares are wanted" in ex.unmix.verdict(lambda called, rates: [0.5, 0.5])


def test_two_samples_are_as_far_apart_as_the_widest_gap():
    assert ex.farther.is_right(ex.farther.answer) and ex.farther.is_right(control.ks_distance)
    for wrong in (
        lambda a, b: abs(a.mean() - b.mean()),
        lambda a, b: 0.0,
        lambda a, b: np.abs(np.searchsorted(np.sort(a), b) / len(a)).max(),
    ):
        assert "is wanted" in ex.farther.verdict(wrong)


def test_a_lower_rate_rings_less_and_finds_the_delivery_that_drifted(bench):
    rang = {rate: bench.table(rate) for rate in bench.limits}
    assert rang[0.2]["alarm"].sum() > rang[0.001]["alarm"].sum() > 0
    found = rang[0.001]
    assert set(found.loc[found["alarm"], "delivery"]) == {"C"} and set(found.loc[found["alarm"], "most"]) == {
        "brightness"
    }
    said = control_words(0.001, found)
    assert "C 2" in said and "would bring about 0.0, one or more in 2%" in said


def test_the_bench_starts_at_a_rate_that_is_too_high_and_follows_its_controls(bench):
    box = bench.panel()
    assert bench.rate.value == 0.2 and "A 2, B 3, C 5, D 2" in bench.said.value
    before = bench.picture.value
    bench.rate.value = 0.001
    assert "<b>C 2</b>" in bench.said.value and bench.picture.value != before
    bench.number.value = "brightness"
    assert len(box.children) == 3


def test_bars_stand_where_the_sum_of_the_number_on_show_passes_the_limit(bench):
    def bars(rate, name):
        fig = bench.figure(rate, name)
        count = len(fig.axes[1].patches)
        plt.close(fig)
        return count

    assert bars(0.001, "brightness") == 2 and bars(0.001, "size") == 0


def test_a_triangle_stands_where_another_number_rang(bench):
    def triangles(rate, name):
        fig = bench.figure(rate, name)
        found = [len(line.get_xdata()) for line in fig.axes[1].lines if line.get_marker() == "v"]
        plt.close(fig)
        return sum(found)

    assert triangles(0.001, "size") == 2 and triangles(0.001, "brightness") == 0


def test_the_drift_that_is_planted_in_the_notebook_rings_at_the_sixth_image_and_is_the_chart_s():
    batches = pd.read_csv(FOLDER / "batches.csv")
    limits = pd.read_csv(FOLDER / "limits.csv").set_index("rate")["limit"]
    limit = limits[0.01]
    z = batches["z brightness"].to_numpy()[:12] + np.repeat([0, 1.4], 6)
    chart = control.Chart(np.zeros(1), np.ones(1), limit, 0.01, watching.CALM)
    sums, rang = control.run_chart(z[:, None], chart)
    assert list(np.flatnonzero(rang)) == [11] and np.abs(z).max() < 3  # no image alone is remarkable
    up = down = limit / 4
    for value, total, rings in zip(z, sums[:, 0], rang):
        up, down = max(up + value - 0.25, 0), max(down - value - 0.25, 0)
        assert max(up, down) == pytest.approx(total)
        if rings:
            up = down = 0


def test_chance_is_drawn_for_every_clue_with_what_was_found_and_the_tail():
    rng = np.random.default_rng(0)
    dealt = {"noise": (0.6, np.r_[rng.uniform(0, 0.5, 97), 0.7, 0.8]), "planted": (0.9, rng.uniform(0, 0.5, 99))}
    fig = plots.dealt_clues(dealt)
    titles = [ax.get_title() for ax in fig.axes]
    assert titles == ["noise: 2 + 1 of 99 + 1 dealings reach 60%", "planted: 0 + 1 of 99 + 1 dealings reach 90%"]
    assert [text.get_text() for text in fig.legends[0].get_texts()][-1] == "what was found"
    plt.close(fig)


def test_the_spread_that_is_dealt_is_that_of_the_notebook(grains):
    y = pd.Index(CLASSES).get_indexer(grains["class_name"])
    found, dealt = dealt_spreads(grains["noise"], y, grains["sample"], 999)
    by_mount = grains.groupby("sample").agg(x=("noise", "median"), name=("class_name", "first"))
    assert found == pytest.approx(ex.spread_between(by_mount["x"], by_mount["name"].to_numpy()))
    assert dealt.mean() == pytest.approx(2 / 11, abs=0.02)
    assert share_as_large(found, dealt) == (1 + np.sum(dealt >= found)) / 1000
    assert share_as_large(2.0, dealt) == 1 / 1000


def test_grains_are_named_with_what_they_were_called_before_and_after():
    picture = np.zeros((8, 8))
    row = {"class": "igneous", "before": picture, "after": picture}
    shown = pd.DataFrame([row | {"called_before": "igneous", "called_after": "metamorphic"}] * 2)
    fig = plots.called_twice(shown)
    said = [ax.get_xlabel() for ax in fig.axes]
    assert said == ["called\nigneous"] * 2 + ["called\nmetamorphic"] * 2
    assert fig.axes[0].get_title() == "igneous grain" and fig.axes[2].get_ylabel() == "smoothed"
    plt.close(fig)


def test_a_triangle_is_in_the_legend_only_where_there_is_one(bench):
    for name, n in (("size", 3), ("brightness", 2)):
        fig = bench.figure(0.001, name)
        assert len(fig.legends[0].get_texts()) == n
        plt.close(fig)


def test_the_interval_of_a_count_is_drawn_where_it_is_given():
    shares = pd.DataFrame(
        {"sand": "S", "class": CLASSES, "counted": 0.3, "fraction": 0.3, "low": 0.1, "high": 0.6, "truth": 1 / 3}
    )
    without = plots.sand_shares(shares, CLASSES)
    given = plots.sand_shares(shares.assign(count_low=0.2, count_high=0.4), CLASSES)
    assert len(given.axes[0].lines) == len(without.axes[0].lines) + 3
    assert [text.get_text() for text in given.axes[0].get_xticklabels()] == CLASSES
    plt.close("all")


def test_of_the_shipped_deliveries_one_rings_whatever_the_rate_by_its_noise():
    shipped = ControlBench(pd.read_csv(FOLDER / "batches.csv"), pd.read_csv(FOLDER / "limits.csv"))
    for rate in (0.002, 0.005, 0.01):
        table = shipped.table(rate)
        rang = table[table["alarm"]]
        assert set(rang["delivery"]) == {"D"} == {ex.drifted.answer[0]} and set(rang["most"]) == {"noise"}
    place = shipped.names.index("noise")
    z = pd.DataFrame(shipped.z, columns=shipped.names).groupby(shipped.batches["delivery"]).mean()
    assert z.loc["D"].iloc[place] < -4 and z.loc["D"].drop(["noise"]).abs().max() < 2
    assert len(set(shipped.table(0.2).query("alarm")["delivery"])) > 1


def test_a_sand_is_mixed_and_the_intervals_hold_the_truth_more_often_than_counts(grains):
    bench = SandBench(grains, CLASSES)
    shares = np.array([0.1, 0.3, 0.6])
    many = pd.concat([bench.mixed(shares, 150, seed) for seed in range(12)])
    held = ((many["low"] <= many["truth"]) & (many["truth"] <= many["high"])).mean()
    half = 1.96 * np.sqrt(many["counted"] * (1 - many["counted"]) / 150)
    assert held > 0.8 > ((many["counted"] - many["truth"]).abs() <= half).mean()
    one = bench.mixed(shares, 150, 0)
    assert np.allclose(one["counted"].sum(), 1) and "intervals hold the truth" in sand_words(one)


def test_the_sliders_of_the_sand_bench_mix_and_a_button_draws_anew(grains):
    bench = SandBench(grains, CLASSES)
    bench.panel()
    before = bench.said.value
    bench.first.value = 90
    bench.second.value = 60
    assert np.allclose(bench.shares(), [0.9, 0.1, 0]) and bench.said.value != before
    before = bench.said.value
    bench.again.click()
    assert bench.said.value != before


def test_a_card_names_the_kinds_of_its_lines():
    lines = pd.DataFrame(
        {
            "kind": ["network", "clue"],
            "what": ["a", "b"],
            "value": [0.8, 0.5],
            "low": [0.7, np.nan],
            "high": [0.9, np.nan],
        }
    )
    fig = plots.card_lines(lines)
    assert [text.get_text() for text in fig.legends[0].get_texts()] == ["network", "clue"]
    plt.close(fig)


def test_a_distance_that_falls_is_no_drift():
    z = np.full((40, 2), -1.5)
    chart = control.Chart(np.zeros(2), np.ones(2), 5.0, 0.01, 0.0, np.array([True, False]))
    sums, alarm = control.run_chart(z, chart)
    assert alarm.any() and (sums[:, 1] == 0).all()


@pytest.mark.parametrize(("batches", "said"), [(3, "hardly known"), (20, "several times as often"), (64, None)])
def test_a_small_reference_is_said_to_know_little(batches, said):
    held = SimpleNamespace(batches=dict.fromkeys(range(batches)), chart=SimpleNamespace(limit=5.0))
    empty = pd.DataFrame(columns=["alarm", "delivery", "batch", "most", "sum"]).astype({"alarm": bool})
    report = watching._report("r", [], held, empty, [], 0.01)
    assert (said in report["warning"]) if said else "warning" not in report
