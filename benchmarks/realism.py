"""Do synthetic grains look like real ones? Prints one JSON line; `--save` also writes data/results/realism.csv.

Needs ZIRCONKIT_DATA. Real mounts and the synthetic ones of the same names are cut by the same segmentation, and each
measure gives one number a grain. `ks_synthetic` is the Kolmogorov-Smirnov distance between the real and the synthetic
grains of a class, each mount weighing the same; `ks_real` the median distance between two real mounts of that class.
The bar: over all measures, the median of `ks_synthetic` is no larger than that of `ks_real`. `ks_twin`, a stricter one,
compares each real mount with its own synthetic twin (median). `two_sample` is the accuracy at which a small CNN on
masked grains tells real from synthetic, cross-validated by mount: 0.5 is chance, under 0.75 the goal; `forest` that of
a random forest on the measures. About seven minutes on one core.
"""

import json
import os
import sys
from itertools import combinations, pairwise

os.environ |= {"OMP_NUM_THREADS": "1", "TF_NUM_INTRAOP_THREADS": "1"}

import cv2
import numpy as np
import pandas as pd
from scipy import ndimage, stats
from skimage.measure import perimeter, regionprops
from skimage.morphology import disk
from sklearn.ensemble import RandomForestClassifier

from zirconkit import grains, mounts, samples, segmentation, synthetic

POINTS = (5, 25, 50, 75, 95)
BANDS = (2, 4, 8, 16, 32)  # px


def deep(mask):
    """The pixels of a mask more than 3 px from its outline, and every pixel's distance to it."""
    depth = cv2.distanceTransform(mask.astype(np.uint8), cv2.DIST_L2, 5)
    return depth > 3, depth


def shape(crop, mask):
    """Outline against ellipse, hull, smoothed outline and circle; share of the area in corners too sharp for a disc."""
    grain = regionprops(mask.astype(np.uint8))[0]
    smooth = ndimage.gaussian_filter(mask.astype(np.float32), 3) > 0.5
    opened = cv2.morphologyEx(mask.astype(np.uint8), cv2.MORPH_OPEN, disk(int(0.6 * deep(mask)[1].max())))
    return {
        "aspect_ratio": grain.axis_major_length / grain.axis_minor_length,
        "solidity": grain.solidity,
        "diameter": grain.equivalent_diameter_area,
        "roughness": perimeter(mask) / perimeter(smooth),
        "circularity": 4 * np.pi * grain.area / perimeter(mask) ** 2,
        "corners": 1 - opened.sum() / grain.area,
    }


def texture(crop, mask):
    """Grey inside: spread, skewness, gradient, dark and bright pixels, noise over the noise law's; the outline."""
    (inner, depth), outside = deep(mask), np.rint(deep(~mask)[1])
    grey, mean, middle = crop[inner], crop[inner].mean(), np.median(crop[inner])
    slope = np.hypot(*np.gradient(ndimage.gaussian_filter(np.nan_to_num(crop), 0.7)))[inner]
    residual = cv2.filter2D(np.nan_to_num(crop), -1, np.outer((1, -2, 1), (1, -2, 1)) / 6)[inner]
    edge = {f"halo_{d}": np.nanmean(crop[outside == d]) / middle for d in (1, 2, 4)}
    return edge | {
        "inside_1": crop[mask & (depth < 1.5)].mean() / middle,
        "contrast": grey.std() / mean,
        "skewness": stats.skew(grey),
        "gradient": np.sqrt(np.mean(slope**2)) / mean,
        "dark_fraction": np.mean(grey < 0.5 * middle),
        "bright_fraction": np.mean(grey > 1.35 * middle),
        "noise": np.median(np.abs(residual)) / 0.6745 / np.sqrt(0.1 + 0.035 * mean + 1 / 12),
    }


