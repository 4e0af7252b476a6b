"""Three made-up apatites, from the first image to a delivery that has drifted: what notebook 16 is told on.

`--save` writes `data/apatites`: the card and the grains of a model that `zirconkit train` made of twelve images, the
same model as ONNX, the grains of a reference and of five deliveries as `zirconkit classify` calls them, those of five
sands of known shares, and the limits of a chart by its rate of false alarms. Prints one JSON line.

The reference and all deliveries are sands of the three populations, photographed alike; of one delivery the software
of the microscope smoothed the images before it saved them.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

import cv2
import numpy as np
import pandas as pd

from zirconkit import samples, synthetic
from zirconkit.deployment import watching
from zirconkit.evaluation import control

FOLDER = samples.DATA / "apatites"
GRAINS = 24  # of an image
REFERENCE, DELIVERED = 16, 6  # images of the reference, and of each delivery
DELIVERIES = "ABCDE"
DRIFTED, SMOOTHED = "D", 1.0  # px, standard deviation of the blur
SANDS = [(0.1, 0.3, 0.6), (0.0, 0.7, 0.3), (0.5, 0.1, 0.4), (0.05, 0.9, 0.05), (0.33, 0.33, 0.34)]
RATES = (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
KEPT = [
    "sample", "grain", "kept", "equivalent_diameter_um", "aspect_ratio", "solidity", "contrast", "mean_grey",
    "background", "noise", "called", "p_hydrothermal", "p_igneous", "p_metamorphic", "unlike_anything_in_training",
    *[f"feature_{axis}" for axis in range(1, 9)],
]  # fmt: skip


def write_classes(folder, per_class=4):
    """Images of the three populations at 2 µm a pixel, with their sheet, as notebook 16 grows them."""
    folder.mkdir(parents=True)
    rows = ["sample,class,um_per_px"]
    for place, name in enumerate(synthetic.POPULATIONS):
        for number in range(per_class):
            sample = f"AP{10 * place + number:02d}"
            grown = synthetic.grow_apatites(name, number, GRAINS)
            cv2.imwrite(str(folder / f"{sample}.png"), grown.image)
            rows.append(f"{sample},{name},2")
    (folder / "samples.csv").write_text("\n".join(rows) + "\n")


def delivered(number, drifted=False):
    """A photograph of a sand, the shares of whose populations are about equal: array of uint8."""
    rng = np.random.default_rng([16, number])
    shares = rng.dirichlet([30, 30, 30])
    image = synthetic.grow_sand(dict(zip(synthetic.POPULATIONS, shares)), 1000 + number, 0.2, GRAINS).image
    return smoothed(image) if drifted else image


def smoothed(image):
    """The same after the noise filter of a microscope's software."""
    return cv2.GaussianBlur(image, None, SMOOTHED)


def write_deliveries(folder):
    """Folders `reference` and A to E of images."""
    names = ["reference"] * REFERENCE + [name for name in DELIVERIES for _ in range(DELIVERED)]
    for number, name in enumerate(names):
        into = folder / name
        into.mkdir(parents=True, exist_ok=True)
        cv2.imwrite(str(into / f"{name[0].upper()}{number:02d}.png"), delivered(number, name == DRIFTED))


def write_sands(folder):
    """Five sands of known shares; each is four images of one session."""
    folder.mkdir(parents=True)
    for place, shares in enumerate(SANDS):
        for part in range(4):
            mixed = dict(zip(synthetic.POPULATIONS, shares))
            image = synthetic.grow_sand(mixed, 2000 + 10 * place + part, 0.2, 40).image
            cv2.imwrite(str(folder / f"S{place + 1}{'abcd'[part]}.png"), image)


def command(*words):
    """Run `zirconkit`; whatever fails here is an error."""
    subprocess.run([sys.executable, "-m", "zirconkit", *map(str, words)], check=True)


def called(model, folder, out, name):
    """The kept grains of a folder as the model calls them: DataFrame."""
    command("classify", model, folder, "--um-per-px", 2, "--jobs", 1, "--out", out)
    table = pd.read_csv(out / "grains.csv")
    return table.loc[table["kept"], KEPT].assign(delivery=name)


def limits(table):
    """The limit of a chart of the reference, for each rate of false alarms: DataFrame."""
    batches = dict(iter(table[table["delivery"] == "reference"].groupby("sample")))
    held = watching.Reference(batches, [batches], RATES[0])
    found = [control.calibrated(held.undrifted, rate, watching.CALM, 0, held.chart.falls).limit for rate in RATES]
    return pd.DataFrame({"rate": RATES, "limit": np.round(found, 3)})


def make(folder):
    """Everything: dict of name to DataFrame, and what `watch` said."""
    write_classes(folder / "data")
    write_deliveries(folder / "deliveries")
    write_sands(folder / "sands")
    model = folder / "model" / "model.keras"
    command("train", folder / "data", "--jobs", 1, "--out", folder / "model")
    command("export", model, "--to", "onnx", "--out", folder / "onnx")
    parts = [
        called(model, folder / "deliveries" / name, folder / "called" / name, name)
        for name in ("reference", *DELIVERIES)
    ]
    deliveries = pd.concat(parts)
    of_delivery = [folder / "called" / name for name in DELIVERIES]
    report = watching.watch(folder / "called" / "reference", of_delivery, folder / "watched")
    batches = pd.read_csv(folder / "watched" / "batches.csv")
    sands = called(model, folder / "sands", folder / "called" / "sands", "sands").drop(columns="delivery")
    tables = {"deliveries": deliveries, "batches": batches, "sands": sands, "limits": limits(deliveries)}
    return tables, report


def save(folder, tables):
    """Into the kit's data: tables, the model's card and grains, and its ONNX form."""
    FOLDER.mkdir(exist_ok=True)
    for name, table in tables.items():
        table.to_csv(FOLDER / f"{name}.csv", index=False, float_format="%.4g")
    for name in ("card.json", "card.md"):
        (FOLDER / name).write_bytes((folder / "model" / name).read_bytes())
    grains = pd.read_csv(folder / "model" / "grains.csv")
    grains.to_csv(FOLDER / "grains.csv", index=False, float_format="%.4g")
    (FOLDER / "model.onnx").write_bytes((folder / "onnx" / "model.onnx").read_bytes())


def main():
    parser = argparse.ArgumentParser(description="Three made-up apatites, from images to a drifted delivery.")
    parser.add_argument("--save", action="store_true", help="write data/apatites")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        tables, report = make(folder)
        card = json.loads((folder / "model" / "card.json").read_text(encoding="utf-8"))
        if args.save:
            save(folder, tables)
    said = {"card": card["in one sentence"], "alarms": report["alarms"], "limits": tables["limits"].to_dict("list")}
    print(json.dumps(said, ensure_ascii=False))


if __name__ == "__main__":
    main()
