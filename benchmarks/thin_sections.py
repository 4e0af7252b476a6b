"""Does a network tell phases in thin section apart, on sections that it never saw, and better than colour and texture?

`--train FOLDER --out FILE` makes weights for `zirconkit segment --task phases --weights FILE` from the fields of a
folder (`zirconkit fetch thin_sections` brings such a one), and prints one JSON line. It starts from what was learned
from grown fields (`--start FILE`: from others). First a quarter of the sections at a time is left out of training: the
scores are of those (accuracy, Jaccard index of each phase and their mean, over all pixels, with 95 % intervals over
sections), beside a random forest on colour and texture that learned from the same sections, and the difference in
pairs. What is learned from all sections is written at the end; its card has the errors of area per cent that were made
on sections left out, which become part of the intervals of `modes.csv`.

`--train grown` makes data/networks/phases.npz and its card, the weights that come with the kit, from grown fields only.
`--compare FOLDER` leaves sections out in the same way for both lights fused late and early, plane light, crossed light,
and both with an encoder from nothing; each of the others begins with what was learned from photographs. `--probe
FOLDER` asks the same in two minutes: the encoder stays as photographs made it, or as it was drawn, and a softmax learns
from its maps, pixel by pixel. `FOLDER` alone scores weights (`--weights`) that were made elsewhere on all its fields;
without a folder, on grown fields that were not learned from.

`--save` writes data/results/thin_sections.csv (`--train FOLDER`), thin_sections_compared.csv (`--compare`) or
thin_sections_lights.csv (`--probe`).
"""

import argparse
import hashlib
import json
import sys
from functools import partial
from pathlib import Path
from time import perf_counter, process_time

import keras
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from zirconkit import files, samples, thin_sections
from zirconkit.networks import phases
from zirconkit.synthetic.sandstones import PHASES
from zirconkit.thin_sections import forest
from zirconkit.thin_sections.segmenting import WEIGHTS

FOLDS = 4
GROWN, HELD_OUT = range(32), range(100, 108)  # seeds of grown fields
WAYS = {
    "both_late": (phases.Kind("both", "late"), True),
    "both_early": (phases.Kind("both", "early"), True),
    "ppl": (phases.Kind("ppl", "late"), True),
    "xpl": (phases.Kind("xpl", "late"), True),
    "both_late_from_nothing": (phases.Kind("both", "late"), False),
}


def seen(field, kind):
    """What a network of this kind looks at of a field."""
    ppl = field.ppl if kind.lights != "xpl" else None
    xpl = field.xpl if kind.lights != "ppl" else None
    return phases.stacked(ppl, xpl)


def learn(fields, args, way="both_late"):
    """A network that has learned from fields."""
    kind, pretrained = WAYS[way]
    keras.utils.set_random_seed(args.seed)
    start = args.start if way == "both_late" else None
    model = phases.load(start)[0] if start else phases.network(kind, pretrained)
    views = phases.Views([(seen(field, kind), field.phases) for field in fields], kind, args.steps, seed=args.seed)
    return phases.train(model, views)


def look(model, fields, kind=phases.BOTH):
    """A map of phases for each field."""
    return [phases.probabilities(model, seen(field, kind)).argmax(axis=-1) for field in fields]


def by_network(args, way, learned, unseen):
    return look(learn(learned, args, way), unseen, WAYS[way][0])


def by_forest(learned, unseen):
    model = forest.fit(learned)
    return [forest.predict(model, field) for field in unseen]


def left_out(fields, method):
    """A map for each field, by a method that has learned from other sections: list in the order of the fields."""
    sections = sorted({field.section for field in fields})
    found = {}
    for number in range(min(FOLDS, len(sections))):
        out = sections[number::FOLDS]
        unseen = [field for field in fields if field.section in out]
        maps = method([field for field in fields if field.section not in out], unseen)
        found |= {field.name: each for field, each in zip(unseen, maps)}
        done = [field for field in fields if field.name in found]
        print(number, pooled(done, [found[field.name] for field in done]), file=sys.stderr, flush=True)
    return [found[field.name] for field in fields]


def tables(fields, found):
    """A confusion for each section: DataFrame-like dict of arrays."""
    by_section = {}
    for field, each in zip(fields, found):
        table = thin_sections.confusion(field.phases, each)
        by_section[field.section] = by_section.get(field.section, 0) + table
    return np.array(list(by_section.values()))


def pooled(fields, found):
    """Scores over all pixels: dict."""
    whole = thin_sections.scores(tables(fields, found).sum(axis=0))
    return {name: round(float(value), 3) for name, value in whole.items()}


