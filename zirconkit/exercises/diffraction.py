"""The questions of notebook 12."""

from functools import cache

import numpy as np
import pandas as pd

from zirconkit import samples
from zirconkit.diffraction import sticks
from zirconkit.exercises.core import Question, Unusable, function, items, near, number, numbers
from zirconkit.exercises.predictions import Prediction, between
from zirconkit.exercises.variants import Varied
from zirconkit.synthetic import patterns
from zirconkit.synthetic.powder_lines import CU, structures

# ---------------------------------------------------------------- predictions


def _meet_crowd(guess, result):
    return f"You said {guess:g} minerals; {result} of them have a line of at least a tenth of their strongest there."


def _meet_rescued(guess, result):
    missed, named = result
    said = f"You said {guess:g}; of the {missed} that search-match gets wrong the network names {named} as labelled."
    return said + (" Both get nearly the same patterns wrong." if 3 * named <= missed else "")


def _meet_holding(guess, result):
    way = "too narrow" if result < 93 else "about as wide as they should be"
    return f"You said {guess:g} of 100; {result:.0f} hold the true amount: the intervals are {way}."


def _meet_nearest(guess, result):
    errors = ", ".join(f"{method} {error:.1f}" for method, error in result.items())
    off = abs(guess - result["network"])
    return (
        f"You said {guess:g} points for the network; that is {off:.1f} off. Mean errors in percentage points: {errors}."
    )


crowd = Prediction(between(0, 137), _meet_crowd)
rescued = Prediction(between(0, 9), _meet_rescued)
holding = Prediction(between(0, 100), _meet_holding)
nearest = Prediction(between(0, 100), _meet_nearest)


# ---------------------------------------------------------------- Bragg by hand


COBALT = 1.7890  # Å: the wavelength of a cobalt tube


def _spacing(angle):
    sine = np.sin(np.radians(angle / 2))
    longer = COBALT / CU

    def doubled(value):
        return float(2 * np.degrees(np.arcsin(value)))

    right = doubled(longer * sine)
    unhalved = float(np.degrees(np.arcsin(min(longer * np.sin(np.radians(angle)), 1))))
    return Question(
        hints=(
            "Two steps: from the copper tube's angle to the distance d, and from this d to the angle with the other wavelength.",
            "A smaller case: a peak at 2θ = 60° with copper has sin 30° = 0.5, so d = 1.5406 / (2 × 0.5) = 1.54 Å. With λ = 1.7890 Å, sin θ = 1.7890 / (2 × 1.54) = 0.581, θ = 35.5° and 2θ = 71.0°.",
            "Read again *A peak is a distance*: which of the two, θ or 2θ, is on the axis; np.sin wants radians, and np.arcsin gives them.",
        ),
        answer=round(right, 2),
        judge=near(
            right,
            {
                angle
                * longer: "this is the angle times the ratio of the wavelengths: it is the sine of θ that grows so.",
                angle: "the distance stays, the angle does not: the other tube has another wavelength.",
                doubled(
                    sine / longer
                ): "you went the wrong way: with a longer wavelength the same planes need a larger angle.",
                unhalved: "you put 2θ where Bragg's law has θ: halve the angle before the sine, and double it after the arcsine.",
                right / 2: "this is θ; the axis shows 2θ.",
                CU / 2 / sine: "this is the distance d in Å: one more step, with the other wavelength.",
            },
            "{value}° is not it: d = λ / (2 sin θ) with copper, then sin θ = λ / (2 d) with cobalt.",
            tolerance=1e-3,
        ),
        because="The planes keep their distance, whatever tube shines on them; the angle goes with the wavelength. So a pattern can be compared with others only when its wavelength is known.",
    )


spacing = Varied(
    texts=lambda angle: (f"{angle}°",),
    make=_spacing,
    numbers=({"angle": 50.14}, {"angle": 42.45}, {"angle": 45.79}, {"angle": 39.47}, {"angle": 54.87}),
).own()


