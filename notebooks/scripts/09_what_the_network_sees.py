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
# @title Imports, and one grain under nine knobs
from itertools import combinations, product

import cv2
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers
from scipy.ndimage import binary_dilation, binary_erosion
from scipy.stats import binom, rankdata, spearmanr
from zirconkit import course, evaluation, explain, mounts, plots, samples, widgets
from zirconkit import grains as gr
from zirconkit.exercises import explanations as ex
from zirconkit.networks import training
from zirconkit.synthetic import doses

profile = course.profile(PROFILE)
start = doses.Properties()  # of an ordinary grown grain
points = doses.grown_population().quantile([0.1, 0.9])
pairs = {}
for name, title in doses.NAMES.items():
    grown = [doses.grow_dosed(start._replace(**{name: value}), SEED) for value in points[name]]
    pairs[title] = [each.image for each in grown]
plots.show(
    plots.dose_pairs(pairs),
    alt="One grown grain twice in each of nine columns: little of a property above, much of it below, all else the same.",
    of="grown",
)

# %% [markdown] tags=["predict:what_moves_it"]
# # 9 · What the network sees
#
# Above is one grown grain. The two pictures of a column differ only in the property named over them: at most 10 of 100 grown grains have less of it than the upper, at most 10 more than the lower (little rim, inclusions or rounding is none). A network learns to tell porphyry from batholith zircons and answers with *p*, its probability of porphyry. **Which properties move *p* most?** Put five in order: **a** aspect ratio, **b** brightness, **c** outline, sharp or rounded with bays, **d** size, **e** zoning strength.

# %% tags=["predict:what_moves_it", "answer"]
my_order = ...  # from what moves p most to what moves it least, such as "edcba"

# %% tags=["check"]
ex.what_moves_it.commit(my_order)

# %% [markdown] tags=["frame"]
# **The idea:** what a picture suggests about a network is a guess; to know, change one thing and ask again.
#
# **You will** measure over many grains how each property moves the answer · find a grain that goes against the mean · draw maps of evidence and judge them by two tests · say what a paper may print of them.
#
# **You need** notebooks 3 to 5 (feature maps, LeNet, augmentation). "The paper" is Nathwani and others (2023). With mounts of your own *p* is the probability of another class, named below; "porphyry" stands for it. **Time** core 50 min (exercises in it), going deeper 80 min, 80 s to run.

# %% [markdown]
# ## Two networks
#
# LeNet learns twice from the same crops: **with augmentation**, a short run of the paper's recipe, where each crop is turned, flipped, zoomed, brightened or darkened at random, and **without**.


# %%
def build():
    parts = [keras.Input((32, 32, 1))]
    for filters, convolution, pooling in ((6, "C1", "S2"), (16, "C3", "S4"), (32, "C5", "S6")):
        parts.append(layers.Conv2D(filters, 3, padding="same", activation="relu", name=convolution))
        parts.append(layers.MaxPooling2D(2, name=pooling))
    parts += [layers.Flatten(), layers.Dropout(0.5), layers.Dense(32, activation="relu", name="hidden")]
    parts += [layers.Dropout(0.5), layers.Dense(1, activation="sigmoid")]
    return keras.Sequential(parts, name="LeNet")


def trained(learning, augment=None):
    keras.utils.set_random_seed(SEED)
    model = build()
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy")
    training.fit(model, learning, epochs=min(200, 3 * profile.epochs), augment=augment, seed=SEED, progress=False)
    return model


# %%
found = course.enough("09", mounts.find(DATA, profile.name))
made = mounts.provenance(found)
rest = [mount for mount in found if mount.role != "test"]
if len({mount.class_name for mount in rest}) < 2:  # the test mounts are all that there is of a class
    rest = found
known = gr.from_mounts(rest, size=32, mask_neighbours=True, progress=False).two_classes()
learning, aside = gr.stratified_split(known, share=0.2, seed=0)
networks = {"with augmentation": trained(learning, training.augmentation(SEED))}
if profile.seeds > 1:
    networks["without augmentation"] = trained(learning)
answers = {name: training.predict(model, aside) for name, model in networks.items()}
print(f"{len(learning)} {made} grains to learn from; p is the probability of {aside.classes[1]}")
print(f"ROC-AUC on {len(aside)} grains set aside:")
for name, p in answers.items():
    print(f"  {name} {evaluation.auc_interval(aside.y, p):.2f}")

# %%
# @title The surest answers, right and wrong
p, asked = answers["with augmentation"], aside.classes[1]
kinds = explain.extremes_by_class(aside.y, p, aside.classes, n=3)
kinds = {of: {kind: kinds[of][kind] for kind in ("surest right", "surest wrong")} for of in kinds}
plots.show(
    plots.surest(aside.images, p, kinds, aside.classes),
    alt="Of either class the three grains that the network with augmentation is most surely right and most surely wrong about.",
    of=made,
)
if not 0.1 < known.y.mean() < 0.9:
    print(f"{known.y.mean():.0%} of the grains are {asked}: p begins near there, and a short training moves it little")
alike, surest = aside.table[aside.y == 1], aside.table.iloc[kinds[asked]["surest right"]]
if len(surest):
    print(f"mean grey: all {asked} {alike['mean_grey'].mean():.0f}, the surest right {surest['mean_grey'].mean():.0f}")
looks = {
    "area_px": ("larger", "small", "large"),
    "mean_grey": ("brighter", "dark", "bright"),
    "aspect_ratio": ("longer for its width", "short", "long"),
    "oscillation": ("more banded", "hardly banded", "banded"),
}
together = {name: spearmanr(p, aside.table[name], nan_policy="omit").statistic for name in looks}
print("rank correlation of p with being", ", ".join(f"{looks[name][0]} {r:+.2f}" for name, r in together.items()))
for number in kinds[asked]["surest wrong"][:1]:
    below = {name: (alike[name] < aside.table[name][number]).mean() for name in looks}
    shares = ", ".join(f"{looks[name][0]} than {share:.0%}" for name, share in below.items())
    print(f"grain {number}, a {asked} with p = {p[number]:.2f}, is in its class {shares}")
    few = [name for name in looks if below[name] < 0.25 and together[name] > 0]
    many = [name for name in looks if below[name] > 0.75 and together[name] < 0]
    against = [looks[name][1] for name in few] + [looks[name][2] for name in many]
    print("by these correlations it is called wrong because it is", ", ".join(against) or "nothing of all this")

