# %% [markdown]
# # 3 · Convolution and pooling
#
# **The idea:** nine numbers can see a band, and a network can learn them.
#
# **You will** slide a kernel over a zircon, sum by sum · say what a kernel answers to by looking at its numbers · work out the size and the cost of a layer
# before building it · say what pooling keeps and what it throws away · write a convolution yourself and check it against three libraries.
#
# **You need** notebook 1 (what a grain image is). **Time** 25 min to teach, 25 min of exercises, 40 s to run.

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
# ## A grain, in numbers
#
# One zircon, as the microscope's detector saw it: bright where it glows under the electron beam. The nested bands are **oscillatory zoning**, growth layers of a few micrometres, like the rings of a tree. You
# see them at once. A computer sees 90 × 90 **pixels** (px), each one number from 0, black, to 255, white. How could it notice a band?

# %%
import matplotlib.pyplot as plt
import numpy as np
from zirconkit import course, grains, mounts, plots

found = course.enough("03", mounts.find(DATA, "quick"))
grain, sample, um_per_px = grains.zoned(found, seed=SEED)
scale = f"{um_per_px:.3g} µm a pixel" if um_per_px else "of a scale that nobody says"
print(f"The grain of this notebook is from {sample}, {scale}.")
dark = min(15, grain.max() // 6)  # grey levels below are not the grain
top, left_side = grains.banded_square(grain, 10, first=(32, 28))
corner = grain[top : top + 10, left_side : left_side + 10]

fig, (left, right) = plt.subplots(1, 2, figsize=(9, 4.2), layout="constrained")
left.imshow(grain, cmap="gray")
frame = plt.Rectangle((left_side - 0.5, top - 0.5), 10, 10, fill=False, color=plots.COLOURS["warn"], lw=2)
left.add_patch(frame)
left.set(title=f"one grain, {scale}", xlabel="column (px)", ylabel="row (px)")
right.imshow(corner, cmap="gray", extent=(left_side - 0.5, left_side + 9.5, top + 9.5, top - 0.5))
for (row, column), value in np.ndenumerate(corner):
    shade = "black" if value > corner.mean() else "white"
    right.text(column + left_side, row + top, value, ha="center", va="center", fontsize=8, color=shade)
right.set(title="the orange square, in grey levels", xlabel="column (px)", ylabel="row (px)")
plots.show(
    fig,
    alt=f"A grain of {sample}, and a 10 by 10 px square of it printed as grey levels, which change from one band to the next.",
)

# %% [markdown]
# **What we see.** (With images of your own the grain is yours. What we say of it is said of the course's example, from QVC055; micrometres are those of its mount, 2 µm a pixel.) From band to band the numbers change; along a band they change less. So a band is a place where *neighbours differ in one direction*. Nine numbers can measure that.
#
# A **kernel** (or **filter**) is a small square of numbers, its **weights**. Lay it on the image, multiply each pixel by the weight on top of it, add up the products: one number. Move on by a pixel, do it again. The numbers, in
# their places, are a new image, the **feature map**. That is all that a convolution is.
#
# **Predict, then run.** The kernel below subtracts the left column from the right one. Which sides of the crystal will come out positive, which negative, and what will become of the black around it?

# %%
from zirconkit.convolution import convolve

vertical_edge = np.array([[-1, 0, 1], [-1, 0, 1], [-1, 0, 1]])
feature_map = convolve(grain, vertical_edge)
limit = abs(feature_map).max()

fig, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
left.imshow(grain, cmap="gray")
left.set(title="one grain", xlabel="column (px)", ylabel="row (px)")
image = right.imshow(feature_map, cmap="PuOr", vmin=-limit, vmax=limit)
right.set(title="right minus left", xlabel="column (px)", ylabel="row (px)")
fig.colorbar(image, ax=right, label="response (grey levels)")
plots.show(
    fig,
    alt="The response to a vertical edge kernel: the left flank of the crystal positive, the right one negative, the black around it zero.",
)

# %% [markdown]
# **What we see.** Where nothing changes, nothing answers: the black around the grain stays near 0 (white). The left flank is positive (purple): going right, the numbers rise. The right flank is negative (orange): they fall. Inside, bands that run up and
# down show as pairs of purple and orange; where bands run across, the map is pale. One kernel sees one direction. (Faint straight lines outside the grain are the sides of the box that it was cut out with: the kernel does not know a crystal from a box.) Nobody will choose kernels for a network: LeNet (notebook 4) has six in its first layer and *learns* their weights.
#
# ### Exercise 1: even grey
# A grain has the grey level 100 everywhere. What does `vertical_edge` give in its middle? Answer without running anything. And at 200?

# %%
from zirconkit.exercises import convolution as ex

answer = ...

# %% tags=["nbval-check-output"]
ex.flat_grain.check(answer)

# %% [markdown]
# ## One step at a time
#
# Here is the flank of the grain, and a frame that walks over it. **Try it:** press play, or pull the slider; choose another kernel. (Without a running kernel nothing moves; the figure below shows three of the steps.)
# Before you pull: at which position will the sum be largest?

# %%
from zirconkit import widgets
from zirconkit.convolution import KERNELS

column = np.nonzero(grain > 2 * dark)[1].min()  # the grain's leftmost column
row = int(np.median(np.nonzero(grain[:, column] > 2 * dark)[0]))
part = grain[max(0, row - 7) : row + 8, max(0, column - 4) : column + 11]
widgets.kernel_stepper(part, KERNELS)

# %%
small_map = convolve(part, vertical_edge)
highest = np.unravel_index(small_map.argmax(), small_map.shape)
lowest = np.unravel_index(small_map.argmin(), small_map.shape)
for name, place in (("first", (0, 0)), ("highest", highest), ("lowest", lowest)):
    fig = plots.convolution_step(part, vertical_edge, *place)
    plots.show(
        fig,
        alt=f"The {name} response: nine pixels times nine weights; the products sum to {small_map[place]:g}, one value of the map.",
    )

# %% [markdown]
# **What we see.** Nine pixels, nine weights, nine products, one sum, which goes into the map where the green square is. Grey positions are still to come. *First*: in the dark there is hardly anything to add. *Highest*: dark in the left column, bright in the right one. *Lowest*: the other way round. The map is
# two pixels smaller than the image, because the frame has to stay inside. And a map of 13 × 13 took 169 such sums: simple work, much of it, which is why people do it on graphics cards.
#
# ## Five kernels
#
# **Predict, then run.** Cover the lower row with your hand. What will each kernel make of the grain? Add its weights in your head first: what does a kernel whose weights sum to 0 give in even grey, what one whose weights sum to 1?

# %%
noise = np.random.default_rng(SEED).normal(size=(150, 150))  # even grey with noise of standard deviation 1
rows, columns = np.nonzero(grain > dark)
view = {"xlim": (columns.min() - 6, columns.max() + 6), "ylim": (rows.max() + 6, rows.min() - 6)}
fig, axes = plt.subplots(2, 5, figsize=(10, 4.2), layout="constrained")
for (upper, lower), (name, kernel) in zip(axes.T, KERNELS.items()):
    upper.imshow(kernel, cmap="PuOr", vmin=-15, vmax=15)
    for (i, j), weight in np.ndenumerate(kernel):
        upper.text(j, i, "1/9" if name == "blur" else f"{weight:g}", ha="center", va="center", fontsize=12)
    upper.set(
        title=f"{name}\nsum {kernel.sum():.0f}, noise × {convolve(noise, kernel).std():.2f}", xticks=[], yticks=[]
    )
    response = convolve(grain, kernel)
    limit = abs(response).max()
    signed = round(kernel.sum()) == 0
    lower.imshow(
        response, cmap="PuOr" if signed else "gray", vmin=-limit if signed else 0, vmax=limit if signed else 255
    )
    lower.set(xlabel="column (px)", **view)
axes[1, 0].set(ylabel="row (px)")
plots.show(
    fig,
    alt="Five kernels and their maps of the grain: two edge maps with opposite flanks in opposite colours, a blurred grain, a sharpened one, and a Laplacian that draws thin lines.",
)

# %% [markdown]
# **What we see.** *Vertical* and *horizontal edge* sum to 0 and answer to change in one direction each: oscillatory zones that run up and down light up in the first map, zones that run across in the second. *Blur* averages: fine zones melt together. *Sharpen* is the image plus what
# sets each pixel apart from its neighbours: zone borders stand out. The *Laplacian*, what the four neighbours have more than the middle, answers to thin lines of any direction, by a pair of colours on both sides of a border.
#
# *Noise ×* is measured on even grey with noise: how much larger the noise is in the map. The blur divides it by 3 (nine values averaged: √9). The other four multiply it, and sharpening most: what stresses a fine zone stresses the detector's noise as much. No kernel is free.
#
# ### Exercise 2: which kernel made this map?
# - **a** right minus left
# - **b** below minus above
# - **c** above minus below
# - **d** blur

# %%
fig, ax = plt.subplots(figsize=(4.6, 3.6), layout="constrained")
mystery = ex.mystery_map(grain)
image = ax.imshow(mystery, cmap="PuOr", vmin=-abs(mystery).max(), vmax=abs(mystery).max())
ax.set(xlabel="column (px)", ylabel="row (px)")
fig.colorbar(image, ax=ax, label="response (grey levels)")
plots.show(fig, alt="A map of the grain: its upper edge is orange, negative, and its lower edge purple, positive.")

# %%
answer = ...

# %% tags=["nbval-check-output"]
ex.which_kernel.check(answer)

# %% [markdown]
# ## Stripes: Gabor kernels
#
# An edge kernel answers to one border. Zoning is a *repetition* of borders, with a spacing (the **wavelength**, from one bright band to the next) and a direction. A **Gabor kernel** is a small piece of stripes that fades towards its edge: positive on the bright stripes,
# negative on the dark ones, 0 in sum. Networks that learn from photographs grow kernels like these in their first layer. Angles are those of the stripes, from horizontal, anticlockwise; 180° is 0° again.

# %%
from zirconkit.convolution import gabor

fig, axes = plt.subplots(2, 4, figsize=(10, 4.6), layout="constrained")
# Four zeros on each side keep the map as large as the image.
responses = {angle: convolve(grain, gabor(wavelength=6, angle=angle), padding=4) for angle in (0, 45, 90, 135)}
limit = max(abs(response).max() for response in responses.values())
for (upper, lower), (angle, response) in zip(axes.T, responses.items()):
    kernel = gabor(wavelength=6, angle=angle)
    upper.imshow(kernel, cmap="PuOr", vmin=-abs(kernel).max(), vmax=abs(kernel).max())
    upper.set(title=f"{angle}°", xlabel="column (px)", xticks=range(0, 9, 2))
    image = lower.imshow(response, cmap="PuOr", vmin=-limit, vmax=limit)
    lower.set(xlabel="column (px)", **view)
axes[0, 0].set(ylabel="row (px)")
axes[1, 0].set(ylabel="row (px)")
fig.colorbar(image, ax=axes[1], label="response (grey levels)")
plots.show(
    fig,
    alt="Gabor kernels of 6 px wavelength in four directions, and their maps: each answers to other parts of the grain's outline and zoning.",
)

# %% [markdown]
# **What we see.** Each direction picks the outline and the zones that run along it. Strongest of all is the outline, which is no zoning. So, to ask what the *zoning* looks like, we keep only places where the whole kernel lies inside the grain,
# and average how strong the answer is there (its size without its sign), for many wavelengths and directions.
#
# Against what? Any texture gives *some* answer. The baseline: the same pixels of the same grain, **shuffled**. That keeps every grey level and destroys every band. Twenty shuffles show what chance does.

# %%
import cv2

filled = cv2.morphologyEx((grain > dark).astype(np.uint8), cv2.MORPH_CLOSE, np.ones((5, 5)))
inside = cv2.erode(filled, np.ones((9, 9))) > 0  # a kernel of 9 x 9 px fits in around these pixels
inside = inside if inside.any() else filled > 0  # a slim grain
wavelengths, angles = [2.5, 3, 4, 5, 6, 7, 8, 10], np.arange(0, 180, 15)


def strength(image):
    """Mean size of the response inside the grain; rows: wavelengths, columns: angles."""
    image = image.astype(float)
    return np.array([[abs(cv2.filter2D(image, -1, gabor(w, a)))[inside].mean() for a in angles] for w in wavelengths])


rng = np.random.default_rng(SEED)
ordered, shuffles = strength(grain), []
for _ in range(20):
    shuffled = grain.copy()
    shuffled[filled > 0] = rng.permutation(grain[filled > 0])
    shuffles.append(strength(shuffled))
shuffles = np.array(shuffles)

# %%
ratio = ordered / shuffles.mean(axis=0)
fig, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8), layout="constrained")
image = left.imshow(np.log2(ratio), cmap="PuOr", vmin=-3, vmax=3, aspect="auto")
left.set(xlabel="direction of the stripes (°)", ylabel="wavelength (px)", title="grain against its shuffled pixels")
left.set(xticks=range(0, 12, 2), xticklabels=angles[::2], yticks=range(len(wavelengths)), yticklabels=wavelengths)
bar = fig.colorbar(image, ax=left, label="response, grain / shuffled", ticks=range(-3, 4))
bar.ax.set_yticklabels(["1/8", "1/4", "1/2", "1", "2", "4", "8"])
for wavelength, colour, style in ((5, "batholith", "--"), (8, "porphyry", "-")):
    k = wavelengths.index(wavelength)
    right.plot(angles, ordered[k], style, color=plots.COLOURS[colour], label=f"{wavelength} px, grain")
    low, high = shuffles[:, k].min(axis=0), shuffles[:, k].max(axis=0)
    right.fill_between(
        angles, low, high, color=plots.COLOURS[colour], alpha=0.2, lw=0, label=f"{wavelength} px, 20 shuffles"
    )
