# %%
# @title Set-up: finds zirconkit, here or nearby, and installs what is missing; leaves alone what is there
import sys
from importlib.util import find_spec
from pathlib import Path

here = Path.cwd()
for folder in (here, *here.parents, *here.glob("*/")):
    if getattr(find_spec("zirconkit"), "origin", None) is None and (folder / "zirconkit/__init__.py").is_file():
        sys.path.insert(0, str(folder))
if getattr(find_spec("zirconkit"), "origin", None) is None:
    wheels = sorted(here.glob("zirconkit-*.whl"))  # uploaded beside this notebook
    if not wheels:
        raise ModuleNotFoundError("no zirconkit: put its wheel (zirconkit-*.whl) or its folder beside this notebook")
    get_ipython().run_line_magic("pip", f'install -q --no-deps "{wheels[-1]}"')
from zirconkit.course import doctor

doctor.install_missing()

# %% tags=["parameters"]
DATA = "synthetic"
PROFILE = "lesson"
SEED = 0

# %% tags=["frame"]
# @title Imports, a look for a GPU, and the grains
from functools import partial

import matplotlib.pyplot as plt
import pandas as pd
import tensorflow as tf
from sklearn.model_selection import StratifiedKFold
from zirconkit.exercises import score_card
from zirconkit.exercises import transfer as ex
from zirconkit.networks import backbones, exports, models, training, transfer
from zirconkit import course, evaluation, mounts, plots, samples, widgets
from zirconkit import grains as gr

tf.get_logger().setLevel("ERROR")
gpus = tf.config.list_physical_devices("GPU")
print(f"{len(gpus)} GPU here.", "" if gpus else "Two processor cores will do: the lesson is the same.")
profile = course.profile(PROFILE)
own = mounts.find(DATA, profile.name)
found = course.enough("06", own)
made = mounts.provenance(found)
grains = gr.from_mounts(found, size=64, mask_neighbours=True).two_classes()
chosen, test = gr.published_split(grains, profile.grains)  # 678 at most, as the paper; the test mounts are held out
on_both_sides = set(chosen.table["sample"]) & set(test.table["sample"])  # no mount could be held out whole
tested_on = "a random fifth of the grains" if on_both_sides else "the test mounts"
keep, aside = next(StratifiedKFold(5, shuffle=True, random_state=0).split(chosen.images, chosen.y))  # 80 % and 20 %
learning, validation = chosen[keep], chosen[aside]
(images, labels), (images_aside, labels_aside) = ((part.images, part.y) for part in (learning, validation))
few_epochs = min(100, 10 * profile.epochs), min(10, profile.epochs)
stage_1_epochs, stage_2_epochs = (200, 20) if profile.name == "full" else few_epochs  # the paper's, or fewer
print(f"{len(learning)} grains to learn from, {len(validation)} to validate on, {len(test)} test grains ({tested_on})")

# %% [markdown] tags=["predict:few_grains"]
# # 6 · Transfer learning: borrow what photographs have taught
#
# Suppose that you had only **fifty** zircons with a class. LeNet, trained from nothing on fifty such grains and their augmented views, ranks grains that it has not seen with a ROC-AUC of about 0.7; 0.5 is guessing, 1 is perfect.
#
# Now you borrow a network that has seen 1.2 million photographs: cats, cups, ships. It has seen no mineral. Its weights stay as they are. On top you put three small layers, and these alone learn from your fifty grains. **Which ROC-AUC will they reach, on average over three draws of fifty?**

# %% tags=["predict:few_grains", "answer"]
my_guess = ...  # from 0.5 to 1

# %% tags=["check"]
ex.few_grains.commit(my_guess)  # kept; you meet it again below

# %% [markdown] tags=["frame"]
# **The idea:** a network that has seen photographs needs fewer zircons.
#
# **You will** feed a borrowed network as its makers did · freeze it and train a head on it · fine-tune a little of it, at a tenth of the learning rate · find out what freezes batch normalization · measure whether borrowing pays.
#
# **You need** notebooks 4 and 5 (LeNet, dropout, the spread over seeds). **Time** core 50 min (exercises in it), going deeper 60 min, 85 s to run.
#
# **On which grains?** A small note under each figure says it: *grown* mounts are drawn by a program, which knows each grain's class; *real* ones were photographed.
#
# **A GPU?** None is needed. If you want one on Colab, choose *Runtime → Change runtime type → GPU* **before anything else**: the change gives you a fresh machine, without your files and variables, and you begin again at the first cell. On a computer of your own with an NVIDIA card: `make setup GPU=1`.

# %% [markdown]
# ## What is borrowed
#
# EfficientNet-Lite0, **Lite0** from here on, comes with the kit: 4.7 million weights, trained on ImageNet, which is 1.2 million photographs in 1,000 classes. Does it know what it sees?

# %%
# @title Lite0 looks at a cup, a cat and a zircon
import keras
import numpy as np
from skimage import data

