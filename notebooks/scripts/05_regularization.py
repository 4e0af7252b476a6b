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
names = {"none": "plain", "flips, turns, zoom only": "flips, rotation, zoom only"}
curves, table, shipped = (
    pd.read_csv(results / f"regularization{part}.csv").replace({"name": names}) for part in ("_curves", "", "_bench")
)
paper = samples.published_scores().query("model == 'LeNet-5'").set_index("regularization").rename(names)
pd.set_option("display.width", 160)

# %% [markdown] tags=["predict:curve"]
# # 5 · Regularization: learning without learning by heart
#
# LeNet, the small network of notebook 4, has 22,029 weights, and it learns from only 542 zircons. One round through all of them is an **epoch**; training has 200. After each epoch we ask it about 136 other zircons, the **validation** grains, from which it never learns; 88 of them are porphyry. Its **loss** says how badly its probabilities fit: 0 if it is sure and right about every grain, 0.65 if it answers "65 % porphyry" to every grain, and more if it is often sure and wrong.
#
# **Predict the curve.** After one epoch the loss on the validation grains is 0.63. What is it after 20, 50, 100 and 200?

# %% tags=["predict:curve", "answer"]
my_curve = ...  # four numbers, such as [0.6, 0.6, 0.6, 0.6]

# %% tags=["check"]
ex.curve.commit(my_curve)

# %% [markdown] tags=["frame"]
# **The idea:** a network can learn its grains by heart, and what holds it back must be shown to help, over several seeds.
#
# **You will** see a network learn by heart · hold it back in a way of your choice, predict what that brings, and measure it · stop a training in time · decide which changed images could still show the same crystal · read the paper's Table 2 for what it can and cannot say.
#
# **You need** notebook 4 (LeNet, loss, ROC-AUC). **Time** core 50 min (exercises in it), going deeper 60 min, 65 s to run.

# %% [markdown]
# ## By heart
#
# Every training differs a little, because the first weights and the order of the grains are random. The number that fixes them is the **seed**. Ten trainings on grown grains come with the kit.

# %%
# @title Your curve beside ten trainings
fig, axes = plt.subplots(1, 2, figsize=(9.5, 3.6), layout="constrained")
plots.bands(curves, ["plain"], "loss", "loss", axes[0])
plots.bands(curves, ["plain"], "auc", "ROC-AUC", axes[1])
axes[0].axhline(0.649, ls=":", color="black", lw=1, label="one answer for every grain")
if ex.curve.committed is not None:
    axes[0].plot([20, 50, 100, 200], ex.curve.committed, "kX", ms=8, label="your guess")
axes[0].legend(fontsize=8)
plots.show(
    fig,
    of="grown",
    alt="Over 200 epochs the training loss falls to 0; the validation loss is lowest from epoch 24 to 40, then rises to 1.6.",
)
mean_loss = curves.query("of_seeds == 'mean' and name == 'plain'").set_index("epoch")["val_loss"]
ex.curve.meet(np.interp([20, 50, 100, 200], mean_loss.index, mean_loss))

# %% [markdown]
# **What we see.** Lines are means over ten seeds; bands reach from the lowest seed to the highest. On the grains that the network learns from, the loss goes to 0 and the ROC-AUC to 1. On the validation grains the loss is lowest from epoch 24 to 40. Then it climbs past the dotted line: one answer for every grain would now be better.
#
# This is **overfitting**: the network remembers its own grains. It still ranks new grains (ROC-AUC 0.78 at the end, 0.82 at its best), but its probabilities have become far too sure.
#
# ## Your bench
#
# **Regularization** holds a network back from overfitting. Five kinds:
#
# - **Dropout** switches off each neurone of a layer with probability *p*, anew at every step (32 grains), and multiplies the others by 1/(1 − *p*) to make up for it. After training all are on.
# - **L2** and **L1** add a price to the loss: a small number times the sum of all squared (L2) or absolute (L1) weights.
# - **Batch normalization** brings the output of each filter to mean 0 and standard deviation 1 over the images of a step; after training it uses running averages.
# - **Augmentation** changes each training image at random in every epoch, as strongly as the paper does: `"flips"`, `"rotation"` (up to 72°), `"zoom"` (0.7 to 1.7 times as large), `"brightness"` and `"contrast"` (up to a fifth). *Augmentation* alone means all five.
# - **Early stopping** ends training when the validation loss has reached no new low for `patience` epochs, and goes back to the weights of the lowest.
#
# LeNet with none of these we call **plain**. The bench trains for 36 epochs, at three times the paper's learning rate, on five seeds. `learning` holds the 542 grains, `validation` the 136.


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
epochs = min(36, 2 * profile.epochs)  # 36 in the lesson


