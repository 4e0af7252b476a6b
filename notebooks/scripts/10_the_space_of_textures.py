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
# @title Imports, and eight grains
import os
from itertools import product

import cv2
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from keras import layers
from zirconkit import course, embeddings, evaluation, mounts, plots, samples, widgets
from zirconkit import grains as gr
from zirconkit.exercises import textures as ex
from zirconkit.networks import training

profile = course.profile(PROFILE)
quick = profile.name == "quick"
os.environ.update({"NUMBA_DISABLE_JIT": "1"} if quick else {})  # so few grains are mapped before it is compiled
found = course.enough("10", mounts.find(DATA, profile.name))
made = mounts.provenance(found)
everything = gr.from_mounts(found, size=32, mask_neighbours=True, progress=False).two_classes()
known, test = gr.test_split(everything)
learning, aside = gr.stratified_split(known, share=0.2, seed=0)
unseen = gr.subset(gr.concatenate([aside, test]), 80 if quick else 350)  # no network learns from these
eight = gr.subset(unseen, 8, SEED)
plots.show(
    plots.gallery(list(eight.images), [str(number) for number in range(1, 9)], columns=8),
    alt="Eight zircons of 32 by 32 pixels, numbered from 1 to 8.",
    of=made,
)

# %% [markdown] tags=["predict:known"]
# # 10 · The space of textures
#
# Above are eight zircons. A LeNet that was *trained* for 200 epochs, on grown grains (drawn by a program), to tell porphyry from batholith turns each grain into **32 numbers**. So does a copy that was *never trained*, its weights still random.
#
# **Predict, for grown grains after these 200 epochs.** Whose 32 numbers tell more about a grain: the trained network's (**t**), the untrained one's (**u**), or is there no clear difference (**=**)? One sign each for (a) its mean grey level; (b) its area; (c) its aspect ratio, length over width; (d) the strength of its zoning: how much the grey goes up and down from the outline inwards. Ask of each: does it help with the class, or is it in the picture anyway?

# %% tags=["predict:known", "answer"]
my_signs = ...  # four signs in the order a, b, c, d, such as "=tu="

# %% tags=["check"]
ex.known.commit(my_signs)

# %% [markdown] tags=["frame"]
# **The idea:** a network turns a grain into numbers; a map of them is a drawing; to learn what the numbers hold, probe them, beside a network that never learned.
#
# **You will** turn each grain into a point in 32 dimensions · turn the knobs of a map and see what stays · put a cat on it · write a probe that says what the 32 numbers hold · test three words that a paper read off such a map.
#
# **You need** notebooks 4 (LeNet) and 5 (augmentation). The corner of a figure says whether its data are *grown*, drawn by a program, or real. **Time** core 50 min (exercises in it), going deeper 60 min, 60 s to run.

# %% [markdown]
# ## 1 · A grain becomes a list of numbers
#
# We train LeNet on the grains in `learning` as the paper did (Nathwani and others, 2023), for fewer epochs: with dropout and **augmentation**, which turns, flips, resizes, brightens or darkens a grain each time that it is shown. A copy keeps the weights from *before* training.


# %%
def lenet(shape):
    model = keras.Sequential([keras.Input(shape)], name="LeNet")
    for filters in (6, 16, 32):
        model.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
        model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dropout(0.5))
    model.add(layers.Dense(32, activation="relu"))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


keras.utils.set_random_seed(SEED)
model = lenet(learning.images.shape[1:])
untrained = keras.models.clone_model(model)
untrained.set_weights(model.get_weights())  # the same start, never trained
model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy")
epochs = min(2 * profile.epochs, 200)  # the paper: 200
history = training.fit(model, learning, epochs=epochs, augment=training.augmentation(SEED), seed=SEED, progress=False)

# %% [markdown]
# Without its last layer, LeNet leads from an image to a list of 32 numbers, the grain's **embedding**: a point in a space of 32 dimensions. We embed `unseen` grains only. On grains that it learned from, a network looks better than it is.

# %%
body = keras.Model(model.inputs[0], model.layers[-2].output)
before = keras.Model(untrained.inputs[0], untrained.layers[-2].output)
z, z_untrained = training.predict(body, unseen.x), training.predict(before, unseen.x)
auc = evaluation.auc_interval(unseen.y, training.predict(model, unseen))
print(f"{len(unseen)} grains, {z.shape[1]} numbers each; LeNet's ROC-AUC on them {auc:.2f} after {epochs} epochs")

# %% [markdown]
# ## 2 · A map of the numbers is a drawing
#
# Nobody can look into 32 dimensions. **UMAP** (uniform manifold approximation and projection) looks up the `n_neighbors` grains nearest to each. Then it moves the grains about a plane in small, partly random steps: neighbours pull each other together, others push each other apart. Its *start* is `"spectral"`, computed from the grains, or `"random"`; the *seed* fixes chance; `min_dist` says how tightly grains may sit.

# %%
import umap

sizes = [size for size in ((15, 5) if quick else (15, 5, 50)) if size < len(unseen)]
spreads = (0.1,) if quick else (0.1, 0.5)
drawings, maps = {}, {}
for n_neighbors, min_dist, seed, start in product(sizes, spreads, (0, 1), ("spectral", "random")):
    drawing = umap.UMAP(n_neighbors, min_dist=min_dist, init=start, random_state=seed, n_jobs=1)
    drawing.n_epochs = 20 if quick else 200
    knobs = embeddings.Knobs(n_neighbors, min_dist, seed, start)
    drawings[knobs], maps[knobs] = drawing, drawing.fit_transform(z)
first = next(iter(maps))

# %%
# @title The first map, drawn with the grains themselves
plots.show(
    plots.pictured(maps[first], unseen.images, cells=14),
    alt="A UMAP drawn with the grains themselves, one for each square of the map.",
    of=made,
)

