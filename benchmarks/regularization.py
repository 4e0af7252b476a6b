"""What each way to regularize a LeNet brings on the synthetic set, over ten seeds; and the paper's five folds.

Runs the sweeps data/sweeps/regularization.toml and five_folds.toml in build/ (about an hour on two cores; a second call
goes on where the first stopped) and prints one JSON line: for each variant mean and standard deviation over the seeds.
With `--save` the tables that notebook 05 shows go into data/results.
"""

import argparse
import json

import pandas as pd

from zirconkit import samples
from zirconkit.networks import sweeps

SCORES = [f"{part}_{score}" for part in ("train", "validation", "test") for score in ("loss", "accuracy", "auc")]


def thinned(curves, every=4):
    """Mean, least and largest over the seeds of what was logged, for every fourth epoch."""
    curves = curves[(curves["epoch"] % every == 0) | (curves["epoch"] == 1)]
    scores = curves.drop(columns=["seed", "fold"]).groupby(["name", "epoch"], sort=False)
    return pd.concat({how: getattr(scores, how)() for how in ("mean", "min", "max")}, names=["of_seeds"]).round(4)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", action="store_true", help="write data/results/regularization*.csv and five_folds.csv")
    options = parser.parse_args()
    rows = {name: sweeps.run(sweeps.read(name), f"build/{name}") for name in ("regularization", "five_folds")}
    if options.save:
        for name, table in rows.items():
            columns = ["name", "seed", "fold", *SCORES, "epochs_run", "parameters", "n_train", "n_validation", "n_test"]
            table[columns].round(4).to_csv(samples.DATA / "results" / f"{name}.csv", index=False)
        curves = thinned(pd.read_csv("build/regularization/curves.csv"))
        curves.to_csv(samples.DATA / "results" / "regularization_curves.csv")
    result = {}
    for name, table in rows.items():
        by_seed = table.groupby(["name", "seed"], sort=False)[SCORES].mean().groupby("name", sort=False)
        summary = by_seed.agg(["mean", "std"]).round(3)
        result[name] = {kind: {score: summary.loc[kind, score].tolist() for score in SCORES} for kind in summary.index}
    print(json.dumps(result))


if __name__ == "__main__":
    main()
