"""How well does `zirconkit phases` name minerals, weigh them, and measure cells? And, with --train, the network anew.

Prints one JSON line. Physics: line positions and intensities against published ones, planted weights, sizes and strains
recovered. With RockJock's patterns at hand (`zirconkit fetch rockjock`, or beside what ZIRCONKIT_DATA names): single
standards by search-match, by the network and by the command's rule; *unknown* among what the table lacks; the eight
weighed mixtures by measured standards, by computed ones, and by the network's own answer. Cells by least squares and by
a small regression network.

`--train` makes data/networks/powder.npz and its card from nothing: it grows single minerals, trains on mixtures of
them, and fits the rule for probabilities on other grown mixtures. No measured pattern has a part in it. `--without A,B`
leaves minerals out of what is taught (they are foreign then), `--out FILE` writes elsewhere.
"""

import argparse
import hashlib
import json
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
import pandas as pd
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline

from zirconkit import files
from zirconkit.diffraction import amounts, cells, growing, identifying, matching, network, preparing, rockjock
from zirconkit.synthetic import patterns, powder_lines
from zirconkit.synthetic.patterns import Phase, Truth

EPOCHS, STEPS, VARIANTS, FOREIGN = 4, 300, 25, 1000
RULED = 400  # grown mixtures on which the rule is fitted


# ---------------------------------------------------------------- training


def train(args):
    """Grow, train, fit the rule, and write the weights and their card."""
    from zirconkit.networks import powder

    busy = process_time()
    grown = growing.library(args.seed, args.variants, FOREIGN)
    if args.without:
        grown = growing.without(grown, args.without)
    model = powder.train(grown, args.epochs, STEPS, seed=args.seed, verbose=2)
    packed = powder.packed(model)
    files.write_whole(args.out, packed)
    card = {
        "sha256": hashlib.sha256(packed).hexdigest(),
        "learned from": f"{len(grown.patterns)} grown phases, mixed anew for {args.epochs * STEPS} batches of 128",
        "without": sorted(args.without),
        "seed": args.seed,
    }
    with_rule(args, card, busy)


def with_rule(args, card=None, busy=None):
    """Fit the rule to weights that are there, and write their card."""
    busy = busy or process_time()
    path = args.out.with_suffix(".json")
    card = card or json.loads(path.read_text(encoding="utf-8"))
    weights = network.read_weights(args.out)
    network.shipped = lambda: weights
    card["rule"] = fitted_rule(args.seed + 1, args.without)
    minutes = round((process_time() - busy) / 60, 1)
    card["core_minutes"] = max(minutes, card.get("core_minutes", 0))
    files.write_whole(path, json.dumps(card, indent=1) + "\n")
    print(json.dumps({key: value for key, value in card.items() if key != "rule"}))


def fitted_rule(seed, without=()):
    """The coefficients of the probabilities, by logistic regression on grown mixtures that training never saw."""
    grown = growing.library(seed, 8, 400)
    if without:
        grown = growing.without(grown, without)
    sample = growing.draw(grown, RULED, seed, single=0.55)
    names = powder_lines.names()
    phases, foreign = [], []
    for gridded, weights in zip(sample.gridded, sample.weights):
        found = identifying.hints(gridded, set(names) - set(without))
        fit = identifying.weighed(gridded, found.chosen)
        for name in found.chosen:
            weight = weights[names.index(name)]
            phases.append((*identifying.features(name, fit, found), weight == weights.max() and weight > 0.4, weight))
        foreign.append((fit, found, weights[-1]))
    phases = np.array(phases)
    told = (phases[:, -1] == 0) | (phases[:, -1] >= growing.SEEN)
    rule = {"phase": _logistic(phases[told, :-2], phases[told, -1] > 0)}
    rule["main"] = _logistic(phases[:, :-2], phases[:, -2] > 0)
    rows = []
    for fit, found, share in foreign:
        best = max(network.chance(rule["phase"], identifying.features(name, fit, found)) for name in found.chosen)
        rows.append((*identifying.foreign_features(fit, found, best), share))
    rows = np.array(rows)
    told = (rows[:, -1] == 0) | (rows[:, -1] > 0.6)
    rule["unknown"] = _logistic(rows[told, :-1], rows[told, -1] > 0)
    return rule


def _logistic(x, y):
    """Coefficients in the units of x, the constant last."""
    middle, spread = x.mean(axis=0), np.maximum(x.std(axis=0), 1e-6)
    model = LogisticRegression(C=10, max_iter=2000).fit((x - middle) / spread, y)
    slopes = model.coef_[0] / spread
    return [*map(float, slopes), float(model.intercept_[0] - slopes @ middle)]


