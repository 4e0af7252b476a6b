# %% tags=["frame"]
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

# %% tags=["frame"]
# @title Imports, and the grains: 32 × 32 pixels each, two mounts held out for the test
import cv2
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from keras import layers
from sklearn.model_selection import StratifiedKFold
from zirconkit import course, evaluation, mounts, plots, samples, widgets
from zirconkit import grains as gr
from zirconkit.exercises import regularization as ex
from zirconkit.exercises import score_card
from zirconkit.networks import training

profile = course.profile(PROFILE)
own = mounts.find(DATA, profile.name)
found = course.enough("05", own)
made = mounts.provenance(found)
grains = gr.from_mounts(found, size=32, mask_neighbours=True, progress=False).two_classes()
chosen, test = gr.published_split(grains, 678)  # as many as the paper had, at most
keep, aside = next(StratifiedKFold(5, shuffle=True, random_state=0).split(chosen.images, chosen.y))  # 80 % and 20 %
learning, validation = chosen[keep], chosen[aside]
results = samples.DATA / "results"
curves, table = (pd.read_csv(results / f"regularization{part}.csv") for part in ("_curves", ""))
shipped = pd.read_csv(results / "regularization_bench.csv")

# %% [markdown] tags=["predict:curve"]
# # 5 · Regularization: learning without learning by heart
#
# LeNet, the small network of notebook 4, has 22,029 weights. We show it 542 zircons again and again: one round through all of them is an **epoch**, and it gets 200. After each epoch we ask it about 136 other zircons, from which it never learns, the **validation** grains, and measure its **loss**: 0 for sure and right,
# 0.69 for "one half" to every grain, more for sure and wrong.
#
# **Draw the curve.** What is the loss on the validation grains after 1, 20, 50, 100 and 200 epochs? It begins at 0.63.

# %% tags=["predict:curve", "answer"]
my_curve = ...  # five numbers, such as [0.63, 0.6, 0.6, 0.6, 0.6]

# %% tags=["check"]
ex.curve.commit(my_curve)

# %% [markdown] tags=["frame"]
# **The idea:** a network can learn its grains by heart, and what holds it back must be shown to help, over several seeds.
#
# **You will** see a network learn by heart · hold it back in a way of your choice, predict what that brings, and measure it · stop a training in time · tell honest changes of an image from lies · read the paper's Table 2 for what it can and cannot say.
#
# **You need** notebook 4 (LeNet, loss, ROC-AUC). **Time** core 50 min (exercises in it), going deeper 60 min, 80 s to run.

# %% [markdown]
# ## By heart
#
# A training hangs on chance: the first weights and the order of the grains are drawn at random, from a **seed**. Ten seeds, 200 epochs each, came with the kit.

# %%
# @title Your curve beside ten trainings
fig, axes = plt.subplots(1, 2, figsize=(9.5, 3.6), layout="constrained")
plots.bands(curves, ["none"], "loss", "loss", axes[0])
plots.bands(curves, ["none"], "auc", "ROC-AUC", axes[1])
axes[0].axhline(np.log(2), ls=":", color="black", lw=1)
if ex.curve.committed is not None:
    axes[0].plot([1, 20, 50, 100, 200], ex.curve.committed, "kX", ms=8, label="your guess")
    axes[0].legend(fontsize=8)
plots.show(
    fig,
    of="grown",
    alt="Over 200 epochs the training loss falls to 0; the validation loss falls until about epoch 24 and then rises to 1.6.",
)
mean_loss = curves.query("of_seeds == 'mean' and name == 'none'").set_index("epoch")["val_loss"]
ex.curve.meet(np.interp([1, 20, 50, 100, 200], mean_loss.index, mean_loss))

