"""Do 95 % intervals of a ROC-AUC hold the truth 95 % of the time? Simulated scores, whose truth is known.

Over grains: 25 and 46 of them, as in the paper's test, normal scores (equal spread, and twice the spread in one class)
with a true ROC-AUC of 0.8, 0.9 and 0.95; 4,000 sets each. Over mounts: a class-independent exposure for each mount, so
that the truth is 0.5, for 4 and 10 mounts (the paper's) and 2 and 6 (those of the real data that we have); 2,000 sets
each. Over pairs of mounts left out: three such numbers a grain and a logistic regression, for 4 and 9 mounts and 2 and
5 (those that are trained on); 500 sets each. Prints one JSON line: the share of the sets whose interval holds the
truth, by method. With `--save` the table goes to data/results/intervals.csv. Four minutes on two cores.
"""

import argparse
import json

import numpy as np
import pandas as pd
from scipy.stats import norm
from sklearn.linear_model import LogisticRegression
from tqdm import tqdm

from zirconkit import evaluation, samples


def percentile_bootstrap(y, score, rng, n_resamples=1000):
    """Grains drawn anew within each class, as counts: the ROC-AUC is the counted mean of the wins."""
    positive, negative = score[y == 1], score[y == 0]
    wins = np.sign(positive[:, None] - negative) / 2 + 0.5
    drawn = [rng.multinomial(n, np.full(n, 1 / n), n_resamples) for n in wins.shape]
    return np.percentile(np.einsum("ri,ij,rj->r", drawn[0], wins, drawn[1], optimize=True) / wins.size, [2.5, 97.5])


def mount_bootstrap(y, score, sample, rng, n_resamples=300):
    """Whole mounts drawn anew within each class; the wins between each pair of mounts are counted once."""
    groups = [[score[sample == s] for s in np.unique(sample[y == k])] for k in (1, 0)]
    wins = np.array([[(np.sign(a[:, None] - b) / 2 + 0.5).sum() for b in groups[1]] for a in groups[0]])
    drawn = [rng.multinomial(len(group), np.full(len(group), 1 / len(group)), n_resamples) for group in groups]
    sizes = [counts @ [len(part) for part in group] for counts, group in zip(drawn, groups)]
    aucs = np.einsum("ri,ij,rj->r", drawn[0], wins, drawn[1], optimize=True) / (sizes[0] * sizes[1])
    return np.percentile(aucs, [2.5, 97.5])


def over_grains(auc, spread, rng):
    """One set: whether each method's interval holds the true ROC-AUC."""
    y = np.repeat([1, 0], [25, 46])
    score = rng.normal(size=71) * np.where(y, spread, 1) + y * norm.ppf(auc) * np.hypot(1, spread)
    found = {"logit-DeLong": evaluation.auc_interval(y, score)[1:]}
    found["percentile bootstrap"] = percentile_bootstrap(y, score, rng)
    return {method: low <= auc <= high for method, (low, high) in found.items()}


def over_mounts(numbers, between, rng):
    """One set of mounts whose exposure says nothing of the class: whether each method's interval holds 0.5."""
    sizes = rng.integers(20, 120, sum(numbers))
    sample = np.repeat(np.arange(sum(numbers)), sizes)
    y = (sample >= numbers[0]).astype(int)
    score = rng.normal(0, between, sum(numbers))[sample] + rng.normal(size=len(y))
    found = {"by grain": evaluation.auc_interval(y, score)[1:]}
    found["by mount"] = evaluation.auc_interval(y, score, groups=sample)[1:]
    found["bootstrap of mounts"] = mount_bootstrap(y, score, sample, rng)
    return {method: low <= 0.5 <= high for method, (low, high) in found.items()}


def over_pairs(numbers, between, rng):
    """One set of mounts of which nothing can be learned: does the interval of `evaluation.pairs_interval` hold 0.5?"""
    sample = np.repeat(np.arange(sum(numbers)), 40)
    y = (sample >= numbers[0]).astype(int)
    x = rng.normal(0, between, (sum(numbers), 3))[sample] + rng.normal(size=(len(y), 3))
    table = evaluation.pairs_left_out(LogisticRegression(), x, y, sample)
    _, low, high = evaluation.pairs_interval(table)
    return {"pairs left out": low <= 0.5 <= high}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", action="store_true", help="write data/results/intervals.csv")
    options, rows = parser.parse_args(), []
    settings = [("25 + 46 grains", over_grains, (auc, spread), 4000) for auc in (0.8, 0.9, 0.95) for spread in (1, 2)]
    settings += [
        (f"{low} + {high} mounts", over_mounts, ((low, high), between), 2000)
        for low, high in ((4, 10), (2, 6))
        for between in (0.5, 1, 2)
    ]
    settings += [
        (f"pairs of {low} + {high} mounts", over_pairs, ((low, high), between), 500)
        for low, high in ((4, 9), (2, 5))
        for between in (0.5, 1, 2)
    ]
    for name, one_set, how, n in tqdm(settings):
        rng = np.random.default_rng(0)
        held = pd.DataFrame([one_set(*how, rng) for _ in range(n)]).mean()
        truth, spread = (how[0], how[1]) if one_set is over_grains else (0.5, how[1])
        rows += [
            {"set": name, "truth": truth, "spread": spread, "method": method, "coverage": share, "n_sets": n}
            for method, share in held.items()
        ]
    table = pd.DataFrame(rows).round(4)
    if options.save:
        table.to_csv(samples.DATA / "results" / "intervals.csv", index=False)
    ranges = table.groupby(["set", "method"])["coverage"].agg(["min", "max"])
    print(json.dumps({" / ".join(key): [row["min"], row["max"]] for key, row in ranges.iterrows()}))


if __name__ == "__main__":
    main()
