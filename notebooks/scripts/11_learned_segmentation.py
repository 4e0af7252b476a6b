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
from matplotlib.patches import Patch
from scipy import ndimage
from skimage.filters import threshold_otsu
from skimage.segmentation import watershed as flood
from zirconkit import course, mounts, plots, samples, segmentation, synthetic, widgets
from zirconkit.exercises import learned as ex
from zirconkit.networks import unet as training
from zirconkit.segmentation.parting import grains_in
from zirconkit.synthetic import microscopes

profile = course.profile(PROFILE)
quick = profile.name == "quick"
found = course.enough("11", mounts.find(DATA, profile.name))
made = mounts.provenance(found)
grown = next(mount for mount in mounts.embedded() if mount.sample == "QVC075")  # its truth is complete
seen_of_it = np.s_[:700, :1000] if quick else np.s_[:, :]
image, labels = grown.image()[seen_of_it], grown.truth()[seen_of_it]
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
# **Predict** that IoU, a number from 0 to 1. (How much area does a disc gain?)

# %% tags=["predict:one_pixel", "answer"]
my_iou_guess = ...  # such as 0.95

# %% tags=["check"]
ex.one_pixel.commit(my_iou_guess)

# %% [markdown] tags=["frame"]
# **The idea:** a network can learn where one thing ends, from examples whose outlines are known.
#
# **You will** draw a boundary pixel by pixel · score outlines by IoU and F1, and see why accuracy flatters · build a U-Net, and find what its skip connections bring · set a network that learned from grown mounts beside the published recipe and the watershed, and say why each loses grains · show all three a grey ground, and a negative.
#
# **You need** notebooks 4 (training) and 7 (honest scores); the recipe and the watershed are those of notebook 1. This notebook is an elective. The corner of a figure says whether its data are *grown*, drawn by a program, or real. A grown mount bears the name of the real one that it imitates. **Time** core 50 min (exercises in it), going deeper 65 min, 70 s to run.

# %% [markdown]
# ## 1 · Draw a boundary
#
# Each row of the patch gets a first and a last column; both count as grain. The red line and the IoU follow. Arrow keys move a slider by one pixel.

# %%
desk = widgets.OutlineDesk(patch, truth)
desk

# %% [markdown] tags=["exercise:drawn"]
# ### Exercise: where does it end?
# Where in the fading rim does the grain end: at its first glow, half-way up, or where it is fully bright? Draw rows 8 to 12 by one of these rules, and note the IoU in the rows drawn; draw the same five by another rule, and note it again. Finish the grain by the better rule, until its IoU is at least 0.85. Then run both cells. (No sliders where you read this? `widgets.drawn_mask([(0, 0), (5, 12), …], 32)` makes a mask of 32 rows; `(0, 0)` leaves a row empty.)

# %% tags=["exercise:drawn", "answer"]
my_outline = desk.mask() if desk.mask().any() else ...

# %% tags=["check"]
ex.drawn.check(ex.drawn_outline(my_outline, truth))

# %% [markdown] tags=["exercise:overlap"]
# ### Exercise: the score in code
# Write IoU for two masks (`bool` arrays of one shape, not both empty).


# %% tags=["exercise:overlap", "answer"]
def my_iou(found, truth):
    return ...


# %% tags=["check", "nbval-check-output"]
ex.overlap.check(my_iou)


# %%
# @title The same without sliders: outlines one pixel in, true, one pixel out
def drawn_on(picture, outlines, times=3, gain=1.6, thickness=3):
    """The picture enlarged and brightened, with the outlines in green."""
    large, wide = (each.repeat(times, 0).repeat(times, 1) for each in (picture, outlines))
    return plots.outlined(large, wide, gain, plots.LINES[0], thickness)


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
resin_grey, grain_grey = np.median(patch[~truth]), np.median(patch[truth])
for rule, way_up in {"first glow": 0.1, "half-way up": 0.5, "fully bright": 0.9}.items():
    mask = ndimage.binary_fill_holes(patch > resin_grey + way_up * (grain_grey - resin_grey))
    print(f"{rule:12}  at {way_up:.0%} of the grain's grey: IoU {np.sum(mask & truth) / np.sum(mask | truth):.2f}")

# %% [markdown]
# **What we see.** The true outline lies about half-way up the rim: blur carries light across an edge in equal measure to both sides, and the edge stays where half of the brightness is reached. *The grain's grey* is the median of its pixels; at 90%, half of the lost pixels lie not in the rim but in darker parts of the grain. One pixel costs this small grain about a fifth of its IoU. A disc 25 pixels across that grows to 27 has IoU 25²/27² = 0.86; a ragged outline is longer than a circle, so one pixel costs more.
#
# No outline is perfect. A drawn grain and a true one **match** at IoU ≥ 0.5 or, more strictly, 0.75. At 0.5 each holds at least half of the other; outlines do not overlap, so (ties aside) none has two matches. **F1** = 2 × matched / (drawn + true): 1 if every true grain has its match and nothing else is drawn.

# %%
# @title A method that finds nothing at all, on the whole mount
nothing = np.zeros(labels.shape, bool)
is_grain = labels > 0
accuracy = (nothing == is_grain).mean()
print(f"It calls every pixel resin. Accuracy {accuracy:.2f}, IoU of the grains {np.sum(nothing & is_grain):.2f}.")

# %% [markdown]
# **What we see.** **Accuracy** is the share of pixels that are called right. Nine pixels in ten are resin, so finding nothing is right as often. IoU asks about grains, and says 0.
#
# ## 2 · A network that answers for each pixel
#
# The network gives every pixel a class: *resin*, *inside* of a grain, or *boundary*, a grain's outermost pixel. The third class is meant to keep touching grains apart. A **U-Net** (Ronneberger and others, 2015) goes down and up. Going down, pooling halves the size three times, so that each number sees a wider piece of the image. Going up, each step doubles the size, and a **skip connection** hands over the maps from the same height on the way down. At the end a **softmax** turns three numbers of each pixel into probabilities that sum to 1.

