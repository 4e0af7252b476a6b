# %% [markdown]
# # 1 · From a mount to grains
#
# **The idea:** a segmentation is a choice, and choices have victims.
#
# **You will** cut a mount into grains with the paper's recipe, in five lines of OpenCV · find out which grains it loses, and why · part
# touching grains with a watershed · score a segmentation against the truth · measure shape and zoning in µm · mend what is wrong by hand, so
# that it can be repeated.
#
# **You need** notebook 0. **Time** 35 min to teach, 30 min of exercises, 30 s to run.

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

# %% [markdown]
# A network learns from single grains, and we have a picture of a hundred. To **segment** a picture is to say for each pixel what it belongs to: here, to the resin or
# to which grain. Let us look at the picture as the computer has it.

# %%
import matplotlib.pyplot as plt
import numpy as np
from zirconkit import course, mounts, plots, segmentation

found = {mount.sample: mount for mount in course.enough("01", mounts.find(DATA, "quick"))}
subject = found.get("QVC075", next(iter(found.values())))  # another one, if it is not here
looked = segmentation.segment_mount(subject)
image, own_labels, scale = segmentation.at_working_scale(looked)
if looked.factor != 1:
    print(f"{subject.sample}: {looked.factor:.2f} times as large, so that grains have the size the recipe is made for")

fig, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), width_ratios=[1.25, 1], layout="constrained")
plots.mount(image, subject.sample, ax=left, um_per_px=scale, gain=1.5)
right.hist(image.ravel(), bins=np.arange(257), color=plots.COLOURS["quiet"])
right.set(
    yscale="log", xlabel="grey level (0 black, 255 white)", ylabel="pixels", title="how often each grey level occurs"
)
plots.show(
    fig,
    alt=f"The mount {subject.sample}, and how often it has each grey level, from black to white.",
)

# %% [markdown]
# **What we see.** (Here and below we speak of QVC075, grown or real; of a mount of your own you judge yourself.) Most pixels are dark resin, below 10; the grains are somewhere between 30 and 255. But at the right side of this mount the resin itself is brighter: electrons that could not drain away collected there, the mount **charged**, and tiles glow at 20 and more. This bright resin reaches nearly to the dimmest grains: a threshold above it loses dim rims, one below it takes whole tiles for grain.
#
# ## The paper's recipe
#
# Nathwani et al. (2023) look for *edges* instead: places where grey levels jump. **Canny**'s method (1986) takes the slope of the grey levels, keeps the crest of each slope, and then two thresholds decide: steeper than `high` is an edge, steeper than `low` is one if it hangs on to an edge. (The slope adds up differences over 3 × 3 pixels, so it can exceed 255.) The edge pixels are thickened (**dilated**) to close gaps; the outer **contour** of each closed
# figure is a grain; and a grain is kept when the upright box round it is more than 40 and less than 90 px wide, and the same in height.

# %% tags=["nbval-check-output"]
import cv2


