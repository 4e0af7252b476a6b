"""Are the grains that a VAE dreams any good, beside those that the generator of synthetic mounts grows?

Grains are shown alone, evenly exposed, level and of one length, 32 px. Every run leaves a pair of mounts out, sets
three tenths of the other grains aside at random, and trains a VAE (`networks.generative`, four numbers, 20 epochs) on
the rest. The rival is the grower: the same mounts grown with another seed. The network's grains are of three kinds, as
many of each as were set aside:

* `dreamt`: codes are drawn from the standard normal;
* `dreamt, not torn`: from there, too, but only drawings of a solidity above 0.9, until there are as many;
* `dreamt, as learned`: from the normal distribution that has the learned codes' mean and covariance.

The gain of the last two is on the first, paired by run. What is asked of them:

* `told apart`: how often a forest, on six measures or on pixels, rightly says real or not, of grains that it did not
  see; 0.5 is chance. `real` is one half of the grains aside against the other.
* `copied`: how often the nearest grain is one that was learned from rather than one set aside; 0.5 is chance.
* `covered`, `believable`: by six measures, and by the three of shape alone; `covered, dented` and `covered, whole`: of
  the grains aside of a solidity up to 0.9 and above. `torn`: the share of grains of a solidity up to 0.9.
* `novelty` (grown mounts only: their truth is known): contaminants against zircons, ROC-AUC of how badly a grain is
  rebuilt by a VAE and by as many principal components, of one feature: how dull a grain is beside its mount, and
  of how little zoning it has.
  `blurred`: grains photographed out of focus against sharp ones, beside the contrast of neighbouring pixels.
* `helps`: ROC-AUC on the pair of mounts of a forest on pixels that has 50 labelled grains, less that of one that also
  has 500 dreamt grains of each class (from normal distributions of the labelled grains' codes) or 500 grown ones.

Ten runs; intervals are Student's t over the runs, which share mounts. Prints one JSON line; with `--save` the table
goes to data/results/generative.csv; of the runs on real mounts the first eight dreams of the first, none of them
chosen, to data/results/generative_dreams.png, and how the measures of real (those aside), dreamt and grown grains are
spread, over all runs, to data/results/generative_measures.csv. The real mounts are added where `ZIRCONKIT_DATA` names
their folder. About ten minutes on one core.
"""

import argparse
import json
import os
from typing import NamedTuple

import cv2
import keras
import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier
from tqdm import tqdm

from zirconkit import dreams, evaluation, files, labelling, mounts, samples, synthetic
from zirconkit import grains as gr
from zirconkit.networks import generative

SEEDS, EPOCHS = 10, 20
SHAPES = ["aspect_ratio", "solidity", "filled"]
SOLID = 0.9  # solidity: up to here an original is dented, and a drawing torn
NOT_TORN, AS_LEARNED = "dreamt, not torn", "dreamt, as learned"
BINS, SPREAD = 20, ["aspect_ratio", "zoning"]


class Set(NamedTuple):
    grains: gr.Grains
    x: np.ndarray
    sample: np.ndarray
    contaminant: np.ndarray  # of grown grains; else all False
    grown: gr.Grains  # the rival's


class Images(NamedTuple):
    x: np.ndarray
    measures: pd.DataFrame


def level(found):
    whole = gr.from_mounts(found, size=160, square=160, progress=False)
    return gr.level_and_even(whole, 32)


def grown_anew(names):
    """The mounts of some samples, grown with another seed than the course's: once, into the cache."""
    folder = files.cache_folder() / f"synthetic-{mounts.generator_version()}-another"
    for name in names:
        if not (folder / f"{name}.png").is_file():
            synthetic.save(synthetic.grow_mount(name, seed=1), folder)
    return [mount for mount in mounts.find(folder) if mount.sample in names]


def data_set(name):
    found = mounts.labelled(name)
    grains = level(found)
    rival = level(grown_anew([mount.sample for mount in found]))
    return Set(grains, grains.x, grains.table["sample"].to_numpy(str), gr.contaminants(found, grains.table), rival)


def forest(x, y):
    flat = np.reshape(x, (len(x), -1))
    return RandomForestClassifier(100, min_samples_leaf=3, random_state=0).fit(flat, y)


def calls(x, y):
    """A forest as `dreams.told_apart` wants it."""
    fitted = forest(x, y)
    return lambda others: fitted.predict(np.reshape(others, (len(others), -1)))


def auc(y, score):
    return evaluation.auc_interval(y, score).value


