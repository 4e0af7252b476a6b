"""The questions of notebook 07."""

from typing import Any, NamedTuple

import numpy as np
from scipy import stats

from zirconkit.evaluation import proportion_interval
from zirconkit.exercises.core import Question, Unusable, function, items, near, number, numbers
from zirconkit.exercises.predictions import Prediction, between
from zirconkit.exercises.variants import Varied

__all__ = [
    "Answered", "call_eight", "enough_grains", "evidence_card", "how_wide", "more_mounts", "own_sweep", "rare_porphyry", "seeds_needed", "with_run", "write_cost", "write_gain",
]  # fmt: skip


class Answered(NamedTuple):
    """A student's answer, and what this run of the notebook found."""

    answer: Any
    run: dict


def with_run(answer, **run):
    """A student's answer beside what this run found, for a question that compares the two; `...` stays `...`."""
    parts = answer.values() if isinstance(answer, dict) else [answer]
    return ... if all(part is ... for part in parts) else Answered(answer, run)


# ---------------------------------------------------------------- predictions


def _read_eight(guess):
    """Which of eight grains were called: set of int from 1 to 8."""
    wanted = "a list of grain numbers from 1 to 8 is wanted, such as [2, 5]."
    called = items(guess, wanted)
    try:
        found = {number(each) for each in called}
    except Unusable:
        raise Unusable(wanted) from None
    if not found <= set(range(1, 9)):  # nor 2.5, nor NaN
        raise Unusable(wanted)
    return {int(each) for each in found}


def _reveal_eight(called, result):
    """`result` is what the eight are, and what the network calls them: two arrays of 0 and 1."""
    truth, network = (np.asarray(each) for each in result)
    mine = np.isin(np.arange(1, 9), list(called)).astype(int)
    right, its = int((mine == truth).sum()), int((network == truth).sum())
    interval = proportion_interval(right, 8)
    return (
        f"You called {right} of 8 right; with only eight grains that stands for anything from "
        f"{interval.low:.0%} to {interval.high:.0%} of such grains. The network called {its} of the same eight right."
    )


call_eight = Prediction(_read_eight, _reveal_eight)


def _reveal_width(guess, times):
    nearer = (
        "You expected less doubt than there is." if guess < 0.8 * times else "You expected more doubt than there is."
    )
    verdict = "A good guess." if 0.8 * times <= guess <= 1.25 * times else nearer
    return f"You said {guess:g} times as wide, it is {times:.1f} times as wide over mounts. {verdict}"


how_wide = Prediction(between(0.1, 100), _reveal_width)

# ---------------------------------------------------------------- core


def mean_cost(y, p, threshold, missed, wasted):
    y, goes = np.asarray(y), np.asarray(p) >= threshold
    return np.mean(missed * (y == 1) * ~goes + wasted * (y == 0) * goes)


def _judge_cost(answer):
    student = function(answer)
    y, p = np.array([1, 1, 1, 1, 0, 0, 0, 0, 0, 0]), np.array([0.9, 0.7, 0.4, 0.1, 0.8, 0.6, 0.55, 0.58, 0.2, 0.05])
    for threshold, missed, wasted in ((0.5, 10.0, 1.0), (0.15, 4.0, 3.0), (0.75, 2.0, 5.0), (0.7, 8.0, 1.0)):
        value = numbers(student(y.copy(), p.copy(), threshold, missed, wasted))
        wanted = mean_cost(y, p, threshold, missed, wasted)
        if value.shape != ():
            return f"one number is wanted, the mean over the grains; yours has shape {value.shape}."
        if np.isclose(value, wanted):
            continue
        if threshold == 0.7:  # one grain has just this probability
            return "a grain whose p *is* the threshold is called porphyry: somebody goes from the threshold on (>=)."
        if np.isclose(value, len(y) * wanted):
            return "that is the sum; divide by the number of grains."
        if np.isclose(value, mean_cost(y, p, threshold, wasted, missed)):
            return "the costs are swapped: `missed` is paid for porphyry (y = 1) below the threshold."
        if np.isclose(value, mean_cost(1 - y, p, threshold, missed, wasted)):
            return "the classes are swapped: porphyry is y = 1, and from the threshold on somebody goes."
        per_class = missed * np.mean(p[y == 1] < threshold) + wasted * np.mean(p[y == 0] >= threshold)
        if np.isclose(value, per_class):
            return "you divide each kind of mistake by its own class; divide both by all grains."
        return f"threshold {threshold}, missed {missed:g}, wasted {wasted:g}: it should be {wanted:.3f}, yours is {value:.3f}."


