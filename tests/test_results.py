"""Shipped results: what a committed notebook shows lies in the band that it states."""

import json
import re
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

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


def test_grown_grains_are_no_farther_from_real_ones_than_two_real_mounts_from_each_other():
    table = pd.read_csv(samples.DATA / "results" / "realism.csv")
    assert (table.groupby("class_name")["measure"].nunique() >= 20).all() and set(table["class_name"]) == {
        "porphyry",
        "batholith",
    }
    median = table.groupby("class_name")[["ks_synthetic", "ks_real"]].median()
    assert (median["ks_synthetic"] <= median["ks_real"]).all()
    for source in ("real", "synthetic"):
        points = table[[f"{source}_{point}" for point in ("05", "25", "50", "75", "95")]]
        assert (points.diff(axis=1).iloc[:, 1:] >= 0).all(axis=None)
    assert pd.read_csv(samples.DATA / "results" / "realism_two_sample.csv")["two_sample"].mean() < 0.75


def test_the_shipped_answers_for_real_grains_give_the_shipped_scores():
    """Means over seeds of ROC-AUC, against the ROC-AUC of mean answers: an ensemble, never much better or worse."""
    table = pd.read_csv(samples.DATA / "results" / "sim_to_real.csv", index_col="variant")
    answers = pd.read_csv(samples.DATA / "results" / "sim_to_real_predictions.csv")
    columns = {"all ingredients": "lenet", "silhouettes only": "silhouette", "aspect ratio alone": "aspect_ratio"}
    porphyry, batholith = (sorted(answers["sample"][answers["label"] == k].unique()) for k in ("porphyry", "batholith"))
    for variant, column in columns.items():
        each = {}
        for p, b in product(porphyry, batholith):
            pair = answers[answers["sample"].isin([p, b])]
            each[p, b] = roc_auc_score(pair["label"] == "porphyry", pair[column])
        tolerance = 0.001 if column == "aspect_ratio" else 0.02
        assert abs(np.mean(list(each.values())) - table.loc[variant, "auc_mean"]) < tolerance
        assert abs(each[samples.TEST] - table.loc[variant, "auc_pair"]) < tolerance
    assert table.loc["all ingredients", "auc_mean"] > table.loc["aspect ratio alone", "auc_mean"]
    log = pd.read_csv(samples.DATA / "results" / "sim_to_real_log.csv")
    assert np.isclose(log["auc_mean"].iloc[-1], table.loc["all ingredients", "auc_mean"])


def test_the_text_of_notebook_02_says_what_the_tables_say():
    table = pd.read_csv(samples.DATA / "results" / "sim_to_real.csv", index_col="variant").round(2)
    few = pd.read_csv(samples.DATA / "results" / "sim_to_real_few.csv").query("grains == 20")
    few = few.groupby("start")["auc"].mean().round(2)
    text = (ROOT / "notebooks/scripts/02_from_grains_to_data.py").read_text(encoding="utf-8")
    ours, aspect = table.loc["all ingredients"], table.loc["aspect ratio alone"]
    for column in ("auc_mean", "auc_mean_firm_labels", "auc_pair"):
        assert f"{ours[column]:.2f} against {aspect[column]:.2f}" in text
    assert f"white silhouettes have {table.loc['silhouettes only', 'auc_mean']:.2f}" in text
    assert f"the mean falls to {table.loc['as it lies, 90 px to 32', 'auc_mean']:.2f}" in text
    assert f"({few['synthetic']:.2f} in place of {ours['auc_mean']:.2f};" in text
    assert f"grains alone give {few['nothing']:.2f}" in text