# %% [markdown]
# **What we see.** Each square shows one of its grains. Name what changes along the map before you read on. In the run stored here large, dark grains lie on the left, brighter and longer ones on the right. The paper read three axes of such a map as *shape*, *zoning* and *brightness*.

# %% [markdown] tags=["predict:stays"]
# ### Turn the knobs
#
# We draw the same 32 numbers again, with other seeds, starts and settings. **Predict two numbers from 0 to 10.** First: of a grain's ten nearest on the first map, how many are among its ten nearest on another map? Second: how many of ten such maps agree on the property that the first axis follows most, and on its direction?

# %% tags=["predict:stays", "answer"]
my_guess = ...  # two numbers, such as [1, 9]

# %% tags=["check"]
ex.stays.commit(my_guess)

# %% [markdown]
# Turn the knobs, and look at the bars: how far each axis follows four measured properties. **Spearman's ρ** compares two orders: 1 the same, −1 reversed, 0 nothing in common. We say that the property with the longest bar *leads* the axis.

# %%
measures = {
    "mean_grey": "mean grey", "area_px": "area", "aspect_ratio": "aspect ratio",
    "oscillation": "strength of zoning",
}  # fmt: skip
bench = widgets.MapBench(maps, z, unseen.table, measures)
print(ex.within_reach(bench))
bench.panel()

# %% [markdown] tags=["exercise:same_grains"]
# ### Exercise: the same grains, another axis
# A map turned over is equally good, so look at the *length* of a bar and leave its sign out. Find two maps that differ in seed or start (or both) and in nothing else, and a property whose bar along UMAP 1 is clearly longer on one of them; the printed line says by how much. Press *keep* for each map, name the property, and run both cells.

# %% tags=["exercise:same_grains", "answer"]
my_property = ...  # "mean_grey", "area_px", "aspect_ratio" or "oscillation"
my_maps = bench.kept  # or {"one": embeddings.Knobs(15, 0.1, 0, "spectral"), "other": ...}

# %% tags=["check", "nbval-check-output"]
ex.same_grains.check(ex.kept_maps(my_maps, my_property, bench))

# %%
# @title The same without knobs: some of these maps
rows = {"the first map": first}
rows |= {"another seed": first._replace(seed=1), "random start": first._replace(start="random")}
rows["random start, another seed"] = first._replace(start="random", seed=1)
rows |= {f"{size} neighbours": first._replace(n_neighbors=size) for size in sizes if size != first.n_neighbors}
panels = {}
for name, knobs in rows.items():
    rho = bench.axes(knobs)[1]
    leader = rho.abs().idxmax()
    panels[f"{name}\nUMAP 1 follows {measures[leader]}, ρ {rho[leader]:+.2f}"] = maps[knobs]
plots.show(
    plots.map_panels(panels, unseen.table, "mean_grey", "mean grey"),
    alt="Maps of the same grains by seed, start and number of neighbours, coloured by mean grey: shapes and axes differ.",
    of=made,
)

# %%
# @title Counted over all maps: how many have UMAP 1 led by which property, rising or falling to the right
tenths = 10 / len(maps)
again = 10 * np.mean([embeddings.agreement(maps[first], maps[knobs]).mean() for knobs in maps if knobs != first])
held = 10 * np.mean([embeddings.agreement(z, places).mean() for places in maps.values()])
counts = embeddings.leaders(maps, unseen.table, measures).rename(measures)
by_luck = embeddings.largest_by_luck(len(maps), 2 * len(measures))
agreeing = counts.T.groupby(lambda kind: kind.split(", ")[1]).sum().max(axis=None)
luck = 100 / (len(unseen) - 1)
ex.stays.meet((again, luck, agreeing, by_luck, len(maps)))
print(f"Of a grain's ten nearest on the first map {again:.1f} are found again on another (luck {luck:.1f}),")
print(f"and of its ten nearest in the 32 numbers {held:.1f} on a map.")
print(
    f"{agreeing * tenths:.1f} of ten maps ({agreeing} of {len(maps)}) agree on what leads UMAP 1 and its direction",
    end=" ",
)
print(f"(luck {by_luck * tenths:.1f}).")
counts.T

# %% [markdown]
# **What we see.** Luck lets each map fall blindly on one of eight: four properties, two directions. If the first axis had a meaning and a direction of its own, all maps would stand in one column; mean grey alone leads 12 of the 24, in both directions together. The spectral start is computed from the grains, and in the run stored here steadies the *direction*: mean grey and aspect ratio rise, area falls. *Which* property leads it settles no better: 5, 3 and 4 of 12 maps have grey, area and aspect ratio, from the random start 7, 2 and 3. **UMAP tries to keep neighbours, and keeps about half of them, far more than luck. Nothing in it gives an axis a meaning, even where axes repeat.**
#
# ### Everything finds a place
#
# UMAP can also put newcomers on a finished map (`transform`). We send an ordinary grain, the same grain exposed twice as long, its pixels shuffled, and a cat. Put a picture or a mount of yours into the first two lines.

# %%
# @title The ordinary grain: near the median in size, brightness and shape, and without inclusions
looks = learning.table[["area_px", "mean_grey", "aspect_ratio", "solidity"]]
strays = ((looks - looks.median()) / looks.std()).abs().sum(axis=1) + 9 * (learning.table["inclusion_fraction"] > 0)
ordinary = int(strays.argmin())

# %%
from skimage import data as photographs

my_picture = ...  # such as "holiday.jpg"
my_mount = ...  # such as "my_mount.png": five of its grains are placed

usual = learning.images[ordinary]
shuffled = np.random.default_rng(SEED).permutation(usual.ravel()).reshape(usual.shape)
guests = {"ordinary grain": usual, "twice the light": np.clip(2.0 * usual, 0, 255), "its pixels shuffled": shuffled}
guests["a cat"] = cv2.resize(photographs.cat()[..., 1], (32, 32), interpolation=cv2.INTER_AREA)
if my_picture is not ...:
    guests["yours"] = cv2.resize(mounts.read_image(my_picture), (32, 32), interpolation=cv2.INTER_AREA)
