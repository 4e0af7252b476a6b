# %% [markdown]
# # 6 · Transfer learning: borrow what photographs have taught
#
# **The idea:** a network that has seen photographs needs fewer zircons; frozen layers need be computed only once.
#
# **You will** see why ten million weights are too many for some hundreds of grains · borrow a network that has seen a million photographs · find a slip that raises no error ·
# train in a minute what takes hours as published, and check that the score does not suffer · say from how many grains on it pays · take one model out, with a card that says what it is worth.
#
# **You need** notebooks 4 and 5 (LeNet, dropout, augmentation, the spread of seeds). **Time** 45 min to teach, 25 min of exercises, 80 s to run on two processor cores.

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
    raise ModuleNotFoundError("no zirconkit: unpack its folder beside this notebook, or %pip install --no-deps PATH")
from zirconkit.course import doctor

doctor.install_missing()

# %% tags=["parameters"]
DATA = "synthetic"
PROFILE = "lesson"
SEED = 0

# %% [markdown]
# ## What each network is shown
#
# The paper compares three kinds of network: LeNet, which looks at 32 × 32 pixels (px), and AlexNet and VGG-16, which were made for photographs of 224 × 224. Between them stands ours for today, EfficientNet-Lite0, at 96.

# %%
import keras
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import tensorflow as tf
from keras import layers
from sklearn.model_selection import StratifiedKFold
from zirconkit.networks import backbones, exports, training, transfer
from zirconkit import course, evaluation, mounts, plots, samples
from zirconkit import grains as gr

profile = course.profile(PROFILE)
own = mounts.find(DATA, profile.name)
found = course.enough("06", own)
name_of_data = Path(DATA).name if found[0] in own else "the four synthetic mounts of the kit"
grains = gr.from_mounts(found, size=64, mask_neighbours=True).two_classes()
chosen, test = gr.published_split(grains, 678)  # as many as the paper had; the test mounts are held out
on_both_sides = set(chosen.table["sample"]) & set(test.table["sample"])  # no mount could be held out whole
tested_on = "a random fifth of the grains" if on_both_sides else "the test mounts"
keep, aside = next(StratifiedKFold(5, shuffle=True, random_state=0).split(chosen.images, chosen.y))  # 80 % and 20 %
learning, validation = chosen[keep], chosen[aside]
one = learning.x[:1]
fig, axes = plt.subplots(1, 4, figsize=(9.5, 2.8), layout="constrained")
for ax, (size, name) in zip(axes, {32: "LeNet", 64: "as cut here", 96: "Lite0", 224: "AlexNet, VGG"}.items()):
    large = np.asarray(keras.ops.image.resize(one, (size, size), antialias=True))
    ax.imshow(large[0, ..., 0], cmap="gray", vmin=0, vmax=1)
    ax.set(title=f"{name}: {size} px", xlabel="column (px)")
axes[0].set(ylabel="row (px)")
plots.show(fig, alt="One grain as images of 32, 64, 96 and 224 pixels: blocky at 32, and no sharper at 224 than at 96.")
print(f"{len(learning)} grains to learn from, {len(validation)} to validate on, {len(test)} test grains ({tested_on})")

# %% [markdown]
# **What we see.** The same grain four times. At 32 px fine zones, if it has any, melt together. At 224 px there is no more to see than at 96: the grain is only drawn larger, and costs five times the arithmetic. A larger input is not more information.
#
# ## AlexNet: ten million weights from nothing
#
# AlexNet won ImageNet's contest in 2012: 1.2 million photographs in 1,000 classes. This is the paper's version of it, in plain Keras.


# %% tags=["nbval-check-output"]
def alexnet(size=224):
    model = keras.Sequential([keras.Input((size, size, 1))], name="AlexNet")
    for filters, kernel, stride, pool in (
        (96, 11, 4, True),
        (256, 5, 1, True),
        (384, 3, 1, False),
        (384, 3, 1, False),
        (256, 3, 1, True),
    ):
        model.add(layers.Conv2D(filters, kernel, stride, "valid" if stride == 4 else "same", activation="relu"))
        model.add(layers.BatchNormalization())
        if pool:
            model.add(layers.MaxPooling2D(3, 2))
    model.add(layers.Flatten())
    for neurones in (1024, 64):
        model.add(layers.Dense(neurones, activation="relu"))
        model.add(layers.Dropout(0.5))
    model.add(layers.Dense(1, activation="sigmoid"))
    return model