def train(seed, changes=(), patience=None, epochs=epochs, watch=(), **how):
    """A trained LeNet, its scores epoch by epoch, and which epoch is kept (counted from 0)."""
    keras.utils.set_random_seed(seed)
    model = build(**how)
    model.compile(optimizer=keras.optimizers.Adam(0.003), loss="binary_crossentropy")
    stop = [keras.callbacks.EarlyStopping("val_loss", patience=patience, restore_best_weights=True)] if patience else []
    augment = training.augmentation(seed, changes) if changes else None
    told = [*watch, *stop]
    log = training.fit(model, learning, validation, epochs, augment, seed=seed, callbacks=told, progress=False).history
    kept = int(np.argmin(log["val_loss"])) if patience else len(log["val_loss"]) - 1
    return model, log, kept


def aucs(runs):
    """The validation ROC-AUC of each training."""
    return np.array([log["val_auc"][kept] for _, log, kept in runs])


seeds = range(SEED, SEED + (2 if profile.name == "quick" else 5))
plain = [train(seed) for seed in seeds]

# %% [markdown] tags=["predict:gain"]
# **Predict.** Choose what holds your network back: change as many of the settings below as you like. By how much will your network's ROC-AUC on validation grains exceed that of the plain one, on average over the seeds?

# %% tags=["predict:gain", "answer"]
my_settings = {"dropout": 0.5, "l1": 0.0, "l2": 0.0, "batch_norm": False, "patience": None}
my_changes = []  # any of "flips", "rotation", "zoom", "brightness", "contrast"
my_gain = ...  # such as 0.05, or -0.02 for a loss

# %% tags=["check"]
ex.gain.commit(my_gain)


# %%
yours = [train(seed, my_changes, **my_settings) for seed in seeds]
my_gains = aucs(yours) - aucs(plain)  # seed by seed
my_result = evaluation.paired_difference(aucs(yours), aucs(plain))
resolved = "resolved" if my_result.low > 0 or my_result.high < 0 else "not resolved"
print(f"your gain over plain, {len(seeds)} seeds, {epochs} epochs: {my_result:+.3f}: {resolved}")
ex.gain.meet(my_result)

# %%
# @title Your gain among those of eleven ways over ten seeds
at = shipped[shipped["epoch"] == epochs].pivot(index="seed", columns="name", values="val_auc")
strength = {"dropout": "dropout 0.5", "L1": "L1 0.001", "L2": "L2 0.003"}
strength |= {"augmentation": "augmentation (all five)", "dropout + augmentation": "dropout 0.5 + augmentation"}
ways = at.columns.drop("plain") if made == "grown" else []  # none are shipped of other grains
ten = {strength.get(name, name): (at[name] - at["plain"]).to_numpy() for name in ways}
me = f"YOURS, {len(seeds)} seeds"
plots.show(
    plots.gains(ten | {me: my_gains}, me),
    of=made,
    alt="Gain in validation ROC-AUC over plain LeNet, a row for each way and one for yours, with 95 % intervals.",
)

# %% [markdown]
# **What we see.** Diamond: your network, trained just now. Circles, on the grown grains: eleven ways, ten seeds each. One seed gives both networks the same order of grains and the same filters to start from, so we subtract seed by seed; each dot is such a difference. The bench ranks networks after 36 epochs, and a comparison holds for its length of training: after 200 epochs the verdicts differ (*Five more seeds*, in the depth).
#
# How sure is their mean? Its **standard error** is the standard deviation of the differences (with *n* − 1), divided by the root of *n*, the number of seeds. The 95 % interval reaches 2.8 standard errors to either side for five seeds, 2.3 for ten (Student's *t*). If it leaves out 0 the gain is **resolved**; if not, other seeds might say the opposite.
#
# The settings as given are those of *dropout 0.5*: its ten shipped seeds resolve the gain, the first five of them do not. L2, batch normalization, brightness and contrast gain nothing that ten seeds resolve. L1 at this strength *loses*, and so does dropout with augmentation.

