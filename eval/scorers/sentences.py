"""Answers against the sentences that answer."""

from __future__ import annotations

from eval.scorers.score import Asked, Score, not_both_answered, placed, quotes
from eval.shelf import Place
from ingest.article import Span
from service.answer import Answer


def gold_hit(asked: Asked, answer: Answer) -> Score:
    """Any citation shares characters with a gold sentence."""
    if unscored := _unscored(asked, answer):
        return unscored
    return any_gold(asked, answer)


def any_gold(asked: Asked, answer: Answer) -> Score:
    """As `gold_hit`, whatever should have been said."""
    for citation in answer.citations:
        if asked.is_gold(citation):
            return Score(1.0, f"[{citation.number}] is a gold sentence")
    return Score(0.0, f"no gold sentence is cited, but: {quotes(answer)}")


def gold_first(asked: Asked, answer: Answer) -> Score:
    """A citation of the first statement shares characters with a gold sentence."""
    return _unscored(asked, answer) or first_gold(asked, answer)


def first_gold(asked: Asked, answer: Answer) -> Score:
    """As `gold_first`, whatever should have been said."""
    numbers = answer.statements[0].citations if answer.statements else ()
    first = [citation for citation in answer.citations if citation.number in numbers]
    if any(asked.is_gold(citation) for citation in first):
        return Score(1.0, "the first statement cites a gold sentence")
    return Score(0.0, f"the first statement cites: {first[0].quote if first else 'nothing'}")


def citation_precision(asked: Asked, answer: Answer) -> Score:
    """Share of the citations that share characters with a gold sentence."""
    if unscored := _unscored(asked, answer):
        return unscored
    hits = sum(map(asked.is_gold, answer.citations))
    count = len(answer.citations)
    return Score(hits / count if count else 0.0, f"{hits} of {count} citations are gold sentences")


def citation_recall(asked: Asked, answer: Answer) -> Score:
    """Share of the gold sentences that share characters with a citation."""
    if unscored := _unscored(asked, answer):
        return unscored
    cited = [placed(citation) for citation in answer.citations]
    hits = sum(any(gold.overlaps(place) for place in cited) for gold in asked.gold)
    return Score(hits / len(asked.gold), f"{hits} of {len(asked.gold)} gold sentences are cited")


def top1(asked: Asked) -> Score:
    """The first sentence it would give, had it to answer, shares characters with a gold sentence."""
    if not asked.gold:
        return Score(None, "the case names no gold sentences")
    if asked.outcome.insisted is None:
        return Score(None, "it is not known what it would have said")
    return first_gold(asked, asked.outcome.insisted)


def read_mrr(asked: Asked) -> Score:
    """One by the rank of the first passage read that shares characters with a gold sentence, 0 where none does."""
    if not asked.gold:
        return Score(None, "the case names no gold sentences")
    if not asked.outcome.passages:
        return Score(None, "it is not known what was read")
    for rank, passage in enumerate(asked.outcome.passages, start=1):
        place = Place(passage.article_id, Span(passage.start, passage.end))
        if any(place.overlaps(gold) for gold in asked.gold):
            return Score(1 / rank, f"passage {rank} of {len(asked.outcome.passages)} holds a gold sentence")
    return Score(0.0, f"none of {len(asked.outcome.passages)} passages holds a gold sentence")


def _unscored(asked: Asked, answer: Answer) -> Score | None:
    if unscored := not_both_answered(asked, answer):
        return unscored
    return None if asked.gold else Score(None, "the case names no gold sentences")
