"""What comes out of a library of articles: Outcome, ArticleRecord, Outline."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

State = Literal["live", "pending", "superseded"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one document. `article_id` is None and `reason` is set only when it failed;
    `notes` say what was repaired or guessed on the way."""

    origin: str
    status: Literal["new", "changed", "unchanged", "duplicate", "failed"]
    article_id: str | None = None
    reason: str | None = None
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Outline:
    """What the articles that may answer are of: each source with its number of articles, the largest first, and the
    days of the first and the last publication."""

    sources: Sequence[tuple[str, int]] = ()
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ArticleRecord:
    """One kept version of an article, as listed.

    `id` names the version, `key` the article across its versions; `version` counts from 1. `story` groups
    near-duplicates. `characters` is the length of the text; `text` is there only when one article was asked for.
    """

    id: str
    key: str
    title: str
    url: str | None
    source: str | None
    author: str | None
    published: date | None
    updated: date | None
    state: State
    story: str
    version: int
    ingested_at: datetime
    characters: int
    text: str | None = None
