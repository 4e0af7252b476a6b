# %% [markdown]
# # 9 · What the network sees
#
# **The idea:** a map of evidence is a claim, and can be tested.
#
# **You will** look into every layer of LeNet, and work out how much of a grain it sees from there · switch channels off and measure what is missed ·
# draw in three ways where a network finds its evidence, one of them by hand · test whether such a picture depends on the network at all, and, where the truth is known, whether it is right.
#
# **You need** notebooks 3 and 4 (feature maps, LeNet, gradients). **Time** 45 min to teach, 25 min of exercises, 60 s to run on two processor cores.

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

# %% [markdown]
# ## What do *you* look at?
#
# Some grains, their classes on top. Before you read on, write down what you would go by: the outline, the bands, the brightness, the rim? At the end you can hold it against what the network goes by.

# %%
from itertools import combinations

import cv2
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers
from scipy.stats import spearmanr
from zirconkit import course, evaluation, explain, mounts, plots, samples
from zirconkit.networks import training
from zirconkit import grains as gr

profile = course.profile(PROFILE)
found = course.enough("09", mounts.find(DATA, profile.name))
everything = gr.from_mounts(found, size=32, mask_neighbours=True).two_classes()
known, _ = gr.test_split(everything)  # without the test mounts
learning, aside = gr.stratified_split(known, share=0.2, seed=0)
rng = np.random.default_rng(SEED)
four = [rng.choice(np.flatnonzero(aside.y == k), min(4, (aside.y == k).sum()), replace=False) for k in (1, 0)]
eight = aside[np.concatenate(four)]
unasked, asked = aside.classes  # of more than two the last is asked for
colour_of = plots.class_colours(eight.classes)
colours = [colour_of[label] for label in eight.table["class_name"]]
plots.show(
    plots.gallery(eight.images, titles=list(eight.table["class_name"]), columns=4, width=6, colours=colours),
    alt=f"Some {asked} grains and behind them some {unasked} grains, 32 by 32 px each, on black.",
)
print(f"{len(learning)} grains to learn from; {len(aside)} set aside, {aside.y.sum()} of them {asked}")

# %% [markdown]
# ## A network, and its best and worst answers
#
# LeNet again, without dropout, its layers named as in the paper: C1, C3, C5 are convolutions, S2, S4, S6 the poolings behind them. It learns for a few epochs. We look at grains that were set *aside*: of the same mounts, but it has not learned from them. (Whether it is any good on new mounts is the matter of notebooks 4 to 8. Here we ask what it does.)


# %%
def build(shape=(32, 32, 1)):
    parts = [keras.Input(shape)]
    for filters, convolution, pooling in ((6, "C1", "S2"), (16, "C3", "S4"), (32, "C5", "S6")):
        parts.append(layers.Conv2D(filters, 3, padding="same", activation="relu", name=convolution))
        parts.append(layers.MaxPooling2D(2, name=pooling))
    parts += [layers.Flatten(), layers.Dense(32, activation="relu"), layers.Dense(1, activation="sigmoid")]
    return keras.Sequential(parts, name="LeNet")


def trained(learning, epochs, seed):
    keras.utils.set_random_seed(seed)
    model = build(learning.images.shape[1:])
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy")
    training.fit(model, learning, epochs=epochs, seed=seed)
    return model


keras.utils.set_random_seed(SEED)
first_kernels = build(aside.images.shape[1:]).get_layer("C1").get_weights()[0]  # what C1 starts with, before it learns
model = trained(learning, profile.epochs, SEED)
p = training.predict(model, aside)
print("ROC-AUC of the grains set aside: {:.2f} ({:.2f} to {:.2f})".format(*evaluation.auc_interval(aside.y, p)))

# %%
kinds = explain.extremes(aside.y, p, n=6)
fig, axes = plt.subplots(3, 6, figsize=(9, 5.2), layout="constrained")
for row, (kind, chosen) in zip(axes, kinds.items()):
    row[0].set_ylabel(kind)
    for ax in row:
        ax.set(xticks=[], yticks=[])
    for ax, number in zip(row, chosen):
        label = aside.table["class_name"][number]
        ax.imshow(aside.images[number, ..., 0], cmap="gray", vmin=0, vmax=255)
        ax.set_title(f"{label}, p = {p[number]:.2f}", fontsize=8, color=colour_of[label])
plots.show(
    fig, alt="Three rows of six grains: the most right, the most wrong and the least sure answers, with class and p."
)
for feature in ("mean_grey", "area_px", "aspect_ratio", "oscillation"):
    r = spearmanr(p, aside.table[feature], nan_policy="omit").statistic
    print(
        f"rank correlation of p with {feature}: {r:+.2f} (shuffled grains: within ± {1.96 / np.sqrt(len(p) - 1):.2f})"
    )

