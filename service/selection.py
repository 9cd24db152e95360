"""From the reader's marks to the few sentences an answer rests on."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ingest.article import Span
from service.evidence import Evidence
from service.reading import Reading, Selected

MOST = 3
NEAR_BEST = 0.7
"""A further sentence must score at least this share of the best one. The numeric variants of the models move it by some
hundredths."""
_ITEM = re.compile(r"[-*•–·]\s|\(?\w{1,2}[.)]\s")
SAME = 0.6
"""Share of common words from which two sentences say the same."""


def select(reading: Reading) -> list[Selected]:
    """The best sentence and those nearly as good, best first, none that repeats another."""
    marked = sorted(
        (
            (mark.score, rank, mark.span, evidence)
            for rank, evidence in enumerate(reading.evidence)
            for mark in evidence.marked
        ),
        key=lambda found: (-found[0], found[1], found[2]),
    )
    chosen: list[Selected] = []
    for score, _, span, evidence in marked:
        if len(chosen) == MOST or score < NEAR_BEST * marked[0][0]:
            break
        candidate = Selected(evidence.article, with_list(evidence, span), score)
        if not any(_repeats(candidate, other) for other in chosen):
            chosen.append(candidate)
    return chosen


def with_list(evidence: Evidence, sentence: Span) -> Span:
    """The sentence, and where it ends in a colon, the items of the list that follows it in its passage."""
    text = evidence.article.text
    if not sentence.of(text).endswith(":"):
        return sentence
    end = sentence.end
    for following in (each for each in evidence.passage.sentences if each.start >= sentence.end):
        if not ("\n" in text[end : following.start] and _ITEM.match(following.of(text))):
            break
        end = following.end
    return Span(sentence.start, end)


def in_reading_order(selected: Sequence[Selected]) -> list[Selected]:
    """The best sentence first; sentences of one article in the order of the article."""
    first_seen = {chosen.article.id: rank for rank, chosen in reversed(list(enumerate(selected)))}
    return sorted(selected, key=lambda chosen: (first_seen[chosen.article.id], chosen.span))


def nearest(evidence: Sequence[Evidence], limit: int = 3) -> list[Selected]:
    """The best marked sentence, or else the first, of the nearest passages: what an abstention shows."""
    found = []
    for each in evidence[:limit]:
        span = each.marked[0].span if each.marked else each.passage.sentences[0]
        found.append(Selected(each.article, span, each.answers))
    return found


def _repeats(one: Selected, other: Selected) -> bool:
    mine, theirs = _words(one.quote), _words(other.quote)
    return len(mine & theirs) >= SAME * min(len(mine), len(theirs))


def _words(text: str) -> set[str]:
    return set(re.findall(r"\w+", text.casefold()))
