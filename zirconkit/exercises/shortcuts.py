"""The questions of notebook 08."""

import re

import numpy as np
import pandas as pd
from scipy.stats import spearmanr

from zirconkit import samples
from zirconkit.evaluation import auc_interval
from zirconkit.exercises.core import NOT_ATTEMPTED, Question, Unusable, choice, function, items, number, numbers
from zirconkit.exercises.predictions import Prediction, between, one_of
from zirconkit.exercises.scores import Answered, with_run
from zirconkit.grains import Grains
from zirconkit.mysteries import CAUSES, causes_of, judged, judged_words, pixel_score, tampered

__all__ = [
    "bare_outline", "by_what", "circular", "hunt", "plant", "remove_mounts", "slide", "told", "with_run", "write_probe",
]  # fmt: skip

# ---------------------------------------------------------------- predictions

CLUES = ("grain grey", "resin grey", "corners", "size", "direction", "outline", "texture")


def _reveal_clue(guess, loudest):
    """`loudest` is the clue that scores highest on mounts left out."""
    verdict = "So you saw it." if guess == loudest else "A classifier sees what we do not look at."
    return f"You said {guess}; by far the highest score has {loudest}. {verdict}"


by_what = Prediction(one_of(*CLUES), _reveal_clue)


def _reveal_outline(guess, lost):
    """`lost` is the ROC-AUC of whole grains less that of bare outlines, on mounts left out: an Interval."""
    if not np.isfinite(lost.value):
        return f"You said {guess:g}; with these mounts it is not to be had."
    verdict = "A good guess." if abs(guess - lost.value) <= 0.05 else "Look where you were off."
    return f"You said that outlines lose {guess:g}; they lose {lost:+.2f}. {verdict}"


bare_outline = Prediction(between(-1, 1), _reveal_outline)

# ---------------------------------------------------------------- a shortcut of one's own

HIDDEN = 1.0  # grey: what a pixel may change by, on average, before somebody sees it
PLANTED = 0.8  # ROC-AUC that the planted shortcut must reach


def bright_edge(image, mask, is_porphyry):
    image = image.copy()
    if is_porphyry:
        image[:1, :] = image[:1, :] + 40
    return image


def _dealt(each=6, side=45):
    """Ovals on resin, on twelve mounts, each with its exposure: Grains in which nothing tells the class."""
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[:side, :side] - side // 2
    mount = np.repeat(np.arange(12), each)
    exposure = rng.lognormal(0, 0.1, 12)[mount]
    masks = [(rows / rng.uniform(7, 18)) ** 2 + (columns / rng.uniform(6, 15)) ** 2 < 1 for _ in mount]
    light = np.where(masks, rng.uniform(80, 180, (len(mount), 1, 1)), 28)
    images = np.clip(exposure[:, None, None] * light + rng.normal(0, 2.5, light.shape), 0, 255).astype(np.uint8)
    table = pd.DataFrame({"sample": [f"M{number}" for number in mount]})
    table["class_name"] = np.array(samples.CLASSES)[mount % 2]
    return Grains(images[..., None], np.array(masks), table, samples.CLASSES)


def _judge_plant(given):
    if not isinstance(given, Answered):
        raise Unusable("a function beside its grains is wanted: ex.with_run(my_shortcut, grains=clean.grains).")
    student, grains = function(given.answer), given.run["grains"]

    def change(image, mask, is_porphyry):
        changed = numbers(student(image, mask, is_porphyry))
        if changed.shape != image.shape:
            raise Unusable(f"a picture of shape {image.shape} is wanted back; yours has shape {changed.shape}.")
        if not np.isfinite(changed).all():
            raise Unusable("some pixels are not finite.")
        return changed

    planted = tampered(grains, change)
    changed = np.abs(planted.images.astype(float) - grains.images).mean()
    if not changed:
        return "no picture was changed. Give back a changed copy where `is_porphyry` is true (or false)."
    if changed > HIDDEN:
        return f"a pixel changes by {changed:.1f} on average, {HIDDEN:g} is allowed: change fewer pixels, or by less."
    score = pixel_score(planted)
    if score >= PLANTED:
        return None
    return (
        f"a pixel changes by {changed:.2f} on average, which is little enough; but the classifier of the pixels has a ROC-AUC "
        f"of {score:.2f}, and {PLANTED} is wanted. Does one class differ, and in the same place of each picture?"
    )


