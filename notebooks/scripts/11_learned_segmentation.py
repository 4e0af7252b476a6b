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
from zirconkit import course, mounts, plots, segmentation, synthetic, widgets
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
# **You will** draw a boundary pixel by pixel · score outlines by IoU, and see why accuracy flatters · build a U-Net and take away what makes it sharp · set a network that learned from grown mounts beside the published recipe and the watershed · ask it about a microscope that it never saw.
#
# **You need** notebooks 4 (training) and 7 (honest scores). The corner of a figure says whether its data are *grown*, drawn by a program, or real. **Time** core 50 min (exercises in it), going deeper 35 min, 60 s to run.

# %% [markdown]
# ## 1 · Draw a boundary
#
# Each row of the patch gets a first and a last column; both count as grain. The red line follows, and so does the IoU. Arrow keys move a slider by one pixel.

# %%
desk = widgets.OutlineDesk(patch, truth)
desk

# %% [markdown] tags=["exercise:drawn"]
# ### Exercise: where does it end?
# Draw the grain, row by row, until IoU is at least 0.85. Then run both cells. (No sliders where you read this? `widgets.drawn_mask([(0, 0), (5, 12), …], 32)` makes a mask of 32 rows.)

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
large = [plots.outlined(np.kron(patch, np.ones((8, 8), np.uint8)), np.kron(mask, np.ones((8, 8), int)), 1.6)
         for mask in outlines.values()]  # fmt: skip
plots.show(
    plots.gallery(large, [f"{name}: IoU {value:.2f}" for name, value in shared.items()], columns=3, width=8),
    alt="The grain three times, with an outline one pixel too far in, the true one, and one pixel too far out.",
    of="grown",
)
ex.one_pixel.meet((shared["one pixel out"], shared["one pixel in"]))

# %% [markdown]
# **What we see.** One pixel, less than the width over which the rim fades, costs a small grain about a fifth of its IoU. So we call a grain *found* at IoU ≥ 0.5, and *well outlined* at IoU ≥ 0.75. **F1** is twice the number of matched grains over the number of found plus true grains: 1 if each grain is found and nothing else.

# %% [markdown] tags=["exercise:overlap"]
# ### Exercise: the score in code
# Write IoU for two masks (`bool` arrays of one shape).


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
# A **U-Net** (Ronneberger and others, 2015) goes down and up. Going down, pooling halves the size three times: each number sees farther, and says less exactly where. Going up, each step doubles the size, and a **skip connection** hands over the maps from the same height on the way down. The last layer gives each pixel the probability of three classes: *resin*, *inside* of a grain, and *boundary*, its outermost pixel.


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
crops = training.Crops([lesson], steps=12 if quick else 200, batch=4 if quick else 8, side=64, seed=SEED)
models = {}
for name, skip in {"with skip connections": True, "without": False}.items():
    keras.utils.set_random_seed(SEED)
    models[name] = training.train(u_net(skip=skip), crops, rate=5e-3)

# %%
# @title Both on a patch of a mount that they never saw, and the network that the kit ships
window = np.s_[224:320, 120:216]
seen, goal = image[window], training.target(labels[window])
maps = {name: np.moveaxis(np.asarray(model(segmentation.as_input(seen)[None, ..., None]))[0], -1, 0)
        for name, model in models.items()}  # fmt: skip
maps["the kit's, trained for longer"] = np.float32(segmentation.probabilities(image))[:, window[0], window[1]]
panels = [seen, *(255 * (1 - each[0]) for each in maps.values())]
plots.show(
    plots.gallery(panels, ["the patch", *(f"grain: {name}" for name in maps)], columns=4, width=10),
    alt="A patch of a mount, and how probable grain is at each pixel, for three networks; without skips the edges are soft.",
    of="grown",
)
per_class = {
    name: [np.sum((each.argmax(0) == kind) & (goal == kind)) / np.sum((each.argmax(0) == kind) | (goal == kind))
           for kind in range(3)]
    for name, each in maps.items()
}  # fmt: skip
pd.DataFrame(per_class, index=["resin", "inside", "boundary"]).T.round(2)

# %% [markdown]
# **What we see.** Without skip connections the edges are soft, and the grains that are near each other run together. The table has the IoU of each class on this one patch. *Boundary*, one pixel wide, is the hardest: seconds of training are hardly enough for it. The first two networks differ in the skip connections only; another seed moves such figures by several hundredths.

# %% [markdown] tags=["exercise:skips"]
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
# ## 3 · Three methods on one mount
#
# The kit's network learned from 40 grown mounts, and from no real one. Where its probability of resin is under 0.3 there is grain, unless that hardly stands out; touching grains are parted at their necks, by the rule that the watershed uses. The mount below was in no training.