write_cost = Question(
    hints=(
        "Two kinds of grains cost something. Which kind costs `missed`, and which costs `wasted`?",
        "Three grains: y = [1, 1, 0], p = [0.9, 0.2, 0.6], threshold 0.5, missed 3, wasted 1. The first costs 0, the "
        "second 3, the third 1: mean 4/3. In NumPy `(y == 1) & (p < threshold)` marks the second.",
        "Read again 'What a threshold costs', and the cell that counts for the confusion matrices.",
    ),
    answer=mean_cost,
    judge=_judge_cost,
    because="No model is needed to decide: if p is right, going costs wasted × (1 − p) on average and staying missed × p, "
    "so go where p is above wasted / (wasted + missed). ½ is right only if both mistakes cost the same.",
)

BETWEEN, WITHIN = 0.12, 0.42  # standard deviations: from mount to mount, and of a grain within its mount
DAYS, GRAINS_A_DAY = 30, 100  # each mount takes a day besides
FAIR = 0.0297  # the least that 30 days allow is 0.0296; 21 or 24 mounts give 0.0298 and 0.0299


def _doubt(n_mounts, grains_each):
    """The standard error of a share of right calls over so many mounts, with so many grains of each."""
    return np.sqrt(BETWEEN**2 / n_mounts + WITHIN**2 / (n_mounts * grains_each))


def _judge_plan(answer):
    wanted = "two numbers are wanted, mounts and grains of each, such as (10, 200)."
    plan = [number(each) for each in items(answer, wanted)]
    if len(plan) != 2:
        return wanted
    n_mounts, grains_each = plan
    if not all(each >= 1 and each == int(each) for each in plan if np.isfinite(each)) or not np.isfinite(plan).all():
        return "whole numbers are wanted, at least 1 of each."
    days = n_mounts * (1 + grains_each / GRAINS_A_DAY)
    if days > DAYS:
        return f"that takes {n_mounts:g} × (1 + {grains_each:g} / {GRAINS_A_DAY}) = {days:g} days; there are {DAYS}."
    error = _doubt(n_mounts, grains_each)
    if error < FAIR:
        return None
    of_mounts, of_grains = BETWEEN**2 / n_mounts, WITHIN**2 / (n_mounts * grains_each)
    found = f"its standard error is {error:.4f}, the root of {of_mounts:.5f} (mounts) + {of_grains:.5f} (grains)."
    if days < DAYS - 0.2:
        return f"{found} You have used {days:g} of {DAYS} days."
    advice = "more mounts, fewer grains of each" if n_mounts < 22 else "more grains of each, fewer mounts"
    return f"{found} Try {advice}."


more_mounts = Question(
    hints=(
        "Which part under the root can more grains of each mount make smaller, and which part only more mounts?",
        "A smaller budget of 9 days: 3 mounts with 200 grains give √(0.0048 + 0.0003) = 0.071; 6 mounts with 50 grains "
        "take 9 days as well and give √(0.0024 + 0.0006) = 0.055.",
        "The formula and the costs stand in the text. Try all m from 1 to 29 in a loop: n is then what the days leave.",
    ),
    answer=(22, 36),
    judge=_judge_plan,
    because="About 22 mounts with 36 grains of each give 0.030, with 792 grains. Ten mounts with 200 grains of each are 2,000 "
    "grains, and give 0.039: no number of grains brings ten mounts below b/√10 = 0.038. Whoever counts 2,000 independent "
    "grains believes in 0.009.",
)

