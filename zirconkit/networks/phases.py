"""A U-Net for rocks in thin section: which phase each pixel is, from plane light, crossed light, or both.

Down it goes through EfficientNet-Lite0, which was trained on photographs (`backbones.lite0`), up again with maps handed
over at each size. Two lights are fused early, as six channels of one image, or late, each by itself through the same
encoder, and its maps side by side. It learns from any fields with a mask: real ones, or grown (`synthetic.sandstones`).
"""

import io
import json
from itertools import product
from typing import NamedTuple

import keras
import numpy as np
from keras import layers, ops

from zirconkit.files import read_arrays
from zirconkit.networks.backbones import lite0
from zirconkit.synthetic.lights import another_light, view_of
from zirconkit.synthetic.sandstones import PHASES

__all__ = [
    "BOTH",
    "LIGHTS",
    "Kind",
    "Views",
    "load",
    "network",
    "packed",
    "probabilities",
    "small_loss",
    "stacked",
    "train",
]

LIGHTS = {"ppl": 1, "xpl": 1, "both": 2}  # how many photographs of a field a network looks at
TAPS = "block0_bn2", "block2_add", "block4_add", "block10_add"  # a half, a 4th, an 8th and a 16th of the side
WIDTHS = 24, 48, 64, 96  # channels on the way up, at each of these
STEP = 16  # px; sides of what the network looks at are multiples of that
TILE, MARGIN = 512, 32  # px; of what is looked at in one piece, and what is looked at around it


class Kind(NamedTuple):
    """What a network looks at, and how: without that its weights are of no use.

    Attributes
    ----------
    lights : str
        ppl, xpl or both.
    fusion : str
        late (each light through the same encoder, maps side by side) or early (six channels of one image).
    """

    lights: str = "both"
    fusion: str = "late"


BOTH = Kind()

# ---------------------------------------------------------------- the network


