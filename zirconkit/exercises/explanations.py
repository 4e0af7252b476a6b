"""The questions of notebook 09."""

from functools import lru_cache
from itertools import combinations, pairwise

import cv2
import numpy as np
from scipy.ndimage import binary_dilation, distance_transform_edt

from zirconkit.exercises.core import Question, Unusable, function, near, number, numbers
from zirconkit.exercises.predictions import Prediction, one_of, ranked
from zirconkit.grains import fit_square
from zirconkit.synthetic import crystals, zoning
from zirconkit.synthetic.doses import draw_properties
from zirconkit.widgets.grain_bench import KNOBS

__all__ = [
    "goes_against",
    "idle_channel",
    "nearest",
    "one_knob",
    "owed",
    "receptive_field",
    "spot_filter",
    "what_moves_it",
    "write_change",
]

# ---------------------------------------------------------------- predictions

KNOB_OF = {"a": "aspect", "b": "brightness", "c": "outline", "d": "size", "e": "strength"}
_WORDS = {"a": "aspect ratio", "b": "brightness", "c": "outline", "d": "size", "e": "zoning strength"}


def resolved_pairs(changes):
    """Which of two changes is the larger one, up or down: pairs of names, the larger first, where that is resolved.

    Parameters
    ----------
    changes : dict of str to (mean, half)
        With half of the 95 % interval of each, taken as independent.
    """
    pairs = []
    for one, other in combinations(changes, 2):
        (mean, half), (mean_of_other, half_of_other) = changes[one], changes[other]
        more = abs(mean) - abs(mean_of_other)
        if abs(more) > np.hypot(half, half_of_other):
            pairs.append((one, other) if more > 0 else (other, one))
    return pairs


def tied_order(changes):
    """Names from the largest change to the smallest: str such as "{b, a} > {d, e} > c"; in braces are ties.

    Neighbours in the order whose difference is not resolved share braces; the argument is as in `resolved_pairs`.
    """
    resolved = resolved_pairs(changes)
    order = sorted(changes, key=lambda name: -abs(changes[name][0]))
    groups = [order[:1]]
    for before, name in pairwise(order):
        if (before, name) in resolved:
            groups.append([])
        groups[-1].append(name)
    return " > ".join(f"{{{', '.join(group)}}}" if len(group) > 1 else group[0] for group in groups)


def _reveal_order(guess, changes):
    """`changes` is how p moves with each property: dict of (mean, half) by its name in `KNOB_OF`."""
    by_letter = {letter: changes[name] for letter, name in KNOB_OF.items()}
    resolved = resolved_pairs(by_letter)
    right = sum(guess.index(more) < guess.index(less) for more, less in resolved)
    said = f"You said {guess}. This network: {tied_order(by_letter)}; what stands in braces is not resolved."
    if not resolved:
        return f"{said} No pair of the five is resolved here, so no order is wrong."
    return f"{said} Of the {len(resolved)} pairs that are resolved you have {right} in the right order; guessing gets half."


what_moves_it = Prediction(ranked("abcde"), _reveal_order)


def _reveal_against(guess, against):
    """`against` is by knob the share of grains of which p goes against the mean change."""
    shares = ", ".join(f"{_WORDS[letter]} {against[KNOB_OF[letter]]:.0%}" for letter in "abde")
    return f"Grains that go against the mean: {shares}. You said {_WORDS[guess]}."


goes_against = Prediction(one_of("a", "b", "d", "e"), _reveal_against)

_MAPS = {
    "o": "occlusion",
    "i": "integrated gradients",
    "l": "Grad-CAM, last convolution",
    "f": "Grad-CAM, first convolution",
}


