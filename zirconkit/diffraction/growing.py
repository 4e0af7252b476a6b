"""Patterns to learn from, by the thousand: single minerals grown once, then mixed, shifted, cut, and counted.

Beside the minerals of the table there are foreign ones, which no table holds: structures whose cells are stretched out
of shape and whose intensities are dealt anew; and glasses. What is made of them is *unknown*.
"""

from dataclasses import dataclass, replace

import numpy as np

from zirconkit.diffraction.preparing import GRID, STEP, comparable
from zirconkit.synthetic import powder_lines
from zirconkit.synthetic.patterns import Truth, recipe, render

__all__ = ["COMMON", "SEEN", "Library", "Sample", "draw", "library", "prepared"]

# What rocks and soils are made of, more often than of the rest.
COMMON = (
    "quartz", "albite", "anorthite", "microcline", "orthoclase", "sanidine", "calcite", "dolomite", "kaolinite",
    "illite", "montmorillonite", "muscovite", "biotite", "clinochlore", "corundum", "gypsum", "pyrite", "hematite",
    "goethite", "magnetite", "siderite", "halite", "diopside", "augite", "hornblende", "forsterite", "fluorapatite",
    "gibbsite", "epidote", "tremolite", "talc", "lizardite", "barite", "fluorite", "sphalerite", "galena",
)  # fmt: skip
SEEN = 0.03  # weight fraction from which a phase counts as there
IMPURE = 0.5  # share of single minerals that hold some of others
OTHER = -1  # the mineral of what is foreign


@dataclass(frozen=True)
class Library:
    """Clean patterns of single phases, one weight unit of each: (n, grid); minerals by their place in `names`."""

    patterns: np.ndarray
    minerals: np.ndarray


@dataclass(frozen=True)
class Sample:
    """Patterns on `GRID`, NaN where not measured (n, grid), and the weight fraction of each mineral (n, minerals + 1).

    The last column is what is foreign or glass.
    """

    gridded: np.ndarray
    weights: np.ndarray


def library(seed, variants, foreign=600):
    """Grow single phases: so many variants of each structure, and foreign ones: a Library."""
    rng = np.random.default_rng(seed)
    place = {name: k for k, name in enumerate(powder_lines.names())}
    known = [structure for structure in powder_lines.structures() for _ in range(variants)]
    strange = [_stranger(rng) for _ in range(foreign)]
    rows = np.empty((len(known) + foreign, len(GRID)), np.float32)
    for k, structure in enumerate(known + strange):
        truth = Truth(
            (), width=rng.uniform(0.05, 0.18), lorentz=rng.uniform(0.1, 0.95), beta=0.008 * (rng.random() < 0.15)
        )
        rows[k] = render(recipe(structure, rng), GRID, truth)
    minerals = np.array([place[structure.mineral] for structure in known] + [OTHER] * foreign)
    return Library(rows, minerals)


def _stranger(rng):
    """A structure that no table holds."""
    all_of_them = powder_lines.structures()
    structure = all_of_them[rng.integers(len(all_of_them))]
    cell = np.array(structure.cell)
    cell[:3] *= np.exp(rng.uniform(0.05, 0.16, 3) * rng.choice([-1, 1], 3))
    order = np.argsort(structure.d + rng.normal(0, 0.6, len(structure.d)))
    size = np.exp(rng.uniform(np.log(10), np.log(200)))
    return replaced(structure, cell=tuple(cell), i=structure.i[order], size_nm=size, rir=np.exp(rng.normal(0.5, 0.6)))


def replaced(structure, **fields):
    """A structure with other fields."""
    return structure._replace(**fields)


