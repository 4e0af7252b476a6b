"""What does LeNet score by one clue only? On grains of the same mounts, and on mounts that it has not seen.

At most 60 grains a mount. LeNet learns, with dropout and augmentation, from four fifths of the grains of all mounts but
the test mounts, 60 epochs, three seeds, on crops that show one clue: the outline, a strip of texture, ... Scored: the
other fifth (a random split), and the test mounts. Prints one JSON line. With `--save` the table goes to
data/results/shortcuts.csv: the seeds' mean answer with its 95 % interval over grains, and the mean and standard
deviation over seeds. The real mounts are added where `ZIRCONKIT_DATA` names their folder. Five minutes a data set.
"""

import argparse
import json
import os

import numpy as np
import pandas as pd
from tqdm import tqdm

from zirconkit import evaluation, mounts, probes, samples
from zirconkit import grains as gr
from zirconkit.networks import models, training

SEEDS, EPOCHS, MOST = 3, 60, 60


def drawn(data):
    """Grains with all that lies around them in their boxes, 90 px."""
    grains = gr.from_mounts(mounts.labelled(data), size=90)
    rng = np.random.default_rng(0)
    rows = [rng.permutation(rows)[:MOST] for rows in grains.table.groupby("sample").indices.values()]
    return grains[np.sort(np.concatenate(rows))]


def clues(grains):
    """For each clue the grains as LeNet gets them, 32 px."""
    inside = grains.masks
    outline = (inside * 255).astype(np.uint8)[..., None]
    strips = (probes.strips(grains) * 127).clip(0, 255).astype(np.uint8)
    alone = grains.images * inside[..., None]
    even = gr.normalise_exposure(alone, inside)
    shown = {
        "crop with surroundings": grains.images,
        "crop": alone,
        "crop, exposure normalised": even,
        "the same, turned level": gr.align(even, inside),
        "silhouette only": outline,
        "silhouette, turned level": gr.align(outline, inside),
        "strip of texture only": strips,
    }
    for name, images in shown.items():
        yield name, gr.resize(grains.with_images(images, np.ones(images.shape[:3], bool)), 32)


def scored(name, grains):
    """Rows of the table: one clue, on grains of the mounts learned from and on the test mounts."""
    rest, test = gr.test_split(grains)
    learning, validation = gr.stratified_split(rest, 0.2, seed=0)
    answers = []
    for seed in range(SEEDS):
        training.fix_chance(seed)
        model = models.lenet(32)
        training.compile_model(model)
        training.fit(model, learning, epochs=EPOCHS, augment=training.augmentation(seed), seed=seed, progress=False)
        answers.append([training.predict(model, part) for part in (validation, test)])
        training.keras.backend.clear_session()
    for part, split, each in zip((validation, test), ("same mounts", "test mounts"), zip(*answers)):
        auc, low, high = evaluation.auc_interval(part.y, np.mean(each, axis=0))
        seeds = [evaluation.auc_interval(part.y, answer).value for answer in each]
        row = {"clue": name, "split": split, "auc": auc, "low": low, "high": high, "n": len(part)}
        yield row | {"seed_mean": np.mean(seeds), "seed_sd": np.std(seeds, ddof=1)}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", action="store_true", help="write data/results/shortcuts.csv")
    options, rows = parser.parse_args(), []
    here, path = os.environ.get("ZIRCONKIT_DATA"), samples.DATA / "results" / "shortcuts.csv"
    for data in ("synthetic", *([here] if here else [])):
        kind = "synthetic" if data == "synthetic" else "real"
        for name, grains in tqdm(list(clues(drawn(data))), desc=kind):
            rows += [{"grains": kind} | row for row in scored(name, grains)]
    table = pd.DataFrame(rows).round(4)
    if options.save:
        if path.is_file() and not here:  # the real mounts' rows are kept, where they cannot be had
            table = pd.concat([table, pd.read_csv(path).query("grains == 'real'")])
        table.to_csv(path, index=False)
    print(
        json.dumps({" / ".join(key): auc for key, auc in table.set_index(["grains", "clue", "split"])["auc"].items()})
    )


if __name__ == "__main__":
    main()