# %%
methods = {"published": segmentation.published, "watershed": segmentation.watershed, "network": segmentation.network}
outlined = {name: method(image) for name, method in methods.items()}
scores = {name: segmentation.segmentation_scores(each, labels) for name, each in outlined.items()}
columns = ["n", "n_truth", "f1_50", "f1_75", "mean_iou"]
pd.DataFrame(scores).T[columns].astype(float).round(3)

# %%
# @title The same patch by all three
window = segmentation.fullest_window(labels, size=(260, 260))
pictures = [plots.outlined(image[window], each[window], 1.6) for each in outlined.values()]
lost = {}
for name, each in outlined.items():
    _, numbers, iou = segmentation.grain_overlaps(each, labels)
    best = iou.max(axis=0) if iou.size else np.zeros(len(numbers))
    lost[name] = grown.truth_table().set_index("grain").loc[numbers[best < 0.5]]
plots.show(
    plots.gallery(pictures, [f"{name}: {len(each)} grains lost" for name, each in lost.items()], columns=3, width=10),
    alt="One part of a mount with the outlines of the published recipe, the watershed and the network.",
    of="grown",
)
for name, each in lost.items():
    dim = each["brightness"] < np.median(grown.truth_table()["brightness"]) / 2
    print(f"{name}: lost {len(each)}; of these {dim.sum()} dim, {int(each['contaminant'].sum())} other minerals")

# %% [markdown]
# **What we see.** The table scores one grown mount. The recipe keeps contours as edges happen to close, and loses touching grains. Watershed and network differ little where the ground is black: a rule that fits its microscope needs no training. Differences of a hundredth are one grain in a hundred, and not resolved on one mount.
#
# **Discuss.** The network needs thousands of outlined grains, the watershed none. When is learning worth that?

# %%
# @title On the data of this run
here = found[0]
views = {name: segmentation.segment_mount(here, name) for name in methods}
window = segmentation.fullest_window(views["watershed"].labels)
pictures = [plots.outlined(each.image[window], each.labels[window], 1.6) for each in views.values()]
plots.show(
    plots.gallery(
        pictures, [f"{name}: {each.labels.max()} objects" for name, each in views.items()], width=10, columns=3
    ),
    alt=f"A part of {here.sample} with the outlines of three methods.",
    of=made,
)

# %% [markdown]
# **What we see.** More objects need not be better: without a truth only your eye judges. Look for outlines that cross into the resin, and for grains without one.

# %% [markdown] tags=["depth"]
# ## A microscope that it never saw
#
# Here are the same grains on a grey, uneven ground, as reflected light shows a polished section. No rule of the watershed was made for it; the network's training had such grounds in half of its crops.

# %% tags=["depth"]
rng = np.random.default_rng(SEED)
part = np.s_[200:700, 100:700]
grey = microscopes.lay_on_ground(np.float32(image[part]), labels[part] > 0, rng)
grey = np.rint(grey).clip(0, 255).astype(np.uint8)
on_grey = {name: method(grey) for name, method in methods.items()}
pictures = [plots.outlined(grey, each) for each in on_grey.values()]
titles = [
    f"{name}: F1@0.5 {segmentation.segmentation_scores(each, labels[part])['f1_50']:.2f}"
    for name, each in on_grey.items()
]
plots.show(
    plots.gallery(pictures, titles, columns=3, width=10),
    alt="Grains on a grey, uneven ground, with the outlines of three methods.",
    of="grown",
)

# %% [markdown] tags=["depth"]
# **What we see.** What a network has not seen it does not know, and it does not say so: domain randomisation widens what it has seen. On a real microscope that nobody thought of, check by eye first.
#
# ## How sure is it?
#
# **Predicted doubt** is one less the largest of the three probabilities: 0 where the network is sure.

# %% tags=["depth"]
chances = np.float32(segmentation.probabilities(image[part]))
doubt = 1 - chances.max(axis=0)
wrong = chances.argmax(axis=0) != training.target(labels[part])
sure = doubt < 0.1
print(
    f"Wrong where it is sure (doubt under 0.1): {wrong[sure].mean():.1%} of pixels; elsewhere {wrong[~sure].mean():.0%}"
)
window = segmentation.fullest_window(labels[part], size=(160, 240))
plots.show(
    plots.gallery(
        [image[part][window], 400 * doubt[window], 255 * wrong[window]], ["the mount", "doubt", "wrong"], 3, 10
    ),
    alt="A part of a mount, the network's doubt, and the pixels where it is wrong: both lie along the outlines.",
    of="grown",
)

