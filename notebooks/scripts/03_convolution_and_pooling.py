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
# @title Imports, and one grain of the mounts
import cv2
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from zirconkit import course, evaluation, grains, mounts, plots, samples, synthetic, widgets
from zirconkit.convolution import (
    KERNELS,
    TASKS,
    convolve,
    dilated,
    gabor,
    light,
    output_size,
    pool,
    receptive_field,
    unseen,
)
from zirconkit.exercises import convolution as ex
from zirconkit.exercises import score_card

profile = course.profile(PROFILE)
found = course.enough("03", mounts.find(DATA, "quick"))
grain, sample, um_per_px = grains.zoned(found, seed=SEED + 1)
made = mounts.provenance([mount for mount in found if mount.sample == sample])
rows, columns = np.nonzero(grain > min(30, grain.max() // 3))  # the grain without the black around it
low_row, low_column = max(0, rows.min() - 6), max(0, columns.min() - 6)
close = grain[low_row : rows.max() + 7, low_column : columns.max() + 7]
right_minus_left = np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])
learned = pd.read_csv(samples.DATA / "results/learned_kernels.csv")

# %% [markdown] tags=["predict:side"]
# # 3 · Convolution and pooling: nine numbers that see
#
# A computer sees a zircon as numbers, one for each **pixel** (px): from 0, black, to 255, white. Here are nine numbers in a square:
#
# | | | |
# | --- | --- | --- |
# | **−1** | **0** | **1** |
# | **−1** | **0** | **1** |
# | **−1** | **0** | **1** |
#
# Lay them on a pixel and its eight neighbours. Multiply each by the number under it, and add the nine products. Do so at every pixel of a bright crystal on black ground. Where the sum is above 0 a lamp goes on, brighter for a larger sum.
#
# **Which side of the crystal lights up?** Write `"left"`, `"right"`, `"top"`, `"bottom"` or `"all"`.

# %% tags=["predict:side", "answer"]
my_side = ...

# %% tags=["check"]
ex.side.commit(my_side)

# %% [markdown] tags=["frame"]
# **The idea:** nine numbers decide what lights up in an image; you can choose them, and a machine can find them.
#
# **You will** paint kernels until they light up what you want · set a machine the same task, and see what a network made of its kernels · work out what a layer costs · say what pooling keeps and what it drops · write a convolution yourself.
#
# **You need** notebooks 0 and 1. In a word: *median*, the middle of sorted values · *correlation*, 1 for the same pattern, 0 for unrelated ones · *95 % interval*, where the true value lies in about 95 of 100 such studies · *pairs ranked right*, the share of pairs, one grain of each kind, in which the porphyry grain gets the higher score. **Time** core 50 min (exercises in it), going deeper 60 min, 20 s to run.

# %% [markdown]
# ## One sum, everywhere

# %%
# @title A grain, all the sums, and the lamps
sums = convolve(close, right_minus_left)
strongest = np.unravel_index(sums.argmax(), sums.shape)
top, left = (int(np.clip(at - 6, 0, max(side - 15, 0))) for at, side in zip(strongest, close.shape))
part = close[top : top + 15, left : left + 15]  # looked at below
fig, axes = plt.subplots(1, 3, figsize=(10, 3.4), layout="constrained")
axes[0].imshow(close, cmap="gray")
axes[0].set(title="one grain", xlabel="column (px)", ylabel="row (px)")
axes[0].add_patch(plt.Rectangle((left - 0.5, top - 0.5), 15, 15, fill=False, color=plots.LINES[3], lw=2))
image = plots.signed_map(axes[1], sums)
fig.colorbar(image, ax=axes[1], label="sum (grey levels)", shrink=0.8)
plots.light_map(axes[2], sums)
axes[1].set_title("the sums")
axes[2].set(title="the lamps", ylabel="")  # room for the colour bar's label
plots.show(
    fig,
    of=made,
    alt="A grain, with a frame around its strongest sum; the sums of right minus left, positive on its left flank and negative on its right one; the positive ones as light.",
)
ex.side.meet("left")

# %% [markdown]
# **What we see.** Middle: every sum in its place, green above 0, purple below. At the left flank grey levels rise as one goes to the right, so the sum is positive; at the right flank they fall. Inside, borders of zones that run up and down give sums, too; those that run across hardly do.
#
# The square of numbers is a **kernel**, or filter, and each number a **weight**. The sums in their places are the **feature map**, and making it is a **convolution**. Right: negative sums are set to 0, which networks call **ReLU**.
#
# On even ground of grey level *g* the sum is *g* times the sum of the weights: here 0, however bright the ground is.

# %%
# @title One step at a time, in the framed part of the grain: pull the slider
widgets.kernel_stepper(part, {"right minus left": right_minus_left, "blur": KERNELS["blur"]})

# %%
# @title The step with the largest sum
steps = convolve(part, right_minus_left)
place = np.unravel_index(steps.argmax(), steps.shape)
plots.show(
    plots.convolution_step(part, right_minus_left, *place),
    of=made,
    alt=f"The largest sum: nine pixels times nine weights; the products sum to {steps[place]:g}, one value of the map.",
)

