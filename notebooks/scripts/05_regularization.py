# %% [markdown]
# # 5 · Regularization: learning without learning by heart
#
# **The idea:** a network can learn its grains by heart; a mean difference below two standard errors is not resolved.
#
# **You will** watch a network learn its grains by heart · hold it back with dropout, with changed images, with penalties, and by stopping early · ask which
# changes of an image are physically meaningful for a crystal under the beam · tell a difference from the scatter of seeds · read the paper's Table 2 with your own table beside it.
#
# **You need** notebook 4 (LeNet, loss, validation). **Time** 45 min to teach, 30 min of exercises, 80 s to run.

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
    raise ModuleNotFoundError("no zirconkit: unpack its folder beside this notebook, or %pip install --no-deps PATH")
from zirconkit.course import doctor

doctor.install_missing()

# %% tags=["parameters"]
DATA = "synthetic"
PROFILE = "lesson"
SEED = 0

# %%
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from keras import layers
from sklearn.model_selection import StratifiedKFold
from zirconkit import course, mounts, plots, samples
from zirconkit.networks import training
from zirconkit import grains as gr

profile = course.profile(PROFILE)
own = mounts.find(DATA, profile.name)
found = course.enough("05", own)
data = DATA if found[0] in own else "synthetic"  # what this notebook goes on with
grains = gr.from_mounts(found, size=32, mask_neighbours=True).two_classes()
# As many grains as the paper had to learn from and to validate on; the test mounts are held out.
chosen, test = gr.published_split(grains, 678)
keep, aside = next(StratifiedKFold(5, shuffle=True, random_state=0).split(chosen.images, chosen.y))  # 80 % and 20 %
learning, validation = chosen[keep], chosen[aside]

drawn = min(16, len(learning))
some = learning[np.random.default_rng(SEED).choice(len(learning), drawn, replace=False)]
colour_of = plots.class_colours(some.classes)
colours = [colour_of[label] for label in some.table["class_name"]]
plots.show(
    plots.gallery(some.images, titles=list(some.table["class_name"]), columns=8, colours=colours),
    alt=f"{drawn} grains of 32 by 32 px, black around, each with its class: {' or '.join(some.classes)}.",
)
print(f"{len(learning)} grains to learn from, {len(validation)} to validate on, {len(test)} test grains")

# %% [markdown]
# **What we see.** Some of the grains to learn from, at the 32 × 32 pixels that a network gets. How many there are is printed: some hundreds on the synthetic set, where LeNet has 22,029 weights to store them in. What keeps it from simply remembering each one?
#
# ## Learning by heart
#
# First LeNet with nothing to hold it back. (`build` takes what we will need later; for now dropout is 0 and there is no penalty.)


# %%
def build(dropout=0.0, penalty=None, batch_norm=False):
    """LeNet as in notebook 4, with what this notebook changes."""
    model = keras.Sequential([keras.Input(learning.images.shape[1:])], name="LeNet")  # 32 × 32 px, one channel
    for filters in (6, 16, 32):
        model.add(layers.Conv2D(filters, 3, padding="same", activation="relu", kernel_regularizer=penalty))
        if batch_norm:
            model.add(layers.BatchNormalization())
        model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dropout(dropout))
    model.add(layers.Dense(32, activation="relu", kernel_regularizer=penalty))
    model.add(layers.Dropout(dropout))
    model.add(layers.Dense(1, activation="sigmoid", kernel_regularizer=penalty))
    return model


def train(seed, augment=None, callbacks=(), **how):
    keras.utils.set_random_seed(seed)
    model = build(**how)
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy")
    how = {"augment": augment, "callbacks": callbacks, "seed": seed}
    return model, training.fit(model, learning, validation, profile.epochs, **how)


seeds = range(SEED, SEED + profile.seeds)
plain = [train(seed)[1] for seed in seeds]

# %%
fig, axes = plt.subplots(1, 2, figsize=(9.5, 3.4), layout="constrained")
plots.curves({"no regularization": plain}, "loss", "loss", ax=axes[0])
plots.curves({"no regularization": plain}, "auc", "ROC-AUC", ax=axes[1])
plots.show(fig, alt="Loss and ROC-AUC over the first epochs, dashed on training grains, solid on validation grains.")