def judged(kind, drawn, learned, aside, seed):
    """The figures of some `Images` beside those that were set aside: yields measure and value."""
    real = aside.x[: len(aside.measures)]
    yield "told apart, pixels", dreams.told_apart(calls, real, drawn.x, seed=seed).value
    by_measures = aside.measures.to_numpy(), drawn.measures.to_numpy()
    yield "told apart, measures", dreams.told_apart(calls, *by_measures, seed=seed).value
    for what, names in (("", list(drawn.measures)), (", shape", SHAPES)):
        cloud = dreams.coverage(aside.measures[names], drawn.measures[names], seed)
        yield f"covered{what}", cloud.covered.value
        yield f"believable{what}", cloud.believable.value
    yield "torn", torn(drawn.measures).mean()
    if kind.startswith("dreamt"):
        dented, covered = torn(aside.measures), dreams.covered_grains(aside.measures, drawn.measures)
        yield "covered, dented", covered[dented].mean()
        yield "covered, whole", covered[~dented].mean()
        yield "copied", dreams.copied(drawn.x, learned, aside.x, seed).value


def torn(measures):
    return (measures["solidity"] <= SOLID).to_numpy()


def measured(x):
    return Images(x, dreams.measured(x))


def dreamt_elsewhere(model, learned, dreamt, seed):
    """As many dreams again: of those of the standard normal the ones that are whole, and as the learned codes lie."""
    many, rng = len(dreamt.x), np.random.default_rng(1000 + seed)
    x, measures = dreamt
    while np.sum(~torn(measures)) < many:
        more = measured(generative.draw(model, rng.normal(size=(many, generative.CODE))))
        x, measures = np.concatenate([x, more.x]), pd.concat([measures, more.measures], ignore_index=True)
    whole = np.flatnonzero(~torn(measures))[:many]
    codes = generative.code(model, learned)
    near = rng.multivariate_normal(codes.mean(axis=0), np.cov(codes.T), many)
    return {NOT_TORN: Images(x[whole], measures.iloc[whole]), AS_LEARNED: measured(generative.draw(model, near))}


def novelty(data, model, learned, rows):
    """ROC-AUC of contaminants against zircons, and of blurred grains against sharp ones: yields measure and value."""
    x, table = data.x[rows], data.grains.table.iloc[rows]
    components = PCA(generative.CODE, random_state=0).fit(np.reshape(learned, (len(learned), -1)))

    def by_components(images):
        flat = np.reshape(images, (len(images), -1))
        return np.float32(components.inverse_transform(components.transform(flat)).reshape(images.shape))

    def by_vae(images):
        return generative.draw(model, generative.code(model, images))

    dull = -(table["mean_grey"] / table.groupby("sample")["mean_grey"].transform("median")).to_numpy()
    ways = {"VAE": by_vae, "components": by_components}
    if data.contaminant[rows].any():
        for name, rebuilt in ways.items():
            yield f"contaminants, {name}", auc(data.contaminant[rows], dreams.odd_pixels(x, rebuilt(x)))
        yield "contaminants, one feature", auc(data.contaminant[rows], dull)
        yield "contaminants, less zoning", auc(data.contaminant[rows], -dreams.measured(x)["zoning"])
    soft = np.stack([cv2.GaussianBlur(image, (0, 0), 1.5)[..., None] for image in x])
    both, is_soft = np.concatenate([x, soft]), np.repeat([0, 1], len(x))
    for name, rebuilt in ways.items():
        yield f"blurred, {name}", auc(is_soft, dreams.odd_pixels(both, rebuilt(both)))
    steps = np.abs(np.diff(both[..., 0], axis=2)).mean(axis=(1, 2))
    yield "blurred, one feature", auc(is_soft, -steps)


def helped(data, model, pool, unseen, seed):
    """ROC-AUC of a forest on 50 labelled grains, alone, with dreamt and with grown ones: yields measure and value."""
    y, rng = data.grains.y, np.random.default_rng(seed)
    rows = pool[labelling.first_labels(y[pool], 50, seed)]
    codes, dreamt = generative.code(model, data.x[rows]), []
    for k in (0, 1):
        mine = codes[y[rows] == k]
        spread = np.cov(mine.T) if len(mine) > generative.CODE else np.eye(generative.CODE)
        dreamt.append(generative.draw(model, rng.multivariate_normal(mine.mean(axis=0), spread, 500)))
    seen = set(data.sample[pool])
    grown = [np.flatnonzero((data.grown.y == k) & data.grown.table["sample"].isin(seen)) for k in (0, 1)]
    grown = [data.grown.x[rng.permutation(each)[:500]] for each in grown]
    for name, extra in (("50 labels", []), ("with dreams", dreamt), ("with grown ones", grown)):
        x = np.concatenate([data.x[rows], *extra])
        names = np.concatenate([y[rows], *(np.full(len(each), k) for k, each in enumerate(extra))])
        score = forest(x, names).predict_proba(np.reshape(data.x[unseen], (unseen.sum(), -1)))[:, 1]
        yield f"helps, {name}", auc(y[unseen], score)


