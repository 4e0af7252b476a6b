"""Notebook 14: its questions with right and wrong answers, and its bench."""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from zirconkit import dreams, plots
from zirconkit.evaluation import Interval
from zirconkit.exercises import dreaming
from zirconkit.widgets import DreamBench, dream_words
from zirconkit.widgets.dreaming import small_decoder


@pytest.fixture
def bench():
    return DreamBench(small_decoder, [0.0, 0.0])


def test_two_shares_are_kept_and_met(capsys):
    dreaming.told.commit([70, 90])
    dreaming.told.meet([Interval(0.93, 0.91, 0.95), Interval(0.52, 0.49, 0.55)])
    assert "Found: 93 % (91–95) and 52 % (49–55)" in capsys.readouterr().out
    for wrong in ([70], [70, 101], "much"):
        dreaming.told.commit(wrong)
        assert dreaming.told.committed is None


def test_codes_are_drawn_as_the_learned_are_spread():
    assert dreaming.codes.is_right(dreaming.codes_like)
    rng = np.random.default_rng(5)
    assert dreaming.codes.is_right(lambda c, n: rng.multivariate_normal(c.mean(axis=0), np.cov(c.T), n))
    assert dreaming.codes.is_right(lambda c, n: c[rng.integers(0, len(c), n)] + 0.02 * rng.normal(size=(n, 3)))
    said = {
        "the means of your codes are": lambda c, n: rng.normal(size=(n, 3)),
        "the variances of your codes are": lambda c, n: c.mean(axis=0) + rng.normal(size=(n, 3)),
        "0.00": lambda c, n: np.repeat(c.mean(axis=0)[None], n, axis=0),
        "covariance -": lambda c, n: c.mean(axis=0) + c.std(axis=0) * rng.normal(size=(n, 3)),
        "no dreams": lambda c, n: c[rng.integers(0, len(c), n)],
        "shape (4000, 3)": lambda c, n: rng.multivariate_normal(c.mean(axis=0), np.cov(c.T)),
        "ValueError": lambda c, n: rng.multivariate_normal(c.mean(axis=0), np.cov(c), n),
        "Not attempted": lambda c, n: ...,
    }
    for words, wrong in said.items():
        assert words in dreaming.codes.verdict(wrong)
    assert dreaming.yours_or_ours(dreaming.codes, said["no dreams"]) is dreaming.codes_like
    assert dreaming.yours_or_ours(dreaming.codes, dreaming.codes_like) is dreaming.codes_like


def test_what_moves_is_kept_and_met(capsys):
    dreaming.moved.commit([70, 40])
    dreaming.moved.meet((Interval(0.97, 0.96, 0.98), Interval(0.12, 0.1, 0.15)))
    said = "You said 70 told apart and 40 covered, of a hundred. Found: 0.97 (0.96–0.98) and 0.12 (0.10–0.15)."
    assert said in capsys.readouterr().out
    for wrong in ([70], [70, 101], "less"):
        dreaming.moved.commit(wrong)
        assert dreaming.moved.committed is None


def test_two_counts_are_kept_and_met(capsys):
    dreaming.room.commit([1, 3])
    dreaming.room.meet((0, 2))
    assert "You said 1 of four for the VAE and 3 for the components. Found: 0 and 2." in capsys.readouterr().out
    for wrong in ([1], [5, 0], "none"):
        dreaming.room.commit(wrong)
        assert dreaming.room.committed is None


def test_a_long_whole_grain_is_wanted_within_the_sliders(bench):
    assert dreaming.sculpted.is_right(dreaming.search)
    assert dreaming.sculpture(..., bench, 2.0) is ...
    given = {
        "Which slider makes it slimmer?": [0.0, 0.0],
        "within −3 and 3": [4.0, 0.0],
        "has 2 numbers": [1.0],
    }
    for words, code in given.items():
        assert words in dreaming.sculpted.verdict(dreaming.sculpture(code, bench, 2.0))
    assert dreaming.sculpted.is_right(dreaming.sculpture([2.0, 0.0], bench, 2.0))
    assert "ex.sculpture" in dreaming.sculpted.verdict([2.0, 0.0])


def test_how_long_is_what_one_in_ten_exceeds():
    codes = np.c_[np.linspace(-3, 3, 40), np.zeros(40)]
    images = small_decoder(codes)
    long = np.sort([float(dream_words(image).split()[2].rstrip(",")) for image in images])
    assert dreaming.how_long(images) == pytest.approx(long[-5], abs=0.25)


def test_copies_are_counted():
    assert dreaming.copying.is_right(dreaming.copied_share)

    def means(dreamt, learned, aside):
        one, other = (((dreamt[:, None] - each) ** 2).sum(axis=2).mean(axis=1) for each in (learned, aside))
        return np.mean(one < other)

    said = {
        "The other way".lower(): lambda *of: 1 - dreaming.copied_share(*of),
        "smallest": means,
        "from 0 to 1": lambda *of: 30 * dreaming.copied_share(*of),
        "two smallest distances": lambda *of: 1.0,
    }
    for words, wrong in said.items():
        assert words in dreaming.copying.verdict(wrong)


