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
# @title Imports, the grains, and sixty of them
import keras
import numpy as np
import pandas as pd
from keras import layers
from scipy.stats import spearmanr
from sklearn.ensemble import RandomForestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import SVC
from zirconkit import course, evaluation, mounts, plots, samples, widgets
from zirconkit import grains as gr
from zirconkit.exercises import classifiers as ex
from zirconkit.exercises import score_card
from zirconkit.networks import training

profile = course.profile(PROFILE)
found = course.enough("04", mounts.find(DATA, profile.name))
made, rng = mounts.provenance(found), np.random.default_rng(SEED)
whole = gr.from_mounts(found, size=160, square=160, progress=False).two_classes()
learning, test = gr.test_split(whole)
classes, shipped = whole.classes, pd.read_csv(samples.DATA / "results" / "repair.csv")
rows = np.concatenate([rng.choice(np.flatnonzero(learning.y == k), 30) for k in (0, 1)])
sixty, sixty_y = learning.table["aspect_ratio"].fillna(1).to_numpy(float)[rows], learning.y[rows]
plots.show(
    plots.curve_on_grains(sixty, sixty_y, classes),
    of=made,
    alt=f"Sixty grains over their aspect ratio, {classes[1]} at height 1 and {classes[0]} at 0; they overlap.",
)

# %% [markdown] tags=["predict:curve"]
# # 4 · First classifiers: walk downhill, then repair LeNet
#
# Above are sixty zircons: porphyry grains at height 1, batholith grains at 0 (or two classes of your own), and how long each is for its width. **Which S-shaped curve says best how likely a grain is to be porphyry?** Choose its middle and its steepness by eye.

# %% tags=["predict:curve", "answer"]
my_middle = ...  # the aspect ratio at which you would toss a coin
my_steepness = ...  # 1 is gentle, 8 is steep

# %% tags=["check"]
ex.curve.commit(my_middle, my_steepness)

# %% [markdown] tags=["frame"]
# **The idea:** learning is walking downhill on a loss, and what comes out depends on what was shown.
#
# **You will** walk down a loss by hand and by rule · set baselines that a network has to beat · train two networks and see one fail on new mounts · find out what its answers follow · repair it, measure the repair over seeds, and try it on mounts that were not used to choose it.
#
# **You need** notebooks 0 (your eye), 1 (measurements), 2 (splits, test mounts) and 3 (convolution). **Time** core 50 min (exercises in it), going deeper 60 min, 60 s to run.

# %% [markdown]
# ## How wrong is a curve?
#
# The curve is a **neurone**, the smallest network. It multiplies a number *x* (the aspect ratio less its mean, over its standard deviation) by a **weight** *w*, adds a **bias** *b*, and bends the sum into a probability *p* by an S-shaped curve, the **sigmoid**.
#
# A porphyry grain costs −log *p*, a batholith grain −log(1 − *p*): much where the curve is sure and wrong. The mean is the **loss**, in Keras **`binary_crossentropy`**. Saying ½ to every grain costs log 2 = 0.693.

# %%
x, y = (sixty - sixty.mean()) / sixty.std(), sixty_y  # y is 1 for porphyry


def loss(w, b, x=x, y=y):
    p = 1 / (1 + np.exp(-(w * x + b)))
    return -np.mean(np.log(np.where(y == 1, p, 1 - p) + 1e-12))


start = (0.0, 0.0)
if ex.curve.committed is not None:
    middle, steepness = ex.curve.committed
    start = (steepness * sixty.std(), steepness * (sixty.mean() - middle))
ws, bs = np.linspace(-3, 5, 81), np.linspace(-3, 3, 61)
land = plots.Landscape(sixty, y, classes, ws, bs, np.array([[loss(w, b) for w in ws] for b in bs]))

# %% [markdown] tags=["predict:by_hand"]
# **Walk by hand.** You start at your curve, in fog: you see only your trail and the loss where you stand. **Task:** come down as far as you can in eight moves of *w* and *b*. Commit the lowest loss that you reached, and only then lift the fog.

# %%
# @title The walk: two sliders, eight moves
widgets.valley_walk(land, loss, start)

# %% tags=["predict:by_hand", "answer"]
my_lowest = ...  # the lowest loss that you reached, such as 0.66

# %% tags=["check"]
ex.by_hand.commit(my_lowest)

# %%
# @title The fog lifted
plots.show(
    plots.walked(land, np.array([start])),
    of=made,
    alt="Left the sixty grains and your curve; right the loss over weight and bias, a single valley with a mark at your curve.",
)

