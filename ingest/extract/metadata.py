"""What an HTML page states about itself, beyond what trafilatura reads: dates and its own address."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from ingest.dates import parse_date
from ingest.fields import ADDRESS

_PUBLISHED = (
    *("article:published_time", "og:article:published_time", "og:published_time", "datepublished", "parsely-pub-date"),
    *("sailthru.date", "dc.date.issued", "dcterms.issued", "dc.date", "dcterms.date", "dcterms.created", "pubdate"),
    *("publish-date", "publishdate", "publish_date", "publication_date", "article.published", "date"),
    *("citation_publication_date", "citation_date"),
)
_UPDATED = (
    *("article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "last-modified"),
    *("dcterms.modified", "dc.date.modified", "article.updated", "lastmod"),
)
_PUBLISHING_TIME = re.compile(r"publish|pubdate|entry-date|posted|article.?date|story.?date", re.IGNORECASE)
_UPDATING_TIME = re.compile(r"updat|modif", re.IGNORECASE)
_DEEPEST = 6


def dates(tree: Any) -> tuple[date | None, date | None]:
    """Publication and update as stated in JSON-LD, meta tags or time elements, in that order."""
    stated = list(_json_ld(tree))
    metas = _metas(tree)
    published = _first(item.get("datePublished") for item in stated) or _first(map(metas.get, _PUBLISHED))
    updated = _first(item.get("dateModified") for item in stated) or _first(map(metas.get, _UPDATED))
    return published or _time(tree), updated


def address(tree: Any, fetched: str | None) -> str | None:
    """The canonical address the page gives; a fetched page is believed about its own site only."""
    stated = [*tree.xpath("//link[@rel='canonical']/@href"), *tree.xpath("//meta[@property='og:url']/@content")]
    for value in map(str.strip, map(str, stated)):
        if ADDRESS.fullmatch(value) and (fetched is None or _site(value) == _site(fetched)):
            return value
    return fetched


def _site(address: str) -> str:
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return ""
    return re.sub(r"^(?:www|m|amp|mobile)\.", "", host)


def _json_ld(tree: Any) -> Iterator[Mapping[str, Any]]:
    for script in tree.xpath("//script[@type='application/ld+json']"):
        try:
            yield from _articles(json.loads(script.text or "", strict=False))
        except (ValueError, RecursionError):
            continue


def _articles(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, list):
        for item in value:
            yield from _articles(item, depth + 1)
    elif isinstance(value, Mapping):
        if any(re.search("Article|Posting|Report", str(sort)) for sort in _listed(value.get("@type"))):
            yield value
        yield from _articles([value.get("@graph"), value.get("mainEntity")], depth + 1)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _metas(tree: Any) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        found.setdefault(name.lower(), meta.get("content") or "")
    return found


def _first(values: Any) -> date | None:
    return next((found for value in values if value and (found := parse_date(value))), None)


def _time(tree: Any) -> date | None:
    """A time element that says it is the publication, or the only date among those of the article's head."""
    times = [time for time in tree.iter("time") if not _UPDATING_TIME.search(_marks(time))]
    marked = [time for time in times if time.get("pubdate") is not None or _PUBLISHING_TIME.search(_marks(time))]
    found = {parse_date(time.get("datetime") or time.text_content()) for time in marked or times} - {None}
    return found.pop() if len(found) == 1 else None


def _marks(time: Any) -> str:
    return f"{time.get('class', '')} {time.get('itemprop', '')}"
