"""The questions of notebook 10."""

import re

import numpy as np

from zirconkit.exercises.core import Question, choice, function, items, near, number, numbers


def same_class_share(near, y):
    return np.mean(y[near] == y[:, None])


def _judge_share(answer):
    student = function(answer)
    near = np.array([[1, 2], [0, 2], [3, 4], [4, 2], [3, 2], [0, 3], [0, 1]])
    y = np.array([1, 1, 0, 0, 0, 0, 1])
    value, wanted = numbers(student(near.copy(), y.copy())), same_class_share(near, y)
    if value.shape == y.shape:
        return "that is one share a grain: average over all grains, too."
    value = number(value)
    if abs(value - wanted) < 1e-6:
        return None
    known = {
        wanted * near.size: "that is how many neighbours there are of the same class; wanted is their share.",
        1 - wanted: "that is the share of neighbours of the *other* class.",
        np.mean(y[near]): "that is the share of neighbours that are porphyry, whatever the grain itself is.",
        wanted * near.shape[1]: "divide by the number of neighbours, too.",
        np.mean(y[near[:, 0]] == y): "that is the first neighbour only: take all columns of `near`.",
    }
    said = [why for wrong, why in known.items() if abs(value - wrong) < 1e-6]
    return (said or [f"for a small example it should be {wanted:.3f}, yours is {value:.3f}."])[0]


neighbourly = Question(
    hints=(
        "`y[near]` has a row a grain and a column a neighbour: their classes. Compare it with `y[:, None]`, the grain's own class, and average.",
    ),
    answer=same_class_share,
    judge=_judge_share,
    because="What luck gives depends on the mix: if a share p of the grains is porphyry, two grains drawn blindly agree in p² + (1 − p)² of all cases. "
    "With 90 % porphyry that is 0.82, for an embedding that has learned nothing.",
)

_SEEN = {
    "distance": "two groups that were planted eight times as far apart were not drawn eight times as far apart.",
    "width": "the group that was planted ten times as wide came out about as large as the others.",
    "density": "UMAP evens densities out on purpose: each grain has the same number of neighbours.",
    "axes": "the axes are wherever the optimisation came to rest: another start turns and mirrors them.",
}


def _judge_reading(answer):
    answer = [answer] if isinstance(answer, str) else answer
    words = items(answer, 'a list of words is wanted, such as ["axes", "density"].')
    chosen = {re.sub("^neighbors?$|^neighbour$", "neighbours", str(word).strip().lower()) for word in words}
    unknown = chosen - {"neighbours", *_SEEN}
    if unknown:
        return f"there is no {min(unknown)!r} in the list."
    if chosen & set(_SEEN):
        return _SEEN[min(chosen & set(_SEEN))]
    return None if chosen else "one thing the map is made to keep: what does trustworthiness count?"


map_reading = Question(
    hints=("What does UMAP try to keep, and what did it do to the three planted groups?",),
    answer=["neighbours"],
    judge=_judge_reading,
    because="Who is near whom, for most grains: that is what it optimises, and what trustworthiness measures. Sizes, gaps, densities and axes are by-products.",
)

turned_axes = Question(
    hints=("Turn the map by a quarter. Which grains are neighbours now? What became of the correlation with axis 1?",),
    answer="c",
    judge=choice(
        "c",
        {
            "a": "that holds for this one run; from another start comes the same map turned, and the correlation has moved to another axis.",
            "b": "the grey level is in the map in both runs: only the axis that it lies along has changed.",
            "d": "a mean over axes that point elsewhere each time is a mean of different things.",
        },
    ),
    because="A map may be turned and mirrored at will, so a single axis has no meaning of its own. Ask for what does not turn: can the property be told from a grain's neighbours?",
)

one_cluster = Question(
    hints=(
        "The index is *adjusted*: 1 for the same division, 0 for what luck gives. How much does one big cluster say about anything?",
    ),
    answer=0,
    judge=lambda answer: (
        None
        if abs(number(answer)) < 1e-9
        else near(
            0.0,
            {
                0.9: "that is the share of grains that it 'gets right': accuracy flatters whoever puts all in one pot. The index is adjusted for luck.",
                1: "one means that clusters and labels divide the grains in the same way; one pot divides nothing.",
                0.82: "that is the share of *pairs* that agree, the plain Rand index; the adjusted one takes off what luck gives.",
                0.5: "the adjusted index is no probability: luck is 0, not ½.",
            },
            "you have {value}. What luck gives is taken off.",
        )(answer)
    ),
    because="It says nothing, and the index says so: 0, where accuracy would say 0.90 and the plain Rand index 0.82. Compare with luck before you praise clusters.",
)
