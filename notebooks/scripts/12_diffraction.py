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
from zirconkit.diffraction import cells, identifying, matching, network, preparing, sticks
from zirconkit.exercises import diffraction as ex
from zirconkit.exercises import score_card
from zirconkit.synthetic import patterns, powder_lines

profile = course.profile(PROFILE)
names, angles = powder_lines.names(), preparing.GRID
first = {each.mineral: each for each in reversed(powder_lines.structures())}  # one structure a mineral
results = pd.read_csv(samples.DATA / "results/diffraction.csv")

# %% [markdown] tags=["predict:crowd"]
# # 12 · Diffraction: what is in the powder?
#
# X-rays of one wavelength fall on a powdered rock. At some angles many of them come out, at most angles hardly any. A plot of the count over the angle, called 2θ, is the rock's **powder pattern**.
#
# A pattern has a peak at 26.64°. It could be quartz, whose strongest peak is there. The kit has the calculated patterns of 137 minerals.
#
# **How many of the 137 have a peak within 0.15° of it**, at least a tenth as high as their own highest? Write a number.

# %% tags=["predict:crowd", "answer"]
my_crowd = ...

# %% tags=["check"]
ex.crowd.commit(my_crowd)

# %% [markdown] tags=["frame"]
# **The idea:** a pattern is a sum of fingerprints, and a network must beat plain comparison.
#
# **You will** turn an angle into a distance between planes · lay the sticks of a mineral on a pattern until they fit, and name a powder of your own · turn heights into weights, and see when that goes wrong · judge whether a network names minerals better than plain comparison · see what both say of a mineral that neither of them knows.
#
# **You need** notebooks 04 and 07. In a word: *cosine*, one for two patterns of the same shape, zero for two that share nothing · *least squares*, the choice that makes the sum of squared misses smallest · *paired difference*, two methods compared on the same samples · *95 % interval*, where the true value lies in about 95 of 100 such studies. **Time** core 50 min (exercises in it), going deeper 35 min, 20 s to run.

# %%
near = [
    name for name in names if np.any((abs(powder_lines.angle_of(first[name].d) - 26.64) < 0.15) & (first[name].i >= 10))
]
print(f"{len(near)} of {len(names)}:", ", ".join(near))
ex.crowd.meet(len(near))

# %% [markdown]
# **What we see.** One peak is not enough: 15 minerals share this one. All of its peaks together tell more: their places, and how high they are beside each other.
#
# ## A peak is a distance
#
# In a crystal, atoms lie in planes, a distance *d* apart. Waves thrown back by neighbouring planes are in step only where **Bragg's law** holds: λ = 2 *d* sin θ. Here λ is the **wavelength**, 1.5406 Å for the copper tube of most laboratories (1 Å is 0.1 nm), and θ is *half* of the angle on the axis.
#
# A powder's peaks, read with it, are distances between planes; which planes they are, and in what mineral, is still open.

# %%
# @title Bragg's law, drawn
plots.show(
    plots.bragg_sketch(),
    of="drawn",
    alt="Two rays fall on two planes a distance d apart, each at the angle theta, and leave at theta. The lower ray's way "
    "is longer by twice d sin theta. The beam turns by two theta.",
)

# %% [markdown]
# **What we see.** The lower ray's way is longer by the two green pieces, each *d* sin θ. If both together are one wavelength, the rays leave in step. The axis of a pattern shows 2θ, the angle by which the beam turns.

# %% [markdown] tags=["exercise:spacing"]
# ### Exercise: a distance
#
# A peak lies at 2θ = 20.86°. How far apart are its planes? Give *d* in Å, to three digits after the point.

# %% tags=["exercise:spacing", "answer"]
my_spacing = ...

