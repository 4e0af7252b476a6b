"""Answers in the hand: calls at a threshold, grains by how sure an answer is, instruments, and sweeps as figures."""

import re
import time

import ipywidgets as ui
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import confusion_matrix, precision_score, recall_score

from zirconkit import evaluation, explain, plots, widgets
from zirconkit.exercises import scores
from zirconkit.exercises.core import NOT_ATTEMPTED

TWO = ("batholith", "porphyry")


@pytest.fixture
def exam():
    """60 grains, the answers of two classifiers for them, and crops: of the grey that is their row."""
    rng = np.random.default_rng(3)
    y = rng.permutation(np.repeat([0, 1], [35, 25]))
    answers = {"good": np.clip(0.4 * y + 0.6 * rng.random(60), 0, 1), "coin": rng.random(60)}
    images = np.broadcast_to(np.arange(60, dtype=np.uint8)[:, None, None, None], (60, 20, 20, 1))
    return y, answers, images


def controls(widget):
    """Its sliders, menus and texts by their description, and what it says."""
    flat = [widget, *(child for row in widget.children for child in getattr(row, "children", [row]))]
    named = {child.description: child for child in flat if getattr(child, "description", "")}
    return named, [child for child in flat if isinstance(child, ui.HTML)]


@pytest.mark.parametrize("threshold", [0, 0.3, 0.5, 0.77, 1.01])
def test_calls_are_those_of_scikit_learn(exam, threshold):
    y, answers, _ = exam
    p = answers["good"]
    calls = evaluation.at_threshold(y, p, threshold)
    called = p >= threshold
    assert calls.counts.tolist() == confusion_matrix(y, called).tolist()
    assert calls.accuracy == np.mean(called == y)
    assert calls.recall == recall_score(y, called)
    if called.any():
        assert calls.precision == precision_score(y, called)
    else:
        assert np.isnan(calls.precision)
    assert calls.cost(3, 1) == pytest.approx(evaluation.costs(y, p, 3, 1, [threshold], 2)["cost"].iloc[0])
    assert calls.cost(3, 1) == pytest.approx(scores.mean_cost(y, p, threshold, 3, 1))


def test_a_grain_on_the_threshold_is_called_and_a_higher_threshold_calls_fewer(exam):
    assert evaluation.at_threshold([1, 0], [0.5, 0.5], 0.5) == evaluation.Calls(found=1, missed=0, wasted=1, spared=0)
    assert evaluation.at_threshold([], [], 0.5).cost(1, 1) == 0
    y, answers, _ = exam
    called = [evaluation.at_threshold(y, answers["good"], t) for t in np.linspace(0, 1, 30)]
    assert np.all(np.diff([each.found + each.wasted for each in called]) <= 0)
    assert all(sum(each) == 60 for each in called)


def test_the_surest_of_each_class_are_of_that_class_and_in_order(exam):
    y, answers, _ = exam
    p = answers["good"]
    found = explain.extremes_by_class(y, p, TWO, n=60)
    for k, name in enumerate(TWO):
        right, wrong, unsure = (found[name][kind] for kind in ("surest right", "surest wrong", "least sure"))
        assert all((y[rows] == k).all() for rows in (right, wrong, unsure))
        of_truth = p if k else 1 - p
        assert (np.diff(of_truth[right]) <= 0).all() and (np.diff(of_truth[wrong]) >= 0).all()
        assert (np.diff(abs(p[unsure] - 0.5)) >= 0).all() and len(unsure) == (y == k).sum()
        assert len(right) + len(wrong) == (y == k).sum()
    assert len(explain.extremes_by_class(y[y == 1], p[y == 1], TWO)["batholith"]["surest wrong"]) == 0


