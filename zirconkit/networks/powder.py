"""The network that names minerals in a powder pattern: five convolutions in one dimension, two heads. Keras.

One head says of each mineral whether it is there (sigmoid), the other how much of the sample it is by weight (softmax,
with a place for what is foreign). It learns from grown patterns alone; `diffraction.network` runs it in NumPy.
"""

import io

import keras
import numpy as np
from keras import layers

from zirconkit.diffraction import growing
from zirconkit.diffraction.network import LAYERS, SCALE
from zirconkit.diffraction.preparing import GRID
from zirconkit.synthetic import powder_lines

__all__ = ["Patterns", "packed", "phase_network", "train"]

HIDDEN = 192
DROP = 0.2


def phase_network():
    """The network, untrained: a pattern of `GRID` points in, presence (logits) and weight fractions (logits) out."""
    x = pattern = keras.Input((len(GRID), 1))
    for number, (width, size, stride) in enumerate(LAYERS):
        x = layers.Conv1D(width, size, strides=stride, padding="valid", use_bias=False, name=f"conv{number}")(x)
        x = layers.BatchNormalization(name=f"norm{number}")(x)
        x = layers.ReLU()(x)
    x = layers.Flatten()(x)
    x = layers.Dropout(DROP)(x)
    x = layers.Dense(HIDDEN, activation="relu", name="hidden")(x)
    x = layers.Dropout(DROP)(x)
    count = len(powder_lines.names())
    there = layers.Dense(count, name="there")(x)
    share = layers.Dense(count + 1, name="share")(x)
    return keras.Model(pattern, {"there": there, "share": share}, name="phases")


class Patterns(keras.utils.PyDataset):
    """Batches of grown patterns, drawn anew for each step."""

    def __init__(self, grown, steps, size, seed):
        super().__init__()
        self.grown, self.steps, self.size, self.seed = grown, steps, size, seed
        self.epoch = 0

    def __len__(self):
        return self.steps

    def on_epoch_end(self):
        self.epoch += 1

    def __getitem__(self, step):
        sample = growing.draw(self.grown, self.size, (self.seed, self.epoch, step))
        there = sample.weights[:, :-1]
        answers = {"there": targets(there), "share": sample.weights}
        return SCALE * growing.prepared(sample)[..., None], answers


def targets(weights):
    """1 where a mineral is there, 0 where not, -1 where it is too little to say."""
    return np.where(weights >= growing.SEEN, 1.0, np.where(weights > 0, -1.0, 0.0)).astype(np.float32)


def _there_loss(truth, logits):
    """Binary cross-entropy, summed over minerals, without those of which there is too little to say."""
    told = keras.ops.cast(truth >= 0, "float32")
    losses = keras.ops.softplus(logits) - keras.ops.maximum(truth, 0) * logits
    return keras.ops.sum(told * losses, axis=-1)


def _share_loss(truth, logits):
    """Cross-entropy between weight fractions."""
    return -keras.ops.sum(truth * keras.ops.log_softmax(logits, axis=-1), axis=-1)


def train(grown, epochs=12, steps=300, size=128, seed=0, verbose=0):
    """Train a network on a library of grown phases: the keras.Model."""
    keras.utils.set_random_seed(seed)
    model = phase_network()
    rate = keras.optimizers.schedules.CosineDecay(2e-3, epochs * steps)
    model.compile(
        keras.optimizers.Adam(rate, clipnorm=5.0), {"there": _there_loss, "share": _share_loss}, jit_compile=False
    )
    model.fit(Patterns(grown, steps, size, seed), epochs=epochs, verbose=verbose)
    return model


def packed(model):
    """The weights as `diffraction.network` reads them, normalization folded into the convolutions: bytes of an .npz."""
    arrays = {}
    for number in range(len(LAYERS)):
        kernel = np.asarray(model.get_layer(f"conv{number}").kernel)
        norm = model.get_layer(f"norm{number}")
        gamma, beta, mean, variance = (
            np.asarray(part) for part in (norm.gamma, norm.beta, norm.moving_mean, norm.moving_variance)
        )
        factor = gamma / np.sqrt(variance + norm.epsilon)
        arrays[f"conv{number}.kernel"] = kernel * factor
        arrays[f"conv{number}.bias"] = beta - mean * factor
    for name in ("hidden", "there", "share"):
        layer = model.get_layer(name)
        arrays[f"{name}.kernel"], arrays[f"{name}.bias"] = np.asarray(layer.kernel), np.asarray(layer.bias)
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **{name: np.float16(array) for name, array in arrays.items()})
    return buffer.getvalue()
