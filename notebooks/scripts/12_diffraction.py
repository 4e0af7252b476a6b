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
# @title Imports
from dataclasses import replace

import numpy as np
import pandas as pd
from scipy.optimize import nnls
from zirconkit import course, plots, samples, widgets
from zirconkit.diffraction import cells, identifying, matching, network, preparing, rockjock, sticks
from zirconkit.evaluation import paired_difference, proportion_interval
from zirconkit.exercises import diffraction as ex
from zirconkit.exercises import score_card
from zirconkit.synthetic import patterns, powder_lines

quick = course.profile(PROFILE).name == "quick"
names, angles = powder_lines.names(), preparing.GRID
first = {each.mineral: each for each in reversed(powder_lines.structures())}  # one structure a mineral
results = pd.read_csv(samples.DATA / "results/diffraction.csv")
cases = pd.read_csv(samples.DATA / "results/diffraction_cases.csv")

# %% [markdown] tags=["predict:crowd"]
# # 12 · Diffraction: what is in the powder?
#
# X-rays of nearly one wavelength fall on a powdered rock. At a few angles many of them come out, and at all other angles almost none. A plot of the count over the angle, 2θ, is the rock's **powder pattern**. It has a **peak** wherever many come out.
#
# A pattern has a peak at 26.64°, where quartz has its highest. The kit has a **table** of 137 minerals, each with a pattern calculated from its published crystal structure. Between 5° and 65°, a mineral has on average 13 peaks that are at least a tenth as high as its highest.
#
# **How many of the 137 have such a peak within 0.15° of 26.64°?** Reckon as if peaks were spread evenly, then write your guess.

# %% tags=["predict:crowd", "answer"]
my_crowd = ...

# %% tags=["check"]
ex.crowd.commit(my_crowd)

# %% [markdown] tags=["frame"]
# **The idea:** a pattern is a sum of fingerprints. Comparing it with known ones is cheap, so what a network adds to that has to be shown.
#
# **You will** see why a peak is a distance between planes · lay the sticks of a mineral on a pattern until they fit, and name a powder of your own · turn heights into weights, and see when that goes wrong · judge whether a network names minerals that plain comparison gets wrong · choose when a method should say *unknown*, and count what that costs.
#
# **You need** notebooks 04 and 07. Four terms from there: *cosine*, a measure of likeness: one for two patterns of the same shape, zero for two that share nothing · *least squares*, the choice that makes the sum of squared differences smallest · *paired difference*, two methods compared on the same samples · *95 % interval*, where the true value lies in about 95 of 100 such studies. **Time** core 50 min (exercises in it), going deeper 105 min, 40 s to run.

# %%
strong, found = {}, []
for name in names:
    mineral = first[name]
    strong[name] = powder_lines.angle_of(mineral.d[mineral.i >= 10])  # 2θ of its peaks of at least a tenth
    if min(abs(strong[name] - 26.64)) < 0.15:
        found.append(name)
print(f"{len(found)} of {len(names)}:", ", ".join(found))
ex.crowd.meet(len(found))

# %%
# @title How many minerals have such a peak, around every angle
middles = np.arange(5.15, 65, 0.1)
crowd = [sum(np.any(abs(peaks - middle) < 0.15) for peaks in strong.values()) for middle in middles]
plots.show(
    plots.crowded(middles, crowd, len(names) * 13 * 0.3 / 60, (26.64, len(found))),
    of="grown",
    alt="Number of the table's minerals with a peak around each angle: few below 15 degrees, up to 25 between 25 and "
    "45 degrees, fewer beyond; a dashed line at 9, and a dot at 26.64 degrees.",
)

# %% [markdown]
# **What we see.** One peak is not enough to name a mineral: 15 have one here. Spread evenly, 137 × 13 × 0.3 / 60 ≈ 9 would (dashed). But peaks crowd between 25° and 45°.
#
# ## A peak is a distance
#
# In a crystal, atoms lie in parallel planes, a distance *d* apart. Waves thrown back by neighbouring planes are in step where **Bragg's law** holds: λ = 2 *d* sin θ. Here λ is the **wavelength**, 1.5406 Å for the copper tube of most laboratories (1 Å is 0.1 nm), and θ is *half* of the angle on the axis.


# %%
# @title Bragg's law, drawn
plots.show(
    plots.bragg_sketch(),
    of="drawn",
    alt="Two rays fall on two planes a distance d apart, each at the angle theta, and leave at theta. The lower ray's way "
    "is longer by twice d sin theta. The beam turns by two theta.",
)

# %% [markdown]
# **What we see.** The lower ray's way is longer by the two green pieces, each *d* sin θ. If both together are one wavelength, the rays leave in step. At 26.64°, *d* = 1.5406 Å / (2 × sin 13.32°) = 3.343 Å.


# %%
# @title Six fingerprints, calculated from published crystal structures
six = {}
for name in ("quartz", "calcite", "albite", "muscovite", "kaolinite", "pyrite"):
    six[name] = patterns.mix(angles, patterns.Truth((patterns.Phase(first[name]),)))
plots.show(
    plots.fingerprints(angles, six),
    of="grown",
    alt="Calculated patterns of quartz, calcite, albite, muscovite, kaolinite and pyrite: peaks at different places for each.",
)

# %% [markdown]
# **What we see.** The **unit cell**, the box that repeats through the crystal, sets the places of the peaks; the atoms in it set their heights. Pyrite's small, cubic cell has few peaks, albite's large, skewed one dozens. Square roots are drawn, so that small peaks show.
#
# ## Lay the sticks
#
# Below is a **grown** pattern: computed, for crystals a little unlike the table's, with an instrument's faults and the noise of counting. Set `SEED` at the top for a powder of your own. Its zero is off: all peaks are shifted alike, by more than 0.2°.
#
# Choose a mineral. Its peaks are drawn as **sticks**, green on a peak of the pattern and pink elsewhere. The first slider shifts all sticks, the second stretches the cell.

