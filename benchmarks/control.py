"""Does a chart sound a false alarm as rarely as was set, and how soon does it find a drift?

Prints one JSON line. A reference of 12 images is drawn, whose grains have a mean and a spread of their own; undrifted
batches are resampled from it, 20,000 for each rate, and the alarms counted with their exact 95 % interval. The power is
that of a chart of one number, the batch mean: shifts of 0.5 and 2 standard deviations between batches, found within 20
and within 5 batches, from a chart that starts when the drift does. `first_20` is the price of the head start: how often
an undrifted chart rings within its first 20 batches; without one ("start from 0") it rings less, and finds less, and
with the smaller one that `watch` takes ("as in watch") it lies between.
"""

import argparse
import json

import numpy as np
from scipy.stats import binomtest

from zirconkit.deployment import watching
from zirconkit.evaluation import control

HEADS = {"as shipped": control.HEAD, "start from 0": 0.0, "as in watch": watching.CALM}


def reference(rng, n_images=12, n_grains=30):
    """The batch means of undrifted batches: a function from a number of them to an array."""
    images = [rng.normal(mean, 5, n_grains) for mean in rng.normal(100, 3, n_images)]

    def undrifted(n):
        which = rng.integers(n_images, size=n)
        drawn = rng.integers(n_grains, size=(n, n_grains))
        return np.array([images[k][rows].mean() for k, rows in zip(which, drawn)])[:, None]

    return undrifted


def rings(undrifted, chart, shift, batches, runs):
    """The share of charts that ring within so many batches, shifted by so many standard deviations."""
    values = undrifted(runs * batches).reshape(runs, batches, 1) + shift * chart.spread
    return float(np.mean([control.run_chart(each, chart)[1].any() for each in values]))


def measured(undrifted, rate, head, batches, runs):
    """One chart, and what it does."""
    chart = control.calibrated(undrifted(60_000), rate, head)
    _, alarm = control.run_chart(undrifted(batches), chart)
    ends = binomtest(int(alarm.sum()), batches).proportion_ci()
    return {
        "rate": round(float(alarm.mean()), 5),
        "interval": [round(ends.low, 5), round(ends.high, 5)],
        "holds": bool(ends.low <= rate <= ends.high),
        "shift_0.5_within_20": rings(undrifted, chart, 0.5, 20, runs),
        "shift_2_within_5": rings(undrifted, chart, 2.0, 5, runs),
        "first_20": rings(undrifted, chart, 0.0, 20, runs),
    }


def main():
    parser = argparse.ArgumentParser(description="False alarms and power of the control charts.")
    parser.add_argument("--batches", type=int, default=20_000)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    undrifted = reference(np.random.default_rng(args.seed))
    results = {
        f"{name}, set to {rate}": measured(undrifted, rate, head, args.batches, args.runs)
        for name, head in HEADS.items()
        for rate in (0.01, 0.05)
    }
    print(json.dumps({"batches": args.batches, "runs": args.runs, **results}))


if __name__ == "__main__":
    main()
