"""Powder patterns: the table, what is grown, files good and bad, names and amounts, cells, exercises."""

import json

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import nnls

from zirconkit import cli, evaluation, samples, widgets
from zirconkit.diffraction import (
    amounts,
    cells,
    growing,
    identifying,
    matching,
    network,
    preparing,
    reading,
    rockjock,
    sticks,
)
from zirconkit.exercises import diffraction as ex
from zirconkit.exercises.core import Question
from zirconkit.synthetic import patterns, powder_lines
from zirconkit.synthetic.patterns import Phase, Truth

FIRST = {each.mineral: each for each in reversed(powder_lines.structures())}
ANGLES = np.arange(5, 65.001, 0.02)


def measured(*minerals, weights=None, zero=0.1, seed=1):
    """A noisy pattern of a mixture on ANGLES."""
    weights = weights or [1 / len(minerals)] * len(minerals)
    phases = tuple(Phase(FIRST[name], weight) for name, weight in zip(minerals, weights))
    truth = Truth(phases, zero=zero, width=0.1, counts=8000, seed=seed, background=(0.02, 0.05, 0.02))
    return patterns.mix(ANGLES, truth)


def gridded(counts):
    return preparing.on_grid(ANGLES, counts)


# ---------------------------------------------------------------- the table


def test_lines_lie_where_the_textbook_has_them():
    for mineral, d, angle in (("quartz", 3.343, 26.64), ("quartz", 4.255, 20.86), ("calcite", 3.035, 29.40)):
        lines = FIRST[mineral].d
        assert abs(powder_lines.angle_of(lines[abs(lines - d).argmin()]) - angle) < 0.02


def test_the_table_is_whole_small_and_cited():
    table = powder_lines.table()
    assert len(powder_lines.names()) >= 100 and table["paper"].str.contains(r"\(?(?:19|20)\d\d").all()
    size = sum((powder_lines.FOLDER / name).stat().st_size for name in ("minerals.csv", "lines.csv"))
    assert size < 1_000_000
    for structure in powder_lines.structures():
        sharp = structure.hkl[:, 2] == structure.hkl[:, 2].round()
        d = powder_lines.spacing_of(structure.hkl, structure.cell)
        assert abs(structure.i.max() - 100) < 0.01 and np.all(np.diff(structure.d) <= 1e-9)
        if sharp.all():
            assert np.allclose(d, structure.d, rtol=2e-4), structure.name


# Of the Handbook of Mineralogy (Anthony and others 1990-2003): spacings, Å, of the strongest lines that it prints.
HANDBOOK = {
    "andalusite": (5.542, 4.527, 2.773, 2.170, 3.924, 3.524, 2.466),
    "boehmite": (6.11, 3.15, 2.347, 1.862, 1.850, 1.308, 1.661),
    "gibbsite": (4.853, 4.380, 4.328, 2.389, 2.456, 2.052, 1.8074),
    "talc": (9.34, 3.116, 4.66, 2.476, 1.870, 1.527, 4.55),
    "wollastonite": (3.314, 3.83, 3.51, 3.086, 2.302, 2.556, 1.759),
}


@pytest.mark.parametrize("mineral", HANDBOOK)
def test_lines_of_own_structures_lie_where_they_were_measured(mineral):
    mine = [each for each in powder_lines.structures() if each.mineral == mineral]
    seen = np.concatenate([each.d[each.i > 2] for each in mine])
    away = [np.abs(seen / d - 1).min() for d in HANDBOOK[mineral]]
    assert max(away) < 0.004 and np.median(away) < 0.0015


def test_the_reference_ratio_weighs_a_planted_mixture():
    shares = {"quartz": 0.5, "calcite": 0.3, "albite": 0.15, "halite": 0.05}
    counts = measured(*shares, weights=list(shares.values()))
    found = amounts.fit(gridded(counts), amounts.computed().of(shares))
    for name, share in shares.items():
        assert abs(found.weights[name] - share) < 0.03, name
    assert abs(found.shift - 0.1) < 0.03 and found.misfit < 0.12


