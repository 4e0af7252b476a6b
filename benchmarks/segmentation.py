"""How many grains each method finds, how well, and how fast: both methods on every mount at hand, on one core.

Prints one JSON line: `mounts` (per mount and method: n, kept, f1_50, f1_75, mean_iou, seconds; scores are null where
there is no truth) and `pooled` (the scores over all mounts with truth, and the mean seconds a mount). The real mounts
come from the folder that ZIRCONKIT_DATA names; without it, the four synthetic ones that come with the kit are taken.

`--save` writes data/results/segmentation.csv, which notebook 01 shows: a row for each real mount and way, with the
outlines kept, Table 1's count, and where there is a truth the grains that are there and that are saved, with the gain
in recall over the published recipe, grain by grain, and its 95 % interval.
"""

import json
import os
import sys
from time import perf_counter

os.environ.setdefault("OMP_NUM_THREADS", "1")

import cv2
import pandas as pd

from zirconkit import evaluation, mounts, samples, segmentation

SCORES = ("f1_50", "f1_75", "mean_iou")
LEVERS = {"dilation": 2, "smallest": 15, "largest": 110}  # best of a grid on the grown QVC075: tests/test_fates.py


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


def saved_by(mount, image, truth):
    """By way: how many outlines are kept, and which true grains are saved (None without a truth)."""
    ways = {}
    for way, levers in (("the recipe as published", {}), ("its levers moved by the kit", LEVERS)):
        kept, dropped = segmentation.cut_out(image, **levers)
        ways[way] = len(kept), None if truth is None else segmentation.fates(kept, dropped, truth).saved
    labels = segmentation.segment_mount(mount).labels
    overlaps = None if truth is None else segmentation.grain_overlaps(labels, truth)[2]
    ways["watershed"] = int(labels.max()), None if truth is None else (overlaps >= 0.5).any(axis=0)
    return ways


def save(found):
    """What notebook 01 shows of the real mounts; their truth lies beside them."""
    published, rows = samples.sheet()["n"], []
    for mount in found:
        truth = mount.truth()
        ways = saved_by(mount, mount.image(), truth)
        for way, (kept, saved) in ways.items():
            row = {"sample": mount.sample, "way": way, "kept": kept, "table_1": published.get(mount.sample)}
            if truth is not None:
                gain = evaluation.paired_difference(saved, ways["the recipe as published"][1])
                row |= {"saved": int(saved.sum()), "there": len(saved)}
                row |= {"gain": gain.value, "gain_low": gain.low, "gain_high": gain.high}
            rows.append(row)
    table = pd.DataFrame(rows).astype({"saved": "Int64", "there": "Int64", "table_1": "Int64"})
    table.round(4).to_csv(samples.DATA / "results/segmentation.csv", index=False)


def main():
    cv2.setNumThreads(1)
    found = mounts.find("quellaveco") if os.environ.get("ZIRCONKIT_DATA") else mounts.embedded()
    if "--save" in sys.argv:
        save(found)
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