# %% [markdown]
# **What we see.** *p* is the network's probability of porphyry (of your own classes: of the one asked for, which was printed above); the title says what the grain is. Top: sure and right. Middle: sure and wrong. Bottom: *p* nearest to ½ (not very near on the real mounts, where it learned from twenty porphyry grains for each batholith one and says porphyry to almost everything). The paper has such pictures in its Figure 5, of grains that its network had learned from, and reads them so: sure of porphyry where a crystal is well formed and banded.
#
# What would you read from ours? The top row is *bright*, on the synthetic set and on the real mounts. That is a guess about the network, and a cheap one to test: the print-out has the rank correlation of *p* with four measurements of the grains, brightness, area, aspect ratio and how much the grey goes up and down from core to rim (1: *p* rises with it, −1: it falls, 0: does not care). On the synthetic set the guess holds half: *p* goes along with brightness, which tells how a mount was exposed rather than how a rock grew (notebook 4), and with aspect ratio. On the real mounts it fails: brightness hardly counts, and *p* falls with the grain's area, almost in step. The top row is *small*, too, and that caught the eye less. So: a reason that we see in a few pictures is a guess, and four correlations cost less than any of the methods below. But a correlation says what goes along with *p*, not where in the image it comes from. So let us look inside.
#
# ## Layer by layer
#
# A model cut off behind a layer gives that layer's **feature maps**: for each filter, each **channel**, an image of where it answers, and how much.

# %%
names = ["C1", "S2", "C3", "S4", "C5", "S6"]
cut = keras.Model(model.inputs[0], [model.get_layer(name).output for name in names])
first = next(rows for rows in kinds.values() if len(rows))[:1]  # the first grain of the top row, if any is right
one = aside.x[first]
maps = {name: np.asarray(each)[0] for name, each in zip(names, cut(one))}
fig = plots.feature_grid(maps, channels=5)
plots.show(
    fig, alt="The first five feature maps of each of six layers for one grain, finer on the left, coarser on the right."
)
print(", ".join(f"{name} {' × '.join(map(str, each.shape))}" for name, each in maps.items()))

# %% [markdown]
# **What we see.** The paper's Figure 11, for our network: a column a layer, its first five channels, each drawn on its own scale (dark: low, yellow: high). In C1 the grain is still there, its edges here, its bright parts there. Each pooling halves the side and keeps the strongest answers. On the synthetic set and the real mounts some channels of C3 still show the whole grain, others only one side of it; in C5 there are 8 × 8 numbers a channel, which may still show how the grain lies, and little else. A map marked *flat*, if there is one, is the same everywhere: this channel has nothing to say about this grain. Whether about any, the browser below can show.
#
# The same for any grain, layer and channel; `explain.feature_maps` cuts any model of the kit behind every layer at once. Where nothing moves (in print, on the web) the figure above says the same.

# %%
from zirconkit import widgets

widgets.feature_map_browser(aside.images[:24], explain.feature_maps(model, aside[:24]))

# %% [markdown]
# ### Exercise 1: how far does it see?
# One number of C1 depends on 3 × 3 pixels of the image. One number of C5, in the middle of its map, depends on a square of how many pixels a side?

# %%
from zirconkit.exercises import explanations as ex

answer = ...

# %% tags=["nbval-check-output"]
ex.receptive_field.check(answer)

# %% [markdown]
# This is the **receptive field** of notebook 3, worked out backwards. We can also measure it: keep a square of the image as it is, put noise everywhere *outside* of it, and see how much the numbers in the middle of a layer change.

# %%
middles = {"C1": (16, 16.0), "C3": (8, 16.5), "C5": (4, 17.5)}  # row and column in the map; where that is in the image
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), width_ratios=[1, 1.6], layout="constrained")
left.imshow(one[0, ..., 0], cmap="gray")
left.set(xlabel="column (px)", ylabel="row (px)", title="what lies outside does not count")
for name, colour in zip(middles, ("accent", "batholith", "porphyry")):
    place, centre = middles[name]
    away = np.abs(np.indices((32, 32)) - centre).max(axis=0)  # how far each pixel is from the middle
    sides, changes = np.arange(2 if centre % 1 else 1, 27, 2), []
    for side in sides:
        noise = np.random.default_rng(SEED).random((50, 32, 32, 1), dtype="float32")
        noisy = np.where((away < side / 2)[..., None], one, noise)
        numbers, before = (explain.feature_maps(model, each)[name][:, place, place] for each in (noisy, one))
        changes.append(np.abs(numbers - before).mean())
    if not max(changes):
        print(f"{name}: all its numbers there are 0, whatever lies outside")
        continue
    right.plot(sides, np.array(changes) / max(changes), "o-", ms=3, color=plots.COLOURS[colour], label=name)
    field = int(sides[np.array(changes) < 1e-5 * max(changes)].min())
    corner = centre - field / 2
    left.add_patch(plt.Rectangle((corner, corner), field, field, fill=False, color=plots.COLOURS[colour], lw=2))
    print(f"{name}: from {field} × {field} px on nothing changes any more")