def find_boxes(image, low=20, high=255):
    """The boxes that the published recipe keeps, and those that it drops: (x, y, width, height) each."""
    edges = cv2.Canny(image, low, high)
    thick = cv2.dilate(edges, np.ones((4, 4)))
    contours, _ = cv2.findContours(thick, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    boxes = [cv2.boundingRect(contour) for contour in contours]
    kept = [(x, y, w, h) for x, y, w, h in boxes if 40 < w < 90 and 40 < h < 90]
    return kept, [box for box in boxes if box not in kept and box[2] * box[3] > 150]


kept, dropped = find_boxes(image)
print(f"{len(kept)} boxes kept, {len(dropped)} dropped (specks under 150 px² not counted)")

# %%
from zirconkit.widgets import boxes_drawn

window = segmentation.fullest_window(own_labels, size=(400, 600), first=(250, 400))
edges = cv2.Canny(image, 20, 255)
fig, axes = plt.subplots(2, 2, figsize=(9, 6.6), layout="constrained")
plots.mount(image[window], "1 the mount, a part of it", ax=axes[0, 0], um_per_px=scale, gain=1.5)
plots.mount(edges[window], "2 Canny edges", ax=axes[0, 1], um_per_px=scale)
thick = cv2.dilate(edges, np.ones((4, 4)))
plots.mount(thick[window], "3 dilated: gaps close, neighbours meet", ax=axes[1, 0], um_per_px=scale)
boxed = boxes_drawn(image, kept, dropped)
plots.mount(boxed[window], "4 boxes kept (green), dropped (orange)", ax=axes[1, 1], um_per_px=scale)
plots.show(
    fig,
    alt="A part of the mount in four steps: grey levels, thin edges, thick edges that join neighbours, and boxes kept or dropped.",
)

# %% [markdown]
# **What we see.** Edges run round the grains and along their inner bands. Thickened, most outlines close; but where two grains lie
# close together their outlines melt into one, and one large box goes round both. Small grains, and long ones that lie straight, are dropped too. On the
# real mounts these five lines give the counts of the paper's Table 1 exactly, 46 for QVC075: what we do is what they did.
#
# **Try it.** Move the two thresholds. (Without a running kernel nothing moves; the figure below shows the same.)

# %%
from zirconkit import widgets

widgets.threshold_explorer(image, find_boxes)

# %%
fig, axes = plt.subplots(1, 2, figsize=(9, 3), sharey=True, layout="constrained")
for ax, name, levels in ((axes[0], "low", range(5, 256, 10)), (axes[1], "high", range(25, 401, 15))):
    counts = [[len(boxes) for boxes in find_boxes(image, **{name: level})] for level in levels]
    for kind, values, colour in zip(("kept", "dropped"), np.array(counts).T, ("accent", "warn")):
        ax.plot(levels, values, "o-", ms=3, color=plots.COLOURS[colour], label=kind)
    ax.axvline({"low": 20, "high": 255}[name], color=plots.COLOURS["quiet"], ls=":", label="published")
    ax.set(xlabel=f"threshold “{name}” (the other as published)", ylim=(0, None))
axes[0].set(ylabel="boxes")
axes[0].legend(fontsize=8)
plots.show(
    fig,
    alt="Numbers of kept and dropped boxes against each threshold; the kept ones change slowly around the published setting.",
)

# %% [markdown]
# **What we see.** Around the published setting (dotted) the number of kept boxes changes slowly: the recipe does not hang on a lucky threshold. No threshold makes it
# keep all of the roughly one hundred grains, either. The loss is elsewhere.
#
# ## Which grains get lost?
#
# **Predict, then run.** Take one long crystal, 80 px by 30 px, and turn it. At which angles does its upright box pass the filter, 40 to 90 px in width *and* height?

# %%
angles = np.arange(0, 181, 5)
turn = np.deg2rad(angles)
width = abs(80 * np.cos(turn)) + abs(30 * np.sin(turn))
height = abs(80 * np.sin(turn)) + abs(30 * np.cos(turn))
passes = (width > 40) & (width < 90) & (height > 40) & (height < 90)

fig, ax = plt.subplots(figsize=(8, 3.2), layout="constrained")
ax.axhspan(40, 90, color=plots.COLOURS["accent"], alpha=0.12, label="what the filter lets pass")
ax.plot(angles, width, color=plots.COLOURS["porphyry"], label="width of the box")
ax.plot(angles, height, "--", color=plots.COLOURS["batholith"], label="height of the box")
ax.plot(angles[passes], np.full(passes.sum(), 22), "s", color=plots.COLOURS["accent"], label="the crystal is kept")
ax.set(xlabel="angle of the long axis (°)", ylabel="size (px)", xticks=range(0, 181, 30), ylim=(15, 95))
ax.legend(fontsize=8, ncols=2, loc="upper center", bbox_to_anchor=(0.5, 1.28))
plots.show(
    fig, alt="Width and height of the box of a turning crystal; both lie between 40 and 90 px only for oblique angles."
)

# %% [markdown]
# **What we see.** Lying straight, the crystal's box is 30 px high: dropped. Turned by 10° or more away from the axes it passes. The same crystal is kept or lost *by the way it happened
# to fall*. On the real mounts 75–83 % of the oblique long grains pass and only 10–44 % of the straight ones. Whether this harms a network
# is another matter (its crops are turned at random anyway), but long grains get rare, and long grains are what porphyries are known for.
#
# ## How good is it? Ask the truth
#
# To score a segmentation one needs the **truth**: an image in which every pixel bears the number of its grain. For the synthetic mounts it
# is known exactly, because we grew them; for the real QVC075 a person drew it. A found grain *matches* a true one when their **intersection over union** (IoU, shared pixels divided by all pixels of
# either) is at least 0.5. **Recall** is the share of true grains that were found, **precision** the share of found grains that are true, and
# **F1** their harmonic mean, 2PR / (P + R). Beside a score stands its **95 % interval**: a range made so that, could we draw such grains again and again, it would hold the true value 95 times in 100. It covers the luck of the grains, not that of the mounts.

# %%
from zirconkit.evaluation import proportion_interval, segmentation_scores

truth = subject.truth()
picture, labels, table, um_per_px, _ = segmentation.segment_mount(subject, "published")
kept_only = np.where(np.isin(labels, table.loc[table["kept"], "grain"]), labels, 0)
if truth is None:
    print("There is no label image for this mount here: the scores below need one.")
else:
    score = segmentation_scores(kept_only, truth)
    recall = proportion_interval(score["matched_50"], score["n_truth"])
    print(f"{score['n']} kept, {score['n_truth']} there, {score['matched_50']} match")
    print("recall {:.2f} (95 % interval {:.2f}–{:.2f}), precision {:.2f}".format(*recall, score["precision_50"]))
    plots.show(
        plots.mount(
            plots.match_map(picture, kept_only, truth, gain=1.5),
            "found (green), missed (orange), found but not one true grain (pink)",
            um_per_px=um_per_px,
        ),
        alt=f"{subject.sample}: {score['matched_50']} of {score['n_truth']} true grains outlined in green, missed ones in orange, clumps in pink.",
    )

# %% [markdown]
# **What we see.** Most of what the recipe keeps is one grain (precision), but it finds fewer than half of those that are there (recall). Orange: grains too small, too large, or part of a clump. Pink: boxes that hold two or more grains as if they were one. The paper says that over 85 % of the crystals were isolated
# and the rest, overlapping ones, discarded by hand; with this recipe, on the eleven real mounts that were measured, it is 35 %. Its Table 1 has the same counts, so the
# networks were trained on that third.
#
# ## Another way: fill the land with water
#
# Four ideas do better. (1) Subtract the resin's own brightness, tile by tile and, where a tile is streaked by charging, row by row; then one threshold suits all. (2) Fill each grain rather
# than trace it. (3) Move each outline to where the brightness falls to half of the grain's rim, so that the glow around it does not count.
# (4) Part grains that touch: measure how deep each pixel lies inside its patch (**distance transform**), take the deepest points as springs, let water
# rise from them, and build a wall where two waters meet. This is the **watershed**.

# %% tags=["nbval-check-output"]
import pandas as pd
from scipy import ndimage
from skimage.feature import peak_local_max
from skimage.segmentation import watershed

level = segmentation.half_way(image, own_labels)  # 40, where it parts grains from resin
bright = ndimage.binary_fill_holes(cv2.GaussianBlur(image, (0, 0), 1) > level)
patches, _ = ndimage.label(bright)

# These lines only pick an example, a patch of two or three grains that touch; skip to `depth`.
chosen = segmentation.touching_patch(own_labels, patches)
rows, columns = (slice(max(0, side.start - 20), side.stop + 20) for side in ndimage.find_objects(patches)[chosen - 1])
patch, touching = image[rows, columns], patches[rows, columns] == chosen

depth = cv2.distanceTransform(touching.astype(np.uint8), cv2.DIST_L2, 5)
springs = peak_local_max(depth, min_distance=12, labels=touching.astype(int), exclude_border=False)
seeds = np.zeros(depth.shape, int)
seeds[tuple(springs.T)] = np.arange(1, len(springs) + 1)
parted = watershed(-depth, seeds, mask=touching)  # minus: the deepest points become the lowest
print(f"one bright patch, {len(springs)} springs, {parted.max()} grains")

# %%
fig, axes = plt.subplots(1, 4, figsize=(9, 2.9), layout="constrained")
axes[0].imshow(patch, cmap="gray")
axes[1].imshow(touching, cmap="gray")
axes[2].imshow(depth, cmap="viridis")
axes[2].plot(springs[:, 1], springs[:, 0], "o", ms=5, color=plots.COLOURS["porphyry"])
axes[3].imshow(plots.outlined(patch, parted, thickness=2))
titles = ("grains that touch", f"brighter than {level:.0f}, filled", "depth, springs (orange)", "parted")
for ax, title in zip(axes, titles):
    ax.set(title=title, xticks=[], yticks=[])
plots.show(
    fig,
    alt=f"A patch of {subject.sample}, its depth with {len(springs)} springs, and the {parted.max()} grains that the watershed makes of it.",
)

# %% [markdown]
# **What we see.** Threshold and filling alone give one patch for grains that touch. Its depth has a peak in each grain's middle, with a pass between them at the
# neck, and there the wall is built. `min_distance=12` says that of all peaks within 12 px only the deepest is a spring: without such a rule each bump of an outline would split the grain, with too strict a one
# touching grains stay together.
#
# `segmentation.watershed` takes the four steps over whole mounts (and wants a neck to be narrower than 0.7 of the slimmer grain, which suits grains of all sizes). Both recipes, on every mount that has a truth here:

# %% tags=["nbval-check-output"]
rows = []
for mount in found.values():
    truth = mount.truth()
    for method in ("published", "watershed"):
        _, labels, table, *_ = segmentation.segment_mount(mount, method)
        row = {"mount": mount.sample, "method": method, "found": len(table), "kept": int(table["kept"].sum())}
        if truth is not None:
            keep = table["grain"] if method == "watershed" else table.loc[table["kept"], "grain"]
            score = segmentation_scores(np.where(np.isin(labels, keep), labels, 0), truth)
            row |= {"there": score["n_truth"]} | {k: round(score[k], 2) for k in ("f1_50", "f1_75", "mean_iou")}
        rows.append(row)
scores = pd.DataFrame(rows).set_index(["mount", "method"])
scores

# %% [markdown]
# **What we see.** `found` counts patches of at least 100 px, `kept` those that go on into the data set, `there` the true grains; the last three columns compare with the truth, where there is one. The watershed finds nearly all grains and its F1 is far above that of the kept boxes, on synthetic and on real mounts. (`f1_50` and `f1_75` are F1 with a match at IoU 0.5 and at 0.75, `mean_iou` is the mean IoU of the matched grains. Of the paper's recipe the kept boxes are scored, since the size filter is part of it; of the watershed, all that it found.) A warning about the synthetic scores: those mounts were drawn by people who knew this recipe. On
# the real QVC075, with an outline drawn by hand, it has F1 0.97 or more.
#
# ## Measuring a grain
#
# From an outline one can measure. `segmentation.segment` also gives a table, a row for each grain, in px and µm. *Aspect ratio* is length over width; *solidity* the area over that of a rubber band put round the grain (1: no notches); *Feret* the greatest length; *oscillation* how far the grey swings on the way from rim to core, as a share of the mean grey, and `wavelength_um` the distance at which it repeats. NaN: too small to measure.

# %% tags=["nbval-check-output"]
tables = []
for mount in found.values():
    table = segmentation.segment_mount(mount).table
    tables.append(table.assign(sample=mount.sample, class_name=mount.class_name))
measured = pd.concat(tables, ignore_index=True)
if measured["class_name"].isna().all():
    measured["class_name"] = "no class"
measured = measured.dropna(subset="class_name")
unit = "um" if measured["equivalent_diameter_um"].notna().all() else "px"  # px, where nobody says the scale
columns = ["sample", f"equivalent_diameter_{unit}", "aspect_ratio", "solidity", "mean_grey", "oscillation"]
columns += [f"wavelength_{unit}", "flags"]
measured[columns].groupby("sample").head(2).round(2)

# %%
names = sorted(measured["class_name"].unique())
fig, axes = plt.subplots(1, 3, figsize=(9.5, max(2.6, 0.8 + 0.6 * len(names))), layout="constrained")
measures = {
    "aspect_ratio": "aspect ratio (long / short axis)",
    f"equivalent_diameter_{unit}": f"diameter of an equal disk ({'µm' if unit == 'um' else 'px'})",
}
measures["oscillation"] = "oscillation (share of mean grey)"
for ax, (column, label) in zip(axes, measures.items()):
    plots.feature_by_class(measured, column, label, ax=ax)
for ax in axes[1:]:
    ax.set(yticklabels=[])
plots.show(
    fig,
    alt=f"Aspect ratio, diameter and oscillation of the grains by class ({', '.join(names)}), a dot a grain and a bar at each median.",
)

# %% [markdown]
# **What we see.** A dot is a grain, a bar the median. Porphyry grains (orange) are longer for their width; the two classes overlap in every
# measure, and no line would part them. Keep the aspect ratio in mind: in notebook 4 it is the rival that networks have to beat.
#
# ## What a person mends
#
# Any recipe errs. Instead of dropping doubtful grains silently, the kit *flags* them (touching, cut by the edge, on a seam between tiles, dim, saturated, of low
# solidity), and you decide. What you decide goes into an **edit list**: plain text that names places, not numbers of grains, so that it can be replayed tomorrow, on another
# computer, by someone who doubts you.

# %%
image = looked.image  # at its own scale: edits name places there
labels, table = segmentation.segment(image, um_per_px=looked.um_per_px)
doubtful = table[table["flags"].str.contains("low_solidity") & (table["area_px"] > 400)].nlargest(1, "area_px")
number = int((doubtful if len(doubtful) else table.nlargest(1, "area_px"))["grain"].iloc[0])

row = table[table["grain"] == number].iloc[0]
own = labels[row["row_min"] : row["row_max"], row["col_min"] : row["col_max"]] == number
own = np.pad(own.astype(int), 3)

cuts = []  # try many straight cuts and take the shortest; you need not follow it
for angle in range(-90, 90, 10):
    for offset in range(-30, 31, 3):
        line = widgets.cut_line(own, 1, angle, offset)
        try:
            sizes = np.bincount(segmentation.apply_edits(own, [{"do": "cut", "line": line}]).ravel())[1:]
        except ValueError:  # this line misses the grain
            continue
        if len(sizes) == 2 and sizes.min() > 0.25 * sizes.sum():
            cuts.append((np.hypot(*np.subtract(*line)), angle, offset))
length, angle, offset = min(cuts, default=(0, 0, 0))

# %%
curator = widgets.Curator(image, labels)
before = widgets.zoom(image, labels, number, widgets.cut_line(labels, number, angle, offset))
curator.cut(number, angle, offset)
after = widgets.zoom(image, curator.labels, number)
fig = plots.gallery([before, after], [f"grain {number}, a planned cut", "after the cut"], columns=2, width=7)
plots.show(
    fig,
    alt=f"Grain {number} of {subject.sample} with a green line across it, and the same grain parted along that line.",
)
print(curator.edits)

# %% [markdown]
# **What we see.** The largest grain that is flagged for low solidity (or the largest of all, if none is), and the shortest straight cut that leaves at least a quarter of it on either side. The edit list has one entry: a cut, with the row and column of its two ends. Are these really two grains? You may well
# disagree with this cut, and that is the point: it is written down, and `undo` takes it back. Go through some grains yourself; with no kernel running, the buttons rest and the figure above has to do.

# %%
curator.undo()
ours = DATA in ("synthetic", "quellaveco")
kept_at = f"{DATA}_{subject.path.name}" if ours else subject.path  # of the course's mounts: where you work
mine = widgets.Curator(image, labels, kept_at)  # goes on with your list, if there is one
mine.panel()

# %% tags=["nbval-check-output"]
mended = segmentation.apply_edits(labels, [{"do": "erase", "at": curator.place(number)}])
print(f"{labels.max()} grains before, {mended.max()} after erasing one")

# %% [markdown]
# **What we see.** Erasing one grain leaves one fewer, and the original label image is untouched. The button *save* writes your list down. Of a mount of your own it lies beside the image, as `<image>.edits.json`: from then on `grains.from_mounts` and `zirconkit segment` replay it, and say so. Of the course's mounts it lies in the folder where you work, and this notebook goes on with it when you come back. `segmentation.load_edits` reads it back.
#
# ### Exercise 1: turned by 45°
# A crystal, a rectangle of 100 × 35 px, lies at exactly 45°. How wide (in px) is its upright box? And would the recipe keep it? Answer with the width, rounded or not.

# %%
from zirconkit.exercises import segmentation as ex

answer = ...

# %% tags=["nbval-check-output"]
ex.turned_box.check(answer)

# %% [markdown]
# ### Exercise 2: intersection over union
# Write a function that takes two boolean masks of one shape and returns their IoU. Think about what should happen when both are empty.


# %%
def iou(a, b):
    return ...  # change this line; the one below hands your function over


answer = iou if iou(np.ones((2, 2), bool), np.ones((2, 2), bool)) is not ... else ...

# %% tags=["nbval-check-output"]
ex.write_iou.check(answer)

# %% [markdown]
# ### Exercise 3: which mistake is worse?
# You want to train a network on the grains that a recipe keeps. Recipe A has precision 0.98 and recall 0.45, and what it misses is mostly
# *long grains that lie straight*; recipe B has precision 0.90 and recall 0.95. Which statement is right?
#
# - **a** A is safe: nearly all that it keeps is a grain
# - **b** A teaches the network on a sample that is not like the mount, and no score on A's own grains will show it
# - **c** B is worse, since one in ten of its grains is wrong
# - **d** recall does not matter for training

# %%
answer = ...

# %% tags=["nbval-check-output"]
ex.which_mistake.check(answer)

# %% [markdown]
# ### Exercise 4: part the twins
# `ex.TWINS` is a label image with one label that is clearly two grains. Look at it, then write an edit list with one edit that parts it at the neck: `[{"do": "cut", "line": [[row, column], [row, column]]}]`, both ends in the black.

# %%
fig = plots.gallery([ex.TWINS], columns=1, width=4.5, vmax=1)
fig.axes[0].axis("on")
fig.axes[0].set(xlabel="column (px)", ylabel="row (px)")
plots.show(fig, alt="Two white disks of unequal size, joined by a narrow neck near column 34.")

# %%
answer = ...

# %% tags=["nbval-check-output"]
ex.part_the_twins.check(answer)

# %% [markdown]
# **Take away.** A segmentation is a choice, and choices have victims: the published filter loses grains by size, by contact, and by how they fell. Score it against a truth, flag what is doubtful,
# write down what you mend. Next: [2 · From grains to a data set](02_from_grains_to_data.ipynb).
#
# **References.** Nathwani et al. (2023), https://doi.org/10.1029/2022JB025933, section 2.1 · Canny (1986), *IEEE Transactions on Pattern Analysis and Machine
# Intelligence* 8, 679–698.
