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
# @title Imports, and ten named grains
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.semi_supervised import LabelSpreading, SelfTrainingClassifier
from zirconkit import course, evaluation, labelling, mounts, plots, samples, widgets
from zirconkit import grains as gr
from zirconkit.exercises import few as ex

profile = course.profile(PROFILE)
quick = profile.name == "quick"
found = course.enough("15", mounts.find(DATA, profile.name))
made = mounts.provenance(found)
whole = gr.from_mounts(found, size=160, square=160, progress=False).two_classes()
pool, unseen = gr.test_split(gr.level_and_even(whole, 64))
ten = labelling.first_labels(pool.y, 10, SEED)
plots.show(
    plots.gallery(list(pool.images[ten]), [pool.classes[k] for k in pool.y[ten]], columns=5, width=8),
    alt="Ten zircons, alone, level and evenly exposed, each under the name of its class.",
    of=made,
)
print(f"Ten named grains; {len(pool) - 10} others of the same mounts that nobody has named;")
print(f"and {len(unseen)} grains of other mounts ({gr.held_out(pool, unseen)}), to score on.")

# %% [markdown] tags=["predict:worth"]
# # 15 · Few labels
#
# Naming a grain takes a person who knows; photographing it takes a machine. So a laboratory has thousands of images and few names. Above are ten grains that somebody named.
#
# **Predict, before anything is explained.** A classifier learns from ten named grains. Three others may look at the grains that nobody named as well: **(a)** one names those that it is sure of, and learns again; **(b)** one lets names spread from each grain to its neighbours; **(c)** one keeps what two photographs of a grain agree on. On mounts that nobody labelled, is each better than the first (**+**), worse (**-**), or not resolved (**=**)?

# %% tags=["predict:worth", "answer"]
my_signs = ...  # three signs in the order a, b, c, such as "+=-"

# %% tags=["check"]
ex.worth.commit(my_signs)

# %% [markdown] tags=["frame"]
# **The idea:** an unlabelled grain helps only where the classes are what grains cluster by; a label helps most where the model cannot tell.
#
# **You will** learn from ten named grains · write a round of self-training · name grains on a bench that asks for what it would learn most from, with your own clock · say whether asking saves labels, with an interval.
#
# **You need** notebooks 4 and 7. The corner of a figure says whether its data are *grown*, drawn by a program, or real. **Time** core 50 min (exercises in it), going deeper 30 min, 45 s to run.

# %% [markdown]
# ## 1 · Ten names
#
# Nobody trains a network of millions of weights on ten grains. We let one that learned from photographs look: **EfficientNet-Lite0** (notebook 6) turns each grain into 112 numbers. They are standardised, and of their directions we keep the 20 in which grains differ most (principal components). None of this needs a name. What needs names is the last step, a **logistic regression**: a weighted sum of the 20 numbers, turned into a probability.

# %%
from sklearn.decomposition import PCA
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from zirconkit.networks import backbones, transfer

backbone = backbones.lite0()


def numbers_of(images):
    maps = transfer.features(backbone, images, "block10_add", progress=False)
    return np.float32(maps).mean(axis=(1, 2))  # each map by its mean


def regression():
    return LogisticRegression(C=0.03, class_weight="balanced", max_iter=500)


directions = make_pipeline(StandardScaler(), PCA(20, random_state=0)).fit(numbers_of(pool.images))
x, x_unseen = (directions.transform(numbers_of(grains.images)) for grains in (pool, unseen))
first = regression().fit(x[ten], pool.y[ten])
auc = evaluation.auc_interval(unseen.y, first.decision_function(x_unseen))
print(f"Learned from ten named grains: ROC-AUC {auc:.2f} on mounts that nobody labelled")
every = regression().fit(x, pool.y)
auc = evaluation.auc_interval(unseen.y, every.decision_function(x_unseen))
print(f"Had all {len(pool)} been named: {auc:.2f}")
aspect = evaluation.auc_interval(unseen.y, unseen.table["aspect_ratio"])
print(f"Aspect ratio alone, which needs no name: {aspect:.2f}")

# %% [markdown]
# **What we see.** Three ROC-AUCs with 95 % intervals over grains. The first two say how much there is to gain from the unnamed grains at most, and the third what a ruler gets. Ten grains are a small draw: other ten give other scores, so from here on we look at many draws.
#
# ## 2 · A thousand without
#
# **Semi-supervised** methods learn from named and unnamed grains together. Three ideas:
#
# - **self-training**: name the grains that the model is sure of, as if a person had, and fit again;
# - **label spreading**: link each grain to its ten nearest in the 20 numbers; names flow along the links;
# - **agreement of two views**: show each grain twice, the second time turned and brighter; believe a name that both views get, surely.
#
# All write the names as an array with −1 for *nobody has named it*.