right.set(
    xlabel="direction of the stripes (°)",
    ylabel="mean response (grey levels)",
    ylim=(0, None),
    xticks=range(0, 180, 30),
)
right.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
plots.show(
    fig,
    alt=f"Response of the grain of {sample} over wavelength and direction, and at 5 and 8 px beside the band of twenty shuffles.",
)
k = wavelengths.index(8)
turn, chance = ordered.max(axis=1) / ordered.min(axis=1), shuffles.max(axis=2) / shuffles.min(axis=2)
print(f"8 px: strongest at {angles[ordered[k].argmax()]}°, {turn[k]:.1f} times the weakest direction")
print(f"8 px, shuffled: {chance[:, k].min():.1f} to {chance[:, k].max():.1f} times (20 shuffles)")

# %% [markdown]
# **What we see.** Left, white: as strong as in shuffled pixels; purple: stronger; brown: weaker. At short wavelengths the grain answers far *less* than its shuffled pixels, in all directions: neighbouring pixels are alike, and zoning of 3 or 4 px (6 to 8 µm), if there is any, is faint at this resolution.
# At longer wavelengths stripes *along* the grain's length get the strongest answers (the example on the real mounts rises to the right, the synthetic one falls), stripes across it weak ones: as zones (or a slow shading) parallel to the long faces would give. At 8 px the strongest direction exceeds the weakest by a larger factor than in any of the twenty shuffles (print-out).
#
# What we may not say: that the zoning *has* a wavelength of 8 px. The answer does not fall off again at 10 px; a kernel of 9 px holds hardly one such stripe, and cannot tell a band from slow shading. And this is one grain.
#
# ## Stride, padding, dilation
#
# Three ways to walk. **Stride**: the pixels from one position to the next; 2 leaves out every other. **Padding**: rows and columns of zeros around the image, so that the map need not shrink. **Dilation**: gaps between the weights; a 3 × 3 kernel with dilation 2 spans 5 px, still with nine weights.
#
# How many positions are there along a side of *n* px? A kernel of *k* px, dilation *d*, spans *d*(*k* − 1) + 1 px. With padding *p* on both sides and stride *s*:
#
# side of the map = (*n* + 2*p* − span) / *s*, rounded down, + 1
#
# **Predict, then run.** 90 px, kernel 3. Work out the four sides before you look.