def learnable(model):
    return sum(int(np.prod(weight.shape)) for weight in model.trainable_weights)


count = learnable(alexnet())
print(f"AlexNet: {count:,} weights to learn, {count // 542:,} for each of 542 grains")

# %% [markdown]
# ### Exercise 1: where they are
# Behind the last pooling AlexNet has 5 × 5 × 256 = 6,400 values, and each of 1,024 neurones looks at all of them. How many of the 10,347,009 weights are in this one layer?

# %%
from zirconkit.exercises import transfer as ex

answer = ...

# %% tags=["nbval-check-output"]
ex.dense_share.check(answer)

# %% [markdown]
# Training it at 224 px takes two processor cores most of a minute an epoch, so we look at runs that came with the kit (`python benchmarks/transfer.py` makes them anew; five seeds, the synthetic set). To afford five seeds we gave AlexNet images of 67 px, the smallest that its three poolings allow, and 30 epochs, in place of 224 px and 200 epochs.

# %%
curves = pd.read_csv(samples.DATA / "results" / "transfer_curves.csv").set_index(["of_seeds", "model"])


def long_run(names, score, label, ax):
    """Mean over five seeds and their range, at each epoch."""
    palette = ("porphyry", "batholith", "accent", "second", "warn", "quiet")
    for colour, (name, style) in zip(palette, names):
        mean, low, high = (curves.loc[(how, name)] for how in ("mean", "min", "max"))
        kind = "validation" if score.startswith("val_") else "training"
        ax.plot(mean["epoch"], mean[score], style, color=plots.COLOURS[colour], label=f"{name}, {kind}")
        ax.fill_between(mean["epoch"], low[score], high[score], color=plots.COLOURS[colour], alpha=0.15, lw=0)
    ax.set(xlabel="epoch", ylabel=label)
    ax.grid(alpha=0.3)


fig, axes = plt.subplots(1, 2, figsize=(9.5, 3.6), layout="constrained")
for score, style in (("auc", "--"), ("val_auc", "-")):
    long_run([("AlexNet at 67 px", style)], score, "ROC-AUC", axes[0])
    long_run([("LeNet", style)], score, "ROC-AUC", axes[1])
for ax, name in zip(axes, ("AlexNet", "LeNet")):
    ax.set(title=name, ylim=(0.5, 1), xlim=(0, 30))
    ax.legend(fontsize=8, loc="lower right")
plots.show(fig, alt="ROC-AUC over thirty epochs: AlexNet's band is wide and jumps, LeNet's is narrow and rises slowly.")

# %% [markdown]
# **What we see.** Lines: mean of five seeds; bands: their range. At 67 px AlexNet has 4.1 million weights, still 7,500 a grain. After 30 epochs it is ahead of LeNet on validation grains (0.78 against about 0.72), but less steady: it swings from epoch to epoch and from seed to seed, as the paper saw of its own. And on the two test mounts it guesses (0.52 ± 0.05 over the seeds). The paper's AlexNet, 200 epochs of large images, has 0.95 on validation grains and 0.79 on the test mounts, where it gets 0.56 of the grains right, fewer than always saying *batholith* would (0.65). The paper blames the number of weights for the few grains; a large gap between validation and test is in both.
#
# ## A network that has seen photographs
#
# The first layers of every network that learned from photographs answer to edges, stripes and blobs: what zoning is made of (notebook 3). **Transfer learning** borrows them. EfficientNet-Lite0 comes installed with the kit: 4.7 million weights, trained on ImageNet's photographs. Does it know what it sees? **Predict** what it will say of a zircon.

# %%
from skimage import data

photographer = backbones.lite0(224)
NAMES = {967: "espresso", 968: "cup", 925: "consommé", 285: "Egyptian cat", 282: "tiger cat", 281: "tabby cat"}
NAMES |= {600: "hook", 633: "loupe", 808: "sombrero", 818: "spotlight"}
pictures = {"coffee": data.coffee()[:, 100:500] / 255, "chelsea": data.chelsea()[:, 75:375] / 255}
pictures["a zircon"] = np.repeat(one[0, ..., :1], 3, axis=-1)
fig, axes = plt.subplots(1, 3, figsize=(9.5, 4.2), layout="constrained")
for ax, (name, picture) in zip(axes, pictures.items()):
    picture = picture[None].astype("float32")
    classes = np.asarray(photographer.classifier(photographer.preprocessing(picture.shape[1:])(picture)))[0]
    ax.imshow(picture[0])
    best = classes.argsort()[::-1][:3]
    ax.set_title("\n".join(f"{NAMES.get(k, f'class {k}')} {classes[k]:.2f}" for k in best), fontsize=9)
    ax.set(xticks=[], yticks=[], xlabel=name)