def _reveal_nearest(guess, marks):
    """`marks` is the table of `benchmarks/explanations.py`."""
    gain = marks["share"] - marks["share_shuffled"]
    similarity = marks["similarity"].abs()
    distance = np.hypot(similarity, 1 - gain).groupby(marks["method"]).mean()
    best = distance[list(_MAPS.values())].idxmin()
    theirs = marks["method"] == _MAPS[guess]
    passed = (similarity[theirs] < 0.5) & (gain[theirs] > 0)
    said = f"You said {_MAPS[guess]}: {passed.sum()} of its {theirs.sum()} networks pass test 1 and gain something."
    return f"{said} Nearest to the upper left, on average, comes {best}."


nearest = Prediction(one_of(*_MAPS), _reveal_nearest)

# ---------------------------------------------------------------- the bench

AGAINST = 0.5  # of the mean change: so far p has to go against it
HARDLY = 0.05  # if no resolved mean change is larger, the network hardly answers, and any move against it will do


def _judge_one_knob(answer):
    if isinstance(answer, dict) and not answer:
        return "keep a grain as one and another as other, then run both cells again."
    if not isinstance(answer, dict) or "turned" not in answer:
        return "the bench's own outcome is wanted: grain_bench.outcome(changes)."
    turned = answer["turned"]
    if not turned:
        return "both grains are the same: keep one, turn a knob, then keep the other."
    if len(turned) > 1:
        return f"they differ in {' and '.join(turned)}: which of these moved p? Between the two, turn one knob only."
    change, mean, half = answer["change"], answer["mean"], answer["half"]
    said = f"with more {turned[0]}, p of your grain changes by {change:+.3f}, on average by {mean:+.3f} ± {half:.3f}"
    if abs(mean) <= half:
        return f"{said}: that mean is not resolved from 0, so nothing can go against it. Choose another property."
    if change * mean >= 0:
        return f"{said}: that is the same way. Of which property do single grains scatter most beside the mean?"
    if answer["most"] >= HARDLY and abs(change) < AGAINST * abs(mean):
        return f"{said}: against it, but by less than half as much. Try other places of this knob."
    return None


def keep_against(bench, usual):
    """Keep two grains between which one knob moves p most against the mean change: the bench's outcome.

    It tries each knob whose mean change is resolved at nine places, from the start and from ten grains of the population.
    """
    knobs = [name for name, (mean, half) in usual.items() if abs(mean) > half] or list(usual)
    furthest = -1.0
    for start in (bench.start, *draw_properties(10)):
        for name in knobs:
            grains = _places(start, name)
            p = np.array([bench.first(each).p for each in grains]) / usual[name][0]
            falls = np.maximum.accumulate(p) - p  # as parts of the mean change
            other = falls.argmax()
            one = p[: other + 1].argmax()
            if falls[other] > furthest:
                furthest = falls[other]
                pair = grains[one], grains[other]
        if furthest > AGAINST:
            break
    for which, properties in zip(("one", "other"), pair):
        bench.properties = properties
        bench.keep(which)
    return bench.outcome(usual)


def _places(start, name):
    """A grain at nine places of one knob, from the least to the most: list of Properties."""
    low, high, step = KNOBS[name]
    steps = np.round(np.linspace(low, high, 9) / step)
    places = (steps * step).clip(low, high)
    return [start._replace(**{name: value}) for value in np.unique(places).tolist()]


one_knob = Question(
    hints=(
        "The mean goes one way; do all grains? Choose the property whose mean is small beside the scatter of single grains.",
        "The scatter (standard deviation) of n grains is ± times √n / 1.96: with 22 grains ± 0.10 means 0.24. A mean of 0.17 with that scatter: about one grain in four goes against it.",
        "Read again how your prediction came out. Take that property, turn its knob slowly from end to end, and watch for a stretch where p goes the wrong way; keep both ends of it.",
    ),
    answer={"turned": ["size"], "change": 0.14, "mean": -0.08, "half": 0.04, "most": 0.24},
    judge=_judge_one_knob,
    because="The mean over grains is true of the mean. This grain, with all else as it is, answers the other way: what a property does depends on the grain that has it.",
    filled=(
        "my_pair = ex.keep_against(grain_bench, changes)  # turns knobs from end to end, and keeps the pair that goes furthest against",
    ),
)


