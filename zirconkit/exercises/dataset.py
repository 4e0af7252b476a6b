"""The questions of notebook 02."""

from dataclasses import dataclass, field
from itertools import combinations, product
from types import SimpleNamespace
from typing import Any

import cv2
import numpy as np
import pandas as pd

from zirconkit.evaluation import judged_split
from zirconkit.exercises.core import Question, function, items, number, numbers
from zirconkit.exercises.predictions import Prediction, points, ranked
from zirconkit.exercises.variants import Varied
from zirconkit.grains import Grains
from zirconkit.samples import CLASSES, sheet

__all__ = [
    "Caught", "catch_leak", "caught", "coin", "equal_weights", "even_out", "fair_test", "mark", "noisy_grain",
    "plant_leak", "planted", "quieten", "what_leaks",
]  # fmt: skip

# ---------------------------------------------------------------- predictions


def _reveal_coin(guess, result):
    """`guess` and `result`: the score with grains dealt out, and with whole mounts held out."""
    parts = []
    for name, yours, was in zip(("grains dealt out", "whole mounts"), guess, result):
        how = "close" if abs(yours - was) <= 0.05 else "too low" if yours < was else "too high"
        parts.append(f"{name}: you said {yours:.2f}, it is {was:.2f} on average ({how})")
    return "; ".join(parts) + "."


coin = Prediction(points(2, 0, 1), _reveal_coin)


def _reveal_mark(guess, result):
    """`guess`: the letters from the highest coin score to the lowest; `result`: the coin score of each letter."""
    measured = sorted(result, key=result.get, reverse=True)
    right = sum(guess.index(high) < guess.index(low) for high, low in combinations(measured, 2))
    scores = ", ".join(f"{letter} {result[letter]:.2f}" for letter in measured)
    return f"You said {' > '.join(guess)}; measured: {scores}. Of the 6 pairs you have {right} the right way round."


mark = Prediction(ranked("abcd"), _reveal_mark)

# ---------------------------------------------------------------- plant a leak

LEAKY = 0.65  # coin score that a planted leak must reach


@dataclass(frozen=True)
class Planted:
    """A student's two plans, and the bench on which they were built."""

    plans: Any
    bench: Any = field(repr=False)


def planted(plans, bench):
    """Two plans beside the bench that judges them; `...` stays `...`.

    Parameters
    ----------
    plans : dict
        "leaky" and "clean", each a dict from mounts to parts, as `widgets.SplitBench.kept` holds them.
    bench : widgets.SplitBench
        Or whatever has grains, x and seed.
    """
    each = plans.values() if isinstance(plans, dict) else [plans]
    return ... if all(plan is ... for plan in each) else Planted(plans, bench)


def _small_bench():
    """Eight mounts with forty grains each that can be told apart by one number: what the solution is tried on."""
    rng = np.random.default_rng(0)
    names = np.repeat([f"M{number}" for number in range(8)], 40)
    x = np.repeat(np.arange(8.0), 40)[:, None] + rng.normal(0, 0.3, (320, 1))
    table = pd.DataFrame({"sample": names, "grain": np.tile(range(40), 8), "class_name": np.repeat(CLASSES, 160)})
    blank = np.zeros((320, 1, 1, 1), np.uint8)
    return SimpleNamespace(grains=Grains(blank, blank[..., 0] > 0, table), x=x, seed=0)