plots.show(
    fig, alt="A cup of coffee, recognised as espresso; a cat, recognised as a cat; a zircon, with three unsure guesses."
)

# %% [markdown]
# **What we see.** Espresso, a cat; so the weights are the real ones. Of the zircon it says something, too, because it must: its 1,000 classes have no minerals. Its *last* layer is of no use to us. What the layers before it see may be.
#
# ## A slip that raises no error
#
# A pretrained network wants its pixels as its makers fed them. Lite0: three channels, (grey − 127) / 128, so from −1 to 1. VGG-16: blue before green before red, each less its mean over ImageNet, so from about −120 to 150. Our images: one channel, 0 to 1.
#
# In the notebook that was published with the paper a layer is built that rescales the images, and then the network is called without it. It happens to everybody. **Predict, then run:** what does Lite0 see in the coffee if it gets 0 to 1, and what if it gets 0 to 255?

# %% tags=["nbval-check-output"]
coffee = pictures["coffee"][None].astype("float32")
coffee = np.asarray(keras.ops.image.resize(coffee, (224, 224)))
feeds = {"as its makers": coffee * 255 / 128 - 127 / 128, "0 to 1": coffee, "0 to 255": coffee * 255}
lines = []
for fed in feeds.values():
    classes = np.asarray(photographer.classifier(fed))[0]
    best = int(classes.argmax())
    lines.append(
        [
            f"{fed.min():.2f} to {fed.max():.2f}",
            NAMES.get(best, f"class {best}"),
            f"{classes[best]:.2f}",
            f"{classes[967]:.2f}",
        ]
    )
pd.DataFrame(lines, index=list(feeds), columns=["pixels from, to", "says", "sure by", "espresso"])

# %% [markdown]
# **What we see.** Fed with 0 to 1 it still says espresso, hardly less sure: the contrast is halved and the black is grey, and nobody would notice. Fed with 0 to 255 it says something else, and is sure of nothing. No error in either case. A new network on top would learn what it can from such answers; its score may be lower than it need be, and nothing would tell.
#
# ### Exercise 2: how to find it
# Suppose the slip is in your own code. Which of these would show it?
#
# - **a** the training loss: it does not fall
# - **b** the smallest and largest value that enter the first layer, beside what the makers wrote (and, for gross slips, a picture whose answer you know)
# - **c** the number of parameters
# - **d** the accuracy on the training grains

# %%
answer = ...

# %% tags=["nbval-check-output"]
ex.find_the_slip.check(answer)

# %% [markdown]
# In the kit a network and what it wants to be fed with are one object, a **backbone**; nothing else in the kit scales an image for it.
#
# ## Freeze, and look only once
#
# The paper's recipe for VGG-16 has two stages:
#
# 1. **Freeze** the borrowed layers: their weights stay. Put a small new **head** on top, dense layers of 128, 32 and 1 neurone, and train it alone: 200 epochs, learning rate 0.001.
# 2. **Fine-tune**: set the last convolution free, too, and go on for 20 epochs with a tenth of the learning rate, so that small steps do not wreck what was borrowed.
#
# Of VGG-16's 14,784,513 weights 69,825 learn in stage 1, and 2,429,633 in stage 2. But *all* layers are computed for every grain in every epoch, only to give the same numbers as in the epoch before: frozen layers cannot change their mind. So we compute these numbers, the **features** (the field says *bottleneck features*), once, for a few augmented views of each grain, and keep them on disk.
#
# ### Exercise 3: what is saved
# As published: 542 grains to learn from and 136 to validate on go through the frozen layers in each of 220 epochs. With cached features: say, 4 views of the 542, and the 136, once. (So does the lesson below; the long runs have 16 views.) How many times fewer images go through the frozen layers?

# %%
answer = ...

# %% tags=["nbval-check-output"]
ex.passes_saved.check(answer)

# %% [markdown]
# Is there a graphics processor (GPU) to compute with? On Colab: *Runtime → Change runtime type → GPU*. Without one the lesson is the same.

