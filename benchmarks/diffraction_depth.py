"""What notebook 12 shows beside names and weights: case by case, crystal systems, intervals, cells.

Prints one JSON line; with --save five tables in data/results: `diffraction_cases.csv`, what search-match, the network
and the command's rule answer to each of RockJock's single standards, and `diffraction_labels.csv`, the strongest lines
of the mineral that search-match names, as they stand in some that it names wrong (both only where these are at hand);
`diffraction_systems.csv`, crystal systems from a formula and from a pattern's first lines, over folds that are split in
three ways; `diffraction_intervals.csv`, amounts and intervals of `phases` on mixtures grown here; and
`diffraction_cells.csv`, the cell of calcite by least squares and by a small network. Run it anew after the network
behind `phases` was trained anew.
"""

import argparse
import json
import re

import diffraction as measured
import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GroupKFold
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from zirconkit import files, samples
from zirconkit.diffraction import growing, identifying, matching, network, preparing, rockjock
from zirconkit.synthetic import patterns, powder_lines

OUT = samples.DATA / "results"
FOLDS, DEALS = 5, 4  # folds of a deal, and deals with other seeds
LINES = 8  # of a pattern, from the left
MIXTURES = 200


# ---------------------------------------------------------------- case by case


def cases():
    """What each method answers to each single standard, `listed` or not: a row a standard."""
    two_theta, counts, identifiers, *_ = rockjock.library()
    rows = []
    for pattern, identifier in zip(counts, identifiers):
        mineral = rockjock.mineral_of(identifier)
        gridded = preparing.on_grid(two_theta, pattern)
        answers = measured.named(gridded)
        row = {"standard": identifier.lower().replace("_", " "), "mineral": mineral}
        row["listed"] = mineral in powder_lines.names()
        for way in ("search_match", "network", "both"):
            row[way], row[f"{way}_second"] = answers[way][:2]
        rows.append(row | surest(preparing.comparable(gridded)))
    return pd.DataFrame(rows)


def surest(prepared):
    """How sure two methods are of a prepared pattern: search-match's best cosine, and if *other* leads the network."""
    ((_, cosine),) = matching.search(prepared, 1)
    _, shares = network.logits(prepared)
    return {"cosine": round(cosine, 3), "network_other": bool(shares.argmax() == len(shares) - 1)}


def crossed(table):
    """Of the listed standards that search-match names wrong and right, how many the network does: 2 x 2 counts."""
    table = table[table["listed"]]
    search = table["search_match"] == table["mineral"]
    learned = table["network"] == table["mineral"]
    return pd.crosstab(search, learned).to_numpy().tolist()


# ---------------------------------------------------------------- labels that leave something out

# What search-match names in standards that are labelled otherwise; with each, if there is one, a standard of the same
# label that it names right.
DOUBTED = {
    "zincite": ("MG_CALCITE", "CALCITE", "MG_CHLORITE_CLINOCHLORE_WEB_PASS", "MG_CHLORITE_LUZENAC"),
    "quartz": ("PYROPHYLLITE",),
}


def labels(count=5):
    """The strongest lines of a mineral, per cent of the highest: in the table and in standards with other labels."""
    two_theta, counts, identifiers, *_ = rockjock.library()
    rows = []
    for mineral, standards in DOUBTED.items():
        angles, strengths = strongest(mineral, count)
        rows += [(mineral, "table", angle, strength) for angle, strength in zip(angles, strengths)]
        for identifier in standards:
            pattern = counts[identifiers.index(identifier)]
            name = identifier.lower().replace("_", " ")
            rows += [(mineral, name, angle, height_at(two_theta, pattern, angle)) for angle in angles]
    return pd.DataFrame(rows, columns=["mineral", "pattern", "two_theta", "height"]).round(2)


def strongest(mineral, count):
    """The strongest lines of a mineral below 65°, by rising 2 theta: angles and strengths, 100 for the strongest."""
    structure = next(each for each in powder_lines.structures() if each.mineral == mineral)
    angles = powder_lines.angle_of(structure.d)
    strengths = np.where(angles < 65, structure.i, 0)
    best = np.sort(np.argsort(-strengths)[:count])
    return angles[best], strengths[best]


