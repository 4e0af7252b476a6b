"""Crops, splits and files: nothing moves, nothing leaks, nothing is lost."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zirconkit import grains as gr
from zirconkit import mounts, samples


def make(n_per_sample=6, size=16):
    """Grains of all labelled samples of Table 1, each image filled with its row's number."""
    sheet = samples.sheet().query("role != 'unused'")
    table = pd.DataFrame(
        [
            {"sample": name, "grain": k + 1, "label": row.label, "flags": "" if k else "seam;dim", "area_px": 500.5 + k}
            for name, row in sheet.iterrows()
            for k in range(n_per_sample)
        ]
    )
    images = np.repeat(np.arange(len(table), dtype=np.uint8), size * size).reshape(-1, size, size, 1)
    return gr.Grains(images, table)


@given(st.integers(1, 140), st.integers(1, 140), st.integers(8, 100))
def test_fit_square_keeps_the_centre_and_pads_with_zeros(height, width, size):
    image = 1 + np.arange(height * width).reshape(height, width)
    square = gr.fit_square(image, size)
    assert square.shape == (size, size)
    # Undo the padding and the cropping by hand: what is left is one window about the centre.
    rows, columns = (min(n, size) for n in image.shape)
    top, left = ((n - k) // 2 for n, k in zip(image.shape, (rows, columns)))
    inner = square[(size - rows) // 2 :, (size - columns) // 2 :][:rows, :columns]
    assert np.array_equal(inner, image[top : top + rows, left : left + columns])
    assert (square > 0).sum() == rows * columns


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 30), st.integers(0, 30), st.integers(1, 30), st.integers(1, 30))
def test_crop_cuts_the_box_and_copies(row, column, height, width):
    image = np.arange(64 * 64, dtype=np.uint16).reshape(64, 64)
    window = gr.crop(image, (row, column, row + height, column + width))
    assert window.shape == (height, width) and window[0, 0] == image[row, column]
    window[:] = 0
    assert image[63, 63] == 64 * 64 - 1 and image[row, column] == row * 64 + column


def test_masking_neighbours_leaves_only_the_grain():
    image = np.full((40, 40), 50, np.uint8)
    labels = np.zeros((40, 40), int)
    labels[10:20, 10:20], labels[10:20, 20:24] = 1, 2
    image[labels == 2] = 200
    table = pd.DataFrame([{"label": 1, "row_min": 8, "col_min": 8, "row_max": 22, "col_max": 24}])
    plain = gr.cut(image, labels, table, size=30, square=30)[0, ..., 0]
    masked = gr.cut(image, labels, table, size=30, square=30, mask_neighbours=True)[0, ..., 0]
    assert (plain == 200).sum() == 40 and (plain > 0).sum() == 14 * 16
    assert (masked > 0).sum() == 100 and masked.max() == 50


def test_grains_of_embedded_mounts_are_where_the_table_says():
    mount = mounts.embedded()[-1]
    grains = gr.from_mounts([mount], size=90, progress=False)
    image = mount.image()
    assert grains.images.shape == (len(grains), 90, 90, 1) and len(grains) > 20
    assert set(grains.table["sample"]) == {mount.sample} and (grains.y == (mount.label == "porphyry")).all()
    for picture, row in zip(grains.images, grains.table.itertuples()):
        box = image[row.row_min : row.row_max, row.col_min : row.col_max]
        if max(box.shape) <= 90:
            assert picture.sum(dtype=int) == box.sum(dtype=int)
    with pytest.raises(ValueError, match="no mounts"):
        gr.from_mounts([])


def test_an_example_is_a_zoned_grain_of_90_px():
    picture = gr.example(seed=1)
    assert picture.shape == (90, 90) and picture.dtype == np.uint8 and picture.max() > 60
    assert not np.array_equal(picture, gr.example(seed=2))


def test_classes_need_a_label():
    grains = make()
    assert grains.y.sum() == 9 * 6 and set(grains.y) == {0, 1}
    nameless = gr.Grains(grains.images, grains.table.assign(label=[None] * 6 + list(grains.table["label"][6:])))
    with pytest.raises(ValueError, match="QVC009"):
        _ = nameless.y
    with pytest.raises(ValueError, match="uint8"):
        gr.Grains(grains.images.astype(float), grains.table)


@pytest.mark.parametrize("split", [gr.stratified_split, gr.test_split])
def test_splits_lose_and_double_nothing(split):
    grains = make()
    rest, aside = split(grains)
    together = np.concatenate([rest.images[:, 0, 0, 0], aside.images[:, 0, 0, 0]])
    assert sorted(together) == list(range(len(grains)))
    # Images and rows stay together: image k belongs to row k of the whole set.
    for part in (rest, aside):
        assert part.table["area_px"].tolist() == grains.table["area_px"].iloc[part.images[:, 0, 0, 0]].tolist()