if my_mount is not ...:
    mine = gr.from_mounts([mounts.at(my_mount)], size=32, mask_neighbours=True)
    guests |= {f"mine, {number}": image for number, image in enumerate(mine.images[:5], 1)}
as_grain = [np.broadcast_to(guest.reshape(32, 32, -1), usual.shape) for guest in guests.values()]
pictures = np.stack(as_grain).astype(np.uint8)

z_guests = training.predict(body, pictures / np.float32(255))
placed = drawings[first].transform(z_guests)

# %%
# @title Where the guests come to lie on the first map
plots.show(
    plots.guests(maps[first], placed, pictures, list(guests)),
    alt=f"The map of the unseen grains in grey, and on it {', '.join(guests)}, each among the grains.",
    of=made,
)

# %% [markdown]
# **What we see.** On the same map the cat, too, gets a place among the zircons: `transform` puts a newcomer between the grains that are nearest to it, however far away these are. **A place on a map is no proof of belonging.** How to find a stranger: *Who does not belong?*

# %% [markdown]
# ## 3 · Ask the numbers themselves
#
# What do the 32 numbers *hold*? A **linear probe** asks without a map: it guesses a property of each grain as a weighted sum of its numbers. **R²** compares guesses and truth: 1 means known exactly, 0 no better than the mean, below 0 worse.

# %%
# @title What an R² looks like: guesses that were planted
rng = np.random.default_rng(0)
values = rng.normal(size=200)
fig, axes = plt.subplots(1, 3, figsize=(9, 2.8), sharex=True, sharey=True, layout="constrained")
for ax, r2 in zip(axes, (0.8, 0.4, 0.0)):
    ax.plot(values, r2 * values + np.sqrt(r2 - r2**2) * rng.normal(size=200), ".", ms=4, color=plots.LINES[0])
    ax.axline((0, 0), slope=1, color="0.6", lw=1)
    ax.set(title=f"R² {r2:.1f}", xlabel="truth", ylabel="guess", xlim=(-3, 3), ylim=(-3, 3), aspect="equal")
plots.show(
    fig, alt="Guess against truth: near the diagonal for R² 0.8, a wide cloud for 0.4, one guess for all for 0.",
    of="planted",
)  # fmt: skip

# %% [markdown] tags=["exercise:probe"]
# ### Exercise: a probe
# Write one with these imports: (1) standardise each number, so that small ones count as much as large ones; (2) let **ridge regression** (`Ridge()`), least squares with small weights, guess each fifth of the grains by weights fitted to the others; (3) return one R² of all guesses. `z` has a row of numbers for each grain. The last cell asks it about the aspect ratio.

# %% tags=["exercise:probe", "answer"]
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def my_probe(z, values):
    return ...


# %% tags=["check", "nbval-check-output"]
ex.probe.check(my_probe)

# %%
for name, space in (("trained", z), ("untrained", z_untrained)):
    r2 = my_probe(space, unseen.table["aspect_ratio"].to_numpy())
    if r2 is not ...:
        print(f"Your probe, aspect ratio from the numbers of the {name} network: R² {r2:.2f}")

# %% [markdown]
# ### The paper's three words, beside controls
#
# Beside networks *trained* as in the paper (200 epochs, five trainings) stand three controls:
#
# - *untrained*: their five starts. What these know need not have been learned.
# - *pixels*: the 32 directions in which the pictures differ most, without a network.
# - *by hand*: five numbers from the same pictures, how much the grey goes up and down inwards, and how strong bands of four widths are. This is a **positive control**, a test that has to succeed if pictures and probe are good enough.
#
# The kit's own probe guesses ranks.

# %%
# @title R² of a linear probe; bars are 95 % intervals over five trainings (pixels, by hand and your run: over grains)
results = pd.read_csv(samples.DATA / "results/embeddings.csv")
results["space"] = results["space"].str.replace("as published", "trained")
linear = results[results["test"].eq("linear")]
core = linear[linear["of"].isin(list(measures))].set_index("of").loc[list(measures)].rename(measures).reset_index()
is_shown = core["space"].isin(["trained", "untrained", "pixels"])
is_shown |= core["space"].eq("by hand") & core["of"].eq("strength of zoning")
core = core[is_shown].replace({"space": {"by hand": "by hand (zoning only)", "trained": "trained, 200 epochs"}})
kind, mine, panels = "real" if made == "real" else "grown", [], {}
for name, space in (("untrained", z_untrained), (f"{epochs} epochs", z)):
    found_in = {title: embeddings.linear_r2(space, unseen.table[column]) for column, title in measures.items()}
    found_in = pd.DataFrame(found_in, index=embeddings.Reading._fields).T.rename_axis("of").reset_index()
    mine.append(found_in.assign(space=f"your run, {name}"))
for name, part in core.groupby("grains", sort=False):
    title = f"{name}: {part['n'].max()} unseen grains"
    panels[f"{title} (your run: {len(unseen)})" if name == kind else title] = (
        pd.concat([part, *mine]) if name == kind else part
    )
plots.show(
    plots.probed(panels, "R² of a linear probe (0: the mean, 1: exact)"),
    alt="R² of four properties for trained and untrained networks, pixels, your run, and of zoning by hand.",
    of="grown and real",
)

