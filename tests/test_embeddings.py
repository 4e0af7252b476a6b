"""The space of textures: planted structure is found, luck is called luck, figures hold every grain."""

import cv2
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from matplotlib.offsetbox import AnnotationBbox
from scipy.stats import rankdata
from sklearn.metrics import r2_score
from sklearn.model_selection import LeaveOneOut, cross_val_predict
from sklearn.neighbors import KNeighborsRegressor

from zirconkit import embeddings, plots, widgets
from zirconkit.grains import Grains
from zirconkit.networks import exports


def grains(n=12, side=32, seed=0):
    images = np.random.default_rng(seed).integers(0, 255, (n, side, side, 1), dtype=np.uint8)
    table = pd.DataFrame(
        {"sample": "A", "grain": range(1, n + 1), "class_name": np.resize(["porphyry", "batholith"], n)}
    )
    return Grains(images, np.ones(images.shape[:3], bool), table)


def turned(points, seed=0):
    """The same points in a space that is turned, mirrored, moved and drawn larger."""
    d = points.shape[1]
    turn = np.linalg.qr(np.random.default_rng(seed).normal(size=(d, d)))[0]
    return 3 * points @ turn * np.r_[-1, np.ones(d - 1)] + 7


def groups(rng, per_group=60, d=32, apart=25):
    """Three round groups, far apart in d dimensions, and the number of each point's group."""
    middles = apart * np.eye(3, d)
    return np.repeat(middles, per_group, axis=0) + rng.normal(size=(3 * per_group, d)), np.repeat(range(3), per_group)


# ---------------------------------------------------------------- embeddings


def test_an_embedding_is_what_the_last_neurone_takes(tmp_path):
    import keras

    from zirconkit.networks import models

    keras.utils.set_random_seed(0)
    model, some = models.lenet(), grains(40)
    by_hand = keras.Model(model.inputs[0], model.layers[-2].output)
    z = embeddings.embed(model, some)
    assert z.shape == (40, 32) and np.allclose(z, by_hand(some.x, training=False), atol=1e-5)
    weight, bias = model.layers[-1].get_weights()
    assert np.allclose(1 / (1 + np.exp(-(z @ weight + bias))), model(some.x, training=False), atol=1e-5)

    exports.save(model, tmp_path / "model.keras", {})  # takes 0..255 and divides inside
    assert np.allclose(embeddings.embed(exports.load(tmp_path / "model.keras"), some), z, atol=1e-4)


def test_of_feature_maps_the_means_are_taken_and_wrong_sizes_and_layers_are_named():
    from zirconkit import explain
    from zirconkit.networks import models

    model, some = models.lenet(), grains(5)
    for name, maps in explain.feature_maps(model, some).items():
        assert np.allclose(embeddings.embed(model, some, name), maps.mean(axis=(1, 2)), atol=1e-5)
    with pytest.raises(ValueError, match="no layer 'C9'"):
        embeddings.embed(model, some, "C9")
    with pytest.raises(ValueError, match="size=32"):
        embeddings.embed(model, grains(4, side=64))


# ---------------------------------------------------------------- maps


def test_agreement_is_full_for_a_turned_space_and_lucky_for_an_unrelated_one():
    space, _ = groups(np.random.default_rng(0))
    assert (embeddings.agreement(space, turned(space)) == 1).all()
    rng = np.random.default_rng(1)
    lucky = [embeddings.agreement(rng.normal(size=(101, 5)), rng.normal(size=(101, 2))).mean() for _ in range(50)]
    assert np.mean(lucky) == pytest.approx(10 / 100, abs=0.005)
    shadow = space[:, :3]  # of three far groups
    assert np.mean(lucky) < embeddings.agreement(space, shadow).mean() < 1
    line = np.arange(20.0)[:, None]
    with pytest.raises(ValueError, match="k = 20"):
        embeddings.agreement(line, line, k=20)
    with pytest.raises(ValueError, match="20 and 19"):
        embeddings.agreement(line, line[1:])


# ---------------------------------------------------------------- readings


def test_a_planted_property_is_read_and_a_strewn_one_is_not():
    rng = np.random.default_rng(0)
    points = rng.uniform(size=(300, 3))
    value, low, high, luck = embeddings.neighbour_r2(points, points[:, 1] ** 3)
    assert luck < 0.1 < 0.7 < low < value < high < 1
    assert embeddings.neighbour_r2(turned(points), points[:, 1])[0] == pytest.approx(
        value
    )  # ranks, and no axis of its own
    unrelated = rng.normal(size=300)
    value, low, high, luck = embeddings.neighbour_r2(points, unrelated)
    assert value < luck and low < 0
    with_gaps = np.where(np.arange(300) < 250, points[:, 1], np.nan)
    assert embeddings.neighbour_r2(points, with_gaps) == embeddings.neighbour_r2(points[:250], points[:250, 1])
    few = np.where(np.arange(300) < 9, unrelated, np.nan)  # for ten neighbours each
    assert np.isnan(embeddings.neighbour_r2(points, few)).all()


