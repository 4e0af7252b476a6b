"""Shipped results: what a committed notebook shows lies in the band that it states."""

import json
import re
from pathlib import Path

import pandas as pd

from zirconkit import samples

ROOT = Path(__file__).parents[1]


def printed(notebook):
    cells = json.loads((ROOT / "notebooks" / notebook).read_text(encoding="utf-8"))["cells"]
    return "".join("".join(output.get("text", "")) for cell in cells for output in cell.get("outputs", []))


def test_the_networks_of_notebook_04_score_within_the_band_of_ten_seeds():
    rows = pd.read_csv(samples.DATA / "results" / "first_classifiers.csv")
    assert (rows.groupby("model")["seed"].nunique() == 10).all()
    shown = dict(
        re.findall(r"^(MLP|LeNet): validation [\d.]+, test (.+)$", printed("04_first_classifiers.ipynb"), re.M)
    )
    for model, part in rows.groupby("model"):
        values = [float(value) for value in shown[model].split(", ")]
        assert len(values) == 3
        assert (
            part["test"].min() - 0.005 <= min(values) and max(values) <= part["test"].max() + 0.005
        )  # rounded to 0.01
        assert f"test {part['test'].min():.2f}–{part['test'].max():.2f}" in printed("04_first_classifiers.ipynb")
