"""Out of the lab: many files, a model with a card, fractions, exports, charts, and what happens to bad input."""

import json
import os
import re
import zipfile

import cv2
import numpy as np
import pandas as pd
import pytest

from zirconkit import jobs, samples, synthetic
from zirconkit.deployment import cards, models, preparing, watching
from zirconkit.evaluation import control
from zirconkit.evaluation import fractions as fr
from zirconkit.evaluation.shortcuts import deal_samples, one_feature, permutation_p, smallest_p

# ---------------------------------------------------------------- jobs


def work(task):
    if task == "bad":
        raise ValueError("this one is bad")
    return f"{task} done"


def die_once(task):
    path, number = task
    if number == 2 and not path.exists():
        path.write_text("died")
        os._exit(1)
    return number


def test_a_bad_job_stops_no_other_and_each_is_done_once():
    found = {task: (result, error) for task, result, error in jobs.run(work, ["a", "bad", "b"], n_jobs=1)}
    assert found["a"] == ("a done", None) and found["b"][0] == "b done"
    assert isinstance(found["bad"][1], ValueError)


def test_a_worker_that_dies_costs_no_job(tmp_path):
    tasks = [(tmp_path / "died", number) for number in range(6)]
    found = [result for _, result, error in jobs.run(die_once, tasks, n_jobs=2) if error is None]
    assert sorted(found) == list(range(6)) and (tmp_path / "died").is_file()


def test_a_scheduler_that_is_not_there_is_said_in_a_sentence(monkeypatch):
    monkeypatch.setattr(jobs, "ANSWER", 0.5)
    with pytest.raises(OSError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        list(jobs.run(work, ["a"], "tcp://127.0.0.1:9"))


def test_many_images_become_one_table_and_a_second_call_goes_on(lab, zirconkit, tmp_path):
    (tmp_path / "broken.png").write_bytes(b"no image")
    words = ("segment", lab / "data", tmp_path / "broken.png", "--jobs", 1, "--out", tmp_path / "out")
    status, out, err = zirconkit(*words)
    assert status == 1 and out.count("8 grains") == 6 and "broken.png" in err
    table = pd.read_csv(tmp_path / "out" / "grains.csv")
    assert len(table) == 48 and not table.duplicated(["sample", "grain"]).any()
    before = (tmp_path / "out" / "S3" / "labels.png").stat().st_mtime_ns
    os.utime(lab / "data" / "S4.png")  # another image, for all that anybody knows
    (tmp_path / "out" / "S5" / "grains.csv").unlink()
    changed = (tmp_path / "out" / "S4" / "labels.png").stat().st_mtime_ns
    assert zirconkit(*words)[1].count("8 grains") == 6
    assert (tmp_path / "out" / "S3" / "labels.png").stat().st_mtime_ns == before
    assert (tmp_path / "out" / "S4" / "labels.png").stat().st_mtime_ns != changed
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "out" / "grains.csv"), table)
    if (tmp_path / "out" / "grains.parquet").is_file():
        assert len(pd.read_parquet(tmp_path / "out" / "grains.parquet")) == 48


# ---------------------------------------------------------------- fractions


RATES = np.array([[0.8, 0.2], [0.3, 0.7]])


def test_adjusted_counts_take_the_errors_out():
    called = np.repeat([0, 1], [800, 200])  # a sand of the first class alone, as RATES would call it
    assert fr.naive_counts(called, 2) == pytest.approx([0.8, 0.2])
    assert fr.adjusted_counts(called, RATES) == pytest.approx([1, 0], abs=0.01)
    half = np.repeat([0, 1], [550, 450])
    assert fr.adjusted_counts(half, RATES) == pytest.approx([0.5, 0.5], abs=0.01)


def test_em_finds_the_prior_of_calibrated_probabilities():
    rng = np.random.default_rng(0)
    y = rng.random(4000) < 0.1
    x = rng.normal(y * 2.0)
    p = 1 / (1 + np.exp(-2 * (x - 1)))  # calibrated where both are equally likely
    assert fr.em_prior_shift(np.c_[1 - p, p])[1] == pytest.approx(0.1, abs=0.02)
    assert np.mean(p > 0.5) > 0.2  # the count is far off


