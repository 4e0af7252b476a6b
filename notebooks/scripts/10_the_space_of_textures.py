# %% [markdown]
# # 10 · The space of textures
#
# **The idea:** a map of grains shows what the network was taught to tell apart, and some of it is chance.
#
# **You will** turn every grain into a point in a space of 32 dimensions · find a grain's neighbours there · draw that space as a map in three ways, and put new grains on it ·
# find out what may be read from such a map, and what not · test what its axes mean, against measurements and against the truth.
#
# **You need** notebooks 4 and 6 (LeNet, a frozen backbone). **Time** 45 min to teach, 25 min of exercises, 65 s to run on two processor cores.

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
# ## Which two are alike?
#
# Look at these grains and pair the ones whose texture is most alike. Then say *in what*: shape, zoning, brightness? "Alike" needs a choice. A network that was trained to tell two classes has made one. Today we look at it.

# %%
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from keras import layers
from scipy.stats import spearmanr
from zirconkit.networks import backbones, training, transfer
from zirconkit import course, embeddings, evaluation, mounts, plots, samples, widgets
from zirconkit import grains as gr

profile = course.profile(PROFILE)
found = course.enough("10", mounts.find(DATA, profile.name))
large = gr.from_mounts(
    found, size=64, mask_neighbours=True
).two_classes()  # 64 px for Lite0, later; LeNet gets them at 32
large.table["row"] = np.arange(len(large))
everything = gr.resize(large, 32)
known, test = gr.test_split(everything)
here = sorted(set(test.table["sample"]))
learning, aside = gr.stratified_split(known, share=0.2, seed=0)
some = aside[np.random.default_rng(SEED).choice(len(aside), min(16, len(aside)), replace=False)]
colour_of = plots.class_colours(some.classes)
colours = [colour_of[label] for label in some.table["class_name"]]
fig = plots.gallery(some.images, titles=list(some.table["sample"]), columns=8, colours=colours)
plots.name_classes(fig, some.classes)
plots.show(
    fig,
    alt=f"Some grains of 32 by 32 px with the names of their samples, in colours for {' and '.join(some.classes)}.",
)
print(f"{len(learning)} grains to learn from, {len(aside)} aside, {len(test)} to test on, of {', '.join(here)}")

# %% [markdown]
# **What we see.** Some grains share an outline, others a brightness, some both; the real ones are mostly grey ovals. Three groups of grains go through this notebook. LeNet *learns* from the first. The second is set *aside*: grains of the same mounts, which it never learns from, and of which we draw the map. The third lies on *test mounts* that neither the network nor the map has seen.
#
# ## Thirty-two numbers for a grain
#
# Here is LeNet again, without dropout, trained for a few epochs. Its last neurone gives the answer. Before it stand 32 neurones that sum up all that the network kept of a grain.


# %%
def lenet(shape=(32, 32, 1)):
    model = keras.Sequential([keras.Input(shape)], name="LeNet")
    for filters in (6, 16, 32):
        model.add(layers.Conv2D(filters, 3, padding="same", activation="relu"))
        model.add(layers.MaxPooling2D(2))
    model.add(layers.Flatten())
    model.add(layers.Dense(32, activation="relu"))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


keras.utils.set_random_seed(SEED)
model = lenet(learning.images.shape[1:])
untrained = keras.models.clone_model(model)
untrained.set_weights(model.get_weights())  # the same weights, before they have learned anything
if len(np.unique(learning.y)) == 2:
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="binary_crossentropy")
    training.fit(model, learning, epochs=profile.epochs, seed=SEED)
for name, part in (("learned from", learning), ("set aside", aside), ("test mounts", test)):
    if len(np.unique(part.y)) == 2:
        auc = evaluation.auc_interval(part.y, training.predict(model, part))
        print("ROC-AUC, grains {}: {:.2f} ({:.2f} to {:.2f})".format(name, *auc))

# %% [markdown]
# To get at the 32 numbers we cut the last layer off. What remains is a network from an image to a vector, the grain's **embedding**. (For any other model of the kit, or one that `exports.load` reads: `embeddings.embed(model, grains)`.)

# %%
body = keras.Model(model.inputs[0], model.layers[-2].output)
before = keras.Model(untrained.inputs[0], untrained.layers[-2].output)
z = {"LeNet": training.predict(body, aside.x), "untrained LeNet": training.predict(before, aside.x)}
z_learned = training.predict(body, learning.x)
silent = int((z_learned.max(axis=0) == 0).sum())
print(f"{z['LeNet'].shape[1]} numbers a grain; {silent} of them are 0 for every grain that it learned from")

pair = [int(np.flatnonzero(aside.y == k)[0]) for k in (1, 0) if (aside.y == k).any()]
fig, axes = plt.subplots(2, 2, figsize=(9, 3.4), width_ratios=[1, 5], sharey="col", layout="constrained")
for (left, right), row in zip(axes, pair):
    label = aside.table["class_name"][row]
    left.imshow(aside.images[row].squeeze(), cmap="gray", vmin=0, vmax=255)
    left.set(xticks=[], yticks=[], xlabel=label)
    right.bar(np.arange(32), z["LeNet"][row], color=colour_of[label])
    right.set(ylabel="activation")
axes[1, 1].set(xlabel="neurone")
plots.show(fig, alt=f"Two grains, {' and '.join(aside.table['class_name'][pair])}, and their 32 activations as bars.")

