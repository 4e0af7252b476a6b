"""Convolution and pooling, spelled out: what slides, how large the result is, and what it costs.

What `keras.layers.Conv2D`, `MaxPooling2D` and `AveragePooling2D` do to one channel, in NumPy, slow and in the open. The
field says convolution and computes cross-correlation: the kernel is not flipped, here as in Keras (Goodfellow et al.,
2016, ch. 9).
"""

import cv2
import numpy as np

__all__ = ["KERNELS", "convolve", "convolve_steps", "dilated", "gabor", "output_size", "pool", "receptive_field"]

# What each answers to stands in notebook 03. The edge kernels are Prewitt's, the Laplacian that of four neighbours.
KERNELS = {
    "vertical edge": np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]], float),
    "horizontal edge": np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]], float),
    "blur": np.full((3, 3), 1 / 9),
    "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]], float),
    "Laplacian": np.array([[0, 1, 0], [1, -4, 1], [0, 1, 0]], float),
}


def output_size(n, kernel, stride=1, padding=0, dilation=1):
    """Length of one side after a convolution or a pooling (Dumoulin and Visin, 2016).

    Parameters
    ----------
    n, kernel, stride, padding, dilation : int
        Input length, kernel length, step, zeros added on each side, distance of the kernel's taps, all in pixels.

    Returns
    -------
    int

    Raises
    ------
    ValueError
        If the kernel does not fit into the padded input.
    """
    reach = dilation * (kernel - 1) + 1
    padded = n + 2 * padding
    if reach > padded:
        raise ValueError(f"a kernel of {reach} px does not fit into {padded} px")
    steps = (padded - reach) // stride
    return steps + 1


def convolve_steps(image, kernel, stride=1):
    """Walk a kernel over an image, one position at a time.

    Parameters
    ----------
    image : array, shape (height, width)
    kernel : array, shape (k, l)
    stride : int
        Pixels between two positions.

    Yields
    ------
    row, column : int
        Where the result goes in the feature map.
    patch : array, shape (k, l)
        The pixels under the kernel.
    value : float
        The sum of `patch * kernel`.
    """
    high, wide = kernel.shape
    rows = output_size(image.shape[0], high, stride)
    columns = output_size(image.shape[1], wide, stride)
    for row in range(rows):
        for column in range(columns):
            top = row * stride
            left = column * stride
            patch = image[top : top + high, left : left + wide]
            value = np.sum(patch * kernel)
            yield row, column, patch, float(value)


def convolve(image, kernel, stride=1, padding=0):
    """Feature map of one kernel over one image.

    Parameters
    ----------
    image : array, shape (height, width)
    kernel : array, shape (k, l)
    stride, padding : int
        Step; rows and columns of zeros added on each side.

    Returns
    -------
    array of float, its shape by `output_size`
    """
    padded = np.pad(image, padding)
    shape = [output_size(n, k, stride) for n, k in zip(padded.shape, kernel.shape)]
    feature_map = np.empty(shape)
    for row, column, _, value in convolve_steps(padded, kernel, stride):
        feature_map[row, column] = value
    return feature_map


def dilated(kernel, dilation):
    """A kernel with `dilation - 1` zeros between its taps: sees farther with as many weights."""
    shape = [dilation * (k - 1) + 1 for k in kernel.shape]
    spread = np.zeros(shape)
    spread[::dilation, ::dilation] = kernel
    return spread


def pool(feature_map, size=2, reduce=np.max):
    """One value for each `size` x `size` block; a remainder at the edge is dropped, as Keras does.

    Parameters
    ----------
    feature_map : array, shape (height, width)
    size : int
    reduce : callable
        `np.max` for max pooling, `np.mean` for average pooling.

    Returns
    -------
    array, shape (height // size, width // size)
    """
    height, width = (n // size for n in feature_map.shape)
    whole = feature_map[: height * size, : width * size]
    blocks = whole.reshape(height, size, width, size)
    return reduce(blocks, axis=(1, 3))


def receptive_field(layers):
    """Side, in input pixels, of the square that one value of the last layer depends on.

    Parameters
    ----------
    layers : list of (kernel, stride)
        Convolutions and poolings from the input on, without dilation.

    Returns
    -------
    list of int
        After each layer: it grows by (kernel - 1) times the product of the strides before.
    """
    field, step = 1, 1
    fields = []
    for kernel, stride in layers:
        field += (kernel - 1) * step
        step *= stride
        fields.append(field)
    return fields


def gabor(wavelength, angle, size=9):
    """A striped kernel: a cosine under a bell curve (Gabor, 1946), which answers to bands of one spacing and direction.

    Parameters
    ----------
    wavelength : float
        From stripe to stripe, in pixels.
    angle : float
        Of the stripes, in degrees from the row direction, anticlockwise as one looks at the image.
    size : int
        Side of the kernel in pixels, odd.

    Returns
    -------
    array of float, shape (size, size)
        Sums to 0, so that even grey gives no answer; absolute values sum to 1.
    """
    turn = np.deg2rad(90 - angle)
    kernel = cv2.getGaborKernel((size, size), size / 4, turn, wavelength, 1.0, 0)
    kernel -= kernel.mean()
    weight = np.abs(kernel).sum()
    return kernel / weight