def plan_splits(bench):
    table = bench.grains.table
    size, kind = table["sample"].value_counts(), table.groupby("sample")["class_name"].first()
    for held_out in combinations(kind.index, 2):  # until they are one of each class, and not too many grains
        if kind[held_out[0]] != kind[held_out[1]] and 0.1 <= size[list(held_out)].sum() / len(table) <= 0.5:
            break
    clean = {name: "test" if name in held_out else "train" for name in kind.index}
    halves = combinations(kind.index, len(kind) // 2)
    for dealt, whole in product(halves, [None, *kind.index]):  # until they leak enough
        leaky = {name: "dealt" if name in dealt else "test" if name == whole else "train" for name in kind.index}
        test = judged_split(bench.grains, bench.x, leaky, bench.seed).table.loc["test"]
        if test["coin"] >= 0.65 and test["grains"] >= 0.1 * len(table):
            break
    return {"leaky": leaky, "clean": clean}


def _judge_planted(answer):
    if callable(answer):
        bench = _small_bench()
        answer = Planted(function(answer)(bench), bench)
    if not isinstance(answer, Planted):
        return "give your two splits and the bench: planted(my_splits, bench)."
    if not isinstance(answer.plans, dict) or not {"leaky", "clean"} <= set(answer.plans):
        return 'a dict with your two splits is wanted: {"leaky": {...}, "clean": {...}}.'
    for name, judge in (("leaky", _what_does_not_leak), ("clean", _what_is_not_clean)):
        plan, bench = answer.plans[name], answer.bench
        if plan is ...:
            return f"there is no {name} split yet: build one, press its button, and run the cell again."
        try:
            split = judged_split(bench.grains, bench.x, plan, bench.seed)
        except ValueError as error:
            return f"your {name} split: {error}."
        wrong = judge(plan, split, len(bench.grains))
        if wrong:
            return f"your {name} split: {wrong}"
    return None


def _what_does_not_leak(plan, split, n):
    """Why a split is no well planted leak; None if it is one."""
    dealt = sum(part == "dealt" for part in plan.values())
    test = split.table.loc["test"]
    if not dealt:
        return "no mount is dealt out, so the test holds nothing of a mount that was learned from."
    if dealt > len(plan) / 2:
        return f"{dealt} of {len(plan)} mounts are dealt out; a leak that is hard to see has half of them at most."
    if test["grains"] < 0.1 * n:
        return f"its test holds {test['grains']:.0f} grains; a tenth of all is wanted, {0.1 * n:.0f} or more."
    if not test["coin"] >= LEAKY:  # NaN is not
        return (
            f"its coin score on the test is {test['coin']:.2f}, {LEAKY} is wanted. Whole mounts in the test dilute a leak; "
            "mounts that look like no other leak most."
        )
    return None


def _what_is_not_clean(plan, split, n):
    """Why a split is not clean; None if it is."""
    table = split.table
    if split.shared:
        return f"{split.shared[0]} stands in more than one part."
    for part in ("train", "test"):
        lacks = [name for name in table.columns[1:3] if table.loc[part, name] == 0]
        if lacks:
            return f"its {part} has no {lacks[0]} grain; both classes are wanted there."
    share = table.loc["test", "grains"] / n
    if not 0.1 <= share <= 0.5:
        return f"its test holds {share:.0%} of the grains; 10 to 50 % are wanted."
    return None


plant_leak = Question(
    hints=(
        "A mount that is dealt out stands on both sides. Which mounts would you know again among all others?",
        "Four mounts with 100 grains each, of which one is dealt out and three go to train: the test holds 20 grains, all of a "
        "mount that was learned from. With the three others whole in the test it would hold 320, of which 20 leak.",
        "Send all mounts to train, then deal out one after the other and look at the coin score; read again what is said "
        "under the coin experiment.",
    ),
    answer=plan_splits,
    judge=_judge_planted,
    because="The labels were tossed, so every hundredth above 0.50 was made by the split alone. Half of the mounts or more stand whole, and "
    "nothing in the code looks wrong: that is why leaks are published. The clean split has exactly 0.50 whichever mounts you chose.",
    filled=("my_splits = ex.plan_splits(bench)  # one way among many: it tries until both splits are as wanted",),
)

# ---------------------------------------------------------------- catch a leak


@dataclass(frozen=True)
class Caught:
    """Whom a student names, and the tables that she had."""

    letter: Any
    mounts: Any
    theirs: Any = field(repr=False)


def caught(letter, mounts, theirs):
    """The letter of the split that leaks and the mounts on both its sides, beside the three tables; `...` stays `...`.

    Parameters
    ----------
    letter : str
    mounts : list of str
    theirs : dict of str to DataFrame
        Columns image (mount_number.png) and part.
    """
    return ... if letter is ... or mounts is ... else Caught(letter, mounts, theirs)


def find_leak(theirs):
    for letter, table in theirs.items():
        mount = table["image"].str.rsplit("_", n=1).str[0]
        parts_of_mount = table.groupby(mount)["part"].nunique()
        on_both_sides = parts_of_mount.index[parts_of_mount > 1]
        if len(on_both_sides):
            return letter, list(on_both_sides)


def _small_tables():
    """Three small tables, of which B leaks by M2: what the solution is tried on."""
    sides = {"A": ["train", "train", "test"], "B": ["train", "train", "both"], "C": ["test", "train", "train"]}
    theirs = {}
    for letter, parts in sides.items():
        rows = [
            (f"M{mount}_{grain}.png", ("train", "test")[grain % 2] if part == "both" else part)
            for mount, part in enumerate(parts)
            for grain in range(4)
        ]
        theirs[letter] = pd.DataFrame(rows, columns=["image", "part"])
    return theirs


def _judge_caught(answer):
    if callable(answer):
        theirs = _small_tables()
        found = function(answer)(theirs)
        if not isinstance(found, (tuple, list)) or len(found) != 2:
            return "two things are wanted, the letter and the mounts: return letter, mounts."
        answer = Caught(*found, theirs)
    if not isinstance(answer, Caught):
        return "give the letter, the mounts and the tables: caught(my_letter, my_mounts, theirs)."
    letter = answer.letter.strip().upper() if isinstance(answer.letter, str) else None
    if letter not in answer.theirs:
        return f"a letter in quotes is wanted, one of {', '.join(answer.theirs)}."
    wanted = 'a list of mounts is wanted, such as ["QVC055"].'
    if any(not isinstance(name, str) for name in items(answer.mounts, wanted)):
        return wanted
    named = set(items(answer.mounts, wanted))
    truth, both = find_leak(answer.theirs)
    if letter != truth:
        return f"{letter} has no mount on both sides, whatever it scores. Which of the three has one?"
    known = set(answer.theirs[letter]["image"].str.rsplit("_", n=1).str[0])
    if named - known:
        return f"{min(named - known)} is no mount of {letter}: the name of a mount stands before the last _ of the file's name."
    if named - set(both):
        return f"{letter} it is; but all grains of {min(named - set(both))} stand on one side."
    if named != set(both):
        return f"{letter} it is; but {len(both)} mounts stand on both sides, and you name {len(named)}."
    return None


catch_leak = Question(
    hints=(
        "The highest claim need not be the leak. What stands in both parts of a table if the split leaks?",
        'Of "M1_7.png" the mount is "M1": `table["image"].str.rsplit("_", n=1).str[0]` gives it for every row. For two mounts with '
        "the parts train, train and train, test `.nunique()` counts 1 and 2 parts.",
        'Read again what leaks, under the coin experiment; then `table.groupby(mount)["part"]` has the parts of each mount.',
    ),
    answer=find_leak,
    judge=_judge_caught,
    because="The table says which mounts stand on both sides. The claim says nothing: some mounts are easy, and a clean test can be "
    "the best of three.",
    filled=("my_letter, my_mounts = ex.find_leak(theirs)  # its code: ex.catch_leak.solution()",),
)

# ---------------------------------------------------------------- even out the exposure


def even(image, mask):
    bright = np.median(image[mask])
    return np.clip(image * (127 / bright), 0, 255)


def _judge_even(answer):
    student = function(answer)
    rng = np.random.default_rng(0)
    mask = np.zeros((40, 60), bool)
    mask[10:30, 10:44] = True
    scene = np.where(mask, rng.gamma(9, 7, mask.shape), 14)  # a skewed grain: its mean is not its median
    for exposure in (0.6, 1.0, 2.2):
        image = np.clip(scene * exposure, 0, 255).astype(np.uint8)
        found = numbers(student(image.copy(), mask.copy()))
        wanted = even(image, mask)
        if found.shape != image.shape:
            return f"an image of shape {image.shape} comes out with shape {found.shape}."
        if np.abs(found - wanted).max() <= 2:
            continue
        return _known_slip(image, mask, found, wanted)
    return None


def _known_slip(image, mask, found, wanted):
    """What went wrong when exposure was evened out, in one sentence."""
    grain, median = image[mask], np.median(image[mask])
    slips = {
        "the median of the whole image was taken, resin included: take that of the grain, image[mask].": 127
        / np.median(image),
        "the mean was taken; a few very bright pixels move it, the median stays.": 127 / grain.mean(),
        "the brightest pixel was taken: one speck decides then over the whole grain.": 127 / max(grain.max(), 1),
        "the median is now one half; grey levels go to 255, so 127 is wanted.": 0.5 / median,
        "the median is now 255, white; 127 is wanted.": 255 / median,
    }
    shown = np.clip(found, 0, 255)
    with np.errstate(over="ignore"):
        started_anew = (image * np.uint8(127)) / median  # what a student's image * 127 is
    if np.abs(shown - np.clip(started_anew, 0, 255)).max() <= 1:
        return "grey levels of uint8 end at 255 and start anew at 0: image * 127 overflows. Multiply by the number 127 / median."
    if np.abs(shown - wanted).max() <= 2:
        return f"grey levels come out from {found.min():.0f} to {found.max():.0f}: clip them to 0..255."
    for said, factor in slips.items():
        if np.abs(shown - np.clip(image * factor, 0, 255)).max() <= 0.6 * max(factor, 0.02):
            return said
    if np.abs(shown - np.clip(image + 127 - median, 0, 255)).max() <= 2:
        return "you add; a longer exposure multiplies, so the contrast of the zones still tells the mounts apart."
    if np.abs(found - wanted)[mask].max() <= 2:
        return "the grain is right; what lies around it must be multiplied, too."
    return f"the grain's median comes out as {np.median(found[mask]):.1f}; 127 is wanted, and all of the image by the same factor."


even_out = Question(
    hints=(
        "Which pixels say how bright the grain is, and by what must all pixels be multiplied so that the middle one of them is 127?",
        "Three pixels of a grain, 50, 60 and 90, have the median 60. Times 127/60 they become 106, 127 and 190: the middle one is "
        "mid-grey, and the ratio of any two is what it was.",
        "`np.median(image[mask])` is the median of the grain; `np.clip(…, 0, 255)` cuts off what is brighter than white. Read again "
        "when exposure multiplies.",
    ),
    answer=even,
    judge=_judge_even,
    because="With a linear detector twice the exposure gives twice every grey level, so dividing by any typical one takes it out. The median of the "
    "*grain* is typical: resin, neighbours and a few bright specks do not move it.",
)

# ---------------------------------------------------------------- going deeper

NOISE = 8.0  # grey levels


def noisy_grain(seed=0):
    """A planted grain with bands of 6 px, as it is and as a noisy detector sees it.

    Returns
    -------
    noisy : array of uint8, shape (96, 96)
    clean : array of float, shape (96, 96)
    mask : array of bool, shape (96, 96)
        True on the grain.
    """
    rng = np.random.default_rng(seed)
    rows, columns = np.mgrid[:96, :96] - 48
    radius = np.hypot(rows / 30, columns / 42)
    mask = radius < 1
    clean = np.where(mask, 115 + 28 * np.sin(2 * np.pi * radius * 30 / 6), 12.0)
    noisy = np.clip(np.rint(clean + rng.normal(0, NOISE, clean.shape)), 0, 255).astype(np.uint8)
    return noisy, clean, mask


def non_local_means(image):
    return cv2.fastNlMeansDenoising(image, h=10)


def _judge_quieten(answer):
    student = function(answer)
    noisy, clean, mask = noisy_grain(1)
    found = numbers(student(noisy.copy()))
    if found.shape != noisy.shape:
        return f"an image of shape {noisy.shape} comes out with shape {found.shape}."
    grown = mask.astype(np.uint8)
    resin, inside = cv2.dilate(grown, np.ones((9, 9))) == 0, cv2.erode(grown, np.ones((7, 7))) > 0
    left = (found - clean)[resin].std() / (noisy - clean)[resin].std()
    zones = clean[inside] - clean[inside].mean()
    kept = (found[inside] - found[inside].mean()) @ zones / (zones @ zones)
    if left <= 0.2 and 0.9 <= kept <= 1.1:
        return None
    said = f"{left:.0%} of the noise is left and {kept:.0%} of the zoning"
    if not left <= 0.2:
        return f"{said}: at most 20% of the noise may be left. More strength, or another kind of filter?"
    return f"{said}: at least 90% of the zoning must stay. Less strength, or a filter that averages only what is alike?"


quieten = Question(
    hints=(
        "A blur averages neighbours, be they alike or not. Which of the four filters averages places that look alike?",
        "`cv2.fastNlMeansDenoising(image, h=3)` hardly touches a noise of 8 grey levels: h is how unlike two places may be, in grey "
        "levels, and still be averaged. Try some.",
        "Read again the table of the four filters, and `help(cv2.fastNlMeansDenoising)`.",
    ),
    answer=non_local_means,
    judge=_judge_quieten,
    because="Zoning repeats: along a band there are many places that look alike, and their average keeps the band. h must be about as "
    "large as the noise; far above it bands are averaged with their neighbours.",
)


def _weights_for(porphyry, batholith):
    """The question of class weights for so many grains of either class, of which batholith is the rarer."""
    ratio, total = porphyry / batholith, porphyry + batholith

    def judge(answer):
        if not isinstance(answer, dict) or set(answer) != {0, 1}:
            return "a dict with the keys 0 and 1 is wanted, {0: ..., 1: ...}."
        counted = [batholith * number(answer[0]), porphyry * number(answer[1])]
        if min(counted) <= 0:
            return "weights must be positive: with 0 or less a class would not count, or count against itself."
        if abs(counted[0] / counted[1] * ratio**2 - 1) < 1e-6:
            return "you have them the wrong way round: the rarer class needs the larger weight."
        if not abs(counted[0] / counted[1] - 1) <= 0.02:  # not a number is not right
            return f"batholith now counts {counted[0]:g} in all and porphyry {counted[1]:g}; they should be equal."
        return None

    balanced = {0: total / (2 * batholith), 1: total / (2 * porphyry)}
    return Question(
        hints=(
            "Multiply the number of grains of a class by its weight: what should be equal?",
            "With 10 and 5 grains the weights 1 and 2 do it: 10 × 1 = 5 × 2.",
            "Read again what a class weight does, under 'Classes of unequal size'.",
        ),
        answer=balanced,
        judge=judge,
        because=f"Any pair with the ratio {ratio:g} : 1 does it. scikit-learn's 'balanced' uses n / (classes × n of the class), here "
        f"{balanced[0]:.3g} and {balanced[1]:.3g}, so that the mean weight stays 1.",
    )


equal_weights = Varied(
    lambda porphyry, batholith: (f"A training set has {porphyry} porphyry (1) and {batholith} batholith (0) grains.",),
    _weights_for,
    tuple(
        {"porphyry": porphyry, "batholith": batholith}
        for porphyry, batholith in ((600, 200), (750, 150), (800, 200), (450, 100), (700, 200), (840, 140), (500, 200))
    ),
).own()


def _judge_test(answer):
    table = sheet().query("role != 'unused'")
    wanted = 'a list of sample names is wanted, such as ["QVC055", "QVC075"].'
    names = items(answer, wanted)
    if not all(isinstance(name, str) for name in names):
        return wanted
    chosen = set(names)
    unknown = sorted(chosen - set(table.index))
    if unknown:
        return f"{', '.join(unknown)} is not a sample that is used; see samples.sheet()."
    for part, rows in (("the test", table.loc[sorted(chosen)]), ("training", table.drop(index=list(chosen)))):
        missing = [label for label in CLASSES if label not in set(rows["class_name"])]
        if missing:
            return f"{part} has no {missing[0]} sample: it needs both classes."
    share = table.loc[sorted(chosen), "n"].sum() / table["n"].sum()
    if not 0.1 <= share <= 0.3:
        return f"the test would have {share:.0%} of the images; 10 to 30 % are wanted."


fair_test = Question(
    hints=(
        "Start with one sample of each class and add up their n.",
        "Of 200 images in all a test of 20 to 60 would be wanted: a sample of 15 and one of 18 would do, 15 alone would not.",
        "The table has a column for each sample; batholith samples are few, so begin with them.",
    ),
    answer=["QVC055", "QVC083"],
    judge=_judge_test,
    because="Many choices are right, and each would give another score: that spread is real, and notebook 7 measures it. Note that "
    "the paper's own choice, 71 of 821, is 9 %, two mounts.",
)

VERSIONS = 10  # of each grain that is learned from


def split_first(mount, rng):
    names = rng.permutation(np.unique(mount))
    asked = np.isin(mount, names[: len(names) // 5])
    return np.repeat(np.flatnonzero(~asked), 10), np.flatnonzero(asked)


def _judge_split_first(answer):
    student = function(answer)
    mount = np.repeat([f"M{number}" for number in range(10)], 20)
    found = student(mount.copy(), np.random.default_rng(0))
    if not isinstance(found, (tuple, list)) or len(found) != 2:
        return "two arrays are wanted, the rows to learn from and those of the test: return train, test."
    if any(np.asarray(part).dtype == bool for part in found):
        return "True and False are no rows: np.flatnonzero makes rows of them."
    train, test = (numbers(part).ravel() for part in found)
    known = np.arange(len(mount))
    if not np.isin(np.concatenate([train, test]), known).all():
        return f"rows of the {len(mount)} grains are wanted, whole numbers from 0 to {len(mount) - 1}."
    train, test = train.astype(int), test.astype(int)
    twice = np.intersect1d(train, test)
    if len(twice):
        return f"versions of {len(twice)} grains stand on both sides: split the grains first, and repeat the rows afterwards."
    both = np.intersect1d(mount[train], mount[test])
    if len(both):
        return f"no grain is on both sides, but those of {both[0]} are parted: split np.unique(mount)."
    return _wrong_counts(np.bincount(train, minlength=len(mount)), np.bincount(test, minlength=len(mount)))


def _wrong_counts(trained, tested):
    """What is wrong with how often each grain is learned from and asked about; None if nothing is."""
    if not (trained + tested).all():
        return f"{np.sum(trained + tested == 0)} grains are in neither part."
    if tested.max() > 1:
        return "grains of the test come more than once: only what is learned from is augmented."
    if set(trained) - {0, VERSIONS}:
        return f"each grain that is learned from is wanted {VERSIONS} times: np.repeat does that."
    if not 0.1 <= tested.mean() <= 0.3:
        return f"the test holds {tested.mean():.0%} of the grains; 10 to 30 % are wanted."
    return None


what_leaks = Question(
    hints=(
        "The friend's first line makes relatives, the second parts them. In which order would no relatives be parted?",
        'With the mounts "a", "a", "b", "c" and the test ["b"], `np.isin(mount, ["b"])` is False, False, True, False. The test has row '
        "2; rows 0, 1 and 3 come ten times each.",
        "Read again how the coin experiment holds out whole mounts: `np.isin(sample, …)`. `np.flatnonzero` turns True and False into rows.",
    ),
    answer=split_first,
    judge=_judge_split_first,
    because="Split first, by mount, and augment afterwards, only what is learned from. In the friend's order about 8 of the 10 "
    "versions of each grain of the test had been learned from.",
)