# %%
two_theta, counts = ex.grown_powder(SEED)
bench = widgets.StickBench(two_theta, counts, ex.POWDERS)
bench.panel()

# %%
# @title The sticks of halite on your powder, not yet moved
plots.show(
    plots.laid_sticks(two_theta, counts, sticks.laid(two_theta, counts, "halite"), "halite, not moved"),
    of="grown",
    alt="The powder's pattern with the sticks of halite below it, green on peaks and pink elsewhere.",
)

# %% [markdown]
# - *On peaks*: the part of the sticks' strength that lies within 0.12° of a peak.
# - *Explained*: the part of the peaks' height that has a stick.
# - *Score*: a mean of both, low if either is.

# %% [markdown] tags=["exercise:powder"]
# ### Exercise: name your powder
#
# Which mineral is it, and which score do its sticks reach? Write both, as in `("halite", 0.25)`.

# %% tags=["exercise:powder", "answer"]
my_powder = ...

# %% tags=["check"]
ex.powder.check(my_powder)

# %% [markdown]
# By computer this is **search-match**: it compares the powder's pattern with each mineral's clean one, at several shifts, and names the one with the highest cosine.
#
# Beside it stands a **network** of five one-dimensional convolutions. From a pattern's 1,501 numbers it gives two answers: how sure it is that each mineral is there, and **weight fractions** of each mineral and of *other*, what the table lacks; these sum to 1. Here we use the fractions. Both methods see a second powder, of zircon.

# %%
second, _ = patterns.grow(two_theta, ["zircon"], [1.0], 1, zero=0.1, counts=4000)
shown = preparing.comparable(preparing.on_grid(two_theta, second))  # background off, square roots, length 1
clean = matching.templates()[:, 0]  # a pattern for each of the table's structures
shifted = np.array([np.roll(shown, step) for step in range(-8, 9)])  # steps of 0.04 degrees
cosine = (clean @ shifted.T).max(axis=1)
for place in np.argsort(-cosine)[:2]:
    print(f"search-match  {powder_lines.structures()[place].name:15s} cosine {cosine[place]:.2f}")
_, fraction = network.logits(shown)
for place in np.argsort(-fraction)[:2]:
    print(f"network       {(*names, 'other')[place]:15s} weight fraction {fraction[place]:.2f}")

# %% [markdown]
# **What we see.** Both name zircon clearly. For your own powder, put `counts` for `second` in the second line.
#
# ## Minerals together: add them up
#
# A mixture's pattern is the sum of its minerals' patterns. **Non-negative least squares** finds how high each of these stands in it: no height is below 0, and the sum of the squared **residuals**, mixture less sum at each angle, is smallest.
#
# The clean patterns are scaled so that all have equally high strongest peaks. So the fit finds heights, not yet weights.

# %%
mixture = ("quartz", "calcite", "kaolinite", "albite")
shares = np.array([0.4, 0.3, 0.2, 0.1])  # their weight fractions
mixed, grown = patterns.grow(angles, mixture, shares, 3, zero=0.0, displacement_mm=0.0, background=(0.01, 0, 0))

# %%
# @title The clean patterns, one row for each mineral and one for the background
structures = [phase.structure for phase in grown.phases]  # the table's
ratios = np.array([structure.rir for structure in structures])
columns = []
for structure, ratio in zip(structures, ratios):
    columns.append(patterns.render(patterns.Phase(structure, 1 / ratio), angles, grown))  # strongest peaks alike
columns = np.array([*columns, np.ones_like(angles)])

# %%
heights, _ = nnls(columns.T, mixed)  # the fit
curves = {name: height * column for name, height, column in zip(mixture, heights, columns)}
plots.show(
    plots.parts_of_a_pattern(angles, mixed, curves, heights[-1] * columns[-1], (25, 31)),
    of="grown",
    alt="A grown mixture and the fitted sum, the four minerals' parts of it, and the difference; on the right 25 to 31 "
    "degrees once more. The two highest peaks do not agree with the sum, and it has too much at many small ones.",
)
print(f"{'':12s}part of heights   reference intensity ratio")
for name, height, ratio in zip(mixture, heights / heights[:-1].sum(), ratios):
    print(f"{name:12s}{height:15.2f}{ratio:28.2f}")

# %% [markdown]
# **What we see.** This fit is bad. In the wider piece the sum's quartz peak lies too far right, and its calcite peak is too narrow: the grown crystals have other cells, sizes and orientations than the table's.
#
# From heights to weights it takes one more number, each mineral's **reference intensity ratio**: how high its highest peak is beside that of corundum, gram for gram. Quartz has 4.30 and albite 0.66: of equal weights, quartz's highest peak is 6.5 times as high.

# %% [markdown] tags=["exercise:weights"]
# ### Exercise: from heights to weights
#
# Write a function from heights and ratios to weight fractions that sum to 1.


# %% tags=["exercise:weights", "answer"]
def my_weights(heights, ratios):
    return ...


# %% tags=["check", "nbval-check-output"]
ex.weights.check(my_weights)

# %% [markdown]
# Your function (the kit's, until yours is right) weighs the mixture again, with crystals that differ from the table's in one thing, in none, or in all.
#
# Grains that are plates, or that break along a plane, lie flat in the holder. Then peaks of this plane grow and most others shrink: **preferred orientation**.

