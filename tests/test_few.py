"""Notebook 15: its questions with right and wrong answers, its bench, its figure."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LogisticRegression

from zirconkit import labelling, plots, samples
from zirconkit.evaluation import Interval
from zirconkit.exercises import few
from zirconkit.widgets import LabelBench, bench_words
from zirconkit.widgets.labelling import small_pool


@pytest.fixture
def bench():
    return LabelBench(*small_pool(), ("dark", "bright"), LogisticRegression(), [0, 1])


def test_a_sign_for_each_method_is_kept_and_met(capsys):
    few.worth.commit("+ = -")
    gains = {"a": Interval(0.03, 0.01, 0.05), "b": Interval(0.01, -0.02, 0.04), "c": Interval(0.02, 0.01, 0.03)}
    few.worth.meet(gains)
    assert "ten pairs of mounts say +=+: 2 of 3" in capsys.readouterr().out
    for wrong in ("+=", "abc", 3):
        few.worth.commit(wrong)
        assert few.worth.committed is None


@pytest.mark.parametrize(
    ("saved", "sign"),
    [(Interval(8.0, 4.0, 12.0), "+"), (Interval(-8.0, -12.0, -4.0), "-"), (Interval(2.3, -40.0, 7.5), "=")],
)
def test_whether_asking_saves_is_a_sign_for_each_way(capsys, saved, sign):
    few.saves.commit(f"{sign} +")
    few.saves.meet({"a": saved, "b": Interval(-1.0, -2.0, -0.5)})
    said = capsys.readouterr().out
    assert f"ten pairs of mounts say {sign}-: 1 of 2" in said and f"(a) {saved:+.1f}, (b) -1.0" in said
    for wrong in ("+", "+=-", "saves", 5):
        few.saves.commit(wrong)
        assert few.saves.committed is None


def test_a_round_of_self_training():
    assert few.self_train.is_right(few.one_round)

    def renames(model, x, named, sure):
        known = named != -1
        p = model.fit(x[known], named[known]).predict_proba(x)
        return np.where(p.max(axis=1) >= sure, p.argmax(axis=1), named)

    def names_all(model, x, named, sure):
        known = named != -1
        return np.where(known, named, model.fit(x[known], named[known]).predict(x))

    def exchanges(model, x, named, sure):
        found = few.one_round(model, x, named, sure)
        return np.where(found != named, 1 - found, found)

    said = {
        renames: "changes a label",
        names_all: "in the middle",
        exchanges: "exchanged",
        lambda model, x, named, sure: named: "no grain got a label",
        lambda model, x, named, sure: named[:3]: "one for each grain",
        lambda model, x, named, sure: 1 / 0: "ZeroDivisionError",
        lambda model, x, named, sure: ...: "Not attempted",
    }
    for wrong, words in said.items():
        assert words in few.self_train.verdict(wrong)


def test_what_a_name_costs_is_read_off_the_clock(bench):
    assert few.labelled.is_right(few.price_truly)
    assert few.priced(bench, ...) is ...
    assert "label 8 grains for each way" in few.labelled.verdict(few.priced(bench, [9, 12, 5]))
    for number in range(20):
        way, row = bench.asking
        truth = int(bench.pool[1][row])
        is_slip = way == "farthest" and number < 4
        bench.call(1 - truth if is_slip else truth, 3.0 if way == "farthest" else 2.0)
    assert few.labelled.is_right(few.priced(bench, [16.0, 30, 9.3]))  # 8 right in 30 s, 10 in 20 s
    said = {
        (30, 16, 9.3): "exchanged: *farthest* comes first",
        (16 / 60, 0.5, 9.3): "times 60",
        (20, 30, 9.3): "counts all labels",
        (16, 30, 10.7): "third is how many labels asking may take",
        (16, 30, 2): "within a half",
        (8, 10, 9.3): "8 in 30.0 s where farthest asked, 10 in 20.0 s at random",
        (16, 30): "three numbers",
    }
    for wrong, words in said.items():
        assert words in few.labelled.verdict(few.priced(bench, list(wrong)))
    assert "ex.priced" in few.labelled.verdict([16, 30, 9.3])


def test_a_price_is_set_beside_what_asking_saves(bench):
    saved = {"one": Interval(10.0, 6.8, 13.2), "two": Interval(-3.0, -9.0, 6.0), "three": Interval(5.0, -20.0, 9.0)}
    assert few.pays(few.priced(bench, ...), saved) == "No price of yours yet."
    assert few.pays(few.priced(bench, [15.0, 20.0, 5.0]), saved) == "No price of yours yet."  # nobody has named a grain
    bench.call_truly(20)  # four seconds where it was asked, three at random
    assert few.pays(few.priced(bench, [20.0, 15.0, 5.0]), saved) == "No price of yours yet."  # exchanged
    first, *lines = few.pays(few.priced(bench, [15.0, 20.0, 5.0]), saved).splitlines()
    assert "*farthest* must save +5.0 (+5.0 to +5.0) of 20" in first  # the oracle has one speed and no slips
    assert [line.split(": ")[2] for line in lines] == ["it pays", "not resolved", "not resolved"]
    assert lines[0].startswith("one: +10.0 (+6.8 to +13.2)")
    lost = few.pays(few.priced(bench, [15.0, 20.0, 5.0]), {"two": Interval(-3.0, -9.0, 4.9)})
    assert lost.endswith("two: -3.0 (-9.0 to +4.9): it does not pay")


def test_few_labels_of_ones_own_leave_open_whether_asking_pays(bench):
    """A student with slips in both: what asking saved is far above the price, but not above the price's interval."""
    for number in range(20):
        _, row = bench.asking
        truth = int(bench.pool[1][row])
        is_slip = number % 20 in (0, 4, 8, 12, 1, 5)  # four of those asked for, two of the random ones
        bench.call(1 - truth if is_slip else truth, 2.0 + number % 3)
    price = bench.price()
    asked, random, need = few.price_of(bench.table())
    assert price.value == pytest.approx(need) and price.low < 0 < need < price.high
    mine = few.priced(bench, [asked, random, need])
    near, far = (Interval(need + more, need + more - 1, need + more + 1) for more in (4, 20))
    first, *lines = few.pays(mine, {"near": near, "far": far, "lost": Interval(-40.0, -42.0, -38.0)}).splitlines()
    assert f"must save {price:+.1f} of 20" in first
    assert [line.split(": ")[2] for line in lines] == ["not resolved", "it pays", "it does not pay"]


