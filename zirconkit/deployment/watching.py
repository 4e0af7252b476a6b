"""Has what comes in drifted? What `zirconkit watch` asks of folders that `segment` or `classify` wrote.

A batch is one image: its kept grains. How much undrifted batches differ is learned from the reference: its images are
drawn again, and from each of them its grains. Each batch becomes a row of numbers (means of what was measured, shares
of the classes, distances to the reference), and one chart watches them all, with a set rate of false alarms.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd

from zirconkit import files
from zirconkit.deployment import pages
from zirconkit.evaluation import control

__all__ = ["Reference", "read_batches", "watch"]

WATCHED = {
    "equivalent_diameter": "size", "aspect_ratio": "shape: aspect ratio", "solidity": "shape: solidity",
    "contrast": "texture: contrast", "mean_grey": "brightness", "background": "background", "noise": "noise",
}  # fmt: skip
DISTANCES = (
    "shape of the distributions (KS)",
    "the network's own features (MMD)",
)  # to be nearer than usual is no drift
FEWEST = 3  # grains of a batch
FEW = 5  # batches of a reference, of fewer the chart knows too little of how much batches differ
MANY = 64  # batches of a reference, from which on new undrifted ones ring about as rarely as was set
DRAWN = 2000  # undrifted batches to set the limit by
SHOWN = 150  # grains of the reference that distances are measured to
CALM = 0.25  # head start of the chart: of many numbers at once a larger one would ring early without a cause
SEED = 0


def read_batches(folder):
    """The batches of a folder: dict of name to table of kept grains, in the order of names.

    Raises
    ------
    FileNotFoundError, ValueError
        If it is not what `segment` or `classify` wrote, or no grain is kept.
    """
    path = Path(folder) / "grains.csv"
    singles = sorted(Path(folder).glob("[!.]*/grains.csv"))
    if not path.is_file() and not singles:
        raise FileNotFoundError(f"{folder} has no grains.csv: name a folder that zirconkit segment or classify wrote")
    try:
        table = _read(path) if path.is_file() else pd.concat([_read(single) for single in singles])
        kept = table[table["kept"].astype(bool)]
        batches = {name: own for name, own in kept.groupby("sample", sort=True) if len(own) >= FEWEST}
    except (KeyError, ValueError, pd.errors.ParserError):
        raise ValueError(f"{path} is no table of grains that zirconkit segment or classify wrote") from None
    if not batches:
        raise ValueError(f"{path} has no image with {FEWEST} kept grains: there is nothing to compare")
    return batches


def _read(path):
    """A table of grains; one of a single image has its folder's name as sample."""
    table = pd.read_csv(path, dtype={"sample": str, "flags": str})
    return table if "sample" in table else table.assign(sample=path.parent.name)


class Reference:
    """What undrifted batches are like, and a chart for new ones.

    Attributes
    ----------
    batches : dict of str to DataFrame
    columns : dict of str to str
        What is watched, and what it is called.
    classes, features : list of str
        Columns, where `classify` wrote the folder.
    names : list of str
        Of the numbers of a batch.
    chart : control.Chart
    """

    def __init__(self, batches, others, rate, seed=SEED):
        self.batches = batches
        pooled = pd.concat(batches.values())
        there = set(pooled.columns).intersection(*(table.columns for own in others for table in own.values()))
        self.columns = {_column(name, [*batches.values(), *(t for own in others for t in own.values())]): text
                        for name, text in WATCHED.items()}  # fmt: skip
        self.columns = {name: text for name, text in self.columns.items() if name in there}
        self.classes = sorted(name for name in there if name.startswith("p_"))
        self.features = sorted(name for name in there if name.startswith("feature_"))
        self.pooled = pooled.sample(min(len(pooled), SHOWN), random_state=seed)
        self.names = [
            *self.columns.values(),
            *[f"share of {name[2:]}" for name in self.classes],
            *DISTANCES[: 1 + bool(self.features)],
        ]
        falls = ~np.isin(self.names, DISTANCES)
        rng = np.random.default_rng(seed)
        self.undrifted = np.array([self.numbers(self._drawn(rng)) for _ in range(DRAWN)])
        self.chart = control.calibrated(self.undrifted, rate, CALM, seed, falls)

    def _drawn(self, rng):
        """One undrifted batch: an image of the reference, and its grains drawn anew."""
        names = list(self.batches)
        name = names[rng.integers(len(names))]
        table = self.batches[name]
        rows = rng.integers(len(table), size=len(table))
        return table.iloc[rows]

    def numbers(self, table):
        """A batch as a row of numbers: array of float, shape (numbers,)."""
        columns = list(self.columns)
        values = table[columns].to_numpy(float)
        usual = self.pooled[columns].to_numpy(float)
        means = np.nan_to_num(_mean(values), nan=0.0)
        shares = [_share(table, name) for name in self.classes]
        distances = [control.ks_distance(values[:, k], usual[:, k]) for k in range(values.shape[1])]
        distance = np.nanmean(distances)
        row = [*means, *shares, np.nan_to_num(distance)]
        if self.features:
            features = table[self.features].to_numpy(float)
            usual_features = self.pooled[self.features].to_numpy(float)
            row.append(control.mmd(features, usual_features, 3.0))
        return np.array(row)