# %%
# @title Weight fractions from the fit, beside the true ones
weigh = my_weights if ex.weights.is_right(my_weights) else ex.by_weight
changes = {"nothing": (), "cells": ("cell",), "sizes": ("size_nm", "strain", "aspect"), "lying flat": ("march",)}
changes |= {"peak heights": ("scatter",), "all": ("cell", "size_nm", "strain", "aspect", "march", "scatter")}
rows = {"(true)": [*shares, np.nan]}
for label, fields in changes.items():
    phases = []
    for phase, share in zip(grown.phases, shares):
        phases.append(
            replace(patterns.Phase(phase.structure, share), **{name: getattr(phase, name) for name in fields})
        )
    pattern = patterns.mix(angles, replace(grown, phases=tuple(phases)))
    fitted, _ = nnls(columns.T, pattern)
    residual = abs(pattern - fitted @ columns).sum() / abs(pattern - fitted[-1]).sum()
    rows[label] = [*weigh(fitted[:-1], ratios), residual]
table = pd.DataFrame(rows, index=[*mixture, "residuals"]).T
print("what differs\n" + table.to_string(na_rep="", float_format="{:.2f}".format))
calcite = grown.phases[1]
ways = [patterns.Phase(calcite.structure, march=ratio) for ratio in (calcite.march, 1)]
flat, even = (patterns.render(way, angles, grown).max() for way in ways)
print(f"\nlying flat, calcite's highest peak is {flat / even:.1f} times as high")

# %% [markdown]
# **What we see.** With the table's own crystals the fit is right. With all changes it says 0.53 calcite for 0.30.
#
# Of the single changes, grains that lie flat do most harm in this draw. Calcite breaks along the plane of its highest peak. That peak grows, and the fit takes it for more calcite.
#
# *Residuals*, summed here as a part of all that stands above the background, warn of an error but do not measure it: other cells leave the largest, and do least harm.

# %% [markdown]
# ## A network against search-match
#
# RockJock (Eberl 2003), a program of the US Geological Survey, comes with patterns measured on pure minerals, its **standards**. Of these, 121 are of minerals in the table. Search-match names 112 as labelled. The others:

# %%
listed = cases[cases["listed"]].rename(columns={"search_match": "search-match"})
searched, learned = (listed[method] == listed["mineral"] for method in ("search-match", "network"))
print(listed.loc[~searched, ["standard", "search-match"]].to_string(index=False))

# %% [markdown] tags=["predict:rescued"]
# The network has learned from grown patterns alone. In these, cells, sizes, orientations and heights varied, and many held some of another mineral.
#
# **How many of these 9 does the network name as labelled?** Write a number.

# %% tags=["predict:rescued", "answer"]
my_rescued = ...

# %% tags=["check"]
ex.rescued.commit(my_rescued)

# %%
print(f"{'':22s}network right   wrong")
for label, some in (("search-match right", searched), ("search-match wrong", ~searched)):
    print(f"{label:22s}{(some & learned).sum():13d}{(some & ~learned).sum():8d}")
print("\nthe network on these, in order:", ", ".join(listed.loc[~searched, "network"]))
lost = listed[searched & ~learned]
print("what it alone loses:", ", ".join(f"{row.standard} → {row.network}" for row in lost.itertuples()))
gain, low, high = results.set_index(["set", "method"]).loc[("single", "network"), ["gain", "gain_low", "gain_high"]]
said = "not resolved" if low <= 0 <= high else "resolved"
print(f"\nnetwork less search-match: {gain:+.3f} (95 % interval {low:+.3f} to {high:+.3f}), {said}")
ex.rescued.meet(((~searched).sum(), (~searched & learned).sum()))

# %% [markdown]
# **What we see.** The network rescues one and loses two: too few to say which method is better. Some wrong names are of near relatives, such as another feldspar or pyroxene. Others are not: the network finds corundum in silver.
#
# And why does search-match find zincite in a calcite?

# %%
# @title The five strongest lines of what search-match names: heights, per cent of the pattern's highest
labels = pd.read_csv(samples.DATA / "results/diffraction_labels.csv")
for mineral, lines in labels.groupby("mineral", sort=False):
    peaks = lines.pivot_table(index="pattern", columns="two_theta", values="height", sort=False)
    print(peaks.round().astype(int).rename_axis(index=None, columns=f"{mineral}, 2θ").to_string() + "\n")

# %% [markdown]
# **What we see.** Zincite's five peaks stand in this calcite and this chlorite about as in the table, and hardly in another of each. (Laboratories add it as an internal standard.) The pyrophyllite has quartz's. So for 3 of the 9 it is probably the label that is incomplete. Both methods count as wrong there.
#
# ## When to say *unknown*
#
# RockJock has 45 patterns of what the table lacks. There a method should **refuse**: name nothing. Search-match refuses if its best cosine is below a limit, the **least cosine**; the network, if it gives *other* the largest fraction. The kit's command `zirconkit phases` uses both: they propose minerals, a fit like the one above weighs them, and a learned rule decides which are there, or answers *unknown*.

# %%
print(cases[["standard", "listed", "cosine"]].iloc[::80].to_string(index=False))  # every 80th row

# %% [markdown] tags=["exercise:least"]
# ### Exercise: a least cosine
#
# Above are some rows of `cases`: whether the table lists the mineral, and search-match's best cosine. Which least cosine refuses as many as possible of the 45, and at most 3 of the 121? Give two digits after the point. `((cases["cosine"] < 0.5) & cases["listed"]).sum()` counts the listed ones below 0.5.

# %% tags=["exercise:least", "answer"]
my_least = ...

# %% tags=["check", "nbval-check-output"]
ex.least.check(my_least)

# %%
# @title What each method refuses, with your least cosine (the kit's, until yours is right)
least = my_least if ex.least.is_right(my_least) else ex.LEAST_COSINE
known = cases["listed"]
refused = {"search-match": cases["cosine"] < least, "network": cases["network_other"]}
refused["zirconkit phases"] = cases["both"] == "unknown"
print("refused           of 121   of 45")
for method, no in refused.items():
    print(f"{method:18s}{(no & known).sum():6d}{(no & ~known).sum():8d}")