# %% [markdown] tags=["exercise:slope"]
# **What we see.** Each place on the map is one curve; the darker, the lower its loss. There is a single valley. The disc is your curve, or ½ to every grain.
#
# ## Downhill by rule
#
# In fog one can still feel the slope. The **gradient** is two numbers: by how much the loss rises for each unit of *w*, and for each unit of *b*, from where you stand.
#
# ### Exercise: feel the slope
# Write a function that finds both slopes by trying. It is given any function `loss` and a place.


# %% tags=["exercise:slope", "answer"]
def my_slope(loss, w, b):
    return ...  # slope_w, slope_b


# %% tags=["check", "nbval-check-output"]
ex.slope.check(my_slope)

# %% [markdown] tags=["predict:rate"]
# Calculus gives the same two numbers without trying: the means of (*p* − *y*)*x* and of *p* − *y*. **Gradient descent** steps against them: new *w* = *w* − **learning rate** × slope.


# %% tags=["predict:rate"]
def gradient(w, b, x=x, y=y):
    p = 1 / (1 + np.exp(-(w * x + b)))
    return np.mean((p - y) * x), np.mean(p - y)


def descend(rate, steps=10, x=x, y=y):
    w, b, path = 0.0, 0.0, []
    for _ in range(steps + 1):
        path.append((w, b, loss(w, b, x, y)))
        slope_w, slope_b = gradient(w, b, x, y)
        w, b = w - rate * slope_w, b - rate * slope_b
    return np.array(path)


if ex.slope.solved:
    print(
        "at w = b = 0 you felt",
        np.round(my_slope(loss, 0.0, 0.0), 3),
        "and calculus says",
        np.round(gradient(0.0, 0.0), 3),
    )

# %% [markdown] tags=["predict:rate"]
# **Predict.** Ten steps from *w* = *b* = 0: which learning rate ends lowest? Commit, then search with the slider.

# %% tags=["predict:rate", "answer"]
my_rate = ...  # any number above 0

# %% tags=["check"]
ex.rate.commit(my_rate)

# %%
# @title A slider on the learning rate
widgets.descent_explorer(land, descend)

# %%
# @title Three learning rates, and your guesses beside what happened
tried = np.geomspace(0.01, 100, 81)
ends = np.array([descend(each)[-1, 2] for each in tried])
best = tried[ends.argmin()]
bottom = descend(2, 500)[-1]
plots.show(
    plots.descents(land, {each: descend(each) for each in (0.1, float(f"{best:.2g}"), 20)}),
    of=made,
    alt="Ten steps on the loss: at a small rate hardly any way, at the best down into the valley, at a large one to and fro.",
)
print(
    f"best of the rates tried: {best:.2g}, loss {ends.min():.3f}; the bottom has w = {bottom[0]:.2f}, b = {bottom[1]:.2f}, loss {bottom[2]:.3f}"
)
if ex.rate.committed is not None:
    ex.rate.meet((descend(ex.rate.committed)[-1, 2], best, ends.min()))
ex.by_hand.meet(bottom[2])
ex.curve.meet((sixty.mean() - bottom[1] / bottom[0] * sixty.std(), bottom[0] / sixty.std(), loss(*start), bottom[2]))

# %% [markdown]
# **What we see.** Each walk leads from the cross to the disc, along the edge where it leaves the map. Short steps do not arrive in ten; long ones leap over the valley. The bottom lies above 0: the classes overlap, and no S-shaped curve over one number parts them.
#
# ## The cheap rivals first
#
# Learning is **supervised** where each grain comes with its right answer. `learning` holds the grains to learn from, `test` those of the test mounts. The neurone gets equally many of each class. A **random forest**, in which many decision trees vote, and a **support vector machine** (**SVM**), which seeks the widest gap between the classes, get eight measurements.

# %%
shape = ["aspect_ratio", "solidity", "area_px"]
eight = [*shape, "mean_grey", "contrast", "rim_over_core", "oscillation", "inclusion_fraction"]
middles = learning.table[eight].astype(float).median().fillna(0)
measured, test_measured = (part.table[eight].astype(float).fillna(middles) for part in (learning, test))
aspect = measured["aspect_ratio"].to_numpy()
n = min(np.bincount(learning.y))
even = np.concatenate([rng.choice(np.flatnonzero(learning.y == k), n, replace=False) for k in (0, 1)])
w, b, _ = descend(2, 100, (aspect[even] - aspect.mean()) / aspect.std(), learning.y[even])[-1]
z = w * (test_measured["aspect_ratio"].to_numpy() - aspect.mean()) / aspect.std() + b

