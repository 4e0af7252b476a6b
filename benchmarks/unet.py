"""Does a network that learned from grown mounts alone outline grains as well as the watershed?

Prints one JSON line: the scores of the published recipe, the watershed and the network on the real mounts that have a
truth (from the folder that ZIRCONKIT_DATA names), on grown mounts of recipes that training never saw, and on the same
mounts laid on a grey, textured ground; pooled over the mounts of a set, with the seconds a mount. Beside them what the
network owes to the rule that parts touching grains: `threshold` is that rule behind Otsu's threshold, `own_map` the
network with a watershed of its own map of boundaries in place of that rule. `segment` is the whole command on the
largest mount at hand, in a process of its own: seconds, and megabytes at the peak.

`--train` makes data/networks/grains.npz and its card from nothing: it grows mounts, shows the network crops of them as
other microscopes would (`synthetic.microscopes`), and looks at no real one. `--without ground,noise` leaves
ingredients out of that, `--out FILE` writes elsewhere, and `--weights FILE` scores what was written there.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

import cv2
import keras
import numpy as np
from scipy import ndimage
from skimage.filters import threshold_otsu
from skimage.segmentation import watershed as flood

from zirconkit import files, mounts, segmentation
from zirconkit.networks import unet
from zirconkit.segmentation import stitching
from zirconkit.segmentation.network import WEIGHTS, probabilities, read_weights
from zirconkit.segmentation.parting import MIN_AREA, grains_in
from zirconkit.synthetic import microscopes

LEARNED, HELD_OUT = range(20), range(50, 53)  # seeds of the recipes, two mounts of each
STEPS, RATE = 2800, 3e-3  # batches, and the learning rate that falls to nothing


# ---------------------------------------------------------------- training


def train(args):
    """Grow, train, and write the weights and their card."""
    busy = process_time()
    ingredients = [name for name in microscopes.INGREDIENTS if name not in args.without]
    grown = unet.grown_mounts(LEARNED)
    keras.utils.set_random_seed(args.seed)
    crops = unet.Crops(grown, ingredients, args.steps, seed=args.seed)
    packed = unet.packed(unet.train(unet.unet(), crops, RATE, verbose=1))
    files.write_whole(args.out, packed)
    card = {
        "sha256": hashlib.sha256(packed).hexdigest(),
        "classes": ["resin", "inside", "boundary"],
        "learned from": f"{len(grown)} grown mounts",
        "ingredients": ingredients,
        "steps": args.steps,
        "seed": args.seed,
        "core_minutes": round((process_time() - busy) / 60, 1),  # of training; growing is done by other processes
    }
    files.write_whole(args.out.with_suffix(".json"), json.dumps(card, indent=1) + "\n")
    print(json.dumps(card))


# ---------------------------------------------------------------- the methods, and the network in parts


def threshold(image):
    """The rule that parts touching grains, behind Otsu's threshold of the mount less its resin."""
    clear = stitching.subtract_resin(image)
    return grains_in(clear > threshold_otsu(clear))


def own_map(image, weights):
    """The network's own map: what is inside a grain floods along the map of boundaries."""
    resin, inside, boundary = np.float32(probabilities(image, weights))
    opened = cv2.morphologyEx(np.uint8(inside > 0.5), cv2.MORPH_OPEN, np.ones((3, 3), np.uint8))
    seeds, _ = ndimage.label(opened)
    labels = flood(boundary, seeds, mask=resin < 0.5)
    sizes = np.bincount(labels.ravel())
    return np.where(sizes[labels] >= MIN_AREA, labels, 0)


def learned(image, weights):
    """`segmentation.network` with other weights than those that come with the kit."""
    return segmentation.network(image, weights=weights)


# ---------------------------------------------------------------- the mounts


def real():
    """The real mounts that have a truth: list of image and truth."""
    if not os.environ.get("ZIRCONKIT_DATA"):
        return []
    return [(mount.image(), mount.truth()) for mount in mounts.find("quellaveco") if mount.truth_path]


