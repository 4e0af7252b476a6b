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
import cv2
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import Markdown
from zirconkit import course, evaluation, mounts, plots, samples, synthetic, widgets
from zirconkit import grains as gr
from zirconkit.exercises import score_card
from zirconkit.exercises import start as ex

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
scales = {mount.um_per_px for mount in used}
um_per_px = scales.pop() if len(scales) == 1 else None
fig = plots.numbered(twelve.images, um_per_px=um_per_px)
plots.show(fig, alt="Twelve grains on black, numbered from 1 to 12, unsorted.", of=made)

# %% [markdown] tags=["predict:by_eye"]
# # 0 · Start here: sort them yourself
#
# Run cell by cell: `Shift`+`Enter`; the first take some seconds. Above are twelve zircons, cut open and glowing under a beam of electrons. Such crystals are a tenth of a millimetre long. Some belong to a **porphyry**: a small body of magma that rose to shallow depth. Most copper comes from such bodies. The others belong to a **batholith**: a huge body that cooled slowly, far below, with hardly any ore.
#
# **Which is which?** Call all twelve before you read on. Trust your eyes. All have one scale. The largest are cut off at the frame; beside some a bit of a neighbour is left, and what is black was blanked. Where the corner says *grown*, a program drew the grains after real ones, and knows the truth of each.

# %%
# @title The board: a button for each call; when all are sorted, press the last one
board = widgets.SortingBoard(twelve.images, classes, twelve.y)
board.panel

# %% tags=["predict:by_eye", "answer"]
my_porphyries = ...  # without the board: the numbers that you call porphyry, such as [2, 5]

# %% tags=["check"]
ex.by_eye.commit(board.called if my_porphyries is ... else my_porphyries)

# %% [markdown] tags=["frame"]
# **The idea:** a score needs a baseline, an interval, and mounts that had no part in making the rule.
#
# **You will** sort zircons by eye and find out what your score can say · read a crystal's history from its texture · write a rule that sorts for you, and see it judged, once, on other mounts · find your way through the course.
#
# **You need** a little Python: variables, calling a function, `if`. **Time** core 50 min (exercises in it), going deeper 40 min, 20 s to run.
#
# By default (`DATA = "synthetic"`) all grains are *grown*; the lower right corner of each figure says what its data are. `DATA = "quellaveco"` at the top takes the real mounts of the paper that this course follows, Nathwani and others (2023); `DATA = "my_mounts"` takes a folder of yours. With classes of your own, read the first of their names for "batholith" and the second for "porphyry".

# %% tags=["frame", "nbval-check-output"]
# @title Can this computer run the course? The doctor looks, up to a minute
trouble = [check for check in doctor.checks() if check.status == "fail"]
for check in trouble:
    print(f"{check.name}: {check.detail}. {check.mend}")
print("doctor: mend the lines above first" if trouble else "doctor: this computer can run the course")

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
    alt=f"The first twelve grains in two rows, {classes[1]} above and {classes[0]} below, with their numbers.",
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
# **What we see.** The first figure has the answer. Go along each row: what do its grains have in common?
#
# The second shows what a score can say. Who knows nothing tosses a coin and gets about half right: that is the **baseline**, the dotted line. A bar is the **95 % interval**. Suppose you could sort thousands of such grains. In about 95 of 100 tests, an interval made in this way holds the share that you would then get right. Grey bars hold one half: a coin might have done it. Green ones do not. Of twelve grains you need ten right for that. Two or fewer: you saw the difference, with the names turned round. In a class of 30, about one is green by luck. Notebook 4 sets machines beside your score.
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
# **What we see.** To make a **mount**, zircons are poured onto a slide, set in resin, and polished until they are cut open. The black is resin, or a missing tile. The picture is put together from square **tiles**; some are a shade lighter, some missing. The grown mounts imitate all this, and bear the names of the real mounts that they follow.
#
# No lamp lights a mount. A **scanning electron microscope** sweeps a beam of electrons over it. The crystal takes up their energy and gives some of it back as light: **cathodoluminescence**, CL. Rare earth elements such as dysprosium make a zircon shine. Uranium does the reverse: its decay damages the lattice, and the damage suppresses the light. So dark often means more uranium. How bright the whole picture is, the operator chose.
#
# A zircon grows outwards, layer upon layer, and hardly changes afterwards: atoms move so slowly in it that its layers outlive the magma. Seven words help to read this record:
#
# - **oscillatory** zoning: fine, regular bands. The usual explanation: the melt beside a face runs out of what the crystal takes, recovers, and runs out again.
# - **sector** zoning: wedges of different grey, since different faces take in different amounts.
# - **core**: an older crystal that was caught and overgrown. It may lie askew. In our drawings its own bands run along its edge; real cores are often resorbed too.
# - **rim**: a thin last layer, unlike all before, that leaves them whole.
# - **resorption**: the melt ate the crystal back, then it grew on. Inside, older bands end as if cut.
# - **inclusion**: something else that was trapped, such as a drop of melt or an apatite.
# - **fracture**: a crack, dark where it is open, bright where it has healed.