forest = RandomForestClassifier(300, min_samples_leaf=3, class_weight="balanced", random_state=SEED)
svm = make_pipeline(StandardScaler(), SVC(class_weight="balanced"))
forest.fit(measured, learning.y)
svm.fit(measured, learning.y)
answers = {
    "one neurone, aspect ratio": [1 / (1 + np.exp(-z))],
    "random forest, 8 measurements": [forest.predict_proba(test_measured)[:, 1]],
    "SVM, 8 measurements": [1 / (1 + np.exp(-svm.decision_function(test_measured)))],
}

# %% [markdown]
# ## Two networks that look
#
# Both are from Nathwani et al. (2023). The **multilayer perceptron** (MLP) takes all 1,024 pixels at once; **LeNet** slides small kernels over them (notebook 3). Neurones between input and answer are **hidden**; they bend by **ReLU**, which turns what is below 0 into 0. LeNet also has **dropout**, which silences half the numbers of a layer at random in each training step.


# %%
channels = whole.images.shape[-1]


def build_mlp():
    model = keras.Sequential([keras.Input((32, 32, channels)), layers.Flatten()], name="MLP")
    for neurones in (128, 32):
        model.add(layers.Dense(neurones, activation="relu"))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


def build_lenet():
    model = keras.Sequential([keras.Input((32, 32, channels))], name="LeNet")
    for filters in (6, 16, 32):
        model.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
        model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dropout(0.5))
    model.add(layers.Dense(32, activation="relu"))
    model.add(layers.Dropout(0.5))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


print(f"MLP {build_mlp().count_params():,} weights and biases, LeNet {build_lenet().count_params():,}")

# %% [markdown]
# They, too, walk downhill:
#
# - **Backpropagation** finds the slopes of all weights in one pass back from the loss (*Two neurones*, below).
# - Each step uses a **batch** of 32 grains; once through all is an **epoch**.
# - The **optimizer** is the rule of the step; **Adam** gives each weight its own rate.
# - A **seed** draws start weights and the order of grains; we train several.
# - A fifth of the grains, of the same mounts, is kept for **validation**.
#
# Only LeNet's images are changed at random (augmentation, notebook 2): the two are not fed alike.


# %%
def train(build, grains, seed):
    """One training: the model, and its ROC-AUC on validation grains."""
    keep, aside = gr.stratified_split(grains, 0.2, seed=0)
    keras.utils.set_random_seed(seed)
    model = build()
    model.compile(optimizer=keras.optimizers.Adam(0.001), loss="binary_crossentropy")
    augment = training.augmentation(seed) if model.name == "LeNet" else None
    log = training.fit(model, keep, aside, profile.epochs, augment, seed=seed, progress=False)
    return model, log.history["val_auc"][-1]


seeds = range(SEED, SEED + max(2, profile.seeds))
learning_crops, test_crops = gr.test_split(gr.repaired(whole, ()))  # as published: 90 × 90 px, shrunk to 32 × 32
for build in (build_mlp, build_lenet):
    trained = [train(build, learning_crops, seed) for seed in seeds]
    answers[build().name] = [training.predict(model, test_crops) for model, _ in trained]
    print(f"{build().name}: ROC-AUC on validation grains {', '.join(f'{auc:.2f}' for _, auc in trained)}")

# %%
# @title All of them on the test mounts, every seed
y_test = test.y


def auc(p):
    return evaluation.auc_interval(y_test, p).value


every = {name: np.array([auc(p) for p in runs]) for name, runs in answers.items()}
plots.show(
    plots.each_seed(every, "ROC-AUC on the test"),
    of=made,
    alt="ROC-AUC on the test of the neurone, the forest, the SVM and each seed of MLP and LeNet; dotted: guessing.",
)
first, rows = answers["one neurone, aspect ratio"][0], {}
for name, runs in answers.items():
    if name == "one neurone, aspect ratio":
        continue
    if len(runs) > 1:
        less = evaluation.paired_difference(every[name], np.full(len(runs), auc(first)))
    else:
        less = evaluation.auc_difference(y_test, runs[0], first)
    verdict = "better" if less.low > 0 else "worse" if less.high < 0 else "not resolved"
    rows[name] = [f"{less:+.2f}", "seeds" if len(runs) > 1 else "grains", verdict]
print(
    f"test: {gr.held_out(learning, test)}, {len(test)} grains; one neurone {evaluation.auc_interval(y_test, first):.2f}"
)
pd.DataFrame(rows, index=["ROC-AUC less the neurone's", "interval over", "verdict"]).T

# %% [markdown]
# **What we see.** **ROC-AUC** is the share of pairs, one grain of each class, that are ranked the right way round; 0.5 (dotted) is guessing. In the table each difference from the neurone has its 95 % **interval**, over test grains or over seeds. It is **resolved** if the interval leaves out 0. Compare LeNet's scores on validation grains, from mounts that it knows.
#
# No interval here knows of *other mounts*. With one test mount of each class, what parts the classes may be an accident of these two, for the neurone too.
#
# ## What do LeNet's answers follow?
#
# Of each class, the test grains that LeNet gets least right:

