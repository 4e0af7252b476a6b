# %% [markdown]
# # 0 · Start here: what can a machine see in a zircon?
#
# **The idea:** why a zircon glows and zones; a score means nothing without a baseline.
#
# **You will** say why a zircon glows under an electron beam and why it grows in zones · turn pixels into micrometres · read the list of
# samples that this course works on · find out how well one can do without looking at a grain at all · see why a good score can mean nothing.
#
# **You need** a little Python: variables, calling a function, a loop. **Time** 20 min to teach, 15 min of exercises, 20 s to run.

# %% [markdown]
# *The next two cells are the same in every notebook. The first finds the course's helper package, `zirconkit`; the second chooses the
# data. Run both and read on.*

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
# `DATA = "synthetic"` means grains that a program grew, made to look like the real ones; they need no download, and their truth is known.
# `DATA = "quellaveco"` means the real mounts of the paper that this course follows. Every notebook runs on both, and on a folder of images of your own: `DATA = "my_mounts"`.
# A table `samples.csv` beside your images says of which class each is; without one, the notebooks that need classes go on with grown mounts, and say so.
# What stands under **What we see** speaks of the grown grains, where it doesn't say "on the real mounts"; of your own you judge yourself.

# %%
from zirconkit import course, mounts, plots, samples, segmentation

found = course.enough("00", mounts.find(DATA, "quick"))
found.sort(key=lambda mount: mount.sample not in samples.TEST)  # the paper's test samples first, if they are here
first_of = {}
for mount in found:
    first_of.setdefault(mount.class_name, mount)
shown = list(first_of.values()) if len(first_of) > 1 else found[:2]  # one of each class, if there are classes
shown = {mount: segmentation.segment_mount(mount) for mount in shown}  # image, labels, table, um_per_px, factor

first, looked = next(iter(shown.items()))
kind = "a grain mount in cathodoluminescence" if first.sample in samples.sheet().index else "your own mount"
fig = plots.mount(looked.image, f"Sample {first.sample}: {kind}", um_per_px=looked.um_per_px, gain=1.3)
plots.show(fig, alt=f"Sample {first.sample}, with {len(looked.table)} bright grains on a dark ground.")

# %% [markdown]
# **What we see.** Crystals a few tens to nearly three hundred micrometres long, bright on a black ground. The black is **resin**: someone poured
# zircons onto a slide, embedded them in epoxy and polished the block until it cut the crystals through. Such a block is a **mount**, each crystal in it a **grain**.
# The picture is stitched from square fields, **tiles**; where a tile is missing it is pure black, and where two meet runs a faint line.
#
# ## Why does a zircon glow?
#
# No lamp lit this picture. In a **scanning electron microscope** (SEM) a beam of electrons walks over the polished block. Where
# it hits a crystal it lifts electrons of the crystal to higher energies, and as they fall back some of the energy leaves as visible
# light: **cathodoluminescence**, CL. How bright a spot glows depends on what is built into the crystal there. Zircon is ZrSiO₄, but while it grows it takes in a little of
# what the magma offers. Some guests make light: rare earth elements, dysprosium above all. Others put it out: uranium
# decays, and the damage that its decay leaves in the lattice swallows the energy. So grey levels are chemistry, seen from afar: *dark often
# means more uranium, bright less*. The brightness that the operator chose at the screen comes on top. Keep that in mind.
#
# ## Why does it grow in zones?
#
# A zircon grows outwards, layer on layer, for thousands of years, and once built in its atoms hardly move: diffusion in zircon is so slow that the layers
# survive at magmatic temperatures. Each layer keeps what the melt at its face was like. Close to the face the melt runs out of what the crystal takes,
# growth pauses or changes, the melt recovers: this makes fine, regular bands, **oscillatory zoning**. Fresh magma or a change in
# temperature makes broader steps. Different faces of one crystal take in different amounts, which
# makes **sector zoning**. A melt that is too hot, or too poor in zirconium, eats a crystal back: **resorption**, seen as a rounded surface that cuts older bands, often with a
# new rim on it. An old grain caught by young magma becomes a **core**. A zircon is a diary, written from the inside out
# (Hoskin, 2000; Corfu et al., 2003).

# %%
from zirconkit.grains import cut

