"""The questions of notebook 06."""

from zirconkit.exercises.core import Question, choice, near

dense_share = Question(
    hints=(
        "6,400 values go in, each of 1,024 neurones has a weight for each of them, and one bias, which counts too.",
    ),
    answer=6_400 * 1_024 + 1_024,
    judge=near(
        6_554_624,
        {
            6_553_600: "almost: each neurone has a bias, too.",
            7_424: "that is how many values and neurones there are; each neurone has a weight for *each* value.",
            3_792_385: "that is the rest of the network.",
            10_347_009: "that is the whole network.",
        },
        "you have {value}. Weights: values in times neurones; then a bias a neurone.",
    ),
    because="6,400 × 1,024 + 1,024 = 6,554,624: nearly two thirds of the network, biases counted, are in one dense layer, and 12,000 of them stand "
    "against each grain. LeNet's whole network has 22,029.",
)

find_the_slip = Question(
    hints=(
        "The slip raises no error. Which of these looks *at the numbers that go in*, or at an answer that you know beforehand?",
    ),
    answer="b",
    judge=choice(
        "b",
        {
            "a": "it falls all the same: the head learns what can be learned from spoiled features.",
            "c": "the layers and their sizes are the same, whatever they are fed with.",
            "d": "a network with enough weights learns its own grains by heart, well fed or not (notebook 5).",
        },
    ),
    because="Two looks of a minute each: smallest and largest value at the first layer against what the makers wrote, and, for gross slips, a picture whose "
    "answer is known. Nothing downstream complains: loss falls, shapes fit, only the answers are poorer than they need be.",
)

passes_saved = Question(
    hints=("Published: (542 + 136) images in each of 220 epochs. Cached: 4 views of 542 images, and 136 once.",),
    answer=(542 + 136) * 220 / (4 * 542 + 136),
    judge=near(
        149_160 / 2_304,
        {
            119_240 / 2_168: "you left the validation grains out: they go through the base, too, in every epoch.",
            149_160: "that is how many passes there are as published; divide by those that the cache needs.",
            2_304: "that is how many passes the cache needs; the published procedure needs more: how many times?",
            149_160 / 678: "that holds for a single view of each grain; here there are four.",
            135_600 / 2_304: "220 epochs: 200 of the head and 20 of the fine-tuning.",
        },
        "you have {value}. Count the images that go through the frozen layers, both ways, and divide.",
        tolerance=0.01,
    ),
    because="149,160 / 2,304 ≈ 65 times fewer passes. The whole gains less than that, since the head and the last convolution are trained "
    "either way.",
)

is_it_leakage = Question(
    hints=(
        "Leakage is when something *learned* from the validation grains gets into the model. What did the frozen layers learn, and from what?",
    ),
    answer="c",
    judge=choice(
        "c",
        {
            "a": "the base is frozen: computing features changes no weight.",
            "b": "they are stored, but not used for learning: the head never gets them in training.",
            "d": "it would be leakage with as many views, if something were learned from them.",
        },
    ),
    because="Frozen layers learn nothing here, so their features may be computed for any grain. It would be leakage to fit anything on "
    "them beforehand, a mean and spread for scaling, say, or a PCA, with validation grains among them.",
)

garnet_plan = Question(
    hints=("How many weights does each plan set free, and on how many grains? And on what is the score given?",),
    answer="b",
    judge=choice(
        "b",
        {
            "a": "millions of weights from nothing, on forty grains: with 50 zircons AlexNet is near 0.6 in the figure above.",
            "c": "at that rate a few steps wipe out what the base has learned, and forty grains cannot replace it.",
            "d": "sixteen views of a grain are still one grain: split first, then augment. Else the network meets its validation grains in training.",
        },
    ),
    because="A small head on frozen layers has few enough weights, and mounts that were left out say what the score is worth on the next one. "
    "Compare with a measured shape, too: it may do.",
)