# %%
# @title What training changed: R² trained minus R² untrained, paired over the five starts (95 % interval)
changed = linear[linear["of"].isin(list(measures)) & linear["space"].eq("trained less untrained")]
changed = changed.set_index("of").loc[list(measures)].rename(measures).reset_index()
changed = changed.assign(
    text=[f"{v:+.2f} ({low:+.2f} to {high:+.2f})" for v, low, high in changed[["value", "low", "high"]].values]
)
asked = changed[changed["grains"].eq("grown")].set_index("of")["value"]
ex.known.meet(dict(zip("abcd", asked[list(measures.values())])))
five = core[core["grains"].eq(kind)].pivot(index="of", columns="space", values="value")
for name in ("mean grey", "aspect ratio"):
    start, end = (part.set_index("of").loc[name, "value"] for part in mine)
    print(f"{name}: your run {start:.2f} untrained, {end:.2f} after {epochs} epochs; five networks", end=" ")
    print("{untrained:.2f} untrained, {trained, 200 epochs:.2f} after 200".format(**five.loc[name]))
changed.pivot_table("text", "of", "grains", aggfunc="first", sort=False).rename_axis(index=None, columns=None)

# %% [markdown]
# **Your first prediction** was for grown grains: the table says u, u, t, and = or t for zoning, since +0.04 is hardly a difference.
#
# **From 40 to 200 epochs.** In the run stored here 40 epochs raise the aspect ratio from 0.13 to 0.53 and leave mean grey at 0.81; networks of 200 epochs have 0.48 for it. Shape comes first, brightness is lost later: with `epochs = 200` in section 1 your mean grey ends at 0.42. One network and 350 grains stand beside five and 552: compare directions, not decimals.
#
# **What we see,** over the five trainings:
#
# - *Brightness.* Mean grey is known, 0.48 on grown and 0.60 on real grains; an untrained network knows more. Area goes the same way.
# - *Shape.* On grown grains training doubled the R² of the aspect ratio, from 0.18 to 0.39. On real ones it fell, from 0.32 to 0.19; but these networks, trained on five mounts, hardly learned the class (ROC-AUC 0.54, 0.51 to 0.58; grown 0.82).
# - *Zoning.* By hand its strength is known, 0.46 and 0.41: the pictures hold this measure. LeNet's numbers hold a trace, 0.03 and 0.05.
#
# **The verdict.** Of these four measures training clearly added to one, the aspect ratio, and only on grown grains. The measure of zoning is a weak witness: it ranks a grain with regular zones above one without in 0.63 of pairs (0.54 to 0.71; luck 0.5). Asked for regular zones themselves, trained networks know more, R² +0.18 (+0.15 to +0.21), and we find no sign that it is more than the class: within a class the probe finds next to nothing (*Two more questions*). Whether each word has an *axis* is asked in *In three dimensions*.
#
# **Discuss, and write three sentences:** the paper varies brightness in training because exposure was set by hand. What would you expect that to do to brightness in the 32 numbers? How would you test it? Then see *What augmentation changes*.

# %% [markdown] tags=["depth", "exercise:strange"]
# # Going deeper
#
# Each section can be read by itself; to run one, run the cells above it first (*Run*, then *Run All Above*).
#
# ## Who does not belong?
#
# A map gives every guest a place among the grains. In the full space its distance from the nearest grain can still be unusually large.
#
# ### Exercise: out of place
# Take a guest's distance from its nearest known grain. Write a function that returns, for each guest, the share of known grains whose own nearest *other* grain is closer than that (each is at a distance of 0 from itself, which must not count). Near 1 a guest is out of place; one known grain in twenty has 0.95 or more.


# %% tags=["depth", "exercise:strange", "answer"]
from sklearn.neighbors import NearestNeighbors


def my_strangeness(new, known):
    return ...


# %% tags=["depth", "check", "nbval-check-output"]
ex.strange.check(my_strangeness)

# %% tags=["depth"]
# @title How strange the guests are, by the kit's own function
pixels = unseen.x.reshape(len(unseen), -1)
strange = {
    "in LeNet's 32 numbers": ex.strangeness(z_guests, z),
    "in the untrained 32": ex.strangeness(training.predict(before, pictures / np.float32(255)), z_untrained),
    "in the pixels": ex.strangeness(pictures.reshape(len(pictures), -1) / 255, pixels),
}
pd.DataFrame(strange, index=list(guests)).round(2)

# %% [markdown] tags=["depth"]
# **What we see,** in the run stored here: LeNet's numbers flag a true zircon, the one with twice the light (0.96), and pass the cat (0.63), which the pixels flag (1.00). LeNet learned to tell two kinds of zircon apart and nothing else. No space flags the grain with its pixels shuffled at 0.95 or more (0.69, 0.93, 0.92), so asking several spaces is no guarantee either. **A distance finds a stranger only in a space that still sees the difference.**
#
# ## A planted map
#
# The surest way to learn what a map keeps is to draw one of something that you planted. Three groups of points in 32 dimensions: one narrow, one *ten times as wide*, and a narrow one *eight times as far away* as the second. And then nothing at all: points scattered evenly through a cube.

# %% tags=["depth"]
rng, each = np.random.default_rng(SEED), 20 if quick else 60
middles = np.zeros((3, 32))
middles[1, 0], middles[2, 0] = 30, 240
planted = np.concatenate([m + rng.normal(size=(each, 32)) * w for m, w in zip(middles, (0.2, 2.0, 0.2))])
noise = rng.random((5 * each, 3))
group = np.repeat(["narrow", "ten times as wide", "narrow, far away"], each)


def drawn(points, seed=SEED, n_neighbors=15, **how):
    n_epochs = 20 if quick else None
    return umap.UMAP(n_neighbors, random_state=seed, n_jobs=1, n_epochs=n_epochs, **how).fit_transform(points)


one, other, strewn = drawn(planted), drawn(planted, SEED + 1), drawn(noise, n_neighbors=5)

