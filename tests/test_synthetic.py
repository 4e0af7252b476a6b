"""A synthetic mount must be reproducible, its truth exact, its artefacts those measured on the real mounts."""

import cv2
import numpy as np
import pandas as pd
import pytest
from scipy import ndimage, stats

from zirconkit import samples, synthetic
from zirconkit.synthetic import __main__ as command
from zirconkit.synthetic import crystals, scanning

FOLDER = samples.DATA / "mounts"


@pytest.fixture(scope="module")
def mount():
    return synthetic.grow_mount("QVC082")


@pytest.fixture(scope="module")
def porphyry():
    """The embedded QVC055: image and labels."""
    return cv2.imread(str(FOLDER / "QVC055.png"), -1), cv2.imread(str(FOLDER / "truth/QVC055.png"), -1).astype(int)


def test_embedded_mount_is_what_grows(mount):
    image, labels = (cv2.imread(str(FOLDER / name), -1) for name in ("QVC082.png", "truth/QVC082.png"))
    assert image.dtype == np.uint8 and image.ndim == 2 and labels.dtype == np.uint16
    assert np.array_equal(labels, mount.labels)
    assert np.mean(np.abs(image.astype(int) - mount.image) <= 1) >= 0.999
    pd.testing.assert_frame_equal(pd.read_csv(FOLDER / "truth/QVC082.csv"), mount.grains, check_dtype=False)


def test_embedded_mounts_are_small():
    assert sorted(path.stem for path in FOLDER.glob("*.png")) == list(synthetic.EMBEDDED)
    assert sum(path.stat().st_size for path in FOLDER.rglob("*") if path.is_file()) < 6e6


def test_same_seed_same_bytes_other_seed_other_mount(mount):
    again, other = synthetic.grow_mount("QVC082"), synthetic.grow_mount("QVC082", seed=1)
    assert again.image.tobytes() == mount.image.tobytes() and again.labels.tobytes() == mount.labels.tobytes()
    assert again.grains.to_csv() == mount.grains.to_csv()
    assert not np.array_equal(mount.labels > 0, other.labels > 0)
    assert other.image.shape == mount.image.shape and other.labels.max() == mount.labels.max()


def test_save_writes_the_contracted_layout(mount, tmp_path):
    synthetic.save(mount, tmp_path)
    written = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file())
    assert written == ["QVC082.png", "truth/QVC082.csv", "truth/QVC082.png"]
    assert np.array_equal(cv2.imread(str(tmp_path / "QVC082.png"), -1), mount.image)
    assert np.array_equal(cv2.imread(str(tmp_path / "truth/QVC082.png"), -1), mount.labels)


def test_one_command_writes_the_embedded_mounts(mount, monkeypatch, tmp_path):
    monkeypatch.setattr(synthetic, "grow_mount", lambda name: mount._replace(name=name))
    monkeypatch.setattr(samples, "DATA", tmp_path)
    command.main()
    written = {path.stem for path in (tmp_path / "mounts").rglob("*") if path.is_file()}
    assert written == set(synthetic.EMBEDDED)


def test_one_artefact_less_leaves_the_grains(mount, monkeypatch):
    monkeypatch.setattr(synthetic.mounts, "scratch", lambda image, rng: None)
    monkeypatch.setattr(synthetic.scanning, "burn", lambda *arguments: None)
    bare = synthetic.grow_mount("QVC082")
    assert not np.array_equal(bare.image, mount.image)
    assert np.array_equal(bare.labels, mount.labels)
    pd.testing.assert_frame_equal(bare.grains, mount.grains)


def test_truth_is_complete(mount):
    recipe, table = synthetic.SAMPLES.loc["QVC082"], mount.grains
    assert mount.image.shape == mount.labels.shape == (recipe.height, recipe.width)
    assert list(table["grain"]) == list(range(1, int(recipe.n_grains) + 1))
    assert np.array_equal(np.bincount(mount.labels.ravel())[1:], table["area_px"]) and table["area_px"].min() >= 100
    assert set(table["class_name"][~table["contaminant"]]) == {"batholith"}
    assert np.allclose(table["wavelength_um"], 2 * table["wavelength_px"], equal_nan=True)
    assert (table["wavelength_px"].notna() == (table["zoning"] == "oscillatory")).all()
    inside = mount.labels[table["row"].round().astype(int), table["col"].round().astype(int)]
    assert np.mean(inside == table["grain"]) > 0.9  # but for a crescent or two, a grain's centre lies in the grain


def test_recipes_name_every_sample_and_share():
    recipes = synthetic.SAMPLES
    assert list(recipes.index) == list(samples.sheet().index)
    assert (recipes[["sector", "patchy", "unzoned"]].sum(axis=1) <= 1).all()
    assert (recipes[["bright_rim", "dark_rim"]].sum(axis=1) <= 1).all()
    with pytest.raises(ValueError, match="QVC999"):
        synthetic.grow_mount("QVC999")


