"""What does LeNet score by one clue only? On grains of the same mounts, and on mounts that it has not seen.

At most 60 grains a mount. LeNet learns, with dropout and augmentation, from four fifths of the grains of all mounts but
the test mounts, 60 epochs, three seeds, on crops that show one clue: the outline, a strip of texture, ... Scored: the
other fifth (a random split), and the test mounts. Prints one JSON line. With `--save` the table goes to
data/results/shortcuts.csv: the seeds' mean answer with its 95 % interval over grains, and the mean and standard
deviation over seeds. Beside it, in shortcuts_measured.csv, what a logistic regression on one measurement scores on the
test mounts: area, direction of the long axis, aspect ratio. It learns from all grains of the other mounts. And in
shortcuts_areas.csv the mean area of each class, on the mounts that are learned from and on the test mounts. The real
mounts are added where `ZIRCONKIT_DATA` names their folder. Five minutes a data set; `--measured` alone, some seconds.
"""

import argparse
import json
import os

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

from zirconkit import evaluation, mounts, mysteries, probes, samples
from zirconkit import grains as gr
from zirconkit.networks import models, training

SEEDS, EPOCHS, MOST = 3, 60, 60
MEASURED = {"area": ["area_px"], "direction": ["cos_twice", "sin_twice"], "aspect ratio": ["aspect_ratio"]}


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


def measured(grains):
    """Rows of the second table: one measurement, learned from the other mounts, on the test mounts."""
    numbers, y = mysteries.measured(grains), grains.y
    is_test = grains.table["sample"].isin(samples.TEST).to_numpy()
    model = make_pipeline(StandardScaler(), LogisticRegression(class_weight="balanced"))
    for name, columns in MEASURED.items():
        x = numbers[columns].to_numpy()
        model.fit(x[~is_test], y[~is_test])
        found = evaluation.auc_interval(y[is_test], model.decision_function(x[is_test]))
        yield {"measurement": name, **found._asdict(), "n": int(is_test.sum())}


def areas(grains):
    """Rows of the third table: the mean area of each class, on the mounts learned from and on the test mounts."""
    is_test = grains.table["sample"].isin(samples.TEST).to_numpy()
    part = np.where(is_test, "test mounts", "learned from")
    for keys, found in grains.table.groupby([part, "class_name"]):
        of_mounts = found.groupby("sample")["area_px"].mean()
        row = dict(zip(("part", "class_name"), keys)) | {"mounts": len(of_mounts), "n": len(found)}
        row |= {"mean_px": found["area_px"].mean(), "sd_px": found["area_px"].std()}
        yield row | {"smallest_mount": of_mounts.min(), "largest_mount": of_mounts.max()}


def save(rows, path, here):
    """Write a table; the real mounts' rows are kept where they cannot be had."""
    table = pd.DataFrame(rows).round(4)
    if path.is_file() and not here:
        table = pd.concat([table, pd.read_csv(path).query("grains == 'real'")])
    table.to_csv(path, index=False)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--save", action="store_true", help="write the tables to data/results")
    parser.add_argument("--measured", action="store_true", help="the second table only")
    options, rows, alone, sizes = parser.parse_args(), [], [], []
    here, results = os.environ.get("ZIRCONKIT_DATA"), samples.DATA / "results"
    for data in ("synthetic", *([here] if here else [])):
        kind, drawn_ = "synthetic" if data == "synthetic" else "real", drawn(data)
        alone += [{"grains": kind} | row for row in measured(drawn_)]
        sizes += [{"grains": kind} | row for row in areas(drawn_)]
        for name, grains in tqdm([] if options.measured else list(clues(drawn_)), desc=kind):
            rows += [{"grains": kind} | row for row in scored(name, grains)]
    if options.save:
        save(alone, results / "shortcuts_measured.csv", here)
        save(sizes, results / "shortcuts_areas.csv", here)
        if rows:
            save(rows, results / "shortcuts.csv", here)
    told = {" / ".join((row["grains"], row["clue"], row["split"])): round(row["auc"], 4) for row in rows}
    told |= {f"{row['grains']} / {row['measurement']} alone": round(row["value"], 4) for row in alone}
    print(json.dumps(told))


if __name__ == "__main__":
    main()