def test_a_fraud_passes_all_three_and_poorer_ones_are_caught():
    assert dreaming.fooling.is_right(dreaming.mirrored)
    assert dreaming.fooling.is_right(lambda learned, many: learned[:many, ::-1])
    said = {
        "*copied* catches you": lambda learned, many: learned[:many],
        "*covered* catches you": lambda learned, many: np.repeat(learned[:2, ::-1], many // 2, axis=0),
        "the judge catches you": lambda learned, many: np.roll(learned[:many], 4, axis=2),
        "grey from 0 to 1": lambda learned, many: 3 * learned[:many, ::-1],
        "yours have the shape (10, 32, 32, 1)": lambda learned, many: learned[:10],
    }
    for words, wrong in said.items():
        assert words in dreaming.fooling.verdict(wrong)


def test_a_guess_about_blurred_zircons_is_kept_and_met(capsys):
    dreaming.blurred.commit(80)
    dreaming.blurred.meet(Interval(0.22, 0.18, 0.27))
    assert "You said 80 of a hundred. Found on real mounts: 0.22 (0.18–0.27)" in capsys.readouterr().out
    for wrong in (101, -1, "worse", [50]):
        dreaming.blurred.commit(wrong)
        assert dreaming.blurred.committed is None


def test_rows_stand_beside_their_scores_and_histograms_in_place_of_pictures():
    pictures = small_decoder(np.zeros((3, 2)))
    table = pd.DataFrame({"value": [np.nan, 0.9], "low": [np.nan, 0.8], "high": [np.nan, 1.0]}, index=["none", "some"])
    shares = {"measure": "zoning", "from": [0.0, 1.0], "to": [1.0, 2.0]}
    spread = pd.concat(
        [
            pd.DataFrame(shares | {"kind": "real", "share": [0.8, 0.2]}),
            pd.DataFrame(shares | {"kind": "dreamt", "share": [0.1, 0.9]}),
        ]
    )
    fig = plots.rows_and_scores(
        {"none": spread, "some": pictures}, {"told": table}, {"told": {"chance": 0.5}}, ["n", "s"]
    )
    *others, _ = fig.axes
    assert sum(len(ax.images) for ax in others) == 3
    real, dreamt = others[0].patches
    assert real.get_data().values.tolist() == [0.8, 0.2] and dreamt.get_data().edges.tolist() == [0, 1, 2]
    assert real.get_fill() and not dreamt.get_fill() and others[0].get_xlabel() == "zoning"
    words = [text.get_text().strip() for ax in fig.axes for text in ax.texts]
    assert {"chance", "0.90"} <= set(words) and "nan" not in words
    assert [name for ax in others if (name := ax.get_title(loc="left"))] == ["none", "some"]
    heights = [ax.get_position().y0 for ax in others]
    assert heights[0] > heights[1]  # the first row lies above
    plt.close(fig)


def test_scores_stand_in_the_order_of_the_rows():
    pictures = small_decoder(np.zeros((3, 2)))
    table = pd.DataFrame({"value": [0.2, 0.9], "low": [0.1, 0.8], "high": [0.3, 1.0]}, index=["second", "first"])
    fig = plots.rows_and_scores({"first": pictures, "second": pictures}, {"told": table}, {}, ["f", "s"])
    scored = fig.axes[-1]
    (dots,) = [line for line in scored.lines if line.get_marker() == "o"]
    assert dots.get_xdata().tolist() == [0.9, 0.2]
    assert scored.get_title() == "told" and scored.yaxis_inverted()
    assert [label.get_text() for label in scored.get_yticklabels()] == ["f", "s"]
    plt.close(fig)


def test_codes_are_points_or_blobs():
    fig = plots.codes_and_blobs()
    single, blobs = fig.axes
    assert len(single.patches) == 0 and len(blobs.patches) == 16 + 1
    assert len(single.lines[0].get_xdata()) == len(blobs.lines[0].get_xdata()) == 16
    plt.close(fig)


def test_covered_is_drawn_as_it_is_counted():
    fig = plots.covered_and_copied()
    some, others, drawings = (np.transpose(line.get_data()) for line in fig.axes[0].lines)
    assert fig.axes[0].get_title() == f"covered: {len(some)} of {len(some) + len(others)} originals"
    originals = np.concatenate([some, others])
    circles = {tuple(patch.center): patch.radius for patch in fig.axes[0].patches}
    reach = np.array([circles[tuple(each)] for each in originals])
    apart = np.linalg.norm(originals[:, None] - originals, axis=2)
    assert np.allclose(np.sort(apart, axis=1)[:, dreams.NEAR], reach)
    held = np.linalg.norm(originals[:, None] - drawings, axis=2).min(axis=1) <= reach
    assert held.tolist() == [True] * len(some) + [False] * len(others) and 0 < len(some) < len(originals)
    plt.close(fig)


def test_a_slider_moves_the_grain_and_two_are_kept(bench):
    box = bench.panel()
    first, second, picture, said, keeping, told = box.children
    before = picture.value, said.value
    first.value = 3.0
    assert picture.value != before[0] and said.value != before[1] and bench.code[0] == 3
    one, other = keeping.children
    one.click()
    second.value = -1.0
    other.click()
    assert bench.kept["one"].tolist() == [3, 0] and bench.kept["other"].tolist() == [3, -1]
    assert "Kept as the other: 3.0, -1.0." in told.value
    bench.move(0, 9)
    assert bench.code[0] == 3
