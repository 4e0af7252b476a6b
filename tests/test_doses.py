"""One property changes and all else stays; networks under the knobs; what notebook 09 says of twenty of them."""

import re
import time
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
from scipy.ndimage import distance_transform_edt
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from zirconkit import evaluation, explain, plots, samples, widgets
from zirconkit.exercises import explanations as ex
from zirconkit.exercises.core import NOT_ATTEMPTED
from zirconkit.networks import models
from zirconkit.synthetic import doses
from zirconkit.synthetic.doses import Properties, draw_properties, grow_dosed, grown_population
from zirconkit.widgets import grain_bench

START = Properties(inclusions=2)
TEXT = (Path(__file__).parents[1] / "notebooks/scripts/09_what_the_network_sees.py").read_text(encoding="utf-8")


def grown(seed=4, **changes):
    return grow_dosed(START._replace(**changes), seed)


# ---------------------------------------------------------------- the grain


def test_a_grain_is_the_same_every_time_and_another_seed_is_another_grain():
    one, again = grown(), grown()
    assert all(np.array_equal(a, b) for a, b in zip(one, again))
    assert one.image.shape == (90, 90) and one.image.dtype == np.uint8 and not one.image[~one.mask].any()
    assert (grown(seed=5).mask != one.mask).any()


@pytest.mark.parametrize(
    "change", [{"strength": 0.4}, {"wavelength": 9.0}, {"rim": 0.6}, {"inclusions": 6}, {"brightness": 180}]
)
def test_what_lies_inside_leaves_the_outline_alone(change):
    before, after = grown(), grown(**change)
    assert np.array_equal(before.mask, after.mask) and (before.image != after.image).any()
    if "inclusions" not in change:
        assert np.array_equal(before.spots, after.spots)


def test_a_rim_changes_the_outermost_pixels_only():
    before, after = grown().image.astype(int), grown(rim=0.6).image.astype(int)
    deep = distance_transform_edt(grown().mask) > 9  # px: the rim is up to 7 wide, the blur spreads it by 2
    assert np.array_equal(before[deep], after[deep]) and after.sum() > before.sum()
    assert grown(rim=-0.5).image.sum() < before.sum()


def test_one_more_inclusion_leaves_those_before_it_and_all_that_is_far_from_it():
    before, after = grown(), grown(inclusions=3)
    new = after.spots - before.spots
    assert (new >= -1e-6).all() and new.max() > 0.3
    rows, columns = np.indices(new.shape)
    row, column = np.unravel_index(new.argmax(), new.shape)
    far = np.hypot(rows - row, columns - column) > 18
    assert np.array_equal(before.image[far], after.image[far])


def test_strength_and_brightness_are_what_was_asked_for():
    for value in (60, 120, 180):
        plain = grown(inclusions=0, brightness=value, strength=0.1)
        assert plain.image[plain.mask].mean() == pytest.approx(value, rel=0.06)
    spreads = [grown(inclusions=0, strength=value) for value in (0.05, 0.2, 0.4)]
    inside = [each.image[30:60, 30:60][each.mask[30:60, 30:60]] for each in spreads]
    relative = [each.std() / each.mean() for each in inside]
    assert relative[0] < 0.6 * relative[1] < 0.5 * relative[2]


def axes(mask):
    return np.sqrt(np.linalg.eigvalsh(np.cov(np.nonzero(mask))))


def test_aspect_size_and_turn_are_what_was_asked_for_and_nothing_else_of_the_shape_moves():
    for aspect in (1.2, 1.8, 2.4):
        mask = grown(aspect=aspect).mask
        short, long = axes(mask)
        assert long / short == pytest.approx(aspect, rel=0.06)
        assert mask.sum() == pytest.approx(np.pi / 4 * START.size**2, rel=0.04)
    assert grown(size=30).mask.sum() == pytest.approx(np.pi / 4 * 30**2, rel=0.06)
    level, upright = ([each[1:, 1:] for each in grown(turn=turn)] for turn in (0, 90))  # odd sides have a middle
    assert (np.rot90(level[1], -1) != upright[1]).mean() < 0.005
    assert np.corrcoef(np.rot90(level[2], -1).ravel(), upright[2].ravel())[0, 1] > 0.95
    zones = [each[0][29:60, 29:60].astype(float) for each in (level, upright)]
    assert np.corrcoef(np.rot90(zones[0], -1).ravel(), zones[1].ravel())[0, 1] > 0.8