colour_of = plots.class_colours([mount.class_name for mount in shown if mount.class_name])
pictures, titles, colours = [], [], []
for mount, (image, labels, table, um_per_px, factor) in shown.items():
    side = round(90 / factor)  # px; 90, where grains are as large in pixels as the paper's
    kept = table[table["kept"]]
    good = kept[(kept["feret_px"] < side) & (kept["area_px"] > 700 / factor**2)]
    good = good if len(good) else kept
    chosen = good.nlargest(24, "area_px").sample(min(8, len(good)), random_state=SEED)
    pictures += list(cut(image, labels, chosen, size=90, square=side)[0])
    titles += [mount.sample] * len(chosen)
    colours += [colour_of.get(mount.class_name, "black")] * len(chosen)
    width = f"{side * um_per_px:.0f} µm" if um_per_px else "of a scale that nobody says"
    print(
        f"{mount.sample}, {mount.class_name or 'no class'}: {len(chosen)} grains; a square is {side} px wide, {width}"
    )

columns = min(8, len(pictures))
fig = plots.gallery(pictures, titles, columns, width=max(2, 9 * columns / 8), vmax=200, colours=colours)
plots.name_classes(fig, colour_of)
described = ", then of ".join(f"{mount.sample} ({mount.class_name or 'no class'})" for mount in shown)
plots.show(fig, alt=f"Up to eight grains of {described}, each on a square of its own.")

# %% [markdown]
# **What we see.** Of the grown set, eight grains from each of two samples; every square is 90 px, 180 µm, wide. In the upper row (orange titles) many grains are long, with straight sides
# and pointed ends, and bands run parallel to the outline. In the lower row (blue titles) more grains are stout, broken or rounded, and fewer have clear bands. But look for exceptions: each row
# has grains that could stand in the other. Whatever tells the two apart, it will not be right every time.
#
# ## The question
#
# Much of the world's copper comes from **porphyry deposits**: small bodies of magma (porphyries) that rose into older rock and let go of hot, copper-bearing
# water. At Quellaveco in southern Peru they rose into the **Yarabamba Batholith**, a large, older body of granitic rock with no ore of its own. Rivers carry
# zircons from both. If a machine could tell from its looks which zircon comes from a porphyry, the sand of a stream would say whether
# there is copper upstream. Nathwani et al. (2023) asked whether it can; they trained networks on images like these and found a
# test score of 0.93 (a ROC-AUC: shown one zircon of each kind, the machine ranks them the right way round 93 times in 100). This course does what they
# did, asks how sure one can be of it, and goes on from there.
#
# ## The samples

# %% tags=["nbval-check-output"]
import matplotlib.pyplot as plt

sheet = samples.sheet()
sheet[["lithology", "age_ma", "class_name", "role", "n"]]

# %% [markdown]
# **What we see.** These are the paper's samples, whatever data you have loaded. One row is one rock, one mount. `n` is the number of grain images that the paper's recipe cuts from it, `role` whether the paper trains on it or
# keeps it back for the final test. `class_name` is what the network is asked for, **porphyry** or **batholith**. Note that the label
# belongs to the *mount*: all grains of a mount have the same one. QVC041 lies with the paper's images but not in its Table 1, so we leave it out of training.

# %%
dated = sheet.dropna(subset=["age_ma"]).sort_values("age_ma")
fig, ax = plt.subplots(figsize=(8, 3.6), layout="constrained")
colour_of = plots.class_colours(samples.CLASSES)
for row, (_, line) in enumerate(dated.iterrows()):
    colour = colour_of[line["class_name"]]
    ax.errorbar(
        line["age_ma"], row, xerr=line["age_error_ma"], color=colour, capsize=3, marker="o", ms=2 + line["n"] ** 0.5
    )
    ax.text(
        line["age_ma"] + line["age_error_ma"] + 0.3,
        row,
        f"{line['lithology']}, {line['class_name']}",
        va="center",
        fontsize=8,
    )
ax.set(
    yticks=range(len(dated)),
    yticklabels=dated.index,
    xlabel="age (million years; bars: stated uncertainty)",
    xlim=(52, 76),
)
plots.show(
    fig,
    alt="Ages of ten samples: six porphyries near 55, Quellaveco Granodiorite near 59, three batholith rocks from 61 to 67 million years.",
)

# %% [markdown]
# **What we see.** Six porphyries (orange) are about 55 million years old, the batholith (blue) 61 to 67: the grain images come from before and from during the making of the ore.
# The larger the dot, the more grain images. One orange sample stands apart: QVC028, the Quellaveco Granodiorite (as is QVC058, which has no age here), is part of the batholith by its geology and of the
# porphyries by its label, partly *because its zircons look like theirs*. A machine that judges by looks is then told that it is right. Hold on
# to that thought until notebook 8. (The paper's Figure 1 is the geological map: https://doi.org/10.1029/2022JB025933.)
#
# ### Exercise 1: how small a band can we see?
# A pixel of these mounts is 2 µm wide. To show one light and one dark layer a picture needs at least two pixels. What is the **shortest
# repeat distance** (light + dark, in µm) of an oscillatory zoning that these images can show at all?