plant = Question(
    hints=(
        "Which pixels hold no grain, and what could a camera or a programme leave there?",
        "Count: all 8100 pixels of half of the pictures brighter by 4 change a pixel by 2 on average. A patch of 10 × 10, brighter by "
        "40, changes it by 0.25, and stands out far more against its neighbours.",
        "Begin with `new = image.copy()`, change `new[rows, columns]` only `if is_porphyry`, and give `new` back. Read again what a "
        "*mark* is, in the list of causes.",
    ),
    answer=with_run(bright_edge, grains=_dealt()),
    judge=_judge_plant,
    because="The classifier ranks mounts that it never saw by something that you put there. Its score is honest, and says nothing of "
    "rocks. Who looks at the pictures hardly notices: the probes may, or may not.",
)

# ---------------------------------------------------------------- a probe of one's own


def brightest_corner(image, mask):
    resin = np.median(image[~mask])
    corners = [image[rows, columns] for rows in (slice(8), slice(-8, None)) for columns in (slice(8), slice(-8, None))]
    return max(np.percentile(corner, 90) for corner in corners) - resin


def _with_ticks(corners, n=60):
    """Grains on resin, every second with a tick in one of some corners: images, masks, and which have one."""
    rng = np.random.default_rng(0)
    rows, columns = np.mgrid[-45:45, -45:45]
    images, masks = [], []
    marked = np.arange(n) % 2
    for k in marked:
        mask = (rows / rng.uniform(15, 40)) ** 2 + (columns / rng.uniform(12, 30)) ** 2 < 1
        resin = rng.uniform(12, 70)
        image = np.where(mask, rng.uniform(80, 220), resin) + rng.normal(0, 2.5, mask.shape)
        down, right = divmod(rng.choice(corners), 2)
        if k:
            image[2 + 82 * down : 6 + 82 * down, 2 + 82 * right : 6 + 82 * right] = resin + 40
        images.append(np.clip(image, 0, 255).astype(np.uint8))
        masks.append(mask)
    return images, masks, marked


def _judge_probe(answer):
    student, aucs = function(answer), {}
    for corner, where in enumerate(("top left", "top right", "bottom left", "bottom right")):
        images, masks, marked = _with_ticks((corner,))
        found = [numbers(student(image.copy(), mask.copy())) for image, mask in zip(images, masks)]
        if any(each.shape != () for each in found):
            return f"one number for each grain is wanted; yours has shape {found[0].shape}."
        if not np.isfinite(found).all():
            return "it is not finite for some grains."
        aucs[where] = auc_interval(marked, np.array(found, float)).value
    if min(aucs.values()) >= 0.95:
        return None
    if max(aucs.values()) <= 0.2:
        return "grains with a mark get the *lower* numbers: turn the sign round."
    if max(aucs.values()) >= 0.95:
        missed = min(aucs, key=aucs.get)
        return f"marks at the {missed} are missed (ROC-AUC {aucs[missed]:.2f}): look into all four corners, and take the brightest."
    return _why_missed(images, masks, found, np.mean(list(aucs.values())))


def _why_missed(images, masks, found, auc):
    """What a probe sees in place of the marks, in one sentence."""
    resin = [np.median(image[~mask]) for image, mask in zip(images, masks)]
    grain = [image[mask].mean() for image, mask in zip(images, masks)]
    said = f"on the kit's marked grains it has a ROC-AUC of {auc:.2f}; 0.95 is wanted."
    if abs(spearmanr(found, grain).statistic) > 0.5:
        return f"{said} It goes by the grain: look at the corners only."
    if abs(spearmanr(found, resin).statistic) > 0.5:
        return f"{said} It goes by the resin, which differs from mount to mount: subtract it."
    return f"{said} Is the patch small enough for a tick of 4 px?"