# %% [markdown] tags=["exercise:beat_none"]
# ### Exercise: a gain that holds
# Find settings without rotation whose gain has an interval wholly above 0.02. The best of ten tries is also the luckiest of ten, so confirm it on five fresh seeds: remove the `#` from the last line. Every call takes five others and counts as an attempt; report how many you needed.


# %%
attempts = []


def confirm(changes, settings):
    """The gain over plain LeNet on five fresh seeds, seed by seed; counts the attempts."""
    if "rotation" in changes:
        raise ValueError("this exercise goes without rotation")
    attempts.append((changes, settings))
    k = len(attempts)
    print(f"attempt {k}: a setting that truly gains 0.02 passes one of {k} by luck in {1 - 0.975**k:.1%} of cases")
    fresh = range(SEED + 1000 * k, SEED + 1000 * k + 5)
    return aucs([train(seed, changes, **settings) for seed in fresh]) - aucs([train(seed) for seed in fresh])


# %% tags=["exercise:beat_none", "answer"]
my_bench = ...
# my_bench = confirm(my_changes, my_settings)  # takes a minute

# %% tags=["check", "nbval-check-output"]
ex.beat_none.check(my_bench)

# %% [markdown]
# ## Stop in time
#
# The cheapest way is to stop. But when? The validation loss jumps from epoch to epoch, so a small **patience** stops at the first bump, and a large one wastes time. Here is the plain network's first seed.

# %%
losses = plain[0][1]["val_loss"]
widgets.patience_explorer(losses)

# %%
# @title The same without a slider, for a patience of 1
plots.show(
    plots.stopping(losses, *evaluation.stopping(losses, 1)),
    of=made,
    alt="The validation loss of one training, with lines where a patience of 1 ends it and at the epoch that it keeps.",
)

# %% [markdown] tags=["predict:patience"]
# With the slider, find the smallest patience that keeps the lowest loss of this curve.
#
# **Predict.** The other seeds have curves of their own. On how many of them does your patience keep the lowest loss, too?

# %% tags=["predict:patience", "answer"]
my_patience = ...  # found with the slider
my_others = ...  # of the other four: 0 to 4

# %% tags=["check"]
ex.patience.commit(my_patience, my_others)

# %%
needed = [evaluation.smallest_patience(log["val_loss"]) for _, log, _ in plain]
print("smallest patience, seed by seed:", *needed)
ex.patience.meet(needed)
kept_loss = {}  # how far above the lowest loss of its curve
for patience in (1, 2, 3, 5, 10):
    ends = [evaluation.stopping(log["val_loss"], patience) for _, log, _ in plain]
    kept_loss[patience] = [log["val_loss"][end[0] - 1] - min(log["val_loss"]) for (_, log, _), end in zip(plain, ends)]
    kept_loss[patience].append(np.mean([end[1] for end in ends]))
pd.DataFrame(kept_loss, index=[*(f"seed {seed}" for seed in seeds), "mean epochs"]).T.rename_axis("patience").round(3)

# %% [markdown] tags=["exercise:stopping_rule"]
# **What we see.** Under each seed stands how far the kept loss lies above the lowest of its curve. Where the seeds of a row differ, one curve cannot set the patience for the next: take a somewhat larger one, which costs a few epochs.
#
# ### Exercise: write the rule
# Write the function behind the slider: from a list of losses and a patience it returns two epochs, counted from 1: the one that is kept, and the last one that is run. A loss that only equals the lowest is no new low. Without a stop, training runs to the end of the list.


# %% tags=["exercise:stopping_rule", "answer"]
def my_rule(losses, patience):
    return ...  # kept, last


# %% tags=["check", "nbval-check-output"]
ex.stopping_rule.check(my_rule)

# %% [markdown]
# ## Changes that are true of a crystal
#
# An augmentation claims: *this changed image could have been taken of the same grain, on another day and in another mount.* All images of the set have one scale: a pixel is as many micrometres wide in each.

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
# **What we see.** The middle row is one grain as it is; above and below, each change at its two extremes. The first five are the paper's. Brightness and contrast also shift the black that hides the surroundings; judge them by the grain.
#
# ### Exercise: honest changes
# The bench says what a change *gains*; whether its claim is *true* is another question. List the changes whose claim is true, from `"flips"`, `"rotation"`, `"zoom"`, `"brightness"`, `"contrast"`, `"stretch"`, `"invert"` (bright becomes dark; not shown).

