"""The questions of notebook 00."""

from zirconkit.exercises.core import Question, choice, near
from zirconkit.samples import UM_PER_PX

finest_band = Question(
    hints=("One pixel for the light layer, one for the dark one. How long are the two together?",),
    answer=4,
    judge=near(
        2 * UM_PER_PX,
        {
            2: "2 is the number of pixels, or the width of one of them: how many µm are two pixels?",
            1: "1 µm is half a pixel: within one pixel light and dark are averaged to one grey.",
        },
        "you have {value} µm. Two pixels, one light and one dark; a pixel is 2 µm wide.",
    ),
    because="Two pixels of 2 µm. Finer bands, and zircon has them down to less than 1 µm, are blurred into one grey: what "
    "the picture does not hold no network can find. (Sampling theory calls it the Nyquist limit.)",
)


lazy_machine = Question(
    hints=("How many of the 71 are batholith?",),
    answer=46 / 71,
    judge=near(
        46 / 71,
        {
            100 * 46 / 71: "{value} is the accuracy in percent; give it as a share, between 0 and 1.",
            25 / 71: "that is the accuracy of always saying porphyry; this machine says batholith.",
            0.5: "one half would be right with as many grains of each class: here they are 25 and 46.",
        },
        "you have {value}. It is right about every batholith grain and wrong about every porphyry one: right over all.",
        tolerance=0.009,
    ),
    because="46 of 71 are batholith: 0.65, without opening its eyes. An accuracy says little where classes differ in size.",
)


images_in_all = Question(
    hints=("A column of a table is sheet['n'], and a column can .sum() itself.",),
    answer=821,
    judge=near(
        821,
        {750: "750 is what the text says, and what the training rows alone sum to; add the two test samples."},
        "you have {value}. Try sheet['n'].sum()",
    ),
    because="The rows sum to 821: 750 to train on and 71 to test on. The text's 750 is the training rows alone, and its 678 for "
    "training and validation looks like the test set taken off a second time. Papers are written by people: recount.",
)


perfect_score = Question(
    hints=(
        "What do two grains of one mount share besides their class? Was there any mount that the machine had not seen?",
    ),
    answer="c",
    judge=choice(
        "c",
        {
            "a": "anywhere is a large word: it was asked about mounts that it had learned from, never about a new one.",
            "b": "more grains of the same mounts would not show whether it works on another mount.",
            "d": "it repeats the labels that it was given; it would repeat wrong ones as well.",
        },
    ),
    because="Grains of a mount share exposure, polish, resin and neighbours. To know the mount is to know the label; so test on "
    "mounts that the machine never saw. The paper's test samples do that, its validation grains do not.",
)