# %% [markdown]
# **What we see.** Above each grain: its number and *p*, orange for porphyry. The paper says that its network *confidently predicts "porphyry" if the crystal is euhedral* (has sharp faces) *and exhibits oscillatory zoning* (bands). Would you say so of these?
#
# A **rank correlation** (1: the same order, −1: the opposite, 0: unrelated) says what goes along with *p*. From it the last line reads why the surest wrong porphyry, if there is one, was missed. But properties go together. To find what *moves* the answer, change one and keep the rest: an **intervention**. Shape, zoning and inclusions can be changed in grown grains only.
#
# ## Change one property, in many grains
#
# *Size* is the diameter of a circle of the same area, so *aspect ratio* changes the shape at constant area. *Wavelength* is the thickness of a light and a dark band together. Size and wavelength are in px of the crop; its 90 px are shrunk to the network's 32, so one **network px** is 2.8 px of the crop.

# %% [markdown] tags=["exercise:write_change"]
# ### Exercise: the mean change
#
# We ask about many grains with little of a property, and with much. Write a function of the *p* of both, two arrays. It returns the mean change and half the width of its 95 % interval over grains: 1.96 standard deviations over √n, but of what?


# %% tags=["exercise:write_change", "answer"]
def mean_change(low, high):
    return ...  # change this line: return mean, half


# %% tags=["check", "nbval-check-output"]
ex.write_change.check(mean_change)

# %% tags=["frame"]
# @title Goes on with your function or, until it is right, with the kit's
is_mine = ex.write_change.is_right(mean_change)
change_of = mean_change if is_mine else ex.write_change.answer
print("change_of is", "your function" if is_mine else "the kit's function, until yours is right")


# %%
def as_seen(properties, seed):
    """What a network sees of a grown grain: 32 x 32 px, 0 to 1."""
    image = doses.grow_dosed(properties, seed).image
    return cv2.resize(image, (32, 32), interpolation=cv2.INTER_AREA)[..., None] / np.float32(255)


levels = doses.grown_population().quantile([0.1, 0.35, 0.65, 0.9])
grains = doses.draw_properties(2 * profile.repeats - 2, SEED)
curves = {name: {} for name in networks}
for name in doses.NAMES:
    values = np.unique(levels[name])
    images = []
    for seed, grain in enumerate(grains):
        for value in values:
            changed = grain._replace(**{name: value})  # one property changes, the rest stays
            images.append(as_seen(changed, seed))
    for network, model in networks.items():
        p = training.predict(model, np.stack(images))
        curves[network][name] = values, p.reshape(len(grains), len(values))

# %%
# @title Dose and response
plots.show(
    plots.dose_curves(curves, doses.NAMES),
    alt="Mean p of grown grains against each of nine properties, a line for each network, with bands over grains.",
    of="grown",
)
moved = {name: {n: change_of(p[:, 0], p[:, -1]) for n, (_, p) in of.items()} for name, of in curves.items()}
changes = moved["with augmentation"]
ex.what_moves_it.meet(changes)

# %%
# @title Going together, and moving
measured_as = {"aspect": "aspect_ratio", "brightness": "mean_grey", "size": "area_px", "strength": "oscillation"}
noise = 1.96 / np.sqrt(len(aside))  # 95 % of rank correlations lie nearer 0 where two things are unrelated
for name, column in measured_as.items():
    r, (mean, half) = together[column], changes[name]
    if r * mean < 0 and abs(r) > noise and abs(mean) > half:
        words = f"correlation {r:+.2f} (chance: ±{noise:.2f}), change {mean:+.2f} ± {half:.2f}"
        print(f"{doses.NAMES[name]}: {words}: the sign turns")
print(f"change of p from little to much, ± half of its interval over {len(grains)} grains")
short = {name: words.split(" (")[0] for name, words in doses.NAMES.items()}
rows = {"rank correlation": {short[n]: f"{together[column]:+.2f}" for n, column in measured_as.items()}}
rows |= {n: {short[k]: f"{m:+.2f} ± {half:.2f}" for k, (m, half) in of.items()} for n, of in moved.items()}
pd.DataFrame(rows).reindex(short.values()).fillna("")

# %% [markdown]
# **What we see.** A **dose–response curve** is *p* on average against the amount, or **dose**, of a property. Its bands, 95 % intervals of the mean, are wide as grains differ; the table compares each grain with itself. Near 1 a curve has little room to rise, so compare changes within one network. Where the sign turns, both are beyond their ±, and the correlation misled: what goes with a low *p* raises it, or the reverse. Was that on the list of the surest wrong porphyry?
#
# ## Twenty networks
#
# That was one short training. `benchmarks/dose_response.py` has ten networks from the grown mounts and ten from eight of the paper's, trained for 200 epochs:

# %%
# @title Twenty networks
responses = pd.read_csv(samples.DATA / "results" / "dose_response.csv")
alone = responses["data"].str.contains("alone")
twenty, checks = responses[~alone], responses[alone]
plots.show(
    plots.dose_changes(twenty, doses.NAMES),
    alt="Change of p with nine properties for networks that learned on grown and on real mounts, with and without augmentation.",
    of="grown and real",
)
means = twenty[(twenty["network"] == "all") & (twenty["training"] == "with augmentation")].set_index("property")
for data, part in means.groupby("data"):
    halves = (part["high"] - part["low"]) / 2
    five = {
        f"{short[name]} {part['change'][name]:+.2f}": (part["change"][name], halves[name])
        for name in ex.KNOB_OF.values()
    }
    print(f"{data} mounts: {ex.tied_order(five)}")
    print(f"   and rim contrast {part['change']['rim']:+.2f} ± {halves['rim']:.2f}")