# ---------------------------------------------------------------- a powder of one's own

POWDERS = ("barite", "calcite", "fluorite", "forsterite", "galena", "gypsum", "halite", "hematite", "pyrite", "quartz",
           "rutile", "sphalerite", "zircon")  # fmt: skip
_asked = {"seed": 0}


def grown_powder(seed):
    """A student's powder: 2 theta, counts; the same seed gives the same one. The check asks for this one from then on."""
    _asked["seed"] = seed
    two_theta = np.arange(10, 65, 0.04)
    side = -1 if seed % 2 else 1
    zero = side * (0.22 + 0.01 * (seed % 8))
    counts, _ = patterns.grow(
        two_theta, [_powder(seed)], [1.0], seed, zero=zero, displacement_mm=0.0, beta=0.0, counts=4000
    )
    return two_theta, counts


def _powder(seed):
    return POWDERS[(7 * seed + 5) % len(POWDERS)]


NAME_AND_SCORE = 'a name and a score are wanted, as in ("halite", 0.25).'
NEAR_BEST = 0.15  # so far below the best score a student's may lie


@cache
def _best_score(seed):
    """The best score of the right mineral, over the places of both sliders."""
    two_theta, counts = grown_powder(seed)
    mineral = _powder(seed)
    scores = []
    for stretch in np.arange(-60, 61, 20) / 10_000:
        for zero in np.arange(-40, 41, 2) / 100:
            scores.append(sticks.laid(two_theta, counts, mineral, zero, 1 + stretch).score)
    return round(max(scores), 2)


def _judge_powder(answer):
    given = items(answer, NAME_AND_SCORE)
    if len(given) != 2:
        return f"{NAME_AND_SCORE} Yours has {len(given)} parts."
    name = given[0].strip().lower() if isinstance(given[0], str) else None
    if name not in POWDERS:
        return f"the first part is one of these names, in quotes: {', '.join(POWDERS)}."
    score = number(given[1])
    right, best = right_powder()
    if name != right:
        return f"the strong sticks of {name} do not all find a peak, whatever the shift: look at those that stay pink, and try another."
    if score > best + 0.03:
        return f"the name is right, but {score:g} is more than its sticks reach: read the score off above the picture."
    if score < best - NEAR_BEST:
        return f"the name is right, but its sticks can lie better than {score:g}: move on, with the second slider, too."
    return None


def right_powder():
    """The mineral of the powder that is asked for, and the best score of its sticks."""
    seed = _asked["seed"]
    return _powder(seed), _best_score(seed)


powder = Question(
    hints=(
        "Go through the names and move the shift for each: a mineral that is there brings both numbers up.",
        "A smaller case: with a zero shift of 0.3° even the right mineral scores low at first. Move the shift one way: if the score rises, go on.",
        "Read again what the score is made of: sticks without a peak count against a mineral, and so do peaks without a stick.",
    ),
    answer=(_powder(0), 0.86),
    judge=_judge_powder,
    because="One mineral has a peak under nearly every strong stick and a stick under nearly every strong peak, at one and the same shift for all. The score stays below 1 where peaks overlap, or drown in the noise.",
    filled=("my_powder = ex.right_powder()",),
)


# ---------------------------------------------------------------- how much


def by_weight(amounts, ratios):
    parts = np.asarray(amounts) / np.asarray(ratios)
    return parts / parts.sum()


def _judge_weights(answer):
    share = function(answer)
    amounts, ratios = np.array([2.0, 1.0, 1.0]), np.array([4.0, 1.0, 2.0])
    found = numbers(share(amounts.copy(), ratios.copy()))
    if found.shape != (3,):
        return f"three numbers are wanted, one for each phase; your function gives {found.size}."
    if np.allclose(found, by_weight(amounts, ratios)):
        return None
    wrong = {
        "you left the reference intensity ratios out: a strong scatterer would seem plentiful.": amounts
        / amounts.sum(),
        "you multiplied by the ratios; a phase that scatters strongly needs less of itself for the same peak.": amounts
        * ratios
        / (amounts * ratios).sum(),
        "the parts are right, their sum is not 1: divide by it at the end.": amounts / ratios,
        "per cent are asked for as fractions of 1.": 100 * by_weight(amounts, ratios),
    }
    said = next((text for text, value in wrong.items() if np.allclose(found, value)), None)
    return (
        said or f"for heights 2, 1, 1 and ratios 4, 1, 2 the fractions are 0.25, 0.5, 0.25; yours are {found.round(2)}."
    )