# ---------------------------------------------------------------- physics

# Published relative intensities (ICDD PDF-2 and Swanson and others, NBS Circular 539, NBS Monograph 25): 2 theta for
# Cu K-alpha1, of lines above 20 % of the strongest that no other line overlaps.
PUBLISHED = {
    "halite": {31.69: 100, 45.45: 55}, "fluorite": {28.27: 92, 47.00: 100, 55.76: 33},
    "periclase": {42.92: 100, 62.30: 52}, "galena": {25.96: 84, 30.07: 100, 43.06: 57, 50.98: 35},
    "sphalerite": {28.53: 100, 47.51: 51, 56.29: 30}, "rutile": {27.43: 100, 36.08: 50, 54.32: 60},
    "zincite": {31.77: 57, 34.42: 44, 36.25: 100, 56.60: 32}, "gold": {38.18: 100, 44.39: 52, 64.58: 32},
    "silver": {38.12: 100, 44.28: 40, 64.43: 25}, "copper": {43.30: 100, 50.43: 46},
}  # fmt: skip


def physics():
    """Lines where they belong, intensities as published, planted weights, sizes and strains recovered: dict."""
    first = {each.mineral: each for each in reversed(powder_lines.structures())}
    wanted = {"quartz_101": ("quartz", 3.343), "quartz_100": ("quartz", 4.255), "calcite_104": ("calcite", 3.035)}
    found = {}
    for key, (name, d) in wanted.items():
        lines = first[name].d
        found[key] = round(float(powder_lines.angle_of(lines[np.abs(lines - d).argmin()])), 3)
    away = []
    for name, published in PUBLISHED.items():
        angles = powder_lines.angle_of(first[name].d)
        ours = np.array([first[name].i[np.nanargmin(np.abs(angles - place))] for place in published])
        theirs = np.array(list(published.values()))
        strong = theirs.argmax()
        away += list(np.abs(ours / ours[strong] * theirs[strong] - theirs) / 100)
    found["intensity_worst_of_100"] = round(100 * max(away), 1)
    found["intensity_mean_of_100"] = round(100 * float(np.mean(away)), 1)
    return found | planted(first)


def planted(first):
    """Errors of recovered weights, sizes and strains of noiseless patterns: dict."""
    shares = {"quartz": 0.5, "calcite": 0.3, "albite": 0.15, "halite": 0.05}
    truth = Truth(tuple(Phase(first[name], weight) for name, weight in shares.items()), width=0.1)
    pattern = patterns.mix(preparing.GRID, truth)
    standards = amounts.computed().of(shares)
    fitted = amounts.fit(pattern, standards).weights
    weight = max(abs(fitted.get(name, 0) - share) for name, share in shares.items())
    fine = np.arange(20, 80, 0.005)
    sizes, strains = [], []
    for size, strain in ((30, 0.0), (60, 0.0), (400, 0.002), (400, 0.004)):
        phase = Phase(first["quartz"], size_nm=size, strain=strain)
        widths = patterns.width_of(phase, np.array([26.64, 68.3]), Truth((), width=0.0))
        drawn = [_measured_width(fine, place, width) for place, width in zip((26.64, 68.3), widths)]
        theta = np.radians(np.array([26.64, 68.3])) / 2
        beta = np.radians(drawn)
        if strain:
            strains.append(abs(np.sqrt(np.polyfit(np.tan(theta) ** 2, beta**2, 1)[0].clip(0)) / 4 / strain - 1))
        else:
            sizes.append(abs(cells.scherrer(drawn[0], 26.64) / size - 1))
    errors = {"weight_error": weight, "size_error": max(sizes), "strain_error": max(strains)}
    return {name: round(float(value), 3) for name, value in errors.items()}


def _measured_width(fine, place, width):
    """The width at half maximum that a line of this width shows."""
    line = patterns.profile(fine - place, width, 0.5)
    above = fine[line >= line.max() / 2]
    return above[-1] - above[0]


# ---------------------------------------------------------------- RockJock's standards and mixtures


def named(gridded):
    """The three names that each method gives first, the command's rule among them: dict of lists."""
    prepared = preparing.comparable(gridded)
    names = powder_lines.names()
    _, shares = network.logits(prepared)
    answer = identifying.identify(gridded)
    ways = {
        "search_match": [name for name, _ in matching.search(prepared)],
        "network": [names[k] for k in np.argsort(-shares[:-1])[:3]],
        "both": [row[0] for row in answer.rows[:3]],
    }
    return ways


