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
# Above are eight zircons. A LeNet that has learned to tell porphyry from batholith grains turns each grain into **32 numbers**. The paper (Nathwani and others, 2023) draws these as a map with three axes, and reads them as *shape*, *zoning* and *brightness*.
#
# **Predict.** From the 32 numbers alone, how well can you tell of a grain (a) its aspect ratio, length over width; (b) the strength of its zoning: how much the grey goes up and down from the outline inwards; (c) its mean grey level; (d) its area? **Order** the letters from the best known to the least.

# %% tags=["predict:known", "answer"]
my_order = ...  # such as "dcba"

# %% tags=["check"]
ex.known.commit(my_order)

# %% [markdown] tags=["frame"]
# **The idea:** ask the space, not the map, what a network knows; and ask an untrained network the same.
#
# **You will** turn each grain into a point in 32 dimensions · turn the knobs of a map and see what stays · write a probe that says what the 32 numbers hold · hold the paper's reading against networks trained as the paper's · put a photograph of a cat among the zircons, and find it out.
#
# **You need** notebooks 4 (LeNet) and 5 (augmentation). The corner of a figure says whether its data are *grown*, drawn by a program, or real. **Time** core 50 min (exercises in it), going deeper 60 min, 60 s to run.

# %% [markdown]
# ## Thirty-two numbers for a grain
#
# We train LeNet on the grains in `learning` (pixels `.x`, classes `.y`, measures `.table`) as the paper did: with dropout and **augmentation**, which turns, flips, resizes, brightens or darkens a grain each time that it is shown. The last neurone gives the answer; the 32 just before it sum up what LeNet kept of a grain. We also keep a copy from *before* training.


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
# Without its last layer, LeNet leads from an image to a vector, the grain's **embedding**. We embed `unseen` grains only: those of mounts that LeNet never saw, and some set aside from the mounts that it did. On grains that it learned from, a network looks better than it is.

# %%
body = keras.Model(model.inputs[0], model.layers[-2].output)
before = keras.Model(untrained.inputs[0], untrained.layers[-2].output)
z, z_untrained = training.predict(body, unseen.x), training.predict(before, unseen.x)
auc = evaluation.auc_interval(unseen.y, training.predict(model, unseen))
print(f"{len(unseen)} grains, {z.shape[1]} numbers each; LeNet's ROC-AUC on them {auc:.2f} after {epochs} epochs")

# %% [markdown]
# ## A map of them
#
# **UMAP** (uniform manifold approximation and projection) looks up the `n_neighbors` grains nearest to each. Then it moves all grains about a plane in small, partly random steps: neighbours pull each other together, other grains push each other apart. Its *start* is `"spectral"`, computed from the grains, or `"random"`; the *seed* fixes chance; `min_dist` says how tightly grains may sit.

# %%
import umap

sizes = [size for size in ((15, 5) if quick else (15, 5, 50)) if size < len(unseen)]
spreads = (0.1,) if quick else (0.1, 0.5)
maps = {}
for n_neighbors, min_dist, seed, start in product(sizes, spreads, (0, 1), ("spectral", "random")):
    drawing = umap.UMAP(n_neighbors, min_dist=min_dist, init=start, random_state=seed, n_jobs=1)
    drawing.n_epochs = 20 if quick else 200
    maps[embeddings.Knobs(n_neighbors, min_dist, seed, start)] = drawing.fit_transform(z)
first = next(iter(maps))

# %%
# @title The map drawn with the grains themselves
plots.show(
    plots.pictured(maps[first], unseen.images, cells=14),
    alt="A UMAP drawn with the grains themselves, one for each square of the map.",
    of=made,
)

# %% [markdown]
# **What we see.** Each square shows one of its grains. Walk along the map and name what changes. The paper read its map so.

# %% [markdown] tags=["predict:stays"]
# ## Turn the knobs
#
# **Predict.** The same 32 numbers, other seeds, starts and settings: which of these changes most from map to map?
#
# - **a** which ten grains lie nearest to a grain on the map
# - **b** which property the first axis follows, and its sign
# - **c** which of the mounts lie far apart and which near

# %% tags=["predict:stays", "answer"]
my_guess = ...  # "a", "b" or "c"

# %% tags=["check"]
ex.stays.commit(my_guess)