def test_intervals_of_fractions_hold_the_truth_where_counts_do_not():
    rng = np.random.default_rng(1)
    held = naive = 0
    for share in np.linspace(0.02, 0.98, 60):
        y = np.repeat([0, 1], 120)
        called = np.array([rng.random() < RATES[k, 1] for k in y]).astype(int)
        known = fr.errors(y, called, np.tile(np.arange(8), 30), 2)
        truth = rng.random(150) < share
        sand = np.array([rng.random() < RATES[int(k), 1] for k in truth]).astype(int)
        found = fr.fractions(sand, known, ["a", "b"]).loc[1]
        held += found.low <= share <= found.high
        count, half = sand.mean(), 1.96 * np.sqrt(sand.mean() * (1 - sand.mean()) / 150)
        naive += abs(count - share) <= half
        assert found.low <= found.fraction <= found.high
    assert held >= 54 and naive < 40


def test_samples_that_differ_make_fractions_less_sure():
    y, called = np.repeat([0, 1], 100), np.r_[np.repeat([0, 1], [80, 20]), np.repeat([0, 1], [30, 70])]
    mixed = np.r_[np.tile(np.arange(5), 20), 5 + np.tile(np.arange(5), 20)]
    apart = np.r_[np.repeat(np.arange(5), 20), 5 + np.repeat(np.arange(5), 20)]
    sand = np.repeat([0, 1], [60, 40])
    widths = [
        np.ptp(fr.fractions(sand, fr.errors(y, called, each, 2), "ab").loc[0, ["low", "high"]])
        for each in (mixed, apart)
    ]
    assert widths[1] > widths[0] + 0.1
    with pytest.raises(ValueError, match="class 1 has no grain"):
        fr.errors(y[:100], called[:100], mixed[:100], 2)


# ---------------------------------------------------------------- shortcuts, asked of samples


def test_whole_samples_are_left_out_every_class_in_every_fold():
    y, groups = np.repeat([0, 0, 0, 1, 1, 1], 4), np.repeat(list("abcdef"), 4)
    folds = deal_samples(y, groups)
    assert set(folds) == {0, 1, 2}
    assert all(len(set(folds[groups == name])) == 1 for name in "abcdef")
    assert all(set(y[folds == fold]) == {0, 1} for fold in range(3))
    assert deal_samples(y[:16], groups[:16]) is None  # the second class has one sample


def test_a_clue_that_follows_the_samples_and_not_the_classes_is_no_shortcut():
    rng = np.random.default_rng(0)
    groups = np.repeat(np.arange(12), 20)
    y = groups // 4
    by_sample = rng.normal(0, 10, 12)[groups] + rng.normal(size=240)
    by_class = np.array([0.0, 9.0, 20.0])[y] + rng.normal(size=240)
    assert permutation_p(by_sample, y, groups) > 0.05 and permutation_p(by_class, y, groups) < 0.001
    assert permutation_p(np.ones(240), y, groups) == 1
    folds = deal_samples(y, groups)
    assert one_feature(by_class, y, groups, folds).value > 0.95
    assert one_feature(np.ones(240), y, groups, folds).value == 0.5
    assert smallest_p(y, groups) == pytest.approx(6 / 34650)


def test_a_clue_is_named_only_where_it_does_as_well_and_chance_does_not():
    assert cards._is_telling(0.95, 0.9, 0.0001, 1e-4)
    assert not cards._is_telling(0.95, 0.9, 0.2, 1e-4)  # samples alone explain it
    assert not cards._is_telling(0.75, 0.95, 0.0001, 1e-4)  # the network knows more
    assert cards._is_telling(0.95, 0.9, 0.1, 0.1) and not cards._is_telling(0.95, 0.9, 0.33, 0.33)


# ---------------------------------------------------------------- control


def test_distances_are_zero_within_a_source_and_large_between_two():
    rng = np.random.default_rng(0)
    a, b, far = rng.normal(size=(3, 200, 2)) + np.array([0, 0, 2])[:, None, None]
    assert control.ks_distance(a[:, 0], a[:, 0]) == 0 and control.ks_distance(a[:, 0], far[:, 0]) > 0.5
    assert control.ks_distance([1, 2], [3, 4]) == 1 and np.isnan(control.ks_distance([], [1]))
    assert abs(control.mmd(a, b)) < 0.02 < 0.2 < control.mmd(a, far)


