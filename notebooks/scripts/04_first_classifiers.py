# %% [markdown]
# # 4 · First classifiers: from one neurone to a small network
#
# **The idea:** learning is walking downhill; one measured number can be hard to beat.
#
# **You will** watch one neurone learn from one number, and see what weights, loss, gradient and learning rate are · set baselines that a network has to
# beat · build the paper's perceptron and its LeNet in Keras · read a ROC curve with its interval · say which classifier wins, and whether one can say so at all.
#
# **You need** notebook 2 (splits, leakage). **Time** 45 min to teach, 30 min of exercises, 90 s to run.

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

# %%
import matplotlib.pyplot as plt
import numpy as np
from zirconkit import course, mounts, plots, samples
from zirconkit import grains as gr

profile = course.profile(PROFILE)
found = course.enough("04", mounts.find(DATA, profile.name))
grains = gr.from_mounts(found, size=32, mask_neighbours=True).two_classes()
train, test = gr.test_split(grains)
other, wanted = grains.classes
exam = gr.held_out(train, test)
print(f"0 stands for {other}, 1 for {wanted}; the test is {exam}")

fig, axes = plt.subplots(1, 2, figsize=(9, 2.5), sharex=True, layout="constrained")
for ax, part, name in zip(axes, (train, test), ("grains to learn from", f"test grains: {exam}")):
    plots.feature_by_class(part.table, "aspect_ratio", "aspect ratio (long / short axis)", grains.classes, ax=ax)
    ax.set(title=f"{len(part)} {name}")
axes[1].set(yticklabels=[])
plots.show(
    fig,
    alt=f"Aspect ratio of {other} and {wanted} grains, in training and test, a dot a grain and a bar at each median.",
)

# %% [markdown]
# **What we see.** (We speak of the course's sets, with the classes batholith, 0, and porphyry, 1. Where classes are your own, read the two that are printed above in their place; what their grains show you judge yourself.) A dot a grain, a bar the median. Porphyry grains are longer, on both sides of the split, and the classes overlap. Could a machine learn this from examples, starting from nothing?
#
# ## One neurone
#
# A **neurone** takes a number *x* (here the aspect ratio), multiplies it by a **weight** *w*, adds a **bias** *b*, and sends the sum through a curve that
# squeezes it between 0 and 1, the **sigmoid**: *p* = 1 / (1 + exp(−(*wx* + *b*))). We read *p* as the probability of porphyry.
#
# How wrong is it? The **loss**: −log *p* (natural logarithm, `np.log`) for a porphyry grain, −log(1 − *p*) for a batholith one, averaged. Near 0 when it is
# sure and right, large when it is sure and wrong. Saying ½ to everything costs log 2 = 0.69.
#
# How does it get better? The **gradient** says how the loss changes with *w* and with *b*. For this loss it is simple (take it on trust; two lines of calculus give it): average of (*p* − *y*)·*x* for *w* and of (*p* − *y*) for
# *b*, where *y* is 1 for porphyry and 0 for batholith. Take a small step *down* the slope: **gradient descent**. The length of the step is the **learning rate**. That is all.
#
# (For this first neurone we take as many porphyry as batholith grains, so that it cannot gain by leaning to one side.)

# %%
rng = np.random.default_rng(SEED)
n = min(train.y.sum(), (1 - train.y).sum())
even = np.concatenate([rng.choice(np.flatnonzero(train.y == k), n, replace=False) for k in (0, 1)])
aspect, y = train.table["aspect_ratio"].to_numpy()[even], train.y[even]
x = (aspect - aspect.mean()) / aspect.std()  # about 0, spread 1: weights of any feature then have comparable sizes