def mean_change(low, high):
    change = high - low
    return change.mean(), 1.96 * change.std(ddof=1) / np.sqrt(len(change))


def _judge_change(answer):
    rng = np.random.default_rng(3)
    low = rng.uniform(0.1, 0.7, 40)
    high = low + 0.1 + rng.normal(0, 0.03, 40)
    found = numbers(function(answer)(low.copy(), high.copy()))
    if found.shape != (2,):
        return "two numbers are wanted, the mean change and the half width: return mean, half."
    mean, half = found
    change = high - low
    wanted, error = change.mean(), change.std(ddof=1) / np.sqrt(40)
    if np.isclose(mean, -wanted):
        return "the sign is turned round: p at the high dose, less p at the low one."
    if not np.isclose(mean, wanted):
        return f"the mean change should be {wanted:.3f} here, yours is {mean:.3f}: take high − low for each grain, then the mean."
    known = (
        (1.96 * change.std(ddof=1), "that is how far single grains scatter; the *mean* of n grains scatters less, by the root of n."),
        (1.96 * np.sqrt(low.var(ddof=1) / 40 + high.var(ddof=1) / 40), "you treat low and high as different grains. They are the same ones: take the standard deviation of the differences."),
        (error, "that is the standard error; half of a 95 % interval is 1.96 times as wide."),
        (2 * 1.96 * error, "that is the whole width; half of it is wanted."),
    )  # fmt: skip
    for wrong, why in known:
        if np.isclose(half, wrong, rtol=0.005):
            return why
    if not abs(half / (1.96 * error) - 1) < 0.06:  # 2 for 1.96, and ddof 0, are fine
        return f"the half width should be {1.96 * error:.4f} here, yours is {half:.4f}."
    return None


write_change = Question(
    hints=(
        "Each grain is asked twice. What is the one number for each grain that matters?",
        "Three grains, low 0.2, 0.5, 0.8 and high 0.3, 0.6, 0.9: each changes by 0.1, so the mean is 0.1 and the half width 0, however much the grains differ.",
        "Read again how notebook 7 pairs two models: differences first, then the standard deviation over the root of their number, times 1.96.",
    ),
    answer=mean_change,
    judge=_judge_change,
    because="Each grain is its own control: how grains differ from each other drops out, and the interval is narrow. That is what an intervention buys.",
)

# ---------------------------------------------------------------- trust


def _judge_owed(answer):
    value = number(answer)
    if 0.09 <= value <= 0.15:
        return None
    if value > 1:
        return "give a share, from 0 to 1, not percent."
    known = (
        (0.86, 0.02, "that is the whole share. What has the map of a network that learned nothing there?"),
        (0.74, 0.03, "that is what the shuffled weights' map has there: it is to be taken off."),
        (0.19, 0.025, "that is the star, the mean over four planted features: which marks are of zoning?"),
        (0.45, 0.03, "that is test 1, across: the gain stands upwards."),
        (0.29, 0.05, "that is another panel, or another mark: look for the circles of integrated gradients."),
    )
    for wrong, around, why in known:
        if abs(value - wrong) <= around:
            return why
    return (
        f"{value:g} is not where the three circles lie: which panel is integrated gradients, and which mark is zoning?"
    )


owed = Question(
    hints=(
        "Which panel is of integrated gradients, and which mark of zoning? Which axis takes the shuffled weights into account?",
        "Another case: occlusion of networks that were taught inclusions, the triangles of the first panel, lies at 0.42 to 0.50 upwards: nearly half of the map more than with shuffled weights.",
        "Read again what test 2 asks, above the picture, and its last sentence.",
    ),
    answer=0.12,
    judge=_judge_owed,
    because="With shuffled weights 74 % of the map lie on the zoning already: the method multiplies by the grain's grey, and the zoning is most of the grain. "
    "The learned weights have 0.12 more. A share without that of a network that knows nothing is half a sentence.",
)