def zoning(crop, mask):
    """Concentric or not: gradients along the outline's normal; the profile from rim to core; left against right."""
    inner, depth = deep(mask)
    mean, x = crop[inner].mean(), np.linspace(-1, 1, int(depth.max()) - 2)
    gy, gx = np.gradient(ndimage.gaussian_filter(np.nan_to_num(crop), 1.0))
    ny, nx = np.gradient(ndimage.gaussian_filter(depth, 1.0))
    power = (gx**2 + gy**2) * (nx**2 + ny**2)
    profile = ndimage.mean(crop, np.where(inner, depth.astype(int), -1), 3 + np.arange(x.size))
    waves = (profile - np.polyval(np.polyfit(x, profile, 2), x)) / mean if x.size > 5 else np.zeros(9)
    peak = np.argmax(np.abs(np.fft.rfft(waves * np.hanning(waves.size), 256)))
    column = np.broadcast_to(np.arange(crop.shape[1]), crop.shape)[inner]
    left, outer = column < np.median(column), inner & (depth < depth.max() / 3)
    return {
        "concentric": ((gx * nx + gy * ny) ** 2)[inner].sum() / power[inner].sum(),
        "wavelength": 256 / max(peak, 1),
        "oscillation": waves.std(),
        "rim_over_core": crop[outer].mean() / crop[depth > depth.max() * 2 / 3].mean() if outer.any() else np.nan,
        "left_minus_right": (crop[inner][left].mean() - crop[inner][~left].mean()) / mean,
    }


def spectrum(crop, mask):
    """Log power of the grey over its mean, tapered at the outline, in octaves of wavelength; and its slope."""
    taper = np.clip((deep(mask)[1] - 2) / 3, 0, 1)
    mean = np.average(np.nan_to_num(crop), weights=taper)
    power = np.abs(np.fft.fft2(np.nan_to_num(crop / mean - 1) * taper, (192, 192))) ** 2 / (taper**2).sum()
    wave = 1 / np.maximum(np.hypot(*np.meshgrid(np.fft.fftfreq(192), np.fft.fftfreq(192))), 1e-6)
    bands = [np.log10(power[(wave >= low) & (wave < high)].mean()) for low, high in pairwise(BANDS)]
    return {f"power_{low}px": value for low, value in zip(BANDS, bands)} | {"power_slope": np.diff(bands).mean()}


def cut_out(image, labels, row, border=6):
    """A grain's crop, float32 with neighbours and their glow as NaN, and its mask."""
    ends = (row.row_min, row.row_max), (row.col_min, row.col_max)
    box = tuple(slice(max(low - border, 0), high + border) for low, high in ends)
    crop, mask = image[box].astype(np.float32), labels[box] == row.grain
    near = cv2.dilate(((labels[box] > 0) & ~mask).astype(np.uint8), disk(5)) > 0
    return np.where((near | (crop == 0)) & ~mask, np.nan, crop), mask


def measure(image, sample, source):
    """All measures of a mount's kept grains, one row each, and their masked 64 x 64 crops over twice their median."""
    labels, table = segmentation.segment(image)
    table = table[table["kept"]]  # none cut off by the mount's edge
    cuts = [cut_out(image, labels, row) for row in table.itertuples()]
    rows = [shape(*cut) | texture(*cut) | zoning(*cut) | spectrum(*cut) for cut in cuts]
    images, _ = grains.cut(image, labels, table, size=64, square=64, mask_neighbours=True)
    images = images.astype(np.float32)
    images /= np.reshape([2 * np.median(one[one > 0]) for one in images], (-1, 1, 1, 1))
    about = {"sample": sample, "source": source, "class_name": samples.sheet()["class_name"][sample]}
    return pd.DataFrame(rows).assign(**about), images.clip(0, 1)


def weights(table):
    """A weight a grain, so that each mount weighs the same; they add up to 1."""
    return 1 / table.groupby("sample")["sample"].transform("size").to_numpy() / table["sample"].nunique()


def ks(one, other, name):
    """Weighted Kolmogorov-Smirnov distance between two tables of grains in one measure."""
    values, steps = np.r_[one[name], other[name]], np.r_[weights(one), -weights(other)]
    order = np.argsort(values)[: np.isfinite(values).sum()]  # NaN sorts last
    return np.abs(np.cumsum(steps[order]))[np.r_[np.diff(values[order]) > 0, True]].max()


