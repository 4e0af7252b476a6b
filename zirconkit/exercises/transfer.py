"""The questions of notebook 06.

The judges of code build a base of two convolutions and try the student's function on it; Keras is loaded only then.
"""

import math

import numpy as np

from zirconkit import evaluation
from zirconkit.exercises.core import NOT_ATTEMPTED, Question, Unusable, choice, function, items, near, numbers
from zirconkit.exercises.predictions import Prediction, between


def _reveal_few(guess, result):
    borrowed, from_nothing = result
    return (
        f"You said {guess:.2f}. From 50 grains the borrowed network came to {borrowed:.2f}, LeNet to {from_nothing:.2f} "
        "(validation ROC-AUC, mean of the draws above)."
    )


few_grains = Prediction(read=between(0.5, 1), reveal=_reveal_few)

free_layers = Prediction(
    read=between(0, 13),
    reveal=lambda guess, learn: (
        f"You freed {guess:g} of the 13 convolutions. Your stage 2 of VGG-16 frees one, and {learn:,} weights learn."
    ),
)


def toy_base():
    """A base as a judge needs it: two convolutions, each with batch normalization; everything can learn."""
    import keras
    from keras import layers

    x = images = keras.Input((12, 12, 3))
    for name, filters in (("first", 4), ("last", 6)):
        x = layers.Conv2D(filters, 3, use_bias=False, name=name)(x)
        x = layers.BatchNormalization(name=f"{name}_bn")(x)
        x = layers.ReLU(name=f"{name}_relu")(x)
    return keras.Model(images, x, name="toy_base")


def model_on(base):
    import keras
    from keras import layers

    base.trainable = False
    images = keras.Input(base.input_shape[1:])
    maps = base(images, training=False)
    x = layers.GlobalAveragePooling2D()(maps)
    for neurones in (128, 32):
        x = layers.Dense(neurones, activation="relu")(x)
        x = layers.Dropout(0.5)(x)
    return keras.Model(images, layers.Dense(1, activation="sigmoid", dtype="float32")(x))


def _judge_frozen(answer):
    import keras

    student, base = function(answer), toy_base()
    model = student(base)
    if not isinstance(model, keras.Model):
        return f"a keras.Model is wanted; your function gives back a {type(model).__name__}."
    if isinstance(model, keras.Sequential):
        return "a Sequential has no place for training=False: call base(images, training=False), then keras.Model."
    if base not in model.layers:
        return "the base is not part of your model: call it on the images that come in."
    if base.trainable_weights:
        return f"{len(base.trainable_weights)} arrays of the base still learn: base.trainable = False freezes them."
    return _called_without_training(model, base) or _wrong_head(model)


def _called_without_training(model, base):
    """A sentence if the base is called in another way than with training=False; None if it is."""
    (entry,) = [each for each in model.get_config()["layers"] if each["name"] == base.name]
    training = entry["inbound_nodes"][0]["kwargs"].get("training")
    if training is not False:
        return f"the base is called with training={training}; write base(images, training=False)."
    return None


def _wrong_head(model):
    """A sentence about what is wrong with the head behind the toy base; None if nothing is."""
    from keras import layers

    dense = [layer for layer in model.layers if isinstance(layer, layers.Dense)]
    sizes = [layer.units for layer in dense]
    if sizes != [128, 32, 1]:
        return f"the head's dense layers have {sizes} neurones; [128, 32, 1] are wanted, the last one alone."
    if dense[0].kernel.shape[0] != 6:
        return f"the head gets {dense[0].kernel.shape[0]} numbers of a grain; GlobalAveragePooling2D makes one of each map."
    activations = [layer.activation.__name__ for layer in dense]
    if activations != ["relu", "relu", "sigmoid"]:
        return f"the activations are {activations}; relu, relu and, for a probability, sigmoid are wanted."
    if sum(isinstance(layer, layers.Dropout) for layer in model.layers) != 2:
        return "a Dropout(0.5) behind each of the two hidden layers is wanted."
    return None