# %%
# @title What LeNet gets least right
p = answers["LeNet"][0]
to_truth = np.where(y_test == 1, p, 1 - p)
worst = np.concatenate([np.flatnonzero(y_test == k)[np.argsort(to_truth[y_test == k])[:8]] for k in (1, 0)])
titles = [f"{classes[y_test[row]]}\np = {p[row]:.2f}" for row in worst]
colours = [plots.class_colours(classes)[classes[y_test[row]]] for row in worst]
plots.show(
    plots.gallery(test_crops.images[worst], titles, colours=colours),
    of=made,
    alt="Of each class the eight test grains to which LeNet gives the least probability of what they are, as it saw them.",
)

# %% [markdown] tags=["predict:goes_by"]
# **Predict.** A **rank correlation** is 1 where answers rise with a measurement, −1 where they fall, near 0 where they do neither. Which do LeNet's answers follow most on the test mounts: `"aspect ratio"`, `"area"` or `"brightness"`? If the rows differ in two ways, look for a grain that has only one.

# %% tags=["predict:goes_by", "answer"]
my_cause = ...

# %% tags=["check"]
ex.goes_by.commit(my_cause)

# %%
measures = {"aspect_ratio": "aspect ratio", "area_px": "area", "mean_grey": "brightness"}


def follows(p):
    return [spearmanr(p, test_measured[column]).statistic for column in measures]


leaning = {name: np.mean([follows(p) for p in runs], axis=0) for name, runs in answers.items()}
leaning[f"being {classes[1]}"] = follows(y_test)
ex.goes_by.meet(dict(zip(measures.values(), leaning["LeNet"])))
pd.DataFrame(leaning, index=[f"runs along with {name}" for name in measures.values()]).T.round(2)

# %% [markdown]
# **What we see.** This is what answers run along with, not what a method looks at: the neurone sees the aspect ratio alone, and runs along with area as far as the two go together in these grains. The last row is the truth's. On the grown mounts LeNet's answers rise with brightness, which hardly parts the classes here, and hardly with the aspect ratio, which does.
#
# ## The repair
#
# A crop also shows how the detector was set, how the grain lies and was cut, and what is around it. A repair for each:
#
# - **exposure**: multiply each grain so that its median grey is 127.
# - **alignment**: turn its long axis level, and scale it to one length; proportions stay.
# - **masking**: make black all but the grain.


# %%
evened = gr.normalise_exposure  # until you have written your own


def feed(grains, repairs=()):
    """Grains as LeNet is shown them: cut to 90 × 90 px and shrunk to 32 × 32, as published, or repaired."""
    images, masks = grains.images, grains.masks  # 160 × 160 px
    if "masking" in repairs:
        images = images * masks[..., None]
    if "exposure" in repairs:
        images = evened(images, masks)
    if "alignment" in repairs:  # the long axis from the moments of the mask, then cv2.warpAffine
        inside = gr.align(masks[..., None].astype(np.uint8) * 255, masks, 32)
        return grains.with_images(gr.align(images, masks, 32), inside[..., 0] > 0)
    middle = slice(35, 125)
    return gr.resize(grains.with_images(images[:, middle, middle], masks[:, middle, middle]), 32)


ways = {"as cropped": (), **{name: (name,) for name in gr.REPAIRS}, "all three": gr.REPAIRS}
by_grey = np.argsort(whole.table["mean_grey"].to_numpy())
few = whole[[by_grey[whole.y[by_grey] == k][int(share * np.sum(whole.y == k))] for k in (1, 0) for share in (0.1, 0.9)]]
plots.show(
    plots.side_by_side(
        {name: feed(few, repairs).images for name, repairs in ways.items()}, list(few.table["class_name"])
    ),
    of=made,
    alt="A dark and a bright grain of each class as cropped, and repaired in exposure, in alignment, by masking and in all three.",
)

# %% [markdown] tags=["exercise:even_exposure"]
# ### Exercise: even out the exposure
# Write the first repair for one `image` (`uint8`) and `mask` (True on the grain): multiply, so that the grain's median is 127 and nothing lies above 255. Return a `uint8` image.


# %% tags=["exercise:even_exposure", "answer"]
def my_even(image, mask):
    return ...


# %% tags=["check", "nbval-check-output"]
ex.even_exposure.check(my_even)

# %% [markdown] tags=["predict:evened_score"]
# **Predict.** All grains are exposed evenly, and LeNet is trained anew. What is its ROC-AUC on the test now?