def _mean(values):
    """The mean of each column, of what is known."""
    known = np.isfinite(values)
    return np.where(known, values, 0).sum(axis=0) / np.maximum(known.sum(axis=0), 1)


def _share(table, name):
    """The share of a batch that is called so."""
    return float((table["called"] == name[2:]).mean())


def _column(name, tables):
    """The column of a measure: in um where every grain has one, else in px."""
    in_um = f"{name}_um"
    if all(in_um in table and table[in_um].notna().all() for table in tables):
        return in_um
    in_px = f"{name}_px"
    if all(in_px in table for table in tables):
        return in_px
    return name


def watch(reference, new, out, rate=0.01):
    """Hold new folders against a reference: writes watch.json (one line), batches.csv and index.html.

    Parameters
    ----------
    reference : path
    new : list of path
        In the order of time.
    out : path
    rate : float
        Alarms for each undrifted batch.

    Returns
    -------
    dict
        drift (bool), and what drifted, batch by batch.
    """
    known = read_batches(reference)
    delivered = [(Path(folder).name, read_batches(folder)) for folder in new]
    for folder, (_, batches) in zip(new, delivered):
        _check_kind(reference, known, folder, batches)
    out = files.make_folder(Path(out))
    held = Reference(known, [batches for _, batches in delivered], rate)
    rows = [(name, batch, table) for name, batches in delivered for batch, table in batches.items()]
    values = np.array([held.numbers(table) for _, _, table in rows])
    sums, alarm = control.run_chart(values, held.chart)
    table = _as_table(rows, values, sums, alarm, held)
    report = _report(reference, new, held, table, delivered, rate)
    contents = {
        "batches.csv": table.to_csv(index=False, float_format="%.5g"),
        "watch.json": json.dumps(report, ensure_ascii=False) + "\n",
        "index.html": _page(report, table, values, held),
    }
    files.write_together(out, contents)
    return report


def _check_kind(reference, known, folder, batches):
    """ValueError if one was classified and the other only cut, or by models of other classes."""
    usual, own = _classes_of(known), _classes_of(batches)
    if usual != own:
        of_usual = ", ".join(usual) or "no classes"
        of_own = ", ".join(own) or "no classes"
        mend = "write both by one command and model"
        raise ValueError(f"{folder} has {of_own}, the reference {reference} {of_usual}: {mend}")


def _classes_of(batches):
    """The classes that batches were given, in alphabetical order: list of str."""
    first = next(iter(batches.values()))
    columns = [name for name in first.columns if name.startswith("p_")]
    classes = [name[2:] for name in columns]
    return sorted(classes)


def _as_table(rows, values, sums, alarm, held):
    """A row for each new batch: where it stands, and what drifted most."""
    standard = (values - held.chart.middle) / held.chart.spread
    most = sums.argmax(axis=1)
    table = pd.DataFrame({"delivery": [name for name, _, _ in rows], "batch": [batch for _, batch, _ in rows]})
    table["grains"] = [len(each) for _, _, each in rows]
    table["alarm"] = alarm
    table["most"] = [held.names[place] for place in most]
    table["sum"] = sums.max(axis=1)
    table["limit"] = held.chart.limit
    for place, name in enumerate(held.names):
        table[f"z {name}"] = standard[:, place]
    return table


