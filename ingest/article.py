"""The nouns of the corpus room: Article, Passage, Sentence, Span."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import NamedTuple


class Span(NamedTuple):
    """Half-open range of characters (Unicode code points) of `Article.text`."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters of `text` that the span covers."""
        return text[self.start : self.end]


Sentence = Span
"""A sentence is known by its span alone: its text is `span.of(article.text)`."""


@dataclass(frozen=True)
class Article:
    """One immutable version of an article.

    `text` is normalised (see `ingest.text.normalise`) and never changes: every span points into it.
    `origin` says where it was read from (an absolute path, an address, `path#record`).
    `key` names the article across its versions; `id` names this version: equal content has an equal id.
    An unknown date, author or source is None, never guessed.
    """

    text: str
    title: str = ""
    url: str | None = None
    source: str | None = None
    author: str | None = None
    published: date | None = None
    updated: date | None = None
    origin: str = ""

    @property
    def key(self) -> str:
        """The address where there is one, else the origin."""
        return self.url or self.origin

    @cached_property
    def content_hash(self) -> str:
        """SHA-256 (hex) over everything a reader can see, whatever file it came from."""
        fields = (self.text, self.title, self.url, self.source, self.author, self.published, self.updated)
        return digest(*("" if value is None else str(value) for value in fields))

    @cached_property
    def id(self) -> str:
        """16 hex digits that depend on the key and the content only."""
        return digest(self.key, self.content_hash)[:16]


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of the article under one heading. `span` excludes the heading line itself."""

    span: Span
    heading: str | None = None


@dataclass(frozen=True, slots=True)
class Passage:
    """A run of whole sentences of one section of one article.

    `sentences` lie inside `span`, in order, without overlap; only white space lies between them.
    """

    article_id: str
    ordinal: int
    span: Span
    sentences: Sequence[Sentence] = field(default=())
    heading: str | None = None

    @property
    def id(self) -> str:
        """`article_id:ordinal`."""
        return f"{self.article_id}:{self.ordinal}"


def digest(*parts: str) -> str:
    """SHA-256 (hex) of the parts, each preceded by its length so that no two lists collide."""
    hasher = hashlib.sha256()
    for part in parts:
        data = part.encode("utf-8", "surrogatepass")
        hasher.update(len(data).to_bytes(8, "big") + data)
    return hasher.hexdigest()