def learn(x, y, learning_rate, steps):
    """Gradient descent for one neurone; returns weight, bias and loss after each step."""
    w, b, path = 0.0, 0.0, []
    for _ in range(steps + 1):
        p = 1 / (1 + np.exp(-(w * x + b)))
        loss = -np.mean(np.log(np.where(y == 1, p, 1 - p) + 1e-12))
        path.append((w, b, loss))
        w = w - learning_rate * np.mean((p - y) * x)
        b = b - learning_rate * np.mean(p - y)
    return np.array(path)


path = learn(x, y, learning_rate=0.5, steps=60)

# %%
line = np.linspace(-2.2, 3.2, 200)
fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
jitter = rng.uniform(-0.04, 0.04, len(y))
colour_of = plots.class_colours(grains.classes)
for k in (1, 0):
    left.plot(x[y == k], y[y == k] + jitter[y == k], ".", ms=3, alpha=0.3, color=colour_of[grains.classes[k]])
for step, shade in ((0, 0.75), (2, 0.6), (5, 0.4), (60, 0.0)):
    w, b, _ = path[step]
    left.plot(line, 1 / (1 + np.exp(-(w * line + b))), color=str(shade), label=f"after {step} steps")
    right.plot(step, path[step, 2], "o", color=str(shade))
left.set(xlabel="aspect ratio (standardized)", ylabel=f"p({grains.classes[1]}); dots: grains", xlim=(-2.2, 3.2))
left.legend(fontsize=8)
right.plot(path[:, 2], color=plots.COLOURS["accent"], zorder=0)
right.axhline(np.log(2), ls=":", color=plots.COLOURS["quiet"], label="saying ½ to everything")
right.set(xlabel="step", ylabel="loss")
right.legend(fontsize=8)
plots.name_classes(fig, grains.classes)
plots.show(
    fig,
    alt="The neurone's curve turns from flat to inclined over sixty steps while the loss falls quickly, then hardly.",
)
print(f"w = {path[-1, 0]:.2f}, b = {path[-1, 1]:.2f}, loss {path[0, 2]:.3f} → {path[-1, 2]:.3f}")

# %% [markdown]
# **What we see.** The curve starts flat at ½ and tilts, step by step, until long grains get a high probability of porphyry. The loss falls fast, then levels off well above 0: the
# classes overlap, and no curve through one number can part them. The weight came out positive. Nobody told it that porphyry zircons are long.
#
# **Predict, then run.** What will happen with a learning rate a hundred times smaller? A hundred times larger?

# %%
fig, axes = plt.subplots(1, 2, figsize=(9, 3), layout="constrained")
for ax, rates in zip(axes, ((0.005, 0.5), (0.5, 50))):
    for rate in rates:
        colour, style = {0.005: ("batholith", "--"), 0.5: ("accent", "-"), 50: ("porphyry", "-.")}[rate]
        losses = learn(x, y, learning_rate=rate, steps=60)[:, 2]
        ax.plot(losses, style, color=plots.COLOURS[colour], label=f"learning rate {rate}")
    ax.set(xlabel="step", ylabel="loss")
    ax.legend(fontsize=8)
plots.show(
    fig,
    alt="Left, a small learning rate hardly lowers the loss where a middle one settles; right, a large one jumps up and down.",
)

# %% [markdown]
# **What we see.** Too small: sixty steps and hardly any way. Too large: each step jumps over the valley and lands higher up on the other side; the loss leaps about and stays
# far above the others. The right size is found by trying; 0.001 is the usual first try for the networks below, whose optimizer (Adam) adapts the step to each weight.
#
# ### Exercise 1: one step by hand
# Start at *w* = 0, *b* = 0. There is one grain: *x* = 2, porphyry (*y* = 1). What is *w* after one step with learning rate 0.1?

# %%
from zirconkit.exercises import classifiers as ex

answer = ...

# %% tags=["nbval-check-output"]
ex.one_step.check(answer)

# %% [markdown]
# ## Why bend? ReLU and sigmoid
#
# Put neurones in a row, and let the next row take their outputs as its inputs: a **network**. If each only added and multiplied, the whole row of rows would be one
# straight line again. A bend in between makes it more. In hidden layers the favourite is **ReLU**: negative becomes 0, positive stays.