# %%
from zirconkit.convolution import dilated, output_size

ways = {
    "as before": {},
    "stride 2": {"stride": 2},
    "padding 1": {"padding": 1},
    "dilation 2": {"dilation": 2},
}
fig, axes = plt.subplots(1, 4, figsize=(10, 2.9), layout="constrained")
for ax, (name, way) in zip(axes, ways.items()):
    kernel = dilated(vertical_edge, way.get("dilation", 1))
    response = convolve(grain, kernel, way.get("stride", 1), way.get("padding", 0))
    expected = output_size(90, 3, **way)
    assert response.shape == (expected, expected)
    limit = abs(response).max()
    ax.imshow(response, cmap="PuOr", vmin=-limit, vmax=limit)
    ax.set(title=f"{name}: {expected} px", xlabel="column (px)")
axes[0].set(ylabel="row (px)")
plots.show(fig, alt="The vertical edge map with stride 2, padding 1 and dilation 2; sides of 88, 44, 90 and 86 px.")

# %% [markdown]
# **What we see.** 88, 44, 90 and 86 px: the formula and the loop agree. Stride 2 keeps a quarter of the values and looks coarser. Padding 1 keeps the size (Keras says `padding="same"`). Dilation 2 compares pixels four columns apart in place of two, and so answers to broader bands.
#
# ### Exercise 3: how large is the map?
# The image is 32 px wide, the kernel 5 × 5, stride 2, no padding. How many px wide is the map?

