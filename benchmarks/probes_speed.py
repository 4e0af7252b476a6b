"""How fast is a probe? All 36 pairs of the 4 and 9 synthetic mounts left out, crops of 24 px with an even exposure.

Before: one fit after the other, main components from the grains themselves. After: `evaluation.pairs_left_out` with
`probes.classifier`, fits side by side and components from the covariances. In turn, five times each. Prints one JSON
line: seconds and their ratio (medians, and the range of the ratio), and the largest difference of a ROC-AUC, which
should be nothing. A minute on two cores.
"""

import json
import time

import cv2
import numpy as np
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

from zirconkit import evaluation, mounts, probes
from zirconkit import grains as gr


def one_by_one(x, y, sample):
    """The same table as `evaluation.pairs_left_out`, the plain way."""
    model = make_pipeline(StandardScaler(), PCA(0.9), SVC(class_weight="balanced"))
    aucs = []
    for one in np.unique(sample[y == 1]):
        for other in np.unique(sample[y == 0]):
            out = np.isin(sample, (one, other))
            score = clone(model).fit(x[~out], y[~out]).decision_function(x[out])
            aucs.append(evaluation.auc_interval(y[out], score).value)
    return np.array(aucs)


def main():
    found = mounts.labelled("synthetic")
    grains = gr.from_mounts(found, size=90, mask_neighbours=True, progress=False)
    grains = grains[grains.table.groupby("sample").cumcount() < 60]
    even = gr.normalise_exposure(grains.images, grains.masks)
    x = np.stack([cv2.resize(image, (24, 24), interpolation=cv2.INTER_AREA) for image in even]).reshape(len(even), -1)
    y, sample = grains.y, grains.table["sample"].to_numpy()
    seconds, tables = [], []
    for _ in range(5):
        marks = [time.perf_counter()]
        tables = [one_by_one(x / 255, y, sample)]
        marks.append(time.perf_counter())
        tables.append(evaluation.pairs_left_out(probes.classifier(), x / 255, y, sample).to_numpy().ravel())
        seconds.append(np.diff([*marks, time.perf_counter()]))
    before, after = np.transpose(seconds)
    ratio = before / after
    result = {"grains": len(y), "seconds_before": np.median(before), "seconds_after": np.median(after)}
    result |= {"ratio": np.median(ratio), "ratio_low": ratio.min(), "ratio_high": ratio.max()}
    result["largest_difference"] = np.abs(tables[0] - tables[1]).max()
    print(json.dumps({name: round(float(value), 3) for name, value in result.items()}))


if __name__ == "__main__":
    main()
