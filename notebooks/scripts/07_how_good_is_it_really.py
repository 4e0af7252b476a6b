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
# @title Imports and eight grains
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import LeaveOneGroupOut, StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from zirconkit import course, evaluation, explain, mounts, plots, samples, widgets
from zirconkit import grains as gr
from zirconkit.exercises import scores as ex

profile = course.profile(PROFILE)
found = course.enough("07", mounts.find(DATA, profile.name))
made = mounts.provenance(found)
everything = gr.from_mounts(found, size=90, mask_neighbours=True, progress=False).two_classes()
learning, test = gr.published_split(everything, profile.grains)
unasked, asked = everything.classes
rng = np.random.default_rng(SEED + 1)
four_each = [rng.choice(np.flatnonzero(test.y == k), 4, replace=np.sum(test.y == k) < 4) for k in (0, 1)]
eight = rng.permutation(np.concatenate(four_each))
print(f"test: {gr.held_out(learning, test)}, {len(test)} grains; which of these eight are {asked}, which {unasked}?")
plots.show(
    plots.gallery(list(gr.level_and_even(test[eight], 90).images), [str(number) for number in range(1, 9)]),
    alt="Eight test grains, turned level and drawn to one length, numbered from 1 to 8, in no order of class.",
    of=made,
)

# %% [markdown] tags=["predict:call_eight"]
# # 7 · How good is it really
#
# Above are eight grains of mounts that no classifier has learned from, turned level and drawn to one length. **Which are porphyry zircons?** Porphyry zircons tend to be long, with sharp faces and regular bands; batholith zircons are often stubby, with weaker bands.

# %% tags=["predict:call_eight", "answer"]
my_porphyries = ...  # the numbers of the grains that you call porphyry, such as [2, 5]

# %% tags=["check"]
ex.call_eight.commit(my_porphyries)

# %% [markdown] tags=["frame"]
# **The idea:** a score without an interval is half a sentence, and an interval must be drawn over what could be different the next time.
#
# **You will** look at a classifier's answers grain by grain · move a threshold and count what it costs · say over what an interval is drawn · fill in an evidence card that a careful reader would accept.
#
# **You need** notebooks 2 (splits, leakage), 4 (ROC-AUC) and 6 (a borrowed network); "the paper" is Nathwani and others (2023). With mounts of your own, read "porphyry" as the class that is asked for above; where no mount could be held out, the test is a random share of the grains. **Time** core 50 min (exercises in it), going deeper 80 min, 60 s to run.

# %% [markdown]
# ## Four classifiers take the test
#
# All four learn from the same mounts and are asked about two that they never saw: QVC055, a porphyry, and QVC075, a batholith, as in the paper. LeNet and the fine-tuned network set a fifth of the grains aside for validation; the other two learn from all, which may favour the frozen network. The **grown set** is drawn by a program after the statistics of real mounts.
#
# - **aspect ratio**: one measured number, length over width, and a logistic regression: the cheap rival.
# - **LeNet**: a small network that starts from nothing, with dropout and augmentation (notebook 5).
# - **Lite0 fine-tuned**: EfficientNet-Lite0, which learned from photographs, is cut after its eleventh block; its last convolution and a new head are trained on zircons (notebook 6).
# - **Lite0 frozen**: the same cut network, not trained further. Each of its 112 last maps is averaged to one number, and a logistic regression learns from these.
#
# The networks see each grain turned level, drawn to one length and evenly exposed.

# %%
from zirconkit.networks import backbones, recipes, transfer

grains = gr.concatenate((learning, test))
learns = np.arange(len(grains)) < len(learning)
level = grains.with_images(gr.level_and_even(grains, 90).images)
keep, aside = gr.stratified_split(level[learns], 0.2, seed=SEED)  # to learn from, and to validate on
recipe = recipes.Recipe(profile.epochs, n_views=min(2, profile.seeds), seed=SEED)
backbone = backbones.lite0(96)
lenet, _ = recipes.lenet(keep, aside, recipe)
tuned, _ = recipes.transferred(keep, aside, recipe, backbone)

# %%
maps = backbone.tail().predict(transfer.features(backbone, level.x, progress=False), verbose=0)
x = {"aspect ratio": grains.table[["aspect_ratio"]].to_numpy(), "Lite0 frozen": maps.mean(axis=(1, 2))}
y = grains.y  # 1 is porphyry, 0 is batholith


def logistic(C):  # a smaller C keeps the weights smaller
    return make_pipeline(StandardScaler(), LogisticRegression(C=C, class_weight="balanced", max_iter=2000))


models = {"aspect ratio": logistic(1), "Lite0 frozen": logistic(0.01)}
for name, model in models.items():
    model.fit(x[name][learns], y[learns])
cheap, frozen = (models[name].predict_proba(x[name][~learns])[:, 1] for name in models)
y_test, level_test = test.y, level[~learns]
networks_say = {"LeNet": lenet(level_test), "Lite0 fine-tuned": tuned(level_test), "Lite0 frozen": frozen}
answers = {"aspect ratio": cheap} | networks_say
ex.call_eight.meet((y_test[eight], frozen[eight] >= 0.5))

# %%
# @title The answers, as in the paper's Figure 8
plots.show(
    plots.answers({name: (y_test, p) for name, p in answers.items()}, test.classes),
    alt=f"Histograms of the probability of {asked} for the test grains of either class, for four classifiers.",
    of=made,
)
rows = {}
for name, p in answers.items():
    known = evaluation.scores(y_test, p).loc[["accuracy", "ROC-AUC"], ["value", "low", "high"]]
    rows[name] = [f"{evaluation.Interval(*row):.2f}" for row in known.to_numpy()]
most = max(y_test.mean(), 1 - y_test.mean())
rows["knowing nothing"] = [f"{most:.2f}", "0.50"]
for rival in ("aspect ratio", "Lite0 fine-tuned"):
    paired = evaluation.auc_difference(y_test, frozen, answers[rival])
    verdict = "not resolved" if paired.low <= 0 <= paired.high else "resolved"
    print(f"ROC-AUC, Lite0 frozen − {rival}: {paired:+.3f}, {verdict}")
print(f"of the eight, {asked}:", *np.flatnonzero(y_test[eight] == 1) + 1)
print("scores with 95 % intervals over grains")
pd.DataFrame(rows, index=["accuracy", "ROC-AUC"]).T