def test_orientation_changes_heights_and_not_places():
    even, flat = (patterns.lines(Phase(FIRST["muscovite"], march=march)) for march in (1.0, 0.5))
    assert np.array_equal(even[0], flat[0])
    basal = (FIRST["muscovite"].hkl[:, :2] == 0).all(axis=1)
    assert (flat[1][basal] > 2 * even[1][basal]).all() and flat[1][~basal].sum() < even[1][~basal].sum()


def test_a_pattern_grows_alike_from_a_seed():
    one, truth = patterns.grow(ANGLES, ["quartz", "illite"], [0.7, 0.3], 5)
    again, _ = patterns.grow(ANGLES, ["quartz", "illite"], [0.7, 0.3], 5)
    assert np.array_equal(one, again) and [phase.weight for phase in truth.phases] == [0.7, 0.3]
    with pytest.raises(ValueError, match="not in the table"):
        patterns.grow(ANGLES, ["unobtainium"], [1], 5)


def test_another_tube_moves_lines_by_bragg():
    angles, _ = patterns.lines(Phase(FIRST["quartz"]), reading.TUBES["Co"])
    back = preparing.to_copper(angles, reading.TUBES["Co"])
    assert np.allclose(back, powder_lines.angle_of(FIRST["quartz"].d)[: len(back)], atol=0.01)


# ---------------------------------------------------------------- files


def written(path, columns, text="{} {}", head=""):
    lines = [text.format(*row) for row in zip(*columns)]
    path.write_text(head + "\n".join(lines) + "\n")
    return path


COUNTS = measured("quartz").astype(int)
TEXT = [f"{angle:.2f}" for angle in ANGLES]
D = powder_lines.CU / 2 / np.sin(np.radians(ANGLES / 2))
BAD = {
    "swapped": ((COUNTS, TEXT), "{} {}", "swapped"),
    "falling": ((TEXT[::-1], COUNTS[::-1]), "{} {}", "degrees fall"),
    "spacings": ((D.round(5), COUNTS), "{} {}", "d-spacings"),
    "rising spacings": ((D[::-1].round(5), COUNTS[::-1]), "{} {}", "d-spacings"),
    "commas": ((TEXT, COUNTS), "{} {:,}", "counts with commas"),
    "csv with commas": ((TEXT, COUNTS), "{},{:,}", "counts with commas"),
    "ten points": ((TEXT[:10], COUNTS[:10]), "{} {}", "10 points"),
    "negative": ((TEXT, -COUNTS), "{} {}", "negative counts"),
    "one column": ((TEXT,), "{}", "one column"),
    "flat": ((TEXT, np.full(len(TEXT), 7)), "{} {}", "no peaks"),
}


@pytest.mark.parametrize("name", BAD)
def test_what_is_no_pattern_is_refused_in_a_sentence(tmp_path, name):
    columns, text, said = BAD[name]
    path = written(tmp_path / "p.xy", columns, text)
    with pytest.raises(ValueError, match=said) as caught:
        reading.read(path)
    assert "\n" not in str(caught.value) and path.name in str(caught.value)


@pytest.mark.parametrize(
    ("name", "text", "head"),
    [
        ("p.xy", "{} {}", "# a comment\n"),
        ("p.csv", "{},{}", "angle,counts\n"),
        ("p.txt", "{}, {}", "##NAMES=Quartz\n##X-RAY WAVELENGTH=1.541838\n"),
        ("p.dat", "{}\t{}", ""),
    ],
)
def test_what_laboratories_write_is_read(tmp_path, name, text, head):
    found = reading.read(written(tmp_path / name, (TEXT, COUNTS), text, head))
    assert np.allclose(found.two_theta, ANGLES) and np.array_equal(found.counts, COUNTS)
    assert found.wavelength == powder_lines.CU and found.stated == ("WAVELENGTH" in head)


