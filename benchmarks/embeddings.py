"""What do a LeNet's 32 numbers hold, and does UMAP show it? The readings of the paper's section 3.6, like for like.

Five seeds. From the same start weights one LeNet learns as published (dropout, all of the augmentation, 200 epochs),
one without augmentation and, of grown grains, one with each half of it (brightness and contrast; turns, flips and
zoom); the start itself (untrained) and bare pixels stand beside. All are asked about grains that no network learned
from: a fifth of the grains of the learning mounts and all of the test mounts.

* `linear`, `neighbours` (raw and standardised): R² of a property's ranks (`embeddings.linear_r2`, `neighbour_r2`).
* `by hand`: five numbers of zoning from the same small pictures (`embeddings.zoning_by_hand`), a positive control.
* `aspect_ratio, batholith` and the like: the same among the grains of one class, since in grown grains both go with it.
* `… less …`: the same as a paired difference of two networks with one seed.
* `axes`: how often the strongest axis of a property is the same in two three-dimensional UMAPs, and how often the
  three axes, in any order, are one of shape, one of zoning and one of intensity, as the paper reads them.
* `clusters`: k-means and HDBSCAN on the 32 numbers and on their UMAP, against class, mount and lithology (adjusted
  Rand index and adjusted mutual information), and against the clusters of another seed.

Intervals are over the five seeds (Student's t), luck is where 95 % of shuffled grains stay below. Prints one JSON line.
With `--save` the table goes to data/results/embeddings.csv. The real mounts are added where `ZIRCONKIT_DATA` names
their folder. Vectors are kept in the cache: a run that was cut short goes on. 20 minutes on one core.
"""

import argparse
import json
import os
import sys
from itertools import combinations, permutations, product

import keras
import numpy as np
import pandas as pd
from sklearn.cluster import HDBSCAN, KMeans
from sklearn.decomposition import PCA
from sklearn.metrics import adjusted_mutual_info_score, adjusted_rand_score
from tqdm import tqdm

from zirconkit import embeddings, evaluation, files, mounts, samples
from zirconkit import grains as gr
from zirconkit.networks import models, training

SEEDS = range(5)
EPOCHS = 200
LIGHT = ("brightness", "contrast")
PLACE = ("flips", "rotation", "zoom")
ARMS = {"as published": LIGHT + PLACE, "no augmentation": (), "light only": LIGHT, "place only": PLACE}
ARMS_OF = {"grown": list(ARMS), "real": ["as published", "no augmentation"]}
PAIRS = [("as published", "no augmentation"), ("as published", "untrained"), ("no augmentation", "untrained")]
PAIRS += [("light only", "no augmentation"), ("place only", "no augmentation")]
MEASURES = ["mean_grey", "contrast", "area_px", "aspect_ratio", "solidity", "oscillation", "wavelength_px"]
KINDS = {"aspect_ratio": "shape", "solidity": "shape", "oscillation": "zoning", "wavelength_px": "zoning"}
KINDS |= {"mean_grey": "intensity", "area_px": "size"}
FITS = [(start, seed) for start in ("spectral", "random") for seed in range(3)]
LUCK = 6 * (2 * 2 * 1) / 6**3  # six orders of three axes that each follow one of the six, two of shape, two of zoning
SHUFFLES = 200


def grains_of(data):
    """Grains to learn from, and those that no network learns from, 32 px."""
    found = mounts.labelled(data)
    grains = gr.from_mounts(found, size=32, mask_neighbours=True, progress=False).two_classes()
    known, test = gr.test_split(grains)
    learning, aside = gr.stratified_split(known, share=0.2, seed=0)
    unseen = gr.concatenate([aside, test])
    return found, learning, unseen


def truth_of(found, table):
    """What each grown grain was grown as, a row for each grain; NaN where a box holds no true grain."""
    rows = pd.DataFrame(index=table.index, columns=["brightness", "prismatic", "oscillatory", "true_wavelength"])
    for mount in found:
        truth, told = mount.truth(), mount.truth_table()
        if told is None:
            continue
        told = told.set_index("grain")
        for place, row in table[table["sample"] == mount.sample].iterrows():
            box = gr.crop(truth, row[["row_min", "col_min", "row_max", "col_max"]])
            inside = np.bincount(box.ravel())[1:]
            if inside.any():
                grain = told.loc[inside.argmax() + 1]
                kinds = [grain["habit"] == "prismatic", grain["zoning"] == "oscillatory"]
                rows.loc[place] = [grain["brightness"], *kinds, grain["wavelength_um"]]
    return rows.astype(float)