# %%
# @title The U-Net for a crop of 64 by 64 pixels
plots.show(
    plots.u_shape(64, (8, 16, 32, 64)),
    alt="A U of boxes: on the way down maps of 64, 32, 16 and 8 pixels, whose numbers see 5, 14, 32 and 68 pixels; on the way up the same sizes, with skip connections across.",
    of="drawn",
)


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
# It learns from **crops** of a grown mount whose truth is complete. Each crop is shown as another microscope would have shown it (**domain randomisation**): another exposure, blur, noise, scale, a grey ground.

# %%
# @title Four crops to learn from, and the class of each of their pixels
teacher = next(mount for mount in mounts.embedded() if mount.sample == "QVC082")
lesson = synthetic.SyntheticMount(teacher.sample, teacher.image(), teacher.truth(), teacher.truth_table())
some_crops, classes = training.Crops([lesson], steps=1, batch=4, side=64, seed=SEED)[0]
tones = np.array([[0, 0, 0], [200, 200, 200], plots.palette.rgb(plots.LINES[1])], np.uint8)  # resin, inside, boundary
fig = plots.gallery([*(255 * some_crops[..., 0]), *tones[classes]], columns=4, width=8)
key = [Patch(color=tone / 255, label=name) for name, tone in zip(("resin", "inside", "boundary"), tones)]
fig.legend(handles=key, loc="outside lower center", ncols=3, fontsize=9, frameon=False)
plots.show(
    fig,
    alt="Four crops, each with another exposure, blur, noise or ground; below each its pixels as resin, inside and boundary.",
    of="grown",
)

# %% [markdown] tags=["predict:no_skips"]
# Upper row: what the network is shown; lower row: what it has to answer. We train it once with skip connections and once without (`skip=False`), on the same crops.
#
# **Predict**: on a patch of another mount, which change shows without skip connections?
#
# - **a** dim grains go: brightness against the surroundings is lost
# - **b** wide grains go: each number sees less of the surroundings
# - **c** grains stay, but their outlines are no longer sharp
# - **d** resin is speckled: the noise of single pixels comes through

# %% tags=["predict:no_skips", "answer"]
my_letter = ...  # such as "a"

# %% tags=["check"]
ex.no_skips.commit(my_letter)

# %%
crops = training.Crops([lesson], steps=1 if quick else 200, batch=2 if quick else 8, side=64, seed=SEED)
models = {}
for name, skip in {"with skip connections": True, "without": False}.items():
    keras.utils.set_random_seed(SEED)
    models[name] = u_net(skip=skip)
    rate = keras.optimizers.schedules.CosineDecay(5e-3, len(crops))  # falls to nothing
    models[name].compile(keras.optimizers.Adam(rate), "sparse_categorical_crossentropy", run_eagerly=quick)
    models[name].fit(crops, epochs=1, shuffle=False, verbose=0)

# %%
# @title Both on a patch of a mount that was not in their training, and the kit's network
window = np.s_[224:320, 120:216]
seen, goal = image[window], training.target(labels[window])
maps = {name: np.moveaxis(np.asarray(model(segmentation.as_input(seen)[None, ..., None]))[0], -1, 0)
        for name, model in models.items()}  # fmt: skip
chances = np.float32(segmentation.probabilities(image))  # of the three classes, by the kit's network
maps["the kit's network"] = chances[:, window[0], window[1]]
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
ex.no_skips.meet((per_class["with skip connections"][1], per_class["without"][1]))
pd.DataFrame(per_class, index=["resin", "inside", "boundary"]).T.round(2)

# %% [markdown]
# **What we see.** White in the last three pictures: the network is sure of grain. (Black corner: a missing tile.) Without skip connections edges are soft, and two neighbours run together: in the bottom of the U one number stands for 8 × 8 pixels, enough to know *what* is there, too coarse for *where it ends*. The dim lowest grain stays (so not **a**), resin is even (not **d**), and each number sees equally far (not **b**).
#
# The table has the IoU of each class on this one patch. In so few steps our two networks did not learn *boundary*, to which few pixels belong. The third, **the kit's network**, is of the same kind, and does draw one: it learned for longer, from 40 grown mounts. The one with skip connections has more weights, too: a layer that reads joined maps has more inputs. Each was trained once, with one seed.
#
# ## 3 · Three methods on one mount
#
# - The **published recipe** joins edges to closed contours, thickens them, and fills them.
# - The **watershed** takes what is brighter than resin, moves each outline in to half of the rim's brightness, and cuts touching grains apart where they are narrowest.
# - **The kit's network** has seen no real mount. Pixels whose probability of resin is under 0.3 become grain (the best of three values on other grown mounts). Faint grains are left out: those whose contrast with the ground around them is under a fifth of the typical one. Touching grains are cut apart as in the watershed; why not along the learned *boundary*, a table below answers.
#
# None of them was made with the mount below. All three are scored by F1, over a table that has a row for each drawn outline, a column for each true grain, and their IoU in it.

# %%
methods = {"published": segmentation.published, "watershed": segmentation.watershed, "network": segmentation.network}
outlined = {name: method(image) for name, method in methods.items()}
_, _, iou_table = segmentation.grain_overlaps(outlined["published"], labels)
print("The recipe's outlines and the true grains:", iou_table.shape)

# %% [markdown] tags=["exercise:grain_f1"]
# ### Exercise: F1 in code
# Write F1 from such a table, for matches with IoU of at least `least` (0.5 or more). Try it on `iou_table`.


# %% tags=["exercise:grain_f1", "answer"]
def my_f1(iou, least):
    return ...


