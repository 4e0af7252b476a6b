"""The networks of notebook 06 as published, on a GPU: VGG-16's layers, AlexNet and Lite0, with times and memory.

The networks are the notebook's own: `front` and `alexnet` are read from its script, and the two stages are the right
answers to its exercises. 542 grown grains to learn from, 136 to validate on, and the two test mounts, at 64 px; the
published augmentation inside the model; 200 epochs of the head on a frozen base and 20 with the last convolution at a
tenth of the rate, AlexNet 200 as a whole (Nathwani et al., 2023, section 2.4.4); batches of 32, halved where memory
does not suffice; 16 bits on a GPU. Keras's TensorFlow, JAX or PyTorch computes: set KERAS_BACKEND.

Prints one JSON line. With `--save` the rows go to data/results/gpu.csv, beside those of other cards and backends.
Without a GPU it stops, unless `--cpu` is given: on two cores an epoch of VGG-16 takes minutes, so try it there with
`--cpu --epochs 1 1 --grains 16 --seeds 1`.
"""

import argparse
import ast
import json
import os
import subprocess
import time
from pathlib import Path

os.environ["XLA_PYTHON_CLIENT_PREALLOCATE"] = "false"  # JAX would take most of the card at once
os.environ["TF_FORCE_GPU_ALLOW_GROWTH"] = "true"  # and TensorFlow all of it

import keras
import pandas as pd
import psutil
from keras import layers
from sklearn.model_selection import StratifiedKFold
from tqdm import tqdm

from zirconkit import evaluation, mounts, samples
from zirconkit import grains as gr
from zirconkit.exercises import transfer as exercises
from zirconkit.networks import backbones

SCRIPT = Path(__file__).parents[1] / "notebooks/scripts/06_transfer_learning.py"
SAVED = samples.DATA / "results/gpu.csv"
VARIANTS = ("VGG-16, padded", "VGG-16, resized", "AlexNet", "Lite0")


def from_the_notebook(*names):
    """Functions of notebook 06 by their names, from its script: list."""
    body = ast.parse(SCRIPT.read_text(encoding="utf-8")).body
    wanted = [node for node in body if isinstance(node, ast.FunctionDef) and node.name in names]
    space = {"keras": keras, "layers": layers}
    exec(compile(ast.Module(wanted, []), str(SCRIPT), "exec"), space)
    return [space[name] for name in names]


def card():
    """The name of the card and its memory in use, MB; of a computer without one, "CPU" and this process's memory."""
    words = ["nvidia-smi", "--query-gpu=name,memory.used", "--format=csv,noheader,nounits"]
    try:
        name, used = (
            subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()[0].split(", ")
        )
    except (OSError, subprocess.CalledProcessError):
        return "CPU", round(psutil.Process().memory_info().rss / 1e6)
    return name, int(used)


def augmentation(seed):
    """The published changes, on grey levels 0..255; `networks.training` has them for 0..1, but needs TensorFlow."""
    return keras.Sequential([
        layers.RandomFlip(seed=seed),
        layers.RandomRotation(0.2, fill_mode="constant", seed=seed + 1),
        layers.RandomZoom(0.4, fill_mode="constant", seed=seed + 2),
        layers.RandomBrightness(0.2, seed=seed + 3),
        layers.RandomContrast(0.2, seed=seed + 4),
    ])  # fmt: skip


def ends_in(model, feed, seed):
    """A model on crops of 64 px: augmentation, what feeds it, the model itself."""
    crops = keras.Input((64, 64, 1))
    return keras.Model(crops, model(feed(augmentation(seed)(crops))))


def learn(model, rate, learning, epochs):
    """Train with Adam, in batches of 32 or fewer where memory does not suffice; seconds."""
    batch, weights, start = 32, model.get_weights(), time.perf_counter()
    model.compile(optimizer=keras.optimizers.Adam(rate), loss="binary_crossentropy")
    while True:
        try:
            model.fit(*learning, batch_size=batch, epochs=epochs, verbose=0)
            return time.perf_counter() - start
        except Exception as error:  # each backend has a class of its own for it
            if batch == 1 or not any(word in str(error).lower() for word in ("out of memory", "resource", "oom")):
                raise
            batch //= 2
            print(f"memory does not suffice: going on with {batch} grains at a time")
            model.set_weights(weights)