def singles():
    """Single standards: right and within three by method, with the paired gain; *unknown* among what is not listed."""
    two_theta, measured, identifiers, *_ = rockjock.library()
    listed, unlisted, missed = [], [], {}
    seconds = []
    for pattern, identifier in zip(measured, identifiers):
        gridded = preparing.on_grid(two_theta, pattern)
        start = perf_counter()
        ways = named(gridded)
        seconds.append(perf_counter() - start)
        mineral = rockjock.mineral_of(identifier)
        if mineral in powder_lines.names():
            listed.append({way: (three[0] == mineral, mineral in three) for way, three in ways.items()})
            listed[-1]["unknown"] = ways["both"][0] == "unknown"
            if ways["both"][0] != mineral:
                missed[identifier] = ways["both"][0]
        else:
            unlisted.append(ways["both"][0] == "unknown")
    rows = []
    for way in ("search_match", "network", "both"):
        right = np.array([each[way][0] for each in listed], float)
        three = sum(each[way][1] for each in listed)
        base = np.array([each["search_match"][0] for each in listed], float)
        gain = (right - base).mean()
        reach = 1.96 * (right - base).std(ddof=1) / len(right) ** 0.5
        row = {"set": "single", "method": way, "right": int(right.sum()), "within_3": int(three), "n": len(right)}
        gains = {"gain": gain, "gain_low": gain - reach, "gain_high": gain + reach}
        rows.append(row | {name: round(value, 4) for name, value in gains.items()})
    unknown = {
        "unlisted_called_unknown": [int(sum(unlisted)), len(unlisted)],
        "listed_called_unknown": [int(sum(each["unknown"] for each in listed)), len(listed)],
    }
    return rows, {"unknown": unknown, "missed": missed, "seconds_a_pattern": round(float(np.median(seconds)), 3)}


# Of the table's minerals those of each weighed group.
GROUPED = {
    "Quartz": {"quartz"}, "K_feldspar": {"microcline", "orthoclase", "sanidine"},
    "Plagioclase": {"albite", "anorthite"}, "Kaolinite": {"kaolinite", "dickite", "halloysite"},
    "Dioctahedral_smectite": {"montmorillonite"},
    "Illite": {"illite", "muscovite", "glauconite"}, "Corundum": {"corundum"},
}  # fmt: skip


def weighed():
    """The eight mixtures: mean absolute errors by method and group, F1 of phases above 5 %, and errors one by one."""
    errors, found = {}, []
    standards = rockjock.standards("group")
    for two_theta, counts, truth in rockjock.mixtures().values():
        gridded = preparing.on_grid(two_theta, counts)
        answer = identifying.identify(gridded)
        _, shares = network.logits(preparing.comparable(gridded))
        alone = dict(zip(powder_lines.names(), shares))
        ways = {
            "measured standards, all": _grouped(amounts.fit(gridded, standards).weights, rockjock.GROUPS),
            "computed standards": _grouped(answer.fit.weights, GROUPED),
            "network alone": _grouped(alone, GROUPED),
            "equal shares": {group: 100 / len(truth) for group in truth},  # measures nothing
        }
        for way, shares_found in ways.items():
            errors.setdefault(way, []).append([abs(shares_found[group] - truth[group]) for group in truth])
        there = {row[0] for row in answer.rows if row[1] >= 0.5}
        found.append(_counted(there, truth))
    right, false, lost = np.sum(found, axis=0)
    rows = []
    for way, values in errors.items():
        by_group = dict(zip(GROUPED, [round(float(value), 1) for value in np.mean(values, axis=0)]))
        row = {"set": "mixtures", "method": way, "mae": round(float(np.mean(values)), 2), "n": len(values)}
        rows.append(row | by_group)
    each = pd.DataFrame({way.split()[0]: np.mean(values, axis=1).round(2) for way, values in errors.items()})
    each.insert(0, "mixture", list(rockjock.mixtures()))
    return rows, {"f1_above_5": round(2 * right / (2 * right + false + lost), 3)}, each


def _grouped(weights, groups):
    """Per cent by weight of each group."""
    return {group: 100 * sum(weights.get(name, 0.0) for name in members) for group, members in groups.items()}