# %% tags=["depth"]
# @title What was planted, and what UMAP draws
panels = {
    "planted: 2 of 32 dimensions": planted[:, :2],
    "UMAP of these points": one,
    "UMAP of an evenly filled cube": strewn,
}
fig, axes = plt.subplots(1, 3, figsize=(9.5, 3.2), layout="constrained")
for ax, (name, places) in zip(axes, panels.items()):
    kind_of = group if len(places) == len(group) else np.repeat("noise", len(places))
    for part, colour in zip(pd.unique(kind_of), plots.LINES if len(places) == len(group) else plots.LINES[-1:]):
        ax.plot(*places[kind_of == part].T, ".", ms=4, color=colour, label=part)
    ax.set(title=name, xlabel="UMAP 1", ylabel="UMAP 2")
axes[0].set(aspect="equal", xlabel="dimension 1", ylabel="dimension 2", yticks=[], ylim=(-60, 60))
fig.legend(*axes[0].get_legend_handles_labels(), fontsize=8, loc="outside lower center", ncols=3)
plots.show(
    fig, alt="Planted: widths one to ten, gaps one to eight. UMAP draws three groups about alike; even noise in clumps.",
    of="planted",
)  # fmt: skip
for name, places in (("planted", planted), (f"drawn, seed {SEED}", one), (f"drawn, seed {SEED + 1}", other)):
    parts = [places[group == part] for part in pd.unique(group)]
    narrow, wide, _ = (np.linalg.norm(part - part.mean(axis=0), axis=1).mean() for part in parts)
    near, far = (np.linalg.norm(part.mean(axis=0) - parts[0].mean(axis=0)) for part in parts[1:])
    print(f"{name}: one group {wide / narrow:.1f} times as wide, one gap {far / near:.1f} times as large as the other")

# %% [markdown] tags=["depth", "exercise:map_reading"]
# ### Exercise: what may be read
# Hold each sentence against the printed lines and the right panel. Under a map with two islands and a string of grains between them, coloured by mean grey, stand five sentences. Which may stay without a further test? Name **all** their letters.
#
# - **a** the wider the gap between islands, the more their grains differ
# - **b** bright grains lie farther to the right here than dark grains do
# - **c** the large island has more varied grains in it than the small one
# - **d** grains side by side are often among each other's nearest in the full space
# - **e** the string between the islands is a gradual transition of grains

# %% tags=["depth", "exercise:map_reading", "answer"]
my_letters = ...  # such as "ac"

# %% tags=["depth", "check", "nbval-check-output"]
ex.map_reading.check(my_letters)

# %% [markdown] tags=["depth"]
# **What we see.** The group that is ten times as wide comes out about as wide as the others, gaps of one to eight come out about equal, and points strewn at random through a cube (drawn with 5 neighbours) come out in clumps and strings. UMAP gives every point the same number of neighbours, however far away they are, and so evens out densities. No point has a neighbour in another group, so nothing tells UMAP how wide the gaps are: groups only push each other apart.
#
# ## What augmentation changes
#
# From the same five starts we also trained networks without augmentation and, on grown grains, with half of it: only the changes of *light* (brightness and contrast), or only those of *place* (flips, turns and sizes). Each is set against the network of the same start that had none. The class counts as a property, too: 0 for batholith, 1 for porphyry, and its R² says how well a weighted sum comes near that number.

# %% tags=["depth"]
# @title What augmentation changes, and which half of it; paired over five starts
halves = {"trained less no augmentation": "all of it"}
halves["light only less no augmentation"] = "only light: brightness, contrast"
halves["place only less no augmentation"] = "only place: flips, turns, sizes"
asked = measures | {"porphyry": "class, as 0 or 1"}
changes = linear[linear["space"].isin(list(halves)) & linear["of"].isin(list(asked))].replace({"space": halves})
changes = changes.set_index("of").loc[list(asked)].rename(asked).reset_index()
titles = {"grown": "grown grains", "real": "real grains (trained with all of it only)"}
panels = {titles[name]: part for name, part in changes.groupby("grains", sort=False)}
plots.show(
    plots.probed(panels, "R² with augmentation minus R² without", hues=plots.LINES[::2]),
    alt="Differences in R² from networks without augmentation: with all of it, with light only, with place only.",
    of="grown and real",
)

# %% [markdown] tags=["depth"]
# **What we see.** Augmentation takes a little of the brightness: 0.07 (0.04 to 0.11) of R² on grown grains, 0.10 (0.03 to 0.18) on real ones. Changes of light alone take 0.08, changes of place 0.02; with five trainings neither is resolved from 0, nor which of the two it is. It helps with the aspect ratio and the class on grown grains. On the real mounts its largest effect is on the area, 0.20 more (0.01 to 0.39); the R² of the class falls a little there, by 0.04 (0.01 to 0.06). So it does to brightness what one would expect, but only a little.
#
# Most of what training takes of the brightness on grown grains it takes without any augmentation, too: R² is 0.82 untrained, 0.55 trained without augmentation, 0.48 with it.
#
# ## Two more questions to the numbers
#
# **Ten neighbours.** A property may also be guessed as the mean of a grain's ten nearest neighbours, itself left out. That asks what decides *who is near*, which are the largest of the numbers; a linear probe asks what is held along *any* direction.

# %% tags=["depth"]
# @title R² on grown grains by a linear probe and by ten neighbours; means over five trainings
asks = results[results["how"].isin(["standardised", "raw"]) & results["grains"].eq("grown")]
asks = asks[asks["test"].eq("linear") | asks["test"].eq("neighbours") & asks["how"].eq("raw")]
asks = asks[asks["space"].isin(["trained", "untrained", "pixels", "by hand"])].replace("neighbours", "ten neighbours")
asks = asks.set_index("of").loc[["mean_grey", "aspect_ratio", "oscillation"]].rename(measures)
asks.pivot_table("value", ["of", "test"], "space", sort=False).round(2).rename_axis(columns=None)