# %% [markdown]
# **What we see.** Nine pixels, nine weights, nine products, one sum: the darkest green above. The map is two pixels smaller each way, because the kernel stays inside.
#
# ## Paint a kernel
#
# Four grown grains, and under them what your kernel lights up: green where it should, white elsewhere. The score is the green share of all light, as squared sums, on the four together. At least a tenth of the target has to be lit. A pixel is lit if it gets more than 3 grey levels, once the weights are scaled until their absolute values sum to 1. For example, right minus left on the flank: share 0.27, lit 0.64.
#
# The *lower left flank* is a band within 3 px of the true outline, framed in green. For the *zoning* each grain has a **twin**, grown from the same seed without zones: where the twin lights up as well, the light counts as white. Only grown grains have such a truth. The faint speckle is noise, as of a detector.

# %%
# @title Nine cells to paint in
paint = widgets.KernelPainter(right_minus_left)
paint

# %%
# @title The same without cells: right minus left
fig, axes = plt.subplots(1, 2, figsize=(10, 4.2), layout="constrained")
for ax, task in zip(axes, TASKS):
    picture = plots.painted(right_minus_left, task)
    ax.imshow(picture)
    rows = ["grain", "twin", "light"] if task == "zoning" else ["grain", "light"]
    ax.set_yticks((np.arange(len(rows)) + 0.5) * len(picture) / len(rows), rows)
    ax.set(title=f"light up: {task}", xticks=[])
plots.show(
    fig,
    of="grown",
    alt="Left: four grains, their lower left flanks framed, and the light of right minus left, green only in the frames. Right: the grains, their twins without zones, and the light, green in the zoning and white along the outline.",
)
for task in TASKS:
    best, chance = widgets.rivals(task)
    print(f"{task}: four well-known kernels reach {best:.2f} at most, 95 of 100 random ones less than {chance:.2f}")

# %% [markdown] tags=["exercise:lower_left"]
# **What we see.** Left: right minus left lights up whole left flanks, of which only the lower are green, and much of the zoning. Right: now the zoning is green, and the outline, which the twins have too, is white. The four well-known kernels are right minus left, bottom minus top, a blur (nine times 1/9) and one that sharpens.
#
# ### Exercise: only the lower left flank
# Change the cells until 0.60 of the light is green. Then hand the kernel over: `paint.kernel()` in place of the dots.

# %% tags=["exercise:lower_left", "answer"]
my_flank = ...

# %% tags=["check", "nbval-check-output"]
ex.lower_left.check(my_flank)

# %% [markdown] tags=["exercise:zoning"]
# ### Exercise: the zoning, not the outline
# Choose *zoning* in the list. Paint until 0.78 of the light is green. The outline is the largest step in the image: from dark to bright. How does a thin zone differ from a step?

# %% tags=["exercise:zoning", "answer"]
my_zoning = ...

# %% tags=["check", "nbval-check-output"]
ex.zoning.check(my_zoning)

# %% [markdown] tags=["predict:machine"]
# ## A machine paints
#
# A machine begins with nine random numbers. In each of 40 rounds it tries a little more and a little less of each, and moves all nine towards what scores better.
#
# **Predict.** On the lower left flank you were asked for 0.60, and 95 of 100 random kernels stay below the number printed above. Which share does the best of the machine's starts reach? (From 0 to 1.)

# %% tags=["predict:machine", "answer"]
my_machine = ...

# %% tags=["check"]
ex.machine.commit(my_machine)


# %%
def worth(weights, task, on=None):
    """The green share, less where under a tenth of the target is lit; on the four grains, or others."""
    found = light(weights.reshape(3, 3), task, on)
    return found.share * min(1, found.covered / 0.1)


def learn(task, seed, rounds=40):
    """Nine weights that begin at random and climb."""
    weights = np.random.default_rng(seed).normal(size=9)
    for step in np.linspace(0.5, 0.05, rounds):
        more_less = [(worth(weights + nudge, task), worth(weights - nudge, task)) for nudge in 0.1 * np.eye(9)]
        slope = np.array([more - less for more, less in more_less])
        weights = weights + step * slope / max(np.linalg.norm(slope), 1e-9)
    return weights.reshape(3, 3)


starts = range(SEED, SEED + profile.seeds + 1)  # four in the lesson
machines = {task: [learn(task, seed) for seed in starts] for task in TASKS}

# %%
# @title The machine's kernels and others, on the four grains and on eight unseen ones
table = {}
for task, question, own in (("lower left flank", ex.lower_left, my_flank), ("zoning", ex.zoning, my_zoning)):
    kernels = {f"start {seed}": kernel for seed, kernel in zip(starts, machines[task])}
    kernels["well known"] = max(list(KERNELS.values())[:4], key=lambda kernel: worth(kernel, task))
    kernels["solution"] = np.array(question.answer)
    if question.solved:
        kernels["yours"] = np.array(own, float)
    short = task.removeprefix("lower left ")
    table[short] = {name: worth(kernel, task) for name, kernel in kernels.items()}
    table[f"{short}, unseen"] = {name: worth(kernel, task, unseen()) for name, kernel in kernels.items()}
    table[f"{short}, lit"] = {name: light(kernel, task).covered for name, kernel in kernels.items()}
pd.DataFrame(table).T.round(2)

# %%
ex.machine.meet([worth(kernel, "lower left flank") for kernel in machines["lower left flank"]])

