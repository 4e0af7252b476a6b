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
    assert bench.outcome() == {}
    bench.keep("one")
    bench.turn("brightness", 200)
    assert bench.outcome() == {} and bench.properties == Properties(brightness=200)
    bench.keep("other")
    found = bench.outcome()
    assert found["turned"] == ["brightness"] and found["change"] > 0.1 and found["best"] > found["change"]
    assert bench.answers()["two"].p == 0
    for name, value, says in (("colour", 1, "no knob 'colour'"), ("aspect", 9, "from 1.0 to 3.0")):
        with pytest.raises(ValueError, match=says):
            bench.turn(name, value)


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


def test_five_networks_each_with_intervals_that_hold_the_mean(table):
    trained = table[~table["data"].str.contains("alone")]
    count = trained.groupby(["data", "training", "property"])["network"].nunique()
    assert (count == 6).all() and len(count) == 2 * 2 * 9  # five and "all"
    assert ((table["low"] <= table["change"]) & (table["change"] <= table["high"])).all()
    assert (table["either_way"] >= table["change"].abs() - 1e-4).all()
    assert trained["auc"].dropna().min() > 0.7


def test_what_notebook_09_says_of_the_twenty_networks_is_so(table):
    mean = table[table["network"] == "all"].set_index(["data", "training", "property"])["change"]
    grown_ones, real_ones = mean["grown"]["as published"], mean["real"]["as published"]
    letters = {name: letter for letter, name in ex.KNOB_OF.items()}
    for of, order in ((grown_ones, "badec"), (real_ones, "abdec")):
        ranked = of[list(letters)].sort_values(key=abs, ascending=False)
        assert "".join(ranked.index.map(letters)) == order
        line = re.search(rf"\*\*{order}\*\*.*", TEXT)[0]
        assert re.findall(r"[+-]\d\.\d\d", line.replace("−", "-")) == [f"{each:+.2f}" for each in ranked]
    assert mean["real"].xs("strength", level="property").abs().max() < 0.02
    assert mean.xs("outline", level="property").abs().max() < 0.035
    assert mean.xs("inclusions", level="property").abs().max() < 0.02
    checks = re.search(r"has checks: networks.*", TEXT)[0]
    for name, words in (
        ("brightness", "brightness {:+.2f} (next: rim {:+.2f})"),
        ("aspect", "aspect ratio {:+.2f} (turn {:+.2f})"),
        ("strength", "zoning strength {:+.2f} (size {:+.2f})"),
    ):
        alone = table[table["data"] == f"grown: {name} alone"].set_index("property")["change"]
        first, second = alone.abs().nlargest(2).index
        assert first == name and words.format(alone[first], alone[second]).replace("-", "−") in checks
    five = table[(table["network"] != "all")].set_index(["data", "training", "property"])
    grown_size = five.loc["grown", "no augmentation", "size"]["change"].sort_values().round(2).tolist()
    assert (grown_size[0], grown_size[3], grown_size[4]) == (-0.04, 0.03, 0.19)
    augmented = five.loc["grown", "as published", "size"]["change"].round(2)
    assert (augmented.min(), augmented.max()) == (-0.17, -0.1)
    inclusions = table[(table["property"] == "inclusions") & ~table["data"].str.contains("alone")]
    by_way = inclusions[inclusions["network"] == "all"]["either_way"].round(2)
    assert (by_way.min(), by_way.max()) == (0.02, 0.04) and f"{inclusions['change'].abs().max():.2f}" == "0.03"
    single = table[~table["network"].isin(["all"]) & (table["property"] == "turn")]
    for data, name, words in (
        ("grown", "size", "−0.12 against +0.04"), ("real", "size", "−0.07 against +0.01"),
        ("real", "brightness", "+0.07 against −0.02"),
    ):  # fmt: skip
        both = mean[data].xs(name, level="property")
        said = f"{both['as published']:+.2f} against {both['no augmentation']:+.2f}"
        assert said.replace("-", "−") == words and words in TEXT
    turn = single[single["data"] == "grown"].pivot(index="network", columns="training", values="either_way")
    assert evaluation.paired_difference(turn["as published"], turn["no augmentation"]).high < 0
    grey = table[(table["data"] == "real") & (table["property"] == "brightness") & (table["network"] != "all")]
    grey = grey.pivot(index="network", columns="training", values="change")
    assert evaluation.paired_difference(grey["as published"], grey["no augmentation"]).low > 0


