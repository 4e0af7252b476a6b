"""Rocks in thin section: grown fields obey optics, modes and scores are right where they can be counted, bad input."""

import os
import shutil
from pathlib import Path

import cv2
import numpy as np
import pandas as pd
import pytest

from zirconkit import files, plots, samples, thin_sections
from zirconkit.cli import main
from zirconkit.synthetic import lights
from zirconkit.synthetic.sandstones import PHASES, grow_sandstone, interference_colour
from zirconkit.thin_sections import forest, modes, qfl
from zirconkit.thin_sections.fields import factor_of

REAL = Path(os.environ.get("ZIRCONKIT_DATA", "nowhere")).parent / "real/thin_sections"
BACKGROUND, FELDSPAR, LITHIC, PLAGIOCLASE, QUARTZ = range(5)


@pytest.fixture(scope="module")
def rock():
    return grow_sandstone(3, (160, 200))


# ---------------------------------------------------------------- grown fields


def test_a_grown_field_is_the_same_for_the_same_seed_and_its_truth_agrees(rock):
    again = grow_sandstone(3, (160, 200))
    assert all((one == other).all() for one, other in zip(rock[:4], again[:4]))
    assert (rock.ppl != grow_sandstone(4, (160, 200)).ppl).any()
    assert rock.ppl.shape == rock.xpl.shape == (160, 200, 3) and rock.phases.dtype == np.uint8
    named = np.append(BACKGROUND, rock.grains["phase"])
    assert (named[rock.labels] == rock.phases).all() and set(np.unique(rock.phases)) == set(range(5))


def test_colours_follow_the_chart():
    """First-order grey at 150 nm, sensitive tint (magenta: little green) at 550, darkness without retardation."""
    assert (interference_colour(0) == 0).all()
    grey = interference_colour(150)
    assert np.ptp(grey) < 0.35 and 0.4 < grey.mean() < 0.85
    red, green, blue = interference_colour(545)
    assert green < 0.05 < min(red, blue)
    quartz = interference_colour(1000 * 0.009 * np.array([20, 30]))
    assert (quartz[1] > quartz[0]).all()


def test_a_thicker_section_shows_brighter_grains_and_the_same_rock(rock):
    thick, thin = (grow_sandstone(3, (160, 200), thickness_um=thickness) for thickness in (33, 22))
    assert (thick.phases == thin.phases).all() and (thick.ppl == thin.ppl).all()
    quartz = thick.phases == QUARTZ
    assert thick.xpl[quartz].mean() > 1.1 * thin.xpl[quartz].mean()


def test_thickness_as_a_change_of_light_does_what_optics_say():
    light = interference_colour(150)
    np.testing.assert_allclose(lights.thicker(light, 1.2), interference_colour(180), atol=0.02)
    assert lights.thicker(np.ones(3), 1.5) == pytest.approx(1)


def test_a_view_keeps_image_and_mask_together(rock):
    both = np.concatenate([np.repeat(rock.phases[..., None] * 50, 3, axis=2), rock.xpl], axis=-1)
    seen, truth = lights.view_of(both, rock.phases, 64, np.random.default_rng(0))
    assert seen.shape == (64, 64, 6) and truth.shape == (64, 64)
    assert np.mean(np.abs(seen[..., 0] - 50 * truth) < 1) > 0.7  # all but the outlines, which are smoothed


# ---------------------------------------------------------------- modes and scores


def test_modes_count_and_their_intervals_are_wider_with_errors():
    phases = np.full((80, 100), QUARTZ)
    phases[:20] = LITHIC
    bare = modes(phases)
    assert list(bare["phase"]) == list(PHASES)
    assert bare["area_percent"].tolist() == [0, 0, 25, 0, 75]
    assert ((bare["low"] <= bare["area_percent"]) & (bare["area_percent"] <= bare["high"])).all()
    erring = modes(phases, errors=[[10, 0, 0, 0, -10], [-5, 0, 0, 0, 5]])
    width = erring["high"] - erring["low"], bare["high"] - bare["low"]
    assert (width[0] >= width[1] - 1).all() and width[0][BACKGROUND] > 5


