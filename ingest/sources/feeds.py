"""RSS and Atom feeds to links."""

from __future__ import annotations

import io
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urljoin

import feedparser

from ingest.dates import parse_date
from ingest.documents import Failure, Hints
from ingest.errors import SourceError
from ingest.sources.links import Link
from ingest.text import one_line

_TAG = re.compile(r"<[^<>]*>")
_FULL_ARTICLE = 500
# The parser takes a tenth of a millisecond for each: twenty megabytes of them would take minutes.
_MOST_TAGS = 200_000


def links(data: bytes, origin: str, base: str | None) -> Iterator[Link | Failure]:
    """A link for each entry, a Failure for each entry that leads nowhere. `base` is the feed's own address.

    Raises SourceError for what is no feed.
    """
    if data.count(b"<") > _MOST_TAGS:
        raise SourceError(f"{origin} has more than {_MOST_TAGS:,} elements.", "Give the articles' own addresses.")
    headers = {"content-location": base} if base else {}
    # a stream, because the parser would open a string that looks like an address or a path
    feed = feedparser.parse(io.BytesIO(data), response_headers=headers)
    if not feed.get("version") and not feed.entries:
        raise SourceError(f"{origin} is neither a feed nor a sitemap.", "Give the article's own address or file.")
    source = one_line(feed.feed.get("title", "")) or None
    for number, entry in enumerate(feed.entries, start=1):
        yield _link(entry, number, origin, base, source)


def _link(entry: Any, number: int, origin: str, base: str | None, source: str | None) -> Link | Failure:
    link = (entry.get("link") or "").strip()
    address = urljoin(base or "", link) if link else ""
    content = _content(entry)
    if not address and content is None:
        label = one_line(entry.get("title", "")) or f"entry {number}"
        return Failure(
            f"{origin}#{number}",
            SourceError(f"{origin}: '{label}' has no link and no full text.", "Nothing can be read from it."),
        )
    facts = Hints(
        title=one_line(_TAG.sub("", entry.get("title", ""))) or None,
        url=address if address.lower().startswith(("http://", "https://")) else None,
        source=source,
        author=one_line(entry.get("author", "")) or None,
        published=parse_date(entry.get("published")),
        updated=parse_date(entry["updated"]) if "updated" in entry else None,
    )
    return Link(address or f"{origin}#{number}", facts, content)


def _content(entry: Any) -> str | None:
    """The longest full text of the entry; a mere teaser is None."""
    values = [str(part.get("value", "")) for part in entry.get("content", [])]
    longest = max(values, key=len, default="")
    return longest if len(one_line(_TAG.sub("", longest))) >= _FULL_ARTICLE else None