def on_ground(mount, seed):
    """A grown mount on a grey, textured ground: image and truth."""
    rng = np.random.default_rng(seed)
    grains = mount.labels > 0
    grey = microscopes.lay_on_ground(np.float32(mount.image), grains, rng)
    return np.rint(grey).clip(0, 255).astype(np.uint8), mount.labels


def score(method, pairs):
    """A method on some mounts, each grain counting once: F1 at 0.5 and 0.75, and seconds a mount."""
    start, busy = perf_counter(), process_time()
    found = [method(image) for image, _ in pairs]
    seconds, core_seconds = perf_counter() - start, process_time() - busy
    scores = [segmentation.segmentation_scores(labels, truth) for labels, (_, truth) in zip(found, pairs)]
    grains = sum(each["n"] + each["n_truth"] for each in scores)
    pooled = {f"f1_{level}": 2 * sum(each[f"matched_{level}"] for each in scores) / grains for level in (50, 75)}
    times = {"seconds": seconds / len(pairs), "core_seconds": core_seconds / len(pairs)}
    return {name: round(float(value), 4) for name, value in (pooled | times).items()}


COMMAND = """
import resource, sys
from zirconkit.cli import main
status = main(sys.argv[1:])
used = resource.getrusage(resource.RUSAGE_SELF)
peak = next(line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM"))
print(used.ru_utime + used.ru_stime, int(peak) / 1000)
sys.exit(status)
"""  # on Linux; what `getrusage` calls the peak is that of whoever started the process, where that is larger


def whole_command(path):
    """`zirconkit segment --method network` on one mount: seconds, and megabytes at the peak."""
    with tempfile.TemporaryDirectory() as folder:
        words = [sys.executable, "-c", COMMAND, "segment", path, "--method", "network", "--out", folder]
        start = perf_counter()
        done = subprocess.run(words, check=True, capture_output=True, env=os.environ | {"ZIRCONKIT_CACHE": folder})
        seconds = perf_counter() - start
    core_seconds, peak_mb = map(float, done.stdout.split()[-2:])
    figures = {"seconds": seconds, "core_seconds": core_seconds, "peak_mb": peak_mb}
    return {"mount": path.stem, **{name: round(value, 1) for name, value in figures.items()}}


def compare(args):
    """Every method on every set."""
    weights = read_weights(args.weights)
    methods = {
        "published": segmentation.published,
        "watershed": segmentation.watershed,
        "network": partial(learned, weights=weights),
        "threshold": threshold,
        "own_map": partial(own_map, weights=weights),
    }
    grown = unet.grown_mounts(HELD_OUT)
    sets = {
        "real": real(),
        "grown": [(mount.image, mount.labels) for mount in grown],
        "grown_on_grey": [on_ground(mount, seed) for seed, mount in enumerate(grown)],
    }
    results = {}
    for name, pairs in sets.items():
        for way, method in methods.items():
            if pairs:
                results.setdefault(name, {})[way] = score(method, pairs)
                print(name, way, results[name][way], file=sys.stderr)
    found = mounts.find("quellaveco") if os.environ.get("ZIRCONKIT_DATA") else mounts.embedded()
    largest = max(found, key=lambda mount: mount.image().size)
    results["segment"] = whole_command(largest.path)
    print(json.dumps(results))


def ingredients_of(text):
    """Names of ingredients, with commas between them."""
    names = set(filter(None, text.split(",")))
    unknown = names - set(microscopes.INGREDIENTS)
    if unknown:
        raise argparse.ArgumentTypeError(f"{min(unknown)} is none of {', '.join(microscopes.INGREDIENTS)}")
    return names


def main():
    parser = argparse.ArgumentParser(description="Train the U-Net for grains, or score it.")
    parser.add_argument("--train", action="store_true", help="make the weights from nothing")
    parser.add_argument("--without", type=ingredients_of, default=set(), metavar="NAME,...", help="ingredients")
    parser.add_argument("--steps", type=int, default=STEPS, help="batches of 16 crops")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=WEIGHTS, help="what --train writes (.npz)")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="what is scored (.npz)")
    args = parser.parse_args()
    (train if args.train else compare)(args)


if __name__ == "__main__":
    main()