def test_without_a_clock_or_a_right_name_there_is_no_price(bench):
    for _ in range(20):
        bench.call(0)
    assert "clock is missing" in few.labelled.verdict(few.priced(bench, [1, 2, 3]))
    other = LabelBench(*small_pool(), ("dark", "bright"), LogisticRegression(), [0, 1])
    for _ in range(20):
        _, row = other.asking
        other.call(1 - int(other.pool[1][row]), 2.0)
    assert "none was labelled rightly" in few.labelled.verdict(few.priced(other, [0, 0, 0]))
    assert "Right more often where farthest asked: 0.00 (" in bench_words(other.table()).replace("+", "")


def test_the_round_that_goes_on_is_the_students_if_it_is_right():
    def mine(model, x, named, sure):
        return few.one_round(model, x, named, sure)

    assert few.your_round(mine) is mine
    assert few.your_round(lambda model, x, named, sure: named) is few.one_round


def test_a_way_of_asking_has_to_beat_chance_and_ask_for_unnamed_grains():
    assert few.choose.is_right(few.least_sure)
    assert few.choose.is_right(labelling.farthest)
    assert "is wanted" in few.choose.verdict(labelling.at_random)
    assert "has its label already" in few.choose.verdict(lambda model, x, named, rng: int(np.argmax(named != -1)))
    assert "whole number" in few.choose.verdict(lambda model, x, named, rng: 0.5)


def test_the_cheapest_plan_is_that_of_the_shipped_scores():
    """One mount of each class, ten labels, evened out; what costs less stays below the score that is wanted."""
    results = pd.read_csv(samples.DATA / "results" / "few_labels.csv").query("data == 'grown'")
    reached = {}
    for part, once in (("mounts", 25), ("mounts, as cropped", 0)):
        for row in results[results["part"] == part].itertuples():
            minutes = once + 2 * 5 * int(row.what) + row.labels
            if row.value >= few.WANTED:
                reached[minutes] = (part, int(row.what), row.labels)
    assert reached[min(reached)] == ("mounts", 1, 10) and min(reached) == few.CHEAPEST
    assert few.one_mount.is_right(few.one_mount.answer)
    said = {
        10: "labels alone",
        35: "two, 10 minutes",
        40: "0.76",
        55: "fewer labels",
        60: "0.68",
        15: "no plan",
        90: "less time",
    }
    for wrong, words in said.items():
        assert words in few.one_mount.verdict(wrong)


@pytest.mark.parametrize("way", ["farthest", "least sure"])
def test_the_bench_takes_turns_asks_nothing_twice_and_keeps_what_was_called(way):
    bench = LabelBench(*small_pool(), ("dark", "bright"), LogisticRegression(), [0, 1], way=way)
    for _ in range(20):
        bench.call(0, 1.5)
    ways = [each.way for each in bench.record]
    assert ways[::2] == [way] * 10 and ways[1::2] == ["at random"] * 10
    for each in (way, "at random"):
        names = bench.named(each)
        assert (names != labelling.HIDDEN).sum() == 12 and (names == 0).sum() == 11  # two were named before
    table = bench.table()
    assert (table["seconds"] == 1.5).all() and (table["labels"] == 10).all() and (table["in all"] == 15).all()
    assert "10 labelled in 15.0 s" in bench_words(table)
    with pytest.raises(ValueError, match="dark or bright"):
        bench.call(2)


