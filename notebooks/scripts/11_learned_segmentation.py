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
# @title Imports, and one small grain
import cv2
import keras
import numpy as np
import pandas as pd
from keras import layers
from zirconkit import course, mounts, plots, samples, segmentation, synthetic, widgets
from zirconkit.exercises import learned as ex
from zirconkit.networks import unet as training
from zirconkit.synthetic import microscopes

profile = course.profile(PROFILE)
quick = profile.name == "quick"
found = course.enough("11", mounts.find(DATA, profile.name))
made = mounts.provenance(found)
grown = next(mount for mount in mounts.embedded() if mount.sample == "QVC075")  # its truth is complete
image, labels = grown.image(), grown.truth()
box = np.s_[439:471, 861:893]
patch, truth = image[box], labels[box] == labels[453, 877]
plots.show(
    plots.gallery([patch], ["32 by 32 pixels"], columns=1, width=3.2, vmax=160),
    alt="One small bright grain on black resin, its pixels visible; its rim fades over two or three pixels.",
    of="grown",
)


def drawn_on(picture, outlines, times=3, gain=1.6):
    """The picture enlarged and brightened, with the outlines in green."""
    large, wide = (each.repeat(times, 0).repeat(times, 1) for each in (picture, outlines))
    return plots.outlined(large, wide, gain, plots.LINES[0], thickness=3)


# %% [markdown] tags=["predict:one_pixel"]
# # 11 · Learned segmentation
#
# Above is a grain of about 25 pixels across; where does it end? Suppose that you draw its outline **one pixel too far out**, all around. Divide the pixels that your grain and the true one share by the pixels that either of them holds: the **intersection over union**, IoU, 1 for a perfect outline.
#
# **Predict** that IoU: a number from 0 to 1.

# %% tags=["predict:one_pixel", "answer"]
my_iou_guess = ...  # such as 0.95

# %% tags=["check"]
ex.one_pixel.commit(my_iou_guess)

# %% [markdown] tags=["frame"]
# **The idea:** a network can learn where one thing ends, from examples whose outlines are known.
#
# **You will** draw a boundary pixel by pixel · score outlines by IoU, and see why accuracy flatters · build a U-Net and take away what makes it sharp · set a network that learned from grown mounts beside the published recipe and the watershed · show all three a grey ground, and a negative.
#
# **You need** notebooks 4 (training) and 7 (honest scores); the recipe and the watershed are those of notebook 1. This notebook is an elective. The corner of a figure says whether its data are *grown*, drawn by a program, or real. **Time** core 50 min (exercises in it), going deeper 35 min, 60 s to run.

# %% [markdown]
# ## 1 · Draw a boundary
#
# Each row of the patch gets a first and a last column; both count as grain. The red line follows, and so does the IoU. Arrow keys move a slider by one pixel.

# %%
desk = widgets.OutlineDesk(patch, truth)
desk

# %% [markdown] tags=["exercise:drawn"]
# ### Exercise: where does it end?
# Draw the grain, row by row, until IoU is at least 0.85. Then run both cells. (No sliders where you read this? `widgets.drawn_mask([(0, 0), (5, 12), …], 32)` makes a mask of 32 rows; `(0, 0)` leaves a row empty.)

# %% tags=["exercise:drawn", "answer"]
my_outline = desk.mask() if desk.mask().any() else ...

# %% tags=["check"]
ex.drawn.check(ex.drawn_outline(my_outline, truth))

# %%
# @title The same without sliders: outlines one pixel in, true, one pixel out
square = np.ones((3, 3), np.uint8)
wide, narrow = (change(truth.astype(np.uint8), square) > 0 for change in (cv2.dilate, cv2.erode))
outlines = {"one pixel in": narrow, "true": truth, "one pixel out": wide}
shared = {name: np.sum(mask & truth) / np.sum(mask | truth) for name, mask in outlines.items()}
large = [drawn_on(patch, mask, 8) for mask in outlines.values()]
plots.show(
    plots.gallery(large, [f"{name}: IoU {value:.2f}" for name, value in shared.items()], columns=3, width=8),
    alt="The grain three times, with an outline one pixel too far in, the true one, and one pixel too far out.",
    of="grown",
)
ex.one_pixel.meet((shared["one pixel out"], shared["one pixel in"]))

# %% [markdown]
# **What we see.** One pixel, less than the width over which the rim fades, costs a small grain about a fifth of its IoU. So perfect outlines are not asked for. A drawn grain and a true one **match** at IoU ≥ 0.5, or, more strictly, at IoU ≥ 0.75. **F1** = 2 × matched / (drawn + true): 1 if every true grain has its match and nothing else is drawn.