photographer = backbones.lite0(224)
nearby = np.arange(len(learning))[:: max(1, len(learning) // 2)][:2]  # two zircons to choose from
pictures = [data.coffee()[:, 100:500] / 255, data.chelsea()[:, 75:375] / 255]
pictures += [np.repeat(learning.x[each][..., :1], 3, axis=-1) for each in nearby]
batch = np.stack([keras.ops.image.resize(picture, (224, 224)) for picture in pictures]).astype("float32")
fed = photographer.preprocessing((224, 224, 3))(batch)
says = np.concatenate([photographer.classifier(fed[each : each + 1]) for each in range(len(batch))])  # spares memory
best = says.argsort(axis=1)[:, :-4:-1]
zircon = int(np.argmax(np.isin(best[2:], list(backbones.IMAGENET)).sum(axis=1)))  # its answers have names in our list
clean = gr.on_its_mount(found, learning.table.iloc[nearby[zircon]])
missing = max(clean.shape) - np.array(clean.shape)
clean = np.pad(clean, [(each // 2, each - each // 2) for each in missing])  # to a square
shown = [(pictures[0], "a cup", 0), (pictures[1], "a cat", 1), (clean, "a zircon on its mount", None)]
shown += [(pictures[2 + zircon], "the zircon as Lite0 gets it", 2 + zircon)]
fig, axes = plt.subplots(1, 4, figsize=(9.5, 3.3), layout="constrained")
for ax, (picture, name, row) in zip(axes, shown):
    lines = [] if row is None else [(backbones.IMAGENET[k], says[row, k]) for k in best[row] if k in backbones.IMAGENET]
    ax.imshow(picture, cmap="gray", interpolation="bicubic" if row is None else "nearest")
    said = [f"{name_of} {value:.2f}" for name_of, value in lines]
    ax.set_title("\n".join(said) if said else "(not shown to Lite0)", fontsize=9)
    ax.set(xticks=[], yticks=[], xlabel=name)
alt = "Coffee, called espresso; a cat, called a cat; a zircon on its mount; the same, small and on black, with unsure guesses."
plots.show(fig, alt=alt, of=made)
lite0_parts = backbones.lite0_parts(photographer.classifier)
photographer = None  # memory

# %% [markdown]
# **What we see.** Over each picture stand Lite0's likeliest classes, with their probabilities. Espresso and a cat: it knows photographs. The zircon, cut out and shrunk to 64 pixels, gets a name, too, because Lite0 must choose one of its classes. Its *last* layer, which names things, is of no use to us. The layers before it answer to edges, stripes and blobs, and zoning is made of those (notebook 3).
#
# ## Feed it as its makers did
#
# A borrowed network wants its pixels on the scale on which it learned. Lite0 wants three channels and (grey − 127) / 128, so values from about −1 to 1. VGG-16 wants something else. A wrong scale raises **no error**.
#
# From here to the end of stage 2 the steps are plain Keras: with a folder of crops and a borrowed network they run without this kit. `images` are crops of 64 × 64 pixels (px), grey levels 0 to 255, `labels` their classes, 0 or 1; `images_aside` and `labels_aside` are for validation. `stage_1` and `stage_2` you write yourself.

# %% tags=["plain"]
import keras
import numpy as np
from keras import layers
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import train_test_split


def feed(crops):
    """From 0..255, shape (n, 64, 64, 1), to what Lite0 wants, shape (n, 64, 64, 3)."""
    scaled = (crops.astype("float32") - 127) / 128
    return np.repeat(scaled, 3, axis=-1)


def few(n, seed):
    """The row numbers of n grains to learn from (at most half of all), both classes in proportion."""
    every = np.arange(len(labels))
    return train_test_split(every, train_size=min(n, len(every) // 2), stratify=labels, random_state=seed)[0]


rows = few(50, SEED)
ready, ready_aside = feed(images[rows]), feed(images_aside)


def in_batches(model, fed):
    """What a model makes of the grains, 32 at a time: all at once would need more memory."""
    return np.concatenate([model(fed[start : start + 32], training=False) for start in range(0, len(fed), 32)])


print(f"{len(rows)} grains, from {ready.min():.2f} to {ready.max():.2f}, shape {ready.shape[1:]}")

# %% [markdown] tags=["predict:free_layers"]
# ## How much may learn?
#
# The paper's recipe for VGG-16 (section 2.4.4) has two stages:
#
# 1. **Freeze** the borrowed layers, the **base**: their weights stay. Train a new **head** of 128, 32 and 1 neurones, at a learning rate of 0.001.
# 2. **Fine-tune**: set a little of the base free, too, and go on with a tenth of the rate.
#
# VGG-16 has 13 convolutions and, with the new head, 14.8 million weights. In stage 2 of the paper 2,429,633 of them learn. **Guess:** how many convolutions did the authors set free, from the last one on? And how many must be free until nine tenths of all weights learn?

# %% tags=["predict:free_layers", "answer"]
my_free = ...  # in the paper, from 0 to 13
my_nine_tenths = ...  # until nine tenths learn, from 0 to 13

# %% tags=["check"]
ex.free_layers.commit(my_free, my_nine_tenths)  # you meet it again in stage 2

# %% [markdown]
# In the diagram each bar is a layer of VGG-16: the higher, the more weights, on a logarithmic axis. **Task:** move the slider, which sets convolutions free, until 2,429,633 weights learn, and then until nine tenths do.

# %%
# @title The instrument: a slider over VGG-16
vgg16 = keras.applications.VGG16(weights=None, include_top=False, input_shape=(224, 224, 3))  # its shape, no weights
parts = [(layer.name, layer.count_params()) for layer in vgg16.layers if layer.count_params()]
head = transfer.head(512).count_params()
del vgg16  # memory
widgets.freezing_slider(parts, head)

# %%
# @title The same without a slider: all of the base frozen
plots.show(
    plots.freezing(parts, 0, head),
    alt="Thirteen grey bars, the convolutions of VGG-16, from 1.8 thousand to 2.4 million weights; a green one, the head.",
    of="weight-count",
)

# %% [markdown]
# **What we see.** Grey is frozen, green is new. With nothing free, 69,825 of 14.8 million weights learn. The last convolution alone has more weights than the first seven together.

# %% [markdown] tags=["exercise:frozen_model"]
# ### Exercise: freeze, and put a head on
#
# Write stage 1's model. Four things are missing in `build`. Some layers behave differently while a network learns: dropout silences neurones, and batch normalization goes by the batch at hand (notebook 5). From a borrowed base we want the behaviour of prediction, which a call with `training=False` asks for; the section after stage 1 tests whether that suffices. Behind the base, `GlobalAveragePooling2D` turns each map into its mean; the head gets these. When it is written, set `my_build = build`. Stuck: `ex.frozen_model.hint()`.


# %% tags=["exercise:frozen_model", "answer", "plain"]
def build(base):
    base.trainable = ...  # 1: may the base learn?
    pixels = keras.Input(base.input_shape[1:])
    maps = ...  # 2: what the base makes of the pixels, behaving as in prediction
    x = layers.GlobalAveragePooling2D()(maps)
    x = ...  # 3: the first layer of the head, ReLU, then a dropout of a half
    x = ...  # 4: the second one, likewise
    return keras.Model(pixels, layers.Dense(1, activation="sigmoid", dtype="float32")(x))


my_build = ...

# %% tags=["check", "nbval-check-output"]
ex.frozen_model.check(my_build)

# %% tags=["frame"]
# @title Goes on with your function or, until it is right, with the kit's
is_mine = ex.frozen_model.is_right(my_build)
stage_1 = my_build if is_mine else ex.frozen_model.answer
print("stage_1 is", "your function" if is_mine else "the kit's function, until yours is right")

# %% [markdown]
# ## Stage 1: the head learns
#
# Borrowing takes three lines. **Lite0 is cut**: we keep the first eleven of its sixteen blocks (0 to 10), 0.7 million weights, which turn a crop into 112 small maps. Where to cut was our choice, for speed; how much depends on it is not tested here.

# %%
whole = backbones.lite0(64).network  # Lite0 with its weights, from a file of the kit
base = keras.Model(whole.input, whole.get_layer("block10_add").output)
base.trainable = True  # as Keras's own networks come: all could learn, until you freeze it

# Without the kit: a sister of Lite0, which Keras fetches. It scales by itself, so feed it 0 to 255.
# whole = keras.applications.EfficientNetB0(weights="imagenet", include_top=False, input_shape=(64, 64, 3))
# base = keras.Model(whole.input, whole.get_layer("block5c_add").output)

# %%
# @title Lite0, cut: what is kept, and what goes
plots.show(
    plots.freezing(lite0_parts[:13], 0, transfer.head(112).count_params(), cut=lite0_parts[13:]),
    alt="Bars of Lite0's layers: the stem and blocks 0 to 10 grey, five blocks, a convolution and the classes cut off, and the green head.",
    of="weight-count",
)

# %% [markdown]
# **What we see.** In stage 1 all that is kept is grey, frozen. The last grey bar is the convolution that stage 2 will free. More than four fifths of Lite0's weights lie in what is cut off. Now one function for two bases: VGG-16 to be counted, Lite0 to learn.


# %% tags=["plain", "nbval-check-output"]
def learnable(model):
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


vgg16 = keras.applications.VGG16(weights=None, include_top=False, input_shape=(224, 224, 3))  # to count
on_vgg16 = stage_1(vgg16)
print(f"VGG-16: {on_vgg16.count_params():,} weights, {learnable(on_vgg16):,} learn")
keras.utils.set_random_seed(SEED)
model = stage_1(base)
print(f"Lite0:  {model.count_params():,} weights, {learnable(model):,} learn")


# %% [markdown]
# A frozen base makes the same maps of a grain in every epoch. So we compute them **once**, and train what stands behind the base on the stored maps: a hundred epochs in seconds. `on_top` shares its layers with `model`.

# %% tags=["plain"]
on_top = keras.Sequential(model.layers[2:])  # the mean of each map, and the head
stored, stored_aside = in_batches(base, ready), in_batches(base, ready_aside)
on_top.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy")
losses = on_top.fit(stored, labels[rows], epochs=stage_1_epochs, batch_size=10, verbose=0).history["loss"]
answers_1 = in_batches(on_top, stored_aside)[:, 0]
after_stage_1 = roc_auc_score(labels_aside, answers_1)
print(f"stage 1, {len(rows)} grains: training loss {losses[0]:.2f} in epoch 1, {losses[-1]:.2f} in epoch {len(losses)}")
print(f"validation ROC-AUC {after_stage_1:.2f}")

# %% [markdown]
# ## A trap: batch normalization
#
# Lite0 has a **batch normalization** behind each convolution. In prediction it uses means and variances that it stored while it looked at photographs. In training it uses those of the batch at hand, and shifts the stored ones towards them.
#
# The trap lies in stage 2: you write `base.trainable = True`, forget the batch normalization, and `fit` runs it in training mode. What does a base answer by the means of a batch? We put the head of stage 1 on it and ask.

# %%
loose = keras.models.clone_model(base)  # as after base.trainable = True
loose.set_weights(base.get_weights())
for layer in loose.layers:
    layer.trainable = True
by_batch = np.full((2, len(labels_aside)), np.nan)
for seed, answers in enumerate(by_batch):  # two times, in other batches
    order = np.random.default_rng(seed).permutation(len(answers))
    for batch in np.array_split(order, max(1, len(order) // 16)):
        answers[batch] = on_top(loose(ready_aside[batch], training=True))[:, 0]

# %%
# @title The same grains, by stored means and by those of a batch
fig, ax = plt.subplots(figsize=(4.6, 4.6), layout="constrained")
ax.vlines(answers_1, by_batch.min(axis=0), by_batch.max(axis=0), color=plots.palette.LINES[0], lw=1, alpha=0.6)
ax.plot(answers_1, by_batch.mean(axis=0), ".", color=plots.palette.LINES[0], ms=4)
ax.axline((0, 0), slope=1, color=plots.COLOURS["quiet"], ls=":")
ax.set(xlabel="answer by the stored means", ylabel="answers by the means of its batch")
ax.set(xlim=(0, 1), ylim=(0, 1), aspect="equal")
plots.show(
    fig,
    alt="Answers of one head: by stored means across, by batch means up, a line between the two answers of each grain, most of them far from the diagonal.",
    of=made,
)
scores = " and ".join(f"{roc_auc_score(labels_aside, row):.2f}" for row in by_batch)
print(f"ROC-AUC by the stored means {after_stage_1:.2f}; by those of a batch, two times: {scores}")
print(f"lower by the means of a batch: {np.mean(by_batch.mean(axis=0) < answers_1):.0%} of the answers")

# %% [markdown] tags=["predict:what_protects"]
# **What we see.** Each line joins the two answers for one validation grain, in two different batches; the dot is their mean. On the dotted diagonal nothing would change. By the means of a batch a grain's answer depends on the other grains in it. If all answers fell by the same amount, the order of the grains, and so the ROC-AUC, would stay: what costs is the scatter.
#
# Next we train for one epoch on Lite0's first convolution and its batch normalization. **Which keeps the stored means in `fit`**: the call with `training=False`, or `trainable = False`? Guess: `"training"`, `"trainable"`, `"both"` (each by itself) or `"neither"`.

# %% tags=["predict:what_protects", "answer"]
my_protection = ...

# %% tags=["check"]
ex.what_protects.commit(my_protection)

# %%
source = keras.Model(base.input, base.get_layer("bn0").output)
moved = {}
for name, may_learn, training_is in (("training", True, False), ("trainable", False, None)):
    beginning = keras.models.clone_model(source)
    beginning.set_weights(source.get_weights())
    for layer in beginning.layers:
        layer.trainable = may_learn
    pixels = keras.Input(base.input_shape[1:])
    means = layers.GlobalAveragePooling2D()(beginning(pixels, training=training_is))
    trial = keras.Model(pixels, layers.Dense(1, activation="sigmoid")(means))
    trial.compile(optimizer="sgd", loss="binary_crossentropy")
    stored_before = beginning.get_layer("bn0").moving_mean.numpy()
    trial.fit(ready, labels[rows], epochs=1, verbose=0)
    moved[name] = np.abs(beginning.get_layer("bn0").moving_mean.numpy() - stored_before).max()
    print(f"training={training_is}, trainable = {may_learn}: stored means move by up to {moved[name]:.2g}")
print("Keras", keras.__version__)
ex.what_protects.meet(moved)

# %% [markdown]
# **What we see.** `training=False` alone does not protect: this Keras overrides it in `fit`, although its guide (*Read on*) says otherwise. `trainable = False` alone does. The figure above shows training mode, not the price of the trap; *What to unfreeze* measures that, for one block.

# %% [markdown] tags=["exercise:stage_two"]
# ## Stage 2: the last convolution, in small steps
#
# ### Exercise: fine-tune
#
# Write `unfreeze`. The last convolution of the base may learn, all else in the base stays frozen, and the model is compiled anew, with Adam at a tenth of 0.001 and the same loss: Keras settles at `compile` what learns. Then `my_unfreeze = unfreeze`. `base.layers` has the layers in order; the last convolution is a `keras.layers.Conv2D` (a *depthwise* one is not). `base.trainable = True` would free every layer.


# %% tags=["exercise:stage_two", "answer", "plain"]
def unfreeze(model, base): ...


my_unfreeze = ...

# %% tags=["check", "nbval-check-output"]
ex.stage_two.check(my_unfreeze)

# %% tags=["frame"]
# @title Goes on with your function or, until it is right, with the kit's
is_mine = ex.stage_two.is_right(my_unfreeze)
stage_2 = my_unfreeze if is_mine else ex.stage_two.answer
print("stage_2 is", "your function" if is_mine else "the kit's function, until yours is right")

# %% tags=["plain", "nbval-check-output"]
stage_2(on_vgg16, vgg16)
print(f"VGG-16, stage 2: {learnable(on_vgg16):,} weights learn")
stage_2(model, base)
print(f"Lite0, stage 2:  {learnable(model):,} weights learn")

# %% tags=["plain"]
normalizations = [layer for layer in base.layers if isinstance(layer, layers.BatchNormalization)]
before = [layer.moving_mean.numpy() for layer in normalizations]
model.fit(ready, labels[rows], epochs=stage_2_epochs, batch_size=10, verbose=0)
kept = all(np.array_equal(mean, layer.moving_mean.numpy()) for mean, layer in zip(before, normalizations))
answers_2 = in_batches(model, ready_aside)[:, 0]
after_stage_2 = roc_auc_score(labels_aside, answers_2)
print(
    f"after {stage_2_epochs} epochs of stage 2: validation ROC-AUC {after_stage_2:.2f}; after stage 1 {after_stage_1:.2f}"
)
print("all stored means kept:", kept)

# %%
ex.free_layers.meet((learnable(on_vgg16), widgets.layers_until(0.9, parts, head)))
del on_vgg16, vgg16  # memory

# %% [markdown]
# **What we see.** Two ROC-AUCs of one run. Whether stage 2 helps in general, one run cannot say; *What to unfreeze* asks three.
#
# ## Borrowed, or trained from nothing?
#
# Three draws of fifty grains. Each trains a new head on stored maps, and **LeNet** from nothing, with the paper's augmentation (notebook 5), without dropout, 100 epochs, in batches of 25; the head learns as in stage 1. LeNet looks at 32 px, as in the paper, the base at 64. A difference is **resolved** where its 95 % interval leaves out 0.

# %%
base_as_borrowed = backbones.lite0(64).base()  # without what stage 2 has changed


def means_of_maps(fed):
    return in_batches(base_as_borrowed, fed).mean(axis=(1, 2))  # the mean of each of 112 maps


maps, maps_aside = means_of_maps(feed(images)), means_of_maps(ready_aside)


def trained(model, x, drawn, x_aside, **how):
    """Train on some rows: answers for the validation grains, and their ROC-AUC every tenth epoch."""
    curve = []

    def look(epoch, logs):
        if epoch % 10 == 9:
            curve.append(roc_auc_score(labels_aside, training.predict(model, x_aside)))

    training.compile_model(model)
    how |= {"progress": False, "callbacks": [keras.callbacks.LambdaCallback(on_epoch_end=look)]}
    training.fit(model, training.Data(x[drawn], labels[drawn]), **how)
    return training.predict(model, x_aside), curve, model


# %%
small, small_aside = (
    keras.ops.image.resize(part.x, (32, 32), antialias=True).numpy() for part in (learning, validation)
)
long = 200 if profile.name == "full" else min(100, 10 * profile.epochs)
draws = []
for seed in range(SEED, SEED + profile.seeds):
    keras.utils.set_random_seed(seed)
    drawn, change = few(50, seed), training.augmentation(seed)
    draws.append(
        {
            "head on frozen Lite0": trained(transfer.head(112), maps, drawn, maps_aside, epochs=long, batch_size=10),
            "LeNet": trained(
                models.lenet(dropout=0.0), small, drawn, small_aside, epochs=long, batch_size=25, augment=change
            ),
        }
    )

# %%
# @title Validation ROC-AUC of every draw, while they learn and in the end
plots.show(
    plots.draws({name: [draw[name][1] for draw in draws] for name in draws[0]}, every=10),
    alt="Left, validation ROC-AUC by epoch, a line for each draw, of the head on Lite0 and of LeNet. Right, where the lines end; a grey line joins the two networks of a draw.",
    of=made,
)
print("lead of the head on Lite0 over LeNet, paired, with its 95 % interval over the validation grains")
for number, draw in enumerate(draws, 1):
    lead = evaluation.auc_difference(labels_aside, draw["head on frozen Lite0"][0], draw["LeNet"][0])
    resolved = "resolved" if lead.low > 0 or lead.high < 0 else "not resolved"
    print(f"draw {number}: {lead.value:+.2f} ({lead.low:+.2f} to {lead.high:+.2f}), {resolved}")
ex.few_grains.meet([draw["head on frozen Lite0"][1][-1] for draw in draws])

# %% [markdown]
# **What we see.** Left, ROC-AUC while the networks learn; right, where it ends, with a grey line between the two networks of a draw. On the grown set the borrowed network ends higher in every draw; the lines above say which leads are resolved. Other grains move each network by several hundredths.

# %% [markdown] tags=["exercise:beat_lenet"]
# ### Exercise: fewer grains
#
# LeNet had fifty grains. Get above it with **thirty**. A fresh base is `backbones.lite0(64).base()`. Decide what learns, for how long and at which rate, and hand over your rows and your probabilities for the validation grains. Train **once**: the best of ten tries on the same validation grains is partly luck. It is scored by the paired difference from LeNet in the first draw: its interval must lie above 0.

# %% tags=["exercise:beat_lenet", "answer"]
my_rows = ...  # at most 30 of them
my_answers = ...  # one probability for each grain of images_aside

# %% tags=["check", "nbval-check-output"]
ex.beat_lenet.check((my_rows, my_answers, labels_aside, draws[0]["LeNet"][0]))

# %% [markdown] tags=["frame"]
# # Going deeper
#
# Each section can be read by itself, once the core has run.

# %% [markdown] tags=["depth"]
# ## What the maps see
#
# Maps from behind Lite0's block 4, 16 × 16 values from a grain of 128 px, laid over the darkened grain: the more amber, the stronger the map there, each on its own scale. Of the twenty maps whose strength differs most between grains we take four that are unlike each other.

# %% tags=["depth"]
# @title Four maps laid over a grain
large = backbones.lite0(128)
seen = transfer.features(large, learning.images[:40], "block4_add", progress=False).astype("float32")
differing = list(np.argsort(seen.mean(axis=(1, 2)).std(axis=0))[::-1][:20])
alike = np.abs(np.corrcoef(seen.reshape(-1, seen.shape[-1]).T))
four = differing[:1]
while len(four) < 4:
    four.append(min(set(differing) - set(four), key=lambda channel: alike[channel, four].max()))
example = int(np.argmax(learning.masks[:40].sum(axis=(1, 2))))
plots.show(
    plots.maps_on_grain(learning.images[example, ..., 0], seen[example], four),
    alt="A grain, and four times the same grain with amber where a map is strong: at edges, on zones, inside or outside.",
    of=made,
)
del large, seen

# %% [markdown] tags=["depth"]
# **What we see.** We chose four maps that are unlike, so they answer to different things in the same image; most of the others share more. The head gets the mean of each of 112 later, coarser maps.
#
# ## A slip that raises no error
#
# The notebook that was published with the paper (`zirconCNN_MWE.ipynb`, cells counted from 0, a *minimal working example*, so the authors' own runs may differ) has two slips of one kind. In cell 21 a rescaling layer is built, and the next line overwrites what it gave, so VGG-16 gets grey levels that nobody scaled. In cell 16 the test images do go through VGG's own preprocessing, which the training images of cell 21 never went through. LeNet's images are scaled as they should be, in cell 9: grey / 127.5 − 1. Nothing fails. What does such a slip cost on *zircons*? We try it on Lite0, with a hundred grains and three feeds. Training and validation grains are fed alike, so this is the first slip, not the second.


# %% tags=["depth"]
some = few(100, SEED)


def with_feed(scale, offset):
    parts = (images[some], images_aside)
    return [means_of_maps(np.repeat(part.astype("float32") * scale + offset, 3, axis=-1)) for part in parts]


inputs = {"as its makers": (maps[some], maps_aside)}
inputs |= {"0 to 1": with_feed(1 / 255, 0), "0 to 255": with_feed(1, 0)}
by_feed = {name: [] for name in inputs}
for name, (x, x_aside) in inputs.items():
    for seed in range(max(2, profile.seeds)):
        keras.utils.set_random_seed(seed)
        head_on_feed = training.compile_model(transfer.head(112))
        how = {"epochs": 2 * profile.epochs, "batch_size": 25, "progress": False}
        training.fit(head_on_feed, training.Data(x, labels[some]), **how)
        by_feed[name].append(roc_auc_score(labels_aside, training.predict(head_on_feed, x_aside)))

# %% tags=["depth"]
# @title The three feeds, seed by seed
rows_of_table = {}
for name, values in by_feed.items():
    scores_of = ", ".join(f"{value:.3f}" for value in values)
    d = evaluation.paired_difference(values, by_feed["as its makers"])
    rows_of_table[name] = [scores_of, f"{d.value:+.3f}", f"{d.low:+.3f} to {d.high:+.3f}"]
pd.DataFrame(rows_of_table, index=["ROC-AUC by seed", "less makers' feed", "95 % interval"]).T

# %% [markdown] tags=["depth", "exercise:find_the_slip"]
# **What we see.** Validation ROC-AUC for each seed, and the paired difference from the makers' feed (Student's t over the seeds). On the grown set a feed of 0 to 255 costs ROC-AUC: its interval lies below 0, and is wide. For a feed of 0 to 1 three seeds do not resolve a cost. So the score need not show you a slip. The numbers that go in do:
#
# ### Exercise: find the slip
# `ready_feeds` holds the validation grains as three colleagues fed them: `a`, `b`, `c`. All of them computed scale × grey + offset; one did as Lite0's makers did. Which two did not, and what were their scale and offset? Minima and maxima tell: compare them with those of `images_aside`.

# %% tags=["depth"]
ready_feeds = ex.feeds(images_aside)

# %% tags=["depth", "exercise:find_the_slip", "answer"]
my_slips = ...  # {"letter": (scale, offset), "letter": (scale, offset)}

# %% tags=["depth", "check", "nbval-check-output"]
ex.find_the_slip.check(my_slips)

# %% [markdown] tags=["depth"]
# ## What to unfreeze
#
# Stage 2 in four ways, each from the three heads that learned for 100 epochs above, with the same fifty grains: with nothing of the base free, so that the head alone goes on; with the last convolution; with the three convolutions of block 10; and with all of block 10, three batch normalizations included, which is the trap.


# %% tags=["depth"]
behind_block_9 = base_as_borrowed.get_layer("block9_add").output
frozen = keras.Model(base_as_borrowed.input, behind_block_9)  # in all four ways, so it is computed once
shorts = [in_batches(frozen, feed(images[few(50, seed)])) for seed in range(SEED, SEED + profile.seeds)]
short_aside = in_batches(frozen, ready_aside)
block_10 = keras.Model(behind_block_9, base_as_borrowed.output)
is_normalization = [isinstance(layer, layers.BatchNormalization) for layer in block_10.layers]
last = block_10.layers.index(block_10.get_layer("block10_project_conv"))
every = range(len(block_10.layers))
ways = {
    "nothing": [],
    "the last convolution": [last],
    "three convolutions": [place for place in every if not is_normalization[place]],
    "all of block 10": every,
}

# %% tags=["depth"]
tried = {name: [] for name in ways}
for name, free in ways.items():
    block, top = keras.models.clone_model(block_10), transfer.head(112)
    for place, layer in enumerate(block.layers):
        layer.trainable = place in free
    trial = keras.Sequential([block, layers.GlobalAveragePooling2D(), top])
    trial.compile(optimizer=keras.optimizers.Adam(1e-4), loss="binary_crossentropy")
    trial.optimizer.build(trial.trainable_variables)
    begun = [variable.numpy() for variable in trial.optimizer.variables]
    for number, short in enumerate(shorts):  # one network for all draws: building it takes longer than training it
        block.set_weights(block_10.get_weights())
        top.set_weights(draws[number]["head on frozen Lite0"][2].get_weights())
        for variable, value in zip(trial.optimizer.variables, begun):
            variable.assign(value)
        trial.fit(short, labels[few(50, SEED + number)], epochs=min(10, profile.epochs), batch_size=10, verbose=0)
        tried[name].append(in_batches(trial, short_aside)[:, 0])


# %% tags=["depth"]
# @title The four ways, each less "nothing"
def leads(name, other):
    """The paired lead of one way over another, for each draw, with its interval over the validation grains."""
    pairs = zip(tried[name], tried[other])
    return [evaluation.auc_difference(labels_aside, mine, its) for mine, its in pairs]


as_text = {}
for name in ways:
    aucs = ", ".join(f"{roc_auc_score(labels_aside, answers):.2f}" for answers in tried[name])
    as_text[name] = [aucs, *(f"{lead:+.2f}" if name != "nothing" else "" for lead in leads(name, "nothing"))]
numbered = [f"less nothing, draw {number}" for number in range(1, len(draws) + 1)]
print("the trap, all of block 10 less its three convolutions, by draw:")
print(" · ".join(f"{lead:+.2f}" for lead in leads("all of block 10", "three convolutions")))
pd.DataFrame(as_text, index=["ROC-AUC by draw", *numbered]).T

# %% [markdown] tags=["depth"]
# **What we see.** Validation ROC-AUC after stage 2, and for each draw the paired difference from "nothing" with its 95 % interval over grains. On the grown set no interval leaves out 0: after 100 epochs of the head these grains resolve neither a gain of setting more free nor a price of the trap. The trap's price is that of three batch normalizations, in fifty steps on fifty grains; more of them, and more steps, may cost more.
#
# ## The paper's networks, and a GPU
#
# AlexNet and VGG-16 look at 224 × 224 px. The paper says (section 2.4.3) that crops of 64 px were *padded with zeros* to that size; its notebook *resizes* them. These are two different inputs.


# %% tags=["depth"]
def front(way):
    """From 0..255, 64 px, to what VGG-16 wants: 224 px; blue, green and red, each less its mean over ImageNet."""
    crops = keras.Input((64, 64, 1))
    large = layers.ZeroPadding2D(80)(crops) if way == "padded" else layers.Resizing(224, 224)(crops)
    three = layers.Concatenate()([large, large, large])
    return keras.Model(crops, layers.Rescaling(1.0, offset=[-103.939, -116.779, -123.68])(three))


# %% tags=["depth"]
# @title The same grain, padded and resized
fig, axes = plt.subplots(1, 2, figsize=(6.5, 3.2), layout="constrained")
for ax, way in zip(axes, ("padded", "resized")):
    fed = np.asarray(front(way)(images[:1]))[0, ..., 0]
    ax.imshow(fed, cmap="gray")
    ax.set(title=f"{way}: {fed.min():.0f} to {fed.max():.0f}", xlabel="column (px)", ylabel="row (px)")
plots.show(
    fig, alt="A grain padded to 224 pixels, small in the middle of black; the same resized, filling it.", of=made
)


# %% [markdown] tags=["depth"]
# **What we see.** The same grain, as VGG-16 gets it: less the mean of a channel over ImageNet, so that black is −104. Padded, the crop fills 8 % of the input; resized, all of it. And this is AlexNet:


# %% tags=["depth", "nbval-check-output"]
def alexnet():
    model = keras.Sequential([keras.Input((224, 224, 1))], name="AlexNet")
    for filters, kernel, stride, pool in (
        (96, 11, 4, True),
        (256, 5, 1, True),
        (384, 3, 1, False),
        (384, 3, 1, False),
        (256, 3, 1, True),
    ):
        model.add(layers.Conv2D(filters, kernel, stride, "valid" if stride == 4 else "same", activation="relu"))
        model.add(layers.BatchNormalization())
        if pool:
            model.add(layers.MaxPooling2D(3, 2))
    model.add(layers.Flatten())
    for neurones in (1024, 64):
        model.add(layers.Dense(neurones, activation="relu"))
        model.add(layers.Dropout(0.5))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


from_scratch = alexnet()
fixed = from_scratch.count_params() - learnable(from_scratch)
print(f"AlexNet: {learnable(from_scratch):,} weights learn, {fixed:,} do not (stored means and variances)")
del from_scratch  # memory

# %% [markdown] tags=["depth"]
# The next cell runs them where there is a GPU, or with `PROFILE = "full"`: on two cores VGG-16 takes 1.7 GB and minutes a pass. Elsewhere the paper's own numbers stand in. What cannot run, for want of a connection, a sound weights file or memory, says so in a line, and the lesson goes on with Lite0. On a GPU it computes in 16 bits (`mixed_float16`). Small gradients vanish in 16 bits, so Keras's `fit` multiplies the loss first and divides the gradients afterwards (*loss scaling*); a training loop of your own must call `optimizer.scale_loss`. A batch that does not fit is halved, with a warning.

# %% tags=["depth"]
WEIGHTS = None  # the path of VGG-16's weights, a .h5 file; None fetches them, 58 MB, once


def two_stages(way):
    base = backbones.vgg16(224, WEIGHTS).base()
    crops, inner = front(way), stage_1(base)
    whole = keras.Model(crops.input, inner(crops.output))
    whole.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy")
    transfer.fit_sparing(whole, images, labels, epochs=min(200, 10 * profile.epochs), verbose=0)
    stage_2(whole, base)
    transfer.fit_sparing(whole, images, labels, epochs=min(20, profile.epochs), verbose=0)
    return whole.predict(images_aside, batch_size=16, verbose=0)[:, 0]


def from_nothing():
    unit = keras.Sequential([keras.Input((64, 64, 1)), layers.Resizing(224, 224), layers.Rescaling(1 / 255), alexnet()])
    unit.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy")
    transfer.fit_sparing(unit, images, labels, epochs=min(200, 10 * profile.epochs), verbose=0)
    return unit.predict(images_aside, batch_size=16, verbose=0)[:, 0]


# %% tags=["depth"]
recipes = {f"VGG-16, {way}": partial(two_stages, way) for way in ("padded", "resized")} | {"AlexNet": from_nothing}
ran = {}
if gpus or profile.name == "full":
    keras.mixed_precision.set_global_policy("mixed_float16" if gpus else "float32")
    for name, recipe in recipes.items():
        try:
            ran[name] = recipe()
        except (OSError, ValueError, MemoryError) as error:
            print(f"{name} did not run: {error}. The lesson goes on with Lite0.")
        else:
            auc = evaluation.auc_interval(labels_aside, ran[name])
            print(f"{name}: validation ROC-AUC {auc.value:.2f} ({auc.low:.2f} to {auc.high:.2f})")
    keras.mixed_precision.set_global_policy("float32")

# %% tags=["depth", "nbval-check-output"]
# @title What such runs gave, or the paper's numbers
shipped = samples.DATA / "results" / "gpu.csv"
if shipped.is_file():
    gave = pd.read_csv(shipped)
else:
    print("The rows of the paper's Table 2, one run each:")
    table_2 = samples.published_scores().set_index("model")
    gave = table_2.loc[["AlexNet", "VGG-16"], ["validation_auc", "test_auc", "test_accuracy"]]
gave

# %% [markdown] tags=["depth"]
# **What we see.** On the validation grains the two rank alike. On the test grains AlexNet's ROC-AUC is 0.79 and VGG-16's 0.93; AlexNet gets 0.56 of them right, fewer than always saying *batholith* would (46 of 71, 0.65), VGG-16 0.86. One run each on 71 grains: the interval of such a 0.93 is about 0.86 to 1.00.
#
# ## Compute frozen layers once
#
# Frozen layers give the same numbers for the same image in every epoch. The kit keeps them, the **cached activations**, on disk for a few augmented views of each grain. Both stages of VGG-16 at 224 px, four views, took **13 minutes against 12 hours: same network, same two cores** (the 12 hours are two epochs, multiplied up; it was a test of time, not of scores). Does caching cost score? Here are three seeds of Lite0 both ways, 200 + 20 epochs.

# %% tags=["depth", "nbval-check-output"]
ways = pd.read_csv(samples.DATA / "results" / "transfer_speed.csv").groupby(["way", "seed"])
auc = ways.apply(lambda part: evaluation.auc_interval(part["y"], part["probability"]).value).unstack("way")
d = evaluation.paired_difference(auc["cached"], auc["uncached"])
print(f"cached {auc['cached'].mean():.3f}, uncached {auc['uncached'].mean():.3f} (grown set, validation ROC-AUC)")
print(f"paired difference and its 95 % interval: {d:+.3f}")

# %% [markdown] tags=["depth"]
# **What we see.** Three seeds do not resolve a difference.

# %% [markdown] tags=["depth"]
# ## How many grains?
#
# The paper's Figure 9 asks how the score grows with the number of grains to learn from. Here are five seeds of five networks, trained on the grown set and shipped with the kit. Each seed draws other grains; 542 are all that there are. *Lite0* is the cut base in both stages, 200 and 20 epochs, on 16 augmented views of each grain. *LeNet* is that of the core, for 200 epochs, *LeNet with dropout* the paper's; the *MLP*, a multilayer perceptron, has dense layers only, on the pixels of 32 px crops (notebook 4). AlexNet was trained at 67 px and for 30 epochs, with 4.1 million weights, because at 224 px two cores need too long.

# %% tags=["depth"]
# @title ROC-AUC against the number of grains, five networks
results = pd.read_csv(samples.DATA / "results" / "transfer.csv")
results["model"] = results["model"].replace({"LeNet": "LeNet with dropout", "LeNet, no dropout": "LeNet"})
names = ("Lite0", "LeNet", "AlexNet at 67 px", "MLP", "LeNet with dropout")
fig, axes = plt.subplots(1, 2, figsize=(9.5, 4.2), sharey=True, layout="constrained")
for ax, part in zip(axes, ("validation", "test")):
    for shift, (name, colour) in enumerate(zip(names, plots.palette.LINES)):
        by_n = results[results["model"] == name].groupby("n")[f"{part}_auc"]
        half = 2.78 * by_n.std() / np.sqrt(by_n.size())  # Student's t, five seeds
        x = by_n.mean().index * (1 + 0.03 * (shift - 2))
        ax.errorbar(x, by_n.mean(), half, fmt="o-", ms=4, capsize=2, color=colour, label=name)
    ax.set(xscale="log", xlabel="grains to learn from")
    ax.set_title("validation grains" if part == "validation" else "test mounts")
    ax.set_xticks([50, 100, 200, 400, 542], ["50", "100", "200", "400", "542"])
    ax.minorticks_off()
    ax.grid(alpha=0.3)
axes[0].set_ylabel("ROC-AUC")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=5, fontsize=8)
plots.show(fig, alt="ROC-AUC against grains, five networks, on two sets of grains; Lite0 on top.", of="grown")
for n in (50, 542):
    wide = results[results["n"] == n].pivot(index="seed", columns="model", values="validation_auc")
    for rival in ("LeNet", "LeNet with dropout"):
        d = evaluation.paired_difference(wide["Lite0"], wide[rival])
        print(f"{n} grains, validation: Lite0 less {rival} {d:+.2f}")
by_run = results.set_index(["model", "n", "seed"]).sort_index()
d = evaluation.paired_difference(*(by_run.loc[which, "validation_auc"] for which in (("Lite0", 50), ("LeNet", 542))))
print(f"validation: Lite0 from 50 grains less LeNet from 542 {d:+.2f}")
for n in (50, 542):
    d = evaluation.paired_difference(by_run.loc[("Lite0", n), "test_auc"], by_run.loc[("MLP", n), "test_auc"])
    print(f"{n} grains, test mounts: Lite0 less MLP {d:+.2f}")

# %% [markdown] tags=["depth"]
# **What we see.** Dots are means of five seeds, bars their 95 % interval over draws and seeds, not over other mounts. On validation grains borrowing pays most where grains are few: the lead over LeNet is large at 50 grains and small at 542. **Between Lite0 with 50 grains and LeNet with all 542 these runs resolve no difference.** With the paper's dropout LeNet is the weaker rival. On the test mounts LeNet from 50 grains is not shown to beat guessing: its bar includes 0.5. The MLP, which borrows nothing, comes close to Lite0 there; five seeds resolve the small lead with 542 grains, not with 50.

# %% [markdown] tags=["depth", "predict:ruler"]
# ## A ruler as a rival
#
# The last test is on mounts from which no network here has learned. With mounts of your own these are the ones with the role `test` in `mounts.csv`, or else a random fifth of the grains; the axis says which. The rival is one number that a ruler measures, the grain's aspect ratio. **Guess first:** what ranks the test grains better, `"ruler"` or `"lite0"` trained on all grains?

# %% tags=["depth", "predict:ruler", "answer"]
my_bet = ...

# %% tags=["depth", "check"]
ex.ruler.commit(my_bet)

# %% tags=["depth"]
# @title The test mounts: aspect ratio alone, and heads on Lite0
lines, shape = {}, test.table["aspect_ratio"].to_numpy()
exam = means_of_maps(feed(test.images))
if len(np.unique(test.y)) == 2:
    lines["aspect ratio alone"] = evaluation.auc_interval(test.y, shape)
    for seed in range(SEED, SEED + profile.seeds):
        keras.utils.set_random_seed(seed)
        on_all = training.compile_model(transfer.head(112))
        training.fit(on_all, training.Data(maps, labels), epochs=profile.epochs, batch_size=25, progress=False)
        answers = training.predict(on_all, exam)
        lines[f"Lite0, all grains, seed {seed}"] = evaluation.auc_interval(test.y, answers)
    as_table = pd.DataFrame(lines, index=["value", "low", "high"]).T
    fig = plots.compared({"this run": as_table}, label=f"ROC-AUC of {tested_on}, 95 % interval over grains")
    fig.axes[0].set_xlim(0.4, 1)
    fig.axes[0].get_legend().remove()
    plots.show(fig, alt=f"ROC-AUC of {tested_on}: aspect ratio alone and heads on Lite0, with intervals.", of=made)
    lead = evaluation.auc_difference(test.y, answers, shape)
    print(f"last seed less aspect ratio: {lead.value:+.2f} ({lead.low:+.2f} to {lead.high:+.2f}), paired")
    ex.ruler.meet(lead)
    print(f"a higher score means: more like {test.classes[1]}; the other class is {test.classes[0]}")

# %% tags=["depth", "nbval-check-output"]
real = pd.read_csv(samples.DATA / "results" / "transfer_real.csv")
real["ROC-AUC"] = [f"{row.auc:.2f} ({row.low:.2f}–{row.high:.2f})" for row in real.itertuples()]
sets = {
    "synthetic, all mounts": "grown, all",
    "synthetic, twins of the real mounts here": "grown, seven",
    "real mounts here": "real, seven",
}
named = {
    "Lite0, mean answer of five seeds": "Lite0",
    "aspect_ratio alone": "aspect ratio",
    "solidity alone": "solidity",
}
real["mounts"] = real["grains"].map(sets) + [f" ({n} batholith)" for n in real["n_batholith"]]
real["by"] = real["what"].map(named)
real.pivot(index="by", columns="mounts", values="ROC-AUC")

# %% [markdown] tags=["depth"]
# **What we see.** ROC-AUC of the two test mounts, shipped: grown mounts in the first two columns, real ones in the last. *Seven* are the same seven mounts, grown and real, *all* has more mounts; the number of batholith grains among the 542 to learn from stands behind. Lite0 does worse from the seven grown mounts than from all; whether for want of batholith grains or of mounts, this does not tell. Aspect ratio learns nothing, so both grown columns have one value for it. In none of the columns is Lite0 above it, and it needs no training. *Solidity*, how full a grain's outline is, does less well.
#
# ### To discuss: forty garnets
# A friend has CL images of 40 garnets in four mounts, two mounts of each generation, and wants to tell the generations apart. If a whole mount of each is set aside, a single mount of each is left to learn from: what can a network learn there that is not the generation? What would you try first, what would you compare it with, and which result would make you ask for a fifth and a sixth mount?

# %% [markdown] tags=["depth"]
# **To discuss, in writing or with a neighbour.** A colleague wants to write: *"Transfer learning makes up for small data sets."* Which figure of this notebook speaks for the sentence, and which against it? On what data would you test it before you sign?

# %% [markdown] tags=["depth"]
# ## One model out
#
# A model is of use to others if it takes crops as they are and says what it is worth. Preprocessing goes *inside*. A card goes with it, with the score of *this* model, yours of fifty grains after stage 2, on the test mounts. Whoever loads a model file runs what is in it: the kit's `load` refuses files with parts that could bring code along.

# %% tags=["depth"]
import tempfile

crops = keras.Input((64, 64, 1))
grey = layers.Rescaling(1 / 128, offset=-127 / 128)(crops)
zircon = keras.Model(crops, model(layers.Concatenate()([grey, grey, grey])), name="zircon")
exam_answers, ruler = in_batches(model, feed(test.images))[:, 0], test.table["aspect_ratio"].to_numpy()
no_score = f"none: {tested_on} are of one class"
has_both = len(np.unique(test.y)) == 2
card = {
    "Data": f"{made} mounts, {len(rows)} grains to learn from, neighbouring grains blacked out; tested on {tested_on}",
    "Test ROC-AUC": f"{evaluation.auc_interval(test.y, exam_answers):.2f}" if has_both else no_score,
    "Aspect ratio alone": f"{evaluation.auc_interval(test.y, ruler):.2f}" if has_both else no_score,
    "This model less aspect ratio": f"{evaluation.auc_difference(test.y, exam_answers, ruler):+.2f}"
    if has_both
    else no_score,
    "Validation ROC-AUC": f"{evaluation.auc_interval(labels_aside, answers_2):.2f}, on mounts that were learned from, too",
    "Limits": "Learned from fifty grains. Intervals are 95 %, over grains, not over other mounts.",
}
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "zircon.keras"
    exports.save(zircon, path, card, learning.classes)
    print(path.with_suffix(".md").read_text(encoding="utf-8"))
    again = exports.load(path)
print("probabilities of the loaded model:", np.round(exports.predict(again, images_aside[:4]), 2))
print("and of the one in memory:         ", np.round(in_batches(model, ready_aside[:4])[:, 0], 2))

# %% [markdown] tags=["depth"]
# **What we see.** The card says what went in, what this model is worth on grains kept apart, beside a ruler, and where not to trust it. The loaded model takes crops as they are, and answers as the one in memory does.

# %% [markdown] tags=["frame"]
# **Take away.** With few grains a small head on a frozen base ranked other grains better than a small network trained from nothing, by a lead that depends on the draw and on how well both were trained. Look at the numbers that go in, and freeze a base's batch normalization by `trainable = False`, or measure what it costs not to. On the test mounts no network here is shown to rank better than one measured shape.
#
# **Terms.** *[Base](GLOSSARY.md#base)*: the borrowed layers. *[Head](GLOSSARY.md#head)*: the new layers on top. *[Freeze](GLOSSARY.md#freeze)*: forbid to learn. *[Fine-tune](GLOSSARY.md#fine-tune)*: let a little of the base learn, in small steps. *[Batch normalization](GLOSSARY.md#batch-normalization)*: brings each map to a mean and spread, of the batch in training, stored ones in prediction. *[Cached activations](GLOSSARY.md#cached-activations)*: what frozen layers gave, kept.

# %% tags=["frame"]
score_card(ex)

# %% [markdown] tags=["frame"]
# **Read on.**
#
# - Nathwani et al. (2023), https://doi.org/10.1029/2022JB025933: sections 2.4.2–2.4.4, Table 2, Figures 7 and 9 are this notebook's subject.
# - Keras's guide *Transfer learning & fine-tuning*, https://keras.io/guides/transfer_learning/: the same steps on cats and dogs. It says that `training=False` keeps batch normalization as it was, once the base is set free; the Keras that we printed does not.
# - Simonyan and Zisserman (2015), arXiv:1409.1556: VGG-16; Tan and Le (2019), arXiv:1905.11946: the family of Lite0.
# - Yosinski et al. (2014), arXiv:1411.1792: how borrowed features grow less general with depth, measured.
# - Mitchell et al. (2019), https://doi.org/10.1145/3287560.3287596: model cards.
#
# Next: [7 · How good is it really](07_how_good_is_it_really.ipynb), on grains and mounts that were kept apart.