# %%
answer = ...

# %% tags=["nbval-check-output"]
ex.halving.check(answer)

# %% [markdown]
# ## What it costs
#
# Suppose we give every pixel of a 256 × 256 image its own weight, as a neurone of a multilayer perceptron does. That is 65,536 weights, and one bias, for *one* neurone (the paper's example). A 3 × 3 filter has 9 weights and a bias: **10 parameters** (numbers to learn) for an image of any
# size, because the same weights slide everywhere.
#
# A layer of filters: each filter reads *all* maps of the layer before, so it is as deep as they are many. Its parameters: filters × (*k* × *k* × maps before + 1). Here is the paper's LeNet, layer by layer, without asking Keras. **Predict** which layer is the most costly.

# %% tags=["nbval-check-output"]
import pandas as pd


def lenet_by_hand(size, kernel, paddings):
    """Side of the maps and parameters of each layer; `paddings`: zeros around the image in each convolution, px."""
    rows, maps, side = [], 1, size
    for filters, padding in zip((6, 16, 32), paddings):
        side = output_size(side, kernel, padding=padding)
        rows.append(
            (f"convolution, {filters} filters", f"{side} × {side} × {filters}", filters * (kernel**2 * maps + 1))
        )
        side = output_size(side, 2, stride=2)
        rows.append(("pooling 2 × 2", f"{side} × {side} × {filters}", 0))
        maps = filters
    rows.append(("dense, 32 neurones", "32", (side * side * maps + 1) * 32))
    rows.append(("dense, 1 neurone", "1", 32 + 1))
    return pd.DataFrame(rows, columns=["layer", "output", "parameters"]).set_index("layer")


