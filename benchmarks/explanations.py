"""How much of a map falls where the class lies: Grad-CAM, occlusion and integrated gradients on grown grains.

For each carrier (zoning, rim, inclusions, outline) 600 pairs of grains are grown that are the same but for this one
feature; LeNet learns from 400 pairs, and the maps of 200 held-out grains that have the feature are marked: what share
of a map lies where the pair differs. Beside them what knows nothing of the network: a constant map, a random one, the
silhouette of the grain, and the edges of the image; and each method on the same network with its weights shuffled, in
five ways. Three seeds; about four minutes on two cores. Prints one JSON line; with `--save` the table that notebook 09
shows goes into data/results.
"""

import argparse
import json
import zlib

import cv2
import keras
import numpy as np
import pandas as pd
from scipy.ndimage import binary_dilation, distance_transform_edt

from zirconkit import evaluation, explain, samples
from zirconkit.grains import Grains, fit_square
from zirconkit.networks import models, training
from zirconkit.synthetic import crystals, zoning

CARRIERS = ("zoning", "rim", "inclusions", "outline")
EPOCHS, LEARN, TEST, SEEDS, SHUFFLES = 40, 400, 200, 3, 5


def pair(carrier, rng):
    """A grain without the feature and the same grain with it, 32 x 32 px on black.

    zoning: none against oscillatory, of strength 0.2; rim: none against a bright one; inclusions: none against three to
    six (on half a square, so that they can be seen at 32 px); both over faint zoning; outline: an aspect ratio of 1.2
    against 2, unzoned.
    """
    scale = 0.6 if carrier == "inclusions" else 1
    bounds = {"diameter": (44 * scale, 56 * scale), "wavelength": (5 * scale, 9 * scale), "strength": (0.08, 0.15)}
    how = {name: rng.uniform(*ends) for name, ends in bounds.items()}
    how |= {"aspect": rng.uniform(1.2, 1.9), "seed": int(rng.integers(2**31))}
    grey = rng.uniform(70, 130)
    if carrier == "zoning":
        grown = [crystals.grow(**how | {"zoning": kind, "strength": 0.2}) for kind in ("none", "oscillatory")]
    elif carrier == "outline":
        grown = [crystals.grow(**how | {"zoning": "none", "aspect": aspect}) for aspect in (1.2, 2.0)]
    else:
        plain = crystals.grow(**how)
        depth = np.where(plain.mask, distance_transform_edt(plain.mask), -1)
        if carrier == "rim":
            y, x = np.indices(plain.mask.shape) / (how["diameter"] / 2)
            level = zoning.add_rim(plain.image, "bright", depth, x, y, rng)
        else:
            level, _ = zoning.add_inclusions(plain.image, -depth, int(rng.integers(3, 7)), rng)
        grown = [plain, plain._replace(image=level)]
    shown = (np.where(each.mask, each.image * grey, 0).clip(0, 255).astype(np.uint8) for each in grown)
    square = round(90 * scale)
    return [cv2.resize(fit_square(each, square), (32, 32), interpolation=cv2.INTER_AREA) for each in shown]


def pairs(carrier, n, seed=0):
    """n pairs as Grains of 2 n rows, without ("batholith"), with ("porphyry"), and masks of where the two differ.

    A mask holds what differs by a quarter of the pair's largest difference or more, and one pixel around. A pair that
    differs by less than 15 grey levels everywhere is grown anew.
    """
    images, number = [], 0
    while len(images) < n:
        grown = np.array(pair(carrier, np.random.default_rng([seed, number])))
        number += 1
        if abs(np.diff(grown.astype(int), axis=0)).max() >= 15:
            images.append(grown)
    images = np.stack(images)
    change = abs(np.diff(images.astype(int), axis=1))[:, 0]
    truth = binary_dilation(change >= change.max(axis=(1, 2), keepdims=True) / 4, np.ones((1, 3, 3)))
    names = {"sample": carrier, "grain": np.repeat(np.arange(n), 2), "class_name": ["batholith", "porphyry"] * n}
    outlines = np.repeat(images[:, 0] > 0, 2, axis=0)
    return Grains(images.reshape(2 * n, 32, 32, 1), outlines, pd.DataFrame(names)), truth.repeat(2, axis=0)


