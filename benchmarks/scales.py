"""Whether the same grains are found at every magnification, and whether their sizes in micrometres agree.

The four embedded mounts (grown, with their truth) are enlarged or shrunk to 0.5, 1, 2 and 4 um a pixel and segmented
with that scale. Prints one JSON line: F1 at IoU 0.5, the median equivalent diameter of the kept grains, how many are
kept and seconds a mount, by scale.
"""

import json
import time

import cv2
import numpy as np

from zirconkit import mounts, segmentation

SCALES = (0.5, 1.0, 2.0, 4.0)  # um a pixel


def at_scale(mount, um_per_px):
    """A mount and its truth as they would look at another magnification."""
    size = tuple(round(side * mount.um_per_px / um_per_px) for side in mount.image().shape[::-1])
    how = cv2.INTER_AREA if um_per_px > mount.um_per_px else cv2.INTER_CUBIC
    image = cv2.resize(mount.image(), size, interpolation=how)
    truth = cv2.resize(mount.truth().astype(np.float32), size, interpolation=cv2.INTER_NEAREST)
    return image, truth.astype(int)


def measure(um_per_px):
    found = {"f1_50": [], "kept": 0, "seconds": []}
    diameters = []
    for mount in mounts.embedded():
        image, truth = at_scale(mount, um_per_px)
        start = time.perf_counter()
        labels, table = segmentation.segment(image, um_per_px=um_per_px)
        found["seconds"].append(time.perf_counter() - start)
        found["f1_50"].append(segmentation.segmentation_scores(labels, truth)["f1_50"])
        kept = table[table["kept"]]
        found["kept"] += len(kept)
        diameters.extend(kept["equivalent_diameter_um"])
    means = {name: round(float(np.mean(found[name])), 3) for name in ("f1_50", "seconds")}
    return means | {"kept": found["kept"], "median_diameter_um": round(float(np.median(diameters)), 2)}


def main():
    print(json.dumps({"benchmark": "scales", **{f"{scale} um": measure(scale) for scale in SCALES}}))


if __name__ == "__main__":
    main()