# %% [markdown]
# **What we see.** A grain has become a row of 32 bars. On the synthetic set about two thirds of these neurones are silent: 0 for every grain. (A ReLU whose sum is negative for all grains passes nothing on, and never gets a gradient to recover: it is *dead*.) So the 32 dimensions are fewer in truth, and the network has room to spare.
#
# On the synthetic set the ROC-AUC is lower on the test mounts than on the grains set aside; on the real mounts at hand it is even far below ½, with a single batholith mount to learn from. Keep that in mind: a map of this space shows what *this* network attends to, good or bad.
#
# ## Neighbours
#
# Two grains are alike, for the network, if their vectors are near. We ask for the six nearest neighbours of three grains, and beside them those of the bare pixels.

# %%
from sklearn.neighbors import NearestNeighbors

pixels = aside.x.reshape(len(aside), -1)
rows = np.random.default_rng(SEED).choice(len(aside), 3, replace=False)
shown, titles = [], []
for name, space in (("LeNet", z["LeNet"]), ("pixels", pixels)):
    _, near = NearestNeighbors(n_neighbors=7).fit(space).kneighbors(space[rows])
    for row, others in zip(rows, near):
        others = [row, *(other for other in others if other != row)][:7]
        shown += list(aside.images[others])
        titles += [f"{name}: asked", *aside.table["sample"][others[1:]]]
plots.show(
    plots.gallery(shown, titles=titles, columns=7),
    alt="Three grains with their six nearest neighbours by LeNet, then the same three with theirs by pixels.",
)

# %% [markdown]
# **What we see.** Rows 1 to 3: what LeNet finds alike. Rows 4 to 6: what is alike pixel by pixel. The pixels want grains of one size that lie the same way. LeNet's neighbours may lie any way and have any outline; what most of them share with the grain asked is how much light they give as a whole. Do they agree in *class*?
#
# ### Exercise 1: good neighbours
# `near` is an array with a row a grain and a column a neighbour (their row numbers); `y` has the class of every grain, 0 or 1. Write a function that returns the share of neighbours that are of the grain's own class.

# %%
from zirconkit.exercises import textures as ex


def own_class(near, y):
    return ...  # change this line; the one below hands your function over


answer = own_class if own_class(np.array([[1], [0]]), np.array([1, 1])) is not ... else ...

# %% tags=["nbval-check-output"]
ex.neighbourly.check(answer)

# %%
drawn = np.random.default_rng(SEED).permutation(len(learning))[: len(aside)]  # as many as were set aside
groups = {
    "LeNet, grains that it learned from": (z_learned[drawn], learning.y[drawn]),
    "LeNet, grains set aside": (z["LeNet"], aside.y),
    "untrained LeNet, grains set aside": (z["untrained LeNet"], aside.y),
    "pixels, grains set aside": (pixels, aside.y),
}
lines = {}
for name, (space, y) in groups.items():
    _, near = NearestNeighbors(n_neighbors=min(10, len(y) - 1)).fit(space).kneighbors()  # never the grain itself
    same = (y[near] == y[:, None]).mean(axis=1)
    mean, half, p = same.mean(), 1.96 * same.std() / np.sqrt(len(same)), y.mean()
    lines[name] = embeddings.Reading(mean, mean - half, mean + half, luck=p**2 + (1 - p) ** 2)
evaluation.table(lines).round(2)

# %% [markdown]
# **What we see.** Of ten neighbours, how many are of the grain's own class: mean, its 95 % interval over grains, and what luck gives with this mix of classes. (The interval is for other grains of the same mounts and this one training; a neighbour of one's own class may simply be one of one's own *mount*, notebook 8.) On the synthetic set LeNet is above luck, and more so on the grains that it learned from: an embedding trained with labels shows these labels, and flatters itself on its own grains. *Draw the map of grains that were set aside.* (The paper's Figure 10 shows both kinds together.) Note, too, how far an **untrained** LeNet comes, with random weights, and bare pixels: part of what looks learned is in the images, whoever looks. On the real mounts at hand luck alone gives more than 0.9, since nearly all grains there are porphyry; of the grains set aside nothing can be said to beat it.
#
# ## Three maps
#
# Nobody can look at 32 dimensions. Three ways to draw them in two:
#
# - **PCA** turns the cloud and shows its broadest side: a shadow. Distances in the shadow are true or too short.
# - **t-SNE** and **UMAP** place each grain so that it keeps its *neighbours*, and let go of the rest. The paper uses UMAP.
#
# How well did it go? **Trustworthiness** says how far the map's neighbours are neighbours in the full space, too (1: all of them). And we count how many of the ten nearest neighbours are the same ten.

# %%
import umap
from sklearn.decomposition import PCA
from sklearn.manifold import TSNE, trustworthiness

