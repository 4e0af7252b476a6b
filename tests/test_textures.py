"""Notebook 10: probes find what is planted, its maps, its questions and its instrument judge rightly."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import cross_val_predict
from sklearn.neighbors import KNeighborsRegressor, NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from zirconkit import embeddings, plots, samples, widgets
from zirconkit.embeddings import Knobs
from zirconkit.exercises import textures
from zirconkit.widgets.mapping import small_maps

# ---------------------------------------------------------------- probes


def test_a_linear_probe_finds_what_neighbours_miss():
    """A property in one number, a thousand times smaller than fifty others, and one that is strewn."""
    rng = np.random.default_rng(0)
    points = rng.normal(size=(300, 51))
    held = points[:, 7] + 0.2 * rng.normal(size=300)
    points[:, 7] *= 0.001
    linear, near = embeddings.linear_r2(points, held), embeddings.neighbour_r2(points, held)
    assert near.value < near.luck < 0.1 < 0.8 < linear.low < linear.value < linear.high <= 1
    strewn = embeddings.linear_r2(points, rng.normal(size=300))
    assert strewn.value < 0.05 and strewn.low < 0.05
    turn = np.linalg.qr(rng.normal(size=(51, 51)))[0]
    assert embeddings.linear_r2(embeddings.standardised(points) @ turn, held).value == pytest.approx(
        linear.value, abs=0.05
    )
    few = np.where(np.arange(300) < 10, held, np.nan)
    assert np.isnan(embeddings.linear_r2(points, few)).all()


def test_one_grain_that_shouts_does_not_break_a_probe():
    rng = np.random.default_rng(1)
    points = rng.normal(size=(200, 8))
    values = points[:, 0] + 0.1 * rng.normal(size=200)
    quiet = embeddings.linear_r2(points, values).value
    shouting = np.c_[points, 1e-3 * rng.random(200)]
    shouting[11, -1] = 1e3
    assert embeddings.linear_r2(shouting, values).value == pytest.approx(quiet, abs=0.02)
    flat = np.c_[points, np.full(200, 3.0)]
    assert (embeddings.standardised(flat)[:, -1] == 0).all()
    assert abs(embeddings.standardised(shouting)).max() == 4


def test_standardised_neighbours_ask_every_number_alike():
    rng = np.random.default_rng(2)
    points = rng.normal(size=(300, 3)) * [1, 1, 100]
    raw = embeddings.neighbour_r2(points, points[:, 0]).value
    assert raw < 0.1 < 0.5 < embeddings.neighbour_r2(embeddings.standardised(points), points[:, 0]).value


# ---------------------------------------------------------------- maps


def test_axes_are_ranked_and_a_mirror_changes_their_sign():
    rng = np.random.default_rng(0)
    xy = rng.normal(size=(80, 2))
    table = pd.DataFrame({"a": np.exp(xy[:, 1]), "b": rng.normal(size=80), "flat": 1.0}, index=range(100, 180))
    table.loc[table.index[:9], "a"] = np.nan
    found = embeddings.axes_of(xy, table, ["a", "b", "flat"])
    assert found.loc["a", 2] == pytest.approx(1) and abs(found.loc["a", 1]) < 0.3
    assert abs(found.loc["b"]).max() < 0.3 and found.loc["flat"].isna().all()
    assert embeddings.axes_of(-xy, table, ["a"]).loc["a", 2] == pytest.approx(-1)


def test_maps_are_counted_by_what_leads_their_first_axis():
    rng = np.random.default_rng(0)
    xy = rng.normal(size=(60, 2))
    table = pd.DataFrame({"one": xy[:, 0], "other": xy[:, 1]})
    maps = {Knobs(): xy, Knobs(seed=1): 3 * xy, Knobs(start="random"): -xy, Knobs(seed=1, start="random"): xy[:, ::-1]}
    counts = embeddings.leaders(maps, table, ["one", "other"])
    assert counts.loc["one"].to_dict() == {
        "spectral, rising": 2, "spectral, falling": 0, "random, rising": 0, "random, falling": 1,
    }  # fmt: skip
    assert counts.loc["other", "random, rising"] == 1 and counts.to_numpy().sum() == 4


def test_by_luck_the_fullest_of_eight_cells_holds_more_than_an_eighth():
    assert embeddings.largest_by_luck(24, 1) == 24 and embeddings.largest_by_luck(1, 8) == 1
    assert 5.5 < embeddings.largest_by_luck(24, 8) < 6.5


def ringed(strength, side=32):
    """A disc whose grey goes up and down from the outline inwards, and its mask."""
    y, x = np.indices((side, side)) - side / 2 + 0.5
    far = np.hypot(x, y)
    mask = far < side / 2 - 2
    image = np.where(mask, 120 * (1 + strength * np.sin(far * 2 * np.pi / 5)), 0)
    return image.astype(np.uint8)[..., None], mask


def test_zoning_by_hand_grows_with_planted_rings_and_not_with_light():
    images, masks = (np.array(part) for part in zip(*map(ringed, (0, 0.1, 0.2, 0.3))))
    found = embeddings.zoning_by_hand(images, masks)
    assert found.shape == (4, 5) and (np.diff(found, axis=0)[:, :3] > 0).all()
    assert embeddings.zoning_by_hand(images // 2, masks) == pytest.approx(found, abs=0.15)
    assert np.isfinite(embeddings.zoning_by_hand(images, np.zeros_like(masks))).all()
    tiny = np.zeros_like(masks)
    tiny[:, 15:17, 15:17] = True
    assert np.isfinite(embeddings.zoning_by_hand(images, tiny)).all()


# ---------------------------------------------------------------- the instrument


@pytest.fixture
def bench():
    return widgets.MapBench(*small_maps())


def test_turning_a_knob_draws_another_map_and_says_what_stayed(bench):
    panel = bench.panel()
    knobs = {child.description: child for child in panel.children[:5]}
    assert set(knobs) == {*Knobs._fields, "colour"}
    picture, said = panel.children[5].value, panel.children[6].value
    knobs["start"].value = "random"
    assert panel.children[5].value != picture and panel.children[6].value == said  # turned: the neighbours stay
    picture = panel.children[5].value
    knobs["colour"].value = "mean_grey"
    assert panel.children[5].value != picture
    keep_one = panel.children[7].children[0]
    keep_one.click()
    assert bench.kept == {"one": Knobs(start="random"), "other": ...}
    with pytest.raises(ValueError, match="no map"):
        bench.keep("other", Knobs(7))


def test_the_words_count_the_nearest():
    rng = np.random.default_rng(0)
    space = rng.normal(size=(50, 2))
    assert "full space 10.0 are nearest here, of the first map's 10.0" in widgets.map_words(space, -space, 3 * space)
    lucky = widgets.map_words(space, rng.normal(size=(50, 2)), space)
    assert float(re.search(r"full space ([\d.]+)", lucky)[1]) < 4


# ---------------------------------------------------------------- figures


def test_each_property_has_a_dot_for_each_space_and_a_missing_one_none():
    rows = [("area", "LeNet", 0.5, 0.4, 0.6), ("area", "pixels", 0.7, 0.6, 0.8), ("class", "LeNet", 0.2, 0.1, 0.3)]
    grown = pd.DataFrame(rows, columns=["of", "space", "value", "low", "high"])
    fig = plots.probed({"grown": grown, "real": grown[:2]}, "R²")
    left, right = fig.axes
    assert [text.get_text() for text in left.get_yticklabels()] == ["class", "area"]
    dots = {line.get_label(): line.get_xydata() for line in left.lines if line.get_marker() == "o"}
    assert dots["LeNet"][:, 0].tolist() == [0.5, 0.2] and dots["pixels"][0, 0] == 0.7
    assert (dots["LeNet"][0, 1] > 0.5 > dots["LeNet"][1, 1]) and np.isnan(dots["pixels"][1, 0])
    assert np.isnan(right.lines[0].get_xdata()).sum() == 1
    assert [(text.get_text(), text.get_position()[1]) for text in right.texts] == [("not asked", 0)] and not left.texts
    plt.close(fig)
    fig = plots.probed({"grown": grown}, "R²", ["red", "blue"])
    assert [line.get_color() for line in fig.axes[0].lines[:2]] == ["red", "blue"] and not fig.axes[0].texts
    plt.close(fig)
    fig = plots.probed({"real": grown[grown["space"] == "pixels"], "grown": grown}, "R²", ["red", "blue"])
    hues = [{line.get_label(): line.get_color() for line in ax.lines} for ax in fig.axes]
    assert hues[0]["pixels"] == hues[1]["pixels"] == "red" and hues[1]["LeNet"] == "blue"  # one colour in all panels
    assert {text.get_text() for text in fig.legends[0].get_texts()} == {"pixels", "LeNet"}
    plt.close(fig)


def test_guests_stand_where_they_were_placed_with_their_names():
    xy, placed = np.random.default_rng(0).normal(size=(30, 2)), np.array([[1.0, 0], [-1, 1]])
    pictures = np.zeros((2, 32, 32, 1), np.uint8)
    fig = plots.guests(xy, placed, pictures, ["cat", "grain"])
    grey, marked = fig.axes[0].lines
    assert np.array_equal(grey.get_xydata(), xy) and np.array_equal(marked.get_xydata(), placed)
    names = sorted(fig.axes[0].texts, key=lambda text: text.get_position()[0])
    assert [text.get_text() for text in names] == ["grain", "cat"]  # from left to right, as they lie
    plt.close(fig)


def test_a_map_is_coloured_by_class_or_by_rank(bench):
    by_class, by_rank = (bench.draw(Knobs(), colour) for colour in ("class_name", "mean_grey"))
    ax = by_class.axes[0]
    drawn = {line.get_label(): (line.get_color(), line.get_xydata()) for line in ax.lines}
    for name, (colour, xy) in drawn.items():
        mine = bench.maps[Knobs()][bench.table["class_name"].eq(name).to_numpy()]
        assert colour == plots.COLOURS[name] and np.array_equal(xy, mine)
    ranks = by_rank.axes[0].collections[0].get_array()
    assert np.array_equal(ranks, bench.table["mean_grey"].rank(pct=True))
    plt.close("all")


# ---------------------------------------------------------------- the questions


def test_an_axis_that_changed_is_accepted_and_other_pairs_are_diagnosed(bench):
    def verdict(one, other, column="mean_grey"):
        return textures.same_grains.verdict(textures.kept_maps({"one": one, "other": other}, column, bench))

    turned, plain = Knobs(start="random"), Knobs()
    assert verdict(plain, turned) is None and verdict(turned, Knobs(seed=1)) is None
    assert "one map twice" in verdict(plain, plain)
    assert "0.30 is wanted" in verdict(plain, Knobs(seed=1))
    assert "the property is one of" in verdict(plain, turned, "colour")
    assert "no map 'other' yet" in verdict(plain, ...)
    bench.maps[Knobs(5)] = -bench.maps[plain]
    assert "n_neighbors differs" in verdict(plain, Knobs(5))
    assert textures.kept_maps(bench.kept, ..., bench) is ...


def test_a_mirror_image_is_no_other_axis_and_what_is_within_reach_is_enough(bench):
    plain, mirrored = Knobs(), Knobs(seed=1)
    bench.maps[mirrored] = -bench.maps[plain]
    kept = textures.kept_maps({"one": plain, "other": mirrored}, "mean_grey", bench)
    assert "mirror image" in textures.same_grains.verdict(kept) and "by 0.00 only" in textures.same_grains.verdict(kept)
    pair, column = textures.change_an_axis(bench)
    assert textures.same_grains.verdict(textures.kept_maps(pair, column, bench)) is None
    assert textures.within_reach(bench).endswith("find 0.30.")
    turn = np.array([[0.95, 0.3], [-0.3, 0.95]])  # hardly another axis, and no more is to be had
    bench.maps = {plain: bench.maps[plain], mirrored: bench.maps[plain] @ turn}
    pair, column = textures.change_an_axis(bench)
    assert "find 0.3" not in textures.within_reach(bench)
    assert textures.same_grains.verdict(textures.kept_maps(pair, column, bench)) is None
    bench.maps = {plain: bench.maps[plain]}
    assert textures.change_an_axis(bench) == (None, None) and "find 0.00" in textures.within_reach(bench)


def in_sample(z, values):
    return r2_score(values, make_pipeline(StandardScaler(), Ridge(1.0)).fit(z, values).predict(z))


def unscaled(z, values):
    return r2_score(values, cross_val_predict(Ridge(1.0), z, values, cv=5))


def all_guesses(z, values):
    return cross_val_predict(make_pipeline(StandardScaler(), Ridge(1.0)), z, values, cv=5)


def by_neighbours(z, values):
    return r2_score(values, cross_val_predict(KNeighborsRegressor(10), z, values, cv=5))


def least_squares(z, values):
    return r2_score(values, cross_val_predict(LinearRegression(), z, values, cv=5))


def ten_folds(z, values):
    model = make_pipeline(StandardScaler(), Ridge(3.0))
    return r2_score(values, cross_val_predict(model, z, values, cv=10))


@pytest.mark.parametrize(
    ("probe", "says"),
    [
        (in_sample, "strewn at random"),
        (unscaled, "Standardise"),
        (all_guesses, "one R²"),
        (by_neighbours, "Standardise"),
        (lambda z, values: 1.0, "strewn"),
        (least_squares, None),
        (ten_folds, None),
    ],
)
def test_probes_are_judged_by_what_they_find(probe, says):
    said = textures.probe.verdict(probe)
    assert said is None if says is None else says in said


def usual_and_far(new, known, itself=False):
    near = NearestNeighbors(n_neighbors=1).fit(known)
    usual = near.kneighbors(known if itself else None)[0][:, 0]
    return usual, near.kneighbors(new)[0][:, 0]


def with_itself(new, known):
    usual, far = usual_and_far(new, known, itself=True)
    return [np.mean(usual < each) for each in far]


def from_the_mean(new, known):
    middle = known.mean(axis=0)
    usual = np.linalg.norm(known - middle, axis=1)
    return [np.mean(usual < np.linalg.norm(each - middle)) for each in new]


def bare(new, known):
    return usual_and_far(new, known)[1]


def by_loop(new, known):
    shares = []
    for guest in new:
        to_guest = min(np.linalg.norm(known - guest, axis=1))
        own = [np.partition(np.linalg.norm(known - each, axis=1), 1)[1] for each in known]
        shares.append(sum(each < to_guest for each in own) / len(known))
    return shares


@pytest.mark.parametrize(
    ("function", "says"),
    [
        (with_itself, "its own nearest neighbour"),
        (from_the_mean, "not the mean"),
        (bare, "no shares"),
        (lambda new, known: 1 - np.array(by_loop(new, known)), "other way round"),
        (lambda new, known: 0.5, "4 numbers are wanted"),
        (by_loop, None),
    ],
)
def test_strangers_are_found_by_their_nearest(function, says):
    said = textures.strange.verdict(function)
    assert said is None if says is None else says in said


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        ("bd", None),
        (["D", "B"], None),
        ("b, d", None),
        ("abd", "eight times"),
        ("cd", "ten times"),
        (["e"], "strings"),
        ("d", "colours"),
        ("b", "works for"),
        ("bdf", "a to e"),
        ("", "a to e"),
        (3, "letters are wanted"),
    ],
)
def test_what_may_be_read_from_a_map(answer, says):
    said = textures.map_reading.verdict(answer)
    assert said is None if says is None else says in said


@pytest.mark.parametrize(
    ("letter", "says"), [("a", "in its own way"), ("b", "as they are"), ("d", "same mounts"), (" C", None)]
)
def test_what_a_cluster_says_of_rocks(letter, says):
    said = textures.many_islands.verdict(letter)
    assert said is None if says is None else says in said


def test_guesses_are_set_beside_what_was_found(capsys):
    textures.known.commit("uut=")
    textures.known.meet({"a": -0.34, "b": -0.34, "c": 0.21, "d": 0.04})
    textures.known.meet({"a": -0.34, "b": 0.3, "c": 0.01, "d": 0.3})
    textures.known.commit("T, U, =, t")
    textures.known.meet({"a": 0.3, "b": -0.3, "c": 0.01, "d": 0.04})
    for wrong in ("tu", "abcd", "tttt?", 3):
        textures.known.commit(wrong)
    textures.stays.commit([5, 5])
    textures.stays.meet((6.23, 0.29, 6, 6.1, 24))
    textures.stays.commit(5)
    said = capsys.readouterr().out
    assert "a -0.34, b -0.34, c +0.21, d +0.04. You have 4 of 4. So small a difference as that of d may" in said
    assert (
        "You have 1 of 4.\n" in said and said.count("You have 4 of 4") == 2 and said.count("four signs are wanted") == 4
    )
    assert "found 6.2 (luck 0.3); and 5 maps of ten, found 2.5 of ten (luck 2.5)" in said
    assert "Not kept: a list of 2 numbers" in said


# ---------------------------------------------------------------- what the notebook says of the shipped table


@pytest.fixture(scope="module")
def shipped():
    table = pd.read_csv(samples.DATA / "results/embeddings.csv")
    return table.set_index(["grains", "test", "how", "space", "of"]).sort_index()


def linear(shipped, grains, space):
    return shipped.loc[(grains, "linear", "standardised", space), ["value", "low", "high"]]


def test_the_table_has_five_seeds_of_both_data_sets(shipped):
    assert set(shipped.index.get_level_values("grains")) == {"grown", "real"} and (shipped["seeds"] == 5).all()
    for grains in ("grown", "real"):
        spaces = set(shipped.loc[grains, "linear", "standardised"].index.get_level_values("space"))
        assert spaces >= {"as published", "no augmentation", "untrained", "pixels", "its 3-D UMAP"}


def test_what_lenet_learned_and_threw_away_is_as_the_notebook_says(shipped):
    learned = linear(shipped, "grown", "as published less untrained")
    assert (learned.loc[["aspect_ratio", "oscillatory", "porphyry"], "low"] > 0).all()
    assert (learned.loc[["mean_grey", "area_px"], "high"] < -0.2).all()
    untrained, published = (linear(shipped, "grown", space)["value"] for space in ("untrained", "as published"))
    thrown = 1 - published[["mean_grey", "area_px"]] / untrained[["mean_grey", "area_px"]]
    assert thrown.between(0.35, 0.48).all()
    every = [linear(shipped, "grown", space)["value"] for space in ("as published", "untrained", "pixels")]
    assert max(space[["solidity", "oscillation"]].max() for space in every) < 0.1
    real = linear(shipped, "real", "as published less untrained")
    assert real["low"].max() < 0.02 and (real.loc[["mean_grey", "area_px"], "high"] < 0).all()


def test_zones_are_known_through_the_class_and_real_shape_was_lost(shipped):
    every = linear(shipped, "grown", "as published")
    assert every.loc["oscillatory", "low"] > 0.15
    for name in ("batholith", "porphyry"):
        assert every.loc[f"oscillatory, {name}", "value"] <= 0 < every.loc[f"aspect_ratio, {name}", "low"]
        assert 0.4 < every.loc[f"aspect_ratio, {name}", "value"] / every.loc["aspect_ratio", "value"] < 0.8
    trace = linear(shipped, "grown", "as published less untrained").loc[["solidity", "oscillation"]]
    assert (trace["low"] > 0).all() and trace["value"].max() < 0.1
    learned = linear(shipped, "grown", "as published less untrained")["low"]
    assert learned["aspect_ratio, porphyry"] < 0 < learned["aspect_ratio, batholith"]
    real = linear(shipped, "real", "as published less untrained")
    assert real.loc["aspect_ratio", "high"] < 0 < real.loc["oscillation", "low"]
    assert linear(shipped, "real", "as published").loc["aspect_ratio", "low"] > 0.1  # fell, and is not lost
    assert linear(shipped, "real", "as published less no augmentation").loc["porphyry", "high"] < 0


def test_the_positive_control_reads_zoning_and_no_network_does(shipped):
    for grains in ("grown", "real"):
        by_hand = linear(shipped, grains, "by hand").loc["oscillation"]
        assert by_hand["low"] > 0.3 and 0.4 < by_hand["value"] < 0.5
        for space in ("as published", "untrained", "pixels"):
            assert linear(shipped, grains, space).loc["oscillation", "value"] < 0.055
    near = shipped["value"]["grown", "neighbours", "raw"].xs("oscillation", level="of")
    assert near["by hand"] > 0.4 > 0 > near[["as published", "untrained", "pixels"]].max()


def test_which_space_knows_the_shape_best_depends_on_the_question(shipped):
    weighed, near = (
        shipped["value"]["grown", test, how].xs("aspect_ratio", level="of")
        for test, how in (("linear", "standardised"), ("neighbours", "raw"))
    )
    assert weighed["pixels"] < 0.1 < weighed["untrained"] < weighed["as published"]
    assert near["untrained"] < near["as published"] < near["pixels"] and near["pixels"] > 0.65


def test_what_augmentation_changes_is_as_the_notebook_says(shipped):
    grown, real = (linear(shipped, grains, "as published less no augmentation") for grains in ("grown", "real"))
    assert (grown.loc[["aspect_ratio", "oscillatory", "porphyry"], "low"] > 0).all()
    assert grown.loc["mean_grey", "high"] < 0 and real.loc["mean_grey", "high"] < 0
    assert grown.loc["area_px", "low"] < 0 < grown.loc["area_px", "high"] and real.loc["area_px", "low"] > 0
    light, place = (linear(shipped, "grown", f"{half} only less no augmentation") for half in ("light", "place"))
    assert light.loc["mean_grey", "value"] < -0.07 < -0.03 < place.loc["mean_grey", "value"]
    assert min(light.loc["mean_grey", "high"], place.loc["mean_grey", "high"]) > 0
    without = linear(shipped, "grown", "no augmentation").loc["mean_grey", "value"]
    assert without == pytest.approx(0.55, abs=0.005)


def test_what_axes_and_clusters_do_is_as_the_notebook_says(shipped):
    for grains in ("grown", "real"):
        axes = shipped.loc[grains, "axes"]["value"].xs("as published", level="space")
        same = axes.xs("all", level="of")
        assert same["an axis each for shape, zoning, brightness"] < 0.111  # luck
        assert same["same strongest axis, another UMAP seed"] > 0.6
        assert axes["same strongest axis, another training", "area_px"] == 1
        thrown = shipped.loc[(grains, "axes", "same strongest axis, another random start", "as published", "all")]
        assert thrown["low"] < thrown["luck"] < thrown["high"]
    clusters = shipped["value"].xs("clusters: adjusted Rand index", level="test").xs("as published", level="space")
    crowds = clusters.xs("number of clusters", level="of")["grown"]
    assert crowds["HDBSCAN; 32 numbers"] < 1 and 6.5 < crowds["HDBSCAN; 3-D UMAP"] < 7.5
    by_class = clusters.xs("class", level="of")
    on_numbers, on_map = (f"k-means, as many as class; {where}" for where in ("32 numbers", "3-D UMAP"))
    assert by_class["grown", on_map] > 0.15 > 0.025 > abs(by_class["grown", on_numbers])
    assert max(by_class["real", on_map], by_class["real", on_numbers]) < 0.02
    assert clusters["grown", "k-means, as many as lithology; 32 numbers", "another training"] == pytest.approx(
        0.33, abs=0.005
    )
    for grains in ("grown", "real"):
        rock = shipped.loc[(grains, "clusters: adjusted Rand index", "k-means, as many as lithology; 32 numbers")]
        assert rock.loc[("as published", "lithology"), "low"] > rock.loc[("as published", "lithology"), "luck"]