# %% [markdown]
# **What we see.** Dashed: on the grains that it learns from. Solid: on validation grains. The band is the range over the seeds. On the synthetic set the two go together in the first epochs; then the dashed curve goes on and the solid one lags behind. These are a few epochs. The paper
# trains for 200, and so did we, with ten seeds, on the synthetic set; that takes an hour, so the results come with the kit (`python benchmarks/regularization.py` makes them anew).

# %%
curves = pd.read_csv(samples.DATA / "results" / "regularization_curves.csv").set_index(["of_seeds", "name"])


def long_run(names, score, label, ax, training_too=True):
    """Curves of 200 epochs: mean of ten seeds and their range; training dashed, validation solid."""
    for colour, name in zip(("porphyry", "batholith", "accent", "second"), names):
        for column, style in ((score, "--"), (f"val_{score}", "-"))[0 if training_too else 1 :]:
            mean, low, high = (curves.loc[(how, name)] for how in ("mean", "min", "max"))
            kind = "validation" if column.startswith("val_") else "training"
            ax.plot(mean["epoch"], mean[column], style, color=plots.COLOURS[colour], label=f"{name}, {kind}")
            ax.fill_between(mean["epoch"], low[column], high[column], color=plots.COLOURS[colour], alpha=0.15, lw=0)
    ax.set(xlabel="epoch", ylabel=label)
    ax.grid(alpha=0.3)
    ax.legend(fontsize=7)


fig, axes = plt.subplots(1, 2, figsize=(9.5, 3.6), layout="constrained")
long_run(["none"], "loss", "loss (logarithmic)", axes[0])
axes[0].set(yscale="log")
long_run(["none"], "auc", "ROC-AUC", axes[1])
plots.show(fig, alt="Over 200 epochs the training loss falls a thousandfold while the validation loss rises.")

table = pd.read_csv(samples.DATA / "results" / "regularization.csv")
none = table[table["name"] == "none"]
for score in ("train_loss", "validation_loss", "train_auc", "validation_auc"):
    print(f"{score.replace('_', ' '):16s} {none[score].mean():.3f} ± {none[score].std():.3f}")

# %% [markdown]
# **What we see** (synthetic set, mean ± standard deviation of ten seeds). On its own grains the network becomes perfect: loss almost 0, ROC-AUC 1. On the validation grains the loss has its minimum early and then climbs beyond log 2 = 0.69, which is what "½ for every grain" costs. That is **overfitting**. The ROC-AUC, however, falls only a little from its best.
#
# ### Exercise 1: by heart
# After 200 epochs the validation loss is more than twice that of saying ½ to everything, but the validation ROC-AUC is still far above 0.5. How can both be?
#
# - **a** the network has not learned enough
# - **b** it guesses on the validation grains
# - **c** it still ranks most of them the right way round, but is now *sure* where it is wrong
# - **d** loss and ROC-AUC are computed on different grains

# %%
from zirconkit.exercises import regularization as ex

answer = ...

# %% tags=["nbval-check-output"]
ex.by_heart.check(answer)

# %% [markdown]
# **Regularization** is whatever holds a network back from this.
#
# ## Dropout: never the same network twice
#
# Dropout sets each value of a layer to 0 with a probability, 0.5 in the paper, anew at each training step. No neurone can lean on one other neurone. When the network is *used*, nothing is dropped. Look at what the layer does to ten ones:

# %%
ones = np.ones((1, 10), "float32")
drop = layers.Dropout(0.5, seed=SEED)
print("in training:", np.asarray(drop(ones, training=True))[0])
print("in use:     ", np.asarray(drop(ones, training=False))[0])
many = np.asarray(layers.Dropout(0.5, seed=SEED)(np.ones((1, 10_000), "float32"), training=True))
print(f"mean of 10,000 in training: {many.mean():.2f}")

# %% [markdown]
# **What we see.** About half are 0, and the others are *doubled*, so that the mean stays about 1. The paper (section 2.3) describes the original recipe, in which the weights are made smaller at prediction time instead; Keras makes up for it in training. The two come to the same.
#
# ### Exercise 2: the scale
# With a dropout of 0.25, what does Keras multiply the values that stay with? (A number, or a fraction such as `5 / 7`.)

