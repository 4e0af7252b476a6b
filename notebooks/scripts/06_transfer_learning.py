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
images, labels = learning.images, learning.y
images_aside, labels_aside = validation.images, validation.y
stage_1_epochs, stage_2_epochs = min(200, 3 * profile.epochs // 2), min(20, 1 + profile.epochs // 2)
print(f"{len(learning)} grains to learn from, {len(validation)} to validate on, {len(test)} test grains ({tested_on})")

# %% [markdown] tags=["predict:few_grains"]
# # 6 · Transfer learning: borrow what photographs have taught
#
# Suppose that you had only **fifty** zircons with a class. LeNet, trained from nothing on fifty such grains and their augmented views, ranks grains that it has not seen with a ROC-AUC of about 0.7; 0.5 is guessing, and 1 is perfect.
#
# Now you borrow a network that has seen 1.2 million photographs: cats, cups, ships. It has seen no mineral. Its weights stay as they are. On top you put three small layers, and these alone learn from your fifty grains. **Which ROC-AUC will they reach?**

# %% tags=["predict:few_grains", "answer"]
my_guess = ...  # from 0.5 to 1

# %% tags=["check"]
ex.few_grains.commit(my_guess)  # kept; you meet it again below

# %% [markdown] tags=["frame"]
# **The idea:** a network that has seen photographs needs fewer zircons.
#
# **You will** feed a borrowed network as its makers did · freeze it and train a head on it · fine-tune a little of it, at a tenth of the learning rate · see what batch normalization does in a base that only seems frozen · measure whether borrowing pays.
#
# **You need** notebooks 4 and 5 (LeNet, dropout, the spread over seeds). **Time** core 50 min (exercises in it), going deeper 60 min, 80 s to run.
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
nearby = np.arange(len(learning))[:: max(1, len(learning) // 4)][:4]  # four zircons to choose from
pictures = [data.coffee()[:, 100:500] / 255, data.chelsea()[:, 75:375] / 255]
pictures += [np.repeat(learning.x[each][..., :1], 3, axis=-1) for each in nearby]
batch = np.stack([keras.ops.image.resize(picture, (224, 224)) for picture in pictures]).astype("float32")
fed = photographer.preprocessing((224, 224, 3))(batch)
says = np.concatenate([photographer.classifier(fed[each : each + 1]) for each in range(len(batch))])
best = says.argsort(axis=1)[:, :-4:-1]
zircon = int(np.argmax(np.isin(best[2:], list(backbones.IMAGENET)).sum(axis=1)))  # its answers have names in our list
clean = gr.on_its_mount(found, learning.table.iloc[nearby[zircon]])
shown = [(pictures[0], "a cup", 0), (pictures[1], "a cat", 1), (clean, "a zircon on its mount", None)]
shown += [(pictures[2 + zircon], "the zircon as Lite0 gets it", 2 + zircon)]
fig, axes = plt.subplots(1, 4, figsize=(9.5, 3.3), layout="constrained")
for ax, (picture, name, row) in zip(axes, shown):
    lines = [] if row is None else [(backbones.IMAGENET[k], says[row, k]) for k in best[row] if k in backbones.IMAGENET]
    ax.imshow(picture, cmap="gray", interpolation="bicubic" if row is None else "nearest")
    ax.set_title("\n".join(f"{name_of} {value:.2f}" for name_of, value in lines), fontsize=9)
    ax.set(xticks=[], yticks=[], xlabel=name)
alt = "Coffee, called espresso; a cat, called a cat; a zircon on its mount; the same, small and on black, with unsure guesses."
plots.show(fig, alt=alt, of=made)
lite0_parts = backbones.lite0_parts(photographer.classifier)
photographer = None  # memory

# %% [markdown]
# **What we see.** Each number is a probability, of the best of the 1,000 classes. Espresso and a cat: the weights are the real ones. The zircon was cut out, all around it made black, and shrunk to 64 pixels. Lite0 names it, too, because it must choose one of its classes. Its *last* layer, which names things, is of no use to us. The layers before it answer to edges, stripes and blobs, and zoning is made of those (notebook 3).
#
# ## Feed it as its makers did
#
# A borrowed network wants its pixels on the scale on which it learned. Lite0 wants three channels and (grey − 127) / 128, so values from about −1 to 1. VGG-16 wants something else. A wrong scale raises **no error**.
#
# From here to the end of stage 2 the cells are plain Keras, but for the checks of exercises: with a folder of crops and a base they run without this kit. `images` are crops of 64 × 64 pixels (px), grey levels 0 to 255, and `labels` are their classes, 0 or 1. `images_aside` and `labels_aside` are for validation.

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
    """The row numbers of n grains to learn from, both classes in proportion."""
    rows = np.arange(len(labels))
    return train_test_split(rows, train_size=min(n, len(rows) // 2), stratify=labels, random_state=seed)[0]


rows = few(50, SEED)
ready, ready_aside = feed(images[rows]), feed(images_aside)


def answers_of(model, fed):
    """What a model answers for each grain, sixteen at a time."""
    batches = [model(fed[start : start + 16], training=False) for start in range(0, len(fed), 16)]
    return np.concatenate(batches)[:, 0]


print(f"{len(rows)} grains, from {ready.min():.2f} to {ready.max():.2f}, shape {ready.shape[1:]}")

# %% [markdown] tags=["predict:free_layers"]
# ## How much may learn?
#
# The paper's recipe for VGG-16 (section 2.4.4) has two stages:
#
# 1. **Freeze** the borrowed layers, the **base**: their weights stay. Train a new **head** of 128, 32 and 1 neurones, at a learning rate of 0.001.
# 2. **Fine-tune**: set a little of the base free, too, and go on with a tenth of the rate.
#
# In the diagram each bar is a layer of VGG-16: the higher, the more weights, on a logarithmic axis. **Task:** in stage 2 of the paper 2,429,633 weights learn. Move the slider: how many of the 13 convolutions, counted from the last, did the authors set free? And what would it cost to free one more?

# %%
# @title The instrument: a slider over VGG-16
vgg16 = keras.applications.VGG16(weights=None, include_top=False, input_shape=(224, 224, 3))  # its shape, no weights
parts = [(layer.name, layer.count_params()) for layer in vgg16.layers if layer.count_params()]
head = transfer.head(512).count_params()
widgets.freezing_slider(parts, head)

# %%
# @title The same without a slider: all of the base frozen
plots.show(
    plots.freezing(parts, 0, head),
    alt="Thirteen grey bars, the convolutions of VGG-16, from 1.8 thousand to 2.4 million weights; a green one, the head.",
    of="published",
)

# %% tags=["predict:free_layers", "answer"]
my_free = ...  # from 0 to 13

# %% tags=["check"]
ex.free_layers.commit(my_free)  # you meet it again in stage 2

# %% [markdown]
# **What we see.** Grey is frozen, green is new. With nothing free, 69,825 of 14.8 million weights learn. The last convolution alone has more weights than the first seven together.

# %% [markdown] tags=["exercise:frozen_model"]
# ### Exercise: freeze, and put a head on
#
# Write stage 1's model. Four things are missing in `build`. Some layers behave differently while a network learns: dropout silences neurones, and batch normalization goes by the batch at hand (notebook 5). Calling a model with `training=False` asks for its behaviour in prediction, and for a borrowed base we want that always; the section after stage 1 shows why. Behind the base, `GlobalAveragePooling2D` turns each map into its mean; the head gets these. When it is written, set `my_build = build`. Stuck: `ex.frozen_model.hint()`.


# %% tags=["exercise:frozen_model", "answer", "plain"]
def build(base):
    base.trainable = ...  # 1: freeze
    pixels = keras.Input(base.input_shape[1:])
    maps = ...  # 2: call the base on the pixels, with training=False
    x = layers.GlobalAveragePooling2D()(maps)
    x = ...  # 3: Dense of 128 with ReLU, and a Dropout(0.5)
    x = ...  # 4: Dense of 32 with ReLU, and a Dropout(0.5)
    return keras.Model(pixels, layers.Dense(1, activation="sigmoid", dtype="float32")(x))


my_build = ...

# %% tags=["check", "nbval-check-output"]
ex.frozen_model.check(my_build)

# %% tags=["frame"]
# @title Goes on with your function or, until it is right, with the kit's
base = backbones.lite0(64).base()  # Lite0 up to its eleventh block, as a plain keras.Model; all of it could learn
is_mine = ex.frozen_model.is_right(my_build)
stage_1 = my_build if is_mine else ex.frozen_model.answer
print("going on with", "your function" if is_mine else "the kit's function")

# %% [markdown]
# ## Stage 1: the head learns
#
# Two bases, one function: VGG-16 to count, Lite0 to train. VGG-16's convolutions are all borrowed. **Lite0 is cut**: we keep the first eleven of its sixteen blocks (0 to 10), 0.7 million weights, which turn a crop into 112 small maps. What lies behind them is cut off, since it serves to name cats and cups.

# %%
# @title Lite0, cut: what is kept, what may learn in stage 2, and what goes
plots.show(
    plots.freezing(lite0_parts[:13], 1, transfer.head(112).count_params(), cut=lite0_parts[13:]),
    alt="Bars of Lite0's layers: the stem and blocks 0 to 10 grey, the last convolution amber, five blocks, a convolution and the classes cut off, and the green head.",
    of="published",
)

# %% [markdown]
# **What we see.** Lite0 in stage 2: the amber bar is the last convolution of block 10, and in stage 1 it is frozen, too. More than four fifths of Lite0's weights lie in what is cut off.


# %% tags=["plain", "nbval-check-output"]
def learnable(model):
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


vgg16 = keras.applications.VGG16(weights=None, include_top=False, input_shape=(224, 224, 3))
on_vgg16 = stage_1(vgg16)
print(f"VGG-16: {on_vgg16.count_params():,} weights, {learnable(on_vgg16):,} learn")
keras.utils.set_random_seed(SEED)
model = stage_1(base)
print(f"Lite0:  {model.count_params():,} weights, {learnable(model):,} learn")


# %% tags=["plain"]
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy")
how = {"batch_size": 25, "verbose": 0, "validation_data": (ready_aside, labels_aside), "validation_freq": 5}
first = model.fit(ready, labels[rows], epochs=stage_1_epochs, **how)
answers_1 = answers_of(model, ready_aside)
after_stage_1 = roc_auc_score(labels_aside, answers_1)
print(f"stage 1, {len(rows)} grains, {stage_1_epochs} epochs: validation ROC-AUC {after_stage_1:.2f}")

# %% [markdown]
# ## A trap: batch normalization
#
# Lite0 has a **batch normalization** behind each convolution (notebook 5). In prediction it uses means and variances that it stored while it looked at photographs. In training it uses those of the batch at hand, and changes the stored ones. What happens if it does so in a base that you believe to be frozen? We let one base answer both ways, with the head that stage 1 has just trained on top.

# %%
# @title The same grains, by stored means and by those of a batch
loose = keras.models.clone_model(base)
loose.set_weights(base.get_weights())
for layer in loose.layers:
    layer.trainable = True
on_top = keras.Sequential(model.layers[2:])  # what stands behind the base in the model
stored = answers_1
same = [np.asarray(base(ready_aside[:16], training=mode)) for mode in (False, True)]
head_after_stage_1 = on_top.get_weights()  # for later
rng = np.random.default_rng(SEED)
by_batch = np.full((3, len(stored)), np.nan)
for row in by_batch:
    for batch in np.array_split(rng.permutation(len(stored)), max(1, len(stored) // 16)):
        row[batch] = np.asarray(on_top(loose(ready_aside[batch], training=True)))[:, 0]
fig, ax = plt.subplots(figsize=(5.2, 4.2), layout="constrained")
ax.vlines(stored, by_batch.min(axis=0), by_batch.max(axis=0), color=plots.COLOURS["quiet"], lw=0.8)
for row in by_batch:
    ax.plot(stored, row, ".", color=plots.palette.LINES[0], ms=4)
ax.axline((0, 0), slope=1, color=plots.COLOURS["quiet"], ls=":")
ax.set(xlabel="answer by the stored means", ylabel="answer by the means of a batch of 16")
plots.show(
    fig,
    alt="Answers of one head: by stored means across, by batch means up; three dots for each grain, joined by a line, most of them far from the diagonal.",
    of=made,
)
scores = ", ".join(f"{roc_auc_score(labels_aside, row):.2f}" for row in by_batch)
print(f"ROC-AUC by the stored means {after_stage_1:.2f}; by those of a batch, three times: {scores}")
print(f"one grain's answer changes from batch to batch by up to {np.ptp(by_batch, axis=0).max():.2f}")
print(f"base.trainable = False: training=True changes a map by {np.ptp(same, axis=0).max():.1g} at most")

# %% [markdown]
# **What we see.** Each vertical line is one validation grain, and the three dots on it are its answers in three batches. On the dotted diagonal nothing would change. By the means of a batch the answers leave it; the longer a line, the more a grain's answer depends on the other grains of its batch. With `trainable = False` nothing changes, as the last printed line says: frozen batch normalization keeps to its stored means.
#
# `training=False` has the same effect when *you* call the model. During `fit`, Keras 3 overrides it, and only `trainable = False` protects. So as a rule leave the batch normalization of a base frozen.

# %% [markdown] tags=["exercise:stage_two"]
# ## Stage 2: the last convolution, in small steps
#
# ### Exercise: fine-tune
#
# Write `unfreeze`. The last convolution of the base may learn, all else in the base stays frozen, and the model is compiled anew, with Adam at a tenth of 0.001 and the same loss. Then `my_unfreeze = unfreeze`. A convolution is a `keras.layers.Conv2D`, and `base.layers` has them in order.


# %% tags=["exercise:stage_two", "answer", "plain"]
def unfreeze(model, base): ...


my_unfreeze = ...

# %% tags=["check", "nbval-check-output"]
ex.stage_two.check(my_unfreeze)

# %% tags=["frame"]
# @title Goes on with your function or, until it is right, with the kit's
is_mine = ex.stage_two.is_right(my_unfreeze)
stage_2 = my_unfreeze if is_mine else ex.stage_two.answer
print("going on with", "your function" if is_mine else "the kit's function")

# %% tags=["plain", "nbval-check-output"]
stage_2(on_vgg16, vgg16)
print(f"VGG-16, stage 2: {learnable(on_vgg16):,} weights learn")
stage_2(model, base)
print(f"Lite0, stage 2:  {learnable(model):,} weights learn")

# %% tags=["plain"]
before = base.get_layer("bn0").get_weights()[2]  # scale, shift, then the stored means, and the variances
second = model.fit(ready, labels[rows], epochs=stage_2_epochs, **how)
kept = np.array_equal(before, base.get_layer("bn0").get_weights()[2])
answers_2 = answers_of(model, ready_aside)
after_stage_2 = roc_auc_score(labels_aside, answers_2)
print(f"stage 2: validation ROC-AUC {after_stage_2:.2f}, after {after_stage_1:.2f}; stored means kept: {kept}")

# %%
ex.free_layers.meet(learnable(on_vgg16))
del on_vgg16, vgg16  # memory

# %%
# @title The loss over both stages
fig, ax = plt.subplots(figsize=(7.5, 3.2), layout="constrained")
epochs = np.arange(1, stage_1_epochs + stage_2_epochs + 1)
ax.plot(epochs, first.history["loss"] + second.history["loss"], color=plots.palette.LINES[0], ls="--", label="training")
every_fifth = np.r_[epochs[4:stage_1_epochs:5], stage_1_epochs + epochs[4:stage_2_epochs:5]]
aside_loss = first.history.get("val_loss", []) + second.history.get("val_loss", [])
ax.plot(every_fifth[: len(aside_loss)], aside_loss, color=plots.palette.LINES[1], label="validation")
ax.axvline(stage_1_epochs + 0.5, ls=":", color=plots.COLOURS["quiet"], label="stage 2 begins")
ax.set(xlabel="epoch", ylabel="loss")
ax.legend(fontsize=8)
plots.show(fig, alt="Training and validation loss over both stages, with a dotted line where stage 2 begins.", of=made)

# %% [markdown]
# **What we see.** The loss falls in stage 1; stage 2 hardly moves the validation loss. The training loss jumps, since each step sees 25 grains with half of the head's neurones silenced. The two ROC-AUCs printed above say what stage 2 changed here; one run does not say whether it helps in general.
#
# ## Borrowed against from nothing
#
# Three draws of fifty grains. Each draw trains a new head on the frozen base, and LeNet from nothing, at 32 px. A rival must be given its best: LeNet gets no dropout, which suits it better with so few grains, and the paper's **augmentation** and 200 epochs (notebook 5). A second LeNet goes without augmentation. The base is frozen, so the maps of each grain are computed once, and the heads are trained on what comes out.

# %%
base_as_borrowed = backbones.lite0(64).base()  # without what stage 2 has changed


def means_of_maps(fed):
    return training.predict(base_as_borrowed, fed, 32).mean(axis=(1, 2))  # the mean of each of 112 maps


maps, maps_aside = means_of_maps(feed(images)), means_of_maps(ready_aside)
print(f"{len(maps)} grains, {maps.shape[1]} numbers each")


def trained(model, x, drawn, x_aside, **how):
    """Train on some rows: answers for the validation grains, their ROC-AUC every tenth epoch, that of the rows."""
    curve = []

    def look(epoch, logs):
        if epoch % 10 == 9:
            curve.append(roc_auc_score(labels_aside, training.predict(model, x_aside)))

    training.compile_model(model)
    how |= {"batch_size": 25, "progress": False, "callbacks": [keras.callbacks.LambdaCallback(on_epoch_end=look)]}
    training.fit(model, training.Data(x[drawn], labels[drawn]), **how)
    return training.predict(model, x_aside), curve, roc_auc_score(labels[drawn], training.predict(model, x[drawn]))


# %%
small, small_aside = (
    keras.ops.image.resize(part.x, (32, 32), antialias=True).numpy() for part in (learning, validation)
)
long = min(200, 10 * profile.epochs)
draws = []
for seed in range(SEED, SEED + profile.seeds):
    keras.utils.set_random_seed(seed)
    drawn, change = few(50, seed), training.augmentation(seed)
    draws.append(
        {
            "head on frozen Lite0": trained(transfer.head(112), maps, drawn, maps_aside, epochs=long),
            "LeNet": trained(models.lenet(dropout=0.0), small, drawn, small_aside, epochs=long, augment=change),
            "LeNet, not augmented": trained(models.lenet(dropout=0.0), small, drawn, small_aside, epochs=long // 2),
        }
    )

# %%
# @title Validation ROC-AUC of every draw, while they learn and in the end
plots.show(
    plots.draws({name: [draw[name][1] for draw in draws] for name in draws[0]}, every=10),
    alt="Left, validation ROC-AUC by epoch, a line for each draw, of the head on Lite0, LeNet and LeNet without augmentation. Right, where the lines end, as dots.",
    of=made,
)
for name in draws[0]:
    print(f"ROC-AUC of the grains it learned from, {name:22s}", ", ".join(f"{draw[name][2]:.2f}" for draw in draws))
print("lead of the head on Lite0, paired, with its 95 % interval over the validation grains")
for number, draw in enumerate(draws, 1):
    borrowed = draw["head on frozen Lite0"][0]
    for rival in ("LeNet", "LeNet, not augmented"):
        lead = evaluation.auc_difference(labels_aside, borrowed, draw[rival][0])
        print(f"draw {number}: over {rival:20s} {lead.value:+.2f} ({lead.low:+.2f} to {lead.high:+.2f})")

# %%
in_the_end = [np.mean([draw[name][1][-1] for draw in draws]) for name in ("head on frozen Lite0", "LeNet")]
ex.few_grains.meet(tuple(in_the_end))

# %% [markdown]
# **What we see.** Left, how each network comes on; right, in the same colours, where it ends. The printed lines give the lead of the borrowed network on the same validation grains, with its paired 95 % interval: where it leaves out 0, the lead is resolved. Another draw moves every score. Without augmentation LeNet knows the grains that it learned from by heart, as their own ROC-AUC shows; on the grown set it ends about 0.1 lower. The LeNet with augmentation is the fair rival; on the grown set its curves hardly rise in the second hundred epochs. Five shipped runs on crops made as published end at 0.68 to 0.78: see *How many grains?*.

# %% [markdown] tags=["exercise:beat_lenet"]
# ### Exercise: fewer grains
#
# LeNet had fifty grains and their augmented views. Get above it with **thirty**: `few(30, SEED)` gives their rows. Take a fresh base, `backbones.lite0(64).base()`, since stage 2 has changed the other one. Decide on epochs and rates, and hand over your rows and your probabilities for the validation grains. Train **once**: the best of ten tries on the same validation grains is partly luck. It is scored by the paired difference from LeNet (with augmentation) in the first draw: its interval must lie above 0.

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
# Maps from behind Lite0's fourth block, 16 × 16 values from a grain of 128 px, laid over the grain: amber where a map is strong. They are the four maps whose strength differs most between grains.

# %% tags=["depth"]
# @title Four maps laid over a grain
large = backbones.lite0(128)
seen = transfer.features(large, learning.images[:40], "block4_add", progress=False).astype("float32")
differing = np.argsort(seen.mean(axis=(1, 2)).std(axis=0))[::-1][:4]
example = int(np.argmax(learning.masks[:40].sum(axis=(1, 2))))
plots.show(
    plots.maps_on_grain(learning.images[example, ..., 0], seen[example], list(differing)),
    alt="A grain, and four times the same grain with amber where a map is strong: at edges, on zones, inside or outside.",
    of=made,
)
del large, seen

# %% [markdown] tags=["depth"]
# **What we see.** Each map answers to something else in the same image, and one or two are strong in the dark around the grain. The head gets the mean of each of 112 later, coarser maps.
#
# ## A slip that raises no error
#
# The notebook that was published with the paper (`zirconCNN_MWE.ipynb`, cells counted from 0, a *minimal working example*, so the authors' own runs may differ) has two slips of one kind. In cell 21 a rescaling layer is built, and the next line overwrites what it gave, so VGG-16 gets grey levels that nobody scaled. In cell 16 the test images do go through VGG's own preprocessing, which those of cell 21 did not. LeNet's images are scaled as they should be, in cell 9: grey / 127.5 − 1. Nothing fails. What does such a slip cost on *zircons*? We try it on Lite0: we compute the maps of some of the learning grains (how many is printed) from three feeds, and train heads on them. Training and validation grains are fed alike, so this is the first slip, not the second.


# %% tags=["depth"]
some = few(300, SEED)
print(f"{len(some)} grains to learn from, {len(labels_aside)} to validate on")


def with_feed(scale, offset):
    parts = (images[some], images_aside)
    return [means_of_maps(np.repeat(part.astype("float32") * scale + offset, 3, axis=-1)) for part in parts]


inputs = {"as its makers": (maps[some], maps_aside)}
inputs |= {"0 to 1": with_feed(1 / 255, 0), "0 to 255": with_feed(1, 0)}
by_feed, labels_some = {name: [] for name in inputs}, labels[some]
for name, (x, x_aside) in inputs.items():
    for seed in range(max(2, profile.seeds)):
        keras.utils.set_random_seed(seed)
        head_on_feed = training.compile_model(transfer.head(112))
        training.fit(head_on_feed, training.Data(x, labels_some), epochs=profile.epochs, progress=False)
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
# **What we see.** Validation ROC-AUC for each seed, and the paired difference from the makers' feed (Student's t over the seeds). On the grown set a feed of 0 to 255 ranks worse with every seed, and yet three seeds do not resolve the difference from 0. A feed of 0 to 1 costs nothing that can be measured here: the score would not show you the slip.
#
# ### Exercise: how to find it
# Suppose that the slip is in your own code. Which of these would show it?
#
# - **a** the training loss, which would not fall from epoch to epoch
# - **b** the range of the pixels at the first layer, against the makers'
# - **c** the number of parameters, which would not be the published one
# - **d** the accuracy on training grains, which would stay near chance

# %% tags=["depth", "exercise:find_the_slip", "answer"]
my_finding = ...

# %% tags=["depth", "check", "nbval-check-output"]
ex.find_the_slip.check(my_finding)

# %% [markdown] tags=["depth"]
# ## What to unfreeze
#
# Stage 2 in three ways, on the same fifty grains: with nothing of the base free, with its last convolution free, as you did it, and with its whole last block free, three batch normalizations included.


# %% tags=["depth"]
behind_block_9 = base_as_borrowed.get_layer("block9_add").output
frozen = keras.Model(base_as_borrowed.input, behind_block_9)  # in all three ways, so it is computed once
short, short_aside = (training.predict(frozen, fed, 32) for fed in (ready, ready_aside))
last = keras.Model(behind_block_9, base_as_borrowed.output)
block_10 = keras.models.clone_model(last)
block_10.set_weights(last.get_weights())
for layer in block_10.layers:
    layer.trainable = True  # three convolutions, each with its batch normalization
top = keras.models.clone_model(on_top)
top.set_weights(head_after_stage_1)
trial = keras.Sequential([block_10, top])
trial.compile(optimizer=keras.optimizers.Adam(1e-4), loss="binary_crossentropy")
trial.fit(short, labels[rows], epochs=stage_2_epochs, batch_size=25, verbose=0)
tried = {"nothing": answers_1, "the last convolution": answers_2}
tried["the last block"] = training.predict(trial, short_aside, 32)
for name, answers in tried.items():
    lead = evaluation.auc_difference(labels_aside, answers, answers_1)
    auc = roc_auc_score(labels_aside, answers)
    print(f"{name:20s} {auc:.2f}, less nothing {lead.value:+.2f} ({lead.low:+.2f} to {lead.high:+.2f})")
del trial, frozen, last, block_10

# %% [markdown] tags=["depth"]
# **What we see.** Validation ROC-AUC after stage 2, and the paired difference from stage 1 alone with its 95 % interval over grains. Where the interval holds 0, these grains do not resolve whether it helps to free more. The last block, once it is free, also moves its stored means towards those of fifty grains. Try to free the convolutions of the block only.
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
    print("No run on a GPU has been shipped yet. These are the rows of the paper's Table 2, one run each:")
    table_2 = samples.published_scores().set_index("model")
    gave = table_2.loc[["AlexNet", "VGG-16"], ["parameters", "validation_auc", "test_auc", "test_accuracy"]]
gave

# %% [markdown] tags=["depth"]
# **What we see.** The paper's AlexNet ranks its validation grains well, and gets 0.56 of the test grains right, fewer than always saying *batholith* would (46 of 71, 0.65). Its VGG-16 keeps 0.93 there. One run on 71 grains: the interval of such a 0.93 is about 0.86 to 1.00.
#
# ## Compute frozen layers once
#
# Frozen layers give the same numbers for the same image in every epoch. The kit keeps them, the **cached activations**, on disk for a few augmented views of each grain. Both stages of VGG-16 at 224 px, four views, took **13 minutes against 12 hours: same network, same two cores** (the 12 hours are two epochs, multiplied up). Does that cost anything? Here are three seeds of Lite0 both ways, 200 + 20 epochs.

# %% tags=["depth", "nbval-check-output"]
ways = pd.read_csv(samples.DATA / "results" / "transfer_speed.csv").groupby(["way", "seed"])
auc = ways.apply(lambda part: evaluation.auc_interval(part["y"], part["probability"]).value).unstack("way")
d = evaluation.paired_difference(auc["cached"], auc["uncached"])
print(f"cached {auc['cached'].mean():.3f}, uncached {auc['uncached'].mean():.3f} (grown set, validation ROC-AUC)")
print(f"paired difference and its 95 % interval: {d:+.3f}")

# %% [markdown] tags=["depth", "exercise:passes_saved"]
# **What we see.** Three seeds do not resolve a difference.
#
# ### Exercise: what is saved
# As published, 542 grains to learn from and 136 to validate on go through the frozen layers in each of 220 epochs. With cached activations it is 4 views of the 542, and the 136, once. How many times fewer images go through?

# %% tags=["depth", "exercise:passes_saved", "answer"]
my_factor = ...

# %% tags=["depth", "check", "nbval-check-output"]
ex.passes_saved.check(my_factor)

# %% [markdown] tags=["depth"]
# ## How many grains?
#
# The paper's Figure 9, for both kinds of grains: five seeds, trained on the grown set and shipped with the kit. Each seed draws other grains; 542 are all that there are. AlexNet was trained at 67 px and for 30 epochs, with 4.1 million weights, because at 224 px two cores need too long.

# %% tags=["depth"]
# @title ROC-AUC against the number of grains, five networks
results = pd.read_csv(samples.DATA / "results" / "transfer.csv").query("model != 'VGG-16 of edges'")
names = ("Lite0", "LeNet", "LeNet, no dropout", "AlexNet at 67 px", "MLP")
fig, axes = plt.subplots(1, 2, figsize=(9.5, 4.2), sharey=True, layout="constrained")
for ax, part in zip(axes, ("validation", "test")):
    for shift, (name, colour) in enumerate(zip(names, plots.palette.LINES)):
        by_n = results[results["model"] == name].groupby("n")[f"{part}_auc"]
        half = 2.78 * by_n.std() / np.sqrt(by_n.size())  # Student's t, five seeds
        x = by_n.mean().index * (1 + 0.03 * (shift - 2))
        ax.errorbar(x, by_n.mean(), half, fmt="o-", ms=4, capsize=2, color=colour, label=name)
    ax.set(
        xscale="log",
        xlabel="grains to learn from",
        title="validation grains" if part == "validation" else "test mounts",
    )
    ax.set_xticks([50, 100, 200, 400, 542], ["50", "100", "200", "400", "542"])
    ax.minorticks_off()
    ax.grid(alpha=0.3)
axes[0].set_ylabel("ROC-AUC")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=5, fontsize=8)
plots.show(
    fig,
    alt="ROC-AUC against grains for five networks, on validation grains and test mounts; Lite0 is on top.",
    of="grown",
)
for n in (50, 542):
    wide = results[results["n"] == n].pivot(index="seed", columns="model", values="validation_auc")
    d = evaluation.paired_difference(wide["Lite0"], wide["LeNet"])
    print(f"{n} grains: Lite0 less LeNet {d:+.2f}")

# %% [markdown] tags=["depth"]
# **What we see.** Dots are means of five seeds, bars their 95 % interval over draws and seeds, not over other mounts. On validation grains borrowing pays most where grains are few: the printed lead over LeNet is large at 50 grains and small at 542. LeNet without dropout is the stronger rival there. On the test mounts the lead over LeNet stays large, and the MLP comes close to Lite0.
#
# ## A ruler as a rival
#
# The last test is on mounts from which no network here has learned. With mounts of your own these are the ones to which the sheet gives the role `test`, or else a random fifth of the grains; the axis says which. Beside the heads on Lite0 stands one number that a ruler measures: the grain's aspect ratio.

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
    plots.show(fig, alt=f"ROC-AUC of {tested_on}: aspect ratio alone and heads on Lite0, with intervals.", of=made)
    lead = evaluation.auc_difference(test.y, answers, shape)
    print(f"last seed less aspect ratio: {lead.value:+.2f} ({lead.low:+.2f} to {lead.high:+.2f}), paired")
    print(f"a higher score means: more like {test.classes[1]}; the other class is {test.classes[0]}")

# %% tags=["depth", "nbval-check-output"]
real = pd.read_csv(samples.DATA / "results" / "transfer_real.csv").query("what != 'solidity alone'")
interval = [f"{row.auc:.2f} ({row.low:.2f} to {row.high:.2f})" for row in real.itertuples()]
pd.DataFrame({"grains": real["grains"], "what": real["what"], "ROC-AUC": interval}).set_index("grains")

# %% [markdown] tags=["depth", "exercise:garnet_plan"]
# **What we see.** In the shipped table aspect ratio alone has 0.89, on the grown set and on the real mounts, and no network in it is above that. The undefeated rival needs no training. The paired difference above is that of the last seed; where its interval holds 0, nothing is resolved.
#
# ### Exercise, to discuss: forty garnets
# A friend has CL images of 40 garnets in four mounts, two mounts of each generation, and wants to tell the generations apart. What do you advise, and what would change your mind?
#
# - **a** AlexNet from nothing, because a garnet is no photograph; whole mounts aside
# - **b** VGG-16 with all layers free, at a rate of 0.01, to adapt it; whole mounts aside
# - **c** a frozen base, a small head, beside one measured shape; whole mounts aside
# - **d** a frozen base, a small head, 640 augmented views; a random fifth of them aside

# %% tags=["depth", "exercise:garnet_plan", "answer"]
my_advice = ...

# %% tags=["depth", "check", "nbval-check-output"]
ex.garnet_plan.check(my_advice)

# %% [markdown] tags=["depth"]
# **To discuss, in writing or with a neighbour.** A colleague wants to write: *"Transfer learning makes up for small data sets."* Which figure of this notebook speaks for the sentence, and which against it? On what data would you test it before you sign?
#
# ## One model out
#
# A model is of use to others if it takes crops as they are and says what it is worth. Preprocessing goes *inside*. A card goes with it. Whoever loads a model file runs what is in it: the kit's `load` refuses files with parts that could bring code along.

# %% tags=["depth"]
import tempfile

crops = keras.Input((64, 64, 1))
grey = layers.Rescaling(1 / 128, offset=-127 / 128)(crops)
zircon = keras.Model(crops, model(layers.Concatenate()([grey, grey, grey])), name="zircon")
scores = {name: f"{value:.2f} ({low:.2f} to {high:.2f})" for name, (value, low, high) in lines.items()}
card = {
    "Data": f"{made} mounts, {len(rows)} grains to learn from, {len(validation)} to validate on, neighbours black",
    "Validation ROC-AUC": f"{after_stage_2:.2f}, grains of mounts that were learned from, too",
    "Rivals on grains kept apart": scores or "no test grains of both classes here",
    "Limits": "Learned from fifty grains. Compare with aspect ratio alone before you trust it on others.",
}
with tempfile.TemporaryDirectory() as folder:
    path = Path(folder) / "zircon.keras"
    exports.save(zircon, path, card, learning.classes)
    print(path.with_suffix(".md").read_text(encoding="utf-8"))
    again = exports.load(path)
print("probabilities of the loaded model:", np.round(exports.predict(again, images_aside[:4]), 2))
print("and of the one in memory:         ", np.round(answers_of(model, ready_aside[:4]), 2))

# %% [markdown] tags=["depth"]
# **What we see.** The card says what went in, how it was split, what it is worth and where not to trust it. The loaded model takes crops as they are, and answers as the one in memory does.

# %% [markdown] tags=["frame"]
# **Take away.** With few grains a small head on a frozen base ranks other grains better than a small network that begins with nothing, by a lead that depends on the draw and on how well the rival was trained. Look at the numbers that go in, and keep batch normalization frozen. On the test mounts no network here is shown to rank better than one measured shape.
#
# **Terms.** *Base*: the borrowed layers. *Head*: the new layers on top. *Freeze*: forbid to learn. *Fine-tune*: let a little of the base learn, in small steps. *Batch normalization*: brings each map to a mean and spread, of the batch in training, stored ones in prediction. *Cached activations*: what frozen layers gave, kept.

# %% tags=["frame"]
score_card(ex)

# %% [markdown] tags=["frame"]
# **Read on.**
#
# - Nathwani et al. (2023), https://doi.org/10.1029/2022JB025933: sections 2.4.2–2.4.4, Table 2, Figures 7 and 9 are this notebook's subject.
# - Keras's guide *Transfer learning & fine-tuning*, https://keras.io/guides/transfer_learning/: the same steps on cats and dogs.
# - Simonyan and Zisserman (2015), arXiv:1409.1556: VGG-16; Tan and Le (2019), arXiv:1905.11946: the family of Lite0.
# - Yosinski et al. (2014), arXiv:1411.1792: how borrowed features grow less general with depth, measured.
# - Mitchell et al. (2019), https://doi.org/10.1145/3287560.3287596: model cards.
#
# Next: [7 · How good is it really](07_how_good_is_it_really.ipynb), on grains and mounts that were kept apart.