write_probe = Question(
    hints=(
        "What is brighter in a marked picture, where can it be, and against what is it bright?",
        "One corner of a picture of any size: `image[:8, :8]`. If it holds 10, 10, 90, 90 and the resin is 10, its brightest pixels "
        "exceed the resin by 80: `np.percentile(corner, 90) - np.median(image[~mask])`.",
        "Read again what a *mark* is, in the list of causes; the four corners are image[:8, :8], image[:8, -8:], image[-8:, :8] and "
        "image[-8:, -8:].",
    ),
    answer=brightest_corner,
    judge=_judge_probe,
    because="It finds a tick in any corner, however bright resin and grain are. A probe is any function that can see one thing only.",
)

# ---------------------------------------------------------------- the hunt

ENOUGH = 4  # of five
ASKS = {
    "exposure": "exposure changes grain and resin together: is it the grain's grey that tells the class?",
    "resin": "which of the two greys tells the class, the grain's or the resin's?",
    "size": "look at *size* with whole mounts left out.",
    "turn": "look at *direction* with whole mounts left out, and at the dots.",
    "mark": "look at the corners of the pictures.",
    "leak": "does a score fall when look-alikes are left out?",
    "circular": "how were the classes given? Open the sheet.",
}


def _judge_hunt(given):
    if not isinstance(given, Answered):
        raise Unusable("verdicts beside their seed are wanted: ex.with_run(my_verdicts, seed=MY_SEED).")
    wanted = 'a list of verdicts is wanted: bench.verdicts, or one such as ("size", 0.8) for each set.'
    verdicts = items(given.answer, wanted)
    if all(verdict is ... for verdict in verdicts):
        return NOT_ATTEMPTED
    still_open = [str(i + 1) for i, verdict in enumerate(verdicts) if verdict is ...]
    if still_open:
        return f"no verdict yet on set {', '.join(still_open)}."
    verdicts = [_read_verdict(verdict, wanted) for verdict in verdicts]
    if len(verdicts) != 5:
        return f"five verdicts are wanted, these are {len(verdicts)}."
    causes = causes_of(given.run["seed"])
    found = judged(verdicts, causes)
    if found.right >= ENOUGH:
        return None
    wrong = next(i for i, (verdict, cause) in enumerate(zip(verdicts, causes)) if verdict[0] != cause)
    return f"{found.right} of 5 are right, {ENOUGH} are wanted. Look at set {wrong + 1} again: {_look_again(verdicts[wrong][0], causes[wrong])}"


def _read_verdict(verdict, wanted):
    """A cause and how sure, 0 to 1; Unusable if it is none."""
    pair = items(verdict, wanted)
    if len(pair) != 2 or not isinstance(pair[0], str):
        raise Unusable(wanted)
    sure = number(pair[1])
    if pair[0] not in CAUSES:
        raise Unusable(f"{pair[0]!r} is no verdict: one of {', '.join(CAUSES)} is wanted.")
    if not 0 <= sure <= 1:
        raise Unusable(f"how sure is a number from 0 to 1, this is {sure:g}.")
    return pair[0], sure


def _look_again(named, cause):
    if cause == "nothing" and named == "circular":
        return (
            "the outline may tell the class there. By what was the class given, and could that be seen in these images?"
        )
    if cause == "nothing":
        return "does that probe reach 0.70 with whole mounts left out, and its interval leave out 0.5?"
    return ASKS[cause]


def told(verdicts, seed):
    """What was planted, and how good the verdicts were: str."""
    causes = causes_of(seed, len(verdicts))
    return f"planted: {', '.join(causes)}. {judged_words(judged(verdicts, causes))}"


hunt = Question(
    hints=(
        "Go through all probes with *mounts* before you name one. How many reach 0.70?",
        "Suppose *texture* has 0.84 (0.75 to 0.90) with *mounts* and 0.52 with *look-alikes out*, all others about 0.5: then the "
        "same grains stand on both sides, a leak. Were it 0.83 there, too, texture would tell the class by itself.",
        "Read again the list of causes, and go step by step. No probe finds anything: nothing. *Texture* does: score it with look-alikes "
        "out; if it falls by 0.1 or more, a leak; if not, texture tells the classes apart by itself, which no cause on the list does: "
        "nothing. *Grain grey* does: exposure; *resin grey* without it: resin. *Corners*, *size*, *direction*: mark, size, turn. "
        "*Outline*: open the sheet. Was the class read off these images, it is circular; if not, the difference may be true: nothing.",
    ),
    answer=with_run([(cause, 0.9) for cause in causes_of(0)], seed=0),
    judge=_judge_hunt,
    because="A shortcut was found by asking for one clue at a time on mounts that had no part in the learning; and where the clue "
    "could be true, by asking who gave the labels.",
    filled=("my_verdicts = [(cause, 0.9) for cause in ex.causes_of(MY_SEED)]  # what was planted",),
)

