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
import numpy as np
import pandas as pd
from keras import layers, ops
from sklearn.neighbors import NearestNeighbors
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
# Above are eight of the grains that a network is about to look at, each alone on black, evenly exposed, turned level and of one length. Then it will draw grains that nobody has ever seen.
#
# **Predict.** Such a network learned from the real mounts of the paper. A judge gets six measures of a picture (how long, how dented, how banded …), of grains from these mounts and of drawn ones, half and half, and says *original* or *drawn*. In how many per cent is it right, where 50 is chance: (1) if the drawn ones are the network's dreams; (2) if the kit's own program **grows** them? The program follows rules of crystal faces and zoning. Its recipes were set on these mounts, but it learns from no picture.

# %% tags=["predict:told", "answer"]
my_percents = ...  # two numbers from 0 to 100, such as [60, 90]

# %% tags=["check"]
ex.told.commit(my_percents)

# %% [markdown] tags=["frame"]
# **The idea:** a generative model draws new pictures like those it learned from; whether they are any good is measured, beside a rival that follows rules.
#
# **You will** squeeze a grain into four numbers and draw it again · write the step that makes a network dream · turn the four numbers and see the grain · judge dreams: told apart, covered, copied.
#
# **You need** notebooks 4 and 7. The corner of a figure says whether its data are *grown*, drawn by a program, or real. **Originals** are the grains of the mounts that the network learns from, be these grown or real. **Time** core 50 min (exercises in it), going deeper 30 min, 60 s to run.

# %% [markdown]
# ## 1 · Four numbers for a grain
#
# A picture of 32 × 32 pixels is 1,024 numbers. An **encoder** turns it into four, its **code**; a **decoder** draws a picture from a code. Both learn together to bring back what went in: an **autoencoder**. It can rebuild. To dream, it needs codes that nobody gave it, and it knows nothing of the space between its codes.
#
# A **variational autoencoder** (VAE) closes the gaps. Its encoder says of each grain where the code lies, a *mean*, and how precisely, the logarithm of a *variance*; the code is drawn at random around the mean. So neighbouring codes have to mean similar grains.

# %% [markdown] tags=["exercise:sample"]
# ### Exercise: draw a code
# Write `my_sample(mean, log_variance, chance)`. All three have a row for each grain and a column for each number; `chance` holds random numbers of mean 0 and spread 1. A code is the mean plus chance times the spread, and the spread is the square root of the variance. Use `ops.exp`. (Why `chance` from outside? So the code depends smoothly on mean and variance, and gradients reach the encoder: the **reparametrisation**.)


# %% tags=["exercise:sample", "answer"]
def my_sample(mean, log_variance, chance):
    return ...


# %% tags=["check", "nbval-check-output"]
ex.sample.check(my_sample)

# %% [markdown]
# The loss has two terms. **Rebuilding**: the squared differences of all pixels. **Keeping together**: how far a grain's codes stray from the standard normal, mean 0 and spread 1 (the Kullback–Leibler divergence): for each number ½ (mean² + variance − 1 − log variance), which is 0 for mean 0 and variance 1 and else more. The second pulls all codes into one cloud, from which we can then draw.

# %%
sample = ex.yours_or_ours(my_sample)  # yours, if it is right


class Code(layers.Layer):
    def __init__(self, weight=1.0):
        super().__init__()
        self.weight = weight

    def call(self, mean, log_variance):
        strays = -0.5 * ops.sum(1 + log_variance - mean**2 - ops.exp(log_variance), axis=1)
        self.add_loss(self.weight * ops.mean(strays))  # the second term
        return sample(mean, log_variance, keras.random.normal(ops.shape(mean)))


def encoder_and_decoder(numbers=4):
    encoder = keras.Sequential([keras.Input((32, 32, grains.images.shape[-1]))])
    for filters in (16, 32):
        encoder.add(layers.Conv2D(filters, 3, strides=2, padding="same", activation="relu"))
    encoder.add(layers.Flatten())
    encoder.add(layers.Dense(64, activation="relu"))
    encoder.add(layers.Dense(2 * numbers))  # the means, and the logarithms of the variances
    decoder = keras.Sequential([keras.Input((numbers,)), layers.Dense(8 * 8 * 16, activation="relu")])
    decoder.add(layers.Reshape((8, 8, 16)))
    for filters in (32, 16):
        decoder.add(layers.Conv2DTranspose(filters, 3, strides=2, padding="same", activation="relu"))
    decoder.add(layers.Conv2D(grains.images.shape[-1], 3, padding="same", activation="sigmoid"))
    return encoder, decoder