for other in ("network", "zirconkit phases"):
    apart = (refused["search-match"].astype(int) - refused[other])[~known]
    reach = 1.96 * apart.std(ddof=1) / len(apart) ** 0.5
    said = "not resolved" if abs(apart.mean()) <= reach else "resolved"
    print(f"of 45, search-match less {other}: {apart.mean():+.2f} ± {reach:.2f}, {said}")

# %% [markdown]
# **What we see.** One number, the least cosine, refuses no fewer of the 45 than the network, and more than `phases` (last lines: paired differences). But it was chosen on these very patterns, which flatters it.

# %% [markdown] tags=["depth"]
# ## Distances by hand
#
# Waves from neighbouring planes are also in step if one way is longer by two wavelengths, or by three. So the whole of Bragg's law is *n*λ = 2 *d* sin θ, with *n* = 1, 2, 3 …, the **order**. Planes that lie far apart can give several peaks, one for each order.
#
# The two exercises go from an angle to a distance, and from a distance to angles.

# %% [markdown] tags=["depth", "exercise:spacing"]
# ### Exercise: another tube
#
# Some laboratories have a tube of cobalt, with λ = 1.7890 Å. With the copper tube, a peak of quartz lies at 2θ = 50.14°. At which 2θ does this peak lie with the cobalt tube? Give it in degrees, to two digits after the point.

# %% tags=["depth", "exercise:spacing", "answer"]
my_spacing = ...

# %% tags=["depth", "check", "nbval-check-output"]
ex.spacing.check(my_spacing)

# %% [markdown] tags=["depth", "exercise:oriented"]
# ### Exercise: one spacing, five peaks
#
# Chlorite is built of sheets. With the copper tube, its first peak lies at 2θ = 6.20°. It is the first order of the distance between the sheets. At which angles 2θ do the orders 2, 3, 4 and 5 of this distance lie? Write a list of four numbers.

# %% tags=["depth", "exercise:oriented", "answer"]
my_oriented = ...

# %% tags=["depth", "check", "nbval-check-output"]
ex.oriented.check(my_oriented)

# %% [markdown] tags=["depth"]
# ## A measured pattern
#
# How does a real pattern look beside a grown one? RockJock's patterns are not part of the kit, but `zirconkit fetch rockjock`, written in a terminal, brings them to your computer. If they are there, the next cell draws two of them: calcite, and the pyrophyllite whose label may be incomplete. In the pyrophyllite, look for quartz's peaks at 20.9° and 26.6°: how much is left for pyrophyllite's own? And compare each measured pattern with its clean one: it stands on a background, and its peaks are wider.

# %% tags=["depth"]
# @title Two measured patterns beside clean ones, if they are on this computer
library = rockjock.library()
if library is None:
    print("RockJock's patterns are not here. With the internet: zirconkit fetch rockjock")
else:
    measured_at, measured, standards = library[:3]
    shown = {}
    for mineral in ("calcite", "pyrophyllite"):
        shown[f"{mineral}, measured"] = np.interp(angles, measured_at, measured[standards.index(mineral.upper())])
        shown[f"{mineral}, clean"] = patterns.mix(angles, patterns.Truth((patterns.Phase(first[mineral]),)))
    shown["quartz, clean"] = six["quartz"]
    plots.show(
        plots.fingerprints(angles, {name: pattern / pattern.max() for name, pattern in shown.items()}),
        of="real and grown",
        alt="Measured calcite above its clean pattern, measured pyrophyllite above its clean one, and clean quartz.",
    )

# %% [markdown] tags=["depth"]
# ## Why heights lie: preferred orientation
#
# Mica flakes lie flat in the holder, like leaves. To say on which plane grains lie, planes need names. The three whole numbers *hkl* that name a plane are its **Miller indices**: into how many parts it cuts each edge of the unit cell. Planes 00*l* cut only the third edge; in mica and kaolinite they lie along the sheets. Calcite's cleavage has the name 104.
#
# Where flakes lie flat, the planes 00*l* reflect more, and most others less. How much is said by one number, the **March–Dollase ratio** *r*: 1 for a powder without order, below 1 for plates that lie flat, and the smaller, the flatter.
#
# Below is a powder of plates, grown for your `SEED`, and over it the same mineral, computed. Move *r*. Above the picture stands the share of the powder's counts that the computed curve misplaces.

# %% tags=["depth"]
lying, lying_counts, plates = ex.lying_powder(SEED)
flat_bench = widgets.LyingBench(lying, lying_counts, first[plates])
flat_bench.panel()

# %% tags=["depth"]
# @title The powder, and its mineral without order
even = widgets.lying_curve(lying, lying_counts, first[plates], 1.0)
plots.show(
    plots.one_on_another(lying, lying_counts, even, (f"grown {plates}", "computed, r = 1")),
    of="grown",
    alt=f"A grown pattern of {plates} and the computed one without order: places agree, heights do not.",
)

# %% [markdown] tags=["depth", "exercise:march"]
# ### Exercise: how flat?
#
# In the figure the peaks' places agree, and their heights do not. At which *r* does the smallest part of the counts lie elsewhere? Write one number, to 0.04.

# %% tags=["depth", "exercise:march", "answer"]
my_march = ...

# %% tags=["depth", "check"]
ex.march.check(my_march)

# %% tags=["depth"]
# @title Muscovite, lying more and more flat
flat = {}
for r in (1, 0.7, 0.4):
    flat[f"r = {r}"] = patterns.render(patterns.Phase(first["muscovite"], march=r), angles, patterns.Truth(()))
plots.show(
    plots.fingerprints(angles, flat, [8.85, *ex.higher_orders(8.85)]),
    of="grown",
    alt="Muscovite with March-Dollase ratios of 1, 0.7 and 0.4 on one scale: the five peaks at dotted lines grow, the others "
    "fade.",
)

# %% [markdown] tags=["depth"]
# **What we see.** As *r* falls, the five peaks on the dotted lines grow, and the others fade; no peak moves. The lines are the orders of one distance, that between the sheets, reckoned from the first peak at 8.85° as for chlorite in *Distances by hand*.