# %% [markdown] tags=["exercise:overlap"]
# ### Exercise: the score in code
# Write IoU for two masks (`bool` arrays of one shape, not both empty).


# %% tags=["exercise:overlap", "answer"]
def my_iou(found, truth):
    return ...


# %% tags=["check", "nbval-check-output"]
ex.overlap.check(my_iou)

# %%
# @title A method that finds nothing at all, on the whole mount
nothing = np.zeros(labels.shape, bool)
is_grain = labels > 0
accuracy = (nothing == is_grain).mean()
print(f"It calls every pixel resin. Accuracy {accuracy:.2f}, IoU of the grains {np.sum(nothing & is_grain):.2f}.")

# %% [markdown]
# **What we see.** **Accuracy** is the share of pixels that are called right. Nine pixels in ten are resin, so finding nothing is right nine times in ten. IoU asks about grains, and says 0.
#
# ## 2 · A network that answers for each pixel
#
# A **U-Net** (Ronneberger and others, 2015) goes down and up. Going down, pooling halves the size three times, so that each number sees farther. Going up, each step doubles the size, and a **skip connection** hands over the maps from the same height on the way down. The last layer gives each pixel the probability of three classes: *resin*, *inside* of a grain, and *boundary*, its outermost pixel. The third class is meant to keep touching grains apart.


# %%
def convolved(x, channels):
    for _ in range(2):
        x = layers.Conv2D(channels, 3, padding="same", use_bias=False)(x)
        x = layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))
    return x


def u_net(widths=(8, 16, 32), bottom=64, skip=True):
    x = pixels = keras.Input((None, None, 1))
    kept = []
    for width in widths:  # down
        x = convolved(x, width)
        kept.append(x)
        x = layers.MaxPooling2D(2)(x)
    x = convolved(x, bottom)
    for width, same_size in zip(widths[::-1], kept[::-1]):  # up
        x = layers.UpSampling2D(2)(x)
        if skip:
            x = layers.Concatenate()([same_size, x])
        x = convolved(x, width)
    return keras.Model(pixels, layers.Conv2D(3, 1, activation="softmax")(x))


# %% [markdown]
# It learns from **crops** of a grown mount whose truth is complete. Each crop is shown as another microscope would have shown it (**domain randomisation**): another exposure, blur, noise, scale, a grey ground. We train it once with skip connections and once without, on the same crops.

# %%
teacher = next(mount for mount in mounts.embedded() if mount.sample == "QVC082")
lesson = synthetic.SyntheticMount(teacher.sample, teacher.image(), teacher.truth(), teacher.truth_table())
crops = training.Crops([lesson], steps=2 if quick else 200, batch=8, side=64, seed=SEED)
models = {}
for name, skip in {"with skip connections": True, "without": False}.items():
    keras.utils.set_random_seed(SEED)
    models[name] = u_net(skip=skip)
    rate = keras.optimizers.schedules.CosineDecay(5e-3, len(crops))  # falls to nothing
    models[name].compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", run_eagerly=quick)
    models[name].fit(crops, epochs=1, shuffle=False, verbose=0)

# %%
# @title Both on a patch of a mount that was not in their training, and the network that the kit ships
window = np.s_[224:320, 120:216]
seen, goal = image[window], training.target(labels[window])
maps = {name: np.moveaxis(np.asarray(model(segmentation.as_input(seen)[None, ..., None]))[0], -1, 0)
        for name, model in models.items()}  # fmt: skip
maps["the kit's, trained for longer"] = np.float32(segmentation.probabilities(image))[:, window[0], window[1]]
panels = [seen, 255 * (goal > 0), *(255 * (1 - each[0]) for each in maps.values())]
plots.show(
    plots.gallery(panels, ["the patch", "true grain", *maps], columns=5, width=10),
    alt="A patch of a mount, its true grains, and how probable grain is at each pixel, for three networks; without skips the edges are soft.",
    of="grown",
)
per_class = {
    name: [np.sum((each.argmax(0) == kind) & (goal == kind)) / np.sum((each.argmax(0) == kind) | (goal == kind))
           for kind in range(3)]
    for name, each in maps.items()
}  # fmt: skip
pd.DataFrame(per_class, index=["resin", "inside", "boundary"]).T.round(2)

# %% [markdown] tags=["exercise:skips"]
# White in the last three pictures: the network is sure of grain. (The black corner is a missing tile, which cuts the upper grain straight.)
#
# ### Exercise: what a skip connection keeps
# What does the network lack without skip connections?
#
# - **a** it no longer knows *whether* there is a grain at a place
# - **b** it no longer sees *far enough* around the pixel it judges
# - **c** it no longer knows *exactly where* inside a place it ends
# - **d** it no longer has *time enough* to learn what a grain is

