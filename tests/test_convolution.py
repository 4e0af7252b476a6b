"""Convolution and pooling do what OpenCV, SciPy, scikit-image and Keras do."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.signal import correlate2d
from skimage.measure import block_reduce

from zirconkit.convolution import (
    KERNELS,
    convolve,
    convolve_steps,
    dilated,
    gabor,
    output_size,
    pool,
    receptive_field,
)

RNG = np.random.default_rng(0)
IMAGE = RNG.normal(size=(11, 14))
KERNEL = RNG.normal(size=(3, 5))


def test_it_is_scipys_and_opencvs_correlation():
    assert np.allclose(convolve(IMAGE, KERNEL), correlate2d(IMAGE, KERNEL, mode="valid"))
    same = cv2.filter2D(IMAGE, cv2.CV_64F, KERNEL, borderType=cv2.BORDER_CONSTANT)
    assert np.allclose(convolve(IMAGE, KERNEL), same[1:-1, 2:-2])
    assert np.allclose(convolve(IMAGE, KERNEL[:, :3], padding=1).shape, IMAGE.shape)


def test_a_grey_image_does_not_overflow():
    image = np.full((4, 4), 255, np.uint8)
    assert convolve(image, np.ones((3, 3), int)).tolist() == [[2295.0, 2295.0], [2295.0, 2295.0]]


def test_steps_tell_where_they_are():
    for row, column, patch, value in convolve_steps(IMAGE, KERNEL, stride=2):
        assert np.array_equal(patch, IMAGE[2 * row : 2 * row + 3, 2 * column : 2 * column + 5])
        assert value == pytest.approx((patch * KERNEL).sum())
    assert (row, column) == (4, 4)


def keras_conv(kernel, **how):
    import keras

    strides, padding, dilation = how.get("stride", 1), how.get("padding", 0), how.get("dilation", 1)
    image = np.pad(IMAGE, padding)[None, ..., None].astype("float32")
    weights = kernel[..., None, None].astype("float32")
    out = keras.ops.conv(image, weights, strides, "valid", dilation_rate=dilation)
    return np.asarray(out)[0, ..., 0]


def test_it_is_kerass_convolution_and_pooling():
    import keras

    for stride in (1, 2, 3):
        for padding in (0, 1, 2):
            ours = convolve(IMAGE, KERNEL, stride, padding)
            assert np.allclose(ours, keras_conv(KERNEL, stride=stride, padding=padding), atol=1e-5)
    assert np.allclose(convolve(IMAGE, dilated(KERNEL, 2)), keras_conv(KERNEL, dilation=2), atol=1e-5)
    layer = keras.layers.Conv2D(1, 3, padding="same", use_bias=False)
    layer.build((None, 11, 14, 1))
    layer.set_weights([KERNEL[:, :3, None, None]])
    out = np.asarray(layer(IMAGE[None, ..., None].astype("float32")))[0, ..., 0]
    assert np.allclose(out, convolve(IMAGE, KERNEL[:, :3], padding=1), atol=1e-5)
    for kind, reduce in ((keras.layers.MaxPooling2D, np.max), (keras.layers.AveragePooling2D, np.mean)):
        for size in (2, 3, 4):
            out = np.asarray(kind(size)(IMAGE[None, ..., None].astype("float32")))[0, ..., 0]
            assert np.allclose(out, pool(IMAGE, size, reduce), atol=1e-6)


@settings(deadline=None, max_examples=60)
@given(
    n=st.integers(1, 24),
    k=st.integers(1, 5),
    stride=st.integers(1, 4),
    padding=st.integers(0, 3),
    dilation=st.integers(1, 3),
)
def test_output_size_is_the_size_of_the_output(n, k, stride, padding, dilation):
    kernel = dilated(np.ones((k, k)), dilation)
    assert kernel.sum() == k * k
    try:
        size = output_size(n, k, stride, padding, dilation)
    except ValueError:
        assert len(kernel) > n + 2 * padding
        with pytest.raises(ValueError, match="does not fit"):
            convolve(np.ones((n, n)), kernel, stride, padding)
    else:
        assert convolve(np.ones((n, n)), kernel, stride, padding).shape == (size, size)


def test_the_size_of_a_kernel_that_does_not_fit_is_told():
    with pytest.raises(ValueError, match="a kernel of 9 px does not fit into 8 px"):
        output_size(6, 5, padding=1, dilation=2)


def test_pooling_is_scikit_images_block_reduction():
    for reduce in (np.max, np.mean, np.min):
        assert np.allclose(pool(IMAGE[:10], 2, reduce), block_reduce(IMAGE[:10], 2, reduce))
    assert pool(IMAGE, 3).shape == (3, 4)  # the remainder is dropped


def test_the_receptive_field_is_what_a_value_depends_on():
    """Change one pixel at a time and see whether the one value in the middle notices."""
    layers = [(3, 1), (2, 2), (3, 1), (2, 2)]
    assert receptive_field([*layers, (3, 1), (2, 2)]) == [3, 4, 8, 10, 18, 22]  # LeNet
    rng = np.random.default_rng(1)
    kernels = [rng.uniform(0.5, 1, (3, 3)) for _ in range(2)]

    def stack(image):
        for kernel in kernels:
            image = pool(convolve(image, kernel), 2, np.mean)  # the mean, so that every pixel counts
        return image[1, 1]

    image = rng.random((18, 18))
    noticed = np.zeros(image.shape, bool)
    for place in np.ndindex(image.shape):
        changed = image.copy()
        changed[place] += 1
        noticed[place] = stack(changed) != stack(image)
    rows, columns = np.nonzero(noticed)
    field = receptive_field(layers)[-1]
    assert np.ptp(rows) + 1 == np.ptp(columns) + 1 == field and noticed.sum() == field**2


def stripes(wavelength, angle, side=60):
    """Bands at an angle from the row direction, anticlockwise as one looks at it."""
    rows, columns = np.mgrid[:side, :side]
    turn = np.deg2rad(angle)
    return 100 + 50 * np.cos(2 * np.pi / wavelength * (columns * np.sin(turn) + rows * np.cos(turn)))


@pytest.mark.parametrize("angle", [0, 30, 75, 135])
def test_a_gabor_kernel_answers_most_to_its_own_stripes(angle):
    def answer(kernel, image):
        return np.abs(cv2.filter2D(image, cv2.CV_64F, kernel)[10:-10, 10:-10]).mean()

    own = gabor(6, angle, 13)
    assert own.sum() == pytest.approx(0, abs=1e-12) and np.abs(own).sum() == pytest.approx(1)
    assert np.allclose(convolve(np.full((20, 20), 200.0), own), 0)
    by_angle = [answer(gabor(6, a, 13), stripes(6, angle)) for a in range(0, 180, 15)]
    assert np.argmax(by_angle) * 15 == angle and max(by_angle) > 5 * min(by_angle)
    lengths = [3, 4, 6, 9, 12]
    assert lengths[np.argmax([answer(own, stripes(w, angle)) for w in lengths])] == 6


def test_kernels_by_what_they_do_to_even_grey():
    even = np.full((5, 5), 100.0)
    wanted = {"blur": 100, "sharpen": 100}
    for name, kernel in KERNELS.items():
        assert np.allclose(convolve(even, kernel), wanted.get(name, 0))
