"""Passages near a query, told as passages: nobody has judged whether they answer anything."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Protocol

from pydantic import BaseModel, ConfigDict, Field

from ingest.filters import Filters

MAX_PASSAGES = 50


class FoundPassage(BaseModel):
    """`article.text[start:end] == quote`, always, for the article version `article_id`. `score` is greater the nearer
    the passage is, and compares within one search only."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    article_id: str
    title: str
    url: str | None = None
    source: str | None = None
    author: str | None = None
    published: date | None = None
    start: int = Field(ge=0)
    end: int
    quote: str
    score: float


class Passages(Protocol):
    """Finds passages. The corpus in process and the service that owns it both do."""

    def search(self, query: str, filters: Filters, limit: int) -> Sequence[FoundPassage]:
        """At most `limit` passages, nearest first.

        Raises: DossierError for a data folder that cannot be used.
        """
