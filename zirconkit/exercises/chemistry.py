"""The questions of notebook 13."""

from typing import NamedTuple

import numpy as np

from zirconkit.exercises.core import Question, Unusable, function, items, number, numbers
from zirconkit.exercises.predictions import Prediction, between
from zirconkit.spectra import switching
from zirconkit.synthetic import minerals, specimens, witnesses
from zirconkit.synthetic import spectra as grown

__all__ = [
    "FORMULAS", "Grain", "agree", "another_grain", "blank", "blanked", "gain", "grown_spectrum", "honest", "join", "joined", "liar", "macro",
    "macro_f1", "mineral", "mystery", "parted", "right_grain", "right_mineral", "unseen", "yours_or_ours",
]  # fmt: skip

# ---------------------------------------------------------------- predictions


def _meet_agree(guess, result):
    return f"You said {guess:g} of 100; in this run it is {100 * result:.0f} of 100 where they are independent."


def _meet_gain(guess, result):
    fused, best = result
    return f"You expected {guess:.2f}; both networks together have {fused:.2f}, the better one alone {best:.2f}."


def _meet_unseen(guess, result):
    return f"You expected {guess:g} of 100; the forest that learned the published table is right for {100 * result:.0f} of 100."


agree = Prediction(between(0, 100), _meet_agree)
gain = Prediction(between(0.5, 1), _meet_gain)
unseen = Prediction(between(0, 100), _meet_unseen)


# ---------------------------------------------------------------- a spectrum of one's own

FORMULAS = {
    "albite": "NaAlSi3O8", "almandine": "Fe3Al2Si3O12", "apatite": "Ca5P3O12F", "baryte": "BaSO4",
    "ilmenite": "FeTiO3", "microcline": "KAlSi3O8", "monazite": "CePO4", "pyrite": "FeS2",
    "sphalerite": "ZnS", "titanite": "CaTiSiO5", "xenotime": "YPO4", "zircon": "ZrSiO4",
}  # fmt: skip
_asked = {"seed": 0}


def _mineral(seed):
    return list(FORMULAS)[(5 * seed + 10) % len(FORMULAS)]


def grown_spectrum(seed):
    """A student's spectrum: energies in keV, counts; the same seed gives the same one. The check asks for this one."""
    _asked["seed"] = seed
    atoms = minerals.draw(_mineral(seed), 1, np.random.default_rng(seed))[0]
    return grown.grow(minerals.as_weights(atoms), counts=150_000, seed=seed)


def right_mineral():
    """The mineral of the spectrum that is asked for, and an element that misleads there; for the solution set."""
    name = _mineral(_asked["seed"])
    found = _found_alone_and_together()
    lost = {element: alone - together for element, (alone, together) in found.items() if _misleads(alone, together)}
    return name, max(lost, key=lost.get)


def _elements(name):
    atoms = minerals.atoms_in(FORMULAS[name])
    there = {minerals.ELEMENTS[place] for place in np.flatnonzero(atoms)}
    return there - {"C", "O"}


def _found_alone_and_together():
    """For each element that is not in the formula, what it finds alone, and beside the whole formula.

    Both as shares of what all elements of the board explain: dict of str to (float, float).
    """
    spectrum = switching.measured(*grown_spectrum(_asked["seed"]))
    formula = sorted(_elements(_mineral(_asked["seed"])) | {"O"})
    every = switching.switched(spectrum, switching.BOARD).parts
    total = sum(curve.sum() for curve in every.values())
    found = {}
    for element in switching.BOARD:
        if element in formula:
            continue
        alone = switching.switched(spectrum, [element]).parts[element].sum()
        together = switching.switched(spectrum, [*formula, element]).parts[element].sum()
        found[element] = (alone / total, together / total)
    return found


def _misleads(alone, together):
    return alone > 0.01 and together < alone / 3


PAIR = 'a mineral and an element are wanted, each in quotes, such as ("quartz", "K").'