def total(*how):
    return lenet_by_hand(*how)["parameters"].sum()


print(f"in all {total(32, 3, (1, 1, 1)):,}; only the first convolution padded {total(32, 3, (1, 0, 0)):,}")
print(
    f"5 × 5 filters, all padded {total(32, 5, (2, 2, 2)):,}: {total(32, 5, (2, 2, 2)) - total(32, 3, (1, 1, 1)):,} more"
)
lenet_by_hand(32, 3, (1, 1, 1))

# %% [markdown]
# **What we see.** 60 + 880 + 4,640 + 16,416 + 33 = **22,029**, the paper's number to the last digit. Three quarters of it are the dense layer; pooling learns nothing.
#
# Counting by hand is also a way to read a paper. Its text (section 2.4.1) pads only the first convolution: that gives 9,741. The published number needs all three padded, and so do the map sizes and the 512 values before the dense layer that the paper lists: one word slipped, the network is clear. And it puts the saving of 3 × 3 in place of 5 × 5 at about 25,000; with these numbers of filters it is 9,824. Neither changes a result.
# Small slips between text and code happen to all of us; a parameter count takes two minutes and finds them.
#
# ### Exercise 4: bigger images
# Someone gives the same LeNet (all padded, 3 × 3) images of 64 × 64 px. How many parameters has it in all? First guess: twice, four times, some other factor? Then use the table, and pencil or Python.

# %%
answer = ...

# %% tags=["nbval-check-output"]
ex.bigger_images.check(answer)

# %% [markdown]
# ## Pooling
#
# **Pooling** lays a grid of blocks, here 2 × 2, over a map and keeps one number a block: the largest (**max pooling**) or the mean (**average pooling**). **Predict, then run.** In the map of `vertical_edge`, what will each of them do to the negative flank? And to noise?

# %%
from zirconkit.convolution import pool

fig, axes = plt.subplots(1, 3, figsize=(10, 3.3), layout="constrained")
limit = abs(feature_map).max()
maps = {"the map": feature_map, "max, 4 × 4": pool(feature_map, 4), "average, 4 × 4": pool(feature_map, 4, np.mean)}
for ax, (name, values) in zip(axes, maps.items()):
    image = ax.imshow(values, cmap="PuOr", vmin=-limit, vmax=limit)
    ax.set(title=f"{name}: {len(values)} px", xlabel="column (px)")
