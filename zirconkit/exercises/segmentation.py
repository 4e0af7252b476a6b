"""The questions of notebook 01."""

import numpy as np

from zirconkit.evaluation import paired_difference
from zirconkit.exercises.core import Question, Unusable, function, near, number
from zirconkit.exercises.predictions import Prediction, between, one_of
from zirconkit.exercises.scores import Answered, with_run
from zirconkit.exercises.variants import Varied
from zirconkit.segmentation import apply_edits, cut_out, fates, fits_published_box, grain_overlaps, upright_box

__all__ = [
    "alone", "blind_spot", "feret_filter", "level_only", "levers", "rescue", "saved", "turning", "with_run", "write_iou",
]  # fmt: skip

SLACK = 0.02  # by how much a precision may be lower and still count as the same
GAIN = 0.35  # in recall, on the mount that is looked at: more than any one lever brings
LEVERS = ("low", "high", "dilation", "smallest", "largest")

# ---------------------------------------------------------------- predictions


def _meet_saved(guess, result):
    value, low, high = result
    how = "inside" if low <= guess / 100 <= high else "above" if guess / 100 > high else "below"
    return f"You expected {guess:g} of 100; the recipe saves {100 * value:.0f} of 100, interval {100 * low:.0f} to {100 * high:.0f}: your guess lies {how} it."


def _meet_turning(guess, result):
    first, last = result
    return f"You said {guess:g} of 90 degrees; the box passes from {first:.1f}° to {last:.1f}°, through {last - first:.0f} of 90: only nearly level or upright it is dropped."


def _meet_alone(guess, result):
    lever = result.split()[0]
    said = "and it does" if lever == guess else f"it is `{lever}`"
    return f"You said that `{guess}` saves most by itself: {said}, as the table shows."


alone = Prediction(one_of(*LEVERS), _meet_alone)
saved = Prediction(between(0, 100), _meet_saved)
turning = Prediction(between(0, 90), _meet_turning)

# ---------------------------------------------------------------- the levers


def _judge_levers(given):
    settings, run = _with_its_run(given, dict, "settings are a dict such as {'dilation': 3}.")
    unknown = sorted(set(map(str, settings)) - set(LEVERS))
    if unknown:
        return f"there is no lever {unknown[0]!r}: there are {', '.join(LEVERS)}."
    settings = _whole(settings)
    recipe = function(lambda image: run["recipe"](image, **settings))
    seen, published = (fates(*cut(run["image"]), run["truth"]) for cut in (recipe, run["recipe"]))
    if not seen.precision >= published.precision - SLACK:
        return f"recall {seen.recall:.2f}, but precision {seen.precision:.2f}: below the published recipe's {published.precision:.2f}. What is kept that is no single grain?"
    if round(seen.recall - published.recall, 2) < GAIN:
        return f"recall {seen.recall:.2f} against {published.recall:.2f} as published: a gain of {GAIN} or more is to be had, by two levers together. Which colour is still frequent in the figure, amber or pink?"
    return _judge_on(recipe, run)


def _whole(settings):
    """The settings as int; Unusable if one is no whole number that the recipe can take."""
    for name, value in settings.items():
        most = 50 if name == "dilation" else 1000
        if not 1 <= number(value) <= most or number(value) % 1:
            raise Unusable(f"{name} is a whole number from 1 to {most}.")
    return {name: int(number(value)) for name, value in settings.items()}


def _judge_on(recipe, run):
    """Whether the settings save more grains of the held-out mount, too."""
    own, published = (fates(*cut(run["other_image"]), run["other_truth"]) for cut in (recipe, run["recipe"]))
    gain = paired_difference(own.saved, published.saved)
    if not gain.low > 0:
        return f"good on the mount that you looked at, but on the held-out one the gain in recall is {gain:+.2f}: not resolved. Your levers fit one mount."
    if own.precision < published.precision - SLACK:
        return f"good on the mount that you looked at, but on the held-out one the precision falls from {published.precision:.2f} to {own.precision:.2f}."
    return None