# %%
gpus = tf.config.list_physical_devices("GPU")
batch_size = 256 if gpus else None  # None: as many as fit in 2 GB
if gpus:
    keras.mixed_precision.set_global_policy("mixed_float16")  # 16-bit arithmetic, which a GPU does faster
print(f"{len(gpus)} GPU here:", "the frozen layers run on it in 16 bits" if gpus else "two processor cores will do")

# %%
backbone = backbones.lite0(96)
views = transfer.views(
    learning.x, min(16, max(2, profile.repeats // 3)), SEED
)  # the grains as they are, then changed as in notebook 5
flat = transfer.features(backbone, views.reshape(-1, *views.shape[2:]), batch_size=batch_size)
seen = flat.reshape(*views.shape[:2], *flat.shape[1:])
unseen = transfer.features(backbone, validation.x, batch_size=batch_size)
megabytes = f"{seen.nbytes / 1e6:.0f} MB in 16 bits"
print(f"{len(views)} views of {len(learning)} grains: {seen.shape[2:]} numbers each, {megabytes}")
del views, photographer  # memory

fig, axes = plt.subplots(2, 8, figsize=(9.5, 2.7), layout="constrained")
axes[0, 0].imshow(learning.images[0, ..., 0], cmap="gray")
strongest = np.argsort(seen[0].astype("float32").std(axis=(0, 1, 2)))[::-1]
for ax, channel in zip(axes.flat[1:], strongest):
    values = seen[0, 0, ..., channel].astype("float32")
    ax.imshow(values, cmap="PuOr", vmin=-abs(values).max(), vmax=abs(values).max())
for ax in axes.flat:
    ax.set(xticks=[], yticks=[])
plots.show(
    fig,
    alt="A grain and fifteen of its 112 feature maps, 6 by 6 values each, each lit up in another part of the grain.",
)

# %% [markdown]
# **What we see.** A grain, and the 15 of its 112 maps that differ most between grains (purple positive, orange negative, each on its own scale). Six by six values each: "something like this is about here". This is all that the new layers get to see of a grain.
#
# Why there? Lite0 has sixteen blocks, 0 to 15; we freeze ten, and take the output of the eleventh. What comes later was shaped, we suppose, by ImageNet's classes. We tried: behind block 15 the same head is worse (validation 0.867 ± 0.011 against 0.888 ± 0.004, three seeds on the synthetic set). That choice was made by a look at the validation grains, so their score is a little too kind from here on. VGG-16 has fewer layers, and is used to its end.
#
# ## Stage 1 and stage 2
#
# Here is the recipe, in plain Keras. `RandomViews` stands in the place of the images: in each epoch each grain comes in one of its views.


# %%
def two_stages(seed):
    keras.utils.set_random_seed(seed)
    tail = transfer.last_convolution(backbone)  # the layers behind the frozen ones; only the last convolution can learn
    pooled = keras.Sequential([tail, layers.GlobalAveragePooling2D()])
    channels = tail.output_shape[-1]
    head = keras.Sequential([keras.Input((channels,)), layers.Dense(128, activation="relu"), layers.Dropout(0.5)])
    head.add(layers.Dense(32, activation="relu"))
    head.add(layers.Dropout(0.5))
    head.add(layers.Dense(1, activation="sigmoid", dtype="float32"))

    def stage(model, x, x_validation, rate, epochs):
        model.compile(optimizer=keras.optimizers.Adam(rate), loss="binary_crossentropy")
        train = training.Data(transfer.RandomViews(x, seed), learning.y)
        return training.fit(model, train, training.Data(x_validation, validation.y), epochs, seed=seed)

    short = np.stack([training.predict(pooled, view) for view in seen])  # the head's input: one number a map
    first = stage(head, short, training.predict(pooled, unseen), 1e-3, min(200, 3 * profile.epochs))
    second = stage(keras.Sequential([*pooled.layers, head]), seen, unseen, 1e-4, min(20, profile.epochs))
    return transfer.assemble(backbone, tail, head, learning.images.shape[1:]), first.history, second.history


runs = [two_stages(seed) for seed in range(SEED, SEED + profile.seeds)]

# %%
fig, axes = plt.subplots(1, 2, figsize=(9.5, 3.6), layout="constrained")
for ax, score, label in ((axes[0], "loss", "loss"), (axes[1], "auc", "ROC-AUC")):
    for column, style, colour in ((score, "--", "batholith"), (f"val_{score}", "-", "porphyry")):
        values = np.array([first[column] + second[column] for _, first, second in runs])
        epochs = np.arange(1, values.shape[1] + 1)
        kind = "validation" if column.startswith("val_") else "training"
        ax.plot(epochs, values.mean(axis=0), style, color=plots.COLOURS[colour], label=kind)
        ax.fill_between(epochs, values.min(axis=0), values.max(axis=0), color=plots.COLOURS[colour], alpha=0.2, lw=0)
    ax.axvline(len(runs[0][1]["loss"]), ls=":", color=plots.COLOURS["quiet"], label="stage 2 begins")
    ax.set(xlabel="epoch", ylabel=label)
    ax.grid(alpha=0.3)
axes[0].legend(fontsize=8)
plots.show(fig, alt="Loss and ROC-AUC over both stages, mean and range of the seeds, training and validation.")
before, after = ([run[stage]["val_auc"][-1] for run in runs] for stage in (1, 2))
print("validation ROC-AUC, a value a seed: stage 1 " + ", ".join(f"{value:.2f}" for value in before))
print("                                    stage 2 " + ", ".join(f"{value:.2f}" for value in after))

# %% [markdown]
# **What we see** (synthetic set, profile "lesson"). In stage 1 (here cut to 60 epochs, with four views) the validation ROC-AUC climbs within some twenty epochs to about where it stays; LeNet took more than a hundred. The training curves go on, while the validation loss falls no further: overfitting begins, but slowly. Stage 2 changes the scores by no more than the seeds differ. The paper, with VGG-16, credits its gain largely to this stage; here most was there before it.
#
# ### Exercise 4: leakage?
# We computed the features of the validation grains with the frozen layers, before any training. Is that leakage?
#
# - **a** yes: the base has seen them, so it learned them
# - **b** yes: they are on the same disk as those of the learning grains
# - **c** no: frozen layers learn nothing
# - **d** only with more than one view

# %%
answer = ...

# %% tags=["nbval-check-output"]
ex.is_it_leakage.check(answer)

# %% [markdown]
# ## What caching changes, and what it does not
#
# It changes one thing on purpose: a grain has a few changed views, not a new one in every epoch. And one by the way: the features are kept in 16 bits. Does either cost anything? First the numbers: the same weights, once from the cached features, once through the whole network.

# %%
model, _, _ = runs[0]
tail, head = model.layers[2], model.layers[4]
from_cache = training.predict(keras.Sequential([tail, layers.GlobalAveragePooling2D(), head]), unseen)
whole = exports.predict(model, validation.images)
print(f"largest difference of {len(whole)} probabilities: {abs(from_cache - whole).max():.0e}")

ways = pd.read_csv(samples.DATA / "results" / "transfer_speed.csv").groupby(["way", "seed"])
auc = ways.apply(lambda part: evaluation.auc_interval(part["y"], part["probability"]).value)
print("both stages in full, 200 + 20 epochs, 16 views, synthetic set, three seeds; validation ROC-AUC")
for way, values in auc.groupby("way"):
    print(f"    {way}: {values.mean():.3f} ({', '.join(f'{value:.3f}' for value in values)})")

# %% [markdown]
# **What we see.** The probabilities agree to three digits or better (largest difference: printed). And trained in full on sixteen views of each grain of the synthetic set Lite0's ROC-AUC is not noticeably worse than with a new view in every epoch: 0.894 against 0.882. (It looks better; over three seeds the difference is 0.013, with a 95 % interval of about −0.006 to 0.031. Answers to single grains differ from run to run by more than that.) What it saves: both stages of a VGG-16 at 224 px, four views, took 13 minutes on two cores; as published they would take 12 hours (two epochs timed, multiplied up to 220). That is 57 times less.
#
# ## All networks
#
# Figure 7 of the paper, with five seeds, on the synthetic set. The ImageNet VGG-16 has to be fetched from the network, which the kit's own figures do without; in its place stands a network with the same layers, which learned from photographs and then to find edges in them. (Whoever has a network: `python benchmarks/transfer.py --vgg16`.)

# %%
fig, axes = plt.subplots(1, 2, figsize=(9.5, 4), layout="constrained")
names = [(name, "-") for name in ("Lite0", "LeNet", "LeNet, no dropout", "VGG-16 of edges", "AlexNet at 67 px", "MLP")]
long_run(names, "val_loss", "validation loss", axes[0])
long_run(names, "val_auc", "validation ROC-AUC", axes[1])
axes[0].set(ylim=(0.2, 1.2))
axes[0].legend(fontsize=7)
for ax in axes:
    ax.axvline(200, ls=":", color=plots.COLOURS["quiet"])
plots.show(fig, alt="Validation loss and ROC-AUC over 220 epochs of six networks, mean and range of five seeds.")

# %% tags=["nbval-check-output"]
table = pd.read_csv(samples.DATA / "results" / "transfer.csv")
every = table[table["n"] == 542].groupby("model", sort=False)
shown = {"validation ROC-AUC": "validation_auc", "test ROC-AUC": "test_auc", "validation loss": "validation_loss"}
shown["test loss"] = "test_loss"
spreads = {
    title: [f"{each[score].mean():.2f} ± {each[score].std():.2f}" for _, each in every]
    for title, score in shown.items()
}
pd.DataFrame(spreads, index=[name for name, _ in every])

# %% tags=["nbval-check-output"]
published = samples.published_scores().query("model != 'LeNet-5' or regularization == 'dropout + augmentation'")
published.set_index("model")[["parameters", "validation_auc", "test_auc", "test_accuracy"]]

# %% [markdown]
# **What we see** (synthetic set; mean ± standard deviation of five seeds). On validation grains Lite0 comes first, with 0.88 after some twenty epochs and 0.89 in the end; LeNet without dropout reaches 0.87 after some 120. The real difference is in the *test* column: two mounts that nobody trained on. Lite0 keeps 0.85 there; LeNet falls to 0.59, and 0.73 without dropout. That agrees with the paper, which finds that its pretrained network generalizes best. (Lite0 comes as a whole: its weights, its size, its 96 px. We have not trained the same network from nothing, so how much is due to the photographs alone we do not know.)
#
# Three surprises. The **MLP**, the humble baseline, is far behind on validation grains and *second* on the test mounts (0.81). **AlexNet** guesses there. And of the five runs on **VGG-16's layers, trained on edges**, two stay near chance on validation grains and three reach 0.77 to 0.79, which is what a logistic regression does on the same numbers, each brought to mean 0 and spread 1 first (0.77). That is no verdict on the ImageNet VGG-16: these last layers were bent to find edges, and their outputs run from 0 to 300, which the published head does not always survive. Pretrained on *what*, and fed on *how*, matters.
#
# And the losses: averaged over the seeds, the test loss of every network is above log 2 = 0.69, which "½ for every grain" costs. A good ranking is not a good probability (notebook 7).
#
# ## How many grains?
#
# The paper's Figure 9: fewer grains to learn from. Five seeds, and each draws other grains, except at 542, which is all; they are scored on the same 136 validation grains and the same two test mounts. **Predict:** does borrowing pay more with 50 grains, or with 542?

# %%
fig, axes = plt.subplots(1, 2, figsize=(9.5, 4), sharey=True, layout="constrained")
palette = dict(
    zip(
        ("MLP", "LeNet", "LeNet, no dropout", "AlexNet at 67 px", "Lite0", "VGG-16 of edges"),
        ("quiet", "batholith", "accent", "warn", "porphyry", "second"),
    )
)
for ax, part in zip(axes, ("validation", "test")):
    for shift, (name, colour) in enumerate(palette.items()):
        scores = table[table["model"] == name].groupby("n")[f"{part}_auc"]
        half = 2.78 * scores.std() / np.sqrt(scores.size())  # 95 % interval of the mean of five seeds (Student's t)
        x = scores.mean().index * (1 + 0.03 * (shift - 2.5))
        ax.errorbar(x, scores.mean(), half, fmt="o-", ms=4, capsize=2, color=plots.COLOURS[colour], label=name)
    ax.set(xscale="log", xlabel="grains to learn from", ylabel="ROC-AUC", title=f"{part} grains")
    ax.set_xticks([50, 100, 200, 400, 542], ["50", "100", "200", "400", "542"])
    ax.minorticks_off()
    ax.grid(alpha=0.3)
axes[1].legend(fontsize=7)
plots.show(
    fig,
    alt="ROC-AUC against the number of grains for six networks, with intervals; validation grains left, test mounts right.",
)

# %% tags=["nbval-check-output"]
rows = []
for n in sorted(table["n"].unique()):
    for part in ("validation", "test"):
        wide = table[table["n"] == n].pivot(index="seed", columns="model", values=f"{part}_auc")
        for other in ("LeNet", "LeNet, no dropout", "MLP"):
            d = wide["Lite0"] - wide[other]
            half = 2.78 * d.std() / np.sqrt(len(d))
            rows.append([n, part, other, f"{d.mean():+.3f}", f"{d.mean() - half:+.3f} to {d.mean() + half:+.3f}"])
columns = ["grains", "scored on", "Lite0 less", "difference of ROC-AUC", "95 % interval"]
pd.DataFrame(rows, columns=columns).set_index("grains")

# %% [markdown]
# **What we see** (synthetic set; dots: mean of five seeds, bars: its 95 % interval, for other draws and seeds, not for other mounts). With 50 grains Lite0 is already where LeNet without dropout comes with 200 to 400: 0.86. From 100 grains on it gains nothing more. Its lead over the LeNets on validation grains is 0.13 and 0.18 at 50 grains, 0.02 and 0.04 at 542, and every interval leaves out 0. On the test mounts the lead stays above 0.1 throughout. So *borrowing pays most where grains are few*. The paper likewise found its VGG-16 ahead of LeNet at every size, and little gain for LeNet beyond 400 grains; ours still gain 0.02.
#
# The MLP is the one to watch: on the test mounts Lite0's mean lies 0.04 to 0.07 above it, and at 50 to 400 grains that is not resolved.
#
# ### Exercise 5: forty garnets
# A friend has CL images of 40 garnets in four mounts, and wants to tell two generations apart. What do you advise?
#
# - **a** AlexNet from scratch, since garnets are no photographs
# - **b** a frozen pretrained base, a small head, whole mounts with both generations left aside for the score, and a measured shape to compare with
# - **c** VGG-16, all layers free, at a learning rate of 0.01, to adapt as much as possible
# - **d** augment to 640 images first, then split them at random

# %%
answer = ...

# %% tags=["nbval-check-output"]
ex.garnet_plan.check(answer)

# %% [markdown]
# ## Two mounts that nobody has seen
#
# The exam: the test mounts, with the models trained above, beside the cheapest rival, one measured shape. Intervals over grains (logit-DeLong, notebook 4). (The test mounts are the paper's two, or those to which a sheet of your own gives the role `test`. Where neither can be held out, the exam is a random fifth of the grains, of mounts that were learned from; the axis says so.)

# %%
shape = test.table["aspect_ratio"].to_numpy()
lines = {}
if len(np.unique(test.y)) == 2:
    exam = transfer.features(backbone, test.x, batch_size=batch_size)
    lines["aspect ratio alone"] = evaluation.auc_interval(test.y, shape)
    for number, (model, _, _) in enumerate(runs):
        answers = training.predict(keras.Sequential(model.layers[2:]), exam)
        lines[f"Lite0, seed {SEED + number}"] = evaluation.auc_interval(test.y, answers)
    fig, ax = plt.subplots(figsize=(7.5, 0.5 * len(lines) + 1.4), layout="constrained")
    for place, (value, low, high) in enumerate(reversed(lines.values())):
        ax.plot([low, high], [place, place], color=plots.COLOURS["porphyry"], lw=2)
        ax.plot(value, place, "o", color=plots.COLOURS["porphyry"])
    ax.axvline(0.93, ls="--", color=plots.COLOURS["batholith"], label="the paper's VGG-16: 0.93")
    ax.axvline(0.5, ls=":", color=plots.COLOURS["quiet"], label="guessing")
    ax.set(
        yticks=range(len(lines)),
        yticklabels=list(reversed(lines)),
        xlabel=f"ROC-AUC of {tested_on}, 95 % interval",
        xlim=(0, 1),
    )
    ax.legend(fontsize=8, loc="lower left")
    plots.show(fig, alt=f"ROC-AUC of {tested_on} with 95 % intervals: aspect ratio and the models of this notebook.")
    print(f"higher = more like {test.classes[1]}, which is told from {test.classes[0]}")
    print("\n".join(f"{name}: {value:.2f} ({low:.2f}–{high:.2f})" for name, (value, low, high) in lines.items()))

# %% [markdown]
# **What we see.** On the synthetic set: 0.85 to 0.87, where aspect ratio alone has 0.89. On the real mounts: about 0.8, where aspect ratio has 0.89, too. One number, measured with a ruler, is not beaten by a network with 0.7 million borrowed weights; whether it beats the network, the overlapping intervals do not say. The paper's 0.93 lies above the networks' intervals, but is itself one run on 71 grains (about 0.85–0.97, notebook 7), and its VGG-16 learned from two batholith mounts more than we have.
#
# What do the mounts cost that are missing among the real ones? On the synthetic set we can try: train on everything, or only on the mounts whose real counterparts are at hand.

# %% tags=["nbval-check-output"]
real = pd.read_csv(samples.DATA / "results" / "transfer_real.csv")
rows = {}
for _, row in real.iterrows():
    interval, by_bootstrap = (f"{row[f'{kind}low']:.2f} to {row[f'{kind}high']:.2f}" for kind in ("", "bootstrap_"))
    rows[row["grains"], row["what"]] = [
        f"{row['auc']:.2f}",
        interval,
        by_bootstrap,
        row["n_batholith"],
        row["n_porphyry"],
    ]
columns = ["ROC-AUC", "95 % interval", "by bootstrap", "batholith grains learned from", "porphyry"]
pd.DataFrame(rows, index=columns).T

# %% [markdown]
# **What we see** (shipped, of the synthetic and the real set). Test mounts QVC055 and QVC075, five seeds, whose answers are averaged. With all synthetic mounts 0.85. Without the counterparts of the mounts that are missing here, so with one batholith mount of three and 25 batholith grains in place of 194 (and 517 porphyry grains in place of 348), 0.67: the missing mounts, with the imbalance that they leave, cost 0.18. On the real mounts the same handicap ends at 0.79. (The synthetic set is harder in this respect than the real one; we do not know why.) So 0.79 is what these *seven mounts* allow; with the other two batholith mounts it might well be higher. Two intervals, by formula (logit-DeLong) and by drawing grains anew (bootstrap), agree. Neither knows of other mounts: there are two.
#
# ## One model out
#
# A model is of use to others if it takes crops as they are and says what it is worth. Preprocessing is *inside* this one: crops of 0 to 255 go in as they are, and `exports.predict` refuses anything else. A card goes with it. And whoever loads a model file runs what is in it: the kit's `load` refuses files with parts that could bring code along.

# %%
import tempfile

folder = Path(tempfile.mkdtemp())
scores = {name: f"{value:.2f} ({low:.2f} to {high:.2f})" for name, (value, low, high) in lines.items()}
card = {
    "Data": f"{name_of_data}, {len(learning)} grains to learn from, {len(validation)} to validate on, neighbours black",
    "Split": f"random, stratified by class: grains of one mount are on both sides; {tested_on} on neither",
    "Test ROC-AUC with 95 % intervals over grains": scores or "no test grains of both classes here",
    "Limits": f"Tested on {tested_on}. Compare with aspect ratio alone before you trust it on others.",
}
exports.save(model, folder / "zircon.keras", card, learning.classes)
print((folder / "zircon.md").read_text(encoding="utf-8"))

# %%
again = exports.load(folder / "zircon.keras")
print("8-bit crops in:", validation.images.dtype, validation.images.shape[1:])
print("probabilities out:", np.round(exports.predict(again, validation.images[:4]), 2))

# %% [markdown]
# **What we see.** The card says what went in, how it was split, what came out on grains that were kept apart, and where not to trust it. The loaded model takes the crops as they are.
#
# **Take away.** A frozen network that has seen photographs, with a small head, learns from fifty grains what a small network from nothing learns from hundreds. Look at the numbers that go in. Frozen layers need to be computed only once. And a measured shape is still not beaten on the mounts that count. Next: [7 · How good is it really](07_how_good_is_it_really.ipynb).
#
# **References.** Nathwani et al. (2023), https://doi.org/10.1029/2022JB025933, sections 2.4.2–2.4.4, 3.2, 3.5, Table 2, Figures 7 and 9 · Krizhevsky et al. (2012), *Advances in Neural Information Processing Systems* 25 (AlexNet) · Simonyan and Zisserman (2015), arXiv:1409.1556 (VGG) · Tan and Le (2019), arXiv:1905.11946 (EfficientNet) · Deng et al. (2009), *CVPR*, 248–255 (ImageNet) · Mitchell et al. (2019), https://doi.org/10.1145/3287560.3287596 (model cards).
