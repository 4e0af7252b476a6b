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

# %% tags=["frame", "nbval-check-output"]
# @title Can this computer run the course? The doctor looks, and the imports
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import Markdown
from zirconkit import course, evaluation, mounts, plots, samples, synthetic, widgets
from zirconkit import grains as gr
from zirconkit.exercises import score_card
from zirconkit.exercises import start as ex

trouble = [check for check in doctor.checks() if check.status == "fail"]
for check in trouble:
    print(f"{check.name}: {check.detail}. {check.mend}")
print("doctor: mend the lines above first" if trouble else "doctor: this computer can run the course")

# %% tags=["frame"]
# @title Twelve grains
by_class = {}
found = course.enough("00", mounts.find(DATA, "quick"))
for mount in sorted(found, key=lambda mount: (mount.role != "test", mount.path.stat().st_size)):
    by_class.setdefault(mount.class_name, []).append(mount)
two_each = [group[:2] for group in by_class.values()]
used = [mount for group in two_each for mount in group]
made = mounts.provenance(used)
everything = gr.from_mounts(used, size=90, progress=False).two_classes()
classes = everything.classes
if min(map(len, two_each)) == 2:  # of each class a mount to look at, and a new one
    is_new = everything.table["sample"].isin([group[1].sample for group in two_each]).to_numpy()
    known, new = everything[~is_new], everything[is_new]
else:
    known, new = gr.stratified_split(everything, 0.5, SEED)
rng = np.random.default_rng(SEED)


def six_each(grains):
    rows = [rng.choice(np.flatnonzero(grains.y == k), 6, replace=np.sum(grains.y == k) < 6) for k in (0, 1)]
    return grains[rng.permutation(np.concatenate(rows))]


twelve = six_each(known)
plots.show(plots.numbered(twelve.images), alt="Twelve grains on black, numbered from 1 to 12, unsorted.", of=made)

# %% [markdown] tags=["predict:by_eye"]
# # 0 · Start here: sort them yourself
#
# Above are twelve zircons, cut open and glowing under a beam of electrons. Such crystals are a tenth of a millimetre long. Some belong to a **porphyry**: a small body of magma that rose to shallow depth. Much of the world's copper comes from such bodies. The others belong to a **batholith**: a huge body that cooled slowly, far below, with hardly any ore.
#
# **Which is which?** Call all twelve before you read on. Nobody has told you what to look for. Trust your eyes, and what you know of crystals. Where the corner of the figure says *grown*, a program drew them after real ones, and knows the truth of each.

# %%
# @title The board: a button for each call; when all are sorted, press the last one
board = widgets.SortingBoard(twelve.images, classes, twelve.y)
board.panel

# %% tags=["predict:by_eye", "answer"]
my_porphyries = ...  # without the board: the numbers that you call porphyry, such as [2, 5]

# %% tags=["check"]
ex.by_eye.commit(board.called if my_porphyries is ... else my_porphyries)

# %% [markdown] tags=["frame"]
# **The idea:** a score is worth what stands beside it, which is a baseline, an interval, and mounts that nobody has looked at.
#
# **You will** sort zircons by eye and find out what your score can say · read a crystal's history from its texture · write a rule that sorts for you, and see it judged on new mounts · find your way through the course.
#
# **You need** a little Python: variables, calling a function, `if`. **Time** core 50 min (exercises in it), going deeper 40 min, 20 s to run.
#
# By default all grains are *grown*; the lower right corner of each figure says what its data are. `DATA = "quellaveco"` at the top takes the real mounts of the paper that this course follows, Nathwani and others (2023); `DATA = "my_mounts"` takes a folder of yours. With classes of your own, read the first of their names for "batholith" and the second for "porphyry".

# %% [markdown]
# ## How many are right?

# %%
# @title The twelve, class by class, and your calls
called = None
if ex.by_eye.committed is not None:
    called = np.isin(np.arange(1, 13), list(ex.by_eye.committed)).astype(int)
plots.show(
    plots.revealed(twelve.images, twelve.y, classes, called),
    of=made,
    alt=f"The twelve grains in two rows, {classes[1]} above and {classes[0]} below, with their numbers.",
)
ex.by_eye.meet(twelve.y)

