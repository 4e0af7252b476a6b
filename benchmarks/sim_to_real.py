"""Does what a network learns from synthetic zircons hold on real ones?

LeNet is trained on synthetic grains only and tested on the real mounts that `ZIRCONKIT_DATA` names: the ROC-AUC of each
pair of a porphyry and a batholith mount. `auc_pair` is QVC055 against QVC075, the paper's test samples, `auc_mean` the
mean over all pairs; beside them the same for aspect ratio alone and for silhouettes only. QVC041 is left out, as the
paper's Table 1 does. Then 5, 10 and 20 real grains of each class, never from the two mounts of the pair, fine-tune the
network ("start": "synthetic") or train it from scratch ("nothing").

Prints one JSON line; takes about ten minutes. `--tune` leaves QVC075 out, for whoever changes the generator: that mount
is kept for the end, and every run without `--tune` adds a line to data/results/sim_to_real_log.csv. `--save` scores
every ingredient, too, and writes the tables data/results/sim_to_real*.csv.
"""

import argparse
import json
import os
import warnings
from datetime import date
from itertools import product

import joblib
import keras
import numpy as np
import pandas as pd
import tensorflow as tf
from tqdm import tqdm

from zirconkit import evaluation, files, mounts, samples, synthetic
from zirconkit import grains as gr
from zirconkit.networks import models, training

RESULTS = samples.DATA / "results"
HELD_OUT, DEBATABLE = "QVC075", ("QVC028", "QVC058")
SQUARE = 160  # px; the largest grain lies within
EPOCHS, FEW = 40, (5, 10, 20)


def random_mounts(count, folder):
    """Grow `count` random samples of each class into a folder, once; returns the folder."""
    wanted = [(name, seed) for name, seed in product(samples.CLASSES, range(count))]

    def one(class_name, seed):
        synthetic.save(synthetic.grow(synthetic.random_recipe(class_name, seed), class_name, seed), folder)

    if not (folder / "samples.csv").exists():
        joblib.Parallel(-1)(joblib.delayed(one)(*each) for each in tqdm(wanted, desc="random samples"))
        table = pd.DataFrame(wanted, columns=["class", "seed"])
        table.insert(0, "sample", table["class"] + "-" + table.pop("seed").astype(str))
        table.to_csv(folder / "samples.csv", index=False)
    return folder


def crops(found):
    """The grains of some mounts, in their own size: Grains."""
    return gr.from_mounts(found, size=SQUARE, square=SQUARE)