# %% [markdown] tags=["depth"]
# ## How large are the crystals?
#
# Small crystals have few planes in a row, and their peaks are broad. **Scherrer's formula** turns the width into the crystals' size: size = 0.9 λ / (β cos θ). Here β is the width of a peak at half its height, in radians, after the instrument's own width has been taken out.

# %% [markdown] tags=["depth", "exercise:size"]
# ### Exercise: crystallite size
#
# Write a function that takes a width, the instrument's already taken out, and an angle 2θ, both in degrees. It gives back the size in nm. λ is 0.15406 nm.


# %% tags=["depth", "exercise:size", "answer"]
def my_size(width, two_theta):
    return ...


# %% tags=["depth", "check", "nbval-check-output"]
ex.size.check(my_size)

# %% tags=["depth"]
# @title The formula on a grown powder: pyrite of 30 nm, before and after the instrument's width is taken out
measure = my_size if ex.size.is_right(my_size) else ex.scherrer_size
fine = np.arange(25, 65, 0.01)
small = patterns.Phase(first["pyrite"], size_nm=30)
made = patterns.render(small, fine, patterns.Truth((), width=0.1))
found = cells.peaks(fine, made, 0.2)
print("2θ (°)   width (°)   size (nm), all of it   size (nm), instrument's 0.1° taken out")
for place, width in zip(found.two_theta, found.width):
    own = np.sqrt(width**2 - 0.1**2)
    print(f"{place:6.2f}{width:11.3f}{measure(width, place):17.1f}{measure(own, place):24.1f}")

# %% [markdown] tags=["depth"]
# **What we see.** The sizes come out below the true 30 nm, and more so at high angles. The tube gives two close wavelengths, its two *lines*. At high angles they lie further apart and widen each peak, and the formula takes all of this width for a sign of small crystals.
#
# The instrument's width was taken out as √(width² − 0.1²). This is right for bell-shaped (Gaussian) peaks, whose widths add by their squares, as in the program that grew this powder. The widths of measured peaks add by some rule between squares and a plain sum.
#
# ## How large is the cell?
#
# A peak is **indexed** when we know the *hkl* of its plane. Indexed peaks give the cell by least squares, with the zero shift as one more unknown. A peak that is misplaced, or has the wrong index, is an **outlier**. What does one outlier do? Below, one peak of a grown calcite is moved by 0.3°.

# %% tags=["depth"]
calcite, fine = first["calcite"], np.arange(10, 90, 0.02)
grown_cell = tuple(np.array(calcite.cell) * [1.002, 1.002, 0.998, 1, 1, 1])
made = patterns.render(patterns.Phase(calcite, cell=grown_cell), fine, patterns.Truth((), zero=0.07, width=0.3))
wavelength = 1.541838  # Å: the mean of the tube's two lines, which these broad peaks do not part
places, planes = cells.indexed(cells.peaks(fine, made), calcite, within=0.35)
wrong = places.copy()
wrong[3] += 0.3
misses = {}
for label, peaks, loss in (
    ("all right", places, "linear"),
    ("one wrong", wrong, "linear"),
    ("one wrong, robust", wrong, "soft_l1"),
):
    fitted = cells.refine(peaks, planes, calcite.cell, wavelength, loss)
    misses[label] = fitted.residuals
    print(f"{label:18s} a {fitted.cell[0]:.4f} ± {fitted.error[0]:.4f} Å, zero {fitted.zero:+.3f}°")
print(f"{'true':18s} a {grown_cell[0]:.4f} Å, {'zero':>14s} +0.070°")
plots.show(
    plots.peak_misses(places, misses),
    of="grown",
    alt="Residuals of each peak for three fits: near zero when all are right; spread out by one wrong peak; near zero but for "
    "that one with the robust loss.",
)

# %% [markdown] tags=["depth"]
# **What we see.** One wrong peak spoils plain least squares: most other peaks come to lie off, too. With squares, one error of 0.3° weighs as much as nine of 0.1°, so the fit gives way to it. A **robust** loss grows more slowly for large residuals. It leaves the outlier where it is, and its *a* stays within 0.0005 Å of what the right peaks give.
#
# Do not trust the ± too far. It is computed from all residuals, the outlier's among them, so it is large for both fits with a wrong peak. And with all peaks right it is too small: ± 0.0003 Å, where *a* is 0.0024 Å off. Each peak holds two lines of the tube, which the fit takes for one.
#
# A network can learn the cell from whole patterns instead. Below are the errors of both ways on 60 grown patterns of calcite, each with a cell of its own. The network has learned from 600 others.

# %% tags=["depth"]
# @title Errors of a: the mean of their sizes (MAE), and the mean of their squares (MSE)
table = pd.read_csv(samples.DATA / "results/diffraction_cells.csv").set_index("method")
for method, row in table.iterrows():
    label = method.replace("squares", "least squares").replace("_outlier", ", an outlier")
    print(f"{label:26s} MAE {row['mae'] / 1e4:.4f} Å, MSE {row['mse'] / 1e8:.2e} Å²")

# %% [markdown] tags=["depth"]
# **What we see.** The network is nearest: its mean error is 0.0004 Å, against 0.0019 Å for least squares. But it had help. It learned from patterns of the very program that made the test, so it knew both lines of the tube and all that the program varies. Measured patterns vary in more.
#
# One outlier makes least squares more than twice as bad in the MAE and four times as bad in the MSE, which counts large errors most. The robust fit does not suffer. That it is even a little better with an outlier is no rule: which way a moved peak pulls *a* depends on the peak.
#
# ## A network of your own
#
# The network that names minerals took minutes to train. A small one for the 13 minerals of your powder learns in seconds. What must it be shown? Its first lesson has patterns whose zero is right. In the test, zeros are off by up to 0.4°.