# %% [markdown] tags=["depth", "exercise:boundary_score"]
# **What we see.** Doubt lies along outlines, where also the errors lie. It says nothing about things that look like nothing in the training.
#
# ### Exercise: a score for outlines alone
# **Boundary F1** looks at the outermost pixels of each mask. *Precision*: which share of the found ones lies within `tolerance` pixels of a true one; *recall*: the other way round; F1: 2 × precision × recall / (precision + recall). Write it.


# %% tags=["depth", "exercise:boundary_score", "answer"]
def my_boundary_f1(found, truth, tolerance):
    return ...


# %% tags=["depth", "check", "nbval-check-output"]
ex.boundary_score.check(my_boundary_f1)

# %% [markdown] tags=["depth"]
# ## Phases in thin section
#
# A thin section is rock cut so thin that light shines through. No threshold of brightness parts its minerals: quartz and feldspar are alike in **plane-polarized light** (PPL), and between **crossed polarizers** (XPL) each grain's colour depends on how it lies. Below is a grown sandstone, and the phase that the kit's network names at each pixel. It learned from grown sandstones alone.

# %% tags=["depth"]
from zirconkit import thin_sections
from zirconkit.networks import phases

(field,) = thin_sections.grown([900 + SEED])
field = field._replace(ppl=field.ppl[:200, :260], xpl=field.xpl[:200, :260], phases=field.phases[:200, :260])
expert, _, card = phases.load(thin_sections.shipped())
named = phases.probabilities(expert, phases.stacked(field.ppl, field.xpl), turns=1).argmax(axis=-1).astype(np.uint8)
pictures = [field.ppl, field.xpl, *(thin_sections.overlay(field.ppl, which) for which in (field.phases, named))]
plots.show(
    plots.gallery(pictures, ["plane-polarized", "crossed polarizers", "true phases", "named"], columns=2, width=6),
    alt="A grown sandstone in two lights, with its true phases and with those that a network names.",
    of="grown",
)
score = thin_sections.scores(thin_sections.confusion(field.phases, named))
print(f"accuracy {score['accuracy']:.2f}, mean IoU over the phases {score['mean_jaccard']:.2f}, on this one field")

# %% tags=["depth"]
# @title What a petrographer wants: per cent of the area (the mode), true and named
both = {"true": field.phases, "named": named}
percent = {name: thin_sections.modes(which).set_index("phase")["area_percent"].round(1) for name, which in both.items()}
pd.DataFrame(percent)

# %% [markdown] tags=["depth"]
# **What we see.** On a grown field it names most pixels rightly. On real rocks the same weights are of little use, as `benchmarks/thin_sections.py` measures: drawings taught it drawings. `benchmarks/thin_sections.py --train FOLDER` goes on to learn from real fields, and their sections must be split: a field is like its neighbour from the same section. **Mask R-CNN** would name and outline each grain in one network, at the cost of outlines for each in training; a plain **FCN** is the U-Net without its way up by steps.

# %% tags=["frame"]
from zirconkit.exercises import score_card

score_card(ex)

# %% [markdown] tags=["frame"]
# **Take away.** A U-Net answers for each pixel: going down it learns what is there, and its skip connections keep where it ends. Accuracy flatters on a large background; IoU and F1 ask about the grains. A network knows the microscopes of its training: where a simple rule fits, the rule does as well.
#
# **Terms.** *[U-Net](GLOSSARY.md#u-net)*: a network that pools an image down and enlarges it again, and answers for each pixel · *[skip connection](GLOSSARY.md#skip-connection)*: hands maps from the way down to the same height on the way up · *[intersection over union (IoU)](GLOSSARY.md#intersection-over-union-iou)*: pixels that two masks share over the pixels that either holds · *[boundary F1](GLOSSARY.md#boundary-f1)*: how well the outermost pixels of two masks agree, within a tolerance · *[domain randomisation](GLOSSARY.md#domain-randomisation)*: training pictures changed at random, farther than any one microscope would · *[predicted doubt](GLOSSARY.md#predicted-doubt)*: one less the largest probability that a network gives a pixel
#
# **Read on.** Ronneberger et al. (2015), arXiv:1505.04597: the U-Net. · Tobin et al. (2017), https://doi.org/10.1109/IROS.2017.8202133: domain randomisation. · Beucher and Lantuejoul (1979): the watershed of a picture. · Nathwani et al. (2023), https://doi.org/10.1029/2022JB025933: section 2.1 is the published recipe.
#
# Next: [12 · Diffraction](12_diffraction.ipynb), another elective; or back to the start: [0 · Start here](00_start_here.ipynb).