# %%
def trained(rebuild, together, epochs):
    keras.utils.set_random_seed(SEED)
    encoder, decoder = encoder_and_decoder()
    images = keras.Input((32, 32, grains.images.shape[-1]))
    mean, log_variance = ops.split(encoder(images), 2, axis=1)
    vae = keras.Model(images, decoder(Code(together)(mean, log_variance)))

    def off(x, rebuilt):  # the first term: a pixel may be off by 0.2
        return rebuild * 0.5 * ops.sum(((x - rebuilt) / 0.2) ** 2, axis=(1, 2, 3))

    vae.compile(keras.optimizers.Adam(2e-3), loss=off)
    log = vae.fit(learning.x, learning.x, batch_size=64, epochs=epochs, verbose=0)
    return encoder, decoder, log.history["loss"]


epochs = 3 if quick else 20
encoder, decoder, losses = trained(rebuild=1, together=1, epochs=epochs)
print(
    f"{len(learning)} grains learned from, {len(aside)} set aside; {epochs} epochs: the loss went from {losses[0]:.0f} to {losses[-1]:.0f}"
)


# %%
def draw(codes):
    return np.asarray(decoder(np.float32(codes)))


codes_aside = np.asarray(encoder(aside.x))[:, :4]  # the means
rebuilt = draw(codes_aside)
rng = np.random.default_rng(SEED)
codes_dreamt = rng.normal(size=(len(aside), 4))
dreamt = draw(codes_dreamt)
rows = np.concatenate([aside.x[:8], rebuilt[:8], dreamt[:8]])
titles = ["set aside"] * 8 + ["rebuilt"] * 8 + ["dreamt"] * 8
plots.show(
    plots.gallery(list(np.uint8(255 * rows)), titles),
    alt="Eight grains that were set aside, the same rebuilt from four numbers, and eight dreamt ones.",
    of=made,
)

# %%
# @title What comes back, by six measures, and where dreams fall apart
originals, of_dreams = dreams.measured(aside.x), dreams.measured(dreamt)
kept = originals.corrwith(dreams.measured(rebuilt))
print("Correlation of original and rebuilt:", ", ".join(f"{name} {each:.2f}" for name, each in kept.items()))
codes_learned = np.asarray(encoder(learning.x))[:, :4]
away = NearestNeighbors(n_neighbors=5).fit(codes_learned).kneighbors(codes_dreamt)[0][:, -1]
for name, rows in {"at most": of_dreams["solidity"] <= 0.9, "above": of_dreams["solidity"] > 0.9}.items():
    print(
        f"{rows.sum()} dreams of solidity {name} 0.9: fifth nearest learned code {np.mean(away[rows]):.2f} away (mean)"
    )

# %% [markdown]
# **What we see.** Above eight grains set aside, which the network did not learn from; below them the same, rebuilt from four numbers; and eight dreams, drawn from codes of pure chance. The lines measure all of them, by **aspect ratio**; **solidity**, the area over that of the outline without dents; **filled**, the share of the picture that the grain takes; **contrast**, the spread of its grey over the mean; **zoning**, how the mean grey goes up and down from the outline inwards; and **fine bands**, how strong thin light and dark bands are. The first three are of shape.
#
# Length and size come back, so the outline does roughly; dents, zoning, cracks and inclusions hardly do. Where the code leaves open what a pixel is, the squared differences are least for a mean, which is smooth grey. Some dreams are dented or fall apart: their codes lie farther from those that were learned.
#
# ## 2 · Turn the numbers
#
# Each slider is one number of the code. The grain is drawn as you move it; the line below measures it.

# %%
wanted = ex.how_long(learning.x)
bench = widgets.DreamBench(draw, np.zeros(4))
print(f"One in ten of the learned grains has an aspect ratio above {wanted:.1f}.")
bench.panel()

# %% [markdown] tags=["exercise:sculpted"]
# ### Exercise: a long, whole grain
# With the sliders find a grain that is longer than nine of ten learned ones (the printed number) and still whole: solidity above 0.9. Press *keep as the one*, and run both cells.

# %% tags=["exercise:sculpted", "answer"]
my_code = bench.kept["one"]  # or four numbers

# %% tags=["check", "nbval-check-output"]
ex.sculpted.check(ex.sculpture(my_code, bench, wanted))

