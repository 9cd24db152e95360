"""The short answer within a sentence: the one date, or the one amount, that a question asks for."""

from __future__ import annotations

from dataclasses import replace

from ingest.article import Span
from service.reading import Selected
from service.values import values


def with_short(question: str, selected: Selected) -> Selected:
    """The sentence with its short answer, where it holds exactly one value of the kind asked that the question does not
    hold itself. Among several names none is chosen: which of them answers is for the reader of the quote to see."""
    told = values(question, selected.quote)
    if told is None or told.sort == "name" or len(told.places) != 1:
        return selected
    ((start, end),) = told.places
    return replace(selected, short=Span(selected.span.start + start, selected.span.start + end))