# %% [markdown]
# Turn the knobs, and look at the bars: how each axis follows four measured properties. **Spearman's ρ** compares two orders: 1 the same, −1 reversed, 0 nothing in common.

# %%
measures = {
    "mean_grey": "mean grey", "area_px": "area", "aspect_ratio": "aspect ratio",
    "oscillation": "strength of zoning",
}  # fmt: skip
bench = widgets.MapBench(maps, z, unseen.table, measures)
bench.panel()

# %% [markdown] tags=["exercise:same_grains"]
# ### Exercise: the same grains, another axis
# In a **mirrored** map all bars of UMAP 1 change their sign. Find two maps that differ in seed or start *only*, and a property whose ρ along UMAP 1 differs by 0.5 or more, *even if one is mirrored to fit the other*. (Where no pair does, a mirror image counts.) Press *keep* for each, name the property, and run both cells.

# %% tags=["exercise:same_grains", "answer"]
my_property = ...  # "mean_grey", "area_px", "aspect_ratio" or "oscillation"
my_maps = bench.kept  # or {"one": embeddings.Knobs(15, 0.1, 0, "spectral"), "other": ...}

# %% tags=["check", "nbval-check-output"]
ex.same_grains.check(ex.kept_maps(my_maps, my_property, bench))

# %%
# @title What stayed, over all maps: each row from 0, luck, to 1, all of it
again = embeddings.what_stays(list(maps.values()), unseen.table, list(measures), unseen.table["sample"])
true = embeddings.what_stays([z, *maps.values()], unseen.table, [], unseen.table["sample"])
ex.stays.meet(dict(zip("abc", again.values())))
follows = {knobs: bench.axes(knobs)[1] for knobs in maps}
most = follows[first].abs().idxmax()
for start in ("spectral", "random"):
    others = [rho for knobs, rho in follows.items() if knobs.start == start and knobs != first]
    leads, values = sum(rho.abs().idxmax() == most for rho in others), [rho[most] for rho in others]
    print(f"{start} start: ρ {min(values):+.2f} to {max(values):+.2f}", end=" ")
    print(f"of {measures[most]} on {len(others)} other maps; it leads on {leads}")
units = {"neighbours": "neighbours, share", "axis": "axis, share of maps", "gaps": "gaps, Kendall's τ"}
pd.DataFrame({"as on the first map": again, "as in the 32 numbers": true}).rename(units).round(2)

# %%
# @title The same without knobs: some of these maps
rows = {"as above": first}
rows |= {"another seed": first._replace(seed=1), "random start": first._replace(start="random")}
rows["random start, another seed"] = first._replace(start="random", seed=1)
rows |= {f"{size} neighbours": first._replace(n_neighbors=size) for size in sizes if size != first.n_neighbors}
plots.show(
    plots.map_panels({name: maps[knobs] for name, knobs in rows.items()}, unseen.table, "mean_grey", "mean grey"),
    alt="Maps of the same grains by seed, start and number of neighbours, coloured by mean grey: shapes and axes differ.",
    of=made,
)
pd.DataFrame({name: bench.axes(knobs)[1] for name, knobs in rows.items()}).rename(measures).round(2).T

# %% [markdown]
# **What we see.** The first column says what **repeats** from map to map, your prediction; the second what is **true** to the 32 numbers, which have no first axis. *Neighbours*: the share of a grain's ten nearest found again. *Axis*: the share of maps whose first axis most follows the same property, with the same sign. All three are scaled: 0 is luck. *Gaps*: whether distances between mounts keep their order (**Kendall's τ**: the share of pairs in the same order less that in the other). Gaps may mislead (*A planted map*).
#
# The printed lines have, by start, the ρ of UMAP 1 with the property that leads on the first map. If ρ has the other sign, the axis is **mirrored**; if near 0, **another** axis. If it only does not lead, look for a near tie on the first map. UMAP counts distances only, so a turned or mirrored map is exactly as good. **The spectral start is computed from the grains, so axes can repeat; nothing in UMAP gives them a meaning.**

