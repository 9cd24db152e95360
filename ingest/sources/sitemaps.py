"""Sitemaps and sitemap indexes to links."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from ingest.dates import parse_date
from ingest.documents import Hints
from ingest.errors import SourceError
from ingest.sources.links import Link
from ingest.text import one_line

_ROOT = re.compile(rb"<(?:\w+:)?(?:urlset|sitemapindex)\b")
_HEAD = 2000


def is_sitemap(data: bytes) -> bool:
    """Whether XML is a sitemap or an index of sitemaps."""
    return _ROOT.search(data[:_HEAD]) is not None


def entries(data: bytes, origin: str) -> tuple[list[Link], list[str]]:
    """The pages a sitemap names, and the further sitemaps an index names. Raises SourceError for broken XML."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise SourceError(f"{origin} is broken XML: {error}.", "Give the pages' own addresses.") from error
    pages = [_link(element, _text(element, "loc")) for element in _named(root, "url")]
    sitemaps = [_text(element, "loc") for element in _named(root, "sitemap")]
    return [page for page in pages if page.address], list(filter(None, sitemaps))


def _link(element: Any, address: str) -> Link:
    news = next(_named(element, "news"), None)
    if news is None:
        return Link(address)
    publication = next(_named(news, "publication"), None)
    facts = Hints(
        title=_text(news, "title") or None,
        source=None if publication is None else _text(publication, "name") or None,
        published=parse_date(_text(news, "publication_date")),
    )
    return Link(address, facts)


def _named(parent: Any, name: str) -> Iterator[Any]:
    return (child for child in parent if isinstance(child.tag, str) and etree.QName(child).localname == name)


def _text(parent: Any, name: str) -> str:
    return next((one_line(child.text or "") for child in _named(parent, name)), "")
