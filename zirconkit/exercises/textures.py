"""The questions of notebook 10."""

from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.neighbors import NearestNeighbors
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from zirconkit.exercises.core import Question, Unusable, choice, function, items, number, numbers
from zirconkit.exercises.predictions import Prediction, points

__all__ = ["Kept", "kept_maps", "known", "many_islands", "map_reading", "probe", "same_grains", "stays", "strange"]

# ---------------------------------------------------------------- predictions

SIGNS = {"t": "the trained network's", "u": "the untrained one's", "=": "no clear difference"}
TRACE, CLEAR = 0.02, 0.08  # differences in R²: below the one there is none, above the other it is no longer "="


def _signs(guess):
    """A reader of four signs, of t, u and =, whatever stands between them."""
    signs = [sign for sign in str(guess).lower() if sign in SIGNS]
    if not isinstance(guess, str) or len(signs) != 4 or set(guess.lower()) - {*SIGNS, " ", ","}:
        raise Unusable('four signs are wanted, each t, u or =, in quotes, such as "ut=u".')
    return "".join(signs)


def _allowed(difference):
    """The signs that a difference allows: between a trace and a clear one two of them."""
    signs = {"="} if abs(difference) < CLEAR else set()
    return signs | ({"t" if difference > 0 else "u"} if abs(difference) >= TRACE else set())


def _reveal_known(guess, result):
    """`guess`: four signs; `result`: R² of the trained less that of the untrained, by letter."""
    allowed = {letter: _allowed(difference) for letter, difference in result.items()}
    right = sum(sign in allowed[letter] for letter, sign in zip(result, guess))
    found = ", ".join(f"{letter} {difference:+.2f}" for letter, difference in result.items())
    either = [letter for letter, signs in allowed.items() if len(signs) > 1]
    said = f"You said {guess}. R², trained less untrained: {found}. You have {right} of {len(result)}."
    return said + (f" So small a difference as that of {' and '.join(either)} may be called either." if either else "")


known = Prediction(_signs, _reveal_known)


def _reveal_stays(guess, result):
    """`guess`: neighbours and maps of ten; `result`: of ten found again, and by luck; maps that agree, by luck, of all."""
    near, near_luck, maps, maps_luck, of = result
    return (
        f"You said {guess[0]:g} neighbours of ten, found {near:.1f} (luck {near_luck:.1f}); and {guess[1]:g} maps of ten, "
        f"found {10 * maps / of:.1f} of ten (luck {10 * maps_luck / of:.1f})."
    )


stays = Prediction(points(2, 0, 10), _reveal_stays)

# ---------------------------------------------------------------- one property, another axis

ENOUGH = 0.3  # by how much the length of a bar must change


@dataclass(frozen=True)
class Kept:
    """Two settings that a student kept, the property that she names, and the bench that draws them."""

    maps: Any
    column: Any
    bench: Any = field(repr=False)


def kept_maps(maps, column, bench):
    """Two kept settings and a property beside the bench that draws them; `...` stays `...`.

    Parameters
    ----------
    maps : dict
        "one" and "other", as `widgets.MapBench.kept` holds them.
    column : str
        A measured property.
    bench : widgets.MapBench
        Or whatever has maps and `axes`.
    """
    return ... if column is ... else Kept(maps, column, bench)


def change_an_axis(bench):
    best = 0, None, None
    rho = {knobs: bench.axes(knobs)[1].abs() for knobs in bench.maps}  # along UMAP 1, the sign left out
    for one, other in combinations(bench.maps, 2):
        if one[:2] == other[:2]:  # the same n_neighbors and min_dist
            change = (rho[one] - rho[other]).abs()
            if change.max() > best[0]:
                best = change.max(), {"one": one, "other": other}, change.idxmax()
    return best[1:]


def _change(bench, one, other, column):
    """By how much the length of a property's bar along UMAP 1 differs between two maps."""
    before, after = (bench.axes(knobs).loc[column, 1] for knobs in (one, other))
    return abs(abs(before) - abs(after))


def _widest(bench):
    """The largest change that seed and start make among a bench's maps, rounded down."""
    pair, column = change_an_axis(bench)
    return np.floor(100 * _change(bench, *pair.values(), column)) / 100 if pair else 0.0


