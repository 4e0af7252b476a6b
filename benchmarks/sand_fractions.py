"""Do the intervals of fractions hold the truth? 500 simulated sands, shares from 0.02 to 0.98; the naive count beside.

Prints one JSON line. In each world a classifier errs at rates of its own, and the rates differ from sample to sample by
`spread` (standard deviation, on the logit scale); it is known from a few samples of each class, and then meets a sand
whose classes come from samples that nobody has seen. The truth is the share in the sand, from which the grains are
drawn. `em` is the same without an interval: by EM prior shift on the counts, how far off it is on average, beside the
naive count's error.
"""

import argparse
import json

import numpy as np

from zirconkit.evaluation import fractions as fr
from zirconkit.evaluation import proportion_interval

# classes, samples of each, grains of a sample, spread between samples, how often it is right, grains of a sand
WORLDS = {
    "two classes": (2, 4, 30, 0.3, 0.8, 100),
    "two classes, samples differ more": (2, 6, 40, 0.5, 0.8, 120),
    "three classes": (3, 4, 30, 0.3, 0.75, 100),
    "three classes, samples alike": (3, 4, 30, 0.0, 0.75, 100),
    "four classes": (4, 5, 40, 0.3, 0.75, 150),
}


class World:
    """A classifier with its errors, and the sands that it meets."""

    def __init__(self, plan, rng):
        self.classes, self.samples, self.grains, self.spread, right, self.sand = plan
        wrong = (1 - right) / (self.classes - 1)
        self.logits = np.log(np.full((self.classes, self.classes), wrong) + np.eye(self.classes) * (right - wrong))
        self.rng = rng

    def rates(self, k):
        """How the grains of a new sample of a class are called."""
        odds = np.exp(self.logits[k] + self.spread * self.rng.normal(size=self.classes))
        return odds / odds.sum()

    def known(self):
        """What is known of the errors from samples that were left out: `Errors`."""
        y = np.repeat(np.arange(self.classes), self.samples * self.grains)
        groups = np.repeat(np.arange(self.classes * self.samples), self.grains)
        called = [
            self.rng.choice(self.classes, self.grains, p=self.rates(k))
            for k in range(self.classes)
            for _ in range(self.samples)
        ]
        return fr.errors(y, np.concatenate(called), groups, self.classes)

    def called(self, shares):
        """What the grains of a sand are called."""
        counts = self.rng.multinomial(self.sand, shares)
        parts = [self.rng.choice(self.classes, n, p=self.rates(k)) for k, n in enumerate(counts)]
        return np.concatenate(parts).astype(int)


def covered(plan, n_sands, seed):
    """How many of the intervals hold the truth, of the kit's and of naive counting; widths and errors."""
    rng = np.random.default_rng(seed)
    names = [str(k) for k in range(plan[0])]
    rows = []
    for share in np.linspace(0.02, 0.98, n_sands):
        world = World(plan, rng)
        shares = np.array([share, *((1 - share) * rng.dirichlet(np.ones(plan[0] - 1)))])
        known, called = world.known(), world.called(shares)
        found = fr.fractions(called, known, names).loc[0]
        naive = proportion_interval(np.sum(called == 0), len(called))
        rows.append(
            [
                found.low <= share <= found.high,
                naive.low <= share <= naive.high,
                found.high - found.low,
                abs(found.fraction - share),
                abs(naive.value - share),
            ]
        )
    means = np.mean(rows, axis=0)
    keys = ("coverage", "naive_coverage", "width", "error", "naive_error")
    return dict(zip(keys, np.round(means, 3).tolist()))


def main():
    parser = argparse.ArgumentParser(description="Coverage of the intervals of fractions.")
    parser.add_argument("--sands", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    args = parser.parse_args()
    results = {name: covered(plan, args.sands, args.seed) for name, plan in WORLDS.items()}
    print(json.dumps({"sands": args.sands, "shares": [0.02, 0.98], **results}))


if __name__ == "__main__":
    main()