# %%
# @title An atlas: seven textures, each grown, then with the texture drawn in, then real, if there is one here
chosen = dict(zip(synthetic.TEXTURES, (2, 10, 36, 10, 23, 9, 3)))
plates = [synthetic.plate(name, seed) for name, seed in chosen.items()]
plots.show(
    plots.atlas(plates, mounts.real_textures(real)),
    of="grown and real" if real else "grown",
    alt="Seven zircons, one for each texture; below each the same with a green line along its bands, wedges, core, rim, "
    "cut surface, inclusions or cracks.",
)

# %% [markdown] tags=["exercise:read_six"]
# **What we see.** Green lines lie where the program drew the texture. Compare *core* and *resorption*: in which do the patch's bands follow its edge, and in which do they run into the green line? A third row, where you see it, is real, and its words are our reading.
#
# ### Exercise: read six
#
# Six other grains, one of the seven words for each; a word may be needed twice. If you are stuck, run `ex.read_six.hint()`; each exercise has three hints.

# %%
# @title Six grains, A to F
six = [synthetic.plate(name, seed) for name, seed in zip(ex.SIX.values(), (31, 379, 9, 74, 17, 7))]
plots.show(
    plots.numbered([each.image for each in six], names="ABCDEF", um_per_px=samples.UM_PER_PX),
    of="grown",
    alt="Six grown zircons, A to F, each with a texture that is to be named.",
)

# %% tags=["exercise:read_six", "answer"]
my_reading = {"A": ..., "B": ..., "C": ..., "D": ..., "E": ..., "F": ...}  # words such as "rim"

# %% tags=["check", "nbval-check-output"]
ex.read_six.check(my_reading)

# %% [markdown] tags=["predict:again"]
# ## Sort again
#
# Why sort them at all? At Quellaveco in Peru, porphyries with copper rose into an older batholith without. Rivers wash zircons out of both. If a grain's looks gave away where it grew, a handful of sand would tell of a porphyry upstream. Nathwani and others (2023) trained networks on such images. Show their best one a zircon of each class: in 93 of 100 such pairs it says which is the porphyry. This course repeats it, and asks how sure one can be.
#
# Who says which is which? Nobody did, grain by grain. A **label** is given to a rock, and all grains on its mount inherit it.
#
# Here are twelve more, from two **other** mounts. **Call them.**

# %%
# @title The board once more, with grains of two new mounts
dozen = six_each(new)
second_board = widgets.SortingBoard(dozen.images, classes, dozen.y)
second_board.panel

# %% tags=["frame"]
# @title The same as a picture
fig = plots.numbered(dozen.images, um_per_px=um_per_px)
plots.show(fig, alt="Twelve more grains, numbered from 1 to 12, unsorted.", of=made)

# %% tags=["predict:again", "answer"]
my_second_porphyries = ...  # without the board: a list of numbers

# %% tags=["check"]
ex.again.commit(second_board.called if my_second_porphyries is ... else my_second_porphyries)
ex.again.meet((dozen.y, right))

# %%
# @title The second twelve, class by class, and your calls
second = None
if ex.again.committed is not None:
    second = np.isin(np.arange(1, 13), list(ex.again.committed)).astype(int)
plots.show(
    plots.revealed(dozen.images, dozen.y, classes, second),
    of=made,
    alt=f"The second twelve grains in two rows, {classes[1]} above and {classes[0]} below, with their numbers.",
)

# %% [markdown]
# **What we see.** Hold these rows beside those of the first dozen: what told the classes apart there, and does it still?
#
# Did you get better? Your line of results compares the two scores by the interval of their **difference**. If that holds 0, the difference is *not resolved*. Even a resolved one doesn't show what you learned, since the mounts changed too.
#
# ## A rule that sorts for you
#
# Here are four numbers of up to 80 grains of the *first* two mounts, as many of each class. **Solidity** is a grain's area over the area inside a rubber band stretched round it.

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