# ---------------------------------------------------------------- the evidence card

UNIT = {"these mounts": "grains", "new mounts": "mounts"}
FIELDS = (
    "claim", "score", "interval", "over", "knowing nothing", "cheap rival", "against the rival", "threshold", "false alarms", "not for",
    "other claim", "why they differ",
)  # fmt: skip
TOLERANCE = {"threshold": 0.0151, "false alarms": 0.0251}  # of others: as rounded to two decimals
WHERE = {
    "score": "the table beside the two kinds of doubt has it, in the column of your claim",
    "interval": "it stands in brackets behind the score, in the column of your claim and your unit",
    "cheap rival": "take the better one, shape, from the same column",
    "other claim": "the score and the two ends stand in the column of the claim that you did not choose",
    "threshold": "set the instrument to Lite0 frozen, and move it as far right as a recall of 0.90 allows",
    "false alarms": "it is the share of the batholith test grains (y_test == 0) whose answer in `frozen` reaches your threshold",
}
ENDS = {
    "interval": "two numbers are wanted for 'interval', its ends, such as (0.70, 0.80).",
    "other claim": "three numbers are wanted for 'other claim', its score and the ends, such as (0.75, 0.70, 0.80).",
}
ASKS = {
    "not for": "for whom, or for which grains, would the score mislead?",
    "why they differ": "what is drawn anew for the one interval, and what for the other?",
}
STANDS = ("ahead", "behind", "not resolved")


def _judge_card(given):
    card, run = _card_and_run(given)
    empty = [name for name in FIELDS if card.get(name, ...) is ...]
    if empty:
        return f"still to fill: {', '.join(empty)}."
    claim = card["claim"]
    if claim not in UNIT:
        return "the claim is about 'these mounts' or about 'new mounts'; write one of the two."
    if card["over"] != UNIT[claim]:
        return (
            f"a claim about {claim} needs an interval over {UNIT[claim]}: what else could be different the next time?"
        )
    return _judge_numbers(card, run) or _judge_words(card, run)


def _card_and_run(given):
    """The card and what the run found; Unusable if it is something else."""
    if not isinstance(given, Answered):
        raise Unusable("a card beside its run is wanted: ex.with_run(my_card, **evidence).")
    if not isinstance(given.answer, dict):
        raise Unusable(f"a card is a dict with these entries: {', '.join(FIELDS)}.")
    return given


def _judge_numbers(card, run):
    """What of the card's numbers is not what the run found, in one sentence; None if all agree as rounded."""
    wanted = {"knowing nothing": 0.5} | run[card["claim"]] | {name: run[name] for name in ("threshold", "false alarms")}
    other = next(run[claim] for claim in UNIT if claim != card["claim"])
    wanted["other claim"] = (other["score"], *other["interval"])
    for name, value in wanted.items():
        if name == "against the rival":
            continue
        found = [number(each) for each in items(card[name], ENDS[name])] if name in ENDS else [number(card[name])]
        if len(found) != np.size(value):
            return ENDS[name]
        if np.allclose(found, value, rtol=0, atol=TOLERANCE.get(name, 0.0051), equal_nan=True):
            continue
        if name == "knowing nothing":
            return f"'knowing nothing' is {found[0]:g}: which ROC-AUC has a coin?"
        if name == "false alarms" and found[0] > 1:
            return "'false alarms' is a share of the batholith grains, between 0 and 1."
        said = ", ".join(f"{each:g}" for each in found)
        return f"'{name}' is {said}, this run has another value: {WHERE[name]}."
    return None


def _judge_words(card, run):
    """Whether the card says how it stands to its rival, and in a sentence what it is not for."""
    said, stands = card["against the rival"], run[card["claim"]]["against the rival"]
    if said not in STANDS:
        return f"'against the rival' is one of {', '.join(STANDS)}."
    if said != stands:
        return (
            f"'against the rival' is not {said!r}: read the printed *difference* from shape, over the unit of your "
            "claim. Does its interval leave out 0, and on which side?"
        )
    for name, asks in ASKS.items():
        words = card[name].split() if isinstance(card[name], str) else []
        if len(words) < 5:
            return f"'{name}' needs a sentence of five words or more: {asks}"
    return None