def test_stratified_split_keeps_the_shares_and_test_split_the_samples():
    grains = make()
    _, aside = gr.stratified_split(grains, 0.25)
    assert aside.y.mean() == pytest.approx(grains.y.mean(), abs=0.02)
    train, test = gr.test_split(grains)
    assert set(test.table["sample"]) == {"QVC055", "QVC075"}
    assert not set(train.table["sample"]) & set(test.table["sample"])
    with pytest.raises(ValueError, match="QVC999"):
        gr.test_split(grains, ["QVC999"])
    with pytest.raises(ValueError, match="nothing is left"):
        gr.test_split(test)


def test_folder_and_npz_bring_everything_back(tmp_path):
    grains = make()
    gr.save(grains, tmp_path / "set")
    gr.save_npz(grains, tmp_path / "set.npz")
    for again in (gr.load(tmp_path / "set"), gr.load_npz(tmp_path / "set.npz")):
        assert np.array_equal(again.images, grains.images)
        pd.testing.assert_frame_equal(again.table, grains.table, check_dtype=False)
    with pytest.raises(FileExistsError, match="already"):
        gr.save(grains, tmp_path / "set")
    with pytest.raises(FileNotFoundError, match=r"table\.csv"):
        gr.load(tmp_path)


def test_npz_refuses_pickles(tmp_path):
    np.savez(tmp_path / "bad.npz", images=np.array([{"a": 1}], object), table=np.array("sample"))
    with pytest.raises(ValueError, match="allow_pickle"):
        gr.load_npz(tmp_path / "bad.npz")


def ellipse(angle, major=40, grey=90, side=160):
    """A grain of aspect ratio 2 with a bright edge, turned by an angle in degrees, and its mask."""
    y, x = np.mgrid[:side, :side] - (side - 1) / 2 + 3
    turn = np.radians(angle)
    along, across = x * np.cos(turn) + y * np.sin(turn), y * np.cos(turn) - x * np.sin(turn)
    mask = (along / major) ** 2 + (across / (major / 2)) ** 2 <= 1
    return np.where(mask, np.where(across > -major / 10, grey, 2 * grey), 0).astype(np.uint8)[..., None], mask


@settings(deadline=None, max_examples=40)
@given(st.floats(0, 180), st.integers(20, 60))
def test_aligned_grains_lie_level_whatever_their_turn_and_size(angle, major):
    image, mask = ellipse(angle, major)
    (aligned,) = gr.align(image[None], mask[None], size=64)[..., 0]
    rows, columns = np.nonzero(aligned > 40)
    assert abs(np.ptp(columns) + 1 - 0.92 * 64) <= 2 and abs(np.ptp(rows) + 1 - 0.46 * 64) <= 2.5
    assert abs(columns.mean() - 31.5) < 1 and abs(rows.mean() - 31.5) < 1.5
    (level,) = gr.align(*(each[None] for each in ellipse(0, 40)), size=64)[..., 0].astype(float)
    # A turn by 180 degrees cannot be told from none: the bright edge is on one side or the other.
    assert min(np.abs(level - aligned).mean(), np.abs(level[::-1, ::-1] - aligned).mean()) < 4


def test_exposure_is_gone_after_normalising_and_the_pattern_stays():
    dark, mask = ellipse(30, grey=40)
    bright, _ = ellipse(30, grey=100)
    evened = gr.normalise_exposure(np.stack([dark, bright]), np.stack([mask, mask]))
    assert evened.dtype == np.uint8 and np.array_equal(evened[0], np.where(dark == 40, 127, np.where(dark > 0, 254, 0)))
    assert np.abs(evened[0].astype(int) - evened[1]).max() <= 1


def test_masks_fill_the_holes_that_black_inclusions_leave():
    image, mask = ellipse(10)
    image[70:74, 78:84] = 0
    assert np.array_equal(gr.masks(image[None])[0], mask)


def test_the_published_split_holds_out_what_is_here_and_draws_as_many_as_the_paper_had():
    grains = gr.Grains(
        np.zeros((100, 4, 4, 1), "uint8"),
        pd.DataFrame({"sample": ["QVC055"] * 10 + ["QVC009"] * 60 + ["QVC082"] * 30}).assign(
            label=lambda table: table["sample"].map(
                {"QVC055": "porphyry", "QVC009": "porphyry", "QVC082": "batholith"}
            ),
            row=range(100),
        ),
    )
    learning, test = gr.published_split(grains, 45)
    assert set(test.table["sample"]) == {"QVC055"} and len(test) == 10  # the other test sample is not here
    assert learning.table["sample"].value_counts().to_dict() == {"QVC009": 30, "QVC082": 15}
    assert learning.table["row"].is_monotonic_increasing and learning.table["row"].is_unique
    pd.testing.assert_frame_equal(gr.published_split(grains, 45)[0].table, learning.table)
    learning, test = gr.published_split(grains[10:])
    assert len(learning) == 90 and len(test) == 0
    for few in (grains[:10], grains[:70]):  # the others would be none, or of one class
        learning, test = gr.published_split(few)
        assert len(learning) == len(few) and len(test) == 0