weights = Question(
    hints=(
        "Two steps: what each height stands for in grams, then make the parts sum to 1.",
        "A smaller case: heights 4 and 1, ratios 4 and 1. Per gram the first scatters four times as much, so there is one part of each: 0.5 and 0.5.",
        "Read again what a reference intensity ratio compares, and with what.",
    ),
    answer=by_weight,
    judge=_judge_weights,
    because="Height over ratio is weight, up to one factor for all; the sum takes that factor out. A phase without a standard, or glass, is left out of the sum: the fractions are of what was named.",
)


# ---------------------------------------------------------------- when to say unknown

LOST = 3  # so many of the patterns that the table has may be refused


def refused(least):
    """How many measured patterns lie below a least cosine: of those whose mineral is in the table, and of the others."""
    cases = pd.read_csv(samples.DATA / "results/diffraction_cases.csv")
    low = cases["cosine"] < least
    return int((low & cases["listed"]).sum()), int((low & ~cases["listed"]).sum())


def _judge_least(answer):
    least = number(answer)
    if not 0 <= least <= 1:
        return f"a cosine of two patterns lies between 0 and 1; {least:g} does not."
    lost, caught = refused(least)
    if lost > LOST:
        return f"below {least:g} lie {lost} patterns of minerals that the table has: at most {LOST} may be refused. Go lower."
    if caught < refused(LEAST_COSINE)[1]:
        return f"below {least:g} lie only {caught} of those that the table lacks, and {lost} of those it has: you can go higher."
    return None


LEAST_COSINE = 0.8
least = Question(
    hints=(
        "The higher the least cosine, the more of both kinds is refused: go up until one more step would refuse a fourth mineral of the table.",
        'A smaller case: with 0.7 `(cases["cosine"] < 0.7) & cases["listed"]` is true for none of the 121. Count the same for other numbers, in steps of 0.01.',
        'Read again which of the two kinds may be refused three times, and which as often as possible; `~cases["listed"]` are the others.',
    ),
    answer=LEAST_COSINE,
    judge=_judge_least,
    because="A least cosine trades one error for the other; where to put it depends on what each costs. This one was chosen on the patterns that it is counted on, so new ones will do a little worse.",
)


# ---------------------------------------------------------------- depth

FIRST_ORDER = 6.2  # degrees: where the first peak of chlorite is read, which comes from its sheets


def higher_orders(first, upto=5):
    """Where the orders 2, 3 ... of a peak lie, degrees 2 theta: Bragg's law with n wavelengths in place of one."""
    sine = np.sin(np.radians(first) / 2)
    orders = np.arange(2, upto + 1)
    return 2 * np.degrees(np.arcsin(orders * sine))


FOUR_ANGLES = "four angles are wanted, in a list, as in [12.3, 20.4, 31.5, 40.2]."