# %% tags=["check", "nbval-check-output"]
ex.spacing.check(my_spacing)

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
# **What we see.** A mineral's pattern follows from its **unit cell**, the box that repeats, which sets the places, and from the atoms in the box, which set the heights. Square roots of the heights are drawn, so that small peaks show. Pyrite's small cubic cell has few peaks; albite's large, skewed one has dozens.
#
# ## Lay the sticks
#
# Below is a powder that a program grew for you. Set `SEED` at the top to a number of your own, and you have a powder of your own. The zero of its instrument is off, so all peaks are shifted alike. Its cell may be a little larger or smaller than in the table.
#
# Choose a mineral. Its peaks are drawn as **sticks**. Move them: the first slider shifts all of them, the second stretches the cell. A stick is green within 0.12° of a peak, else pink; what rises less than 3 % of the whole height is no peak here. Two shares are printed. The first: how much of the sticks' strength lies on peaks. The second: how much of the peaks' height has a stick. The score is high only if both are.

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

# %% [markdown] tags=["exercise:powder"]
# ### Exercise: name your powder
#
# Which mineral is it? One name in quotes.

# %% tags=["exercise:powder", "answer"]
my_powder = ...

# %% tags=["check"]
ex.powder.check(my_powder)

# %% [markdown]
# What you did by hand can be written in four lines: **search-match**. Take each clean pattern, try some shifts, and take the cosine with the pattern in question. The highest wins. It learns nothing.
#
# Beside it stands a **network** with five convolutions in one dimension. It takes the same 1,501 heights. It gives a share for each of the 137 minerals, and one for *other*. The powder is a second one, of zircon.

# %%
second, _ = patterns.grow(two_theta, ["zircon"], [1.0], 1, zero=0.1, counts=4000)
shown = preparing.comparable(preparing.on_grid(two_theta, second))  # ground taken off, square roots, length 1
clean = matching.templates()[:, 0]  # a pattern for each of the table's structures
shifted = np.array([np.roll(shown, step) for step in range(-8, 9)])  # steps of 0.04 degrees
cosine = (clean @ shifted.T).max(axis=1)
for place in np.argsort(-cosine)[:3]:
    print(f"search-match  {powder_lines.structures()[place].name:15s} cosine {cosine[place]:.2f}")
_, share = network.logits(shown)
for place in np.argsort(-share)[:3]:
    print(f"network       {(*names, 'other')[place]:15s} share {share[place]:.2f}")

# %% [markdown]
# **What we see.** Both name zircon, and for both the next name lies far behind. Cosine and share are different measures: compare each with its own next line. For your own powder put `counts` where `second` stands in the second line.
#
# ## Minerals together: add them up
#
# A mixture's pattern is the sum of its minerals' patterns: the more of a mineral, the higher its part. Which sum fits? **Non-negative least squares**: heights, none below 0, with the smallest squared misses.
#
# This mixture is grown from 40 % quartz, 30 % calcite, 20 % kaolinite and 10 % albite, by weight.

# %%
mixture = ("quartz", "calcite", "kaolinite", "albite")
shares = np.array([0.4, 0.3, 0.2, 0.1])
mixed, grown = patterns.grow(angles, mixture, shares, 3, zero=0.0, displacement_mm=0.0, background=(0.01, 0, 0))
structures = [phase.structure for phase in grown.phases]  # as published, with the table's cells
ratios = np.array([structure.rir for structure in structures])
columns = []
for structure, ratio in zip(structures, ratios):
    columns.append(patterns.render(patterns.Phase(structure, 1 / ratio), angles, grown))  # all equally strong
columns.append(np.ones_like(angles))  # the background
columns = np.array(columns)
heights, _ = nnls(columns.T, mixed)

# %%
# @title The sum, its parts, and what is left over
curves = {name: height * column for name, height, column in zip(mixture, heights, columns)}
plots.show(
    plots.parts_of_a_pattern(angles, mixed, curves, heights[-1] * columns[-1]),
    of="grown",
    alt="A grown mixture and the fitted sum, the four minerals' parts of it, and the difference: the sum misses the two "
    "highest peaks by far, and has too much at many small ones.",
)
print(f"{'':12s}share of heights   reference intensity ratio")
for name, height, ratio in zip(mixture, heights / heights[:-1].sum(), ratios):
    print(f"{name:12s}{height:16.2f}{ratio:28.2f}")

