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
import numpy as np
import pandas as pd
from scipy.optimize import nnls
from zirconkit import course, plots, samples, widgets
from zirconkit.diffraction import cells, identifying, matching, preparing, sticks
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
# A pattern has one strong peak at 26.64°. It could be quartz: its strongest peak is there. The kit has the calculated patterns of 137 minerals.
#
# **How many of the 137 have a peak within 0.15° of it**, at least a tenth as high as their own highest? Write a number.

# %% tags=["predict:crowd", "answer"]
my_crowd = ...

# %% tags=["check"]
ex.crowd.commit(my_crowd)

# %% [markdown] tags=["frame"]
# **The idea:** a pattern is a sum of fingerprints, and a network must beat the eye that compares.
#
# **You will** turn an angle into a distance between planes · lay the sticks of a mineral on a pattern until they fit, and name a powder of your own · turn heights into weights · judge whether a network names minerals better than plain comparison · see what both say of a mineral that nobody taught them.
#
# **You need** notebooks 04 and 07. In a word: *cosine*, one for two patterns of the same shape, zero for two that share nothing · *least squares*, the choice that makes the sum of squared misses smallest · *paired difference*, two methods compared on the same samples · *95 % interval*, where the true value lies in about 95 of 100 such studies. **Time** core 50 min (exercises in it), going deeper 35 min, 20 s to run.

# %%
near = [
    name for name in names if np.any((abs(powder_lines.angle_of(first[name].d) - 26.64) < 0.15) & (first[name].i >= 10))
]
print(f"{len(near)} of {len(names)}:", ", ".join(near))
ex.crowd.meet(len(near))

# %% [markdown]
# **What we see.** One peak names nothing. What names a mineral is all of its peaks together: their places, and how high they are beside each other.
#
# ## A peak is a distance
#
# A crystal is planes of atoms, a distance *d* apart. Waves thrown back by neighbouring planes are in step only where **Bragg's law** holds: λ = 2 *d* sin θ. Here λ is the **wavelength**, 1.5406 Å for the copper tube of most laboratories (1 Å is 0.1 nm), and θ is *half* of the angle on the axis.
#
# A powder's peaks, read with it, are distances between planes; which planes they are, and in what mineral, is still open.

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
# **What we see.** A mineral's pattern follows from its **unit cell**, the box that repeats, which sets the places, and from the atoms in the box, which set the heights. Square roots are drawn, so that small peaks show. Pyrite's small cubic cell has few peaks; albite's large, skewed one has dozens.
#
# ## Lay the sticks
#
# Below is a powder that a program grew for you; `SEED` chooses it. Its zero point is off, as in most instruments, so all peaks are shifted alike. Its cell may be a little larger or smaller than in the table.
#
# Choose a mineral. Its peaks are drawn as **sticks**. Move them: the first slider shifts all of them, the second stretches the cell. A stick is green when it lies on a peak. The score joins two shares: of the sticks' strength, how much lies on peaks, and of the peaks' height, how much has a stick.

# %%
two_theta, counts = ex.grown_powder(SEED)
bench = widgets.StickBench(two_theta, counts, ex.POWDERS)
bench.panel()

# %%
# @title The sticks of halite on your powder, before anybody moves them
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
# What your eye did can be written in four lines: **search-match**. Take each clean pattern, try some shifts, and take the cosine with the measured one. The highest wins. It learns nothing.

# %%
measured = preparing.comparable(preparing.on_grid(two_theta, counts))  # ground taken off, square roots, length 1
clean = matching.templates()[:, 0]  # a pattern for each of the table's structures
shifted = np.array([np.roll(measured, step) for step in range(-8, 9)])  # steps of 0.04 degrees
cosine = (clean @ shifted.T).max(axis=1)
order = np.argsort(-cosine)[:5]
for place in order:
    print(f"{powder_lines.structures()[place].name:15s} {cosine[place]:.2f}")

# %% [markdown]
# ## Two minerals: add them up
#
# A mixture's pattern is the sum of its minerals' patterns, each as high as there is much of it. Which sum fits? **Non-negative least squares**: heights, none below 0, with the smallest squared misses.

# %%
mixture = ("quartz", "calcite", "kaolinite", "albite")
shares = (0.4, 0.3, 0.2, 0.1)
mixed, truth = patterns.grow(angles, mixture, shares, SEED + 3, zero=0.0, displacement_mm=0.0, background=(0.01, 0, 0))
columns = []
for name in mixture:
    pure = patterns.render(patterns.Phase(first[name]), angles, truth)
    columns.append(pure / pure.max())  # the highest peak is 1
columns.append(np.ones_like(angles))  # the background
heights, _ = nnls(np.array(columns).T, mixed)