# %%
z = np.linspace(-4, 4, 200)
hidden = np.maximum(0, z + 2) - 2 * np.maximum(0, z) + np.maximum(0, z - 2)
fig, axes = plt.subplots(1, 3, figsize=(9, 2.5), layout="constrained")
curves = {
    "sigmoid: a probability": 1 / (1 + np.exp(-z)),
    "ReLU: a bend": np.maximum(0, z),
    "three weighted ReLUs: a bump": hidden,
}
for ax, (title, values) in zip(axes, curves.items()):
    ax.plot(z, values, color=plots.COLOURS["porphyry"])
    ax.set(title=title, xlabel="input")
    ax.grid(alpha=0.3)
axes[0].set(ylabel="output")
plots.show(fig, alt="A sigmoid from 0 to 1, a ReLU that is 0 and then rises, and a triangle made of three ReLUs.")

# %% [markdown]
# **What we see.** The sigmoid flattens at both ends: there its slope, and with it the gradient, is almost 0, and learning stalls. ReLU does not flatten to the right. Three of them, shifted, weighted 1, −2, 1 and added, make a bump, "yes, but only in between"; enough of them make any curve. That is why networks can learn what one neurone cannot.
#
# ## Baselines first
#
# Before any network: what does one measured number do, with hardly any learning? Rank the test grains by it and take the **ROC-AUC**: the share of pairs (one porphyry, one batholith) that are
# ranked the right way round. 0.5 is guessing. The direction (is *more* porphyry?) is taken from the training grains. (*Contrast* is the spread of the grey over its mean; *rim over core* the grey of the outer third over that of the inner third; *inclusion fraction* the share of dark spots; the others are in notebook 1.) Behind each: its 95 % interval.

# %%
import pandas as pd
from zirconkit import evaluation

shape = ["aspect_ratio", "solidity", "area_px"]
texture = ["mean_grey", "contrast", "rim_over_core", "oscillation", "inclusion_fraction"]
train_x, test_x = (part.table[shape + texture].astype(float) for part in (train, test))
middle = train_x.median().fillna(0)  # 0: of no grain was it measured
train_x, test_x = train_x.fillna(middle), test_x.fillna(middle)

scores = {}
for feature in shape + texture:
    sign = 1 if evaluation.auc_interval(train.y, train_x[feature]).value >= 0.5 else -1
    scores[feature.replace("_", " ")] = sign * test_x[feature]
table = evaluation.table({name: evaluation.auc_interval(test.y, score) for name, score in scores.items()})
fig = plots.intervals(table, "ROC-AUC on the test samples (95 % interval over grains)")
words = ", ".join(f"{name} {row['value']:.2f}" for name, row in table.iterrows())
plots.show(fig, alt=f"ROC-AUC of eight single features with intervals: {words}.")

# %% [markdown]
# **What we see.** On the course's sets: aspect ratio alone does well; some others are no better than guessing, and where a point lies left of 0.5 the training mounts had taught the wrong direction: what held for them does not hold for these two. On the real mounts
# aspect ratio scores about 0.9 here; the paper's LeNet has 0.88 on its crops of the same two samples. Remember the first: 0.9, without any network. Area is the plainest case of a wrong direction: its score would be high the other way round, but the training mounts said the opposite.
#
# Now all features together. A **random forest** lets many decision trees vote; a **support vector machine** (SVM) looks for the widest gap between the classes.

# %%
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC

forest = RandomForestClassifier(300, min_samples_leaf=3, class_weight="balanced", random_state=SEED).fit(
    train_x, train.y
)
svm = make_pipeline(StandardScaler(), SVC(class_weight="balanced")).fit(train_x, train.y)
results = {
    "aspect ratio": (test.y, scores["aspect ratio"]),
    "random forest, 8 features": (test.y, forest.predict_proba(test_x)[:, 1]),
    "SVM, 8 features": (test.y, svm.decision_function(test_x)),
}
for name, (truth, score) in results.items():
    print("{:26s} {:.2f} ({:.2f}–{:.2f})".format(name, *evaluation.auc_interval(truth, score)))
learned = pd.Series(forest.feature_importances_, shape + texture).sort_values(ascending=False)
print("the forest leans on: " + ", ".join(f"{name} {share:.2f}" for name, share in learned.head(3).items()))

# %% [markdown]
# **What we see.** On the course's sets seven more features do not beat the first one on *new mounts*. On the synthetic set the forest comes close; on the real mounts it falls to little better than guessing, since it leans on
# brightness and size, which told the training mounts apart and mean nothing, or the opposite, on the test mounts.
#
# ## Networks that look at the image
#
# The paper's baseline is a **multilayer perceptron** (MLP): all 1,024 pixels in a row, two hidden layers of neurones, one output.

# %%
import keras
from keras import layers


def build_mlp():
    return keras.Sequential(
        [
            keras.Input((32, 32, 1)),
            layers.Flatten(),
            layers.Dense(128, activation="relu"),
            layers.Dense(32, activation="relu"),
            layers.Dense(1, activation="sigmoid"),
        ],
        name="MLP",
    )


# %% [markdown]
# **LeNet** looks through small windows instead. A **convolution** slides a small square of weights, a **filter**, over the image and answers where it fits; each filter gives one image of answers, a **map**, so `Conv2D(6, 3)`, six filters of 3 × 3, gives six maps ([notebook 3](03_convolution_and_pooling.ipynb) does it by hand); **pooling** keeps the
# strongest answer of each 2 × 2 block and halves the size. Three such pairs, then two layers of neurones. **Dropout** silences half of the neurones at random in
# each training step, so that none can rely on a single other one.