# %% [markdown] tags=["exercise:probe"]
# ## Ask the space
#
# What do the 32 numbers *hold*? A **linear probe** asks without a map: (1) standardise each number, so that small ones count as much as large ones; (2) let **ridge regression**, least squares with small weights, guess the property as a weighted sum, each fifth of the grains by weights fitted to the others; (3) compare by **R²**: 1 means known exactly, 0 no better than the mean, below 0 worse.
#
# ### Exercise: a probe
# Write it with these imports; return one R². `z` has a row of numbers for each grain.

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
# @title The kit's probe on this run's spaces: R²
pixels = unseen.x.reshape(len(unseen), -1)
u, s, _ = np.linalg.svd(pixels - pixels.mean(axis=0), full_matrices=False)
spaces = {"LeNet": z, "untrained": z_untrained, "32 from pixels": (u * s)[:, :32], "the map": maps[first]}
asked = {
    name: {title: embeddings.linear_r2(space, unseen.table[column]) for column, title in measures.items()}
    for name, space in spaces.items()
}
rows = {name: {title: f"{r.value:.2f}" for title, r in row.items()} for name, row in asked.items()}
rows["shuffled: 95 % below"] = {title: f"{reading.luck:.2f}" for title, reading in asked["LeNet"].items()}
pd.DataFrame(rows).T

# %% [markdown]
# **What we see.** The kit's probe guesses the *ranks* of a property, so that a few odd grains do not decide. What the *untrained* network, shuffled grains or `pixels` (the 32 directions in which grains differ most) know as well was not learned.
#
# ## The paper's reading, like for like
#
# We trained LeNet as the paper did, for 200 epochs, from five starts, and kept each start untrained. We ask about unseen grains: grown ones, and those of seven of the paper's 13 real mounts, only two of them batholith. **The real networks hardly learned the class**: ROC-AUC 0.54 (0.51 to 0.58), against 0.82 on grown grains.

# %%
# @title R² of a linear probe; bars are 95 % intervals over five trainings (pixels: over grains)
results = pd.read_csv(samples.DATA / "results/embeddings.csv")
named = measures | {"oscillatory": "regular zones, as grown", "porphyry": "class"}
asked_within = product(("aspect_ratio", "oscillatory"), ("batholith", "porphyry"))
within = {f"{of}, {name}": f"{named[of].split(',')[0]}, {name} only" for of, name in asked_within}
linear = results[results["test"].eq("linear")].set_index("of").loc[[*named, *within]]
linear = linear.rename(named | within).reset_index()
is_shown = linear["space"].isin(["as published", "untrained"])
is_shown |= linear["space"].eq("pixels") & linear["of"].isin(named.values())  # not within a class
probes = linear[is_shown]
auc = results[results["test"].eq("ROC-AUC") & results["space"].eq("as published")].set_index("grains")
title = "{}: {:.0f} grains; as published, ROC-AUC {:.2f}"
panels = {
    title.format(kind, *auc.loc[kind, ["n", "value"]]): part for kind, part in probes.groupby("grains", sort=False)
}
plots.show(
    plots.probed(panels, "R² of a linear probe"),
    alt="R² of properties, of all grains and of each class, for networks trained as published, untrained, and for pixels.",
    of="grown and real",
)
own = probes[probes["space"].eq("as published") & probes["grains"].eq("real" if made == "real" else "grown")]
r2 = own.set_index("of")["value"]
ex.known.meet(dict(zip("abcd", r2[["aspect ratio", "strength of zoning", "mean grey", "area"]])))

# %%
# @title The paper's three words: R² trained and untrained, and the difference, paired over five starts (95 %)
asked_of = {
    "shape: aspect ratio": "aspect ratio", "of batholith": "aspect ratio, batholith only",
    "of porphyry": "aspect ratio, porphyry only", "zoning: strength": "strength of zoning",
    "brightness: mean grey": "mean grey",
}  # fmt: skip
trio = {"as published": "trained", "untrained": "untrained", "as published less untrained": "difference"}
columns = {}
for kind, (space, name) in product(("grown", "real"), trio.items()):
    part = linear[linear["grains"].eq(kind) & linear["space"].eq(space)]
    part = part.set_index("of").reindex(asked_of.values())
    written = "{:+.2f} ({:+.2f} to {:+.2f})" if name == "difference" else "{:.2f}"
    columns[kind, name] = [written.format(*row) for row in part[["value", "low", "high"]].to_numpy()]
pd.DataFrame(columns, index=list(asked_of)).replace(".*nan.*", "–", regex=True)  # within a class: grown grains only

