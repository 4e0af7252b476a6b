"""What has the aspect ratio on the very crops of the paper's test: the 71 boxes that the published recipe keeps.

On the two test mounts the published recipe gives the boxes, the watershed the outline of the grain that fills most of
each box. Prints one JSON line: the ROC-AUC of aspect ratio and of solidity with their 95 % intervals over grains. With
`--save` a row for each crop goes to data/results/published_crops.csv. The real mounts are those that `ZIRCONKIT_DATA`
names the folder of; without them it reads what ships. Ten seconds.
"""

import argparse
import json
import os
from pathlib import Path

import numpy as np
import pandas as pd

from zirconkit import evaluation, grains, mounts, samples, segmentation

BOX = ["row_min", "col_min", "row_max", "col_max"]
MEASURED = ["grain", "aspect_ratio", "solidity", "area_px", "mean_grey"]


def crops(name, image):
    """What was measured on the grain that fills most of each published crop of a mount: DataFrame."""
    boxes = segmentation.segment(image, "published")[1].query("kept")[BOX]
    labels, table = segmentation.segment(image, "watershed")
    inside = [np.bincount(grains.crop(labels, box).ravel())[1:] for box in boxes.to_numpy()]
    largest = [counts.argmax() + 1 for counts in inside]
    found = table.set_index("grain").loc[largest].reset_index()[MEASURED]
    kind = samples.sheet().loc[name, "class_name"]
    return pd.concat([boxes.reset_index(drop=True), found], axis=1).assign(sample=name, class_name=kind)


def measured(folder):
    """All crops of the test mounts in a folder: DataFrame."""
    parts = [crops(name, mounts.read_image(folder / f"{name}.png")) for name in samples.TEST]
    return pd.concat(parts, ignore_index=True)[["sample", "class_name", *BOX, *MEASURED]]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", action="store_true", help="write data/results/published_crops.csv")
    options = parser.parse_args()
    here, path = os.environ.get("ZIRCONKIT_DATA"), samples.DATA / "results" / "published_crops.csv"
    table = measured(Path(here)) if here else pd.read_csv(path)
    if options.save and here:
        table.round(4).to_csv(path, index=False)
    y = table["class_name"].eq("porphyry")
    told = {name: evaluation.auc_interval(y, table[name]) for name in ("aspect_ratio", "solidity")}
    print(json.dumps({name: np.round(auc, 3).tolist() for name, auc in told.items()} | {"crops": len(table)}))


if __name__ == "__main__":
    main()