def inclusion_pair(seed):
    """A grain without inclusions and the same with three to six: two arrays of uint8, shape (32, 32), on black."""
    rng = np.random.default_rng(seed)
    diameter, aspect = rng.uniform(26, 34), rng.uniform(1.2, 1.9)
    plain = crystals.grow(diameter, aspect, wavelength=4, strength=0.12, seed=seed)
    below = np.where(plain.mask, distance_transform_edt(plain.mask), -1)  # px below the outline
    count = int(rng.integers(3, 7))
    spotted, _ = zoning.add_inclusions(plain.image, -below, count, rng)
    return [_small(image, plain.mask) for image in (plain.image, spotted)]


def _small(image, mask):
    """A grain's brightness, about 1, as the network gets it."""
    grey = np.where(mask, image * 100, 0).clip(0, 255)
    square = fit_square(grey.astype(np.uint8), 54)
    return cv2.resize(square, (32, 32), interpolation=cv2.INTER_AREA)


def where_apart(without, having):
    """Where two images differ by a quarter of their largest difference or more: array of bool."""
    change = np.abs(having.astype(int) - without)
    return change >= change.max() / 4


@lru_cache(maxsize=1)
def _speckled():
    """Sixteen grains with inclusions, and where these lie, with a pixel around."""
    pairs = [inclusion_pair(seed) for seed in range(900, 916)]
    spots = [binary_dilation(where_apart(*pair), np.ones((3, 3))) for pair in pairs]
    return [(having, where) for (_, having), where in zip(pairs, spots)]


def small_and_dark(image):
    return cv2.morphologyEx(image, cv2.MORPH_BLACKHAT, np.ones((5, 5), np.uint8))


def _share_of(found, spots):
    """What share of a map lies on the spots: 0 of one that is 0 throughout."""
    found = np.maximum(found, 0)
    return found[spots].sum() / max(found.sum(), 1e-12)


def _map_of(student, image):
    found = numbers(student(image.copy()))
    if found.shape != image.shape:
        raise Unusable(f"a map as large as the image is wanted, {image.shape}; yours is {found.shape}.")
    if not np.isfinite(found).all():
        raise Unusable("some numbers of your map are not finite: is something divided by 0?")
    return found


def _judge_filter(answer):
    student = function(answer)
    maps = [(_map_of(student, image), image, spots) for image, spots in _speckled()]
    share = np.mean([_share_of(found, spots) for found, _, spots in maps])
    if share >= 0.5:
        return None
    said = f"{share:.0%} of your map lies on the inclusions of 16 grains; half is wanted."
    if not any(np.ptp(found) for found, _, _ in maps):
        return f"{said} It is the same everywhere."
    beside = np.mean([_share_of(found, image == 0) for found, image, _ in maps])
    if beside > 0.3:
        return f"{said} Much of it, {beside:.0%}, lies on the black ground, which is dark as well, but not small."
    if np.mean([_alike(found[image > 0], image[image > 0]) for found, image, _ in maps]) > 0.3:
        return f"{said} It is high where the grain is bright; inclusions are dark."
    return f"{said} A map of the bare grain has 27 %. Which step tells a small dark patch from a broad one?"


def _alike(found, grey):
    """Their correlation, 0 where the map is the same throughout."""
    return np.corrcoef(found, grey)[0, 1] if np.ptp(found) else 0.0