right.set(xlabel="side of the square that is kept (px)", ylabel="change of the numbers (largest = 1)")
right.legend()
plots.show(
    fig,
    alt="Squares of 3, 8 and 18 px on a grain; the change of the numbers in C1, C3 and C5 falls to 0 at these sides.",
)

# %% [markdown]
# **What we see.** 3, 8 and 18 px: the deeper a layer, the *broader* the part of the grain that each of its numbers depends on. C1 sees an edge or the side of a band. C3 sees a corner, or two or three fine bands; C5 most of a small grain, or a good part of a large one. (The paper says that C1 extracts the larger-scale features and deeper layers angles and corners. C1's map *looks* most like the grain because it has the most pixels; what each of them knows is the least.)
#
# ## What it learned: nine numbers, six times
#
# C1's six kernels before and after training, each number printed, as in notebook 3. **Predict:** how much do they differ?

# %%
kernels = model.get_layer("C1").get_weights()[0]
limit = 1.5 * np.abs(kernels).max()  # pale enough to print on
fig, axes = plt.subplots(2, 6, figsize=(9, 3.3), layout="constrained")
for row, when, each in zip(axes, ("at the start", "learned"), (first_kernels, kernels)):
    row[0].set_ylabel(when)
    for channel, ax in enumerate(row):
        ax.imshow(each[..., 0, channel], cmap="PuOr", vmin=-limit, vmax=limit)
        ax.set(xticks=[], yticks=[])
        for (i, j), value in np.ndenumerate(each[..., 0, channel]):
            ax.text(j, i, f"{round(float(value), 1) + 0:.1f}", ha="center", va="center", fontsize=7)
for channel, ax in enumerate(axes[0]):
    ax.set_title(f"channel {channel}", fontsize=9)
plots.show(fig, alt="Six kernels of three by three numbers, above at the start, below after training.")
alike = [np.corrcoef(first_kernels[..., k].ravel(), kernels[..., k].ravel())[0, 1] for k in range(6)]
print("correlation of each kernel with its start:", ", ".join(f"{value:.2f}" for value in alike))
others = [np.corrcoef(*kernels[..., 0, pair].reshape(9, 2).T)[0, 1] for pair in combinations(range(6), 2)]
print(f"of two different kernels: {min(others):.2f} to {max(others):.2f}")

# %% [markdown]
# **What we see.** Purple is positive, orange negative. On the synthetic set and the real mounts the correlations with the start are near 1, those of two different kernels anywhere: what was learned are largely the patterns that chance gave at the start, stronger here, weaker there. What looks like an "edge detector" was one before the first grain; with another seed there are six others. So do not read a meaning into a kernel: the network makes do with what it has. (After 200 epochs they may have moved further: try `PROFILE = "full"`.)
#
# ## Switch a channel off
#
# Does a channel matter? Set its kernel and its bias to 0, so that it says nothing any more, and score the grains set aside again. `explain.without_channel` does this on a copy of the model:
#
# ```python
# kernel, bias = copy.get_layer("C5").get_weights()
# kernel[..., 3], bias[3] = 0, 0          # channel 3
# copy.get_layer("C5").set_weights([kernel, bias])
# ```

# %%
lost = {}
for name in ("C1", "C3", "C5"):
    for channel in range(maps[name].shape[-1]):
        without = training.predict(explain.without_channel(model, name, channel), aside)
        lost[name, channel] = evaluation.auc_difference(aside.y, without, p)
lost = evaluation.table(lost)
fig, axes = plt.subplots(1, 3, figsize=(9.5, 3.2), width_ratios=[1, 2, 3.5], sharey=True, layout="constrained")
for ax, name in zip(axes, ("C1", "C3", "C5")):
    part = lost.loc[name].sort_values("value")
    clear = (part["high"] < 0) | (part["low"] > 0)
    for kind, colour in ((clear, "porphyry"), (~clear, "quiet")):
        places = np.flatnonzero(kind)
        ax.vlines(places, part["low"][kind], part["high"][kind], color=plots.COLOURS[colour])
        ax.plot(places, part["value"][kind], "o", ms=3, color=plots.COLOURS[colour])
    ax.axhline(0, ls=":", color="black")
    ax.set(title=name, xticks=range(len(part)), xlabel="channel")
    ax.set_xticklabels(part.index, fontsize=6)
axes[0].set(ylabel="change of ROC-AUC without it")
plots.show(fig, alt="Change of ROC-AUC when each of 54 channels is switched off, with intervals, a panel a layer.")
clear = (lost["high"] < 0) | (lost["low"] > 0)
print(f"{clear.sum()} of {len(lost)} intervals leave out 0")
name, channel = lost["value"].abs().idxmax()
print("largest change: {} channel {}, {:+.3f} ({:+.3f} to {:+.3f})".format(name, channel, *lost.loc[(name, channel)]))

