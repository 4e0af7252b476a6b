"""The questions of notebook 07."""

import numpy as np

from zirconkit.exercises.core import Question, choice, function, near, numbers

rare_porphyry = Question(
    hints=("Of 1,000 grains 50 are porphyry. How many of these does it call porphyry, and how many of the other 950?",),
    answer=0.9 * 50 / (0.9 * 50 + 0.2 * 950),
    judge=near(
        0.9 * 50 / (0.9 * 50 + 0.2 * 950),
        {
            100 * 45 / 235: "that is in per cent: give it as a share, between 0 and 1.",
            0.2: "close, but two decimals are wanted: of 1,000 grains, how many are called porphyry, and how many of these are?",
            0.9: "that is the recall: of the porphyry grains. Precision asks of the grains *called* porphyry.",
            0.8: "that is the share of batholith grains called batholith; precision looks at those called porphyry.",
            0.9 / 1.1: "that is the precision where half of the grains are porphyry; here 1 in 20 is.",
            0.045: "that is the share of all grains that are porphyry and called so: divide by all that are called porphyry.",
            0.05: "that is what calling everything porphyry would give; this classifier does better.",
            45 / 190: "divide by *all* that are called porphyry, the right and the wrong ones.",
        },
        "you have {value}. Of 1,000 grains: 0.9 × 50 rightly called porphyry, 0.2 × 950 wrongly. Precision is right ÷ all called.",
        tolerance=0.015,
    ),
    because="45 / (45 + 190) = 0.19. The same classifier on a test set of half and half has 0.82. Recall and ROC-AUC do not depend "
    "on how rare porphyry is; precision, accuracy and PR-AUC do. A share is a property of the test set, too.",
)


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
        "Which grains cost `missed`? Those with y == 1 and p < threshold. np.mean over all grains of what each costs.",
    ),
    answer=mean_cost,
    judge=_judge_cost,
    because="No model is needed to decide: if p is right, going costs wasted × (1 − p) on average and staying missed × p, so go where "
    "p is above wasted / (wasted + missed). ½ is right only if both mistakes cost the same.",
)

which_interval = Question(
    hints=("What would be different the next time: the grains, or the mounts as well?",),
    answer="c",
    judge=choice(
        "c",
        {
            "a": "it takes these two mounts as given; the claim is about others.",
            "b": "grains of mounts that were learned from are not grains of a new deposit, whatever the interval.",
            "d": "seeds are drawn by you. They show how steady the training is, not what other rocks would give.",
        },
    ),
    because="The interval must be drawn over what the claim leaves open. New mounts: over mounts, with scores of mounts that were left "
    "out. If there are too few mounts for that, say so; a narrow interval to another question is no substitute.",
)

seventy_one = Question(
    hints=(
        "The power is how often such a test would notice the difference if it is there. And does 0 lie in the interval?",
    ),
    answer="d",
    judge=choice(
        "d",
        {
            "a": "the interval holds 0: the other one may be the better model.",
            "b": "not noticing is not the same as equal: a test with a power of 0.15 overlooks such a difference in more than eight cases of ten.",
            "c": "more seeds make the training's noise smaller; the grains of the test stay the same 71.",
        },
    ),
    because="The test was too small for the question, and one could have known before: that is what a power simulation is for. More "
    "grains help against the noise of grains; for new rocks it takes more mounts.",
)
