"""Splits that leak: the coin test on planted mounts, the bench, three splits of somebody else, edits handed over."""

import re
import time

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import roc_auc_score
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from zirconkit import course, evaluation, mounts, plots, segmentation, widgets
from zirconkit.evaluation import leaks
from zirconkit.exercises import dataset
from zirconkit.grains import Grains


def grown(n_mounts=8, n=40, mark=2.0, truth=0.0, seed=0):
    """Mounts that two numbers tell apart, by `mark`, and another the classes, by `truth`: Grains and x."""
    rng = np.random.default_rng(seed)
    names = np.repeat([f"M{number}" for number in range(n_mounts)], n)
    kinds = np.repeat(["batholith", "porphyry"], n_mounts * n // 2)
    shifts = [np.repeat(rng.permutation(n_mounts) * mark, n) for _ in range(2)]
    x = np.c_[*shifts, truth * (kinds == "porphyry")] + rng.normal(size=(len(names), 3))
    table = pd.DataFrame({"sample": names, "grain": np.tile(range(n), n_mounts), "class_name": kinds})
    blank = np.zeros((len(names), 1, 1, 1), np.uint8)
    return Grains(blank, blank[..., 0] > 0, table), x


def whole(grains, test):
    return {name: "test" if name in test else "train" for name in grains.table["sample"].unique()}


def test_the_neighbours_and_their_score_are_those_of_scikit_learn():
    grains, x = grown(truth=1.0)
    asked = np.random.default_rng(1).random(len(x)) < 0.3
    model = make_pipeline(StandardScaler(), KNeighborsClassifier(15)).fit(x[~asked], grains.y[~asked])
    wanted = roc_auc_score(grains.y[asked], model.predict_proba(x[asked])[:, 1])
    near = leaks.nearest(x, ~asked, asked)
    assert leaks.neighbour_auc(grains.y, near, asked) == pytest.approx(wanted)
    both = leaks.neighbour_auc(np.stack([grains.y, 1 - grains.y]), near, asked)
    assert both == pytest.approx([wanted, wanted])
    assert np.isnan(leaks.neighbour_auc(np.ones(len(x), int), near, asked))
    assert leaks.nearest(x, np.arange(len(x)) < 4, asked).shape == (asked.sum(), 4)  # no more are learned from


def test_the_coin_finds_a_leak_and_only_a_leak():
    """Half of two marked mounts in the test: far above 0.5. Whole mounts: 0.5, however strongly they are marked."""
    grains, x = grown()
    sample = grains.table["sample"].to_numpy()
    asked = np.isin(sample, ["M0", "M5"])
    assert leaks.coin_scores(x, sample, ~asked, asked).mean() == pytest.approx(0.5)
    twins = leaks.coin_scores(x, sample, ~asked, asked, 40)
    assert np.sort(twins) == pytest.approx(np.sort(1 - twins))  # what luck gives once it takes the other time
    half = asked & (np.arange(len(x)) % 2 == 0)
    many, weakly = grown(14, mark=0.3)
    dealt = np.arange(len(weakly)) % 4 == 0
    once = leaks.coin_scores(weakly, many.table["sample"], ~dealt, dealt, 40)  # of all mounts something is learned
    assert len(once) == 40 and len(np.unique(once)) > 30  # no twins
    assert leaks.coin_scores(x, sample, ~half, half).mean() > 0.8
    unmarked = grown(mark=0)[1]
    assert leaks.coin_scores(unmarked, sample, ~half, half).mean() == pytest.approx(0.5, abs=0.06)
    nobody = np.zeros(len(x), bool)
    assert len(leaks.coin_scores(x, sample, nobody, asked)) == 0
    one = sample == "M0"
    assert len(leaks.coin_scores(x, sample, ~one, one)) == 0  # one mount has one side only


def test_a_plan_is_carried_out_as_it_says():
    grains, x = grown()
    sample = grains.table["sample"].to_numpy()
    plan = whole(grains, ["M0", "M7"]) | {"M3": "validation", "M4": "dealt"}
    split = leaks.judged_split(grains, x, plan)
    assert split.shared == ["M4"] and set(split.parts[sample == "M3"]) == {"validation"}
    assert set(split.parts[sample == "M0"]) == {"test"} and set(split.parts[sample == "M4"]) == set(leaks.PARTS)
    assert split.table["grains"].sum() == len(x) and split.table.loc["test", "batholith"] == 40
    assert np.isnan(split.table.loc["train", "score"]) and np.isfinite(split.table.loc["test", "score"])
    everything = leaks.judged_split(*grown(n=200), dict.fromkeys(np.unique(sample), "dealt"))
    assert everything.table["grains"].to_numpy() / 1600 == pytest.approx([0.6, 0.2, 0.2], abs=0.04)
    empty = leaks.judged_split(grains, x, dict.fromkeys(np.unique(sample), "train"))
    assert empty.shared == [] and empty.table[["score", "coin"]].isna().all(axis=None)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda plan: plan.pop("M2"), "the plan has no part for M2: each mount needs one of train, validation, test"),
        (lambda plan: plan.update(M99="test"), "there is no mount M99 here"),
        (lambda plan: plan.update(M1="exam"), "M1 goes to 'exam': each mount needs"),
        (lambda plan: plan.update(M1=["test"]), "M1 goes to "),
    ],
)
def test_a_plan_that_does_not_fit_gets_one_sentence(change, says):
    grains, x = grown()
    plan = whole(grains, ["M0"])
    change(plan)
    with pytest.raises(ValueError, match=says) as error:
        leaks.judged_split(grains, x, plan)
    assert "\n" not in str(error.value)
    with pytest.raises(ValueError, match="a plan is a dict"):
        leaks.judged_split(grains, x, ["train"])