# %% tags=["exercise:honest_change", "answer"]
my_honest = ...

# %% tags=["check", "nbval-check-output"]
ex.honest_change.check(my_honest)

# %% [markdown]
# ## Table 2, ten times
#
# The paper (Nathwani and others, 2023) trains LeNet plain, with dropout, with augmentation and with both, one run of each. Here are ten of each, on grown grains, at the paper's learning rate: they show how far seeds scatter, not whether the paper is right.

# %%
# @title Loss, accuracy and ROC-AUC over 200 epochs
four = ["plain", "dropout", "augmentation", "dropout + augmentation"]
fig, axes = plt.subplots(1, 3, figsize=(10, 3.6), layout="constrained")
same = {"loss": 0.649, "accuracy": 88 / 136}  # of one answer for every grain
for ax, (score, label) in zip(axes, {"loss": "loss", "accuracy": "accuracy", "auc": "ROC-AUC"}.items()):
    plots.compared_curves(curves, four, score, f"validation {label}", ax)
    if score in same:
        ax.axhline(same[score], ls=":", color="black", lw=1, label="one answer for every grain")
fig.legend(*axes[0].get_legend_handles_labels(), loc="outside upper center", ncols=5, fontsize=9, frameon=False)
plots.show(
    fig,
    of="grown",
    alt="Validation loss, accuracy and ROC-AUC over 200 epochs of four LeNets: augmentation ends best in each.",
)

# %% tags=["nbval-check-output"]
# @title The paper's Table 2 beside ours
ours = table.groupby("name")
rows = {}
for score in ("validation_auc", "test_auc", "test_accuracy", "test_loss"):
    title = score.replace("_", " ").replace("auc", "ROC-AUC")
    rows[f"{title}, paper"] = [f"{paper[score][name]:.2f}" for name in four]
    rows[f"{title}, ours"] = [f"{ours[score].mean()[name]:.2f} ± {ours[score].std()[name]:.2f}" for name in four]
pd.DataFrame(rows, index=four).T

# %% [markdown]
# **What we see.** Lines: means over ten seeds, smoothed. Bars at the right: lowest to highest seed at the end. ±: standard deviation over ten seeds. On validation grains augmentation has the highest ROC-AUC, in our runs and in the paper's. Dropout with augmentation learns most slowly: its ROC-AUC passes that of the plain network near epoch 90.
#
# The *test* grains come from two mounts that no network learned from: 180 grown grains for us, 71 real ones in the paper. There all our networks rank worse; notebook 8 asks why. By ROC-AUC augmentation is our best and dropout with augmentation our worst; in the paper augmentation is the worst. With other grains and one run each, the table cannot say which order is right.
#
# The order also depends on the score. The paper's plain network has a test loss of 2.90 beside a ROC-AUC of 0.81: it orders the grains well, but its probabilities are far too sure. **Confidence is not ranking.** All three regularized networks have a much lower loss; a gain in ranking is resolved for none of them on these 71 grains (the next table). So when the paper calls regularization paramount, ask for which score. Accuracy tells a third story: see *Five more seeds* in the depth.

# %% [markdown] tags=["depth"]
# # Going deeper
#
# Each section can be read by itself, once the core has run.
#
# ## How much of Table 2 is resolved?
#
# The paper's test had 25 porphyry and 46 batholith grains. The networks' answers for them are not published. But we can invent two networks with the published ROC-AUCs, sample their answers for as many grains, and compute the interval of the *difference* on the same grains; and repeat that many times.
#
# The width of this interval depends on how alike the two networks answer, which nobody knows. We try answers that have nothing in common (correlation 0) and answers that are fairly alike (0.5).
#
# The paper also trained each network only once. The last column adds what another seed may change, taken from our ten runs: the variance over seeds of both test ROC-AUCs is added to the variance of the difference.