def _judge_mineral(answer):
    given = items(answer, PAIR)
    if len(given) != 2 or not all(isinstance(each, str) for each in given):
        return PAIR
    name, element = given[0].strip().lower(), given[1].strip().capitalize()
    if name not in FORMULAS:
        return f"the first is one of these names: {', '.join(FORMULAS)}."
    if element not in switching.BOARD:
        return f"the second is one of the board's elements: {', '.join(switching.BOARD)}."
    return _judge_name(name) or _judge_misleading(element)


def _judge_name(name):
    right = _mineral(_asked["seed"])
    if name == right:
        return None
    missing = sorted(_elements(name) - _elements(right))
    if missing:
        return (
            f"{name} needs {', '.join(missing)}; switch on the whole formula, and see which elements find next to "
            "nothing to do."
        )
    return f"all elements of {name} are there, but they do not explain every peak: which one is left over?"


def _judge_misleading(element):
    found = _found_alone_and_together()
    if element not in found:
        return f"the mineral is right, but {element} is in its formula, or is oxygen: one is wanted that is not."
    alone, together = found[element]
    if _misleads(alone, together):
        return None
    if alone <= 0.01:
        return f"the mineral is right; {element} fills no peak even alone: choose one with a line beside one of the mineral's."
    return f"the mineral is right; {element} keeps most of what it finds alone when the formula is on: try another."


mineral = Question(
    hints=(
        "Switch on O and Si first. How much is explained, and where does a peak stand without a curve?",
        "A smaller case: a peak at 3.69 keV alone is Ca. Switch on Ca, and a second, smaller peak at 4.01 keV is explained with it.",
        "Read again how P loses its counts in zircon once Zr is on. For your mineral: leave only the strangers on, one by one, and see which fills a part of a peak.",
    ),
    answer=(_mineral(0), "Zr"),
    judge=_judge_mineral,
    because="Its elements explain nearly all of the peaks. The other element only lies beside one of them: as soon as the right one is on, next to nothing is left for it. Minor elements may add a little: natural minerals are no pure formulas.",
    filled=("my_mineral = ex.right_mineral()",),
)


# ---------------------------------------------------------------- a network with two eyes


def joined(picture, spectrum):
    from keras import layers

    both = layers.Concatenate()([picture, spectrum])
    hidden = layers.Dense(16, activation="relu")(both)
    return layers.Dense(1)(hidden)


class _Tried(NamedTuple):
    """What a joint of two branches gives: its answers to four pairs of inputs, and the last layer's activation."""

    answers: np.ndarray
    last: str


def _tried(join):
    import keras

    keras.utils.set_random_seed(3)
    first, second = keras.Input((16,)), keras.Input((16,))
    out = function(join)(first, second)
    if not hasattr(out, "shape") or not hasattr(out, "_keras_history"):
        raise Unusable("a layer's output is wanted: end with `return layers.Dense(1)(...)`.")
    if tuple(out.shape)[1:] != (1,):
        raise Unusable(
            f"one number for each grain is wanted; yours gives the shape {tuple(out.shape)}: layers.Dense(1)."
        )
    try:
        model = keras.Model([first, second], out)
    except ValueError:
        raise Unusable("the two given branches are wanted as they are: make no new Input in your function.") from None
    rng = np.random.default_rng(0)
    one, other = rng.normal(size=(2, 32, 16)).astype("float32")
    none = np.zeros_like(one)
    answers = [np.asarray(model([a, b])) for a, b in ((one, other), (one, none), (none, other), (none, none))]
    operation = out._keras_history.operation
    activation = getattr(operation, "activation", None)
    return _Tried(np.array(answers)[..., 0], getattr(activation, "__name__", ""))


def _judge_join(answer):
    tried = _tried(answer)
    both, first, second, none = tried.answers
    if np.allclose(both, second) and np.allclose(both, none):
        return "neither branch changes the answer: what goes into your last layer?"
    if np.allclose(both, second):
        return "the first branch, `picture`, changes nothing in the answer: put both into Concatenate, in one list."
    if np.allclose(both, first):
        return "the second branch, `spectrum`, changes nothing in the answer: put both into Concatenate, in one list."
    if tried.last == "sigmoid":
        return "the answer is a probability; the loss wants a logit: leave the activation of the last layer out."
    if np.allclose(both - first - second + none, 0, atol=1e-4):
        return "yours adds what each branch says, which late fusion does, too: put Dense(16, relu) between Concatenate and the last layer."
    return None