# %% [markdown]
# **What we see.** This fit is bad. The sum's peak near 26.6° lies too far right, the one near 29.5° is too narrow, and beyond 35° the sum mostly has too much. The crystals that grew differ from the table's: in their cells, their sizes, how they lie, and the heights of their peaks.
#
# Heights are not weights either. The **reference intensity ratio** of a mineral says how high its highest peak is beside that of corundum, gram for gram. Quartz has 4.30 and albite 0.66: of equal weights, quartz's highest peak is 6.5 times as high.

# %% [markdown] tags=["exercise:weights"]
# ### Exercise: from heights to weights
#
# Write a function that takes the heights and the ratios and gives back weight fractions that sum to 1.


# %% tags=["exercise:weights", "answer"]
def my_weights(heights, ratios):
    return ...


# %% tags=["check", "nbval-check-output"]
ex.weights.check(my_weights)

# %% [markdown]
# What does the same fit make of a mixture of exactly the table's crystals? And of one in which they differ in one thing only?

# %%
# @title Weight fractions from the fit, beside the true ones
changes = {"none": (), "cells": ("cell",), "sizes": ("size_nm", "strain", "aspect"), "lie flat or not": ("march",)}
changes |= {"peak heights": ("scatter",), "all": ("cell", "size_nm", "strain", "aspect", "march", "scatter")}
rows = {"true": [*shares, np.nan]}
for label, fields in changes.items():
    phases = []
    for phase, share in zip(grown.phases, shares):
        phases.append(
            replace(patterns.Phase(phase.structure, share), **{name: getattr(phase, name) for name in fields})
        )
    pattern = patterns.mix(angles, replace(grown, phases=tuple(phases)))
    found, _ = nnls(columns.T, pattern)
    missed = abs(pattern - found @ columns).sum() / abs(pattern - found[-1]).sum()
    rows[label] = [*ex.by_weight(found[:-1], ratios), missed]
table = pd.DataFrame(rows, index=[*mixture, "left over"]).T
print("what differs from the table's crystals\n" + table.round(2).to_string(na_rep=""))

# %% [markdown]
# **What we see.** With the table's own crystals the fit gives the true weights. With all the changes it does not: it says 0.53 calcite where 0.30 is true, and 0.28 quartz where 0.40 is true, so the two change places. Of the single changes, how the crystals lie does most harm here. The last column is the sum of all misses, as a share of what stands above the background: 0.07 for the good fit, which is the noise of counting, and 0.85 for the bad one. It warns, but it does not measure the error: other cells leave much over and do less harm to the weights.

# %%
# @title Eight mixtures that a laboratory weighed: how far off, on average over seven groups of minerals?
weighed = results[results["set"] == "mixtures"].set_index("method")
for method, row in weighed.iterrows():
    print(f"{method:24s}{row['mae']:5.1f} percentage points, {row['n']:.0f} mixtures")

# %% [markdown]
# **What we see.** `zirconkit phases` fits a zero shift too, and chooses between sizes and orientations. Sums of patterns that were measured on the laboratory's own pure minerals miss least, computed ones more, the network's own shares most. Eight mixtures of one study are few.

# %% [markdown] tags=["predict:winner"]
# ## A network against search-match
#
# The question of notebook 07 comes back: is the network better than a simple method? It has learned from some 150,000 grown patterns: single minerals and mixtures, shifted, noisy, with foreign peaks. It has never seen a measured one. The test: patterns of single minerals that a laboratory measured, the RockJock standards (Eberl 2003).
#
# **Who names more of them right at the first go?** `"search"` for search-match, `"network"`, or `"even"` if the 95 % interval of the difference will hold 0.

# %% tags=["predict:winner", "answer"]
my_winner = ...

# %% tags=["check"]
ex.winner.commit(my_winner)

# %%
table = results[results["set"] == "single"].set_index("method")
print(f"{'':14s}right at once   among first three   of")
for method, row in table.iterrows():
    print(f"{method:14s}{row['right']:13.0f}{row['within_3']:20.0f}{row['n']:5.0f}")
