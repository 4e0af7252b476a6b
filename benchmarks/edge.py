"""A model on other machines: parity with Keras on grains, size, milliseconds a grain and memory, quantized or not.

Prints one JSON line. LeNet learns from grown apatites, on grains of other samples each form is run beside Keras. For
`page` see tests/check_page.py (`make check-site`): there a browser without a network cuts and classifies a picture.
"""

import argparse
import json
import os
import resource
import tempfile
from pathlib import Path
from time import perf_counter

import numpy as np

from zirconkit import segmentation, synthetic
from zirconkit.deployment import exporting
from zirconkit.deployment.preparing import prepared
from zirconkit.evaluation import auc_interval
from zirconkit.networks import shipping

LEARNED, OTHERS = range(4), range(50, 52)  # seeds of the samples


def grains(seeds, size):
    """Prepared grains of grown samples, and their classes."""
    images, y = [], []
    for place, name in enumerate(synthetic.POPULATIONS):
        for seed in seeds:
            grown = synthetic.grow_apatites(name, seed)
            labels, table = segmentation.segment(grown.image, um_per_px=2.0)
            kept = table[table["kept"]]
            images.append(prepared(grown.image, labels, kept, size).images)
            y += [place] * len(kept)
    return np.concatenate(images), np.array(y)


def beside_keras(network, x, y, form, quantize):
    """One form beside Keras: largest difference, ROC-AUC, bytes, milliseconds."""
    convert = exporting._litert if form == "litert" else exporting._onnx
    content = convert(network, quantize)
    run = exporting.runner(content, form)
    floats = np.float32(x)
    wanted, found = np.asarray(network(floats, training=False)), run(floats)
    one = floats[:1]
    run(one)
    start = perf_counter()
    for _ in range(300):
        run(one)
    return {
        "largest_difference": float(np.abs(wanted - found).max()),
        "auc_less_keras": round(auc_interval(y, found).value - auc_interval(y, wanted).value, 5),
        "kB": round(len(content) / 1000, 1),
        "ms_per_grain": round((perf_counter() - start) / 300 * 1000, 3),
    }


def main():
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    with tempfile.TemporaryDirectory() as folder:
        x, y = grains(LEARNED, shipping.SIDES["lenet"])
        network = shipping.train_lenet(x, y, len(synthetic.POPULATIONS))
        network.save(Path(folder) / "model.keras")
        x, y = grains(OTHERS, shipping.SIDES["lenet"])
        results = {
            f"{form}{', quantized' * quantize}": beside_keras(network, x, y, form, quantize)
            for form in ("onnx", "litert")
            for quantize in (False, True)
        }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    print(json.dumps({"network": "lenet", "grains": len(y), "peak_mb_with_keras": round(peak), **results}))


if __name__ == "__main__":
    main()
