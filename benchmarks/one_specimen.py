"""What is a score of 98.8 % worth, if all analyses of a mineral come from one specimen?

The table of analyses of `zirconkit fetch eds` (731 spots, 18 minerals, one specimen of each). A random forest is scored
on spots that were resampled (SMOTE) before the split, on rows at random, and on a third of each mineral's rows that
follow one another; then on other specimens: microprobe analyses of experiments (`lepr`) that a formula puts into one of
the minerals. Beside it the same on grown tables. Prints one JSON line: accuracy, its mean over the minerals, with 95 %
intervals over rows or, for the other specimens, over the entries of the file in blocks of 100. `--save` writes
data/results/one_specimen.csv. Real data are looked for beside the folder that ZIRCONKIT_DATA names.
"""

import argparse
import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import StratifiedShuffleSplit
from sklearn.neighbors import NearestNeighbors

from zirconkit import evaluation, samples
from zirconkit.synthetic import minerals, specimens, xrays

MEASURED = list(specimens.MEASURED)
OXIDES = ["SiO2", "TiO2", "Al2O3", "Fe2O3", "Cr2O3", "FeO", "MnO", "MgO", "CaO", "Na2O", "K2O", "P2O5"]
EACH, ROUNDS = 300, 5  # spots of a mineral after SMOTE; splits
CALLED = {"sphene": "titanite"}


def smote(x, y, each, rng):
    """Rows between neighbouring rows of a class, until each class has so many (Chawla et al., 2002)."""
    rows, names = [x], [y]
    for name in np.unique(y):
        own = x[y == name]
        near = NearestNeighbors(n_neighbors=6).fit(own).kneighbors(own, return_distance=False)[:, 1:]
        missing = max(each - len(own), 0)
        start = rng.integers(len(own), size=missing)
        end = near[start, rng.integers(5, size=missing)]
        rows.append(own[start] + rng.random((missing, 1)) * (own[end] - own[start]))
        names.append(np.full(missing, name))
    return np.concatenate(rows), np.concatenate(names)


def at_random(x, y, seed):
    """Learning and test rows: a fifth of each mineral's is tested."""
    return next(StratifiedShuffleSplit(1, test_size=0.2, random_state=seed).split(x, y))


def blocks(y, part):
    """Learning and test rows: a third of each mineral's rows that follow one another is tested."""
    test = np.concatenate([np.array_split(np.flatnonzero(y == name), 3)[part] for name in np.unique(y)])
    return np.setdiff1d(np.arange(len(y)), test), test


def called(x, y, new):
    return RandomForestClassifier(200, random_state=0).fit(x, y).predict(new)


def within(x, y):
    """Three ways to split one table: name to the right answers and their minerals, over all rounds."""
    found = {name: ([], []) for name in ("smote before the split", "rows at random", "rows that follow one another")}
    for turn in range(ROUNDS):
        more, names = smote(x, y, EACH, np.random.default_rng(turn))
        splits = {"smote before the split": (more, names, at_random(more, names, turn)),
                  "rows at random": (x, y, at_random(x, y, turn))}  # fmt: skip
        if turn < 3:
            splits["rows that follow one another"] = (x, y, blocks(y, turn))
        for name, (values, classes, (learn, test)) in splits.items():
            answers = called(values[learn], classes[learn], values[test])
            found[name][0].append(answers == classes[test])
            found[name][1].append(classes[test])
    return {name: (np.concatenate(right), np.concatenate(classes)) for name, (right, classes) in found.items()}


def shares(atoms):
    return atoms / atoms.sum(axis=1, keepdims=True)


def real_table(folder):
    table = pd.read_excel(folder / "eds/eds_mineral_data.xlsx", sheet_name="Atom_Percent")
    names = table["MINERAL"].str.lower().replace(CALLED).to_numpy()
    return shares(table[MEASURED].to_numpy(float)), names