def test_a_reading_from_neighbours_is_sklearns_with_each_grain_left_out():
    rng = np.random.default_rng(3)
    points, values = rng.normal(size=(60, 4)), rng.normal(size=60)
    values += points[:, 0]
    ranks = rankdata(values)
    guessed = cross_val_predict(KNeighborsRegressor(5), points, ranks, cv=LeaveOneOut())
    found = embeddings.neighbour_r2(points, values, k=5)
    assert isinstance(found, embeddings.Reading) and found.value == pytest.approx(r2_score(ranks, guessed))


def test_what_luck_gives_is_what_unrelated_properties_give():
    rng, beyond = np.random.default_rng(0), []
    for _ in range(100):
        points, values = rng.normal(size=(60, 4)), rng.normal(size=60)
        for reading in (embeddings.neighbour_r2(points, values), embeddings.linear_r2(points, values)):
            beyond.append(reading.value > reading.luck)
    assert np.mean(beyond[::2]) < 0.12 and np.mean(beyond[1::2]) < 0.12


def test_clusters_that_are_the_labels_score_one_and_one_big_cluster_scores_nothing():
    points, group = groups(np.random.default_rng(0))
    assert embeddings.cluster_agreement(points, group)[:3] == pytest.approx((1, 1, 1))
    labels = np.repeat(["porphyry", "batholith"], [162, 18])
    assert embeddings.cluster_agreement(points, labels, clusters=1)[0] == pytest.approx(0)
    other = np.array(["one", "two", "three"])[np.random.default_rng(1).permutation(group)]
    value, low, high, luck = embeddings.cluster_agreement(points, other)
    assert low < 0 < high and value < luck < 0.05


def test_the_interval_of_a_cluster_agreement_holds_the_truth():
    """Of each group 40 % are called something else: the truth is the index of very many grains."""
    rng, held, rows = np.random.default_rng(0), [], []
    wrong = np.array([[0.6, 0.2, 0.2], [0.2, 0.6, 0.2], [0.2, 0.2, 0.6]])

    def draw(per_group):
        points, group = groups(rng, per_group, d=3)
        return points, np.array([rng.choice(3, p=wrong[each]) for each in group])

    truth = embeddings.cluster_agreement(*draw(5000))[0]
    for _ in range(30):
        value, low, high, _ = embeddings.cluster_agreement(*draw(30))
        held.append(low < truth < high)
        rows.append([value, low, high])
    assert np.mean(held) == pytest.approx(0.94, abs=0.05)
    value, low, high = np.mean(rows, axis=0)
    assert (low + high) / 2 == pytest.approx(value, abs=1e-9)


# ---------------------------------------------------------------- figures


def test_the_scene_holds_every_grain_once_with_what_is_said_of_it():
    rng = np.random.default_rng(0)
    xyz, names = rng.normal(size=(30, 3)), rng.choice(["porphyry", "batholith", "Granodiorite"], 30)
    figure = plots.scene(xyz, names, [f"grain {n}" for n in range(30)])
    rows = np.concatenate([trace.customdata for trace in figure.data])
    assert sorted(rows) == list(range(30))
    for trace in figure.data:
        assert (names[trace.customdata] == trace.name).all()
        assert np.allclose(np.c_[trace.x, trace.y, trace.z], xyz[trace.customdata])
        assert list(trace.text) == [f"grain {n}" for n in trace.customdata]
    assert len({trace.marker.color for trace in figure.data}) == 3
    looks = [(trace.marker.color, trace.marker.symbol) for trace in plots.scene(xyz[:16], range(16), range(16)).data]
    assert len(set(looks)) == 16


def test_a_crop_is_enlarged_and_nothing_else():
    image = grains().images[0]
    large = cv2.imdecode(np.frombuffer(widgets.crop_png(image), np.uint8), cv2.IMREAD_UNCHANGED)
    assert np.array_equal(large, np.kron(image[..., 0], np.ones((6, 6), np.uint8)))


def test_the_map_of_pictures_draws_one_grain_of_each_square_near_its_place():
    rng = np.random.default_rng(0)
    xy, some = rng.normal(size=(200, 2)) * [10, 4], grains(200)
    fig = plots.pictured(xy, some.images, cells=10)
    drawn = [artist for artist in fig.axes[0].artists if isinstance(artist, AnnotationBbox)]
    side = np.ptp(xy[:, 0]) / 10
    squares = np.floor((xy - xy.min(axis=0)) / side).astype(int)
    assert len(drawn) == len(np.unique(squares, axis=0)) > 25
    for artist in drawn:
        row = np.flatnonzero((some.images[..., 0] == artist.offsetbox.get_data()).all(axis=(1, 2)))
        assert (abs(xy[row[0]] - artist.xy) <= side / 2 + 1e-9).all()
    plt.close(fig)


def test_each_group_has_its_panel_and_all_others_stand_behind_it():
    xy, names = np.random.default_rng(0).normal(size=(50, 2)), np.repeat(["a", "b"], [20, 30])
    fig = plots.highlighted(xy, names, {"b": "red", "a": "blue"})
    for ax, name in zip(fig.axes, ("b", "a")):
        behind, mine = ax.lines
        assert np.array_equal(np.c_[mine.get_data()], xy[names == name]) and ax.get_title().startswith(name)
        assert len(behind.get_xdata()) + len(mine.get_xdata()) == 50
    plt.close(fig)
