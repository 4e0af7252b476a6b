"""Which phases, and how much of each: search-match and network propose, a sum of standards weighs, a rule decides."""

from dataclasses import dataclass

import numpy as np

from zirconkit.diffraction import amounts, matching, network, preparing
from zirconkit.synthetic import powder_lines

__all__ = [
    "FEATURES",
    "FOREIGN",
    "Answer",
    "Hints",
    "allowed",
    "features",
    "foreign_features",
    "hints",
    "identify",
    "judged",
    "weighed",
]

FREE = {"H", "C", "O"}  # elements that most analyses do not see
LEAST = 0.005  # weight fraction; below it nothing is said
BEST = 3  # so many phases are always named, however doubtful
WIDER = 2.2  # intervals against what the fit's spread says: by so much 95 % of them hold the truth in grown mixtures
FEATURES = ("network", "cosine", "share", "steady", "lines", "misfit")
FOREIGN = ("foreign", "cosine", "misfit", "best", "network")


@dataclass(frozen=True)
class Answer:
    """What was found in a pattern: for each phase its probability and, in per cent by weight, amount, low and high.

    `rows` holds (phase, probability, weight, low, high), the most probable first; "unknown" is a phase among them.
    """

    rows: tuple
    fit: amounts.Fit
    gridded: np.ndarray


def allowed(elements):
    """The minerals that known chemistry leaves: those made of these elements and of H, C and O; all for None.

    Raises
    ------
    ValueError
        If an element is none, or no mineral is left.
    """
    if not elements:
        return set(powder_lines.names())
    known = set().union(*(structure.elements for structure in powder_lines.structures()))
    wrong = [element for element in elements if not element.isalpha() or len(element) > 2 or not element.istitle()]
    if wrong:
        raise ValueError(f"{wrong[0]!r} is no element: write symbols with commas between them, as in Fe,S")
    has = set(elements) | FREE
    left = {structure.mineral for structure in powder_lines.structures() if structure.elements <= has}
    if not left:
        raise ValueError(f"no mineral of the table is made of {', '.join(sorted(set(elements) & known) or elements)}")
    return left


@dataclass(frozen=True)
class Hints:
    """What is known before anything is weighed: by mineral cosines, logits of presence; the share of the foreign."""

    cosines: dict
    logits: dict
    foreign: float
    chosen: frozenset


def hints(gridded, left, count=5):
    """Minerals worth weighing, among those that chemistry leaves: Hints.

    They are the best by cosine and by both heads of the network, and those with a part in a rough sum of all.
    """
    prepared = preparing.comparable(gridded)
    names = powder_lines.names()
    cosines = matching.cosines(prepared)
    there, shares = network.logits(prepared)
    mask = np.array([name in left for name in names])
    chosen = set()
    for values in (cosines, there, shares[:-1]):
        order = np.argsort(-np.where(mask, values, -np.inf))[:count]
        chosen |= {names[k] for k in order if mask[k]}
    rough = amounts.overview(gridded, left)
    chosen |= set(sorted(rough, key=rough.get, reverse=True)[: 2 * count])
    return Hints(dict(zip(names, cosines)), dict(zip(names, there)), float(shares[-1]), frozenset(chosen))


def features(name, fit, hints):
    """What the rule looks at for one phase: array in the order of `FEATURES`."""
    share = fit.weights.get(name, 0.0)
    steady = share / (share + fit.spreads.get(name, 0.0) + 0.01)
    curve = fit.curves.get(name)
    whole = sum(fit.curves.values()) if fit.curves else np.ones(1)
    lines = 0.0 if curve is None else float(np.sum(curve) / np.sum(whole))
    logit = np.clip(hints.logits[name], -8, 5)
    return np.array([logit, hints.cosines[name], np.sqrt(share), steady, np.sqrt(lines), fit.misfit])


def foreign_features(fit, hints, best):
    """What the rule looks at for *unknown*: array in the order of `FOREIGN`."""
    cosine = max(hints.cosines[name] for name in hints.chosen)
    logit = np.clip(max(hints.logits[name] for name in hints.chosen), -8, 5)
    return np.array([np.log(hints.foreign + 1e-3), cosine, fit.misfit, best, logit])


def weighed(gridded, chosen):
    """A sum of computed standards, from which phases of less than half a per cent are taken out again: Fit."""
    standards = amounts.computed()
    fit = amounts.fit(gridded, standards.of(chosen))
    kept = {name for name, share in fit.weights.items() if share >= LEAST}
    return amounts.fit(gridded, standards.of(kept)) if kept and kept != set(fit.weights) else fit


def identify(gridded, elements=None, measured=None):
    """What is in a pattern on `preparing.GRID` (NaN where not measured): an Answer.

    Names and probabilities come from computed patterns and the network alone. `measured` are standards with which those
    phases are then weighed that are likely there; without them weights are of computed patterns, too.
    """
    found = hints(gridded, allowed(elements))
    fit = weighed(gridded, found.chosen)
    rows = judged(fit, found)
    if measured:
        fit = weighed_again(gridded, rows, measured) or fit
    told = []
    for name, probability in rows:
        amount = _amount(name, fit)
        told.append((name, probability, *amount))
    return Answer(tuple(told), fit, gridded)


def judged(fit, found):
    """The rule: (name, probability) of phases and of *unknown*, what there is most of first; three at least.

    A phase further down is never given a larger probability than one above it.
    """
    rule = network.rule()
    seen = {name: features(name, fit, found) for name in found.chosen}
    chances = {name: network.chance(rule["phase"], values) for name, values in seen.items()}
    main = {name: network.chance(rule["main"], values) for name, values in seen.items()}
    unknown = network.chance(rule["unknown"], foreign_features(fit, found, max(chances.values())))
    order = sorted(chances, key=main.get, reverse=True)
    rows, last = [], 1.0
    for name in order:
        last = min(last, chances[name] * (1 - unknown))
        rows.append((name, last))
    place = next((k for k, row in enumerate(rows) if row[1] < unknown), len(rows))
    rows.insert(place, ("unknown", unknown))
    return [row for k, row in enumerate(rows) if k < BEST or row[1] >= 0.5]


def weighed_again(gridded, rows, measured):
    """A sum of measured standards of the likely phases, of computed ones where none is measured: Fit, or None."""
    likely = [name for name, probability in rows if probability >= 0.5 and name != "unknown"]
    had = [name for name in likely if name in measured.minerals]
    if len(had) < 2:
        return None
    mine, other = measured.of(had), amounts.computed().of(set(likely) - set(had))
    patterns = np.concatenate([mine.patterns, other.patterns])
    return amounts.fit(gridded, amounts.Standards(patterns, mine.minerals + other.minerals))


def _amount(name, fit):
    """Amount, low and high in per cent by weight: from the fit's spread and an eighth of the amount, made `WIDER`."""
    share = 100 * fit.weights.get(name, 0.0)
    reach = 1.96 * WIDER * np.hypot(100 * fit.spreads.get(name, 0.0), 0.12 * share + 0.5)
    return share, max(share - reach, 0.0), min(share + reach, 100.0)
