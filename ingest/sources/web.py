"""Addresses to documents: pages, and what feeds and sitemaps lead to."""

from __future__ import annotations

import html
import io
from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from urllib.parse import urldefrag

from ingest.documents import NO_HINTS, Document, Failure, Hints, Kind
from ingest.errors import SourceError
from ingest.fetch import Fetched
from ingest.sources import feeds, records, sitemaps
from ingest.sources.archives import open_gz
from ingest.sources.kinds import Type, document_kind, type_of_answer
from ingest.sources.links import Link
from ingest.sources.reading import Items, Reading, guarded
from ingest.sources.streams import explained, take


def from_address(address: str, reading: Reading) -> Items:
    """The documents behind an address; a Failure in place of what could not be read."""
    address = urldefrag(address).url
    return guarded(address, _from_address(address, reading))


def from_xml(data: bytes, origin: str, base: str | None, hints: Hints, reading: Reading) -> Items:
    """The articles that a feed or sitemap leads to. `base` is its own address, None for a file."""
    found = _sitemap_links(data, origin, reading) if sitemaps.is_sitemap(data) else feeds.links(data, origin, base)
    for link in _capped(_once_each(found), origin, reading.limits.pages):
        if isinstance(link, Failure):
            yield link
        else:
            yield from guarded(link.address, _linked(link, hints, reading))


def _from_address(address: str, reading: Reading) -> Items:
    fetched, type_ = _fetched(address, reading)
    if type_ == "xml":
        yield from from_xml(fetched.data, address, fetched.address, reading.hints, reading)
    elif type_ in ("json", "jsonl"):
        read = records.from_lines if type_ == "jsonl" else records.from_json
        yield from read(io.BytesIO(fetched.data), address, reading.hints, reading)
    else:
        yield _page(address, fetched, type_, reading.hints, NO_HINTS)


def _linked(link: Link, hints: Hints, reading: Reading) -> Items:
    try:
        fetched, type_ = _fetched(link.address, reading)
        yield _page(link.address, fetched, type_, hints, link.facts)
    except SourceError:
        if link.content is None:
            raise
        title = html.escape(link.facts.title or "")
        page = f"<html><head><title>{title}</title></head><body><article>{link.content}</article></body></html>"
        yield Document(link.address, "html", page.encode("utf-8"), hints, fallbacks=link.facts)


def _page(origin: str, fetched: Fetched, type_: Type | None, hints: Hints, facts: Hints) -> Document:
    kind = document_kind(type_) if type_ else None
    if kind is None:
        sort = type_ or fetched.media_type or "unknown"
        raise SourceError(f"{origin} is no article (its type is {sort}).", "Give the address of an article.")
    fallbacks = replace(facts, url=fetched.address)
    return Document(origin, kind, _unicode(fetched, kind), hints, fallbacks=fallbacks)


def _unicode(fetched: Fetched, kind: Kind) -> bytes:
    """The server's word on the encoding goes with the bytes: as UTF-8 with a mark that `decode` believes first."""
    if kind in ("html", "text", "markdown") and fetched.charset not in (None, "utf-8"):
        with suppress(LookupError, UnicodeDecodeError):
            return fetched.data.decode(fetched.charset).encode("utf-8-sig")
    return fetched.data


def _fetched(address: str, reading: Reading) -> tuple[Fetched, Type | None]:
    fetched = reading.fetch(address)
    type_ = type_of_answer(fetched)
    if type_ != "gz":
        return fetched, type_
    with explained(address), open_gz(lambda: io.BytesIO(fetched.data), address, reading) as stream:
        data = take(stream, reading.limits.document_bytes, address)
    unpacked = Fetched(fetched.address.removesuffix(".gz"), data)
    return unpacked, type_of_answer(unpacked)


def _sitemap_links(data: bytes, origin: str, reading: Reading) -> Iterator[Link | Failure]:
    pages, waiting = sitemaps.entries(data, origin)
    yield from pages
    queue, seen = deque(waiting), set(waiting)
    for _ in range(reading.limits.sitemaps):
        if not queue:
            return
        address = queue.popleft()
        try:
            fetched, _type = _fetched(address, reading)
            pages, further = sitemaps.entries(fetched.data, address)
        except SourceError as error:
            yield Failure(address, error)
            continue
        yield from pages
        queue.extend(name for name in further if name not in seen)
        seen.update(further)
    if queue:
        yield Failure(origin, _too_many(origin, "sitemaps", reading.limits.sitemaps))


def _once_each(links: Iterable[Link | Failure]) -> Iterator[Link | Failure]:
    seen: set[str] = set()
    for link in links:
        if isinstance(link, Link):
            if link.address in seen:
                continue
            seen.add(link.address)
        yield link


def _capped(links: Iterable[Link | Failure], origin: str, most: int) -> Iterator[Link | Failure]:
    for number, link in enumerate(links):
        if number == most:
            yield Failure(origin, _too_many(origin, "addresses", most))
            return
        yield link


def _too_many(origin: str, what: str, most: int) -> SourceError:
    return SourceError(
        f"{origin} names more than {most} {what}; the first {most} were read.", "Give narrower feeds or sitemaps."
    )