def _report(reference, new, held, table, delivered, rate):
    """What a scheduler reads: dict of plain values."""
    found = table[table["alarm"]]
    report = {
        "drift": bool(len(found)),
        "reference": str(reference),
        "new": [str(folder) for folder in new],
        "rate": rate,
        "batches": len(table),
        "alarms": [
            {"delivery": row.delivery, "batch": row.batch, "what": row.most, "sum": round(row.sum, 2)}
            for row in found.itertuples()
        ],
        "drifted deliveries": sorted(set(found["delivery"])),
        "limit": round(held.chart.limit, 2),
        "distances": {name: _distances(held, batches) for name, batches in delivered},
    }
    known = len(held.batches)
    if known < FEW:
        report["warning"] = (
            f"the reference has {known} batches: how much batches differ is hardly known, and the rate of "
            f"false alarms holds for batches like these alone; {FEW} or more are better"
        )
    elif known < MANY:
        report["warning"] = (
            f"the reference has {known} batches: new ones without drift may ring several times as often as was set; "
            f"with {MANY} or more the rate about holds"
        )
    return report


def _distances(held, batches):
    """KS distance of each measure of a delivery to the reference, all grains together, and MMD of the features."""
    new = pd.concat(batches.values())
    usual = pd.concat(held.batches.values())
    found = {}
    for name, text in held.columns.items():
        distance = control.ks_distance(new[name], usual[name])
        found[text] = round(distance, 3)
    if held.features:
        features = new[held.features].to_numpy(float)
        usual_features = held.pooled[held.features].to_numpy(float)
        distance = control.mmd(features[:500], usual_features, 3.0)
        found["features (MMD)"] = round(distance, 4)
    return {name: value for name, value in found.items() if np.isfinite(value)}


def _page(report, table, values, held):
    """The page for people: the verdict, a chart of each number, what the rate means."""
    verdict = "Drift: " + ", ".join(report["drifted deliveries"]) if report["drift"] else "No drift"
    parts = [f"<p><strong>{verdict}.</strong> Set rate of false alarms: {report['rate']:g} for each batch.</p>"]
    if "warning" in report:
        parts.append(f"<p>{report['warning']}.</p>")
    shown = table[["delivery", "batch", "grains", "alarm", "most", "sum", "limit"]]
    parts += ["<h2>Batches, in the order of time</h2>", pages.table_of(shown)]
    standard = (values - held.chart.middle) / held.chart.spread
    parts += ["<h2>Each number, in standard deviations of undrifted batches</h2>"]
    parts += [_strip(name, standard[:, place], table["alarm"]) for place, name in enumerate(held.names)]
    distances = pd.DataFrame(report["distances"]).T.rename_axis("delivery").reset_index()
    parts += ["<h2>Distances to the reference, all grains of a delivery together</h2>", pages.table_of(distances)]
    parts.append("<p>KS: the largest difference of two cumulative distributions, 0 to 1; mounts differ.</p>")
    return pages.page("Is it still what it was?", *parts)


def _strip(name, values, alarm):
    """A small chart as SVG: a dot for each batch, a band of three standard deviations, red where there was an alarm."""
    width, height, reach = 600, 90, 6.0
    step = width / (len(values) + 1)
    dots = []
    for number, (value, rang) in enumerate(zip(values, alarm), start=1):
        y = height / 2 - np.clip(value, -reach, reach) / reach * (height / 2 - 6)
        colour = "#a40000" if rang else "#333"
        dots.append(f'<circle cx="{number * step:.1f}" cy="{y:.1f}" r="4" fill="{colour}"/>')
    band = height / 2 - 3 / reach * (height / 2 - 6)
    rect = f'<rect x="0" y="{band:.0f}" width="{width}" height="{height - 2 * band:.0f}" fill="#e6eef5"/>'
    line = f'<line x1="0" x2="{width}" y1="{height / 2}" y2="{height / 2}" stroke="#888"/>'
    text = f"{name}: {len(values)} batches, the last at {values[-1]:+.1f}"
    box = f'viewBox="0 0 {width} {height}" width="100%"'
    return f'<p>{name}<br><svg role="img" aria-label="{text}" {box}>{rect}{line}{"".join(dots)}</svg></p>'
