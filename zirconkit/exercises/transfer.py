"""The questions of notebook 06.

The judges of code build a base of two convolutions and try the student's function on it; Keras is loaded only then.
"""

import math

import numpy as np

from zirconkit import evaluation
from zirconkit.exercises.core import NOT_ATTEMPTED, Question, Unusable, function, items, numbers
from zirconkit.exercises.predictions import Prediction, between, one_of
from zirconkit.exercises.variants import Varied

few_grains = Prediction(
    read=between(0.5, 1),
    reveal=lambda guess, aucs: (
        f"You said {guess:.2f}. From fifty grains the head on Lite0 came to {np.mean(aucs):.2f} on average (validation "
        f"ROC-AUC of each draw: {', '.join(f'{auc:.2f}' for auc in aucs)})."
    ),
)


def _reveal_protection(guess, moved):
    """The guess beside what kept the stored means: `moved` has for each way by how much they moved."""
    keeping = [name for name, by in moved.items() if by == 0]
    kept = keeping[0] if len(keeping) == 1 else ("both" if keeping else "neither")
    return f"You said {guess}. What keeps the stored means in fit: {kept}."


what_protects = Prediction(read=one_of("training", "trainable", "both", "neither"), reveal=_reveal_protection)


def _reveal_ruler(guess, lead):
    """The guess beside the paired lead of Lite0 over the ruler, and whether it is resolved."""
    ahead = "lite0" if lead.low > 0 else "ruler" if lead.high < 0 else "neither"
    return f"You said {guess}. Lite0 less ruler, paired: {lead:+.2f}. What these grains resolve to be better: {ahead}."


ruler = Prediction(read=one_of("ruler", "lite0"), reveal=_reveal_ruler)


def _two_counts(in_paper, nine_tenths=None):
    """Two numbers of convolutions, each from 0 to 13."""
    read = between(0, 13)
    return read(in_paper), read(nine_tenths)


def _reveal_free(guess, result):
    learn, enough = result
    return (
        f"You freed {guess[0]:g} of the 13 convolutions. Your stage 2 of VGG-16 frees one, as the paper did: {learn:,} weights "
        f"learn. For nine tenths you said {guess[1]:g}; {enough} convolutions are needed."
    )


free_layers = Prediction(read=_two_counts, reveal=_reveal_free)


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


ENOUGH = 60  # validation grains; on them the lesson's lead of 0.13 ± 0.07, over 136, would still be resolved


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
    if lead.low <= 0 <= lead.high and len(truth) < ENOUGH:
        return (
            f"not resolved with so few grains: {lead:+.2f} on {len(truth)} for validation, where hardly any lead is. Take "
            f'{ENOUGH} or more: PROFILE = "lesson", or more mounts.'
        )
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
        "at 1e-3; mine.fit(feed(images[rows_4]), labels[rows_4], epochs=20, batch_size=2); mine.predict(ready_aside)[:, 0].",
        "Read again: the cells of stage 1, which are all that you need.",
    ),
    answer=(range(30), np.r_[0:10, 10:20] / 20, np.repeat([0, 1], 10), np.tile([0.2, 0.8], 10)),
    judge=_judge_few,
    because="A frozen base and thirty grains rank better than LeNet with fifty, and the interval of "
    "the paired difference leaves out 0: resolved on these grains, for this draw. With other draws of thirty it may not be resolved.",
    filled=(
        """\
my_rows = few(30, SEED)
fresh = backbones.lite0(64).base()
my_model = stage_1(fresh)
my_model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy")
my_model.fit(feed(images[my_rows]), labels[my_rows], epochs=60, batch_size=10, verbose=0)
my_answers = my_model.predict(ready_aside, verbose=0)[:, 0]""",
    ),
)

_MAKERS = (1 / 128, -127 / 128)  # scale and offset, as Lite0's makers fed


def feeds(crops):
    """Crops as three colleagues fed them, each scale × grey + offset: dict of letter to array of float32."""
    fed = {}
    for letter in "abc":
        scale, offset = find_the_slip.answer.get(letter, _MAKERS)
        fed[letter] = crops.astype(np.float32) * scale + offset
    return fed


def _judge_slips(answer, slips):
    wanted = 'two letters are wanted, each with its scale and offset: {"a": (1.0, 0.0), "b": (1.0, 0.0)}, for example.'
    if not isinstance(answer, dict) or len(answer) != 2 or not set(answer) <= set("abc"):
        return wanted
    for letter in sorted(set(answer) - set(slips)):
        return f"{letter} is as Lite0's makers fed: (grey - 127) / 128 is grey / 128 - 127 / 128, from about -1 to 1."
    for letter in sorted(answer):
        pair = numbers(answer[letter])
        if pair.shape != (2,):
            return wanted
        wrong = _wrong_line(letter, pair, slips[letter])
        if wrong:
            return wrong
    return None


def _wrong_line(letter, pair, true):
    """A sentence if scale × grey + offset is not how a feed was made; None if it is."""
    scale, offset = pair
    if not math.isclose(scale, true[0], rel_tol=0.02):
        inverse = " You have its inverse." if math.isclose(scale, 1 / true[0], rel_tol=0.02) else ""
        return f"{letter}: the scale is not {scale:g}. It is the range of the feed over the range of the grey levels.{inverse}"
    if not math.isclose(offset, true[1], abs_tol=0.02):
        return f"{letter}: the scale is right, the offset is not {offset:g}. It is what the feed shows where grey is 0."
    return None


def _slips_for(divisor, right):
    """The question of two slips, one a wrong divisor; `right` is the place of the feed without one, from 1."""
    weak, shifted = (letter for place, letter in enumerate("abc", 1) if place != right)
    slips = {weak: (1 / divisor, -127 / divisor), shifted: (1 / 128, 0.0)}
    return Question(
        hints=(
            "Print the least and the greatest value of images_aside and of each feed. Which feed runs from about -1 to 1?",
            "Smaller: grey runs from 10 to 20, a feed from 3 to 5. Scale: (5 - 3) / (20 - 10) = 0.2. Offset: 3 - 0.2 * 10 = 1. "
            'For a letter x that would be {"x": (0.2, 1)}.',
            "Read again: what Lite0 wants, under “Feed it as its makers did”.",
        ),
        answer=slips,
        judge=lambda answer: _judge_slips(answer, slips),
        because=f"{weak} was divided by {divisor} in place of 128, so its contrast is {128 / divisor:.2f} of what it should be; {shifted} was "
        "not shifted, so black is 0 and not -1. Two minima and two maxima show it, for any network, before anything is trained.",
    )


find_the_slip = Varied(
    lambda divisor, right: (),  # the numbers are in the feeds
    _slips_for,
    tuple(
        {"divisor": each, "right": right}
        for each, right in ((255, 2), (200, 1), (300, 3), (170, 2), (230, 3), (320, 1))
    ),
).own()