# %% [markdown]
# **What we see.** Each dot: the ROC-AUC without one channel, less the whole network's, on the same grains (bar: paired 95 % interval; orange: it leaves out 0; of 54 intervals two or three would do so by chance). The channels of a layer are sorted by their change. On the synthetic set some 15 leave out 0, more than chance would give, and a few of them *above* 0, where the network is better off without. So single channels matter, but each by little: no dot falls by more than four hundredths. There a channel of C5, one of 32, is missed less than one of C1 or C3. On the real mounts the grains set aside hold so few batholith grains that nothing can be told apart from 0.
#
# ### Exercise 2: not missed
# Suppose that without some channel of C5 the ROC-AUC of the grains set aside stays the same, to three digits. What follows?
#
# - **a** the channel is of no use to the network
# - **b** its map is flat on every grain
# - **c** its absence is not noticed *on these grains*: others may say the same, and the grains for which it matters may not be among them
# - **d** the learning rate was too small

# %%
answer = ...

# %% tags=["nbval-check-output"]
ex.idle_channel.check(answer)

# %% [markdown]
# ## Where in the grain is the evidence?
#
# Three ways to draw it. All explain the **logit**: the sum that the last neurone makes before the sigmoid squeezes it to *p*. (Near *p* = 0 and 1 the sigmoid is flat, and hides what moves.)
#
# - **Occlusion**: blur a small square of the image; by how much does the logit fall? (For a batholith grain: rise.) Then the next square. (Its inventors put a grey square there. On a grain that would be an inclusion.)
# - **Grad-CAM**: how much does each channel of C5 push the logit, up or down? Add up all its maps, each weighted by its push; keep what is above 0.
# - **Integrated gradients**: how steeply does the logit rise with each pixel, averaged on the way from a black image to this one, times the pixel's grey?
#
# Grad-CAM by hand. TensorFlow's `GradientTape` notes what is computed and then gives the gradient:

# %%
both = keras.Model(model.inputs[0], [model.get_layer("C5").output, model.layers[-2].output])
weight, bias = model.layers[-1].get_weights()
with tf.GradientTape() as tape:
    c5, last = both(one)
    logit = last @ weight + bias
push = tf.reduce_mean(tape.gradient(logit, c5), axis=(1, 2))[0]  # a number a channel: the mean over its 64 places
by_hand = np.maximum(np.asarray(c5[0] @ push[:, None])[..., 0], 0)  # weigh, add up, keep what speaks for porphyry
large = cv2.resize(by_hand, (32, 32))

fig, axes = plt.subplots(1, 4, figsize=(10.5, 2.9), layout="constrained")
axes[0].imshow(one[0, ..., 0], cmap="gray")
axes[1].bar(range(32), push, color=plots.COLOURS["batholith"])
axes[2].imshow(by_hand, cmap="viridis")
axes[3].imshow(large, cmap="viridis")
for ax, title in zip(axes, ("the grain", "push of each channel", "weighted sum, 8 × 8", "drawn larger")):
    ax.set_title(title, fontsize=9)
axes[1].set(xlabel="channel of C5", ylabel="change of the logit")
for ax in (axes[0], axes[3]):
    ax.set(xlabel="column (px)", ylabel="row (px)")
axes[2].set(xlabel="column of the map", ylabel="row of the map")
plots.show(
    fig, alt="A grain, the pushes of 32 channels as bars up and down, their weighted sum as an 8 by 8 map, enlarged."
)
print(f"largest difference from explain.grad_cam: {np.abs(large - explain.grad_cam(model, one)[0]).max():.0e}")

# %% [markdown]
# **What we see.** Some channels speak for the class asked for, porphyry (bars up), some against (down). Yellow in the maps: much that speaks for it. The push is a mean over all 64 places: it says *which* channel counts, not *where*; the where comes from the channel's map alone. On the real mounts the peak lies in a black corner. The map has 8 × 8 numbers: Grad-CAM cannot point at anything finer than 4 px, and each of its numbers depends on a square of 18 px. The smooth picture on the right is a drawing of these 64 numbers.
#
# Now all three, for the grains from the beginning, each with the evidence for its *true* class:

# %%
methods = {
    "occlusion": explain.occlusion,
    "Grad-CAM": explain.grad_cam,
    "integrated gradients": explain.integrated_gradients,
}
found_in = {name: method(model, eight, towards=eight.y) for name, method in methods.items()}
plots.show(
    plots.evidence(eight.images, found_in, titles=list(eight.table["class_name"])),
    alt="Grains in the top row; below them their maps by occlusion, Grad-CAM and integrated gradients.",
)