def test_a_bench_asks_by_a_way_that_there_is():
    for way in ("nearest", "at random"):
        with pytest.raises(ValueError, match="farthest or least sure"):
            LabelBench(*small_pool(), ("dark", "bright"), LogisticRegression(), [0, 1], way=way)


def test_true_names_lead_to_a_score_and_wrong_ones_do_not(bench):
    bench.call_truly(20)
    assert (bench.table()["auc"] > 0.9).all() and (bench.table()["agreed"] == 10).all()


def test_the_buttons_of_the_bench_name_grains(bench):
    box = bench.panel()
    said, _, buttons, told = box.children
    dark, bright, tell = buttons.children
    tell.click()
    assert "Label a grain for each way first" in told.value
    dark.click()
    bright.click()
    assert said.value.startswith("2 labelled") and [each.called for each in bench.record] == [0, 1]
    assert all(each.seconds >= 0 for each in bench.record)
    tell.click()
    assert "farthest" in told.value and "at random" in told.value


def test_a_line_for_each_way_and_a_tick_for_each_count():
    table = pd.DataFrame({"what": ["a", "a", "b", "c"], "labels": [5, 50, 5, 0], "value": [0.1, 0.2, 0.0, 9.0]})
    table = table.assign(low=table["value"] - 0.1, high=table["value"] + 0.1)
    fig = plots.by_labels({"one": table, "other": table}, {"a": "A", "b": "B"}, "gain", zero=0)
    lines = [line for line in fig.axes[0].lines if line.get_linestyle() == "-"]
    assert [line.get_ydata().tolist() for line in lines] == [[0.1, 0.2], [0.0]]
    assert [tick.get_text() for tick in fig.axes[0].get_xticklabels()] == ["5", "50"]
    assert [text.get_text() for text in fig.legends[0].get_texts()] == ["A", "B", "resolved", "not resolved"]
    plt.close(fig)
    fig = plots.by_labels({"one": table}, {"a": "A", "b": "B"}, "gain", hues=("red", "black"))
    assert [line.get_color() for line in fig.axes[0].lines if line.get_linestyle() == "-"] == ["red", "black"]
    assert [text.get_text() for text in fig.legends[0].get_texts()] == ["A", "B"]
    assert [line.get_color() for line in fig.legends[0].get_lines()] == ["red", "black"]
    plt.close(fig)


def test_a_rival_is_a_bar_across_the_ways_at_its_count():
    table = pd.DataFrame({"what": ["a", "a", "r", "r"], "labels": [5, 50, 50, 5], "value": [0.1, 0.2, 0.4, 0.3]})
    table = table.assign(low=table["value"] - 0.1, high=table["value"] + 0.1)
    fig = plots.by_labels({"one": table}, {"a": "A"}, "score", rival={"r": "R"})
    *_, bars = fig.axes[0].collections
    ends = {tuple(np.round(piece[:, 0])): piece[0, 1] for piece in bars.get_segments()}
    assert ends == {(0.0, 0.0): 0.3, (1.0, 1.0): 0.4}
    assert [text.get_text() for text in fig.legends[0].get_texts()] == ["R", "A", "resolved", "not resolved"]
    plt.close(fig)


def filled(ax):
    """The values of the filled points, and those of the open ones."""
    points = [line for line in ax.lines if line.get_marker() == "o"]
    values = {fill: [] for fill in (True, False)}
    for line in points:
        values[line.get_markerfacecolor() != "white"] += line.get_ydata().tolist()
    return values[True], values[False]


def test_a_point_is_filled_where_its_interval_misses_the_line_or_the_rivals_bar():
    table = pd.DataFrame({"what": ["a", "a", "a"], "labels": [5, 10, 50], "value": [0.2, 0.05, -0.2]})
    table = table.assign(low=table["value"] - 0.1, high=table["value"] + 0.1)
    rival = pd.DataFrame({"what": "r", "labels": [5, 10, 50], "value": [0.25, -0.2, -0.2], "low": 0.0, "high": 0.0})
    cases = (
        ({"zero": 0}, table, ([0.2, -0.2], [0.05])),
        ({"rival": {"r": "R"}}, pd.concat([table, rival]), ([0.05], [0.2, -0.2])),
        ({}, table, ([0.2, 0.05, -0.2], [])),
    )
    for beside, drawn, wanted in cases:
        fig = plots.by_labels({"one": drawn}, {"a": "A"}, "score", **beside)
        assert filled(fig.axes[0]) == wanted
        plt.close(fig)


def test_random_labels_are_the_same_wherever_the_shipped_table_has_them():
    table = pd.read_csv(samples.DATA / "results" / "few_labels.csv").set_index(["data", "labels"])
    asked, alone, right = (
        table[table["part"].eq(part) & table["what"].eq(what)]["value"].drop(0, level="labels", errors="ignore")
        for part, what in (("asking", "at random"), ("methods", "supervised"), ("wrong", "0"))
    )
    assert len(alone) == 8 and (asked[alone.index] == alone).all() and (right[alone.index] == alone).all()