# %% [markdown]
# **What we see.** Each grain has an answer from 0, surely batholith, to 1, surely porphyry. The dotted **threshold** at ½ makes a call of it. **Accuracy** is the share of right calls; **ROC-AUC** asks only whether porphyry grains are ranked above batholith grains. On the grown set the networks rank well and call badly: most of their answers lie right of the line. "Knowing nothing" always calls the class that is more frequent in this test, or tosses a coin. A 95 % **interval** is meant to hold the true score in 95 of 100 such tests.
#
# Does the frozen network rank better than one measured number, or than its fine-tuned twin? A **paired difference** scores both on the same grains. Where its interval holds 0, the test cannot say: the difference is **not resolved**, which does not mean equal. We follow the frozen network: it learns in a second.
#
# A confession: level, evenly exposed grains were chosen, and *shape* below was added, with scores on these two mounts in sight. So these scores may be too kind; for the aspect ratio nothing was chosen.
#
# ## Grain by grain
#
# A score hides the grains. Here are some, as the networks see them.

# %%
# @title Surest and least sure
kinds = explain.extremes_by_class(y_test, frozen, test.classes, n=3)
plots.show(
    plots.surest(level_test.images, frozen, kinds, test.classes),
    alt="Of either class three grains that the frozen network is most surely right about, most surely wrong, and least sure of.",
    of=made,
)

# %% [markdown]
# **What we see.** Above each grain stand its number and the frozen network's probability of porphyry, in the colour of its call. A crop may hold several touching grains. Where the network is surest and wrong, would you have made the same mistake?
#
# **Task.** The *instrument*, the panel below, shows all test grains. Set it to *Lite0 frozen*, *porphyry* and *surest wrong*. How many of the first six lack regular bands? Then choose *aspect ratio*: does it fail on the same grains?

# %%
widgets.answer_browser(level_test.images, y_test, answers, test.classes)

# %% [markdown]
# ## Move the threshold
#
# The line need not stand at ½. A **confusion matrix** counts what a threshold does: each row is what grains are, each column what they are called.

# %%
calls = {}
for threshold in (0.1, 0.5, 0.9):
    called = frozen >= threshold
    found_ones, missed_ones = np.sum(called & (y_test == 1)), np.sum(~called & (y_test == 1))
    wasted, spared = np.sum(called & (y_test == 0)), np.sum(~called & (y_test == 0))  # wrongly called, rightly not
    calls[f"threshold {threshold}"] = evaluation.Calls(found_ones, missed_ones, wasted, spared)
plots.show(
    plots.confusions(calls, test.classes),
    alt=f"Confusion matrices of Lite0 frozen at three thresholds: the higher it is, the fewer grains are called {asked}.",
    of=made,
)

# %% [markdown]
# **What we see.** The higher the threshold, the fewer batholith grains are wrongly called porphyry, and the more porphyry grains are missed. **Recall** is the share of porphyry grains that are found (bottom row); **precision** is the share of porphyry among the grains called so (right column).
#
# **Task.** A threshold must not be chosen on the grains that it is scored on. So the instrument shows the *learning* grains, each answered by a model that learned without its mount. Set it to *Lite0 frozen* and move the threshold as far right as a recall of 0.90 allows. Note it for your evidence card.

# %%
sample = grains.table["sample"].to_numpy()
fewest = min(len(np.unique(sample[learns & (y == k)])) for k in (0, 1))
folds = StratifiedKFold(min(5, np.bincount(y[learns]).min()))
split = LeaveOneGroupOut() if fewest > 1 else folds  # a class's only mount cannot be left out
how = {"groups": sample[learns], "cv": split, "method": "predict_proba"}
set_on = {name: cross_val_predict(models[name], x[name][learns], y[learns], **how)[:, 1] for name in models}
widgets.threshold_mover(y[learns], set_on, test.classes, missed=3, wasted=1)

# %% [markdown] tags=["exercise:write_cost"]
# ## What a threshold costs
#
# A geologist has one grain from each outcrop, and drives there if its answer reaches the threshold. A trip to a batholith is *wasted* and costs 1; a *missed* porphyry costs 3.
#
# ### Exercise: write the cost
#
# Write a function that returns the mean cost of a grain. `y` and `p` are arrays; `y` is 1 for porphyry.


# %% tags=["exercise:write_cost", "answer"]
def mean_cost(y, p, threshold, missed, wasted):
    return ...  # change this line


# %% tags=["check", "nbval-check-output"]
ex.write_cost.check(mean_cost)

# %%
# @title Cost against threshold
MISSED, WASTED = 3, 1
steps = np.linspace(0, 1.01, 102)
costs = {name: evaluation.costs(y_test, p, MISSED, WASTED, steps, 25 * profile.repeats) for name, p in answers.items()}
always, never = WASTED * np.mean(y_test == 0), MISSED * np.mean(y_test == 1)
plots.show(
    plots.cost_curves(costs, {"always go": always, "never go": never}, WASTED / (WASTED + MISSED)),
    alt="Mean cost of a grain against the threshold for four classifiers, beside always and never going.",
    of=made,
)
for name, p in answers.items():
    at = [evaluation.at_threshold(y_test, p, t).cost(MISSED, WASTED) for t in (0.5, 0.25)]
    print(f"{name}: {at[0]:.2f} at ½, {at[1]:.2f} at ¼; lowest {costs[name]['cost'].min():.2f}")
print(f"always going: {always:.2f}")
if ex.write_cost.solved:
    print(f"your function, for Lite0 frozen at ½: {mean_cost(y_test, frozen, 0.5, MISSED, WASTED):.2f}")

# %% [markdown]
# **What we see.** Each curve is the mean cost of a grain, its band the 95 % interval over grains. If *p* were the true probability of porphyry, going would cost 1 × (1 − *p*) on average and staying 3 × *p*: so go from *p* = ¼ on (dotted). On the grown set all four valleys lie to its right: the answers are not true probabilities. The lowest valley is that of the cheap rival; whether it is lower than the next was not tested. A curve's lowest point is too kind: it was found on the grains that it is scored on.
#
# ## An interval over what?
#
# Each interval so far is an **interval over grains**: how far would the score move with other grains *of these two mounts*? A new sample is a new mount. We leave out each mount in turn, learn from the others, and ask about its grains. An **interval over mounts** says how far that score would move with other *mounts*.
#
# The **bootstrap** estimates it: redraw the grains with replacement, so that some come twice and some not at all; score; repeat. The middle 95 % of these scores are the interval. Over mounts, redraw whole mounts. The answers stay: no model learns anew.
#
# A second cheap rival is **shape**: aspect ratio and solidity, the share of its convex outline that a grain fills.

# %% [markdown] tags=["predict:how_wide"]
# **Predict.** How many times as wide as the interval over grains is the one over mounts, for the frozen network?

# %% tags=["predict:how_wide", "answer"]
my_times = ...  # 1 is just as wide, 0.5 half as wide

# %% tags=["check"]
ex.how_wide.commit(my_times)

