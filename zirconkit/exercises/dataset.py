"""The questions of notebook 02."""

from zirconkit.exercises.core import Question, choice, items, near, number
from zirconkit.samples import CLASSES, sheet

padding_left = Question(
    hints=("How many columns are missing, and how are they shared?",),
    answer=14,
    judge=near(
        14,
        {
            15: "15 go to the right: the odd column is on that side.",
            29: "29 is what is missing in all; half of it goes to the left.",
        },
        "you have {value}. 90 − 61 columns are missing; they are shared between left and right.",
    ),
    because="29 are missing: 14 to the left, 15 to the right. How many exact zeros a crop has tells the size of its box: one more "
    "thing that a network may learn in place of texture.",
)


def _judge_weights(answer):
    if not isinstance(answer, dict) or set(answer) != {0, 1}:
        return "a dict with the keys 0 and 1 is wanted, {0: ..., 1: ...}."
    batholith, porphyry = 200 * number(answer[0]), 600 * number(answer[1])
    if min(batholith, porphyry) <= 0:
        return "weights must be positive: with 0 or less a class would not count, or count against itself."
    if abs(batholith / porphyry - 9) < 1e-6 or abs(batholith / porphyry - 1 / 9) < 1e-6:
        return "you have them the wrong way round: the rarer class needs the larger weight."
    if not abs(batholith / porphyry - 1) <= 0.02:  # not a number is not right
        return f"batholith now counts {batholith:g} in all and porphyry {porphyry:g}; they should be equal."


equal_weights = Question(
    hints=("200 × weight of 0 should equal 600 × weight of 1.",),
    answer={0: 2.0, 1: 2 / 3},
    judge=_judge_weights,
    because="Any pair with the ratio 3 : 1 does it. scikit-learn's 'balanced' uses n / (classes × n of the class), here 2 and 2/3, "
    "so that the mean weight stays 1.",
)


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
    hints=("Start with one sample of each class and add up their n. 10 % of 821 is 82.",),
    answer=["QVC055", "QVC083"],
    judge=_judge_test,
    because="Many choices are right, and each would give another score: that spread is real, and notebook 7 measures it. Note that "
    "the paper's own choice, 71 of 821, is 9 %.",
)

what_leaks = Question(
    hints=("Where can a turned copy of a training grain end up?",),
    answer="c",
    judge=choice(
        "c",
        {
            "a": "400 images would be plenty, if they were of other grains.",
            "b": "training is just what they are for. It is the test that must not hold relatives of training images.",
            "d": "the labels may be right and the score still wrong: look at what is on both sides of the split.",
        },
    ),
    because="The test asks for grains that were seen, turned a little. Split first (by sample), augment afterwards, and only the training part.",
)
