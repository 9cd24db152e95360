"""What the sources hand over (Document, Failure) and what extraction makes of it (Extracted)."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

from ingest.article import Article, Section
from ingest.errors import SourceError
from ingest.fields import USUAL_NAMES, FieldNames
from ingest.hints import NO_HINTS, Hints

__all__ = [
    "EXTRACTOR_VERSION",
    "NO_HINTS",
    "USUAL_NAMES",
    "Document",
    "Extracted",
    "Failure",
    "FieldNames",
    "Hints",
    "Kind",
]

EXTRACTOR_VERSION = "1"
"""Moves when the same bytes would give another article, so that every document is read anew."""

Kind = Literal["text", "markdown", "html", "pdf", "docx", "record"]


@dataclass(frozen=True, slots=True)
class Document:
    """The bytes of one article-to-be, with what is known of it from outside.

    `origin` is an absolute path, `path#member`, `path#record` or an address. `data` of a record is its canonical JSON.
    `hints` win over what the document says; `fallbacks` (a feed's entry, the address fetched) only fill its gaps.
    """

    origin: str
    kind: Kind
    data: bytes = field(repr=False)
    hints: Hints = NO_HINTS
    fields: FieldNames = USUAL_NAMES
    fallbacks: Hints = NO_HINTS

    @property
    def fingerprint(self) -> str:
        """SHA-256 (hex) over all that decides the article: equal fingerprints extract to equal articles."""
        settings = (EXTRACTOR_VERSION, self.kind, self.hints, self.fallbacks, self.fields)
        hasher = hashlib.sha256(repr(settings).encode("utf-8", "surrogatepass"))
        hasher.update(b"\0")
        hasher.update(self.data)
        return hasher.hexdigest()


@dataclass(frozen=True, slots=True)
class Failure:
    """Something at `origin` that could not be read. The run goes on."""

    origin: str
    error: SourceError


@dataclass(frozen=True, slots=True)
class Extracted:
    """An article with its sections (in order, inside `article.text`, not overlapping).

    `notes` tell the user what was done to the text, such as "decoded as cp1252".
    """

    article: Article
    sections: Sequence[Section]
    notes: Sequence[str] = ()
