from dataclasses import replace
from typing import Any

import pytest

from eval.adapters.articles import Articles
from eval.cases import Case
from eval.claims import Claim
from eval.dataset import Dataset, Measure


def dataset(count: int, measures: frozenset[Measure] = frozenset({"answer"}), over: bool = True) -> Dataset:
    """`count` cases, each over an article of its own, and as many claims."""
    articles = Articles()
    for number in range(count):
        articles.add(f"a{number}", f"Article number {number} speaks of the harbour and its ferries.")
    cases = [
        Case(id=f"c{number}", question="Who?", expected=None, over=(f"a{number}",) if over else ())
        for number in range(count)
    ]
    claims = [Claim(f"k{number}", "It is so.", ("It is so.",), True, "g") for number in range(count)]
    return Dataset("own", measures, articles.shelf(), cases, claims)


def test_without_a_limit_or_below_it_everything_stays() -> None:
    whole = dataset(5)
    assert whole.limited(None) is whole
    assert whole.limited(9).fingerprint == whole.fingerprint


def test_a_limit_draws_from_the_whole_set_in_order_and_the_same_each_time() -> None:
    whole = dataset(200)
    some = whole.limited(40)
    places = [int(case.id[1:]) for case in some.cases]
    assert len(places) == len(some.claims) == 40
    assert places == sorted(places)
    assert min(places) < 50
    assert max(places) > 150
    assert 10 < sum(place % 2 for place in places) < 30  # not in step with sets that alternate
    assert whole.limited(40).fingerprint == some.fingerprint
    assert set(places) < {int(case.id[1:]) for case in whole.limited(60).cases}


def test_articles_that_no_case_names_leave_the_shelf_with_their_documents() -> None:
    some = dataset(10).limited(2)
    named = [name for case in some.cases for name in case.over]
    assert len(named) == 2
    assert list(some.shelf.articles) == named
    assert [document.origin for document in some.shelf.documents] == named


def test_the_shelf_stays_whole_where_cases_are_asked_over_everything() -> None:
    assert len(dataset(10, over=False).limited(2).shelf.articles) == 10


@pytest.mark.parametrize(
    ("measures", "asks"),
    [({"retrieval"}, False), ({"support"}, False), ({"retrieval", "abstention"}, True), ({"long", "support"}, True)],
)
def test_a_set_is_answered_where_it_measures_answers(measures: set[Measure], asks: bool) -> None:
    assert dataset(1, frozenset(measures)).asks is asks


@pytest.mark.parametrize(
    "change",
    [
        {"name": "other"},
        {"cases": [Case(id="c0", question="Which?", expected=None)]},
        {"claims": [Claim("k0", "It is so.", ("It is so.",), False, "g")]},
        {"shelf": dataset(2).shelf},
    ],
)
def test_the_fingerprint_moves_with_whatever_is_asked_or_judged(change: dict[str, Any]) -> None:
    one = dataset(1)
    assert dataset(1).fingerprint == one.fingerprint
    assert replace(one, **change).fingerprint != one.fingerprint
    assert replace(one, note="Read this.").fingerprint == one.fingerprint