# %% tags=["predict:evened_score", "answer"]
my_score = ...  # from 0 to 1

# %% tags=["check"]
ex.evened_score.commit(my_score)

# %% [markdown]
# Now choose: one, two or three of `"exposure"`, `"alignment"`, `"masking"`.

# %%
my_repairs = ["exposure"]

if ex.even_exposure.solved:  # then yours is the one that is used

    def evened(images, masks):
        alone = [my_even(image, mask) for image, mask in zip(images, masks)]
        return np.reshape(alone, images.shape).astype(np.uint8)


def repaired_runs(repairs, seeds):
    """The answers of a LeNet for the test, repaired in these ways: one array for each seed."""
    shown, exam = gr.test_split(feed(whole, repairs))
    return [training.predict(train(build_lenet, shown, seed)[0], exam) for seed in seeds]


mine = repaired_runs(my_repairs, seeds)
my_gain = evaluation.paired_difference([auc(p) for p in mine], every["LeNet"])
print(
    f"yours, {' + '.join(my_repairs)}: ROC-AUC {np.mean([auc(p) for p in mine]):.2f}, gain {my_gain:+.2f} over {len(seeds)} seeds"
)

# %%
# @title Your repair beside ten seeds of each repair, on grown and on real mounts
chosen = " + ".join(name for name in gr.REPAIRS if name in my_repairs)
order = ["none", *gr.REPAIRS, " + ".join(gr.REPAIRS)]
ten, table = {}, {}
for (kind, network), runs in shipped.groupby(["data", "model"]):
    wide = runs.pivot(index="seed", columns="repairs", values="test")
    gain = evaluation.gains(wide[[name for name in order if name in wide]], "none")
    means = runs.groupby("repairs")[["validation", "test"]].mean().round(2).loc[gain.index]
    means["gain"] = ["–", *(f"{evaluation.Interval(*row):+.2f}" for row in gain.iloc[1:, 1:].to_numpy())]
    ten[kind, network], table[kind, network] = gain, means
drawn = {f"{kind} mounts, ten seeds": ten[kind, "LeNet"].iloc[1:] for kind in ("grown", "real")}
fig = plots.compared(
    drawn | {"yours, just now": evaluation.table({chosen: my_gain})},
    "gain in test ROC-AUC against LeNet as cropped (95 % interval over seeds)",
    reference=0,
)
fig.axes[0].set_xlim(-0.3, 0.9)
plots.show(
    fig,
    of="grown and real",
    alt="Gain in test ROC-AUC of each repair and of all three, on grown and on real mounts, with intervals over seeds.",
)
even_gain = ten["real" if made == "real" else "grown", "LeNet"].loc["exposure"]
answers[f"LeNet, {chosen}"] = mine
ex.evened_score.meet((even_gain["mean"], evaluation.Interval(*even_gain.iloc[1:])))
sides = {kind: pd.concat({name: table[kind, name] for name in ("LeNet", "MLP")}) for kind in ("grown", "real")}
pd.concat(sides, axis=1)  # mean ROC-AUC of ten seeds, and the gain in the test

# %% [markdown]
# **What we see.** Coloured marks: mean gains over ten seeds; black: yours.
#
# - On these test mounts alignment repairs LeNet most; exposure or masking alone change little. More is not always better: on the real mounts all three gain less than alignment alone.
# - On the grown mounts LeNet's answers ran along with brightness. Without it the *validation* score rises, the test score does not: what goes along with a failure need not be its only cause.
# - On the real mounts LeNet as cropped is worse than a coin: what marked one class on known mounts marks the other here. Alignment costs validation score and wins test score: something it removes helped on known mounts and misled on new ones.
# - The MLP keeps its score on the grown mounts, where its answers follow the aspect ratio most.

# %%
mounts_of = [learning.table["sample"][learning.y == k].unique() for k in (0, 1)]
pairs = list(zip(*map(sorted, mounts_of)))[:3] if min(map(len, mounts_of)) > 1 else []


def on_others(repairs, seed=100):
    """Test ROC-AUC of a LeNet on each pair, trained on all other mounts: array of float, shape (pairs,)."""
    shown, scores = feed(whole, repairs), []
    for pair in pairs:
        held = shown.table["sample"].isin(pair).to_numpy()
        model, _ = train(build_lenet, shown[~held], seed)
        scores.append(evaluation.auc_interval(shown.y[held], training.predict(model, shown[held])).value)
    return np.array(scores)


for pair in pairs:
    held = whole.table["sample"].isin(pair).to_numpy()
    alone = evaluation.auc_interval(whole.y[held], whole.table["aspect_ratio"].fillna(1)[held])
    print(f"{' and '.join(pair)}: aspect ratio alone {alone:.2f}")