def encoder(channels, pretrained=True):
    """Lite0 until block 10, for images of any size: a model to maps of four sizes.

    With six channels, the first convolution is that for photographs twice, each at half its strength.
    """
    source = lite0().network
    whole = keras.Model(source.input, [source.get_layer(name).output for name in TAPS], name="encoder")
    config = whole.get_config()
    config["layers"][0]["config"]["batch_shape"] = (None, None, None, channels)
    for layer in config["layers"]:
        layer.pop("build_config", None)  # of photographs: three channels
    model = keras.Model.from_config(config)  # with weights drawn anew
    for layer in model.layers if pretrained else []:
        layer.trainable = not isinstance(layer, layers.BatchNormalization)
        arrays = source.get_layer(layer.name).get_weights() if layer.weights else []
        if layer.name == "conv_stem":
            arrays = [np.concatenate([arrays[0]] * (channels // 3), axis=2) * 3 / channels]
        if arrays:
            layer.set_weights(arrays)
    return model


def network(kind=BOTH, pretrained=True):
    """The network, uncompiled: from (n, height, width, 3 or 6) in 0..1 to a probability for each phase and pixel.

    Sides are multiples of `STEP`. With a `pretrained` encoder, its batch normalization keeps to what it has seen.
    """
    channels = 3 * LIGHTS[kind.lights]
    images = keras.Input((None, None, channels))
    x = layers.Rescaling(255 / 128, -127 / 128)(images)
    if channels == 6 and kind.fusion == "late":
        down = encoder(3, pretrained)
        maps = [layers.Concatenate()(pair) for pair in zip(down(x[..., :3]), down(x[..., 3:]))]
    else:
        maps = encoder(channels, pretrained)(x)
    x = None
    for step in reversed(range(len(maps))):
        skip = layers.Conv2D(WIDTHS[step], 1, name=f"skip{step}")(maps[step])
        x = skip if x is None else layers.Concatenate()([layers.UpSampling2D(interpolation="bilinear")(x), skip])
        x = layers.Conv2D(WIDTHS[step], 3, padding="same", use_bias=False, name=f"up{step}")(x)
        x = layers.BatchNormalization(momentum=0.9, name=f"up{step}_norm")(x)
        x = layers.ReLU()(x)
    x = layers.Dropout(0.2)(x)
    x = layers.Conv2D(len(PHASES), 1, name="phases")(x)
    x = layers.UpSampling2D(interpolation="bilinear")(x)
    return keras.Model(images, layers.Softmax()(x), name="phases")


# ---------------------------------------------------------------- learning


def stacked(ppl=None, xpl=None):
    """The lights of a field as the network takes them, one behind the other: uint8, (height, width, 3 or 6)."""
    return np.concatenate([light for light in (ppl, xpl) if light is not None], axis=-1)


class Views(keras.utils.PyDataset):
    """Batches of views of fields, each under another microscope: the same for the same seed.

    Parameters
    ----------
    fields : list of (image, phases)
        uint8, (height, width, 3 or 6) as from `stacked`, and (height, width).
    kind : Kind
    steps, batch, side, seed : int
        How many batches, of how many views, of how many px; chance.
    """

    def __init__(self, fields, kind=BOTH, steps=200, batch=8, side=160, seed=0):
        super().__init__()
        self.fields = fields
        self.kind = kind
        self.steps, self.batch, self.side, self.seed = steps, batch, side, seed

    def __len__(self):
        return self.steps

    def __getitem__(self, step):
        rng = np.random.default_rng([self.seed, step])
        pairs = [self.one(rng) for _ in range(self.batch)]
        x, y = map(np.stack, zip(*pairs))
        return x, y

    def one(self, rng):
        """One view, 0..1, and the phase of each of its pixels."""
        image, phases = self.fields[rng.integers(len(self.fields))]
        seen, truth = view_of(image, phases, self.side, rng)
        threes = np.split(seen, LIGHTS[self.kind.lights], axis=-1)
        lit = []
        for number, light in enumerate(threes, 1):
            crossed = number == len(threes) and self.kind.lights != "ppl"  # it comes last
            lit.append(another_light(light, rng, crossed))
        return np.concatenate(lit, axis=-1), truth


def small_loss(weights):
    """A loss for rare phases: cross-entropy in which each pixel has its phase's weight, and 1 - Jaccard.

    The Jaccard index is that of the batch, with probabilities in place of counts, averaged over phases: a phase that
    covers little counts as much as one that covers much. Labels are softened by 10 %: masks are drawn by hand.
    """
    weights = np.float32(weights)

    def loss(truth, probable):
        wanted = ops.one_hot(ops.cast(truth, "int32"), len(PHASES))
        soft = 0.9 * wanted + 0.1 / len(PHASES)
        each = ops.sum(wanted * weights, axis=-1)
        entropy = -ops.sum(soft * ops.log(probable + 1e-6), axis=-1)
        both = ops.sum(wanted * probable, axis=(0, 1, 2))
        either = ops.sum(wanted + probable, axis=(0, 1, 2)) - both
        jaccard = ops.mean((both + 100) / (either + 100))
        return ops.sum(each * entropy) / ops.sum(each) + 1 - jaccard

    return loss


def train(model, views, rate=1e-3, verbose=0):
    """Train a network for phases once through all views, the rate falling to nothing: the model.

    A phase's weight in the loss is one over the fourth root of its share of the fields: with more, what is common is
    taken for what is rare too often.
    """
    counts = sum(np.bincount(phases.ravel(), minlength=len(PHASES)) for _, phases in views.fields)
    weights = np.maximum(counts / counts.sum(), 0.01) ** -0.25
    falling = keras.optimizers.schedules.CosineDecay(rate, len(views))
    model.compile(keras.optimizers.AdamW(falling, weight_decay=1e-3), small_loss(weights / weights.mean()))
    model.fit(views, epochs=1, shuffle=False, verbose=verbose)
    return model


# ---------------------------------------------------------------- weights in a file


def packed(model, kind, card):
    """A network as an .npz file, which `load` reads: bytes. `card` is a dict of what should be known about it.

    Kernels are kept to six binary places, which makes the file a fifth smaller. Of the pixels of eight grown fields
    0.6 % are then named otherwise; accuracy and mean Jaccard index change by 0.001.
    """
    named = {name: _to_six_places(array) for name, array in _arrays(model).items()}
    text = json.dumps({**kind._asdict(), **card})
    file = io.BytesIO()
    np.savez_compressed(file, card=np.array(text), **named)
    return file.getvalue()


def _to_six_places(array):
    """An array as float16; of a kernel the last four of the ten binary places are rounded off, and packed as zeros."""
    half = array.astype(np.float16)
    if half.ndim < 2:
        return half
    bits = half.view(np.uint16).astype(np.uint32)
    return ((bits + 8) // 16 * 16).astype(np.uint16).view(np.float16)


def _arrays(model):
    """Every array of a network by layer and number: `LAYER.0`, `LAYER.1`, ..."""
    inner = [layer for part in model.layers for layer in getattr(part, "layers", [part])]
    return {f"{layer.name}.{n}": array for layer in inner for n, array in enumerate(layer.get_weights())}


def load(path):
    """A network and its card from an .npz file; nothing that the file says is run.

    Returns
    -------
    model : keras.Model
    kind : Kind
    card : dict

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    ValueError
        If it is damaged, no such file, or of another network.
    """
    arrays = read_arrays(path)
    kind, card = _read_card(path, arrays.pop("card", None))
    model = network(kind, pretrained=False)
    wanted = {name: array.shape for name, array in _arrays(model).items()}
    if wanted != {name: array.shape for name, array in arrays.items()}:
        raise ValueError(f"{path} has weights of another network than that for phases")
    if not all(np.isfinite(array).all() for array in arrays.values()):
        raise ValueError(f"{path} is damaged: it has values that are no numbers")
    for layer in [layer for part in model.layers for layer in getattr(part, "layers", [part])]:
        if layer.weights:
            layer.set_weights([np.float32(arrays[f"{layer.name}.{n}"]) for n in range(len(layer.weights))])
    return model, kind, card


def _read_card(path, text):
    try:
        card = json.loads(str(text))
        kind = Kind(card.pop("lights"), card.pop("fusion"))
    except (ValueError, KeyError, TypeError, AttributeError):
        raise ValueError(f"{path} has weights of another network than that for phases") from None
    if kind.lights not in LIGHTS or kind.fusion not in ("late", "early"):
        raise ValueError(f"{path} has weights of another network than that for phases")
    return kind, card


# ---------------------------------------------------------------- asking it


def probabilities(model, image, turns=4):
    """How probable each phase is at each pixel: float32, (height, width, phases).

    The mean over views of the image turned by quarters and mirrored. It is looked at in tiles that overlap, so that
    memory does not grow with it.

    Parameters
    ----------
    model : keras.Model
    image : array of uint8, shape (height, width, 3 or 6)
        Of any size, at the network's scale.
    turns : int
        1 to 4 quarters; each as it is and mirrored.
    """
    height, width = image.shape[:2]
    wide = MARGIN, MARGIN + STEP
    around = np.pad(image, [wide, wide, (0, 0)], mode="symmetric")
    maps = np.empty((height, width, len(PHASES)), np.float32)
    for top, left in product(range(0, height, TILE), range(0, width, TILE)):
        there = maps[top : top + TILE, left : left + TILE]
        rows, columns = there.shape[:2]
        bottom, right = top + _with_margins(rows), left + _with_margins(columns)
        seen = np.float32(around[top:bottom, left:right]) / 255
        inner = _all_ways_round(model, seen, turns)
        there[:] = inner[MARGIN : MARGIN + rows, MARGIN : MARGIN + columns]
    return maps


def _with_margins(side):
    """What is looked at for a tile of this side, px: a multiple of `STEP`."""
    return -(-side // STEP) * STEP + 2 * MARGIN


def _all_ways_round(model, seen, turns):
    total = 0
    for turn in range(turns):
        turned = np.rot90(seen, turn)
        plain = np.asarray(model(turned[None], training=False))[0]
        mirrored = np.asarray(model(turned[None, :, ::-1], training=False))[0]
        total = total + np.rot90(plain + mirrored[:, ::-1], -turn)
    return total / (2 * turns)