def each_section(fields, found):
    """Accuracy and mean Jaccard index of each section: dict of lists. They differ more than methods do."""
    names = list(dict.fromkeys(field.section for field in fields))
    both = [thin_sections.scores(table) for table in tables(fields, found)]
    return {
        name: [round(float(own["accuracy"]), 3), round(float(own["mean_jaccard"]), 3)] for name, own in zip(names, both)
    }


def over_sections(fields, found, rival=None, draws=2000):
    """Accuracy and mean Jaccard index, or how much better they are than a rival's: value, low and high.

    Sections are drawn anew, with replacement, the same ones for both.
    """
    rng = np.random.default_rng(0)
    ours = tables(fields, found)
    theirs = None if rival is None else tables(fields, rival)
    draw = rng.integers(len(ours), size=(draws, len(ours)))
    figures = {}
    for name in ("accuracy", "mean_jaccard"):

        def figure(rows, name=name):
            value = thin_sections.scores(ours[rows].sum(axis=0))[name]
            return value - (thin_sections.scores(theirs[rows].sum(axis=0))[name] if rival is not None else 0)

        low, high = np.percentile([figure(rows) for rows in draw], [2.5, 97.5])
        figures[name] = [round(float(value), 3) for value in (figure(np.arange(len(ours))), low, high)]
    return figures


def errors(fields, found):
    """Area per cent found less area per cent true, of each field."""
    pairs = zip(fields, found)
    return [
        np.round(thin_sections.shares(each) - thin_sections.shares(field.phases), 2).tolist() for field, each in pairs
    ]


def train(args):
    """Judge on sections left out, learn from all, write the weights and their card."""
    start, busy = perf_counter(), process_time()
    is_grown = args.train == "grown"
    args.start = None if is_grown else args.start or WEIGHTS
    fields = thin_sections.grown(GROWN) if is_grown else thin_sections.find(args.train)
    result = {"learned from": f"{len(fields)} {'grown fields' if is_grown else f'fields of {Path(args.train).name}'}"}
    if not is_grown:
        unseen = fields
        found = left_out(fields, partial(by_network, args, "both_late"))
        rival = left_out(fields, by_forest)
        result["forest"] = pooled(fields, rival) | {"intervals": over_sections(fields, rival)}
        result["less_forest"] = over_sections(fields, found, rival)
        result["sections"] = each_section(fields, found)
        if args.save:
            save(fields, found, rival, args.start)
    model = learn(fields, args)
    if is_grown:
        unseen = thin_sections.grown(HELD_OUT)
        found = look(model, unseen)
    result["unseen"] = pooled(unseen, found) | {"intervals": over_sections(unseen, found)}
    seconds = {"minutes": (perf_counter() - start) / 60, "core_minutes": (process_time() - busy) / 60}
    result |= {"steps": args.steps, "seed": args.seed} | {name: round(value, 1) for name, value in seconds.items()}
    packed = phases.packed(model, phases.BOTH, result | {"phases": PHASES, "errors": errors(unseen, found)})
    files.write_whole(args.out, packed)
    result["sha256"] = hashlib.sha256(packed).hexdigest()
    files.write_whole(args.out.with_suffix(".json"), json.dumps(result, indent=1) + "\n")
    print(json.dumps(result))


def save(fields, found, rival, start):
    """The table of the network and the forest on sections left out, the difference in pairs, and two things beside.

    These are the weights that training started from, and calling everything background.
    """
    rows = []
    before = look(phases.load(start)[0], fields)
    nothing = [np.zeros_like(field.phases) for field in fields]
    alone = {"network": found, "grown_only": before, "forest": rival, "all_background": nothing}
    judged = [(name, maps, None) for name, maps in alone.items()]
    for name, maps, other in [*judged, ("network_less_forest", found, rival)]:
        row = {"method": name, "n_sections": len({field.section for field in fields})}
        for score_name, ends in over_sections(fields, maps, other).items():
            row |= dict(zip((score_name, f"{score_name}_low", f"{score_name}_high"), ends))
        if other is None:
            row |= {phase: value for phase, value in pooled(fields, maps).items() if phase.startswith("jaccard")}
        rows.append(row)
    pd.DataFrame(rows).to_csv(samples.DATA / "results/thin_sections.csv", index=False)


def compare(args):
    """Every way to look, each on sections left out, and each against both lights fused late."""
    fields = thin_sections.find(args.compare)
    found = {way: left_out(fields, partial(by_network, args, way)) for way in WAYS}
    tell(fields, found, args, "thin_sections_compared.csv")