# %% tags=["nbval-check-output"]
def build_lenet():
    return keras.Sequential(
        [
            keras.Input((32, 32, 1)),
            layers.Conv2D(6, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(16, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Conv2D(32, 3, padding="same", activation="relu"),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dropout(0.5),
            layers.Dense(32, activation="relu"),
            layers.Dropout(0.5),
            layers.Dense(1, activation="sigmoid"),
        ],
        name="LeNet",
    )


print(f"MLP {build_mlp().count_params():,} parameters, LeNet {build_lenet().count_params():,}")

# %% [markdown]
# **What we see.** 22,029 is the paper's number. (Its text says that only the first convolution is padded; that would give 9,741. The number needs
# all three padded, so that is what we build.) The perceptron has six times as many parameters, since each of its first 128 neurones has a weight for every pixel.
#
# Now train both, as published: Adam, learning rate 0.001, batches of 32, and for LeNet augmentation (notebook 2); a fifth of the training grains, drawn at random, is
# kept for **validation** after each **epoch** (one pass through all grains). Fewer epochs than the paper's 200, and several **seeds**: start weights are random, and one run is an anecdote.

# %%
from zirconkit.networks import training

histories, probabilities = {"MLP": [], "LeNet": []}, {"MLP": [], "LeNet": []}
learning, validation = gr.stratified_split(train, 0.2, seed=SEED)
for seed in range(SEED, SEED + profile.seeds):
    for name, build in (("MLP", build_mlp), ("LeNet", build_lenet)):
        keras.utils.set_random_seed(seed)
        model = build()
        model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy")
        augment = training.augmentation(seed) if name == "LeNet" else None
        history = training.fit(model, learning, validation, epochs=profile.epochs, augment=augment, seed=seed)
        histories[name].append(history)
        probabilities[name].append(training.predict(model, test))

# %%
fig, axes = plt.subplots(1, 2, figsize=(9.5, 3.8), layout="constrained")
plots.curves(histories, "loss", "loss", ax=axes[0])
plots.curves(histories, "auc", "ROC-AUC", ax=axes[1])
axes[1].get_legend().remove()
plots.show(
    fig,
    alt="Loss and ROC-AUC by epoch of MLP and LeNet, on training and on validation grains.",
)

# %% [markdown]
# **What we see.** Bands are the range over the seeds. The MLP's training loss (dashed green) keeps falling while its validation loss (solid green) turns up: it learns the training grains by heart, it **overfits**. LeNet's
# two curves stay close together: fewer weights, dropout, and never the same image twice. (Its training scores are taken while it learns, with half of its neurones silenced and the images changed; that is why they can look worse than the validation scores. Notebook 5 looks into it.) But mind what validation means here: grains of the *same mounts*. And on the real mounts only nine of the validation grains are batholith: one
# grain more or less moves a score by several hundredths.
#
# ## The test: mounts that nobody has seen

# %%
for name, runs in probabilities.items():
    values = [evaluation.auc_interval(test.y, run).value for run in runs]
    validated = [history.history["val_auc"][-1] for history in histories[name]]
    print(f"{name}: validation {np.mean(validated):.2f}, test " + ", ".join(f"{value:.2f}" for value in values))
    results[name] = (test.y, probabilities[name][0])  # the first seed, decided beforehand
if DATA == "synthetic":
    ten = pd.read_csv(samples.DATA / "results" / "first_classifiers.csv").groupby("model")["test"]
    for name, band in ten.agg(["min", "max"]).iterrows():
        print(f"{name}, ten seeds in the lesson's settings: test {band['min']:.2f}–{band['max']:.2f}")
plots.show(
    plots.roc(results, grains.classes),
    alt=f"ROC curves of aspect ratio, forest, SVM, MLP and LeNet on the test, {exam}, with areas and intervals.",
)

# %% [markdown]
# **What we see.** (If no mount could be held out, since none is named for the test, the test is a random share of grains of the mounts that were learned: then read its scores as those of a validation.) Each curve starts bottom left, where nothing is called porphyry, and climbs as we grow more lenient; the nearer it comes to the top left corner the better. In the legend the area under it, the ROC-AUC, with its interval; the
# curves of the other seeds would differ, as the printed test scores and the band of ten seeds show. What a classifier scores on validation grains and what it scores on new mounts are two different things: the two networks validate within a few hundredths of each other, and on the new mounts the one that overfits does far better. Validation on the same mounts could not have told you.
#
# What do they go by? Compare each one's answers with two plain measurements: the **rank correlation** is 1 when the answer rises with the measurement, −1 when it falls, 0 when it does not care.

# %%
from scipy.stats import spearmanr

leaning = {
    name: {feature: spearmanr(score, test_x[feature]).statistic for feature in ("aspect_ratio", "area_px", "mean_grey")}
    for name, (_, score) in results.items()
}
pd.DataFrame(leaning).T.round(2)

# %% [markdown]
# **What we see.** Read a row as "says porphyry more often when this is large". LeNet goes by something that shape does not explain. On the synthetic set it leans on brightness (`mean_grey`): the brightest training mounts were porphyry,
# and the exposure of a mount tells nothing about the next one. On the real mounts, where the only batholith mount to learn from (QVC082) has large
# grains, it learned that *large means batholith*; in the test pair it is the other way round, and its ROC-AUC falls far *below* ½. It is not stupid: it learned, correctly, what marked the mounts that it was shown.
#
# Which one wins? Compare on the *same grains*, pair by pair: the difference to aspect ratio, with its interval.

# %%
rows = {}
for name, (_, score) in results.items():
    if name != "aspect ratio":
        rows[f"{name} − aspect ratio"] = evaluation.auc_difference(test.y, score, scores["aspect ratio"])
difference = evaluation.table(rows)
fig = plots.intervals(difference, "difference in ROC-AUC on the same grains (95 % interval)", reference=0)
plots.show(
    fig,
    alt="Differences in ROC-AUC between four classifiers and aspect ratio alone, with intervals beside the line at zero.",
)
for name, row in difference.iterrows():
    verdict = "better" if row["low"] > 0 else "worse" if row["high"] < 0 else "not to be told apart from it"
    print(f"{name}: {row['value']:+.2f} ({row['low']:+.2f} to {row['high']:+.2f}): {verdict}")

# %% [markdown]
# **What we see.** The verdicts stand in the print-out, and on the course's sets they are sober: **nothing that looked at pixels or at eight features is better than one measured length ratio**, and most are worse. That is no failure of the networks alone. With
# one to three batholith mounts to learn from, what a network finds in the images is how *those* mounts look. The end of notebook 2 has the other half of the story: the same LeNet, given grown grains that lie level and are
# evenly exposed, beats aspect ratio on the real mounts. What it was shown, and how, mattered more than what it is.
#
# And even this comparison is about two mounts. Another pair would give other numbers; the interval over grains does not know that. What the paper
# reports (LeNet 0.88, VGG-16 0.93 on its test crops of these samples) lies, with 71 grains, in intervals of about 0.78–0.94 and 0.85–0.97: most of its ranking of models is not resolved. Notebook 7 is about that.
#
# The usual four scores for LeNet, each with its interval:

# %%
evaluation.scores(*results["LeNet"]).round(2)

# %% [markdown]
# **What we see.** Accuracy (right answers), precision (of those called porphyry, how many are), recall (of the porphyry grains, how many are called so) depend on the threshold of ½; ROC-AUC does not. Look at the `n` of precision: so many grains were called porphyry. A recall near 1 is easy for whoever calls almost everything porphyry. And compare the accuracy with that of always saying the larger class of the test.

# %% tags=["nbval-check-output"]
larger = max(test.y.mean(), 1 - test.y.mean())
print(f"always saying the larger class: {larger:.2f} of {len(test)} test grains")

# %% [markdown]
# ### Exercise 2: the loss
# Write a function that takes the classes `y` (0 or 1) and the probabilities `p` (arrays) and returns the mean loss of the neurone above. Make sure that it gives neither nan nor infinity at *p* = 0 or 1.


# %%
def cross_entropy(y, p):
    return ...  # change this line; the one below hands your function over


answer = cross_entropy if cross_entropy(np.array([1]), np.array([0.5])) is not ... else ...

# %% tags=["nbval-check-output"]
ex.write_loss.check(answer)

# %% [markdown]
# ### Exercise 3: counting weights
# LeNet's *second* convolution has 16 filters; each looks through a 3 × 3 window at all 6 maps of the layer before, and has one bias. How many parameters is that?

# %%
answer = ...

# %% tags=["nbval-check-output"]
ex.second_convolution.check(answer)

# %% [markdown]
# ### Exercise 4: who won?
# On 71 test grains network A has a ROC-AUC of 0.91 and network B 0.88. The paired difference is +0.03 with the 95 % interval −0.05 to +0.11. What may you write in your paper?
#
# - **a** A outperforms B
# - **b** these grains cannot tell which is better
# - **c** A and B are equally good
# - **d** B would win with more data

# %%
answer = ...

# %% tags=["nbval-check-output"]
ex.who_won.check(answer)

# %% [markdown]
# **Take away.** Learning is walking downhill on a loss. A baseline comes first, and one number can be hard to beat. A score on grains of the training mounts is not a score on new
# mounts. A difference whose interval holds 0 is not a result. Next: [5 · Regularization](05_regularization.ipynb).
#
# **References.** Nathwani et al. (2023), https://doi.org/10.1029/2022JB025933, sections 2.2–2.4 and 3.2 · DeLong et al. (1988), *Biometrics* 44, 837–845 (intervals of a ROC-AUC).