# %% [markdown] tags=["depth", "exercise:change"]
# ### Exercise: move them
#
# Write a function that takes patterns, an array of shape (n, points), and a generator of random numbers. It gives them back, each moved along the grid by a whole number of steps of its own, from −4 to 4 (a step is 0.1° here). `np.roll` moves; what leaves at one end may come in at the other.


# %% tags=["depth", "exercise:change", "answer"]
def my_change(rows, rng):
    return ...


# %% tags=["depth", "check", "nbval-check-output"]
ex.change.check(my_change)

# %% tags=["depth"]
coarse = np.arange(10, 65, 0.1)


def grown_rows(count, zero, seed):
    rows, rng = [], np.random.default_rng(seed)
    for name in ex.POWDERS:
        for shift in rng.uniform(-zero, zero, count):
            counts, _ = patterns.grow(coarse, [name], [1.0], rng.integers(10**6), zero=shift, counts=1000)
            rows.append(np.sqrt(counts) - np.median(np.sqrt(counts)))
    rows = np.array(rows)
    return 10 * rows / np.linalg.norm(rows, axis=1, keepdims=True), np.repeat(range(len(ex.POWDERS)), count)


straight, right = grown_rows(8 if quick else 40, 0.0, SEED)
test, asked = grown_rows(10, 0.4, SEED + 1)
change = my_change if ex.change.is_right(my_change) else ex.moved_apart
moved = change(straight, np.random.default_rng(SEED))

# %% tags=["depth"]
import keras
from keras import layers


def small_network(rows, answers):
    keras.utils.set_random_seed(SEED)
    model = keras.Sequential(
        [
            keras.Input((len(coarse), 1)),
            layers.Conv1D(16, 9, strides=3, activation="relu"),
            layers.Conv1D(16, 5, strides=2, activation="relu"),
            layers.Flatten(),
            layers.Dropout(0.3),
            layers.Dense(len(ex.POWDERS)),
        ]
    )
    loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
    model.compile(keras.optimizers.Adam(3e-3), loss, run_eagerly=quick, jit_compile=False)
    model.fit(rows[..., None], answers, epochs=6 if quick else 30, verbose=0)
    return model


# %% tags=["depth"]
clean = [patterns.mix(coarse, patterns.Truth((patterns.Phase(first[name]),), width=0.1)) for name in ex.POWDERS]
clean = np.sqrt(clean) / np.linalg.norm(np.sqrt(clean), axis=1, keepdims=True)
shifted = np.array([np.roll(test, step, axis=1) for step in range(-4, 5)])
answers = {
    "comparing, no shifts tried": (test @ clean.T).argmax(axis=1),
    "comparing, shifts tried": (shifted @ clean.T).max(axis=0).argmax(axis=1),
}
for label, rows in (("network, taught straight", straight), ("network, taught moved", moved)):
    answers[label] = np.argmax(small_network(rows, right)(test[..., None]), axis=1)
hits = {label: said == asked for label, said in answers.items()}
for label, hit in hits.items():
    print(f"{label:28s}{hit.mean():6.2f} right")
for one, other in (
    ("network, taught moved", "network, taught straight"),
    ("network, taught moved", "comparing, shifts tried"),
):
    apart = hits[one].astype(float) - hits[other]
    reach = 1.96 * apart.std(ddof=1) / len(apart) ** 0.5
    print(f"{one} less {other}: {apart.mean():+.2f} ± {reach:.2f}")

# %% [markdown] tags=["depth"]
# **What we see.** The first four lines are shares of the test's 130 patterns. Plain comparison needs its shifts; a network taught straight loses less without them. The last two lines are paired differences, ± half a 95 % interval. Where the ± is larger than the difference, the difference is not resolved. So, for `SEED` 0, moved examples help the network, and it is not shown to beat comparison with shifts.
#
# ## Where does the network look?
#
# Back to the large network, and to its first answer: how sure it is that a mineral is there. It says so by a **logit**: 0 for even chances, larger for surer. Which places of the pattern does the logit come from?
#
# It can be split. The last convolution gives some numbers for each place along the pattern. From there on, for one given pattern, the logit is a weighted sum of all these numbers, plus a constant. The part of the sum that comes from one place is the **class activation** there: how much this place pulls the logit up or down.

# %% tags=["depth"]
pair = ("halite", "gypsum")
salts, _ = patterns.grow(angles, pair, [0.5, 0.5], 3, zero=0.0, displacement_mm=0.0, counts=8000)
shown = preparing.comparable(salts)
reach, step = 1, 1  # points that one place sees, and points from place to place
for _, size, stride in network.LAYERS:
    reach, step = reach + (size - 1) * step, step * stride
weights, seen = network.shipped(), network.maps(shown[None])[0]
places = angles[0] + preparing.STEP * ((reach - 1) / 2 + step * np.arange(len(seen)))
inner = seen.ravel() @ weights["hidden.kernel"] + weights["hidden.bias"]
pulls = {}
for name in pair:
    slope = weights["hidden.kernel"] @ ((inner > 0) * weights["there.kernel"][:, names.index(name)])
    pulls[name] = (seen.ravel() * slope).reshape(seen.shape).sum(axis=1)

# %% tags=["depth"]
# @title What each place pulls, and what remains of the answer where a window is hidden
laid, near = {}, preparing.STEP * reach / 4  # the middle half of what a place sees
own = {
    name: preparing.comparable(patterns.mix(angles, patterns.Truth((patterns.Phase(first[name]),)))) for name in pair
}
height = {name: [own[name][abs(angles - place) < near].max() for place in places] for name in pair}
hidden = np.array([np.where(abs(angles - place) < 0.64, 0, shown) for place in places])
left = network.forward(hidden.astype(np.float32))[0]
whole = network.forward(shown[None])[0][0]
print("correlation with the peaks of  " + "".join(f"{name:>9s}" for name in pair))
for name in pair:
    line = powder_lines.angle_of(first[name].d)
    fall = whole[names.index(name)] - left[:, names.index(name)]
    laid[name] = (line[line < 65], first[name].i[line < 65], places, pulls[name], fall)
    for label, values in ((f"pull to {name}", pulls[name]), (f"fall of {name}, hidden", fall)):
        print(f"{label:31s}" + "".join(f"{np.corrcoef(values, height[other])[0, 1]:9.2f}" for other in pair))
