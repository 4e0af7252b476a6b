"""The questions of notebook 12."""

import numpy as np

from zirconkit.exercises.core import Question, Unusable, function, items, near, number, numbers
from zirconkit.exercises.predictions import Prediction, between, one_of
from zirconkit.exercises.variants import Varied
from zirconkit.synthetic import patterns
from zirconkit.synthetic.powder_lines import CU

# ---------------------------------------------------------------- predictions

WINNERS = ("search", "network", "even")


def _meet_crowd(guess, result):
    return f"You said {guess:g} minerals; {result} of them have a line of at least a tenth of their strongest there."


def _meet_winner(guess, result):
    said = {"search": "that search-match names more", "network": "that the network names more", "even": "an even race"}
    found = {
        "search": "search-match named more",
        "network": "the network named more",
        "even": "they cannot be told apart",
    }
    return f"You expected {said[guess]}; on these patterns {found[result]}."


crowd = Prediction(between(0, 137), _meet_crowd)
winner = Prediction(one_of(*WINNERS), _meet_winner)


# ---------------------------------------------------------------- Bragg by hand


def _spacing(angle):
    d = CU / 2 / np.sin(np.radians(angle / 2))
    whole = CU / 2 / np.sin(np.radians(angle))
    twice = CU / np.sin(np.radians(angle / 2))
    radians = CU / 2 / np.sin(angle / 2)
    return Question(
        hints=(
            "The axis shows twice the angle that stands in Bragg's law.",
            "A smaller case: a line at 2θ = 60° has θ = 30°, whose sine is 0.5. With λ = 1.5406 Å, d = 1.5406 / (2 × 0.5) = 1.54 Å.",
            "Read again *A peak is a distance*: which of the two, θ or 2θ, is on the axis; np.sin wants radians.",
        ),
        answer=round(float(d), 3),
        judge=near(
            d,
            {
                whole: "this is what 2θ gives where θ belongs: halve the angle first.",
                twice: "this is λ over sin θ: the 2 in front of d belongs on the other side.",
                abs(radians): "the sine was taken of degrees as if they were radians: np.radians first.",
                -abs(radians): "the sine was taken of degrees as if they were radians: np.radians first.",
            },
            "{value} Å is not it: d = λ / (2 sin θ), with θ half of the angle on the axis.",
            tolerance=2e-3,
        ),
        because="λ = 2 d sin θ: a peak's place is a distance between planes of atoms, whatever the mineral is called.",
    )


spacing = Varied(
    texts=lambda angle: (f"{angle}°",),
    make=_spacing,
    numbers=({"angle": 20.86}, {"angle": 29.4}, {"angle": 33.08}, {"angle": 28.44}, {"angle": 31.77}),
).own()


# ---------------------------------------------------------------- a powder of one's own

POWDERS = ("barite", "calcite", "fluorite", "forsterite", "galena", "gypsum", "halite", "hematite", "pyrite", "quartz",
           "rutile", "sphalerite", "zircon")  # fmt: skip
_asked = {"seed": 0}


def grown_powder(seed):
    """A student's powder: 2 theta, counts; the same seed gives the same one. The check asks for this one from then on."""
    _asked["seed"] = seed
    two_theta = np.arange(10, 65, 0.04)
    counts, _ = patterns.grow(two_theta, [_powder(seed)], [1.0], seed, zero=-0.15 + 0.01 * (seed % 30), counts=4000)
    return two_theta, counts


def _powder(seed):
    return POWDERS[(7 * seed + 5) % len(POWDERS)]


def _judge_powder(answer):
    name = answer.strip().lower() if isinstance(answer, str) else None
    if name not in POWDERS:
        return f"one of these names is wanted, in quotes: {', '.join(POWDERS)}."
    right = _powder(_asked["seed"])
    if name == right:
        return None
    return f"the strong sticks of {name} do not all find a peak, whatever the shift: look at those that stay pink, and try another."


powder = Question(
    hints=(
        "Go through the names and watch the two shares: a mineral that is there brings both of them up.",
        "A smaller case: with a zero shift of 0.2° the right mineral scores low at first. Move the shift one way: if the score rises, go on.",
        "Read again what the score is made of: sticks without a peak count against a mineral, and so do peaks without a stick.",
    ),
    answer=_powder(0),
    judge=_judge_powder,
    because="One mineral has a peak under every strong stick and a stick under every strong peak, at one and the same shift for all.",
    filled=("my_powder = ex.right_powder()",),
)


def right_powder():
    """The mineral of the powder that is asked for; for the solution set."""
    return _powder(_asked["seed"])


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


# ---------------------------------------------------------------- depth

BASAL = (8.87, 17.78, 26.71)  # degrees: 002, 004 and 006 of muscovite
THREE_ANGLES = "three angles are wanted, in a list, as in [12.3, 20.4, 31.5]."


def _judge_oriented(answer):
    angles = np.sort(np.ravel(numbers(items(answer, THREE_ANGLES))))
    if len(angles) != 3:
        return f"{THREE_ANGLES} Yours has {len(angles)}."
    away = np.abs(angles[:, None] - BASAL).min(axis=1)
    if (np.abs(angles - BASAL) < 0.7).all():
        return None
    strange = angles[away >= 0.7]
    if not len(strange):
        return "each of your angles is right, but one of them is there twice: three different peaks grow."
    if (strange > 30).any():
        return f"{strange.max():g}° is not below 30°: look further to the left."
    if np.allclose(2 * angles, BASAL, atol=0.7):
        return "these are θ, half of the angles: read them as they stand on the axis, 2θ."
    return f"the peak at {strange[0]:g}° is not one of the three: compare its height in the first row and in the last."


oriented = Question(
    hints=(
        "Begin with the last row, where few peaks stand out, and follow each of them upwards.",
        "A smaller case: the peak near 20° is among the highest at r = 1 and low at r = 0.4. It falls, so it is none of the three.",
        "Read again what the figure shows: one scale for all rows, 2θ on the axis, ticks every 10°.",
    ),
    answer=list(BASAL),
    judge=_judge_oriented,
    because="Their distances, by Bragg's law, are 9.96, 4.98 and 3.33 Å: one, a half, a third. They are the planes 002, 004 and 006 along the sheets. Flakes that lie flat turn these to the beam; heights change, places do not.",
)


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