def height_at(two_theta, pattern, angle):
    """What rises within 0.15° of an angle above the ground within 1° of it, per cent of the pattern's highest peak."""
    beside = pattern[np.abs(two_theta - angle) < 1]
    near = pattern[np.abs(two_theta - angle) < 0.15]
    highest = pattern.max() - np.percentile(pattern, 5)
    return 100 * (near.max() - np.percentile(beside, 20)) / highest


# ---------------------------------------------------------------- crystal systems


def system_of(cell):
    """The crystal system that a cell's lengths and angles have; trigonal and hexagonal share one cell, and a name."""
    a, b, c, *angles = cell
    if 120 in angles:
        return "hexagonal or trigonal"
    skewed = sum(abs(angle - 90) > 1e-6 for angle in angles)
    if skewed:
        return "monoclinic" if skewed == 1 else "triclinic"
    equal = len({round(length, 3) for length in (a, b, c)})
    return {1: "cubic", 2: "tetragonal", 3: "orthorhombic"}[equal]


CLASSES = (("Si", "silicates"), ("C O", "carbonates"), ("S O", "sulfates"), ("P O", "phosphates"), ("O", "oxides"),
           ("S", "sulfides"))  # fmt: skip


def class_of(elements):
    """The chemical class of a mineral with these elements, the first of `CLASSES` that fits."""
    for needed, name in CLASSES:
        if set(needed.split()) <= elements:
            return name
    return "elements and halides"


def parts_of(formula):
    """Share of each element's atoms in a formula like "Ca C O3": dict."""
    counts = {}
    for element, count in re.findall(r"([A-Z][a-z]?)([\d.]*)", formula):
        counts[element] = counts.get(element, 0) + float(count or 1)
    total = sum(counts.values())
    return {element: count / total for element, count in counts.items()}


def first_lines(structure):
    """A pattern's first lines: the largest spacing, how the next ones stand to it, and how many there are below 65°."""
    seen = structure.d[(structure.i >= 2) & (structure.d > 1.434)]
    apart = seen[np.append(True, np.diff(seen) < -0.01)]
    ratios = (apart[0] / apart[1:LINES]) ** 2
    padded = np.pad(ratios, (0, LINES - 1 - len(ratios)), constant_values=10)
    return [apart[0], len(apart), *padded]


def minerals():
    """One structure a mineral: features of formula and of pattern, crystal systems, sets of elements, classes."""
    table = powder_lines.table().drop_duplicates("mineral")
    first = {each.mineral: each for each in reversed(powder_lines.structures())}
    formulas = pd.DataFrame([parts_of(formula) for formula in table["formula"]]).fillna(0).to_numpy()
    shapes = np.array([first_lines(first[name]) for name in table["mineral"]])
    systems = np.array([system_of(first[name].cell) for name in table["mineral"]])
    elements = [frozenset(text.split()) - {"H"} for text in table["elements"]]
    sets = np.array([" ".join(sorted(each)) for each in elements])
    classes = np.array([class_of(set(text.split())) for text in table["elements"]])
    splits = {"dealt at random": np.arange(len(sets)).astype(str), "same elements together": sets,
              "same class together": classes}  # fmt: skip
    seen = {"formula": formulas, "pattern": shapes, "both": np.hstack([formulas, shapes])}
    return seen, systems, splits


def systems():
    """Which method names the crystal system of which mineral right, by what it sees and how it is split: rows.

    Last in each split, in pairs, what the forest that sees the pattern has beyond the one that sees the formula, and
    the one that sees both beyond that.
    """
    seen, truth, splits = minerals()
    rows = []
    for split, groups in splits.items():
        usual = held_out(lambda x, y, new: np.full(len(new), _commonest(y)), seen["formula"], truth, groups)
        rows.append(_scored(split, "nothing", "majority", usual, usual))
        forests = {}
        for what, features in seen.items():
            for method, tried in (("nearest", _nearest), ("forest", _forest)):
                right = held_out(tried, features, truth, groups)
                rows.append(_scored(split, what, method, right, usual))
            forests[what] = right
        for more, less in (("pattern", "formula"), ("both", "pattern")):
            rows.append(_scored(split, f"{more} less {less}", "forest", forests[more], forests[less]))
    return pd.DataFrame(rows)


