"""A link: an address that a feed or a sitemap names, with what it says of the article there."""

from __future__ import annotations

from dataclasses import dataclass

from ingest.documents import NO_HINTS, Hints


@dataclass(frozen=True, slots=True)
class Link:
    """`content` is the article itself as HTML, where the feed carries it."""

    address: str
    facts: Hints = NO_HINTS
    content: str | None = None
