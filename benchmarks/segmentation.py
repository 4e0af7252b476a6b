"""How many grains each method finds, how well, and how fast: both methods on every mount at hand, on one core.

Prints one JSON line: `mounts` (per mount and method: n, kept, f1_50, f1_75, mean_iou, seconds; scores are null where
there is no truth) and `pooled` (the scores over all mounts with truth, and the mean seconds a mount). The real mounts
come from the folder that ZIRCONKIT_DATA names; without it, the four synthetic ones that come with the kit are taken.
"""

import json
import os
import sys
from time import perf_counter

os.environ.setdefault("OMP_NUM_THREADS", "1")

import cv2

from zirconkit import evaluation, mounts, segmentation

SCORES = ("f1_50", "f1_75", "mean_iou")


def measure(image, truth, method):
    """One method on one mount: the counts, the scores, and the seconds of the label image alone."""
    start = perf_counter()
    labels = segmentation.METHODS[method](image)
    seconds = perf_counter() - start
    table = segmentation.describe(image, labels, keep=segmentation.KEEP[method])
    scores = dict.fromkeys(SCORES) if truth is None else evaluation.segmentation_scores(labels, truth)
    row = {"n": len(table), "kept": int(table["kept"].sum()), **{name: scores[name] for name in SCORES}}
    return {**row, "seconds": seconds}, scores


def pooled(rows):
    """Scores over all mounts with truth, each grain counting once, and the mean seconds over all mounts."""
    scored = [scores for _, scores in rows if "n_truth" in scores]
    grains = sum(scores["n"] + scores["n_truth"] for scores in scored)
    total = {"seconds": sum(row["seconds"] for row, _ in rows) / len(rows)}
    for level in (50, 75):
        matched = sum(scores[f"matched_{level}"] for scores in scored)
        total[f"f1_{level}"] = 2 * matched / grains if grains else None
    return total


def rounded(value):
    """Floats to four places, through dictionaries."""
    if isinstance(value, dict):
        return {key: rounded(inner) for key, inner in value.items()}
    return round(value, 4) if isinstance(value, float) else value


def main():
    cv2.setNumThreads(1)
    found = mounts.find("quellaveco") if os.environ.get("ZIRCONKIT_DATA") else mounts.embedded()
    results = {method: {} for method in segmentation.METHODS}
    for mount in found:
        image, truth = mount.image(), mount.truth()
        for method, rows in results.items():
            rows[mount.sample] = measure(image, truth, method)
            print(mount.sample, method, rounded(rows[mount.sample][0]), file=sys.stderr)
    by_mount = {mount.sample: {method: rows[mount.sample][0] for method, rows in results.items()} for mount in found}
    totals = {method: pooled(list(rows.values())) for method, rows in results.items()}
    print(json.dumps(rounded({"mounts": by_mount, "pooled": totals})))


if __name__ == "__main__":
    main()