def _counted(there, truth):
    """Groups above 5 % that were found, false phases, and groups above 5 % that were lost."""
    hit = {group for group, members in GROUPED.items() if members & there}
    foreign = [name for name in there - {"unknown"} if not any(name in members for members in GROUPED.values())]
    wanted = {group for group, weight in truth.items() if weight >= 5}
    false = len([group for group in hit if truth[group] == 0]) + len(foreign)
    return len(hit & wanted), false, len(wanted - hit)


# ---------------------------------------------------------------- cells


def cell_errors(count=60, seed=3):
    """Calcite's a by least squares on indexed peaks, plain and robust, and by a small network: MAE, MSE, 1e-4 Å."""
    rng = np.random.default_rng(seed)
    calcite = next(each for each in powder_lines.structures() if each.mineral == "calcite")
    fine = np.arange(20, 65, 0.02)
    rows = []
    for _ in range(600 + count):
        factor = 1 + rng.normal(0, 0.002, 2)
        cell = tuple(np.array(calcite.cell) * [factor[0], factor[0], factor[1], 1, 1, 1])
        truth = Truth((Phase(calcite, cell=cell, size_nm=90),), zero=rng.normal(0, 0.05), counts=5000, seed=len(rows))
        rows.append((cell[0], patterns.mix(fine, truth)))
    truth = np.array([a for a, _ in rows])
    shapes = np.array([np.sqrt(pattern / pattern.max()) for _, pattern in rows])
    learned = make_pipeline(PCA(30), MLPRegressor(hidden_layer_sizes=(64,), max_iter=600, random_state=0))
    middle, spread = truth.mean(), truth.std()
    learned.fit(shapes[:-count], (truth[:-count] - middle) / spread)
    found = {"network": learned.predict(shapes[-count:]) * spread + middle}
    for way, loss, outlier in (("squares", "linear", 0), ("robust", "soft_l1", 0), ("squares_outlier", "linear", 0.3),
                               ("robust_outlier", "soft_l1", 0.3)):  # fmt: skip
        found[way] = np.array([_refined(fine, pattern, calcite, loss, outlier) for _, pattern in rows[-count:]])
    errors = {}
    for way, values in found.items():
        away = 1e4 * (values - truth[-count:])
        errors[way] = {"mae": round(float(np.abs(away).mean()), 1), "mse": round(float((away**2).mean()), 1)}
    return errors


def _refined(fine, pattern, mineral, loss, outlier):
    found = cells.peaks(fine, pattern, 0.04)
    places, planes = cells.indexed(found, mineral, within=0.3, least=8)
    if outlier:
        places = places.copy()
        places[len(places) // 2] += outlier
    return cells.refine(places, planes, mineral.cell, loss=loss).cell[0]


def score(args):
    """Everything that can be scored here; with --save data/results/diffraction.csv and …_mixtures.csv as well."""
    results = {"physics": physics(), "cells": cell_errors()}
    rows = []
    if rockjock.library():
        single, more = singles()
        mixed, found, each = weighed()
        rows = single + mixed
        results |= {"single": single, **more, "mixtures": mixed, **found}
    card = network.card()
    size = sum((powder_lines.FOLDER / name).stat().st_size for name in ("minerals.csv", "lines.csv"))
    results["cost"] = {"training_core_minutes": card["core_minutes"], "table_bytes": size}
    results["cost"]["weights_bytes"] = network.WEIGHTS.stat().st_size
    if args.save and rows:
        text = pd.DataFrame(rows).to_csv(index=False, lineterminator="\n")
        files.write_whole(files.samples.DATA / "results/diffraction.csv", text)
        text = each.to_csv(index=False, lineterminator="\n")
        files.write_whole(files.samples.DATA / "results/diffraction_mixtures.csv", text)
    print(json.dumps(results))


def main():
    parser = argparse.ArgumentParser(description="Train the network that names minerals, or score everything.")
    parser.add_argument("--train", action="store_true", help="make the weights from nothing")
    parser.add_argument("--rule", action="store_true", help="fit only the rule for probabilities anew")
    parser.add_argument(
        "--without", type=lambda text: tuple(text.split(",")), default=(), metavar="A,B", help="minerals"
    )
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--variants", type=int, default=VARIANTS, help="of each structure")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=network.WEIGHTS, help="what --train writes (.npz)")
    parser.add_argument("--save", action="store_true", help="write data/results/diffraction.csv")
    args = parser.parse_args()
    (train if args.train else with_rule if args.rule else score)(args)


if __name__ == "__main__":
    main()