# %% tags=["depth"]
rows = []
pairs = [(one, other) for place, one in enumerate(four) for other in four[:place]]
for one, other in pairs:
    high, low = sorted(paper.loc[[one, other], "test_auc"], reverse=True)
    better, worse = (one, other) if paper.loc[one, "test_auc"] == high else (other, one)
    name = " − ".join(f"({each})" if "+" in each else each for each in (better, worse))
    row = [name, f"{high - low:.2f}"]
    halves = []
    for correlation in (0, 0.5):
        sets = evaluation.differences(high, low, correlation, (25, 46), 15 * profile.repeats)
        halves.append(np.median(sets["high"] - sets["low"]) / 2)
    of_seeds = 1.96 * np.hypot(*ours["test_auc"].std()[[one, other]])
    halves.append(np.hypot(halves[1], of_seeds))
    row += [f"± {half:.3f} {'resolved' if high - low > half else ''}" for half in halves]
    rows.append(row)
columns = ["test ROC-AUC of the paper", "difference", "unlike answers", "like answers", "like answers, other seeds"]
pd.DataFrame(sorted(rows, key=lambda row: row[1], reverse=True), columns=columns).set_index(columns[0])

# %% [markdown] tags=["depth", "exercise:test_size"]
# **What we see.** Behind ± stands half the width of the 95 % interval, the median of many imagined tests. A difference is resolved where it is larger than that.
#
# The columns *unlike answers* and *like answers* speak of the two networks that the paper trained. The last column speaks of two ways to train, if the paper's seeds scatter as ours do. In it only one difference is resolved: dropout ranks better than augmentation. None of the columns accounts for other mounts.
#
# Six comparisons are many. If no two of the networks differed, one comparison in twenty would still come out resolved; of six independent ones, at least one in a quarter of all cases.
#
# ### Exercise: a test large enough
# One network has a ROC-AUC of 0.88 and another 0.81: not resolved. In the table these are dropout with augmentation and the plain network. How many times as many grains of each class, a whole number, would the test need at least for this difference to be resolved if the answers have nothing in common? Try sizes in the line below, or find the law by which the width shrinks.

# %% tags=["depth", "exercise:test_size", "answer"]
sets = evaluation.differences(0.88, 0.81, 0, (25, 46), 100)  # ROC-AUCs, correlation, grains of each class, tests
print(f"± {np.median(sets['high'] - sets['low']) / 2:.3f}")
my_times = ...

# %% tags=["depth", "check", "nbval-check-output"]
ex.test_size.check(my_times)

# %% [markdown] tags=["depth"]
# ### To discuss: one sentence
# A review article has room for one sentence about the test column of Table 2. Write it: what was compared, on which grains, and how sure one can be. Exchange it with a neighbour, and try to break the other's: would one more mount, one more seed or one more deposit make it false?

# %% [markdown] tags=["depth"]
# ## Sure and wrong
#
# Here is plain LeNet with one seed, twice: stopped in time, and trained to its last epoch. After every epoch of the stopped training we keep the answers for the validation grains.


# %% tags=["depth"]
def losses_of(p):
    """The loss of each validation grain, of its probability of porphyry."""
    return -np.log(np.where(validation.y == 1, p, 1 - p).clip(1e-7))


