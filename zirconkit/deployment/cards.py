"""The card of a model: what it learned from, what it is worth, what else the score could come from, what it is not for.

A card is a dict of plain values: `card.json` for programs, the same as `card.md` for people.
"""

import json

import numpy as np
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import PredefinedSplit, cross_val_predict

from zirconkit import __version__, probes
from zirconkit.deployment.preparing import CLUES, MEASURES
from zirconkit.evaluation import auc_interval, score_interval
from zirconkit.evaluation.shortcuts import one_feature, permutation_p, smallest_p

__all__ = ["as_json", "as_markdown", "make", "score_of"]

SURE = 0.01  # chance that samples dealt by chance differ as much, below which a clue is named
TELLING = 0.7  # ROC-AUC from which on a clue is worth a warning
AS_WELL = 0.05  # of ROC-AUC below the network's still counts as doing as well
RARELY = 0.1  # with so few samples that chance alone does more often, nothing can be said
NOT_FOR = (
    "classes that it was not trained on: it has no word for them and gives them to the nearest one",
    "grains cut, polished or imaged in another way than the training samples, before some known ones were tried",
    "the age, the origin or the ore of a rock: it sees pictures",
    "counting: a share of called grains is no fraction; `zirconkit classify` corrects it, within its interval",
)


def score_of(answers):
    """Probabilities, shape (n, classes), as the scores take them: of two classes those of the second."""
    return answers[:, 1] if answers.shape[1] == 2 else answers


def make(lot, learned):
    """The card of a model.

    Parameters
    ----------
    lot : learning.Lot
    learned : learning.Learned

    Returns
    -------
    dict of str to plain values
    """
    card = {
        "in one sentence": "",
        "warnings": [],
        "made by": f"zirconkit {__version__}",
        "classes": list(lot.classes),
        "network": learned.name,
        "parameters": int(learned.network.count_params()),
        "preparation": _preparation(learned.network),
        "data": _data(lot),
        "split": _split(lot, learned),
        "scores": {},
        "baselines": {},
        "probes": {},
        "what nobody can know": _unknown(lot),
        "not for": list(NOT_FOR),
        "seed": 0,
    }
    if learned.chosen is not None:
        _judge(card, lot, learned)
    _test(card, lot, learned)
    card["in one sentence"] = _sentence(card, lot)
    return card


def _preparation(network):
    side = network.input_shape[1]
    return (
        f"each grain alone on black, its median at mid-grey, turned level and drawn to one length, {side} × {side} px, "
        "levels 0 to 255; scaling is inside the model. So size, brightness and surroundings are kept from it."
    )


def _data(lot):
    table = lot.table
    counts = table.groupby("sample", sort=False).size()
    first = table.drop_duplicates("sample").set_index("sample")
    rows = [
        {
            "sample": str(name),
            "class": str(first["class_name"][name]),
            "role": str(first["role"][name]),
            "grains": int(counts[name]),
            "um_per_px": _plain(first["um_per_px"][name]),
        }
        for name in counts.index
    ]
    return {"images": len(lot.mounts), "samples": rows, "grains": len(table)}


def _split(lot, learned):
    """Which samples were left out together."""
    if learned.folds is None:
        return "no sample could be left out"
    samples = lot.samples[lot.learned]
    return [sorted(set(samples[learned.folds == fold].tolist())) for fold in np.unique(learned.folds)]


def _judge(card, lot, learned):
    """Scores over samples, the rivals beside them, the probes and their warnings: into the card."""
    own = lot.learned
    y, samples = lot.y[own], lot.samples[own]
    score = auc_interval(y, score_of(learned.chosen), samples)
    accuracy = score_interval(balanced_accuracy_score, y, learned.chosen.argmax(axis=1), groups=samples)
    card["scores"] = {"ROC-AUC": _interval(score), "balanced accuracy": _interval(accuracy)}
    card["scores"]["recall"] = _recalls(lot, y, learned.chosen.argmax(axis=1))
    for name, answers in learned.answers.items():
        if name != learned.name:
            card["scores"][f"ROC-AUC of {name}, not chosen"] = _interval(auc_interval(y, score_of(answers), samples))
    table = lot.table[own]
    card["baselines"] = {
        name: _interval(one_feature(table[name], y, samples, learned.folds))
        for name in (*MEASURES, "equivalent_diameter_px")
    }
    card["baselines"]["silhouette"] = _interval(_silhouettes(lot, y, samples, learned.folds))
    for name, text in (CLUES | {"um_per_px": "size of a pixel"}).items():
        value = one_feature(table[name], y, samples, learned.folds)
        p = permutation_p(table[name], y, samples)
        card["probes"][name] = _interval(value) | {"what": text, "p": p}
        if _is_telling(value.value, score.value, p, smallest_p(y, samples)):
            card["warnings"].append(_warning(name, text, value.value, score.value, p))


def _recalls(lot, y, called):
    """Of the grains of each class the share that is called so."""
    return {name: round(float(np.mean(called[y == k] == k)), 3) for k, name in enumerate(lot.classes)}


def _silhouettes(lot, y, samples, folds):
    """What the outline alone is worth, as the network is shown it: Interval."""
    masks = lot.masks(32)[lot.learned]
    shown = np.float32(masks).reshape(len(y), -1)
    split = PredefinedSplit(folds)
    answers = cross_val_predict(probes.classifier(), shown, y, cv=split, method="decision_function")
    return auc_interval(y, answers, samples)


def _is_telling(clue, score, p, smallest):
    """Whether a clue knows the classes about as well as the network, and by more than chance would do."""
    sure = p <= SURE or (smallest > SURE and p <= 1.05 * smallest + 1e-3 and smallest <= RARELY)
    return sure and clue >= TELLING and clue >= score - AS_WELL