# %% tags=["exercise:skips", "answer"]
my_letter = ...

# %% tags=["check", "nbval-check-output"]
ex.skips.check(my_letter)

# %% [markdown]
# **What we see.** Without skip connections neighbouring grains run together. The table has the IoU of each class on this one patch. *Boundary*, one pixel wide, is the hardest: the two small networks name it nowhere or almost nowhere, the kit's does. The first two differ in the skip connections, and in the weights that read what these bring. Each was trained once: how much another seed would change, we did not measure.
#
# ## 3 · Three methods on one mount
#
# - The **published recipe** joins edges to closed contours, and fills them.
# - The **watershed** takes what is brighter than resin, moves each outline in to half of the rim's brightness, and cuts touching grains apart where they are narrowest.
# - The **network** learned from 40 grown mounts, and from no real one. What is resin with a probability under 0.3 becomes grain (0.3 was the best of three values on other grown mounts); *inside* and *boundary* count alike here. What has less than a fifth of the usual contrast is left out. Touching grains are cut apart as in the watershed.
#
# None of them was made with the mount below. In the table, `n` grains are drawn and `n_truth` are true; `f1_50` and `f1_75` are F1 with matches at IoU 0.5 and 0.75. `mean_iou` is over the matches alone, so a grain that is lost does not lower it.

# %%
methods = {"published": segmentation.published, "watershed": segmentation.watershed, "network": segmentation.network}
outlined = {name: method(image) for name, method in methods.items()}
scores = {name: segmentation.segmentation_scores(each, labels) for name, each in outlined.items()}
columns = ["n", "n_truth", "f1_50", "f1_75", "mean_iou"]
pd.DataFrame(scores).T[columns].astype(float).round(3)

# %%
# @title Touching grains by all three, and who is lost in the whole mount
window = np.s_[280:430, 480:630]
pictures = [drawn_on(image[window], each[window]) for each in (*outlined.values(), labels)]
lost = {}
for name, each in outlined.items():
    _, numbers, iou = segmentation.grain_overlaps(each, labels)
    best = iou.max(axis=0) if iou.size else np.zeros(len(numbers))
    lost[name] = grown.truth_table().set_index("grain").loc[numbers[best < 0.5]]
titles = [*(f"{name}: {len(each)} lost in all" for name, each in lost.items()), "true outlines"]
fig = plots.gallery(pictures, titles, columns=4, width=10)
top, left = (side.start for side in window)
for ax, each in zip(fig.axes, lost.values()):
    near = each[each["row"].between(top, top + 150) & each["col"].between(left, left + 150)]
    ax.plot(3 * (near["col"] - left), 3 * (near["row"] - top), "x", color=plots.LINES[1], ms=12, mew=3)
plots.show(
    fig,
    alt="Touching grains outlined by the published recipe, the watershed and the network, and truly; a cross marks a lost grain.",
    of="grown",
)
for name, each in lost.items():
    dim = each["brightness"] < np.median(grown.truth_table()["brightness"]) / 2
    print(f"{name}: lost {len(each)}; of these {dim.sum()} dim, {int(each['contaminant'].sum())} other minerals")

# %% [markdown]
# **What we see.** A true grain without a match is *lost* (pink cross; the numbers are of the whole mount). *Dim*: less than half as bright as the median grain; other minerals belong to the truth, too. The recipe draws one contour round grains that touch, and loses them. The three below touch in a ring, and no method separates them: these are all that the network loses. Watershed and network differ by one grain of a hundred, which one mount does not resolve: on this black ground the rule needs no training to be as good.
#
# **Discuss.** The network needs thousands of outlined grains (here drawn by a program, with their truth; elsewhere by people), the watershed none. When is learning worth that?

# %%
# @title On the data of this run
here = found[0]
views = {name: segmentation.segment_mount(here, name) for name in methods}
window = segmentation.fullest_window(views["watershed"].labels)
pictures = [drawn_on(each.image[window], each.labels[window], 2) for each in views.values()]
titles = [f"{name}: {each.labels.max()} objects in all of {here.sample}" for name, each in views.items()]
plots.show(
    plots.gallery(pictures, titles, columns=3, width=10),
    alt=f"A part of {here.sample} with the outlines of three methods.",
    of=made,
)

# %% [markdown]
# **What we see.** More objects need not be better. No truth is used here, as there is none for a mount of your own, so judge by eye: look for outlines that cross into the resin, and for grains without one.