# %%
answer = ...

# %% tags=["nbval-check-output"]
ex.kept_scale.check(answer)

# %% [markdown]
# ## Augmentation: never the same grain twice
#
# Before each epoch every image is changed at random. The paper: rotation 0.2, zoom 0.4, brightness and contrast 0.2, and flips. In Keras, each is a layer:

# %%
changes = {
    "flip": layers.RandomFlip(seed=SEED),
    "rotation 0.2 (±72°)": layers.RandomRotation(0.2, fill_mode="constant", seed=SEED),
    "zoom 0.4": layers.RandomZoom(0.4, fill_mode="constant", seed=SEED),
    "brightness 0.2": layers.RandomBrightness(0.2, value_range=(0, 1), seed=SEED),
    "contrast 0.2": layers.RandomContrast(0.2, value_range=(0, 1), seed=SEED),
}
grain = gr.example(data, seed=SEED)[..., None].astype("float32") / 255
fig, axes = plt.subplots(len(changes), 7, figsize=(9, 6.6), layout="constrained")
for row, (name, change) in zip(axes, changes.items()):
    seen = [grain] + [np.asarray(change(grain[None], training=True))[0] for _ in range(6)]
    for ax, image in zip(row, seen):
        ax.imshow(image[..., 0], cmap="gray", vmin=0, vmax=1)
        ax.set(xticks=[], yticks=[])
    row[0].set_ylabel(name, fontsize=8)
axes[0, 0].set_title("as it is", fontsize=9)
axes[0, 3].set_title("six times changed", fontsize=9)
plots.show(
    fig, alt="A grain flipped, turned, zoomed, brightened or darkened, and with more or less contrast, six times each."
)

# %% [markdown]
# **What we see.** A row a layer. 0.2 of a *turn* is up to 72° either way, not 0.2°. Zoom 0.4 takes a window of 60 % to 140 % of the image, so that the grain comes out enlarged to as much as 1.7 times or shrunk to as little as 0.7, in height and width alike: proportions stay, but its size and the width of its bands do not. Brightness adds one number to every pixel, *the black around the grain included*: a real detector's brightness knob does that too, but a grain that was cut out has no resin left to brighten.
#
# One slip is easy to make. Both brightness and contrast layers assume pixels of 0 to 255; ours are 0 to 1. **Predict, then run:** what happens without `value_range=(0, 1)`?

# %%
slip = layers.RandomBrightness(0.2, seed=SEED)
fig, axes = plt.subplots(1, 7, figsize=(9, 1.5), layout="constrained")
for ax in axes:
    image = np.asarray(slip(grain[None], training=True))[0, ..., 0]
    ax.imshow(image, cmap="gray", vmin=0, vmax=1)
    ax.set(xticks=[], yticks=[], xlabel=f"{image.min():.0f} to {image.max():.0f}")
plots.show(fig, alt="Seven images of the same grain with the wrong value range: all black or all white.")

# %% [markdown]
# **What we see.** 0.2 of 255 is 51: the layer adds up to 51 grey levels, or takes them away, to pixels that run from 0 to 1. Wherever it adds, the image is far above 1, drawn white; wherever it takes away, everything is cut off at 0, black. The network would train on that without a complaint. Look at what goes in.
#
# ## Which changes are true of a crystal?
#
# An augmentation says: *this changed image could have been a grain of the same class.* A crystal lies in the resin at any angle and either way up, and is cut wherever the polishing disc came to rest; a detector is set by hand. But a crystal's proportions are its growth. So are its size and the width of its bands: whoever zooms says that these must not count, and takes them from the network.
#
# ### Exercise 3: honest changes
# You want the network to tell porphyry from batholith grains. Which of these changes may you use? Give a list of words from: `"flip"`, `"rotate"`, `"brightness"` (a little more or less for the whole image), `"stretch"` (twice as long in one direction), `"invert"` (bright becomes dark).

# %%
answer = ...

# %% tags=["nbval-check-output"]
ex.honest_change.check(answer)

# %% [markdown]
# We can also measure it. Two runs of ten seeds each on the synthetic set: one with the changes of *geometry* only (flips, turns, zoom), one with those of *exposure* only (brightness, contrast).

