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
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from keras import layers, ops
from scipy.spatial.distance import cdist
from sklearn.decomposition import PCA
from zirconkit import course, dreams, evaluation, mounts, plots, samples, widgets
from zirconkit import grains as gr
from zirconkit.exercises import dreaming as ex

profile = course.profile(PROFILE)
quick = profile.name == "quick"
found = course.enough("14", mounts.find(DATA, profile.name))
made = mounts.provenance(found)
whole = gr.from_mounts(found, size=160, square=160, progress=False).two_classes()
grains = gr.level_and_even(whole, 32)
learning, aside = gr.stratified_split(grains, share=0.3, seed=SEED)  # grains set aside at random: of the same mounts
eight = learning.images[:: max(1, len(learning) // 8)][:8]
plots.show(
    plots.gallery(list(eight)), alt="Eight zircons of 32 by 32 pixels, alone, level and evenly exposed.", of=made
)

# %% [markdown] tags=["predict:told"]
# # 14 · Generative models
#
# A network will learn to squeeze grains like the eight above, alone on black, evenly exposed, level and of one length, into four numbers each, a **code**, and to draw them again. From a new code it draws a grain that nobody has seen: a **dream**.
#
# **Predict.** Such a network learned from real grains of the paper that this course follows. A judge gets six measures (aspect ratio, dents, area, contrast, zoning, fine bands) of real and of drawn grains, half and half, and says which is which. How often in a hundred is it right, where 50 is chance: (1) if the drawn ones are dreams; (2) if a program of this course **grows** them? The program follows rules of crystal faces and zoning.

# %% tags=["predict:told", "answer"]
my_percents = ...  # two numbers from 0 to 100, such as [60, 90]

# %% tags=["check"]
ex.told.commit(my_percents)

# %% [markdown] tags=["frame"]
# **The idea:** a generative model draws new pictures like those it learned from; whether they are any good is measured, beside a rival that follows rules.
#
# **You will** squeeze a grain into four numbers and draw it again · turn the numbers and see the grain · judge dreams: told apart, covered, copied · write where the codes of dreams are drawn, and judge again.
#
# **You need** notebooks 4 and 7 (and 12 for the powder patterns, which are optional). **Time** core 50 min (exercises in it), going deeper 50 min, 75 s to run.
#
# **Words.** *Originals* are the grains of the mounts. Seven in ten of them are learned from (`learning` in the code), three in ten, drawn at random, are set aside (`aside`): all scores are beside these. In sections 1 to 4 the originals come from the mounts that `DATA` names. If you change nothing, they are grown, and the program that drew them can be no rival. In section 5 the originals are real, and the program competes. The corner of each figure says whether its data are *grown* by a program, *drawn* as a sketch, or real. Brackets hold 95 % intervals, unless the text says otherwise: over grains for one network, over trainings for *ten networks*, which were trained in the same way, each without another pair of mounts, and are stored with the kit as numbers.

# %% [markdown]
# ## 1 · Four numbers for a grain
#
# An **encoder** turns a picture of 32 × 32 pixels into four numbers, its **code** (or *latent* code). A **decoder** draws a picture from a code:
#
# picture (1,024 numbers) → encoder → code (4) → decoder → picture (1,024)
#
# Together they learn to bring back what went in: an **autoencoder**. But it has met single codes only, and knows nothing of the gaps between them (below, left).

# %%
# @title A sketch of codes, of two numbers only: the points of an autoencoder, the blobs of a VAE
plots.show(
    plots.codes_and_blobs(),
    alt="Left: points in four heaps, and a question in the gap. Right: blobs overlap in one round cloud.",
    of="drawn",
)

# %% [markdown]
# A **variational autoencoder** (VAE) is meant to fill the gaps (right). Its encoder gives each grain a blob of codes: a *mean*, where it lies, and a *variance*, how wide it is. In training the code is drawn at random from the blob. Where blobs overlap, one code has to serve several grains, so neighbouring codes come to mean similar grains.
#
# The code is mean + *noise* × spread: spread is the square root of the variance, noise a random number of mean 0 and spread 1. As the noise comes from outside, gradients reach the encoder through mean and spread: the **reparametrisation**.
#
# The loss has two terms:
#
# - **Rebuilding** wants the picture back: each pixel's difference (black 0, white 1) is divided by 0.2 and squared; half the sum counts. The smaller this 0.2, the more rebuilding counts.
# - **Keeping together** wants each blob to be standard normal (mean 0, spread 1), for dreams are drawn from there (the *prior*): for each number ½ (mean² + variance − 1 − log variance), the Kullback–Leibler divergence.
#
# The two pull against each other. Rebuilding alone would make blobs narrow and push them apart, and gaps would stay. Keeping together alone would lay all blobs on one another, and no code would tell of its grain.


# %%
class Code(layers.Layer):  # a layer of our own: Keras calls it, and adds what it hands to add_loss
    def __init__(self, weight=1.0):
        super().__init__()
        self.weight = weight

    def call(self, mean, log_variance):
        strays = 0.5 * ops.sum(mean**2 + ops.exp(log_variance) - 1 - log_variance, axis=1)
        self.add_loss(self.weight * ops.mean(strays))  # the second term
        noise = keras.random.normal(ops.shape(mean))
        return mean + ops.exp(log_variance / 2) * noise  # in training; a dream's code is drawn further below


def encoder_and_decoder(numbers=4):
    encoder = keras.Sequential([keras.Input((32, 32, grains.images.shape[-1]))])
    for filters in (16, 32):  # 32 pixels wide, then 16, then 8
        encoder.add(layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu"))
    encoder.add(layers.Flatten())
    encoder.add(layers.Dense(64, activation="relu"))
    encoder.add(layers.Dense(2 * numbers))  # the means, and the logarithms of the variances
    decoder = keras.Sequential([keras.Input((numbers,)), layers.Dense(8 * 8 * 16, activation="relu")])
    decoder.add(layers.Reshape((8, 8, 16)))
    for filters in (32, 16):  # a convolution the other way round: 8 pixels wide, then 16, then 32
        decoder.add(layers.Conv2DTranspose(filters, 3, strides=2, padding="same", activation="relu"))
    decoder.add(layers.Conv2D(grains.images.shape[-1], 3, padding="same", activation="sigmoid"))
    return encoder, decoder


# %%
def trained(rebuild, together, epochs, numbers=4):
    keras.utils.set_random_seed(SEED)
    encoder, decoder = encoder_and_decoder(numbers)
    images = keras.Input((32, 32, grains.images.shape[-1]))
    mean, log_variance = ops.split(encoder(images), 2, axis=1)
    vae = keras.Model(images, decoder(Code(together)(mean, log_variance)))

    def off(x, rebuilt):  # the first term
        return rebuild * 0.5 * ops.sum(((x - rebuilt) / 0.2) ** 2, axis=(1, 2, 3))

    vae.compile(keras.optimizers.Adam(2e-3), loss=off)
    vae.fit(learning.x, learning.x, batch_size=64, epochs=epochs, verbose=0)
    return encoder, decoder


epochs = 3 if quick else 20
encoder, decoder = trained(rebuild=1, together=1, epochs=epochs)
print(f"{len(learning)} grains learned from, {len(aside)} set aside, {epochs} epochs")


# %%
def draw(codes):
    return np.asarray(decoder(np.float32(codes)))


codes_aside, log_variances = np.split(np.asarray(encoder(aside.x)), 2, axis=1)  # the codes: the means
rebuilt = draw(codes_aside)
rng = np.random.default_rng(SEED)
codes_dreamt = rng.normal(size=(len(aside), 4))  # standard normal codes
dreamt = draw(codes_dreamt)
rows = np.concatenate([aside.x[:8], rebuilt[:8], dreamt[:8]])
titles = ["set aside"] * 8 + ["rebuilt"] * 8 + ["dreamt"] * 8
plots.show(
    plots.gallery(list(np.uint8(255 * rows)), titles),
    alt="Eight grains that were set aside, the same rebuilt from four numbers, and eight dreamt ones.",
    of=made,
)

# %%
# @title What comes back, by six measures; the codes; and where dreams are torn
originals, of_dreams, of_rebuilt = (dreams.measured(each) for each in (aside.x, dreamt, rebuilt))
kept = originals.corrwith(of_rebuilt)
print("Correlation of original and rebuilt:", ", ".join(f"{name} {each:.2f}" for name, each in kept.items()))
codes_learned = np.asarray(encoder(learning.x))[:, :4]
cloud = PCA(whiten=True).fit(codes_learned)  # turns the cloud of codes, and gives it spread 1 in every direction
dented = (of_dreams["solidity"] <= 0.9).to_numpy()
away, of_learned = (np.linalg.norm(cloud.transform(codes), axis=1) for codes in (codes_dreamt, codes_learned))
far = away > np.percentile(of_learned, 99)  # farther out than 99 of 100 learned codes
print(f"Farther out than 99 % of the learned codes: {far.mean():.0%} of the dreams.")
print(f"Torn: {dented[far].mean():.0%} of these, {dented[~far].mean():.0%} of the others, {dented.mean():.0%} of all.")
print(f"Dented: {np.mean(originals['solidity'] <= 0.9):.0%} of the originals.")
first = np.mean(np.sum(((aside.x - rebuilt) / 0.2) ** 2, axis=(1, 2, 3))) / 2
blobs = codes_aside**2 + np.exp(log_variances) - 1 - log_variances
print(f"Loss of a grain set aside: rebuilding {first:.0f}, keeping together {np.mean(np.sum(blobs, axis=1)) / 2:.1f}")
fig, axes = plt.subplots(1, 2, figsize=(8.5, 3.6), layout="constrained")
for ax, (one, other) in zip(axes, ((0, 1), (2, 3))):
    for codes, size, hue, name in (
        (codes_learned, 30, "silver", "learned (means)"),
        (codes_dreamt[~dented], 4, plots.LINES[0], "dreamt, whole (solidity above 0.9)"),
        (codes_dreamt[dented], 4, plots.LINES[2], "dreamt, torn (0.9 or less)"),
    ):
        ax.scatter(codes[:, one], codes[:, other], s=size, color=hue, label=name)
    ax.set(xlabel=f"number {one + 1} of the code", ylabel=f"number {other + 1} of the code")
handles, names = axes[0].get_legend_handles_labels()
fig.legend(handles, names, loc="outside upper center", ncols=3, fontsize=9, frameon=False, markerscale=2)
plots.show(fig, alt="Codes of learned grains and of dreams; torn dreams are marked.", of=made)

# %% [markdown]
# **What we see.** How slim a grain is comes back; most of the rest is lost. Six measures are taken of the largest patch brighter than 0.15:
#
# - three of shape: **aspect ratio**; **solidity**, its area over that of the outline without dents (0.9 or less: a *dented* original, a *torn* drawing); **filled**, its share of the picture;
# - three of grey: **contrast**, its spread over its mean; **zoning**, how the mean changes from the outline inwards; **fine bands**, how strong thin bands are (both logarithms).
#
# One reason may be this: where the code leaves open what a pixel is, the squared differences are least for a mean, smooth grey. (See *Are four numbers too few?*)
#
# The gaps are not filled: the learned codes form no round cloud around 0, though dreams are drawn from one. On grown mounts three in ten of this network's dreams lie *farther out*, and half of these are torn: there the decoder was hardly ever taught. The second term is small beside rebuilding (loss above).
#
# ## 2 · Turn the numbers

# %%
wanted = ex.how_long(learning.x)
bench = widgets.DreamBench(draw, np.zeros(4))
print(f"One in ten of the learned grains has an aspect ratio above {wanted:.1f}.")
bench.panel()

# %% [markdown] tags=["exercise:sculpted"]
# ### Exercise: a slim, whole grain
# With the sliders find a grain that is slimmer than nine of ten learned ones (an aspect ratio above the printed number) and still whole: solidity above 0.9. Press *keep as the one*, and run both cells.

# %% tags=["exercise:sculpted", "answer"]
my_code = bench.kept["one"]  # ... until you press the button; or write four numbers

# %% tags=["check", "nbval-check-output"]
ex.sculpted.check(ex.sculpture(my_code, bench, wanted))

# %%
# @title The same without sliders: each number from −2 to 2, the others at 0
steps = np.arange(-2, 2.1, 0.5)
codes = np.concatenate([step * np.eye(4)[[number]] for number in range(4) for step in steps])
drawn = draw(codes)
titles = [f"number {number}: {step:+.1f}" for number in range(1, 5) for step in steps]
plots.show(
    plots.gallery(list(np.uint8(255 * drawn)), titles, columns=9),
    alt="Four rows of grains: in each, one number of the code goes from −2 to 2.",
    of=made,
)

# %% [markdown]
# **What we see.** A number of the code is no property: each changes the outline in more than one way. Far from 0 some drawings fall apart.
#
# ## 3 · Judged, not admired
#
# Three scores:
#
# - **Told apart**: a judge, here a forest, learns from six measures of some originals and drawings. Of others, how often does it rightly say which they are? 0.50 is chance.
# - **Covered**: of the originals, how many have a drawing as near as their fifth nearest original, by six measures? In the sketch a circle goes that far around each original: count those with a cross inside.
# - **Copied**: find each dream's nearest picture, pixel by pixel, among the grains set aside and as many learned ones. In what share is it a learned one? 0.50 is fair. A model that only copies gets 0.71, not 1: three in seven learned grains are taken, and copies of the others fall on either side by chance (0.43 + 0.57 × ½).


# %%
# @title A sketch of two scores: covered (two measures only) and copied
plots.show(
    plots.covered_and_copied(),
    alt="Left: originals with circles, and drawings within some of them. Right: two dreams, each with its nearest grains.",
    of="drawn",
)

# %% [markdown] tags=["exercise:copying"]
# ### Exercise: does it copy?
# Write `my_copied(dreamt, learned, aside)`: the share of dreams whose nearest learned grain is nearer than their nearest grain set aside. Each argument has a row of pixels for each picture. `cdist(a, b)` gives the distance of each row of `a` from each row of `b`.


# %% tags=["exercise:copying", "answer"]
def my_copied(dreamt, learned, aside):
    return ...


# %% tags=["check", "nbval-check-output"]
ex.copying.check(my_copied)

# %%
from sklearn.ensemble import RandomForestClassifier


def judge(x, y):
    forest = RandomForestClassifier(100, min_samples_leaf=3, random_state=0).fit(x, y)
    return forest.predict


def scores_of(measures):
    told = dreams.told_apart(judge, originals.to_numpy(), measures.to_numpy())
    return told, dreams.coverage(originals, measures).covered


half = len(aside) // 2
told, covered = scores_of(of_dreams)
fair = dreams.coverage(originals[:half], originals[half:]).covered
copied_of = ex.yours_or_ours(ex.copying, my_copied)  # yours, if it is right
asked = np.random.default_rng(0).permutation(len(learning))[: len(aside)]  # as many learned grains as were set aside
flat = [np.reshape(each, (len(each), -1)) for each in (dreamt, learning.x[asked], aside.x)]
copied = dreams.copied(dreamt, learning.x, aside.x)
print(f"Dreams told apart {told:.2f}; originals covered {covered:.2f}, by other originals {fair:.2f}")
print(f"Nearer to a learned grain: {copied_of(*flat):.2f}, by the kit {copied:.2f}")

# %% [markdown]
# **What we see.** The judge is nearly always right, and little is covered: on grown mounts by this network one original in five, by ten networks 0.14. By shape alone the ten cover 0.63: much of what is missing is grey detail. One network does not settle whether dreams are *copied*: many share a few nearest grains. Ten networks have 0.54 (0.48–0.59): no copier's 0.71.
#
# ## 4 · Draw where it has learned
#
# Dreams are torn where no grain was learned. So draw codes where the learned ones lie.

# %% [markdown] tags=["predict:moved"]
# **Predict.** What will *told apart* and *covered* be then, in hundredths? Above: those of standard normal codes.

# %% tags=["predict:moved", "answer"]
my_two = ...  # two numbers from 0 to 100: told apart, covered

# %% tags=["check"]
ex.moved.commit(my_two)

# %% [markdown] tags=["exercise:codes"]
# ### Exercise: where codes are drawn
# Write `my_codes(learned, many)`: `many` new codes, from a normal distribution whose numbers have the means and spreads of the learned ones, and vary together as these do. `learned` has a row for each grain. `np.random.default_rng(0).multivariate_normal` draws such codes: what does it want to know?


# %% tags=["exercise:codes", "answer"]
def my_codes(learned, many):
    return ...


# %% tags=["check", "nbval-check-output"]
ex.codes.check(my_codes)

# %%
codes_of = ex.yours_or_ours(ex.codes, my_codes)  # yours, if it is right
near = draw(codes_of(codes_learned, len(aside)))
of_near = dreams.measured(near)
ex.moved.meet(scores_of(of_near))
for name, measures in {"rebuilt": of_rebuilt, "standard normal codes": of_dreams, "codes as learned": of_near}.items():
    torn = np.mean(measures["solidity"] <= 0.9)
    print("{}: torn {:.0%}, told apart {:.2f}, covered {:.2f}".format(name, torn, *scores_of(measures)))

# %%
# @title Three ways to dream: drawings of the network above, scores of ten trainings, stored with the kit
results = pd.read_csv(samples.DATA / "results" / "generative.csv")
of_ten = results[results["data"] == ("real" if DATA == "quellaveco" else "grown")]
rows = {
    "standard normal codes": dreamt[:6],
    "standard normal codes, the torn ones left out": dreamt[np.argsort(dented, kind="stable")][:6],  # whole ones first
    "codes as learned": near[:6],
}
scores = {}
for what in ("told apart, measures", "covered", "covered, dented", "covered, whole"):
    table = of_ten[of_ten["what"] == what].set_index("kind").loc[["dreamt", "dreamt, not torn", "dreamt, as learned"]]
    scores[what.removesuffix(", measures")] = table[["value", "low", "high"]].set_axis(list(rows))
names = ["standard\nnormal", "no torn\nones", "as\nlearned"]
fig = plots.rows_and_scores(rows, scores, {"told apart": {"chance": 0.5}}, names)
alt = "Six drawings of each of three ways to dream, and the scores of ten networks: all told apart, little covered."
plots.show(fig, alt=alt, of=made)
torn = of_ten[of_ten["what"] == "torn"].set_index("kind")["value"]
print(
    f"Torn in ten networks: {torn['dreamt']:.0%} of the dreams, with codes as learned {torn['dreamt, as learned']:.0%}"
)
paired = of_ten[of_ten["kind"] == "dreamt, as learned"].set_index("what")[["gain", "gain_low", "gain_high"]]
for what in ("told apart, measures", "covered", "covered, whole"):
    print(f"As learned minus standard normal, paired: {what} {evaluation.Interval(*paired.loc[what]):+.3f}")

# %% [markdown]
# **What we see.** The dreams look better and score worse. On grown mounts 1 % are torn, no longer 23 %. Yet, paired by network, the judge is right more often, and less is covered.
#
# Torn dreams explain a part of this. One original in six is dented, and a torn dream can pass for one: with torn dreams 0.25 of the dented originals are covered, without them 0.08. So *covered* rewards a fault here. Whole originals, too, are covered less; why, these scores do not say.
#
# *Rebuilt* grains do no better, though each has its own grain's code. So most is lost in rebuilding.
#
# ## 5 · The rival, on real grains
#
# Ten networks learned from the paper's real mounts, each with another pair left out, and three in ten grains of the others set aside. Dreams are from standard normal codes.

# %%
# @title Dreamt and grown grains, measures of real ones beside theirs, and scores: ten trainings, stored with the kit
shipped = mounts.find("synthetic", "quick")  # four grown mounts come with the kit
of_shipped = grains  # if they are the mounts that were learned from; else their grains are cut out, too
if shipped != found:
    of_shipped = gr.level_and_even(gr.from_mounts(shipped, size=160, square=160, progress=False), 32)
stored = plt.imread(samples.DATA / "results" / "generative_dreams.png")  # eight dreams, side by side
rows = {
    "measures of real, dreamt and grown grains, all ten runs": pd.read_csv(
        samples.DATA / "results" / "generative_measures.csv"
    ),
    "dreamt by one network that learned from real grains": np.stack(np.split(stored, 8, axis=1))[..., None],
    "grown by the program, which follows rules": of_shipped.x[:: len(of_shipped) // 8][:8],
}
scores = {}
for title, what in {"told apart": "told apart, measures", "covered": "covered", "copied": "copied"}.items():
    of_real = results[results["data"].eq("real") & results["what"].eq(what)].set_index("kind")
    scores[title] = of_real.reindex(["real", "dreamt", "grown"])[["value", "low", "high"]].set_axis(list(rows))
meant = {"told apart": {"chance": 0.5}, "copied": {"fair": 0.5, "copier": 0.71}}
fig = plots.rows_and_scores(rows, scores, meant, ["real,\nset aside", "dreamt", "grown"])
alt = "Real, dreamt and grown grains; the dreams are told apart nearly always and cover little, the grown ones do well."
plots.show(fig, alt=alt, of="grown and real")
ex.told.meet([evaluation.Interval(*each) for each in scores["told apart"].to_numpy()[1:]])

# %% [markdown]
# **What we see.** The program draws the better grains. The histograms show why: dreams are too often round, and their zoning varies too little. (The last bars hold all beyond.) No picture is picked.
#
# - *Told apart*, your first prediction: the judge is right in 96 of 100 with dreams, in 55 with grown grains (64 by all pixels).
# - *Covered*: dreams cover 0.09 of the originals, grown grains 0.93. (The program's settings were chosen on these mounts.)
# - *Copied*: 0.40–0.65, below a copier's 0.71; whether some dreams are copies is not resolved.
#
# This is one small VAE, trained for a minute; larger ones may draw better.
#
# **To discuss.** A colleague shows you the best twelve of many dreamt grains and says: *they look real; now we have as many zircons as we like.* Which numbers do you ask for, and for what may the dreams be used?

# %% [markdown] tags=["depth"]
# # Going deeper
#
# Each section can be read alone.
#
# ## The ten networks, in numbers
#
# The table has all the scores. *Dreamt* is from standard normal codes, *codes as learned* as in section 4. *By pixels*: a judge that sees all pixels; *by shape*: by the three measures of shape alone. *Grown anew* are grains of the program with another seed, *other originals* one half of those set aside beside the other.

# %% tags=["depth"]
# @title Mean and interval over ten trainings, on grown and on real mounts
names = {"told apart, measures": "told by measures", "told apart, pixels": "told by pixels", "copied": "copied",
         "covered": "covered", "covered, shape": "covered by shape"}  # fmt: skip
kinds = {"dreamt": "dreamt", "dreamt, as learned": "codes as learned", "grown": "grown anew", "real": "other originals"}
judged = results[results["kind"].isin(kinds) & results["what"].isin(names)]
judged = judged.assign(
    what=judged["what"].map(names),
    data=judged["data"] + " mounts",
    text=[f"{row.value:.2f} ({row.low:.2f}–{row.high:.2f})" for row in judged.itertuples()],
)
table = judged.pivot(index=["data", "what"], columns="kind", values="text").reindex(names.values(), level="what")
table = table.fillna("").rename(columns=kinds)
table.rename_axis(index=[None, None], columns=None)

# %% [markdown] tags=["depth"]
# **What we see.** On real mounts, too, codes as learned score worse: paired by network, the judge is right about them in two of a hundred cases more (0.01 to 0.03), and they cover three of a hundred originals fewer (0.01 to 0.06). A judge that sees all pixels is nearly always right about dreams, and in 64 of 100 (61–66) about grown grains beside real ones. Dreams do best by shape: they cover 0.51 of the real originals and 0.63 (0.51–0.74) of the grown ones, by all six measures much less. On grown mounts *grown anew* is more of the same program, so its 0.51 says nothing for its rules.
#
# ## What each number moves
#
# Each number of the code goes from −1 to 1, while the others stay at 0: the five middle columns of the figure in section 2. Farther out some drawings fall apart.

# %% tags=["depth"]
# @title Largest less smallest value of each measure, as a multiple of its standard deviation over the originals
walked = dreams.measured(drawn[np.abs(codes).max(axis=1) <= 1])  # the five in the middle
spans = walked.groupby(np.repeat([f"number {n}" for n in range(1, 5)], 5)).agg(np.ptp) / originals.std()
print(f"Solidity is never below {walked['solidity'].min():.2f}")
spans.round(1)

# %% [markdown] tags=["depth"]
# **What we see.** Most measures are moved by several numbers, and most numbers move several measures. Two stand out: *filled* by the second number, and aspect ratio by the first. Zoning moves, too, though the eye sees little of it.
#
# ## Each term switched off
#
# The same network trained again, with one of the two terms given the weight 0. Without *keeping together* it trains for as many epochs. Without *rebuilding* a tenth of them will do, since nothing there teaches the decoder, however long.

# %% tags=["depth"]
nets = {
    "both terms": (encoder, decoder),
    "without rebuilding": trained(0, 1, epochs // 10),
    "not kept together": trained(1, 0, 0 if quick else epochs),
}
standard, shown = rng.normal(size=(8, 4)).astype(np.float32), {}
flat = np.sqrt(np.mean((aside.x - learning.x.mean(axis=0)) ** 2))
print(f"The mean of all learned grains, in place of each: off by {flat:.2f} a pixel (root mean square)")
for title, (its_encoder, its_decoder) in nets.items():
    means = np.asarray(its_encoder(aside.x))[:, :4]
    back = np.asarray(its_decoder(means))
    shown |= {f"{title}: rebuilt": back[:8], f"{title}: dreamt": np.asarray(its_decoder(standard))}
    middles, spreads = (
        ", ".join(f"{each:.1f}" for each in np.round(of, 1) + 0.0)  # no −0.0
        for of in (means.mean(axis=0), means.std(axis=0))
    )
    print(f"{title}: means around {middles}; spread {spreads}; off by {np.sqrt(np.mean((back - aside.x) ** 2)):.2f}")
fig = plots.gallery([np.uint8(255 * image) for each in shown.values() for image in each])
for ax, title in zip(fig.axes[::8], shown):
    ax.set_title(title, loc="left", fontsize=9)
plots.show(fig, alt="Grains rebuilt and dreamt with both terms of the loss, and with one switched off.", of=made)

# %% [markdown] tags=["depth"]
# **What we see.** Each term alone fails in its own way. Not kept together, codes lie far from 0 and widely spread. Codes from the standard normal fall where hardly any of them lie, and the dreams are grey nearly all over.
#
# One would expect this network to rebuild better, since nothing else is asked of it. On grown mounts it does not: after as many epochs it is off by 0.10, with both terms by 0.09, and the mean of all learned grains, in place of each, by 0.13. So here only one side of the trade-off in section 1 shows. Perhaps codes spread so widely take longer to learn; we have not tested it.
#
# Without rebuilding, no term asks that a picture be like its grain. The codes are kept together, and the decoder stays as untrained as it began.
#
# ## Are four numbers too few?
#
# Zoning and dents are lost. One may think that four numbers have no room for them. We give the same network sixteen, and train it as long. Beside it, a rival that needs no training: **principal components**, four or sixteen directions in which the learned pictures differ most, and the picture put together again from these.

# %% [markdown] tags=["depth", "predict:room"]
# **Predict.** Of four measures (solidity, contrast, zoning, fine bands), how many correlate with those of the original at 0.5 or more: (1) when the VAE rebuilds from sixteen numbers; (2) when sixteen components do?

# %% tags=["depth", "predict:room", "answer"]
my_counts = ...  # two whole numbers from 0 to 4, such as [1, 3]

# %% tags=["depth", "check"]
ex.room.commit(my_counts)

# %% tags=["depth"]
wide_encoder, wide_decoder = trained(rebuild=1, together=1, epochs=0 if quick else epochs, numbers=16)
again = {"VAE, 4": rebuilt, "VAE, 16": np.asarray(wide_decoder(wide_encoder(aside.x)[:, :16]))}
for many in (4, 16):
    components = PCA(many, random_state=0).fit(np.reshape(learning.x, (len(learning), -1)))
    inside = components.transform(np.reshape(aside.x, (len(aside), -1)))
    again[f"components, {many}"] = np.reshape(components.inverse_transform(inside), aside.x.shape).clip(0, 1)
comes_back = pd.DataFrame({name: originals.corrwith(dreams.measured(each)) for name, each in again.items()})
comes_back.loc["off by, a pixel"] = [np.sqrt(np.mean((each - aside.x) ** 2)) for each in again.values()]
ex.room.meet(
    (comes_back.loc[["solidity", "contrast", "zoning", "fine bands"], ["VAE, 16", "components, 16"]] >= 0.5).sum()
)
comes_back.round(2)

# %% [markdown] tags=["depth"]
# **What we see.** Four numbers are not all that holds the VAE back. The table has the correlations of original and rebuilt, and in the last row how far off a pixel is. On grown mounts sixteen numbers help this VAE a little with dents, and not at all with contrast, zoning and bands. Sixteen components take a second, and bring back much of dents and contrast. What is it, then? Codes of a VAE are drawn with chance, each number has its cost in the second term, and 20 epochs on these grains are few. Which of these it is, we have not tested. But components cannot dream by themselves: somebody has to say how their numbers are spread.
#
# ## From porphyry to batholith
#
# The codes of two originals and a straight line between them: 0 % is the porphyry, 100 % the batholith. Below we count in the same way along the line through the mean codes of both classes.

# %% tags=["depth"]
ends = [np.flatnonzero(aside.y == k)[0] for k in (1, 0)]
way = [(1 - t) * codes_aside[ends[0]] + t * codes_aside[ends[1]] for t in np.linspace(0, 1, 6)]
pictures = [aside.x[ends[0]], *draw(np.array(way)), aside.x[ends[1]]]
titles = [aside.classes[1], *(f"{t:.0%}" for t in np.linspace(0, 1, 6)), aside.classes[0]]
plots.show(
    plots.gallery(list(np.uint8(255 * np.array(pictures))), titles),
    alt="A grain of one class, six drawings from its code to that of a grain of the other class, and this grain.",
    of=made,
)

# %% [markdown] tags=["depth"]
# **What we see.** The first and the last picture are originals, the six between are drawn. The drawings change in small steps, and those next to the originals already lack what rebuilding loses.

# %% tags=["depth"]
# @title The line through the mean codes of both classes, measured
middles = [codes_learned[learning.y == k].mean(axis=0) for k in (1, 0)]
steps = np.array([-1, -0.5, 0, 0.5, 1, 1.5, 2])
on_line = middles[0] + steps[:, None] * (middles[1] - middles[0])
names = [f"drawn, {step:.0%}" for step in steps]
for place, k in ((2, 1), (4, 0)):
    names[place] += f" ({learning.classes[k]})"
walk = dreams.measured(draw(on_line)).set_axis(names)
classes = dreams.measured(learning.x).groupby(np.array(learning.classes)[learning.y]).mean()
classes = classes.loc[[learning.classes[k] for k in (1, 0)]]
classes.index = [f"originals, {name}" for name in classes.index]
pd.concat([walk, classes]).round(2)

# %% [markdown] tags=["depth"]
# **What we see.** This direction is one of shape. The upper rows are drawings along the line, some of them beyond either mean (below 0 % and above 100 %). The lower two rows are means of the learned originals. Zoning and fine bands are logarithms, and so may be negative. On grown mounts the drawings of the two means have about the aspect ratios of the originals, while zoning and fine bands stay weaker than in either class. A straight line between codes is geometry: whether a rock has made such grains it does not say.

# %% [markdown] tags=["depth"]
# ## A copier and a collapse, planted
#
# Two bad models, made on purpose: one draws learned grains with a little noise, one always the same two grains.

# %% tags=["depth"]
# @title Planted: a model that copies, and one that always draws the same two grains
noisy = np.clip(learning.x[: len(aside)] + 0.02 * rng.normal(size=learning.x[: len(aside)].shape), 0, 1)
same_two = np.repeat(learning.x[:2], len(aside) // 2, axis=0)
planted = {"the VAE's dreams": dreamt, "copies with noise": np.float32(noisy), "the same two": same_two}
rows = {}
for name, each in planted.items():
    told, covered = scores_of(dreams.measured(each))
    copied = dreams.copied(each, learning.x, aside.x)
    rows[name] = {"told apart": f"{told:.2f}", "covered": f"{covered:.2f}", "copied": f"{copied:.2f}"}
pd.DataFrame(rows).T

# %% [markdown] tags=["depth", "exercise:fooling"]
# **What we see.** One number alone is not enough. Copies of many grains cover nearly nine in ten originals on grown mounts, and the judge tells them apart in 0.61 of cases only, far less often than the VAE's dreams; *copied* gives them away, near the 0.71 of a copier. Two pictures over and over, a **mode collapse**, are always told apart and cover 0.01. Of these *copied* says next to nothing: all of them share one or two nearest grains, and count as one or two, so the interval is wide.
#
# What of a model that copies only a few grains? It would cover little, as the dreams do, and the interval of *copied* of this one network reaches beyond 0.71. The ten networks speak against it: their intervals end at 0.59 on grown and at 0.65 on real mounts.
#
# ### Exercise: fool all three
# Can one cheat all three at once, and invent nothing? Write `my_fraud(learned, many)`: from learned pictures, shape (n, 32, 32, 1), it makes `many` others, with grey from 0 to 1; whatever differs from its learned picture, pixel by pixel, is another. It is tried on made-up grains. Wanted are: told apart at most 0.60, covered at least 0.85, copied at most 0.65. Plain copies have 1.00 there, not 0.71, since as many grains are set aside as were learned from, and every learned one is among those asked.


# %% tags=["depth", "exercise:fooling", "answer"]
def my_fraud(learned, many):
    return ...


# %% tags=["depth", "check", "nbval-check-output"]
ex.fooling.check(my_fraud)

# %% tags=["depth"]
# @title The fraud on these mounts: yours, if it passes, else the kit's
fraud = np.float32(ex.yours_or_ours(ex.fooling, my_fraud)(learning.x, len(aside)))
of_fraud = scores_of(dreams.measured(fraud))
fraud_copied = dreams.copied(fraud, learning.x, aside.x)
print("Told apart {:.2f}, covered {:.2f}, copied {:.2f}".format(*of_fraud, fraud_copied))

# %% [markdown] tags=["depth"]
# **What we see.** On grown mounts the kit's fraud beats the VAE by two measures of three, does as well by *copied*, and has not invented a single grain: it is the learned grains seen in a mirror, left and right exchanged. A measure catches only the cheating that its makers thought of. So a good score is no proof: one has to know how the pictures were made.
#
# ## Which grains are rebuilt badly?
#
# A network that can rebuild zircons should fail on other things, one might think: *reconstruction error as novelty*. On grown mounts it is known which grains are **contaminants**, other minerals such as apatite.

# %% tags=["depth"]
# @title ROC-AUC of contaminants against zircons: ten runs on grown mounts
novelty = results[results["kind"] == "novelty"].copy()
novelty["text"] = [f"{row.value:.2f} ({row.low:.2f}–{row.high:.2f})" for row in novelty.itertuples()]
novelty[["question", "way"]] = novelty["what"].str.split(", ", expand=True).to_numpy()
novelty["data"] = novelty["data"] + " mounts"
found_by = novelty.pivot(index=["question", "data"], columns="way", values="text").fillna("")
found_by.rename_axis(index=[None, None], columns=None).loc[["contaminants"], ["VAE", "components", "one feature"]]

# %% tags=["depth"]
# @title Four contaminants and four zircons, evenly exposed, as the network sees them: mounts that come with the kit
foreign = gr.contaminants(shipped, of_shipped.table)
eight = np.r_[np.flatnonzero(foreign)[:4], np.flatnonzero(~foreign)[:: len(foreign) // 4][:4]]
plots.show(
    plots.gallery(list(of_shipped.images[eight]), ["contaminant" if foreign[k] else "zircon" for k in eight]),
    alt="Four contaminants and four zircons, alone on black, level and evenly exposed.",
    of="grown",
)

# %% [markdown] tags=["depth", "predict:blurred"]
# **What we see.** The error does not find contaminants. A ROC-AUC of 0.50 would be chance. The VAE has 0.37 (0.28–0.45), and four principal components, which are no network, 0.38 (0.30–0.47): contaminants are rebuilt *better* than zircons. One feature finds them: the mean grey of a grain beside the median of its mount, with 0.98 (0.97–0.99), since contaminants are duller on the mount. The VAE cannot see that: its pictures are evenly exposed.
#
# **Predict.** Another stranger: real zircons, blurred by computer as if out of focus. No network learned from blurred ones. Blurred against sharp, what ROC-AUC does the VAE's error have, in hundredths? 100: every blurred zircon is rebuilt worse than every sharp one; 50: chance; 0: every one better.

# %% tags=["depth", "predict:blurred", "answer"]
my_hundredths = ...  # a number from 0 to 100

# %% tags=["depth", "check"]
ex.blurred.commit(my_hundredths)

# %% tags=["depth"]
# @title Blurred zircons against sharp ones, and contaminants by how little zoning they have
on_real = results[results["data"].eq("real")].set_index("what")
ex.blurred.meet(evaluation.Interval(*on_real.loc["blurred, VAE", ["value", "low", "high"]]))
detail = found_by.loc[("contaminants", "grown mounts"), "less zoning"]
print(f"ROC-AUC of contaminants against zircons, by how little zoning a grain has: {detail}")
found_by.rename_axis(index=[None, None], columns=None).loc[["blurred"], ["VAE", "components", "one feature"]]

# %% [markdown] tags=["depth"]
# **What we see.** What is rebuilt badly is detail, not what is foreign. Blurred zircons are new to the network, and have less detail to lose: they are rebuilt better than sharp ones, with ROC-AUC 0.22 (0.18–0.27) on real and 0.28 (0.22–0.34) on grown mounts. One feature, the contrast of neighbouring pixels, finds them with 0.86 and 0.88. Contaminants, too, have less zoning than zircons.
#
# ## Do dreams help a classifier?
#
# A forest learns from 50 labelled grains; then from these and 1,000 dreams of both classes, drawn around the labelled grains' codes; then from these and 1,000 grown grains. It is scored on a pair of mounts from which none of the 50 come.

# %% tags=["depth"]
# @title ROC-AUC, and the paired gain on the 50 labels alone: ten pairs of mounts
helps = results[results["kind"] == "help"].copy()
helps["learned from"] = helps["what"].str.removeprefix("helps, ")
helps["ROC-AUC"] = [f"{row.value:.2f} ({row.low:.2f} to {row.high:.2f})" for row in helps.itertuples()]
gains = [f"{row.gain:+.3f} ({row.gain_low:+.3f} to {row.gain_high:+.3f})" for row in helps.itertuples()]
helps["gain"] = np.where(helps["gain"].isna(), "", gains)
helps.set_index(["data", "learned from"])[["ROC-AUC", "gain"]]

# %% [markdown] tags=["depth"]
# **What we see.** Whether dreams help is not resolved. Their gain over the 50 labels alone, paired by run, is +0.002 on grown mounts and +0.029 on real ones, and both intervals hold 0. One gain is resolved: grown grains on grown mounts, +0.057 (+0.023 to +0.090). That is no surprise, since they come from the program that made the test mounts, and are more labelled grains of the same kind. On real mounts their gain is not resolved.
#
# ## Optional: dreamt powder patterns
#
# This section needs notebook 12. A powder pattern is a row of numbers, and obeys a law that can be checked: the pattern of a mixture is a sum of its minerals' patterns, each with a share of 0 or more. We mix quartz, calcite and albite in random shares, shift each mixture as a whole by up to 0.2°, add the noise of counting, and let a VAE learn and dream. The folded cell makes these `mixtures`, and `luck`, which draws random numbers. Its `best_sum` finds the sum of the three minerals that fits a pattern best, at the best shift, and how much that leaves over: the root mean square of what is left, in per cent of that of the pattern.

# %% tags=["depth"]
# @title Grown mixtures, and the law: what the best sum leaves over
from scipy.optimize import nnls
from zirconkit.synthetic import patterns, powder_lines

angles, shifts = np.arange(20, 40, 0.1), np.linspace(-0.3, 0.3, 13)
structures = {each.mineral: each for each in reversed(powder_lines.structures())}
three = [patterns.Phase(structures[name]) for name in ("quartz", "calcite", "albite")]
pure = np.array([[patterns.mix(angles, patterns.Truth((one,), zero=by)) for one in three] for by in shifts])
pure = pure / pure.max(axis=2, keepdims=True)  # by shift, mineral and angle
luck = np.random.default_rng(SEED)
shares, place = luck.dirichlet(np.ones(3), 800), luck.integers(2, 11, 800)
mixtures = np.einsum("ij,ijk->ik", shares, pure[place])
mixtures = np.float32(luck.poisson(1000 * mixtures / mixtures.max(axis=1, keepdims=True)) / 1000)


def best_sum(pattern):
    fits = [nnls(minerals.T, pattern) for minerals in pure]
    by = int(np.argmin([rest for _, rest in fits]))
    return fits[by][0] @ pure[by], fits[by][1] / np.linalg.norm(pattern)  # the sum, and the share left over


# %% tags=["depth"]
def of_patterns(epochs):
    keras.utils.set_random_seed(SEED)
    row = keras.Input((len(angles),))
    hidden = layers.Dense(64, activation="relu")(row)
    mean, log_variance = layers.Dense(4)(hidden), layers.Dense(4)(hidden)
    back = [layers.Dense(64, activation="relu"), layers.Dense(len(angles), activation="softplus")]
    decoder = keras.Sequential([keras.Input((4,)), *back])
    vae = keras.Model(row, decoder(Code()(mean, log_variance)))
    vae.compile(keras.optimizers.Adam(3e-3), loss=lambda x, y: 0.5 * ops.sum(((x - y) / 0.05) ** 2, axis=1))
    vae.fit(mixtures[:600], mixtures[:600], batch_size=32, epochs=epochs, verbose=0)
    return keras.Model(row, mean), decoder


to_code, to_pattern = of_patterns(0 if quick else 60)
learned_codes = np.asarray(to_code(mixtures[:600]))
like_learned = codes_of(learned_codes, 100)  # as in section 4
kinds = {
    "grown, not learned from": mixtures[600:700],
    "rebuilt": np.asarray(to_pattern(to_code(mixtures[600:700]))),
    "dreamt, standard normal codes": np.asarray(to_pattern(np.float32(luck.normal(size=(100, 4))))),
    "dreamt, codes as learned": np.asarray(to_pattern(np.float32(like_learned))),
}
for name, each in kinds.items():
    low, middle, high = np.percentile([best_sum(pattern)[1] for pattern in each], [10, 50, 90])
    print(f"{name}: left over {middle:.0%} in the median, 10 to 90 % of them {low:.0%} to {high:.0%}")

# %% tags=["depth"]
# @title Two grown and two dreamt patterns, and the best sum of each
chosen = [*kinds["grown, not learned from"][:2], *kinds["dreamt, standard normal codes"][:2]]
fig, axes = plt.subplots(2, 2, figsize=(9, 4.4), sharex=True, sharey=True, layout="constrained")
titles = ["grown", "grown", "dreamt (standard normal)", "dreamt (standard normal)"]
for ax, pattern, title in zip(axes.flat, chosen, titles):
    fit, rest = best_sum(pattern)
    ax.plot(angles, pattern, color=plots.LINES[0], lw=1.5, label="pattern")
    ax.plot(angles, fit, color="black", lw=0.8, label="best sum")
    ax.set_title(f"{title}: {rest:.0%} left over", fontsize=10)
fig.supxlabel("2θ (degrees)", fontsize=10)
fig.supylabel("counts (highest of a grown one: 1)", fontsize=10)
fig.legend(*axes[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=2, fontsize=9, frameon=False)
plots.show(fig, alt="Two grown and two dreamt powder patterns, each with the best sum of three minerals.", of="grown")

# %% [markdown] tags=["depth"]
# **What we see.** Here most of what is wrong is where codes are drawn. Of a grown pattern 5 % is left over, the noise of counting, and of a rebuilt one 15 %. Of a dream 77 % is left over in the median if its code is drawn from the standard normal (eight in ten dreams: 50 to 87 %), and 25 % if codes are drawn as in section 4 (16 to 48 %). There the grains looked better for the same cure, and scored no better. Where the best sum stands above a dream, the dream has a floor between its lines that no mineral has, and the best sum makes up for it with lines that are too high. Random shares of three computed patterns obey the law without any network: where a law is known, a program can follow it, and every dream can be checked by it.
#
# ## Other kinds of generative models
#
# A **GAN** lets a drawing network and a judging network learn against each other; a **diffusion model** learns to take noise away, step by step. Neither is tried here: both ask for more training than a lesson has, and in their plain form neither has an encoder, so nothing is rebuilt and compared. Whatever they draw can be judged the same way: told apart, covered, copied.

# %% tags=["frame"]
from zirconkit.exercises import score_card

score_card(ex)

# %% [markdown] tags=["frame"]
# **Take away.** A VAE squeezes grains into a few numbers from which it can draw; what it draws is what its training kept, here how slim a grain is, and little of its own zoning. Dreams are judged by being told apart, covered and copied, beside other originals and a rival that follows rules: on real mounts the rival was told apart far less. Better looks are no better score: in ten networks, codes drawn where the network had learned gave whole grains, and these were told apart no less and covered fewer originals.
#
# **Terms.** *[generative model](GLOSSARY.md#generative-model)*: a model that draws new examples like those it learned from · *[autoencoder](GLOSSARY.md#autoencoder)*: a network that squeezes an example into a few numbers and rebuilds it · *[code](GLOSSARY.md#code)*: the few numbers between encoder and decoder · *[variational autoencoder](GLOSSARY.md#variational-autoencoder)* (VAE): an autoencoder whose codes are drawn at random and held together, so that it can dream · *[reparametrisation](GLOSSARY.md#reparametrisation)*: noise comes from outside and is only scaled and shifted, so that gradients reach the encoder · *[mode collapse](GLOSSARY.md#mode-collapse)*: a generative model draws a few kinds only · *[coverage](GLOSSARY.md#coverage)*: the share of originals that have a drawn one near
#
# **Read on.**
# - Kingma and Welling (2014), arXiv:1312.6114: the variational autoencoder.
# - Naeem and others (2020), arXiv:2002.09797: fidelity and coverage, measured.
# - Meehan and others (2020), arXiv:2004.05675: a test for copying.
# - Nalisnick and others (2019), arXiv:1810.09136: generative models that find strangers more likely than what they learned.
#
# Next: [15 · Few labels](15_few_labels.ipynb).