# %% tags=["check", "nbval-check-output"]
ex.grain_f1.check(my_f1)

# %%
# @title The scores of all three
scores = {name: segmentation.segmentation_scores(each, labels) for name, each in outlined.items()}
called = {"n": "drawn", "n_truth": "true", "matched_50": "matched", "f1_50": "F1 at 0.5", "f1_75": "F1 at 0.75"}
pd.DataFrame(scores).T.rename(columns=called)[[*called.values()]].round(3).convert_dtypes()

# %%
# @title Touching grains by all three, and why grains are lost
window = np.s_[280:430, 480:630]
top, left = (side.start for side in window)
place = grown.truth_table().set_index("grain")
lost = {name: segmentation.lost_grains(each, labels) for name, each in outlined.items()}
titles = [*(f"{name}: {len(each)} lost in the whole mount" for name, each in lost.items()), "true outlines"]
fig = plots.gallery([drawn_on(image[window], each[window]) for each in (*outlined.values(), labels)], titles, 4, 10)
for ax, each in zip(fig.axes, lost.values()):
    near = place.loc[each.index]
    near = near[near["row"].between(top, top + 150) & near["col"].between(left, left + 150)]
    ax.plot(3 * (near["col"] - left), 3 * (near["row"] - top), "x", color=plots.LINES[1], ms=12, mew=3)
plots.show(
    fig,
    alt="Touching grains outlined by the published recipe, the watershed and the network, and truly; a cross marks a lost grain.",
    of="grown",
)
pd.DataFrame({name: each.value_counts().reindex(segmentation.WHY_LOST, fill_value=0) for name, each in lost.items()})

# %% [markdown]
# **What we see.** A true grain without a match is *lost* (pink cross; the table counts the whole mount). *Shares an outline*: the outline that holds more than half of this grain holds another one as well. *Has none*: no outline holds more than half of it. *Does not fit*: it is alone in its outline, which is too wide or too narrow.
#
# So the recipe loses most grains by joining neighbours: it thickens every edge, which closes gaps of a few pixels. What the two others lose shares an outline, too. The three grains below in the picture close a ring round a little resin; the cutting rule fills so small a hole as if it lay inside one grain, and then no narrow place is left. Watershed and network differ by very few grains: on this one mount, on black ground, we cannot tell them apart, though the watershed is untrained.

# %%
# @title The network's grains, cut apart in three ways
resin, inside, boundary = chances
grain = resin < 0.3
seeds, _ = ndimage.label(cv2.morphologyEx(np.uint8(inside > 0.5), cv2.MORPH_OPEN, square))
cuts = {
    "not cut": ndimage.label(grain)[0],
    "along the learned boundary": flood(boundary, seeds, mask=grain),
    "where narrowest": grains_in(grain),
}
cuts = {how: np.where(np.bincount(each.ravel())[each] >= 100, each, 0) for how, each in cuts.items()}  # 100 px: no dust
by_cut = pd.DataFrame({how: segmentation.segmentation_scores(each, labels) for how, each in cuts.items()}).T
by_cut.rename(columns=called)[[*called.values()]].round(3).convert_dtypes()

# %% [markdown]
# **What we see.** From the first row to the second the learned boundary separates grains. Cutting where they are narrowest needs outlines only, and here matches at least as many; so the kit does that, and *inside* and *boundary* count alike. (The last row is the network as above, faint grains still in.) One mount does not resolve a few grains.
#
# **Discuss.** The network was given thousands of outlined grains (here drawn by a program, elsewhere by people), the watershed none. When is learning worth that? (*A grey ground*, below, tries one case.)
#
# ### The same on the data of this run
#
# To see a mount of your own here, name its folder in the second cell (`DATA = "my_mounts"`) and run the notebook again.

# %%
# @title A part of the first mount of this run, by all three
here = found[0]
picture = here.picture()
factor = (here.um_per_px or picture.um_per_px or 2) / 2  # to 2 µm a pixel, which all three expect
grey_levels = picture.grey if factor == 1 else cv2.resize(picture.grey, None, fx=factor, fy=factor)
view = grey_levels[segmentation.fullest_window(grey_levels > threshold_otsu(grey_levels), (380, 530))]
by_all = [method(view) for method in methods.values()]
pictures = [drawn_on(view, each, 2)[80:-80, 80:-80] for each in by_all]  # without the rim, where grains are cut
plots.show(
    plots.gallery(pictures, [f"{name}, {here.sample}" for name in methods], columns=3, width=9),
    alt=f"A part of {here.sample} with the outlines of three methods.",
    of=made,
)

# %% [markdown]
# **What we see.** A mount of your own has no truth, so judge by eye: look for outlines that lie outside the rim or hold two grains, and for grains without one. How many outlines a method draws says little: one round two grains counts one.
#
# **Here the core ends.** What follows goes deeper: outlines, then (from *Phases in thin section* on) minerals. Each part stands by itself, but for the methods of section 3.

# %% [markdown] tags=["depth"]
# ## A grey ground, and a negative
#
# We lay a part of the same grains on a grey, uneven ground, as reflected light shows a polished section. We show the methods the negative as well (255 − grey level), which no training crop was.

# %% tags=["depth"]
# @title A part of the mount on three grounds
part = np.s_[200:500, 100:500] if quick else np.s_[200:700, 100:700]
grey = microscopes.lay_on_ground(np.float32(image[part]), labels[part] > 0, np.random.default_rng(0))
grounds = {"black": image[part], "grey": np.rint(grey).clip(0, 255).astype(np.uint8), "negative": 255 - image[part]}
plots.show(
    plots.gallery([*grounds.values()], [*grounds], columns=3, width=8),
    alt="The same grains on black, on a grey, uneven ground, and as a negative.",
    of="grown",
)
drawn = {"black": {name: method(image[part]) for name, method in methods.items()}}
score = segmentation.segmentation_scores(drawn["black"]["watershed"], labels[part])
gone = segmentation.lost_grains(drawn["black"]["watershed"], labels[part]).index
edge = np.pad(np.zeros(labels[part].shape, bool)[1:-1, 1:-1], 1, constant_values=True)
print(f"Watershed on black: F1 {score['f1_50']:.2f}; of {score['n_truth']} true grains {len(gone)} are lost, "
      f"{np.isin(gone, labels[part][edge]).sum()} of them cut by the edge of this part.")  # fmt: skip

