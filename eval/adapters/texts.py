"""Sentences of a set's texts."""

from __future__ import annotations

from ingest.article import Span
from ingest.sentences import sentences
from ingest.text import normalise


def sentences_of(text: str) -> list[str]:
    """The sentences of a text, normalised as articles are."""
    clean = normalise(text)
    return [span.of(clean) for span in sentences(clean, Span(0, len(clean)))]