join = Question(
    hints=(
        "Three layers: one that lays two rows of numbers end to end, one that mixes them, one that gives a single number.",
        'A smaller case: `x = layers.Concatenate()([a, b])` has 32 numbers if a and b have 16; `layers.Dense(4, activation="relu")(x)` makes four of them.',
        "Read again how `branch` ends; yours goes on from two of those.",
    ),
    answer=joined,
    judge=_judge_join,
    because="Concatenate keeps all that both branches see, the hidden layer can weigh one in the light of the other, and the last number is a logit: above 0 for class 1.",
)


def yours_or_ours(student, question):
    """What a student wrote, if it is right; else the kit's own, so that the notebook goes on."""
    return student if question.is_right(student) else question.answer


# ---------------------------------------------------------------- one of three lies


class Grain(NamedTuple):
    """A grain measured in three ways: its mineral, which measurement is of another grain, and the counts of each."""

    mineral: str
    liar: str
    counts: dict


def _logs(counts):
    return np.array([counts[name] @ np.log(witnesses.kind(name).clean).T for name in witnesses.KINDS])


USUAL = {"X-rays": 8, "Raman": 70, "diffraction": 55}  # counts of a measurement that is weak alone
LOUD = {"X-rays": 3, "Raman": 4, "diffraction": 4}  # times as many has the one that lies


def _drawn(false, rng):
    true, other = rng.choice(witnesses.CANDIDATES, 2, replace=False)
    counts = {}
    for name in witnesses.KINDS:
        lies = name == false
        mean = USUAL[name] * (LOUD[name] if lies else 1)
        counts[name] = witnesses.measure(name, other if lies else true, mean, rng)
    return Grain(str(true), false, counts)


def _is_fair(grain):
    """Whether no two witnesses name one mineral, the true two do together, and the sum of all three is misled."""
    logs = _logs(grain.counts)
    if len(set(logs.argmax(axis=1))) < len(witnesses.KINDS):
        return False
    true = witnesses.CANDIDATES.index(grain.mineral)
    false = witnesses.KINDS.index(grain.liar)
    first, second = np.delete(logs, false, axis=0)
    alone = [_shares(row)[true] for row in (first, second)]
    together = _shares(first + second)[true]
    costs = _prices(logs)
    others = min(np.delete(costs, false))
    misled = logs.sum(axis=0).argmax() != true
    return max(alone) < 0.7 and together > 0.85 and misled and costs[false] < others - 2


def _prices(logs):
    """What each pair gives up to agree on one mineral: array (3,), in the order of the kind that is left out."""
    pairs = [np.delete(logs, place, axis=0) for place in range(len(logs))]
    return np.array([a.max() + b.max() - (a + b).max() for a, b in pairs])


def _shares(logs):
    odds = np.exp(logs - logs.max())
    return odds / odds.sum()


def mystery(seed):
    """A student's grain with three measurements, one of which is of another grain: a `Grain`; the check asks for it."""
    _asked["grain"] = _fair_grain(seed)
    return _asked["grain"]


def _fair_grain(seed):
    rng = np.random.default_rng(1000 + seed)
    false = witnesses.KINDS[rng.integers(3)]
    grain = _drawn(false, rng)
    while not _is_fair(grain):
        grain = _drawn(false, rng)
    return grain


def another_grain():
    """A grain that no student has, whose liar may be shown: a `Grain`; the check goes on asking for the student's."""
    return _fair_grain(-1)


def right_grain():
    """Mineral, liar and the three prices of the grain that is asked for; for the solution set."""
    grain = _asked.get("grain") or mystery(0)
    return grain.mineral, grain.liar, _prices(_logs(grain.counts)).tolist()


WANTED = 'mineral, liar and three prices are wanted, such as ("quartz", "Raman", [7.1, 0.3, 8.2]).'


