"""Networks from scratch against pretrained ones, on the synthetic set, with 50 to 542 grains to learn from.

From scratch, with augmentation: MLP and LeNet at 32 px, 200 epochs; AlexNet at 67 px, the least that it can be built
for, 30 epochs (at 224, as published, an epoch takes a processor ten times as long, and there are 200 of them).
Pretrained, by `transfer.train`, 200 epochs of the head and 20 with the last convolution on sixteen augmented views of
each grain: EfficientNet-Lite0 (ImageNet) at 96 px, and a network with VGG-16's layers (natural images, then edges: NOT
the ImageNet weights) at 64 px. Five seeds; each draws its own grains, starts its own weights, and validates on the same
136 grains and the test pair. With `--vgg16` the ImageNet VGG-16 joins; it needs a network, once.

Works in build/transfer (about two hours on two cores; a second call goes on where the first stopped) and prints one
JSON line: mean and standard deviation of ROC-AUC. With `--save` the tables that notebook 06 shows go into data/results.
"""

import argparse
import json
import os
import zlib
from pathlib import Path

import numpy as np
import pandas as pd

from zirconkit import samples
from zirconkit.networks import backbones, models, sweeps, training, transfer
from zirconkit.networks.logs import log_scores
from zirconkit.networks.sweeps import trials

# isort: split
import keras
from sklearn.model_selection import train_test_split
from tqdm import tqdm

SEEDS, SIZES = 5, (50, 100, 200, 400, 542)
SCRATCH = {
    "MLP": (models.mlp, 32, 200),
    "LeNet": (models.lenet, 32, 200),
    "LeNet, no dropout": (lambda: models.lenet(dropout=0), 32, 200),
    "AlexNet at 67 px": (lambda: models.alexnet(67), 67, 30),
}
PRETRAINED = {
    "Lite0": lambda: backbones.lite0(96),
    "VGG-16 of edges": lambda: backbones.vgg16_edges(64),
    "VGG-16": lambda: backbones.vgg16(64),
}
WORK = Path("build/transfer")


def drawn(y, n, seed):
    """Positions of n grains, the share of each class kept."""
    if n == len(y):
        return np.arange(n)
    return np.sort(train_test_split(np.arange(len(y)), train_size=n, random_state=seed, stratify=y)[0])


def from_scratch(name, parts, rows, seed):
    build, size, epochs = SCRATCH[name]
    learning, validation, test = parts[size]
    keras.utils.set_random_seed(seed)
    model = training.compile_model(build())
    change = training.augmentation(seed)
    log = training.fit(model, learning[rows], validation, epochs, change, seed=seed, progress=False).history
    return log, [training.predict(model, part) for part in (validation, test)]


def pretrained(backbone, parts, rows, seed):
    learning, validation, test = parts[64]
    model, stages = transfer.train(backbone, learning, validation, transfer.Stages(seed=seed), rows, progress=False)
    log = {score: [value for stage in stages for value in stage.history[score]] for score in stages[0].history}
    return log, [model.predict(part.images, verbose=0)[:, 0] for part in (validation, test)]


def run(name, backbone, parts, n, seed):
    """One training: its row, curves and answers, from the file if it is there."""
    path = WORK / f"{zlib.crc32(name.encode()):08x}-{n}-{seed}.json"
    if path.is_file():
        return json.loads(path.read_text())
    validation, test = parts[32][1:]
    rows = drawn(parts[32][0].y, n, seed)
    log, answers = pretrained(backbone, parts, rows, seed) if backbone else from_scratch(name, parts, rows, seed)
    row = {"model": name, "n": n, "seed": seed}
    for kind, part, answer in zip(("validation_", "test_"), (validation, test), answers):
        row |= log_scores(part.y, answer, kind)
    result = {"row": row, "curves": log, "test": np.round(answers[1].astype(float), 4).tolist()}
    path.with_suffix(".part").write_text(json.dumps(result))
    os.replace(path.with_suffix(".part"), path)
    keras.backend.clear_session()
    return result


def thinned(results):
    """Curves of the largest size: mean, least and largest over the seeds, for every fourth epoch and the last stage."""
    tables = [pd.DataFrame(each["curves"]).assign(**each["row"]) for each in results if each["row"]["n"] == SIZES[-1]]
    curves = pd.concat(table.assign(epoch=np.arange(1, len(table) + 1)) for table in tables)
    curves = curves[(curves["epoch"] % 4 == 0) | (curves["epoch"] == 1) | (curves["epoch"] > 200)]
    scores = curves.groupby(["model", "epoch"], sort=False)[["loss", "auc", "val_loss", "val_auc"]]
    return pd.concat({how: getattr(scores, how)() for how in ("mean", "min", "max")}, names=["of_seeds"]).round(4)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", action="store_true", help="write data/results/transfer*.csv")
    parser.add_argument("--vgg16", action="store_true", help="the ImageNet VGG-16, too (58 MB from the network, once)")
    options = parser.parse_args()
    WORK.mkdir(parents=True, exist_ok=True)
    parts = {}
    for size in (32, 64, 67):
        jobs = pd.DataFrame([{"grains": "as published", "size": size}])
        learning, test = sweeps.load_grains(sweeps.read("regularization"), jobs)["as published", size]
        parts[size] = (*trials.split(learning, 0, 1), test)
    names = [*SCRATCH, *list(PRETRAINED)[: 3 if options.vgg16 else 2]]
    names.sort(key=lambda name: name.startswith("AlexNet"))  # the slowest last
    results, bar = [], tqdm(total=len(names) * len(SIZES) * SEEDS, unit="training")
    for name in names:
        backbone = PRETRAINED[name]() if name in PRETRAINED else None
        for n in reversed(SIZES):
            for seed in range(SEEDS):
                results.append(run(name, backbone, parts, n, seed))
                bar.update()
    table = pd.DataFrame([each["row"] for each in results])
    if options.save:
        table.round(4).to_csv(samples.DATA / "results" / "transfer.csv", index=False)
        thinned(results).to_csv(samples.DATA / "results" / "transfer_curves.csv")
    scores = table.groupby(["model", "n"], sort=False)[["validation_auc", "test_auc"]].agg(["mean", "std"]).round(3)
    print(json.dumps({name: {n: scores.loc[name, n].tolist() for n in SIZES} for name in names}))


if __name__ == "__main__":
    main()