def test_an_interval_for_the_rock_holds_the_truth_about_as_often_as_it_says():
    """Rocks of one kind, a patch of grains each: the share of quartz is 40 %."""
    held = 0
    for seed in range(60):
        rng = np.random.default_rng(seed)
        grains = rng.choice([LITHIC, QUARTZ], (16, 20), p=[0.6, 0.4])
        quartz = modes(np.kron(grains, np.ones((5, 5), int)), seed=seed).iloc[QUARTZ]
        held += quartz["low"] <= 40 <= quartz["high"]
    assert held >= 48


def test_the_triangle_leaves_the_background_out():
    assert qfl([50, 10, 20, 5, 15]).tolist() == [30, 30, 40]
    assert np.isnan(qfl([100, 0, 0, 0, 0])).all()
    fig = plots.qfl_triangle({"truth": np.array([[30, 30, 40], [100, 0, 0]])})
    points = fig.axes[0].collections[0].get_offsets()
    np.testing.assert_allclose(points[1], [0.5, np.sqrt(3) / 2])  # all quartz: the upper corner


def test_scores_are_those_counted_by_hand():
    truth, found = np.array([0, 0, 1, 4]), np.array([0, 1, 1, 4])
    scores = thin_sections.scores(thin_sections.confusion(truth, found))
    assert scores["accuracy"] == 0.75 and scores["jaccard_background"] == scores["jaccard_feldspar"] == 0.5
    assert scores["jaccard_quartz"] == 1 and np.isnan(scores["jaccard_lithic"])
    assert scores["mean_jaccard"] == pytest.approx(2 / 3)


def test_the_forest_learns_what_colour_tells():
    red, blue = np.zeros((40, 40, 3), np.uint8), np.zeros((40, 40, 3), np.uint8)
    phases = np.repeat([[LITHIC, QUARTZ]], 40, axis=0).repeat(20, axis=1).astype(np.uint8)
    red[..., 0], blue[..., 2] = 200 * (phases == LITHIC), 200 * (phases == QUARTZ)
    field = thin_sections.Field("a", "a", red, blue, phases)
    found = forest.predict(forest.fit([field], trees=5), field)
    assert (found == phases).mean() > 0.95


def test_cut_grains_are_alone_and_fill_their_picture():
    phases = np.zeros((60, 60), np.uint8)
    phases[10:40, 20:30], phases[50:52, 50:52] = QUARTZ, LITHIC
    light = np.full((60, 60, 3), 200, np.uint8)
    field = thin_sections.Field("a", "1", light, light, phases)
    images, names, sections = thin_sections.cut_grains([field], side=32, least=100)
    assert images.shape == (1, 32, 32, 6) and list(names) == ["quartz"] and list(sections) == ["1"]
    lit = images[0, ..., 0] > 100
    assert lit[:, 16].sum() >= 30 and not lit[:, :8].any()


# ---------------------------------------------------------------- fields in files


def write_field(folder, name, rock, mask="tiff"):
    for part, image in (("paralelos", rock.ppl), ("cruzados", rock.xpl)):
        (folder / part).mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(folder / part / f"{name}_{part}.png"), image[..., ::-1])
    (folder / "masks").mkdir(exist_ok=True)
    cv2.imwrite(str(folder / "masks" / f"{name}_mask.{mask}"), rock.phases)