def within_reach(bench):
    """How much seed and start change the bars of a bench's maps, and how much is wanted: str."""
    widest = _widest(bench)
    return f"Seed and start change a bar of UMAP 1 by up to {widest:.2f} in length; find {min(widest, ENOUGH):.2f}."


def _small_bench():
    """Three maps of forty grains, of which the last is the first one turned: what the solution is tried on."""
    from zirconkit.widgets.mapping import MapBench, small_maps

    return MapBench(*small_maps())


def _judge_kept(answer):
    if callable(answer):
        bench = _small_bench()
        found = function(answer)(bench)
        if not isinstance(found, (tuple, list)) or len(found) != 2:
            return "two things are wanted, the kept maps and the property: return maps, column."
        answer = Kept(*found, bench)
    if not isinstance(answer, Kept):
        return "give what you kept, the property and the bench: kept_maps(bench.kept, my_property, bench)."
    bench = answer.bench
    if not isinstance(answer.maps, dict) or not {"one", "other"} <= set(answer.maps):
        return 'a dict with your two maps is wanted: {"one": ..., "other": ...}.'
    if answer.column not in list(bench.measures):
        return f"the property is one of {', '.join(bench.measures)}, in quotes."
    one, other = answer.maps["one"], answer.maps["other"]
    for name in ("one", "other"):
        if answer.maps[name] not in list(bench.maps):
            return f"there is no map {name!r} yet: turn the knobs, press its button, and run the cell again."
    return _what_is_no_change(bench, one, other, answer.column)


def _what_is_no_change(bench, one, other, column):
    """Why two kept maps do not show what was asked; None if they do."""
    if one == other:
        return "you kept one map twice: turn the seed or the start before you keep the other."
    turned = [name for name in ("n_neighbors", "min_dist") if getattr(one, name) != getattr(other, name)]
    if turned:
        return f"{turned[0]} differs: that asks UMAP for something else. Leave it, and turn the seed or the start only."
    wanted = min(ENOUGH, _widest(bench))
    if _change(bench, one, other, column) >= wanted:
        return None
    before, after = (bench.axes(knobs).loc[column, 1] for knobs in (one, other))
    if abs(before - after) >= wanted:
        return (
            f"the bar of {column} turns from {before:+.2f} to {after:+.2f}: a mirror image, and mirrored maps are equally "
            f"good. Its length differs by {abs(abs(before) - abs(after)):.2f} only; {wanted:.2f} is wanted."
        )
    return (
        f"along UMAP 1 {column} has {before:+.2f} on the one and {after:+.2f} on the other: lengths that differ by "
        f"{abs(abs(before) - abs(after)):.2f}, and {wanted:.2f} is wanted. Which property's bar changes most?"
    )


same_grains = Question(
    hints=(
        "Only chance may differ: the seed, or the start. From which start do maps of two seeds look least alike?",
        "A property has +0.70 on one map and −0.60 on another: a mirror image, its bar is shorter by 0.10 only. With −0.20 on the "
        "other map its bar would be shorter by 0.50, and UMAP 1 would follow something else.",
        "Keep the map with start = spectral on which a bar of UMAP 1 is longest. Then choose start = random and try both seeds; if "
        "none will do, take another n_neighbors or min_dist, the same for both maps.",
    ),
    answer=change_an_axis,
    judge=_judge_kept,
    because="The grains, their 32 numbers and the question to UMAP were the same: only the start or the seed changed what the axis follows. "
    "UMAP counts who is near, so a map that is turned or mirrored is exactly as good. The spectral start is computed from the grains, "
    "which makes axes repeatable; it gives them no meaning.",
    filled=("my_maps, my_property = ex.change_an_axis(bench)  # its code: ex.same_grains.solution()",),
)

# ---------------------------------------------------------------- the linear probe


def linear_probe(z, values):
    model = make_pipeline(StandardScaler(), Ridge(1.0))
    fifths = KFold(5, shuffle=True, random_state=0)
    guessed = cross_val_predict(model, z, values, cv=fifths)
    return r2_score(values, guessed)