# %%
# @title The parts, and what is left over
curves = {name: height * column for name, height, column in zip(mixture, heights, columns)}
plots.show(
    plots.parts_of_a_pattern(angles, mixed, curves, heights[-1] * columns[-1]),
    of="grown",
    alt="A grown mixture, the patterns of its four minerals as fitted, and the residual, largest at the strong peaks.",
)
ratios = np.array([first[name].rir for name in mixture])
print(f"{'':12s}share of heights   reference intensity ratio")
for name, height, ratio in zip(mixture, heights / heights[:-1].sum(), ratios):
    print(f"{name:12s}{height:16.2f}{ratio:28.2f}")

# %% [markdown]
# **What we see.** What is left over sits at the strong peaks: real crystals are not the table's, their cells and heights differ a little.
#
# Heights are not weights. The **reference intensity ratio** of a mineral says how high its highest peak is beside that of corundum, gram for gram. Quartz scatters strongly, so little of it makes a high peak.

# %% [markdown] tags=["exercise:weights"]
# ### Exercise: from heights to weights
#
# Write a function that takes the heights and the ratios and gives back weight fractions that sum to 1.


# %% tags=["exercise:weights", "answer"]
def my_weights(heights, ratios):
    return ...


# %% tags=["check", "nbval-check-output"]
ex.weights.check(my_weights)

# %% [markdown] tags=["predict:winner"]
# ## A network against the eye
#
# A network with five convolutions in one dimension has seen some 150,000 grown patterns: single minerals and mixtures, shifted, noisy, with foreign peaks. It has never seen a measured one. The test: patterns of single minerals that a laboratory measured, the RockJock standards (Eberl 2003).
#
# **Who names more of them right at the first go?** `"eye"` for search-match, `"network"`, or `"even"` if you expect that the two cannot be told apart.

# %% tags=["predict:winner", "answer"]
my_winner = ...

# %% tags=["check"]
ex.winner.commit(my_winner)

# %%
table = results[results["set"] == "single"].set_index("method")
print(table[["right", "within_3", "n"]].to_string())
gain = table.loc["network", "gain"], table.loc["network", "gain_low"], table.loc["network", "gain_high"]
print(f"network less search-match, paired, 95 % interval: {gain[0]:+.3f} ({gain[1]:+.3f} to {gain[2]:+.3f})")
ex.winner.meet("even" if gain[1] <= 0 <= gain[2] else "network" if gain[0] > 0 else "eye")

# %% [markdown]
# **What we see.** Search-match, which learns nothing, is hard to beat on single minerals; the paired interval says whether the difference is resolved. `both` is what `zirconkit phases` does: the two propose, a sum of standards weighs, and a rule that was fitted on grown patterns decides. The standards that all of them miss are mostly not what their label says, or hold more of another mineral.
#
# ## A mineral that nobody taught

# %%
# @title Topaz stretched to a mineral that does not exist, and real topaz
rows = []
for label, stretch in (("topaz", 1.0), ("made-up mineral", 0.9)):
    cell = tuple(np.array(first["topaz"].cell) * [stretch, 2 - stretch, stretch, 1, 1, 1])
    pattern = patterns.mix(angles, patterns.Truth((patterns.Phase(first["topaz"], cell=cell),), counts=5000, seed=SEED))
    answer = identifying.identify(pattern)
    for name, probability, *_ in answer.rows[:3]:
        rows.append((label, name, round(probability, 2)))
print(pd.DataFrame(rows, columns=["pattern", "answer", "probability"]).to_string(index=False))

# %% [markdown]
# **What we see.** A comparison always has a best match, even if nothing fits. To be able to say *unknown*, a method needs patterns in training that are none of its names, and a threshold that was chosen on them.

# %% [markdown] tags=["depth"]
# ## Why heights lie: preferred orientation
#
# Mica flakes lie flat in the holder, like leaves. Planes along the sheets, called 00*l*, then reflect more, others less. The **March–Dollase ratio** *r* describes it: 1 for a powder without order, below 1 for plates that lie flat.

# %% tags=["depth"]
# @title Muscovite, lying more and more flat
flat = {
    f"r = {r}": patterns.mix(angles, patterns.Truth((patterns.Phase(first["muscovite"], march=r),)))
    for r in (1, 0.7, 0.4)
}
plots.show(
    plots.fingerprints(angles, flat),
    of="grown",
    alt="Muscovite with March-Dollase ratios of 1, 0.7 and 0.4: the 00l peaks grow and all others fade.",
)

# %% [markdown] tags=["depth", "exercise:oriented"]
# ### Exercise: flakes that lie flat
#
# Which change tells you that mica flakes lie flat?
#
# - **a** the peaks of planes that stand across the sheets grow
# - **b** the peaks of planes that run along the sheets grow
# - **c** all of the peaks move towards a longer wavelength
# - **d** all of the peaks move towards the smaller angles

# %% tags=["depth", "exercise:oriented", "answer"]
my_oriented = ...