def test_decimal_commas_blocks_and_xrdml_are_read(tmp_path):
    commas = written(tmp_path / "p.dat", ([word.replace(".", ",") for word in TEXT], COUNTS), "{};{}")
    assert np.allclose(reading.read(commas).two_theta, ANGLES)
    rows = "\n".join(" ".join(map(str, COUNTS[k : k + 8])) for k in range(0, len(COUNTS), 8))
    (tmp_path / "b.dat").write_text(f"5.00 0.02 65.00\n{rows}\n")
    assert np.allclose(reading.read(tmp_path / "b.dat").two_theta, ANGLES)
    counts = " ".join(map(str, COUNTS))
    (tmp_path / "p.xrdml").write_text(
        '<?xml version="1.0"?><xrdMeasurements xmlns="http://www.xrdml.com/XRDMeasurement/1.5"><xrdMeasurement>'
        "<usedWavelength><kAlpha1>1.7889</kAlpha1></usedWavelength><scan><dataPoints>"
        '<positions axis="2Theta"><startPosition>5</startPosition><endPosition>65</endPosition></positions>'
        f"<intensities>{counts}</intensities></dataPoints></scan></xrdMeasurement></xrdMeasurements>"
    )
    found = reading.read(tmp_path / "p.xrdml")
    assert np.allclose(found.two_theta, ANGLES) and found.wavelength == reading.TUBES["Co"] and found.stated
    (tmp_path / "p.xrdml").write_text("<?xml version='1.0'?><xrdMeasurements>")
    with pytest.raises(ValueError, match="damaged"):
        reading.read(tmp_path / "p.xrdml")
    (tmp_path / "p.raw").write_bytes(b"RAW1.01")
    with pytest.raises(ValueError, match="vendor"):
        reading.read(tmp_path / "p.raw")


# ---------------------------------------------------------------- names


def test_search_match_names_what_was_grown():
    for mineral in ("quartz", "kaolinite", "zircon", "montmorillonite"):
        assert matching.search(preparing.comparable(gridded(measured(mineral))))[0][0] == mineral


def test_the_network_is_the_one_that_was_trained_and_says_what_keras_says():
    assert network.WEIGHTS.stat().st_size < 2_000_000
    assert len(network.shipped()["there.bias"]) == len(powder_lines.names())
    there, share = network.logits(preparing.comparable(gridded(measured("quartz"))))
    assert powder_lines.names()[share.argmax()] == "quartz" and abs(share.sum() - 1) < 1e-5
    assert powder_lines.names()[there.argmax()] == "quartz"


def test_other_weights_are_refused(tmp_path):
    np.savez(tmp_path / "w.npz", a=np.zeros(3))
    with pytest.raises(ValueError, match="another network"):
        network.read_weights(tmp_path / "w.npz")
    (tmp_path / "w.npz").write_bytes(b"no archive")
    with pytest.raises(ValueError, match="damaged"):
        network.read_weights(tmp_path / "w.npz")


def test_a_planted_mixture_is_named_and_weighed():
    answer = identifying.identify(gridded(measured("quartz", "calcite", "gypsum", weights=[0.5, 0.3, 0.2])))
    sure = {name: weight for name, probability, weight, _, _ in answer.rows if probability >= 0.5}
    assert set(sure) == {"quartz", "calcite", "gypsum"} and abs(sure["quartz"] - 50) < 9
    for _, probability, weight, low, high in answer.rows:
        assert 0 <= probability <= 1 and low <= weight <= high


def test_what_no_table_holds_is_unknown():
    rng = np.random.default_rng(0)
    called = []
    for _ in range(6):
        strange = growing._stranger(rng)
        answer = identifying.identify(gridded(patterns.mix(ANGLES, Truth((Phase(strange),), counts=5000))))
        called.append(answer.rows[0][0] == "unknown")
    assert sum(called) >= 5


