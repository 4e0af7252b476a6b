"""The challenge set: nothing in it gives an answer away, and both kinds of honesty pay."""

import cv2
import numpy as np
import pandas as pd
import pytest

from zirconkit import evaluation, mounts
from zirconkit.course import challenge


@pytest.fixture(scope="module")
def the_set(tmp_path_factory):
    out = tmp_path_factory.mktemp("challenge")
    challenge.make(out, 3, n_mounts=2)
    return out


@pytest.fixture(scope="module")
def truth(the_set):
    """Each zircon with a point on it, and y, 1 where it is a porphyry's."""
    table = pd.read_csv(the_set / "lecturer/answers.csv")
    table = table[table["class_name"] != "contaminant"].reset_index(drop=True)
    labels = {name: cv2.imread(str(the_set / f"lecturer/{name}.png"), -1) for name in table["sample"].unique()}
    places = [np.argwhere(labels[sample] == grain) for sample, grain in zip(table["sample"], table["grain"])]
    table[["row", "col"]] = [place[len(place) // 2] for place in places]
    return table.assign(y=(table["class_name"] == "porphyry").astype(int))


def hand_in(folder, truth, probability, half=0.05, middle=None):
    folder.mkdir(exist_ok=True)
    truth.assign(probability=probability)[challenge.COLUMNS["grains.csv"]].to_csv(folder / "grains.csv", index=False)
    share = truth.groupby("sample")["y"].mean() if middle is None else middle
    shares = pd.DataFrame({"share": share, "low": (share - half).clip(0), "high": (share + half).clip(upper=1)})
    shares.to_csv(folder / "shares.csv")
    return folder


def test_students_get_mounts_and_rules_and_no_answer(the_set, truth):
    given = {path.name for path in (the_set / "students").iterdir()}
    assert given == {"sand_1.png", "sand_2.png", "RULES.md", "grains.csv", "shares.csv"}
    found = mounts.find(the_set / "students")
    assert [(mount.class_name, mount.truth()) for mount in found] == [(None, None)] * 2
    for _, part in truth.groupby("sample"):
        assert evaluation.auc_interval(part["y"], part["grain"]).low < 0.5, "a grain's number tells its class"
        assert 0.1 <= part["y"].mean() <= 0.9
    with pytest.raises(OSError, match="holds a challenge already"):
        challenge.make(the_set, 4)


def test_the_truth_gets_all_but_the_width_of_its_ranges(the_set, truth, tmp_path):
    result = challenge.score(hand_in(tmp_path / "a", truth, truth["y"]), the_set / "lecturer")
    assert result.auc.value == 1 and result.off == 0 and result.held == 2 and result.n_elsewhere == 0
    assert result.points == pytest.approx(100 - 25 * 0.1, abs=0.01)
    assert result.n_found == result.n_zircons == len(truth)


def test_knowing_nothing_honestly_gets_for_its_calibration_alone(the_set, truth, tmp_path):
    share = truth["y"].mean()
    ranges = pd.Series(0.5, sorted(truth["sample"].unique())).rename_axis("sample")
    result = challenge.score(hand_in(tmp_path / "a", truth, share, 0.5, ranges), the_set / "lecturer")
    assert result.auc.value == 0.5 and result.off == pytest.approx(0) and result.range_cost == 1
    assert result.points == pytest.approx(25)


def test_the_same_ranking_with_too_much_confidence_gets_less(the_set, truth, tmp_path):
    rng = np.random.default_rng(0)
    log_odds = rng.normal(
        2 * truth["y"] - 1, 1
    )  # two normals a distance of 2 apart: the odds are exp(2 x), times a share
    share = truth["y"].mean()
    honest = 1 / (1 + np.exp(-(2 * log_odds + np.log(share / (1 - share)))))
    sure = 1 / (1 + np.exp(-10 * log_odds))
    calm, loud = (
        challenge.score(hand_in(tmp_path / name, truth, p), the_set / "lecturer")
        for name, p in (("calm", honest), ("loud", sure))
    )
    assert calm.auc.value == pytest.approx(loud.auc.value, abs=1e-3)
    assert calm.off < 0.1 < loud.off and calm.points > loud.points + 5


def test_narrow_ranges_that_miss_cost_more_than_wide_ones_that_hold(the_set, truth, tmp_path):
    wrong = (truth.groupby("sample")["y"].mean() + 0.3).clip(upper=1)
    narrow, wide = (
        challenge.score(hand_in(tmp_path / str(half), truth, 0.5, half, wrong), the_set / "lecturer")
        for half in (0.01, 0.4)
    )
    assert narrow.held == 0 and wide.held == 2 and narrow.range_cost > 1 > wide.range_cost


def test_grains_left_out_count_as_one_half_and_points_elsewhere_are_counted(the_set, truth, tmp_path):
    easy = truth[::2]
    folder = hand_in(tmp_path / "a", easy, easy["y"], middle=truth.groupby("sample")["y"].mean())
    resin = pd.DataFrame({"sample": ["sand_1", "sand_1"], "row": [-5.0, 99999], "col": [3, 3], "probability": 1.0})
    pd.concat([pd.read_csv(folder / "grains.csv"), resin, easy[:1].assign(probability=0.0)[resin.columns]]).to_csv(
        folder / "grains.csv", index=False
    )
    result = challenge.score(folder, the_set / "lecturer")
    assert result.n_found == len(easy) and result.n_elsewhere == 3
    assert 0.6 < result.auc.value < 0.9


@pytest.mark.parametrize(
    ("name", "change", "said"),
    [
        ("grains.csv", lambda t: t.drop(columns="probability"), "has no column probability"),
        ("grains.csv", lambda t: t.assign(probability=1.3), "line 2: a share or probability outside 0 to 1"),
        ("grains.csv", lambda t: t.assign(sample="sand_9"), "line 2: no mount of the challenge"),
        ("grains.csv", lambda t: t.assign(row="left"), "line 2: something that is no number"),
        ("shares.csv", lambda t: t.assign(low=1.0, high=0.0), "line 2: low above high"),
        ("shares.csv", lambda t: pd.concat([t, t]), "line 4: a mount twice"),
        ("shares.csv", None, "has no shares.csv"),
    ],
)
def test_what_cannot_be_judged_is_named(the_set, truth, tmp_path, name, change, said):
    folder = hand_in(tmp_path / "a", truth, 0.5)
    path = folder / name
    if change is None:
        path.unlink()
    else:
        change(pd.read_csv(path)).to_csv(path, index=False)
    with pytest.raises((ValueError, OSError), match=said):
        challenge.score(folder, the_set / "lecturer")


def test_decimal_commas_and_semicolons_are_understood(the_set, truth, tmp_path):
    plain = hand_in(tmp_path / "a", truth, 0.25 + 0.5 * truth["y"])
    comma = hand_in(tmp_path / "b", truth, 0.25 + 0.5 * truth["y"])
    for name in challenge.COLUMNS:
        pd.read_csv(plain / name).to_csv(comma / name, sep=";", decimal=",", index=False)
    assert challenge.score(comma, the_set / "lecturer") == challenge.score(plain, the_set / "lecturer")


def test_the_command_makes_and_scores(the_set, truth, tmp_path, zirconkit):
    good = hand_in(tmp_path / "good", truth, truth["y"])
    status, out, err = zirconkit("challenge", "--score", good, tmp_path, "--answers", the_set / "lecturer")
    assert status == 1 and "98 points; ROC-AUC 1.00" in out and "has no grains.csv" in err
    status, _, err = zirconkit("challenge", "--score", good)
    assert status == 1 and "--answers" in err
    status, _, err = zirconkit("challenge", "--out", the_set, "--seed", 3)
    assert status == 1 and "holds a challenge already" in err