# %%
x["shape"], models["shape"] = grains.table[["aspect_ratio", "solidity"]].to_numpy(), logistic(1)
several = min(len(np.unique(sample[y == k])) for k in (0, 1)) > 1  # else no mount can be left out
how |= {"groups": sample, "cv": LeaveOneGroupOut()}
unseen = {name: cross_val_predict(models[name], x[name], y, **how)[:, 1] for name in models if several}
shape_says = models["shape"].fit(x["shape"][learns], y[learns]).predict_proba(x["shape"][~learns])[:, 1]

# %%
rng = np.random.default_rng(SEED)
redrawn = {"grains": [], "mounts": []}
grains_of = [np.flatnonzero(y == k) for k in (0, 1)]
mounts_of = [[np.flatnonzero(sample == m) for m in np.unique(sample[y == k])] for k in (0, 1)]
for _ in range(25 * profile.repeats if several else 0):
    rows = np.concatenate([rng.choice(part, len(part)) for part in grains_of])
    redrawn["grains"].append(roc_auc_score(y[rows], unseen["Lite0 frozen"][rows]))
    rows = np.concatenate([part[i] for part in mounts_of for i in rng.integers(len(part), size=len(part))])
    redrawn["mounts"].append(roc_auc_score(y[rows], unseen["Lite0 frozen"][rows]))
if several:
    ends = {unit: np.percentile(aucs, [2.5, 97.5]) for unit, aucs in redrawn.items()}
    for unit, (low, high) in ends.items():
        print(f"Lite0 frozen, {unit} redrawn: ROC-AUC {low:.2f} to {high:.2f}, {high - low:.2f} wide")
    times = np.ptp(ends["mounts"]) / np.ptp(ends["grains"])
    print(f"over mounts {times:.1f} times as wide")
    ex.how_wide.meet(times)

# %%
# @title Two kinds of doubt


def auc_gain(y, one, other):
    return evaluation.auc_difference(y, one, other).value


of_test = {"aspect ratio": answers["aspect ratio"], "shape": shape_says, "Lite0 frozen": frozen}
units = {"over grains": None, "over mounts": sample}
unknown = evaluation.Interval(np.nan, np.nan, np.nan)
here = {name: evaluation.auc_interval(y_test, p) for name, p in of_test.items()}
doubts = {over: {name: evaluation.auc_interval(y, unseen[name], groups=groups) if several else unknown
                 for name in of_test} for over, groups in units.items()}  # fmt: skip
new_leads = dict.fromkeys(("aspect ratio", "shape"), unknown)
if several:
    fig, axes = plt.subplots(1, 2, figsize=(9.5, 3.9), layout="constrained")
    plots.by_mount(y, unseen["Lite0 frozen"], sample, grains.classes, axes[0])
    tables = {over: evaluation.table(part) for over, part in doubts.items()}
    plots.compared(tables, "ROC-AUC, mounts left out", 0.5, axes[1])
    alt = (
        "Left, the frozen network's answers for the grains of each mount left out; right, ROC-AUC with both intervals."
    )
    plots.show(fig, alt=alt, of=made)
    for rival in new_leads:
        new_leads[rival] = evaluation.score_interval(auc_gain, y, unseen["Lite0 frozen"], unseen[rival], groups=sample)
        print(f"Lite0 frozen − {rival}, mounts left out, over mounts: {new_leads[rival]:+.3f}")
lead_here = evaluation.auc_difference(y_test, frozen, shape_says)
print(f"Lite0 frozen − shape, test mounts, over grains: {lead_here:+.3f}")
columns = {"test mounts, over grains": here} | {f"mounts left out, {over}": part for over, part in doubts.items()}
pd.DataFrame({head: {name: f"{each:.2f}" for name, each in part.items()} for head, part in columns.items()})

# %% [markdown] tags=["exercise:more_mounts"]
# **What we see.** Left, each dot is one grain's answer, by a model that saw nothing of its mount. Grains of one mount share sizes, greys and zoning, so the black means differ within a class. On the grown set the interval with mounts redrawn is about four times as wide as that over grains, and probably still too narrow (*Going deeper*). The formulas of the right panel, over mounts with Student's *t*, give about five times. The paired difference over mounts just favours the network over the aspect ratio; against *shape* it is not resolved: the first rival was too cheap.
#
# ### Exercise: plan thirty days
#
# Suppose that accuracy has a standard deviation of b = 0.12 between mounts, which differ as above, and that a call, 1 if right and 0 if wrong, has one of w = 0.42 within a mount. With m mounts and n grains of each, the **standard error** of the accuracy, about a quarter of its interval's width, is √(b²/m + w²/(m × n)). A mount takes one day, and every 100 grains another: m × (1 + n/100) days. Which m and n give the smallest standard error in 30 days?

# %% tags=["exercise:more_mounts", "answer"]
my_plan = ...  # mounts, and grains of each, such as (10, 200)

# %% tags=["check", "nbval-check-output"]
ex.more_mounts.check(my_plan)

# %% [markdown]
# ## The evidence card
#
# An **evidence card** says what is claimed, and what a buyer would want to know. Here is LeNet's.

# %%
# @title A card that is filled in


def entries(score, rival, lead):
    """What the card of one claim says of the score and of its cheap rival."""
    stands = "ahead" if lead.low > 0 else "behind" if lead.high < 0 else "not resolved"
    return {"score": score.value, "interval": score[1:], "cheap rival": rival.value, "against the rival": stands}


def highest(y, p):
    """The highest threshold that misses at most one in ten."""
    steps = np.arange(0, 1.005, 0.01)
    return max(t for t in steps if evaluation.at_threshold(y, p, t).missed <= 0.1 * np.sum(y == 1))


evidence = {"threshold": highest(y[learns], set_on["Lite0 frozen"])}
evidence["false alarms"] = np.mean(frozen[y_test == 0] >= evidence["threshold"])
evidence["these mounts"] = entries(here["Lite0 frozen"], here["shape"], lead_here)
evidence["new mounts"] = entries(*map(doubts["over mounts"].get, ("Lite0 frozen", "shape")), new_leads["shape"])
p, validated = answers["LeNet"], highest(aside.y, lenet(aside))
card = {"claim": "these mounts", "over": "grains", "knowing nothing": 0.5}
behind = evaluation.auc_difference(y_test, p, shape_says)
card |= entries(evaluation.auc_interval(y_test, p), here["shape"], behind)
card["against the rival"] += f": {behind:+.2f}"
alarms = evaluation.proportion_interval(np.sum(p[y_test == 0] >= validated), np.sum(y_test == 0))
card |= {"threshold": validated, "false alarms": f"{alarms:.2f}", "not for": "new mounts: only two were tested"}
card["interval"] = "{:.2f} to {:.2f}".format(*card["interval"])
print("LeNet's card")
for entry, value in card.items():
    print(f"  {entry:17}  {value:.2f}" if isinstance(value, float) else f"  {entry:17}  {value}")