plots.show(
    plots.looked_at(angles, np.sqrt(salts), laid),
    of="grown",
    alt="A grown mixture of halite and gypsum; below it, for each, its sticks, bars of what each place pulls, "
    "and a line of how far its logit falls where 1.3 degrees are hidden.",
)

# %% [markdown] tags=["depth"]
# **What we see.** The network goes by a mineral's own peaks: its pull is strong near the strongest two or three of them. Over the whole pattern, pulls go with the mineral's own peaks (correlation 0.65 for halite and 0.63 for gypsum), not with the other's. A bar cannot point at one peak, since a place sees several degrees of the pattern. Where the line falls below 0, the other salt's peaks were hidden, and the network became surer.
#
# A pull is no proof that the place matters. So, as a check, 1.3° were hidden at a time, and the network was asked again. The line shows by how much the logit then falls: most where a strong peak was hidden.
#
# ## Which crystal system?
#
# So far the names came from a table. What can be said of a mineral that is in no table? A first step is its **crystal system**: which edges and angles of its cell are alike. Below it is guessed for 137 minerals, from the formula (how much there is of each element) from the first lines of the pattern, or from both, side by side in one list of numbers (early fusion, as in notebook 13). The answer is that of the nearest known mineral, or of a **forest**, many decision trees that vote.
#
# Relatives make this too easy: polymorphs share a formula, and minerals of one class often share a structure. So the known minerals and those asked for are also split so that the same elements, or whole classes, stay together.

# %% tags=["depth"]
# @title Right answers of 137, and paired gains: over always naming the most common system, and of one forest over another
table = pd.read_csv(samples.DATA / "results/diffraction_systems.csv")
for split, rows in table.groupby("split", sort=False):
    print(split)
    for _, row in rows.iterrows():
        gain = f"{row['gain']:+.2f} ({row['gain_low']:+.2f} to {row['gain_high']:+.2f})" if row["gain"] else ""
        right = f"{row['right']:.2f}" if "less" not in row["sees"] else ""
        print(f"    {row['sees'].replace('less', 'minus'):22s}{row['method']:10s}{right:6s}{gain}")

# %% [markdown] tags=["depth"]
# **What we see.** A pattern tells more than a formula. From the pattern about half of the answers are right (four of ten with classes kept apart). Always naming the most common system gets about two of ten. From the formula, a forest's gain over that is no longer resolved once classes are kept apart. Both together give a forest 0.07 (0.02–0.12) more than the pattern alone, but only where relatives are among the known minerals: with the same elements together the gain is not resolved any more, and with whole classes apart there is none. A formula, then, says mostly whose relative a mineral is. The lines here are calculated, without noise or overlap; with measured ones fewer answers may be right.
#
# **What would proposing new phases take?** A system is the first of many steps. Merchant et al. (2023, https://doi.org/10.1038/s41586-023-06735-9) propose crystals by the million. A learned model says which of them would have a low energy beside mixtures of known phases. But a proposal has to be synthesized and measured, and a pattern that matches is not enough: a known phase with disordered atoms can match as well, say Leeman et al. (2024, https://doi.org/10.1103/PRXEnergy.3.011002).

# %% [markdown] tags=["depth", "predict:holding"]
# ## Do the intervals hold?
#
# A fit gives an amount. How sure is it? Two things go into the answer. The amount changes when parts of the pattern are left out. And an eighth of the amount is allowed for crystals that differ from the table's. From these two, a 95 % interval is made for each amount.
#
# Now 200 mixtures are grown, of two to five common minerals each. Their crystals differ from the table's in all the ways of *Minerals together*. **Of 100 of these intervals, how many hold the true amount?** Write a number.

# %% tags=["depth", "predict:holding", "answer"]
my_holding = ...

# %% tags=["depth", "check"]
ex.holding.commit(my_holding)

# %% tags=["depth"]
# @title How often the interval holds the true amount, for minerals that were there and were named
table = pd.read_csv(samples.DATA / "results/diffraction_intervals.csv")
printed = np.where(table["high"] < 100, table["high"] - table["said"], table["said"] - table["low"])
error = (table["said"] - table["true"]).abs()
ways = {"from the two": printed / identifying.WIDER, "as printed": printed}  # half widths
rows = {}
for low, high in ((0, 10), (10, 30), (30, 100), (0, 100)):
    some = (table["true"] > low) & (table["true"] <= high)
    shares_held = {}
    for way, half in ways.items():
        shares_held[way] = f"{proportion_interval((error <= half + 0.01)[some].sum(), some.sum()):.2f}"
    rows[f"{low} to {high} %"] = {"amounts": some.sum(), **shares_held}
print(pd.DataFrame(rows).T.to_string())
ex.holding.meet(100 * (error <= ways["from the two"] + 0.01).mean())

# %% [markdown] tags=["depth"]
# **What we see.** An interval that is named 95 % should hold the truth in 95 of 100 cases. Those *from the two* hold it in 74. An eighth is too little for crystals that lie flat. And nothing is allowed for a mineral that is overlooked or named falsely, whose weight comes from the others.
#
# One pattern cannot tell of that. Grown mixtures can, since their truth is known. So `zirconkit phases` prints intervals 2.2 times as wide (*as printed*). The 2.2 was set on other mixtures than these, so this is a fair check. In brackets is the 95 % interval of each share. Amounts of one mixture share errors, so these intervals are a little too narrow.