# %% [markdown] tags=["depth", "predict:grey_ground"]
# The watershed's F1 on black is lower here than on the whole mount. The part holds a third of the grains, but all three of the ring that no method cuts apart; its edge cuts two grains, and the small pieces count as true grains; and of one faint grain the outline holds less than half. In the whole mount that grain was found: the watershed works out resin and thresholds anew for each picture.
#
# **Predict** the watershed's F1 on the grey ground, at IoU 0.5. It takes for grain whatever is brighter than the ground by a threshold that it sets for the whole picture: look at how far the ground itself varies. Say also why: will it lose grains, or draw outlines too many?

# %% tags=["depth", "predict:grey_ground", "answer"]
my_f1_guess = ...  # a number from 0 to 1

# %% tags=["depth", "check"]
ex.grey_ground.commit(my_f1_guess)

# %% tags=["depth"]
for ground in ("grey", "negative"):
    drawn[ground] = {name: method(grounds[ground]) for name, method in methods.items()}
f1 = {
    ground: {name: segmentation.segmentation_scores(each, labels[part])["f1_50"] for name, each in by.items()}
    for ground, by in drawn.items()
}
ex.grey_ground.meet(f1["grey"]["watershed"])
pd.DataFrame(f1).round(2)

# %% tags=["depth"]
# @title The outlines on grey: true grains without a match, and outlines without one
fig = plots.gallery(
    [drawn_on(grounds["grey"], each, 2, 0.8, 5) for each in drawn["grey"].values()],
    [f"{name}: F1 {f1['grey'][name]:.2f}" for name in methods], 3, 10,
)  # fmt: skip
for ax, each in zip(fig.axes, drawn["grey"].values()):
    lost_here = segmentation.lost_grains(each, labels[part]).index
    numbers, _, iou = segmentation.grain_overlaps(each, labels[part])
    too_many = numbers[iou.max(axis=1) < 0.5]
    for where, which, mark, colour in ((labels[part], lost_here, "x", 1), (each, too_many, "o", 3)):
        rows, columns = 2 * np.reshape(ndimage.center_of_mass(where > 0, where, which), (-1, 2)).T
        name = {"x": "a true grain is lost", "o": "an outline too many"}[mark]
        ax.plot(columns, rows, mark, color=plots.LINES[colour], ms=9, mew=2, mfc="none", clip_on=False, label=name)
fig.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=2, fontsize=9, frameon=False)
plots.show(
    fig,
    alt="Grains on a grey, uneven ground, outlined by three methods, with crosses on lost grains and rings on outlines too many.",
    of="grown",
)
reasons = {
    (name, ground): segmentation.lost_grains(drawn[ground][name], labels[part]).value_counts()
    for name in methods
    for ground in ("black", "grey")
}
pd.DataFrame(reasons).reindex(segmentation.WHY_LOST).fillna(0).astype(int)

# %% [markdown] tags=["depth"]
# **What we see.** On grey the network keeps its F1. The watershed takes patches of brighter ground for grains. The recipe's outlines look tidy, but many hold two grains: no match for either of them, and one outline too many. On grey it loses more than on black, since it joins further neighbours, and leaves more grains without an outline. On the negative watershed and network fail; the recipe's F1 is the same as on black: an edge is an edge either way. The part has 32 true grains, so a difference of a few hundredths is one or two grains. Half of the network's training crops had a grey ground, so this one is not new to it; and one grown ground says little about real reflected light.
#
# ## How sure is it?
#
# **Predicted doubt** is 1 minus the largest of the three probabilities: 0 where the network is sure.


# %% tags=["depth"]
def doubt_and_errors(picture):
    probable = np.float32(segmentation.probabilities(picture))
    return 1 - probable.max(axis=0), probable.argmax(axis=0) != training.target(labels[part])


doubt, wrong = doubt_and_errors(image[part])
sure = doubt < 0.1
strange, mistaken = doubt_and_errors(grounds["negative"])
print(f"On black it is sure (doubt under 0.1) of {sure.mean():.0%} of the pixels; "
      f"of these {wrong[sure].mean():.1%} are wrong, of the others {wrong[~sure].mean():.0%}.")  # fmt: skip
print(
    f"On the negative it is sure of {np.mean(strange < 0.1):.0%}; of these {mistaken[strange < 0.1].mean():.0%} are wrong."
)

# %% tags=["depth"]
# @title The doubt as a map
window = segmentation.fullest_window(labels[part], size=(160, 240))
views = [image[part][window], 255 * 1.5 * doubt[window], 255 * wrong[window]]
plots.show(
    plots.gallery(views, ["the mount", "doubt: black 0, white 2/3, the most there is", "wrong (white)"], 3, 10),
    alt="A part of a mount, the network's doubt, and the pixels where it is wrong: both lie along the outlines.",
    of="grown",
)