def _with_its_run(given, kind, wanted):
    """The answer and what the run found; Unusable if it is something else."""
    if not isinstance(given, Answered):
        raise Unusable("an answer beside its run is wanted: ex.with_run(my_answer, ...), as in the cell above.")
    if not isinstance(given.answer, kind):
        raise Unusable(wanted)
    return given


def _crystals(gap):
    """An image of four grains that fit the published box, eight small ones and two pairs with a gap, and its truth."""
    truth = np.zeros((400, 400), np.int32)
    sides = [(60, 50)] * 4 + [(25, 28)] * 8 + [(40, 30)] * 4
    places = [(90 * row + 10, 90 * column + 10) for row in range(4) for column in range(4)]
    for pair in (13, 15):
        top, left = places[pair - 1]
        places[pair] = (top, left + 30 + gap)
    for number_, ((top, left), (height, width)) in enumerate(zip(places, sides), 1):
        truth[top : top + height, left : left + width] = number_
    return np.where(truth > 0, 120, 5).astype(np.uint8), truth


_IMAGE, _TRUTH = _crystals(4)
_OTHER_IMAGE, _OTHER_TRUTH = _crystals(5)
_MOUNTS = {"image": _IMAGE, "truth": _TRUTH, "other_image": _OTHER_IMAGE, "other_truth": _OTHER_TRUTH}

levers = Question(
    hints=(
        "One lever at a time, and watch two colours: amber grains need another size filter, pink ones an outline of their own.",
        "Suppose that two grains lie 3 px apart. A dilation of 4 px closes the gap between them, one of 2 px does not; but one of 1 px "
        "leaves outlines open, and what is not closed is no grain.",
        "Read again what the three kinds of fate are, and look at the smaller box sides of the amber grains in the right panel. Then move what makes pink grains amber, too.",
    ),
    answer=with_run({"dilation": 2, "smallest": 15, "largest": 110}, recipe=cut_out, **_MOUNTS),
    judge=_judge_levers,
    because="Your levers were chosen on one mount and hold on one that you did not look at. Size and dilation decide, "
    "together. With a truth to look at, levers are easily found; without one, nobody sees who is lost. Had you come back often, you "
    "would have tuned on the held-out mount, too, and a third one would be needed.",
)

# ---------------------------------------------------------------- a filter that does not see the angle


def _judge_filter(given):
    own, run = _with_its_run(given, object, "")
    student, outlines = function(own), run["outlines"]
    if not _decisions(student, outlines).any():
        return "your filter keeps none of the outlines: in which unit are its limits?"
    if _sees_the_angle(student, outlines):
        return "turn an outline by 90° and your filter decides otherwise: it looks at the box. `feret` and `area` do not turn."
    wrong = _judge_on_outlines(student, outlines, run["grains"], "on the mount that you worked on")
    return wrong or _judge_on_outlines(student, run["other_outlines"], run["other_grains"], "on the held-out mount")


def _judge_on_outlines(student, outlines, grains, where):
    """Whether a filter saves more grains of a mount than the box does, at the same precision."""
    keeps, of_grain = _decisions(student, outlines), outlines["grain"].to_numpy()
    boxed = fits_published_box(outlines["width"], outlines["height"]).to_numpy()
    is_saved, was_saved = (np.isin(grains, of_grain[which]) for which in (keeps, boxed))
    precision, before = (_share(hits.sum(), which.sum()) for hits, which in ((is_saved, keeps), (was_saved, boxed)))
    said = f"{where}: recall {is_saved.mean():.2f}, precision {precision:.2f} (the box: {was_saved.mean():.2f} and {before:.2f})"
    if not precision >= before - SLACK:
        return f"{said}. You keep too many that are no single grain: what is the longest grain that you believe in?"
    gain = paired_difference(is_saved, was_saved)
    if not gain.low > 0:
        return (
            f"{said}. The gain, {gain:+.2f}, is not resolved: which grains do you still drop, short ones or long ones?"
        )
    return None


def _decisions(student, outlines):
    """What a filter says of each outline: array of bool; Unusable if it says something else."""
    said = [student(outline) for outline in outlines.itertuples()]
    if not all(isinstance(each, bool | np.bool_) for each in said):
        raise Unusable(
            "a filter gives True or False back for each outline, by `return`, such as `return outline.area > 500`."
        )
    return np.array(said, bool)