def within_class(table):
    """Two properties that go with the class, asked within each: NaN for the grains of the other."""
    for name, (number, title) in product(("aspect_ratio", "oscillatory"), enumerate(("batholith", "porphyry"))):
        yield f"{name}, {title}", table[name].where(table["porphyry"] == number)


def start(seed):
    keras.utils.set_random_seed(seed)
    return training.compile_model(models.lenet(32, dropout=0.5))


def vectors_of(model, grains):
    body = keras.Model(model.inputs[0], model.layers[-2].output)
    return training.predict(body, grains.x)


def trained(arm, seed, learning, unseen):
    """The 32 numbers of each unseen grain, and the network's answers."""
    model = start(seed)
    if arm != "untrained":
        changes = ARMS[arm]
        augment = training.augmentation(seed, changes) if changes else None
        training.fit(model, learning, epochs=EPOCHS, augment=augment, seed=seed, progress=False)
    return vectors_of(model, unseen), training.predict(model, unseen)


def kept(kind, arm, seed, learning, unseen):
    """`trained`, kept in the cache under its name."""
    path = files.cache_folder() / "benchmark_embeddings" / f"{kind}_{len(unseen)}_{arm.replace(' ', '_')}_{seed}.npz"
    if not path.is_file():
        path.parent.mkdir(parents=True, exist_ok=True)
        vectors, answers = trained(arm, seed, learning, unseen)
        np.savez(path, vectors=vectors, answers=answers)
    with np.load(path) as stored:
        return stored["vectors"], stored["answers"]


# ---------------------------------------------------------------- what is known


def readings(vectors, table):
    """For each way to ask and each property a Reading."""
    for name in table:
        values = table[name]
        yield ("linear", "standardised", name), embeddings.linear_r2(vectors, values)
        yield ("neighbours", "raw", name), embeddings.neighbour_r2(vectors, values)
        yield ("neighbours", "standardised", name), embeddings.neighbour_r2(embeddings.standardised(vectors), values)


def over_seeds(values):
    """The mean of a few runs and its 95 % interval (Student's t)."""
    return evaluation.paired_difference(values, np.zeros(len(values)))


def probe_rows(spaces, table):
    """Rows of the result table: every property in every space, and what one space has more than another."""
    found = {}
    for (space, seed), vectors in tqdm(spaces.items(), desc="probes"):
        for key, reading in readings(vectors, table):
            found[space, seed, *key] = reading
    found = pd.DataFrame(found, index=embeddings.Reading._fields).T.astype(float)
    found.index.names = ["space", "seed", "test", "how", "of"]
    for (space, test, how, of), part in found.groupby(["space", "test", "how", "of"], sort=False):
        value, low, high = over_seeds(part["value"])
        if len(part) == 1:  # pixels and numbers by hand have no seed: the interval is over grains
            low, high = part["low"].iloc[0], part["high"].iloc[0]
        yield [space, test, how, of, value, low, high, part["luck"].mean()]
    values = found["value"].unstack("space")
    for one, other in [pair for pair in PAIRS if set(pair) <= set(values)]:
        for (test, how, of), part in values.groupby(["test", "how", "of"], sort=False):
            both = part[[one, other]].dropna()
            difference = evaluation.paired_difference(both[one], both[other])
            yield [f"{one} less {other}", test, how, of, *difference, 0.0]


# ---------------------------------------------------------------- axes


def strongest(places, table):
    """For each property the axis that it follows most, and for each axis the kind of what follows it most."""
    rho = embeddings.axes_of(places, table, KINDS).abs()
    return rho.idxmax(axis=1), rho.idxmax(axis=0).map(KINDS)


def is_the_papers(kinds):
    return tuple(kinds) in set(permutations(["shape", "zoning", "intensity"]))


