from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.scorers import SCORERS, words
from service.answer import Answer, Closest
from tests.eval.doubles import (
    ARMY,
    BASES,
    COST,
    LEAVING,
    NOTE,
    OTHER,
    abstained,
    answered,
    case,
    cited,
    outcome,
    unanswerable,
)

BY_NAME = {scorer.name: scorer for scorer in SCORERS}


def value(name: str, one: Any, answer: Answer) -> float | None:
    score = BY_NAME[name].score(outcome(one, answer))
    assert score.why
    return score.value


GOLD = answered((LEAVING, NOTE))
WRONG = answered((ARMY, COST))
SECOND = answered((ARMY, OTHER), (LEAVING, NOTE))
REFUSED = abstained()

EXPECTED = {
    #                     gold   wrong  second refused | unanswerable: answered, refused
    "exactness": (1.0, 1.0, 1.0, None, 1.0, None),
    "right": (1.0, 0.0, 1.0, 0.0, 0.0, 1.0),
    "status": (1.0, 1.0, 1.0, 0.0, 0.0, 1.0),
    "gold_hit": (1.0, 0.0, 1.0, None, None, None),
    "gold_first": (1.0, 0.0, 0.0, None, None, None),
    "answer_recall": (1.0, 0.0, 1.0, None, None, None),
    "citation_precision": (1.0, 0.0, 0.5, None, None, None),
    "refusal_recall": (None, None, None, None, 0.0, 1.0),
    "wrong_refusal": (0.0, 0.0, 0.0, 1.0, None, None),
}


@pytest.mark.parametrize("name", list(BY_NAME))
def test_each_measure_counts_what_it_says_and_leaves_the_rest_unscored(name: str) -> None:
    found = [value(name, case(), answer) for answer in (GOLD, WRONG, SECOND, REFUSED)]
    found += [value(name, unanswerable(), answer) for answer in (GOLD, REFUSED)]
    assert tuple(found) == EXPECTED[name]


@pytest.mark.parametrize("name", list(BY_NAME))
def test_a_failed_case_is_unscored_and_says_why(name: str) -> None:
    score = BY_NAME[name].score(outcome(case(), None, "The disk is full."))
    assert score.value is None
    assert "The disk is full." in score.why


def test_answers_that_are_right_in_other_words_of_the_same_sentence_count_by_their_citation() -> None:
    answer = answered((LEAVING, "handed over on 20 June"), texts=["It came on the 20th of June."])
    assert value("gold_hit", case(), answer) == 1.0
    assert value("answer_recall", case(), answer) == 0.0


def test_the_right_sentence_of_another_article_is_no_gold() -> None:
    one = case(gold=[{"article": "army.md", "quote": OTHER}])
    assert value("gold_hit", one, answered((LEAVING, OTHER))) == 0.0
    assert value("gold_hit", one, answered((ARMY, OTHER))) == 1.0


def test_without_acceptable_answers_their_recall_is_unscored() -> None:
    assert value("answer_recall", case(answers=[]), GOLD) is None


def test_a_quote_off_by_one_is_inexact() -> None:
    good = cited(1, LEAVING, BASES)
    shifted = good.model_copy(update={"start": good.start - 1, "end": good.end - 1})
    answer = answered((LEAVING, BASES)).model_copy(update={"citations": (shifted,)})
    score = BY_NAME["exactness"].score(outcome(case(), answer))
    assert score.value == 0.5  # the statement's reference holds, the quote does not
    assert LEAVING.id in score.why


@pytest.mark.parametrize(
    "change",
    [
        {"article_id": "gone"},
        {"quote": "", "end": 0, "start": 0},
        {"start": 10_000, "end": 10_010},
        {"quote": BASES.upper()},
    ],
)
def test_every_way_of_being_inexact_is_seen(change: dict[str, Any]) -> None:
    citation = cited(1, LEAVING, BASES).model_copy(update=change)
    answer = answered((LEAVING, BASES)).model_copy(update={"citations": (citation,)})
    assert value("exactness", case(), answer) == 0.5


def test_statements_must_cite_what_is_listed() -> None:
    unlisted = answered((LEAVING, BASES)).model_copy(update={"citations": ()})
    assert value("exactness", case(), unlisted) == 0.0
    bare = answered((LEAVING, BASES))
    bare = bare.model_copy(update={"statements": (bare.statements[0].model_copy(update={"citations": ()}),)})
    assert value("exactness", case(), bare) == 0.5
    assert value("exactness", case(), bare.model_copy(update={"statements": (), "citations": ()})) == 0.0


def test_the_nearest_passages_of_a_refusal_must_be_exact_too() -> None:
    start = LEAVING.text.index(BASES)
    near = Closest(article_id=LEAVING.id, title="", start=start, end=start + len(BASES), quote=BASES)
    assert value("exactness", unanswerable(), abstained(near)) == 1.0
    assert value("exactness", unanswerable(), abstained(near.model_copy(update={"quote": NOTE}))) == 0.0


@pytest.mark.parametrize(
    ("wanted", "said", "found"),
    [
        ("20 June", "on 20 JUNE 2012.", True),
        ("1200 million", COST, True),
        ("1,200", COST, True),
        ("200 million", COST, False),
        ("2", "in 2012", False),
        ("3", "about 3.5 per cent", False),
        ("President’s guard", "the President's guard", True),
        ("no foreign bases", BASES, True),
        ("foreign base", BASES, False),
    ],
)
def test_answers_are_found_whatever_their_form_but_only_whole(wanted: str, said: str, found: bool) -> None:
    answer = answered((LEAVING, NOTE), texts=[said])
    assert value("answer_recall", case(answers=[wanted]), answer) == float(found)


@given(st.text(max_size=60))
def test_words_are_stable(text: str) -> None:
    assert words(words(text)) == words(text)


@given(st.text(max_size=30), st.text(min_size=1, max_size=30), st.text(max_size=30))
def test_scores_stay_within_bounds(before: str, said: str, after: str) -> None:
    answer = answered((LEAVING, NOTE), texts=[before + said + after or "x"])
    for scorer in SCORERS:
        score = scorer.score(outcome(case(answers=[said]), answer))
        assert score.value is None or 0 <= score.value <= 1