# %% [markdown]
# **Your first prediction.** On grown grains mean grey (0.48), area (0.45) and aspect ratio (0.39) are too close to order; zoning is last.
#
# **What we see.**
#
# - *Shape.* On grown grains training doubles the aspect ratio's R². Among batholith grains alone it adds, too; among porphyry grains this is not resolved. Bare pixels tell more, if their ten nearest neighbours are asked: 0.68. On real mounts the aspect ratio fell below the untrained.
# - *Zoning.* Its strength is hardly known, a trace above untrained. Regular zones look learned; but our program draws them in most porphyry and few batholith grains, and within either class nothing of them is known.
# - *Brightness* is known, and was not learned: training took two fifths of it away on grown grains, a sixth on real ones.
#
# **The verdict.** The 32 numbers hold brightness, some shape and a trace of zoning; training clearly added shape only, on grown grains. That each has its axis is not borne out (*In three dimensions*). For networks trained on all 13 mounts this stays open.
#
# **Discuss, and write three sentences:** the paper varies brightness in training because exposure was set by hand. What would you expect that to do to brightness in the 32 numbers? How would you test it? Then see *What augmentation changes*.

# %% [markdown] tags=["exercise:strange"]
# ## Who does not belong?
#
# UMAP can place new grains on a finished map (`transform`), each among its nearest old ones, so among zircons. Whether a guest *belongs* is asked in a full space.
#
# ### Exercise: out of place
# Take a guest's distance from its nearest known grain. Write a function that returns, for each guest, the share of known grains whose own nearest *other* is closer than that. Near 1 a guest is out of place; one known grain in twenty has 0.95 or more.


# %% tags=["exercise:strange", "answer"]
from sklearn.neighbors import NearestNeighbors


def my_strangeness(new, known):
    return ...


# %% tags=["check", "nbval-check-output"]
ex.strange.check(my_strangeness)

# %% [markdown]
# The guests: a grain that LeNet learned from, the same exposed twice as long, its pixels shuffled, and a cat, all placed on a new map. Put a picture or mount of yours into the first two lines.

# %%
from skimage import data as photographs

my_picture = ...  # such as "holiday.jpg"
my_mount = ...  # such as "my_mount.png": five of its grains are placed