# %% [markdown]
# **What we see.** Lines are means of ten seeds, bands their range. Dashed: on the grains that it learns from, the loss goes to 0 and the ROC-AUC to 1. Solid: on validation grains the loss is lowest near epoch 24 and then climbs past 0.69, the dotted line, which "one half" for every grain costs. This is **overfitting**: the network remembers its grains. Its *ranking* of new grains hardly suffers; its *certainty* does.
#
# ## Your bench
#
# **Regularization** is whatever holds a network back from this:
#
# - **dropout** silences each neurone of a layer with a probability, anew at each step; in use, none is silenced.
# - **L2** and **L1** add a price to the loss: the sum of all squared weights, or of all absolute weights, times a small number.
# - **batch normalization** brings each map to mean 0 and spread 1 over the grains of a batch.
# - **augmentation** changes each image at random before each epoch: `"flips"`, `"rotation"` (up to 72° either way), `"zoom"` (0.6 to 1.4), `"brightness"`, `"contrast"`.
# - **early stopping** ends training when the validation loss has not fallen for `patience` epochs, and takes the best weights back.


# %%
def build(dropout=0.0, l1=0.0, l2=0.0, batch_norm=False):
    """LeNet as in notebook 4, with what holds it back."""
    penalty = keras.regularizers.L1L2(l1, l2)
    model = keras.Sequential([keras.Input(learning.images.shape[1:])], name="LeNet")
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


# %%
epochs = min(60, 3 * profile.epochs)  # at three times the published rate 60 epochs show what 200 do


def train(seed, changes=(), patience=None, **how):
    keras.utils.set_random_seed(seed)
    model = build(**how)
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss="binary_crossentropy")
    stop = [keras.callbacks.EarlyStopping("val_loss", patience=patience, restore_best_weights=True)] if patience else []
    augment = training.augmentation(seed, changes) if changes else None
    log = training.fit(model, learning, validation, epochs, augment, seed=seed, callbacks=stop, progress=False).history
    kept = int(np.argmin(log["val_loss"])) if patience else -1
    return model, log, log["val_auc"][kept]


my_seeds = max(2, profile.seeds)  # more seeds, more certainty, more time: 5 s each
seeds = range(SEED, SEED + my_seeds)
plain = [train(seed) for seed in seeds]  # with nothing to hold it back

# %% [markdown] tags=["predict:gain"]
# **Predict.** Choose what holds the network back: change the settings below, as many at a time as you like. By how much will the ROC-AUC on validation grains move against a network with nothing? (A number such as `0.05` or `-0.02`.)

# %% tags=["predict:gain", "answer"]
my_settings = {"dropout": 0.5, "l1": 0.0, "l2": 0.0, "batch_norm": False, "patience": None}
my_changes = []  # any of "flips", "rotation", "zoom", "brightness", "contrast"
my_gain = ...

# %% tags=["check"]
ex.gain.commit(my_gain)

# %%
mine = [train(seed, my_changes, **my_settings) for seed in seeds]
with_it, without = (np.array([auc for *_, auc in runs]) for runs in (mine, plain))
my_differences = with_it - without
my_result = evaluation.paired_difference(with_it, without)
resolved = "resolved" if my_result.low > 0 or my_result.high < 0 else "not resolved"
print(f"yours less nothing, {my_seeds} seeds, {epochs} epochs: {my_result:+.3f}: {resolved}")
ex.gain.meet(my_result)

# %%
# @title Your runs among the ten seeds of each single change
at = shipped[shipped["epoch"] == epochs]
ten = {name: rows["val_auc"].to_numpy() for name, rows in at.groupby("name", sort=False)} if made == "grown" else {}
ten = dict(sorted(ten.items(), key=lambda each: -each[1].mean()))
plots.show(
    plots.bench(
        {f"{name}, shipped": scores for name, scores in ten.items()}, {"YOURS": with_it, "nothing, now": without}
    ),
    of=made,
    alt="Validation ROC-AUC of your runs and of ten seeds of each way to hold LeNet back, one row for each.",
)

# %% [markdown]
# **What we see.** Each mark is one seed, each black line a mean; the diamonds are your runs and those with nothing, trained just now. Yours and nothing share their seeds, so we subtract seed by seed. The interval of the mean difference is its **standard error** (the spread of the differences over the root of their number) times Student's *t*, which is 4.3 for three seeds and 2.3 for ten. If the interval leaves out 0 the difference is **resolved**; if not, other seeds might well have said the opposite.