for method in ("network", "both"):
    gain, low, high = table.loc[method, ["gain", "gain_low", "gain_high"]]
    print(f"{method} less search-match, paired, 95 % interval: {gain:+.3f} ({low:+.3f} to {high:+.3f})")
gain, low, high = table.loc["network", ["gain", "gain_low", "gain_high"]]
ex.winner.meet("even" if low <= 0 <= high else "network" if gain > 0 else "search")

# %% [markdown]
# **What we see.** The interval holds 0: no difference between network and search-match is resolved. `both` is what `zirconkit phases` does: the two propose, a sum of standards weighs, and a rule that was fitted on grown patterns decides. It does no better at naming single minerals: 109, and its interval holds 0, too.
#
# ## A mineral that neither knows

# %%
# @title Topaz stretched to a mineral that does not exist, and topaz as published
rows = []
for label, stretch in (("topaz", 1.0), ("made-up", 0.9)):
    cell = tuple(np.array(first["topaz"].cell) * [stretch, 2 - stretch, stretch, 1, 1, 1])
    pattern = patterns.mix(angles, patterns.Truth((patterns.Phase(first["topaz"], cell=cell),), counts=5000, seed=0))
    shown = preparing.comparable(pattern)
    name, cosine = matching.search(shown, 1)[0]
    rows.append((label, "search-match", name, f"cosine {cosine:.2f}"))
    _, share = network.logits(shown)
    rows.append((label, "network", (*names, "other")[share.argmax()], f"share {share.max():.2f}"))
    name, probability, *_ = identifying.identify(pattern).rows[0]
    rows.append((label, "both", name, f"probability {probability:.2f}"))
print(pd.DataFrame(rows, columns=["pattern", "method", "first answer", "how sure"]).to_string(index=False))

# %% [markdown]
# **What we see.** Search-match has a best match for the made-up mineral, too, but its cosine is far lower than topaz's. A least cosine, chosen beforehand, would let it say *unknown*. The network can answer *other* because it also learned from patterns of minerals that do not exist. One made-up mineral shows that this can work, not how often it does.

# %% [markdown] tags=["depth"]
# ## Why heights lie: preferred orientation
#
# Mica flakes lie flat in the holder, like leaves. Three whole numbers name a plane, its **Miller indices** *hkl*: into how many parts it cuts each edge of the cell. Planes 00*l* cut only the third edge; in mica they lie along the sheets. When flakes lie flat, these planes reflect more, and most others less. The **March–Dollase ratio** *r* describes it: 1 for a powder without order, below 1 for plates that lie flat.

# %% tags=["depth"]
# @title Muscovite, lying more and more flat
flat = {
    f"r = {r}": patterns.render(patterns.Phase(first["muscovite"], march=r), angles, patterns.Truth(()))
    for r in (1, 0.7, 0.4)
}
plots.show(
    plots.fingerprints(angles, flat),
    of="grown",
    alt="Muscovite with March-Dollase ratios of 1, 0.7 and 0.4 on one scale: few peaks grow, the others fade.",
)

# %% [markdown] tags=["depth", "exercise:oriented"]
# ### Exercise: flakes that lie flat
#
# All three rows have one scale. Three peaks below 30° grow from each row to the next, and are the highest in the last. At which angles? Write a list of three numbers, in degrees.

# %% tags=["depth", "exercise:oriented", "answer"]
my_oriented = ...

# %% tags=["depth", "check", "nbval-check-output"]
ex.oriented.check(my_oriented)

# %% [markdown] tags=["depth"]
# ## How large are the crystals?
#
# Small crystals have few planes in a row, and their peaks are broad. **Scherrer's formula**: size = 0.9 λ / (β cos θ), with β the width at half height in radians, after the instrument's own width is taken out.

# %% [markdown] tags=["depth", "exercise:size"]
# ### Exercise: crystallite size
#
# Write a function that takes a width, the instrument's already taken out, and an angle 2θ, both in degrees. It gives back the size in nm. λ is 0.15406 nm.


# %% tags=["depth", "exercise:size", "answer"]
def my_size(width, two_theta):
    return ...


# %% tags=["depth", "check", "nbval-check-output"]
ex.size.check(my_size)