def _judge_oriented(answer):
    angles = np.sort(np.ravel(numbers(items(answer, FOUR_ANGLES))))
    right = higher_orders(FIRST_ORDER)
    if len(angles) == 5 and np.allclose(angles[1:], right, atol=0.05):
        return "the four are right; leave out the first, which was given."
    if len(angles) != 4:
        return f"{FOUR_ANGLES} Yours has {len(angles)}."
    if np.allclose(angles, right, atol=0.05):
        return None
    orders = np.arange(2, 6)
    unhalved = np.degrees(np.arcsin(np.minimum(orders * np.sin(np.radians(FIRST_ORDER)), 1)))
    wrong = {
        "these are n times the first angle: it is the sine of θ that is n times as large, not the angle.": orders
        * FIRST_ORDER,
        "these are θ, half of the angles: the axis shows 2θ.": right / 2,
        "you put 2θ where Bragg's law has θ: halve the angle before the sine, and double it after the arcsine.": unhalved,
    }
    said = next((text for text, value in wrong.items() if np.allclose(angles, value, atol=0.05)), None)
    away = np.abs(angles - right)
    worst = away.argmax()
    return (
        said or f"{angles[worst]:g}° is not where order {worst + 2} lies: sin θ is {worst + 2} times that of the first."
    )


oriented = Question(
    hints=(
        "One spacing, n wavelengths: in nλ = 2d sin θ only n and θ change from peak to peak.",
        "A smaller case: a first peak at 2θ = 20° has sin θ = 0.174. The second order has 0.347, so θ = 20.3° and 2θ = 40.6°: more than twice 20°.",
        "Read again *A peak is a distance*, what it says of orders; np.arcsin gives radians, and θ is half of what the axis shows.",
    ),
    answer=[float(angle) for angle in higher_orders(FIRST_ORDER).round(2)],
    judge=_judge_oriented,
    because="One distance between the sheets gives five peaks. Orders 2 and 4 lie within 0.1° of kaolinite's strongest peaks, at 12.4° and 24.95°, so they cannot say which of the two a soil holds: the first and the third can, where kaolinite has none.",
)


# ---------------------------------------------------------------- how flat

FLAT = ("kaolinite", "gypsum", "biotite", "talc", "muscovite")
_lying = {"seed": 0}


def lying_powder(seed):
    """A sheet mineral that lies more or less flat: 2 theta, counts, its name. The check asks for this one from then on."""
    _lying["seed"] = seed
    two_theta = np.arange(5, 65, 0.04)
    mineral = FLAT[seed % len(FLAT)]
    phase = patterns.Phase(structure_of(mineral), march=right_march())
    counts = patterns.mix(two_theta, patterns.Truth((phase,), width=0.12, counts=3000, seed=seed))
    return two_theta, counts, mineral


def structure_of(mineral):
    """The first structure of a mineral in the table."""
    return next(each for each in structures() if each.mineral == mineral)


def right_march():
    """The March-Dollase ratio of the powder that is asked for."""
    return round(0.38 + 0.07 * (3 * _lying["seed"] % 7), 2)


def _judge_march(answer):
    value = number(answer)
    if value > 10:
        return "this looks like the slider's hundredths: divide by 100."
    if not 0 < value <= 1.2:
        return "r lies between 0 and 1 for plates: 1 is no order, small is very flat."
    if abs(value - right_march()) <= 0.04:
        return None
    if abs(value - 1) < 0.03:
        return "r = 1 is where the slider began: move it until the two curves agree."
    side = "too flat: the basal peaks of your curve are too high" if value < right_march() else "not flat enough"
    return f"{value:g} is {side}. Move the slider on, and watch what lies elsewhere."


march = Question(
    hints=(
        "Move the slider to the left and watch the highest peak of both curves, then the part of the counts that lies elsewhere.",
        "A smaller case: if at 0.8 a tenth lies elsewhere and at 0.7 a twentieth, go on to 0.6; where it grows again you are past the place.",
        "Read again what r means: 1 is a powder without order, and the flatter the plates lie, the smaller it is.",
    ),
    answer=right_march(),
    judge=_judge_march,
    because="One number moves all heights at once, each by the angle between its plane and the sheets. So it can be fitted to a pattern, as programs for weights do; but it is right only if all plates of the powder follow one and the same law.",
    filled=("my_march = ex.right_march()",),
)


# ---------------------------------------------------------------- patterns moved to learn from

STEPS = 4  # of the grid, to either side