def draw(grown, count, seed, single=0.5):
    """Patterns of mixtures: half of them of one mineral, the others of two to seven: a Sample."""
    rng = np.random.default_rng(seed)
    names = powder_lines.names()
    by_mineral = [np.flatnonzero(grown.minerals == k) for k in range(len(names))]
    strange = np.flatnonzero(grown.minerals == OTHER)
    common = np.array([names.index(name) for name in COMMON])
    weights = np.zeros((count, len(names) + 1), np.float32)
    clean = np.zeros((count, len(GRID)))
    for row in range(count):
        shares, minerals = _composition(rng, single, len(names), common)
        for share, mineral in zip(shares, minerals):
            choice = strange if mineral == OTHER else by_mineral[mineral]
            clean[row] += share * grown.patterns[choice[rng.integers(len(choice))]]
            weights[row, mineral] += share
        if rng.random() < 0.12:
            glass = rng.uniform(0.1, 1) if rng.random() < 0.7 else 1.0
            clean[row] = (1 - glass) * clean[row] + glass * _glass(rng)
            weights[row] *= 1 - glass
            weights[row, OTHER] += glass
    return Sample(_measured(clean, rng), weights)


def _composition(rng, single, total, common):
    """Weight fractions and minerals (by number; -1 foreign) of one sample."""
    if rng.random() < single * IMPURE:
        return _impure(rng, total, common)
    count = 1 if rng.random() < single else int(rng.choice([2, 3, 4, 5, 6, 7], p=[0.3, 0.2, 0.15, 0.15, 0.1, 0.1]))
    usual = count > 1 and rng.random() < 0.65
    pool = common if usual else np.arange(total)
    minerals = rng.choice(pool, count, replace=False)
    if rng.random() < (0.14 if count == 1 else 0.1):
        minerals[0] = OTHER
    return rng.dirichlet(np.full(count, 1.2)), minerals


def _impure(rng, total, common):
    """One mineral as nature delivers it, with one to three others of at most a tenth each."""
    count = rng.integers(1, 4)
    main = OTHER if rng.random() < 0.14 else rng.integers(total)
    others = rng.choice(common[common != main], count, replace=False)
    little = rng.uniform(0.005, 0.1, count)
    return np.append(1 - little.sum(), little), np.append(main, others)


def _glass(rng):
    """The halo of a glass, of about the area that a mineral's lines have together."""
    middle, width = rng.uniform(18, 33), rng.uniform(4, 9)
    return 700 / width / 1.8 * np.exp(-(((GRID - middle) / width) ** 2))


def _measured(clean, rng):
    """Clean patterns as an instrument would give them: shifted, on a background, counted, cut."""
    count = len(clean)
    shift = np.where(rng.random(count) < 0.75, rng.normal(0, 0.06, count), rng.uniform(-0.3, 0.3, count)) / STEP
    whole = np.floor(shift).astype(int)
    part = (shift - whole)[:, None]
    columns = np.arange(len(GRID)) - whole[:, None]
    low = np.take_along_axis(clean, columns % len(GRID), axis=1)
    high = np.take_along_axis(clean, (columns - 1) % len(GRID), axis=1)
    moved = (1 - part) * low + part * high
    moved /= moved.max(axis=1, keepdims=True)
    flat = np.exp(rng.uniform(np.log(0.002), np.log(0.15), (count, 1)))
    steep = rng.uniform(0, 0.3, (count, 1)) * (rng.random((count, 1)) < 0.6)
    hump = rng.uniform(0, 0.1, (count, 1)) * (rng.random((count, 1)) < 0.5)
    ground = flat + steep * np.exp(-(GRID - 5) / rng.uniform(1.5, 8, (count, 1)))
    ground = ground + hump * np.exp(-(((GRID - rng.uniform(20, 28, (count, 1))) / 7) ** 2))
    counts = np.exp(rng.uniform(np.log(400), np.log(40000), (count, 1)))
    measured = rng.poisson((moved + ground) * counts).astype(float)
    cut = rng.random((count, 1)) < 0.4
    first = np.where(cut, rng.uniform(5, 14, (count, 1)), 5)
    last = np.where(cut, rng.uniform(50, 65, (count, 1)), 65)
    measured[(first > GRID) | (last < GRID)] = np.nan
    return measured


def prepared(sample):
    """A Sample's patterns as the network takes them: float32 (n, grid)."""
    return comparable(sample.gridded).astype(np.float32)


def without(grown, names):
    """A library in which some minerals are foreign: what a network must call unknown that was never taught them."""
    places = [powder_lines.names().index(name) for name in names]
    return replace(grown, minerals=np.where(np.isin(grown.minerals, places), OTHER, grown.minerals))