# %% [markdown] tags=["depth"]
# **What we see.** Ten neighbours among the pixels know the aspect ratio at 0.68; among a trained LeNet's numbers at 0.45, among an untrained one's at 0.35. A weighted sum found hardly anything in the pixels, 0.06. So a low R² is no proof of absence, and *which space knows more* depends on the question: say which one you asked. About the strength of zoning ten neighbours tell nothing in LeNet's numbers, either (−0.04), and 0.46 in those by hand.
#
# **One class at a time.** A property that goes with the class can be known *through* it. So we ask within each class. *Regular zones* is a word of our program, which draws the zones of a grain as regular bands parallel to its outline, as sectors, as patches, or not at all: bands or not, whatever their strength.

# %% tags=["depth"]
# @title R² of a linear probe on grown grains, all of them and of one class (pixels left out)
words = {"aspect_ratio": "aspect ratio", "oscillatory": "regular zones"}
parts = {"": ", all grains", ", batholith": ", batholith only", ", porphyry": ", porphyry only"}
named = {of + part: words[of] + parts[part] for of, part in product(words, parts)}
within = linear[linear["grains"].eq("grown")].set_index("of").loc[list(named)].rename(named).reset_index()
text = {"trained": "{:.2f}", "untrained": "{:.2f}", "trained less untrained": "{:+.2f} ({:+.2f} to {:+.2f})"}
within = within[within["space"].isin(list(text))]
cells = [text[row.space].format(row.value, row.low, row.high) for row in within.itertuples()]
within = within.assign(text=cells).pivot_table("text", "of", "space", aggfunc="first", sort=False)
within[list(text)].rename(columns={"trained less untrained": "difference (95 %)"}).rename_axis(index=None, columns=None)

# %% [markdown] tags=["depth"]
# **What we see.** Among batholith grains, too, training adds to what is known of the aspect ratio; among porphyry grains this is not resolved. Of regular zones the trained networks seem to know something, but within either class our probe finds little or nothing. This is no proof that nothing more is there; the class is enough to explain it: the program draws them more often in one class than in the other, as the next section prints.
#
# ## Does the measure see zones?
#
# The *strength of zoning* is measured on the mount, before the grain is shrunk to 32 pixels: the mean grey in rings from the outline inwards, less its slow trend; its standard deviation, as a share of the grain's mean grey. Of grown grains we know how they were drawn. Take a grain with regular zones and one without any: how often has the first the larger *strength of zoning*? (That is a ROC-AUC, luck 0.5.)


# %% tags=["depth"]
def truth_of(grains, mounts):
    """How each grain was drawn: the row of the truth table of the true grain that fills most of its box."""
    rows = []
    for mount in mounts:
        truth, table = mount.truth(), mount.truth_table()
        if table is None:
            continue
        for place, row in grains.table[grains.table["sample"] == mount.sample].iterrows():
            box = gr.crop(truth, row[["row_min", "col_min", "row_max", "col_max"]])
            inside = np.bincount(box.ravel())[1:]
            if inside.any():
                rows.append(table.set_index("grain").loc[inside.argmax() + 1].rename(place))
    return pd.DataFrame(rows)


truth = truth_of(unseen, found)
if len(truth) > 20:
    pair = (
        truth[truth["zoning"].isin(["oscillatory", "none"])]
        .join(unseen.table["oscillation"])
        .dropna(subset="oscillation")
    )
    banded = pair["zoning"].eq("oscillatory").to_numpy(int)
    auc = evaluation.auc_interval(banded, pair["oscillation"].to_numpy())
    print(f"{banded.sum()} grains with regular zones, {len(pair) - banded.sum()} without any:", end=" ")
    print(f"ROC-AUC of strength {auc:.2f}")
    of_class = truth["zoning"].eq("oscillatory").groupby(unseen.table.loc[truth.index, "class_name"]).mean()
    print("drawn with regular zones:", ", ".join(f"{share:.0%} of {name}" for name, share in of_class.items()))
else:
    print("These mounts have no table of truth: nobody knows how their grains were drawn.")

# %% [markdown] tags=["depth"]
# **What we see.** On grown grains, in the run stored here, 0.63 (0.54 to 0.71): better than luck, and a weak witness that is wrong for about one pair in three. "Our probe finds a trace of zoning" is a sentence about this measure and says little of zoning itself. A measure needs a test against the truth as much as a map does.
#
# ## Draw grains that were set aside
#
# The paper's Figure 10 shows grains that the network learned from together with others. Of a grain's ten nearest neighbours, how many are of the grain's own class?

# %% tags=["depth"]
z_learned = training.predict(body, learning.x)
drawn_rows = np.random.default_rng(SEED).permutation(len(learning))[: len(unseen)]  # as many as are unseen
groups = {
    "LeNet, grains that it learned from": (z_learned[drawn_rows], learning.y[drawn_rows]),
    "LeNet, unseen grains": (z, unseen.y),
    "untrained, unseen grains": (z_untrained, unseen.y),
}
lines = {}
for name, (space, y) in groups.items():
    near = NearestNeighbors(n_neighbors=min(10, len(y) - 1)).fit(space).kneighbors()[1]  # never the grain itself
    same, p = (y[near] == y[:, None]).mean(axis=1), y.mean()
    above = same - (p**2 + (1 - p) ** 2)  # less what luck gives with this mix of classes
    lines[name] = 10 * np.array([above.mean(), 1.96 * above.std() / np.sqrt(len(same))])  # of ten neighbours
learned, new = list(lines.values())[:2]
lines["first row less second"] = np.array([learned[0] - new[0], np.hypot(learned[1], new[1])])
lines = {name: f"{mean:+.1f} ± {half:.1f}" for name, (mean, half) in lines.items()}
pd.Series(lines, name="neighbours of the own class, of ten, above luck (95 %)").to_frame()

