"""Lite0 on the two test mounts: trained on the real mounts that are here, on synthetic ones with and without others.

Two of the paper's four batholith mounts hold most of its batholith grains, and not everybody has them. What does that
cost? The synthetic set answers: trained on all of its mounts, and on the twins of the real ones at hand only.

`ZIRCONKIT_DATA` names the folder of the real mounts; without it the synthetic half is run. Five seeds each of
`transfer.train` (200 + 20 epochs, 16 views). Prints one JSON line: ROC-AUC of QVC055 against QVC075, mean and standard
deviation over the seeds; for the seeds' mean answer a 95 % interval (logit-DeLong) and a percentile bootstrap over
grains; aspect ratio and solidity alone. With `--save` the table goes to data/results/transfer_real.csv. About ten
minutes on two cores.
"""

import argparse
import json
import os

import numpy as np
import pandas as pd

from zirconkit import evaluation, mounts, samples
from zirconkit import grains as gr
from zirconkit.networks import backbones, transfer
from zirconkit.networks.sweeps import trials

# isort: split
from tqdm import tqdm

SEEDS = 5


def bootstrap(y, score, n=2000):
    """Percentiles 2.5 and 97.5 of the ROC-AUC of grains drawn anew within each class."""
    rng, classes = np.random.default_rng(0), [np.flatnonzero(y == k) for k in (0, 1)]
    draws = (np.concatenate([rng.choice(rows, len(rows)) for rows in classes]) for _ in range(n))
    return np.percentile([evaluation.auc_interval(y[rows], score[rows]).value for rows in draws], [2.5, 97.5])


def exam(name, found, backbone):
    """Rows of the table: the mean answer of five networks, and two measured shapes."""
    grains, test = gr.published_split(gr.from_mounts(found, size=64, mask_neighbours=True, progress=False))
    learning, validation = trials.split(grains, 0, 1)
    answers = []
    for seed in tqdm(range(SEEDS), desc=name):
        model, _ = transfer.train(backbone, learning, validation, transfer.Stages(seed=seed), progress=False)
        answers.append(model.predict(test.images, verbose=0)[:, 0])
    auc = [evaluation.auc_interval(test.y, answer).value for answer in answers]
    scores = {"Lite0, mean answer of five seeds": np.mean(answers, axis=0)}
    scores |= {f"{shape} alone": test.table[shape].to_numpy() for shape in ("aspect_ratio", "solidity")}
    for what, score in scores.items():
        value, low, high = evaluation.auc_interval(test.y, score)
        boot = bootstrap(test.y, score)
        row = {"grains": name, "what": what, "auc": value, "low": low, "high": high}
        row |= {"bootstrap_low": boot[0], "bootstrap_high": boot[1], "n_batholith": int((learning.y == 0).sum())}
        row |= {"n_porphyry": int((learning.y == 1).sum()), "batholith_mounts": _mounts_of(learning, 0)}
        if what.startswith("Lite0"):
            row |= {"seed_mean": np.mean(auc), "seed_sd": np.std(auc, ddof=1)}
        yield row


def _mounts_of(grains, k):
    return " ".join(sorted(grains.table["sample"][grains.y == k].unique()))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", action="store_true", help="write data/results/transfer_real.csv")
    options = parser.parse_args()
    backbone = backbones.lite0()
    grown = mounts.labelled("synthetic")
    rows = list(exam("synthetic, all mounts", grown, backbone))
    if os.environ.get("ZIRCONKIT_DATA"):
        real = mounts.labelled("quellaveco")
        here = {mount.sample for mount in real}
        rows += exam("synthetic, twins of the real mounts here", [m for m in grown if m.sample in here], backbone)
        rows += exam("real mounts here", real, backbone)
    table = pd.DataFrame(rows).round(4)
    if options.save:
        table.to_csv(samples.DATA / "results" / "transfer_real.csv", index=False)
    print(json.dumps(table.to_dict("records")))


if __name__ == "__main__":
    main()
