"""What transfer learning takes as published and with cached features, and whether both learn as much.

Speed: a VGG-16 at 224 px. The published procedure (Nathwani et al., 2023, section 2.4.4: augmentation inside the model,
200 epochs of the head on the frozen base, 20 more with the last convolution, Keras's own `fit`, 542 grains to learn
from and 136 to validate on) is timed on one epoch of each stage and extrapolated to 220; the kit's `transfer.train`,
with four augmented views of each grain and an empty cache, is timed as a whole.

Equality: EfficientNet-Lite0 at 96 px, three seeds, both ways in full. Uncached, each epoch sees freshly augmented
grains. With `--save` the answers go to data/results/transfer_speed.csv.

Prints one JSON line. About three quarters of an hour on two cores.
"""

import argparse
import json
import os
import tempfile
import time

import numpy as np
import pandas as pd

from zirconkit import evaluation, samples
from zirconkit.networks import backbones, sweeps, training, transfer
from zirconkit.networks.sweeps import trials

# isort: split
import keras
from keras import layers
from tqdm import tqdm

SEEDS, STAGES = 3, (200, 20)


def frozen(backbone, seed):
    """The whole network, uncached; with the published augmentation inside if there is a seed. And its last conv."""
    tail = transfer.last_convolution(backbone)
    convolution = [layer for layer in tail.layers if layer.trainable][-1]
    convolution.trainable = False
    change = [] if seed is None else training.augmentation(seed).layers
    base = backbone.until(backbone.bottleneck, (64, 64, 1))
    top = transfer.head(tail.output_shape[-1])
    parts = [keras.Input((64, 64, 1)), *change, base, tail, layers.GlobalAveragePooling2D(), top]
    return keras.Sequential(parts), convolution


def speed(learning, validation):
    backbone = backbones.vgg16_edges(224)
    model, convolution = frozen(backbone, 0)
    data, aside = (learning.x, learning.y[:, None]), (validation.x, validation.y[:, None])
    seconds = []
    for trainable, rate in ((False, 1e-3), (True, 1e-4)):
        convolution.trainable = trainable
        adam, scores = keras.optimizers.Adam(rate), ["accuracy", keras.metrics.AUC()]
        model.compile(optimizer=adam, loss="binary_crossentropy", metrics=scores)
        start = time.perf_counter()
        model.fit(*data, batch_size=32, epochs=1, validation_data=aside, verbose=0)
        seconds.append(time.perf_counter() - start)
    published = sum(epochs * each for epochs, each in zip(STAGES, seconds))
    with tempfile.TemporaryDirectory() as folder:
        os.environ["ZIRCONKIT_CACHE"] = folder
        start = time.perf_counter()
        transfer.train(backbone, learning, validation, transfer.Stages(STAGES, n_views=4), progress=False)
        kit = time.perf_counter() - start
        del os.environ["ZIRCONKIT_CACHE"]
    return {
        "timed_published_epochs_s": np.round(seconds, 1).tolist(),
        "published_s_extrapolated_to_220_epochs": round(published),
        "kit_s": round(kit, 1),
        "ratio": round(published / kit, 1),
    }


def uncached(backbone, learning, seed):
    """Both stages through the whole network, each epoch on freshly augmented grains."""
    keras.utils.set_random_seed(seed)
    model, convolution = frozen(backbone, None)
    for trainable, rate, epochs in ((False, 1e-3, STAGES[0]), (True, 1e-4, STAGES[1])):
        convolution.trainable = trainable
        training.compile_model(model, rate)
        change = training.augmentation(seed)
        training.fit(model, learning, epochs=epochs, augment=change, seed=seed, progress=False)
    return model


def equality(learning, validation):
    backbone = backbones.lite0(96)
    tables = []
    for seed in tqdm(range(SEEDS), desc="seeds"):
        ways = {"uncached": training.predict(uncached(backbone, learning, seed), validation)}
        model, _ = transfer.train(backbone, learning, validation, transfer.Stages(STAGES, seed=seed), progress=False)
        ways["cached"] = model.predict(validation.images, verbose=0)[:, 0]
        for way, answers in ways.items():
            tables.append(pd.DataFrame({"way": way, "seed": seed, "y": validation.y, "probability": answers.round(5)}))
    return pd.concat(tables, ignore_index=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", action="store_true", help="write data/results/transfer_speed.csv")
    parser.add_argument("--only", choices=("speed", "equality"), help="one half of it")
    options = parser.parse_args()
    sweep = sweeps.read("regularization") | {"settings": {"size": 64}}
    grains, _ = sweeps.load_grains(sweep, pd.DataFrame([{"grains": "as published", "size": 64}]))["as published", 64]
    learning, validation = trials.split(grains, 0, 1)
    result = {"benchmark": "transfer_speed", "n_train": len(learning), "n_validation": len(validation)}
    if options.only != "equality":
        result |= speed(learning, validation)
    if options.only != "speed":
        table = equality(learning, validation)
        for way, rows in table.groupby("way"):
            auc = [evaluation.auc_interval(each["y"], each["probability"]).value for _, each in rows.groupby("seed")]
            result |= {f"auc_{way}": round(float(np.mean(auc)), 4), f"auc_{way}_by_seed": np.round(auc, 4).tolist()}
        if options.save:
            table.to_csv(samples.DATA / "results" / "transfer_speed.csv", index=False)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