# %% [markdown] tags=["depth", "predict:grey_ground"]
# ## Another microscope: a grey ground, and a negative
#
# We lay a part of the same grains on a grey, uneven ground, as reflected light shows a polished section. The watershed's rule was made for black resin. Half of the network's training crops had such a ground. We show them the negative as well (255 − grey level), which no training crop was.
#
# **Predict** the watershed's F1 on the grey ground, at IoU 0.5. On black, this part has 0.87.

# %% tags=["depth", "predict:grey_ground", "answer"]
my_f1_guess = ...  # a number from 0 to 1

# %% tags=["depth", "check"]
ex.grey_ground.commit(my_f1_guess)

# %% tags=["depth"]
rng = np.random.default_rng(0)
part = np.s_[200:700, 100:700]
grey = microscopes.lay_on_ground(np.float32(image[part]), labels[part] > 0, rng)
grounds = {"black": image[part], "grey": np.rint(grey).clip(0, 255).astype(np.uint8), "negative": 255 - image[part]}
drawn = {ground: {name: method(view) for name, method in methods.items()} for ground, view in grounds.items()}
f1 = {
    ground: {name: segmentation.segmentation_scores(each, labels[part])["f1_50"] for name, each in by.items()}
    for ground, by in drawn.items()
}
ex.grey_ground.meet(f1["grey"]["watershed"])
pd.DataFrame(f1).round(2)

# %% tags=["depth"]
# @title The outlines on grey
plots.show(
    plots.gallery([drawn_on(grounds["grey"], each, 2, 1) for each in drawn["grey"].values()], [*methods], 3, 10),
    alt="Grains on a grey, uneven ground, outlined by three methods; the watershed outlines brighter ground as well.",
    of="grown",
)

# %% [markdown] tags=["depth"]
# **What we see.** On grey the network keeps its F1; the watershed loses some of it, because it takes patches of brighter ground for grains. On the negative both fail. The recipe's F1 is the lowest on black and grey, and the same on the negative as on black: an edge is an edge either way. The part has 32 true grains, so a difference of a few hundredths is one or two grains.
#
# ## How sure is it?
#
# **Predicted doubt** is 1 minus the largest of the three probabilities: 0 where the network is sure.

# %% tags=["depth"]
chances = np.float32(segmentation.probabilities(image[part]))
doubt = 1 - chances.max(axis=0)
wrong = chances.argmax(axis=0) != training.target(labels[part])
sure = doubt < 0.1
strange = np.float32(segmentation.probabilities(grounds["negative"]))
mistaken = (strange.argmax(axis=0) != training.target(labels[part]))[1 - strange.max(axis=0) < 0.1]
print(
    f"Wrong where it is sure (doubt under 0.1): {wrong[sure].mean():.1%} of pixels, in doubt {wrong[~sure].mean():.0%}"
)
print(f"On the negative, wrong where it is sure: {mistaken.mean():.0%}")
window = segmentation.fullest_window(labels[part], size=(160, 240))
plots.show(
    plots.gallery(
        [image[part][window], 400 * doubt[window], 255 * wrong[window]], ["the mount", "doubt", "wrong"], 3, 10
    ),
    alt="A part of a mount, the network's doubt, and the pixels where it is wrong: both lie along the outlines.",
    of="grown",
)

# %% [markdown] tags=["depth", "exercise:boundary_score"]
# **What we see.** Doubt lies along outlines, and so do the errors. On the negative, unlike anything in its training, the network is wrong even where it is sure: small doubt is no proof.
#
# ### Exercise: a score for outlines alone
# **Boundary F1** looks at the outermost pixels of each mask: those with one of their four neighbours outside. *Precision*: which share of the found ones lies at most `tolerance` pixels from a true one, in a straight line; *recall*: the other way round; F1: 2 × precision × recall / (precision + recall). Write it; no mask is empty.


# %% tags=["depth", "exercise:boundary_score", "answer"]
def my_boundary_f1(found, truth, tolerance):
    return ...


# %% tags=["depth", "check", "nbval-check-output"]
ex.boundary_score.check(my_boundary_f1)

# %% tags=["depth"]
# @title Boundary F1 of the three methods, whole mount, tolerance 1 px
pd.Series({name: ex.boundary_f1(each > 0, is_grain, 1) for name, each in outlined.items()}).round(2)

