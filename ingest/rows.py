"""Rows of the catalog's tables, and the values they hold."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import RowMapping

from ingest.article import Article, Passage, Span
from ingest.records import ArticleRecord

CHUNK = 500


@dataclass(frozen=True, slots=True)
class Stored:
    """A passage with its article, as the catalog holds them. `number` is shared with the full-text index."""

    number: int
    passage: Passage
    article: Article
    story: str


def article_row(article: Article) -> dict[str, object]:
    """What the catalog keeps of an article that was just admitted."""
    return {
        "id": article.id,
        "key": article.key,
        "state": "pending",
        "origin": article.origin,
        "title": article.title,
        "url": article.url,
        "source": article.source,
        "source_key": article.source.casefold() if article.source else None,
        "author": article.author,
        "author_key": article.author.casefold() if article.author else None,
        "published": article.published,
        "updated": article.updated,
        "text": article.text,
        "content_hash": article.content_hash,
        "ingested_at": datetime.now(UTC).replace(tzinfo=None),
    }


def to_article(row: RowMapping) -> Article:
    """The article of a row."""
    names = ("text", "title", "url", "source", "author", "published", "updated", "origin")
    return Article(**{name: row[name] for name in names})


def passage_row(passage: Passage) -> dict[str, object]:
    """What the catalog keeps of a passage."""
    return {
        "id": passage.id,
        "article_id": passage.article_id,
        "ordinal": passage.ordinal,
        "start": passage.span.start,
        "end": passage.span.end,
        "heading": passage.heading,
        "sentences": json.dumps([edge for sentence in passage.sentences for edge in sentence]),
    }


def to_passage(row: RowMapping) -> Passage:
    """The passage of a row."""
    edges = json.loads(row["sentences"])
    sentences = tuple(Span(start, end) for start, end in zip(edges[::2], edges[1::2], strict=True))
    return Passage(row["article_id"], row["ordinal"], Span(row["start"], row["end"]), sentences, row["heading"])


def to_record(row: RowMapping, text: str | None = None) -> ArticleRecord:
    """A row as listed; without `text` it must have the column `characters`."""
    names = ("id", "key", "title", "url", "source", "author", "published", "updated", "state", "story", "version")
    characters = len(text) if text is not None else row["characters"]
    when = row["ingested_at"].replace(tzinfo=UTC)
    return ArticleRecord(**{name: row[name] for name in names}, ingested_at=when, characters=characters, text=text)


def chunks(values: Sequence[str]) -> Iterable[Sequence[str]]:
    """The values in runs short enough for one statement."""
    return (values[index : index + CHUNK] for index in range(0, len(values), CHUNK))