@pytest.mark.parametrize("n_mounts", [4, 8, 14])
def test_one_of_three_splits_leaks_and_the_coin_tells_which(n_mounts):
    grains, x = grown(n_mounts, 60 if n_mounts < 8 else 40, mark=3, truth=1.0)
    sample, letters = grains.table["sample"].to_numpy(), set()
    for seed in range(8):
        theirs = leaks.three_splits(grains, x, seed)
        again = leaks.three_splits(grains, x, seed)
        assert sorted(theirs) == ["A", "B", "C"] and all((theirs[k] == again[k]).all() for k in theirs)
        shared = {letter: leaks.shared_mounts(sample, parts) for letter, parts in theirs.items()}
        (leaky,) = [letter for letter, names in shared.items() if names]
        letters.add(leaky)
        assert len(shared[leaky]) == 2
        coins = {k: leaks.coin_scores(x, sample, v == "train", v == "test", 100).mean() for k, v in theirs.items()}
        assert coins.pop(leaky) > 0.56 and list(coins.values()) == pytest.approx([0.5, 0.5])
        for parts in theirs.values():
            assert all(len(set(grains.y[parts == part])) == 2 for part in ("train", "test"))
        # A script that reads the tables finds it; a guess does not.
        tables = {k: pd.DataFrame({"image": [f"{name}_{i}.png" for i, name in enumerate(sample)], "part": parts})
                  for k, parts in theirs.items()}  # fmt: skip
        assert dataset.catch_leak.is_right(dataset.caught(*dataset.find_leak(tables), tables))
        for letter in "ABC":
            assert not dataset.catch_leak.is_right(dataset.caught(letter, ["M0"], tables))
    assert len(letters) > 1
    with pytest.raises(ValueError, match="two mounts or more of each class"):
        leaks.three_splits(*grown(2))


def test_the_bench_follows_its_cards_keeps_two_plans_and_is_fast():
    grains, x = grown(14, 140, truth=1.0)
    bench = widgets.SplitBench(grains, x)
    everything, cards, picture, said, keeping, told = bench.panel().children
    assert "14 mounts stand in more than one part" in said.value and "true: 0.50" in said.value
    before = bytes(picture.value)
    everything.children[1].click()  # all to train
    assert "No mount is shared" in said.value and set(bench.plan.values()) == {"train"}
    card = cards.children[bench.mounts.index("M3")].children[1]
    started = time.process_time()
    card.value = "dealt"
    moved = time.process_time() - started
    assert bench.plan["M3"] == "dealt" and "1 mount stands" in said.value and bytes(picture.value) != before
    assert moved < 0.3  # 0.1 where nothing else runs, most of it the figure
    keeping.children[0].click()
    card.value = "test"
    keeping.children[1].click()
    assert bench.kept["leaky"]["M3"] == "dealt" and bench.kept["clean"]["M3"] == "test" and "clean split" in told.value
    with pytest.raises(ValueError, match="there is no mount M99 here"):
        bench.put("M99", "test")
    with pytest.raises(ValueError, match="M3 cannot go to 'exam'"):
        bench.put("M3", "exam")
    started = time.process_time()
    bench.split()
    assert time.process_time() - started < 0.2
    assert widgets.SplitBench(grains, x).kept == {"leaky": ..., "clean": ...}


def test_the_exercise_of_the_bench_judges_what_was_built():
    grains, x = grown(8, 60, truth=1.0)
    bench = widgets.SplitBench(grains, x)
    assert dataset.planted(bench.kept, bench) is ...
    assert dataset.plant_leak.is_right(dataset.planted(dataset.plan_splits(bench), bench))
    some = (grains.table["grain"] < 20) | grains.table["sample"].isin(["M0", "M4"])
    few = some & grains.table["sample"].isin(["M0", "M2", "M4", "M5"])  # the first of each class are three quarters
    small = widgets.SplitBench(grains[few.to_numpy()], x[few])
    assert dataset.plant_leak.is_right(dataset.planted(dataset.plan_splits(small), small))
    bench.keep("leaky")  # everything is dealt out
    assert "half of them at most" in dataset.plant_leak.verdict(dataset.planted(bench.kept, bench))
    unmarked = widgets.SplitBench(*grown(8, 60, mark=0))
    assert "dilute a leak" in dataset.plant_leak.verdict(dataset.planted(dataset.plan_splits(bench), unmarked))