def _judge_liar(answer):
    given = items(answer, WANTED)
    words = [word.strip().lower() for word in given if isinstance(word, str)]
    kinds = {name.lower(): name for name in witnesses.KINDS}
    if len(given) != 3 or len(words) != 2 or words[0] not in witnesses.CANDIDATES:
        return f"{WANTED} The minerals are {', '.join(witnesses.CANDIDATES)}."
    if words[1] not in kinds:
        return f"the second word is one of {', '.join(witnesses.KINDS)}."
    return _judge_prices(numbers(given[2])) or _judge_names(words[0], kinds[words[1]])


def _judge_prices(given):
    right = right_grain()[2]
    if given.shape != (3,):
        return "three prices are wanted: of the pair without X-rays, without Raman, without diffraction."
    if np.allclose(given, right, atol=0.06):
        return None
    if np.allclose(np.sort(given), np.sort(right), atol=0.06):
        return "the prices are right, but in another order: first of the pair *without* X-rays, then without Raman, without diffraction."
    place = np.abs(given - right).argmax()
    return f"the price of the pair without {witnesses.KINDS[place]} is another: for each mineral add how far it lies below both favourites, then take the smallest sum."


def _judge_names(named, accused):
    true, false, _ = right_grain()
    if (named, accused) == (true, false):
        return None
    logs = _logs((_asked.get("grain") or mystery(0)).counts)
    if named == witnesses.CANDIDATES[logs.sum(axis=0).argmax()]:
        return "this is what the sum of all three says, and the one that lies is in it: leave one out at a time."
    if accused == false:
        return "the liar is found; now add the other two, and take the mineral that fits both best."
    if named == true:
        return "the mineral is right, but not the liar: which measurement is left out of the pair that pays least?"
    return "those two that you keep do not agree: compare, for each pair, the price of agreeing."


liar = Question(
    hints=(
        "Leave one kind out at a time, and work out the price of the two that stay; the cheapest pair speaks of one grain.",
        "A smaller case: for the first witness quartz lies 0 below and zircon 1; for the second quartz 8 and zircon 0. The sums are 8 and 1: they agree on zircon, at a price of 1.",
        "Read again what the *price* of a pair is; `idxmin()` of the sum of two columns of `below` names the mineral on which a pair agrees.",
    ),
    answer=("calcite", "X-rays", [0.1, 5.3, 6.1]),
    judge=_judge_liar,
    because="Two measurements of one grain agree on one mineral at a low price. The third is of another grain: a pair with it in pays more.",
    filled=("my_grain = ex.right_grain()",),
)


# ---------------------------------------------------------------- an honest split


def parted(table):
    last = table.groupby("mineral")["specimen"].transform("max")
    return (table["specimen"] == last).to_numpy()


def _judge_honest(answer):
    table = specimens.grow_specimens(3, 4, seed=5, names=("quartz", "albite", "augite"))
    table = table.sample(frac=1, random_state=0).reset_index(drop=True)
    given = function(answer)(table.copy())
    try:
        mask = np.asarray(given)
    except ValueError:
        return "True or False is wanted for each row, in one array; yours is a nest of lists."
    if mask.dtype != bool or mask.shape != (len(table),):
        return f"True or False is wanted for each of the {len(table)} rows; yours has the type {mask.dtype} and the shape {mask.shape}."
    if mask.all() or not mask.any():
        return "all rows are on one side: some specimens must be learned from, others tested."
    of_test, of_learning = (set(table["specimen"][rows]) for rows in (mask, ~mask))
    if of_test & of_learning:
        return f"{sorted(of_test & of_learning)[0]} is on both sides: a specimen goes to one side whole."
    short = sorted(set(table["mineral"]) - set(table["mineral"][mask]))
    if short:
        return f"there is no test of {short[0]}: each mineral needs a specimen on either side."
    if set(table["mineral"]) - set(table["mineral"][~mask]):
        return "a mineral is in the test that nobody learned: each needs a specimen on either side."
    return None