# %% [markdown] tags=["exercise:self_train"]
# ### Exercise: a round of self-training
# Write `my_round(model, x, named, sure)`. Fit the model to the grains that are named; give a name to each unnamed grain of whose class the model is sure, with a probability of at least `sure`; return all names, −1 where there still is none. What a person named stays.


# %% tags=["exercise:self_train", "answer"]
def my_round(model, x, named, sure):
    return ...


# %% tags=["check", "nbval-check-output"]
ex.self_train.check(my_round)

# %% [markdown]
# The three, each in a line or two, over several draws of ten. scikit-learn has the first two; `labelling.two_views` is a loop around a logistic regression.

# %%
turned = pool.images[:, ::-1, ::-1]
other = directions.transform(numbers_of(np.uint8(np.clip(1.25 * turned, 0, 255))))
rows = []
for draw in range(3 if quick else 12):
    chosen = labelling.first_labels(pool.y, 10, [SEED, draw])
    named = labelling.hide(pool.y, chosen)
    ways = {
        "named grains only": regression().fit(x[chosen], pool.y[chosen]),
        "(a) self-training": SelfTrainingClassifier(regression(), threshold=0.9).fit(x, named),
        "(b) label spreading": LabelSpreading("knn", n_neighbors=10, alpha=0.5).fit(x, named),
        "(c) two views agree": labelling.two_views(regression(), x, other, named),
    }
    scores = {name: np.nan_to_num(way.predict_proba(x_unseen)[:, 1], nan=0.5) for name, way in ways.items()}
    rows.append({name: evaluation.auc_interval(unseen.y, score).value for name, score in scores.items()})
live = evaluation.gains(pd.DataFrame(rows), "named grains only").round(3)
print(f"ROC-AUC on mounts that nobody labelled, {len(rows)} draws of ten; value: gain on the named grains only")
live

# %% [markdown]
# **What we see.** The mean score of each way on this one pair of mounts, and its paired gain with an interval over draws. It knows nothing of other mounts. So we did the same ten times, each time with another pair of mounts left out, on grown and on real grains:

# %%
# @title Gain over the named grains alone, by the number of labels: ten pairs of mounts, grown and real
results = pd.read_csv(samples.DATA / "results" / "few_labels.csv")
three = {
    "self-training": "(a) self-training",
    "label spreading": "(b) label spreading",
    "two views": "(c) two views agree",
}


def panels_of(part, of_gain):
    table = results[results["part"] == part]
    if of_gain:
        table = table.assign(value=table["gain"], low=table["gain_low"], high=table["gain_high"])
    return {f"{kind} grains": table[table["data"] == kind] for kind in ("grown", "real")}


plots.show(
    plots.by_labels(panels_of("methods", True), three, "gain in ROC-AUC", zero=0),
    alt="Gain of three semi-supervised methods over the supervised one at 5, 10, 20 and 50 labels, with intervals.",
    of="grown and real",
)
at_ten = results[results["data"].eq("grown") & results["part"].eq("methods") & results["labels"].eq(10)]
at_ten = at_ten.set_index("what")
gain_of = {
    letter: evaluation.Interval(*at_ten.loc[name, ["gain", "gain_low", "gain_high"]])
    for letter, name in zip("abc", three)
}
ex.worth.meet(gain_of)

# %% [markdown]
# **What we see.** Above the dotted line a method gains on the same named grains; an interval that crosses the line resolves nothing. Of grown grains *two views* gains at each number of labels, 0.04 (0.01–0.06) at ten; *self-training* 0.02 (0.00–0.05) at ten, nothing at five: with five names it is seldom sure. *Label spreading* gains nowhere, and loses 0.02 at fifty. Of real grains only the gains of (a) and (c) at fifty are resolved, 0.03 (0.01–0.06) and 0.05 (0.02–0.07). The ten pairs share mounts, so for new mounts all intervals are somewhat too narrow.
#
# Why do names spread badly? Label spreading trusts that neighbours are of one class. In Lite0's numbers neighbours are grains that look alike, and both classes have long and short, banded and plain ones.

# %% [markdown] tags=["predict:saves"]
# ## 3 · Whom to ask?
#
# Instead of a cleverer use of the same ten names: ten better ones. In **active learning** the model asks. *Least sure*: name the grain whose probability lies nearest to one half. *Farthest*: name the grain most unlike all that have a name. *At random*: as before.
#
# **Predict.** Twenty random names lead to some score. How many of the twenty would be saved, at the same score, if the model asks for the grain that it is least sure of? A negative number: it needs more.

# %% tags=["predict:saves", "answer"]
my_saving = ...  # a number from -40 to 20

# %% tags=["check"]
ex.saves.commit(my_saving)

