"""A guess is kept, refused in a sentence or absent, and met; the score card and what is handed over tell the truth."""

import json
from types import SimpleNamespace

import numpy as np
import pytest

from zirconkit import course, mounts
from zirconkit.exercises import Prediction, score_card
from zirconkit.exercises.core import Question, near
from zirconkit.exercises.predictions import NO_GUESS, between, one_of, points


def share():
    return Prediction(between(0, 1), lambda guess, result: f"You said {guess:.2f}; it is {result:.2f}.")


def test_a_guess_is_kept_and_met(capsys):
    mine = share()
    mine.commit(0.25)
    assert capsys.readouterr().out == "Kept. You meet it again below.\n" and mine.committed == 0.25
    mine.meet(0.5)
    assert capsys.readouterr().out == "You said 0.25; it is 0.50.\n" and mine.met


def test_without_a_guess_the_lesson_goes_on_and_nothing_is_met(capsys):
    mine = share()
    mine.commit(...)
    assert capsys.readouterr().out.strip() == NO_GUESS
    mine.meet(0.5)
    assert capsys.readouterr().out == "" and not mine.met


@pytest.mark.parametrize(
    ("read", "guess", "says"),
    [
        (between(0, 1), "much", "one number is wanted, this is a str"),
        (between(0, 1), 65, "from 0 to 1 is wanted, this is 65"),
        (between(0, 1), np.nan, "from 0 to 1 is wanted, this is nan"),
        (between(0, 1), None, "this is nothing"),
        (one_of("rises", "falls"), "sinks", "one of these is wanted, in quotes: rises, falls"),
        (one_of("rises", "falls"), 3, "one of these is wanted"),
        (points(4, 0, 1), 0.5, "a list of 4 numbers"),
        (points(4, 0, 1), [0.5, 0.6], "4 numbers are wanted, these are 2"),
        (points(4, 0, 1), [0.5, 0.6, "high", 0.7], "one number is wanted, this is a str"),
        (points(4, 0, 1), [0.5, 0.6, 7, 0.7], "yours run from 0.5 to 7"),
        (points(4, 0, 1), [0.5, 0.6, np.nan, 0.7], "from 0 to 1 are wanted"),
    ],
)
def test_what_is_no_guess_is_said_in_a_sentence_and_not_kept(read, guess, says, capsys):
    mine = Prediction(read, lambda guess, result: "")
    mine.commit(guess)
    said = capsys.readouterr().out
    assert said.startswith("Not kept: ") and says in said and said.count("\n") == 1
    assert mine.committed is None


def test_a_new_guess_takes_the_place_of_the_old_one_and_a_bad_one_leaves_none(capsys):
    mine = share()
    for guess in (0.2, 0.7):
        mine.commit(guess)
    assert mine.committed == 0.7
    mine.meet(0.5)
    mine.commit("no")
    assert mine.committed is None and not mine.met


def test_words_are_read_as_people_type_them_and_curves_become_arrays():
    assert one_of("rises", "falls")(" Rises ") == "rises"
    assert one_of("a", "b")("(B)") == "b"
    np.testing.assert_array_equal(points(3, 0, 1)((0, 1, 0.5)), [0, 1, 0.5])


def test_the_score_card_tells_what_was_done(capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    half = Question(("half of one", "0.5 of 1", "above"), 0.5, near(0.5, {}, "not {value}."), "So it is.")
    other = Question(("think",), 1, near(1, {}, "not {value}."), "One.")
    ex = SimpleNamespace(__name__="zirconkit.exercises.test", by_eye=share(), half=half, other=other, np=np)
    score_card(ex)
    before = capsys.readouterr().out
    assert "no guess" in before and before.endswith("0 of 2 exercises solved\n")
    ex.by_eye.commit(0.3)
    half.hint(), half.hint(), half.check(0.5), other.check(7)
    capsys.readouterr()
    score_card(ex)
    lines = capsys.readouterr().out.splitlines()
    assert lines == [
        "predict  by_eye               committed, not met yet",
        "exercise half                 solved, 2 of 3 hints",
        "exercise other                open, no hint",
        "1 of 2 exercises solved",
    ]
    half.check(0.4)
    assert not half.solved  # the last answer counts
    score_card(ex, only=["half"])
    assert capsys.readouterr().out.splitlines()[1:] == [
        "exercise half                 open, 2 of 3 hints",
        "0 of 1 exercises solved",
    ]
    card = course.handed_over("card:test")
    assert card["predicted"] == {"by_eye": 0.3}
    assert card["exercises"]["half"] == {"solved": 1, "tries": 2, "hints": 2}  # what was solved once stays solved
    assert card["exercises"]["other"] == {"solved": 0, "tries": 1, "hints": 0}


def test_what_is_handed_over_arrives_and_leaves_the_rest(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert course.handed_over("by_eye") is None
    course.hand_over("by_eye", {"right": 9, "of": 12})
    course.hand_over("bench", [0.8, 0.9])
    course.hand_over("bench", 0.7)
    assert course.handed_over("by_eye") == {"right": 9, "of": 12} and course.handed_over("bench") == 0.7
    assert json.loads((tmp_path / "zirconkit_course.json").read_text()) == {
        "by_eye": {"right": 9, "of": 12},
        "bench": 0.7,
    }


@pytest.mark.parametrize("content", [b"{half", b"[1, 2]", b"\xff\xfe\x00", b""])
def test_an_unreadable_hand_over_is_put_aside_and_said(content, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "zirconkit_course.json").write_bytes(content)
    assert course.handed_over("bench") is None and (tmp_path / "zirconkit_course.json").read_bytes() == content
    course.hand_over("bench", 1)
    assert "kept as zirconkit_course.json.unreadable" in capsys.readouterr().out
    assert (tmp_path / "zirconkit_course.json.unreadable").read_bytes() == content
    assert course.handed_over("bench") == 1


def test_what_json_cannot_hold_leaves_the_file_as_it_was(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    course.hand_over("bench", 1)
    with pytest.raises(TypeError):
        course.hand_over("bench", np.zeros(3))
    assert course.handed_over("bench") == 1


def test_where_mounts_come_from(tmp_path):
    grown = mounts.embedded()
    assert mounts.provenance(grown) == "grown"
    (tmp_path / "QVC061.png").write_bytes(grown[0].path.read_bytes())
    own = mounts.find(tmp_path)
    assert mounts.provenance(own) == "real"
    assert mounts.provenance([*grown, *own]) == "grown and real"