# %% [markdown] tags=["depth"]
# **What we see.** In the run stored here the classes look more sorted on grains that LeNet learned from than on unseen ones, by 0.5 ± 0.4 of ten neighbours: half as much again. So *draw the map of grains that were set aside*. On these LeNet still has 1.0 above luck, its untrained copy 0.5. A neighbour of one's own class may also just be one of one's own *mount* (notebook 8).
#
# ## In three dimensions
#
# The paper draws its map in three dimensions. **PCA** (principal component analysis) turns the cloud of points and shows its broadest side: a shadow, whose axes are straight directions and whose distances are true or too short. How many of the ten nearest does each keep?

# %% tags=["depth"]
from sklearn.decomposition import PCA

solid = {"PCA, 2-D": PCA(2).fit_transform(z), "UMAP, 2-D": maps[first], "PCA, 3-D": PCA(3).fit_transform(z)}
solid["UMAP, 3-D"] = drawn(z, n_components=3)
near = {name: 10 * embeddings.agreement(z, places) for name, places in solid.items()}
near |= {f"UMAP less PCA, {d}": near[f"UMAP, {d}"] - near[f"PCA, {d}"] for d in ("2-D", "3-D")}
kept = {name: f"{share.mean():.1f} ± {1.96 * share.std() / np.sqrt(len(z)):.1f}" for name, share in near.items()}
print(f"PCA keeps {PCA(3).fit(z).explained_variance_ratio_.sum():.0%} of the variance in three dimensions;", end=" ")
print(f"luck keeps {100 / (len(z) - 1):.1f} of ten neighbours")
pd.Series(kept, name="of ten neighbours kept (95 %)").to_frame()

# %% tags=["depth"]
# @title The paper's axes, tested on 3-D UMAPs of the five trained networks: shares of maps
axes = results[results["test"].eq("axes") & results["space"].eq("trained") & results["of"].eq("all")]
axes.pivot(index="how", columns="grains", values="value").assign(luck=axes.groupby("how")["luck"].first()).round(2)

# %% tags=["depth"]
# @title The three-dimensional map by lithology, a panel each, in the colour of its class
sheet = samples.sheet()["lithology"]
lithology = unseen.table["sample"].map(sheet).fillna(unseen.table["class_name"]).to_numpy()  # of your own: the class
class_of = dict(zip(lithology, unseen.table["class_name"]))
colours = {name: plots.class_colours(unseen.classes)[class_of[name]] for name in sorted(class_of, key=class_of.get)}
fig = plots.highlighted(solid["UMAP, 3-D"][:, :2], lithology, colours)
plots.name_classes(fig, unseen.classes, always=True)
plots.show(
    fig,
    alt="The first two axes of the three-dimensional UMAP, once for each lithology, whose grains stand out from grey.",
    of=made,
)

# %% tags=["depth"]
# @title A scene: drag it; a click on a name hides a lithology, a double click shows it alone
said = [f"{row.sample}, {row.class_name}, grain {row.grain}" for row in unseen.table.itertuples()]
scene = plots.scene(solid["UMAP, 3-D"], lithology, said, colours)
"no scene in this profile" if quick else widgets.hover_crops(scene, unseen.images)

# %% [markdown] tags=["depth"]
# **What we see.** UMAP keeps more of the nearest than PCA of as many dimensions: in the run stored here by 1.8 ± 0.2 of ten in two and 1.0 ± 0.2 in three. The second table tests the paper's axes with six measures: two of shape (aspect ratio; solidity, the area over that of the outline without dents), two of zoning (strength; wavelength, the distance from band to band), mean grey and area. Its first row: in what share of maps do the three axes, in any order, most follow one of shape, one of zoning, and mean grey? Luck picks blindly among the six. Its other rows: how often does a property keep its strongest axis? From the spectral start mostly, from a random one no more often than by luck. So we find no axis for each of the three words: in 3 % of maps of grown and in none of real grains, where luck gives 11 %.
#
# The panels show the first two axes, in the colour of the class that the paper gives a sample; it counts the Quellaveco Granodiorite as porphyry. Where the notebook is alive, the scene turns and shows the crop under the mouse. (In Colab first run `from google.colab import output; output.enable_custom_widget_manager()`.)
#
# ## Clusters that nobody labelled
#
# Do the grains fall into groups? **k-means** seeks as many middles as it is told to, and always finds them; the grains of one middle are a cluster. **HDBSCAN** looks for crowded places of 15 grains or more, however many there are, and leaves out grains between them.

# %% tags=["depth"]
from sklearn.cluster import HDBSCAN, KMeans

tries = {"the 32 numbers": (z, unseen.y, "class"), "the first map": (maps[first], unseen.y, "class")}
half = np.arange(len(z)) % 2  # two planted groups, for which both have to succeed
for gap in (12, 6):
    groups = np.random.default_rng(SEED).normal(size=(len(z), 32))
    groups[:, 0] += gap * half
    tries[f"two planted groups, {gap} spreads apart"] = groups, half, "groups"
for name, (places, labels, called) in tries.items():
    crowds = HDBSCAN(min_cluster_size=15, copy=True).fit_predict(places)  # -1: left out
    pairs = np.bincount(KMeans(2, n_init=10, random_state=SEED).fit_predict(places))
    agrees = embeddings.cluster_agreement(places, labels, seed=SEED)
    print(f"{name}: HDBSCAN finds {crowds.max() + 1} clusters, leaves out {np.mean(crowds < 0):.0%};", end=" ")
    print(f"k-means makes two, of {pairs[0]} and {pairs[1]};")
    print(
        f"   adjusted Rand index with the {called} {agrees.value:.2f} ({agrees.low:.2f} to {min(1, agrees.high):.2f})"
    )

