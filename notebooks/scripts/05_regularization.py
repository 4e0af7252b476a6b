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
# @title Imports, and the grains: 32 × 32 pixels each, two mounts held out for the test
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
chosen, test = gr.published_split(grains, profile.grains)  # 678 at most, as many as the paper had
keep, aside = next(StratifiedKFold(5, shuffle=True, random_state=0).split(chosen.images, chosen.y))  # 80 % and 20 %
learning, validation = chosen[keep], chosen[aside]
results = samples.DATA / "results"
curves, table = (pd.read_csv(results / f"regularization{part}.csv") for part in ("_curves", ""))
shipped = pd.read_csv(results / "regularization_bench.csv")

# %% [markdown] tags=["predict:curve"]
# # 5 · Regularization: learning without learning by heart
#
# LeNet, the small network of notebook 4, has 22,029 weights. We show it 542 zircons again and again: one round through all of them is an **epoch**, and it gets 200. After each epoch we ask it about 136 other zircons, from which it never learns, the **validation** grains, and measure its **loss**: 0 if it is sure and right about all,
# 0.65 if it gives every grain the share of porphyry among them (88 of 136), and more the surer it is of what is wrong.
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
# **You need** notebook 4 (LeNet, loss, ROC-AUC). **Time** core 50 min (exercises in it), going deeper 60 min, 90 s to run.

# %% [markdown]
# ## By heart
#
# A training hangs on chance: the first weights and the order of the grains are drawn at random, from a **seed**. Ten seeds, 200 epochs each, came with the kit.

# %%
# @title Your curve beside ten trainings
fig, axes = plt.subplots(1, 2, figsize=(9.5, 3.6), layout="constrained")
plots.bands(curves, ["none"], "loss", "loss", axes[0])
plots.bands(curves, ["none"], "auc", "ROC-AUC", axes[1])
axes[0].axhline(0.649, ls=":", color="black", lw=1)
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
# **What we see.** Lines are means of ten seeds, bands their range. Dashed: on the grains that it learns from, the loss goes to 0 and the ROC-AUC to 1. Solid: on validation grains the loss is lowest near epoch 24 and then climbs past the dotted line, 0.65, which knowing only the share of porphyry costs. This is **overfitting**: the network remembers its grains. Its *ranking* of new grains hardly suffers, but its probabilities can no longer be trusted.
#
# ## Your bench
#
# **Regularization** is whatever holds a network back from this:
#
# - **dropout** silences each neurone of a layer with a probability, anew at each step, and makes the others louder by as much; in use, none is silenced.
# - **L2** and **L1** add a price to the loss: the sum of all squared weights, or of all absolute weights, times a small number.
# - **batch normalization** brings the output of each filter to mean 0 and spread 1 over the 32 grains of a step; in use, over all that it has seen.
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
epochs = min(60, 3 * profile.epochs)  # 60 in the lesson, at three times the paper's learning rate


def train(seed, changes=(), patience=None, epochs=epochs, **how):
    keras.utils.set_random_seed(seed)
    model = build(**how)
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss="binary_crossentropy")
    stop = [keras.callbacks.EarlyStopping("val_loss", patience=patience, restore_best_weights=True)] if patience else []
    augment = training.augmentation(seed, changes) if changes else None
    log = training.fit(model, learning, validation, epochs, augment, seed=seed, callbacks=stop, progress=False).history
    kept = int(np.argmin(log["val_loss"])) if patience else -1
    return model, log, log["val_auc"][kept]


seeds = range(SEED, SEED + max(2, profile.seeds))  # three in the lesson; more would be surer, and take 5 s each
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
def scores(seeds, changes=(), **how):
    """The validation ROC-AUC of a training with each seed."""
    return np.array([train(seed, changes, **how)[2] for seed in seeds])


with_it = scores(seeds, my_changes, **my_settings)
without = np.array([auc for _, _, auc in plain])
my_result = evaluation.paired_difference(with_it, without)
resolved = "resolved" if my_result.low > 0 or my_result.high < 0 else "not resolved"
print(f"yours less nothing, {len(seeds)} seeds, {epochs} epochs: {my_result:+.3f}: {resolved}")
ex.gain.meet(my_result)

