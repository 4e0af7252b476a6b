"""Images of any depth, colour, page and contrast; what is printed over them; the scale that their files tell."""

import io

import cv2
import numpy as np
import pytest
import tifffile
from PIL import Image, PngImagePlugin

from zirconkit import mounts, segmentation
from zirconkit.mounts import overlays, scales

MOUNT = mounts.embedded()[1]
CROP = np.s_[100:600, 300:1000]


@pytest.fixture(scope="module")
def grey():
    """A piece of a grown mount, with some forty grains: uint8, 500 x 700."""
    return MOUNT.image()[CROP]


def save(folder, image, name="image.png"):
    path = folder / name
    path.write_bytes(cv2.imencode(path.suffix, image)[1])
    return path


# ---------------------------------------------------------------- depth and colour


@pytest.mark.parametrize("bits", [9, 10, 12, 13])
@pytest.mark.parametrize("ending", [".png", ".tif"])
def test_few_bits_in_16_are_spread_over_256_levels(tmp_path, grey, bits, ending):
    picture = mounts.read(save(tmp_path, grey.astype(np.uint16) << (bits - 8), f"few{ending}"))
    assert np.abs(picture.grey.astype(int) - grey * (255 / grey.max())).max() <= 1
    (note,) = picture.notes
    assert "16-bit numbers from" in note and "spread over 256 grey levels" in note


def test_a_pedestal_is_taken_off(tmp_path, grey):
    picture = mounts.read(save(tmp_path, grey.astype(np.uint16) * 16 + 30_000))
    assert picture.grey.min() == 0 and picture.grey.max() == 255


def test_16_bits_that_use_their_range_are_cut_as_the_recipe_does(tmp_path, grey):
    path = save(tmp_path, np.dstack([grey.astype(np.uint16) * 257] * 3))
    picture = mounts.read(path)
    np.testing.assert_array_equal(picture.grey, cv2.imread(str(path), cv2.IMREAD_GRAYSCALE))
    assert picture.notes == ()


def test_floats_from_0_to_1_are_read_and_others_refused(tmp_path, grey):
    picture = mounts.read(save(tmp_path, (grey / 255).astype(np.float32), "share.tif"))
    np.testing.assert_array_equal(picture.grey, grey)
    assert "numbers from 0 to 1" in picture.notes[0]
    for name, image in {"far.tif": grey * 3.0, "below.tif": grey / 255 - 0.5}.items():
        with pytest.raises(ValueError, match=r"holds float32 numbers from .*: save it as 8-bit or 16-bit grey"):
            mounts.read(save(tmp_path, image.astype(np.float32), name))
    holes = (grey / 255).astype(np.float32)
    holes[5, 5] = np.nan
    with pytest.raises(ValueError, match="numbers that are not finite"):
        mounts.read(save(tmp_path, holes, "holes.tif"))