# %% [markdown]
# **What we see.** The score on the four grains and on eight *unseen* ones, and how much of the target is *lit*. *Well known* is the best of the four, *solution* what `ex.NAME.solution()` prints.
#
# On the flank most starts score above 0.9, but they light little more than a tenth of it. A tenth is what the rule asks for: the machine does what the score says, not what we meant. On the zoning its best start passes the well-known kernel, but not the solution. A start whose lamps are all dark stays at 0, since no little change makes a difference: a **dead** kernel.
#
# On unseen flanks the machine's kernels and the solution lose, and the well-known one does not. On unseen zoning all lose, even the well-known kernel, which nobody tuned: these eight are harder. So compare kernels on the same grains, and on unseen ones.
#
# Networks learn in the same way, but calculate the direction instead of trying it out: notebook 4.

# %% [markdown]
# ## What LeNet made of its own
#
# LeNet, the network of the next notebook, begins with six kernels of this size that all read the image: its first **layer**. Nobody chose them: their weights start at random and are moved, in 200 rounds through 542 grown grains of 32 × 32 px, towards telling porphyry from batholith.

# %%
# @title A kernel for each task, and LeNet's six before and after its training
names = [f"w{i}{j}" for i in range(3) for j in range(3)]
by_time = {epoch: rows[names].to_numpy().reshape(10, 6, 3, 3) for epoch, rows in learned.groupby("epoch")}
mine = {}
for task, question, own in (("lower left flank", ex.lower_left, my_flank), ("zoning", ex.zoning, my_zoning)):
    best = max(machines[task], key=lambda kernel: worth(kernel, task))
    whose, kernel = ("yours", own) if question.solved else ("machine", best)
    mine[f"{whose}:\n{task.removeprefix('lower left ')}"] = kernel, task
