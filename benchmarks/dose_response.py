"""What does a network go by? Change one property of a grown grain, keep all else, and see what it answers.

LeNet learns with augmentation (the paper's recipe: dropout 0.5, 200 epochs) and without, from five seeds each, on the
crops of the grown mounts (without the test pair) and of the real ones (all that are here: without the test pair too few
batholith grains would be left). Each of the networks is asked about 150 grown grains whose properties are drawn from
the grown population (`synthetic.doses`), with one property at a time at the population's 5, 10, 25, 50, 75, 90 and 95 %
points. The change of p is that from the 10 % to the 90 % point. Its interval is over grains for a single network; for
five together it redraws networks and grains.

Planted checks: networks that learned grown grains of which the brightness alone, the aspect ratio alone or the zoning
strength alone makes a porphyry more probable. Each has to answer to that property, and hardly to the others. How well
it learned is its ROC-AUC on 400 grains more, beside what the property itself would get.

About half an hour on one core. Prints one JSON line; with `--save` the table that notebook 09 shows goes into
data/results.
"""

import argparse
import json

import cv2
import keras
import numpy as np
import pandas as pd
from tqdm import tqdm

from zirconkit import evaluation, mounts, samples
from zirconkit import grains as gr
from zirconkit.networks import models, training
from zirconkit.synthetic import doses

EPOCHS, SEEDS, GRAINS = 200, 5, 150
POINTS = (0.1, 0.9)
PLANTED, PLANTED_GRAINS, EXAM_GRAINS, PLANTED_EPOCHS = ("brightness", "aspect", "strength"), 1200, 400, 30
PROPERTIES = doses.Properties._fields


def as_seen(properties, seed):
    """A grown grain as a network sees it: 32 x 32 px, 0 to 1."""
    image = doses.grow_dosed(properties, seed).image
    return cv2.resize(image, (32, 32), interpolation=cv2.INTER_AREA)[..., None] / np.float32(255)


def dosed():
    """The grains under their doses: array, shape (grains, properties, points, 32, 32, 1)."""
    values = doses.grown_population().quantile(POINTS)
    starts = doses.draw_properties(GRAINS)
    images = np.zeros((GRAINS, len(PROPERTIES), len(POINTS), 32, 32, 1), np.float32)
    for seed, start in enumerate(tqdm(starts, desc="grains", disable=None)):
        for column, name in enumerate(PROPERTIES):
            for row, value in enumerate(values[name]):
                images[seed, column, row] = as_seen(start._replace(**{name: value}), seed)
    return images


def learned(learning, augmented, seed, epochs=EPOCHS):
    """LeNet as `networks.recipes` trains it, or without augmentation: the model."""
    keras.utils.set_random_seed(seed)
    model = training.compile_model(models.lenet(dropout=0.5))
    augment = training.augmentation(seed) if augmented else None
    training.fit(model, learning, epochs=epochs, augment=augment, seed=seed, progress=False)
    return model


def answers(model, images):
    """p of each grain under each dose: array, shape (grains, properties, points)."""
    p = training.predict(model, images.reshape(-1, 32, 32, 1))
    return p.reshape(images.shape[:3]).astype(float)  # JSON and CSV write float32 out to the last digit


def interval(changes):
    """Mean change, its 95 % interval, and the mean change either way.

    `changes` has the shape (networks, grains); networks and grains are both drawn anew.
    """
    rng = np.random.default_rng(0)
    networks, grains = changes.shape
    drawn = [changes[rng.integers(networks, size=(networks, 1)), rng.integers(grains, size=grains)].mean()
             for _ in range(2000)]  # fmt: skip
    low, high = np.percentile(drawn, [2.5, 97.5])
    return {"change": changes.mean(), "low": low, "high": high, "either_way": np.abs(changes).mean()}


def rows_of(about, p):
    """A row for each property of the networks that p, shape (networks, grains, properties, points), comes from."""
    changes = p[..., 1] - p[..., 0]
    return [about | {"property": name} | interval(changes[..., column]) for column, name in enumerate(PROPERTIES)]


def sets(data):
    """Grains to learn from and some of the same mounts to be asked about."""
    grains = gr.from_mounts(mounts.labelled(data), size=32, mask_neighbours=True, progress=False)
    if data == "synthetic":
        grains, _ = gr.published_split(grains)
    return gr.stratified_split(grains, share=0.2, seed=0)


def of_data(data, name, images):
    """Train on a data set, five networks with and five without augmentation; their rows."""
    learning, aside = sets(data)
    rows = []
    for training_way, augmented in (("with augmentation", True), ("without augmentation", False)):
        p = []
        for seed in tqdm(range(SEEDS), desc=f"{name}, {training_way}", disable=None):
            model = learned(learning, augmented, seed)
            p.append(answers(model, images))
            auc = evaluation.auc_interval(aside.y, training.predict(model, aside)).value
            about = {"data": name, "training": training_way, "network": str(seed), "auc": auc}
            rows += rows_of(about, p[-1][None])
            keras.backend.clear_session()
        about = {"data": name, "training": training_way, "network": "all"}
        rows += rows_of(about, np.stack(p))
    return rows


def planted(name, grains=PLANTED_GRAINS, seed=0):
    """Grains of which one property alone makes a porphyry more probable, from 0.03 to 0.97.

    Returns
    -------
    training.Data
    rank : array of float, shape (grains,)
        Of the property, 0 to 1.
    """
    properties = pd.DataFrame(doses.draw_properties(grains, seed + 1)).apply(shuffled)
    starts = [doses.Properties(*row) for row in properties.itertuples(index=False)]
    first = 10_000 * (seed + 1)
    x = np.stack([as_seen(start, first + number) for number, start in enumerate(starts)])
    rank = properties[name].rank(pct=True).to_numpy()
    probable = 1 / (1 + np.exp(-7 * (rank - 0.5)))
    is_porphyry = np.random.default_rng(seed).random(len(rank)) < probable
    return training.Data(x, is_porphyry.astype(int)), rank


def shuffled(column):
    """A property in another order, so that it no longer goes with the others."""
    seed = PROPERTIES.index(column.name)
    return np.random.default_rng([1, seed]).permutation(column)


def of_planted(name, images):
    """The changes of a network that learned one property alone."""
    learning, _ = planted(name)
    exam, rank = planted(name, EXAM_GRAINS, seed=1)
    model = learned(learning, False, 0, PLANTED_EPOCHS)
    auc = evaluation.auc_interval(exam.y, training.predict(model, exam)).value
    possible = evaluation.auc_interval(exam.y, rank).value
    about = {
        "data": f"grown: {name} alone",
        "training": "without augmentation",
        "network": "0",
        "auc": auc,
        "auc_possible": possible,
    }
    return rows_of(about, answers(model, images)[None])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", action="store_true", help="write data/results/dose_response.csv")
    options = parser.parse_args()
    images = dosed()
    rows = []
    for name in PLANTED:
        rows += of_planted(name, images)
    for data, name in (("synthetic", "grown"), ("quellaveco", "real")):
        rows += of_data(data, name, images)
    table = pd.DataFrame(rows).round(4)
    if options.save:
        table.to_csv(samples.DATA / "results" / "dose_response.csv", index=False)
    together = table[(table["network"] == "all") | table["data"].str.contains("alone")]
    key = together["data"] + ", " + together["training"]
    said = {name: dict(zip(part["property"], part["change"].round(3))) for name, part in together.groupby(key)}
    print(json.dumps(said))


if __name__ == "__main__":
    main()