# %%
some = [rng.permutation(np.flatnonzero(aside.y == k))[:20] for k in (1, 0)]  # twenty of each class, if there are
some = aside[np.concatenate(some)]
drawn = {name: method(model, some, towards=some.y) for name, method in methods.items()}
for one_way, other in combinations(drawn, 2):
    low, middle, high = np.percentile(explain.similarity(drawn[one_way], drawn[other]), [5, 50, 95])
    print(
        f"{one_way} and {other}: rank correlation {middle:.2f} ({low:.2f} to {high:.2f} for 90 % of {len(some)} grains)"
    )
on_grain = some.masks
on_it = {"the grain's share of the image": on_grain.mean(axis=(1, 2))}
on_it |= {f"{name}, share on it": explain.share_on(each, on_grain) for name, each in drawn.items()}
table = {}
for name, shares in on_it.items():
    table[name] = []
    for k in (1, 0):
        part = shares[(some.y == k) & np.isfinite(shares)]
        found = "{1:.2f} ({0:.2f} to {2:.2f})".format(*np.percentile(part, [5, 50, 95])) if len(part) else "–"
        table[name] += [found, f"{np.sum((some.y == k) & np.isnan(shares))} of {np.sum(some.y == k)}"]
pd.DataFrame(table, index=[asked, "maps of 0 only", unasked, "maps of 0 only"]).T

# %% [markdown]
# **What we see.** Yellow: here it finds evidence, each map on its own scale; *flat*: the same everywhere, which with these three methods means that nothing was found. Three ways to ask one network about one grain, and three answers.
#
# - *Do they agree?* The rank correlation of two maps, pixel by pixel, is 1 if they agree on what matters more and what less, 0 if they have nothing to do with each other, −1 if they contradict each other. On the synthetic set its median is 0.1 to 0.3, for single grains anything from −0.3 to 0.5; on the real mounts Grad-CAM and integrated gradients even contradict each other (−0.4).
# - *Does the grain matter?* (The table: median over the grains drawn, 5 to 95 % of them; what follows is of the synthetic set and the real mounts.) Integrated gradients put all of their map on it, and that is no finding: they multiply by the pixel's grey, and black times anything is 0. Occlusion finds a quarter to a half of its evidence beside it, since a square that is blurred there gets some of the grain's light; farther out it finds nothing, and nowhere can it find that a grain is *bright*, for blurring keeps that. Grad-CAM puts on the porphyry grains of the synthetic set three times what chance would (0.6 of the map, on 0.2 of the image), and on the batholith grains less than chance: there it lights up around the grain. On the real mounts it puts less than chance on porphyry grains, in the same corner for most, and finds nothing at all for batholith ones. That need not be wrong: we saw that *p* goes with the area there, and how much black there is tells how small a grain is. Or it may be the method.
#
# Most of these maps would look convincing by themselves. Which one may we believe? Two tests.
#
# ## Test 1: does the map need the network?
#
# An explanation of what a network learned must change when the network forgets it. Adebayo et al. (2018) put random weights in, and found methods whose maps stayed as they were. We shuffle: `explain.randomised` mixes the numbers within each of the network's weight arrays, so the same numbers are there, in a wrong order. Three more "methods" go along that never ask the network: a **constant map**, the **silhouette** (1 on the grain, 0 beside it), and the **edges of the image**. (From here on all maps are of what speaks for *porphyry*, or for the class that is asked for.) **Predict** which rows will change from column to column.


# %%
def constant(model, grains):
    return np.ones((len(grains), 32, 32))


def silhouette(model, grains):
    return grains.masks.astype(float)


def edges(model, grains):
    """How much the image rises or falls at each pixel (OpenCV's Sobel, down and across)."""
    steps = [[cv2.Sobel(image, cv2.CV_32F, *way) for way in ((1, 0), (0, 1))] for image in grains.images]
    return np.stack([np.hypot(*step) for step in steps])


tested = {"constant map": constant, "silhouette": silhouette, "edges of the image": edges} | methods
models = {"learned": model} | {f"shuffled, {seed}": explain.randomised(model, seed) for seed in range(4)}
pictures = {
    name: np.concatenate([method(each, aside[first]) for each in models.values()]) for name, method in tested.items()
}
plots.show(
    plots.evidence(aside.images[np.repeat(first, len(models))], pictures, titles=list(models)),
    alt="One grain and its maps by six methods, with the learned weights and with four shufflings.",
)

# %%
shufflings = min(5, profile.repeats)
checks = {name: explain.randomisation_check(method, model, some, range(shufflings)) for name, method in tested.items()}
fig, ax = plt.subplots(figsize=(8, 2.9), layout="constrained")
for place, check in enumerate(reversed(checks.values())):
    colour = plots.COLOURS["batholith" if check["passed"] else "porphyry"]
    ax.plot([check["low"], check["high"]], [place, place], color=colour, lw=2)
    ax.plot(check["median"], place, "o" if check["passed"] else "X", color=colour)
