"""The network that names minerals, run in NumPy, and the rule that turns what is known of a phase into a probability.

Trained in Keras on grown patterns alone (`networks.powder`, `python benchmarks/diffraction.py --train`); nothing here
needs TensorFlow.
"""

import hashlib
import json
from functools import cache

import numpy as np

from zirconkit import samples
from zirconkit.files import read_arrays
from zirconkit.synthetic import powder_lines

__all__ = ["LAYERS", "SCALE", "WEIGHTS", "chance", "forward", "logits", "maps", "read_weights", "rule", "shipped"]

WEIGHTS = samples.DATA / "networks/powder.npz"
LAYERS = ((32, 12, 4), (48, 5, 2), (64, 5, 2), (64, 3, 2), (48, 3, 1))  # width, size, stride
SCALE = 20.0  # what prepared patterns are multiplied by


@cache
def shipped():
    """The weights that come with the kit, checked against their digest: dict of name to array of float32."""
    if hashlib.sha256(WEIGHTS.read_bytes()).hexdigest() != card()["sha256"]:
        raise ValueError(f"{WEIGHTS} is not the file that the kit came with: install the kit again")
    return read_weights(WEIGHTS)


@cache
def card():
    """What is known of the weights: digest, training, and the rule for probabilities."""
    return json.loads(WEIGHTS.with_suffix(".json").read_text(encoding="utf-8"))


def rule():
    """The coefficients of the probabilities: of a phase, and of *unknown*."""
    return card()["rule"]


def read_weights(path):
    """Weights from an .npz file: dict of name to array of float32; ValueError if it is damaged or another network's."""
    weights = {name: np.float32(array) for name, array in read_arrays(path).items()}
    shapes = [weights.get(f"conv{number}.kernel", np.empty(0)).shape for number in range(len(LAYERS))]
    wanted = [(size, width) for width, size, _ in LAYERS]
    if [(shape[0], shape[-1]) for shape in shapes if len(shape) == 3] != wanted or "there.bias" not in weights:
        raise ValueError(f"{path} has weights of another network")
    if weights["there.bias"].shape != (len(powder_lines.names()),):
        raise ValueError(f"{path} has weights of a network for another table of minerals")
    return weights


def maps(prepared, weights=None):
    """What the last convolution sees of prepared patterns (n, grid): array of shape (n, places, channels)."""
    weights = weights or shipped()
    x = SCALE * np.float32(prepared)[..., None]
    for number, (_, size, stride) in enumerate(LAYERS):
        kernel, bias = weights[f"conv{number}.kernel"], weights[f"conv{number}.bias"]
        windows = np.lib.stride_tricks.sliding_window_view(x, size, axis=1)[:, ::stride]
        x = windows.reshape(*windows.shape[:2], -1) @ kernel.transpose(1, 0, 2).reshape(-1, kernel.shape[2])
        x = np.maximum(x + bias, 0)
    return x


def forward(prepared, weights=None):
    """The two heads for prepared patterns (n, grid): logits of presence (n, minerals), of shares (n, minerals + 1)."""
    weights = weights or shipped()
    x = maps(prepared, weights).reshape(len(prepared), -1)
    x = np.maximum(x @ weights["hidden.kernel"] + weights["hidden.bias"], 0)
    return x @ weights["there.kernel"] + weights["there.bias"], x @ weights["share.kernel"] + weights["share.bias"]


def logits(prepared, weights=None):
    """What the network says of one prepared pattern: logits of presence, and weight fractions (the last: foreign)."""
    there, shares = forward(prepared[None], weights)
    share = shares[0]
    over_best = share - share.max()
    odds = np.exp(over_best)
    return there[0], odds / odds.sum()


def chance(coefficients, values):
    """A probability by logistic regression: coefficients, the last of them the constant, and values."""
    *slopes, constant = coefficients
    return float(1 / (1 + np.exp(-(np.dot(slopes, values) + constant))))