def test_the_browser_shows_the_grains_that_it_names(exam):
    y, answers, images = exam
    named, (said, shown) = controls(widgets.answer_browser(images, y, answers, TWO))
    named["grains of"].value, named["show"].value = "porphyry", "surest wrong"
    wrong = explain.extremes_by_class(y, answers["good"], TWO, n=60)["porphyry"]["surest wrong"]
    rows = [int(row) for row in re.findall(r"<figcaption>grain (\d+):", shown.value)]
    assert rows == wrong[:6].tolist() and f"{len(wrong)} grains of porphyry" in said.value
    assert f"grain {rows[0]}: {answers['good'][rows[0]]:.2f}" in shown.value and shown.value.count("alt=") == len(rows)
    named["classifier"].value = "coin"
    assert "grain" in shown.value and rows != [int(row) for row in re.findall(r"grain (\d+):", shown.value)]
    pages = named["page"].max
    named["page"].value = pages
    wrong = explain.extremes_by_class(y, answers["coin"], TWO, n=60)["porphyry"]["surest wrong"]
    assert pages == -(-len(wrong) // 6) and shown.value.count("<figure") == len(wrong) - 6 * (pages - 1)
    assert widgets.answered_grains(images, answers["good"], []) == "no such grain"


def test_the_threshold_mover_follows_and_is_fast(exam):
    y, answers, _ = exam
    widget = widgets.threshold_mover(y, answers, TWO, missed=3, wasted=1)
    named, (said,) = controls(widget)
    calls = evaluation.at_threshold(y, answers["good"], 0.8)
    begin = time.process_time()
    named["threshold"].value = 0.8
    assert time.process_time() - begin < 2  # 0.1 s on an idle machine
    cells = [int(count) for count in re.findall(r"<td[^>]*>(\d+)</td>", said.value)]
    assert cells == calls.counts.ravel().tolist()
    assert f"recall {calls.recall:.2f}" in said.value and f"mean cost {calls.cost(3, 1):.2f}" in said.value
    named["threshold"].value = 1.0
    assert "precision –" in said.value
    named["classifier"].value = "coin"
    pictures = [child for row in widget.children for child in row.children if isinstance(child, ui.Image)]
    assert pictures[0].value[:4] == b"\x89PNG"


def test_names_of_classes_are_words_and_never_markup():
    said = widgets.threshold_words(evaluation.Calls(1, 2, 3, 4), ("a<b", "c&d"), 1, 1)
    assert "a&lt;b" in said and "c&amp;d" in said and "a<b" not in said


def test_the_figures_draw_what_was_counted(exam):
    y, answers, images = exam
    p = answers["good"]
    calls = {f"at {t}": evaluation.at_threshold(y, p, t) for t in (0.3, 0.6)}
    fig = plots.confusions(calls, TWO)
    for ax, (title, found) in zip(fig.axes, calls.items()):
        assert ax.get_title() == title
        assert [int(text.get_text()) for text in ax.texts] == found.counts.ravel().tolist()
    assert len(fig.axes) == 3  # and one bar that explains the greys
    rows = explain.extremes_by_class(y, p, TWO, n=2)
    fig = plots.surest(images, p, rows, TWO)
    titles = [ax.get_title() for ax in fig.axes]
    wanted = [f"grain {row}: {p[row]:.2f}" for kind in rows["porphyry"] for name in TWO for row in rows[name][kind]]
    assert [title for title in titles if title] == wanted and len(fig.axes) == 12
    assert plots.heaps(y, p, TWO, 0.4).axes[0].lines[-1].get_xdata()[0] == 0.4


def test_mounts_stand_by_their_mean_with_all_their_grains_in_the_colour_of_their_class():
    y, p = np.array([0, 0, 0, 1, 1, 1, 1]), np.array([0.1, 0.2, 0.6, 0.5, 0.3, 0.9, 0.7])
    mount = np.array(["b", "b", "c", "a", "a", "d", "d"])
    ax = plots.by_mount(y, p, mount, TWO).axes[0]
    batholith, porphyry, means = ax.lines
    names = [label.get_text() for label in ax.get_yticklabels()]
    assert names == ["b", "a", "c", "d"]
    assert means.get_xdata() == pytest.approx([0.15, 0.4, 0.6, 0.8])
    assert batholith.get_xdata().tolist() == [0.1, 0.2, 0.6] and porphyry.get_xdata().tolist() == [0.5, 0.3, 0.9, 0.7]
    assert [names[round(row)] for row in porphyry.get_ydata()] == ["a", "a", "d", "d"]
    assert porphyry.get_color() == plots.class_colours(TWO)["porphyry"]


def test_differences_are_shaded_by_how_little_must_be_assumed():
    differences = pd.DataFrame({"B": [0.1, np.nan], "C": [0.2, 0.05]}, index=["A", "B"])
    verdicts = pd.DataFrame({"B": [1, np.nan], "C": [0, 2]}, index=["A", "B"])
    ax = plots.audited(differences, verdicts, ["always", "perhaps", "never"]).axes[0]
    written = {text.get_text(): text.get_position() for text in ax.texts}
    assert written == {"0.10": (0, 0), "0.20": (1, 0), "0.05": (1, 1)}
    greys = dict(
        zip([(patch.get_x(), patch.get_y()) for patch in ax.patches], [p.get_facecolor()[0] for p in ax.patches])
    )
    assert greys[0.5, -0.5] < greys[-0.5, -0.5] < greys[0.5, 0.5] == 1
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["always", "perhaps", "never"]


def test_the_sizes_that_count_as_enough_have_the_power_that_was_asked_for():
    low, high = (
        evaluation.differences(0.93, 0.88, 0.5, (round(n * 25 / 71), n - round(n * 25 / 71)), 300)["resolved"].mean()
        for n in (scores.LEAST_GRAINS, scores.MOST_GRAINS)
    )
    assert low == pytest.approx(0.75, abs=0.06) and high == pytest.approx(0.86, abs=0.06)


def test_runs_stand_by_their_mean_and_leads_and_powers_are_drawn_as_given():
    table = pd.DataFrame({"name": ["b", "b", "a", "a"], "x": [0.9, 0.7, 0.5, 0.6], "z": [0.1, 0.2, 0.3, 0.4]})
    fig = plots.runs(table, {"x": "X", "z": "Z"})
    dots, means = fig.axes[0].lines[:2]
    assert [label.get_text() for label in fig.axes[0].get_yticklabels()] == ["a", "b"]
    assert dots.get_ydata().tolist() == [1, 1, 0, 0] and means.get_xdata().tolist() == [0.55, 0.8]
    assert fig.axes[1].get_xlabel() == "Z" and fig.axes[1].lines[0].get_xdata().tolist() == [0.1, 0.2, 0.3, 0.4]
    ax = plots.leads({"luck": np.array([0.011, 0.021, 0.022, 0.051])}, 0.03).axes[0]
    assert ax.patches[0].get_xy()[:, 1].max() == 0.5  # two of four lie between 0.020 and 0.025
    assert ax.lines[0].get_xdata()[0] == 0.03
    power = pd.DataFrame({"value": [0.1, 0.9], "low": [0, 0.8], "high": [0.2, 1]}, index=[0.05, 0.2])
    assert plots.powers({"alike": power}, "difference").axes[0].lines[0].get_xydata().tolist() == [
        [0.05, 0.1],
        [0.2, 0.9],
    ]


# ---------------------------------------------------------------- predictions and questions that know the run


def test_eight_calls_are_met_with_their_own_doubt(capsys):
    each = scores.call_eight
    each.commit([1, 2.0, np.int64(5)])
    each.meet((np.array([1, 0, 0, 0, 1, 1, 0, 0]), np.array([1, 1, 1, 0, 1, 1, 0, 0]) > 0))
    said = capsys.readouterr().out
    assert "6 of 8" in said and "41% to 93%" in said  # Wilson's interval of 6 of 8
    for wrong in ([9], [0], "2, 5", 7, [None]):
        each.commit(wrong)
        assert "Not kept" in capsys.readouterr().out and each.committed is None
    each.commit([])  # none of them
    each.meet((np.zeros(8), np.zeros(8)))
    assert "8 of 8" in capsys.readouterr().out


@pytest.mark.parametrize(("guess", "word"), [(1, "less doubt"), (5, "good guess"), (20, "more doubt")])
def test_the_width_is_met(guess, word, capsys):
    scores.how_wide.commit(guess)
    scores.how_wide.meet(5.2)
    assert word in capsys.readouterr().out


def test_a_card_that_nobody_filled_is_not_attempted(capsys):
    run = scores.evidence_card.answer.run
    scores.evidence_card.check(scores.with_run(dict.fromkeys(scores.FIELDS, ...), **run))
    scores.own_sweep.check(scores.with_run(..., spreads=None, own=...))
    assert capsys.readouterr().out.split("\n")[:2] == [NOT_ATTEMPTED] * 2


def test_where_an_interval_cannot_be_had_the_card_says_so():
    card, run = scores.evidence_card.answer
    unknown = {"score": np.nan, "interval": (np.nan, np.nan), "cheap rival": np.nan}
    run = run | {"new mounts": unknown | {"against the rival": "not resolved"}}
    assert scores.evidence_card.is_right(scores.with_run(card | unknown, **run))
    assert "'score'" in scores.evidence_card.verdict(scores.with_run(card, **run))


@pytest.mark.parametrize("spread", [0.003, 0.0105, 0.05])
def test_the_seeds_that_are_needed_are_the_fewest_whose_interval_is_narrow_enough(spread):
    """So many differences with that spread have an interval that is narrow enough, one fewer have not."""
    n = scores.seeds_needed(spread, 0.02)
    one, two = (evaluation.paired_difference(spread * _standard(k), np.zeros(k)) for k in (n, max(2, n - 1)))
    assert one.high - one.value <= 0.02 and (n == 2 or two.high - two.value > 0.02)


def _standard(n):
    """n numbers with a mean of 0 and a standard deviation of 1."""
    values = np.arange(n) - (n - 1) / 2
    return values / values.std(ddof=1)