_A_RUN = {
    "these mounts": {"score": 0.89, "interval": (0.83, 0.93), "cheap rival": 0.8, "against the rival": "ahead"},
    "new mounts": {"score": 0.8, "interval": (0.6, 1.0), "cheap rival": 0.75, "against the rival": "not resolved"},
    "threshold": 0.4,
    "false alarms": 0.3,
}
_A_CARD = {
    "claim": "new mounts",
    "score": 0.8,
    "interval": (0.6, 1.0),
    "over": "mounts",
    "knowing nothing": 0.5,
    "cheap rival": 0.75,
    "against the rival": "not resolved",
    "threshold": 0.4,
    "false alarms": 0.3,
    "not for": "river sand, where hardly any grain is from a porphyry",
    "other claim": (0.89, 0.83, 0.93),
    "why they differ": "with other mounts more can change than with other grains of two mounts",
}

evidence_card = Question(
    hints=(
        "Begin with the claim. Everything else on the card follows from it: the unit, the score, the interval.",
        "Suppose the table says 'mounts left out: 0.80; over grains (0.77–0.83), over mounts (0.60–1.00)'. A card that "
        "claims 'new mounts' takes 0.80, (0.60, 1.00), and over 'mounts'. Of p = [0.9, 0.2] for two batholith grains "
        "the share of false alarms at 0.5 is `np.mean(p >= 0.5)`, 0.5.",
        "Scores and differences: beside the two kinds of doubt. The threshold: the instrument in 'Move the threshold'. Where "
        "it does not show, let `ones = set_on['Lite0 frozen'][y[learns] == 1]`: the recall at t is `np.mean(ones >= t)`.",
    ),
    answer=with_run(_A_CARD, **_A_RUN),
    judge=_judge_card,
    because="The interval fits the claim, the rival and the coin stand beside the score, the threshold was chosen on other "
    "mounts than those where its false alarms are counted, and the reader knows what it is not for. Redrawing grains leaves out how mounts differ, so the interval "
    "over grains is narrower; and the two scores are of other grains: two mounts, or all of them.",
    filled=(
        """\
chosen, other = evidence["new mounts"], evidence["these mounts"]
my_card = {
    "claim": "new mounts",
    **chosen,
    "over": "mounts",
    "knowing nothing": 0.5,
    "threshold": evidence["threshold"],
    "false alarms": evidence["false alarms"],
    "not for": "river sand, where hardly any grain is from a porphyry",
    "other claim": (other["score"], *other["interval"]),
    "why they differ": "over mounts the mounts are redrawn, and mounts differ more than grains do",
}""",
    ),
)

# ---------------------------------------------------------------- going deeper


def _precision_for(called, wrongly, one_in):
    """The question of precision where one grain in so many is porphyry; both shares in per cent."""
    recall, alarms = called / 100, wrongly / 100
    rare = 1_000 // one_in
    right, wrong = recall * rare, alarms * (1_000 - rare)
    precision, even = right / (right + wrong), recall / (recall + alarms)
    return Question(
        hints=(
            "Take 1,000 grains of the sand. How many of each class are there?",
            f"In a sand of half and half: of 1,000 grains {5 * called} are rightly called porphyry and {5 * wrongly} wrongly; {5 * called} / {5 * (called + wrongly)} = {even:.2f}.",
            "Precision is defined where the confusion matrix is counted: of the grains *called* porphyry, how many are.",
        ),
        answer=precision,
        judge=near(
            precision,
            {
                100 * precision: "that is in per cent: give it as a share, between 0 and 1.",
                round(
                    precision, 1
                ): "close, but two decimals are wanted: of 1,000 grains, how many are called porphyry, and how many of these are?",
                recall: "that is the recall: of the porphyry grains. Precision asks of the grains *called* porphyry.",
                1
                - alarms: "that is the share of batholith grains called batholith; precision looks at those called porphyry.",
                even: f"that is the precision where half of the grains are porphyry; here 1 in {one_in} is.",
                right
                / 1_000: "that is the share of all grains that are porphyry and called so: divide by all that are called porphyry.",
                1 / one_in: "that is what calling everything porphyry would give; this classifier does better.",
                right / wrong: "divide by *all* that are called porphyry, the right and the wrong ones.",
            },
            f"you have {{value}}. Of 1,000 grains: {recall:g} × {rare} rightly called porphyry, {alarms:g} × {1_000 - rare} wrongly. Precision is right ÷ all called.",
            tolerance=0.015,
        ),
        because=f"{right:g} / ({right:g} + {wrong:g}) = {precision:.2f}. The same classifier on a test set of half and half has {even:.2f}. Recall and ROC-AUC do not depend "
        "on how rare porphyry is; precision, accuracy and PR-AUC do. A share is a property of the test set, too.",
    )