# %% [markdown]
# **What we see.** Each dot is one network, asked about 150 grown grains; each diamond the mean of five and its 95 % interval over grains and networks. Printed is the order with augmentation; what stands in braces is not resolved.
#
# Euhedral and banded? Being long counts in both panels, a sharp outline in neither, banding only where grown grains were learned. **Rim contrast**, not among your five, counts about as much as size: a brighter rim pushes *p* *down*, although brightness pushes it up.
#
# **Can this be trusted?** Three networks were taught grains whose class one property alone decides (see *Going deeper*). Each goes by that one, but other properties move its *p* by up to 0.09, too. Changes that small may be by-products; hardly the rim's, as with brightness taught a brighter rim moves *p* *up*. And the networks of real mounts were asked about *grown* grains; there only the aspect ratio is above 0.09.
#
# ## The grain bench

# %% [markdown] tags=["predict:goes_against"]
# **Predict:** of which property do single grains most often move *p* *against* its mean change: **a** aspect ratio, **b** brightness, **d** size or **e** zoning strength? The first table, *with augmentation*, is enough: its ± grows with the scatter of single grains.

# %% tags=["predict:goes_against", "answer"]
my_property = ...  # one letter, such as "a"

# %% tags=["check"]
ex.goes_against.commit(my_property)

# %%
wrong_way = {}
for name, (_, p) in curves["with augmentation"].items():
    mean, _ = changes[name]
    wrong_way[name] = np.mean((p[:, -1] - p[:, 0]) * mean < 0)
ex.goes_against.meet(wrong_way)
most = max([abs(mean) for mean, half in changes.values() if abs(mean) > half], default=0)
if most < ex.HARDLY:
    print(f"p hardly moves here, on average by {most:.3f} at most: below, any move against a mean is enough")
readers = {name: explain.reader(model) for name, model in networks.items()}
grain_bench = widgets.GrainBench(readers, start, SEED)
grain_bench.panel()

# %% [markdown] tags=["exercise:one_knob"]
# Each knob of this *instrument* changes one property of a grown grain. The two maps are explained below.
#
# ### Exercise: against the mean
#
# Keep two grains, as *one* and as *other*, that differ in **one** property only, so that *p* with augmentation moves *against* its mean change, by at least half as much. The mean must exceed its ±. Without sliders: `grain_bench.turn("turn", 30)`, `grain_bench.keep("one")`; a wrong name lists the knobs.

# %% tags=["exercise:one_knob", "answer"]
my_pair = grain_bench.outcome(changes)  # of the two that you kept; keep them first

# %% tags=["check", "nbval-check-output"]
ex.one_knob.check(my_pair)

# %% [markdown]
# ## Where in the grain is the evidence?
#
# A **map of evidence** says how much each pixel speaks for porphyry. Ours explain the **logit**, what the last neurone adds up before its sigmoid makes *p* of it.
#
# - **Occlusion** (*o*) blurs one square after another, 4 × 4 network px: by how much does the logit fall?
# - **Integrated gradients** (*i*) light the image up from black in 16 steps. *Evidence of a pixel = (its grey − black) × the logit's mean slope over the steps*. For black pixels this is 0, so the map lies on the grain, whatever was learned.
# - **Grad-CAM** adds up the feature maps of one convolution, each weighted by how steeply the logit rises with it: of the **last** (*l*; 8 × 8 numbers) or of the **first** (*f*; 32 × 32).


# %%
def logit_of(model, image):
    p = model(image[None, ..., None])[0, 0]
    return tf.math.log(p / (1 - p))


def occluded(model, image, side=4, step=2):  # network px
    blurred, before = cv2.GaussianBlur(image, (0, 0), side / 1.5), logit_of(model, image)
    fall, squares = np.zeros((2, 32, 32))
    for row, column in product(range(0, 32 - step, step), repeat=2):
        square = slice(row, row + side), slice(column, column + side)
        hidden = np.copy(image)
        hidden[square] = blurred[square]  # blur one square,
        fall[square] += before - logit_of(model, hidden)  # ask again, subtract
        squares[square] += 1
    return np.maximum(fall / squares, 0)  # the mean fall over all squares that cover a pixel


def integrated(model, image, steps=16):
    slope = np.zeros((32, 32))
    for step in range(steps):
        shade = tf.constant(image * (step + 0.5) / steps)  # on the way from black to the image
        with tf.GradientTape() as tape:  # notes what is computed, so that it can tell slopes
            tape.watch(shade)
            logit = logit_of(model, shade)
        slope += tape.gradient(logit, shade) / steps
    return np.maximum(image * slope, 0)  # what speaks for porphyry


# %%
# @title Four maps of one grain, changed
methods = {
    "occlusion": explain.occlusion,
    "integrated gradients": explain.integrated_gradients,
    "Grad-CAM, last": explain.grad_cam,
}
shown = {"start": start}
for name, called in (("brightness", "brightness"), ("strength", "zoning")):
    for word, value in zip(("little", "much"), points[name]):
        shown[f"{word} {called}"] = start._replace(**{name: value})
images, model = np.stack([as_seen(each, SEED) for each in shown.values()]), networks["with augmentation"]
maps = {name: method(model, images) for name, method in methods.items()}
maps["Grad-CAM, first"] = explain.grad_cam(model, images, layer="C1")
apart = [
    np.abs(way(model, images[0, ..., 0]) - each[0]).max() for way, each in zip((occluded, integrated), maps.values())
]
print(f"largest difference from the kit's maps: {max(apart):.0e}")
p = training.predict(model, images)
plots.show(
    plots.evidence(images, maps, titles=[f"{name}\np = {value:.2f}" for name, value in zip(shown, p)]),
    alt="One grown grain at the start and with little and much of two properties, its p, and its maps of evidence by four methods.",
    of="grown",
)

# %% [markdown] tags=["predict:nearest"]
# **What we see.** A column for each grain; each map on its own scale. *Does a map tell that brightness moves p?* Occlusion cannot: a blurred square stays as bright. Its map may change still, as a brighter grain has more contrast to blur. Grad-CAM may glow in the black, or be *flat* (0).
#
# ## Which map may we believe?
#
# 1. **Does it need the network?** Shuffle the network's weights and draw the map again. If the two are alike or opposite (**similarity**, their rank correlation, beyond ½ either way: our limit), the map shows the grain and not what was learned.
# 2. **Does it hit the truth?** Grow pairs of grains that differ in one feature: zoning, rim, inclusions or outline. A network that tells them apart must use it. What share of the map lies where they differ, beyond that of the shuffled network's map (the **gain**)?
#
# `benchmarks/explanations.py` did both with twelve networks, and with **dummies** that never ask one: a constant map, random numbers, the grain's silhouette, the edges of the image. A good map has similarity 0 and a high gain. **Predict:** which of *o*, *i*, *l*, *f* comes nearest to that?