# %%
# @title The same without sliders: each number from −2 to 2, the others at 0
steps = np.linspace(-2, 2, 7)
codes = np.concatenate([step * np.eye(4)[[number]] for number in range(4) for step in steps])
drawn = draw(codes)
titles = [f"number {number}: {step:+.1f}" for number in range(1, 5) for step in steps]
plots.show(
    plots.gallery(list(np.uint8(255 * drawn)), titles, columns=7),
    alt="Four rows of grains: in each, one number of the code goes from −2 to 2.",
    of=made,
)
walked = dreams.measured(draw(codes / 2))  # nearer, from −1 to 1
spans = walked.groupby(np.repeat([f"number {n}" for n in range(1, 5)], 7)).agg(np.ptp) / originals.std()
print(
    f"From −1 to 1 (solidity never below {walked['solidity'].min():.2f}): largest less smallest value of each measure,"
)
print("as a multiple of its standard deviation over the originals")
spans.round(1)

# %% [markdown]
# **What we see.** Far from 0 some drawings fall apart, and then measure much that is no grain; so the table keeps to −1 to 1. There it says how far each number moves each measure. Read down the columns: most measures are moved by several numbers, so a number is no property. Zoning moves, too, though the drawings show hardly any: a measure can be fooled, so look as well.
#
# ## 3 · Judged, not admired
#
# Three questions, each with a number. **Told apart**: how often does a judge, here a forest, rightly say *original* or *drawn*? 0.50 is chance. **Covered**: of the originals, how many have a drawing as near as their fifth nearest original, by six measures? **Copied**: how often is the nearest grain of a dream one that the network learned from, rather than one of as many set aside? 0.50 is fair. Other originals are asked too: dreams cannot be expected to do better.

# %% [markdown] tags=["exercise:copying"]
# ### Exercise: does it copy?
# Write `my_copied(dreamt, learned, aside)`: the share of dreams whose nearest learned grain is nearer than their nearest grain set aside. Each argument has a row of pixels for each picture; `learned` and `aside` have as many rows. It is tried on planted copies and on fresh pictures.


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


half = len(aside) // 2
told = dreams.told_apart(judge, originals.to_numpy(), of_dreams.to_numpy())
cloud, fair = dreams.coverage(originals, of_dreams), dreams.coverage(originals[:half], originals[half:])
copied = dreams.copied(dreamt, learning.x, aside.x)
print(f"Dreams told apart {told:.2f}; originals covered {cloud.covered:.2f}, by other originals {fair.covered:.2f}")
print(f"Nearer to a learned grain than to one set aside: {copied:.2f}")

# %%
# @title Ten trainings, stored with the kit, each with another pair of mounts left out
results = pd.read_csv(samples.DATA / "results" / "generative.csv")
asked = {"told apart, measures": "told by measures", "told apart, pixels": "told by pixels", "copied": "copied",
         "covered": "covered", "covered, shape": "covered by shape"}  # fmt: skip
judged = results[results["kind"].isin(["dreamt", "grown", "real"]) & results["what"].isin(asked)]
judged = judged.assign(
    what=judged["what"].map(asked),
    text=[f"{row.value:.2f} ({row.low:.2f}–{row.high:.2f})" for row in judged.itertuples()],
)
by_set = results[results["data"].eq("real") & results["what"].eq("told apart, measures")].set_index("kind")
ex.told.meet([evaluation.Interval(*by_set.loc[kind, ["value", "low", "high"]]) for kind in ("dreamt", "grown")])
table = (
    judged.pivot(index=["data", "what"], columns="kind", values="text").reindex(asked.values(), level="what").fillna("")
)
table.rename(columns={"real": "others"}).rename_axis(index=["mounts", None], columns=None)

# %% [markdown]
# **What we see.** The printed lines are of this run, the table is of ten, on grown and on real mounts: *dreamt* by a network that learned from them, *grown* anew by the program, and *others*, originals beside originals. A forest that sees pixels knows nearly every dream, and one that sees six measures 96 of 100. By all six measures the dreams cover 0.14 of the originals on grown mounts and 0.09 on real ones; by the three of shape alone 0.63 and 0.51, where others cover 0.97 and 0.96. So a third to a half of the shapes is missing; with the three measures of grey, nearly everything. Whether dreams are copied is not resolved: both intervals hold 0.50. They are wide, since many smooth dreams share their nearest grain.
#
# Beside real originals, grown grains are told apart by six measures in 55 of 100 (54–57), by pixels in 64 (61–66), and they cover 0.93 (0.91–0.95). Their recipes were set on these mounts, which is an advantage. Beside grown mounts they come from the same program with another seed, so about 0.50 is no success.
#
# **To discuss.** A colleague shows you the best twelve of many dreamt grains and says: *look how real they are; now we have as many zircons as we like.* Which two numbers do you ask for, and what would you allow the dreams to be used for?

