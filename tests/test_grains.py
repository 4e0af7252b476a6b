"""Crops, splits and files: nothing moves, nothing leaks, nothing is lost."""

from dataclasses import replace

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
            {
                "sample": name,
                "grain": k + 1,
                "class_name": row.class_name,
                "flags": "" if k else "seam;dim",
                "area_px": 500.5 + k,
            }
            for name, row in sheet.iterrows()
            for k in range(n_per_sample)
        ]
    )
    images = np.repeat(np.arange(len(table), dtype=np.uint8), size * size).reshape(-1, size, size, 1)
    return gr.Grains(images, np.ones(images.shape[:3], bool), table)


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
    table = pd.DataFrame([{"grain": 1, "row_min": 8, "col_min": 8, "row_max": 22, "col_max": 24}])
    images, inside = gr.cut(image, labels, table, size=30, square=30)
    plain = images[0, ..., 0]
    masked = gr.cut(image, labels, table, size=30, square=30, mask_neighbours=True)[0][0, ..., 0]
    assert (plain == 200).sum() == 40 and (plain > 0).sum() == 14 * 16
    assert (masked > 0).sum() == 100 and masked.max() == 50
    assert np.array_equal(inside[0], masked > 0)


def test_grains_of_embedded_mounts_are_where_the_table_says():
    mount = mounts.embedded()[-1]
    grains = gr.from_mounts([mount], size=90, progress=False)
    image = mount.image()
    assert grains.images.shape == (len(grains), 90, 90, 1) and len(grains) > 20
    assert set(grains.table["sample"]) == {mount.sample} and (grains.y == (mount.class_name == "porphyry")).all()
    for picture, row in zip(grains.images, grains.table.itertuples()):
        box = image[row.row_min : row.row_max, row.col_min : row.col_max]
        if max(box.shape) <= 90:
            assert picture.sum(dtype=int) == box.sum(dtype=int)
    with pytest.raises(ValueError, match="no mounts"):
        gr.from_mounts([])
    one, other, *_ = mounts.embedded()
    with pytest.raises(ValueError, match="some of the mounts have 1 channel, others 3"):
        gr.from_mounts([one, replace(other, channels=3)])


def test_a_zoned_grain_is_an_image_of_90_px():
    found = mounts.embedded()
    one, other = (gr.zoned(found, seed) for seed in (1, 2))
    assert one.image.shape == (90, 90) and one.image.dtype == np.uint8 and one.image.max() > 60
    assert not np.array_equal(one.image, other.image) and one.sample == other.sample == "QVC055"
    bright = np.argwhere(one.image > 100)
    shown = np.argwhere(one.image > 0)
    assert (bright.min(axis=0) - shown.min(axis=0) >= 3).all()  # no flank is cut


def test_classes_need_a_label():
    grains = make()
    assert grains.y.sum() == 9 * 6 and set(grains.y) == {0, 1}
    names = [None] * 6 + list(grains.table["class_name"][6:])
    nameless = gr.Grains(grains.images, grains.masks, grains.table.assign(class_name=names))
    with pytest.raises(ValueError, match="QVC009"):
        _ = nameless.y
    with pytest.raises(ValueError, match="uint8"):
        gr.Grains(grains.images.astype(float), grains.masks, grains.table)


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


def test_level_and_even_is_what_its_two_steps_give_and_leaves_the_surroundings_out():
    (image, mask), (other, turned) = ellipse(30, grey=40), ellipse(100, grey=90)
    images, masks = np.stack([image, other]), np.stack([mask, turned])
    table = pd.DataFrame({"sample": ["a", "b"], "class_name": ["porphyry", "batholith"]})
    around = gr.Grains(np.where(masks[..., None], images, 25).astype(np.uint8), masks, table)
    level = gr.level_and_even(around, 48)
    assert np.array_equal(level.images, gr.align(gr.normalise_exposure(images, masks), masks, 48))
    ellipse_share = np.pi / 4 * 0.92 * 0.46  # of the square; a mask has the pixels on its outline, too
    assert ellipse_share < level.masks.mean() < 1.15 * ellipse_share
    assert not level.images[~level.masks].any()


def test_the_published_split_holds_out_the_papers_test_and_draws_as_many_as_the_paper_had():
    names = ["QVC055"] * 10 + ["QVC075"] * 8 + ["QVC009"] * 60 + ["QVC082"] * 30
    table = pd.DataFrame({"sample": names, "row": range(108)})
    table["class_name"] = np.where(table["sample"].isin(["QVC055", "QVC009"]), "porphyry", "batholith")
    grains = gr.Grains(np.zeros((108, 4, 4, 1), "uint8"), np.ones((108, 4, 4), bool), table)
    learning, test = gr.published_split(grains, 45)
    assert set(test.table["sample"]) == {"QVC055", "QVC075"} and len(test) == 18
    assert learning.table["sample"].value_counts().to_dict() == {"QVC009": 30, "QVC082": 15}
    assert learning.table["row"].is_monotonic_increasing and learning.table["row"].is_unique
    pd.testing.assert_frame_equal(gr.published_split(grains, 45)[0].table, learning.table)
    assert len(gr.published_split(grains)[0]) == 90
    with pytest.warns(UserWarning, match="holding out QVC055 would leave one side without a class"):
        learning, test = gr.test_split(grains[np.r_[0:10, 18:108]])  # the other test sample is not here
    assert len(test) == 20 and set(test.y) == {0, 1}