# %% [markdown] tags=["depth", "exercise:boundary_score"]
# **What we see.** Doubt lies along outlines, and so do the errors; *inside* in place of *boundary* counts as an error here. On the negative, unlike anything in its training, the network is wrong on many pixels of which it is sure: small doubt does not make an answer right.
#
# ## A score for outlines alone
#
# ### Exercise: boundary F1
# **Boundary F1** looks at the outermost pixels of each mask: those with one of their four neighbours outside. *Precision*: which share of the found ones lies at most `tolerance` pixels from a true one, in a straight line; *recall*: the other way round; F1: 2 × precision × recall / (precision + recall). Write it; no mask is empty, and beyond the edge of the image is outside. (`ndimage.distance_transform_edt(mask)` gives each pixel of a mask its distance from the nearest pixel outside.)


# %% tags=["depth", "exercise:boundary_score", "answer"]
def my_boundary_f1(found, truth, tolerance):
    return ...


# %% tags=["depth", "check", "nbval-check-output"]
ex.boundary_score.check(my_boundary_f1)

# %% tags=["depth"]
# @title Boundary F1 of the three methods, in a part of the mount, tolerance 1 px
some = np.s_[200:700, 100:700]
pd.Series({name: ex.boundary_f1(each[some] > 0, is_grain[some], 1) for name, each in outlined.items()}).round(2)

# %% [markdown] tags=["depth"]
# **What we see.** The recipe thickens its edges, so its outlines lie outside the true ones; the two others keep to them. Boundary F1 says nothing of grains that are joined: the masks are taken as a whole.
#
# ## What each ingredient of the training brings
#
# The kit's network learned from crops that were changed at random, so that it would hold on mounts of other microscopes: other exposure, another ground, seams, blur, noise and so on. This is the domain randomisation of section 2. What does each ingredient bring? We trained the network again with one of them left out at a time, and with all of them left out, for 500 batches instead of 2,800. Nothing was left out three times, each time with another seed: the grey band shows how far chance alone moves a score.

# %% tags=["depth"]
# @title F1 at IoU 0.75 with one ingredient left out, or all; grey: nothing left out, three seeds
left_out = pd.read_csv(samples.DATA / "results/unet_ingredients.csv")
places = {"real_75": "real mount QVC075", "grown_75": "grown mounts", "grey_75": "grown, on a grey ground"}
plots.show(
    plots.left_out(left_out, places, "F1 at IoU 0.75"),
    alt="Three panels; in each a dot for each ingredient that was left out, beside a grey band of three seeds.",
    of="real and grown",
)
whole = left_out.loc[left_out["without"] == "nothing", list(places)]
print("Nothing left out, three seeds:", *(f"{words} {whole[name].min():.2f} to {whole[name].max():.2f}"
      for name, words in places.items()), sep="\n- ")  # fmt: skip

# %% [markdown] tags=["depth"]
# **What we see.** Together the ingredients matter; one by one only the *ground* is shown to. Without any of them F1 on a grey ground falls to 0.23, and on the real mount to 0.85, below the 0.90 to 0.92 of the three seeds. Without the ground alone it falls to 0.50 on a grey ground, where chance moves it between 0.67 and 0.85. Every other dot lies in the grey band or just beside it. That does not make those ingredients useless: each was left out once only, these mounts hardly have the faults that *rows* (charging), *seams* or *gradient* stand for, and one may stand in for another. QVC075 was looked at while the ingredients were chosen.
#
# ## Phases in thin section
#
# A thin section is rock cut so thin that light shines through. No threshold of brightness separates its minerals: plagioclase and alkali feldspar are alike in **plane-polarized light** (PPL), and between **crossed polarizers** (XPL) each grain's colour depends on how it lies. So here, too, a network answers for each pixel. Below is a grown sandstone, and the **phase** (a mineral, a piece of another rock, or what lies between the grains) that the kit's second network names. It is a U-Net whose way down, its **encoder**, was first trained on photographs; the only rocks that it has learned from are grown.

# %% tags=["depth"]
from zirconkit import thin_sections
from zirconkit.networks import phases
from zirconkit.synthetic.sandstones import grow_sandstone


def grown_rock(seed, shape):
    rock = grow_sandstone(seed, shape)
    return thin_sections.Field(str(seed), str(seed), rock.ppl, rock.xpl, rock.phases)


rocks = [grown_rock(900 + SEED + n, (96, 112) if quick else (200, 260)) for n in range(1 if quick else 6)]
namer, _, card = phases.load(thin_sections.shipped())
named = [
    phases.probabilities(namer, phases.stacked(rock.ppl, rock.xpl), turns=1).argmax(axis=-1).astype(np.uint8)
    for rock in rocks
]

# %% tags=["depth"]
# @title The first of these rocks
field = rocks[0]
pictures = [field.ppl, field.xpl, *(thin_sections.overlay(field.ppl, which, 0.6) for which in (field.phases, named[0]))]
fig = plots.gallery(pictures, ["plane-polarized", "crossed polarizers", "true phases", "named"], columns=2, width=5.5)
called_phase = {"feldspar": "alkali feldspar", "lithic": "lithic (piece of rock)", "background": "between the grains"}
grain_tone = np.median(field.ppl[field.phases > 0], axis=0)
key = [Patch(color=(0.4 * grain_tone + 0.6 * np.array(colour)) / 255, label=called_phase.get(phase, phase))
       for phase, colour in thin_sections.COLOURS.items() if phase != "background"]  # fmt: skip
key.append(Patch(facecolor="none", edgecolor="0.5", label="not coloured: between the grains"))
fig.legend(handles=key, loc="outside upper center", ncols=3, fontsize=8, frameon=False)
plots.show(
    fig,
    alt="A grown sandstone in two lights, with its true phases and with those that a network names.",
    of="grown",
)