# %% [markdown] tags=["depth"]
# # Going deeper
#
# ## Each term switched off
#
# The same network trained again, for half as many epochs, with one of the two terms given the weight 0.

# %% tags=["depth"]
nets = {"both terms": (encoder, decoder)}
for title, (rebuild, together) in {"first off": (0, 1), "second off": (1, 0)}.items():
    if not quick or title == "first off":
        nets[title] = trained(rebuild, together, max(1, epochs // 2))[:2]
shown = []
for title, (its_encoder, its_decoder) in nets.items():
    shown.append(its_decoder(rng.normal(size=(8, 4)).astype(np.float32)))
    spread = np.asarray(its_encoder(aside.x))[:, :4].std(axis=0)
    print(f"{title}: spread of the four means {', '.join(f'{each:.2f}' for each in spread)}")
pictures, titles = np.uint8(255 * np.concatenate(shown)), np.repeat(list(nets), 8)
plots.show(
    plots.gallery(list(pictures), list(titles)),
    alt="Dreams with both terms of the loss, and with one of them switched off.",
    of=made,
)

# %% [markdown] tags=["depth"]
# **What we see.** With the second term off the means spread far beyond 1, and chance from the standard normal falls into a small part of the codes. With the first term off nothing asks for a likeness: the codes are kept together, and the decoder, which gets no gradient from the second term, stays as untrained as it began.
#
# ## From porphyry to batholith
#
# The codes of two originals and a straight line between them.

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
# **What we see.** The first and the last picture are originals, the six between are drawn. The drawings change in small steps, and those next to the originals already lack what four numbers do not hold. A straight line between codes is geometry: whether a rock has made such grains it does not say.

# %% [markdown] tags=["depth"]
# ## A copier and a collapse, planted
#
# Two bad models, made on purpose: one draws learned grains with a little noise, one always the same two grains.

# %% tags=["depth"]
# @title Planted: a model that copies, and one that always draws the same two grains
noisy = np.clip(learning.x[: len(aside)] + 0.02 * rng.normal(size=learning.x[: len(aside)].shape), 0, 1)
same_two = np.repeat(learning.x[:2], len(aside) // 2, axis=0)
planted = {"the VAE's dreams": dreamt, "copies with noise": np.float32(noisy), "the same two": same_two}
rows = {name: {"copied": f"{dreams.copied(each, learning.x, aside.x):.2f}",
               "covered": f"{dreams.coverage(originals, dreams.measured(each)).covered:.2f}"}
        for name, each in planted.items()}  # fmt: skip
pd.DataFrame(rows).T

# %% [markdown] tags=["depth"]
# **What we see.** Copies cover almost everything, and *copied* is for them clearly above 0.50. It asks as many learned grains as were set aside, less than half of them, so it stays far below 1 even for a pure copier. The interval of the dreams is wide: that they copy a little cannot be excluded. Two pictures over and over, a **mode collapse**, are caught by *covered*; *copied* says next to nothing about them, with an interval over most of 0 to 1. Each number alone can be cheated.
#
# ## Who is rebuilt badly?
#
# A network that can rebuild zircons should fail on other things, one might think: *reconstruction error as novelty*. On grown mounts it is known which grains are **contaminants** (apatite and the like).

# %% tags=["depth"]
# @title ROC-AUC of contaminants against zircons: ten runs on grown mounts
novelty = results[results["kind"] == "novelty"].copy()
novelty["text"] = [f"{row.value:.2f} ({row.low:.2f}–{row.high:.2f})" for row in novelty.itertuples()]
novelty[["question", "way"]] = novelty["what"].str.split(", ", expand=True).to_numpy()
strangers = novelty.pivot(index=["data", "question"], columns="way", values="text").fillna("")
share = pd.read_csv(samples.DATA / "synthetic_samples.csv")["contaminant"].max()
print(f"The recipes of the grown mounts ask for at most {share:.1%} contaminants.")
strangers.query("question == 'contaminants'")

# %% [markdown] tags=["depth", "exercise:worse_rebuilt"]
# **What we see.** 0.5 is chance; below it the strangers are rebuilt *better* than the zircons. The VAE's error has ROC-AUC 0.37 (0.28–0.45) for contaminants, and the error of four principal components, which are no network, 0.38 (0.30–0.47). One feature, the mean grey of a grain beside the median of its mount, has 0.98 (0.97–0.99): contaminants are duller. The pictures that are rebuilt are evenly exposed.
#
# ### Exercise: why not?
# Why does a large error of rebuilding fail to find the contaminants?
#
# - **a** it learned from so many contaminants that it knows them best
# - **b** it was trained for too few epochs to rebuild any zircon well
# - **c** contaminants have less detail than zircons, so less is lost
# - **d** contaminants are darker than zircons, so an error is smaller

# %% tags=["depth", "exercise:worse_rebuilt", "answer"]
my_letter = ...

# %% tags=["depth", "check", "nbval-check-output"]
ex.worse_rebuilt.check(my_letter)

# %% tags=["depth"]
# @title The answer tested: ROC-AUC of blurred grains against the same grains sharp
strangers.query("question == 'blurred'")

# %% [markdown] tags=["depth"]
# **What we see.** The same zircons, blurred, are nothing that the network learned from, and are rebuilt better than sharp ones: 0.28 (0.22–0.34) on grown and 0.22 (0.18–0.27) on real mounts. One feature, the contrast of neighbouring pixels, has 0.88 (0.88–0.89) and 0.86 (0.85–0.87).
#
# ## Do dreams help a classifier?
#
# A forest learns from 50 labelled grains; then from these and 1,000 dreams of both classes, drawn around the labelled grains' codes; then from these and 1,000 grown grains. It is scored on mounts that nobody labelled.

# %% tags=["depth"]
# @title ROC-AUC, and the paired gain on the 50 labels alone: ten pairs of mounts
helps = results[results["kind"] == "help"].set_index(["data", "what"])
helps[["value", "low", "high", "gain", "gain_low", "gain_high"]].round(3)

# %% [markdown] tags=["depth"]
# **What we see.** Gains over the 50 labels alone, paired by run. With dreams: +0.002 (−0.020 to +0.024) on grown mounts and +0.029 (−0.002 to +0.059) on real ones. With grown grains: +0.057 (+0.023 to +0.090) and +0.014 (−0.034 to +0.062). Where an interval holds 0, ten pairs of mounts do not resolve it. The one gain that is resolved, by grown grains on grown mounts, is no surprise: they come from the program that made the test mounts, so they are more labelled grains of the same kind.
#
# ## Other kinds of generative models
#
# A **GAN** lets a drawing network and a judging network learn against each other; a **diffusion model** learns to take noise away, step by step. Neither is tried here. Whatever they draw raises the same three questions: told apart, covered, copied.

# %% tags=["frame"]
from zirconkit.exercises import score_card

score_card(ex)

# %% [markdown] tags=["frame"]
# **Take away.** A VAE squeezes grains into a few numbers from which it can draw; what it draws is what those numbers hold, here length and size, and hardly any zoning. Dreams are judged by being told apart, covered and copied, beside other originals and a rival that follows rules. That dreams help a classifier of 50 labelled grains is not resolved, on grown or on real mounts.
#
# **Terms.** *[generative model](GLOSSARY.md#generative-model)*: a model that draws new examples like those it learned from · *[autoencoder](GLOSSARY.md#autoencoder)*: a network that squeezes an example into a few numbers and rebuilds it · *[code](GLOSSARY.md#code)*: the few numbers between encoder and decoder · *[variational autoencoder](GLOSSARY.md#variational-autoencoder)* (VAE): an autoencoder whose codes are drawn at random and held together, so that it can dream · *[reparametrisation](GLOSSARY.md#reparametrisation)*: chance comes from outside and is only scaled and shifted, so that gradients reach the encoder · *[mode collapse](GLOSSARY.md#mode-collapse)*: a generative model draws a few kinds only · *[coverage](GLOSSARY.md#coverage)*: the share of originals that have a drawn one near
#
# **Read on.**
# - Kingma and Welling (2014), arXiv:1312.6114: the variational autoencoder.
# - Naeem and others (2020), arXiv:2002.09797: fidelity and coverage, measured.
# - Meehan and others (2020), arXiv:2004.05675: a test for copying.
# - Nalisnick and others (2019), arXiv:1810.09136: generative models that find strangers more likely than what they learned.
#
# Next: [15 · Few labels](15_few_labels.ipynb).