def test_rounded_grains_fill_less_of_their_convex_outline():
    from skimage.measure import regionprops

    def solidity(outline):
        shapes = [regionprops(grown(seed, outline=outline).mask.astype(int))[0].solidity for seed in range(8)]
        return np.mean(shapes)

    assert solidity(1) < solidity(0) - 0.01


def test_the_population_is_that_of_the_grown_mounts():
    population = grown_population()
    assert list(population) == list(Properties._fields) == list(doses.NAMES) == list(widgets.KNOBS)
    assert len(population) > 2000 and 1.4 < population["aspect"].median() < 1.7
    assert set(population["outline"]) == {0, 1} and set(population["rim"]) == {-0.4, 0, 0.5}
    drawn = draw_properties(400, seed=1)
    assert np.mean([each.size for each in drawn]) == pytest.approx(population["size"].mean(), rel=0.05)


# ---------------------------------------------------------------- a planted check


def test_what_learned_brightness_alone_answers_to_brightness_alone():
    """One neurone; the benchmark has the same check for LeNet."""

    def seen(properties, seed):
        return widgets.as_seen(grow_dosed(properties._replace(size=44), seed), 16).ravel()

    rng = np.random.default_rng(0)
    starts = draw_properties(120, seed=1)
    grey = rng.permutation([each.brightness for each in starts])
    x = [seen(each._replace(brightness=value), seed) for seed, (each, value) in enumerate(zip(starts, grey))]
    neurone = LogisticRegression(C=0.05, max_iter=1000).fit(x, grey > np.median(grey))
    ends = grown_population().quantile([0.1, 0.9])
    moved = {}
    for name in ("brightness", "aspect", "outline", "strength", "inclusions", "turn"):
        pairs = [[seen(each._replace(**{name: value}), 900 + seed) for value in ends[name]]
                 for seed, each in enumerate(starts[:12])]  # fmt: skip
        p = neurone.predict_proba(np.concatenate(pairs))[:, 1].reshape(12, 2)
        moved[name] = np.mean(p[:, 1] - p[:, 0])
    others = [abs(value) for name, value in moved.items() if name != "brightness"]
    assert moved["brightness"] > 0.45 and max(others) < moved["brightness"] / 5, moved


# ---------------------------------------------------------------- a network under the knobs


@pytest.fixture(scope="module")
def read():
    keras.utils.set_random_seed(0)
    model = models.lenet(dropout=0.5)
    return model, explain.reader(model)


def test_the_reader_says_what_the_slow_functions_say(read):
    model, reading_of = read
    image = widgets.as_seen(grown())
    reading = reading_of(image)
    assert reading.p == pytest.approx(float(model(image[None])[0, 0]), abs=1e-5)
    assert np.allclose(reading.occlusion, explain.occlusion(model, image[None])[0], atol=1e-6)
    assert np.allclose(reading.grad_cam, explain.grad_cam(model, image[None])[0], atol=1e-6)


def test_a_move_takes_less_than_a_fifth_of_a_second(read):
    _, reading_of = read
    reading_of(widgets.as_seen(grown()))
    begun = time.process_time()
    for turn in range(0, 50, 10):
        reading_of(widgets.as_seen(grown(turn=turn)))
    assert (time.process_time() - begun) / 5 < 0.2


def by_brightness(image):
    return explain.Reading(float(image.sum() / 300), image[..., 0], image[..., 0])


def test_the_bench_turns_keeps_and_compares():
    bench = widgets.GrainBench({"one": by_brightness, "two": lambda image: by_brightness(0 * image)})
    usual = dict.fromkeys(Properties._fields, (0.1, 0.02))
    assert bench.outcome(usual) == {}
    bench.keep("one")
    bench.turn("brightness", 200)
    assert bench.outcome(usual) == {} and bench.properties == Properties(brightness=200)
    bench.keep("other")
    found = bench.outcome(usual)
    assert found["turned"] == ["brightness"] and found["change"] > 0.1 and found["mean"] == found["most"] == 0.1
    bench.keep("one")
    assert bench.outcome(usual) == {"turned": []}
    bench.turn("brightness", 60)
    bench.keep("other")
    assert bench.outcome(usual)["change"] > 0.1  # from less to more, whichever was kept as one
    bench.turn("size", 60)
    bench.keep("other")
    assert bench.outcome(usual) == {"turned": ["brightness", "size"]}
    assert bench.answers()["two"].p == 0
    for name, value, says in (("colour", 1, "no knob 'colour'"), ("aspect", 9, "from 1.0 to 3.0")):
        with pytest.raises(ValueError, match=says):
            bench.turn(name, value)