# %% [markdown]
# ### The labelling bench
#
# Now you are the one who knows. The bench starts with two named grains. It asks for one grain at a time; *least sure* and *at random* take turns, and it does not say which asked. Press the class that you see. It keeps the time and, when you stop, says for each way how often you were right, how long you took, and what a classifier of *your* names gets on the mounts that nobody labelled.

# %%
start = [int(np.flatnonzero(pool.y == k)[0]) for k in (0, 1)]
bench = widgets.LabelBench(pool.images, (x, pool.y), (x_unseen, unseen.y), pool.classes, regression(), start, SEED)
bench.panel()

# %% [markdown] tags=["exercise:labelled"]
# ### Exercise: what does a hard grain cost?
# Name at least eight grains for each way, sixteen in all, and press *stop, and tell me*. On the grains that the model was least sure of, were you right **more** often than on random ones, **less**, or is it **not resolved**? Two shares are compared by the difference between them with its interval: only one that leaves out 0 resolves anything. `bench.agreement()` has it.

# %% tags=["exercise:labelled", "answer"]
my_word = ...  # "more", "less" or "not resolved"

# %% tags=["check", "nbval-check-output"]
ex.labelled.check(ex.named_on(bench, my_word))

# %%
# @title The same without a person: an oracle that names every grain truly, ten pairs of mounts
asking = {"at random": "at random", "least sure": "least sure", "farthest": "farthest"}
plots.show(
    plots.by_labels(panels_of("asking", False), asking, "ROC-AUC"),
    alt="ROC-AUC by the number of labels for three ways of asking, with intervals over ten pairs of mounts.",
    of="grown and real",
)
spared = results[results["part"] == "saved"].set_index(["data", "labels", "what"])[["value", "low", "high"]]
ex.saves.meet(evaluation.Interval(*spared.loc[("grown", 20, "least sure")]))
print(
    "Labels saved at the score of so many random ones (95 % interval over ten pairs of mounts; negative: more needed)"
)
spared.round(1)

# %% [markdown]
# **What we see.** A model that asks for what it is *least sure* of saves nothing that we can resolve: of twenty labels 2 (−40 to +8) on grown grains, −12 (−33 to +11) on real ones. *Farthest* needs more labels than chance on grown grains, where it goes after odd ones: inclusions, breaks, contaminants. On real grains it saves 10 of 20 (2 to 13). So active learning is no gift: the same rule pays on one set and costs on another, and only an experiment with random labels beside it tells. Random labels have one more virtue: they can be scored on.
#
# **To discuss.** Your laboratory has two days of an expert's time. What would you spend it on: names of grains that a model asks for, names of random grains, or names of grains of mounts that nobody has looked at? What would you measure on the first morning to decide?

# %% [markdown] tags=["depth"]
# # Going deeper
#
# ## A way of asking of your own
#
# A way of asking is a function from a model, the numbers, the names so far and a source of chance (`rng`) to the row of one unnamed grain.

# %% [markdown] tags=["depth", "exercise:choose"]
# ### Exercise: ask better than chance
# Write `my_choice`. It is tried on four planted pools of 240 grains, of which three quarters are easy, and has to beat random names after 14 labels on the hard ones.


# %% tags=["depth", "exercise:choose", "answer"]
def my_choice(model, x, named, rng):
    return ...


# %% tags=["depth", "check", "nbval-check-output"]
ex.choose.check(my_choice)

# %% [markdown] tags=["depth"]
# ## Wrong names
#
# People slip. In the figure a share of the labels is the other class's, and nothing else has changed.

# %% tags=["depth"]
# @title What wrong labels cost: ROC-AUC with none, a tenth ... of the labels exchanged
wrong = {"0": "none wrong", "0.1": "one in ten", "0.2": "two in ten", "0.3": "three in ten", "0.4": "four in ten"}
plots.show(
    plots.by_labels(panels_of("wrong", False), wrong, "ROC-AUC"),
    alt="ROC-AUC by the number of labels, for five shares of wrong ones, with intervals over ten pairs of mounts.",
    of="grown and real",
)

# %% [markdown] tags=["depth"]
# **What we see.** One wrong label in ten costs 0.04 (0.02–0.06) of ROC-AUC at fifty labels of grown grains, and 0.09 (0.03–0.14) of real ones: fifty labels with five slips rank the new mounts about like ten to twenty without any. Four in ten leave next to nothing. More labels do not heal it within this figure.
#
# ## Fifty grains of one mount
#
# The same numbers of labels, true ones, half of each class; only the mounts differ that they come from. On the left the grains are as everywhere in this notebook: evenly exposed, level, of one length. On the right they are alone on black, too, but otherwise as the mount shows them.