keys = ["sample", "grain"]
sorted_already = new.table.set_index(keys).index.isin(dozen.table.set_index(keys).index)
others = new[~sorted_already]
looked_at = as_many_of_each(known)
judging = as_many_of_each(others if min(np.bincount(others.y, minlength=2)) > 5 else new)
fig, axes = plt.subplots(2, 2, figsize=(10, 4.2), layout="constrained")
for ax, (number, label) in zip(axes.flat, NUMBERS.items()):
    plots.feature_by_class(looked_at, number, label, classes, ax)
alt = f"Aspect ratio, size, brightness and solidity of {len(looked_at)} grains of two mounts, class by class."
plots.show(fig, alt=alt, of=made)

# %%
# @title The same with a threshold to move
widgets.rule_explorer(looked_at, NUMBERS)

# %% [markdown] tags=["exercise:one_rule"]
# **What we see.** Each dot is one grain; a black bar stands at the median. **Task.** For each of the four numbers move the threshold to where the rule is right most often. Note the two best.
#
# ### Exercise: write the rule
#
# Make the rule below look at one number, or at two, so that it is right more often than a coin about the grains in the figure.


# %% tags=["exercise:one_rule", "answer"]
def my_rule(grain):
    # grain["aspect_ratio"], grain["equivalent_diameter_px"] (size), grain["mean_grey"], grain["solidity"]
    return "batholith"


# %% tags=["check"]
ex.one_rule.check(ex.with_run(my_rule, known=looked_at))

# %% [markdown] tags=["predict:new_mounts"]
# **Predict.** Now your rule meets the *other* two mounts. The twelve that you called are not among its grains, but they make this test a little less than new. What share will it get right? Name a reason why the number your rule reads could differ between two mounts of one class. Mounts are new only once, so your first score counts.

# %% tags=["predict:new_mounts", "answer"]
my_share = ...  # a number from 0 to 1
my_reason = ...  # a sentence in quotes

# %% tags=["check"]
ex.new_mounts.commit(my_share, my_reason, ex.one_rule.solved)
ex.new_mounts.meet(ex.tried(my_rule, judging, looked_at))

# %%
# @title Your eye, your rule and the best threshold of each number, on both pairs of mounts


def best_rule(table, number):
    """The threshold, and the class above it, that are right most often on these grains."""
    rules = [(threshold, above) for threshold in table[number] for above in classes]
    return max(rules, key=lambda rule: widgets.rule_score(table, number, *rule))


if ex.new_mounts.met:
    eyes = {"mounts you looked at": right, "other mounts": None if second is None else int(np.sum(second == dozen.y))}
    first_rule = dict(zip(("other mounts", "mounts you looked at"), ex.new_mounts.first))
    tables = {}
    for title, grains in {"mounts you looked at": looked_at, "other mounts": judging}.items():
        rows = {} if eyes[title] is None else {"your eye, 12 grains": evaluation.proportion_interval(eyes[title], 12)}
        rows["your first rule"] = first_rule[title]
        for number, label in NUMBERS.items():
            rule = best_rule(looked_at, number)
            rows[f"best by {label.split(' (')[0]}"] = widgets.rule_score(grains, number, *rule)
        tables[f"{title}, {len(grains)} grains"] = evaluation.table(rows)
    fig = plots.compared(tables, "share right (dotted: a coin)")
    fig.axes[0].set_xlim(0, 1)
    alt = "Shares right with intervals on both pairs of mounts: your eye, your rule, and the best threshold of each number."
    plots.show(fig, alt=alt, of=made)
else:
    print("The figure is shown once your prediction is kept.")

# %% [markdown]
# **What we see.** Your first rule, and what each number alone would have done with the threshold that is best on the mounts you looked at. Is there a row that is right on those and *wrong* on the others? On the course's own mounts size reverses: porphyry grains are mostly the larger on the first two, mostly the smaller on the others. Length over width holds: its median is about 2 in porphyry and 1.4 in batholith. That is what the rows mostly had in common. One reading: in magma that rose and cooled quickly crystals grow fast, and fast growth makes them long.
#
# Grown grains have the sizes, aspect ratios and grey levels that we measured on each real mount. How many are broken, patchy or rimmed follows the paper's notes, adjusted until the pictures matched.
#
# A mount is one rock, polished once and photographed once. Whatever differs between two mounts looks like a difference between two classes. To know better you need more mounts, not more grains. Whoever now takes the number that does best on the other mounts has spoilt these as well.
#
# **Discuss.** You sorted the second dozen from other mounts. Had they come from the first two, would your score have meant more, or less? What would you have to do to find out whether you are better than your rule?
#
# ## What you have just done
#
# You set a threshold on 80 grains whose labels you could see: that is **supervised learning**, and so are all classifiers of notebooks 4 to 9. A wrong label teaches a wrong answer. **Unsupervised learning** has images and nothing else. It puts together what looks alike, and cannot name the groups (notebook 10).
#
# **Semi-supervised learning** uses a few labelled grains and thousands without a label.
#
# The map shows the way through the course; an arrow leads from a notebook to one that needs it.