# %% tags=["depth", "check", "nbval-check-output"]
ex.oriented.check(my_oriented)

# %% [markdown] tags=["depth"]
# ## How large are the crystals?
#
# Small crystals have few planes in a row, and their peaks are broad. **Scherrer's formula**: size = 0.9 λ / (β cos θ), with β the width at half height in radians, less what the instrument adds.

# %% [markdown] tags=["depth", "exercise:size"]
# ### Exercise: crystallite size
#
# Write a function that takes a width and an angle 2θ, both in degrees, and gives back the size in nm. λ is 0.15406 nm.


# %% tags=["depth", "exercise:size", "answer"]
def my_size(width, two_theta):
    return ...


# %% tags=["depth", "check", "nbval-check-output"]
ex.size.check(my_size)

# %% [markdown] tags=["depth"]
# ## How large is the cell?
#
# Indexed peaks, those of which we know the plane, give the cell by least squares, with the zero shift as one more unknown. One wrong index is an **outlier**. What does it do?

# %% tags=["depth"]
calcite, fine = first["calcite"], np.arange(10, 90, 0.02)
grown_cell = tuple(np.array(calcite.cell) * [1.002, 1.002, 0.998, 1, 1, 1])
made = patterns.render(patterns.Phase(calcite, cell=grown_cell), fine, patterns.Truth((), zero=0.07, width=0.3))
both_lines = 1.541838  # Å: the mean of the tube's two lines, which these broad peaks do not part
places, planes = cells.indexed(cells.peaks(fine, made), calcite, within=0.35)
wrong = places.copy()
wrong[3] += 0.3
for label, peaks, loss in (
    ("all right", places, "linear"),
    ("one wrong", wrong, "linear"),
    ("one wrong, robust", wrong, "soft_l1"),
):
    found = cells.refine(peaks, planes, calcite.cell, both_lines, loss)
    print(f"{label:18s} a {found.cell[0]:.4f} Å, c {found.cell[2]:.3f} Å, zero {found.zero:+.3f}°")
print(f"{'true':18s} a {grown_cell[0]:.4f} Å, c {grown_cell[2]:.3f} Å, zero +0.070°")

# %% [markdown] tags=["depth"]
# **What we see.** Squares make one miss of 0.3° weigh as much as nine of 0.1°, and the cell follows it. A loss that grows more slowly for large misses lets it go.
#
# ## To discuss
#
# *"The network names nine of ten of a laboratory's standards; so it will name nine of ten of the minerals in our core."* What would have to be alike for that to hold, and how would you find out with ten samples?
#
# *The rule named quartz in a sample labelled pyrophyllite, with a probability of 0.99. Who is wrong: the network, the label, or the question?* What would you measure next?

# %% tags=["frame"]
# @title Your score card
score_card(ex)

# %% [markdown] tags=["frame"]
# **Take away.** A powder pattern is a sum of fingerprints: places come from the cell, heights from the atoms, and from how crystals lie. Comparing with clean patterns, which learns nothing, is the bar that a network has to pass, on the same patterns, with a paired interval. A method that always has a best match needs a way to say *unknown*.
#
# **Terms.** *[powder pattern](GLOSSARY.md#powder-pattern)*: X-ray counts over the angle 2θ of a powdered sample · *[Bragg's law](GLOSSARY.md#braggs-law)*: λ = 2 *d* sin θ, what ties an angle to a distance between planes of atoms · *[unit cell](GLOSSARY.md#unit-cell)*: the box of atoms that repeats through a crystal · *[sticks](GLOSSARY.md#sticks)*: the peaks of a mineral drawn as lines, at their places and with their strengths · *[search-match](GLOSSARY.md#search-match)*: naming a pattern by the clean pattern that is most like it · *[reference intensity ratio](GLOSSARY.md#reference-intensity-ratio)*: how high a mineral's highest peak is beside corundum's, gram for gram · *[non-negative least squares](GLOSSARY.md#non-negative-least-squares)*: the sum of patterns, none counted less than nothing, with the smallest squared misses · *[preferred orientation](GLOSSARY.md#preferred-orientation)*: crystals that do not lie at random, so that heights change · *[Scherrer's formula](GLOSSARY.md#scherrers-formula)*: the size of crystals from the width of their peaks · *[outlier](GLOSSARY.md#outlier)*: a value that does not belong to the rest, and pulls what is fitted towards itself
#
# **Read on.** Bish and Post (1989), *Modern Powder Diffraction*, Reviews in Mineralogy 20: the methods, for geologists · Eberl (2003), USGS Open-File Report 03-78: RockJock, sums of measured standards · Schuetzke et al. (2021), https://doi.org/10.1107/S2052252521002402: what an instrument adds, for networks that learn from calculated patterns · Simonnet et al. (2024), IUCrJ 11: how much of each, by a network.
#
# Next: [14 · Generative models](14_generative_models.ipynb), another elective.