# %% tags=["depth"]
# @title Of each true phase (rows), per cent of its area that is named what, over all these rocks
counts = sum(thin_sections.confusion(rock.phases, which) for rock, which in zip(rocks, named))
per_rock = [thin_sections.scores(thin_sections.confusion(rock.phases, which)) for rock, which in zip(rocks, named)]
labelled = [called_phase.get(phase, phase) for phase in thin_sections.COLOURS]
per_cent = 100 * counts / counts.sum(axis=1, keepdims=True)
by_phase = pd.DataFrame(per_cent.round().astype(int), labelled, [name.split()[0] for name in labelled])
for score, words in (("accuracy", "Accuracy"), ("mean_jaccard", "Mean IoU of the phases")):
    each = [rock[score] for rock in per_rock]
    print(f"{words}: {np.mean(each):.2f} on average, {min(each):.2f} to {max(each):.2f} on single rocks ({len(each)})")
hardest = np.argmin(np.diag(per_cent))
rival = np.argsort(per_cent[hardest])[::-1]
print(f"Hardest: {labelled[hardest]}, of which {per_cent[hardest, hardest]:.0f} % is named so; most of the rest is called "
      f"{labelled[rival[rival != hardest][0]]}.")  # fmt: skip
by_phase

# %% [markdown] tags=["depth", "predict:real_rocks"]
# **What we see.** (The darkest tint marks pieces of rock; uncoloured ground keeps its grey-green.) Between the grains lie pores (blue in plane light) and clay. A row of the table says what became of a true phase: on the diagonal what is named as it is. Both feldspars are dusty in plane light; the fine parallel stripes (lamellae) that tell plagioclase apart show only between crossed polarizers, and only where a grain is not dark. Pores are dark in crossed light, as some grains are.
#
# ### On real rocks
#
# The same network was scored on sixteen fields (photographs of a part of a section) of eight real sandstone sections (a public set, github.com/jbardelli/Petrographic-Image-Segmentation, not shown here; `zirconkit fetch thin_sections` brings it). On grown rocks its accuracy is printed above; drawing lots among the five phases would get 0.2.
#
# **Predict** its accuracy on the real ones. Beside it the table has two rivals that did learn from real sections, each scored on sections that it had not seen: the same kind of network, and a random forest (notebook 4: many decision trees that vote), which sees, for each pixel, the colours around it and how uneven they are. Then a list asks two questions: does it need both lights, and does an encoder trained on photographs help?

# %% tags=["depth", "predict:real_rocks", "answer"]
my_real_guess = ...  # a number from 0 to 1

# %% tags=["depth", "check"]
ex.real_rocks.commit(my_real_guess)

# %% tags=["depth"]
# @title Sixteen real fields, with intervals (95 %) over the eight sections
real = pd.read_csv(samples.DATA / "results/thin_sections.csv", index_col="method")
ex.real_rocks.meet((real.loc["grown_only", "accuracy"], real.loc["all_background", "accuracy"]))
rows = {"grown_only": "kit's network (grown rocks)", "all_background": "no grain named at all",
        "network": "network (other sections)", "forest": "forest (other sections)"}  # fmt: skip
less = real.loc["network_less_forest"]
resolved = "resolved" if less["accuracy_low"] > 0 or less["accuracy_high"] < 0 else "not resolved"
print(f"Learned from real sections, network less forest, accuracy in pairs: {less['accuracy']:+.3f} "
      f"({less['accuracy_low']:+.3f} to {less['accuracy_high']:+.3f}), {resolved}.")  # fmt: skip


def with_range(row, score):
    return f"{row[score]:.2f} ({row[score + '_low']:.2f} to {row[score + '_high']:.2f})"


ranges = {
    title: real.apply(with_range, axis=1, score=score)
    for score, title in {"accuracy": "accuracy", "mean_jaccard": "mean IoU"}.items()
}
pd.DataFrame(ranges).loc[[*rows]].rename(index=rows).rename_axis("what (learned from)")

# %% tags=["depth"]
# @title Which light, and which start? Accuracy, less that of both lights with an encoder from photographs
lights = pd.read_csv(samples.DATA / "results/thin_sections_lights.csv", index_col="way")
ways = {"ppl": "plane light alone", "xpl": "crossed light alone", "both_early": "both as one image of six channels",
        "both_late_from_nothing": "both, with an encoder from nothing"}  # fmt: skip
for way, words in ways.items():
    value, low, high = lights.loc[way, [f"accuracy_less_both{end}" for end in ("", "_low", "_high")]]
    print(f"{words:36} {value:+.3f} ({low:+.3f} to {high:+.3f}) {'resolved' if low * high > 0 else 'not resolved'}")

# %% [markdown] tags=["depth"]
# **What we see.** With grown rocks only, accuracy is no higher than that of naming no grain at all, which is right on all pixels between the grains. Mean IoU is higher (0.18 against 0.07), but low: the network does name grains, and its phases overlap little with the true ones. Why it falls so far, these scores do not say; that it has seen only what a program draws is one possible reason. The two that learned from real sections score higher, and of these the network does better than the forest in pairs. Fields of one section are alike, so whole sections are left out of training. `benchmarks/thin_sections.py --train FOLDER` learns from real fields.
#
# The list comes from a quick trial on the same fields, in which the encoder learns nothing new: a softmax names each pixel from its maps. Zero is both lights, each through an encoder trained on photographs. Plane light alone is worse, and so is an encoder whose weights are random ("from nothing"). Crossed light alone, or both lights as one image (two times red, green and blue: six channels), is not resolved from zero.
#
# ## The mode, with its interval, in the triangle
#
# What a petrographer wants is the **modal composition**, the mode for short: per cent of the area that each phase covers. Of the grains alone, quartz (Q), both feldspars (F) and pieces of rock, lithics or lithic fragments (L), make a point in the **QFL triangle**, by which sandstones are named and their origin is read.
#
# A mode is unsure for two reasons. Another field of the same rock would hold other grains: we draw twenty patches of the field anew, with replacement, many times. And the network errs: we add an error that it made on another grown field, with either sign.

# %% tags=["depth"]
rng = np.random.default_rng(SEED)