def _commonest(values):
    names, counts = np.unique(values, return_counts=True)
    return names[counts.argmax()]


def _nearest(features, truth, new):
    model = make_pipeline(StandardScaler(), KNeighborsClassifier(1))
    return model.fit(features, truth).predict(new)


def _forest(features, truth, new):
    return RandomForestClassifier(200, random_state=0).fit(features, truth).predict(new)


def held_out(method, features, truth, groups):
    """How often each mineral's system is named right over several deals of the folds: array of shape (minerals,)."""
    right = np.zeros(len(truth))
    for seed in range(DEALS):
        folds = GroupKFold(FOLDS, shuffle=True, random_state=seed)
        for train, test in folds.split(features, groups=groups):
            answers = method(features[train], truth[train], features[test])
            right[test] += (answers == truth[test]) / DEALS
    return right


def _scored(split, sees, method, right, usual):
    """A row: share right, and the paired gain over the majority with its 95 % interval."""
    gains = right - usual
    reach = 1.96 * gains.std(ddof=1) / len(gains) ** 0.5
    row = {"split": split, "sees": sees, "method": method, "right": right.mean(), "gain": gains.mean()}
    row |= {"gain_low": gains.mean() - reach, "gain_high": gains.mean() + reach, "n": len(gains)}
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in row.items()}


# ---------------------------------------------------------------- intervals


def intervals(count=MIXTURES, seed=11):
    """What `phases` says of grown mixtures: a row a mineral that is there and is named as there, per cent by weight."""
    rng = np.random.default_rng(seed)
    angles = preparing.GRID
    rows = []
    for mixture in range(count):
        names = list(rng.choice(growing.COMMON, rng.integers(2, 6), replace=False))
        shares = rng.dirichlet(np.full(len(names), 1.5))
        counts, _ = patterns.grow(angles, names, shares, 10_000 + mixture)
        said = {row[0]: row[1:] for row in identifying.identify(counts).rows if row[1] >= 0.5}
        for name, share in zip(names, 100 * shares):
            if name in said:
                rows.append((mixture, name, share, *said[name][1:]))
    table = pd.DataFrame(rows, columns=["mixture", "mineral", "true", "said", "low", "high"])
    return table.round(2)


# ---------------------------------------------------------------- cells


def cells_table():
    """Mean absolute and mean squared errors of calcite's a by way: a row a way, 1e-4 Å and its square."""
    errors = measured.cell_errors()
    return pd.DataFrame([{"method": way, **values} for way, values in errors.items()])


def main():
    parser = argparse.ArgumentParser(description="Cases, crystal systems, intervals and cells, for notebook 12.")
    parser.add_argument("--save", action="store_true", help="write the five tables in data/results")
    args = parser.parse_args()
    tables = {"systems": systems(), "intervals": intervals(), "cells": cells_table()}
    if rockjock.library():
        tables |= {"cases": cases(), "labels": labels()}
    if args.save:
        for name, table in tables.items():
            files.write_whole(OUT / f"diffraction_{name}.csv", table.to_csv(index=False, lineterminator="\n"))
    told = tables["intervals"]
    inside = (told["low"] <= told["true"]) & (told["true"] <= told["high"])
    found = {"systems": tables["systems"].to_dict("records"), "cells": tables["cells"].to_dict("records")}
    found["intervals"] = {"hold": round(float(inside.mean()), 3), "n": len(told)}
    if "cases" in tables:
        found["crossed"] = crossed(tables["cases"])
    print(json.dumps(found))


if __name__ == "__main__":
    main()