class Answers(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        by_epoch.append(training.predict(self.model, validation))


by_epoch = []
_, _, kept = train(seeds[0], patience=evaluation.smallest_patience(losses), watch=[Answers()])
answers = {f"stopped, epoch {kept + 1} kept": by_epoch[kept]}
answers[f"after epoch {epochs}"] = late = training.predict(plain[0][0], validation)
plots.show(
    plots.certainty(validation.y, answers, validation.classes),
    of=made,
    alt="Histograms of the answers for validation grains of each class: spread out when stopped, at 0 and 1 at the end.",
)
for moment, p in answers.items():
    print(f"{moment}: loss {losses_of(p).mean():.2f}, ROC-AUC {evaluation.auc_interval(validation.y, p):.2f}")

# %% tags=["depth"]
# @title The six validation grains about which it is most surely wrong
truth = np.where(validation.y == 1, late, 1 - late)  # what it gives to the true class
worst = np.argsort(truth)[:6]
classes = np.array(validation.classes)
chances = [float(f"{1 / max(truth[row], 1e-7):.0e}") for row in worst]  # one digit is enough
titles = [f"{classes[validation.y[row]]}: it says\n1 in {chance:,.0f}" for row, chance in zip(worst, chances)]
plots.show(
    plots.gallery(validation.images[worst], titles=titles, columns=6),
    of=made,
    alt="Six grains with their true class and the probability, near 0, that the network gives to it.",
)

# %% [markdown] tags=["depth", "exercise:milder"]
# **What we see.** On the grown grains the answers are spread out when training stops in time; at the end most lie near 0 or 1, right or wrong.
#
# The six grains are those to whose true class the network gives the smallest probability. It stands above each, and none is given as less than one in ten million. Look at the images before you blame the network: grains that touch may have been cut out as one.
#
# ### Exercise: milder
# Mend the probabilities without any training. Write a function that takes the network's answers `p` (an array of probabilities of porphyry) and returns milder ones, so that the loss falls below 0.65 and the ROC-AUC stays exactly what it was. The function does not see the true classes. The check tries it on other answers that are as sure.


# %% tags=["depth", "exercise:milder", "answer"]
def milder(p):
    return ...


# %% tags=["depth", "check"]
ex.milder.check(milder)
if ex.milder.solved:
    print(f"here: loss {losses_of(late).mean():.2f} → {losses_of(milder(late)).mean():.2f}")

# %% [markdown] tags=["depth", "exercise:optimism"]
# ### Exercise: the chosen epoch
# The stopped training reports the lowest loss of all its epochs, measured on the grains that chose the epoch. How much better is that than the loss to expect on other grains? The validation grains can tell: let one half of them choose the epoch, and score it on the other half.
#
# Write one such split. `losses` is an array with a row for each epoch and a column for each grain. Halve the grains at random by `rng.permutation`, choose the epoch on the first half, and return by how much the mean loss of that epoch is larger on the second half than on the first. A single split is mostly luck, so the check takes the mean of many, on invented losses.


# %% tags=["depth", "exercise:optimism", "answer"]
def my_split(losses, rng):
    return ...


# %% tags=["depth", "check"]
ex.optimism.check(my_split)
if ex.optimism.solved:
    rng, here = np.random.default_rng(0), np.array([losses_of(p) for p in by_epoch])
    mean = np.mean([my_split(here, rng) for _ in range(4000)])
    print(
        f"here: the chosen epoch looks better by {mean:.3f} than it is, beside a loss of {here.mean(axis=1).min():.2f}"
    )

# %% [markdown] tags=["depth"]
# ## What a penalty does to the weights
#
# Training lowers *loss + λ₁ Σ|w| + λ₂ Σw²*, summed over the weights *w* of all layers, but not their biases. The L2 sum pulls on a weight in proportion to its size: it shrinks all of them, and slows down as they get small. The L1 sum pulls equally hard on all, so that small weights go on shrinking towards 0. Where we print a loss or stop by it, it is without these sums; in the log of Keras's own `model.fit` they are included.
#
# The strength matters. The 200 epochs of *Ten ways* use an L1 of 0.0003, the bench 0.001, and this section 0.003, so that its effect is plain to see. The two new networks train for 24 epochs, and we compare all scores after epoch 24.

# %% tags=["depth"]
short = min(24, epochs)
runs = {f"plain, {epochs} epochs": plain[0]}
for name, penalty in {"L2 0.003": {"l2": 0.003}, "L1 0.003": {"l1": 0.003}}.items():
    runs[f"{name}, {short} epochs"] = train(seeds[0], epochs=short, **penalty)
weights = {}
for name, (model, log, _) in runs.items():
    print(f"{name}: after epoch {short} validation ROC-AUC {log['val_auc'][short - 1]:.2f}")
    kernels = [layer.kernel.numpy().ravel() for layer in model.layers if hasattr(layer, "kernel")]
    weights[name] = np.concatenate(kernels)
plots.show(
    plots.weight_histograms(weights),
    of=made,
    alt="Histograms of all weights of plain LeNet, with L2 and with L1: wide, narrow, and a spike at 0.",
)
for layer in model.layers:  # of the network with L1
    if hasattr(layer, "kernel"):
        kernel = layer.kernel.numpy()
        layer.kernel.assign(np.where(np.abs(kernel) < 0.005, 0, kernel))
cut = evaluation.auc_interval(validation.y, training.predict(model, validation)).value
print(f"L1, every weight below 0.005 set to 0: ROC-AUC {cut:.2f}")

# %% [markdown] tags=["depth"]
# **What we see.** The axis is logarithmic, and weights beyond ±0.4 are counted in the outermost bars. "Nearly 0" means smaller than 0.005: few weights of the plain network are, most with L2, nearly all with L1. For the line below the figure we set those of L1 to exactly 0 and asked the network again: if the ROC-AUC stays, the others did all the ranking. On the grown grains it stays at 0.71. One seed each shows what a penalty does to weights, not what it gains.
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
# The bench scores validation grains, which come from the same mounts as the training grains. Here are ten ways after 200 epochs at the paper's learning rate (L2 of 0.003, L1 of 0.0003, a patience of 20), on validation grains and on two mounts that were kept out. For the last row the grains were prepared: turned level and evenly exposed (*level and even*, notebook 2).

# %% tags=["depth"]
# @title Ten seeds of ten ways, on validation grains and on two test mounts
ways = [name for name in table["name"].unique() if "only" not in name]  # two more are in the next section
fig = plots.runs(
    table[table["name"].isin(ways)],
    {"validation_auc": "validation ROC-AUC", "test_auc": "test ROC-AUC, two mounts"},
    ways[::-1],
)
for ax in fig.axes:
    ax.set_xlim(0.48, 0.92)  # one scale for both
fig.axes[1].axvline(0.89, ls="--", color="black", lw=1)
fig.axes[1].text(0.885, 4.5, "aspect ratio alone", rotation=90, va="center", ha="right", fontsize=8)
plots.show(
    fig,
    of="grown",
    alt="ROC-AUC of ten seeds for ten ways to train LeNet, on validation grains and on two test mounts.",
)

# %% [markdown] tags=["depth"]
# **What we see.** Dotted: guessing. On validation grains augmentation and the prepared grains lead, and so does early stopping, whose epoch was chosen on these very grains: on the test mounts it gains nothing. On the test mounts dropout with augmentation comes last, and the prepared grains come first. That row differs from the one above it only in its grains: how a grain lay and how bright its mount was are taken away.
#
# A cheap method still wins. One number, the aspect ratio, ranks the grains of these two mounts better than any of the ten ways (dashed: 0.89, notebook 4).

# %% [markdown] tags=["depth"]
# ## Five more seeds
#
# Compare two ways with five seeds each, as a hurried student might. Then repeat the comparison with five other seeds.

# %% tags=["depth", "nbval-check-output"]
# @title Six differences, by the first five seeds, the next five, and all ten
pairs = [("validation_auc", name, "plain") for name in ("augmentation", "dropout", "brightness, contrast only")]
parts = ("validation_auc", "test_auc", "test_accuracy")
pairs += [(part, "augmentation", "flips, rotation, zoom only") for part in parts]
rows = []
for part, one, other in pairs:
    wide = table.pivot(index="seed", columns="name", values=part)
    d = wide[one] - wide[other]
    halves = [f"{half.mean():+.3f}" for half in (d.iloc[:5], d.iloc[5:])]
    rows.append(
        [
            f"{one} − {other}",
            part.replace("_", " ").replace("auc", "ROC-AUC"),
            *halves,
            f"{d.mean():+.3f}",
            f"{d.std(ddof=1) / np.sqrt(len(d)):.3f}",
        ]
    )
columns = ["difference", "score", "seeds 0–4", "seeds 5–9", "all ten", "standard error"]
pd.DataFrame(rows, columns=columns).set_index(columns[0])

# %% [markdown] tags=["depth", "exercise:is_it_a_difference"]
# **What we see.** The standard error says by how much the mean would scatter with other seeds. Augmentation against plain: the mean is many standard errors, and both halves agree. Brightness and contrast against plain: the first five seeds say plus, the next five minus. With five seeds only, one half of a class would have reported a gain and the other a loss.
#
# The last three rows compare all five changes with three of them. On validation grains brightness and contrast add no ROC-AUC. On the test mounts they add three standard errors of ROC-AUC, and they take away three of accuracy. So "does it help?" has no answer without naming the score.
#
# Accuracy needs its own baseline: always naming the more frequent class. In the paper's test that reaches 0.65, and dropout 0.83: 13 grains more of 71. In ours it reaches 0.53, and the four networks of the core reach 0.48 to 0.57, though three of them have a ROC-AUC of 0.68 to 0.73. On new mounts these three still rank, but a limit of 0.5 hardly separates the classes.
#
# ### Exercise: is it a difference?
# Write a function of the scores `a` and `b` of two ways (arrays, one score for each seed, the same seeds). It returns by how many standard errors the mean of a − b differs from 0. To try it on the second row of the table: `a = table.query("name == 'dropout'")["validation_auc"].to_numpy()`, and `b` likewise for `'plain'`.


# %% tags=["depth", "exercise:is_it_a_difference", "answer"]
def in_standard_errors(a, b):
    return ...


# %% tags=["depth", "check", "nbval-check-output"]
ex.is_it_a_difference.check(in_standard_errors)

# %% tags=["depth"]
# @title One seed on two computers
there = shipped.query(f"name == 'plain' and seed == {seeds[0]}").set_index("epoch")["val_auc"]
if made == "grown" and len(learning) == 542 and len(there):
    both = {"here": plain[0][1]["val_auc"][2::3], "shipped": there.loc[:epochs].to_numpy()}
    print(pd.DataFrame(both, index=there.loc[:epochs].index).round(3).loc[[3, 6, 12, 24, 36]].T)

# %% [markdown] tags=["depth"]
# Shown above on the grown grains: the validation ROC-AUC of your first plain network after some epochs, beside the shipped run of the same seed, from another computer. A seed repeats a training exactly only on one computer. On two, sums are rounded differently, and later epochs may differ in the third decimal or the second.
#
# ## Validation above training?
#
# In the paper's Table 2 the network with dropout and augmentation has a higher ROC-AUC on validation grains (0.94) than on its own training grains (0.89), and the text wonders why. Our ten runs of it show the same, in the first line printed below. Keras logs the training score *while the network learns*, with dropout on and images changed. So we take the first of your own networks from the bench, and the plain one of the same seed, and score them on their training grains with both switched off.

# %% tags=["depth"]
both = table[table["name"] == "dropout + augmentation"][["train_auc", "validation_auc"]].mean()
print(f"dropout + augmentation, ten runs: logged {both['train_auc']:.2f}, validation {both['validation_auc']:.2f}")
for name, (model, log, kept) in {"yours": yours[0], "plain": plain[0]}.items():
    asked = evaluation.auc_interval(learning.y, training.predict(model, learning)).value
    logged, other = log["auc"][kept], log["val_auc"][kept]
    print(f"{name}: training ROC-AUC logged {logged:.3f}, asked afterwards {asked:.3f}; validation {other:.3f}")

# %% [markdown] tags=["depth"]
# **What we see.** If your settings have dropout or changes of the image, the score logged in training lies below the one asked for afterwards, on the same grains. In training some neurones are off and the images are changed. A small part comes from time: the log gathers its answers during the epoch, the second score is taken after it, as the plain network shows. A part of the paper's gap may come from this, and then it says nothing about the grains.

# %% tags=["frame"]
# @title Your score card
score_card(ex)

# %% [markdown] tags=["frame"]
# **Take away.** A network with more weights than grains can learn them by heart, and then it is sure even where it is wrong. What holds it back must be shown to help, by the interval of a paired difference over several seeds; whether a changed image is true of the crystal is another question, which no score answers. Validation grains share the mounts of the training grains, and one run tested on 71 grains resolves little.
#
# **Terms.** [epoch](GLOSSARY.md#epoch) · [validation](GLOSSARY.md#validation) · [overfitting](GLOSSARY.md#overfitting) · [regularization](GLOSSARY.md#regularization) · [dropout](GLOSSARY.md#dropout) · [augmentation](GLOSSARY.md#augmentation) · [L1](GLOSSARY.md#l1), [L2](GLOSSARY.md#l2) · [batch normalization](GLOSSARY.md#batch-normalization) · [early stopping](GLOSSARY.md#early-stopping), [patience](GLOSSARY.md#patience) · [standard error](GLOSSARY.md#standard-error) · [resolved](GLOSSARY.md#resolved)
#
# **Read on.** Nathwani et al. (2023), https://doi.org/10.1029/2022JB025933, sections 2.3, 3.2, Table 2, Figure 6: the four LeNets · Srivastava et al. (2014), *Journal of Machine Learning Research* 15, 1929–1958: dropout, by its makers · Ioffe and Szegedy (2015), arXiv:1502.03167: batch normalization · Shorten and Khoshgoftaar (2019), https://doi.org/10.1186/s40537-019-0197-0: augmentation, with many examples · Prechelt (1998), https://doi.org/10.1007/3-540-49430-8_3: early stopping, but when?
#
# Next: [6 · Transfer learning](06_transfer_learning.ipynb).