def test_the_solver_finds_a_grain_against_the_mean():
    """Read by brightness, p rises with it; where the mean is said to fall, every grain goes against it."""
    bench = widgets.GrainBench({"one": by_brightness})
    usual = {name: (-0.2, 0.02) if name == "brightness" else (0.0, 0.02) for name in Properties._fields}
    found = ex.keep_against(bench, usual)
    assert found["turned"] == ["brightness"] and found["change"] > 0.1 and ex.one_knob.is_right(found)
    agreeing = ex.keep_against(bench, usual | {"brightness": (0.2, 0.02)})
    assert "both grains are the same" in ex.one_knob.verdict(agreeing)


def test_the_panel_follows_its_sliders_and_goes_back():
    bench = widgets.GrainBench({"one": by_brightness})
    panel = bench.panel()
    knobs, line, said, picture, told = panel.children
    sliders = {slider.description: slider for column in knobs.children for slider in column.children}
    assert list(sliders) == list(doses.NAMES.values()) and "(+0.00 from the start)" in said.value
    before = picture.value
    sliders["brightness"].value = 200
    assert bench.properties.brightness == 200 and picture.value != before and "(+0.00" not in said.value
    back, one, _ = line.children[1:]
    one.click()
    assert told.value.startswith("Kept: one: p = ") and bench.kept["one"][0].brightness == 200
    back.click()
    assert bench.properties == bench.start and picture.value == before


def test_the_figures_show_what_they_are_given():
    curves = {"a": {"aspect": (np.array([1, 2]), np.array([[0.2, 0.4], [0.4, 0.8]]))}}
    fig = plots.dose_curves(curves, doses.NAMES)
    assert fig.axes[0].lines[0].get_ydata().tolist() == pytest.approx([0.3, 0.6])
    assert fig.axes[0].get_xlabel() == "aspect ratio"
    image = plots.on_the_bench(grown().image, by_brightness(widgets.as_seen(grown())))
    assert image.shape == (210, 840, 3) and image.dtype == np.uint8
    assert len(plots.dose_pairs({"a": [grown().image] * 2, "b": [grown().image] * 2}).axes) == 4


def test_little_and_much_are_what_the_first_question_says_they_are():
    """At most 10 of 100 have less than little, at most 10 more than much; little of three is none."""
    population = doses.grown_population()
    little, much = population.quantile(0.1), population.quantile(0.9)
    assert (population < little).mean().max() < 0.101 and (population > much).mean().max() < 0.101
    assert (little[["rim", "inclusions", "outline"]] == 0).all() and little.drop(
        ["rim", "inclusions", "outline"]
    ).min() > 0


# ---------------------------------------------------------------- the shipped table


@pytest.fixture(scope="module")
def table():
    return pd.read_csv(samples.DATA / "results" / "dose_response.csv")


def test_the_planted_checks_answer_to_what_was_planted(table):
    for name, least in (("brightness", 0.8), ("aspect", 0.7)):
        alone = table[table["data"] == f"grown: {name} alone"].set_index("property")["change"]
        assert alone[name] > least and alone.drop(name).abs().max() < 0.1
    alone = table[table["data"] == "grown: strength alone"].set_index("property")["change"]  # hard to learn
    assert alone.abs().idxmax() == "strength"
    checks = table[table["data"].str.contains("alone")].groupby("data")[["auc", "auc_possible"]].agg(["min", "max"])
    assert (checks.xs("min", axis=1, level=1) == checks.xs("max", axis=1, level=1)).all(axis=None)
    assert (
        table.loc[table["data"].str.contains("alone"), ["auc", "auc_possible"]].diff(axis=1)["auc_possible"] > 0
    ).all()


def test_five_networks_each_with_intervals_that_hold_the_mean(table):
    trained = table[~table["data"].str.contains("alone")]
    count = trained.groupby(["data", "training", "property"])["network"].nunique()
    assert (count == 6).all() and len(count) == 2 * 2 * 9  # five and "all"
    assert ((table["low"] <= table["change"]) & (table["change"] <= table["high"])).all()
    assert (table["either_way"] >= table["change"].abs() - 1e-4).all()
    assert trained["auc"].dropna().min() > 0.7