# %%
fig, axes = plt.subplots(1, 2, figsize=(9.5, 3.6), layout="constrained", sharey=True)
long_run(["none", "flips, turns, zoom only"], "auc", "ROC-AUC", axes[0])
long_run(["none", "brightness, contrast only"], "auc", "ROC-AUC", axes[1])
plots.show(fig, alt="Validation ROC-AUC: geometric changes lift it well above none, changes of exposure alone do not.")

# %% [markdown]
# **What we see** (synthetic set). Flips, turns and zoom together carry the gain on validation grains. Brightness and contrast alone change almost nothing there: the network still learns its grains by heart, perhaps because the outline of a grain is as good a name tag as its grey. But validation grains come from the *same mounts*, so a network that reads a mount's exposure is not found out by them. The two test mounts tell another story: there, adding brightness and contrast to flips, turns and zoom brings about 0.05 (below, under "A difference that is none"), as the paper meant it to (section 2.4.1). Notebook 8 looks into exposure.
#
# ## Table 2, ten times
#
# The paper trains LeNet four times: with nothing, with dropout, with augmentation, with both. One run each. Here are ten of each, 200 epochs, on as many grains as the paper had.

# %%
four = ["none", "dropout", "augmentation", "dropout + augmentation"]
fig, axes = plt.subplots(1, 2, figsize=(9.5, 3.8), layout="constrained")
long_run(four, "loss", "validation loss", axes[0], training_too=False)
long_run(four, "auc", "validation ROC-AUC", axes[1], training_too=False)
axes[1].get_legend().remove()
plots.show(fig, alt="Validation loss and ROC-AUC over 200 epochs of four LeNets, mean and range of ten seeds.")

# %% tags=["nbval-check-output"]
published = samples.published_scores().query("model == 'LeNet-5'").set_index("regularization").loc[four]
ours = table[table["name"].isin(four)].groupby("name", sort=False)
rows = {}
for part in ("train", "validation", "test"):
    mean, spread = (getattr(ours[f"{part}_auc"], how)() for how in ("mean", "std"))
    rows[f"{part}, ours"] = [f"{mean[name]:.2f} ± {spread[name]:.2f}" for name in four]
    rows[f"{part}, paper"] = [f"{published.loc[name, f'{part}_auc']:.2f}" for name in four]
print("ROC-AUC; ours: synthetic set, mean ± standard deviation of ten seeds")
pd.DataFrame(rows, index=four)

# %% [markdown]
# **What we see.** *Our columns first* (synthetic set). On validation grains augmentation brings most, and dropout by itself next to nothing; both together stand *below* augmentation alone, and were still rising at epoch 200. With half of its neurones gone and every image changed this small network learns more slowly; whether it would catch up, or is held back for good (**underfitting**), these runs do not say. On the two test *mounts* all four stand far below their validation score, and both together come last. Something that the networks learned from the training mounts does not carry over; notebook 8 asks what.
#
# *Now the paper's columns.* Its validation column rises from none (0.89) to augmentation (0.95), as ours does. But its test column puts dropout *alone* (0.91) above both (0.88), and augmentation alone last (0.74). The text calls regularization paramount, on the grounds of the *validation* scores (section 3.2). With one run each and 71 test grains from two mounts, the 95 % intervals of the test column are about 0.82–0.96 for 0.91, 0.78–0.94 for 0.88 and 0.60–0.84 for 0.74: as if the models had been tested on different grains, of the six differences only that between dropout alone and augmentation alone comes near to being resolved. All were tested on the same 71 grains, which can tell more apart; how much more depends on how alike their answers are (notebook 7). And all that holds only as far as these two mounts go.
#
# Does a part of it hold *here and now*? We train "dropout + augmentation" live, with a few seeds, and lay it beside the ten seeds that came with the kit (if the grains are those of the synthetic set).