def moved_apart(rows, rng):
    """Patterns (n, points), each moved along the grid by a whole number of steps of its own, -4 to 4."""
    steps = rng.integers(-4, 5, len(rows))  # the upper end is left out
    return np.array([np.roll(row, step) for row, step in zip(rows, steps)])


def _judge_change(answer):
    change = function(answer)
    rows = np.zeros((60, 50))
    rows[:, 20], rows[:, 25] = 1.0, 0.5
    found = numbers(change(rows.copy(), np.random.default_rng(0)))
    if found.shape != rows.shape:
        return f"as many patterns as came in are wanted, with as many points; {rows.shape} came in, {found.shape} came out."
    if np.array_equal(found, rows):
        return "nothing has moved."
    if not np.allclose(np.sort(found, axis=1), np.sort(rows, axis=1)):
        return "heights have changed: move the patterns, and leave their heights as they are."
    steps = found.argmax(axis=1) - 20
    if not np.array_equal(found, np.array([np.roll(row, step) for row, step in zip(rows, steps)])):
        return "the peaks of a pattern have moved against each other: a zero shift moves all of them alike."
    if np.ptp(steps) == 0:
        return "all patterns have moved by the same step: draw one for each."
    if steps.min() >= 0 or steps.max() <= 0:
        return "they have moved to one side only: a zero can be off to either side."
    if np.abs(steps).max() > STEPS:
        return f"some have moved by {np.abs(steps).max()} steps; up to {STEPS} to either side are wanted."
    if steps.min() > -STEPS or steps.max() < STEPS:
        return f"they move by {steps.min()} to {steps.max()} steps; -{STEPS} and {STEPS} should come, too. (The upper end of rng.integers is left out.)"
    return None


change = Question(
    hints=(
        "Two steps: draw a whole number for each pattern, then roll each pattern by its own.",
        "A smaller case: np.roll([0, 0, 7, 0], 1) is [0, 0, 0, 7]. Rolled by -1 it is [0, 7, 0, 0].",
        "Read again what a zero shift does to peaks; rng.integers(low, high, n) draws n whole numbers and leaves high out.",
    ),
    answer=moved_apart,
    judge=_judge_change,
    because="A network learns what its examples vary. Moving them tells it that a place may be off by 0.4°, and that it has to look at distances between peaks.",
)


# ---------------------------------------------------------------- size


def scherrer_size(width, two_theta):
    theta = np.radians(two_theta) / 2
    return 0.9 * 0.15406 / (np.radians(width) * np.cos(theta))


def _judge_size(answer):
    size = function(answer)
    value = number(size(0.4, 30.0))
    right = scherrer_size(0.4, 30.0)
    if abs(value / right - 1) < 0.01:
        return None
    wrong = {
        "the width is in degrees; the formula wants radians.": 0.9 * 0.15406 / (0.4 * np.cos(np.radians(15))),
        "θ is half of 2θ: halve the angle in the cosine.": 0.9 * 0.15406 / (np.radians(0.4) * np.cos(np.radians(30))),
        "this is in ångström: 10 Å are 1 nm.": 10 * right,
        "the constant 0.9 is missing.": right / 0.9,
    }
    said = next((text for text, other in wrong.items() if abs(value / other - 1) < 0.01), None)
    if said:
        return said
    if not np.isfinite(value):
        raise Unusable("your function gives no finite number for a width of 0.4° at 30°.")
    return f"a width of 0.4° at 2θ = 30° means {right:.1f} nm; your function gives {value:.3g}."


size = Question(
    hints=(
        "Three things to watch: radians, half the angle, and the unit of the wavelength.",
        "A smaller case: a width of 1 radian at θ = 0 would mean 0.9 × λ. With λ = 0.154 nm that is 0.14 nm.",
        "Read again Scherrer's formula above: what is β, and in which unit?",
    ),
    answer=scherrer_size,
    judge=_judge_size,
    because="The fewer planes in a row, the less sharply they cancel off the Bragg angle. The width is that of the crystallites only once the instrument's own is taken out.",
)