spot_filter = Question(
    hints=(
        "Make a copy of the image in which small dark patches are gone. Where does it differ from the image?",
        "In one row, 9 9 2 9 9: the largest of each three neighbours is 9 9 9 9 9, the smallest of each three of these 9 9 9 9 9. Less the row: 0 0 7 0 0. A dark patch of five stays as it is.",
        "Look up cv2.morphologyEx: which of its operations is *closing less the image*? Take a square of 5 px. Or see what cv2.medianBlur leaves of a patch.",
    ),
    answer=small_and_dark,
    judge=_judge_filter,
    because="It found the inclusions without any network, because you knew what to look for. A map of evidence has to be better than that, or to find what nobody looked for.",
)

# ---------------------------------------------------------------- layers

receptive_field = Question(
    hints=(
        "Go backwards from one number of C7: it sees 5 × 5 numbers of S6. How many numbers of C5 in a row do these see?",
        "A smaller case, C3: 3 numbers of S2 in a row, doubled by the pooling are 6 of C1, and these see 6 + 2 = 8 pixels.",
        "Read again *the receptive field* in notebook 3: backwards, each pooling doubles, each convolution of 3 × 3 adds 2.",
    ),
    answer=54,
    judge=near(
        54,
        {
            5: "that is how many numbers of S6 it sees. How many pixels of the image do these depend on?",
            11: "that would be four convolutions without pooling between them; each pooling doubles.",
            18: "that is a number of C5: one convolution and one pooling fewer.",
            22: "that is a number of S6, or C5 and 4 more; C7 sees five numbers of S6, which lie 8 px apart in the image.",
            32: "that is the whole image, the side of which is no limit here: count, and see.",
            38: "so it would be with 3 × 3, as in 3, 8, 18, 38: C7 is 5 × 5.",
            40: "you double 18 and add 4. That holds for 3 × 3 and 2; go backwards, layer by layer.",
            52: "nearly: that is how many numbers of C1 it sees; C1 adds 2 pixels more.",
            62: "that is a number of S8, one pooling later.",
            90: "that would be five fields of C5 side by side, but they overlap.",
        },
        "you have {value}. Backwards: 5, doubled by the pooling, plus 2 for the convolution, and so on, down to the image.",
    ),
    because="5 of S6, 10 of C5, 12 of S4, 24 of C3, 26 of S2, 52 of C1, 54 pixels: more than the image has. Then a number in the middle may depend on every pixel.",
)


def _judge_idle(answer):
    found = numbers(answer)
    if found.shape != (2,):
        return "two numbers are wanted: without the one channel, and without both."
    without_one, without_both = found
    if np.isclose(without_one, 0.425):
        return "the logit of each grain is halved, not the ROC-AUC: does the order of the grains change?"
    if np.isclose(without_one, 0.5):
        return "without the one the other still tells the grains apart: what does it say of them?"
    if not np.isclose(without_one, 0.85):
        return f"without the one you have {without_one:g}. Write down the logits of three grains, with and without it: which is first?"
    known = (
        (
            0,
            "without both every grain gets the same logit, the bias. A ROC-AUC of 0 would be a perfect order, turned round.",
        ),
        (0.85, "without both, what is left that could tell one grain from another?"),
        (0.425, "half of a score is no score: what is the ROC-AUC of equal answers for all grains?"),
    )
    for wrong, why in known:
        if np.isclose(without_both, wrong):
            return why
    if not np.isclose(without_both, 0.5):
        return f"without both you have {without_both:g}: all grains get the same answer, the bias."
    return None


idle_channel = Question(
    hints=(
        "The ROC-AUC asks for the order of the grains only. What happens to the order?",
        "Another case: three grains with logits 1 + 1, 2 + 2 and 5 + 5, and a bias of −3. Without the one channel: −2, −1 and 2.",
        "Read again in notebook 4 what the ROC-AUC of answers is that are all equal.",
    ),
    answer=(0.85, 0.5),
    judge=_judge_idle,
    because="Each *p* moves, the order stays: the ROC-AUC does not change, though the network lives by this channel as much as by the other. "
    "Switching off one tells what is missed without it, not what it does; switching off both tells more.",
)