small = cv2.resize(grain, (32, 32), interpolation=cv2.INTER_AREA)
lit = np.argwhere(small > small.max() // 4)
cropped = small[max(0, lit[:, 0].min() - 2) : lit[:, 0].max() + 3, max(0, lit[:, 1].min() - 2) : lit[:, 1].max() + 3]
plots.show(
    plots.before_and_after(mine, by_time[0][0], by_time[200][0], cropped),
    of=made,
    alt="Two kernels made for a task, with their light on a grain, mostly green; LeNet's six before and after 200 epochs, and the map that each makes of a grain at LeNet's size.",
)
pairs = zip(by_time[0].reshape(60, 9), by_time[200].reshape(60, 9))
alike = [np.corrcoef(before, after)[0, 1] for before, after in pairs]
print(f"60 kernels of ten LeNets: weights before and after correlate by {np.median(alike):.2f} in the median")
free, frozen = learned.groupby("seed")[["val_auc", "val_auc_frozen"]].first().to_numpy().T
gain = evaluation.paired_difference(free, frozen)
print(f"pairs ranked right: {free.mean():.3f}, with a frozen first layer {frozen.mean():.3f}", end="; ")
print(f"difference {gain.value:+.3f} ({gain.low:+.3f} to {gain.high:+.3f})")

# %% [markdown]
# **What we see.** Left: kernels made for a task, on one of the four grains, most of their light green. Right: LeNet's.
#
# - **It looks like its start.** Training hardly changed the pattern of the weights: see the median correlation below the figure. Numbers 2 and 6, whose weights sum to 0.6 and 1.0, answer most, to the whole bright grain.
# - **All the same LeNet scores 0.86**, the share of pairs ranked right among grains that it did not learn from.
# - **Frozen, it scores the same.** With the first layer kept as it was drawn, ten seeds resolve no difference: its 95 % interval holds 0. LeNet has 22,029 weights, and others can do the work.
#
# A kernel that looks meaningful may be one the network does not need.

# %% [markdown]
# ## Pooling
#
# **Pooling** cuts a map into blocks and keeps one number of each: the largest, **max pooling**, or the mean, **average pooling**.

# %%
# @title A map, pooled in two ways
maps = {"the map": sums, "max, 4 × 4": pool(sums, 4), "average, 4 × 4": pool(sums, 4, np.mean)}
fig, axes = plt.subplots(1, 3, figsize=(10, 3.2), layout="constrained")
for ax, (name, values) in zip(axes, maps.items()):
    image = plots.signed_map(ax, values, abs(sums).max())
    ax.set_title(name)
for ax in axes[1:]:
    ax.set(xlabel="column (blocks)", ylabel="row (blocks)")
fig.colorbar(image, ax=axes, label="sum (grey levels)", shrink=0.8)
plots.show(fig, of=made, alt="A map pooled: the maximum keeps the positive flank; the average pales both flanks.")

# %% [markdown]
# **What we see.** The maximum keeps the strongest positive answer of each block, wherever in it that was; little is left of the negative flank. The average keeps both signs and pales. So max pooling hands on *there is such a border about here*, average pooling *how much of it, on balance*.

# %% [markdown]
# ## Size and cost
#
# **Padding** lays zeros around the image, so that the kernel can go on over the edge; the **stride** is how many pixels it moves on. An image of *n* px, a kernel of *k* px, *p* zeros on either side and a stride of *s* give
#
# side of the map = (*n* + 2*p* − *k*) / *s*, rounded down, + 1
#
# So a kernel of 3 px turns 90 px into 88; one zero on either side, `padding="same"` in Keras, keeps 90.
#
# A **neurone** gives each value that it reads a weight of its own, and adds the products and one more number, its **bias**: 65,537 **parameters** for 256 × 256 px. A 3 × 3 kernel has 10, nine weights and a bias, for an image of any size, because the same weights slide everywhere. In deeper layers a kernel reads all maps of the layer before: a layer has *filters* × (*k* × *k* × *maps before* + 1).

# %% [markdown] tags=["predict:costly"]
# LeNet makes 6 maps of its image, from these 16 maps, and from those 32, all by 3 × 3 kernels, padded. After each of the three convolutions a pooling halves the side: 32 px become 4. Then 32 neurones read all values, and one more reads theirs.
#
# **Predict.** How many per cent of LeNet's parameters are in the convolutions?

# %% tags=["predict:costly", "answer"]
my_per_cent = ...

# %% tags=["check"]
ex.costly.commit(my_per_cent)


# %% tags=["nbval-check-output"]
def lenet_by_hand(size=32, kernel=3, paddings=(1, 1, 1)):
    """Parameters of LeNet's convolutions and of its neurones; `paddings`: zeros around, px."""
    convolutions, maps, side = 0, 1, size
    for filters, padding in zip((6, 16, 32), paddings):
        convolutions += filters * (kernel * kernel * maps + 1)
        side = output_size(side, kernel, padding=padding) // 2  # pooling halves it
        maps = filters
    neurones = (side * side * maps + 1) * 32 + (32 + 1)
    return {"convolutions": convolutions, "neurones": neurones, "in all": convolutions + neurones}


pd.DataFrame({"parameters": lenet_by_hand()})

# %%
costs = lenet_by_hand()
ex.costly.meet(100 * costs["convolutions"] / costs["in all"])

# %% [markdown]
# **What we see.** LeNet has **22,029** parameters, the paper's number to the last digit (Nathwani and others, 2023). Three quarters are the neurones'; pooling has none.

# %% [markdown] tags=["exercise:write_it_yourself"]
# ## Write it yourself
#
# ### Exercise: ten lines
# Write `my_convolution(image, kernel)`: two arrays in, the map out; stride 1, no padding. Loops are welcome. The image is `uint8`, which ends at 255; sums do not.


# %% tags=["exercise:write_it_yourself", "answer"]
def my_convolution(image, kernel):
    return ...  # the map


# %% tags=["check", "nbval-check-output"]
ex.write_it_yourself.check(my_convolution)

# %% [markdown] tags=["depth"]
# # Going deeper
#
# Each section can be read by itself, once the core has run.

# %% [markdown] tags=["depth"]
# ## Your loop and three libraries
#
# Mathematicians who say *convolution* turn the kernel by 180° before it slides. What your loop does, without the turn, they call **cross-correlation**. Below, your loop is compared with OpenCV's `filter2D`, SciPy's `correlate2d` and `convolve2d`, and Keras.

# %% tags=["depth"]
import keras  # takes some seconds
from scipy.signal import convolve2d, correlate2d

kernel = np.array([[1.0, 2, 0], [0, -1, 0], [0, 0, -3]])  # no symmetry that could hide a mistake
pixels = grain.astype("float32")
mine = my_convolution if ex.write_it_yourself.solved else convolve  # until yours is right, the kit's loop stands in
loop = np.asarray(mine(grain, kernel))
images, kernels = pixels[None, ..., None], kernel[..., None, None].astype("float32")
libraries = {
    "cv2.filter2D": cv2.filter2D(pixels, -1, kernel)[1:-1, 1:-1],  # keeps the size: cut the border off
    "scipy correlate2d": correlate2d(pixels, kernel, mode="valid"),
    "scipy convolve2d": convolve2d(pixels, kernel, mode="valid"),
    "convolve2d, kernel turned": convolve2d(pixels, kernel[::-1, ::-1], mode="valid"),
    "keras.ops.conv": np.asarray(keras.ops.conv(images, kernels))[0, ..., 0],
}
for name, values in libraries.items():
    print(f"{name:26s} largest difference {abs(values - loop).max():7.2f} grey levels")

# %% [markdown] tags=["depth", "exercise:half_turn"]
# **What we see.** Three agree with the loop. Only SciPy's `convolve2d` turns the kernel first; given a kernel that is turned already, it agrees as well. Networks compute the cross-correlation and call it convolution. Keras' layer `Conv2D` is this loop, for many kernels at once, and fast.
#
# ### Exercise: turned or not
# For which of these three kernels do `correlate2d` and `convolve2d` agree, on any image?
#
# - **a** `[[-1, 2, -1], [0, 3, 0], [1, -4, 1]]`
# - **b** `[[1, 2, 0], [-3, 4, -3], [0, 2, 1]]`
# - **c** `[[1, 2, 3], [2, 0, -1], [3, -1, 0]]`

# %% tags=["depth", "exercise:half_turn", "answer"]
my_letter = ...

# %% tags=["depth", "check", "nbval-check-output"]
ex.half_turn.check(my_letter)

# %% [markdown] tags=["depth"]
# ## Kernels with a name

# %% tags=["depth"]
# @title Five kernels, what they make of the grain, and how many times stronger zones and noise come out of them
plots.show(
    plots.kernels_and_maps(KERNELS, close),
    of=made,
    alt="Five kernels and their maps of the grain: two edge maps, a blurred grain, a sharpened one, and a Laplacian that draws thin lines.",
)
noise = np.random.default_rng(SEED).normal(size=(200, 200))  # around 0, with a spread of 1
across = np.arange(202)
tests = {f"wavelength {w} px": np.tile(np.sin(2 * np.pi * across / w + 1), (30, 1)) for w in (4, 8)} | {"noise": noise}
gains = {
    what: {name: convolve(image, kernel).std() / image.std() for name, kernel in KERNELS.items()}
    for what, image in tests.items()
}
for size in (2, 4):
    print(f"max pooling of noise, {size} × {size}: mean {pool(noise, size).mean():+.2f}")
pd.DataFrame(gains).round(2)

# %% [markdown] tags=["depth"]
# **What we see.** Each map has its own scale, with the largest hundredth clipped; green is positive, purple negative, and the grey map, of the blur, has no sign. The blur melts fine zones together, sharpening makes their borders stand out, and the Laplacian, what the four neighbours have more than the middle, draws both sides of each border in opposite colours.
#
# The table says how many times stronger upright zones, and noise, come out than they went in. The **wavelength** is the distance from one bright band to the next: at 4 and 8 px the bands, bright or dark, are 2 and 4 px wide. Only what comes out against the noise counts. Right minus left, here *vertical edge*, makes zones of wavelength 4 px 6 times stronger and noise 2.45 times: these zones gain. Sharpening makes them 3 times stronger and noise 5.4 times: the image looks crisper, and the zones are harder to make out. The blur divides noise by 3, as it averages nine values, √9, and fine zones as well; the broad ones it weakens by a fifth only, so they gain. Which kernel helps depends on the width and the direction of the zones.
#
# Max pooling makes something of nothing: of noise around 0, with a spread of 1, the largest of four values is about +1.0, the largest of sixteen about +1.8. An answer has to be stronger than that to count.
#
# ## What ten LeNets answer to
#
# A kernel is the sum of three parts: an *even* one, all nine weights alike; a *slope*, rising in one direction; and the *rest*. The shares of the squared weights say how much of each it has.


# %% tags=["depth"]
def parts(kernel):
    """Shares of a kernel's squared weights: an even part, a slope in any direction, and the rest."""
    even = kernel.sum() ** 2 / 9
    slope = ((kernel[:, 2] - kernel[:, 0]).sum() ** 2 + (kernel[2] - kernel[0]).sum() ** 2) / 6
    every = (kernel**2).sum()
    return np.array([even, slope, every - even - slope]) / every


kinds = ["even: brightness", "slope: borders", "rest: lines, corners, noise"]
shares = {epoch: np.array([[parts(k) for k in six] for six in ten]).mean(axis=1) for epoch, ten in by_time.items()}
rows = {"by chance": [1 / 9, 2 / 9, 6 / 9], "before": shares[0].mean(axis=0), "after": shares[200].mean(axis=0)}
changes = [evaluation.paired_difference(*pair) for pair in zip(shares[200].T, shares[0].T)]
table = pd.DataFrame(rows, index=kinds).map("{:.3f}".format)
table["change"] = [f"{each.value:+.3f} ({each.low:+.3f} to {each.high:+.3f})" for each in changes]
table["right minus left"], table["Laplacian"] = parts(right_minus_left).round(2), parts(KERNELS["Laplacian"]).round(2)
table

# %% [markdown] tags=["depth"]
# **What we see.** Right minus left is all slope, the Laplacian all rest. Before the training LeNet's kernels are close to chance. Training raises the share of slope by 0.12 over ten seeds, and the interval leaves out 0: they lean a little more towards borders. The rest loses, and of the even part the change is not resolved. So the layer does learn something, on top of what chance gave it; but the network can do without it, as the frozen layer showed.
#
# ### To discuss
# You see a first-layer kernel in a paper, and beside it: "this one detects oscillatory zoning". What would you have to measure before you write such a sentence, against what baseline, and what would refute it?
#
# ## Stride, padding, dilation
#
# **Dilation** leaves gaps between the weights: a kernel of *k* px with dilation *d* spans *d*(*k* − 1) + 1 px, still with as many weights. In the formula for the side of the map the span takes the place of *k*.

# %% tags=["depth"]
ways = {"as before": {}, "stride 2": {"stride": 2}, "padding 1": {"padding": 1}, "dilation 2": {"dilation": 2}}
fig, axes = plt.subplots(1, 4, figsize=(10, 2.9), layout="constrained")
for ax, (name, way) in zip(axes, ways.items()):
    kernel = dilated(right_minus_left, way.get("dilation", 1))
    response = convolve(grain, kernel, way.get("stride", 1), way.get("padding", 0))
    plots.signed_map(ax, response)
    zoom = len(response) / len(grain)
    ax.set_xlim(zoom * low_column, zoom * (low_column + close.shape[1]))
    ax.set_ylim(zoom * (low_row + close.shape[0]), zoom * low_row)
    ax.set_title(f"{name}: {len(response)} px")
plots.show(
    fig,
    of=made,
    alt="The map of right minus left as before, with stride 2, padding 1 and dilation 2; sides of 88, 44, 90 and 86 px.",
)

# %% [markdown] tags=["depth", "exercise:side_of_30"]
# **What we see.** The part of each map that holds the grain. Whole, the maps of 90 px have sides of 88, 44, 90 and 86 px. Stride 2 keeps a quarter of the sums. Dilation 2 compares pixels four columns apart in place of two, and so answers to broader bands.
#
# ### Exercise: a map of 30 px
# A kernel of 5 × 5 px is to turn an image of 90 × 90 px into a map of 30 × 30. With which stride and padding? Give both, as `(stride, padding)`.

# %% tags=["depth", "exercise:side_of_30", "answer"]
my_way = ...

# %% tags=["depth", "check", "nbval-check-output"]
ex.side_of_30.check(my_way)

# %% [markdown] tags=["depth"]
# ## Counting, to read a paper

# %% tags=["depth", "nbval-check-output"]
ways = {"3 × 3, all padded": {}, "only the first padded": {"paddings": (1, 0, 0)}}
ways["5 × 5, all padded"] = {"kernel": 5, "paddings": (2, 2, 2)}
pd.DataFrame({name: lenet_by_hand(**way) for name, way in ways.items()}).T

# %% [markdown] tags=["depth", "exercise:bigger_images"]
# **What we see.** The paper's number, 22,029, is that of three padded convolutions. Its text (section 2.4.1) pads only the first, which gives 9,741. It puts the saving of 3 × 3 against 5 × 5 at about 25,000; with these filters it is 9,824.
#
# ### Exercise: what larger images cost
# The same LeNet, 3 × 3 and all padded, is to get images of 64 × 64 px. How many parameters has it in all? First guess which factor comes nearest: one, two, three or four. Then use the table, and a pencil. A layer of neurones that read all values is called **dense**.

# %% tags=["depth", "exercise:bigger_images", "answer"]
my_count = ...

# %% tags=["depth", "check", "nbval-check-output"]
ex.bigger_images.check(my_count)

# %% [markdown] tags=["depth"]
# ## How far does a value see?
#
# A value of the first map depends on 3 × 3 px. After a pooling and another convolution it depends on more. The side of that square is its **receptive field**. Each layer adds (kernel − 1) × the product of all strides before it.

# %% tags=["depth"]
sides = receptive_field([(3, 1), (2, 2)] * 3)
layers = [f"{kind} {number}" for number in (1, 2, 3) for kind in ("convolution", "pooling")]
table = pd.DataFrame({"px of 32": sides}, index=layers)
table["px of 90"] = (table["px of 32"] * 90 / 32).round(1)
if um_per_px:
    table["µm"] = (table["px of 90"] * um_per_px).round()
fig, ax = plt.subplots(figsize=(6, 4), layout="constrained")
ax.imshow(small, cmap="gray")
styles = {"convolution 1": (0, "-"), "convolution 2": (1, "--"), "convolution 3": (3, "-"), "pooling 3": (4, "-.")}
for name, (number, style) in styles.items():
    side = table.loc[name, "px of 32"]
    corner = 15.5 - side / 2
    ax.add_patch(
        plt.Rectangle((corner, corner), side, side, fill=False, color=plots.LINES[number], ls=style, lw=2, label=name)
    )
ax.set(xlabel="column (px)", ylabel="row (px)", title="what one value depends on")
ax.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
plots.show(
    fig,
    of=made,
    alt="The grain at 32 px with four nested squares that one value of a layer depends on: sides 3, 8, 18 and 22 px.",
)
high, wide = np.ptp(lit, axis=0) + 1
print(f"the grain is {wide} px wide and {high} px high, of 32")
table

# %% [markdown] tags=["depth"]
# **What we see.** The grain at 32 px, as LeNet gets it; one of its pixels is 2.8 px of the image above. The first convolution sees 3 px: one border. The third sees 18 px and the last pooling 22; compare them with the size of the grain, printed above the table. The squares are drawn around one centre; real positions lie on a grid.
#
# The paper calls what earlier layers learn broader in scale and what deeper ones learn more detailed. In *size* it is the other way round: fine first, broad later. And several small kernels replace a large one: two layers of 3 × 3 in a row see 5 × 5 px, with 18 weights in place of 25.
#
# There is a limit: a pair of bands needs two pixels, one bright and one dark. So at 32 px zones closer than 5.6 px of the 90 are gone, whatever the kernel; at the 2 µm per pixel of the paper's mounts that is 11 µm.
#
# ## Shifted grain, shifted map
#
# Move the grain to the right, and compare the map of the moved grain with the moved map of the grain; then the same behind 2 × 2 pooling, where a move by 2 px should move the pooled map by one.

# %% tags=["depth"]
room = np.pad(grain, 12)  # black around the grain, so that it never meets the border
feature_map = convolve(room, right_minus_left)
shifts = range(9)
rest = {"convolution": [], "and max pooling": [], "and average pooling": []}
for shift in shifts:
    moved = convolve(np.roll(room, shift, axis=1), right_minus_left)
    rest["convolution"].append(abs(moved - np.roll(feature_map, shift, axis=1)).max())
    for kind, reduce in (("max", np.max), ("average", np.mean)):
        difference = pool(moved, 2, reduce) - np.roll(pool(feature_map, 2, reduce), shift // 2, axis=1)
        rest[f"and {kind} pooling"].append(abs(difference).max())
fig, ax = plt.subplots(figsize=(8, 3.2), layout="constrained")
for (name, values), colour, marker, size in zip(rest.items(), plots.LINES, "os^", (13, 9, 4)):
    ax.plot(shifts, values, marker=marker, ms=size, mfc="none", ls=":", color=colour, label=name)
ax.axhline(abs(feature_map).max(), color="0.5", label="strongest sum in the map")
ax.set(xlabel="move of the grain (px)", ylabel="largest difference\n(grey levels)")
ax.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
plots.show(
    fig,
    of=made,
    alt="Largest difference over the move: always 0 for the convolution; behind pooling 0 at even moves and large, always the same, at odd ones.",
)

# %% [markdown] tags=["depth", "exercise:unnoticed_shift"]
# **What we see.** Convolution: 0, for each move: black pixels around the grain keep it away from the border. The map moves along with the grain and is otherwise unchanged: translation **equivariance**, *the answer moves along*. The paper says translation *invariance*, as many do; that would be *the answer stays the same*, and a feature map does not stay.
#
# Behind pooling it holds exactly at even moves alone, the multiples of the block. At odd ones the blocks cut the grain elsewhere, half a block off. There we compare with the move that is one px shorter, so all odd moves give the same difference: compare it with the strongest sum, the grey line. The average is no exception. LeNet pools three times, so for its last maps only moves by multiples of 8 of its 32 px are exact.
#
# ### Exercise: a shift that goes unnoticed
# Build a 6 × 6 map, a list of six lists or an array, that changes when `np.roll(..., 1, axis=1)` moves it to the right by one column, but whose 2 × 2 max-pooled map does *not* change.

# %% tags=["depth", "exercise:unnoticed_shift", "answer"]
my_map = ...

# %% tags=["depth", "check", "nbval-check-output"]
ex.unnoticed_shift.check(my_map)

# %% [markdown] tags=["depth"]
# ## And the whole network?
#
# Behind its last pooling LeNet **flattens**: all values in a row, and neurones with a weight for each *place*. The other way is to keep one number of each map, its largest, wherever it was: **global max pooling**. How much does the answer change when the grain moves? The baseline: how much it changes when one of eleven *other* grains is put in its place. All twelve are grown; the 500 neurones have random weights.

# %% tags=["depth"]
crystals = [synthetic.crystals.grow(46, 1.6, strength=0.25, seed=seed).image for seed in range(12)]
dozen = [grains.fit_square((110 * crystal).clip(0, 255).astype(np.uint8), 90) for crystal in crystals]
eyes = [KERNELS["vertical edge"], KERNELS["horizontal edge"], KERNELS["Laplacian"]]


def answers(image, readout):
    """What 500 neurones of random weights answer to three ReLU maps of an image, pooled 2 × 2."""
    maps = [pool(np.maximum(cv2.filter2D(image.astype(float), -1, kernel), 0)) for kernel in eyes]
    features = np.concatenate([readout(values) for values in maps])
    return np.random.default_rng(SEED).normal(size=(500, len(features))) @ features


def change(image, start, readout):
    """Change of the answers, relative to their size: 1 is as large as the answer."""
    return np.sqrt(np.mean((answers(image, readout) - start) ** 2) / np.mean(start**2))


changes, shifts = {}, range(9)
for name, readout in {"flatten": np.ravel, "global max": lambda values: [values.max()]}.items():
    start = answers(dozen[0], readout)
    moves = [change(np.roll(dozen[0], shift, axis=1), start, readout) for shift in shifts]
    changes[name] = moves, [change(other, start, readout) for other in dozen[1:]]
    print(f"{name}: another grain changes the answer by {min(changes[name][1]):.2f} to {max(changes[name][1]):.2f}")

# %% tags=["depth"]
# @title Change of the answer: the grain moved, and eleven other grains
fig, ax = plt.subplots(figsize=(8, 3.2), layout="constrained")
for (name, (moves, others)), colour, marker in zip(changes.items(), plots.LINES, "os"):
    ax.plot(shifts, moves, marker=marker, color=colour, label=f"{name}: moved")
    ax.axhspan(min(others), max(others), color=colour, alpha=0.2, lw=0, label=f"{name}: eleven others")
ax.set(xlabel="move of the grain (px)", ylabel="change of the answer\n(1: as large as the answer)", ylim=(0, None))
ax.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
plots.show(
    fig,
    of="grown",
    alt="Change of random neurones with the move: behind flatten it grows within a few pixels; behind a global maximum it stays at 0.",
)

# %% [markdown] tags=["depth"]
# **What we see.** Flatten: a move by 1 px changes the answer by half of its size, and one by 3 px as much as another grain does (green band). For such neurones the same grain in another place is another image. Behind the global maximum a move changes nothing: that is **invariance**. It has a price. Another grain changes that answer less, too, and one of the eleven hardly does (pink band). A global maximum keeps how strong an answer was and drops its place: a bright core and a bright rim can give the same. On this scale two answers of the same size that have nothing to do with each other differ by √2, 1.4.
#
# So a network that flattens need *not* be translation invariant, though each of its convolutions is equivariant. These were hand-made kernels and random neurones; a trained network may learn to forgive moves, if it is shown moved grains. Or one puts every grain into the middle, as this course does.
#
# ## Stripes: Gabor kernels
#
# Zoning is a *repetition* of borders, with a **wavelength**, from one bright band to the next, and a direction. A **Gabor kernel** is a piece of stripes that fades towards its edge. Its angle is that of the stripes, anticlockwise from horizontal. To ask about the zoning and not the outline, we average the size of the answer only where the whole kernel of 9 × 9 px lies in the grain. The baseline: the same pixels of the same grain, shuffled.

# %% tags=["depth"]
filled = cv2.morphologyEx((grain > min(15, grain.max() // 6)).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5)))
inside = cv2.erode(filled, np.ones((9, 9))) > 0
inside = inside if inside.any() else filled > 0  # a slim grain
wavelengths, angles = (3, 4, 5, 6, 8), np.arange(0, 180, 15)


def strength(image):
    """Mean size of the answer inside the grain; rows: wavelengths, columns: angles."""
    image = image.astype(float)
    return np.array([[abs(cv2.filter2D(image, -1, gabor(w, a)))[inside].mean() for a in angles] for w in wavelengths])


rng = np.random.default_rng(SEED)
shuffles = []
for _ in range(20):
    shuffled = grain.copy()
    shuffled[filled > 0] = rng.permutation(grain[filled > 0])
    shuffles.append(strength(shuffled))
ordered, shuffles = strength(grain), np.array(shuffles)

# %% tags=["depth"]
# @title Two Gabor kernels, and the answer over wavelength and direction
fig, axes = plt.subplots(1, 3, figsize=(10, 3.2), width_ratios=[1, 1, 1.6], layout="constrained")
for ax, (wavelength, angle) in zip(axes, ((4, 45), (8, 135))):
    plots.signed_map(ax, gabor(wavelength, angle))
    ax.set_title(f"{wavelength} px, {angle}°")
for wavelength, colour, style in ((4, plots.LINES[0], "--"), (8, plots.LINES[1], "-")):
    k = wavelengths.index(wavelength)
    axes[2].plot(angles, ordered[k], style, color=colour, label=f"{wavelength} px, the grain")
    low, high = shuffles[:, k].min(axis=0), shuffles[:, k].max(axis=0)
    axes[2].fill_between(angles, low, high, color=colour, alpha=0.2, lw=0, label=f"{wavelength} px, 20 shuffles")
axes[2].set(xlabel="direction of the stripes (°)", ylabel="mean answer (grey levels)", ylim=(0, None))
axes[2].set_xticks(range(0, 180, 45))
fig.legend(fontsize=8, loc="outside lower right", ncols=4)
plots.show(
    fig,
    of=made,
    alt="Two Gabor kernels, and the mean answer of the grain over the direction of the stripes, beside that of its shuffled pixels.",
)
for k in (1, 4):
    above = (ordered[k] > shuffles[:, k].max(axis=0)).sum()
    below = (ordered[k] < shuffles[:, k].min(axis=0)).sum()
    print(f"{wavelengths[k]} px, of {len(angles)} directions: {above} above all 20 shuffles, {below} below all")

# %% [markdown] tags=["depth"]
# **What we see.** The lines under the figure count the directions in which this grain lies above or below its band. Where it lies below, the grain answers less than its shuffled pixels: neighbours in a grain are alike, so stripes as fine as this are rarer than chance would make them. Inside the band it tells nothing beyond chance; above, there are more stripes of that direction than chance would make. By chance alone about one direction in twenty would lie above. The band for 4 px rises at 0° and 90° by itself: there the stripes fit the grid of pixels, many weights are 0, and the others are larger, since their absolute values sum to 1. Larger weights pick up more noise. So each direction is compared with its own band.
#
# What we may not say: that the zoning *has* a wavelength of 8 px. A kernel of 9 px holds hardly one such stripe, and cannot tell a band from slow shading. And this is one grain.

# %% tags=["frame"]
# @title Your score card
score_card(ex)

# %% [markdown] tags=["frame"]
# **Take away.** A convolution is one small sum of products, repeated everywhere with the same weights; the weights decide what lights up. People choose them with an idea; a machine climbs from random numbers towards a score, and does what the score says, not what was meant. Sizes and parameters can be worked out with a pencil; the map moves along with the grain, but a neurone with a weight for each place can answer the moved grain as if it were another.
#
# **Terms.** [pixel](GLOSSARY.md#pixel) · [kernel](GLOSSARY.md#kernel), [weight](GLOSSARY.md#weight) · [layer](GLOSSARY.md#layer), [neurone](GLOSSARY.md#neurone) · [feature map](GLOSSARY.md#feature-map) · [convolution](GLOSSARY.md#convolution), [cross-correlation](GLOSSARY.md#cross-correlation) · [ReLU](GLOSSARY.md#relu) · [padding](GLOSSARY.md#padding), [stride](GLOSSARY.md#stride), [dilation](GLOSSARY.md#dilation) · [parameter](GLOSSARY.md#parameter), [bias](GLOSSARY.md#bias) · [pooling](GLOSSARY.md#pooling) · [receptive field](GLOSSARY.md#receptive-field) · [equivariance](GLOSSARY.md#equivariance), [invariance](GLOSSARY.md#invariance)
#
# **Read on.** Dumoulin and Visin (2016), arXiv:1603.07285: the arithmetic of convolutions, in pictures · LeCun et al. (1998), https://doi.org/10.1109/5.726791: LeNet, by its makers · Goodfellow et al. (2016), *Deep Learning*, chapter 9, https://www.deeplearningbook.org: why the same weights everywhere · Zeiler and Fergus (2014), arXiv:1311.2901: what learned kernels answer to, layer by layer · Nathwani et al. (2023), https://doi.org/10.1029/2022JB025933, sections 2.2 and 2.4.1: the text that we counted after.
#
# Next: [4 · First classifiers](04_first_classifiers.ipynb).