frozen_model = Question(
    hints=(
        "Four things are missing, and each comment names one. Which attribute of a layer says whether it may learn?",
        "Smaller, a head with one hidden layer: base.trainable = False; maps = base(images, training=False); "
        "x = layers.GlobalAveragePooling2D()(maps); x = layers.Dropout(0.5)(layers.Dense(128, activation='relu')(x)).",
        "Read again: the diagram under “How much may learn?”, and Keras's guide “Transfer learning & fine-tuning”.",
    ),
    answer=model_on,
    judge=_judge_frozen,
    because="Nothing of the base can learn, and the head is 128, 32 and 1: 69,825 weights behind VGG-16's 512 maps.",
)


def free_the_last(model, base):
    import keras

    convolutions = [layer for layer in base.layers if isinstance(layer, keras.layers.Conv2D)]
    base.trainable = True
    for layer in base.layers:
        layer.trainable = layer is convolutions[-1]
    model.compile(optimizer=keras.optimizers.Adam(1e-4), loss="binary_crossentropy")


def _judge_stage_two(answer):
    import keras

    student, base = function(answer), toy_base()
    model = model_on(base)
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy")
    compiled = model.optimizer
    student(model, base)
    free = [layer.name for layer in base.layers if layer.trainable_weights]
    return _wrongly_free(free, model) or _wrongly_compiled(model, compiled)


def _wrongly_free(free, model):
    """A sentence about what learns and should not, or the other way round; None if all is well."""
    if not free:
        return (
            "nothing of the base learns: set the last convolution's trainable to True, or all, and the others to False."
        )
    if any(name.endswith("_bn") for name in free):
        return (
            f"{', '.join(free)} learn. Batch normalization must stay frozen: it would go by the means of each batch, "
            "and forget those of the photographs."
        )
    if free != ["last"]:
        return f"{', '.join(free)} of the base learn; the last convolution alone is wanted. Where in base.layers is it?"
    if len(model.trainable_weights) != 7:
        return "the head has to go on learning, beside the last convolution: do not freeze the whole model."
    return None


def _wrongly_compiled(model, before):
    """A sentence if the model was not compiled anew with a tenth of the rate; None if it was."""
    if model.optimizer is before:
        return "compile the model again: Keras goes by what was free to learn when it was compiled."
    rate = float(model.optimizer.learning_rate)
    if not math.isclose(rate, 1e-4, rel_tol=1e-3):
        return f"the learning rate is {rate:g}; a tenth of stage 1's 0.001 is wanted."
    if model.loss not in ("binary_crossentropy", "BinaryCrossentropy") and "binary" not in str(model.loss).lower():
        return f"the loss is {model.loss}; for two classes and a sigmoid it is binary_crossentropy."
    return None


stage_two = Question(
    hints=(
        "Three steps: find the last convolution, let it learn and nothing else of the base, compile anew.",
        "Smaller: [layer.name for layer in base.layers if isinstance(layer, keras.layers.Conv2D)][-1] is the name of the "
        "last convolution. A loop over base.layers can set layer.trainable to True for this layer, and to False for others.",
        "Read again: what batch normalization does, in the figure above, and the two stages under “How much may learn?”.",
    ),
    answer=free_the_last,
    judge=_judge_stage_two,
    because="One convolution and the head learn, at 0.0001: small steps do not wreck what was borrowed. And it was compiled "
    "anew, without which Keras would go on as before.",
)


def _judge_few(answer):
    wanted = "four things are wanted: your rows, your probabilities, the true classes, and LeNet's probabilities."
    given = items(answer, wanted)
    if any(part is ... for part in given):
        raise Unusable(NOT_ATTEMPTED)
    if len(given) != 4:
        return wanted
    rows, yours, truth, others = map(numbers, given)
    if rows.ndim != 1 or len(np.unique(rows)) != len(rows) or not 2 <= len(rows) <= 30:
        return f"the rows of at most 30 different grains are wanted, yours are {rows.size}: few(30, SEED)."
    if truth.ndim != 1 or truth.shape != yours.shape:
        return f"one probability for each of the {truth.size} validation grains is wanted, yours are {yours.shape}."
    return _judge_lead(truth, yours, others)