def one_run(data, pair, seed, keep):
    """All figures of one run: yields kind, measure and value. Its grains, dreamt and not, go to the list `keep`."""
    unseen = np.isin(data.sample, pair)
    order = np.random.default_rng(seed).permutation(np.flatnonzero(~unseen))
    n_aside = int(0.3 * len(order))
    learned, aside = data.x[order[n_aside:]], data.x[order[:n_aside]]
    keras.utils.set_random_seed(seed)
    model = generative.vae()
    model.fit(learned, learned, batch_size=64, epochs=EPOCHS, verbose=0)
    rng = np.random.default_rng(seed)
    dreamt = measured(generative.draw(model, rng.normal(size=(n_aside, generative.CODE))))
    rival = measured(data.grown.x[rng.permutation(len(data.grown))[:n_aside]])
    apart = measured(aside)
    keep.append({"real": apart, "dreamt": dreamt, "grown": rival})
    half = n_aside // 2
    kinds = {"dreamt": dreamt, "grown": rival, **dreamt_elsewhere(model, learned, dreamt, seed)}
    for kind, each in kinds.items():
        yield from ((kind, *found) for found in judged(kind, each, learned, apart, seed))
    one, other = Images(aside[:half], apart.measures[:half]), Images(aside[half:], apart.measures[half:])
    yield from (("real", *found) for found in judged("real", other, learned, one, seed))
    yield from (("novelty", *found) for found in novelty(data, model, learned, order[:n_aside]))
    yield from (("help", *found) for found in helped(data, model, np.sort(order), unseen, seed))
    keras.backend.clear_session()


RIVALS = {"with dreams": "50 labels", "with grown ones": "50 labels", "VAE": "one feature", "components": "one feature"}


def summary(rows, name):
    """A row for each figure: mean and interval over the runs, and the gain on its rival."""
    for (kind, what), runs in rows.groupby(["kind", "what"], sort=False):
        values = runs.set_index("seed")["value"]
        found = evaluation.paired_difference(values, np.zeros(len(values)))
        row = {"data": name, "kind": kind, "what": what, "runs": len(values), **found._asdict()}
        part, _, way = what.partition(", ")
        if way in RIVALS:
            row |= gained(values, rows[rows["what"] == f"{part}, {RIVALS[way]}"])
        if kind in (NOT_TORN, AS_LEARNED):
            row |= gained(values, rows[rows["kind"].eq("dreamt") & rows["what"].eq(what)])
        yield row


def gained(values, rivals):
    """The mean paired difference of values, by seed, from some rows, and its interval: dict."""
    gain = evaluation.paired_difference(values, rivals.set_index("seed")["value"].loc[values.index])
    return {f"gain{end}": each for end, each in zip(("", "_low", "_high"), gain)}


def spread(kept):
    """How two measures of real, dreamt and grown grains are spread over all runs: yields rows, the ends open."""
    for measure in SPREAD:
        values = {kind: np.concatenate([run[kind].measures[measure] for run in kept]) for kind in kept[0]}
        low, high = np.percentile(np.concatenate(list(values.values())), [0.5, 99.5])
        edges = np.linspace(low, high, BINS + 1)
        for kind, each in values.items():
            counts, _ = np.histogram(each.clip(low, high), edges)
            for start, end, share in zip(edges[:-1], edges[1:], counts / len(each)):
                yield {"measure": measure, "kind": kind, "from": start, "to": end, "share": share}


def saved(kept):
    """Eight dreams and the spread of two measures, of the runs on real mounts, into the kit's results."""
    strip = np.hstack(list(np.rint(255 * kept[0]["dreamt"].x[:8, ..., 0])))
    cv2.imwrite(str(samples.DATA / "results" / "generative_dreams.png"), strip.astype(np.uint8))
    table = pd.DataFrame(spread(kept)).round(4)
    table.to_csv(samples.DATA / "results" / "generative_measures.csv", index=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", action="store_true", help="write the results into data/results")
    parser.add_argument("--seeds", type=int, default=SEEDS)
    options = parser.parse_args()
    rows = []
    for kind, name in {"grown": "synthetic", "real": "quellaveco"}.items():
        if kind == "grown" or os.environ.get("ZIRCONKIT_DATA"):
            data = data_set(name)
            pairs = labelling.pairs_of_mounts(data.grains.y, data.sample, options.seeds)
            found, kept = [], []
            for seed, pair in enumerate(tqdm(pairs, desc=name)):
                found += [
                    dict(zip(("kind", "what", "value"), each), seed=seed) for each in one_run(data, pair, seed, kept)
                ]
            rows += summary(pd.DataFrame(found), kind)
            if options.save and kind == "real":
                saved(kept)
    table = pd.DataFrame(rows).round(4)
    if options.save:
        table.to_csv(samples.DATA / "results" / "generative.csv", index=False)
    said = {f"{row.data}, {row.kind}, {row.what}": [row.value, row.low, row.high] for row in table.itertuples()}
    print(json.dumps({"benchmark": "generative", **said}))


if __name__ == "__main__":
    main()
