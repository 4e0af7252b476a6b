"""The weights of a U-Net as an ONNX model, which OpenCV runs several times as fast as NumPy could.

ONNX files are Protocol Buffers. The few messages that such a network needs are written here byte by byte: a field is
its number and kind, then its value (github.com/onnx/onnx, onnx.proto3, has all of them).
"""

import numpy as np

__all__ = ["unet_model"]

FLOAT, INT, TEXT, INTS = 1, 2, 3, 7  # kinds of attribute; the first is that of a tensor's numbers, too
VERSION, OPERATORS = 8, 13  # of the format, and of its set of operators


def unet_model(weights, shape):
    """A U-Net for images of one shape.

    Parameters
    ----------
    weights : dict of str to array
        `LAYER.kernel` and `LAYER.bias`, by the names of `networks.unet`.
    shape : (int, int, int)
        Channels, height and width of what it will see; the sides are multiples of what its poolings make one of.

    Returns
    -------
    bytes
        Takes `image`, shape (1, channels, height, width), and gives the probability of each class at each pixel.
    """
    depth = sum(name.startswith("down") and name.endswith("a.kernel") for name in weights)
    graph = []
    x, skips = "image", []
    for step in range(depth):
        x = _two_convolutions(graph, weights, x, f"down{step}")
        skips.append(x)
        x = _node(graph, "MaxPool", [x], f"pool{step}", kernel_shape=[2, 2], strides=[2, 2])
    x = _two_convolutions(graph, weights, x, "bottom")
    sizes = [_tensor(graph, "any", np.zeros(0)), _tensor(graph, "twice", np.array([1, 1, 2, 2]))]
    nearest = {"mode": "nearest", "coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
    for step in reversed(range(depth)):
        x = _node(graph, "Resize", [x, *sizes], f"larger{step}", **nearest)
        x = _node(graph, "Concat", [skips[step], x], f"both{step}", axis=1)
        x = _two_convolutions(graph, weights, x, f"up{step}")
    x = _convolution(graph, weights, x, "classes")
    x = _node(graph, "Softmax", [x], "maps", axis=1)
    _value(graph, 11, "image", [1, *shape])
    _value(graph, 12, x, [1, len(weights["classes.bias"]), *shape[1:]])
    whole = _field(2, b"unet") + b"".join(graph)
    return _field(1, VERSION) + _field(7, whole) + _field(8, _field(2, OPERATORS))


def _two_convolutions(graph, weights, x, name):
    for which in "ab":
        x = _convolution(graph, weights, x, f"{name}{which}")
        x = _node(graph, "Relu", [x], f"{name}{which} or 0")
    return x


def _convolution(graph, weights, x, name):
    """A convolution with zeros around: the output is as large as the input."""
    kernel = weights[f"{name}.kernel"]
    parts = [
        _tensor(graph, f"{name}.kernel", kernel.transpose(3, 2, 0, 1)),
        _tensor(graph, f"{name}.bias", weights[f"{name}.bias"]),
    ]
    side = len(kernel)
    return _node(graph, "Conv", [x, *parts], name, kernel_shape=[side] * 2, pads=[side // 2] * 4, strides=[1, 1])


# ---------------------------------------------------------------- the messages


def _node(graph, operator, inputs, output, **attributes):
    """Add an operation to a graph: the name of what comes out."""
    fields = [_field(1, name) for name in inputs]
    fields += [_field(2, output), _field(3, f"{operator} {output}"), _field(4, operator)]
    fields += [_field(5, _attribute(name, value)) for name, value in attributes.items()]
    graph.append(_field(1, b"".join(fields)))
    return output


def _attribute(name, value):
    if isinstance(value, list):
        content = b"".join(_field(8, number) for number in value) + _field(20, INTS)
    elif isinstance(value, str):
        content = _field(4, value) + _field(20, TEXT)
    else:
        content = _field(3, value) + _field(20, INT)
    return _field(1, name) + content


def _tensor(graph, name, array):
    """Add an array to a graph: its name."""
    numbers = np.ascontiguousarray(array, "<f4").tobytes()
    sides = b"".join(_field(1, side) for side in array.shape)
    graph.append(_field(5, sides + _field(2, FLOAT) + _field(8, name) + _field(9, numbers)))
    return name


def _value(graph, number, name, shape):
    """Say of what shape an input (field 11) or an output (field 12) is."""
    sides = b"".join(_field(1, _field(1, side)) for side in shape)
    kind = _field(1, FLOAT) + _field(2, sides)
    graph.append(_field(number, _field(1, name) + _field(2, _field(1, kind))))


def _field(number, value):
    """A field of a message: a whole number, text, or the bytes of another message."""
    if isinstance(value, int):
        return _varint(number << 3) + _varint(value)
    content = value.encode() if isinstance(value, str) else value
    return _varint(number << 3 | 2) + _varint(len(content)) + content


def _varint(value):
    """A whole number, seven bits a byte, the lowest first."""
    taken = []
    while value > 127:
        taken.append(value & 127 | 128)
        value >>= 7
    return bytes([*taken, value])