# %%
# @title What a score of twelve can say; and yours is kept for notebook 4
right = None if called is None else int(np.sum(called == twelve.y))
plots.show(
    plots.few_grains(12, {} if right is None else {"you": right}),
    of="computed",
    alt="For 0 to 12 right out of 12 the share and its 95 % interval; from 10 right on the interval lies above one half.",
)
if right is not None:
    kept = {"right": right, "of": 12, "data": DATA, "y": twelve.y.tolist(), "called": called.tolist()}
    kept |= {name: twelve.table[name].tolist() for name in ("sample", "grain")}
    course.hand_over("by_eye", kept)

# %% [markdown]
# **What we see.** Above, the answer. Go along each row: what do its grains have in common, and which one would you still put into the other row?
#
# Below, what a score can say. Who knows nothing tosses a coin and gets about half right: that is the **baseline**, the dotted line. A bar is the **95 % interval**. Suppose you could sort thousands of such grains. Intervals made in this way hold the share that you would then get right in about 95 of 100 tests. Grey bars hold one half: a coin might have done it. Of twelve grains you need ten right before the bar leaves the line. Two or fewer tell as much: then you saw the difference, and had the names turned round.
#
# Your score is the course's first. Notebook 4 sets machines beside it.
#
# ## What are we looking at?

# %%
# @title A mount: a real one, if there is one on this computer, or 1.1 MB can be had from the network; else a grown one
real = mounts.real_ones()
if real:
    smallest = min(real, key=lambda mount: mount.path.stat().st_size)
    fig, axes = plt.subplots(1, 2, figsize=(10, 4), width_ratios=[1.5, 1], layout="constrained")
    part = smallest.image()[:700, 400:1450]
    plots.mount(part, f"Part of mount {smallest.sample}", axes[0], samples.UM_PER_PX, gain=1.7)
    _, grain = mounts.real_textures(real)["oscillatory"]
    plots.mount(plots.stretched(grain), "One of the paper's zircons", axes[1], samples.UM_PER_PX)
    axes[1].images[0].set_interpolation("bicubic")
    plots.show(fig, alt="A part of a real mount, many bright grains on black; and one real zircon, large.", of="real")
else:
    print(
        "No real zircon can be shown: no real mount is on this computer, and none could be fetched. Figures 4 and 5 of "
        "the paper show real ones, free to read: https://doi.org/10.1029/2022JB025933"
    )
    fig, ax = plt.subplots(figsize=(7, 5), layout="constrained")
    part = used[0].image()[:900, :1250]
    plots.mount(part, f"Part of mount {used[0].sample}", ax, used[0].um_per_px, gain=1.5)
    plots.show(fig, alt=f"Part of mount {used[0].sample}: bright grains on a black ground.", of=made)

# %% [markdown]
# **What we see.** To make a **mount**, zircons are poured onto a slide, set in resin, and polished until they are cut open. The black is resin. The picture is put together from square **tiles**, which you can tell by their edges. The grown mounts imitate all this.
#
# No lamp lights a mount. A **scanning electron microscope** sweeps a beam of electrons over the surface. They lift electrons of the crystal to a higher energy, and some of that energy comes back as light: **cathodoluminescence**, CL. What shines is set by what the crystal took in as it grew. Rare earth elements such as dysprosium make it shine. Uranium does the reverse: its decay damages the lattice, and the damage swallows light. So dark often means more uranium. How bright the whole picture is, the operator chose.
#
# A zircon grows outwards, layer upon layer, and hardly changes afterwards: atoms move so slowly in it that its layers outlive the magma. So it keeps a diary, written from the inside out. Seven words help to read it:
#
# - **oscillatory zoning**: fine, regular bands. The usual explanation: the melt beside a face runs out of what the crystal takes, recovers, and runs out again.
# - **sector zoning**: wedges of different grey, since different faces take in different amounts.
# - **core**: an older crystal that was caught and overgrown, with a direction and bands of its own.
# - **rim**: a last layer that differs from all before.
# - **resorption**: the melt ate the crystal back; older bands end at the surface as if cut.
# - **inclusion**: something else that was trapped, such as a drop of melt or an apatite.
# - **fracture**: a crack, dark where it is open, bright where it has healed.