def maps_of(spaces, kind, umap):
    """Three-dimensional UMAPs of each space, by start and seed; kept in the cache."""
    for (space, seed), vectors in tqdm(spaces.items(), desc="maps"):
        path = (
            files.cache_folder()
            / "benchmark_embeddings"
            / f"{kind}_{len(vectors)}_{space.replace(' ', '_')}_{seed}_maps.npy"
        )
        if not path.is_file():
            fits = [umap.UMAP(n_components=3, random_state=s, init=init, n_jobs=1) for init, s in FITS]
            np.save(path, [fit.fit_transform(vectors) for fit in fits])
        yield (space, seed), dict(zip(FITS, np.load(path)))


def pairs_of_fits(seeds):
    """Names of pairs of maps, and for each the pairs: ((network's seed, fit), (network's seed, fit))."""
    default, thrown = [fit for fit in FITS if fit[0] == "spectral"], [fit for fit in FITS if fit[0] == "random"]
    yield "another UMAP seed", [((s, a), (s, b)) for s in seeds for a, b in combinations(default, 2)]
    yield "another random start", [((s, a), (s, b)) for s in seeds for a, b in combinations(thrown, 2)]
    yield "another training", [((s, default[0]), (t, default[0])) for s, t in combinations(seeds, 2)]


def axis_rows(maps, table):
    """Rows: how often a property keeps its strongest axis, and how often the axes are the paper's."""
    for space in dict.fromkeys(space for space, _ in maps):
        seeds = [seed for name, seed in maps if name == space]
        read = {(seed, fit): strongest(maps[space, seed][fit], table) for seed in seeds for fit in FITS}
        for how, pairs in pairs_of_fits(seeds):
            same = np.array([read[one][0] == read[other][0] for one, other in pairs])
            by_seed = pd.DataFrame(same, columns=list(KINDS)).groupby([one[0] for one, _ in pairs]).mean()
            by_seed["all"] = by_seed.mean(axis=1)
            for name in by_seed:
                share = np.clip(over_seeds(by_seed[name]), 0, 1)
                if how == "another training":  # pairs share their trainings: no interval
                    share = [same.mean() if name == "all" else same[:, list(KINDS).index(name)].mean(), np.nan, np.nan]
                yield [space, "axes", f"same strongest axis, {how}", name, *share, 1 / 3]
        papers = [np.mean([is_the_papers(read[seed, fit][1]) for fit in FITS]) for seed in seeds]
        share = np.clip(over_seeds(papers), 0, 1)
        yield [space, "axes", "an axis each for shape, zoning, brightness", "all", *share, LUCK]


# ---------------------------------------------------------------- clusters


def clusterings(points, counts, seed):
    """Names of ways to cluster, and the clusters: k-means with as many as there are labels, and HDBSCAN."""
    for name, count in counts.items():
        yield f"k-means, as many as {name}", KMeans(count, n_init=10, random_state=seed).fit_predict(points)
    yield "HDBSCAN", HDBSCAN(min_cluster_size=15, copy=True).fit_predict(points)


def agreement(labels, clusters, rng):
    """Adjusted Rand index, adjusted mutual information, and what luck gives of the first."""
    by_luck = [adjusted_rand_score(rng.permutation(labels), clusters) for _ in range(SHUFFLES)]
    value, shared = adjusted_rand_score(labels, clusters), adjusted_mutual_info_score(labels, clusters)
    return value, shared, np.percentile(by_luck, 95)


def cluster_rows(spaces, maps, labels):
    """Rows: clusters against labels, and against those of another seed."""
    counts = {name: len(np.unique(values)) for name, values in labels.items()}
    rng, found, grouped = np.random.default_rng(0), [], {}
    for (space, seed), vectors in tqdm(spaces.items(), desc="clusters"):
        places = {"32 numbers": vectors}  # as UMAP takes them
        if (space, seed) in maps:
            places["3-D UMAP"] = maps[space, seed]["spectral", 0]
        for where, points in places.items():
            for way, clusters in clusterings(points, counts, seed):
                grouped[space, where, way, seed] = clusters
                for name, values in labels.items():
                    if way == "HDBSCAN" or way.endswith(name):
                        found.append([space, f"{way}; {where}", name, *agreement(values, clusters, rng)])
                if way == "HDBSCAN":
                    found.append([space, f"{way}; {where}", "number of clusters", clusters.max() + 1, np.nan, np.nan])
                    found.append([space, f"{way}; {where}", "share left out", np.mean(clusters < 0), np.nan, np.nan])
    found = pd.DataFrame(found, columns=["space", "how", "of", "rand", "shared", "luck"])
    for (space, how, of), part in found.groupby(["space", "how", "of"], sort=False):
        yield [space, "clusters: adjusted Rand index", how, of, *over_seeds(part["rand"]), part["luck"].mean()]
        if part["shared"].notna().all():
            yield [space, "clusters: adjusted mutual information", how, of, *over_seeds(part["shared"]), np.nan]
    yield from stability_rows(grouped)