def test_fields_are_found_with_their_sections_and_what_is_not_whole_is_named(tmp_path, rock):
    for name in ("2a", "2b", "image039"):
        write_field(tmp_path, name, rock)
    cv2.imwrite(str(tmp_path / "masks/2b_mask.tiff"), rock.phases[:-2])
    with pytest.warns(UserWarning, match="2b_mask.*left out"):
        fields = thin_sections.find(tmp_path)
    assert [(field.name, field.section) for field in fields] == [("2a", "2"), ("image039", "image")]
    assert (fields[0].phases == rock.phases).all() and (fields[0].xpl == rock.xpl).all()
    with pytest.raises(FileNotFoundError, match="zirconkit fetch thin_sections"):
        thin_sections.find(tmp_path / "none")


def test_a_field_is_shrunk_to_the_networks_scale():
    assert factor_of((1200, 1600, 3)) == 0.25
    assert factor_of((1200, 1600, 3), um_per_px=1.5) == 0.5
    assert factor_of((100, 120, 3)) == 1 == factor_of((100, 120, 3), um_per_px=9)


def test_the_other_sets_files_have_their_place_and_address():
    rows = files.set_registry("thin_sections")
    assert len(rows) == 60 and rows["file"].is_unique
    assert set(rows["file"].str.split("/").str[0]) == {"paralelos", "cruzados", "masks"}
    assert rows["url"].str.startswith("https://").all() and rows["sha256"].str.len().eq(64).all()
    with pytest.raises(ValueError, match="no data set rocks"):
        files.set_registry("rocks")


def test_what_is_there_and_verified_is_not_fetched_again(tmp_path, monkeypatch):
    if not REAL.is_dir():
        pytest.skip("needs the real fields beside ZIRCONKIT_DATA")
    shutil.copytree(REAL, tmp_path, dirs_exist_ok=True, copy_function=os.symlink)
    asked = []
    monkeypatch.setattr(files, "_fetch_one", lambda path, *rest: asked.append(path.name))
    for folder in ("", "paralelos", "cruzados", "masks"):
        (tmp_path / folder).chmod(0o755)
    files.fetch_set("thin_sections", tmp_path, progress=False)
    assert len(asked) == 12 and {name.split("_")[0] for name in asked} == {"9a", "9b", "10a", "11a"}


# ---------------------------------------------------------------- the command


@pytest.fixture
def photographs(tmp_path, rock):
    paths = tmp_path / "f.png", tmp_path / "x.png"
    for path, image in zip(paths, (rock.ppl, rock.xpl)):
        cv2.imwrite(str(path), image[..., ::-1])
    return paths


def refused(capsys, *words):
    """The sentence that a command ends with."""
    assert main(["segment", *map(str, words), "--task", "phases"]) == 1
    text = capsys.readouterr().err.strip()
    assert "\n" not in text and "Traceback" not in text
    return text


def test_bad_photographs_are_refused_in_a_sentence_and_nothing_is_written(tmp_path, photographs, capsys):
    ppl, xpl = photographs
    out = tmp_path / "out"
    grey, small = tmp_path / "grey.png", tmp_path / "small.png"
    cv2.imwrite(str(grey), cv2.imread(str(xpl), cv2.IMREAD_GRAYSCALE))
    cv2.imwrite(str(small), cv2.imread(str(xpl))[:100])
    assert "grey.png is grey" in refused(capsys, ppl, "--xpl", grey, "--out", out)
    assert "200×160" in refused(capsys, ppl, "--xpl", small, "--out", out)
    assert "does not exist" in refused(capsys, ppl, "--xpl", tmp_path / "none.png", "--out", out)
    assert "by --method network" in refused(capsys, ppl, "--xpl", xpl, "--method", "watershed", "--out", out)
    assert "one field" in refused(capsys, ppl, small, "--xpl", xpl, "--out", out)
    assert main(["segment", str(ppl), "--xpl", str(xpl), "--out", str(out)]) == 1  # grains: what would it be for?
    assert "--task phases" in capsys.readouterr().err
    assert not out.exists()


def full_disk(*_, **__):
    raise OSError(28, "No space left on device")