def test_the_figures_of_splits_draw_what_stands_where():
    grains, x = grown(4, 10)
    split = leaks.judged_split(grains, x, whole(grains, ["M3"]) | {"M1": "dealt"})
    fig = plots.split_blocks(grains, split.parts, split.shared)
    widths = [patch.get_width() for patch in fig.axes[0].patches]
    assert sum(widths) == 40 and {patch.get_hatch() for patch in fig.axes[0].patches} == {None, "////"}
    plt.close(fig)
    fig = plots.coin_rows({"one": [0.4, 0.6], "two": np.array([0.9])}, {"one": 0.8, "two": 0.7})
    assert [label.get_text() for label in fig.axes[0].get_yticklabels()] == ["two", "one"]
    plt.close(fig)
    before, after = np.repeat([30.0, 10, 40, 20], 10), np.repeat([1.0, 2, 3, 4], 10)
    fig = plots.medians_by_mount(grains.table, before, after, ("before", "after"))
    assert [label.get_text() for label in fig.axes[0].get_yticklabels()] == ["M1", "M3", "M0", "M2"]
    plt.close(fig)


def test_guesses_of_notebook_02_are_met_by_what_happened(capsys):
    dataset.coin.commit([0.5, 0.7])
    dataset.coin.meet((0.78, 0.5))
    assert "you said 0.50, it is 0.78 on average (too low); whole mounts: you said 0.70, it is 0.50" in (
        capsys.readouterr().out
    )
    dataset.mark.commit("a b d c")
    dataset.mark.meet({"a": 0.7, "b": 0.58, "c": 0.63, "d": 0.52})
    assert (
        "a > b > d > c; measured: a 0.70, c 0.63, b 0.58, d 0.52. Of the 6 pairs you have 4" in capsys.readouterr().out
    )
    for nonsense in ("abc", "abcdd", 3, ["a"], None):
        dataset.mark.commit(nonsense)
        assert 'all of a, b, c, d are wanted, each once, in quotes, such as "dcba".' in capsys.readouterr().out


# ---------------------------------------------------------------- the edit lists of notebook 01


@pytest.fixture
def working_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_an_edit_list_in_the_working_folder_is_used_and_said(working_folder, capsys):
    (mount,) = [mount for mount in mounts.embedded() if mount.sample == "QVC082"]
    assert course.curated([mount], "synthetic")[0].edits is None
    assert "No edit list of notebook 01 is used here" in capsys.readouterr().out
    plain = segmentation.segment_mount(mount)
    place = np.argwhere(plain.labels == 3)[0].tolist()
    segmentation.save_edits([{"do": "erase", "at": place}], working_folder / "QVC082.png.edits.json")
    (mended,) = course.curated([mount], "synthetic")
    assert capsys.readouterr().out == ""
    again = segmentation.segment_mount(mended)
    assert len(again.table) == len(plain.table) - 1
    assert "replayed QVC082.png.edits.json: 1 edit" in capsys.readouterr().out


@pytest.mark.parametrize("content", ["[{", "[1]", '{"edits": []}', "\x00"])
def test_a_damaged_edit_list_is_left_out_in_a_sentence(content, working_folder, capsys):
    (mount,) = [mount for mount in mounts.embedded() if mount.sample == "QVC082"]
    (working_folder / "QVC082.png.edits.json").write_text(content)
    assert course.curated([mount], "synthetic") == [mount]
    assert re.match(r"Left out: QVC082.png.edits.json is not .*\n", capsys.readouterr().out)


def test_an_edit_list_that_fits_no_mount_is_named_and_left_out(working_folder, capsys):
    (mount,) = [mount for mount in mounts.embedded() if mount.sample == "QVC082"]
    segmentation.save_edits([{"do": "erase", "at": [0, 0]}], working_folder / "QVC082.png.edits.json")
    (working_folder / "QVC999.png.edits.json").write_text("[")
    assert course.curated([mount], "synthetic") == [mount]
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith(
        "Left out: QVC082.png.edits.json does not fit its image: edit 1 (erase): there is no grain"
    )
    assert lines[1] == "QVC999.png.edits.json is of no mount of this lesson: it is left out."
    assert len(lines) == 3 and evaluation.shared_mounts(["a", "a"], ["train", "test"]) == ["a"]
