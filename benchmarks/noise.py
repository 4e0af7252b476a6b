"""How much noise and how much zoning do four filters leave? On every mount, grown and real.

Of each mount 40 grains without flags. Zoning is measured inside the grain's own true outline (the watershed's where no
truth is known), three pixels in from it: the spread of what remains when a blur of 8 px, taken over the grain's own
pixels alone, is subtracted. Noise is measured in the resin around it, nine pixels or more from any grain: the spread of
the difference between neighbouring pixels over the square root of 2. Prints one JSON line: the medians over the grains
of all mounts. With `--save` the table goes to data/results/noise.csv. The real mounts are added where `ZIRCONKIT_DATA`
names their folder. Half a minute.
"""

import argparse
import json
import os
import warnings

import cv2
import numpy as np
import pandas as pd
from tqdm import tqdm

from zirconkit import mounts, samples, segmentation

MARGIN = 25
FILTERS = {
    "none": lambda patch: patch,
    "Gaussian, 1 px": lambda patch: cv2.GaussianBlur(patch, (0, 0), 1),
    "median, 3 × 3": lambda patch: cv2.medianBlur(patch, 3),
    "bilateral": lambda patch: cv2.bilateralFilter(patch, 5, 20, 2),
    "non-local means": lambda patch: cv2.fastNlMeansDenoising(patch, h=5),
}


def zoning(patch, inside):
    """Spread of the grey levels inside a grain without what is broader than 8 px, in grey levels."""
    weight = cv2.GaussianBlur(inside.astype(float), (0, 0), 8)
    broad = cv2.GaussianBlur(patch * inside.astype(float), (0, 0), 8) / np.maximum(weight, 1e-9)
    core = cv2.erode(inside.astype(np.uint8), np.ones((7, 7))) > 0
    return (patch - broad)[core].std()


def noise(patch, resin):
    """Spread of the difference of neighbours in the resin over the square root of 2, in grey levels."""
    both = resin[:, 1:] & resin[:, :-1]
    return np.diff(patch.astype(float), axis=1)[both].std() / 2**0.5


def measured(mount, n=40):
    """A row for each grain and filter: noise and zoning, in grey levels."""
    image, labels, table, _, _ = segmentation.segment_mount(mount)
    truth = mount.truth() if mount.truth_path else labels
    table = table[table["kept"] & (table["flags"] == "")]
    rows = []
    for _, row in table.sample(min(n, len(table)), random_state=0).iterrows():
        window = tuple(
            slice(max(0, int(row[f"{side}_min"]) - MARGIN), int(row[f"{side}_max"]) + MARGIN) for side in ("row", "col")
        )
        patch, own = image[window], truth[window]
        numbers, counts = np.unique(own[(labels[window] == row["grain"]) & (own > 0)], return_counts=True)
        resin = cv2.dilate(((own > 0) | (labels[window] > 0)).astype(np.uint8), np.ones((19, 19))) == 0
        if not len(numbers) or resin.sum() < 200:
            continue
        inside = own == numbers[counts.argmax()]
        for name, of in FILTERS.items():
            filtered = of(patch)
            rows.append((mount.sample, row["grain"], name, noise(filtered, resin), zoning(filtered, inside)))
    return pd.DataFrame(rows, columns=["sample", "grain", "filter", "noise", "zoning"])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", action="store_true")
    arguments = parser.parse_args()
    tables = []
    for data in ("synthetic", "quellaveco") if os.environ.get("ZIRCONKIT_DATA") else ("synthetic",):
        with warnings.catch_warnings(action="ignore"):
            found = mounts.labelled(data)
        for mount in tqdm(found, desc=data, leave=False):
            tables.append(measured(mount).assign(grains=mounts.provenance(found)))
    table = pd.concat(tables)
    wide = table.pivot_table(index=["grains", "sample", "grain"], columns="filter", values=["noise", "zoning"])
    rows = []
    for kind, part in wide.groupby("grains"):
        for name in FILTERS:
            row = {"grains": kind, "filter": name, "n_grains": len(part), "n_mounts": part.index.unique("sample").size}
            for what in ("noise", "zoning"):
                row[what] = part[what, name].median()
                by_mount = (part[what, name] / part[what, "none"]).groupby("sample").median()
                row |= {
                    f"{what}_left": by_mount.median(),
                    f"{what}_low": by_mount.min(),
                    f"{what}_high": by_mount.max(),
                }
            rows.append(row)
    result = pd.DataFrame(rows).round(4)
    if arguments.save:
        result.to_csv(samples.DATA / "results" / "noise.csv", index=False)
    left = result.set_index(["grains", "filter"])[["noise_left", "zoning_left"]]
    print(json.dumps({f"{kind}, {name}": row.to_dict() for (kind, name), row in left.iterrows()}))


if __name__ == "__main__":
    main()
