"""Does the advice of notebook 08 find what was planted, and does it keep quiet where nothing was?

A hundred sets with something planted (seven causes in turn) and a hundred with nothing, half of which have a true
difference of outline. Three solvers, who see grains, classes, names of mounts and the sheet: `by_advice` does what
notebook 08 says; `in_haste` trusts random folds and intervals over grains, and doesn't read the sheet; `by_guess`
names one of the eight answers at random. Prints one JSON line: shares with their 95 % intervals over sets. With
`--save` the table, by cause, goes to data/results/mystery.csv. Two minutes.
"""

import argparse
import json

import numpy as np
import pandas as pd
from tqdm import tqdm

from zirconkit import evaluation, mysteries, samples

N = 100
OF = {
    "grain grey": "exposure",
    "resin grey": "resin",
    "corners": "mark",
    "size": "size",
    "direction": "turn",
    "outline": "circular",
    "texture": "leak",
}
BY_ITS_LOOK = ("zircon", "elongation")  # words of a sheet that say: the class was read off these images


def by_advice(look, sheet, rng):
    """The advice of notebook 08, step by step: a cause, and how sure."""
    scores = {probe: look.score(probe, "mounts") for probe in mysteries.PROBES}
    loud = [probe for probe, score in scores.items() if score.value >= 0.7 and score.low > 0.5]
    if not loud:
        return "nothing", 0.9
    if "texture" in loud:
        apart = look.score("texture", "mounts, look-alikes out")
        fell = scores["texture"].value - apart.value
        return ("leak", 0.9) if fell >= 0.1 else ("nothing", 0.6)
    if "grain grey" in loud:
        return "exposure", 0.9
    for probe in ("resin grey", "corners", "size", "direction"):
        if probe in loud:
            return OF[probe], 0.9
    read_off = sheet["class_given_by"].str.contains("|".join(BY_ITS_LOOK)).mean() > 0.5
    return ("circular", 0.95) if read_off else ("nothing", 0.9)


def in_haste(look, sheet, rng):
    """The highest score in random folds whose interval over grains leaves out one half."""
    scores = {probe: look.score(probe, "grains") for probe in mysteries.PROBES}
    loud = [probe for probe, score in scores.items() if score.low > 0.5]
    if not loud:
        return "nothing", 0.9
    return OF[max(loud, key=lambda probe: scores[probe].value)], 0.9


def by_guess(look, sheet, rng):
    """One of the eight answers."""
    return str(rng.choice(mysteries.CAUSES)), 1 / len(mysteries.CAUSES)


SOLVERS = {"by advice": by_advice, "in haste": in_haste, "by guess": by_guess}


def planted(n):
    """Cause and seed of n sets with something planted and n with nothing."""
    causes = [cause for cause in mysteries.CAUSES if cause != "nothing"]
    yield from ((causes[seed % len(causes)], seed) for seed in range(n))
    yield from (("nothing", seed) for seed in range(n))


def solved(pool, n=N, first=0):
    """What each solver says of each set: DataFrame with solver, cause, seed, said, sure."""
    rows, rng = [], np.random.default_rng(0)
    for cause, seed in tqdm(list(planted(n)), desc="sets"):
        case = mysteries.plant(pool, cause, first + seed)
        look = mysteries.Look(case.grains)
        for name, solver in SOLVERS.items():
            said, sure = solver(look, case.sheet, rng)
            rows.append({"solver": name, "cause": cause, "seed": first + seed, "said": said, "sure": sure})
    return pd.DataFrame(rows)


def counted(said):
    """For each solver and cause, and all planted causes together, how often it was named: DataFrame."""
    rows = []
    everything = said.query("cause != 'nothing'").assign(kind="all planted")
    by_kind = pd.concat([said.assign(kind=said["cause"]), everything])
    for (solver, kind), part in by_kind.groupby(["solver", "kind"], sort=False):
        share = evaluation.proportion_interval((part["said"] == part["cause"]).sum(), len(part))
        rows.append({"solver": solver, "cause": kind, "n": len(part)} | share._asdict())
    return pd.DataFrame(rows)


def summed(said):
    """For each solver the shares found and falsely accused, and its Brier score: dict."""
    told = {}
    for solver, part in said.groupby("solver", sort=False):
        found = mysteries.judged(list(zip(part["said"], part["sure"])), list(part["cause"]))
        shares = {
            "found": evaluation.proportion_interval(found.found, found.planted),
            "false_alarms": evaluation.proportion_interval(found.false_alarms, found.untampered),
        }
        told[solver] = {name: np.round(share, 3).tolist() for name, share in shares.items()}
        told[solver]["brier"] = round(found.brier, 3)
    return told


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", action="store_true", help="write data/results/mystery.csv")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    options = parser.parse_args()
    said = solved(mysteries.grown_pool(), first=options.first)
    table = counted(said)
    if options.save:
        table.round(4).to_csv(samples.DATA / "results" / "mystery.csv", index=False)
    print(json.dumps(summed(said)))


if __name__ == "__main__":
    main()