# %%
# @title Your runs among the ten seeds of each single change
at = shipped[shipped["epoch"] == epochs].groupby("name")["val_auc"]
strength = {"none": "nothing", "dropout": "dropout 0.5", "L1": "L1 0.001", "L2": "L2 0.003"}
strength |= {"augmentation": "all five changes", "dropout + augmentation": "dropout 0.5 and all five"}
order = at.mean().sort_values(ascending=False).index if made == "grown" else []  # of other grains nothing is shipped
ten = {strength.get(name, name): at.get_group(name).to_numpy() for name in order}
plots.show(
    plots.bench(ten, {"YOURS, just now": with_it, "nothing, just now": without}),
    of=made,
    alt="Validation ROC-AUC of your runs and of ten seeds of each way to hold LeNet back, one row for each.",
)

# %% [markdown]
# **What we see.** Diamonds: your runs and those with nothing, trained just now. Dots: ten seeds of each way, which came with the kit. Black: means. The same seed gives the same first weights and the same order of grains, so we subtract seed by seed. The mean difference gets a 95 % interval: its **standard error** (the spread of the differences over the root of their number) times Student's *t*, which is 4.3 for three seeds, 2.8 for five and 2.3 for ten. If the interval leaves out 0 the difference is **resolved**, as far as seeds go; if not, other seeds might well have said the opposite.
#
# Dropout with all five changes is level with nothing here. It learns slowly: after more epochs it comes third (below). What holds back costs time.

# %% [markdown] tags=["exercise:beat_none"]
# ### Exercise: beat nothing
# Go back to your settings and search for what helps. But whoever tries ten settings on the same seeds and keeps the best has found luck, too. So when you have chosen, confirm it **once**, on five seeds that nobody has looked at: run the line that is commented out. The interval of your gain must lie above 0. How many settings did you try?

# %% tags=["exercise:beat_none", "answer"]
my_bench = ...
# my_bench = scores(range(100, 105), my_changes, **my_settings) - scores(range(100, 105))

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
# @title The same without a slider, for a patience of 1
plots.show(
    plots.stopping(losses, *evaluation.stopping(losses, 1)),
    of=made,
    alt="The validation loss of one training, with lines where a patience of 1 ends it and at the epoch that it keeps.",
)

# %%
enough = evaluation.smallest_patience(losses)
kept, last = evaluation.stopping(losses, enough)
print(f"patience {enough}: ends after epoch {last} of {len(losses)}, keeps epoch {kept}, loss {losses[kept - 1]:.2f}")
ex.patience.meet(enough)

# %% [markdown] tags=["exercise:stopping_rule"]
# **What we see.** Dashed: the epoch that is kept; dotted: the end. On another seed the curve jumps elsewhere, and another patience is needed.
#
# ### Exercise: write the rule
# Write the function behind the slider. It gets a list of losses and a patience, and returns the epoch that is kept and the last one that is run, counted from 1. A loss that is only equal to the lowest is no gain; if nothing stops it, the last epoch is that of the list.


# %% tags=["exercise:stopping_rule", "answer"]
def my_rule(losses, patience):
    return ...  # kept, last


# %% tags=["check", "nbval-check-output"]
ex.stopping_rule.check(my_rule)

# %% [markdown]
# ## Changes that are true of a crystal
#
# An augmentation says: *this changed image could have been a grain of the same class.*

# %%
# @title Each change at its two extremes
wanted = np.argmin(abs(learning.table["aspect_ratio"].to_numpy() - 1.8))
grain = learning.x[wanted, ..., 0]
plots.show(
    plots.changed(grain),
    of=made,
    alt="One grain as it is, and flipped, rotated, zoomed, brightened, with more contrast and stretched, each both ways.",
)

# %% [markdown] tags=["exercise:honest_change"]
# **What we see.** The middle row is the grain as it is. A crystal lies in the resin at any angle and either way up. A detector is set by hand, for brightness and for contrast, though no detector would brighten the black around a grain that was cut out. Zoom changes the size of a grain and the width of its bands, and may cut it off: whoever zooms says that these must not count. On the bench zoom helps all the same, by 0.04 over ten seeds, as flips and rotation do; brightness and contrast do not. The last column is in no recipe: it changes how long a crystal is for its width, which is how it grew.
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
# The paper (Nathwani and others, 2023) trains LeNet with nothing, with dropout, with augmentation and with both: one run each. Here are ten of each.