# %% [markdown] tags=["exercise:mended"]
# All this was seen on two mounts. Whoever chooses by them must confirm on others: `on_others` holds out in turn each pair above, and learns from the rest. What is the aspect ratio worth there?
#
# ### Exercise: mend LeNet
# Choose **two** repairs; the table has no such row. LeNet is mended if each pair gains. Write down why these two, then run once (a minute or two): what do they gain on each pair against no repair, `()`? And what does the interval, `evaluation.paired_difference(a, b)`, say: `"better"`, `"worse"` or `"not resolved"`?

# %% tags=["exercise:mended", "answer"]
my_reason = ...
my_gains = ...  # one for each pair
my_verdict = ...

# %% tags=["check", "nbval-check-output"]
ex.mended.check((my_gains, my_verdict))

# %% [markdown] tags=["depth"]
# # Going deeper
#
# Each section can be read by itself, once the core has run.
#
# ## Your own eye among them

# %% tags=["depth"]
# @title The final comparison, with your own eye
rows = {}
for name, runs in answers.items():
    ranked = ", ".join(f"{auc(p):.2f}" for p in runs)
    right = np.mean([np.sum((p >= 0.5) == y_test) for p in runs])
    rows[name] = [ranked, f"{evaluation.proportion_interval(round(right), len(test)):.2f}", f"{len(test)} test grains"]
often = max(y_test.mean(), 1 - y_test.mean())
rows["always the more frequent class"] = ["0.50", f"{often:.2f}", f"{len(test)} test grains"]
eye = course.handed_over("by_eye")
if isinstance(eye, dict) and {"right", "of"} <= set(eye):
    seen = f"{eye['of']} grains of notebook 0 ({eye.get('data', 'unknown')})"
    rows["your eye"] = ["", f"{evaluation.proportion_interval(eye['right'], eye['of']):.2f}", seen]
else:
    print("Your eye is missing here: sort the twelve grains of notebook 0 in this folder, and run this cell again.")
pd.DataFrame(rows, index=["ROC-AUC (each seed)", "right calls (95 % interval)", "of"]).T

# %% [markdown] tags=["depth"]
# **What we see.** A **right call** is an answer on the right side of ½ (mean of the seeds, interval over grains). ROC-AUC asks for the order alone. A network whose *p* are all too high on a new mount may rank well and call badly: compare the two columns of the MLP. Your eye called other grains, and few: mind its interval.
#
# ## Two neurones, by hand
#
# One grain, *x* = 2, a porphyry. It goes through a neurone with a ReLU, *h* = max(0, w₁*x* + b₁), and one with a sigmoid, *p* = sigmoid(w₂*h* + b₂). Backpropagation goes the same way back. It begins with the slope at z₂, past loss and sigmoid together (the two green arrows on the right): *p* − 1, for a porphyry. From there each step multiplies the slope that arrives by one factor:
#
# - from a sum *z* to its weight: the number that the weight was multiplied by; to its bias: 1; to that number: the weight;
# - past a ReLU: 1 if *z* was above 0, else 0.

# %% tags=["depth"]
inputs, w1, b1, w2, b2 = 2.0, 0.5, 0.5, -1.0, 1.0
z1 = w1 * inputs + b1
h = max(0, z1)
z2 = w2 * h + b2
p2 = 1 / (1 + np.exp(-z2))
forward = {"x": "2", "w1": "0.5, 0.5", "z1": f"{z1:g}", "h": f"{h:g}", "w2": "−1, 1", "z2": f"{z2:g}", "p": f"{p2:.3f}"}
forward["loss"] = f"{-np.log(p2):.3f}"
plots.show(
    plots.backwards(forward, {"z2": f"{p2 - 1:.3f}", "w2": "?, ?", "w1": "?, ?", "h": "?", "z1": "?"}),
    alt="Two neurones in a row: numbers go forward from x to the loss; slopes come back, and those of the weights are open.",
    of="made-up",
)

# %% [markdown] tags=["depth", "exercise:backwards"]
# **What we see.** Black, above: the numbers on the way forward. Green, below: the slopes on the way back, by how much the loss rises for each unit of what stands there. The first one is given.
#
# ### Exercise: go back
# Fill in the four slopes; two decimals will do.

# %% tags=["depth", "exercise:backwards", "answer"]
my_slopes = {"w2": ..., "b2": ..., "w1": ..., "b1": ...}

# %% tags=["depth", "check", "nbval-check-output"]
ex.backwards.check(my_slopes)

