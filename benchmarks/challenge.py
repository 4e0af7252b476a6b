"""What the challenge set asks: a forest on measurements, a coin and the truth itself, over several sets.

    python benchmarks/challenge.py [N_SETS]

The forest learns from the labelled grown mounts of the course. Its range for a share is the mean probability, with 0.25
on either side. One JSON line: mean points and their standard deviation over the sets.
"""

import json
import os
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier

from zirconkit import grains as gr
from zirconkit import mounts
from zirconkit.course import challenge

MEASURED = ["aspect_ratio", "solidity", "contrast", "rim_over_core", "oscillation", "inclusion_fraction"]


def hand_in(folder, grains, probability, half):
    """Write the two tables of a hand-in; `half` is half of each range."""
    folder.mkdir()
    row = (grains["row_min"] + grains["row_max"]) / 2
    column = (grains["col_min"] + grains["col_max"]) / 2
    given = pd.DataFrame({"sample": grains["sample"], "row": row, "col": column, "probability": probability})
    given.to_csv(folder / "grains.csv", index=False)
    share = given.groupby("sample")["probability"].mean()
    low, high = (share - half).clip(0), (share + half).clip(upper=1)
    pd.DataFrame({"share": share, "low": low, "high": high}).to_csv(folder / "shares.csv")


def main():
    os.environ.pop("ZIRCONKIT_DATA", None)
    n_sets = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    known = gr.from_mounts(mounts.labelled("synthetic"), progress=False).two_classes()
    forest = RandomForestClassifier(300, min_samples_leaf=5, random_state=0)
    forest.fit(known.table[MEASURED].fillna(0), known.y)
    results = []
    for seed in range(1, n_sets + 1):
        with tempfile.TemporaryDirectory() as place:
            place = Path(place)
            challenge.make(place / "set", seed)
            grains = gr.from_mounts(mounts.find(place / "set/students"), progress=False).table
            answers = {
                "forest": forest.predict_proba(grains[MEASURED].fillna(0))[:, 1],
                "coin": np.random.default_rng(seed).random(len(grains)),
                "always one half": np.full(len(grains), 0.5),
            }
            for name, probability in answers.items():
                hand_in(place / name, grains, probability, 0.25)
                result = challenge.score(place / name, place / "set/lecturer")
                results.append({"by": name, **result._asdict(), "auc": result.auc.value})
                print(seed, name, challenge.in_words(result), file=sys.stderr)
    table = pd.DataFrame(results).groupby("by")[["points", "auc", "off", "held", "range_cost"]]
    print(json.dumps({"sets": n_sets, "mean": table.mean().round(3).to_dict(), "sd": table.std().round(3).to_dict()}))


if __name__ == "__main__":
    main()