def test_the_command_writes_phases_overlay_and_modes(tmp_path, photographs, rock, capsys, monkeypatch):
    ppl, xpl = photographs
    out = tmp_path / "out"
    words = ["segment", ppl, "--xpl", xpl, "--method", "network", "--task", "phases", "--um-per-px", "3", "--out", out]
    assert main(list(map(str, words))) == 0
    assert "grown fields" in capsys.readouterr().out
    found = cv2.imread(str(out / "f/phases.png"), cv2.IMREAD_UNCHANGED)
    assert found.dtype == np.uint8 and found.shape == rock.phases.shape and found.max() < 5
    assert (found == rock.phases).mean() > 0.6  # this rock was not learned from
    table = pd.read_csv(out / "f/modes.csv")
    np.testing.assert_allclose(table["area_percent"], thin_sections.shares(found), atol=0.01)
    assert ((table["low"] <= table["area_percent"]) & (table["area_percent"] <= table["high"])).all()
    assert cv2.imread(str(out / "f/overlay.png")).shape == rock.ppl.shape
    before = (out / "f/modes.csv").read_bytes()
    monkeypatch.setattr(pd.DataFrame, "to_csv", full_disk)
    assert "make room" in refused(capsys, ppl, "--xpl", xpl, "--out", out)
    assert (out / "f/modes.csv").read_bytes() == before and sorted(os.listdir(out)) == ["f"]
    monkeypatch.undo()
    other = files.Path(thin_sections.shipped()).with_name("grains.npz")
    text = refused(capsys, ppl, "--xpl", xpl, "--weights", other, "--out", out)
    assert "another network" in text
    text = refused(capsys, ppl, "--out", out)
    assert "--xpl FILE" in text


def test_lights_are_fused_early_or_late_and_weights_come_back_as_they_were_stored(tmp_path):
    from zirconkit.networks import phases

    image = np.random.default_rng(0).random((1, 32, 48, 6)).astype(np.float32)
    photograph = np.concatenate([image[..., :3]] * 2, axis=-1)
    early = phases.encoder(6)(photograph)
    alone = phases.encoder(3)(photograph[..., :3])
    for one, other in zip(early, alone):  # twice the same photograph is that photograph
        np.testing.assert_allclose(one, other, atol=1e-3)
    kind = phases.Kind("xpl")
    model = phases.network(kind, pretrained=False)
    (tmp_path / "xpl.npz").write_bytes(phases.packed(model, kind, {"learned from": "nothing"}))
    loaded, same, card = phases.load(tmp_path / "xpl.npz")
    assert same == kind and card == {"learned from": "nothing"}
    np.testing.assert_allclose(loaded(image[..., :3]), model(image[..., :3]), atol=5e-3)
    odd = phases.probabilities(loaded, np.uint8(255 * image[0, :21, :37, :3]), turns=1)
    assert odd.shape == (21, 37, 5) and odd.sum(axis=-1) == pytest.approx(1, abs=1e-3)


def test_what_is_shipped_says_which_light_carries_the_phases():
    table = pd.read_csv(samples.DATA / "results/thin_sections_lights.csv").set_index("way")
    assert (table["n_sections"] == 8).all()
    behind = table["mean_jaccard_less_both_high"] < 0
    assert behind["ppl"] and behind["both_late_from_nothing"] and not behind["xpl"] and not behind["both_early"]


def test_on_sections_left_out_the_network_beats_the_forest_in_pairs():
    table = pd.read_csv(samples.DATA / "results/thin_sections.csv").set_index("method")
    network, forest_row, less = table.loc["network"], table.loc["forest"], table.loc["network_less_forest"]
    for score in ("accuracy", "mean_jaccard"):
        assert less[f"{score}_low"] > 0
        assert less[score] == pytest.approx(network[score] - forest_row[score], abs=0.0021)
    assert table.loc["grown_only", "accuracy"] < table.loc["all_background", "accuracy"] + 0.02  # no use on real rocks
