"""Near misses, and what is nearest to a question."""

from __future__ import annotations

from eval.drafting.misses import Names, nearest, swapped
from tests.eval.drafting.shelves import shelf

SHELF = shelf()


def test_a_name_gives_way_to_one_that_stands_in_such_places_elsewhere() -> None:
    names = Names.of(SHELF.articles.values())
    swap = swapped("When was the port of Marwa sold?", SHELF.articles["port.md"], SHELF, names)
    assert swap
    assert (swap.old, swap.new) == ("Marwa", "Bergen")
    assert swap.question == "When was the port of Bergen sold?"
    assert swap.new not in SHELF.articles["port.md"].text


def test_what_the_articles_may_answer_is_no_near_miss() -> None:
    names = Names.of(SHELF.articles.values())
    assert swapped("When was the port of Marwa closed?", SHELF.articles["port.md"], SHELF, names) is None


def test_the_nearest_sentences_share_most_words() -> None:
    (first, *_) = nearest(SHELF, "When was the port of Bergen closed?")
    assert first == ("river.md", "The port of Bergen was closed in April 2010.")
    assert nearest(SHELF, "Zzz?") == []