# %% [markdown] tags=["depth"]
# **What we see.** The recipe thickens its edges, so its outlines lie outside the true ones; the two others keep to them.
#
# ## Phases in thin section
#
# A thin section is rock cut so thin that light shines through. No threshold of brightness parts its minerals: quartz and alkali feldspar are alike in **plane-polarized light** (PPL), and between **crossed polarizers** (XPL) each grain's colour depends on how it lies. Below is a grown sandstone, and the phase that the kit's network names at each pixel. It learned from grown sandstones alone.

# %% tags=["depth"]
from matplotlib.patches import Patch
from zirconkit import thin_sections
from zirconkit.networks import phases

(field,) = thin_sections.grown([900 + SEED])
field = field._replace(ppl=field.ppl[:200, :260], xpl=field.xpl[:200, :260], phases=field.phases[:200, :260])
namer, _, _ = phases.load(thin_sections.shipped())
named = phases.probabilities(namer, phases.stacked(field.ppl, field.xpl), turns=1).argmax(axis=-1).astype(np.uint8)
pictures = [field.ppl, field.xpl, *(thin_sections.overlay(field.ppl, which) for which in (field.phases, named))]
fig = plots.gallery(pictures, ["plane-polarized", "crossed polarizers", "true phases", "named"], columns=2, width=7)
called = {"feldspar": "alkali feldspar", "lithic": "lithic (piece of rock)", "background": "between the grains"}
key = [Patch(color=np.array(colour) / 255, label=called.get(phase, phase))
       for phase, colour in thin_sections.COLOURS.items() if phase != "background"]  # fmt: skip
fig.legend(handles=key, loc="outside lower left", ncols=4, fontsize=8, frameon=False)
plots.show(
    fig,
    alt="A grown sandstone in two lights, with its true phases and with those that a network names.",
    of="grown",
)
score = thin_sections.scores(thin_sections.confusion(field.phases, named))
print(f"accuracy {score['accuracy']:.2f}, mean IoU over the phases {score['mean_jaccard']:.2f}, on this one field")

# %% tags=["depth"]
# @title What a petrographer wants: per cent of the area (the mode), true and named
both = {"true": field.phases, "named": named}
percent = {name: thin_sections.modes(which).set_index("phase")["area_percent"].round(1) for name, which in both.items()}
pd.DataFrame(percent).rename(called)

# %% tags=["depth"]
# @title The same weights on sixteen real fields of eight sections (measured before, shipped): accuracy with its 95 % interval
real = pd.read_csv(samples.DATA / "results/thin_sections.csv", index_col="method").loc[["grown_only", "all_background"]]
real[["accuracy", "accuracy_low", "accuracy_high"]].round(2)

# %% [markdown] tags=["depth"]
# **What we see.** On this grown field it names most pixels rightly, but finds only about half of the plagioclase and too much alkali feldspar. On real rocks the same weights (`grown_only`) are no better than calling every pixel background: grown rocks taught it grown rocks. `benchmarks/thin_sections.py --train FOLDER` goes on to learn from real fields. Split them by section: a field is like its neighbour from the same section.

# %% tags=["frame"]
from zirconkit.exercises import score_card

score_card(ex)

# %% [markdown] tags=["frame"]
# **Take away.** A U-Net answers for each pixel: going down it learns what is there, and its skip connections keep where it ends. Accuracy flatters on a large background; IoU and F1 ask about the grains. A network knows the microscopes of its training, and can be sure and wrong on another. On the black ground here a simple rule does as well.
#
# **Terms.** *[U-Net](GLOSSARY.md#u-net)*: a network that pools an image down and enlarges it again, and answers for each pixel · *[skip connection](GLOSSARY.md#skip-connection)*: hands maps from the way down to the same height on the way up · *[intersection over union (IoU)](GLOSSARY.md#intersection-over-union-iou)*: pixels that two masks share over the pixels that either holds · *[boundary F1](GLOSSARY.md#boundary-f1)*: how well the outermost pixels of two masks agree, within a tolerance · *[domain randomisation](GLOSSARY.md#domain-randomisation)*: training pictures changed at random, farther than any one microscope would · *[predicted doubt](GLOSSARY.md#predicted-doubt)*: 1 minus the largest probability that a network gives a pixel
#
# **Read on.** Ronneberger et al. (2015), arXiv:1505.04597: the U-Net. · Tobin et al. (2017), https://doi.org/10.1109/IROS.2017.8202133: domain randomisation. · Beucher and Lantuejoul (1979): the watershed of a picture. · Nathwani et al. (2023), https://doi.org/10.1029/2022JB025933: section 2.1 is the published recipe.
#
# Next: [12 · Diffraction](12_diffraction.ipynb), another elective; or back to the start: [0 · Start here](00_start_here.ipynb).