def _precision_text(called, wrongly, one_in):
    return (
        f"A classifier calls {called} of 100 porphyry grains porphyry, and {wrongly} of 100 batholith grains as well. In a test of half and half "
        f"its precision is {called / (called + wrongly):.2f}. In river sand 1 grain in {one_in} is from a porphyry.",
    )


rare_porphyry = Varied(
    _precision_text,
    _precision_for,
    tuple(
        dict(zip(("called", "wrongly", "one_in"), each))
        for each in ((90, 20, 20), (85, 30, 10), (95, 30, 20), (90, 25, 10), (80, 30, 20), (95, 20, 10), (80, 30, 10))
    ),
).own()


def auc_gain(y, one, other):
    def auc(score):
        above = score[y == 1][:, None] - score[y == 0]
        return np.mean((above > 0) + 0.5 * (above == 0))

    return auc(one) - auc(other)


def _judge_gain(answer):
    student = function(answer)
    rng = np.random.default_rng(7)
    y = np.repeat([1, 0], [6, 9])
    one, other = rng.normal(size=(2, 15)) + y
    ties = np.round(one)
    for a, b, are_tied in ((one, other, False), (other, one, False), (one, 0 * one, True), (ties, other, True)):
        value = numbers(student(y.copy(), a.copy(), b.copy()))
        wanted = auc_gain(y, a, b)
        if value.shape != ():
            return f"one number is wanted, the difference of two ROC-AUCs; yours has shape {value.shape}."
        if np.isclose(value, wanted):
            continue
        if np.isclose(value, -wanted):
            return "the sign is wrong: it is the first score's ROC-AUC less the second's."
        if are_tied:
            return "a pair that is tied counts one half: neither of the two grains is ranked above the other."
        return f"for two scores of 6 and 9 grains it should be {wanted:.3f}, yours is {value:.3f}."
    return None


write_gain = Question(
    hints=(
        "A ROC-AUC is the share of pairs, one grain of each class, that are ranked right. Write that for one score first.",
        "With y = [1, 1, 0], one = [0.9, 0.4, 0.5] one of two pairs is right: 0.5. `one[y == 1][:, None] > one[y == 0]` "
        "is a table of all pairs.",
        "Read again the two sentences on pairing, and what notebook 4 says about ROC-AUC.",
    ),
    answer=auc_gain,
    judge=_judge_gain,
    because="Both scores see the same grains, so a hard grain costs both, and their difference is surer than either score.",
)


# ---------------------------------------------------------------- a sweep of one's own

MATTERS = 0.02  # in ROC-AUC


def seeds_needed(spread, half=MATTERS):
    """The least number of seeds at which Student's 95 % interval of a mean reaches at most `half` either way: int.

    Parameters
    ----------
    spread : float
        Standard deviation of the paired differences over seeds.
    """
    n = np.arange(2, 5000)
    reach = stats.t.ppf(0.975, n - 1) * spread / np.sqrt(n)
    return int(n[reach <= half][0])


