"""The questions of notebook 08."""

import numpy as np
from scipy.stats import spearmanr

from zirconkit.exercises.core import Question, choice, function, near, numbers

turned_round = Question(
    hints=("ROC-AUC is the share of pairs ranked the right way round. Turn every ranking round.",),
    answer=0.8,
    judge=near(
        0.8,
        {
            0.2: "that is what it scores as it stands: what if you took *darker* for porphyry?",
            0.5: "0.5 is what knows nothing. 0.2 is far from it: it knows something, and says it the wrong way round.",
            80: "right, in per cent: give it as a share, between 0 and 1.",
            0.7: "count pairs: 0.2 of them are ranked right, so how many are ranked wrong?",
        },
        "you have {value}. A pair is ranked right or wrong: turn the score round, and 1 − 0.2 of the pairs are right.",
    ),
    because="1 − 0.2 = 0.8. Far below 0.5 is a clue, too: on *these* mounts porphyry grains are darker. Whether on others, an "
    "interval over mounts must say.",
)

known_mount = Question(
    hints=("The class is fixed by mount. What does a network that knows the mount of a grain know of its class?",),
    answer="c",
    judge=choice(
        "c",
        {
            "a": "it is a good classifier of *these* mounts; on a new one the knowledge is worth nothing.",
            "b": "shuffling the classes shows whether the procedure is sound; it says nothing of what a network goes by.",
            "d": "more grains of the same mounts make the mounts easier to know, and the score higher still.",
        },
    ),
    because="Who knows the mount knows the class, without having looked at a single zone. Only grains of mounts that were left "
    "out can tell the two apart.",
)


def by_mount_removed(values, sample):
    return values - np.array([values[sample == name].mean() for name in sample])


def _judge_removed(answer):
    student = function(answer)
    rng = np.random.default_rng(0)
    sample = rng.permutation(np.repeat(["A", "B", "C"], [40, 70, 25]))
    values = rng.normal(100, 10, len(sample)) + np.array([{"A": 0, "B": 60, "C": 25}[name] for name in sample])
    found = numbers(student(values.copy(), sample.copy()))
    if found.shape != values.shape:
        return f"one value a grain is wanted: {len(values)} go in, yours has shape {found.shape}."
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
    hints=("values[sample == name] are the grains of one mount. What do they have in common?",),
    answer=by_mount_removed,
    judge=_judge_removed,
    because="Now the mean brightness says nothing about the mount, and so nothing about the class, right or wrong: since a class is "
    "whole mounts, what the class does to brightness went with it. Such a correction is never free.",
)

on_the_slide = Question(
    hints=("Take each word: accuracy, the next deposit, sees. Which of them did the test measure?",),
    answer="b",
    judge=choice(
        "b",
        {
            "a": "0.93 is the ROC-AUC, a share of pairs; the accuracy was 0.86, where always saying batholith has 0.65.",
            "c": "that interval is over other grains of the same two mounts; of other deposits the test knows nothing.",
            "d": "with 71 grains a difference of 0.08 may be luck (notebook 7), and what else the network went by was not tested.",
        },
    ),
    because="It says what was counted, on which mounts, and no more. The rest of the slide says what was not.",
)

circular = Question(
    hints=("Who decided that the grains are porphyry, and by what?",),
    answer="d",
    judge=choice(
        "d",
        {
            "a": "that they look like porphyry is how they came to be labelled porphyry: it would have come out so in any case.",
            "b": "the network was told so in training, or learned from grains with the same look; it repeats, it doesn't confirm.",
            "c": "they need not be batholith either; the look alone cannot say.",
        },
    ),
    because="A label that was given by texture cannot confirm a classifier that reads texture. What would: an age, a chemistry, "
    "a field relation, anything that was not seen in the image.",
)