# %% tags=["frame"]
# @title The way through the course, drawn from the notebooks themselves
entries = course.contents()
plots.show(
    plots.course_map(entries),
    of="course",
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
# Here are two of the four numbers, mount by mount, on all grains of all mounts of this lesson.

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

# %% [markdown] tags=["depth"]
# **What we see.** One row is one mount; orange is porphyry, blue batholith. Do both orange rows lie on the same side of both blue ones? Where they do not, a threshold that parts one pair of mounts fails on another. How large crystals grow depends on each magma, and sieving and picking change it once more. Here are the medians measured on the paper's mounts, size in pixels of 2 µm. Grown grains have these sizes and aspect ratios, so that they agree with the table is built in, and confirms nothing.

# %% tags=["depth", "nbval-check-output"]
measured = pd.read_csv(samples.DATA / "synthetic_samples.csv", index_col="sample")
measured.loc[["QVC055", "QVC061", "QVC075", "QVC082"], ["diameter_50", "aspect_50"]]

# %% [markdown] tags=["depth", "exercise:perfect_score"]
# **What we see.** The first two are porphyry, the others batholith. By size each class has a large-grained and a small-grained mount. By aspect ratio both porphyry mounts lie above both batholith mounts. Four mounts are few: size does not tell the classes apart, and that shape does is a guess until more mounts have been asked.
#
# ### Exercise: a perfect score
#
# A machine has learned from half of the grains of *every* mount. It is right about *all* of the other half. What does that show?
#
# - **a** It will name the class of grains from new mounts nearly as well.
# - **b** It has found a texture in which porphyry and batholith differ.
# - **c** It knows no grain by heart, so what it has learned is general.
# - **d** It names the class of other grains from these very mounts.

# %% tags=["depth", "exercise:perfect_score", "answer"]
my_conclusion = ...  # a letter, such as "a"

# %% tags=["depth", "check", "nbval-check-output"]
ex.perfect_score.check(my_conclusion)

# %% [markdown] tags=["depth", "exercise:write_lazy"]
# ## A machine that does not look
#
# The paper's networks learn from 432 porphyry and 318 batholith images, and are tested on 25 porphyry and 46 batholith grains. **Accuracy** is the share of right answers. A lazy machine learns one thing only, which word was more frequent, and says it of every grain.
#
# ### Exercise: write the lazy machine
#
# Write a function that gets the labels that it learns from and those that it is tested on, and returns its accuracy in the test. Then call it with the paper's numbers.


# %% tags=["depth", "exercise:write_lazy", "answer"]
def lazy_accuracy(learned, tested):
    return ...  # both are lists such as ["porphyry", "batholith", "batholith"]


# %% tags=["depth", "check", "nbval-check-output"]
ex.write_lazy.check(lazy_accuracy)

# %% tags=["depth"]
# @title The paper's six models and two constant answers, on the same 71 grains
published = samples.published_scores()
names = published["model"] + ", " + published["regularization"]
right_of_71 = (published["test_accuracy"] * 71).round()
table = evaluation.table({name: evaluation.proportion_interval(n, 71) for name, n in zip(names, right_of_71)})
fig = plots.compared(
    {"the paper's Table 2": table},
    "accuracy on 71 grains\n(dashed: always porphyry; dotted: always batholith)",
    46 / 71,
)
fig.axes[0].axvline(25 / 71, ls="--", color="black", lw=1)
plots.show(
    fig,
    of="published",
    alt="Test accuracies of six published models with their 95 % intervals; lines stand at 0.35, always porphyry, and 0.65, always batholith.",
)

# %% [markdown] tags=["depth"]
# **What we see.** The names are designs of networks and ways of training them, which later notebooks explain. Bars are 95 % intervals over grains. All lie to the right of the dashed line, the lazy machine: it had learned to say porphyry, and most test grains are batholith. The dotted line, 0.65, is the better of the two constant answers, but which is better is known only after the test, so no machine could have chosen it. Four of the six intervals hold it, and AlexNet lies to its left. VGG-16 is the network of the 93 pairs in 100; its accuracy, 0.86, depends on a threshold as well.
#
# ## The rocks, and a circular label

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
# One orange row stands apart. QVC028, the Quellaveco Granodiorite, is older than all other dated porphyry samples, and the paper counts it as the youngest member of the batholith. Even so it labels this rock porphyry: for its chemistry, since it is thought to go with minor mineralization, and since its zircons show "textures identical to the porphyry intrusions" (their section 3.1). QVC058 is the same rock, undated and so not in the figure. Together the two give 146 of the 432 porphyry images that the networks learn from: a third. So looks helped to give the label, and the network is then scored for guessing that label from looks. **Discuss:** how would you label them, and what would you ask for before you decide? Notebook 8 comes back to it.

# %% [markdown] tags=["depth"]
# ## What a pixel can hold
#
# One pixel of the paper's mounts is 2 µm wide. Its LeNet is given each crop of 90 × 90 pixels shrunk to 32 × 32.

# %% tags=["depth"]
crop = synthetic.plate("oscillatory", 8).image[5:95, 5:95]
shrunk = cv2.resize(crop, (32, 32), interpolation=cv2.INTER_AREA)
fig, axes = plt.subplots(1, 2, figsize=(6, 3.2), layout="constrained")
plots.mount(crop, "90 pixels across", axes[0], 2)
plots.mount(shrunk, "32 pixels across", axes[1])
plots.show(
    fig,
    alt="The same banded zircon twice; with 32 pixels across the fine pair of bright lines along its right edge merges.",
    of="grown",
)

# %% [markdown] tags=["depth", "exercise:finest_band"]
# **What we see.** The same grain twice. How many fine bright lines run along its right edge in the left picture, and how many in the right one? Only this pair merges; broader bands are still there.
#
# ### Exercise: the finest band
#
# To show one light and one dark layer a picture needs at least two pixels. What is the **shortest repeat distance**, light and dark together, of an oscillatory zoning that this crop, shrunk to 32 pixels across, can show at all? Give it in µm.

# %% tags=["depth", "exercise:finest_band", "answer"]
my_distance = ...

# %% tags=["depth", "check", "nbval-check-output"]
ex.finest_band.check(my_distance)

# %% [markdown] tags=["depth"]
# ## What else machines do for a mineralogist
#
# **Segmentation** finds the grains in a picture, or the minerals in a thin section (notebook 1). **Diffraction** patterns tell which crystal structures are in a powder, and networks learn to read them. **Chemistry**, as X-ray spectra or analyses, names the mineral of each spot, and can be learned from together with the picture. **Generative models** turn it round: from many zircons they learn to draw new ones. Our grown grains come from a recipe written by hand.

# %% [markdown]
# ## Your score card

# %%
score_card(ex)

# %% [markdown] tags=["frame"]
# **Take away.** The inside of a zircon tells how it grew: zones, cores, rims, and what the melt took away. A score needs a baseline beside it, and an interval, which is wide for few grains. A difference between two mounts need not be one between two classes: only mounts that had no part in making a rule can judge it, and only once.
#
# **Terms.** *[Mount](GLOSSARY.md#mount)*: a block of resin with polished grains · *[cathodoluminescence](GLOSSARY.md#cathodoluminescence)* (CL): light that a beam of electrons draws from a crystal · *[class](GLOSSARY.md#class)*, *[label](GLOSSARY.md#label)*: what a grain is to be called, and what somebody said it is · *[baseline](GLOSSARY.md#baseline)*: the score of whoever knows nothing · *[95 % interval](GLOSSARY.md#95-interval)*: a range made in such a way that about 95 of 100 of them hold the true score · *[resolved](GLOSSARY.md#resolved)*: the interval of a difference leaves out 0 · *[supervised](GLOSSARY.md#supervised)*, *[unsupervised](GLOSSARY.md#unsupervised)*, *[semi-supervised](GLOSSARY.md#semi-supervised)*: learning with labels, without, with a few.
#
# **Read on.**
#
# - Corfu and others (2003), *Atlas of zircon textures*, Reviews in Mineralogy and Geochemistry 53, 469–500, https://doi.org/10.2113/0530469. The real atlas: page after page of the seven words, and of exceptions.
# - Hoskin (2000), Geochimica et Cosmochimica Acta 64, 1905–1923, https://doi.org/10.1016/S0016-7037(00)00387-5. Why oscillatory bands are no metronome.
# - Nathwani and others (2023), https://doi.org/10.1029/2022JB025933. The paper that this course follows; look at its Figures 4 and 5 first.
# - Newcombe (1998), Statistics in Medicine 17, 857–872. Seven intervals for a share, compared; ours is Wilson's.
#
# Next: [1 · From a mount to grains](01_from_mount_to_grains.ipynb). Somebody has to cut the grains out first.