# ---------------------------------------------------------------- the slide

LONGEST = 90  # words
SLIDE = (
    "On 71 grains of two mounts, one of each class, VGG-16 ranks 0.93 of pairs rightly (95 % interval over grains 0.84 to "
    "0.97). It is the best of six networks, chosen on these same grains. The aspect ratio alone has 0.85 on the same 71 grains; whether "
    "the difference is real was not tested. What other mounts would give is not known."
)
RUBRIC = (
    (r"0?[.,]93", "the score itself, 0.93."),
    (r"0?[.,]8[4-7].{1,12}?(0?[.,]9[5-9]|1[.,]0)", "its interval: the figure has its two ends, such as 0.84 to 0.97."),
    (r"\bgrains?\b", "over what the interval is drawn: grains, or mounts?"),
    (r"(two|2) (\w+ )?(mounts|samples|rocks)|(one|a single) (mount|sample) (of|for|from) each|(one|1) (\w+ )?(porphyry|batholith).{0,20}(and|,) (one|1)|QVC055",
     "how many mounts the test has."),
    (r"(best|highest|first|top|winner|chosen|selected|picked|pick).{0,40}(six|6)|(one )?of (six|6)|(six|6) (\w+ )?(networks|models)",
     "of how many networks it is the best, on these same grains."),
    (r"aspect|elongation|length (over|to|by) width|\bshape|outline", "the cheap rival: which one measured number comes close?"),
    (r"0?[.,]85\b(?!.{1,12}?(0?[.,]9[5-9]|1[.,]0))", "the cheap rival's number: its ROC-AUC on the same 71 grains."),
    (r"\bnot\b|\bno\b|n't|unknown|cannot|nothing|only|untested|open", "what it does *not* show: for other mounts, or for zoning."),
)  # fmt: skip
MISREAD = (
    (r"93 ?%|93 per ?cent|accuracy.{0,6}[.,]93|[.,]93 accura", "0.93 is a ROC-AUC, a share of pairs ranked rightly, and no accuracy: that was 0.86."),
    (r"next deposit.{0,20}(will|be)|any (rock|deposit)|all (rocks|deposits)", "the two mounts cannot say that for other deposits."),
    (r"(significantly|clearly) (better|beats)|(beats|better than) (the )?(aspect|shape)", "whether the network is better than the cheap rival was not tested on the same answers: call the difference not resolved."),
    (r"(sees|reads|recogni[sz]es|goes by) (the )?(zoning|zones|texture)(?!.{0,40}(not|unknown|cannot))", "that it goes by zoning was not shown: outlines may do."),
)  # fmt: skip
DENIED = r"\b(not|no|nor|never|whether|unknown|cannot)\b|n't"  # just before a claim: then it is none


def _judge_slide(answer):
    if not isinstance(answer, str):
        raise Unusable("a text in quotes is wanted: what you would write on the slide.")
    words = len(re.findall(r"\w+", answer))
    if words < 15:
        return "that is too short for a slide that a careful reader would accept: 15 words at least."
    if words > LONGEST + 15:
        return f"a slide holds about {LONGEST} words, yours has {words}."
    text = " ".join(answer.split())
    claimed = [why for pattern, why in MISREAD if _claims(text, pattern)]
    missing = [why for pattern, why in RUBRIC if not re.search(pattern, text, re.IGNORECASE)]
    if not claimed and not missing:
        return None
    said = [f"{len(RUBRIC) - len(missing)} of the {len(RUBRIC)} points sought were found."]
    said += [f"Missing: {why}" for why in missing]
    said += [f"Claimed, but not shown: {why}" for why in claimed]
    return "\n  ".join(said)