# %% [markdown] tags=["depth"]
# ## How large is the cell?
#
# A peak is **indexed** when we know the *hkl* of its plane. Indexed peaks give the cell by least squares, with the zero shift as one more unknown. One wrong index is an **outlier**. What does it do?

# %% tags=["depth"]
calcite, fine = first["calcite"], np.arange(10, 90, 0.02)
grown_cell = tuple(np.array(calcite.cell) * [1.002, 1.002, 0.998, 1, 1, 1])
made = patterns.render(patterns.Phase(calcite, cell=grown_cell), fine, patterns.Truth((), zero=0.07, width=0.3))
both_lines = 1.541838  # Å: the mean of the tube's two lines, which these broad peaks do not part
places, planes = cells.indexed(cells.peaks(fine, made), calcite, within=0.35)
wrong = places.copy()
wrong[3] += 0.3
for label, peaks, wavelength, loss in (
    ("all right", places, both_lines, "linear"),
    ("all right, stronger line", places, powder_lines.CU, "linear"),
    ("one wrong", wrong, both_lines, "linear"),
    ("one wrong, robust", wrong, both_lines, "soft_l1"),
):
    found = cells.refine(peaks, planes, calcite.cell, wavelength, loss)
    print(f"{label:25s} a {found.cell[0]:.4f} ± {found.error[0]:.4f} Å, zero {found.zero:+.3f}°")
print(f"{'true':25s} a {grown_cell[0]:.4f} Å, {'zero':>14s} +0.070°")

# %% [markdown] tags=["depth"]
# **What we see.** Squares make one miss of 0.3° weigh as much as nine of 0.1°, and the cell follows it. A **robust** loss, which grows more slowly for large misses, stays within 0.0005 Å of what the right indices give.
#
# Even that is 0.0024 Å off. The tube has two lines, and neither the mean of their wavelengths nor the stronger one alone is right for a peak that holds both: the true *a* lies between. The ± of 0.0003 Å, the fit's standard error, does not know of it.
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
# **Take away.** A powder pattern is a sum of fingerprints: places come from the cell, heights from the atoms, and from how crystals lie. Comparing with clean patterns learns nothing, and on 121 measured patterns the network was not resolved as better. Weights from a fit that leaves much over are not to be trusted, and any method needs a way to say *unknown*.
#
# **Terms.** *[powder pattern](GLOSSARY.md#powder-pattern)*: X-ray counts over the angle 2θ of a powdered sample · *[Bragg's law](GLOSSARY.md#braggs-law)*: λ = 2 *d* sin θ, what ties an angle to a distance between planes of atoms · *[unit cell](GLOSSARY.md#unit-cell)*: the box of atoms that repeats through a crystal · *[sticks](GLOSSARY.md#sticks)*: the peaks of a mineral drawn as lines, at their places and with their strengths · *[search-match](GLOSSARY.md#search-match)*: naming a pattern by the clean pattern that is most like it · *[reference intensity ratio](GLOSSARY.md#reference-intensity-ratio)*: how high a mineral's highest peak is beside corundum's, gram for gram · *[non-negative least squares](GLOSSARY.md#non-negative-least-squares)*: the sum of patterns, none counted less than nothing, with the smallest squared misses · *[preferred orientation](GLOSSARY.md#preferred-orientation)*: crystals that do not lie at random, so that heights change · *[Scherrer's formula](GLOSSARY.md#scherrers-formula)*: the size of crystals from the width of their peaks · *[outlier](GLOSSARY.md#outlier)*: a value that does not belong to the rest, and pulls what is fitted towards itself
#
# **Read on.** Bish and Post (1989), *Modern Powder Diffraction*, Reviews in Mineralogy 20: the methods, for geologists · Eberl (2003), USGS Open-File Report 03-78: RockJock, sums of measured standards · Schuetzke et al. (2021), https://doi.org/10.1107/S2052252521002402: what an instrument adds, for networks that learn from calculated patterns · Simonnet et al. (2024), IUCrJ 11: how much of each, by a network.
#
# Next: [13 · Chemistry](13_chemistry.ipynb), another elective.