ax.axvline(0.5, ls=":", color=plots.COLOURS["quiet"])
ax.set(yticks=range(len(checks)), yticklabels=list(reversed(checks)), xlim=(-1.05, 1.05))
ax.set_xlabel("rank correlation of the map with that of a network with shuffled weights")
plots.show(
    fig,
    alt="Similarity of the maps before and after shuffling for six methods: 1 for the three that never ask the network.",
)
pd.DataFrame(list(checks.values()), index=list(checks))[["median", "low", "high", "passed"]].round(2)

# %% [markdown]
# **What we see.** Dot: median over the grains and five shufflings; bar: 5 to 95 % of them; dotted: the line that we drew at ½ (nobody has an official one); an orange cross has failed, a blue dot passed. The three that never ask fail, as they should: they are the same whatever the network has learned. On the synthetic set the other three pass, not equally well. Occlusion keeps next to nothing. Grad-CAM has the longest bar, from below 0, where a map turns into its opposite, to above the line: after some shufflings most of the map is still there. Integrated gradients have their median just under the line, and the bar across it, whatever the shuffling: they multiply by the pixel's grey, so the black around the grain stays black and the bright parts stay ahead. A part of that map shows the *grain*.
#
# Passing is not much yet: it holds for one network and one question, and a map of random numbers would pass, too. It takes a second test.
#
# ## Test 2: does the map hit what carries the class?
#
# On a mount nobody knows what carries the class. On grains that we grow ourselves we decide it: here are pairs of grains, the second of which is the first with inclusions put in. A network can tell the two apart only by these; so evidence anywhere else is suspect. (It need not find every inclusion.)

# %%
from scipy.ndimage import binary_dilation, distance_transform_edt
from zirconkit.synthetic import crystals, zoning


def pair(seed):
    """A grain without and with three to six inclusions: two images of 32 x 32 px, on black."""
    rng = np.random.default_rng(seed)
    size, aspect = rng.uniform(26, 34), rng.uniform(1.2, 1.9)  # px; long over short axis
    plain = crystals.grow(diameter=size, aspect=aspect, wavelength=4, strength=0.12, seed=seed)
    depth = np.where(plain.mask, distance_transform_edt(plain.mask), -1)  # px below the outline
    spotted, _ = zoning.add_inclusions(plain.image, -depth, int(rng.integers(3, 7)), rng)
    shown = [np.where(plain.mask, image * 100, 0).clip(0, 255).astype(np.uint8) for image in (plain.image, spotted)]
    return [cv2.resize(gr.fit_square(each, 54), (32, 32), interpolation=cv2.INTER_AREA) for each in shown]


# %%
n = 25 * profile.repeats
images = np.array([pair(seed) for seed in range(n)])
change = np.abs(np.diff(images.astype(int), axis=1))[:, 0]
# Where the two differ, by a quarter of their largest difference or more, and a pixel around.
truth = binary_dilation(change >= change.max(axis=(1, 2), keepdims=True) / 4, np.ones((1, 3, 3)))
names = {"sample": "grown", "grain": np.arange(n).repeat(2), "class_name": ["batholith", "porphyry"] * n}
outlines = np.repeat(images[:, 0] > 0, 2, axis=0)  # the same with and without
grown = gr.Grains(images.reshape(2 * n, 32, 32, 1), outlines, pd.DataFrame(names))

fig, axes = plt.subplots(3, 8, figsize=(9.5, 3.8), layout="constrained")
for (top, middle, bottom), (without, having), where in zip(axes.T, images, truth):
    top.imshow(without, cmap="gray", vmin=0, vmax=160)
    middle.imshow(having, cmap="gray", vmin=0, vmax=160)
    bottom.imshow(where, cmap="gray")
for ax, name in zip(axes[:, 0], ("without", "with", "the truth")):
    ax.set_ylabel(name)
for ax in axes.flat:
    ax.set(xticks=[], yticks=[])
plots.show(fig, alt="Eight grown grains without and with dark inclusions, and in white where the two differ.")

# %% [markdown]
# **What we see.** The same grain twice, and the truth: where the two differ, and a pixel around; a few specks, on less than a tenth of the image. LeNet learns from two thirds of the pairs; the rest is the exam. Beside it a method that learns nothing and costs three lines: OpenCV's **black-hat**, which marks what is dark and smaller than 5 px.