def _judge_lead(truth, yours, others):
    """A sentence if a score does not rank better than another one, as far as these grains resolve it; None if it does."""
    try:
        auc, other = evaluation.auc_interval(truth, yours), evaluation.auc_interval(truth, others)
        lead = evaluation.auc_difference(truth, yours, others)
    except ValueError as error:
        raise Unusable(f"{error}.") from None
    if np.isnan(auc.value):
        return "the grains are all of one class: no order of them is better than another."
    if not np.ptp(yours):
        return "your model says the same of every grain: is it trained, and are the images fed as its makers did?"
    if auc.value < 0.5:
        return f"your ROC-AUC is {auc.value:.2f}, below guessing: high probabilities have to mean class 1."
    if not lead.low > 0:
        return (
            f"your ROC-AUC is {auc.value:.2f}, LeNet's {other.value:.2f}; the paired difference is {lead:+.2f}, whose "
            "interval does not lie above 0. Free less, step smaller, or train the head for longer."
        )
    return None


beat_lenet = Question(
    hints=(
        "What did stage 1 alone reach with fifty grains? Begin with the same steps, on fewer rows.",
        "Smaller, from four grains: rows_4 = few(4, SEED); fresh = backbones.lite0(64).base(); mine = stage_1(fresh); compile "
        "at 1e-3; mine.fit(feed(images[rows_4]), labels[rows_4], epochs=40); mine.predict(ready_aside)[:, 0].",
        "Read again: the cells of stage 1, which are all that you need.",
    ),
    answer=(range(30), np.r_[0:10, 10:20] / 20, np.repeat([0, 1], 10), np.tile([0.2, 0.8], 10)),
    judge=_judge_few,
    because="A frozen base and thirty grains rank better than LeNet with fifty and their augmented views, and the interval of "
    "the paired difference leaves out 0: resolved on these grains, for this draw. Two other draws of thirty, which we tried, did not resolve it.",
)

find_the_slip = Question(
    hints=(
        "The slip raises no error. Which of these looks at the numbers that go in?",
        "Smaller: print(x.min(), x.max()) in front of the first layer, for one grain, takes a line. What should stand there?",
        "Read again: the table of the feeds, and the sentence in which Lite0's makers say what they fed.",
    ),
    answer="b",
    judge=choice(
        "b",
        {
            "a": "it falls all the same: the head learns what can be learned from spoiled maps.",
            "c": "the layers and their sizes are the same, whatever they are fed with.",
            "d": "a head with enough weights learns its own grains by heart, well fed or not (notebook 5).",
        },
    ),
    because="Nothing downstream complains: the loss falls, shapes fit, only the answers may be poorer than they need be.",
)

passes_saved = Question(
    hints=(
        "Count the images that go through the frozen layers: in each epoch as published, and once with a cache.",
        "Smaller: 10 grains, 3 epochs: 30 passes. With 2 views kept of each: 20 passes. That is 1.5 times fewer.",
        "Read again: 542 grains to learn from, 136 to validate on, 200 + 20 epochs; the cache has four views of the 542.",
    ),
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

garnet_plan = Question(
    hints=(
        "How many weights does each plan set free, and on how many grains? And on what is the score given?",
        "Smaller: with two mounts of each class, which grains could be kept aside so that no mount is on both sides?",
        "Read again: the curves over the number of grains, and the test mounts.",
    ),
    answer="c",
    judge=choice(
        "c",
        {
            "a": "millions of weights from nothing, on forty grains: with 50 zircons AlexNet is near 0.6 in the figure above.",
            "b": "at that rate a few steps wipe out what the base has learned, and forty grains cannot replace it.",
            "d": "sixteen views of a grain are still one grain: split first, then augment.",
        },
    ),
    because="A small head on frozen layers has few enough weights, and mounts that were left out say what the score is worth on the next one. "
    "Compare with a measured shape, too: it may do.",
)