def test_a_chart_keeps_its_rate_and_finds_what_drifts(monkeypatch):
    monkeypatch.setattr(control, "LENGTH", 400)
    rng = np.random.default_rng(0)
    known = control.calibrated(rng.normal(size=(2000, 3)), 0.05)
    _, alarm = control.run_chart(rng.normal(size=(8000, 3)), known)
    assert 0.04 < alarm.mean() < 0.06
    sums, alarm = control.run_chart(np.c_[np.zeros((6, 1)), np.full((6, 1), 2.0), np.zeros((6, 1))], known)
    assert alarm.any() and sums.argmax(axis=1)[alarm][0] == 1
    with pytest.raises(ValueError, match=r"between 0 and 0\.5"):
        control.calibrated(rng.normal(size=(10, 1)), 0.7)


# ---------------------------------------------------------------- what is grown


def test_an_apatite_is_hexagonal_and_a_river_rounds_it():
    from zirconkit.synthetic import crystals, shapes

    assert np.allclose(np.linalg.norm(shapes.HEXAGONAL_NORMALS, axis=1), 1)
    assert np.bincount(shapes.FORM_OF_HEXAGONAL).tolist() == [6, 6, 12, 2]
    sharp, worn = (crystals.grow(60, 1.8, "hexagonal", zoning="none", abrasion=a, seed=3).mask for a in (0.0, 1.0))
    hulls = [cv2.minAreaRect(np.argwhere(mask).astype(np.float32))[1] for mask in (sharp, worn)]
    filled = [mask.sum() / np.prod(hull) for mask, hull in zip((sharp, worn), hulls)]
    assert filled[1] < filled[0]  # corners are gone


def test_a_sand_has_the_shares_that_were_asked_for():
    sand = synthetic.grow_sand({"igneous": 0.5, "metamorphic": 0.3, "hydrothermal": 0.2}, 3, 0.5, 20)
    truth = sand.grains[~sand.grains["contaminant"]]["class_name"].value_counts()
    assert abs(truth["igneous"] - 10) <= 1 and truth.sum() >= 18
    with pytest.raises(ValueError, match=r"add up to 0\.8"):
        synthetic.grow_sand({"igneous": 0.8})