usual = learning.images[np.argsort(learning.table["area_px"].to_numpy())[len(learning) // 2]]
shuffled = np.random.default_rng(SEED).permutation(usual.ravel()).reshape(usual.shape)
guests = {"learned grain": usual, "twice the light": np.clip(2.0 * usual, 0, 255), "its pixels shuffled": shuffled}
guests["a cat"] = cv2.resize(photographs.cat()[..., 1], (32, 32), interpolation=cv2.INTER_AREA)
if my_picture is not ...:
    guests["yours"] = cv2.resize(mounts.read_image(my_picture), (32, 32), interpolation=cv2.INTER_AREA)
if my_mount is not ...:
    mine = gr.from_mounts([mounts.at(my_mount)], size=32, mask_neighbours=True)
    guests |= {f"mine, {number}": image for number, image in enumerate(mine.images[:5], 1)}
as_grain = [np.broadcast_to(guest.reshape(32, 32, -1), usual.shape) for guest in guests.values()]
pictures = np.stack(as_grain).astype(np.uint8)

fitted = umap.UMAP(15, random_state=SEED, n_jobs=1, n_epochs=20 if quick else None).fit(z)
z_guests = training.predict(body, pictures / np.float32(255))
placed = fitted.transform(z_guests)

# %%
# @title Where they come to lie, and how strange they are
plots.show(
    plots.guests(fitted.embedding_, placed, pictures, list(guests)),
    alt=f"The map of the unseen grains in grey, and on it {', '.join(guests)}, each among the grains.",
    of=made,
)
strange = {
    "in LeNet's 32 numbers": ex.strangeness(z_guests, z),
    "in the untrained 32": ex.strangeness(training.predict(before, pictures / np.float32(255)), z_untrained),
    "in the pixels": ex.strangeness(pictures.reshape(len(pictures), -1) / 255, pixels),
}
pd.DataFrame(strange, index=list(guests)).round(2)

# %% [markdown]
# **What we see.** On the map every guest lies among the zircons: there is no outside. LeNet learned only to tell two kinds of zircon apart, so a cat may pass; in pixels, a brighter grain may pass. **A distance finds a stranger only in a space that still sees the difference**, so ask several.
#
# **A puzzle.** Augmentation varied brightness, and yet *twice the light* can be out of place in LeNet's numbers. They still hold mean grey (*The kit's probe*); whether that is why is not tested.

# %% [markdown] tags=["depth"]
# # Going deeper
#
# Each section can be read by itself, once the core has run.
#
# ## What augmentation changes
#
# From the same five starts we also trained networks without augmentation and, on grown grains, with half of it: only the changes of *light* (brightness and contrast), or only those of *place* (flips, turns and sizes). Each is set against the network of the same start that had none.

# %% tags=["depth"]
# @title What augmentation changes, and which half of it; paired over five starts
pairs = {f"{name} less no augmentation": name for name in ("as published", "light only", "place only")}
changes = linear[linear["space"].isin(list(pairs)) & linear["of"].isin(named.values())].replace({"space": pairs})
panels = {f"{kind} grains": part for kind, part in changes.groupby("grains", sort=False)}
plots.show(
    plots.probed(panels, "R² less that without augmentation", hues=plots.LINES[::2]),
    alt="Differences in R² from networks without augmentation: with all of it, with light only, with place only.",
    of="grown and real",
)

# %% [markdown] tags=["depth"]
# **What we see.** On grown grains augmentation helps with the class and the aspect ratio. It takes a little of the brightness: 0.07 (0.04 to 0.11) of R² on grown grains and 0.10 (0.03 to 0.18) on real ones. Changes of light alone take as much, 0.08, and changes of place 0.02; with five trainings, neither is resolved from 0. So light is the likely cause, and not a proven one. Most of what training takes away of brightness on grown grains goes without any augmentation: R² is 0.82 untrained, and 0.55 trained without it. On the real mounts augmentation costs a little of the class, 0.04 (0.01 to 0.06).
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
panels = {"planted, from the side": planted[:, :2], "UMAP of it": one, "UMAP of noise, 5 neighbours": strewn}
fig, axes = plt.subplots(1, 3, figsize=(9.5, 3.2), layout="constrained")
for ax, (name, places) in zip(axes, panels.items()):
    kind = group if len(places) == len(group) else np.repeat("noise", len(places))
    for part, colour in zip(pd.unique(kind), plots.LINES if len(places) == len(group) else plots.LINES[-1:]):
        ax.plot(*places[kind == part].T, ".", ms=4, color=colour, label=part)
    ax.set(title=name, xlabel="UMAP 1", ylabel="UMAP 2")
axes[0].set(aspect="equal", xlabel="dimension 1", ylabel="dimension 2", yticks=[], ylim=(-60, 60))
fig.legend(*axes[0].get_legend_handles_labels(), fontsize=8, loc="outside lower center", ncols=3)
plots.show(
    fig, alt="Planted: widths one to ten, gaps one to eight. UMAP draws three groups about alike; noise in clumps.",
    of="planted",
)  # fmt: skip
for name, places in (("planted", planted), (f"drawn, seed {SEED}", one), (f"drawn, seed {SEED + 1}", other)):
    parts = [places[group == part] for part in pd.unique(group)]
    narrow, wide, _ = (np.linalg.norm(part - part.mean(axis=0), axis=1).mean() for part in parts)
    near, far = (np.linalg.norm(part.mean(axis=0) - parts[0].mean(axis=0)) for part in parts[1:])
    print(f"{name}: one group {wide / narrow:.1f} times as wide, one gap {far / near:.1f} times as large as the other")

# %% [markdown] tags=["depth", "exercise:map_reading"]
# **What we see.** The group that is ten times as wide comes out about as wide as the others; gaps of one to eight come out about equal. No point has a neighbour in another group, so nothing tells UMAP how wide the gaps are: groups only push each other apart. Where mounts overlap, shared neighbours tell something of their distance. An evenly filled cube, with few neighbours, looks like something: clumps and strings. UMAP gives every point the same number of neighbours, however far away they are, and so evens out densities.
#
# ### Exercise: what may be read
# Under a map with two islands and a string of grains between them, coloured by mean grey, stand five sentences. Which may stay without a further test? Name **all** their letters.
#
# - **a** the wider the gap between islands, the more their grains differ
# - **b** bright grains lie farther to the right here than dark grains do
# - **c** the large island has more varied grains in it than the small one
# - **d** grains drawn side by side tend to be near in the full space, too
# - **e** the string between the islands is a gradual transition of grains

# %% tags=["depth", "exercise:map_reading", "answer"]
my_letters = ...  # such as "ac"

# %% tags=["depth", "check", "nbval-check-output"]
ex.map_reading.check(my_letters)

# %% [markdown] tags=["depth"]
# ## Neighbours, or a direction?
#
# A property may also be guessed as the mean of a grain's ten nearest neighbours, itself left out. That asks what *decides who is near*, which are the largest of the 32 numbers; a linear probe asks what is *held* along any direction. The networks are those of the core, trained as published.

# %% tags=["depth"]
# @title R² on grown grains by a linear probe and by ten neighbours, raw and standardised
asks = results[results["test"].isin(["linear", "neighbours"]) & results["grains"].eq("grown")]
is_shown = asks["space"].isin(["as published", "pixels"]) | asks["space"].eq("its 3-D UMAP") & asks["test"].eq("linear")
asks = asks[is_shown].assign(ask=asks["test"].str.cat(asks["how"], ", ").replace("linear, standardised", "linear"))
asks = asks.set_index("of").loc[["mean_grey", "area_px", "aspect_ratio", "porphyry"]].rename(named)
asks.pivot_table("value", ["space", "ask"], "of", sort=False).round(2)

# %% [markdown] tags=["depth"]
# **What we see.** For LeNet the two ways agree, but for area, of which the neighbours know less. For bare pixels (the 32 directions in which the grains differ most) they do not: their neighbours know the aspect ratio, which no weighted sum of them tells; and standardised, so that the last direction is as large as the first, their neighbours know little of brightness. So a low R² is no proof of absence: say which question you asked. The three axes of a UMAP hold less of brightness, area and aspect ratio than the 32 numbers, and of the class as much.
#
# ## Whose grains may be drawn?
#
# Of a grain's ten nearest neighbours, how many are of the grain's own class? The paper's Figure 10 shows grains that the network learned from together with others.

# %% tags=["depth"]
z_learned = training.predict(body, learning.x)
drawn_rows = np.random.default_rng(SEED).permutation(len(learning))[: len(unseen)]  # as many as are unseen
groups = {
    "LeNet, grains that it learned from": (z_learned[drawn_rows], learning.y[drawn_rows]),
    "LeNet, unseen grains": (z, unseen.y),
    "untrained LeNet, unseen grains": (z_untrained, unseen.y),
    "pixels, unseen grains": (pixels, unseen.y),
}
lines = {}
for name, (space, y) in groups.items():
    near = NearestNeighbors(n_neighbors=min(10, len(y) - 1)).fit(space).kneighbors()[1]  # never the grain itself
    same = (y[near] == y[:, None]).mean(axis=1)
    mean, half, p = same.mean(), 1.96 * same.std() / np.sqrt(len(same)), y.mean()
    lines[name] = embeddings.Reading(mean, mean - half, mean + half, luck=p**2 + (1 - p) ** 2)
shares = evaluation.table(lines)
shares.assign(above=shares["value"] - shares["luck"]).round(2)

# %% [markdown] tags=["depth"]
# **What we see.** Each row has the share of neighbours that are of a grain's own class, its 95 % interval over grains, what luck gives with its mix of classes, and how far the share is *above* luck. Compare the last: the mixes differ. An embedding trained with labels may show these labels more clearly on grains that it learned from: *draw the map of grains that were set aside*. A neighbour of one's own class may also just be one of one's own *mount* (notebook 8).
#
# ## In three dimensions
#
# The paper draws its map in three dimensions. **PCA** (principal component analysis) turns the cloud of points and shows its broadest side: a shadow, whose axes are straight directions and whose distances are true or too short. How many of the ten nearest does each keep?

# %% tags=["depth"]
from sklearn.decomposition import PCA

solid = {"PCA, 2-D": PCA(2).fit_transform(z), "UMAP, 2-D": maps[first], "PCA, 3-D": PCA(3).fit_transform(z)}
solid["UMAP, 3-D"] = drawn(z, n_components=3)
kept = {}
for name, places in solid.items():
    share = embeddings.agreement(z, places)
    kept[name] = f"{share.mean():.2f} ± {1.96 * share.std() / np.sqrt(len(z)):.2f}"
print(f"PCA keeps {PCA(3).fit(z).explained_variance_ratio_.sum():.0%} of the variance in three dimensions;", end=" ")
print(f"luck keeps {10 / (len(z) - 1):.2f} of the neighbours")
pd.Series(kept, name="neighbours kept (95 %)").to_frame()

# %% tags=["depth"]
# @title Which axis a property follows, over the core's five trainings
axes = results[results["test"].eq("axes") & results["space"].eq("as published")]
is_area = axes["of"].eq("area_px") & axes["how"].str.contains("training")
axes = axes.assign(how=axes["how"] + is_area.map({True: ": area", False: ""}))[axes["of"].eq("all") | is_area]
axes.pivot(index="how", columns="grains", values="value").assign(luck=axes.groupby("how")["luck"].first()).round(2)

# %% tags=["depth"]
# @title Two views of the three-dimensional map, by class
plots.show(
    plots.turned(solid["UMAP, 3-D"], unseen.table["class_name"], plots.class_colours(unseen.classes)),
    alt="The three-dimensional UMAP from two sides, coloured by class.",
    of=made,
)

# %% tags=["depth"]
# @title The same map by lithology, a panel each, in the colour of its class
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
# **What we see.** First the map by class; then its first two axes only, a panel for each lithology; where the notebook is alive, the scene shows the crop under the mouse. (In Colab first run `from google.colab import output; output.enable_custom_widget_manager()`.) A panel's colour is the class that the paper gives a sample: it counts the Quellaveco Granodiorite as porphyry. In the first table compare PCA with UMAP of as many dimensions, and remember that only PCA leaves distances unbent.
#
# The second table tests the paper's axes. First row: in how many maps do the three axes most follow, in any order, a measure of shape, one of zoning, and mean grey? No more than by luck, when three axes pick blindly among six measures. Other rows: how often does a property keep its strongest axis? From the spectral start mostly; area, for which the paper names no axis, in every training; from a random start as by luck.
#
# ## Clusters that nobody labelled
#
# **k-means** seeks as many middles as it is told to; the grains of one middle are a cluster. We ask for as many as there are labels. The **adjusted Rand index** says how far two divisions agree: 1 the same, 0 luck.

# %% tags=["depth"]
# @title k-means clusters in this run's spaces
labels = {"class": unseen.table["class_name"], "mount": unseen.table["sample"], "lithology": lithology}
rows = {}
for name, places in (("LeNet", z), ("untrained", z_untrained), ("pixels", spaces["32 from pixels"])):
    for what, label in labels.items():
        if len(set(label)) > 1:
            reading = embeddings.cluster_agreement(places, label, seed=SEED)
            rows[name, what] = [
                f"{reading.value:.2f}",
                f"{reading.low:.2f} to {reading.high:.2f}",
                f"{reading.luck:.2f}",
            ]
pd.DataFrame(rows, index=["adjusted Rand index", "95 % interval", "shuffled: 95 % below"]).T

# %% tags=["depth"]
# @title The same over the core's five trainings, and how far two trainings' clusters agree with each other
clusters = results[results["test"].eq("clusters: adjusted Rand index") & results["how"].str.startswith("k-means")]
clusters = clusters[clusters["of"].isin(["class", "lithology", "another training"])]
clusters = clusters[clusters["space"].isin(["as published", "untrained", "pixels"])]
clusters = clusters.assign(where=clusters["how"].str.split("; ").str[1])
clusters.pivot_table("value", ["grains", "where", "of"], "space", sort=False).round(2)

# %% [markdown] tags=["depth", "exercise:many_islands"]
# **What we see.** The first table is for this run. The second has means over the core's five trainings, for the 32 numbers and for their three-dimensional UMAP. On the 32 numbers of grown grains, two clusters agree with the *class* on average at 0.01 (95 % interval −0.07 to 0.09): no better than luck. A single training can do better: one run of this notebook had 0.08 (0.02 to 0.15). So do not build on the first table alone. On the UMAP of grown grains they agree at 0.22 (0.18 to 0.26), and the untrained network's hardly, at 0.02; on real grains neither does. So an index belongs to the space that was asked. With lithology all agree a little better than luck, the *untrained* network about as well, on the real mounts better. And clusters change: those of two trainings agree with each other only at about 0.3.
#
# ### Exercise: a cluster of rocks?
# k-means on the numbers agrees with *lithology* at 0.1, with an interval above luck. Nobody had told it the lithologies. What follows?
#
# - **a** the trained network has learned to tell these lithologies apart
# - **b** lithology or mount: each rock has too few mounts to tell which
# - **c** nothing at all, since an index of 0.1 is too small to count
# - **d** more grains of the same mounts would settle what it comes from

# %% tags=["depth", "exercise:many_islands", "answer"]
my_letter = ...

# %% tags=["depth", "check", "nbval-check-output"]
ex.many_islands.check(my_letter)

# %% [markdown] tags=["depth"]
# ## Against the truth
#
# Our measure of a zone's wavelength is itself a reading. Of grown grains we know what they were *grown* with.


# %% tags=["depth"]
from scipy.stats import spearmanr


def truth_of(grains, mounts):
    """The row of the truth table for each grain: of the true grain that fills most of its box."""
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
    waves = truth.assign(measured=unseen.table.loc[truth.index, "wavelength_px"])
    waves = waves[["measured", "area_px", "wavelength_um"]].dropna().astype(float)  # what was grown with zones
    rho = [spearmanr(waves["measured"], waves[name]).statistic for name in ("area_px", "wavelength_um")]
    words = "measured wavelength, {} grains: Spearman's ρ {:.2f} with the area, {:.2f} with the wavelength as grown"
    print(words.format(len(waves), *rho), f"(± {1.96 / np.sqrt(len(waves) - 1):.2f} by luck)")
else:
    print("These mounts have no table of truth: nobody knows what their grains grew with.")

# %% [markdown] tags=["depth"]
# **What we see.** On grown grains, what is measured as wavelength follows the *size* of a grain more than the wavelength that it was grown with: a larger grain has room for longer waves. So a network that "knows the wavelength" by this measure may know the size. The core used another measure, the *strength* of zoning, which is not tested here. A measure needs a test against the truth as much as a map does.
#
# ## A model and grains of your own
#
# Any model of the kit, or a `.keras` file that `exports.load` reads, and any `Grains` cut to its size:

# %% tags=["depth"]
vectors = embeddings.embed(model, unseen)  # put your own here
readings = {title: embeddings.linear_r2(vectors, unseen.table[column]) for column, title in measures.items()}
evaluation.table(readings).round(2)

# %% [markdown] tags=["depth"]
# **What we see.** For each property the R² of a linear probe, its 95 % interval over grains, and the value below which 95 % of shuffled grains stay.

# %% tags=["frame"]
from zirconkit.exercises import score_card

score_card(ex)

# %% [markdown] tags=["frame"]
# **Take away.** A network's last hidden layer is a space in which near means alike, *for that network*; a map of it is made to keep neighbours, keeps many of them, and what else it shows, even if it repeats from map to map, needs a test against the space. What the space holds is asked with a probe, beside an untrained network, pixels and shuffled grains, over several trainings, and within a class where the class may explain it. And whether something belongs is a distance in a full space *that still sees the difference*, not a place on a map.
#
# **Terms.** *embedding* · *UMAP* · *PCA* · *linear probe* · *standardise* · *R²* · *k-means* · *adjusted Rand index*
#
# **Read on.** Nathwani et al. (2023), https://doi.org/10.1029/2022JB025933: section 3.6 and Figure 10 are what this notebook tests. · McInnes et al. (2018), arXiv:1802.03426: UMAP. · Alain and Bengio (2016), arXiv:1610.01644: linear probes. · Wattenberg et al. (2016), https://doi.org/10.23915/distill.00002: how to misread a map, to play with. · Hubert and Arabie (1985), https://doi.org/10.1007/BF01908075: the adjusted Rand index.
#
# That was the course. Now take your own mounts: put them into a folder with a `samples.csv` (sample, class), run `zirconkit run --data FOLDER`, and read it again, on your grains. Start where you began: [0 · Start here](00_start_here.ipynb).