# %%
# @title An atlas: seven textures, each grown, then with the texture drawn in, then real, if there is one here
chosen = dict(zip(synthetic.TEXTURES, (2, 22, 8, 10, 23, 9, 3)))
plates = [synthetic.plate(name, seed) for name, seed in chosen.items()]
plots.show(
    plots.atlas(plates, mounts.real_textures(real)),
    of="grown and real" if real else "grown",
    alt="Seven zircons, one for each texture; below each the same with a green line along its bands, wedges, core, rim, "
    "cut surface, inclusions or cracks.",
)

# %% [markdown] tags=["exercise:read_six"]
# **What we see.** Green lines lie where the program drew the texture: of a grown grain the truth is known. Of a real one, where you see a third row, it is our reading, and you may disagree.
#
# ### Exercise: read six
#
# Six other grains. Each shows one of the seven textures clearly, and no word is needed twice. Which?

# %%
# @title Six grains, A to F
six = [synthetic.plate(name, seed) for name, seed in zip(ex.SIX.values(), (8, 24, 9, 5, 14, 17))]
plots.show(
    plots.numbered([each.image for each in six], names="ABCDEF"),
    of="grown",
    alt="Six grown zircons, A to F, each with one texture that is to be named.",
)

# %% tags=["exercise:read_six", "answer"]
my_reading = {"A": ..., "B": ..., "C": ..., "D": ..., "E": ..., "F": ...}  # words such as "rim"

# %% tags=["check", "nbval-check-output"]
ex.read_six.check(my_reading)

# %% [markdown] tags=["predict:again"]
# ## Sort again
#
# Why sort them at all? At Quellaveco in Peru, porphyries with copper rose into an older batholith without. Rivers wash zircons out of both. If a grain's looks gave away where it grew, a handful of sand would tell whether there is copper upstream. Nathwani and others (2023) trained networks on such images; their best one ranks a porphyry zircon above a batholith zircon in 93 of 100 pairs. This course repeats what they did, and asks how sure one can be.
#
# Who says which is which? Nobody did, grain by grain. A **label** is given to a rock, and all grains on its mount inherit it. Keep that in mind.
#
# Here are twelve more, from two **other** mounts. You have seen twelve answers, and you know what to look for. **Call them.**

# %%
# @title The board once more, with grains of two new mounts
dozen = six_each(new)
second_board = widgets.SortingBoard(dozen.images, classes, dozen.y)
second_board.panel

# %% tags=["frame"]
# @title The same as a picture
plots.show(plots.numbered(dozen.images), alt="Twelve more grains, numbered from 1 to 12, unsorted.", of=made)

# %% tags=["predict:again", "answer"]
my_second_porphyries = ...  # without the board: a list of numbers

# %% tags=["check"]
ex.again.commit(second_board.called if my_second_porphyries is ... else my_second_porphyries)
ex.again.meet((dozen.y, right))

# %% [markdown]
# Did you get better? The line above compares your two scores by the interval of their **difference**. If that holds 0, the difference is *not resolved*: with other grains it might have come out the other way. That doesn't mean that you learned nothing. Twelve grains are few.
#
# ## A rule that sorts for you
#
# You cannot sort a million grains. A rule can. A program has measured each grain; here are four numbers of up to 80 grains of the *first* two mounts, as many of each class.

# %%
# @title Four numbers of each grain
NUMBERS = {
    "aspect_ratio": "aspect ratio (length over width)",
    "equivalent_diameter_px": "size (px across)",
    "mean_grey": "brightness (grey level)",
    "solidity": "solidity (1: no dents)",
}


def as_many_of_each(grains):
    n = min(40, *np.bincount(grains.y))
    rows = np.concatenate([rng.permutation(np.flatnonzero(grains.y == k))[:n] for k in (0, 1)])
    return grains.table.iloc[rows][[*NUMBERS, "class_name"]]


looked_at, unseen = as_many_of_each(known), as_many_of_each(new)
fig, axes = plt.subplots(2, 2, figsize=(10, 4.2), layout="constrained")
for ax, (number, label) in zip(axes.flat, NUMBERS.items()):
    plots.feature_by_class(looked_at, number, label, classes, ax)
alt = f"Aspect ratio, size, brightness and solidity of {len(looked_at)} grains of two mounts, class by class."
plots.show(fig, alt=alt, of=made)