def test_a_glow_in_one_colour_keeps_its_brightness(tmp_path, grey):
    blue = np.dstack([grey, grey // 8, grey // 8])  # OpenCV's order: blue comes first
    picture = mounts.read(save(tmp_path, blue))
    np.testing.assert_array_equal(picture.grey, grey)
    assert "glows in one colour" in picture.notes[0]
    warm = np.dstack([grey // 2, grey, grey])
    path = save(tmp_path, warm, "warm.png")
    np.testing.assert_array_equal(mounts.read(path).grey, cv2.imread(str(path), cv2.IMREAD_GRAYSCALE))


def test_what_is_transparent_was_not_recorded(tmp_path, grey):
    alpha = np.full_like(grey, 255)
    alpha[:, :200] = 0
    picture = mounts.read(save(tmp_path, np.dstack([grey, grey, grey, alpha])))
    np.testing.assert_array_equal(picture.left_out, alpha == 0)
    assert np.ptp(picture.grey[:, :200]) == 0
    np.testing.assert_array_equal(picture.grey[:, 200:], grey[:, 200:])


def test_each_page_can_be_read(tmp_path, grey):
    path = tmp_path / "stack.tif"
    tifffile.imwrite(path, np.stack([grey[::-1], grey, grey // 2]), photometric="minisblack")
    first = mounts.read(path)
    assert "has 3 pages: page 1 is read, pages 2 to 3 left out" in first.notes[0]
    np.testing.assert_array_equal(mounts.read(path, page=2).grey, grey)
    np.testing.assert_array_equal(mounts.read(path, page=3).grey, grey // 2)
    assert mounts.read(path, page=2).notes == ()
    for page in (4, 0):
        with pytest.raises(ValueError, match=f"has 3 pages, no page {page}"):
            mounts.read(path, page=page)


def test_a_thumbnail_is_no_page(tmp_path, grey):
    path = tmp_path / "small.tif"
    with tifffile.TiffWriter(path) as file:
        file.write(grey, photometric="minisblack")
        file.write(grey[::8, ::8], photometric="minisblack")
    assert mounts.read(path).notes == ()


def test_a_bright_ground_is_noticed_and_inverted(tmp_path, grey):
    path = save(tmp_path, 255 - grey)
    assert "background seems to be the bright phase; if so, --invert" in mounts.read(path).notes[0]
    inverted = mounts.read(path, invert=True)
    np.testing.assert_array_equal(inverted.grey, grey)
    assert inverted.notes == ()


def test_no_upright_mount_seems_inverted_or_printed_over(real_mounts_too):
    for mount in real_mounts_too:
        picture = mount.picture()
        assert picture.notes == () and not picture.left_out.any(), mount.sample


@pytest.fixture
def real_mounts_too(request):
    """The embedded mounts, and the real ones where they are."""
    found = mounts.embedded()
    try:
        folder = request.getfixturevalue("real_mounts")
    except pytest.skip.Exception:
        return found
    return found + [mounts.at(path) for path in sorted(folder.glob("QVC*.png"))]


# ---------------------------------------------------------------- what is printed over an image


def with_bar(grey, ground=0, ink=255, line=False, rows=60):
    """The image with a data bar below it."""
    bar = np.full((rows, grey.shape[1]), ground, np.uint8)
    for x, words in ((10, "HV 5.00 kV"), (170, "WD 10.2 mm"), (330, "mag 250 x"), (500, "400 um")):
        cv2.putText(bar, words, (x, rows // 2 + 8), cv2.FONT_HERSHEY_SIMPLEX, 0.6, ink, 1, cv2.LINE_AA)
    if line:
        bar[:2] = ink
    return np.vstack([grey, bar])


BARS = {
    "white on black": {},
    "black on white": {"ground": 255, "ink": 0},
    "white on grey": {"ground": 90},
    "under a line": {"line": True},
    "tall": {"rows": 110},
}


@pytest.mark.parametrize("kind", BARS)
@pytest.mark.parametrize("on_top", [False, True])
def test_a_data_bar_is_found_to_the_row(grey, kind, on_top):
    image = with_bar(grey, **BARS[kind])
    height = len(image) - len(grey)
    over = overlays.find(image[::-1] if on_top else image)
    over = over[::-1] if on_top else over
    bar, rest = over[-height:], over[:-height]
    assert rest.mean() < 0.001
    marks = np.abs(image[-height:].astype(int) - image[-1, -1]) > 30
    assert bar[marks].all()
    assert bar.mean() > 0.7


@pytest.mark.parametrize("quality", [95, 80])
def test_a_data_bar_in_a_jpeg(tmp_path, grey, quality):
    path = tmp_path / "bar.jpg"
    path.write_bytes(cv2.imencode(".jpg", with_bar(grey), [cv2.IMWRITE_JPEG_QUALITY, quality])[1])
    over = mounts.read(path).left_out
    assert over[-58:].mean() > 0.9 and over[:490].mean() < 0.001


def test_a_scale_bar_and_a_caption_are_left_out_and_the_grains_stay(tmp_path, grey):
    drawn = grey.copy()
    cv2.rectangle(drawn, (450, 455), (649, 466), 255, -1)
    cv2.putText(drawn, "400 um", (510, 490), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 2, cv2.LINE_AA)
    cv2.putText(drawn, "Sample 12A", (20, 30), cv2.FONT_HERSHEY_SIMPLEX, 0.7, 255, 2, cv2.LINE_AA)
    picture = mounts.read(save(tmp_path, drawn))
    assert picture.left_out[455:467, 450:650].all()
    assert picture.left_out[drawn != grey].mean() > 0.97
    assert picture.left_out.mean() < 0.06
    assert picture.notes == (f"{tmp_path / 'image.png'}: a data bar, scale bar or caption is left out",)


def test_a_grain_under_a_bar_is_cut_off_and_none_is_made_of_letters(tmp_path, grey):
    plain = segmentation.segment_mount(mounts.at(save(tmp_path, grey, "plain.png"), um_per_px=2)).table
    barred = segmentation.segment_mount(mounts.at(save(tmp_path, with_bar(grey), "bar.png"), um_per_px=2)).table
    assert not np.isinf(barred.select_dtypes(float)).any(axis=None)
    assert abs(len(barred) - len(plain)) <= 1 and barred["row_max"].max() <= len(grey)
    assert plain["kept"].sum() == barred["kept"].sum()


# ---------------------------------------------------------------- the scale in a file


def tiff(**tags):
    out = io.BytesIO()
    tifffile.imwrite(out, np.zeros((20, 20), np.uint8), photometric="minisblack", **tags)
    return out.getvalue()


def png(dpi=None):
    out = io.BytesIO()
    Image.fromarray(np.zeros((20, 20), np.uint8)).save(out, "PNG", pnginfo=PngImagePlugin.PngInfo(), dpi=dpi)
    return out.getvalue()


def jpeg(dpi):
    out = io.BytesIO()
    Image.fromarray(np.zeros((20, 20), np.uint8)).save(out, "JPEG", dpi=dpi)
    return out.getvalue()


def ome(value, unit):
    xml = (
        '<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06"><Image><Pixels '
        f'PhysicalSizeX="{value}" PhysicalSizeXUnit="{unit}"/></Image></OME>'
    )
    return tiff(description=xml.encode(), metadata=None)


def fei(metres):
    text = f"[User]\r\nUser=supervisor\r\n[Scan]\r\nPixelWidth={metres}\r\nPixelHeight={metres}\r\n"
    return tiff(extratags=[(34682, 2, 0, text, True)], metadata=None)


def tescan(metres):
    text = f"[MAIN]\r\nPixelSizeX={metres}\r\nPixelSizeY={metres}\r\n".encode()
    return tiff(extratags=[(50431, 1, len(text), text, True)], metadata=None)


def zeiss(value, unit):
    text = f"\r\nAP_IMAGE_PIXEL_SIZE\r\nImage Pixel Size = {value} {unit}\r\n".encode("cp1252")
    return tiff(extratags=[(34118, 1, len(text), text, True)], metadata=None)


def imagej(um_per_px, unit):
    out = io.BytesIO()
    resolution = (1 / um_per_px, 1 / um_per_px)
    tifffile.imwrite(out, np.zeros((20, 20), np.uint8), imagej=True, resolution=resolution, metadata={"unit": unit})
    return out.getvalue()


def per_inch(um_per_px):
    return (25400 / um_per_px, 25400 / um_per_px)


TOLD = {
    "TIFF, per centimetre": (tiff(resolution=(8000, 8000), resolutionunit="CENTIMETER"), 1.25),
    "TIFF, per inch": (tiff(resolution=per_inch(0.7), resolutionunit="INCH"), 0.7),
    "ImageJ, um": (imagej(0.5, "um"), 0.5),
    "ImageJ, micron": (imagej(0.5, "micron"), 0.5),
    "ImageJ, nm": (imagej(350.0, "nm"), 0.35),
    "ImageJ, mm": (imagej(0.002, "mm"), 2.0),
    "OME, um": (ome(0.65, "µm"), 0.65),
    "OME, nm": (ome(650, "nm"), 0.65),
    "FEI": (fei(6.2e-8), 0.062),
    "TESCAN": (tescan(1.5e-6), 1.5),
    "Zeiss, nm": (zeiss(820.5, "nm"), 0.8205),
    "Zeiss, um": (zeiss(1.2, "µm"), 1.2),
    "PNG": (png(dpi=per_inch(1.95)), 1.95),
    "JPEG": (jpeg(dpi=(12700, 12700)), 2.0),
}
NOT_TOLD = {
    "nothing": tiff(),
    "pixels that are not square": tiff(resolution=(8000, 4000), resolutionunit="CENTIMETER"),
    "a resolution without a unit": tiff(resolution=(8000, 8000), resolutionunit="NONE"),
    "too fine": fei(1e-9),
    "too coarse": fei(1e-4),
    "a zero": fei(0),
    "no number": fei("unknown"),
    "OME without its size": ome("", "µm"),
    "OME in pixels": ome(2, "pixel"),
    "PNG without": png(),
    **{f"TIFF for {dpi} dpi": tiff(resolution=(dpi, dpi), resolutionunit="INCH") for dpi in scales.DPI},
    **{f"PNG for {dpi} dpi": png(dpi=(dpi, dpi)) for dpi in scales.DPI},
}


def told(data):
    return scales.scale_in_file(data, Image.open(io.BytesIO(data)))


@pytest.mark.parametrize("kind", TOLD)
def test_the_scale_that_a_file_tells(kind):
    data, um_per_px = TOLD[kind]
    assert told(data) == pytest.approx(um_per_px, rel=2e-3)


@pytest.mark.parametrize("kind", NOT_TOLD)
def test_what_is_no_scale(kind):
    assert told(NOT_TOLD[kind]) is None


def test_sheet_then_option_then_file(tmp_path, grey):
    path = tmp_path / "S1.png"
    Image.fromarray(grey).save(path, dpi=per_inch(1.5))

    def scale(**known):
        return segmentation.segment_mount(mounts.at(path, **known)).um_per_px

    assert scale() == pytest.approx(1.5, rel=1e-3)
    assert scale(um_per_px=3.0) == 3.0
    (tmp_path / "samples.csv").write_text("sample;class;um_per_px\nS1;skarn;2,5\n")
    assert scale(um_per_px=3.0) == scale() == 2.5