# %%
from zirconkit.exercises import start as ex

answer = ...

# %% tags=["nbval-check-output"]
ex.finest_band.check(answer)

# %% [markdown]
# ### Exercise 2: a machine that does not look
# The paper tests on QVC055 (25 porphyry grains) and QVC075 (46 batholith grains). A lazy machine says "batholith" every time, eyes closed.
# What is its **accuracy** (share of right answers, 0 to 1) on these 71 grains?

# %%
answer = ...

# %% tags=["nbval-check-output"]
ex.lazy_machine.check(answer)

# %% [markdown]
# Now compare: the paper's Table 2 gives its networks' accuracy on the same 71 grains. (The names are designs of networks and tricks to train them; later notebooks explain them. Only the bars matter now.)

# %%
published = samples.published_scores()
fig, ax = plt.subplots(figsize=(7.5, 3), layout="constrained")
names = published["model"] + ", " + published["regularization"]
ax.barh(names, published["test_accuracy"], color=plots.COLOURS["batholith"])
ax.axvline(46 / 71, color=plots.COLOURS["porphyry"], ls="--")
ax.text(
    46 / 71, -0.6, "always “batholith”: 0.65", color=plots.COLOURS["porphyry"], fontsize=9, ha="center", va="bottom"
)
for row, value in enumerate(published["test_accuracy"]):
    ax.text(value + 0.01, row, f"{value:.2f}", va="center", fontsize=9)
ax.set(xlabel="accuracy on the paper's 71 test grains", xlim=(0, 1), ylim=(5.6, -1.2))
plots.show(
    fig,
    alt="Published test accuracies from 0.56 to 0.86 beside the 0.65 of always saying batholith; AlexNet lies below it.",
)

# %% [markdown]
# **What we see.** Five of six published models beat the lazy machine; two of them (0.69) by three grains out of 71, which is not to be told from luck, and
# AlexNet does worse than it. A score means nothing without such a **baseline** beside it. From now on every number in this course gets one, or an
# interval that says how far chance alone could move it.
#
# ### Exercise 3: does the table add up?
# The paper's text speaks of 750 images in all, 72 of them for the test (its table has 71). Add up the column `n` of `sheet`, test samples included. Your answer can be a number or code that computes it.

# %%
answer = ...

# %% tags=["nbval-check-output"]
ex.images_in_all.check(answer)

# %% [markdown]
# ### Exercise 4: a perfect score
# Every grain of a mount has the mount's label, and each mount was photographed in one session, with one setting of brightness. A machine has learned from
# half of the grains of *every* mount and is right about *all* of the other half. What does this show?
#
# - **a** that it can tell porphyry from batholith zircons anywhere
# - **b** that it has seen enough grains
# - **c** that it can tell the classes on these mounts, perhaps only by knowing which mount a grain is from
# - **d** that the labels are right

# %%
answer = ...

# %% tags=["nbval-check-output"]
ex.perfect_score.check(answer)

# %% [markdown]
# ## Is everything here?
# `doctor` looks whether this computer can run the course. Type `zirconkit doctor` in a terminal for the whole list.

# %% tags=["nbval-check-output"]
from zirconkit.course import doctor

trouble = [check for check in doctor.checks() if check.status == "fail"]
for check in trouble:
    print(f"{check.name}: {check.detail}. {check.mend}")
print("This computer can run the course." if not trouble else "Mend the lines above first.")

# %% [markdown]
# ## The course
# Each notebook is about one idea; the minutes are those to teach and those for the exercises.

# %%
from IPython.display import Markdown
from zirconkit import course

Markdown(course.contents_table())

# %% [markdown]
# **Take away.** A CL image of a zircon shows its growth: habit, zones, cores. The label of a grain is the label of its mount. A score is worth what stands beside it: a baseline
# and an interval. Next: [1 · From a mount to grains](01_from_mount_to_grains.ipynb).
#
# **References.** Nathwani et al. (2023), https://doi.org/10.1029/2022JB025933 · Hoskin (2000), *Geochimica et Cosmochimica Acta* 64, 1905–1923 · Corfu et al. (2003), Atlas of zircon
# textures, *Reviews in Mineralogy and Geochemistry* 53, 469–500.
