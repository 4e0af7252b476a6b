"""Are minerals named by their X-ray spectra, zircon told from what is none, and phases of a long tail by analyses?

Prints one JSON line. `physics`: how far planted compositions come back off from noiseless spectra, in the worst case of
the table, and of how many minerals every element above 1 % is within 5 %.
`grown`: the kit's way and its rivals on spectra grown under microscopes that none of them saw, with the share of
minerals right and the mean negative logarithm of the right one's probability; the kernel's width and the weight of
oxygen in `spectra.naming` are the best of a small grid there. `unknown`: how often mixtures and odd elements are called
unknown, and how often minerals are. `real`: the 18 measured reference minerals, of which nothing was learned, ranked
among all minerals and among those 18. `filter`: ROC-AUC of zircon against ten contaminants by counts a grain. `lepr`:
microprobe analyses of experiments, split by blocks of 100 neighbouring numbers of entry, since the file names no
experiment; macro-F1 with a 95 % interval over the blocks, and paired differences. Real data are looked for beside the
folder that ZIRCONKIT_DATA names. `--save` writes what `lepr` gave to data/results/long_tail.csv, and F1 of each
phase to data/results/long_tail_phases.csv.
"""

import argparse
import json
import os
from pathlib import Path
from time import process_time

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, roc_auc_score
from sklearn.model_selection import GroupKFold
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from zirconkit import samples, spectra
from zirconkit.spectra import fitting, naming
from zirconkit.synthetic import chemistry, minerals, xrays
from zirconkit.synthetic import spectra as grown

NAMES = list(minerals.minerals().index)
OXIDES = ["SiO2", "TiO2", "Al2O3", "Fe2O3", "Cr2O3", "FeO", "MnO", "MgO", "NiO", "CaO", "Na2O", "K2O", "P2O5"]
BLOCKS = 5  # of entries in which a phase must occur to be scored


def physics():
    """From noiseless spectra of every mineral: the worst relative error of an element above 1 %, and minerals in 5 %.

    Hydrogen, lithium, beryllium and boron have no line that is seen: the others sum to 1.
    """
    weights = minerals.as_weights(np.array([minerals.ideal(name) for name in NAMES]))
    hidden = [xrays.ELEMENTS.index(name) for name in ("H", "Li", "Be", "B")]
    truth = weights.copy()
    truth[:, hidden] = 0
    truth /= truth.sum(axis=1, keepdims=True)
    there = truth > 0.01
    results = {}
    for kv in (15.0, 20.0):
        instrument = grown.Instrument(kv=kv)
        counts = 1e6 * grown.expected(weights, instrument)
        found = np.array([spectra.weighed(row, instrument) for row in counts])
        errors = np.where(there, np.abs(found / np.maximum(truth, 1e-9) - 1), 0).max(axis=1)
        results[f"{kv:g}_kv"] = {"worst": round(float(errors.max()), 4), "within_5_percent": int((errors < 0.05).sum())}
    return results


def many(microscopes, each, odd, seed):
    """Grown spectra: compositions measured on them, spectra, and the number of the mineral (the last is unknown)."""
    rng = np.random.default_rng(seed)
    measured, seen, truth = [], [], []
    for _ in range(microscopes):
        instrument = grown.any_instrument(rng)
        atoms = np.concatenate([*(minerals.draw(name, each, rng) for name in NAMES), minerals.mixed(odd, rng)])
        shapes = grown.expected(minerals.as_weights(atoms), instrument)
        counts = grown.with_chance(shapes, np.exp(rng.uniform(np.log(3e3), np.log(3e6), len(shapes))), rng)
        families = np.array([fitting.fit(row, instrument.kv).counts for row in counts])
        measured.append(fitting.compositions(families, grown.Instrument(kv=instrument.kv)))
        seen.append(counts)
        truth.append(np.append(np.repeat(np.arange(len(NAMES)), each), np.full(odd, len(NAMES))))
    return np.concatenate(measured), np.concatenate(seen), np.concatenate(truth)


def shape_of(counts):
    """Square roots of spectra above 0.9 keV, each of length 1."""
    roots = np.sqrt(counts[:, fitting.ENERGIES > 0.9])
    return roots / np.linalg.norm(roots, axis=1, keepdims=True)