def compare(real, synthetic, names):
    """One row a measure and class: distances, and the percentiles of the real and the synthetic grains."""
    rows = []
    for (class_name, one), (_, other) in zip(real.groupby("class_name"), synthetic.groupby("class_name")):
        each, twin = dict(list(one.groupby("sample"))), dict(list(other.groupby("sample")))
        for name in names:
            row = {"measure": name, "class_name": class_name, "ks_synthetic": ks(one, other, name)}
            row["ks_real"] = np.median([ks(a, b, name) for a, b in combinations(each.values(), 2)])
            row["ks_twin"] = np.median([ks(each[sample], twin[sample], name) for sample in each])
            for source, table in (("real", one), ("synthetic", other)):
                points = np.nanpercentile(table[name], POINTS, weights=weights(table), method="inverted_cdf")
                row |= {f"{source}_{p:02}": value for p, value in zip(POINTS, points)}
            rows.append(row)
    return pd.DataFrame(rows)


def cnn(train, y):
    """A small network, trained to tell 1 from 0; returns a function from images to labels."""
    from keras import Sequential, layers, utils

    utils.set_random_seed(0)
    stack = [layers.RandomFlip(), layers.Conv2D(16, 5, strides=2, activation="relu")]
    for filters in (32, 64):
        stack += [layers.Conv2D(filters, 3, padding="same", activation="relu"), layers.MaxPooling2D()]
    stack += [layers.Flatten(), layers.Dropout(0.5), layers.Dense(32, activation="relu")]
    model = Sequential([*stack, layers.Dense(1, activation="sigmoid")])
    model.compile("adam", "binary_crossentropy")
    model.fit(train, y, batch_size=32, epochs=25, verbose=0)
    return lambda images: model.predict(images, verbose=0)[:, 0] > 0.5


def two_sample(fit, tables, inputs, at_most=150):
    """Accuracy, mount by mount, at telling a real mount's grains from its twin's, as many; neither is trained on."""
    rng, keep = np.random.default_rng(0), []
    for _, twins in tables.groupby("sample"):
        n = min(at_most, twins["source"].value_counts().min())
        keep += [i for _, half in twins.groupby("source") for i in rng.permutation(half.index)[:n]]
    y, mount, x = (tables["source"] == "real").to_numpy()[keep], tables["sample"].to_numpy()[keep], inputs[keep]
    aside = [mount == one for one in np.unique(mount)]
    return np.array([np.mean(fit(x[~out], y[~out].astype(float))(x[out]) == y[out]) for out in aside])


def main():
    cv2.setNumThreads(1)
    real = [mount for mount in mounts.find("quellaveco") if mount.role != "unused"]
    found = [measure(mount.image(), mount.sample, "real") for mount in real]
    for seed in (0, 1):
        found += [measure(synthetic.grow_mount(one.sample, seed).image, one.sample, "synthetic") for one in real]
    tables, images = pd.concat([table for table, _ in found], ignore_index=True), np.concatenate([c for _, c in found])
    names = list(tables.columns[:-3])
    table = compare(tables[tables["source"] == "real"], tables[tables["source"] == "synthetic"], names)
    result = {"benchmark": "realism", "mounts": len(real), "grains": tables["source"].value_counts().to_dict()}
    result |= table.groupby("class_name")[["ks_synthetic", "ks_real", "ks_twin"]].median().round(3).to_dict("index")
    trees, values = RandomForestClassifier(200, min_samples_leaf=3, random_state=0), tables[names].fillna(-1)
    accuracies = {}
    for name, fit, inputs in ("two_sample", cnn, images), ("forest", lambda *xy: trees.fit(*xy).predict, values.values):
        accuracies[name] = accuracy = two_sample(fit, tables, inputs)
        result |= {name: round(accuracy.mean(), 3), f"{name}_spread": round(accuracy.std(), 3)}
    if "--save" in sys.argv:
        table.round(4).to_csv(samples.DATA / "results" / "realism.csv", index=False)
        each = pd.DataFrame(accuracies, sorted(one.sample for one in real)).rename_axis("sample")
        each.round(4).to_csv(samples.DATA / "results" / "realism_two_sample.csv")
    print(json.dumps(result))


if __name__ == "__main__":
    main()