# %% [markdown] tags=["exercise:evidence_card"]
# **What we see.** The claim is about these mounts, so the interval is over grains. The threshold misses at most one in ten of the *validation* porphyries; *false alarms* is the share of batholith test grains that reach it, its interval over grains of one mount. On the grown set *shape* ranks better, by the card's paired difference.
#
# ### Exercise: fill in the card
#
# Fill in the card of *Lite0 frozen*, two decimals: choose a claim, give its evidence, and beside it what the *other* claim would show. Why do they differ? Count the false alarms in `frozen` and `y_test`.

# %% tags=["exercise:evidence_card", "answer"]
my_card = {
    "claim": ...,  # "these mounts" or "new mounts"
    "score": ...,  # the ROC-AUC that goes with the claim
    "interval": ...,  # its two ends, such as (0.70, 0.80)
    "over": ...,  # "grains" or "mounts"
    "knowing nothing": ...,  # the ROC-AUC of a coin
    "cheap rival": ...,  # that of shape, for the same claim
    "against the rival": ...,  # by the paired difference: "ahead", "behind" or "not resolved"
    "threshold": ...,  # the one that you noted at the instrument
    "false alarms": ...,  # the share of the batholith test grains that reach it
    "not for": ...,  # a sentence: what must nobody use it for?
    "other claim": ...,  # its ROC-AUC and the ends of its interval, such as (0.75, 0.70, 0.80)
    "why they differ": ...,  # a sentence: why have the two claims other intervals?
}

# %% tags=["check", "nbval-check-output"]
ex.evidence_card.check(ex.with_run(my_card, **evidence))

# %% [markdown] tags=["depth"]
# # Going deeper
#
# Each section below stands by itself.
#
# ## Are they probabilities?
#
# A classifier is **calibrated** if, of 100 grains that it calls porphyry with 0.7, about 70 are. Sort the test grains by their answer, cut them into five equal groups, and count.

# %% tags=["depth"]
# @title Five groups of grains
lots = {name: evaluation.calibration(y_test, p) for name, p in answers.items()}
plots.show(
    plots.calibrated(lots, asked),
    alt=f"Share of {asked} in five groups of test grains against their mean probability, for four classifiers.",
    of=made,
)
print(f"share of {asked}: {y[learns].mean():.0%} of the grains to learn from, {y_test.mean():.0%} of the test grains")

# %% [markdown] tags=["depth", "exercise:rare_porphyry"]
# **What we see.** A dot below the dotted line means that fewer of these grains are porphyry than was promised. The bars are 95 % intervals over grains. On the grown set each network promises too much porphyry, in two groups or more by more than the interval. Of the aspect ratio the two lowest groups hold less porphyry than promised; the three upper ones agree with the line within their intervals. These are other mounts than the models learned from, and, for LeNet and the fine-tuned network, another share of porphyry, as printed (the logistic models weigh both classes alike); whether the answers were calibrated on the old mounts is not shown. ROC-AUC needs only the order of the answers. A threshold of ¼ needs true probabilities, and these answers are not that.
#
# ### Exercise: rare porphyry
#
# A classifier calls 90 of 100 porphyry grains porphyry, and 20 of 100 batholith grains as well. In a test of half and half its precision is 0.82. In river sand 1 grain in 20 is from a porphyry. What is its precision there? Give a share with two decimals.

# %% tags=["depth", "exercise:rare_porphyry", "answer"]
my_precision = ...

# %% tags=["depth", "check", "nbval-check-output"]
ex.rare_porphyry.check(my_precision)

# %% [markdown] tags=["depth"]
# ## What a random split hides
#
# The paper's second test is five-fold cross-validation: the grains in five random parts, each scored by a model that learned from the other four. Its ROC-AUC is 0.90 ± 0.03; **±** is always a standard deviation, over folds, seeds or simulations. Grains of one mount are on both sides, and the class is fixed by mount, so it may be enough to recognise the *mount*.
#
# A stricter split leaves out a **pair** of mounts, one of each class, learns from all others and scores the pair; then every other pair. One model answers both classes of a pair. The core pooled the answers of as many models as mounts, which do not share one scale: one reason why its scores are lower. The **gap** is by how much the random split was too kind: the ROC-AUC in random folds minus that with pairs left out, pair by pair.

# %% tags=["depth"]
pairs = {}
for name, model in models.items():
    folds = evaluation.within_pairs(y, evaluation.random_folds(model, x[name], y, SEED), sample)
    pairs[name] = evaluation.pairs_left_out(model, x[name], y, sample)
    gap = evaluation.gap(folds, pairs[name])
    print(f"{name}: pairs left out {evaluation.pairs_interval(pairs[name]):.2f}; gap here {gap:+.3f}")

# %% tags=["depth"]
# @title Gaps that were found with more scorers, on grown and on real mounts
shipped = pd.read_csv(samples.DATA / "results" / "leakage.csv").query("split == 'gap, pairs left out'")
shipped["scorer"] = shipped["scorer"].str.replace("Lite0", "Lite0 frozen").str.replace("as they lie", "unprepared")
names = {"synthetic": "grown", "real": "real"}
fig = plots.compared(
    {f"{names[kind]} mounts": rows.set_index("scorer") for kind, rows in shipped.groupby("grains", sort=False)},
    "gap in ROC-AUC between random folds and pairs left out",
    reference=0,
)
fig.axes[0].set_xlim(-0.3, 0.6)  # the forest's interval on real mounts runs from -1 to 1
alt = "Shipped gaps of four scorers on grown and real mounts, with intervals over mounts."
plots.show(fig, alt=alt, of="grown and real")

# %% tags=["depth"]
by_seed = pd.read_csv(samples.DATA / "results" / "five_folds.csv").groupby("seed")[["validation_auc", "test_auc"]]
means = by_seed.mean().agg(["mean", "std"]).T
print(
    "LeNet, grown set, ten seeds: {:.2f} ± {:.2f} in five random folds, ".format(*means.loc["validation_auc"]), end=""
)
print("{:.2f} ± {:.2f} on the two test mounts".format(*means.loc["test_auc"]))