# %%
# @title Loss, accuracy and ROC-AUC over 200 epochs
four = ["none", "dropout", "augmentation", "dropout + augmentation"]
fig, axes = plt.subplots(1, 3, figsize=(11, 3.4), layout="constrained")
for ax, (score, label) in zip(axes, {"loss": "loss", "accuracy": "accuracy", "auc": "ROC-AUC"}.items()):
    plots.bands(curves, four, score, f"validation {label}", ax, parts=["validation"])
    ax.get_legend().set_visible(score == "auc")
plots.show(
    fig,
    of="grown",
    alt="Validation loss, accuracy and ROC-AUC over 200 epochs of four LeNets: augmentation ends best in each.",
)

# %% tags=["nbval-check-output"]
# @title The paper's Table 2 beside ours
paper = samples.published_scores().query("model == 'LeNet-5'").set_index("regularization").loc[four]
ours = table[table["name"].isin(four)].groupby("name", sort=False)
rows = {}
for score in ("validation_auc", "test_auc", "test_accuracy", "test_loss"):
    title = score.replace("_", " ").replace("auc", "ROC-AUC")
    rows[f"{title}, paper"] = [f"{value:.2f}" for value in paper[score]]
    rows[f"{title}, ours"] = [f"{ours[score].mean()[name]:.2f} ± {ours[score].std()[name]:.2f}" for name in four]
pd.DataFrame(rows, index=four).T

# %% [markdown]
# **What we see** (grown grains; ± is the standard deviation of ten seeds). On validation grains augmentation ends best, ours and the paper's. The *test* is two mounts that nobody learned from, 180 grown grains or the paper's 71. There all of ours rank worse than on validation grains: they know their mounts (notebook 8). And the order of the test is *reversed*: augmentation alone is our best and the paper's worst; both together is our worst and the paper's second. Other grains, one run against ten: the table alone cannot say which is right.
#
# Look at the paper's row without anything: a test loss of 2.90 beside a ROC-AUC of 0.81. **Confidence is not ranking**: it orders the grains well, and its probabilities are useless. All three ways to hold it back lower that loss; of the ranking this is true of two. So when the text calls regularization paramount, ask: for what? And accuracy hangs on where the line is drawn: always saying the more frequent class has 0.65 in the paper's test and 0.53 in ours.

# %% [markdown] tags=["depth"]
# # Going deeper
#
# Each section can be read by itself, once the core has run.
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
        row += [f"± {half:.3f}", "resolved" if high - low > half else "not resolved"]
    rows.append(row)
columns = ["test ROC-AUC of the paper", "difference", "unlike answers", "", "like answers (0.5)", ""]
pd.DataFrame(sorted(rows, key=lambda row: row[1], reverse=True), columns=columns).set_index(columns[0])

# %% [markdown] tags=["depth", "exercise:one_sentence"]
# **What we see.** Behind ± stands half the 95 % interval *over grains* of the difference, in the middle one of many imagined tests. A difference is resolved where it is larger. Six were looked at, so one in twenty may be luck; and two mounts are only two mounts, however many grains they have.
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
# **What we see.** Early most answers lie in the middle; late nearly all lie at 0 or 1, right or wrong. The six grains are those whose true class it gives the smallest probability. Count how many of them are of the rarer class.
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
# Training lowers *loss + λ₁ Σ|w| + λ₂ Σw²*, summed over the weights *w* of all layers, but not their biases. The second sum is steep for large weights and flat near 0; the first is equally steep everywhere, so that it pulls small weights on towards 0. The losses in this notebook are without these sums.