def _planted_spaces():
    """Vectors of 150 grains whose smallest number holds the first property; the second is held by none."""
    rng = np.random.default_rng(0)
    z = rng.normal(size=(150, 60))
    held, strewn = z[:, 3] + 0.3 * rng.normal(size=150), rng.normal(size=150)
    z[:, 3] *= 0.001
    return z, held, strewn


def _judge_probe(answer):
    student = function(answer)
    z, held, strewn = _planted_spaces()
    found = [numbers(student(z.copy(), values.copy())) for values in (held, strewn)]
    if found[0].size == len(z):
        return "that is a number for each grain: compare the guesses with the values, and return one R²."
    planted, luck = map(number, found)
    wanted = linear_probe(z, held)
    if luck > 0.15:
        return (
            f"it finds R² = {luck:.2f} for a property that was strewn at random: grains that were fitted are asked again. "
            "Guess each fifth by the other four."
        )
    if planted < 0.3 * wanted:
        return (
            f"a property was planted in one number that is a thousand times smaller than the others; R² should be about "
            f"{wanted:.2f}, yours is {planted:.2f}. Standardise first."
        )
    if not 0.8 * wanted <= planted <= 1:
        return f"for a planted property R² should be about {wanted:.2f}, yours is {planted:.2f}."
    return None


probe = Question(
    hints=(
        "Three steps: a model that standardises and fits weights, guesses for grains that it was not fitted to, their R².",
        "With two numbers and five grains: fit to grains 2 to 5, guess grain 1; fit to 1, 3, 4, 5, guess grain 2; and so on. "
        "`cross_val_predict(model, z, values, cv=5)` does it for fifths; a model of two steps is `make_pipeline(first(), second())`.",
        "Read again what stands above the exercise: each of its three lines is a line of code. `r2_score(values, guessed)` is the last.",
    ),
    answer=linear_probe,
    filled=(
        """\
from sklearn.linear_model import Ridge
from sklearn.metrics import r2_score
from sklearn.model_selection import KFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def my_probe(z, values):
    model = make_pipeline(StandardScaler(), Ridge(1.0))
    fifths = KFold(5, shuffle=True, random_state=0)
    guessed = cross_val_predict(model, z, values, cv=fifths)
    return r2_score(values, guessed)""",
    ),
    judge=_judge_probe,
    because="It found what a neighbour cannot: the planted property sat in one number a thousand times smaller than the others. "
    "And it said nothing of a strewn one, because each grain was guessed by weights that had not seen it.",
)

# ---------------------------------------------------------------- who is out of place


def strangeness(new, known):
    near = NearestNeighbors(n_neighbors=1).fit(known)
    usual = near.kneighbors()[0][:, 0]  # without X: each grain's nearest other
    far = near.kneighbors(new)[0][:, 0]
    return np.array([np.mean(usual < distance) for distance in far])


def _planted_guests():
    """Known grains on a ring, and four guests: one among them, one just beside, one in the ring's middle, one far out."""
    angles = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    angles = angles + 0.02 * np.random.default_rng(1).normal(size=60)
    known = np.c_[np.cos(angles), np.sin(angles)]
    new = np.array([known[7] + 0.02, known[20] + [0.06, 0.0], [0.0, 0.0], [9.0, 9.0]])
    return new, known


def _judge_strange(answer):
    student = function(answer)
    new, known = _planted_guests()
    wanted = strangeness(new, known)
    found = numbers(student(new.copy(), known.copy()))
    if found.shape != wanted.shape:
        return f"{len(new)} guests came, so {len(new)} numbers are wanted; these have the shape {found.shape}."
    if not np.isfinite(found).all() or found.min() < 0 or found.max() > 1:
        return "distances are no shares: wanted is the share of known grains whose own nearest is nearer, 0 to 1."
    if np.allclose(found, wanted, atol=0.02):
        return None
    if np.allclose(found, 1 - wanted, atol=0.02):
        return "the other way round: 1 is for what lies farther out than every known grain."
    if found[2] < 0.5:
        return "a guest stands in the middle of a ring of grains, far from them all, and is called usual: not the mean, the nearest grain counts."
    if found[0] > 0.9:
        return (
            "it calls a guest strange that stands right beside a known grain. Is each known grain its own nearest neighbour, at a "
            "distance of 0? `kneighbors()` without grains leaves it out."
        )
    return f"the four guests should have {np.round(wanted, 2).tolist()}, yours have {np.round(found, 2).tolist()}."