# %% tags=["predict:nearest", "answer"]
my_map = ...  # one letter, such as "f"

# %% tags=["check"]
ex.nearest.commit(my_map)

# %%
# @title Two tests, one picture
marks = pd.read_csv(samples.DATA / "results" / "explanations.csv")
asking = ["occlusion", "integrated gradients", "Grad-CAM, last convolution", "Grad-CAM, first convolution"]
plots.show(
    plots.two_tests(marks, asking),
    alt="Similarity to the map of shuffled weights against the gain, a panel each for four methods and one for the dummies.",
    of="grown",
)
ex.nearest.meet(marks)

# %% [markdown] tags=["exercise:owed"]
# **What we see.** Each mark is one network. On average occlusion comes nearest to the upper left (similarity 0.10, gain 0.29), but on the rim it gains next to nothing with one network. Then integrated gradients (0.45, 0.19): they fail test 1 with one network and pass narrowly with most. Grad-CAM gains less; its stars pass, but 5 and 6 of its 12 networks fail. **Random numbers pass test 1**, as they are never alike. They gain nothing: that is why test 2 is needed.
#
# ### Exercise: more than a shuffled one
#
# Of integrated gradients of networks taught zoning 86 % lies on the zoning. "So 0.86 was learned," says a colleague. How much more lies there than with shuffled weights? Read it from the picture.

# %% tags=["exercise:owed", "answer"]
my_share = ...  # one number, to a few hundredths

# %% tags=["check", "nbval-check-output"]
ex.owed.check(my_share)

# %% [markdown]
# ### For discussion
#
# Three students write about one network. Anna: "Grad-CAM is yellow on the bands, so it goes by the zoning." Ben: "On the bench the zoning moved *p* by 0.02, so it does not know of zoning." Carla: "The bench shows grown grains, so it says nothing about real ones." What is right in each sentence, what goes too far? Which experiment would settle it? Write the sentence on zoning that you would print.

# %% [markdown] tags=["depth"]
# # Going deeper
#
# Each section has a question of its own; with time for two, take *Grad-CAM by hand* and *Both tests, done*.
#
# ## Can the knobs be trusted?
#
# If a network goes by one property alone, do the knobs say so? `dose_response.csv` has three such checks, and no others were run: networks taught grown grains whose class brightness, aspect ratio or zoning strength *alone* decides.

# %% tags=["depth"]
# @title What networks that were taught one property answer to
rows = {}
for data, part in checks.groupby("data", sort=False):
    own = part["property"] == data.split()[1]
    mine, other = part[own].iloc[0], part[~own].set_index("property")["change"]
    most = other.abs().idxmax()
    rows[short[data.split()[1]]] = {
        "ROC-AUC": f"{mine['auc']:.2f}",
        "of the property": f"{mine['auc_possible']:.2f}",
        "change of p": f"{mine['change']:+.2f}",
        "largest other change": f"{short[most]} {other[most]:+.2f}",
    }
pd.DataFrame(rows).T.rename_axis("taught alone")

# %% [markdown] tags=["depth"]
# **What we see.** A row for each network: its ROC-AUC on 400 other grains, what the property itself would get, the change of *p* with this property, and the largest change with any other. Each answers most to what it was taught. The one taught zoning learned it poorly (ROC-AUC 0.68; the property itself gets 0.88), so zoning moves it little. The knobs are not perfectly clean: a rim also makes a grain brighter.
#
# ## Do wrong answers show in their maps?
#
# Up to twenty right and twenty wrong answers, each mapped for *the answer that was given*: does a map lie less on the grain where the answer is wrong, and do the methods agree?

# %% tags=["depth"]
model, p = networks["with augmentation"], answers["with augmentation"]
called = (p >= 0.5).astype(int)
rng = np.random.default_rng(SEED)
right_ones, wrong_ones = np.flatnonzero(called == aside.y), np.flatnonzero(called != aside.y)
some = np.concatenate([rng.permutation(right_ones)[:20], rng.permutation(wrong_ones)[:20]])
right = called[some] == aside.y[some]
maps = {name: method(model, aside[some], towards=called[some]) for name, method in methods.items()}

# %% tags=["depth"]
# @title Right and wrong answers apart
drawn = np.concatenate([np.flatnonzero(right == is_right)[:3] for is_right in (True, False)])
words = [
    f"{aside.table['class_name'][some[n]]}\n{'right' if right[n] else 'wrong'}, p = {p[some[n]]:.2f}" for n in drawn
]
plots.show(
    plots.evidence(aside.images[some[drawn]], {name: each[drawn] for name, each in maps.items()}, titles=words),
    alt="Up to three grains with right and three with wrong answers, and their maps by three methods.",
    of=made,
)
measured = {"the grain's share of the image": aside.masks[some].mean(axis=(1, 2))}
print("ROC-AUC of right against wrong answers by the map's share on the grain:")
for name in ("occlusion", "Grad-CAM, last"):
    on_grain = measured[f"{name}: share on the grain"] = explain.share_on(maps[name], aside.masks[some])
    told = evaluation.auc_interval(right[np.isfinite(on_grain)], on_grain[np.isfinite(on_grain)])
    print(f"  {name} {told:.2f}:", "not resolved" if told.low < 0.5 < told.high else "resolved")
for one, other in combinations(maps, 2):
    measured[f"{one} and {other}"] = explain.similarity(maps[one], maps[other])
rows = {}
for word, which in (("right", right), ("wrong", ~right)):
    if which.any():
        spread = {name: np.nanpercentile(each[which], [50, 5, 95]) for name, each in measured.items()}
        rows[f"{word} answers"] = {name: f"{evaluation.Interval(*each):.2f}" for name, each in spread.items()}
pd.DataFrame(rows)

# %% [markdown] tags=["depth"]
# **What we see.** The table has medians and where 90 of 100 grains lie; the first row is what a constant map has on the grain, the last three are rank correlations of two maps. Integrated gradients have no share here: they lie on the grain wholly, whatever was learned. Where the ROC-AUC is *not resolved* from 0.5, which is guessing, the share on the grain does not tell right from wrong. Near 0.2 two maps agree poorly.
#
# ## What augmentation changes
#
# Five seeds each: which changes of *p* differ between networks with and without augmentation? *Either way* is the mean distance that single grains move, up or down.