def rivals(train):
    """Ways to name minerals: name to a function of compositions and spectra that gives scores (n, minerals)."""
    measured, counts, truth = train
    known = truth < len(NAMES)
    found = naming.features(measured)
    softmax = make_pipeline(StandardScaler(), MLPClassifier((128,), alpha=1e-3, max_iter=60, random_state=0))
    softmax.fit(found[known], truth[known])
    logistic = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=80))
    logistic.fit(shape_of(counts[known]), truth[known])
    atoms = minerals.as_weights(np.array([minerals.ideal(name) for name in NAMES]))
    ideals = naming.features(atoms)
    shapes = shape_of(grown.expected(atoms, grown.Instrument()))
    return {
        "kit": lambda weights, _: spectra.name(weights).to_numpy()[:, :-1],
        "softmax": lambda weights, _: softmax.predict_proba(naming.features(weights)),
        "logistic_spectra": lambda _, seen: logistic.predict_proba(shape_of(seen)),
        "nearest_composition": lambda weights, _: -((naming.features(weights)[:, None] - ideals) ** 2).sum(axis=2),
        "cosine": lambda _, seen: shape_of(seen) @ shapes.T,
    }


def ranks(scores, truth):
    """The rank of the true class in each row, from 0."""
    own = scores[np.arange(len(truth)), truth]
    return (scores > own[:, None]).sum(axis=1)


def on_grown(ways, held_out):
    measured, counts, truth = held_out
    known = truth < len(NAMES)
    return {name: round(float((ranks(way(measured[known], counts[known]), truth[known]) == 0).mean()), 4)
            for name, way in ways.items()}  # fmt: skip


def unknown(held_out):
    """How often what is no mineral is called unknown, and how often minerals are."""
    measured, _, truth = held_out
    called = spectra.name(measured).to_numpy().argmax(axis=1) == len(NAMES)
    other = truth == len(NAMES)
    return {"odd_called_unknown": float(called[other].mean()), "minerals_called_unknown": float(called[~other].mean())}


def chosen(held_out):
    """Mean negative logarithm of the right mineral's probability by the kernel's width: those that were tried."""
    measured, _, truth = held_out
    known = truth < len(NAMES)
    found = naming.features(measured[known])
    kept, losses = naming.WIDTH, {}
    for width in (0.02, 0.035, 0.05, 0.08):
        naming.WIDTH = width
        logs = naming.log_densities(found)
        logs -= np.logaddexp.reduce(logs, axis=1, keepdims=True)
        right = np.maximum(logs[np.arange(known.sum()), truth[known]], np.log(1e-9))
        losses[str(width)] = round(float(-right.mean()), 4)
    naming.WIDTH = kept
    return losses


def on_real(ways, folder):
    """The 18 reference minerals: how many at rank 1 and within 3, among all and among those 18."""
    paths = sorted(folder.glob("*.msa"))
    if not paths:
        return None
    read = [spectra.read_spectrum(path) for path in paths]
    seen = np.array([spectra.rebinned(each.energy_kev, each.counts) for each in read])
    families = np.array([fitting.fit(row, each.kv).counts for row, each in zip(seen, read)])
    instrument = grown.Instrument(kv=read[0].kv, takeoff_deg=read[0].takeoff_deg)
    weights = fitting.compositions(families, instrument)
    truth = np.array([NAMES.index(path.stem) for path in paths])
    order = np.sort(truth)
    results = {}
    for name, way in ways.items():
        scores = way(weights, seen)
        everywhere = ranks(scores, truth)
        among = ranks(scores[:, order], np.searchsorted(order, truth))
        counts = [int((found < bound).sum()) for found in (everywhere, among) for bound in (1, 3)]
        results[name] = dict(zip(("rank_1", "rank_3", "of_18_rank_1", "of_18_rank_3"), counts))
    return results