def constant(model, grains):
    return np.ones(grains.images.shape[:3])


def random(model, grains):
    """As coarse as Grad-CAM's maps of LeNet: 8 x 8 numbers, enlarged; others for another model."""
    rng = np.random.default_rng(zlib.crc32(model.get_weights()[0].tobytes()))
    return np.stack([cv2.resize(rng.random((8, 8)), (32, 32)) for _ in range(len(grains))])


def silhouette(model, grains):
    return grains.masks.astype(float)


def edges(model, grains):
    return np.stack([np.hypot(*(cv2.Sobel(image, cv2.CV_32F, *way) for way in ((1, 0), (0, 1)))) for image in grains.x])


def first_layer(model, grains):
    return explain.grad_cam(model, grains, layer=model.layers[0].name)


METHODS = {
    "constant map": constant,
    "random map": random,
    "the grain's silhouette": silhouette,
    "edges of the image": edges,
    "Grad-CAM, last convolution": explain.grad_cam,
    "Grad-CAM, first convolution": first_layer,
    "occlusion": explain.occlusion,
    "integrated gradients": explain.integrated_gradients,
}


def interval(values):
    """Mean and 95 % interval over grains, by drawing them anew 2,000 times."""
    values = values[np.isfinite(values)]
    if not len(values):
        return np.nan, np.nan, np.nan
    drawn = np.random.default_rng(0).integers(len(values), size=(2000, len(values)))
    return values.mean(), *np.percentile(values[drawn].mean(axis=1), [2.5, 97.5])


def marks(carrier, seed, learning, aside, truth):
    """Train one LeNet and mark every method's maps: a row a method."""
    keras.utils.set_random_seed(seed)
    model = training.compile_model(models.lenet(dropout=0))
    training.fit(model, learning, epochs=EPOCHS, seed=seed, progress=False)
    auc, auc_low, auc_high = evaluation.auc_interval(aside.y, training.predict(model, aside))
    having, truth = aside[aside.y == 1], truth[aside.y == 1]
    ignorant = [explain.randomised(model, shuffle) for shuffle in range(SHUFFLES)]
    for name, method in METHODS.items():
        maps, others = method(model, having), [method(each, having) for each in ignorant]
        row = {"carrier": carrier, "method": name, "seed": seed, "grains": len(having)}
        row |= dict(zip(("share", "low", "high"), interval(explain.share_on(maps, truth))))
        row |= {"blank": np.mean(maps.max(axis=(1, 2)) == 0), "area": truth.mean()}
        shuffled = [interval(explain.share_on(each, truth))[0] for each in others]
        row |= {"share_shuffled": np.nanmean(shuffled)}
        row |= {"shuffled_low": np.nanmin(shuffled), "shuffled_high": np.nanmax(shuffled)}
        row |= {"similarity": np.median([explain.similarity(maps, each) for each in others])}
        yield row | {"auc": auc, "auc_low": auc_low, "auc_high": auc_high}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", action="store_true", help="write data/results/explanations.csv")
    options = parser.parse_args()
    rows = []
    for carrier in CARRIERS:
        grains, truth = pairs(carrier, LEARN + TEST)
        learning, aside = grains[: 2 * LEARN], grains[2 * LEARN :]
        for seed in range(SEEDS):
            rows += marks(carrier, seed, learning, aside, truth[2 * LEARN :])
    table = pd.DataFrame(rows).round(4)
    if options.save:
        table.to_csv(samples.DATA / "results" / "explanations.csv", index=False)
    mean = table.groupby(["carrier", "method"], sort=False)[["share", "share_shuffled", "similarity", "auc"]].mean()
    print(json.dumps({carrier: mean.loc[carrier].round(3).to_dict("index") for carrier in CARRIERS}))


if __name__ == "__main__":
    main()