# %% tags=["depth"]
# @title Differences that five seeds resolve
single = twenty[twenty["network"] != "all"].set_index(["training", "data", "property", "network"]).sort_index()
print("without augmentation, with it (where the interval of the paired difference over five seeds leaves out 0):")
for data in ("grown", "real"):
    for name, column in [(n, c) for n in doses.NAMES for c in ("change", "either_way")]:
        one, other = (single.loc[f"{word} augmentation", data, name][column] for word in ("with", "without"))
        gain = evaluation.paired_difference(one, other)
        if gain.low * gain.high > 0:
            words = ", either way" if column == "either_way" else ""
            print(f"  {data}, {doses.NAMES[name]}{words}: {other.mean():+.2f}, {one.mean():+.2f}")

# %% [markdown] tags=["depth"]
# **What we see.** Nine of 36 differences are listed (nine properties, two measures, two data sets). About two would be by chance; of the other 27, five seeds do not resolve the sign. Augmentation turns the crops, and *p* moves less when a grain is turned. It zooms, and brightens or darkens, too; yet *on average* size moves *p* more with it (grown −0.12 against +0.04, real −0.07 against +0.01), and on real mounts so does brightness (+0.07 against −0.02). Part of it is that *networks* disagree on size without augmentation: on grown mounts one moves by +0.19, which makes most of the mean, the other four by −0.04 to +0.03. With it all five move by −0.17 to −0.10. Why it makes networks agree on size, and brightness count more, is open. What would you try?
#
# ## Grad-CAM by hand
#
# We take one grain for this section and for *Layer by layer*: of the larger ones that lie well inside the crop and have a high *p*, the most banded one. The **push** of a channel is how much the logit rises with its numbers, a mean over all their places.

# %% tags=["depth"]
p = answers["with augmentation"]
touches = aside.masks.copy()
touches[:, 2:-2, 2:-2] = False  # what is left lies within 2 px of the frame
inside = ~touches.any(axis=(1, 2)) & (aside.masks.mean(axis=(1, 2)) > 0.15)
if not inside.any():
    inside[:] = True
high = np.flatnonzero(inside & (p > 0.95))
if not len(high):
    high = np.where(inside, p, 0).argsort()[-5:]
chosen = high[aside.table["oscillation"].to_numpy()[high].argmax()]
one = aside.x[[chosen]]
print(f"grain {chosen}, a {aside.table['class_name'][chosen]} with p = {p[chosen]:.2f}")

# %% tags=["depth"]
both = keras.Model(model.inputs[0], [model.get_layer("C5").output, model.get_layer("hidden").output])
weight, bias = model.layers[-1].get_weights()
with tf.GradientTape() as tape:
    c5, last = both(one)
    logit = last @ weight + bias
push = tf.reduce_mean(tape.gradient(logit, c5), axis=(1, 2))[0]  # one number for each channel
by_hand = np.maximum(np.asarray(c5[0] @ push[:, None])[..., 0], 0)  # weigh, add up, keep what speaks for class 1
large = cv2.resize(by_hand, (32, 32))
print(f"largest difference from explain.grad_cam: {np.abs(large - explain.grad_cam(model, one)[0]).max():.0e}")

# %% tags=["depth"]
# @title Its steps
fig, axes = plt.subplots(1, 4, figsize=(9.5, 2.7), layout="constrained")
axes[0].imshow(one[0, ..., 0], cmap="gray")
axes[1].bar(range(32), push, color=plots.LINES[0])
axes[2].imshow(by_hand, cmap="viridis")
axes[3].imshow(large, cmap="viridis")
for ax, title in zip(axes, ("the grain", "push of each channel", "weighted sum, 8 × 8", "drawn larger")):
    ax.set_title(title, fontsize=9)
axes[1].set(xlabel="channel of C5", ylabel="change of the logit")
for ax in (axes[0], axes[3]):
    ax.set(xlabel="column (network px)", ylabel="row (network px)")
axes[2].set(xlabel="column of the map", ylabel="row of the map")
plots.show(
    fig,
    alt="A grain, the pushes of 32 channels as bars up and down, their weighted sum as an 8 by 8 map, and it enlarged.",
    of=made,
)

# %% [markdown] tags=["depth"]
# **What we see.** Some channels speak for porphyry, bars up, some against it. The bars say what *more* of a channel would do, not how much of it there is, and not *where*: that comes from the channel's own map. It has 8 × 8 numbers, so Grad-CAM points at nothing finer than 4 network px; the picture on the right is a smooth drawing of these 64 numbers. Where it is bright in the black beside the grain, a channel may answer to the black, or to the grain's edge: each of its numbers depends on 18 × 18 network px (measured below).
#
# ## Both tests, done
#
# We grow pairs of grains: the second is the first with three to six inclusions put in. Only these tell the two apart. LeNet learns from two thirds of the pairs; the rest is the exam. Beside it goes a rival that learns nothing: a filter, and you write it.