def tell(fields, found, args, name_of_table):
    """The scores of each way and of the forest, and how much worse than both lights fused late: one JSON line."""
    found["forest"] = left_out(fields, by_forest)
    rows = []
    for way, maps in found.items():
        own, less = over_sections(fields, maps), over_sections(fields, maps, found["both_late"])
        row = {"way": way, "n_sections": len({field.section for field in fields})}
        for name in own:
            row |= dict(zip((name, f"{name}_low", f"{name}_high"), own[name]))
            row |= dict(zip((f"{name}_less_both", f"{name}_less_both_low", f"{name}_less_both_high"), less[name]))
        rows.append(row | {name: value for name, value in pooled(fields, maps).items() if name.startswith("jaccard")})
    if args.save:
        pd.DataFrame(rows).to_csv(samples.DATA / "results" / name_of_table, index=False)
    print(json.dumps(rows))


def probe(args):
    """A softmax on the maps of an encoder that learns nothing here, for each way to look."""
    fields = thin_sections.find(args.probe)
    found = {}
    for way, (kind, pretrained) in WAYS.items():
        keras.utils.set_random_seed(args.seed)
        early = kind.fusion == "early"
        down = phases.encoder(6 if early else 3, pretrained)
        maps = {field.name: encoded(down, seen(field, kind), early) for field in fields}
        found[way] = left_out(fields, partial(by_softmax, maps))
    tell(fields, found, args, "thin_sections_lights.csv")


def encoded(down, image, early):
    """An encoder's maps of a field, all at a 4th of its side: float32, (height / 4, width / 4, maps)."""
    height, width = image.shape[:2]
    padded = np.pad(image, [(0, -height % 16), (0, -width % 16), (0, 0)], mode="symmetric")
    x = np.float32(padded)[None] / 128 - 127 / 128
    threes = [x] if early else np.split(x, x.shape[-1] // 3, axis=-1)
    size = padded.shape[0] // 4, padded.shape[1] // 4
    maps = [keras.ops.image.resize(each, size, antialias=True) for three in threes for each in down(three)]
    return np.concatenate([np.asarray(each)[0] for each in maps], axis=-1)[: height // 4, : width // 4]


def by_softmax(maps, learned, unseen):
    """A multinomial logistic regression on every second pixel of the maps."""
    rows = [maps[field.name][::2, ::2].reshape(-1, maps[field.name].shape[-1]) for field in learned]
    answers = [field.phases[2::4, 2::4][::2, ::2].ravel() for field in learned]
    softmax = make_pipeline(StandardScaler(), LogisticRegression(C=1e-3, max_iter=60, class_weight="balanced"))
    softmax.fit(np.concatenate(rows), np.concatenate(answers))
    found = []
    for field in unseen:
        own = maps[field.name]
        small = softmax.predict(own.reshape(-1, own.shape[-1])).reshape(own.shape[:2])
        whole = np.kron(small, np.ones((4, 4), int))
        edge = [(0, side - there) for side, there in zip(field.phases.shape, whole.shape)]
        found.append(np.pad(whole, edge, mode="edge"))
    return found


def score(args):
    """Weights that were made elsewhere."""
    fields = thin_sections.find(args.folder) if args.folder else thin_sections.grown(HELD_OUT)
    model, kind, _ = phases.load(args.weights)
    found = look(model, fields, kind)
    result = {"weights": args.weights.name, **pooled(fields, found), "intervals": over_sections(fields, found)}
    print(json.dumps(result))


def main():
    parser = argparse.ArgumentParser(description="Train a network for phases in thin section, or score one.")
    parser.add_argument("folder", nargs="?", help="fields to score weights on (default: grown ones, not learned from)")
    parser.add_argument("--train", metavar="FOLDER", help="make weights from its fields, or from `grown` ones")
    parser.add_argument("--compare", metavar="FOLDER", help="lights, fusions and a start from nothing")
    parser.add_argument("--probe", metavar="FOLDER", help="the same, by a softmax on maps of an encoder as it is")
    parser.add_argument("--save", action="store_true", help="write the table that is shipped")
    parser.add_argument("--start", type=Path, metavar="FILE", help="weights to start from (default: the kit's)")
    parser.add_argument("--steps", type=int, default=300, help="batches of eight views")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--out", type=Path, default=Path("phases.npz"), help="what --train writes (.npz)")
    parser.add_argument("--weights", type=Path, default=WEIGHTS, help="what is scored")
    args = parser.parse_args()
    (train if args.train else compare if args.compare else probe if args.probe else score)(args)


if __name__ == "__main__":
    main()