def stability_rows(grouped):
    """Rows: how far the clusters of two trainings agree."""
    for space, where, way in dict.fromkeys(key[:3] for key in grouped):
        runs = [clusters for key, clusters in grouped.items() if key[:3] == (space, where, way)]
        alike = [adjusted_rand_score(one, other) for one, other in combinations(runs, 2)]
        if alike:
            ends = np.percentile(alike, [0, 100])  # the range: pairs of runs are not independent
            yield [
                space,
                "clusters: adjusted Rand index",
                f"{way}; {where}",
                "another training",
                np.mean(alike),
                *ends,
                0.0,
            ]


# ---------------------------------------------------------------- all of it


def rows_of(kind, data, umap):
    """All rows of one data set."""
    found, learning, unseen = grains_of(data)
    table = unseen.table[MEASURES].assign(porphyry=unseen.y.astype(float))
    if kind == "grown":
        table = pd.concat([table, truth_of(found, unseen.table)], axis=1)
        table = table.assign(**dict(within_class(table)))
    spaces, answers = {}, {}
    for seed, arm in tqdm(list(product(SEEDS, [*ARMS_OF[kind], "untrained"])), desc=kind):
        spaces[arm, seed], answers[arm, seed] = kept(kind, arm, seed, learning, unseen)
    for arm in ARMS_OF[kind]:
        scores = [evaluation.auc_interval(unseen.y, answers[arm, seed]).value for seed in SEEDS]
        yield [arm, "ROC-AUC", "its own answer", "porphyry", *over_seeds(scores), 0.5], len(unseen)
    pixels = PCA(32, random_state=0).fit_transform(unseen.x.reshape(len(unseen), -1))
    mapped = {key: space for key, space in spaces.items() if key[0] in ("as published", "no augmentation", "untrained")}
    maps = dict(maps_of(mapped, kind, umap))
    spaces["pixels", 0] = pixels
    by_hand = {("by hand", 0): embeddings.zoning_by_hand(unseen.images, unseen.masks)}
    drawn = {("its 3-D UMAP", seed): maps["as published", seed]["spectral", 0] for seed in SEEDS}
    lithology = samples.sheet()["lithology"].reindex(unseen.table["sample"]).to_numpy(str)
    labels = {"class": unseen.y, "mount": unseen.table["sample"].to_numpy(str), "lithology": lithology}
    asked = table.notna().sum()  # of a property that not every grain has, the grains that have it
    for rows in (
        axis_rows(maps, table),
        cluster_rows(spaces, maps, labels),
        probe_rows(spaces | drawn | by_hand, table),
    ):
        for row in rows:
            yield row, asked.get(row[3], len(unseen))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", action="store_true", help="write data/results/embeddings.csv")
    options, rows = parser.parse_args(), []
    import umap

    here, path = os.environ.get("ZIRCONKIT_DATA"), samples.DATA / "results" / "embeddings.csv"
    for data in ("synthetic", *([here] if here else [])):
        kind = "real" if data == here else "grown"
        rows += [[kind, *row, len(SEEDS), n] for row, n in rows_of(kind, data, umap)]
    columns = ["grains", "space", "test", "how", "of", "value", "low", "high", "luck", "seeds", "n"]
    table = pd.DataFrame(rows, columns=columns).round(3)
    if options.save:
        if path.is_file() and not here:  # the real mounts' rows are kept, where they cannot be had
            table = pd.concat([table, pd.read_csv(path).query("grains == 'real'")])
        table.to_csv(path, index=False)
    removed = table[table["space"].eq("as published less no augmentation") & table["of"].isin(["mean_grey", "area_px"])]
    words = removed[["grains", "test", "how", "of"]].agg(" / ".join, axis=1)
    print(json.dumps(dict(zip(words, removed[["value", "low", "high"]].values.tolist()))))


if __name__ == "__main__":
    sys.exit(main())