# %%
# @title The same with a threshold to move
widgets.rule_explorer(looked_at, NUMBERS)

# %% [markdown] tags=["exercise:one_rule", "predict:new_mounts"]
# **What we see.** Each dot is one grain; a black bar stands at the median. **Task.** For each of the four numbers move the threshold to where the rule is right most often. Note the two best.
#
# ### Exercise: write the rule
#
# The rule below is lazy: it looks at nothing. Make it look at one number, or at two. It will be judged on the *other* two mounts, which you may not look at. Its interval has to lie above one half there. **Predict** the share that it gets right there, too.


# %% tags=["exercise:one_rule", "answer"]
def my_rule(grain):
    # grain["aspect_ratio"], grain["equivalent_diameter_px"], grain["mean_grey"], grain["solidity"]
    return "batholith"


# %% tags=["predict:new_mounts", "answer"]
my_share = ...  # a number from 0 to 1

# %% tags=["check"]
ex.new_mounts.commit(my_share)

# %% tags=["check"]
ex.one_rule.check(ex.with_run(my_rule, known=looked_at, new=unseen))
shares = ex.tried(my_rule, looked_at, unseen)
if shares:
    ex.new_mounts.meet(shares[1])

# %%
# @title You and your rule, on both pairs of mounts
rows = {"mounts you looked at": {}, "new mounts": {}}
for title, share in zip(rows, shares):
    rows[title][f"your rule, {len(looked_at)} grains"] = share
if right is not None:
    rows["mounts you looked at"]["your eye, 12 grains"] = evaluation.proportion_interval(right, 12)
if ex.again.committed is not None:
    second = np.isin(np.arange(1, 13), list(ex.again.committed)) == dozen.y.astype(bool)
    rows["new mounts"]["your eye, 12 grains"] = evaluation.proportion_interval(second.sum(), 12)
tables = {title: evaluation.table(part) for title, part in rows.items() if part}
if tables:
    fig = plots.compared(tables, "share right (dotted: a coin)")
    fig.axes[0].set_xlim(0, 1)
    alt = "The share that your rule, and your eye, got right, with intervals, on both pairs of mounts."
    plots.show(fig, alt=alt, of=made)

# %% [markdown]
# **What we see.** Your rule as it stands now; as long as it is lazy, it lies on the dotted line twice. Try all four numbers before you go on. Some rule may be right on the mounts that you looked at and *wrong* on new ones. A mount is one rock, polished once and photographed once. Whatever differs between two mounts looks like a difference between two classes. To know better you need more mounts, not more grains. Much of this course is about this trap.
#
# **Discuss.** You sorted the second dozen from new mounts. Had they come from the first two, would your score have meant more, or less? And what would you have to do to find out whether you are better than your rule?
#
# ## What you have just done
#
# The first time, nobody gave you a label. You put together what looked alike: **unsupervised learning** does that. It finds groups, and does not know what to call them. Notebook 10 has an example.
#
# Then you saw twelve answers and wrote a rule that fits them: **supervised learning**. Labels come from people, and a wrong label teaches a wrong answer. All classifiers of notebooks 4 to 9 are of this kind.
#
# Labels are dear, grains are cheap. **Semi-supervised learning** uses a few labelled grains and thousands without a label.
#
# Sorting comes late in the work of a mineralogist, and machines help before and after. **Segmentation** finds the grains in a picture, or the minerals in a thin section (notebook 1). **Diffraction** patterns tell which crystal structures are in a powder, and networks learn to read them. **Chemistry**, as X-ray spectra or analyses, names the mineral of each spot, and can be learned from together with the picture. **Generative models** turn it all round: from many zircons they learn to draw new ones. Our grown grains are the older way, a recipe written by hand, and we know what is in it.

# %% tags=["frame"]
# @title The way through the course, drawn from the notebooks themselves
entries = course.contents()
plots.show(
    plots.course_map(entries),
    of="the course's own",
    alt="; ".join(f"{e.number} {e.title}" + (f" after {', '.join(e.needs)}" if e.needs else "") for e in entries),
)

# %% tags=["frame"]
# @title The notebooks, one by one
Markdown(course.contents_table())

# %% [markdown] tags=["depth"]
# # Going deeper
#
# Each section below stands by itself.
#
# ## Why a good rule fails
#
# Here are the same two numbers, mount by mount, on all grains of all mounts of this lesson.