# %%
both = [train(seed, training.augmentation(seed), dropout=0.5) for seed in seeds]
for name, histories in (("none", plain), ("dropout + augmentation", [history for _, history in both])):
    now = [history.history["val_auc"][-1] for history in histories]
    print(f"{name}: now, after {profile.epochs} epochs: " + ", ".join(f"{value:.2f}" for value in now))
    there = curves.xs(name, level="name").query("epoch == @profile.epochs")["val_auc"]
    if DATA == "synthetic" and len(there):  # of no other grains are there ten seeds
        print(f"    the ten seeds that come with the kit, at this epoch: {there['min']:.2f} to {there['max']:.2f}")

# %% [markdown]
# **What we see.** On the synthetic set the live runs lie in or near the band of the ten. (On the real mounts, and on yours, there is no band: the long runs were made on the synthetic set.) And after so few epochs the order, on the synthetic set and on the real mounts, is the *other way round*, or not to be seen: what is held back learns more slowly. Dropout and augmentation cost epochs, and a short run says nothing about them.
#
# ## Validation above training?
#
# In the paper's Table 2 the network with both has a higher ROC-AUC on validation grains (0.94) than on its training grains (0.89), and in Figure 6 its validation curve runs above the training curve, mainly in the first hundred epochs. The text wonders whether the data set is too small, and names dropout as another possible cause. We can look: Keras's log takes the training score *while the network learns*, with dropout on and images changed. Score the same network on the same grains with both off:

# %%
lines = []
for model, history in both:
    y, p = learning.y, training.predict(model, learning)
    logged, after = history.history["loss"][-1], -np.mean(np.log(np.where(y == 1, p, 1 - p)))
    lines.append({"as logged": logged, "dropout and changes off": after, "validation": history.history["val_loss"][-1]})
print("loss of the training grains, and of the validation grains, a row a seed")
pd.DataFrame(lines, index=[f"seed {seed}" for seed in seeds]).round(3)

# %% [markdown]
# **What we see.** The same grains and almost the same weights: on the synthetic set what was logged is higher than what the finished network gives. The training score looks bad because the exam was harder: half the neurones missing, the images turned and dimmed. So the logged score is too harsh on the network, by as much as the first two columns differ, and a validation score may come out better without any luck. By itself that says nothing about how well the network generalizes.
#
# ## Four more ways
#
# - **L2**: add to the loss the sum of all squared weights, times a small number. Every weight must earn its size. In Keras: `kernel_regularizer=keras.regularizers.L2(0.003)`.
# - **L1**: the sum of the absolute weights. It pushes many to 0.
# - **Batch normalization**: after each convolution, bring each map to mean 0 and spread 1 over the batch. Meant to speed up training; the batch's chance adds noise, which regularizes.
# - **Early stopping**: watch the validation loss, stop when it no longer falls, and put the best weights back. `patience` is how many epochs without a gain it waits. Here it is, live, with a patience of 3 (the ten long runs below had 20):

# %%
stop = keras.callbacks.EarlyStopping("val_loss", patience=3, restore_best_weights=True)
_, history = train(SEED, callbacks=[stop])
losses = history.history["val_loss"]
best = int(np.argmin(losses)) + 1
stopped = "stopped" if stop.stopped_epoch > 0 else "not stopped yet"
print(f"best validation loss {min(losses):.3f} at epoch {best} of {len(losses)} run; {stopped}")

# %%
order = [
    name for name in table["name"].unique() if name not in ("flips, turns, zoom only", "brightness, contrast only")
]
fig, axes = plt.subplots(1, 2, figsize=(9.5, 4.2), sharey=True, layout="constrained")
jitter = np.random.default_rng(0).uniform(-0.2, 0.2, len(table))
for ax, part in zip(axes, ("validation", "test")):
    for place, name in enumerate(reversed(order)):
        here = (table["name"] == name).to_numpy()
        scores = table.loc[here, f"{part}_auc"]
        colour = plots.COLOURS["batholith" if name in four else "accent"]
        ax.plot(scores, place + jitter[here], "o", ms=4, alpha=0.6, color=colour)
        ax.plot([scores.mean()] * 2, [place - 0.35, place + 0.35], color="black", lw=2)
    ax.set(xlabel=f"{part} ROC-AUC", yticks=range(len(order)))
    ax.grid(axis="x", alpha=0.3)