def drawn_anew(phase_map, times=300):
    """Area per cent of each phase, `times` times."""
    patches = [patch for band in np.array_split(phase_map, 4) for patch in np.array_split(band, 5, axis=1)]
    pixels = np.array([np.bincount(patch.ravel(), minlength=5) for patch in patches])
    picked = pixels[rng.integers(20, size=(times, 20))].sum(axis=1)
    errors = np.array(card["errors"])[rng.integers(len(card["errors"]), size=times)]
    percent = 100 * picked / picked.sum(axis=1, keepdims=True) + errors * rng.choice([-1, 1], (times, 1))
    return percent.clip(0)


again = drawn_anew(named[0])
true_modes, named_modes = (
    [thin_sections.shares(each) for each in maps] for maps in ([rock.phases for rock in rocks], named)
)
low, high = np.percentile(again, [2.5, 97.5], axis=0)
pd.DataFrame({"true %": true_modes[0], "named %": named_modes[0], "low": low, "high": high}, labelled).round(1)

# %% tags=["depth"]
# @title All these rocks in the triangle, and the first one many times
triangle = {"true": np.array([thin_sections.qfl(each) for each in true_modes]),
            "named": np.array([thin_sections.qfl(each) for each in named_modes])}  # fmt: skip
cloud = {"the first, drawn anew": np.array([thin_sections.qfl(each) for each in again])}
plots.show(
    plots.qfl_triangle(triangle, joined=("true", "named"), clouds=cloud),
    alt="Grown sandstones in the triangle of quartz, feldspar and lithics: a line joins truth and what was named; grey dots are the first rock, drawn anew.",
    of="grown",
)
tables = [thin_sections.modes(each, card["errors"]) for each in named]
held = [(table["low"] <= true) & (true <= table["high"]) for table, true in zip(tables, true_modes)]
print(f"In all {len(rocks)} rocks the interval holds the true value {np.sum(held)} times of {np.size(held)}.")

# %% [markdown] tags=["depth"]
# **What we see.** Ring (true) and square (named) of one rock lie close, and a line joins them where there is room for one; lines of the grid are 20 % apart. Grey dots show how far the first rock could move. Of true values, 95 % intervals should hold about 19 in 20, of thirty 28 or 29. All thirty are no surprise, the less so as the five values of one rock add up to 100 and so depend on each other. Errors may cancel: an area can be right although pixels are not. What lies between the grains counts for nothing in the triangle. `zirconkit segment --task phases` writes such a table, `modes.csv`. Its interval allows for errors as large as those on other grown fields, from which the kit's own weights come; on a real rock errors can be larger, and the interval too narrow.
#
# ## Minerals by their grains
#
# Where outlines are known, a grain can be named as a whole, as in notebooks 4 to 6. We cut grains from the masks of grown sandstones, make what is around them black, and scale each to 32 × 32 pixels in both lights. A softmax stands at the end of two models: a small convolutional network that sees the pixels, and one layer on twelve numbers (mean and spread of red, green and blue in each light). Both are tested on rocks that they did not learn from.

# %% tags=["depth"]
learn, test = (
    [grown_rock(first + n, (96, 160) if quick else (300, 400)) for n in range(1 if quick else many)]
    for first, many in ((920, 10), (940, 6))
)
(x, names, _), (x_test, is_a, rock_of) = (thin_sections.cut_grains(fields, side=32) for fields in (learn, test))
minerals = np.unique(names)
y = np.searchsorted(minerals, names)


def twelve(grains):
    pixels = [grain[grain.max(axis=-1) > 0] / 255 for grain in grains]
    return np.array([[*each.mean(axis=0), *each.std(axis=0)] for each in pixels], np.float32)


