"""How soon does `watch` find a drift, and how often does it ring without one? Its own chart of many numbers at once.

Prints one JSON line. A reference of 16 images is grown as tables: seven measures of each grain, with means of their own
in each image. New images are drawn from the same source and are none of the reference, so that what a chart cannot
learn from so few images counts, too. `rate` is the share of undrifted images that ring, with a range over sources;
`found` the share of deliveries that ring within so many images, drifted by so many standard deviations between images
in one number, beside those that ring without any drift.
"""

import argparse
import json

import numpy as np
import pandas as pd

from zirconkit.deployment import watching
from zirconkit.evaluation import control

MEASURES = tuple(watching.WATCHED)
BETWEEN, WITHIN = 1.0, 2.0  # standard deviations between images, and of the grains of one
GRAINS = 24


def images(rng, n, shift=0.0):
    """Tables of grains, one an image; the first measure is shifted by so many standard deviations between images."""
    tables = []
    for number in range(n):
        own = rng.normal(10, BETWEEN, len(MEASURES))
        own[0] += shift * np.hypot(BETWEEN, WITHIN / np.sqrt(GRAINS))
        grains = rng.normal(own, WITHIN, (GRAINS, len(MEASURES)))
        tables.append(pd.DataFrame(grains, columns=MEASURES).assign(sample=f"{number:05d}"))
    return tables


def rings(held, tables):
    """Which of some images ring: array of bool."""
    values = np.array([held.numbers(table) for table in tables])
    return control.run_chart(values, held.chart)[1]


def one_source(seed, args):
    """The false alarms of one reference, and whether drifted deliveries were found: dict."""
    rng = np.random.default_rng(seed)
    batches = {table["sample"].iloc[0]: table for table in images(rng, args.reference)}
    held = watching.Reference(batches, [batches], args.rate, seed)
    undrifted = rings(held, images(rng, args.undrifted))
    found = {"rate": undrifted.mean()}
    for shift, within in ((0.0, 20), (0.5, 20), (0.0, 5), (2.0, 5), (4.0, 5)):
        hits = [rings(held, images(rng, within, shift)).any() for _ in range(args.deliveries)]
        found[f"shift {shift:g} within {within}"] = np.mean(hits)
    return found


def main():
    parser = argparse.ArgumentParser(description="False alarms and power of watch.")
    parser.add_argument("--reference", type=int, default=16, help="images")
    parser.add_argument("--sources", type=int, default=10)
    parser.add_argument("--undrifted", type=int, default=500, help="images of each source")
    parser.add_argument("--deliveries", type=int, default=20)
    parser.add_argument("--rate", type=float, default=0.01)
    args = parser.parse_args()
    table = pd.DataFrame([one_source(seed, args) for seed in range(args.sources)])
    spread = [round(value, 4) for value in table["rate"].quantile([0, 0.5, 1])]
    found = table.mean().round(4).to_dict()
    print(json.dumps({"reference": args.reference, "sources": args.sources, **found, "rate, least to most": spread}))


if __name__ == "__main__":
    main()