axes[0].set(ylabel="row (px)")
fig.colorbar(image, ax=axes, label="response (grey levels)")
plots.show(fig, alt="An edge map pooled: the maximum keeps the positive flank strong, the average pales both flanks.")
rows = {}
for name, values in (("the map", feature_map), ("even grey with noise", noise[:88, :88])):
    rows[name, "as it is"] = values
    for size in (2, 4):
        rows[name, f"max, {size} × {size}"] = pool(values, size)
        rows[name, f"average, {size} × {size}"] = pool(values, size, np.mean)
extremes = {key: (values.min(), values.max(), values.mean()) for key, values in rows.items()}
pd.DataFrame(extremes, index=["smallest", "largest", "mean"]).T.round(2)

# %% [markdown]
# **What we see.** Max pooling keeps the strongest positive answer exactly, wherever in its block it was, and at 4 × 4 little is left of the negative flank. Average pooling keeps the mean exactly and both signs, but pales: a thin zone is diluted by its neighbours. So after max pooling
# "there is an edge here" survives, after average pooling "how much edge, on balance". (Networks put a ReLU before the pooling, which turns negative values into 0: an edge of the other sign needs a kernel of its own.)
#
# The price stands in the lower half. The noise has mean 0 and standard deviation 1. Averages bring it closer to 0; the largest of four noise values is +1.03 on average, of sixteen about +1¾: max pooling makes something of nothing. A feature has to be stronger than that to count.
#
# ## How far does a value see?
#
# A value of the first map depends on 3 × 3 pixels. After a pooling and another convolution it depends on more. The side of that square is the **receptive field**. Each layer adds (kernel − 1) × the product of all strides before it. LeNet's layers, in order: convolution 3, pooling 2, three times.

# %%
from zirconkit.convolution import receptive_field

fields = receptive_field([(3, 1), (2, 2)] * 3)
small = cv2.resize(grain, (32, 32), interpolation=cv2.INTER_AREA)
table = pd.DataFrame(
    {
        "px of 32": fields,
        "px of 90": np.round(np.array(fields) * 90 / 32, 1),
        "µm": np.round(np.array(fields) * 90 / 32 * (um_per_px or np.nan)),  # NaN, where nobody says the scale
    },
    index=[f"{kind} {number}" for number in (1, 2, 3) for kind in ("convolution", "pooling")],
)
fig, ax = plt.subplots(figsize=(5.8, 4.2), layout="constrained")
ax.imshow(small, cmap="gray")
for (name, side), colour, style in zip(
    table["px of 32"].items(), ("warn", "second", "accent") * 2, ("-",) * 3 + ("--",) * 3
):
    start = 15.5 - side / 2
    ax.add_patch(
        plt.Rectangle((start, start), side, side, fill=False, color=plots.COLOURS[colour], ls=style, lw=2, label=name)
    )
ax.set(xlabel="column (px)", ylabel="row (px)", title="what one value depends on")
ax.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
plots.show(
    fig, alt="The grain at 32 px with six nested squares, from 3 px to 22 px, which one value of each layer depends on."
)
table

# %% [markdown]
# **What we see.** The grain at 32 px, as LeNet gets it. On the course's mounts one pixel is 90/32 = 2.8 px of the image above, 5.6 µm. The first layer sees 3 px, 17 µm: an edge, one band. The last sees 22 of the 32 px, 124 µm: most of the grain, or all of it. (Real positions lie on a grid; the squares are drawn around one centre.)
#
# The paper calls what earlier layers learn, edges, broader in scale, and what deeper ones learn more detailed. If that means *general* first and *particular* later, so it is: deep layers combine edges to corners and corners to shapes. In *size* it is the other way round: **fine first, broad later**. It is also why small kernels do: two 3 × 3 layers in a row see 5 × 5 px with 18 weights a map in place of 25.
#
# And a limit: a band needs two pixels, one for bright and one for dark. At 32 px no zoning finer than 2 × 5.6 = 11 µm is left for any kernel.
#
# ## Shifted grain, shifted map
#
# The grain lies in another place. Does the network notice? **Predict, then run**: shift the grain to the right by 1, 2, 3 ... px, and compare the map of the shifted grain with the shifted map of the grain; then the same behind 2 × 2 pooling, where a shift by 2 px should move the pooled map by one.