def test_what_notebook_09_says_of_the_twenty_networks_is_so(table):
    mean = table[table["network"] == "all"].set_index(["data", "training", "property"])
    for data, tied in (("grown", "{b, a} > {d, e} > c"), ("real", "a > {b, d} > {e, c}")):
        rows = mean.loc[data, "with augmentation"]
        halves = (rows["high"] - rows["low"]) / 2
        five = {letter: (rows["change"][name], halves[name]) for letter, name in ex.KNOB_OF.items()}
        assert ex.tied_order(five) == tied
    assert mean.loc[("grown", "with augmentation", "strength"), "low"] > 0.05  # "banding only where grown ..."
    mean = mean["change"]
    for data in ("grown", "real"):  # "about as much as size: a brighter rim pushes p down, although brightness ..."
        rim, size, grey = (mean[data, "with augmentation", name] for name in ("rim", "size", "brightness"))
        assert rim < -0.05 and abs(rim - size) < 0.02 and grey > 0.05
    assert mean["real"].xs("strength", level="property").abs().max() < 0.02
    assert mean.xs("outline", level="property").abs().max() < 0.035
    alone = table[table["data"].str.contains("alone")]
    taught = alone["data"].str.split().str[1]
    by_products = alone[alone["property"] != taught]["change"].abs().max()
    assert f"other properties move its *p* by up to {by_products:.2f}" in TEXT
    by_brightness = alone[taught == "brightness"].set_index("property")["change"]
    assert by_brightness["rim"] == by_products and "a brighter rim moves *p* *up*" in TEXT
    real = mean["real", "with augmentation"].abs()
    assert real[real > by_products].index.tolist() == ["aspect"]
    zoning = alone[taught == "strength"].iloc[0]
    assert f"ROC-AUC {zoning['auc']:.2f}; the property itself gets {zoning['auc_possible']:.2f}" in TEXT
    five = table[(table["network"] != "all")].set_index(["data", "training", "property"])
    grown_size = five.loc["grown", "without augmentation", "size"]["change"].sort_values().round(2).tolist()
    assert (grown_size[0], grown_size[3], grown_size[4]) == (-0.04, 0.03, 0.19)
    augmented = five.loc["grown", "with augmentation", "size"]["change"].round(2)
    assert (augmented.min(), augmented.max()) == (-0.17, -0.1)
    single = table[~table["network"].isin(["all"]) & (table["property"] == "turn")]
    for data, name, words in (
        ("grown", "size", "−0.12 against +0.04"), ("real", "size", "−0.07 against +0.01"),
        ("real", "brightness", "+0.07 against −0.02"),
    ):  # fmt: skip
        both = mean[data].xs(name, level="property")
        said = f"{both['with augmentation']:+.2f} against {both['without augmentation']:+.2f}"
        assert said.replace("-", "−") == words and words in TEXT
    turn = single[single["data"] == "grown"].pivot(index="network", columns="training", values="either_way")
    assert evaluation.paired_difference(turn["with augmentation"], turn["without augmentation"]).high < 0
    grey = table[(table["data"] == "real") & (table["property"] == "brightness") & (table["network"] != "all")]
    grey = grey.pivot(index="network", columns="training", values="change")
    assert evaluation.paired_difference(grey["with augmentation"], grey["without augmentation"]).low > 0