def test_chemistry_leaves_what_it_allows():
    assert identifying.allowed(["Fe", "S"]) >= {"pyrite", "marcasite", "pyrrhotite", "magnetite", "siderite"}
    assert not identifying.allowed(["Fe", "S"]) & {"quartz", "chalcopyrite", "halite"}
    for wrong in (["fe"], ["Iron"], ["1"]):
        with pytest.raises(ValueError, match="no element"):
            identifying.allowed(wrong)


def test_mixtures_to_learn_from_sum_to_one_and_hold_what_they_say():
    grown = growing.library(0, 1, 20)
    sample = growing.draw(grown, 40, 1)
    assert np.allclose(sample.weights.sum(axis=1), 1, atol=1e-5)
    assert np.isfinite(growing.prepared(sample)).all()
    taught = growing.without(grown, ["quartz"])
    assert growing.OTHER in taught.minerals[grown.minerals == powder_lines.names().index("quartz")]


# ---------------------------------------------------------------- the command


@pytest.fixture
def phases(tmp_path, capsys, monkeypatch):
    monkeypatch.setenv("ZIRCONKIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("ZIRCONKIT_DATA", raising=False)

    def run(*words):
        status = cli.main(["phases", *map(str, words)])
        return status, *capsys.readouterr()

    return run


def test_the_command_writes_table_figures_and_page_and_one_bad_file_stops_no_other(phases, tmp_path):
    good = written(tmp_path / "good.xy", (TEXT, COUNTS))
    bad = written(tmp_path / "bad.xy", (TEXT[:10], COUNTS[:10]))
    status, out, err = phases(bad, good, "--out", tmp_path / "out")
    assert status == 1 and "10 points" in err and out.startswith("good.xy: quartz")
    table = pd.read_csv(tmp_path / "out/phases.csv")
    assert list(table) == ["file", "phase", "probability", "weight_percent", "low", "high"]
    assert table.loc[0, "phase"] == "quartz" and table["probability"].is_monotonic_decreasing
    assert (tmp_path / "out/good.png").is_file() and not (tmp_path / "out/bad.png").exists()
    assert "data:image/png" in (tmp_path / "out/phases.html").read_text()


def test_known_elements_an_unsaid_tube_and_the_list(phases, tmp_path):
    cobalt = 2 * np.degrees(np.arcsin(np.sin(np.radians(ANGLES / 2)) * reading.TUBES["Co"] / powder_lines.CU))
    path = written(tmp_path / "co.xy", ([f"{angle:.4f}" for angle in cobalt], COUNTS))
    status, _, err = phases(path, "--out", tmp_path / "out")
    assert status == 1 and "--wavelength Co" in err
    status, out, _ = phases(path, "--wavelength", "Co", "--elements", "Si", "--out", tmp_path / "out")
    assert status == 0 and "quartz" in out
    assert phases("--list")[1].split() == list(powder_lines.names())
    assert phases(path, "--elements", "Xx1", "--out", tmp_path / "out")[0] == 1


# ---------------------------------------------------------------- RockJock, where it is had


@pytest.fixture
def real():
    if rockjock.library() is None:
        pytest.skip("RockJock's patterns are not here: zirconkit fetch rockjock")
    return rockjock


def test_rockjock_is_read_as_it_is(real):
    two_theta, measured, names, _, ratios = real.library()
    assert measured.shape == (166, 3001) and two_theta[0] == 5 and names[0] == "CORUNDUM" and ratios[0] == 1
    assert {real.mineral_of(name) for name in names} & set(powder_lines.names()) >= {"quartz", "illite", "galena"}


@pytest.mark.parametrize(
    ("identifier", "least"),
    [
        ("ANDALUCITE", 0.95),
        ("GIBBSITE", 0.9),
        ("NATROLITE", 0.95),
        ("TOURMALINE", 0.8),
        ("CLINOPTILOLITE_HECTOR", 0.75),
    ],
)
def test_own_structures_look_like_what_a_laboratory_measured(real, identifier, least):
    """Correlation of square roots, background off, at the best zero shift: what differs is quartz in the samples."""
    two_theta, measured, names, *_ = real.library()
    counts = preparing.comparable(preparing.on_grid(two_theta, measured[names.index(identifier)]))
    phase = Phase(FIRST[real.mineral_of(identifier)], size_nm=80)
    clean = preparing.comparable(patterns.render(phase, preparing.GRID, Truth((), width=0.1)))
    assert max(np.corrcoef(counts, np.roll(clean, step))[0, 1] for step in range(-6, 7)) > least


def test_weighed_mixtures_are_weighed(real):
    errors = []
    for two_theta, counts, truth in list(real.mixtures().values())[1:3]:
        found = amounts.fit(preparing.on_grid(two_theta, counts), real.standards("group")).weights
        for group, members in real.GROUPS.items():
            errors.append(abs(100 * sum(found.get(name, 0) for name in members) - truth[group]))
    assert np.mean(errors) < 2


def test_a_damaged_file_is_refused(tmp_path):
    (tmp_path / "x.rda").write_bytes(b"BZh91AY no")
    with pytest.raises(ValueError, match="zirconkit fetch rockjock"):
        rockjock.read_rda(tmp_path / "x.rda")


# ---------------------------------------------------------------- cells and sticks


def test_a_planted_cell_is_found_and_an_outlier_is_let_go_by_the_robust_loss():
    cell = np.array(FIRST["calcite"].cell) * [1.002, 1.002, 0.998, 1, 1, 1]
    hkl = FIRST["calcite"].hkl[FIRST["calcite"].i > 10]
    places = powder_lines.angle_of(powder_lines.spacing_of(hkl, cell)) + 0.07
    found = cells.refine(places, hkl, FIRST["calcite"].cell)
    assert np.allclose(found.cell, cell, atol=1e-5) and abs(found.zero - 0.07) < 1e-4
    places[2] += 0.3
    plain, robust = (cells.refine(places, hkl, FIRST["calcite"].cell, loss=loss) for loss in ("linear", "soft_l1"))
    assert abs(robust.cell[0] - cell[0]) < 0.3 * abs(plain.cell[0] - cell[0])
    with pytest.raises(ValueError, match="too few"):
        cells.refine(places[:2], hkl[:2], FIRST["calcite"].cell)


def test_free_parameters_follow_the_system():
    assert cells.free_parameters((5.6, 5.6, 5.6, 90, 90, 90)) == [[0, 1, 2]]
    assert cells.free_parameters((5, 5, 17, 90, 90, 120)) == [[0, 1], [2]]
    assert cells.free_parameters((9, 8, 5, 90, 105, 90)) == [[0], [1], [2], [4]]


def test_scherrer_gives_the_size_back():
    truth = Truth((), width=0.0)
    width = patterns.width_of(Phase(FIRST["quartz"], size_nm=25), np.array([26.64]), truth)
    assert cells.scherrer(width, 26.64)[0] == pytest.approx(25, rel=1e-6)


def test_the_right_sticks_lie_best_and_only_when_moved():
    two_theta, counts = ex.grown_powder(0)
    right, _ = ex.right_powder()
    best = {}
    for name in ex.POWDERS:
        best[name] = max(sticks.laid(two_theta, counts, name, zero / 100).score for zero in range(-30, 31, 3))
    assert max(best, key=best.get) == right and best[right] > 0.6
    assert sticks.laid(two_theta, counts, right).score < 0.5 * best[right]


# ---------------------------------------------------------------- exercises


RIGHT_AND_WRONG = [
    (ex.spacing, 58.95, (58.22, 50.14, 42.80, 63.05, 29.475, 1.818, 40, ..., "x")),
    (
        ex.weights,
        lambda h, r: (h / r) / (h / r).sum(),
        (lambda h, r: h / h.sum(), lambda h, r: h * r / (h * r).sum(), lambda h, r: h / r, lambda h, r: 1.0),
    ),
    (ex.least, 0.79, (0.83, 0.7, 80, "x", ...)),
    (
        ex.oriented,
        [18.67, 12.42, 31.38, 24.99],
        (
            [12.4, 18.6, 24.8, 31.0],
            [6.21, 9.34, 12.49, 15.69],
            [6.2, 12.42, 18.67, 24.99, 31.38],
            [12.47, 18.9, 25.59, 32.68],
            [12.42, 18.67, 24.99, 31.0],
            [12.42, 18.67],
            "b",
            ...,
        ),
    ),
    (
        ex.change,
        ex.moved_apart,
        (
            lambda rows, rng: rows,
            lambda rows, rng: np.roll(rows, 2, axis=1),
            lambda rows, rng: np.array([np.roll(row, rng.integers(0, 5)) for row in rows]),
            lambda rows, rng: np.array([np.roll(row, rng.integers(-4, 4)) for row in rows]),
            lambda rows, rng: np.array([np.roll(row, rng.integers(-9, 10)) for row in rows]),
            lambda rows, rng: rows * rng.random((len(rows), 1)),
            lambda rows, rng: rng.permuted(rows, axis=1),
            lambda rows, rng: rows[:3],
            lambda rows, rng: ...,
        ),
    ),
    (
        ex.size,
        lambda w, t: 0.9 * 0.15406 / np.radians(w) / np.cos(np.radians(t / 2)),
        (
            lambda w, t: 0.9 * 0.15406 / w / np.cos(np.radians(t / 2)),
            lambda w, t: 0.9 * 0.15406 / np.radians(w) / np.cos(np.radians(t)),
            lambda w, t: 0.15406 / np.radians(w) / np.cos(np.radians(t / 2)),
            lambda w, t: ...,
        ),
    ),
]


@pytest.mark.parametrize(
    ("question", "right", "wrong"), RIGHT_AND_WRONG, ids=("spacing", "weights", "least", "oriented", "change", "size")
)
def test_an_exercise_takes_the_right_answer_and_says_why_others_are_wrong(question, right, wrong):
    assert question.is_right(right)
    said = [question.verdict(answer) for answer in wrong]
    assert all(said) and len(set(said)) >= 3


def test_the_peaks_that_grow_when_flakes_lie_flat_are_orders_of_one_spacing():
    even, flat = (patterns.lines(Phase(FIRST["muscovite"], march=march)) for march in (1.0, 0.4))
    strong = (flat[0] < 50) & (flat[1] > 0.1 * flat[1].max())
    orders = [8.85, *ex.higher_orders(8.85)]  # as the notebook marks them
    assert np.allclose(flat[0][strong], orders, atol=0.1) and (flat[1][strong] > 5 * even[1][strong]).all()


def test_chlorite_has_its_orders_and_two_of_them_lie_on_kaolinites_peaks():
    places = {name: powder_lines.angle_of(FIRST[name].d[FIRST[name].i > 15]) for name in ("clinochlore", "kaolinite")}
    orders = [ex.FIRST_ORDER, *ex.higher_orders(ex.FIRST_ORDER)]
    away = {name: [abs(place - each).min() for each in orders] for name, place in places.items()}
    assert max(away["clinochlore"]) < 0.15
    first, second, third, fourth, _ = away["kaolinite"]
    assert max(second, fourth) < 0.1 and min(first, third) > 1


def test_how_flat_a_students_powder_lies_is_what_the_bench_finds():
    asked = set()
    for seed in (0, 1, 4, 9):
        two_theta, counts, mineral = ex.lying_powder(seed)
        right = ex.right_march()
        bench = widgets.LyingBench(two_theta, counts, FIRST[mineral])
        rest = {}
        for hundredths in range(30, 105, 5):
            bench.march.value = hundredths
            rest[hundredths / 100] = widgets.left_over(counts, bench.curve())
        assert abs(min(rest, key=rest.get) - right) <= 0.04 and min(rest.values()) < 0.3 * rest[1.0]
        assert ex.march.is_right(right + 0.03) and not ex.march.is_right(right + 0.06)
        said = [ex.march.verdict(wrong) for wrong in (100 * right, 1.0, right - 0.1, right + 0.1, -1, "x")]
        assert all(said) and len(set(said)) >= 5
        asked.add((mineral, right))
    assert len(asked) == 4
    ex.lying_powder(0)  # as the notebook begins


def test_a_sum_of_the_right_crystals_weighs_them_and_lying_flat_spoils_it():
    shares = np.array([0.4, 0.3, 0.2, 0.1])
    structures = [FIRST[name] for name in ("quartz", "calcite", "kaolinite", "albite")]
    truth = Truth((), width=0.1)
    columns = [patterns.render(Phase(each, 1 / each.rir), ANGLES, truth) for each in structures]
    ratios = [each.rir for each in structures]
    for march, worst in ((1.0, 1e-6), (0.5, 1.0)):
        whole = sum(patterns.render(Phase(each, share, march=march), ANGLES, truth)
                    for each, share in zip(structures, shares))  # fmt: skip
        found = ex.by_weight(nnls(np.array(columns).T, whole)[0], ratios)
        assert (np.abs(found - shares).max() < worst) and (march == 1 or np.abs(found - shares).max() > 0.1)


def test_the_powder_is_each_students_own():
    assert isinstance(ex.powder, Question)
    for seed in (0, 3):
        ex.grown_powder(seed)
        name, best = ex.right_powder()
        assert ex.powder.is_right((name.upper(), best - 0.1))
        others = [(other, best) for other in ex.POWDERS if other != name]
        assert not any(ex.powder.is_right(each) for each in (*others, name, (name,), ("x", best), 3))
        said = [ex.powder.verdict(each) for each in ((name, best - 0.2), (name, best + 0.1), (name, "x"), others[0])]
        assert all(said) and len(set(said)) == 4
    assert len({ex._powder(seed) for seed in range(13)}) == 13
    ex.grown_powder(0)  # as the notebook begins


def test_predictions_are_met(capsys):
    ex.crowd.commit(3)
    ex.crowd.meet(15)
    ex.rescued.commit(5)
    ex.rescued.meet((9, 1))
    said = capsys.readouterr().out
    assert "You said 3 minerals; 15" in said and "You said 5; of the 9" in said and "nearly the same" in said
    for result, verdict in ((76.4, "too narrow"), (95, "about as wide")):
        ex.holding.commit(90)
        ex.holding.meet(result)
        assert verdict in capsys.readouterr().out
    ex.nearest.commit(5)
    ex.nearest.meet({"measured": 1.8, "computed": 3.9, "network": 8.4})
    said = capsys.readouterr().out
    assert "You said 5 points for the network; that is 3.4 off. Mean errors in percentage points: measured 1.8" in said
    ex.nearest.commit("none")
    assert "Not kept" in capsys.readouterr().out


def test_the_card_says_how_the_weights_came():
    card = json.loads(network.WEIGHTS.with_suffix(".json").read_text())
    assert card["core_minutes"] < 30 and set(card["rule"]) == {"phase", "main", "unknown"}


# ---------------------------------------------------------------- what the notebook shows of measured patterns


def test_the_cases_agree_with_the_scores():
    cases = pd.read_csv(samples.DATA / "results/diffraction_cases.csv")
    scores = pd.read_csv(samples.DATA / "results/diffraction.csv").query("set == 'single'").set_index("method")
    listed = cases[cases["listed"]]
    for method, row in scores.iterrows():
        assert (listed[method] == listed["mineral"]).sum() == row["right"] and len(listed) == row["n"]
    assert not set(cases.loc[~cases["listed"], "mineral"]) & set(powder_lines.names())


def test_the_mixtures_one_by_one_agree_with_their_means():
    each = pd.read_csv(samples.DATA / "results/diffraction_mixtures.csv")
    scores = pd.read_csv(samples.DATA / "results/diffraction.csv").query("set == 'mixtures'")
    assert len(each) == 8 and list(each.columns) == ["mixture", "measured", "computed", "network", "equal"]
    assert np.allclose(each.iloc[:, 1:].mean(), scores["mae"], atol=0.01)
    gains = {other: evaluation.paired_difference(each["network"], each[other]) for other in each.columns[1:]}
    assert min(gains["measured"].low, gains["computed"].low) > 0 and gains["equal"].low < 0 < gains["equal"].high


def test_a_least_cosine_refuses_what_the_cases_say():
    """The kit's answer is the best of all two-digit ones, and no worse than any with three digits."""
    cases = pd.read_csv(samples.DATA / "results/diffraction_cases.csv")
    assert (cases["listed"].sum(), (~cases["listed"]).sum()) == (121, 45)
    allowed = [least for least in np.arange(0, 1, 0.001) if (cases["cosine"] < least)[cases["listed"]].sum() <= 3]
    most = max((cases["cosine"] < least)[~cases["listed"]].sum() for least in allowed)
    assert ex.refused(ex.LEAST_COSINE) == (3, most)
    for least in np.arange(0, 1.01, 0.01):
        lost, caught = ex.refused(least)
        assert ex.least.is_right(least) == (lost <= 3 and caught == most)


def test_what_is_labelled_otherwise_has_the_lines_that_search_match_names():
    cases = pd.read_csv(samples.DATA / "results/diffraction_cases.csv").set_index("standard")
    labels = pd.read_csv(samples.DATA / "results/diffraction_labels.csv")
    for mineral, lines in labels.groupby("mineral"):
        heights = lines.pivot_table(index="pattern", columns="two_theta", values="height")
        table = heights.loc["table"]
        own = powder_lines.angle_of(FIRST[mineral].d[FIRST[mineral].i > 99])
        assert abs(table.idxmax() - own[0]) < 0.01 and len(table) == 5
        for standard, row in heights.drop("table").iterrows():
            alike = np.corrcoef(row, table)[0, 1] > 0.9 and row.max() > 90
            assert alike == (cases.loc[standard, "search_match"] == mineral), standard


def test_the_tables_of_systems_intervals_and_cells_are_whole():
    systems = pd.read_csv(samples.DATA / "results/diffraction_systems.csv")
    assert (systems["n"] == len(powder_lines.names())).all() and len(systems) == 3 * 9
    assert ((systems["gain_low"] <= systems["gain"]) & (systems["gain"] <= systems["gain_high"])).all()
    paired = systems["sees"].str.contains("less")
    usual = systems[systems["method"] == "majority"].set_index("split")["right"]
    alone = systems[~paired]
    assert np.allclose(alone["right"] - alone["split"].map(usual), alone["gain"], atol=2e-4)
    forests = systems[systems["method"] == "forest"].pivot(index="split", columns="sees", values=["right", "gain"])
    for more, less in (("pattern", "formula"), ("both", "pattern")):
        gain = forests["right"][more] - forests["right"][less]
        assert np.allclose(gain, forests["gain"][f"{more} less {less}"], atol=2e-4)
    told = pd.read_csv(samples.DATA / "results/diffraction_intervals.csv")
    assert ((told["low"] <= told["said"]) & (told["said"] <= told["high"])).all()
    assert (told.groupby("mixture")["true"].sum() < 100.1).all() and set(told["mineral"]) <= set(powder_lines.names())


def test_what_each_place_pulls_sums_to_the_answer():
    """As notebook 12 says: the pulls of all places and a constant are the logit, exactly."""
    shown = preparing.comparable(gridded(measured("halite", "gypsum")))
    weights, seen = network.shipped(), network.maps(shown[None])[0]
    inner = seen.ravel() @ weights["hidden.kernel"] + weights["hidden.bias"]
    which = powder_lines.names().index("gypsum")
    slope = (inner > 0) * weights["there.kernel"][:, which]
    pulls = (seen.ravel() * (weights["hidden.kernel"] @ slope)).reshape(seen.shape).sum(axis=1)
    constant = weights["hidden.bias"] @ slope + weights["there.bias"][which]
    assert pulls.sum() + constant == pytest.approx(network.logits(shown)[0][which], abs=1e-3)