# %% tags=["depth"]
if ex.backwards.solved:  # what Keras says, from the same two neurones
    import tensorflow as tf

    weights = [tf.Variable(value) for value in (w2, b2, w1, b1)]
    with tf.GradientTape() as tape:
        hidden = tf.nn.relu(weights[2] * inputs + weights[3])
        cost = -tf.math.log(tf.sigmoid(weights[0] * hidden + weights[1]))
    print([f"{slope.numpy():.2f}" for slope in tape.gradient(cost, weights)])

# %% [markdown] tags=["depth"]
# ## What a row of neurones can draw

# %% tags=["depth"]
# @title A sigmoid, a ReLU, and three ReLUs
z = np.linspace(-4, 4, 200)
bump = np.maximum(0, z + 2) - 2 * np.maximum(0, z) + np.maximum(0, z - 2)
bends = {"sigmoid": 1 / (1 + np.exp(-z)), "ReLU": np.maximum(0, z), "ReLU(z + 2) − 2 ReLU(z) + ReLU(z − 2)": bump}
plots.show(
    plots.bends(z, bends),
    of="made-up",
    alt="A sigmoid from 0 to 1, a ReLU that is 0 and then rises, and a triangle made of three ReLUs.",
)

# %% [markdown] tags=["depth", "exercise:express"]
# **What we see.** A sigmoid is flat at both ends. Inside a network almost no slope comes back through it there, and the weights before it hardly move. (At the output this loss makes up for it: the slope is *p* − *y*.) To the right of 0 a ReLU's slope is 1. Three ReLUs, shifted and weighted, make a bump: "yes, but only in between".
#
# ### Exercise: draw a plateau
# A row of ReLU(*z* + 2), ReLU(*z* + 1), ReLU(*z* − 1) and ReLU(*z* − 2) is to be 0 up to −2, rise to 1, stay at 1 from −1 to 1, fall, and be 0 from 2 on. With which weights?
#
# - **a** 1, −2, 2, −1
# - **b** 1, 1, −1, −1
# - **c** 1, −1, −1, 1
# - **d** 1, −1, 1, −1

# %% tags=["depth", "exercise:express", "answer"]
my_letter = ...

# %% tags=["depth", "check", "nbval-check-output"]
ex.express.check(my_letter)

# %% [markdown] tags=["depth", "exercise:write_loss"]
# ## The loss as code
#
# ### Exercise: write the loss
# Write a function of the classes `y` (0 or 1) and the probabilities `p`, both arrays, that returns the mean loss, and is neither nan nor infinite at *p* = 0 or 1.


# %% tags=["depth", "exercise:write_loss", "answer"]
def my_loss(y, p):
    return ...


# %% tags=["depth", "check", "nbval-check-output"]
ex.write_loss.check(my_loss)

# %% [markdown] tags=["depth"]
# ## One measurement at a time
#
# Whether *more* of a measurement means porphyry is taken from the training mounts. *Contrast* is the spread of the grey over its mean; *rim over core* the grey of the outer third over that of the inner third; *inclusion fraction* the share of dark spots; the others are in notebook 1.

# %% tags=["depth"]
signs = {name: np.sign(evaluation.auc_interval(learning.y, measured[name]).value - 0.5) or 1 for name in eight}
single = {
    name.replace("_px", "").replace("_", " "): evaluation.auc_interval(y_test, signs[name] * test_measured[name])
    for name in eight
}
table = evaluation.table(single).sort_values("value", ascending=False)
plots.show(
    plots.intervals(table, "ROC-AUC on the test (95 % interval over grains)"),
    of=made,
    alt=f"ROC-AUC of eight single measurements with intervals: {', '.join(f'{name} {v:.2f}' for name, v in table['value'].items())}.",
)

# %% [markdown] tags=["depth"]
# **What we see.** Dotted: guessing. What lies left of it, interval and all, was learned the wrong way round: what marked a class on the training mounts marks the other one in the test. Who goes by it alone is misled. Who has other measurements beside it need not be: compare the forest, which had all eight.
#
# ## The curve behind a ROC-AUC

# %% tags=["depth"]
drawn = {name: (y_test, runs[0]) for name, runs in answers.items()}
plots.show(
    plots.roc(drawn, classes),
    of=made,
    alt="ROC curves on the test of the neurone, forest, SVM, MLP and LeNet, as cropped and repaired, with their areas.",
)