def _warning(name, text, clue, score, p):
    words = {"um_per_px": "the size of a pixel"}.get(name, f"{name}")
    return (
        f"{words} alone reaches a ROC-AUC of {clue:.2f} ({text}; the network {score:.2f}): this model may know your "
        f"mounts, not your minerals. Samples dealt to the classes by chance differ as much once in {round(1 / p):,}."
    )


def _unknown(lot):
    """What these data cannot tell, a sentence each."""
    counts = lot.table[lot.learned].groupby("class_name")["sample"].nunique()
    lines = []
    for name, count in counts.items():
        if count == 1:
            lines.append(
                f"{name} has a single sample: nobody can know whether the model knows {name} or that one mount, nor "
                "how it does on a new sample. No score is given; image at least one more sample of it."
            )
        elif count < 4:
            lines.append(
                f"{name} has {count} samples: how much its samples differ is hardly known, and intervals are wide."
            )
    unknown = lot.table["um_per_px"].isna()
    if unknown.any():
        lines.append("The scale of some images is not known: sizes in µm cannot be compared.")
    return lines


def _test(card, lot, learned):
    """The score on the samples that the sheet holds out, where it does: into the card."""
    from zirconkit.networks import shipping

    test = ~lot.learned
    if not test.any():
        return
    side = learned.network.input_shape[1]
    pictures = lot.pictures(side)[test]
    answers = shipping.probabilities(learned.network, pictures)
    y, samples = lot.y[test], lot.samples[test]
    groups = samples if len(np.unique(y)) > 1 else None
    score = auc_interval(y, score_of(answers), groups)
    accuracy = np.mean(answers.argmax(axis=1) == y)
    card["scores"]["ROC-AUC on the sheet's test samples"] = _interval(score)
    card["scores"]["accuracy on the sheet's test samples"] = round(float(accuracy), 3)


def _sentence(card, lot):
    n_samples = len(card["data"]["samples"])
    start = f"{card['network']} on {len(lot.table)} grains of {n_samples} samples, {', '.join(lot.classes)}"
    score = card["scores"].get("ROC-AUC")
    if score is None:
        return f"{start}: no score, since a class has a single sample"
    ends = f" ({score['low']:.2f}–{score['high']:.2f} over samples)" if score["low"] is not None else ""
    best = max(card["baselines"], key=lambda name: card["baselines"][name]["value"] or 0)
    value = card["baselines"][best]["value"]
    return f"{start}: ROC-AUC {score['value']:.2f}{ends}, whole samples left out; {best} alone {value:.2f}"


def _interval(interval):
    return {name: _plain(value) for name, value in interval._asdict().items()}


def _plain(value):
    """A number as JSON has it, to four digits; None where it is not to be had."""
    return None if value is None or not np.isfinite(value) else round(float(value), 4)


def as_json(card):
    """The card as JSON text."""
    return json.dumps(card, indent=1, ensure_ascii=False) + "\n"


def as_markdown(card):
    """The card as a page to read."""
    lines = ["# Card of a model", "", card["in one sentence"] + ".", ""]
    lines += [f"> **Warning:** {warning}\n" for warning in card["warnings"]]
    lines += ["## What it must not be used for", "", *(f"- {line}" for line in card["not for"]), ""]
    if card["what nobody can know"]:
        lines += ["## What nobody can know", "", *(f"- {line}" for line in card["what nobody can know"]), ""]
    lines += _scores(card)
    lines += ["## Data", "", "| sample | class | role | grains | µm a pixel |", "| --- | --- | --- | ---: | ---: |"]
    for row in card["data"]["samples"]:
        scale = "not known" if row["um_per_px"] is None else f"{row['um_per_px']:g}"
        lines.append(f"| {row['sample']} | {row['class']} | {row['role']} | {row['grains']} | {scale} |")
    lines += ["", "## Split", ""]
    if isinstance(card["split"], str):
        lines.append(card["split"])
    else:
        lines += [f"- left out together: {', '.join(names)}" for names in card["split"]]
    lines += [
        "",
        "## The network",
        "",
        f"{card['network']}, {card['parameters']:,} parameters, {card['made by']}, seed 0.",
        "",
    ]
    lines += [
        f"In: {card['preparation']}",
        "",
        f"Out: the probability of {', '.join(card['classes'])}, all held equally likely.",
        "",
    ]
    return "\n".join(lines)


def _scores(card):
    """The scores with their rivals, as lines of Markdown."""
    if not card["scores"]:
        return ["## Scores", "", "None: see above.", ""]
    lines = ["## Scores", "", "Intervals (95 %) are over samples. ROC-AUC: of many classes the mean over them.", ""]
    lines += ["| what | value | from | to |", "| --- | ---: | ---: | ---: |"]
    for name, score in card["scores"].items():
        if isinstance(score, dict) and "value" in score:
            lines.append(_row(f"network: {name}", score))
        elif not isinstance(score, dict):
            lines.append(f"| network: {name} | {score:.2f} | | |")
    lines += [_row(f"{name} alone", score) for name, score in card["baselines"].items()]
    lines += [_row(f"clue: {name} ({score['what']})", score) for name, score in card["probes"].items()]
    recalls = ", ".join(f"{name} {value:.2f}" for name, value in card["scores"].get("recall", {}).items())
    return [*lines, "", f"Of the grains of each class the share that is called so: {recalls}.", ""]


def _row(name, score):
    value = _digits(score["value"], "–")
    low = _digits(score["low"], "")
    high = _digits(score["high"], "")
    return f"| {name} | {value} | {low} | {high} |"


def _digits(value, without):
    """A number with two digits, or what stands where there is none."""
    if value is None:
        return without
    return f"{value:.2f}"