# %% tags=["depth"]
# @title The same number of labels from one, two, three or all mounts of each class: grown grains
spread = {"1": "one mount of each class", "2": "two", "3": "three", "8": "all"}
parts = {"evened out": "mounts", "as cropped": "mounts, as cropped"}
plots.show(
    plots.by_labels(
        {title: panels_of(part, False)["grown grains"] for title, part in parts.items()}, spread, "ROC-AUC"
    ),
    alt="ROC-AUC by the number of labels from one, two, three or all mounts of each class, grains evened out or not.",
    of="grown",
)

# %% [markdown] tags=["depth", "exercise:one_mount"]
# **What we see.** As cropped, fifty labels of one mount of each class lead to 0.06 (0.02–0.10) less than fifty of all mounts. Evened out, the difference is 0.01, and not resolved (−0.03 to +0.01). Labels of one mount are not independent of each other; how much that costs depends on what the grains of a mount still share when they are learned from. (Of the real mounts at hand one batholith mount only is left to learn from, so they cannot show it.)
#
# ### Exercise: where the fiftieth label is lost
# Why are fifty labels of one mount of each class worth less than fifty of all, as long as grains are as cropped?
#
# - **a** labels of one mount are wrong more often than labels of others
# - **b** exposure and size of one mount pass for its class until evened
# - **c** fifty labels are too many for so small a classifier to learn
# - **d** one mount alone holds too few grains to draw so many labels

# %% tags=["depth", "exercise:one_mount", "answer"]
my_letter = ...

# %% tags=["depth", "check", "nbval-check-output"]
ex.one_mount.check(my_letter)

# %% [markdown] tags=["depth"]
# ## What else ten names can be used for
#
# The table has every score of the methods, among them two that use other numbers than Lite0's: two measured shapes (aspect ratio and solidity), and a LeNet that learns from the pixels of the named grains alone. *New mounts at hand* lets self-training see the unlabelled grains of the very mounts that it is scored on, as one can who has them before her. *Every label* is the ceiling, where all grains are named.

# %% tags=["depth"]
# @title Every method: mean ROC-AUC (95 % interval over ten pairs of mounts)
methods = results[results["part"] == "methods"].copy()
methods["text"] = [f"{row.value:.2f} ({row.low:.2f}–{row.high:.2f})" for row in methods.itertuples()]
methods["named"] = methods["labels"].where(methods["what"] != "every label", "all").astype(str)
order = ["0", "5", "10", "20", "50", "all"]
methods.pivot(index=["data", "what"], columns="named", values="text")[order].fillna("")

# %% [markdown] tags=["depth"]
# **What we see.** Two measured shapes keep up with Lite0 at every number of labels on real grains, without any network; LeNet is good at five names, where its 0.77 is what aspect ratio alone has, and then learns little more. Even with all names the ceiling is 0.88 on grown and 0.85 on real grains. We trained no encoder of our own on the unnamed grains: a *self-supervised* one learns, for instance, that two views of a grain belong together, and needs more grains and minutes than a lesson has.

# %% tags=["frame"]
from zirconkit.exercises import score_card

score_card(ex)

# %% [markdown] tags=["frame"]
# **Take away.** Unnamed grains can help where names are few and the classes are what grains cluster by; whether they do is measured on mounts that nobody labelled. What every grain of a mount shares, its exposure and size, is taken out before labels are spent: that was worth more than any trick with the names. A model that asks for labels saves some on one set and wastes some on another, so keep random ones beside it.
#
# **Terms.** *[semi-supervised learning](GLOSSARY.md#semi-supervised-learning)*: learning from labelled and unlabelled examples together · *[self-training](GLOSSARY.md#self-training)*: a model learns from labels that it gave itself where it was sure · *[label spreading](GLOSSARY.md#label-spreading)*: labels flow to neighbours along links between similar examples · *[active learning](GLOSSARY.md#active-learning)*: the model chooses the examples that a person labels · *[oracle](GLOSSARY.md#oracle)*: whoever knows the label and is asked for it · *[uncertainty sampling](GLOSSARY.md#uncertainty-sampling)*: asking for the example that the model is least sure of
#
# **Read on.**
# - van Engelen and Hoos (2020), https://doi.org/10.1007/s10994-019-05855-6: semi-supervised learning, surveyed, with what it assumes.
# - Zhou and others (2004), *Learning with local and global consistency*, Advances in Neural Information Processing Systems 16: label spreading.
# - Sohn and others (2020), arXiv:2001.07685: FixMatch, where two views have to agree.
# - Settles (2009), *Active learning literature survey*, University of Wisconsin–Madison, Computer Sciences Technical Report 1648: who asks, and how.
#
# That was an elective. Where to begin again: [0 · Start here](00_start_here.ipynb).
