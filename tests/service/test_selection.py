from __future__ import annotations

from ingest.article import Article, Passage, Span
from ingest.sentences import sentences
from service.evidence import Evidence, ScoredSentence
from service.reading import Reading
from service.selection import MOST, in_reading_order, nearest, select, with_list

TEXT = (
    "The dam was closed in May. Its owner had run out of money. Nobody was hurt. "
    "The owner of it had run out of all money. Prices rose."
)
ENDS = [position + 1 for position, character in enumerate(TEXT) if character == "."]
SENTENCES = [Span(start, end) for start, end in zip([0, *(end + 1 for end in ENDS[:-1])], ENDS, strict=True)]


def evidence(*scores: float, text: str = TEXT, origin: str = "a") -> Evidence:
    """Sentences marked with these scores, best first."""
    article = Article(text, origin=origin)
    marks = [ScoredSentence(span, score) for span, score in zip(SENTENCES, scores, strict=False) if score]
    marks.sort(key=lambda mark: -mark.score)
    passage = Passage(article.id, 0, Span(0, len(text)), tuple(SENTENCES))
    return Evidence(article, passage, article.id, retrieval=1.0, answers=max(scores, default=0.0), marked=tuple(marks))


def quotes(found: list[Evidence]) -> list[str]:
    return [chosen.quote for chosen in select(Reading(found, 0.9))]


def test_the_best_comes_first_and_the_weak_stay_out() -> None:
    assert quotes([evidence(0.9, 0.95, 0.1)]) == ["Its owner had run out of money.", "The dam was closed in May."]


def test_no_more_than_a_few() -> None:
    other = "A different thing happened. Another came of it. Many saw that. Some wrote letters. All went home."
    found = [evidence(0.9, 0.9, 0.9, 0.0, 0.9), evidence(0.9, 0.9, text=other, origin="b")]
    assert len(quotes(found)) == MOST


def test_what_was_said_is_not_said_again() -> None:
    assert quotes([evidence(0.0, 0.95, 0.0, 0.94)]) == ["Its owner had run out of money."]


def test_nothing_marked_selects_nothing() -> None:
    assert quotes([evidence()]) == []
    assert quotes([]) == []


def test_sentences_of_one_article_keep_its_order() -> None:
    chosen = select(Reading([evidence(0.9, 0.95)], 0.9))
    assert [each.quote for each in in_reading_order(chosen)] == [
        "The dam was closed in May.",
        "Its owner had run out of money.",
    ]


def test_an_abstention_shows_the_best_sentence_of_the_nearest_passages() -> None:
    shown = nearest([evidence(0.1, 0.3), evidence(origin="b")], limit=2)
    assert [each.quote for each in shown] == ["Its owner had run out of money.", "The dam was closed in May."]


LISTED = "Three ports were closed:\n\n- Marwa, after a storm.\n- Lindo\n- Osh, for want of ships.\n\nNobody was hurt."


def test_a_sentence_that_announces_a_list_is_quoted_with_its_items() -> None:
    article = Article(LISTED, origin="list")
    span = Span(0, len(LISTED))
    found = sentences(LISTED, span)
    passage = Passage(article.id, 0, span, tuple(found))
    item = Evidence(article, passage, article.id, retrieval=1.0, marked=(ScoredSentence(found[0], 0.9),))
    (chosen,) = select(Reading([item], 0.9))
    assert chosen.quote == LISTED.removesuffix("\n\nNobody was hurt.")
    assert with_list(item, found[1]) == found[1]


def test_a_colon_before_no_list_stands_alone() -> None:
    text = "This is what he said: Ships will come. Nobody was hurt."
    article = Article(text, origin="colon")
    head = Span(0, text.index(":") + 1)
    rest = Span(head.end + 1, len(text))
    passage = Passage(article.id, 0, Span(0, len(text)), (head, rest))
    assert with_list(Evidence(article, passage, article.id, retrieval=1.0), head) == head