fig.suptitle("after 200 epochs: a dot a seed, a bar the mean of ten", fontsize=9)
axes[0].set_yticklabels(reversed(order))
axes[1].axvline(0.5, ls=":", color=plots.COLOURS["quiet"])
plots.show(fig, alt="ROC-AUC of ten seeds for ten ways to train LeNet, on validation grains and on two test mounts.")

# %% tags=["nbval-check-output"]
by_name = table.groupby("name", sort=False)
summary = pd.DataFrame(
    {
        f"{part} {score}": by_name[f"{part}_{score}"].mean()
        for part in ("train", "validation", "test")
        for score in ("loss", "auc")
    }
)
summary["± validation auc"], summary["± test auc"] = by_name["validation_auc"].std(), by_name["test_auc"].std()
summary.round(2)

# %% [markdown]
# **What we see** (synthetic set). A dot a seed. *On validation grains*: augmentation, and preparing the grains, win clearly; early stopping is the best of what costs nothing and needs a quarter of the epochs; dropout, L2 and L1 (at these strengths; others would give other numbers) lower the loss but hardly move the ROC-AUC; batch normalization moves it down, as the paper, too, found no gain from it. *On the two test mounts* the order is another one. Dropout and augmentation together come last, and the spread of ten seeds (one network, one data set!) is as wide as most differences. All of it lies below aspect ratio alone (0.89 on this pair, notebook 4). Nearest comes the last row, in which not the network but the grains were changed. We come back to it.
#
# Read the table's losses beside its ROC-AUCs, too: the loss on test mounts is *above* log 2 in every row. As probabilities, these answers are worse than saying ½.
#
# ### Exercise 4: the chosen epoch
# Early stopping tried up to 200 epochs and kept the weights with the lowest validation loss. You report the loss on the validation grains. Is that fair?
#
# - **a** yes: the network never learned from those grains
# - **b** no: it is too good, since those grains chose the epoch
# - **c** yes: choosing an epoch does not touch the weights
# - **d** no: the test grains chose the epoch

# %%
answer = ...

# %% tags=["nbval-check-output"]
ex.optimistic.check(answer)

# %% [markdown]
# ## A difference that is none
#
# Take two variants, and only five seeds of each, as an honest but hurried student might. Repeat with the other five.

# %% tags=["nbval-check-output"]
pairs = [("validation", "augmentation", "none"), ("validation", "dropout", "none")]
pairs += [("validation", "brightness, contrast only", "none")]
pairs += [(part, "augmentation", "flips, turns, zoom only") for part in ("validation", "test")]
rows = []
for part, one, other in pairs:
    wide = table.pivot(index="seed", columns="name", values=f"{part}_auc")
    d = wide[one] - wide[other]
    halves = [f"{half.mean():+.3f}" for half in (d.iloc[:5], d.iloc[5:])]
    rows.append([f"{one} − {other}", part, *halves, f"{d.mean():+.3f}", f"{d.std(ddof=1) / np.sqrt(len(d)):.3f}"])
columns = ["difference of ROC-AUC", "grains", "seeds 0–4", "seeds 5–9", "all ten", "standard error"]
pd.DataFrame(rows, columns=columns).set_index(columns[0])

# %% [markdown]
# **What we see** (synthetic set). The **standard error** is the standard deviation of the differences over the root of their number: by so much the mean would scatter if we took other seeds. Augmentation against none: many times its standard error, and both halves agree. Dropout against none: one half sees a small gain, the other nothing. Brightness and contrast against none: the first half says plus, the second minus, and whoever had run only one of them would have written the opposite of the other. Adding them to flips, turns and zoom changes nothing on validation grains that ten seeds can see; on the test mounts (last row) it brings three standard errors. *A mean difference below about two standard errors is not resolved: do not report it as one.*
#
# And this is the spread of seeds only: the same grains, the same mounts. Other grains, and above all other mounts, would add theirs.
#
# ### Exercise 5: is it a difference?
# Write a function that takes the scores `a` and `b` of two variants (arrays, a score a seed, the same seeds) and returns the mean difference a − b divided by its standard error. (This is the *t* of a paired t-test. To be surprising at the 5 % level it must exceed 2.3 for ten seeds, 2.8 for five.)


# %%
def in_standard_errors(a, b):
    return ...  # change this line; the one below hands your function over