def _sees_the_angle(student, outlines):
    """Whether a filter decides otherwise when width and height are swapped, or the width is another."""
    turned = outlines.rename(columns={"width": "height", "height": "width"})
    other = outlines.assign(width=(outlines["width"] + outlines["height"]) / 2)
    as_it_lies = _decisions(student, outlines)
    return any((_decisions(student, each) != as_it_lies).any() for each in (turned, other))


def _share(part, whole):
    return part / whole if whole else np.nan


def by_feret(outline):
    return 40 < outline.feret < 110


def _some_outlines():
    """Outlines of 24 grains, level and oblique, and four clumps."""
    import pandas as pd

    rows = []
    for grain, angle in enumerate(np.tile([0, 45], 12), 1):
        width, height = upright_box(80, 30, angle)
        rows.append((width, height, 2400, 85.4, grain))
    rows += [(150, 120, 9000, 170, 0)] * 4
    return pd.DataFrame(rows, columns=["width", "height", "area", "feret", "grain"])


feret_filter = Question(
    hints=(
        "Which columns of the table stay as they are when a crystal turns?",
        "A filter on the area would be `return 500 < outline.area < 5000`. Write the same for the longest side.",
        "Look at the table of outlines above: how long are those that are a grain (`grain` above 0), how long the others?",
    ),
    answer=with_run(
        by_feret,
        outlines=_some_outlines(),
        grains=np.arange(1, 25),
        other_outlines=_some_outlines(),
        other_grains=np.arange(1, 25),
    ),
    judge=_judge_filter,
    because="The same outlines, another question asked of them: more grains are saved, at the same precision, and how a grain "
    "fell no longer counts. What is in a clump no filter can save.",
)

# ---------------------------------------------------------------- by hand


