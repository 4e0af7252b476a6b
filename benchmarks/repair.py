"""What repairs a LeNet that fails on new mounts: exposure, alignment and masking, one by one and together.

Two mounts are held out. LeNet, by the course's recipe (`networks.recipes`), learns from the other mounts and answers
for the two, once for each seed and each feed (`grains.repaired`): the published crop, each repair alone, and all three.
Seed by seed it starts from the same weights, so that differences are paired. The MLP learns from the published crop and
from fully repaired ones. Beside each score stands the rank correlation of the answers with three plain measurements:
what the network goes by.

Prints one JSON line: for each data set, network and set of repairs the mean test ROC-AUC and the paired gain over the
published crop with its 95 % interval over the seeds; and the ROC-AUC of aspect ratio alone with its interval over the
grains. The grown mounts, and the real ones where `ZIRCONKIT_DATA` names their folder; about six minutes each on an idle
core. With `--save` the table goes into data/results.
"""

import argparse
import json
import os

import keras
import pandas as pd
from scipy.stats import spearmanr
from tqdm import tqdm

from zirconkit import course, evaluation, mounts, samples
from zirconkit import grains as gr
from zirconkit.networks import models, recipes, training

EPOCHS = course.PROFILES["lesson"]["epochs"]
EVERY = [(), *((name,) for name in gr.REPAIRS), gr.REPAIRS]
JOBS = [("LeNet", chosen) for chosen in EVERY] + [("MLP", EVERY[0]), ("MLP", EVERY[-1])]
MEASURED = {"aspect_ratio": "aspect ratio", "area_px": "area", "mean_grey": "brightness"}


def lenet(learning, validation, seed):
    return recipes.lenet(learning, validation, recipes.Recipe(EPOCHS, seed=seed))


def mlp(learning, validation, seed):
    """The paper's baseline, without augmentation: the same two results as `recipes.lenet`."""
    keras.utils.set_random_seed(seed)
    model = training.compile_model(models.mlp())
    history = training.fit(model, learning, validation, EPOCHS, seed=seed, progress=False)

    def answer(grains):
        return training.predict(model, grains)

    return answer, history


def scored(learn, learning, test, seed):
    """The scores of one training, and how its answers for the test rise with what was measured: dict."""
    keep, aside = gr.stratified_split(learning, 0.2, seed=0)
    answer, history = learn(keep, aside, seed)
    p = answer(test)
    follows = {f"by {name}": spearmanr(p, test.table[column]).statistic for column, name in MEASURED.items()}
    keras.backend.clear_session()
    validated = history.history["val_auc"][-1]
    return {"seed": seed, "validation": validated, "test": evaluation.auc_interval(test.y, p).value} | follows


def prepared(data):
    """Where the grains come from, and to learn from and to test on, repaired in every way: str and dict."""
    found = [mount for mount in mounts.find(data) if mount.role != "unused"]
    whole = gr.from_mounts(found, size=160, square=160, progress=False)
    return mounts.provenance(found), {repairs: gr.test_split(gr.repaired(whole, repairs)) for repairs in EVERY}


def rows_of(kind, seen, seeds):
    """A row for each network, set of repairs and seed: yields dict."""
    jobs = [(seed, job) for seed in range(seeds) for job in JOBS]
    for seed, (model, repairs) in tqdm(jobs, desc=kind, disable=None):
        learn = lenet if model == "LeNet" else mlp
        name = " + ".join(repairs) or "none"
        yield {"data": kind, "model": model, "repairs": name} | scored(learn, *seen[repairs], seed)


def summed_up(table):
    """By data set, network and repairs: mean test ROC-AUC, gain over the published crop and its interval's ends."""
    found = {}
    for (data, model), part in table.groupby(["data", "model"]):
        wide = part.pivot(index="seed", columns="repairs", values="test")
        for repairs, row in evaluation.gains(wide, "none").round(3).iterrows():
            found[f"{data} / {model} / {repairs}"] = row.tolist()
    return found


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--save", action="store_true", help="write data/results/repair.csv")
    options, path = parser.parse_args(), samples.DATA / "results" / "repair.csv"
    here = ["quellaveco"] if os.environ.get("ZIRCONKIT_DATA") else []
    rows, alone = [], {}
    for data in ("synthetic", *here):
        kind, seen = prepared(data)
        rows += rows_of(kind, seen, options.seeds)
        _, test = seen[()]
        interval = evaluation.auc_interval(test.y, test.table["aspect_ratio"])
        alone[f"{kind} / aspect ratio alone"] = [round(value, 3) for value in interval]
    table = pd.DataFrame(rows).round(4)
    if options.save:
        if path.is_file() and not here:  # the real mounts' rows are kept, where they cannot be had
            table = pd.concat([table, pd.read_csv(path).query("data == 'real'")])
        table.to_csv(path, index=False)
    print(json.dumps(summed_up(table) | alone))


if __name__ == "__main__":
    main()
