"""A judge held against people."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from sklearn.metrics import cohen_kappa_score

from eval.calibration import Calibration, among_people, calibrate, notes
from eval.claims import Claim
from eval.judge import Judge
from service.models import LanguageModel
from tests.service.scripted import scripted


def claim(number: int, supported: bool, group: str = "", votes: Sequence[bool] = ()) -> Claim:
    """A claim about nothing in particular."""
    return Claim(str(number), f"Statement {number}.", ["A sentence."], supported, group or f"g{number}", votes=votes)


def saying(*grades: str) -> LanguageModel:
    """A model that gives these grades one after the other; embedded, so that it is asked for one at a time."""
    return scripted(*[[f"Reasons.\n{grade}"] for grade in grades], embedded=True)[0]


def test_agreement_and_kappa_beyond_chance() -> None:
    labels = [True, True, True, False, False, False, True, False]
    grades = ["yes", "yes", "no", "no", "partly", "yes", "yes", "no"]
    seen: list[int] = []
    found = calibrate(Judge(saying(*grades)), [claim(n, label) for n, label in enumerate(labels)], seen.append)
    said = [grade == "yes" for grade in grades]
    assert (found.judge, found.n, found.unscored, sum(seen)) == ("scripted", 8, 0, 8)
    assert found.agreement == pytest.approx(6 / 8)
    assert found.kappa == pytest.approx(cohen_kappa_score(labels, said))
    assert found.interval
    assert found.kappa
    assert found.interval[0] < found.kappa < found.interval[1]


def test_partly_is_not_supported_and_no_grade_is_unscored() -> None:
    claims = [claim(1, False), claim(2, True), claim(3, True)]
    found = calibrate(Judge(saying("partly", "yes", "maybe")), claims)
    assert (found.n, found.unscored, found.agreement, found.kappa) == (2, 1, 1.0, 1.0)


def test_equal_groups_draw_the_same_interval_each_time() -> None:
    claims = [claim(n, n % 2 == 0, group=f"page {n // 4}") for n in range(12)]
    grades = ["yes", "no", "no"] * 4
    assert calibrate(Judge(saying(*grades)), claims) == calibrate(Judge(saying(*grades)), claims)


def test_one_label_only_has_no_kappa_and_one_group_no_interval() -> None:
    same = calibrate(Judge(saying("yes")), [claim(1, True), claim(2, True)])
    assert (same.agreement, same.kappa, same.interval) == (1.0, None, None)
    one = calibrate(Judge(saying("yes", "no")), [claim(1, True, "page"), claim(2, False, "page")])
    assert (one.kappa, one.interval) == (1.0, None)


def test_a_dead_model_leaves_all_unscored() -> None:
    model, _ = scripted([ValueError("gone")])
    found = calibrate(Judge(model), [claim(n, True) for n in range(5)])
    assert found == Calibration("scripted", 0, 5, None, None, None, None)
    assert "no grade at all (5 claims)" in " ".join(notes(Judge(model), found, {}))


def test_people_agree_with_each_other_as_far_as_their_votes_do() -> None:
    votes = [(True, True, True), (True, True, False), (False, False, True), (False, False, False)]
    people = among_people([claim(n, sum(vote) > 1, votes=vote) for n, vote in enumerate(votes)])
    assert people
    assert people.n == 4
    assert people.agreement == pytest.approx(2 / 3)
    assert people.kappa == pytest.approx(1 / 3)
    assert among_people([claim(1, True, votes=(True,))]) is None
    agreed = among_people([claim(1, True, votes=(True, True))])
    assert agreed
    assert agreed.kappa is None


def test_notes_tell_of_the_judge_of_itself_and_of_weak_agreement() -> None:
    judge = Judge(saying("yes", "no", "yes", "no"))
    found = calibrate(judge, [claim(n, n < 2, votes=(True, True)) for n in range(4)])
    told = " ".join(notes(judge, found, {"llm": "scripted"}))
    assert "no part of the gate" in told
    assert "also made these answers" in told
    assert "on 4 claims it agreed on 50.0%" in told
    assert "Two people agree with each other on 100.0% of 4 claims." in told
    assert "at most fair" in told
    quiet = " ".join(notes(judge, None, {"llm": "another"}))
    assert "also made" not in quiet
    assert "was not measured" in quiet