# %% [markdown] tags=["depth", "exercise:who_won"]
# **What we see.** Each curve starts bottom left, where nothing is called porphyry, and climbs as one becomes more lenient. The nearer it comes to the top left corner the better; the area below it is the ROC-AUC. Networks are drawn with their first seed.
#
# ### Exercise: who won?
# On 180 grains of two test mounts network A has a ROC-AUC of 0.91 (0.86–0.95) and B 0.87 (0.81–0.92). The paired difference, interval over grains, is +0.04 (+0.01 to +0.07). What may you write?
#
# - **a** Their intervals overlap, so the difference is not resolved.
# - **b** A ranks the grains of these two mounts better than B does.
# - **c** A will rank the grains of new mounts better than B does.
# - **d** A calls more of these grains by their right class than B.

# %% tags=["depth", "exercise:who_won", "answer"]
my_verdict = ...

# %% tags=["depth", "check", "nbval-check-output"]
ex.who_won.check(my_verdict)

# %% [markdown] tags=["depth"]
# ## Whose mistake was it?
#
# What the networks' answers run along with after each repair, in the mean over the ten shipped seeds: rank correlations with three measurements, on the two test mounts.

# %% tags=["depth", "nbval-check-output"]
by = ["by aspect ratio", "by area", "by brightness"]
gone = shipped.groupby(["data", "model", "repairs"])[by].mean().round(2)
gone.loc[[(*which, name) for which, gain in ten.items() for name in gain.index]]

# %% [markdown] tags=["depth"]
# **What we see.** On the grown mounts the answers of LeNet as cropped rise with brightness. With the exposure evened out they no longer do, and run along with area a little more than before, downwards, which is the wrong way on these two mounts. That may be the next accident; a correlation alone does not show it. On the real mounts they fall with area from the start, almost grain by grain. Aligned grains are all of one length, and the answers rise with the aspect ratio, on both. That they rise with area, too, needs no view of size: on the grown pair the elongated grains are also the larger ones.
#
# **To discuss**, with a neighbour or in half a page; there is no check. A company bought this LeNet, as cropped, on the strength of its validation score, and it failed on the first new mounts. Whose mistake was it: the network's, its maker's, whoever set the detector, or whoever believed the score? Which two numbers should have been asked for before? And is size an accident of the mount, or does alignment throw away geology?

# %% tags=["frame"]
# @title Your score card
score_card(ex)

# %% [markdown] tags=["frame"]
# **Take away.** Learning is walking downhill on a loss, by the slope, in steps that are neither too short nor too long. A network learns whatever marks the classes on the mounts that it is shown; a score on grains of those mounts cannot show it, a score on new mounts can. What a network is shown mattered here: LeNet's score on new mounts changed with alignment. MLP and LeNet differed, too, but only LeNet was augmented. Set both beside one measured number, the rival to beat, and confirm on mounts that had no part in the choice.
#
# **Terms.** [neurone](GLOSSARY.md#neurone), [weight](GLOSSARY.md#weight), [bias](GLOSSARY.md#bias) · [sigmoid](GLOSSARY.md#sigmoid), [ReLU](GLOSSARY.md#relu) · [loss](GLOSSARY.md#loss), [`binary_crossentropy`](GLOSSARY.md#binary_crossentropy) · [gradient](GLOSSARY.md#gradient), [gradient descent](GLOSSARY.md#gradient-descent), [learning rate](GLOSSARY.md#learning-rate) · [supervised](GLOSSARY.md#supervised) · [random forest](GLOSSARY.md#random-forest), [SVM](GLOSSARY.md#svm) · [hidden](GLOSSARY.md#hidden) · [batch](GLOSSARY.md#batch), [epoch](GLOSSARY.md#epoch), [optimizer](GLOSSARY.md#optimizer), [Adam](GLOSSARY.md#adam) · [backpropagation](GLOSSARY.md#backpropagation) · [dropout](GLOSSARY.md#dropout), [seed](GLOSSARY.md#seed), [validation](GLOSSARY.md#validation) · [ROC-AUC](GLOSSARY.md#roc-auc), [interval](GLOSSARY.md#interval), [resolved](GLOSSARY.md#resolved) · [rank correlation](GLOSSARY.md#rank-correlation) · [exposure](GLOSSARY.md#exposure), [alignment](GLOSSARY.md#alignment), [masking](GLOSSARY.md#masking)
#
# **Read on.** Nathwani et al. (2023), https://doi.org/10.1029/2022JB025933, sections 2.2–2.4 and 3.2: these networks on real zircons · LeCun et al. (1998), https://doi.org/10.1109/5.726791: the first LeNet · Rumelhart, Hinton and Williams (1986), https://doi.org/10.1038/323533a0: backpropagation, in four pages · Geirhos et al. (2020), https://doi.org/10.1038/s42256-020-00257-z: networks that take a short cut · DeLong et al. (1988), *Biometrics* 44, 837–845: intervals of a ROC-AUC.
#
# Next: [5 · Regularization](05_regularization.ipynb).