def _judge_rescue(given):
    edits, run = _with_its_run(
        given, list, 'an edit list is wanted, [{"do": "cut", "line": [[row, column], [row, column]]}].'
    )
    try:
        after = apply_edits(run["labels"], edits)
    except (ValueError, TypeError) as error:  # it says which edit, and why
        return f"{error}."
    (was, precision_was), (is_, precision) = (_found(labels, run["truth"]) for labels in (run["labels"], after))
    lost = np.flatnonzero(was & ~is_)
    missing = int((~was).sum())
    rescued, wanted = int((is_ & ~was).sum()), min(3, max(3 * missing // 4, min(missing, 1)))
    if len(lost):
        return f"{rescued} rescued, but {len(lost)} that had been found {'is' if len(lost) == 1 else 'are'} lost by an edit: `undo`, and try another cut."
    if rescued < wanted:
        return f"{rescued} rescued, {wanted} wanted. Which of the eight outlines has a neck, or a bright rim running through it?"
    if precision < precision_was:
        return f"{rescued} rescued, but the precision falls from {precision_was:.3f} to {precision:.3f}: some piece is no grain."
    return None


def _found(labels, truth):
    """Which true grains are found, and the precision."""
    _, _, overlaps = grain_overlaps(labels, truth)
    matched = overlaps >= 0.5
    return matched.any(axis=0), _share(matched.any(axis=1).sum(), len(matched))


def _three_in_one():
    """Six grains in a row, 4 px apart, of which one label holds the first three together, and the truth."""
    truth = np.zeros((60, 160), np.int32)
    for grain in range(6):
        truth[10:50, 10 + 24 * grain : 30 + 24 * grain] = grain + 1
    labels = np.where(truth > 3, truth - 2, 0)
    labels[10:50, 10:78] = 1
    return labels, truth


_LABELS, _THREE = _three_in_one()

rescue = Question(
    hints=(
        "An outline that holds several grains is rather large, and has notches where they meet; each grain in it has its own rim and zoning.",
        'Two disks, joined at column 34, rows 20 to 30: `[{"do": "cut", "line": [[18, 34], [32, 34]]}]`, both ends in the black. '
        "In the panel: turn `angle` until the green line runs across the neck, shift it with `offset`, press `cut`.",
        "Read again what an edit is, and look at the eight outlines: length against length, rim against rim.",
    ),
    answer=with_run(
        [{"do": "cut", "line": [[5, 32], [55, 32]]}, {"do": "cut", "line": [[5, 56], [55, 56]]}],
        labels=_LABELS,
        truth=_THREE,
    ),
    judge=_judge_rescue,
    because="Your edits are written down: anybody can replay them, and disagree. Here a truth said that you were right; on a mount "
    "of your own a second person has to. A flag is a recipe, too, and has a recall: on the grown QVC075 it misses one outline of two grains.",
    filled=("my_edits = ex.cuts_between(labels, whole_truth)  # the truth says where to cut: you had to look",),
)


def cuts_between(labels, truth):
    """An edit list that parts what holds two or more true grains, each cut halfway between them, square to their line.

    A cut that finds no further grain, or loses one, is left out.

    Parameters
    ----------
    labels, truth : arrays of int, shape (height, width)

    Returns
    -------
    list of dict
    """
    found, _ = _found(labels, truth)
    edits = []
    numbers_ = np.unique(truth)[1:]
    for number_ in numbers_[~found]:
        mine = np.argwhere(truth == number_)
        holder = np.bincount(labels[tuple(mine.T)]).argmax()
        sharing = np.setdiff1d(np.unique(truth[labels == holder]), [0, number_])
        for other in sharing if holder else ():
            cut = _halfway(mine, np.argwhere(truth == other))
            tried = [*edits, cut]
            try:
                now, _ = _found(apply_edits(labels, tried), truth)
            except ValueError:
                continue
            if now.sum() > found.sum() and now[found].all():
                edits, found = tried, now
    return edits


def _halfway(one, other):
    """The cut between two grains, each an array of their pixels, shape (n, 2)."""
    nearest = [
        side[np.argsort(((side - far.mean(axis=0)) ** 2).sum(axis=1))[:20]].mean(axis=0)
        for side, far in ((one, other), (other, one))
    ]
    middle, along = np.mean(nearest, axis=0), other.mean(axis=0) - one.mean(axis=0)
    across = np.array([-along[1], along[0]]) / np.hypot(*along)
    ends = [middle - 40 * across, middle + 40 * across]
    return {"do": "cut", "line": np.rint(ends).astype(int).tolist()}


# ---------------------------------------------------------------- going deeper


def iou(a, b):
    union = np.logical_or(a, b).sum()
    return np.logical_and(a, b).sum() / union if union else 0.0


def _judge_iou(answer):
    student = function(answer)
    rng = np.random.default_rng(0)
    a, b = rng.random((2, 20, 30)) < 0.4
    value, wanted = number(student(a.copy(), b.copy())), iou(a, b)
    if abs(value - 2 * (a & b).sum() / (a.sum() + b.sum())) < 1e-9:
        return "that is the Dice score, 2·|A and B| / (|A| + |B|); IoU divides by the pixels in at least one of the two, counted once."
    if abs(value - (a & b).sum() / (a.sum() + b.sum())) < 1e-9:
        return "you divide by the two areas added up, which counts the shared pixels twice."
    if not abs(value - wanted) <= 1e-9:
        return f"for two random masks it should be {wanted:.4f}, yours is {value:.4f}."
    empty = np.zeros_like(a)
    if number(student(a.copy(), empty.copy())) != 0:
        return "a mask and an empty one share nothing: 0 is wanted."
    with np.errstate(all="ignore"):
        nothing = number(student(empty.copy(), empty.copy()))
    if np.isinf(nothing):
        return "two empty masks give infinity: decide what should come out (0, 1 or nan) before you divide."
    return None


write_iou = Question(
    hints=(
        "np.logical_and(a, b).sum() counts shared pixels; which function counts the pixels in at least one of the two?",
        "a = [1, 1, 0], b = [0, 1, 1]: one pixel is shared, three are in at least one of the two, so the IoU is 1/3.",
        "Read again the sentence that defines the IoU, where grains are matched.",
    ),
    answer=iou,
    judge=_judge_iou,
    because="1 px of shift costs a small grain 0.1 of IoU: that is why the truth's own accuracy limits any score. For two empty "
    "masks 0, 1 and nan can each be defended; division by zero cannot.",
)


def _judge_level(answer):
    try:
        length, width = (number(side) for side in answer)
    except (TypeError, ValueError):
        return "two numbers are wanted, [length, width], in pixels."
    if not 40 < width <= length < 90:
        return f"wanted is a crystal that would fit, level, in a box of 90 px and is wider than 40 px; yours is {length:g} × {width:g} px."
    angles = np.arange(0, 90.1, 0.1)
    passes = fits_published_box(*upright_box(length, width, angles))
    if passes[0] and not passes[abs(angles - 45) < 0.01].any():
        return None
    return f"a crystal of {length:g} × {width:g} px is kept at 45°, too: there its box is {(length + width) / np.sqrt(2):.1f} px wide."


level_only = Question(
    hints=(
        "At 45° both sides of the crystal reach equally far to the right. How wide may the box be?",
        "100 × 35 px: at 45° each side reaches 0.707 of its length, 70.7 + 24.7 = 95.5 px, more than 90.",
        "Set the slider to 45°, and make the crystal longer or wider until the frame turns amber.",
    ),
    answer=[85, 50],
    judge=_judge_level,
    because="Kept level, dropped oblique: the victims of the box change with the shape. Slim crystals have to lie obliquely, stout "
    "ones level: at 45° the box is (length + width) / √2 wide. An area or a Feret diameter asks for neither.",
)


def _blind_for(slim, others, kept_slim, kept_others):
    """The question of the blind spot for so many slim and other grains, and so many of either that are kept."""
    grains, kept = slim + others, kept_slim + kept_others
    on_kept, on_all = kept_others / kept, others / grains
    of_all = f"the accuracy on the kept grains is a share of the kept, not of all {grains}."
    return Question(
        hints=(
            "How many grains does the recipe keep, and how many of these does the network call right?",
            "Ten grains, two of them odd; kept are one odd and four others. Right are 4 of 5 kept and 8 of 10 there: 0.8 and 0.8, no excess.",
            f"Read again how many of either kind are kept: {kept_slim} of {slim} and {kept_others} of {others}. Accuracy is the share that is called right.",
        ),
        answer=on_kept - on_all,
        judge=near(
            on_kept - on_all,
            {
                on_kept: "that is the accuracy on the kept grains; how much higher is it than that on all?",
                on_all: f"that is the accuracy on all {grains} grains; how much higher is that on the kept ones?",
                on_all - on_kept: "right in size; the accuracy on the kept grains is the higher one.",
                kept_others / grains - on_all: of_all,
                on_all - kept_others / grains: of_all,
                0: "among the kept grains slim, straight ones are rarer than on the mount: count both.",
            },
            f"{{value}} it is not: find the accuracy on the {kept} kept grains and that on all {grains}, and subtract.",
            tolerance=0.01,
        ),
        because=f"{on_kept:.2f} against {on_all:.2f}. A recipe that keeps few of a kind hides what a network gets wrong there: the test grains were chosen "
        "in the same way as those to learn from, so no score on them shows it. Only a look at what was left out does.",
    )


def _blind_text(slim, others, kept_slim, kept_others):
    grains = slim + others
    return (
        f"A mount has {grains} grains, {slim} of them slim and straight (level or upright). A recipe keeps {kept_slim} of these {slim}, "
        f"and {kept_others} of the other {others}. A network calls every slim, straight grain wrong and all others right. It is tested on the "
        f"grains that the recipe keeps. By how much is its accuracy there higher than on all {grains} grains?",
    )


_COUNTS = ("slim", "others", "kept_slim", "kept_others")
blind_spot = Varied(
    _blind_text,
    _blind_for,
    tuple(
        dict(zip(_COUNTS, counts))
        for counts in (
            (20, 180, 3, 94),
            (40, 160, 4, 96),
            (30, 120, 2, 73),
            (60, 240, 7, 133),
            (25, 100, 1, 49),
            (45, 255, 6, 144),
        )
    ),
).own()