def _judge_sweep(given):
    if not isinstance(given, Answered):
        raise Unusable(
            "numbers beside their sweep are wanted: ex.with_run(my_seeds, spreads=spreads, own=my_settings)."
        )
    if given.run["own"] is ...:
        return "these are the kit's settings. Choose three of your own in `my_settings`, run the sweep, read that."
    spreads = given.run["spreads"]
    wanted = f"a list of {len(spreads)} numbers is wanted, one for each setting, in the order printed."
    said = [number(each) for each in items(given.answer, wanted)]
    if len(said) != len(spreads):
        return wanted
    for n, (name, spread) in zip(said, spreads.items()):
        right = seeds_needed(spread)
        if abs(n - right) > max(1, 0.15 * right):
            return f"{name}: {_why_not_so_many(n, spread)}"
    return None


def _why_not_so_many(n, spread):
    """What is wrong with a number of seeds, in one sentence."""
    if not n >= 2:
        return "at least two seeds are needed, or there is no standard deviation."
    if abs(n - seeds_needed(spread, MATTERS / 2)) <= max(1, 0.15 * n):
        return f"that makes the whole interval {MATTERS} wide; it may reach {MATTERS} to *either* side."
    if n > 4998:
        return "fewer will do."
    reach = stats.t.ppf(0.975, int(n) - 1) * spread / np.sqrt(n)
    if reach > MATTERS:
        few = " (with so few seeds, Student's t is far above 1.96)" if n < 8 else ""
        return f"with {n:g} seeds the interval reaches {reach:.3f} either way{few}; {MATTERS} is wanted."
    return f"with {n:g} seeds it reaches only {reach:.3f} either way; fewer will do."


own_sweep = Question(
    hints=(
        "The interval of a mean of n differences reaches t × s / √n either way. Only n is unknown.",
        "Suppose s = 0.010 and 0.012 is wanted: for n = 4 t is 3.18, and 3.18 × 0.010 / 2 = 0.016, too much; for n = 6 t is "
        "2.57, and 2.57 × 0.010 / 2.45 = 0.0105. For n = 5 it is 0.0124: so 6.",
        "`scipy.stats.t.ppf(0.975, n - 1)` is t. Put it into a loop over n; s is printed below your sweep.",
    ),
    answer=with_run([27, 4, 12], spreads={"rate 0.01": 0.05, "rate 0.0001": 0.0105, "64 px": 0.03}, own=[{}, {}, {}]),
    judge=_judge_sweep,
    because="Half the width takes about four times the seeds. And seeds are one source of luck: the validation grains are "
    "another, and they were the same in all your runs.",
    filled=(
        'my_settings = [{"learning_rate": 0.003}, {"dropout": 0.2}, {"kernel": 5}]',
        "my_seeds = [ex.seeds_needed(spread) for spread in spreads.values()]  # its loop over n stands in ex.seeds_needed",
    ),
)

LEAST_GRAINS, MOST_GRAINS = 290, 400  # there the simulated power is 0.73 and 0.86


def _judge_grains(answer):
    value = number(answer)
    if LEAST_GRAINS <= value <= MOST_GRAINS:
        return None
    if value < 0 or value != value:
        return "a number of grains is wanted."
    if value <= 90:
        return (
            f"with {value:g} grains such a difference is resolved in about one test of five; four of five are wanted."
        )
    if value <= 150:
        return f"{value:g} are too few in all. Are these the porphyry grains alone? The batholith grains count as well."
    if value < LEAST_GRAINS:
        return f"with {value:g} grains the power is below 0.8: it does not grow in proportion to the grains. Try some more."
    return f"with {value:g} grains the power is above 0.8 by far: fewer will do."


enough_grains = Question(
    hints=(
        "Put larger numbers into the list of the cell above, and run it again.",
        "Suppose 100 grains have a power of 0.30 and 200 of 0.55: then 150 may have 0.43, and 0.8 lies beyond both.",
        "Read again the definition of power, and what the grey line of the figure stands for.",
    ),
    answer=350,
    judge=_judge_grains,
    because="It takes about 350 grains, five times the paper's 71, and one knows that before the first grain is mounted. More "
    "grains help against the noise of grains; for new rocks it takes more mounts.",
)