# %% tags=["depth"]
# @title What HDBSCAN finds: means over five trained networks (95 % interval)
crowds = results[results["how"].str.startswith("HDBSCAN") & results["space"].eq("trained")]
crowds = crowds[crowds["of"].isin(["number of clusters", "share left out"])].drop_duplicates(["grains", "how", "of"])
crowds = crowds.assign(**crowds[["low", "high"]].clip(lower=0), where=crowds["how"].str.split("; ").str[1])
written = {"number of clusters": "{:.1f} ({:.1f} to {:.1f})", "share left out": "{:.0%} ({:.0%} to {:.0%})"}
text = [written[row.of].format(row.value, row.low, row.high) for row in crowds.itertuples()]
crowds = crowds.assign(text=text).replace({"text": r"to 1\d\d%"}, {"text": "to 100%"}, regex=True)
crowds.pivot_table("text", ["grains", "where"], "of", aggfunc="first", sort=False).rename_axis(columns=None)

# %% tags=["depth"]
# @title k-means with as many clusters as labels: adjusted Rand index with them (95 %); as lithologies, between two trainings (range)
ways = results["how"].str.startswith("k-means") & results["test"].eq("clusters: adjusted Rand index")
clusters = results[ways & results["space"].eq("trained")]
clusters = clusters[clusters["of"].isin(["class", "mount", "lithology"]) | clusters["how"].str.contains("as lithology")]
clusters = clusters.assign(where=clusters["how"].str.split("; ").str[1])
text = [f"{row.value:.2f} ({row.low:.2f} to {row.high:.2f})" for row in clusters.itertuples()]
clusters = clusters.assign(text=text).pivot_table("text", ["grains", "of"], "where", aggfunc="first", sort=False)
clusters.rename_axis(columns=None)

# %% [markdown] tags=["depth", "exercise:many_islands"]
# **What we see.** The printed lines are of this run, the tables of five trained networks; HDBSCAN and k-means take the 32 numbers as they are, as UMAP does. In those of grown grains HDBSCAN finds almost no crowded place and leaves out 97 % of the grains; on their UMAP it finds about seven clusters. It finds planted groups that are 12 times as far apart as they are wide, but of those 6 times apart it leaves out most, which k-means parts almost without error. So it can miss groups that are there; what it rules out in LeNet's numbers is a gap as wide as the first. *Islands on a map are no groups in the space, until a test finds them there.*
#
# The **adjusted Rand index** says how far two divisions agree: 1 the same, 0 luck. On the 32 numbers of grown grains two k-means clusters agree with the class no better than luck, −0.02; on their UMAP somewhat, 0.22; on real grains in neither space. (The run printed above has fewer epochs, and may differ.) And clusters change: as many as lithologies, those of two trainings agree with each other only at 0.33 (0.27 to 0.38).
#
# ### Exercise: a cluster of rocks?
# The clusters agree with *lithology* better than luck, and nobody told k-means a lithology. Some lithologies have two mounts, others one. Which finding would speak for the rock, and against the mount?
#
# - **a** the grains of one mount fall mostly into one cluster, in every mount
# - **b** with many more grains of these mounts the agreement stays above luck
# - **c** two mounts of one rock share clusters, and mounts of two rocks do not
# - **d** clusters of another training agree with lithology as well as these do

# %% tags=["depth", "exercise:many_islands", "answer"]
my_letter = ...

# %% tags=["depth", "check", "nbval-check-output"]
ex.many_islands.check(my_letter)

# %% [markdown] tags=["depth"]
# ## A model and grains of your own
#
# Any model of the kit, or a `.keras` file that `exports.load` reads, and any `Grains` cut to its size:

# %% tags=["depth"]
vectors = embeddings.embed(model, unseen)  # put your own here
readings = {title: embeddings.linear_r2(vectors, unseen.table[column]) for column, title in measures.items()}
evaluation.table(readings).round(2)

# %% [markdown] tags=["depth"]
# **What we see.** For each property the R² of a linear probe (of ranks, so that a few odd grains do not decide), its 95 % interval over grains, and the value below which 95 % of shuffled grains stay.

# %% tags=["frame"]
from zirconkit.exercises import score_card

score_card(ex)

# %% [markdown] tags=["frame"]
# **Take away.** A network turns each grain into a list of numbers, in which near means alike *for that network*. A map of them is a drawing: it keeps about half of a grain's nearest neighbours, it finds a place for a cat, and its axes and islands need a test before they may be named. What the numbers hold is asked with a probe, beside an untrained network, pixels, shuffled grains and a control that has to succeed, over several trainings.
#
# **Terms.** *[embedding](GLOSSARY.md#embedding)* · *[UMAP](GLOSSARY.md#umap)* · *[PCA](GLOSSARY.md#pca)* · *[linear probe](GLOSSARY.md#linear-probe)* · *[standardise](GLOSSARY.md#standardise)* · *[R²](GLOSSARY.md#r2)* · *[positive control](GLOSSARY.md#positive-control)* · *[k-means](GLOSSARY.md#k-means)* · *[HDBSCAN](GLOSSARY.md#hdbscan)* · *[adjusted Rand index](GLOSSARY.md#adjusted-rand-index)*
#
# **Read on.** Nathwani et al. (2023), https://doi.org/10.1029/2022JB025933: section 3.6 and Figure 10 are what this notebook tests. · McInnes et al. (2018), arXiv:1802.03426: UMAP. · Alain and Bengio (2016), arXiv:1610.01644: linear probes. · Wattenberg et al. (2016), https://doi.org/10.23915/distill.00002: how to misread a map, to play with. · Hubert and Arabie (1985), https://doi.org/10.1007/BF01908075: the adjusted Rand index.
#
# That was the course. Now take your own mounts: put them into a folder with a `samples.csv` (sample, class), run `zirconkit run --data FOLDER`, and read it again, on your grains. Start where you began: [0 · Start here](00_start_here.ipynb). Or go on with an elective: [14 · Generative models](14_generative_models.ipynb) or [15 · Few labels](15_few_labels.ipynb).