def test_what_it_says_of_the_two_tests_is_so():
    marks = pd.read_csv(samples.DATA / "results" / "explanations.csv")
    marks["gain"] = marks["share"] - marks["share_shuffled"]
    marks["similarity"] = marks["similarity"].abs()
    mean = marks.groupby("method")[["similarity", "gain"]].mean()
    said = re.search(r"On average occlusion comes nearest.*", TEXT)[0]
    for method, words in (
        ("occlusion", "similarity {:.2f}, gain {:.2f}"), ("integrated gradients", "({:.2f}, {:.2f})"),
    ):  # fmt: skip
        assert words.format(*mean.loc[method]) in said
    first, dummies = plots.two_tests(marks, ["occlusion"]).axes[:2]
    assert first.get_title() == "occlusion: 0 of 12 fail test 1" and not first.texts
    assert any(np.allclose(line.get_xydata(), [mean.loc["occlusion"]]) for line in first.lines)
    asking = ["Grad-CAM, last convolution", "Grad-CAM, first convolution"]
    assert (mean.loc[asking, "similarity"] < 0.5).all() and mean.loc[asking, "gain"].max() < 0.19
    alike = (marks["similarity"] > 0.5).groupby(marks["method"]).sum()
    assert alike["Grad-CAM, last convolution"] == 5 and alike["Grad-CAM, first convolution"] == 6
    assert alike["integrated gradients"] == 1 and alike["occlusion"] == 0
    assert "5 and 6 of its 12 networks fail" in said
    narrowly = marks.loc[marks["method"] == "integrated gradients", "similarity"].between(0.42, 0.5)
    assert narrowly.sum() == 10 and "fail test 1 with one network and pass narrowly with most" in said
    on_the_rim = marks[(marks["method"] == "occlusion") & (marks["carrier"] == "rim")]["gain"]
    assert abs(on_the_rim.min()) < 0.01 and "on the rim it gains next to nothing with one network" in said
    assert marks["similarity"].groupby(marks["method"]).size().eq(12).all()
    random = marks[marks["method"] == "random map"]
    assert random["similarity"].max() < 0.05 and random["gain"].abs().max() < 0.01
    named = {text.get_text() for text in dummies.texts}
    assert "random map" in "".join(named) and "constant map\nthe grain's silhouette\nedges of the image" in named


# ---------------------------------------------------------------- the questions


def outcome(turned, change=0.1, mean=-0.08, half=0.04, most=0.24):
    return {"turned": turned, "change": change, "mean": mean, "half": half, "most": most}


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (..., NOT_ATTEMPTED),
        ({}, "keep a grain as one and another as other"),
        (0.4, "grain_bench.outcome(changes)"),
        ({"turned": []}, "both grains are the same"),
        ({"turned": ["aspect", "size"]}, "differ in aspect and size"),
        (outcome(["size"], -0.2), "that is the same way"),
        (outcome(["size"], 0.03), "less than half as much"),
        (outcome(["turn"], 0.2, -0.01, 0.03), "not resolved from 0"),
        (outcome(["size"], 0.05), None),
        (outcome(["aspect"], -0.1, 0.17, 0.05), None),
        (outcome(["size"], 0.004, -0.037, 0.006, 0.037), None),  # where p hardly moves at all
        (outcome(["size"], -0.004, -0.037, 0.006, 0.037), "that is the same way"),
        (outcome(["size"], 0.004, -0.037, 0.006, 0.05), "less than half as much"),
    ],
)
def test_against_the_mean(answer, says):
    found = ex.one_knob.verdict(answer)
    assert found is None if says is None else says in found


def unpaired(low, high):
    return (high - low).mean(), 1.96 * np.sqrt(low.var(ddof=1) / len(low) + high.var(ddof=1) / len(high))


def scatter(low, high):
    return (high - low).mean(), 1.96 * (high - low).std(ddof=1)


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (lambda low, high: ..., NOT_ATTEMPTED),
        (lambda low, high: (high - low).mean(), "two numbers are wanted"),
        (lambda low, high: (ex.mean_change(high, low)[0], 0), "the sign is turned round"),
        (lambda low, high: (high.mean(), 0.1), "high − low for each grain"),
        (unpaired, "They are the same ones"),
        (scatter, "how far single grains scatter"),
        (lambda low, high: (ex.mean_change(low, high)[0], ex.mean_change(low, high)[1] / 1.96), "the standard error"),
        (lambda low, high: (ex.mean_change(low, high)[0], 2 * ex.mean_change(low, high)[1]), "the whole width"),
        (lambda low, high: (ex.mean_change(low, high)[0], 0.5), "the half width should be"),
        (lambda low, high: 1 / 0, "ZeroDivisionError"),
        (lambda low, high: (np.mean(high - low), 2 * np.std(high - low) / len(low) ** 0.5), None),
        (ex.mean_change, None),
    ],
)
def test_the_mean_change(answer, says):
    found = ex.write_change.verdict(answer)
    assert found is None if says is None else says in found


def test_the_field():
    assert ex.receptive_field.is_right(54)
    for value, says in (
        (18, "C5"),
        (52, "C1 adds 2"),
        (32, "no limit"),
        (22, "8 px apart"),
        (38, "C7 is 5 × 5"),
        (12, "you have 12"),
    ):
        assert says in ex.receptive_field.verdict(value)