# %% tags=["depth"]
# @title Size and aspect ratio, mount by mount
fig, axes = plt.subplots(1, 2, figsize=(10, 3), layout="constrained", sharey=True)
by_mount = everything.table.sort_values(["class_name", "sample"])
names = list(dict.fromkeys(by_mount["sample"]))
colour_of = plots.class_colours(classes)
for ax, number in zip(axes, ("equivalent_diameter_px", "aspect_ratio")):
    for row, name in enumerate(names):
        part = by_mount[by_mount["sample"] == name]
        colour = colour_of[part["class_name"].iloc[0]]
        height = row + np.random.default_rng(row).uniform(-0.25, 0.25, len(part))
        ax.plot(part[number], height, ".", ms=4, alpha=0.5, color=colour)
        ax.plot([part[number].median()] * 2, [row - 0.38, row + 0.38], color="black", lw=2)
    ax.set_xlabel(NUMBERS[number])
axes[0].set_yticks(range(len(names)), names)
plots.name_classes(fig, classes)
plots.show(
    fig,
    alt="Size and aspect ratio of the grains of each mount, in the colour of its class; a black bar stands at the median.",
    of=made,
)

# %% [markdown] tags=["depth", "exercise:perfect_score"]
# **What we see.** One row is one mount; orange is porphyry, blue batholith. Do both orange rows lie on the same side of both blue ones? Where they do not, a threshold that parts one pair of mounts fails on another. Size is such a number, in the grown mounts and in those of the paper. How large crystals grow depends on each magma, and sieving and picking change it once more.
#
# ### Exercise: a perfect score
#
# A machine has learned from half of the grains of *every* mount. It is right about *all* of the other half. What follows?
#
# - **a** It can tell the two classes apart on mounts of other rocks.
# - **b** It has seen enough grains, so that more would not help it.
# - **c** The labels of the mounts are right, or it would have erred.
# - **d** It can tell classes here, maybe by the mount of each grain.

# %% tags=["depth", "exercise:perfect_score", "answer"]
my_conclusion = ...  # a letter, such as "a"

# %% tags=["depth", "check", "nbval-check-output"]
ex.perfect_score.check(my_conclusion)

# %% [markdown] tags=["depth", "exercise:write_lazy"]
# ## A machine that does not look
#
# The paper tests its networks on 25 porphyry and 46 batholith grains. There a coin is not the best that ignorance can do: a lazy machine says the more frequent word every time. **Accuracy** is the share of right answers.
#
# ### Exercise: write the lazy machine
#
# Write a function that gets a list of labels and returns the accuracy of always saying the most frequent one.


# %% tags=["depth", "exercise:write_lazy", "answer"]
def lazy_accuracy(labels):
    return ...  # labels is a list such as ["porphyry", "batholith", "batholith"]


# %% tags=["depth", "check", "nbval-check-output"]
ex.write_lazy.check(lazy_accuracy)

# %% tags=["depth"]
# @title The paper's six models and the lazy machine, on the same 71 grains
published = samples.published_scores()
names = published["model"] + ", " + published["regularization"]
right_of_71 = (published["test_accuracy"] * 71).round()
table = evaluation.table({name: evaluation.proportion_interval(n, 71) for name, n in zip(names, right_of_71)})
fig = plots.compared({"the paper's Table 2": table}, "accuracy on 71 grains (dotted: the lazy machine)", 46 / 71)
plots.show(
    fig,
    of="published",
    alt="Test accuracies of six published models with their 95 % intervals; the lazy machine's is a dotted line.",
)

# %% [markdown] tags=["depth"]
# **What we see.** The names are designs of networks and ways of training them, which later notebooks explain. Five of the six lie to the right of the dotted line. Two of these are right about three grains more than the lazy machine, out of 71. Bars are 95 % intervals over grains; where one holds the dotted line, more than laziness is not shown. AlexNet lies to its left.
#
# ## The rocks, and a label that bites its tail

# %% tags=["depth", "nbval-check-output"]
sheet = samples.sheet()
sheet[["lithology", "age_ma", "age_error_ma", "class_name", "role", "n"]]