# %% [markdown] tags=["depth"]
# **What we see.** The figure is of shipped results (`python benchmarks/leakage.py`), with intervals over mounts; *forest* is a random forest of six measurements; *shape* was not among the scorers. "Unprepared" grains are neither turned level nor evenly exposed. A model of one number can hardly learn its mounts: its gap is about 0. The largest gap is that of the frozen network on unprepared real grains, 0.18, and its interval leaves out 0. With prepared grown grains 0.025 is resolved as well, if only just. Whether preparing helps was not tested. All real rows rest on two batholith mounts. The forest's gaps differ so much between these two that its interval leaves the figure on both sides.
#
# LeNet, trained the paper's way on unprepared grains, falls by what is printed. So the paper's 0.90 ± 0.03 fits a network that has learned the class, *and* one that has partly learned the mounts.
#
# Can such intervals be trusted? We simulated scores that know nothing of the class, only of the mount, so that the true ROC-AUC is 0.5:

# %% tags=["depth", "nbval-check-output"]
coverage = pd.read_csv(samples.DATA / "results" / "intervals.csv").groupby("method")["coverage"]
shown = {
    "by grain": "over grains",
    "bootstrap of mounts": "over mounts, redrawn",
    "by mount": "over mounts, by the formula",
}
for method, words in (shown | {"pairs left out": "over pairs"}).items():
    low, high = coverage.min()[method], coverage.max()[method]
    print(f"95 % intervals {words} hold the truth in {low:.0%} to {high:.0%} of the simulated sets")

# %% [markdown] tags=["depth"]
# **What we see.** In this extreme case, where a score knows only the mount, an interval over grains is nearly worthless for a claim about mounts. How bad it is elsewhere depends on how much mounts differ. Redrawing so few mounts gives intervals that are too narrow. Those over pairs are somewhat too narrow as well; so a lower end of 0.002, as above, is weak evidence.

# %% [markdown] tags=["depth"]
# ## How many grains?
#
# The paper's Figure 9 learns from fewer grains and scores on validation grains, which come from the same mounts. We score on both: grains of the same mounts, and the test mounts.

# %% tags=["depth"]
# @title Learn from fewer
from sklearn.model_selection import train_test_split