def learned(seen, hidden, epochs):
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential([*hidden, layers.Dense(len(minerals), activation="softmax")])
    model.compile(keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy", run_eagerly=quick)
    model.fit(seen, y, epochs=1 if quick else epochs, batch_size=64, verbose=0)
    return model


convolutions = [layers.Conv2D(16, 3, strides=2, activation="relu"), layers.Conv2D(32, 3, activation="relu"),
                layers.MaxPooling2D(2), layers.Conv2D(64, 3, activation="relu"), layers.GlobalAveragePooling2D()]  # fmt: skip
ways = {"network on the pixels": (np.float32(x) / 255, np.float32(x_test) / 255, convolutions, 25),
        "softmax on twelve numbers": (twelve(x), twelve(x_test), [layers.BatchNormalization()], 60)}  # fmt: skip
called_a = {}
for name, (seen, asked, hidden, epochs) in ways.items():
    called_a[name] = minerals[np.asarray(learned(seen, hidden, epochs)(asked)).argmax(axis=1)]
    print(f"{name}: {np.mean(called_a[name] == is_a):.2f} of all grains right")

# %% [markdown] tags=["depth", "predict:plagioclase"]
# The scores are over all grains. **Predict** which share of the *plagioclase* grains the network on the pixels names right. (Plagioclase is the rarest of the four. The U-Net above saw whole rocks; this network sees one grain at a time.)

# %% tags=["depth", "predict:plagioclase", "answer"]
my_plagioclase_guess = ...  # a number from 0 to 1

# %% tags=["depth", "check"]
ex.plagioclase.commit(my_plagioclase_guess)

# %% tags=["depth"]
# @title Which mineral is called which
import matplotlib.pyplot as plt
from sklearn.metrics import confusion_matrix

fig, axes = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
for ax, (name, called_so) in zip(axes, called_a.items()):
    plots.confusion(confusion_matrix(is_a, called_so, labels=minerals), list(minerals), ax, bar=ax is axes[1])
    ax.set_title(f"{name}: {np.mean(called_so == is_a):.2f} right", fontsize=10)
    ax.tick_params(labelcolor="black")
plots.show(
    fig, alt="How many grains of each mineral are called what, by two models: rows true, columns called.", of="grown"
)
is_plagioclase = is_a == "plagioclase"
named_so = {name: np.sum(called_so[is_plagioclase] == "plagioclase") for name, called_so in called_a.items()}
ex.plagioclase.meet((named_so["network on the pixels"], is_plagioclase.sum()))
print(
    f"Of {is_plagioclase.sum()} grains of plagioclase, named so: "
    + ", ".join(f"{n} by the {name}" for name, n in named_so.items())
)
right = pd.DataFrame({name: called_so == is_a for name, called_so in called_a.items()}).groupby(rock_of).mean()
pixels, numbers = right.T.to_numpy()
gaps = rng.choice(pixels - numbers, (2000, len(right))).mean(axis=1)
low, high = np.percentile(gaps, [2.5, 97.5])
print(f"Always {pd.Series(is_a).mode()[0]}: {np.max(np.unique(is_a, return_counts=True)[1]) / len(is_a):.2f} right. "
      f"On single rocks, the pixels {pixels.min():.2f} to {pixels.max():.2f}, the twelve numbers {numbers.min():.2f} to {numbers.max():.2f}.")  # fmt: skip
print(f"Pixels less numbers, in pairs over {len(right)} rocks: {np.mean(pixels - numbers):+.3f} ({low:+.3f} to {high:+.3f}), "
      f"{'resolved' if low * high > 0 else 'not resolved'}.")  # fmt: skip

# %% [markdown] tags=["depth"]
# **What we see.** Off the diagonal lie the confusions; `feldspar` is alkali feldspar. Accuracy flatters again: the titles hide that most plagioclase is taken for something else, mostly for the other feldspar. They count grains; in the difference in pairs each rock counts alike.
#
# Why 10 of 43 here, when the U-Net above named 84 % of plagioclase so? Several things differ. The U-Net's rocks were others. Its score is by area, so large grains count more; here each grain counts alike. It sees a grain's surroundings, too. And it learned for longer, from 32 grown fields, with an encoder trained on photographs; this network learned from ten, from random weights. Which of these matters most we did not test.
#
# Twelve numbers are a strong rival in these grown rocks, in which each mineral got its colour and its dust from a program. A grain that happens to be dark between crossed polarizers shows no stripes. In a real section the microscope's stage is turned for that; here is one position only. Two touching grains of one mineral are cut out as one.
#
# ## Two other designs
#
# We tried neither of these; what follows is what is known of them, no result.
#
# A **fully convolutional network, FCN** (Long and others, 2015, arXiv:1411.4038) answers for each pixel as well. It is a classifier of photographs (VGG-16, of notebook 6) whose dense layers were turned into convolutions; its coarse answer is enlarged, and answers from further up are added to it. It would bring a way down that has seen a million photographs, which the kit's network for phases has in a smaller form. It costs some 134 million weights, and its outlines are sharp to about 8 pixels only, since nothing finer is handed over.
#
# **Mask R-CNN** (He and others, 2017) first proposes boxes, then gives each box a class, a score, and a mask of its own. So grains that touch can be two without any rule for cutting, if a box is proposed and kept for each: it might save the three grains that are lost in section 3. It costs some 44 million weights, a graphics card to train on, and choices: how large boxes are, and how far two may overlap before one is dropped, which in crowded mounts drops true grains. In its common form a mask has 28 × 28 pixels, whatever the size of the box, so a large grain's outline is coarse. Its training asks for the same truth as ours, an outline for every grain.

# %% tags=["depth"]
# @title Weights of the small U-Net of section 2
print(f"{models['with skip connections'].count_params():,}")

# %% tags=["frame"]
from zirconkit.exercises import score_card

score_card(ex)

# %% [markdown] tags=["frame"]
# **Take away.** A U-Net answers for each pixel: going down it learns what is there, and its skip connections keep where it ends. Accuracy flatters on a large background; IoU and F1 ask about the grains. A network is at home on pictures like those of its training, and can be sure and wrong on pictures unlike any of them; on the black ground here we could not tell it from a simple rule, while on one grey, uneven ground it kept its F1 and the rule did not.
#
# **Terms.** *[U-Net](GLOSSARY.md#u-net)*: a network that pools an image down and enlarges it again, and answers for each pixel · *[skip connection](GLOSSARY.md#skip-connection)*: hands maps from the way down to the same height on the way up · *[intersection over union (IoU)](GLOSSARY.md#intersection-over-union-iou)*: pixels that two masks share over the pixels that either holds · *[boundary F1](GLOSSARY.md#boundary-f1)*: how well the outermost pixels of two masks agree, within a tolerance · *[domain randomisation](GLOSSARY.md#domain-randomisation)*: training pictures changed at random, farther than any one microscope would · *[predicted doubt](GLOSSARY.md#predicted-doubt)*: 1 minus the largest probability that a network gives a pixel · *[modal composition](GLOSSARY.md#modal-composition)*: per cent of a thin section's area that each phase covers, its mode for short · *[QFL triangle](GLOSSARY.md#qfl-triangle)*: where a sandstone's quartz, feldspars and lithics, parts of 100, put it
#
# **Read on.** Ronneberger et al. (2015), arXiv:1505.04597: the U-Net. · Tobin et al. (2017), https://doi.org/10.1109/IROS.2017.8202133: domain randomisation. · Beucher and Lantuejoul (1979): the watershed of a picture. · Nathwani et al. (2023), https://doi.org/10.1029/2022JB025933: section 2.1 is the published recipe. · He et al. (2017), arXiv:1703.06870: Mask R-CNN.
#
# Next: [12 · Diffraction](12_diffraction.ipynb), another elective; or back to the start: [0 · Start here](00_start_here.ipynb).