def others(folder):
    """Analyses of experiments that belong to one of the table's minerals: shares, minerals, blocks of entries."""
    table = pd.read_csv(folder / "lepr/lepr_allphases.csv")
    oxides = table[OXIDES].fillna(0).clip(lower=0).to_numpy()
    formulas = np.array([minerals.atoms_in(oxide) for oxide in OXIDES])
    atoms = oxides / (formulas @ xrays.elements()["weight"].to_numpy()) @ formulas
    atoms = atoms[:, [xrays.ELEMENTS.index(name) for name in MEASURED]]
    there = atoms.sum(axis=1) > 0
    found = pd.DataFrame(shares(atoms[there]), columns=MEASURED)
    phase, blocks_of = table["Mineral"][there].to_numpy(), (table["entity_id"][there] // 100).to_numpy()
    names = named(found, phase)
    known = names != ""
    return found.to_numpy()[known], names[known], blocks_of[known]


def named(found, phase):
    """The table's name for analyses of a phase: feldspars by anorthite, pyroxenes by wollastonite."""
    an = found["Ca"] / (found["Ca"] + found["Na"])
    wo = found["Ca"] / (found["Ca"] + found["Mg"] + found["Fe"])
    mg = found["Mg"] / (found["Mg"] + found["Fe"])
    al = found["Al"] / (found["Al"] + found["Cr"] + found["Fe"])
    rules = {
        "albite": (phase == "Plagioclase") & (an < 0.1),
        "oligoclase": (phase == "Plagioclase") & an.between(0.1, 0.3),
        "labradorite": (phase == "Plagioclase") & an.between(0.5, 0.7),
        "augite": (phase == "Clinopyroxene") & wo.between(0.25, 0.45),
        "pigeonite": (phase == "Clinopyroxene") & wo.between(0.05, 0.2),
        "enstatite": (phase == "Orthopyroxene") & (mg > 0.5),
        "hornblende": (phase == "Amphibole") & (wo > 0.2),
        "spinel": (phase == "Spinel") & (al > 0.7) & (mg > 0.5),
    }
    plain = {"Biotite": "biotite", "Apatite": "apatite", "Titanite": "titanite", "KFeldspar": "microcline",
             "Muscovite": "muscovite"}  # fmt: skip
    names = pd.Series(phase).map(plain).fillna("").to_numpy(object)
    for name, rows in rules.items():
        names[rows.to_numpy()] = name
    return names


def by_mineral(right, classes):
    return float(pd.Series(right).groupby(classes).mean().mean())


def over_blocks(right, classes, groups, draws=1000):
    """The mean over minerals with its interval over blocks of entries."""
    rng = np.random.default_rng(0)
    parts = [np.flatnonzero(groups == group) for group in np.unique(groups)]
    values = []
    for _ in range(draws):
        rows = np.concatenate([parts[i] for i in rng.integers(len(parts), size=len(parts))])
        values.append(by_mineral(right[rows], classes[rows]))
    return np.percentile(values, [2.5, 97.5])


def row(data, split, right, classes, interval):
    mean = by_mineral(right, classes)
    return {"data": data, "split": split, "tested": len(right), "minerals": len(set(classes)),
            "accuracy": round(float(right.mean()), 4), "mean_over_minerals": round(mean, 4),
            "low": round(float(interval[0]), 4), "high": round(float(interval[1]), 4)}  # fmt: skip


def scored(data, x, y):
    rows = []
    for split, (right, classes) in within(x, y).items():
        _, low, high = evaluation.proportion_interval(int(right.sum()), len(right))
        rows.append(row(data, split, right, classes, (low, high)))
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", action="store_true", help="write data/results/one_specimen.csv")
    options = parser.parse_args()
    folder = Path(os.environ.get("ZIRCONKIT_DATA", "/nowhere")).parent / "real"
    one, more = specimens.grow_specimens(1, 40, seed=0), specimens.grow_specimens(30, 4, seed=1)
    rows = scored("grown", one[MEASURED].to_numpy(), one["mineral"].to_numpy(str))
    answers = called(one[MEASURED].to_numpy(), one["mineral"].to_numpy(str), more[MEASURED].to_numpy())
    right, classes = answers == more["mineral"].to_numpy(str), more["mineral"].to_numpy(str)
    interval = over_blocks(right, classes, more["specimen"].to_numpy(str))
    rows.append(row("grown", "other specimens", right, classes, interval))
    each = {}
    if folder.is_dir():
        x, y = real_table(folder)
        rows += scored("real", x, y)
        new, names, groups = others(folder)
        right = called(x, y, new) == names
        names = names.astype(str)
        rows.append(row("real", "other specimens", right, names, over_blocks(right, names, groups)))
        each = pd.Series(right).groupby(names).mean().round(3).to_dict()
    if options.save:
        pd.DataFrame(rows).to_csv(samples.DATA / "results/one_specimen.csv", index=False)
    print(json.dumps({"rows": rows, "other specimens, by mineral": each}))


if __name__ == "__main__":
    main()