strange = Question(
    hints=(
        "Two kinds of distances: from each guest to its nearest known grain, and from each known grain to its nearest *other* one.",
        "Known grains at 0, 1 and 3 on a line have their nearest others at 1, 1 and 2. A guest at 4.5 lies 1.5 from its nearest: two "
        "of the three distances are smaller, so it gets 0.67.",
        "`NearestNeighbors(n_neighbors=1).fit(known)` answers `.kneighbors(new)` for guests, and `.kneighbors()` for the known grains "
        "without themselves; both give distances first. Read again the first lines of this section.",
    ),
    answer=strangeness,
    filled=(
        """\
from sklearn.neighbors import NearestNeighbors


def my_strangeness(new, known):
    near = NearestNeighbors(n_neighbors=1).fit(known)
    usual = near.kneighbors()[0][:, 0]  # without X: each grain's nearest other
    far = near.kneighbors(new)[0][:, 0]
    return np.array([np.mean(usual < distance) for distance in far])""",
    ),
    judge=_judge_strange,
    because="It asks in the full space, before any map: the map has no place outside. It can only find what this space still sees. The middle of a ring is as far from every known grain as its "
    "outside, which a distance from the mean would miss.",
)

# ---------------------------------------------------------------- deeper

_UNTESTED = {
    "a": "two groups that were planted eight times as far apart were not drawn eight times as far apart.",
    "c": "the group that was planted ten times as wide came out about as large as the others.",
    "e": "evenly strewn points were drawn as strings and clumps, too.",
}
_LEFT_OUT = {
    "b": "one sentence only says what the colours show on this map, and nothing of why: it may stay.",
    "d": "one sentence says what UMAP works for, and what the knobs count for you: it may stay.",
}


def _judge_reading(answer):
    letters = answer if isinstance(answer, str) else items(answer, 'letters are wanted, such as "ac".')
    chosen = {letter for letter in "".join(map(str, letters)).lower() if letter.isalpha()}
    unknown = chosen - {*_UNTESTED, *_LEFT_OUT}
    if unknown or not chosen:
        return 'one letter or more of a to e is wanted, such as "ac".'
    if chosen & set(_UNTESTED):
        wrong = min(chosen & set(_UNTESTED))
        return f"not {wrong}: {_UNTESTED[wrong]}"
    missing = set(_LEFT_OUT) - chosen
    return _LEFT_OUT[min(missing)] if missing else None


map_reading = Question(
    hints=(
        "Which sentences say something of this drawing, and which of the grains behind it?",
        "A group planted ten times as wide came out about as wide as the others: so strike the sentence that speaks of width. "
        "Take the printed gaps, and the map of noise, for two more.",
        "Read again how a map is made, under *A map of the numbers is a drawing*: what does it look up before it draws? And what do colours on a map show by themselves?",
    ),
    answer="bd",
    judge=_judge_reading,
    because="Who is near whom is what UMAP works for, and a colour that is drawn can be seen. Gaps, sizes and shapes are by-products that "
    "may be so or not: planted ones were lost, and noise got some.",
)

many_islands = Question(
    hints=(
        "Two explanations, rock and mount. Ask of each letter: what would it look like if only the mounts made the clusters?",
        "Rock A on mounts 1 and 2, rock B on mount 3. If mounts make the clusters, 1 and 2 lie apart like 1 and 3. If the rock makes "
        "them, which of the three lie together?",
        "Read again how the question is put: some lithologies have two mounts. Only there do rock and mount part ways.",
    ),
    answer="c",
    judge=choice(
        "c",
        {
            "a": "a mount that was exposed in its own way would do that too, whatever its rock.",
            "b": "more grains of the same mounts make the interval smaller, and leave rock and mount as they are: one.",
            "d": "another training sees the same mounts, so it would find their differences again.",
        },
    ),
    because="Each mount is polished, exposed and photographed by itself. Where a lithology has one mount, what parts the mounts parts the "
    "lithologies; only a second mount of the same rock can tell which of the two it was: does it join its rock, or stand by itself?",
)
