"""What does each ingredient of domain randomisation bring to the U-Net for grains?

The network is trained anew with one ingredient left out at a time (`synthetic.microscopes`), with none left out under
three seeds, which shows how far chance alone moves a score, and with all of them left out: fewer batches than the
shipped weights saw, the same number each time. Each is scored on the real mounts that have a truth (ZIRCONKIT_DATA
names their folder), on grown mounts of recipes that training never saw, and on those mounts laid on a grey ground.

Prints one JSON line; `--save` writes data/results/unet_ingredients.csv, a row for each training.
"""

import argparse
import json
import sys
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import keras
import pandas as pd
from unet import HELD_OUT, LEARNED, RATE, learned, on_ground, real, score

from zirconkit import samples
from zirconkit.networks import unet
from zirconkit.segmentation.network import read_weights
from zirconkit.synthetic.microscopes import INGREDIENTS

TRAININGS = [
    *(("nothing", seed) for seed in range(3)),
    *((name, 0) for name in INGREDIENTS),
    ("everything", 0),
]


def weights_without(name, seed, grown, steps, folder):
    """What `segmentation.network` takes, of a network that was trained without an ingredient."""
    kept = [each for each in INGREDIENTS if name not in (each, "everything")]
    keras.utils.set_random_seed(seed)
    crops = unet.Crops(grown, kept, steps, seed=seed)
    path = folder / f"{name}{seed}.npz"
    path.write_bytes(unet.packed(unet.train(unet.unet(), crops, RATE)))
    keras.backend.clear_session()
    return read_weights(path)


def judged(weights, sets):
    """F1 of every set: dict of name and level to score."""
    found = {}
    for name, pairs in sets.items():
        figures = score(partial(learned, weights=weights), pairs)
        found |= {f"{name}_{level}": figures[f"f1_{level}"] for level in (50, 75)}
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--steps", type=int, default=500, help="batches of 16 crops")
    parser.add_argument("--save", action="store_true", help="write data/results/unet_ingredients.csv")
    args = parser.parse_args()
    grown, held_out = unet.grown_mounts(LEARNED), unet.grown_mounts(HELD_OUT)
    sets = {
        "real": real(),
        "grown": [(mount.image, mount.labels) for mount in held_out],
        "grey": [on_ground(mount, seed) for seed, mount in enumerate(held_out)],
    }
    sets = {name: pairs for name, pairs in sets.items() if pairs}
    rows = []
    with TemporaryDirectory() as folder:
        for name, seed in TRAININGS:
            weights = weights_without(name, seed, grown, args.steps, Path(folder))
            rows.append({"without": name, "seed": seed, "steps": args.steps, **judged(weights, sets)})
            print(rows[-1], file=sys.stderr, flush=True)
    if args.save:
        pd.DataFrame(rows).to_csv(samples.DATA / "results/unet_ingredients.csv", index=False)
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