rest = np.flatnonzero(learns)
scored = {"the same mounts": rest[::5], "the test mounts": np.flatnonzero(~learns)}
rest = np.setdiff1d(rest, rest[::5])
fewest = min(y[rest].mean(), 1 - y[rest].mean())
sizes = [n for n in (25, 50, 100, 200, 400) if n < len(rest) - 1 and n * fewest > 1] or [len(rest) // 2]
drawn = []
for n, draw in ((n, draw) for n in sizes for draw in range(profile.repeats)):
    rows, _ = train_test_split(rest, train_size=n, random_state=100 * SEED + draw, stratify=y[rest])
    for name, model in models.items():
        model.fit(x[name][rows], y[rows])
        for where, others in scored.items():
            auc = roc_auc_score(y[others], model.decision_function(x[name][others]))
            drawn.append((where, name, n, auc))
drawn = pd.DataFrame(drawn, columns=["where", "name", "n", "auc"]).groupby(["where", "name", "n"])["auc"]
spread = drawn.quantile([0.5, 0.05, 0.95]).unstack().set_axis(["value", "low", "high"], axis=1)

# %% tags=["depth"]
# @title ROC-AUC by number of grains
lenet_runs = pd.read_csv(samples.DATA / "results" / "transfer.csv").query("model == 'LeNet'")
fig, axes = plt.subplots(1, 2, figsize=(9.5, 3.4), sharey=True, layout="constrained")
for ax, where, column in zip(axes, scored, ("validation_auc", "test_auc")):
    lines = {name: spread.loc[(where, name)] for name in models}
    lines["LeNet, grown set (shipped)"] = lenet_runs.groupby("n")[column].agg(value="mean", low="min", high="max")
    plots.by_size(lines, ax=ax)
    ax.set_title(f"scored on {where}", fontsize=10)
fig.legend(*ax.get_legend_handles_labels(), fontsize=8, loc="outside lower center", ncols=4)
plots.show(
    fig,
    alt="ROC-AUC against the number of grains to learn from, on the same mounts and on the test mounts.",
    of=made if "grown" in made else f"grown and {made}",
)
for column, where in (("validation_auc", "the same mounts"), ("test_auc", "the test mounts")):
    by_n = lenet_runs.pivot(index="seed", columns="n", values=column)
    gained = evaluation.paired_difference(by_n[542], by_n[100])
    print(f"LeNet, from 100 to 542 grains, scored on {where}: {gained:+.2f}, over five seeds")
print(f"trainings of each of the others at each size: {profile.repeats}")

# %% [markdown] tags=["depth"]
# **What we see.** The lines are medians over trainings on other grains, the bands hold 90 % of them. LeNet's are shipped runs on unprepared grains: means of five seeds, and their range. With a single number the ranking is fixed, so its line is flat. On the grown test mounts *shape* leads at every size, though the core's paired difference is not resolved. LeNet's gain, printed as a paired difference with its 95 % interval, is resolved on grains of the same mounts and not on the test mounts.

# %% [markdown] tags=["depth", "exercise:own_sweep"]
# ## A sweep of your own
#
# What is chosen by hand before the training is a **hyper-parameter**. The paper varies seven (section 3.3 and Table S5 in its supplement), from image size to kernel size, and keeps what is best on the validation grains.
#
# ### Exercise: choose three, and plan the seeds
#
# Choose three settings and change one thing in each; the names stand in the first lines of the cell below. Every setting is trained with three seeds, and so is the *unchanged* one, with the paper's values. To be quick, all train for only six epochs and without augmentation: a setting may fall behind just because it learns slowly. Below your sweep stand the **paired** differences: same seed, same validation grains. A difference is resolved if its 95 % interval leaves out 0.
#
# Suppose that a difference of 0.02 matters to you, fixed before looking. The interval of a mean of n differences reaches t × s / √n either way, with Student's *t* for n − 1 degrees of freedom, `scipy.stats.t.ppf(0.975, n - 1)`, and the standard deviation s. How many seeds does each setting need until that is at most 0.02, if s stays as printed?

# %% tags=["depth", "exercise:own_sweep", "answer"]
my_settings = ...  # three, such as [{"learning_rate": 0.003}, {"optimizer": "SGD"}, {"size": 64}]

# %% tags=["depth"]
import keras
from zirconkit.networks import models as networks
from zirconkit.networks import training

EPOCHS = min(6, profile.epochs)
published = {"learning_rate": 0.001, "optimizer": "Adam", "batch_size": 32, "size": 32, "kernel": 3, "stride": 1}
published |= {"padding": "same", "activation": "relu", "dropout": 0.5}


def one_run(seed, **changes):
    if set(changes) - set(published):
        raise ValueError(f"a setting changes some of {', '.join(published)}")
    how = published | changes
    keras.utils.set_random_seed(seed)
    size, channels = how["size"], grains.images.shape[-1]
    layers = {name: how[name] for name in ("kernel", "stride", "padding", "activation", "dropout")}
    model = networks.lenet(size, channels=channels, **layers)
    optimizer = getattr(keras.optimizers, how["optimizer"])
    model.compile(optimizer(how["learning_rate"]), "binary_crossentropy")
    parts = [gr.resize(part, size) for part in (keep, aside)]
    log = training.fit(model, *parts, EPOCHS, batch_size=how["batch_size"], seed=seed, progress=False)
    return log.history["val_auc"][-1]


# %% tags=["depth"]
the_kits = [{"dropout": 0.2}, {"kernel": 5}][: profile.seeds - 1]  # none in a quick run
settings = the_kits if my_settings is ... else my_settings
rows = []
for changes in ({}, *settings):
    name = ", ".join(f"{key} {value}" for key, value in changes.items()) or "unchanged"
    rows += [(name, seed, one_run(seed, **changes)) for seed in range(max(2, profile.seeds))]
sweep = pd.DataFrame(rows, columns=["name", "seed", "validation_auc"])

# %% tags=["depth"]
# @title The sweep, and its paired differences
plots.show(
    plots.runs(sweep, {"validation_auc": "ROC-AUC, validation grains"}),
    alt="Validation ROC-AUC of several settings of LeNet, one dot for each seed, and their means.",
    of=made,
)
of_seeds = sweep.pivot(index="seed", columns="name", values="validation_auc")
spreads = {}
for name in sweep["name"].unique()[1:]:
    spreads[name] = (of_seeds[name] - of_seeds["unchanged"]).std()
    found_gain = evaluation.paired_difference(of_seeds[name], of_seeds["unchanged"])
    print(f"{name} − unchanged: {found_gain:+.3f}; s = {spreads[name]:.4f}, {len(of_seeds)} seeds")

# %% tags=["depth", "exercise:own_sweep", "answer"]
my_seeds = ...  # a number for each setting, in the order printed

# %% tags=["depth", "check", "nbval-check-output"]
ex.own_sweep.check(ex.with_run(my_seeds, spreads=spreads, own=my_settings))

# %% [markdown] tags=["depth"]
# **What we see.** With three seeds *t* is 4.3, so a mean difference is resolved only if it is some 2.5 times the scatter over seeds. "Not resolved" does not mean equal, and after six epochs a lead may still turn round.
#
# ## The best of eleven
#
# The same was done at length on the grown set: eleven settings, five seeds, 100 epochs with augmentation, on unprepared grains. The results came with the kit; `data/sweeps/hyperparameters.toml` lists the settings.

# %% tags=["depth"]
# @title Eleven settings
eleven = pd.read_csv(samples.DATA / "results" / "hyperparameters.csv")
panels = {"validation_auc": "ROC-AUC, validation grains", "test_auc": "ROC-AUC, test grains"}
alt = "Validation and test ROC-AUC of eleven settings of LeNet, five seeds each, and their means."
plots.show(plots.runs(eleven, panels), alt=alt, of="grown")
by_name = eleven.groupby("name")["validation_auc"]
means = by_name.mean().sort_values(ascending=False)
lead = means.iloc[0] - means["as published"]
noise = np.sqrt((by_name.std().drop(["SGD", "sigmoid", "learning rate 0.01"]) ** 2).mean())
print(f"best: {means.index[0]}, {lead:+.3f} over 'as published'; between seeds ± {noise:.3f} (standard deviation)")

# %% [markdown] tags=["depth"]
# **What we see.** In the left panel four settings score so low, or differ so much from seed to seed, that they need no statistics. The other seven lie close together. On the test mounts, right, most settings are near a coin. The two that are best on validation grains, 64 px and 5 × 5, are the two best there as well, though in the other order.
#
# Is the best of the seven *better*, or the luckiest? We simulate seven settings that are all **equally good**, take the best, and do so again and again. Luck has two sources, the seed and the 136 validation grains. How alike the settings answer is not known, so we try three correlations.

# %% tags=["depth"]
from scipy.stats import rankdata

rng = np.random.default_rng(SEED)
n_sets = 25 * profile.repeats
means = rng.normal(0, noise / np.sqrt(5), (n_sets, 7))  # of five seeds
luck, winners = {"seeds": means.max(axis=1) - means[:, 0]}, {}
for alike in (0.5, 0.8, 0.95):
    aucs = []
    for _ in range(n_sets):
        labels, drawn = evaluation.drawn_scores([0.82] * 7, alike, (88, 48), rng)
        ranks = rankdata(drawn, axis=1)[:, labels == 1].sum(axis=1)
        aucs.append((ranks - 88 * 89 / 2) / (88 * 48))  # a ROC-AUC by the sum of ranks (Mann and Whitney, 1947)
    luck[f"grains, correlated by {alike}"] = np.max(aucs, axis=1) - np.array(aucs)[:, 0]
    winners[alike] = np.max(aucs, axis=1)
plots.show(
    plots.leads(luck, lead),
    alt="How far the best of seven equal settings leads by luck, and the lead found.",
    of="simulated",
)
print("such a lead by luck, in so many of the simulated sweeps")
for name, values in luck.items():
    share = evaluation.proportion_interval(np.sum(values >= lead), len(values))
    print(f"  {name}: {share.value:.0%} ({share.low:.0%}–{share.high:.0%})")
print("validation ROC-AUC of the winner, truly 0.820")
for alike, best in winners.items():
    print(f"  correlated by {alike}: {best.mean():.3f} ± {best.std():.3f}")

# %% [markdown] tags=["depth"]
# **What we see.** Where the published setting is itself the best, its lead is 0: hence the peaks on the left. Seeds alone hardly ever give a lead as large as the one found. Validation grains do so often unless the settings answer very much alike, and more seeds do not help against that. The last lines are the price of reporting the winner's *validation score*: on average it is too high. That is why a test set is looked at once, at the end; the figure before showed its scores for teaching only.
#
# ## One name, five scores
#
# A name is not a model: here stand LeNet's scores side by side, with what differs. All have dropout, and all but that of the sweep augmentation.

# %% tags=["depth"]
# @title LeNet, side by side
aucs = [evaluation.auc_interval(*of).value for of in ((aside.y, lenet(aside)), (y_test, answers["LeNet"]))]
rows = [("the beginning", "level, even", profile.epochs, 1, *(f"{auc:.2f}" for auc in aucs))]
own = of_seeds["unchanged"]
rows.append(
    ("'unchanged' of the sweep", "level, even", EPOCHS, len(own), f"{own.mean():.2f} ± {own.std():.2f}", "not scored")
)
folds, sizes, sweeps = (pd.read_csv(samples.DATA / "results" / f"{name}.csv")
                        for name in ("five_folds", "transfer", "hyperparameters"))  # fmt: skip
columns = ["validation_auc", "test_auc"]
shipped = {
    "five random folds": (folds.groupby("seed")[columns].mean(), 200),
    "all grains of 'How many grains?'": (sizes.query("model == 'LeNet' and n == 542"), 200),
    "'as published' of the eleven": (sweeps.query("name == 'as published'"), 100),
}
for name, (runs, epochs) in shipped.items():
    aucs = [f"{runs[column].mean():.2f} ± {runs[column].std():.2f}" for column in columns]
    rows.append((name, "unprepared", epochs, len(runs), *aucs))
heads = ["set-up", "grains", "epochs", "seeds", "same mounts", "test mounts"]
pd.DataFrame(rows, columns=heads).set_index("set-up")

# %% [markdown] tags=["depth"]
# **What we see.** The last two columns are ROC-AUCs on validation grains of the same mounts and on the test mounts; single runs have no ±. The last three lines are shipped, of grown mounts. Between the lines several things differ at once: the preparation, which was chosen with these test scores in sight, the epochs, the grains to learn from. So no cause can be named. A score without its set-up cannot be compared.

# %% [markdown] tags=["depth", "exercise:write_gain"]
# ## Two models, one test
#
# Which of two models is better? Do not compare two intervals: where both err on the same grains, the difference is surer than either score. **Pair** them: score both on the same grains and ask how far the *difference* would move with other grains. DeLong's formula does that for ROC-AUC.
#
# ### Exercise: write the difference
#
# Write a function that returns the ROC-AUC of `one` minus that of `other`, both scores of the same grains. A pair that is tied counts ½.


# %% tags=["depth", "exercise:write_gain", "answer"]
def gain(y, one, other):
    return ...  # change this line


# %% tags=["depth", "check", "nbval-check-output"]
ex.write_gain.check(gain)

# %% tags=["depth"]
from itertools import combinations

differences = {}
for one, other in combinations(answers, 2):
    found_gain = evaluation.auc_difference(y_test, answers[one], answers[other])
    alike = np.mean([np.corrcoef(answers[one][y_test == k], answers[other][y_test == k])[0, 1] for k in (0, 1)])
    differences[f"{one} − {other}"] = found_gain
    verdict = "not resolved" if found_gain.low <= 0 <= found_gain.high else "resolved"
    print(f"{one} − {other}: {found_gain:+.3f}, {verdict}; answers correlated by {alike:.2f}")
plots.show(
    plots.compared({"DeLong, over grains": evaluation.table(differences)}, "difference in test ROC-AUC", reference=0),
    alt="Paired differences in test ROC-AUC between four classifiers, with 95 % intervals over grains.",
    of=made,
)

# %% [markdown] tags=["depth"]
# **What we see.** A difference is resolved if its interval leaves out 0. The verdicts are for grains of these two mounts. By and large the interval is narrower, the more alike two models answer, as the printed correlations show.
#
# ## What can 71 grains tell apart?
#
# The paper's test has 25 porphyry and 46 batholith grains. The **power** of a test is how often it resolves a difference that is real. One asks for it *before* the test, at the smallest difference that would matter. One simulates two sets of answers that are truly so far apart, draws 71 grains and computes a paired interval, many times.

# %% tags=["depth"]
# @title Power of a test with 71 grains
n_sets = 10 * profile.repeats
power = {}
for correlation in (0, 0.5, 0.9):
    rows = {}
    for d in (0.02, 0.05, 0.08, 0.12, 0.16, 0.2):
        sets = evaluation.differences(0.93, 0.93 - d, correlation, (25, 46), n_sets)
        rows[d] = evaluation.proportion_interval(sets["resolved"].sum(), n_sets)
    power[f"answers correlated by {correlation}"] = evaluation.table(rows)
plots.show(
    plots.powers(power, "true difference from a ROC-AUC of 0.93"),
    alt="Share of simulated tests with 71 grains that resolve a difference, against its size, for three correlations.",
    of="simulated",
)

# %% [markdown] tags=["depth", "exercise:enough_grains"]
# **What we see.** The grey line is the usual wish: to notice a real difference in four cases of five. The bands are 95 % intervals over the simulated tests. With answers correlated by 0.5 it takes a difference of about 0.13, with unlike answers about 0.19.
#
# ### Exercise: how many grains?
#
# You plan a test of two networks. A difference of 0.05 would matter to you, say 0.93 against 0.88. You expect answers that are correlated by 0.5, and 25 porphyry among 71 grains, as in the paper. How many grains in all does the test need for a power of 0.8? Put other sizes into the list until the printed interval holds 0.8; fifty grains more or less cannot be told apart by it.

# %% tags=["depth"]
for n in [71, 142]:  # try other sizes
    n_porphyry = round(n * 25 / 71)
    sets = evaluation.differences(0.93, 0.88, 0.5, (n_porphyry, n - n_porphyry), 25 * profile.repeats)
    print(f"{n} grains: power {evaluation.proportion_interval(sets['resolved'].sum(), len(sets)):.2f}")

# %% tags=["depth", "exercise:enough_grains", "answer"]
my_grains = ...  # one number

# %% tags=["depth", "check", "nbval-check-output"]
ex.enough_grains.check(my_grains)

# %% [markdown] tags=["depth"]
# **For discussion: seventy-one grains.** Two models have a test ROC-AUC of 0.91 and 0.87 on 71 grains; the paired interval of the difference is −0.04 to 0.12. Anna writes: "They are equally good." Ben simulates the power at the difference of 0.04 that was found, gets 0.15, and writes: "The first is better, the test was only too small to show it." Carla writes: "We train more seeds, until it is resolved." What is wrong with each? Would *any* difference that is not resolved have a high power at the value that was found? Write the sentence that you would print.

# %% [markdown] tags=["depth"]
# ## Table 2, audited
#
# Table 2 lists six models; the last column below is their test ROC-AUC. Their answers are not published, but the scores are, so we can simulate how wide the paired interval of each difference would typically be, for three correlations of the answers.

# %% tags=["depth"]
table2 = samples.published_scores()
print(table2[["model", "regularization", "test_accuracy", "test_auc"]].to_string(index=False))
by_hand = "LeNet, " + table2["regularization"].replace({"dropout + augmentation": "both"})
names = by_hand.where(table2["model"] == "LeNet-5", table2["model"])
scores = dict(zip(names, table2["test_auc"]))
order = sorted(scores, key=scores.get, reverse=True)
audit = {}
for correlation in (0, 0.5, 0.9):
    rows = {}
    for better, worse in ((a, b) for i, a in enumerate(order) for b in order[i + 1 :] if scores[a] > scores[b]):
        sets = evaluation.differences(scores[better], scores[worse], correlation, (25, 46), 5 * profile.repeats)
        half = np.median(sets["high"] - sets["low"]) / 2
        d = scores[better] - scores[worse]
        rows[better, worse] = evaluation.Interval(d, d - half, d + half)
    audit[correlation] = pd.DataFrame(rows, index=["value", "low", "high"]).T
    print(f"correlated by {correlation}: {(audit[correlation]['low'] > 0).sum()} of {len(rows)} resolved")
for name in ("LeNet, dropout", "LeNet, both"):
    row = audit[0].loc[(name, "LeNet, augmentation")]
    print(f"{name} − LeNet, augmentation, if uncorrelated: {evaluation.Interval(*row):+.3f}")

# %% tags=["depth"]
# @title Which of them are resolved
unresolved = sum((table["low"] <= 0).astype(int) for table in audit.values())  # at so many of the three correlations
place = {"index": order[:-1], "columns": order[1:]}
verdicts = [
    "resolved even if uncorrelated",
    "if correlated by 0.5",
    "only if correlated by 0.9",
    "at none of the three",
]
plots.show(
    plots.audited(audit[0]["value"].unstack().reindex(**place), unresolved.unstack().reindex(**place), verdicts),
    alt="Differences in test ROC-AUC of the models of Table 2, row minus column, shaded by when they are resolved.",
    of="published",
)
rng = np.random.default_rng(SEED)
for auc in (0.93, 0.88):
    sets = [evaluation.drawn_scores([auc], 0, (25, 46), rng) for _ in range(10 * profile.repeats)]
    low, high = np.median([evaluation.auc_interval(labels, drawn[0])[1:] for labels, drawn in sets], axis=0)
    print(f"a ROC-AUC of {auc} by itself: typically {low:.2f} to {high:.2f} with 71 grains")

# %% [markdown] tags=["depth"]
# **What we see.** Each square is the ROC-AUC of its row (name on the right) minus that of its column (name above); the darker it is, the less we must assume to call it resolved. Dropout alone minus augmentation alone is resolved even with uncorrelated answers; both together minus augmentation alone just misses it. VGG-16 against LeNet with dropout alone (0.93 and 0.91) is not resolved at any of the three correlations, and the claim that transfer learning ranks best rests on it. AlexNet shows why accuracy must be read as well: with a ROC-AUC of 0.79 it calls 56 % right, where always saying batholith has 46 of 71, or 65 %. Fifteen comparisons are many: of equal models, about one difference in twenty is resolved by luck. None of this shows that the models are equal. The test is too small for the question, and it has one mount of each class.
#
# ## On grains of your own
#
# Does a way to classify work on a mount that it has never seen? Change the first three lines, and the cell answers for grains of yours: `mine` is any `Grains` with a mount for each row of `mine.table["sample"]`, and each of `ways` is a model and a table with a row of numbers for each grain. The intervals are those over mounts by the formula, which held the truth most often in the simulations of *What a random split hides*.

# %% tags=["depth"]
mine = grains
ways = {name: (models[name], x[name]) for name in ("shape", "aspect ratio", "Lite0 frozen")}
rival = "shape"  # the cheap one, that the others must beat
mount, new = mine.table["sample"].to_numpy(), {}
by_pairs = evaluation.pairs_left_out(*ways[rival], mine.y, mount)  # unknown, where a class has one mount
how = {"groups": mount, "cv": LeaveOneGroupOut(), "method": "predict_proba"}
for name in ways if min(by_pairs.shape) > 1 else ():
    new[name] = cross_val_predict(*ways[name], mine.y, **how)[:, 1]
    print(f"{name}: ROC-AUC on new mounts {evaluation.auc_interval(mine.y, new[name], groups=mount):.2f}", end="")
    lead_of = evaluation.score_interval(auc_gain, mine.y, new[name], new[rival], groups=mount)
    print("" if name == rival else f"; minus that of {rival} {lead_of:+.3f}")
lengths = mine.table.groupby("sample")["aspect_ratio"].mean()
print("mean aspect ratio of the mounts in the columns:", *lengths[by_pairs.columns].round(2))
by_pairs.round(2).assign(mean_aspect_ratio=lengths.round(2))

# %% [markdown] tags=["depth"]
# **What we see.** The printed lines repeat the core's scores over mounts, now for whatever stands in the first lines. In the table each row is a porphyry mount, each column a batholith mount; the number is the ROC-AUC of *shape* on the grains of these two, by a model that saw neither. Look at the row of the lowest numbers: a careful reader will ask about it. On the grown set it is QVC028, also the lowest porphyry mean in the core's figure. Its grains are the stubbiest of all porphyry mounts: their mean aspect ratio is about that of QVC082, a batholith. So *shape* ranks them only poorly. On the grown set *shape* ranks better than the aspect ratio alone; the lead of the frozen network over it is not resolved.

# %% tags=["frame"]
from zirconkit.exercises import score_card

score_card(ex)

# %% [markdown] tags=["frame"]
# **Take away.** Look at the answers before the score, and choose a threshold by what mistakes cost, on other mounts. Beside each score stand an interval, what knowing nothing gives, and the cheap rival; the interval is drawn over what could be different the next time, other grains or other mounts. Two models are compared on the same grains, by their difference, and one asks *before* the test what it can tell apart.
#
# **Terms.** *[threshold](GLOSSARY.md#threshold)* · *[confusion matrix](GLOSSARY.md#confusion-matrix)* · *[precision](GLOSSARY.md#precision)*, *[recall](GLOSSARY.md#recall)* · *[interval over grains](GLOSSARY.md#interval-over-grains)*, *[interval over mounts](GLOSSARY.md#interval-over-mounts)* · *[calibrated](GLOSSARY.md#calibrated)* · *[paired difference](GLOSSARY.md#paired-difference)* · *[resolved](GLOSSARY.md#resolved)* · *[power](GLOSSARY.md#power)* · *[hyper-parameter](GLOSSARY.md#hyper-parameter)*
#
# **Read on.** Nathwani et al. (2023), https://doi.org/10.1029/2022JB025933: sections 3.3 to 3.5, Table 2 and Figure 8 are what this notebook takes apart. · DeLong et al. (1988), *Biometrics* 44, 837–845: the paired interval for two ROC-AUCs. · Obuchowski (1997), *Biometrics* 53, 567–578: mounts in place of grains. · Elkan (2001), *IJCAI* 17, 973–978: thresholds from costs. · Cawley and Talbot (2010), *Journal of Machine Learning Research* 11, 2079–2107: why the best of many is partly luck.
#
# Next: [8 · Shortcuts](08_shortcuts.ipynb).