# %% [markdown] tags=["exercise:beat_none"]
# ### Exercise: beat nothing
# Go back to your settings, and try, until your gain is resolved and its interval lies above 0. Then hand over the differences of your seeds.

# %% tags=["exercise:beat_none", "answer"]
my_bench = ...  # my_differences, when you are content with them

# %% tags=["check", "nbval-check-output"]
ex.beat_none.check(my_bench)

# %% [markdown]
# ## Stop in time
#
# The cheapest way costs nothing: stop. But when? The validation loss jumps from epoch to epoch, so a small **patience** stops at the first bump, and a large one wastes time.

# %% [markdown] tags=["predict:patience"]
# **Predict**, then move the slider: what is the smallest patience that still keeps the lowest loss of this whole curve?

# %% tags=["predict:patience", "answer"]
my_patience = ...

# %% tags=["check"]
ex.patience.commit(my_patience)

# %%
# @title A slider on the patience
losses = plain[0][1]["val_loss"]
widgets.patience_explorer(losses)

# %%
# @title The same without a slider, for a patience of 3
plots.show(
    plots.stopping(losses, *evaluation.stopping(losses, 3)),
    of=made,
    alt="The validation loss of one training, with lines where a patience of 3 ends it and at the epoch that it keeps.",
)

# %%
enough = evaluation.smallest_patience(losses)
kept, last = evaluation.stopping(losses, enough)
print(f"patience {enough}: ends after epoch {last} of {len(losses)}, keeps epoch {kept}, loss {losses[kept - 1]:.2f}")
ex.patience.meet(enough)

# %% [markdown] tags=["exercise:stopping_rule"]
# **What we see.** Dashed: the epoch that is kept; dotted: the end. On another seed the curve jumps elsewhere, and so does the patience that it needs.
#
# ### Exercise: write the rule
# Write the function behind the slider. It gets a list of losses and a patience, and returns the epoch that is kept and the last one that is run, counted from 1.


# %% tags=["exercise:stopping_rule", "answer"]
def my_rule(losses, patience):
    return ...  # kept, last


# %% tags=["check", "nbval-check-output"]
ex.stopping_rule.check(my_rule if my_rule([1.0], 1) is not ... else ...)

# %% [markdown]
# ## Changes that are true of a crystal
#
# An augmentation says: *this changed image could have been a grain of the same class.*

# %%
# @title Each change at its weakest and at its strongest
grain = learning.x[0, ..., 0]
side = grain.shape[0]
centre = (side / 2, side / 2)


def affine(angle=0, scale=1.0):
    return cv2.warpAffine(grain, cv2.getRotationMatrix2D(centre, angle, scale), (side, side))


