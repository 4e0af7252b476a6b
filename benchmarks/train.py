"""A mineral of one's own from the command line: three apatite populations, 12 images, 0.7 µm a pixel, and others.

Prints one JSON line: the seconds of `train`, `classify`, `export` and `watch`, their exit statuses, the score on the
card, and on how many sets of images a planted brightness shortcut was named, and how many times one where none was.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np

from zirconkit import synthetic

NAMES = {"hydrothermal": "ap-h", "igneous": "ap-i", "metamorphic": "ap-m"}
GAINS = {"hydrothermal": 0.5, "igneous": 0.9, "metamorphic": 1.4}  # of a planted shortcut


def write_set(folder, seed, planted=False, per_class=4):
    """Images of the three populations at 0.7 µm a pixel, with their sheet."""
    folder.mkdir()
    rows = ["sample,class,um_per_px"]
    for place, name in enumerate(synthetic.POPULATIONS):
        for number in range(per_class):
            grown = synthetic.at_scale(synthetic.grow_apatites(name, seed + number), 0.7)
            gain = GAINS[name] if planted else 1.0
            image = np.clip(grown.image * gain, 0, 255).astype(np.uint8)
            sample = f"AP{10 * place + number:02d}"
            cv2.imwrite(str(folder / f"{sample}.png"), image)
            rows.append(f"{sample},{NAMES[name]},0.7")
    (folder / "samples.csv").write_text("\n".join(rows) + "\n")


def command(*words):
    """Run a command: its exit status, and seconds."""
    start = perf_counter()
    done = subprocess.run([sys.executable, "-m", "zirconkit", *map(str, words)], capture_output=True, check=False)
    return done.returncode, round(perf_counter() - start, 1)


def whole_way(folder):
    """All commands on one set: exit statuses and seconds of each."""
    write_set(folder / "data", 0)
    model = folder / "model" / "model.keras"
    steps = {
        "train": ("train", folder / "data", "--out", folder / "model"),
        "classify": ("classify", model, folder / "data", "--out", folder / "usual"),
        "export": ("export", model, "--to", "onnx", "--out", folder / "onnx"),
        "watch": ("watch", folder / "usual", folder / "usual", "--out", folder / "watch"),
    }
    return {name: command(*words) for name, words in steps.items()}


def named(folder, seed, planted):
    """Whether the card of a set warns of brightness."""
    write_set(folder, seed, planted)
    out = folder.with_name(f"{folder.name}-model")
    command("train", folder, "--out", out)
    card = json.loads((out / "card.json").read_text(encoding="utf-8"))
    return any(warning.startswith("brightness") for warning in card["warnings"])


def main():
    parser = argparse.ArgumentParser(description="A mineral of one's own, from the command line.")
    parser.add_argument("--sets", type=int, default=3, help="of each kind, planted and not")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        steps = whole_way(folder)
        card = json.loads((folder / "model" / "card.json").read_text(encoding="utf-8"))
        found = {
            kind: sum(named(folder / f"{kind}{n}", 100 + 10 * n, kind == "planted") for n in range(args.sets))
            for kind in ("planted", "clean")
        }
    results = {
        "exit": {name: status for name, (status, _) in steps.items()},
        "seconds": {name: seconds for name, (_, seconds) in steps.items()},
        "card": card["in one sentence"],
        "sets": args.sets,
        "shortcut named where planted": found["planted"],
        "shortcut named where none was": found["clean"],
    }
    print(json.dumps(results, ensure_ascii=False))


if __name__ == "__main__":
    main()