def test_two_channels_that_answer_alike():
    y, channel = np.array([0, 0, 1, 1, 0, 1]), np.array([0.1, 0.9, 0.8, 1.2, 0.3, 0.2])
    whole, one, none = (roc_auc_score(y, n * channel - 1) for n in (2, 1, 0))
    assert whole == one != none == 0.5
    assert ex.idle_channel.is_right((0.85, 0.5)) and ex.idle_channel.is_right(np.array([0.85, 0.5]))
    for answer, says in (
        (0.85, "two numbers"), ((0.425, 0), "the logit of each grain is halved"), ((0.5, 0.5), "the other still tells"),
        ((0.85, 0), "turned round"), ((0.85, 0.85), "what is left"), ((0.85, 0.425), "half of a score"),
        ((0.7, 0.5), "without the one you have 0.7"), ((0.85, 0.6), "without both you have 0.6"),
    ):  # fmt: skip
        assert says in ex.idle_channel.verdict(answer)


def test_what_is_owed_to_learning_is_read_from_the_picture():
    marks = pd.read_csv(samples.DATA / "results" / "explanations.csv").query("method == 'integrated gradients'")
    zoning = marks[marks["carrier"] == "zoning"]
    gain = zoning["share"] - zoning["share_shuffled"]
    assert ex.owed.is_right(gain.mean()) and all(ex.owed.is_right(each) for each in gain)
    assert f"{zoning['share'].mean():.0%}" == "86%" and f"{zoning['share_shuffled'].mean():.0%}" == "74%"
    for value, says in (
        (0.86, "the whole share"), (0.74, "taken off"), (0.19, "the star"), (0.45, "test 1"), (0.29, "another panel"),
        (12, "not percent"), (0.6, "which mark is zoning"), ("a", "one number"),
    ):  # fmt: skip
        assert says in ex.owed.verdict(value)


FIVE = {"aspect": (0.2, 0.05), "brightness": (-0.4, 0.05), "outline": (0.01, 0.02), "size": (-0.18, 0.05),
        "strength": (0.05, 0.01), "turn": (0.9, 0.1)}  # fmt: skip


def test_an_order_has_ties_where_a_difference_is_not_resolved():
    by_letter = {letter: FIVE[name] for letter, name in ex.KNOB_OF.items()}
    assert ex.tied_order(by_letter) == "b > {a, d} > e > c"
    resolved = ex.resolved_pairs(by_letter)
    assert len(resolved) == 9 and ("a", "d") not in resolved and ("b", "a") in resolved and ("e", "c") in resolved
    assert ex.tied_order({"x": (0.1, 0.1), "y": (0.0, 0.1)}) == "{x, y}"


def test_the_order_is_met_and_only_resolved_pairs_count(capsys):
    for guess, right in (("Badec", 9), ("bdaec", 9), ("cedab", 0), ("abdec", 8)):
        ex.what_moves_it.commit(guess)
        ex.what_moves_it.meet(FIVE)
        said = capsys.readouterr().out
        assert (
            "This network: b > {a, d} > e > c;" in said
            and f"Of the 9 pairs that are resolved you have {right} in" in said
        )
    ex.what_moves_it.meet(dict.fromkeys(FIVE, (0.01, 0.5)))
    assert "No pair of the five is resolved" in capsys.readouterr().out
    ex.what_moves_it.commit("bacd")
    assert "Not kept" in capsys.readouterr().out and ex.what_moves_it.committed is None


def test_the_other_guesses_are_met(capsys):
    ex.goes_against.commit("d")
    ex.goes_against.meet({"aspect": 0.1, "brightness": 0, "size": 0.25, "strength": 0.05, "rim": 0.4})
    said = capsys.readouterr().out
    assert "aspect ratio 10%, brightness 0%, size 25%, zoning strength 5%. You said size" in said
    marks = pd.read_csv(samples.DATA / "results" / "explanations.csv")
    for letter, said in (("o", "You said occlusion: 11 of its 12"), ("l", "You said Grad-CAM, last convolution: 5 of")):
        ex.nearest.commit(letter)
        ex.nearest.meet(marks)
        out = capsys.readouterr().out
        assert said in out and "on average, comes occlusion" in out


def test_a_change_too_small_to_show_has_no_minus():
    assert "(+0.00 from the start)" in grain_bench.answer_words({"a": 0.5}, {"a": 0.504})
    assert "(-0.01 from the start)" in grain_bench.answer_words({"a": 0.5}, {"a": 0.506})