# %% [markdown] tags=["depth", "predict:nearest"]
# ## Measured mixtures
#
# And on measured mixtures? Does a network pay for amounts? A laboratory weighed eight mixtures of seven groups of minerals: quartz, potassium feldspar (K-feldspar), plagioclase, kaolinite, smectite, illite (with muscovite), and corundum. How far off are three methods, on average?
#
# - *Measured* adds up patterns that the laboratory measured on its own pure minerals.
# - *Computed* is the fit of `zirconkit phases`, with clean patterns from the table.
# - *Network* is its weight fractions alone.
#
# None of the three was told which groups are there. Two errors to start from: *measured* is off by 1.8 percentage points. Somebody who measures nothing, and says one seventh for each group (*equal*), is off by 9.8. **By how many points is the network off?** Write a number.

# %% tags=["depth", "predict:nearest", "answer"]
my_nearest = ...

# %% tags=["depth", "check"]
ex.nearest.commit(my_nearest)

# %% tags=["depth"]
# @title Eight weighed mixtures: mean error in percentage points, by group of minerals and by method
weighed = results[results["set"] == "mixtures"].set_index("method")
weighed.index = ["measured", "computed", "network", "equal"]
groups = weighed.loc[:, "Quartz":"Corundum"].T.rename({"Dioctahedral_smectite": "Smectite", "K_feldspar": "K-feldspar"})
groups.loc["all seven"] = weighed["mae"]
print(groups.to_string(float_format="{:.1f}".format))
mixtures = pd.read_csv(samples.DATA / "results/diffraction_mixtures.csv")
print(f"\npaired differences over the {len(mixtures)} mixtures, with 95 % intervals")
for one, other in (("network", "measured"), ("network", "computed"), ("network", "equal"), ("computed", "measured")):
    apart = paired_difference(mixtures[one], mixtures[other])
    print(f"{one} less {other:10s}{apart:+.1f}")
plots.show(
    plots.mixture_errors(mixtures.set_index("mixture"), "equal"),
    of="real",
    alt="Mean error of each of eight mixtures by method: measured lowest in all, computed next in seven, the network above "
    "the dashed line of equal shares in three and below it in five.",
)
ex.nearest.meet(weighed["mae"].to_dict())

# %% [markdown] tags=["depth"]
# **What we see.** For amounts, the network alone does not pay on these mixtures. It is off by 8.4 points, against 3.9 for computed patterns and 1.8 for measured ones, and both differences are resolved. It is not even shown to beat *equal*: that interval holds 0. In three of the eight it is worse than that guess (figure), and illite gives it most trouble (19 points, in the table). *Equal* knew the seven groups, though; the network chose among 137 minerals. So in `zirconkit phases` the network only helps to propose minerals, and to judge which are there.
#
# The measured standards have an advantage: they are crystals of the kind that went into the mixtures. And eight mixtures of one study are few; the intervals know of no other study.
#
# ## To discuss
#
# *"The network names nine of ten of a laboratory's standards; so it will name nine of ten of the minerals in our core."* What would have to be alike for that to hold, and how would you find out with ten samples?
#
# *Suppose a method names quartz, with a probability of 0.99, in a sample labelled pyrophyllite. Who is wrong: the method, the label, or the question?* What would you measure next?

# %% tags=["frame"]
# @title Your score card
score_card(ex)

# %% [markdown] tags=["frame"]
# **Take away.** A powder pattern is a sum of fingerprints: places come from the cell, heights from the atoms, and from how crystals lie. Comparing with clean patterns needs no training, and a network is worth its training only where it names what comparison does not: count both, and look at the patterns on which they differ. Large residuals warn of wrong weights, and any method needs a way to say *unknown*, whose cost is counted.
#
# **Terms.** *[powder pattern](GLOSSARY.md#powder-pattern)*: X-ray counts over the angle 2θ of a powdered sample · *[Bragg's law](GLOSSARY.md#braggs-law)*: what ties the angle of a peak to a distance between planes of atoms, nλ = 2d sin θ · *[unit cell](GLOSSARY.md#unit-cell)*: the box of atoms that repeats through a crystal · *[sticks](GLOSSARY.md#sticks)*: the peaks of a mineral drawn as lines, at their places and with their strengths · *[search-match](GLOSSARY.md#search-match)*: naming a pattern by the clean pattern that is most like it · *[reference intensity ratio](GLOSSARY.md#reference-intensity-ratio)*: how high a mineral's highest peak is beside corundum's, gram for gram · *[non-negative least squares](GLOSSARY.md#non-negative-least-squares)*: the sum of patterns, none with a factor below zero, that has the smallest sum of squared residuals · *[preferred orientation](GLOSSARY.md#preferred-orientation)*: crystals that do not lie at random, so that heights change · *[Scherrer's formula](GLOSSARY.md#scherrers-formula)*: the size of crystals from the width of their peaks · *[March–Dollase ratio](GLOSSARY.md#march-dollase-ratio)*: a number that says how flat plates lie, 1 for no order, smaller for flatter · *[class activation](GLOSSARY.md#class-activation)*: how much each place of what a network looks at pulls its answer up or down · *[crystal system](GLOSSARY.md#crystal-system)*: which of a cell's edges and angles are alike · *[outlier](GLOSSARY.md#outlier)*: a value that does not belong to the rest, and pulls what is fitted towards itself
#
# **Read on.** Bish and Post (1989), *Modern Powder Diffraction*, Reviews in Mineralogy 20: the methods, for geologists · Eberl (2003), USGS Open-File Report 03-78: RockJock, sums of measured standards · Schuetzke et al. (2021), https://doi.org/10.1107/S2052252521002402: what an instrument adds, for networks that learn from calculated patterns · Simonnet et al. (2024), IUCrJ 11: how much of each, by a network.
#
# Next: [13 · Chemistry](13_chemistry.ipynb), another elective.