def test_missing_tiles_are_black_tiles_of_500_px(mount):
    recipe = synthetic.SAMPLES.loc["QVC082"]
    missing = cv2.morphologyEx((mount.image == 0).astype(np.uint8), cv2.MORPH_OPEN, np.ones((41, 41))) > 0
    assert missing.mean() == pytest.approx(recipe.missing, abs=0.06)
    assert not mount.labels[missing].any() and not mount.image[missing].any()
    rows, columns = (np.flatnonzero(np.diff(missing.astype(int), axis=a).any(axis=1 - a)) + 1 for a in (0, 1))
    assert set(rows % 500) <= {recipe.phase_row} and set(columns % 500) <= {recipe.phase_col}


def test_tiles_cover_the_mount_once_and_lack_no_more_than_the_recipe_allows():
    for name, recipe in synthetic.SAMPLES.iterrows():
        cells = scanning.tiles(recipe, np.random.default_rng(0))
        seen = np.zeros((recipe.height, recipe.width), int)
        for tile in cells:
            seen[tile.window] += 1
        assert (seen == 1).all(), name
        assert 1 - scanning.recorded(cells, recipe).mean() <= 1.1 * recipe.missing, name


def test_a_mount_of_one_column_of_tiles_charges_too():
    cells = [scanning.Tile(slice(top, top + 500), slice(0, 400)) for top in (0, 500)]
    assert scanning.charged_tiles(cells) == ([0, 1], [])


def test_seams_are_bright_lines_500_px_apart(porphyry):
    image, labels = porphyry
    recipe = synthetic.SAMPLES.loc["QVC055"]
    resin = np.where((cv2.dilate((labels > 0).astype(np.uint8), np.ones((25, 25))) > 0) | (image == 0), np.nan, image)
    for axis, phase in ((1, recipe.phase_row), (0, recipe.phase_col)):
        before, line, after = (np.roll(resin, by, axis=1 - axis) for by in (1, 0, -4))
        ridge = np.nan_to_num(line - (before + after) / 2).mean(axis=axis)[
            5:-5
        ]  # over the full length, so short ones fade
        seams = np.sort(np.argsort(ridge)[-2:] + 5)
        assert seams[1] - seams[0] in (500, 1000) and set(seams % 500) == {phase}
        assert 0.5 < ridge[seams - 5].mean() < 6


def test_noise_grows_with_grey(monkeypatch):
    """Variance 0.1 + 0.035 grey, and 1/12 from rounding, in the resin and in grains made homogeneous for this."""
    monkeypatch.setattr(crystals, "texture", lambda section, *others: np.ones_like(section.x))
    flat = synthetic.grow_mount("QVC055")
    image = flat.image.astype(float)
    noise = (image[:, 1:-1] - (image[:, :-2] + image[:, 2:]) / 2) / np.sqrt(
        1.5
    )  # blind to whatever is linear along a row
    plain = flat.grains.query("core == rim == 'none' and fractures == inclusions == stages == 0")
    resin = (ndimage.distance_transform_edt(flat.labels == 0) > 30) & (image > 0) & (image < 8)
    for where in (resin, ndimage.distance_transform_edt(np.isin(flat.labels, plain["grain"])) > 8):
        where = where[:, 1:-1]
        assert where.sum() > 2000
        spread = stats.trim_mean(noise[where] ** 2, 0.001)
        assert spread == pytest.approx(0.1 + 0.035 * image[:, 1:-1][where].mean() + 1 / 12, rel=0.1)


def test_halo_decays_as_on_the_real_mount(porphyry):
    """QVC055 has 36, 18, 11 and 7 levels 1 to 4 px outside its grains and 81 % of the plateau 1 px inside."""
    image, labels = porphyry
    outside = np.rint(ndimage.distance_transform_edt(labels == 0))
    inside = np.rint(ndimage.distance_transform_edt(labels > 0))
    halo = np.array([image[(outside == d) & (image > 0)].mean() for d in (1, 2, 3, 4)])
    assert np.allclose(halo, [36, 18, 11, 7], rtol=0.2)
    assert image[inside == 1].mean() / image[inside == 4].mean() == pytest.approx(0.81, abs=0.04)


def test_grains_touch_as_often_as_on_the_real_mount(porphyry):
    _, labels = porphyry
    near = ndimage.maximum_filter(labels, 5)
    low = ndimage.minimum_filter(np.where(labels > 0, labels, labels.max() + 1), 5)
    meets = (labels > 0) & ((near != labels) | (low != labels))
    share = len(np.unique(labels[meets])) / labels.max()
    assert 0.15 < share < 0.45  # real: 0.28


def test_charging_lifts_the_right_of_qvc075():
    image = cv2.imread(str(FOLDER / "QVC075.png"), -1)
    rows = np.median(image[:, -220:], axis=1)
    assert 16 < np.median(rows) < 26 and np.median(image[300:600, 200:600]) < 8
    streaked = image[760:, 680:1160]
    assert np.ptp(np.median(streaked, axis=1)) > 8 and 5 < np.median(streaked) < 25