def zircon_or_not(seed=99, microscopes=15):
    """ROC-AUC of contaminants against zircon by counts in a grain's spectrum, under microscopes never compared with."""
    results = {}
    for counts in (2000, 500, 200, 100, 50, 30, 20):
        rng = np.random.default_rng(seed)
        scores, other = [], []
        for _ in range(microscopes):
            instrument = grown.any_instrument(rng)
            names = ["zircon"] * 30 + list(chemistry.CONTAMINANTS) * 3
            atoms = np.concatenate([minerals.draw(name, 1, rng) for name in names])
            drawn = grown.with_chance(
                grown.expected(minerals.as_weights(atoms), instrument), [counts] * len(names), rng
            )
            scores.append(1 - np.nan_to_num(spectra.zircon_probability(drawn), nan=0.5))
            other.append(np.array(names) != "zircon")
        results[str(counts)] = round(float(roc_auc_score(np.concatenate(other), np.concatenate(scores))), 4)
    return results


# ---------------------------------------------------------------- a long tail


def analyses(path):
    """Analyses of phases that occur in enough blocks: oxides, features, phases, blocks."""
    table = pd.read_csv(path)
    oxides = table[OXIDES].fillna(0).clip(lower=0).to_numpy()
    phases, blocks = table["Mineral"].to_numpy(), (table["entity_id"] // 100).to_numpy()
    spread = pd.Series(blocks).groupby(phases).nunique()
    kept = (oxides.sum(axis=1) > 0) & np.isin(phases, spread[spread >= BLOCKS].index)
    formulas = np.array([minerals.atoms_in(oxide) for oxide in OXIDES])
    moles = oxides / (formulas @ xrays.elements()["weight"].to_numpy())
    atoms = moles @ formulas
    oxygen = atoms[:, [xrays.ELEMENTS.index("O")]] + 1e-9
    cations = np.delete(atoms, xrays.ELEMENTS.index("O"), axis=1)
    cations = cations[:, cations.any(axis=0)]
    total = cations.sum(axis=1, keepdims=True) + 1e-9
    found = [np.sqrt(cations / total), cations / oxygen, oxygen / total, oxides.sum(axis=1, keepdims=True) / 100]
    return oxides[kept], np.concatenate(found, axis=1)[kept], phases[kept], blocks[kept]


def long_tail(path, draws=1000):
    """Three ways to name phases in five folds of blocks: macro-F1, its interval, and differences to the kit's."""
    oxides, found, phases, blocks = analyses(path)
    n = len(set(OXIDES))
    answers = {name: np.empty(len(phases), object) for name in ("nearest", "forest", "softmax_and_forest")}
    for train, test in GroupKFold(5, shuffle=True, random_state=0).split(found, phases, blocks):
        names = np.unique(phases[train])
        means = np.array([np.median(found[train][phases[train] == name], axis=0) for name in names])[:, : n - 1]
        squares = ((found[test][:, None, : n - 1] - means) ** 2).sum(axis=2)
        answers["nearest"][test] = names[squares.argmin(axis=1)]
        forest = RandomForestClassifier(100, random_state=0).fit(oxides[train], phases[train])
        answers["forest"][test] = forest.predict(oxides[test])
        answers["softmax_and_forest"][test] = names[both(found, phases, train, test).argmax(axis=1)]
    sizes = {"analyses": len(phases), "phases": len(set(phases)), "by_phase": by_phase(answers, phases)}
    return sizes | scored(answers, phases, blocks, draws)


def by_phase(answers, phases):
    """How many analyses of each phase there are, and its F1 by each way: a list of dict, the most common one first."""
    sizes = pd.Series(phases).value_counts()
    rows = {"phase": sizes.index, "analyses": sizes.to_numpy()}
    for name, found in answers.items():
        rows[name] = f1_score(phases, found, average=None, labels=list(sizes.index), zero_division=0).round(3)
    return pd.DataFrame(rows).to_dict("records")


def both(found, phases, train, test):
    """Mean probabilities of a softmax network, to which rare phases are shown more often, and a balanced forest."""
    rng = np.random.default_rng(0)
    shown = [train]
    for name in np.unique(phases[train]):
        own = train[phases[train] == name]
        shown.append(rng.choice(own, max(40 - len(own), 0)))
    shown = np.concatenate(shown)
    settings = {"alpha": 0.01, "max_iter": 25, "batch_size": 128, "learning_rate_init": 2e-3, "random_state": 0}
    network = make_pipeline(StandardScaler(), MLPClassifier((96,), **settings)).fit(found[shown], phases[shown])
    forest = RandomForestClassifier(150, class_weight="balanced", random_state=0).fit(found[train], phases[train])
    return network.predict_proba(found[test]) + forest.predict_proba(found[test])


def scored(answers, phases, blocks, draws):
    """Macro-F1 of each way with its interval over blocks, and the paired gain of the last over the others."""
    rng = np.random.default_rng(0)
    groups = [np.flatnonzero(blocks == block) for block in np.unique(blocks)]
    labels = np.unique(phases)
    rows = []
    for _ in range(draws):
        drawn = np.concatenate([groups[i] for i in rng.integers(len(groups), size=len(groups))])
        rows.append([macro(phases[drawn], found[drawn], labels) for found in answers.values()])
    rows = np.array(rows)
    low, high = np.percentile(rows, [2.5, 97.5], axis=0)
    results = {}
    for column, (name, found) in enumerate(answers.items()):
        value = f1_score(phases, found, average="macro", zero_division=0)
        gain = np.percentile(rows[:, -1] - rows[:, column], [2.5, 50, 97.5])
        results[name] = {"macro_f1": rounded([value, low[column], high[column]]),
                         "accuracy": round(float((found == phases).mean()), 4), "gain_over": rounded(gain)}  # fmt: skip
    return results


def as_table(found):
    """What `long_tail` gave as a table, a row for each way."""
    rows = []
    for name in ("nearest", "forest", "softmax_and_forest"):
        parts = found[name]
        value, low, high = parts["macro_f1"]
        gain_low, _, gain_high = parts["gain_over"]
        rows.append({"method": name, "macro_f1": value, "low": low, "high": high, "accuracy": parts["accuracy"],
                     "best_less_this_low": gain_low, "best_less_this_high": gain_high,
                     "analyses": found["analyses"], "phases": found["phases"]})  # fmt: skip
    return pd.DataFrame(rows)


def macro(truth, found, labels):
    """Macro-F1 over those classes that the draw holds."""
    codes = {name: number for number, name in enumerate(labels)}
    truth, found = (np.array([codes[name] for name in names]) for names in (truth, found))
    table = np.bincount(truth * len(labels) + found, minlength=len(labels) ** 2).reshape(len(labels), -1)
    there = table.sum(axis=1) > 0
    f1 = 2 * np.diag(table) / np.maximum(table.sum(axis=0) + table.sum(axis=1), 1)
    return f1[there].mean()


def rounded(values):
    return [round(float(value), 3) for value in values]


def main():
    parser = argparse.ArgumentParser(description="Score the naming of minerals by X-ray spectra.")
    parser.add_argument("--microscopes", type=int, default=20, help="to learn from (rivals only)")
    parser.add_argument("--save", action="store_true", help="write long_tail.csv and long_tail_phases.csv")
    args = parser.parse_args()
    real = Path(os.environ.get("ZIRCONKIT_DATA", "/nowhere")).parent / "real"
    held_out = many(8, 1, 12, seed=2)
    ways = rivals(many(args.microscopes, 1, 0, seed=1))
    results = {
        "minerals": len(NAMES),
        "physics": physics(),
        "grown": on_grown(ways, held_out),
        "width": chosen(held_out),
        "unknown": unknown(held_out),
        "real": on_real(ways, real / "eds"),
        "filter": zircon_or_not(),
        "lepr": long_tail(real / "lepr/lepr_allphases.csv") if (real / "lepr").is_dir() else None,
        "core_seconds": round(process_time(), 1),
    }
    if args.save and results["lepr"]:
        as_table(results["lepr"]).to_csv(samples.DATA / "results/long_tail.csv", index=False)
        by_name = pd.DataFrame(results["lepr"]["by_phase"])
        by_name.to_csv(samples.DATA / "results/long_tail_phases.csv", index=False)
    print(json.dumps(results))


if __name__ == "__main__":
    main()