def view(grains, size=32, aligned=True, evened=True, masked=True, silhouette=False):
    """The grains as a network is to see them: Grains of `size` px."""
    masks = grains.masks
    images = grains.images * masks[..., None] if masked else grains.images
    images = np.uint8(255 * masks[..., None]) if silhouette else images
    images = gr.normalise_exposure(images, masks) if evened and not silhouette else images
    if aligned:
        level = gr.align(np.uint8(255 * masks[..., None]), masks, size)[..., 0] > 0
        return grains.with_images(gr.align(images, masks, size), level)
    middle = slice(SQUARE // 2 - 45, SQUARE // 2 + 45)  # the paper's 90 px
    return gr.resize(grains.with_images(images[:, middle, middle], masks[:, middle, middle]), size)


def train(grains, seed):
    """LeNet, trained with flips only: the grains lie level, and their size and exposure are evened out."""
    keras.utils.set_random_seed(seed)
    model = training.compile_model(models.lenet(grains.images.shape[1]))
    flips = keras.Sequential([keras.layers.RandomFlip(seed=seed)])
    training.fit(model, grains, epochs=EPOCHS, augment=flips, seed=seed, progress=False)
    return model


def pairs(table):
    """All pairs of a porphyry and a batholith mount, with the rows of their grains: (names, rows)."""
    by_class = [sorted(table["sample"][table["class_name"] == name].unique()) for name in ("porphyry", "batholith")]
    return [((p, b), np.flatnonzero(table["sample"].isin([p, b]))) for p, b in product(*by_class)]


def aucs(grains, score):
    """ROC-AUC of each pair of mounts, a Series named by pair."""
    y = grains.y
    found = {names: evaluation.auc_interval(y[rows], score[rows]).value for names, rows in pairs(grains.table)}
    return pd.Series(found)


def summary(each):
    """The figures of a score from its ROC-AUC by pair."""
    firm = each[[p not in DEBATABLE for p, _ in each.index]]
    held = {f"auc_mean_{b}": each[[pair[1] == b for pair in each.index]].mean() for b in {b for _, b in each.index}}
    found = {"auc_mean": each.mean(), "auc_mean_firm_labels": firm.mean(), **dict(sorted(held.items()))}
    return {"auc_pair": each.get(samples.TEST, np.nan)} | found


def difference(grains, runs, score, resamples=500):
    """By how much the mean ROC-AUC of some runs beats another score's; 95 % interval, grains resampled by mount."""
    rng, table = np.random.default_rng(0), grains.table
    groups = list(table.groupby("sample").indices.values())
    draws = [np.arange(len(table))]
    draws += [np.concatenate([rng.choice(rows, len(rows)) for rows in groups]) for _ in range(resamples)]
    gains = []
    for rows in tqdm(draws, desc="bootstrap", leave=False):
        drawn = grains[rows]
        gains.append(np.mean([aucs(drawn, run[rows]).mean() for run in runs]) - aucs(drawn, score[rows]).mean())
    return [gains[0], *np.quantile(gains[1:], [0.025, 0.975])]


def by_mount(gain, resamples=4000):
    """Mean of a difference by pair, and its 95 % interval over mounts: wider than over grains, as mounts differ."""
    rng, gain = np.random.default_rng(0), gain.unstack().to_numpy()
    draws = [gain[np.ix_(*(rng.integers(n, size=n) for n in gain.shape))].mean() for _ in range(resamples)]
    return [gain.mean(), *np.quantile(draws, [0.025, 0.975])]


def learner(model):
    """A function that trains a compiled model on a few grains, flipped at random, all epochs in one graph."""
    model.optimizer.build(model.trainable_variables)

    @tf.function(reduce_retracing=True)
    def learn(x, y, epochs):
        for _ in tf.range(epochs):
            order = tf.random.shuffle(tf.range(tf.shape(x)[0]))
            for start in tf.range(0, tf.shape(x)[0], 16):
                rows = order[start : start + 16]
                images = tf.image.random_flip_up_down(tf.image.random_flip_left_right(tf.gather(x, rows)))
                with tf.GradientTape() as tape:
                    loss = model.compute_loss(images, tf.gather(y, rows), model(images, training=True))
                gradients = tape.gradient(loss, model.trainable_variables)
                model.optimizer.apply_gradients(zip(gradients, model.trainable_variables))

    return learn


def few_real(grains, trained, seeds):
    """ROC-AUC by pair and number of real grains a class: of networks that are fine-tuned and of such that start anew.

    The grains come from the other mounts, drawn anew for each seed. One compiled network serves all: only its weights
    are exchanged.
    """
    model, rows = training.compile_model(models.lenet()), []
    learn, forward = learner(model), tf.function(model, reduce_retracing=True)
    x, y, sample = grains.x, grains.y, grains.table["sample"].to_numpy()
    todo = list(product(pairs(grains.table), range(seeds), FEW))
    for (names, test), seed, few in tqdm(todo, desc="few real grains"):
        rng, others = np.random.default_rng([seed, few]), ~np.isin(sample, names)
        if min(np.bincount(y[others], minlength=2)) < few:
            continue
        drawn = np.concatenate([rng.choice(np.flatnonzero(others & (y == k)), few, replace=False) for k in (0, 1)])
        keras.utils.set_random_seed(seed)
        anew = models.lenet().get_weights()
        for start, weights, rate, epochs in (("synthetic", trained[seed], 3e-4, 30), ("nothing", anew, 1e-3, 150)):
            model.set_weights(weights)
            for variable in model.optimizer.variables:
                variable.assign(np.zeros(variable.shape))
            model.optimizer.learning_rate.assign(rate)
            learn(tf.constant(x[drawn]), tf.constant(y[drawn, None], tf.float32), tf.constant(epochs))
            auc = evaluation.auc_interval(y[test], forward(tf.constant(x[test])).numpy()[:, 0]).value
            found = {"porphyry": names[0], "batholith": names[1], "seed": seed, "grains": few}
            rows.append(found | {"start": start, "auc": auc})
    return pd.DataFrame(rows)


def gain_of_fine_tuning(table):
    """By number of real grains: both scores and their difference, with a 95 % interval over pairs and seeds."""
    wide = table.pivot(index=["grains", "porphyry", "batholith", "seed"], columns="start", values="auc")
    found, rng = {}, np.random.default_rng(0)
    for few, part in wide.groupby("grains"):
        gain = (part["synthetic"] - part["nothing"]).groupby(["porphyry", "batholith"]).mean().to_numpy()
        resampled = rng.choice(gain, (2000, len(gain))).mean(1)
        found[str(few)] = {**part.mean().to_dict(), "gain": [gain.mean(), *np.quantile(resampled, [0.025, 0.975])]}
    return found


VARIANTS = {  # what is changed from the first row, one thing at a time
    "all ingredients": {},
    "silhouettes only": {"silhouette": True},
    "exposure as it is": {"evened": False},
    "background and neighbours in view": {"masked": False},
    "as it lies, 90 px to 32": {"aligned": False},
    "64 px": {"size": 64},
}


def score_variants(random, course, real, seeds, names):
    """Predictions of every variant and seed: {name: array (seeds, grains)}, and the first variant's weights."""
    predictions, weights = {}, []
    for name in names:
        seen = view(real, **VARIANTS.get(name, {}))
        learned = view(course if name == "the 14 mounts only" else random, **VARIANTS.get(name, {}))
        runs = []
        for seed in tqdm(range(seeds), desc=name):
            model = train(learned, seed)
            runs.append(training.predict(model, seen))
            if name == "all ingredients":
                weights.append(model.get_weights())
            keras.backend.clear_session()
        predictions[name] = np.array(runs)
    return predictions, weights


def rounded(value):
    """A nested result with four decimals; null for what is not there."""
    if isinstance(value, dict):
        return {key: rounded(each) for key, each in value.items()}
    if isinstance(value, list):
        return [rounded(each) for each in value]
    return round(float(value), 4) if np.isfinite(value) else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=5)
    parser.add_argument("--mounts", type=int, default=12, help="random synthetic samples of each class")
    parser.add_argument("--tune", action="store_true", help="leave QVC075 out")
    parser.add_argument("--save", action="store_true", help="score every ingredient and write data/results")
    options = parser.parse_args()
    if not os.environ.get("ZIRCONKIT_DATA"):
        raise SystemExit("sim_to_real needs the real mounts: set ZIRCONKIT_DATA to their folder")
    warnings.filterwarnings("ignore", message="left out")
    version = mounts.generator_version()
    folder = files.cache_folder() / f"random-{version}-{options.mounts}"
    random = crops(mounts.find(random_mounts(options.mounts, folder)))
    real = mounts.labelled("quellaveco")
    real = crops([mount for mount in real if not (options.tune and mount.sample == HELD_OUT)])
    course = crops([m for m in mounts.find("synthetic") if m.role == "train"]) if options.save else None
    names = [*VARIANTS, "the 14 mounts only"] if options.save else list(VARIANTS)[:2]
    predictions, weights = score_variants(random, course, real, options.seeds, names)
    grains, aspect = real[1], real[1].table["aspect_ratio"].to_numpy()
    figures = {name: pd.DataFrame([summary(aucs(grains, run)) for run in runs]) for name, runs in predictions.items()}
    figures = {"aspect ratio alone": pd.DataFrame([summary(aucs(grains, aspect))]), **figures}
    table = pd.DataFrame({name: found.mean() for name, found in figures.items()}).T.rename_axis("variant")
    table.insert(1, "seed_spread", [found["auc_mean"].std() for found in figures.values()])
    few = few_real(view(real), weights, options.seeds)
    gain = sum(aucs(grains, run) for run in predictions["all ingredients"]) / options.seeds - aucs(grains, aspect)
    result = table.loc["all ingredients"].to_dict() | {
        "minus_aspect_ratio": difference(grains, predictions["all ingredients"], aspect),
        "minus_aspect_ratio_by_mount": by_mount(gain),
        "aspect_ratio": table.loc["aspect ratio alone"].to_dict(),
        "silhouettes": table.loc["silhouettes only"].to_dict(),
        "few_real_grains": gain_of_fine_tuning(few) if len(few) else {},
    }
    if not options.tune:
        log = RESULTS / "sim_to_real_log.csv"
        line = {"date": date.today(), "generator": version, **table.loc["all ingredients"].round(4)}
        pd.DataFrame([line]).to_csv(log, mode="a", header=not log.exists(), index=False)
        saved = grains.table[["sample", "grain", "class_name", "aspect_ratio"]].assign(
            lenet=predictions["all ingredients"].mean(0), silhouette=predictions["silhouettes only"].mean(0)
        )
        saved.round(4).to_csv(RESULTS / "sim_to_real_predictions.csv", index=False)
    if options.save:
        table.round(4).to_csv(RESULTS / "sim_to_real.csv")
        few.round(4).to_csv(RESULTS / "sim_to_real_few.csv", index=False)
    print(json.dumps(rounded(result)))


if __name__ == "__main__":
    main()