def test_the_sheets_role_decides_what_the_test_is():
    grains = make()
    grains.table["role"] = np.where(grains.table["sample"].isin(["QVC009", "QVC082"]), "test", "train")
    learning, test = gr.test_split(grains)
    assert set(test.table["sample"]) == {"QVC009", "QVC082"}  # and not the paper's, which are learned from
    assert {"QVC055", "QVC075"} <= set(learning.table["sample"])


def test_without_test_samples_a_share_of_each_class_is_the_test():
    grains = make()
    grains.table["sample"] = "own"
    learning, test = gr.test_split(grains, 0.25, seed=3)
    assert len(learning) + len(test) == len(grains) and len(test) == round(len(grains) / 4)
    assert test.y.mean() == pytest.approx(grains.y.mean(), abs=0.03)


def test_classes_are_sorted_and_stay_when_one_is_left_out():
    table = pd.DataFrame({"sample": "s", "class_name": ["skarn", "barren", "vein", "barren"]})
    grains = gr.Grains(np.zeros((4, 8, 8, 3), np.uint8), np.ones((4, 8, 8), bool), table)
    assert grains.classes == ("barren", "skarn", "vein") and grains.y.tolist() == [1, 0, 2, 0]
    assert grains[[2, 1]].classes == grains.classes and grains[[2, 1]].y.tolist() == [2, 0]
    assert grains.x.shape == (4, 8, 8, 3)
    for wrong in (("vein", "skarn", "barren"), ("barren", "skarn")):
        with pytest.raises(ValueError, match="classes must be sorted and hold all"):
            gr.Grains(grains.images, grains.masks, table, wrong)
    assert gr.Grains(grains.images, grains.masks, table.assign(class_name="porphyry")).y.tolist() == [1] * 4
    with pytest.raises(ValueError, match="masks must be bool"):
        gr.Grains(grains.images, grains.masks[:, :4], table)


def test_masks_say_where_the_grain_is_at_any_size():
    mount = mounts.embedded()[-1]
    whole = gr.from_mounts([mount], size=160, square=160, progress=False)
    assert whole.masks.sum(axis=(1, 2)).tolist() == whole.table["area_px"].tolist()
    small = gr.resize(whole, 40)
    alone = gr.resize(whole.with_images(whole.images * whole.masks[..., None]), 40)
    assert not alone.images[~small.masks].any()
    assert (small.masks.sum(axis=(1, 2)) >= whole.masks.sum(axis=(1, 2)) / 16).all()


def test_several_parts_are_put_together_in_their_order():
    grains = make(2)
    again = gr.concatenate([grains[:5], grains[5:]])
    assert np.array_equal(again.images, grains.images) and again.table.equals(grains.table)


@pytest.mark.parametrize("channels", [1, 3])
def test_a_folder_keeps_colours_masks_and_classes(tmp_path, channels):
    rng = np.random.default_rng(0)
    table = pd.DataFrame({"sample": "s", "class_name": ["a", "b", "a"], "flags": ""})
    images = rng.integers(0, 255, (3, 9, 9, channels), dtype=np.uint8)
    grains = gr.Grains(images, rng.random((3, 9, 9)) < 0.5, table, ("a", "b", "c"))
    gr.save(grains, tmp_path / "set")
    gr.save_npz(grains, tmp_path / "set.npz")
    for again in (gr.load(tmp_path / "set"), gr.load_npz(tmp_path / "set.npz")):
        assert np.array_equal(again.images, images) and np.array_equal(again.masks, grains.masks)
        assert again.classes == ("a", "b", "c")
    with pytest.raises(ValueError, match="use save_npz"):
        gr.save(gr.Grains(np.zeros((3, 9, 9, 5), np.uint8), grains.masks, table), tmp_path / "five")


class Told:
    """A mount of two grains whose truth is known: the second is a contaminant."""

    sample = "one"

    def truth(self):
        labels = np.zeros((10, 20), int)
        labels[2:8, 2:8] = 1
        labels[2:8, 11:18] = 2
        return labels

    def truth_table(self):
        return pd.DataFrame({"grain": [1, 2], "contaminant": [False, True]})


class Untold(Told):
    sample = "other"

    def truth_table(self):
        return None


def test_contaminants_are_those_of_the_truth():
    boxes = [(1, 1, 9, 9), (1, 10, 9, 19), (1, 6, 9, 19), (0, 0, 2, 2), (1, 10, 9, 19)]
    table = pd.DataFrame(boxes, columns=["row_min", "col_min", "row_max", "col_max"])
    table["sample"] = ["one"] * 4 + ["other"]
    assert gr.contaminants([Told(), Untold()], table).tolist() == [False, True, True, False, False]