def test_what_it_says_of_the_two_tests_is_so():
    marks = pd.read_csv(samples.DATA / "results" / "explanations.csv")
    marks["gain"] = marks["share"] - marks["share_shuffled"]
    marks["similarity"] = marks["similarity"].abs()
    mean = marks.groupby("method")[["similarity", "gain"]].mean()
    said = re.search(r"Occlusion comes nearest.*", TEXT)[0]
    for method, words in (
        ("occlusion", "similarity {:.2f}, gain {:.2f}"), ("integrated gradients", "({:.2f}, {:.2f})"),
    ):  # fmt: skip
        assert words.format(*mean.loc[method]) in said
    ax = plots.two_tests(marks, ["occlusion"]).axes[0]
    assert any(np.allclose(line.get_xydata(), [mean.loc["occlusion"]]) for line in ax.lines)
    alike = (marks["similarity"] > 0.5).groupby(marks["method"]).sum()
    assert alike["Grad-CAM, last convolution"] == 5 and alike["Grad-CAM, first convolution"] == 6
    assert alike["integrated gradients"] == 1 and alike["occlusion"] == 0
    assert "with 5 networks of 12 (last convolution) and 6 (first)" in said
    on_the_rim = marks[(marks["method"] == "occlusion") & (marks["carrier"] == "rim")]["gain"]
    assert on_the_rim.min() < 0.01 and "gains nothing on the rim with one network" in said
    assert marks["similarity"].groupby(marks["method"]).size().eq(12).all()
    random = marks[marks["method"] == "random map"]
    assert random["similarity"].max() < 0.05 and random["gain"].abs().max() < 0.01
    named = {text.get_text() for text in ax.texts}
    assert "random map" in "".join(named) and "constant map\nthe grain's silhouette\nedges of the image" in named


# ---------------------------------------------------------------- the questions


def outcome(turned, change, best=0.5):
    return {"turned": turned, "change": change, "best": best}


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (..., NOT_ATTEMPTED),
        ({}, "keep a grain as one and another as other"),
        (0.4, "grain_bench.outcome()"),
        (outcome([], 0.0), "both grains are the same"),
        (outcome(["aspect", "size"], 0.5), "differ in aspect and size"),
        (outcome(["aspect"], 0.2), "aspect moves p by 0.20; from the start grain one knob moves it by 0.50"),
        (outcome(["size"], -0.45), None),
        (outcome(["brightness"], 0.7), None),
    ],
)
def test_one_knob(answer, says):
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
    assert ex.receptive_field.is_right(38)
    for value, says in ((18, "C5"), (36, "C1 adds 2"), (32, "no limit"), (20, "8 px apart"), (11, "you have 11")):
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
        (0.86, "the whole share"), (0.74, "taken off"), (0.19, "the star"), (0.45, "test 1"), (0.29, "another method"),
        (12, "not percent"), (0.6, "which mark is zoning"), ("a", "one number"),
    ):  # fmt: skip
        assert says in ex.owed.verdict(value)


def test_the_order_is_met(capsys):
    moved = {"aspect": 0.2, "brightness": -0.4, "outline": 0.01, "size": 0.1, "strength": 0.05, "turn": 0.9}
    ex.what_moves_it.commit("Baced")
    ex.what_moves_it.meet(moved)
    said = capsys.readouterr().out
    assert "brightness (0.40), aspect ratio (0.20), size (0.10), zoning strength (0.05), outline (0.01)" in said
    assert "this one is badec. You put the same property first." in said
    ex.what_moves_it.commit("bacd")
    assert "Not kept" in capsys.readouterr().out and ex.what_moves_it.committed is None
