"""How well does `zirconkit phases` name minerals, weigh them, and measure cells? And, with --train, the network anew.

Prints one JSON line. Physics: line positions and intensities against published ones, planted weights, sizes and strains
recovered. With RockJock's patterns at hand (`zirconkit fetch rockjock`, or beside what ZIRCONKIT_DATA names): single
standards by search-match, by the network and by the command's rule; *unknown* among what the table lacks; the eight
weighed mixtures by measured standards, by computed ones, and by the network's own answer. Cells by least squares and by
a small regression network.

`--train` makes data/networks/powder.npz and its card from nothing: it grows single minerals, trains on mixtures of them,
and fits the rule for probabilities on other grown mixtures. No measured pattern has a part in it. `--without A,B`
leaves minerals out of what is taught (they are foreign then), `--out FILE` writes elsewhere, `--weights FILE` scores that.
"""

import argparse
import hashlib
import json
import sys
from pathlib import Path
from time import perf_counter, process_time

import numpy as np
from sklearn.linear_model import LogisticRegression

from zirconkit import files
from zirconkit.diffraction import amounts, growing, identifying, matching, network, preparing, rockjock
from zirconkit.synthetic import patterns, powder_lines
from zirconkit.synthetic.patterns import Phase, Truth

EPOCHS, STEPS, VARIANTS, FOREIGN = 10, 300, 40, 1200
RULED = 900  # grown mixtures on which the rule is fitted
TABLED = 0.03


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
        "learned from": f"{len(grown.patterns)} grown single phases, mixed anew for {args.epochs * STEPS} batches of 128",
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


def main():
    parser = argparse.ArgumentParser(description="Train the network that names minerals, or score everything.")
    parser.add_argument("--train", action="store_true", help="make the weights from nothing")
    parser.add_argument("--rule", action="store_true", help="fit only the rule for probabilities anew")
    parser.add_argument("--without", type=lambda text: tuple(text.split(",")), default=(), metavar="A,B", help="minerals")
    parser.add_argument("--epochs", type=int, default=EPOCHS)
    parser.add_argument("--variants", type=int, default=VARIANTS, help="of each structure")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=network.WEIGHTS, help="what --train writes (.npz)")
    args = parser.parse_args()
    (train if args.train else with_rule if args.rule else score)(args)


if __name__ == "__main__":
    main()