space, n = z["LeNet"], len(aside)
crowd = {
    "perplexity": min(30, n // 4),
    "method": "exact",
    "max_iter": 250 if profile.name == "quick" else 500,
    "random_state": SEED,
    "n_jobs": 1,
}
maps, fitted = {}, {}
for d in (2, 3):
    fitted[f"PCA, {d}-D"] = PCA(d).fit(space)
    fitted[f"UMAP, {d}-D"] = umap.UMAP(n_components=d, random_state=SEED, n_jobs=1).fit(space)
    maps[f"PCA, {d}-D"] = fitted[f"PCA, {d}-D"].transform(space)
    maps[f"t-SNE, {d}-D"] = TSNE(d, **crowd).fit_transform(space)
    maps[f"UMAP, {d}-D"] = fitted[f"UMAP, {d}-D"].embedding_
k = min(10, n // 4)
rng, quality = np.random.default_rng(SEED), {}
for name, places in maps.items():
    kept = embeddings.agreement(space, places, k)
    half = 1.96 * kept.std() / np.sqrt(n)
    trust, luck = (trustworthiness(space, each, n_neighbors=k) for each in (places, rng.permutation(places)))
    quality[name] = [f"{trust:.3f}", f"{luck:.2f}", f"{kept.mean():.2f} ± {half:.2f}", f"{k / (n - 1):.2f}"]
shares = fitted["PCA, 3-D"].explained_variance_ratio_.cumsum()
print(f"of the variance PCA keeps {shares[1]:.0%} in two dimensions, {shares[2]:.0%} in three")
pd.DataFrame(quality, index=["trustworthiness", "by luck", "neighbours kept (95 %)", "by luck"]).T

# %%
fig, axes = plt.subplots(1, 3, figsize=(9.5, 3.4), layout="constrained")
for ax, name in zip(axes, ("PCA", "t-SNE", "UMAP")):
    for label in aside.classes:
        rows = aside.table["class_name"].eq(label).to_numpy()
        ax.plot(*maps[f"{name}, 2-D"][rows].T, ".", ms=5, alpha=0.6, color=colour_of[label], label=label)
    ax.set(title=name, xlabel=f"{name} 1", ylabel=f"{name} 2")
axes[0].set_aspect("equal", adjustable="datalim")  # here distances mean something
axes[0].legend(fontsize=8)
plots.show(fig, alt=f"The same grains on three maps, in colours for {' and '.join(aside.classes)}.")

# %% [markdown]
# **What we see.** Three maps of the same grains. On the synthetic set and the real mounts no gap parts the classes. On the synthetic set there is a drift from more orange to more blue; on the real mounts at hand eight blue grains are too few to speak of one. In two dimensions, on the synthetic set, t-SNE and UMAP keep more neighbours than PCA, though far from all. In *three* dimensions PCA keeps most, and on the real mounts it does so in two: so few neurones are alive, and they vary together so much, that two or three straight axes hold nearly everything (printed). The paper prefers UMAP to PCA because it can follow curves, and to t-SNE because it is faster and keeps more of the global structure; the latter we shall try, below ("Another seed"). In three dimensions, in which the paper draws its map, the simplest method is here the better one, and it does not bend distances; try it first.
#
# What *are* the places on the map? Draw the grains themselves.

# %%
plots.show(
    plots.pictured(maps["UMAP, 2-D"], aside.images),
    alt="UMAP drawn with the grains themselves, one for each square of the map.",
)

# %% [markdown]
# **What we see.** Walk along the map and watch what changes. On the synthetic set above all how bright the grains are and how much light they give as a whole, which grows with their size; on the real mounts their size, while brightness rises and falls along the band. (To the network, a large grain and a bright one are both many bright pixels. One grain is drawn for each square of the map, however many lie there.) Zoning changes, too, but from one picture to the next rather than along the map. Hold that thought: we will measure it.
#
# ## By sample, lithology and age

# %%
label_of = dict(zip(aside.table["sample"], aside.table["class_name"]))
sheet = samples.sheet().reindex(sorted(label_of))
sheet["lithology"] = sheet["lithology"].fillna(pd.Series(label_of))  # of your own mounts: the class
sheet = sheet.assign(order=sheet["age_ma"].fillna(0)).sort_values("order", ascending=False)
title = {
    sample: f"{sample} {row['lithology']}\n" + (f"{row['age_ma']:.1f} Ma" if row["age_ma"] > 0 else "no age")
    for sample, row in sheet.iterrows()
}
plots.show(
    plots.highlighted(
        maps["UMAP, 2-D"],
        aside.table["sample"].map(title).to_numpy(),
        {title[sample]: colour_of[label_of[sample]] for sample in title},
    ),
    alt="The UMAP once for each sample, oldest first, its own grains in the colour of their class.",
)

# %% [markdown]
# **What we see.** One panel a sample (of the course's sets orange porphyry, blue batholith), oldest first, those without an age last; its lithology and emplacement age (million years, Ma) above, the number of grains in brackets. Some samples spread widely, some keep to one part, and all overlap with others. (The paper finds its two samples of Yarabamba Monzonite, QVC074 and QVC075, the most distinct, the Toquepala Granodiorite less so, and the Quellaveco Granodiorite, which counts as porphyry here as it does there (notebook 8), not clearly different from the porphyries. QVC075 is a test mount: next figure.) Where one is denser than its neighbours in age or lithology, remember that each sample is *one mount*, polished, exposed and photographed in one session. Lithology, age and mount cannot be told apart here.
#
# ## New grains on an old map
#
# PCA and UMAP have a `transform`: it places grains that the map has not seen. t-SNE has none: with new grains it must begin anew, and the old ones move.

# %%
if len(test):
    z_test = training.predict(body, test.x)
    fig, axes = plt.subplots(1, 2, figsize=(9.5, 4), layout="constrained")
    for ax, name in zip(axes, ("PCA", "UMAP")):
        placed = fitted[f"{name}, 2-D"].transform(z_test)
        ax.plot(*maps[f"{name}, 2-D"].T, ".", ms=3, color="0.8", label="grains set aside")
        for sample in here:
            rows = test.table["sample"].eq(sample).to_numpy()
            label = test.table["class_name"][rows].iloc[0]
            ax.plot(*placed[rows].T, ".", ms=6, color=colour_of[label], label=f"{sample}, {label}")
        ax.set(title=f"{name}: test grains placed by transform", xlabel=f"{name} 1", ylabel=f"{name} 2")
    axes[0].set_aspect("equal", adjustable="datalim")
    axes[0].legend(fontsize=8)
    plots.show(fig, alt=f"Test grains of {', '.join(here)} in colour, on the maps of the grains set aside in grey.")
    reach = NearestNeighbors(n_neighbors=2).fit(space)
    usual, far = reach.kneighbors()[0][:, 0], reach.kneighbors(z_test, n_neighbors=1)[0][:, 0]
    strange = evaluation.proportion_interval((far > np.percentile(usual, 95)).sum(), len(far))
    print("new grains farther from any known one than 95 % of those are: {:.0%} ({:.0%} to {:.0%})".format(*strange))
    areas = pd.concat([known.table, test.table]).groupby(["class_name", "sample"])["area_px"]
    for (label, sample), (low, middle, high) in areas.quantile([0.25, 0.5, 0.75]).unstack().iterrows():
        print(f"{sample}, {label}: area {middle:.0f} px (middle half of the grains: {low:.0f} to {high:.0f})")
else:
    print("no test mount is here: nothing new to place")

# %% [markdown]
# **What we see.** The new grains land among the old ones. On the UMAP they cannot do otherwise: it builds every new place from those of its nearest old grains, so that even a photograph of a cat would come to lie among the zircons. (On the PCA it could lie outside.) Whether a grain is really like those the map knows must be asked in the full space, as the print-out does; 5 % is what known grains would give, and on the real mounts it is about twice as many. There the areas also say why the network fails on the test: the one batholith mount that it learned from, QVC082, has large grains, and so has the *porphyry* test mount, while those of the batholith test mount are small.
#
# ## A map that turns
#
# In three dimensions a map has more room. On paper, two views of it; where the notebook is alive, a scene: drag it, and hold the mouse over a grain to see its crop. (Alive: JupyterLab, Binder, VS Code. In Colab first run `from google.colab import output; output.enable_custom_widget_manager()`.)

# %%
lithology = aside.table["sample"].map(sheet["lithology"]).to_numpy()
plots.show(
    plots.turned(maps["UMAP, 3-D"], lithology),
    alt="The three-dimensional UMAP from two sides, a colour and marker for each lithology.",
)

# %%
said = [f"{row.sample}, {row.class_name}, grain {row.grain}" for row in aside.table.itertuples()]
widgets.hover_crops(plots.scene(maps["UMAP, 3-D"], lithology, said), aside.images)

# %% [markdown]
# **What we see.** On the synthetic set a curved sheet, in which the lithologies lie in one another. On the real mounts at hand a band that is torn in two, with lithologies on both sides of the tear; and the flat map, of the same grains with the same settings, has no tear. A gap that comes and goes from map to map is the map's, not the grains'. Moving the mouse along a band, the crops change little by little.
#
# ## Another seed, another setting
#
# UMAP begins somewhere and is moved about by chance. `random_state` fixes that; `n_neighbors` says how many neighbours each grain is to keep (15 unless told otherwise). **Predict:** which changes the map more?

# %%
seeds = [SEED, SEED + 1] if profile.seeds > 1 else [SEED]
sizes = [5, 15, 50] if n > 100 else [5, 15]
tried = {
    (neighbours, seed): umap.UMAP(n_neighbors=neighbours, random_state=seed, n_jobs=1).fit_transform(space)
    for seed in seeds
    for neighbours in sizes
}
fig, axes = plt.subplots(len(seeds), len(sizes), figsize=(9.5, 2.9 * len(seeds)), squeeze=False, layout="constrained")
for ax, ((neighbours, seed), places) in zip(axes.flat, tried.items()):
    for label in aside.classes:
        rows = aside.table["class_name"].eq(label).to_numpy()
        ax.plot(*places[rows].T, ".", ms=4, alpha=0.6, color=colour_of[label])
    ax.set(title=f"{neighbours} neighbours, seed {seed}", xlabel="UMAP 1", ylabel="UMAP 2")
plots.name_classes(fig, aside.classes)
plots.show(fig, alt="UMAP with several numbers of neighbours and seeds, a panel each.")

# %%
again = umap.UMAP(n_neighbors=15, random_state=SEED, n_jobs=1).fit_transform(space)
print("same seed twice, the same map to the last bit:", np.array_equal(again, tried[15, SEED]))


def gaps(places):
    """Distances between the middles of all samples."""
    middles = pd.DataFrame(places).groupby(aside.table["sample"].to_numpy()).mean().to_numpy()
    return np.linalg.norm(middles[:, None] - middles, axis=2)[np.triu_indices(len(middles), 1)]


def mean(shares):
    return f"{shares.mean():.2f} ± {1.96 * shares.std() / np.sqrt(len(shares)):.2f}"


drawn = {f"{neighbours} neighbours, seed {seed}": places for (neighbours, seed), places in tried.items()}
drawn |= {name: maps[name] for name in ("t-SNE, 2-D", "PCA, 2-D")}
lines = {}
for name, places in drawn.items():
    lines[name] = {
        "neighbours kept, of the full space": mean(embeddings.agreement(space, places, k)),
        f"same as in the map of 15, seed {SEED}": mean(embeddings.agreement(tried[15, SEED], places, k)),
        "distances of samples, against the full space": round(spearmanr(gaps(places), gaps(space)).statistic, 2),
    }
luck = 1.96 / np.sqrt(len(gaps(space)) - 1)
print(
    f"by luck: neighbours {k / (n - 1):.2f}; {len(gaps(space))} distances of samples, correlation within ± {luck:.2f}"
)
pd.DataFrame(lines).T

# %% [markdown]
# **What we see.** The same seed gives the same map. Another setting gives another *shape*. Another seed gives a similar one on the real mounts; on the synthetic set it may look quite different. And still the neighbours stay for the most part: 0.6 to 0.9 of them. The setting changes more of them than the seed does (second column: the same 15 with another seed, against 5 or 50 with the same). The last column ranks how far apart the middles of any two samples are, on the map and in the full space (Spearman's rank correlation; 1: the same order; 0: luck). Here much of that order is kept (how much luck would give is printed; with ten distances, on the real mounts, no map can be told from another), by t-SNE about as well as by UMAP, and best by PCA. But one sees this only by computing it; the map itself does not tell. How wrong can it go?
#
# ## A planted map
#
# The surest way to learn what a map keeps is to draw one of something that you planted. Three groups of points in 32 dimensions: one narrow, one *ten times as wide*, and a narrow one *far away*. And then nothing at all: 300 points strewn evenly through a cube. **Predict** both maps.

# %%
rng, each = np.random.default_rng(SEED), 60
middles = np.zeros((3, 32))
middles[1, 0], middles[2, 0] = 30, 240  # the gap to the second: 30; to the third: eight times that
planted = np.concatenate([m + rng.normal(size=(each, 32)) * w for m, w in zip(middles, (0.2, 2.0, 0.2))])
noise = rng.random((300, 3))
group = np.repeat(["narrow", "ten times as wide", "narrow, far away"], each)
one, other = (umap.UMAP(random_state=seed, n_jobs=1).fit_transform(planted) for seed in (SEED, SEED + 1))
panels = {
    "planted, seen from the side": (planted[:, :2], "planted"),
    "UMAP of it": (one, "UMAP"),
    "UMAP of noise, 5 neighbours": (umap.UMAP(n_neighbors=5, random_state=SEED, n_jobs=1).fit_transform(noise), "UMAP"),
}
fig, axes = plt.subplots(1, 3, figsize=(9.5, 3.2), layout="constrained")
for ax, (name, (places, axis)) in zip(axes, panels.items()):
    kind = group if len(places) == len(group) else np.repeat("noise", len(places))
    colours = ("accent", "second", "warn") if places is not panels["UMAP of noise, 5 neighbours"][0] else ("quiet",)
    for part, colour in zip(pd.unique(kind), colours):
        ax.plot(*places[kind == part].T, ".", ms=4, color=plots.COLOURS[colour], label=part)
    ax.set(title=name, xlabel=f"{axis} 1", ylabel=f"{axis} 2")
axes[0].legend(fontsize=8)
plots.show(
    fig, alt="Planted: widths one to ten, gaps one to eight. UMAP draws three groups about alike; noise in clumps."
)
for name, places in (("planted", planted), (f"drawn, seed {SEED}", one), (f"drawn, seed {SEED + 1}", other)):
    parts = [places[group == part] for part in pd.unique(group)]
    narrow, wide, _ = (np.linalg.norm(part - part.mean(axis=0), axis=1).mean() for part in parts)
    near, far = (np.linalg.norm(part.mean(axis=0) - parts[0].mean(axis=0)) for part in parts[1:])
    print(f"{name}: one group {wide / narrow:.1f} times as wide, one gap {far / near:.1f} times as large as the other")

# %% [markdown]
# **What we see.** (Left: mind the scales of the two axes.) The group that is ten times as wide comes out about as wide as the others. The gaps, one to eight, come out about equal. Why, when between our own grains much of the order was kept? Here no point has a neighbour in another group, so UMAP is told nothing of the gaps; between our grains there are neighbours all the way. The map does not say which case you have. And an evenly filled cube, with few neighbours, looks like something: islands, strings, knots. UMAP gives every point the same number of neighbours, however far away they are; so it evens out densities, and with them sizes. (That also holds for t-SNE. PCA would have shown widths and gaps as they are.)
#
# ### Exercise 2: what may be read
# You see two groups on a UMAP. What of this is the map *made* to keep, so that most of it holds? Give a list of words from: `"neighbours"` (who is near whom), `"distance"` (how far the groups are apart), `"width"` (how varied a group is), `"density"` (how tightly its grains sit), `"axes"` (what the axes mean).

# %%
answer = ...

# %% tags=["nbval-check-output"]
ex.map_reading.check(answer)

# %% [markdown]
# ## What do the axes mean?
#
# The paper looks at its three-dimensional UMAP and reads the axes: the first as crystal shape, the second as frequency and abundance of zoning, the third as intensity of the CL response (section 3.6). It is offered as an observation, without a number. We have measured shape, zoning and brightness of every grain (notebook 1), so we can test it. Spearman's rank correlation of each axis with each measure, for two seeds. UMAP begins from a layout that it computes, the same for every seed; so once more from a layout thrown at random. **Predict:** which numbers will stay?

# %%
measures = {
    "aspect_ratio": "aspect ratio", "solidity": "solidity", "oscillation": "strength of zoning",
    "wavelength_px": "wavelength of zoning", "mean_grey": "mean grey", "area_px": "area",
}  # fmt: skip
fig, axes = plt.subplots(1, 3, figsize=(10, 3.2), sharey=True, layout="constrained")
for ax, (seed, start) in zip(axes, ((SEED, "spectral"), (SEED + 1, "spectral"), (SEED + 1, "random"))):
    places = umap.UMAP(n_components=3, random_state=seed, init=start, n_jobs=1).fit_transform(space)
    found_out = embeddings.correlations(places, aside.table, list(measures), seed=SEED)
    grid = found_out.pivot(index="column", columns="axis", values="value").loc[list(measures)]
    picture = ax.imshow(grid, cmap="PuOr", vmin=-1, vmax=1, aspect="auto")
    for (row, column), value in np.ndenumerate(grid.to_numpy()):
        ax.text(column, row, f"{value:+.2f}", ha="center", va="center", color="white" if abs(value) > 0.6 else "black")
    title = f"seed {seed}" + (", random start" if start == "random" else "")
    ax.set(title=title, xticks=range(3), xticklabels=["UMAP 1", "UMAP 2", "UMAP 3"])
axes[0].set_yticks(range(len(measures)), list(measures.values()), fontsize=8)
fig.colorbar(picture, ax=axes, label="Spearman's ρ")
plots.show(
    fig,
    alt="Rank correlations of three UMAP axes with six measures, for two seeds and a random start.",
)
half = (found_out["high"] - found_out["low"]).mean() / 2
print(
    f"the 95 % interval of a number is about ± {half:.2f}; 95 % of shuffled grains stay within ± {found_out['luck'].mean():.2f}"
)

# %% [markdown]
# **What we see.** On the course's sets the largest numbers belong to area, to the wavelength of zoning, which may come with it (below), and on the synthetic set to mean grey; and they lie along *several* axes. The aspect ratio is mostly weaker; solidity and the strength of zoning are near what shuffled grains give. The other seed leaves the very largest numbers where they were, since both maps began from one layout, but not all: the area along UMAP 2 (synthetic) or UMAP 3 (real) changes by far more than the interval. From a random start even the largest move to other axes and signs. It is the start and the seed that give an axis its meaning, not the grains: an axis of a UMAP has no name of its own. (Nor is a small number proof of absence. On the real mounts mean grey follows the axes weakly at most; wait for the next figure.)
#
# ### Exercise 3: the axis that moved
# You find a correlation of −0.8 between UMAP 1 and mean grey. From another start it is +0.2, but UMAP 3 now has −0.75. What do you write?
#
# - **a** UMAP 1 reflects the intensity of the CL response
# - **b** the network does not respond to intensity after all
# - **c** the map carries the intensity, but not along an axis of its own; I test it with something that does not turn
# - **d** the mean of the two, −0.3

# %%
answer = ...

# %% tags=["nbval-check-output"]
ex.turned_axes.check(answer)

# %% [markdown]
# Something that does not turn: guess a grain's property from its ten nearest neighbours, the grain itself left out. **R²** says how much of the property's variation (of its ranks) is caught: 1 all, 0 no more than by guessing the mean for every grain. It can fall below 0: the mean of ten strangers scatters, and is a worse guess than the mean of all, so that shuffled grains get about −0.1. We ask three spaces: LeNet's 32 numbers, their three-dimensional UMAP, and the 32 numbers of the *untrained* network.

# %%
spaces = {"LeNet": space, "its UMAP, 3-D": maps["UMAP, 3-D"], "untrained LeNet": z["untrained LeNet"]}


def known_from(spaces, table, names):
    """R² of each property in each space, with interval and luck; a row each."""
    found = {}
    for column, title in names.items():
        for space, places in spaces.items():
            found[space, title] = embeddings.neighbour_r2(places, table[column], k)
    return evaluation.table(found).rename_axis(["space", "property"]).reset_index()


palette = {"LeNet": "accent", "its UMAP, 3-D": "warn", "untrained LeNet": "quiet", "Lite0, PCA of 32": "second"}


def bars(found, ax):
    titles = list(pd.unique(found["property"]))
    for shift, (name, part) in enumerate(found.groupby("space", sort=False)):
        y, colour = np.arange(len(part))[::-1] + 0.18 - 0.18 * shift, plots.COLOURS[palette[name]]
        ax.hlines(y, part["low"], part["high"], color=colour, lw=2)
        ax.plot(part["value"], y, "o", ms=4, color=colour, label=name)
        ax.plot(part["luck"], y, "|k", ms=5, label="shuffled: 95 % are left of it" if shift == 2 else None)
    ax.axvline(0, ls=":", color=plots.COLOURS["quiet"])
    ax.set(yticks=range(len(titles)), yticklabels=titles[::-1], xlim=(-0.4, 1))
    ax.set_xlabel("R² from ten neighbours (ranks), 95 % interval")
    ax.legend(fontsize=8, loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=2, columnspacing=1)
    return ax.figure


# %%
measured = known_from(spaces, aside.table, measures)
fig, ax = plt.subplots(figsize=(7.5, 4), layout="constrained")
plots.show(
    bars(measured, ax),
    alt="R² of six measures in three spaces, with intervals and what luck gives.",
)

# %% [markdown]
# **What we see.** On the course's sets: *Intensity*: yes, mean grey can be told from the neighbours in every space (0.6 to 0.85), and from the untrained network just as well or better. That holds on the real mounts, too, where a rank correlation saw little: along a bent band brightness may rise, fall and rise again. So can size, on the real mounts best of all. *Shape*: the aspect ratio to a part on the synthetic set (0.3 to 0.45), less on the real mounts (0 to 0.25); solidity, how smooth the outline is, no better than luck. *Zoning*: its strength hardly better than luck, and of no use for a guess (R² below 0); its wavelength to a part (0.2 to 0.4), and that may come with size: a larger grain has room for longer waves. So of the paper's three readings our LeNet bears out intensity, and shape at best by half.
#
# Reservations. Our network learned for 20 epochs, from grains that were neither turned nor brightened on the way; the paper's LeNet, also at 32 px, learned for 200, from grains turned and changed in brightness and contrast, so that intensity told it less. This is one training, and the intervals do not hold another. And our measure of zoning sees only bands parallel to the outline. So let us ask the truth itself.
#
# ## Against the truth
#
# For the synthetic mounts we know what each grain was *grown* as.


# %%
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


# %%
truth = truth_of(aside, found)
if len(truth) > 4 * k:
    here_too = {name: places[truth.index] for name, places in spaces.items()}
    truth = truth.assign(
        oscillatory=truth["zoning"].eq("oscillatory").astype(float),
        prismatic=truth["habit"].eq("prismatic").astype(float),
    )
    wanted = {
        "prismatic": "grown prismatic",
        "oscillatory": "grown with oscillatory zoning",
        "wavelength_um": "wavelength of its zones",
    }
    wanted |= {"inclusions": "number of inclusions", "brightness": "brightness", "area_px": "area"}
    planted_truth = known_from(here_too, truth.astype(dict.fromkeys(wanted, float)), wanted)
    fig, ax = plt.subplots(figsize=(7.5, 4), layout="constrained")
    plots.show(
        bars(planted_truth, ax),
        alt="R² of six properties as grown, in three spaces, with intervals and what luck gives.",
    )
else:
    print("These mounts come without a truth table: what their grains were grown as, only the magma knows.")

# %%
if len(truth) > 4 * k:
    banded = truth["oscillatory"].to_numpy()
    near = [
        NearestNeighbors(n_neighbors=k).fit(here_too[name]).kneighbors()[1] for name in ("LeNet", "untrained LeNet")
    ]
    guessed = np.array([banded[rows].mean(axis=1) for rows in near])
    wrong = (guessed - banded) ** 2 / banded.var()  # each grain's part of 1 − R²
    ahead = wrong[1] - wrong[0]
    half = 1.96 * ahead.std() / np.sqrt(len(ahead))
    print(f"kind of zoning, R² of LeNet less that of the untrained network: {ahead.mean():+.2f} ± {half:.2f}")
    waves = truth.assign(measured=aside.table.loc[truth.index, "wavelength_px"])
    waves = waves[["measured", "area_px", "wavelength_um"]].dropna().astype(float)  # what was grown with zones
    rho = [spearmanr(waves["measured"], waves[name]).statistic for name in ("area_px", "wavelength_um")]
    words = "measured wavelength, {} grains: Spearman's ρ {:.2f} with the area, {:.2f} with the wavelength as grown"
    print(words.format(len(waves), *rho), f"(± {1.96 / np.sqrt(len(waves) - 1):.2f})")

# %% [markdown]
# **What we see** (synthetic set). Nothing here can be blamed on the measuring. Brightness and area again. Habit and the kind of zoning to about a tenth in LeNet, just resolved; the untrained network knows next to nothing of the kind of zoning. On the same grains LeNet is ahead by what is printed, paired: so a little of it *was* learned, as the paper's reading says. The number of inclusions, and the true wavelength of the zones, no better than luck. And the last line shows what we had measured as wavelength: it goes with the *size* of the grain, and hardly with the wavelength it was grown with. A measure needs a test against the truth as much as a map does. The paper's reading, that its network's space is one of shape, zoning and intensity, may be true of its network. It does not follow from looking at a map.
#
# ## Clusters against lithology
#
# If lithologies had textures of their own, **clusters** found without labels should agree with them. k-means seeks as many middles as there are labels, so that each grain lies near one; the grains of one middle are a cluster. (*Lite0*, in the table, is the network of notebook 6, which never saw a zircon; more on it below.) The **adjusted Rand index** says how far two divisions agree: 1 the same, 0 luck, below 0 less alike than by luck.

# %%
backbone = backbones.lite0(96)
crops = large.images[aside.table["row"]]  # the same grains at 64 px
deep = transfer.features(backbone, crops).astype("float32").mean(axis=(1, 2))  # pooled: one number a map
spaces["Lite0, PCA of 32"] = PCA(min(32, n - 1)).fit_transform(deep)

rows = {}
for name, places in {**spaces, "pixels": pixels}.items():
    for what, labels in (("class", aside.table["class_name"]), ("lithology", lithology)):
        if len(set(labels)) > 1:
            reading = embeddings.cluster_agreement(places, labels, seed=SEED)
            interval = f"{reading.low:.2f} to {reading.high:.2f}"
            rows[name, what] = [f"{reading.value:.2f}", interval, f"{reading.luck:.2f}"]
pd.DataFrame(rows, index=["adjusted Rand index", "95 % interval", "shuffled: 95 % below"]).T

# %% [markdown]
# **What we see.** On the course's sets most values are small (intervals over grains, the clusters as they are). Against the class no space is better than shuffled labels on the synthetic set, both LeNets even a little worse than luck; on the real mounts some are just above, with intervals that hold 0. What k-means finds is the largest spread in the space, and that is not the class. Against lithology nearly all are above luck, up to 0.15 on the synthetic set and 0.35 on the real mounts; but the *untrained* network is as good as the trained one, within the intervals, and on the real mounts so are bare pixels. A network that has learned nothing cannot know granodiorite; but it sees how bright a mount was exposed and how large its grains are, and each lithology here has only one or two mounts. Clusters that agree with lithology may be clusters of *mounts* (notebook 8).
#
# ### Exercise 4: one big cluster
# Somebody puts all grains into one cluster. 90 % of the grains are porphyry. What is the adjusted Rand index of this clustering against the class? (A number.)

# %%
answer = ...

# %% tags=["nbval-check-output"]
ex.one_cluster.check(answer)

# %% [markdown]
# ## Borrowed eyes
#
# The rows *Lite0* of the table are another embedding: the network of notebook 6, which learned from photographs and never saw a zircon, 112 maps pooled to 112 numbers, and of these the 32 broadest directions. What does *it* know?

# %%
seen = {name: spaces[name] for name in ("LeNet", "untrained LeNet", "Lite0, PCA of 32")}
borrowed = known_from(seen, aside.table, measures)
fig, axes = plt.subplots(1, 2, figsize=(9.5, 4), width_ratios=[1, 1.1], layout="constrained")
places = umap.UMAP(random_state=SEED, n_jobs=1).fit_transform(spaces["Lite0, PCA of 32"])
for label in aside.classes:
    rows = aside.table["class_name"].eq(label).to_numpy()
    axes[0].plot(*places[rows].T, ".", ms=5, alpha=0.6, color=colour_of[label], label=label)
axes[0].set(title="UMAP of Lite0's embedding", xlabel="UMAP 1", ylabel="UMAP 2")
axes[0].legend(fontsize=8)
bars(borrowed, axes[1])
plots.show(
    fig, alt="Left, a UMAP of Lite0's embedding by class; right, R² of six measures in three spaces with intervals."
)

lines = {}
for name, places in seen.items():
    near = NearestNeighbors(n_neighbors=k).fit(places).kneighbors()[1]
    same = (aside.y[near] == aside.y[:, None]).mean(axis=1)
    lines[name] = {"own class among neighbours": same.mean(), "±": 1.96 * same.std() / np.sqrt(n)}
    lines[name]["luck"] = aside.y.mean() ** 2 + (1 - aside.y.mean()) ** 2
pd.DataFrame(lines).T.round(2)

# %% [markdown]
# **What we see.** Lite0 was never told of our classes, and its neighbours agree in class as often as LeNet's, within the intervals. (On the real mounts both no better than luck.) But they agree in *size and shape*: area comes out near 0.9, and the solidity, of which LeNet knows nothing, near 0.5 on both data sets, as does the aspect ratio; strength of zoning on the synthetic set only, to a fifth. Brightness counts less with it. Perhaps since LeNet was rewarded for one thing and kept what paid, and a network that had to tell a thousand things apart kept more; perhaps because Lite0 had four times as many pixels to look at. (A Lite0 with random weights would tell.) For a *catalogue of textures*, where you do not know yet what you will ask, it is the better place to start.
#
# ## A model and grains of your own
#
# Any model of the kit, or a `.keras` file that `exports.load` reads, and any `Grains` cut to its size. Three lines:

# %%
vectors = embeddings.embed(model, aside)  # put your own here
flat = PCA(2).fit_transform(vectors)
plots.show(plots.pictured(flat, aside.images, name="PCA"), alt="PCA of LeNet's embedding drawn with the grains.")

# %% [markdown]
# **What we see.** LeNet's space once more, as its broadest shadow: here the axes are directions of the space, and distances are true or too short. Along PCA 1 the light that a grain gives as a whole changes, by its brightness or by its size.
#
# **Take away.** A network's last hidden layer is a space in which near means alike, *for that network*. Neighbours can be trusted, most of them; distances, sizes, densities and axes of a UMAP cannot. Draw maps of grains that were set aside, beside an untrained network and beside shuffled labels. And give a reading of a map a number before you believe it.
#
# That was the course. What you could do now: take your own mounts, put them into a folder with a `samples.csv` (sample, class), run `zirconkit run --data FOLDER`, and read all eleven notebooks again, on your grains. Start where you began: [00 · Start here](00_start_here.ipynb).
#
# **References.** Nathwani et al. (2023), https://doi.org/10.1029/2022JB025933, section 3.6, Figure 10 · McInnes et al. (2018), arXiv:1802.03426 (UMAP) · van der Maaten and Hinton (2008), *Journal of Machine Learning Research* 9, 2579–2605 (t-SNE) · Venna and Kaski (2001), *ICANN*, 485–491 (trustworthiness) · Hubert and Arabie (1985), https://doi.org/10.1007/BF01908075 (adjusted Rand index) · Wattenberg et al. (2016), https://doi.org/10.23915/distill.00002 (reading t-SNE) · Tan and Le (2019), arXiv:1905.11946 (EfficientNet).