answer = in_standard_errors if in_standard_errors(np.array([1.0, 3]), np.array([0.0, 1])) is not ... else ...

# %% tags=["nbval-check-output"]
ex.is_it_a_difference.check(answer)

# %% [markdown]
# ## Five folds, as in the paper
#
# The paper checks its split by five-fold cross-validation of LeNet with dropout and augmentation: each fifth of the grains is left aside once. Accuracy 0.81 ± 0.02, loss 0.43 ± 0.06, ROC-AUC 0.90 ± 0.03. Ours, on the synthetic set, for ten seeds:

# %% tags=["nbval-check-output"]
folds = pd.read_csv(samples.DATA / "results" / "five_folds.csv")
rows = {}
for score, paper in (("accuracy", "0.81 ± 0.02"), ("loss", "0.43 ± 0.06"), ("auc", "0.90 ± 0.03")):
    column = folds.pivot(index="seed", columns="fold", values=f"validation_{score}")
    over_folds, over_seeds = column.std(axis=1).mean(), column.mean(axis=1).std()
    rows[score] = [paper, f"{column.to_numpy().mean():.2f}", f"{over_folds:.3f}", f"{over_seeds:.3f}"]
columns = ["paper (one seed, five folds)", "ours, mean", "± between folds", "± between seeds (mean of five folds)"]
pd.DataFrame(rows, index=columns).T

# %% [markdown]
# **What we see** (synthetic set). The paper's ± is the scatter between the five folds of one run each. Ours has the same kind of scatter, and beside it how much the *mean of five folds* moves when only the seed changes. The mean itself is lower than the paper's: other grains (grown, cut out of their surroundings), so the two columns are not a race. And both are scores within the same mounts: five random folds check that one split was not a lucky one, no more. Notebook 7 leaves whole mounts aside.
#
# ## The grains, instead of the network
#
# The last row of the figure with the dots is LeNet with dropout and flips on the *same grains*, laid level and evenly exposed (the end of notebook 2). The row above it is its control: the same dropout and flips on the grains as they lie. Nothing about the network differs.

# %%
prepared, control = "level and even, dropout + flips", "dropout + flips"
fig, ax = plt.subplots(figsize=(8, 3.4), layout="constrained")
long_run([control, "augmentation", prepared], "auc", "validation ROC-AUC", ax, training_too=False)
plots.show(
    fig, alt="Validation ROC-AUC over 200 epochs of grains as they lie and of grains laid level and evenly exposed."
)
for part in ("validation", "test"):
    wide = table.pivot(index="seed", columns="name", values=f"{part}_auc")
    for other in (control, "augmentation"):
        d = wide[prepared] - wide[other]
        print(f"{part}: prepared grains − {other}: {d.mean():+.3f}, standard error {d.std() / np.sqrt(len(d)):.3f}")

# %% [markdown]
# **What we see** (synthetic set). Against its control the prepared set gains on validation grains, and more on the two mounts that nobody had seen, each time by five standard errors or more; and it gets there in a dozen epochs before it, too, slips slowly back. Against the best of the other ways, augmentation alone, it is level on validation grains and ahead on the test mounts. Dropout, penalties and chance changes tell a network "do not trust what you see too much". Preparing the grains takes away some of *what it should not have seen*: how bright its mount was exposed, how it lay. It is still below aspect ratio alone (0.89 on these two mounts).
#
# **Take away.** A network with more weights than grains can learn them by heart, and says wrong things with certainty. Regularization holds it back; dropout and augmentation cost epochs. Only changes that a real crystal could show are honest. A mean difference below about two standard errors is not resolved, and one run has no standard error at all. Next: [6 · Transfer learning](06_transfer_learning.ipynb).
#
# **References.** Nathwani et al. (2023), https://doi.org/10.1029/2022JB025933, sections 2.3, 2.4.1, 3.2, Table 2, Figures 6 and S2 · Srivastava et al. (2014), *Journal of Machine Learning Research* 15, 1929–1958 (dropout) · Ioffe and Szegedy (2015), arXiv:1502.03167 (batch normalization) · Shorten and Khoshgoftaar (2019), https://doi.org/10.1186/s40537-019-0197-0 (augmentation).