def _claims(text, pattern):
    """Whether a text claims something, and does not deny it just before."""
    claim = re.search(pattern, text, re.IGNORECASE)
    if not claim:
        return False
    before = text[max(0, claim.start() - 45) : claim.start()]
    return not re.search(DENIED, before, re.IGNORECASE)


slide = Question(
    hints=(
        "Say what was counted, on what, how sure that is, what is cheaper, and what it does not show.",
        "Of another test one could write: 'On 40 grains of one mount and 40 of another, the best of three models ranks 0.80 of pairs rightly "
        "(0.70 to 0.88 over grains). Brightness alone has 0.74. Other mounts were not tested.'",
        "The figure above has all the numbers. Read again what an interval over grains leaves out.",
    ),
    answer=SLIDE,
    judge=_judge_slide,
    because="All eight points are there; the check finds words, and cannot judge sentences. Would a reader who skips your last sentence "
    f"still not be misled? One good slide to set beside yours: “{SLIDE}”",
)

# ---------------------------------------------------------------- going deeper


def by_mount_removed(values, sample):
    return values - np.array([values[sample == name].mean() for name in sample])


def _judge_removed(answer):
    student = function(answer)
    rng = np.random.default_rng(0)
    sample = rng.permutation(np.repeat(["A", "B", "C"], [40, 70, 25]))
    values = rng.normal(100, 10, len(sample)) + np.array([{"A": 0, "B": 60, "C": 25}[name] for name in sample])
    found = numbers(student(values.copy(), sample.copy()))
    if found.shape != values.shape:
        return f"one value for each grain is wanted: {len(values)} go in, yours has shape {found.shape}."
    if not np.isfinite(found).all():
        return "some values are not finite."
    if any(found[sample == name].std() == 0 for name in "ABC"):
        return (
            "within a mount all grains are now alike: take away what the mount has in common, not what its grains have."
        )
    if any(spearmanr(found[sample == name], values[sample == name]).statistic < 0.999 for name in "ABC"):
        return (
            "within a mount the order of the grains has changed: treat all grains of a mount alike, and keep each in its place "
            "(mounts may lie mixed)."
        )
    for middle in (np.mean, np.median):
        centres = [middle(found[sample == name]) for name in "ABC"]
        if np.ptp(centres) < 0.02 * found.std() + 1e-9:
            return None
    return "the mounts still differ in the middle: take the mount's own mean (or median) from each of its grains."


remove_mounts = Question(
    hints=(
        "What do the grains of one mount have in common, and how is it taken from each of them?",
        "Two mounts A, A, B, B with 10, 14, 50, 58: their means are 12 and 54, so −2, 2, −4, 4 are left. `values[sample == name]` are the "
        "grains of one mount.",
        "Read again how exposure was drawn for each mount in 'An interval over what?'; `np.unique(sample)` lists the mounts.",
    ),
    answer=by_mount_removed,
    judge=_judge_removed,
    because="What else goes with it? A class is whole mounts, so what the rock does to this number went, too: it now says next to "
    "nothing of the class, right or wrong. For exposure that takes a shortcut out; for the aspect ratio, a clue.",
)

circular = Question(
    hints=(
        "By what was the label given? Which of the findings does not use that again?",
        "A teacher marks as right whatever stands in her own key. If the key has a mistake, pupils who copied it score 100 of 100, "
        "and so does a second teacher with the same key. What would find the mistake is another book.",
        "Read again which three reasons the paper has for its label, and which of them is the look of the grains.",
    ),
    answer="b",
    judge=choice(
        "b",
        {
            "a": "five people go by the look again: that the grains look like porphyry is how they came to be labelled.",
            "c": "it learned elsewhere, but goes by the look, too: it says that the grains look like porphyry, which nobody doubts.",
            "d": "it stands on paper, but who wrote it had the labels, and may have copied them. What would it say without?",
            "e": "labels chosen by the score make the score: a rock is not what helps the network most.",
        },
    ),
    because="A label that was given by the look of the grains cannot be confirmed by anything that looks at them, nor by anyone who was "
    "told. A map that was drawn before can, as can an age or a chemistry. Nor may one choose the labels that give the best score: that "
    "is one more circle.",
)