def transferred(base, feed, learning, seed, epochs):
    """Both stages; the model, and seconds for each."""
    inner = exercises.model_on(base)
    model = ends_in(inner, feed, seed)
    first = learn(model, 1e-3, learning, epochs[0])
    exercises.free_the_last(inner, base)
    return model, [first, learn(model, 1e-4, learning, epochs[1])]


def run(variant, learning, seed, epochs, weights):
    """Train one variant; the model, and seconds for each stage."""
    keras.utils.set_random_seed(seed)
    front, alexnet = from_the_notebook("front", "alexnet")
    if variant == "AlexNet":
        feed = keras.Sequential([layers.Resizing(224, 224), layers.Rescaling(1 / 255)])
        model = ends_in(alexnet(), feed, seed)
        return model, [learn(model, 1e-3, learning, epochs[0])]
    if variant == "Lite0":
        lite0 = backbones.lite0(64)
        feed = keras.Sequential([layers.Rescaling(1 / 255), lite0.preprocessing((64, 64, 1))])
        return transferred(lite0.base(), feed, learning, seed, epochs)
    base = keras.applications.VGG16(include_top=False, weights=weights, input_shape=(224, 224, 3))
    return transferred(base, front(variant.split()[-1]), learning, seed, epochs)


def parts(grains):
    """Those to learn from, to validate on and to test with, as the notebook takes them: arrays of crops and classes."""
    chosen, test = gr.published_split(grains)
    keep, aside = next(StratifiedKFold(5, shuffle=True, random_state=0).split(chosen.images, chosen.y))
    return [(part.images, part.y.astype("float32")[:, None]) for part in (chosen[keep], chosen[aside], test)]


def row(variant, seed, args, data):
    """One run and what it gave: dict."""
    learning, *others = data
    model, seconds = run(variant, [each[: args.grains] for each in learning], seed, args.epochs, args.weights)
    name, memory = card()
    found = {"variant": variant, "seed": seed, "backend": keras.backend.backend(), "card": name, "memory_mb": memory}
    found |= {"stage_1_s": round(seconds[0], 1), "stage_2_s": round(sum(seconds[1:]), 1)}
    for part, (images, y) in zip(("validation", "test"), others):
        answers = model.predict(images, batch_size=16, verbose=0)[:, 0]
        found[f"{part}_auc"] = round(evaluation.auc_interval(y[:, 0], answers).value, 4)
    keras.backend.clear_session()
    return found


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", action="store_true")
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, nargs=2, default=(200, 20))
    parser.add_argument("--grains", type=int, help="to learn from at most (default: all)")
    parser.add_argument(
        "--weights", default="imagenet", help="a file of VGG-16's weights; by default Keras fetches them"
    )
    parser.add_argument("--variants", nargs="+", default=VARIANTS, choices=VARIANTS)
    parser.add_argument("--cpu", action="store_true", help="go on without a GPU")
    args = parser.parse_args()
    if card()[0] == "CPU" and not args.cpu:
        parser.exit(message="no GPU here: nothing was run\n")
    if card()[0] != "CPU":
        keras.mixed_precision.set_global_policy("mixed_float16")  # fit scales the loss by itself
    data = parts(gr.from_mounts(mounts.find("synthetic"), size=64, mask_neighbours=True, progress=False))
    runs = [(variant, seed) for variant in args.variants for seed in range(args.seeds)]
    rows = pd.DataFrame([row(*each, args, data) for each in tqdm(runs)])
    if args.save:
        kept = pd.read_csv(SAVED) if SAVED.is_file() else rows[:0]
        here = (kept["card"] == rows["card"][0]) & (kept["backend"] == rows["backend"][0])
        pd.concat([kept[~here], rows]).to_csv(SAVED, index=False)
    means = rows.groupby("variant")[["validation_auc", "test_auc", "stage_1_s", "stage_2_s", "memory_mb"]].mean()
    print(json.dumps({"card": rows["card"][0], "seeds": args.seeds, **means.round(4).to_dict("index")}))