versions = {
    "rotation 0.2": ((affine(-72), "−72°"), (affine(72), "+72°")),
    "zoom 0.4": ((affine(scale=1 / 1.4), "window 140 %"), (affine(scale=1 / 0.6), "window 60 %")),
    "brightness 0.2": ((np.clip(grain - 0.2, 0, 1), "−0.2"), (np.clip(grain + 0.2, 0, 1), "+0.2")),
    "contrast 0.2": tuple(
        (np.clip((grain - grain.mean()) * factor + grain.mean(), 0, 1), f"× {factor}") for factor in (0.8, 1.2)
    ),
    "stretch (nobody's)": ((cv2.resize(grain, (side, side * 2))[side // 2 : -side // 2], "× 2 high"),
                           (cv2.resize(grain, (side * 2, side))[:, side // 2 : -side // 2], "× 2 wide")),
}  # fmt: skip
plots.show(
    plots.changed(grain, versions),
    of=made,
    alt="One grain as it is, and rotated, zoomed, brightened, with more contrast and stretched, each both ways.",
)

# %% [markdown] tags=["exercise:honest_change"]
# **What we see.** The middle row is the grain as it is. Rotation moves it as the resin might have. Zoom keeps its proportions, but not its size and the width of its bands: whoever zooms says that these must not count. On the bench it helps all the same (+0.04 over ten seeds), as does whatever makes many images of few grains. Brightness changes the black around the grain, too, though no resin is left there. A stretched grain has another aspect ratio.
#
# ### Exercise: honest changes
# The network shall tell porphyry from batholith grains. Which changes may you use? A list of words from `"flip"`, `"rotate"`, `"brightness"`, `"stretch"` (twice as long one way), `"invert"` (bright becomes dark).

# %% tags=["exercise:honest_change", "answer"]
my_honest = ...

# %% tags=["check", "nbval-check-output"]
ex.honest_change.check(my_honest)

# %% [markdown]
# ## Table 2, ten times
#
# The paper trains LeNet with nothing, with dropout, with augmentation and with both: one run each. Here are ten of each.

# %%
# @title Loss, accuracy and ROC-AUC over 200 epochs
four = ["none", "dropout", "augmentation", "dropout + augmentation"]
fig, axes = plt.subplots(1, 3, figsize=(11, 3.4), layout="constrained")
for ax, (score, label) in zip(axes, {"loss": "loss", "accuracy": "accuracy", "auc": "ROC-AUC"}.items()):
    plots.bands(curves, four, score, f"validation {label}", ax, parts=["validation"])
    ax.get_legend().set_visible(score == "loss")
plots.show(
    fig,
    of="grown",
    alt="Validation loss, accuracy and ROC-AUC over 200 epochs of four LeNets: augmentation ends best in each.",
)

# %% tags=["nbval-check-output"]
paper = samples.published_scores().query("model == 'LeNet-5'").set_index("regularization").loc[four]
ours = table[table["name"].isin(four)].groupby("name", sort=False)
rows = {}
for score, title in (("test_loss", "test loss"), ("test_accuracy", "test accuracy"), ("test_auc", "test ROC-AUC")):
    rows[f"{title}, paper"] = [f"{value:.2f}" for value in paper[score]]
    rows[f"{title}, ours"] = [f"{ours[score].mean()[name]:.2f} ± {ours[score].std()[name]:.2f}" for name in four]
pd.DataFrame(rows, index=four)

# %% [markdown]
# **What we see** (grown grains; ± is the standard deviation of ten seeds). On validation grains augmentation ends best, and both together are still rising. The table is about the *test*: two mounts that nobody learned from. There every one of ours loses, both together most: they know their mounts (notebook 8).
#
# Now the paper's columns. Look at the first row: a loss of 2.90, four times that of "one half", beside a ROC-AUC of 0.81. **Confidence is not ranking**: this network orders the grains well, and is certain where it errs. With dropout alone the loss is 0.43 and the ranking 0.91, better than with both (0.88); augmentation alone comes last (0.74). The text calls regularization paramount, which its *validation* column shows; its test column, one run of 71 grains, is of another opinion.

# %% [markdown] tags=["depth"]
# # Going deeper
#
# Each section stands by itself.
#
# ## How much of Table 2 is resolved?
#
# The test had 25 porphyry and 46 batholith grains. Their answers are not published, but one can draw grains for two imagined networks with these two ROC-AUCs, compute the interval of the *difference* on the same grains, and repeat. How wide it is hangs on how alike the two networks answer, which nobody knows: we try not at all (correlation 0) and fairly (0.5).

# %% tags=["depth"]
rows = []
pairs = [(one, other) for place, one in enumerate(four) for other in four[:place]]
for one, other in pairs:
    high, low = sorted(paper.loc[[one, other], "test_auc"], reverse=True)
    better, worse = (one, other) if paper.loc[one, "test_auc"] == high else (other, one)
    row = [f"{better} − {worse}", f"{high - low:.2f}"]
    for correlation in (0, 0.5):
        sets = evaluation.differences(high, low, correlation, (25, 46), 30 * profile.repeats)
        half = np.median(sets["high"] - sets["low"]) / 2
        row += [f"± {half:.2f}", "resolved" if high - low > half else "not resolved"]
    rows.append(row)
columns = ["test ROC-AUC of the paper", "difference", "unlike answers", "", "like answers (0.5)", ""]
pd.DataFrame(sorted(rows, key=lambda row: row[1], reverse=True), columns=columns).set_index(columns[0])

# %% [markdown] tags=["depth", "exercise:one_sentence"]
# **What we see.** Even if the answers have nothing in common, dropout alone against augmentation alone is resolved (0.17 ± 0.14); both against augmentation alone is a near miss (0.14 ± 0.15) that is resolved if the answers are somewhat alike. None of the differences of 0.10 or less is resolved with unlike answers. And two mounts stay two mounts.
#
# ### Exercise: one sentence
# You may write one sentence about the test column. Which? Discuss it with a neighbour first.
#
# - **a** Dropout alone is better than dropout with augmentation.
# - **b** Dropout alone and both together are equally good here.
# - **c** Augmentation is the most useful of all regularizations.
# - **d** On these mounts dropout alone beats augmentation alone.

# %% tags=["depth", "exercise:one_sentence", "answer"]
my_sentence = ...

# %% tags=["depth", "check", "nbval-check-output"]
ex.one_sentence.check(my_sentence)

# %% [markdown] tags=["depth"]
# ## Sure and wrong
#
# One LeNet with nothing, at the published rate; its answers for the validation grains are kept early and late.

# %% tags=["depth"]
keras.utils.set_random_seed(SEED)
model = build()
model.compile(optimizer=keras.optimizers.Adam(0.001), loss="binary_crossentropy")
late = min(200, 10 * profile.epochs)
early, answers = late // 10, {}


def look(epoch, logs):
    if epoch + 1 in (early, late):
        answers[f"after epoch {epoch + 1}"] = training.predict(model, validation)


watch = keras.callbacks.LambdaCallback(on_epoch_end=look)
training.fit(model, learning, validation, late, seed=SEED, callbacks=[watch], progress=False)
plots.show(
    plots.certainty(validation.y, answers, validation.classes),
    of=made,
    alt="Histograms of the answers for validation grains of each class: spread out early, at 0 and 1 late.",
)
for moment, p in answers.items():
    loss = -np.log(np.where(validation.y == 1, p, 1 - p).clip(1e-7)).mean()
    print(f"{moment}: loss {loss:.2f}, ROC-AUC {evaluation.auc_interval(validation.y, p):.2f}")

# %% tags=["depth"]
# @title The six validation grains that it is surely wrong about
truth = np.where(validation.y == 1, p, 1 - p)  # what it gives to the true class
worst = np.argsort(truth)[:6]
names = np.array(validation.classes)
titles = [f"{names[validation.y[row]]}\ngets {truth[row]:.1e}" for row in worst]
plots.show(
    plots.gallery(validation.images[worst], titles=titles, columns=6),
    of=made,
    alt="Six grains with their true class and the probability, near 0, that the network gives to it.",
)

# %% [markdown] tags=["depth", "exercise:by_heart"]
# **What we see.** Early most answers lie in the middle; late nearly all lie at 0 or 1, right or wrong. The six grains are those whose true class it gives the smallest probability. Look for what they have in common: there need be nothing.
#
# ### Exercise: by heart
# The validation loss is now above that of "one half" to every grain, but the validation ROC-AUC is far above 0.5. How can both be?
#
# - **a** The network has not learned enough from its grains yet.
# - **b** It guesses the class of each of the validation grains.
# - **c** It ranks most pairs right and is certain where it errs.
# - **d** Loss and ROC-AUC are computed on quite other grains.

# %% tags=["depth", "exercise:by_heart", "answer"]
my_reason = ...

# %% tags=["depth", "check", "nbval-check-output"]
ex.by_heart.check(my_reason)

# %% [markdown] tags=["depth"]
# ## What a penalty does to the weights
#
# Training lowers *loss + λ₁ Σ|w| + λ₂ Σw²*, summed over all weights *w*. The second sum is steep for large weights and flat near 0: L2 makes all weights small. The first is equally steep everywhere: L1 pulls small weights all the way to 0, and leaves a few.

# %% tags=["depth"]
weights = {}
for name, penalty in {"nothing": {}, "L2 0.003": {"l2": 0.003}, "L1 0.003": {"l1": 0.003}}.items():
    model = train(SEED, **penalty)[0] if penalty else plain[0][0]
    kernels = [layer.kernel.numpy().ravel() for layer in model.layers if hasattr(layer, "kernel")]
    weights[name] = np.concatenate(kernels)
plots.show(
    plots.weight_histograms(weights),
    of=made,
    alt="Histograms of all weights without a penalty, with L2 and with L1: wide, narrow, and a spike at 0.",
)

# %% [markdown] tags=["depth"]
# **What we see.** Note the logarithmic axis. "Nearly 0" means smaller than 0.005: without a penalty few weights are, with L2 most, with L1 all but a few; these few may be read as its choice of features.
#
# ## A slip that raises no error

# %% tags=["depth"]
slip = layers.RandomBrightness(0.2, seed=SEED)  # as it stands in many notebooks
seen = [np.asarray(slip(learning.x[:1], training=True))[0, ..., 0] for _ in range(6)]
titles = [f"{image.min():.0f} to {image.max():.0f}" for image in seen]
shown = np.stack([np.clip(255 * image, 0, 255).astype("uint8") for image in seen])[..., None]
fig = plots.gallery(shown, titles=titles, columns=6)
for ax in fig.axes:
    ax.axis("on")  # a frame, or white would not be seen
    ax.set(xticks=[], yticks=[])
plots.show(
    fig,
    of=made,
    alt="The same grain six times after the layer: all white, all black or nearly so, with grey levels far from 0 to 1.",
)

# %% [markdown] tags=["depth", "exercise:value_range"]
# **What we see.** The layer was told to change brightness by a fifth. The smallest and largest grey level stand above each image; they should lie between 0 and 1.
#
# ### Exercise: mend it
# Write the layer so that it changes grey levels of 0 to 1 by at most a fifth.

# %% tags=["depth", "exercise:value_range", "answer"]
my_brightness = ...  # a layer

# %% tags=["depth", "check", "nbval-check-output"]
ex.value_range.check(my_brightness)

# %% [markdown] tags=["depth"]
# ## Ten ways, on new mounts
#
# All that was asked so far was asked of validation grains, which come from the mounts of the training. After 200 epochs at the published rate, with *level and even* grains (turned level and evenly exposed, notebook 2) as the last of ten ways:

# %% tags=["depth"]
# @title Ten seeds of ten ways, on validation grains and on two test mounts
ways = [name for name in table["name"].unique() if "only" not in name]
fig, axes = plt.subplots(1, 2, figsize=(11, 4.4), sharey=True, layout="constrained")
for ax, part in zip(axes, ("validation", "test")):
    scores = {name: table.loc[table["name"] == name, f"{part}_auc"].to_numpy() for name in ways}
    plots.bench(scores, {}, f"{part} ROC-AUC", ax)
axes[1].axvline(0.5, ls=":", color="black")
plots.show(
    fig,
    of="grown",
    alt="ROC-AUC of ten seeds for ten ways to train LeNet, on validation grains and on two test mounts.",
)

# %% [markdown] tags=["depth", "exercise:optimistic"]
# **What we see.** On validation grains augmentation and the prepared grains lead; early stopping is the best of what costs nothing. On the test mounts the order is another one: dropout with augmentation comes last, and the prepared grains first. Not the network was changed there, but what it should not have seen was taken away: how a grain lay, how bright its mount was. One number, the aspect ratio, still ranks these two mounts better (0.89, notebook 4).
#
# ### Exercise: the chosen epoch
# Early stopping tried up to 200 epochs and kept the one with the lowest validation loss. You report the loss on the validation grains. Is that fair?
#
# - **a** Yes: the network has never learned from those grains.
# - **b** No: it is too good, as those grains chose the epoch.
# - **c** Yes: choosing an epoch does not change the weights.
# - **d** No: it is the test grains that have chosen the epoch.

# %% tags=["depth", "exercise:optimistic", "answer"]
my_verdict = ...

# %% tags=["depth", "check", "nbval-check-output"]
ex.optimistic.check(my_verdict)

# %% [markdown] tags=["depth"]
# ## A difference that is none
#
# Take two ways and five seeds of each, as an honest but hurried student might. Repeat with the other five.

# %% tags=["depth", "nbval-check-output"]
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

# %% [markdown] tags=["depth", "exercise:is_it_a_difference"]
# **What we see.** The **standard error** says by how much the mean would scatter with other seeds. Augmentation against none: many times its standard error, and the halves agree. Brightness and contrast against none: one half says plus, the other minus; whoever had run only one would have written the opposite of the other. On the test mounts they bring three standard errors (last row).
#
# ### Exercise: is it a difference?
# Write a function of the scores `a` and `b` of two ways (arrays, one score for each seed, the same seeds): the mean of a − b, divided by its standard error.


# %% tags=["depth", "exercise:is_it_a_difference", "answer"]
def in_standard_errors(a, b):
    return ...


# %% tags=["depth", "check", "nbval-check-output"]
tried = in_standard_errors(np.array([1.0, 3]), np.array([0.0, 1]))
ex.is_it_a_difference.check(... if tried is ... else in_standard_errors)

# %% [markdown] tags=["depth"]
# ## Validation above training?
#
# In the paper's Table 2 the network with both scores higher on validation grains (0.94) than on its own (0.89), and the text wonders why. Keras logs the training score *while the network learns*, with dropout on and images changed. Score a network of that kind on the same grains with both off:

# %% tags=["depth"]
model, log, _ = train(SEED, training.CHANGES, dropout=0.5)
p = training.predict(model, learning)
off = -np.log(np.where(learning.y == 1, p, 1 - p).clip(1e-7)).mean()
print(f"loss of the training grains as logged {log['loss'][-1]:.3f}, with dropout and changes off {off:.3f}")
print(f"loss of the validation grains {log['val_loss'][-1]:.3f}")

# %% [markdown] tags=["depth"]
# **What we see.** The same grains and almost the same weights give a higher loss when logged than when asked: the exam in training was harder. A validation score above the logged training score needs no other reason.
#
# ## Five folds, as in the paper
#
# The paper leaves each fifth of the grains aside once: LeNet with both. Ours, for ten seeds:

# %% tags=["depth", "nbval-check-output"]
folds = pd.read_csv(results / "five_folds.csv")
rows = {}
for score, published in (("accuracy", "0.81 ± 0.02"), ("loss", "0.43 ± 0.06"), ("auc", "0.90 ± 0.03")):
    column = folds.pivot(index="seed", columns="fold", values=f"validation_{score}")
    over_folds, over_seeds = column.std(axis=1).mean(), column.mean(axis=1).std()
    rows[score] = [published, f"{column.to_numpy().mean():.2f}", f"{over_folds:.3f}", f"{over_seeds:.3f}"]
columns = ["paper (one seed)", "ours, mean", "± between folds", "± between seeds"]
pd.DataFrame(rows, index=columns).T

# %% [markdown] tags=["depth"]
# **What we see.** The paper's ± is the scatter between the five folds of one run. The mean of five folds moves less when only the seed changes. Ours are other grains (grown, cut out of their surroundings), so the two means are not a race; and random folds stay within the same mounts.

# %% tags=["frame"]
# @title Your score card
score_card(ex)

# %% [markdown] tags=["frame"]
# **Take away.** A network with more weights than grains can learn them by heart, and says wrong things with certainty. What holds it back must be true of a crystal, costs epochs, and must be shown to help: by the interval of a paired difference over several seeds. Validation grains share the mounts of the training, and a test of one run of 71 grains resolves little.
#
# **Terms.** epoch · validation · overfitting · regularization · dropout · augmentation · L1, L2 · batch normalization · early stopping, patience · standard error · resolved
#
# **Read on.** Nathwani et al. (2023), https://doi.org/10.1029/2022JB025933, sections 2.3, 3.2, Table 2, Figure 6: the four LeNets · Srivastava et al. (2014), *Journal of Machine Learning Research* 15, 1929–1958: dropout, by its makers · Ioffe and Szegedy (2015), arXiv:1502.03167: batch normalization · Shorten and Khoshgoftaar (2019), https://doi.org/10.1186/s40537-019-0197-0: augmentation, with many examples · Prechelt (1998), https://doi.org/10.1007/3-540-49430-8_3: early stopping, but when?
#
# Next: [6 · Transfer learning](06_transfer_learning.ipynb).