# %% tags=["depth"]
# @title How old they are
dated = sheet.dropna(subset=["age_ma"]).sort_values("age_ma")
fig, ax = plt.subplots(figsize=(9, 3.6), layout="constrained")
colour_of = plots.class_colours(samples.CLASSES)
for row, (_, line) in enumerate(dated.iterrows()):
    how = {"color": colour_of[line["class_name"]], "capsize": 3, "marker": "o", "ms": 2 + line["n"] ** 0.5}
    ax.errorbar(line["age_ma"], row, xerr=line["age_error_ma"], **how)
    end = line["age_ma"] + line["age_error_ma"] + 0.3
    ax.text(end, row, f"{line['lithology']}, {line['class_name']}", va="center", fontsize=8)
ax.set(yticks=range(len(dated)), yticklabels=dated.index)
ax.set(xlabel="age (million years; bars: stated uncertainty, 2σ)", xlim=(52, 76))
plots.show(
    fig,
    of="published",
    alt="Ages of ten samples: six porphyries near 55, Quellaveco Granodiorite near 59, three batholith rocks from 61 to 67.",
)

# %% [markdown] tags=["depth"]
# **What we see.** These are the paper's samples (its Table 1), whatever data you have loaded. One row is one rock and one mount; `n` is how many grain images the paper's recipe cuts from it; `role` says whether the paper learns from it or tests on it. The larger the dot, the more images. QVC041 lies with the paper's images, but not in its table.
#
# Geologists will stumble over QVC055: a "Late" Porphyry of 55.45 million years, older than the "Early" one, 54.40. The difference, 1.05, is less than its uncertainty, √(1.16² + 1.11²) = 1.6: these ages do not tell their order. The names come from which body cuts which.
#
# One orange row stands apart. QVC028, the Quellaveco Granodiorite, is older than all other porphyry samples and belongs to the batholith by its geology. The paper labels it porphyry, in part *because its zircons look like theirs*. A machine that judges by looks is then told that it is right. **Discuss:** how would you label it, and what would you ask for before you decide? Notebook 8 comes back to it.

# %% [markdown] tags=["depth", "exercise:finest_band"]
# ## What a pixel can hold
#
# One pixel of these mounts is 2 µm wide.
#
# ### Exercise: the finest band
#
# To show one light and one dark layer a picture needs at least two pixels. What is the **shortest repeat distance**, light and dark together, of an oscillatory zoning that these images can show at all? Give it in µm.

# %% tags=["depth", "exercise:finest_band", "answer"]
my_distance = ...

# %% tags=["depth", "check", "nbval-check-output"]
ex.finest_band.check(my_distance)

# %% [markdown]
# ## Your score card

# %%
score_card(ex)

# %% [markdown] tags=["frame"]
# **Take away.** The inside of a zircon tells how it grew: zones, cores, rims, and what the melt took away. A score is worth what stands beside it: a baseline, and an interval for so few grains. What parts two mounts need not part two classes, so only mounts that nobody has looked at can judge.
#
# **Terms.** *Mount*: a block of resin with polished grains · *cathodoluminescence* (CL): light that a beam of electrons draws from a crystal · *class*, *label*: what a grain is to be called, and what somebody said it is · *baseline*: the score of whoever knows nothing · *95 % interval*: the range that holds the true score in about 95 of 100 such tests · *resolved*: the interval of a difference leaves out 0 · *supervised*, *unsupervised*, *semi-supervised*: learning with labels, without, with a few.
#
# **Read on.**
#
# - Corfu and others (2003), *Atlas of zircon textures*, Reviews in Mineralogy and Geochemistry 53, 469–500, https://doi.org/10.2113/0530469. The real atlas: page after page of the seven words, and of exceptions.
# - Hoskin (2000), Geochimica et Cosmochimica Acta 64, 1905–1923, https://doi.org/10.1016/S0016-7037(00)00387-5. Why oscillatory bands are no metronome.
# - Nathwani and others (2023), https://doi.org/10.1029/2022JB025933. The paper that this course follows; look at its Figures 4 and 5 first.
# - Newcombe (1998), Statistics in Medicine 17, 857–872. Seven intervals for a share, compared; ours is Wilson's.
#
# Next: [1 · From a mount to grains](01_from_mount_to_grains.ipynb). Somebody has to cut the grains out first.