# %% tags=["depth"]
n = 12 * profile.repeats
images = np.array([ex.inclusion_pair(seed) for seed in range(n)])  # without, with; 32 x 32 px, on black
specks = np.array([ex.where_apart(without, having) for without, having in images])
truth = binary_dilation(specks, np.ones((1, 3, 3)))  # and a pixel around
names = {"sample": "grown", "grain": np.arange(n).repeat(2), "class_name": ["batholith", "porphyry"] * n}
outlines = np.repeat(images[:, 0] > 0, 2, axis=0)  # the same with and without
grown = gr.Grains(images.reshape(2 * n, 32, 32, 1), outlines, pd.DataFrame(names))
cut_off = 2 * (2 * n // 3)
lesson, exam = grown[:cut_off], grown[cut_off:]
spotted, where = exam[exam.y == 1], truth[cut_off // 2 :]
expert = trained(lesson)

# %% [markdown] tags=["depth", "exercise:spot_filter"]
# ### Exercise: a rival without a network
#
# Inclusions are small and dark. Write a function of an image (32 × 32 network px, `uint8`, black around the grain) that returns a map of the same shape, high on small dark patches and 0 or low elsewhere, without any network. Of 16 grains, at least half of your map's sum has to lie on the inclusions. A constant map has 7 %, the bare grain 27 %. It takes a line or two of OpenCV.


# %% tags=["depth", "exercise:spot_filter", "answer"]
def small_and_dark(image):
    return ...  # change this line


# %% tags=["depth", "check", "nbval-check-output"]
ex.spot_filter.check(small_and_dark)


# %% tags=["depth"]
is_mine = ex.spot_filter.is_right(small_and_dark)
filter_of = small_and_dark if is_mine else ex.spot_filter.answer
print("the filter is", "yours" if is_mine else "the kit's, until yours is right")


def filtered(model, grains):
    return np.stack([filter_of(image[..., 0]) for image in grains.images])


def constant(model, grains):
    return np.ones((len(grains), 32, 32))


def silhouette(model, grains):
    return grains.masks.astype(float)


def edges(model, grains):
    """How much the image rises or falls at each pixel (OpenCV's Sobel, down and across)."""
    steps = [[cv2.Sobel(image, cv2.CV_32F, *way) for way in ((1, 0), (0, 1))] for image in grains.images]
    return np.stack([np.hypot(*step) for step in steps])


# %% tags=["depth"]
ignorant = [explain.randomised(expert, seed) for seed in range(max(1, min(5, profile.repeats // 2)))]
tested = methods | {"constant map": constant, "silhouette": silhouette, "edges": edges, "the filter": filtered}
pointed = {name: method(expert, spotted) for name, method in tested.items()}
without = {name: np.concatenate([tested[name](each, spotted) for each in ignorant]) for name in tested}
plots.show(
    plots.evidence(
        spotted.images[:5],
        {name: pointed[name][:5] for name in (*methods, "the filter")},
        masks=where[:5],
        titles=[f"p = {value:.2f}" for value in training.predict(expert, spotted[:5])],
    ),
    alt="Five grains with inclusions, outlined, and where four methods point: Grad-CAM broadly, the others at small spots on them and beside.",
    of="grown",
)
for name, score in (("LeNet", training.predict(expert, exam)), ("the filter", filtered(None, exam).max(axis=(1, 2)))):
    print(f"{name}: ROC-AUC {evaluation.auc_interval(exam.y, score):.2f} with or without inclusions")

# %% [markdown] tags=["depth"]
# **What we see.** Outlined is the truth: where the pair differs by a quarter of its largest difference or more, and a pixel around. Neighbouring inclusions run together in it, faint ones are missed. *p* is the network's probability of inclusions: where it is low, the network missed them, and a map cannot show what it went by. How well does each map hit them, on all grains? The **share** is the map's sum on the truth, divided by its whole sum.


# %% tags=["depth"]
def mean_share(maps):
    truths = np.concatenate([where] * (len(maps) // len(where)))  # once for each shuffling
    shares = []
    for evidence, spots in zip(np.maximum(maps, 0), truths):
        if evidence.max() > 0:  # one that is 0 throughout lies nowhere
            shares.append(evidence[spots].sum() / evidence.sum())
    half = 1.96 * np.std(shares) / np.sqrt(max(1, len(spotted)))
    return evaluation.Interval(np.mean(shares), np.mean(shares) - half, np.mean(shares) + half)


rows = {}
for name, each in pointed.items():
    alike = np.median(explain.similarity(np.concatenate([each] * len(ignorant)), without[name]))
    verdict = "passes" if abs(alike) < 0.5 else "fails"
    shares = [f"{mean_share(of):.2f}" for of in (each, without[name])]
    rows[name] = [f"{alike:+.2f}: {verdict}", *shares]
print(
    f"share on the truth, {len(spotted)} grains; a constant map has {where.mean():.2f}, the truth's share of the image"
)
pd.DataFrame(rows, index=["test 1, similarity", "share, learned weights", "share, shuffled weights"]).T

# %% [markdown] tags=["depth"]
# **What we see.** Test 1 is the median rank correlation with the maps of shuffled weights, below ½ up or down to pass; the dummies and the filter, which never ask the network, have 1 and fail, as they should. In brackets are 95 % intervals over grains. The filter may have the highest share of all, without a network: *we* knew what to look for. Where you know that, a filter may do.
#
# This is one network and one feature, and that is too little: Grad-CAM of the last convolution may pass test 1 after one training and fail it after the next. In the shipped run it failed on inclusions with two networks of three. The core's picture is of twelve networks and four features; here is what it was made of:

# %% tags=["depth"]
plots.show(
    plots.truth_scores(marks),
    alt="Shares on the truth for zoning, rim, inclusions and outline: eight methods, three networks each, and shuffled weights.",
    of="grown",
)

# %% [markdown] tags=["depth"]
# **What we see.** Filled dots: networks that learned (ROC-AUC 0.97 to 1.00, so they did find the feature), each with its interval over grains. Hollow dots: the mean of five shufflings of each, and their range. Dotted: a constant map. The networks' scores are in the columns `auc` of `explanations.csv`.
#
# - **No method is best everywhere, and share and gain disagree.** Of those that ask the network, integrated gradients have the largest share on zoning (0.86) and rim (0.87), occlusion on inclusions (0.65) and outline (0.80). By *gain* they come last on zoning: 0.12, against 0.27 of occlusion and 0.35 and 0.20 of Grad-CAM (last, first), all means of three networks. Elsewhere both agree: on the rim integrated gradients gain 0.28, occlusion 0.12 (0.70, and 0.58 with shuffled weights).
# - **Grad-CAM of the last convolution stays below the silhouette on average on all four** (one network of twelve is above it). On rim and outline two networks of three get *less* than with their weights shuffled; and it fails test 1 with two networks of three on outline and inclusions, with one on zoning. Its dots differ between three networks that answer equally well: an explanation has a seed, too.
# - **The edges of the image score 0.82 on the rim and 0.91 on the outline**, nearly the best and the best of all, and know nothing of any network. A high share that fails test 1 explains no network.
# - **Integrated gradients with shuffled weights** get about what the silhouette gets, on the outline 0.49: not far from the 0.61 of those that learned. On inclusions (0.52 and 0.28) and on the rim (0.87 and 0.59) the two are farther apart, as they are for occlusion on inclusions (0.65 and 0.18).
#
# Mind what a low score can mean: that the method points wrongly, or that the network goes by a part of the truth only. We know what *could* carry the class, not what this network took of it.
#
# ## Layer by layer
#
# A model cut off behind a layer gives that layer's **feature maps**: for each filter, each **channel**, an image of where it answers, and how much.

# %% tags=["depth"]
names = ["C1", "S2", "C3", "S4", "C5", "S6"]
cut = keras.Model(model.inputs[0], [model.get_layer(name).output for name in names])
layer_maps = {name: np.asarray(each)[0] for name, each in zip(names, cut(one))}
plots.show(
    plots.feature_grid(layer_maps, channels=3),
    alt="The first three feature maps of each of six layers for one grain, finer on the left, coarser on the right.",
    of=made,
)
widgets.feature_map_browser(aside.images[:24], explain.feature_maps(model, aside[:24]))

# %% [markdown] tags=["depth"]
# **What we see.** The paper's Figure 11, for our network and the same grain: a column for each layer, its first three channels, each on its own scale. Each pooling halves the side and keeps the strongest answers. If a map is the same everywhere, *flat* is written on it. With the *panel* below the figure one can leaf through grains, layers and channels.
#
# How large is the part of the grain that one number depends on, its **receptive field**? We measure it: keep a square of the image as it is, put noise everywhere *outside*, and see how much the number in the middle of a layer changes.

# %% tags=["depth"]
# One number near the middle of each layer's maps: its row and column, and the middle of the pixels it stands over.
# Number 8 of C3, behind one pooling, stands over pixels 16 and 17; number 4 of C5, behind two, over 16 to 19.
middles = {"C1": (16, 16.0), "C3": (8, 16.5), "C5": (4, 17.5)}
noise = np.random.default_rng(SEED).random((50, 32, 32, 1), dtype="float32")
rows, columns = np.indices((32, 32))
fig, ax = plt.subplots(figsize=(7.5, 2.9), layout="constrained")
for (name, (place, centre)), colour in zip(middles.items(), plots.LINES):
    number_of = keras.Model(model.inputs[0], model.get_layer(name).output[:, place, place])
    away = np.maximum(abs(rows - centre), abs(columns - centre))  # how far each pixel is from the middle
    sides = np.arange(1 if name == "C1" else 2, 27, 2)
    changed = []
    for side in sides:
        kept = (away < side / 2)[..., None]
        noisy = np.where(kept, one, noise)  # the square stays, the rest is noise
        changed.append(float(np.abs(number_of(noisy) - number_of(one)).mean()))
    changed = np.array(changed)
    if not changed.max():
        print(f"{name}: all its numbers there are 0, whatever lies outside")
        continue
    ax.plot(sides, changed / changed.max(), "o-", ms=3, color=colour, label=name)
    field = int(sides[changed < 1e-5 * changed.max()].min())
    print(f"{name}: from {field} × {field} network px on nothing changes any more")
ax.set(xlabel="side of the square that is kept (network px)", ylabel="change of the numbers (largest = 1)")
ax.legend()
plots.show(
    fig, alt="The change of the numbers in C1, C3 and C5 falls to 0 where the square that is kept grows.", of=made
)

# %% [markdown] tags=["depth", "exercise:receptive_field"]
# **What we see.** Read off where each line reaches 0. On the way there it may even rise: grain amid noise has a new edge, to which a number may answer more than to noise alone. The deeper a layer, the *broader* the part of the grain that each of its numbers depends on. C1 sees an edge or the side of a band; C5 most of a small grain. The paper says that C1 extracts the larger-scale features, and deeper layers angles and corners; by what a number depends on, it is the other way round. C1's map *looks* most like the grain because it has the most pixels, but each depends on the fewest.
#
# ### Exercise: one layer more
#
# Give LeNet a fourth block: behind S6 a convolution C7, this one 5 × 5, and a pooling S8. On a square of how many network px a side does one number of C7 depend, if the image is large enough? The rule is in notebook 3: each layer adds (kernel − 1) × the product of all strides before it.

# %% tags=["depth", "exercise:receptive_field", "answer"]
my_field = ...  # one number

# %% tags=["depth", "check", "nbval-check-output"]
ex.receptive_field.check(my_field)

# %% [markdown] tags=["depth"]
# ## Does C1 recognize an apatite inclusion?
#
# The paper looks at C1's maps of one grain and writes: *the model is clearly able to recognize the presence of an apatite inclusion* (section 3.6). On the grown pairs we know where the inclusions are, so this can be tested. How well do the numbers of C1's best channel mark the pixels of inclusions among those of the grain, its outermost pixels left out? The score is a ROC-AUC over the pixels of each grain: 0.5 marks nothing, 1 marks all. The best channel, and whether it is bright or dark there, is chosen on half of the grains and scored on the other half. Beside it: C1 **before it learned anything**.


# %% tags=["depth"]
# @title How well a layer's best channel marks inclusions
def marked(maps):
    """How well the best channel marks inclusions: a ROC-AUC for each grain of the second half."""
    aucs = []
    for spots, each, inside in zip(specks[cut_off // 2 :], maps, binary_erosion(spotted.masks, np.ones((1, 3, 3)))):
        ranks, spots = rankdata(each[inside], axis=0), spots[inside]  # pixels of the grain; a column for each channel
        n, m = spots.sum(), (~spots).sum()
        aucs.append((ranks[spots].sum(axis=0) - n * (n + 1) / 2) / (n * m))
    choosing, scoring = np.array_split(np.array(aucs), 2)
    best = np.abs(choosing.mean(axis=0) - 0.5).argmax()
    return scoring[:, best] if choosing[:, best].mean() > 0.5 else 1 - scoring[:, best]


def c1(model):
    return np.asarray(keras.Model(model.inputs[0], model.get_layer("C1").output)(spotted.x))


# %% tags=["depth"]
keras.utils.set_random_seed(SEED)
untrained = build()  # the start from which all networks here learned
scored = {"untrained C1": marked(c1(untrained))}
scored |= {f"C1, {name}": marked(c1(each)) for name, each in (networks | {"taught inclusions": expert}).items()}
scored |= {"the filter": marked(filtered(None, spotted)[..., None]), "the grey itself": marked(spotted.x)}
rows = {}
for name, each in scored.items():
    less = evaluation.paired_difference(each, scored["untrained C1"])
    rows[name] = [f"{evaluation.paired_difference(each, 0 * each):.3f}", f"{less:+.3f}" if less.value else "–"]
inclusions = twenty[twenty["property"] == "inclusions"]
fives, singles = (inclusions[(inclusions["network"] == "all") == is_mean] for is_mean in (True, False))
print(
    f"inclusions move p, twenty networks: means of five {fives['change'].min():+.2f} to {fives['change'].max():+.2f},"
)
print(f"single networks {singles['change'].min():+.2f} to {singles['change'].max():+.2f},")
print(f"single grains, up or down, on average by {fives['either_way'].min():.2f} to {fives['either_way'].max():.2f}")
pd.DataFrame(rows, index=["mean ROC-AUC over pixels", "less untrained C1"]).T

# %% [markdown] tags=["depth"]
# **What we see.** Inclusions show in C1 before the network has learned anything, and in the bare grey better still: an inclusion is dark, and the best of six untrained kernels passes that on. The last column has what training adds, paired over grains. Where its interval lies below 0, learning has made C1's best channel *worse* at marking them. That can happen even to the network that was taught inclusions: it answers from all channels and layers together. So if one *sees* an apatite in C1's maps, it is in the image; whether the model recognizes it, C1 cannot tell.
#
# Does the answer *use* inclusions? In our twenty networks little: the lines above the table say how little. These are not the paper's network, and what does not use an inclusion may still recognize it.
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

# %% tags=["depth"]
p, lost, channels = answers["with augmentation"], {}, 0
for name in ("C1", "C3", "C5"):
    channels += layer_maps[name].shape[-1]
    for channel in range(0, layer_maps[name].shape[-1], max(1, 24 // profile.repeats)):
        off = training.predict(explain.without_channel(model, name, channel), aside)
        lost[f"{name}, {channel}"] = evaluation.auc_difference(aside.y, off, p)
table = evaluation.table(lost)
clear = table[(table["high"] < 0) | (table["low"] > 0)]
print(f"tested: {len(table)} of {channels} channels")
by_chance = binom.sf(len(clear) - 1, len(table), 0.05)
print(
    f"{len(clear)} of {len(table)} intervals leave out 0; by chance as many or more would with probability {by_chance:.2f}"
)
print(f"without a channel the ROC-AUC changes by {table['value'].min():+.3f} to {table['value'].max():+.3f}")
(table.loc[table["value"].abs().sort_values().index[-5:]]).round(3)

# %% [markdown] tags=["depth", "exercise:idle_channel"]
# **What we see.** The five channels that are missed most, or whose absence helps most, with 95 % intervals over grains of the paired change. The probability printed takes the intervals as independent. If it is above 0.05, chance alone may have done this, and no single channel is shown to matter.
#
# ### Exercise: not missed
#
# A network's logit is the sum of the answers of two channels and a bias. On every grain the two channels answer exactly alike, and its ROC-AUC is 0.85. What is the ROC-AUC **without the one** channel, and what **without both**?

# %% tags=["depth", "exercise:idle_channel", "answer"]
my_aucs = ...  # two numbers: (without one, without both)

# %% tags=["depth", "check", "nbval-check-output"]
ex.idle_channel.check(my_aucs)

# %% [markdown] tags=["depth"]
# ## On a model of your own
#
# Occlusion and integrated gradients work on any Keras model that ends in one sigmoid neurone or in a softmax over many classes, and on one that comes from a file; feature maps and Grad-CAM need a convolution in it. First a file, as if it were yours, then three lines:

# %% tags=["depth"]
import tempfile
from pathlib import Path

from zirconkit.networks import exports

file = Path(tempfile.mkdtemp()) / "mine.keras"
model.save(file)

again = exports.load(file)
evidence = explain.occlusion(again, aside[:20], towards=aside[:20].y)
check = explain.randomisation_check(explain.occlusion, again, aside[:20], seeds=range(2))
print(f"{evidence.shape[0]} maps of {evidence.shape[1]} × {evidence.shape[2]} px")
print(f"test 1 for them: similarity {check['median']:+.2f} ({check['low']:+.2f} to {check['high']:+.2f})")

# %% [markdown] tags=["depth"]
# **What we see.** One map for each grain, as large as the image, and its similarity to the map of shuffled weights: the median over grains and shufflings, and where 90 of 100 lie. Near 0 it passes test 1, as occlusion did in the core; test 2 needs a planted feature. Show maps with `plots.evidence`, and never alone: beside them the map of a shuffled network, and the edges of the image.

# %% tags=["frame"]
from zirconkit.exercises import score_card

score_card(ex)

# %% [markdown] tags=["frame"]
# **Take away.** What a few grains or a map of evidence suggest is a guess; change one property of a grain, keep the rest, and the answer itself says what counts. Ask many grains and several networks, and give the change an interval over both. A map is a claim: it must need what was learned and must hit what was planted, and a cheap filter may do better if you know what to look for.
#
# **Terms.** *[intervention](GLOSSARY.md#intervention)* · *[dose–response curve](GLOSSARY.md#dose-response-curve)* · *[map of evidence](GLOSSARY.md#map-of-evidence)* · *[logit](GLOSSARY.md#logit)* · *[occlusion](GLOSSARY.md#occlusion)* · *[Grad-CAM](GLOSSARY.md#grad-cam)* · *[integrated gradients](GLOSSARY.md#integrated-gradients)* · *[receptive field](GLOSSARY.md#receptive-field)*
#
# **Read on.** Nathwani et al. (2023), https://doi.org/10.1029/2022JB025933: section 3.6 and Figures 5 and 11 are what is tested here. · Zeiler and Fergus (2014), https://doi.org/10.1007/978-3-319-10590-1_53: occlusion. · Selvaraju et al. (2017), https://doi.org/10.1109/ICCV.2017.74: Grad-CAM. · Sundararajan et al. (2017), https://arxiv.org/abs/1703.01365: integrated gradients. · Adebayo et al. (2018), https://arxiv.org/abs/1810.03292: maps that do not need the network.
#
# Next: [10 · The space of textures](10_the_space_of_textures.ipynb).