honest = Question(
    hints=(
        "Choose specimens, not rows; then mark the rows that belong to those.",
        'A smaller case: `table["specimen"].isin(["quartz 1", "albite 1"])` is True for all rows of two specimens.',
        "Read again which two columns say what a row is and where it was measured; the names end in a number.",
    ),
    answer=parted,
    judge=_judge_honest,
    because="No specimen is on both sides, and each mineral is on both: the score now asks whether a mineral is known again on another piece.",
)


# ---------------------------------------------------------------- a long tail


def macro_f1(true, called):
    true, called = np.asarray(true), np.asarray(called)
    scores = []
    for name in np.unique(true):
        hits = ((true == name) & (called == name)).sum()
        scores.append(2 * hits / ((true == name).sum() + (called == name).sum()))
    return np.mean(scores)


def _judge_macro(answer):
    score = function(answer)
    true = ["a"] * 8 + ["b"] * 2 + ["c"] * 2
    called = ["a"] * 8 + ["a", "b"] + ["a", "a"]
    value = number(score(np.array(true), np.array(called)))
    right = macro_f1(true, called)
    if np.isclose(value, right, atol=1e-4):
        return None
    hits = np.array(true) == np.array(called)
    recalls = np.mean([hits[np.array(true) == name].mean() for name in "abc"])
    known = {
        "this is accuracy: common classes weigh most in it.": hits.mean(),
        "this is the mean recall: F1 also counts what is wrongly called so.": recalls,
        "the sum is right; divide by the number of classes.": 3 * right,
    }
    said = next((text for text, wrong in known.items() if np.isclose(value, wrong, atol=1e-4)), None)
    return said or f"for a test with classes of 8, 2 and 2 it is {right:.3f}; yours gives {value:.3f}."


macro = Question(
    hints=(
        "One score for each name in the truth, then their mean; `np.unique(true)` lists the names.",
        "A smaller case: two grains of b, one of them called b, and nothing else called b: hits 1, F1 = 2 × 1 / (2 + 1) = 0.67.",
        "Read again the formula: hits twice, over how many there are and how many are called so.",
    ),
    answer=macro_f1,
    judge=_judge_macro,
    because="Each class counts once, be it of eight or of two; a class that is never called right brings a 0.",
)


# ---------------------------------------------------------------- one kind is missing


def blanked(images, spectra, chance):
    images, spectra = images.copy(), spectra.copy()
    images[chance < 1 / 3] = 0
    spectra[chance > 2 / 3] = 0
    return images, spectra


def _judge_blank(answer):
    images, spectra = np.ones((6, 2, 2, 1), "float32"), np.ones((6, 3), "float32")
    chance = np.array([0.1, 0.5, 0.9, 0.2, 0.7, 0.4])
    given = function(answer)(images, spectra, chance)
    if not isinstance(given, tuple | list) or len(given) != 2:
        return "two arrays are wanted: `return images, spectra`."
    found = [numbers(each) for each in given]
    if found[0].shape != images.shape or found[1].shape != spectra.shape:
        return "the arrays are wanted in the shapes that they came in: blank grains stay, as zeros."
    if not (images.all() and spectra.all()):
        return "the arrays that were given are changed, and stay blank in the next epoch: take copies first."
    wanted = blanked(images, spectra, chance)
    if all(np.allclose(a, b) for a, b in zip(found, wanted)):
        return None
    none = [~each.reshape(6, -1).any(axis=1) for each in found]
    if (none[0] & none[1]).any():
        return "a grain has neither image nor spectrum: nothing can be learned from it."
    if np.allclose(found[0], wanted[0]):
        return "the images are right; spectra are blank where chance is above 2/3."
    return "images are blank where chance is below 1/3; yours are blank in other rows."


blank = Question(
    hints=(
        "Copy both arrays, then put 0 into the rows that chance chooses, other rows in each.",
        "A smaller case: `x = x.copy(); x[chance < 0.5] = 0` blanks about half of the rows of x.",
        "Read again which third loses what, and that nothing may lose both.",
    ),
    answer=blanked,
    judge=_judge_blank,
    because="In each epoch another third has no image and another third no spectrum, so each branch must learn to answer alone.",
)