# %%
cut_off = 2 * (2 * n // 3)
lesson, exam = grown[:cut_off], grown[cut_off:]
expert = trained(lesson, 2 * profile.epochs, SEED)


def black_hat(model, grains):
    square = np.ones((5, 5), np.uint8)
    return np.stack([cv2.morphologyEx(image[..., 0], cv2.MORPH_BLACKHAT, square) for image in grains.images])


for name, score in (
    ("LeNet", training.predict(expert, exam)),
    ("black-hat, its largest value", black_hat(expert, exam).max(axis=(1, 2))),
):
    auc = evaluation.auc_interval(exam.y, score)
    print("{}: ROC-AUC {:.2f} ({:.2f} to {:.2f}) with or without inclusions".format(name, *auc))

# %%
spotted, where = exam[exam.y == 1], truth[cut_off // 2 :]
tested |= {"Grad-CAM of C1": lambda model, grains: explain.grad_cam(model, grains, layer="C1")}
tested |= {"black-hat": black_hat}
pointed = {name: method(expert, spotted) for name, method in tested.items()}
pictures = {name: each[:8] for name, each in pointed.items() if name not in ("constant map", "silhouette")}
plots.show(
    plots.evidence(
        spotted.images[:8],
        pictures,
        masks=where[:8],
        titles=[f"p = {value:.2f}" for value in training.predict(expert, spotted[:8])],
    ),
    alt="Eight grains with inclusions, outlined, and where each method points: black-hat on them, occlusion on some, Grad-CAM broadly around.",
)

# %% [markdown]
# **What we see.** Orange: the truth; *p*: the network's probability of inclusions. Some maps light up on the specks, some beside, some all over the grain. How well, on all grains? That takes a number.
#
# ### Exercise 3: a score
# Write a function of one map (`evidence`, an array of any height and width, no negative numbers) and one mask (`where`, the same shape, True on the truth) that returns **the share of the map's sum that lies on the truth**.


# %%
def share(evidence, where):
    return ...  # change this line; the one below hands your function over


answer = share if share(np.ones((2, 2)), np.eye(2, dtype=bool)) is not ... else ...

# %% tags=["nbval-check-output"]
ex.write_share.check(answer)

# %% [markdown]
# The kit's own is `explain.share_on`. The score of knowing nothing is not 0: a constant map gets the share of the image that the truth takes up. A map that merely says *here is the grain* gets more. And what could the truth itself get, if it were drawn as coarsely as Grad-CAM of C5? One row has it, in 8 × 8 numbers. The same network with shuffled weights stands beside.

# %%
coarse = [cv2.resize(each.astype("float32"), (8, 8), interpolation=cv2.INTER_AREA) for each in where]
coarse = np.stack([cv2.resize(each, (32, 32)) for each in coarse])
pointed |= {"the truth, 8 × 8": coarse}


def mean_share(maps):
    shares = explain.share_on(maps, where)
    shares = shares[np.isfinite(shares)]  # a map that is 0 throughout points nowhere
    if not len(shares):
        return evaluation.Interval(np.nan, np.nan, np.nan)
    mean, half = shares.mean(), 1.96 * shares.std() / np.sqrt(len(shares))
    return evaluation.Interval(mean, mean - half, mean + half)


rows = {"learned weights, 95 % interval over grains": {name: mean_share(each) for name, each in pointed.items()}}
shuffled = rows["shuffled weights, mean and range of five"] = {}
for name in (*methods, "Grad-CAM of C1"):  # the others never ask
    found = [mean_share(tested[name](explain.randomised(expert, seed), spotted)).value for seed in range(shufflings)]
    shuffled[name] = evaluation.Interval(np.nanmean(found), np.nanmin(found), np.nanmax(found))
kinds = {kind: evaluation.table(part) for kind, part in rows.items()}
plots.show(
    plots.compared(kinds, f"mean share of the map on the inclusions, {len(spotted)} grains", reference=where.mean()),
    alt="Shares with intervals: black-hat and occlusion highest, Grad-CAM below the silhouette, the constant map at the line.",
)

# %% [markdown]
# **What we see.** Dotted: knowing nothing. Occlusion and integrated gradients put half of their evidence or more on less than a tenth of the image. Grad-CAM does two to three times as well as a constant map, but worse than a map that merely says *the grain*. That is not for want of pixels: of C1, with 1,024 numbers, it is hardly better, and the truth in 8 × 8 numbers would get about three times as much. Its weights are one a channel, a mean over all places. And **black-hat beats them all**, without a network, and tells the grains apart about as well as LeNet does. (It could, because *we* knew what to look for. But then: look for it.)
#
# One seed, one network, one feature. `python benchmarks/explanations.py` did the same for four features that may carry the class, each with 400 pairs to learn from and 200 grains in the exam, three networks each, and again with their weights shuffled, in five ways. *Zoning*: none against oscillatory; *rim*: none against a bright one; *inclusions*: as above; *outline*: an aspect ratio of 1.2 against 2. The truth is always where the two grains of a pair differ:

# %%
marks = pd.read_csv(samples.DATA / "results" / "explanations.csv")
plots.show(
    plots.truth_scores(marks),
    alt="Shares on the truth for zoning, rim, inclusions and outline: eight methods, three networks each, and shuffled weights.",
)

# %% tags=["nbval-check-output"]
groups = marks.groupby(["method", "carrier"], sort=False)
words = {}
for key, part in groups:
    alike = "{:+.2f} to {:+.2f}".format(part["similarity"].min(), part["similarity"].max())
    words[key] = f"{part['share'].mean():.2f} / {part['share_shuffled'].mean():.2f}, {alike}"
pd.Series(words).unstack().loc[marks["method"].unique(), marks["carrier"].unique()]

# %% [markdown]
# **What we see.** The table: mean share with the learned weights / with shuffled ones, and test 1, the rank correlation of the two maps (1: the weights do not matter), from the lowest to the highest of the three networks. Orange dots: networks that learned (ROC-AUC 0.97 to 1.00, so they did find the feature), each with its interval over grains; hollow blue ones: the mean of five shufflings of each, and their range; dotted: a constant map. (A random map, as coarse as Grad-CAM's, scores the same.)
#
# - **No method is best everywhere.** Of those that ask the network, integrated gradients lead on zoning (0.86) and rim (0.87), occlusion on inclusions (0.65) and outline (0.80).
# - **Grad-CAM of the last convolution stays below the silhouette on average on all four** (one network of twelve is above it). On rim and outline two networks of three get *less* than with their weights shuffled; and it fails test 1 with two networks of three on outline and inclusions, with one on zoning. Its dots differ between three networks that answer equally well, by more than their intervals allow: an explanation has a seed, too.
# - **The edges of the image score 0.82 on the rim and 0.91 on the outline**, nearly the best and the best of all, and know nothing of any network. High in test 2, failed in test 1.
# - **Integrated gradients with shuffled weights** get about what the silhouette gets: 0.74 on zoning and 0.49 on the outline, not far from the 0.86 and 0.61 of those that learned. So much of the score is the picture, not the network. On inclusions (0.52 and 0.28) and on the rim (0.87 and 0.59) the two are farther apart, as they are for occlusion on inclusions (0.65 and 0.18).
#
# So a share alone says little. Read it beside the silhouette *and* the shuffled network. And mind what a low score can mean: that the method points wrongly, or that the network goes by a part of the truth only. We know what *could* carry the class, not what this network took of it.
#
# ### Exercise 4: the edge detector
# A colleague draws the edges of each image as "what the network looks at". On your rims 82 % of it lies on the truth, and it is wonderfully sharp. What do you say?
#
# - **a** a good explanation: it hits the truth better than Grad-CAM
# - **b** it would look the same if the network had learned nothing, so it does not explain the network
# - **c** a good explanation, because it is sharper than 8 × 8 numbers
# - **d** it is wrong, since it computes nothing real

# %%
answer = ...

# %% tags=["nbval-check-output"]
ex.edge_detector.check(answer)

# %% [markdown]
# ## On a model of your own
#
# Occlusion and integrated gradients work on any Keras model that ends in one sigmoid neurone or in a softmax over many classes, and on one that comes from a file; feature maps and Grad-CAM need a convolution in it. First a file, as if it were yours:

# %%
import tempfile
from pathlib import Path

from zirconkit.networks import exports

file = Path(tempfile.mkdtemp()) / "mine.keras"
model.save(file)

# %% [markdown]
# Then three lines:

# %%
again = exports.load(file)
evidence = explain.occlusion(again, aside[:4], towards=aside[:4].y)
answers = training.predict(again, aside[:4])
print(f"{evidence.shape[0]} maps of {evidence.shape[1]} × {evidence.shape[2]} px, p = {np.round(answers, 2)}")

# %% [markdown]
# **What we see.** One map a grain, as large as the image. Show them with `plots.evidence`, and never alone: beside them the map of a shuffled network, and the edges of the image.
#
# **Take away.** Deeper layers see more of the grain, with fewer pixels. A channel that is switched off is hardly missed, and what a kernel looks like is mostly chance. A map of evidence is a claim: test whether it changes with the weights, and whether it hits what you planted. Different methods disagree, and a cheap filter may do better than all of them if you know what to look for. What you wrote down at the beginning is a hypothesis about *you*; for the network, it still has to be tested. Next: [10 · The space of textures](10_the_space_of_textures.ipynb).
#
# **References.** Nathwani et al. (2023), https://doi.org/10.1029/2022JB025933, section 3.6, Figures 5 and 11 · Zeiler and Fergus (2014), https://doi.org/10.1007/978-3-319-10590-1_53 (occlusion) · Selvaraju et al. (2017), https://doi.org/10.1109/ICCV.2017.74 (Grad-CAM) · Sundararajan et al. (2017), https://arxiv.org/abs/1703.01365 (integrated gradients) · Adebayo et al. (2018), https://arxiv.org/abs/1810.03292 (the randomisation check).