# %%
shifts = range(9)
rest = {"convolution": [], "convolution, max pooling": [], "convolution, average pooling": []}
for shift in shifts:
    moved = convolve(np.roll(grain, shift, axis=1), vertical_edge)
    rest["convolution"].append(abs(moved - np.roll(feature_map, shift, axis=1))[:, 10:-10].max())
    for kind, reduce in (("max", np.max), ("average", np.mean)):
        difference = pool(moved, 2, reduce) - np.roll(pool(feature_map, 2, reduce), shift // 2, axis=1)
        rest[f"convolution, {kind} pooling"].append(abs(difference)[:, 5:-5].max())
fig, ax = plt.subplots(figsize=(7.5, 3.2), layout="constrained")
for (name, values), colour, marker in zip(rest.items(), ("accent", "porphyry", "batholith"), "os^"):
    ax.plot(shifts, values, marker=marker, ls=":", color=plots.COLOURS[colour], label=name)
ax.axhline(limit, color=plots.COLOURS["quiet"], label="strongest response in the map")
ax.set(xlabel="shift of the grain (px)", ylabel="largest difference\n(grey levels)")
ax.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
plots.show(
    fig,
    alt="Largest difference over shift: always 0 for the convolution; behind pooling 0 at even shifts and large at odd ones.",
)

# %% [markdown]
# **What we see.** Convolution: 0, for each shift (we leave the border out, where pixels come in from outside). Shift the grain, and the map is shifted by as much, otherwise unchanged. This is called translation **equivariance**: *the answer moves along*. The paper says translation *invariance*, as many do;
# that would mean *the answer stays the same*, and a feature map does not stay.
#
# Behind pooling it holds exactly at even shifts alone, the multiples of the pooling size. At odd ones the blocks cut the grain elsewhere, and single values differ by more than half of the strongest response (average), or by almost all of it (max). After LeNet's three poolings, 8 px of its 32 a step, only shifts by multiples of 8 px are exact, and only away from the borders.
#
# ### Exercise 5: a shift that goes unnoticed
# Build a 6 × 6 map (a list of six lists, or an array) that changes when `np.roll(..., 1, axis=1)` shifts it to the right by one pixel, but whose 2 × 2 max-pooled map does *not*. Then move your bright value by one column: what now?

# %%
answer = ...

# %% tags=["nbval-check-output"]
ex.unnoticed_shift.check(answer)

# %% [markdown]
# ## And the whole network?
#
# Behind the last pooling, LeNet **flattens**: all values in a row, and a dense layer with a weight for each *place*. Whether that forgets the place can be tried with 500 neurones whose weights are random. The other way is to keep a single number of each map, its largest (**global max pooling**), whatever its place.
# How much does a neurone's answer change when the grain moves? As a baseline: how much it changes when *another grain* is put in its place.

# %%
other = grains.zoned(found, seed=SEED + 1).image
another = "another grain"
if np.array_equal(other, grain):  # there is only one
    other, another = grains.example("synthetic"), "a grown grain"
bank = [KERNELS["vertical edge"], KERNELS["horizontal edge"], KERNELS["Laplacian"]]


def answers(image, readout):
    """What 500 neurones of random weights answer to three ReLU maps of an image, pooled 2 x 2."""
    maps = [pool(np.maximum(convolve(image, kernel), 0)) for kernel in bank]
    features = np.concatenate([readout(values) for values in maps])
    return np.random.default_rng(SEED).normal(size=(500, len(features))) @ features


fig, ax = plt.subplots(figsize=(8, 3.2), layout="constrained")
readouts = {"flatten": np.ravel, "global max": lambda values: [values.max()]}
for (name, readout), colour, marker in zip(readouts.items(), ("porphyry", "accent"), "os"):
    start = answers(grain, readout)
    change = [answers(np.roll(grain, shift, axis=1), readout) - start for shift in shifts]
    relative = np.sqrt(np.mean(np.square(change), axis=1) / np.mean(start**2))
    replaced = np.sqrt(np.mean((answers(other, readout) - start) ** 2) / np.mean(start**2))
    ax.plot(shifts, relative, marker=marker, color=plots.COLOURS[colour], label=f"{name}, dense")
    ax.axhline(replaced, ls=":", color=plots.COLOURS[colour], label=f"{name}, dense: {another}")
ax.set(xlabel="shift of the grain (px)", ylabel="change of the answer\n(1: as large as the answer)")
ax.legend(fontsize=8, loc="upper left", bbox_to_anchor=(1, 1))
plots.show(
    fig,
    alt="Change of random neurones with the shift: behind flatten it grows within a few pixels; behind a global maximum it stays near zero.",
)

# %% [markdown]
# **What we see.** Flatten and dense: a shift of 2 px, 4 µm, changes the answer by more than half of its size, one of 8 px by about as much as the answer itself, though still by less than another grain does (dotted). For such a layer the same grain in another place is a different image. Behind the global maximum nothing changes, while another grain does make a difference (green, dotted):
# that is invariance. (500 random neurones: good to a few per cent.) Its price: it no longer knows where anything was, a bright core from a bright rim.
#
# So a LeNet is *not* translation invariant, though each of its convolutions is equivariant. It can learn to forgive shifts, if it is shown shifted grains (augmentation, notebook 2); or one puts every grain into the middle, as this course does.
#
# ## Write it yourself
#
# Mathematicians turn the kernel by 180° before they slide it and call that **convolution**; without the turn it is **cross-correlation**. Networks do the second and say the first. For learned weights it makes no difference: the network would learn them turned. For yours it does.
#
# ### Exercise 6: ten lines
# Write `my_convolution(image, kernel)`: two arrays in, the map out; stride 1, no padding, no turning. Loops are welcome. Then break it: what happens to the sums if your map is made of `uint8`, as the image is?


# %%
def my_convolution(image, kernel):
    return ...  # change this line; the one below hands your function over


answer = my_convolution if my_convolution(grain, vertical_edge) is not ... else ...

# %% tags=["nbval-check-output"]
ex.write_it_yourself.check(answer)

# %% [markdown]
# Now against the libraries: OpenCV, SciPy twice, and Keras, whose images are (number of images, rows, columns, channels) and whose kernels (rows, columns, channels in, filters out). If you have not written yours, the kit's own loop stands in. **Predict** which line will not be 0.

# %%
import keras
from scipy.signal import convolve2d, correlate2d

mine = convolve if answer is ... else answer
kernel = np.array([[1.0, 2, 0], [0, -1, 0], [0, 0, -3]])  # no symmetry that could hide a mistake
pixels = grain.astype("float32")
libraries = {
    "cv2.filter2D": cv2.filter2D(pixels, -1, kernel)[1:-1, 1:-1],  # keeps the size: cut the border off
    "scipy.signal.correlate2d": correlate2d(pixels, kernel, mode="valid"),
    "scipy.signal.convolve2d": convolve2d(pixels, kernel, mode="valid"),
    "convolve2d, kernel turned": convolve2d(pixels, kernel[::-1, ::-1], mode="valid"),
    "keras.ops.conv": np.asarray(keras.ops.conv(pixels[None, ..., None], kernel[..., None, None].astype("float32")))[
        0, ..., 0
    ],
}
for name, values in libraries.items():
    print(f"{name:25s} largest difference {abs(values - np.asarray(mine(grain, kernel))).max():7.2f} grey levels")

# %% [markdown]
# **What we see.** OpenCV, SciPy's `correlate2d` and Keras agree with ten lines of Python; `convolve2d` does what its name says, turns the kernel, and differs, until it is given a turned one. So there is no secret in `Conv2D`: your loop, for many kernels and maps at once, and fast.
#
# **Take away.** A convolution is a small sum of products, repeated everywhere with the same weights; the weights say what it answers to. Sizes and parameters can be worked out with a pencil. The map moves along with the grain; pooling forgives a little, a dense layer nothing unless it is taught to. Next: [4 · First classifiers](04_first_classifiers.ipynb).
#
# **References.** Dumoulin & Visin (2016), *A guide to convolution arithmetic for deep learning*, https://arxiv.org/abs/1603.07285 · LeCun et al. (1998), *Proceedings of the IEEE* 86, 2278–2324 · Goodfellow et al. (2016), *Deep Learning*, chapter 9 ·
# Nathwani et al. (2023), https://doi.org/10.1029/2022JB025933, sections 2.2 and 2.4.1.