# %% tags=["depth"]
weights = {}
for name, penalty in {"nothing": {}, "L2 0.003": {"l2": 0.003}, "L1 0.003": {"l1": 0.003}}.items():
    model = train(SEED, epochs=epochs // 2, **penalty)[0]
    kernels = [layer.kernel.numpy().ravel() for layer in model.layers if hasattr(layer, "kernel")]
    weights[name] = np.concatenate(kernels)
plots.show(
    plots.weight_histograms(weights),
    of=made,
    alt="Histograms of all weights without a penalty, with L2 and with L1: wide, narrow, and a spike at 0.",
)

# %% [markdown] tags=["depth"]
# **What we see.** The axis is logarithmic, and what lies beyond ±0.4 is counted at the edge. "Nearly 0" means smaller than 0.005: without a penalty few weights are, with L2 most, with L1 all but a few. Both penalties here are strong; L1 leaves the fewest weights that count.
#
# ## A slip that raises no error

# %% tags=["depth"]
slip = layers.RandomBrightness(0.2, seed=SEED)  # as it stands in many notebooks
seen = [learning.x[0, ..., 0]] + [np.asarray(slip(learning.x[:1], training=True))[0, ..., 0] for _ in range(5)]
titles = [f"{image.min():.1f} to {image.max():.1f}" for image in seen]
shown = np.stack([np.clip(255 * image, 0, 255).astype("uint8") for image in seen])[..., None]
fig = plots.gallery(shown, titles=titles, columns=6)
for ax in fig.axes:
    ax.axis("on")  # a frame, or white would not be seen
    ax.set(xticks=[], yticks=[])
plots.show(
    fig,
    of=made,
    alt="A grain, and five times after the layer: all white or all black, with grey levels far from 0 to 1.",
)

# %% [markdown] tags=["depth", "exercise:value_range"]
# **What we see.** First the grain as it is, then as the layer makes it; above each its smallest and largest grey level. The layer was told to change brightness by a fifth, and grey levels should stay between 0 and 1. `help(layers.RandomBrightness)` tells for which grey levels it was made.
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
ways = [name for name in table["name"].unique() if "only" not in name]  # two more are in the next section
fig, axes = plt.subplots(1, 2, figsize=(11, 4.4), sharey=True, layout="constrained")
for ax, part in zip(axes, ("validation", "test")):
    of_way = {name: table.loc[table["name"] == name, f"{part}_auc"].to_numpy() for name in ways}
    plots.bench(of_way, {}, f"{part} ROC-AUC", ax)
axes[1].axvline(0.5, ls=":", color="black")
plots.show(
    fig,
    of="grown",
    alt="ROC-AUC of ten seeds for ten ways to train LeNet, on validation grains and on two test mounts.",
)

# %% [markdown] tags=["depth", "exercise:optimistic"]
# **What we see.** On validation grains augmentation and the prepared grains lead; early stopping gains without any change of the network, and its epoch was chosen on these very grains. On the test mounts (dotted: guessing) dropout with augmentation comes last, and the prepared grains first. Against the row above them only the grains were changed: how a grain lay and how bright its mount was are taken away. One number, the aspect ratio, still ranks these two mounts better (0.89, notebook 4).
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
# **What we see.** The **standard error** says by how much the mean would scatter with other seeds. Augmentation against none: many times its standard error, and the halves agree. Brightness and contrast against none: one half says plus, the other minus; whoever had run only one would have written the opposite of the other. Added to flips, turns and zoom they gain nothing on validation grains, but three standard errors on the test mounts (last row).
#
# ### Exercise: is it a difference?
# Write a function of the scores `a` and `b` of two ways (arrays, one score for each seed, the same seeds): the mean of a − b, divided by its standard error.


# %% tags=["depth", "exercise:is_it_a_difference", "answer"]
def in_standard_errors(a, b):
    return ...


# %% tags=["depth", "check", "nbval-check-output"]
ex.is_it_a_difference.check(in_standard_errors)

# %% [markdown] tags=["depth"]
# ## Validation above training?
#
# In the paper's Table 2 the network with both scores higher on validation grains (0.94) than on its own (0.89), and the text wonders why. Keras logs the training score *while the network learns*, with dropout on and images changed. Score a network of that kind on the same grains with both off:

# %% tags=["depth"]
model, log, _ = train(SEED, training.CHANGES, epochs=epochs // 2, dropout=0.5)
p = training.predict(model, learning)
off = -np.log(np.where(learning.y == 1, p, 1 - p).clip(1e-7)).mean()
print(f"loss of the training grains as logged {log['loss'][-1]:.3f}, with dropout and changes off {off:.3f}")
print(f"loss of the validation grains {log['val_loss'][-1]:.3f}")

# %% [markdown] tags=["depth"]
# **What we see.** The same grains and almost the same weights give a higher loss when logged than when asked: the exam in training was harder. So a part of such a gap comes from the exam, and says nothing about the grains.

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