# ---------------------------------------------------------------- the commands, from end to end


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Two classes of three small images each, bright ones planted in one; and a folder where all is trained."""
    folder = tmp_path_factory.mktemp("lab")
    data = folder / "data"
    data.mkdir()
    rows = ["sample;class;um_per_px"]
    rng = np.random.default_rng(0)
    for number in range(6):
        is_long = number % 2
        image = np.full((360, 420), 5, np.uint8)
        for row, col in [(60, 70), (60, 210), (60, 340), (180, 70), (180, 210), (180, 340), (300, 140), (300, 280)]:
            axes = (40, 16 if is_long else 32)
            cv2.ellipse(image, (col, row), axes, rng.uniform(0, 180), 0, 360, int(70 + 80 * is_long), -1)
        image = np.clip(image + rng.normal(0, 2, image.shape), 0, 255).astype(np.uint8)
        cv2.imwrite(str(data / f"S{number}.png"), image)
        rows.append(f"S{number};{('round', 'long')[is_long]};0,7")
    (data / "samples.csv").write_text("\n".join(rows))
    return folder


@pytest.fixture(scope="module")
def trained(lab):
    """The folder after `zirconkit train`, LeNet alone and few epochs."""
    from zirconkit import cli
    from zirconkit.networks import shipping

    patch = pytest.MonkeyPatch()
    patch.setattr(shipping, "NETWORKS", dict.fromkeys(("lenet", "lite0"), shipping.train_lenet))
    patch.setattr(shipping, "SIDES", {"lenet": 32, "lite0": 32})
    patch.setattr(shipping.train_lenet, "__defaults__", (15, 0))
    assert cli.main(["train", str(lab / "data"), "--out", str(lab / "model"), "--jobs", "1"]) == 0
    patch.undo()
    return lab


def test_a_card_says_what_a_model_is_worth_and_names_the_planted_clue(trained):
    card = json.loads((trained / "model" / "card.json").read_text())
    assert card["classes"] == ["long", "round"] and len(card["data"]["samples"]) == 6
    assert card["scores"]["ROC-AUC"]["value"] > 0.9 and card["baselines"]["aspect_ratio"]["value"] > 0.9
    (warning,) = [each for each in card["warnings"] if each.startswith("brightness")]
    assert "may know your mounts, not your minerals" in warning
    text = (trained / "model" / "card.md").read_text()
    assert warning in text and "What it must not be used for" in text and "| S0 | round | train |" in text
    grains = pd.read_csv(trained / "model" / "grains.csv")
    assert np.allclose(grains["p_long"] + grains["p_round"], 1)


def test_classify_writes_what_it_says_and_a_second_call_goes_on(trained, zirconkit, tmp_path):
    (tmp_path / "list.txt").write_text(f"{trained / 'data' / 'S0.png'}\n{trained / 'data' / 'S1.png'}\nmissing.png\n")
    words = ("classify", trained / "model" / "model.keras", tmp_path / "list.txt", "--out", tmp_path / "out")
    status, out, err = zirconkit(*words)
    assert status == 1 and "missing.png does not exist" in err and "S0: 8 grains" in out
    grains = pd.read_csv(tmp_path / "out" / "grains.csv")
    assert len(grains) == 16 and set(grains["called"][grains["sample"] == "S1"]) == {"long"}
    assert {"p_long", "p_round", "unlike_anything_in_training", "flags"} <= set(grains)
    shares = pd.read_csv(tmp_path / "out" / "fractions.csv")
    assert list(shares) == ["sample", "class", "fraction", "low", "high"] and len(shares) == 4
    assert ((shares["low"] <= shares["fraction"]) & (shares["fraction"] <= shares["high"])).all()
    page = (tmp_path / "out" / "S0" / "index.html").read_text()
    assert page.count("<figure") == 8 and "http" not in re.sub(r"data:image[^\"]+", "", page)
    before = (tmp_path / "out" / "S0" / "labels.png").stat().st_mtime_ns
    zirconkit(*words)
    assert (tmp_path / "out" / "S0" / "labels.png").stat().st_mtime_ns == before
    pd.testing.assert_frame_equal(pd.read_csv(tmp_path / "out" / "grains.csv"), grains)


def test_a_model_of_a_stranger_is_refused_in_a_sentence(trained, zirconkit, tmp_path):
    model = trained / "model" / "model.keras"
    stranger = tmp_path / "stranger.keras"
    with zipfile.ZipFile(model) as old, zipfile.ZipFile(stranger, "w") as new:
        for name in old.namelist():
            if name != "deployment.json":
                new.writestr(name, old.read(name))
    status, _, err = zirconkit("classify", stranger, trained / "data", "--out", tmp_path / "out")
    assert status == 1 and "was not made by zirconkit train" in err and err.count("\n") == 1
    broken = tmp_path / "broken.keras"
    with zipfile.ZipFile(model) as old, zipfile.ZipFile(broken, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, b'{"format": 1, "called": 3}' if name == "deployment.json" else content)
    with pytest.raises(ValueError, match="does not fit"):
        models.load(broken)
    (tmp_path / "empty.txt").write_text("\n")
    status, _, err = zirconkit("classify", model, tmp_path / "empty.txt", "--out", tmp_path / "out")
    assert status == 1 and "empty.txt is empty" in err


def test_a_single_sample_of_a_class_gets_no_score_but_its_grains(lab, zirconkit, tmp_path, monkeypatch):
    from zirconkit.networks import shipping

    monkeypatch.setattr(shipping.train_lenet, "__defaults__", (2, 0))
    data = tmp_path / "data"
    data.mkdir()
    for name in ("S0", "S1", "S3"):
        (data / f"{name}.png").write_bytes((lab / "data" / f"{name}.png").read_bytes())
    (data / "samples.csv").write_text("sample,class\nS0,round\nS1,long\nS3,long\n")
    status, _, _ = zirconkit("train", data, "--out", tmp_path / "out")
    card = json.loads((tmp_path / "out" / "card.json").read_text())
    assert status == 0 and card["scores"] == {} and "round has a single sample" in str(card["what nobody can know"])
    status, _, err = zirconkit("train", tmp_path, "--out", tmp_path / "two")
    assert status == 1 and "holds no images" in err
    (data / "samples.csv").write_text("sample,class\nS0,round\nS1,round\nS3,round\n")
    status, _, err = zirconkit("train", data, "--out", tmp_path / "one")
    assert status == 1 and "one class only" in err and (tmp_path / "one" / "grains" / "S0" / "grains.csv").is_file()


@pytest.mark.parametrize("kind", ["onnx", "litert"])
def test_an_export_says_what_keras_says(trained, zirconkit, tmp_path, kind):
    pytest.importorskip({"onnx": "onnxruntime", "litert": "ai_edge_litert"}[kind], reason="pip install zirconkit[edge]")
    status, _, _ = zirconkit("export", trained / "model" / "model.keras", "--to", kind, "--out", tmp_path / kind)
    report = json.loads((tmp_path / kind / "export.json").read_text())
    assert status == 0 and report["largest_difference"] < 1e-5 and report["bytes"] < 150_000


def drawn(rng, name, shift):
    """A batch of twelve grains as `segment` writes them, brighter by a shift."""
    numbers = {"equivalent_diameter_px": (50, 5), "mean_grey": (100 + shift, 5), "aspect_ratio": (2, 0.2)}
    columns = {column: rng.normal(*law, 12) for column, law in numbers.items()}
    return pd.DataFrame({"sample": f"B{name}", "grain": range(12), "kept": True, "flags": "", **columns})


def test_watch_finds_the_batch_that_was_blurred_and_refuses_another_kind(lab, zirconkit, tmp_path, monkeypatch):
    monkeypatch.setattr(watching, "DRAWN", 150)
    monkeypatch.setattr(control, "LENGTH", 100)
    monkeypatch.setattr(control, "SETTLING", 50)
    usual, new, other = tmp_path / "usual", tmp_path / "new", tmp_path / "other"
    rng = np.random.default_rng(0)
    for folder, shift, names in ((usual, 0, range(8)), (new, 40, range(4))):
        folder.mkdir()
        tables = [drawn(rng, name, shift) for name in names]
        pd.concat(tables).to_csv(folder / "grains.csv", index=False)
    status, out, _ = zirconkit("watch", usual, new, "--out", tmp_path / "w")
    report = json.loads(out)
    assert status == 3 and report["drift"] and report["alarms"][0]["what"] == "brightness"
    assert json.loads((tmp_path / "w" / "watch.json").read_text()) == report
    assert "Drift: new" in (tmp_path / "w" / "index.html").read_text()
    other.mkdir()
    pd.concat(tables).assign(p_a=0.5, called="a").to_csv(other / "grains.csv", index=False)
    status, _, err = zirconkit("watch", usual, other, "--out", tmp_path / "w")
    assert status == 1 and "write both by one command" in err
    status, _, err = zirconkit("watch", usual, tmp_path / "w", "--out", tmp_path / "x")
    assert status == 1 and "has no grains.csv" in err


def test_a_grain_is_prepared_alone_level_and_even():
    picture = np.full((120, 120), 30, np.uint8)
    labels = np.zeros((120, 120), np.int32)
    canvas = np.zeros((120, 120), np.uint8)
    cv2.ellipse(canvas, (60, 60), (40, 15), 60, 0, 360, 1, -1)
    labels[canvas > 0], picture[canvas > 0] = 1, 200
    table = pd.DataFrame(
        {"grain": [1], "row_min": [15], "col_min": [30], "row_max": [105], "col_max": [90], "mean_grey": [200.0]}
    )
    images, masks = preparing.prepared(picture, labels, table, 32)
    rows, columns = np.nonzero(masks[0])
    assert np.ptp(columns) > 2 * np.ptp(rows) and set(np.unique(images[0][~masks[0]] > 90)) == {False}
    assert np.median(images[0][masks[0]]) == pytest.approx(127, abs=2)
    assert preparing.clues(picture, labels, table).loc[0, "background"] == 30


def test_the_populations_are_shipped_with_their_source():
    assert "apatite_populations.csv" in (samples.DATA / "README.md").read_text()
